/* store_notice.h - what an employee is told about appeals, and has read. */
#ifndef STORE_NOTICE_H
#define STORE_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

struct db;

#define NOTICES_SHOWN 100

struct notice {
	uint64_t appeal; /* 0: it is about `amount` of them, or an answer */
	uint32_t answer; /* version of it, 0: none */
	char code[13];   /* its code, and why it was refused; "" */
	char why[2401];
	char number[17];
	char kind[17];
	uint64_t amount;
	char day[11]; /* of a reminder: the term; or "" */
	int64_t at_ms;
	bool read;
};

/* In the caller's transaction: the row, and the word to his pages (wake the
 * plugin after the commit). kind: of a step. */
int store_notice_put(struct db *db, int64_t now_ms, uint64_t user,
		     uint64_t appeal, const char *kind);
/* The same to every administrator of the centre but one, about no appeal. */
int store_notice_admins(struct db *db, int64_t now_ms, uint64_t but,
			const char *kind);
/* The same about his proposal of an answer (K-5.1.5.5). */
int store_notice_answer(struct db *db, int64_t now_ms, uint32_t user,
			uint32_t answer, const char *kind);
/* Newest first, NOTICES_SHOWN and one that tells that there are more. */
int store_notices(struct db *db, uint32_t user,
		  int (*each)(void *arg, const struct notice *n), void *arg);
int store_notices_unread(struct db *db, uint32_t user, uint64_t *n);
/* He has seen those of that appeal or answer (both 0: all); any: one was new
 * to him. */
int store_notices_read(struct db *db, int64_t now_ms, uint32_t user,
		       uint64_t appeal, uint32_t answer, bool *any);

#endif
