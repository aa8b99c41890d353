/*
 * throttle.h - how often a password may be tried, by account and by address,
 * asked before any hash is computed. The counters are in one small file that
 * all workers map; nothing in it names a person.
 */
#ifndef THROTTLE_H
#define THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

/* One bucket: when it would be empty again (ms since 1970). */
struct throttle_rule {
	int64_t burst;       /* tries at once */
	int64_t interval_ms; /* then one in this time */
};

/* Pure: one try at now_ms. *empty_at changes only when it is let through.
 * @return how long to wait in ms, 0: go on */
int64_t throttle_try(int64_t *empty_at, const struct throttle_rule *rule,
		     int64_t now_ms);
/* Give one try back: it was a right password. */
void throttle_refund(int64_t *empty_at, const struct throttle_rule *rule);

struct throttle;

/* key: 16 secret bytes for the slot numbers. @return 0 or an errno value */
int throttle_open(struct throttle **tp, const char *path,
		  const unsigned char key[16]);
void throttle_close(struct throttle **tp);

/* @return how many seconds to wait, 0: go on (both counters have moved) */
unsigned throttle_login(struct throttle *t, const char *login,
			const char *address, int64_t now_ms);
void throttle_passed(struct throttle *t, const char *login,
		     const char *address);

#endif
