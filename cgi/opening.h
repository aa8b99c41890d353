/* opening.h - how long ago a line opened, by its timetable (K-4.0.10). Pure:
 * local time and the exceptions are handed in. */
#ifndef OPENING_H
#define OPENING_H

#include <stddef.h>
#include <stdint.h>

#include "cgi/workday.h"

/* A row of business_interval, in minutes of the day. */
struct opening_interval {
	int weekday;       /* 1 Monday … 7 Sunday */
	int opens, closes; /* closes: the first minute after */
};

struct opening_hours {
	const struct opening_interval *intervals;
	size_t count;
	const struct workday_exception *days; /* worked ones have Monday's */
	size_t day_count;
};

/* now: minutes since 1970-01-01 00:00 of the line's own clock.
 * @return minutes since it opened; -1: it is closed, or has been open for
 *         longer than `most`, perhaps always */
int opening_since(const struct opening_hours *h, int64_t now, int most);

#endif
