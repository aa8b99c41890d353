/* What a supervisor does to calls and operators, by a simulated clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/request.h"
#include "janus-plugin/sip.h"
#include "janus-plugin/util.h"
#include "tests/plugin/shift_bed.h"

static void forget_what_was_said(struct world *w)
{
	for (int i = 0; i < 64; i++) {
		json_decref(w->said[i]);
		w->said[i] = NULL;
	}
}

static const char *press(struct world *w, uint64_t s, json_t *call)
{
	char json[160];

	snprintf(json, sizeof(json),
		 "{\"request\":\"answer\",\"call\":\"%s\",\"gen\":%d}",
		 text_of(call, "id"), (int)number_of(call, "gen"));
	return world_ask(w, s, json);
}

/* ring_all: whatever the supervisor does, each telephone that rang is told,
 * and only who pressed too late learns who has the call now. */
static void everyone_at_whom_it_rang_is_told(void **state)
{
	struct world *w = *state;
	json_t *was, *id;

	shift_rule(w, "ring_all");
	world_sign_in(w, SUPER);
	world_sign_in(w, OP1);
	world_sign_in(w, OP2);
	world_call(w, HOTLINE);
	world_play_out(w);
	was = json_deep_copy(json_object_get(w->state[OP1], "call"));
	id = json_object_get(was, "id");
	assert_null(shift_act(w, SUPER, "release", json_string_value(id),
			      ",\"end\":false"));
	assert_int_equal(shift_rows(w, "call_event", "kind", "RINGCANCELED"),
			 2);
	for (uint64_t s = OP1; s <= OP2; s++)
		assert_string_equal(text_of(w->said[s], "text"),
				    "Старший смены снял вызов: Проверка");
	/* nobody in particular was taken off: it is no one's row */
	assert_null(json_object_get(
	    shift_last(w, "supervisor_action", "action"), "target_user"));
	forget_what_was_said(w);
	assert_string_equal(press(w, OP1, was), CC_GEN);
	world_awake(w, 20000);
	assert_string_equal(world_said(w, OP1), "");
	assert_null(world_button(w, OP2, "answer", ""));
	assert_string_equal(world_said(w, OP1), "");
	assert_string_equal(press(w, OP1, was), CC_TAKEN);
	assert_string_equal(text_of(w->said[OP1], "text"),
			    "Вызов уже принял: 1002");
	assert_null(shift_act(w, SUPER, "release", json_string_value(id),
			      ",\"end\":true"));
	json_decref(was);

	/* to another queue, and for good */
	assert_null(world_ask(w, OP2, "{\"request\":\"ready\"}"));
	for (int end = 0; end < 2; end++) {
		forget_what_was_said(w);
		world_call(w, HOTLINE);
		world_play_out(w);
		assert_null(shift_act(w, SUPER, end ? "release" : "move",
				      shift_call(w, OP1),
				      end ? ",\"end\":true" : ",\"queue\":2"));
		for (uint64_t s = OP1; s <= OP2; s++)
			assert_string_equal(
			    text_of(w->said[s], "text"),
			    end ? "Старший смены завершил вызов: Проверка"
				: "Вызов переведён в другую очередь: Проверка");
		assert_string_equal(world_agent_state(w, OP1), "FREE");
		if (!end) {
			assert_null(world_button(w, OP2, "answer", ""));
			assert_null(world_button(w, OP2, "hangup", ""));
			world_ask(w, OP2, "{\"request\":\"ready\"}");
		}
		assert_null(cc_engine_check(w->engine));
	}
}

/* «Снять вызов» is seen to work: the call stands first, and rings for a while at
 * nobody it was taken off; whoever stands behind it does. */
