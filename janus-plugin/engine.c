/* The engine's own affairs: who exists, what time it is, what is due. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/engine_int.h"

#define STATUS_MS 5000

int cc_engine_new(struct cc_engine **ep, const struct cc_engine_conf *conf,
		  const struct cc_ports *ports)
{
	struct cc_engine *e = calloc(1, sizeof(*e));

	if (!e)
		return ENOMEM;
	e->known = calloc(1, sizeof(*e->known));
	if (!e->known) {
		free(e);
		return ENOMEM;
	}
	e->conf = *conf;
	e->p = *ports;
	e->trunk = -1;
	e->next_port = 1;
	e->rows = json_array();
	e->given = json_object();
	e->callbacks = true;
	cc_copy(e->node, sizeof(e->node), conf->node);
	cc_copy(e->addr, sizeof(e->addr), conf->addr);
	for (int i = 0; i < 2; i++)
		cc_copy(e->emergency[i], sizeof(e->emergency[i]),
			conf->emergency[i]);
	TAILQ_INIT(&e->queues);
	TAILQ_INIT(&e->agents);
	TAILQ_INIT(&e->sessions);
	TAILQ_INIT(&e->calls);
	cc_shift_init(e);
	*ep = e;
	return 0;
}

void cc_engine_free(struct cc_engine **ep)
{
	struct cc_engine *e = *ep;
	struct cc_session *s;
	struct cc_agent *a;
	struct cc_queue *q;
	struct cc_call *c;

	if (!e)
		return;
	cc_places_drop(e);
	while ((c = TAILQ_FIRST(&e->calls)))
		cc_call_end(e, c, EV_FAIL, "SHUTDOWN");
	while ((s = TAILQ_FIRST(&e->sessions)))
		cc_engine_session_gone(e, s->id);
	while ((a = TAILQ_FIRST(&e->agents))) {
		cc_agent_stop(e, a, "SHUTDOWN");
		cc_dial_more(e, a);
		TAILQ_REMOVE(&e->agents, a, link);
		free(a);
	}
	while ((q = TAILQ_FIRST(&e->queues))) {
		TAILQ_REMOVE(&e->queues, q, link);
		free(q->members);
		json_decref(q->listed);
		free(q);
	}
	cc_shift_free(e);
	cc_queues_free(e);
	free(e->timetables);
	free(e->holidays);
	free(e->dialling.plan.rules);
	json_decref(e->rows);
	json_decref(e->given);
	free(e);
	*ep = NULL;
}

struct cc_agent *cc_find_agent(struct cc_engine *e, uint32_t id)
{
	struct cc_agent *a;

	TAILQ_FOREACH(a, &e->agents, link)
		if (a->id == id)
			break;
	return a;
}

struct cc_agent *cc_find_extension(struct cc_engine *e, const char *ext)
{
	struct cc_agent *a;

	TAILQ_FOREACH(a, &e->agents, link)
		if (ext[0] && !strcmp(a->extension, ext))
			break;
	return a;
}

struct cc_queue *cc_find_queue(struct cc_engine *e, uint32_t id)
{
	struct cc_queue *q;

	TAILQ_FOREACH(q, &e->queues, link)
		if (q->id == id)
			break;
	return q;
}

struct cc_session *cc_find_session(struct cc_engine *e, uint64_t id)
{
	struct cc_session *s = NULL;

	if (id)
		TAILQ_FOREACH(s, &e->sessions, link)
			if (s->id == id)
				break;
	return s;
}

/* The only place where an operator's facts change. */
void cc_agent_event(struct cc_engine *e, struct cc_agent *a,
		    enum cc_agent_event on, int64_t wrapup_ms)
{
	char id[CC_UUID_SIZE];
	enum cc_agent_state s;
	bool back;

