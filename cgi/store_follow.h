/* store_follow.h - the card goes with its call (T6, T6a). */
#ifndef STORE_FOLLOW_H
#define STORE_FOLLOW_H

#include <stdint.h>

struct appeal;
struct ctx;
struct db;

/*
 * In a transaction, with the appeal locked: it, or its draft, is ctx->who's
 * from here, who has answered (appeal_handed_over). Where the fund has handed
 * it to an insurer of whom the card says nothing, he has confirmed it (M22),
 * and the card says so.
 *
 * @return 0, ESTALE, EACCES or a database error
 */
int store_follow(struct ctx *ctx, struct appeal *a);

/*
 * It is his who has answered, whether he opens it or not: cards of calls handed
 * on since then, but not in the last seconds, in which his page opens them.
 * He is told. Each is a transaction of its own.
 *
 * @param made  How many; written in any case
 * @return 0 or the first error, with the others done
 */
int store_follow_calls(struct db *db, int64_t now_ms, int64_t since_ms,
		       unsigned *made);

#endif
