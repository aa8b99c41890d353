#include "cgi/phone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int phone_normalize(const char *text, char out[PHONE_SIZE])
{
	char digits[12];
	const char *ten;
	size_t n = 0;
	bool plus;

	text += strspn(text, " \t");
	plus = *text == '+';
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			continue;
		if (n == 11)
			return EINVAL;
		digits[n++] = *text;
	}

	if (n == 11 && (*digits == '7' || (*digits == '8' && !plus)))
		ten = digits + 1;
	else if (n == 10 && !plus && strchr("3489", *digits))
		ten = digits;
	else
		return EINVAL;

	memcpy(out, "+7", 2);
	memcpy(out + 2, ten, 10);
	out[12] = '\0';
	return 0;
}

static bool is_normal(const char *s)
{
	return strlen(s) == PHONE_SIZE - 1 && !strncmp(s, "+7", 2) &&
	       strspn(s + 2, "0123456789") == 10;
}

bool phone_is_mobile(const char *e164)
{
	return is_normal(e164) && e164[2] == '9';
}

bool phone_is_toll_free(const char *e164)
{
	return is_normal(e164) && !strncmp(e164 + 2, "800", 3);
}

void phone_show(const char *e164, char out[PHONE_SHOWN_SIZE])
{
	size_t n;

	if (is_normal(e164)) {
		snprintf(out, PHONE_SHOWN_SIZE, "+7 (%.3s) %.3s-%.2s-%.2s",
			 e164 + 2, e164 + 5, e164 + 8, e164 + 10);
		return;
	}
	n = strlen(e164);
	if (n > PHONE_SHOWN_SIZE - 1) {
		n = PHONE_SHOWN_SIZE - 1;
		while (n && ((unsigned char)e164[n] & 0xc0) == 0x80)
			n--; /* not through the middle of a letter */
	}
	memcpy(out, e164, n);
	out[n] = '\0';
}

void phone_mask(const char *e164, char out[PHONE_SHOWN_SIZE])
{
	size_t n = strlen(e164);

	if (is_normal(e164)) {
		snprintf(out, PHONE_SHOWN_SIZE, "+7 (***) ***-%.2s-%.2s",
			 e164 + 8, e164 + 10);
		return;
	}
	/* digits only: the raw value may be anything */
	if (n > 4 && strspn(e164 + n - 2, "0123456789") == 2)
		snprintf(out, PHONE_SHOWN_SIZE, "***%s", e164 + n - 2);
	else
		snprintf(out, PHONE_SHOWN_SIZE, "%s", n ? "***" : "");
}

bool phone_is_extension(const char *text)
{
	size_t n = strlen(text);

	return n >= 3 && n <= 6 && strspn(text, "0123456789") == n;
}
