/* What a good queue does and a naive one does not (ANCHORS B1), where no other
 * test says it: `grep -rn "B1-" tests` finds them all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/engine_int.h"
#include "janus-plugin/sip.h"
#include "tests/plugin/fake_world.h"

#define HOTLINE "+78652000000"
#define SECOND  "+78652000001" /* queue 2 */
#define MANY    40

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	world_open(w);
	world_directory(w, MANY);
	world_queue(w, 1, "{\"members\": [1, 2, 3], \"max_wait_s\": 7200}");
	world_queue(w, 2, "{\"open\": true, \"members\": [1, 2, 3]}");
	w->keep_rows = true;
	*state = w;
	return 0;
}

static bool is(struct world *w, uint64_t s, const char *agent)
{
	assert_null(cc_engine_check(w->engine));
	return !strcmp(world_agent_state(w, s), agent);
}

static json_int_t kinds(struct world *w, const char *kind)
{
	return json_integer_value(json_object_get(w->kinds, kind));
}

static struct cc_call *of(struct world *w, uint64_t dialog)
{
	struct cc_call *c;

	TAILQ_FOREACH(c, &w->engine->calls, link)
		if (c->dialog == dialog)
			break;
	return c;
}

static uint64_t waiting(struct world *w, const char *line)
{
	uint64_t dialog = world_call(w, line);
	struct cc_call *c = of(w, dialog);

	world_media(w, CC_MEDIA_PLAYED, c->port, c->say_gen);
	return dialog;
}

/* B1-2: nobody waits for the head of the line to be served first. As many
 * operators as callers become able in one moment: all ring, each for another
 * one, before any time passes or the engine is called again. */
static void all_that_can_be_offered_is_offered_at_once(void **state)
{
	struct world *w = *state;
	uint64_t d[MANY];
	char members[300] = "{\"members\": [1";
	bool rung[MANY] = { false };

	world_queue(w, 1, "{\"members\": []}");
	for (uint64_t s = 1; s <= MANY; s++) {
		world_sign_in(w, s);
		d[s - 1] = waiting(w, HOTLINE);
	}
	for (int i = 2; i <= MANY; i++)
		sprintf(members + strlen(members), ", %d", i);
	strcat(members, "]}");
	world_queue(w, 1, members); /* one directory, one settle */
	for (uint64_t s = 1; s <= MANY; s++) {
		const struct cc_agent *a =
		    cc_find_agent(w->engine, (uint32_t)s);

		assert_true(is(w, s, "RINGING"));
		for (int i = 0; i < MANY; i++)
			if (a->call == of(w, d[i])) {
				assert_false(rung[i]);
				rung[i] = true;
			}
	}
	for (int i = 0; i < MANY; i++)
		assert_true(rung[i]);
}

/* B1-5: only a telephone that really rang and was not answered is a miss. */
static void only_a_ring_that_was_let_go_is_a_miss(void **state)
{
	struct world *w = *state;
	uint64_t d;

	world_queue(w, 1, "{\"members\": [1]}");
	world_sign_in(w, 1);
	for (int i = 0; i < 3; i++) { /* the caller gave up */
		d = waiting(w, HOTLINE);
		world_awake(w, 5000);
		assert_true(is(w, 1, "RINGING"));
		world_bye(w, d);
		assert_true(is(w, 1, "FREE"));
	}
	d = waiting(w, HOTLINE);
	for (int i = 0; i < 3; i++) { /* his leg was lost: unreachable */
		assert_true(is(w, 1, "RINGING"));
		cc_engine_session_gone(w->engine, 1);
		cc_engine_settle(w->engine);
		assert_int_equal(of(w, d)->state, CALL_QUEUE);
		world_sign_in(w, 1);
	}
	for (int i = 0; i < 3; i++) { /* no microphone */
		assert_true(is(w, 1, "RINGING"));
		world_ask(w, 1, "{\"request\":\"mic\",\"state\":\"lost\"}");
		assert_int_equal(of(w, d)->state, CALL_QUEUE);
		world_ask(w, 1, "{\"request\":\"mic\",\"state\":\"back\"}");
	}
	for (int i = 0; i < 3; i++) { /* the page did not answer */
		assert_true(is(w, 1, "RINGING"));
		world_tick(w, 700);
		world_tick(w, 700);
		world_tick(w, 700);
		assert_int_equal(of(w, d)->state, CALL_QUEUE);
		world_awake(w, 500);
	}
	/* a busy one was never dialled: nothing of this is his fault */
	assert_null(world_button(w, 1, "answer", ""));
	waiting(w, HOTLINE);
	world_awake(w, 60000);
	world_bye(w, d);
	assert_null(world_ask(w, 1, "{\"request\":\"ready\"}"));
	assert_int_equal(kinds(w, "RINGNOANSWER"), 0);
	assert_true(is(w, 1, "RINGING"));
	world_awake(w, 20000);
	assert_true(is(w, 1, "RINGING")); /* one miss */
	world_awake(w, 20000);
	assert_true(is(w, 1, "BREAK")); /* and the second */
	assert_int_equal(kinds(w, "RINGNOANSWER"), 2);
}

