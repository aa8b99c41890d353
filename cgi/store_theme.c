#include "cgi/store_theme.h"

#include <errno.h>
#include <string.h>

#include "cgi/name_key.h"
#include "cgi/util.h"
#include "db/db.h"

#define MAX_WORDS 8

/* The classifier has about a hundred rows: they are matched here, by the same
 * folding as names, and not by LIKE in the database. */
struct search {
	char words[MAX_WORDS][128];
	size_t count, found;
	int (*each)(void *arg, const struct theme *t);
	void *arg;
};

static void read(const struct db_row *row, struct theme *t)
{
	db_copy(row, 0, t->code, sizeof(t->code));
	db_copy(row, 1, t->type, sizeof(t->type));
	db_copy(row, 2, t->name, sizeof(t->name));
	t->mo_required = db_u64(row, 3) != 0;
	t->due_days = db_is_null(row, 4) ? -1 : (int)db_u64(row, 4);
}

static int match(const struct db_row *row, void *arg)
{
	struct search *s = arg;
	char name[1201] = "", keys[2401] = "", code[64] = "";
	struct theme t;

	if (s->found == THEME_MAX_FOUND)
		return 0;
	name_key(db_str(row, 0), code, sizeof(code));
	name_key(db_str(row, 2), name, sizeof(name));
	name_key(db_str(row, 5), keys, sizeof(keys));
	for (size_t i = 0; i < s->count; i++)
		if (!strstr(name, s->words[i]) && !strstr(keys, s->words[i]) &&
		    !strstr(code, s->words[i]))
			return 0;
	read(row, &t);
	s->found++;
	return s->each(s->arg, &t);
}

static void split(struct search *s, const char *query)
{
	char folded[512] = "";
	char *rest = folded, *word;

	name_key(query, folded, sizeof(folded));
	while (s->count < MAX_WORDS && (word = strsep(&rest, " ")))
		if (*word)
			copy_text(s->words[s->count++], sizeof(s->words[0]),
				  word);
}

int store_theme_find(struct db *db, const char *type, const char *query,
		     const char *today,
		     int (*each)(void *arg, const struct theme *t), void *arg)
{
	static const char sql[] =
	    "SELECT code, type, name, mo_required, due_days, keywords"
	    " FROM theme WHERE (? = '' OR type = ?)"
	    " AND (valid_from IS NULL OR valid_from <= ?)"
	    " AND (valid_to IS NULL OR valid_to >= ?) ORDER BY code";
	const struct db_arg args[] = { DB_STR(type), DB_STR(type),
				       DB_STR(today), DB_STR(today) };
	struct search s = { .each = each, .arg = arg };

	split(&s, query);
	return db_each(db, sql, args, LEN(args), match, &s);
}

static int read_one(const struct db_row *row, void *arg)
{
	read(row, arg);
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
