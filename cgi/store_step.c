#include "cgi/store_step.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cgi/appeal_field.h"
#include "cgi/ctx.h"
#include "cgi/store_appeal.h"
#include "cgi/store_log.h"
#include "cgi/store_notice.h"
#include "cgi/util.h"
#include "db/db.h"

/* ---- what changed ------------------------------------------------------- */

static int change(struct ctx *ctx, uint64_t history, const struct appeal *a,
		  const char *field, const char *before, const char *after)
{
	static const char sql[] =
	    "INSERT INTO appeal_change (history_id, appeal_id, field,"
	    " before_value, after_value) VALUES (?, ?, ?, ?, ?)";
	const struct db_arg args[] = {
		DB_U64(history),
		DB_U64(a->id),
		DB_STR(field),
		DB_STR(*before ? before : NULL),
		DB_STR(*after ? after : NULL),
	};

	return strcmp(before, after) ? db_exec(ctx->db, sql, args, LEN(args))
				     : 0;
}

/* A registered appeal only: what was typed before is no change. */
static int changes(struct ctx *ctx, uint64_t history, const struct appeal *was,
		   const struct appeal *a)
{
	const struct {
		const char *field, *before, *after;
	} texts[] = {
		{ "result_code", was->result, a->result },
		{ "measures", was->measures, a->measures },
		{ "justified", was->justified, a->justified },
		{ "refund_amount", was->refund, a->refund },
		{ "result_note", was->note, a->note },
		{ "result_reference", was->reference, a->reference },
		{ "result_date", was->result_date, a->result_date },
		{ "result_kind", was->kind, a->kind },
		{ "requested_due", was->requested, a->requested },
		{ "delete_reason", was->delete_reason, a->delete_reason },
	};
	const struct {
		const char *field;
		uint32_t before, after;
	} ids[] = {
		{ "assignee_id", was->assignee_id, a->assignee_id },
		{ "organization_id", was->organization_id, a->organization_id },
		{ "passed_by", was->passed_by, a->passed_by },
	};
	char x[24], y[24];
	int err = 0;

	if (was->status == APPEAL_DRAFT)
		return 0;
	for (size_t i = 0; !err && i < APPEAL_FIELDS; i++) {
		const struct appeal_field *f = &appeal_fields[i];

		err = change(ctx, history, a, f->column,
			     appeal_value(was, f, x), appeal_value(a, f, y));
	}
	for (size_t i = 0; !err && i < LEN(texts); i++)
		err = change(ctx, history, a, texts[i].field, texts[i].before,
			     texts[i].after);
	for (size_t i = 0; !err && i < LEN(ids); i++) {
		x[0] = y[0] = '\0';
		if (ids[i].before)
			snprintf(x, sizeof(x), "%u", ids[i].before);
		if (ids[i].after)
			snprintf(y, sizeof(y), "%u", ids[i].after);
		err = change(ctx, history, a, ids[i].field, x, y);
	}
	return err;
}

/* ---- the step ----------------------------------------------------------- */

/* Whom the step concerns, besides who did it: its assignee, and who was. */
static int notices(struct ctx *ctx, const struct appeal *a,
		   const struct appeal *was, enum appeal_event on,
		   unsigned todo)
{
	bool moved = a->assignee_id != was->assignee_id;
	uint32_t me = ctx->who->id;
	const char *kind = appeal_event_code(on);
	int err = 0;

	if (on == APPEAL_RETURN && was->review == REVIEW_EXTENSION)
		kind = "TERM_REFUSED";
	if (todo & DO_REGISTER) /* an administrator has named him */
		kind = "FORWARD";
	if (todo & (DO_FORWARD | DO_NOTICE | DO_REGISTER) && a->assignee_id &&
	    a->assignee_id != me)
		err = store_notice_put(ctx->db, ctx->now_ms, a->assignee_id,
				       a->id, kind);
	if (!err && moved && was->assignee_id && was->assignee_id != me &&
	    on != APPEAL_FOLLOW)
		err = store_notice_put(ctx->db, ctx->now_ms, was->assignee_id,
				       a->id, "MOVED");
	return err;
}

static int tell(struct ctx *ctx, const struct appeal *a,
		const struct appeal *was, enum appeal_event on, unsigned todo)
{
	uint32_t me = ctx->who->id;
	int err = 0;

	/* his after-call work is done */
	if (*a->call_id && (was->assignee_id == me || was->author_id == me))
		err = store_appeal_card(ctx, "card_saved", a->id, a->call_id);
	else if (appeal_turned(was, a))
		err = store_appeal_card(ctx, "card_about", a->id, NULL);
	if (!err)
		err = store_appeal_changed(ctx->db, ctx->now_ms, a->id,
					   was->assignee_id,
					   was->organization_id, NULL);
	return err ? err : notices(ctx, a, was, on, todo);
}

static int log_step(struct ctx *ctx, const struct appeal *a,
		    enum appeal_event on)
{
	char text[24];
	const struct access entry = { .action = appeal_event_code(on),
				      .object_type = "appeal",
				      .object_id = text,
				      .person = a->person_id };

	snprintf(text, sizeof(text), "%llu", (unsigned long long)a->id);
	return store_access(ctx, &entry);
}

int store_step(struct ctx *ctx, struct appeal *a, const struct appeal *was,
	       enum appeal_event on, const struct appeal_move *m,
	       const char *comment)
{
	int err = store_appeal_save(ctx->db, a);

	if (!err)
		err = store_appeal_history(ctx, a, on, was->status, comment);
	if (!err)
		err = changes(ctx, db_last_id(ctx->db), was, a);
	if (!err && m->todo & DO_FORWARD)
		err =
		    store_appeal_forwarded(ctx, a, was->assignee_id,
					   a->assignee_id, on == APPEAL_FOLLOW);
	if (!err)
		err = log_step(ctx, a, on);
	if (!err)
		err = tell(ctx, a, was, on, m->todo);
	if (!err)
		a->version++;
	return err;
}

