/* Calls of ours, with a fake world and a simulated clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/call.h"
#include "janus-plugin/request.h"
#include "janus-plugin/sip.h"
#include "janus-plugin/util.h"
#include "tests/plugin/fake_world.h"

#define NUMBER "89624401122"

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	world_open(w);
	world_directory(w, 3);
	w->keep_rows = true;
	*state = w;
	return 0;
}

static const char *dial(struct world *w, uint64_t session, const char *number)
{
	char json[120];

	snprintf(json, sizeof(json), "{\"request\":\"dial\",\"number\":\"%s\"}",
		 number);
	return world_ask(w, session, json);
}

/* The last row of a call that says this. */
static const char *last(struct world *w, const char *table, const char *key)
{
	const char *found = "";
	json_t *r, *v;
	size_t i;

	json_array_foreach(w->rows, i, r) {
		v = json_object_get(r, key);
		if (!strcmp(json_string_value(json_object_get(r, "t")),
			    table) &&
		    v)
			found = json_string_value(v);
	}
	return found;
}

static const char *row(struct world *w, const char *key)
{
	return last(w, "call", key);
}

static const char *recording(struct world *w, const char *key)
{
	return last(w, "recording", key);
}

static void ringing(struct world *w)
{
	world_sign_in(w, 1);
	assert_null(dial(w, 1, NUMBER));
	world_is(w, 1, "TALKING", "DIAL");
	world_status(w, CC_SIP_PROGRESS, w->invited, 180, false);
}

/* A call of user 1 that was answered. @return its dialog */
static uint64_t talk(struct world *w)
{
	ringing(w);
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_is(w, 1, "TALKING", "TALK");
	return w->invited;
}

static void a_number_is_called_through_the_trunk(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	assert_null(dial(w, 1, "8 (962) 440-11-22"));
	world_is(w, 1, "TALKING", "DIAL");
	assert_string_equal(w->dialled, "+79624401122");
	assert_string_equal(w->presented, "");
	assert_string_equal(row(w, "direction"), "OUT");
	assert_string_equal(row(w, "caller"), "1001");
	assert_string_equal(row(w, "called"), "+79624401122");
	world_status(w, CC_SIP_PROGRESS, w->invited, 180, false);
	assert_int_equal(w->hear[1].then, CC_PROMPT_RINGBACK);
	assert_int_equal(w->recorded, 0);
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_is(w, 1, "TALKING", "TALK");
	assert_int_equal(w->recorded, 1);
	assert_int_equal(w->hear[1].from[0], 2);
	assert_int_equal(w->hear[1].then, CC_PROMPT_NONE);
	assert_int_equal(w->hear[2].from[0], 1);
	world_bye(w, w->invited);
	world_is(w, 1, "WRAPUP", "ENDED");
	assert_string_equal(row(w, "end_reason"), "COMPLETECALLER");
}

/* B3-36 */
static void early_media_is_heard_and_recorded(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	assert_null(dial(w, 1, NUMBER));
	world_status(w, CC_SIP_PROGRESS, w->invited, 183, true);
	assert_int_equal(w->hear[1].from[0], 2);
	assert_int_equal(w->hear[2].from[0], 0); /* nobody before the answer */
	assert_int_equal(w->recorded, 1);
	/* a late 180 does not cover it with our own tone */
	world_status(w, CC_SIP_PROGRESS, w->invited, 180, false);
	assert_int_equal(w->hear[1].from[0], 2);
	assert_int_equal(w->hear[1].then, CC_PROMPT_NONE);
	/* another early dialog */
	world_status(w, CC_SIP_PROGRESS, w->invited, 183, true);
	assert_int_equal(w->recorded, 1);
	/* the answer need not say it again (RFC 3261 13.2.1) */
	world_status(w, CC_SIP_ANSWERED, w->invited, 200, false);
	world_is(w, 1, "TALKING", "TALK");
	assert_int_equal(w->recorded, 1);
	assert_int_equal(w->hear[2].from[0], 1);
}

static void an_answer_without_media_is_no_answer(void **state)
{
	struct world *w = *state;

	ringing(w);
	world_status(w, CC_SIP_ANSWERED, w->invited, 200, false);
	world_is(w, 1, "FREE", "");
	assert_string_equal(world_said(w, 1), "UNREACHABLE");
	assert_int_equal(w->ended_count, 1);
}

