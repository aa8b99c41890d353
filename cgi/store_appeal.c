#include "cgi/store_appeal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/appeal_field.h"
#include "cgi/buf.h"
#include "cgi/ctx.h"
#include "cgi/util.h"
#include "db/db.h"

/* Events by which somebody gets a call. A draft goes with its call only if its
 * author had the call: anybody can name a call whose row is still to come. */
#define HAD "('CONNECT', 'HANDOVER', 'OPERATORBACK')"

/* Events after which a target rings or is asked no more. */
#define OVER                                                          \
	"('TRANSFERRETURN', 'CONSULTBACK', 'TARGETGONE', 'HANDOVER'," \
	" 'CONNECT', 'REQUEUE', 'TOQUEUE', 'HANGUPCALLER',"           \
	" 'HANGUPAGENT', 'FAIL', 'INTERRUPTED')"

/* One text each, made once: statements are found again by it. An organization
 * is where he was when it came to him, wherever he is today; its column is
 * empty where that is who considers it. A call that was handed over counts
 * until the appeal has followed it: who then gives it back is not overruled. */
#define COLUMNS                                                             \
	"SELECT a.id, a.version, a.status, a.number, a.author_id,"          \
	" a.assignee_id, a.organization_id, a.registered_at, a.created_at," \
	" IF(a.author_id IS NULL, NULL,"                                    \
	"  COALESCE(a.author_org, a.organization_id)),"                     \
	" IF(a.assignee_id IS NULL, NULL,"                                  \
	"  COALESCE(a.assignee_org, a.organization_id)),"                   \
	" (SELECT call_id FROM appeal_call WHERE appeal_id = a.id"          \
	"  ORDER BY linked_at DESC LIMIT 1),"                               \
	" (SELECT IF(c.user_id = a.author_id OR EXISTS (SELECT 1"           \
	"  FROM call_event e WHERE e.call_id = c.id"                        \
	"  AND e.user_id = a.author_id AND e.kind IN " HAD "),"             \
	"  c.user_id, NULL) FROM appeal_call l"                             \
	"  JOIN call_record c ON c.id = l.call_id WHERE l.appeal_id = a.id" \
	"  ORDER BY l.linked_at DESC LIMIT 1),"                             \
	" (SELECT JSON_VALUE(e.data, '$.from') FROM appeal_call l"          \
	"  JOIN call_event e ON e.call_id = l.call_id AND"                  \
	"  e.kind = 'HANDOVER' WHERE l.appeal_id = a.id AND NOT EXISTS"     \
	"  (SELECT 1 FROM appeal_history h WHERE h.appeal_id = a.id"        \
	"  AND h.event = 'FOLLOW' AND h.at >= e.at)"                        \
	"  ORDER BY l.linked_at DESC, e.seq DESC LIMIT 1),"                 \
	" a.deferred_reason, a.review_kind, a.review_at, a.result_code,"    \
	" a.measures, a.justified, a.refund_amount, a.result_note,"         \
	" a.result_reference, a.result_date, a.result_kind,"                \
	" a.requested_due, a.extended, a.returns, a.delete_reason,"         \
	" a.closed_at, a.deferred_at, a.passed_at, a.passed_by"

/* What is between head and tail, for each field of the card. */
static const char *with_fields(char **made, const char *head,
			       const char *before, const char *after,
			       const char *tail)
{
	struct buf sql = { 0 };

	if (!*made) {
		buf_puts(&sql, head);
		for (size_t i = 0; i < APPEAL_FIELDS; i++) {
			buf_puts(&sql, i || *before ? ", " : " ");
			buf_puts(&sql, before);
			buf_puts(&sql, appeal_fields[i].column);
			buf_puts(&sql, after);
		}
		buf_puts(&sql, tail);
		if (sql.failed)
			buf_free(&sql);
		*made = sql.data;
	}
	return *made;
}

