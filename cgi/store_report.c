#include "cgi/store_report.h"

#include <errno.h>
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
#define ID           37

/* A list that grows. */
struct list {
	void *of;
	size_t n, max;
};

struct user {
	uint32_t id, org;
};

struct call {
	char id[ID];
	unsigned seq;         /* of who answered first; 0: nobody */
	uint32_t first, last; /* that one; who had it last */
	struct report_call is;
};

struct part { /* somebody got a call */
	uint32_t user;
	int64_t at;
	const struct call *call; /* NULL: not one of the period */
};

struct job {
	struct db *db;
	const struct identity *who;
	enum auth_scope scope;
	const struct report_filter *f;
	struct report *out;
	struct list users;   /* by id */
	struct list calls;   /* by id */
	struct list changes; /* struct report_change, by user and time */
	struct list states, ends, *into; /* changes, before they are merged */
	struct list got;                 /* struct part */
	struct list parts; /* struct report_part, by user and time */
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

/* ---- lists -------------------------------------------------------------- */

/* @return room for one more at the end, or NULL */
static void *add(struct list *l, size_t size)
{
	size_t max = l->max ? l->max * 2 : 1024;

	if (l->n == l->max) {
		void *of = realloc(l->of, max * size);

		if (!of)
			return NULL;
		l->of = of;
		l->max = max;
	}
	return (char *)l->of + l->n++ * size;
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct call *)a)->id,
		      ((const struct call *)b)->id);
}

static int by_user(const void *a, const void *b)
{
	return compare(((const struct user *)a)->id,
		       ((const struct user *)b)->id);
}

static int part_order(const void *a, const void *b)
{
	const struct report_part *x = a, *y = b;
	int order = compare(x->user, y->user);

	return order ? order : compare((uint64_t)x->at, (uint64_t)y->at);
}

static int change_order(const void *a, const void *b)
{
	const struct report_change *x = a, *y = b;
	int order = compare(x->user, y->user);

	return order ? order : compare((uint64_t)x->at, (uint64_t)y->at);
}

/* ---- calls -------------------------------------------------------------- */

static int read_user(const struct db_row *row, void *arg)
{
	struct job *j = arg;
	struct user *u = add(&j->users, sizeof(*u));

	if (!u)
		return ENOMEM;
	u->id = (uint32_t)db_u64(row, 0);
	u->org = (uint32_t)db_u64(row, 1);
	return 0;
}

static uint32_t org_of(const struct job *j, uint32_t user)
{
	const struct user key = { .id = user };
	const struct user *u =
	    j->users.n
		? bsearch(&key, j->users.of, j->users.n, sizeof(key), by_user)
		: NULL;

	return u ? u->org : 0;
}

/* {"greeting":8000,"talk":…}: there are too many of them for a parser that
 * builds a tree. What is no such list of whole numbers counts as nothing. */
static void read_spent(const char *p, struct report_call *c)
{
	while ((p = strchr(p, '"'))) {
		size_t len = strcspn(++p, "\"");
		char name[16];

		if (!p[len])
			return;
		snprintf(name, sizeof(name), "%.*s", (int)len, p);
		p += len + 1;
		p += strspn(p, ": \t\n");
		if (*p >= '0' && *p <= '9')
			c->spent[report_state_of(name)] += strtoll(p, NULL, 10);
	}
}

static int read_call(const struct db_row *row, void *arg)
{
	struct job *j = arg;
	struct call *c = add(&j->calls, sizeof(*c));

	if (!c)
		return ENOMEM;
	*c = (struct call){
		.last = (uint32_t)db_u64(row, 7),
		.is = {
			.started = db_time_ms(row, 0),
			.queued = db_time_ms(row, 1),
			.answered = db_time_ms(row, 2),
			.ended = db_time_ms(row, 3),
			.left = !strcmp(db_str(row, 5), "ABANDON"),
			.ours = queue_counts(j, (uint32_t)db_u64(row, 6)),
			.non_target = db_u64(row, 8) != 0,
		},
	};
	db_copy(row, 9, c->id, sizeof(c->id));
	read_spent(db_str(row, 4), &c->is);
	return 0;
}

static struct call *call_of(const struct job *j, const struct db_row *row)
{
	struct call key = { .seq = 0 };

	if (!j->calls.n)
		return NULL;
	db_copy(row, 0, key.id, sizeof(key.id));
	return bsearch(&key, j->calls.of, j->calls.n, sizeof(key), by_id);
}

static int read_registered(const struct db_row *row, void *arg)
{
	struct call *c = call_of(arg, row);

	if (c)
		c->is.registered = true;
	return 0;
}

/* Who answered first has the call: handed on, it stays his. Everybody who got
 * it is remembered for the after-call work. */
