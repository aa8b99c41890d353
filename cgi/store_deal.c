#include "cgi/store_deal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgi/opening.h"
#include "cgi/store_appeal.h"
#include "cgi/store_notice.h"
#include "cgi/util.h"
#include "db/db.h"

/* LATE_MIN: jobs that were down as the line opened deal all the same. */
enum { MAX_LINES = 64, MAX_INTERVALS = 64, MAX_AFTER = 240, LATE_MIN = 15 };
/* More stay to be taken by hand. */
enum { MAX_ITEMS = 500, MAX_PEOPLE = 200 };

struct ids {
	size_t n, most;
	uint64_t *id;
};

static int read_id(const struct db_row *row, void *arg)
{
	struct ids *ids = arg;

	if (ids->n < ids->most)
		ids->id[ids->n++] = db_u64(row, 0);
	return 0;
}

/* --- who, and what ---------------------------------------------------------- */

/* The queue's organization, as for what its calls become (T4). */
#define OWNER                                               \
	" COALESCE(q.organization_id, (SELECT MIN(id) FROM" \
	" organization WHERE kind = 'FUND'))"

/* The plugin ends what a crash left open; 16 h: the longest shift. */
static int at_work(struct db *db, uint64_t queue, int64_t now_ms,
		   struct ids *people)
{
	static const char sql[] =
	    "SELECT u.id FROM queue_member m JOIN queue q ON q.id = m.queue_id"
	    " JOIN user_account u ON u.id = m.user_id WHERE q.id = ?"
	    " AND u.blocked = 0 AND u.organization_id =" OWNER
	    " AND EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = u.id"
	    "  AND r.role IN ('OPERATOR_L1', 'OPERATOR_L2', 'INSURER_REP_L1',"
	    "  'INSURER_REP_L2'))"
	    " AND EXISTS (SELECT 1 FROM attendance t LEFT JOIN attendance_end e"
	    "  ON e.attendance_id = t.id WHERE t.user_id = u.id"
	    "  AND t.started_at > ? AND e.attendance_id IS NULL)"
	    " ORDER BY (SELECT COUNT(*) FROM appeal a WHERE"
	    "  a.assignee_id = u.id AND a.status = 'DEFERRED'), u.id LIMIT 200";
	const struct db_arg args[] = { DB_U64(queue),
				       DB_TIME_MS(now_ms - 16 * 3600000LL) };

	return db_each(db, sql, args, LEN(args), read_id, people);
}

static int waiting(struct db *db, uint64_t queue, struct ids *items)
{
	static const char sql[] =
	    "SELECT a.id FROM appeal a JOIN queue q ON q.id = ?"
	    " WHERE a.organization_id =" OWNER " AND a.status = 'DEFERRED'"
	    " AND a.assignee_id IS NULL AND a.about_insurer_id IS NULL"
	    " AND EXISTS (SELECT 1 FROM call_back b JOIN call_record c"
	    "  ON c.id = b.call_id WHERE b.appeal_id = a.id"
	    "  AND c.queue_id = q.id)"
	    " AND NOT EXISTS (SELECT 1 FROM call_back b JOIN call_place p"
	    "  ON p.call_id = b.call_id LEFT JOIN call_place_end e"
	    "  ON e.place_id = p.id WHERE b.appeal_id = a.id"
	    "  AND (e.place_id IS NULL OR e.user_id IS NOT NULL))"
	    " ORDER BY a.registered_at, a.id LIMIT 500";
	const struct db_arg args[] = { DB_U64(queue) };

	return db_each(db, sql, args, LEN(args), read_id, items);
}

/* Whoever took one meanwhile has it. */
static int deal(struct db *db, uint64_t queue, int64_t now_ms, unsigned *dealt)
{
	uint64_t who[MAX_PEOPLE], what[MAX_ITEMS];
	struct ids people = { .most = LEN(who), .id = who };
	struct ids items = { .most = LEN(what), .id = what };
	int err = at_work(db, queue, now_ms, &people);

	if (!err && people.n)
		err = waiting(db, queue, &items);
	for (size_t i = 0; !err && i < items.n; i++) {
		err = store_appeal_give(db, now_ms, what[i],
					who[*dealt % people.n], "DEAL");
		if (!err)
			err =
			    store_notice_put(db, now_ms, who[*dealt % people.n],
					     what[i], "DEAL");
		if (err == EBUSY)
			err = 0;
		else if (!err)
			(*dealt)++;
	}
	return err;
}

/* --- once an opening ---------------------------------------------------------- */

static int done(struct db *db, uint64_t queue, int64_t opened_ms)
{
	static const char sql[] =
	    "SELECT 1 FROM deal WHERE queue_id = ? AND opened_at = ?";
	const struct db_arg args[] = { DB_U64(queue), DB_TIME_MS(opened_ms) };
	uint64_t one;

	return db_number(db, sql, args, LEN(args), &one);
}

static int note(struct db *db, uint64_t queue, int64_t opened_ms,
		int64_t now_ms, unsigned dealt)
{
	static const char sql[] =
	    "INSERT INTO deal (queue_id, opened_at, dealt_at, items)"
	    " VALUES (?, ?, ?, ?)";
	const struct db_arg args[] = { DB_U64(queue), DB_TIME_MS(opened_ms),
				       DB_TIME_MS(now_ms), DB_U64(dealt) };

	return db_exec(db, sql, args, LEN(args));
}

