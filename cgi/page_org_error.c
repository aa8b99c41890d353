/* «Сообщить об ошибке» in «Организации», and what the administrator makes of
 * it (K-4.1.6). */
#include <errno.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/show.h"
#include "cgi/store_org_error.h"
#include "cgi/store_place.h"
#include "cgi/util.h"

struct list {
	struct ctx *ctx;
	unsigned count;
};

/* ---- the form ------------------------------------------------------------ */

static int show_entry(void *arg, const struct org_entry *o)
{
	struct ctx *ctx = arg;

	view_set_int(ctx->page, "Entry.Id", o->id);
	view_set(ctx->page, "Entry.Name", o->name);
	view_set(ctx->page, "Entry.FullName", o->full_name);
	return 0;
}

/* The entry of the address. @return 0, a database error or ENOENT */
static int show_form(struct ctx *ctx, uint32_t *org)
{
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	if (err || id > UINT32_MAX)
		return ENOENT;
	*org = (uint32_t)id;
	return store_org_entry(ctx->db, *org, show_entry, ctx);
}

/* GET /directory/organizations/{id}/error */
int page_org_error(struct ctx *ctx, const struct request *req,
		   struct response *res)
{
	uint32_t org;
	int err = show_form(ctx, &org);

	(void)req;
	return err ? respond_errno(res, err) : respond_page(res, 200);
}

/* POST /directory/organizations/{id}/error  text: 1-1000 characters */
int page_org_error_send(struct ctx *ctx, const struct request *req,
			struct response *res)
{
	const struct form_field *typed = form_find(&req->body, "text");
	char text[ORG_ERROR_TEXT * 4 + 1];
	uint32_t org = 0;
	int err = show_form(ctx, &org);

	if (!err && param_text(&req->body, "text", 1, ORG_ERROR_TEXT, text,
			       sizeof(text))) {
		view_set(ctx->page, "Typed.text", typed ? typed->value : "");
		view_set(ctx->page, "Invalid.text",
			 app_text(ctx, "OrgError.Invalid"));
		return respond_page(res, 422);
	}
	if (!err)
		err = store_org_error_put(ctx, org, text);
	return err ? respond_errno(res, err)
		   : respond_redirect(res, "/directory/organizations?sent=1");
}

/* ---- the administrator's list -------------------------------------------- */

static int show_error(void *arg, const struct org_error *e)
{
	struct list *l = arg;
	struct node *at;
	char text[32];

	if (show_cut(l->ctx, "Errors", l->count, ORG_ERRORS_SHOWN))
		return 0;
	at = view_at(l->ctx->page, "Errors.%u", l->count++);
	view_set_int(at, "Id", e->id);
	if (e->org)
		view_set_int(at, "Org", e->org);
	view_set(at, "Entry", e->entry);
	view_set(at, "Text", e->text);
	view_set(at, "Who", e->who);
	app_time(e->at_ms, text, sizeof(text));
	view_set(at, "At", text);
	if (!strcmp(e->state, "NEW")) {
		view_set(at, "New", "1");
		return 0;
	}
	view_set(at, "State", show_choice(l->ctx, "OrgErrorStates", e->state));
	view_set(at, "Decider", e->decider);
	app_time(e->decided_ms, text, sizeof(text));
	view_set(at, "Decided", text);
	return 0;
}

/* GET /admin/organizations/errors */
int page_org_errors(struct ctx *ctx, const struct request *req,
		    struct response *res)
{
	struct list l = { ctx, 0 };
	int err = store_org_errors(ctx, show_error, &l);

	(void)req;
	return err ? respond_errno(res, err) : respond_page(res, 200);
}

/* POST /admin/organizations/errors/{id}  state: FIXED, REJECTED */
int page_org_error_decide(struct ctx *ctx, const struct request *req,
			  struct response *res)
{
	static const char *const states[] = { "FIXED", "REJECTED" };
	size_t to = 0;
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	if (!err && param_choice(&req->body, "state", states, LEN(states), &to))
		return respond_error(res, 422, NULL);
	if (!err)
		err = store_org_error_decide(ctx, id, states[to]);
	return err ? respond_errno(res, err)
		   : respond_redirect(res, "/admin/organizations/errors");
}