static void refusals_are_told_in_words(void **state)
{
	static const struct {
		int status;
		const char *code, *text, *reason;
	} rows[] = {
		{ 486, "BUSY_NUMBER", "Номер занят", "BUSY" },
		{ 480, "NO_ANSWER", "Не отвечает", "NOANSWER" },
		{ 603, "REJECTED", "Вызов отклонён", "REJECTED" },
		{ 404, "UNKNOWN_NUMBER", "Номер не существует", "UNKNOWN" },
		{ 503, "UNREACHABLE", "Номер недоступен", "UNAVAILABLE" },
	};
	struct world *w = *state;

	world_sign_in(w, 1);
	for (size_t i = 0; i < CC_LEN(rows); i++) {
		assert_null(dial(w, 1, NUMBER));
		world_status(w, CC_SIP_PROGRESS, w->invited, 180, false);
		world_status(w, CC_SIP_ENDED, w->invited, rows[i].status,
			     false);
		world_is(w, 1, "FREE", "");
		assert_string_equal(world_said(w, 1), rows[i].code);
		assert_string_equal(cc_request_text(rows[i].code),
				    rows[i].text);
		assert_string_equal(row(w, "end_reason"), rows[i].reason);
	}
	assert_int_equal(w->ended_count, 0); /* nothing to hang up */
}

static void nobody_answers_for_a_minute(void **state)
{
	struct world *w = *state;

	ringing(w);
	world_awake(w, 59000);
	world_is(w, 1, "TALKING", "DIAL");
	world_awake(w, 1500);
	world_is(w, 1, "FREE", "");
	assert_string_equal(world_said(w, 1), "NO_ANSWER");
	assert_int_equal(w->ended[0], w->invited); /* CANCEL */
}

/* B3-35 */
static void hanging_up_while_it_rings_cancels(void **state)
{
	struct world *w = *state;

	ringing(w);
	assert_null(world_button(w, 1, "hangup", ""));
	world_is(w, 1, "FREE", "");
	assert_int_equal(w->ended_count, 1);
	assert_int_equal(w->ended[0], w->invited);
	assert_string_equal(row(w, "end_reason"), "COMPLETEAGENT");
	/* the 200 that crossed it finds nobody */
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_is(w, 1, "FREE", "");
}

static void what_the_plan_forbids_is_refused_and_logged(void **state)
{
	static const char *const bad[] = { "0900", "88091234567",
					   "+77011234567", "8104930123456" };
	struct world *w = *state;

	world_sign_in(w, 1);
	for (size_t i = 0; i < CC_LEN(bad); i++) {
		assert_string_equal(dial(w, 1, bad[i]), CC_DIAL_FORBIDDEN);
		assert_string_equal(row(w, "end_reason"), "FORBIDDEN");
		world_is(w, 1, "FREE", "");
	}
	assert_string_equal(row(w, "called"), "+4930123456");
	assert_string_equal(last(w, "shift_alert", "kind"), "FRAUD");
	assert_int_equal(w->invited, 0);
	assert_string_equal(dial(w, 1, "---"), CC_UNKNOWN_NUMBER);
}

/* Rows of calls that ended for a reason, and of how many calls they tell. */
static unsigned unmade(struct world *w, const char *reason, unsigned *calls)
{
	unsigned n = 0;
	json_t *r, *data;
	size_t i;

	*calls = 0;
	json_array_foreach(w->rows, i, r) {
		data = json_object_get(r, "data");
		if (!strcmp(json_string_value(json_object_get(r, "t")),
			    "call") &&
		    json_object_get(r, "end_reason") &&
		    !strcmp(json_string_value(json_object_get(r, "end_reason")),
			    reason))
			n++;
		if (data && json_object_get(data, "why") &&
		    !strcmp(json_string_value(json_object_get(data, "why")),
			    reason))
			*calls += 1 + (unsigned)json_integer_value(
					  json_object_get(data, "more"));
	}
	return n;
}

static void a_thousand_calls_in_an_hour_are_not_made(void **state)
{
	struct world *w = *state;
	unsigned made = 0, calls;

	world_sign_in(w, 1);
	for (int i = 0; i < 1000; i++) {
		uint64_t before = w->invited;

		dial(w, 1, NUMBER);
		if (w->invited == before)
			continue;
		made++;
		world_status(w, CC_SIP_ENDED, w->invited, 486, false);
	}
	assert_int_equal(made, 60);
	assert_string_equal(row(w, "end_reason"), "LIMIT");
	assert_int_equal(unmade(w, "LIMIT", &calls), 940); /* a row each */
	assert_string_equal(last(w, "shift_alert", "kind"), "FRAUD");
	assert_string_equal(last(w, "shift_alert", "text"),
			    "Превышен предел исходящих вызовов");
	assert_string_equal(dial(w, 1, NUMBER), CC_DIAL_LIMIT);
	assert_null(dial(w, 1, "112")); /* help is never limited */
	assert_null(world_button(w, 1, "hangup", ""));
	world_awake(w, 3600000);
	assert_null(dial(w, 1, NUMBER));
}