static int read_event(const struct db_row *row, void *arg)
{
	struct job *j = arg;
	unsigned seq = (unsigned)db_u64(row, 1);
	const char *kind = db_str(row, 2);
	uint32_t user = (uint32_t)db_u64(row, 3);
	bool queued = !strcmp(kind, "TOQUEUE");
	struct call *c = call_of(j, row);
	struct part *p;

	if (c && (queued || !strcmp(kind, "HANDOVER")))
		c->is.transferred = true;
	if (c && !strcmp(kind, "CONNECT") && (!c->seq || seq < c->seq)) {
		c->seq = seq;
		c->first = user;
	}
	if (queued || !user)
		return 0;
	p = add(&j->got, sizeof(*p));
	if (!p)
		return ENOMEM;
	*p = (struct part){ user, db_time_ms(row, 4), c };
	return 0;
}

static bool is_handled(const struct job *j, const struct call *c)
{
	uint32_t user = c->first ? c->first : c->last;

	return counts(j, user, org_of(j, user));
}

/* The calls, their appeals and what happened to them are read each at once and
 * put together here: a look into the events of every call takes seconds. */
static int calls(struct job *j)
{
	static const char users[] =
	    "SELECT id, organization_id FROM user_account ORDER BY id";
	static const char sql[] =
	    "SELECT c.started_at, c.queued_at, c.answered_at, c.ended_at,"
	    " c.durations, c.end_reason, q.organization_id, c.user_id,"
	    " c.non_target_kind IS NOT NULL, c.id"
	    " FROM call_record c LEFT JOIN queue q ON q.id = c.queue_id"
	    " WHERE c.direction = 'IN' AND c.started_at >= ?"
	    " AND c.started_at < ? AND (? = 0 OR c.queue_id = ?)";
	static const char registered[] =
	    "SELECT l.call_id FROM call_record c"
	    " JOIN appeal_call l ON l.call_id = c.id"
	    " JOIN appeal a ON a.id = l.appeal_id"
	    "  AND a.status NOT IN ('DRAFT', 'DELETED')"
	    " WHERE c.direction = 'IN' AND c.started_at >= ?"
	    " AND c.started_at < ? AND (? = 0 OR c.queue_id = ?)";
	/* CONNECT and HANDOVER: to him; OPERATORBACK: it came back to him */
	static const char events[] =
	    "SELECT call_id, seq, kind, user_id, at FROM call_event"
	    " WHERE kind IN ('CONNECT', 'HANDOVER', 'OPERATORBACK', 'TOQUEUE')"
	    " AND at >= ? AND at < ?";
	const struct db_arg args[] = { DB_TIME_MS(j->f->from),
				       DB_TIME_MS(j->f->to),
				       DB_U64(j->f->queue),
				       DB_U64(j->f->queue) };
	/* also of calls that go on at the end of the period */
	const struct db_arg span[] = { DB_TIME_MS(j->f->from - SHIFT_MS),
				       DB_TIME_MS(j->f->to + SHIFT_MS) };
	struct call *c;
	int err = db_each(j->db, users, NULL, 0, read_user, j);

	if (!err)
		err = db_each(j->db, sql, args, LEN(args), read_call, j);
	if (!err && j->calls.n)
		qsort(j->calls.of, j->calls.n, sizeof(*c), by_id);
	if (!err)
		err = db_each(j->db, registered, args, LEN(args),
			      read_registered, j);
	if (!err)
		err = db_each(j->db, events, span, LEN(span), read_event, j);
	c = j->calls.of;
	for (size_t i = 0; !err && i < j->calls.n; i++, c++) {
		c->is.handled = c->is.answered && is_handled(j, c);
		report_call(j->out, &c->is);
	}
	return err;
}

/* ---- operators ---------------------------------------------------------- */

static int read_change(const struct db_row *row, void *arg)
{
	struct job *j = arg;
	struct report_change *c = add(j->into, sizeof(*c));

	if (!c)
		return ENOMEM;
	*c = (struct report_change){
		.user = (uint32_t)db_u64(row, 0),
		.at = db_time_ms(row, 1),
		.to = report_work_of(db_str(row, 2)),
	};
	return 0;
}

/* Both by user and time; at the same moment those of a stand first. */
static int merge(struct list *out, const struct list *a, const struct list *b)
{
	const struct report_change *x = a->of, *y = b->of;
	size_t n = a->n, m = b->n;

	while (n || m) {
		bool first = n && (!m || change_order(x, y) <= 0);
		struct report_change *c = add(out, sizeof(*c));

		if (!c)
			return ENOMEM;
		*c = first ? *x++ : *y++;
		n -= first;
		m -= !first;
	}
	return 0;
}

/* The state before the period is his last change before it. One by one: in
 * the order of an index, where all together would be sorted. */
static int changes_of(struct job *j, uint32_t user)
{
	static const char sql[] =
	    "SELECT user_id, at, state FROM agent_event WHERE user_id = ?"
	    " AND at >= COALESCE((SELECT MAX(at) FROM agent_event"
	    "  WHERE user_id = ? AND at <= ?), ?) AND at < ? ORDER BY at, id";
	const struct db_arg id = DB_U64(user);
	const struct db_arg from = DB_TIME_MS(j->f->from);
	const struct db_arg to = DB_TIME_MS(j->f->to + TAIL_MS);
	const struct db_arg args[] = { id, id, from, from, to };

	return db_each(j->db, sql, args, LEN(args), read_change, j);
}

