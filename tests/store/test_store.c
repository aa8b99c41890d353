/*
 * The plugin's store against a throwaway MariaDB built from the migrations,
 * which is stopped and started under it.
 * limit: 300 s
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "db/db.h"
#include "janus-plugin/store.h"

#define NODE "n1"
#define T0   INT64_C(1795000000000)

static char state_dir[64], sock[128], secret[3][128];

struct world {
	char spool[128], engine[100];
	struct cc_store *s;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	json_t *dir; /* last directory */
	unsigned dirs, ups, downs, alarms;
	char alarm[32];
	char outbox[4096]; /* "kind:payload;" in the order handed over */
	unsigned outboxes;
};

/* ---- the server ---- */

static int run(const char *fmt, const char *arg)
{
	char cmd[512];

	snprintf(cmd, sizeof(cmd), fmt, arg);
	return system(cmd);
}

static int start_db(void)
{
	return run("tests/lab/db.sh start %s", state_dir);
}

static int stop_db(void)
{
	return run("tests/lab/db.sh stop %s", state_dir);
}

static int read_secret(const char *user, char *out)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/secrets/db_%s", state_dir, user);
	f = fopen(path, "r");
	if (!f || !fgets(out, 128, f))
		return -1;
	out[strcspn(out, "\n")] = '\0';
	return fclose(f);
}

/* The migration tool of the same build. */
static int migrate(void)
{
	char cmd[512], *end;
	ssize_t n = readlink("/proc/self/exe", cmd, 400);

	if (n < 0)
		return -1;
	cmd[n] = '\0';
	end = strstr(cmd, "/tests/store/");
	if (!end)
		return -1;
	strcpy(end, "/db/otklik-migrate >/dev/null");
	return system(cmd);
}

static int group_setup(void **state)
{
	(void)state;
	strcpy(state_dir, "/tmp/otklik-store-XXXXXX");
	if (!mkdtemp(state_dir))
		return -1;
	snprintf(sock, sizeof(sock), "%s/run/db.sock", state_dir);
	if (start_db() || setenv("OTKLIK_STATE", state_dir, 1) ||
	    setenv("OTKLIK_DB_DIR", "db", 1) || migrate())
		return -1;
	return read_secret("media", secret[0]) ||
	       read_secret("web", secret[1]) ||
	       read_secret("migrate", secret[2]);
}

static int group_teardown(void **state)
{
	(void)state;
	stop_db();
	return run("rm -rf '%s'", state_dir);
}

/* Another account's own connection: what the store did, as others see it. */
static struct db *as(const char *user, const char *password)
{
	const struct db_conf conf = { .socket = sock,
				      .user = user,
				      .password = password,
				      .database = "otklik" };
	struct db *db = NULL;

	assert_int_equal(db_open(&db, &conf), 0);
	return db;
}

static void sql(struct db *db, const char *text)
{
	if (db_exec(db, text, NULL, 0))
		fail_msg("%s: %s", text, db_error(db));
}

static uint64_t number(const char *text)
{
	struct db *db = as("media", secret[0]);
	uint64_t n = 0;

	if (db_number(db, text, NULL, 0, &n))
		fail_msg("%s: %s", text, db_error(db));
	db_close(&db);
	return n;
}

/* ---- the store ---- */

