/* store_report.h - what the figures of cgi/report.h are reckoned from. */
#ifndef STORE_REPORT_H
#define STORE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/auth.h"
#include "cgi/report.h"

struct db;

struct report_filter {
	int64_t from, to; /* ms; calls are of when they started */
	int64_t now;
	uint32_t queue; /* 0: all */
	uint32_t user;  /* 0: all */
};

/* What the scope lets through: SCOPE_ALL everything, SCOPE_OWN the queues and
 * the people of his organization, SCOPE_MINE himself. sl_ms of out is given.
 * @return 0, EACCES (a queue or an operator that is not his to see) or a
 * database error */
int store_report(struct db *db, const struct identity *who,
		 enum auth_scope scope, const struct report_filter *f,
		 struct report *out);

/* Those whose figures may be asked for, by name. */
int store_report_people(struct db *db, const struct identity *who,
			enum auth_scope scope,
			int (*each)(void *arg, uint32_t id, const char *name),
			void *arg);
/* The same of queues. */
int store_report_queues(struct db *db, const struct identity *who,
			enum auth_scope scope,
			int (*each)(void *arg, uint32_t id, const char *name),
			void *arg);

#define REFUSED_DIALS 2000 /* rows shown, of all people together */

/* A number that was not dialled because the plan or a limit is against it. */
struct refused_dial {
	int64_t at;      /* ms */
	char number[33]; /* E.164 or as it was typed */
	char who[128];   /* short name */
	bool limit;      /* too many; else forbidden */
	uint32_t more;   /* so many others that it stands for */
	uint64_t all;    /* dials that there are, with those not handed out */
};

/* Those of the last 30 days in his scope, newest first, one more than
 * REFUSED_DIALS at most: one telephone gone mad leaves 2000 rows an hour, and
 * of the rest a row a minute. */
int store_report_refused(struct db *db, const struct identity *who,
			 enum auth_scope scope, int64_t now,
			 int (*each)(void *arg, const struct refused_dial *d),
			 void *arg);

#endif
