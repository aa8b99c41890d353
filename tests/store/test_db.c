/* The database room: values, errors, lost connections, transactions.
 * limit: 180 s */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "db/db.h"
#include "tests/store/lab.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define ARGS(...)                               \
	(const struct db_arg[]){ __VA_ARGS__ }, \
	    LEN(((const struct db_arg[]){ __VA_ARGS__ }))

static struct db *db; /* as migrate: it may make tables */

static int start(void **state)
{
	(void)state;
	lab_start();
	lab_migrate("");
	db = lab_open("migrate");
	lab_exec(db, "CREATE TABLE t (id BIGINT UNSIGNED AUTO_INCREMENT"
		     " PRIMARY KEY, u BIGINT UNSIGNED, i BIGINT, f DOUBLE,"
		     " s LONGTEXT, b VARBINARY(200), at DATETIME(3), d DATE,"
		     " uuid UUID, e ENUM('да','нет'), n DECIMAL(8,2),"
		     " few VARCHAR(3), k INT UNIQUE, CHECK (k < 1000))");
	return 0;
}

static int end(void **state)
{
	(void)state;
	db_close(&db);
	lab_end();
	return 0;
}

/* --- values --------------------------------------------------------------- */

static int all_null(const struct db_row *row, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < db_columns(row); i++) {
		size_t len = 1;

		assert_true(db_is_null(row, i));
		assert_true(db_u64(row, i) == 0);
		assert_true(db_i64(row, i) == 0);
		assert_string_equal(db_str(row, i), "");
		assert_null(db_blob(row, i, &len));
		assert_int_equal(len, 0);
		assert_true(db_time_ms(row, i) == 0);
	}
	assert_true(db_is_null(row, 99)); /* no such column */
	return 0;
}

static void null_stays_null(void **state)
{
	(void)state;
	assert_int_equal(db_exec(db,
				 "INSERT INTO t (u, i, f, s, b, at, uuid)"
				 " VALUES (?, ?, ?, ?, ?, ?, ?)",
				 ARGS(DB_NULL, DB_ID(0), DB_NULL, DB_STR(NULL),
				      DB_NULL, DB_TIME_MS(0), DB_STR(NULL))),
			 0);
	assert_true(db_affected(db) == 1);
	assert_true(db_last_id(db) > 0);
	assert_int_equal(db_one(db,
				"SELECT u, i, f, s, b, at, uuid FROM t"
				" WHERE id = ?",
				ARGS(DB_U64(db_last_id(db))), all_null, NULL),
			 0);
}

static const char zeros[] = "a\0b\0\xff";
static const char uuid[] = "019fac98-8725-7e31-b884-a7c07c0a8ceb";

static int all_values(const struct db_row *row, void *arg)
{
	const void *blob;
	char cut[6];
	size_t len;

	assert_true(db_u64(row, 0) == UINT64_MAX);
	assert_true(db_i64(row, 1) == INT64_MIN);
	assert_true(db_f64(row, 2) == -0.125);
	assert_int_equal(strlen(db_str(row, 3)), strlen(arg));
	assert_memory_equal(db_str(row, 3), arg, strlen(arg));
	blob = db_blob(row, 4, &len);
	assert_int_equal(len, sizeof(zeros) - 1);
	assert_memory_equal(blob, zeros, len);
	assert_true(db_time_ms(row, 5) == 1795555555123);
	assert_string_equal(db_str(row, 6), "2026-02-28");
	assert_string_equal(db_str(row, 7), uuid);
	assert_string_equal(db_str(row, 8), "нет");
	assert_string_equal(db_str(row, 9), "-12.50");
	assert_true(db_f64(row, 9) == -12.5);
	assert_string_equal(db_str(row, 1), "-9223372036854775808");
	db_copy(row, 8, cut, sizeof(cut));
	assert_string_equal(cut, "не"); /* never half a letter */
	return 0;
}

static void every_type_comes_back_as_it_went(void **state)
{
	char *text = malloc(100001);

	(void)state;
	memset(text, 'x', 100000);
	strcpy(text + 99990, "я😀'\"\\");
	assert_int_equal(
	    db_exec(db,
		    "INSERT INTO t (u, i, f, s, b, at, d, uuid, e, n)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    ARGS(DB_U64(UINT64_MAX), DB_I64(INT64_MIN), DB_F64(-0.125),
			 DB_STR(text), DB_BLOB(zeros, sizeof(zeros) - 1),
			 DB_TIME_MS(1795555555123), DB_STR("2026-02-28"),
			 DB_STR(uuid), DB_STR("нет"), DB_STR("-12.5"))),
	    0);
	assert_int_equal(db_one(db,
				"SELECT u, i, f, s, b, at, d, uuid, e, n"
				" FROM t WHERE id = ?",
				ARGS(DB_U64(db_last_id(db))), all_values, text),
			 0);
	free(text);
}

