/*
 * call.h - the life of a call as the citizen lives it (DESIGN D4, D7). Pure.
 *
 * The states are exclusive, so their seconds sum to the call. A consultation
 * is a parallel interval: the citizen is on HOLD meanwhile. Every transition
 * is one event of the closed vocabulary that is stored with the call, so the
 * stored list replays to the final state.
 */
#ifndef CC_CALL_H
#define CC_CALL_H

#include <stdbool.h>
#include <stddef.h>

enum cc_call_state {
	CALL_NEW,  /* INVITE seen, not answered; or ours, not yet sent */
	CALL_DIAL, /* ours: the other side is called */
	CALL_GREETING,
	CALL_QUEUE,
	CALL_RING, /* offered to one operator; still hears music */
	CALL_TALK,
	CALL_HOLD,
	CALL_TRANSFER,   /* blind transfer: the target rings */
	CALL_CONFERENCE, /* an emergency service is in the talk */
	CALL_RECONNECT,  /* the operator's browser is gone for a moment */
	CALL_VOICEMAIL,  /* the secretary: its words, then his message */
	CALL_GOODBYE,    /* a last prompt, then the end */
	CALL_ENDED,
	CALL_STATES,
};

enum cc_call_event {
	EV_ACCEPT, /* 200 OK sent, the greeting begins */
	EV_CLOSED, /* out of hours */
	EV_GREETED,
	EV_OFFER,
	EV_OFFER_GONE, /* not answered, refused or operator lost */
	EV_ANSWER,     /* by an operator; of a call of ours: by the called */
	EV_HOLD,
	EV_UNHOLD,
	EV_CONSULT, /* the operator calls a colleague first */
	EV_BACK,    /* the consultation ends, the citizen is back */
	EV_BLIND,
	EV_HANDOVER,      /* the target has the call now */
	EV_RETURN,        /* not taken: back to the sender */
	EV_REQUEUE,       /* given back by the system: head of the queue */
	EV_TO_QUEUE,      /* sent to a queue by the operator: its end; from
			     queue to queue by the supervisor */
	EV_EMERGENCY,     /* the emergency service answered */
	EV_EMERGENCY_END, /* it left, the operator is still there */
	EV_LEAVE,         /* the operator left the conference */
	EV_LOST,          /* operator's leg lost */
	EV_REGAIN,        /* the same operator is back */
	EV_MAX_WAIT,
	EV_SECRETARY, /* a message may be left instead (K-2.0.10) */
	EV_MESSAGE_END,
	EV_NUMBER,     /* he leaves his number and goes (T4) */
	EV_PLACE,      /* a place without a call; again after a restart */
	EV_PLACE_GONE, /* taken by an operator */
	EV_EXIT_EMPTY, /* nobody is left to serve the queue */
	EV_OVERFLOW,   /* to another queue by the rules of this one */
	EV_SAID,       /* the last prompt is over */
	EV_HANGUP,     /* by the citizen */
	EV_RELEASE,    /* by the operator */
	EV_FAIL,       /* by us: no port, trunk gone, limit reached */
	EV_DIAL,       /* a call of ours is on its way */
	EV_REFUSED,    /* by the network or the called: busy, no answer, … */
	EV_COUNT,
};

/* @return 0, or EPROTO when the table has no such step: nothing changed */
int cc_call_step(enum cc_call_state *s, enum cc_call_event on);
/* Would it be a step? For buttons and requests. */
bool cc_call_can(enum cc_call_state s, enum cc_call_event on);

/* Names as stored: "queue", "ENTERQUEUE". Never NULL inside the ranges. */
const char *cc_call_state_name(enum cc_call_state s);
const char *cc_call_event_name(enum cc_call_event e);
/* @return 0 or ENOENT: the stored kind is no transition */
int cc_call_event_parse(enum cc_call_event *e, const char *name);

#endif
