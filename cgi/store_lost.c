#include "cgi/store_lost.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgi/phone.h"
#include "cgi/store_appeal.h"
#include "cgi/store_place.h"
#include "cgi/util.h"
#include "cgi/workday.h"
#include "db/db.h"

enum { BATCH = 100, MAX_EXCEPTIONS = 120 };

#define NO_CALL "00000000-0000-0000-0000-000000000000"

/* Answered calls that were lost all the same: the operator vanished and
 * nobody else came, or the house broke down (ends of the plugin). */
#define LOST_ANYWAY                                                  \
	"('ABANDONRETURNED', 'ABANDONRECONNECT', 'ABANDONTRANSFER'," \
	" 'EXITWITHTIMEOUT', 'EXITEMPTY', 'CLOSED', 'INTERRUPTED',"  \
	" 'RTPTIMEOUT', 'LIMIT', 'SHUTDOWN')"

/* What the citizen left behind. */
enum what { CALL, MESSAGE, NUMBER };

static const struct {
	const char *origin, *reason, *channel, *again;
} kinds[] = {
	[CALL] = { "LOST_CALL", "Пропущенный вызов", "HOTLINE",
		   "Ещё один пропущенный вызов" },
	[MESSAGE] = { "VOICEMAIL", "Голосовое сообщение", "VOICEMAIL",
		      "Ещё одно голосовое сообщение" },
	[NUMBER] = { "NUMBER", "Оставлен номер для обратного вызова", "HOTLINE",
		     "Номер оставлен ещё раз" },
};

/* A message, or what a break-down left of one: nobody's words are thrown
 * away unheard. */
#define IS_MESSAGE                                                        \
	"(c.end_reason = 'VOICEMAIL' OR (c.end_reason IN ('INTERRUPTED'," \
	" 'SHUTDOWN', 'RTPTIMEOUT', 'LIMIT') AND EXISTS (SELECT 1 FROM"   \
	" call_event v WHERE v.call_id = c.id"                            \
	" AND v.kind = 'VOICEMAILTONE')))"

struct lost {
	char call[37], phone[33];
	enum what what;
	uint64_t organization; /* of the queue; the fund otherwise */
	unsigned waited_s;
	int64_t ended_ms;
};

struct batch {
	size_t n;
	struct lost lost[BATCH];
};

static int read_lost(const struct db_row *row, void *arg)
{
	struct batch *b = arg;
	struct lost *l = &b->lost[b->n++];

	db_copy(row, 0, l->call, sizeof(l->call));
	/* a foreign number stays as it was signalled */
	if (phone_normalize(db_str(row, 1), l->phone))
		db_copy(row, 1, l->phone, sizeof(l->phone));
	l->organization = db_u64(row, 2);
	l->waited_s = (unsigned)db_u64(row, 3);
	l->ended_ms = db_time_ms(row, 4);
	l->what = (enum what)db_u64(row, 5);
	return 0;
}

/* The next ones after *last: a call that failed is passed by, not met again. */
static int find_lost(struct db *db, int64_t since_ms, const struct lost *last,
		     struct batch *b)
{
	static const char sql[] =
	    "SELECT c.id, COALESCE(p.number, c.caller), "
	    "COALESCE(q.organization_id,"
	    " (SELECT MIN(id) FROM organization WHERE kind = 'FUND')),"
	    " GREATEST(TIMESTAMPDIFF(SECOND, c.started_at, c.ended_at), 0),"
	    " c.ended_at, CASE WHEN c.end_reason = 'EXITWITHKEY' THEN 2"
	    " WHEN " IS_MESSAGE " THEN 1 ELSE 0 END FROM call_record c"
	    " LEFT JOIN queue q ON q.id = c.queue_id"
	    " LEFT JOIN call_place p ON p.call_id = c.id"
	    " LEFT JOIN call_back b ON b.call_id = c.id"
	    " WHERE c.ended_at >= ? AND (c.ended_at > ? OR c.id > ?)"
	    " AND c.direction = 'IN'"
	    " AND COALESCE(p.number, c.caller) <> '' AND b.call_id IS NULL"
	    " AND (c.answered_at IS NULL OR c.end_reason IN " LOST_ANYWAY
	    ") ORDER BY c.ended_at, c.id LIMIT 100";
	int64_t from = last->ended_ms ? last->ended_ms : since_ms;
	const struct db_arg args[] = {
		DB_TIME_MS(from ? from : 1),
		DB_TIME_MS(last->ended_ms ? last->ended_ms : 1),
		DB_STR(last->ended_ms ? last->call : NO_CALL),
	};

