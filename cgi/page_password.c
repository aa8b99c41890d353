/* «Смена пароля»: one's own; with a one-time password the only page there is. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/card.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/store_account.h"
#include "cgi/store_log.h"
#include "cgi/store_start.h"
#include "cgi/throttle.h"
#include "cgi/util.h"
#include "db/db.h"

#define PASSWORD_TEXT (201 * 4)

struct words {
	char old[PASSWORD_TEXT], fresh[PASSWORD_TEXT], again[PASSWORD_TEXT];
};

static int show(struct ctx *ctx, struct response *res, int status,
		const char *field, const char *key)
{
	if (field)
		view_set(view_at(ctx->page, "Invalid"), field,
			 app_text(ctx, key));
	view_set(ctx->page, "Password.Login", ctx->session.user.login);
	if (ctx->session.user.one_time)
		view_set(ctx->page, "Password.OneTime", "1");
	return respond_page(res, status);
}

/* GET /password */
int page_password(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	(void)req;
	return show(ctx, res, 200, NULL, NULL);
}

/* By the pages' own account: that of the office reads no hash. */
static int check_old(struct ctx *ctx, const char *old, bool *right)
{
	struct account_login acc = { 0 };
	int err =
	    store_account_login(ctx->app->db, ctx->session.user.login, &acc);

	return err ? err : password_check(ctx->app->run, acc.hash, old, right);
}

static int log_it(struct ctx *ctx, const char *result)
{
	char id[16];
	const struct access entry = { .action = "PASSWORD",
				      .object_type = "user",
				      .object_id = id,
				      .result = result };

	snprintf(id, sizeof(id), "%u", ctx->who->id);
	return store_access(ctx, &entry);
}

/* All sessions end; this browser gets a new one. */
static int change(struct ctx *ctx, const char *hash, char text[SESSION_TEXT])
{
	int err = db_begin(ctx->db);

	if (!err)
		err =
		    store_account_password(ctx->db, ctx->who->id, hash, false);
	if (!err)
		err = log_it(ctx, NULL);
	err = store_end(ctx, err);
	if (err)
		return err;
	return session_start(ctx->app->db, ctx->app->session_secret,
			     ctx->who->id, ctx->address, ctx->now_ms, text);
}

static int set(struct ctx *ctx, struct response *res, const struct words *w)
{
	char hash[PASSWORD_HASH_MAX], text[SESSION_TEXT], cookie[160];
	int err = password_hash(ctx->app->run, w->fresh, hash);

	if (err == EINVAL)
		return show(ctx, res, 422, "fresh", "Password.Rules");
	if (!err)
		err = change(ctx, hash, text);
	if (err)
		return respond_errno(res, err);
	snprintf(cookie, sizeof(cookie),
		 SESSION_COOKIE "=%s; Path=/; HttpOnly; Secure; "
				"SameSite=Strict",
		 text);
	response_header(res, "Set-Cookie", cookie);
	return respond_redirect(res, "%s",
				store_start_path(ctx->db, ctx->who->id));
}

static int save(struct ctx *ctx, const struct request *req,
		struct response *res, struct words *w)
{
	bool right = false;
	int err;

	if (param_text(&req->body, "old", 1, 200, w->old, sizeof(w->old)))
		return show(ctx, res, 422, "old", "Password.Wrong");
	if (param_text(&req->body, "fresh", 1, 200, w->fresh, sizeof(w->fresh)))
		return show(ctx, res, 422, "fresh", "Password.Rules");
	if (param_text(&req->body, "again", 1, 200, w->again,
		       sizeof(w->again)) ||
	    strcmp(w->fresh, w->again) != 0)
		return show(ctx, res, 422, "again", "Password.Differ");
	if (!strcmp(w->fresh, w->old))
		return show(ctx, res, 422, "fresh", "Password.Same");
	if (throttle_login(ctx->app->throttle, ctx->session.user.login,
			   ctx->address, ctx->now_ms))
		return show(ctx, res, 429, "old", "Password.Wait");
	err = check_old(ctx, w->old, &right);
	if (!err && !right)
		err = log_it(ctx, "DENIED");
	if (err)
		return respond_errno(res, err);
	if (!right)
		return show(ctx, res, 422, "old", "Password.Wrong");
	throttle_passed(ctx->app->throttle, ctx->session.user.login,
			ctx->address);
	return set(ctx, res, w);
}

/* POST /password  old, fresh, again */
int page_password_save(struct ctx *ctx, const struct request *req,
		       struct response *res)
{
	struct words w;
	int err = save(ctx, req, res, &w);

	sodium_memzero(&w, sizeof(w));
	return err;
}
