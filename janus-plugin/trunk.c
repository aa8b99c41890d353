/* trunk.c - health, choice and patience of the trunks. */
#include "janus-plugin/trunk.h"

#include "janus-plugin/util.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the administrator wrote ---- */

static bool host_ok(const char *s)
{
	if (!isalnum((unsigned char)s[0]))
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '.' && *s != '-')
			return false;
	return true;
}

static bool number_ok(const char *s)
{
	if (*s == '+')
		s++;
	return s[0] && strspn(s, "0123456789*#") == strlen(s);
}

/* RFC 3261 25.1: unreserved and the harmless of user-unreserved. */
static bool user_ok(const char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("-_.!~*'()+&=$", *s))
			return false;
	return true;
}

int cc_trunk_host(const struct cc_trunk_conf *conf, size_t n, char *host,
		  uint16_t *port)
{
	const char *s = conf->host;
	char text[CC_TRUNK_HOST];
	unsigned long number = conf->port;
	size_t len;
	char *colon;
	char *end;

	for (; n; n--) {
		s = strchr(s, ',');
		if (!s)
			return ENOENT;
		s++;
	}
	s += strspn(s, " ");
	len = strcspn(s, ",");
	while (len && s[len - 1] == ' ')
		len--;
	if (len >= sizeof(text))
		return EINVAL;
	memcpy(text, s, len);
	text[len] = '\0';
	colon = strchr(text, ':');
	if (colon) {
		*colon++ = '\0';
		number = isdigit((unsigned char)*colon)
			     ? strtoul(colon, &end, 10)
			     : 0;
		if (!number || *end)
			return EINVAL;
	}
	if (!number || number > 65535 || !host_ok(text))
		return EINVAL;
	strcpy(host, text);
	*port = (uint16_t)number;
	return 0;
}

bool cc_trunk_conf_ok(const struct cc_trunk_conf *conf)
{
	char host[CC_TRUNK_HOST];
	uint16_t port;
	size_t n = 0;
	int err;

	do
		err = cc_trunk_host(conf, n++, host, &port);
	while (!err);
	return err == ENOENT && n > 1 && conf->id &&
	       (!conf->presented[0] || number_ok(conf->presented)) &&
	       user_ok(conf->user) && (!conf->registers || conf->user[0]);
}

bool cc_trunk_conf_same(const struct cc_trunk_conf *a,
			const struct cc_trunk_conf *b)
{
	return a->id == b->id && a->registers == b->registers &&
	       a->port == b->port && a->transport == b->transport &&
	       a->expires_s == b->expires_s && !strcmp(a->host, b->host) &&
	       !strcmp(a->presented, b->presented) &&
	       !strcmp(a->user, b->user) && !strcmp(a->secret, b->secret);
}

/* ---- health ---- */

unsigned cc_health_step(struct cc_health *h, bool good, unsigned targets)
{
	const enum cc_line was = h->line;
	unsigned todo = 0;

	if (good) {
		*h = (struct cc_health){ .line = CC_LINE_UP };
		return was != CC_LINE_UP ? CC_HEALTH_CHANGED : 0;
	}
	/* the second target of a bad line gets no second chance */
	if (++h->misses < CC_TRUNK_MISSES && !h->tried && was != CC_LINE_DOWN)
		return 0;
	if (targets > 1)
		todo |= CC_HEALTH_NEXT;
	if (++h->tried >= targets) {
		h->line = CC_LINE_DOWN;
		h->tried = 0;
		if (was != CC_LINE_DOWN)
			todo |= CC_HEALTH_CHANGED;
	} else {
		todo |= CC_HEALTH_ASK;
	}
	h->misses = 0;
	return todo;
}

/* ---- choice ---- */

/* 0: works, 1: nobody knows, 2: known bad; -1: cannot be used */
static int rank(const struct cc_trunk_view *v)
{
	if (v->tried || !v->ready)
		return -1;
	if (v->line == CC_LINE_DOWN)
		return 2;
	if (v->registers && !v->registered)
		return v->line == CC_LINE_UP ? 2 : 1;
	return v->line == CC_LINE_UP ? 0 : 1;
}

size_t cc_trunk_choose(const struct cc_trunk_view *v, size_t n, uint32_t want)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++) {
		const int r = rank(&v[i]);

		if (r < 0)
			continue;
		if (want && v[i].id == want && r < 2)
			return i;
		if (best == n || r < rank(&v[best]))
			best = i;
	}
	return best;
}

bool cc_trunk_failed(int status, bool said, bool heard)
{
	if (heard)
		return false;
	if (!said)
		return status == 408 || status >= 500;
	return status == 500 || status == 502 || status == 503 || status == 504;
}

/* ---- registration ---- */

static const struct patience {
	int from, to; /* status */
	unsigned first, most;
} patience[] = {
	{ 401, 401, 600, 3600 }, /* wrong name or password */
	{ 403, 403, 900, 3600 }, /* forbidden */
	{ 404, 404, 900, 3600 }, /* nobody knows us */
	{ 407, 407, 600, 3600 }, /* as 401, at a proxy */
	{ 408, 408, 5, 300 },    /* silence */
	{ 423, 423, 300, 3600 }, /* Min-Expires was followed already */
	{ 480, 480, 30, 600 },   /* not now */
	{ 500, 599, 15, 600 },   { 600, 699, 900, 3600 },
};

unsigned cc_register_delay(int status, unsigned attempt, unsigned after)
{
	unsigned first = 600, most = 3600, wait;

	for (size_t i = 0; i < CC_LEN(patience); i++) {
		if (status < patience[i].from || status > patience[i].to)
			continue;
		first = patience[i].first;
		most = patience[i].most;
		break;
	}
	wait = first;
	for (; attempt > 1 && wait < most; attempt--)
		wait *= 2;
	if (wait > most)
		wait = most;
	if (after > wait)
		wait = after < 3600 ? after : 3600;
	return wait;
}
