#include "cgi/store_caller.h"

#include <stdio.h>

#include "cgi/phone.h"
#include "cgi/util.h"
#include "db/db.h"

enum { BATCH = 200, WINDOW_MS = 15000 };

struct caller {
	char call[37], number[40];
	int64_t started_ms;
};

struct batch {
	size_t n;
	struct caller of[BATCH];
};

static int read_caller(const struct db_row *row, void *arg)
{
	struct batch *b = arg;
	struct caller *c = &b->of[b->n++];

	db_copy(row, 0, c->call, sizeof(c->call));
	db_copy(row, 1, c->number, sizeof(c->number));
	c->started_ms = db_time_ms(row, 2);
	return 0;
}

/* *org 0: nobody's, or of more than one insurer (a family's telephone). */
static int insurer(struct db *db, const char *number, uint64_t *org)
{
	static const char sql[] =
	    "SELECT COALESCE(IF(MIN(COALESCE(insurer_id, 0)) ="
	    " MAX(COALESCE(insurer_id, 0)), MIN(insurer_id), 0), 0)"
	    " FROM insured_person WHERE phone = ?";
	char phone[PHONE_SIZE];

	*org = 0;
	if (phone_normalize(number, phone))
		return 0;

	const struct db_arg args[] = { DB_STR(phone) };

	return db_number(db, sql, args, LEN(args), org);
}

static int tell(struct db *db, const char *call, uint64_t org)
{
	char payload[100];

	snprintf(payload, sizeof(payload),
		 "{\"call\":\"%s\",\"organization\":%llu}", call,
		 (unsigned long long)org);

	const struct db_arg args[] = { DB_STR(payload) };

	return db_exec(db,
		       "INSERT INTO outbox (kind, payload)"
		       " VALUES ('caller_org', ?)",
		       args, LEN(args));
}

int store_callers(struct db *db, int64_t now_ms, int64_t *since_ms,
		  unsigned *told)
{
	static const char sql[] =
	    "SELECT id, caller, started_at FROM call_record"
	    " WHERE started_at > ? AND direction = 'IN' AND caller <> ''"
	    " AND answered_at IS NULL AND ended_at IS NULL AND EXISTS"
	    " (SELECT 1 FROM queue WHERE strategy = 'by_organization')"
	    " ORDER BY started_at LIMIT 200";
	int64_t oldest = now_ms - WINDOW_MS;
	const struct db_arg args[] = { DB_TIME_MS(
	    *since_ms > oldest ? *since_ms : oldest) };
	struct batch b = { 0 };
	int err = db_each(db, sql, args, LEN(args), read_caller, &b);

	*told = 0;
	for (size_t i = 0; !err && i < b.n; i++) {
		uint64_t org = 0;

		err = insurer(db, b.of[i].number, &org);
		if (!err && org) {
			err = tell(db, b.of[i].call, org);
			*told += !err;
		}
		if (!err)
			*since_ms = b.of[i].started_ms;
	}
	return err;
}

int store_dialled(struct db *db, int64_t since_ms, unsigned *told)
{
	static const char sql[] =
	    "INSERT INTO outbox (kind, payload) SELECT 'card_about',"
	    " JSON_OBJECT('appeal', a.id, 'insurer', COALESCE(a.insurer_id, 0),"
	    " 'accused', IF(a.passed_at IS NULL,"
	    " COALESCE(a.about_insurer_id, 0), 0))"
	    " FROM call_record c JOIN call_event e ON e.call_id = c.id"
	    " AND e.kind = 'DIAL'"
	    " LEFT JOIN call_back b ON b.call_id = c.parent_call_id"
	    " JOIN appeal a ON a.id = COALESCE(b.appeal_id,"
	    "  JSON_VALUE(e.data, '$.appeal'))"
	    " WHERE c.started_at > ? AND c.direction = 'OUT'"
	    " AND c.ended_at IS NULL";
	const struct db_arg args[] = { DB_TIME_MS(since_ms) };
	int err = db_exec(db, sql, args, LEN(args));

	*told = err ? 0 : (unsigned)db_affected(db);
	return err;
}
