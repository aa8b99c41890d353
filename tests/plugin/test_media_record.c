/*
 * What the media thread gives to the recorder, read back from the finished
 * file; and all of it at once under changing routes, for the thread
 * sanitizer.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include "janus-plugin/g711.h"
#include "janus-plugin/recorder.h"
#include "janus-plugin/recorder_file.h"
#include "janus-plugin/sdp.h"
#include "tests/plugin/media_bed.h"

enum { CITIZEN = 1, OPERATOR = 2, OTHER = 3, SECONDS = 30 };

#define CALL "01938f00-0000-7000-8000-0000000000aa"

static struct phone citizen;
static struct browser operator, colleague;

static struct {
	struct cc_recorder *r;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned opened, done;
	char path[256];
	uint8_t left[SECONDS * 8000], right[SECONDS * 8000];
	size_t n;
} rec;

static void on_done(const struct cc_rec_done *d, void *arg)
{
	(void)arg;
	assert_string_equal(d->reason, "closed");
	pthread_mutex_lock(&rec.lock);
	rec.done++;
	pthread_cond_signal(&rec.changed);
	pthread_mutex_unlock(&rec.lock);
}

static void on_alarm(const char *code, const char *text, void *arg)
{
	(void)arg;
	/* the machine of the test may really be short of space */
	fprintf(stderr, "alarm %s: %s\n", code, text);
}

static int set_up(void **state)
{
	struct cc_recorder_conf conf = { .node = "test",
					 .done = on_done,
					 .alarm = on_alarm };

	(void)state;
	memset(&rec, 0, sizeof(rec));
	pthread_mutex_init(&rec.lock, NULL);
	pthread_cond_init(&rec.changed, NULL);
	bed_open();
	conf.dir = bed_dir();
	assert_int_equal(cc_recorder_open(&rec.r, &conf), 0);
	phone_open(&citizen, CITIZEN, 8);
	browser_open(&operator, OPERATOR);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	phone_close(&citizen);
	browser_close(&operator);
	cc_recorder_close(&rec.r);
	bed_close();
	return 0;
}

static struct cc_rec *start(uint64_t port)
{
	char id[40], path[128];
	struct cc_rec *r;

	snprintf(id, sizeof(id), "01938f00-0000-7000-8000-%012u", ++rec.opened);
	assert_int_equal(cc_rec_open(&r, rec.r, id, CALL,
				     (int64_t)time(NULL) * 1000, path,
				     sizeof(path)),
			 0);
	snprintf(rec.path, sizeof(rec.path), "%s/%s", bed_dir(), path);
	cc_media_record(bed_media(), port, r);
	bed_settle();
	return r;
}

static void wait_done(unsigned n)
{
	pthread_mutex_lock(&rec.lock);
	while (rec.done < n)
		pthread_cond_wait(&rec.changed, &rec.lock);
	pthread_mutex_unlock(&rec.lock);
}

static void finish(uint64_t port)
{
	uint8_t two[2];
	FILE *f;

	cc_media_record(bed_media(), port, NULL);
	wait_done(rec.opened);
	f = fopen(rec.path, "rb");
	assert_non_null(f);
	assert_int_equal(fseek(f, CC_RECF_HEADER, SEEK_SET), 0);
	for (rec.n = 0; fread(two, 1, 2, f) == 2; rec.n++) {
		assert_true(rec.n < sizeof(rec.left));
		rec.left[rec.n] = two[0];
		rec.right[rec.n] = two[1];
	}
	fclose(f);
}

/* Where a code is first and last heard, and how often. */
struct heard {
	size_t first, last, n;
};

static struct heard find(const uint8_t *channel, uint8_t code)
{
	struct heard h = { .first = SIZE_MAX };

	for (size_t i = 0; i < rec.n; i++) {
		if (channel[i] != code)
			continue;
		if (!h.n++)
			h.first = i;
		h.last = i;
	}
	return h;
}

static void both_say(void *arg, unsigned i)
{
	(void)arg;
	phone_say(&citizen, 8, (uint8_t)(1 + i));
	browser_say(&operator, (uint8_t)(1 + i));
}

