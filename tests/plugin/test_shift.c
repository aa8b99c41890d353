/* «Смена сейчас» and the alerts of K-5.1.8.10, by a simulated clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/request.h"
#include "janus-plugin/sip.h"
#include "tests/plugin/shift_bed.h"

static size_t told(struct world *w, uint64_t s)
{
	return json_array_size(json_object_get(w->alerts[s], "alerts"));
}

static const char *answer_alert(struct world *w, uint64_t s, json_t *alert)
{
	char json[120];

	snprintf(json, sizeof(json),
		 "{\"request\":\"accept\",\"alert\":\"%s\"}",
		 json_string_value(json_object_get(alert, "id")));
	return world_ask(w, s, json);
}

static json_t *alert_of(struct world *w, uint64_t s)
{
	json_t *a = json_array_get(json_object_get(w->alerts[s], "alerts"), 0);

	assert_non_null(a);
	return a;
}

static void k_5_1_8_10_a_press_of_112_is_told_to_every_active_supervisor(
    void **state)
{
	struct world *w = *state;

	shift_page(w, SUPER);
	shift_page(w, L2);
	world_sign_in(w, SUPER);
	shift_talk(w, OP1);
	assert_null(world_button(w, OP1, "emergency", ",\"service\":\"112\""));
	assert_int_equal(told(w, SUPER), 1);
	assert_int_equal(told(w, L2), 0);
	assert_string_equal(
	    json_string_value(json_object_get(alert_of(w, SUPER), "kind")),
	    "EMERGENCY");
	assert_int_equal(shift_rows(w, "shift_alert", "kind", "EMERGENCY"), 1);
	assert_int_equal(shift_rows(w, "call_flag", "flag", "EMERGENCY"), 1);
}

static void the_first_who_accepts_ends_it(void **state)
{
	struct world *w = *state;
	json_t *alert;

	world_sign_in(w, SUPER);
	world_sign_in(w, OP1);
	world_sign_in(w, ADMIN);
	assert_null(
	    world_ask(w, OP1, "{\"request\":\"raise\",\"flag\":\"THREAT\"}"));
	alert = json_incref(alert_of(w, SUPER));
	assert_string_equal(answer_alert(w, OP2, alert), CC_NOT_HELLO);
	assert_string_equal(answer_alert(w, OP1, alert), CC_FORBIDDEN);
	/* an administrator only where no supervisor answers */
	assert_string_equal(answer_alert(w, ADMIN, alert), CC_FORBIDDEN);
	assert_null(answer_alert(w, SUPER, alert));
	assert_string_equal(world_said(w, OP1), "M19");
	assert_string_equal(
	    json_string_value(json_object_get(w->said[OP1], "text")),
	    "Принял: 1004");
	assert_int_equal(told(w, SUPER), 0);
	assert_string_equal(answer_alert(w, SUPER, alert), CC_ALERT_OVER);
	assert_int_equal(shift_rows(w, "shift_alert_step", "step", "ACCEPTED"),
			 1);
	json_decref(alert);
}

static void k_5_1_8_10_nobody_in_30_s_raises_it(void **state)
{
	struct world *w = *state;

	world_sign_in(w, SUPER);
	world_sign_in(w, L2);
	world_sign_in(w, ADMIN);
	world_sign_in(w, OP1);
	assert_null(world_ask(
	    w, OP1, "{\"request\":\"raise\",\"flag\":\"OPERATOR_UNWELL\"}"));
	world_awake(w, 29500);
	assert_int_equal(told(w, L2), 0);
	assert_string_equal(world_said(w, OP1), "");
	world_awake(w, 500);
	assert_int_equal(told(w, L2), 1);
	assert_int_equal(told(w, ADMIN), 1);
	assert_int_equal(told(w, SUPER), 1); /* he may still answer */
	assert_string_equal(world_said(w, OP1), "M20");
	assert_null(answer_alert(w, L2, alert_of(w, L2)));
	assert_string_equal(world_said(w, OP1), "M19");
	for (uint64_t s = SUPER; s <= ADMIN; s++)
		assert_int_equal(told(w, s), 0);
	assert_int_equal(shift_rows(w, "shift_alert_step", "step", "ESCALATED"),
			 1);
}

