/* The engine with a fake world and a simulated clock. */
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

static void k_2_0_2_a_call_is_greeted_queued_offered_and_answered(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	world_is(w, 1, "FREE", "");
	world_call(w, HOTLINE);
	world_is(w, 1, "FREE", "");
	world_play_out(w);
	world_is(w, 1, "RINGING", "RING");
	assert_null(world_button(w, 1, "answer", ""));
	world_is(w, 1, "TALKING", "TALK");
}

static void the_longest_idle_is_offered_first(void **state)
{
	struct world *w = *state;

	uint64_t dialog;

	world_sign_in(w, 2);
	world_tick(w, 500);
	world_sign_in(w, 1);
	dialog = world_call(w, HOTLINE);
	world_play_out(w);
	world_is(w, 2, "RINGING", "RING");
	world_is(w, 1, "FREE", "");
	/* a caller who gives up does not cost him his turn */
	world_bye(w, dialog);
	world_tick(w, 500);
	world_call(w, HOTLINE);
	world_play_out(w);
	world_is(w, 2, "RINGING", "RING");
}

static void all_free_operators_ring_in_one_tick(void **state)
{
	struct world *w = *state;

	for (uint64_t s = 1; s <= 3; s++)
		world_sign_in(w, s);
	for (int i = 0; i < 3; i++)
		world_call(w, HOTLINE);
	world_play_out(w);
	for (uint64_t s = 1; s <= 3; s++)
		world_is(w, s, "RINGING", "RING");
}

static void k_5_1_1_3_ring_timeout_gives_the_call_to_the_next_operator(
    void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	world_tick(w, 500);
	world_sign_in(w, 2);
	world_call(w, HOTLINE);
	world_play_out(w);
	world_is(w, 1, "RINGING", "RING");
	world_tick(w, 20000);
	world_is(w, 2, "RINGING", "RING");
	assert_string_equal(world_agent_state(w, 1), "FREE");
}

static void k_5_1_1_3_two_misses_send_the_operator_to_a_break(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	world_call(w, HOTLINE);
	world_play_out(w);
	world_awake(w, 20000);
	world_is(w, 1, "RINGING", "RING"); /* nobody else is there */
	world_awake(w, 20000);
	world_is(w, 1, "BREAK", "");
	assert_null(world_ask(w, 1, "{\"request\":\"resume\"}"));
	world_is(w, 1, "RINGING", "RING");
}

static void the_caller_hangs_up_while_it_rings(void **state)
{
	struct world *w = *state;
	uint64_t dialog;

	world_sign_in(w, 1);
	dialog = world_call(w, HOTLINE);
	world_play_out(w);
	world_is(w, 1, "RINGING", "RING");
	world_bye(w, dialog);
	world_is(w, 1, "FREE", "");
}

/* At most as late as the world is: not a millisecond of it is the engine's. */
static void an_offer_is_withdrawn_in_the_moment_of_the_hang_up(void **state)
{
	struct world *w = *state;

	for (uint64_t s = 1; s <= 3; s++)
		world_sign_in(w, s);
	for (int ms = 0; ms < 15000; ms += 317) {
		uint64_t dialog = world_call(w, HOTLINE), s = 1;

		world_play_out(w);
		while (strcmp(world_call_state(w, s), "RING"))
			assert_in_range(++s, 1, 3);
		world_awake(w, ms);
		world_is(w, s, "RINGING", "RING");
		world_bye(w, dialog);
		world_is(w, s, "FREE", "");
		assert_int_equal(
		    json_integer_value(json_object_get(w->state[s], "now")),
		    w->now);
		world_tick(w, 1000);
	}
}

static void a_late_answer_learns_that_the_offer_is_gone(void **state)
{
	struct world *w = *state;
	char json[160];
	json_t *call;

	world_sign_in(w, 1);
	world_tick(w, 10);
	world_sign_in(w, 2);
	world_call(w, HOTLINE);
	world_play_out(w);
	call = json_object_get(w->state[1], "call");
	snprintf(json, sizeof(json),
		 "{\"request\":\"answer\",\"call\":\"%s\",\"gen\":%d}",
		 json_string_value(json_object_get(call, "id")),
		 (int)json_integer_value(json_object_get(call, "gen")));
	world_tick(w, 20000);
	assert_string_equal(world_ask(w, 1, json), CC_GEN);
	assert_null(world_button(w, 2, "answer", ""));
	assert_string_equal(world_ask(w, 1, json), CC_TAKEN);
	assert_string_equal(
	    json_string_value(json_object_get(w->said[1], "text")),
	    "Вызов уже принял: 1002");
}

