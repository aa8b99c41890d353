/* Session timers (RFC 4028): who refreshes, when, by what, what follows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/session_timer.h"
#include "janus-plugin/util.h"

#define T0 INT64_C(5000000) /* when the session was agreed to */
#define S  INT64_C(1000)

static const struct cc_st fresh = { .want_s = 1800, .min_s = 90 };

/* ---- what is agreed to ---- */

enum { US = true, THEM = false };

static const struct agreement {
	const char *name;
	enum cc_st_kind kind;
	struct cc_st_said said;
	bool ours;
	bool agreed;
	uint32_t interval_s;
	int64_t at_s; /* after it */
} agreements[] = {
	/* their request; table 2 of section 9 */
	{ "no timers, no interval", CC_ST_ASKED, { 0 }, US, false, 1800, 900 },
	{ "no timers, the interval of a proxy",
	  CC_ST_ASKED,
	  { .interval_s = 600 },
	  US,
	  true,
	  600,
	  300 },
	{ "no timers, a proxy's interval that nobody can be told is too small",
	  CC_ST_ASKED,
	  { .interval_s = 30 },
	  US,
	  true,
	  90,
	  45 },
	{ "timers, nothing asked for",
	  CC_ST_ASKED,
	  { .timer = true },
	  US,
	  true,
	  1800,
	  900 },
	{ "who refreshes left open: we do",
	  CC_ST_ASKED,
	  { .timer = true, .interval_s = 600 },
	  US,
	  true,
	  600,
	  300 },
	{ "we are to refresh",
	  CC_ST_ASKED,
	  { .timer = true, .interval_s = 600, .refresher = CC_ST_UAS },
	  US,
	  true,
	  600,
	  300 },
	{ "they refresh",
	  CC_ST_ASKED,
	  { .timer = true, .interval_s = 600, .refresher = CC_ST_UAC },
	  THEM,
	  true,
	  600,
	  568 },
	{ "they refresh a short one: a third is left",
	  CC_ST_ASKED,
	  { .timer = true, .interval_s = 90, .refresher = CC_ST_UAC },
	  THEM,
	  true,
	  90,
	  60 },
	{ "a longer one is cut to ours",
	  CC_ST_ASKED,
	  { .timer = true, .interval_s = 7200, .refresher = CC_ST_UAC },
	  THEM,
	  true,
	  1800,
	  1768 },
	{ "but not below what they take",
	  CC_ST_ASKED,
	  { .timer = true,
	    .interval_s = 7200,
	    .refresher = CC_ST_UAC,
	    .min_s = 3600 },
	  THEM,
	  true,
	  3600,
	  3568 },
	/* their 2xx */
	{ "a 2xx that knows no timers",
	  CC_ST_AGREED,
	  { 0 },
	  US,
	  false,
	  1800,
	  900 },
	{ "a 2xx that names us",
	  CC_ST_AGREED,
	  { .timer = true, .interval_s = 600, .refresher = CC_ST_UAC },
	  US,
	  true,
	  600,
	  300 },
	{ "a 2xx that names them",
	  CC_ST_AGREED,
	  { .timer = true, .interval_s = 600, .refresher = CC_ST_UAS },
	  THEM,
	  true,
	  600,
	  568 },
	{ "a 2xx that names nobody",
	  CC_ST_AGREED,
	  { .timer = true, .interval_s = 600 },
	  US,
	  true,
	  600,
	  300 },
	{ "a 2xx with less than we take",
	  CC_ST_AGREED,
	  { .interval_s = 10, .refresher = CC_ST_UAC },
	  US,
	  true,
	  90,
	  45 },
	{ "a 2xx with more than we asked for, and we refresh",
	  CC_ST_AGREED,
	  { .interval_s = 7200, .refresher = CC_ST_UAC },
	  US,
	  true,
	  1800,
	  900 },
	{ "a 2xx with more than we asked for, and they refresh",
	  CC_ST_AGREED,
	  { .interval_s = 7200, .refresher = CC_ST_UAS },
	  THEM,
	  true,
	  7200,
	  7168 },
};

