/* One employee calls another by extension (K-4.0.4). Two browser legs and no
 * trunk: the caller owns the call, the called is its peer. */
#include <errno.h>
#include <string.h>

#include "janus-plugin/engine_int.h"

/* Left is who called (DESIGN D7): his leg is the one that is recorded. */
static void record(struct cc_engine *e, struct cc_call *c)
{
	if (c->rec_port == c->owner->port)
		return;
	c->rec_port = c->owner->port;
	cc_call_record(e, c, c->rec_port, c->recording, "INTERNAL");
}

int cc_colleague_dial(struct cc_engine *e, struct cc_agent *a,
		      struct cc_agent *t)
{
	struct cc_call *c = cc_dial_call(e, a, CALL_INT, t->extension);

	if (!c)
		return ENOMEM;
	if (!cc_agent_available(&t->facts) || t == a || t->call || t->blocked ||
	    !t->present || !t->phone || t->mic_lost) {
		cc_dial_unmade(e, c, a, "BUSY");
		return EAGAIN;
	}
	c->dialog_gone = true; /* there is none */
	c->owner = a;
	c->peer = t;
	c->gen = 1;
	c->out.rang = true;
	c->dial_due = e->now + e->conf.ring_ms;
	t->last_seq = ++e->offer_seq;
	TAILQ_INSERT_TAIL(&e->calls, c, link);
	cc_attach(a, c, ROLE_OWNER);
	cc_agent_event(e, a, AEV_DIAL, 0);
	cc_attach(t, c, ROLE_PEER);
	cc_agent_event(e, t, AEV_OFFER, 0);
	cc_call_row(e, c);
	cc_call_do(e, c, EV_DIAL, a, json_pack("{s:i}", "to", (int)t->id));
	return 0;
}

void cc_colleague_answers(struct cc_engine *e, struct cc_call *c)
{
	c->dial_due = 0;
	c->answered = e->epoch;
	cc_call_do(e, c, EV_ANSWER, c->peer, NULL);
	e->p.post(e->p.arg, json_pack("{s:s, s:s, s:s, s:I}", "t", "call", "id",
				      c->id, "state", "talk", "answered_at",
				      (json_int_t)c->answered));
	if (c->owner->facts.leg == LEG_UP)
		record(e, c);
	else
		cc_colleague_lost(e, c, c->owner);
	cc_audio(e, c);
}

static void let_go(struct cc_engine *e, struct cc_call *c)
{
	struct cc_agent *t = c->peer;

	c->peer = NULL;
	cc_attach(t, NULL, ROLE_NONE);
	cc_agent_event(
	    e, t, t->facts.ringing ? AEV_OFFER_TAKEN_BACK : AEV_RELEASE, 0);
	cc_agent_audio(e, t);
}

void cc_colleague_gone(struct cc_engine *e, struct cc_call *c, const char *kind)
{
	static const struct {
		const char *kind, *why, *code;
	} words[] = {
		{ "RINGNOANSWER", "NOANSWER", "NO_ANSWER" },
		{ "REJECT", "REJECTED", "REJECTED" },
		{ "RINGCANCELED", "UNAVAILABLE", "UNREACHABLE" },
	};
	struct cc_agent *a = c->owner;

	for (size_t i = 0; i < CC_LEN(words); i++) {
		if (strcmp(words[i].kind, kind))
			continue;
		cc_call_note(e, c, kind, c->peer, NULL);
		let_go(e, c);
		cc_call_end(e, c, EV_REFUSED, words[i].why);
		cc_notice(e, a, words[i].code);
		return;
	}
}

void cc_colleague_lost(struct cc_engine *e, struct cc_call *c,
		       const struct cc_agent *a)
{
	bool held = c->state == CALL_HOLD;

	cc_call_touch(c);
	if (c->state != CALL_DIAL && cc_call_do(e, c, EV_LOST, a, NULL))
		return;
	c->was_held = held;
	c->resume_due = e->now + e->conf.resume_ms;
}

void cc_colleague_back(struct cc_engine *e, struct cc_call *c)
{
	cc_call_touch(c);
	if (c->owner->facts.leg != LEG_UP || c->peer->facts.leg != LEG_UP)
		return;
	c->resume_due = 0;
	if (cc_call_do(e, c, EV_REGAIN, NULL, NULL))
		return; /* it still rings */
	if (c->was_held)
		cc_call_do(e, c, EV_HOLD, c->owner, NULL);
	c->was_held = false;
	record(e, c);
}

void cc_colleague_free(struct cc_engine *e, struct cc_call *c)
{
	if (c->rec_port && c->owner && c->rec_port == c->owner->port)
		e->p.record(e->p.arg, c->rec_port, NULL, NULL, 0);
	if (c->peer->facts.ringing)
		cc_call_note(e, c, "RINGCANCELED", c->peer, NULL);
	let_go(e, c);
}
