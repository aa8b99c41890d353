/* The recorder's lent seconds: what fits, what is lost, what is given back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/recorder_ring.h"

#define SECOND  CC_RECF_RATE
#define LEFT    CC_REC_LEFT
#define RIGHT   CC_REC_RIGHT
#define SILENCE CC_RECF_SILENCE

static int put(struct cc_ring *g, enum cc_rec_channel ch, uint64_t pos,
	       uint8_t value, size_t n)
{
	uint8_t buf[2 * SECOND];

	memset(buf, value, sizeof(buf));
	return cc_ring_write(g, ch, pos, buf, n);
}

static unsigned held(const struct cc_ring *g)
{
	unsigned n = 0;

	for (size_t i = 0; i < CC_RING_SECONDS; i++)
		n += atomic_load(&g->slot[i]) != NULL;
	return n;
}

static void is(const struct cc_ring *g, uint64_t pos, uint8_t left,
	       uint8_t right)
{
	uint8_t both[2];

	cc_ring_copy(g, pos, pos + 1, both);
	assert_int_equal(both[0], left);
	assert_int_equal(both[1], right);
}

static void a_packet_over_the_border_of_seconds_is_whole(void **state)
{
	struct cc_ring_second *spare = NULL;
	struct cc_ring g = { 0 };

	(void)state;
	cc_ring_lend(&g, 0, &spare);
	assert_int_equal(held(&g), 2);
	assert_int_equal(put(&g, RIGHT, SECOND - 100, 0x33, 160), 0);
	is(&g, SECOND - 101, SILENCE, SILENCE);
	is(&g, SECOND - 100, SILENCE, 0x33);
	is(&g, SECOND - 1, SILENCE, 0x33);
	is(&g, SECOND, SILENCE, 0x33);
	is(&g, SECOND + 59, SILENCE, 0x33);
	is(&g, SECOND + 60, SILENCE, SILENCE);
	cc_ring_free(&g);
}

static void what_nobody_has_lent_is_lost_and_silent(void **state)
{
	struct cc_ring_second *spare = NULL;
	struct cc_ring g = { 0 };

	(void)state;
	assert_int_equal(put(&g, LEFT, 0, 0x33, 10), ENOBUFS);
	is(&g, 0, SILENCE, SILENCE);
	cc_ring_lend(&g, 0, &spare);
	assert_int_equal(held(&g), 2);
	assert_int_equal(put(&g, LEFT, 2 * SECOND - 100, 0x33, 160), ENOBUFS);
	is(&g, 2 * SECOND - 1, 0x33, SILENCE);
	is(&g, 2 * SECOND, SILENCE, SILENCE);
	assert_int_equal(atomic_load(&g.chan[LEFT].lost), 70);
	assert_int_equal(atomic_load(&g.chan[LEFT].lost_at), 2 * SECOND);
	assert_int_equal(atomic_load(&g.chan[RIGHT].lost), 0);
	assert_int_equal(atomic_load(&g.chan[LEFT].busy), 0);
	cc_ring_free(&g);
}

static void the_ring_has_an_end(void **state)
{
	struct cc_ring_second *spare = NULL;
	struct cc_ring g = { 0 };

	(void)state;
	cc_ring_lend(&g, UINT64_MAX, &spare);
	assert_int_equal(held(&g), CC_RING_SECONDS);
	assert_int_equal(put(&g, LEFT, CC_RING_SAMPLES - 100, 0x33, 160),
			 ENOBUFS);
	assert_int_equal(put(&g, LEFT, UINT64_MAX - 200, 0x33, 160), ENOBUFS);
	assert_int_equal(atomic_load(&g.chan[LEFT].lost), 60 + 160);
	is(&g, CC_RING_SAMPLES - 1, 0x33, SILENCE);
	is(&g, 0, SILENCE, SILENCE); /* not round and over the first */
	cc_ring_free(&g);
}

static void a_second_written_is_lent_again_silent(void **state)
{
	struct cc_ring_second *spare = NULL, *first;
	struct cc_ring g = { 0 };

	(void)state;
	cc_ring_lend(&g, 0, &spare);
	first = atomic_load(&g.slot[0]);
	put(&g, LEFT, 0, 0x33, SECOND);
	assert_true(cc_ring_seal(&g, SECOND));
	assert_int_equal(put(&g, LEFT, SECOND - 100, 0x44, 160), 0);
	assert_int_equal(atomic_load(&g.chan[LEFT].late), 100);
	is(&g, SECOND - 1, 0x33, SILENCE);
	is(&g, SECOND, 0x44, SILENCE);
	cc_ring_release(&g, 0, SECOND, &spare);
	assert_ptr_equal(spare, first);
	assert_int_equal(held(&g), 1);
	cc_ring_lend(&g, SECOND, &spare);
	assert_null(spare);
	assert_ptr_equal(atomic_load(&g.slot[2]), first);
	is(&g, 2 * SECOND, SILENCE, SILENCE);
	cc_ring_lend(&g, 2 * SECOND, &spare); /* nothing to do */
	assert_int_equal(held(&g), 2);
	cc_ring_lend(&g, 3 * SECOND, &spare); /* the writer is late */
	assert_int_equal(held(&g), 3);
	cc_ring_free(&g);
}

static void a_producer_inside_holds_the_seal(void **state)
{
	struct cc_ring g = { 0 };

	(void)state;
	atomic_store(&g.chan[RIGHT].busy, 1);
	assert_false(cc_ring_seal(&g, SECOND));
	atomic_store(&g.chan[RIGHT].busy, 0);
	assert_true(cc_ring_seal(&g, SECOND));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_over_the_border_of_seconds_is_whole),
		cmocka_unit_test(what_nobody_has_lent_is_lost_and_silent),
		cmocka_unit_test(the_ring_has_an_end),
		cmocka_unit_test(a_second_written_is_lent_again_silent),
		cmocka_unit_test(a_producer_inside_holds_the_seal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
