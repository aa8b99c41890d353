#include "cgi/store_edit.h"

#include <errno.h>
#include <string.h>

#include "cgi/ctx.h"
#include "cgi/util.h"
#include "db/db.h"

int store_edit_put(struct ctx *ctx, uint64_t appeal, uint32_t version,
		   const char *fields)
{
	static const char sql[] =
	    "INSERT INTO appeal_edit (appeal_id, user_id, version, fields, at)"
	    " VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
	    " version = VALUES(version), fields = VALUES(fields),"
	    " at = VALUES(at)";
	const struct db_arg args[] = {
		DB_U64(appeal), DB_U64(ctx->who->id),    DB_U64(version),
		DB_STR(fields), DB_TIME_MS(ctx->now_ms),
	};

	return db_exec(ctx->db, sql, args, LEN(args));
}

static int read_edit(const struct db_row *row, void *arg)
{
	struct edit *e = arg;

	e->version = (uint32_t)db_u64(row, 0);
	e->at_ms = db_time_ms(row, 1);
	e->fields = strdup(db_str(row, 2));
	return e->fields ? 0 : ENOMEM;
}

int store_edit_get(struct ctx *ctx, uint64_t appeal, struct edit *out)
{
	static const char sql[] = "SELECT version, at, fields FROM appeal_edit"
				  " WHERE appeal_id = ? AND user_id = ?";
	const struct db_arg args[] = { DB_U64(appeal), DB_U64(ctx->who->id) };

	return db_one(ctx->db, sql, args, LEN(args), read_edit, out);
}

int store_edit_drop(struct ctx *ctx, uint64_t appeal)
{
	static const char sql[] =
	    "DELETE FROM appeal_edit WHERE appeal_id = ? AND user_id = ?";
	const struct db_arg args[] = { DB_U64(appeal), DB_U64(ctx->who->id) };

	return db_exec(ctx->db, sql, args, LEN(args));
}
