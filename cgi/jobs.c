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
 * journal are folded. What fails there is tried again after a minute.
 *
 * A work that fails stops no other; it stands in the log and, while it fails,
 * in job_failure.
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
#include "cgi/store_follow.h"
#include "cgi/store_lost.h"
#include "cgi/store_names.h"
#include "cgi/store_old.h"
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
#define SEAL_WINDOW    (10 * MINUTE)
#define LOST_WINDOW    DAY
#define DIALLED_WINDOW 5000

/* Of a round, for what may be much: a row waits for its seal two seconds at
 * most, a caller for his greeting, too. */
#define BUDGET_MS 800

enum { WORKS = 17 };

struct jobs {
	struct db *db;
	const char *state;
	struct seal_key key;
	bool have_key, locked, waiting;
	unsigned connects; /* of the connection that holds the lock */
	int64_t now;       /* of this round */
	bool full;         /* this work: without a limit in time */
	bool more;         /* this work has not come to its end */
	bool at_once;      /* the next round: some work has not */
	bool wake;         /* the plugin, when this work is done */
	/* of each work: next full pass, error already told */
	int64_t full_due[WORKS];
	int failed[WORKS];
	int failing;       /* of all of them, already told */
	char bad_call[37]; /* lost, told, and still not handled */
	int64_t deal_due;  /* next look at lines that opened */
	int64_t callers;   /* the youngest call looked up, epoch ms */
	struct names_file names;
	pid_t names_child; /* makes them; 0: nobody does */
	pid_t sound_child; /* converts this upload; 0: nobody does */
	uint32_t sound;
	uint64_t bad_text; /* appeal already told of */
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
	memset(j->full_due, 0, sizeof(j->full_due));
	memset(j->failed, 0, sizeof(j->failed));
	/* of who was at work before us */
	return db_exec(j->db, "DELETE FROM job_failure", NULL, 0);
}

static int seal(struct jobs *j, int64_t since)
{
	const int64_t until = now_ms() + BUDGET_MS;
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
	} while (!err && sealed && now_ms() < until);
	j->more = !err && sealed;
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

/* From when on rows are looked at; 0: all of them. */
static int64_t since(const struct jobs *j, int64_t window)
{
	return j->full ? 0 : j->now - window;
}

static int callers(struct jobs *j)
{
	unsigned n = 0;
	int err = store_callers(j->db, j->now, &j->callers, &n);

	j->wake |= n;
	return err;
}

/* Those of before a restart, too. */
static int dialled(struct jobs *j)
{
	unsigned n = 0;
	int err =
	    store_dialled(j->db, j->now - (j->full ? DAY : DIALLED_WINDOW), &n);

	j->wake |= n;
	return err;
}

/* A day at most: what nobody has taken by then is no transfer any more. */
static int follow(struct jobs *j)
{
	unsigned n = 0;
	int err = store_follow_calls(j->db, j->now, j->now - DAY, &n);

	j->wake |= n;
	return err;
}

static int lost_calls(struct jobs *j)
{
	struct lost_report lost;
	int err = store_lost_calls(j->db, j->now, since(j, LOST_WINDOW), &lost);

	j->wake |= lost.made;
	if (err)
		return err;
	/* one call that does not fit holds up nothing else */
	if (lost.failed && strcmp(lost.call, j->bad_call) != 0)
		fprintf(stderr, "otklik-jobs: lost call %s: %s; %u such\n",
			lost.call, strerror(lost.why), lost.failed);
	copy_text(j->bad_call, sizeof(j->bad_call), lost.call);
	return 0;
}

static int places(struct jobs *j)
{
	unsigned n = 0;
	int err = store_places_given(j->db, j->now, since(j, LOST_WINDOW), &n);

	j->wake |= n;
	return err;
}

static int attempts(struct jobs *j)
{
	unsigned n = 0;
	int err = store_attempts(j->db, since(j, LOST_WINDOW), &n);

	j->wake |= n;
	return err;
}

static int deal(struct jobs *j)
{
	unsigned n = 0;
	int err;

	if (j->now < j->deal_due)
		return 0;
	err = store_deal(j->db, j->now, &n);
	if (!err)
		j->deal_due = (j->now / MINUTE + 1) * MINUTE;
	j->wake |= n;
	return err;
}