static enum cc_st_do happens(struct cc_st *st, struct cc_st_event ev,
			     int64_t at_s)
{
	return cc_st_step(st, &ev, T0 + at_s * S);
}

static void every_agreement_says_who_refreshes_and_when(void **state)
{
	(void)state;
	for (size_t i = 0; i < CC_LEN(agreements); i++) {
		const struct agreement *a = &agreements[i];
		struct cc_st st = fresh;

		if (happens(&st,
			    (struct cc_st_event){ .kind = a->kind,
						  .said = a->said },
			    0) != CC_ST_WAIT ||
		    st.ours != a->ours || st.agreed != a->agreed ||
		    st.interval_s != a->interval_s || st.at != T0 + a->at_s * S)
			fail_msg("%s: ours %d agreed %d of %u s, at %lld",
				 a->name, st.ours, st.agreed, st.interval_s,
				 (long long)(st.at - T0) / S);
	}
}

/* ---- a change of what was agreed to ---- */

static const struct change {
	const char *name;
	bool ours; /* before; 600 s */
	enum cc_st_kind kind;
	struct cc_st_said said;
	bool then;
	uint32_t interval_s;
} changes[] = {
	{ "their request leaves it as it is",
	  US,
	  CC_ST_ASKED,
	  { .timer = true, .in_session = true },
	  US,
	  600 },
	{ "and leaves it with them",
	  THEM,
	  CC_ST_ASKED,
	  { .timer = true, .in_session = true },
	  THEM,
	  600 },
	{ "who knows no timers any more does not refresh: section 9, table 2",
	  THEM,
	  CC_ST_ASKED,
	  { .in_session = true },
	  US,
	  600 },
	{ "nor one behind a proxy that puts an interval in",
	  THEM,
	  CC_ST_ASKED,
	  { .interval_s = 300, .in_session = true },
	  US,
	  300 },
	{ "who refreshes is left open: as before",
	  THEM,
	  CC_ST_ASKED,
	  { .timer = true, .interval_s = 300, .in_session = true },
	  THEM,
	  300 },
	{ "they take it over",
	  US,
	  CC_ST_ASKED,
	  { .timer = true,
	    .interval_s = 600,
	    .refresher = CC_ST_UAC,
	    .in_session = true },
	  THEM,
	  600 },
	{ "they hand it to us",
	  THEM,
	  CC_ST_ASKED,
	  { .timer = true,
	    .interval_s = 600,
	    .refresher = CC_ST_UAS,
	    .in_session = true },
	  US,
	  600 },
	{ "a longer interval",
	  US,
	  CC_ST_ASKED,
	  { .timer = true,
	    .interval_s = 1200,
	    .refresher = CC_ST_UAS,
	    .in_session = true },
	  US,
	  1200 },
	{ "the 2xx to a refresh hands it to them",
	  US,
	  CC_ST_AGREED,
	  { .interval_s = 300, .refresher = CC_ST_UAS },
	  THEM,
	  300 },
	{ "the 2xx to an offer of ours hands it to us",
	  THEM,
	  CC_ST_AGREED,
	  { .interval_s = 900, .refresher = CC_ST_UAC },
	  US,
	  900 },
	{ "the 2xx ends the timer", THEM, CC_ST_AGREED, { 0 }, US, 1800 },
};

static struct cc_st session(bool caller, bool ours, uint32_t interval_s)
{
	struct cc_st st = fresh;

	st.caller = caller;
	happens(&st,
		(struct cc_st_event){
		    .kind = CC_ST_ASKED,
		    .said = { .timer = true,
			      .interval_s = interval_s,
			      .allow = true,
			      .update = true,
			      .refresher = ours ? CC_ST_UAS : CC_ST_UAC } },
		0);
	return st;
}