static void k_5_1_1_5_after_the_talk_comes_after_call_work(void **state)
{
	struct world *w = *state;
	uint64_t dialog = world_talk(w, HOTLINE);

	world_bye(w, dialog);
	world_is(w, 1, "WRAPUP", "ENDED");
	assert_null(world_ask(w, 1, "{\"request\":\"extend\"}"));
	world_awake(w, 119000);
	world_is(w, 1, "WRAPUP", "ENDED");
	world_awake(w, 1000);
	world_is(w, 1, "FREE", "");
}

static void a_card_saved_in_the_talk_leaves_no_after_call_work(void **state)
{
	struct world *w = *state;
	uint64_t dialog = world_talk(w, HOTLINE);
	json_t *call = json_object_get(w->state[1], "call");
	json_t *p =
	    json_pack("{s:O, s:i, s:i}", "call", json_object_get(call, "id"),
		      "appeal", 7, "user", 1);

	cc_engine_outbox(w->engine, "card_saved", p);
	json_decref(p);
	world_bye(w, dialog);
	world_is(w, 1, "FREE", "");
}

static void a_step_of_an_appeal_is_told_to_its_assignee_alone(void **state)
{
	struct world *w = *state;
	json_t *p =
	    json_pack("{s:i, s:i, s:s, s:s, s:i}", "user", 2, "appeal", 7,
		      "number", "26-26-000007", "event", "RETURN", "unread", 3);

	world_sign_in(w, 1);
	world_sign_in(w, 2);
	cc_engine_outbox(w->engine, "appeal_notice", p);
	json_decref(p);
	assert_null(w->told[1]);
	assert_non_null(w->told[2]);
	assert_int_equal(
	    json_integer_value(json_object_get(w->told[2], "appeal")), 7);
	assert_string_equal(
	    json_string_value(json_object_get(w->told[2], "step")), "RETURN");
	assert_int_equal(
	    json_integer_value(json_object_get(w->told[2], "unread")), 3);
}

static const char *const sights[][2] = {
	{ "FUND", "OPERATOR_L1" },       { "FUND", "OPERATOR_L2" },
	{ "INSURER", "INSURER_REP_L1" }, { "INSURER", "SUPERVISOR" },
	{ "FUND", "SECURITY_ADMIN" },    { "FUND", "QUALITY_CONTROLLER" },
};

/* Users as above; of insurers one is of organization 2, one of 3. */
static void people_of_all_kinds(struct world *w)
{
	json_t *users, *u;
	size_t i;

	world_directory(w, CC_LEN(sights));
	users = json_object_get(w->dir, "users");
	json_array_foreach(users, i, u) {
		bool fund = !strcmp(sights[i][0], "FUND");

		json_object_set_new(u, "org_kind", json_string(sights[i][0]));
		json_object_set_new(u, "org_id",
				    json_integer(fund ? 1 : (json_int_t)i));
		json_object_set_new(u, "roles", json_pack("[s]", sights[i][1]));
	}
	cc_engine_directory(w->engine, w->dir);
	for (unsigned n = 1; n <= CC_LEN(sights); n++)
		world_page(w, n);
}

/* who: "1--4--", the users whose page is told */
static void told_of(struct world *w, json_t *row, const char *who)
{
	char seen[CC_LEN(sights) + 1] = "";

	cc_engine_outbox(w->engine, "appeal_changed", row);
	json_decref(row);
	world_awake(w, 200);
	for (size_t i = 0; i < CC_LEN(sights); i++) {
		json_t *event = w->changed[i + 1];

		seen[i] = event ? (char)('1' + i) : '-';
		json_decref(event);
		w->changed[i + 1] = NULL;
	}
	assert_string_equal(seen, who);
}

