/* store_take.h - work nobody has yet: «Не распределено» (K-4.0.10, T19). */
#ifndef STORE_TAKE_H
#define STORE_TAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/auth.h"
#include "cgi/store_call.h"

struct ctx;
struct db;

/* How much stands there for him, messages without a number too. */
int store_take_count(struct db *db, const struct identity *who, uint64_t *n);
/* Whether an item is for him at all: asked before the telephone is. EACCES:
 * another organization's, or a complaint about his own; ENOENT. */
int store_take_may(struct ctx *ctx, uint64_t appeal);

/* Places kept in the telephone's line for this appeal and not given away. */
int store_take_places(struct db *db, uint64_t appeal, uint64_t *n);
/* Those of them whose telephone runs, by what it said last. */
int store_take_live(struct ctx *ctx, uint64_t appeal, uint64_t *n);
/* No telephone is there to give them: we do. In a transaction. */
int store_take_close(struct ctx *ctx, uint64_t appeal);

/*
 * T19 in the caller's transaction: the item is his, or EBUSY: somebody was
 * first, in the journal or at the telephone. EACCES: as above.
 */
int store_take(struct ctx *ctx, uint64_t appeal);
/* Short name of who has it; "" nobody, or it is not for him to know. */
int store_taker(struct db *db, const struct identity *who, uint64_t appeal,
		char *name, size_t size);

/* «Сообщение без номера»: a message and its recording. */
struct loose {
	char call[37];
	int64_t at_ms;
	struct recording rec; /* id "": not there yet */
};
#define LOOSE_MAX 100
/* The first LOOSE_MAX that are open, oldest first. *total: how many there are */
int store_loose(struct db *db, uint32_t organization,
		int (*each)(void *arg, const struct loose *l), void *arg,
		uint64_t *total);
/* One winner; EBUSY: decided already, ENOENT. In a transaction. taken: a card
 * is made of it (*appeal), otherwise it ends as «Нецелевое». */
int store_loose_decide(struct ctx *ctx, const char *call, bool taken,
		       uint64_t *appeal);
int store_loose_taker(struct db *db, uint32_t organization, const char *call,
		      char *name, size_t size);

#endif
