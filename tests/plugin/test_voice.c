/* The secretary and call-backs, with a fake world and a simulated clock. */
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
#include "tests/plugin/fake_world.h"

#define HOTLINE "+78652000000"
#define CLOSED  "+78652000001" /* world_directory: never open */

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	world_open(w);
	w->keep_rows = true;
	world_directory(w, 3);
	*state = w;
	return 0;
}

/* The only port that hears this prompt first; 0 = nobody. */
static uint64_t hearing(const struct world *w, enum cc_prompt p)
{
	uint64_t port = 0;

	for (int i = 0; i < WORLD_PORTS; i++)
		if (w->port[i] && w->hear[i].play[0] == p)
			port = w->port[i];
	return port;
}

/* The last value of a column in the rows of a kind. */
static const char *last(const struct world *w, const char *t, const char *col)
{
	const char *found = "";
	json_t *row, *v;
	size_t i;

	json_array_foreach(w->rows, i, row) {
		v = json_object_get(row, col);
		if (json_is_string(v) &&
		    !strcmp(json_string_value(json_object_get(row, "t")), t))
			found = json_string_value(v);
	}
	return found;
}

static int happened(const struct world *w, const char *kind)
{
	return (int)json_integer_value(json_object_get(w->kinds, kind));
}

/* A caller of the closed line who has heard the tone. @return his port */
static uint64_t speaking(struct world *w, uint64_t *dialog)
{
	uint64_t port;

	*dialog = world_call(w, CLOSED);
	port = hearing(w, CC_PROMPT_MESSAGE);
	assert_int_not_equal(port, 0);
	assert_int_equal(w->hear[port].play[1], CC_PROMPT_BEEP);
	assert_int_equal(w->listen[port], 0);
	world_play_out(w);
	assert_int_equal(w->hear[port].play[0], CC_PROMPT_NONE);
	assert_int_equal(w->listen[port], 6000);
	return port;
}

static void a_closed_line_takes_a_message(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = speaking(w, &dialog);

	assert_string_equal(last(w, "recording", "kind"), "VOICEMAIL");
	assert_int_equal(w->answered, dialog); /* answered before the words */
	w->voice_ms = 4000;
	world_tick(w, 9000);
	world_digit(w, port, '#');
	assert_int_equal(hearing(w, CC_PROMPT_MESSAGE_TAKEN), port);
	assert_int_equal(w->listen[port], 0);
	world_play_out(w);
	assert_string_equal(last(w, "call", "end_reason"), "VOICEMAIL");
	assert_int_equal(w->ended[0], dialog);
	world_bye(w, dialog);
	assert_int_equal(w->replayed, 1);
}

static void silence_ends_a_message(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = speaking(w, &dialog);

	w->voice_ms = 4000;
	world_media(w, CC_MEDIA_QUIET, port, 0);
	assert_int_equal(hearing(w, CC_PROMPT_MESSAGE_TAKEN), port);
	world_play_out(w);
	assert_string_equal(last(w, "call", "end_reason"), "VOICEMAIL");
}

static void the_longest_message_ends(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = speaking(w, &dialog);

	w->voice_ms = 170000;
	world_tick(w, 179999);
	assert_int_equal(hearing(w, CC_PROMPT_MESSAGE_TAKEN), 0);
	world_tick(w, 1);
	assert_int_equal(hearing(w, CC_PROMPT_MESSAGE_TAKEN), port);
}

static void hanging_up_ends_a_message(void **state)
{
	struct world *w = *state;
	uint64_t dialog;

	speaking(w, &dialog);
	w->voice_ms = 1000;
	world_bye(w, dialog);
	assert_string_equal(last(w, "call", "end_reason"), "VOICEMAIL");
	assert_int_equal(happened(w, "MESSAGE"), 1);
	assert_int_equal(w->replayed, 1);
}

static void too_little_voice_is_no_message(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = speaking(w, &dialog);

	w->voice_ms = 999;
	world_bye(w, dialog);
	assert_string_equal(last(w, "call", "end_reason"), "CLOSED");

	port = speaking(w, &dialog);
	world_media(w, CC_MEDIA_QUIET, port, 0);
	assert_int_equal(hearing(w, CC_PROMPT_MESSAGE_EMPTY), port);
	world_play_out(w);
	assert_string_equal(last(w, "call", "end_reason"), "CLOSED");
}

