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

/* Adds or changes the person of that ЕНП. insurer, mo: ids, 0: none. */
int store_import_row(struct db *db, const struct person_row *row,
		     uint32_t insurer, uint32_t mo,
		     struct import_counts *counts);

/* Everything at once, with its row in the access log. */
int store_import_commit(struct db *db, const char *file,
			const struct import_counts *counts);

#endif
