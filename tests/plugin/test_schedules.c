/* The engine under random schedules: whatever happens in whatever order, its
 * invariants hold and what it stored replays (ANCHORS B1-3, B1-19).
 * limit: 900 s */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/call.h"
#include "janus-plugin/util.h"
#include "tests/plugin/random_rules.h"

#define HOTLINE "+78652000000"

#define SESSIONS   12
#define USERS      6
#define WORLD_LIFE 500 /* schedules */
#define CALLS      5   /* fewer than users: somebody is free at times */

struct chaos {
	struct world w;
	uint64_t seed;
	uint64_t dialogs[CALLS];
	unsigned calls;
	bool page[SESSIONS + 1];
};

static uint64_t next(struct chaos *c)
{
	c->seed ^= c->seed << 13;
	c->seed ^= c->seed >> 7;
	c->seed ^= c->seed << 17;
	return c->seed;
}

static unsigned below(struct chaos *c, unsigned n)
{
	return (unsigned)(next(c) >> 33) % n;
}

static void confirm_hangups(struct chaos *c)
{
	struct world *w = &c->w;

	while (w->ended_count) {
		uint64_t dialog = w->ended[--w->ended_count];

		for (int i = 0; i < CALLS; i++)
			if (c->dialogs[i] == dialog)
				c->dialogs[i] = 0;
		world_bye(w, dialog);
	}
}

static void random_page(struct chaos *c, uint64_t s)
{
	struct world *w = &c->w;
	char json[160];

	if (!c->page[s]) {
		cc_engine_session_new(w->engine, s);
		snprintf(json, sizeof(json),
			 "{\"request\":\"hello\",\"token\":\"%u\",\"page\":"
			 "\"00000000-0000-7000-8000-%012u\"}",
			 (unsigned)(s - 1) % USERS + 1, (unsigned)s);
		world_ask(w, s, json);
		c->page[s] = true;
	} else if (below(c, 24) == 0) {
		cc_engine_session_gone(w->engine, s);
		c->page[s] = false;
	} else if (below(c, 12) == 0) {
		cc_engine_leg_down(w->engine, s);
	} else {
		world_ask(w, s,
			  below(c, 12) ? "{\"request\":\"start\"}"
				       : "{\"request\":\"start\","
					 "\"takeover\":true}");
		if (below(c, 10))
			cc_engine_leg_up(w->engine, s);
	}
	cc_engine_settle(w->engine);
}

/* A user who is free if there is one, else anybody, even nobody. */
static unsigned target(struct chaos *c)
{
	for (unsigned i = 0; i < SESSIONS; i++) {
		unsigned s = 1 + below(c, SESSIONS);
		const char *state = world_agent_state(&c->w, s);

		if (c->page[s] && state && !strcmp(state, "FREE"))
			return (s - 1) % USERS + 1;
	}
	return 1 + below(c, USERS + 1);
}

static void random_intervention(struct chaos *c, uint64_t s)
{
	static const char *const plain[] = {
		"{\"request\":\"watch\",\"on\":true}",
		"{\"request\":\"watch\",\"on\":false}",
		"{\"request\":\"raise\",\"flag\":\"THREAT\"}",
	};
	/* one of the two pages of the supervisor */
	uint64_t boss = below(c, 2) ? USERS : 2 * USERS;
	struct world *w = &c->w;
	char json[160], call[40] = "";
	json_t *alert;

	for (int i = 0; i < 8 && !call[0]; i++) {
		json_t *mine =
		    json_object_get(w->state[1 + below(c, SESSIONS)], "call");

		if (json_is_object(mine))
			snprintf(
			    call, sizeof(call), "%s",
			    json_string_value(json_object_get(mine, "id")));
	}
	alert = json_array_get(json_object_get(w->alerts[boss], "alerts"), 0);
	switch (below(c, 7)) {
	case 0:
		world_ask(w, below(c, 2) ? boss : s, plain[below(c, 3)]);
		return;
	case 4:
		snprintf(json, sizeof(json),
			 "{\"request\":\"assign\",\"user\":%u,"
			 "\"queue\":%u,\"reason\":\"r\"}",
			 1 + below(c, USERS), below(c, 2) ? below(c, 4) : 0);
		break;
	case 1:
		snprintf(json, sizeof(json),
			 "{\"request\":\"accept\",\"alert\":\"%s\"}",
			 alert ? json_string_value(json_object_get(alert, "id"))
			       : "");
		break;
	case 2:
		snprintf(json, sizeof(json),
			 "{\"request\":\"rest\",\"user\":%u,"
			 "\"reason\":\"r\"}",
			 1 + below(c, USERS));
		break;
	case 3:
		snprintf(json, sizeof(json),
			 "{\"request\":\"move\",\"call\":\"%s\","
			 "\"queue\":%u,\"reason\":\"r\"}",
			 call, 1 + below(c, 3));
		break;
	default:
		snprintf(json, sizeof(json),
			 "{\"request\":\"release\",\"call\":\"%s\","
			 "\"end\":%s,\"reason\":\"r\"}",
			 call, below(c, 8) ? "false" : "true");
		break;
	}
	world_ask(w, boss, json);
}

