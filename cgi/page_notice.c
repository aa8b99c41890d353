/* «Извещения»: what an employee is told about appeals. */
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/notice.h"
#include "cgi/pages.h"
#include "cgi/show.h"
#include "cgi/store_notice.h"
#include "cgi/util.h"

struct list {
	struct ctx *ctx;
	unsigned count;
};

/* Digests and single ones of a kind have words of their own. */
static const char *words(struct ctx *ctx, const struct notice *n)
{
	char key[64];

	snprintf(key, sizeof(key),
		 n->appeal ? "Phone.Words.Step%s" : "Digest.%s", n->kind);
	return app_text_or(ctx, key, app_text(ctx, "Phone.Words.StepOther"));
}

static void fill(const char *words, const char *name, const char *value,
		 char *out, size_t size)
{
	const char *place = strstr(words, name);

	if (place)
		snprintf(out, size, "%.*s%s%s", (int)(place - words), words,
			 value, place + strlen(name));
	else
		copy_text(out, size, words);
}

static int show(void *arg, const struct notice *n)
{
	struct list *l = arg;
	char half[400], text[400], value[32];
	struct node *at;

	if (show_cut(l->ctx, "Notices", l->count, NOTICES_SHOWN))
		return 0;
	at = view_at(l->ctx->page, "Notices.%u", l->count++);
	show_date(n->day, value, sizeof(value));
	fill(words(l->ctx, n), "{date}", value, half, sizeof(half));
	if (!n->appeal)
		snprintf(value, sizeof(value), "%llu",
			 (unsigned long long)n->amount);
	fill(half,
	     n->answer   ? "{code}"
	     : n->appeal ? "{number}"
			 : "{n}",
	     n->answer   ? n->code
	     : n->appeal ? n->number
			 : value,
	     text, sizeof(text));
	view_set(at, "Text", text);
	if (n->answer)
		view_set(at, "Why", n->why);
	app_time(n->at_ms, value, sizeof(value));
	view_set(at, "At", value);
	if (n->appeal)
		view_set_int(at, "Appeal", (int64_t)n->appeal);
	else if (n->answer)
		view_set_int(at, "Answer", n->answer);
	else if (!strcmp(n->kind, "ORG_ERROR"))
		view_set(at, "OrgError", "1");
	else
		view_set(at, "Query",
			 !strcmp(n->kind, "OVERDUE") ? "status=OVERDUE"
						     : "status=SOON");
	if (!n->read)
		view_set(at, "New", "1");
	return 0;
}

/* "X-Notices: 3": how many are unread, for the page's header. */
static int say_unread(struct ctx *ctx, struct response *res)
{
	uint64_t left = 0;
	char text[24];
	int err = store_notices_unread(ctx->db, ctx->who->id, &left);

	if (err)
		return err;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)left);
	return response_header(res, "X-Notices", text);
}

static int seen(struct ctx *ctx, struct response *res, uint64_t appeal,
		uint32_t answer)
{
	bool any;
	int err = store_notices_read(ctx->db, ctx->now_ms, ctx->who->id, appeal,
				     answer, &any);

	return err || !any ? err : say_unread(ctx, res);
}

int notice_seen(struct ctx *ctx, struct response *res, uint64_t appeal)
{
	return seen(ctx, res, appeal, 0);
}

int notice_seen_answer(struct ctx *ctx, struct response *res, uint32_t answer)
{
	return seen(ctx, res, 0, answer);
}

/* GET /notices */
int page_notices(struct ctx *ctx, const struct request *req,
		 struct response *res)
{
	struct list l = { ctx, 0 };
	int err = store_notices(ctx->db, ctx->who->id, show, &l);

	(void)req;
	if (!err)
		err = say_unread(ctx, res);
	return err ? respond_errno(res, err) : respond_page(res, 200);
}

/* POST /notices: all of them are read */
int page_notices_read(struct ctx *ctx, const struct request *req,
		      struct response *res)
{
	bool any;
	int err =
	    store_notices_read(ctx->db, ctx->now_ms, ctx->who->id, 0, 0, &any);

	(void)req;
	return err ? respond_errno(res, err)
		   : respond_redirect(res, "/notices");
}
