#include "cgi/store_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/buf.h"
#include "cgi/ctx.h"
#include "cgi/rows.h"
#include "cgi/store_log.h"
#include "cgi/util.h"
#include "db/db.h"

static bool by_id(const struct row_table *t)
{
	return !strcmp(t->key, "id");
}

/* MariaDB would take "7x" for the number 7. */
static bool is_key(const struct row_table *t, const char *id)
{
	return !by_id(t) || (*id && strlen(id) < 10 &&
			     strspn(id, "0123456789") == strlen(id));
}

static const struct row_side *side_of(const struct row_table *t,
				      const struct row_field *f)
{
	for (size_t i = 0; row_is_side(f) && i < t->side_count; i++)
		if (!strcmp(t->sides[i].field, f->name))
			return &t->sides[i];
	return NULL;
}

/* What to read of a field. */
static void column(struct buf *sql, const struct row_table *t,
		   const struct row_field *f)
{
	const struct row_side *s = side_of(t, f);

	if (!s)
		buf_printf(sql, ", r.%s", f->name);
	else
		buf_printf(
		    sql,
		    ", COALESCE((SELECT GROUP_CONCAT(s.%s, '=', %s%s ORDER BY"
		    " BINARY CAST(s.%s AS CHAR) SEPARATOR ';') FROM `%s` s"
		    " WHERE s.%s = r.id), '')",
		    s->ref, s->level ? "s." : "", s->level ? s->level : "1",
		    s->ref, s->table, s->owner);
}

/* Which rows he may see, with its arguments. @return how many */
static size_t only_own(struct ctx *ctx, const struct row_table *t,
		       const char *word, struct buf *sql, struct db_arg args[2])
{
	if (!t->own || auth_grant(ctx->who, t->need).scope != SCOPE_OWN)
		return 0;
	buf_printf(sql,
		   " %s ? IN (SELECT COALESCE(q.organization_id, ?) FROM %s)",
		   word, t->own);
	args[0] = DB_U64(ctx->who->org_id);
	args[1] = DB_U64(auth_nobodys(ctx->who));
	return 2;
}

/* ---- reading ------------------------------------------------------------- */

struct walk {
	const struct row_table *t;
	int (*each)(void *arg, const char *id, const char *const *cells);
	int (*option)(void *arg, const char *id, const char *text);
	int (*change)(void *arg, const struct row_change *c);
	void *arg;
};

static int read_cells(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	const char *cells[ROW_FIELDS];
	unsigned col = 1;

	for (size_t i = 0; i < w->t->count; i++)
		cells[i] = w->t->fields[i].flags & ROW_LISTED
			       ? db_str(row, col++)
			       : "";
	return w->each(w->arg, db_str(row, 0), cells);
}

int store_rows(struct ctx *ctx, const struct row_table *t,
	       int (*each)(void *arg, const char *id, const char *const *cells),
	       void *arg)
{
	struct walk w = { .t = t, .each = each, .arg = arg };
	struct buf sql = { 0 };
	struct db_arg args[2];
	size_t n;
	int err = ENOMEM;

	buf_printf(&sql, "SELECT r.%s", t->key);
	for (size_t i = 0; i < t->count; i++) {
		const struct row_field *f = &t->fields[i];

		if (!(f->flags & ROW_LISTED))
			continue;
		if (f->kind == ROW_REF)
			buf_printf(&sql,
				   ", (SELECT o.text FROM (%s) o"
				   " WHERE o.id = r.%s)",
				   f->of, f->name);
		else
			column(&sql, t, f);
	}
	buf_printf(&sql, " FROM `%s` r", t->table);
	n = only_own(ctx, t, "WHERE", &sql, args);
	buf_printf(&sql, " ORDER BY %s", t->order);
	if (!sql.failed)
		err = db_each(ctx->db, sql.data, args, n, read_cells, &w);
	buf_free(&sql);
	return err;
}