	if (cc_agent_step(&a->facts, on, e->now, wrapup_ms))
		return;
	a->dirty = true;
	s = cc_agent_state(&a->facts);
	if (s == a->shown)
		return;
	if (s == AGENT_BREAK && !a->reason[0])
		cc_copy(a->reason, sizeof(a->reason), "MISSED");
	if (s == AGENT_INACTIVE || a->shown == AGENT_INACTIVE)
		e->shift.alerts_changed = true; /* who is there to be told */
	e->shift.changed = true;
	back = a->shown == AGENT_RECONNECTING && s == a->before;
	if (s == AGENT_RECONNECTING) {
		a->before = a->shown;
		a->before_since = a->since;
	}
	a->shown = s;
	a->since = back ? a->before_since : e->epoch;
	a->presence = e->presence = true;
	/* a ring that others ended is no work: he keeps his turn */
	if (s == AGENT_FREE && on != AEV_OFFER_TAKEN_BACK)
		a->idle_since = e->now;
	if (s == AGENT_FREE || e->leaving)
		e->distribute = true;
	if (a->busy_for)
		cc_handled(e, a);
	e->p.uuid(e->p.arg, e->epoch, id);
	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:i, s:I, s:s, s:s}", "t",
			    "agent_event", "id", id, "user_id", (int)a->id,
			    "at", (json_int_t)e->epoch, "state",
			    cc_agent_state_name(s), "reason", a->reason));
}

/* --- directory ------------------------------------------------------ */

static const char *str(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static int64_t num(json_t *o, const char *key, int64_t otherwise)
{
	json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

static void read_user(struct cc_engine *e, json_t *u)
{
	uint32_t id = (uint32_t)num(u, "id", 0);
	struct cc_agent *a = cc_find_agent(e, id);
	json_t *role;
	size_t i;

	if (!id)
		return;
	if (!a) {
		a = calloc(1, sizeof(*a));
		if (!a)
			return;
		a->id = id;
		a->since = e->epoch;
		TAILQ_INSERT_TAIL(&e->agents, a, link);
	}
	a->present = true;
	a->blocked = json_is_true(json_object_get(u, "blocked"));
	a->fund = strcmp(str(u, "org_kind"), "INSURER") != 0;
	a->org_id = (uint32_t)num(u, "org_id", 0);
	cc_copy(a->name, sizeof(a->name), str(u, "name"));
	cc_copy(a->org, sizeof(a->org), str(u, "org"));
	cc_copy(a->extension, sizeof(a->extension), str(u, "extension"));
	a->phone = false;
	a->roles = 0;
	a->duties = a->sight = 0;
	json_array_foreach(json_object_get(u, "roles"), i, role) {
		const char *name = json_string_value(role);

		if (!i)
			cc_copy(a->role, sizeof(a->role), name);
		a->roles |= cc_dial_role(name);
		if (a->roles && a->extension[0])
			a->phone = true;
		a->duties |= name ? cc_duty(name) : 0;
		if (name && cc_sight(name) > a->sight)
			a->sight = cc_sight(name);
	}
}

static void read_intervals(struct cc_hours *h, json_t *list)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		if (i == CC_INTERVALS_MAX)
			break;
		h->intervals[i] = (struct cc_interval){
			.weekday = (uint8_t)num(o, "weekday", 0),
			.opens = (uint16_t)num(o, "opens", 0),
			.closes = (uint16_t)num(o, "closes", 0),
		};
		h->count = i + 1;
	}
}

static void read_hours(struct cc_engine *e, json_t *list)
{
	struct cc_timetable *t = calloc(json_array_size(list) + 1, sizeof(*t));
	json_t *o;
	size_t i;

	if (!t)
		return;
	json_array_foreach(list, i, o) {
		t[i].id = (uint32_t)num(o, "id", 0);
		cc_copy(t[i].zone, sizeof(t[i].zone), str(o, "zone"));
		read_intervals(&t[i].hours, json_object_get(o, "intervals"));
	}
	free(e->timetables);
	e->timetables = t;
	e->timetable_count = json_array_size(list);
}