static void a_changed_appeal_is_told_only_where_it_is_in_scope(void **state)
{
	struct world *w = *state;

	people_of_all_kinds(w);
	/* the fund's own */
	told_of(w,
		json_pack("{s:i, s:[i], s:[i], s:i, s:n}", "appeal", 7, "orgs",
			  1, "users", 1, "author", 1, "about"),
		"12----");
	/* an insurer's: the fund's first line does not read it */
	told_of(w,
		json_pack("{s:i, s:[i], s:[i], s:i, s:n}", "appeal", 7, "orgs",
			  2, "users", 3, "author", 3, "about"),
		"-23---");
	/* passed on by the fund to the other insurer */
	told_of(w,
		json_pack("{s:i, s:[i, i], s:[i, i], s:i, s:n}", "appeal", 7,
			  "orgs", 1, 3, "users", 1, 4, "author", 1, "about"),
		"12-4--");
	/* a complaint about that insurer, written down by its own 3 */
	told_of(w,
		json_pack("{s:i, s:[i, i], s:[i], s:i, s:i}", "appeal", 7,
			  "orgs", 1, 2, "users", 3, "author", 3, "about", 2),
		"123---");
	told_of(w,
		json_pack("{s:i, s:[i, i], s:[i], s:i, s:i}", "appeal", 7,
			  "orgs", 1, 3, "users", 3, "author", 3, "about", 3),
		"123---");
	/* of nobody in particular */
	told_of(w, json_pack("{s:i}", "appeal", 0), "1234--");
}

static void non_target_call_ends_after_call_work(void **state)
{
	struct world *w = *state;
	uint64_t dialog = world_talk(w, HOTLINE);

	world_bye(w, dialog);
	assert_null(world_button(w, 1, "nontarget", ",\"kind\":\"SPAM\""));
	world_is(w, 1, "FREE", "");
}

static void on_hold_the_citizen_hears_music_and_the_operator_nothing(void **st)
{
	struct world *w = *st;

	world_talk(w, HOTLINE);
	assert_null(world_button(w, 1, "hold", ""));
	world_is(w, 1, "TALKING", "HOLD");
	assert_int_equal(w->hear[2].then, CC_PROMPT_MUSIC);
	assert_int_equal(w->hear[2].from[0], 0);
	assert_int_equal(w->hear[1].from[0], 0);
	assert_int_equal(w->watch[2], 1800000); /* he only listens */
	assert_null(world_button(w, 1, "unhold", ""));
	assert_int_equal(w->hear[2].from[0], 1);
	assert_int_equal(w->hear[1].from[0], 2);
	assert_int_equal(w->watch[2], 60000);
}

static void a_muted_operator_is_not_heard(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	assert_null(world_ask(w, 1, "{\"request\":\"mute\"}"));
	assert_int_equal(w->hear[2].from[0], 0);
	assert_int_equal(w->hear[2].then, CC_PROMPT_NONE);
	assert_int_equal(w->hear[1].from[0], 2);
	assert_null(world_ask(w, 1, "{\"request\":\"unmute\"}"));
	assert_int_equal(w->hear[2].from[0], 1);
}

static void blind_transfer_moves_the_call(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 2);
	assert_null(world_ask(w, 2,
			      "{\"request\":\"break\",\"reason\":"
			      "\"SHORT\"}"));
	world_talk(w, HOTLINE);
	assert_null(world_ask(w, 2, "{\"request\":\"resume\"}"));
	assert_null(world_button(w, 1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"blind\""));
	world_is(w, 1, "TALKING", "TRANSFER");
	world_is(w, 2, "RINGING", "RING");
	assert_null(world_button(w, 2, "answer", ""));
	world_is(w, 2, "TALKING", "TALK");
	world_is(w, 1, "WRAPUP", "ENDED");
}

static void an_unanswered_transfer_comes_back(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	world_sign_in(w, 2);
	assert_null(world_button(w, 1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"blind\""));
	world_awake(w, 20000);
	world_is(w, 1, "TALKING", "TALK");
	world_is(w, 2, "FREE", "");
}

static void consultation_then_connect(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	world_sign_in(w, 2);
	assert_null(world_button(w, 1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"consult\""));
	world_is(w, 1, "TALKING", "CONSULT");
	assert_null(world_button(w, 2, "answer", ""));
	world_is(w, 2, "TALKING", "CONSULT");
	assert_int_equal(w->hear[3].from[0], 1);
	assert_int_equal(w->hear[1].from[0], 3);
	assert_int_equal(w->hear[2].then, CC_PROMPT_MUSIC);
	assert_null(world_button(w, 1, "complete", ""));
	world_is(w, 2, "TALKING", "TALK");
	world_is(w, 1, "WRAPUP", "ENDED");
	assert_int_equal(w->hear[2].from[0], 3);
}

