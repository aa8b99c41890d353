/*
 * The engine with ports that do nothing, 500 waiting callers and 300 operators
 * who talk: how long it takes from «Готов» of one to the offer at his page,
 * in engine time. Prints "free_to_ring_us N wall N" a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <jansson.h>

#include "janus-plugin/engine.h"
#include "janus-plugin/media.h"
#include "janus-plugin/request.h"
#include "janus-plugin/sip.h"

enum { OPERATORS = 300, WAITING = 500, ROUNDS = 2000 };

static const char OFFER[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
			    "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
			    "m=audio 4000 RTP/AVP 8 101\r\n"
			    "a=rtpmap:101 telephone-event/8000\r\n";

static struct {
	struct cc_engine *engine;
	int64_t now;
	uint64_t dialog, ports[8192]; /* a waiting prompt's port and gen */
	uint32_t gens[8192];
	size_t port_count;
	struct timespec since, wall_since;
	uint64_t expect;              /* whose page must ring */
	double us;                    /* until it did, < 0 = not yet */
	double wall_us;               /* the same by the clock on the wall */
	char call[OPERATORS + 1][40]; /* as last rung at him */
	int gen[OPERATORS + 1];
} w;

static void id(void *arg, uint64_t x)
{
	(void)arg;
	(void)x;
}

static void sip_answer(void *arg, uint64_t d, const char *sdp)
{
	(void)arg;
	(void)d;
	(void)sdp;
}

static void sip_reject(void *arg, uint64_t d, int status)
{
	(void)arg;
	(void)d;
	(void)status;
}

static void sip_stats(void *arg, struct cc_sip_stats *out)
{
	(void)arg;
	*out = (struct cc_sip_stats){ .trunk_up = 1 };
}

static int trunk_add(void *arg, uint64_t port, uint16_t *rtp)
{
	(void)arg;
	(void)port;
	*rtp = 20000;
	return 0;
}

static int web_add(void *arg, uint64_t port, uint64_t session)
{
	(void)arg;
	(void)port;
	(void)session;
	return 0;
}

static void remote(void *arg, uint64_t port, const struct cc_sdp_media *r)
{
	(void)arg;
	(void)port;
	(void)r;
}

/* The greeting of a new caller: played at once, after the settling. */
static void hear(void *arg, uint64_t port, const struct cc_hear *h)
{
	(void)arg;
	if (h->play[0] != CC_PROMPT_GREETING || w.port_count == 8192)
		return;
	w.ports[w.port_count] = port;
	w.gens[w.port_count++] = h->gen;
}

static void number(void *arg, uint64_t port, unsigned ms)
{
	(void)arg;
	(void)port;
	(void)ms;
}

static void text(void *arg, uint64_t port, const char *s)
{
	(void)arg;
	(void)port;
	(void)s;
}

static int stats(void *arg, uint64_t port, struct cc_media_stats *out)
{
	(void)arg;
	(void)port;
	*out = (struct cc_media_stats){ .mos = 4.4 };
	return 0;
}

static int record(void *arg, uint64_t port, const struct cc_record_order *o,
		  char *path, size_t size)
{
	(void)arg;
	(void)port;
	if (o)
		snprintf(path, size, "%s.wav", o->id);
	return 0;
}

static double since(clockid_t clock, const struct timespec *from)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)(t.tv_sec - from->tv_sec) * 1e6 +
	       (double)(t.tv_nsec - from->tv_nsec) / 1e3;
}

static void push(void *arg, uint64_t session, json_t *event)
{
	json_t *call = json_object_get(event, "call");
	const char *state = json_string_value(json_object_get(call, "state"));

	(void)arg;
	if (state && !strcmp(state, "RING")) {
		if (session == w.expect && w.us < 0) {
			w.us = since(CLOCK_THREAD_CPUTIME_ID, &w.since);
			w.wall_us = since(CLOCK_MONOTONIC, &w.wall_since);
		}
		snprintf(w.call[session], sizeof(w.call[session]), "%s",
			 json_string_value(json_object_get(call, "id")));
		w.gen[session] =
		    (int)json_integer_value(json_object_get(call, "gen"));
	}
	json_decref(event);
}

static int token(void *arg, const char *t, uint32_t *user,
		 char web[CC_WEB_SIZE])
{
	(void)arg;
	web[0] = '\0';
	*user = (uint32_t)strtoul(t, NULL, 10);
	return 0;
}

static void post(void *arg, json_t *row)
{
	(void)arg;
	json_decref(row);
}

static int zone(void *arg, const char *name, int64_t at)
{
	(void)arg;
	(void)name;
	(void)at;
	return 10800;
}

static void uuid(void *arg, int64_t at, char out[CC_UUID_SIZE])
{
	static unsigned n;

	(void)arg;
	(void)at;
	snprintf(out, CC_UUID_SIZE, "00000000-0000-7000-8000-%012u", ++n);
}

static void ask(uint64_t session, const char *json)
{
	json_t *body = json_loads(json, 0, NULL);
	struct cc_request req;
	const char *key;

	if (!cc_request_parse(&req, body, &key))
		cc_engine_request(w.engine, session, &req);
	json_decref(body);
}

