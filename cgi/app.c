#include "cgi/app.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgi/param.h"
#include "cgi/stats.h"
#include "cgi/store_log.h"
#include "cgi/store_notice.h"
#include "cgi/store_place.h"
#include "cgi/util.h"
#include "db/db.h"

static const char csp[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; img-src 'self' data:; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'";

static int64_t now_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

const char *app_text(const struct ctx *ctx, const char *key)
{
	return view_text(ctx->view, ctx->lang, key);
}

const char *app_text_or(const struct ctx *ctx, const char *key,
			const char *other)
{
	const char *text = app_text(ctx, key);

	return strcmp(text, key) ? text : other;
}

int app_arg_u64(const struct ctx *ctx, const char *name, uint64_t *out)
{
	const char *text = route_arg(&ctx->args, name);
	uint64_t v = 0;

	if (!text || strlen(text) > 18)
		return ENOENT;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return ENOENT;
		v = v * 10 + (uint64_t)(*text - '0');
	}
	*out = v;
	return 0;
}

int app_arg_uuid(const struct ctx *ctx, const char *name, char out[37])
{
	const char *text = route_arg(&ctx->args, name);

	return text && !param_uuid(text, out) ? 0 : ENOENT;
}

struct date app_day(int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	struct date d = { 1970, 1, 1 };
	struct tm tm;

	if (localtime_r(&t, &tm))
		d = (struct date){ tm.tm_year + 1900, tm.tm_mon + 1,
				   tm.tm_mday };
	return d;
}

int64_t app_midnight(const char *date, int days)
{
	struct date d;
	struct tm tm = { .tm_isdst = -1 };

	if (date_parse(date, &d))
		return 0;
	tm.tm_year = d.year - 1900;
	tm.tm_mon = d.month - 1;
	tm.tm_mday = d.day + days;
	return (int64_t)mktime(&tm) * 1000;
}

struct date app_today(const struct ctx *ctx)
{
	return app_day(ctx->now_ms);
}

void app_time(int64_t ms, char *out, size_t size)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	out[0] = '\0';
	if (ms && localtime_r(&t, &tm))
		strftime(out, size, "%d.%m.%Y %H:%M", &tm);
}

void app_clock(int64_t ms, char *out, size_t size)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	out[0] = '\0';
	if (ms && localtime_r(&t, &tm))
		strftime(out, size, "%H:%M:%S", &tm);
}

/* ---- checks before the handler ------------------------------------------ */

static const char *cookie(const struct request *req, const char *name)
{
	const struct form_field *f = form_find(&req->cookies, name);

	return f ? f->value : "";
}

/* @return 0, ENOENT: nobody is signed in, or a database error */
static int load_session(struct ctx *ctx, const struct request *req)
{
	const char *text = cookie(req, SESSION_COOKIE);

	if (!*text)
		return ENOENT;
	return session_load(ctx->db, ctx->app->session_secret, text,
			    ctx->now_ms, !req->refresh, &ctx->session);
}

#define REGION_MS 5000 /* an administrator may change them */

static void learn_region(struct ctx *ctx)
{
	char zone[64] = "Europe/Moscow", code[64] = "26";

	if (ctx->now_ms < ctx->app->region_due ||
	    store_region(ctx->db, zone, code))
		return;
	setenv("TZ", zone, 1);
	tzset();
	copy_text(ctx->app->zone, sizeof(ctx->app->zone), zone);
	copy_text(ctx->app->region, sizeof(ctx->app->region), code);
	ctx->app->region_due = ctx->now_ms + REGION_MS;
}

void app_region_changed(struct app *app)
{
	app->region_due = 0;
}

static bool csrf_ok(const struct ctx *ctx, const struct request *req)
{
	const struct form_field *f = form_find(&req->body, "csrf");
	const char *got = *req->csrf ? req->csrf : f ? f->value : "";
	size_t len = strlen(ctx->session.csrf);

	return len && strlen(got) == len &&
	       !sodium_memcmp(got, ctx->session.csrf, len);
}

/* To the login page, and back here afterwards if it was a page. */
static int ask_login(const struct ctx *ctx, const struct request *req,
		     struct response *res)
{
	struct buf where = { 0 };

	if (ctx->route->flags & ROUTE_JSON)
		return respond_error(res, 401, NULL);
	buf_puts(&where, "/login");
	if (req->method == HTTP_GET && strcmp(req->path, "/") != 0) {
		buf_puts(&where, "?next=");
		http_escape_path(&where, req->path);
	}
	if (where.failed || !req->htmx) {
		respond_redirect(res, "%s",
				 where.failed ? "/login" : where.data);
	} else {
		/* a redirect would be followed inside #page */
		respond_error(res, 401, NULL);
		response_header(res, "HX-Redirect", where.data);
	}
	buf_free(&where);
	return 0;
}