static int is_time(const struct db_row *row, void *arg)
{
	assert_true(db_time_ms(row, 0) == *(int64_t *)arg);
	/* what MariaDB makes of the same moment, in UTC */
	assert_true((int64_t)(db_f64(row, 1) * 1000 +
			      (*(int64_t *)arg < 0 ? -0.5 : 0.5)) ==
		    *(int64_t *)arg);
	return 0;
}

static void times_are_utc_milliseconds(void **state)
{
	static const int64_t times[] = { 1,
					 999,
					 951782400000,
					 951868799999,
					 1709164800001,
					 1795555555123,
					 2147483647999 };

	(void)state;
	for (size_t i = 0; i < LEN(times); i++) {
		int64_t ms = times[i];

		assert_int_equal(db_exec(db, "INSERT INTO t (at) VALUES (?)",
					 ARGS(DB_TIME_MS(ms))),
				 0);
		assert_int_equal(db_one(db,
					"SELECT at, CAST(UNIX_TIMESTAMP(at)"
					" AS DOUBLE) FROM t WHERE id = ?",
					ARGS(DB_U64(db_last_id(db))), is_time,
					&ms),
				 0);
	}
	assert_true(lab_number(db, "SELECT ABS(TIMESTAMPDIFF(SECOND, NOW(),"
				   " UTC_TIMESTAMP())) < 2"));
}

/* --- rows ----------------------------------------------------------------- */

struct walk {
	unsigned seen, stop_at, inner;
};

static int add(const struct db_row *row, void *arg)
{
	*(unsigned *)arg += (unsigned)db_u64(row, 0);
	return 0;
}

static const char three[] = "SELECT 1 AS n UNION ALL SELECT 2 UNION ALL"
			    " SELECT 3";

static int step(const struct db_row *row, void *arg)
{
	struct walk *w = arg;

	(void)row;
	w->seen++;
	/* the same text on the same connection, while its rows are read */
	assert_int_equal(db_each(db, three, NULL, 0, add, &w->inner), 0);
	return w->seen == w->stop_at ? ECANCELED : 0;
}

static void a_row_function_may_ask_again_and_stop(void **state)
{
	struct walk w = { 0 };
	uint64_t n = 7;

	(void)state;
	assert_int_equal(db_each(db, three, NULL, 0, step, &w), 0);
	assert_int_equal(w.seen, 3);
	assert_int_equal(w.inner, 18);

	w = (struct walk){ .stop_at = 2 };
	assert_int_equal(db_each(db, three, NULL, 0, step, &w), ECANCELED);
	assert_int_equal(w.seen, 2);

	w = (struct walk){ 0 };
	assert_int_equal(db_one(db, three, NULL, 0, step, &w), 0);
	assert_int_equal(w.seen, 1);

	assert_int_equal(
	    db_number(db, "SELECT id FROM t WHERE id = 0", NULL, 0, &n),
	    ENOENT);
	assert_true(n == 7); /* written only on success */
}

static void more_texts_than_the_cache_holds_work(void **state)
{
	char sql[60];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (unsigned i = 0; i < 600; i++) {
			snprintf(sql, sizeof(sql), "SELECT %u", i);
			assert_true(lab_number(db, sql) == i);
		}
	/* those pushed out were closed on the server, too */
	assert_true(lab_number(db, "SELECT VARIABLE_VALUE <= 260 FROM"
				   " information_schema.SESSION_STATUS WHERE"
				   " VARIABLE_NAME ="
				   " 'PREPARED_STMT_COUNT'") == 1);
}

/* --- errors --------------------------------------------------------------- */

