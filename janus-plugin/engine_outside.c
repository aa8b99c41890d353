/*
 * A call is handed to a number outside (DESIGN D19): the transfer machine of
 * transfer.h with a second trunk leg in the target's place. The citizen hears
 * music until it answers; then the two legs hear each other and the citizen's
 * recording goes on.
 */
#include <errno.h>
#include <string.h>

#include "janus-plugin/engine_int.h"
#include "janus-plugin/sip.h"

const char *cc_outside_dial(struct cc_engine *e, struct cc_agent *a,
			    const char *number)
{
	struct cc_outside *o = &a->call->outside;
	struct cc_dial_way w;
	int err = cc_dial_way(e, a, number, 0, &w);

	if (err)
		return cc_dial_code(err);
	*o = (struct cc_outside){ .sdp_version = 1 };
	err = cc_dial_leg(e, a, &w, &o->port, &o->rtp, &o->dialog);
	if (err)
		return cc_dial_code(err);
	o->started = e->epoch;
	o->out.ours = true;
	o->out.by = a->id;
	o->out.trunk = w.trunk;
	o->out.emergency = w.emergency;
	cc_copy(o->number, sizeof(o->number), w.plain);
	return NULL;
}

void cc_outside_drop(struct cc_engine *e, struct cc_call *c, const char *why)
{
	struct cc_outside *o = &c->outside;
	int64_t talked = o->joined ? e->now - o->since : 0;

	c->outside_ms += talked;
	cc_call_note(e, c, "OUTSIDEEND", NULL,
		     json_pack("{s:s, s:s, s:b, s:I, s:i}", "number", o->number,
			       "why", why, "joined", o->joined, "talk_ms",
			       (json_int_t)talked, "leg", (int)c->leg_seq + 1));
	cc_port_row(e, c, o->port, "OUTSIDE", o->number, o->started);
	if (o->dialog)
		e->p.sip_hangup(e->p.arg, o->dialog);
	e->p.port_remove(e->p.arg, o->port);
	*o = (struct cc_outside){ .port = 0 };
	cc_call_touch(c);
}

void cc_outside_join(struct cc_engine *e, struct cc_call *c)
{
	struct cc_agent *sender = c->owner;

	c->outside.joined = true;
	c->outside.since = e->now;
	if (sender) {
		cc_copy(c->from_extension, sizeof(c->from_extension),
			sender->extension);
		cc_copy(c->from_name, sizeof(c->from_name), sender->name);
		cc_release(e, sender, true);
	}
	c->owner = NULL;
	c->card_saved = false;
	e->p.mark(e->p.arg, c->port, "transfer outside");
	e->p.watch(e->p.arg, c->outside.port, e->conf.rtp_limit_ms);
	cc_call_do(e, c, EV_HANDOVER, sender,
		   json_pack("{s:s}", "number", c->outside.number));
}

/* He is gone. By his own will the talk is over; if his line fell, the citizen
 * is not left with it. */
static void gone(struct cc_engine *e, struct cc_call *c, const char *why,
		 bool hung_up)
{
	if (!c->outside.joined) {
		cc_xfer(e, c, XEV_TARGET_GONE, why);
		return;
	}
	cc_outside_drop(e, c, why);
	if (hung_up)
		cc_call_end(e, c, EV_RELEASE, "COMPLETEOUTSIDE");
	else
		cc_call_requeue(e, c, why);
}

void cc_outside_silent(struct cc_engine *e, struct cc_call *c)
{
	gone(e, c, "RTPTIMEOUT", false);
}

static bool take_media(struct cc_engine *e, struct cc_outside *o,
		       const char *sdp)
{
	struct cc_sdp_media far;

	if (!sdp)
		return o->out.early;
	if (cc_sdp_read(&far, sdp, strlen(sdp)))
		return false;
	e->p.remote(e->p.arg, o->port, &far);
	return true;
}

static void answered(struct cc_engine *e, struct cc_call *c, const char *sdp)
{
	if (c->xfer == XFER_NONE || c->xfer == XFER_CONSULT_TALK)
		return;
	if (!take_media(e, &c->outside, sdp)) {
		gone(e, c, "UNAVAILABLE", false);
		return;
	}
	if (c->xfer != XFER_CONSULT_RING)
		cc_call_note(e, c, "TARGETANSWER", NULL, NULL);
	cc_xfer(e, c, XEV_TARGET_ANSWER, "");
}

bool cc_outside_sip(struct cc_engine *e, struct cc_call *c,
		    const struct cc_sip_event *ev)
{
	struct cc_outside *o = &c->outside;

	if (!o->dialog || ev->dialog != o->dialog)
		return false;
	switch (ev->kind) {
	case CC_SIP_PROGRESS:
		o->out.early |= ev->sdp && take_media(e, o, ev->sdp);
		o->out.rang = true;
		cc_call_touch(c);
		break;
	case CC_SIP_ANSWERED:
		answered(e, c, ev->sdp);
		break;
	case CC_SIP_REOFFER:
	case CC_SIP_REANSWER:
		cc_side_reoffer(e, o->port, o->rtp, &o->sdp_version, ev);
		break;
	case CC_SIP_ENDED:
		o->dialog = 0;
		gone(e, c,
		     c->xfer == XFER_CONSULT_TALK || o->joined
			 ? "HANGUP"
			 : cc_dial_refusal(ev->status, o->out.rang),
		     ev->status == 200);
		break;
	default:
		break;
	}
	return true;
}

void cc_outside_audio(struct cc_engine *e, struct cc_call *c, uint64_t voice)
{
	struct cc_outside *o = &c->outside;
	struct cc_hear h = { .gen = 0 };

	if (o->joined && c->state == CALL_TALK)
		h.from[0] = c->port;
	else if (c->xfer == XFER_CONSULT_TALK)
		h.from[0] = voice;
	cc_hear_set(e, o->port, &o->hear, &h);
}
