/*
 * dialplan.h - where a number may be dialled, how it is written for the
 * trunk, and how often (DESIGN D19): for the plugin, which dials, and for the
 * pages, which try a plan. Pure.
 *
 * What was typed is first made one form: Russian numbers and foreign ones
 * with a leading +, short ones as they are. Rules are tried in their order,
 * the first that fits decides; a number no rule fits is refused.
 */
#ifndef CC_DIALPLAN_H
#define CC_DIALPLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CC_DIAL_SIZE    33 /* digits, a leading +, the terminator */
#define CC_PATTERN_SIZE 41

enum cc_dial_form {                /* a Russian number as the trunk wants it */
		    DIAL_E164,     /* +79624401122 */
		    DIAL_NATIONAL, /* 89624401122 */
		    DIAL_PLAIN,    /* 79624401122 */
};

struct cc_dial_rule {
	/* + and digits as themselves, X any digit, [379] one of these,
	 * a closing * whatever follows, also nothing */
	char pattern[CC_PATTERN_SIZE];
	bool allow;
	unsigned roles; /* bits of cc_dial_role; 0 = every role */
	uint32_t trunk; /* 0 = by priority */
	enum cc_dial_form form;
	char presented[CC_DIAL_SIZE]; /* our number, "" = the line's own */
};

struct cc_dial_plan {
	struct cc_dial_rule *rules; /* owned by the caller */
	size_t count;
	char emergency[2][16]; /* numbers of «112» and «103» */
};

struct cc_dial_way {
	char number[CC_DIAL_SIZE]; /* as the trunk wants it */
	char plain[CC_DIAL_SIZE];  /* as the journal keeps it */
	char presented[CC_DIAL_SIZE];
	uint32_t trunk;
	bool only; /* by this trunk or not at all; the plan never says so */
	bool emergency; /* no limit counts for it */
	size_t rule;    /* which one decided, also of a refusal; count: none */
};

/* @return bit of a role that has a telephone, 0 = of no such role */
unsigned cc_dial_role(const char *name);
/* @return 0 or EINVAL: not one of "E164", "NATIONAL", "PLAIN" */
int cc_dial_form_parse(enum cc_dial_form *out, const char *name);

/**
 * One form for what people type: "8 (962) 440-11-22", "+79624401122" and
 * "79624401122" are +79624401122; 810… is foreign and becomes +….
 *
 * @return 0, or EINVAL: nothing to dial, or signs that are in no number
 */
int cc_dial_normalize(char out[CC_DIAL_SIZE], const char *typed);

/* Is it a pattern of the syntax above? */
bool cc_dial_pattern_ok(const char *pattern);
bool cc_dial_fits(const char *pattern, const char *number);

/**
 * The way of a typed number.
 *
 * @param roles  bits of cc_dial_role of who dials
 * @param trunk  0, or the line the call takes whatever the plan says: a rule
 *               that names another serves only where no other fits, and its
 *               presented number is not shown there
 * @param usable May be NULL; unused with a line. false: this trunk is down, a
 *               later rule may know another way; if none does, the first is
 *               taken
 * @return 0, EINVAL (no number; nothing written) or EPERM: refused, and
 *         out->plain tells what was asked for
 */
int cc_dial_plan_way(struct cc_dial_way *out, const struct cc_dial_plan *plan,
		     const char *typed, unsigned roles, uint32_t trunk,
		     bool (*usable)(const void *arg, uint32_t trunk),
		     const void *arg);

/* Calls of the last hour, by the minute. Zeroed memory is an empty one. */
struct cc_meter {
	int64_t minute; /* of the newest count */
	uint16_t n[60];
};
void cc_meter_add(struct cc_meter *m, int64_t now_ms);
unsigned cc_meter_hour(const struct cc_meter *m, int64_t now_ms);

/* Why a call of ours was not answered, from the final SIP status (RFC 3261
 * 21, RFC 4412 and what trunks send). rang: 18x came before it.
 * @return BUSY, NOANSWER, REJECTED, UNKNOWN or UNAVAILABLE */
const char *cc_dial_refusal(int status, bool rang);

#endif