static void button(uint64_t session, const char *name)
{
	char json[160];

	snprintf(json, sizeof(json),
		 "{\"request\":\"%s\",\"call\":\"%s\",\"gen\":%d}", name,
		 w.call[session], w.gen[session]);
	ask(session, json);
}

static void tick(int ms)
{
	w.now += ms;
	cc_engine_time(w.engine, w.now, w.now);
	cc_engine_settle(w.engine);
}

static void directory(void)
{
	json_t *users = json_array(), *members = json_array(), *dir;
	char ext[12];

	for (int i = 1; i <= OPERATORS; i++) {
		snprintf(ext, sizeof(ext), "%d", 1000 + i);
		json_array_append_new(
		    users, json_pack("{s:i, s:s, s:s, s:s, s:i, s:s, s:[s]}",
				     "id", i, "name", ext, "extension", ext,
				     "org", "org", "org_id", 1, "org_kind",
				     "FUND", "roles", "OPERATOR_L1"));
		json_array_append_new(members, json_integer(i));
	}
	dir = json_pack("{s:o, s:[{s:i, s:s, s:i, s:i, s:o}], s:[{s:n, s:i}]}",
			"users", users, "queues", "id", 1, "name", "hot",
			"max_len", 5000, "max_wait_s", 60000, "members",
			members, "routes", "number", "queue_id", 1);
	cc_engine_directory(w.engine, dir);
	json_decref(dir);
}

static void callers(int n)
{
	for (int i = 0; i < n; i++) {
		const struct cc_sip_event ev = { .kind = CC_SIP_INVITE,
						 .dialog = ++w.dialog,
						 .from = "+79000000001",
						 .to = "+78652000000",
						 .call_id = "c",
						 .identity = "",
						 .reason = "",
						 .sdp = OFFER };

		cc_engine_sip(w.engine, &ev);
	}
	cc_engine_settle(w.engine);
	for (size_t i = 0; i < w.port_count; i++) {
		const struct cc_media_event ev = { .kind = CC_MEDIA_PLAYED,
						   .port = w.ports[i],
						   .gen = w.gens[i] };

		cc_engine_media(w.engine, &ev);
	}
	w.port_count = 0;
	cc_engine_settle(w.engine);
}

/* All are free, then each gets a caller of his own and talks. */
static void everybody_talks(void)
{
	char json[128];

	for (uint64_t s = 1; s <= OPERATORS; s++) {
		cc_engine_session_new(w.engine, s);
		snprintf(json, sizeof(json),
			 "{\"request\":\"hello\",\"token\":\"%u\",\"page\":"
			 "\"00000000-0000-7000-8000-000000000000\"}",
			 (unsigned)s);
		ask(s, json);
		ask(s, "{\"request\":\"start\"}");
		cc_engine_leg_up(w.engine, s);
		callers(1);
		button(s, "answer");
		cc_engine_settle(w.engine);
	}
}

/* Operators in turn end their talk and are ready: the next caller rings. */
static void measure(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t s = 1 + (uint64_t)(i * 7 % OPERATORS);

		button(s, "hangup");
		tick(5);
		callers(1);
		w.expect = s;
		w.us = -1;
		clock_gettime(CLOCK_MONOTONIC, &w.wall_since);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &w.since);
		ask(s, "{\"request\":\"ready\"}");
		cc_engine_settle(w.engine);
		if (w.us < 0) {
			fprintf(stderr, "round %d: nothing rang\n", i);
			exit(1);
		}
		printf("free_to_ring_us %.1f wall %.1f\n", w.us, w.wall_us);
		button(s, "answer");
		cc_engine_settle(w.engine);
		for (uint64_t k = 1; k <= OPERATORS; k++)
			ask(k, "{\"request\":\"pong\",\"n\":0}");
	}
}

int main(void)
{
	const struct cc_engine_conf conf = { .node = "bench",
					     .addr = "127.0.0.1",
					     .emergency = { "112", "103" },
					     .resume_ms = 10000,
					     .give_up_ms = 60000,
					     .ping_ms = 700,
					     .ring_ms = 20000,
					     .emergency_ms = 15000,
					     .rtp_limit_ms = 60000,
					     .hold_limit_ms = 1800000,
					     .call_limit_ms = 36000000 };
	const struct cc_ports ports = { .sip_answer = sip_answer,
					.sip_reject = sip_reject,
					.sip_hangup = id,
					.sip_stats = sip_stats,
					.trunk_add = trunk_add,
					.web_add = web_add,
					.port_remove = id,
					.remote = remote,
					.hear = hear,
					.watch = number,
					.listen = number,
					.mark = text,
					.dtmf = text,
					.stats = stats,
					.record = record,
					.push = push,
					.offer = id,
					.drop = id,
					.token = token,
					.post = post,
					.uuid = uuid,
					.utc_offset = zone };

	w.now = 1000;
	if (cc_engine_new(&w.engine, &conf, &ports))
		return 1;
	tick(0);
	directory();
	everybody_talks();
	callers(WAITING);
	measure();
	cc_engine_free(&w.engine);
	return 0;
}
