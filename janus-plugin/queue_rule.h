/*
 * queue_rule.h - who is offered a waiting call, and why. Pure.
 *
 * A decision is a function of struct cc_choice and the candidates; both are
 * stored with the offer (decision.h), so it can be made again from there.
 */
#ifndef CC_QUEUE_RULE_H
#define CC_QUEUE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cc_agent_facts;

/* Equals under a rule: the longest idle, then who was offered a call longest
 * ago, then the smaller id. */
enum cc_strategy {
	STRATEGY_LONGEST_IDLE,
	STRATEGY_ROUND_ROBIN,     /* next place after the last one offered */
	STRATEGY_FEWEST_CALLS,    /* calls taken since his shift began */
	STRATEGY_FIXED_PRIORITY,  /* level, then place in the list */
	STRATEGY_BY_ORGANIZATION, /* caller's organization, else anybody */
	STRATEGY_SKILLS,          /* who is able enough; the best first */
	STRATEGY_RING_ALL,        /* all of them, the first answer wins */
	STRATEGIES
};
const char *cc_strategy_name(enum cc_strategy s); /* "longest_idle" */
/* @return 0 or ENOENT */
int cc_strategy_parse(enum cc_strategy *s, const char *name);

/*
 * Why a member cannot be offered a call: the eight conditions under which a
 * queue may count as empty. Of the first seven a member is under at most one,
 * the first that is true in this order:
 */
enum cc_bar {
	/* not in the directory, blocked, or no telephone in his role */
	BAR_INVALID = 1 << 0,
	/* not at work: «Начало работы» not pressed, or given up after 60 s */
	BAR_UNAVAILABLE = 1 << 1,
	/* an offer is at his telephone, of whatever queue or colleague */
	BAR_RINGING = 1 << 2,
	/* holds a call in any role, also while his browser is gone */
	BAR_IN_USE = 1 << 3,
	/* at work, but nobody can tell whether he would hear it ring: no leg
	 * yet or a lost one, a silent page, no microphone */
	BAR_UNKNOWN = 1 << 4,
	/* after-call work */
	BAR_WRAPUP = 1 << 5,
	/* «Перерыв», his own or given to him */
	BAR_PAUSED = 1 << 6,
	/* none of the above, but the rule does not admit his skill: for "may
	 * join" at the full requirement, for "must leave" at what it has come
	 * down to for the head of the line */
	BAR_PENALTY = 1 << 7,
};
#define CC_BARS 8
/* "paused" as in the database; index of the bit. */
const char *cc_bar_name(unsigned bit);
/* Comma-separated names -> bits; unknown ones are left out. */
unsigned cc_bars_parse(const char *names);

/* valid: known, not blocked, has a telephone. mic: his microphone works. */
unsigned cc_bar_of(const struct cc_agent_facts *f, bool valid, bool mic);

/* What a rule may know of an operator. */
struct cc_candidate {
	uint32_t id;
	unsigned bars;   /* 0: may be offered a call; never PENALTY */
	bool spared;     /* but not this one: it was just taken off him */
	int64_t idle_ms; /* free without interruption for */
	uint64_t seq;    /* of his last offer, 0 = never */
	uint32_t calls;  /* taken in this shift */
	uint32_t level;  /* 1 = first, of fixed priority */
	uint32_t place;  /* in the queue's list, from 1 */
	uint32_t org;    /* organization, 0 = unknown */
	uint32_t skill;  /* level in the queue's skill, 0 = none */
};

/* Level of skill a caller needs: `level` at first, one less after each
 * relax_ms of waiting (0: never less), not below `least`. */
struct cc_need {
	uint32_t level, least;
	int64_t relax_ms;
};

/* What a rule may know of the caller and of the queue. */
struct cc_choice {
	enum cc_strategy rule;
	int64_t waited_ms; /* as ranked, with his head start */
	bool returned;     /* given back by the system: needs only `least` */
	uint32_t avoid;    /* has just let it ring: the last resort. 0: none */
	uint32_t sticky;   /* whom he talked to before, 0: nobody or off */
	uint32_t org;      /* his organization, 0: unknown */
	uint32_t last;     /* place this queue offered last, 0: none */
	struct cc_need need;
};

enum cc_reason {
	REASON_NOBODY,
	REASON_ONLY,        /* no choice to make */
	REASON_LAST_RESORT, /* only the one who let it ring is left */
	REASON_STICKY,
	REASON_IDLE,
	REASON_ROUND,
	REASON_FEWEST,
	REASON_FIXED,
	REASON_ORG,
	REASON_ORG_OTHER,   /* nobody of his organization is free */
	REASON_ORG_UNKNOWN, /* it is not known */
	REASON_SKILL,
	REASON_SKILL_RELAXED,
	REASON_ALL,
	REASONS
};
const char *cc_reason_name(enum cc_reason r); /* "IDLE" */

struct cc_chosen {
	int at;        /* index of the chosen, -1 = nobody; ALL: of the first */
	unsigned free; /* how many could have been offered the call */
	enum cc_reason reason;
};

/* Level of skill needed now, of STRATEGY_SKILLS; 0 with other rules. */
uint32_t cc_need_now(const struct cc_choice *in);
/* @return ms until it becomes less, or -1: it will not */
int64_t cc_need_next(const struct cc_choice *in);
/* May this one be offered the call? */
bool cc_eligible(const struct cc_choice *in, const struct cc_candidate *c);

void cc_choose(struct cc_chosen *out, const struct cc_choice *in,
	       const struct cc_candidate *c, size_t n);
/* With REASON_ALL: does this one ring? */
bool cc_rings(const struct cc_choice *in, const struct cc_candidate *c);

/* Is the queue empty under the conditions of mask: is every member under one
 * of them? 0 = off, never empty. */
bool cc_queue_empty(unsigned mask, const struct cc_choice *in,
		    const struct cc_candidate *c, size_t n);

/* The sentence of a decision, in Russian. name: of the chosen. */
void cc_reason_text(char *buf, size_t size, const struct cc_chosen *out,
		    const struct cc_choice *in, const struct cc_candidate *c,
		    const char *name);

#endif
