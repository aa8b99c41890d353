/*
 * random_rules.h - an administrator who changes every rule of distribution at
 * random, while callers wait.
 */
#ifndef RANDOM_RULES_H
#define RANDOM_RULES_H

#include "tests/plugin/fake_world.h"

/* Both queues of the directory get other rules, limits and members; now and
 * then somebody is blocked or removed. calm: nobody is, no limit throws a
 * caller out, and a member stays a member. */
void random_rules(struct world *w, uint64_t *seed, bool calm);
unsigned random_below(uint64_t *seed, unsigned n);
/* Part n of a random run begins: a schedule, a round. One that takes 30 s of
 * the processor has hung: said by its number, and the test is over. */
void random_part(unsigned long n);

#endif
