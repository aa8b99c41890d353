/* deadline.h - calendar days and terms of consideration. Pure: the region's
 * date is handed in. */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct date {
	int year, month, day;
};

/* Years 1850 to 2199: nothing a contact centre writes down lies outside. */
bool date_valid(int year, int month, int day);
/* Days since 1970-01-01, and back. */
int64_t date_to_days(struct date d);
struct date date_of_days(int64_t days);
/* "2026-11-24" -> date. @return 0 or EINVAL */
int date_parse(const char *text, struct date *out);
/* date -> "2026-11-24" */
void date_text(struct date d, char out[11]);
/* 1 Monday … 7 Sunday */
int date_weekday(struct date d);

/* «Рассмотреть до»: the term of a theme counts in calendar days from the day
 * of registration. */
struct date deadline_due(struct date registered, int due_days);

/* Overdue is computed, not a state: the day after the term it begins. */
bool deadline_overdue(struct date due, struct date today);

#endif
