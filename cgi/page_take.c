/* «Взять в работу» (T19) and what becomes of a message without a number. */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/store_appeal.h"
#include "cgi/store_log.h"
#include "cgi/store_take.h"
#include "cgi/util.h"
#include "db/db.h"

#define ASK_MS  2000
#define LOOK_MS 10

/* A message without a number is of no appeal. */
static int tell_message(struct ctx *ctx)
{
	return store_outbox(ctx, "appeal_changed",
			    json_pack("{s:i, s:[I]}", "appeal", 0, "orgs",
				      (json_int_t)ctx->who->org_id));
}

static int log_take(struct ctx *ctx, const char *type, const char *id,
		    const char *action)
{
	const struct access entry = { .action = action,
				      .object_type = type,
				      .object_id = id };

	return store_access(ctx, &entry);
}

/*
 * A place in the telephone's line is given away by the engine alone, so that
 * «Ответить» there and this button never both win: it is asked by a row and
 * answers with one, in milliseconds. *left: places it said nothing about. Who
 * is known to be gone is told all the same, and not waited for.
 */
static int ask_engine(struct ctx *ctx, uint64_t appeal, uint64_t *left)
{
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
	uint64_t live = 0;
	int err = store_take_places(ctx->db, appeal, left);

	if (!err && *left)
		err = store_take_live(ctx, appeal, &live);
	if (err || !*left)
		return err;
	err = db_begin(ctx->db);
	if (!err)
		err = store_outbox(ctx, "place_take",
				   json_pack("{s:I, s:I}", "appeal",
					     (json_int_t)appeal, "user",
					     (json_int_t)ctx->who->id));
	err = store_end(ctx, err);
	for (int ms = 0; !err && live && *left && ms < ASK_MS; ms += LOOK_MS) {
		nanosleep(&pause, NULL);
		err = store_take_places(ctx->db, appeal, left);
	}
	return err;
}

static int take(struct ctx *ctx, uint64_t id)
{
	char text[24];
	uint64_t left = 0;
	int err = store_take_may(ctx, id);

	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	if (err == EACCES) /* before the telephone gives anything away */
		return store_denied(ctx, ENOENT, "appeal", text);
	if (!err)
		err = ask_engine(ctx, id, &left);
	if (!err)
		err = db_begin(ctx->db);
	if (err)
		return err;
	if (left) /* no telephone is running: the first row wins */
		err = store_take_close(ctx, id);
	if (!err)
		err = store_take(ctx, id);
	if (err == EACCES)
		return store_denied(ctx, ENOENT, "appeal", text);
	if (!err)
		err = log_take(ctx, "appeal", text, "TAKE");
	if (!err)
		err =
		    store_appeal_changed(ctx->db, ctx->now_ms, id, 0, 0, NULL);
	return store_end(ctx, err);
}

/* POST /appeal/{id}/take */
int page_appeal_take(struct ctx *ctx, const struct request *req,
		     struct response *res)
{
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	(void)req;
	if (!err)
		err = take(ctx, id);
	if (err == EBUSY) /* M28 */
		return respond_redirect(res, "/?status=UNASSIGNED&late=%llu",
					(unsigned long long)id);
	if (err)
		return respond_errno(res, err);
	return respond_redirect(res, "/appeal/%llu", (unsigned long long)id);
}

static int decide(struct ctx *ctx, struct response *res, bool taken)
{
	uint64_t appeal = 0;
	char call[37];
	int err = app_arg_uuid(ctx, "id", call);

	if (!err)
		err = db_begin(ctx->db);
	if (err)
		return respond_errno(res, err);
	err = store_loose_decide(ctx, call, taken, &appeal);
	if (!err)
		err = log_take(ctx, "message", call,
			       taken ? "TAKE" : "NON_TARGET");
	if (!err)
		err = tell_message(ctx);
	err = store_end(ctx, err);
	if (err == EBUSY)
		return respond_redirect(res, "/?status=UNASSIGNED&late=%s",
					call);
	if (err)
		return respond_errno(res, err);
	if (!taken)
		return respond_redirect(res, "/?status=UNASSIGNED");
	return respond_redirect(res, "/appeal/%llu",
				(unsigned long long)appeal);
}

/* POST /message/{id}/take */
int page_message_take(struct ctx *ctx, const struct request *req,
		      struct response *res)
{
	(void)req;
	return decide(ctx, res, true);
}

/* POST /message/{id}/nontarget */
int page_message_nontarget(struct ctx *ctx, const struct request *req,
			   struct response *res)
{
	(void)req;
	return decide(ctx, res, false);
}
