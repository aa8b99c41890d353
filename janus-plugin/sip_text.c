#include "janus-plugin/sip_text.h"

#include <string.h>
#include <strings.h>

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

bool cc_sip_number_ok(const char *s)
{
	size_t i = 0;

	if (!s)
		return false;
	if (s[0] == '+' && !is_digit(s[1]))
		return false;
	if (s[0] == '+')
		s++;
	for (; s[i]; i++) {
		if (!is_digit(s[i]) && s[i] != '*' && s[i] != '#')
			return false;
		if (i >= 32)
			return false;
	}
	return i > 0;
}

static int hex(int c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Undoes %XX up to ";". NUL and controls become "?". */
static void unescape(char *dst, size_t size, const char *s)
{
	size_t n = 0;

	while (*s && *s != ';' && n + 1 < size) {
		int c = (unsigned char)*s++;

		if (c == '%' && hex(s[0]) >= 0 && hex(s[1]) >= 0) {
			c = hex(s[0]) * 16 + hex(s[1]);
			s += 2;
		}
		dst[n++] = c > ' ' && c < 127 ? (char)c : c == ' ' ? ' ' : '?';
	}
	dst[n] = '\0';
}

/* Only digits and separators, at least one digit: "+7 (8652) 00-00-01" */
static bool is_spaced_number(const char *s)
{
	bool digits = false;

	for (size_t i = 0; s[i]; i++) {
		if (is_digit(s[i]))
			digits = true;
		else if (!strchr("+*#-.() ", s[i]))
			return false;
	}
	return digits;
}

void cc_sip_user_read(char *dst, size_t size, const char *user)
{
	static const char *const hidden[] = { "anonymous", "restricted",
					      "unavailable", "unknown" };
	char text[128];
	size_t n = 0;

	unescape(text, sizeof(text), user ? user : "");
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (!strcasecmp(text, hidden[i]))
			text[0] = '\0';

	if (is_spaced_number(text)) {
		for (size_t i = 0; text[i]; i++)
			if (!strchr("-.() ", text[i]))
				text[n++] = text[i];
		text[n] = '\0';
	}
	cc_sip_printable(dst, size, text);
}

void cc_sip_printable(char *dst, size_t size, const char *src)
{
	size_t n = 0;

	for (; src && src[n] && n + 1 < size; n++)
		dst[n] = src[n] >= ' ' && src[n] < 127 ? src[n] : '?';
	dst[n] = '\0';
}

static int digit_of(const char *s, size_t len)
{
	while (len && (*s == ' ' || *s == '\t'))
		s++, len--;
	while (len && strchr(" \t\r\n", s[len - 1]))
		len--;

	if (len == 2 && s[0] == '1' && (s[1] == '0' || s[1] == '1'))
		return s[1] == '0' ? '*' : '#'; /* event codes 10 and 11 */
	if (len != 1)
		return 0;
	if (is_digit(*s) || *s == '*' || *s == '#')
		return *s;
	if (*s >= 'A' && *s <= 'D')
		return *s;
	if (*s >= 'a' && *s <= 'd')
		return *s - 'a' + 'A';
	return 0;
}

int cc_sip_info_digit(const char *type, const char *body, size_t len)
{
	static const char key[] = "Signal";
	size_t at = 0;

	if (!type)
		return -1;
	if (!strcasecmp(type, "application/dtmf"))
		return digit_of(body, len);
	if (strcasecmp(type, "application/dtmf-relay"))
		return -1;

	while (at < len) { /* "Signal=5", one setting a line */
		const char *line = body + at;
		const char *end = memchr(line, '\n', len - at);
		size_t n = end ? (size_t)(end - line) : len - at;
		size_t k = sizeof(key) - 1;

		if (n > k && !strncasecmp(line, key, k)) {
			while (k < n && (line[k] == ' ' || line[k] == '='))
				k++;
			return digit_of(line + k, n - k);
		}
		at += n + 1;
	}
	return 0;
}
