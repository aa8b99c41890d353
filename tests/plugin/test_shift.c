/* «Смена сейчас» and the alerts of K-5.1.8.10, by a simulated clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/request.h"
#include "tests/plugin/fake_world.h"

#define HOTLINE "+78652000000"

/* Users by the number of their session. */
enum { OP1 = 1, OP2, REP, SUPER, INSURER_SUPER, L2, ADMIN, DIRECTOR, USERS };

static const struct {
	const char *role;
	int org;
	const char *kind;
} staff[USERS] = {
	[OP1] = { "OPERATOR_L1", 1, "FUND" },
	[OP2] = { "OPERATOR_L1", 1, "FUND" },
	[REP] = { "INSURER_REP_L1", 2, "INSURER" },
	[SUPER] = { "SUPERVISOR", 1, "FUND" },
	[INSURER_SUPER] = { "SUPERVISOR", 2, "INSURER" },
	[L2] = { "OPERATOR_L2", 1, "FUND" },
	[ADMIN] = { "CC_ADMIN", 1, "FUND" },
	[DIRECTOR] = { "DIRECTOR", 1, "FUND" },
};

/* Queue 1 is the fund's with both organizations in it, 3 the insurer's. */
static json_t *directory(void)
{
	json_t *users = json_array(), *dir;
	char ext[12];

	for (int i = 1; i < USERS; i++) {
		snprintf(ext, sizeof(ext), "%d", 1000 + i);
		json_array_append_new(
		    users, json_pack("{s:i, s:s, s:s, s:s, s:s, s:i, s:s,"
				     " s:[s]}",
				     "id", i, "login", ext, "name", ext,
				     "extension", ext, "org", "org", "org_id",
				     staff[i].org, "org_kind", staff[i].kind,
				     "roles", staff[i].role));
	}
	dir = json_pack(
	    "{s:o, s:[{s:i, s:s, s:[i,i,i]}, {s:i, s:s, s:[i]},"
	    " {s:i, s:s, s:i, s:[i]}], s:[{s:n, s:i}, {s:s, s:i}]}",
	    "users", users, "queues", "id", 1, "name", "hot", "members", OP1,
	    OP2, REP, "id", 2, "name", "second", "members", OP2, "id", 3,
	    "name", "insurer", "organization_id", 2, "members", REP, "routes",
	    "number", "queue_id", 1, "number", "+78652000003", "queue_id", 3);
	assert_non_null(dir);
	return dir;
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	json_t *dir = directory();

	world_open(w);
	w->keep_rows = true;
	cc_engine_directory(w->engine, dir);
	cc_engine_settle(w->engine);
	json_decref(dir);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

/* Signed in, without a telephone. */
static void page(struct world *w, uint64_t s)
{
	char json[160];

	cc_engine_session_new(w->engine, s);
	snprintf(json, sizeof(json),
		 "{\"request\":\"hello\",\"token\":\"%u\",\"page\":"
		 "\"00000000-0000-7000-8000-000000000000\"}",
		 (unsigned)s);
	assert_null(world_ask(w, s, json));
}

static uint64_t talk(struct world *w, uint64_t s)
{
	uint64_t dialog;

	world_sign_in(w, s);
	dialog = world_call(w, HOTLINE);
	world_play_out(w);
	assert_null(world_button(w, s, "answer", ""));
	return dialog;
}

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

/* Rows of a kind, and of a value if one is named. */
static unsigned rows(struct world *w, const char *t, const char *key,
		     const char *value)
{
	unsigned n = 0;
	json_t *row;
	size_t i;

	json_array_foreach(w->rows, i, row) {
		const char *v =
		    key ? json_string_value(json_object_get(row, key)) : NULL;

		if (!strcmp(json_string_value(json_object_get(row, "t")), t) &&
		    (!key || (v && !strcmp(v, value))))
			n++;
	}
	return n;
}

static void a_press_of_112_is_told_to_every_active_supervisor(void **state)
{
	struct world *w = *state;

	page(w, SUPER);
	page(w, L2);
	world_sign_in(w, SUPER);
	talk(w, OP1);
	assert_null(world_button(w, OP1, "emergency", ",\"service\":\"112\""));
	assert_int_equal(told(w, SUPER), 1);
	assert_int_equal(told(w, L2), 0);
	assert_string_equal(
	    json_string_value(json_object_get(alert_of(w, SUPER), "kind")),
	    "EMERGENCY");
	assert_int_equal(rows(w, "shift_alert", "kind", "EMERGENCY"), 1);
	assert_int_equal(rows(w, "call_flag", "flag", "EMERGENCY"), 1);
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
	assert_int_equal(rows(w, "shift_alert_step", "step", "ACCEPTED"), 1);
	json_decref(alert);
}

static void nobody_in_30_s_raises_it(void **state)
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
	assert_int_equal(rows(w, "shift_alert_step", "step", "ESCALATED"), 1);
}