static void without_an_active_supervisor_it_is_raised_at_once(void **state)
{
	struct world *w = *state;

	shift_page(w, SUPER); /* signed in, not at work */
	world_sign_in(w, L2);
	shift_page(w, ADMIN);
	shift_talk(w, OP1);
	assert_null(world_button(w, OP1, "emergency", ",\"service\":\"103\""));
	assert_string_equal(world_said(w, OP1), "M18");
	assert_int_equal(told(w, L2), 1);
	assert_int_equal(told(w, ADMIN), 0); /* not at work either */
	assert_int_equal(told(w, SUPER), 1);
	assert_int_equal(shift_rows(w, "shift_alert_step", "step", "ESCALATED"),
			 1);
	/* who begins to work later is told, too */
	assert_null(world_ask(w, ADMIN, "{\"request\":\"start\"}"));
	cc_engine_leg_up(w->engine, ADMIN);
	cc_engine_settle(w->engine);
	assert_int_equal(told(w, ADMIN), 1);
}

static void an_insurers_alert_is_not_every_insurers(void **state)
{
	struct world *w = *state;

	world_sign_in(w, INSURER_SUPER);
	world_sign_in(w, SUPER);
	world_sign_in(w, OP1);
	assert_null(
	    world_ask(w, OP1, "{\"request\":\"raise\",\"flag\":\"THREAT\"}"));
	assert_int_equal(told(w, INSURER_SUPER), 0);
	assert_string_equal(answer_alert(w, INSURER_SUPER, alert_of(w, SUPER)),
			    CC_FORBIDDEN);
	/* his own employee, who serves the fund's line: both */
	world_sign_in(w, REP);
	assert_null(
	    world_ask(w, REP, "{\"request\":\"raise\",\"flag\":\"THREAT\"}"));
	assert_int_equal(told(w, INSURER_SUPER), 1);
	assert_int_equal(told(w, SUPER), 2);
}

static void a_flag_from_a_page_is_an_alert_or_only_a_mark(void **state)
{
	struct world *w = *state;
	json_t *call, *p;

	world_sign_in(w, SUPER);
	shift_talk(w, OP1);
	call = json_object_get(json_object_get(w->state[OP1], "call"), "id");
	p = json_pack("{s:O, s:i, s:s}", "call", call, "user", OP1, "flag",
		      "SPAM");
	cc_engine_outbox(w->engine, "call_flag", p);
	cc_engine_settle(w->engine);
	assert_int_equal(told(w, SUPER), 0);
	assert_int_equal(shift_rows(w, "call_flag", "flag", "SPAM"), 1);
	json_object_set_new(p, "flag", json_string("THREAT"));
	cc_engine_outbox(w->engine, "call_flag", p);
	cc_engine_outbox(w->engine, "call_flag", p); /* once is enough */
	json_object_set_new(p, "flag", json_string("NONSENSE"));
	cc_engine_outbox(w->engine, "call_flag", p);
	cc_engine_settle(w->engine);
	assert_int_equal(told(w, SUPER), 1);
	assert_int_equal(shift_rows(w, "shift_alert", "kind", "THREAT"), 1);
	assert_int_equal(shift_rows(w, "call_flag", "flag", "NONSENSE"), 0);
	json_decref(p);
}

