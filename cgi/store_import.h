/* store_import.h - records of a file into the register, all or none. */
#ifndef STORE_IMPORT_H
#define STORE_IMPORT_H

#include <stdint.h>

#include "cgi/person_row.h"

struct db;

struct import_counts {
	unsigned added, changed, same, rejected;
};

/*
 * Begins the transaction; another import waits.
 *
 * @return 0, EEXIST (a file of that name is in already; no transaction) or a
 *         database error
 */
int store_import_begin(struct db *db, const char *file);

#define IMPORT_BATCH 15 /* a statement has room for so many */

struct import_row {
	struct person_row person;
	uint32_t insurer, mo; /* ids; 0: none */
};

/* Adds or changes the persons of those ЕНП, each of them once: up to
 * IMPORT_BATCH. */
int store_import_rows(struct db *db, const struct import_row *rows, unsigned n,
		      struct import_counts *counts);

/* Everything at once, with its row in the access log. */
int store_import_commit(struct db *db, const char *file,
			const struct import_counts *counts);

#endif