static void consultation_then_back(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	world_sign_in(w, 2);
	assert_null(world_button(w, 1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"consult\""));
	assert_null(world_button(w, 2, "answer", ""));
	assert_null(world_button(w, 1, "back", ""));
	world_is(w, 1, "TALKING", "TALK");
	world_is(w, 2, "FREE", "");
}

static void a_queue_is_asked_through_its_next_free_operator(void **state)
{
	static const char *const ask = ",\"to\":\"queue:1\","
				       "\"mode\":\"consult\"";
	struct world *w = *state;

	world_talk(w, HOTLINE);
	assert_string_equal(world_button(w, 1, "transfer", ask), CC_BUSY);
	assert_string_equal(world_button(w, 1, "transfer",
					 ",\"to\":\"queue:99\","
					 "\"mode\":\"consult\""),
			    CC_NO_EXTENSION);
	world_sign_in(w, 3);
	world_tick(w, 500);
	world_sign_in(w, 2);
	assert_null(world_button(w, 1, "transfer", ask));
	world_is(w, 3, "RINGING", "RING"); /* longest idle */
	world_is(w, 2, "FREE", "");
	assert_null(world_button(w, 3, "answer", ""));
	assert_int_equal(w->hear[3].from[0] != 0, 1);
	assert_int_equal(w->hear[2].then, CC_PROMPT_MUSIC);
	assert_null(world_button(w, 1, "complete", ""));
	world_is(w, 3, "TALKING", "TALK");
	world_is(w, 1, "WRAPUP", "ENDED");
}

static void transfer_to_oneself_and_to_nobody_is_refused(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	assert_string_equal(world_button(w, 1, "transfer",
					 ",\"to\":\"1001\",\"mode\":\"blind\""),
			    CC_SELF);
	assert_string_equal(world_button(w, 1, "transfer",
					 ",\"to\":\"4444\",\"mode\":\"blind\""),
			    CC_NO_EXTENSION);
	assert_string_equal(world_button(w, 1, "transfer",
					 ",\"to\":\"1003\",\"mode\":\"blind\""),
			    CC_BUSY);
	world_is(w, 1, "TALKING", "TALK");
}

/* By the forwarding table, as far as the engine knows it. */
static void k_5_1_8_11_no_call_goes_from_one_insurer_to_another(void **state)
{
	static const struct {
		const char *ext, *no;
	} cases[] = {
		{ "1002", CC_M23 }, /* of another insurer */
		{ "1003", CC_M23 }, /* the fund's, but no operator */
		{ "1004", NULL },   /* an operator of the fund */
	};
	struct world *w = *state;
	json_t *users;
	char ask[64];

	world_directory(w, 4);
	users = json_object_get(w->dir, "users");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    json_object_update_new(
			json_array_get(users, i),
			json_pack("{s:i, s:s, s:[s]}", "org_id", (int)i + 2,
				  "org_kind", i == 2 ? "FUND" : "INSURER",
				  "roles",
				  i == 2 ? "CC_ADMIN" : "INSURER_REP_L1")),
		    0);
	world_changed(w);
	world_talk(w, HOTLINE);
	for (unsigned i = 2; i <= 4; i++)
		world_sign_in(w, i);
	for (size_t i = 0; i < CC_LEN(cases); i++) {
		const char *no;

		snprintf(ask, sizeof(ask), ",\"to\":\"%s\",\"mode\":\"blind\"",
			 cases[i].ext);
		no = world_button(w, 1, "transfer", ask);
		if (cases[i].no)
			assert_string_equal(no, cases[i].no);
		else
			assert_null(no);
	}
	world_is(w, 4, "RINGING", "RING");
}

static void transfer_to_the_queue_frees_the_operator(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	assert_null(world_button(w, 1, "transfer",
				 ",\"to\":\"queue:1\",\"mode\":\"blind\""));
	world_is(w, 1, "WRAPUP", "ENDED");
	assert_null(world_ask(w, 1, "{\"request\":\"ready\"}"));
	world_is(w, 1, "RINGING", "RING");
}

static void emergency_joins_three(void **state)
{
	struct world *w = *state;
	uint64_t dialog = world_talk(w, HOTLINE);

	assert_null(world_button(w, 1, "emergency", ",\"service\":\"112\""));
	world_is(w, 1, "TALKING", "TALK");
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_is(w, 1, "TALKING", "CONFERENCE");
	assert_int_equal(w->hear[2].from[0], 1);
	assert_int_equal(w->hear[2].from[1], 3);
	assert_int_equal(w->hear[3].from[0], 2);
	assert_int_equal(w->hear[3].from[1], 1);
	assert_null(world_button(w, 1, "leave", ""));
	world_is(w, 1, "WRAPUP", "ENDED");
	assert_int_equal(w->hear[2].from[0], 3);
	world_bye(w, dialog);
}

