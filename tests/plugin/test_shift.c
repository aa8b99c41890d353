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
	char ext[8];

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

/* Time passes and the pages answer the questions they are asked. */
static void awake(struct world *w, int ms)
{
	for (; ms > 0; ms -= 500) {
		world_tick(w, ms < 500 ? ms : 500);
		for (uint64_t s = 1; s < USERS; s++)
			world_ask(w, s, "{\"request\":\"pong\",\"n\":0}");
	}
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

static const char *said(struct world *w, uint64_t s)
{
	const char *code =
	    json_string_value(json_object_get(w->said[s], "code"));

	return code ? code : "";
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
	assert_string_equal(said(w, OP1), "M19");
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
	awake(w, 29500);
	assert_int_equal(told(w, L2), 0);
	assert_string_equal(said(w, OP1), "");
	awake(w, 500);
	assert_int_equal(told(w, L2), 1);
	assert_int_equal(told(w, ADMIN), 1);
	assert_int_equal(told(w, SUPER), 1); /* he may still answer */
	assert_string_equal(said(w, OP1), "M20");
	assert_null(answer_alert(w, L2, alert_of(w, L2)));
	assert_string_equal(said(w, OP1), "M19");
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
	assert_string_equal(said(w, OP1), "M18");
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
	};

	return cmocka_run_group_tests_name("shift", tests, NULL, NULL);
}
