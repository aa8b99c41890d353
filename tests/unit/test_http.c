#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/http.h"

static struct request req;
static char body[256];

static int request(const char *method, const char *path, const char *query,
		   const char *type, const char *text)
{
	static char lines[4][400];
	static char address[] = "REMOTE_ADDR=10.0.0.1",
		    cookie[] = "HTTP_COOKIE=lang=en; otklik_session=abc",
		    htmx[] = "HTTP_HX_REQUEST=true",
		    target[] = "HTTP_HX_TARGET=page";
	char *env[] = { lines[0], lines[1], lines[2], lines[3], address,
			cookie,   htmx,     target,   NULL };

	strcpy(lines[0], "REQUEST_METHOD=");
	strcat(lines[0], method);
	strcpy(lines[1], "DOCUMENT_URI=");
	strcat(lines[1], path);
	strcpy(lines[2], "QUERY_STRING=");
	strcat(lines[2], query);
	strcpy(lines[3], "CONTENT_TYPE=");
	strcat(lines[3], type);
	strcpy(body, text);
	return http_request(&req, env, body, strlen(text));
}

static void a_form_is_read(void **state)
{
	(void)state;
	assert_int_equal(request("POST", "/appeal/7", "q=%D0%B6",
				 "application/x-www-form-urlencoded; x=y",
				 "a=1&b=2"),
			 0);
	assert_int_equal(req.method, HTTP_POST);
	assert_string_equal(req.path, "/appeal/7");
	assert_string_equal(req.address, "10.0.0.1");
	assert_string_equal(form_find(&req.query, "q")->value, "ж");
	assert_string_equal(form_find(&req.body, "b")->value, "2");
	assert_string_equal(form_find(&req.cookies, "lang")->value, "en");
	assert_true(req.framed);
}

static void head_is_get_without_a_body(void **state)
{
	(void)state;
	assert_int_equal(request("HEAD", "/", "", "", ""), 0);
	assert_int_equal(req.method, HTTP_GET);
	assert_true(req.head);
	assert_int_equal(request("DELETE", "/", "", "", ""), 0);
	assert_int_equal(req.method, HTTP_OTHER);
}

static void json_stays_as_it_came(void **state)
{
	(void)state;
	assert_int_equal(
	    request("POST", "/x", "", "application/json", "{\"a\":\"%20\"}"),
	    0);
	assert_string_equal(req.json, "{\"a\":\"%20\"}");
	assert_int_equal(req.body.count, 0);
}

static void a_body_of_another_type_is_refused(void **state)
{
	(void)state;
	assert_int_equal(request("POST", "/x", "", "text/xml", "<a/>"),
			 EPROTONOSUPPORT);
	assert_int_equal(request("POST", "/x", "", "application/jsonx", "{}"),
			 EPROTONOSUPPORT);
}

static void cookies_are_read_even_if_the_query_is_broken(void **state)
{
	(void)state;
	assert_int_equal(request("GET", "/", "q=%", "", ""), EBADMSG);
	assert_string_equal(form_find(&req.cookies, "otklik_session")->value,
			    "abc");
}

static void cookies_beyond_the_room_cost_nothing(void **state)
{
	static char cookie[HTTP_MAX_COOKIE + 100] =
	    "HTTP_COOKIE=otklik_session=abc; big=";
	static char method[] = "REQUEST_METHOD=GET", uri[] = "DOCUMENT_URI=/";
	char *env[] = { method, uri, cookie, NULL };

	(void)state;
	memset(cookie + strlen(cookie), 'x', HTTP_MAX_COOKIE);
	assert_int_equal(http_request(&req, env, body, 0), 0);
	assert_int_equal(req.cookies.count, 1);
	assert_string_equal(form_find(&req.cookies, "otklik_session")->value,
			    "abc");
}

static void a_header_cannot_be_split(void **state)
{
	struct response res = { 0 };

	(void)state;
	assert_int_equal(response_header(&res, "A", "b\r\nSet-Cookie: x=1"),
			 EINVAL);
	assert_int_equal(response_header(&res, "A", "b\nc"), EINVAL);
	assert_int_equal(res.head.len, 0);
	assert_int_equal(response_header(&res, "A", "b"), 0);
	assert_string_equal(res.head.data, "A: b\r\n");
	response_free(&res);
}

static void redirects_stay_here(void **state)
{
	static const char *const bad[] = { "//evil", "/\\evil", "https://evil",
					   "", "/a\r\nb" };
	struct response res = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		respond_redirect(&res, "%s", bad[i]);
		assert_int_equal(res.status, 500);
	}
	respond_redirect(&res, "/appeal/%d", 5);
	assert_int_equal(res.status, 303);
	assert_string_equal(res.head.data, "Location: /appeal/5\r\n");
	response_free(&res);
}

static void every_error_has_a_status(void **state)
{
	(void)state;
	assert_int_equal(http_status(ENOENT), 404);
	assert_int_equal(http_status(EACCES), 403);
	assert_int_equal(http_status(ESTALE), 409);
	assert_int_equal(http_status(EINVAL), 422);
	assert_int_equal(http_status(ENOTCONN), 503);
	assert_int_equal(http_status(ETIMEDOUT), 503);
	assert_int_equal(http_status(E2BIG), 413);
	assert_int_equal(http_status(EIO), 500);
}

static void paths_are_escaped(void **state)
{
	struct buf out = { 0 };

	(void)state;
	http_escape_path(&out, "2026/11/a b%?.wav");
	assert_string_equal(out.data, "2026/11/a%20b%25%3F.wav");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_is_read),
		cmocka_unit_test(head_is_get_without_a_body),
		cmocka_unit_test(json_stays_as_it_came),
		cmocka_unit_test(a_body_of_another_type_is_refused),
		cmocka_unit_test(cookies_are_read_even_if_the_query_is_broken),
		cmocka_unit_test(cookies_beyond_the_room_cost_nothing),
		cmocka_unit_test(a_header_cannot_be_split),
		cmocka_unit_test(redirects_stay_here),
		cmocka_unit_test(every_error_has_a_status),
		cmocka_unit_test(paths_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
