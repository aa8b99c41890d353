/* The form of the register search, the name dictionaries and the choice of the
 * way to the rows. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/names.h"
#include "cgi/registry.h"
#include "cgi/util.h"

static const struct date today = { 2026, 11, 24 };

static struct registry_query q;
static unsigned wrong;

static bool ask(enum registry_field field, const char *value)
{
	struct form form = { .count = 1 };

	form.fields[0] =
	    (struct form_field){ registry_fields[field], value, strlen(value) };
	return registry_read(&form, today, &q, &wrong);
}

/* ---- the form ------------------------------------------------------------ */

static void k_5_1_3_2_nothing_filled_in_is_nothing_asked(void **state)
{
	static const char *const empty[] = {
		"", "   ", "\xc2\xa0 \t", "\xe2\x80\x8f", "\xe2\x80\x8b ",
	};
	struct form none = { .count = 0 };

	(void)state;
	assert_false(registry_read(&none, today, &q, &wrong));
	for (size_t i = 0; i < LEN(empty); i++)
		for (enum registry_field f = 0; f < REGISTRY_PATRONYMIC; f++) {
			assert_false(ask(f, empty[i]));
			assert_int_equal(wrong, 0);
		}
	assert_false(ask(REGISTRY_BIRTH, "  "));
	assert_true(ask(REGISTRY_GIVEN, "И"));
}

static void k_5_1_3_8_case_yo_spaces_and_hyphens_do_not_matter(void **state)
{
	static const char *const alike[] = {
		"семёнов-тян",
		"СЕМЕНОВ-ТЯН",
		"  Семёнов  -  Тян ",
		"Семе\xcc\x88нов\xe2\x80\x93Тян",
		"семенов\xe2\x80\x8b-тян",
	};

	(void)state;
	for (size_t i = 0; i < LEN(alike); i++) {
		assert_true(ask(REGISTRY_SURNAME, alike[i]));
		assert_int_equal(wrong, 0);
		assert_string_equal(q.name[NAMES_SURNAME], "СЕМЕНОВ-ТЯН");
		assert_false(registry_alien(&q));
	}
}

static void k_5_1_3_10_only_possible_dates_are_asked(void **state)
{
	static const char *const good[][2] = {
		{ "05.11.2010", "2010-11-05" },
		{ "05-11-2010", "2010-11-05" },
		{ "2010-11-05", "2010-11-05" },
		{ " 29.02.1948 ", "1948-02-29" },
		{ "24.11.2026", "2026-11-24" },
	};
	static const char *const bad[] = {
		"25.11.2026", "29.02.1949", "31.04.2000", "00.01.2000",
		"1.1.2000",   "вчера",      "05/11/2010", "05.11.20100",
		"05.11.1010", "0",
	};

	(void)state;
	for (size_t i = 0; i < LEN(good); i++) {
		assert_true(ask(REGISTRY_BIRTH, good[i][0]));
		assert_int_equal(wrong, 0);
		assert_string_equal(q.birth, good[i][1]);
	}
	for (size_t i = 0; i < LEN(bad); i++) {
		assert_true(ask(REGISTRY_BIRTH, bad[i]));
		assert_int_equal(wrong, 1u << REGISTRY_BIRTH);
		assert_string_equal(q.birth, "");
	}
}

