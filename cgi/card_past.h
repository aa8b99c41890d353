/* card_past.h - the citizen's history in the card (K-5.1.7). */
#ifndef CARD_PAST_H
#define CARD_PAST_H

#include "cgi/appeal.h"

struct ctx;
struct form;

/* The list into Past, with the row of the access log that it takes. form: NULL
 * or the posted, whose ticks stay. @return 0 or an errno */
int card_past_show(struct ctx *ctx, const struct appeal *a,
		   enum appeal_access access, const struct form *form);
/* In the caller's transaction: what was ticked is attached, what is no more
 * ticked is not. Only of what he was shown. */
int card_past_save(struct ctx *ctx, const struct appeal *a,
		   const struct form *form);

#endif
