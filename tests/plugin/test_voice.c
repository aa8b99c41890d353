/* The secretary and call-backs, with a fake world and a simulated clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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

static int teardown(void **state)
{
	world_close(*state);
	free(*state);
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

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
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
	};

	return cmocka_run_group_tests_name("voice", tests, NULL, NULL);
}
