/* Filters of the journal that somebody keeps for himself: only what may stand in
 * an address, so a kept one is a link. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/journal_filter.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/store_appeal.h"
#include "cgi/store_saved.h"
#include "cgi/util.h"

struct list {
	struct ctx *ctx;
	const char *now; /* the filter of the page */
	unsigned count;
};

static int show_saved(void *arg, const struct saved *s)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Saved.%u", l->count++);

	view_set_int(at, "Id", s->id);
	view_set(at, "Name", s->name);
	view_set(at, "Query", s->query);
	if (!strcmp(s->query, l->now)) {
		view_set(at, "Active", "1");
		view_set(l->ctx->page, "SavedNow", s->name);
	}
	return 0;
}

int journal_saved_show(struct ctx *ctx, const char *now)
{
	struct list l = { ctx, now, 0 };
	int err = store_saved(ctx->db, ctx->who->id, show_saved, &l);

	if (*now && strlen(now) <= SAVED_QUERY)
		view_set(ctx->page, "SavedMay", "1");
	if (l.count >= SAVED_MAX)
		view_set(ctx->page, "SavedFull", "1");
	return err;
}

/* POST /journal/saved  title: 1-60 characters; the journal's filter */
int page_journal_saved(struct ctx *ctx, const struct request *req,
		       struct response *res)
{
	struct journal_filter f = { .number = "" };
	struct buf link = { 0 };
	char name[SAVED_NAME * 4 + 1];
	int err =
	    param_text(&req->body, "title", 1, SAVED_NAME, name, sizeof(name));

	if (!err)
		err = journal_filter_read(&req->body, app_today(ctx), &f);
	json_decref(journal_filter_show(ctx, &req->body, &link));
	if (err || !link.len || link.len > SAVED_QUERY)
		err = EINVAL;
	if (!err)
		err = store_saved_put(ctx->db, ctx->who->id, name, link.data);
	if (!err)
		respond_redirect(res, "/?%s", link.data);
	else if (err == ENOSPC)
		respond_error(res, 422, "saved_full");
	else
		respond_errno(res, err);
	buf_free(&link);
	return 0;
}

/* POST /journal/saved/{id}/delete */
int page_journal_forget(struct ctx *ctx, const struct request *req,
			struct response *res)
{
	uint64_t id;
	int err = app_arg_u64(ctx, "id", &id);

	(void)req;
	if (!err)
		err = store_saved_drop(ctx->db, ctx->who->id, id);
	return err ? respond_errno(res, err) : respond_redirect(res, "/");
}
