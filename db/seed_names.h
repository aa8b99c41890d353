/* seed_names.h - invented people from a seed number. Pure. */
#ifndef SEED_NAMES_H
#define SEED_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* splitmix64: the same numbers on every machine */
struct seed_rng {
	uint64_t state;
};

uint64_t seed_next(struct seed_rng *rng);
/* 0 … n - 1 */
unsigned seed_below(struct seed_rng *rng, unsigned n);
/* The same, small values much more often, as names are spread. */
unsigned seed_skewed(struct seed_rng *rng, unsigned n);

struct seed_name {
	char surname[64], given_name[40], patronymic[40];
	bool male;
};

/* Endings agree with the sex; a few have no patronymic, a double surname or
 * a name of the Caucasus or Central Asia. */
void seed_name(struct seed_rng *rng, struct seed_name *out);

#endif