	b->n = 0;
	return db_each(db, sql, args, LEN(args), read_lost, b);
}

/* --- the term ------------------------------------------------------------- */

struct calendar {
	size_t n;
	struct workday_exception list[MAX_EXCEPTIONS];
	char due[16];
	int year; /* local */
	char code[64];
};

static int read_exception(const struct db_row *row, void *arg)
{
	struct calendar *c = arg;

	if (date_parse(db_str(row, 0), &c->list[c->n].day))
		return EBADMSG;
	c->list[c->n++].working = db_u64(row, 1) != 0;
	return 0;
}

/* T4: due by the end of the next working day of the region. */
static int find_due(struct db *db, int64_t now_ms, struct calendar *c)
{
	char zone[64] = "Europe/Moscow", today[11];
	time_t now = (time_t)(now_ms / 1000);
	struct date day;
	struct tm tm;
	int err;

	c->n = 0;
	snprintf(c->code, sizeof(c->code), "26");
	err = store_region(db, zone, c->code);
	if (err)
		return err;
	setenv("TZ", zone, 1);
	tzset();
	localtime_r(&now, &tm);
	day = (struct date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
	c->year = day.year;
	strftime(today, sizeof(today), "%Y-%m-%d", &tm);

	const struct db_arg from[] = { DB_STR(today) };

	err = db_each(db,
		      "SELECT day, working FROM holiday WHERE day > ?"
		      " ORDER BY day LIMIT 120",
		      from, LEN(from), read_exception, c);
	if (err)
		return err;
	day = workday_next(day, c->list, c->n);
	snprintf(c->due, sizeof(c->due), "%04d-%02d-%02d", day.year % 10000,
		 day.month % 100, day.day % 100);
	return 0;
}

/* --- the appeal ----------------------------------------------------------- */

struct item {
	uint64_t id, organization, assignee;
	char status[17];
	bool joined; /* it was there */
};

static int read_item(const struct db_row *row, void *arg)
{
	struct item *it = arg;

	it->id = db_u64(row, 0);
	it->organization = db_u64(row, 1);
	it->assignee = db_u64(row, 2);
	db_copy(row, 3, it->status, sizeof(it->status));
	it->joined = true;
	return 0;
}

/* Only an item the program made itself, whoever is at work on it by now:
 * joining a colleague's appeal would show him a call his organization may not
 * see. */
static int find_open(struct db *db, const struct lost *l, struct item *it)
{
	static const char sql[] =
	    "SELECT id, organization_id, assignee_id, status FROM appeal"
	    " WHERE phone = ? AND status IN"
	    " ('DEFERRED', 'IN_PROGRESS', 'UNDER_REVIEW')"
	    " AND origin IN ('LOST_CALL', 'VOICEMAIL', 'NUMBER')"
	    " AND organization_id = ? ORDER BY id LIMIT 1 FOR UPDATE";
	const struct db_arg args[] = { DB_STR(l->phone),
				       DB_U64(l->organization) };

	return db_one(db, sql, args, LEN(args), read_item, it);
}

static int make_appeal(struct db *db, const struct lost *l, int64_t now_ms,
		       const struct calendar *c, struct item *it)
{
	static const char sql[] =
	    "INSERT INTO appeal (number, status, origin, form, channel,"
	    " phone, description, deferred_reason, organization_id,"
	    " due_date, registered_at, created_at)"
	    " VALUES (?, 'DEFERRED', ?, 'Устная', ?, ?, ?, ?, ?, ?, ?, ?)";
	char number[17], text[120];
	int err = store_appeal_number(db, c->code, c->year, number);

	if (err)
		return err;
	snprintf(text, sizeof(text), "%s, %s %u мин %02u с",
		 kinds[l->what].reason,
		 l->what == MESSAGE ? "вызов" : "ожидание", l->waited_s / 60,
		 l->waited_s % 60);

	const struct db_arg args[] = {
		DB_STR(number),
		DB_STR(kinds[l->what].origin),
		DB_STR(kinds[l->what].channel),
		DB_STR(l->phone),
		DB_STR(text),
		DB_STR(kinds[l->what].reason),
		DB_U64(l->organization),
		DB_STR(c->due),
		DB_TIME_MS(now_ms),
		DB_TIME_MS(now_ms),
	};

	err = db_exec(db, sql, args, LEN(args));
	if (err)
		return err;
	*it = (struct item){ .id = db_last_id(db),
			     .organization = l->organization };
	copy_text(it->status, sizeof(it->status), "DEFERRED");
	return 0;
}

/* Link, history and the word to the pages. */
static int note(struct db *db, const struct lost *l, int64_t now_ms,
		const struct item *it)
{
	int err;
	const struct db_arg link[] = { DB_U64(it->id), DB_STR(l->call),
				       DB_TIME_MS(now_ms) };
	const struct db_arg history[] = {
		DB_U64(it->id),
		DB_TIME_MS(now_ms),
		DB_STR(kinds[l->what].origin),
		it->joined ? DB_STR(it->status) : DB_NULL,
		DB_STR(it->status),
		DB_STR(it->joined ? kinds[l->what].again : ""),
	};

	/* first of all the key that makes it happen once */
	err = db_exec(db,
		      "INSERT INTO call_back (appeal_id, call_id, at)"
		      " VALUES (?, ?, ?)",
		      link, LEN(link));
	if (!err)
		err = db_exec(db,
			      "INSERT IGNORE INTO appeal_call (appeal_id,"
			      " call_id, linked_at) VALUES (?, ?, ?)",
			      link, LEN(link));
	if (!err)
		err = db_exec(db,
			      "INSERT INTO appeal_history (appeal_id, at,"
			      " event, from_status, to_status, comment)"
			      " VALUES (?, ?, ?, ?, ?, ?)",
			      history, LEN(history));
	if (!err)
		err = store_appeal_changed(db, now_ms, it->id, 0, 0, l->call);
	return err;
}

static int try_call(struct db *db, const struct lost *l, int64_t now_ms,
		    const struct calendar *c)
{
	struct item it = { .joined = false };
	int err = db_begin(db);

	if (err)
		return err;
	err = find_open(db, l, &it);
	if (err == ENOENT)
		err = make_appeal(db, l, now_ms, c, &it);
	if (!err)
		err = note(db, l, now_ms, &it);
	if (!err)
		return db_commit(db);
	db_rollback(db);
	return err;
}

/* Numbers given out past the counter, e.g. by an import, are left behind. */
static int bump_serial(struct db *db, const struct calendar *c)
{
	static const char sql[] =
	    "INSERT INTO appeal_serial (year, last) SELECT ?,"
	    " COALESCE(MAX(CAST(SUBSTRING_INDEX(number, '-', -1) AS"
	    " UNSIGNED)), 0) FROM appeal WHERE number LIKE ?"
	    " ON DUPLICATE KEY UPDATE last = GREATEST(last, VALUES(last))";
	char like[80];

	snprintf(like, sizeof(like), "%.3s-%02d-%%", c->code, c->year % 100);

	const struct db_arg args[] = { DB_U64((uint64_t)c->year),
				       DB_STR(like) };

	return db_exec(db, sql, args, LEN(args));
}

/* *made: by us and now, not by somebody faster. */
static int one_call(struct db *db, const struct lost *l, int64_t now_ms,
		    const struct calendar *c, bool *made)
{
	static const char done[] = "SELECT 1 FROM call_back WHERE call_id = ?";
	const struct db_arg args[] = { DB_STR(l->call) };
	uint64_t one;
	int err = try_call(db, l, now_ms, c);

	*made = !err;
	if (err != EEXIST)
		return err;
	/* the call's own key, or a registration number? */
	err = db_number(db, done, args, LEN(args), &one);
	if (err != ENOENT)
		return err;
	err = bump_serial(db, c);
	if (!err)
		err = try_call(db, l, now_ms, c);
	*made = !err;
	return err;
}

/* «Сообщение без номера» (K-4.0.10). One statement: a message stands there
 * whole or not at all, and the key lets it stand there once. */
static int loose_messages(struct db *db, int64_t since_ms, unsigned *made)
{
	static const char sql[] =
	    "INSERT IGNORE INTO loose_message (call_id, organization_id, at)"
	    " SELECT c.id, COALESCE(q.organization_id, (SELECT MIN(id) FROM"
	    " organization WHERE kind = 'FUND')), c.ended_at"
	    " FROM call_record c LEFT JOIN queue q ON q.id = c.queue_id"
	    " LEFT JOIN loose_message m ON m.call_id = c.id"
	    " WHERE c.ended_at >= ? AND c.direction = 'IN' AND c.caller = ''"
	    " AND m.call_id IS NULL AND " IS_MESSAGE;
	static const char tell[] = "INSERT INTO outbox (kind, payload) VALUES"
				   " ('appeal_changed', '{\"appeal\":0}')";
	const struct db_arg args[] = { DB_TIME_MS(since_ms ? since_ms : 1) };
	unsigned n = 0;
	int err = db_begin(db);

	if (!err)
		err = db_exec(db, sql, args, LEN(args));
	if (!err) {
		n = (unsigned)db_affected(db);
		if (n)
			err = db_exec(db, tell, NULL, 0);
	}
	if (!err)
		err = db_commit(db);
	else
		db_rollback(db);
	if (!err)
		*made += n;
	return err;
}

int store_lost_calls(struct db *db, int64_t now_ms, int64_t since_ms,
		     struct lost_report *out)
{
	struct lost last = { .ended_ms = 0 };
	struct batch b;
	struct calendar c;
	int err;

	*out = (struct lost_report){ .made = 0 };
	do {
		err = find_lost(db, since_ms, &last, &b);
		if (!err && b.n)
			err = find_due(db, now_ms, &c);
		for (size_t i = 0; !err && i < b.n; i++) {
			bool made = false;
			int why = one_call(db, &b.lost[i], now_ms, &c, &made);

			out->made += made;
			if (why == ENOTCONN || why == ENOSPC)
				err = why; /* not this call's fault */
			else if (why && !out->failed++) {
				out->why = why;
				copy_text(out->call, sizeof(out->call),
					  b.lost[i].call);
			}
			last = b.lost[i];
		}
	} while (!err && b.n == BATCH);
	if (!err)
		err = loose_messages(db, since_ms, &out->made);
	return err;
}

/* --- call-backs (T19) ------------------------------------------------------- */

struct given {
	size_t n;
	struct {
		uint64_t appeal, user;
		char reason[17];
	} of[BATCH];
};

static int read_given(const struct db_row *row, void *arg)
{
	struct given *g = arg;

	g->of[g->n].appeal = db_u64(row, 0);
	g->of[g->n].user = db_u64(row, 1);
	db_copy(row, 2, g->of[g->n].reason, sizeof(g->of[g->n].reason));
	g->n++;
	return 0;
}

static int assign(struct db *db, int64_t now_ms, uint64_t appeal, uint64_t user,
		  bool dialled)
{
	int err = db_begin(db);

	if (!err)
		err = store_appeal_give(db, now_ms, appeal, user,
					dialled ? "ANSWER_BACK" : "TAKE");
	if (!err)
		return db_commit(db);
	db_rollback(db);
	return err == EBUSY ? 0 : err; /* somebody has it by now */
}

/* Calls made to call somebody back belong to his appeal. */
static int link_calls(struct db *db, int64_t since_ms)
{
	const struct db_arg args[] = { DB_TIME_MS(since_ms ? since_ms : 1) };

	return db_exec(db,
		       "INSERT IGNORE INTO appeal_call (appeal_id, call_id)"
		       " SELECT STRAIGHT_JOIN b.appeal_id, c.id"
		       " FROM call_record c JOIN call_place p"
		       " ON p.call_id = c.parent_call_id"
		       " JOIN call_back b ON b.call_id = p.call_id"
		       " LEFT JOIN appeal_call l ON l.appeal_id = b.appeal_id"
		       " AND l.call_id = c.id WHERE c.started_at >= ?"
		       " AND c.direction = 'OUT' AND l.call_id IS NULL",
		       args, LEN(args));
}

int store_places_given(struct db *db, int64_t now_ms, int64_t since_ms,
		       unsigned *given)
{
	static const char sql[] =
	    "SELECT b.appeal_id, e.user_id, e.reason FROM appeal a"
	    " JOIN call_back b ON b.appeal_id = a.id"
	    " JOIN call_place p ON p.call_id = b.call_id"
	    " JOIN call_place_end e ON e.place_id = p.id"
	    " JOIN user_account u ON u.id = e.user_id"
	    " WHERE a.assignee_id IS NULL AND a.status = 'DEFERRED'"
	    " AND NOT EXISTS (SELECT 1 FROM appeal_history h WHERE"
	    "  h.appeal_id = a.id AND h.event IN ('TAKE', 'ANSWER_BACK'))"
	    " ORDER BY e.ended_at, p.id LIMIT 100";
	struct given g = { .n = 0 };
	int err = db_each(db, sql, NULL, 0, read_given, &g);

	*given = 0;
	for (size_t i = 0; !err && i < g.n; i++) {
		err = assign(db, now_ms, g.of[i].appeal, g.of[i].user,
			     strcmp(g.of[i].reason, "DIALLED") == 0);
		*given += !err;
	}
	return err ? err : link_calls(db, since_ms);
}
