/* Transfer, consultation and the emergency conference (K-5.1.8). */
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/engine_int.h"
#include "janus-plugin/sip.h"
#include "janus-plugin/sip_text.h"

#define QUEUE "queue:" /* and its id: where a call may be sent */

/* A leg that is gone has finished its recording itself. */
static void consult_over(struct cc_engine *e, struct cc_call *c)
{
	if (c->consult_recording[0] && c->owner && c->owner->port)
		e->p.record(e->p.arg, c->owner->port, NULL, NULL, 0);
	c->consult_recording[0] = '\0';
}

/* The target is no longer in it: his telephone stops or he is free again. */
static void free_target(struct cc_engine *e, struct cc_call *c, bool missed,
			const char *why)
{
	struct cc_agent *t = c->target;

	c->target = NULL;
	c->xfer_due = 0;
	if (c->outside.port) {
		consult_over(e, c);
		cc_outside_drop(e, c, why);
	}
	if (!t || t->call != c)
		return;
	consult_over(e, c);
	cc_attach(t, NULL, ROLE_NONE);
	if (t->facts.ringing)
		cc_agent_event(
		    e, t, missed ? AEV_OFFER_MISSED : AEV_OFFER_TAKEN_BACK, 0);
	else
		cc_agent_event(e, t, AEV_RELEASE, 0);
	cc_agent_audio(e, t);
}

static void ring_target(struct cc_engine *e, struct cc_call *c)
{
	struct cc_agent *t = c->target;

	if (!t) { /* somebody outside: the network rings him */
		c->xfer_due = e->now + e->dialling.ring_ms;
		return;
	}
	c->gen++;
	c->xfer_due = e->now + e->conf.ring_ms;
	t->last_seq = ++e->offer_seq;
	cc_attach(t, c, ROLE_TARGET);
	cc_agent_event(e, t, AEV_OFFER, 0);
}

static void consult_talk(struct cc_engine *e, struct cc_call *c)
{
	struct cc_record_order o = { .started_ms = e->epoch };
	char path[80];

	c->xfer_due = 0;
	cc_call_note(e, c, "CONSULTANSWER", c->target, NULL);
	e->p.uuid(e->p.arg, e->epoch, o.id);
	cc_copy(o.call, sizeof(o.call), c->id);
	if (e->p.record(e->p.arg, c->owner->port, &o, path, sizeof(path)))
		return;
	cc_copy(c->consult_recording, sizeof(c->consult_recording), o.id);
	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "t",
			    "recording", "id", o.id, "call_id", c->id, "node",
			    e->node, "kind", "CONSULT", "path", path,
			    "started_at", (json_int_t)e->epoch));
}

/* The target owns the call from here; the sender has after-call work. */
static void handover(struct cc_engine *e, struct cc_call *c)
{
	struct cc_agent *sender = c->owner, *t = c->target;
	char mark[40] = "transfer ";

	consult_over(e, c);
	c->target = NULL;
	c->xfer_due = 0;
	c->owner = t;
	t->part = ROLE_OWNER;
	if (sender) {
		cc_copy(c->from_extension, sizeof(c->from_extension),
			sender->extension);
		cc_copy(c->from_name, sizeof(c->from_name), sender->name);
		cc_release(e, sender, true);
	}
	c->owned = e->epoch;
	c->card_saved = false;
	strcat(mark, t->extension);
	e->p.mark(e->p.arg, c->port, mark);
	cc_call_do(e, c, EV_HANDOVER, t,
		   sender ? json_pack("{s:i}", "from", (int)sender->id) : NULL);
	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:i, s:s}", "t", "call", "id", c->id,
			    "user_id", (int)t->id, "state", "talk"));
}

/* The call goes to who was called from outside. */
static void handover_outside(struct cc_engine *e, struct cc_call *c)
{
	consult_over(e, c);
	c->xfer_due = 0;
	cc_outside_join(e, c);
}

static void back_to_sender(struct cc_engine *e, struct cc_call *c,
			   const char *why)
{
	struct cc_agent *a = c->owner;

	if (c->state == CALL_TRANSFER)
		cc_call_do(e, c, EV_RETURN, a, json_pack("{s:s}", "why", why));
	else
		cc_call_do(e, c, EV_BACK, a, json_pack("{s:s}", "why", why));
}

static const char *back_code(const char *why, bool outside)
{
	if (outside)
		return cc_dial_notice(why);
	if (!strcmp(why, "NOANSWER"))
		return "TRANSFER_BACK";
	return strcmp(why, "REJECT") ? "TRANSFER_LOST" : "TRANSFER_REFUSED";
}

