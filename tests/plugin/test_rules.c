/* Distribution by the rules of a queue, in the whole engine (ANCHORS B1), and
 * under random rules that change while callers wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/engine_int.h"
#include "janus-plugin/sip.h"
#include "tests/plugin/random_rules.h"

#define HOTLINE "+78652000000"
#define SECOND  "+78652000001" /* queue 2 */

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	world_open(w);
	world_directory(w, 3);
	world_queue(w, 1, "{\"max_wait_s\": 3000}");
	world_queue(w, 2, "{\"open\": true, \"members\": [1, 2, 3]}");
	*state = w;
	return 0;
}

static bool rings(struct world *w, uint64_t s)
{
	assert_null(cc_engine_check(w->engine));
	return !strcmp(world_agent_state(w, s), "RINGING");
}

static const char *reason(struct world *w)
{
	return json_string_value(json_object_get(w->why, "reason"));
}

static json_int_t kinds(struct world *w, const char *kind)
{
	return json_integer_value(json_object_get(w->kinds, kind));
}

/* An answered call that ends; the operator is free again. */
static void serve(struct world *w, uint64_t s, uint64_t dialog)
{
	assert_null(world_button(w, s, "answer", ""));
	world_bye(w, dialog);
	world_ask(w, s, "{\"request\":\"ready\"}");
	assert_true(!strcmp(world_agent_state(w, s), "FREE") || rings(w, s));
}

static uint64_t waiting(struct world *w, const char *line)
{
	uint64_t dialog = world_call(w, line);

	world_play_out(w);
	return dialog;
}

static struct cc_call *of(struct world *w, uint64_t dialog)
{
	struct cc_call *c;

	TAILQ_FOREACH(c, &w->engine->calls, link)
		if (c->dialog == dialog)
			return c;
	return NULL;
}

static const char *rows_reason(struct world *w)
{
	const char *s = "";
	json_t *row;
	size_t i;

	json_array_foreach(w->rows, i, row)
		if (json_object_get(row, "end_reason"))
			s = json_string_value(
			    json_object_get(row, "end_reason"));
	return s;
}

/* B1-1 */
static void max_wait_wins_unless_an_operator_is_ringing(void **state)
{
	struct world *w = *state;
	uint64_t d;

	world_queue(w, 1, "{\"max_wait_s\": 30, \"late_action\": \"end\"}");
	d = waiting(w, HOTLINE);
	world_awake(w, 25000);
	world_sign_in(w, 1);
	world_sign_in(w, 2);
	assert_true(rings(w, 1) || rings(w, 2));
	world_awake(w, 10000); /* over, but it rings */
	assert_int_equal(of(w, d)->state, CALL_RING);
	world_awake(w, 10500); /* nobody answered: no second ring */
	assert_int_equal(of(w, d)->state, CALL_GOODBYE);
	assert_false(rings(w, 1) || rings(w, 2));
}

/* B1-6: a refusal starts the ring time anew at the next operator, never the
 * total stay. */
static void a_refusal_restarts_the_ring_not_the_stay(void **state)
{
	struct world *w = *state;
	uint64_t d, first;
	int64_t due;

	world_sign_in(w, 1);
	world_sign_in(w, 2);
	d = waiting(w, HOTLINE);
	due = of(w, d)->wait_due;
	first = rings(w, 1) ? 1 : 2;
	world_awake(w, 15000);
	assert_null(world_button(w, first, "reject", ""));
	assert_true(rings(w, 3 - first));
	assert_int_equal(of(w, d)->offer_due, w->now + 20000);
	assert_int_equal(of(w, d)->wait_due, due);
	assert_string_equal(reason(w), "ONLY");
}

static void round_robin_over_real_calls(void **state)
{
	static const uint64_t turns[] = { 1, 2, 3, 1, 2, 3, 1 };
	struct world *w = *state;

	world_queue(w, 1, "{\"strategy\": \"round_robin\"}");
	for (uint64_t s = 3; s; s--) {
		world_sign_in(w, s);
		world_tick(w, 100);
	}
	for (size_t i = 0; i < CC_LEN(turns); i++) {
		uint64_t d = waiting(w, HOTLINE);

		assert_true(rings(w, turns[i]));
		assert_string_equal(reason(w), "ROUND");
		serve(w, turns[i], d);
	}
}

