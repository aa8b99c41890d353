/* What pages are told: their own state, the colleagues, notices. */
#include <string.h>

#include "janus-plugin/engine_int.h"

void cc_push(struct cc_engine *e, struct cc_session *s, const char *event,
	     json_t *body)
{
	json_object_set_new(body, "otklik", json_string("event"));
	json_object_set_new(body, "event", json_string(event));
	json_object_set_new(body, "seq", json_integer((json_int_t)++s->seq));
	e->p.push(e->p.arg, s->id, body);
}

void cc_notice(struct cc_engine *e, const struct cc_agent *a, const char *code)
{
	struct cc_session *s = cc_find_session(e, a->session);

	if (s)
		cc_push(e, s, "notice",
			json_pack("{s:s, s:s}", "code", code, "text",
				  cc_request_text(code)));
}

void cc_push_quality(struct cc_engine *e, const struct cc_agent *a)
{
	struct cc_session *s = cc_find_session(e, a->session);
	struct cc_media_stats st;

	if (!s || e->p.stats(e->p.arg, a->port, &st))
		return;
	cc_push(e, s, "quality",
		json_pack("{s:f, s:i, s:i, s:f}", "loss", st.loss, "jitter_ms",
			  (int)st.jitter_ms, "max_gap_ms", (int)st.max_gap_ms,
			  "mos", st.mos));
}

static json_t *stamp(int64_t epoch)
{
	return epoch ? json_integer(epoch) : json_null();
}

static json_t *person(const struct cc_agent *a, const char *state)
{
	if (!a)
		return json_null();
	if (!state)
		return json_pack("{s:s, s:s}", "extension", a->extension,
				 "name", a->name);
	return json_pack("{s:s, s:s, s:s}", "extension", a->extension, "name",
			 a->name, "state", state);
}

static const char *call_state(const struct cc_call *c, const struct cc_agent *a)
{
	if (a->facts.ringing)
		return "RING";
	if (c->xfer == XFER_CONSULT_RING || c->xfer == XFER_CONSULT_TALK)
		return "CONSULT";
	switch (c->state) {
	case CALL_DIAL:
		return "DIAL";
	case CALL_HOLD:
		return "HOLD";
	case CALL_TRANSFER:
		return "TRANSFER";
	case CALL_CONFERENCE:
		return "CONFERENCE";
	default:
		return "TALK";
	}
}

static json_t *emergency(const struct cc_call *c)
{
	static const char *const words[] = { "", "DIAL", "TALK", "FAILED" };

	if (c->emergency.state == EMERGENCY_NONE)
		return json_null();
	return json_pack("{s:s, s:s}", "service", c->emergency.service, "state",
			 words[c->emergency.state]);
}

static const char *const directions[] = { "in", "out", "int" };

/* Who hands, or has handed, the call over. */
static json_t *from_json(const struct cc_call *c, const struct cc_agent *a)
{
	if (a->part == ROLE_TARGET || a->part == ROLE_PEER)
		return person(c->owner, NULL);
	if (a->part == ROLE_OWNER && c->from_extension[0])
		return json_pack("{s:s, s:s}", "extension", c->from_extension,
				 "name", c->from_name);
	return json_null();
}

/* Who is asked or called about the call: a colleague, or a number. */
static json_t *outside_or(const struct cc_call *c, const struct cc_agent *a,
			  const char *state)
{
	if (a || !c->outside.port)
		return person(a, state);
	return json_pack("{s:s, s:s, s:s}", "extension", c->outside.number,
			 "name", "", "state",
			 c->xfer == XFER_CONSULT_TALK ? "TALK" : "DIAL");
}

/* The other end, as this one sees it. */
static const char *number_for(const struct cc_call *c, const struct cc_agent *a)
{
	if (c->direction == CALL_INT)
		return a->part == ROLE_PEER ? c->number : c->called;
	return cc_call_citizen(c);
}

static json_t *call_json(const struct cc_engine *e, const struct cc_call *c,
			 const struct cc_agent *a)
{
	static const char *const roles[] = { "", "owner", "owner", "target",
					     "peer" };
	int64_t begun = c->queued_mono ? c->queued_mono : c->since;
	const struct cc_agent *with = c->peer ? c->peer : c->target;
	bool dial = with && with->facts.ringing;
	int64_t waited = c->answered ? c->waited_ms : e->now - begun;
	json_t *j = json_pack(
	    "{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:b, s:b,"
	    " s:b}",
	    "id", c->id, "gen", (json_int_t)c->gen, "direction",
	    directions[c->direction], "state", call_state(c, a), "role",
	    a->part == ROLE_TARGET && c->xfer == XFER_CONSULT_TALK
		? "consulted"
		: roles[a->part],
	    "number", number_for(c, a), "queue", c->queue ? c->queue->name : "",
	    "waited", (json_int_t)waited, "since", (json_int_t)c->since_epoch,
	    "muted", a->muted, "held", c->state == CALL_HOLD, "reconnect",
	    c->state == CALL_RECONNECT, "recording", c->recording[0] != '\0');

	json_object_set_new(j, "progress",
			    json_string(c->out.early  ? "EARLY"
					: c->out.rang ? "RING"
						      : ""));
	json_object_set_new(j, "kind",
			    json_string(c->callback ? "callback" : "call"));
	json_object_set_new(j, "answered", stamp(c->answered));
	json_object_set_new(j, "card",
			    c->card ? json_integer((json_int_t)c->card)
				    : json_null());
	json_object_set_new(j, "from", from_json(c, a));
	json_object_set_new(j, "peer",
			    a->part == ROLE_OWNER
				? outside_or(c, with, dial ? "DIAL" : "TALK")
				: json_null());
	json_object_set_new(j, "emergency", emergency(c));
	/* a copy: another thread writes the event out while we go on */
	json_object_set_new(j, "history", json_deep_copy(c->history));
	return j;
}