static void on_directory(json_t *dir, void *arg)
{
	struct world *w = arg;

	pthread_mutex_lock(&w->lock);
	json_decref(w->dir);
	w->dir = json_deep_copy(dir); /* counts are not for two threads */
	w->dirs++;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static void on_outbox(const char *kind, json_t *payload, void *arg)
{
	struct world *w = arg;
	char *text = json_dumps(payload, JSON_COMPACT);
	size_t at;

	pthread_mutex_lock(&w->lock);
	at = strlen(w->outbox);
	snprintf(w->outbox + at, sizeof(w->outbox) - at, "%s:%s;", kind, text);
	w->outboxes++;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	free(text);
}

static void on_state(bool up, void *arg)
{
	struct world *w = arg;

	pthread_mutex_lock(&w->lock);
	if (up)
		w->ups++;
	else
		w->downs++;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static void on_alarm(const char *code, const char *text, void *arg)
{
	struct world *w = arg;

	(void)text;
	pthread_mutex_lock(&w->lock);
	w->alarms++;
	snprintf(w->alarm, sizeof(w->alarm), "%s", code);
	pthread_mutex_unlock(&w->lock);
}

static void wait_for(struct world *w, const unsigned *counter, unsigned n)
{
	struct timespec ts;
	int err = 0;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += 30;
	pthread_mutex_lock(&w->lock);
	while (*counter < n && !err)
		err = pthread_cond_timedwait(&w->changed, &w->lock, &ts);
	pthread_mutex_unlock(&w->lock);
	assert_int_equal(err, 0);
}

static int open_store(struct world *w)
{
	const struct cc_store_conf conf = {
		.socket = sock,
		.user = "media",
		.password = secret[0],
		.database = "otklik",
		.spool = w->spool,
		.engine_sock = w->engine,
		.node = NODE,
		.directory = on_directory,
		.outbox = on_outbox,
		.state = on_state,
		.alarm = on_alarm,
		.arg = w,
	};

	return cc_store_open(&w->s, &conf);
}

/* RLIMIT_FSIZE is a full disk: EFBIG instead of ENOSPC. */
static void limit_files(rlim_t bytes)
{
	struct rlimit lim;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &lim);
	lim.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &lim), 0);
}

static int setup(void **state)
{
	static unsigned n;
	struct world *w = calloc(1, sizeof(*w));

	snprintf(w->spool, sizeof(w->spool), "%s/spool%u", state_dir, ++n);
	snprintf(w->engine, sizeof(w->engine), "%s/e%u.sock", state_dir, n);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	*state = w;
	limit_files(RLIM_INFINITY); /* a failed case may leave one */
	return start_db();
}

static int teardown(void **state)
{
	struct world *w = *state;

	cc_store_close(&w->s);
	json_decref(w->dir);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->changed);
	free(w);
	return 0;
}

/* What the store tells by no callback is asked for, at most 30 s long. */
static bool ask_again(unsigned *turn)
{
	const struct timespec ts = { 0, 2000000 };

	nanosleep(&ts, NULL);
	return ++*turn < 15000;
}

/* Everything posted is in the database when the store has been closed. */
static void flush(struct world *w)
{
	cc_store_close(&w->s);
}

static const char *uuid(unsigned test, unsigned n)
{
	static char text[8][40];
	static unsigned turn;
	char *out = text[turn++ % 8];

	snprintf(out, 40, "01938f00-0000-7000-%04x-%012u", 0x8000 + test, n);
	return out;
}

static json_t *event(const char *call, int seq)
{
	return json_pack("{s:s, s:s, s:i, s:I, s:s, s:{s:i}}", "t",
			 "call_event", "call_id", call, "seq", seq, "at",
			 (json_int_t)(T0 + seq), "kind", "TEST", "data", "n",
			 seq);
}

static json_t *new_call(const char *id)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "t", "call",
			 "id", id, "node", NODE, "direction", "IN", "caller",
			 "+79000000001", "state", "new", "started_at",
			 (json_int_t)T0);
}

static unsigned files_in(const char *path)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	for (struct dirent *e; d && (e = readdir(d));)
		n += strstr(e->d_name, ".ndjson") != NULL;
	if (d)
		closedir(d);
	return n;
}

/* ---- rows ---- */

