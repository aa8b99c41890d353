/* The recorder: rings, clock, writer, full disk, kill -9. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "janus-plugin/recorder.h"
#include "janus-plugin/recorder_ring.h"

#define CALL     "01938f00-0000-7000-8000-0000000000aa"
#define START_MS INT64_C(1795000000000) /* 2026-11-18 */
#define MS       INT64_C(1000000)
#define MANY     100
#define CROWD    500
#define SILENCE  0xD5

/* ---- the disk that can stand still, and the memory that is lent ---- */

ssize_t __real_pwrite(int fd, const void *buf, size_t n, off_t at);
ssize_t __wrap_pwrite(int fd, const void *buf, size_t n, off_t at);
void *__real_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
int __real_munmap(void *at, size_t n);
int __wrap_munmap(void *at, size_t n);

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stands, held; /* held: a write is waiting */
} disk = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false };
static atomic_int lent; /* seconds, of all rings */

/* Returns when a write has met it. */
static void disk_stands(bool stands)
{
	pthread_mutex_lock(&disk.lock);
	disk.stands = stands;
	pthread_cond_broadcast(&disk.changed);
	while (stands && !disk.held)
		pthread_cond_wait(&disk.changed, &disk.lock);
	disk.held = false;
	pthread_mutex_unlock(&disk.lock);
}

ssize_t __wrap_pwrite(int fd, const void *buf, size_t n, off_t at)
{
	pthread_mutex_lock(&disk.lock);
	while (disk.stands) {
		disk.held = true;
		pthread_cond_broadcast(&disk.changed);
		pthread_cond_wait(&disk.changed, &disk.lock);
	}
	pthread_mutex_unlock(&disk.lock);
	return __real_pwrite(fd, buf, n, at);
}

void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	if (n == sizeof(struct cc_ring_second))
		atomic_fetch_add(&lent, 1);
	return __real_mmap(at, n, prot, flags, fd, off);
}

int __wrap_munmap(void *at, size_t n)
{
	if (n == sizeof(struct cc_ring_second))
		atomic_fetch_sub(&lent, 1);
	return __real_munmap(at, n);
}

struct world {
	char dir[64];
	struct cc_recorder *r;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned done, alarms, alarms_ok;
	char reason[16], id[40], call[40];
	uint64_t samples;
	uint32_t frames;
	uint8_t head[32];
};

static void on_done(const struct cc_rec_done *d, void *arg)
{
	struct world *w = arg;

	pthread_mutex_lock(&w->lock);
	w->done++;
	snprintf(w->reason, sizeof(w->reason), "%s", d->reason);
	snprintf(w->id, sizeof(w->id), "%s", d->id);
	snprintf(w->call, sizeof(w->call), "%s", d->call);
	w->samples = d->samples;
	w->frames = d->frames;
	memcpy(w->head, d->head, sizeof(w->head));
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static void on_alarm(const char *code, const char *text, void *arg)
{
	struct world *w = arg;

	(void)text;
	pthread_mutex_lock(&w->lock);
	if (!strcmp(code, "rec_disk"))
		w->alarms++;
	else if (!strcmp(code, "rec_disk_ok"))
		w->alarms_ok++;
	pthread_mutex_unlock(&w->lock);
}

static void wait_done(struct world *w, unsigned n)
{
	struct timespec ts;
	int err = 0;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += 60;
	pthread_mutex_lock(&w->lock);
	while (w->done < n && !err)
		err = pthread_cond_timedwait(&w->changed, &w->lock, &ts);
	pthread_mutex_unlock(&w->lock);
	assert_int_equal(err, 0);
}

static int open_recorder(struct world *w, bool simulated)
{
	struct cc_recorder_conf conf = {
		.dir = w->dir,
		.node = "node 1",
		.done = on_done,
		.alarm = on_alarm,
		.arg = w,
		.simulated = simulated,
	};

	return cc_recorder_open(&w->r, &conf);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	strcpy(w->dir, "/tmp/otklik-rec-XXXXXX");
	if (!mkdtemp(w->dir))
		return -1;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	*state = w;
	return 0;
}

static void remove_tree(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char sub[512];

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name);
		if (unlink(sub))
			remove_tree(sub);
	}
	if (d)
		closedir(d);
	rmdir(path);
}

static int teardown(void **state)
{
	struct world *w = *state;

	cc_recorder_close(&w->r);
	assert_int_equal(atomic_load(&lent), 0); /* all is given back */
	remove_tree(w->dir);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->changed);
	free(w);
	return 0;
}

