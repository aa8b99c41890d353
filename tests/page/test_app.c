/* The way of every request, with handlers of the test's own and a database
 * that is not there. Run from the root: the templates are the real ones. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/app.h"
#include "cgi/util.h"
#include "db/db.h"

static struct app app;
static struct request req;
static struct response res;
static int called;

static int says_hello(struct ctx *ctx, const struct request *r,
		      struct response *out)
{
	(void)ctx;
	(void)r;
	called++;
	return respond_text(out, 200, "text/plain", "hello");
}

static int says_nothing(struct ctx *ctx, const struct request *r,
			struct response *out)
{
	(void)ctx;
	(void)r;
	(void)out;
	return 0;
}

static int shows_its_argument(struct ctx *ctx, const struct request *r,
			      struct response *out)
{
	uint64_t id = 0;
	char text[32];

	(void)r;
	if (app_arg_u64(ctx, "id", &id))
		return respond_errno(out, ENOENT);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	return respond_text(out, 200, "text/plain", text);
}

static int fails(struct ctx *ctx, const struct request *r, struct response *out)
{
	(void)ctx;
	(void)r;
	return respond_errno(out, ESTALE);
}

static int renders_what_is_not_there(struct ctx *ctx, const struct request *r,
				     struct response *out)
{
	(void)ctx;
	(void)r;
	return respond_page(out, 200);
}

static const struct route table[] = {
	{ HTTP_GET, "/open", AUTH_ANY, says_hello, NULL, ROUTE_PUBLIC },
	{ HTTP_GET, "/silent", AUTH_ANY, says_nothing, NULL, ROUTE_PUBLIC },
	{ HTTP_GET, "/id/{id}", AUTH_ANY, shows_its_argument, NULL,
	  ROUTE_PUBLIC },
	{ HTTP_GET, "/fails", AUTH_ANY, fails, NULL, ROUTE_PUBLIC },
	{ HTTP_GET, "/json", AUTH_ANY, fails, NULL, ROUTE_PUBLIC | ROUTE_JSON },
	{ HTTP_GET, "/lost", AUTH_ANY, renders_what_is_not_there, "nosuch",
	  ROUTE_PUBLIC },
	{ HTTP_GET, "/closed", AUTH_ANY, says_hello, NULL, 0 },
	{ HTTP_GET, "/api", AUTH_ANY, says_hello, NULL, ROUTE_JSON },
};

static int start(void **state)
{
	const struct db_conf conf = { .socket = "/nonexistent/db.sock",
				      .user = "web",
				      .password = "x",
				      .database = "otklik" };
	struct buf why = { 0 };
	int err;

	(void)state;
	app.routes = table;
	app.route_count = LEN(table);
	err = view_open(&app.view, "templates", &why);
	buf_free(&why);
	return err ? err : db_new(&app.db, &conf);
}

static int stop(void **state)
{
	(void)state;
	response_free(&res);
	db_close(&app.db);
	view_close(&app.view);
	return 0;
}

static void get(const char *path, const char *cookie, bool htmx)
{
	static char lines[4][300];
	char *env[] = { lines[0], lines[1], lines[2], lines[3], NULL };
	char nothing[1];
	int err;

	strcpy(lines[0], "REQUEST_METHOD=GET");
	snprintf(lines[1], sizeof(lines[1]), "DOCUMENT_URI=%s", path);
	snprintf(lines[2], sizeof(lines[2]), "HTTP_COOKIE=%s", cookie);
	snprintf(lines[3], sizeof(lines[3]), "HTTP_HX_REQUEST=%s",
		 htmx ? "true" : "");
	response_free(&res);
	memset(&res, 0, sizeof(res));
	called = 0;
	err = http_request(&req, env, nothing, 0);
	app_handle(&app, err, &req, &res);
}

static const char *body(void)
{
	return res.body.data ? res.body.data : "";
}

static bool header(const char *line)
{
	return res.head.data && strstr(res.head.data, line);
}

#define COOKIE                             \
	"otklik_session="                  \
	"0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"

static void a_public_row_answers_without_the_database(void **state)
{
	(void)state;
	get("/open", "", false);
	assert_int_equal(res.status, 200);
	assert_string_equal(body(), "hello");
	assert_true(header("Content-Security-Policy: default-src 'none'"));
	assert_true(header("X-Content-Type-Options: nosniff\r\n"));
	assert_true(header("Cache-Control: no-store\r\n"));
}

static void arguments_reach_the_handler(void **state)
{
	(void)state;
	get("/id/42", "", false);
	assert_string_equal(body(), "42");
	get("/id/-1", "", false);
	assert_int_equal(res.status, 404);
	get("/id/9999999999999999999", "", false);
	assert_int_equal(res.status, 404);
}

static void errors_are_pages_that_say_what_to_do(void **state)
{
	(void)state;
	get("/nowhere", "", false);
	assert_int_equal(res.status, 404);
	assert_non_null(strstr(body(), "Не найдено"));
	assert_non_null(strstr(body(), "href=\"/login\""));
	get("/fails", "lang=en", false);
	assert_int_equal(res.status, 409);
	assert_non_null(strstr(body(), "Already changed"));
	get("/json", "", false);
	assert_int_equal(res.status, 409);
	assert_string_equal(body(), "{\"error\":\"conflict\"}\n");
}

static void a_silent_handler_or_a_lost_page_is_our_fault(void **state)
{
	(void)state;
	get("/silent", "", false);
	assert_int_equal(res.status, 500);
	get("/lost", "", false);
	assert_true(res.status >= 400);
	assert_non_null(strstr(body(), "</html>"));
}

static void nobody_is_sent_to_the_login(void **state)
{
	(void)state;
	get("/closed", "", false);
	assert_int_equal(res.status, 303);
	assert_true(header("Location: /login?next=/closed\r\n"));
	get("/closed", "", true);
	assert_int_equal(res.status, 401);
	assert_true(header("HX-Redirect: /login?next=/closed\r\n"));
	get("/api", "", false);
	assert_int_equal(res.status, 401);
	assert_string_equal(body(), "{\"error\":\"session\"}\n");
	assert_int_equal(called, 0);
}

static void a_cookie_of_another_shape_asks_no_database(void **state)
{
	(void)state;
	get("/closed", "otklik_session=short", false);
	assert_int_equal(res.status, 303);
}

static void without_the_database_nobody_gets_in(void **state)
{
	(void)state;
	get("/closed", COOKIE, false);
	assert_int_equal(res.status, 503);
	assert_non_null(strstr(body(), "База данных недоступна"));
	assert_true(header("Retry-After: 10\r\n"));
	get("/api", COOKIE, false);
	assert_int_equal(res.status, 503);
	assert_string_equal(body(), "{\"error\":\"db\"}\n");
	assert_int_equal(called, 0);
}

static void short_names_keep_letters_whole(void **state)
{
	char out[64];

	(void)state;
	session_short_name("Иванова", "Анна", "Петровна", out, sizeof(out));
	assert_string_equal(out, "Иванова А. П.");
	session_short_name("Li", "", NULL, out, sizeof(out));
	assert_string_equal(out, "Li");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_public_row_answers_without_the_database),
		cmocka_unit_test(arguments_reach_the_handler),
		cmocka_unit_test(errors_are_pages_that_say_what_to_do),
		cmocka_unit_test(a_silent_handler_or_a_lost_page_is_our_fault),
		cmocka_unit_test(nobody_is_sent_to_the_login),
		cmocka_unit_test(a_cookie_of_another_shape_asks_no_database),
		cmocka_unit_test(without_the_database_nobody_gets_in),
		cmocka_unit_test(short_names_keep_letters_whole),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
