#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "janus-plugin/agent.h"
#include "janus-plugin/queue_line.h"
#include "janus-plugin/queue_rule.h"

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

static void k_2_0_3_first_in_first_out(void **state)
{
	struct line l = { .q.length = 0 };

	(void)state;
	cc_line_init(&l.q);
	join(&l, 0, 10, false);
	join(&l, 1, 20, false);
	join(&l, 2, 20, false);
	order_is(&l, (const int[]){ 0, 1, 2 }, 3);
}

static void k_2_0_3_a_returned_call_stands_before_all_others(void **state)
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

/* --- the rules --------------------------------------------------------- */

/* 2 is at lunch; of the others 3 and 4 are idle for as long. */
static const struct cc_candidate people[] = {
	{ .id = 1,
	  .idle_ms = 300,
	  .calls = 7,
	  .level = 2,
	  .place = 1,
	  .org = 10,
	  .skill = 1 },
	{ .id = 2,
	  .idle_ms = 900,
	  .bars = BAR_PAUSED,
	  .level = 1,
	  .place = 2,
	  .org = 20,
	  .skill = 9 },
	{ .id = 3,
	  .idle_ms = 500,
	  .seq = 9,
	  .calls = 5,
	  .level = 2,
	  .place = 3,
	  .org = 20,
	  .skill = 2 },
	{ .id = 4,
	  .idle_ms = 500,
	  .seq = 2,
	  .calls = 5,
	  .level = 1,
	  .place = 4,
	  .org = 10,
	  .skill = 3 },
};
#define PEOPLE (sizeof(people) / sizeof(people[0]))

/* Who is chosen of the first n, 0 = nobody. */
static uint32_t pick(struct cc_choice in, size_t n, enum cc_reason reason)
{
	struct cc_chosen out;

	cc_choose(&out, &in, people, n);
	assert_string_equal(cc_reason_name(out.reason), cc_reason_name(reason));
	return out.at < 0 ? 0 : people[out.at].id;
}
#define PICK(n, why, ...) pick((struct cc_choice){ __VA_ARGS__ }, n, why)

static void the_longest_idle_is_picked(void **state)
{
	(void)state;
	assert_int_equal(PICK(3, REASON_IDLE, .rule = STRATEGY_LONGEST_IDLE),
			 3);
}

static void equals_take_turns(void **state)
{
	(void)state;
	assert_int_equal(
	    PICK(PEOPLE, REASON_IDLE, .rule = STRATEGY_LONGEST_IDLE), 4);
}

static void who_let_it_ring_is_the_last_resort(void **state)
{
	(void)state;
	for (int r = 0; r < STRATEGIES; r++) {
		assert_int_equal(PICK(3, REASON_ONLY, .rule = r, .avoid = 3),
				 1);
		assert_int_equal(
		    PICK(1, REASON_LAST_RESORT, .rule = r, .avoid = 1), 1);
	}
}

static void nobody_available_is_nobody(void **state)
{
	struct cc_choice in = { .rule = STRATEGY_RING_ALL };
	struct cc_chosen out;

	(void)state;
	cc_choose(&out, &in, people + 1, 1);
	assert_int_equal(out.at, -1);
	cc_choose(&out, &in, people, 0);
	assert_int_equal(out.at, -1);
}

static void round_robin_goes_round_past_who_is_away(void **state)
{
	static const uint32_t after[][2] = {
		{ 0, 1 }, { 1, 3 }, { 2, 3 }, { 3, 4 }, { 4, 1 }
	};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(PICK(PEOPLE, REASON_ROUND,
				      .rule = STRATEGY_ROUND_ROBIN,
				      .last = after[i][0]),
				 after[i][1]);
}

static void fewest_calls_then_the_longest_idle(void **state)
{
	(void)state;
	assert_int_equal(PICK(3, REASON_FEWEST, .rule = STRATEGY_FEWEST_CALLS),
			 3);
	assert_int_equal(
	    PICK(PEOPLE, REASON_FEWEST, .rule = STRATEGY_FEWEST_CALLS), 4);
}

static void fixed_priority_is_level_then_place(void **state)
{
	(void)state;
	assert_int_equal(
	    PICK(PEOPLE, REASON_FIXED, .rule = STRATEGY_FIXED_PRIORITY), 4);
	assert_int_equal(PICK(3, REASON_FIXED, .rule = STRATEGY_FIXED_PRIORITY),
			 1);
}

