/* What may be put into a setting, and hours as people write them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "cgi/hours_text.h"
#include "cgi/setting.h"
#include "cgi/util.h"

static bool fix(const struct setting_rule *r, const char *typed, char *out)
{
	copy_text(out, SETTING_VALUE, typed);
	return setting_fix(r, out);
}

static void a_value_is_what_its_row_allows(void **state)
{
	static const struct {
		struct setting_rule rule;
		const char *typed, *kept; /* NULL: refused */
	} rows[] = {
		{ { SETTING_NUMBER, 5, 120, false }, "20", "20" },
		{ { SETTING_NUMBER, 5, 120, false }, " 007 ", "7" },
		{ { SETTING_NUMBER, 0, 120, false }, "000", "0" },
		{ { SETTING_NUMBER, 5, 120, false }, "4", NULL },
		{ { SETTING_NUMBER, 5, 120, false }, "121", NULL },
		{ { SETTING_NUMBER, 5, 120, false }, "-20", NULL },
		{ { SETTING_NUMBER, 5, 120, false }, "2e1", NULL },
		{ { SETTING_NUMBER, 5, 120, false }, "20 s", NULL },
		{ { SETTING_NUMBER, 0, 120, false }, "4294967297", NULL },
		{ { SETTING_NUMBER, 0, 9, false },
		  "99999999999999999999",
		  NULL },
		{ { SETTING_NUMBER, 0, 9, false }, "", NULL },
		{ { SETTING_NUMBER, 0, 9, true }, " ", "" },
		{ { SETTING_CODE, 1, 99, false }, "26", "26" },
		{ { SETTING_CODE, 1, 99, false }, " 5", "05" },
		{ { SETTING_CODE, 1, 99, false }, "05", "05" },
		{ { SETTING_CODE, 1, 99, false }, "005", "05" },
		{ { SETTING_CODE, 1, 99, false }, "00", NULL },
		{ { SETTING_CODE, 1, 99, false }, "100", NULL },
		{ { SETTING_CODE, 1, 99, false }, "5a", NULL },
		{ { SETTING_FLAG, 0, 1, false }, "1", "1" },
		{ { SETTING_FLAG, 0, 1, false }, "2", NULL },
		{ { SETTING_PHONE, 2, 15, false }, "112", "112" },
		{ { SETTING_PHONE, 2, 15, false }, "1", NULL },
		{ { SETTING_PHONE, 2, 15, false }, "112;103", NULL },
		{ { SETTING_ZONE, 1, 40, false }, "Asia/Omsk", "Asia/Omsk" },
		{ { SETTING_ZONE, 1, 40, false }, "../etc/passwd", NULL },
		{ { SETTING_TEXT, 2, 3, false }, "яяя", "яяя" },
		{ { SETTING_TEXT, 2, 3, false }, "я", NULL },
		{ { SETTING_TEXT, 2, 3, false }, "яяяя", NULL },
		{ { SETTING_TEXT, 0, 9, false }, "a\nb", NULL },
		{ { SETTING_TEXT, 0, 9, false }, "", "" },
	};
	char out[SETTING_VALUE];

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		bool ok = fix(&rows[i].rule, rows[i].typed, out);

		if (ok != (rows[i].kept != NULL))
			fail_msg("row %zu: %s", i, rows[i].typed);
		if (ok)
			assert_string_equal(out, rows[i].kept);
	}
}

static void hours_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *typed, *kept;
	} rows[] = {
		{ "", "" },
		{ "  ", "" },
		{ "9-18", "09:00–18:00" },
		{ "09:00–13:00, 14:00–18:00", "09:00–13:00, 14:00–18:00" },
		{ "9.30 — 12 ; 13-24", "09:30–12:00, 13:00–24:00" },
		{ "0-24", "00:00–24:00" },
	};
	static const char *const bad[] = {
		"18-9",      "9-9",     "9",      "9-",          "-9",
		"9-25",      "9:60-18", "9–18 ч", "24:01-24:02", "9-13, 12-18",
		"9-18\n<b>", "123-140", "9--18",
	};
	struct hours_span spans[HOURS_SPANS];
	char out[HOURS_TEXT];
	size_t n;

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		n = 9;
		assert_int_equal(hours_parse(rows[i].typed, spans, &n), 0);
		hours_write(spans, n, out);
		assert_string_equal(out, rows[i].kept);
	}
	for (size_t i = 0; i < LEN(bad); i++)
		if (hours_parse(bad[i], spans, &n) != EINVAL)
			fail_msg("%s", bad[i]);
	assert_int_equal(hours_parse("1-2,3-4,5-6,7-8,9-10", spans, &n), E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_what_its_row_allows),
		cmocka_unit_test(hours_are_read_as_people_write_them),
	};

	return cmocka_run_group_tests_name("setting", tests, NULL, NULL);
}