/* The call that has just ended, for the after-call work. */
static json_t *last_json(const struct cc_agent *a)
{
	const struct cc_brief *b = &a->last;
	json_t *j = json_pack(
	    "{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:b, s:b,"
	    " s:b, s:n, s:n, s:n, s:[]}",
	    "id", b->id, "gen", 0, "direction", directions[b->direction],
	    "state", "ENDED", "role", "owner", "number", b->number, "queue",
	    b->queue, "waited", (json_int_t)b->waited_ms, "since",
	    (json_int_t)b->ended, "muted", 0, "held", 0, "reconnect", 0,
	    "recording", 0, "from", "peer", "emergency", "history");

	json_object_set_new(j, "answered", stamp(b->answered));
	json_object_set_new(j, "card",
			    b->card ? json_integer((json_int_t)b->card)
				    : json_null());
	return j;
}

static const char *leg_word(const struct cc_agent *a,
			    const struct cc_session *s)
{
	static const char *const words[] = { "none", "new", "up", "lost" };

	if (a->facts.active && a->session && a->session != s->id)
		return "elsewhere";
	return words[a->facts.leg];
}

static json_t *agent_json(const struct cc_engine *e, const struct cc_agent *a,
			  const struct cc_session *s)
{
	struct cc_session *holder =
	    cc_find_session((struct cc_engine *)e, a->session);
	int64_t wrap = a->facts.wrapup_until;
	json_t *j =
	    json_pack("{s:s, s:I, s:s, s:s, s:s, s:s}", "state",
		      cc_agent_state_name(cc_agent_state(&a->facts)), "since",
		      (json_int_t)a->since, "reason", a->reason, "leg",
		      leg_word(a, s), "page", holder ? holder->page : "", "mic",
		      a->mic_lost || (a->silent && a->call) ? "lost" : "ok");

	json_object_set_new(j, "started", stamp(a->started));
	json_object_set_new(j, "wrapup_until",
			    wrap ? json_integer(wrap - e->now + e->epoch)
				 : json_null());
	return j;
}

void cc_push_state(struct cc_engine *e, struct cc_session *s)
{
	const struct cc_agent *a = s->agent;
	json_t *call = json_null();

	if (a->call)
		call = call_json(e, a->call, a);
	else if (a->facts.wrapup_until)
		call = last_json(a);
	cc_push(e, s, "state",
		json_pack("{s:I, s:I, s:{s:i, s:s, s:s, s:b, s:b}, s:o, s:o}",
			  "now", (json_int_t)e->epoch, "boot",
			  (json_int_t)e->boot, "user", "id", (int)a->id, "name",
			  a->name, "extension", a->extension, "phone", a->phone,
			  "dial", a->phone, "agent", agent_json(e, a, s),
			  "call", call));
}

static json_t *presence_json(const struct cc_agent *a)
{
	static const char *const words[AGENT_STATES] = {
		[AGENT_INACTIVE] = "UNAVAILABLE",
		[AGENT_RECONNECTING] = "UNAVAILABLE",
		[AGENT_FREE] = "FREE",
		[AGENT_RINGING] = "RINGING",
		[AGENT_TALKING] = "TALKING",
		[AGENT_WRAPUP] = "WRAPUP",
		[AGENT_BREAK] = "BREAK",
	};

	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:I}", "id",
			 (int)a->id, "extension", a->extension, "name", a->name,
			 "org", a->org, "role", a->role, "state",
			 words[a->shown], "since", (json_int_t)a->since);
}

/* Every page gets a copy of its own: no JSON is shared between threads. */
void cc_push_presence(struct cc_engine *e)
{
	json_t *delta = json_array(), *full = json_array();
	struct cc_session *s;
	struct cc_agent *a;
	bool anew = false; /* somebody needs to hear of everybody */

	TAILQ_FOREACH(s, &e->sessions, link)
		anew |= s->agent && s->full;
	TAILQ_FOREACH(a, &e->agents, link) {
		bool gone = !a->phone || !a->present || a->blocked;

		if (anew && !gone)
			json_array_append_new(full, presence_json(a));
		/* who is gone must go from every page, too */
		if (a->presence && a->extension[0])
			json_array_append_new(delta, presence_json(a));
		a->presence = false;
	}
	TAILQ_FOREACH(s, &e->sessions, link) {
		if (!s->agent)
			continue;
		if (s->full || json_array_size(delta))
			cc_push(
			    e, s, "presence",
			    json_pack("{s:o, s:b}", "users",
				      json_deep_copy(s->full ? full : delta),
				      "full", s->full));
		s->full = false;
		cc_rows_push(e, s);
	}
	json_array_clear(e->rows);
	json_decref(delta);
	json_decref(full);
	e->presence = false;
	e->presence_due = e->now + 100;
}

json_t *cc_stats_json(const struct cc_engine *e)
{
	static const char *const trunk[] = { "unknown", "down", "up" };
	struct cc_engine_stats st;

	cc_engine_stats(e, &st);
	return json_pack(
	    "{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:I, s:I, s:I,"
	    " s:I}",
	    "trunk", trunk[e->trunk + 1], "calls", (int)st.calls, "waiting",
	    (int)st.waiting, "talking", (int)st.talking, "active",
	    (int)st.active, "legs", (int)st.legs, "sessions", (int)st.sessions,
	    "offered", (json_int_t)st.offered, "answered",
	    (json_int_t)st.answered, "abandoned", (json_int_t)st.abandoned,
	    "ended", (json_int_t)st.ended);
}