static void post_one_of_each(struct world *w)
{
	const char *id = uuid(1, 1), *head = "00112233445566778899aabbccddeeff"
					     "00112233445566778899aabbccddeeff";

	cc_store_post(w->s, new_call(id));
	cc_store_post(w->s, event(id, 1));
	cc_store_post(w->s,
		      json_pack("{s:s, s:s, s:i, s:s, s:s, s:I, s:f}", "t",
				"call_leg", "call_id", id, "seq", 1, "kind",
				"WEB", "peer", "1001", "started_at",
				(json_int_t)T0, "mos", 4.25));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}",
				      "t", "recording", "id", id, "call_id", id,
				      "node", NODE, "kind", "CALL", "path",
				      "2026/11/18/x.wav", "started_at",
				      (json_int_t)T0));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:I, s:i, s:i, s:i, s:s,"
				      " s:s}",
				      "t", "recording_end", "recording_id", id,
				      "ended_at", (json_int_t)T0 + 1000,
				      "samples", 8000, "bytes", 16058, "frames",
				      1, "head", head, "reason", "closed"));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:i, s:I}", "t", "attendance",
				      "id", id, "user_id", 1, "started_at",
				      (json_int_t)T0));
	cc_store_post(w->s,
		      json_pack("{s:s, s:s, s:I, s:s}", "t", "attendance_end",
				"attendance_id", id, "ended_at", (json_int_t)T0,
				"reason", "LOGOUT"));
	cc_store_post(w->s,
		      json_pack("{s:s, s:s, s:i, s:I, s:s, s:s}", "t",
				"agent_event", "id", id, "user_id", 1, "at",
				(json_int_t)T0, "state", "FREE", "reason", ""));
	for (int i = 0; i < 2; i++) /* a flag is set once */
		cc_store_post(w->s,
			      json_pack("{s:s, s:s, s:s}", "t", "call_flag",
					"id", id, "flag", "THREAT"));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:s}", "t", "call_flag", "id",
				      id, "flag", "SPAM"));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:i}",
				      "t", "shift_alert", "id", id, "node",
				      NODE, "at", (json_int_t)T0, "kind",
				      "THREAT", "text", "", "user_id", 1));
	cc_store_post(w->s,
		      json_pack("{s:s, s:s, s:i, s:s, s:I}", "t",
				"shift_alert_step", "alert_id", id, "seq", 1,
				"step", "ESCALATED", "at", (json_int_t)T0));
	cc_store_post(w->s,
		      json_pack("{s:s, s:s, s:I, s:i, s:s, s:s, s:s}", "t",
				"supervisor_action", "id", id, "at",
				(json_int_t)T0, "user_id", 1, "action", "BREAK",
				"reason", "Отдых", "result", "OK"));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:I, s:{s:s}}", "t",
				      "node_status", "node", NODE, "at",
				      (json_int_t)T0, "body", "trunk", "up"));
	/* later changes of the call: only what is given */
	cc_store_post(w->s,
		      json_pack("{s:s, s:s, s:s, s:I, s:{s:i}}", "t", "call",
				"id", id, "state", "ended", "ended_at",
				(json_int_t)T0 + 5, "durations", "talk", 5));
}

static void every_kind_of_row_arrives(void **state)
{
	struct world *w = *state;

	assert_int_equal(open_store(w), 0);
	post_one_of_each(w);
	flush(w);

	assert_int_equal(
	    number("SELECT COUNT(*) FROM call_record WHERE id ="
		   " '01938f00-0000-7000-8001-000000000001' AND state = 'ended'"
		   " AND caller = '+79000000001' AND direction = 'IN' AND"
		   " ended_at = '2026-11-18 11:06:40.005' AND"
		   " JSON_VALUE(durations, '$.talk') = 5"),
	    1);
	assert_int_equal(
	    number("SELECT JSON_VALUE(data, '$.n') FROM call_event"
		   " WHERE call_id = '01938f00-0000-7000-8001-000000000001'"),
	    1);
	assert_int_equal(number("SELECT COUNT(*) FROM call_leg WHERE mos ="
				" 4.25"),
			 1);
	assert_int_equal(
	    number("SELECT COUNT(*) FROM recording r JOIN"
		   " recording_end e ON e.recording_id = r.id WHERE HEX(e.head)"
		   " LIKE '00112233445566778899AABB%'"),
	    1);
	assert_int_equal(number("SELECT COUNT(*) FROM attendance a JOIN"
				" attendance_end e ON e.attendance_id = a.id"),
			 1);
	assert_int_equal(number("SELECT COUNT(*) FROM agent_event"), 1);
	assert_int_equal(
	    number("SELECT COUNT(*) FROM call_record WHERE"
		   " id = '01938f00-0000-7000-8001-000000000001' AND flags ="
		   " 'THREAT,SPAM'"),
	    1);
	assert_int_equal(number("SELECT COUNT(*) FROM shift_alert a JOIN"
				" shift_alert_step s ON s.alert_id = a.id"),
			 1);
	assert_int_equal(number("SELECT COUNT(*) FROM supervisor_action WHERE"
				" reason = 'Отдых'"),
			 1);
	assert_int_equal(number("SELECT COUNT(*) FROM node_status WHERE"
				" JSON_VALUE(body, '$.trunk') = 'up'"),
			 1);
	assert_int_equal(w->alarms, 0);
}