static int read_option(const struct db_row *row, void *arg)
{
	struct walk *w = arg;

	return w->option(w->arg, db_str(row, 0), db_str(row, 1));
}

int store_row_options(struct ctx *ctx, const char *of,
		      int (*each)(void *arg, const char *id, const char *text),
		      void *arg)
{
	struct walk w = { .option = each, .arg = arg };
	char sql[600];

	snprintf(sql, sizeof(sql),
		 "SELECT o.id, o.text FROM (%s) o"
		 " ORDER BY o.text",
		 of);
	return db_each(ctx->db, sql, NULL, 0, read_option, &w);
}

struct one {
	const struct row_table *t;
	struct row *row;
};

static bool apart(const struct row_field *f)
{
	return (f->flags & ROW_APART) != 0;
}

static int read_row(const struct db_row *row, void *arg)
{
	struct one *one = arg;
	unsigned col = 1;

	one->row->version = (uint32_t)db_u64(row, 0);
	for (size_t i = 0; i < one->t->count; i++)
		copy_text(one->row->values[i], ROW_VALUE,
			  apart(&one->t->fields[i]) ? "" : db_str(row, col++));
	return 0;
}

static int get(struct ctx *ctx, const struct row_table *t, const char *id,
	       bool lock, struct row *out)
{
	struct db_arg args[3] = { DB_STR(id) };
	struct one one = { t, out };
	struct buf sql = { 0 };
	size_t n = 1;
	int err = ENOMEM;

	if (!is_key(t, id))
		return ENOENT;
	buf_puts(&sql, "SELECT r.version");
	for (size_t i = 0; i < t->count; i++)
		if (!apart(&t->fields[i]))
			column(&sql, t, &t->fields[i]);
	buf_printf(&sql, " FROM `%s` r WHERE r.%s = ?", t->table, t->key);
	n += only_own(ctx, t, "AND", &sql, args + n);
	if (lock)
		buf_puts(&sql, " FOR UPDATE");
	if (!sql.failed)
		err = db_one(ctx->db, sql.data, args, n, read_row, &one);
	buf_free(&sql);
	return err || !t->load ? err : t->load(ctx, t, id, out);
}

int store_row(struct ctx *ctx, const struct row_table *t, const char *id,
	      struct row *out)
{
	return get(ctx, t, id, false, out);
}

/* ---- writing ------------------------------------------------------------- */

static struct db_arg arg_of(const struct row_field *f, const char *value)
{
	return f->flags & ROW_NULL && !*value ? DB_NULL : DB_STR(value);
}

/* Whether it is a column of the table that may be written. */
static bool stored(const struct row_field *f)
{
	return !row_is_side(f) && !(f->flags & (ROW_READ | ROW_APART));
}

static int insert(struct ctx *ctx, const struct row_table *t,
		  const struct row *row, char *id, size_t size)
{
	struct db_arg args[ROW_FIELDS];
	struct buf sql = { 0 }, marks = { 0 };
	size_t n = 0;
	int err = ENOMEM;

	buf_printf(&sql, "INSERT INTO `%s` (", t->table);
	for (size_t i = 0; i < t->count; i++) {
		if (!stored(&t->fields[i]))
			continue;
		buf_printf(&sql, "%s%s", n ? ", " : "", t->fields[i].name);
		buf_puts(&marks, n ? ", ?" : "?");
		args[n++] = arg_of(&t->fields[i], row->values[i]);
		if (!strcmp(t->fields[i].name, t->key))
			copy_text(id, size, row->values[i]);
	}
	buf_printf(&sql, ") VALUES (%s)", marks.data ? marks.data : "");
	if (!sql.failed && !marks.failed)
		err = db_exec(ctx->db, sql.data, args, n);
	if (!err && by_id(t))
		snprintf(id, size, "%llu",
			 (unsigned long long)db_last_id(ctx->db));
	buf_free(&marks);
	buf_free(&sql);
	return err || !t->save ? err : t->save(ctx, t, id, row);
}

