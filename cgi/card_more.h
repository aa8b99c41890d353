/* card_more.h - blocks of the card with forms of their own. */
#ifndef CARD_MORE_H
#define CARD_MORE_H

#include "cgi/appeal.h"

struct ctx;

/* «Личность подтверждена», and what is late of a written appeal.
 * @return 0 or a database error */
int card_more_show(struct ctx *ctx, const struct appeal *a,
		   enum appeal_access access);

#endif
