/* «Авторизация»: the form, the way in and the way out. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/store_account.h"
#include "cgi/store_log.h"
#include "cgi/store_start.h"
#include "cgi/throttle.h"
#include "cgi/util.h"
#include "db/db.h"

#define DOOR_COOKIE "otklik_login"
#define DOOR_TEXT   33
#define CODE_TEXT   65

/* The form's code proves that its page came from us: it is the keyed hash of
 * a cookie that another site can neither read nor set. */
static void code_of(const struct ctx *ctx, const char *cookie,
		    char out[CODE_TEXT])
{
	unsigned char mac[32];

	crypto_auth_hmacsha256(mac, (const unsigned char *)cookie,
			       strlen(cookie), ctx->app->csrf_secret);
	sodium_bin2hex(out, CODE_TEXT, mac, sizeof(mac));
}

static const char *door_cookie(const struct request *req)
{
	const struct form_field *f = form_find(&req->cookies, DOOR_COOKIE);

	return f && f->len == DOOR_TEXT - 1 ? f->value : NULL;
}

/* Only a path of ours may be returned to. */
static const char *next_path(const struct form *form)
{
	const struct form_field *f = form_find(form, "next");

	if (!f || f->value[0] != '/' || f->value[1] == '/' ||
	    f->value[1] == '\\' || f->len > 200)
		return "/";
	for (const char *p = f->value; *p; p++)
		if ((unsigned char)*p <= ' ')
			return "/";
	return f->value;
}

static int show(struct ctx *ctx, const struct request *req,
		struct response *res, int status, const char *message,
		const char *login)
{
	const char *have = door_cookie(req);
	char door[DOOR_TEXT], code[CODE_TEXT], cookie[160];
	unsigned char raw[16];

	if (have) {
		copy_text(door, sizeof(door), have);
	} else {
		randombytes_buf(raw, sizeof(raw));
		sodium_bin2hex(door, sizeof(door), raw, sizeof(raw));
		snprintf(cookie, sizeof(cookie),
			 DOOR_COOKIE "=%s; Path=/login; HttpOnly; Secure; "
				     "SameSite=Strict",
			 door);
		response_header(res, "Set-Cookie", cookie);
	}
	code_of(ctx, door, code);
	view_set(ctx->page, "Csrf", code);
	view_set(ctx->page, "Login.Name", login);
	view_set(
	    ctx->page, "Login.Next",
	    next_path(req->method == HTTP_POST ? &req->body : &req->query));
	if (message)
		view_set(ctx->page, "Login.Message", app_text(ctx, message));
	return respond_page(res, status);
}

int page_login(struct ctx *ctx, const struct request *req, struct response *res)
{
	return show(ctx, req, res, 200, NULL, "");
}

static bool code_fits(const struct ctx *ctx, const struct request *req)
{
	const struct form_field *f = form_find(&req->body, "csrf");
	const char *door = door_cookie(req);
	char code[CODE_TEXT];

	if (!door || !f || f->len != CODE_TEXT - 1)
		return false;
	code_of(ctx, door, code);
	return !sodium_memcmp(code, f->value, CODE_TEXT - 1);
}

static void log_login(struct ctx *ctx, uint32_t user, const char *result)
{
	const struct access entry = { .action = "LOGIN",
				      .object_type = "session",
				      .result = result,
				      .user = user };

	store_access(ctx, &entry);
}

static int tell(struct ctx *ctx, const char *kind, uint32_t user)
{
	return store_outbox(ctx, kind,
			    json_pack("{s:I}", "user", (json_int_t)user));
}

/* One more wrong password. An account it blocks and the word that ends what
 * it still has open are written together or not at all. */
static int failed(struct ctx *ctx, uint32_t user, bool *blocked)
{
	int err = db_begin(ctx->db);

	if (!err)
		err = store_account_failed(ctx->db, user, blocked);
	if (!err && *blocked)
		err = tell(ctx, "user_changed", user);
	if (!err && *blocked)
		err = tell(ctx, "logout", user);
	if (!err)
		err = db_commit(ctx->db);
	if (err)
		db_rollback(ctx->db);
	else if (*blocked)
		store_wake(ctx);
	return err;
}

