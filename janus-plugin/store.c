/*
 * store.c - the writer thread: queue, spool, connection, outbox.
 *
 * Rows reach the database in the order they were posted. From old to new
 * they are in: the backlog (closed spool files), the thread's own spool file,
 * the batch in its hand, the queue, the overflow file. Each is emptied only
 * when all older ones are empty.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "db/db.h"
#include "janus-plugin/store.h"
#include "janus-plugin/store_dir.h"
#include "janus-plugin/store_rows.h"
#include "janus-plugin/store_spool.h"
#include "janus-plugin/util.h"

#define QUEUE_MAX    4096
#define BATCH        200
#define OUTBOX_BATCH 100
#define RETRY_MS     1000
#define OUTBOX_MS    5000 /* should a wake-up get lost */
#define CLOSE_MS     5000
#define DB_TIMEOUT_S 3
/* Files of the thread written during an overflow are older than it. */
#define OVERFLOW_STEP 1000000u

struct cc_store {
	struct cc_store_conf conf;
	char node[33], sock_path[108];
	struct db *db;
	int dir, wake, sock;
	pthread_t thread;
	bool has_thread;

	pthread_mutex_t lock; /* all of this; writing a row to the overflow
			       * file is the only I/O under it */
	json_t *queue[QUEUE_MAX];
	size_t head, count;
	json_t *status; /* newest node_status */
	struct cc_segment over;
	bool overflow;
	uint64_t last_no; /* newest spool file */
	bool full_alarm, stop;
	struct cc_store_stats stats;