static void the_same_row_again_changes_nothing(void **state)
{
	struct world *w = *state;
	struct cc_store_stats st;
	const char *id = uuid(2, 1);

	assert_int_equal(open_store(w), 0);
	for (int i = 0; i < 3; i++) {
		cc_store_post(w->s, new_call(id));
		cc_store_post(w->s, event(id, 7));
	}
	cc_store_stats(w->s, &st);
	assert_int_equal(st.errors, 0);
	flush(w);
	assert_int_equal(number("SELECT COUNT(*) FROM call_event WHERE call_id"
				" = '01938f00-0000-7000-8002-000000000001'"),
			 1);
	assert_int_equal(w->alarms, 0);
}

static void a_row_that_never_fits_is_set_aside_alone(void **state)
{
	struct world *w = *state;
	char path[192], long_text[200];
	struct stat st;

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(open_store(w), 0);
	cc_store_post(w->s, event(uuid(3, 1), 1));
	cc_store_post(w->s, event("no uuid", 1));
	cc_store_post(w->s, json_pack("{s:s}", "t", "no_such_kind"));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:i}", "t", "call", "id",
				      uuid(3, 2), "no_such_column", 1));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:s}", "t", "call_event",
				      "call_id", uuid(3, 3), "seq", "1"));
	cc_store_post(w->s, NULL);
	/* too long a text is cut and not refused: it may be a caller's */
	cc_store_post(w->s, json_pack("{s:s, s:s, s:i, s:I, s:s, s:s}", "t",
				      "call_leg", "call_id", uuid(3, 1), "seq",
				      1, "started_at", (json_int_t)T0, "kind",
				      "WEB", "peer", long_text));
	cc_store_post(w->s, event(uuid(3, 1), 2));
	flush(w);
	assert_int_equal(number("SELECT COUNT(*) FROM call_event WHERE call_id"
				" = '01938f00-0000-7000-8003-000000000001'"),
			 2);
	assert_int_equal(
	    number(
		"SELECT COUNT(*) FROM call_leg WHERE call_id"
		" = '01938f00-0000-7000-8003-000000000001' AND LENGTH(peer) ="
		" 64"),
	    1);
	assert_int_equal(w->alarms, 4);
	assert_string_equal(w->alarm, "row_refused");
	snprintf(path, sizeof(path), "%s/refused.ndjson", w->spool);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* ---- the database away ---- */

static void a_stop_in_the_middle_loses_nothing(void **state)
{
	struct world *w = *state;
	const char *id = uuid(4, 1);
	struct cc_store_stats st;
	int seq = 0;

	assert_int_equal(open_store(w), 0);
	wait_for(w, &w->ups, 1);
	cc_store_post(w->s, new_call(id));
	while (seq < 500)
		cc_store_post(w->s, event(id, ++seq));
	assert_int_equal(stop_db(), 0);
	while (seq < 1500)
		cc_store_post(w->s, event(id, ++seq));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:s}", "t", "call", "id", id,
				      "state", "talk"));
	wait_for(w, &w->downs, 1);
	while (seq < 2000)
		cc_store_post(w->s, event(id, ++seq));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:s}", "t", "call", "id", id,
				      "state", "wrapup"));
	assert_int_equal(start_db(), 0);
	wait_for(w, &w->ups, 2);
	while (seq < 2500)
		cc_store_post(w->s, event(id, ++seq));
	cc_store_stats(w->s, &st);
	assert_true(st.spooled > 0);
	flush(w);
	assert_int_equal(number("SELECT COUNT(*) FROM call_event WHERE call_id"
				" = '01938f00-0000-7000-8004-000000000001'"),
			 2500);
	/* in order: the last change of the call won */
	assert_int_equal(
	    number("SELECT COUNT(*) FROM call_record WHERE id ="
		   " '01938f00-0000-7000-8004-000000000001' AND state ="
		   " 'wrapup'"),
	    1);
	assert_int_equal(files_in(w->spool), 0);
	assert_int_equal(w->alarms, 0);
}