/* Toll fraud: who audits an hour finds each number that was tried, and when. */
static void a_thousand_forbidden_numbers_can_all_be_listed(void **state)
{
	static const char *const kinds[] = { "+4420794%05d", "8809%07d",
					     "8102%08d", "09%03d" };
	struct world *w = *state;
	json_t *numbers = json_object(), *r, *called;
	char number[24];
	size_t i;

	world_sign_in(w, 1);
	for (int n = 0; n < 1000; n++) {
		snprintf(number, sizeof(number), kinds[n % 4], n);
		assert_string_equal(dial(w, 1, number), CC_DIAL_FORBIDDEN);
		world_awake(w, 3500);
	}
	json_array_foreach(w->rows, i, r) {
		called = json_object_get(r, "called");
		if (called && json_object_get(r, "started_at"))
			json_object_set(numbers, json_string_value(called), r);
	}
	assert_int_equal(json_object_size(numbers), 1000);
	assert_int_equal(w->invited, 0);
	json_decref(numbers);
}

/* A page gone mad fills no journal; not one of its attempts is forgotten. */
static void refused_dials_are_counted_not_written_without_end(void **state)
{
	struct world *w = *state;
	unsigned rows, calls, alarms = 0;
	json_t *r;
	size_t i;

	world_sign_in(w, 1);
	for (int n = 0; n < 600; n++) { /* ten minutes */
		for (int k = 0; k < 10; k++)
			assert_string_equal(dial(w, 1, "0900"),
					    CC_DIAL_FORBIDDEN);
		world_awake(w, 1000);
	}
	rows = unmade(w, "FORBIDDEN", &calls);
	assert_in_range(rows, 2000, 2010);
	assert_in_range(calls, 5400, 6000); /* at most a minute is to come */
	world_awake(w, 60000);
	unmade(w, "FORBIDDEN", &calls);
	assert_int_equal(calls, 6000);
	assert_string_equal(row(w, "called"), "0900");
	json_array_foreach(w->rows, i, r)
		alarms += !strcmp(json_string_value(json_object_get(r, "t")),
				  "shift_alert");
	assert_int_equal(alarms, 1);
	/* another reason has its own rows; an hour later each has again */
	assert_string_equal(dial(w, 1, "1002"), CC_BUSY);
	assert_int_equal(unmade(w, "BUSY", &calls), 1);
	world_awake(w, 3600000);
	rows = unmade(w, "FORBIDDEN", &calls);
	assert_string_equal(dial(w, 1, "0900"), CC_DIAL_FORBIDDEN);
	assert_int_equal(unmade(w, "FORBIDDEN", &calls), rows + 1);
}

static void what_was_counted_is_written_before_the_end(void **state)
{
	struct world *w = *state;
	unsigned calls;

	world_sign_in(w, 1);
	for (int n = 0; n < 2030; n++)
		dial(w, 1, "0900");
	assert_int_equal(unmade(w, "FORBIDDEN", &calls), 2000);
	assert_int_equal(calls, 2000);
	cc_engine_free(&w->engine);
	assert_int_equal(unmade(w, "FORBIDDEN", &calls), 2001);
	assert_int_equal(calls, 2030);
}

static void an_emergency_number_goes_to_its_setting(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	assert_null(dial(w, 1, "103"));
	assert_string_equal(w->dialled, "103");
	assert_string_equal(w->presented, "");
}

static void he_cannot_dial_with_a_call_or_without_a_telephone(void **state)
{
	struct world *w = *state;

	talk(w);
	assert_string_equal(dial(w, 1, NUMBER), CC_STATE);
	world_bye(w, w->invited);
	world_is(w, 1, "WRAPUP", "ENDED");
	assert_null(dial(w, 1, NUMBER)); /* the after-call work can wait */
	assert_null(world_button(w, 1, "hangup", ""));
	world_is(w, 1, "FREE", "");
	cc_engine_leg_down(w->engine, 1);
	assert_string_equal(dial(w, 1, NUMBER), CC_STATE);
	w->no_ports = true;
	cc_engine_session_gone(w->engine, 1);
	world_sign_in(w, 1);
	assert_string_equal(dial(w, 1, NUMBER), CC_NO_MEDIA);
	assert_string_equal(row(w, "end_reason"), "UNAVAILABLE");
	world_is(w, 1, "FREE", "");
}

