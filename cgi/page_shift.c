/* GET /shift: «Смена сейчас». Only the frame comes from here; what fills it
 * is pushed by the plugin, which asks again who may see and do what. */
#include "cgi/app.h"
#include "cgi/pages.h"

int page_shift(struct ctx *ctx, const struct request *req, struct response *res)
{
	(void)req;
	view_set(ctx->page, "Act",
		 auth_grant(ctx->who, AUTH_SHIFT).readonly ? "0" : "1");
	return respond_page(res, 200);
}