static void read_field(const struct db_row *row, unsigned col, struct appeal *a,
		       const struct appeal_field *f)
{
	if (appeal_number_field(f))
		appeal_set_number(a, f, db_u64(row, col));
	else
		db_copy(row, col, appeal_text(a, f), f->size);
}

static int read_appeal(const struct db_row *row, void *arg)
{
	struct appeal *a = arg;
	unsigned c = 0;

	a->id = db_u64(row, c++);
	a->version = (uint32_t)db_u64(row, c++);
	a->status = appeal_status_of(db_str(row, c++));
	db_copy(row, c++, a->number, sizeof(a->number));
	a->author_id = (uint32_t)db_u64(row, c++);
	a->assignee_id = (uint32_t)db_u64(row, c++);
	a->organization_id = (uint32_t)db_u64(row, c++);
	a->registered_ms = db_time_ms(row, c++);
	a->created_ms = db_time_ms(row, c++);
	a->author_org = (uint32_t)db_u64(row, c++);
	a->assignee_org = (uint32_t)db_u64(row, c++);
	db_copy(row, c++, a->call_id, sizeof(a->call_id));
	a->call_user = (uint32_t)db_u64(row, c++);
	a->call_from = (uint32_t)strtoul(db_str(row, c++), NULL, 10);
	db_copy(row, c++, a->deferred_reason, sizeof(a->deferred_reason));
	a->review = !strcmp(db_str(row, c), "CLOSE") ? REVIEW_CLOSE
		    : db_is_null(row, c)             ? REVIEW_NONE
						     : REVIEW_EXTENSION;
	c++;
	a->review_ms = db_time_ms(row, c++);
	db_copy(row, c++, a->result, sizeof(a->result));
	db_copy(row, c++, a->measures, sizeof(a->measures));
	db_copy(row, c++, a->justified, sizeof(a->justified));
	db_copy(row, c++, a->refund, sizeof(a->refund));
	db_copy(row, c++, a->note, sizeof(a->note));
	db_copy(row, c++, a->reference, sizeof(a->reference));
	db_copy(row, c++, a->result_date, sizeof(a->result_date));
	db_copy(row, c++, a->kind, sizeof(a->kind));
	db_copy(row, c++, a->requested, sizeof(a->requested));
	a->extended = db_u64(row, c++) != 0;
	a->returns = (unsigned)db_u64(row, c++);
	db_copy(row, c++, a->delete_reason, sizeof(a->delete_reason));
	a->closed_ms = db_time_ms(row, c++);
	a->deferred_ms = db_time_ms(row, c++);
	a->passed_ms = db_time_ms(row, c++);
	a->passed_by = (uint32_t)db_u64(row, c++);
	for (size_t i = 0; i < APPEAL_FIELDS; i++)
		read_field(row, c++, a, &appeal_fields[i]);
	return a->status == APPEAL_STATUS_COUNT ? EIO : 0;
}

int store_appeal_get(struct db *db, uint64_t id, bool lock, struct appeal *out)
{
	static char *plain, *locked;
	static const char from[] = " FROM appeal a WHERE a.id = ?";
	static const char hold[] = " FROM appeal a WHERE a.id = ? FOR UPDATE";
	const struct db_arg args[] = { DB_U64(id) };
	const char *sql = with_fields(lock ? &locked : &plain, COLUMNS, "a.",
				      "", lock ? hold : from);

	return sql ? db_one(db, sql, args, LEN(args), read_appeal, out)
		   : ENOMEM;
}

int store_appeal_party(struct db *db, uint64_t id, uint32_t user, bool *party)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM appeal_call l"
	    " JOIN appeal a ON a.id = l.appeal_id"
	    " JOIN call_record c ON c.id = l.call_id"
	    " JOIN call_event e ON e.call_id = l.call_id"
	    " WHERE l.appeal_id = ? AND (c.user_id = a.author_id OR EXISTS"
	    " (SELECT 1 FROM call_event h WHERE h.call_id = l.call_id"
	    "  AND h.user_id = a.author_id AND h.kind IN " HAD "))"
	    " AND ((e.user_id = ? AND e.kind IN " HAD ") OR (e.kind IN"
	    " ('BLINDTRANSFER', 'CONSULT') AND JSON_VALUE(e.data, '$.to') = ?"
	    " AND NOT EXISTS (SELECT 1 FROM call_event x WHERE x.call_id ="
	    " e.call_id AND x.seq > e.seq AND x.kind IN " OVER "))))";
	const struct db_arg args[] = { DB_U64(id), DB_U64(user), DB_U64(user) };
	uint64_t n = 0;
	int err = db_number(db, sql, args, LEN(args), &n);

	if (!err)
		*party = n != 0;
	return err;
}