static void hold_mute_dtmf_and_transfer_work_as_inbound(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 2);
	talk(w);
	assert_null(world_button(w, 1, "hold", ""));
	assert_int_equal(w->hear[3].then, CC_PROMPT_MUSIC);
	assert_null(world_button(w, 1, "unhold", ""));
	assert_null(world_ask(w, 1, "{\"request\":\"mute\"}"));
	assert_int_equal(w->hear[3].from[0], 0);
	assert_null(world_ask(w, 1, "{\"request\":\"unmute\"}"));
	assert_null(world_ask(w, 1, "{\"request\":\"dtmf\",\"digits\":\"5\"}"));
	assert_null(world_button(w, 1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"blind\""));
	assert_null(world_button(w, 2, "answer", ""));
	world_is(w, 2, "TALKING", "TALK");
	world_is(w, 1, "WRAPUP", "ENDED");
}

/* B3-32: what a session timer finds after minutes, silence tells sooner. */
static void a_line_that_falls_silent_ends_the_call(void **state)
{
	struct world *w = *state;

	talk(w);
	assert_int_equal(w->watch[2], 60000);
	assert_null(world_button(w, 1, "hold", ""));
	assert_int_equal(w->watch[2], 1800000); /* he has nothing to say */
	assert_null(world_button(w, 1, "unhold", ""));
	assert_int_equal(w->watch[2], 60000);
	world_media(w, CC_MEDIA_RX_LOST, 2, 0);
	world_is(w, 1, "WRAPUP", "ENDED");
	assert_string_equal(row(w, "end_reason"), "RTPTIMEOUT");
	assert_int_equal(w->ended_count, 1);
}

/* B3-32: the last resort. */
static void no_call_lasts_over_ten_hours(void **state)
{
	struct world *w = *state;

	talk(w);
	world_awake(w, 36000000 - 60000);
	world_is(w, 1, "TALKING", "TALK");
	world_awake(w, 120000);
	assert_string_equal(row(w, "end_reason"), "LIMIT");
	assert_int_equal(w->ended_count, 1);
}

/* B3-42: a policy or a card number stands in no row, typed or sent. */
static void digits_are_counted_and_never_stored(void **state)
{
	struct world *w = *state;
	char *text;

	talk(w);
	assert_null(world_ask(
	    w, 1, "{\"request\":\"dtmf\",\"digits\":\"4815162342\"}"));
	for (const char *c = "753"; *c; c++)
		world_digit(w, 2, *c);
	text = json_dumps(w->rows, JSON_COMPACT);
	assert_non_null(strstr(text, "\"SENTDTMF\""));
	assert_non_null(strstr(text, "{\"count\":10}"));
	assert_non_null(strstr(text, "\"DTMF\""));
	assert_null(strstr(text, "4815162342"));
	assert_null(strstr(text, "\"7\""));
	assert_null(strstr(text, "\"digit"));
	free(text);
}

/* B3-42: nobody is told that digits went out which did not. */
static void digits_that_cannot_be_sent_are_refused(void **state)
{
	struct world *w = *state;
	char *text;

	w->no_digits = true;
	talk(w);
	assert_string_equal(
	    world_ask(w, 1, "{\"request\":\"dtmf\",\"digits\":\"42\"}"),
	    "NO_DIGITS");
	text = json_dumps(w->rows, JSON_COMPACT);
	assert_null(strstr(text, "\"SENTDTMF\""));
	free(text);
}

static void help_is_called_into_a_call_of_ours(void **state)
{
	struct world *w = *state;

	talk(w);
	assert_null(world_button(w, 1, "emergency", ",\"service\":\"112\""));
	assert_string_equal(w->dialled, "112");
	assert_string_equal(w->presented, "");
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_is(w, 1, "TALKING", "CONFERENCE");
}

static void a_page_that_reloads_has_its_call_again(void **state)
{
	struct world *w = *state;

	talk(w);
	cc_engine_leg_down(w->engine, 1);
	world_tick(w, 100);
	world_is(w, 1, "RECONNECTING", "TALK");
	assert_null(world_ask(w, 1, "{\"request\":\"start\"}"));
	cc_engine_leg_up(w->engine, 1);
	world_tick(w, 1);
	world_is(w, 1, "TALKING", "TALK");
}

static void who_does_not_come_back_leaves_the_citizen_to_his_queue(void **state)
{
	struct world *w = *state;

	talk(w);
	world_sign_in(w, 2);
	cc_engine_leg_down(w->engine, 1);
	world_awake(w, 10000);
	world_is(w, 2, "RINGING", "RING");
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(w->state[2], "call"), "number")),
	    "+79624401122");
}

