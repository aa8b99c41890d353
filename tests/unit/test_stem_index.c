/* Themes and scenarios found as typed, by the delivered texts (K-5.1.4.4,
 * K-5.1.5.2). The questions of theme_queries.tsv are words of operators, each
 * with the code it is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/stem_index.h"
#include "cgi/util.h"
#include "db/csv.h"

enum { MAX_ROWS = 200 };

static struct stem_index *ix;
static char codes[MAX_ROWS][13];
static unsigned rows;

static char *load(const char *path)
{
	const size_t size = 1 << 20;
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, size);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, size - 1, file) > 0 && feof(file));
	fclose(file);
	return text;
}

static void add(const char *code, const char *name, const char *keys)
{
	assert_true(rows < MAX_ROWS);
	copy_text(codes[rows++], sizeof(codes[0]), code);
	assert_int_equal(stem_index_add(ix, code), 0);
	assert_int_equal(stem_index_words(ix, STEM_NAME, name), 0);
	assert_int_equal(stem_index_words(ix, STEM_KEYS, keys), 0);
}

static int make(void **state)
{
	char *text = load("db/seed/themes.csv");
	struct csv csv;

	(void)state;
	ix = stem_index_new();
	assert_non_null(ix);
	csv_start(&csv, text);
	assert_int_equal(csv_next(&csv), 0);
	while (!csv_next(&csv))
		add(csv.field[0], csv.field[2], csv.field[3]);
	free(text);
	assert_int_equal(stem_index_alike(ix, "утрата;потерял;утерян"), 0);
	assert_int_equal(stem_index_alike(ix, "скорая;103"), 0);
	return stem_index_build(ix);
}

static int drop(void **state)
{
	(void)state;
	stem_index_free(ix);
	return 0;
}

/* The place of a code among the found, from 1; 0: not found */
static size_t place(const char *query, const char *code)
{
	unsigned docs[MAX_ROWS];
	size_t n = stem_index_find(ix, query, docs, MAX_ROWS);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(codes[docs[i]], code))
			return i + 1;
	return 0;
}

static size_t found(const char *query)
{
	unsigned docs[MAX_ROWS];

	return stem_index_find(ix, query, docs, MAX_ROWS);
}

static void k_5_1_4_4_a_code_is_found_whole_and_by_its_beginning(void **state)
{
	(void)state;
	assert_int_equal(place("kn-01.02", "KN-01.02"), 1);
	assert_int_equal(found("kn-01.02"), 1);
	assert_int_equal(found("kn-01.0"), 6);
	assert_int_equal(place("07.09", "ZH-07.09"), 1);
}

static void k_5_1_4_4_words_are_found_in_any_form_and_case(void **state)
{
	(void)state;
	assert_true(place("НОВОРОЖДЕННОМУ", "KN-01.03"));
	assert_true(place("новорождённых", "KN-01.03"));
	assert_true(place("беженцами", "KN-01.02"));
	assert_true(place("полисов иностранцу", "KN-01.02"));
	assert_true(place("скорую", "KN-05.05"));
}

static void k_5_1_4_4_the_last_word_may_be_unfinished(void **state)
{
	(void)state;
	assert_true(place("санат", "KN-14.09"));
	assert_true(place("путевка в санат", "KN-14.09") == 1);
	assert_false(place("сана ", "KN-14.09"));
	/* each letter leaves it among the found */
	for (size_t n = 2; n <= strlen("вакцинация"); n += 2) {
		char typed[64];

		snprintf(typed, sizeof(typed), "%.*s", (int)n, "вакцинация");
		if (strcmp(typed, "в") != 0)
			assert_true(place(typed, "KN-14.07"));
	}
}

static void k_5_1_4_4_the_name_counts_more_than_keywords(void **state)
{
	unsigned docs[2];

	(void)state;
	rows = 0;
	stem_index_free(ix);
	ix = stem_index_new();
	add("A-1", "Иное", "санаторий");
	add("A-2", "Санаторий", "иное");
	assert_int_equal(stem_index_build(ix), 0);
	assert_int_equal(stem_index_find(ix, "санатории", docs, 2), 2);
	assert_int_equal(docs[0], 1);
	assert_int_equal(docs[1], 0);
	stem_index_free(ix);
	rows = 0;
	make(NULL);
}

static void k_5_1_4_4_all_words_stand_before_some(void **state)
{
	(void)state;
	assert_int_equal(place("ангиография томография", "ZH-07.05"), 1);
	assert_int_equal(place("льготный рецепт", "KN-09.02"), 1);
}

static void k_5_1_4_4_words_that_mean_the_same(void **state)
{
	(void)state;
	assert_true(place("утерян бланк", "KN-01.04"));
	assert_int_equal(
	    place("утерян", "KN-01.04") || place("утерян", "ZV-05.02"), 1);
}

static void k_5_1_4_4_another_keyboard_layout_is_read(void **state)
{
	(void)state;
	assert_true(place("cfyfnjhbq", "KN-14.09")); /* санаторий */
	assert_true(place(",t;tytw", "KN-01.02"));   /* беженец */
	assert_true(place("gjkbc", "KN-01.01"));     /* полис */
}

