/*
 * One second of a recording: 50 packets into each channel and the writer's
 * pass that seals them, on the simulated clock. Counted is the whole process,
 * without the C library and this file, see run.mjs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <valgrind/callgrind.h>

#include "janus-plugin/recorder.h"

enum { FRAME = 160, WARM = 5, SECONDS = 60 };

static void done(const struct cc_rec_done *d, void *arg)
{
	(void)arg;
	assert_string_equal(d->reason, "closed");
}

static void alarm_text(const char *code, const char *text, void *arg)
{
	(void)arg;
	fail_msg("%s: %s", code, text);
}

static void seconds(struct cc_recorder *r, struct cc_rec *rec, int from, int to)
{
	uint8_t alaw[FRAME];

	for (int s = from; s < to; s++) {
		for (int i = 0; i < 50; i++) {
			uint64_t pos = (uint64_t)(s * 8000 + i * FRAME);

			memset(alaw, s + i, sizeof(alaw));
			assert_int_equal(
			    cc_rec_write(rec, CC_REC_LEFT, pos, alaw, FRAME),
			    0);
			assert_int_equal(
			    cc_rec_write(rec, CC_REC_RIGHT, pos, alaw, FRAME),
			    0);
		}
		cc_recorder_tick(r, (s + 1) * 1000000000LL);
	}
}

int main(void)
{
	static const char id[] = "01938f00-0000-7000-8000-000000000001";
	static const char call[] = "01938f00-0000-7000-8000-0000000000aa";
	char dir[] = "/tmp/otklik-recorder-XXXXXX", path[128], command[64];
	struct cc_recorder_conf conf = { .node = "test",
					 .done = done,
					 .alarm = alarm_text,
					 .simulated = true };
	struct cc_recorder *r;
	struct cc_rec *rec;

	conf.dir = mkdtemp(dir);
	assert_non_null(conf.dir);
	assert_int_equal(cc_recorder_open(&r, &conf), 0);
	assert_int_equal(
	    cc_rec_open(&rec, r, id, call, 1767225600000, path, sizeof(path)),
	    0);
	seconds(r, rec, 0, WARM);
	CALLGRIND_ZERO_STATS;
	seconds(r, rec, WARM, WARM + SECONDS);
	CALLGRIND_DUMP_STATS;
	printf("recorder_second %d\n", SECONDS);

	cc_rec_close(&rec, (WARM + SECONDS) * 1000000000LL);
	cc_recorder_close(&r);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command) ? 1 : 0;
}