/* By another line that number would not be ours. */
static void help_is_shown_the_number_the_citizen_called(void **state)
{
	struct world *w = *state;
	struct cc_sip_event ev = { .kind = CC_SIP_PROGRESS,
				   .trunk = 2,
				   .from = "",
				   .to = "",
				   .call_id = "",
				   .identity = "",
				   .reason = "" };

	ev.dialog = world_talk(w, "+78652000003");
	cc_engine_sip(w->engine, &ev); /* it came by line 2 */
	assert_null(world_button(w, 1, "emergency", ",\"service\":\"112\""));
	assert_string_equal(world_way(w, 2)->number, "112");
	assert_string_equal(world_way(w, 2)->from, "+78652000003");
	assert_string_equal(world_way(w, 1)->number, "112");
	assert_string_equal(world_way(w, 1)->from, "");
}

static void emergency_that_does_not_answer_leaves_the_talk(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	assert_null(world_button(w, 1, "emergency", ",\"service\":\"103\""));
	world_tick(w, 15000);
	world_is(w, 1, "TALKING", "TALK");
}

static void without_a_recording_no_message_is_taken(void **state)
{
	struct world *w = *state;
	struct cc_engine_stats st;

	w->no_record = true;
	world_call(w, "88652000001");
	assert_int_equal(w->hear[1].play[0], CC_PROMPT_CLOSED);
	world_play_out(w);
	cc_engine_stats(w->engine, &st);
	assert_int_equal(st.calls, 0);
	assert_int_equal(w->ended_count, 1);
}

static void at_the_maximum_wait_a_prompt_is_played(void **state)
{
	struct world *w = *state;
	struct cc_engine_stats st;

	w->no_record = true;
	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 600000);
	assert_int_equal(w->hear[1].play[0], CC_PROMPT_SORRY);
	world_play_out(w);
	cc_engine_stats(w->engine, &st);
	assert_int_equal(st.calls, 0);
}

static void the_position_is_told_and_only_improves(void **state)
{
	struct world *w = *state;
	uint64_t first = world_call(w, HOTLINE);

	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 1);
	assert_int_equal(w->hear[1].play[1], CC_PROMPT_NUMBER_1);
	assert_int_equal(w->hear[2].play[1], CC_PROMPT_NUMBER_1 + 1);
	world_tick(w, 30000);
	assert_int_equal(w->hear[2].play[1], CC_PROMPT_NUMBER_1 + 1);
	world_bye(w, first);
	world_tick(w, 30000);
	assert_int_equal(w->hear[2].play[1], CC_PROMPT_NUMBER_1);
}

static void without_a_port_the_call_is_refused(void **state)
{
	struct world *w = *state;

	w->no_ports = true;
	world_call(w, HOTLINE);
	assert_int_equal(w->status, 503);
}

static void work_cannot_end_in_a_talk(void **state)
{
	struct world *w = *state;
	uint64_t dialog = world_talk(w, HOTLINE);

	assert_string_equal(world_ask(w, 1, "{\"request\":\"finish\"}"),
			    CC_IN_CALL);
	world_bye(w, dialog);
	assert_null(world_ask(w, 1, "{\"request\":\"finish\"}"));
	world_is(w, 1, "INACTIVE", "");
}

static void a_second_page_asks_before_it_takes_over(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	cc_engine_session_new(w->engine, 9);
	assert_null(world_ask(w, 9,
			      "{\"request\":\"hello\",\"token\":\"1\",\"page\":"
			      "\"00000000-0000-7000-8000-000000000001\"}"));
	assert_string_equal(world_ask(w, 9, "{\"request\":\"start\"}"),
			    CC_LIVE_ELSEWHERE);
	assert_null(
	    world_ask(w, 9, "{\"request\":\"start\",\"takeover\":true}"));
	cc_engine_leg_up(w->engine, 9);
	world_tick(w, 1);
	assert_string_equal(world_agent_state(w, 9), "FREE");
	assert_string_equal(world_ask(w, 1, "{\"request\":\"finish\"}"),
			    CC_LIVE_ELSEWHERE);
}