static void a_call_taken_off_leaves_them_alone_for_a_while(void **state)
{
	static const char *const rules[] = { "ring_all", "longest_idle",
					     "skills" };
	struct world *w = *state;
	uint64_t dialog;
	json_t *row;

	world_sign_in(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	world_sign_in(w, OP1);
	for (size_t i = 0; i < CC_LEN(rules); i++) {
		shift_rule(w, rules[i]);
		world_awake(w, 1000);
		dialog = world_call(w, HOTLINE);
		world_play_out(w);
		assert_null(shift_act(w, SUPER, "release", shift_call(w, OP1),
				      ",\"end\":false"));
		assert_string_equal(world_agent_state(w, OP1), "FREE");
		world_awake(w, 19000);
		assert_string_equal(world_agent_state(w, OP1), "FREE");
		row = shift_waiting(w, SUPER);
		assert_true(json_is_true(json_object_get(row, "spared")));
		assert_int_equal(number_of(row, "position"), 1);
		world_awake(w, 1000);
		assert_string_equal(world_agent_state(w, OP1), "RINGING");
		row = shift_waiting(w, SUPER);
		assert_false(json_is_true(json_object_get(row, "spared")));
		assert_null(cc_engine_check(w->engine));
		world_bye(w, dialog);
		world_awake(w, 1000);
		assert_string_equal(world_agent_state(w, OP1), "FREE");
	}
}

static void who_stands_behind_a_call_taken_off_is_served_meanwhile(void **state)
{
	struct world *w = *state;
	json_t *first;

	shift_rule(w, "ring_all");
	world_sign_in(w, SUPER);
	world_sign_in(w, OP1);
	world_call(w, HOTLINE);
	world_play_out(w);
	first = json_string(shift_call(w, OP1));
	w->caller = "+79000000002";
	world_call(w, HOTLINE);
	world_play_out(w);
	assert_null(shift_act(w, SUPER, "release", json_string_value(first),
			      ",\"end\":false"));
	/* the next in line rings; who comes then gets the first one, as its
	 * head, and the decision says why not the other */
	assert_string_not_equal(shift_call(w, OP1), json_string_value(first));
	world_sign_in(w, OP2);
	assert_string_equal(shift_call(w, OP2), json_string_value(first));
	assert_null(world_button(w, OP1, "answer", ""));
	assert_null(shift_act(w, SUPER, "release", json_string_value(first),
			      ",\"end\":false"));
	assert_string_equal(world_agent_state(w, OP2), "FREE");
	world_sign_in(w, REP);
	assert_string_equal(shift_call(w, REP), json_string_value(first));
	assert_int_equal(json_array_size(json_object_get(
			     json_object_get(w->why, "barred"), "spared")),
			 1);
	assert_null(cc_engine_check(w->engine));
	/* the supervisor's next word counts at once */
	assert_null(shift_act(w, SUPER, "release", json_string_value(first),
			      ",\"end\":false"));
	assert_null(shift_act(w, SUPER, "move", json_string_value(first),
			      ",\"queue\":2"));
	assert_string_equal(shift_call(w, OP2), json_string_value(first));
	json_decref(first);
}

/* Whoever sends a call to another queue, its row and its event say so. */
static void the_journal_knows_the_queue_a_call_was_sent_to(void **state)
{
	struct world *w = *state;
	json_t *row, *data = NULL;
	size_t i;

	world_sign_in(w, SUPER);
	shift_talk(w, OP1);
	assert_null(world_button(w, OP1, "transfer",
				 ",\"to\":\"queue:2\",\"mode\":\"blind\""));
	row = shift_last(w, "call", "queue_id");
	assert_int_equal(number_of(row, "queue_id"), 2);
	assert_string_equal(text_of(row, "queue_name"), "second");
	world_sign_in(w, OP2);
	assert_null(
	    shift_act(w, SUPER, "move", shift_call(w, OP2), ",\"queue\":1"));
	row = shift_last(w, "call", "queue_id");
	assert_int_equal(number_of(row, "queue_id"), 1);
	assert_null(world_button(w, OP2, "answer", ""));
	assert_null(shift_act(w, SUPER, "release", shift_call(w, OP2),
			      ",\"end\":false"));
	json_array_foreach(w->rows, i, row)
		if (!strcmp(text_of(row, "kind"), "REQUEUE"))
			data = json_object_get(row, "data");
	assert_int_equal(number_of(data, "queue"), 1);
}

/* --- an operator to another queue (DOMAIN section 7) ---------------------- */

static const char *assign(struct world *w, uint64_t s, unsigned user,
			  unsigned queue)
{
	char json[160];

	snprintf(json, sizeof(json),
		 "{\"request\":\"assign\",\"user\":%u,\"queue\":%u,"
		 "\"reason\":\"Пик\"}",
		 user, queue);
	return world_ask(w, s, json);
}

static void an_operator_is_moved_for_today(void **state)
{
	struct world *w = *state;
	json_t *row;

	shift_page(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	world_sign_in(w, OP1);
	world_call(w, HOTLINE);
	world_play_out(w);
	assert_string_equal(world_agent_state(w, OP1), "RINGING");
	assert_null(assign(w, SUPER, OP1, 2));
	/* it stops ringing, its caller stands first, he serves the other */
	assert_string_equal(world_agent_state(w, OP1), "FREE");
	assert_string_equal(text_of(w->said[OP1], "text"),
			    "Старший смены перевёл вас на сегодня в очередь "
			    "«second»: Пик");
	world_tick(w, 100);
	assert_true(
	    json_is_true(json_object_get(shift_waiting(w, SUPER), "returned")));
	assert_int_equal(number_of(shift_agent(w, SUPER, OP1), "moved"), 2);
	row = json_object_get(shift_agent(w, SUPER, OP1), "queues");
	assert_int_equal(json_array_size(row), 1);
	assert_string_equal(json_string_value(json_array_get(row, 0)),
			    "second");
	row = shift_last(w, "supervisor_action", "action");
	assert_string_equal(text_of(row, "action"), "ASSIGN");
	assert_string_equal(text_of(row, "reason"), "Пик");
	assert_int_equal(number_of(row, "target_user"), OP1);
	assert_int_equal(number_of(row, "queue_id"), 2);
	/* the waiting call comes to him with its queue */
	assert_null(shift_act(w, SUPER, "move",
			      text_of(shift_waiting(w, SUPER), "id"),
			      ",\"queue\":2"));
	assert_string_equal(world_agent_state(w, OP1), "RINGING");
	assert_null(world_button(w, OP1, "answer", ""));
	/* in a talk: it goes on, the next call is of his queues again */
	assert_string_equal(assign(w, SUPER, OP1, 2), CC_STATE);
	assert_null(assign(w, SUPER, OP1, 0));
	assert_string_equal(assign(w, SUPER, OP1, 0), CC_STATE);
	assert_string_equal(world_call_state(w, OP1), "TALK");
	assert_null(world_button(w, OP1, "hangup", ""));
	assert_null(world_ask(w, OP1, "{\"request\":\"ready\"}"));
	world_call(w, HOTLINE);
	world_play_out(w);
	assert_string_equal(world_agent_state(w, OP1), "RINGING");
	assert_null(cc_engine_check(w->engine));
}

static void who_was_moved_is_back_the_next_day(void **state)
{
	struct world *w = *state;

	shift_page(w, SUPER);
	world_sign_in(w, OP1);
	world_tick(w, 20 * 3600000); /* 23:00 in Moscow */
	assert_null(assign(w, SUPER, OP1, 2));
	shift_rule(w,
		   "longest_idle"); /* a directory changes nothing about it */
	world_call(w, HOTLINE);
	world_play_out(w);
	world_awake(w, 3500000);
	assert_string_equal(world_agent_state(w, OP1), "FREE");
	world_awake(w, 120000); /* midnight */
	world_call(w, HOTLINE);
	world_play_out(w);
	assert_string_equal(world_agent_state(w, OP1), "RINGING");
}

static void a_move_survives_a_restart_until_midnight(void **state)
{
	struct world *w = *state;
	json_t *dir = shift_directory();

	world_tick(w, 90000000);
	json_object_set_new(
	    dir, "moves",
	    json_pack("[{s:i, s:i, s:I}, {s:i, s:i, s:I}, {s:i, s:n, s:I}]",
		      "user", OP1, "queue", 2, "at",
		      (json_int_t)(w->now - 86400000), /* yesterday's */
		      "user", OP2, "queue", 1, "at", (json_int_t)(w->now - 2),
		      "user", OP2, "queue", "at", (json_int_t)(w->now - 1)));
	cc_engine_directory(w->engine, dir);
	shift_page(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	assert_int_equal(number_of(shift_agent(w, SUPER, OP1), "moved"), 0);
	assert_int_equal(number_of(shift_agent(w, SUPER, OP2), "moved"), 0);
	json_array_append_new(json_object_get(dir, "moves"),
			      json_pack("{s:i, s:i, s:I}", "user", OP1, "queue",
					2, "at", (json_int_t)w->now - 1));
	cc_engine_directory(w->engine, dir);
	world_tick(w, 100);
	assert_int_equal(number_of(shift_agent(w, SUPER, OP1), "moved"), 2);
	/* what was done here since is newer than what is read */
	assert_null(assign(w, SUPER, OP1, 0));
	cc_engine_directory(w->engine, dir);
	world_tick(w, 100);
	assert_int_equal(number_of(shift_agent(w, SUPER, OP1), "moved"), 0);
	json_decref(dir);
}

/* A wall clock that was put back does not make the last word the older one. */
static void a_clock_put_back_undoes_no_move(void **state)
{
	struct world *w = *state;
	json_t *dir = shift_directory();

	world_tick(w, 3600000);
	shift_page(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	world_sign_in(w, OP1);
	assert_null(assign(w, SUPER, OP1, 2));
	json_object_set_new(dir, "moves",
			    json_pack("[{s:i, s:i, s:I}]", "user", OP1, "queue",
				      2, "at", (json_int_t)w->now));
	w->epoch_ahead = -600000;
	world_tick(w, 1000);
	assert_null(assign(w, SUPER, OP1, 0));
	cc_engine_directory(w->engine, dir); /* has the first word only */
	world_tick(w, 100);
	assert_int_equal(number_of(shift_agent(w, SUPER, OP1), "moved"), 0);
	json_decref(dir);
}

/* Nor does one that was put back before a restart: the rows have an order. */
static void a_clock_put_back_before_a_restart_undoes_no_move(void **state)
{
	struct world *w = *state;
	json_t *dir = shift_directory();

	world_tick(w, 3600000);
	json_object_set_new(
	    dir, "moves",
	    json_pack("[{s:i, s:i, s:I}, {s:i, s:n, s:I}, {s:i, s:n, s:I},"
		      " {s:i, s:i, s:I}]",
		      "user", OP1, "queue", 2, "at",
		      (json_int_t)(w->now + 600000), "user", OP1, "queue", "at",
		      (json_int_t)w->now, "user", OP2, "queue", "at",
		      (json_int_t)(w->now + 600000), "user", OP2, "queue", 2,
		      "at", (json_int_t)w->now));
	cc_engine_directory(w->engine, dir);
	shift_page(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	world_tick(w, 100);
	assert_int_equal(number_of(shift_agent(w, SUPER, OP1), "moved"), 0);
	assert_int_equal(number_of(shift_agent(w, SUPER, OP2), "moved"), 2);
	json_decref(dir);
}

static void nobody_is_moved_beyond_the_scope(void **state)
{
	struct world *w = *state;

	shift_page(w, SUPER);
	shift_page(w, ADMIN);
	shift_page(w, OP2);
	shift_page(w, INSURER_SUPER);
	assert_string_equal(assign(w, OP2, OP1, 2), CC_FORBIDDEN);
	/* not his people, not his queue, nowhere */
	assert_string_equal(assign(w, SUPER, REP, 2), CC_FORBIDDEN);
	assert_string_equal(assign(w, SUPER, OP1, 3), CC_FORBIDDEN);
	assert_string_equal(assign(w, SUPER, OP1, 9), CC_FORBIDDEN);
	assert_string_equal(assign(w, INSURER_SUPER, OP1, 3), CC_FORBIDDEN);
	assert_string_equal(assign(w, INSURER_SUPER, REP, 1), CC_FORBIDDEN);
	assert_null(assign(w, INSURER_SUPER, REP, 3));
	assert_null(assign(w, ADMIN, REP, 2));
}

/* --- calls, and breaks ----------------------------------------------------- */

static void a_break_by_the_supervisor_in_every_state(void **state)
{
	static const char order[] =
	    "{\"request\":\"rest\",\"user\":1,\"reason\":\"Отдых\"}";
	struct world *w = *state;

	world_sign_in(w, SUPER);
	assert_string_equal(world_ask(w, SUPER, order), CC_STATE);
	world_sign_in(w, OP1); /* free */
	assert_null(world_ask(w, SUPER, order));
	assert_string_equal(world_agent_state(w, OP1), "BREAK");
	assert_string_equal(world_said(w, OP1), "SUPERVISOR");
	assert_string_equal(text_of(w->said[OP1], "text"),
			    "Старший смены перевёл вас на перерыв: Отдых");
	assert_string_equal(world_ask(w, SUPER, order), CC_STATE);
	assert_null(world_ask(w, OP1, "{\"request\":\"resume\"}"));
	world_call(w, HOTLINE);
	world_play_out(w); /* ringing */
	assert_null(world_ask(w, SUPER, order));
	assert_string_equal(world_agent_state(w, OP1), "BREAK");
	assert_null(world_ask(w, OP1, "{\"request\":\"resume\"}"));
	assert_null(world_button(w, OP1, "answer", "")); /* talking */
	assert_null(world_ask(w, SUPER, order));
	assert_string_equal(world_call_state(w, OP1), "TALK");
	assert_null(world_button(w, OP1, "hangup", ""));
	assert_null(world_ask(w, OP1, "{\"request\":\"ready\"}"));
	assert_string_equal(world_agent_state(w, OP1), "BREAK");
	assert_null(cc_engine_check(w->engine));
	assert_int_equal(shift_rows(w, "supervisor_action", "result", "OK"), 3);
	assert_int_equal(shift_rows(w, "supervisor_action", "result", "STATE"),
			 2);
}

/* It rings at all of them: a break stops one telephone only. */
static void a_break_leaves_the_others_ringing(void **state)
{
	struct world *w = *state;
	json_t *dir = shift_directory();

	json_object_set_new(json_array_get(json_object_get(dir, "queues"), 0),
			    "strategy", json_string("ring_all"));
	cc_engine_directory(w->engine, dir);
	world_sign_in(w, SUPER);
	world_sign_in(w, OP1);
	world_sign_in(w, OP2);
	world_call(w, HOTLINE);
	world_play_out(w);
	assert_string_equal(world_agent_state(w, OP2), "RINGING");
	assert_null(world_ask(w, SUPER,
			      "{\"request\":\"rest\",\"user\":1,"
			      "\"reason\":\"r\"}"));
	assert_string_equal(world_agent_state(w, OP1), "BREAK");
	assert_string_equal(world_agent_state(w, OP2), "RINGING");
	assert_null(world_button(w, OP2, "answer", ""));
	assert_null(cc_engine_check(w->engine));
	json_decref(dir);
}

static void a_call_is_taken_off_the_operator_and_not_lost(void **state)
{
	struct world *w = *state;
	json_t *id;

	world_sign_in(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	shift_talk(w, OP1);
	id = json_string(shift_call(w, OP1));
	assert_null(shift_act(w, SUPER, "release", json_string_value(id),
			      ",\"end\":false"));
	assert_string_equal(world_agent_state(w, OP1), "WRAPUP");
	assert_string_equal(world_said(w, OP1), "SUPERVISOR");
	world_tick(w, 100);
	assert_true(
	    json_is_true(json_object_get(shift_waiting(w, SUPER), "returned")));
	/* from the queue nobody can take it off */
	assert_string_equal(shift_act(w, SUPER, "release",
				      json_string_value(id), ",\"end\":false"),
			    CC_STATE);
	world_sign_in(w, OP2);
	assert_string_equal(world_agent_state(w, OP2), "RINGING");
	assert_null(shift_act(w, SUPER, "release", json_string_value(id),
			      ",\"end\":false"));
	assert_null(cc_engine_check(w->engine));
	world_awake(w, 20000);
	/* held, and with a colleague ringing for a blind transfer */
	assert_null(world_button(w, OP2, "answer", ""));
	assert_null(world_button(w, OP2, "hold", ""));
	assert_null(shift_act(w, SUPER, "release", json_string_value(id),
			      ",\"end\":false"));
	assert_null(world_ask(w, OP1, "{\"request\":\"ready\"}"));
	assert_null(world_button(w, OP1, "answer", ""));
	assert_null(world_ask(w, OP2, "{\"request\":\"ready\"}"));
	assert_null(world_button(w, OP1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"blind\""));
	assert_null(shift_act(w, SUPER, "release", json_string_value(id),
			      ",\"end\":false"));
	assert_null(cc_engine_check(w->engine));
	assert_int_equal(
	    shift_rows(w, "supervisor_action", "action", "REQUEUE"), 5);
	json_decref(id);
}

static void a_call_handed_outside_is_taken_back_whole(void **state)
{
	struct world *w = *state;
	json_t *id, *dir = shift_directory();

	json_object_set_new(dir, "dial",
			    json_pack("[{s:s, s:b, s:s, s:s, s:s}]", "pattern",
				      "+7[3489]XXXXXXXXX", "allow", 1, "roles",
				      "", "form", "E164", "presented", ""));
	cc_engine_directory(w->engine, dir);
	cc_engine_settle(w->engine);
	json_decref(dir);
	world_sign_in(w, SUPER);
	shift_talk(w, OP1);
	id = json_string(shift_call(w, OP1));
	assert_null(world_button(w, OP1, "transfer", OUTSIDE));
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	assert_null(shift_act(w, SUPER, "release", json_string_value(id),
			      ",\"end\":false"));
	/* the number outside is let go, the citizen waits again */
	assert_int_equal(w->ended[w->ended_count - 1], w->invited);
	assert_null(cc_engine_check(w->engine));
	world_sign_in(w, OP2);
	assert_null(world_button(w, OP2, "answer", ""));
	assert_string_equal(world_agent_state(w, OP2), "TALKING");
	assert_null(cc_engine_check(w->engine));
	json_decref(id);
}

static void a_call_is_ended_only_when_that_is_said(void **state)
{
	struct world *w = *state;
	json_t *id;

	world_sign_in(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 100);
	id = json_incref(json_object_get(shift_waiting(w, SUPER), "id"));
	assert_string_equal(
	    shift_act(w, SUPER, "release", json_string_value(id), ""),
	    CC_BAD_REQUEST);
	assert_null(shift_act(w, SUPER, "release", json_string_value(id),
			      ",\"end\":true"));
	world_tick(w, 100);
	assert_int_equal(shift_shown(w, SUPER, "calls"), 0);
	assert_int_equal(w->ended_count, 1);
	assert_string_equal(shift_act(w, SUPER, "release",
				      json_string_value(id), ",\"end\":true"),
			    CC_GEN);
	json_decref(id);
}

static void nobody_cuts_a_call_that_112_is_in(void **state)
{
	struct world *w = *state;

	world_sign_in(w, SUPER);
	shift_talk(w, OP1);
	assert_null(world_button(w, OP1, "emergency", ",\"service\":\"112\""));
	for (int joined = 0; joined < 2; joined++) {
		assert_string_equal(shift_act(w, SUPER, "release",
					      shift_call(w, OP1),
					      ",\"end\":true"),
				    CC_STATE);
		assert_string_equal(shift_act(w, SUPER, "release",
					      shift_call(w, OP1),
					      ",\"end\":false"),
				    CC_STATE);
		if (!joined)
			world_sip(w, CC_SIP_ANSWERED, w->invited);
	}
	assert_string_equal(world_call_state(w, OP1), "CONFERENCE");
}

static void a_waiting_call_moves_and_keeps_its_time(void **state)
{
	struct world *w = *state;
	json_t *c;

	world_sign_in(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 5000);
	c = json_incref(shift_waiting(w, SUPER));
	/* to itself, to nowhere, to another organization */
	assert_string_equal(
	    shift_act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":1"),
	    CC_STATE);
	assert_string_equal(
	    shift_act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":9"),
	    CC_FORBIDDEN);
	assert_string_equal(
	    shift_act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":3"),
	    CC_FORBIDDEN);
	assert_null(
	    shift_act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":2"));
	world_tick(w, 100);
	assert_int_equal(json_integer_value(
			     json_object_get(shift_waiting(w, SUPER), "queue")),
			 2);
	assert_int_equal(json_integer_value(
			     json_object_get(shift_waiting(w, SUPER), "since")),
			 json_integer_value(json_object_get(c, "since")));
	world_sign_in(w, OP1); /* no member there */
	assert_string_equal(world_agent_state(w, OP1), "FREE");
	world_sign_in(w, OP2);
	assert_string_equal(world_agent_state(w, OP2), "RINGING");
	/* while it rings, too: the ring ends */
	assert_null(
	    shift_act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":1"));
	assert_string_equal(world_agent_state(w, OP1), "RINGING");
	assert_null(world_button(w, OP1, "answer", ""));
	/* in a talk there is nothing to move */
	assert_string_equal(
	    shift_act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":2"),
	    CC_STATE);
	assert_null(cc_engine_check(w->engine));
	json_decref(c);
}