/* The call is his no more, and counts for nothing of his. */
static void who_lost_a_call_of_ours_has_it_no_more(void **state)
{
	struct world *w = *state;
	uint64_t lost[3];

	world_queue(w, 1, "{\"members\": [2, 3]}");
	for (int i = 0; i < 3; i++) { /* as many as one may have */
		world_sign_in(w, 1);
		assert_null(dial(w, 1, NUMBER));
		lost[i] = w->invited;
		world_sip(w, CC_SIP_ANSWERED, lost[i]);
		cc_engine_session_gone(w->engine, 1);
		world_awake(w, 10500);
	}
	/* it is the queue's: in the journal, and by its event */
	assert_string_equal(row(w, "queue_name"), "hot");
	assert_null(cc_engine_check(w->engine));
	world_sign_in(w, 2);
	world_is(w, 2, "RINGING", "RING");
	world_sign_in(w, 1);
	assert_null(dial(w, 1, NUMBER)); /* all three are others' */
	assert_null(world_button(w, 1, "hangup", ""));
	for (int i = 0; i < 3; i++)
		world_bye(w, lost[i]);
}

static void who_sent_a_call_of_ours_to_a_queue_has_it_no_more(void **state)
{
	struct world *w = *state;
	uint64_t sent[3];

	world_queue(w, 1, "{\"members\": [2, 3]}");
	world_sign_in(w, 1);
	for (int i = 0; i < 3; i++) { /* as many as one may have */
		assert_null(dial(w, 1, NUMBER));
		sent[i] = w->invited;
		world_sip(w, CC_SIP_ANSWERED, sent[i]);
		assert_null(world_button(w, 1, "transfer",
					 ",\"to\":\"queue:1\","
					 "\"mode\":\"blind\""));
		assert_null(world_ask(w, 1, "{\"request\":\"ready\"}"));
	}
	assert_null(cc_engine_check(w->engine));
	assert_null(dial(w, 1, NUMBER));
	assert_null(world_button(w, 1, "hangup", ""));
	for (int i = 0; i < 3; i++)
		world_bye(w, sent[i]);
}

static void a_reload_while_it_rings_keeps_it_ringing(void **state)
{
	struct world *w = *state;

	ringing(w);
	cc_engine_leg_down(w->engine, 1);
	world_tick(w, 1000);
	assert_null(cc_engine_check(w->engine));
	/* answered before he is back: music, then his voice */
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	assert_null(cc_engine_check(w->engine));
	assert_int_equal(w->hear[2].then, CC_PROMPT_MUSIC);
	assert_null(world_ask(w, 1, "{\"request\":\"start\"}"));
	cc_engine_leg_up(w->engine, 1);
	world_tick(w, 1);
	world_is(w, 1, "TALKING", "TALK");
}

static void a_ring_without_its_operator_ends(void **state)
{
	struct world *w = *state;

	ringing(w);
	cc_engine_leg_down(w->engine, 1);
	world_awake(w, 10500);
	assert_int_equal(w->ended[0], w->invited);
	assert_string_equal(row(w, "end_reason"), "OPERATORLOST");
}

static void a_colleague_is_called_by_extension(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	world_sign_in(w, 2);
	assert_null(dial(w, 1, "10 02")); /* as it was copied */
	world_is(w, 1, "TALKING", "DIAL");
	world_is(w, 2, "RINGING", "RING");
	assert_int_equal(w->hear[1].then, CC_PROMPT_RINGBACK);
	assert_int_equal(w->hear[2].then, CC_PROMPT_RING);
	assert_null(world_button(w, 2, "answer", ""));
	world_is(w, 1, "TALKING", "TALK");
	world_is(w, 2, "TALKING", "TALK");
	assert_int_equal(w->hear[1].from[0], 2);
	assert_int_equal(w->hear[2].from[0], 1);
	assert_int_equal(w->invited, 0); /* no trunk in it */
	assert_int_equal(w->recorded, 1);
	assert_string_equal(recording(w, "kind"), "INTERNAL");
	assert_string_equal(row(w, "direction"), "INT");
	assert_null(world_button(w, 2, "hangup", ""));
	world_is(w, 1, "FREE", ""); /* nothing to be done after it */
	world_is(w, 2, "FREE", "");
	assert_string_equal(row(w, "end_reason"), "COMPLETEPEER");
}

