#include "cgi/store_prompt.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/ctx.h"
#include "cgi/session.h"
#include "cgi/store_log.h"
#include "cgi/util.h"
#include "db/db.h"

const char *const prompt_uses[] = {
	"greeting",      "music",      "position",     "soon",
	"wait",          "leave",      "number-ask",   "number-heard",
	"number-right",  "number-bad", "number-kept",  "sorry",
	"closed",        "message",    "message-busy", "message-taken",
	"message-empty", "reconnect",
};
const size_t prompt_use_count = LEN(prompt_uses);

/* He sees what callers of his organization's queues hear (SCOPE_OWN), and so
 * what all hear; with the three arguments of ours(). */
#define OURS(queue)                                          \
	"(? = 0 OR " queue                                   \
	" = 0 OR ? = (SELECT COALESCE(s.organization_id, ?)" \
	" FROM queue s WHERE s.id = " queue "))"
/* A file that is in force there; the same arguments behind a first one. */
#define HEARD                                                                \
	"(? = 0 OR p.id IN (SELECT u.file_id FROM prompt_use u WHERE " OURS( \
	    "u.queue_id") "))"

static void ours(const struct ctx *ctx, struct db_arg args[3])
{
	args[0] =
	    DB_U64(auth_grant(ctx->who, AUTH_SETTINGS).scope == SCOPE_OWN);
	args[1] = DB_U64(ctx->who->org_id);
	args[2] = DB_U64(auth_nobodys(ctx->who));
}

struct walk {
	int (*file)(void *arg, const struct prompt_file *f);
	int (*scope)(void *arg, const struct prompt_scope *s);
	void *arg;
};

static int read_file(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	char who[128] = "";
	const struct prompt_file f = { .id = (uint32_t)db_u64(row, 0),
				       .used_for = db_str(row, 1),
				       .number = (unsigned)db_u64(row, 2),
				       .name = db_str(row, 3),
				       .source = db_str(row, 4),
				       .who = who,
				       .at_ms = db_time_ms(row, 5),
				       .state = db_str(row, 6),
				       .why = db_str(row, 7),
				       .length_ms = (unsigned)db_u64(row, 8) };

	session_short_name(db_str(row, 9), db_str(row, 10), db_str(row, 11),
			   who, sizeof(who));
	return w->file(w->arg, &f);
}

int store_prompts(struct ctx *ctx, const char *use,
		  int (*each)(void *arg, const struct prompt_file *f),
		  void *arg)
{
	static const char sql[] =
	    "SELECT p.id, p.used_for, p.number, p.name, p.source, p.at,"
	    " p.state, p.why, p.length_ms, u.surname, u.given_name,"
	    " u.patronymic FROM prompt_file p JOIN user_account u"
	    " ON u.id = p.user_id WHERE p.used_for = ? AND " HEARD
	    " ORDER BY p.number DESC";
	struct db_arg args[5] = { DB_STR(use) };
	struct walk w = { .file = each, .arg = arg };

	ours(ctx, args + 2);
	args[1] = args[2];
	return db_each(ctx->db, sql, args, LEN(args), read_file, &w);
}

static int read_scope(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	const struct prompt_scope s = { .queue = (uint32_t)db_u64(row, 0),
					.name = db_str(row, 1),
					.file = (uint32_t)db_u64(row, 2),
					.number = (unsigned)db_u64(row, 3) };

	return w->scope(w->arg, &s);
}

int store_prompt_scopes(struct ctx *ctx, const char *use,
			int (*each)(void *arg, const struct prompt_scope *s),
			void *arg)
{
	static const char sql[] =
	    "SELECT q.id, q.name, u.file_id, f.number FROM"
	    " (SELECT 0 AS id, '' AS name UNION ALL SELECT id, name FROM queue)"
	    " q LEFT JOIN prompt_use u ON u.queue_id = q.id AND u.used_for = ?"
	    " LEFT JOIN prompt_file f ON f.id = u.file_id WHERE " OURS(
		"q.id") " ORDER BY q.id";
	struct db_arg args[4] = { DB_STR(use) };
	struct walk w = { .scope = each, .arg = arg };

	ours(ctx, args + 1);
	return db_each(ctx->db, sql, args, LEN(args), read_scope, &w);
}

