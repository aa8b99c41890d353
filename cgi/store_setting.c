#include "cgi/store_setting.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "cgi/ctx.h"
#include "cgi/store_log.h"
#include "cgi/util.h"
#include "db/db.h"

#define COLUMNS                                                           \
	"SELECT name, value, kind, least, most, optional, unit, initial," \
	" about, effect, version FROM setting"

struct walk {
	int (*each)(void *arg, const struct setting *s);
	void *arg;
};

static int read_one(const struct db_row *row, void *arg)
{
	struct setting *s = arg;

	db_copy(row, 0, s->name, sizeof(s->name));
	db_copy(row, 1, s->value, sizeof(s->value));
	s->rule.kind = setting_kind_of(db_str(row, 2));
	s->rule.least = (unsigned)db_u64(row, 3);
	s->rule.most = (unsigned)db_u64(row, 4);
	s->rule.optional = db_u64(row, 5) != 0;
	db_copy(row, 6, s->unit, sizeof(s->unit));
	db_copy(row, 7, s->initial, sizeof(s->initial));
	db_copy(row, 8, s->about, sizeof(s->about));
	db_copy(row, 9, s->effect, sizeof(s->effect));
	s->version = (uint32_t)db_u64(row, 10);
	return 0;
}

static int read_each(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	struct setting s;

	read_one(row, &s);
	return w->each(w->arg, &s);
}

int store_settings(struct ctx *ctx,
		   int (*each)(void *arg, const struct setting *s), void *arg)
{
	struct walk w = { each, arg };

	return db_each(ctx->db, COLUMNS " ORDER BY name", NULL, 0, read_each,
		       &w);
}

int store_setting_get(struct ctx *ctx, const char *name, struct setting *out)
{
	const struct db_arg args[] = { DB_STR(name) };

	return db_one(ctx->db, COLUMNS " WHERE name = ?", args, LEN(args),
		      read_one, out);
}

static int log_it(struct ctx *ctx, const struct setting *was, const char *now)
{
	json_t *what = json_pack("{s:[s, s]}", "value", was->value, now);
	char *params = what ? json_dumps(what, JSON_COMPACT) : NULL;
	const struct access entry = { .action = "SAVE",
				      .object_type = "setting",
				      .object_id = was->name,
				      .params = params };
	int err = params ? store_access(ctx, &entry) : ENOMEM;

	free(params);
	json_decref(what);
	return err;
}

static int change(struct ctx *ctx, const struct setting *s,
		  struct setting *theirs)
{
	static const char sql[] = "UPDATE setting SET value = ?,"
				  " version = version + 1 WHERE name = ?";
	const struct db_arg args[] = { DB_STR(s->value), DB_STR(s->name) };
	int err = db_one(ctx->db, COLUMNS " WHERE name = ? FOR UPDATE",
			 args + 1, 1, read_one, theirs);

	if (!err && theirs->version != s->version)
		err = ESTALE;
	if (!err)
		err = db_exec(ctx->db, sql, args, LEN(args));
	if (!err)
		err = log_it(ctx, theirs, s->value);
	return err ? err : store_outbox(ctx, "directory", json_object());
}

int store_setting_save(struct ctx *ctx, const struct setting *s,
		       struct setting *theirs)
{
	int err = db_begin(ctx->db);

	if (!err)
		err = change(ctx, s, theirs);
	return store_end(ctx, err);
}
