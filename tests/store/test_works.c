/* What otklik-jobs puts into the index and clears away, and that no work waits
 * for another one to succeed. limit: 300 s */
#include <errno.h>
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

#include "cgi/store_old.h"
#include "cgi/store_text.h"
#include "db/db.h"
#include "tests/store/lab.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct db *jobs, *migrate, *media;
static pid_t child;

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
	if (child)
		kill(child, SIGKILL); /* a failed case left it */
	lab_finish(&migrate, &media, &jobs);
	return 0;
}

static int clean(void **state)
{
	static const char *const tables[] = {
		"attachment WHERE appeal_id IN (SELECT id FROM appeal WHERE"
		" registered_at IS NULL)",
		"call_back",
		"appeal_call",
		"call_record",
		"appeal",
		"appeal_history",
		"text_todo",
		"appeal_text",
		"appeal_stem",
		"journal_sum",
		"access_log",
		"seal",
		"seal_head",
		"web_session",
		"job_failure",
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

/* --- drafts ---------------------------------------------------------------- */

static void draft(unsigned id)
{
	char sql[200];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO appeal (id, status, author_id, updated_at) VALUES"
		 " (%u, 'DRAFT', 5, NOW(3) - INTERVAL 31 DAY)",
		 id);
	lab_exec(migrate, sql);
}

static void attach(unsigned appeal, const char *path, const char *removed)
{
	char sql[500];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO attachment (appeal_id, doc_number, doc_date,"
		 " name, kind, size, sha256, path, user_id, at, removed_at)"
		 " VALUES (%u, '1', '2026-01-01', 'a.pdf', 'pdf', 1, '', '%s',"
		 " 5, NOW(3), %s)",
		 appeal, path, removed);
	lab_exec(migrate, sql);
	assert_int_equal(
	    lab_run(NULL, 0,
		    "mkdir -p \"$(dirname \"$OTKLIK_STATE/files/%s\")\" &&"
		    " touch \"$OTKLIK_STATE/files/%s\"",
		    path, path),
	    0);
}

static void lying(const char *names)
{
	char out[400];

	assert_int_equal(lab_run(out, sizeof(out),
				 "cd \"$OTKLIK_STATE/files\" &&"
				 " find . -type f | sort | tr -d '\\n'"),
			 0);
	assert_string_equal(out, names);
}

static void an_old_draft_goes_with_its_files_and_no_others(void **state)
{
	(void)state;
	for (unsigned id = 1; id <= 3; id++)
		draft(id);
	attach(1, "appeals/ab/abcd", "NULL");
	attach(1, "appeals/ab/abce", "NOW(3)");
	attach(1, "quarantine/0123", "NULL");
	attach(2, "appeals/cd/cdef", "NULL");
	attach(3, "appeals/ef/ef00", "NULL");
	lab_exec(migrate, "UPDATE appeal SET updated_at = NOW(3) WHERE id = 2");
	lab_exec(migrate, "UPDATE appeal SET status = 'DELETED' WHERE id = 3");
	assert_int_equal(store_old_drafts(jobs, getenv("OTKLIK_STATE")), 0);
	is("SELECT COUNT(*) FROM appeal WHERE id = 1", 0);
	is("SELECT COUNT(*) FROM appeal", 2);
	is("SELECT COUNT(*) FROM attachment", 2);
	lying("./appeals/cd/cdef./appeals/ef/ef00");
	is("SELECT COUNT(*) FROM access_log WHERE action = 'REMOVE' AND"
	   " object_type = 'attachment'",
	   3);
	is("SELECT COUNT(*) FROM access_log WHERE action = 'REMOVE' AND"
	   " object_type = 'appeal' AND object_id = '1'",
	   1);
	/* what is registered keeps its files, whoever asks */
	lab_exec(migrate, "UPDATE appeal SET registered_at = NOW(3),"
			  " status = 'CLOSED', number = '26-26-000003' WHERE"
			  " id = 3");
	assert_int_equal(db_exec(jobs,
				 "DELETE FROM attachment WHERE appeal_id = 3",
				 NULL, 0),
			 EINVAL);
	lab_exec(migrate, "UPDATE appeal SET registered_at = NULL");
}

static void a_draft_that_cannot_go_holds_up_no_other(void **state)
{
	(void)state;
	for (unsigned id = 1; id <= 3; id++)
		draft(id);
	/* out of the files, and a file nobody can remove */
	attach(1, "appeals/../../secrets/db_jobs", "NULL");
	attach(2, "appeals/aa", "NULL");
	assert_int_equal(lab_run(NULL, 0,
				 "cd \"$OTKLIK_STATE/files/appeals\" &&"
				 " rm aa && mkdir aa"),
			 0);
	assert_int_not_equal(store_old_drafts(jobs, getenv("OTKLIK_STATE")), 0);
	is("SELECT SUM(id) FROM appeal", 3);
	is("SELECT COUNT(*) FROM attachment", 2);
	is("SELECT COUNT(*) FROM access_log", 1);
	assert_int_equal(
	    lab_run(NULL, 0, "test -s \"$OTKLIK_STATE/secrets/db_jobs\""), 0);
	/* killed after its files: they are gone already */
	assert_int_equal(lab_run(NULL, 0,
				 "rmdir \"$OTKLIK_STATE/files/"
				 "appeals/aa\""),
			 0);
	assert_int_equal(store_old_drafts(jobs, getenv("OTKLIK_STATE")),
			 EBADMSG);
	is("SELECT SUM(id) FROM appeal", 1);
}

/* --- counters -------------------------------------------------------------- */

static void count_up(struct db *db, const char *age)
{
	char sql[200];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO journal_sum (organization_id, kind, n, at) VALUES"
		 " (1, 'DEFERRED', 1, NOW(3) - INTERVAL %s)",
		 age);
	lab_exec(db, sql);
}

