/* Numbers and names of people: the examples of the domain and every value of
 * db/seed/checksums.csv. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/enp.h"
#include "cgi/name_key.h"
#include "cgi/phone.h"
#include "cgi/snils.h"
#include "db/csv.h"

static char *load(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 1 << 16);
	size_t n;

	assert_non_null(file);
	assert_non_null(text);
	n = fread(text, 1, (1 << 16) - 1, file);
	assert_true(n > 0 && feof(file));
	fclose(file);
	return text;
}

static void every_value_of_the_file_is_judged_rightly(void **state)
{
	char *text = load("db/seed/checksums.csv");
	char digits[SNILS_SIZE];
	unsigned seen[2][2] = { 0 }; /* [snils][valid] */
	struct csv csv;
	int err;

	(void)state;
	csv_start(&csv, text);
	assert_int_equal(csv_next(&csv), 0);
	while (!(err = csv_next(&csv))) {
		int valid = atoi(csv.field[2]);
		int snils = !strcmp(csv.field[0], "snils");
		int got = snils ? snils_parse(csv.field[1], digits)
				: enp_parse(csv.field[1], NULL);

		assert_int_equal(csv.n, 3);
		if ((got == 0) != valid)
			fail_msg("line %u: %s is %d", csv.line, csv.field[1],
				 got);
		seen[snils][valid]++;
	}
	assert_int_equal(err, ENOENT);
	assert_int_equal(seen[0][1], 24);
	assert_int_equal(seen[0][0], 26);
	assert_int_equal(seen[1][1], 24);
	assert_int_equal(seen[1][0], 26);
	free(text);
}

static void enp_tells_region_date_and_sex(void **state)
{
	static const struct {
		const char *text;
		struct enp want;
		unsigned serial;
	} cases[] = {
		{ "2656420837000010", { 26, 1975, 3, 12, true }, 1 },
		{ "2677150870001238", { 26, 1948, 2, 29, false }, 123 },
		{ "2688989794000405", { 26, 2010, 11, 5, false }, 40 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char made[ENP_SIZE];
		struct enp e;

		assert_int_equal(enp_parse(cases[i].text, &e), 0);
		assert_int_equal(e.region, cases[i].want.region);
		assert_int_equal(e.year, cases[i].want.year);
		assert_int_equal(e.month, cases[i].want.month);
		assert_int_equal(e.day, cases[i].want.day);
		assert_int_equal(e.male, cases[i].want.male);
		assert_int_equal(
		    enp_make(&cases[i].want, cases[i].serial, made), 0);
		assert_string_equal(made, cases[i].text);
	}
}

static void any_changed_digit_of_an_enp_is_noticed(void **state)
{
	char text[] = "2656420837000010";

	(void)state;
	for (int i = 0; i < 16; i++) {
		char right = text[i];

		for (char c = '0'; c <= '9'; c++) {
			text[i] = c;
			if (c != right)
				assert_int_equal(enp_parse(text, NULL),
						 EBADMSG);
		}
		text[i] = right;
	}
	assert_int_equal(enp_parse(text, NULL), 0);
}

static void every_birthday_goes_into_an_enp_and_back(void **state)
{
	static const int years[] = { 1900, 1950, 1951, 1999,
				     2000, 2001, 2004, 2026 };
	char text[ENP_SIZE];
	struct enp got;
	unsigned n = 0;

	(void)state;
	for (size_t y = 0; y < sizeof(years) / sizeof(years[0]); y++)
		for (int day = 0; day < 12 * 31 * 2; day++) {
			struct enp e = { 26, years[y], day / 62 + 1,
					 day / 2 % 31 + 1, day % 2 };

			if (enp_make(&e, (unsigned)day, text))
				continue; /* the 31st of June */
			assert_int_equal(enp_parse(text, &got), 0);
			assert_int_equal(got.year, e.year);
			assert_int_equal(got.month, e.month);
			assert_int_equal(got.day, e.day);
			assert_int_equal(got.male, e.male);
			n++;
		}
	/* 365 days, both sexes, and the leap days of 2000 and 2004 */
	assert_int_equal(n, 8 * 730 + 2 * 2);
}

static void snils_has_a_check_number_and_two_forms(void **state)
{
	char digits[SNILS_SIZE], shown[SNILS_SHOWN_SIZE];

	(void)state;
	assert_int_equal(snils_make(112233445, digits), 0);
	assert_string_equal(digits, "11223344595");
	assert_int_equal(snils_make(87654303, digits), 0);
	assert_string_equal(digits, "08765430300"); /* 202: a multiple */
	assert_int_equal(snils_make(77146789, digits), 0);
	assert_string_equal(digits, "07714678900"); /* 100 becomes 00 */
	assert_int_equal(snils_make(0, digits), EINVAL);

	assert_int_equal(snils_parse("112-233-445 95", digits), 0);
	assert_string_equal(digits, "11223344595");
	snils_show(digits, shown);
	assert_string_equal(shown, "112-233-445 95");

	/* the first million carries no check */
	assert_int_equal(snils_parse("00100199877", digits), 0);
	assert_int_equal(snils_parse("00100199977", digits), EBADMSG);
	assert_int_equal(snils_parse("00000000000", digits), EINVAL);
	assert_int_equal(snils_parse("112 233 445 95", digits), EINVAL);
}

static void phones_are_stored_in_one_form(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: refused */
	} cases[] = {
		{ "+7 (900) 000-00-01", "+79000000001" },
		{ "8 900 000 00 01", "+79000000001" },
		{ "79000000001", "+79000000001" },
		{ " 9000000001 ", "+79000000001" },
		{ "8652000001", "+78652000001" },
		{ "3650000001", "+73650000001" },
		{ "8-800-000-00-01", "+78000000001" },
		{ "112", NULL },
		{ "103", NULL },
		{ "2000001", NULL },
		{ "5000000001", NULL },
		{ "+89000000001", NULL },
		{ "+9000000001", NULL },
		{ "+380000000001", NULL },
		{ "790000000011", NULL },
		{ "", NULL },
		{ "номер скрыт", NULL },
		{ "anonymous", NULL },
	};
	char got[PHONE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(got, "kept");
		if (phone_normalize(cases[i].text, got) !=
		    (cases[i].want ? 0 : EINVAL))
			fail_msg("%s", cases[i].text);
		assert_string_equal(got,
				    cases[i].want ? cases[i].want : "kept");
	}
}

