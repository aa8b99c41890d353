/* Files of insured persons: records, and files that are none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/person_file.h"
#include "cgi/util.h"

static const struct date today = { 2026, 11, 24 };

static struct person_row rows[20];
static unsigned lines[20], count, errors, warnings;
static enum person_field last_field;
static char why[200];

static void note(void *arg, enum person_field field, bool warning,
		 const char *text)
{
	(void)arg;
	assert_true(*text);
	*(warning ? &warnings : &errors) += 1;
	last_field = field;
}

static int each(void *arg, unsigned line, const char *const text[PERSON_FIELDS])
{
	assert_true(count < LEN(rows));
	if (person_row_read(text, today, &rows[count], note, NULL))
		return 0;
	lines[count++] = line;
	return arg && count == *(unsigned *)arg ? ECANCELED : 0;
}

static int read_bytes(const char *text, size_t len, unsigned *most)
{
	char *copy = malloc(len + 1);
	int err;

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '\0';
	count = errors = warnings = 0;
	err = person_file_read(copy, len, each, most, why);
	free(copy);
	return err;
}

static int read_text(const char *text)
{
	return read_bytes(text, strlen(text), NULL);
}

#define HEAD "enp,surname,given_name,birth_date,sex,patronymic,phone\n"
#define PETR \
	"2656420837000010,Условный,Пётр,1975-03-12,М,Иванович,89001234567\n"

static void csv_records_are_read(void **state)
{
	(void)state;
	assert_int_equal(
	    read_text("\xef\xbb\xbf" HEAD PETR "\r\n"
		      "2677150870001238,\"Ёлкина-\"\"Тестова\",Ада,"
		      "29.02.1948,Ж,,\r\n"),
	    0);
	assert_int_equal(count, 1);
	assert_int_equal(errors, 1); /* a quote is no letter */
	assert_int_equal(last_field, PERSON_SURNAME);
	assert_string_equal(rows[0].surname, "Условный");
	assert_string_equal(rows[0].k_gn, "ПЕТР");
	assert_string_equal(rows[0].birth, "1975-03-12");
	assert_string_equal(rows[0].phone, "+79001234567");
	assert_true(rows[0].male);
	assert_int_equal(rows[0].policy_kind, 4);
	assert_int_equal(lines[0], 2);
}

static void every_wrong_field_is_told(void **state)
{
	(void)state;
	assert_int_equal(
	    read_text(HEAD "2656420837000011,<b>,,2999-01-01,X,1,5\n"), 0);
	assert_int_equal(count, 0);
	assert_int_equal(errors, 7);
	/* others than the number says: let in, and told */
	assert_int_equal(
	    read_text(HEAD "2656420837000010,Условный,Пётр,1975-03-13,Ж,,\n"),
	    0);
	assert_int_equal(count, 1);
	assert_int_equal(warnings, 2);
	assert_int_equal(errors, 0);
}

static void a_file_that_is_no_csv_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"enp,surname\n1,2\n",
		HEAD "a,b\n",
		"enp,enp,surname,given_name,birth_date,sex\n",
		"enp,surname,given_name,birth_date,sex,password\n",
		HEAD "\"never closed\n",
		HEAD PETR "x\"y,,,,,,\n",
		"просто текст",
	};

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++) {
		assert_int_equal(read_text(bad[i]), EBADMSG);
		assert_true(*why);
	}
	assert_int_equal(
	    read_bytes(HEAD PETR "\0x", sizeof(HEAD PETR "\0x") - 1, NULL),
	    EBADMSG);
}

/* What is told is passed on: no value of a person stands in it. */
static void a_file_without_its_columns_keeps_its_secrets(void **state)
{
	(void)state;
	assert_int_equal(read_text(PETR), EBADMSG);
	assert_string_equal(why, "строка 1: лишний столбец № 1");
	assert_int_equal(read_text("enp,surnam\n"), EBADMSG);
	assert_string_equal(why, "строка 1: лишний столбец № 2 «surnam»");
}

#define PERSON                                                                     \
	"<person><enp>2656420837000010</enp><surname>Условный</surname>\n" \
	"<given_name>П&#x451;тр</given_name><birth_date>1975-03-12"             \
	"</birth_date><sex>М</sex></person>\n"

static void xml_records_are_read(void **state)
{
	unsigned one = 1;

	(void)state;
	assert_int_equal(
	    read_text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<persons>\n"
		      " <!-- a comment -->\n" PERSON PERSON "</persons>"),
	    0);
	assert_int_equal(count, 2);
	assert_string_equal(rows[1].given_name, "Пётр");
	assert_int_equal(lines[0], 4);
	assert_int_equal(lines[1], 6);
	/* the caller has enough */
	assert_int_equal(
	    read_bytes("<persons>" PERSON PERSON "</persons>",
		       strlen("<persons>" PERSON PERSON "</persons>"), &one),
	    ECANCELED);
	assert_int_equal(count, 1);
}

static void no_entity_and_no_other_file_is_read(void **state)
{
	static const char *const bad[] = {
		"<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><persons/>",
		"<!DOCTYPE x [<!ENTITY a \"b\">]><persons><person>&a;</person>"
		"</persons>",
		"<persons><person><enp>&a;</enp></person></persons>",
	};

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++) {
		assert_int_equal(read_text(bad[i]), EBADMSG);
		assert_int_equal(count, 0);
	}
}

static void a_file_that_is_no_such_xml_is_refused(void **state)
{
	static const char *const bad[] = {
		"<",
		"<html/>",
		"<persons>",
		"<persons>" PERSON,
		"<persons><human/></persons>",
		"<persons><person id=\"1\"/></persons>",
		"<persons><person>text</person></persons>",
		"<persons><person><password>x</password></person></persons>",
		"<persons><person><enp>1</enp><enp>2</enp></person></persons>",
		"<persons><person><enp><b>1</b></enp></person></persons>",
		"<persons>" PERSON "</persons><persons/>",
		"<persons><person><enp>\xd0</enp></person></persons>",
	};
	char *huge = malloc(3 << 20);

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++) {
		assert_int_equal(read_text(bad[i]), EBADMSG);
		assert_true(*why);
	}
	assert_non_null(huge);
	strcpy(huge, "<persons><person><address>");
	memset(huge + strlen(huge), 'x', 2 << 20);
	huge[26 + (2 << 20)] = '\0';
	assert_int_equal(read_text(huge), EBADMSG);
	free(huge);
}

/* However it is cut, it ends. */
static void a_cut_file_never_breaks_anything(void **state)
{
	static const char xml[] = "<persons>" PERSON "</persons>";
	static const char csv[] = HEAD PETR;

	(void)state;
	for (size_t n = 0; n < sizeof(xml) - 1; n++)
		assert_int_equal(read_bytes(xml, n, NULL), EBADMSG);
	for (size_t n = 0; n < sizeof(csv); n++) {
		int err = read_bytes(csv, n, NULL);

		assert_true(!err || err == EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_records_are_read),
		cmocka_unit_test(every_wrong_field_is_told),
		cmocka_unit_test(a_file_that_is_no_csv_is_refused),
		cmocka_unit_test(a_file_without_its_columns_keeps_its_secrets),
		cmocka_unit_test(xml_records_are_read),
		cmocka_unit_test(no_entity_and_no_other_file_is_read),
		cmocka_unit_test(a_file_that_is_no_such_xml_is_refused),
		cmocka_unit_test(a_cut_file_never_breaks_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