/* Its row has an id already when the first fold puts its own behind it. */
static void a_second_fold_loses_nothing_that_commits_late(void **state)
{
	struct db *late = lab_open("migrate");

	(void)state;
	lab_exec(jobs, "SET innodb_lock_wait_timeout = 2");
	for (unsigned i = 0; i < 3; i++)
		count_up(migrate, "1 HOUR");
	count_up(migrate, "0 SECOND");
	assert_int_equal(db_begin(late), 0);
	count_up(late, "0 SECOND");
	assert_int_equal(store_fold_counters(jobs), 0);
	is("SELECT COUNT(*) FROM journal_sum", 2);
	assert_int_equal(store_fold_counters(jobs), 0);
	assert_int_equal(db_commit(late), 0);
	assert_int_equal(store_fold_counters(jobs), 0);
	is("SELECT SUM(n) FROM journal_sum", 5);
	/* when all of it is old, it is one row again */
	lab_exec(migrate, "UPDATE journal_sum SET at = at - INTERVAL 1 HOUR");
	assert_int_equal(store_fold_counters(jobs), 0);
	is("SELECT COUNT(*) FROM journal_sum", 1);
	is("SELECT SUM(n) FROM journal_sum", 5);
	db_close(&late);
}

/* --- the process ----------------------------------------------------------- */

static void begin(const char *log)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", getenv("OTKLIK_STATE"), log);
	child = fork();
	assert_true(child >= 0);
	if (child)
		return;
	if (!freopen(path, "w", stderr))
		_exit(126);
	execl("build/cgi/otklik-jobs", "otklik-jobs", (char *)NULL);
	_exit(127);
}

static void finish(void)
{
	pid_t pid = child;
	int status;

	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	child = 0;
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
}

