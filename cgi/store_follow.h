/* store_follow.h - the card goes with its call (T6, T6a). */
#ifndef STORE_FOLLOW_H
#define STORE_FOLLOW_H

struct appeal;
struct ctx;

/*
 * In a transaction, with the appeal locked: it, or its draft, is ctx->who's
 * from here, who has answered (appeal_handed_over). Where the fund has handed
 * it to an insurer of whom the card says nothing, he has confirmed it (M22),
 * and the card says so.
 *
 * @return 0, ESTALE, EACCES or a database error
 */
int store_follow(struct ctx *ctx, struct appeal *a);

#endif