static int read_count(const struct db_row *row, void *arg)
{
	unsigned *counts = arg;

	for (size_t i = 0; i < prompt_use_count; i++)
		if (!strcmp(prompt_uses[i], db_str(row, 0)))
			counts[i] = (unsigned)db_u64(row, 1);
	return 0;
}

int store_prompt_counts(struct ctx *ctx, unsigned *counts)
{
	struct db_arg args[3];

	memset(counts, 0, prompt_use_count * sizeof(*counts));
	ours(ctx, args);
	return db_each(ctx->db,
		       "SELECT used_for, COUNT(*) FROM prompt_use WHERE " OURS(
			   "queue_id") " GROUP BY used_for",
		       args, LEN(args), read_count, counts);
}

static int log_it(struct ctx *ctx, const char *action, const char *type,
		  const char *id, json_t *what)
{
	char *params = what ? json_dumps(what, JSON_COMPACT) : NULL;
	const struct access entry = { .action = action,
				      .object_type = type,
				      .object_id = id,
				      .params = params };
	int err = params ? store_access(ctx, &entry) : ENOMEM;

	free(params);
	json_decref(what);
	return err;
}

int store_prompt_add(struct ctx *ctx, const char *use, const char *name,
		     const char *source, uint32_t *id)
{
	static const char sql[] =
	    "INSERT INTO prompt_file (used_for, number, name, source, user_id,"
	    " at) VALUES (?, ?, ?, ?, ?, ?)";
	struct db_arg args[] = {
		DB_STR(use),          DB_NULL,
		DB_STR(name),         DB_STR(source),
		DB_U64(ctx->who->id), DB_TIME_MS(ctx->now_ms)
	};
	uint64_t number = 0;
	char text[16];
	int err = db_number(ctx->db,
			    "SELECT COALESCE(MAX(number), 0) + 1 FROM"
			    " prompt_file WHERE used_for = ? FOR UPDATE",
			    args, 1, &number);

	args[1] = DB_U64(number);
	if (!err)
		err = db_exec(ctx->db, sql, args, LEN(args));
	if (err)
		return err;
	*id = (uint32_t)db_last_id(ctx->db);
	snprintf(text, sizeof(text), "%u", *id);
	return log_it(ctx, "CREATE", "prompt_file", text,
		      json_pack("{s:[s, s], s:[s, s]}", "used_for", "", use,
				"name", "", name));
}

int store_prompt_ready(struct ctx *ctx, const char *use, uint32_t id)
{
	struct db_arg args[6] = { DB_U64(id), DB_STR(use) };
	uint64_t found;

	ours(ctx, args + 3);
	args[2] = args[3];
	return db_number(ctx->db,
			 "SELECT p.id FROM prompt_file p WHERE p.id = ?"
			 " AND p.used_for = ? AND p.state = 'READY'"
			 " AND " HEARD,
			 args, LEN(args), &found);
}

int store_prompt_put(struct ctx *ctx, const char *use, uint32_t queue,
		     uint32_t was, uint32_t file)
{
	const struct db_arg args[] = { DB_U64(queue), DB_STR(use),
				       DB_U64(file) };
	char id[40], from[16], to[16];
	uint64_t now = 0;
	int err = db_number(ctx->db,
			    "SELECT file_id FROM prompt_use WHERE queue_id = ?"
			    " AND used_for = ? FOR UPDATE",
			    args, 2, &now);

	if (err && err != ENOENT)
		return err;
	if (now != was)
		return ESTALE;
	if (now == file)
		return 0;
	err = file ? store_prompt_ready(ctx, use, file) : 0;
	if (err)
		return err == ENOENT ? EINVAL : err;
	err = db_exec(ctx->db,
		      "DELETE FROM prompt_use WHERE queue_id = ? AND"
		      " used_for = ?",
		      args, 2);
	if (!err && file)
		err = db_exec(ctx->db,
			      "INSERT INTO prompt_use (queue_id, used_for,"
			      " file_id) VALUES (?, ?, ?)",
			      args, LEN(args));
	snprintf(id, sizeof(id), "%s:%u", use, queue);
	snprintf(from, sizeof(from), "%u", was);
	snprintf(to, sizeof(to), "%u", file);
	return err ? err
		   : log_it(ctx, "SAVE", "prompt_use", id,
			    json_pack("{s:[s, s]}", "file", from, to));
}
