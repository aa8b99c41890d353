/* GET /shift: «Смена сейчас». Only the frame comes from here; what fills it
 * is pushed by the plugin, which asks again who may see and do what. */
#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/store_log.h"

int page_shift(struct ctx *ctx, const struct request *req, struct response *res)
{
	/* it shows the numbers of those who call */
	const struct access entry = { .action = "VIEW",
				      .object_type = "shift" };
	int err = store_access(ctx, &entry);

	(void)req;
	view_set(ctx->page, "May.Substitutions",
		 auth_may(ctx->who, AUTH_SUBSTITUTION) ? "1" : "0");
	view_set(ctx->page, "Act",
		 auth_grant(ctx->who, AUTH_SHIFT).readonly ? "0" : "1");
	return err ? respond_errno(res, err) : respond_page(res, 200);
}