static int seals(struct jobs *j)
{
	return seal(j, since(j, SEAL_WINDOW));
}

static int old_sessions(struct jobs *j)
{
	return store_old_sessions(j->db);
}

static int reminders(struct jobs *j)
{
	unsigned n = 0;
	int err = store_remind(j->db, j->now, &n);

	j->wake |= n;
	return err;
}

static int old_notices(struct jobs *j)
{
	return store_notices_old(j->db);
}

static int old_drafts(struct jobs *j)
{
	return store_old_drafts(j->db, j->state);
}

static int old_edits(struct jobs *j)
{
	return store_old_edits(j->db);
}

static int counters(struct jobs *j)
{
	return store_fold_counters(j->db);
}

static int descriptions(struct jobs *j)
{
	struct text_report r;
	int err = store_text(j->db, BUDGET_MS, &r);

	j->more = !err && r.left;
	if (r.failed && r.appeal != j->bad_text)
		fprintf(
		    stderr, "otklik-jobs: description of %llu: %s; %u such\n",
		    (unsigned long long)r.appeal, strerror(r.why), r.failed);
	if (r.failed)
		j->bad_text = r.appeal;
	return err;
}

/* In this order; none waits for another to succeed. */
static const struct work {
	const char *name; /* for the log and job_failure */
	int (*run)(struct jobs *j);
	bool hourly; /* only when full */
} works[WORKS] = {
	{ "callers", callers, false }, /* their greeting does not wait */
	{ "dialled", dialled, false }, /* their operator may hand them on */
	{ "prompts", sounds, false },  /* somebody looks at the page */
	{ "handed on", follow, false },
	{ "lost calls", lost_calls, false },
	{ "call-backs", places, false },
	{ "attempts", attempts, false },
	{ "dealing out", deal, false },
	{ "seals", seals, false },
	{ "old sessions", old_sessions, true },
	{ "reminders", reminders, true },
	{ "old notices", old_notices, true },
	{ "old drafts", old_drafts, true },
	{ "old edits", old_edits, true },
	{ "counters", counters, true },
	{ "descriptions", descriptions, false },
	{ "name dictionaries", names, false },
};

/* Once a change, not once a second. What cannot be noted stands in the log. */
static void tell_work(struct jobs *j, size_t i, int err)
{
	static const char failing[] =
	    "INSERT INTO job_failure (work, error) VALUES (?, ?)"
	    " ON DUPLICATE KEY UPDATE error = VALUE(error)";
	static const char well[] = "DELETE FROM job_failure WHERE work = ?";
	const struct db_arg args[] = { DB_STR(works[i].name),
				       DB_STR(strerror(err)) };

	if (err == j->failed[i])
		return;
	if (err)
		fprintf(stderr, "otklik-jobs: %s: %s; %s\n", works[i].name,
			strerror(err), db_error(j->db));
	else
		fprintf(stderr, "otklik-jobs: %s: at work again\n",
			works[i].name);
	j->failed[i] = err;
	if (err)
		db_exec(j->db, failing, args, 2);
	else
		db_exec(j->db, well, args, 1);
}

/* @return what stops all work: no lock, no database */
static int one_round(struct jobs *j)
{
	int err = hold_lock(j);

	j->now = now_ms();
	j->at_once = false;
	for (size_t i = 0; !err && i < WORKS; i++) {
		int failed;

		j->full = j->now >= j->full_due[i];
		if (works[i].hourly && !j->full)
			continue;
		j->wake = j->more = false;
		failed = works[i].run(j);
		if (j->wake)
			wake_plugin(j);
		j->at_once |= j->more;
		if (failed == ENOTCONN) {
			err = failed; /* the lock is gone with it */
			continue;
		}
		if (j->full && !j->more)
			j->full_due[i] = j->now + (failed ? MINUTE : HOUR);
		tell_work(j, i, failed);
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
		fprintf(stderr, "otklik-jobs: %s; %s\n", strerror(err),
			db_error(j->db));
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
			      j.failing || !j.at_once ? &second : &at_once) <
		 0);

	db_close(&j.db);
	names_file_close(&j.names);
	sodium_memzero(&j.key, sizeof(j.key));
	return 0;
}
