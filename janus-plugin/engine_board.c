/* «Смена сейчас»: what a watcher sees. The whole is made anew whenever
 * something may have changed, at most every 100 ms, and what differs from
 * what his page has is sent: nothing can be forgotten that way. */
#include <stdio.h>
#include <string.h>

#include "janus-plugin/engine_int.h"

#define BOARD_MS 100
#define DAY_S    86400

bool cc_may_watch(const struct cc_agent *a)
{
	unsigned duties =
	    DUTY_SUPERVISOR | DUTY_DIRECTOR | (a->fund ? DUTY_ADMIN : 0);

	return a->present && !a->blocked && (a->duties & duties);
}

void cc_unwatch(struct cc_session *s)
{
	s->watch = false;
	json_decref(s->seen);
	s->seen = NULL;
}

const char *cc_watch(struct cc_engine *e, struct cc_session *s, bool on)
{
	if (on && !cc_may_watch(s->agent))
		return CC_FORBIDDEN;
	if (!on)
		cc_unwatch(s);
	s->watch = s->board = on;
	e->shift.board_due = e->now;
	/* he counts as one who is there to be told */
	e->shift.changed = e->shift.alerts_changed = true;
	return NULL;
}

/* --- the day's figures (DOMAIN 9.1) -------------------------------------- */

static int64_t local_s(const struct cc_engine *e, int64_t epoch_ms)
{
	return epoch_ms / 1000 +
	       e->p.utc_offset(e->p.arg, e->shift.zone, epoch_ms);
}

int64_t cc_region_day(const struct cc_engine *e, int64_t epoch_ms)
{
	return local_s(e, epoch_ms) / DAY_S;
}

int64_t cc_region_rest(const struct cc_engine *e)
{
	return (DAY_S - local_s(e, e->epoch) % DAY_S) * 1000;
}

static void same_day(struct cc_engine *e)
{
	int64_t day = cc_region_day(e, e->epoch);
	struct cc_queue *q;

	if (day == e->shift.day)
		return;
	e->shift.day = day;
	TAILQ_FOREACH(q, &e->queues, link)
		q->today = (struct cc_day){ .offered = 0 };
}

void cc_shift_count(struct cc_engine *e, struct cc_call *c, const char *kind)
{
	struct cc_queue *q;

	if (!strcmp(kind, cc_call_event_name(EV_GREETED)) && c->queue) {
		same_day(e);
		c->counted = c->queue->id;
		c->queue->today.offered++;
		return;
	}
	q = c->counted ? cc_find_queue(e, c->counted) : NULL;
	if (!q)
		return;
	if (!strcmp(kind, cc_call_event_name(EV_ANSWER))) {
		same_day(e);
		q->today.answered++;
		q->today.within += c->waited_ms <= e->shift.service_ms;
	} else if (!strcmp(kind, cc_call_event_name(EV_NUMBER))) {
		/* he left his number: neither answered nor lost */
	} else if (c->state == CALL_ENDED) {
		same_day(e);
		q->today.abandoned++;
	} else {
		return;
	}
	c->counted = 0;
}

/* Of before our start, an hour a row. */
void cc_shift_today(struct cc_engine *e, json_t *rows)
{
	json_t *o;
	size_t i;

	same_day(e);
	json_array_foreach(rows, i, o) {
		int64_t hour = json_integer_value(json_object_get(o, "hour"));
		struct cc_queue *q = cc_find_queue(
		    e,
		    (uint32_t)json_integer_value(json_object_get(o, "queue")));

		if (!q || cc_region_day(e, hour * 3600000) != e->shift.day)
			continue;
		q->today.offered +=
		    (unsigned)json_integer_value(json_object_get(o, "offered"));
		q->today.answered += (unsigned)json_integer_value(
		    json_object_get(o, "answered"));
		q->today.within +=
		    (unsigned)json_integer_value(json_object_get(o, "within"));
		q->today.abandoned += (unsigned)json_integer_value(
		    json_object_get(o, "abandoned"));
	}
}

/* --- the whole ------------------------------------------------------------ */

static json_t *who_json(const struct cc_agent *a)
{
	return a ? json_pack("{s:i, s:s, s:s}", "id", (int)a->id, "extension",
			     a->extension, "name", a->name)
		 : json_null();
}

const char *cc_number_for(const struct cc_agent *who, const char *number,
			  char out[CC_NUMBER_SIZE])
{
	size_t n = strlen(number);

	cc_copy(out, CC_NUMBER_SIZE, number);
	if (!(who->duties & (DUTY_SUPERVISOR | DUTY_ADMIN | DUTY_L2)))
		for (size_t i = n > 7 ? n - 7 : 0; i + 2 < n; i++)
			out[i] = '*';
	return out;
}

