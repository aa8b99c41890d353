/*
 * recorder.c - the writer, the syncing thread and the lender.
 *
 * The writer seals a second once the clock has passed it by ALLOWANCE, waits
 * until no producer is inside the ring, copies the second out and lends its
 * memory for the next one. Producers therefore never wait. Where the writer
 * stands still with its disk, the lender lends in its place.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "janus-plugin/recorder.h"
#include "janus-plugin/recorder_file.h"
#include "janus-plugin/recorder_ring.h"
#include "janus-plugin/util.h"

#define ALLOWANCE     2400u /* samples: packets may come 300 ms late */
#define SECOND        CC_RECF_RATE
#define NS_PER_SAMPLE 125000
#define NS_PER_SECOND INT64_C(1000000000)
#define GRID_NS       (50 * INT64_C(1000000))  /* wake-ups are gathered */
#define RETRY_NS      (500 * INT64_C(1000000)) /* after a failed write */
#define BUSY_NS       (1 * INT64_C(1000000))
#define LEND_NS       (200 * INT64_C(1000000))
#define LEND_AHEAD    (SECOND / 2) /* the writer has lent it long before */
#define CATCH_UP      60 /* seconds of silence a pass after a full disk */
#define MARK_LEN      96u
#define NEVER         INT64_MAX
#define OPEN_DIR      "open"

struct mark {
	struct mark *next;
	uint64_t pos;
	char text[MARK_LEN]; /* escaped */
};

struct cc_rec {
	struct cc_rec *next;
	struct cc_recorder *r;
	struct cc_recf_info info;
	char path[64];
	int64_t start_ns; /* sample 0 on the monotonic clock */

	struct cc_ring ring;

	pthread_mutex_t lock; /* marks: held for a few instructions */
	struct mark *marks, **marks_end;

	atomic_bool closing;
	uint64_t end; /* samples; valid once closing is seen */

	/* the writer's own */
	struct cc_recf file;
	bool made;    /* the files exist */
	bool failing; /* the last write failed */
	bool cut;     /* closed with seconds missing at the end */
	bool finished;
	uint64_t second; /* next one to write, by the clock */
	uint64_t ticket; /* finished: reported after this sync */
	int64_t retry_ns;
	int64_t ended_ms;
	struct mark *todo; /* taken from marks, in order */
};

struct cc_recorder {
	struct cc_recorder_conf conf;
	char node[CC_RECF_NODE]; /* escaped */
	int dir, open_dir;
	pthread_t writer, syncer, lender;
	bool has_writer, has_syncer, has_lender;

	pthread_mutex_t lock; /* all below; never held during I/O */
	pthread_cond_t wake, sync_wake, lend_wake, ticked;
	struct cc_rec *fresh; /* opened, not yet seen by the writer */
	bool poke, stop, sync_stop;
	int64_t sim_ns;
	uint64_t tick_want, tick_done, sync_want, sync_done;

	/* the writer's own; others may walk the list with the lock held */
	struct cc_rec *list;
	struct cc_ring_second *spare;
	unsigned failing;
	bool disk_alarm, dirty;
	uint8_t audio[2 * SECOND], silence[2 * SECOND];
};

/* ---- clock ---- */

static int64_t mono(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_SECOND + ts.tv_nsec;
}

/* r->lock is held */
static int64_t now_ns(const struct cc_recorder *r)
{
	return r->conf.simulated ? r->sim_ns : mono();
}

static void wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ns)
{
	struct timespec ts = { ns / NS_PER_SECOND, ns % NS_PER_SECOND };

	pthread_cond_timedwait(cond, lock, &ts);
}

uint64_t cc_rec_pos(const struct cc_rec *rec, int64_t mono_ns)
{
	if (mono_ns <= rec->start_ns)
		return 0;
	return (uint64_t)(mono_ns - rec->start_ns) / NS_PER_SAMPLE;
}

/* ---- producers ---- */