static void a_colleague_can_be_held_and_muted_but_not_transferred(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	world_sign_in(w, 2);
	world_sign_in(w, 3);
	assert_null(dial(w, 1, "1002"));
	assert_null(world_button(w, 2, "answer", ""));
	assert_null(world_button(w, 1, "hold", ""));
	assert_int_equal(w->hear[2].then, CC_PROMPT_MUSIC);
	assert_int_equal(w->hear[1].from[0], 0);
	assert_null(world_button(w, 1, "unhold", ""));
	assert_null(world_ask(w, 2, "{\"request\":\"mute\"}"));
	assert_int_equal(w->hear[1].from[0], 0);
	assert_string_equal(world_button(w, 1, "transfer",
					 ",\"to\":\"1003\",\"mode\":\"blind\""),
			    CC_STATE);
	assert_string_equal(
	    world_button(w, 1, "emergency", ",\"service\":\"112\""), CC_STATE);
	assert_string_equal(
	    world_ask(w, 1, "{\"request\":\"dtmf\",\"digits\":\"1\"}"),
	    CC_STATE);
	assert_string_equal(world_button(w, 2, "hold", ""), CC_STATE);
}

static void a_colleague_does_not_answer_refuses_or_is_busy(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	assert_string_equal(dial(w, 1, "1002"), CC_BUSY); /* not at work */
	assert_string_equal(row(w, "end_reason"), "BUSY");
	assert_string_equal(dial(w, 1, "1001"), CC_BUSY); /* himself */
	world_sign_in(w, 2);
	assert_null(dial(w, 1, "1002"));
	world_awake(w, 20500);
	world_is(w, 1, "FREE", "");
	world_is(w, 2, "FREE", "");
	assert_string_equal(world_said(w, 1), "NO_ANSWER");
	assert_null(dial(w, 1, "1002"));
	assert_null(world_button(w, 2, "reject", ""));
	assert_string_equal(world_said(w, 1), "REJECTED");
	world_is(w, 2, "FREE", ""); /* twice is no break: no citizen waited */
	assert_null(dial(w, 1, "1002"));
	assert_null(world_button(w, 1, "hangup", ""));
	world_is(w, 1, "FREE", "");
	world_is(w, 2, "FREE", "");
	assert_null(dial(w, 1, "1002"));
	cc_engine_leg_down(w->engine, 2);
	world_tick(w, 1);
	world_is(w, 1, "FREE", "");
	assert_string_equal(world_said(w, 1), "UNREACHABLE");
}

static void either_page_may_reload_in_a_call_between_them(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	world_sign_in(w, 2);
	assert_null(dial(w, 1, "1002"));
	assert_null(world_button(w, 2, "answer", ""));
	for (uint64_t s = 1; s <= 2; s++) {
		cc_engine_leg_down(w->engine, s);
		world_tick(w, 500);
		assert_null(cc_engine_check(w->engine));
		assert_null(world_ask(w, s, "{\"request\":\"start\"}"));
		cc_engine_leg_up(w->engine, s);
		world_tick(w, 1);
		world_is(w, 1, "TALKING", "TALK");
		world_is(w, 2, "TALKING", "TALK");
	}
	assert_int_equal(w->recorded, 2); /* the caller's new leg, anew */
	cc_engine_leg_down(w->engine, 2);
	world_awake(w, 10500);
	world_is(w, 1, "FREE", "");
	assert_string_equal(row(w, "end_reason"), "OPERATORLOST");
}

static void a_blocked_colleague_ends_the_call(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	world_sign_in(w, 2);
	assert_null(dial(w, 1, "1002"));
	assert_null(world_button(w, 2, "answer", ""));
	world_directory(w, 1);
	world_is(w, 1, "FREE", "");
}

#define OUTSIDE ",\"to\":\"88652112233\",\"mode\":\"blind\""
#define ADVICE  ",\"to\":\"88652112233\",\"mode\":\"consult\""

/* A citizen (port 2) in a talk with user 1. @return his dialog */
static uint64_t inbound(struct world *w)
{
	uint64_t dialog;

	world_sign_in(w, 1);
	dialog = world_call(w, "+78652000000");
	world_play_out(w);
	assert_null(world_button(w, 1, "answer", ""));
	world_is(w, 1, "TALKING", "TALK");
	return dialog;
}

static void a_call_is_handed_to_a_number_outside(void **state)
{
	struct world *w = *state;
	uint64_t citizen = inbound(w);

	assert_null(world_button(w, 1, "transfer", OUTSIDE));
	world_is(w, 1, "TALKING", "TRANSFER");
	assert_string_equal(w->dialled, "+78652112233");
	assert_int_equal(w->hear[2].then, CC_PROMPT_MUSIC);
	assert_int_equal(w->hear[1].then, CC_PROMPT_RINGBACK);
	world_status(w, CC_SIP_PROGRESS, w->invited, 183, true);
	assert_int_equal(w->hear[1].from[0], 3); /* the network's own words */
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_is(w, 1, "WRAPUP", "ENDED");
	assert_int_equal(w->hear[2].from[0], 3);
	assert_int_equal(w->hear[3].from[0], 2);
	assert_string_equal(row(w, "state"), "talk");
	world_awake(w, 100000);
	assert_null(cc_engine_check(w->engine));
	world_bye(w, w->invited);
	assert_string_equal(row(w, "end_reason"), "COMPLETEOUTSIDE");
	assert_int_equal(w->ended[0], citizen);
}

