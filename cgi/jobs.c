/*
 * jobs.c - otklik-jobs: the slow work, in one process (DESIGN D17).
 *
 * Every second: lost calls become appeals, calls made about an appeal stand in
 * it, the telephone learns whose insured person calls, evidence rows get their
 * seals, descriptions come into their index, a changed register gets new
 * dictionaries, uploaded prompts are converted.
 * Every minute: a line that has opened deals out what nobody has taken.
 * Every hour, and at the start: the same without a limit in time, for rows
 * that came late from a spool; notices of terms and of reviews that are late;
 * old sessions, forgotten drafts and old notices go; the counters of the
 * journal are folded.
 *
 * A second process waits for the first: whoever holds the lock of the
 * database works, and the lock goes with its connection.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "cgi/store_attempt.h"
#include "cgi/store_caller.h"
#include "cgi/store_convert.h"
#include "cgi/store_deal.h"
#include "cgi/store_lost.h"
#include "cgi/store_names.h"
#include "cgi/store_remind.h"
#include "cgi/store_seal.h"
#include "cgi/store_text.h"
#include "cgi/util.h"
#include "db/db.h"

#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* A row may come late from a spool. What is later still, the hourly pass
 * finds. */
#define SEAL_WINDOW (10 * MINUTE)
#define LOST_WINDOW DAY

/* Of a round, for descriptions: a row waits for its seal two seconds at most. */
#define TEXT_BUDGET_MS 800

struct jobs {
	struct db *db;
	const char *state;
	struct seal_key key;
	bool have_key, locked, waiting;
	unsigned connects; /* of the connection that holds the lock */
	int64_t full_due;  /* next pass without a limit in time */
	int failing;       /* the error already told */
	char bad_call[37]; /* lost, told, and still not handled */
	int64_t deal_due;  /* next look at lines that opened */
	int64_t callers;   /* the youngest call looked up, epoch ms */
	struct names_file names;
	pid_t names_child; /* makes them; 0: nobody does */
	pid_t sound_child; /* converts this upload; 0: nobody does */
	uint32_t sound;
	uint64_t texts_left; /* the next round is at once */
	uint64_t bad_text;   /* appeal already told of */
	const char *doing;   /* for the log */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * SECOND + t.tv_nsec / 1000000;
}

/* A wake-up; the plugin reads the outbox at every one, and by itself. */
static void wake_plugin(const struct jobs *j)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	if ((size_t)snprintf(to.sun_path, sizeof(to.sun_path),
			     "%s/run/engine.sock",
			     j->state) < sizeof(to.sun_path))
		sendto(fd, "", 0, 0, (struct sockaddr *)&to, sizeof(to));
	close(fd);
}

/* @return 0, EBUSY (another process has it) or a database error */
static int hold_lock(struct jobs *j)
{
	uint64_t ours = 0;
	int err;

	if (j->locked && j->connects == db_connects(j->db)) {
		/* asked each time: a dead connection is found here, before
		 * anything is written without the lock */
		err = db_number(j->db,
				"SELECT COALESCE(IS_USED_LOCK('otklik.jobs') ="
				" CONNECTION_ID(), 0)",
				NULL, 0, &ours);
		if (err || ours)
			return err;
	}
	j->locked = false;
	err = db_number(j->db, "SELECT GET_LOCK('otklik.jobs', 0)", NULL, 0,
			&ours);
	if (err)
		return err;
	if (!ours)
		return EBUSY;
	j->locked = true;
	j->connects = db_connects(j->db);
	j->have_key = false;
	j->full_due = 0;
	return 0;
}

static int seal(struct jobs *j, int64_t since)
{
	unsigned sealed;
	int err;

	if (!j->have_key) {
		err = store_seal_key(j->db, j->state, &j->key);
		if (err)
			return err;
		j->have_key = true;
	}
	do {
		sealed = 0;
		err = db_begin(j->db);
		if (!err)
			err = store_seal_pass(j->db, &j->key, now_ms(), since,
					      &sealed);
		if (!err)
			err = db_commit(j->db);
		else
			db_rollback(j->db);
	} while (!err && sealed);
	return err;
}

static int old_sessions(struct jobs *j)
{
	static const char sql[] =
	    "DELETE FROM web_session WHERE seen_at < NOW(3) - INTERVAL"
	    " (SELECT CAST(value AS UNSIGNED) FROM setting"
	    "  WHERE name = 'session.keep_days') DAY LIMIT 1000";
	int err;

	do {
		err = db_exec(j->db, sql, NULL, 0);
	} while (!err && db_affected(j->db) == 1000);
	return err;
}

struct ids {
	size_t n;
	uint64_t id[200];
};

static int read_id(const struct db_row *row, void *arg)
{
	struct ids *ids = arg;

	ids->id[ids->n++] = db_u64(row, 0);
	return 0;
}

