#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "cgi/deadline.h"

static void days_agree_with_the_c_library(void **state)
{
	struct tm tm;

	(void)state;
	for (int64_t day = -40000; day < 80000; day += 13) {
		time_t t = (time_t)(day * 86400);
		struct date d = date_of_days(day);

		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(d.year, tm.tm_year + 1900);
		assert_int_equal(d.month, tm.tm_mon + 1);
		assert_int_equal(d.day, tm.tm_mday);
		assert_true(date_to_days(d) == day);
		assert_int_equal(date_weekday(d) % 7, tm.tm_wday);
	}
}

static void only_days_that_exist_are_valid(void **state)
{
	(void)state;
	assert_true(date_valid(2024, 2, 29));
	assert_false(date_valid(2023, 2, 29));
	assert_false(date_valid(1900, 2, 29));
	assert_true(date_valid(2000, 2, 29));
	assert_false(date_valid(2026, 4, 31));
	assert_false(date_valid(2026, 13, 1));
	assert_false(date_valid(2026, 0, 1));
	assert_false(date_valid(2026, 1, 0));
	assert_false(date_valid(1849, 1, 1));
	assert_false(date_valid(2200, 1, 1));
}

static void text_is_parsed_whole_or_not(void **state)
{
	static const char *const bad[] = { "2026-11-2",  "2026-11-241",
					   "2026/11/24", "2026-11-31",
					   "",           "24.11.2026" };
	struct date d = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(date_parse(bad[i], &d), EINVAL);
		assert_int_equal(d.year, 1);
	}
	assert_int_equal(date_parse("2026-11-24", &d), 0);
	assert_int_equal(d.month, 11);
}

static void a_date_is_written_as_it_is_read(void **state)
{
	struct date d;
	char text[11];

	(void)state;
	date_text((struct date){ 2026, 3, 4 }, text);
	assert_string_equal(text, "2026-03-04");
	assert_int_equal(date_parse(text, &d), 0);
	assert_true(d.year == 2026 && d.month == 3 && d.day == 4);
}

static void a_term_counts_calendar_days(void **state)
{
	struct date due = deadline_due((struct date){ 2026, 12, 15 }, 30);

	(void)state;
	assert_int_equal(due.year, 2027);
	assert_int_equal(due.month, 1);
	assert_int_equal(due.day, 14);
}

static void the_last_day_is_still_in_time(void **state)
{
	struct date due = { 2026, 11, 24 };

	(void)state;
	assert_false(deadline_overdue(due, (struct date){ 2026, 11, 24 }));
	assert_true(deadline_overdue(due, (struct date){ 2026, 11, 25 }));
	assert_false(deadline_overdue(due, (struct date){ 2025, 12, 31 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_agree_with_the_c_library),
		cmocka_unit_test(only_days_that_exist_are_valid),
		cmocka_unit_test(text_is_parsed_whole_or_not),
		cmocka_unit_test(a_date_is_written_as_it_is_read),
		cmocka_unit_test(a_term_counts_calendar_days),
		cmocka_unit_test(the_last_day_is_still_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