static void open_alerts_survive_a_restart(void **state)
{
	struct world *w = *state;
	json_t *dir = shift_directory();

	json_object_set_new(
	    dir, "alerts",
	    json_pack("[{s:s, s:s, s:I, s:s, s:n, s:i, s:n, s:i, s:s, s:b},"
		      " {s:s, s:s, s:I, s:s, s:n, s:n, s:n, s:n, s:s, s:b}]",
		      "id", "00000000-0000-7000-8000-00000000aaaa", "node",
		      "test", "at", (json_int_t)500, "kind", "THREAT", "call",
		      "user", OP1, "queue", "org", 1, "text", "", "raised", 0,
		      "id", "00000000-0000-7000-8000-00000000bbbb", "node",
		      "test", "at", (json_int_t)500, "kind", "TRUNK", "call",
		      "user", "queue", "org", "text", "one", "raised", 0));
	cc_engine_directory(w->engine, dir);
	world_sign_in(w, SUPER);
	assert_int_equal(told(w, SUPER), 1);
	assert_int_equal(shift_rows(w, "shift_alert_step", "step", "OVER"), 1);
	assert_null(answer_alert(w, SUPER, alert_of(w, SUPER)));
	/* a directory read before that answer reached the database */
	cc_engine_directory(w->engine, dir);
	cc_engine_settle(w->engine);
	assert_int_equal(told(w, SUPER), 0);
	json_decref(dir);
}

/* Nobody forgets a call for help because the clock was put back meanwhile. */
static void an_alert_of_a_clock_that_was_ahead_survives_too(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	json_t *dir = shift_directory();

	(void)state;
	world_open(w);
	w->keep_rows = true;
	json_object_set_new(
	    dir, "alerts",
	    json_pack("[{s:s, s:s, s:I, s:s, s:n, s:i, s:n, s:i, s:s, s:b}]",
		      "id", "00000000-0000-7000-8000-00000000aaaa", "node",
		      "test", "at", (json_int_t)(w->now + 600000), "kind",
		      "THREAT", "call", "user", OP1, "queue", "org", 1, "text",
		      "", "raised", 0));
	cc_engine_directory(w->engine, dir);
	cc_engine_settle(w->engine);
	world_sign_in(w, SUPER);
	assert_int_equal(told(w, SUPER), 1);
	assert_null(answer_alert(w, SUPER, alert_of(w, SUPER)));
	cc_engine_directory(w->engine, dir);
	cc_engine_settle(w->engine);
	assert_int_equal(told(w, SUPER), 0);
	json_decref(dir);
	world_close(w);
	free(w);
}

static void long_waits_are_told_and_end_by_themselves(void **state)
{
	struct world *w = *state;

	shift_page(w, SUPER);
	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 119000);
	assert_int_equal(shift_rows(w, "shift_alert", NULL, NULL), 0);
	world_tick(w, 1000);
	assert_int_equal(shift_rows(w, "shift_alert", "kind", "LONG_WAIT"), 1);
	assert_int_equal(told(w, SUPER), 0); /* it does not sound */
	world_sign_in(w, OP1);
	assert_null(world_button(w, OP1, "answer", ""));
	world_tick(w, 1);
	assert_int_equal(shift_rows(w, "shift_alert_step", "step", "OVER"), 1);
}

static void a_long_wait_ends_with_who_hangs_up(void **state)
{
	struct world *w = *state;
	uint64_t dialog;

	shift_page(w, SUPER);
	dialog = world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 120000);
	assert_int_equal(shift_rows(w, "shift_alert", "kind", "LONG_WAIT"), 1);
	world_bye(w, dialog);
	assert_int_equal(shift_rows(w, "shift_alert_step", "step", "OVER"), 1);
}

/* --- the board ------------------------------------------------------------ */

