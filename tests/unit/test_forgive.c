/* Other readings of a search that found nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/forgive.h"
#include "cgi/util.h"

static const char *const keys[NAMES_FIELDS][12] = {
	{ "ЖУКОВ", "ИВАН", "ИВАНОВ", "ИВАНОВА", "КУЗНЕЦОВ", "ПЕТРОВА",
	  "СМИРНОВА", "ХАБАРОВ" },
	{ "АЛЕКСАНДРА", "ИВАН", "ПЕТР", "ЮЛИЯ" },
	{ "ИВАНОВИЧ", "ПЕТРОВНА", "СЕМЕНОВИЧ" },
};

static struct buf block;
static struct names names;

static int make_names(void **state)
{
	struct names_maker m = { 0 };

	(void)state;
	for (unsigned f = 0; f < NAMES_FIELDS; f++)
		for (unsigned i = 0; keys[f][i]; i++)
			assert_int_equal(names_add(&m, f, keys[f][i], 10), 0);
	assert_int_equal(names_make(&m, 1, 100, &block), 0);
	names_maker_free(&m);
	return names_view(&names, block.data, block.len);
}

static int free_names(void **state)
{
	(void)state;
	buf_free(&block);
	return 0;
}

static struct registry_query q, seen[FORGIVE_MAX + 1];
static unsigned readings;

static int note(void *arg, const struct registry_query *reading)
{
	unsigned *most = arg;

	assert_true(readings < FORGIVE_MAX);
	seen[readings++] = *reading;
	return readings == *most;
}

static void read_all(const char *surname, const char *given,
		     const char *patronymic, const char *birth)
{
	unsigned most = 0;

	memset(&q, 0, sizeof(q));
	readings = 0;
	assert_int_equal(name_key(surname, q.name[0], sizeof(q.name[0])), 0);
	assert_int_equal(name_key(given, q.name[1], sizeof(q.name[1])), 0);
	assert_int_equal(name_key(patronymic, q.name[2], sizeof(q.name[2])), 0);
	strcpy(q.birth, birth);
	assert_int_equal(forgive(&names, &q, note, &most), 0);
}

/* Whether the reading asks for that key: by beginning or in its list. */
static bool asks(const struct registry_query *r, unsigned f, const char *key)
{
	for (unsigned i = 0; i < r->only_count[f]; i++)
		if (!strcmp(names_key(&names, f, r->only[f][i]), key))
			return true;
	return !r->only_count[f] && !strcmp(r->name[f], key);
}

static bool read_as(const char *surname, const char *given,
		    const char *patronymic)
{
	for (unsigned i = 0; i < readings; i++)
		if (asks(&seen[i], 0, surname) && asks(&seen[i], 1, given) &&
		    asks(&seen[i], 2, patronymic))
			return true;
	return false;
}