static void random_button(struct chaos *c, uint64_t s)
{
	static const char *const plain[] = { "answer", "answer",   "answer",
					     "answer", "hangup",   "hold",
					     "unhold", "complete", "back",
					     "reject", "take" };
	static const char *const bare[] = {
		"{\"request\":\"ready\"}",
		"{\"request\":\"extend\"}",
		"{\"request\":\"resume\"}",
		"{\"request\":\"mute\"}",
		"{\"request\":\"unmute\"}",
		"{\"request\":\"finish\"}",
		"{\"request\":\"mic\",\"state\":\"back\"}",
		"{\"request\":\"sync\"}",
		"{\"request\":\"break\",\"reason\":\"SHORT\"}",
		"{\"request\":\"mic\",\"state\":\"lost\"}",
		"{\"request\":\"dtmf\",\"digits\":\"1\"}",
		"{\"request\":\"dial\",\"number\":\"89624401122\"}",
		"{\"request\":\"dial\",\"number\":\"+7 9624401122\"}",
		"{\"request\":\"dial\",\"number\":\"0900\"}",
		"{\"request\":\"dial\",\"number\":\"1001\"}",
		"{\"request\":\"dial\",\"number\":\"1004\"}"
	};
	struct world *w = &c->w;
	char more[64];

	/* rather somebody who has a call */
	for (int i = 0; i < 6 && !world_call_state(w, s)[0]; i++)
		s = 1 + below(c, SESSIONS);
	switch (below(c, 4)) {
	case 0:
		if (below(c, 6))
			world_ask(w, s, bare[below(c, 16)]);
		else
			random_intervention(c, s);
		break;
	case 1:
		if (below(c, 8))
			snprintf(more, sizeof(more),
				 ",\"to\":\"%u\",\"mode\":\"%s\"",
				 1000 + target(c),
				 below(c, 2) ? "blind" : "consult");
		else
			snprintf(more, sizeof(more),
				 ",\"to\":\"%s\",\"mode\":\"%s\"",
				 below(c, 3)   ? "88652112233"
				 : below(c, 2) ? "queue:1"
					       : "queue:2",
				 below(c, 2) ? "blind" : "consult");
		world_button(w, s, "transfer", more);
		break;
	case 2:
		if (below(c, 6) == 0) {
			world_button(w, s, below(c, 2) ? "emergency" : "leave",
				     ",\"service\":\"112\"");
			break;
		}
		/* fallthrough */
	default:
		world_button(w, s, plain[below(c, 11)], "");
		break;
	}
}

static void random_call(struct chaos *c)
{
	unsigned i = below(c, CALLS);

	if (c->dialogs[i] && below(c, 12) == 0) {
		world_bye(&c->w, c->dialogs[i]);
		c->dialogs[i] = 0;
	} else if (!c->dialogs[i]) {
		c->dialogs[i] =
		    world_call(&c->w, below(c, 9) ? HOTLINE : "8652000001");
	}
}

static void random_media(struct chaos *c)
{
	static const enum cc_media_kind kinds[] = { CC_MEDIA_RX_LOST,
						    CC_MEDIA_RX_BACK };
	static const char digits[] = "###1122345";
	uint64_t port = below(c, WORLD_PORTS);

	for (int i = 0; i < WORLD_PORTS && !c->w.port[port]; i++)
		port = (port + 1) % WORLD_PORTS;
	if (!c->w.port[port])
		return;
	c->w.voice_ms = below(c, 3) * 1000;
	if (below(c, 10) == 0)
		world_media(&c->w, kinds[below(c, 2)], c->w.port[port], 0);
	else if (c->w.listen[port] && below(c, 2))
		world_media(&c->w, CC_MEDIA_QUIET, c->w.port[port], 0);
	else
		world_digit(&c->w, c->w.port[port], digits[below(c, 10)]);
	if (below(c, 60) == 0) {
		cc_engine_disk(c->w.engine, below(c, 3) == 0);
		cc_engine_settle(c->w.engine);
	}
}