int store_appeal_comes(struct db *db, uint64_t id, uint32_t user, bool *comes)
{
	/* an offer without a name rings at several */
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM appeal_call l"
	    " JOIN call_record c ON c.id = l.call_id"
	    " JOIN call_event e ON e.call_id = l.call_id"
	    " WHERE l.appeal_id = ? AND NOT c.user_id <=> ? AND CASE e.kind"
	    " WHEN 'OFFER' THEN COALESCE(e.user_id, ?)"
	    " WHEN 'BLINDTRANSFER' THEN JSON_VALUE(e.data, '$.to')"
	    " WHEN 'CONSULT' THEN JSON_VALUE(e.data, '$.to') END = ?"
	    " AND NOT EXISTS (SELECT 1 FROM call_event x WHERE x.call_id ="
	    " e.call_id AND x.seq > e.seq AND x.kind IN " OVER "))";
	const struct db_arg args[] = { DB_U64(id), DB_U64(user), DB_U64(user),
				       DB_U64(user) };
	uint64_t n = 0;
	int err = db_number(db, sql, args, LEN(args), &n);

	if (!err)
		*comes = n != 0;
	return err;
}

int store_appeal_draft_of(struct db *db, const char *call, uint32_t user,
			  uint64_t *id)
{
	static const char sql[] =
	    "SELECT a.id FROM appeal_call l JOIN appeal a"
	    " ON a.id = l.appeal_id AND a.status = 'DRAFT'"
	    " LEFT JOIN call_record c ON c.id = l.call_id"
	    " WHERE l.call_id = ? AND COALESCE(c.user_id, a.author_id) = ?"
	    " AND (a.author_id = ? OR EXISTS (SELECT 1 FROM call_event e"
	    "  WHERE e.call_id = l.call_id AND e.user_id = a.author_id"
	    "  AND e.kind IN " HAD "))"
	    " ORDER BY a.id DESC LIMIT 1";
	const struct db_arg args[] = { DB_STR(call), DB_U64(user),
				       DB_U64(user) };

	if (!call || !*call)
		return ENOENT;
	return db_number(db, sql, args, LEN(args), id);
}

int store_appeal_add(struct ctx *ctx, const char *call, const char *phone,
		     uint64_t *id)
{
	static const char add[] =
	    "INSERT INTO appeal (status, form, channel, phone, author_id,"
	    " organization_id, created_at)"
	    " VALUES ('DRAFT', 'Устная', 'HOTLINE', ?, ?, ?, ?)";
	static const char link[] =
	    "INSERT INTO appeal_call (appeal_id, call_id) VALUES (?, ?)";
	const struct db_arg args[] = { DB_STR(phone), DB_U64(ctx->who->id),
				       DB_U64(ctx->who->org_id),
				       DB_TIME_MS(ctx->now_ms) };
	int err = db_exec(ctx->db, add, args, LEN(args));
	uint64_t made;

	if (err)
		return err;
	made = db_last_id(ctx->db);
	if (call && *call) {
		const struct db_arg both[] = { DB_U64(made), DB_STR(call) };

		err = db_exec(ctx->db, link, both, LEN(both));
	}
	if (!err)
		*id = made;
	return err;
}

/* Empty text is NULL where the column has a list of values. */
static struct db_arg chosen(const char *text)
{
	return *text ? DB_STR(text) : DB_NULL;
}

