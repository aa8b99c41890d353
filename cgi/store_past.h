/* store_past.h - earlier appeals of the citizen an appeal is about. */
#ifndef STORE_PAST_H
#define STORE_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/appeal.h"

struct ctx;
struct db;

#define PASTS_SHOWN 50

struct past {
	/* id, status, number, type, theme, description, the name of whom it is
	 * about, who and whose it is, when; the rest is empty */
	struct appeal a;
	bool sure;        /* the same insured person, or somebody said so */
	char reason[13];  /* attached: THEME, DISSATISFIED; "" */
	char org[641];    /* who considers it */
	char worked[128]; /* short name of who has or had it */
	uint32_t worked_id;
};

/*
 * Newest first, PASTS_SHOWN and one that tells that there are more: of the same
 * insured person; else, where neither is known to be another, of the same
 * number, or name and birth date. Of an appeal for another it is the other's;
 * those for another are found by him and the number together.
 */
int store_pasts(struct db *db, const struct appeal *of,
		int (*each)(void *arg, const struct past *p), void *arg);

/* In the caller's transaction. reason: SAME, THEME, DISSATISFIED */
int store_past_link(struct ctx *ctx, uint64_t appeal, uint64_t earlier,
		    const char *reason);
/* No more attached; that he is the same stays. */
int store_past_unlink(struct db *db, uint64_t appeal, uint64_t earlier);

#endif
