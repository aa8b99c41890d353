/* store_lock.h - one at a time, across the workers. */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

struct db;

/* Waits up to 5 s. Held by the connection: a worker that dies lets go. The
 * name is for up to 64 characters. @return 0, EAGAIN or a database error */
int store_lock(struct db *db, const char *name);
void store_unlock(struct db *db, const char *name);

#endif