int store_step_done(struct ctx *ctx, uint64_t appeal, enum appeal_event on,
		    const char *comment, bool *done)
{
	static const char sql[] =
	    "SELECT COUNT(*) FROM (SELECT user_id, event, comment"
	    " FROM appeal_history"
	    " WHERE appeal_id = ? ORDER BY id DESC LIMIT 1) h"
	    " WHERE h.user_id = ? AND h.event = ? AND h.comment = ?";
	const struct db_arg args[] = { DB_U64(appeal), DB_U64(ctx->who->id),
				       DB_STR(appeal_event_code(on)),
				       DB_STR(comment) };
	uint64_t n = 0;
	int err = db_number(ctx->db, sql, args, LEN(args), &n);

	*done = n != 0;
	return err;
}

struct attempts {
	unsigned all, failed;
};

static int read_attempts(const struct db_row *row, void *arg)
{
	struct attempts *n = arg;

	n->all = (unsigned)db_u64(row, 0);
	n->failed = (unsigned)db_u64(row, 1);
	return 0;
}

int store_step_attempts(struct ctx *ctx, uint64_t appeal, unsigned *attempts,
			unsigned *failed_days)
{
	static const char sql[] =
	    "SELECT SUM(h.at >= COALESCE((SELECT MAX(d.at) FROM appeal_history"
	    "  d WHERE d.appeal_id = h.appeal_id AND d.to_status = 'DEFERRED'"
	    "  AND COALESCE(d.from_status, '') <> 'DEFERRED'), '1970-01-01')),"
	    " COUNT(DISTINCT IF(h.comment = 'Дозвон', NULL,"
	    "  DATE(h.at + INTERVAL ? SECOND))) FROM appeal_history h"
	    " WHERE h.appeal_id = ? AND h.event = 'ATTEMPT'";
	time_t now = (time_t)(ctx->now_ms / 1000);
	struct attempts n = { 0, 0 };
	struct tm tm;
	int err;

	localtime_r(&now, &tm);

	const struct db_arg args[] = { DB_I64(tm.tm_gmtoff), DB_U64(appeal) };

	err = db_one(ctx->db, sql, args, LEN(args), read_attempts, &n);
	*attempts = n.all;
	*failed_days = n.failed;
	return err;
}

/* ---- answers ------------------------------------------------------------ */

const char *const appeal_answer_kinds[] = { "ACCEPTED",  "INTERIM", "EXTENSION",
					    "FORWARDED", "FINAL",   "NO_ANSWER",
					    NULL };
const char *const appeal_answer_channels[] = { "PHONE",  "POST",   "EMAIL",
					       "PORTAL", "PERSON", NULL };

int store_answer_add(struct ctx *ctx, uint64_t appeal,
		     const struct appeal_answer *a)
{
	static const char sql[] =
	    "INSERT INTO appeal_answer (appeal_id, kind, channel, answered_on,"
	    " out_number, text, user_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
	const struct db_arg args[] = {
		DB_U64(appeal),       DB_STR(a->kind),
		DB_STR(a->channel),   DB_STR(a->date),
		DB_STR(a->number),    DB_STR(*a->text ? a->text : NULL),
		DB_U64(ctx->who->id), DB_TIME_MS(ctx->now_ms),
	};

	return db_exec(ctx->db, sql, args, LEN(args));
}

int store_answer_final(struct db *db, uint64_t appeal, bool *final)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM appeal_answer WHERE appeal_id = ?"
	    " AND kind IN ('FINAL', 'NO_ANSWER'))";
	const struct db_arg args[] = { DB_U64(appeal) };
	uint64_t n = 0;
	int err = db_number(db, sql, args, LEN(args), &n);

	*final = n != 0;
	return err;
}

struct answers {
	int (*each)(void *arg, const struct appeal_answer *a);
	void *arg;
};

static int read_answer(const struct db_row *row, void *arg)
{
	static struct appeal_answer a; /* 16 KiB */
	struct answers *w = arg;

	db_copy(row, 0, a.kind, sizeof(a.kind));
	db_copy(row, 1, a.channel, sizeof(a.channel));
	db_copy(row, 2, a.date, sizeof(a.date));
	db_copy(row, 3, a.number, sizeof(a.number));
	db_copy(row, 4, a.text, sizeof(a.text));
	session_short_name(db_str(row, 5), db_str(row, 6), db_str(row, 7),
			   a.who, sizeof(a.who));
	a.id = db_u64(row, 8);
	return w->each(w->arg, &a);
}

int store_answers(struct db *db, uint64_t appeal,
		  int (*each)(void *arg, const struct appeal_answer *a),
		  void *arg)
{
	static const char sql[] =
	    "SELECT a.kind, a.channel, a.answered_on, a.out_number, a.text,"
	    " u.surname, u.given_name, u.patronymic, a.id FROM appeal_answer a"
	    " JOIN user_account u ON u.id = a.user_id WHERE a.appeal_id = ?"
	    " ORDER BY a.id LIMIT ?";
	const struct db_arg args[] = { DB_U64(appeal),
				       DB_U64(ANSWERS_SHOWN + 1) };
	struct answers w = { each, arg };

	return db_each(db, sql, args, LEN(args), read_answer, &w);
}
