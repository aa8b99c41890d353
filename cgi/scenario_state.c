#include "cgi/scenario_state.h"

#include <string.h>

static const struct {
	const char *code;
	unsigned may; /* 1u << enum scenario_act */
} states[SCENARIO_STATES] = {
#define MAY(act) (1u << SCENARIO_##act)
	[SCENARIO_DRAFT] = { "DRAFT", MAY(SAVE) | MAY(APPROVE) | MAY(REFUSE) },
	[SCENARIO_PROPOSED] = { "PROPOSED",
				MAY(SAVE) | MAY(APPROVE) | MAY(REFUSE) },
	[SCENARIO_REFUSED] = { "REFUSED", 0 },
	[SCENARIO_APPROVED] = { "APPROVED", MAY(REFUSE) },
	[SCENARIO_IN_FORCE] = { "IN_FORCE", MAY(WITHDRAW) },
	[SCENARIO_REPLACED] = { "REPLACED", 0 },
	[SCENARIO_WITHDRAWN] = { "WITHDRAWN", 0 },
#undef MAY
};

enum scenario_state scenario_state(const struct scenario_facts *f,
				   const char *today)
{
	if (f->refused)
		return SCENARIO_REFUSED;
	if (!f->approved)
		return f->proposal ? SCENARIO_PROPOSED : SCENARIO_DRAFT;
	if (*f->to && strcmp(f->to, today) < 0)
		return SCENARIO_WITHDRAWN;
	/* a newer one that begins no later never lets it begin */
	if (*f->next &&
	    (strcmp(f->next, today) <= 0 || strcmp(f->next, f->from) <= 0))
		return SCENARIO_REPLACED;
	return strcmp(f->from, today) > 0 ? SCENARIO_APPROVED
					  : SCENARIO_IN_FORCE;
}

bool scenario_may(enum scenario_state state, enum scenario_act act)
{
	return state < SCENARIO_STATES && states[state].may >> act & 1;
}

const char *scenario_state_code(enum scenario_state state)
{
	return states[state].code;
}
