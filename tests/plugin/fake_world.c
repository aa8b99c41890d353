#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/call.h"
#include "janus-plugin/decision.h"
#include "janus-plugin/engine_int.h"
#include "janus-plugin/request.h"
#include "janus-plugin/sdp.h"
#include "janus-plugin/sip.h"
#include "tests/plugin/fake_world.h"

static const char OFFER[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
			    "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
			    "m=audio 4000 RTP/AVP 8 0 101\r\n"
			    "a=rtpmap:101 telephone-event/8000\r\n";

#define ANSWER_OF(pts)                               \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n" \
	"c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5000 RTP/AVP " pts "\r\n"
static const char ANSWER[] = ANSWER_OF("8");
static const char ANSWER_DIGITS[] =
    ANSWER_OF("8 101") "a=rtpmap:101 telephone-event/8000\r\n";

static void nothing(void *arg, uint64_t id)
{
	(void)arg;
	(void)id;
}

static void sip_answer(void *arg, uint64_t dialog, const char *sdp)
{
	struct world *w = arg;

	assert_non_null(sdp);
	w->answered = dialog;
}

static void sip_reject(void *arg, uint64_t dialog, int status)
{
	struct world *w = arg;

	w->rejected = dialog;
	w->status = status;
}

const struct cc_sip_way *world_way(const struct world *w, uint32_t trunk)
{
	for (size_t i = 1; i < w->way_count; i++)
		if (w->ways[i].trunk == trunk)
			return &w->ways[i];
	return &w->ways[0];
}

static int sip_invite(void *arg, uint32_t trunk, const struct cc_sip_way *ways,
		      size_t n, const char *sdp, uint64_t *dialog)
{
	struct world *w = arg;

	assert_in_range(n, 1, CC_SIP_WAYS);
	assert_int_equal(ways[0].trunk, 0);
	assert_non_null(sdp);
	w->trunk = trunk;
	memcpy(w->ways, ways, n * sizeof(*ways));
	w->way_count = n;
	w->dialled = world_way(w, trunk & ~CC_SIP_ONLY)->number;
	w->presented = world_way(w, trunk & ~CC_SIP_ONLY)->from;
	w->invited = *dialog = ++w->next_dialog;
	return 0;
}

static void sip_hangup(void *arg, uint64_t dialog)
{
	struct world *w = arg;

	if (w->ended_count < 64)
		w->ended[w->ended_count++] = dialog;
}

static void port_add(struct world *w, uint64_t port)
{
	assert_int_equal(w->port[port % WORLD_PORTS], 0);
	w->port[port % WORLD_PORTS] = port;
}

static void sip_stats(void *arg, struct cc_sip_stats *out)
{
	const struct world *w = arg;

	*out = w->sip;
}

static int trunk_add(void *arg, uint64_t port, uint16_t *rtp)
{
	struct world *w = arg;

	if (w->no_ports)
		return 1;
	*rtp = 20000;
	port_add(w, port);
	return 0;
}

static int web_add(void *arg, uint64_t port, uint64_t session)
{
	struct world *w = arg;

	(void)session;
	port_add(w, port);
	return 0;
}

static void port_remove(void *arg, uint64_t port)
{
	struct world *w = arg;

	assert_int_equal(w->port[port % WORLD_PORTS], port);
	w->port[port % WORLD_PORTS] = 0;
	w->hear[port % WORLD_PORTS] = (struct cc_hear){ .gen = 0 };
}

static void remote(void *arg, uint64_t port, const struct cc_sdp_media *r)
{
	struct world *w = arg;

	assert_int_equal(w->port[port % WORLD_PORTS], port);
	assert_true(r->pt == 8 || r->pt == 0);
}

static void hear(void *arg, uint64_t port, const struct cc_hear *h)
{
	struct world *w = arg;

	assert_int_equal(w->port[port % WORLD_PORTS], port);
	for (int i = 0; i < 2; i++)
		if (h->from[i])
			assert_int_equal(w->port[h->from[i] % WORLD_PORTS],
					 h->from[i]);
	w->hear[port % WORLD_PORTS] = *h;
}

static void watch(void *arg, uint64_t port, unsigned limit_ms)
{
	struct world *w = arg;

	assert_int_equal(w->port[port % WORLD_PORTS], port);
	w->watch[port % WORLD_PORTS] = limit_ms;
}

static void listen_to(void *arg, uint64_t port, unsigned quiet_ms)
{
	struct world *w = arg;

	assert_int_equal(w->port[port % WORLD_PORTS], port);
	w->listen[port % WORLD_PORTS] = quiet_ms;
}

static void text(void *arg, uint64_t port, const char *s)
{
	struct world *w = arg;

	assert_non_null(s);
	assert_int_equal(w->port[port % WORLD_PORTS], port);
}

static int stats(void *arg, uint64_t port, struct cc_media_stats *out)
{
	struct world *w = arg;

	(void)port;
	*out = (struct cc_media_stats){ .mos = 4.4, .voice_ms = w->voice_ms };
	return 0;
}

static int record(void *arg, uint64_t port, const struct cc_record_order *order,
		  char *path, size_t size)
{
	struct world *w = arg;

	assert_int_equal(w->port[port % WORLD_PORTS], port);
	if (order && w->no_record)
		return ENOSPC;
	w->recorded += order != NULL;
	if (order)
		snprintf(path, size, "2026/01/01/%s.wav", order->id);
	return 0;
}

/* As the page does it: parts by id, null is gone. */
static void shift(struct world *w, uint64_t session, json_t *event)
{
	json_t *part, *item, *mine;
	const char *name, *id;

	w->shifts[session]++;
	if (json_is_true(json_object_get(event, "full"))) {
		json_decref(w->shift[session]);
		w->shift[session] = json_object();
	}
	json_object_foreach(event, name, part) {
		if (!json_is_object(part)) {
			json_object_set(w->shift[session], name, part);
			continue;
		}
		mine = json_object_get(w->shift[session], name);
		if (!mine) {
			mine = json_object();
			json_object_set_new(w->shift[session], name, mine);
		}
		json_object_foreach(part, id, item)
			if (json_is_null(item))
				assert_int_equal(json_object_del(mine, id), 0);
			else
				json_object_set(mine, id, item);
	}
}

static void push(void *arg, uint64_t session, json_t *event)
{
	struct world *w = arg;
	const char *name;

	assert_non_null(event);
	name = json_string_value(json_object_get(event, "event"));
	assert_in_range(session, 1, 63);
	if (!strcmp(name, "state")) {
		json_decref(w->state[session]);
		w->state[session] = json_incref(event);
	}
	if (!strcmp(name, "notice")) {
		json_decref(w->said[session]);
		w->said[session] = json_incref(event);
	}
	if (!strcmp(name, "appeal")) {
		json_decref(w->told[session]);
		w->told[session] = json_incref(event);
	}
	if (!strcmp(name, "rows")) {
		json_decref(w->changed[session]);
		w->changed[session] = json_incref(event);
	}
	if (!strcmp(name, "presence")) {
		json_decref(w->seen[session]);
		w->seen[session] = json_incref(event);
	}
	if (!strcmp(name, "shift"))
		shift(w, session, event);
	if (!strcmp(name, "alerts")) {
		json_decref(w->alerts[session]);
		w->alerts[session] = json_incref(event);
	}
	json_decref(event);
}

static void offer(void *arg, uint64_t session)
{
	struct world *w = arg;

	w->offer = session;
}

/* The token is the user's number. */
static int token(void *arg, const char *t, uint32_t *user,
		 char web[CC_WEB_SIZE])
{
	web[0] = '\0';
	(void)arg;
	*user = (uint32_t)strtoul(t, NULL, 10);
	return *user ? 0 : 1;
}

/* The stored list of a call replays to its final state. */
static void replay(struct world *w, const char *id)
{
	json_t *kinds = json_object_get(w->events, id), *kind;
	enum cc_call_state s = CALL_NEW;
	enum cc_call_event ev;
	size_t i;

	assert_non_null(kinds);
	json_array_foreach(kinds, i, kind) {
		if (cc_call_event_parse(&ev, json_string_value(kind)))
			continue;
		assert_int_equal(cc_call_step(&s, ev), 0);
	}
	assert_int_equal(s, CALL_ENDED);
	json_object_del(w->events, id);
	w->replayed++;
}

static void count(struct world *w, const char *kind)
{
	json_int_t n = json_integer_value(json_object_get(w->kinds, kind));

	json_object_set_new(w->kinds, kind, json_integer(n + 1));
}

static bool chose(const json_t *chosen, json_int_t user)
{
	const json_t *id;
	size_t i;

	json_array_foreach(chosen, i, id)
		if (json_integer_value(id) == user)
			return true;
	return json_integer_value(chosen) == user;
}

/* Every stored decision replays to the same choice for the same reason; it
 * rings for those it chose, and its row names the one. */
static void offered(struct world *w, const json_t *row)
{
	json_t *data = json_object_get(row, "data"), *again = NULL;
	const json_t *chosen = json_object_get(data, "chosen");
	const char *call = json_string_value(json_object_get(row, "call_id"));
	json_int_t user = json_integer_value(json_object_get(row, "user_id"));
	const struct cc_agent *a;
	size_t rings = 0;

	if (cc_decision_replay(data, &again))
		fail_msg("replay: %s", json_dumps(data, JSON_COMPACT));
	json_decref(again);
	TAILQ_FOREACH(a, &w->engine->agents, link) {
		if (a->part != ROLE_OFFERED || strcmp(a->call->id, call))
			continue;
		assert_true(chose(chosen, a->id));
		rings++;
	}
	assert_int_equal(rings,
			 json_is_array(chosen) ? json_array_size(chosen) : 1);
	if (rings == 1)
		assert_true(chose(chosen, user));
	else
		assert_int_equal(user, 0);
	json_decref(w->why);
	w->why = json_incref(data);
}

static void post(void *arg, json_t *row)
{
	struct world *w = arg;
	const char *t, *id, *kind;

	assert_non_null(row);
	t = json_string_value(json_object_get(row, "t"));
	if (!strcmp(t, "call_event")) {
		id = json_string_value(json_object_get(row, "call_id"));
		if (!json_object_get(w->events, id))
			json_object_set_new(w->events, id, json_array());
		json_array_append(json_object_get(w->events, id),
				  json_object_get(row, "kind"));
		kind = json_string_value(json_object_get(row, "kind"));
		count(w, kind);
		if (!strcmp(kind, "OFFER"))
			offered(w, row);
		if (!strcmp(kind, "PLACE"))
			json_object_set_new(w->places, id, json_true());
		if (!strcmp(kind, "PLACEGONE")) {
			json_object_del(w->places, id);
			replay(w, id);
		}
	} else if (!strcmp(t, "call") && json_object_get(row, "ended_at")) {
		replay(w, json_string_value(json_object_get(row, "id")));
	}
	if (w->keep_rows)
		json_array_append(w->rows, row);
	json_decref(row);
}

static int moscow(void *arg, const char *zone, int64_t epoch_ms)
{
	(void)arg;
	(void)epoch_ms;
	return (strcmp(zone, "Asia/Yekaterinburg") ? 3 : 5) * 3600;
}

static void uuid(void *arg, int64_t epoch_ms, char out[CC_UUID_SIZE])
{
	struct world *w = arg;

	(void)epoch_ms;
	snprintf(out, CC_UUID_SIZE, "00000000-0000-7000-8000-%012u", ++w->uuid);
}

void world_open(struct world *w)
{
	const struct cc_engine_conf conf = {
		.node = "test",
		.addr = "127.0.0.1",
		.emergency = { "112", "103" },
		.resume_ms = 10000,
		.give_up_ms = 60000,
		.ping_ms = 700,
		.ring_ms = 20000,
		.emergency_ms = 15000,
		.rtp_limit_ms = 60000,
		.hold_limit_ms = 1800000,
		.call_limit_ms = 36000000,
		.voice_max_ms = 180000,
		.voice_quiet_ms = 6000,
		.voice_min_ms = 1000,
	};
	const struct cc_ports ports = {
		.arg = w,
		.sip_answer = sip_answer,
		.sip_reject = sip_reject,
		.sip_invite = sip_invite,
		.sip_hangup = sip_hangup,
		.sip_stats = sip_stats,
		.trunk_add = trunk_add,
		.web_add = web_add,
		.port_remove = port_remove,
		.remote = remote,
		.hear = hear,
		.watch = watch,
		.listen = listen_to,
		.mark = text,
		.dtmf = text,
		.stats = stats,
		.record = record,
		.push = push,
		.offer = offer,
		.drop = nothing,
		.token = token,
		.post = post,
		.uuid = uuid,
		.utc_offset = moscow,
	};

	memset(w, 0, sizeof(*w));
	w->now = 1000;
	w->events = json_object();
	w->kinds = json_object();
	w->places = json_object();
	w->rows = json_array();
	assert_int_equal(cc_engine_new(&w->engine, &conf, &ports), 0);
	cc_engine_time(w->engine, w->now, w->now);
}

void world_close(struct world *w)
{
	const char *id;
	json_t *v;

	cc_engine_free(&w->engine);
	json_object_foreach(w->places, id, v)
		json_object_del(w->events, id);
	json_decref(w->places);
	assert_int_equal(json_object_size(w->events), 0);
	json_decref(w->events);
	json_decref(w->kinds);
	json_decref(w->rows);
	json_decref(w->dir);
	json_decref(w->why);
	for (int i = 0; i < 64; i++) {
		json_decref(w->state[i]);
		json_decref(w->said[i]);
		json_decref(w->told[i]);
		json_decref(w->changed[i]);
		json_decref(w->seen[i]);
		json_decref(w->alerts[i]);
		json_decref(w->shift[i]);
	}
}

/* A supervisor, and a second queue he can move callers to. */
static void supervise(struct world *w, json_t *dir)
{
	json_t *queues = json_object_get(dir, "queues");
	json_t *boss =
	    json_array_get(json_object_get(dir, "users"), w->boss - 1);

	json_array_append_new(json_object_get(boss, "roles"),
			      json_string("SUPERVISOR"));
	json_array_append_new(
	    queues,
	    json_pack("{s:i, s:s, s:O}", "id", 3, "name", "second", "members",
		      json_object_get(json_array_get(queues, 0), "members")));
}

void world_directory(struct world *w, unsigned users)
{
	world_hotline(w, users, true);
}

void world_hotline(struct world *w, unsigned users, bool open)
{
	json_t *list = json_array(), *members = json_array();
	json_t *dir;
	char ext[8];

	for (unsigned i = 1; i <= users; i++) {
		snprintf(ext, sizeof(ext), "%u", 1000 + i);
		json_array_append_new(
		    list,
		    json_pack("{s:i, s:s, s:s, s:s, s:s, s:i, s:s, s:[s]}",
			      "id", (int)i, "login", ext, "name", ext,
			      "extension", ext, "org", "org", "org_id", 1,
			      "org_kind", "FUND", "roles", "OPERATOR_L1"));
		json_array_append_new(members, json_integer((json_int_t)i));
	}
	dir = json_pack(
	    "{s:o, s:[{s:i, s:s, s:b, s:o}, {s:i, s:s, s:b, s:[]}],"
	    " s:[{s:n, s:i}, {s:s, s:i}],"
	    " s:[{s:i, s:s}], s:[{s:s, s:b, s:s, s:s, s:s},"
	    " {s:s, s:b, s:s, s:s, s:s}]}",
	    "users", list, "queues", "id", 1, "name", "hot", "open", open,
	    "members", members, "id", 2, "name", "closed", "open", 0, "members",
	    "routes", "number", "queue_id", 1, "number", "+78652000001",
	    "queue_id", 2, "trunks", "id", 1, "presented", "+78652000000",
	    "dial", "pattern", "+780*", "allow", 0, "roles", "", "form", "E164",
	    "presented", "", "pattern", "+7[3489]XXXXXXXXX", "allow", 1,
	    "roles", "", "form", "E164", "presented", "");
	assert_non_null(dir);
	if (w->boss)
		supervise(w, dir);
	json_decref(w->dir);
	w->dir = dir;
	world_changed(w);
}

void world_changed(struct world *w)
{
	cc_engine_directory(w->engine, w->dir);
	cc_engine_settle(w->engine);
}

void world_queue(struct world *w, unsigned id, const char *json)
{
	json_t *more = json_loads(json, 0, NULL);
	json_t *queue =
	    json_array_get(json_object_get(w->dir, "queues"), id - 1);

	assert_non_null(more);
	assert_int_equal(json_object_update(queue, more), 0);
	json_decref(more);
	world_changed(w);
}

void world_tick(struct world *w, int64_t ms)
{
	w->now += ms;
	cc_engine_time(w->engine, w->now, w->now + w->epoch_ahead);
	/* one thing a call at a time, as the mailbox does it */
	for (int n = 0; cc_engine_settle(w->engine) == 0; n++)
		assert_true(n < 100);
}

uint64_t world_call(struct world *w, const char *number)
{
	const struct cc_sip_event ev = { .kind = CC_SIP_INVITE,
					 .dialog = ++w->next_dialog,
					 .from = w->caller ? w->caller
							   : "+79000000001",
					 .to = number,
					 .call_id = "c",
					 .identity = "",
					 .reason = "",
					 .sdp = OFFER };

	cc_engine_sip(w->engine, &ev);
	cc_engine_settle(w->engine);
	return ev.dialog;
}

static void sip(struct world *w, enum cc_sip_kind kind, uint64_t dialog,
		const char *sdp)
{
	const struct cc_sip_event ev = { .kind = kind,
					 .dialog = dialog,
					 .status = 200,
					 .from = "",
					 .to = "",
					 .call_id = "",
					 .identity = "",
					 .reason = "",
					 .sdp = sdp };

	cc_engine_sip(w->engine, &ev);
	cc_engine_settle(w->engine);
}

void world_status(struct world *w, enum cc_sip_kind kind, uint64_t dialog,
		  int status, bool sdp)
{
	const struct cc_sip_event ev = { .kind = kind,
					 .dialog = dialog,
					 .status = status,
					 .from = "",
					 .to = "",
					 .call_id = "",
					 .identity = "",
					 .reason = "",
					 .sdp = !sdp ? NULL
						: w->no_digits
						    ? ANSWER
						    : ANSWER_DIGITS };

	cc_engine_sip(w->engine, &ev);
	cc_engine_settle(w->engine);
}

void world_sip(struct world *w, enum cc_sip_kind kind, uint64_t dialog)
{
	world_status(w, kind, dialog, 200, true);
}

void world_bye(struct world *w, uint64_t dialog)
{
	sip(w, CC_SIP_ENDED, dialog, NULL);
}

void world_media(struct world *w, enum cc_media_kind kind, uint64_t port,
		 uint32_t gen)
{
	const struct cc_media_event ev = { .kind = kind,
					   .port = port,
					   .gen = gen };

	cc_engine_media(w->engine, &ev);
	cc_engine_settle(w->engine);
}

void world_digit(struct world *w, uint64_t port, char digit)
{
	const struct cc_media_event ev = { .kind = CC_MEDIA_DTMF,
					   .port = port,
					   .digit = digit };

	cc_engine_media(w->engine, &ev);
	cc_engine_settle(w->engine);
}

const char *world_ask(struct world *w, uint64_t session, const char *json)
{
	json_t *body = json_loads(json, 0, NULL);
	struct cc_request req;
	const char *key, *code = CC_BAD_REQUEST;

	if (!cc_request_parse(&req, body, &key)) {
		code = cc_engine_request(w->engine, session, &req);
		cc_engine_settle(w->engine);
	}
	json_decref(body);
	return code;
}

void world_page(struct world *w, uint64_t session)
{
	char json[160];

	cc_engine_session_new(w->engine, session);
	snprintf(json, sizeof(json),
		 "{\"request\":\"hello\",\"token\":\"%u\",\"page\":"
		 "\"00000000-0000-7000-8000-000000000000\"}",
		 (unsigned)session);
	assert_null(world_ask(w, session, json));
}

void world_sign_in(struct world *w, uint64_t session)
{
	world_page(w, session);
	assert_null(world_ask(w, session, "{\"request\":\"start\"}"));
	assert_int_equal(w->offer, session);
	cc_engine_leg_up(w->engine, session);
	cc_engine_settle(w->engine);
}

static json_t *call_of(struct world *w, uint64_t session)
{
	return json_object_get(w->state[session], "call");
}

const char *world_button(struct world *w, uint64_t session, const char *name,
			 const char *more)
{
	json_t *call = call_of(w, session);
	char json[256];

	if (!json_is_object(call))
		return CC_GEN;
	snprintf(json, sizeof(json),
		 "{\"request\":\"%s\",\"call\":\"%s\",\"gen\":%d%s}", name,
		 json_string_value(json_object_get(call, "id")),
		 (int)json_integer_value(json_object_get(call, "gen")), more);
	return world_ask(w, session, json);
}

const char *world_agent_state(struct world *w, uint64_t session)
{
	return json_string_value(json_object_get(
	    json_object_get(w->state[session], "agent"), "state"));
}

const char *world_call_state(struct world *w, uint64_t session)
{
	const char *s =
	    json_string_value(json_object_get(call_of(w, session), "state"));

	return s ? s : "";
}

void world_play_out(struct world *w)
{
	for (uint64_t p = 0; p < WORLD_PORTS; p++)
		if (w->port[p] && w->hear[p].play[0])
			world_media(w, CC_MEDIA_PLAYED, w->port[p],
				    w->hear[p].gen);
}

void world_is(struct world *w, uint64_t session, const char *agent,
	      const char *call)
{
	assert_string_equal(world_agent_state(w, session), agent);
	assert_string_equal(world_call_state(w, session), call);
	assert_null(cc_engine_check(w->engine));
}

const char *world_said(struct world *w, uint64_t session)
{
	const char *code =
	    json_string_value(json_object_get(w->said[session], "code"));

	return code ? code : "";
}

void world_awake(struct world *w, int ms)
{
	for (; ms > 0; ms -= 500) {
		world_tick(w, ms < 500 ? ms : 500);
		for (uint64_t s = 1; s < 64; s++)
			if (w->state[s])
				world_ask(w, s,
					  "{\"request\":\"pong\",\"n\":0}");
	}
}

int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	world_open(w);
	world_directory(w, 3);
	*state = w;
	return 0;
}

int world_teardown(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

uint64_t world_talk(struct world *w, const char *number)
{
	uint64_t dialog;

	world_sign_in(w, 1);
	dialog = world_call(w, number);
	world_play_out(w);
	assert_null(world_button(w, 1, "answer", ""));
	world_is(w, 1, "TALKING", "TALK");
	return dialog;
}
