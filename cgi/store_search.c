#include "cgi/store_search.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/stem_index.h"
#include "cgi/store_scenario.h"
#include "cgi/util.h"
#include "db/db.h"

struct term {
	char from[11], to[11]; /* "": open */
};

struct theme_row {
	struct theme theme;
	struct term term;
};

struct scenario_row {
	struct scenario scenario; /* its text is ours */
	struct term term;
};

struct search_book {
	char state[128]; /* what the tables were when it was made */
	struct stem_index *theme_index, *scenario_index;
	struct theme_row *themes;
	struct scenario_row *scenarios;
	size_t theme_count, scenario_count;
};

/* What is in the tables, in one line: no convention that somebody who changes
 * a row could forget. */
static const char state_sql[] =
    "SELECT CONCAT_WS(' ', (SELECT SUM(row_crc) FROM theme),"
    " (SELECT SUM(row_crc) FROM scenario),"
    " (SELECT SUM(CRC32(CONCAT(id, '|', words))) FROM search_synonym))";

#define APPROVED                                                          \
	" s.approved_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"        \
	" scenario n WHERE n.code = s.code AND n.version > s.version AND" \
	" n.approved_at IS NOT NULL)"

static const char theme_sql[] =
    "SELECT t.code, t.type, t.name, t.mo_required, t.due_days, t.keywords,"
    " t.valid_from, t.valid_to, (SELECT GROUP_CONCAT(s.title, ' ', s.keywords"
    "  SEPARATOR ' ') FROM scenario s WHERE s.theme_code = t.code AND" APPROVED
    " ) FROM theme t ORDER BY t.code";
/* Every approved version with its days: the one in force is a matter of the
 * day it is asked for. */
static const char scenario_sql[] =
    "SELECT s.code, s.version, s.theme_code, s.title, s.text, s.keywords,"
    " LEAST(COALESCE(s.valid_to, DATE'9999-12-31'),"
    "  COALESCE(" SCENARIO_NEXT " - INTERVAL 1 DAY, DATE'9999-12-31')),"
    " DATE(s.approved_at), s.id, s.valid_from FROM scenario s"
    " WHERE s.approved_at IS NOT NULL ORDER BY s.code, s.version";

static void empty(struct search_book *b)
{
	for (size_t i = 0; i < b->scenario_count; i++)
		free((char *)b->scenarios[i].scenario.text);
	free(b->themes);
	free(b->scenarios);
	stem_index_free(b->theme_index);
	stem_index_free(b->scenario_index);
	*b = (struct search_book){ .state = "" };
}

static int index_row(struct stem_index *ix, const char *code, const char *name,
		     const char *keys, const char *text)
{
	int err = stem_index_add(ix, code);

	if (!err)
		err = stem_index_words(ix, STEM_NAME, name);
	if (!err)
		err = stem_index_words(ix, STEM_KEYS, keys);
	return err ? err : stem_index_words(ix, STEM_TEXT, text);
}

static int add_theme(const struct db_row *row, void *arg)
{
	struct search_book *b = arg;
	struct theme_row *rows = realloc(b->themes,
					 (b->theme_count + 1) * sizeof(*rows)),
			 *r;

	if (!rows)
		return ENOMEM;
	b->themes = rows;
	r = rows + b->theme_count++;
	theme_read(row, &r->theme);
	db_copy(row, 6, r->term.from, sizeof(r->term.from));
	db_copy(row, 7, r->term.to, sizeof(r->term.to));
	return index_row(b->theme_index, db_str(row, 0), db_str(row, 2),
			 db_str(row, 5), db_str(row, 8));
}

static int add_scenario(const struct db_row *row, void *arg)
{
	struct search_book *b = arg;
	struct scenario_row *rows =
				realloc(b->scenarios, (b->scenario_count + 1) *
							  sizeof(*rows)),
			    *r;

	if (!rows)
		return ENOMEM;
	b->scenarios = rows;
	r = rows + b->scenario_count;
	*r = (struct scenario_row){ .scenario.version =
					(unsigned)db_u64(row, 1) };
	r->scenario.text = strdup(db_str(row, 4));
	if (!r->scenario.text)
		return ENOMEM;
	b->scenario_count++;
	db_copy(row, 0, r->scenario.code, sizeof(r->scenario.code));
	db_copy(row, 2, r->scenario.theme, sizeof(r->scenario.theme));
	db_copy(row, 3, r->scenario.title, sizeof(r->scenario.title));
	db_copy(row, 6, r->term.to, sizeof(r->term.to));
	db_copy(row, 7, r->scenario.approved, sizeof(r->scenario.approved));
	r->scenario.id = (uint32_t)db_u64(row, 8);
	db_copy(row, 9, r->term.from, sizeof(r->term.from));
	return index_row(b->scenario_index, db_str(row, 0), db_str(row, 3),
			 db_str(row, 5), db_str(row, 4));
}

