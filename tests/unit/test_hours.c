#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>

#include <cmocka.h>

#include "janus-plugin/hours.h"

/* 9:00-13:00 and 14:00-18:00, Monday to Friday */
static const struct cc_hours office = {
	.intervals = { { 1, 540, 780 },
		       { 1, 840, 1080 },
		       { 2, 540, 1080 },
		       { 3, 540, 1080 },
		       { 4, 540, 1080 },
		       { 5, 540, 1080 } },
	.count = 6,
};

static int64_t at(const char *date, int hour, int minute)
{
	int32_t day;

	assert_int_equal(cc_hours_day(&day, date), 0);
	return (int64_t)day * 86400 + hour * 3600 + minute * 60;
}

static void dates_are_counted(void **state)
{
	int32_t day;

	(void)state;
	assert_int_equal(cc_hours_day(&day, "1970-01-01"), 0);
	assert_int_equal(day, 0);
	assert_int_equal(cc_hours_day(&day, "2000-03-01"), 0);
	assert_int_equal(day, 11017);
	assert_int_equal(cc_hours_day(&day, "2026-11-24"), 0);
	assert_int_equal(day, 20781);
	assert_int_equal(at("2028-03-01", 0, 0) - at("2028-02-28", 0, 0),
			 2 * 86400);
	assert_int_equal(cc_hours_day(&day, "2026-13-01"), EINVAL);
	assert_int_equal(cc_hours_day(&day, "2026-1"), EINVAL);
	assert_int_equal(cc_hours_day(&day, "2026-01-01x"), EINVAL);
}

static void opening_is_inside_closing_is_not(void **state)
{
	(void)state;
	/* 2026-11-23 is a Monday */
	assert_false(cc_hours_open(&office, NULL, 0, at("2026-11-23", 8, 59)));
	assert_true(cc_hours_open(&office, NULL, 0, at("2026-11-23", 9, 0)));
	assert_true(cc_hours_open(&office, NULL, 0, at("2026-11-23", 12, 59)));
	assert_false(cc_hours_open(&office, NULL, 0, at("2026-11-23", 13, 0)));
	assert_true(cc_hours_open(&office, NULL, 0, at("2026-11-23", 14, 0)));
	assert_false(cc_hours_open(&office, NULL, 0, at("2026-11-23", 18, 0)));
}

static void weekends_are_closed(void **state)
{
	(void)state;
	assert_true(cc_hours_open(&office, NULL, 0, at("2026-11-27", 12, 0)));
	assert_false(cc_hours_open(&office, NULL, 0, at("2026-11-28", 12, 0)));
	assert_false(cc_hours_open(&office, NULL, 0, at("2026-11-29", 12, 0)));
}

static void holidays_and_moved_days_win(void **state)
{
	struct cc_holiday days[2] = { { .working = false },
				      { .working = true } };

	(void)state;
	assert_int_equal(cc_hours_day(&days[0].day, "2026-11-23"), 0);
	assert_int_equal(cc_hours_day(&days[1].day, "2026-11-28"), 0);
	assert_false(cc_hours_open(&office, days, 2, at("2026-11-23", 10, 0)));
	assert_true(cc_hours_open(&office, days, 2, at("2026-11-28", 10, 0)));
	/* with Monday's hours, its break included */
	assert_false(cc_hours_open(&office, days, 2, at("2026-11-28", 13, 0)));
}

static void hours_of_nobody_are_closed(void **state)
{
	const struct cc_hours none = { .count = 0 };

	(void)state;
	assert_false(cc_hours_open(&none, NULL, 0, at("2026-11-23", 10, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_counted),
		cmocka_unit_test(opening_is_inside_closing_is_not),
		cmocka_unit_test(weekends_are_closed),
		cmocka_unit_test(holidays_and_moved_days_win),
		cmocka_unit_test(hours_of_nobody_are_closed),
	};

	return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
