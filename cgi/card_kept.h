/* card_kept.h - what somebody typed into a card that cannot take it any more:
 * shown beside it, so that nothing is lost (K-6.1.10). */
#ifndef CARD_KEPT_H
#define CARD_KEPT_H

struct appeal;
struct ctx;
struct form;

/* The typed texts that are not what is stored, into Kept; macros/kept.cs shows
 * them. */
void card_kept(struct ctx *ctx, const struct form *form,
	       const struct appeal *stored);

#endif