static void errors_have_their_numbers(void **state)
{
	static const struct {
		const char *sql;
		int err;
	} cases[] = {
		{ "INSERT INTO t (k) VALUES (1), (1)", EEXIST },
		{ "INSERT INTO user_role (user_id, role) VALUES"
		  " (999999, 'AUDITOR')",
		  ENOENT },
		{ "INSERT INTO t (few) VALUES ('Иванов')", EINVAL },
		{ "INSERT INTO t (k) VALUES (1000)", EINVAL },
		{ "INSERT INTO t (d) VALUES ('2026-02-30')", EINVAL },
		{ "INSERT INTO t (uuid) VALUES ('x')", EINVAL },
		{ "INSERT INTO t (e) VALUES ('может быть')", EINVAL },
		{ "INSERT INTO t (u) VALUES (-1)", EINVAL },
		{ "INSERT INTO appeal (status) VALUES ('CLOSED')", EINVAL },
		{ "DELETE FROM queue WHERE id = 1", EBUSY },
		{ "SELECT * FROM mysql.global_priv", EACCES },
		{ "SELECT nothing FROM nowhere", EIO },
		{ "SELEKT", EIO },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		int err = db_exec(db, cases[i].sql, NULL, 0);

		if (err != cases[i].err)
			fail_msg("%s: %s (%s)", cases[i].sql, strerror(err),
				 db_error(db));
	}
}

static void what_goes_into_a_log_holds_no_values(void **state)
{
	(void)state;
	lab_exec(db, "INSERT INTO t (k) VALUES (77)");
	assert_int_equal(db_exec(db, "INSERT INTO t (k, s) VALUES (?, ?)",
				 ARGS(DB_U64(77), DB_STR("Петров"))),
			 EEXIST);
	assert_null(strstr(db_error(db), "77"));
	assert_int_equal(
	    db_exec(db, "INSERT INTO t (d) VALUES (?)", ARGS(DB_STR("Петров"))),
	    EINVAL);
	assert_null(strstr(db_error(db), "Петров"));
	assert_non_null(strstr(db_error(db), "MariaDB 1292"));
}

static void the_number_of_arguments_is_checked(void **state)
{
	(void)state;
	assert_int_equal(db_exec(db, "DELETE FROM t WHERE id = ? AND u = ?",
				 ARGS(DB_U64(1))),
			 EINVAL);
	assert_int_equal(db_exec(db, "DELETE FROM t WHERE id = ?", NULL, 0),
			 EINVAL);
}

static void two_statements_in_one_text_are_refused(void **state)
{
	unsigned which;

	(void)state;
	assert_int_equal(db_exec(db, "SELECT 1; DELETE FROM t", NULL, 0), EIO);
	assert_int_equal(db_script(db, "SELECT 1; SELECT 2", &which), EINVAL);
}

/* --- transactions --------------------------------------------------------- */

static unsigned long long rows_with(unsigned k)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM t WHERE k = %u", k);
	return lab_number(db, sql);
}

static void a_transaction_is_whole_or_not_at_all(void **state)
{
	(void)state;
	assert_int_equal(db_begin(db), 0);
	assert_true(db_in_transaction(db));
	assert_int_equal(db_begin(db), EBUSY);
	lab_exec(db, "INSERT INTO t (k) VALUES (100)");
	db_rollback(db);
	assert_false(db_in_transaction(db));
	assert_true(rows_with(100) == 0);

	assert_int_equal(db_begin(db), 0);
	lab_exec(db, "INSERT INTO t (k) VALUES (101)");
	assert_int_equal(db_exec(db, "INSERT INTO t (k) VALUES (101)", NULL, 0),
			 EEXIST);
	assert_int_equal(db_commit(db), 0);
	assert_true(rows_with(101) == 1);
	assert_int_equal(db_commit(db), EINVAL);
	db_rollback(db); /* nothing to undo */
}

static void a_row_locked_by_another_is_a_try_again(void **state)
{
	struct db *other = lab_open("migrate");

	(void)state;
	lab_exec(db, "INSERT INTO t (k) VALUES (110)");
	lab_exec(other, "SET SESSION innodb_lock_wait_timeout = 1");
	assert_int_equal(db_begin(db), 0);
	lab_exec(db, "UPDATE t SET u = 1 WHERE k = 110");
	assert_int_equal(
	    db_exec(other, "UPDATE t SET u = 2 WHERE k = 110", NULL, 0),
	    EAGAIN);
	db_rollback(db);
	db_close(&other);
	assert_null(other);
}

