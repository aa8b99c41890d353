/* Operators: pages, legs, questions to the page, buttons. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/engine_int.h"

#define LEG_SETUP_MS 15000
#define IDLE_PING_MS 20000
#define QUALITY_MS   5000

static void attendance_end(struct cc_engine *e, struct cc_agent *a,
			   const char *why)
{
	if (!a->started)
		return;
	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:I, s:s}", "t", "attendance_end",
			    "attendance_id", a->attendance, "ended_at",
			    (json_int_t)e->epoch, "reason", why));
	a->started = 0;
}

static void drop_port(struct cc_engine *e, struct cc_agent *a)
{
	cc_leg_row(e, a);
	if (a->port)
		e->p.port_remove(e->p.arg, a->port);
	a->port = 0;
	a->session = 0;
	a->watch = 0;
	a->silent = false;
	a->doubt_due = 0;
	a->mic_lost = false;
	a->hear = (struct cc_hear){ .gen = 0 };
}

/* A leg is unusable. What that means for a call depends on his part in it;
 * the trunk never learns of it (D2). remove: it cannot come back. */
void cc_leg_lost(struct cc_engine *e, struct cc_agent *a, bool remove)
{
	struct cc_call *c = a->call;

	if (c && a->part == ROLE_OFFERED)
		cc_offer_drop(e, a, "RINGCANCELED", false);
	else if (c && a->part == ROLE_TARGET)
		cc_xfer(e, c, XEV_TARGET_GONE, "LEGLOST");
	else if (c && a->part == ROLE_PEER && a->facts.ringing)
		cc_colleague_gone(e, c, "RINGCANCELED");
	if (a->facts.active && a->facts.leg != LEG_LOST) {
		a->leg_since = e->now;
		cc_agent_event(e, a, AEV_LEG_LOST, 0);
	}
	if (remove)
		drop_port(e, a);

	c = a->call;
	if (c && c->direction == CALL_INT)
		cc_colleague_lost(e, c, a);
	if (!c || a->part != ROLE_OWNER || c->direction == CALL_INT)
		return;
	if (c->xfer == XFER_BLIND) {
		cc_xfer(e, c, XEV_SENDER_GONE, "LEGLOST");
		c->owner = NULL;
		cc_release(e, a, true);
		return;
	}
	c->was_held = c->state == CALL_HOLD && c->xfer == XFER_NONE;
	if (c->xfer != XFER_NONE)
		cc_xfer(e, c, XEV_SENDER_GONE, "LEGLOST");
	cc_operator_lost(e, c);
}

void cc_operator_lost(struct cc_engine *e, struct cc_call *c)
{
	cc_call_touch(c); /* in a conference the others go on */
	if (c->state != CALL_DIAL && cc_call_do(e, c, EV_LOST, c->owner, NULL))
		return;
	c->resume_due = e->now + e->conf.resume_ms;
	e->p.mark(e->p.arg, c->port, "operator lost");
}

void cc_engine_leg_up(struct cc_engine *e, uint64_t session)
{
	struct cc_session *s = cc_find_session(e, session);
	struct cc_agent *a = s ? s->agent : NULL;
	struct cc_call *c;

	if (!a || a->session != session || a->facts.leg == LEG_UP)
		return;
	a->leg_since = e->now;
	cc_agent_event(e, a, AEV_LEG_UP, 0);
	c = a->call;
	if (c && c->direction == CALL_INT)
		cc_colleague_back(e, c);
	if (!c || a->part != ROLE_OWNER || c->direction == CALL_INT)
		return;
	c->resume_due = 0;
	c->owned = e->epoch;
	if (c->state == CALL_DIAL) {
		cc_call_touch(c);
		return;
	}
	cc_call_do(e, c, EV_REGAIN, a, NULL);
	if (c->was_held) /* he had put the citizen on hold: so it stays */
		cc_call_do(e, c, EV_HOLD, a, NULL);
	c->was_held = false;
	cc_call_touch(c);
}

void cc_engine_leg_down(struct cc_engine *e, uint64_t session)
{
	struct cc_session *s = cc_find_session(e, session);

	if (s && s->agent && s->agent->session == session)
		cc_leg_lost(e, s->agent, true);
}