static void a_later_request_or_2xx_reaches_the_plan(void **state)
{
	(void)state;
	for (size_t i = 0; i < CC_LEN(changes); i++) {
		const struct change *c = &changes[i];
		struct cc_st st = session(false, c->ours, 600);
		const int64_t third =
		    c->interval_s < 96 ? c->interval_s / 3 : 32;
		const int64_t at =
		    100 + (c->then ? c->interval_s / 2 : c->interval_s - third);

		happens(
		    &st,
		    (struct cc_st_event){ .kind = c->kind, .said = c->said },
		    100);
		if (st.ours != c->then || st.interval_s != c->interval_s ||
		    st.at != T0 + at * S)
			fail_msg("%s: ours %d of %u s, at %lld", c->name,
				 st.ours, st.interval_s,
				 (long long)(st.at - T0) / S);
	}
}

/* ---- what follows: role, who refreshes, interval, event ---- */

enum { UPD = CC_ST_UPDATE, INV = CC_ST_INVITE, BYE = CC_ST_BYE, WAIT = 0 };
enum { LOST, DUE = -1, BUSY = -2 };

static const struct follow {
	bool caller;
	bool ours;
	uint32_t interval_s;
	int asking;    /* by what we have asked at half time */
	int what;      /* DUE, BUSY, LOST or the status of a refusal */
	int64_t now_s; /* since the session was agreed to */
	int todo;
	int64_t at_ms; /* the same; 0: never again */
} follows[] = {
	/* the timer */
	{ 0, US, 1800, 0, DUE, 900, UPD, 1768000 },
	{ 1, US, 1800, 0, DUE, 900, UPD, 1768000 },
	{ 0, US, 90, 0, DUE, 45, UPD, 60000 },
	{ 0, US, 1800, 0, BUSY, 900, WAIT, 901000 },
	{ 0, US, 90, 0, BUSY, 60, BYE, 0 },
	{ 0, US, 1800, UPD, DUE, 1768, BYE, 0 },
	{ 0, US, 1800, INV, DUE, 1768, BYE, 0 },
	{ 0, US, 1800, UPD, DUE, 1000, WAIT, 1768000 },
	{ 0, THEM, 1800, 0, DUE, 900, WAIT, 1768000 },
	{ 0, THEM, 1800, 0, DUE, 1768, BYE, 0 },
	{ 1, THEM, 1800, 0, DUE, 1768, BYE, 0 },
	{ 0, THEM, 90, 0, DUE, 60, BYE, 0 },
	{ 0, THEM, 90, 0, BUSY, 60, BYE, 0 },
	/* UPDATE is refused: re-INVITE at once */
	{ 0, US, 1800, UPD, 405, 900, INV, 1768000 },
	{ 0, US, 1800, UPD, 501, 900, INV, 1768000 },
	{ 0, US, 1800, UPD, 500, 900, INV, 1768000 },
	{ 0, US, 1800, UPD, 503, 900, INV, 1768000 },
	{ 0, US, 1800, UPD, 400, 900, INV, 1768000 },
	{ 0, US, 1800, UPD, 403, 900, INV, 1768000 },
	{ 0, US, 1800, UPD, 488, 900, INV, 1768000 },
	{ 1, US, 90, UPD, 501, 45, INV, 60000 },
	/* so is the re-INVITE: the session lasts till its end */
	{ 0, US, 1800, INV, 488, 900, WAIT, 1125000 },
	{ 0, US, 90, INV, 488, 45, WAIT, 56250 },
	{ 0, US, 90, INV, 488, 57, WAIT, 60000 },
	{ 0, US, 1800, INV, 488, 1768, BYE, 0 },
	/* nobody answers */
	{ 0, US, 1800, UPD, LOST, 932, WAIT, 1157000 },
	{ 0, US, 90, UPD, LOST, 50, WAIT, 60000 },
	{ 0, US, 90, UPD, LOST, 77, BYE, 0 },
	/* the dialog is gone */
	{ 0, US, 1800, UPD, 481, 900, BYE, 0 },
	{ 1, US, 1800, UPD, 408, 900, BYE, 0 },
	{ 0, US, 1800, UPD, 404, 900, BYE, 0 },
	{ 0, US, 1800, INV, 481, 900, BYE, 0 },
	/* both have asked: the Call-ID's owner waits longer (random: 70) */
	{ 0, US, 1800, UPD, 491, 900, WAIT, 900700 },
	{ 1, US, 1800, UPD, 491, 900, WAIT, 902800 },
	{ 0, US, 1800, INV, 491, 900, WAIT, 900700 },
	{ 1, US, 1800, INV, 491, 900, WAIT, 902800 },
	{ 1, US, 90, INV, 491, 59, WAIT, 60000 },
	/* too small for them (Min-SE: 2000), said the same way */
	{ 0, US, 1800, UPD, 422, 900, UPD, 1768000 },
	{ 0, US, 1800, INV, 422, 900, INV, 1768000 },
};