/* A server that hangs: the thread waits in it, the queue fills, the rest goes
 * to disk; posting itself never waits. */
static void a_hanging_server_fills_queue_and_spool(void **state)
{
	struct world *w = *state;
	const char *id = uuid(5, 1);
	struct timespec a, b;
	char path[128], text[32];
	struct cc_store_stats st;
	FILE *f;
	pid_t pid;
	int seq = 0;

	assert_int_equal(open_store(w), 0);
	wait_for(w, &w->ups, 1);
	snprintf(path, sizeof(path), "%s/run/db.pid", state_dir);
	f = fopen(path, "r");
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	pid = atoi(text);
	kill(pid, SIGSTOP);
	clock_gettime(CLOCK_MONOTONIC, &a);
	while (seq < 6000)
		cc_store_post(w->s, event(id, ++seq));
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true(b.tv_sec - a.tv_sec < 2);
	wait_for(w, &w->downs, 1);
	cc_store_stats(w->s, &st);
	assert_true(st.spooled >= 6000 - 4096 - 200);
	while (seq < 6500)
		cc_store_post(w->s, event(id, ++seq));
	kill(pid, SIGCONT);
	wait_for(w, &w->ups, 2);
	flush(w);
	assert_int_equal(number("SELECT COUNT(*) FROM call_event WHERE call_id"
				" = '01938f00-0000-7000-8005-000000000001'"),
			 6500);
	assert_int_equal(files_in(w->spool), 0);
}

static void the_cached_directory_serves_a_start_without_database(void **state)
{
	struct world *w = *state;
	json_t *first;

	assert_int_equal(open_store(w), 0);
	wait_for(w, &w->dirs, 1);
	first = json_incref(w->dir);
	flush(w);
	assert_int_equal(stop_db(), 0);
	assert_int_equal(open_store(w), 0);
	wait_for(w, &w->downs, 1);
	assert_int_equal(w->dirs, 2);
	assert_true(json_equal(first, w->dir));
	assert_int_equal(start_db(), 0);
	wait_for(w, &w->ups, 2);
	assert_int_equal(w->dirs, 3);
	json_decref(first);
}

/* ---- kill -9 ---- */

static void kill_9_with_a_full_queue_keeps_what_was_spooled(void **state)
{
	struct world *w = *state;
	const char *id = uuid(6, 1);
	struct cc_store_stats st;
	int fds[2], status, fd;
	uint64_t spooled = 0;
	unsigned turn = 0;
	char path[192];
	pid_t pid;

	assert_int_equal(stop_db(), 0);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		if (open_store(w))
			_exit(1);
		wait_for(w, &w->downs, 1);
		for (int seq = 1; seq <= 5000; seq++)
			cc_store_post(w->s, event(id, seq));
		do
			cc_store_stats(w->s, &st);
		while (st.spooled < 1000 && ask_again(&turn));
		if (write(fds[1], &st.spooled, sizeof(st.spooled)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(fds[0], &spooled, sizeof(spooled)),
			 sizeof(spooled));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(fds[0]);
	close(fds[1]);
	/* and the last line is torn, with a lone number behind it */
	snprintf(path, sizeof(path), "%s/%020u.ndjson", w->spool, 999999u);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "{\"t\":\"call_ev", 13), 13);
	close(fd);

	assert_int_equal(start_db(), 0);
	assert_int_equal(open_store(w), 0);
	wait_for(w, &w->ups, 1);
	while (files_in(w->spool))
		assert_true(ask_again(&turn));
	cc_store_stats(w->s, &st);
	assert_int_equal(st.errors, 1);
	flush(w);
	assert_true(number("SELECT COUNT(*) FROM call_event WHERE call_id"
			   " = '01938f00-0000-7000-8006-000000000001'") >=
		    spooled);
}