void cc_engine_session_new(struct cc_engine *e, uint64_t session)
{
	struct cc_session *s = calloc(1, sizeof(*s));

	if (!s)
		return;
	s->id = session;
	s->ping_due = e->now + IDLE_PING_MS;
	TAILQ_INSERT_TAIL(&e->sessions, s, link);
}

void cc_engine_session_gone(struct cc_engine *e, uint64_t session)
{
	struct cc_session *s = cc_find_session(e, session);

	if (!s)
		return;
	cc_engine_leg_down(e, session);
	TAILQ_REMOVE(&e->sessions, s, link);
	cc_unwatch(s);
	free(s);
}

/* Ends his work whatever he does: blocked, removed, logged out. */
void cc_agent_stop(struct cc_engine *e, struct cc_agent *a, const char *why)
{
	if (!a->facts.active)
		return;
	cc_leg_lost(e, a, true);
	if (a->call && a->call->direction == CALL_INT)
		cc_call_end(e, a->call, EV_FAIL, why);
	if (a->call && a->part == ROLE_OWNER) {
		struct cc_call *c = a->call;

		if (c->state == CALL_DIAL)
			cc_call_end(e, c, EV_RELEASE, why);
		else if (c->state == CALL_RECONNECT)
			cc_call_requeue(e, c, why);
		else if (c->state == CALL_CONFERENCE) {
			c->owner = NULL;
			cc_release(e, a, false);
		}
	}
	attendance_end(e, a, why);
	a->reason[0] = '\0';
	cc_agent_event(e, a, AEV_FINISH, 0);
}

/* Active, without a call, and no page to reach him by (K-3.0.8). */
static bool unreachable(const struct cc_agent *a)
{
	return a->facts.active && !a->call &&
	       (a->facts.leg == LEG_LOST || !a->facts.answering);
}

void cc_ask_page(struct cc_engine *e, struct cc_agent *a)
{
	struct cc_session *s = cc_find_session(e, a->session);

	if (!s)
		return;
	s->pong = s->ping; /* only the answer to this one counts */
	s->ping_due = e->now;
	a->doubt_due = e->now + e->conf.ping_ms;
}

static void doubt_over(struct cc_engine *e, struct cc_agent *a)
{
	struct cc_session *s = cc_find_session(e, a->session);

	a->doubt_due = 0;
	if (!s || !a->silent)
		return;
	if (s->pong < s->ping) {
		a->leg_since = e->now;
		cc_agent_event(e, a, AEV_PAGE_SILENT, 0);
		cc_leg_lost(e, a, false);
	} else if (a->call && a->part == ROLE_OWNER) {
		/* the page shows M03 by the state it is pushed */
		cc_call_note(e, a->call, "MICLOST", a, NULL);
	}
}

static bool in_talk(const struct cc_agent *a)
{
	return a->call && a->part == ROLE_OWNER && a->facts.leg == LEG_UP;
}

void cc_agent_timers(struct cc_engine *e, struct cc_agent *a)
{
	if (a->unmade_due && e->now >= a->unmade_due)
		cc_dial_more(e, a);
	if (a->facts.wrapup_until && e->now >= a->facts.wrapup_until)
		cc_agent_event(e, a, AEV_TICK, 0);
	if (a->facts.leg == LEG_NEW && e->now >= a->leg_since + LEG_SETUP_MS)
		cc_leg_lost(e, a, true);
	if (a->doubt_due && e->now >= a->doubt_due)
		doubt_over(e, a);
	if (in_talk(a) && e->now >= a->quality_due) {
		a->quality_due = e->now + QUALITY_MS;
		cc_push_quality(e, a);
	}
	if (a->call && a->call->state == CALL_CONFERENCE &&
	    a->facts.leg == LEG_LOST &&
	    e->now >= a->leg_since + e->conf.give_up_ms) {
		a->call->owner = NULL;
		cc_call_touch(a->call);
		cc_release(e, a, false);
	}
	if (unreachable(a) && e->now >= a->leg_since + e->conf.give_up_ms) {
		attendance_end(e, a, "LOST");
		drop_port(e, a);
		a->reason[0] = '\0';
		cc_agent_event(e, a, AEV_LEG_GIVEN_UP, 0);
	}
}

