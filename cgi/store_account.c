#include "cgi/store_account.h"

#include <errno.h>

#include "cgi/store_lock.h"
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

/* ---- what ends with a right ---------------------------------------------- */

static int tell(struct db *db, const char *kind, uint32_t id)
{
	static const char sql[] = "INSERT INTO outbox (kind, payload)"
				  " VALUES (?, CONCAT('{\"user\":', ?, '}'))";
	const struct db_arg args[] = { DB_STR(kind), DB_U64(id) };

	return db_exec(db, sql, args, LEN(args));
}

int store_account_hang_up(struct db *db, uint32_t id)
{
	return tell(db, "logout", id);
}

/* In the browser and at the telephone. */
static int shut(struct db *db, uint32_t id)
{
	static const char sql[] = "UPDATE web_session SET ended_at = NOW(3)"
				  " WHERE user_id = ? AND ended_at IS NULL";
	const struct db_arg args[] = { DB_U64(id) };
	int err = db_exec(db, sql, args, LEN(args));

	return err ? err : store_account_hang_up(db, id);
}

int store_account_password(struct db *db, uint32_t id, const char *hash,
			   bool one_time)
{
	static const char sql[] =
	    "UPDATE user_account SET password_hash = ?, one_time = ?,"
	    " failed_logins = 0, version = version + 1 WHERE id = ?";
	const struct db_arg args[] = { DB_STR(hash), DB_U64(one_time),
				       DB_U64(id) };
	int err = db_exec(db, sql, args, LEN(args));

	return err ? err : shut(db, id);
}

int store_account_block(struct db *db, uint32_t id, bool blocked)
{
	static const char sql[] =
	    "UPDATE user_account SET blocked = ?, failed_logins = 0,"
	    " version = version + 1 WHERE id = ?";
	const struct db_arg args[] = { DB_U64(blocked), DB_U64(id) };
	int err = db_exec(db, sql, args, LEN(args));

	return err || !blocked ? err : shut(db, id);
}

/* ---- from the command line ----------------------------------------------- */

/* Nobody is signed in: the row names no person. */
static int log_change(struct db *db, uint32_t id, const char *action,
		      const char *reason)
{
	static const char sql[] =
	    "INSERT INTO access_log (action, object_type, object_id, reason)"
	    " VALUES (?, 'user', ?, ?)";
	const struct db_arg args[] = { DB_STR(action), DB_U64(id),
				       DB_STR(reason) };

	return db_exec(db, sql, args, LEN(args));
}

static int end(struct db *db, int err)
{
	if (!err)
		err = db_commit(db);
	if (err)
		db_rollback(db);
	return err;
}

/* An empty database has no fund yet; its name is put right in its page. */
static int find_fund(struct db *db, uint64_t *id)
{
	static const char find[] = "SELECT id FROM organization"
				   " WHERE kind = 'FUND' ORDER BY id LIMIT 1";
	static const char make[] =
	    "INSERT INTO organization (kind, code, short_name, full_name)"
	    " SELECT 'FUND', CONCAT(COALESCE((SELECT value FROM setting"
	    " WHERE name = 'region.code'), '26'), '000'), 'ТФОМС',"
	    " 'Территориальный фонд обязательного медицинского страхования'";
	int err = db_number(db, find, NULL, 0, id);

	if (err != ENOENT)
		return err;
	err = db_exec(db, make, NULL, 0);
	*id = db_last_id(db);
	return err;
}

static int add(struct db *db, const struct account_new *acc, const char *hash,
	       const char *reason)
{
	static const char sql[] =
	    "INSERT INTO user_account (login, password_hash, one_time, surname,"
	    " given_name, patronymic, organization_id)"
	    " VALUES (?, ?, 1, ?, ?, ?, ?)";
	static const char role[] = "INSERT INTO user_role (user_id, role)"
				   " VALUES (?, 'SECURITY_ADMIN')";
	uint64_t fund = 0;
	int err = find_fund(db, &fund);
	const struct db_arg args[] = {
		DB_STR(acc->login),      DB_STR(hash),
		DB_STR(acc->surname),    DB_STR(acc->given_name),
		DB_STR(acc->patronymic), DB_U64(fund),
	};

	if (!err)
		err = db_exec(db, sql, args, LEN(args));
	if (!err) {
		uint32_t id = (uint32_t)db_last_id(db);
		const struct db_arg its[] = { DB_U64(id) };

		err = db_exec(db, role, its, LEN(its));
		if (!err)
			err = tell(db, "user_changed", id);
		if (!err)
			err = log_change(db, id, "ACCOUNT_ADD", reason);
	}
	return err;
}

static int reset(struct db *db, uint32_t id, const char *hash, bool one_time,
		 const char *reason)
{
	int err = store_account_block(db, id, false);

	if (!err)
		err = store_account_password(db, id, hash, one_time);
	if (!err)
		err = tell(db, "user_changed", id);
	if (!err)
		err = log_change(db, id, "PASSWORD_RESET", reason);
	return err;
}

static int create(struct db *db, const struct account_new *acc,
		  const char *hash, bool recover)
{
	static const char any[] =
	    "SELECT COUNT(*) FROM user_role WHERE role = 'SECURITY_ADMIN'";
	static const char own[] =
	    "SELECT u.id FROM user_account u JOIN user_role r"
	    " ON r.user_id = u.id AND r.role = 'SECURITY_ADMIN'"
	    " WHERE u.login = ?";
	const char *reason =
	    recover ? "otklik-admin --recover" : "otklik-admin";
	const struct db_arg args[] = { DB_STR(acc->login) };
	uint64_t n = 0;
	int err = db_number(db, any, NULL, 0, &n);

	if (err)
		return err;
	if (n && !recover)
		return EPERM;
	err = recover ? db_number(db, own, args, LEN(args), &n) : ENOENT;
	return err == ENOENT ? add(db, acc, hash, reason)
	       : err         ? err
			     : reset(db, (uint32_t)n, hash, true, reason);
}

int store_account_create(struct db *db, const struct account_new *acc,
			 const char *hash, bool recover)
{
	int err = store_lock(db, "otklik.first_admin");

	if (err)
		return err;
	err = db_begin(db);
	err = end(db, err ? err : create(db, acc, hash, recover));
	store_unlock(db, "otklik.first_admin");
	return err;
}

int store_account_reset(struct db *db, const char *login, const char *hash)
{
	static const char find[] =
	    "SELECT id FROM user_account WHERE login = ? FOR UPDATE";
	const struct db_arg who[] = { DB_STR(login) };
	uint64_t id = 0;
	int err = db_begin(db);

	if (!err)
		err = db_number(db, find, who, LEN(who), &id);
	return end(db,
		   err ? err
		       : reset(db, (uint32_t)id, hash, false, "otklik-admin"));
}