static void calls_open_at_a_crash_are_closed_once(void **state)
{
	struct world *w = *state;
	const char *open = uuid(7, 1), *ended = uuid(7, 2);
	const char *other = uuid(7, 3), *spooled = uuid(7, 4);
	json_t *row = new_call(other);
	char path[192], *text;
	FILE *f;

	/* a former process: one call open, one ended, one of another node,
	 * and one whose end is still in the spool */
	assert_int_equal(open_store(w), 0);
	cc_store_post(w->s, new_call(open));
	cc_store_post(w->s, event(open, 4));
	cc_store_post(w->s, new_call(ended));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:I, s:s}", "t", "call", "id",
				      ended, "ended_at", (json_int_t)T0,
				      "end_reason", "BYE"));
	json_object_set_new(row, "node", json_string("n2"));
	cc_store_post(w->s, row);
	cc_store_post(w->s, new_call(spooled));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:i, s:I}", "t", "attendance",
				      "id", open, "user_id", 1, "started_at",
				      (json_int_t)T0));
	cc_store_post(w->s, json_pack("{s:s, s:s, s:I, s:{}}", "t",
				      "node_status", "node", NODE, "at",
				      (json_int_t)T0 + 60000, "body"));
	flush(w);
	snprintf(path, sizeof(path), "%s/%020u.ndjson", w->spool, 5u);
	row = json_pack("{s:s, s:s, s:I, s:s}", "t", "call", "id", spooled,
			"ended_at", (json_int_t)T0 + 9, "end_reason", "BYE");
	text = json_dumps(row, JSON_COMPACT);
	f = fopen(path, "w");
	fprintf(f, "%s\n", text);
	fclose(f);
	free(text);
	json_decref(row);

	for (int i = 0; i < 2; i++) {
		const char *mine = uuid(7, 5 + i);

		/* a call of the new process is not touched, though posted
		 * before the connection is there */
		assert_int_equal(open_store(w), 0);
		cc_store_post(w->s, new_call(mine));
		cc_store_post(w->s,
			      json_pack("{s:s, s:s, s:s}", "t", "call", "id",
					mine, "state", i ? "live" : "ended"));
		if (!i)
			cc_store_post(w->s,
				      json_pack("{s:s, s:s, s:I}", "t", "call",
						"id", mine, "ended_at",
						(json_int_t)T0));
		flush(w);
	}
	assert_int_equal(
	    number("SELECT COUNT(*) FROM call_record WHERE id ="
		   " '01938f00-0000-7000-8007-000000000001' AND end_reason ="
		   " 'INTERRUPTED' AND state = 'ended' AND ended_at ="
		   " '2026-11-18 11:07:40'"),
	    1);
	assert_int_equal(
	    number("SELECT seq FROM call_event WHERE call_id ="
		   " '01938f00-0000-7000-8007-000000000001' AND kind ="
		   " 'INTERRUPTED'"),
	    5);
	assert_int_equal(
	    number(
		"SELECT COUNT(*) FROM call_record WHERE"
		" end_reason = 'BYE' AND id LIKE '01938f00-0000-7000-8007-%'"),
	    2);
	assert_int_equal(number("SELECT COUNT(*) FROM call_record WHERE"
				" ended_at IS NULL AND id IN"
				" ('01938f00-0000-7000-8007-000000000003',"
				" '01938f00-0000-7000-8007-000000000006')"),
			 2);
	assert_int_equal(
	    number(
		"SELECT COUNT(*) FROM attendance_end WHERE"
		" attendance_id = '01938f00-0000-7000-8007-000000000001' AND"
		" reason = 'INTERRUPTED' AND ended_at = '2026-11-18 11:07:40'"),
	    1);
}

/* ---- the spool's disk ---- */