static void k_5_1_3_numbers_are_checked_before_they_are_searched(void **state)
{
	static const struct {
		enum registry_field field;
		const char *typed, *asked; /* "": wrong */
	} cases[] = {
		{ REGISTRY_ENP, "2656420837000010", "2656420837000010" },
		{ REGISTRY_ENP, " 2656 4208 3700 0010", "2656420837000010" },
		{ REGISTRY_ENP, "2656420837000011", "" },
		{ REGISTRY_ENP, "265642083700001", "" },
		{ REGISTRY_ENP, "ЕНП", "" },
		{ REGISTRY_SNILS, "112-233-445 95", "11223344595" },
		{ REGISTRY_SNILS, "11223344595", "11223344595" },
		{ REGISTRY_SNILS, "11223344594", "" },
		{ REGISTRY_SNILS, "00000000000", "" },
		{ REGISTRY_PHONE, "8 (900) 123-45-67", "+79001234567" },
		{ REGISTRY_PHONE, "112", "" },
		{ REGISTRY_PHONE, "8900123456a", "" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		bool bad = !*cases[i].asked;

		assert_true(ask(cases[i].field, cases[i].typed));
		assert_int_equal(wrong, bad ? 1u << cases[i].field : 0);
		assert_string_equal(cases[i].field == REGISTRY_ENP ? q.enp
				    : cases[i].field == REGISTRY_SNILS
					? q.snils
					: q.phone,
				    cases[i].asked);
	}
}

static void k_5_1_3_what_is_no_name_finds_nobody_and_breaks_nothing(
    void **state)
{
	static const char *const odd[] = {
		"<script>alert(1)</script>",
		"' OR '1'='1",
		"%",
		"_",
		"100%",
		"\xf0\x9f\x98\x80",
		"\xe2\x80\xaeвонавИ",
		"b[fyjd",
		"1984",
		"\\",
	};
	char *huge = malloc((1 << 20) + 1);

	(void)state;
	for (size_t i = 0; i < LEN(odd); i++) {
		assert_true(ask(REGISTRY_SURNAME, odd[i]));
		assert_int_equal(wrong, 0);
		assert_true(registry_alien(&q));
	}
	assert_non_null(huge);
	memset(huge, 'a', 1 << 20);
	huge[1 << 20] = '\0';
	for (enum registry_field f = 0; f < REGISTRY_FIELDS; f++) {
		assert_true(ask(f, huge));
		assert_int_equal(wrong, 1u << f);
	}
	free(huge);
	/* not UTF-8, a control character, a letter too many */
	assert_true(ask(REGISTRY_GIVEN, "\xd0"));
	assert_int_equal(wrong, 1u << REGISTRY_GIVEN);
	assert_true(ask(REGISTRY_GIVEN, "И\x01ван"));
	assert_int_equal(wrong, 1u << REGISTRY_GIVEN);
	assert_true(
	    ask(REGISTRY_GIVEN, "ААААААААААААААААААААААААААААААААААААААААА"));
	assert_int_equal(wrong, 1u << REGISTRY_GIVEN);
	assert_string_equal(q.name[NAMES_GIVEN], "");
}

/* ---- dictionaries -------------------------------------------------------- */

static const struct {
	enum names_field field;
	const char *key;
	uint32_t bearers;
} people[] = {
	{ NAMES_SURNAME, "ИВАНОВ", 900 },
	{ NAMES_SURNAME, "ИВАНОВА", 1000 },
	{ NAMES_SURNAME, "КОВАЛЬ", 2 },
	{ NAMES_SURNAME, "КОВАЛЬЧУК", 500 },
	{ NAMES_SURNAME, "ПЕТРОВ", 700 },
	{ NAMES_SURNAME, "Я", 1 },
	{ NAMES_GIVEN, "АЛЕКСАНДР", 1200 },
	{ NAMES_GIVEN, "АЛЕКСАНДРА", 300 },
	{ NAMES_GIVEN, "ИВАН", 1600 },
	{ NAMES_GIVEN, "ЯРОПОЛК", 3 },
	{ NAMES_PATRONYMIC, "", 10 },
	{ NAMES_PATRONYMIC, "ИВАНОВИЧ", 1543 },
	{ NAMES_PATRONYMIC, "ИВАНОВНА", 1550 },
};

static struct buf block;
static struct names names;

static int make_names(void **state)
{
	struct names_maker m = { 0 };

	(void)state;
	for (size_t i = 0; i < LEN(people); i++)
		assert_int_equal(names_add(&m, people[i].field, people[i].key,
					   people[i].bearers),
				 0);
	assert_int_equal(names_add(&m, NAMES_GIVEN, "ИВАН", 1), EINVAL);
	assert_int_equal(names_add(&m, NAMES_GIVEN, "АННА", 1), EINVAL);
	assert_int_equal(names_make(&m, 7, 3103, &block), 0);
	names_maker_free(&m);
	assert_int_equal(names_view(&names, block.data, block.len), 0);
	return 0;
}

static int free_names(void **state)
{
	(void)state;
	buf_free(&block);
	return 0;
}

static void dictionaries_hold_what_was_put_in(void **state)
{
	struct names_range r;
	uint32_t i = 99;

	(void)state;
	assert_int_equal(names.version, 7);
	assert_int_equal(names.persons, 3103);
	for (size_t k = 0; k < LEN(people); k++) {
		assert_true(
		    names_find(&names, people[k].field, people[k].key, &i));
		assert_string_equal(names_key(&names, people[k].field, i),
				    people[k].key);
		assert_int_equal(names_bearers(&names, people[k].field, i),
				 people[k].bearers);
	}
	assert_false(names_find(&names, NAMES_SURNAME, "ИВАН", NULL));
	assert_false(names_find(&names, NAMES_SURNAME, "ЯЯ", NULL));
	r = names_prefix(&names, NAMES_SURNAME, "КОВАЛЬ");
	assert_int_equal(r.end - r.first, 2);
	assert_int_equal(names_sum(&names, NAMES_SURNAME, r), 502);
	r = names_prefix(&names, NAMES_GIVEN, "");
	assert_int_equal(names_sum(&names, NAMES_GIVEN, r), 3103);
	r = names_prefix(&names, NAMES_SURNAME, "КОЗ");
	assert_int_equal(names_sum(&names, NAMES_SURNAME, r), 0);
}

/* It is refused, or what it holds can be walked without leaving it. */
static void a_spoilt_block_is_refused_or_harmless(void **state)
{
	char *copy = malloc(block.len);
	struct names n;
	unsigned refused = 0;

	(void)state;
	assert_non_null(copy);
	for (size_t len = 0; len < block.len; len++)
		assert_int_equal(names_view(&n, block.data, len), EBADMSG);
	for (size_t at = 0; at < block.len; at++) {
		memcpy(copy, block.data, block.len);
		copy[at] ^= 0x55;
		if (names_view(&n, copy, block.len)) {
			refused++;
			continue;
		}
		for (unsigned f = 0; f < NAMES_FIELDS; f++)
			for (uint32_t i = 0; i < n.field[f].count; i++)
				assert_true(names_key(&n, f, i) +
						strlen(names_key(&n, f, i)) <
					    copy + block.len);
	}
	assert_true(refused > 100);
	free(copy);
}

/* ---- the plan ------------------------------------------------------------ */

static struct registry_plan plan;

static void plan_for(const char *surname, const char *given,
		     const char *patronymic)
{
	memset(&q, 0, sizeof(q));
	strcpy(q.name[NAMES_SURNAME], surname);
	strcpy(q.name[NAMES_GIVEN], given);
	strcpy(q.name[NAMES_PATRONYMIC], patronymic);
	registry_plan(&names, &q, &plan);
}

static void k_5_1_3_a_beginning_without_bearers_asks_nothing(void **state)
{
	(void)state;
	plan_for("КОЗ", "", "");
	assert_true(plan.nobody);
	plan_for("ИВАНОВ", "АЛЕКСАНДР", "ПЕТРОВИЧ");
	assert_true(plan.nobody);
	plan_for("ИВАН", "АЛЕК", "ИВ");
	assert_false(plan.nobody);
}

static void k_5_1_3_a_rare_name_leads_and_the_exact_one_is_first(void **state)
{
	uint32_t i = 0;

	(void)state;
	plan_for("И", "ЯР", "");
	assert_int_equal(plan.index, REGISTRY_I_G);
	plan_for("КОВАЛЬ", "ИВАН", "ИВАНОВИЧ");
	assert_true(plan.lists >= 1);
	for (unsigned l = 0; l < plan.lists; l++) {
		assert_true(names_find(&names, plan.list[l].field,
				       q.name[plan.list[l].field], &i));
		assert_int_equal(plan.list[l].key[0], i);
	}
	/* one name: its own index */
	plan_for("", "", "ИВАНОВ");
	assert_int_equal(plan.index, REGISTRY_I_P);
	assert_int_equal(plan.lists, 0);
}

static void k_5_1_3_numbers_and_dates_win_over_names(void **state)
{
	(void)state;
	plan_for("ИВАН", "", "");
	strcpy(q.birth, "1975-03-12");
	registry_plan(&names, &q, &plan);
	assert_int_equal(plan.index, REGISTRY_I_B);
	strcpy(q.phone, "+79001234567");
	registry_plan(&names, &q, &plan);
	assert_int_equal(plan.index, REGISTRY_I_PHONE);
	strcpy(q.enp, "2656420837000010");
	registry_plan(&names, &q, &plan);
	assert_int_equal(plan.index, REGISTRY_I_ENP);
}

static void without_dictionaries_there_is_a_plan_too(void **state)
{
	const struct names none = { .data = NULL };
	enum registry_index index;

	(void)state;
	plan_for("", "АЛЕК", "КОЗ");
	registry_plan(&none, &q, &plan);
	assert_false(plan.nobody);
	assert_int_equal(plan.index, REGISTRY_I_GP);
	assert_int_equal(plan.lists, 0);
	assert_true(registry_whole(&none, &q, &index));
	assert_int_equal(index, REGISTRY_I_GP);
}

static void whole_names_come_first_where_they_exist(void **state)
{
	enum registry_index index;

	(void)state;
	plan_for("КОВАЛЬ", "ИВАН", "");
	assert_true(registry_whole(&names, &q, &index));
	assert_int_equal(index, REGISTRY_I_S);
	plan_for("КОВАЛЬ", "", "ИВАНОВНА");
	assert_true(registry_whole(&names, &q, &index));
	assert_int_equal(index, REGISTRY_I_P);
	plan_for("КОВАЛ", "ИВАН", "");
	assert_false(registry_whole(&names, &q, &index));
	plan_for("КОВАЛЬ", "", ""); /* its index begins with it anyway */
	assert_false(registry_whole(&names, &q, &index));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k_5_1_3_2_nothing_filled_in_is_nothing_asked),
		cmocka_unit_test(
		    k_5_1_3_8_case_yo_spaces_and_hyphens_do_not_matter),
		cmocka_unit_test(k_5_1_3_10_only_possible_dates_are_asked),
		cmocka_unit_test(
		    k_5_1_3_numbers_are_checked_before_they_are_searched),
		cmocka_unit_test(
		    k_5_1_3_what_is_no_name_finds_nobody_and_breaks_nothing),
		cmocka_unit_test(dictionaries_hold_what_was_put_in),
		cmocka_unit_test(a_spoilt_block_is_refused_or_harmless),
		cmocka_unit_test(
		    k_5_1_3_a_beginning_without_bearers_asks_nothing),
		cmocka_unit_test(
		    k_5_1_3_a_rare_name_leads_and_the_exact_one_is_first),
		cmocka_unit_test(k_5_1_3_numbers_and_dates_win_over_names),
		cmocka_unit_test(without_dictionaries_there_is_a_plan_too),
		cmocka_unit_test(whole_names_come_first_where_they_exist),
	};

	return cmocka_run_group_tests(tests, make_names, free_names);
}