static void read_holidays(struct cc_engine *e, json_t *list)
{
	struct cc_holiday *d = calloc(json_array_size(list) + 1, sizeof(*d));
	size_t i, n = 0;
	json_t *o;

	if (!d)
		return;
	json_array_foreach(list, i, o) {
		if (cc_hours_day(&d[n].day, str(o, "day")))
			continue;
		d[n++].working = json_is_true(json_object_get(o, "working"));
	}
	free(e->holidays);
	e->holidays = d;
	e->holiday_count = n;
}

/* Settings of the database win over those of the start. */
static void read_settings(struct cc_engine *e, json_t *settings)
{
	const struct {
		const char *name;
		unsigned *ms;
	} times[] = {
		{ "phone.resume_s", &e->conf.resume_ms },
		{ "phone.give_up_s", &e->conf.give_up_ms },
		{ "call.rtp_limit_s", &e->conf.rtp_limit_ms },
		{ "call.hold_limit_s", &e->conf.hold_limit_ms },
		{ "call.limit_s", &e->conf.call_limit_ms },
		{ "phone.ring_s", &e->conf.ring_ms },
		{ "emergency.ring_s", &e->conf.emergency_ms },
		{ "voicemail.max_s", &e->conf.voice_max_ms },
		{ "voicemail.quiet_s", &e->conf.voice_quiet_ms },
		{ "voicemail.min_s", &e->conf.voice_min_ms },
	};
	static const char *const numbers[] = { "emergency.112",
					       "emergency.103" };

	for (size_t i = 0; i < CC_LEN(times); i++) {
		int s = atoi(str(settings, times[i].name));

		if (s > 0 && s <= 86400)
			*times[i].ms = (unsigned)s * 1000;
	}
	e->callbacks = strcmp(str(settings, "callback.on"), "0") != 0;
	for (size_t i = 0; i < CC_LEN(numbers); i++)
		if (str(settings, numbers[i])[0])
			cc_copy(e->emergency[i], sizeof(e->emergency[i]),
				str(settings, numbers[i]));
}

static void close_pages(struct cc_engine *e, struct cc_agent *a,
			const char *reason)
{
	struct cc_session *s;

	TAILQ_FOREACH(s, &e->sessions, link) {
		if (s->agent != a)
			continue;
		cc_push(e, s, "closed", json_pack("{s:s}", "reason", reason));
		e->p.drop(e->p.arg, s->id);
	}
}

void cc_engine_directory(struct cc_engine *e, json_t *dir)
{
	struct cc_agent *a;
	json_t *o;
	size_t i;

	TAILQ_FOREACH(a, &e->agents, link)
		a->present = false;
	json_array_foreach(json_object_get(dir, "users"), i, o)
		read_user(e, o);
	cc_queues_read(e, dir);
	read_hours(e, json_object_get(dir, "hours"));
	read_holidays(e, json_object_get(dir, "holidays"));
	read_settings(e, json_object_get(dir, "settings"));
	cc_dial_directory(e, dir);
	cc_shift_directory(e, dir);
	cc_trunk_directory(e);

	TAILQ_FOREACH(a, &e->agents, link) {
		if (a->present && !a->blocked && !a->phone)
			cc_agent_stop(e, a, "ROLE");
		if (a->present && !a->blocked)
			continue;
		cc_agent_stop(e, a, "BLOCKED");
		close_pages(e, a, "BLOCKED");
	}
	cc_queues_changed(e);
	e->ready = true;
	e->distribute = true;
	e->presence = true;
	TAILQ_FOREACH(a, &e->agents, link)
		a->presence = a->dirty = true;
}

struct cc_call *cc_find_call(struct cc_engine *e, const char *id)
{
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link)
		if (!strcmp(c->id, id))
			break;
	return c;
}

/* Whom a card is about, whatever calls it has. */
static void card_about(struct cc_engine *e, json_t *p)
{
	uint64_t appeal = (uint64_t)num(p, "appeal", 0);
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link) {
		if (!appeal || c->card != appeal)
			continue;
		c->insurer = (uint32_t)num(p, "insurer", 0);
		c->accused = (uint32_t)num(p, "accused", 0);
	}
}