static void a_full_spool_raises_one_alarm_and_keeps_the_oldest(void **state)
{
	struct world *w = *state;
	const char *id = uuid(8, 1);
	struct cc_store_stats st;
	int seq = 0;

	assert_int_equal(open_store(w), 0);
	wait_for(w, &w->ups, 1);
	assert_int_equal(stop_db(), 0);
	limit_files(4096);
	while (seq < 6000)
		cc_store_post(w->s, event(id, ++seq));
	wait_for(w, &w->downs, 1);
	cc_store_stats(w->s, &st);
	assert_in_range(st.lost, 1, 6000 - 4096);
	assert_int_equal(w->alarms, 1);
	assert_string_equal(w->alarm, "spool_full");
	limit_files(RLIM_INFINITY);
	assert_int_equal(start_db(), 0);
	wait_for(w, &w->ups, 2);
	cc_store_post(w->s, event(id, ++seq));
	flush(w);
	assert_int_equal(number("SELECT COUNT(*) FROM call_event WHERE call_id"
				" = '01938f00-0000-7000-8008-000000000001'"),
			 6001 - st.lost);
	assert_int_equal(
	    number("SELECT COUNT(*) FROM call_event WHERE call_id"
		   " = '01938f00-0000-7000-8008-000000000001' AND seq <= 4096"),
	    4096);
	assert_int_equal(files_in(w->spool), 0);
}

/* ---- outbox ---- */

