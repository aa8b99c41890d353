#include "cgi/store_lock.h"

#include <errno.h>
#include <stdint.h>

#include "cgi/util.h"
#include "db/db.h"

int store_lock(struct db *db, const char *name)
{
	static const char sql[] = "SELECT COALESCE(GET_LOCK(?, 5), 0)";
	const struct db_arg args[] = { DB_STR(name) };
	uint64_t got = 0;
	int err = db_number(db, sql, args, LEN(args), &got);

	if (!err && !got)
		err = EAGAIN;
	return err;
}

void store_unlock(struct db *db, const char *name)
{
	static const char sql[] = "SELECT COALESCE(RELEASE_LOCK(?), 0)";
	const struct db_arg args[] = { DB_STR(name) };
	uint64_t was;

	db_number(db, sql, args, LEN(args), &was);
}
