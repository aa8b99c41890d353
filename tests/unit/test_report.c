/* The figures of DOMAIN 9.1: cases reckoned by hand, and random days reckoned
 * another way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/report.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define S      1000LL
#define H      (3600 * S)

static void is(const struct report *r, enum report_id id, int64_t num,
	       int64_t den)
{
	struct report_figure f;

	report_figure(r, id, &f);
	assert_int_equal(f.num, num);
	assert_int_equal(f.den, den);
	assert_int_equal(f.known, den > 0);
}

static struct report_call call(int64_t queued, int64_t answered, int64_t ended)
{
	return (struct report_call){ .started = 100 * S,
				     .queued = queued * S,
				     .answered = answered * S,
				     .ended = ended * S,
				     .ours = true,
				     .handled = answered > 0 };
}

/* Ten calls by hand; T is 20 s. */
static void ten_calls_by_hand(void **state)
{
	struct report r = { .sl_ms = 20 * S };
	struct report_call c;

	(void)state;
	c = call(0, 0, 103); /* hung up in the greeting at once */
	report_call(&r, &c);
	c = call(0, 0, 108); /* and later */
	report_call(&r, &c);
	c = call(110, 130, 190); /* waited 20 s: within */
	c.spent[RS_GREETING] = 10 * S;
	c.spent[RS_QUEUE] = 15 * S;
	c.spent[RS_RING] = 5 * S;
	c.spent[RS_TALK] = 40 * S;
	c.spent[RS_HOLD] = 20 * S;
	c.registered = true;
	report_call(&r, &c);
	c = call(110, 131, 191); /* 21 s: not */
	c.spent[RS_TALK] = 30 * S;
	c.spent[RS_CONFERENCE] = 20 * S;
	c.spent[RS_TRANSFER] = 10 * S;
	c.transferred = true;
	report_call(&r, &c);
	c = call(110, 111, 121);
	c.spent[RS_TALK] = 10 * S;
	c.non_target = true;
	report_call(&r, &c);
	c = call(110, 0, 114); /* left after 4 s: short */
	c.left = true;
	report_call(&r, &c);
	c = call(110, 0, 115); /* after 5 s: not short, within T */
	c.left = true;
	report_call(&r, &c);
	c = call(110, 0, 170);
	c.left = true;
	report_call(&r, &c);
	c = call(110, 0, 710); /* the longest wait */
	report_call(&r, &c);
	c = call(110, 0, 0);
	report_call(&r, &c);

	is(&r, RF_INBOUND, 10, 1);
	is(&r, RF_GREETING, 2, 1);
	is(&r, RF_GREETING_SHORT, 1, 1);
	is(&r, RF_OFFERED, 8, 1);
	is(&r, RF_ANSWERED, 3, 1);
	is(&r, RF_ABANDONED, 3, 1);
	is(&r, RF_ABANDONED_SHORT, 1, 1);
	is(&r, RF_DROPPED, 1, 1);
	is(&r, RF_WAITING, 1, 1);
	is(&r, RF_ABANDON_RATE, 3, 8);
	is(&r, RF_SL, 2, 7);
	is(&r, RF_SL_ANSWERED, 2, 3);
	is(&r, RF_SL_ABANDONED, 2 + 2, 3 + 3);
	is(&r, RF_ASA, 42 * S, 3);
	is(&r, RF_HANDLED, 3, 1);
	is(&r, RF_AHT, 130 * S, 3);
	is(&r, RF_TRANSFER_RATE, 1, 3);
	is(&r, RF_REGISTRATION, 1, 2);
}

/* A shift by hand: 9:00 to 12:00, of which 0:10 break and 0:05 without a
 * leg; two calls with after-call work, one talk with a colleague. */
static void a_shift_by_hand(void **state)
{
	static const struct report_change day[] = {
		{ 7, 9 * H, RW_READY },
		{ 7, 9 * H + 600 * S, RW_TALK },
		{ 7, 9 * H + 900 * S, RW_WRAPUP },
		{ 7, 9 * H + 960 * S, RW_READY },
		{ 7, 10 * H, RW_BREAK },
		{ 7, 10 * H + 600 * S, RW_READY },
		{ 7, 11 * H, RW_TALK },
		{ 7, 11 * H + 300 * S, RW_WRAPUP },
		{ 7, 11 * H + 340 * S, RW_AWAY },
		{ 7, 11 * H + 640 * S, RW_READY },
		{ 7, 12 * H, RW_INACTIVE },
		{ 9, 11 * H, RW_READY }, /* still here */
	};
	static const struct report_part parts[] = {
		{ 7, 9 * H + 600 * S, true },
		{ 7, 11 * H, false }, /* of another queue */
	};
	struct report r = { .handled = 1 };

	(void)state;
	report_work(&r, day, LEN(day), parts, LEN(parts), 0, 13 * H);
	assert_int_equal(r.acw_ms, 60 * S);
	assert_int_equal(r.work_ms[RW_TALK], 600 * S);
	assert_int_equal(r.work_ms[RW_WRAPUP], 100 * S);
	assert_int_equal(r.work_ms[RW_BREAK], 600 * S);
	assert_int_equal(r.work_ms[RW_AWAY], 300 * S);
	/* 3 h less all that, and two hours of the other */
	assert_int_equal(r.work_ms[RW_READY], 5 * H - 1600 * S);
	is(&r, RF_OCCUPANCY, 700 * S, 5 * H - 900 * S);
	is(&r, RF_UTILISATION, 5 * H - 900 * S, 5 * H);
	is(&r, RF_SHRINKAGE, 900 * S, 5 * H);
	is(&r, RF_CALLS_PER_HOUR, 1, 5 * H - 600 * S);
}