static void card(struct cc_engine *e, json_t *p, bool saved)
{
	uint64_t appeal = (uint64_t)num(p, "appeal", 0);
	uint32_t user = (uint32_t)num(p, "user", 0);
	const char *id = str(p, "call");
	struct cc_call *c = cc_find_call(e, id);
	struct cc_agent *a;

	if (c) {
		c->card = appeal;
		/* somebody else's card is not the present operator's work */
		if (c->owner && c->owner->id == user)
			c->card_saved = saved;
		cc_call_note(e, c, saved ? "CARDSAVED" : "CARD", c->owner,
			     json_pack("{s:I}", "appeal", (json_int_t)appeal));
	}
	TAILQ_FOREACH(a, &e->agents, link) {
		if (!a->facts.wrapup_until || strcmp(a->last.id, id))
			continue;
		a->last.card = appeal;
		a->dirty = true;
		if (saved && a->id == user)
			cc_agent_event(e, a, AEV_READY, 0);
	}
}

/* web: one web session, its pages and the telephone if they hold it; "" =
 * everywhere (a new password). */
static void logout(struct cc_engine *e, struct cc_agent *a, const char *web)
{
	struct cc_session *holder = cc_find_session(e, a->session);
	struct cc_session *s;

	if (!web[0] || (holder && !strcmp(holder->web, web)))
		cc_agent_stop(e, a, "LOGOUT");
	TAILQ_FOREACH(s, &e->sessions, link) {
		if (s->agent != a || (web[0] && strcmp(s->web, web)))
			continue;
		cc_push(e, s, "closed", json_pack("{s:s}", "reason", "LOGOUT"));
		e->p.drop(e->p.arg, s->id);
	}
}

/* Whose insured person calls: found out while he is greeted, and of use to
 * whatever offer is made after it. A number's own entry and the route's say
 * more than the register. */
static void caller_org(struct cc_engine *e, json_t *p)
{
	struct cc_call *c = cc_find_call(e, str(p, "call"));

	if (c && !c->org)
		c->org = (uint32_t)num(p, "organization", 0);
}

/* A colleague's step that concerns him: on every page he has open. */
static void appeal_notice(struct cc_engine *e, struct cc_agent *a, json_t *p)
{
	struct cc_session *s;

	TAILQ_FOREACH(s, &e->sessions, link)
		if (s->agent == a)
			cc_push(e, s, "appeal",
				json_pack("{s:I, s:s, s:s, s:I}", "appeal",
					  (json_int_t)num(p, "appeal", 0),
					  "number", str(p, "number"), "step",
					  str(p, "event"), "unread",
					  (json_int_t)num(p, "unread", 0)));
}

void cc_engine_outbox(struct cc_engine *e, const char *kind, json_t *payload)
{
	struct cc_agent *a =
	    cc_find_agent(e, (uint32_t)num(payload, "user", 0));

	if (!strcmp(kind, "card_opened") || !strcmp(kind, "card_saved")) {
		card(e, payload, !strcmp(kind, "card_saved"));
		card_about(e, payload);
	} else if (!strcmp(kind, "card_about")) {
		card_about(e, payload);
	} else if (!strcmp(kind, "appeal_changed")) {
		cc_rows_changed(e, payload);
	} else if (!strcmp(kind, "caller_org")) {
		caller_org(e, payload);
	} else if (!strcmp(kind, "appeal_notice") && a) {
		appeal_notice(e, a, payload);
	} else if (!strcmp(kind, "logout") && a) {
		logout(e, a, str(payload, "session"));
	} else if (!strcmp(kind, "call_flag") &&
		   cc_flag_known(str(payload, "flag"))) {
		cc_flag(e, str(payload, "flag"), str(payload, "call"),
			cc_find_call(e, str(payload, "call")), a);
	}
	cc_place_outbox(e, kind, payload);
	/* user_changed and directory: the store reads the directory anew */
}