static void without_an_active_supervisor_it_is_raised_at_once(void **state)
{
	struct world *w = *state;

	page(w, SUPER); /* signed in, not at work */
	world_sign_in(w, L2);
	page(w, ADMIN);
	talk(w, OP1);
	assert_null(world_button(w, OP1, "emergency", ",\"service\":\"103\""));
	assert_string_equal(world_said(w, OP1), "M18");
	assert_int_equal(told(w, L2), 1);
	assert_int_equal(told(w, ADMIN), 0); /* not at work either */
	assert_int_equal(told(w, SUPER), 1);
	assert_int_equal(rows(w, "shift_alert_step", "step", "ESCALATED"), 1);
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
	talk(w, OP1);
	call = json_object_get(json_object_get(w->state[OP1], "call"), "id");
	p = json_pack("{s:O, s:i, s:s}", "call", call, "user", OP1, "flag",
		      "SPAM");
	cc_engine_outbox(w->engine, "call_flag", p);
	cc_engine_settle(w->engine);
	assert_int_equal(told(w, SUPER), 0);
	assert_int_equal(rows(w, "call_flag", "flag", "SPAM"), 1);
	json_object_set_new(p, "flag", json_string("THREAT"));
	cc_engine_outbox(w->engine, "call_flag", p);
	cc_engine_outbox(w->engine, "call_flag", p); /* once is enough */
	json_object_set_new(p, "flag", json_string("NONSENSE"));
	cc_engine_outbox(w->engine, "call_flag", p);
	cc_engine_settle(w->engine);
	assert_int_equal(told(w, SUPER), 1);
	assert_int_equal(rows(w, "shift_alert", "kind", "THREAT"), 1);
	assert_int_equal(rows(w, "call_flag", "flag", "NONSENSE"), 0);
	json_decref(p);
}

static void open_alerts_survive_a_restart(void **state)
{
	struct world *w = *state;
	json_t *dir = directory();

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
	assert_int_equal(rows(w, "shift_alert_step", "step", "OVER"), 1);
	assert_null(answer_alert(w, SUPER, alert_of(w, SUPER)));
	/* a directory read before that answer reached the database */
	cc_engine_directory(w->engine, dir);
	cc_engine_settle(w->engine);
	assert_int_equal(told(w, SUPER), 0);
	json_decref(dir);
}

static void long_waits_are_told_and_end_by_themselves(void **state)
{
	struct world *w = *state;

	page(w, SUPER);
	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 119000);
	assert_int_equal(rows(w, "shift_alert", NULL, NULL), 0);
	world_tick(w, 1000);
	assert_int_equal(rows(w, "shift_alert", "kind", "LONG_WAIT"), 1);
	assert_int_equal(told(w, SUPER), 0); /* it does not sound */
	world_sign_in(w, OP1);
	assert_null(world_button(w, OP1, "answer", ""));
	world_tick(w, 1);
	assert_int_equal(rows(w, "shift_alert_step", "step", "OVER"), 1);
}

static void a_long_wait_ends_with_who_hangs_up(void **state)
{
	struct world *w = *state;
	uint64_t dialog;

	page(w, SUPER);
	dialog = world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 120000);
	assert_int_equal(rows(w, "shift_alert", "kind", "LONG_WAIT"), 1);
	world_bye(w, dialog);
	assert_int_equal(rows(w, "shift_alert_step", "step", "OVER"), 1);
}