	/* the thread's own */
	json_t *hand; /* batch being written */
	struct cc_segment own;
	struct cc_backlog backlog;
	uint64_t old_no; /* files up to it are a former process' */
	bool settled;    /* its open calls are closed */
	bool placed;     /* the places it kept are handed over */
	bool connected;
	bool told, up; /* what state() was told */
	bool cache_used;
	int64_t retry_at, outbox_at;
	uint64_t handed[OUTBOX_BATCH]; /* given to outbox(), not deleted */
	size_t handed_n;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

static void alarm_text(struct cc_store *s, const char *code, const char *text)
{
	if (s->conf.alarm)
		s->conf.alarm(code, text, s->conf.arg);
}

/* ---- posting ---- */

static void wake(struct cc_store *s)
{
	uint64_t one = 1;

	/* a full counter has woken it already */
	if (write(s->wake, &one, sizeof(one)) < 0)
		return;
}

/* s->lock is held. Counts what became of a row and raises the alarm. */
static void spooled(struct cc_store *s, int err)
{
	if (!err) {
		s->stats.spooled++;
	} else if (!s->full_alarm) {
		char reason[64], text[128];

		s->full_alarm = true;
		snprintf(text, sizeof(text), "cannot write the spool: %s",
			 strerror_r(err, reason, sizeof(reason)));
		alarm_text(s, "spool_full", text);
	}
}

/* s->lock is held */
static void enqueue(struct cc_store *s, json_t *row)
{
	int err;

	if (!s->overflow && s->count < QUEUE_MAX) {
		s->queue[(s->head + s->count++) % QUEUE_MAX] = row;
		return;
	}
	if (!s->overflow) {
		s->overflow = true;
		s->over.no = s->last_no + OVERFLOW_STEP;
	}
	err = cc_segment_append(&s->over, s->dir, row);
	spooled(s, err);
	if (err) {
		s->stats.lost++;
		s->stats.errors++;
	}
	json_decref(row);
}

void cc_store_post(struct cc_store *s, json_t *row)
{
	const char *kind = json_string_value(json_object_get(row, "t"));
	json_t *old = NULL;
	bool idle;

	pthread_mutex_lock(&s->lock);
	idle = !s->count && !s->overflow;
	if (!json_is_object(row)) {
		s->stats.errors++;
		old = row;
	} else if (kind && !strcmp(kind, "node_status")) {
		old = s->status;
		s->status = row;
		idle = true;
	} else {
		enqueue(s, row);
	}
	pthread_mutex_unlock(&s->lock);
	json_decref(old);
	if (idle)
		wake(s);
}

void cc_store_stats(struct cc_store *s, struct cc_store_stats *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->stats;
	out->queued = (unsigned)s->count;
	pthread_mutex_unlock(&s->lock);
}

/* ---- connection ---- */

static void set_up(struct cc_store *s, bool up)
{
	if (s->told && s->up == up)
		return;
	s->told = true;
	s->up = up;
	pthread_mutex_lock(&s->lock);
	s->stats.db_up = up;
	pthread_mutex_unlock(&s->lock);
	if (s->conf.state)
		s->conf.state(up, s->conf.arg);
}

static void go_down(struct cc_store *s)
{
	s->retry_at = now_ms() + RETRY_MS;
	s->connected = false;
	set_up(s, false);
}

static int give_directory(struct cc_store *s)
{
	json_t *dir;
	int err;

	err = cc_dir_read(s->db, &dir);
	if (err)
		return err;
	/* without a cache the next start waits for the database: no harm */
	cc_dir_save(s->dir, dir);
	s->cache_used = true;
	if (s->conf.directory)
		s->conf.directory(dir, s->conf.arg);
	json_decref(dir);
	return 0;
}

static void give_cached(struct cc_store *s)
{
	json_t *dir;

	if (s->cache_used)
		return;
	s->cache_used = true;
	dir = cc_dir_load(s->dir);
	if (dir && s->conf.directory)
		s->conf.directory(dir, s->conf.arg);
	json_decref(dir);
}

static void try_connect(struct cc_store *s)
{
	if (give_directory(s)) {
		give_cached(s);
		go_down(s);
		return;
	}
	s->outbox_at = 0;
	s->connected = true; /* "up" once it has taken something */
}

/* ---- writing ---- */

static void refuse(struct cc_store *s, const json_t *row)
{
	const char *kind = json_string_value(json_object_get(row, "t"));
	char text[64];

	cc_spool_refuse(s->dir, row);
	snprintf(text, sizeof(text), "row of kind %.20s", kind ? kind : "?");
	alarm_text(s, "row_refused", text);
	pthread_mutex_lock(&s->lock);
	s->stats.errors++;
	pthread_mutex_unlock(&s->lock);
}

static bool hopeless(int err)
{
	return err == EINVAL || err == ENOENT || err == EBUSY || err == E2BIG;
}

/* A batch as one transaction; empties it. A row that will never fit is set
 * aside and does not stop the others. */
static int write_batch(struct cc_store *s, json_t *rows)
{
	bool bad[BATCH] = { false };
	size_t i, n = json_array_size(rows), good = 0;
	int err;

	if (!n)
		return 0;
	err = db_begin(s->db);
	for (i = 0; !err && i < n; i++) {
		err = cc_row_write(s->db, json_array_get(rows, i));
		bad[i] = hopeless(err);
		if (bad[i])
			err = 0;
		else
			good++;
	}
	if (!err)
		err = db_commit(s->db);
	else
		db_rollback(s->db);
	if (err)
		return err;
	for (i = 0; i < n; i++)
		if (bad[i])
			refuse(s, json_array_get(rows, i));
	json_array_clear(rows);
	pthread_mutex_lock(&s->lock);
	s->stats.written += good;
	pthread_mutex_unlock(&s->lock);
	return 0;
}

/* s->lock is held */
static void take_from_queue(struct cc_store *s)
{
	while (s->count && json_array_size(s->hand) < BATCH) {
		json_array_append_new(s->hand, s->queue[s->head]);
		s->head = (s->head + 1) % QUEUE_MAX;
		s->count--;
	}
}

/* Nothing waits in memory any more: whatever was full has room again. */
static void spool_fine(struct cc_store *s)
{
	bool was_full;

	pthread_mutex_lock(&s->lock);
	was_full = s->full_alarm;
	s->full_alarm = false;
	pthread_mutex_unlock(&s->lock);
	if (was_full)
		alarm_text(s, "spool_ok", "rows find room again");
}

static void to_backlog(struct cc_store *s, struct cc_segment *seg)
{
	uint64_t no = seg->no;

	if (seg->fd < 0) {
		seg->no = 0; /* unused: later it would be out of turn */
		return;
	}
	cc_segment_close(seg);
	if (!cc_backlog_add(&s->backlog, no))
		return;
	pthread_mutex_lock(&s->lock);
	s->stats.errors++; /* no memory: the next start finds the file */
	pthread_mutex_unlock(&s->lock);
}

/* If nothing older is left in memory, the overflow becomes backlog. */
static void end_overflow(struct cc_store *s)
{
	struct cc_segment over = { .fd = -1 };

	pthread_mutex_lock(&s->lock);
	if (s->overflow && !s->count) {
		over = s->over;
		s->over = (struct cc_segment){ .fd = -1 };
		s->overflow = false;
		s->last_no = over.no;
	}
	pthread_mutex_unlock(&s->lock);
	to_backlog(s, &over);
}

/* The hand and the queue go to disk, as far as it takes them. */
static void spool_all(struct cc_store *s)
{
	bool overflow;

	for (;;) {
		int err = 0;

		pthread_mutex_lock(&s->lock);
		take_from_queue(s);
		if (json_array_size(s->hand) && !s->own.no)
			s->own.no = ++s->last_no;
		pthread_mutex_unlock(&s->lock);
		if (!json_array_size(s->hand))
			break;
		while (!err && json_array_size(s->hand)) {
			err = cc_segment_append(&s->own, s->dir,
						json_array_get(s->hand, 0));
			if (!err)
				json_array_remove(s->hand, 0);
			pthread_mutex_lock(&s->lock);
			spooled(s, err);
			pthread_mutex_unlock(&s->lock);
		}
		if (err)
			return;
	}
	spool_fine(s);
	pthread_mutex_lock(&s->lock);
	overflow = s->overflow;
	pthread_mutex_unlock(&s->lock);
	if (overflow) {
		to_backlog(s, &s->own);
		end_overflow(s);
	}
}

/* One batch of the backlog. */
static int replay(struct cc_store *s)
{
	json_t *rows = json_array();
	unsigned torn = 0;
	int err;

	err = rows ? cc_backlog_read(&s->backlog, rows, BATCH, &torn) : ENOMEM;
	if (!err)
		err = write_batch(s, rows);
	json_decref(rows);
	if (err) {
		cc_backlog_again(&s->backlog);
		return err;
	}
	pthread_mutex_lock(&s->lock);
	s->stats.errors += torn;
	pthread_mutex_unlock(&s->lock);
	cc_backlog_done(&s->backlog);
	return 0;
}

/* The oldest rows there are. *more: there are others. */
static int work(struct cc_store *s, bool *more)
{
	int err;

	to_backlog(s, &s->own);
	if (!s->settled && (!s->backlog.n || s->backlog.no[0] > s->old_no)) {
		err = cc_rows_interrupted(s->db, s->node);
		if (err)
			return err;
		s->settled = true;
	}
	*more = true;
	if (s->backlog.n)
		return replay(s);

	pthread_mutex_lock(&s->lock);
	take_from_queue(s);
	pthread_mutex_unlock(&s->lock);
	if (json_array_size(s->hand))
		return write_batch(s, s->hand);
	spool_fine(s);
	end_overflow(s);
	*more = s->backlog.n;
	return 0;
}

static int give_places(struct cc_store *s)
{
	json_t *list = NULL;
	int err;

	if (s->placed || !s->settled || !s->conf.places)
		return 0;
	err = cc_places_read(s->db, s->node, &list);
	if (err)
		return err;
	s->conf.places(list, s->conf.arg);
	json_decref(list);
	s->placed = true;
	return 0;
}

static int write_status(struct cc_store *s)
{
	json_t *row;
	int err;

	/* not before the last sign of life of the former process was used */
	if (!s->settled)
		return 0;
	pthread_mutex_lock(&s->lock);
	row = s->status;
	s->status = NULL;
	pthread_mutex_unlock(&s->lock);
	if (!row)
		return 0;
	err = cc_row_write(s->db, row);
	if (hopeless(err)) {
		refuse(s, row);
		err = 0;
	}
	json_decref(row); /* the next one comes in 5 s */
	return err;
}

/* ---- outbox ---- */

static bool was_handed(struct cc_store *s, uint64_t id)
{
	for (size_t i = 0; i < s->handed_n; i++)
		if (s->handed[i] == id)
			return true;
	return false;
}

static bool needs_directory(const struct cc_outbox_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].kind, "user_changed") ||
		    !strcmp(rows[i].kind, "directory"))
			return true;
	return false;
}