/* Number and flag of the fields, then whether nobody is named. */
#define FIELD_ARGS (APPEAL_FIELDS + 1)

static size_t field_args(const struct appeal *a, char (*numbers)[24],
			 struct db_arg *args)
{
	for (size_t i = 0; i < APPEAL_FIELDS; i++) {
		const struct appeal_field *f = &appeal_fields[i];
		const char *value = appeal_value(a, f, numbers[i]);

		args[i] = f->kind == FIELD_FLAG ? DB_U64(*value != '\0')
			  : f->null             ? chosen(value)
						: DB_STR(value);
	}
	args[APPEAL_FIELDS] = DB_U64(!*a->surname && !*a->given_name);
	return FIELD_ARGS;
}

static int exactly_one(struct db *db, const char *sql,
		       const struct db_arg *args, size_t n)
{
	int err = db_exec(db, sql, args, n);

	return err ? err : db_affected(db) == 1 ? 0 : ESTALE;
}

/* What he has typed of the end of it. */
#define ENDING                                                              \
	", anonymous = ?, deferred_reason = ?, result_code = ?,"            \
	" measures = ?, justified = ?, refund_amount = ?, result_note = ?," \
	" result_reference = ?, result_date = ?, result_kind = ?,"          \
	" requested_due = ?"
#define ENDING_ARGS 10

/* All that is typed: fields and ending. @return how many */
static size_t typed_args(const struct appeal *a, char (*numbers)[24],
			 struct db_arg *args)
{
	const struct db_arg ending[ENDING_ARGS] = {
		DB_STR(a->deferred_reason),
		chosen(a->result),
		chosen(a->measures),
		chosen(a->justified),
		chosen(a->refund),
		DB_STR(a->note),
		DB_STR(a->reference),
		chosen(a->result_date),
		DB_STR(a->kind),
		chosen(a->requested),
	};
	size_t n = field_args(a, numbers, args);

	memcpy(args + n, ending, sizeof(ending));
	return n + ENDING_ARGS;
}

int store_appeal_draft_save(struct db *db, const struct appeal *a)
{
	static char *made;
	/* the time always changes, so a row that fits counts as affected */
	const char *sql = with_fields(
	    &made, "UPDATE appeal SET", "", " = ?",
	    ENDING ", updated_at = NOW(3)"
		   " WHERE id = ? AND version = ? AND status = 'DRAFT'");
	static const char same[] =
	    "SELECT 1 FROM appeal WHERE id = ? AND version = ?"
	    " AND status = 'DRAFT'";
	char numbers[APPEAL_FIELDS][24];
	struct db_arg args[FIELD_ARGS + ENDING_ARGS + 2];
	size_t n = typed_args(a, numbers, args);
	uint64_t one;
	int err;

	args[n++] = DB_U64(a->id);
	args[n++] = DB_U64(a->version);
	err = sql ? exactly_one(db, sql, args, n) : ENOMEM;
	/* two equal drafts within a millisecond */
	if (err == ESTALE && !db_number(db, same, args + n - 2, 2, &one))
		err = 0;
	return err;
}

int store_appeal_save(struct db *db, const struct appeal *a)
{
	static char *made;
	const char *sql = with_fields(
	    &made, "UPDATE appeal SET", "", " = ?",
	    ENDING
	    ", status = ?, number = ?, author_id = ?, assignee_id = ?,"
	    " organization_id = ?, registered_at = ?, review_kind = ?,"
	    " review_at = ?, extended = ?, returns = ?, delete_reason = ?,"
	    " closed_at = ?, deferred_at = ?, passed_at = ?, passed_by = ?,"
	    " version = version + 1 WHERE id = ? AND version = ?");
	static const char *const reviews[] = { "", "CLOSE", "EXTENSION" };
	const struct db_arg rest[] = {
		DB_STR(appeal_status_code(a->status)),
		chosen(a->number),
		DB_ID(a->author_id),
		DB_ID(a->assignee_id),
		DB_ID(a->organization_id),
		DB_TIME_MS(a->registered_ms),
		chosen(reviews[a->review]),
		DB_TIME_MS(a->review_ms),
		DB_U64(a->extended),
		DB_U64(a->returns),
		DB_STR(a->delete_reason),
		DB_TIME_MS(a->closed_ms),
		DB_TIME_MS(a->deferred_ms),
		DB_TIME_MS(a->passed_ms),
		DB_ID(a->passed_by),
		DB_U64(a->id),
		DB_U64(a->version),
	};
	char numbers[APPEAL_FIELDS][24];
	struct db_arg args[FIELD_ARGS + ENDING_ARGS + LEN(rest)];
	size_t n = typed_args(a, numbers, args);

	memcpy(args + n, rest, sizeof(rest));
	return sql ? exactly_one(db, sql, args, n + LEN(rest)) : ENOMEM;
}

