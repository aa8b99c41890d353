#include "cgi/store_call.h"

#include <string.h>

#include "cgi/buf.h"
#include "cgi/session.h"
#include "cgi/store_appeal.h"
#include "cgi/util.h"
#include "db/db.h"

/* Events by which somebody gets a call. Being asked about it does not count:
 * that opens the consultation alone (K-4.0.5). */
#define HAD "('CONNECT', 'HANDOVER', 'OPERATORBACK')"

/* Two columns: he, he, his organization, his organization. */
#define TOOK_PART                                                             \
	" (COALESCE(c.user_id, 0) = ? OR EXISTS (SELECT 1 FROM call_event e"  \
	"  WHERE e.call_id = c.id AND e.user_id = ? AND e.kind IN " HAD "))," \
	" (EXISTS (SELECT 1 FROM user_account u WHERE u.id = c.user_id"       \
	"  AND u.organization_id = ?) OR EXISTS (SELECT 1 FROM call_event e"  \
	"  JOIN user_account u ON u.id = e.user_id WHERE e.call_id = c.id"    \
	"  AND u.organization_id = ? AND e.kind IN " HAD "))"

#define WHO(who)                                                     \
	DB_U64((who)->id), DB_U64((who)->id), DB_U64((who)->org_id), \
	    DB_U64((who)->org_id)

/* The two of a consultation: who began the last one before the recording, and
 * who answered it. Otherwise: who had the call. */
#define SPOKE(who)                                                      \
	"EXISTS (SELECT 1 FROM call_event e JOIN user_account u"        \
	" ON u.id = e.user_id WHERE e.call_id = r.call_id AND " who     \
	" AND IF(r.kind = 'CONSULT', e.seq IN (SELECT MAX(x.seq)"       \
	"  FROM call_event x WHERE x.call_id = r.call_id AND x.kind IN" \
	"  ('CONSULT', 'CONSULTANSWER') AND x.at <= r.started_at"       \
	"  GROUP BY x.kind), e.kind IN " HAD "))"

/* What is registered of the call (a). */
#define OF_APPEAL(condition)                                              \
	"EXISTS (SELECT 1 FROM appeal_call l JOIN appeal a"               \
	" ON a.id = l.appeal_id AND a.status NOT IN ('DRAFT', 'DELETED')" \
	" WHERE l.call_id = r.call_id AND " condition ")"

/* A lost call that became work: whoever sees that work (T4, T19). */
#define LOST                                                                    \
	"(EXISTS (SELECT 1 FROM call_back b JOIN appeal a"                      \
	" ON a.id = b.appeal_id AND a.status <> 'DELETED'"                      \
	" WHERE b.call_id = r.call_id AND (me.sees = 2 OR (me.sees = 1"         \
	" AND (a.organization_id = me.org OR a.assignee_org = me.org))))"       \
	" OR EXISTS (SELECT 1 FROM loose_message m WHERE m.call_id = r.call_id" \
	" AND (m.user_id = me.id OR (m.state = 'OPEN' AND me.sees > 0"          \
	" AND m.organization_id = me.org))))"

/* Section 7: an insurer hears a call while its appeal is active, afterwards
 * only as the assignee's organization; of a complaint about itself nothing
 * but the author's own. */
#define SHARED                                                                                                     \
	"(me.fund = 1 OR (NOT " OF_APPEAL(                                                                         \
	    "a.about_insurer_id = me.org AND a.passed_at IS NULL"                                                  \
	    " AND COALESCE(a.author_id, 0) <> me.id") " AND COALESCE((SELECT MAX(a.status <> 'CLOSED'"             \
						      "  OR COALESCE(a.assignee_org, a.organization_id) = me.org)" \
						      "  FROM appeal_call l JOIN appeal a ON a.id = l.appeal_id"   \
						      "  AND a.status <> 'DELETED'"                                \
						      "  WHERE l.call_id = r.call_id), 1)))"