static void hanging_up_before_the_tone_is_no_message(void **state)
{
	struct world *w = *state;
	uint64_t dialog = world_call(w, CLOSED);

	w->voice_ms = 5000; /* he spoke into our words */
	world_bye(w, dialog);
	assert_string_equal(last(w, "call", "end_reason"), "CLOSED");
	assert_int_equal(happened(w, "MESSAGE"), 0);
}

static void other_keys_are_part_of_the_message(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = speaking(w, &dialog);

	world_digit(w, port, '1');
	assert_int_equal(w->listen[port], 6000);
}

static void a_full_disk_closes_the_line(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = speaking(w, &dialog);

	w->voice_ms = 20000;
	cc_engine_disk(w->engine, true);
	cc_engine_settle(w->engine);
	assert_int_equal(hearing(w, CC_PROMPT_CLOSED), port);
	world_play_out(w);
	/* not VOICEMAIL: the number is called back like a lost call's */
	assert_string_equal(last(w, "call", "end_reason"), "CLOSED");

	world_call(w, CLOSED);
	assert_int_not_equal(hearing(w, CC_PROMPT_CLOSED), 0);
	world_play_out(w);
	assert_string_equal(last(w, "call", "end_reason"), "CLOSED");

	cc_engine_disk(w->engine, false);
	speaking(w, &dialog);
}

static void the_longest_wait_ends_with_the_secretary(void **state)
{
	struct world *w = *state;
	uint64_t dialog = world_call(w, HOTLINE), port;

	world_play_out(w);
	assert_string_equal(last(w, "recording", "kind"), "CALL");
	world_tick(w, 600000);
	port = hearing(w, CC_PROMPT_MESSAGE_BUSY);
	assert_int_not_equal(port, 0);
	world_play_out(w);
	world_sign_in(w, 1); /* too late: he is speaking already */
	assert_string_equal(world_agent_state(w, 1), "FREE");
	w->voice_ms = 3000;
	world_bye(w, dialog);
	assert_string_equal(last(w, "call", "end_reason"), "VOICEMAIL");

	/* and without a word he is a lost caller */
	w->voice_ms = 0;
	world_ask(w, 1, "{\"request\":\"finish\"}");
	dialog = world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 600000);
	world_bye(w, dialog);
	assert_string_equal(last(w, "call", "end_reason"), "EXITWITHTIMEOUT");
}

static void a_clock_that_jumps_ends_no_message(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = speaking(w, &dialog);

	w->voice_ms = 4000;
	w->epoch_ahead = 86400000;
	world_tick(w, 1000);
	w->epoch_ahead = -86400000 * 2;
	world_tick(w, 1000);
	assert_int_equal(hearing(w, CC_PROMPT_MESSAGE_TAKEN), 0);
	world_tick(w, 178000);
	assert_int_equal(hearing(w, CC_PROMPT_MESSAGE_TAKEN), port);
}

/* 9-18 on working days, in a zone; join: who must be there for a caller. */
static void by_hours(struct world *w, const char *zone, const char *join)
{
	json_t *week = json_array(), *dir;

	for (int day = 1; day <= 5; day++)
		json_array_append_new(week, json_pack("{s:i, s:i, s:i}",
						      "weekday", day, "opens",
						      540, "closes", 1080));
	dir = json_pack("{s:[{s:i, s:s, s:s}], s:[{s:s, s:i, s:i}],"
			" s:[{s:i, s:s, s:o}], s:[{s:s, s:b}, {s:s, s:b}]}",
			"queues", "id", 1, "name", "hot", "join_empty", join,
			"routes", "number", "+78652000001", "queue_id", 1,
			"hours", 1, "hours", "id", 1, "zone", zone, "intervals",
			week, "holidays", "day", "2028-03-08", "working", 0,
			"day", "2028-02-26", "working", 1);
	assert_non_null(dir);
	cc_engine_directory(w->engine, dir);
	json_decref(dir);
}

/* hour, minute: UTC of a day in February or March 2028 */
static bool open_at(struct world *w, int february, int hour, int minute)
{
	/* 2028-02-01 00:00 UTC */
	const int64_t start = INT64_C(1832976000000);
	uint64_t dialog;
	bool open;

	w->epoch_ahead = start - w->now + (february - 1) * 86400000LL +
			 hour * 3600000LL + minute * 60000LL;
	world_tick(w, 0);
	dialog = world_call(w, CLOSED);
	open = hearing(w, CC_PROMPT_GREETING) != 0;
	assert_true(open || hearing(w, CC_PROMPT_MESSAGE));
	world_bye(w, dialog);
	return open;
}

