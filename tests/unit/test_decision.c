/* What is stored of a decision decides the same again. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/decision.h"

#define MOST 80

static uint64_t seed;

static unsigned below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

/* Few values, so that equals are common. */
static size_t people(struct cc_candidate *c)
{
	size_t n = below(4) ? below(8) : below(MOST);

	for (size_t i = 0; i < n; i++)
		c[i] = (struct cc_candidate){
			.id = (uint32_t)i + 1,
			.bars = below(3) ? 0 : 1u << below(CC_BARS - 1),
			.idle_ms = below(5) * 1000,
			.seq = below(6),
			.calls = below(4),
			.level = 1 + below(3),
			.place = (uint32_t)i + 1,
			.org = below(3),
			.skill = below(5),
			.spared = below(8) == 0,
		};
	return n;
}

static struct cc_choice caller(void)
{
	return (struct cc_choice){
		.rule = (enum cc_strategy)below(STRATEGIES),
		.waited_ms = below(120) * 1000,
		.returned = below(5) == 0,
		.avoid = below(3) ? 0 : below(8),
		.sticky = below(4) ? 0 : below(8),
		.org = below(3),
		.last = below(8),
		.need = { 1 + below(4), below(3), below(3) * 15000 },
	};
}

/* An opinion of our own on what the reason claims. */
static void holds(const struct cc_choice *in, const struct cc_candidate *c,
		  size_t n, const struct cc_chosen *out)
{
	const struct cc_candidate *me = &c[out->at];
	unsigned others = 0;

	assert_int_equal(me->bars, 0);
	assert_false(me->spared);
	assert_true(me->skill >= cc_need_now(in));
	for (size_t i = 0; i < n; i++) {
		const struct cc_candidate *o = &c[i];

		if (!cc_eligible(in, o) || o == me || o->id == in->avoid)
			continue;
		others++;
		switch (out->reason) {
		case REASON_IDLE:
		case REASON_ORG_UNKNOWN:
		case REASON_ALL:
			assert_true(me->idle_ms >= o->idle_ms);
			break;
		case REASON_FEWEST:
			assert_true(me->calls <= o->calls);
			break;
		case REASON_FIXED:
			assert_true(me->level <= o->level);
			break;
		case REASON_SKILL:
		case REASON_SKILL_RELAXED:
			assert_true(me->skill >= o->skill);
			break;
		case REASON_ORG:
			assert_true(o->org != in->org ||
				    me->idle_ms >= o->idle_ms);
			break;
		case REASON_ORG_OTHER:
			assert_true(o->org != in->org);
			break;
		case REASON_ROUND:
			assert_true(
			    me->place > in->last
				? o->place <= in->last || o->place > me->place
				: o->place <= in->last && o->place > me->place);
			break;
		default:
			break;
		}
	}
	if (out->reason == REASON_STICKY)
		assert_int_equal(me->id, in->sticky);
	if (out->reason == REASON_ORG)
		assert_int_equal(me->org, in->org);
	if (out->reason == REASON_LAST_RESORT)
		assert_true(!others && me->id == in->avoid);
	else
		assert_true(me->id != in->avoid);
	if (out->reason == REASON_ONLY)
		assert_int_equal(others, 0);
}

static void random_decisions_replay_and_their_reasons_hold(void **state)
{
	unsigned seen[REASONS] = { 0 };

	(void)state;
	seed = 88172645463325252ull;
	for (int i = 0; i < 100000; i++) {
		struct cc_candidate c[MOST];
		struct cc_choice in = caller();
		size_t n = people(c);
		struct cc_chosen out;
		json_t *data, *again = NULL, *read;
		char *text;

		cc_choose(&out, &in, c, n);
		seen[out.reason]++;
		if (out.at >= 0)
			holds(&in, c, n, &out);
		data = cc_decision_json(&in, c, n, &out, "Иванова А. П.");
		text = json_dumps(data, JSON_COMPACT); /* as it is stored */
		read = json_loads(text, 0, NULL);
		if (cc_decision_replay(read, &again))
			fail_msg("%d: %s", i, text);
		json_decref(again);
		json_decref(read);
		json_decref(data);
		free(text);
	}
	for (int r = 0; r < REASONS; r++)
		if (!seen[r])
			fail_msg("%s never happened",
				 cc_reason_name((enum cc_reason)r));
}

static void a_decision_that_was_tampered_with_is_noticed(void **state)
{
	const struct cc_candidate c[] = {
		{ .id = 1, .idle_ms = 1000, .place = 1 },
		{ .id = 2, .idle_ms = 2000, .place = 2 },
		{ .id = 3, .bars = BAR_WRAPUP, .place = 3 },
	};
	const struct cc_choice in = { .rule = STRATEGY_LONGEST_IDLE };
	json_t *data, *again = NULL;
	struct cc_chosen out;

	(void)state;
	cc_choose(&out, &in, c, 3);
	data = cc_decision_json(&in, c, 3, &out, "Иванова А. П.");
	assert_string_equal(
	    json_string_value(json_object_get(data, "why")),
	    "Иванова А. П.: свободен дольше всех — 2 с (свободных: 2)");
	assert_int_equal(
	    json_integer_value(json_array_get(
		json_object_get(json_object_get(data, "barred"), "wrapup"), 0)),
	    3);
	json_object_set_new(data, "chosen", json_integer(1));
	assert_int_equal(cc_decision_replay(data, &again), EILSEQ);
	assert_int_equal(json_integer_value(json_object_get(again, "chosen")),
			 2);
	json_decref(again);
	json_object_set_new(data, "rule", json_string("whim"));
	assert_int_equal(cc_decision_replay(data, &again), EBADMSG);
	json_decref(data);
}

/* Of three hundred free operators two dozen are kept; it is enough. */
static void a_long_list_is_cut_and_still_replays(void **state)
{
	struct cc_choice in = { .rule = STRATEGY_FEWEST_CALLS };
	struct cc_candidate c[300];
	json_t *data, *again = NULL;
	struct cc_chosen out;

	(void)state;
	for (uint32_t i = 0; i < 300; i++)
		c[i] = (struct cc_candidate){ .id = i + 1,
					      .calls = 1000 - i,
					      .place = i + 1 };
	cc_choose(&out, &in, c, 300);
	data = cc_decision_json(&in, c, 300, &out, "");
	assert_int_equal(json_array_size(json_object_get(data, "candidates")),
			 CC_CANDIDATES_KEPT);
	assert_int_equal(json_integer_value(json_object_get(data, "more")),
			 300 - CC_CANDIDATES_KEPT);
	assert_int_equal(cc_decision_replay(data, &again), 0);
	assert_int_equal(json_integer_value(json_object_get(again, "chosen")),
			 300);
	json_decref(again);
	json_decref(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    random_decisions_replay_and_their_reasons_hold),
		cmocka_unit_test(a_decision_that_was_tampered_with_is_noticed),
		cmocka_unit_test(a_long_list_is_cut_and_still_replays),
	};

	return cmocka_run_group_tests_name("decision", tests, NULL, NULL);
}