/* With a one-time password there is one page, and the way out. */
static bool may_wait(const struct route *r)
{
	return strcmp(r->path, "/password") != 0 &&
	       strcmp(r->path, "/logout") != 0;
}

static int ask_password(const struct ctx *ctx, const struct request *req,
			struct response *res)
{
	if (ctx->route->flags & ROUTE_JSON)
		return respond_error(res, 403, "password");
	if (!req->htmx)
		return respond_redirect(res, "/password");
	respond_error(res, 403, "password");
	return response_header(res, "HX-Redirect", "/password");
}

static int refuse(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	struct access entry = {
		.action = "DENY",
		.object_type = "route",
		.object_id = ctx->route->path,
		.result = "DENIED",
	};

	(void)req;
	store_access(ctx, &entry);
	return respond_error(res, 403, NULL);
}

static int call_handler(struct ctx *ctx, const struct request *req,
			struct response *res)
{
	const struct route *r = ctx->route;
	int err;

	if (!(r->flags & ROUTE_PUBLIC)) {
		err = load_session(ctx, req);
		if (err == ENOENT)
			return ask_login(ctx, req, res);
		if (err)
			return respond_errno(res, err);
		learn_region(ctx);
		if (ctx->session.user.one_time && may_wait(r))
			return ask_password(ctx, req, res);
		if (req->method == HTTP_POST && !csrf_ok(ctx, req))
			return respond_error(res, 403, "csrf");
		if (!auth_may(ctx->who, r->need))
			return refuse(ctx, req, res);
	}
	if (r->flags & ROUTE_OFFICE)
		ctx->db = ctx->app->office;
	return r->handler(ctx, req, res);
}

/* ---- what every page has ------------------------------------------------ */

static void frame_theme(struct node *page, const struct request *req)
{
	const char *wish = cookie(req, "theme");
	bool dark = !strcmp(wish, "dark") || !strcmp(wish, "auto-dark");
	bool chosen = !strcmp(wish, "dark") || !strcmp(wish, "light");

	view_set(page, "Theme.Now", dark ? "dark" : "light");
	view_set(page, "Theme.Choice", chosen ? wish : "auto");
}

static void frame(struct ctx *ctx, const struct request *req)
{
	static const struct {
		const char *name;
		enum auth_function fn;
	} flags[] = {
		{ "May.Journal", AUTH_APPEAL_VIEW },
		{ "May.Directory", AUTH_DIRECTORY },
		{ "May.Organizations", AUTH_ORGANIZATIONS },
		{ "May.Report", AUTH_REPORT },
		{ "May.Review", AUTH_APPEAL_REVIEW },
		{ "May.Shift", AUTH_SHIFT },
		{ "May.Register", AUTH_APPEAL_REGISTER },
		{ "May.Admin", AUTH_ADMIN },
		{ "May.Settings", AUTH_SETTINGS },
		{ "May.Rules", AUTH_RULES },
		{ "May.Accounts", AUTH_ACCOUNTS },
		{ "May.Lists", AUTH_LISTS },
		{ "May.Propose", AUTH_SCENARIO_EDIT },
		{ "May.Export", AUTH_EXPORT },
	};
	const struct account *u = &ctx->session.user;
	enum auth_role role = auth_main_role(u->who.roles);
	struct node *page = ctx->page;
	uint64_t unread = 0;
	char key[64];

	view_set(page, "LangCode", ctx->lang);
	view_set(page, "Zone", ctx->app->zone);
	frame_theme(page, req);
	if (req->framed)
		view_set(page, "Framed", "1");
	if (!u->who.id)
		return;
	view_set(page, "Csrf", ctx->session.csrf);
	if (u->one_time)
		return; /* no desk yet */
	view_set_int(page, "User.Id", u->who.id);
	view_set(page, "User.Name", u->name);
	view_set(page, "User.ShortName", u->short_name);
	view_set(page, "User.Extension", u->extension);
	view_set(page, "User.Org", u->org);
	snprintf(key, sizeof(key), "Role.%s",
		 role < ROLE_COUNT ? auth_role_code(role) : "");
	view_set(page, "User.Role", app_text(ctx, key));
	view_set(page, "May.Phone",
		 auth_may(ctx->who, AUTH_PHONE) && *u->extension ? "1" : "0");
	for (size_t i = 0; i < LEN(flags); i++)
		view_set(page, flags[i].name,
			 auth_may(ctx->who, flags[i].fn) ? "1" : "0");
	/* the header is sent with whole pages only; then it tells itself.
	 * The pages of administration have another connection by now */
	if (!req->framed &&
	    !store_notices_unread(ctx->app->db, u->who.id, &unread))
		view_set_int(page, "User.Notices", (int64_t)unread);
	view_set(page, "May.Persons",
		 auth_grant(ctx->who, AUTH_APPEAL_VIEW).masked ? "0" : "1");
	view_set(page, "May.Calls",
		 auth_may(ctx->who, AUTH_CALLS_OWN) && *u->extension ? "1"
								     : "0");
}

