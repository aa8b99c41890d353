#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "janus-plugin/hours.h"

#define DAY_S 86400

/* Days since 1970-01-01 of a date of the Gregorian calendar: years begin in
 * March, so a leap day is the last of its year. */
static int32_t civil(int y, int m, int d)
{
	int era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int cc_hours_day(int32_t *day, const char *text)
{
	int y, m, d, n = 0;

	if (sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &n) != 3 ||
	    (size_t)n != strlen(text) || m < 1 || m > 12 || d < 1 || d > 31)
		return EINVAL;
	*day = civil(y, m, d);
	return 0;
}

bool cc_hours_open(const struct cc_hours *h, const struct cc_holiday *days,
		   size_t day_count, int64_t local_s)
{
	int64_t day = local_s / DAY_S - (local_s % DAY_S < 0);
	int minute = (int)((local_s - day * DAY_S) / 60);
	int weekday = (int)((day % 7 + 7 + 3) % 7) + 1; /* 1970: Thursday */

	for (size_t i = 0; i < day_count; i++) {
		if (days[i].day != day)
			continue;
		if (!days[i].working)
			return false;
		weekday = 1;
	}
	for (size_t i = 0; i < h->count; i++)
		if (h->intervals[i].weekday == weekday &&
		    minute >= h->intervals[i].opens &&
		    minute < h->intervals[i].closes)
			return true;
	return false;
}