/* B1-7: one clock of after-call work, whatever queues he is in, and whoever
 * the call was handed to. */
static void after_call_work_is_one_clock_for_all_queues(void **state)
{
	struct world *w = *state;
	uint64_t d;

	world_queue(w, 1, "{\"wrapup_s\": 30}");
	world_queue(w, 2, "{\"wrapup_s\": 90}");
	world_sign_in(w, 1);
	d = waiting(w, HOTLINE);
	assert_null(world_button(w, 1, "answer", ""));
	world_bye(w, d);
	d = waiting(w, SECOND);
	world_awake(w, 29500);
	assert_true(is(w, 1, "WRAPUP"));
	world_awake(w, 1000);
	assert_true(is(w, 1, "RINGING"));
	assert_null(world_button(w, 1, "answer", ""));
	/* after an attended transfer both have it */
	world_sign_in(w, 2);
	assert_null(world_button(w, 1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"consult\""));
	assert_null(world_button(w, 2, "answer", ""));
	assert_null(world_button(w, 1, "complete", ""));
	waiting(w, HOTLINE);
	assert_true(is(w, 1, "WRAPUP"));
	world_awake(w, 10000);
	world_bye(w, d);
	assert_true(is(w, 2, "WRAPUP"));
	world_awake(w, 79000);
	assert_true(is(w, 1, "WRAPUP"));
	world_awake(w, 1500);
	assert_true(is(w, 1, "RINGING"));
	assert_true(is(w, 2, "WRAPUP"));
}

static enum cc_prompt words(struct world *w, uint64_t dialog, int i)
{
	return w->hear[of(w, dialog)->port].play[i];
}

/* B1-11: no words stand between a caller and an operator, and the next words
 * come an interval after the end of the last. */
static void words_never_delay_a_connection(void **state)
{
	struct world *w = *state;
	uint64_t d;

	world_queue(w, 1, "{\"position_interval_s\": 10}");
	world_sign_in(w, 1);
	d = waiting(w, HOTLINE); /* the only one: rings, is told nothing */
	assert_int_equal(of(w, d)->state, CALL_RING);
	assert_int_equal(kinds(w, "POSITION"), 0);
	world_bye(w, d);

	assert_null(
	    world_ask(w, 1, "{\"request\":\"break\",\"reason\":\"SHORT\"}"));
	d = waiting(w, HOTLINE);
	world_tick(w, 1);
	assert_int_equal(words(w, d, 0), CC_PROMPT_POSITION);
	/* in the middle of a word he is free: it rings and they talk */
	assert_null(world_ask(w, 1, "{\"request\":\"resume\"}"));
	assert_true(is(w, 1, "RINGING"));
	assert_null(world_button(w, 1, "answer", ""));
	assert_int_equal(words(w, d, 0), CC_PROMPT_NONE);
	assert_int_equal(w->hear[of(w, d)->port].from[0],
			 cc_find_agent(w->engine, 1)->port);
}