/* --- the board ------------------------------------------------------------ */

static const char *watch(struct world *w, uint64_t s)
{
	return world_ask(w, s, "{\"request\":\"watch\",\"on\":true}");
}

static json_t *part(struct world *w, uint64_t s, const char *name)
{
	return json_object_get(w->shift[s], name);
}

static size_t shown(struct world *w, uint64_t s, const char *name)
{
	return json_object_size(part(w, s, name));
}

static const char *text_of(json_t *o, const char *key)
{
	const char *t = json_string_value(json_object_get(o, key));

	return t ? t : "";
}

static json_t *agent_of(struct world *w, uint64_t s, unsigned id)
{
	char key[12];

	snprintf(key, sizeof(key), "%u", id);
	return json_object_get(part(w, s, "agents"), key);
}

static json_t *queue_of(struct world *w, uint64_t s, const char *id)
{
	return json_object_get(part(w, s, "queues"), id);
}

/* The only call that waits. */
static json_t *waiting(struct world *w, uint64_t s)
{
	json_t *calls = part(w, s, "calls");

	assert_int_equal(json_object_size(calls), 1);
	return json_object_iter_value(json_object_iter(calls));
}

static void who_may_watch_and_who_may_not(void **state)
{
	struct world *w = *state;

	for (uint64_t s = 1; s < USERS; s++)
		page(w, s);
	for (uint64_t s = OP1; s <= REP; s++)
		assert_string_equal(watch(w, s), CC_FORBIDDEN);
	assert_string_equal(watch(w, L2), CC_FORBIDDEN);
	assert_null(watch(w, SUPER));
	assert_null(watch(w, INSURER_SUPER));
	assert_null(watch(w, ADMIN));
	assert_null(watch(w, DIRECTOR));
	/* own organization, and the members of own queues */
	assert_int_equal(shown(w, SUPER, "agents"), 3);
	assert_int_equal(shown(w, SUPER, "queues"), 2);
	assert_int_equal(shown(w, INSURER_SUPER, "agents"), 1);
	assert_int_equal(shown(w, INSURER_SUPER, "queues"), 1);
	assert_int_equal(shown(w, DIRECTOR, "agents"), 2);
	assert_int_equal(shown(w, ADMIN, "queues"), 3);
	assert_true(
	    json_is_false(json_object_get(agent_of(w, SUPER, REP), "act")));
	assert_true(
	    json_is_false(json_object_get(agent_of(w, DIRECTOR, OP1), "act")));
	assert_true(
	    json_is_true(json_object_get(agent_of(w, SUPER, OP1), "act")));
}

static void a_waiting_call_is_shown_until_it_is_answered(void **state)
{
	struct world *w = *state;
	json_t *c;

	page(w, SUPER);
	page(w, INSURER_SUPER);
	page(w, DIRECTOR);
	assert_null(watch(w, SUPER));
	assert_null(watch(w, INSURER_SUPER));
	assert_null(watch(w, DIRECTOR));
	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 100);
	c = waiting(w, SUPER);
	assert_string_equal(text_of(c, "state"), "queue");
	assert_string_equal(text_of(c, "number"), "+79000000001");
	assert_int_equal(json_integer_value(json_object_get(c, "position")), 1);
	assert_string_equal(text_of(waiting(w, DIRECTOR), "number"),
			    "+7900*****01");
	assert_int_equal(shown(w, INSURER_SUPER, "calls"), 0);
	world_sign_in(w, OP1);
	world_tick(w, 100);
	assert_string_equal(text_of(waiting(w, SUPER), "state"), "ring");
	assert_null(world_button(w, OP1, "answer", ""));
	world_tick(w, 100);
	assert_int_equal(shown(w, SUPER, "calls"), 0);
	c = agent_of(w, SUPER, OP1);
	assert_string_equal(text_of(c, "state"), "TALKING");
	assert_string_equal(text_of(json_object_get(c, "call"), "number"),
			    "+79000000001");
}