static void what_follows_each_event_and_when(void **state)
{
	(void)state;
	for (size_t i = 0; i < CC_LEN(follows); i++) {
		const struct follow *f = &follows[i];
		struct cc_st st = session(f->caller, f->ours, f->interval_s);
		struct cc_st_event ev = { .kind = f->what < 0 ? CC_ST_DUE
							      : CC_ST_REFUSED,
					  .busy = f->what == BUSY,
					  .status = f->what > 0 ? f->what : 0,
					  .said = { .min_s = 2000 },
					  .random = 190 + 70 };
		int64_t at_ms;
		int todo;

		st.update = f->asking != INV;
		if (f->asking)
			assert_int_equal(
			    happens(&st,
				    (struct cc_st_event){ .kind = CC_ST_DUE },
				    f->interval_s / 2),
			    f->asking);
		todo = (int)happens(&st, ev, f->now_s);
		at_ms = st.at ? st.at - T0 : 0;
		if (todo != f->todo || at_ms != f->at_ms)
			fail_msg("row %zu (event %d): does %d, at %lld", i,
				 f->what, todo, (long long)at_ms);
	}
}

/* ---- the course of a whole session ---- */

static void one_refused_update_is_the_last_of_its_dialog(void **state)
{
	const struct cc_st_event due = { .kind = CC_ST_DUE };
	const struct cc_st_event ok = { .kind = CC_ST_AGREED,
					.said = { .interval_s = 90,
						  .refresher = CC_ST_UAC,
						  .allow = true,
						  .update = true } };
	struct cc_st st = session(true, US, 90);

	(void)state;
	assert_int_equal(happens(&st, due, 45), CC_ST_UPDATE);
	assert_int_equal(happens(&st,
				 (struct cc_st_event){ .kind = CC_ST_REFUSED,
						       .status = 503 },
				 45),
			 CC_ST_INVITE);
	assert_int_equal(happens(&st, ok, 45), CC_ST_WAIT);
	for (int t = 90; t < 900; t += 45) {
		assert_int_equal(st.at, T0 + t * S);
		assert_int_equal(happens(&st, due, t), CC_ST_INVITE);
		assert_int_equal(happens(&st, ok, t), CC_ST_WAIT);
	}
}

/* A peer that never agreed to a timer is asked whether it lives, no more. */
static void without_an_agreement_only_silence_ends_the_call(void **state)
{
	const struct cc_st_event due = { .kind = CC_ST_DUE };
	const struct cc_st_event no = { .kind = CC_ST_REFUSED, .status = 488 };
	const struct cc_st_event lost = { .kind = CC_ST_REFUSED };
	struct cc_st st = fresh;

	(void)state;
	happens(&st, (struct cc_st_event){ .kind = CC_ST_AGREED }, 0);
	for (int t = 900; t < 9000; t += 900) {
		assert_int_equal(happens(&st, due, t), CC_ST_INVITE);
		assert_int_equal(happens(&st, no, t), CC_ST_WAIT);
		assert_int_equal(st.at, T0 + (t + 900) * S);
	}
	assert_int_equal(happens(&st, due, 9000), CC_ST_INVITE);
	assert_int_equal(happens(&st, lost, 9032), CC_ST_WAIT);
	assert_int_equal(happens(&st, due, 8100 + 1768), CC_ST_BYE);
}