static void scopes_are_checked_for_every_action(void **state)
{
	static const char rest[] =
	    "{\"request\":\"rest\",\"user\":1,\"reason\":\"x\"}";
	static const char *const names[] = { "release", "release", "move" };
	static const char *const more[] = { ",\"end\":true", ",\"end\":false",
					    ",\"queue\":2" };
	static const uint64_t strangers[] = { OP2, REP, INSURER_SUPER, L2,
					      DIRECTOR };
	struct world *w = *state;

	shift_talk(w, OP1);
	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++) {
		shift_page(w, strangers[i]);
		for (int k = 0; k < 3; k++)
			assert_string_equal(shift_act(w, strangers[i], names[k],
						      shift_call(w, OP1),
						      more[k]),
					    CC_FORBIDDEN);
		assert_string_equal(world_ask(w, strangers[i], rest),
				    CC_FORBIDDEN);
	}
	assert_string_equal(world_call_state(w, OP1), "TALK");
	/* what a supervisor tried beyond his scope is kept */
	assert_int_equal(
	    shift_rows(w, "supervisor_action", "result", "FORBIDDEN"), 4);
	/* an employee of another organization in a queue of one's own is
	 * seen, not commanded */
	shift_page(w, SUPER);
	world_sign_in(w, REP);
	assert_string_equal(world_ask(w, SUPER,
				      "{\"request\":\"rest\",\"user\":3,"
				      "\"reason\":\"x\"}"),
			    CC_FORBIDDEN);
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, shift_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(everyone_at_whom_it_rang_is_told),
		T(a_call_taken_off_leaves_them_alone_for_a_while),
		T(who_stands_behind_a_call_taken_off_is_served_meanwhile),
		T(the_journal_knows_the_queue_a_call_was_sent_to),
		T(an_operator_is_moved_for_today),
		T(who_was_moved_is_back_the_next_day),
		T(a_move_survives_a_restart_until_midnight),
		T(a_clock_put_back_undoes_no_move),
		T(a_clock_put_back_before_a_restart_undoes_no_move),
		T(nobody_is_moved_beyond_the_scope),
		T(a_break_by_the_supervisor_in_every_state),
		T(a_break_leaves_the_others_ringing),
		T(a_call_is_taken_off_the_operator_and_not_lost),
		T(a_call_handed_outside_is_taken_back_whole),
		T(a_call_is_ended_only_when_that_is_said),
		T(nobody_cuts_a_call_that_112_is_in),
		T(a_waiting_call_moves_and_keeps_its_time),
		T(scopes_are_checked_for_every_action),
	};

	return cmocka_run_group_tests_name("intervene", tests, NULL, NULL);
}