/* Two columns again, for a recording: as for himself, as for one of his
 * organization. Asked of the row `me`. */
#define HEARS                                                                                                                                                                           \
	" IF(r.kind = 'CONSULT', " SPOKE("e.user_id = me.id") ", " SHARED " AND (COALESCE(c.user_id, 0) = me.id OR " SPOKE(                                                             \
	    "e.user_id = me.id") " OR " LOST                                                                                                                                            \
				 " OR " OF_APPEAL(                                                                                                                                      \
				     "(a.author_id = me.id OR a.assignee_id = me.id)") ")),"                                                                                            \
										       " IF(r.kind = 'CONSULT', " SPOKE(                                                                \
											   "u.organization_id = me.org") ", " SHARED                                                    \
															 " AND (" SPOKE("u.organization_id = me.org") " OR " OF_APPEAL( \
															     "(a.organization_id = me.org OR a.author_org ="            \
															     " me.org OR a.assignee_org = me.org)") "))"

#define ME(who)                                   \
	DB_U64((who)->id), DB_U64((who)->org_id), \
	    DB_U64((who)->org_kind == ORG_FUND), DB_U64(sees(who))

#define RECORDING                                                         \
	"SELECT" HEARS ", r.id, r.call_id, r.kind, r.path, r.started_at," \
	" e.samples, c.ended_at IS NULL AND e.samples IS NULL"
#define RECORDING_FROM                                              \
	" FROM (SELECT ? AS id, ? AS org, ? AS fund, ? AS sees) me" \
	" JOIN recording r JOIN call_record c ON c.id = r.call_id"  \
	" LEFT JOIN recording_end e ON e.recording_id = r.id"

/* Appeals of others: 2 all, 1 of his organization, 0 none. */
static unsigned sees(const struct identity *who)
{
	enum auth_scope s = auth_grant(who, AUTH_APPEAL_VIEW).scope;

	return s == SCOPE_ALL ? 2 : s == SCOPE_OWN;
}

static void read_recording(const struct db_row *row, struct recording *r)
{
	r->took_part = db_u64(row, 0) != 0;
	r->own_org = db_u64(row, 1) != 0;
	db_copy(row, 2, r->id, sizeof(r->id));
	db_copy(row, 3, r->call_id, sizeof(r->call_id));
	db_copy(row, 4, r->kind, sizeof(r->kind));
	db_copy(row, 5, r->path, sizeof(r->path));
	r->started_ms = db_time_ms(row, 6);
	r->seconds = db_is_null(row, 7) ? -1 : (int)(db_u64(row, 7) / 8000);
	r->running = db_u64(row, 8) != 0;
	r->appeal = 0;
}

struct walk {
	recording_fn *each;
	void *arg;
};

static int one_of_many(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	struct recording r;

	read_recording(row, &r);
	r.appeal = db_u64(row, 9);
	return w->each(w->arg, &r);
}

/* One text for any number of appeals: the places left over hold 0. */
static const char *many_text(void)
{
	static struct buf sql;

	if (sql.len)
		return sql.data;
	buf_puts(&sql, RECORDING ", l.appeal_id" RECORDING_FROM
				 " JOIN appeal_call l ON l.call_id = c.id"
				 " WHERE l.appeal_id IN (?");
	for (int i = 1; i < JOURNAL_PAGE; i++)
		buf_puts(&sql, ",?");
	buf_puts(&sql, ") ORDER BY r.started_at, r.id");
	return sql.data;
}

int store_recordings(struct db *db, const struct identity *who,
		     const uint64_t *appeals, size_t n, recording_fn *each,
		     void *arg)
{
	struct db_arg args[4 + JOURNAL_PAGE] = { ME(who) };
	struct walk w = { each, arg };

	if (!n)
		return 0;
	for (size_t i = 0; i < JOURNAL_PAGE; i++)
		args[4 + i] = DB_U64(i < n ? appeals[i] : 0);
	return db_each(db, many_text(), args, LEN(args), one_of_many, &w);
}