int cc_rec_write(struct cc_rec *rec, enum cc_rec_channel ch, uint64_t pos,
		 const uint8_t *alaw, size_t n)
{
	return cc_ring_write(&rec->ring, ch, pos, alaw, n);
}

void cc_rec_mark(struct cc_rec *rec, uint64_t pos, const char *mark)
{
	struct mark *m = malloc(sizeof(*m));

	/* a third of the room, so that the escaped text always fits */
	char text[(MARK_LEN - 1) / 3];

	if (!m)
		return; /* the event log has it too */
	cc_copy(text, sizeof(text), mark);
	cc_recf_escape(m->text, sizeof(m->text), text);
	m->pos = pos;
	m->next = NULL;
	pthread_mutex_lock(&rec->lock);
	*rec->marks_end = m;
	rec->marks_end = &m->next;
	pthread_mutex_unlock(&rec->lock);
}

/* ---- opening and closing one recording ---- */

static bool is_uuid(const char *s)
{
	for (size_t i = 0; i < CC_RECF_UUID - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-'
			 : !strchr("0123456789abcdef", s[i]) || !s[i])
			return false;
	}
	return s[CC_RECF_UUID - 1] == '\0';
}

static void rec_free(struct cc_rec *rec)
{
	struct mark *m, *lists[] = { rec->todo, rec->marks };

	for (size_t i = 0; i < CC_LEN(lists); i++) {
		while ((m = lists[i])) {
			lists[i] = m->next;
			free(m);
		}
	}
	cc_recf_close(&rec->file);
	cc_ring_free(&rec->ring);
	pthread_mutex_destroy(&rec->lock);
	free(rec);
}

int cc_rec_open(struct cc_rec **recp, struct cc_recorder *r, const char *id,
		const char *call, int64_t now_ms, char *path, size_t size)
{
	time_t sec = (time_t)(now_ms / 1000);
	struct cc_ring_second *spare = NULL;
	struct cc_rec *rec;
	struct tm tm;
	int len;

	if (!is_uuid(id) || !is_uuid(call) || !gmtime_r(&sec, &tm))
		return EINVAL;
	rec = calloc(1, sizeof(*rec));
	if (!rec)
		return ENOMEM;
	len = snprintf(rec->path, sizeof(rec->path), "%04d/%02d/%02d/%s.wav",
		       tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, id);
	if (len < 0 || (size_t)len >= sizeof(rec->path) ||
	    (size_t)len >= size) {
		free(rec);
		return ENAMETOOLONG;
	}
	cc_copy(path, size, rec->path);
	cc_copy(rec->info.id, sizeof(rec->info.id), id);
	cc_copy(rec->info.call, sizeof(rec->info.call), call);
	cc_copy(rec->info.node, sizeof(rec->info.node), r->node);
	rec->info.start_ms = now_ms;
	rec->r = r;
	rec->marks_end = &rec->marks;
	rec->file.wav = rec->file.idx = -1;
	pthread_mutex_init(&rec->lock, NULL);
	cc_ring_lend(&rec->ring, 0, &spare);

	pthread_mutex_lock(&r->lock);
	if (!r->fresh && !r->list)
		pthread_cond_signal(&r->lend_wake);
	rec->start_ns = now_ns(r);
	rec->next = r->fresh;
	r->fresh = rec;
	r->poke = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	*recp = rec;
	return 0;
}

void cc_rec_close(struct cc_rec **recp, int64_t mono_ns)
{
	struct cc_rec *rec = *recp;
	struct cc_recorder *r;

	if (!rec)
		return;
	*recp = NULL;
	r = rec->r;
	rec->end = cc_rec_pos(rec, mono_ns);
	pthread_mutex_lock(&r->lock);
	/* from here on rec is the writer's */
	atomic_store_explicit(&rec->closing, true, memory_order_release);
	r->poke = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
}

/* ---- the writer: one second of one recording ---- */