int store_appeal_author(struct db *db, const struct appeal *a, uint32_t author)
{
	static const char sql[] =
	    "UPDATE appeal SET author_id = ?, organization_id ="
	    " (SELECT organization_id FROM user_account WHERE id = ?),"
	    " version = version + 1"
	    " WHERE id = ? AND version = ? AND status = 'DRAFT'";
	const struct db_arg args[] = { DB_U64(author), DB_U64(author),
				       DB_U64(a->id), DB_U64(a->version) };

	return exactly_one(db, sql, args, LEN(args));
}

int store_appeal_number(struct db *db, const char *region, int year,
			char out[17])
{
	static const char take[] =
	    "INSERT INTO appeal_serial (year, last)"
	    " VALUES (?, LAST_INSERT_ID(1))"
	    " ON DUPLICATE KEY UPDATE last = LAST_INSERT_ID(last + 1)";
	static const char taken[] = "SELECT LAST_INSERT_ID()";
	const struct db_arg args[] = { DB_U64((uint64_t)year) };
	uint64_t serial = 0;
	int err = db_exec(db, take, args, LEN(args));

	if (!err)
		err = db_number(db, taken, NULL, 0, &serial);
	if (!err)
		snprintf(out, 17, "%.3s-%02d-%06llu", region, year % 100,
			 (unsigned long long)serial % 1000000);
	return err;
}

int store_appeal_give(struct db *db, int64_t now_ms, uint64_t appeal,
		      uint64_t user, const char *event)
{
	static const char take[] =
	    "UPDATE appeal SET assignee_id = ?, version = version + 1"
	    " WHERE id = ? AND assignee_id IS NULL AND status = 'DEFERRED'";
	static const char history[] =
	    "INSERT INTO appeal_history (appeal_id, at, user_id, event,"
	    " from_status, to_status) VALUES (?, ?, ?, ?, 'DEFERRED',"
	    " 'DEFERRED')";
	const struct db_arg args[] = { DB_U64(user), DB_U64(appeal) };
	const struct db_arg note[] = { DB_U64(appeal), DB_TIME_MS(now_ms),
				       DB_U64(user), DB_STR(event) };
	int err = db_exec(db, take, args, LEN(args));

	if (!err && db_affected(db) != 1)
		return EBUSY;
	if (!err)
		err = db_exec(db, history, note, LEN(note));
	return err ? err : store_appeal_changed(db, now_ms, appeal, 0, 0, NULL);
}

int store_appeal_changed(struct db *db, int64_t now_ms, uint64_t appeal,
			 uint32_t assignee, uint32_t org, const char *call)
{
	static const char sql[] =
	    "INSERT INTO outbox (at, kind, payload) SELECT ?,"
	    " 'appeal_changed', JSON_OBJECT('appeal', a.id, 'orgs',"
	    " JSON_ARRAY(a.organization_id, a.author_org, a.assignee_org,"
	    " p.organization_id, ?, IF(a.passed_at IS NULL,"
	    " NULL, COALESCE(a.about_insurer_id, a.insurer_id))), 'users',"
	    " JSON_ARRAY(a.author_id, a.assignee_id, ?), 'author',"
	    " a.author_id, 'about', IF(a.passed_at IS NULL,"
	    " a.about_insurer_id, NULL), 'call', ?) FROM appeal a"
	    " LEFT JOIN user_account p ON p.id = ? WHERE a.id = ?";
	const struct db_arg args[] = { DB_TIME_MS(now_ms), DB_ID(org),
				       DB_ID(assignee),    DB_STR(call),
				       DB_ID(assignee),    DB_U64(appeal) };

	return db_exec(db, sql, args, LEN(args));
}