static void an_alert_shows_a_director_no_number(void **state)
{
	struct world *w = *state;
	json_t *alerts;

	page(w, SUPER);
	page(w, DIRECTOR);
	assert_null(watch(w, SUPER));
	assert_null(watch(w, DIRECTOR));
	talk(w, OP1);
	assert_null(
	    world_ask(w, OP1, "{\"request\":\"raise\",\"flag\":\"THREAT\"}"));
	world_tick(w, 100);
	for (uint64_t s = SUPER; s; s = s == SUPER ? DIRECTOR : 0) {
		alerts = part(w, s, "alerts");
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

	page(w, SUPER);
	assert_null(watch(w, SUPER));
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
	assert_int_equal(shown(w, SUPER, "calls"), 1);
	/* nothing happens: nothing is said */
	world_awake(w, 5000);
	assert_int_equal(w->shifts[SUPER], before + 2);
	/* after a gap the whole comes again */
	assert_null(world_ask(w, SUPER, "{\"request\":\"sync\"}"));
	assert_int_equal(w->shifts[SUPER], before + 3);
	assert_true(json_is_true(part(w, SUPER, "full")));
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
	json_t *dir = directory();

	page(w, SUPER);
	assert_null(watch(w, SUPER));
	json_object_set_new(
	    json_array_get(json_object_get(dir, "users"), SUPER - 1), "roles",
	    json_pack("[s]", "OPERATOR_L1"));
	cc_engine_directory(w->engine, dir);
	world_tick(w, 100);
	assert_true(json_is_true(part(w, SUPER, "off")));
	assert_string_equal(watch(w, SUPER), CC_FORBIDDEN);
	json_decref(dir);
}

static void the_days_figures_are_of_the_region_and_survive(void **state)
{
	struct world *w = *state;
	json_t *q;
	uint64_t gone;

	page(w, SUPER);
	assert_null(watch(w, SUPER));
	gone = world_call(w, HOTLINE);
	world_play_out(w);
	world_bye(w, gone);
	world_sign_in(w, OP1);
	world_call(w, HOTLINE);
	world_play_out(w);
	assert_null(world_button(w, OP1, "answer", ""));
	world_tick(w, 100);
	q = queue_of(w, SUPER, "1");
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
			     queue_of(w, SUPER, "1"), "offered")),
			 1);
}

/* --- actions --------------------------------------------------------------- */

static const char *act(struct world *w, uint64_t s, const char *name,
		       const char *call, const char *more)
{
	char json[400];

	snprintf(json, sizeof(json),
		 "{\"request\":\"%s\",\"call\":\"%s\",\"reason\":"
		 "\"Проверка\"%s}",
		 name, call, more);
	return world_ask(w, s, json);
}

static const char *call_id(struct world *w, uint64_t s)
{
	return text_of(json_object_get(w->state[s], "call"), "id");
}

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
	assert_int_equal(rows(w, "supervisor_action", "result", "OK"), 3);
	assert_int_equal(rows(w, "supervisor_action", "result", "STATE"), 2);
}