static void the_interval_begins_where_the_words_end(void **state)
{
	struct world *w = *state;
	uint64_t first = waiting(w, HOTLINE), second = waiting(w, HOTLINE);
	uint32_t gen;

	world_queue(w, 1, "{\"position_interval_s\": 10}");
	world_tick(w, 1);
	assert_int_equal(words(w, second, 1), CC_PROMPT_NUMBER_1 + 1);
	gen = of(w, second)->say_gen;
	world_tick(w, 8000); /* long words */
	world_media(w, CC_MEDIA_PLAYED, of(w, second)->port, gen);
	world_bye(w, first); /* there would be news */
	world_tick(w, 9999);
	assert_int_equal(of(w, second)->say_gen, gen);
	world_tick(w, 1);
	assert_int_equal(words(w, second, 1), CC_PROMPT_NUMBER_1);
}

/* B1-12: who is moved back by others hears no worse number, nothing at all. */
static void a_position_that_got_worse_is_not_told(void **state)
{
	struct world *w = *state;
	uint64_t talk, d[2];

	world_sign_in(w, 1);
	talk = waiting(w, HOTLINE);
	assert_null(world_button(w, 1, "answer", ""));
	d[0] = waiting(w, HOTLINE);
	d[1] = waiting(w, HOTLINE);
	world_tick(w, 1);
	assert_int_equal(words(w, d[1], 1), CC_PROMPT_NUMBER_1 + 1);
	assert_int_equal(kinds(w, "POSITION"), 2);
	cc_engine_session_gone(w->engine, 1); /* his caller comes back first */
	world_tick(w, 10000);
	assert_int_equal(
	    cc_line_position(&of(w, talk)->queue->line, &of(w, talk)->place),
	    1);
	assert_int_equal(
	    cc_line_position(&of(w, d[1])->queue->line, &of(w, d[1])->place),
	    3);
	world_tick(w, 60000);
	assert_int_equal(words(w, d[1], 1),
			 CC_PROMPT_NUMBER_1 + 1);  /* as told */
	assert_int_equal(kinds(w, "POSITION"), 3); /* his who came back */
	world_bye(w, talk);
	world_bye(w, d[0]);
	world_tick(w, 30000);
	assert_int_equal(words(w, d[1], 1), CC_PROMPT_NUMBER_1);
	assert_int_equal(kinds(w, "POSITION"), 4);
}

static const char *ended(struct world *w)
{
	const char *why = "";
	json_t *row;
	size_t i;

	json_array_foreach(w->rows, i, row)
		if (json_object_get(row, "end_reason"))
			why = json_string_value(
			    json_object_get(row, "end_reason"));
	return why;
}

static bool stored(struct world *w, const char *id, const char *column)
{
	json_t *row;
	size_t i;

	json_array_foreach(w->rows, i, row)
		if (json_object_get(row, column) &&
		    !strcmp(json_string_value(json_object_get(row, "t")),
			    "call") &&
		    !strcmp(json_string_value(json_object_get(row, "id")), id))
			return true;
	return false;
}

/* B1-13: each way of giving up has a name of its own, and the moments are
 * stored, so every service level can be worked out later (unit/test_report
 * has the formulas). */