/* What the network says to a call of ours. */
static void random_answer(struct chaos *c)
{
	static const int refusals[] = { 486, 404, 408, 480, 487, 503, 603 };
	static const int rings[] = { 180, 183 };
	struct world *w = &c->w;

	switch (below(c, 4)) {
	case 0:
		world_status(w, CC_SIP_ENDED, w->invited,
			     refusals[below(c, CC_LEN(refusals))], false);
		break;
	case 1:
		world_status(w, CC_SIP_PROGRESS, w->invited, rings[below(c, 2)],
			     below(c, 2) == 0);
		break;
	default:
		world_sip(w, CC_SIP_ANSWERED, w->invited);
		break;
	}
}

/* Mostly everybody is at work and awake; now and then the world is not. */
static void random_step(struct chaos *c)
{
	static const int steps[] = { 1,    1,     20,    300,   700,   700,
				     2000, 11000, 21000, 70000, 700000 };
	uint64_t s = 1 + below(c, SESSIONS);

	if (below(c, 500) == 0)
		random_rules(&c->w, &c->seed, false);
	else if (below(c, 1500) == 0)
		world_directory(&c->w, USERS);
	switch (below(c, 32)) {
	case 0:
	case 1:
	case 2:
	case 3:
		random_call(c);
		break;
	case 4:
	case 5:
		random_page(c, s);
		break;
	case 6:
	case 7:
	case 8:
		world_play_out(&c->w);
		break;
	case 9:
	case 10:
		world_tick(&c->w, steps[below(c, below(c, 4) ? 6 : 11)]);
		break;
	case 11:
		if (below(c, 2))
			random_media(c);
		else if (c->w.invited)
			random_answer(c);
		break;
	case 12:
	case 13:
	case 14:
		for (s = 1; s <= SESSIONS; s++)
			world_ask(&c->w, s, "{\"request\":\"pong\",\"n\":0}");
		break;
	default:
		random_button(c, s);
		break;
	}
}

/* A schedule is 12 random things and the look after each. */
static void begin(struct chaos *c)
{
	world_open(&c->w);
	c->w.boss = USERS;
	world_directory(&c->w, USERS);
}

/* All from nothing, but for the dice and what has been counted. */
static void another_world(struct chaos *c)
{
	unsigned long replayed;
	json_t *kinds = json_incref(c->w.kinds);

	cc_engine_free(&c->w.engine); /* ends and replays what is up */
	replayed = c->w.replayed;
	world_close(&c->w);
	*c = (struct chaos){ .seed = c->seed };
	begin(c);
	json_decref(c->w.kinds);
	c->w.kinds = kinds;
	c->w.replayed = replayed;
}

static void random_schedules_break_no_invariant(void **state)
{
	const char *scale = getenv("OTKLIK_SCHEDULES");
	unsigned long n = scale ? strtoul(scale, NULL, 10) : 1000000;
	struct chaos *c = calloc(1, sizeof(*c));

	(void)state;
	c->seed = 88172645463325252ull;
	begin(c);
	for (unsigned long i = 0; i < n; i++) {
		random_part(i);
		if (i && i % WORLD_LIFE == 0)
			another_world(c);
		for (int k = 0; k < 12; k++) {
			const char *bad;

			random_step(c);
			confirm_hangups(c);
			bad = cc_engine_check(c->w.engine);
			if (bad)
				fail_msg("schedule %lu step %d: %s", i, k, bad);
		}
	}
	print_message("%lu schedules, %lu calls replayed\n", n, c->w.replayed);
	/* the schedules reached every step of the call machine */
	for (int ev = 0; ev < EV_COUNT; ev++)
		if (!json_object_get(c->w.kinds, cc_call_event_name(ev)))
			fail_msg("%s never happened", cc_call_event_name(ev));
	world_close(&c->w);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_schedules_break_no_invariant),
	};

	return cmocka_run_group_tests_name("schedules", tests, NULL, NULL);
}
