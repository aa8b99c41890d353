#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "janus-plugin/known.h"

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct cc_known));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void the_same_number_is_written_in_many_ways(void **state)
{
	(void)state;
	assert_int_equal(cc_number_key("+79001234567"), 9001234567);
	assert_int_equal(cc_number_key("8 (900) 123-45-67"), 9001234567);
	assert_int_equal(cc_number_key("anonymous"), 0);
}

static void only_a_mobile_number_is_one_persons(void **state)
{
	(void)state;
	assert_true(cc_number_personal("+79001234567"));
	assert_true(cc_number_personal("89001234567"));
	assert_true(cc_number_personal("9001234567"));
	assert_false(cc_number_personal("+78652000000")); /* an exchange */
	assert_false(cc_number_personal("+4915112345678"));
	assert_false(cc_number_personal("112"));
	assert_false(cc_number_personal(""));
}

static void a_place_given_up_is_his_once_and_for_a_time(void **state)
{
	struct cc_known *k = *state;
	int64_t since = 0;

	cc_known_left(k, "+79001234567", 1, 500, 1000);
	assert_false(
	    cc_known_return(k, "+79001234567", 2, 600000, 2000, &since));
	assert_false(
	    cc_known_return(k, "+79001234567", 1, 600000, 601001, &since));
	assert_true(
	    cc_known_return(k, "89001234567", 1, 600000, 601000, &since));
	assert_int_equal(since, 500);
	assert_false(
	    cc_known_return(k, "+79001234567", 1, 600000, 601000, &since));
}

static void nothing_is_kept_for_an_office(void **state)
{
	struct cc_known *k = *state;
	int64_t since;

	cc_known_left(k, "+78652000000", 1, 500, 1000);
	assert_false(
	    cc_known_return(k, "+78652000000", 1, 600000, 1001, &since));
}

static void who_was_served_has_no_place_to_return_to(void **state)
{
	struct cc_known *k = *state;
	int64_t since;

	cc_known_left(k, "+79001234567", 1, 500, 1000);
	cc_known_talked(k, "+79001234567", 7, 2000);
	assert_false(
	    cc_known_return(k, "+79001234567", 1, 600000, 3000, &since));
	assert_int_equal(cc_known_user(k, "+79001234567", 60000, 3000), 7);
	assert_int_equal(cc_known_user(k, "+79001234567", 999, 3000), 0);
	assert_int_equal(cc_known_user(k, "", 60000, 3000), 0);
}

/* A hundred thousand callers: the last ones are known, nothing breaks. */
static void the_oldest_make_room(void **state)
{
	struct cc_known *k = *state;
	char number[16];

	for (int i = 1; i <= 100000; i++) {
		snprintf(number, sizeof(number), "+79%09d", i);
		cc_known_talked(k, number, (uint32_t)i, i);
	}
	assert_int_equal(cc_known_user(k, number, 1000, 100000), 100000);
	assert_int_equal(cc_known_user(k, "+79000000001", 1000000, 100000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_number_is_written_in_many_ways),
		cmocka_unit_test(only_a_mobile_number_is_one_persons),
		cmocka_unit_test_setup_teardown(
		    a_place_given_up_is_his_once_and_for_a_time, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(nothing_is_kept_for_an_office,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
		    who_was_served_has_no_place_to_return_to, setup, teardown),
		cmocka_unit_test_setup_teardown(the_oldest_make_room, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("known", tests, NULL, NULL);
}
