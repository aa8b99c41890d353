/* A test call: by the line that is said, and by no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "janus-plugin/request.h"
#include "janus-plugin/sip.h"
#include "tests/plugin/fake_world.h"

#define NUMBER "89624401122"
#define ADMIN  1
#define OP     2
#define LINE   2

/* Two lines, and of two people the first an administrator. */
static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	json_t *admin;

	world_open(w);
	world_directory(w, 2);
	admin = json_array_get(json_object_get(w->dir, "users"), ADMIN - 1);
	json_object_set_new(admin, "roles", json_pack("[s]", "CC_ADMIN"));
	json_array_append_new(
	    json_object_get(w->dir, "trunks"),
	    json_pack("{s:i, s:s}", "id", LINE, "presented", "+78652000002"));
	world_changed(w);
	world_sign_in(w, ADMIN);
	world_sign_in(w, OP);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

static const char *dial(struct world *w, uint64_t session, const char *number,
			const char *trunk)
{
	char json[120];

	snprintf(json, sizeof(json),
		 "{\"request\":\"dial\",\"number\":\"%s\",\"trunk\":%s}",
		 number, trunk);
	return world_ask(w, session, json);
}

static void it_goes_by_that_line_and_shows_its_number(void **state)
{
	struct world *w = *state;

	assert_null(dial(w, ADMIN, NUMBER, "2"));
	assert_int_equal(w->trunk, LINE | CC_SIP_ONLY);
	assert_string_equal(w->dialled, "+79624401122");
	assert_string_equal(w->presented, ""); /* its own */
	world_is(w, ADMIN, "TALKING", "DIAL");
}

static void rule(struct world *w, int trunk, const char *form,
		 const char *presented)
{
	json_array_append_new(json_object_get(w->dir, "dial"),
			      json_pack("{s:s, s:b, s:s, s:i, s:s, s:s}",
					"pattern", "+79XXXXXXXXX", "allow", 1,
					"roles", "", "trunk_id", trunk, "form",
					form, "presented", presented));
}

static void the_rule_of_that_line_says_how(void **state)
{
	struct world *w = *state;

	json_array_clear(json_object_get(w->dir, "dial"));
	rule(w, 1, "NATIONAL", "+78652000011");
	rule(w, LINE, "PLAIN", "+78652000022");
	world_changed(w);
	assert_null(dial(w, ADMIN, NUMBER, "2"));
	assert_string_equal(w->dialled, "79624401122");
	assert_string_equal(w->presented, "+78652000022");
}

static void failed(struct world *w)
{
	world_status(w, CC_SIP_ENDED, w->invited, 503, false);
	world_is(w, ADMIN, "FREE", "");
}

static void trunk(struct world *w, uint32_t id, bool up)
{
	const struct cc_sip_event ev = { .kind = CC_SIP_TRUNK,
					 .trunk = id,
					 .status = up ? 200 : 503,
					 .from = "",
					 .to = "",
					 .call_id = "",
					 .identity = "",
					 .reason = "" };

	cc_engine_sip(w->engine, &ev);
}

static void lines_that_are_not_there_take_no_place_of_others(void **state)
{
	struct world *w = *state;
	char id[8];

	for (int i = 100; i < 120; i++) {
		snprintf(id, sizeof(id), "%d", i);
		assert_null(dial(w, ADMIN, NUMBER, id));
		failed(w);
	}
	/* a line that comes now has its state, which SIP may say first */
	trunk(w, 3, false);
	json_array_append_new(json_object_get(w->dir, "trunks"),
			      json_pack("{s:i}", "id", 3));
	json_array_clear(json_object_get(w->dir, "dial"));
	rule(w, 3, "NATIONAL", "");
	rule(w, LINE, "PLAIN", "");
	world_changed(w);
	assert_null(dial(w, ADMIN, NUMBER, "0"));
	assert_int_equal(w->trunk, LINE);
	failed(w);
	/* and the one before keeps its own over a directory */
	trunk(w, LINE, false);
	trunk(w, 3, true);
	world_changed(w);
	assert_null(dial(w, ADMIN, NUMBER, "0"));
	assert_int_equal(w->trunk, 3);
}

