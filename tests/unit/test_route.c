#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/route.h"

static const struct route table[] = {
	{ HTTP_GET, "/", AUTH_ANY, NULL, NULL, 0 },
	{ HTTP_GET, "/appeal/{id}", AUTH_ANY, NULL, NULL, 0 },
	{ HTTP_POST, "/appeal/{id}/draft", AUTH_ANY, NULL, NULL, 0 },
	{ HTTP_POST, "/appeal/{id}", AUTH_ANY, NULL, NULL, 0 },
	{ HTTP_GET, "/x/{a}/{b}", AUTH_ANY, NULL, NULL, 0 },
};

static struct route_args args;
static int err;

static const struct route *find(enum http_method method, const char *path)
{
	return route_find(table, sizeof(table) / sizeof(table[0]), method, path,
			  &args, &err);
}

static void a_row_is_found_by_method_and_path(void **state)
{
	(void)state;
	assert_ptr_equal(find(HTTP_GET, "/"), &table[0]);
	assert_ptr_equal(find(HTTP_GET, "/appeal/17"), &table[1]);
	assert_string_equal(route_arg(&args, "id"), "17");
	assert_ptr_equal(find(HTTP_POST, "/appeal/17"), &table[3]);
	assert_ptr_equal(find(HTTP_POST, "/appeal/17/draft"), &table[2]);
	assert_ptr_equal(find(HTTP_GET, "/x/1/two"), &table[4]);
	assert_string_equal(route_arg(&args, "a"), "1");
	assert_string_equal(route_arg(&args, "b"), "two");
	assert_null(route_arg(&args, "c"));
}

static void nothing_else_is_found(void **state)
{
	static const char *const bad[] = {
		"",   "/appeal", "/appeal/", "/appeal/1/", "/appeal//draft",
		"//", "/x/1",    "/x//2"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(find(HTTP_GET, bad[i]));
		assert_int_equal(err, ENOENT);
	}
}

static void another_method_is_told_apart(void **state)
{
	(void)state;
	assert_null(find(HTTP_POST, "/"));
	assert_int_equal(err, ENOTSUP);
	assert_null(find(HTTP_OTHER, "/appeal/1"));
	assert_int_equal(err, ENOTSUP);
}

static void an_argument_has_a_ceiling(void **state)
{
	char path[200] = "/appeal/";

	(void)state;
	memset(path + 8, '1', ROUTE_MAX_ARG);
	assert_non_null(find(HTTP_GET, path));
	path[8 + ROUTE_MAX_ARG] = '1';
	assert_null(find(HTTP_GET, path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_found_by_method_and_path),
		cmocka_unit_test(nothing_else_is_found),
		cmocka_unit_test(another_method_is_told_apart),
		cmocka_unit_test(an_argument_has_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
