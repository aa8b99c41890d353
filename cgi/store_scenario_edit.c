#include "cgi/store_scenario_edit.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/ctx.h"
#include "cgi/store_log.h"
#include "cgi/store_notice.h"
#include "cgi/store_scenario.h"
#include "cgi/util.h"
#include "db/db.h"

const char *answer_field_name(enum answer_field f)
{
	static const char *const names[ANSWER_FIELDS] = {
		[ANSWER_THEME] = "theme",
		[ANSWER_TITLE] = "title",
		[ANSWER_KEYWORDS] = "keywords",
		[ANSWER_TEXT] = "text",
	};

	return names[f];
}

const char *answer_field(const struct scenario_version *a, enum answer_field f)
{
	switch (f) {
	case ANSWER_THEME:
		return a->theme;
	case ANSWER_TITLE:
		return a->title;
	case ANSWER_KEYWORDS:
		return a->keywords;
	case ANSWER_TEXT:
	case ANSWER_FIELDS:
		break;
	}
	return a->text;
}

/* ---- reading ------------------------------------------------------------- */

#define COLUMNS(text)                                                        \
	"SELECT s.id, s.code, s.version, s.theme_code, s.title, s.keywords," \
	" " text ", s.author_id, u.surname, u.given_name, u.patronymic,"     \
	" s.created_at, s.proposal, s.edit, s.approved_by, s.approved_at,"   \
	" s.valid_from, s.valid_to, s.refused_by, s.refused_at,"             \
	" s.refused_why, s.withdrawn_by, s.withdrawn_at, " SCENARIO_NEXT     \
	" FROM scenario s LEFT JOIN user_account u ON u.id = s.author_id "

struct walk {
	int (*each)(void *arg, const struct scenario_version *a);
	int (*theme)(void *arg, const char *code, const char *name);
	void *arg;
	struct scenario_version *a;
};

static int read_answer(const struct db_row *row, void *arg)
{
	struct scenario_version *a = arg;

	memset(a, 0, sizeof(*a));
	a->id = (uint32_t)db_u64(row, 0);
	db_copy(row, 1, a->code, sizeof(a->code));
	a->version = (unsigned)db_u64(row, 2);
	db_copy(row, 3, a->theme, sizeof(a->theme));
	db_copy(row, 4, a->title, sizeof(a->title));
	db_copy(row, 5, a->keywords, sizeof(a->keywords));
	db_copy(row, 6, a->text, sizeof(a->text));
	a->author_id = (uint32_t)db_u64(row, 7);
	if (a->author_id)
		session_short_name(db_str(row, 8), db_str(row, 9),
				   db_str(row, 10), a->author,
				   sizeof(a->author));
	a->created_ms = db_time_ms(row, 11);
	a->facts.proposal = db_u64(row, 12) != 0;
	a->edit = (uint32_t)db_u64(row, 13);
	db_copy(row, 14, a->approved_by, sizeof(a->approved_by));
	a->approved_ms = db_time_ms(row, 15);
	a->facts.approved = a->approved_ms != 0;
	db_copy(row, 16, a->facts.from, sizeof(a->facts.from));
	db_copy(row, 17, a->facts.to, sizeof(a->facts.to));
	db_copy(row, 18, a->refused_by, sizeof(a->refused_by));
	a->refused_ms = db_time_ms(row, 19);
	a->facts.refused = a->refused_ms != 0;
	db_copy(row, 20, a->refused_why, sizeof(a->refused_why));
	db_copy(row, 21, a->withdrawn_by, sizeof(a->withdrawn_by));
	a->withdrawn_ms = db_time_ms(row, 22);
	db_copy(row, 23, a->facts.next, sizeof(a->facts.next));
	return 0;
}

static int read_each(const struct db_row *row, void *arg)
{
	struct walk *w = arg;

	read_answer(row, w->a);
	return w->each(w->arg, w->a);
}

int store_scenario_versions(struct ctx *ctx, const char *code, uint32_t author,
			    int (*each)(void *arg,
					const struct scenario_version *a),
			    void *arg)
{
	static const char sql[] =
	    COLUMNS("''") "WHERE (? = '' OR s.code = ?)"
			  " AND (? = 0 OR s.author_id = ?)"
			  " ORDER BY s.code,"
			  " s.version DESC";
	const struct db_arg args[] = { DB_STR(code), DB_STR(code),
				       DB_U64(author), DB_U64(author) };
	struct walk w = { .each = each, .arg = arg };
	int err;

	w.a = malloc(sizeof(*w.a));
	err = w.a ? db_each(ctx->db, sql, args, LEN(args), read_each, &w)
		  : ENOMEM;
	free(w.a);
	return err;
}

int store_scenario_get(struct ctx *ctx, uint32_t id,
		       struct scenario_version *out)
{
	const struct db_arg args[] = { DB_U64(id) };

