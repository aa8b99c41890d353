/*
 * shift_bed.h - a shift in the fake world: two operators of the fund, one of
 * an insurer, who supervises and looks on, and what their pages and the
 * journal say of it.
 */
#ifndef SHIFT_BED_H
#define SHIFT_BED_H

#include "tests/plugin/fake_world.h"

#define HOTLINE "+78652000000"
/* what a button sends to hand the call to a number outside */
#define OUTSIDE ",\"to\":\"88652112233\",\"mode\":\"blind\""

/* Users by the number of their session. */
enum { OP1 = 1, OP2, REP, SUPER, INSURER_SUPER, L2, ADMIN, DIRECTOR, USERS };

int shift_setup(void **state); /* and world_teardown */
/* Queue 1 is the fund's with both organizations in it, 3 the insurer's. */
json_t *shift_directory(void);
/* the same with another rule in queue 1, and numbers that may be dialled */
void shift_rule(struct world *w, const char *strategy);
/* signed in, without a telephone */
void shift_page(struct world *w, uint64_t s);
/* signed in, in a talk with a citizen. @return his dialog */
uint64_t shift_talk(struct world *w, uint64_t s);
/* the call at this telephone */
const char *shift_call(struct world *w, uint64_t s);

/* opens «Смена сейчас». @return NULL or the refusal */
const char *shift_watch(struct world *w, uint64_t s);
/* what it shows */
json_t *shift_part(struct world *w, uint64_t s, const char *name);
size_t shift_shown(struct world *w, uint64_t s, const char *part);
json_t *shift_agent(struct world *w, uint64_t s, unsigned id);
json_t *shift_queue(struct world *w, uint64_t s, const char *id);
/* the only call that waits */
json_t *shift_waiting(struct world *w, uint64_t s);
/* a request with a reason about a call */
const char *shift_act(struct world *w, uint64_t s, const char *name,
		      const char *call, const char *more);

/* rows of a table, and of a value if one is named */
unsigned shift_rows(struct world *w, const char *t, const char *key,
		    const char *value);
/* the last row of a table that has this column */
json_t *shift_last(struct world *w, const char *t, const char *key);
/* "" if there is none; the number must be there */
const char *text_of(json_t *o, const char *key);
json_int_t number_of(json_t *o, const char *key);

#endif