static void a_line_by_hours_opens_at_nine_of_its_zone(void **state)
{
	struct world *w = *state;

	by_hours(w, "Europe/Moscow", "");
	assert_false(open_at(w, 1, 5, 59)); /* a Tuesday */
	assert_true(open_at(w, 1, 6, 0));
	assert_true(open_at(w, 1, 14, 59));
	assert_false(open_at(w, 1, 15, 0));
	assert_true(open_at(w, 29, 8, 0)); /* the leap day, a Tuesday */
	assert_true(open_at(w, 26, 8, 0)); /* a Saturday that is worked */
	assert_false(open_at(w, 27, 8, 0));
	assert_false(open_at(w, 37, 8, 0)); /* 8 March, a Wednesday */
	/* the centre moves to another zone: its clock counts */
	by_hours(w, "Asia/Yekaterinburg", "");
	assert_true(open_at(w, 1, 4, 0));
	assert_false(open_at(w, 1, 13, 0));
}

/* At night nobody is at work, and nobody waits for one: no busy tone. */
static void an_empty_queue_takes_a_message_out_of_hours(void **state)
{
	struct world *w = *state;

	by_hours(w, "Europe/Moscow", "unavailable,invalid");
	w->status = 0;
	assert_false(open_at(w, 1, 5, 59));
	assert_int_equal(w->status, 0);
	w->epoch_ahead += 60000; /* nine o'clock, and the room is empty */
	world_tick(w, 0);
	world_call(w, CLOSED);
	assert_int_equal(w->status, 486);
}

/* Numbers to be called back may fill the line till the morning. */
static void a_full_queue_takes_a_message_out_of_hours(void **state)
{
	struct world *w = *state;

	w->status = 0;
	world_queue(w, 1, "{\"max_len\": 0}");
	world_call(w, HOTLINE);
	assert_int_equal(w->status, 486);
	w->status = 0;
	world_queue(w, 1, "{\"max_len\": 0, \"open\": false}");
	world_call(w, HOTLINE);
	assert_int_equal(w->status, 0);
	assert_int_not_equal(hearing(w, CC_PROMPT_MESSAGE), 0);
}

/* The line is judged once, when the call comes. */
static void hours_that_change_during_a_call_do_not_touch_it(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = speaking(w, &dialog);
	uint64_t waiting = world_call(w, HOTLINE);

	world_hotline(w, 3, false); /* closed under the caller's feet … */
	assert_int_equal(w->listen[port], 6000);
	world_media(w, CC_MEDIA_PLAYED, hearing(w, CC_PROMPT_GREETING),
		    w->hear[hearing(w, CC_PROMPT_GREETING)].gen);
	world_sign_in(w, 1);
	assert_string_equal(world_call_state(w, 1), "RING");
	world_call(w, HOTLINE); /* … but not under the next one's */
	assert_int_not_equal(hearing(w, CC_PROMPT_MESSAGE), 0);
	world_bye(w, waiting);
}

/* --- a number is left ------------------------------------------------------ */

/* A caller who waits, told his position. @return his port */
static uint64_t queued(struct world *w, const char *from, uint64_t *dialog)
{
	uint64_t port;

	w->caller = from;
	*dialog = world_call(w, HOTLINE);
	port = hearing(w, CC_PROMPT_GREETING);
	assert_int_not_equal(port, 0);
	world_media(w, CC_MEDIA_PLAYED, port, w->hear[port].gen);
	return port;
}

static uint64_t leaves(struct world *w, const char *from)
{
	uint64_t dialog, port = queued(w, from, &dialog);

	world_digit(w, port, '1');
	assert_int_equal(w->hear[port].play[0], CC_PROMPT_NUMBER_KEPT);
	world_media(w, CC_MEDIA_PLAYED, port, w->hear[port].gen);
	assert_string_equal(last(w, "call", "end_reason"), "EXITWITHKEY");
	return dialog;
}

/* «Ответить» or «Взять в работу» of what rings at this page. */
static json_t *shown(struct world *w, uint64_t s)
{
	return json_object_get(w->state[s], "call");
}