static void the_period_cuts_states_at_both_ends(void **state)
{
	static const struct report_change day[] = {
		{ 7, 8 * H, RW_READY },
		{ 7, 10 * H - 10 * S, RW_WRAPUP },
		{ 7, 10 * H + 50 * S, RW_READY },
		{ 7, 11 * H, RW_INACTIVE },
	};
	static const struct report_part parts[] = { { 7, 9 * H, true } };
	struct report r = { .sl_ms = 1 };

	(void)state;
	report_work(&r, day, LEN(day), parts, 1, 9 * H, 10 * H);
	assert_int_equal(r.work_ms[RW_READY], H - 10 * S);
	assert_int_equal(r.work_ms[RW_WRAPUP], 10 * S);
	/* but the work after a call of the period is whole */
	assert_int_equal(r.acw_ms, 60 * S);
}

static void appeals_by_hand(void **state)
{
	const int64_t day = 24 * H;
	const struct report_closed closed[] = {
		{ day, 0, false, true },
		{ day, day + 7 * day, false, true },      /* 7 days: again */
		{ day, day + 7 * day + 1, false, false }, /* later: not */
		{ day, 0, true, true },
	};
	const struct report_deferred deferred[] = {
		{ 10 * day, 9 * day },  { 10 * day, 10 * day },
		{ 10 * day, 11 * day }, { 10 * day, 0 },
		{ 12 * day, 0 }, /* there is time yet */
	};
	struct report r = { .sl_ms = 1 };

	(void)state;
	for (size_t i = 0; i < LEN(closed); i++)
		report_closed(&r, &closed[i]);
	for (size_t i = 0; i < LEN(deferred); i++)
		report_deferred(&r, &deferred[i], 11 * day);
	is(&r, RF_FCR, 2, 4);
	is(&r, RF_IN_TERM, 3, 4);
	is(&r, RF_DEFERRED, 2, 4);
}

static void nothing_is_a_dash_never_nought_per_cent(void **state)
{
	struct report r = { .sl_ms = 20 * S };
	struct report_figure f;

	(void)state;
	for (enum report_id id = 0; id < REPORT_FIGURES; id++) {
		report_figure(&r, id, &f);
		assert_non_null(f.name);
		assert_int_equal(f.known,
				 f.unit == RU_COUNT || f.unit == RU_TIME);
	}
	r = (struct report){ .no_queue = true,
			     .no_work = true,
			     .no_appeals = true,
			     .offered = 3,
			     .handled = 2,
			     .closed = 1 };
	for (enum report_id id = 0; id < REPORT_FIGURES; id++) {
		report_figure(&r, id, &f);
		assert_int_equal(f.known,
				 id >= RF_HANDLED && id <= RF_REGISTRATION);
	}
}

static void words_of_the_database_are_known(void **state)
{
	static const char *const works[] = {
		"INACTIVE", "FREE", "TALKING", "WRAPUP", "BREAK", "RECONNECTING"
	};

	(void)state;
	for (enum report_state s = 0; s < REPORT_STATES; s++)
		assert_int_equal(report_state_of(report_state_name(s)), s);
	assert_int_equal(report_state_of("somewhere"), RS_OTHER);
	for (size_t i = 0; i < LEN(works); i++)
		assert_int_equal(report_work_of(works[i]), i);
	assert_int_equal(report_work_of("RINGING"), RW_READY);
}

/* ---- random days, by another way ---------------------------------------- */

enum { CALLS = 400, PEOPLE = 5, STEPS = 60, DAYS = 40, SECONDS = 4 * 3600 };

static uint64_t seed;

static unsigned below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

/* A call as a list of seconds, each in one state. */
static void random_call(struct report_call *c)
{
	unsigned steps = 1 + below(8);
	int64_t at = 100 * S + below(SECONDS) * S;

	*c = (struct report_call){ .started = at, .ours = below(10) > 0 };
	at += c->spent[RS_GREETING] = below(12) * S;
	if (below(6)) {
		c->queued = at;
		at += c->spent[RS_QUEUE] = below(50) * S;
		if (below(3)) {
			c->answered = at;
			while (steps--) {
				int64_t ms = below(90000);

				c->spent[RS_TALK + below(5)] += ms;
				at += ms;
			}
			c->handled = below(4) > 0;
			c->transferred = below(5) == 0;
			c->non_target = below(7) == 0;
			c->registered = !c->non_target && below(3) > 0;
		} else {
			c->left = below(3) > 0;
		}
	}
	c->ended = at;
}