static void fewest_calls_counts_the_shift(void **state)
{
	struct world *w = *state;

	world_queue(w, 1, "{\"strategy\": \"fewest_calls\"}");
	world_sign_in(w, 1);
	for (int i = 0; i < 2; i++)
		serve(w, 1, waiting(w, HOTLINE));
	world_sign_in(w, 2);
	for (int i = 0; i < 2; i++) {
		uint64_t d = waiting(w, HOTLINE);

		assert_true(rings(w, 2));
		assert_string_equal(reason(w), "FEWEST");
		serve(w, 2, d);
	}
}

static void the_organization_of_the_number_is_served_by_its_own(void **state)
{
	struct world *w = *state;

	json_object_set_new(json_array_get(json_object_get(w->dir, "users"), 1),
			    "org_id", json_integer(7));
	json_object_set_new(w->dir, "offices",
			    json_pack("[{s:i, s:s}]", "org_id", 7, "numbers",
				      "8 (900) 000-00-01; 112"));
	world_queue(w, 1, "{\"strategy\": \"by_organization\"}");
	world_sign_in(w, 1);
	world_tick(w, 5000);
	world_sign_in(w, 2);
	waiting(w, HOTLINE);
	assert_true(rings(w, 2));
	assert_string_equal(reason(w), "ORG");
}

static void the_route_may_name_the_organization(void **state)
{
	struct world *w = *state;

	json_object_set_new(json_array_get(json_object_get(w->dir, "users"), 1),
			    "org_id", json_integer(7));
	json_object_set_new(
	    json_array_get(json_object_get(w->dir, "routes"), 0),
	    "organization_id", json_integer(7));
	world_queue(w, 1, "{\"strategy\": \"by_organization\"}");
	world_sign_in(w, 1);
	world_tick(w, 5000);
	world_sign_in(w, 2);
	waiting(w, HOTLINE);
	assert_true(rings(w, 2));
	assert_string_equal(reason(w), "ORG");
}

/* The register is asked elsewhere (jobs) and nobody waits for the answer. */
static void the_insurer_of_a_number_serves_if_it_is_known_in_time(void **state)
{
	struct world *w = *state;
	uint64_t d, second;
	json_t *p;

	for (int i = 0; i < 2; i++)
		json_object_set_new(
		    json_array_get(json_object_get(w->dir, "users"), 1 + i),
		    "org_id", json_integer(7 + i));
	world_queue(w, 1, "{\"strategy\": \"by_organization\"}");
	for (uint64_t s = 1; s <= 3; s++) {
		world_sign_in(w, s);
		world_tick(w, 100);
	}
	d = world_call(w, HOTLINE); /* hears the greeting */
	p = json_pack("{s:s, s:i}", "call", of(w, d)->id, "organization", 8);
	cc_engine_outbox(w->engine, "caller_org", p);
	second = world_call(w, HOTLINE);
	world_play_out(w);
	assert_int_equal(of(w, d)->offered->id, 3);
	/* the other one is nobody's: anybody serves him; too late for him now */
	assert_int_equal(of(w, second)->offered->id, 1);
	assert_string_equal(reason(w), "ORG_UNKNOWN");
	json_object_set_new(p, "call", json_string(of(w, second)->id));
	cc_engine_outbox(w->engine, "caller_org", p);
	assert_int_equal(of(w, second)->offered->id, 1);
	/* what the number's own entry said is not overwritten */
	json_object_set_new(p, "call", json_string(of(w, d)->id));
	json_object_set_new(p, "organization", json_integer(7));
	cc_engine_outbox(w->engine, "caller_org", p);
	assert_int_equal(of(w, d)->org, 8);
	json_object_set_new(p, "call", json_string("gone"));
	cc_engine_outbox(w->engine, "caller_org", p);
	json_decref(p);
	assert_null(cc_engine_check(w->engine));
}

/* B1-8 */
static void skills_widen_by_time_and_the_place_is_kept(void **state)
{
	struct world *w = *state;
	uint64_t d[2];

	world_queue(w, 1,
		    "{\"strategy\": \"skills\", \"skill_level\": 3,"
		    " \"skill_least\": 1, \"skill_relax_s\": 30,"
		    " \"members\": [{\"id\": 1, \"skill\": 2}, 2]}");
	world_sign_in(w, 1);
	world_sign_in(w, 2);
	d[0] = waiting(w, HOTLINE);
	world_tick(w, 1000);
	d[1] = waiting(w, HOTLINE);
	world_awake(w, 28000);
	assert_false(rings(w, 1));
	world_awake(w, 1500); /* thirty seconds: level 2 will do */
	assert_true(rings(w, 1));
	assert_int_equal(of(w, d[0])->state, CALL_RING); /* the first */
	assert_int_equal(of(w, d[1])->state, CALL_QUEUE);
	assert_false(rings(w, 2)); /* has no skill at all, ever */
}