static void a_service_that_cannot_be_dialled_is_said_and_stored(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	w->no_ports = true;
	assert_null(world_button(w, 1, "emergency", ",\"service\":\"112\""));
	world_is(w, 1, "TALKING", "TALK");
	assert_string_equal(
	    json_string_value(json_object_get(w->said[1], "code")), "M17");
	assert_non_null(json_object_get(w->kinds, "ALERT"));
	assert_non_null(json_object_get(w->kinds, "EMERGENCYDIAL"));
}

static void emergency_takes_a_blind_transfer_back_first(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	world_sign_in(w, 2);
	assert_null(world_button(w, 1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"blind\""));
	assert_null(world_button(w, 1, "emergency", ",\"service\":\"112\""));
	world_is(w, 1, "TALKING", "TALK");
	world_is(w, 2, "FREE", "");
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_is(w, 1, "TALKING", "CONFERENCE");
}

static void after_a_handover_it_is_known_from_whom(void **state)
{
	struct world *w = *state;
	json_t *from;

	world_talk(w, HOTLINE);
	world_sign_in(w, 2);
	assert_null(world_button(w, 1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"blind\""));
	assert_null(world_button(w, 2, "answer", ""));
	from = json_object_get(json_object_get(w->state[2], "call"), "from");
	assert_string_equal(
	    json_string_value(json_object_get(from, "extension")), "1001");
}

static void a_card_of_somebody_else_ends_nobodys_work(void **state)
{
	struct world *w = *state;
	uint64_t dialog = world_talk(w, HOTLINE);
	json_t *call = json_object_get(w->state[1], "call");
	json_t *p =
	    json_pack("{s:O, s:i, s:i}", "call", json_object_get(call, "id"),
		      "appeal", 7, "user", 2);

	cc_engine_outbox(w->engine, "card_saved", p);
	world_bye(w, dialog);
	world_is(w, 1, "WRAPUP", "ENDED");
	cc_engine_outbox(w->engine, "card_saved", p);
	cc_engine_settle(w->engine);
	world_is(w, 1, "WRAPUP", "ENDED");
	json_decref(p);
}

static void a_closed_queue_takes_no_transfer(void **state)
{
	struct world *w = *state;

	world_talk(w, HOTLINE);
	assert_string_equal(
	    world_button(w, 1, "transfer",
			 ",\"to\":\"queue:2\",\"mode\":\"blind\""),
	    CC_BUSY);
	assert_string_equal(
	    world_button(w, 1, "transfer",
			 ",\"to\":\"queue:9\",\"mode\":\"blind\""),
	    CC_NO_EXTENSION);
	world_is(w, 1, "TALKING", "TALK");
}

static void logging_out_elsewhere_leaves_the_telephone(void **state)
{
	struct world *w = *state;
	json_t *p =
	    json_pack("{s:i, s:s}", "user", 1, "session", "0123456789abcdef");

	world_talk(w, HOTLINE);
	cc_engine_outbox(w->engine, "logout", p);
	cc_engine_settle(w->engine);
	world_is(w, 1, "TALKING", "TALK");
	json_object_del(p, "session");
	cc_engine_outbox(w->engine, "logout", p);
	cc_engine_settle(w->engine);
	assert_string_equal(world_agent_state(w, 1), "INACTIVE");
	json_decref(p);
}

static void who_was_turned_away_stands_in_the_journal(void **state)
{
	struct world *w = *state;

	w->no_ports = true;
	world_call(w, HOTLINE);
	assert_int_equal(w->status, 503);
	assert_int_equal(w->replayed, 1);
}

static void who_loses_the_role_loses_the_telephone(void **state)
{
	struct world *w = *state;
	json_t *dir;

	world_sign_in(w, 1);
	dir = json_pack("{s:[{s:i, s:s, s:s, s:[s]}], s:[], s:[]}", "users",
			"id", 1, "name", "1001", "extension", "1001", "roles",
			"AUDITOR", "queues", "routes");
	cc_engine_directory(w->engine, dir);
	cc_engine_settle(w->engine);
	json_decref(dir);
	assert_string_equal(world_agent_state(w, 1), "INACTIVE");
}