static int outbox(struct cc_store *s)
{
	struct cc_outbox_row rows[OUTBOX_BATCH];
	uint64_t kept[OUTBOX_BATCH];
	size_t n = 0, kept_n = 0;
	int err;

	do {
		err = cc_outbox_read(s->db, rows, OUTBOX_BATCH, &n);
		if (err)
			return err;
		if (needs_directory(rows, n))
			err = give_directory(s);
		for (size_t i = 0; i < n; i++) {
			if (!err && !was_handed(s, rows[i].id) &&
			    s->conf.outbox)
				s->conf.outbox(rows[i].kind, rows[i].payload,
					       s->conf.arg);
			if (!err) {
				err = cc_outbox_delete(s->db, rows[i].id);
				if (err)
					kept[kept_n++] = rows[i].id;
			} else if (was_handed(s, rows[i].id)) {
				kept[kept_n++] = rows[i].id;
			}
			json_decref(rows[i].payload);
		}
		memcpy(s->handed, kept, kept_n * sizeof(*kept));
		s->handed_n = kept_n;
	} while (!err && n == OUTBOX_BATCH);
	return err;
}

/* ---- the thread ---- */

/* @return true: somebody knocked at the socket */
static bool wait_for_work(struct cc_store *s, int timeout)
{
	struct pollfd fds[] = { { s->wake, POLLIN, 0 },
				{ s->sock, POLLIN, 0 } };
	uint64_t count;
	char byte;
	bool knocked = false;

	poll(fds, CC_LEN(fds), timeout);
	if (read(s->wake, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return false;
	while (s->sock >= 0 && recv(s->sock, &byte, 1, MSG_DONTWAIT) >= 0)
		knocked = true;
	return knocked;
}

static bool everything_written(struct cc_store *s)
{
	bool all;

	pthread_mutex_lock(&s->lock);
	all = !s->count && !s->overflow && s->own.fd < 0;
	pthread_mutex_unlock(&s->lock);
	return all && !s->backlog.n && !json_array_size(s->hand) && s->settled;
}

/* A turn with the database up. @return more to do at once */
static bool turn(struct cc_store *s, bool stopping)
{
	bool more = false;
	int err = work(s, &more);

	if (!err)
		err = give_places(s);
	if (!err)
		err = write_status(s);
	if (!err && !stopping && now_ms() >= s->outbox_at) {
		err = outbox(s);
		s->outbox_at = now_ms() + OUTBOX_MS;
	}
	if (err == EAGAIN)
		return true; /* a deadlock's loser: the same again */
	if (err)
		go_down(s);
	else
		set_up(s, true);
	return more && !err;
}

static void *thread_main(void *arg)
{
	struct cc_store *s = arg;
	int64_t deadline = 0;
	bool more = false;

	pthread_setname_np(pthread_self(), "store");
	for (;;) {
		int64_t due = s->connected ? s->outbox_at : s->retry_at;
		int64_t left = due - now_ms();
		bool stop, knocked;

		pthread_mutex_lock(&s->lock);
		stop = s->stop;
		pthread_mutex_unlock(&s->lock);
		if (stop && !deadline)
			deadline = now_ms() + CLOSE_MS;
		if (stop && s->told &&
		    (!s->connected || everything_written(s) ||
		     now_ms() > deadline))
			break;

		knocked =
		    wait_for_work(s, more || stop || left <= 0 ? 0 : (int)left);
		if (knocked)
			s->outbox_at = 0;
		if (!s->connected && now_ms() >= s->retry_at)
			try_connect(s);
		more = s->connected && turn(s, stop);
		if (!s->connected)
			spool_all(s);
	}
	spool_all(s);
	return NULL;
}

/* ---- opening and closing ---- */

static int open_socket(struct cc_store *s, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (!cc_copy(addr.sun_path, sizeof(addr.sun_path), path))
		return ENAMETOOLONG;
	s->sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->sock < 0)
		return errno;
	unlink(path); /* a killed process leaves it */
	if (bind(s->sock, (struct sockaddr *)&addr, sizeof(addr)))
		return errno;
	cc_copy(s->sock_path, sizeof(s->sock_path), path);
	return chmod(path, 0660) ? errno : 0;
}

static int open_spool(struct cc_store *s, const char *path)
{
	if (mkdir(path, 0700) && errno != EEXIST)
		return errno;
	s->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return errno;
	/* two processes would replay each other's rows */
	if (flock(s->dir, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? EBUSY : errno;
	return cc_backlog_open(&s->backlog, s->dir, &s->last_no);
}

int cc_store_open(struct cc_store **sp, const struct cc_store_conf *conf)
{
	const struct db_conf db = {
		.socket = conf->socket,
		.user = conf->user,
		.password = conf->password,
		.database = conf->database,
		.timeout_s = DB_TIMEOUT_S,
	};
	struct cc_store *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return ENOMEM;
	s->conf = *conf;
	s->dir = s->sock = s->wake = s->own.fd = s->over.fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	cc_copy(s->node, sizeof(s->node), conf->node);
	s->hand = json_array();
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	err = s->hand ? 0 : ENOMEM;
	if (!err && s->wake < 0)
		err = errno;
	if (!err)
		err = open_spool(s, conf->spool);
	s->old_no = s->last_no;
	if (!err && conf->engine_sock)
		err = open_socket(s, conf->engine_sock);
	if (!err)
		err = db_new(&s->db, &db);
	if (!err) {
		err = pthread_create(&s->thread, NULL, thread_main, s);
		s->has_thread = !err;
	}
	if (err)
		cc_store_close(&s);
	else
		*sp = s;
	return err;
}

void cc_store_close(struct cc_store **sp)
{
	struct cc_store *s = *sp;

	if (!s)
		return;
	*sp = NULL;
	if (s->has_thread) {
		pthread_mutex_lock(&s->lock);
		s->stop = true;
		pthread_mutex_unlock(&s->lock);
		wake(s);
		pthread_join(s->thread, NULL);
	}
	cc_segment_close(&s->own);
	cc_segment_close(&s->over);
	cc_backlog_close(&s->backlog);
	db_close(&s->db);
	if (s->sock >= 0)
		close(s->sock);
	if (s->sock_path[0])
		unlink(s->sock_path);
	if (s->dir >= 0)
		close(s->dir);
	if (s->wake >= 0)
		close(s->wake);
	while (s->count) {
		json_decref(s->queue[s->head]);
		s->head = (s->head + 1) % QUEUE_MAX;
		s->count--;
	}
	json_decref(s->hand);
	json_decref(s->status);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
