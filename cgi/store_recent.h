/* store_recent.h - a person's own last calls (K-4.0.11). */
#ifndef STORE_RECENT_H
#define STORE_RECENT_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/auth.h"

struct db;

#define RECENT_CALLS 50

struct recent {
	char id[37];
	char direction[4]; /* IN OUT INT */
	char number[33];   /* the other side's; "" when hidden */
	char peer[128];    /* a colleague's short name, "" */
	char queue[321];
	int64_t at_ms;                 /* when it last concerned him */
	int64_t answered_ms, ended_ms; /* of the call; 0: not */
	bool out;                      /* he dialled it */
	bool took;                     /* he spoke in it */
	bool missed;     /* it rang at him and he did not answer */
	bool refused;    /* he pressed «Отклонить» */
	uint64_t appeal; /* the newest that he may open; 0: none */
};

/* Those that rang at him, that he had or that he dialled; newest first, at
 * most RECENT_CALLS. extension: his own, "" without one. */
int store_recent(struct db *db, const struct identity *who,
		 const char *extension,
		 int (*each)(void *arg, const struct recent *c), void *arg);

#endif
