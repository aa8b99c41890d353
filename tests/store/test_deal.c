/* «Не распределено» is dealt out when a line opens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "cgi/store_deal.h"
#include "db/db.h"
#include "tests/store/lab.h"

/* 2026-11-24 06:00 UTC, a Tuesday, nine in the region: the line opens */
#define NINE   1795500000000LL
#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* Queue 1 has hours, 2 is round the clock, 3 both: it never opens. */
enum { HOURS = 1, ALWAYS, BOTH };

static struct db *jobs, *migrate, *media;

static int start(void **state)
{
	(void)state;
	lab_begin(&migrate, &media, &jobs);
	lab_exec(migrate, "INSERT INTO queue (id, name) VALUES (2, 'Б'),"
			  " (3, 'В')");
	lab_exec(migrate, "DELETE FROM inbound_route");
	lab_exec(migrate, "INSERT INTO inbound_route (number, queue_id,"
			  " hours_id) VALUES ('1', 1, 1), ('2', 2, NULL),"
			  " ('3', 3, 1), ('4', 3, NULL)");
	return 0;
}

static int end(void **state)
{
	(void)state;
	lab_finish(&migrate, &media, &jobs);
	return 0;
}

/* Users 1 to 4 of the fund and 5 of an insurer serve every queue. 3 went home
 * and 4 is a supervisor. Dealt is ten minutes after the opening. */
static int clean(void **state)
{
	static const char *const tables[] = {
		"deal",         "call_place_end", "call_place",
		"call_back",    "appeal_history", "outbox",
		"appeal",       "call_record",    "attendance_end",
		"attendance",   "queue_member",   "user_role",
		"user_account",
	};
	char sql[400];

	(void)state;
	lab_clear(migrate, tables, sizeof(tables) / sizeof(*tables));
	for (unsigned u = 1; u <= 5; u++) {
		snprintf(sql, sizeof(sql),
			 "INSERT INTO user_account (id, login, password_hash,"
			 " surname, given_name, organization_id) VALUES (%u,"
			 " 'u%u', '', 'Х', 'И', %d)",
			 u, u, u == 5 ? 2 : 1);
		lab_exec(migrate, sql);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO user_role (user_id, role) VALUES (%u,"
			 " '%s')",
			 u,
			 u == 5   ? "INSURER_REP_L1"
			 : u == 4 ? "SUPERVISOR"
				  : "OPERATOR_L1");
		lab_exec(migrate, sql);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO queue_member (queue_id, user_id)"
			 " SELECT id, %u FROM queue",
			 u);
		lab_exec(migrate, sql);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO attendance (id, user_id, started_at)"
			 " VALUES ('019fac98-8725-7e31-b884-00000000000%u', %u,"
			 " '2026-11-24 05:55:00')",
			 u, u);
		lab_exec(media, sql);
	}
	lab_exec(media, "INSERT INTO attendance_end (attendance_id, ended_at,"
			" reason) VALUES ('019fac98-8725-7e31-b884-"
			"000000000003', '2026-11-24 05:56:00', 'FINISH')");
	lab_exec(migrate, "UPDATE setting SET value = '10' WHERE"
			  " name = 'unassigned.deal_min'");
	return 0;
}

/* Appeal n and the call it is of. */
static void item(unsigned n, unsigned queue, const char *more)
{
	char sql[700];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO call_record (id, direction, caller, queue_id,"
		 " started_at) VALUES ('019fac98-8725-7e31-b884-%012u', 'IN',"
		 " '+79000000001', %u, '2026-11-24 01:00:00')",
		 n, queue);
	lab_exec(media, sql);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO appeal (id, number, status, origin,"
		 " organization_id, registered_at) VALUES (%u, '26-26-%06u',"
		 " 'DEFERRED', 'LOST_CALL', 1, '2026-11-24 01:00:%02u')",
		 n, n, n);
	lab_exec(migrate, sql);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO call_back (appeal_id, call_id) VALUES (%u,"
		 " '019fac98-8725-7e31-b884-%012u')",
		 n, n);
	lab_exec(migrate, sql);
	if (*more) {
		snprintf(sql, sizeof(sql), "UPDATE appeal SET %s WHERE id = %u",
			 more, n);
		lab_exec(migrate, sql);
	}
}

static unsigned deal(int64_t now)
{
	unsigned dealt = 99;

	if (store_deal(jobs, now, &dealt))
		fail_msg("%s", db_error(jobs));
	return dealt;
}

static void count(const char *sql, unsigned n)
{
	assert_int_equal(lab_number(migrate, sql), n);
}

static void nothing_is_dealt_unless_it_is_turned_on(void **state)
{
	static const char *const values[] = { "", "-1", "10x", "x", "9999" };
	char sql[120];

	(void)state;
	item(1, HOURS, "");
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		snprintf(sql, sizeof(sql),
			 "UPDATE setting SET value = '%s' WHERE"
			 " name = 'unassigned.deal_min'",
			 values[i]);
		lab_exec(migrate, sql);
		for (int m = 0; m < 60; m++)
			assert_int_equal(deal(NINE + m * MINUTE), 0);
	}
	count("SELECT COUNT(*) FROM deal", 0);
	lab_exec(migrate, "UPDATE setting SET value = '0' WHERE"
			  " name = 'unassigned.deal_min'");
	assert_int_equal(deal(NINE - SECOND), 0);
	assert_int_equal(deal(NINE), 1);
}

