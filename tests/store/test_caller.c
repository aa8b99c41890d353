/* Whose insured person calls, as jobs tells the telephone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "cgi/store_caller.h"
#include "db/db.h"
#include "tests/store/lab.h"

#define NOW    1795510800000LL
#define SECOND 1000LL

static struct db *jobs, *migrate, *media;

static int start(void **state)
{
	(void)state;
	lab_begin(&migrate, &media, &jobs);
	lab_exec(migrate, "INSERT INTO organization (id, kind, code,"
			  " short_name, full_name) VALUES"
			  " (3, 'INSURER', '26902', 'СМО', 'СМО')");
	return 0;
}

static int end(void **state)
{
	(void)state;
	lab_finish(&migrate, &media, &jobs);
	return 0;
}

static void person(unsigned n, const char *phone, const char *insurer)
{
	char sql[400];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO insured_person (enp, surname, given_name, k_sn,"
		 " k_gn, birth_date, sex, phone, insurer_id) VALUES ('%016u',"
		 " 'П', 'П', 'П', 'П', '1980-01-01', 'F', '%s', %s)",
		 n, phone, insurer);
	lab_exec(migrate, sql);
}

static void call(unsigned n, const char *direction, const char *caller,
		 int64_t ago)
{
	char id[40];

	snprintf(id, sizeof(id), "019fac98-8725-7e31-b884-%012u", n);

	const struct db_arg args[] = { DB_STR(id), DB_STR(direction),
				       DB_STR(caller), DB_TIME_MS(NOW - ago) };

	assert_int_equal(db_exec(media,
				 "INSERT INTO call_record (id, direction,"
				 " caller, started_at, state)"
				 " VALUES (?, ?, ?, ?, 'greeting')",
				 args, 4),
			 0);
}

static void rings(unsigned n, const char *caller, int64_t ago)
{
	call(n, "IN", caller, ago);
}

/* What the telephone was told: how many calls, and of which ones. */
static uint64_t told_of(const char *call, unsigned org)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "SELECT COUNT(*) FROM outbox WHERE kind = 'caller_org'"
		 " AND JSON_VALUE(payload, '$.call') LIKE '%%%s'"
		 " AND JSON_VALUE(payload, '$.organization') = %u",
		 call, org);
	return lab_number(migrate, sql);
}

static void the_telephone_learns_whose_insured_person_calls(void **state)
{
	int64_t since = 0;
	unsigned told = 9;

	(void)state;
	person(1, "+79000000001", "2");
	person(2, "+79000000001", "2"); /* a family, one insurer */
	person(3, "+79000000002", "2");
	person(4, "+79000000002", "3"); /* … two of them */
	person(5, "+79000000003", "2");
	person(6, "+79000000003", "NULL");   /* … one has none */
	rings(1, "89000000001", 5 * SECOND); /* as the line writes it */
	rings(2, "+79000000002", 4 * SECOND);
	rings(3, "+79000000003", 3 * SECOND);
	rings(4, "+79000000004", 2 * SECOND);
	rings(5, "112", 1 * SECOND);
	rings(6, "", 1 * SECOND);
	rings(7, "+79000000001", 20 * SECOND); /* it is too late for him */
	/* no queue asks for it */
	assert_int_equal(store_callers(jobs, NOW, &since, &told), 0);
	assert_int_equal(told, 0);
	lab_exec(migrate, "UPDATE queue SET strategy = 'by_organization'");
	assert_int_equal(store_callers(jobs, NOW, &since, &told), 0);
	assert_int_equal(told, 1);
	assert_true(told_of("01", 2) == 1);
	assert_true(since == NOW - SECOND);
	/* each call once */
	assert_int_equal(store_callers(jobs, NOW, &since, &told), 0);
	assert_int_equal(told, 0);
	rings(8, "+79000000001", 0);
	assert_int_equal(store_callers(jobs, NOW + SECOND, &since, &told), 0);
	assert_int_equal(told, 1);
	assert_true(told_of("08", 2) == 1);
}

static void dials(unsigned n, const char *data, int64_t ago)
{
	char sql[300];

	call(n, "OUT", "", ago);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO call_event (call_id, seq, at, kind, data) VALUES"
		 " ('019fac98-8725-7e31-b884-%012u', 1, NOW(3), 'DIAL', '%s')",
		 n, data);
	lab_exec(media, sql);
}

static void k_5_1_8_11_the_telephone_learns_whom_a_call_of_ours_is_about(
    void **state)
{
	unsigned told = 9;

	(void)state;
	lab_exec(migrate, "INSERT INTO appeal (id, status, insurer_id,"
			  " about_insurer_id) VALUES (71, 'DRAFT', 3, 2),"
			  " (72, 'DRAFT', 2, NULL)");
	assert_int_equal(store_dialled(jobs, NOW - 5 * SECOND, &told), 0);
	assert_int_equal(told, 0);
	dials(11, "{\"appeal\":71}", SECOND);
	dials(12, "{}", SECOND);                  /* about nothing */
	dials(13, "{\"appeal\":72}", 9 * SECOND); /* told long ago */
	assert_int_equal(store_dialled(jobs, NOW - 5 * SECOND, &told), 0);
	assert_int_equal(told, 1);
	assert_true(lab_number(migrate,
			       "SELECT COUNT(*) FROM outbox WHERE kind ="
			       " 'card_about' AND JSON_VALUE(payload,"
			       " '$.appeal') = 71 AND JSON_VALUE(payload,"
			       " '$.insurer') = 3 AND JSON_VALUE(payload,"
			       " '$.accused') = 2") == 1);
	/* after a pause, and one that has ended meanwhile */
	lab_exec(migrate, "UPDATE call_record SET ended_at = NOW(3) WHERE"
			  " id LIKE '%000000000011'");
	assert_int_equal(store_dialled(jobs, NOW - 60 * SECOND, &told), 0);
	assert_int_equal(told, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_telephone_learns_whose_insured_person_calls),
		cmocka_unit_test(
		    k_5_1_8_11_the_telephone_learns_whom_a_call_of_ours_is_about),
	};

	return cmocka_run_group_tests_name("caller", tests, start, end);
}