int store_appeal_card(struct ctx *ctx, const char *kind, uint64_t appeal,
		      const char *call)
{
	static const char sql[] =
	    "INSERT INTO outbox (at, kind, payload) SELECT ?, ?,"
	    " JSON_OBJECT('call', COALESCE(?, ''), 'appeal', id, 'user', ?,"
	    " 'insurer', COALESCE(insurer_id, 0), 'accused',"
	    " IF(passed_at IS NULL, COALESCE(about_insurer_id, 0), 0))"
	    " FROM appeal WHERE id = ?";
	const struct db_arg args[] = { DB_TIME_MS(ctx->now_ms), DB_STR(kind),
				       DB_STR(call), DB_U64(ctx->who->id),
				       DB_U64(appeal) };

	return db_exec(ctx->db, sql, args, LEN(args));
}

int store_appeal_history(struct ctx *ctx, const struct appeal *a,
			 enum appeal_event event, enum appeal_status from,
			 const char *comment)
{
	static const char sql[] =
	    "INSERT INTO appeal_history (appeal_id, at, user_id, event,"
	    " from_status, to_status, comment, address)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
	const struct db_arg args[] = {
		DB_U64(a->id),
		DB_TIME_MS(ctx->now_ms),
		DB_U64(ctx->who->id),
		DB_STR(appeal_event_code(event)),
		DB_STR(appeal_status_code(from)),
		DB_STR(appeal_status_code(a->status)),
		DB_STR(comment),
		DB_STR(ctx->address),
	};

	return db_exec(ctx->db, sql, args, LEN(args));
}

int store_appeal_forwarded(struct ctx *ctx, const struct appeal *a,
			   uint32_t from, uint32_t to, bool live)
{
	static const char sql[] =
	    "INSERT INTO forwarding (appeal_id, call_id, from_user,"
	    " to_user, at, live) VALUES (?, ?, ?, ?, ?, ?)";
	const struct db_arg args[] = {
		DB_U64(a->id),
		live && *a->call_id ? DB_STR(a->call_id) : DB_NULL,
		DB_ID(from),
		DB_U64(to),
		DB_TIME_MS(ctx->now_ms),
		DB_U64(live),
	};

	return db_exec(ctx->db, sql, args, LEN(args));
}

struct notes {
	int (*each)(void *arg, const struct appeal_note *n);
	void *arg;
};

static int read_note(const struct db_row *row, void *arg)
{
	struct notes *w = arg;
	struct appeal_note n;

	n.at_ms = db_time_ms(row, 0);
	db_copy(row, 1, n.event, sizeof(n.event));
	db_copy(row, 2, n.comment, sizeof(n.comment));
	session_short_name(db_str(row, 3), db_str(row, 4), db_str(row, 5),
			   n.who, sizeof(n.who));
	return w->each(w->arg, &n);
}

int store_appeal_notes(struct db *db, uint64_t id,
		       int (*each)(void *arg, const struct appeal_note *n),
		       void *arg)
{
	static const char sql[] =
	    "SELECT h.at, h.event, h.comment, u.surname, u.given_name,"
	    " u.patronymic FROM appeal_history h"
	    " LEFT JOIN user_account u ON u.id = h.user_id"
	    " WHERE h.appeal_id = ? ORDER BY h.at, h.id LIMIT ?";
	const struct db_arg args[] = { DB_U64(id), DB_U64(NOTES_SHOWN + 1) };
	struct notes w = { each, arg };

	return db_each(db, sql, args, LEN(args), read_note, &w);
}