/* B1-3: the first answer has it, however many ring; that no caller ever has
 * two operators is checked after every step of test_schedules. */
static void ring_all_and_the_first_answer_wins(void **state)
{
	struct world *w = *state;

	world_queue(w, 1, "{\"strategy\": \"ring_all\"}");
	for (uint64_t s = 1; s <= 3; s++)
		world_sign_in(w, s);
	waiting(w, HOTLINE);
	assert_true(rings(w, 1) && rings(w, 2) && rings(w, 3));
	assert_int_equal(json_array_size(json_object_get(w->why, "chosen")), 3);
	assert_null(world_button(w, 2, "answer", ""));
	assert_string_equal(world_agent_state(w, 2), "TALKING");
	assert_string_equal(world_agent_state(w, 1), "FREE");
	assert_string_equal(world_agent_state(w, 3), "FREE");
	/* others had it: nobody missed it */
	assert_int_equal(kinds(w, "RINGTAKEN"), 2);
	assert_int_equal(kinds(w, "RINGCANCELED"), 0);
	assert_null(cc_engine_check(w->engine));
}

/* Who refuses is out of it; the others ring on, by the same clock. */
static void ring_all_goes_on_without_who_refuses(void **state)
{
	struct world *w = *state;
	uint64_t d;

	world_queue(w, 1, "{\"strategy\": \"ring_all\"}");
	for (uint64_t s = 1; s <= 3; s++)
		world_sign_in(w, s);
	d = waiting(w, HOTLINE);
	world_awake(w, 5000);
	assert_null(world_button(w, 1, "reject", ""));
	assert_false(rings(w, 1));
	assert_true(rings(w, 2) && rings(w, 3));
	cc_engine_session_gone(w->engine, 2);
	cc_engine_settle(w->engine);
	assert_true(rings(w, 3));
	assert_int_equal(of(w, d)->offer_due, w->now + 15000);
	world_bye(w, d);
	assert_string_equal(world_agent_state(w, 3), "FREE");
	assert_null(cc_engine_check(w->engine));
}

static void a_repeated_caller_gets_his_operator_if_it_is_turned_on(void **st)
{
	struct world *w = *st;

	world_sign_in(w, 1);
	serve(w, 1, waiting(w, HOTLINE));
	world_tick(w, 1000);
	world_sign_in(w, 2);
	serve(w, 1, waiting(w, HOTLINE)); /* the longest idle all the same */
	world_awake(w, 3000);
	world_queue(w, 1, "{\"sticky_min\": 30}");
	world_awake(w, 1000);
	serve(w, 1, waiting(w, HOTLINE)); /* though 2 is idle for longer */
	assert_string_equal(reason(w), "STICKY");
	world_awake(w, 31 * 60000);
	waiting(w, HOTLINE);
	assert_true(rings(w, 2));
	assert_string_equal(reason(w), "IDLE");
}

/* B1-14: off, on, and too late. */
static void an_abandoned_place_is_kept_if_it_is_turned_on(void **state)
{
	struct world *w = *state;
	uint64_t d;

	for (int on = 0; on < 2; on++) {
		if (on)
			world_queue(w, 1, "{\"keep_min\": 5}");
		d = waiting(w, HOTLINE);
		world_awake(w, 10000);
		w->caller = "+79000000002";
		waiting(w, HOTLINE); /* somebody else, behind him */
		w->caller = NULL;
		world_bye(w, d);
		world_awake(w, 60000);
		d = waiting(w, HOTLINE);
		assert_int_equal(
		    cc_line_position(&of(w, d)->queue->line, &of(w, d)->place),
		    2); /* of 2 when off, of 3 when on */
		world_bye(w, d);
		world_awake(w, 400000);
		d = waiting(w, HOTLINE);
		assert_int_equal(
		    cc_line_position(&of(w, d)->queue->line, &of(w, d)->place),
		    2 + on);
		world_bye(w, d);
	}
	assert_int_equal(kinds(w, "KEPTPLACE"), 1);
}