static void talk(void)
{
	hear_peers(CITIZEN, OPERATOR, 0);
	hear_peers(OPERATOR, CITIZEN, 0);
}

static size_t apart(size_t a, size_t b)
{
	return a < b ? b - a : a - b;
}

/* ---- */

static void both_sides_are_whole_and_side_by_side(void **state)
{
	struct got g;

	(void)state;
	start(CITIZEN);
	hear_play(CITIZEN, CC_PROMPT_GREETING, CC_PROMPT_NONE, 1);
	bed_event(CC_MEDIA_PLAYED, CITIZEN);
	talk();
	pace(80, both_say, NULL);
	for (unsigned i = 0; i < 80; i++)
		assert_true(browser_hear(&operator, & g, WAIT_MS));
	finish(CITIZEN);

	assert_int_equal(find(rec.right, bed_code(CC_PROMPT_GREETING)).n, 880);
	assert_int_equal(find(rec.left, bed_code(CC_PROMPT_GREETING)).n, 0);
	for (uint8_t i = 1; i <= 80; i++) {
		struct heard l = find(rec.left, i), r = find(rec.right, i);

		/* a sample more or less follows a clock; the first packets
		 * may have waited for a busy machine */
		assert_in_range(l.n, FRAME - 1, FRAME + 1);
		assert_in_range(r.n, FRAME - 1, FRAME + 1);
		assert_int_equal(l.last - l.first + 1, l.n);
		assert_in_range(apart(l.first, r.first), 0, 160);
	}
	assert_in_range(find(rec.right, 80).last - find(rec.right, 1).first + 1,
			80 * FRAME - 80, 80 * FRAME + 80);
}

static void only_what_is_really_sent_is_recorded(void **state)
{
	struct cc_sdp_media held = { .addr = "127.0.0.1",
				     .pt = 8,
				     .port = citizen.port,
				     .dir = CC_SDP_SENDONLY };
	struct got g;

	(void)state;
	start(CITIZEN);
	hear_peers(CITIZEN, 0, 0); /* the operator is muted */
	browser_say(&operator, 11);
	hear_peers(CITIZEN, OPERATOR, 0);
	browser_say(&operator, 12);
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
	cc_media_remote(bed_media(), CITIZEN, &held);
	bed_settle();
	browser_say(&operator, 13);
	phone_say(&citizen, 8, 14); /* the trunk's own music on hold */
	bed_event(CC_MEDIA_RX_BACK, CITIZEN);
	finish(CITIZEN);
	assert_int_equal(find(rec.right, 11).n, 0);
	assert_int_equal(find(rec.right, 12).n, FRAME);
	assert_int_equal(find(rec.right, 13).n, 0);
	assert_int_equal(find(rec.left, 14).n, FRAME);
}

static void a_consultation_is_recorded_at_the_browser(void **state)
{
	struct got g;

	(void)state;
	browser_open(&colleague, OTHER);
	hear_peers(OTHER, OPERATOR, 0);
	hear_peers(OPERATOR, OTHER, 0);
	start(OPERATOR); /* he called: he is left */
	for (int i = 0; i < 3; i++) {
		browser_say(&operator, 21);
		browser_say(&colleague, 22);
		assert_true(browser_hear(&operator, & g, WAIT_MS));
		assert_true(browser_hear(&colleague, &g, WAIT_MS));
	}
	finish(OPERATOR);
	assert_int_equal(find(rec.left, 21).n, 3 * FRAME);
	assert_int_equal(find(rec.right, 22).n, 3 * FRAME);
	assert_int_equal(find(rec.left, 22).n, 0);
	browser_close(&colleague);
}

static void a_late_packet_is_recorded_in_its_place(void **state)
{
	struct got g;
	uint32_t ts;

	(void)state;
	start(CITIZEN);
	hear_peers(OPERATOR, CITIZEN, 0);
	ts = citizen.ts;
	phone_say(&citizen, 8, 31);
	citizen.seq++;
	citizen.ts += FRAME;
	phone_say(&citizen, 8, 33);
	citizen.seq = (uint16_t)(citizen.seq - 2);
	citizen.ts = ts + FRAME;
	phone_say(&citizen, 8, 32);
	phone_say(&citizen, 8, 33); /* and twice */
	for (int i = 0; i < 3; i++)
		assert_true(browser_hear(&operator, & g, WAIT_MS));
	finish(CITIZEN);
	assert_int_equal(find(rec.left, 32).first, find(rec.left, 31).last + 1);
	assert_int_equal(find(rec.left, 33).first, find(rec.left, 32).last + 1);
	assert_int_equal(find(rec.left, 33).n, FRAME);
}

