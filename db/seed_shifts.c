/*
 * seed_shifts.c - the working days of those who took the demo's calls: shift,
 * calls, after-call work, lunch. Made from the calls, so that the figures of
 * the demo fit together.
 */
#include "db/migrate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/db.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

#define ID_SIZE 37
#define MINUTE  ((int64_t)60000)
#define HOUR    (60 * MINUTE)
#define DAY     (24 * HOUR)
#define ZONE    (3 * HOUR) /* Moscow, without summer time */

struct call {
	unsigned user;
	int64_t offered, answered, ended;
};

struct shifts {
	struct db *db;
	struct call *calls;
	size_t n, max;
	unsigned serial; /* of the ids */
};

static int read_call(const struct db_row *row, void *arg)
{
	struct shifts *s = arg;

	if (s->n == s->max) {
		size_t max = s->max ? 2 * s->max : 512;
		void *calls = realloc(s->calls, max * sizeof(*s->calls));

		if (!calls)
			return ENOMEM;
		s->calls = calls;
		s->max = max;
	}
	s->calls[s->n++] =
	    (struct call){ (unsigned)db_u64(row, 0), db_time_ms(row, 1),
			   db_time_ms(row, 2), db_time_ms(row, 3) };
	return 0;
}

/* A UUIDv7 of that moment. */
static void make_id(struct shifts *s, int64_t at, char out[ID_SIZE])
{
	snprintf(out, ID_SIZE, "%08" PRIx64 "-%04" PRIx64 "-7d00-8000-%012x",
		 (uint64_t)at >> 16 & 0xffffffff, (uint64_t)at & 0xffff,
		 ++s->serial);
}

static int enter(struct shifts *s, unsigned user, int64_t at, const char *state,
		 const char *reason)
{
	char id[ID_SIZE];

	make_id(s, at, id);

	const struct db_arg args[] = { DB_STR(id), DB_U64(user), DB_TIME_MS(at),
				       DB_STR(state), DB_STR(reason) };

	return db_exec(s->db,
		       "INSERT INTO agent_event (id, user_id, at, state,"
		       " reason) VALUES (?, ?, ?, ?, ?)",
		       args, LEN(args));
}

static int attend(struct shifts *s, unsigned user, int64_t from, int64_t to)
{
	char id[ID_SIZE];

	make_id(s, from, id);

	const struct db_arg begun[] = { DB_STR(id), DB_U64(user),
					DB_TIME_MS(from) };
	const struct db_arg done[] = { DB_STR(id), DB_TIME_MS(to) };
	int err;

	err = db_exec(s->db,
		      "INSERT INTO attendance (id, user_id, started_at)"
		      " VALUES (?, ?, ?)",
		      begun, LEN(begun));
	if (!err)
		err = db_exec(s->db,
			      "INSERT INTO attendance_end (attendance_id,"
			      " ended_at, reason) VALUES (?, ?, 'FINISH')",
			      done, LEN(done));
	return err;
}

/* Lunch at the first half hour of quiet after one o'clock. */
static int lunch(struct shifts *s, unsigned user, int64_t free, int64_t next,
		 int64_t one, bool *eaten)
{
	int64_t at = free < one ? one : free + MINUTE;
	int err;

	if (*eaten || next < at + 35 * MINUTE || at > one + 3 * HOUR)
		return 0;
	*eaten = true;
	err = enter(s, user, at, "BREAK", "LUNCH");
	return err ? err : enter(s, user, at + 30 * MINUTE, "FREE", "");
}

static int take(struct shifts *s, const struct call *c, int64_t free)
{
	int err = enter(s, c->user, c->offered, "RINGING", "");

	if (!err)
		err = enter(s, c->user, c->answered, "TALKING", "");
	if (!err)
		err = enter(s, c->user, c->ended, "WRAPUP", "");
	return err ? err : enter(s, c->user, free, "FREE", "");
}

/* The n calls of one person and day, in order. */
static int day(struct shifts *s, const struct call *c, size_t n)
{
	int64_t midnight = (c->answered + ZONE) / DAY * DAY - ZONE;
	int64_t free = midnight + 9 * HOUR, end = midnight + 18 * HOUR;
	int64_t one = midnight + 13 * HOUR, began;
	unsigned user = c->user;
	bool eaten = false;
	int err;

	if (free > c->offered - MINUTE)
		free = c->offered - MINUTE;
	began = free;
	err = enter(s, user, free, "FREE", "");
	for (size_t i = 0; !err && i < n; i++) {
		/* after-call work of 15 to 59 s */
		int64_t ready =
		    c[i].ended + 15000 + c[i].ended / 1000 % 45 * 1000;

		if (c[i].offered < free)
			continue; /* two at once: only in a demo */
		err = lunch(s, user, free, c[i].offered, one, &eaten);
		if (!err)
			err = take(s, &c[i], ready);
		free = ready;
	}
	if (end < free + MINUTE)
		end = free + MINUTE;
	if (!err)
		err = lunch(s, user, free, end, one, &eaten);
	if (!err)
		err = enter(s, user, end, "INACTIVE", "");
	return err ? err : attend(s, user, began, end);
}

int seed_shifts(struct db *db)
{
	static const char sql[] =
	    "SELECT user_id, offered_at, answered_at, ended_at"
	    " FROM call_record WHERE node = 'demo' AND direction = 'IN'"
	    " AND user_id IS NOT NULL AND offered_at IS NOT NULL"
	    " AND answered_at IS NOT NULL AND ended_at IS NOT NULL"
	    " ORDER BY user_id, offered_at, id";
	struct shifts s = { .db = db };
	size_t from = 0;
	int err = db_begin(db);

	if (!err)
		err = db_each(db, sql, NULL, 0, read_call, &s);
	for (size_t i = 1; !err && i <= s.n; i++) {
		const struct call *c = &s.calls[from];

		if (i < s.n && s.calls[i].user == c->user &&
		    (s.calls[i].answered + ZONE) / DAY ==
			(c->answered + ZONE) / DAY)
			continue;
		err = day(&s, c, i - from);
		from = i;
	}
	if (!err)
		err = db_commit(db);
	if (err) {
		db_rollback(db);
		complain(db, "demo shifts", err);
	}
	free(s.calls);
	return err;
}
