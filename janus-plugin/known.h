/*
 * known.h - what is remembered of callers by their number: whom they talked
 * to, and which place they gave up. Pure; times are monotonic ms.
 *
 * Of fixed size: eight callers a bucket, the one heard of longest ago makes
 * room. It lives as long as the process; a restart forgets.
 */
#ifndef CC_KNOWN_H
#define CC_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#define CC_KNOWN_WAYS    8
#define CC_KNOWN_BUCKETS 1024

struct cc_known {
	struct cc_caller {
		uint64_t key;   /* 0 = free */
		int64_t heard;  /* last change */
		int64_t talked; /* when to `user` */
		int64_t left;   /* when he gave up a place in `queue` */
		int64_t since;  /* its rank */
		uint32_t user;  /* 0 = none */
		uint32_t queue; /* 0 = none */
	} of[CC_KNOWN_BUCKETS][CC_KNOWN_WAYS];
};

/* The last ten digits: +7…, 8… and 7… are one. 0 = no number. */
uint64_t cc_number_key(const char *number);
/* One person's: a Russian mobile number (DEF 9xx). The number of an office
 * exchange says little about who calls. */
bool cc_number_personal(const char *number);

void cc_known_talked(struct cc_known *k, const char *number, uint32_t user,
		     int64_t now);
/* Whom he talked to, not longer ago than within_ms; 0 = nobody. */
uint32_t cc_known_user(const struct cc_known *k, const char *number,
		       int64_t within_ms, int64_t now);

/* He hung up waiting in a queue; only of a personal number. */
void cc_known_left(struct cc_known *k, const char *number, uint32_t queue,
		   int64_t since, int64_t now);
/**
 * The place he gave up not longer ago than within_ms; it is his once.
 *
 * @return true, and *since
 */
bool cc_known_return(struct cc_known *k, const char *number, uint32_t queue,
		     int64_t within_ms, int64_t now, int64_t *since);

#endif
