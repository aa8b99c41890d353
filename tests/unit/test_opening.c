/* How long ago a line opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cgi/opening.h"

#define H 60

/* 9-13 and 13-18 on Monday, 9-18 on Friday, Saturday from the first minute to
 * the last, Sunday 0-1 */
static const struct opening_interval week[] = {
	{ 1, 9 * H, 13 * H }, { 1, 13 * H, 18 * H }, { 5, 9 * H, 18 * H },
	{ 6, 0, 24 * H },     { 7, 0, 1 * H },
};

/* 2026-11-23 is a Monday; a Wednesday is worked, Friday is a holiday */
static const struct workday_exception days[] = {
	{ { 2026, 11, 25 }, true },
	{ { 2026, 11, 27 }, false },
};

static const struct opening_hours usual = { .intervals = week, .count = 5 };
static const struct opening_hours moved = {
	.intervals = week, .count = 5, .days = days, .day_count = 2
};

static int since(const struct opening_hours *h, int day, int minute)
{
	const struct date d = { 2026, 11, day };

	return opening_since(h, date_to_days(d) * 24 * H + minute, 30);
}

static void a_line_has_opened_so_many_minutes_ago(void **state)
{
	(void)state;
	assert_int_equal(since(&usual, 23, 9 * H - 1), -1);
	assert_int_equal(since(&usual, 23, 9 * H), 0);
	assert_int_equal(since(&usual, 23, 9 * H + 1), 1);
	assert_int_equal(since(&usual, 23, 9 * H + 30), 30);
	assert_int_equal(since(&usual, 23, 9 * H + 31), -1);
	assert_int_equal(since(&usual, 23, 18 * H), -1);
	assert_int_equal(since(&usual, 24, 9 * H), -1); /* no such day */
}

static void one_interval_after_another_is_no_opening(void **state)
{
	(void)state;
	assert_int_equal(since(&usual, 23, 13 * H), -1);
	assert_int_equal(since(&usual, 28, 0), 0);
	assert_int_equal(since(&usual, 29, 0), -1); /* over midnight */
	assert_int_equal(since(&usual, 29, H), -1);
}

static void holidays_and_worked_days_move_it(void **state)
{
	(void)state;
	assert_int_equal(since(&moved, 25, 9 * H), 0); /* as on a Monday */
	assert_int_equal(since(&moved, 27, 9 * H), -1);
	assert_int_equal(since(&usual, 27, 9 * H), 0);
}

static void a_line_round_the_clock_never_opens(void **state)
{
	struct opening_interval all[7];
	const struct opening_hours h = { .intervals = all, .count = 7 };

	(void)state;
	for (int i = 0; i < 7; i++)
		all[i] = (struct opening_interval){ i + 1, 0, 24 * H };
	for (int minute = 0; minute < 24 * H; minute++)
		assert_int_equal(since(&h, 23, minute), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_opened_so_many_minutes_ago),
		cmocka_unit_test(one_interval_after_another_is_no_opening),
		cmocka_unit_test(holidays_and_worked_days_move_it),
		cmocka_unit_test(a_line_round_the_clock_never_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
