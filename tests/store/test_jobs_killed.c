/* kill -9 of otklik-jobs at moments nobody has chosen, work coming in all the
 * time: each piece is done whole, once. limit: 120 s */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "cgi/store_attempt.h"
#include "cgi/store_lost.h"
#include "db/db.h"
#include "tests/store/lab.h"

enum { ROUNDS = 24, EACH = 36, ALL = ROUNDS * EACH, KINDS = 6 };

#define SEED 20261129

static struct db *jobs, *migrate, *media;
static pid_t child;

static int start(void **state)
{
	(void)state;
	lab_start();
	lab_migrate("");
	migrate = lab_open("migrate");
	media = lab_open("media");
	jobs = lab_open("jobs");
	lab_exec(migrate, "INSERT INTO organization (id, kind, code,"
			  " short_name, full_name) VALUES"
			  " (1, 'FUND', '26000', 'ТФОМС', 'ТФОМС')");
	lab_exec(migrate, "INSERT INTO user_account (id, login, password_hash,"
			  " surname, given_name, organization_id) VALUES"
			  " (5, 'x', '', 'Х', 'И', 1)");
	lab_exec(migrate, "INSERT INTO appeal (id, status, number, type,"
			  " registered_at, organization_id) VALUES (70,"
			  " 'DEFERRED', '26-26-900070', 'Консультация',"
			  " NOW(3), 1)");
	return 0;
}

static int end(void **state)
{
	(void)state;
	if (child)
		kill(child, SIGKILL); /* a failed case left it */
	db_close(&jobs);
	db_close(&media);
	db_close(&migrate);
	lab_end();
	return 0;
}

static void is(const char *sql, unsigned long long n)
{
	unsigned long long found = lab_number(migrate, sql);

	if (found != n)
		fail_msg("%llu, not %llu: %s", found, n, sql);
}

/* In turn: a lost call, one more of a number that called before, a message
 * with and without a number, a number left, a call made about an appeal. */
static void put_work(unsigned n)
{
	static const char *const reasons[KINDS] = { "ABANDON",     "ABANDON",
						    "VOICEMAIL",   "VOICEMAIL",
						    "EXITWITHKEY", "BUSY" };
	unsigned kind = n % KINDS;
	char caller[20] = "", sql[400];

	if (kind != 3)
		snprintf(caller, sizeof(caller), "+7900%07u",
			 kind == 1 ? 1 : n + 100);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO call_record (id, direction, caller, queue_id,"
		 " started_at, ended_at, end_reason) VALUES"
		 " ('019fac98-8725-7e31-b884-%012u', '%s', '%s', 1,"
		 " NOW(3) - INTERVAL 60 SECOND, NOW(3), '%s')",
		 n, kind == 5 ? "OUT" : "IN", caller, reasons[kind]);
	lab_exec(media, sql);
	if (kind != 5)
		return;
	snprintf(sql, sizeof(sql),
		 "INSERT INTO call_event (call_id, seq, at, kind, user_id,"
		 " data) VALUES ('019fac98-8725-7e31-b884-%012u', 1, NOW(3),"
		 " 'DIAL', 5, JSON_OBJECT('appeal', 70))",
		 n);
	lab_exec(media, sql);
}

static void begin(void)
{
	child = fork();
	assert_true(child >= 0);
	if (child)
		return;
	execl("build/cgi/otklik-jobs", "otklik-jobs", (char *)NULL);
	_exit(127);
}

static void kill_it(void)
{
	pid_t pid = child;
	int status;

	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	child = 0;
	assert_true(WIFSIGNALED(status)); /* it had not ended by itself */
}

static void await(const char *sql)
{
	time_t until = time(NULL) + 60;

	while (!lab_number(migrate, sql)) {
		if (time(NULL) > until)
			fail_msg("never: %s", sql);
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
}

static unsigned done(void)
{
	return (unsigned)lab_number(migrate,
				    "SELECT (SELECT COUNT(*) FROM call_back)"
				    " + (SELECT COUNT(*) FROM loose_message)"
				    " + (SELECT COUNT(*) FROM call_attempt)");
}

/* What is there is there with all that belongs to it. */
static void nothing_is_in_halves(void)
{
	is("SELECT COUNT(*) FROM call_back b LEFT JOIN appeal_call l ON"
	   " l.appeal_id = b.appeal_id AND l.call_id = b.call_id"
	   " WHERE l.call_id IS NULL",
	   0);
	is("SELECT (SELECT COUNT(*) FROM appeal_history)"
	   " - (SELECT COUNT(*) FROM call_back)"
	   " - (SELECT COUNT(*) FROM call_attempt)",
	   0);
	is("SELECT COUNT(*) FROM appeal a LEFT JOIN appeal_call l ON"
	   " l.appeal_id = a.id WHERE l.call_id IS NULL AND a.id <> 70",
	   0);
}

static void killed_at_any_moment_everything_is_done_once(void **state)
{
	unsigned seed = SEED, cut = 0, n = 0, made;
	struct lost_report r;

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		long ms = 5 + rand_r(&seed) % 100;

		while (n < (i + 1) * EACH)
			put_work(++n);
		begin();
		nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
		kill_it();
		nothing_is_in_halves();
		cut += done() != 0 && done() != n;
	}
	print_message("%u of %u kills left work behind\n", cut, ROUNDS);
	assert_true(cut > 0);

	begin();
	await("SELECT COUNT(*) = 144 FROM call_attempt"); /* the last step */
	await("SELECT COUNT(*) = (SELECT COUNT(*) FROM seal WHERE source ="
	      " 'appeal_history') FROM appeal_history");
	kill_it();
	assert_int_equal(ALL / KINDS, 144);
	assert_int_equal(done(), ALL);
	nothing_is_in_halves();
	is("SELECT COUNT(*) FROM call_back", 4 * 144);
	is("SELECT COUNT(*) FROM loose_message", 144);
	is("SELECT COUNT(*) FROM appeal_call", 5 * 144);
	is("SELECT COUNT(DISTINCT call_id) FROM appeal_call", 5 * 144);
	/* who called again and again has one; and the one called about */
	is("SELECT COUNT(*) FROM appeal", 3 * 144 + 1 + 1);
	is("SELECT COUNT(*) FROM appeal_call l JOIN appeal a ON"
	   " a.id = l.appeal_id WHERE a.phone = '+79000000001'",
	   144);

	assert_int_equal(store_lost_calls(jobs, time(NULL) * 1000LL, 0, &r), 0);
	assert_int_equal(r.made + r.failed, 0);
	assert_int_equal(store_attempts(jobs, 0, &made), 0);
	assert_int_equal(made, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_any_moment_everything_is_done_once),
	};

	return cmocka_run_group_tests(tests, start, end);
}