static void max_wait_may_lead_to_another_queue_by_the_time_waited(void **st)
{
	struct world *w = *st;
	uint64_t d, other;

	world_queue(w, 1,
		    "{\"max_wait_s\": 60, \"late_action\": \"queue\","
		    " \"late_queue_id\": 2}");
	d = waiting(w, HOTLINE);
	world_awake(w, 30000);
	other = waiting(w, SECOND);
	world_awake(w, 31000);
	assert_string_equal(of(w, d)->queue->name, "closed");
	assert_int_equal(
	    cc_line_position(&of(w, d)->queue->line, &of(w, d)->place), 1);
	assert_int_equal(
	    cc_line_position(&of(w, other)->queue->line, &of(w, other)->place),
	    2);
	assert_int_equal(kinds(w, "OVERFLOW"), 1);
}

/* Two queues that lead to each other do not play ball for ever. */
static void overflow_in_a_ring_comes_to_an_end(void **state)
{
	struct world *w = *state;
	uint64_t d;

	world_queue(w, 1,
		    "{\"max_wait_s\": 10, \"late_action\": \"queue\","
		    " \"late_queue_id\": 2}");
	world_queue(w, 2,
		    "{\"max_wait_s\": 10, \"late_action\": \"queue\","
		    " \"late_queue_id\": 1}");
	d = waiting(w, HOTLINE);
	world_awake(w, 45000);
	assert_int_equal(kinds(w, "OVERFLOW"), 3);
	assert_true(of(w, d)->state == CALL_VOICEMAIL);
}

static void a_full_queue_is_busy_before_the_greeting(void **state)
{
	struct world *w = *state;

	world_queue(w, 1, "{\"max_len\": 2}");
	waiting(w, HOTLINE);
	world_call(w, HOTLINE); /* hears the greeting: counts, too */
	w->status = 0;
	world_call(w, HOTLINE);
	assert_int_equal(w->status, 486);
}

static void a_full_queue_may_lead_elsewhere(void **state)
{
	struct world *w = *state;
	uint64_t d;

	world_queue(w, 1,
		    "{\"max_len\": 0, \"full_action\": \"queue\","
		    " \"full_queue_id\": 2}");
	d = world_call(w, HOTLINE);
	assert_string_equal(of(w, d)->queue->name, "closed");
	world_queue(w, 1, "{\"full_action\": \"voice\"}");
	d = world_call(w, HOTLINE);
	assert_int_equal(of(w, d)->state, CALL_VOICEMAIL);
}

/* B1-9 */
static void an_empty_queue_by_the_conditions_chosen(void **state)
{
	struct world *w = *state;
	uint64_t d;

	w->keep_rows = true;
	waiting(w, HOTLINE); /* nobody is there: he waits, by default */
	world_queue(w, 1, "{\"join_empty\": \"unavailable,invalid\"}");
	w->status = 0;
	world_call(w, HOTLINE);
	assert_int_equal(w->status, 486);
	world_sign_in(w, 1);
	assert_true(rings(w, 1)); /* at work: not empty */
	w->status = 0;
	d = waiting(w, HOTLINE);
	assert_int_equal(w->status, 0);
	assert_int_equal(of(w, d)->state, CALL_QUEUE);
	world_queue(w, 1,
		    "{\"leave_empty\": \"unavailable,paused\","
		    " \"late_action\": \"end\"}");
	assert_int_equal(of(w, d)->state, CALL_QUEUE);
	assert_null(world_button(w, 1, "answer", ""));
	assert_null(world_button(w, 1, "hangup", ""));
	assert_int_equal(of(w, d)->state, CALL_QUEUE); /* in after-call work */
	world_ask(w, 1, "{\"request\":\"ready\"}");
	assert_true(rings(w, 1)); /* the second one */
	assert_null(world_button(w, 1, "reject", ""));
	assert_true(rings(w, 1)); /* nobody else is there */
	assert_null(world_button(w, 1, "reject", "")); /* sent to a break */
	assert_string_equal(world_agent_state(w, 1), "BREAK");
	assert_int_equal(of(w, d)->state, CALL_GOODBYE);
	world_play_out(w);
	assert_string_equal(rows_reason(w), "EXITEMPTY");
}

