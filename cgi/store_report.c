#include "cgi/store_report.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgi/session.h"
#include "cgi/util.h"
#include "cgi/workday.h"
#include "db/db.h"

#define HOUR_MS      ((int64_t)3600 * 1000)
#define SHIFT_MS     (16 * HOUR_MS) /* the longest */
#define TAIL_MS      (2 * HOUR_MS)  /* of after-call work past the period */
#define OLD_MS       (40 * 24 * HOUR_MS) /* no shift is older */
#define MAX_HOLIDAYS 400

struct job {
	struct db *db;
	const struct identity *who;
	enum auth_scope scope;
	const struct report_filter *f;
	struct report *out;
	struct report_change *changes;
	struct report_part *parts;
	size_t n_changes, max_changes, n_parts, max_parts;
	struct workday_exception holidays[MAX_HOLIDAYS];
	size_t n_holidays;
};

/* ---- who and what counts ------------------------------------------------ */

/* The two conditions on a user: himself, his organization; 0 asks nothing. */
static uint32_t only_user(const struct job *j)
{
	return j->scope == SCOPE_MINE ? j->who->id : j->f->user;
}

static uint32_t only_org(const struct job *j)
{
	return j->scope == SCOPE_OWN ? j->who->org_id : 0;
}

static bool counts(const struct job *j, uint32_t user, uint32_t org)
{
	return user && (!only_user(j) || user == only_user(j)) &&
	       (!only_org(j) || org == only_org(j));
}

/* A queue without an owner is the fund's. */
static bool queue_counts(const struct job *j, uint32_t owner)
{
	if (only_user(j))
		return false;
	if (j->scope == SCOPE_ALL)
		return true;
	return owner ? owner == j->who->org_id : j->who->org_kind == ORG_FUND;
}

/* ---- calls -------------------------------------------------------------- */

static void read_spent(const char *text, struct report_call *c)
{
	json_t *spent = json_loads(text, 0, NULL), *ms;
	const char *name;

	json_object_foreach(spent, name, ms) {
		if (json_is_integer(ms))
			c->spent[report_state_of(name)] +=
			    json_integer_value(ms);
	}
	json_decref(spent);
}

static int read_call(const struct db_row *row, void *arg)
{
	struct job *j = arg;
	struct report_call c = {
		.started = db_time_ms(row, 0),
		.queued = db_time_ms(row, 1),
		.answered = db_time_ms(row, 2),
		.ended = db_time_ms(row, 3),
		.left = !strcmp(db_str(row, 5), "ABANDON"),
		.ours = queue_counts(j, (uint32_t)db_u64(row, 6)),
		.non_target = db_u64(row, 9) != 0,
		.transferred = db_u64(row, 10) != 0,
		.registered = db_u64(row, 11) != 0,
	};

	c.handled = c.answered && counts(j, (uint32_t)db_u64(row, 7),
					 (uint32_t)db_u64(row, 8));
	read_spent(db_str(row, 4), &c);
	report_call(j->out, &c);
	return 0;
}

/* Who answered first: a call handed on stays his. */
#define ANSWERED_BY                                                    \
	" LEFT JOIN call_event f ON f.call_id = c.id AND f.seq ="      \
	" (SELECT MIN(g.seq) FROM call_event g WHERE g.call_id = c.id" \
	"  AND g.kind = 'CONNECT')"                                    \
	" LEFT JOIN user_account u ON u.id = COALESCE(f.user_id, c.user_id)"

static int calls(struct job *j)
{
	static const char sql[] =
	    "SELECT c.started_at, c.queued_at, c.answered_at, c.ended_at,"
	    " c.durations, c.end_reason, q.organization_id, u.id,"
	    " u.organization_id, c.non_target_kind IS NOT NULL,"
	    " EXISTS (SELECT 1 FROM call_event e WHERE e.call_id = c.id"
	    "  AND e.kind IN ('HANDOVER', 'TOQUEUE')),"
	    " EXISTS (SELECT 1 FROM appeal_call l JOIN appeal a"
	    "  ON a.id = l.appeal_id AND a.status NOT IN"
	    "  ('DRAFT', 'DELETED') WHERE l.call_id = c.id)"
	    " FROM call_record c LEFT JOIN queue q ON q.id = c.queue_id" ANSWERED_BY
	    " WHERE c.direction = 'IN' AND c.started_at >= ?"
	    " AND c.started_at < ? AND (? = 0 OR c.queue_id = ?)";
	const struct db_arg args[] = { DB_TIME_MS(j->f->from),
				       DB_TIME_MS(j->f->to),
				       DB_U64(j->f->queue),
				       DB_U64(j->f->queue) };

	return db_each(j->db, sql, args, LEN(args), read_call, j);
}

