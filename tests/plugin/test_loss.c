/* What the engine makes of a browser, a microphone or a leg that is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/call.h"
#include "janus-plugin/request.h"
#include "janus-plugin/sip.h"
#include "janus-plugin/util.h"
#include "tests/plugin/fake_world.h"

#define HOTLINE "+78652000000"

static void k_3_0_8_a_lost_leg_keeps_the_call_for_its_operator(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	cc_engine_leg_down(w->engine, 1);
	world_tick(w, 1);
	world_is(w, 1, "RECONNECTING", "TALK");
	assert_int_equal(w->hear[2].play[0], CC_PROMPT_RECONNECT);
	assert_null(world_ask(w, 1, "{\"request\":\"start\"}"));
	cc_engine_leg_up(w->engine, 1);
	world_tick(w, 1);
	world_is(w, 1, "TALKING", "TALK");
}

static int64_t state_since(struct world *w)
{
	return json_integer_value(
	    json_object_get(json_object_get(w->state[1], "agent"), "since"));
}

static void a_lost_leg_does_not_start_the_clock_of_his_state_anew(void **state)
{
	struct world *w = *state;
	int64_t talks;

	world_talk(w, HOTLINE);
	talks = state_since(w);
	world_awake(w, 5000);
	cc_engine_leg_down(w->engine, 1);
	world_tick(w, 1);
	world_is(w, 1, "RECONNECTING", "TALK");
	assert_true(state_since(w) > talks); /* since then he is away */
	assert_null(world_ask(w, 1, "{\"request\":\"start\"}"));
	cc_engine_leg_up(w->engine, 1);
	world_tick(w, 1);
	world_is(w, 1, "TALKING", "TALK");
	assert_int_equal(state_since(w), talks);
	/* another state meanwhile is a new one */
	cc_engine_leg_down(w->engine, 1);
	world_tick(w, 1);
	world_bye(w, 1);
	assert_null(world_ask(w, 1, "{\"request\":\"start\"}"));
	cc_engine_leg_up(w->engine, 1);
	world_tick(w, 1);
	assert_string_equal(world_agent_state(w, 1), "WRAPUP");
	assert_true(state_since(w) > talks);
}

static void an_operator_who_stays_away_gives_the_call_to_the_head(void **st)
{
	struct world *w = *st;

	world_talk(w, HOTLINE);
	world_call(w, HOTLINE);
	world_play_out(w); /* a second citizen waits */
	cc_engine_leg_down(w->engine, 1);
	world_tick(w, 10000);
	world_sign_in(w, 2);
	world_is(w, 2, "RINGING", "RING");
	assert_null(world_button(w, 2, "answer", ""));
	/* the first citizen's port, though he was put back later */
	assert_int_equal(w->hear[2].from[0], 4);
}

static void silence_and_no_answers_mean_a_lost_browser(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	world_awake(w, 2800);
	world_is(w, 1, "TALKING", "TALK"); /* its audio still comes */
	world_media(w, CC_MEDIA_RX_LOST, 1, 0);
	world_is(w, 1, "TALKING", "TALK"); /* it is asked first */
	world_tick(w, 700);
	world_is(w, 1, "RECONNECTING", "TALK");
	assert_int_equal(w->hear[2].play[0], CC_PROMPT_RECONNECT);
}

static void silence_of_a_page_that_answers_is_a_lost_microphone(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	world_media(w, CC_MEDIA_RX_LOST, 1, 0);
	assert_null(world_ask(w, 1, "{\"request\":\"pong\",\"n\":0}"));
	world_tick(w, 700);
	world_is(w, 1, "TALKING", "TALK");
	assert_non_null(json_object_get(w->kinds, "MICLOST"));
	world_media(w, CC_MEDIA_RX_BACK, 1, 0);
	assert_non_null(json_object_get(w->kinds, "MICBACK"));
}