static void alarm_errno(struct cc_recorder *r, const char *code,
			const char *what, const char *id, int err)
{
	char reason[64], text[160];

	if (!r->conf.alarm)
		return;
	snprintf(text, sizeof(text), "%s%s%s: %s", what, *id ? " " : "", id,
		 strerror_r(err, reason, sizeof(reason)));
	r->conf.alarm(code, text, r->conf.arg);
}

static void set_failing(struct cc_rec *rec, bool failing)
{
	struct cc_recorder *r = rec->r;

	if (failing != rec->failing)
		r->failing += failing ? 1 : -1u;
	rec->failing = failing;
}

static void write_failed(struct cc_rec *rec, int err, int64_t now)
{
	struct cc_recorder *r = rec->r;

	set_failing(rec, true);
	rec->retry_ns = now + RETRY_NS;
	if (r->disk_alarm)
		return;
	r->disk_alarm = true;
	alarm_errno(r, "rec_disk", "cannot write recording", rec->info.id, err);
}

static void write_worked(struct cc_rec *rec)
{
	struct cc_recorder *r = rec->r;

	r->dirty = true;
	set_failing(rec, false);
	if (!r->disk_alarm || r->failing)
		return;
	r->disk_alarm = false;
	if (r->conf.alarm)
		r->conf.alarm("rec_disk_ok", "recordings are written again",
			      r->conf.arg);
}

static void todo_add(struct cc_rec *rec, struct mark *m)
{
	struct mark **end = &rec->todo;

	while (*end)
		end = &(*end)->next;
	*end = m;
}

static void mark_count(struct cc_rec *rec, const char *what,
		       enum cc_rec_channel ch, uint64_t pos, unsigned n)
{
	struct mark *m = calloc(1, sizeof(*m));

	if (!m)
		return;
	m->pos = pos;
	snprintf(m->text, sizeof(m->text), "%s-%s=%u", what,
		 ch == CC_REC_LEFT ? "left" : "right", n);
	todo_add(rec, m);
}

/* Everything to be said about the seconds up to now. */
static void collect_marks(struct cc_rec *rec, uint64_t offset)
{
	struct mark *m;

	for (unsigned i = 0; i < CC_LEN(rec->ring.chan); i++) {
		struct cc_ring_chan *c = &rec->ring.chan[i];
		unsigned n;

		n = atomic_exchange_explicit(&c->lost, 0, memory_order_acquire);
		if (n)
			mark_count(rec, "lost", i,
				   atomic_load_explicit(&c->lost_at,
							memory_order_relaxed),
				   n);
		n = atomic_exchange_explicit(&c->late, 0, memory_order_relaxed);
		if (n)
			mark_count(rec, "late", i, offset, n);
	}
	pthread_mutex_lock(&rec->lock);
	m = rec->marks;
	rec->marks = NULL;
	rec->marks_end = &rec->marks;
	pthread_mutex_unlock(&rec->lock);
	if (m)
		todo_add(rec, m);
}

/* The marks below stop into text. @return the first that is not in it */
static struct mark *format_marks(struct cc_rec *rec, uint64_t stop,
				 const char *extra, uint64_t extra_pos,
				 char text[CC_RECF_MARKS])
{
	struct mark *m = rec->todo;
	size_t at = 0;

	if (extra)
		at = (size_t)snprintf(text, CC_RECF_MARKS, "%" PRIu64 ":%s",
				      extra_pos, extra);
	for (; m && m->pos < stop; m = m->next) {
		/* a position has at most 20 digits */
		if (at + strlen(m->text) + 23 > CC_RECF_MARKS)
			break;
		at += (size_t)snprintf(text + at, CC_RECF_MARKS - at,
				       "%s%" PRIu64 ":%s", at ? ";" : "",
				       m->pos, m->text);
	}
	if (!at)
		cc_copy(text, CC_RECF_MARKS, "-");
	return m;
}

static int append(struct cc_rec *rec, const uint8_t *audio, unsigned samples,
		  uint64_t marks_below, const char *extra)
{
	char text[CC_RECF_MARKS];
	struct mark *rest, *m;
	int err;

	rest = format_marks(rec, marks_below, extra, rec->file.samples, text);
	err = cc_recf_append(&rec->file, audio, samples, text);
	if (err)
		return err;
	while ((m = rec->todo) != rest) {
		rec->todo = m->next;
		free(m);
	}
	write_worked(rec);
	return 0;
}