static json_t *waiting_json(const struct cc_engine *e,
			    const struct cc_agent *who, const struct cc_call *c)
{
	char number[CC_NUMBER_SIZE];
	unsigned at = cc_line_position(&c->queue->line, &c->place);

	return json_pack(
	    "{s:s, s:s, s:s, s:i, s:s, s:i, s:b, s:b, s:b, s:b, s:b, s:I, s:o,"
	    " s:b}",
	    "id", c->id, "state", cc_call_state_name(c->state), "number",
	    cc_number_for(who, cc_call_citizen(c), number), "queue",
	    (int)c->queue->id, "queue_name", c->queue->name, "position",
	    (int)at, "returned", c->place.returned, "spared",
	    e->now<c->spared_due, "priority", c->place.start> 0, "callback",
	    c->callback, "long", c->waits_long, "since",
	    (json_int_t)(e->epoch - (e->now - cc_waits_since(c))), "agent",
	    who_json(c->offered), "act",
	    !c->callback && cc_may_act_call(e, who, c));
}

/* A citizen without an operator of ours: with somebody outside, who rings or
 * has him, or alone with an emergency service. */
static bool away(const struct cc_call *c)
{
	return !c->owner && !c->target &&
	       (c->outside.port || c->state == CALL_CONFERENCE);
}

static json_t *away_json(const struct cc_engine *e, const struct cc_agent *who,
			 const struct cc_call *c)
{
	const struct cc_agent *by = cc_call_behind(e, c);
	char number[CC_NUMBER_SIZE], to[CC_NUMBER_SIZE];
	bool help = c->state == CALL_CONFERENCE;

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:b}", "id",
			 c->id, "state", cc_call_state_name(c->state), "number",
			 cc_number_for(who, cc_call_citizen(c), number), "to",
			 help ? c->emergency.service
			      : cc_number_for(who, c->outside.number, to),
			 "from", by ? by->name : c->from_name, "queue_name",
			 c->queue ? c->queue->name : "", "since",
			 (json_int_t)c->since_epoch, "back",
			 c->direction == CALL_IN, "act",
			 !help && cc_may_act_call(e, who, c));
}

static json_t *talk_json(const struct cc_engine *e, const struct cc_agent *who,
			 const struct cc_agent *a, const struct cc_call *c)
{
	static const char *const ways[] = { "in", "out", "int" };
	char number[CC_NUMBER_SIZE];
	bool known = cc_may_act_call(e, who, c) || a->org_id == who->org_id;

	return json_pack(
	    "{s:s, s:s, s:s, s:s, s:I, s:b, s:s, s:b}", "id", c->id, "state",
	    cc_call_state_name(c->state), "number",
	    known ? cc_number_for(who, cc_call_citizen(c), number) : "",
	    "direction", ways[c->direction], "since",
	    (json_int_t)(c->answered ? c->answered : c->since_epoch),
	    "emergency",
	    c->emergency.state == EMERGENCY_DIAL ||
		c->emergency.state == EMERGENCY_TALK,
	    "queue", c->queue ? c->queue->name : "", "act",
	    a->part == ROLE_OWNER && cc_may_act_call(e, who, c));
}

static json_t *agent_json(struct cc_engine *e, const struct cc_agent *who,
			  const struct cc_agent *a)
{
	const struct cc_queue *today = cc_moved_to(e, a);
	json_t *queues = json_array();

	for (size_t i = 0; i < CC_SERVES_MAX && a->serves[i]; i++) {
		const struct cc_queue *q = cc_find_queue(e, a->serves[i]);

		if (q)
			json_array_append_new(queues, json_string(q->name));
	}
	return json_pack(
	    "{s:i, s:s, s:s, s:s, s:s, s:I, s:s, s:b, s:o, s:i, s:o,"
	    " s:b}",
	    "id", (int)a->id, "extension", a->extension, "name", a->name, "org",
	    a->org, "state", cc_agent_state_name(a->shown), "since",
	    (json_int_t)a->since, "reason", a->facts.on_break ? a->reason : "",
	    "mic", !a->mic_lost, "queues", queues, "moved",
	    today ? (int)today->id : 0, "call",
	    a->call ? talk_json(e, who, a, a->call) : json_null(), "act",
	    cc_may_act_agent(who, a));
}

static void put(json_t *part, json_int_t id, json_t *item)
{
	char key[24];

	snprintf(key, sizeof(key), "%lld", (long long)id);
	json_object_set_new(part, key, item);
}

static json_t *calls_json(struct cc_engine *e, const struct cc_agent *who)
{
	json_t *part = json_object();
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link)
		if (c->queue &&
		    (c->state == CALL_QUEUE || c->state == CALL_RING) &&
		    cc_sees_queue(who, c->queue))
			json_object_set_new(part, c->id,
					    waiting_json(e, who, c));
	return part;
}