/* It rings at all of them: a break stops one telephone only. */
static void a_break_leaves_the_others_ringing(void **state)
{
	struct world *w = *state;
	json_t *dir = directory();

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
	assert_null(watch(w, SUPER));
	talk(w, OP1);
	id = json_string(call_id(w, OP1));
	assert_null(
	    act(w, SUPER, "release", json_string_value(id), ",\"end\":false"));
	assert_string_equal(world_agent_state(w, OP1), "WRAPUP");
	assert_string_equal(world_said(w, OP1), "SUPERVISOR");
	world_tick(w, 100);
	assert_true(
	    json_is_true(json_object_get(waiting(w, SUPER), "returned")));
	/* from the queue nobody can take it off */
	assert_string_equal(
	    act(w, SUPER, "release", json_string_value(id), ",\"end\":false"),
	    CC_STATE);
	world_sign_in(w, OP2);
	assert_string_equal(world_agent_state(w, OP2), "RINGING");
	assert_null(
	    act(w, SUPER, "release", json_string_value(id), ",\"end\":false"));
	assert_null(cc_engine_check(w->engine));
	/* held, and with a colleague ringing for a blind transfer */
	assert_null(world_button(w, OP2, "answer", ""));
	assert_null(world_button(w, OP2, "hold", ""));
	assert_null(
	    act(w, SUPER, "release", json_string_value(id), ",\"end\":false"));
	assert_null(world_ask(w, OP1, "{\"request\":\"ready\"}"));
	assert_null(world_button(w, OP1, "answer", ""));
	assert_null(world_ask(w, OP2, "{\"request\":\"ready\"}"));
	assert_null(world_button(w, OP1, "transfer",
				 ",\"to\":\"1002\",\"mode\":\"blind\""));
	assert_null(
	    act(w, SUPER, "release", json_string_value(id), ",\"end\":false"));
	assert_null(cc_engine_check(w->engine));
	assert_int_equal(rows(w, "supervisor_action", "action", "REQUEUE"), 5);
	json_decref(id);
}

static void a_call_handed_outside_is_taken_back_whole(void **state)
{
	struct world *w = *state;
	json_t *id, *dir = directory();

	json_object_set_new(dir, "dial",
			    json_pack("[{s:s, s:b, s:s, s:s, s:s}]", "pattern",
				      "+7[3489]XXXXXXXXX", "allow", 1, "roles",
				      "", "form", "E164", "presented", ""));
	cc_engine_directory(w->engine, dir);
	cc_engine_settle(w->engine);
	json_decref(dir);
	world_sign_in(w, SUPER);
	talk(w, OP1);
	id = json_string(call_id(w, OP1));
	assert_null(world_button(w, OP1, "transfer",
				 ",\"to\":\"88652112233\",\"mode\":\"blind\""));
	world_sip(w, CC_SIP_ANSWERED, w->invited);
	assert_null(
	    act(w, SUPER, "release", json_string_value(id), ",\"end\":false"));
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
	assert_null(watch(w, SUPER));
	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 100);
	id = json_incref(json_object_get(waiting(w, SUPER), "id"));
	assert_string_equal(act(w, SUPER, "release", json_string_value(id), ""),
			    CC_BAD_REQUEST);
	assert_null(
	    act(w, SUPER, "release", json_string_value(id), ",\"end\":true"));
	world_tick(w, 100);
	assert_int_equal(shown(w, SUPER, "calls"), 0);
	assert_int_equal(w->ended_count, 1);
	assert_string_equal(
	    act(w, SUPER, "release", json_string_value(id), ",\"end\":true"),
	    CC_GEN);
	json_decref(id);
}

