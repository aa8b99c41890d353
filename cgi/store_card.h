/* store_card.h - what a card keeps beside its row: whether the citizen's
 * identity is confirmed, and how he wants to be spoken to. */
#ifndef STORE_CARD_H
#define STORE_CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/appeal.h"

struct ctx;
struct db;

/* What may fit of what the citizen says (K-5.1.6.7), in this order. */
extern const char *const identity_values[]; /* NAME BIRTH ENP … NULL */
#define IDENTITY_VALUES 6

struct identity_check {
	unsigned ticked; /* 1u << place in identity_values */
	int64_t at_ms;
	char who[128]; /* short name */
};

/* Name, birth date and one of the rest. */
bool identity_confirmed(unsigned ticked);
/* The same of this appeal: for another only with the authority to hear about
 * him. */
bool identity_holds(const struct appeal *a, unsigned ticked);
/* In the caller's transaction. About the person concerned as a has him. */
int store_identity_add(struct ctx *ctx, const struct appeal *a,
		       unsigned ticked);
/* The latest, if it was about whom the card names now. @return 0 (out zero
 * when there is none) or a database error */
int store_identity_get(struct db *db, const struct appeal *a,
		       struct identity_check *out);

/* Kept with the insured person (K-5.1.6.2): into the card what is still empty
 * there. */
int store_wish_get(struct db *db, uint64_t person, struct appeal *a);
/* What is new of the applicant's wishes, if he is of the register. */
int store_wish_put(struct ctx *ctx, const struct appeal *was,
		   const struct appeal *a);

/* Whether the last step of it was his own plain save. */
int store_card_saved(struct ctx *ctx, uint64_t appeal, bool *saved);
/* When somebody of the organization that registered it last handed it to
 * another one; 0: never. */
int store_card_left(struct db *db, uint64_t appeal, int64_t *at_ms);
/* Short name of an employee, whatever became of his account. */
int store_card_person(struct db *db, uint32_t user, char out[128]);

/* A page older than this has gone without a word. */
#define CARD_OPEN_MS 15000

/* His page has it on the screen, or has turned away. */
int store_card_open(struct ctx *ctx, uint64_t appeal, bool leave);
/* Short names of the others. */
int store_card_viewers(struct ctx *ctx, uint64_t appeal,
		       int (*each)(void *arg, const char *name), void *arg);

#endif