static const char *word(struct world *w, uint64_t s, const char *key)
{
	const char *v = json_string_value(json_object_get(shown(w, s), key));

	return v ? v : "";
}

static void says_that_a_number_may_be_left(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = queued(w, NULL, &dialog);

	world_tick(w, 1);
	assert_int_equal(w->hear[port].play[0], CC_PROMPT_POSITION);
	assert_int_equal(w->hear[port].play[3], CC_PROMPT_LEAVE);
	assert_int_equal(w->hear[port].then, CC_PROMPT_MUSIC);
	for (int i = 0; i < 4; i++) { /* once, and again after two minutes */
		uint32_t gen = w->hear[port].gen;

		world_tick(w, 30000);
		assert_int_equal(w->hear[port].gen == gen, i < 3);
	}
	assert_int_equal(w->hear[port].play[0], CC_PROMPT_LEAVE);
}

static void a_place_waits_in_line_and_is_called_back(void **state)
{
	struct world *w = *state;

	leaves(w, "89000000001");
	assert_string_equal(last(w, "place", "number"), "+79000000001");
	world_tick(w, 3000000); /* no longest wait: nobody holds the line */
	world_sign_in(w, 1);
	assert_string_equal(world_call_state(w, 1), "RING");
	assert_string_equal(word(w, 1, "kind"), "callback");
	assert_string_equal(word(w, 1, "number"), "+79000000001");
	assert_null(world_button(w, 1, "answer", ""));
	assert_string_equal(w->dialled, "+79000000001");
	assert_string_equal(world_agent_state(w, 1), "TALKING");
	assert_string_equal(word(w, 1, "kind"), "call");
	assert_string_equal(word(w, 1, "direction"), "out");
	assert_string_equal(last(w, "place_end", "reason"), "DIALLED");
	assert_string_equal(last(w, "call", "parent_call_id"),
			    last(w, "place", "call_id"));
	assert_int_equal(happened(w, "PLACEGONE"), 1);
}

/* Neither overtaken nor overtaking (ANCHORS B1-15): the order is that of the
 * beginning to wait, whoever holds the line. */
static void a_place_is_neither_first_nor_starved(void **state)
{
	struct world *w = *state;
	uint64_t first, third;

	queued(w, "+79000000001", &first);
	world_tick(w, 1000);
	leaves(w, "+79000000002");
	world_tick(w, 1000);
	queued(w, "+79000000003", &third);
	world_sign_in(w, 1);
	assert_string_equal(word(w, 1, "number"), "+79000000001");
	world_sign_in(w, 2);
	assert_string_equal(word(w, 2, "number"), "+79000000002");
	world_sign_in(w, 3);
	assert_string_equal(word(w, 3, "number"), "+79000000003");
	assert_null(cc_engine_check(w->engine));
}

static void an_offer_of_a_place_nobody_answers_comes_again(void **state)
{
	struct world *w = *state;

	world_sign_in(w, 1);
	world_ask(w, 1, "{\"request\":\"break\",\"reason\":\"SHORT\"}");
	leaves(w, NULL);
	world_ask(w, 1, "{\"request\":\"resume\"}");
	assert_string_equal(world_call_state(w, 1), "RING");
	world_sign_in(w, 2);
	assert_null(world_button(w, 1, "reject", ""));
	assert_string_equal(word(w, 2, "kind"), "callback");
	assert_null(world_button(w, 2, "answer", ""));
	assert_int_equal(w->invited > 0, 1);
}

static void taking_a_place_dials_nobody(void **state)
{
	struct world *w = *state;

	leaves(w, NULL);
	world_sign_in(w, 1);
	assert_string_equal(world_button(w, 1, "take", ",\"x\":1") ? "refused"
								   : "taken",
			    "taken");
	assert_string_equal(world_agent_state(w, 1), "FREE");
	assert_string_equal(last(w, "place_end", "reason"), "TAKEN");
	assert_int_equal(w->invited, 0);
}

/* A call is no place: the button of an old page does nothing. */
static void a_call_cannot_be_taken(void **state)
{
	struct world *w = *state;
	uint64_t dialog;

	world_sign_in(w, 1);
	queued(w, NULL, &dialog);
	assert_string_equal(world_call_state(w, 1), "RING");
	assert_string_equal(world_button(w, 1, "take", ""), CC_GEN);
	assert_string_equal(world_call_state(w, 1), "RING");
}