static void the_callers_organization_first_but_nobody_waits_for_it(void **st)
{
	(void)st;
	assert_int_equal(PICK(PEOPLE, REASON_ORG,
			      .rule = STRATEGY_BY_ORGANIZATION, .org = 20),
			 3);
	assert_int_equal(PICK(PEOPLE, REASON_ORG_OTHER,
			      .rule = STRATEGY_BY_ORGANIZATION, .org = 30),
			 4);
	assert_int_equal(
	    PICK(PEOPLE, REASON_ORG_UNKNOWN, .rule = STRATEGY_BY_ORGANIZATION),
	    4);
}

static void skills_relax_with_the_wait(void **state)
{
	static const struct {
		int64_t waited;
		uint32_t need, picked;
		int64_t next;
		enum cc_reason why;
	} steps[] = {
		{ 0, 5, 0, 10000, REASON_NOBODY },
		{ 9999, 5, 0, 1, REASON_NOBODY },
		{ 10000, 4, 0, 10000, REASON_NOBODY },
		{ 20000, 3, 4, 10000, REASON_ONLY },
		{ 35000, 2, 4, -1, REASON_SKILL_RELAXED },
		{ 900000, 2, 4, -1, REASON_SKILL_RELAXED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct cc_choice in = { .rule = STRATEGY_SKILLS,
					.waited_ms = steps[i].waited,
					.need = { 5, 2, 10000 } };

		assert_int_equal(cc_need_now(&in), steps[i].need);
		assert_int_equal(cc_need_next(&in), steps[i].next);
		assert_int_equal(pick(in, PEOPLE, steps[i].why),
				 steps[i].picked);
		in.returned = true; /* has waited enough */
		assert_int_equal(cc_need_now(&in), 2);
	}
}

static void ring_all_rings_everybody_but_who_let_it_ring(void **state)
{
	struct cc_choice in = { .rule = STRATEGY_RING_ALL, .avoid = 3 };
	bool rings[PEOPLE];

	(void)state;
	assert_int_equal(pick(in, PEOPLE, REASON_ALL), 4);
	for (size_t i = 0; i < PEOPLE; i++)
		rings[i] = cc_rings(&in, &people[i]);
	assert_true(rings[0] && !rings[1] && !rings[2] && rings[3]);
}

static void the_sticky_operator_goes_before_every_rule(void **state)
{
	(void)state;
	for (int r = 0; r < STRATEGIES; r++) {
		assert_int_equal(
		    PICK(PEOPLE, REASON_STICKY, .rule = r, .sticky = 1), 1);
		/* not at his desk: the rule decides, nobody waits for him */
		assert_int_not_equal(
		    PICK(1, REASON_ONLY, .rule = r, .sticky = 2), 2);
	}
}

/* B1-9: each condition alone decides about joining and leaving. */
static void empty_has_eight_conditions(void **state)
{
	struct cc_choice in = { .rule = STRATEGY_SKILLS,
				.need = { .level = 2 } };

	(void)state;
	for (unsigned bit = 0; bit < CC_BARS; bit++) {
		struct cc_candidate c[2] = {
			{ .id = 1, .bars = 1u << bit, .skill = 2 },
			{ .id = 2, .bars = 1u << bit, .skill = 2 },
		};

		if (1u << bit == BAR_PENALTY)
			c[0] = c[1] = (struct cc_candidate){ .skill = 1 };
		for (unsigned mask = 0; mask < 1u << CC_BARS; mask++)
			assert_int_equal(cc_queue_empty(mask, &in, c, 2),
					 (mask & 1u << bit) != 0);
		c[1] = (struct cc_candidate){ .id = 2, .skill = 2 };
		assert_false(cc_queue_empty(0xff, &in, c, 2));
		assert_int_equal(cc_bars_parse(cc_bar_name(bit)), 1u << bit);
	}
	assert_true(cc_queue_empty(BAR_PAUSED, &in, NULL, 0));
	assert_false(cc_queue_empty(0, &in, NULL, 0)); /* off */
	assert_int_equal(cc_bars_parse("paused,wrapup,nonsense"),
			 BAR_PAUSED | BAR_WRAPUP);
}

/* B1-4: availability is the facts kept apart, never one word that two might
 * overwrite: in which of them each condition holds, and the order. */
static void a_member_is_under_one_condition(void **state)
{
	struct cc_agent_facts f = { .active = true,
				    .leg = LEG_UP,
				    .answering = true };

	(void)state;
	assert_int_equal(cc_bar_of(&f, true, true), 0);
	assert_int_equal(cc_bar_of(&f, true, false), BAR_UNKNOWN);
	f.on_break = true;
	assert_int_equal(cc_bar_of(&f, true, true), BAR_PAUSED);
	assert_int_equal(cc_bar_of(&f, true, false), BAR_UNKNOWN);
	f.wrapup_until = 1;
	assert_int_equal(cc_bar_of(&f, true, true), BAR_WRAPUP);
	assert_int_equal(cc_bar_of(&f, true, false), BAR_UNKNOWN);
	f.answering = false;
	assert_int_equal(cc_bar_of(&f, true, true), BAR_UNKNOWN);
	f.talking = true;
	assert_int_equal(cc_bar_of(&f, true, true), BAR_IN_USE);
	assert_int_equal(cc_bar_of(&f, true, false), BAR_IN_USE);
	f.leg = LEG_LOST;
	assert_int_equal(cc_bar_of(&f, true, true), BAR_IN_USE);
	f.talking = false;
	assert_int_equal(cc_bar_of(&f, true, true), BAR_UNKNOWN);
	f.ringing = true;
	assert_int_equal(cc_bar_of(&f, true, true), BAR_RINGING);
	assert_int_equal(cc_bar_of(&f, true, false), BAR_RINGING);
	f.active = false;
	assert_int_equal(cc_bar_of(&f, true, true), BAR_UNAVAILABLE);
	assert_int_equal(cc_bar_of(&f, true, false), BAR_UNAVAILABLE);
	assert_int_equal(cc_bar_of(&f, false, true), BAR_INVALID);
}

static void a_head_start_is_time_and_nobody_starves(void **state)
{
	struct line l = { .q.length = 0 };

	(void)state;
	cc_line_init(&l.q);
	join(&l, 0, 100, false);
	join(&l, 1, 200, false);
	l.p[2].start = 50; /* came 250, stands as if at 200: after 1 */
	join(&l, 2, 250, false);
	l.p[3].start = 500;
	join(&l, 3, 400, false);
	order_is(&l, (const int[]){ 3, 0, 1, 2 }, 4);
}

static void the_estimate_is_what_is_before_him_shared_out(void **state)
{
	(void)state;
	assert_int_equal(cc_line_estimate(6, 180000, 3), 360000);
	assert_int_equal(cc_line_estimate(6, 180000, 0), -1);
	assert_int_equal(cc_line_estimate(6, 0, 3), -1);
	assert_int_equal(cc_minutes(1), 1);
	assert_int_equal(cc_minutes(89999), 1);
	assert_int_equal(cc_minutes(90000), 2);
	assert_int_equal(cc_minutes(360000), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k_2_0_3_first_in_first_out),
		cmocka_unit_test(
		    k_2_0_3_a_returned_call_stands_before_all_others),
		cmocka_unit_test(returned_calls_keep_their_own_order),
		cmocka_unit_test(leaving_twice_is_leaving_once),
		cmocka_unit_test(only_improvements_are_announced),
		cmocka_unit_test(the_longest_idle_is_picked),
		cmocka_unit_test(equals_take_turns),
		cmocka_unit_test(who_let_it_ring_is_the_last_resort),
		cmocka_unit_test(nobody_available_is_nobody),
		cmocka_unit_test(round_robin_goes_round_past_who_is_away),
		cmocka_unit_test(fewest_calls_then_the_longest_idle),
		cmocka_unit_test(fixed_priority_is_level_then_place),
		cmocka_unit_test(
		    the_callers_organization_first_but_nobody_waits_for_it),
		cmocka_unit_test(skills_relax_with_the_wait),
		cmocka_unit_test(ring_all_rings_everybody_but_who_let_it_ring),
		cmocka_unit_test(the_sticky_operator_goes_before_every_rule),
		cmocka_unit_test(empty_has_eight_conditions),
		cmocka_unit_test(a_member_is_under_one_condition),
		cmocka_unit_test(a_head_start_is_time_and_nobody_starves),
		cmocka_unit_test(the_estimate_is_what_is_before_him_shared_out),
	};

	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