/* B1-10: the earliest head of all queues; priority is a head start. */
static void the_earliest_head_of_all_queues_is_next(void **state)
{
	struct world *w = *state;
	uint64_t first, second;

	first = waiting(w, SECOND);
	world_awake(w, 10000);
	second = waiting(w, HOTLINE);
	world_queue(w, 1, "{\"priority_s\": 5}"); /* not enough */
	world_sign_in(w, 1);
	assert_int_equal(of(w, first)->state, CALL_RING);
	serve(w, 1, first); /* free: the second rings at once */
	assert_int_equal(of(w, second)->state, CALL_RING);
}

static void priority_is_a_head_start_between_queues(void **state)
{
	struct world *w = *state;
	uint64_t first, second;

	first = waiting(w, SECOND);
	world_awake(w, 10000);
	second = waiting(w, HOTLINE);
	world_queue(w, 1, "{\"priority_s\": 30}"); /* while they wait */
	world_sign_in(w, 1);
	assert_int_equal(of(w, second)->state, CALL_RING);
	assert_int_equal(of(w, first)->state, CALL_QUEUE);
}

static void a_head_nobody_can_take_stops_no_other_queue(void **state)
{
	struct world *w = *state;

	world_queue(w, 1, "{\"members\": [3]}");
	waiting(w, HOTLINE);
	world_awake(w, 5000);
	waiting(w, SECOND);
	world_sign_in(w, 1);
	assert_true(rings(w, 1));
}

/* B1-8: rules edited while callers wait hold for them, too. */
static void a_rule_edited_holds_for_those_who_wait(void **state)
{
	struct world *w = *state;
	uint64_t d;

	d = waiting(w, HOTLINE);
	world_awake(w, 60000);
	world_queue(w, 1, "{\"max_wait_s\": 100, \"late_action\": \"end\"}");
	world_awake(w, 30000);
	assert_int_equal(of(w, d)->state, CALL_QUEUE);
	world_awake(w, 11000);
	assert_int_equal(of(w, d)->state, CALL_GOODBYE);
}

static void who_is_moved_or_blocked_while_it_rings_is_left_alone(void **st)
{
	struct world *w = *st;
	uint64_t d;

	world_sign_in(w, 1);
	d = waiting(w, HOTLINE);
	assert_true(rings(w, 1));
	world_queue(w, 1, "{\"members\": [2, 3]}");
	assert_string_equal(world_agent_state(w, 1), "FREE");
	assert_int_equal(of(w, d)->state, CALL_QUEUE);
	world_sign_in(w, 2);
	assert_true(rings(w, 2));
	json_object_set_new(json_array_get(json_object_get(w->dir, "users"), 1),
			    "blocked", json_true());
	world_changed(w);
	assert_int_equal(of(w, d)->state, CALL_QUEUE);
	world_sign_in(w, 3);
	assert_true(rings(w, 3));
	json_array_remove(json_object_get(w->dir, "users"), 2);
	world_changed(w);
	assert_int_equal(of(w, d)->state, CALL_QUEUE);
	assert_null(cc_engine_check(w->engine));
}

/* The clock on the wall jumps; nobody's wait, ring or place does. */
static void a_clock_jump_moves_nobody(void **state)
{
	static const int64_t jumps[] = { 86400000, -86400000, 3600000,
					 -7200000 };
	struct world *w = *state;
	uint64_t d[2];

	d[0] = waiting(w, HOTLINE);
	world_tick(w, 1000);
	for (size_t i = 0; i < CC_LEN(jumps); i++) {
		w->epoch_ahead = jumps[i];
		world_tick(w, 1000);
		d[1] = waiting(w, HOTLINE);
		assert_int_equal(of(w, d[0])->state, CALL_QUEUE);
		assert_int_equal(cc_line_position(&of(w, d[0])->queue->line,
						  &of(w, d[0])->place),
				 1);
		world_bye(w, d[1]);
	}
	world_sign_in(w, 1);
	assert_true(rings(w, 1));
	w->epoch_ahead = 0;
	world_awake(w, 19000);
	assert_true(rings(w, 1));
	world_awake(w, 1500);
	assert_int_equal(kinds(w, "RINGNOANSWER"), 1);
}

