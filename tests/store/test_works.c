/* What otklik-jobs puts into the index. limit: 180 s */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "cgi/store_text.h"
#include "db/db.h"
#include "tests/store/lab.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct db *jobs, *migrate, *media;

static int start(void **state)
{
	(void)state;
	lab_begin(&migrate, &media, &jobs);
	lab_exec(migrate, "INSERT INTO user_account (id, login, password_hash,"
			  " surname, given_name, organization_id) VALUES"
			  " (5, 'x', '', 'Х', 'И', 1)");
	return 0;
}

static int end(void **state)
{
	(void)state;
	lab_finish(&migrate, &media, &jobs);
	return 0;
}

static int clean(void **state)
{
	static const char *const tables[] = {
		"attachment WHERE appeal_id IN (SELECT id FROM appeal WHERE"
		" registered_at IS NULL)",
		"appeal",
		"text_todo",
		"appeal_text",
		"appeal_stem",
		"journal_sum",
		"access_log",
		"web_session",
	};

	(void)state;
	lab_clear(migrate, tables, LEN(tables));
	return 0;
}

static void is(const char *sql, unsigned long long n)
{
	unsigned long long found = lab_number(migrate, sql);

	if (found != n)
		fail_msg("%llu, not %llu: %s", found, n, sql);
}

/* --- descriptions ---------------------------------------------------------- */

static void appeal(unsigned id, const char *description)
{
	const struct db_arg args[] = { DB_U64(id), DB_U64(id),
				       DB_STR(description) };

	assert_int_equal(db_exec(migrate,
				 "INSERT INTO appeal (id, number, status,"
				 " registered_at, organization_id, description)"
				 " VALUES (?, CONCAT('26-26-', LPAD(?, 6, 0)),"
				 " 'IN_PROGRESS', NOW(3), 1, ?)",
				 args, LEN(args)),
			 0);
}

static struct text_report text(void)
{
	struct text_report r = { .left = 99 };

	if (store_text(jobs, 60000, &r))
		fail_msg("%s", db_error(jobs));
	return r;
}

static void a_word_without_an_end_comes_into_the_index(void **state)
{
	struct text_report r;

	(void)state;
	appeal(1, "платёж 12345678901234567890123456789012345678901234567"
		  " прошёл");
	appeal(2, "абвгдежзиклмнопрстуфхцчшщэюяабвгдежзик"
		  " 123456789012345678901234567890123456789012345678901234567");
	r = text();
	assert_int_equal(r.left, 0);
	assert_int_equal(r.failed, 0);
	is("SELECT COUNT(*) FROM text_todo", 0);
	is("SELECT COUNT(*) FROM appeal_stem WHERE appeal_id = 1 AND"
	   " CHAR_LENGTH(stem) = 47",
	   1);
	is("SELECT COUNT(*) FROM appeal_stem WHERE appeal_id = 2", 2);
}

#define BAD_WORD                                                       \
	"CREATE TRIGGER bad BEFORE INSERT ON appeal_stem FOR EACH ROW" \
	" IF NEW.stem = '666' THEN SIGNAL SQLSTATE '45000'; END IF"

static void a_bad_description_holds_up_no_other(void **state)
{
	struct text_report r;
	char words[40];

	(void)state;
	lab_exec(migrate, BAD_WORD);
	/* more than a batch, bad ones at its ends and within */
	for (unsigned i = 1; i <= 600; i++) {
		snprintf(words, sizeof(words), "слово %u",
			 i == 1 || i == 77 || i == 500 ? 666 : 1000 + i);
		appeal(i, words);
	}
	r = text();
	lab_exec(migrate, "DROP TRIGGER bad");
	assert_int_equal(r.left, 0);
	assert_int_equal(r.failed, 3);
	assert_int_equal(r.why, EINVAL);
	assert_int_equal(r.appeal, 1);
	is("SELECT COUNT(*) FROM appeal_text", 597);
	is("SELECT COUNT(*) FROM appeal_stem", 2 * 597);
	is("SELECT COUNT(*) FROM text_todo WHERE appeal_id IN (1, 77, 500)"
	   " AND retry_at > NOW(3)",
	   3);
	/* not before its time, then it comes */
	assert_int_equal(text().failed, 0);
	is("SELECT COUNT(*) FROM text_todo", 3);
	lab_exec(migrate, "UPDATE text_todo SET retry_at = NOW(3)");
	assert_int_equal(text().left, 0);
	is("SELECT COUNT(*) FROM appeal_stem WHERE stem = '666'", 3);
	is("SELECT COUNT(*) FROM text_todo", 0);
}

/* A colleague's note of an older appeal comes while a batch is at work. */
static void a_note_that_comes_meanwhile_is_not_lost(void **state)
{
	(void)state;
	appeal(1, "прежнее");
	text();
	appeal(2, "второе");
	lab_exec(migrate, "CREATE TRIGGER late BEFORE INSERT ON appeal_text"
			  " FOR EACH ROW IF NEW.appeal_id = 2 THEN INSERT INTO"
			  " text_todo (appeal_id) VALUES (1); END IF");
	lab_exec(migrate, "DELETE FROM appeal_text WHERE appeal_id = 1");
	lab_exec(migrate, "DELETE FROM appeal_stem WHERE appeal_id = 1");
	text();
	lab_exec(migrate, "DROP TRIGGER late");
	is("SELECT COUNT(*) FROM appeal_text", 2);
	is("SELECT COUNT(*) FROM text_todo", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup(f, clean)
		CASE(a_word_without_an_end_comes_into_the_index),
		CASE(a_bad_description_holds_up_no_other),
		CASE(a_note_that_comes_meanwhile_is_not_lost),
	};

	return cmocka_run_group_tests(tests, start, end);
}