static int make_files(struct cc_rec *rec)
{
	struct cc_recorder *r = rec->r;
	char target[80];
	int err;

	if (rec->made)
		return 0;
	/* the link first: a file without one would never be repaired */
	snprintf(target, sizeof(target), "../%s", rec->path);
	if (symlinkat(target, r->open_dir, rec->info.id) && errno != EEXIST)
		return errno;
	err = cc_recf_create(&rec->file, r->dir, rec->path, &rec->info);
	if (err)
		return err;
	rec->made = true;
	write_worked(rec);
	return 0;
}

/* Seconds that a full disk took become silence with a mark. @return 0, errno,
 * or EAGAIN: more to do, in the next pass */
static int fill_gap(struct cc_rec *rec, bool all)
{
	int err = 0;

	for (int n = 0; !err && rec->file.frames < rec->second; n++) {
		if (n == CATCH_UP && !all)
			return EAGAIN;
		err = append(rec, rec->r->silence, SECOND,
			     rec->file.samples + SECOND, "disk");
	}
	return err;
}

/* The second is written or given up: its place is free for a later one. */
static void release(struct cc_rec *rec, uint64_t from, uint64_t to)
{
	cc_ring_release(&rec->ring, from, to, &rec->r->spare);
	rec->second++;
}

/* @return 0, EAGAIN (a producer inside, or a long gap) or errno */
static int write_second(struct cc_rec *rec, uint64_t from, uint64_t to,
			bool closing)
{
	int err;

	if (!cc_ring_seal(&rec->ring, to))
		return EAGAIN;
	collect_marks(rec, from);
	err = make_files(rec);
	if (!err)
		err = fill_gap(rec, closing);
	if (err)
		return err;
	cc_ring_copy(&rec->ring, from, to, rec->r->audio);
	/* what was marked past the end belongs to the last frame */
	return append(rec, rec->r->audio, (unsigned)(to - from),
		      closing && to == rec->end ? UINT64_MAX : to, NULL);
}

static void finish(struct cc_rec *rec, int64_t now)
{
	int err = 0;

	/* nothing but seconds lost: they and the files are tried once more */
	if (!rec->made || rec->file.frames < rec->second) {
		collect_marks(rec, 0);
		err = make_files(rec);
		if (!err)
			err = fill_gap(rec, true);
	}
	if (rec->made && !err)
		err = cc_recf_finish(&rec->file);
	else if (rec->made)
		cc_recf_finish(&rec->file); /* needs no space: try it */
	if (err) {
		write_failed(rec, err, now);
		rec->cut = true;
	}
	set_failing(rec, false);
	cc_recf_close(&rec->file);
	rec->r->dirty = true;
	rec->ended_ms =
	    rec->info.start_ms + (int64_t)(rec->end / (SECOND / 1000));
	rec->finished = true;
}

/* Writes what is due. @return when to come back */
static int64_t step(struct cc_rec *rec, int64_t now, bool stop)
{
	bool closing =
	    atomic_load_explicit(&rec->closing, memory_order_acquire);
	uint64_t pos = cc_rec_pos(rec, now);

	if (stop && !closing) {
		rec->end = pos;
		atomic_store(&rec->closing, true);
		closing = true;
	}
	for (;;) {
		uint64_t from = rec->second * SECOND, to = from + SECOND;
		int err;

		if (closing && from >= rec->end)
			break;
		if (closing && to > rec->end)
			to = rec->end;
		if (!closing && pos < to + ALLOWANCE)
			return rec->start_ns +
			       (int64_t)(to + ALLOWANCE) * NS_PER_SAMPLE;
		if (!closing && rec->failing && now < rec->retry_ns)
			return rec->retry_ns;
		err = write_second(rec, from, to, closing);
		if (!err) {
			release(rec, from, to);
			continue;
		}
		if (err != EAGAIN)
			write_failed(rec, err, now);
		if (closing && err != EAGAIN) {
			rec->cut = true;
			break;
		}
		/* While the ring has room, the second is tried again. */
		if (err != EAGAIN && pos > from + CC_RING_SAMPLES - SECOND)
			release(rec, from, to);
		else
			return now + (err == EAGAIN ? BUSY_NS : RETRY_NS);
	}
	finish(rec, now);
	return NEVER;
}