static void the_estimate_is_told_with_the_position(void **state)
{
	struct world *w = *state;
	uint64_t d;
	int told = 0;

	world_queue(w, 1, "{\"wrapup_s\": 600}");
	world_sign_in(w, 1);
	d = waiting(w, HOTLINE);
	assert_null(world_button(w, 1, "answer", ""));
	world_awake(w, 100000);
	world_bye(w, d);
	world_awake(w, 20000);
	world_ask(w, 1, "{\"request\":\"ready\"}"); /* 120 s in all */
	waiting(w, HOTLINE);
	assert_null(world_button(w, 1, "answer", ""));
	waiting(w, HOTLINE);
	d = waiting(w, HOTLINE);
	world_awake(w, 1000);
	for (uint64_t p = 0; p < WORLD_PORTS; p++)
		if (w->port[p] && w->hear[p].play[2] == CC_PROMPT_WAIT) {
			assert_int_equal(w->hear[p].play[1],
					 CC_PROMPT_NUMBER_1 + 1);
			assert_int_equal(w->hear[p].play[3],
					 CC_PROMPT_NUMBER_1 + 3);
			told++;
		}
	assert_int_equal(told, 1); /* the second: two times 120 s */
	assert_non_null(of(w, d));
}

/* --- random rules -------------------------------------------------------- */

#define OPERATORS 8
#define CITIZENS  51 /* numbers end with 1 to 50 */

static void is_not_forgotten(const struct cc_engine *e,
			     const struct cc_queue *q, const struct cc_place *p)
{
	struct cc_choice in = { .rule = q->strategy,
				.need = q->need,
				.waited_ms = e->now - p->since + p->start,
				.returned = p->returned };

	for (size_t i = 0; i < q->member_count; i++) {
		const struct cc_agent *a = q->members[i].agent;

		if (a && a->present && cc_agent_available(&a->facts) &&
		    q->members[i].skill >= cc_need_now(&in) &&
		    !cc_call_spares(e, p->owner, a->id))
			fail_msg("a caller waits beside operator %u", a->id);
	}
}

/* After each step nobody waits whom a free operator might serve: the engine
 * has offered whatever could be offered. */
static void nobody_is_forgotten(struct world *w)
{
	const struct cc_engine *e = w->engine;
	const struct cc_queue *q;
	const struct cc_place *p;

	TAILQ_FOREACH(q, &e->queues, link)
		TAILQ_FOREACH(p, &q->line.places, link) {
			const struct cc_call *c = p->owner;

			is_not_forgotten(e, q, p);
			if (e->now >= c->spared_due)
				break;
		}
}

/* Whoever it rings for stood before everybody else of his queue. */
static void in_order(struct world *w, struct cc_call **was, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct cc_call *c = was[i];

		if (c->state != CALL_RING)
			continue;
		for (size_t j = 0; j < n; j++)
			if (was[j] != c && was[j]->queue == c->queue &&
			    was[j]->state == CALL_QUEUE &&
			    !cc_call_spares(w->engine, was[j],
					    c->offered->id) &&
			    !cc_head_before(&c->place, 0, &was[j]->place, 0))
				fail_msg("somebody was overtaken");
	}
	assert_null(cc_engine_check(w->engine));
}

struct shift {
	struct world w;
	uint64_t seed;
	int64_t busy[OPERATORS + 1]; /* talks until */
	struct given_up {
		uint32_t queue; /* 0 = he has no place to come back to */
		int64_t since, at;
	} given_up[CITIZENS];
	char stood[1 << 20]; /* which calls have entered a queue, by id */
	unsigned last;       /* who gave up; 0 = he has called again */
	unsigned served, asked, taken_off, gone, back;
};

static struct given_up *of_number(struct shift *s, const char *number)
{
	size_t n = strlen(number);

	return &s->given_up[atoi(number + (n > 9 ? n - 9 : 0)) % CITIZENS];
}

/* Somebody who waits hangs up now and then. */
static void one_gives_up(struct shift *s)
{
	struct cc_call *c;

	TAILQ_FOREACH(c, &s->w.engine->calls, link) {
		if ((c->state != CALL_QUEUE && c->state != CALL_RING) ||
		    c->callback || random_below(&s->seed, 30))
			continue;
		if (c->queue->keep_ms)
			*of_number(s, c->number) =
			    (struct given_up){ c->queue->id, c->place.since,
					       s->w.now };
		s->last = (unsigned)(of_number(s, c->number) - s->given_up);
		s->gone++;
		world_bye(&s->w, c->dialog);
		return;
	}
}

