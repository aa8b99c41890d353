/* Who hears what: worked out from the state of a call, never kept apart. */
#include <string.h>

#include "janus-plugin/engine_int.h"

void cc_hear_set(struct cc_engine *e, uint64_t port, struct cc_hear *last,
		 const struct cc_hear *want)
{
	if (!port || !memcmp(last, want, sizeof(*want)))
		return;
	*last = *want;
	e->p.hear(e->p.arg, port, want);
}

/* Can this operator be heard and hear? */
static bool usable(const struct cc_agent *a)
{
	return a && a->port && a->facts.leg == LEG_UP;
}

static uint64_t voice(const struct cc_agent *a)
{
	return usable(a) && !a->muted && !a->mic_lost ? a->port : 0;
}

static void add(struct cc_hear *h, uint64_t port)
{
	if (!port)
		return;
	h->from[h->from[0] ? 1 : 0] = port;
}

/* The position is told once; the same words stay in the order so that the
 * music does not start anew when the call is offered. */
static void waiting(const struct cc_call *c, struct cc_hear *h)
{
	size_t n = 0;

	h->then = CC_PROMPT_MUSIC;
	if (cc_place_audio(c, h))
		return;
	if (c->say) {
		h->play[n++] = CC_PROMPT_POSITION;
		h->play[n++] = CC_PROMPT_NUMBER_1 + c->say - 1;
	}
	if (c->say == 1) {
		h->play[n++] = CC_PROMPT_SOON;
	} else if (c->say && c->say_wait) {
		h->play[n++] = CC_PROMPT_WAIT;
		h->play[n++] = CC_PROMPT_NUMBER_1 + c->say_wait - 1;
	}
	if (c->say_leave)
		h->play[n++] = CC_PROMPT_LEAVE;
	if (n)
		h->gen = c->say_gen;
}

static void citizen(const struct cc_call *c, struct cc_hear *h)
{
	switch (c->state) {
	case CALL_GREETING:
		h->play[0] = CC_PROMPT_GREETING;
		h->gen = c->say_gen;
		break;
	case CALL_QUEUE:
	case CALL_RING:
		waiting(c, h);
		break;
	case CALL_DIAL: /* nobody is heard before the answer (D1) */
		break;
	case CALL_TALK:
		add(h, voice(c->owner));
		add(h, c->outside.joined ? c->outside.port : 0);
		/* a silent browser must not sound like a dead line (D2) */
		h->comfort =
		    c->owner && h->from[0] ? CC_PROMPT_MUSIC : CC_PROMPT_NONE;
		if (c->owner && c->owner->mic_lost)
			h->then = CC_PROMPT_MUSIC; /* K-3.0.8 */
		break;
	case CALL_CONFERENCE:
		add(h, voice(c->owner));
		add(h, c->emergency.port);
		break;
	case CALL_HOLD:
	case CALL_TRANSFER:
		h->then = CC_PROMPT_MUSIC;
		break;
	case CALL_RECONNECT:
		h->play[0] = CC_PROMPT_RECONNECT;
		h->gen = c->say_gen;
		h->then = CC_PROMPT_MUSIC;
		break;
	case CALL_VOICEMAIL:
		cc_voice_audio(c, h);
		break;
	case CALL_GOODBYE:
		h->play[0] = c->farewell;
		h->gen = c->say_gen;
		break;
	case CALL_NEW:
	case CALL_ENDED:
	case CALL_STATES:
		break;
	}
}

static void owner(const struct cc_call *c, struct cc_hear *h)
{
	switch (c->xfer) {
	case XFER_CONSULT_RING:
	case XFER_BLIND:
		if (c->outside.out.early) {
			add(h, c->outside.port);
			return;
		}
		h->then = CC_PROMPT_RINGBACK;
		return;
	case XFER_CONSULT_TALK:
		add(h, voice(c->target));
		add(h, c->outside.port);
		return;
	default:
		break;
	}
	if (c->direction == CALL_INT && c->state == CALL_TALK)
		add(h, voice(c->peer));
	if (c->state == CALL_DIAL && c->out.early)
		add(h, c->port); /* what the network says or plays */
	else if (c->state == CALL_DIAL && c->out.rang)
		h->then = CC_PROMPT_RINGBACK;
	if (c->state == CALL_TALK || c->state == CALL_CONFERENCE)
		add(h, c->port);
	if (c->state == CALL_CONFERENCE)
		add(h, c->emergency.port);
}

