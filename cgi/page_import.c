/* «Загрузка из файла»: rows of a directory out of CSV. The page's script puts
 * the file's text into a field, so what is wrong can be mended there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/row_import.h"
#include "cgi/rows.h"

/* A one-time password takes a twentieth of a second, and the turns of those who
 * sign in come between: in the pool `bulk`, where nobody waits for a page. More
 * go in by otklik-admin. */
#define MOST_ROWS  100
#define MOST_LINES 200 /* of errors */

struct lines {
	struct ctx *ctx;
	unsigned errors, secrets;
};

static void show_error(void *arg, unsigned line, const char *column,
		       const char *text)
{
	struct lines *l = arg;
	struct node *at;

	if (l->errors == MOST_LINES)
		return;
	at = view_at(l->ctx->page, "Import.Errors.%u", l->errors++);
	view_set_int(at, "Line", line);
	view_set(at, "Column", column);
	view_set(at, "Text", text);
}

static void show_secret(void *arg, const char *name, const char *secret)
{
	struct lines *l = arg;
	struct node *at =
	    view_at(l->ctx->page, "Import.Secrets.%u", l->secrets++);

	view_set(at, "Name", name);
	view_set(at, "Secret", secret);
}

/* GET /admin/…/import */
int page_import(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	const struct row_table *t = row_table_of(ctx);

	(void)req;
	if (!row_may_edit(ctx, t))
		return respond_error(res, 403, NULL);
	row_show_head(ctx, t);
	return respond_page(res, 200);
}

static int run(struct ctx *ctx, struct response *res, const char *given,
	       bool dry)
{
	const struct row_table *t = row_table_of(ctx);
	struct lines lines = { ctx, 0, 0 };
	const struct import_report report = { show_error, show_secret, &lines };
	struct import_result r;
	char *text = strdup(given);
	int err = text ? import_rows(ctx, t, text, t->fresh ? MOST_ROWS : 0,
				     dry, &report, &r)
		       : ENOMEM;

	free(text);
	if (err)
		return respond_errno(res, err);
	row_show_head(ctx, t);
	view_set(ctx->page, "Import.Done",
		 r.wrong ? "wrong"
		 : dry   ? "checked"
			 : "loaded");
	view_set_int(ctx->page, "Import.Rows", r.rows);
	view_set_int(ctx->page, "Import.Added", r.added);
	view_set_int(ctx->page, "Import.Changed", r.changed);
	view_set_int(ctx->page, "Import.Same", r.same);
	view_set_int(ctx->page, "Import.Wrong", r.wrong);
	if (r.wrong || dry)
		view_set(ctx->page, "Import.Text", given);
	return respond_page(res, r.wrong ? 422 : 200);
}

/* POST /bulk/admin/…/import  text: the file; do: check or load */
int page_import_run(struct ctx *ctx, const struct request *req,
		    struct response *res)
{
	const struct form_field *text = form_find(&req->body, "text");
	const struct form_field *what = form_find(&req->body, "do");

	if (!row_may_edit(ctx, row_table_of(ctx)))
		return respond_error(res, 403, NULL);
	return run(ctx, res, text ? text->value : "",
		   !what || strcmp(what->value, "load") != 0);
}
