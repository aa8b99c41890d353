#include <errno.h>

#include "janus-plugin/agent.h"
#include "janus-plugin/util.h"

#define S(state)  (1u << (state))
#define ANY       (S(AGENT_STATES) - 1)
#define SIGNED_IN (ANY & ~S(AGENT_INACTIVE))

/* In which states an event may happen. A leg can go and come while a call
 * is up: the call machine decides what that means for the citizen. */
static const unsigned allowed[AEV_COUNT] = {
	[AEV_START] = S(AGENT_INACTIVE) | S(AGENT_RECONNECTING) |
		      S(AGENT_TALKING) | S(AGENT_FREE) | S(AGENT_BREAK) |
		      S(AGENT_WRAPUP),
	[AEV_FINISH] = SIGNED_IN & ~(S(AGENT_TALKING) | S(AGENT_RINGING)),
	[AEV_LEG_UP] = SIGNED_IN & ~S(AGENT_RINGING),
	[AEV_LEG_LOST] = SIGNED_IN & ~S(AGENT_RINGING),
	[AEV_PAGE_SILENT] = SIGNED_IN,
	[AEV_PAGE_BACK] = SIGNED_IN,
	[AEV_LEG_GIVEN_UP] = S(AGENT_RECONNECTING),
	[AEV_BREAK] = SIGNED_IN & ~(S(AGENT_RINGING) | S(AGENT_BREAK)),
	[AEV_RESUME] = SIGNED_IN,
	[AEV_OFFER] = S(AGENT_FREE),
	[AEV_OFFER_MISSED] = S(AGENT_RINGING),
	[AEV_OFFER_TAKEN_BACK] = S(AGENT_RINGING),
	[AEV_ANSWER] = S(AGENT_RINGING),
	[AEV_DIAL] = S(AGENT_FREE) | S(AGENT_WRAPUP) | S(AGENT_BREAK),
	[AEV_RELEASE] = S(AGENT_TALKING) | S(AGENT_RECONNECTING),
	[AEV_RELEASE_WRAPUP] = S(AGENT_TALKING) | S(AGENT_RECONNECTING),
	[AEV_READY] = S(AGENT_WRAPUP) | S(AGENT_BREAK) | S(AGENT_RECONNECTING),
	[AEV_EXTEND] = S(AGENT_WRAPUP),
	[AEV_TICK] = ANY,
};

static const char *const names[AGENT_STATES] = {
	[AGENT_INACTIVE] = "INACTIVE", [AGENT_RECONNECTING] = "RECONNECTING",
	[AGENT_FREE] = "FREE",         [AGENT_RINGING] = "RINGING",
	[AGENT_TALKING] = "TALKING",   [AGENT_WRAPUP] = "WRAPUP",
	[AGENT_BREAK] = "BREAK",
};

enum cc_agent_state cc_agent_state(const struct cc_agent_facts *f)
{
	if (!f->active)
		return AGENT_INACTIVE;
	if (f->ringing)
		return AGENT_RINGING;
	if (f->leg != LEG_UP)
		return AGENT_RECONNECTING; /* perhaps with a call */
	if (f->talking)
		return AGENT_TALKING;
	if (!f->answering)
		return AGENT_RECONNECTING;
	if (f->wrapup_until)
		return AGENT_WRAPUP;
	if (f->on_break)
		return AGENT_BREAK;
	return AGENT_FREE;
}

bool cc_agent_available(const struct cc_agent_facts *f)
{
	return cc_agent_state(f) == AGENT_FREE;
}

bool cc_agent_can(enum cc_agent_state s, enum cc_agent_event on)
{
	return allowed[on] & S(s);
}

static void missed(struct cc_agent_facts *f)
{
	f->ringing = false;
	if (++f->misses < CC_AGENT_MISS_LIMIT)
		return;
	f->misses = 0;
	f->on_break = true;
}

int cc_agent_step(struct cc_agent_facts *f, enum cc_agent_event on, int64_t now,
		  int64_t wrapup_ms)
{
	if (!cc_agent_can(cc_agent_state(f), on))
		return EPROTO;
	if (f->talking && (on == AEV_FINISH || on == AEV_LEG_GIVEN_UP))
		return EPROTO; /* the call keeps him (M15) */
	if (!f->talking && (on == AEV_RELEASE || on == AEV_RELEASE_WRAPUP))
		return EPROTO;

	switch (on) {
	case AEV_START:
		f->active = true;
		f->leg = LEG_NEW;
		f->answering = true;
		break;
	case AEV_FINISH:
	case AEV_LEG_GIVEN_UP:
		*f = (struct cc_agent_facts){ .active = false };
		break;
	case AEV_LEG_UP:
		f->leg = LEG_UP;
		f->answering = true;
		break;
	case AEV_LEG_LOST:
		f->leg = LEG_LOST;
		break;
	case AEV_PAGE_SILENT:
		f->answering = false;
		break;
	case AEV_PAGE_BACK:
		f->answering = true;
		break;
	case AEV_BREAK:
		f->on_break = true;
		break;
	case AEV_RESUME:
		f->on_break = false;
		f->misses = 0;
		break;
	case AEV_OFFER:
		f->ringing = true;
		break;
	case AEV_OFFER_MISSED:
		missed(f);
		break;
	case AEV_OFFER_TAKEN_BACK:
		f->ringing = false;
		break;
	case AEV_DIAL:
	case AEV_ANSWER:
		f->ringing = false;
		f->talking = true;
		f->misses = 0;
		f->wrapup_until = 0;
		break;
	case AEV_RELEASE:
		f->talking = false;
		break;
	case AEV_RELEASE_WRAPUP:
		f->talking = false;
		f->wrapup_until = now + wrapup_ms;
		break;
	case AEV_READY:
		f->wrapup_until = 0;
		break;
	case AEV_EXTEND:
		f->wrapup_until += CC_AGENT_EXTEND_MS;
		break;
	case AEV_TICK:
		if (f->wrapup_until && now >= f->wrapup_until)
			f->wrapup_until = 0;
		break;
	case AEV_COUNT:
		return EPROTO;
	}
	return 0;
}

const char *cc_agent_state_name(enum cc_agent_state s)
{
	return names[s];
}