static void k_5_1_3_another_keyboard_layout_is_read(void **state)
{
	static const char *const typed[][2] = {
		{ "bdfyjd", "ИВАНОВ" },   { "BDFYJDF", "ИВАНОВА" },
		{ "[f,fhjd", "ХАБАРОВ" }, { "{F<FHJD", "ХАБАРОВ" },
		{ ";erjd", "ЖУКОВ" },     { "revytwjd", "КУЗНЕЦОВ" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(typed); i++) {
		read_all(typed[i][0], "", "", "");
		assert_true(read_as(typed[i][1], "", ""));
	}
	read_all("bdfyjd", "", "ctv`yjdbx", ""); /* семёнович */
	assert_true(read_as("ИВАНОВ", "", "СЕМЕНОВИЧ"));
	read_all("bdfyjd", ".kbz", "", "");
	assert_true(read_as("ИВАНОВ", "ЮЛИЯ", ""));
	read_all("Иванов", "gtnh", "", ""); /* one field of two */
	assert_true(read_as("ИВАНОВ", "ПЕТР", ""));
	read_all("bdfyljd", "", "", ""); /* and a slip in it */
	assert_true(read_as("ИВАНОВ", "", ""));
}

static void k_5_1_3_one_slip_of_the_finger_is_read(void **state)
{
	static const char *const typed[][2] = {
		{ "смирнва", "СМИРНОВА" },   { "кузнецво", "КУЗНЕЦОВ" },
		{ "петрвоа", "ПЕТРОВА" },    { "кузнецков", "КУЗНЕЦОВ" },
		{ "хабаров", "ХАБАРОВ" },    { "дабаров", "ХАБАРОВ" },
		{ "мсирнова", "СМИРНОВА" },  { "ммирнова", "СМИРНОВА" },
		{ "узнецов", "КУЗНЕЦОВ" },   { "ссмирнова", "СМИРНОВА" },
		{ "куз нецов", "КУЗНЕЦОВ" }, { "смерно", "СМИРНОВА" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(typed); i++) {
		read_all(typed[i][0], "иван", "", "");
		if (strcmp(typed[i][0], "хабаров") != 0 &&
		    !read_as(typed[i][1], "ИВАН", ""))
			fail_msg("%s is not read as %s", typed[i][0],
				 typed[i][1]);
	}
	read_all("иванов", "иавн", "семеонвич", "");
	assert_false(read_as("ИВАНОВ", "ИВАН", "СЕМЕНОВИЧ")); /* two slips */
	read_all("иванов", "иван", "семеонвич", "");
	assert_true(read_as("ИВАНОВ", "ИВАН", "СЕМЕНОВИЧ"));
}

static void k_5_1_3_fields_in_each_others_place_are_read(void **state)
{
	(void)state;
	read_all("петр", "иванов", "", "");
	assert_true(read_as("ИВАНОВ", "ПЕТР", ""));
	read_all("петр", "семенович", "иванов", "");
	assert_true(read_as("ИВАНОВ", "ПЕТР", "СЕМЕНОВИЧ"));
	read_all("gtnh", "ctvtyjdbx", "bdfyjd", ""); /* in the other layout */
	assert_true(read_as("ИВАНОВ", "ПЕТР", "СЕМЕНОВИЧ"));
	read_all("", "иванович", "", "");
	assert_true(read_as("", "", "ИВАНОВИЧ"));
}

static void k_5_1_3_one_digit_of_the_date_is_read(void **state)
{
	static const char *const meant[] = { "1975-12-03", "1975-03-13",
					     "1957-03-12", "1975-03-21",
					     "1965-03-12", "1975-08-12" };
	const struct registry_query *last;

	(void)state;
	read_all("иванов", "", "", "1975-03-12");
	assert_true(readings > 0);
	last = &seen[readings - 1];
	assert_string_equal(last->birth, "");
	for (size_t i = 0; i < LEN(meant); i++) {
		unsigned k = 0;

		while (k < last->birth_count &&
		       strcmp(last->births[k], meant[i]) != 0)
			k++;
		assert_true(k < last->birth_count);
	}
	/* a date alone is a date */
	read_all("", "", "", "1975-03-12");
	assert_int_equal(readings, 0);
}

static void nothing_is_read_where_nothing_is_known(void **state)
{
	const struct names none = { .data = NULL };
	unsigned most = 0;

	(void)state;
	read_all("<script>", "😀", "' OR 1=1 --", "");
	assert_int_equal(readings, 0);
	read_all("щ", "", "", "");
	for (unsigned i = 0; i < readings; i++)
		assert_true(seen[i].only_count[0] <= REGISTRY_ONLY);
	read_all("петр", "иванов", "", "");
	assert_int_equal(forgive(&none, &q, note, &most), 0);
	strcpy(q.phone, "+79001234567");
	readings = 0;
	assert_int_equal(forgive(&names, &q, note, &most), 0);
	assert_int_equal(readings, 0);
	/* the caller has enough */
	most = 1;
	q.phone[0] = '\0';
	assert_int_equal(forgive(&names, &q, note, &most), 1);
	assert_int_equal(readings, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k_5_1_3_another_keyboard_layout_is_read),
		cmocka_unit_test(k_5_1_3_one_slip_of_the_finger_is_read),
		cmocka_unit_test(k_5_1_3_fields_in_each_others_place_are_read),
		cmocka_unit_test(k_5_1_3_one_digit_of_the_date_is_read),
		cmocka_unit_test(nothing_is_read_where_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, make_names, free_names);
}
