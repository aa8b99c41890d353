#include "cgi/store_scenario.h"

#include <errno.h>

#include "cgi/session.h"
#include "cgi/util.h"
#include "db/db.h"

struct helpers {
	int (*each)(void *arg, const struct helper *h);
	void *arg;
};

static int read_helper(const struct db_row *row, void *arg)
{
	const struct helpers *w = arg;
	struct helper h = { .id = (uint32_t)db_u64(row, 0) };

	session_short_name(db_str(row, 1), db_str(row, 2), db_str(row, 3),
			   h.name, sizeof(h.name));
	db_copy(row, 4, h.extension, sizeof(h.extension));
	db_copy(row, 5, h.org, sizeof(h.org));
	return w->each(w->arg, &h);
}

int store_helpers(struct db *db, const char *theme, uint32_t insurer,
		  int (*each)(void *arg, const struct helper *h), void *arg)
{
	static const char sql[] =
	    "SELECT u.id, u.surname, u.given_name, u.patronymic, u.extension,"
	    " o.short_name FROM user_account u"
	    " JOIN organization o ON o.id = u.organization_id"
	    " JOIN user_role r ON r.user_id = u.id"
	    " WHERE u.blocked = 0 AND u.extension IS NOT NULL AND"
	    " ((r.role = 'OPERATOR_L2' AND EXISTS (SELECT 1 FROM user_theme t"
	    "  WHERE t.user_id = u.id AND t.theme_code = ?))"
	    " OR (r.role = 'INSURER_REP_L2' AND u.organization_id = ?))"
	    " ORDER BY r.role + 0, u.surname, u.given_name, u.id";
	const struct db_arg args[] = { DB_STR(theme), DB_U64(insurer) };
	struct helpers w = { each, arg };

	return db_each(db, sql, args, LEN(args), read_helper, &w);
}

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
