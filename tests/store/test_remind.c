/* Notices that only time makes: each once, to whom it concerns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/store_notice.h"
#include "cgi/store_remind.h"
#include "db/db.h"
#include "tests/store/lab.h"

/* 2026-11-24 06:00 UTC, a Tuesday, nine in the region */
#define NINE 1795500000000LL
#define DAY  86400000LL

static struct db *jobs, *migrate, *media;

static int start(void **state)
{
	(void)state;
	lab_begin(&migrate, &media, &jobs);
	return 0;
}

static int end(void **state)
{
	(void)state;
	lab_finish(&migrate, &media, &jobs);
	return 0;
}

/* 1 works, 2 supervises, 3 and 4 administer; 5 works for an insurer, 6
 * supervises there; 7 is blocked. */
static int clean(void **state)
{
	static const char *const tables[] = { "notice", "outbox", "appeal",
					      "user_role", "user_account" };
	static const char *const roles[] = {
		"OPERATOR_L1",    "SUPERVISOR", "CC_ADMIN",    "CC_ADMIN",
		"INSURER_REP_L1", "SUPERVISOR", "OPERATOR_L1",
	};
	char sql[400];

	(void)state;
	lab_clear(migrate, tables, sizeof(tables) / sizeof(*tables));
	for (unsigned u = 1; u <= 7; u++) {
		snprintf(sql, sizeof(sql),
			 "INSERT INTO user_account (id, login, password_hash,"
			 " surname, given_name, organization_id, blocked)"
			 " VALUES (%u, 'u%u', '', 'Х', 'И', %d, %d)",
			 u, u, u == 5 || u == 6 ? 2 : 1, u == 7);
		lab_exec(migrate, sql);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO user_role (user_id, role)"
			 " VALUES (%u, '%s')",
			 u, roles[u - 1]);
		lab_exec(migrate, sql);
	}
	return 0;
}

static void appeal(unsigned id, unsigned user, const char *due,
		   const char *more)
{
	char sql[600];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO appeal (id, number, status, assignee_id,"
		 " organization_id, registered_at, due_date) VALUES (%u,"
		 " '26-26-%06u', 'IN_PROGRESS', %u, %d, '2026-11-01', '%s')",
		 id, id, user, user == 5 ? 2 : 1, due);
	lab_exec(migrate, sql);
	if (!*more)
		return;
	snprintf(sql, sizeof(sql), "UPDATE appeal SET %s WHERE id = %u", more,
		 id);
	lab_exec(migrate, sql);
}

static unsigned remind(int64_t now)
{
	unsigned told = 99;

	if (store_remind(jobs, now, &told))
		fail_msg("%s", db_error(jobs));
	return told;
}

struct text {
	char all[2000];
};

static int add(const struct db_row *row, void *arg)
{
	struct text *t = arg;
	size_t n = strlen(t->all);

	snprintf(t->all + n, sizeof(t->all) - n, "%s ", db_str(row, 0));
	return 0;
}

/* "user:kind:appeal:amount", unread ones only, in order */
static void notices(const char *want)
{
	static const char sql[] =
	    "SELECT CONCAT_WS(':', user_id, kind, appeal_id, amount)"
	    " FROM notice WHERE read_at IS NULL"
	    " ORDER BY user_id, kind, appeal_id";
	struct text t = { "" };

	assert_int_equal(db_each(migrate, sql, NULL, 0, add, &t), 0);
	assert_string_equal(t.all, want);
}

static void k_6_0_4_each_term_is_told_once_to_whom_it_concerns(void **state)
{
	(void)state;
	appeal(1, 1, "2026-12-01", ""); /* the fifth working day */
	appeal(2, 1, "2026-12-02", ""); /* later */
	appeal(3, 1, "2026-11-25", "status = 'DEFERRED'");
	appeal(4, 1, "2026-11-24", "");
	appeal(5, 1, "2026-11-20", "");
	appeal(6, 5, "2026-11-24", "");
	appeal(7, 7, "2026-11-24", ""); /* nobody of his reads it */
	appeal(8, 1, "2026-11-24", "status = 'CLOSED'");
	appeal(9, 1, "2026-11-24", "registered_at = '2026-11-23 21:00:01'");
	/* 1, 2, 5, 6 */
	assert_int_equal(remind(NINE), 4);
	notices("1:OVERDUE:5:1 1:TERM0:4:1 1:TERM1:3:1 1:TERM5:1:1 "
		"2:OVERDUE:0:1 2:TERM0:0:2 2:TERM1:0:1 2:TERM5:0:1 "
		"5:TERM0:6:1 6:TERM0:0:1 ");
	assert_int_equal(
	    lab_number(migrate,
		       "SELECT COUNT(*) FROM outbox WHERE"
		       " kind = 'appeal_notice' AND JSON_VALUE(payload,"
		       " '$.event') = 'TERMS' AND JSON_VALUE(payload,"
		       " '$.user') IN (1, 2, 5, 6)"),
	    4);
	/* however often it runs */
	lab_exec(migrate, "UPDATE notice SET read_at = NOW(3)");
	assert_int_equal(remind(NINE + 1), 0);
	assert_int_equal(remind(NINE + 14 * 3600000LL), 0);
	notices("");
}

