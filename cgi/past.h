/* past.h - what somebody may know of an earlier appeal in a citizen's history
 * (K-5.1.7.6, K-5.1.7.2). Pure. */
#ifndef PAST_H
#define PAST_H

#include "cgi/appeal.h"

enum past_view {
	PAST_NOTHING, /* not even that there is one */
	PAST_EXISTS,  /* that there is one: date, status, organization */
	PAST_WHERE,   /* … its number and who has it */
	PAST_WHOLE    /* what it is about, too */
};

/* Of a its people, organizations and status count. */
enum past_view past_view(const struct identity *who, const struct appeal *a);

/* What a row shows: bits. sure: it is known to be the same citizen. */
enum past_part {
	PAST_DATE = 1 << 0, /* and the status */
	PAST_TYPE = 1 << 1,
	PAST_ORG = 1 << 2,
	PAST_NUMBER = 1 << 3, /* and the operator */
	PAST_TEXT = 1 << 4    /* and the name */
};
unsigned past_parts(enum past_view view, bool sure);

#endif
