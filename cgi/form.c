#include "cgi/form.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

bool form_utf8(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s, *end = p + len;

	while (p < end) {
		uint32_t c = *p++, least;
		int more;

		if (c < 0x80)
			continue;
		if (c >= 0xc2 && c < 0xe0) {
			more = 1;
			c &= 0x1f;
			least = 0x80;
		} else if (c >= 0xe0 && c < 0xf0) {
			more = 2;
			c &= 0x0f;
			least = 0x800;
		} else if (c >= 0xf0 && c < 0xf5) {
			more = 3;
			c &= 0x07;
			least = 0x10000;
		} else {
			return false;
		}
		for (; more; more--) {
			if (p == end || (*p & 0xc0) != 0x80)
				return false;
			c = c << 6 | (*p++ & 0x3f);
		}
		if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			return false;
	}
	return true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

size_t form_unescape(char *s, size_t len, bool plus)
{
	size_t from = 0, to = 0;

	while (from < len) {
		char c = s[from++];

		if (c == '+' && plus) {
			c = ' ';
		} else if (c == '%') {
			int hi, lo;

			if (len - from < 2)
				return (size_t)-1;
			hi = hex(s[from]);
			lo = hex(s[from + 1]);
			if (hi < 0 || lo < 0)
				return (size_t)-1;
			from += 2;
			c = (char)(hi << 4 | lo);
		}
		if (!c)
			return (size_t)-1;
		s[to++] = c;
	}
	s[to] = '\0';
	return to;
}

/* One name=value; both decoded in place and terminated. The byte behind the
 * pair is its separator or the spare byte of the buffer. */
static int add_pair(struct form *out, char *pair, size_t len)
{
	char *eq = memchr(pair, '=', len), *value = pair + len;
	size_t name_len = len, value_len = 0;

	if (eq) {
		name_len = (size_t)(eq - pair);
		value = eq + 1;
		value_len = len - name_len - 1;
	} else {
		*value = '\0';
	}
	name_len = form_unescape(pair, name_len, true);
	value_len = form_unescape(value, value_len, true);
	if (name_len == (size_t)-1 || value_len == (size_t)-1)
		return EBADMSG;
	if (!form_utf8(pair, name_len) || !form_utf8(value, value_len))
		return EILSEQ;
	if (name_len > FORM_MAX_NAME || out->count == FORM_MAX_FIELDS)
		return E2BIG;
	out->fields[out->count++] = (struct form_field){ .name = pair,
							 .value = value,
							 .len = value_len };
	return 0;
}

int form_parse(struct form *out, char *buf, size_t len)
{
	char *end = buf + len;
	int err = 0;

	out->count = 0;
	while (!err && buf < end) {
		char *amp = memchr(buf, '&', (size_t)(end - buf));
		size_t n = (size_t)((amp ? amp : end) - buf);

		if (n)
			err = add_pair(out, buf, n);
		buf += n + 1;
	}
	if (err)
		out->count = 0;
	return err;
}

int form_parse_cookies(struct form *out, char *buf, size_t len)
{
	char *end = buf + len;

	out->count = 0;
	while (buf < end) {
		char *semi = memchr(buf, ';', (size_t)(end - buf));
		char *next = semi ? semi : end, *eq;

		while (buf < next && (*buf == ' ' || *buf == '\t'))
			buf++;
		eq = memchr(buf, '=', (size_t)(next - buf));
		*next = '\0';
		if (eq && eq - buf <= FORM_MAX_NAME &&
		    form_utf8(buf, (size_t)(next - buf)) &&
		    !memchr(buf, '\0', (size_t)(next - buf))) {
			if (out->count == FORM_MAX_FIELDS)
				break; /* nobody's fault, and not ours */
			*eq = '\0';
			out->fields[out->count++] =
			    (struct form_field){ .name = buf,
						 .value = eq + 1,
						 .len =
						     (size_t)(next - eq - 1) };
		}
		buf = next + 1;
	}
	return 0;
}

const struct form_field *form_find(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (!strcmp(form->fields[i].name, name))
			return &form->fields[i];
	return NULL;
}