/* A shift that was lost without a word ends where its attendance does. */
static int changes(struct job *j)
{
	static const char ended[] =
	    "SELECT u.id, e.ended_at, 'INACTIVE' FROM user_account u"
	    " JOIN attendance t ON t.user_id = u.id"
	    " JOIN attendance_end e ON e.attendance_id = t.id"
	    " WHERE (? = 0 OR u.id = ?) AND (? = 0 OR u.organization_id = ?)"
	    " AND t.started_at >= ? AND e.ended_at < ? ORDER BY 1, 2";
	const struct db_arg user = DB_U64(only_user(j));
	const struct db_arg org = DB_U64(only_org(j));
	const struct db_arg old = DB_TIME_MS(j->f->from - OLD_MS);
	const struct db_arg to = DB_TIME_MS(j->f->to + TAIL_MS);
	const struct db_arg args[] = { user, user, org, org, old, to };
	const struct user *u = j->users.of;
	int err = 0;

	j->into = &j->states;
	for (size_t i = 0; !err && i < j->users.n; i++)
		if (counts(j, u[i].id, u[i].org))
			err = changes_of(j, u[i].id);
	j->into = &j->ends;
	if (!err)
		err = db_each(j->db, ended, args, LEN(args), read_change, j);
	if (!err)
		err = merge(&j->changes, &j->states, &j->ends);
	return err;
}

static int parts(struct job *j)
{
	const struct part *p = j->got.of;

	for (size_t i = 0; i < j->got.n; i++, p++) {
		struct report_part *out = add(&j->parts, sizeof(*out));

		if (!out)
			return ENOMEM;
		*out = (struct report_part){
			.user = p->user,
			.at = p->at,
			.handled = p->call && is_handled(j, p->call),
		};
	}
	if (j->parts.n)
		qsort(j->parts.of, j->parts.n, sizeof(struct report_part),
		      part_order);
	return 0;
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
		report_work(out, j->changes.of, j->changes.n, j->parts.of,
			    j->parts.n, f->from, to);
	if (!err && !out->no_appeals)
		err = closed(j);
	if (!err && !out->no_appeals)
		err = deferred(j);
	free(j->users.of);
	free(j->calls.of);
	free(j->states.of);
	free(j->ends.of);
	free(j->changes.of);
	free(j->got.of);
	free(j->parts.of);
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

struct refused_walk {
	int (*each)(void *arg, const struct refused_dial *d);
	void *arg;
};

static int next_refused(const struct db_row *row, void *arg)
{
	struct refused_walk *w = arg;
	struct refused_dial d = { .at = db_time_ms(row, 0),
				  .limit = !strcmp(db_str(row, 2), "LIMIT"),
				  .more = (uint32_t)db_u64(row, 3),
				  .all = db_u64(row, 7) };

	db_copy(row, 1, d.number, sizeof(d.number));
	session_short_name(db_str(row, 4), db_str(row, 5), db_str(row, 6),
			   d.who, sizeof(d.who));
	return w->each(w->arg, &d);
}

int store_report_refused(struct db *db, const struct identity *who,
			 enum auth_scope scope, int64_t now,
			 int (*each)(void *arg, const struct refused_dial *d),
			 void *arg)
{
	static const char sql[] =
	    "SELECT c.started_at, c.called, c.end_reason,"
	    " COALESCE(JSON_VALUE(e.data, '$.more'), 0),"
	    " u.surname, u.given_name, u.patronymic,"
	    " CAST(SUM(1 + COALESCE(JSON_VALUE(e.data, '$.more'), 0)) OVER ()"
	    " AS UNSIGNED) FROM call_record c"
	    " JOIN user_account u ON u.id = c.user_id"
	    " LEFT JOIN call_event e ON e.call_id = c.id AND e.kind = 'FAIL'"
	    " WHERE c.started_at >= ? AND c.direction <> 'IN'"
	    " AND c.end_reason IN ('FORBIDDEN', 'LIMIT')"
	    " AND (? = 0 OR u.organization_id = ?) AND (? = 0 OR u.id = ?)"
	    " ORDER BY c.started_at DESC, c.id DESC LIMIT 2001";
	const uint32_t org = scope == SCOPE_OWN ? who->org_id : 0;
	const uint32_t id = scope == SCOPE_MINE ? who->id : 0;
	const struct db_arg args[] = { DB_TIME_MS(now - 30 * 24 * HOUR_MS),
				       DB_U64(org), DB_U64(org), DB_U64(id),
				       DB_U64(id) };
	struct refused_walk w = { each, arg };

	_Static_assert(REFUSED_DIALS == 2000, "the number in the statement");
	return scope < SCOPE_MINE
		   ? EACCES
		   : db_each(db, sql, args, LEN(args), next_refused, &w);
}
