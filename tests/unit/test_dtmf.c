/* Telephone-events: payload, once per event, packets of a sent digit. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "janus-plugin/dtmf.h"

static void an_event_is_read_and_written_alike(void **state)
{
	static const uint8_t wire[] = { 11, 0x8a, 0x03, 0x20 };
	uint8_t back[CC_DTMF_BYTES];
	struct cc_dtmf ev;

	(void)state;
	assert_int_equal(cc_dtmf_decode(&ev, wire, sizeof(wire)), 0);
	assert_int_equal(ev.code, 11);
	assert_true(ev.end);
	assert_int_equal(ev.volume, 10);
	assert_int_equal(ev.duration, 800);
	cc_dtmf_encode(back, &ev);
	assert_memory_equal(back, wire, sizeof(wire));
}

static void short_and_foreign_events_are_refused(void **state)
{
	static const uint8_t flash[] = { 16, 0, 0, 160 };
	struct cc_dtmf ev = { .code = 7 };

	(void)state;
	assert_int_equal(cc_dtmf_decode(&ev, flash, 3), EBADMSG);
	assert_int_equal(cc_dtmf_decode(&ev, flash, 0), EBADMSG);
	assert_int_equal(cc_dtmf_decode(&ev, flash, 4), ENOTSUP);
	assert_int_equal(ev.code, 7);
}

static void every_digit_has_a_code(void **state)
{
	static const char all[] = "0123456789*#ABCD";
	uint8_t code;

	(void)state;
	for (uint8_t i = 0; i < 16; i++) {
		assert_int_equal(cc_dtmf_char(i), all[i]);
		assert_int_equal(cc_dtmf_code(&code, all[i]), 0);
		assert_int_equal(code, i);
	}
	assert_int_equal(cc_dtmf_code(&code, 'd'), 0);
	assert_int_equal(code, 15);
	assert_int_equal(cc_dtmf_code(&code, 'E'), EINVAL);
	assert_int_equal(cc_dtmf_code(&code, '\0'), EINVAL);
}

/* B3-42 */
static void repetitions_are_one_event(void **state)
{
	struct cc_dtmf_rx rx = { 0 };

	(void)state;
	assert_true(cc_dtmf_rx(&rx, 1, 1000));
	assert_false(cc_dtmf_rx(&rx, 1, 1000));
	assert_true(cc_dtmf_rx(&rx, 1, 2280));
	assert_false(cc_dtmf_rx(&rx, 1, 1000)); /* a late end packet */
	assert_true(cc_dtmf_rx(&rx, 2, 500));   /* another source */
}

static void timestamps_may_wrap(void **state)
{
	struct cc_dtmf_rx rx = { 0 };

	(void)state;
	assert_true(cc_dtmf_rx(&rx, 1, 0xffffff00));
	assert_true(cc_dtmf_rx(&rx, 1, 0x00000100));
	assert_false(cc_dtmf_rx(&rx, 1, 0xffffff00));
}

/* B3-42 */
static void a_digit_is_100_ms_and_ends_three_times(void **state)
{
	static const uint16_t want[] = { 160, 320, 480, 640, 800, 800, 800 };
	struct cc_dtmf_tx tx = { 0 };
	struct cc_dtmf ev;
	bool first;

	(void)state;
	assert_int_equal(cc_dtmf_tx_add(&tx, "5#"), 0);
	for (int digit = 0; digit < 2; digit++) {
		for (int i = 0; i < 7; i++) {
			assert_true(cc_dtmf_tx_step(&tx, &ev, &first));
			assert_int_equal(first, i == 0);
			assert_int_equal(ev.code, digit ? 11 : 5);
			assert_int_equal(ev.duration, want[i]);
			assert_int_equal(ev.end, i >= 4);
		}
		assert_false(cc_dtmf_tx_step(&tx, &ev, &first));
	}
	assert_false(cc_dtmf_tx_busy(&tx));
	assert_false(cc_dtmf_tx_step(&tx, &ev, &first));
}

static void a_bad_digit_queues_nothing(void **state)
{
	struct cc_dtmf_tx tx = { 0 };
	char many[CC_DTMF_QUEUE + 2];

	(void)state;
	assert_int_equal(cc_dtmf_tx_add(&tx, "12x"), EINVAL);
	assert_false(cc_dtmf_tx_busy(&tx));
	memset(many, '1', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	assert_int_equal(cc_dtmf_tx_add(&tx, many), ENOSPC);
	assert_false(cc_dtmf_tx_busy(&tx));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_read_and_written_alike),
		cmocka_unit_test(short_and_foreign_events_are_refused),
		cmocka_unit_test(every_digit_has_a_code),
		cmocka_unit_test(repetitions_are_one_event),
		cmocka_unit_test(timestamps_may_wrap),
		cmocka_unit_test(a_digit_is_100_ms_and_ends_three_times),
		cmocka_unit_test(a_bad_digit_queues_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