static void where_he_gave_up_is_stored(void **state)
{
	struct world *w = *state;
	char id[CC_UUID_SIZE];
	uint64_t d;

	d = world_call(w, HOTLINE);
	strcpy(id, of(w, d)->id);
	world_tick(w, 3000);
	world_bye(w, d);
	assert_string_equal(ended(w), "ABANDONGREETING");
	assert_true(stored(w, id, "greeted_at"));
	assert_false(stored(w, id, "queued_at"));

	d = waiting(w, HOTLINE);
	strcpy(id, of(w, d)->id);
	world_bye(w, d);
	assert_string_equal(ended(w), "ABANDON");
	assert_true(stored(w, id, "queued_at"));
	assert_false(stored(w, id, "offered_at"));

	world_sign_in(w, 1);
	d = waiting(w, HOTLINE); /* rings */
	strcpy(id, of(w, d)->id);
	world_bye(w, d);
	assert_string_equal(ended(w), "ABANDON");
	assert_true(stored(w, id, "offered_at"));
	assert_false(stored(w, id, "answered_at"));

	d = waiting(w, HOTLINE);
	assert_null(world_button(w, 1, "answer", ""));
	cc_engine_session_gone(w->engine, 1);
	world_tick(w, 5000);
	world_bye(w, d); /* while his operator is looked for */
	assert_string_equal(ended(w), "ABANDONRECONNECT");
	world_sign_in(w, 1);
	assert_null(world_ask(w, 1, "{\"request\":\"ready\"}"));
	d = waiting(w, HOTLINE);
	assert_null(world_button(w, 1, "answer", ""));
	cc_engine_session_gone(w->engine, 1);
	world_tick(w, 10000);
	world_bye(w, d); /* in the line again */
	assert_string_equal(ended(w), "ABANDONRETURNED");
}

/* B1-16: nothing is looked at in turns. With callers in the line and nobody
 * free the engine asks to be called no sooner than something is due; the
 * moment somebody is free his telephone rings, at the same millisecond. */
static void nobody_is_polled(void **state)
{
	struct world *w = *state;
	unsigned turns = 0;
	int64_t at;

	world_queue(w, 1, "{\"position_interval_s\": 300}");
	world_sign_in(w, 1);
	assert_null(
	    world_ask(w, 1, "{\"request\":\"break\",\"reason\":\"SHORT\"}"));
	for (int i = 0; i < 20; i++)
		waiting(w, HOTLINE);
	world_tick(w, 1);
	for (at = w->now; w->now < at + 60000; turns++) {
		int ms = cc_engine_settle(w->engine);

		assert_true(ms > 0);
		world_tick(w, ms);
		world_ask(w, 1, "{\"request\":\"pong\",\"n\":0}");
	}
	/* his page each 700 ms, the node's row each 5 s, the wallboard */
	assert_in_range(turns, 60, 130);
	at = w->now;
	assert_null(world_ask(w, 1, "{\"request\":\"resume\"}"));
	assert_true(is(w, 1, "RINGING"));
	assert_int_equal(
	    json_integer_value(json_object_get(w->state[1], "now")), at);
}

/* B1-17: that the one thread goes on is a row every 5 s, whoever waits; a row
 * that is 15 s old is «fail» in /healthz (http/test_pages). */
static void the_engine_says_that_it_goes_on(void **state)
{
	struct world *w = *state;
	unsigned n = 0;
	json_t *row;
	size_t i;

	for (int k = 0; k < 20; k++)
		waiting(w, HOTLINE);
	for (int s = 0; s < 600; s++)
		world_tick(w, 1000);
	json_array_foreach(w->rows, i, row)
		n += !strcmp(json_string_value(json_object_get(row, "t")),
			     "node_status");
	assert_in_range(n, 119, 122);
}

/* B1-18: rules read again in the busiest moment move nothing: no ring begins
 * anew, no wait, no after-call work, no turn, no figure. */
