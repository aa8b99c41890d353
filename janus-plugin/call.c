#include <errno.h>
#include <string.h>

#include "janus-plugin/call.h"
#include "janus-plugin/util.h"

#define S(state)  (1u << (state))
#define ALIVE     (S(CALL_ENDED) - 1)
#define OPERATED  (S(CALL_TALK) | S(CALL_HOLD))
#define DISPLACED (OPERATED | S(CALL_TRANSFER) | S(CALL_RECONNECT))

/* A row holds for every state of the set. No (state, event) pair stands
 * twice; the test walks all of them. */
static const struct step {
	unsigned from;
	enum cc_call_event on;
	enum cc_call_state to;
} steps[] = {
	{ S(CALL_NEW), EV_ACCEPT, CALL_GREETING },
	{ S(CALL_NEW) | S(CALL_GREETING), EV_CLOSED, CALL_GOODBYE },
	{ S(CALL_GREETING), EV_GREETED, CALL_QUEUE },
	{ S(CALL_QUEUE), EV_OFFER, CALL_RING },
	{ S(CALL_RING), EV_OFFER_GONE, CALL_QUEUE },
	{ S(CALL_RING) | S(CALL_DIAL), EV_ANSWER, CALL_TALK },
	{ S(CALL_TALK), EV_HOLD, CALL_HOLD },
	{ S(CALL_HOLD), EV_UNHOLD, CALL_TALK },
	{ OPERATED, EV_CONSULT, CALL_HOLD },
	{ S(CALL_HOLD), EV_BACK, CALL_TALK },
	{ OPERATED, EV_BLIND, CALL_TRANSFER },
	{ S(CALL_TRANSFER) | S(CALL_HOLD), EV_HANDOVER, CALL_TALK },
	{ S(CALL_TRANSFER) | S(CALL_HOLD), EV_RETURN, CALL_TALK },
	{ DISPLACED | S(CALL_CONFERENCE), EV_REQUEUE, CALL_QUEUE },
	{ OPERATED | S(CALL_QUEUE), EV_TO_QUEUE, CALL_QUEUE },
	{ DISPLACED | S(CALL_QUEUE), EV_EMERGENCY, CALL_CONFERENCE },
	{ S(CALL_CONFERENCE), EV_EMERGENCY_END, CALL_TALK },
	{ S(CALL_CONFERENCE), EV_LEAVE, CALL_CONFERENCE },
	{ DISPLACED & ~S(CALL_RECONNECT), EV_LOST, CALL_RECONNECT },
	{ S(CALL_RECONNECT), EV_REGAIN, CALL_TALK },
	{ S(CALL_QUEUE), EV_MAX_WAIT, CALL_GOODBYE },
	{ S(CALL_NEW) | S(CALL_QUEUE), EV_SECRETARY, CALL_VOICEMAIL },
	{ S(CALL_VOICEMAIL), EV_MESSAGE_END, CALL_GOODBYE },
	{ S(CALL_QUEUE), EV_NUMBER, CALL_GOODBYE },
	{ S(CALL_NEW) | S(CALL_QUEUE) | S(CALL_RING), EV_PLACE, CALL_QUEUE },
	{ S(CALL_QUEUE) | S(CALL_RING), EV_PLACE_GONE, CALL_ENDED },
	{ S(CALL_QUEUE), EV_EXIT_EMPTY, CALL_GOODBYE },
	{ S(CALL_QUEUE), EV_OVERFLOW, CALL_QUEUE },
	{ S(CALL_GOODBYE), EV_SAID, CALL_ENDED },
	{ ALIVE, EV_HANGUP, CALL_ENDED },
	{ OPERATED | S(CALL_CONFERENCE) | S(CALL_DIAL), EV_RELEASE,
	  CALL_ENDED },
	{ S(CALL_NEW), EV_DIAL, CALL_DIAL },
	{ S(CALL_DIAL), EV_REFUSED, CALL_ENDED },
	{ ALIVE, EV_FAIL, CALL_ENDED },
};

static const char *const state_names[CALL_STATES] = {
	[CALL_NEW] = "new",
	[CALL_DIAL] = "dial",
	[CALL_GREETING] = "greeting",
	[CALL_QUEUE] = "queue",
	[CALL_RING] = "ring",
	[CALL_TALK] = "talk",
	[CALL_HOLD] = "hold",
	[CALL_TRANSFER] = "transfer",
	[CALL_CONFERENCE] = "conference",
	[CALL_RECONNECT] = "reconnect",
	[CALL_VOICEMAIL] = "voicemail",
	[CALL_GOODBYE] = "goodbye",
	[CALL_ENDED] = "ended",
};

static const char *const event_names[EV_COUNT] = {
	[EV_ACCEPT] = "ACCEPT",
	[EV_CLOSED] = "CLOSED",
	[EV_GREETED] = "ENTERQUEUE",
	[EV_OFFER] = "OFFER",
	[EV_OFFER_GONE] = "OFFERGONE",
	[EV_ANSWER] = "CONNECT",
	[EV_HOLD] = "HOLD",
	[EV_UNHOLD] = "UNHOLD",
	[EV_CONSULT] = "CONSULT",
	[EV_BACK] = "CONSULTBACK",
	[EV_BLIND] = "BLINDTRANSFER",
	[EV_HANDOVER] = "HANDOVER",
	[EV_RETURN] = "TRANSFERRETURN",
	[EV_REQUEUE] = "REQUEUE",
	[EV_TO_QUEUE] = "TOQUEUE",
	[EV_EMERGENCY] = "EMERGENCYJOIN",
	[EV_EMERGENCY_END] = "EMERGENCYEND",
	[EV_LEAVE] = "LEAVE",
	[EV_LOST] = "OPERATORLOST",
	[EV_REGAIN] = "OPERATORBACK",
	[EV_MAX_WAIT] = "EXITWITHTIMEOUT",
	[EV_SECRETARY] = "VOICEMAIL",
	[EV_MESSAGE_END] = "VOICEMAILEND",
	[EV_NUMBER] = "EXITWITHKEY",
	[EV_PLACE] = "PLACE",
	[EV_PLACE_GONE] = "PLACEGONE",
	[EV_EXIT_EMPTY] = "EXITEMPTY",
	[EV_OVERFLOW] = "OVERFLOW",
	[EV_SAID] = "GOODBYE",
	[EV_HANGUP] = "HANGUPCALLER",
	[EV_RELEASE] = "HANGUPAGENT",
	[EV_FAIL] = "FAIL",
	[EV_DIAL] = "DIAL",
	[EV_REFUSED] = "DIALREFUSED",
};

static const struct step *find(enum cc_call_state s, enum cc_call_event on)
{
	for (size_t i = 0; i < CC_LEN(steps); i++)
		if (steps[i].on == on && (steps[i].from & S(s)))
			return &steps[i];
	return NULL;
}

int cc_call_step(enum cc_call_state *s, enum cc_call_event on)
{
	const struct step *step = find(*s, on);

	if (!step)
		return EPROTO;
	*s = step->to;
	return 0;
}

bool cc_call_can(enum cc_call_state s, enum cc_call_event on)
{
	return find(s, on) != NULL;
}

const char *cc_call_state_name(enum cc_call_state s)
{
	return state_names[s];
}

const char *cc_call_event_name(enum cc_call_event e)
{
	return event_names[e];
}

int cc_call_event_parse(enum cc_call_event *e, const char *name)
{
	for (size_t i = 0; i < EV_COUNT; i++) {
		if (strcmp(event_names[i], name))
			continue;
		*e = (enum cc_call_event)i;
		return 0;
	}
	return ENOENT;
}