static void k_4_0_10_items_are_dealt_evenly_once_an_opening(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 5; n++)
		item(n, HOURS, "");
	item(6, HOURS, "assignee_id = 1"); /* so 2 comes first */
	assert_int_equal(deal(NINE + 10 * MINUTE - SECOND), 0);
	assert_int_equal(deal(NINE + 10 * MINUTE), 5);
	count("SELECT COUNT(*) FROM appeal WHERE assignee_id = 2"
	      " AND id IN (1, 3, 5) AND status = 'DEFERRED' AND version = 2",
	      3);
	count("SELECT COUNT(*) FROM appeal WHERE assignee_id = 1"
	      " AND id IN (2, 4)",
	      2);
	count("SELECT COUNT(*) FROM appeal a JOIN appeal_history h ON"
	      " h.appeal_id = a.id AND h.event = 'DEAL'"
	      " AND h.user_id = a.assignee_id",
	      5);
	count("SELECT COUNT(*) FROM outbox WHERE kind = 'appeal_changed'"
	      " AND JSON_VALUE(payload, '$.users[1]') IN (1, 2)",
	      5);
	count("SELECT COUNT(*) FROM notice n JOIN appeal a"
	      " ON a.id = n.appeal_id AND a.assignee_id = n.user_id"
	      " WHERE n.kind = 'DEAL' AND n.read_at IS NULL",
	      5);
	count("SELECT items FROM deal WHERE queue_id = 1"
	      " AND opened_at = '2026-11-24 06:00:00'",
	      5);
	/* what comes later is taken by hand, until the next morning */
	item(7, HOURS, "");
	for (int m = 11; m < 40; m++)
		assert_int_equal(deal(NINE + m * MINUTE), 0);
	lab_exec(migrate, "DELETE FROM attendance_end");
	lab_exec(migrate, "UPDATE attendance SET started_at ="
			  " '2026-11-25 05:55:00'");
	assert_int_equal(deal(NINE + DAY + 24 * MINUTE), 1);
	count("SELECT COUNT(*) FROM appeal WHERE id = 7 AND assignee_id = 3",
	      1);
}

static void what_is_not_for_them_stays(void **state)
{
	(void)state;
	item(1, ALWAYS, "");
	item(2, BOTH, "");
	item(3, HOURS, "about_insurer_id = 2");
	item(4, HOURS, "organization_id = 2");
	item(5, HOURS, "status = 'IN_PROGRESS'");
	item(6, HOURS, ""); /* the telephone keeps a place for it … */
	item(7, HOURS, ""); /* … has given it to somebody … */
	item(8, HOURS, ""); /* … or knows another one for the number */
	for (unsigned n = 6; n <= 8; n++) {
		char sql[300];

		snprintf(sql, sizeof(sql),
			 "INSERT INTO call_place (id, call_id, queue_id,"
			 " number, since) VALUES ('019fac98-8725-7e31-b884-"
			 "0000000aaaa%u', '019fac98-8725-7e31-b884-%012u', 1,"
			 " '+79000000001', NOW(3))",
			 n, n);
		lab_exec(media, sql);
	}
	lab_exec(media, "INSERT INTO call_place_end (place_id, ended_at,"
			" reason, user_id) VALUES"
			" ('019fac98-8725-7e31-b884-0000000aaaa7', NOW(3),"
			" 'DIALLED', 3), ('019fac98-8725-7e31-b884-"
			"0000000aaaa8', NOW(3), 'JOINED', NULL)");
	assert_int_equal(deal(NINE + 10 * MINUTE), 1);
	count("SELECT COUNT(*) FROM appeal WHERE assignee_id IS NOT NULL", 1);
	count("SELECT COUNT(*) FROM appeal WHERE id = 8 AND assignee_id = 1",
	      1);
}

static void with_nobody_at_work_they_stay(void **state)
{
	(void)state;
	item(1, HOURS, "");
	lab_exec(migrate, "UPDATE user_account SET blocked = 1 WHERE id = 1");
	lab_exec(migrate, "DELETE FROM queue_member WHERE user_id = 2");
	assert_int_equal(deal(NINE + 10 * MINUTE), 0);
	/* who comes a minute later is not given everything */
	lab_exec(migrate, "UPDATE user_account SET blocked = 0");
	assert_int_equal(deal(NINE + 11 * MINUTE), 0);
	count("SELECT COUNT(*) FROM appeal WHERE assignee_id IS NULL", 1);
}

/* Jobs that were down deal a little later, or not at all that day. */
static void a_late_start_deals_within_a_quarter_of_an_hour(void **state)
{
	(void)state;
	item(1, HOURS, "");
	assert_int_equal(deal(NINE + 26 * MINUTE), 0);
	assert_int_equal(deal(NINE + 25 * MINUTE), 1);
}

static void a_holiday_has_no_opening(void **state)
{
	(void)state;
	item(1, HOURS, "");
	lab_exec(migrate, "INSERT INTO holiday (day, name) VALUES"
			  " ('2026-11-24', 'Праздник')");
	assert_int_equal(deal(NINE + 10 * MINUTE), 0);
	lab_exec(migrate, "DELETE FROM holiday WHERE day = '2026-11-24'");
	assert_int_equal(deal(NINE + 10 * MINUTE), 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, clean)
	const struct CMUnitTest tests[] = {
		T(nothing_is_dealt_unless_it_is_turned_on),
		T(k_4_0_10_items_are_dealt_evenly_once_an_opening),
		T(what_is_not_for_them_stays),
		T(with_nobody_at_work_they_stay),
		T(a_late_start_deals_within_a_quarter_of_an_hour),
		T(a_holiday_has_no_opening),
	};

	return cmocka_run_group_tests_name("deal", tests, start, end);
}