static void a_statement_has_its_longest_time(void **state)
{
	char sock[128];
	struct db *quick = NULL;
	char password[64] = "";
	FILE *f;

	(void)state;
	snprintf(sock, sizeof(sock), "%s/secrets/db_web",
		 getenv("OTKLIK_STATE"));
	f = fopen(sock, "r");
	assert_non_null(f);
	assert_non_null(fgets(password, sizeof(password), f));
	fclose(f);
	password[strcspn(password, "\n")] = '\0';
	snprintf(sock, sizeof(sock), "%s/run/db.sock", getenv("OTKLIK_STATE"));
	assert_int_equal(
	    db_open(&quick, &(struct db_conf){ .socket = sock,
					       .user = "web",
					       .password = password,
					       .database = "otklik",
					       .statement_s = 1 }),
	    0);
	assert_int_equal(db_each(quick,
				 "SELECT COUNT(*) FROM"
				 " information_schema.COLUMNS a JOIN"
				 " information_schema.COLUMNS b JOIN"
				 " information_schema.COLUMNS c",
				 NULL, 0, NULL, NULL),
			 ETIMEDOUT);
	assert_int_equal(db_ping(quick), 0); /* the connection lives */
	db_close(&quick);
	assert_int_equal(
	    db_open(&quick, &(struct db_conf){ .socket = sock,
					       .user = "web",
					       .password = "wrong" }),
	    EACCES);
	assert_null(quick);
}

static void a_snapshot_is_of_one_moment(void **state)
{
	struct db *other = lab_open("migrate");

	(void)state;
	assert_int_equal(db_begin_snapshot(db), 0);
	lab_exec(other, "INSERT INTO t (k) VALUES (770)");
	assert_true(rows_with(770) == 0);
	lab_exec(other, "INSERT INTO t (k) VALUES (771)");
	assert_true(rows_with(771) == 0);
	db_rollback(db);
	/* the next transaction sees what is there, question by question */
	assert_int_equal(db_begin(db), 0);
	assert_true(rows_with(770) == 1 && rows_with(771) == 1);
	lab_exec(other, "DELETE FROM t WHERE k IN (770, 771)");
	assert_true(rows_with(770) == 0);
	db_rollback(db);
	db_close(&other);
}

/* --- lost connections ----------------------------------------------------- */

/* Ends that connection from another one of the same account. */
static void kill_connection(unsigned long long id)
{
	struct db *killer = lab_open("migrate");
	char sql[120];

	snprintf(sql, sizeof(sql), "KILL CONNECTION %llu", id);
	lab_exec(killer, sql);
	/* the server needs a moment to take it down */
	snprintf(sql, sizeof(sql),
		 "SELECT COUNT(*) FROM"
		 " information_schema.PROCESSLIST WHERE ID = %llu",
		 id);
	while (lab_number(killer, sql))
		;
	db_close(&killer);
}

static void an_idle_connection_that_died_is_made_anew(void **state)
{
	unsigned before = db_connects(db);

	(void)state;
	kill_connection(lab_number(db, "SELECT CONNECTION_ID()"));
	/* a write, with a statement that was prepared on the old one */
	assert_int_equal(
	    db_exec(db, "INSERT INTO t (k) VALUES (?)", ARGS(DB_U64(120))), 0);
	assert_int_equal(db_connects(db), before + 1);
	kill_connection(lab_number(db, "SELECT CONNECTION_ID()"));
	assert_int_equal(
	    db_exec(db, "INSERT INTO t (k) VALUES (?)", ARGS(DB_U64(121))), 0);
	kill_connection(lab_number(db, "SELECT CONNECTION_ID()"));
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_commit(db), 0);
	assert_true(rows_with(120) == 1 && rows_with(121) == 1);
	/* settings of the session came back */
	assert_true(lab_number(db, "SELECT @@time_zone = '+00:00'"));
}

static void a_connection_lost_in_a_transaction_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(db_begin(db), 0);
	lab_exec(db, "INSERT INTO t (k) VALUES (130)");
	kill_connection(lab_number(db, "SELECT CONNECTION_ID()"));
	assert_int_equal(db_exec(db, "INSERT INTO t (k) VALUES (131)", NULL, 0),
			 ENOTCONN);
	/* until the end of the transaction, so no half of it can happen */
	assert_int_equal(db_exec(db, "INSERT INTO t (k) VALUES (132)", NULL, 0),
			 ENOTCONN);
	assert_int_equal(db_commit(db), ENOTCONN);
	assert_false(db_in_transaction(db));
	assert_true(lab_number(db, "SELECT COUNT(*) FROM t WHERE k BETWEEN"
				   " 130 AND 132") == 0);
}

static unsigned long long victim;

