/* otklik-registry import: all of a file or nothing, and who may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/enp.h"
#include "db/db.h"
#include "tests/store/lab.h"

#define HEAD                                                              \
	"enp,surname,given_name,birth_date,sex,patronymic,snils,insurer," \
	"mo\n"

static struct db *migrate;
static const char *dir;
static char out[8000];

static int start(void **state)
{
	(void)state;
	dir = lab_start();
	lab_migrate("--demo");
	migrate = lab_open("migrate");
	return 0;
}

static int end(void **state)
{
	(void)state;
	db_close(&migrate);
	lab_end();
	return 0;
}

static void write_file(const char *name, const char *text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* Output and protocol are in out. @return the exit status */
static int import(const char *options, const char *name, const char *text)
{
	write_file(name, text);
	return lab_run(out, sizeof(out),
		       "build/cgi/otklik-registry import %s '%s/%s'", options,
		       dir, name);
}

static void says(const char *text)
{
	if (!strstr(out, text))
		fail_msg("no «%s» in: %s", text, out);
}

static unsigned long long version(void)
{
	return lab_number(migrate, "SELECT version FROM register_state");
}

static unsigned long long people(void)
{
	return lab_number(migrate, "SELECT COUNT(*) FROM insured_person");
}

static void a_file_adds_and_changes_persons(void **state)
{
	unsigned long long was = version(), n = people();

	(void)state;
	assert_int_equal(
	    import("", "one.csv",
		   HEAD "2656420837000010,Условный,Пётр,1975-03-12,М,Иванович,"
			"112-233-445 95,26901,269001\n"
			"2677150870001238,Условная,Ада,1948-02-29,Ж,,,,\n"),
	    0);
	says("2 added, 0 changed, 0 the same, 0 left out");
	assert_int_equal(people(), n + 2);
	assert_int_equal(version(), was + 1);
	assert_int_equal(
	    lab_number(migrate,
		       "SELECT COUNT(*) FROM insured_person p"
		       " JOIN organization i ON i.id = p.insurer_id"
		       " JOIN organization m ON m.id = p.mo_id"
		       " WHERE p.enp = '2656420837000010'"
		       " AND p.k_gn = 'ПЕТР' AND p.snils = '11223344595'"
		       " AND i.code = '26901' AND m.code = '269001'"),
	    1);
	assert_int_equal(
	    import("", "two.csv",
		   HEAD "2656420837000010,Условный,Пётр,1975-03-12,М,Иванович,"
			"112-233-445 95,26901,269001\n"
			"2677150870001238,Условная-Вторая,Ада,1948-02-29,Ж,,"
			",,\n"),
	    0);
	says("0 added, 1 changed, 1 the same, 0 left out");
	assert_int_equal(people(), n + 2);
	assert_int_equal(lab_number(migrate,
				    "SELECT COUNT(*) FROM access_log WHERE"
				    " action = 'IMPORT' AND object_type ="
				    " 'register'"),
			 2);
}

/* Of an ЕНП of that serial, born on 01.01.2001 */
static void enp_of(unsigned serial, char enp[ENP_SIZE])
{
	const struct enp born = {
		.region = 26, .year = 2001, .month = 1, .day = 1
	};

	assert_int_equal(enp_make(&born, 40000 + serial, enp), 0);
}

static void many_are_counted_rightly(void **state)
{
	static const char *const expect[] = {
		"40 added, 0 changed, 0 the same",
		"3 added, 14 changed, 26 the same",
	};
	char text[8000], name[20], enp[ENP_SIZE];
	unsigned long long n = people();

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		size_t len = (size_t)snprintf(text, sizeof(text), HEAD);

		for (unsigned i = 0; i < 40 + 3 * round; i++) {
			enp_of(i, enp);
			len += (size_t)snprintf(
			    text + len, sizeof(text) - len,
			    "%s,Условная,%s,2001-01-01,Ж,,,,\n", enp,
			    round && i % 3 == 0 && i < 40 ? "Яна" : "Ада");
		}
		snprintf(name, sizeof(name), "many%u.csv", round);
		assert_int_equal(import("", name, text), 0);
		says(expect[round]);
	}
	assert_int_equal(people(), n + 43);
	assert_int_equal(lab_number(migrate, "SELECT COUNT(*) FROM"
					     " insured_person WHERE k_gn ="
					     " 'ЯНА' AND k_sn = 'УСЛОВНАЯ'"),
			 14);
}