/* Both ends of a call between employees wait alike. */
static void colleague(const struct cc_call *c, const struct cc_agent *a,
		      struct cc_hear *h)
{
	if (c->state == CALL_TALK && a->part == ROLE_PEER)
		add(h, voice(c->owner));
	if ((c->state == CALL_HOLD && a->part == ROLE_PEER) ||
	    c->state == CALL_RECONNECT)
		h->then = CC_PROMPT_MUSIC;
}

void cc_agent_audio(struct cc_engine *e, struct cc_agent *a)
{
	struct cc_hear h = { .gen = 0 };
	const struct cc_call *c = a->call;
	unsigned watch = 0;

	if (!a->port)
		return;
	if (c && a->facts.ringing) {
		h.then = CC_PROMPT_RING;
	} else if (c && a->part == ROLE_OWNER) {
		owner(c, &h);
		watch = CC_SILENCE_MS;
	} else if (c && a->part == ROLE_TARGET) {
		add(&h, voice(c->owner));
		watch = CC_SILENCE_MS;
	} else if (c && a->part == ROLE_PEER) {
		watch = CC_SILENCE_MS;
	}
	if (c && c->direction == CALL_INT)
		colleague(c, a, &h);
	cc_hear_set(e, a->port, &a->hear, &h);
	if (watch == a->watch)
		return;
	a->watch = watch;
	a->silent = false;
	e->p.watch(e->p.arg, a->port, watch);
}

/* How long he may be silent: long where he has nothing to say to us or his
 * side has put us on hold, never for ever. */
static void watch_citizen(struct cc_engine *e, struct cc_call *c)
{
	bool talks = c->state == CALL_TALK || c->state == CALL_CONFERENCE;
	bool held = c->far.port && !(c->far.dir & CC_SDP_SENDONLY);
	unsigned ms =
	    talks && !held ? e->conf.rtp_limit_ms : e->conf.hold_limit_ms;

	if (!c->port || ms == c->watch)
		return;
	c->watch = ms;
	e->p.watch(e->p.arg, c->port, ms);
}

static enum cc_prompt own(const struct cc_engine *e, const struct cc_queue *q,
			  enum cc_prompt p)
{
	if (p >= CC_PROMPT_COUNT)
		return p;
	return q && q->own[p] ? q->own[p] : e->own[p] ? e->own[p] : p;
}

/* What the fund recorded itself, for this queue or for all. */
static void in_own_words(const struct cc_engine *e, const struct cc_call *c,
			 struct cc_hear *h)
{
	for (size_t i = 0; i < CC_PLAY_MAX && h->play[i]; i++)
		h->play[i] = own(e, c->queue, h->play[i]);
	h->then = own(e, c->queue, h->then);
	h->comfort = own(e, c->queue, h->comfort);
}

void cc_audio(struct cc_engine *e, struct cc_call *c)
{
	struct cc_hear h = { .gen = 0 };

	c->audio = false;
	if (!c->callback) {
		watch_citizen(e, c);
		citizen(c, &h);
		in_own_words(e, c, &h);
		cc_hear_set(e, c->port, &c->hear, &h);
	}

	if (c->owner)
		cc_agent_audio(e, c->owner);
	if (c->offered)
		cc_agent_audio(e, c->offered);
	if (c->target)
		cc_agent_audio(e, c->target);
	if (c->peer)
		cc_agent_audio(e, c->peer);

	if (c->outside.port)
		cc_outside_audio(e, c, voice(c->owner));
	if (!c->emergency.port)
		return;
	h = (struct cc_hear){ .gen = 0 };
	if (c->state == CALL_CONFERENCE) {
		add(&h, c->port);
		add(&h, voice(c->owner));
	}
	cc_hear_set(e, c->emergency.port, &c->emergency.hear, &h);
}
