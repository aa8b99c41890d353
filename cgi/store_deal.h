/* store_deal.h - «Не распределено» is dealt out when a line opens (K-4.0.10). */
#ifndef STORE_DEAL_H
#define STORE_DEAL_H

#include <stdint.h>

struct db;

/*
 * Setting `unassigned.deal_min`, empty by default: off. Otherwise, so many
 * minutes after a line has opened, what its calls left behind is dealt out
 * evenly among the operators of its queue who are at work then and may take
 * it (T19); who has least to answer comes first. If nobody is at work it
 * stays where it is.
 *
 * Once an opening, in one transaction. A line round the clock has no opening.
 * Left alone: a call-back whose place the telephone keeps, messages without a
 * number (somebody has to hear what they are), complaints.
 *
 * @param dealt  How many items; written in any case
 * @return 0 or a database error
 */
int store_deal(struct db *db, int64_t now_ms, unsigned *dealt);

#endif