/* Waits until the victim is busy with SLEEP, then kills it. */
static void *kill_sleeper(void *arg)
{
	struct db *killer = arg;
	char sql[160];
	uint64_t n = 0;

	snprintf(sql, sizeof(sql),
		 "SELECT COUNT(*) FROM"
		 " information_schema.PROCESSLIST WHERE ID = %llu AND"
		 " STATE = 'User sleep'",
		 victim);
	while (!db_number(killer, sql, NULL, 0, &n) && !n)
		;
	snprintf(sql, sizeof(sql), "KILL CONNECTION %llu", victim);
	db_exec(killer, sql, NULL, 0);
	return NULL;
}

static int run_and_kill(const char *sql, bool rows)
{
	struct db *killer = lab_open("migrate");
	pthread_t thread;
	uint64_t n;
	int err;

	victim = lab_number(db, "SELECT CONNECTION_ID()");
	assert_int_equal(pthread_create(&thread, NULL, kill_sleeper, killer),
			 0);
	err =
	    rows ? db_number(db, sql, NULL, 0, &n) : db_exec(db, sql, NULL, 0);
	pthread_join(thread, NULL);
	db_close(&killer);
	return err;
}

static void a_read_that_died_is_repeated_once(void **state)
{
	unsigned before = db_connects(db);

	(void)state;
	assert_int_equal(run_and_kill("SELECT SLEEP(1)", true), 0);
	assert_int_equal(db_connects(db), before + 1);
}

static void a_write_that_died_is_not_repeated(void **state)
{
	(void)state;
	assert_int_equal(run_and_kill("INSERT INTO t (k) SELECT 140 +"
				      " SLEEP(2)",
				      false),
			 ENOTCONN);
	assert_true(rows_with(140) == 0);
}

static int lose_it(const struct db_row *row, void *arg)
{
	(void)row;
	++*(unsigned *)arg;
	kill_connection(lab_number(db, "SELECT CONNECTION_ID()"));
	assert_int_equal(db_ping(db), 0); /* on a new connection */
	return 0;
}

static void a_walk_ends_when_its_connection_goes(void **state)
{
	unsigned seen = 0;

	(void)state;
	assert_int_equal(db_each(db, three, NULL, 0, lose_it, &seen), ENOTCONN);
	assert_int_equal(seen, 1); /* and is not begun again */
	assert_int_equal(db_each(db, three, NULL, 0, add, &seen), 0);
	assert_int_equal(seen, 7);
}

static void a_stopped_server_is_said_at_once_and_comes_back(void **state)
{
	struct timespec a, b;
	struct db *late = NULL;

	(void)state;
	lab_server(false);
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(db_ping(db), ENOTCONN);
	assert_int_equal(db_exec(db, "INSERT INTO t (k) VALUES (150)", NULL, 0),
			 ENOTCONN);
	assert_int_equal(db_begin(db), ENOTCONN);
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true(b.tv_sec - a.tv_sec < 3);
	/* a program may start before its server */
	assert_int_equal(db_new_account(&late, NULL, "web"), 0);
	assert_int_equal(db_ping(late), ENOTCONN);
	assert_int_equal(db_new_account(&late, "/nowhere", "web"), ENOENT);

	lab_server(true);
	assert_int_equal(db_ping(late), 0);
	db_close(&late);
	lab_exec(db, "INSERT INTO t (k) VALUES (150)");
	assert_true(rows_with(150) == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_stays_null),
		cmocka_unit_test(every_type_comes_back_as_it_went),
		cmocka_unit_test(times_are_utc_milliseconds),
		cmocka_unit_test(a_row_function_may_ask_again_and_stop),
		cmocka_unit_test(more_texts_than_the_cache_holds_work),
		cmocka_unit_test(errors_have_their_numbers),
		cmocka_unit_test(what_goes_into_a_log_holds_no_values),
		cmocka_unit_test(the_number_of_arguments_is_checked),
		cmocka_unit_test(two_statements_in_one_text_are_refused),
		cmocka_unit_test(a_transaction_is_whole_or_not_at_all),
		cmocka_unit_test(a_row_locked_by_another_is_a_try_again),
		cmocka_unit_test(a_statement_has_its_longest_time),
		cmocka_unit_test(an_idle_connection_that_died_is_made_anew),
		cmocka_unit_test(
		    a_connection_lost_in_a_transaction_is_an_error),
		cmocka_unit_test(a_snapshot_is_of_one_moment),
		cmocka_unit_test(a_read_that_died_is_repeated_once),
		cmocka_unit_test(a_write_that_died_is_not_repeated),
		cmocka_unit_test(a_walk_ends_when_its_connection_goes),
		cmocka_unit_test(
		    a_stopped_server_is_said_at_once_and_comes_back),
	};

	return cmocka_run_group_tests(tests, start, end);
}