/* Each figure by a walk of its own over the list. */
static int64_t number(const struct report_call *c, size_t n,
		      bool (*has)(const struct report_call *))
{
	int64_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (has(&c[i]))
			count++;
	return count;
}

static bool was_offered(const struct report_call *c)
{
	return c->ours && c->queued;
}

static bool was_answered(const struct report_call *c)
{
	return c->ours && c->answered;
}

static bool was_quick(const struct report_call *c)
{
	return was_answered(c) && (c->answered - c->queued) / S <= 20;
}

static bool was_abandoned(const struct report_call *c)
{
	return was_offered(c) && !c->answered && c->left;
}

static bool was_short(const struct report_call *c)
{
	return was_abandoned(c) && (c->ended - c->queued) / S < 5;
}

static bool was_dropped(const struct report_call *c)
{
	return was_offered(c) && !c->answered && !c->left;
}

static bool was_lost_early(const struct report_call *c)
{
	return c->ours && !c->queued;
}

static bool was_handled(const struct report_call *c)
{
	return c->handled;
}

static bool was_registered(const struct report_call *c)
{
	return c->handled && c->registered;
}

static bool was_target(const struct report_call *c)
{
	return c->handled && !c->non_target;
}

static void random_calls_agree_with_a_second_reckoning(void **state)
{
	static struct report_call c[CALLS];

	(void)state;
	for (unsigned day = 0; day < DAYS; day++) {
		struct report r = { .sl_ms = 20 * S };
		int64_t spent = 0, length = 0, handling = 0, wait = 0;

		seed = day + 1;
		for (size_t i = 0; i < CALLS; i++) {
			random_call(&c[i]);
			report_call(&r, &c[i]);
			if (c[i].handled || c[i].ours)
				length += c[i].ended - c[i].started;
			if (c[i].handled)
				handling += c[i].ended - c[i].answered -
					    c[i].spent[RS_RECONNECT];
			if (was_answered(&c[i]))
				wait += c[i].answered - c[i].queued;
		}
		for (size_t s = 0; s < REPORT_STATES; s++)
			spent += r.spent[s];
		/* the states of the citizens are the calls, exactly */
		assert_int_equal(spent, length);
		assert_int_equal(r.ended_ms, length);
		is(&r, RF_OFFERED, number(c, CALLS, was_offered), 1);
		is(&r, RF_ABANDONED, number(c, CALLS, was_abandoned), 1);
		is(&r, RF_DROPPED, number(c, CALLS, was_dropped), 1);
		is(&r, RF_GREETING, number(c, CALLS, was_lost_early), 1);
		assert_int_equal(r.inbound, r.greeting + r.offered);
		assert_int_equal(r.offered, r.answered + r.abandoned +
						r.dropped + r.waiting);
		is(&r, RF_SL, number(c, CALLS, was_quick),
		   number(c, CALLS, was_offered) - number(c, CALLS, was_short));
		is(&r, RF_SL_ANSWERED, number(c, CALLS, was_quick),
		   number(c, CALLS, was_answered));
		is(&r, RF_ASA, wait, number(c, CALLS, was_answered));
		is(&r, RF_AHT, handling, number(c, CALLS, was_handled));
		is(&r, RF_REGISTRATION, number(c, CALLS, was_registered),
		   number(c, CALLS, was_target));
	}
}

/* What everybody does is painted second by second, then counted. */
static void random_shifts_agree_with_counted_seconds(void **state)
{
	static unsigned char paint[PEOPLE][SECONDS];
	static struct report_change list[PEOPLE * STEPS];
	const int64_t from = 1800, to = SECONDS - 1800;

	(void)state;
	for (unsigned day = 0; day < DAYS; day++) {
		struct report r = { .sl_ms = 1 };
		int64_t counted[REPORT_WORKS] = { 0 };
		size_t n = 0;

		seed = 1000 + day;
		memset(paint, RW_INACTIVE, sizeof(paint));
		for (unsigned p = 0; p < PEOPLE; p++) {
			unsigned at = below(900);

			for (unsigned i = 0; i < STEPS && at < SECONDS; i++) {
				list[n++] = (struct report_change){
					p + 1, at * S,
					(enum report_work)below(REPORT_WORKS)
				};
				memset(paint[p] + at, (int)list[n - 1].to,
				       SECONDS - at);
				at += below(700);
			}
		}
		for (unsigned p = 0; p < PEOPLE; p++)
			for (int64_t s = from; s < to; s++)
				counted[paint[p][s]] += S;
		report_work(&r, list, n, NULL, 0, from * S, to * S);
		for (size_t w = RW_READY; w < REPORT_WORKS; w++)
			assert_int_equal(r.work_ms[w], counted[w]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_calls_by_hand),
		cmocka_unit_test(a_shift_by_hand),
		cmocka_unit_test(the_period_cuts_states_at_both_ends),
		cmocka_unit_test(appeals_by_hand),
		cmocka_unit_test(nothing_is_a_dash_never_nought_per_cent),
		cmocka_unit_test(words_of_the_database_are_known),
		cmocka_unit_test(random_calls_agree_with_a_second_reckoning),
		cmocka_unit_test(random_shifts_agree_with_counted_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