const char *cc_engine_request(struct cc_engine *e, uint64_t session,
			      const struct cc_request *req)
{
	struct cc_session *s = cc_find_session(e, session);
	struct cc_agent *a;
	const char *code;

	if (!s)
		return CC_NOT_HELLO;
	code = cc_agent_request(e, s, req);
	a = s->agent;
	if (a && req->kind != REQ_PONG)
		a->dirty = true; /* a refused button shows the truth again */
	return code;
}

/* --- time ------------------------------------------------------------ */

void cc_engine_time(struct cc_engine *e, int64_t mono_ms, int64_t epoch_ms)
{
	e->now = mono_ms;
	e->epoch = epoch_ms;
	if (!e->boot)
		e->boot = epoch_ms;
}

static json_t *node_body(struct cc_engine *e)
{
	json_t *body = cc_stats_json(e);

	json_object_set_new(body, "trunks", cc_trunks_json(e));
	json_object_set_new(body, "sip", cc_sip_json(e));
	json_object_set_new(body, "certificate", cc_cert_json(e));
	return body;
}

static void timers(struct cc_engine *e)
{
	struct cc_session *s;
	struct cc_agent *a;
	struct cc_call *c, *next;

	for (c = TAILQ_FIRST(&e->calls); c; c = next) {
		next = TAILQ_NEXT(c, link);
		cc_call_timers(e, c);
	}
	TAILQ_FOREACH(a, &e->agents, link)
		cc_agent_timers(e, a);
	TAILQ_FOREACH(s, &e->sessions, link)
		cc_session_timers(e, s);
	cc_shift_timers(e);
	cc_queue_timers(e);
	if (e->now >= e->status_due) {
		e->status_due = e->now + STATUS_MS;
		e->p.post(e->p.arg,
			  json_pack("{s:s, s:s, s:I, s:o}", "t", "node_status",
				    "node", e->node, "at", (json_int_t)e->epoch,
				    "body", node_body(e)));
	}
}

static void flush(struct cc_engine *e)
{
	struct cc_session *s;
	struct cc_agent *a;
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link)
		if (c->audio)
			cc_audio(e, c);
	TAILQ_FOREACH(s, &e->sessions, link) {
		if (!s->agent || !(s->agent->dirty || s->dirty))
			continue;
		cc_push_state(e, s);
		s->dirty = false;
	}
	TAILQ_FOREACH(a, &e->agents, link)
		a->dirty = false;
	if (e->presence && e->now >= e->presence_due)
		cc_push_presence(e);
	cc_shift_flush(e);
}

int cc_engine_settle(struct cc_engine *e)
{
	struct cc_session *s;
	struct cc_agent *a;
	struct cc_call *c;
	int64_t due = e->status_due;

	timers(e);
	if (e->distribute)
		cc_distribute(e);
	flush(e);

	due = e->status_due;
	if (e->presence)
		due = cc_sooner(due, e->presence_due);
	due = cc_sooner(due, cc_shift_due(e));
	due = cc_sooner(due, cc_queue_due(e));
	TAILQ_FOREACH(c, &e->calls, link)
		due = cc_sooner(due, cc_call_due(c));
	TAILQ_FOREACH(a, &e->agents, link)
		due = cc_sooner(due, cc_agent_due(e, a));
	TAILQ_FOREACH(s, &e->sessions, link)
		due = cc_sooner(due, s->ping_due);
	return due > e->now ? (int)(due - e->now) : 0;
}

/* --- looking in -------------------------------------------------------- */

void cc_engine_stats(const struct cc_engine *e, struct cc_engine_stats *out)
{
	const struct cc_session *s;
	const struct cc_agent *a;
	const struct cc_queue *q;
	const struct cc_call *c;

	*out = e->count;
	TAILQ_FOREACH(c, &e->calls, link) {
		out->calls++;
		out->talking += c->owner != NULL;
	}
	TAILQ_FOREACH(q, &e->queues, link)
		out->waiting += q->line.length;
	TAILQ_FOREACH(a, &e->agents, link) {
		out->active += a->facts.active;
		out->legs += a->facts.leg == LEG_UP;
	}
	TAILQ_FOREACH(s, &e->sessions, link)
		out->sessions++;
}

