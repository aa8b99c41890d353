#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "janus-plugin/queue.h"

#define N 4

struct line {
	struct cc_queue_line q;
	struct cc_place p[N];
};

static void join(struct line *l, int i, int64_t since, bool returned)
{
	l->p[i].since = since;
	cc_line_join(&l->q, &l->p[i], returned);
}

static void order_is(struct line *l, const int *want, unsigned n)
{
	assert_int_equal(l->q.length, n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(cc_line_position(&l->q, &l->p[want[i]]),
				 i + 1);
}

static void first_in_first_out(void **state)
{
	struct line l = { .q.length = 0 };

	(void)state;
	cc_line_init(&l.q);
	join(&l, 0, 10, false);
	join(&l, 1, 20, false);
	join(&l, 2, 20, false);
	order_is(&l, (const int[]){ 0, 1, 2 }, 3);
}

static void a_returned_call_stands_before_all_others(void **state)
{
	struct line l = { .q.length = 0 };

	(void)state;
	cc_line_init(&l.q);
	join(&l, 0, 10, false);
	join(&l, 1, 20, false);
	join(&l, 2, 15, true);
	order_is(&l, (const int[]){ 2, 0, 1 }, 3);
}

static void returned_calls_keep_their_own_order(void **state)
{
	struct line l = { .q.length = 0 };

	(void)state;
	cc_line_init(&l.q);
	join(&l, 0, 30, false);
	join(&l, 1, 20, true);
	join(&l, 2, 10, true);
	join(&l, 3, 40, false);
	order_is(&l, (const int[]){ 2, 1, 0, 3 }, 4);
}

static void leaving_twice_is_leaving_once(void **state)
{
	struct line l = { .q.length = 0 };

	(void)state;
	cc_line_init(&l.q);
	join(&l, 0, 10, false);
	join(&l, 1, 20, false);
	cc_line_leave(&l.q, &l.p[0]);
	cc_line_leave(&l.q, &l.p[0]);
	order_is(&l, (const int[]){ 1 }, 1);
	assert_int_equal(cc_line_position(&l.q, &l.p[0]), 0);
}

static void only_improvements_are_announced(void **state)
{
	struct line l = { .q.length = 0 };

	(void)state;
	cc_line_init(&l.q);
	join(&l, 0, 10, false);
	join(&l, 1, 20, false);
	assert_int_equal(cc_line_announce(&l.q, &l.p[1]), 2);
	assert_int_equal(cc_line_announce(&l.q, &l.p[1]), 0);
	join(&l, 2, 5, true); /* now third: nothing is said */
	assert_int_equal(cc_line_announce(&l.q, &l.p[1]), 0);
	cc_line_leave(&l.q, &l.p[2]);
	cc_line_leave(&l.q, &l.p[0]);
	assert_int_equal(cc_line_announce(&l.q, &l.p[1]), 1);
}

static const struct cc_candidate people[] = {
	{ .available = true, .idle_since = 300, .id = 1 },
	{ .available = false, .idle_since = 1, .id = 2 },
	{ .available = true, .idle_since = 100, .id = 3, .last_seq = 9 },
	{ .available = true, .idle_since = 100, .id = 4, .last_seq = 2 },
};

static void the_longest_idle_is_picked(void **state)
{
	(void)state;
	assert_int_equal(cc_queue_pick(STRATEGY_LONGEST_IDLE, people, 3, 0), 2);
}

static void equals_take_turns(void **state)
{
	(void)state;
	assert_int_equal(cc_queue_pick(STRATEGY_LONGEST_IDLE, people, 4, 0), 3);
}

static void who_let_it_ring_is_the_last_resort(void **state)
{
	(void)state;
	assert_int_equal(cc_queue_pick(STRATEGY_LONGEST_IDLE, people, 3, 3), 0);
	assert_int_equal(cc_queue_pick(STRATEGY_LONGEST_IDLE, people, 1, 1), 0);
}

static void nobody_available_is_nobody(void **state)
{
	(void)state;
	assert_int_equal(cc_queue_pick(STRATEGY_LONGEST_IDLE, people + 1, 1, 0),
			 -1);
	assert_int_equal(cc_queue_pick(STRATEGY_LONGEST_IDLE, people, 0, 0),
			 -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_in_first_out),
		cmocka_unit_test(a_returned_call_stands_before_all_others),
		cmocka_unit_test(returned_calls_keep_their_own_order),
		cmocka_unit_test(leaving_twice_is_leaving_once),
		cmocka_unit_test(only_improvements_are_announced),
		cmocka_unit_test(the_longest_idle_is_picked),
		cmocka_unit_test(equals_take_turns),
		cmocka_unit_test(who_let_it_ring_is_the_last_resort),
		cmocka_unit_test(nobody_available_is_nobody),
	};

	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