static void await(const char *sql)
{
	time_t until = time(NULL) + 120;

	while (!lab_number(migrate, sql)) {
		if (time(NULL) > until)
			fail_msg("never: %s", sql);
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
}

static void no_work_waits_for_another(void **state)
{
	char out[2000];

	(void)state;
	lab_exec(media, "INSERT INTO call_record (id, direction, caller,"
			" queue_id, started_at, ended_at, end_reason) VALUES"
			" (UUID(), 'IN', '+79000000001', 1, NOW(3) - INTERVAL"
			" 60 SECOND, NOW(3), 'ABANDON')");
	lab_exec(migrate, "INSERT INTO web_session (token_hash, user_id, csrf,"
			  " seen_at) VALUES ('a', 5, '', NOW(3) - INTERVAL 31"
			  " DAY)");
	draft(1);
	attach(1, "appeals/../x", "NULL");
	draft(2);
	count_up(migrate, "1 HOUR");
	count_up(migrate, "1 HOUR");
	lab_exec(migrate, "CREATE TRIGGER bad_seal BEFORE INSERT ON seal FOR"
			  " EACH ROW SIGNAL SQLSTATE '45000'");
	lab_exec(migrate, "CREATE TRIGGER bad_session BEFORE DELETE ON"
			  " web_session FOR EACH ROW SIGNAL SQLSTATE '45000'");
	begin("first");
	/* lost calls before them, drafts between, the index behind */
	await("SELECT COUNT(*) = 1 FROM appeal_text");
	await("SELECT COUNT(*) = 1 FROM journal_sum WHERE n = 2");
	is("SELECT COUNT(*) FROM appeal WHERE id = 2", 0);
	is("SELECT COUNT(*) FROM job_failure WHERE work IN ('seals',"
	   " 'old sessions', 'old drafts') AND error <> ''",
	   3);
	is("SELECT COUNT(*) FROM job_failure", 3);
	finish();
	assert_int_equal(
	    lab_run(out, sizeof(out), "cat \"$OTKLIK_STATE/first\""), 0);
	assert_non_null(strstr(out, "otklik-jobs: seals: "));
	assert_non_null(strstr(out, "otklik-jobs: old sessions: "));
	assert_non_null(strstr(out, "otklik-jobs: old drafts: "));
	/* told once, not every second */
	assert_null(strstr(strstr(out, ": seals: ") + 1, ": seals: "));

	/* mended one by one, while it is at work and while it is not */
	lab_exec(migrate, "DROP TRIGGER bad_session");
	begin("second");
	await("SELECT COUNT(*) = 0 FROM web_session");
	await("SELECT COUNT(*) = 2 FROM job_failure");
	lab_exec(migrate, "DROP TRIGGER bad_seal");
	await("SELECT COUNT(*) FROM seal");
	await("SELECT GROUP_CONCAT(work) = 'old drafts' FROM job_failure");
	finish();
}

/* As many as a restored archive may have, all of them stored long ago. */
static void no_work_waits_for_one_that_is_long(void **state)
{
	(void)state;
	lab_exec(migrate, "INSERT INTO access_log (action, reason, stored_at)"
			  " SELECT 'PLAY', seq, '2020-01-01' FROM"
			  " seq_1_to_20000");
	appeal(1, "слово");
	begin("third");
	await("SELECT COUNT(*) = 1 FROM appeal_text");
	assert_true(lab_number(migrate, "SELECT COUNT(*) FROM seal") < 20000);
	await("SELECT COUNT(*) = 20000 FROM seal");
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup(f, clean)
		CASE(a_word_without_an_end_comes_into_the_index),
		CASE(a_bad_description_holds_up_no_other),
		CASE(a_note_that_comes_meanwhile_is_not_lost),
		CASE(an_old_draft_goes_with_its_files_and_no_others),
		CASE(a_draft_that_cannot_go_holds_up_no_other),
		CASE(a_second_fold_loses_nothing_that_commits_late),
		CASE(no_work_waits_for_another),
		CASE(no_work_waits_for_one_that_is_long),
	};

	return cmocka_run_group_tests(tests, start, end);
}