static void knock(struct world *w)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", w->engine);
	assert_int_equal(
	    sendto(fd, "", 0, 0, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
}

static void transactions_committed_in_reverse_order_both_arrive(void **state)
{
	struct world *w = *state;
	struct db *slow = as("web", secret[1]), *fast = as("web", secret[1]);
	struct stat st;

	assert_int_equal(open_store(w), 0);
	wait_for(w, &w->ups, 1);
	assert_int_equal(stat(w->engine, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(db_begin(slow), 0);
	sql(slow, "INSERT INTO outbox (kind, payload) VALUES ('first',"
		  " '{\"n\":1}')");
	sql(fast, "INSERT INTO outbox (kind, payload) VALUES ('second',"
		  " '{\"n\":2}')");
	knock(w);
	wait_for(w, &w->outboxes, 1);
	assert_int_equal(db_commit(slow), 0);
	knock(w);
	wait_for(w, &w->outboxes, 2);
	assert_string_equal(w->outbox, "second:{\"n\":2};first:{\"n\":1};");
	flush(w);
	assert_int_equal(number("SELECT COUNT(*) FROM outbox"), 0);
	assert_int_equal(w->outboxes, 2);
	assert_int_equal(access(w->engine, F_OK), -1);
	db_close(&slow);
	db_close(&fast);
}

static void a_lost_wake_up_is_made_good(void **state)
{
	struct world *w = *state;
	struct db *web = as("web", secret[1]);

	assert_int_equal(open_store(w), 0);
	wait_for(w, &w->ups, 1);
	sql(web, "INSERT INTO outbox (kind, payload) VALUES ('quiet', '{}')");
	wait_for(w, &w->outboxes, 1);
	db_close(&web);
}

static void a_changed_user_comes_with_a_new_directory(void **state)
{
	struct world *w = *state;
	struct db *web = as("migrate", secret[2]);
	json_t *users, *u;

	assert_int_equal(open_store(w), 0);
	wait_for(w, &w->ups, 1);
	assert_int_equal(db_begin(web), 0);
	sql(web, "INSERT INTO organization (id, kind, code, short_name,"
		 " full_name) VALUES (901, 'INSURER', '99901', 'СМО', 'СМО')");
	sql(web, "INSERT INTO user_account (id, login, password_hash, surname,"
		 " given_name, patronymic, organization_id, extension)"
		 " VALUES (901, 'probe', '', 'Пробная', 'Анна', 'Петровна',"
		 " 901, '9901')");
	sql(web, "INSERT INTO user_role VALUES (901, 'INSURER_REP_L1')");
	sql(web, "INSERT INTO queue_member (queue_id, user_id)"
		 " VALUES (1, 901)");
	/* who was moved today, in the order of it, by a clock that was put back
	 * meanwhile; what was refused was not */
	sql(web,
	    "INSERT INTO supervisor_action (id, at, user_id, action,"
	    " target_user, queue_id, reason, result) VALUES"
	    " (UUID(), UTC_TIMESTAMP(3), 1, 'ASSIGN', 901, NULL, 'r', 'OK'),"
	    " (UUID(), UTC_TIMESTAMP(3) - INTERVAL 1 HOUR, 1, 'ASSIGN', 901, 2,"
	    " 'r', 'OK'), (UUID(), UTC_TIMESTAMP(3) - INTERVAL 25 HOUR, 1,"
	    " 'ASSIGN', 901, 1, 'r', 'OK'), (UUID(), UTC_TIMESTAMP(3), 1,"
	    " 'ASSIGN', 901, 1, 'r', 'FORBIDDEN')");
	sql(web, "INSERT INTO outbox (kind, payload) VALUES ('user_changed',"
		 " '{\"user\":901}')");
	assert_int_equal(db_commit(web), 0);
	knock(w);
	wait_for(w, &w->outboxes, 1);
	assert_int_equal(w->dirs, 2);
	users = json_object_get(w->dir, "users");
	u = json_array_get(users, json_array_size(users) - 1);
	assert_string_equal(json_string_value(json_object_get(u, "name")),
			    "Пробная А. П.");
	assert_string_equal(json_string_value(json_object_get(u, "org_kind")),
			    "INSURER");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(u, "roles"), 0)),
	    "INSURER_REP_L1");
	u = json_array_get(json_object_get(w->dir, "queues"), 0);
	users = json_object_get(u, "members");
	assert_int_equal(
	    json_integer_value(json_object_get(
		json_array_get(users, json_array_size(users) - 1), "id")),
	    901);
	/* the order of callers is touched by nothing that is not turned on */
	assert_string_equal(json_string_value(json_object_get(u, "strategy")),
			    "longest_idle");
	assert_int_equal(
	    json_integer_value(json_object_get(u, "priority_s")) +
		json_integer_value(json_object_get(u, "keep_min")) +
		json_integer_value(json_object_get(u, "sticky_min")),
	    0);
	assert_string_equal(json_string_value(json_object_get(u, "join_empty")),
			    "");
	assert_int_equal(json_integer_value(json_object_get(u, "max_places")),
			 100);
	users = json_object_get(w->dir, "moves");
	assert_int_equal(json_array_size(users), 2);
	u = json_array_get(users, 0);
	assert_true(json_is_null(json_object_get(u, "queue")));
	u = json_array_get(users, 1);
	assert_int_equal(json_integer_value(json_object_get(u, "queue")), 2);
	assert_int_equal(json_integer_value(json_object_get(u, "user")), 901);
	u = json_array_get(json_object_get(w->dir, "queues"), 0);
	assert_true(json_is_array(json_object_get(w->dir, "offices")));
	assert_true(json_is_true(json_object_get(u, "open")));
	u = json_array_get(json_object_get(w->dir, "hours"), 0);
	u = json_array_get(json_object_get(u, "intervals"), 0);
	assert_int_equal(json_integer_value(json_object_get(u, "opens")), 540);
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(w->dir, "settings"), "phone.ring_s")),
	    "20");
	db_close(&web);
}

static void one_store_per_spool(void **state)
{
	struct world *w = *state, second = *w;

	assert_int_equal(open_store(w), 0);
	assert_int_equal(open_store(&second), EBUSY);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_kind_of_row_arrives),
		T(the_same_row_again_changes_nothing),
		T(a_row_that_never_fits_is_set_aside_alone),
		T(a_stop_in_the_middle_loses_nothing),
		T(a_hanging_server_fills_queue_and_spool),
		T(the_cached_directory_serves_a_start_without_database),
		T(kill_9_with_a_full_queue_keeps_what_was_spooled),
		T(calls_open_at_a_crash_are_closed_once),
		T(a_full_spool_raises_one_alarm_and_keeps_the_oldest),
		T(transactions_committed_in_reverse_order_both_arrive),
		T(a_lost_wake_up_is_made_good),
		T(a_changed_user_comes_with_a_new_directory),
		T(one_store_per_spool),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