void cc_xfer(struct cc_engine *e, struct cc_call *c, enum cc_xfer_event on,
	     const char *why)
{
	struct cc_agent *t = c->target;
	bool missed = on == XEV_TARGET_GONE && t && t->facts.ringing &&
		      !strcmp(why, "NOANSWER");
	bool outside = c->outside.port && c->xfer != XFER_CONSULT_TALK;
	bool rang = outside || (t && t->facts.ringing);
	unsigned todo;

	if (cc_xfer_step(&c->xfer, on, &todo))
		return;
	if (on == XEV_TARGET_GONE)
		cc_call_note(e, c, "TARGETGONE", t,
			     json_pack("{s:s}", "why", why));
	if (on == XEV_TARGET_GONE || (todo & XDO_FREE_TARGET))
		free_target(e, c, missed, why);
	if (todo & XDO_RING)
		ring_target(e, c);
	if (todo & XDO_TALK)
		consult_talk(e, c);
	if ((todo & XDO_HANDOVER) && c->outside.port)
		handover_outside(e, c);
	else if (todo & XDO_HANDOVER)
		handover(e, c);
	if (todo & XDO_RETURN)
		back_to_sender(e, c, why);
	if (todo & XDO_REQUEUE) {
		cc_call_requeue(e, c, why);
		return; /* without a queue for him the call is gone */
	}
	if (on == XEV_COMPLETE && c->state == CALL_HOLD)
		cc_call_do(e, c, EV_BLIND, c->owner, NULL);
	if (on == XEV_TARGET_GONE && (todo & XDO_RETURN) && rang && c->owner)
		cc_notice(e, c->owner, back_code(why, outside));
	cc_call_touch(c);
}

/* Whether an insurer may be handed this call (DOMAIN section 7): by the fund
 * if it is that of the person in the card, or the operator has confirmed it;
 * never the one that is complained about. */
static const char *may_reach(const struct cc_call *c, const struct cc_agent *a,
			     uint32_t insurer, bool confirmed)
{
	if (c->accused == insurer)
		return CC_ACCUSED;
	if (!a->fund)
		return a->org_id == insurer ? NULL : CC_M23;
	if (!c->insurer)
		return confirmed ? NULL : CC_M22;
	return c->insurer == insurer ? NULL : CC_M23;
}

/* Who may transfer to whom, and reaches him: what is refused for good first,
 * the question last. */
static const char *may_transfer(const struct cc_call *c,
				const struct cc_agent *a,
				const struct cc_agent *t, bool confirmed)
{
	const char *no;

	if (!t || t->blocked || !t->present || !t->phone)
		return CC_NO_EXTENSION;
	if (t == a)
		return CC_SELF;
	if (!t->fund)
		no = may_reach(c, a, t->org_id, confirmed);
	else
		no = a->fund || !strcmp(t->role, "OPERATOR_L1") ||
			     !strcmp(t->role, "OPERATOR_L2")
			 ? NULL
			 : CC_M23;
	if (no && no != CC_M22)
		return no;
	if (!cc_agent_available(&t->facts) || t->call || t->mic_lost)
		return CC_BUSY;
	return no;
}

/* The queue of "queue:7" if he may send a call there. */
static struct cc_queue *queue_of(struct cc_engine *e, const struct cc_agent *a,
				 const char *to)
{
	struct cc_queue *q;

	if (strncmp(to, QUEUE, strlen(QUEUE)))
		return NULL;
	q = cc_find_queue(e, (uint32_t)strtoul(to + strlen(QUEUE), NULL, 10));
	if (!q || !q->present ||
	    (q->org_id && !a->fund && q->org_id != a->org_id))
		return NULL;
	return q;
}

static const char *to_queue(struct cc_engine *e, struct cc_agent *a,
			    struct cc_queue *q, bool confirmed)
{
	struct cc_call *c = a->call;
	const char *no = NULL;

	if (q->org_id && !(a->fund && q->org_id == a->org_id))
		no = may_reach(c, a, q->org_id, confirmed);
	if (no)
		return no;
	if (!q->member_count || !cc_queue_takes(e, q))
		return CC_BUSY;
	if (!cc_call_can(c->state, EV_TO_QUEUE))
		return CC_STATE;
	cc_call_do(e, c, EV_TO_QUEUE, a,
		   json_pack("{s:i}", "queue", (int)q->id));
	c->owner = NULL;
	c->out.by = 0; /* he does not hold the line any more */
	cc_release(e, a, true);
	c->place.since = e->now;
	c->card_saved = false;
	cc_queue_enter(e, c, q);
	return NULL;
}

