/* Whom a live call may be handed to (DOMAIN section 7), as the page's buttons
 * ask for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/request.h"
#include "tests/plugin/shift_bed.h"

enum { CARD = 7, OTHER_CARD = 8 };
enum { INSURER = 2, OTHER_INSURER = 3 }; /* REP is of the first */

#define TO(number)  ",\"to\":\"" number "\",\"mode\":\"blind\""
#define ASK(number) ",\"to\":\"" number "\",\"mode\":\"consult\""
#define CONFIRMED   ",\"confirm\":true"

static void about(struct world *w, const char *kind, const char *call,
		  int appeal, int insurer, int accused)
{
	json_t *p = json_pack("{s:s, s:i, s:i, s:i, s:i}", "call", call,
			      "appeal", appeal, "user", OP1, "insurer", insurer,
			      "accused", accused);

	assert_non_null(p);
	cc_engine_outbox(w->engine, kind, p);
	json_decref(p);
}

static const char *to(struct world *w, uint64_t s, const char *how)
{
	return world_button(w, s, "transfer", how);
}

/* It went; and comes back, for the next attempt. */
static void goes(struct world *w, uint64_t s, const char *how, uint64_t target)
{
	assert_null(to(w, s, how));
	assert_string_equal(shift_call(w, target), shift_call(w, s));
	assert_null(world_button(w, s, "back", ""));
}

static void an_insurer_nobody_knows_is_asked_about(void **state)
{
	struct world *w = *state;

	shift_talk(w, OP1);
	/* nobody there to answer it: no question */
	assert_string_equal(to(w, OP1, TO("1003")), CC_BUSY);
	world_sign_in(w, REP);
	assert_string_equal(to(w, OP1, TO("1003")), CC_M22);
	assert_string_equal(to(w, OP1, ASK("1003")), CC_M22);
	assert_string_equal(to(w, OP1, TO("queue:3")), CC_M22);
	goes(w, OP1, TO("1003") CONFIRMED, REP);
	goes(w, OP1, ASK("1003") CONFIRMED, REP);
	/* once said is not said for good */
	assert_string_equal(to(w, OP1, TO("1003")), CC_M22);
	/* the fund's own are not asked about */
	world_sign_in(w, L2);
	goes(w, OP1, TO("1006"), L2);
}

static void the_card_says_which_insurer_may_have_it(void **state)
{
	struct world *w = *state;
	char call[37];

	shift_talk(w, OP1);
	world_sign_in(w, REP);
	snprintf(call, sizeof(call), "%s", shift_call(w, OP1));
	about(w, "card_opened", call, CARD, OTHER_INSURER, 0);
	assert_string_equal(to(w, OP1, TO("1003") CONFIRMED), CC_M23);
	assert_string_equal(to(w, OP1, TO("queue:3") CONFIRMED), CC_M23);
	/* typed anew; another card is not this one */
	about(w, "card_about", "", OTHER_CARD, INSURER, 0);
	assert_string_equal(to(w, OP1, TO("1003")), CC_M23);
	about(w, "card_about", "", CARD, INSURER, 0);
	goes(w, OP1, TO("1003"), REP);
	about(w, "card_saved", call, CARD, 0, 0);
	assert_string_equal(to(w, OP1, TO("1003")), CC_M22);
	about(w, "card_about", "", CARD, INSURER, 0);
	assert_null(to(w, OP1, TO("queue:3")));
	assert_string_equal(shift_call(w, REP), call);
}

static void never_the_insurer_it_complains_about(void **state)
{
	struct world *w = *state;

	shift_talk(w, OP1);
	world_sign_in(w, REP);
	about(w, "card_opened", shift_call(w, OP1), CARD, INSURER, INSURER);
	assert_string_equal(to(w, OP1, TO("1003") CONFIRMED), CC_ACCUSED);
	about(w, "card_about", "", CARD, INSURER, 0); /* passed on to it */
	goes(w, OP1, TO("1003"), REP);
}

static void an_insurers_staff_reach_the_fund_s_operators(void **state)
{
	struct world *w = *state;

	shift_talk(w, REP);
	world_sign_in(w, L2);
	world_sign_in(w, ADMIN);
	about(w, "card_opened", shift_call(w, REP), CARD, OTHER_INSURER, 0);
	goes(w, REP, TO("1006"), L2);
	assert_string_equal(to(w, REP, TO("1007")), CC_M23);
}

static void a_question_passes_nobody_over(void **state)
{
	struct world *w = *state;

	shift_rule(w, "round_robin");
	shift_talk(w, OP1);
	world_sign_in(w, OP2);
	world_sign_in(w, REP);
	goes(w, OP1, ASK("queue:1"), OP2);
	for (int i = 0; i < 2; i++) /* it is the insurer's turn */
		assert_string_equal(to(w, OP1, ASK("queue:1")), CC_M22);
	goes(w, OP1, ASK("queue:1") CONFIRMED, REP);
	goes(w, OP1, ASK("queue:1"), OP2);
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, shift_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(an_insurer_nobody_knows_is_asked_about),
		T(the_card_says_which_insurer_may_have_it),
		T(never_the_insurer_it_complains_about),
		T(an_insurers_staff_reach_the_fund_s_operators),
		T(a_question_passes_nobody_over),
	};

	return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
}
