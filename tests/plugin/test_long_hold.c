/*
 * A hold of three hours and the citizen's silence after it: the engine's
 * decisions, carried out by the real media thread and recorder, all of them by
 * one clock that the test moves on. What it hears is what a telephone hears.
 * Session timers of such a call: sip/test_timers.
 * limit: 300 s
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "janus-plugin/engine_int.h"
#include "janus-plugin/recorder.h"
#include "janus-plugin/recorder_file.h"
#include "tests/plugin/fake_world.h"
#include "tests/plugin/media_bed.h"

enum {
	HOLD_S = 3 * 3600,
	LIMIT_S = 1800, /* call.hold_limit_s */
	ATONCE = 5,     /* ticks the media thread makes up for in one go */
	FRAMES = 50,    /* a second */
	CITIZEN_SAYS = 17,
};

#define CALL "01938f00-0000-7000-8000-0000000000aa"

/* ---- the clock ---- */

/* ns since the test began; more than it takes, so that what waits by the
 * machine's clock still waits */
static atomic_llong ahead = 120000000000;
static struct timespec begun[2]; /* CLOCK_REALTIME, CLOCK_MONOTONIC */
static int timer = -1;           /* what stands for the media thread's timer */

int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_timerfd_create(int id, int flags);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *t,
			   struct itimerspec *old);
ssize_t __wrap_getrandom(void *buf, size_t len, unsigned flags);

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	long long ns;

	if (id != CLOCK_REALTIME && id != CLOCK_MONOTONIC)
		return __real_clock_gettime(id, ts);
	ns = begun[id].tv_nsec + ahead;
	ts->tv_sec = begun[id].tv_sec + ns / 1000000000;
	ts->tv_nsec = ns % 1000000000;
	return 0;
}

int __wrap_timerfd_create(int id, int flags)
{
	(void)id;
	(void)flags;
	timer = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return timer;
}

int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *t,
			   struct itimerspec *old)
{
	(void)fd;
	(void)flags;
	(void)t;
	(void)old;
	return 0;
}

/* The timestamps of a new stream are about to wrap. */
ssize_t __wrap_getrandom(void *buf, size_t len, unsigned flags)
{
	(void)flags;
	memset(buf, 0xff, len);
	return (ssize_t)len;
}

/* ---- the call ---- */

static struct {
	struct world w;
	struct cc_recorder *r;
	struct phone citizen;
	struct browser operator;
	struct cc_hear heard[2];
	atomic_bool done;
	char path[256];
} t;

static void on_done(const struct cc_rec_done *d, void *arg)
{
	(void)arg;
	assert_string_equal(d->reason, "closed");
	t.done = true;
}

static void on_alarm(const char *code, const char *text, void *arg)
{
	(void)arg;
	fprintf(stderr, "alarm %s: %s\n", code, text);
}

/* What the engine wants of its ports now. */
static void carry_out(void)
{
	const uint64_t ports[] = { t.citizen.id, t.operator.id };

	for (size_t i = 0; i < CC_LEN(ports); i++) {
		const struct cc_hear *h = &t.w.hear[ports[i]];

		if (memcmp(h, &t.heard[i], sizeof(*h)))
			cc_media_hear(bed_media(), ports[i], h);
		t.heard[i] = *h;
	}
	cc_media_watch(bed_media(), t.citizen.id, t.w.watch[t.citizen.id]);
	bed_settle();
}

static int set_up(void **state)
{
	struct cc_recorder_conf conf = { .node = "test",
					 .simulated = true,
					 .done = on_done,
					 .alarm = on_alarm };
	char path[128];
	struct cc_rec *rec;
	struct cc_call *c;

	(void)state;
	bed_open();
	conf.dir = bed_dir();
	assert_int_equal(cc_recorder_open(&t.r, &conf), 0);
	cc_recorder_tick(t.r, bed_now());

	world_open(&t.w);
	world_directory(&t.w, 1);
	world_sign_in(&t.w, 1);
	world_call(&t.w, "+78652000000");
	c = TAILQ_FIRST(&t.w.engine->calls);
	world_media(&t.w, CC_MEDIA_PLAYED, c->port, c->say_gen);
	assert_null(world_button(&t.w, 1, "answer", ""));
	world_is(&t.w, 1, "TALKING", "TALK");

	phone_open(&t.citizen, c->port, 8);
	browser_open(&t.operator, c->owner->port);
	assert_int_equal(
	    cc_rec_open(&rec, t.r, "01938f00-0000-7000-8000-000000000001", CALL,
			(int64_t)time(NULL) * 1000, path, sizeof(path)),
	    0);
	snprintf(t.path, sizeof(t.path), "%s/%s", bed_dir(), path);
	cc_media_record(bed_media(), t.citizen.id, rec);
	carry_out();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_close(&t.w);
	phone_close(&t.citizen);
	browser_close(&t.operator);
	cc_recorder_close(&t.r);
	bed_close();
	return 0;
}

static struct got last; /* what the citizen heard last */
static unsigned wraps[2];

