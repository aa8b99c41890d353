/* kill -9 of otklik-jobs at moments nobody has chosen, work coming in all the
 * time: each piece is done whole, once. limit: 240 s */
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

/* --- what is cleared away and indexed ------------------------------------- */

enum { TIMES = 8, DRAFTS = 40, TEXTS = 600, SUMS = 100 };

/* Old drafts with two files each, appeals to index, sums to fold. */
static void put_old(unsigned round)
{
	char sql[600];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO appeal (id, status, author_id, updated_at)"
		 " SELECT 10000 + %u + seq, 'DRAFT', 5, NOW(3) - INTERVAL 31"
		 " DAY FROM seq_1_to_%u",
		 round * DRAFTS, DRAFTS);
	lab_exec(migrate, sql);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO attachment (appeal_id, doc_number, doc_date,"
		 " name, kind, size, sha256, path, user_id, at)"
		 " SELECT id, '1', '2026-01-01', 'a.pdf', 'pdf', 1, '',"
		 " CONCAT('appeals/', n.seq, '/', id), 5, NOW(3) FROM appeal,"
		 " seq_1_to_2 n WHERE id > 10000 + %u AND status = 'DRAFT'",
		 round * DRAFTS);
	lab_exec(migrate, sql);
	assert_int_equal(lab_run(NULL, 0,
				 "cd \"$OTKLIK_STATE\" && mkdir -p"
				 " files/appeals/1 files/appeals/2 &&"
				 " for i in $(seq %u %u); do touch"
				 " files/appeals/1/$i files/appeals/2/$i; done",
				 10001 + round * DRAFTS,
				 10000 + (round + 1) * DRAFTS),
			 0);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO appeal (id, number, status, registered_at,"
		 " organization_id, description) SELECT 20000 + %u + seq,"
		 " CONCAT('26-26-', 500000 + %u + seq), 'CLOSED', NOW(3), 1,"
		 " CONCAT('общее ', seq) FROM seq_1_to_%u",
		 round * TEXTS, round * TEXTS, TEXTS);
	lab_exec(migrate, sql);
	/* and of the round before: its words change */
	snprintf(sql, sizeof(sql),
		 "UPDATE appeal SET description = CONCAT('иное ', id) WHERE"
		 " id > 20000 AND id <= 20000 + %u AND description LIKE"
		 " 'общее%%'",
		 round * TEXTS);
	lab_exec(migrate, sql);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO journal_sum (organization_id, kind, n, at)"
		 " SELECT 77, 'DEFERRED', 1, NOW(3) - INTERVAL 1 HOUR FROM"
		 " seq_1_to_%u",
		 SUMS);
	lab_exec(migrate, sql);
}

/* Nothing doubled, nothing lost, after so many rounds. */
static void all_of_it_adds_up(unsigned rounds)
{
	static const char stems[] =
	    "SELECT (SELECT COUNT(*) FROM appeal_text x LEFT JOIN (SELECT"
	    " appeal_id, GROUP_CONCAT(stem ORDER BY stem SEPARATOR ' ') AS has"
	    " FROM appeal_stem GROUP BY appeal_id) s ON s.appeal_id ="
	    " x.appeal_id WHERE x.stems <> COALESCE(s.has, '')) + (SELECT"
	    " COUNT(*) FROM appeal_stem s LEFT JOIN appeal_text x ON"
	    " x.appeal_id = s.appeal_id WHERE x.appeal_id IS NULL)";

	is("SELECT SUM(n) FROM journal_sum WHERE organization_id = 77",
	   rounds * SUMS);
	is(stems, 0);
	is("SELECT COUNT(*) FROM appeal a LEFT JOIN appeal_text x ON"
	   " x.appeal_id = a.id LEFT JOIN text_todo t ON t.appeal_id = a.id"
	   " WHERE a.id > 20000 AND x.appeal_id IS NULL AND t.appeal_id IS"
	   " NULL",
	   0);
	/* a draft that is there has its rows, one that is gone is in the log */
	is("SELECT COUNT(*) FROM appeal a WHERE status = 'DRAFT' AND 2 <>"
	   " (SELECT COUNT(*) FROM attachment f WHERE f.appeal_id = a.id)",
	   0);
	is("SELECT (SELECT COUNT(*) FROM appeal WHERE status = 'DRAFT') +"
	   " (SELECT COUNT(*) FROM access_log WHERE action = 'REMOVE' AND"
	   " object_type = 'appeal')",
	   rounds * DRAFTS);
	is("SELECT (SELECT COUNT(*) FROM attachment) + (SELECT COUNT(*) FROM"
	   " access_log WHERE action = 'REMOVE' AND object_type ="
	   " 'attachment')",
	   rounds * DRAFTS * 2);
}

static void killed_while_it_clears_away_nothing_is_lost(void **state)
{
	static const char drafts[] =
	    "SELECT COUNT(*) FROM appeal WHERE status = 'DRAFT'";
	static const char texts[] = "SELECT COUNT(*) FROM text_todo";
	unsigned seed = SEED, cut = 0;
	char sql[200];

	(void)state;
	for (unsigned i = 0; i < TIMES; i++) {
		const char *what = i % 2 ? texts : drafts;
		long ms = rand_r(&seed) % (i % 2 ? 200 : 20);

		put_old(i);
		snprintf(sql, sizeof(sql), "SELECT (%s) < %llu", what,
			 lab_number(migrate, what));
		begin();
		await(sql); /* it is in the middle of this */
		nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
		kill_it();
		all_of_it_adds_up(i + 1);
		cut += lab_number(migrate, what) != 0;
	}
	print_message("%u of %u kills left work behind\n", cut, TIMES);
	assert_true(cut > 0);
	begin();
	snprintf(sql, sizeof(sql), "SELECT (%s) + (%s) = 0", drafts, texts);
	await(sql);
	await("SELECT COUNT(*) = 1 FROM journal_sum WHERE organization_id ="
	      " 77 AND at > NOW(3) - INTERVAL 1 HOUR");
	kill_it();
	all_of_it_adds_up(TIMES);
	is("SELECT COUNT(*) FROM attachment", 0);
	assert_int_equal(lab_run(NULL, 0,
				 "[ -z \"$(find \"$OTKLIK_STATE/files\""
				 " -type f)\" ]"),
			 0);
	is("SELECT COUNT(*) FROM appeal_text WHERE appeal_id > 20000",
	   TIMES * TEXTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_any_moment_everything_is_done_once),
		cmocka_unit_test(killed_while_it_clears_away_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, start, end);
}