/* A change of one is on everybody's page within 200 ms (K-3.0.6). */
/* The last word to the database, for those who watch the machine. */
static void what_sip_refused_is_told_with_the_status(void **state)
{
	static const char *const keys[] = { "invites", "foreign", "bad_contact",
					    "malformed" };
	struct world *w = *state;
	json_t *row, *body = NULL;
	size_t i;

	w->keep_rows = true;
	w->sip = (struct cc_sip_stats){ .invites = 5000000000,
					.foreign = 2,
					.bad_contact = 3,
					.malformed = 4 };
	world_tick(w, 5000);
	json_array_foreach(w->rows, i, row)
		if (!strcmp(json_string_value(json_object_get(row, "t")),
			    "node_status"))
			body = json_object_get(row, "body");
	body = json_object_get(body, "sip");
	for (i = 0; i < CC_LEN(keys); i++)
		assert_int_equal(
		    json_integer_value(json_object_get(body, keys[i])),
		    i ? i + 1 : 5000000000);
	assert_int_equal(json_object_size(body), CC_LEN(keys));
}

static void colleagues_are_told_within_the_tenth_of_a_second(void **state)
{
	struct world *w = *state;
	json_t *user;

	world_sign_in(w, 1);
	world_sign_in(w, 2);
	world_tick(w, 100);
	assert_null(
	    world_ask(w, 2, "{\"request\":\"break\",\"reason\":\"SHORT\"}"));
	world_tick(w, 100);
	user = json_array_get(json_object_get(w->seen[1], "users"), 0);
	assert_string_equal(
	    json_string_value(json_object_get(user, "extension")), "1002");
	assert_string_equal(json_string_value(json_object_get(user, "state")),
			    "BREAK");
}

static void a_shift_of_twelve_hours_goes_by(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	world_awake(w, 12 * 3600 * 1000);
	world_is(w, 1, "FREE", "");
	world_call(w, HOTLINE);
	world_play_out(w);
	assert_null(world_button(w, 1, "answer", ""));
	world_is(w, 1, "TALKING", "TALK");
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(k_2_0_2_a_call_is_greeted_queued_offered_and_answered),
		T(the_longest_idle_is_offered_first),
		T(all_free_operators_ring_in_one_tick),
		T(k_5_1_1_3_ring_timeout_gives_the_call_to_the_next_operator),
		T(k_5_1_1_3_two_misses_send_the_operator_to_a_break),
		T(the_caller_hangs_up_while_it_rings),
		T(an_offer_is_withdrawn_in_the_moment_of_the_hang_up),
		T(a_late_answer_learns_that_the_offer_is_gone),
		T(k_5_1_1_5_after_the_talk_comes_after_call_work),
		T(a_card_saved_in_the_talk_leaves_no_after_call_work),
		T(a_step_of_an_appeal_is_told_to_its_assignee_alone),
		T(a_changed_appeal_is_told_only_where_it_is_in_scope),
		T(non_target_call_ends_after_call_work),
		T(on_hold_the_citizen_hears_music_and_the_operator_nothing),
		T(a_muted_operator_is_not_heard),
		T(blind_transfer_moves_the_call),
		T(an_unanswered_transfer_comes_back),
		T(consultation_then_connect),
		T(consultation_then_back),
		T(a_queue_is_asked_through_its_next_free_operator),
		T(transfer_to_oneself_and_to_nobody_is_refused),
		T(k_5_1_8_11_no_call_goes_from_one_insurer_to_another),
		T(transfer_to_the_queue_frees_the_operator),
		T(emergency_joins_three),
		T(help_is_shown_the_number_the_citizen_called),
		T(emergency_that_does_not_answer_leaves_the_talk),
		T(without_a_recording_no_message_is_taken),
		T(at_the_maximum_wait_a_prompt_is_played),
		T(the_position_is_told_and_only_improves),
		T(without_a_port_the_call_is_refused),
		T(work_cannot_end_in_a_talk),
		T(a_second_page_asks_before_it_takes_over),
		T(a_service_that_cannot_be_dialled_is_said_and_stored),
		T(emergency_takes_a_blind_transfer_back_first),
		T(after_a_handover_it_is_known_from_whom),
		T(a_card_of_somebody_else_ends_nobodys_work),
		T(a_closed_queue_takes_no_transfer),
		T(logging_out_elsewhere_leaves_the_telephone),
		T(who_was_turned_away_stands_in_the_journal),
		T(who_loses_the_role_loses_the_telephone),
		T(what_sip_refused_is_told_with_the_status),
		T(colleagues_are_told_within_the_tenth_of_a_second),
		T(a_shift_of_twelve_hours_goes_by),
	};

	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
