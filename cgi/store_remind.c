#include "cgi/store_remind.h"

#include <stdlib.h>
#include <time.h>

#include "cgi/appeal_cycle.h"
#include "cgi/store_place.h"
#include "cgi/util.h"
#include "db/db.h"

enum { MAX_EXCEPTIONS = 120, BACK_DAYS = 40 };

static const char *const kinds[TERM_COUNT] = {
	[TERM_5] = "TERM5",
	[TERM_1] = "TERM1",
	[TERM_TODAY] = "TERM0",
	[TERM_OVERDUE] = "OVERDUE",
};

/* Who works on it, and it is not new to him. */
#define OPEN                                           \
	" a.status IN ('IN_PROGRESS', 'DEFERRED') AND" \
	" a.due_date BETWEEN ? AND ? AND a.registered_at < ?"

struct round {
	struct db *db;
	int64_t now_ms, midnight_ms; /* of the region's day */
	struct date today;
	char day[11]; /* the same as text */
	struct workday_exception off[MAX_EXCEPTIONS];
	size_t n_off;
};

/* One that is overdue since then is new again with the day. */
static int to_assignees(const struct round *r, const char *kind,
			const char *from, const char *to)
{
	static const char sql[] =
	    "INSERT INTO notice (user_id, appeal_id, kind, day, at)"
	    " SELECT a.assignee_id, a.id, ?, a.due_date, ? FROM appeal a"
	    " JOIN user_account u ON u.id = a.assignee_id AND u.blocked = 0"
	    " WHERE" OPEN " AND NOT EXISTS (SELECT 1 FROM notice n WHERE"
	    " n.user_id = a.assignee_id AND n.kind = ? AND n.appeal_id = a.id"
	    " AND n.day = a.due_date AND (? <> 'OVERDUE' OR n.at >= ?))"
	    " ON DUPLICATE KEY UPDATE at = VALUES(at), read_at = NULL";
	const struct db_arg args[] = {
		DB_STR(kind), DB_TIME_MS(r->now_ms),      DB_STR(from),
		DB_STR(to),   DB_TIME_MS(r->midnight_ms), DB_STR(kind),
		DB_STR(kind), DB_TIME_MS(r->midnight_ms),
	};

	return db_exec(r->db, sql, args, LEN(args));
}

/* Of his organization, without what it is accused of. */
static int to_supervisors(const struct round *r, const char *kind,
			  const char *from, const char *to)
{
	static const char sql[] =
	    "INSERT INTO notice (user_id, kind, day, amount, at)"
	    " SELECT u.id, ?, ?, COUNT(*), ? FROM user_role g"
	    " JOIN user_account u ON u.id = g.user_id AND u.blocked = 0"
	    " JOIN appeal a ON a.organization_id = u.organization_id"
	    " AND NOT (a.about_insurer_id <=> u.organization_id)"
	    " WHERE g.role = 'SUPERVISOR' AND" OPEN
	    " AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.user_id = u.id"
	    "  AND n.kind = ? AND n.appeal_id = 0 AND n.day = ?)"
	    " GROUP BY u.id";
	const struct db_arg args[] = {
		DB_STR(kind), DB_STR(r->day), DB_TIME_MS(r->now_ms),
		DB_STR(from), DB_STR(to),     DB_TIME_MS(r->midnight_ms),
		DB_STR(kind), DB_STR(r->day),
	};

	return db_exec(r->db, sql, args, LEN(args));
}

/* The last day since when a review is late; of the calendar's year before. */
static struct date late_since(const struct round *r)
{
	struct date d = r->today;

	for (int back = 1; back < BACK_DAYS; back++) {
		d = date_of_days(date_to_days(r->today) - back);
		if (appeal_review_late(d, r->today, r->off, r->n_off))
			break;
	}
	return d;
}

