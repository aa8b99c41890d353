/*
 * queue.h - who waits, who is next, who gets him. Pure.
 *
 * First in, first out. Only calls given back by the system stand before the
 * others, among themselves by the time they first queued. The rules for
 * choosing an operator are a table indexed by enum cc_strategy.
 */
#ifndef CC_QUEUE_H
#define CC_QUEUE_H

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

enum cc_strategy { STRATEGY_LONGEST_IDLE, STRATEGIES };

/* What a rule may know of an operator. */
struct cc_candidate {
	bool available;
	int64_t idle_since; /* ms, free without interruption since */
	uint64_t last_seq;  /* ties: who was offered longest ago, 0 = never */
	uint32_t id;
};

/**
 * Choose an operator. avoid: id of one to take only if nobody else is there
 * (he has just let this call ring), 0 = nobody.
 *
 * @return index into c, or -1: nobody available
 */
int cc_queue_pick(enum cc_strategy strategy, const struct cc_candidate *c,
		  size_t n, uint32_t avoid);

#endif