static struct cc_rec *start(struct world *w, unsigned n, char *path)
{
	struct cc_rec *rec = NULL;
	char id[40];

	snprintf(id, sizeof(id), "01938f00-0000-7000-8000-%012u", n);
	assert_int_equal(cc_rec_open(&rec, w->r, id, CALL, START_MS, path, 64),
			 0);
	return rec;
}

/* The stored audio and a verified chain. @return samples a channel */
static size_t load(struct world *w, const char *path, uint8_t **audio)
{
	char wav[256], idx[256];
	uint8_t head[32];
	struct stat st;
	uint32_t bad;
	int fd;

	snprintf(wav, sizeof(wav), "%s/%s", w->dir, path);
	snprintf(idx, sizeof(idx), "%s/%.*s.idx", w->dir, (int)strlen(path) - 4,
		 path);
	assert_int_equal(cc_rec_verify(wav, idx, &bad, head), 0);
	fd = open(wav, O_RDONLY);
	assert_int_equal(fstat(fd, &st), 0);
	*audio = malloc((size_t)st.st_size);
	assert_int_equal(pread(fd, *audio, (size_t)st.st_size - 58, 58),
			 st.st_size - 58);
	close(fd);
	return (size_t)(st.st_size - 58) / 2;
}

static char *marks(struct world *w, const char *path)
{
	static char text[65536];
	char idx[256];
	size_t len;
	FILE *f;

	snprintf(idx, sizeof(idx), "%s/%.*s.idx", w->dir, (int)strlen(path) - 4,
		 path);
	f = fopen(idx, "rb");
	assert_non_null(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	text[len] = '\0';
	fclose(f);
	return text;
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

/* A value that tells channel and sample apart from its neighbours. */
static uint8_t value(unsigned ch, uint64_t pos)
{
	return (uint8_t)((ch ? 0x80 : 0) | (pos * 13 + pos / 127) % 0x55);
}

static int put(struct cc_rec *rec, enum cc_rec_channel ch, uint64_t pos,
	       size_t n)
{
	uint8_t buf[8000];

	for (size_t i = 0; i < n; i++)
		buf[i] = value(ch, pos + i);
	return cc_rec_write(rec, ch, pos, buf, n);
}

static void channels_are_separate_and_aligned_for_ten_minutes(void **state)
{
	struct world *w = *state;
	const uint64_t total = 600 * 8000;
	uint8_t *audio;
	char path[64];
	struct cc_rec *rec;

	assert_int_equal(open_recorder(w, true), 0);
	rec = start(w, 1, path);
	for (uint64_t t = 0; t < total; t += 160) {
		/* packets follow the clock; the right one runs 7 ms behind */
		assert_int_equal(cc_rec_pos(rec, (int64_t)t * 125000), t);
		assert_int_equal(put(rec, CC_REC_LEFT, t, 160), 0);
		if (t >= 160)
			assert_int_equal(put(rec, CC_REC_RIGHT, t - 56, 160),
					 0);
		if (t % 8000 == 2400)
			cc_recorder_tick(w->r, (int64_t)t * 125000);
	}
	cc_rec_close(&rec, (int64_t)total * 125000);
	wait_done(w, 1);
	assert_string_equal(w->reason, "closed");
	assert_true(w->samples == total);
	assert_int_equal(w->frames, 600);
	assert_int_equal(load(w, path, &audio), total);
	for (uint64_t i = 0; i < total; i++) {
		if (audio[2 * i] != value(0, i))
			fail_msg("left %llu", (unsigned long long)i);
		if (i >= 104 && i < total - 56 &&
		    audio[2 * i + 1] != value(1, i))
			fail_msg("right %llu", (unsigned long long)i);
	}
	assert_int_equal(audio[2 * 103 + 1], SILENCE);
	assert_int_equal(audio[2 * (total - 56) + 1], SILENCE);
	free(audio);
}

static void disorder_overlap_and_holes(void **state)
{
	struct world *w = *state;
	uint8_t later[160], *audio;
	char path[64];
	struct cc_rec *rec;

	assert_int_equal(open_recorder(w, true), 0);
	rec = start(w, 1, path);
	put(rec, CC_REC_LEFT, 320, 160);
	put(rec, CC_REC_LEFT, 0, 160); /* out of order; 160-319 missing */
	memset(later, 0x11, sizeof(later));
	cc_rec_write(rec, CC_REC_LEFT, 400, later, 160); /* overlaps */
	put(rec, CC_REC_LEFT, 7990, 20); /* over the second's border */
	cc_recorder_tick(w->r, 1299 * MS);
	put(rec, CC_REC_LEFT, 7000, 8); /* within the allowance: counts */
	cc_recorder_tick(w->r, 1300 * MS);
	put(rec, CC_REC_LEFT, 7900, 200); /* its first 100 are too late */
	cc_rec_close(&rec, 1500 * MS);
	wait_done(w, 1);
	assert_int_equal(load(w, path, &audio), 12000);
	for (unsigned i = 0; i < 12000; i++) {
		uint8_t want = SILENCE;

		if (i < 160 || (i >= 320 && i < 400) ||
		    (i >= 7000 && i < 7008) || (i >= 7990 && i < 8100))
			want = value(0, i);
		if (i >= 400 && i < 560)
			want = 0x11;
		if (audio[2 * i] != want || audio[2 * i + 1] != SILENCE)
			fail_msg("sample %u", i);
	}
	assert_int_equal(count(marks(w, path), "8000:late-left=100"), 1);
	free(audio);
}

static void marks_are_in_their_second(void **state)
{
	struct world *w = *state;
	char path[64], *text;
	struct cc_rec *rec;

	assert_int_equal(open_recorder(w, true), 0);
	rec = start(w, 1, path);
	cc_rec_mark(rec, 100, "greeting");
	cc_rec_mark(rec, 9000, "transfer 2001");
	cc_rec_mark(rec, 16100, "end;of");
	cc_recorder_tick(w->r, 5000 * MS / 4);
	cc_recorder_tick(w->r, 1900 * MS);
	cc_rec_close(&rec, 2000 * MS);
	wait_done(w, 1);
	text = marks(w, path);
	assert_non_null(strstr(text, "\n1 0 8000 100:greeting "));
	assert_non_null(strstr(text, "\n2 8000 8000 9000:transfer%202001;"
				     "16100:end%3Bof "));
}

static void very_many_marks_spill_into_the_next_seconds(void **state)
{
	struct world *w = *state;
	uint8_t *audio;
	char path[64];
	struct cc_rec *rec;

	assert_int_equal(open_recorder(w, true), 0);
	rec = start(w, 1, path);
	for (unsigned i = 0; i < 120; i++)
		cc_rec_mark(rec, i, "123456789012345678901234567890+more");
	cc_rec_close(&rec, 3000 * MS);
	wait_done(w, 1);
	assert_int_equal(load(w, path, &audio), 24000);
	assert_int_equal(count(marks(w, path), ":123456789"), 120);
	free(audio);
}

static void what_finds_no_room_is_dropped_and_marked(void **state)
{
	struct world *w = *state;
	uint8_t *audio;
	char path[64];
	struct cc_rec *rec;

	assert_int_equal(open_recorder(w, true), 0);
	rec = start(w, 1, path);
	/* nobody has lent the third second yet */
	assert_int_equal(put(rec, CC_REC_RIGHT, 15000, 992), 0);
	assert_int_equal(put(rec, CC_REC_RIGHT, 15992, 160), ENOBUFS);
	cc_recorder_tick(w->r, 1300 * MS);
	assert_int_equal(put(rec, CC_REC_RIGHT, 16200, 160), 0);
	cc_rec_close(&rec, 5000 * MS);
	wait_done(w, 1);
	assert_int_equal(load(w, path, &audio), 40000);
	assert_int_equal(audio[2 * 15999 + 1], value(1, 15999));
	assert_int_equal(audio[2 * 16000 + 1], SILENCE);
	assert_int_equal(audio[2 * 16200 + 1], value(1, 16200));
	assert_int_equal(count(marks(w, path), "16000:lost-right=152"), 1);
	free(audio);
}

static void ids_that_are_not_uuids_are_refused(void **state)
{
	struct world *w = *state;
	struct cc_rec *rec = NULL;
	char path[64];

	assert_int_equal(open_recorder(w, true), 0);
	assert_int_equal(cc_rec_open(&rec, w->r,
				     "../../../../etc/passwd-0000"
				     "-000000000",
				     CALL, 0, path, 64),
			 EINVAL);
	assert_int_equal(cc_rec_open(&rec, w->r, CALL, "", 0, path, 64),
			 EINVAL);
	assert_int_equal(cc_rec_open(&rec, w->r, CALL, CALL, 0, path, 51),
			 ENAMETOOLONG);
	assert_null(rec);
}

static void one_writer_per_folder(void **state)
{
	struct world *w = *state;
	struct world second = *w;

	assert_int_equal(open_recorder(w, true), 0);
	assert_int_equal(open_recorder(&second, true), EBUSY);
}

static void the_audio_is_on_disk_while_the_call_goes_on(void **state)
{
	struct world *w = *state;
	char path[64], link[256], target[256];
	uint8_t *audio;
	struct cc_rec *rec;
	ssize_t len;

	assert_int_equal(open_recorder(w, true), 0);
	rec = start(w, 7, path);
	put(rec, CC_REC_LEFT, 0, 8000);
	cc_recorder_tick(w->r, 1300 * MS);
	assert_int_equal(load(w, path, &audio), 8000);
	free(audio);
	snprintf(link, sizeof(link),
		 "%s/open/"
		 "01938f00-0000-7000-8000-000000000007",
		 w->dir);
	len = readlink(link, target, sizeof(target) - 1);
	assert_true(len > 0);
	target[len] = '\0';
	assert_string_equal(target + 3, path);
	cc_rec_close(&rec, 1500 * MS);
	cc_recorder_close(&w->r);
	assert_int_equal(w->done, 1);
	assert_int_equal(access(link, F_OK), -1);
}

/* ---- many at once, on the real clock ---- */

struct feeder {
	pthread_t thread;
	struct cc_rec *_Atomic rec[CROWD]; /* NULL: not yet begun */
	unsigned n, packets;
	enum cc_rec_channel ch;
	int err;
};

static int64_t mono(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

/* Packets of 20 ms for every recording from its begin on, in real time. */
static void *feed(void *arg)
{
	struct feeder *f = arg;
	static const size_t len = 160;
	unsigned sent[CROWD] = { 0 };
	int64_t t0 = mono();

	for (unsigned k = 0; k < f->packets; k++) {
		int64_t due = t0 + k * 20 * MS;
		struct timespec ts = { due / (1000 * MS), due % (1000 * MS) };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
		for (unsigned i = 0; i < f->n; i++)
			if (f->rec[i] &&
			    put(f->rec[i], f->ch, len * sent[i]++, len))
				f->err++;
	}
	return NULL;
}

static void was_fed(struct world *w, const char *path, size_t samples)
{
	uint8_t *audio;

	assert_true(load(w, path, &audio) >= samples);
	for (unsigned k = 0; k < samples; k++)
		if (audio[2 * k] != value(0, k) ||
		    audio[2 * k + 1] != value(1, k))
			fail_msg("%s sample %u", path, k);
	free(audio);
	assert_int_equal(count(marks(w, path), ":"), 0);
}

static void a_hundred_at_once_have_no_gap(void **state)
{
	struct world *w = *state;
	static char path[MANY][64];
	static struct feeder f[2];
	struct cc_rec *rec[MANY];
	int64_t t0;

	assert_int_equal(open_recorder(w, false), 0);
	t0 = mono();
	for (unsigned i = 0; i < MANY; i++) {
		rec[i] = start(w, i, path[i]);
		f[0].rec[i] = f[1].rec[i] = rec[i];
	}
	for (unsigned c = 0; c < 2; c++) {
		f[c].ch = c;
		f[c].n = MANY;
		f[c].packets = 150;
		pthread_create(&f[c].thread, NULL, feed, &f[c]);
	}
	pthread_join(f[0].thread, NULL);
	pthread_join(f[1].thread, NULL);
	assert_int_equal(f[0].err + f[1].err, 0);
	for (unsigned i = 0; i < MANY; i++)
		cc_rec_close(&rec[i], t0 + 4000 * MS);
	wait_done(w, MANY);
	for (unsigned i = 0; i < MANY; i++)
		was_fed(w, path[i], 24000);
}

static void until(int64_t ns)
{
	struct timespec ts = { ns / (1000 * MS), ns % (1000 * MS) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/* The disk stands still for four seconds under 500 calls, 50 of which begin
 * meanwhile: not a sample is lost, memory grows as far as that needs and is
 * given back. */
static void a_standing_disk_is_bridged_for_every_call(void **state)
{
	enum { FIRST = 450, BEGIN_S = 4, PACKETS = 450 };
	struct world *w = *state;
	static char path[CROWD][64];
	static struct feeder f[2];
	struct cc_rec *rec[CROWD];
	int64_t t0, stood;

	assert_int_equal(open_recorder(w, false), 0);
	t0 = mono();
	for (unsigned i = 0; i < FIRST; i++) {
		rec[i] = start(w, i, path[i]);
		f[0].rec[i] = f[1].rec[i] = rec[i];
	}
	for (unsigned c = 0; c < 2; c++) {
		f[c].ch = c;
		f[c].n = CROWD;
		f[c].packets = PACKETS;
		pthread_create(&f[c].thread, NULL, feed, &f[c]);
	}
	until(t0 + 1900 * MS);
	assert_in_range(atomic_load(&lent), 2 * FIRST, 3 * FIRST + 2);
	disk_stands(true);
	stood = mono();
	until(t0 + BEGIN_S * 1000 * MS);
	for (unsigned i = FIRST; i < CROWD; i++) {
		rec[i] = start(w, i, path[i]);
		f[0].rec[i] = rec[i];
		f[1].rec[i] = rec[i];
	}
	until(stood + 4000 * MS);
	assert_in_range(atomic_load(&lent), 5 * FIRST,
			CC_RING_SECONDS * CROWD + 2);
	disk_stands(false);
	pthread_join(f[0].thread, NULL);
	pthread_join(f[1].thread, NULL);
	assert_int_equal(f[0].err + f[1].err, 0);
	for (int64_t t = mono(); atomic_load(&lent) > 3 * CROWD + 2;) {
		assert_true(mono() < t + 30000 * MS);
		until(mono() + 50 * MS);
	}
	for (unsigned i = 0; i < CROWD; i++)
		cc_rec_close(&rec[i], mono());
	wait_done(w, CROWD);
	for (unsigned i = 0; i < CROWD; i++) /* all but the last second */
		was_fed(w, path[i],
			(PACKETS - 50 * (i < FIRST ? 1 : BEGIN_S + 2)) * 160);
	assert_int_equal(w->alarms, 0);
}

/* ---- the disk ---- */

/* RLIMIT_FSIZE is a full disk for one file: EFBIG instead of ENOSPC. */
static void limit_files(rlim_t bytes)
{
	struct rlimit lim;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &lim);
	lim.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &lim), 0);
}

static void a_short_outage_of_the_disk_loses_nothing(void **state)
{
	struct world *w = *state;
	uint8_t *audio;
	char path[64];
	struct cc_rec *rec;

	assert_int_equal(open_recorder(w, true), 0);
	rec = start(w, 1, path);
	for (unsigned s = 0; s < 6; s++) {
		assert_int_equal(put(rec, CC_REC_LEFT, s * 8000, 8000), 0);
		limit_files(s == 2 || s == 3 ? 58 + 20000 : RLIM_INFINITY);
		cc_recorder_tick(w->r, (1000 * s + 1300) * MS);
	}
	cc_rec_close(&rec, 6000 * MS);
	wait_done(w, 1);
	assert_string_equal(w->reason, "closed");
	assert_int_equal(load(w, path, &audio), 48000);
	for (unsigned i = 0; i < 48000; i++)
		if (audio[2 * i] != value(0, i))
			fail_msg("sample %u", i);
	free(audio);
	assert_int_equal(w->alarms, 1);
	assert_int_equal(w->alarms_ok, 1);
}

static void a_full_disk_leaves_a_marked_gap(void **state)
{
	struct world *w = *state;
	uint8_t *audio;
	char path[2][64];
	struct cc_rec *rec[2];
	size_t n;

	assert_int_equal(open_recorder(w, true), 0);
	rec[0] = start(w, 1, path[0]);
	for (unsigned s = 0; s < 20; s++) {
		assert_int_equal(put(rec[0], CC_REC_LEFT, s * 8000, 8000), 0);
		limit_files(s >= 3 && s < 13 ? 58 + 50000 : RLIM_INFINITY);
		if (s == 5) /* cannot even be made whole */
			limit_files(30);
		if (s == 5)
			rec[1] = start(w, 2, path[1]);
		cc_recorder_tick(w->r, (1000 * s + 1300) * MS);
	}
	cc_rec_close(&rec[0], 20000 * MS);
	cc_rec_close(&rec[1], 20000 * MS);
	wait_done(w, 2);
	assert_int_equal(w->alarms, 1);
	assert_int_equal(w->alarms_ok, 1);

	assert_int_equal(load(w, path[0], &audio), 160000);
	n = count(marks(w, path[0]), ":disk");
	assert_int_equal(n, 4);
	for (unsigned i = 0; i < 160000; i++) {
		uint8_t want = value(0, i);

		if (i >= 24000 && i < 24000 + n * 8000)
			want = SILENCE;
		if (audio[2 * i] != want)
			fail_msg("sample %u", i);
	}
	free(audio);
	assert_true(load(w, path[1], &audio) > 14 * 8000);
	free(audio);
}

static void a_disk_full_to_the_end_keeps_what_was_written(void **state)
{
	struct world *w = *state;
	uint8_t *audio;
	char path[64];
	struct cc_rec *rec;

	assert_int_equal(open_recorder(w, true), 0);
	rec = start(w, 1, path);
	for (unsigned s = 0; s < 9; s++) {
		if (s == 3)
			limit_files(58 + 50000);
		assert_int_equal(put(rec, CC_REC_LEFT, s * 8000, 8000), 0);
		cc_recorder_tick(w->r, (1000 * s + 1300) * MS);
	}
	cc_rec_close(&rec, 9000 * MS);
	wait_done(w, 1);
	limit_files(RLIM_INFINITY);
	assert_string_equal(w->reason, "disk");
	assert_true(w->samples == 24000);
	assert_int_equal(load(w, path, &audio), 24000);
	free(audio);
	assert_int_equal(w->alarms, 1);
}

/* ---- kill -9 ---- */

/* The child records in real time and is killed at an arbitrary moment. */
static void child_records(struct world *w, int fd)
{
	struct cc_rec *rec[3];
	char path[64];
	uint64_t pos[3] = { 0 };
	char go = 1;

	if (open_recorder(w, false))
		_exit(1);
	for (unsigned i = 0; i < 3; i++)
		rec[i] = start(w, i, path);
	for (;;) {
		struct timespec ts = { 0, 5 * MS };

		for (unsigned i = 0; i < 3; i++) {
			uint64_t now = cc_rec_pos(rec[i], mono());

			for (; pos[i] + 160 < now; pos[i] += 160)
				put(rec[i], CC_REC_LEFT, pos[i], 160);
		}
		if (pos[2] >= 17600 && go) { /* the first seconds are due */
			if (write(fd, &go, 1) != 1)
				_exit(1);
			go = 0;
		}
		nanosleep(&ts, NULL);
	}
}

static void kill_9_leaves_files_that_are_repaired(void **state)
{
	struct world *w = *state;
	int fds[2], status;
	pid_t pid;
	char c;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid)
		child_records(w, fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 1);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	close(fds[0]);
	close(fds[1]);

	assert_int_equal(open_recorder(w, true), 0);
	wait_done(w, 3);
	assert_string_equal(w->reason, "recovered");
	assert_string_equal(w->call, CALL);
	cc_recorder_close(&w->r);
	for (unsigned i = 0; i < 3; i++) {
		uint8_t *audio;
		char path[80];
		size_t n;

		snprintf(path, sizeof(path),
			 "2026/11/18/"
			 "01938f00-0000-7000-8000-%012u.wav",
			 i);
		n = load(w, path, &audio);
		assert_true(n >= 8000 && n % 8000 == 0);
		for (unsigned k = 0; k < n; k++)
			if (audio[2 * k] != value(0, k))
				fail_msg("recording %u sample %u", i, k);
		free(audio);
	}
	assert_int_equal(open_recorder(w, true), 0);
	cc_recorder_close(&w->r);
	assert_int_equal(w->done, 3); /* nothing is recovered twice */
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(channels_are_separate_and_aligned_for_ten_minutes),
		T(disorder_overlap_and_holes),
		T(marks_are_in_their_second),
		T(very_many_marks_spill_into_the_next_seconds),
		T(what_finds_no_room_is_dropped_and_marked),
		T(ids_that_are_not_uuids_are_refused),
		T(one_writer_per_folder),
		T(the_audio_is_on_disk_while_the_call_goes_on),
		T(a_hundred_at_once_have_no_gap),
		T(a_standing_disk_is_bridged_for_every_call),
		T(a_short_outage_of_the_disk_loses_nothing),
		T(a_full_disk_leaves_a_marked_gap),
		T(a_disk_full_to_the_end_keeps_what_was_written),
		T(kill_9_leaves_files_that_are_repaired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
