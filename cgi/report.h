/*
 * report.h - the figures of DOMAIN 9.1, reckoned from what was stored: calls,
 * changes of operators' states, appeals. Pure: no I/O, no clock. Times are
 * milliseconds since 1970, UTC; 0 means that it did not happen.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_SHORT_MS 5000  /* left so soon: shown apart */
#define REPORT_SL_MS    20000 /* T of the service level, if not chosen */
#define REPORT_FCR_MS   (7 * 24 * 3600 * (int64_t)1000)

/* Where the citizen is. Exclusive: a call's times sum to the call (D7). */
enum report_state {
	RS_NEW,
	RS_GREETING,
	RS_QUEUE,
	RS_RING,
	RS_DIAL,
	RS_TALK,
	RS_HOLD,
	RS_TRANSFER,
	RS_CONFERENCE,
	RS_RECONNECT,
	RS_VOICEMAIL,
	RS_GOODBYE,
	RS_OTHER, /* one that this program does not know */
	REPORT_STATES
};

/* "talk" -> RS_TALK, and back; RS_OTHER is "other" */
enum report_state report_state_of(const char *name);
const char *report_state_name(enum report_state s);

/* One inbound call. */
struct report_call {
	int64_t started, queued, answered, ended;
	int64_t spent[REPORT_STATES];
	bool left;        /* the caller hung up while he waited (ABANDON) */
	bool ours;        /* the queue counts, not only who answered */
	bool handled;     /* answered by somebody whose work counts */
	bool transferred; /* somebody else or a queue got it afterwards */
	bool non_target;  /* «Нецелевой вызов» */
	bool registered;  /* at least one appeal was registered */
};

/* What an operator does. */
enum report_work {
	RW_INACTIVE,
	RW_READY, /* free, or it rings at him */
	RW_TALK,  /* talking or holding */
	RW_WRAPUP,
	RW_BREAK,
	RW_AWAY, /* no usable leg */
	REPORT_WORKS
};

/* "TALKING" -> RW_TALK; what is not known is RW_AWAY */
enum report_work report_work_of(const char *state);

/* A change of state, and somebody getting a call. Lists of either are sorted
 * by user, then by time. */
struct report_change {
	uint32_t user;
	int64_t at;
	enum report_work to;
};

struct report_part {
	uint32_t user;
	int64_t at;
	bool handled; /* of a call with report_call.handled */
};

/* Appeals: one closed, one put off. */
struct report_closed {
	int64_t registered;
	int64_t repeated; /* the next of the person and theme; 0: none */
	bool forwarded;
	bool in_term; /* closed on its last day or before */
};

struct report_deferred {
	int64_t due;    /* the end of the next working day */
	int64_t called; /* 0: not yet */
};

struct report {
	int64_t sl_ms; /* T */
	/* calls */
	int64_t inbound, greeting, greeting_short; /* never queued */
	int64_t offered, answered, abandoned, abandoned_short;
	int64_t dropped, waiting; /* ended by us; still in the queue */
	int64_t within, abandoned_within;
	int64_t wait_ms; /* of the answered */
	int64_t handled, transferred, non_target, registered;
	int64_t talk_ms, hold_ms, acw_ms; /* of the handled */
	int64_t ended, ended_ms, spent[REPORT_STATES];
	/* operators */
	int64_t work_ms[REPORT_WORKS];
	/* appeals */
	int64_t closed, first, in_term;
	int64_t deferred, deferred_in_time;
	/* what the filter leaves without a meaning */
	bool no_queue, no_work, no_appeals;
};

void report_call(struct report *r, const struct report_call *c);

/**
 * The times between the changes, cut to from … to, and the after-call work
 * of the handled calls, which is counted whole: it belongs to the last call
 * its operator had got.
 *
 * @param to  Not later than now: the last state of everybody lasts until then
 */
void report_work(struct report *r, const struct report_change *changes,
		 size_t n, const struct report_part *parts, size_t m,
		 int64_t from, int64_t to);

void report_closed(struct report *r, const struct report_closed *a);
/* One whose term is not over and that nobody has called yet is left out. */
void report_deferred(struct report *r, const struct report_deferred *a,
		     int64_t now);

enum report_id {
	RF_INBOUND,
	RF_GREETING,
	RF_GREETING_SHORT,
	RF_OFFERED,
	RF_ANSWERED,
	RF_ABANDONED,
	RF_ABANDONED_SHORT,
	RF_DROPPED,
	RF_WAITING,
	RF_ABANDON_RATE,
	RF_SL,
	RF_SL_ANSWERED,
	RF_SL_ABANDONED,
	RF_ASA,
	RF_HANDLED,
	RF_AHT,
	RF_ACW,
	RF_TRANSFER_RATE,
	RF_REGISTRATION,
	RF_OCCUPANCY,
	RF_UTILISATION,
	RF_CALLS_PER_HOUR,
	RF_ADHERENCE,
	RF_SHRINKAGE,
	RF_FCR,
	RF_DEFERRED,
	RF_IN_TERM,
	REPORT_FIGURES
};

enum report_unit {
	RU_COUNT,    /* num is the value */
	RU_TIME,     /* num ms are the value */
	RU_SHARE,    /* num of den things */
	RU_PERIODS,  /* num of den ms */
	RU_MEAN,     /* num ms over den things */
	RU_PER_HOUR, /* num things in den ms */
};

/* Which of the filter's refusals concerns a figure. */
enum report_group { RG_QUEUE, RG_CALLS, RG_WORK, RG_APPEALS, REPORT_GROUPS };

struct report_figure {
	const char *name; /* key in the catalogue */
	enum report_group group;
	bool refused; /* by the filter: it has no meaning for it */
	enum report_unit unit;
	int64_t num, den;
	bool known; /* false: «—», also for a zero denominator */
};

void report_figure(const struct report *r, enum report_id id,
		   struct report_figure *out);

#endif