static int remove_draft(struct db *db, uint64_t id)
{
	const struct db_arg args[] = { DB_U64(id) };
	int err = db_exec(db,
			  "INSERT INTO access_log (action, object_type,"
			  " object_id, reason) VALUES ('REMOVE', 'appeal', ?,"
			  " 'Срок хранения черновика')",
			  args, 1);

	return err ? err
		   : db_exec(db, "DELETE FROM appeal WHERE id = ?", args, 1);
}

/* The counters of the journal (journal_sum): what is older than any transaction
 * may be becomes one row of each kind. */
static int fold_counters(struct jobs *j)
{
	static const char last[] =
	    "SELECT COALESCE(MAX(id), 0) FROM journal_sum"
	    " WHERE at < NOW(3) - INTERVAL 10 MINUTE";
	static const char put[] =
	    "INSERT INTO journal_sum (organization_id, kind, due_date, n, at)"
	    " SELECT organization_id, kind, due_date, SUM(n), NOW(3)"
	    "  - INTERVAL 1 DAY FROM journal_sum WHERE id <= ?"
	    " GROUP BY 1, 2, 3 HAVING SUM(n) <> 0";
	static const char take[] = "DELETE FROM journal_sum WHERE id <= ?";
	struct db_arg upto;
	uint64_t id = 0;
	int err = db_number(j->db, last, NULL, 0, &id);

	if (err || !id)
		return err;
	upto = DB_U64(id);
	err = db_begin(j->db);
	if (!err)
		err = db_exec(j->db, put, &upto, 1);
	if (!err)
		err = db_exec(j->db, take, &upto, 1);
	if (!err)
		err = db_commit(j->db);
	else
		db_rollback(j->db);
	return err;
}

/* DOMAIN 3.1: a draft without a call that nobody went on with. */
static int old_drafts(struct jobs *j)
{
	static const char sql[] =
	    "SELECT a.id FROM appeal a WHERE a.status = 'DRAFT'"
	    " AND a.updated_at < NOW(3) - INTERVAL"
	    " (SELECT CAST(value AS UNSIGNED) FROM setting"
	    "  WHERE name = 'appeal.draft_keep_days') DAY"
	    " AND NOT EXISTS (SELECT 1 FROM appeal_call l"
	    "  WHERE l.appeal_id = a.id) LIMIT 200 FOR UPDATE";
	struct ids ids;
	int err;

	do {
		ids.n = 0;
		err = db_begin(j->db);
		if (!err)
			err = db_each(j->db, sql, NULL, 0, read_id, &ids);
		for (size_t i = 0; !err && i < ids.n; i++)
			err = remove_draft(j->db, ids.id[i]);
		if (!err)
			err = db_commit(j->db);
		else
			db_rollback(j->db);
	} while (!err && ids.n == LEN(ids.id));
	return err;
}

/* Its own process and connection: three million names take seconds, and a row
 * waits for its seal two at most. */
static void make_names(const struct jobs *j)
{
	struct db *db = NULL;
	sigset_t none;
	bool made;
	int err;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	err = db_new_account(&db, j->state, "jobs");
	if (!err) {
		struct names_file names = j->names;

		err = store_names(db, &names, &made);
	}
	if (err)
		fprintf(stderr, "otklik-jobs: name dictionaries: %s; %s\n",
			strerror(err), db ? db_error(db) : "");
	_exit(err ? 1 : 0);
}

/* A child that failed is followed by another one a second later. */
static int names(struct jobs *j)
{
	bool due = false;
	int err;

	if (j->names_child && !waitpid(j->names_child, NULL, WNOHANG))
		return 0;
	j->names_child = 0;
	err = store_names_due(j->db, &j->names, &due);
	if (err || !due)
		return err;
	j->names_child = fork();
	if (!j->names_child)
		make_names(j);
	if (j->names_child < 0) {
		j->names_child = 0;
		return errno;
	}
	return 0;
}

/* Its own process: a file may take two minutes. What ended it without a word is
 * the file's fault too; that of the database is found here as well. */
static int sounds(struct jobs *j)
{
	struct db *db = NULL;
	sigset_t none;
	int status = 0, err;

	if (j->sound_child) {
		if (!waitpid(j->sound_child, &status, WNOHANG))
			return 0;
		j->sound_child = 0;
		err = status ? store_convert_done(j->db, j->sound, 0, "ERROR")
			     : 0;
		if (err)
			return err;
	}
	err = store_convert_next(j->db, &j->sound);
	if (err)
		return err == ENOENT ? 0 : err;
	j->sound_child = fork();
	if (j->sound_child < 0) {
		j->sound_child = 0;
		return errno;
	}
	if (j->sound_child)
		return 0;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	err = db_new_account(&db, j->state, "jobs");
	if (!err)
		err = store_convert(db, j->state, j->sound);
	if (err)
		fprintf(stderr, "otklik-jobs: prompt %u: %s; %s\n", j->sound,
			strerror(err), db ? db_error(db) : "");
	_exit(err ? 1 : 0);
}