static void each_trunk_has_its_way_of_writing(void **state)
{
	static const char DIR[] =
	    "{\"users\": [{\"id\": 2, \"extension\": \"1002\", \"name\": \"x\","
	    " \"roles\": [\"OPERATOR_L1\"]}],"
	    " \"trunks\": [{\"id\": 1, \"presented\": \"+78652000000\"},"
	    " {\"id\": 2, \"presented\": \"+78652000002\"}],"
	    " \"dial\": [{\"pattern\": \"[\", \"allow\": true, \"form\": \"E164\"},"
	    " {\"pattern\": \"*\", \"allow\": true, \"form\": \"E164\","
	    " \"roles\": \"NOBODY\"},"
	    " {\"pattern\": \"+79XXXXXXXXX\", \"allow\": true, \"form\":"
	    " \"NATIONAL\", \"trunk_id\": 1},"
	    " {\"pattern\": \"+79XXXXXXXXX\", \"allow\": true, \"form\":"
	    " \"PLAIN\", \"trunk_id\": 2, \"presented\":"
	    " \"+78652999999\"}]}";
	struct world *w = *state;
	json_t *dir = json_loads(DIR, 0, NULL);

	assert_non_null(dir);
	cc_engine_directory(w->engine, dir);
	json_decref(dir);
	assert_null(dial(w, OP, NUMBER, "0"));
	assert_string_equal(w->dialled, "89624401122");
	assert_string_equal(w->presented, "");
	assert_int_equal(w->trunk, 1);
	/* where SIP goes on by itself when that line fails */
	assert_string_equal(world_way(w, 2)->number, "79624401122");
	assert_string_equal(world_way(w, 2)->from, "+78652999999");
	assert_string_equal(world_way(w, 3)->number, "89624401122");
	assert_string_equal(world_way(w, 3)->from, "");
	assert_null(world_button(w, OP, "hangup", ""));
	trunk(w, 1, false);
	assert_null(dial(w, OP, NUMBER, "0"));
	assert_string_equal(w->dialled, "79624401122");
	assert_string_equal(w->presented, "+78652999999");
	assert_int_equal(w->trunk, 2);
	assert_null(world_button(w, OP, "hangup", ""));
	trunk(w, 1, true);
	assert_null(dial(w, OP, NUMBER, "0"));
	assert_int_equal(w->trunk, 1);
	assert_null(world_button(w, OP, "hangup", ""));
	/* a rule that cannot be read allows nothing */
	assert_string_equal(dial(w, OP, "88652112233", "0"), CC_DIAL_FORBIDDEN);
}

static void without_a_line_the_plan_chooses(void **state)
{
	struct world *w = *state;

	assert_null(dial(w, ADMIN, NUMBER, "0"));
	assert_int_equal(w->trunk, 0);
	assert_string_equal(w->presented, "");
}

static void only_an_administrator_chooses(void **state)
{
	struct world *w = *state;

	assert_ptr_equal(dial(w, OP, NUMBER, "2"), CC_FORBIDDEN);
	assert_int_equal(w->invited, 0);
	assert_null(dial(w, OP, NUMBER, "0"));
}

static void the_plan_still_says_what_may_be_dialled(void **state)
{
	struct world *w = *state;

	assert_ptr_equal(dial(w, ADMIN, "88091234567", "2"), CC_DIAL_FORBIDDEN);
	/* a colleague is on no line */
	assert_ptr_equal(dial(w, ADMIN, "1002", "2"), CC_UNKNOWN_NUMBER);
	assert_int_equal(w->invited, 0);
}

static void a_line_is_a_number(void **state)
{
	static const char *const bad[] = { "-1", "2147483648", "\"2\"", "null",
					   "1.5" };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_ptr_equal(dial(w, ADMIN, NUMBER, bad[i]),
				 CC_BAD_REQUEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    it_goes_by_that_line_and_shows_its_number, setup, teardown),
		cmocka_unit_test_setup_teardown(the_rule_of_that_line_says_how,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
		    lines_that_are_not_there_take_no_place_of_others, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    each_trunk_has_its_way_of_writing, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_line_the_plan_chooses,
						setup, teardown),
		cmocka_unit_test_setup_teardown(only_an_administrator_chooses,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
		    the_plan_still_says_what_may_be_dialled, setup, teardown),
		cmocka_unit_test_setup_teardown(a_line_is_a_number, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