/* ---- operators ---------------------------------------------------------- */

/* Room for one more. */
static void *grow(void *list, size_t n, size_t *max, size_t size)
{
	size_t want = *max ? *max * 2 : 1024;

	if (n < *max)
		return list;
	list = realloc(list, want * size);
	if (list)
		*max = want;
	return list;
}

static int read_change(const struct db_row *row, void *arg)
{
	struct job *j = arg;
	void *list = grow(j->changes, j->n_changes, &j->max_changes,
			  sizeof(*j->changes));

	if (!list)
		return ENOMEM;
	j->changes = list;
	j->changes[j->n_changes++] = (struct report_change){
		.user = (uint32_t)db_u64(row, 0),
		.at = db_time_ms(row, 1),
		.to = report_work_of(db_str(row, 2)),
	};
	return 0;
}

static int read_part(const struct db_row *row, void *arg)
{
	struct job *j = arg;
	int64_t started = db_time_ms(row, 2);
	void *list =
	    grow(j->parts, j->n_parts, &j->max_parts, sizeof(*j->parts));

	if (!list)
		return ENOMEM;
	j->parts = list;
	j->parts[j->n_parts++] = (struct report_part){
		.user = (uint32_t)db_u64(row, 0),
		.at = db_time_ms(row, 1),
		.handled = !strcmp(db_str(row, 3), "IN") &&
			   started >= j->f->from && started < j->f->to &&
			   (!j->f->queue || db_u64(row, 4) == j->f->queue) &&
			   counts(j, (uint32_t)db_u64(row, 5),
				  (uint32_t)db_u64(row, 6)),
	};
	return 0;
}

/* The state before the period is his last change before it; a shift that was
 * lost without a word ends where its attendance does. */
static int changes(struct job *j)
{
	static const char sql[] =
	    "(SELECT u.id, a.at, a.state, a.id FROM user_account u"
	    " JOIN agent_event a ON a.user_id = u.id"
	    " WHERE (? = 0 OR u.id = ?) AND (? = 0 OR u.organization_id = ?)"
	    " AND a.at >= COALESCE((SELECT MAX(b.at) FROM agent_event b"
	    "  WHERE b.user_id = u.id AND b.at <= ?), ?) AND a.at < ?)"
	    " UNION ALL"
	    " (SELECT u.id, e.ended_at, 'INACTIVE', t.id FROM user_account u"
	    " JOIN attendance t ON t.user_id = u.id"
	    " JOIN attendance_end e ON e.attendance_id = t.id"
	    " WHERE (? = 0 OR u.id = ?) AND (? = 0 OR u.organization_id = ?)"
	    " AND t.started_at >= ? AND e.ended_at < ?) ORDER BY 1, 2, 4";
	const struct db_arg user = DB_U64(only_user(j));
	const struct db_arg org = DB_U64(only_org(j));
	const struct db_arg from = DB_TIME_MS(j->f->from);
	const struct db_arg to = DB_TIME_MS(j->f->to + TAIL_MS);
	const struct db_arg old = DB_TIME_MS(j->f->from - OLD_MS);
	const struct db_arg args[] = { user, user, org, org, from, from, to,
				       user, user, org, org, old,  to };

	return db_each(j->db, sql, args, LEN(args), read_change, j);
}

static int parts(struct job *j)
{
	static const char sql[] =
	    "SELECT p.user_id, p.at, c.started_at, c.direction, c.queue_id,"
	    " u.id, u.organization_id FROM call_event p"
	    " JOIN call_record c ON c.id = p.call_id" ANSWERED_BY
	    " WHERE p.kind IN ('CONNECT', 'HANDOVER', 'OPERATORBACK')"
	    " AND p.at >= ? AND p.at < ? AND p.user_id IS NOT NULL"
	    " ORDER BY p.user_id, p.at, p.call_id, p.seq";
	const struct db_arg args[] = { DB_TIME_MS(j->f->from - SHIFT_MS),
				       DB_TIME_MS(j->f->to + TAIL_MS) };

	return db_each(j->db, sql, args, LEN(args), read_part, j);
}

/* ---- appeals ------------------------------------------------------------ */

