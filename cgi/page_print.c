/* GET /appeal/{id}/print: the card as a document, on a page of its own; PDF by
 * the browser's print. */
#include <errno.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/card.h"
#include "cgi/card_step.h"
#include "cgi/pages.h"
#include "cgi/util.h"

int page_print(struct ctx *ctx, const struct request *req, struct response *res)
{
	static struct appeal a;
	enum appeal_access access;
	char text[64];
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	(void)req;
	if (!err)
		err = card_load(ctx, id, false, &a, &access);
	/* paper has no masks */
	if (!err && auth_grant(ctx->who, AUTH_APPEAL_VIEW).masked)
		err = EACCES;
	if (!err)
		err = card_log(ctx, "PRINT", id, a.person_id, NULL);
	if (!err)
		err = card_show(ctx, &a, APPEAL_READ, NULL);
	if (!err)
		err = card_step_show(ctx, &a, APPEAL_READ, NULL);
	if (err)
		return respond_errno(res, err);
	card_values(ctx, &a, NULL, "Print.Fields");
	app_time(ctx->now_ms, text, sizeof(text));
	view_set(ctx->page, "Print.At", text);
	app_time(a.registered_ms, text, sizeof(text));
	view_set(ctx->page, "Print.Registered", text);
	return respond_page(res, 200);
}