static int update(struct ctx *ctx, const struct row_table *t, const char *id,
		  const struct row *row)
{
	struct db_arg args[ROW_FIELDS + 1];
	struct buf sql = { 0 };
	size_t n = 0;
	int err = ENOMEM;

	buf_printf(&sql, "UPDATE `%s` SET version = version + 1", t->table);
	for (size_t i = 0; i < t->count; i++) {
		const struct row_field *f = &t->fields[i];

		if (f->flags & ROW_FIXED || !stored(f))
			continue;
		buf_printf(&sql, ", %s = ?", f->name);
		args[n++] = arg_of(f, row->values[i]);
	}
	buf_printf(&sql, " WHERE %s = ?", t->key);
	args[n++] = DB_STR(id);
	if (!sql.failed)
		err = db_exec(ctx->db, sql.data, args, n);
	buf_free(&sql);
	return err || !t->save ? err : t->save(ctx, t, id, row);
}

/* The level of that one in a set; 0: it is not there. */
static unsigned level_in(const char *set, const char *id)
{
	char one[65];
	unsigned level;

	while (row_set_next(&set, one, &level))
		if (!strcmp(one, id))
			return level;
	return 0;
}

static int side_remove(struct ctx *ctx, const struct row_side *s,
		       const char *owner, const char *ref)
{
	const struct db_arg args[] = { DB_STR(owner), DB_STR(ref) };
	char sql[200];

	snprintf(sql, sizeof(sql), "DELETE FROM `%s` WHERE %s = ? AND %s = ?",
		 s->table, s->owner, s->ref);
	return db_exec(ctx->db, sql, args, LEN(args));
}

static int side_put(struct ctx *ctx, const struct row_side *s,
		    const char *owner, const char *ref, unsigned level)
{
	const struct db_arg args[] = { DB_STR(owner), DB_STR(ref),
				       DB_U64(level) };
	char sql[300];

	if (s->level)
		snprintf(sql, sizeof(sql),
			 "INSERT INTO `%s` (%s, %s, %s) VALUES (?, ?, ?)"
			 " ON DUPLICATE KEY UPDATE %s = VALUES(%s)",
			 s->table, s->owner, s->ref, s->level, s->level,
			 s->level);
	else
		snprintf(sql, sizeof(sql),
			 "INSERT INTO `%s` (%s, %s) VALUES (?, ?)", s->table,
			 s->owner, s->ref);
	return db_exec(ctx->db, sql, args, s->level ? 3 : 2);
}

/* The page of what it refers to shows it too: its version is another one. */
static int side_touch(struct ctx *ctx, const struct row_side *s,
		      const char *ref)
{
	const struct db_arg args[] = { DB_STR(ref) };
	char sql[120];

	if (!s->shown)
		return 0;
	snprintf(sql, sizeof(sql),
		 "UPDATE `%s` SET version = version + 1 WHERE id = ?",
		 s->shown);
	return db_exec(ctx->db, sql, args, LEN(args));
}

/* Only what differs is written: a row of the side may hold more than this. */
static int write_set(struct ctx *ctx, const struct row_side *s,
		     const char *owner, const char *before, const char *after)
{
	const char *from = before, *to = after;
	char id[65];
	unsigned level;
	int err = 0;

	while (!err && row_set_next(&from, id, &level)) {
		if (level_in(after, id))
			continue;
		err = side_remove(ctx, s, owner, id);
		if (!err)
			err = side_touch(ctx, s, id);
	}
	while (!err && row_set_next(&to, id, &level)) {
		if (level_in(before, id) == level)
			continue;
		err = side_put(ctx, s, owner, id, level);
		if (!err)
			err = side_touch(ctx, s, id);
	}
	return err;
}