int64_t cc_agent_due(const struct cc_engine *e, const struct cc_agent *a)
{
	int64_t t = cc_sooner(a->facts.wrapup_until, a->doubt_due);

	t = cc_sooner(t, a->unmade_due);
	if (in_talk(a))
		t = cc_sooner(t, a->quality_due);
	if (a->facts.leg == LEG_NEW)
		t = cc_sooner(t, a->leg_since + LEG_SETUP_MS);
	if (unreachable(a) || (a->call && a->facts.leg == LEG_LOST &&
			       a->call->state == CALL_CONFERENCE))
		t = cc_sooner(t, a->leg_since + e->conf.give_up_ms);
	return t;
}

/* While his packets come, they are answer enough: a talk is not asked about
 * at the pace of an idle telephone, which must be known to ring. */
static bool flowing(const struct cc_agent *a)
{
	return a->watch && !a->silent && a->facts.leg == LEG_UP &&
	       a->facts.answering;
}

static int64_t ask_again_ms(const struct cc_engine *e,
			    const struct cc_session *s)
{
	const struct cc_agent *a = s->agent;

	if (!a || a->session != s->id)
		return IDLE_PING_MS;
	return (flowing(a) ? 3 : 1) * (int64_t)e->conf.ping_ms;
}

/* The question every page with a leg must answer (D2). */
void cc_session_timers(struct cc_engine *e, struct cc_session *s)
{
	struct cc_agent *a = s->agent;
	bool leg = a && a->session == s->id;

	if (e->now < s->ping_due)
		return;
	s->ping_due = e->now + ask_again_ms(e, s);
	if (!a)
		return;
	if (leg && s->ping >= s->pong + 2 && a->facts.answering) {
		a->leg_since = e->now;
		cc_agent_event(e, a, AEV_PAGE_SILENT, 0);
		if (a->call && a->part == ROLE_OFFERED)
			cc_offer_drop(e, a, "RINGCANCELED", false);
		else if (a->silent ||
			 (a->call &&
			  (a->part == ROLE_TARGET || a->part == ROLE_PEER) &&
			  a->facts.ringing))
			cc_leg_lost(e, a, false);
	}
	/* with the pace, by which the page knows a dead connection */
	cc_push(e, s, "ping",
		json_pack("{s:I, s:I}", "n", (json_int_t)++s->ping, "next_ms",
			  (json_int_t)ask_again_ms(e, s)));
}

static const char *pong(struct cc_engine *e, struct cc_session *s, uint64_t n)
{
	struct cc_agent *a = s->agent;

	if (n > s->ping)
		return CC_BAD_REQUEST;
	s->pong = s->ping; /* any answer proves that the page is awake */
	if (a && a->session == s->id && !a->facts.answering) {
		cc_agent_event(e, a, AEV_PAGE_BACK, 0);
		if (a->facts.leg == LEG_LOST && a->port && !a->silent)
			cc_engine_leg_up(e, s->id);
	}
	return NULL;
}

static const char *hello(struct cc_engine *e, struct cc_session *s,
			 const struct cc_request *req)
{
	struct cc_agent *a;
	uint32_t user;

	if (e->p.token(e->p.arg, req->token, &user, s->web))
		return CC_TOKEN;
	a = cc_find_agent(e, user);
	if (!a || a->blocked || !a->present)
		return CC_FORBIDDEN;
	if (s->agent && s->agent != a)
		return CC_FORBIDDEN; /* bound for good (D9) */
	s->agent = a;
	cc_copy(s->page, sizeof(s->page), req->page);
	s->dirty = true;
	s->full = true;
	e->presence = true;
	e->presence_due = e->now;
	e->shift.alerts_changed = true;
	return NULL;
}

