#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "janus-plugin/util.h"

static void a_name_too_long_is_cut_between_letters(void **state)
{
	char buf[6];

	(void)state;
	assert_true(cc_copy(buf, sizeof(buf), "Ян"));
	assert_string_equal(buf, "Ян");
	assert_false(cc_copy(buf, sizeof(buf), "Яна"));
	assert_string_equal(buf, "Ян");
	assert_false(cc_copy(buf, sizeof(buf), "aЯна"));
	assert_string_equal(buf, "aЯн");
	assert_false(cc_copy(buf, sizeof(buf), "abcdeЯ"));
	assert_string_equal(buf, "abcde");
	assert_false(cc_copy(buf, 2, "Я"));
	assert_string_equal(buf, "");
	assert_true(cc_copy(buf, sizeof(buf), NULL));
	assert_string_equal(buf, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_too_long_is_cut_between_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
