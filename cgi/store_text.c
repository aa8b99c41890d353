#include "cgi/store_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgi/buf.h"
#include "cgi/stem_index.h"
#include "cgi/util.h"
#include "db/db.h"

enum {
	BATCH = 500,     /* appeals a transaction */
	ROWS = 60,       /* rows a statement */
	MOST_STEMS = 400 /* of one description */
};

/* A row that comes, or goes. */
struct posting {
	char stem[STEM_SIZE];
	int64_t at; /* ms */
	uint64_t appeal;
};

struct list {
	struct posting *of;
	size_t n, max;
};

struct text {
	uint64_t id;
	int64_t at, old_at;
	char *description, *old; /* old: what the index has, NULL: nothing */
};

struct batch {
	struct text texts[BATCH];
	size_t n;
	struct list come, go;
};

static char *copy(const char *text)
{
	size_t size = strlen(text) + 1;
	char *c = malloc(size);

	return c ? memcpy(c, text, size) : NULL;
}

static int read_text(const struct db_row *row, void *arg)
{
	struct batch *b = arg;
	struct text *t = &b->texts[b->n++];

	*t = (struct text){ .id = db_u64(row, 0),
			    .at = db_time_ms(row, 1),
			    .description = copy(db_str(row, 2)),
			    .old_at = db_time_ms(row, 3) };
	if (!db_is_null(row, 4))
		t->old = copy(db_str(row, 4));
	return t->description && (t->old || db_is_null(row, 4)) ? 0 : ENOMEM;
}

static int add(struct list *l, const char *stem, int64_t at, uint64_t appeal)
{
	size_t max = l->max ? l->max * 2 : 1024;

	if (l->n == l->max) {
		void *of = realloc(l->of, max * sizeof(*l->of));

		if (!of)
			return ENOMEM;
		l->of = of;
		l->max = max;
	}
	copy_text(l->of[l->n].stem, STEM_SIZE, stem);
	l->of[l->n].at = at;
	l->of[l->n++].appeal = appeal;
	return 0;
}

/* In the order of the key: neighbours lie on one page. */
static int order(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;
	int by = strcmp(x->stem, y->stem);

	if (by)
		return by;
	if (x->at != y->at)
		return x->at < y->at ? 1 : -1;
	return x->appeal < y->appeal ? 1 : x->appeal > y->appeal ? -1 : 0;
}

static int put_rows(struct db *db, struct list *l)
{
	struct db_arg args[ROWS * 3];
	struct buf sql = { 0 };
	int err = 0;

	if (l->n)
		qsort(l->of, l->n, sizeof(*l->of), order);
	for (size_t at = 0; !err && at < l->n;) {
		size_t rows = l->n - at < ROWS ? 1 : ROWS;

		buf_clear(&sql);
		buf_puts(&sql, "INSERT INTO appeal_stem (stem, registered_at,"
			       " appeal_id) VALUES");
		for (size_t i = 0; i < rows; i++, at++) {
			buf_puts(&sql, i ? ", (?, ?, ?)" : " (?, ?, ?)");
			args[3 * i] = DB_STR(l->of[at].stem);
			args[3 * i + 1] = DB_TIME_MS(l->of[at].at);
			args[3 * i + 2] = DB_U64(l->of[at].appeal);
		}
		err =
		    sql.failed ? ENOMEM : db_exec(db, sql.data, args, 3 * rows);
	}
	buf_free(&sql);
	return err;
}

static int remove_rows(struct db *db, struct list *l)
{
	static const char sql[] =
	    "DELETE FROM appeal_stem WHERE stem = ? AND registered_at = ?"
	    " AND appeal_id = ?";
	int err = 0;

	for (size_t i = 0; !err && i < l->n; i++) {
		const struct db_arg args[] = { DB_STR(l->of[i].stem),
					       DB_TIME_MS(l->of[i].at),
					       DB_U64(l->of[i].appeal) };

		err = db_exec(db, sql, args, LEN(args));
	}
	return err;
}