/* Who enters a queue stands where he stood, if that is still kept for him,
 * once, and behind everybody else if it is not. */
static void places_are_kept(struct shift *s)
{
	struct cc_call *c;

	TAILQ_FOREACH(c, &s->w.engine->calls, link) {
		unsigned id = (unsigned)atoi(c->id + strlen(c->id) - 12);
		struct given_up *g = of_number(s, c->number);
		bool kept;

		if ((c->state != CALL_QUEUE && c->state != CALL_RING) ||
		    c->callback || s->stood[id % sizeof(s->stood)])
			continue;
		s->stood[id % sizeof(s->stood)] = 1;
		kept = g->queue == c->queue->id && c->queue->keep_ms &&
		       s->w.now - g->at <= c->queue->keep_ms;
		assert_int_equal(c->place.since, kept ? g->since : s->w.now);
		if (!kept)
			continue;
		g->queue = 0;
		s->back++;
	}
}

static bool is_place(struct world *w, uint64_t session)
{
	json_t *call = json_object_get(w->state[session], "call");

	return !strcmp(json_string_value(json_object_get(call, "kind")),
		       "callback");
}

static const char *number_of(struct world *w, uint64_t session)
{
	return json_string_value(json_object_get(
	    json_object_get(w->state[session], "call"), "number"));
}

/* Somebody who waits leaves his number now and then. */
static void one_leaves_his_number(struct shift *s)
{
	struct cc_call *c;

	TAILQ_FOREACH(c, &s->w.engine->calls, link)
		if (c->state == CALL_QUEUE && c->port &&
		    !random_below(&s->seed, 30)) {
			world_digit(&s->w, c->port, '1');
			return;
		}
}

/* Everybody answers within some seconds and talks for a minute or so. */
static void operators(struct shift *s)
{
	for (uint64_t i = 1; i <= OPERATORS; i++) {
		const char *st = world_agent_state(&s->w, i);

		world_ask(&s->w, i, "{\"request\":\"pong\",\"n\":0}");
		if (!strcmp(st, "RINGING")) {
			if (random_below(&s->seed, 3))
				continue;
			if (is_place(&s->w, i)) {
				of_number(s, number_of(&s->w, i))->queue = 0;
				assert_null(world_button(&s->w, i, "take", ""));
				s->served++;
				continue;
			}
			if (world_button(&s->w, i, "answer", ""))
				continue;
			s->served++;
			of_number(s, number_of(&s->w, i))->queue = 0;
			s->busy[i] =
			    s->w.now + 5000 + random_below(&s->seed, 90000);
		} else if (!strcmp(st, "TALKING") && s->w.now >= s->busy[i]) {
			world_button(&s->w, i, "hangup", "");
		} else if (!strcmp(st, "WRAPUP")) {
			world_ask(&s->w, i, "{\"request\":\"ready\"}");
		} else if (!strcmp(st, "BREAK")) {
			world_ask(&s->w, i, "{\"request\":\"resume\"}");
		}
	}
}

/* The supervisor takes a ringing call off now and then. */
static void supervisor(struct shift *s)
{
	char json[160];

	for (uint64_t i = 1; i <= OPERATORS; i++) {
		json_t *call = json_object_get(s->w.state[i], "call");

		if (strcmp(world_agent_state(&s->w, i), "RINGING") ||
		    is_place(&s->w, i) || random_below(&s->seed, 8))
			continue;
		snprintf(json, sizeof(json),
			 "{\"request\":\"release\",\"call\":\"%s\","
			 "\"end\":false,\"reason\":\"r\"}",
			 json_string_value(json_object_get(call, "id")));
		assert_null(world_ask(&s->w, OPERATORS, json));
		s->taken_off++;
	}
}

static void callers(struct shift *s, bool more)
{
	char from[16];

	while (s->w.ended_count)
		world_bye(&s->w, s->w.ended[--s->w.ended_count]);
	if (!more || random_below(&s->seed, 9))
		return;
	snprintf(from, sizeof(from), "+79%09u",
		 s->last && random_below(&s->seed, 2)
		     ? s->last
		     : 1 + random_below(&s->seed, 50));
	s->last = 0;
	s->w.caller = from;
	world_call(&s->w, random_below(&s->seed, 2) ? HOTLINE : SECOND);
	s->w.caller = NULL;
	s->asked++;
}