static struct date local_date(int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	return (struct date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
}

/* The first moment after that day. */
static int64_t day_end(struct date d)
{
	struct tm tm = { .tm_year = d.year - 1900,
			 .tm_mon = d.month - 1,
			 .tm_mday = d.day + 1,
			 .tm_isdst = -1 };

	return (int64_t)mktime(&tm) * 1000;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

static int read_closed(const struct db_row *row, void *arg)
{
	struct job *j = arg;
	struct report_closed a = {
		.registered = db_time_ms(row, 0),
		.repeated = sooner(db_time_ms(row, 3), db_time_ms(row, 4)),
		.forwarded = db_u64(row, 5) != 0,
	};
	struct date due;

	a.in_term = date_parse(db_str(row, 2), &due) ||
		    !deadline_overdue(due, local_date(db_time_ms(row, 1)));
	report_closed(j->out, &a);
	return 0;
}

#define NEXT_ONE                                              \
	"(SELECT MIN(b.registered_at) FROM appeal b"          \
	" WHERE b.theme_code = a.theme_code AND b.id <> a.id" \
	" AND b.status <> 'DELETED' AND b.registered_at > a.registered_at AND"

static int closed(struct job *j)
{
	static const char sql[] =
	    "SELECT a.registered_at, a.closed_at, a.due_date,"
	    " " NEXT_ONE " b.person_id = a.person_id),"
	    " " NEXT_ONE " a.phone <> '' AND b.phone = a.phone),"
	    " EXISTS (SELECT 1 FROM forwarding f WHERE f.appeal_id = a.id)"
	    " FROM appeal a WHERE a.status = 'CLOSED' AND a.closed_at >= ?"
	    " AND a.closed_at < ? AND (? = 0 OR a.assignee_id = ?)"
	    " AND (? = 0 OR a.organization_id = ?)";
	const struct db_arg args[] = {
		DB_TIME_MS(j->f->from), DB_TIME_MS(j->f->to),
		DB_U64(only_user(j)),   DB_U64(only_user(j)),
		DB_U64(only_org(j)),    DB_U64(only_org(j))
	};

	return db_each(j->db, sql, args, LEN(args), read_closed, j);
}

static int read_holiday(const struct db_row *row, void *arg)
{
	struct job *j = arg;
	struct workday_exception *x = &j->holidays[j->n_holidays];

	if (j->n_holidays == MAX_HOLIDAYS ||
	    date_parse(db_str(row, 0), &x->day))
		return 0;
	x->working = db_u64(row, 1) != 0;
	j->n_holidays++;
	return 0;
}

static int read_deferred(const struct db_row *row, void *arg)
{
	struct job *j = arg;
	struct date day = local_date(db_time_ms(row, 0));
	struct report_deferred a = {
		.due = day_end(workday_next(day, j->holidays, j->n_holidays)),
		.called = sooner(db_time_ms(row, 1), db_time_ms(row, 2)),
	};

	report_deferred(j->out, &a, j->f->now);
	return 0;
}

/* Called back: our call of that appeal, or its way back to work, which takes
 * a contact (T11). */
static int deferred(struct job *j)
{
	static const char days[] = "SELECT day, working FROM holiday"
				   " WHERE day >= ? ORDER BY day";
	static const char sql[] =
	    "SELECT h.at,"
	    " (SELECT MIN(c.started_at) FROM appeal_call l JOIN call_record c"
	    "  ON c.id = l.call_id WHERE l.appeal_id = a.id"
	    "  AND c.direction = 'OUT' AND c.started_at >= h.at),"
	    " (SELECT MIN(n.at) FROM appeal_history n WHERE n.appeal_id = a.id"
	    "  AND n.at >= h.at AND n.from_status = 'DEFERRED'"
	    "  AND n.to_status <> 'DEFERRED' AND n.to_status <> 'DELETED')"
	    " FROM appeal_history h JOIN appeal a ON a.id = h.appeal_id"
	    " WHERE h.to_status = 'DEFERRED' AND COALESCE(h.from_status, '')"
	    " <> 'DEFERRED' AND h.at >= ? AND h.at < ?"
	    " AND (? = 0 OR a.assignee_id = ?)"
	    " AND (? = 0 OR a.organization_id = ?)";
	char day[40];
	struct date first = local_date(j->f->from);
	const struct db_arg args[] = {
		DB_TIME_MS(j->f->from), DB_TIME_MS(j->f->to),
		DB_U64(only_user(j)),   DB_U64(only_user(j)),
		DB_U64(only_org(j)),    DB_U64(only_org(j))
	};
	int err;

	snprintf(day, sizeof(day), "%04d-%02d-%02d", first.year, first.month,
		 first.day);
	err = db_each(j->db, days, (const struct db_arg[]){ DB_STR(day) }, 1,
		      read_holiday, j);
	return err ? err
		   : db_each(j->db, sql, args, LEN(args), read_deferred, j);
}

/* ---- the whole ---------------------------------------------------------- */

static int read_org(const struct db_row *row, void *arg)
{
	*(uint32_t *)arg = (uint32_t)db_u64(row, 0);
	return 0;
}

/* A filter that names what is not his is refused, not answered with «—». */
static int check(const struct job *j)
{
	static const char user[] =
	    "SELECT organization_id FROM user_account WHERE id = ?";
	static const char queue[] =
	    "SELECT organization_id FROM queue WHERE id = ?";
	const struct db_arg who[] = { DB_U64(j->f->user) };
	const struct db_arg what[] = { DB_U64(j->f->queue) };
	uint32_t org = 0;
	int err = 0;

	if (j->scope == SCOPE_MINE)
		return (j->f->user && j->f->user != j->who->id) ? EACCES : 0;
	if (j->f->user)
		err = db_one(j->db, user, who, 1, read_org, &org);
	if (!err && j->f->user && !counts(j, j->f->user, org))
		err = EACCES;
	org = 0;
	if (!err && j->f->queue)
		err = db_one(j->db, queue, what, 1, read_org, &org);
	if (!err && j->f->queue && !j->f->user && !queue_counts(j, org))
		err = EACCES;
	return err == ENOENT ? EACCES : err;
}

int store_report(struct db *db, const struct identity *who,
		 enum auth_scope scope, const struct report_filter *f,
		 struct report *out)
{
	struct job *j = calloc(1, sizeof(*j));
	int64_t to = f->to < f->now ? f->to : f->now;
	int err;

	if (!j)
		return ENOMEM;
	j->db = db;
	j->who = who;
	j->scope = scope;
	j->f = f;
	j->out = out;
	out->no_queue = only_user(j) != 0;
	out->no_work = out->no_appeals = f->queue != 0;
	err = scope < SCOPE_MINE ? EACCES : check(j);
	if (!err)
		err = calls(j);
	if (!err)
		err = changes(j);
	if (!err)
		err = parts(j);
	if (!err)
		report_work(out, j->changes, j->n_changes, j->parts, j->n_parts,
			    f->from, to);
	if (!err && !out->no_appeals)
		err = closed(j);
	if (!err && !out->no_appeals)
		err = deferred(j);
	free(j->changes);
	free(j->parts);
	free(j);
	return err;
}

/* ---- what may be chosen ------------------------------------------------- */

struct walk {
	int (*each)(void *arg, uint32_t id, const char *name);
	void *arg;
};

static int next_person(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	char name[128];

	session_short_name(db_str(row, 1), db_str(row, 2), db_str(row, 3), name,
			   sizeof(name));
	return w->each(w->arg, (uint32_t)db_u64(row, 0), name);
}

int store_report_people(struct db *db, const struct identity *who,
			enum auth_scope scope,
			int (*each)(void *arg, uint32_t id, const char *name),
			void *arg)
{
	static const char sql[] =
	    "SELECT id, surname, given_name, patronymic FROM user_account"
	    " WHERE extension IS NOT NULL AND (? = 0 OR organization_id = ?)"
	    " AND (? = 0 OR id = ?) ORDER BY surname, given_name, id";
	const uint32_t org = scope == SCOPE_OWN ? who->org_id : 0;
	const uint32_t id = scope == SCOPE_MINE ? who->id : 0;
	const struct db_arg args[] = { DB_U64(org), DB_U64(org), DB_U64(id),
				       DB_U64(id) };
	struct walk w = { each, arg };

	return db_each(db, sql, args, LEN(args), next_person, &w);
}

static int next_queue(const struct db_row *row, void *arg)
{
	struct walk *w = arg;

	return w->each(w->arg, (uint32_t)db_u64(row, 0), db_str(row, 1));
}

int store_report_queues(struct db *db, const struct identity *who,
			enum auth_scope scope,
			int (*each)(void *arg, uint32_t id, const char *name),
			void *arg)
{
	static const char sql[] =
	    "SELECT id, name FROM queue WHERE ? = 0 OR organization_id = ?"
	    " OR (? = 1 AND organization_id IS NULL) ORDER BY name";
	const uint32_t org = scope == SCOPE_OWN ? who->org_id : 0;
	const struct db_arg args[] = { DB_U64(org), DB_U64(org),
				       DB_U64(who->org_kind == ORG_FUND) };
	struct walk w = { each, arg };

	return db_each(db, sql, args, LEN(args), next_queue, &w);
}
