/* store_attempt.h - calls made about an appeal (K-6.2.1, K-6.2.4). */
#ifndef STORE_ATTEMPT_H
#define STORE_ATTEMPT_H

#include <stdint.h>

struct db;

/*
 * Every finished call that was dialled for an appeal belongs to it and stands
 * in its history with its result; once, however often this runs. Who had no
 * right to the appeal has made a call about nothing.
 *
 * @param since_ms  Calls that ended before are not looked at; 0: all are
 * @param made      How many were new; written in any case
 * @return 0 or a database error; what was handled before it stays
 */
int store_attempts(struct db *db, int64_t since_ms, unsigned *made);

#endif
