/* An approved answer in its parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cgi/scenario_text.h"

static char out[512];

static const char *value(void *arg, const char *name, size_t len)
{
	(void)arg;
	if (len == strlen("срок") && !memcmp(name, "срок", len))
		return "01.12.2026";
	return len == 1 && *name == 'e' ? "" : NULL;
}

static int each(void *arg, enum scenario_part kind, const char *part,
		size_t len)
{
	const size_t used = strlen(out);
	const int *most = arg;

	snprintf(out + used, sizeof(out) - used, "%d(%.*s)", kind, (int)len,
		 part);
	return most && strlen(out) > (size_t)*most ? 7 : 0;
}

static const char *parts(const char *text)
{
	*out = '\0';
	assert_int_equal(scenario_parts(text, value, each, NULL), 0);
	return out;
}

static void k_5_1_5_1_what_is_read_and_what_is_done_are_told_apart(void **state)
{
	(void)state;
	assert_string_equal(parts("Говорю. [Записать.] Дальше."),
			    "0(Говорю. )1(Записать.)0( Дальше.)");
	assert_string_equal(parts("[Молча]"), "1(Молча)");
	assert_string_equal(parts(""), "");
	assert_string_equal(parts("[{срок} записать]"), "1({срок} записать)");
}

static void k_5_1_6_3_values_are_filled_in_or_stay_visible(void **state)
{
	(void)state;
	assert_string_equal(parts("До {срок}."), "0(До )2(01.12.2026)0(.)");
	assert_string_equal(parts("{номер_обращения}{e}"), "3(…)3(…)");
}

static void what_is_not_closed_is_text(void **state)
{
	(void)state;
	assert_string_equal(parts("а [б {в"), "0(а [б {в)");
	assert_string_equal(parts("[] {} ]}"), "0([] {} ]})");
	assert_string_equal(parts("[а} {б]"), "1(а} {б)");
}

static void a_walk_ends_when_it_is_told_to(void **state)
{
	int most = 5;

	(void)state;
	*out = '\0';
	assert_int_equal(scenario_parts("а[б]в[г]", value, each, &most), 7);
	assert_string_equal(out, "0(а)1(б)");
}

static void k_5_1_5_5_an_editor_closes_brackets_and_names_known_values(void **s)
{
	static const char *const good[] = { "", "Просто слова, (скобки).",
					    "До {срок}. [Записать {что-то}.]",
					    "[а][б]{тема}" };
	static const char *const bad[] = { "[а",    "а]",      "{срок",
					   "срок}", "{}",      "[]",
					   "{час}", "[а [б]",  "{срок }",
					   "[а}",   "{{срок}}" };

	(void)s;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(scenario_text_valid(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(scenario_text_valid(bad[i]));
}

static void flags_are_those_of_the_list(void **state)
{
	(void)state;
	assert_string_equal(scenario_flag("SC-102"), "THREAT");
	assert_string_equal(scenario_flag("SC-118"), "EMERGENCY");
	assert_string_equal(scenario_flag("SC-111"), "OPERATOR_UNWELL");
	assert_null(scenario_flag("SC-001"));
	assert_null(scenario_flag(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    k_5_1_5_1_what_is_read_and_what_is_done_are_told_apart),
		cmocka_unit_test(
		    k_5_1_6_3_values_are_filled_in_or_stay_visible),
		cmocka_unit_test(what_is_not_closed_is_text),
		cmocka_unit_test(a_walk_ends_when_it_is_told_to),
		cmocka_unit_test(
		    k_5_1_5_5_an_editor_closes_brackets_and_names_known_values),
		cmocka_unit_test(flags_are_those_of_the_list),
	};

	return cmocka_run_group_tests_name("scenario_text", tests, NULL, NULL);
}
