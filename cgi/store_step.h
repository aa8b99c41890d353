/* store_step.h - one step of an appeal, whole or not at all; and what steps
 * are judged by. */
#ifndef STORE_STEP_H
#define STORE_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/appeal_cycle.h"

struct ctx;
struct db;

/*
 * In the caller's transaction: the row with its version, the history with
 * what changed in its fields, the forwarding, the access log, and the word to
 * everybody concerned (call store_wake after the commit).
 *
 * @param a    As it is to be; its version grows on success
 * @param was  As it was read, under the lock
 * @return 0, ESTALE (somebody saved since) or a database error
 */
int store_step(struct ctx *ctx, struct appeal *a, const struct appeal *was,
	       enum appeal_event on, const struct appeal_move *m,
	       const char *comment);
/*
 * Whether this very step has been done already by him: the answer to it was
 * lost and he asks again.
 */
int store_step_done(struct ctx *ctx, uint64_t appeal, enum appeal_event on,
		    const char *comment, bool *done);

/* Since it was put off: attempts to reach the applicant; and all days (of the
 * region) on which nobody was reached. */
int store_step_attempts(struct ctx *ctx, uint64_t appeal, unsigned *attempts,
			unsigned *failed_days);

/* ---- answers to the applicant (K-6.1.11) -------------------------------- */

struct appeal_answer {
	char kind[12];    /* of appeal_answer_kinds; "": none is given */
	char channel[16]; /* of appeal_answer_channels; "": NO_ANSWER only */
	char date[11];
	char number[161];
	char text[16001];
	char who[128]; /* when read: short name of who put it in … */
	uint64_t id;   /* … and its own */
};

extern const char *const appeal_answer_kinds[];
extern const char *const appeal_answer_channels[];
#define ANSWER_KINDS    6
#define ANSWER_CHANNELS 5

#define ANSWERS_SHOWN 100

int store_answer_add(struct ctx *ctx, uint64_t appeal,
		     const struct appeal_answer *answer);
/* Whether there is a final one, or it is not to be answered. */
int store_answer_final(struct db *db, uint64_t appeal, bool *final);
/* The first ANSWERS_SHOWN, and one that tells that there are more. */
int store_answers(struct db *db, uint64_t appeal,
		  int (*each)(void *arg, const struct appeal_answer *a),
		  void *arg);

#endif