static void who_may_watch_and_who_may_not(void **state)
{
	struct world *w = *state;

	for (uint64_t s = 1; s < USERS; s++)
		shift_page(w, s);
	for (uint64_t s = OP1; s <= REP; s++)
		assert_string_equal(shift_watch(w, s), CC_FORBIDDEN);
	assert_string_equal(shift_watch(w, L2), CC_FORBIDDEN);
	assert_null(shift_watch(w, SUPER));
	assert_null(shift_watch(w, INSURER_SUPER));
	assert_null(shift_watch(w, ADMIN));
	assert_null(shift_watch(w, DIRECTOR));
	/* own organization, and the members of own queues */
	assert_int_equal(shift_shown(w, SUPER, "agents"), 3);
	assert_int_equal(shift_shown(w, SUPER, "queues"), 2);
	assert_int_equal(shift_shown(w, INSURER_SUPER, "agents"), 1);
	assert_int_equal(shift_shown(w, INSURER_SUPER, "queues"), 1);
	assert_int_equal(shift_shown(w, DIRECTOR, "agents"), 2);
	assert_int_equal(shift_shown(w, ADMIN, "queues"), 3);
	assert_true(
	    json_is_false(json_object_get(shift_agent(w, SUPER, REP), "act")));
	assert_true(json_is_false(
	    json_object_get(shift_agent(w, DIRECTOR, OP1), "act")));
	assert_true(
	    json_is_true(json_object_get(shift_agent(w, SUPER, OP1), "act")));
}

static void a_waiting_call_is_shown_until_it_is_answered(void **state)
{
	struct world *w = *state;
	json_t *c;

	shift_page(w, SUPER);
	shift_page(w, INSURER_SUPER);
	shift_page(w, DIRECTOR);
	assert_null(shift_watch(w, SUPER));
	assert_null(shift_watch(w, INSURER_SUPER));
	assert_null(shift_watch(w, DIRECTOR));
	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 100);
	c = shift_waiting(w, SUPER);
	assert_string_equal(text_of(c, "state"), "queue");
	assert_string_equal(text_of(c, "number"), "+79000000001");
	assert_int_equal(json_integer_value(json_object_get(c, "position")), 1);
	assert_string_equal(text_of(shift_waiting(w, DIRECTOR), "number"),
			    "+7900*****01");
	assert_int_equal(shift_shown(w, INSURER_SUPER, "calls"), 0);
	world_sign_in(w, OP1);
	world_tick(w, 100);
	assert_string_equal(text_of(shift_waiting(w, SUPER), "state"), "ring");
	assert_null(world_button(w, OP1, "answer", ""));
	world_tick(w, 100);
	assert_int_equal(shift_shown(w, SUPER, "calls"), 0);
	c = shift_agent(w, SUPER, OP1);
	assert_string_equal(text_of(c, "state"), "TALKING");
	assert_string_equal(text_of(json_object_get(c, "call"), "number"),
			    "+79000000001");
}

static void an_alert_shows_a_director_no_number(void **state)
{
	struct world *w = *state;
	json_t *alerts;

	shift_page(w, SUPER);
	shift_page(w, DIRECTOR);
	assert_null(shift_watch(w, SUPER));
	assert_null(shift_watch(w, DIRECTOR));
	shift_talk(w, OP1);
	assert_null(
	    world_ask(w, OP1, "{\"request\":\"raise\",\"flag\":\"THREAT\"}"));
	world_tick(w, 100);
	for (uint64_t s = SUPER; s; s = s == SUPER ? DIRECTOR : 0) {
		alerts = shift_part(w, s, "alerts");
		assert_int_equal(json_object_size(alerts), 1);
		assert_string_equal(
		    text_of(json_object_iter_value(json_object_iter(alerts)),
			    "number"),
		    s == SUPER ? "+79000000001" : "+7900*****01");
	}
}

