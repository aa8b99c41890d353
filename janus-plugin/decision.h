/*
 * decision.h - a decision of queue_rule.h as it is stored with an offer, and
 * made again from what was stored. Pure.
 *
 * {"rule", "reason", "why", "chosen": id or [ids], "free", "waited_ms",
 *  "returned"?, "avoid"?, "sticky"?, "org"?, "last"?,
 *  "need"?: [level, least, relax_ms],
 *  "candidates": [{"id", "idle_ms", "seq", "calls", "level", "place", "org",
 *  "skill"}], "more"?, "barred": {"paused": [ids], …,
 *  "spared": [ids of those a supervisor has just taken it off]}}
 *
 * A fact that is 0 is left out. Of those who could be offered the call at most
 * CC_CANDIDATES_KEPT are named, the chosen always among them; "more" counts
 * the others. That is enough: a rule is a total order, and the first of a list
 * is the first of every part of it that he is in.
 */
#ifndef CC_DECISION_H
#define CC_DECISION_H

#include <stddef.h>
#include <jansson.h>

#include "janus-plugin/queue_rule.h"

#define CC_CANDIDATES_KEPT 24

/* A new object, or NULL. name: of the chosen. */
json_t *cc_decision_json(const struct cc_choice *in,
			 const struct cc_candidate *c, size_t n,
			 const struct cc_chosen *out, const char *name);

/**
 * Decide again.
 *
 * @param chosen  written on success: {"chosen", "reason"} of now, new
 * @return 0 (the same choice for the same reason), EILSEQ (another one) or
 *         EBADMSG (not a stored decision, nothing written)
 */
int cc_decision_replay(const json_t *data, json_t **chosen);

#endif
