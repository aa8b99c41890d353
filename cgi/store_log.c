#include "cgi/store_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cgi/ctx.h"
#include "cgi/util.h"
#include "db/db.h"

int store_access(struct ctx *ctx, const struct access *entry)
{
	static const char sql[] =
	    "INSERT INTO access_log (at, user_id, role, organization_id,"
	    " address, action, object_type, object_id, params, result,"
	    " person_id, reason)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	enum auth_role role = auth_main_role(ctx->who->roles);
	const struct db_arg args[] = {
		DB_TIME_MS(ctx->now_ms),
		DB_ID(entry->user ? entry->user : ctx->who->id),
		DB_STR(role < ROLE_COUNT ? auth_role_code(role) : ""),
		DB_ID(ctx->who->org_id),
		DB_STR(ctx->address),
		DB_STR(entry->action),
		DB_STR(entry->object_type ? entry->object_type : ""),
		DB_STR(entry->object_id ? entry->object_id : ""),
		DB_STR(entry->params),
		DB_STR(entry->result ? entry->result : "OK"),
		DB_ID(entry->person),
		DB_STR(entry->reason ? entry->reason : ""),
	};

	return db_exec(ctx->db, sql, args, LEN(args));
}

#define FRESH_MS (10 * 60 * 1000)

int store_access_fresh(struct ctx *ctx, const struct access *entry)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM access_log WHERE user_id = ?"
	    " AND at > ? AND action = ? AND object_type = ? AND params <=> ?)";
	const struct db_arg args[] = {
		DB_U64(ctx->who->id),  DB_TIME_MS(ctx->now_ms - FRESH_MS),
		DB_STR(entry->action), DB_STR(entry->object_type),
		DB_STR(entry->params),
	};
	uint64_t known = 0;
	int err = db_number(ctx->db, sql, args, LEN(args), &known);

	return err || known ? err : store_access(ctx, entry);
}

int store_denied(struct ctx *ctx, int err, const char *object_type,
		 const char *object_id)
{
	const struct access entry = { .action = "DENY",
				      .object_type = object_type,
				      .object_id = object_id,
				      .result = "DENIED" };
	int why;

	/* what is undone would take the row with it */
	if (db_in_transaction(ctx->db))
		db_rollback(ctx->db);
	why = store_access(ctx, &entry);
	return why ? why : err;
}

int store_outbox(struct ctx *ctx, const char *kind, json_t *payload)
{
	static const char sql[] =
	    "INSERT INTO outbox (at, kind, payload) VALUES (?, ?, ?)";
	char *text = payload ? json_dumps(payload, JSON_COMPACT) : NULL;
	int err = ENOMEM;

	json_decref(payload);
	if (text) {
		const struct db_arg args[] = { DB_TIME_MS(ctx->now_ms),
					       DB_STR(kind), DB_STR(text) };

		err = db_exec(ctx->db, sql, args, LEN(args));
	}
	free(text);
	return err;
}

void store_wake(const struct ctx *ctx)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	if ((size_t)snprintf(to.sun_path, sizeof(to.sun_path), "%s/engine.sock",
			     ctx->run) < sizeof(to.sun_path))
		sendto(fd, "", 0, 0, (struct sockaddr *)&to, sizeof(to));
	close(fd);
}

int store_end(struct ctx *ctx, int err)
{
	if (!err)
		err = db_commit(ctx->db);
	if (err)
		db_rollback(ctx->db);
	else
		store_wake(ctx);
	return err;
}
