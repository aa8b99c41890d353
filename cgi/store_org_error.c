#include "cgi/store_org_error.h"

#include <errno.h>
#include <stdio.h>

#include "cgi/ctx.h"
#include "cgi/session.h"
#include "cgi/store_log.h"
#include "cgi/store_notice.h"
#include "cgi/util.h"
#include "db/db.h"

static int log_it(struct ctx *ctx, const char *action, const char *type,
		  uint64_t id)
{
	char text[24];
	const struct access entry = { .action = action,
				      .object_type = type,
				      .object_id = text };

	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	return store_access(ctx, &entry);
}

int store_org_error_put(struct ctx *ctx, uint32_t org, const char *text)
{
	static const char sql[] =
	    "INSERT INTO organization_error (organization_id, entry, user_id,"
	    " at, text) SELECT id, short_name, ?, ?, ? FROM organization"
	    " WHERE id = ?";
	const struct db_arg args[] = { DB_U64(ctx->who->id),
				       DB_TIME_MS(ctx->now_ms), DB_STR(text),
				       DB_U64(org) };
	int err = db_begin(ctx->db);

	if (!err)
		err = db_exec(ctx->db, sql, args, LEN(args));
	if (!err && db_affected(ctx->db) != 1)
		err = ENOENT;
	if (!err)
		err = log_it(ctx, "ERROR_REPORT", "organization", org);
	if (!err)
		err = store_notice_admins(ctx->db, ctx->now_ms, ctx->who->id,
					  "ORG_ERROR");
	return store_end(ctx, err);
}

struct walk {
	int (*each)(void *arg, const struct org_error *e);
	void *arg;
};

static int read_error(const struct db_row *row, void *arg)
{
	const struct walk *w = arg;
	struct org_error e = { .org = 0 };

	e.id = (uint32_t)db_u64(row, 0);
	if (!db_is_null(row, 1))
		e.org = (uint32_t)db_u64(row, 1);
	db_copy(row, 2, e.entry, sizeof(e.entry));
	db_copy(row, 3, e.text, sizeof(e.text));
	db_copy(row, 4, e.state, sizeof(e.state));
	e.at_ms = db_time_ms(row, 5);
	session_short_name(db_str(row, 6), db_str(row, 7), db_str(row, 8),
			   e.who, sizeof(e.who));
	if (!db_is_null(row, 9)) {
		e.decided_ms = db_time_ms(row, 9);
		session_short_name(db_str(row, 10), db_str(row, 11),
				   db_str(row, 12), e.decider,
				   sizeof(e.decider));
	}
	return w->each(w->arg, &e);
}

int store_org_errors(struct ctx *ctx,
		     int (*each)(void *arg, const struct org_error *e),
		     void *arg)
{
	static const char sql[] =
	    "SELECT e.id, e.organization_id, e.entry, e.text, e.state, e.at,"
	    " u.surname, u.given_name, u.patronymic, e.decided_at, d.surname,"
	    " d.given_name, d.patronymic FROM organization_error e"
	    " JOIN user_account u ON u.id = e.user_id"
	    " LEFT JOIN user_account d ON d.id = e.decided_by"
	    " ORDER BY e.state <> 'NEW', e.at DESC, e.id DESC LIMIT ?";
	const struct db_arg args[] = { DB_U64(ORG_ERRORS_SHOWN + 1) };
	struct walk w = { each, arg };

	return db_each(ctx->db, sql, args, LEN(args), read_error, &w);
}

int store_org_error_decide(struct ctx *ctx, uint64_t id, const char *state)
{
	static const char sql[] =
	    "UPDATE organization_error SET state = ?, decided_by = ?,"
	    " decided_at = ? WHERE id = ? AND state = 'NEW'";
	static const char there[] =
	    "SELECT id FROM organization_error WHERE id = ?";
	const struct db_arg args[] = { DB_STR(state), DB_U64(ctx->who->id),
				       DB_TIME_MS(ctx->now_ms), DB_U64(id) };
	const struct db_arg key[] = { DB_U64(id) };
	uint64_t found;
	int err = db_begin(ctx->db);

	if (!err)
		err = db_number(ctx->db, there, key, LEN(key), &found);
	if (!err)
		err = db_exec(ctx->db, sql, args, LEN(args));
	if (!err && db_affected(ctx->db) != 1)
		err = ESTALE;
	if (!err)
		err = log_it(ctx, state, "organization_error", id);
	return store_end(ctx, err);
}