static int write_sets(struct ctx *ctx, const struct row_table *t,
		      const char *id, const struct row *before,
		      const struct row *row)
{
	int err = 0;

	for (size_t i = 0; !err && i < t->count; i++) {
		const struct row_side *s = side_of(t, &t->fields[i]);

		if (s)
			err = write_set(ctx, s, id,
					before ? before->values[i] : "",
					row->values[i]);
	}
	return err;
}

static int log_it(struct ctx *ctx, const struct row_table *t, const char *id,
		  const char *action, json_t *changes)
{
	char *params = changes ? json_dumps(changes, JSON_COMPACT) : NULL;
	const struct access entry = { .action = action,
				      .object_type = t->object,
				      .object_id = id,
				      .params = params };
	int err = changes && !params ? ENOMEM : store_access(ctx, &entry);

	free(params);
	json_decref(changes);
	return err;
}

/* What differs, as the log has it; before NULL: all that is said. */
static json_t *changes_of(const struct row_table *t, const struct row *before,
			  const struct row *after)
{
	json_t *all = json_object();

	for (size_t i = 0; i < t->count; i++) {
		const char *from = before ? before->values[i] : "";
		const char *to = after ? after->values[i] : "";

		if (t->fields[i].kind == ROW_SECRET && *to)
			to = "***";
		if (strcmp(from, to) != 0)
			json_object_set_new(all, t->fields[i].name,
					    json_pack("[s, s]", from, to));
	}
	return all;
}

int store_row_end(struct ctx *ctx, const struct row_table *t, int err)
{
	if (!err && t->outbox)
		err = store_outbox(ctx, t->outbox, json_object());
	if (!err)
		err = db_commit(ctx->db);
	if (err)
		db_rollback(ctx->db);
	else if (t->outbox)
		store_wake(ctx);
	return err;
}

/* What belongs to a row beside its own columns. */
static int finish(struct ctx *ctx, const struct row_table *t, const char *id,
		  const struct row *before, const struct row *row,
		  struct card_errors *errors)
{
	int err = write_sets(ctx, t, id, before, row);

	if (!err && t->after)
		err = t->after(ctx, id, before, row, errors);
	return err;
}

static int change(struct ctx *ctx, const struct row_table *t, const char *id,
		  const struct row *row, struct row *theirs, bool *changed,
		  struct card_errors *errors)
{
	int err = get(ctx, t, id, true, theirs);
	json_t *changes;

	if (err)
		return err;
	if (theirs->version != row->version)
		return ESTALE;
	changes = changes_of(t, theirs, row);
	*changed = json_object_size(changes) > 0;
	if (*changed)
		err = update(ctx, t, id, row);
	if (*changed && !err)
		err = finish(ctx, t, id, theirs, row, errors);
	if (*changed && !err)
		return log_it(ctx, t, id, "SAVE", changes);
	json_decref(changes);
	return err;
}

int store_row_put(struct ctx *ctx, const struct row_table *t, char *id,
		  size_t size, const struct row *row, struct row *theirs,
		  bool *changed, struct card_errors *errors)
{
	int err;

	if (*id)
		return change(ctx, t, id, row, theirs, changed, errors);
	*changed = true;
	err = insert(ctx, t, row, id, size);
	if (!err)
		err = finish(ctx, t, id, NULL, row, errors);
	if (!err)
		err = log_it(ctx, t, id, "CREATE", changes_of(t, NULL, row));
	return err;
}

static int save(struct ctx *ctx, const struct row_table *t, char *id,
		size_t size, const struct row *row, struct row *theirs,
		struct card_errors *errors)
{
	bool fresh = !*id, changed = false;
	int err = db_begin(ctx->db);

	if (!err)
		err = store_row_put(ctx, t, id, size, row, theirs, &changed,
				    errors);
	if (!err && !changed) {
		db_rollback(ctx->db);
		return 0;
	}
	if (!err && fresh && t->fresh)
		err = t->fresh(ctx, id);
	err = store_row_end(ctx, t, err);
	if (err && fresh)
		id[0] = '\0';
	return err;
}

