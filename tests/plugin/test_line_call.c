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
	    json_pack("{s:i, s:s}", "id", 2, "presented", "+78652000002"));
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
	assert_int_equal(w->trunk, 2 | CC_SIP_ONLY);
	assert_string_equal(w->dialled, "+79624401122");
	assert_string_equal(w->presented, "+78652000002");
	world_is(w, ADMIN, "TALKING", "DIAL");
}

static void without_a_line_the_plan_chooses(void **state)
{
	struct world *w = *state;

	assert_null(dial(w, ADMIN, NUMBER, "0"));
	assert_int_equal(w->trunk, 0);
	assert_string_equal(w->presented, "+78652000000");
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
