#include "cgi/hours_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *spaces(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* One or two digits. @return behind them, or NULL */
static const char *two(const char *p, unsigned *out)
{
	size_t n = strspn(p, "0123456789");

	if (!n || n > 2)
		return NULL;
	*out = 0;
	for (; n; n--)
		*out = *out * 10 + (unsigned)(*p++ - '0');
	return p;
}

static const char *moment(const char *p, uint16_t *out)
{
	unsigned hour = 0, minute = 0;

	p = two(spaces(p), &hour);
	if (p && (*p == ':' || *p == '.'))
		p = two(p + 1, &minute);
	if (!p || minute > 59 || hour * 60 + minute > 24 * 60)
		return NULL;
	*out = (uint16_t)(hour * 60 + minute);
	return spaces(p);
}

/* A hyphen or a dash. */
static const char *dash(const char *p)
{
	if (*p == '-')
		return p + 1;
	return strncmp(p, "–", 3) && strncmp(p, "—", 3) ? NULL : p + 3;
}

int hours_parse(const char *text, struct hours_span *out, size_t *n)
{
	const char *p = spaces(text);
	size_t count = 0;

	while (*p) {
		struct hours_span s = { 0, 0 };

		if (count == HOURS_SPANS)
			return E2BIG;
		p = moment(p, &s.opens);
		p = p ? dash(p) : NULL;
		p = p ? moment(p, &s.closes) : NULL;
		if (!p || s.closes <= s.opens ||
		    (count && s.opens < out[count - 1].closes))
			return EINVAL;
		out[count++] = s;
		if (*p == ',' || *p == ';')
			p = spaces(p + 1);
		else if (*p)
			return EINVAL;
	}
	*n = count;
	return 0;
}

void hours_write(const struct hours_span *spans, size_t n, char out[HOURS_TEXT])
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && i < HOURS_SPANS; i++)
		at += (size_t)snprintf(
		    out + at, HOURS_TEXT - at, "%s%02u:%02u–%02u:%02u",
		    i ? ", " : "", spans[i].opens / 60u, spans[i].opens % 60u,
		    spans[i].closes / 60u, spans[i].closes % 60u);
}