	return db_one(ctx->db, COLUMNS("s.text") "WHERE s.id = ?", args,
		      LEN(args), read_answer, out);
}

static int read_theme(const struct db_row *row, void *arg)
{
	const struct walk *w = arg;

	return w->theme(w->arg, db_str(row, 0), db_str(row, 1));
}

int store_scenario_themes(
    struct ctx *ctx, const char *today, const char *chosen,
    int (*each)(void *arg, const char *code, const char *name), void *arg)
{
	static const char sql[] =
	    "SELECT code, name FROM theme WHERE code = ? OR"
	    " (COALESCE(valid_from, ?) <= ? AND COALESCE(valid_to, ?) >= ?)"
	    " ORDER BY code";
	const struct db_arg args[] = { DB_STR(chosen), DB_STR(today),
				       DB_STR(today), DB_STR(today),
				       DB_STR(today) };
	struct walk w = { .theme = each, .arg = arg };

	return db_each(ctx->db, sql, args, LEN(args), read_theme, &w);
}

/* ---- writing ------------------------------------------------------------- */

/* What was written, as the log has it: {"title": ["before", "after"]}. */
static json_t *changes_of(const struct scenario_version *before,
			  const struct scenario_version *after)
{
	json_t *all = json_object();

	for (enum answer_field f = 0; f < ANSWER_FIELDS; f++) {
		const char *from = before ? answer_field(before, f) : "";
		const char *to = answer_field(after, f);

		if (strcmp(from, to) != 0)
			json_object_set_new(all, answer_field_name(f),
					    json_pack("[s, s]", from, to));
	}
	return all;
}

/* Takes changes. */
static int log_it(struct ctx *ctx, const char *action, uint32_t id,
		  json_t *changes)
{
	char *params = changes ? json_dumps(changes, JSON_COMPACT) : NULL;
	char object[16];
	const struct access entry = { .action = action,
				      .object_type = "scenario",
				      .object_id = object,
				      .params = params };
	int err;

	snprintf(object, sizeof(object), "%u", id);
	err = params ? store_access(ctx, &entry) : ENOMEM;
	free(params);
	json_decref(changes);
	return err;
}

/* The number of a version that comes now; the rows stay locked. */
static int next_version(struct ctx *ctx, const char *code, unsigned *version)
{
	static const char sql[] = "SELECT COALESCE(MAX(version), 0) + 1"
				  " FROM scenario WHERE code = ? FOR UPDATE";
	const struct db_arg args[] = { DB_STR(code) };
	uint64_t n;
	int err = db_number(ctx->db, sql, args, LEN(args), &n);

	if (!err)
		*version = (unsigned)n;
	return err;
}

static int next_code(struct ctx *ctx, char *code, size_t size)
{
	static const char sql[] =
	    "SELECT COALESCE(MAX(CAST(SUBSTR(code, 4) AS UNSIGNED)), 0) + 1"
	    " FROM scenario WHERE code LIKE 'SC-%' FOR UPDATE";
	uint64_t n;
	int err = db_number(ctx->db, sql, NULL, 0, &n);

	if (!err)
		snprintf(code, size, "SC-%03llu", (unsigned long long)n);
	return err;
}

static int insert(struct ctx *ctx, struct scenario_version *a)
{
	static const char sql[] =
	    "INSERT INTO scenario (code, version, theme_code, title, keywords,"
	    " text, author_id, created_at, proposal)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
	int err = *a->code ? 0 : next_code(ctx, a->code, sizeof(a->code));

	if (!err)
		err = next_version(ctx, a->code, &a->version);
	if (!err) {
		const struct db_arg args[] = {
			DB_STR(a->code),          DB_U64(a->version),
			DB_STR(a->theme),         DB_STR(a->title),
			DB_STR(a->keywords),      DB_STR(a->text),
			DB_U64(ctx->who->id),     DB_TIME_MS(ctx->now_ms),
			DB_U64(a->facts.proposal)
		};

		err = db_exec(ctx->db, sql, args, LEN(args));
	}
	if (err)
		return err;
	a->id = (uint32_t)db_last_id(ctx->db);
	return log_it(ctx, "CREATE", a->id, changes_of(NULL, a));
}

int store_scenario_new(struct ctx *ctx, struct scenario_version *a)
{
	int err = db_begin(ctx->db);

	return store_end(ctx, err ? err : insert(ctx, a));
}

static int save(struct ctx *ctx, const struct scenario_version *was,
		const struct scenario_version *a)
{
	static const char sql[] =
	    "UPDATE scenario SET theme_code = ?, title = ?, keywords = ?,"
	    " text = ?, edit = edit + 1 WHERE id = ?";
	const struct db_arg args[] = { DB_STR(a->theme), DB_STR(a->title),
				       DB_STR(a->keywords), DB_STR(a->text),
				       DB_U64(a->id) };
	json_t *changes = changes_of(was, a);
	int err = 0;

	if (json_object_size(changes))
		err = db_exec(ctx->db, sql, args, LEN(args));
	if (!err && json_object_size(changes))
		return log_it(ctx, "SAVE", a->id, changes);
	json_decref(changes);
	return err;
}

