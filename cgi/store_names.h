/* store_names.h - the name dictionaries, made from the register. */
#ifndef STORE_NAMES_H
#define STORE_NAMES_H

#include <stdbool.h>

#include "cgi/names_file.h"

struct db;

/* Whether the file is not of the register's present state and can be made: not
 * while rows arrive. */
int store_names_due(struct db *db, struct names_file *file, bool *due);

/**
 * Make the file if it is not of the register's present state.
 *
 * @param made  Whether it was made
 * @return 0, or an errno value of the database or the file
 */
int store_names(struct db *db, struct names_file *file, bool *made);

#endif
