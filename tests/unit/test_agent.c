/* An operator: in which state what may happen, and the facts after it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/agent.h"

#define UP .active = true, .leg = LEG_UP, .answering = true

/* One person in each state. */
static const struct cc_agent_facts in[AGENT_STATES] = {
	[AGENT_INACTIVE] = { .active = false },
	[AGENT_RECONNECTING] = { .active = true, .leg = LEG_LOST },
	[AGENT_FREE] = { UP },
	[AGENT_RINGING] = { UP, .ringing = true },
	[AGENT_TALKING] = { UP, .talking = true },
	[AGENT_WRAPUP] = { UP, .wrapup_until = 5000 },
	[AGENT_BREAK] = { UP, .on_break = true },
};

/* Columns: INACTIVE RECONNECTING FREE RINGING TALKING WRAPUP BREAK; letters
 * of the state that follows: I N F R T W B, '.' is refused. */
static const char LETTERS[] = "INFRTWB";

static const struct {
	enum cc_agent_event on;
	const char *to;
} grid[AEV_COUNT] = {
	{ AEV_START, "NNN.NNN" },        { AEV_FINISH, ".II..II" },
	{ AEV_LEG_UP, ".FF.TWB" },       { AEV_LEG_LOST, ".NN.NNN" },
	{ AEV_PAGE_SILENT, ".NNRTNN" },  { AEV_PAGE_BACK, ".NFRTWB" },
	{ AEV_LEG_GIVEN_UP, ".I....." }, { AEV_BREAK, ".NB.TW." },
	{ AEV_RESUME, ".NFRTWF" },       { AEV_OFFER, "..R...." },
	{ AEV_OFFER_MISSED, "...F..." }, { AEV_OFFER_TAKEN_BACK, "...F..." },
	{ AEV_ANSWER, "...T..." },       { AEV_DIAL, "..T..TT" },
	{ AEV_RELEASE, "....F.." },      { AEV_RELEASE_WRAPUP, "....W.." },
	{ AEV_READY, ".N...FB" },        { AEV_EXTEND, ".....W." },
	{ AEV_TICK, "INFRTFB" },
};

static void every_pair_does_what_the_grid_says(void **state)
{
	(void)state;
	for (int e = 0; e < AEV_COUNT; e++)
		for (int s = 0; s < AGENT_STATES; s++) {
			struct cc_agent_facts f = in[s];
			char want = grid[e].to[s];
			/* now 6000: past the wrap-up that began before */
			int err = cc_agent_step(&f, grid[e].on, 6000, 60000);

			assert_int_equal(cc_agent_state(&in[s]), s);
			if (err != (want == '.' ? EPROTO : 0) ||
			    LETTERS[cc_agent_state(&f)] !=
				(want == '.' ? LETTERS[s] : want))
				fail_msg("event %d in state %d: %d -> %c", e, s,
					 err, LETTERS[cc_agent_state(&f)]);
		}
}

static void two_misses_in_a_row_are_a_break(void **state)
{
	struct cc_agent_facts f = in[AGENT_RINGING];

	(void)state;
	assert_int_equal(cc_agent_step(&f, AEV_OFFER_MISSED, 0, 0), 0);
	assert_int_equal(cc_agent_state(&f), AGENT_FREE);
	assert_int_equal(cc_agent_step(&f, AEV_OFFER, 0, 0), 0);
	assert_int_equal(cc_agent_step(&f, AEV_OFFER_MISSED, 0, 0), 0);
	assert_int_equal(cc_agent_state(&f), AGENT_BREAK);
}

static void an_answer_forgets_the_misses(void **state)
{
	struct cc_agent_facts f = in[AGENT_RINGING];

	(void)state;
	f.misses = 1;
	assert_int_equal(cc_agent_step(&f, AEV_ANSWER, 0, 0), 0);
	assert_int_equal(f.misses, 0);
}

static void k_3_0_9_a_break_asked_for_in_a_talk_begins_after_it(void **state)
{
	struct cc_agent_facts f = in[AGENT_TALKING];

	(void)state;
	assert_int_equal(cc_agent_step(&f, AEV_BREAK, 0, 0), 0);
	assert_int_equal(cc_agent_step(&f, AEV_RELEASE_WRAPUP, 1000, 500), 0);
	assert_int_equal(cc_agent_state(&f), AGENT_WRAPUP);
	assert_int_equal(cc_agent_step(&f, AEV_TICK, 1500, 0), 0);
	assert_int_equal(cc_agent_state(&f), AGENT_BREAK);
}

static void work_is_not_ended_nor_given_up_with_a_call(void **state)
{
	struct cc_agent_facts f = in[AGENT_RECONNECTING];

	(void)state;
	f.talking = true;
	assert_int_equal(cc_agent_step(&f, AEV_FINISH, 0, 0), EPROTO);
	assert_int_equal(cc_agent_step(&f, AEV_LEG_GIVEN_UP, 0, 0), EPROTO);
	assert_true(f.talking);
}

static void extending_moves_the_end_by_a_minute(void **state)
{
	struct cc_agent_facts f = in[AGENT_WRAPUP];

	(void)state;
	assert_int_equal(cc_agent_step(&f, AEV_EXTEND, 0, 0), 0);
	assert_int_equal(f.wrapup_until, 65000);
	assert_int_equal(cc_agent_step(&f, AEV_TICK, 64999, 0), 0);
	assert_int_equal(cc_agent_state(&f), AGENT_WRAPUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_does_what_the_grid_says),
		cmocka_unit_test(two_misses_in_a_row_are_a_break),
		cmocka_unit_test(an_answer_forgets_the_misses),
		cmocka_unit_test(
		    k_3_0_9_a_break_asked_for_in_a_talk_begins_after_it),
		cmocka_unit_test(work_is_not_ended_nor_given_up_with_a_call),
		cmocka_unit_test(extending_moves_the_end_by_a_minute),
	};

	return cmocka_run_group_tests_name("agent", tests, NULL, NULL);
}
