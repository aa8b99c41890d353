/* store_calendar.h - exceptions of the working week, as they are kept. */
#ifndef STORE_CALENDAR_H
#define STORE_CALENDAR_H

#include <stdbool.h>

struct db;

struct holiday {
	char day[11];   /* ГГГГ-ММ-ДД */
	char name[321]; /* as shown */
	bool working;   /* a week-end day that is worked */
};

/* From that day on, in order. */
int store_holidays(struct db *db, const char *from,
		   int (*each)(void *arg, const struct holiday *h), void *arg);
/* New, or other than it was. */
int store_holiday_put(struct db *db, const struct holiday *h);
/* @return 0, ENOENT or a database error */
int store_holiday_remove(struct db *db, const char *day);

#endif
