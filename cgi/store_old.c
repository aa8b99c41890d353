#include "cgi/store_old.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgi/buf.h"
#include "cgi/util.h"
#include "db/db.h"

int store_old_sessions(struct db *db)
{
	static const char sql[] =
	    "DELETE FROM web_session WHERE seen_at < NOW(3) - INTERVAL"
	    " (SELECT CAST(value AS UNSIGNED) FROM setting"
	    "  WHERE name = 'session.keep_days') DAY LIMIT 1000";
	int err;

	do {
		err = db_exec(db, sql, NULL, 0);
	} while (!err && db_affected(db) == 1000);
	return err;
}

/* ---- drafts --------------------------------------------------------------- */

#define OLD_DRAFT                                            \
	"SELECT a.id FROM appeal a WHERE a.status = 'DRAFT'" \
	" AND a.updated_at < NOW(3) - INTERVAL"              \
	" (SELECT CAST(value AS UNSIGNED) FROM setting"      \
	"  WHERE name = 'appeal.draft_keep_days') DAY"       \
	" AND NOT EXISTS (SELECT 1 FROM appeal_call l"       \
	"  WHERE l.appeal_id = a.id)"

struct ids {
	size_t n;
	uint64_t id[200];
};

static int read_id(const struct db_row *row, void *arg)
{
	struct ids *ids = arg;

	ids->id[ids->n++] = db_u64(row, 0);
	return 0;
}

static int read_path(const struct db_row *row, void *arg)
{
	buf_printf(arg, "%s\n", db_str(row, 0));
	return 0;
}

/* The path is another account's word: nothing but what the pages make. */
static int remove_file(const char *state, const char *path)
{
	const char *name = path + strcspn(path, "/");
	char full[512];

	if ((strncmp(path, "appeals/", 8) != 0 &&
	     strncmp(path, "quarantine/", 11) != 0) ||
	    name[strspn(name, "/0123456789abcdef")] ||
	    snprintf(full, sizeof(full), "%s/files/%s", state, path) >=
		(int)sizeof(full))
		return EBADMSG;
	return unlink(full) && errno != ENOENT ? errno : 0;
}

static int remove_rows(struct db *db, uint64_t id, struct buf *paths)
{
	static const char *const log[] = {
		"INSERT INTO access_log (action, object_type, object_id,"
		" reason) VALUES ('REMOVE', 'appeal', ?,"
		" 'Срок хранения черновика')",
		"INSERT INTO access_log (action, object_type, object_id,"
		" reason) SELECT 'REMOVE', 'attachment', id,"
		" 'Срок хранения черновика' FROM attachment"
		" WHERE appeal_id = ?",
	};
	const struct db_arg args[] = { DB_U64(id) };
	int err = 0;

	for (size_t i = 0; !err && i < LEN(log); i++)
		err = db_exec(db, log[i], args, 1);
	if (!err)
		err = db_each(db,
			      "DELETE FROM attachment WHERE appeal_id = ?"
			      " RETURNING path",
			      args, 1, read_path, paths);
	if (!err)
		err = db_exec(db, "DELETE FROM appeal WHERE id = ?", args, 1);
	return err ? err : paths->failed ? ENOMEM : 0;
}

/* The files go before the commit: who is killed in between finds the draft
 * again and removes the rest; after it they would lie there for ever. */
static int remove_draft(struct db *db, const char *state, uint64_t id)
{
	static const char lock[] = OLD_DRAFT " AND a.id = ? FOR UPDATE";
	const struct db_arg args[] = { DB_U64(id) };
	struct buf paths = { 0 };
	char *path, *rest;
	int err = db_begin(db);

	if (!err)
		err = db_number(db, lock, args, 1, &id);
	if (err == ENOENT) { /* somebody went on with it */
		db_rollback(db);
		return 0;
	}
	if (!err)
		err = remove_rows(db, id, &paths);
	rest = paths.data;
	while (!err && (path = strsep(&rest, "\n")))
		if (*path)
			err = remove_file(state, path);
	if (!err)
		err = db_commit(db);
	else
		db_rollback(db);
	buf_free(&paths);
	return err;
}

int store_old_drafts(struct db *db, const char *state)
{
	static const char sql[] = OLD_DRAFT " LIMIT 200";
	struct ids ids;
	int err, failed;

	do {
		ids.n = 0;
		failed = db_each(db, sql, NULL, 0, read_id, &ids);
		for (size_t i = 0; failed != ENOTCONN && i < ids.n; i++) {
			err = remove_draft(db, state, ids.id[i]);
			if (err)
				failed = err;
		}
	} while (!failed && ids.n == LEN(ids.id));
	return failed;
}

int store_old_edits(struct db *db)
{
	static const char sql[] =
	    "DELETE FROM appeal_edit WHERE at < NOW(3) - INTERVAL"
	    " (SELECT CAST(value AS UNSIGNED) FROM setting"
	    "  WHERE name = 'appeal.draft_keep_days') DAY";

	return db_exec(db, sql, NULL, 0);
}

/* ---- counters ------------------------------------------------------------- */

/* Ids do not commit in order. A row that says it is older than any transaction
 * has only ended ones below it; what is put here says when it was put, so that
 * holds for it too. */
int store_fold_counters(struct db *db)
{
	static const char last[] =
	    "SELECT COALESCE(MAX(id), 0) FROM journal_sum"
	    " WHERE at < NOW(3) - INTERVAL 10 MINUTE";
	static const char put[] =
	    "INSERT INTO journal_sum (organization_id, kind, due_date, n)"
	    " SELECT organization_id, kind, due_date, SUM(n)"
	    " FROM journal_sum WHERE id <= ?"
	    " GROUP BY 1, 2, 3 HAVING SUM(n) <> 0";
	static const char take[] = "DELETE FROM journal_sum WHERE id <= ?";
	struct db_arg upto;
	uint64_t id = 0;
	int err = db_number(db, last, NULL, 0, &id);

	if (err || !id)
		return err;
	upto = DB_U64(id);
	err = db_begin(db);
	if (!err)
		err = db_exec(db, put, &upto, 1);
	if (!err)
		err = db_exec(db, take, &upto, 1);
	if (!err)
		err = db_commit(db);
	else
		db_rollback(db);
	return err;
}
