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

/* Answered calls that were lost all the same: the operator vanished and
 * nobody else came, or the house broke down (ends of the plugin). */
#define LOST_ANYWAY                                                       \
	"('ABANDONRETURNED', 'EXITWITHTIMEOUT', 'CLOSED', 'INTERRUPTED'," \
	" 'SHUTDOWN')"

struct lost {
	char call[37], phone[33];
	uint64_t organization; /* of the queue; the fund otherwise */
	unsigned waited_s;
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
	return 0;
}

static int find_lost(struct db *db, int64_t since_ms, struct batch *b)
{
	static const char sql[] =
	    "SELECT c.id, c.caller, COALESCE(q.organization_id,"
	    " (SELECT MIN(id) FROM organization WHERE kind = 'FUND')),"
	    " TIMESTAMPDIFF(SECOND, c.started_at, c.ended_at)"
	    " FROM call_record c"
	    " LEFT JOIN queue q ON q.id = c.queue_id"
	    " LEFT JOIN call_back b ON b.call_id = c.id"
	    " WHERE c.ended_at >= ? AND c.direction = 'IN'"
	    " AND c.caller <> '' AND b.call_id IS NULL"
	    " AND (c.answered_at IS NULL OR c.end_reason IN " LOST_ANYWAY
	    ") ORDER BY c.ended_at, c.id LIMIT 100";
	const struct db_arg args[] = { DB_TIME_MS(since_ms ? since_ms : 1) };

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

/* Only an item the program made itself: joining a colleague's appeal would
 * show him a call his organization may not see. */
static int find_open(struct db *db, const struct lost *l, uint64_t *id)
{
	static const char sql[] =
	    "SELECT id FROM appeal WHERE phone = ? AND status = 'DEFERRED'"
	    " AND origin IN ('LOST_CALL', 'VOICEMAIL', 'NUMBER')"
	    " AND organization_id = ? ORDER BY id LIMIT 1 FOR UPDATE";
	const struct db_arg args[] = { DB_STR(l->phone),
				       DB_U64(l->organization) };

	return db_number(db, sql, args, LEN(args), id);
}

static int make_appeal(struct db *db, const struct lost *l, int64_t now_ms,
		       const struct calendar *c, uint64_t *id)
{
	static const char sql[] =
	    "INSERT INTO appeal (number, status, origin, form, channel,"
	    " phone, description, deferred_reason, organization_id,"
	    " due_date, registered_at, created_at)"
	    " VALUES (?, 'DEFERRED', 'LOST_CALL', 'Устная', 'HOTLINE', ?,"
	    " ?, 'Пропущенный вызов', ?, ?, ?, ?)";
	char number[17], text[120];
	int err = store_appeal_number(db, c->code, c->year, number);

	if (err)
		return err;
	snprintf(text, sizeof(text),
		 "Пропущенный вызов, ожидание %u мин %02u с", l->waited_s / 60,
		 l->waited_s % 60);

	const struct db_arg args[] = {
		DB_STR(number),          DB_STR(l->phone), DB_STR(text),
		DB_U64(l->organization), DB_STR(c->due),   DB_TIME_MS(now_ms),
		DB_TIME_MS(now_ms),
	};

	err = db_exec(db, sql, args, LEN(args));
	if (!err)
		*id = db_last_id(db);
	return err;
}

/* Link, history and the word to the pages. */
static int note(struct db *db, const struct lost *l, int64_t now_ms,
		uint64_t id, bool joined)
{
	char payload[120];
	int err;

	snprintf(payload, sizeof(payload),
		 "{\"appeal\":%llu,\"organization\":%llu,\"assignee\":null}",
		 (unsigned long long)id, (unsigned long long)l->organization);

	const struct db_arg link[] = { DB_U64(id), DB_STR(l->call),
				       DB_TIME_MS(now_ms) };
	const struct db_arg history[] = {
		DB_U64(id), DB_TIME_MS(now_ms),
		joined ? DB_STR("DEFERRED") : DB_NULL,
		DB_STR(joined ? "Ещё один пропущенный вызов" : "")
	};
	const struct db_arg outbox[] = { DB_TIME_MS(now_ms), DB_STR(payload) };

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
			      " VALUES (?, ?, 'LOST_CALL', ?, 'DEFERRED', ?)",
			      history, LEN(history));
	if (!err)
		err = db_exec(db,
			      "INSERT INTO outbox (at, kind, payload)"
			      " VALUES (?, 'appeal_changed', ?)",
			      outbox, LEN(outbox));
	return err;
}

static int one_call(struct db *db, const struct lost *l, int64_t now_ms,
		    const struct calendar *c)
{
	uint64_t id = 0;
	bool joined;
	int err = db_begin(db);

	if (err)
		return err;
	err = find_open(db, l, &id);
	joined = !err;
	if (err == ENOENT)
		err = make_appeal(db, l, now_ms, c, &id);
	if (!err)
		err = note(db, l, now_ms, id, joined);
	if (!err)
		return db_commit(db);
	db_rollback(db);
	return err;
}

int store_lost_calls(struct db *db, int64_t now_ms, int64_t since_ms,
		     unsigned *made)
{
	struct batch b;
	struct calendar c;
	int err;

	*made = 0;
	do {
		err = find_lost(db, since_ms, &b);
		if (!err && b.n)
			err = find_due(db, now_ms, &c);
		for (size_t i = 0; !err && i < b.n; i++) {
			err = one_call(db, &b.lost[i], now_ms, &c);
			if (!err)
				++*made;
			else if (err == EEXIST)
				err = 0; /* somebody was faster */
		}
	} while (!err && b.n == BATCH);
	return err;
}
