#include "cgi/store_notice.h"

#include "cgi/util.h"
#include "db/db.h"

int store_notice_put(struct db *db, int64_t now_ms, uint64_t user,
		     uint64_t appeal, const char *kind)
{
	static const char sql[] = "INSERT INTO notice (user_id, appeal_id,"
				  " kind, at) VALUES (?, ?, ?, ?)";
	static const char tell[] =
	    "INSERT INTO outbox (at, kind, payload) SELECT ?, 'appeal_notice',"
	    " JSON_OBJECT('user', ?, 'appeal', id, 'number',"
	    " COALESCE(number, ''), 'event', ?, 'unread', (SELECT COUNT(*)"
	    " FROM notice WHERE user_id = ? AND read_at IS NULL))"
	    " FROM appeal WHERE id = ?";
	const struct db_arg row[] = { DB_U64(user), DB_U64(appeal),
				      DB_STR(kind), DB_TIME_MS(now_ms) };
	const struct db_arg word[] = { DB_TIME_MS(now_ms), DB_U64(user),
				       DB_STR(kind), DB_U64(user),
				       DB_U64(appeal) };
	int err = db_exec(db, sql, row, LEN(row));

	return err ? err : db_exec(db, tell, word, LEN(word));
}

int store_notice_answer(struct db *db, int64_t now_ms, uint32_t user,
			uint32_t answer, const char *kind)
{
	static const char sql[] = "INSERT INTO notice (user_id, scenario_id,"
				  " kind, at) VALUES (?, ?, ?, ?)";
	static const char tell[] =
	    "INSERT INTO outbox (at, kind, payload) VALUES (?,"
	    " 'appeal_notice', JSON_OBJECT('user', ?, 'appeal', 0, 'number',"
	    " '', 'event', ?, 'unread', (SELECT COUNT(*) FROM notice"
	    " WHERE user_id = ? AND read_at IS NULL)))";
	const struct db_arg row[] = { DB_U64(user), DB_U64(answer),
				      DB_STR(kind), DB_TIME_MS(now_ms) };
	const struct db_arg word[] = { DB_TIME_MS(now_ms), DB_U64(user),
				       DB_STR(kind), DB_U64(user) };
	int err = db_exec(db, sql, row, LEN(row));

	return err ? err : db_exec(db, tell, word, LEN(word));
}

int store_notice_admins(struct db *db, int64_t now_ms, uint64_t but,
			const char *kind)
{
#define ADMINS                                                      \
	" FROM user_role g JOIN user_account u ON u.id = g.user_id" \
	" WHERE g.role = 'CC_ADMIN' AND u.blocked = 0 AND u.id <> ?"
	static const char sql[] =
	    "INSERT INTO notice (user_id, kind, at) SELECT u.id, ?, ?" ADMINS;
	static const char tell[] =
	    "INSERT INTO outbox (at, kind, payload) SELECT ?, 'appeal_notice',"
	    " JSON_OBJECT('user', u.id, 'appeal', 0, 'number', '', 'event', ?,"
	    " 'unread', (SELECT COUNT(*) FROM notice n WHERE n.user_id = u.id"
	    " AND n.read_at IS NULL))" ADMINS;
	const struct db_arg row[] = { DB_STR(kind), DB_TIME_MS(now_ms),
				      DB_U64(but) };
	const struct db_arg word[] = { DB_TIME_MS(now_ms), DB_STR(kind),
				       DB_U64(but) };
	int err = db_exec(db, sql, row, LEN(row));

	return err ? err : db_exec(db, tell, word, LEN(word));
}

struct walk {
	int (*each)(void *arg, const struct notice *n);
	void *arg;
};

static int read_notice(const struct db_row *row, void *arg)
{
	const struct walk *w = arg;
	struct notice n;

	n.appeal = db_u64(row, 0);
	n.answer = (uint32_t)db_u64(row, 7);
	db_copy(row, 8, n.code, sizeof(n.code));
	db_copy(row, 9, n.why, sizeof(n.why));
	db_copy(row, 1, n.number, sizeof(n.number));
	db_copy(row, 2, n.kind, sizeof(n.kind));
	n.amount = db_u64(row, 3);
	db_copy(row, 4, n.day, sizeof(n.day));
	n.at_ms = db_time_ms(row, 5);
	n.read = !db_is_null(row, 6);
	return w->each(w->arg, &n);
}

int store_notices(struct db *db, uint32_t user,
		  int (*each)(void *arg, const struct notice *n), void *arg)
{
	static const char sql[] =
	    "SELECT n.appeal_id, a.number, n.kind, n.amount, n.day, n.at,"
	    " n.read_at, n.scenario_id, s.code, s.refused_why FROM notice n"
	    " LEFT JOIN appeal a ON a.id = n.appeal_id"
	    " LEFT JOIN scenario s ON s.id = n.scenario_id"
	    " WHERE n.user_id = ? ORDER BY n.at DESC, n.id DESC LIMIT ?";
	const struct db_arg args[] = { DB_U64(user),
				       DB_U64(NOTICES_SHOWN + 1) };
	struct walk w = { each, arg };

	return db_each(db, sql, args, LEN(args), read_notice, &w);
}

int store_notices_unread(struct db *db, uint32_t user, uint64_t *n)
{
	static const char sql[] = "SELECT COUNT(*) FROM notice"
				  " WHERE user_id = ? AND read_at IS NULL";
	const struct db_arg args[] = { DB_U64(user) };

	return db_number(db, sql, args, LEN(args), n);
}

int store_notices_read(struct db *db, int64_t now_ms, uint32_t user,
		       uint64_t appeal, uint32_t answer, bool *any)
{
	static const char sql[] =
	    "UPDATE notice SET read_at = ? WHERE user_id = ?"
	    " AND read_at IS NULL AND (? + ? = 0 OR appeal_id = NULLIF(?, 0)"
	    " OR scenario_id = NULLIF(?, 0))";
	const struct db_arg args[] = { DB_TIME_MS(now_ms), DB_U64(user),
				       DB_U64(appeal),     DB_U64(answer),
				       DB_U64(appeal),     DB_U64(answer) };
	int err = db_exec(db, sql, args, LEN(args));

	*any = !err && db_affected(db) > 0;
	return err;
}
