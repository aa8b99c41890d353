/* store_text.h - the index of descriptions: stems of their words (Snowball),
 * each with the appeals that have it, newest first. */
#ifndef STORE_TEXT_H
#define STORE_TEXT_H

#include <stdint.h>

struct db;

struct text_report {
	uint64_t left;   /* noted and not reached; counted up to 1000 */
	unsigned failed; /* could not be put in; tried again an hour later */
	int why;         /* the first of them: its errno, its appeal */
	uint64_t appeal;
};

/*
 * Puts into the index what was registered or changed, in transactions of some
 * hundred appeals, for at most so long. One that fails holds up no other.
 *
 * @param out  Written in any case
 * @return 0, or a database error that is no single appeal's
 */
int store_text(struct db *db, int64_t budget_ms, struct text_report *out);

#endif
