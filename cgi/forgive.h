/*
 * forgive.h - other readings of a search that found nobody (K-5.1.3): another
 * keyboard layout, fields in each other's place, one slip of the finger. Only
 * names that the register knows are offered. Pure.
 */
#ifndef FORGIVE_H
#define FORGIVE_H

#include "cgi/registry.h"

#define FORGIVE_MAX 24

/*
 * Calls each for the readings, likeliest first, until it returns something
 * else than 0.
 *
 * @param q  Borrowed for the call of each
 * @return what each returned last, 0 without a reading
 */
int forgive(const struct names *n, const struct registry_query *q,
	    int (*each)(void *arg, const struct registry_query *q), void *arg);

#endif
