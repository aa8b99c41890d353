/* scenario_state.h - what a version of an answer is on a day, and what may be
 * done with it then (K-5.1.5.5). Pure. */
#ifndef SCENARIO_STATE_H
#define SCENARIO_STATE_H

#include <stdbool.h>

enum scenario_state {
	SCENARIO_DRAFT,
	SCENARIO_PROPOSED, /* a draft of who may propose only */
	SCENARIO_REFUSED,
	SCENARIO_APPROVED, /* in force from a later day */
	SCENARIO_IN_FORCE,
	SCENARIO_REPLACED, /* by a newer version */
	SCENARIO_WITHDRAWN,
	SCENARIO_STATES
};

enum scenario_act {
	SCENARIO_SAVE,
	SCENARIO_APPROVE,
	SCENARIO_REFUSE, /* also what is approved, before its first day */
	SCENARIO_WITHDRAW,
	SCENARIO_ACTS
};

/* Days are ГГГГ-ММ-ДД; "" is open. */
struct scenario_facts {
	bool proposal, refused, approved;
	char from[11], to[11]; /* first and last day */
	char next[11];         /* first day of a newer approved version */
};

enum scenario_state scenario_state(const struct scenario_facts *f,
				   const char *today);
/* Whether an administrator may. */
bool scenario_may(enum scenario_state state, enum scenario_act act);
/* "DRAFT" … */
const char *scenario_state_code(enum scenario_state state);

#endif
