#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/util.h"
#include "cgi/values.h"

/* want NULL: refused */
static void holds(bool (*fix)(char *value, size_t size), const char *given,
		  const char *want)
{
	char value[200];

	assert_true(copy_text(value, sizeof(value), given));
	assert_int_equal(fix(value, sizeof(value)), want != NULL);
	if (want)
		assert_string_equal(value, want);
}

static void a_list_loses_its_empty_parts(void **state)
{
	(void)state;
	holds(value_list, " полис ; ЕНП;; утрата полиса ;",
	      "полис;ЕНП;утрата полиса");
	holds(value_list, "один", "один");
	holds(value_list, " ; ;", NULL);
}

static void k_4_1_6_telephones_are_numbers(void **state)
{
	(void)state;
	holds(value_phones, "+7 (8652) 00-00-03; 112",
	      "+7 (8652) 00-00-03;112");
	holds(value_phones, "12", NULL);
	holds(value_phones, "112;звоните", NULL);
	holds(value_phones, "112;<b>", NULL);
	holds(value_phones, "", NULL);
}

static void a_site_is_an_address_of_the_web(void **state)
{
	(void)state;
	holds(value_site, "https://fond.example", "https://fond.example");
	holds(value_site, "javascript:alert(1)", NULL);
	holds(value_site, "https://a.b/\"onload", NULL);
	holds(value_site, "https://localhost", NULL);
}

static void synonyms_are_single_words(void **state)
{
	(void)state;
	holds(value_synonyms, "врач; доктор", "врач;доктор");
	holds(value_synonyms, "врач", NULL);
	holds(value_synonyms, "скорая помощь;103", NULL);
}

static void an_organization_has_the_code_of_its_kind(void **state)
{
	(void)state;
	assert_true(value_org_code("FUND", "26000"));
	assert_true(value_org_code("INSURER", "26901"));
	assert_true(value_org_code("MO", "269001"));
	assert_true(value_org_code("AGENCY", "AG01"));
	assert_false(value_org_code("FUND", "260001"));
	assert_false(value_org_code("MO", "26901"));
	assert_false(value_org_code("MO", "26900a"));
	assert_false(value_org_code("AGENCY", "ag 1"));
	assert_false(value_org_code("AGENCY", ""));
}

static void a_theme_has_the_code_of_its_type(void **state)
{
	(void)state;
	assert_true(value_theme_code("Жалоба", "ZH-03.01"));
	assert_true(value_theme_code("Благодарность", "BL-01.99"));
	assert_false(value_theme_code("Жалоба", "KN-03.01"));
	assert_false(value_theme_code("Жалоба", "ZH-3.01"));
	assert_false(value_theme_code("Жалоба", "ZH-03.0x"));
	assert_false(value_theme_code("Иное", "ZH-03.01"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_loses_its_empty_parts),
		cmocka_unit_test(k_4_1_6_telephones_are_numbers),
		cmocka_unit_test(a_site_is_an_address_of_the_web),
		cmocka_unit_test(synonyms_are_single_words),
		cmocka_unit_test(an_organization_has_the_code_of_its_kind),
		cmocka_unit_test(a_theme_has_the_code_of_its_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