static const char *start(struct cc_engine *e, struct cc_session *s,
			 bool takeover)
{
	struct cc_agent *a = s->agent;
	struct cc_session *old;

	if (!a->phone)
		return CC_FORBIDDEN;
	if (a->session && a->session != s->id && a->facts.active) {
		if (a->facts.answering && a->facts.leg != LEG_LOST && !takeover)
			return CC_LIVE_ELSEWHERE;
		old = cc_find_session(e, a->session);
		if (old)
			cc_push(e, old, "closed",
				json_pack("{s:s}", "reason", "TAKEN_OVER"));
	}
	if (a->port)
		cc_leg_lost(e, a, true);
	if (!cc_agent_can(cc_agent_state(&a->facts), AEV_START))
		return CC_STATE;

	a->mic_lost = a->silent = false;
	a->port = e->next_port++;
	a->session = s->id;
	if (e->p.web_add(e->p.arg, a->port, s->id)) {
		a->port = a->session = 0;
		return CC_NO_MEDIA;
	}
	s->pong = s->ping;
	s->ping_due = e->now;
	a->leg_since = e->now;
	if (!a->started) {
		a->started = e->epoch;
		a->taken = 0;
		e->p.uuid(e->p.arg, e->epoch, a->attendance);
		e->p.post(e->p.arg,
			  json_pack("{s:s, s:s, s:i, s:I}", "t", "attendance",
				    "id", a->attendance, "user_id", (int)a->id,
				    "started_at", (json_int_t)e->epoch));
	}
	cc_agent_event(e, a, AEV_START, 0);
	e->p.offer(e->p.arg, s->id);
	return NULL;
}

static const char *finish(struct cc_engine *e, struct cc_agent *a)
{
	if (a->facts.talking || a->facts.ringing)
		return CC_IN_CALL;
	if (!a->facts.active)
		return CC_STATE;
	attendance_end(e, a, "FINISH");
	drop_port(e, a);
	a->reason[0] = '\0';
	cc_agent_event(e, a, AEV_FINISH, 0);
	return NULL;
}

static const char *pause_work(struct cc_engine *e, struct cc_agent *a,
			      const char *reason)
{
	if (!cc_agent_can(cc_agent_state(&a->facts), AEV_BREAK))
		return CC_STATE;
	cc_copy(a->reason, sizeof(a->reason), reason);
	cc_agent_event(e, a, AEV_BREAK, 0);
	return NULL;
}

static const char *resume_work(struct cc_engine *e, struct cc_agent *a)
{
	if (!a->facts.on_break)
		return CC_STATE;
	a->reason[0] = '\0';
	cc_agent_event(e, a, AEV_RESUME, 0);
	return NULL;
}

/* --- a call --------------------------------------------------------- */

/* An offer that is gone: whoever has the call now is named. */
static const char *too_late(struct cc_engine *e, const struct cc_agent *a,
			    const char *id)
{
	const struct cc_call *c = cc_find_call(e, id);
	struct cc_session *s = cc_find_session(e, a->session);
	char text[CC_NAME_SIZE + 64];

	if (!c || !c->owner || c->owner == a)
		return CC_GEN;
	snprintf(text, sizeof(text), "Вызов уже принял: %s", c->owner->name);
	if (s)
		cc_push(
		    e, s, "notice",
		    json_pack("{s:s, s:s}", "code", CC_TAKEN, "text", text));
	return CC_TAKEN;
}

static const char *answer(struct cc_engine *e, struct cc_agent *a,
			  const struct cc_request *req)
{
	struct cc_call *c = a->call;

	if (!c || strcmp(c->id, req->call) || c->gen != req->gen ||
	    !a->facts.ringing)
		return too_late(e, a, req->call);
	if (c->callback)
		return cc_place_answer(e, a);
	cc_agent_event(e, a, AEV_ANSWER, 0);
	if (a->part == ROLE_PEER) {
		cc_colleague_answers(e, c);
		return NULL;
	}
	if (a->part == ROLE_TARGET) {
		if (c->xfer == XFER_BLIND || c->xfer == XFER_ALONE)
			cc_call_note(e, c, "TARGETANSWER", a, NULL);
		cc_xfer(e, c, XEV_TARGET_ANSWER, "");
		return NULL;
	}
	cc_offer_over(e, c, a);
	cc_offer_taken(e, c, a);
	c->owner = a;
	c->owned = e->epoch;
	a->part = ROLE_OWNER;
	if (!c->answered) {
		c->answered = e->epoch;
		c->waited_ms = e->now - c->queued_mono;
		e->count.answered++;
	}
	cc_call_do(e, c, EV_ANSWER, a, NULL);
	/* the first audio must not wait for the journal */
	cc_audio(e, c);
	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:i, s:s, s:I}", "t", "call", "id",
			    c->id, "user_id", (int)a->id, "state", "talk",
			    "answered_at", (json_int_t)c->answered));
	return NULL;
}