static const char *check_call(const struct cc_engine *e,
			      const struct cc_call *c)
{
	const int64_t late = e->now - 1000; /* ms of grace for every timer */

	if (c->offered &&
	    (c->offered->call != c || c->offered->part != ROLE_OFFERED))
		return "an offered operator does not know of his offer";
	if (c->owner && (c->owner->call != c || c->owner->part != ROLE_OWNER))
		return "an owner does not hold his call";
	if (c->target &&
	    (c->target->call != c || c->target->part != ROLE_TARGET))
		return "a target is not in his call";
	if (c->peer && (c->peer->call != c || c->peer->part != ROLE_PEER))
		return "a colleague does not know of his call";
	if ((c->direction == CALL_INT) != (c->peer != NULL))
		return "a call between employees with one of them";
	if ((c->state == CALL_TALK || c->state == CALL_HOLD) && c->peer &&
	    c->peer->facts.leg != LEG_UP)
		return "an employee talks to a lost leg";
	if (c->state == CALL_DIAL && c->dial_due < late)
		return "a call of ours rings too long";
	if ((c->state == CALL_RING) != (c->offered != NULL) ||
	    (c->state == CALL_RING) != (c->rings != 0))
		return "ringing and offered differ";
	if ((c->state == CALL_QUEUE) != c->place.waiting)
		return "queued and waiting differ";
	if ((c->xfer == XFER_NONE) !=
	    (!c->target && (!c->outside.port || c->outside.joined)))
		return "a transfer without a target, or the reverse";
	if ((c->emergency.state == EMERGENCY_TALK) !=
	    (c->state == CALL_CONFERENCE))
		return "an emergency service joined and no conference";
	if ((c->state == CALL_TALK || c->state == CALL_HOLD) && c->owner &&
	    c->owner->facts.leg != LEG_UP)
		return "a citizen talks to a lost leg";
	if ((c->state == CALL_TALK || c->state == CALL_HOLD ||
	     c->state == CALL_RECONNECT) &&
	    !c->owner && !c->outside.joined)
		return "a talk without an operator";
	if (c->state == CALL_RING && c->offer_due < late)
		return "an offer outlived its ring time";
	if (c->state == CALL_RECONNECT && c->resume_due < late)
		return "a lost operator is waited for too long";
	if (c->state == CALL_TRANSFER && c->xfer_due < late)
		return "a transfer rings too long";
	if (c->state == CALL_QUEUE && c->wait_due && c->wait_due < late)
		return "a caller waits longer than his queue allows";
	if (c->emergency.state == EMERGENCY_DIAL && c->emergency.due < late)
		return "an emergency service rings too long";
	if (c->limit_due && c->limit_due < late)
		return "a call outlived the absolute limit";
	return NULL;
}

const char *cc_engine_check(const struct cc_engine *e)
{
	const struct cc_agent *a;
	const struct cc_call *c;
	const char *bad;

	TAILQ_FOREACH(c, &e->calls, link) {
		bad = check_call(e, c);
		if (bad)
			return bad;
	}
	TAILQ_FOREACH(a, &e->agents, link) {
		c = a->call;
		if (!c != !(a->facts.ringing || a->facts.talking))
			return "an operator's facts and his call differ";
		if (a->facts.wrapup_until && a->facts.wrapup_until < e->now)
			return "after-call work without an end";
		if (c && a->part == ROLE_OFFERED && c->state != CALL_RING)
			return "it rings for a call that is not offered";
		if (c && a->part == ROLE_OFFERED && cc_call_spares(e, c, a->id))
			return "it rings at one it was just taken off";
		if (c && a->part == ROLE_OFFERED)
			continue;
		if (c && c->owner != a && c->target != a && c->peer != a)
			return "an operator holds a call that is not his";
	}
	return NULL;
}
