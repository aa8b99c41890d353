#include "cgi/workday.h"

bool workday_is(struct date day, const struct workday_exception *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (date_to_days(list[i].day) == date_to_days(day))
			return list[i].working;
	return date_weekday(day) <= 5;
}

struct date workday_next(struct date after,
			 const struct workday_exception *list, size_t n)
{
	int64_t day = date_to_days(after) + 1, last = day + 365;

	while (day < last && !workday_is(date_of_days(day), list, n))
		day++;
	return date_of_days(day);
}

struct date workday_add(struct date day, unsigned days,
			const struct workday_exception *list, size_t n)
{
	while (days--)
		day = workday_next(day, list, n);
	return day;
}