static void an_outside_specialist_is_asked_first(void **state)
{
	struct world *w = *state;
	uint64_t citizen = inbound(w);

	assert_null(world_button(w, 1, "transfer", ADVICE));
	world_is(w, 1, "TALKING", "CONSULT");
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	assert_int_equal(w->hear[1].from[0], 3);
	assert_int_equal(w->hear[3].from[0], 1);
	assert_int_equal(w->hear[2].then, CC_PROMPT_MUSIC);
	assert_string_equal(recording(w, "kind"), "CONSULT");
	assert_null(world_button(w, 1, "back", ""));
	world_is(w, 1, "TALKING", "TALK");
	assert_int_equal(w->ended[0], w->invited);
	assert_int_equal(w->hear[2].from[0], 1);

	assert_null(world_button(w, 1, "transfer", ADVICE));
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	assert_null(world_button(w, 1, "complete", ""));
	world_is(w, 1, "WRAPUP", "ENDED");
	assert_int_equal(w->hear[2].from[0], 4);
	assert_int_equal(w->hear[4].from[0], 2);
	world_bye(w, citizen); /* he hangs up: both lines are free */
	assert_string_equal(row(w, "end_reason"), "COMPLETECALLER");
	assert_int_equal(w->ended[w->ended_count - 1], w->invited);
}

static void an_outside_number_that_fails_brings_the_call_back(void **state)
{
	static const struct {
		int status;
		const char *code;
	} rows[] = { { 486, "BUSY_NUMBER" },
		     { 404, "UNKNOWN_NUMBER" },
		     { 603, "REJECTED" },
		     { 503, "UNREACHABLE" } };
	struct world *w = *state;

	inbound(w);
	for (size_t i = 0; i < CC_LEN(rows); i++) {
		assert_null(
		    world_button(w, 1, "transfer", i & 1 ? OUTSIDE : ADVICE));
		world_status(w, CC_SIP_ENDED, w->invited, rows[i].status,
			     false);
		world_is(w, 1, "TALKING", "TALK");
		assert_string_equal(world_said(w, 1), rows[i].code);
	}
	assert_null(world_button(w, 1, "transfer", OUTSIDE));
	world_awake(w, 60500);
	world_is(w, 1, "TALKING", "TALK");
	assert_string_equal(world_said(w, 1), "NO_ANSWER");
	assert_int_equal(w->ended[w->ended_count - 1], w->invited);
}

static void an_outside_transfer_alone_falls_back_to_the_queue(void **state)
{
	struct world *w = *state;

	inbound(w);
	assert_null(world_button(w, 1, "transfer", OUTSIDE));
	assert_null(world_button(w, 1, "hangup", ""));
	world_is(w, 1, "WRAPUP", "ENDED");
	world_status(w, CC_SIP_ENDED, w->invited, 486, false);
	assert_null(world_ask(w, 1, "{\"request\":\"ready\"}"));
	world_is(w, 1, "RINGING", "RING");
}

static void a_specialist_whose_line_falls_gives_the_citizen_back(void **state)
{
	struct world *w = *state;

	inbound(w);
	assert_null(world_button(w, 1, "transfer", OUTSIDE));
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	assert_null(world_ask(w, 1, "{\"request\":\"ready\"}"));
	world_is(w, 1, "FREE", "");
	world_media(w, CC_MEDIA_RX_LOST, 3, 0);
	world_is(w, 1, "RINGING", "RING");
	assert_int_equal(w->ended[0], w->invited);
}

/* Neither his operator nor a line of ours is left for whom we called. */
static void a_transfer_alone_without_a_queue_ends(void **state)
{
	struct world *w = *state;

	json_object_set_new(w->dir, "routes", json_array());
	world_changed(w);
	world_sign_in(w, 2);
	talk(w);
	assert_null(world_button(w, 1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"blind\""));
	assert_null(world_button(w, 1, "hangup", ""));
	world_is(w, 2, "RINGING", "RING");
	assert_null(world_button(w, 2, "reject", ""));
	world_is(w, 2, "FREE", "");
	assert_string_equal(row(w, "end_reason"), "REJECT");
	assert_int_equal(w->ended[0], w->invited);
}

