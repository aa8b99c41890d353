/*
 * queue_line.h - who waits, who is next, how long it may take. Pure.
 *
 * First in, first out. Only calls given back by the system stand before the
 * others, among themselves by the time they first queued. Priority is a head
 * start in time, not a class: who has waited longer than it stands before a
 * newcomer who has it, so nobody starves.
 */
#ifndef CC_QUEUE_LINE_H
#define CC_QUEUE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* A place in a queue: part of a call. */
struct cc_place {
	TAILQ_ENTRY(cc_place) link;
	bool waiting;       /* stands in a queue now */
	bool returned;      /* given back by the system: before all others */
	int64_t since;      /* ms, first time in this queue; keeps his rank */
	int64_t start;      /* ms of head start, 0 = no priority */
	unsigned announced; /* best position told so far, 0 = none */
	void *owner;
};

TAILQ_HEAD(cc_places, cc_place);

struct cc_queue_line {
	struct cc_places places;
	unsigned length;
};

void cc_line_init(struct cc_queue_line *q);
/* O(n) from the end: a new caller costs one step. */
void cc_line_join(struct cc_queue_line *q, struct cc_place *p, bool returned);
void cc_line_leave(struct cc_queue_line *q, struct cc_place *p);
/* 1 = next; 0 = not in it. */
unsigned cc_line_position(const struct cc_queue_line *q,
			  const struct cc_place *p);
/* Position to announce now, or 0: only improvements are told. */
unsigned cc_line_announce(const struct cc_queue_line *q, struct cc_place *p);

/* Does the head a of one queue come before the head b of another? at, bt: ms
 * of head start of their queues. */
bool cc_head_before(const struct cc_place *a, int64_t at,
		    const struct cc_place *b, int64_t bt);

/**
 * How long the caller at a position may still wait: each of `serving`
 * operators takes the next one after handle_ms (talk and after-call work).
 *
 * @return ms, or -1: nothing is known (nobody serves, nobody was served yet)
 */
int64_t cc_line_estimate(unsigned position, int64_t handle_ms,
			 unsigned serving);
/* Estimate in whole minutes, at least 1, rounded up from the half. */
unsigned cc_minutes(int64_t ms);

#endif
