/*
 * agent.h - one person with a telephone: independent facts, each set by one
 * source, and the state that follows from them. Pure.
 */
#ifndef CC_AGENT_H
#define CC_AGENT_H

#include <stdbool.h>
#include <stdint.h>

enum cc_leg_state { LEG_NONE, LEG_NEW, LEG_UP, LEG_LOST };

struct cc_agent_facts {
	bool active; /* «Начало работы» pressed (page) */
	enum cc_leg_state leg; /* WebRTC leg (Janus, media, pings) */
	bool answering;        /* the page answers our questions (pings) */
	bool on_break; /* «Перерыв» (page, misses, supervisor) */
	bool ringing;  /* one offer is reserved for him (engine) */
	bool talking;  /* holds a call in any role (engine) */
	int64_t wrapup_until; /* after-call work, 0 = none (K-5.1.1.5) */
	unsigned misses;      /* offers missed in a row (K-5.1.1.3) */
};

enum cc_agent_state {
	AGENT_INACTIVE,
	AGENT_RECONNECTING, /* active, no usable leg or a silent page */
	AGENT_FREE,
	AGENT_RINGING,
	AGENT_TALKING,
	AGENT_WRAPUP,
	AGENT_BREAK,
	AGENT_STATES,
};

enum cc_agent_event {
	AEV_START,
	AEV_FINISH,
	AEV_LEG_UP,
	AEV_LEG_LOST,
	AEV_PAGE_SILENT, /* two questions unanswered (D2): no offers */
	AEV_PAGE_BACK,
	AEV_LEG_GIVEN_UP, /* 60 s without a leg (K-3.0.8) */
	AEV_BREAK,
	AEV_RESUME,
	AEV_OFFER,
	AEV_OFFER_MISSED, /* really rang and was not answered, or refused */
	AEV_OFFER_TAKEN_BACK,
	AEV_ANSWER,
	AEV_DIAL,    /* he calls: a talk without a ring */
	AEV_RELEASE, /* the talk is over, no after-call work */
	AEV_RELEASE_WRAPUP,
	AEV_READY, /* «Готов», card saved, «Нецелевой вызов» */
	AEV_EXTEND,
	AEV_TICK, /* only time has passed */
	AEV_COUNT,
};

#define CC_AGENT_MISS_LIMIT 2
#define CC_AGENT_EXTEND_MS  60000

enum cc_agent_state cc_agent_state(const struct cc_agent_facts *f);
/* wrapup_ms: used by RELEASE_WRAPUP only. @return 0 or EPROTO */
int cc_agent_step(struct cc_agent_facts *f, enum cc_agent_event on, int64_t now,
		  int64_t wrapup_ms);
/* Free, leg up and answering: may be offered a call. */
bool cc_agent_available(const struct cc_agent_facts *f);
/* May this event happen in this state? The table behind cc_agent_step. */
bool cc_agent_can(enum cc_agent_state s, enum cc_agent_event on);
const char *cc_agent_state_name(enum cc_agent_state s);

#endif
