/* GET /recording/{id}: who may hear it is asked here, the bytes come from
 * nginx. The row in the access log is written before the first of them. */
#include <errno.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/store_call.h"
#include "cgi/store_log.h"

/* Our own rows only hold such paths; a row that does not is not followed. */
static bool path_ok(const char *path)
{
	return *path && *path != '/' && !strstr(path, "..");
}

static const char *type_of(const char *path)
{
	size_t n = strlen(path);

	return n > 5 && !strcmp(path + n - 5, ".opus") ? "audio/ogg"
						       : "audio/wav";
}

static int log_play(struct ctx *ctx, const char *id, bool allowed)
{
	const struct access entry = { .action = "PLAY",
				      .object_type = "recording",
				      .object_id = id,
				      .result = allowed ? "OK" : "DENIED" };

	return store_access(ctx, &entry);
}

int page_recording(struct ctx *ctx, const struct request *req,
		   struct response *res)
{
	struct buf where = { 0 };
	struct recording r;
	char id[37];
	bool allowed;
	int err = app_arg_uuid(ctx, "id", id);

	(void)req;
	if (!err)
		err = store_recording_get(ctx->db, ctx->who, id, &r);
	if (!err && !path_ok(r.path))
		err = EIO;
	if (err)
		return respond_errno(res, err);
	allowed = auth_recording(ctx->who, r.took_part, r.own_org);
	err = log_play(ctx, id, allowed);
	if (!err && !allowed)
		err = EACCES;
	if (err)
		return respond_errno(res, err);

	buf_puts(&where, "/protected/rec/");
	http_escape_path(&where, r.path);
	if (where.failed)
		respond_errno(res, ENOMEM);
	else
		respond_empty(res, 200);
	if (!where.failed) {
		response_header(res, "X-Accel-Redirect", where.data);
		response_header(res, "Content-Type", type_of(r.path));
		response_header(res, "Content-Disposition", "inline");
	}
	buf_free(&where);
	return 0;
}