static void nothing_is_made_of_what_says_nothing(void **state)
{
	static char longest[5000];

	(void)state;
	assert_int_equal(found("такого нет"), 0);
	assert_int_equal(found("zzzzqqqq"), 0);
	assert_int_equal(found(""), rows);
	assert_int_equal(found("  "), rows);
	assert_int_equal(found("как в"), rows);
	assert_int_equal(found("\xff\xfe"), rows);
	assert_int_equal(found("😀 —"), rows);
	memset(longest, 'x', sizeof(longest) - 1);
	assert_int_equal(found(longest), 0);
}

/* ---- words of operators --------------------------------------------------- */

enum { SHOWN = 10 };

/* The delivered synonyms: the lines ('one;two'), of the migration. */
static void add_synonyms(void)
{
	char *text = load("db/migrations/0066_search_synonym.sql");
	unsigned groups = 0;

	for (char *p = text, *end; (p = strstr(p, "\n\t('")); p = end) {
		p += strlen("\n\t('");
		end = strchr(p, '\'');
		assert_non_null(end);
		*end++ = '\0';
		assert_int_equal(stem_index_alike(ix, p), 0);
		groups++;
	}
	assert_true(groups > 20);
	free(text);
}

/* The scenarios' titles and keywords help to find their theme. */
static void add_titles(const char *theme)
{
	char *text = load("db/seed/scenarios.csv");
	struct csv csv;

	csv_start(&csv, text);
	while (!csv_next(&csv))
		if (!strcmp(csv.field[1], theme)) {
			assert_int_equal(
			    stem_index_words(ix, STEM_TEXT, csv.field[2]), 0);
			assert_int_equal(
			    stem_index_words(ix, STEM_TEXT, csv.field[3]), 0);
		}
	free(text);
}

static void fill_all(const char *path, bool themes)
{
	char *text = load(path);
	struct csv csv;

	stem_index_free(ix);
	ix = stem_index_new();
	assert_non_null(ix);
	rows = 0;
	csv_start(&csv, text);
	assert_int_equal(csv_next(&csv), 0);
	while (!csv_next(&csv)) {
		add(csv.field[0], csv.field[2], csv.field[3]);
		if (themes)
			add_titles(csv.field[0]);
		else
			assert_int_equal(
			    stem_index_words(ix, STEM_TEXT, csv.field[4]), 0);
	}
	free(text);
	add_synonyms();
	assert_int_equal(stem_index_build(ix), 0);
}

/* Among the first ten of its type: the letters its code begins with */
static bool shown(const char *query, const char *code)
{
	unsigned docs[MAX_ROWS];
	size_t n = stem_index_find(ix, query, docs, MAX_ROWS), before = 0;

	for (size_t i = 0; i < n && before < SHOWN; i++) {
		if (!strcmp(codes[docs[i]], code))
			return true;
		before += !strncmp(codes[docs[i]], code, 2);
	}
	return false;
}

static void ask_all(bool themes, unsigned *asked, unsigned *hits)
{
	char *text = load("tests/unit/theme_queries.tsv"), *rest = text, *line;

	while ((line = strsep(&rest, "\n")) && *line) {
		const char *code = strsep(&line, "\t");

		assert_non_null(line);
		if (!strncmp(code, "SC", 2) == themes)
			continue;
		++*asked;
		if (shown(line, code))
			++*hits;
		else
			print_message("missed: %s %s\n", code, line);
	}
	free(text);
}

static void k_5_1_4_4_k_5_1_5_2_what_operators_type_is_found(void **state)
{
	unsigned asked = 0, hits = 0;

	(void)state;
	fill_all("db/seed/themes.csv", true);
	ask_all(true, &asked, &hits);
	fill_all("db/seed/scenarios.csv", false);
	ask_all(false, &asked, &hits);
	print_message("recall %u of %u\n", hits, asked);
	assert_true(asked >= 150);
	assert_true(hits * 100 >= asked * 93);
}

static void a_text_gives_each_of_its_stems_once(void **state)
{
	char stems[3][STEM_SIZE];

	(void)state;
	assert_int_equal(stem_text("Полис и полисы: в ЁЛКЕ, ёлка", stems, 3),
			 2);
	assert_string_equal(stems[0], "елк");
	assert_string_equal(stems[1], "полис");
	assert_int_equal(stem_text("и как не", stems, 3), 0);
	assert_int_equal(stem_text("", stems, 3), 0);
	assert_int_equal(stem_text("раз два три четыре пять", stems, 3), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_gives_each_of_its_stems_once),
		cmocka_unit_test(
		    k_5_1_4_4_a_code_is_found_whole_and_by_its_beginning),
		cmocka_unit_test(
		    k_5_1_4_4_words_are_found_in_any_form_and_case),
		cmocka_unit_test(k_5_1_4_4_the_last_word_may_be_unfinished),
		cmocka_unit_test(k_5_1_4_4_the_name_counts_more_than_keywords),
		cmocka_unit_test(k_5_1_4_4_all_words_stand_before_some),
		cmocka_unit_test(k_5_1_4_4_words_that_mean_the_same),
		cmocka_unit_test(k_5_1_4_4_another_keyboard_layout_is_read),
		cmocka_unit_test(nothing_is_made_of_what_says_nothing),
		cmocka_unit_test(
		    k_5_1_4_4_k_5_1_5_2_what_operators_type_is_found),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
