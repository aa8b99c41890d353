#include "cgi/store_follow.h"

#include <errno.h>
#include <stdio.h>

#include "cgi/appeal_cycle.h"
#include "cgi/ctx.h"
#include "cgi/store_appeal.h"
#include "cgi/store_log.h"
#include "cgi/store_notice.h"
#include "cgi/store_people.h"
#include "cgi/store_step.h"
#include "cgi/util.h"
#include "db/db.h"

static int log_handover(struct ctx *ctx, const struct appeal *a)
{
	char text[24];
	const struct access entry = { .action = "HANDOVER",
				      .object_type = "appeal",
				      .object_id = text,
				      .person = a->person_id };

	snprintf(text, sizeof(text), "%llu", (unsigned long long)a->id);
	return store_access(ctx, &entry);
}

/* T6a: the draft becomes his who has the call now. */
static int follow_draft(struct ctx *ctx, struct appeal *a, bool turned)
{
	int err = turned ? store_appeal_draft_save(ctx->db, a) : 0;

	if (!err)
		err = store_appeal_author(ctx->db, a, ctx->who->id);
	if (!err)
		err = store_appeal_forwarded(ctx, a, a->author_id, ctx->who->id,
					     true);
	if (!err)
		err = store_appeal_history(ctx, a, APPEAL_HANDOVER, a->status,
					   "");
	return err ? err : log_handover(ctx, a);
}

/* T6: the appeal does. */
static int follow_appeal(struct ctx *ctx, struct appeal *a,
			 const struct appeal *was)
{
	struct appeal_move m;
	int err = appeal_move(ctx->who, a, APPEAL_FOLLOW, &m);

	if (err)
		return err;
	appeal_apply(a, APPEAL_FOLLOW, &m, ctx->who, "", ctx->now_ms);
	return store_step(ctx, a, was, APPEAL_FOLLOW, &m, "");
}

int store_follow(struct ctx *ctx, struct appeal *a)
{
	static struct appeal was;
	const bool draft = a->status == APPEAL_DRAFT;
	const uint32_t from = draft ? a->author_id : a->assignee_id;
	const uint32_t org = draft ? a->author_org : a->assignee_org;
	bool turned;

	was = *a;
	/* an insurer's colleague has it from his own or from the fund */
	if (!a->insurer_id && ctx->who->org_kind == ORG_INSURER &&
	    org != ctx->who->org_id && from == a->call_from)
		a->insurer_id = ctx->who->org_id;
	turned = appeal_turned(&was, a);
	return draft ? follow_draft(ctx, a, turned)
		     : follow_appeal(ctx, a, &was);
}

/* ---- nobody has opened it ------------------------------------------------ */

enum { BATCH = 100, GRACE_MS = 5000 };

struct left {
	size_t n;
	uint64_t appeal[BATCH];
};

static int read_left(const struct db_row *row, void *arg)
{
	struct left *l = arg;

	l->appeal[l->n++] = db_u64(row, 0);
	return 0;
}

/* @return 0, ENOENT: it is not for him, or has been seen to meanwhile */
static int follow_left(struct db *db, int64_t now_ms, uint64_t appeal)
{
	static struct appeal a;
	struct colleague c;
	struct ctx ctx = {
		.db = db, .now_ms = now_ms, .address = "", .who = &c.who
	};
	/* who stands in for him is not asked for */
	int err = store_appeal_get(db, appeal, true, &a);

	if (!err)
		err = store_colleague(db, "1970-01-01", a.call_user, &c);
	if (!err && !appeal_handed_over(&c.who, &a))
		err = ENOENT;
	if (!err)
		err = store_follow(&ctx, &a);
	if (!err)
		err = store_notice_put(db, now_ms, c.who.id, appeal, "FORWARD");
	return err;
}

int store_follow_calls(struct db *db, int64_t now_ms, int64_t since_ms,
		       unsigned *made)
{
	static const char sql[] =
	    "SELECT DISTINCT a.id FROM call_event e"
	    " JOIN call_record c ON c.id = e.call_id AND c.user_id = e.user_id"
	    " JOIN appeal_call l ON l.call_id = c.id"
	    " JOIN appeal a ON a.id = l.appeal_id"
	    " WHERE e.kind = 'HANDOVER' AND e.at >= ? AND e.at < ?"
	    " AND ((a.status = 'DRAFT' AND a.author_id <> e.user_id)"
	    "  OR (a.status = 'IN_PROGRESS'"
	    "  AND a.assignee_id = JSON_VALUE(e.data, '$.from')"
	    "  AND NOT EXISTS (SELECT 1 FROM appeal_history h WHERE"
	    "  h.appeal_id = a.id AND h.event = 'FOLLOW' AND h.at >= e.at)))"
	    " ORDER BY a.id LIMIT ?";
	const struct db_arg args[] = { DB_TIME_MS(since_ms),
				       DB_TIME_MS(now_ms - GRACE_MS),
				       DB_U64(BATCH) };
	struct left l = { .n = 0 };
	int first = db_each(db, sql, args, LEN(args), read_left, &l);

	*made = 0;
	for (size_t i = 0; i < l.n; i++) {
		int err = db_begin(db);

		if (!err)
			err = follow_left(db, now_ms, l.appeal[i]);
		if (!err)
			err = db_commit(db);
		else
			db_rollback(db);
		*made += !err;
		if (err && err != ENOENT && !first)
			first = err;
	}
	return first;
}
