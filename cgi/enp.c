#include "cgi/enp.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* Luhn over 15 digits, which is HL7 Mod 10. */
static unsigned check_digit(const char *text)
{
	unsigned sum = 0;

	for (int i = 0; i < 15; i++) {
		unsigned d = (unsigned)(text[i] - '0');

		if (i % 2 == 0) { /* odd places counted from the right */
			d *= 2;
			if (d > 9)
				d -= 9;
		}
		sum += d;
	}
	return (10 - sum % 10) % 10;
}

/* The month tells the age: +20 up to 1950, +40 up to 2000. */
static int age_shift(int year)
{
	if (year <= 1950)
		return 20;
	return year <= 2000 ? 40 : 0;
}

static bool valid_date(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (year < 1850 || year > 2199 || month < 1 || month > 12)
		return false;
	return day >= 1 && day <= days[month - 1] + (leap && month == 2);
}

static int two(const char *s)
{
	return (s[0] - '0') * 10 + s[1] - '0';
}

int enp_parse(const char *text, struct enp *out)
{
	struct enp e;

	if (strlen(text) != 16 || strspn(text, "0123456789") != 16)
		return EINVAL;
	if ((unsigned)(text[15] - '0') != check_digit(text))
		return EBADMSG;

	e.region = (unsigned)two(text);
	e.year = 9999 - (text[7] - '0') * 1000 - (text[6] - '0') * 100 -
		 (text[5] - '0') * 10 - (text[4] - '0');
	e.month = 99 - two(text + 2) - age_shift(e.year);
	e.day = 99 - two(text + 8);
	e.male = e.day > 50;
	if (e.male)
		e.day -= 50;
	if (!e.region || !valid_date(e.year, e.month, e.day))
		return EDOM;
	if (out)
		*out = e;
	return 0;
}

static void put(char *at, unsigned value, int digits)
{
	while (digits--) {
		at[digits] = (char)('0' + value % 10);
		value /= 10;
	}
}

int enp_make(const struct enp *from, unsigned serial, char out[ENP_SIZE])
{
	unsigned year;

	if (!from->region || from->region > 99 || serial > 99999 ||
	    !valid_date(from->year, from->month, from->day))
		return EINVAL;

	year = 9999 - (unsigned)from->year;
	put(out, from->region, 2);
	put(out + 2, 99 - (unsigned)(from->month + age_shift(from->year)), 2);
	for (int i = 4; i < 8; i++, year /= 10)
		out[i] = (char)('0' + year % 10);
	put(out + 8, 99 - (unsigned)(from->day + (from->male ? 50 : 0)), 2);
	put(out + 10, serial, 5);
	out[15] = (char)('0' + check_digit(out));
	out[16] = '\0';
	return 0;
}
