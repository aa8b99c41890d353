#include "cgi/snils.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static unsigned check_number(const char *digits)
{
	unsigned sum = 0;

	for (int i = 0; i < 9; i++)
		sum += (unsigned)(digits[i] - '0') * (unsigned)(9 - i);
	return sum % 101 % 100; /* 100 becomes 00 */
}

/* "NNN-NNN-NNN CC" without its marks, or 11 digits as they are. */
static int strip(const char *text, char digits[SNILS_SIZE])
{
	static const char form[] = "000-000-000 00";
	size_t n = 0, len = strlen(text);

	if (len == SNILS_SIZE - 1 &&
	    strspn(text, "0123456789") == SNILS_SIZE - 1) {
		memcpy(digits, text, SNILS_SIZE);
		return 0;
	}
	if (len != sizeof(form) - 1)
		return EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (form[i] != '0') {
			if (text[i] != form[i])
				return EINVAL;
		} else if (text[i] < '0' || text[i] > '9') {
			return EINVAL;
		} else {
			digits[n++] = text[i];
		}
	}
	digits[n] = '\0';
	return 0;
}

int snils_parse(const char *text, char digits[SNILS_SIZE])
{
	char d[SNILS_SIZE];

	if (strip(text, d) || strspn(d, "0") == SNILS_SIZE - 1)
		return EINVAL;
	/* numbers up to 001-001-998 were given out without a check */
	if (strncmp(d, "001001998", 9) > 0 &&
	    (unsigned)((d[9] - '0') * 10 + d[10] - '0') != check_number(d))
		return EBADMSG;
	memcpy(digits, d, sizeof(d));
	return 0;
}

void snils_show(const char *digits, char out[SNILS_SHOWN_SIZE])
{
	static const char form[] = "000-000-000 00";

	for (size_t i = 0; i < sizeof(form); i++)
		out[i] = form[i] == '0' ? *digits++ : form[i];
}

int snils_make(unsigned number, char digits[SNILS_SIZE])
{
	unsigned check;

	if (!number || number > 999999999)
		return EINVAL;
	for (int i = 8; i >= 0; i--, number /= 10)
		digits[i] = (char)('0' + number % 10);
	check = check_number(digits);
	digits[9] = (char)('0' + check / 10);
	digits[10] = (char)('0' + check % 10);
	digits[11] = '\0';
	return 0;
}
