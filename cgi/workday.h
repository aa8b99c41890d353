/* workday.h - working days of the region. Pure: the exceptions are handed
 * in. */
#ifndef WORKDAY_H
#define WORKDAY_H

#include <stdbool.h>
#include <stddef.h>

#include "cgi/deadline.h"

/* A row of table holiday. */
struct workday_exception {
	struct date day;
	bool working; /* a week-end day that is worked */
};

bool workday_is(struct date day, const struct workday_exception *list,
		size_t n);
/* The first working day after that one; with a calendar that has none within
 * a year, the day a year later. */
struct date workday_next(struct date after,
			 const struct workday_exception *list, size_t n);
/* That many working days after it. */
struct date workday_add(struct date day, unsigned days,
			const struct workday_exception *list, size_t n);

#endif
