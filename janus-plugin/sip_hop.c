/* sip_hop.c - the few words of a message that name its transport. */
#include "janus-plugin/sip_hop.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What is being written; the caller has made room for all of it. */
struct out {
	char *at;
};

static void put(struct out *o, const char *s, size_t n)
{
	memcpy(o->at, s, n);
	o->at += n;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t cc_hop_head(const char *s, size_t len)
{
	const char *end = memmem(s, len, "\r\n\r\n", 4);

	return end ? (size_t)(end - s) + 4 : 0;
}

/* ---- Via ---- */

/* "SIP/2.0/TLS": the third word. @return its length, *at: where it begins */
static size_t find_transport(const char *s, size_t len, size_t *at)
{
	size_t i = 0, n = 0;

	for (int slashes = 0; i < len && slashes < 2; i++)
		slashes += s[i] == '/';
	while (i < len && is_blank(s[i]))
		i++;
	while (i + n < len && !is_blank(s[i + n]))
		n++;
	*at = i;
	return n;
}

/* The first of several values: up to a comma outside quotes. */
static size_t first_value(const char *s, size_t len)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < len && (quoted || s[i] != ','); i++) {
		if (quoted && s[i] == '\\' && i + 1 < len)
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
	}
	return i;
}

/* Is ";name" or ";name=…" what begins here? @return its whole length or 0 */
static size_t param(const char *s, size_t len, const char *name)
{
	const size_t want = strlen(name);
	size_t i = 1, n;

	while (i < len && is_blank(s[i]))
		i++;
	if (len - i < want || strncasecmp(s + i, name, want) != 0)
		return 0;
	n = i + want;
	if (n < len && s[n] != '=' && s[n] != ';' && !is_blank(s[n]))
		return 0;
	while (n < len && s[n] != ';' && s[n] != '\r')
		n++;
	return n;
}

/* received and rport name who asked: for sofia that is us. Each once, so that
 * no message grows by more than CC_HOP_GROWTH. */
static void put_params(struct out *o, const char *s, size_t len,
		       const struct cc_hop *hop)
{
	bool received = false, rport = false;
	size_t i = 0, n;

	while (i < len) {
		if (s[i] != ';') {
			put(o, &s[i++], 1);
		} else if (!received &&
			   (n = param(s + i, len - i, "received"))) {
			o->at += sprintf(o->at, ";received=%s", hop->address);
			received = true;
			i += n;
		} else if (!rport && (n = param(s + i, len - i, "rport"))) {
			o->at +=
			    sprintf(o->at, ";rport=%u", (unsigned)hop->port);
			rport = true;
			i += n;
		} else {
			put(o, &s[i++], 1);
		}
	}
}

static void put_via(struct out *o, const char *s, size_t len,
		    const struct cc_hop *hop, bool response)
{
	const char *from = hop->outward ? "TCP" : "TLS";
	const char *to = hop->outward ? "TLS" : "TCP";
	const size_t first = first_value(s, len);
	size_t at;
	const size_t n = find_transport(s, first, &at);

	put(o, s, at);
	if (n == 3 && !strncasecmp(s + at, from, 3))
		put(o, to, 3);
	else
		put(o, s + at, n);
	if (hop->outward && response)
		put_params(o, s + at + n, first - at - n, hop);
	else
		put(o, s + at + n, first - at - n);
	put(o, s + first, len - first);
}

/* ---- Contact ---- */

static void put_contact(struct out *o, const char *s, size_t len)
{
	static const char tcp[] = ";transport=tcp";
	const size_t n = sizeof(tcp) - 1;

	for (size_t i = 0; i < len;) {
		if (len - i >= n && !strncasecmp(s + i, tcp, n)) {
			put(o, ";transport=tls", n);
			i += n;
		} else {
			put(o, &s[i++], 1);
		}
	}
}

/* ---- all of it ---- */

/* @return false: no length that we take */
static bool read_length(const char *s, size_t len, size_t *out)
{
	size_t n = 0, i = 0;

	while (i < len && is_blank(s[i]))
		i++;
	if (i == len)
		return false;
	for (; i < len && s[i] >= '0' && s[i] <= '9'; i++) {
		n = n * 10 + (size_t)(s[i] - '0');
		if (n > CC_HOP_BODY)
			return false;
	}
	while (i < len && is_blank(s[i]))
		i++;
	*out = n;
	return i == len;
}

/* A line with those that continue it (RFC 3261 7.3.1). */
static size_t line_length(const char *s, size_t len)
{
	size_t n = 0;

	do {
		const char *end = memchr(s + n, '\n', len - n);

		n = end ? (size_t)(end - s) + 1 : len;
	} while (n < len && (s[n] == ' ' || s[n] == '\t'));
	return n;
}

static bool is_name(const char *s, size_t len, const char *name, char shortly)
{
	while (len && is_blank(s[len - 1]))
		len--;
	return (len == strlen(name) && !strncasecmp(s, name, len)) ||
	       (len == 1 && (s[0] | 0x20) == shortly);
}

size_t cc_hop_rewrite(char *out, const char *head, size_t len,
		      const struct cc_hop *hop, size_t *body)
{
	const bool response = len > 8 && !strncasecmp(head, "SIP/2.0 ", 8);
	bool via = false, measured = false;
	struct out o = { out };
	size_t at = line_length(head, len), n;

	if (len > CC_HOP_HEAD)
		return 0;
	*body = 0;
	put(&o, head, at);
	for (; at < len; at += n) {
		const char *s = head + at, *colon;
		size_t name;

		n = line_length(s, len - at);
		colon = memchr(s, ':', n);
		name = colon ? (size_t)(colon - s) + 1 : 0;
		put(&o, s, name);
		if (name && !via && is_name(s, name - 1, "Via", 'v')) {
			put_via(&o, s + name, n - name, hop, response);
			via = true;
			continue;
		}
		if (name && is_name(s, name - 1, "Content-Length", 'l')) {
			/* two lengths: where the next message begins would be
			 * a matter of opinion */
			if (measured || !read_length(s + name, n - name, body))
				return 0;
			measured = true;
		}
		if (name && hop->outward &&
		    is_name(s, name - 1, "Contact", 'm'))
			put_contact(&o, s + name, n - name);
		else
			put(&o, s + name, n - name);
	}
	return (size_t)(o.at - out);
}
