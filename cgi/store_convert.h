/* store_convert.h - prompts that were uploaded and are not converted yet. */
#ifndef STORE_CONVERT_H
#define STORE_CONVERT_H

#include <stdint.h>

struct db;

/* The oldest. @return 0, ENOENT (none) or a database error */
int store_convert_next(struct db *db, uint32_t *id);
/* How it went: why NULL: READY. */
int store_convert_done(struct db *db, uint32_t id, unsigned length_ms,
		       const char *why);
/*
 * Convert it, whatever comes of it, and say so in its row: takes up to two
 * minutes.
 *
 * @return 0, or what this machine or the database lacks: it is to be tried
 *         again
 */
int store_convert(struct db *db, const char *state, uint32_t id);

#endif
