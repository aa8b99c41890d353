#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "janus-plugin/hours.h"
#include "janus-plugin/zone.h"

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

/* --- a year against another reckoning --------------------------------------- */

/* Written as people write it; nothing of hours.c reads it. */
struct year {
	int year;
	const char *zone;
	const char *off[12], *worked[4];
};

/* 2020 and 2028 are leap years. Volgograd went from UTC+4 to UTC+3 on 27
 * December 2020, Berlin changes its clock twice a year. */
static const struct year years[] = {
	{ 2028,
	  "Europe/Moscow",
	  { "2028-01-03", "2028-01-04", "2028-01-05", "2028-01-06",
	    "2028-01-07", "2028-02-23", "2028-03-08", "2028-05-01",
	    "2028-05-09", "2028-06-12" },
	  { "2028-02-26", "2028-12-30" } },
	{ 2020,
	  "Europe/Volgograd",
	  { "2020-02-24", "2020-03-09", "2020-12-28", "2020-12-31" },
	  { "2020-12-26" } },
	{ 2028,
	  "Europe/Berlin",
	  { "2028-02-29", "2028-03-27", "2028-10-30" },
	  { "2028-03-26", "2028-10-29" } },
};

static bool stands_in(const char *const *list, size_t n, const char *day)
{
	for (size_t i = 0; i < n && list[i]; i++)
		if (!strcmp(list[i], day))
			return true;
	return false;
}

/* By the C library's calendar: 9:00-18:00, Mondays with an hour for lunch,
 * worked days off like Mondays. */
static bool people_say_open(const struct year *y, const struct tm *tm)
{
	int minute = tm->tm_hour * 60 + tm->tm_min;
	bool worked, monday;
	char day[16];

	strftime(day, sizeof(day), "%Y-%m-%d", tm);
	worked = stands_in(y->worked, 4, day);
	monday = worked || tm->tm_wday == 1;
	if (stands_in(y->off, 12, day) ||
	    (!worked && (tm->tm_wday == 0 || tm->tm_wday == 6)))
		return false;
	if (monday && minute >= 13 * 60 && minute < 14 * 60)
		return false;
	return minute >= 9 * 60 && minute < 18 * 60;
}

static size_t read_days(const struct year *y, struct cc_holiday *days)
{
	size_t n = 0;

	for (size_t i = 0; i < 12 && y->off[i]; i++, n++)
		assert_int_equal(cc_hours_day(&days[n].day, y->off[i]), 0);
	for (size_t i = 0; i < 4 && y->worked[i]; i++, n++) {
		assert_int_equal(cc_hours_day(&days[n].day, y->worked[i]), 0);
		days[n].working = true;
	}
	return n;
}

/* Every minute of the year, on a simulated clock. @return minutes open */
static long walk(const struct year *y)
{
	struct cc_holiday days[16] = { { .working = false } };
	size_t n = read_days(y, days);
	struct tm first = { .tm_year = y->year - 1900, .tm_mday = 1 };
	time_t t = timegm(&first), end;
	long open = 0;

	first = (struct tm){ .tm_year = y->year - 1899, .tm_mday = 1 };
	end = timegm(&first);
	assert_int_equal(setenv("TZ", y->zone, 1), 0);
	tzset();
	for (; t < end; t += 60) {
		struct tm tm;
		bool want, got;
		int ahead;

		localtime_r(&t, &tm);
		want = people_say_open(y, &tm);
		assert_int_equal(
		    cc_zone_offset(&ahead, y->zone, (int64_t)t * 1000), 0);
		got = cc_hours_open(&office, days, n, (int64_t)t + ahead);
		if (want != got)
			fail_msg("%s %04d-%02d-%02d %02d:%02d: %s", y->zone,
				 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
				 tm.tm_hour, tm.tm_min, got ? "open" : "shut");
		open += got;
	}
	return open;
}

static void a_year_is_as_people_reckon_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(years) / sizeof(years[0]); i++)
		assert_in_range(walk(&years[i]), 240 * 480, 262 * 540);
}

static void a_zone_nobody_knows_is_utc(void **state)
{
	int ahead = 1;

	(void)state;
	assert_int_equal(cc_zone_offset(&ahead, "Europe/Nowhere", 0), ENOENT);
	assert_int_equal(ahead, 0);
	assert_int_equal(
	    cc_zone_offset(&ahead, "Asia/Yekaterinburg", 1796000000000), 0);
	assert_int_equal(ahead, 5 * 3600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_counted),
		cmocka_unit_test(opening_is_inside_closing_is_not),
		cmocka_unit_test(weekends_are_closed),
		cmocka_unit_test(holidays_and_moved_days_win),
		cmocka_unit_test(hours_of_nobody_are_closed),
		cmocka_unit_test(a_year_is_as_people_reckon_it),
		cmocka_unit_test(a_zone_nobody_knows_is_utc),
	};

	return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
