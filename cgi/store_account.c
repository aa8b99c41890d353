#include "cgi/store_account.h"

#include <errno.h>

#include "cgi/util.h"
#include "db/db.h"

static int read_login(const struct db_row *row, void *arg)
{
	struct account_login *a = arg;

	a->id = (uint32_t)db_u64(row, 0);
	a->blocked = db_u64(row, 1) != 0;
	db_copy(row, 2, a->hash, sizeof(a->hash));
	return 0;
}

int store_account_login(struct db *db, const char *login,
			struct account_login *out)
{
	static const char sql[] =
	    "SELECT id, blocked, password_hash FROM user_account"
	    " WHERE login = ?";
	const struct db_arg args[] = { DB_STR(login) };

	return db_one(db, sql, args, LEN(args), read_login, out);
}

int store_account_failed(struct db *db, uint32_t id, bool *blocked)
{
	/* assignments run from left to right: blocked sees the new count */
	static const char sql[] =
	    "UPDATE user_account SET failed_logins = failed_logins + 1,"
	    " blocked = failed_logins >= ? WHERE id = ? AND blocked = 0";
	static const char is[] =
	    "SELECT blocked FROM user_account WHERE id = ?";
	const struct db_arg args[] = { DB_U64(ACCOUNT_MAX_FAILS), DB_U64(id) };
	uint64_t now = 0;
	int err = db_exec(db, sql, args, LEN(args));

	if (!err)
		err = db_number(db, is, args + 1, 1, &now);
	if (!err)
		*blocked = now != 0;
	return err;
}

int store_account_passed(struct db *db, uint32_t id)
{
	static const char sql[] = "UPDATE user_account SET failed_logins = 0"
				  " WHERE id = ? AND failed_logins > 0";
	const struct db_arg args[] = { DB_U64(id) };

	return db_exec(db, sql, args, LEN(args));
}

/* From the command line nobody is signed in: the row names no person. */
static int log_change(struct db *db, uint32_t id, const char *action)
{
	static const char sql[] =
	    "INSERT INTO access_log (action, object_type, object_id, reason)"
	    " VALUES (?, 'user', ?, 'otklik-admin')";
	const struct db_arg args[] = { DB_STR(action), DB_U64(id) };

	return db_exec(db, sql, args, LEN(args));
}

static int tell(struct db *db, const char *kind, uint32_t id)
{
	static const char sql[] = "INSERT INTO outbox (kind, payload)"
				  " VALUES (?, CONCAT('{\"user\":', ?, '}'))";
	const struct db_arg args[] = { DB_STR(kind), DB_U64(id) };

	return db_exec(db, sql, args, LEN(args));
}

static int add(struct db *db, const struct account_new *acc)
{
	static const char sql[] =
	    "INSERT INTO user_account (login, password_hash, surname,"
	    " given_name, patronymic, organization_id, extension)"
	    " SELECT ?, ?, ?, ?, ?, id, ? FROM organization"
	    " WHERE code = ? AND kind IN ('FUND', 'INSURER')";
	static const char role[] =
	    "INSERT INTO user_role (user_id, role) VALUES (?, ?)";
	const struct db_arg args[] = {
		DB_STR(acc->login),      DB_STR(acc->hash),
		DB_STR(acc->surname),    DB_STR(acc->given_name),
		DB_STR(acc->patronymic), DB_STR(acc->extension),
		DB_STR(acc->org_code),
	};
	int err = db_exec(db, sql, args, LEN(args));

	if (!err && !db_affected(db))
		err = ENOENT;
	if (!err) {
		uint32_t id = (uint32_t)db_last_id(db);
		const struct db_arg its[] = { DB_U64(id), DB_STR(acc->role) };

		err = db_exec(db, role, its, LEN(its));
		if (!err)
			err = tell(db, "user_changed", id);
		if (!err)
			err = log_change(db, id, "ACCOUNT_ADD");
	}
	return err;
}

int store_account_add(struct db *db, const struct account_new *acc)
{
	int err = db_begin(db);

	if (!err)
		err = add(db, acc);
	if (!err)
		err = db_commit(db);
	if (err)
		db_rollback(db);
	return err;
}

static int reset(struct db *db, const char *login, const char *hash)
{
	static const char find[] =
	    "SELECT id FROM user_account WHERE login = ? FOR UPDATE";
	static const char set[] =
	    "UPDATE user_account SET password_hash = ?, failed_logins = 0,"
	    " blocked = 0 WHERE id = ?";
	static const char shut[] = "UPDATE web_session SET ended_at = NOW(3)"
				   " WHERE user_id = ? AND ended_at IS NULL";
	const struct db_arg who[] = { DB_STR(login) };
	uint64_t id = 0;
	int err = db_number(db, find, who, LEN(who), &id);
	const struct db_arg args[] = { DB_STR(hash), DB_U64(id) };

	if (!err)
		err = db_exec(db, set, args, LEN(args));
	if (!err)
		err = db_exec(db, shut, args + 1, 1);
	if (!err)
		err = tell(db, "user_changed", (uint32_t)id);
	if (!err)
		err = tell(db, "logout", (uint32_t)id);
	if (!err)
		err = log_change(db, (uint32_t)id, "PASSWORD_RESET");
	return err;
}

int store_account_reset(struct db *db, const char *login, const char *hash)
{
	int err = db_begin(db);

	if (!err)
		err = reset(db, login, hash);
	if (!err)
		err = db_commit(db);
	if (err)
		db_rollback(db);
	return err;
}