static void a_reload_under_load_changes_nothing(void **state)
{
	struct world *w = *state;
	struct cc_queue *q = cc_find_queue(w->engine, 1);
	uint64_t talk, done, rings, d[5];
	int64_t offer, wrapup, wait[5];
	struct cc_day today;

	world_queue(w, 1, "{\"strategy\": \"round_robin\", \"wrapup_s\": 60}");
	for (uint64_t s = 1; s <= 3; s++)
		world_sign_in(w, s);
	talk = waiting(w, HOTLINE);
	assert_null(world_button(w, 1, "answer", ""));
	done = waiting(w, HOTLINE);
	assert_null(world_button(w, 2, "answer", ""));
	world_bye(w, done);
	rings = waiting(w, HOTLINE);
	for (int i = 0; i < 5; i++)
		d[i] = waiting(w, HOTLINE);
	world_bye(w, d[4]);
	json_object_set_new(w->dir, "today",
			    json_pack("[{s:i, s:i, s:i, s:i, s:i, s:i}]",
				      "queue", 1, "hour", 0, "offered", 9,
				      "answered", 9, "within", 9, "abandoned",
				      9));
	offer = of(w, rings)->offer_due;
	wrapup = cc_find_agent(w->engine, 2)->facts.wrapup_until;
	for (int i = 0; i < 4; i++)
		wait[i] = of(w, d[i])->wait_due;
	today = q->today;
	for (int i = 0; i < 190; i++) { /* 19 s */
		world_changed(w);
		world_awake(w, 100);
		assert_null(cc_engine_check(w->engine));
	}
	assert_true(is(w, 3, "RINGING"));
	assert_int_equal(of(w, rings)->offer_due, offer);
	assert_int_equal(cc_find_agent(w->engine, 2)->facts.wrapup_until,
			 wrapup);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(of(w, d[i])->wait_due, wait[i]);
		assert_int_equal(
		    cc_line_position(&q->line, &of(w, d[i])->place), i + 1);
	}
	assert_int_equal(of(w, talk)->state, CALL_TALK);
	assert_memory_equal(&q->today, &today, sizeof(today));
	assert_int_equal(today.offered, 8);
	assert_int_equal(cc_find_agent(w->engine, 1)->taken, 1);
	assert_int_equal(q->last_place, 3);
	assert_int_equal(kinds(w, "RINGCANCELED"), 0);
	assert_int_equal(kinds(w, "RINGNOANSWER"), 0);
	world_awake(w, 1500); /* 20 s of ring, not one more */
	assert_int_equal(kinds(w, "RINGNOANSWER"), 1);
	assert_null(world_ask(w, 2, "{\"request\":\"ready\"}"));
	assert_true(is(w, 2, "RINGING"));
}

/* B1-19: whatever another queue's log can tell, ours can; that each list of
 * events replays to the call's last state is the fake world's own check of
 * every call of every test. */
static void the_vocabulary_is_complete(void **state)
{
	static const struct {
		const char *theirs, *ours;
	} words_of[] = {
		{ "ENTERQUEUE", "ENTERQUEUE" },
		{ "CONNECT", "CONNECT" },
		{ "ABANDON", "HANGUPCALLER" },
		{ "COMPLETEAGENT", "HANGUPAGENT" },
		{ "EXITWITHTIMEOUT", "EXITWITHTIMEOUT" },
		{ "EXITEMPTY", "EXITEMPTY" },
		{ "EXITWITHKEY", "EXITWITHKEY" },
		{ "RINGNOANSWER", "OFFERGONE" },
		{ "ATTENDEDTRANSFER", "HANDOVER" },
		{ "BLINDTRANSFER", "BLINDTRANSFER" },
		{ "AGENTDUMP", "OPERATORLOST" },
		{ "WITHDRAW", "FAIL" },
	};
	enum cc_call_event ev;

	(void)state;
	for (size_t i = 0; i < CC_LEN(words_of); i++)
		assert_int_equal(cc_call_event_parse(&ev, words_of[i].ours), 0);
	/* PAUSE and UNPAUSE are the operator's, not a call's */
	assert_string_equal(cc_agent_state_name(AGENT_BREAK), "BREAK");
	assert_string_equal(cc_agent_state_name(AGENT_FREE), "FREE");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_that_can_be_offered_is_offered_at_once),
		T(only_a_ring_that_was_let_go_is_a_miss),
		T(after_call_work_is_one_clock_for_all_queues),
		T(words_never_delay_a_connection),
		T(the_interval_begins_where_the_words_end),
		T(a_position_that_got_worse_is_not_told),
		T(where_he_gave_up_is_stored),
		T(nobody_is_polled),
		T(the_engine_says_that_it_goes_on),
		T(a_reload_under_load_changes_nothing),
		T(the_vocabulary_is_complete),
	};

	return cmocka_run_group_tests_name("anchors", tests, NULL, NULL);
}