/* The next frame of music; one stream, whatever wraps. */
static void hear_music(bool first)
{
	struct got g;

	assert_true(phone_hear(&t.citizen, &g, WAIT_MS));
	assert_int_equal(g.h.len, FRAME);
	assert_int_equal(g.payload[0], bed_code(CC_PROMPT_MUSIC));
	assert_int_equal(g.payload[FRAME - 1], bed_code(CC_PROMPT_MUSIC));
	if (!first) {
		assert_int_equal(g.h.ssrc, last.h.ssrc);
		assert_int_equal((uint16_t)(g.h.seq - last.h.seq), 1);
		assert_int_equal(g.h.ts - last.h.ts, FRAME);
		wraps[0] += g.h.seq < last.h.seq;
		wraps[1] += g.h.ts < last.h.ts;
	}
	last = g;
}

/* A second passes for everybody. */
static void second(bool speaks, bool first)
{
	const uint64_t n = ATONCE;

	for (unsigned i = 0; i < FRAMES / ATONCE; i++) {
		ahead += ATONCE * 20000000LL;
		for (unsigned k = 0; k < ATONCE && speaks; k++)
			phone_say(&t.citizen, 8, CITIZEN_SAYS);
		assert_int_equal(write(timer, &n, sizeof(n)), sizeof(n));
		for (unsigned k = 0; k < ATONCE; k++)
			hear_music(first && !i && !k);
		cc_recorder_tick(t.r, bed_now());
	}
	world_awake(&t.w, 1000);
}

/* How often each code stands in a channel of the finished recording. */
static size_t count(int channel, uint8_t code, size_t *samples)
{
	static uint8_t buf[1 << 16];
	FILE *f = fopen(t.path, "rb");
	size_t n = 0, got;

	assert_non_null(f);
	assert_int_equal(fseek(f, CC_RECF_HEADER, SEEK_SET), 0);
	for (*samples = 0; (got = fread(buf, 2, sizeof(buf) / 2, f));
	     *samples += got)
		for (size_t i = 0; i < got; i++)
			n += buf[2 * i + channel] == code;
	fclose(f);
	return n;
}

static const char *ended(void)
{
	const char *why = "";
	json_t *row;
	size_t i;

	json_array_foreach(t.w.rows, i, row)
		if (json_object_get(row, "end_reason"))
			why = json_string_value(
			    json_object_get(row, "end_reason"));
	return why;
}

static void three_hours_of_hold_keep_the_call_and_silence_ends_it(void **state)
{
	struct cc_call *c = TAILQ_FIRST(&t.w.engine->calls);
	const size_t held = (size_t)HOLD_S * 8000;
	size_t samples, n;

	(void)state;
	assert_null(world_button(&t.w, 1, "hold", ""));
	carry_out();
	assert_int_equal(t.w.watch[t.citizen.id], LIMIT_S * 1000);
	for (int s = 0; s < HOLD_S; s++)
		second(true, !s);
	assert_int_equal(c->state, CALL_HOLD);
	assert_int_equal(bed_count(CC_MEDIA_RX_LOST, t.citizen.id), 0);
	assert_int_equal(bed_count(CC_MEDIA_TRUNCATED, t.citizen.id), 0);
	assert_int_equal(wraps[0], HOLD_S * FRAMES / 65536);
	assert_int_equal(wraps[1], 1);

	/* and now he is gone without a word */
	t.w.keep_rows = true;
	for (int s = 0; s < LIMIT_S - 2; s++)
		second(false, false);
	assert_int_equal(bed_count(CC_MEDIA_RX_LOST, t.citizen.id), 0);
	for (int s = 0; s < 4; s++)
		second(false, false);
	bed_event(CC_MEDIA_RX_LOST, t.citizen.id);
	cc_media_record(bed_media(), t.citizen.id, NULL);
	bed_settle();
	world_media(&t.w, CC_MEDIA_RX_LOST, t.citizen.id, 0);
	world_is(&t.w, 1, "WRAPUP", "ENDED");
	assert_string_equal(ended(), "RTPTIMEOUT");

	/* all of it is on the disk: his voice, the music he heard */
	cc_recorder_close(&t.r);
	assert_true(t.done);
	n = count(0, CITIZEN_SAYS, &samples);
	/* he speaks a thousand times as fast as people: the kernel may drop
	 * some of it */
	assert_in_range(n, held - held / 1000, held);
	n = count(1, bed_code(CC_PROMPT_MUSIC), &samples);
	assert_in_range(n, held + (LIMIT_S - 1) * 8000, samples);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    three_hours_of_hold_keep_the_call_and_silence_ends_it,
		    set_up, tear_down),
	};

	__real_clock_gettime(CLOCK_REALTIME, &begun[CLOCK_REALTIME]);
	__real_clock_gettime(CLOCK_MONOTONIC, &begun[CLOCK_MONOTONIC]);
	return cmocka_run_group_tests_name("long hold", tests, NULL, NULL);
}