static void outbox(struct world *w, const char *kind, json_t *payload)
{
	cc_engine_outbox(w->engine, kind, payload);
	cc_engine_settle(w->engine);
	json_decref(payload);
}

/* jobs has made the appeal of the number that was left last. */
static void linked(struct world *w, int appeal)
{
	outbox(w, "appeal_changed",
	       json_pack("{s:i, s:s}", "appeal", appeal, "call",
			 last(w, "place", "call_id")));
}

static int ends(const struct world *w)
{
	json_t *row;
	size_t i;
	int n = 0;

	json_array_foreach(w->rows, i, row)
		n += !strcmp(json_string_value(json_object_get(row, "t")),
			     "place_end");
	return n;
}

/* One answers, the other takes it in the journal, in the same millisecond:
 * in either order one of them has it. */
static void answered_before_it_is_taken(void **state)
{
	struct world *w = *state;

	leaves(w, NULL);
	linked(w, 7);
	world_sign_in(w, 1);
	world_sign_in(w, 2);
	assert_null(world_button(w, 1, "answer", ""));
	outbox(w, "place_take",
	       json_pack("{s:i, s:i}", "appeal", 7, "user", 2));
	assert_int_not_equal(w->invited, 0);
	assert_string_equal(last(w, "place_end", "reason"), "DIALLED");
	assert_int_equal(ends(w), 1);
}

static void taken_before_it_is_answered(void **state)
{
	struct world *w = *state;
	json_t *before;

	leaves(w, NULL);
	linked(w, 7);
	world_sign_in(w, 1);
	world_sign_in(w, 2);
	before = json_deep_copy(shown(w, 1));
	outbox(w, "place_take",
	       json_pack("{s:i, s:i}", "appeal", 7, "user", 2));
	assert_string_equal(last(w, "place_end", "reason"), "TAKEN");
	assert_string_equal(
	    json_string_value(json_object_get(w->said[1], "text")),
	    "Уже взял: 1002");
	/* the page was that fast: its button comes too late */
	json_object_set_new(w->state[1], "call", before);
	assert_string_equal(world_button(w, 1, "answer", ""), CC_GEN);
	assert_int_equal(w->invited, 0);
	assert_int_equal(ends(w), 1);
}

static void the_same_number_keeps_the_place_it_has(void **state)
{
	struct world *w = *state;
	struct cc_engine_stats st;

	leaves(w, "+79000000001");
	leaves(w, "8 900 000-00-01");
	assert_string_equal(last(w, "place_end", "reason"), "JOINED");
	cc_engine_stats(w->engine, &st);
	assert_int_equal(st.waiting, 1);
}

static void keys(struct world *w, uint64_t port, const char *digits)
{
	for (; *digits; digits++)
		world_digit(w, port, *digits);
}

/* max_len is of callers: who holds no line takes nobody's room. */
static void places_refuse_no_caller(void **state)
{
	struct world *w = *state;
	uint64_t dialog;
	char from[16];

	world_queue(w, 1, "{\"max_len\": 2}");
	for (int i = 0; i < 5; i++) {
		snprintf(from, sizeof(from), "+7900000001%d", i);
		leaves(w, from);
	}
	w->status = 0;
	queued(w, "+79000000021", &dialog);
	queued(w, "+79000000022", &dialog);
	assert_int_equal(w->status, 0);
	world_call(w, HOTLINE);
	assert_int_equal(w->status, 486);
}

static void numbers_left_have_a_limit_of_their_own(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port;

	world_queue(w, 1, "{\"max_places\": 2}");
	leaves(w, "+79000000001");
	port = queued(w, "", &dialog);
	keys(w, port, "18652010203#"); /* one more is free while he types */
	leaves(w, "+79000000002");
	keys(w, port, "1");
	assert_string_equal(last(w, "place", "number"), "+79000000002");
	assert_int_equal(w->hear[port].then, CC_PROMPT_MUSIC); /* he waits */
	assert_int_equal(w->hear[port].play[0], CC_PROMPT_NONE);
	port = queued(w, "+79000000003", &dialog);
	world_tick(w, 1); /* is told his position, and nothing else */
	assert_int_equal(w->hear[port].play[0], CC_PROMPT_POSITION);
	for (int i = 0; i < 8; i++)
		assert_int_not_equal(w->hear[port].play[i], CC_PROMPT_LEAVE);
	keys(w, port, "1");
	assert_int_equal(w->hear[port].play[0], CC_PROMPT_POSITION);
	leaves(w, "+79000000001"); /* has its place already */
	world_sign_in(w, 1);
	assert_null(world_button(w, 1, "take", ""));
	keys(w, port, "1"); /* now there is room */
	assert_int_equal(w->hear[port].play[0], CC_PROMPT_NUMBER_KEPT);
	assert_null(cc_engine_check(w->engine));
}