static const char *reject(struct cc_engine *e, struct cc_agent *a,
			  const struct cc_request *req)
{
	struct cc_call *c = a->call;

	if (!c || strcmp(c->id, req->call) || c->gen != req->gen ||
	    !a->facts.ringing)
		return CC_GEN;
	if (a->part == ROLE_PEER)
		cc_colleague_gone(e, c, "REJECT");
	else if (a->part == ROLE_TARGET)
		cc_xfer(e, c, XEV_TARGET_GONE, "REJECT");
	else
		cc_offer_drop(e, a, "REJECT", true);
	return NULL;
}

static const char *hangup(struct cc_engine *e, struct cc_agent *a)
{
	struct cc_call *c = a->call;

	if (a->part == ROLE_TARGET) {
		if (c->xfer != XFER_CONSULT_TALK)
			return CC_STATE;
		cc_xfer(e, c, XEV_TARGET_GONE, "HANGUP");
		return NULL;
	}
	if (a->part == ROLE_PEER && !a->facts.ringing) {
		cc_call_end(e, c, EV_RELEASE, "COMPLETEPEER");
		return NULL;
	}
	if (a->part != ROLE_OWNER)
		return CC_STATE;
	if (c->xfer == XFER_BLIND) { /* he need not wait for the answer */
		cc_xfer(e, c, XEV_SENDER_GONE, "HANGUP");
		c->owner = NULL;
		cc_release(e, a, true);
		return NULL;
	}
	if (c->xfer != XFER_NONE) { /* ends the consultation, not the call */
		cc_xfer(e, c, XEV_BACK, "HANGUP");
		return NULL;
	}
	if (!cc_call_can(c->state, EV_RELEASE))
		return CC_STATE;
	cc_call_end(e, c, EV_RELEASE, "COMPLETEAGENT");
	return NULL;
}

static const char *hold(struct cc_engine *e, struct cc_agent *a, bool on)
{
	struct cc_call *c = a->call;

	if (a->part != ROLE_OWNER || c->xfer != XFER_NONE)
		return CC_STATE;
	if (cc_call_do(e, c, on ? EV_HOLD : EV_UNHOLD, a, NULL))
		return CC_STATE;
	e->p.mark(e->p.arg, c->port ? c->port : a->port,
		  on ? "hold" : "unhold");
	return NULL;
}

static const char *mute(struct cc_engine *e, struct cc_agent *a, bool on)
{
	if (!a->call || a->facts.ringing)
		return CC_STATE;
	if (a->muted == on)
		return NULL;
	a->muted = on;
	cc_call_note(e, a->call, on ? "MUTE" : "UNMUTE", a, NULL);
	return NULL;
}

static const char *dtmf(struct cc_engine *e, struct cc_agent *a,
			const char *digits)
{
	struct cc_call *c = a->call;

	if (!c || a->part != ROLE_OWNER || c->direction == CALL_INT ||
	    (c->state != CALL_TALK && c->state != CALL_CONFERENCE))
		return CC_STATE;
	if (!c->far.dtmf_pt) /* nothing to say them with */
		return CC_NO_DIGITS;
	e->p.dtmf(e->p.arg, c->port, digits);
	cc_call_note(e, c, "SENTDTMF", a,
		     json_pack("{s:i}", "count", (int)strlen(digits)));
	return NULL;
}

/* «Вызов» and «Позвонить» (K-4.0.4, K-6.2.1) */
static const char *dial(struct cc_engine *e, struct cc_agent *a,
			const struct cc_request *req)
{
	const struct cc_dial_order o = { .number = req->text,
					 .appeal = req->appeal,
					 .parent = "",
					 .trunk = req->trunk };

	/* a test call past the plan's choice of the line */
	if (o.trunk && !(a->roles & cc_dial_role("CC_ADMIN")))
		return CC_FORBIDDEN;
	return cc_dial_code(cc_dial(e, a, &o));
}

