#include "cgi/opening.h"

#define DAY_MIN 1440

static int weekday_of(const struct opening_hours *h, struct date day)
{
	for (size_t i = 0; i < h->day_count; i++)
		if (date_to_days(h->days[i].day) == date_to_days(day))
			return h->days[i].working ? 1 : 0;
	return date_weekday(day);
}

static bool open_at(const struct opening_hours *h, int64_t now)
{
	int weekday = weekday_of(h, date_of_days(now / DAY_MIN));
	int minute = (int)(now % DAY_MIN);

	for (size_t i = 0; i < h->count; i++)
		if (h->intervals[i].weekday == weekday &&
		    minute >= h->intervals[i].opens &&
		    minute < h->intervals[i].closes)
			return true;
	return false;
}

int opening_since(const struct opening_hours *h, int64_t now, int most)
{
	for (int n = 0; n <= most && open_at(h, now - n); n++)
		if (!open_at(h, now - n - 1))
			return n;
	return -1;
}