static void k_6_0_4_what_is_overdue_is_told_every_day(void **state)
{
	(void)state;
	appeal(1, 1, "2026-11-24", "");
	appeal(2, 1, "2026-11-26", "");
	assert_int_equal(remind(NINE), 2);
	lab_exec(migrate, "UPDATE notice SET read_at = NOW(3)");
	/* midnight of the region: 21:00 UTC */
	assert_int_equal(remind(NINE + 15 * 3600000LL - 1), 0);
	assert_int_equal(remind(NINE + 15 * 3600000LL), 2);
	notices("1:OVERDUE:1:1 1:TERM1:2:1 2:OVERDUE:0:1 2:TERM1:0:1 ");
	lab_exec(migrate, "UPDATE notice SET read_at = NOW(3)");
	assert_int_equal(remind(NINE + 2 * DAY), 2);
	notices("1:OVERDUE:1:1 1:TERM0:2:1 2:OVERDUE:0:1 2:TERM0:0:1 ");
	/* a longer term is told anew when it comes near */
	lab_exec(migrate, "DELETE FROM notice");
	lab_exec(migrate, "UPDATE appeal SET due_date = '2026-12-01'"
			  " WHERE id = 1");
	assert_int_equal(remind(NINE + 2 * DAY + 1), 2);
	notices("1:TERM0:2:1 1:TERM5:1:1 2:TERM0:0:1 2:TERM5:0:1 ");
}

static void an_insurer_is_told_nothing_of_a_complaint_about_it(void **state)
{
	(void)state;
	appeal(1, 5, "2026-11-24", "about_insurer_id = 2, assignee_id = NULL");
	remind(NINE);
	notices("");
	appeal(2, 5, "2026-11-24", "assignee_id = NULL");
	remind(NINE + 1);
	notices("6:TERM0:0:1 ");
}

static void a_late_review_is_told_to_each_administrator_once(void **state)
{
	(void)state;
	/* three working days after Wednesday is Monday the 23rd */
	appeal(1, 1, "2027-01-01",
	       "status = 'UNDER_REVIEW', review_kind = 'CLOSE',"
	       " review_at = '2026-11-18 20:59:59'");
	appeal(2, 1, "2027-01-01",
	       "status = 'UNDER_REVIEW', review_kind = 'CLOSE',"
	       " review_at = '2026-11-18 21:00:00'");
	assert_int_equal(remind(NINE), 2);
	notices("3:LATE_REVIEW:1:1 4:LATE_REVIEW:1:1 ");
	assert_int_equal(remind(NINE + 1), 0);
	/* returned and handed in again it is another one */
	lab_exec(migrate, "UPDATE appeal SET review_at = '2026-11-19 09:00:00'"
			  " WHERE id = 1");
	lab_exec(migrate, "DELETE FROM appeal WHERE id = 2");
	assert_int_equal(remind(NINE + DAY), 2);
	notices("3:LATE_REVIEW:1:1 3:LATE_REVIEW:1:1 4:LATE_REVIEW:1:1 "
		"4:LATE_REVIEW:1:1 ");
}

static void old_notices_go(void **state)
{
	(void)state;
	lab_exec(migrate, "INSERT INTO notice (user_id, kind, at) VALUES"
			  " (1, 'RETURN', NOW(3) - INTERVAL 91 DAY),"
			  " (1, 'RETURN', NOW(3) - INTERVAL 89 DAY)");
	assert_int_equal(store_notices_old(jobs), 0);
	notices("1:RETURN:0:1 ");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, clean)
	const struct CMUnitTest tests[] = {
		T(k_6_0_4_each_term_is_told_once_to_whom_it_concerns),
		T(k_6_0_4_what_is_overdue_is_told_every_day),
		T(an_insurer_is_told_nothing_of_a_complaint_about_it),
		T(a_late_review_is_told_to_each_administrator_once),
		T(old_notices_go),
	};

	return cmocka_run_group_tests_name("remind", tests, start, end);
}