int store_row_save(struct ctx *ctx, const struct row_table *t, char *id,
		   size_t size, const struct row *row, struct row *theirs,
		   struct card_errors *errors)
{
	int err = save(ctx, t, id, size, row, theirs, errors);

	/* an account's page and a queue's lock each other's row: who was undone
	 * looks again, and finds it changed */
	return err == EAGAIN ? save(ctx, t, id, size, row, theirs, errors)
			     : err;
}

int store_row_act(struct ctx *ctx, const struct row_table *t,
		  const struct row_act *act, const char *id,
		  struct card_errors *errors)
{
	int err = db_begin(ctx->db);

	return store_row_end(ctx, t, err ? err : act->run(ctx, id, errors));
}

/* @return 0, ENOENT (it does not) or a database error */
static int uses(struct ctx *ctx, const struct row_use *use, const char *id)
{
	const struct db_arg args[] = { DB_STR(id) };
	uint64_t found;

	return db_number(ctx->db, use->sql, args, LEN(args), &found);
}

int store_row_uses(struct ctx *ctx, const struct row_table *t, const char *id,
		   int (*each)(void *arg, const char *words), void *arg)
{
	const char *said = "";
	int err = 0;

	for (size_t i = 0; !err && i < t->use_count; i++) {
		if (!strcmp(t->uses[i].words, said))
			continue;
		err = uses(ctx, &t->uses[i], id);
		if (!err) {
			said = t->uses[i].words;
			err = each(arg, said);
		} else if (err == ENOENT) {
			err = 0;
		}
	}
	return err;
}

static int first_use(void *arg, const char *words)
{
	(void)arg;
	(void)words;
	return EBUSY;
}

static int take_out(struct ctx *ctx, const struct row_table *t, const char *id)
{
	const struct db_arg args[] = { DB_STR(id) };
	struct row *was = malloc(sizeof(*was));
	char sql[160];
	int err = was ? get(ctx, t, id, true, was) : ENOMEM;

	snprintf(sql, sizeof(sql), "DELETE FROM `%s` WHERE %s = ?", t->table,
		 t->key);
	if (!err)
		err = store_row_uses(ctx, t, id, first_use, NULL);
	if (!err && t->remove)
		err = t->remove(ctx, id);
	if (!err)
		err = db_exec(ctx->db, sql, args, LEN(args));
	if (!err)
		err = log_it(ctx, t, id, "REMOVE", changes_of(t, was, NULL));
	free(was);
	return err;
}

int store_row_remove(struct ctx *ctx, const struct row_table *t, const char *id)
{
	int err = db_begin(ctx->db);

	return store_row_end(ctx, t, err ? err : take_out(ctx, t, id));
}

/* ---- what was changed ---------------------------------------------------- */

static int read_change(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	struct row_change c = { .at_ms = db_time_ms(row, 0),
				.action = db_str(row, 1),
				.params = db_str(row, 2) };

	if (!db_is_null(row, 3))
		session_short_name(db_str(row, 3), db_str(row, 4),
				   db_str(row, 5), c.who, sizeof(c.who));
	return w->change(w->arg, &c);
}

int store_row_log(struct ctx *ctx, const char *object, const char *id,
		  int (*each)(void *arg, const struct row_change *c), void *arg)
{
	static const char sql[] =
	    "SELECT l.at, l.action, COALESCE(l.params, ''), u.surname,"
	    " u.given_name, u.patronymic FROM access_log l"
	    " LEFT JOIN user_account u ON u.id = l.user_id"
	    " WHERE l.object_type = ? AND l.object_id = ?"
	    " AND l.action NOT IN ('VIEW', 'LIST', 'DENY')"
	    " ORDER BY l.id DESC LIMIT 50";
	const struct db_arg args[] = { DB_STR(object), DB_STR(id) };
	struct walk w = { .change = each, .arg = arg };

	return db_each(ctx->db, sql, args, LEN(args), read_change, &w);
}
