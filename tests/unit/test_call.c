/* Every (state, event) pair of the call machine, written out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/call.h"

/* Columns: new dial greeting queue ring talk hold transfer conference reconnect
 * voicemail goodbye ended. A letter is the state that follows, '.' is
 * refused. */
static const char STATES[] = "NdgqrthxcRvbE";

static const struct {
	enum cc_call_event on;
	const char *to;
} grid[] = {
	{ EV_ACCEPT, "g............" },
	{ EV_CLOSED, "b.b.........." },
	{ EV_GREETED, "..q.........." },
	{ EV_OFFER, "...r........." },
	{ EV_OFFER_GONE, "....q........" },
	{ EV_ANSWER, ".t..t........" },
	{ EV_HOLD, ".....h......." },
	{ EV_UNHOLD, "......t......" },
	{ EV_CONSULT, ".....hh......" },
	{ EV_BACK, "......t......" },
	{ EV_BLIND, ".....xx......" },
	{ EV_HANDOVER, "......tt....." },
	{ EV_RETURN, "......tt....." },
	{ EV_REQUEUE, ".....qqqqq..." },
	{ EV_TO_QUEUE, "...q.qq......" },
	{ EV_EMERGENCY, "...c.ccc.c..." },
	{ EV_EMERGENCY_END, "........t...." },
	{ EV_LEAVE, "........c...." },
	{ EV_LOST, ".....RRR....." },
	{ EV_REGAIN, ".........t..." },
	{ EV_MAX_WAIT, "...b........." },
	{ EV_EXIT_EMPTY, "...b........." },
	{ EV_OVERFLOW, "...q........." },
	{ EV_SECRETARY, "v..v........." },
	{ EV_MESSAGE_END, "..........b.." },
	{ EV_NUMBER, "...b........." },
	{ EV_PLACE, "q..qq........" },
	{ EV_PLACE_GONE, "...EE........" },
	{ EV_SAID, "...........E." },
	{ EV_HANGUP, "EEEEEEEEEEEE." },
	{ EV_RELEASE, ".E...EE.E...." },
	{ EV_FAIL, "EEEEEEEEEEEE." },
	{ EV_DIAL, "d............" },
	{ EV_REFUSED, ".E..........." },
};

static void every_pair_does_what_the_grid_says(void **state)
{
	(void)state;
	assert_int_equal(sizeof(grid) / sizeof(grid[0]), EV_COUNT);
	for (int e = 0; e < EV_COUNT; e++) {
		assert_int_equal(strlen(grid[e].to), CALL_STATES);
		for (int s = 0; s < CALL_STATES; s++) {
			enum cc_call_state st = (enum cc_call_state)s;
			char want = grid[e].to[s];
			int err = cc_call_step(&st, grid[e].on);

			assert_int_equal(
			    cc_call_can((enum cc_call_state)s, grid[e].on),
			    want != '.');
			assert_int_equal(err, want == '.' ? EPROTO : 0);
			assert_int_equal(STATES[st],
					 want == '.' ? STATES[s] : want);
		}
	}
}

static void names_are_unique_and_read_back(void **state)
{
	(void)state;
	for (int e = 0; e < EV_COUNT; e++) {
		enum cc_call_event back;
		const char *name = cc_call_event_name((enum cc_call_event)e);

		assert_in_range(strlen(name), 1, 24);
		assert_int_equal(cc_call_event_parse(&back, name), 0);
		assert_int_equal(back, e);
	}
	for (int s = 0; s < CALL_STATES; s++)
		assert_in_range(
		    strlen(cc_call_state_name((enum cc_call_state)s)), 1, 16);
}

static void an_unknown_kind_is_no_transition(void **state)
{
	enum cc_call_event e = EV_HOLD;

	(void)state;
	assert_int_equal(cc_call_event_parse(&e, "POSITION"), ENOENT);
	assert_int_equal(e, EV_HOLD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_does_what_the_grid_says),
		cmocka_unit_test(names_are_unique_and_read_back),
		cmocka_unit_test(an_unknown_kind_is_no_transition),
	};

	return cmocka_run_group_tests_name("call", tests, NULL, NULL);
}
