/* store_seal.h - seals of the evidence tables: making them, and checking. */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/seal.h"

struct db;

struct seal_key {
	uint32_t id; /* seal_key.id */
	unsigned char secret[SEAL_SECRET];
};

/* secrets/seal_key, made if it is not there, and its public half in the
 * table. @return 0 or an errno value */
int store_seal_key(struct db *db, const char *state, struct seal_key *key);

/*
 * One pass inside a transaction of the caller: at most a few hundred rows
 * that have no seal yet.
 *
 * @param since_ms  Rows that reached the database before are not looked at;
 *                  0: all are, which reads whole tables
 * @param sealed    How many; the pass is not the last one while it is not 0
 */
int store_seal_pass(struct db *db, const struct seal_key *key, int64_t now_ms,
		    int64_t since_ms, unsigned *sealed);

struct seal_report {
	uint64_t checked; /* seals read */
	uint64_t bad;     /* number of the first bad one, 0: none */
	const char *why;  /* "row changed", "row missing", "chain",
	                      * "number missing", "signature", "head missing",
	                      * "" */
};

/* Reads every seal, its row and every signed head. @return 0 also when
 * something is bad, else a database error */
int store_seal_verify(struct db *db, struct seal_report *report);

/* Rows without a seal that are older than ms: 0 but for the open window. */
int store_seal_open(struct db *db, int64_t before_ms, uint64_t *rows);

#endif