static void report(struct cc_rec *rec)
{
	struct cc_recorder *r = rec->r;
	struct cc_rec_done d = {
		.id = rec->info.id,
		.call = rec->info.call,
		.samples = rec->file.samples,
		.bytes = CC_RECF_HEADER + 2 * rec->file.samples,
		.frames = rec->file.frames,
		.ended_ms = rec->ended_ms,
		.reason = rec->cut ? "disk" : "closed",
		.path = rec->path,
		.started_ms = rec->info.start_ms,
	};

	if (!rec->made)
		d.bytes = 0;
	memcpy(d.head, rec->file.head, sizeof(d.head));
	if (r->conf.done)
		r->conf.done(&d, r->conf.arg);
	/* After done(): killed in between, it is reported once more. */
	unlinkat(r->open_dir, rec->info.id, 0);
}

/* ---- repair ---- */

static void repair_one(struct cc_recorder *r, const char *id)
{
	struct cc_recf_info info = { 0 };
	struct cc_recf f = { .wav = -1, .idx = -1 };
	struct cc_rec_done d = { .id = id, .reason = "recovered" };
	char target[80];
	ssize_t len;
	int err;

	len = readlinkat(r->open_dir, id, target, sizeof(target) - 1);
	if (len < 4 || strncmp(target, "../", 3))
		return;
	target[len] = '\0';
	err = cc_recf_repair(&f, &info, r->dir, target + 3);
	if (err && err != ENOENT) { /* ENOENT: killed before the first file */
		alarm_errno(r, "rec_broken", "cannot repair recording", id,
			    err);
		return;
	}
	d.call = info.call;
	d.samples = f.samples;
	d.bytes = err ? 0 : CC_RECF_HEADER + 2 * f.samples;
	d.frames = f.frames;
	d.started_ms = info.start_ms;
	d.ended_ms = info.start_ms + (int64_t)(f.samples / (SECOND / 1000));
	d.path = target + 3;
	memcpy(d.head, f.head, sizeof(d.head));
	if (r->conf.done)
		r->conf.done(&d, r->conf.arg);
	unlinkat(r->open_dir, id, 0);
}