static void a_hidden_number_is_typed_and_confirmed(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = queued(w, "", &dialog);
	const struct cc_hear *h = &w->hear[port];

	keys(w, port, "1");
	assert_int_equal(h->play[0], CC_PROMPT_NUMBER_ASK);
	keys(w, port, "12345#"); /* too short */
	assert_int_equal(h->play[0], CC_PROMPT_NUMBER_BAD);
	assert_int_equal(h->play[1], CC_PROMPT_NUMBER_ASK);
	keys(w, port, "99*86520"); /* a slip: from the beginning */
	assert_int_equal(h->play[0], CC_PROMPT_NONE); /* he types: silence */
	keys(w, port, "10203#");
	assert_int_equal(h->play[0], CC_PROMPT_NUMBER_HEARD);
	assert_int_equal(h->play[1], CC_PROMPT_NUMBER_1 + 7);
	assert_int_equal(h->play[5], CC_PROMPT_ZERO);
	assert_int_equal(h->play[11], CC_PROMPT_NUMBER_RIGHT);
	keys(w, port, "2"); /* no */
	assert_int_equal(h->play[0], CC_PROMPT_NUMBER_ASK);
	keys(w, port, "88652010203#1");
	assert_int_equal(h->play[0], CC_PROMPT_NUMBER_KEPT);
	assert_string_equal(last(w, "place", "number"), "+78652010203");
	world_bye(w, dialog);
	assert_string_equal(last(w, "call", "end_reason"), "EXITWITHKEY");
}

/* An operator is worth more than a keypad: who types does not wait longer. */
static void an_operator_comes_while_a_number_is_typed(void **state)
{
	struct world *w = *state;
	uint64_t dialog, port = queued(w, "", &dialog);

	keys(w, port, "18652");
	world_sign_in(w, 1);
	assert_string_equal(world_call_state(w, 1), "RING");
	keys(w, port, "010203#1"); /* into the void: it rings */
	assert_null(world_button(w, 1, "answer", ""));
	assert_string_equal(last(w, "call", "state"), "talk");
	assert_string_equal(last(w, "place", "id"), "");
}

/* --- a restart ------------------------------------------------------------- */

static void places(struct world *w, json_t *list)
{
	cc_engine_places(w->engine, list);
	cc_engine_settle(w->engine);
	json_decref(list);
}

static json_t *kept(const char *id, const char *number, json_int_t since)
{
	return json_pack("{s:s, s:s, s:i, s:s, s:I, s:i, s:i}", "id", id,
			 "call", "00000000-0000-7000-8000-00000000c0de",
			 "queue_id", 1, "number", number, "since", since, "seq",
			 4, "card", 9);
}

static void places_survive_a_restart_at_their_rank(void **state)
{
	struct world *w = *state;
	uint64_t dialog;

	w->epoch_ahead = 1800000000000;
	world_tick(w, 0);
	queued(w, "+79000000005", &dialog); /* before the list is read */
	places(w, json_pack("[o, o, o]",
			    kept("00000000-0000-7000-8000-0000000000b2",
				 "+79000000002", 1800000000000 - 60000),
			    kept("00000000-0000-7000-8000-0000000000b1",
				 "+79000000001", 1800000000000 - 90000),
			    /* left before the clock was put back a day */
			    kept("00000000-0000-7000-8000-0000000000b3",
				 "+79000000003", 1800000000000 + 86400000)));
	world_sign_in(w, 1);
	assert_string_equal(word(w, 1, "number"), "+79000000001");
	world_sign_in(w, 2);
	assert_string_equal(word(w, 2, "number"), "+79000000002");
	world_sign_in(w, 3);
	assert_string_not_equal(word(w, 3, "number"), "");
	/* events go on behind those that are stored, the card is known */
	assert_int_equal(
	    json_integer_value(json_object_get(shown(w, 1), "card")), 9);
	assert_null(world_button(w, 1, "answer", ""));
	assert_string_equal(last(w, "place_end", "place_id"),
			    "00000000-0000-7000-8000-0000000000b1");
}