static void the_same_name_is_refused(void **state)
{
	unsigned long long was = version();

	(void)state;
	assert_int_equal(import("", "two.csv", HEAD), 1);
	says("Файл с таким именем уже загружен");
	assert_int_equal(version(), was);
}

static void a_wrong_record_is_left_out_and_told(void **state)
{
	unsigned long long n = people();

	(void)state;
	assert_int_equal(
	    import("", "three.csv",
		   HEAD
		   "2656420837000011,Условный,Пётр,1975-03-12,М,,,,\n"
		   "2688989794000405,Условная,Юна,2010-11-05,Ж,,,99999,\n"
		   "2688989794000405,Условная,Юна,2010-11-05,Ж,,,,111111\n"
		   "2688989794000405,Условная,Юна,2010-11-05,Ж,,,26902,\n"
		   "2688989794000405,Условная,Яна,2010-11-05,Ж,,,26902,\n"),
	    3);
	says("2,enp,error,");
	says("3,insurer,error,");
	says("4,mo,error,");
	says("6,enp,error,\"ЕНП уже есть");
	says("1 added, 0 changed, 0 the same, 4 left out");
	assert_null(strstr(out, "Условн")); /* no values */
	assert_int_equal(people(), n + 1);
	assert_int_equal(lab_number(migrate, "SELECT k_gn = 'ЮНА' FROM"
					     " insured_person WHERE enp ="
					     " '2688989794000405'"),
			 1);
}

static void a_broken_file_changes_nothing(void **state)
{
	unsigned long long was = version(), n = people();
	unsigned long long digest =
	    lab_number(migrate, "SELECT SUM(CRC32(k_gn)) FROM insured_person");

	(void)state;
	assert_int_equal(
	    import("", "cut.xml",
		   "<persons><person><enp>2656420837000010</enp>"
		   "<surname>Иной</surname><given_name>Пётр</given_name>"
		   "<birth_date>1975-03-12</birth_date><sex>М</sex></person>"
		   "<person><enp>26"),
	    1);
	says("nothing was changed");
	assert_int_equal(
	    import("", "cut.csv",
		   HEAD "2656420837000010,Иной,Пётр,1975-03-12,М,,,,\n\"x"),
	    1);
	says("nothing was changed");
	assert_int_equal(people(), n);
	assert_int_equal(version(), was);
	assert_true(lab_number(migrate, "SELECT SUM(CRC32(k_gn)) FROM"
					" insured_person") == digest);
	assert_int_equal(lab_number(migrate,
				    "SELECT COUNT(*) FROM register_import WHERE"
				    " file LIKE 'cut%'"),
			 0);
}

static void check_only_checks(void **state)
{
	unsigned long long was = version();

	(void)state;
	assert_int_equal(
	    import("--check", "four.csv",
		   HEAD "2656420837000010,Иной,Пётр,1975-03-12,М,,,,\n"),
	    0);
	says("1 changed");
	says("checked only");
	assert_int_equal(version(), was);
	assert_int_equal(lab_number(migrate, "SELECT k_sn = 'УСЛОВНЫЙ' FROM"
					     " insured_person WHERE enp ="
					     " '2656420837000010'"),
			 1);
	assert_int_equal(
	    lab_run(out, sizeof(out), "build/cgi/otklik-registry import"), 2);
	assert_int_equal(lab_run(out, sizeof(out),
				 "build/cgi/otklik-registry import /nowhere"),
			 1);
}

/* Killed in the middle: the server undoes it. */
static void an_import_that_is_killed_leaves_nothing(void **state)
{
	unsigned long long n = people();
	char path[200];
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/pipe.csv", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(HEAD, f);
	for (unsigned i = 0; i < 200000; i++)
		fprintf(f, "2656420837000010,Иной,Пётр,1975-03-12,М,,,,\n");
	assert_int_equal(fclose(f), 0);
	/* its protocol is long: the pipe's end stops it */
	lab_run(out, sizeof(out),
		"build/cgi/otklik-registry import %s | head -n 3", path);
	assert_int_equal(people(), n);
	assert_int_equal(lab_number(migrate, "SELECT k_sn = 'УСЛОВНЫЙ' FROM"
					     " insured_person WHERE enp ="
					     " '2656420837000010'"),
			 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_adds_and_changes_persons),
		cmocka_unit_test(many_are_counted_rightly),
		cmocka_unit_test(the_same_name_is_refused),
		cmocka_unit_test(a_wrong_record_is_left_out_and_told),
		cmocka_unit_test(a_broken_file_changes_nothing),
		cmocka_unit_test(check_only_checks),
		cmocka_unit_test(an_import_that_is_killed_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, start, end);
}