static void removing_a_port_finishes_its_recording(void **state)
{
	(void)state;
	browser_open(&colleague, OTHER);
	start(OTHER);
	browser_say(&colleague, 1);
	browser_close(&colleague);
	wait_done(1);
}

/* ---- everything at once ---- */

static atomic_bool stop;

static void *loop_thread(void *arg)
{
	struct browser *b = arg;

	while (!atomic_load(&stop)) {
		struct timespec t = { 0, 300000 };

		browser_say(b, 77);
		nanosleep(&t, NULL); /* the pace of the load */
	}
	return NULL;
}

static void *trunk_thread(void *arg)
{
	while (!atomic_load(&stop)) {
		struct timespec t = { 0, 500000 };

		phone_say(arg, 8, 78);
		nanosleep(&t, NULL);
	}
	return NULL;
}

static void change_something(unsigned *seed, unsigned *legs)
{
	struct cc_media_stats st;
	struct cc_hear h = { .gen = 1 };
	uint64_t port = rand_r(seed) % 2 ? CITIZEN : OPERATOR;

	h.from[0] = rand_r(seed) % 2 ? OPERATOR : CITIZEN;
	if (rand_r(seed) % 4 == 0)
		h.from[1] = OTHER;
	if (rand_r(seed) % 4 == 0)
		h.play[0] = CC_PROMPT_BUSY;
	if (rand_r(seed) % 4 == 0)
		h.comfort = CC_PROMPT_MUSIC;

	switch (rand_r(seed) % 8) {
	case 0:
		cc_media_record(bed_media(), port, NULL);
		break;
	case 1:
		start(port);
		break;
	case 2:
		cc_media_mark(bed_media(), port, "hold");
		cc_media_dtmf(bed_media(), CITIZEN, "1");
		break;
	case 3:
		cc_media_stats(bed_media(), port, &st);
		break;
	case 4:
		if (++*legs % 4 == 0) { /* the third party comes and goes */
			browser_close(&colleague);
			browser_open(&colleague, OTHER);
		}
		browser_say(&colleague, 79);
		break;
	default:
		cc_media_hear(bed_media(), port, &h);
	}
}

static void routes_change_under_load(void **state)
{
	pthread_t loop, trunk;
	unsigned seed = 3, legs = 0;
	uint16_t newest = 0;
	bool any = false;
	struct got g;

	(void)state;
	atomic_store(&stop, false);
	browser_open(&colleague, OTHER);
	pthread_create(&loop, NULL, loop_thread, &operator);
	pthread_create(&trunk, NULL, trunk_thread, &citizen);
	for (int i = 0; i < 3000; i++) {
		change_something(&seed, &legs);
		while (phone_hear(&citizen, &g, i % 4 == 0)) {
			uint16_t step = (uint16_t)(g.h.seq - newest);

			/* one stream, whoever sends it: nothing twice and
			 * nothing back */
			if (any)
				assert_in_range(step, 1, 200);
			newest = g.h.seq;
			any = true;
		}
		browser_flush(&operator);
	}
	atomic_store(&stop, true);
	pthread_join(loop, NULL);
	pthread_join(trunk, NULL);
	browser_close(&colleague);
	cc_media_record(bed_media(), CITIZEN, NULL);
	cc_media_record(bed_media(), OPERATOR, NULL);
	assert_true(any);
	wait_done(rec.opened);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(both_sides_are_whole_and_side_by_side),
		CASE(only_what_is_really_sent_is_recorded),
		CASE(a_consultation_is_recorded_at_the_browser),
		CASE(a_late_packet_is_recorded_in_its_place),
		CASE(removing_a_port_finishes_its_recording),
		CASE(routes_change_under_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