/* A newer version may have been approved since this one was written: the one
 * that is approved last is the newest. */
static int approve(struct ctx *ctx, const struct scenario_version *was,
		   const struct scenario_version *a)
{
	static const char sql[] =
	    "UPDATE scenario SET version = ?, approved_by = ?, approved_at = ?,"
	    " valid_from = ?, edit = edit + 1 WHERE id = ?";
	unsigned version = was->version;
	int err = save(ctx, was, a);

	if (!err && *was->facts.next)
		err = next_version(ctx, was->code, &version);
	if (!err) {
		const struct db_arg args[] = {
			DB_U64(version), DB_STR(ctx->session.user.short_name),
			DB_TIME_MS(ctx->now_ms), DB_STR(a->facts.from),
			DB_U64(a->id)
		};

		err = db_exec(ctx->db, sql, args, LEN(args));
	}
	return err ? err
		   : log_it(ctx, "APPROVE", a->id,
			    json_pack("{s:[s, s]}", "valid_from", "",
				      a->facts.from));
}

static int refuse(struct ctx *ctx, const struct scenario_version *a)
{
	static const char sql[] =
	    "UPDATE scenario SET refused_by = ?, refused_at = ?,"
	    " refused_why = ?, approved_by = NULL, approved_at = NULL,"
	    " valid_from = NULL, edit = edit + 1 WHERE id = ?";
	const struct db_arg args[] = { DB_STR(ctx->session.user.short_name),
				       DB_TIME_MS(ctx->now_ms),
				       DB_STR(a->refused_why), DB_U64(a->id) };
	int err = db_exec(ctx->db, sql, args, LEN(args));

	return err ? err
		   : log_it(ctx, "REFUSE", a->id,
			    json_pack("{s:[s, s]}", "refused_why", "",
				      a->refused_why));
}

static int withdraw(struct ctx *ctx, const struct scenario_version *was,
		    const struct scenario_version *a)
{
	static const char sql[] =
	    "UPDATE scenario SET withdrawn_by = ?, withdrawn_at = ?,"
	    " valid_to = ?, edit = edit + 1 WHERE id = ?";
	const struct db_arg args[] = { DB_STR(ctx->session.user.short_name),
				       DB_TIME_MS(ctx->now_ms),
				       DB_STR(a->facts.to), DB_U64(a->id) };
	int err = db_exec(ctx->db, sql, args, LEN(args));

	return err ? err
		   : log_it(ctx, "WITHDRAW", a->id,
			    json_pack("{s:[s, s]}", "valid_to", was->facts.to,
				      a->facts.to));
}

static int lock(struct ctx *ctx, uint32_t id)
{
	/* all of its code: another version may be approved meanwhile */
	static const char sql[] = "SELECT MAX(id) FROM scenario WHERE code ="
				  " (SELECT code FROM scenario WHERE id = ?)"
				  " FOR UPDATE";
	const struct db_arg args[] = { DB_U64(id) };
	uint64_t most;

	return db_number(ctx->db, sql, args, LEN(args), &most);
}

/* Who has proposed it learns what became of it. */
static int tell(struct ctx *ctx, const struct scenario_version *was,
		const char *kind)
{
	if (!was->facts.proposal || !was->author_id ||
	    was->author_id == ctx->who->id)
		return 0;
	return store_notice_answer(ctx->db, ctx->now_ms, was->author_id,
				   was->id, kind);
}

static int step(struct ctx *ctx, enum scenario_act act,
		const struct scenario_version *a, const char *today,
		struct scenario_version *theirs)
{
	int err = lock(ctx, a->id);

	if (!err)
		err = store_scenario_get(ctx, a->id, theirs);
	if (err)
		return err;
	if (theirs->edit != a->edit)
		return ESTALE;
	if (!scenario_may(scenario_state(&theirs->facts, today), act))
		return EPROTO;
	switch (act) {
	case SCENARIO_SAVE:
		return save(ctx, theirs, a);
	case SCENARIO_APPROVE:
		err = approve(ctx, theirs, a);
		return err ? err : tell(ctx, theirs, "ANSWER_APPROVE");
	case SCENARIO_REFUSE:
		err = refuse(ctx, a);
		return err ? err : tell(ctx, theirs, "ANSWER_REFUSE");
	case SCENARIO_WITHDRAW:
		return withdraw(ctx, theirs, a);
	case SCENARIO_ACTS:
		break;
	}
	return EPROTO;
}

int store_scenario_do(struct ctx *ctx, enum scenario_act act,
		      const struct scenario_version *a, const char *today,
		      struct scenario_version *theirs)
{
	int err = db_begin(ctx->db);

	return store_end(ctx, err ? err : step(ctx, act, a, today, theirs));
}