static void repair_all(struct cc_recorder *r)
{
	int fd = openat(r->open_dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char(*ids)[CC_RECF_UUID] = NULL;
	size_t n = 0, room = 0;
	struct dirent *e;

	if (!d) {
		alarm_errno(r, "rec_broken", "cannot read the folder open", "",
			    errno);
		if (fd >= 0)
			close(fd);
		return;
	}
	/* the names first: unlinking while reading may skip some */
	while ((e = readdir(d))) {
		if (!is_uuid(e->d_name))
			continue;
		if (n == room) {
			void *more = realloc(ids, (room + 64) * sizeof(*ids));

			if (!more)
				break;
			ids = more;
			room += 64;
		}
		cc_copy(ids[n++], sizeof(*ids), e->d_name);
	}
	closedir(d);
	for (size_t i = 0; i < n; i++)
		repair_one(r, ids[i]);
	free(ids);
}

/* ---- threads ---- */

static void lend(struct cc_rec *rec, int64_t now, struct cc_ring_second **spare)
{
	cc_ring_lend(&rec->ring, cc_rec_pos(rec, now) + LEND_AHEAD, spare);
}

/* @return when to come back */
static int64_t pass(struct cc_recorder *r, int64_t now, bool stop,
		    uint64_t synced, uint64_t ticket)
{
	int64_t next = NEVER;

	for (struct cc_rec **p = &r->list, *rec; (rec = *p);) {
		if (!rec->finished) {
			int64_t due = step(rec, now, stop);

			if (due < next)
				next = due;
			if (rec->finished)
				rec->ticket = ticket;
			else
				lend(rec, now, &r->spare);
		} else if (rec->ticket <= synced) {
			pthread_mutex_lock(&r->lock);
			*p = rec->next;
			pthread_mutex_unlock(&r->lock);
			report(rec);
			rec_free(rec);
			continue;
		}
		p = &rec->next;
	}
	return next;
}

static void take_fresh(struct cc_recorder *r)
{
	struct cc_rec *rec;

	while ((rec = r->fresh)) {
		r->fresh = rec->next;
		rec->next = r->list;
		r->list = rec;
	}
}

static void *writer_main(void *arg)
{
	struct cc_recorder *r = arg;

	pthread_setname_np(pthread_self(), "rec-writer");
	repair_all(r);
	pthread_mutex_lock(&r->lock);
	for (;;) {
		uint64_t tick = r->tick_want, synced = r->sync_done;
		uint64_t ticket = r->sync_want + 1;
		int64_t now = now_ns(r), next;
		bool stop = r->stop;

		take_fresh(r);
		r->poke = false;
		pthread_mutex_unlock(&r->lock);

		next = pass(r, now, stop, synced, ticket);

		pthread_mutex_lock(&r->lock);
		if (r->dirty) {
			r->dirty = false;
			r->sync_want = ticket;
			pthread_cond_signal(&r->sync_wake);
		}
		r->tick_done = tick;
		pthread_cond_broadcast(&r->ticked);
		if (stop && !r->list && !r->fresh)
			break;
		if (next != NEVER)
			next += GRID_NS - next % GRID_NS;
		while (!r->poke) {
			if (r->conf.simulated || next == NEVER)
				pthread_cond_wait(&r->wake, &r->lock);
			else if (mono() < next)
				wait_until(&r->wake, &r->lock, next);
			else
				break;
		}
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* A slow disk shall delay this thread and not the writer. */
static void *syncer_main(void *arg)
{
	struct cc_recorder *r = arg;
	bool failed = false;

	pthread_setname_np(pthread_self(), "rec-sync");
	pthread_mutex_lock(&r->lock);
	for (;;) {
		int64_t began;
		uint64_t want;
		int err;

		while (r->sync_want == r->sync_done && !r->sync_stop)
			pthread_cond_wait(&r->sync_wake, &r->lock);
		if (r->sync_want == r->sync_done)
			break;
		want = r->sync_want;
		began = mono();
		pthread_mutex_unlock(&r->lock);

		err = syncfs(r->dir) ? errno : 0;
		if (err && !failed)
			alarm_errno(r, "rec_sync", "syncfs", "", err);
		failed = err;

		pthread_mutex_lock(&r->lock);
		r->sync_done = want;
		r->poke = true;
		pthread_cond_signal(&r->wake);
		while (!r->stop && !r->sync_stop &&
		       mono() < began + NS_PER_SECOND)
			wait_until(&r->sync_wake, &r->lock,
				   began + NS_PER_SECOND);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

static void lend_all(struct cc_rec *list, int64_t now,
		     struct cc_ring_second **spare)
{
	for (struct cc_rec *rec = list; rec; rec = rec->next)
		if (!atomic_load_explicit(&rec->closing, memory_order_relaxed))
			lend(rec, now, spare);
}

/* A disk that stands still holds the writer, not the calls. */
static void *lender_main(void *arg)
{
	struct cc_ring_second *spare = NULL;
	struct cc_recorder *r = arg;

	pthread_setname_np(pthread_self(), "rec-lender");
	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		int64_t now = mono();

		lend_all(r->fresh, now, &spare);
		lend_all(r->list, now, &spare);
		if (r->fresh || r->list)
			wait_until(&r->lend_wake, &r->lock, now + LEND_NS);
		else
			pthread_cond_wait(&r->lend_wake, &r->lock);
	}
	pthread_mutex_unlock(&r->lock);
	cc_ring_give_back(&spare);
	return NULL;
}

void cc_recorder_tick(struct cc_recorder *r, int64_t mono_ns)
{
	uint64_t mine;

	pthread_mutex_lock(&r->lock);
	r->sim_ns = mono_ns;
	mine = ++r->tick_want;
	r->poke = true;
	pthread_cond_signal(&r->wake);
	while (r->tick_done < mine)
		pthread_cond_wait(&r->ticked, &r->lock);
	pthread_mutex_unlock(&r->lock);
}

/* ---- the recorder ---- */

static int open_folders(struct cc_recorder *r, const char *path)
{
	r->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dir < 0)
		return errno;
	if (mkdirat(r->dir, OPEN_DIR, 0750) && errno != EEXIST)
		return errno;
	r->open_dir =
	    openat(r->dir, OPEN_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->open_dir < 0)
		return errno;
	/* two writers would repair each other's recordings */
	if (flock(r->open_dir, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? EBUSY : errno;
	return 0;
}

static void init_locks(struct cc_recorder *r)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &attr);
	pthread_cond_init(&r->sync_wake, &attr);
	pthread_cond_init(&r->lend_wake, &attr);
	pthread_cond_init(&r->ticked, &attr);
	pthread_condattr_destroy(&attr);
}

int cc_recorder_open(struct cc_recorder **rp,
		     const struct cc_recorder_conf *conf)
{
	struct cc_recorder *r;
	int err;

	if (sodium_init() < 0)
		return ENOSYS;
	r = calloc(1, sizeof(*r));
	if (!r)
		return ENOMEM;
	r->conf = *conf;
	r->conf.dir = r->conf.node = NULL; /* borrowed for the call only */
	r->dir = r->open_dir = -1;
	memset(r->silence, CC_RECF_SILENCE, sizeof(r->silence));
	init_locks(r);

	err =
	    *conf->node && cc_recf_escape(r->node, sizeof(r->node), conf->node)
		? 0
		: EINVAL;
	if (!err)
		err = open_folders(r, conf->dir);
	if (!err)
		err = pthread_create(&r->syncer, NULL, syncer_main, r);
	r->has_syncer = !err;
	if (!err && !conf->simulated) {
		err = pthread_create(&r->lender, NULL, lender_main, r);
		r->has_lender = !err;
	}
	if (!err) {
		err = pthread_create(&r->writer, NULL, writer_main, r);
		r->has_writer = !err;
	}
	if (err)
		cc_recorder_close(&r);
	else
		*rp = r;
	return err;
}

void cc_recorder_close(struct cc_recorder **rp)
{
	struct cc_recorder *r = *rp;

	if (!r)
		return;
	*rp = NULL;
	pthread_mutex_lock(&r->lock);
	r->stop = r->poke = true;
	pthread_cond_signal(&r->wake);
	pthread_cond_signal(&r->sync_wake);
	pthread_cond_signal(&r->lend_wake);
	pthread_mutex_unlock(&r->lock);
	if (r->has_lender)
		pthread_join(r->lender, NULL);
	if (r->has_writer)
		pthread_join(r->writer, NULL);
	/* only now: the writer's last files wait for a sync */
	pthread_mutex_lock(&r->lock);
	r->sync_stop = true;
	pthread_cond_signal(&r->sync_wake);
	pthread_mutex_unlock(&r->lock);
	if (r->has_syncer)
		pthread_join(r->syncer, NULL);
	if (r->open_dir >= 0)
		close(r->open_dir);
	if (r->dir >= 0)
		close(r->dir);
	pthread_cond_destroy(&r->wake);
	pthread_cond_destroy(&r->sync_wake);
	pthread_cond_destroy(&r->lend_wake);
	pthread_cond_destroy(&r->ticked);
	pthread_mutex_destroy(&r->lock);
	cc_ring_give_back(&r->spare);
	free(r);
}
