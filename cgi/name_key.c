#include "cgi/name_key.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

/* One character of UTF-8. @return its length, 0 when it is none */
static size_t decode(const char *text, uint32_t *out)
{
	const unsigned char *s = (const unsigned char *)text;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n;
	uint32_t c;

	if (s[0] < 0x80) {
		*out = s[0];
		return 1;
	}
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;

	c = s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return n;
}

static size_t encode(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0xa0 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f ||
	       c == 0x3000;
}

static bool is_hyphen(uint32_t c)
{
	return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 ||
	       c == 0xfe63 || c == 0xff0d;
}

static bool is_apostrophe(uint32_t c)
{
	return c == '\'' || c == '`' || c == 0xb4 || c == 0x2bc ||
	       c == 0x2018 || c == 0x2019;
}

/* Soft hyphen, zero width characters and marks of direction. */
static bool is_invisible(uint32_t c)
{
	return c == 0xad || (c >= 0x200b && c <= 0x200f) || c == 0x2060 ||
	       c == 0xfeff;
}

static uint32_t upper(uint32_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 0x430 && c <= 0x44f) ||
	    (c >= 0xe0 && c <= 0xfe && c != 0xf7))
		return c - 0x20;
	if (c >= 0x450 && c <= 0x45f)
		return c - 0x50;
	/* pairs, capital first: Latin A and B, historic Cyrillic, and the
	 * letters of the Turkic and Caucasian languages */
	if ((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177) ||
	    (c >= 0x460 && c <= 0x481) || (c >= 0x48a && c <= 0x4bf) ||
	    (c >= 0x4d0 && c <= 0x52f))
		return c & ~1u;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e) ||
	    (c >= 0x4c1 && c <= 0x4ce))
		return c % 2 ? c : c - 1; /* pairs, capital odd */
	return c == 0x4cf ? 0x4c0 : c;
}

static uint32_t fold(uint32_t c)
{
	if (is_hyphen(c))
		return '-';
	if (is_space(c))
		return ' ';
	if (is_apostrophe(c))
		return '\'';
	c = upper(c);
	return c == 0x401 ? 0x415 : c; /* Ё */
}

int name_key(const char *text, char *out, size_t size)
{
	char key[1024];
	size_t n = 0, last = 0, used;
	uint32_t c, before = ' ';

	while ((used = decode(text, &c)) && c) {
		text += used;
		c = fold(c);
		if (is_invisible(c))
			continue;
		if (c == 0x308 && before == 0x415)
			continue; /* Ё typed as Е with two dots */
		if (c == 0x306 && before == 0x418) {
			n = last; /* Й typed as И with its bow */
			c = 0x419;
		}
		/* no space twice, at the beginning or beside a hyphen */
		if (c == ' ' && (before == ' ' || before == '-'))
			continue;
		if (c == '-' && before == ' ' && n)
			n = last;
		if (c == '-' && before == '-')
			continue;
		if (n + 5 > sizeof(key))
			return ENOSPC;
		last = n;
		n += encode(c, key + n);
		before = c;
	}
	if (!used)
		return EILSEQ;
	if (n && key[n - 1] == ' ')
		n--;
	if (n >= size)
		return ENOSPC;
	memcpy(out, key, n);
	out[n] = '\0';
	return 0;
}

bool name_valid(const char *text)
{
	size_t chars = 0, used;
	bool letter = false;
	uint32_t c;

	while ((used = decode(text, &c)) && c) {
		text += used;
		chars++;
		if ((c >= 0x400 && c <= 0x52f && c != 0x482) ||
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= 0xc0 && c <= 0x17f && c != 0xd7 && c != 0xf7))
			letter = true;
		else if (!is_hyphen(c) && c != ' ' && !is_apostrophe(c) &&
			 c != '.')
			return false;
	}
	return used && letter && chars <= NAME_CHARS;
}