static int add_alike(const struct db_row *row, void *arg)
{
	struct search_book *b = arg;
	int err = stem_index_alike(b->theme_index, db_str(row, 0));

	return err ? err : stem_index_alike(b->scenario_index, db_str(row, 0));
}

static int fill(struct db *db, struct search_book *b)
{
	int err;

	b->theme_index = stem_index_new();
	b->scenario_index = stem_index_new();
	if (!b->theme_index || !b->scenario_index)
		return ENOMEM;
	err = db_each(db, theme_sql, NULL, 0, add_theme, b);
	if (!err)
		err = db_each(db, scenario_sql, NULL, 0, add_scenario, b);
	if (!err)
		err = db_each(db, "SELECT words FROM search_synonym", NULL, 0,
			      add_alike, b);
	if (!err)
		err = stem_index_build(b->theme_index);
	return err ? err : stem_index_build(b->scenario_index);
}

static int read_state(const struct db_row *row, void *arg)
{
	db_copy(row, 0, arg, sizeof(((struct search_book *)0)->state));
	return 0;
}

/* A change between the look and the filling is seen by the next look. */
static int look(struct db *db, struct search_book **bookp)
{
	struct search_book *b = *bookp;
	char state[sizeof(b->state)];
	int err = db_one(db, state_sql, NULL, 0, read_state, state);

	if (err)
		return err;
	if (!b && !(b = *bookp = calloc(1, sizeof(*b))))
		return ENOMEM;
	if (!strcmp(b->state, state))
		return 0;
	empty(b);
	err = fill(db, b);
	if (err)
		empty(b);
	else
		copy_text(b->state, sizeof(b->state), state);
	return err;
}

/* The numbers of what fits the query. *out is the caller's to free. */
static int find(const struct stem_index *ix, size_t rows, const char *query,
		unsigned **out, size_t *found)
{
	*out = malloc((rows + 1) * sizeof(**out));
	if (!*out)
		return ENOMEM;
	*found = stem_index_find(ix, query, *out, rows);
	return 0;
}

static bool holds(const struct term *t, const char *today)
{
	return (!*t->from || strcmp(t->from, today) <= 0) &&
	       (!*t->to || strcmp(t->to, today) >= 0);
}

int search_themes(struct db *db, struct search_book **bookp, const char *type,
		  const char *query, const char *today,
		  int (*each)(void *arg, const struct theme *t), void *arg)
{
	unsigned *rows = NULL;
	size_t found = 0, given = 0;
	int err = look(db, bookp);

	if (!err)
		err = find((*bookp)->theme_index, (*bookp)->theme_count, query,
			   &rows, &found);
	for (size_t i = 0; !err && i < found && given < SEARCH_MAX_FOUND; i++) {
		const struct theme_row *r = (*bookp)->themes + rows[i];

		if ((*type && strcmp(r->theme.type, type) != 0) ||
		    !holds(&r->term, today))
			continue;
		err = each(arg, &r->theme);
		given++;
	}
	free(rows);
	return err;
}

int search_scenarios(struct db *db, struct search_book **bookp,
		     const char *query, const char *today,
		     int (*each)(void *arg, const struct scenario *s),
		     void *arg)
{
	unsigned *rows = NULL;
	size_t found = 0, given = 0;
	int err = look(db, bookp);

	if (!err)
		err = find((*bookp)->scenario_index, (*bookp)->scenario_count,
			   query, &rows, &found);
	for (size_t i = 0; !err && i < found && given < SEARCH_MAX_FOUND; i++) {
		const struct scenario_row *r = (*bookp)->scenarios + rows[i];

		if (!holds(&r->term, today))
			continue;
		err = each(arg, &r->scenario);
		given++;
	}
	free(rows);
	return err;
}

int search_scenarios_of(struct db *db, struct search_book **bookp,
			const char *theme, const char *otherwise,
			const char *today,
			int (*each)(void *arg, const struct scenario *s),
			void *arg)
{
	size_t given = 0;
	int err = look(db, bookp);

	for (int round = 0; !err && !given && round < 2; round++)
		for (size_t i = 0; !err && i < (*bookp)->scenario_count; i++) {
			const struct scenario_row *r = (*bookp)->scenarios + i;

			if (!holds(&r->term, today) ||
			    strcmp(round ? r->scenario.code : r->scenario.theme,
				   round ? otherwise : theme) != 0)
				continue;
			err = each(arg, &r->scenario);
			given++;
		}
	return err;
}

void search_close(struct search_book **bookp)
{
	if (*bookp)
		empty(*bookp);
	free(*bookp);
	*bookp = NULL;
}
