#include "cgi/store_text.h"

#include <errno.h>
#include <stdbool.h>
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
	uint64_t ids[BATCH]; /* whose notes it has taken */
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
	struct text *t = arg;

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

static int read_note(const struct db_row *row, void *arg)
{
	struct batch *b = arg;

	b->ids[b->n++] = db_u64(row, 0);
	return 0;
}

static int one_text(struct db *db, struct batch *b, uint64_t id)
{
	static const char read[] =
	    "SELECT a.id, a.registered_at, a.description, x.registered_at,"
	    " x.stems FROM appeal a LEFT JOIN appeal_text x"
	    " ON x.appeal_id = a.id WHERE a.id = ?"
	    " AND a.registered_at IS NOT NULL";
	const struct db_arg args[] = { DB_U64(id) };
	struct text t = { 0 };
	int err = db_one(db, read, args, LEN(args), read_text, &t);

	if (!err)
		err = differ(db, b, &t);
	else if (err == ENOENT)
		err = 0; /* deleted meanwhile */
	free(t.description);
	free(t.old);
	return err;
}

#define READY "text_todo WHERE retry_at IS NULL OR retry_at <= NOW(3)"

/* Its notes are taken first, and come back if it fails: who changes one of
 * these appeals afterwards waits for the end and leaves a new note; what was
 * changed before is read. Notes of others are not touched. */
static int one_batch(struct db *db, struct batch *b, size_t most)
{
	static const char take[] =
	    "DELETE FROM " READY " ORDER BY appeal_id LIMIT ?"
	    " RETURNING appeal_id";
	const struct db_arg args[] = { DB_U64(most) };
	int err = db_begin(db);

	b->n = b->come.n = b->go.n = 0;
	if (!err)
		err = db_each(db, take, args, LEN(args), read_note, b);
	for (size_t i = 0; !err && i < b->n; i++)
		err = one_text(db, b, b->ids[i]);
	if (!err)
		err = remove_rows(db, &b->go);
	if (!err)
		err = put_rows(db, &b->come);
	if (!err)
		err = db_commit(db);
	else
		db_rollback(db);
	return err;
}

/* What a description can be blamed for. */
static bool its_fault(int err)
{
	static const int others[] = { 0,      ENOTCONN, EAGAIN,   ENOMEM,
				      ENOSPC, EACCES,   ETIMEDOUT };

	for (size_t i = 0; i < LEN(others); i++)
		if (err == others[i])
			return false;
	return true;
}

static int put_off(struct db *db, uint64_t id, int why, struct text_report *r)
{
	const struct db_arg args[] = { DB_U64(id) };

	if (!r->failed++) {
		r->why = why;
		r->appeal = id;
	}
	return db_exec(db,
		       "UPDATE text_todo SET retry_at = NOW(3) + INTERVAL 1"
		       " HOUR WHERE appeal_id = ?",
		       args, LEN(args));
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int store_text(struct db *db, int64_t budget_ms, struct text_report *r)
{
	static const char count[] =
	    "SELECT COUNT(*) FROM (SELECT 1 FROM " READY " LIMIT 1000) x";
	struct batch *b = calloc(1, sizeof(*b));
	int64_t until = now() + budget_ms;
	size_t most = BATCH;
	int err;

	*r = (struct text_report){ 0 };
	err = b ? db_number(db, count, NULL, 0, &r->left) : ENOMEM;
	while (!err && r->left) {
		err = one_batch(db, b, most);
		if (its_fault(err) && most > 1) {
			most /= 2; /* until it is found */
			err = 0;
			continue;
		}
		if (its_fault(err) && b->n) {
			err = put_off(db, b->ids[0], err, r);
			most = BATCH;
		}
		if (!err)
			err = db_number(db, count, NULL, 0, &r->left);
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