static void without_allow_or_update_in_it_the_refresh_is_an_invite(void **state)
{
	static const struct {
		bool allow, update;
		enum cc_st_do by;
	} rows[] = {
		{ false, false, CC_ST_INVITE },
		{ true, false, CC_ST_INVITE },
		{ true, true, CC_ST_UPDATE },
	};

	(void)state;
	for (size_t i = 0; i < CC_LEN(rows); i++) {
		struct cc_st st = fresh;

		happens(&st,
			(struct cc_st_event){
			    .kind = CC_ST_AGREED,
			    .said = { .allow = rows[i].allow,
				      .update = rows[i].update } },
			0);
		assert_int_equal(
		    happens(&st, (struct cc_st_event){ .kind = CC_ST_DUE },
			    900),
		    rows[i].by);
	}
}

/* ---- whatever comes ---- */

static uint32_t roll(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % n;
}

static struct cc_st_event any_event(uint32_t *seed)
{
	static const uint32_t intervals[] = { 0, 1, 90, 120, 1800, 86400 };
	static const int statuses[] = { 0, 422, 491, 405, 501, 500, 488, 401 };
	struct cc_st_event ev = {
		.kind = (enum cc_st_kind)roll(seed, 4),
		.said = { .timer = roll(seed, 2),
			  .interval_s = intervals[roll(seed, 6)],
			  .refresher = (enum cc_st_param)roll(seed, 3),
			  .min_s = roll(seed, 3) ? 0 : roll(seed, 4000),
			  .allow = roll(seed, 2),
			  .update = roll(seed, 2),
			  .in_session = roll(seed, 2) },
		.status = statuses[roll(seed, 8)],
		.busy = roll(seed, 2),
		.random = roll(seed, 1000),
	};

	return ev;
}

/* When nobody speaks any more, it is over within the interval. */
static void silence_ends_it(struct cc_st st, uint32_t seed)
{
	const struct cc_st_event due = { .kind = CC_ST_DUE };

	for (int i = 0; i < 3; i++)
		if (cc_st_step(&st, &due, st.at) == CC_ST_BYE)
			return;
	fail_msg("seed %u: nobody ends it", seed);
}

static void a_session_has_always_its_next_time_and_its_end(void **state)
{
	(void)state;
	for (uint32_t first = 1; first <= 2000; first++) {
		uint32_t seed = first;
		struct cc_st st = session(first % 2, first % 3, 1800);
		int64_t now = T0;

		for (int i = 0; i < 50; i++) {
			struct cc_st_event ev = any_event(&seed);
			const int64_t left = st.at - now;

			if (roll(&seed, 2) && left > 0)
				now += roll(&seed, (uint32_t)left + 1);
			else if (left > 0)
				now = st.at;
			if (cc_st_step(&st, &ev, now) == CC_ST_BYE)
				break;
			if (!st.at || st.interval_s < 90 ||
			    st.at >= st.since + st.interval_s * S)
				fail_msg("seed %u, step %d", first, i);
			silence_ends_it(st, first);
		}
	}
}

/* ---- 422 ---- */

static void too_small_is_refused_only_who_knows_timers(void **state)
{
	const struct cc_st_said small = { .timer = true, .interval_s = 89 };
	const struct cc_st_said enough = { .timer = true, .interval_s = 90 };
	const struct cc_st_said proxy = { .interval_s = 89 };
	const struct cc_st_said none = { .timer = true };

	(void)state;
	assert_true(cc_st_too_small(&fresh, &small));
	assert_false(cc_st_too_small(&fresh, &enough));
	assert_false(cc_st_too_small(&fresh, &proxy));
	assert_false(cc_st_too_small(&fresh, &none));
}

static void a_422_is_heeded_but_not_for_ever(void **state)
{
	struct cc_st st = fresh;
	char text[CC_ST_TEXT];

	(void)state;
	assert_false(cc_st_raise(&st, 0)); /* without Min-SE */
	assert_false(cc_st_raise(&st, 1800));
	assert_true(cc_st_raise(&st, 2000));
	cc_st_request(&st, text);
	assert_string_equal(text, "Session-Expires: 2000\r\nMin-SE: 2000\r\n");
	assert_false(cc_st_raise(&st, 2000));
	for (uint32_t s = 2001; s < 2004; s++)
		assert_true(cc_st_raise(&st, s));
	assert_false(cc_st_raise(&st, 3000));
}

