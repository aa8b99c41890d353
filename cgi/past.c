#include "cgi/past.h"

enum past_view past_view(const struct identity *who, const struct appeal *a)
{
	if (appeal_hidden(who, a))
		return PAST_NOTHING;
	if (appeal_access(who, a, false) != APPEAL_HIDDEN)
		return PAST_WHOLE;
	return who->org_kind == ORG_FUND ? PAST_WHERE : PAST_EXISTS;
}

unsigned past_parts(enum past_view view, bool sure)
{
	static const unsigned of[] = {
		[PAST_NOTHING] = 0,
		[PAST_EXISTS] = PAST_DATE | PAST_ORG,
		[PAST_WHERE] = PAST_DATE | PAST_ORG | PAST_NUMBER,
		[PAST_WHOLE] =
		    PAST_DATE | PAST_ORG | PAST_NUMBER | PAST_TYPE | PAST_TEXT,
	};

	return sure ? of[view] : of[view] & (PAST_DATE | PAST_TYPE);
}
