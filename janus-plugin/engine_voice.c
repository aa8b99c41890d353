/* The electronic secretary (K-2.0.10): words, a tone, the message. */
#include <errno.h>
#include <string.h>

#include "janus-plugin/engine_int.h"

void cc_farewell(struct cc_engine *e, struct cc_call *c, enum cc_call_event on,
		 enum cc_prompt words, const char *reason, json_t *data)
{
	if (!cc_call_can(c->state, on)) {
		json_decref(data);
		return;
	}
	cc_line_leave(&c->queue->line, &c->place);
	c->farewell = words;
	c->farewell_reason = reason;
	cc_call_do(e, c, on, NULL, data);
}

/* The recording of the call is the message: where it cannot be written, none
 * is asked for. */
int cc_secretary(struct cc_engine *e, struct cc_call *c)
{
	if (e->disk_full || !c->recording[0])
		return ENOSPC;
	if (!cc_call_can(c->state, EV_SECRETARY))
		return EPROTO;
	cc_line_leave(&c->queue->line, &c->place);
	c->voice_due = 0;
	return cc_call_do(e, c, EV_SECRETARY, NULL,
			  json_pack("{s:s}", "why",
				    !c->open  ? "CLOSED"
				    : c->full ? "FULL"
					      : "MAXWAIT"));
}

void cc_voice_audio(const struct cc_call *c, struct cc_hear *h)
{
	if (c->voice_due)
		return; /* he speaks, we are silent */
	h->play[0] = c->open ? CC_PROMPT_MESSAGE_BUSY : CC_PROMPT_MESSAGE;
	h->play[1] = CC_PROMPT_BEEP;
	h->gen = c->say_gen;
}

void cc_voice_begin(struct cc_engine *e, struct cc_call *c)
{
	if (c->voice_due)
		return;
	c->voice_due = e->now + e->conf.voice_max_ms;
	e->p.listen(e->p.arg, c->port, e->conf.voice_quiet_ms);
	e->p.mark(e->p.arg, c->port, "message");
	cc_call_note(e, c, "VOICEMAILTONE", NULL, NULL);
}

/* Less voice than voicemail.min_s is no message: somebody who only listened,
 * coughed or hung up. The call is then a lost call like any other. */
static bool message(struct cc_engine *e, struct cc_call *c)
{
	struct cc_media_stats st = { .voice_ms = 0 };
	bool kept;

	if (!c->voice_due || e->p.stats(e->p.arg, c->port, &st))
		return false;
	kept = st.voice_ms >= e->conf.voice_min_ms;
	e->p.listen(e->p.arg, c->port, 0);
	e->p.mark(e->p.arg, c->port, "message end");
	cc_call_note(e, c, "MESSAGE", NULL,
		     json_pack("{s:i, s:b}", "voice_ms", (int)st.voice_ms,
			       "kept", kept));
	return kept;
}

static const char *no_message(const struct cc_call *c)
{
	return c->open ? "EXITWITHTIMEOUT" : "CLOSED";
}

void cc_voice_end(struct cc_engine *e, struct cc_call *c, const char *why)
{
	bool kept;

	if (c->state != CALL_VOICEMAIL || !c->voice_due)
		return;
	kept = message(e, c);
	cc_farewell(e, c, EV_MESSAGE_END,
		    kept ? CC_PROMPT_MESSAGE_TAKEN : CC_PROMPT_MESSAGE_EMPTY,
		    kept ? "VOICEMAIL" : no_message(c),
		    json_pack("{s:s}", "why", why));
}

const char *cc_voice_reason(struct cc_engine *e, struct cc_call *c,
			    const char *why)
{
	if (message(e, c))
		return "VOICEMAIL";
	/* he hung up; what we did ourselves keeps its name */
	return strcmp(why, "COMPLETECALLER") ? why : no_message(c);
}

void cc_voice_digit(struct cc_engine *e, struct cc_call *c, char digit)
{
	cc_call_note(e, c, "DTMF", NULL, NULL); /* never the digit */
	if (c->state == CALL_VOICEMAIL && digit == '#')
		cc_voice_end(e, c, "KEY");
	else if (!c->callback)
		cc_place_digit(e, c, digit);
}

/* Whoever is speaking right now speaks to nobody: he is told the truth, and
 * his number is called back (K-2.0.9). */
void cc_engine_disk(struct cc_engine *e, bool full)
{
	struct cc_call *c;

	e->disk_full = full;
	if (!full)
		return;
	TAILQ_FOREACH(c, &e->calls, link) {
		if (c->state != CALL_VOICEMAIL)
			continue;
		e->p.listen(e->p.arg, c->port, 0);
		cc_farewell(e, c, EV_MESSAGE_END, CC_PROMPT_CLOSED,
			    no_message(c), json_pack("{s:s}", "why", "DISK"));
	}
}