static void phones_are_shown_and_masked(void **state)
{
	char out[PHONE_SHOWN_SIZE];

	(void)state;
	phone_show("+79991234567", out);
	assert_string_equal(out, "+7 (999) 123-45-67");
	phone_show("1001", out);
	assert_string_equal(out, "1001");
	phone_show("оченьдлинноенеизвестночто", out);
	assert_string_equal(out, "оченьдлинно");
	phone_mask("+79991234567", out);
	assert_string_equal(out, "+7 (***) ***-45-67");
	phone_mask("+380501234567", out);
	assert_string_equal(out, "***67");
	phone_mask("1001", out);
	assert_string_equal(out, "***");
	phone_mask("", out);
	assert_string_equal(out, "");
	assert_true(phone_is_mobile("+79991234567"));
	assert_false(phone_is_mobile("+78652000001"));
	assert_true(phone_is_toll_free("+78000000001"));
	assert_true(phone_is_extension("1001"));
	assert_false(phone_is_extension("12"));
	assert_false(phone_is_extension("1234567"));
	assert_false(phone_is_extension("10a1"));
}

static void names_that_are_the_same_have_the_same_key(void **state)
{
	static const char *const cases[][2] = {
		{ "Семёнов", "СЕМЕНОВ" },
		{ "  иванова   анна ", "ИВАНОВА АННА" },
		{ "Иванова-Петрова", "ИВАНОВА-ПЕТРОВА" },
		{ "Иванова – Петрова", "ИВАНОВА-ПЕТРОВА" },
		{ "Иванова\xe2\x80\x91Петрова", "ИВАНОВА-ПЕТРОВА" },
		{ "Алиев\xc2\xa0оглы", "АЛИЕВ ОГЛЫ" },
		{ "О’Нил", "О'НИЛ" },
		{ "Е\xcc\x88лкин", "ЕЛКИН" },
		{ "Андреи\xcc\x86", "АНДРЕЙ" },
		{ "Мар\xc2\xadия", "МАРИЯ" },
		{ "Müller", "MÜLLER" },
		{ "ўзбек Ӏалиев қ", "ЎЗБЕК ӀАЛИЕВ Қ" },
		{ "", "" },
		{ "   ", "" },
	};
	char key[NAME_KEY_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(name_key(cases[i][0], key, sizeof(key)), 0);
		assert_string_equal(key, cases[i][1]);
		/* a key is its own key */
		assert_int_equal(name_key(key, key, sizeof(key)), 0);
		assert_string_equal(key, cases[i][1]);
	}
}

