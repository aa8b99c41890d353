/* G.711: known values of the recommendation, symmetry, saturation. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "janus-plugin/g711.h"

static void known_values_of_the_recommendation(void **state)
{
	(void)state;
	assert_int_equal(cc_alaw_decode(0xd5), 8);
	assert_int_equal(cc_alaw_decode(0x55), -8);
	assert_int_equal(cc_alaw_decode(0xaa), 32256);
	assert_int_equal(cc_alaw_decode(0x2a), -32256);
	assert_int_equal(cc_ulaw_decode(0xff), 0);
	assert_int_equal(cc_ulaw_decode(0x80), 32124);
	assert_int_equal(cc_ulaw_decode(0x00), -32124);
	assert_int_equal(cc_alaw_encode(0), CC_ALAW_SILENCE);
	assert_int_equal(cc_alaw_encode(INT16_MAX), 0xaa);
	assert_int_equal(cc_alaw_encode(INT16_MIN), 0x2a);
}

static void every_code_survives_a_round_trip(void **state)
{
	(void)state;
	for (int a = 0; a < 256; a++)
		assert_int_equal(cc_alaw_encode(cc_alaw_decode((uint8_t)a)), a);
}

/* 13 bits, 16 steps a segment: never more than half a step off. */
static void error_is_within_half_a_step(void **state)
{
	(void)state;
	for (int x = INT16_MIN; x <= INT16_MAX; x++) {
		int back = cc_alaw_decode(cc_alaw_encode((int16_t)x));
		int step = abs(x) < 512 ? 16 : abs(x) / 16 + 16;

		assert_true(abs(back - x) <= step / 2 + 8);
	}
}

static void transcoding_keeps_the_level(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		uint8_t u = (uint8_t)i, a, back;
		int before = cc_ulaw_decode(u), after;

		cc_ulaw_to_alaw(&a, &u, 1);
		after = cc_alaw_decode(a);
		assert_true(abs(after - before) <= 8 + abs(before) / 16);
		cc_alaw_to_ulaw(&back, &a, 1);
		assert_true(abs(cc_ulaw_decode(back) - before) <=
			    16 + abs(before) / 16);
	}
}

static void silence_stays_silence(void **state)
{
	uint8_t u = CC_ULAW_SILENCE, a;

	(void)state;
	cc_ulaw_to_alaw(&a, &u, 1);
	assert_int_equal(a, CC_ALAW_SILENCE);
	cc_alaw_to_ulaw(&u, &a, 1);
	assert_in_range(abs(cc_ulaw_decode(u)), 0, 8);
}

static void mixing_adds_and_saturates(void **state)
{
	uint8_t loud = 0xaa, low = 0x2a, silence = CC_ALAW_SILENCE, out;
	uint8_t half = cc_alaw_encode(8000);

	(void)state;
	cc_alaw_mix(&out, &loud, &loud, 1);
	assert_int_equal(out, 0xaa);
	cc_alaw_mix(&out, &low, &low, 1);
	assert_int_equal(out, 0x2a);
	cc_alaw_mix(&out, &half, &silence, 1);
	assert_int_equal(out, half);
	cc_alaw_mix(&out, &half, &half, 1);
	assert_in_range(cc_alaw_decode(out), 15000, 17000);
	cc_alaw_mix(&out, &loud, &low, 1);
	assert_int_equal(out, CC_ALAW_SILENCE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_values_of_the_recommendation),
		cmocka_unit_test(every_code_survives_a_round_trip),
		cmocka_unit_test(error_is_within_half_a_step),
		cmocka_unit_test(transcoding_keeps_the_level),
		cmocka_unit_test(silence_stays_silence),
		cmocka_unit_test(mixing_adds_and_saturates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
