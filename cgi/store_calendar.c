#include "cgi/store_calendar.h"

#include <errno.h>

#include "cgi/util.h"
#include "db/db.h"

struct walk {
	int (*each)(void *arg, const struct holiday *h);
	void *arg;
};

static int read_holiday(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	struct holiday h;

	db_copy(row, 0, h.day, sizeof(h.day));
	db_copy(row, 1, h.name, sizeof(h.name));
	h.working = db_u64(row, 2) != 0;
	return w->each(w->arg, &h);
}

int store_holidays(struct db *db, const char *from,
		   int (*each)(void *arg, const struct holiday *h), void *arg)
{
	static const char sql[] = "SELECT day, name, working FROM holiday"
				  " WHERE day >= ? ORDER BY day";
	const struct db_arg args[] = { DB_STR(from) };
	struct walk w = { each, arg };

	return db_each(db, sql, args, LEN(args), read_holiday, &w);
}

int store_holiday_put(struct db *db, const struct holiday *h)
{
	static const char sql[] =
	    "INSERT INTO holiday (day, name, working) VALUES (?, ?, ?)"
	    " ON DUPLICATE KEY UPDATE name = VALUES(name),"
	    " working = VALUES(working)";
	const struct db_arg args[] = { DB_STR(h->day), DB_STR(h->name),
				       DB_U64(h->working) };

	return db_exec(db, sql, args, LEN(args));
}

int store_holiday_remove(struct db *db, const char *day)
{
	static const char sql[] = "DELETE FROM holiday WHERE day = ?";
	const struct db_arg args[] = { DB_STR(day) };
	int err = db_exec(db, sql, args, LEN(args));

	return err ? err : db_affected(db) == 1 ? 0 : ENOENT;
}