static void nobody_cuts_a_call_that_112_is_in(void **state)
{
	struct world *w = *state;

	world_sign_in(w, SUPER);
	talk(w, OP1);
	assert_null(world_button(w, OP1, "emergency", ",\"service\":\"112\""));
	for (int joined = 0; joined < 2; joined++) {
		assert_string_equal(
		    act(w, SUPER, "release", call_id(w, OP1), ",\"end\":true"),
		    CC_STATE);
		assert_string_equal(
		    act(w, SUPER, "release", call_id(w, OP1), ",\"end\":false"),
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
	assert_null(watch(w, SUPER));
	world_call(w, HOTLINE);
	world_play_out(w);
	world_tick(w, 5000);
	c = json_incref(waiting(w, SUPER));
	/* to itself, to nowhere, to another organization */
	assert_string_equal(
	    act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":1"), CC_STATE);
	assert_string_equal(
	    act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":9"),
	    CC_FORBIDDEN);
	assert_string_equal(
	    act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":3"),
	    CC_FORBIDDEN);
	assert_null(act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":2"));
	world_tick(w, 100);
	assert_int_equal(
	    json_integer_value(json_object_get(waiting(w, SUPER), "queue")), 2);
	assert_int_equal(
	    json_integer_value(json_object_get(waiting(w, SUPER), "since")),
	    json_integer_value(json_object_get(c, "since")));
	world_sign_in(w, OP1); /* no member there */
	assert_string_equal(world_agent_state(w, OP1), "FREE");
	world_sign_in(w, OP2);
	assert_string_equal(world_agent_state(w, OP2), "RINGING");
	/* while it rings, too: the ring ends */
	assert_null(act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":1"));
	assert_string_equal(world_agent_state(w, OP1), "RINGING");
	assert_null(world_button(w, OP1, "answer", ""));
	/* in a talk there is nothing to move */
	assert_string_equal(
	    act(w, SUPER, "move", text_of(c, "id"), ",\"queue\":2"), CC_STATE);
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

	talk(w, OP1);
	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++) {
		page(w, strangers[i]);
		for (int k = 0; k < 3; k++)
			assert_string_equal(act(w, strangers[i], names[k],
						call_id(w, OP1), more[k]),
					    CC_FORBIDDEN);
		assert_string_equal(world_ask(w, strangers[i], rest),
				    CC_FORBIDDEN);
	}
	assert_string_equal(world_call_state(w, OP1), "TALK");
	/* what a supervisor tried beyond his scope is kept */
	assert_int_equal(rows(w, "supervisor_action", "result", "FORBIDDEN"),
			 4);
	/* an employee of another organization in a queue of one's own is
	 * seen, not commanded */
	page(w, SUPER);
	world_sign_in(w, REP);
	assert_string_equal(world_ask(w, SUPER,
				      "{\"request\":\"rest\",\"user\":3,"
				      "\"reason\":\"x\"}"),
			    CC_FORBIDDEN);
}

static void a_trunk_that_goes_down_is_an_alert_until_it_is_back(void **state)
{
	struct cc_sip_event ev = { .kind = CC_SIP_TRUNK,
				   .trunk = 1,
				   .status = 503 };
	struct world *w = *state;
	json_t *dir = directory();

	json_object_set_new(
	    dir, "trunks", json_pack("[{s:i, s:s}]", "id", 1, "name", "Линия"));
	cc_engine_directory(w->engine, dir);
	page(w, SUPER);
	assert_null(watch(w, SUPER));
	cc_engine_sip(w->engine, &ev);
	world_tick(w, 100);
	assert_string_equal(
	    text_of(json_object_get(part(w, SUPER, "trunks"), "1"), "state"),
	    "down");
	assert_int_equal(shown(w, SUPER, "alerts"), 1);
	ev.status = 200;
	cc_engine_sip(w->engine, &ev);
	world_tick(w, 100);
	assert_int_equal(shown(w, SUPER, "alerts"), 0);
	json_decref(dir);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_press_of_112_is_told_to_every_active_supervisor),
		T(the_first_who_accepts_ends_it),
		T(nobody_in_30_s_raises_it),
		T(without_an_active_supervisor_it_is_raised_at_once),
		T(an_insurers_alert_is_not_every_insurers),
		T(a_flag_from_a_page_is_an_alert_or_only_a_mark),
		T(open_alerts_survive_a_restart),
		T(long_waits_are_told_and_end_by_themselves),
		T(a_long_wait_ends_with_who_hangs_up),
		T(who_may_watch_and_who_may_not),
		T(a_waiting_call_is_shown_until_it_is_answered),
		T(an_alert_shows_a_director_no_number),
		T(changes_come_together_and_not_sooner_than_100_ms),
		T(who_loses_the_role_loses_the_board),
		T(the_days_figures_are_of_the_region_and_survive),
		T(a_break_by_the_supervisor_in_every_state),
		T(a_break_leaves_the_others_ringing),
		T(a_call_is_taken_off_the_operator_and_not_lost),
		T(a_call_handed_outside_is_taken_back_whole),
		T(a_call_is_ended_only_when_that_is_said),
		T(nobody_cuts_a_call_that_112_is_in),
		T(a_waiting_call_moves_and_keeps_its_time),
		T(scopes_are_checked_for_every_action),
		T(a_trunk_that_goes_down_is_an_alert_until_it_is_back),
	};

	return cmocka_run_group_tests_name("shift", tests, NULL, NULL);
}