static void changes_come_together_and_not_sooner_than_100_ms(void **state)
{
	struct world *w = *state;
	unsigned before;

	shift_page(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	world_tick(w, 100);
	before = w->shifts[SUPER];
	world_sign_in(w, OP1);
	world_sign_in(w, OP2);
	world_call(w, HOTLINE);
	world_play_out(w);
	/* the first at once, the rest together */
	assert_int_equal(w->shifts[SUPER], before + 1);
	assert_true(cc_engine_settle(w->engine) <= 100);
	world_tick(w, 99);
	assert_int_equal(w->shifts[SUPER], before + 1);
	world_tick(w, 1);
	assert_int_equal(w->shifts[SUPER], before + 2);
	assert_int_equal(shift_shown(w, SUPER, "calls"), 1);
	/* nothing happens: nothing is said */
	world_awake(w, 5000);
	assert_int_equal(w->shifts[SUPER], before + 2);
	/* after a gap the whole comes again */
	assert_null(world_ask(w, SUPER, "{\"request\":\"sync\"}"));
	assert_int_equal(w->shifts[SUPER], before + 3);
	assert_true(json_is_true(shift_part(w, SUPER, "full")));
	/* and nothing more to who has turned the page */
	assert_null(
	    world_ask(w, SUPER, "{\"request\":\"watch\",\"on\":false}"));
	world_bye(w, w->answered);
	world_tick(w, 1000);
	assert_int_equal(w->shifts[SUPER], before + 3);
}

static void who_loses_the_role_loses_the_board(void **state)
{
	struct world *w = *state;
	json_t *dir = shift_directory();

	shift_page(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	json_object_set_new(
	    json_array_get(json_object_get(dir, "users"), SUPER - 1), "roles",
	    json_pack("[s]", "OPERATOR_L1"));
	cc_engine_directory(w->engine, dir);
	world_tick(w, 100);
	assert_true(json_is_true(shift_part(w, SUPER, "off")));
	assert_string_equal(shift_watch(w, SUPER), CC_FORBIDDEN);
	json_decref(dir);
}

static void the_days_figures_are_of_the_region_and_survive(void **state)
{
	struct world *w = *state;
	json_t *q;
	uint64_t gone;

	shift_page(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	gone = world_call(w, HOTLINE);
	world_play_out(w);
	world_bye(w, gone);
	world_sign_in(w, OP1);
	world_call(w, HOTLINE);
	world_play_out(w);
	assert_null(world_button(w, OP1, "answer", ""));
	world_tick(w, 100);
	q = shift_queue(w, SUPER, "1");
	assert_int_equal(json_integer_value(json_object_get(q, "offered")), 2);
	assert_int_equal(json_integer_value(json_object_get(q, "answered")), 1);
	assert_int_equal(json_integer_value(json_object_get(q, "within")), 1);
	assert_int_equal(json_integer_value(json_object_get(q, "abandoned")),
			 1);
	/* midnight in Moscow is 21:00 UTC */
	world_tick(w, 21 * 3600000 - w->now);
	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 100);
	assert_int_equal(json_integer_value(json_object_get(
			     shift_queue(w, SUPER, "1"), "offered")),
			 1);
}

/* The only citizen without an operator. */
static json_t *away(struct world *w, uint64_t s)
{
	json_t *list = shift_part(w, s, "away");

	assert_int_equal(json_object_size(list), 1);
	return json_object_iter_value(json_object_iter(list));
}

static void who_is_handed_outside_stands_on_the_board(void **state)
{
	static const uint64_t see[] = { SUPER, ADMIN, DIRECTOR };
	struct world *w = *state;
	json_t *id;

	shift_rule(w, "longest_idle");
	for (uint64_t s = SUPER; s <= DIRECTOR; s++) {
		shift_page(w, s);
		if (s != L2)
			assert_null(shift_watch(w, s));
	}
	shift_talk(w, OP1);
	id = json_string(shift_call(w, OP1));
	assert_null(world_button(w, OP1, "transfer", OUTSIDE));
	world_tick(w, 100);
	assert_int_equal(shift_shown(w, SUPER, "away"),
			 0); /* he is still there */
	assert_null(world_button(w, OP1, "hangup", ""));
	world_tick(w, 100);
	assert_string_equal(text_of(away(w, SUPER), "state"), "transfer");
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_tick(w, 60000);
	for (size_t i = 0; i < sizeof(see) / sizeof(*see); i++) {
		json_t *c = away(w, see[i]);

		assert_string_equal(text_of(c, "state"), "talk");
		assert_string_equal(text_of(c, "number"), see[i] == DIRECTOR
							      ? "+7900*****01"
							      : "+79000000001");
		assert_string_equal(text_of(c, "to"), see[i] == DIRECTOR
							  ? "+7865*****33"
							  : "+78652112233");
		assert_string_equal(text_of(c, "from"), "1001");
		assert_int_equal(number_of(c, "since"), w->now - 60000);
		assert_int_equal(json_is_true(json_object_get(c, "act")),
				 see[i] != DIRECTOR);
	}
	assert_int_equal(shift_shown(w, INSURER_SUPER, "away"), 0);
	assert_string_equal(shift_act(w, INSURER_SUPER, "release",
				      json_string_value(id), ",\"end\":true"),
			    CC_FORBIDDEN);
	assert_null(shift_act(w, SUPER, "release", json_string_value(id),
			      ",\"end\":true"));
	world_tick(w, 100);
	assert_int_equal(shift_shown(w, SUPER, "away"), 0);
	assert_int_equal(w->ended_count, 2); /* both lines */
	json_decref(id);
}

/* A call of ours has no queue: whose employee handed it on may end it. */
static void a_call_of_ours_handed_outside_has_its_supervisor(void **state)
{
	struct world *w = *state;

	shift_rule(w, "longest_idle");
	shift_page(w, SUPER);
	shift_page(w, INSURER_SUPER);
	assert_null(shift_watch(w, SUPER));
	assert_null(shift_watch(w, INSURER_SUPER));
	world_sign_in(w, REP);
	assert_null(world_ask(
	    w, REP, "{\"request\":\"dial\",\"number\":\"88652112244\"}"));
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	assert_null(world_button(w, REP, "transfer", OUTSIDE));
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_tick(w, 100);
	assert_int_equal(shift_shown(w, SUPER, "away"), 0);
	assert_string_equal(text_of(away(w, INSURER_SUPER), "number"),
			    "+78652112244");
	assert_true(
	    json_is_false(json_object_get(away(w, INSURER_SUPER), "back")));
	assert_null(shift_act(w, INSURER_SUPER, "release",
			      text_of(away(w, INSURER_SUPER), "id"),
			      ",\"end\":true"));
	assert_null(cc_engine_check(w->engine));
}

static void alone_with_the_service_he_stands_on_the_board(void **state)
{
	struct world *w = *state;

	shift_page(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	shift_talk(w, OP1);
	assert_null(world_button(w, OP1, "emergency", ",\"service\":\"112\""));
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	assert_null(world_button(w, OP1, "leave", ""));
	world_tick(w, 100);
	assert_string_equal(text_of(away(w, SUPER), "state"), "conference");
	assert_string_equal(text_of(away(w, SUPER), "to"), "112");
	/* nobody cuts a call that 112 is in */
	assert_true(json_is_false(json_object_get(away(w, SUPER), "act")));
}

static void our_certificate_is_an_alert_until_it_is_well(void **state)
{
	struct cc_sip_event ev = { .kind = CC_SIP_CERT,
				   .status = 200,
				   .reason = "" };
	struct world *w = *state;
	json_t *alert, *status;
	const char *id;

	shift_page(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	cc_engine_sip(w->engine, &ev);
	ev.status = 409;
	ev.reason = "Our own certificate has expired";
	for (int i = 0; i < 2; i++) /* two bad ones, one after the other */
		cc_engine_sip(w->engine, &ev);
	world_tick(w, 100);
	assert_int_equal(shift_shown(w, SUPER, "alerts"), 1);
	json_object_foreach(shift_part(w, SUPER, "alerts"), id, alert) {
		assert_string_equal(text_of(alert, "kind"), "CERTIFICATE");
		assert_string_equal(
		    text_of(alert, "text"),
		    "новый не принят: просрочен; действует прежний");
	}
	world_tick(w, 5000);
	status = json_object_get(
	    json_object_get(shift_last(w, "node_status", "body"), "body"),
	    "certificate");
	assert_int_equal(number_of(status, "status"), 409);
	assert_string_equal(text_of(status, "reason"), ev.reason);
	ev.status = 410;
	cc_engine_sip(w->engine, &ev);
	world_tick(w, 100);
	json_object_foreach(shift_part(w, SUPER, "alerts"), id, alert)
		assert_string_equal(text_of(alert, "text"),
				    "действующий: просрочен");
	for (int well = 0; well <= 200; well += 200) { /* 0: not needed */
		ev.status = 410;
		ev.reason = "Our own certificate has expired";
		cc_engine_sip(w->engine, &ev);
		world_tick(w, 100);
		assert_int_equal(shift_shown(w, SUPER, "alerts"), 1);
		ev.status = well;
		ev.reason = "";
		cc_engine_sip(w->engine, &ev);
		world_tick(w, 100);
		assert_int_equal(shift_shown(w, SUPER, "alerts"), 0);
	}
	assert_null(cc_engine_check(w->engine));
}

static void a_trunk_that_goes_down_is_an_alert_until_it_is_back(void **state)
{
	struct cc_sip_event ev = { .kind = CC_SIP_TRUNK,
				   .trunk = 1,
				   .status = 503,
				   .reason = "Certificate expired" };
	struct world *w = *state;
	json_t *dir = shift_directory();

	json_object_set_new(
	    dir, "trunks", json_pack("[{s:i, s:s}]", "id", 1, "name", "Линия"));
	cc_engine_directory(w->engine, dir);
	shift_page(w, SUPER);
	assert_null(shift_watch(w, SUPER));
	cc_engine_sip(w->engine, &ev);
	world_tick(w, 100);
	assert_string_equal(
	    text_of(json_object_get(shift_part(w, SUPER, "trunks"), "1"),
		    "state"),
	    "down");
	assert_string_equal(
	    text_of(json_object_get(shift_part(w, SUPER, "trunks"), "1"),
		    "reason"),
	    "Certificate expired");
	assert_int_equal(shift_shown(w, SUPER, "alerts"), 1);
	ev.status = 200;
	cc_engine_sip(w->engine, &ev);
	world_tick(w, 100);
	assert_int_equal(shift_shown(w, SUPER, "alerts"), 0);
	json_decref(dir);
}

/* --- the leg outside ------------------------------------------------------- */

/* His leg stands in the journal with its times and what became of it; the
 * seconds of the call are all there, and those without an operator apart. */
static void the_leg_outside_and_its_seconds_are_stored(void **state)
{
	struct world *w = *state;
	json_t *leg, *ended, *spent, *ms;
	json_int_t sum = 0, dialled;
	const char *name;

	shift_rule(w, "longest_idle");
	shift_talk(w, OP1);
	world_tick(w, 5000);
	/* refused first */
	assert_null(world_button(w, OP1, "transfer", OUTSIDE));
	world_tick(w, 300);
	world_status(w, CC_SIP_ENDED, w->invited, 486, false);
	leg = shift_last(w, "call_leg", "kind");
	assert_string_equal(text_of(leg, "kind"), "OUTSIDE");
	assert_string_equal(text_of(leg, "peer"), "+78652112233");
	assert_int_equal(
	    number_of(leg, "ended_at") - number_of(leg, "started_at"), 300);
	ended = json_object_get(shift_last(w, "call_event", "data"), "data");
	assert_non_null(ended);
	assert_int_equal(shift_rows(w, "call_event", "kind", "OUTSIDEEND"), 1);

	assert_null(world_button(w, OP1, "transfer", OUTSIDE));
	dialled = w->now;
	world_tick(w, 2000);
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	world_tick(w, 70000);
	world_bye(w, w->invited);
	leg = shift_last(w, "call_leg", "kind");
	assert_string_equal(text_of(leg, "kind"), "OUTSIDE");
	assert_int_equal(number_of(leg, "seq"), 3);
	assert_int_equal(number_of(leg, "started_at"), dialled);
	assert_int_equal(number_of(leg, "ended_at"), w->now);
	ended = shift_last(w, "call", "durations");
	spent = json_object_get(ended, "durations");
	json_object_foreach(spent, name, ms)
		sum += json_integer_value(ms);
	assert_int_equal(number_of(spent, "outside"), 70000);
	assert_int_equal(number_of(spent, "transfer"), 2300);
	assert_int_equal(number_of(spent, "talk"), 5000);
	assert_int_equal(sum, number_of(ended, "ended_at") -
				  number_of(shift_last(w, "call", "started_at"),
					    "started_at"));
}

static void the_outside_leg_says_what_became_of_it(void **state)
{
	static const struct {
		int status;
		const char *why;
	} refusals[] = { { 486, "BUSY" },
			 { 404, "UNKNOWN" },
			 { 200, "HANGUP" } };
	struct world *w = *state;

	shift_rule(w, "longest_idle");
	shift_talk(w, OP1);
	for (size_t i = 0; i < 3; i++) {
		json_t *row, *data = NULL;
		size_t k;

		assert_null(world_button(w, OP1, "transfer", OUTSIDE));
		if (refusals[i].status == 200) {
			world_sip(w, CC_SIP_ANSWERED, w->invited);
			world_tick(w, 1000);
		}
		world_status(w, CC_SIP_ENDED, w->invited, refusals[i].status,
			     false);
		json_array_foreach(w->rows, k, row)
			if (!strcmp(text_of(row, "kind"), "OUTSIDEEND"))
				data = json_object_get(row, "data");
		assert_string_equal(text_of(data, "why"), refusals[i].why);
		assert_string_equal(text_of(data, "number"), "+78652112233");
		assert_int_equal(number_of(data, "talk_ms"), i < 2 ? 0 : 1000);
		assert_int_equal(
		    number_of(data, "leg"),
		    number_of(shift_last(w, "call_leg", "seq"), "seq"));
	}
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, shift_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(k_5_1_8_10_a_press_of_112_is_told_to_every_active_supervisor),
		T(the_first_who_accepts_ends_it),
		T(k_5_1_8_10_nobody_in_30_s_raises_it),
		T(without_an_active_supervisor_it_is_raised_at_once),
		T(an_insurers_alert_is_not_every_insurers),
		T(a_flag_from_a_page_is_an_alert_or_only_a_mark),
		T(open_alerts_survive_a_restart),
		T(an_alert_of_a_clock_that_was_ahead_survives_too),
		T(long_waits_are_told_and_end_by_themselves),
		T(a_long_wait_ends_with_who_hangs_up),
		T(who_may_watch_and_who_may_not),
		T(a_waiting_call_is_shown_until_it_is_answered),
		T(an_alert_shows_a_director_no_number),
		T(changes_come_together_and_not_sooner_than_100_ms),
		T(who_loses_the_role_loses_the_board),
		T(the_days_figures_are_of_the_region_and_survive),
		T(who_is_handed_outside_stands_on_the_board),
		T(a_call_of_ours_handed_outside_has_its_supervisor),
		T(alone_with_the_service_he_stands_on_the_board),
		T(our_certificate_is_an_alert_until_it_is_well),
		T(a_trunk_that_goes_down_is_an_alert_until_it_is_back),
		T(the_leg_outside_and_its_seconds_are_stored),
		T(the_outside_leg_says_what_became_of_it),
	};

	return cmocka_run_group_tests_name("shift", tests, NULL, NULL);
}
