/* store_call.h - calls and their recordings, as the pages read them. */
#ifndef STORE_CALL_H
#define STORE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgi/auth.h"

struct db;

struct recording {
	char id[37];
	char call_id[37];
	char kind[12];  /* CALL CONSULT INTERNAL */
	char path[201]; /* relative to rec/ */
	int64_t started_ms;
	int seconds;     /* -1: not told yet */
	bool running;    /* its call goes on: nothing to be played yet */
	bool took_part;  /* he spoke in it, or its appeal is his to do */
	bool own_org;    /* the same, somebody of his organization */
	uint64_t appeal; /* for which it was asked; 0 by id */
};

typedef int recording_fn(void *arg, const struct recording *r);

/* Of the calls of up to JOURNAL_PAGE appeals, oldest first; all of them: ask
 * auth_recording what may be shown. */
int store_recordings(struct db *db, const struct identity *who,
		     const uint64_t *appeals, size_t n, recording_fn *each,
		     void *arg);
/* @return 0, ENOENT or a database error */
int store_recording_get(struct db *db, const struct identity *who,
			const char *id, struct recording *out);

struct call {
	char id[37];
	char direction[4]; /* IN OUT INT */
	char caller[33], called[33];
	char queue[321];
	char state[17];
	uint32_t user_id; /* current or last operator */
	int64_t started_ms, answered_ms, ended_ms; /* 0: not yet */
	bool took_part, own_org;
};

int store_call_get(struct db *db, const struct identity *who, const char *id,
		   struct call *out);
#define CALLS_SHOWN 50
/* The first CALLS_SHOWN, and one that tells that there are more. */
int store_calls_of(struct db *db, const struct identity *who, uint64_t appeal,
		   int (*each)(void *arg, const struct call *c), void *arg);

struct call_event {
	unsigned seq;
	int64_t at_ms;
	char kind[25];
	uint32_t user_id;
	char who[128]; /* short name, "" */
};

int store_call_events(struct db *db, const char *id,
		      int (*each)(void *arg, const struct call_event *e),
		      void *arg);

#endif
