#include "cgi/store_saved.h"

#include <errno.h>

#include "cgi/util.h"
#include "db/db.h"

struct walk {
	int (*each)(void *arg, const struct saved *s);
	void *arg;
};

static int read_saved(const struct db_row *row, void *ptr)
{
	const struct walk *w = ptr;
	struct saved s;

	s.id = (uint32_t)db_u64(row, 0);
	db_copy(row, 1, s.name, sizeof(s.name));
	db_copy(row, 2, s.query, sizeof(s.query));
	return w->each(w->arg, &s);
}

int store_saved(struct db *db, uint32_t user,
		int (*each)(void *arg, const struct saved *s), void *arg)
{
	static const char sql[] = "SELECT id, name, query FROM journal_saved"
				  " WHERE user_id = ? ORDER BY name";
	const struct db_arg args[] = { DB_U64(user) };
	struct walk w = { each, arg };

	return db_each(db, sql, args, LEN(args), read_saved, &w);
}

int store_saved_put(struct db *db, uint32_t user, const char *name,
		    const char *query)
{
	static const char same[] = "UPDATE journal_saved SET query = ?"
				   " WHERE user_id = ? AND name = ?";
	static const char add[] =
	    "INSERT INTO journal_saved (user_id, name, query) SELECT ?, ?, ?"
	    " FROM DUAL WHERE (SELECT COUNT(*) FROM journal_saved"
	    " WHERE user_id = ?) < ?";
	static const char known[] = "SELECT COUNT(*) FROM journal_saved"
				    " WHERE user_id = ? AND name = ?";
	const struct db_arg of[] = { DB_U64(user), DB_STR(name) };
	const struct db_arg changed[] = { DB_STR(query), of[0], of[1] };
	const struct db_arg added[] = { of[0], of[1], DB_STR(query), of[0],
					DB_U64(SAVED_MAX) };
	uint64_t n = 0;
	int err = db_number(db, known, of, LEN(of), &n);

	if (err)
		return err;
	if (n)
		return db_exec(db, same, changed, LEN(changed));
	err = db_exec(db, add, added, LEN(added));
	return err || db_affected(db) ? err : ENOSPC;
}

int store_saved_drop(struct db *db, uint32_t user, uint64_t id)
{
	static const char sql[] =
	    "DELETE FROM journal_saved WHERE id = ? AND user_id = ?";
	const struct db_arg args[] = { DB_U64(id), DB_U64(user) };
	int err = db_exec(db, sql, args, LEN(args));

	return err || db_affected(db) ? err : ENOENT;
}
