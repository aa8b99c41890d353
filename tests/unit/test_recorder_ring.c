/* The recorder's lent seconds: what fits, what is lost, what is given back. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
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

/* ---- everybody at once, each as fast as he can ---- */

#define LENGTH    200u /* seconds */
#define PACKET    256u /* the seconds are not whole in it */
#define ALLOWANCE 2400u

static struct {
	struct cc_ring ring;
	_Atomic uint64_t clock; /* how far the left channel has been said */
	atomic_bool over;
	size_t silent[2]; /* samples that were written out as silence */
	size_t wrong;
} race;

/* Never silence, and another one a second later. */
static uint8_t said(unsigned ch, uint64_t pos)
{
	return (uint8_t)((pos * 7 + pos / SECOND + ch) & 0x7f);
}

static void say(unsigned ch, uint64_t pos)
{
	uint8_t buf[PACKET];

	for (unsigned i = 0; i < PACKET; i++)
		buf[i] = said(ch, pos + i);
	cc_ring_write(&race.ring, (enum cc_rec_channel)ch, pos, buf, PACKET);
}

/* Waits for room, but for every fifth second: then he takes what there is. */
static void *left_main(void *arg)
{
	for (uint64_t pos = 0; pos < LENGTH * SECOND; pos += PACKET) {
		uint64_t last = (pos + PACKET - 1) / SECOND;

		while (pos > atomic_load(&race.ring.freed) + 7 * SECOND ||
		       (last % 5 &&
			!atomic_load(&race.ring.slot[last % CC_RING_SECONDS])))
			sched_yield();
		say(LEFT, pos);
		atomic_store(&race.clock, pos + PACKET);
	}
	return arg;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* In every third second he comes just when it is sealed. */
static void *right_main(void *arg)
{
	for (uint64_t pos = 0; pos < LENGTH * SECOND; pos += PACKET) {
		uint64_t due = pos + (pos / SECOND % 3 ? PACKET : ALLOWANCE);

		while (atomic_load(&race.clock) < least(due, LENGTH * SECOND))
			sched_yield();
		say(RIGHT, pos);
	}
	return arg;
}

/* The next packet may begin in one second and end in another. */
static uint64_t ahead(void)
{
	return atomic_load(&race.clock) + PACKET;
}

static void *lender_main(void *arg)
{
	struct cc_ring_second *spare = NULL;

	while (!atomic_load(&race.over)) {
		cc_ring_lend(&race.ring, ahead(), &spare);
		sched_yield();
	}
	cc_ring_give_back(&spare);
	return arg;
}

static void look(uint64_t from, const uint8_t *both)
{
	for (uint64_t i = 0; i < SECOND; i++)
		for (unsigned ch = 0; ch < 2; ch++)
			if (both[2 * i + ch] == SILENCE)
				race.silent[ch]++;
			else if (both[2 * i + ch] != said(ch, from + i))
				race.wrong++;
}

/* Every seventh second the disk stands still for five. */
static void *writer_main(void *arg)
{
	static uint8_t both[2 * SECOND];
	struct cc_ring_second *spare = NULL;

	for (uint64_t s = 0; s < LENGTH; s++) {
		uint64_t from = s * SECOND, to = from + SECOND;
		uint64_t due = to + (s % 7 ? ALLOWANCE : 5 * SECOND);

		while (atomic_load(&race.clock) < least(due, LENGTH * SECOND))
			sched_yield();
		while (!cc_ring_seal(&race.ring, to))
			sched_yield();
		cc_ring_copy(&race.ring, from, to, both);
		look(from, both);
		cc_ring_release(&race.ring, from, to, &spare);
		cc_ring_lend(&race.ring, ahead(), &spare);
	}
	cc_ring_give_back(&spare);
	return arg;
}

/* What is written out is what was said there, or silence that was counted. */
static void nothing_is_mixed_up_while_everybody_works(void **state)
{
	static void *(*const mains[])(void *) = { left_main, right_main,
						  writer_main, lender_main };
	struct cc_ring_second *spare = NULL;
	pthread_t threads[4];

	(void)state;
	cc_ring_lend(&race.ring, 0, &spare);
	for (int i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, mains[i], NULL), 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	atomic_store(&race.over, true);
	pthread_join(threads[3], NULL);
	assert_int_equal(race.wrong, 0);
	for (unsigned ch = 0; ch < 2; ch++)
		assert_int_equal(race.silent[ch],
				 atomic_load(&race.ring.chan[ch].lost) +
				     atomic_load(&race.ring.chan[ch].late));
	/* most of it got through: it was a race and no rout */
	assert_true(race.silent[LEFT] < LENGTH * SECOND / 2);
	cc_ring_free(&race.ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_over_the_border_of_seconds_is_whole),
		cmocka_unit_test(what_nobody_has_lent_is_lost_and_silent),
		cmocka_unit_test(the_ring_has_an_end),
		cmocka_unit_test(a_second_written_is_lent_again_silent),
		cmocka_unit_test(a_producer_inside_holds_the_seal),
		cmocka_unit_test(nothing_is_mixed_up_while_everybody_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
