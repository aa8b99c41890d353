/* «Последние вызовы»: one's own calls (K-4.0.11). */
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/phone.h"
#include "cgi/show.h"
#include "cgi/store_log.h"
#include "cgi/store_recent.h"
#include "cgi/util.h"

struct list {
	struct ctx *ctx;
	unsigned count;
};

/* What became of it, for him: the key of the word and of its colour. */
static const char *outcome(const struct recent *c)
{
	if (c->took)
		return c->ended_ms ? "Talked" : "Running";
	if (c->refused)
		return "Refused";
	if (c->missed)
		return "Missed";
	if (!c->ended_ms)
		return "Running";
	return c->out ? "NoAnswer" : "Missed";
}

static int show_call(void *arg, const struct recent *c)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Rows.%u", l->count++);
	char text[64], number[PHONE_SIZE];
	const char *became = outcome(c);

	view_set(at, "Id", c->id);
	app_time(c->at_ms, text, sizeof(text));
	view_set(at, "At", text);
	snprintf(text, sizeof(text), "Call.%s", c->direction);
	view_set(at, "Direction", app_text(l->ctx, text));
	view_set(at, "DirectionCode", c->direction);
	if (!phone_normalize(c->number, number)) {
		phone_show(number, text);
		view_set(at, "Number", text);
		view_set(at, "Dial", number);
		view_set(at, "Phone", number);
	} else if (*c->number) {
		view_set(at, "Number", c->number);
		if (phone_is_extension(c->number))
			view_set(at, "Dial", c->number);
	} else {
		view_set(at, "Number", app_text(l->ctx, "Card.NoNumber"));
	}
	view_set(at, "Peer", *c->peer ? c->peer : c->queue);
	snprintf(text, sizeof(text), "Calls.Outcome.%s", became);
	view_set(at, "Outcome", app_text(l->ctx, text));
	view_set(at, "Became", became);
	if (c->took && c->ended_ms && c->answered_ms) {
		show_length(c->ended_ms - c->answered_ms, text, sizeof(text));
		view_set(at, "Length", text);
	}
	/* an appeal is tied to a call that was his; else only the number */
	if (c->took && strcmp(c->direction, "INT") != 0)
		view_set(at, "Call", c->id);
	if (strcmp(c->direction, "INT") != 0)
		view_set(at, "MayAdd", "1");
	if (c->appeal)
		view_set_int(at, "Appeal", (int64_t)c->appeal);
	return 0;
}

/* GET /calls */
int page_calls(struct ctx *ctx, const struct request *req, struct response *res)
{
	struct access entry = { .action = "LIST", .object_type = "call" };
	struct list l = { .ctx = ctx };
	int err = req->refresh ? store_access_fresh(ctx, &entry)
			       : store_access(ctx, &entry);

	if (!err)
		err = store_recent(ctx->db, ctx->who,
				   ctx->session.user.extension, show_call, &l);
	return err ? respond_errno(res, err) : respond_page(res, 200);
}
