#include "cgi/store_theme.h"

#include "cgi/util.h"
#include "db/db.h"

void theme_read(const struct db_row *row, struct theme *t)
{
	db_copy(row, 0, t->code, sizeof(t->code));
	db_copy(row, 1, t->type, sizeof(t->type));
	db_copy(row, 2, t->name, sizeof(t->name));
	t->mo_required = db_u64(row, 3) != 0;
	t->due_days = db_is_null(row, 4) ? -1 : (int)db_u64(row, 4);
}

static int read_one(const struct db_row *row, void *arg)
{
	theme_read(row, arg);
	return 0;
}

int store_theme_get(struct db *db, const char *code, const char *today,
		    uint64_t appeal, struct theme *out)
{
	static const char sql[] =
	    "SELECT t.code, t.type, t.name, t.mo_required, t.due_days"
	    " FROM theme t WHERE t.code = ? AND (? IS NULL"
	    " OR ((t.valid_from IS NULL OR t.valid_from <= ?)"
	    "  AND (t.valid_to IS NULL OR t.valid_to >= ?))"
	    " OR EXISTS (SELECT 1 FROM appeal a WHERE a.id = ?"
	    "  AND a.theme_code = t.code AND a.status <> 'DRAFT'))";
	const struct db_arg args[] = { DB_STR(code), DB_STR(today),
				       DB_STR(today), DB_STR(today),
				       DB_U64(appeal) };

	return db_one(db, sql, args, LEN(args), read_one, out);
}

struct results {
	int (*each)(void *arg, const struct result_name *r);
	void *arg;
};

static int read_result(const struct db_row *row, void *arg)
{
	struct results *w = arg;
	struct result_name r;

	db_copy(row, 0, r.code, sizeof(r.code));
	db_copy(row, 1, r.name, sizeof(r.name));
	r.withdrawn = db_u64(row, 2) != 0;
	return w->each(w->arg, &r);
}

int store_results(struct db *db,
		  int (*each)(void *arg, const struct result_name *r),
		  void *arg)
{
	struct results w = { each, arg };

	return db_each(db, "SELECT code, name, withdrawn FROM result_name",
		       NULL, 0, read_result, &w);
}

int store_result_open(struct db *db, const char *code, uint64_t appeal,
		      bool *open)
{
	static const char sql[] =
	    "SELECT NOT EXISTS (SELECT 1 FROM result_name WHERE code = ?"
	    " AND withdrawn) OR EXISTS (SELECT 1 FROM appeal WHERE id = ?"
	    " AND result_code = ?)";
	const struct db_arg args[] = { DB_STR(code), DB_U64(appeal),
				       DB_STR(code) };
	uint64_t yes = 0;
	int err = db_number(db, sql, args, LEN(args), &yes);

	*open = yes != 0;
	return err;
}
