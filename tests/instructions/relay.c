/*
 * One packet through the media thread of a recorded two-party call, each
 * way. Counted is what cc_media_web_rtp and port_read_rtp do and call, see
 * run.mjs; packets come 20 ms apart by the clock, as in a talk, so that their
 * places in the recording are the ordinary ones. On a starved machine they come
 * late and cost more; so there are rounds, a second each, of which the least
 * counts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include <valgrind/callgrind.h>

#include "janus-plugin/recorder.h"
#include "tests/plugin/media_bed.h"

enum { CITIZEN = 1, OPERATOR = 2, WARM = 10, PACKETS = 50, ROUNDS = 4 };

static struct phone citizen;
static struct browser operator;

static void done(const struct cc_rec_done *d, void *arg)
{
	(void)d;
	(void)arg;
}

static void alarm_text(const char *code, const char *text, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s: %s\n", code, text);
}

/* Each waits for its packet at the other end: what is counted is over. */
static void to_trunk(void *arg, unsigned i)
{
	struct got g;

	(void)arg;
	browser_say(&operator,(uint8_t) i);
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
}

static void to_browser(void *arg, unsigned i)
{
	struct got g;

	(void)arg;
	phone_say(&citizen, 8, (uint8_t)i);
	assert_true(browser_hear(&operator, & g, WAIT_MS));
}

static void count(const char *name, void (*packet)(void *arg, unsigned i))
{
	pace(WARM, packet, NULL);
	bed_settle();
	for (int i = 0; i < ROUNDS; i++) {
		CALLGRIND_ZERO_STATS;
		pace(PACKETS, packet, NULL);
		bed_settle();
		CALLGRIND_DUMP_STATS;
		printf("%s %d\n", name, PACKETS);
	}
}

int main(void)
{
	static const char id[] = "01938f00-0000-7000-8000-000000000001";
	static const char call[] = "01938f00-0000-7000-8000-0000000000aa";
	struct cc_recorder_conf conf = { .node = "test",
					 .done = done,
					 .alarm = alarm_text };
	struct cc_recorder *recorder;
	struct cc_rec *rec;
	char path[128];

	bed_open();
	conf.dir = bed_dir();
	assert_int_equal(cc_recorder_open(&recorder, &conf), 0);
	phone_open(&citizen, CITIZEN, 8);
	browser_open(&operator, OPERATOR);
	hear_peers(CITIZEN, OPERATOR, 0);
	hear_peers(OPERATOR, CITIZEN, 0);
	assert_int_equal(cc_rec_open(&rec, recorder, id, call,
				     (int64_t)time(NULL) * 1000, path,
				     sizeof(path)),
			 0);
	cc_media_record(bed_media(), CITIZEN, rec);

	count("relay_web_to_trunk", to_trunk);
	count("relay_trunk_to_web", to_browser);

	phone_close(&citizen);
	browser_close(&operator);
	cc_recorder_close(&recorder);
	bed_close();
	return 0;
}