static int descriptions(struct jobs *j)
{
	struct text_report r;
	int err = store_text(j->db, TEXT_BUDGET_MS, &r);

	j->texts_left = err ? 0 : r.left;
	if (r.failed && r.appeal != j->bad_text)
		fprintf(
		    stderr, "otklik-jobs: description of %llu: %s; %u such\n",
		    (unsigned long long)r.appeal, strerror(r.why), r.failed);
	if (r.failed)
		j->bad_text = r.appeal;
	return err;
}

static int one_round(struct jobs *j)
{
	int64_t now = now_ms();
	bool full;
	struct lost_report lost;
	unsigned given = 0, attempts = 0, callers = 0, dealt = 0, told = 0;
	int err;

	j->doing = "lock";
	err = hold_lock(j);
	if (err)
		return err;
	full = now >= j->full_due;

	j->doing = "callers"; /* first: their greeting does not wait */
	err = store_callers(j->db, now, &j->callers, &callers);
	if (callers)
		wake_plugin(j);
	if (err)
		return err;
	j->doing = "prompts"; /* somebody looks at the page */
	err = sounds(j);
	if (err)
		return err;
	j->doing = "lost calls";
	err = store_lost_calls(j->db, now, full ? 0 : now - LOST_WINDOW, &lost);
	if (!err)
		err = store_places_given(j->db, now,
					 full ? 0 : now - LOST_WINDOW, &given);
	if (!err) {
		j->doing = "attempts";
		err = store_attempts(j->db, full ? 0 : now - LOST_WINDOW,
				     &attempts);
	}
	if (!err && now >= j->deal_due) {
		j->doing = "dealing out";
		err = store_deal(j->db, now, &dealt);
		if (!err)
			j->deal_due = (now / MINUTE + 1) * MINUTE;
	}
	if (lost.made || given || attempts || dealt)
		wake_plugin(j);
	if (err)
		return err;
	/* one call that does not fit holds up nothing else */
	if (lost.failed && strcmp(lost.call, j->bad_call) != 0)
		fprintf(stderr, "otklik-jobs: lost call %s: %s; %u such\n",
			lost.call, strerror(lost.why), lost.failed);
	copy_text(j->bad_call, sizeof(j->bad_call), lost.call);

	j->doing = "seals";
	err = seal(j, full ? 0 : now - SEAL_WINDOW);
	if (!err && full) {
		j->doing = "old sessions";
		err = old_sessions(j);
	}
	if (!err && full) {
		j->doing = "reminders";
		err = store_remind(j->db, now, &told);
		if (!err)
			err = store_notices_old(j->db);
		if (told)
			wake_plugin(j);
	}
	if (!err && full) {
		j->doing = "old drafts";
		err = old_drafts(j);
	}
	if (!err && full) {
		j->doing = "counters";
		err = fold_counters(j);
	}
	if (!err && full)
		j->full_due = now + HOUR;
	if (!err) {
		j->doing = "descriptions";
		err = descriptions(j);
	}
	if (!err) {
		j->doing = "name dictionaries";
		err = names(j);
	}
	return err;
}

/* Once a change, not once a second. */
static void tell(struct jobs *j, int err)
{
	if (err == j->failing)
		return;
	if (err == EBUSY)
		fprintf(stderr, "otklik-jobs: another process is at work, "
				"waiting\n");
	else if (err)
		fprintf(stderr, "otklik-jobs: %s: %s; %s\n", j->doing,
			strerror(err), db_error(j->db));
	else
		fprintf(stderr, "otklik-jobs: at work\n");
	j->failing = err;
}

int main(int argc, char **argv)
{
	static const struct timespec second = { .tv_sec = 1 }, at_once;
	struct jobs j = { .failing = -1 };
	char run[300];
	sigset_t stop;
	int err;

	(void)argv;
	if (argc != 1) {
		fprintf(stderr, "usage: otklik-jobs\n"
				"OTKLIK_STATE names the state directory\n");
		return 2;
	}
	j.state = getenv("OTKLIK_STATE");
	if (!j.state || !*j.state)
		j.state = "./var";
	if (sodium_init() < 0)
		return 1;
	snprintf(run, sizeof(run), "%s/run", j.state);
	names_file_init(&j.names, run);

	/* Between two rounds only: a stop never cuts one in half. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	signal(SIGPIPE, SIG_IGN);

	err = db_new_account(&j.db, j.state, "jobs");
	if (err) {
		fprintf(stderr, "otklik-jobs: %s/secrets/db_jobs: %s\n",
			j.state, strerror(err));
		return 1;
	}
	do {
		tell(&j, one_round(&j));
	} while (sigtimedwait(&stop, NULL,
			      j.failing || !j.texts_left ? &second : &at_once) <
		 0);

	db_close(&j.db);
	names_file_close(&j.names);
	sodium_memzero(&j.key, sizeof(j.key));
	return 0;
}
