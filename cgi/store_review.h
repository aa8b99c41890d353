/* store_review.h - what waits for the administrator. */
#ifndef STORE_REVIEW_H
#define STORE_REVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/appeal.h"

struct db;

#define REVIEW_ROWS 200

struct review_row {
	/* of the appeal: id, version, status, review, review_ms, number, type,
	 * result, due, requested, returns, assignee, name, delete_reason */
	struct appeal a;
	char theme[1201];
	char assignee[128]; /* short name */
	bool flagged;       /* one of its calls was a call for help */
	bool first;         /* the citizen's only one of seven days; unknown
	                     * citizens are never */
};

enum review_what {
	REVIEW_ALL,
	REVIEW_OF_CLOSE,
	REVIEW_OF_TERM,
	REVIEW_OF_REMOVAL
};

#define REVIEWS_SHOWN 200

/* Longest waiting first, REVIEWS_SHOWN and one that tells that there are more;
 * removals that were asked for stand among them whatever the state. id 0: all.
 */
int store_reviews(struct db *db, enum review_what what, uint64_t id,
		  int (*each)(void *arg, const struct review_row *r),
		  void *arg);
/* How many there are of each kind; all of them in REVIEW_ALL. */
int store_review_counts(struct db *db, uint64_t counts[4]);
/* Settings review.open_percent and review.seed. */
int store_review_sample(struct db *db, uint64_t *percent, uint64_t *seed);

#endif
