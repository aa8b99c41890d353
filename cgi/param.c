#include "cgi/param.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/deadline.h"

int param_u64(const struct form *form, const char *name, uint64_t min,
	      uint64_t max, uint64_t *out)
{
	const struct form_field *f = form_find(form, name);
	uint64_t v = 0;

	if (!f || !f->len)
		return ENOENT;
	for (const char *p = f->value; *p; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (*p < '0' || *p > '9' || v > (UINT64_MAX - digit) / 10)
			return EINVAL;
		v = v * 10 + digit;
	}
	if (v < min || v > max)
		return EINVAL;
	*out = v;
	return 0;
}

int param_text(const struct form *form, const char *name, size_t min,
	       size_t max, char *out, size_t size)
{
	const struct form_field *f = form_find(form, name);
	const char *from = f ? f->value : "";
	size_t len = f ? f->len : 0, chars = 0;

	while (len && strchr(" \t\r\n", *from)) {
		from++;
		len--;
	}
	while (len && strchr(" \t\r\n", from[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)from[i];

		if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') ||
		    c == 0x7f)
			return EINVAL;
		chars += (c & 0xc0) != 0x80;
	}
	if (!chars && min)
		return ENOENT;
	if (chars < min || chars > max || len >= size)
		return EINVAL;
	memcpy(out, from, len);
	out[len] = '\0';
	return 0;
}

int param_choice(const struct form *form, const char *name,
		 const char *const *list, size_t n, size_t *out)
{
	const struct form_field *f = form_find(form, name);

	if (!f || !f->len)
		return ENOENT;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(f->value, list[i]) != 0)
			continue;
		*out = i;
		return 0;
	}
	return EINVAL;
}

/* Exactly n digits at p. @return the number, or -1 */
static int digits(const char *p, int n)
{
	int v = 0;

	for (; n; n--, p++) {
		if (!isdigit((unsigned char)*p))
			return -1;
		v = v * 10 + (*p - '0');
	}
	return v;
}

int param_date(const struct form *form, const char *name, char out[11])
{
	const struct form_field *f = form_find(form, name);
	const char *s = f ? f->value : "";
	int y, m, d;

	if (!f || !f->len)
		return ENOENT;
	if (f->len != 10)
		return EINVAL;
	if (s[4] == '-' && s[7] == '-') {
		y = digits(s, 4);
		m = digits(s + 5, 2);
		d = digits(s + 8, 2);
	} else if ((s[2] == '.' && s[5] == '.') ||
		   (s[2] == '-' && s[5] == '-')) {
		d = digits(s, 2);
		m = digits(s + 3, 2);
		y = digits(s + 6, 4);
	} else {
		return EINVAL;
	}
	if (!date_valid(y, m, d))
		return EINVAL;
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)y % 10000,
		 (unsigned)m % 100, (unsigned)d % 100);
	return 0;
}

int param_uuid(const char *text, char out[37])
{
	char id[37];

	for (size_t i = 0; i < 36; i++) {
		unsigned char c = (unsigned char)text[i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? c != '-' : !isxdigit(c))
			return EINVAL; /* a NUL is neither */
		id[i] = (char)tolower(c);
	}
	if (text[36])
		return EINVAL;
	id[36] = '\0';
	memcpy(out, id, sizeof(id));
	return 0;
}