/* «Нецелевой вызов» (K-5.1.1.6) */
static const char *non_target(struct cc_engine *e, struct cc_agent *a,
			      const char *call, const char *kind)
{
	if (!a->facts.wrapup_until || strcmp(a->last.id, call))
		return CC_STATE;
	e->p.post(e->p.arg, json_pack("{s:s, s:s, s:s}", "t", "call", "id",
				      call, "non_target_kind", kind));
	cc_agent_event(e, a, AEV_READY, 0);
	return NULL;
}

/* Some browsers go on sending silence without a microphone, so packets do not
 * tell; others stop, which leg_media() notices without being told. */
static const char *mic(struct cc_engine *e, struct cc_agent *a, bool lost)
{
	if (a->mic_lost == lost)
		return NULL;
	a->mic_lost = lost;
	a->dirty = true;
	e->distribute = true;
	if (lost && a->call && a->part == ROLE_OFFERED)
		cc_offer_drop(e, a, "RINGCANCELED", false);
	if (a->call && a->part == ROLE_OWNER)
		cc_call_note(e, a->call, lost ? "MICLOST" : "MICBACK", a, NULL);
	return NULL;
}

static const char *call_request(struct cc_engine *e, struct cc_agent *a,
				const struct cc_request *req)
{
	if (!a->call || strcmp(a->call->id, req->call))
		return CC_GEN;
	switch (req->kind) {
	case REQ_HANGUP:
		return hangup(e, a);
	case REQ_HOLD:
	case REQ_UNHOLD:
		return hold(e, a, req->kind == REQ_HOLD);
	default:
		return cc_transfer_request(e, a, req);
	}
}

static const char *work_request(struct cc_engine *e, struct cc_session *s,
				const struct cc_request *req)
{
	struct cc_agent *a = s->agent;

	switch (req->kind) {
	case REQ_LEG:
		return a->session == s->id ? NULL : CC_STATE;
	case REQ_FINISH:
		return finish(e, a);
	case REQ_BREAK:
		return pause_work(e, a, req->text);
	case REQ_RESUME:
		return resume_work(e, a);
	case REQ_READY:
		if (!a->facts.wrapup_until)
			return CC_STATE;
		cc_agent_event(e, a, AEV_READY, 0);
		return NULL;
	case REQ_EXTEND:
		if (cc_agent_state(&a->facts) != AGENT_WRAPUP)
			return CC_STATE;
		cc_agent_event(e, a, AEV_EXTEND, 0);
		return NULL;
	case REQ_NONTARGET:
		return non_target(e, a, req->call, req->text);
	case REQ_MIC:
		return mic(e, a, !strcmp(req->text, "lost"));
	case REQ_MUTE:
	case REQ_UNMUTE:
		return mute(e, a, req->kind == REQ_MUTE);
	case REQ_DTMF:
		return dtmf(e, a, req->text);
	case REQ_DIAL:
		return dial(e, a, req);
	case REQ_ANSWER:
		return answer(e, a, req);
	case REQ_TAKE:
		return cc_place_take(e, a, req);
	case REQ_REJECT:
		return reject(e, a, req);
	default:
		return call_request(e, a, req);
	}
}

const char *cc_agent_request(struct cc_engine *e, struct cc_session *s,
			     const struct cc_request *req)
{
	const char *code;

	if (req->kind == REQ_HELLO)
		return hello(e, s, req);
	if (!s->agent)
		return CC_NOT_HELLO;
	if (cc_shift_request(e, s, req, &code))
		return code;
	switch (req->kind) {
	case REQ_SYNC:
		s->dirty = s->full = s->board = true;
		e->shift.alerts_changed = e->shift.changed = true;
		e->presence = true;
		return NULL;
	case REQ_PONG:
		return pong(e, s, req->n);
	case REQ_START:
		return start(e, s, req->takeover);
	case REQ_BYE:
		cc_engine_leg_down(e, s->id);
		return NULL;
	default:
		break;
	}
	/* buttons work only on the page that holds the telephone */
	if (s->agent->session && s->agent->session != s->id)
		return CC_LIVE_ELSEWHERE;
	return work_request(e, s, req);
}