static void second(struct shift *s, bool more)
{
	struct cc_call *was[256], *c;
	size_t n = 0;

	callers(s, more);
	one_leaves_his_number(s);
	one_gives_up(s);
	TAILQ_FOREACH(c, &s->w.engine->calls, link)
		if (c->state == CALL_QUEUE && n < CC_LEN(was))
			was[n++] = c;
	world_play_out(&s->w);
	places_are_kept(s);
	world_tick(&s->w, 1000);
	in_order(&s->w, was, n);
	nobody_is_forgotten(&s->w);
	supervisor(s);
	nobody_is_forgotten(&s->w);
	operators(s);
	nobody_is_forgotten(&s->w);
}

static void nobody_starves_under_rules_that_change(void **state)
{
	const char *scale = getenv("OTKLIK_SCHEDULES");
	unsigned n = scale ? (unsigned)(strtoul(scale, NULL, 10) / 2000) : 500;
	struct shift *s = calloc(1, sizeof(*s));

	(void)state;
	s->seed = 88172645463325252ull;
	world_open(&s->w);
	s->w.boss = OPERATORS;
	world_directory(&s->w, OPERATORS);
	for (unsigned q = 1; q <= 2; q++)
		world_queue(&s->w, q,
			    "{\"open\": true, \"max_wait_s\": 65000,"
			    " \"max_len\": 60}");
	for (unsigned round = 0; round < (n ? n : 1); round++) {
		random_part(round);
		for (uint64_t i = 1; i <= OPERATORS; i++) {
			/* every page is new: the world has 4096 ports */
			cc_engine_session_gone(s->w.engine, i);
			world_sign_in(&s->w, i);
		}
		random_rules(&s->w, &s->seed, true);
		for (int i = 0; i < 120; i++)
			second(s, true);
		/* nobody comes any more: everybody is served */
		for (int i = 0; !TAILQ_EMPTY(&s->w.engine->calls); i++) {
			if (i == 7200)
				fail_msg("round %u: somebody starves", round);
			second(s, false);
		}
	}
	/* who leaves a number that has its place already keeps that one */
	assert_int_equal(s->served + s->gone, s->asked -
						  kinds(&s->w, "EXITWITHKEY") +
						  kinds(&s->w, "PLACE"));
	assert_int_equal(s->back, kinds(&s->w, "KEPTPLACE"));
	assert_true(s->back > n / 50);
	assert_true(s->taken_off > n);
	assert_true(kinds(&s->w, "PLACE") >= n / 2);
	print_message("%u rounds, %u served, %u taken off, %d numbers left, "
		      "%u gave up, %u got their places back\n",
		      n, s->served, s->taken_off, (int)kinds(&s->w, "PLACE"),
		      s->gone, s->back);
	world_close(&s->w);
	free(s);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(max_wait_wins_unless_an_operator_is_ringing),
		T(a_refusal_restarts_the_ring_not_the_stay),
		T(round_robin_over_real_calls),
		T(fewest_calls_counts_the_shift),
		T(the_organization_of_the_number_is_served_by_its_own),
		T(the_route_may_name_the_organization),
		T(the_insurer_of_a_number_serves_if_it_is_known_in_time),
		T(skills_widen_by_time_and_the_place_is_kept),
		T(ring_all_and_the_first_answer_wins),
		T(ring_all_goes_on_without_who_refuses),
		T(a_repeated_caller_gets_his_operator_if_it_is_turned_on),
		T(an_abandoned_place_is_kept_if_it_is_turned_on),
		T(max_wait_may_lead_to_another_queue_by_the_time_waited),
		T(overflow_in_a_ring_comes_to_an_end),
		T(a_full_queue_is_busy_before_the_greeting),
		T(a_full_queue_may_lead_elsewhere),
		T(an_empty_queue_by_the_conditions_chosen),
		T(the_earliest_head_of_all_queues_is_next),
		T(priority_is_a_head_start_between_queues),
		T(a_head_nobody_can_take_stops_no_other_queue),
		T(a_rule_edited_holds_for_those_who_wait),
		T(who_is_moved_or_blocked_while_it_rings_is_left_alone),
		T(a_clock_jump_moves_nobody),
		T(the_estimate_is_told_with_the_position),
		cmocka_unit_test(nobody_starves_under_rules_that_change),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