/* While the service is called, its caller does not go. */
static void no_specialist_takes_a_call_for_help(void **state)
{
	struct world *w = *state;
	uint64_t specialist;

	inbound(w);
	assert_null(world_button(w, 1, "transfer", ADVICE));
	specialist = w->invited;
	world_sip(w, CC_SIP_ANSWERED, specialist);
	assert_null(world_button(w, 1, "emergency", ",\"service\":\"112\""));
	assert_string_equal(world_button(w, 1, "complete", ""), CC_STATE);
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_is(w, 1, "TALKING", "CONFERENCE");
	assert_int_equal(w->ended[0], specialist);
}

static void a_forbidden_number_takes_no_transfer(void **state)
{
	static const char *const bad[] = {
		",\"to\":\"88091234567\",\"mode\":\"blind\"",
		",\"to\":\"+4930123456\",\"mode\":\"consult\"",
		",\"to\":\"8104930123456\",\"mode\":\"blind\""
	};
	struct world *w = *state;

	inbound(w);
	for (size_t i = 0; i < CC_LEN(bad); i++) {
		assert_string_equal(world_button(w, 1, "transfer", bad[i]),
				    CC_DIAL_FORBIDDEN);
		assert_string_equal(row(w, "end_reason"), "FORBIDDEN");
		world_is(w, 1, "TALKING", "TALK");
	}
	assert_string_equal(world_button(w, 1, "transfer",
					 ",\"to\":\"0900\",\"mode\":\"blind\""),
			    CC_NO_EXTENSION);
	assert_int_equal(w->invited, 0);
}

static void bridged_lines_count_for_who_bridged_them(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	for (int i = 0; i < 3; i++) {
		world_call(w, "+78652000000");
		world_play_out(w);
		assert_null(world_button(w, 1, "answer", ""));
		assert_null(world_button(w, 1, "transfer", OUTSIDE));
		world_sip(w, CC_SIP_ANSWERED, w->invited);
		assert_null(world_ask(w, 1, "{\"request\":\"ready\"}"));
	}
	assert_string_equal(dial(w, 1, NUMBER), CC_DIAL_LIMIT);
	world_bye(w, w->invited);
	assert_null(dial(w, 1, NUMBER));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_number_is_called_through_the_trunk),
		CASE(early_media_is_heard_and_recorded),
		CASE(an_answer_without_media_is_no_answer),
		CASE(refusals_are_told_in_words),
		CASE(nobody_answers_for_a_minute),
		CASE(hanging_up_while_it_rings_cancels),
		CASE(what_the_plan_forbids_is_refused_and_logged),
		CASE(a_thousand_calls_in_an_hour_are_not_made),
		CASE(a_thousand_forbidden_numbers_can_all_be_listed),
		CASE(who_sent_a_call_of_ours_to_a_queue_has_it_no_more),
		CASE(refused_dials_are_counted_not_written_without_end),
		CASE(what_was_counted_is_written_before_the_end),
		CASE(an_emergency_number_goes_to_its_setting),
		CASE(he_cannot_dial_with_a_call_or_without_a_telephone),
		CASE(hold_mute_dtmf_and_transfer_work_as_inbound),
		CASE(a_line_that_falls_silent_ends_the_call),
		CASE(no_call_lasts_over_ten_hours),
		CASE(digits_are_counted_and_never_stored),
		CASE(digits_that_cannot_be_sent_are_refused),
		CASE(help_is_called_into_a_call_of_ours),
		CASE(a_page_that_reloads_has_its_call_again),
		CASE(who_does_not_come_back_leaves_the_citizen_to_his_queue),
		CASE(who_lost_a_call_of_ours_has_it_no_more),
		CASE(a_reload_while_it_rings_keeps_it_ringing),
		CASE(a_ring_without_its_operator_ends),
		CASE(a_colleague_is_called_by_extension),
		CASE(a_colleague_can_be_held_and_muted_but_not_transferred),
		CASE(a_colleague_does_not_answer_refuses_or_is_busy),
		CASE(either_page_may_reload_in_a_call_between_them),
		CASE(a_blocked_colleague_ends_the_call),
		CASE(a_call_is_handed_to_a_number_outside),
		CASE(an_outside_specialist_is_asked_first),
		CASE(an_outside_number_that_fails_brings_the_call_back),
		CASE(an_outside_transfer_alone_falls_back_to_the_queue),
		CASE(a_transfer_alone_without_a_queue_ends),
		CASE(no_specialist_takes_a_call_for_help),
		CASE(a_specialist_whose_line_falls_gives_the_citizen_back),
		CASE(a_forbidden_number_takes_no_transfer),
		CASE(bridged_lines_count_for_who_bridged_them),
	};

	return cmocka_run_group_tests_name("outbound", tests, NULL, NULL);
}