/* Too long for an extension: a number for the dial plan. */
static bool is_outside(const char *text)
{
	return text[0] == '+' || strlen(text) > 6;
}

static const char *transfer(struct cc_engine *e, struct cc_agent *a,
			    const struct cc_request *req)
{
	struct cc_call *c = a->call;
	bool queue = !strncmp(req->text, QUEUE, strlen(QUEUE));
	struct cc_queue *q = queue_of(e, a, req->text);
	struct cc_agent *t;
	const char *no;

	if (c->xfer != XFER_NONE || !cc_call_can(c->state, EV_BLIND) ||
	    c->emergency.state == EMERGENCY_DIAL)
		return CC_STATE;
	if (queue && !q)
		return CC_NO_EXTENSION;
	if (queue && !req->consult)
		return to_queue(e, a, q, req->confirm);
	/* a queue is asked through its next free operator */
	t = q ? cc_queue_next(e, q) : cc_find_extension(e, req->text);
	if (q && !t)
		return CC_BUSY;
	no = !t && is_outside(req->text) ? cc_outside_dial(e, a, req->text)
					 : may_transfer(c, a, t, req->confirm);
	if (no)
		return no;
	if (q)
		cc_queue_asked(q, t);
	c->target = t;
	cc_call_do(e, c, req->consult ? EV_CONSULT : EV_BLIND, a,
		   t ? json_pack("{s:i}", "to", (int)t->id)
		     : json_pack("{s:s}", "number", c->outside.number));
	cc_xfer(e, c, req->consult ? XEV_CONSULT : XEV_BLIND, "");
	return NULL;
}

/* --- emergency conference (K-5.1.8.9) -------------------------------- */

/* The service has gone and the citizen is still there. */
static void after_service(struct cc_engine *e, struct cc_call *c,
			  const char *why)
{
	struct cc_agent *a = c->owner;

	if (!a && c->left) {
		cc_call_end(e, c, EV_RELEASE, "COMPLETESERVICE");
	} else if (!a) {
		cc_call_requeue(e, c, why);
	} else {
		cc_call_do(e, c, EV_EMERGENCY_END, a,
			   json_pack("{s:s}", "why", why));
		if (a->facts.leg != LEG_UP)
			cc_operator_lost(e, c);
	}
}

void cc_emergency_over(struct cc_engine *e, struct cc_call *c, const char *why)
{
	struct cc_emergency *m = &c->emergency;
	bool joined = m->state == EMERGENCY_TALK;

	m->state = joined ? EMERGENCY_NONE : EMERGENCY_FAILED;
	m->due = 0;
	if (m->dialog)
		e->p.sip_hangup(e->p.arg, m->dialog);
	m->dialog = 0;
	if (m->port) {
		cc_port_row(e, c, m->port, "EMERGENCY", m->service, m->started);
		e->p.port_remove(e->p.arg, m->port);
	}
	m->port = 0;
	if (c->state == CALL_ENDED)
		return;
	if (joined) {
		after_service(e, c, why);
		return;
	}
	cc_call_note(e, c, "EMERGENCYFAIL", c->owner,
		     json_pack("{s:s}", "why", why));
	if (c->owner)
		cc_notice(e, c->owner, "M17");
}

/* Whatever the citizen waited for, the service comes first. */
static void drop_all_else(struct cc_engine *e, struct cc_call *c)
{
	if (c->xfer == XFER_ALONE)
		cc_xfer(e, c, XEV_CITIZEN_GONE, "EMERGENCY");
	else if (c->xfer != XFER_NONE)
		cc_xfer(e, c, XEV_BACK, "EMERGENCY");
	if (c->state == CALL_RING)
		cc_call_offer_gone(e, c, "RINGCANCELED", false);
	if (c->state == CALL_QUEUE)
		cc_line_leave(&c->queue->line, &c->place);
	c->resume_due = 0;
}

void cc_emergency_answered(struct cc_engine *e, struct cc_call *c,
			   const char *sdp)
{
	struct cc_emergency *m = &c->emergency;
	struct cc_sdp_media far;

	if (m->state != EMERGENCY_DIAL)
		return;
	if (!sdp || cc_sdp_read(&far, sdp, strlen(sdp))) {
		cc_emergency_over(e, c, "SDP");
		return;
	}
	e->p.remote(e->p.arg, m->port, &far);
	e->p.watch(e->p.arg, m->port, e->conf.rtp_limit_ms);
	m->state = EMERGENCY_TALK;
	m->due = 0;
	c->left = false;
	e->p.mark(e->p.arg, c->port, m->service);
	drop_all_else(e, c);
	if (cc_call_do(e, c, EV_EMERGENCY, c->owner,
		       json_pack("{s:s}", "service", m->service)))
		cc_emergency_over(e, c, "STATE"); /* a last prompt plays */
}