static void what_is_no_text_has_no_key(void **state)
{
	static const char *const bad[] = {
		"\xff",  "\xc0\xaf",         "\xe0\x80\xaf", "\xed\xa0\x80",
		"А\xd0", "\xf4\x90\x80\x80", "\x80",
	};
	char key[NAME_KEY_SIZE] = "kept", small[6] = "kept";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(name_key(bad[i], key, sizeof(key)), EILSEQ);
	assert_string_equal(key, "kept");
	assert_int_equal(name_key("абв", small, sizeof(small)), ENOSPC);
	assert_string_equal(small, "kept");
	assert_int_equal(name_key("аб", small, sizeof(small)), 0);
	assert_string_equal(small, "АБ");
}

static void names_hold_letters_and_four_signs(void **state)
{
	static const char forty[] = "абвгдежзиклмнопрстуфабвгдежзиклмнопрстуф";
	char longer[sizeof(forty) + 2];

	(void)state;
	assert_true(name_valid("Иванова-Петрова"));
	assert_true(name_valid("Алиев оглы"));
	assert_true(name_valid("О’Нил"));
	assert_true(name_valid("Müller"));
	assert_true(name_valid(forty));
	snprintf(longer, sizeof(longer), "%sа", forty);
	assert_false(name_valid(longer));
	assert_false(name_valid(""));
	assert_false(name_valid("- "));
	assert_false(name_valid("Иванов1"));
	assert_false(name_valid("<b>"));
	assert_false(name_valid("Иванов\n"));
}

static void csv_understands_quotes_and_lines(void **state)
{
	char text[] = "\xef\xbb\xbf"
		      "a,\"b,\"\"c\"\"\r\nd\",\r\n"
		      "\r\n"
		      "x,y";
	char torn[] = "a,\"b\r\n", after[] = "\"a\"b,c\n";
	struct csv csv;

	(void)state;
	csv_start(&csv, text);
	assert_int_equal(csv_next(&csv), 0);
	assert_int_equal(csv.n, 3);
	assert_string_equal(csv.field[0], "a");
	assert_string_equal(csv.field[1], "b,\"c\"\r\nd");
	assert_string_equal(csv.field[2], "");
	assert_int_equal(csv_next(&csv), 0);
	assert_int_equal(csv.n, 1);
	assert_int_equal(csv.line, 3);
	assert_int_equal(csv_next(&csv), 0);
	assert_int_equal(csv.n, 2);
	assert_string_equal(csv.field[1], "y");
	assert_int_equal(csv_next(&csv), ENOENT);

	csv_start(&csv, torn);
	assert_int_equal(csv_next(&csv), EBADMSG);
	csv_start(&csv, after);
	assert_int_equal(csv_next(&csv), EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_of_the_file_is_judged_rightly),
		cmocka_unit_test(enp_tells_region_date_and_sex),
		cmocka_unit_test(any_changed_digit_of_an_enp_is_noticed),
		cmocka_unit_test(every_birthday_goes_into_an_enp_and_back),
		cmocka_unit_test(snils_has_a_check_number_and_two_forms),
		cmocka_unit_test(phones_are_stored_in_one_form),
		cmocka_unit_test(phones_are_shown_and_masked),
		cmocka_unit_test(names_that_are_the_same_have_the_same_key),
		cmocka_unit_test(what_is_no_text_has_no_key),
		cmocka_unit_test(names_hold_letters_and_four_signs),
		cmocka_unit_test(csv_understands_quotes_and_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