static int just_one(const struct db_row *row, void *arg)
{
	read_recording(row, arg);
	return 0;
}

int store_recording_get(struct db *db, const struct identity *who,
			const char *id, struct recording *out)
{
	static const char sql[] = RECORDING RECORDING_FROM " WHERE r.id = ?";
	const struct db_arg args[] = { ME(who), DB_STR(id) };

	return db_one(db, sql, args, LEN(args), just_one, out);
}

#define CALL                                                              \
	"SELECT" TOOK_PART ", c.id, c.direction, c.caller, c.called,"     \
	" c.queue_name, c.state, c.user_id, c.started_at, c.answered_at," \
	" c.ended_at FROM call_record c"

static int read_call(const struct db_row *row, void *arg)
{
	struct call *c = arg;

	c->took_part = db_u64(row, 0) != 0;
	c->own_org = db_u64(row, 1) != 0;
	db_copy(row, 2, c->id, sizeof(c->id));
	db_copy(row, 3, c->direction, sizeof(c->direction));
	db_copy(row, 4, c->caller, sizeof(c->caller));
	db_copy(row, 5, c->called, sizeof(c->called));
	db_copy(row, 6, c->queue, sizeof(c->queue));
	db_copy(row, 7, c->state, sizeof(c->state));
	c->user_id = (uint32_t)db_u64(row, 8);
	c->started_ms = db_time_ms(row, 9);
	c->answered_ms = db_time_ms(row, 10);
	c->ended_ms = db_time_ms(row, 11);
	return 0;
}

int store_call_get(struct db *db, const struct identity *who, const char *id,
		   struct call *out)
{
	static const char sql[] = CALL " WHERE c.id = ?";
	const struct db_arg args[] = { WHO(who), DB_STR(id) };

	return db_one(db, sql, args, LEN(args), read_call, out);
}

struct calls {
	int (*each)(void *arg, const struct call *c);
	void *arg;
};

static int next_call(const struct db_row *row, void *arg)
{
	struct calls *w = arg;
	struct call c;

	read_call(row, &c);
	return w->each(w->arg, &c);
}

int store_calls_of(struct db *db, const struct identity *who, uint64_t appeal,
		   int (*each)(void *arg, const struct call *c), void *arg)
{
	static const char sql[] =
	    CALL " JOIN appeal_call l ON l.call_id = c.id"
		 " WHERE l.appeal_id = ? ORDER BY c.started_at LIMIT ?";
	const struct db_arg args[] = { WHO(who), DB_U64(appeal),
				       DB_U64(CALLS_SHOWN + 1) };
	struct calls w = { each, arg };

	return db_each(db, sql, args, LEN(args), next_call, &w);
}

struct events {
	int (*each)(void *arg, const struct call_event *e);
	void *arg;
};

static int next_event(const struct db_row *row, void *arg)
{
	struct events *w = arg;
	struct call_event e;

	e.seq = (unsigned)db_u64(row, 0);
	e.at_ms = db_time_ms(row, 1);
	db_copy(row, 2, e.kind, sizeof(e.kind));
	e.user_id = (uint32_t)db_u64(row, 3);
	session_short_name(db_str(row, 4), db_str(row, 5), db_str(row, 6),
			   e.who, sizeof(e.who));
	return w->each(w->arg, &e);
}

int store_call_events(struct db *db, const char *id,
		      int (*each)(void *arg, const struct call_event *e),
		      void *arg)
{
	static const char sql[] =
	    "SELECT e.seq, e.at, e.kind, e.user_id, u.surname,"
	    " u.given_name, u.patronymic FROM call_event e"
	    " LEFT JOIN user_account u ON u.id = e.user_id"
	    " WHERE e.call_id = ? ORDER BY e.seq LIMIT 500";
	const struct db_arg args[] = { DB_STR(id) };
	struct events w = { each, arg };

	return db_each(db, sql, args, LEN(args), next_event, &w);
}
