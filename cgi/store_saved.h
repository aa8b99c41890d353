/* store_saved.h - the filters of the journal that somebody keeps for himself. */
#ifndef STORE_SAVED_H
#define STORE_SAVED_H

#include <stdint.h>

struct db;

#define SAVED_MAX   20
#define SAVED_NAME  60   /* characters */
#define SAVED_QUERY 1000 /* bytes */

struct saved {
	uint32_t id;
	char name[SAVED_NAME * 4 + 1];
	char query[SAVED_QUERY + 1]; /* as in an address */
};

/* His, by name. */
int store_saved(struct db *db, uint32_t user,
		int (*each)(void *arg, const struct saved *s), void *arg);
/* One of that name is replaced. @return 0, ENOSPC (he has SAVED_MAX) or a
 * database error */
int store_saved_put(struct db *db, uint32_t user, const char *name,
		    const char *query);
/* @return 0, ENOENT (not his) or a database error */
int store_saved_drop(struct db *db, uint32_t user, uint64_t id);

#endif