/* The list is read while this process gives places away: none comes back. */
static void a_place_given_away_does_not_come_back(void **state)
{
	struct world *w = *state;
	struct cc_engine_stats st;
	char id[40];

	leaves(w, NULL);
	snprintf(id, sizeof(id), "%s", last(w, "place", "id"));
	places(w, json_pack("[o]", kept(id, "+79000000001", 1)));
	cc_engine_stats(w->engine, &st);
	assert_int_equal(st.waiting, 1); /* it was there */
}

static void a_place_taken_before_the_list_stays_taken(void **state)
{
	struct world *w = *state;
	struct cc_engine_stats st;
	char id[40];

	leaves(w, NULL);
	snprintf(id, sizeof(id), "%s", last(w, "place", "id"));
	world_sign_in(w, 1);
	assert_null(world_button(w, 1, "take", ""));
	places(w, json_pack("[o]", kept(id, "+79000000001", 1)));
	cc_engine_stats(w->engine, &st);
	assert_int_equal(st.waiting, 0);
	assert_string_equal(world_agent_state(w, 1), "FREE");
}

/* The fund's own: of the queue, else of all, else the delivered one. */
static void own_prompts_are_heard_instead(void **state)
{
	struct world *w = *state;
	const int other = CC_PROMPT_OWN, closed = CC_PROMPT_OWN + 1;

	json_object_set_new(
	    w->dir, "prompts",
	    json_pack("[{s:i, s:i, s:i}, {s:i, s:i, s:i}, {s:i, s:i, s:i},"
		      " {s:i, s:s}]",
		      "queue_id", 0, "prompt", CC_PROMPT_GREETING, "own", other,
		      "queue_id", 2, "prompt", CC_PROMPT_MESSAGE, "own", closed,
		      "queue_id", 9, "prompt", CC_PROMPT_MUSIC, "own", 300,
		      "queue_id", 0, "use", "sorry"));
	world_changed(w);
	world_call(w, HOTLINE);
	assert_int_not_equal(hearing(w, (enum cc_prompt)other), 0);
	world_call(w, CLOSED);
	assert_int_not_equal(hearing(w, (enum cc_prompt)closed), 0);
	/* taken back: whoever calls then */
	json_object_del(w->dir, "prompts");
	world_changed(w);
	world_call(w, HOTLINE);
	assert_int_not_equal(hearing(w, CC_PROMPT_GREETING), 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)
	const struct CMUnitTest tests[] = {
		CASE(a_closed_line_takes_a_message),
		CASE(silence_ends_a_message),
		CASE(the_longest_message_ends),
		CASE(hanging_up_ends_a_message),
		CASE(too_little_voice_is_no_message),
		CASE(hanging_up_before_the_tone_is_no_message),
		CASE(other_keys_are_part_of_the_message),
		CASE(a_full_disk_closes_the_line),
		CASE(the_longest_wait_ends_with_the_secretary),
		CASE(a_clock_that_jumps_ends_no_message),
		CASE(hours_that_change_during_a_call_do_not_touch_it),
		CASE(a_line_by_hours_opens_at_nine_of_its_zone),
		CASE(an_empty_queue_takes_a_message_out_of_hours),
		CASE(a_full_queue_takes_a_message_out_of_hours),
		CASE(says_that_a_number_may_be_left),
		CASE(a_place_waits_in_line_and_is_called_back),
		CASE(a_place_is_neither_first_nor_starved),
		CASE(an_offer_of_a_place_nobody_answers_comes_again),
		CASE(taking_a_place_dials_nobody),
		CASE(a_call_cannot_be_taken),
		CASE(answered_before_it_is_taken),
		CASE(taken_before_it_is_answered),
		CASE(the_same_number_keeps_the_place_it_has),
		CASE(places_refuse_no_caller),
		CASE(numbers_left_have_a_limit_of_their_own),
		CASE(a_hidden_number_is_typed_and_confirmed),
		CASE(an_operator_comes_while_a_number_is_typed),
		CASE(places_survive_a_restart_at_their_rank),
		CASE(a_place_given_away_does_not_come_back),
		CASE(a_place_taken_before_the_list_stays_taken),
		CASE(own_prompts_are_heard_instead),
	};

	return cmocka_run_group_tests_name("voice", tests, NULL, NULL);
}
