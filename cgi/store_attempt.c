#include "cgi/store_attempt.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cgi/store_appeal.h"
#include "cgi/util.h"
#include "db/db.h"

enum { BATCH = 100 };

struct attempt {
	char call[37], status[17], reason[33];
	uint64_t appeal, user;
	bool answered;
	int64_t ended_ms;
};

struct batch {
	size_t n;
	struct attempt of[BATCH];
};

static int read_attempt(const struct db_row *row, void *arg)
{
	struct batch *b = arg;
	struct attempt *a = &b->of[b->n++];

	db_copy(row, 0, a->call, sizeof(a->call));
	a->appeal = db_u64(row, 1);
	a->user = db_u64(row, 2);
	db_copy(row, 3, a->status, sizeof(a->status));
	a->answered = db_u64(row, 4) != 0;
	db_copy(row, 5, a->reason, sizeof(a->reason));
	a->ended_ms = db_time_ms(row, 6);
	return 0;
}

/* The words of K-6.2.4, and what else a network says. */
static const char *result(const struct attempt *a)
{
	static const struct {
		const char *reason, *text;
	} words[] = {
		{ "BUSY", "Занято" },
		{ "NOANSWER", "Нет ответа" },
		{ "UNKNOWN", "Неверный номер" },
		{ "REJECTED", "Вызов отклонён" },
		{ "COMPLETEAGENT", "Отменён до ответа" },
	};

	if (a->answered)
		return "Дозвон";
	for (size_t i = 0; i < LEN(words); i++)
		if (!strcmp(words[i].reason, a->reason))
			return words[i].text;
	return "Номер недоступен";
}

static int note(struct db *db, const struct attempt *a)
{
	static const char once[] =
	    "INSERT INTO call_attempt (call_id, appeal_id) VALUES (?, ?)";
	static const char link[] =
	    "INSERT IGNORE INTO appeal_call (appeal_id, call_id)"
	    " VALUES (?, ?)";
	static const char history[] =
	    "INSERT INTO appeal_history (appeal_id, at, user_id, event,"
	    " from_status, to_status, comment) VALUES (?, ?, ?, 'ATTEMPT', ?,"
	    " ?, ?)";
	int err = db_begin(db);

	const struct db_arg first[] = { DB_STR(a->call), DB_U64(a->appeal) };
	const struct db_arg key[] = { DB_U64(a->appeal), DB_STR(a->call) };
	const struct db_arg row[] = {
		DB_U64(a->appeal), DB_TIME_MS(a->ended_ms), DB_U64(a->user),
		DB_STR(a->status), DB_STR(a->status),       DB_STR(result(a))
	};

	/* first of all the key that makes it happen once */
	if (!err)
		err = db_exec(db, once, first, LEN(first));
	if (!err)
		err = db_exec(db, link, key, LEN(key));
	if (!err)
		err = db_exec(db, history, row, LEN(row));
	if (!err)
		err = store_appeal_changed(db, a->ended_ms, a->appeal, 0, 0,
					   NULL);
	if (!err)
		return db_commit(db);
	db_rollback(db);
	return err;
}

int store_attempts(struct db *db, int64_t since_ms, unsigned *made)
{
	/* the appeal is named by the order, or by the call that is answered;
	 * in this order: the few calls of late, never all events of all */
	static const char sql[] =
	    "SELECT STRAIGHT_JOIN c.id, a.id, e.user_id, a.status,"
	    " c.answered_at IS NOT NULL, c.end_reason, c.ended_at"
	    " FROM call_record c JOIN call_event e ON e.call_id = c.id"
	    " AND e.kind = 'DIAL'"
	    " LEFT JOIN call_back b ON b.call_id = c.parent_call_id"
	    " JOIN appeal a ON a.id = COALESCE(b.appeal_id,"
	    "  JSON_VALUE(e.data, '$.appeal'))"
	    " JOIN user_account u ON u.id = e.user_id"
	    " JOIN organization o ON o.id = u.organization_id"
	    " WHERE c.ended_at >= ? AND c.direction = 'OUT'"
	    " AND (a.assignee_id = u.id OR a.author_id = u.id"
	    "  OR (a.status NOT IN ('DRAFT', 'DELETED') AND (o.kind = 'FUND'"
	    "  OR (a.organization_id = u.organization_id AND"
	    "  (a.about_insurer_id IS NULL"
	    "  OR a.passed_at IS NOT NULL"
	    "  OR a.about_insurer_id <> u.organization_id)))))"
	    " AND NOT EXISTS (SELECT 1 FROM call_attempt t WHERE"
	    "  t.call_id = c.id AND t.appeal_id = a.id)"
	    " ORDER BY c.ended_at, c.id LIMIT 100";
	const struct db_arg args[] = { DB_TIME_MS(since_ms ? since_ms : 1) };
	struct batch b;
	int err;

	*made = 0;
	do {
		b.n = 0;
		err = db_each(db, sql, args, LEN(args), read_attempt, &b);
		for (size_t i = 0; !err && i < b.n; i++) {
			err = note(db, &b.of[i]);
			*made += !err;
			if (err == EEXIST) /* twice in the list */
				err = 0;
		}
	} while (!err && b.n == BATCH);
	return err;
}