static const char *error_key(const struct response *res)
{
	static const struct {
		int status;
		const char *key;
	} keys[] = {
		{ 400, "bad_request" }, { 401, "session" },
		{ 403, "forbidden" },   { 404, "not_found" },
		{ 405, "method" },      { 409, "conflict" },
		{ 413, "too_large" },   { 415, "bad_request" },
		{ 422, "invalid" },     { 429, "too_many" },
		{ 503, "db" },
	};

	if (res->why)
		return res->why;
	for (size_t i = 0; i < LEN(keys); i++)
		if (keys[i].status == res->status)
			return keys[i].key;
	return "internal";
}

static void error_body(struct ctx *ctx, struct response *res)
{
	static const char *const parts[] = { "Title", "Text", "Next" };
	const char *key = error_key(res);
	char name[96];

	if (ctx->route && ctx->route->flags & ROUTE_JSON) {
		response_header(res, "Content-Type",
				"application/json; charset=utf-8");
		buf_printf(&res->body, "{\"error\":\"%s\"}\n", key);
		return;
	}
	for (size_t i = 0; i < LEN(parts); i++) {
		snprintf(name, sizeof(name), "Error.%s.%s", key, parts[i]);
		view_set(view_at(ctx->page, "Error"), parts[i],
			 app_text(ctx, name));
	}
	view_set(ctx->page, "Error.Key", key);
	response_header(res, "Content-Type", "text/html; charset=utf-8");
	if (view_render(ctx->view, "error", ctx->lang, ctx->page, &res->body)) {
		buf_clear(&res->body);
		buf_puts(&res->body, http_reason(res->status));
	}
}

static void render(struct ctx *ctx, struct response *res)
{
	int err = view_render(ctx->view, ctx->route->view, ctx->lang, ctx->page,
			      &res->body);

	if (err) {
		respond_errno(res, err);
		error_body(ctx, res);
		return;
	}
	response_header(res, "Content-Type", "text/html; charset=utf-8");
}

/* Our own faults, by route: no address and no value of a citizen's. */
static void log_fault(const struct ctx *ctx, const struct response *res)
{
	const char *path = ctx->route ? ctx->route->path : "?";
	const char *why = db_error(ctx->db);

	if (res->status >= 500 && !res->body.len)
		fprintf(stderr, "otklik-pages: %d %s%s%s\n", res->status, path,
			*why ? ", last of the database: " : "", why);
}

static void finish(struct ctx *ctx, const struct request *req,
		   struct response *res)
{
	bool error = res->status >= 400 && !res->body.len && !res->render;

	if (res->render || error)
		frame(ctx, req);
	if (res->render)
		render(ctx, res);
	else if (error)
		error_body(ctx, res);
	response_header(res, "Content-Security-Policy", csp);
	response_header(res, "X-Content-Type-Options", "nosniff");
	response_header(res, "X-Frame-Options", "DENY");
	response_header(res, "Referrer-Policy", "same-origin");
	response_header(res, "Cross-Origin-Opener-Policy", "same-origin");
	response_header(res, "Permissions-Policy",
			"microphone=(self), speaker-selection=(self), "
			"camera=(), geolocation=()");
	response_header(res, "Cache-Control", "no-store");
	if (res->status == 503 &&
	    !(res->head.data && strstr(res->head.data, "Retry-After: ")))
		response_header(res, "Retry-After", "10");
}

void app_handle(struct app *app, int err, const struct request *req,
		struct response *res)
{
	int64_t began = now_us(CLOCK_MONOTONIC);
	struct ctx ctx = {
		.app = app,
		.db = app->db,
		.view = app->view,
		.now_ms = now_us(CLOCK_REALTIME) / 1000,
		.lang = view_lang(app->view, cookie(req, "lang")),
		.address = req->address,
		.run = app->run,
		.page = view_page(),
	};

	ctx.who = &ctx.session.user.who;
	if (!err)
		ctx.route = route_find(app->routes, app->route_count,
				       req->method, req->path, &ctx.args, &err);
	if (err) {
		respond_errno(res, err);
		/* only for the frame of the error page */
		load_session(&ctx, req);
	} else {
		call_handler(&ctx, req, res);
	}
	if (!res->status)
		respond_error(res, 500, NULL);
	log_fault(&ctx, res);
	finish(&ctx, req, res);
	view_page_free(&ctx.page);
	stats_add(app->stats, res->status, now_us(CLOCK_MONOTONIC) - began);
}
