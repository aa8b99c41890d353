#include "cgi/store_scenario.h"

#include "cgi/util.h"
#include "db/db.h"

int store_scenario_check(struct db *db, uint32_t id)
{
	static const char sql[] = "SELECT 1 FROM scenario WHERE id = ? AND"
				  " approved_at IS NOT NULL";
	const struct db_arg args[] = { DB_U64(id) };
	uint64_t one;

	return db_number(db, sql, args, LEN(args), &one);
}

struct text {
	char *out;
	size_t size;
};

static int read_name(const struct db_row *row, void *arg)
{
	const struct text *t = arg;

	db_copy(row, 0, t->out, t->size);
	return 0;
}

int store_scenario_name(struct db *db, uint32_t id, char *out, size_t size)
{
	static const char sql[] = "SELECT CONCAT(code, ' (', version, ') ',"
				  " title) FROM scenario WHERE id = ?";
	const struct db_arg args[] = { DB_U64(id) };
	struct text t = { out, size };

	out[0] = '\0';
	return db_one(db, sql, args, LEN(args), read_name, &t);
}
