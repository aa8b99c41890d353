/*
 * hours.h - is a line open at this moment? Business hours by weekday, with
 * holidays and moved working days (K-2.0.10). Pure: local time is handed in.
 */
#ifndef CC_HOURS_H
#define CC_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CC_INTERVALS_MAX 21

struct cc_interval {
	uint8_t weekday;        /* 1 = Monday … 7 = Sunday */
	uint16_t opens, closes; /* minutes of the day, closes not included */
};

struct cc_hours {
	struct cc_interval intervals[CC_INTERVALS_MAX];
	size_t count;
};

struct cc_holiday {
	int32_t day;  /* days since 1970-01-01 */
	bool working; /* a working day by decree, with Monday's hours */
};

/* local_s: seconds since 1970-01-01 00:00 of the region's own clock. */
bool cc_hours_open(const struct cc_hours *h, const struct cc_holiday *days,
		   size_t day_count, int64_t local_s);
/* "YYYY-MM-DD" -> days since 1970-01-01. @return 0 or EINVAL */
int cc_hours_day(int32_t *day, const char *text);

#endif