static int opened(struct db *db, uint64_t queue, int64_t opened_ms,
		  int64_t now_ms, unsigned *dealt)
{
	unsigned n = 0;
	int err = done(db, queue, opened_ms);

	if (err != ENOENT)
		return err;
	err = db_begin(db);
	if (!err)
		err = deal(db, queue, now_ms, &n);
	if (!err)
		err = note(db, queue, opened_ms, now_ms, n);
	if (!err)
		err = db_commit(db);
	else
		db_rollback(db);
	if (!err)
		*dealt += n;
	return err;
}

/* --- lines -------------------------------------------------------------------- */

struct lines {
	size_t n;
	struct line {
		uint64_t queue, hours;
		char zone[41];
	} of[MAX_LINES];
};

static int read_line(const struct db_row *row, void *arg)
{
	struct lines *l = arg;
	struct line *line = &l->of[l->n++];

	line->queue = db_u64(row, 0);
	line->hours = db_u64(row, 1);
	db_copy(row, 2, line->zone, sizeof(line->zone));
	return 0;
}

static int find_lines(struct db *db, struct lines *l)
{
	static const char sql[] =
	    "SELECT DISTINCT r.queue_id, h.id, h.zone FROM inbound_route r"
	    " JOIN business_hours h ON h.id = r.hours_id WHERE NOT EXISTS"
	    " (SELECT 1 FROM inbound_route a WHERE a.queue_id = r.queue_id"
	    "  AND a.hours_id IS NULL) ORDER BY r.queue_id, h.id LIMIT 64";

	return db_each(db, sql, NULL, 0, read_line, l);
}

struct timetable {
	struct opening_hours hours;
	struct opening_interval intervals[MAX_INTERVALS];
	struct workday_exception days[2];
};

static int read_interval(const struct db_row *row, void *arg)
{
	struct timetable *t = arg;

	t->intervals[t->hours.count++] = (struct opening_interval){
		.weekday = (int)db_u64(row, 0),
		.opens = (int)db_u64(row, 1),
		.closes = (int)db_u64(row, 2),
	};
	return 0;
}

static int read_day(const struct db_row *row, void *arg)
{
	struct timetable *t = arg;
	struct workday_exception *x = &t->days[t->hours.day_count++];

	x->working = db_u64(row, 1) != 0;
	return date_parse(db_str(row, 0), &x->day) ? EBADMSG : 0;
}

/* Today's and yesterday's exceptions: further back nobody looks. */
static int read_timetable(struct db *db, uint64_t hours, const struct tm *tm,
			  struct timetable *t)
{
	static const char intervals[] =
	    "SELECT weekday, TIME_TO_SEC(opens) DIV 60,"
	    " TIME_TO_SEC(closes) DIV 60 FROM business_interval"
	    " WHERE hours_id = ? LIMIT 64";
	static const char days[] =
	    "SELECT day, working FROM holiday WHERE day BETWEEN"
	    " DATE_SUB(?, INTERVAL 1 DAY) AND ? ORDER BY day LIMIT 2";
	char today[11];

	strftime(today, sizeof(today), "%Y-%m-%d", tm);

	const struct db_arg which[] = { DB_U64(hours) };
	const struct db_arg range[] = { DB_STR(today), DB_STR(today) };
	int err;

	t->hours = (struct opening_hours){ .intervals = t->intervals,
					   .days = t->days };
	err = db_each(db, intervals, which, LEN(which), read_interval, t);
	return err ? err : db_each(db, days, range, LEN(range), read_day, t);
}

static int one_line(struct db *db, const struct line *l, int after,
		    int64_t now_ms, unsigned *dealt)
{
	time_t now = (time_t)(now_ms / 1000);
	struct timetable t;
	int64_t local_min;
	struct tm tm;
	int since, err;

	setenv("TZ", l->zone, 1);
	tzset();
	localtime_r(&now, &tm);
	err = read_timetable(db, l->hours, &tm, &t);
	if (err)
		return err;
	local_min = (now + tm.tm_gmtoff) / 60;
	since = opening_since(&t.hours, local_min, after + LATE_MIN);
	if (since < after)
		return 0;
	return opened(db, l->queue, (now_ms / 60000 - since) * 60000, now_ms,
		      dealt);
}

/* @return minutes, -1: off, or nothing that could be meant */
static int setting(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	return end == text || *end || n < 0 || n > MAX_AFTER ? -1 : (int)n;
}

static int read_setting(const struct db_row *row, void *arg)
{
	*(int *)arg = setting(db_str(row, 0));
	return 0;
}

int store_deal(struct db *db, int64_t now_ms, unsigned *dealt)
{
	struct lines lines = { .n = 0 };
	int after = -1;
	int err = db_each(db,
			  "SELECT value FROM setting"
			  " WHERE name = 'unassigned.deal_min'",
			  NULL, 0, read_setting, &after);

	*dealt = 0;
	if (!err && after >= 0)
		err = find_lines(db, &lines);
	for (size_t i = 0; !err && i < lines.n; i++)
		err = one_line(db, &lines.of[i], after, now_ms, dealt);
	return err;
}
