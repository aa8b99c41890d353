/* store_text.h - the index of descriptions: stems of their words (Snowball),
 * each with the appeals that have it, newest first. */
#ifndef STORE_TEXT_H
#define STORE_TEXT_H

#include <stdint.h>

struct db;

/*
 * Puts into the index what was registered or changed, in transactions of some
 * hundred appeals, for at most so long.
 *
 * @param left  How many appeals were noted and not reached; written in any case
 * @return 0 or a database error
 */
int store_text(struct db *db, int64_t budget_ms, uint64_t *left);

#endif
