/*
 * transfer.h - one transfer or consultation of a call (K-5.1.8). Pure.
 *
 * In a blind transfer the sender stays reserved until the target has
 * answered, so that an unanswered call can come back to him at once; if he
 * goes meanwhile the transfer runs on alone and falls back to the queue.
 */
#ifndef CC_TRANSFER_H
#define CC_TRANSFER_H

enum cc_xfer_state {
	XFER_NONE,
	XFER_BLIND, /* target rings, sender reserved */
	XFER_ALONE, /* target rings, no sender any more */
	XFER_CONSULT_RING,
	XFER_CONSULT_TALK, /* sender and target talk, citizen on hold */
	XFER_STATES,
};

enum cc_xfer_event {
	XEV_BLIND,
	XEV_CONSULT,
	XEV_TARGET_ANSWER,
	XEV_TARGET_GONE, /* no answer, refusal, lost leg, hang-up */
	XEV_COMPLETE,    /* «Соединить» */
	XEV_BACK,        /* «Вернуться» */
	XEV_SENDER_GONE, /* hung up or leg lost */
	XEV_CITIZEN_GONE,
	XEV_COUNT,
};

enum {                    /* what the engine has to do, in this order */
       XDO_RING = 1 << 0, /* offer the call to the target */
       XDO_FREE_TARGET = 1 << 1,
       XDO_TALK = 1 << 2,     /* sender and target hear each other */
       XDO_HANDOVER = 1 << 3, /* the target owns the call */
       XDO_RETURN = 1 << 4,   /* the citizen is with the sender again */
       XDO_REQUEUE = 1 << 5,  /* head of the queue */
       XDO_WAIT = 1 << 6,     /* the citizen waits with music */
};

/* @return 0 or EPROTO: no such step, nothing changed */
int cc_xfer_step(enum cc_xfer_state *s, enum cc_xfer_event on, unsigned *todo);

#endif
