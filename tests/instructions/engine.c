/*
 * One call through the engine with ports that do nothing: INVITE, greeting
 * over, offered to the longest idle of three, answered, hung up, after-call
 * work over. Counted is the whole process, without the C library and the fake
 * world, see run.mjs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>
#include <valgrind/callgrind.h>

#include "tests/plugin/fake_world.h"

#define HOTLINE "+78652000000"

enum { OPERATORS = 3, WARM = 6, CALLS = 60 };

static void call(struct world *w)
{
	uint64_t dialog = world_call(w, HOTLINE), s = 1;

	world_play_out(w);
	while (strcmp(world_agent_state(w, s), "RINGING") != 0)
		assert_true(++s <= OPERATORS);
	assert_null(world_button(w, s, "answer", ""));
	assert_string_equal(world_call_state(w, s), "TALK");
	world_tick(w, 1000);
	world_bye(w, dialog);
	assert_null(world_ask(w, s, "{\"request\":\"ready\"}"));
	assert_string_equal(world_agent_state(w, s), "FREE");
	for (s = 1; s <= OPERATORS; s++)
		assert_null(world_ask(w, s, "{\"request\":\"pong\",\"n\":0}"));
}

int main(void)
{
	struct world *w = calloc(1, sizeof(*w));

	json_object_seed(1); /* else its tables differ from run to run */
	world_open(w);
	world_directory(w, OPERATORS);
	for (uint64_t s = 1; s <= OPERATORS; s++)
		world_sign_in(w, s);
	for (int i = 0; i < WARM; i++)
		call(w);
	CALLGRIND_ZERO_STATS;
	for (int i = 0; i < CALLS; i++)
		call(w);
	CALLGRIND_DUMP_STATS;
	printf("engine_call %d\n", CALLS);
	world_close(w);
	free(w);
	return 0;
}