static void a_page_that_does_not_answer_gets_no_offer(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	for (int i = 0; i < 4; i++)
		world_tick(w, 700);
	assert_string_equal(world_agent_state(w, 1), "RECONNECTING");
	world_call(w, HOTLINE);
	world_play_out(w);
	assert_string_equal(world_agent_state(w, 1), "RECONNECTING");
	assert_null(world_ask(w, 1, "{\"request\":\"pong\",\"n\":1}"));
	world_is(w, 1, "RINGING", "RING");
}

static void without_a_microphone_nobody_is_offered_a_call(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	assert_null(
	    world_ask(w, 1, "{\"request\":\"mic\",\"state\":\"lost\"}"));
	world_call(w, HOTLINE);
	world_play_out(w);
	world_is(w, 1, "FREE", "");
	assert_null(
	    world_ask(w, 1, "{\"request\":\"mic\",\"state\":\"back\"}"));
	world_is(w, 1, "RINGING", "RING");
}

static void a_service_that_answers_while_the_browser_is_gone_is_heard(void **st)
{
	struct world *w = *st;

	world_talk(w, HOTLINE);
	assert_null(world_button(w, 1, "emergency", ",\"service\":\"112\""));
	cc_engine_leg_down(w->engine, 1);
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	assert_int_equal(w->hear[3].from[0], 2);
	assert_int_equal(w->hear[2].from[0], 3);
	assert_null(world_ask(w, 1, "{\"request\":\"start\"}"));
	cc_engine_leg_up(w->engine, 1);
	world_tick(w, 1);
	world_is(w, 1, "TALKING", "CONFERENCE");
	assert_int_equal(w->hear[3].from[1], 4);
	assert_int_equal(w->hear[4].from[0], 2);
}

static void who_is_lost_in_a_conference_is_waited_for_after_it(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	assert_null(world_button(w, 1, "emergency", ",\"service\":\"112\""));
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	cc_engine_leg_down(w->engine, 1);
	world_tick(w, 1);
	assert_int_equal(w->hear[2].from[0], 3); /* the dispatcher goes on */
	world_sip(w, CC_SIP_ENDED, w->invited);
	assert_int_equal(w->hear[2].play[0], CC_PROMPT_RECONNECT);
	world_tick(w, 10000);
	world_sign_in(w, 2);
	world_is(w, 2, "RINGING", "RING");
}

static void hold_outlives_a_reload(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	assert_null(world_button(w, 1, "hold", ""));
	cc_engine_leg_down(w->engine, 1);
	assert_null(world_ask(w, 1, "{\"request\":\"start\"}"));
	cc_engine_leg_up(w->engine, 1);
	world_tick(w, 1);
	world_is(w, 1, "TALKING", "HOLD");
	assert_int_equal(w->hear[2].then, CC_PROMPT_MUSIC);
}

static void a_new_leg_forgets_that_the_microphone_was_lost(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	assert_null(
	    world_ask(w, 1, "{\"request\":\"mic\",\"state\":\"lost\"}"));
	cc_engine_leg_down(w->engine, 1);
	assert_null(world_ask(w, 1, "{\"request\":\"start\"}"));
	cc_engine_leg_up(w->engine, 1);
	world_call(w, HOTLINE);
	world_play_out(w);
	world_is(w, 1, "RINGING", "RING");
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(k_3_0_8_a_lost_leg_keeps_the_call_for_its_operator),
		T(a_lost_leg_does_not_start_the_clock_of_his_state_anew),
		T(an_operator_who_stays_away_gives_the_call_to_the_head),
		T(silence_and_no_answers_mean_a_lost_browser),
		T(silence_of_a_page_that_answers_is_a_lost_microphone),
		T(a_page_that_does_not_answer_gets_no_offer),
		T(without_a_microphone_nobody_is_offered_a_call),
		T(a_service_that_answers_while_the_browser_is_gone_is_heard),
		T(who_is_lost_in_a_conference_is_waited_for_after_it),
		T(hold_outlives_a_reload),
		T(a_new_leg_forgets_that_the_microphone_was_lost),
	};

	return cmocka_run_group_tests_name("loss", tests, NULL, NULL);
}
