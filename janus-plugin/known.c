#include <string.h>

#include "janus-plugin/known.h"

#define DIGITS "0123456789"

uint64_t cc_number_key(const char *number)
{
	uint64_t key = 0, unit = 1;
	size_t n = strlen(number);
	int digits = 0;

	while (n && digits < 10) {
		const char *d = strchr(DIGITS, number[--n]);

		if (!d)
			continue;
		key += (uint64_t)(d - DIGITS) * unit;
		unit *= 10;
		digits++;
	}
	return key;
}

bool cc_number_personal(const char *number)
{
	char d[12];
	int n = 0;

	for (; *number; number++) {
		if (!strchr(DIGITS, *number))
			continue;
		if (n == 11)
			return false;
		d[n++] = *number;
	}
	if (n == 10)
		return d[0] == '9';
	return n == 11 && (d[0] == '7' || d[0] == '8') && d[1] == '9';
}

static uint64_t bucket(uint64_t key)
{
	return (key * 0x9e3779b97f4a7c15ull >> 40) % CC_KNOWN_BUCKETS;
}

static const struct cc_caller *find(const struct cc_known *k,
				    const char *number)
{
	uint64_t key = cc_number_key(number);
	const struct cc_caller *b = k->of[bucket(key)];

	for (int i = 0; key && i < CC_KNOWN_WAYS; i++)
		if (b[i].key == key)
			return &b[i];
	return NULL;
}

/* NULL: there is no number to remember. */
static struct cc_caller *touch(struct cc_known *k, const char *number,
			       int64_t now)
{
	uint64_t key = cc_number_key(number);
	struct cc_caller *b = k->of[bucket(key)], *c = b;

	if (!key)
		return NULL;
	for (int i = 0; i < CC_KNOWN_WAYS; i++) {
		if (b[i].key == key) {
			c = &b[i];
			break;
		}
		if (!b[i].key || b[i].heard < c->heard)
			c = &b[i];
	}
	if (c->key != key)
		*c = (struct cc_caller){ .key = key };
	c->heard = now;
	return c;
}

void cc_known_talked(struct cc_known *k, const char *number, uint32_t user,
		     int64_t now)
{
	struct cc_caller *c = touch(k, number, now);

	if (!c)
		return;
	c->user = user;
	c->talked = now;
	c->queue = 0;
}

uint32_t cc_known_user(const struct cc_known *k, const char *number,
		       int64_t within_ms, int64_t now)
{
	const struct cc_caller *c = find(k, number);

	return c && c->user && now - c->talked <= within_ms ? c->user : 0;
}

void cc_known_left(struct cc_known *k, const char *number, uint32_t queue,
		   int64_t since, int64_t now)
{
	struct cc_caller *c;

	if (!cc_number_personal(number))
		return;
	c = touch(k, number, now);
	if (!c)
		return;
	c->queue = queue;
	c->since = since;
	c->left = now;
}

bool cc_known_return(struct cc_known *k, const char *number, uint32_t queue,
		     int64_t within_ms, int64_t now, int64_t *since)
{
	struct cc_caller *c = (struct cc_caller *)find(k, number);

	if (!c || !c->queue || c->queue != queue || now - c->left > within_ms)
		return false;
	*since = c->since;
	c->queue = 0;
	return true;
}
