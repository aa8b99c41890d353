#include "cgi/deadline.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

static bool leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

bool date_valid(int year, int month, int day)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30,
				      31, 31, 30, 31, 30, 31 };

	if (year < 1850 || year > 2199 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= length[month - 1] + (month == 2 && leap(year));
}

/* Howard Hinnant's days_from_civil: eras of 400 years from 1 March. */
int64_t date_to_days(struct date d)
{
	int64_t y = d.year - (d.month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy =
	    (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

struct date date_of_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct date d;

	d.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	d.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	d.year = (int)(yoe + era * 400 + (d.month <= 2));
	return d;
}

int date_parse(const char *text, struct date *out)
{
	struct date d = { 0, 0, 0 };
	int *part[] = { &d.year, &d.month, &d.day };
	size_t at = 0;

	for (size_t i = 0; i < 10; i++) {
		if (i == 4 || i == 7) {
			if (text[i] != '-')
				return EINVAL;
			at++;
		} else if (text[i] >= '0' && text[i] <= '9') {
			*part[at] = *part[at] * 10 + (text[i] - '0');
		} else {
			return EINVAL;
		}
	}
	if (text[10] || !date_valid(d.year, d.month, d.day))
		return EINVAL;
	*out = d;
	return 0;
}

void date_text(struct date d, char out[11])
{
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)d.year % 10000,
		 (unsigned)d.month % 100, (unsigned)d.day % 100);
}

int date_weekday(struct date d)
{
	int64_t days = date_to_days(d) + 3; /* 1970-01-01 was a Thursday */

	return (int)((days % 7 + 7) % 7) + 1;
}

struct date deadline_due(struct date registered, int due_days)
{
	return date_of_days(date_to_days(registered) + due_days);
}

bool deadline_overdue(struct date due, struct date today)
{
	return date_to_days(due) < date_to_days(today);
}