static int64_t local_midnight(struct date d)
{
	struct tm tm = { .tm_year = d.year - 1900,
			 .tm_mon = d.month - 1,
			 .tm_mday = d.day,
			 .tm_isdst = -1 };

	return (int64_t)mktime(&tm) * 1000;
}

static int to_administrators(const struct round *r)
{
	static const char sql[] =
	    "INSERT INTO notice (user_id, appeal_id, kind, day, at)"
	    " SELECT u.id, a.id, 'LATE_REVIEW', DATE(a.review_at), ?"
	    " FROM appeal a JOIN user_role g ON g.role = 'CC_ADMIN'"
	    " JOIN user_account u ON u.id = g.user_id AND u.blocked = 0"
	    " WHERE a.status = 'UNDER_REVIEW' AND a.review_at < ?"
	    " AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.user_id = u.id"
	    "  AND n.kind = 'LATE_REVIEW' AND n.appeal_id = a.id"
	    "  AND n.day = DATE(a.review_at))";
	struct date since = late_since(r);
	const struct db_arg args[] = {
		DB_TIME_MS(r->now_ms),
		DB_TIME_MS(
		    local_midnight(date_of_days(date_to_days(since) + 1))),
	};

	return db_exec(r->db, sql, args, LEN(args));
}

/* One word to each, whatever the number. */
static int tell(const struct round *r, unsigned *told)
{
	static const char sql[] =
	    "INSERT INTO outbox (at, kind, payload) SELECT ?, 'appeal_notice',"
	    " JSON_OBJECT('user', n.user_id, 'appeal', 0, 'number', '',"
	    " 'event', 'TERMS', 'unread', (SELECT COUNT(*) FROM notice u"
	    " WHERE u.user_id = n.user_id AND u.read_at IS NULL)) FROM (SELECT DISTINCT user_id FROM notice"
	    " WHERE at = ? AND day IS NOT NULL) n";
	const struct db_arg args[] = { DB_TIME_MS(r->now_ms),
				       DB_TIME_MS(r->now_ms) };
	int err = db_exec(r->db, sql, args, LEN(args));

	if (!err)
		*told = (unsigned)db_affected(r->db);
	return err;
}

static int in_transaction(const struct round *r, unsigned *told)
{
	char from[11], to[11];
	int err = 0;

	for (enum appeal_term t = 0; !err && t < TERM_COUNT; t++) {
		appeal_term_days(t, r->today, r->off, r->n_off, from, to);
		err = to_assignees(r, kinds[t], from, to);
		if (!err)
			err = to_supervisors(r, kinds[t], from, to);
	}
	if (!err)
		err = to_administrators(r);
	return err ? err : tell(r, told);
}

int store_remind(struct db *db, int64_t now_ms, unsigned *told)
{
	time_t now = (time_t)(now_ms / 1000);
	struct round r = { .db = db, .now_ms = now_ms };
	char zone[64] = "", code[64], from[11];
	struct tm tm;
	int err = store_region(db, zone, code);

	*told = 0;
	if (err)
		return err;
	setenv("TZ", zone, 1);
	tzset();
	localtime_r(&now, &tm);
	r.today = (struct date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
	date_text(r.today, r.day);
	r.midnight_ms = local_midnight(r.today);
	date_text(date_of_days(date_to_days(r.today) - BACK_DAYS), from);
	err = store_calendar(db, from, r.off, LEN(r.off), &r.n_off);
	if (!err)
		err = db_begin(db);
	if (err)
		return err;
	err = in_transaction(&r, told);
	if (!err)
		err = db_commit(db);
	else
		db_rollback(db);
	return err;
}

int store_notices_old(struct db *db)
{
	static const char sql[] =
	    "DELETE FROM notice WHERE at < NOW(3) - INTERVAL"
	    " (SELECT CAST(value AS UNSIGNED) FROM setting"
	    "  WHERE name = 'notice.keep_days') DAY LIMIT 1000";
	int err;

	do {
		err = db_exec(db, sql, NULL, 0);
	} while (!err && db_affected(db) == 1000);
	return err;
}
