/* store_caller.h - whose insured person calls, for the telephone (K-2.0.4), and
 * whom its cards are about. */
#ifndef STORE_CALLER_H
#define STORE_CALLER_H

#include <stdint.h>

struct db;

/*
 * While some queue distributes by organization: for each call that waits and
 * began after *since_ms (of the last 15 s) the insurer of the person whose
 * number it is goes to the telephone, as an outbox row `caller_org`. Nothing
 * goes if nobody has the number, or people of different insurers.
 *
 * Each call is looked at once. One whose row comes later than a younger one's
 * is not: it is a preference, and nobody waits for it.
 *
 * @param since_ms  Moved on to the youngest call looked at
 * @param told      How many; written in any case
 * @return 0 or a database error
 */
int store_callers(struct db *db, int64_t now_ms, int64_t *since_ms,
		  unsigned *told);
/*
 * Whom the cards are about that calls of ours since then are made for that have
 * not ended, as outbox rows `card_about` (K-5.1.8.11): again at every look,
 * which changes nothing.
 *
 * @param told  How many rows; written in any case
 * @return 0 or a database error
 */
int store_dialled(struct db *db, int64_t since_ms, unsigned *told);

#endif