static void dial_service(struct cc_engine *e, struct cc_call *c)
{
	struct cc_emergency *m = &c->emergency;
	const char *number = e->emergency[strcmp(m->service, "112") ? 1 : 0];
	struct cc_sdp_local local = { .addr = e->addr,
				      .version = ++m->sdp_version,
				      .dir = CC_SDP_SENDRECV };
	const char *from =
	    c->direction == CALL_IN ? c->called : c->out.presented;
	/* by another line, or without a number: as that line shows itself */
	const bool shown = c->trunk && cc_sip_number_ok(from);
	struct cc_sip_way ways[2] = { { .trunk = 0 }, { .trunk = c->trunk } };
	char sdp[1024];

	m->started = e->epoch;
	m->port = e->next_port++;
	if (e->p.trunk_add(e->p.arg, m->port, &m->rtp)) {
		m->port = 0;
		cc_emergency_over(e, c, "NOPORT");
		return;
	}
	cc_copy(ways[0].number, sizeof(ways[0].number), number);
	cc_copy(ways[1].number, sizeof(ways[1].number), number);
	cc_copy(ways[1].from, sizeof(ways[1].from), from);
	local.session = m->port;
	local.port = m->rtp;
	if (cc_sdp_write(sdp, sizeof(sdp), &local, NULL) ||
	    e->p.sip_invite(e->p.arg, 0, ways, shown ? 2 : 1, sdp,
			    &m->dialog)) {
		m->dialog = 0;
		cc_emergency_over(e, c, "SIP");
		return;
	}
	m->state = EMERGENCY_DIAL;
	m->due = e->now + e->conf.emergency_ms;
	cc_notice(e, c->owner, "M18");
}

/* One press in whatever live state (K-5.1.8.9); a failure is told by M17. */
static const char *emergency(struct cc_engine *e, struct cc_agent *a,
			     const char *service)
{
	struct cc_call *c = a->call;
	struct cc_emergency *m = &c->emergency;

	if (m->state == EMERGENCY_DIAL || m->state == EMERGENCY_TALK)
		return CC_STATE;
	if (c->xfer == XFER_BLIND)
		cc_xfer(e, c, XEV_BACK, "EMERGENCY");
	if (!cc_call_can(c->state, EV_EMERGENCY))
		return CC_STATE;
	*m = (struct cc_emergency){ .port = 0 };
	cc_copy(m->service, sizeof(m->service), service);
	cc_call_note(e, c, "EMERGENCYDIAL", a,
		     json_pack("{s:s}", "service", service));
	cc_flag(e, "EMERGENCY", c->id, c, a);
	dial_service(e, c);
	return NULL;
}

static const char *leave(struct cc_engine *e, struct cc_agent *a)
{
	struct cc_call *c = a->call;

	if (!cc_call_can(c->state, EV_LEAVE))
		return CC_STATE;
	cc_call_do(e, c, EV_LEAVE, a, NULL);
	c->left = true;
	c->owner = NULL;
	cc_release(e, a, true);
	c->audio = true;
	return NULL;
}

/* Requests of the owner, or of the target, of a call. */
const char *cc_transfer_request(struct cc_engine *e, struct cc_agent *a,
				const struct cc_request *req)
{
	struct cc_call *c = a->call;
	enum cc_xfer_state was = c->xfer;

	if (a->part != ROLE_OWNER || c->direction == CALL_INT)
		return CC_STATE;
	switch (req->kind) {
	case REQ_TRANSFER:
		return transfer(e, a, req);
	case REQ_COMPLETE:
		/* nobody of ours would be left to speak to the service */
		if (c->outside.port && c->emergency.state == EMERGENCY_DIAL)
			return CC_STATE;
		cc_xfer(e, c, XEV_COMPLETE, "");
		return was == XFER_CONSULT_RING || was == XFER_CONSULT_TALK
			   ? NULL
			   : CC_STATE;
	case REQ_BACK:
		cc_xfer(e, c, XEV_BACK, "BACK");
		return was != XFER_NONE ? NULL : CC_STATE;
	case REQ_EMERGENCY:
		return emergency(e, a, req->text);
	case REQ_LEAVE:
		return leave(e, a);
	default:
		return CC_STATE;
	}
}