static json_t *aways_json(struct cc_engine *e, const struct cc_agent *who)
{
	json_t *part = json_object();
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link)
		if (away(c) && cc_sees_call(e, who, c))
			json_object_set_new(part, c->id, away_json(e, who, c));
	return part;
}

/* Whoever works now, or should: a member of a queue. */
static json_t *agents_json(struct cc_engine *e, const struct cc_agent *who)
{
	json_t *part = json_object();
	struct cc_agent *a;

	TAILQ_FOREACH(a, &e->agents, link)
		if (a->present && !a->blocked && a->phone &&
		    (a->facts.active || a->serves[0]) &&
		    cc_sees_agent(e, who, a))
			put(part, a->id, agent_json(e, who, a));
	return part;
}

static json_t *queues_json(struct cc_engine *e, const struct cc_agent *who)
{
	json_t *part = json_object();
	struct cc_queue *q;

	same_day(e);
	TAILQ_FOREACH(q, &e->queues, link)
		if (q->present && cc_sees_queue(who, q))
			put(part, q->id,
			    json_pack(
				"{s:i, s:s, s:b, s:b, s:i, s:i, s:i, s:i}",
				"id", (int)q->id, "name", q->name, "open",
				q->open && q->member_count > 0, "closed",
				!q->open, "offered", (int)q->today.offered,
				"answered", (int)q->today.answered, "within",
				(int)q->today.within, "abandoned",
				(int)q->today.abandoned));
	return part;
}

static json_t *trunks_json(struct cc_engine *e)
{
	json_t *part = json_object();

	for (size_t i = 0; i < e->shift.trunk_count; i++) {
		const struct cc_shift_trunk *t = &e->shift.trunks[i];

		put(part, t->id,
		    json_pack("{s:i, s:s, s:s, s:s, s:I}", "id", (int)t->id,
			      "name", t->name, "state",
			      t->state < 0 ? "unknown"
			      : t->state   ? "up"
					   : "down",
			      "reason", cc_trunk_reason(e, t->id), "since",
			      (json_int_t)t->since));
	}
	return part;
}

static json_t *alerts_json(struct cc_engine *e, const struct cc_agent *who)
{
	json_t *part = json_object();
	struct cc_alert *al;

	TAILQ_FOREACH(al, &e->shift.alerts, link)
		if (!al->over && cc_sees_alert(e, who, al))
			json_object_set_new(part, al->id,
					    cc_alert_json(e, who, al));
	return part;
}

static json_t *board(struct cc_engine *e, const struct cc_agent *who)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "calls",
			 calls_json(e, who), "away", aways_json(e, who),
			 "agents", agents_json(e, who), "queues",
			 queues_json(e, who), "trunks", trunks_json(e),
			 "alerts", alerts_json(e, who));
}

/* What is new or other, and null for what is gone. NULL: nothing. */
static json_t *changes(json_t *was, json_t *is)
{
	json_t *all = json_object(), *part, *item, *old;
	const char *name, *id;

	json_object_foreach(is, name, part) {
		json_t *before = json_object_get(was, name);
		json_t *delta = json_object();

		json_object_foreach(part, id, item)
			if (!json_equal(item, json_object_get(before, id)))
				json_object_set(delta, id, item);
		json_object_foreach(before, id, old)
			if (!json_object_get(part, id))
				json_object_set_new(delta, id, json_null());
		if (json_object_size(delta))
			json_object_set_new(all, name, delta);
		else
			json_decref(delta);
	}
	if (json_object_size(all))
		return all;
	json_decref(all);
	return NULL;
}

static void push_board(struct cc_engine *e, struct cc_session *s)
{
	json_t *is, *news;
	bool full = s->board || !s->seen;

	if (!cc_may_watch(s->agent)) { /* no longer */
		cc_unwatch(s);
		cc_push(e, s, "shift", json_pack("{s:b}", "off", 1));
		return;
	}
	is = board(e, s->agent);
	news = full ? json_incref(is) : changes(s->seen, is);
	if (news) {
		/* a copy: another thread writes the event out */
		json_t *body = json_deep_copy(news);

		json_object_set_new(body, "full", json_boolean(full));
		json_object_set_new(body, "now", json_integer(e->epoch));
		json_object_set_new(
		    body, "service_s",
		    json_integer((json_int_t)e->shift.service_ms / 1000));
		cc_push(e, s, "shift", body);
		json_decref(news);
	}
	json_decref(s->seen);
	s->seen = is;
	s->board = false;
}

void cc_push_boards(struct cc_engine *e)
{
	struct cc_session *s;

	if (!e->shift.changed || e->now < e->shift.board_due)
		return;
	e->shift.changed = false;
	e->shift.board_due = e->now + BOARD_MS;
	TAILQ_FOREACH(s, &e->sessions, link)
		if (s->watch)
			push_board(e, s);
}