/* ---- headers ---- */

static void headers_are_read_or_passed_over(void **state)
{
	static const struct {
		const char *name, *value;
		uint32_t interval_s;
		enum cc_st_param who;
		uint32_t min_s;
	} rows[] = {
		{ "Session-Expires", "1800", 1800, CC_ST_ABSENT, 0 },
		{ "session-expires", "1800;refresher=uac", 1800, CC_ST_UAC, 0 },
		{ "x", " 90 ; Refresher = UAS", 90, CC_ST_UAS, 0 },
		{ "Session-Expires", "90;a=b;refresher=uas;c", 90, CC_ST_UAS,
		  0 },
		{ "Session-Expires", "90;refresher=proxy", 90, CC_ST_ABSENT,
		  0 },
		{ "Session-Expires", "99999999999999999999", 7 * 86400,
		  CC_ST_ABSENT, 0 },
		{ "Session-Expires", "", 0, CC_ST_ABSENT, 0 },
		{ "Session-Expires", "-90", 0, CC_ST_ABSENT, 0 },
		{ "Session-Expires", "90 seconds", 0, CC_ST_ABSENT, 0 },
		{ "Session-Expires", ";refresher=uac", 0, CC_ST_ABSENT, 0 },
		{ "Min-SE", "120", 0, CC_ST_ABSENT, 120 },
		{ "min-se", "120;x=y", 0, CC_ST_ABSENT, 120 },
		{ "Min-Expires", "120", 0, CC_ST_ABSENT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < CC_LEN(rows); i++) {
		struct cc_st_said said = { 0 };

		cc_st_read(&said, rows[i].name, rows[i].value);
		if (said.interval_s != rows[i].interval_s ||
		    said.refresher != rows[i].who ||
		    said.min_s != rows[i].min_s)
			fail_msg("%s: %s", rows[i].name, rows[i].value);
	}
}

static void headers_say_who_refreshes_once_that_is_known(void **state)
{
	struct cc_st ours = session(true, US, 600);
	struct cc_st theirs = session(true, THEM, 600);
	char text[CC_ST_TEXT];

	(void)state;
	cc_st_request(&fresh, text);
	assert_string_equal(text, "Session-Expires: 1800\r\nMin-SE: 90\r\n");
	cc_st_request(&ours, text);
	assert_string_equal(text, "Session-Expires: 600;refresher=uac\r\n"
				  "Min-SE: 90\r\n");
	cc_st_request(&theirs, text);
	assert_string_equal(text, "Session-Expires: 600;refresher=uas\r\n"
				  "Min-SE: 90\r\n");
	cc_st_answer(&ours, text);
	assert_string_equal(text, "Session-Expires: 600;refresher=uas\r\n");
	cc_st_answer(&theirs, text);
	assert_string_equal(text, "Session-Expires: 600;refresher=uac\r\n"
				  "Require: timer\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_agreement_says_who_refreshes_and_when),
		cmocka_unit_test(a_later_request_or_2xx_reaches_the_plan),
		cmocka_unit_test(what_follows_each_event_and_when),
		cmocka_unit_test(one_refused_update_is_the_last_of_its_dialog),
		cmocka_unit_test(
		    without_an_agreement_only_silence_ends_the_call),
		cmocka_unit_test(
		    without_allow_or_update_in_it_the_refresh_is_an_invite),
		cmocka_unit_test(
		    a_session_has_always_its_next_time_and_its_end),
		cmocka_unit_test(too_small_is_refused_only_who_knows_timers),
		cmocka_unit_test(a_422_is_heeded_but_not_for_ever),
		cmocka_unit_test(headers_are_read_or_passed_over),
		cmocka_unit_test(headers_say_who_refreshes_once_that_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
