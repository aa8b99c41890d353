/* journal_filter.h - what the journal is asked for (K-4.0.7). */
#ifndef JOURNAL_FILTER_H
#define JOURNAL_FILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "cgi/buf.h"
#include "cgi/deadline.h"
#include "cgi/form.h"

struct ctx;
struct journal_filter;

#define JOURNAL_SOON_DAYS 3

/* ГГГГ-ММ-ДД, so many days later. */
void journal_day(struct date d, int days, char out[11]);

/* @return 0 or EINVAL: a field is there and not as it must be */
int journal_filter_read(const struct form *q, struct date today,
			struct journal_filter *f);
/* Whether there is something in it that belongs in no address. */
bool journal_filter_personal(const struct form *query);
/* What was asked for goes back into the form, into the links (what is not
 * personal) and into the log: the object is the caller's. */
json_t *journal_filter_show(struct ctx *ctx, const struct form *q,
			    struct buf *link);

/* The kept ones, for the page; now: the filter it shows, as in an address. */
int journal_saved_show(struct ctx *ctx, const char *now);

#endif