/* 0: the password is right. EACCES: it is not. EPERM: blocked. */
static int check(struct ctx *ctx, const char *login, const char *password,
		 uint32_t *user)
{
	struct account_login acc = { 0 };
	bool right = false, blocked = false;
	int err = store_account_login(ctx->db, login, &acc);

	if (err && err != ENOENT)
		return err;
	err = password_check(ctx->app->run, err ? NULL : acc.hash, password,
			     &right);
	if (err)
		return err;
	*user = acc.id;
	if (acc.blocked)
		return EPERM;
	if (right)
		return store_account_passed(ctx->db, acc.id);
	if (!acc.id)
		return EACCES;
	err = failed(ctx, acc.id, &blocked);
	return err ? err : blocked ? EPERM : EACCES;
}

static int enter(struct ctx *ctx, const struct request *req,
		 struct response *res, uint32_t user)
{
	char text[SESSION_TEXT], cookie[160];
	const char *next;
	int err = session_start(ctx->db, ctx->app->session_secret, user,
				ctx->address, ctx->now_ms, text);

	if (err)
		return respond_errno(res, err);
	log_login(ctx, user, "OK");
	snprintf(cookie, sizeof(cookie),
		 SESSION_COOKIE "=%s; Path=/; HttpOnly; Secure; "
				"SameSite=Strict",
		 text);
	response_header(res, "Set-Cookie", cookie);
	next = next_path(&req->body);
	if (!strcmp(next, "/"))
		next = store_start_path(ctx->db, user);
	return respond_redirect(res, "%s", next);
}

int page_login_enter(struct ctx *ctx, const struct request *req,
		     struct response *res)
{
	char login[41 * 4], password[201 * 4], seconds[16];
	uint32_t user = 0;
	unsigned wait;
	int err;

	if (!code_fits(ctx, req))
		return show(ctx, req, res, 403, "Msg.LoginStale", "");
	if (param_text(&req->body, "login", 1, 40, login, sizeof(login)) ||
	    param_text(&req->body, "password", 1, 200, password,
		       sizeof(password)))
		return show(ctx, req, res, 422, "Msg.M01", "");

	wait = throttle_login(ctx->app->throttle, login, ctx->address,
			      ctx->now_ms);
	if (wait) {
		snprintf(seconds, sizeof(seconds), "%u", wait);
		response_header(res, "Retry-After", seconds);
		return show(ctx, req, res, 429, "Msg.Wait", login);
	}
	err = check(ctx, login, password, &user);
	sodium_memzero(password, sizeof(password));
	if (err == EACCES || err == EPERM) {
		log_login(ctx, user, err == EPERM ? "BLOCKED" : "DENIED");
		return show(ctx, req, res, 422,
			    err == EPERM ? "Msg.M02" : "Msg.M01", login);
	}
	if (err)
		return respond_errno(res, err);
	throttle_passed(ctx->app->throttle, login, ctx->address);
	return enter(ctx, req, res, user);
}

int page_logout(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	const struct access entry = { .action = "LOGOUT",
				      .object_type = "session" };
	char id[SESSION_NAME];
	int err = db_begin(ctx->db);

	(void)req;
	session_name(&ctx->session, id);
	if (!err)
		err = session_end(ctx->db, &ctx->session, ctx->now_ms);
	if (!err)
		err = store_access(ctx, &entry);
	if (!err)
		err = store_outbox(ctx, "logout",
				   json_pack("{s:I, s:s}", "user",
					     (json_int_t)ctx->who->id,
					     "session", id));
	if (!err)
		err = db_commit(ctx->db);
	if (err) {
		db_rollback(ctx->db);
		return respond_errno(res, err);
	}
	store_wake(ctx);
	response_header(res, "Set-Cookie",
			SESSION_COOKIE "=; Path=/; HttpOnly; Secure; "
				       "SameSite=Strict; Max-Age=0");
	return respond_redirect(res, "/login");
}

/* Where the form stood: of another site's address only the path counts, and
 * that is ours. */
static const char *came_from(const struct request *req)
{
	const char *host = strstr(req->referer, "://");
	const char *path = host ? strchr(host + 3, '/') : NULL;

	if (!path || path[1] == '/' || path[1] == '\\')
		return "/";
	return path;
}

/* No code is asked for: the worst a stranger could do is change a language. */
int page_lang(struct ctx *ctx, const struct request *req, struct response *res)
{
	const struct form_field *f = form_find(&req->body, "lang");
	char cookie[96];

	snprintf(cookie, sizeof(cookie),
		 "lang=%s; Path=/; Max-Age=31536000; Secure; SameSite=Strict",
		 view_lang(ctx->view, f ? f->value : ""));
	response_header(res, "Set-Cookie", cookie);
	return respond_redirect(res, "%s", came_from(req));
}
