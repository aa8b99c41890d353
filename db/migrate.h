/* migrate.h - the parts of otklik-migrate. Each says on stderr what went
 * wrong and returns an errno value. */
#ifndef MIGRATE_H
#define MIGRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

/* Reads a whole file, terminated; free it. */
int read_file(const char *path, char **text, size_t *len);
/* Prints "otklik-migrate: what: error". @return err */
int complain(struct db *db, const char *what, int err);

/* The accounts of the programs. A missing secret is made. */
int accounts_bootstrap(const char *state);
int accounts_grant(struct db *db, const char *state);

/* What the program cannot work without: the classifier and the answers. */
int seed_reference(struct db *db, const char *dir);
/* Demo data of one seed number; nothing when it is there already. */
int seed_demo(struct db *db, const char *dir, uint64_t seed);
/* What of a former demo's data would be wrong without its simulated network: the
 * line we register at. One that has another password by now is not the demo's. */
int seed_demo_off(struct db *db);
int seed_people(struct db *db, uint64_t seed, unsigned n);
int seed_appeals(struct db *db, uint64_t seed, unsigned n);
/* Up to n more, for the benches: five years of an archive. */
int seed_many(struct db *db, uint64_t seed, unsigned n);
/* Of the calls that seed_appeals made. */
int seed_shifts(struct db *db);

#endif