/* One appeal: its old rows go, its new ones come, and what stays stays. */
static int differ(struct db *db, struct batch *b, struct text *t)
{
	static const char sql[] =
	    "INSERT INTO appeal_text (appeal_id, registered_at, stems)"
	    " VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE"
	    " registered_at = VALUE(registered_at), stems = VALUE(stems)";
	char(*stems)[STEM_SIZE] = calloc(MOST_STEMS, sizeof(*stems));
	struct buf all = { 0 };
	size_t n;
	int err = 0;

	if (!stems)
		return ENOMEM;
	n = stem_text(t->description, stems, MOST_STEMS);
	for (size_t i = 0; !err && i < n; i++) {
		buf_printf(&all, "%s%s", i ? " " : "", stems[i]);
		err = add(&b->come, stems[i], t->at, t->id);
	}
	if (!err && t->old)
		for (char *w = strtok(t->old, " "); !err && w;
		     w = strtok(NULL, " "))
			err = add(&b->go, w, t->old_at, t->id);
	if (!err) {
		const struct db_arg args[] = {
			DB_U64(t->id),
			DB_TIME_MS(t->at),
			DB_STR(all.data ? all.data : ""),
		};

		err = all.failed ? ENOMEM : db_exec(db, sql, args, LEN(args));
	}
	buf_free(&all);
	free(stems);
	return err;
}

static int no_row(const struct db_row *row, void *arg)
{
	(void)row;
	(void)arg;
	return 0;
}

/* The notes are locked first: who changes one of these appeals meanwhile waits
 * for the end, and leaves a new note. */
static int one_batch(struct db *db, struct batch *b)
{
	static const char lock[] = "SELECT appeal_id FROM text_todo"
				   " ORDER BY appeal_id LIMIT 500 FOR UPDATE";
	static const char read[] =
	    "SELECT a.id, a.registered_at, a.description, x.registered_at,"
	    " x.stems FROM (SELECT appeal_id FROM text_todo"
	    "  ORDER BY appeal_id LIMIT 500) n JOIN appeal a"
	    " ON a.id = n.appeal_id LEFT JOIN appeal_text x"
	    " ON x.appeal_id = a.id WHERE a.registered_at IS NOT NULL";
	static const char done[] =
	    "DELETE FROM text_todo ORDER BY appeal_id LIMIT 500";
	int err = db_begin(db);

	if (!err)
		err = db_each(db, lock, NULL, 0, no_row, NULL);
	if (!err)
		err = db_each(db, read, NULL, 0, read_text, b);
	for (size_t i = 0; !err && i < b->n; i++)
		err = differ(db, b, &b->texts[i]);
	if (!err)
		err = remove_rows(db, &b->go);
	if (!err)
		err = put_rows(db, &b->come);
	if (!err)
		err = db_exec(db, done, NULL, 0);
	if (!err)
		err = db_commit(db);
	else
		db_rollback(db);
	for (size_t i = 0; i < b->n; i++) {
		free(b->texts[i].description);
		free(b->texts[i].old);
	}
	b->n = b->come.n = b->go.n = 0;
	return err;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int store_text(struct db *db, int64_t budget_ms, uint64_t *left)
{
	static const char count[] = "SELECT COUNT(*) FROM (SELECT 1 FROM"
				    " text_todo LIMIT 1000) x";
	struct batch *b = calloc(1, sizeof(*b));
	int64_t until = now() + budget_ms;
	int err = b ? db_number(db, count, NULL, 0, left) : ENOMEM;

	while (!err && *left) {
		err = one_batch(db, b);
		if (!err)
			err = db_number(db, count, NULL, 0, left);
		if (now() >= until)
			break;
	}
	if (b) {
		free(b->come.of);
		free(b->go.of);
	}
	free(b);
	return err;
}
