/*
 * appeal_cycle.h - the life of an appeal as tables: its steps (DOMAIN 3.2),
 * results (3.3), terms (3.5) and to whom it may go (section 7). Pure: the
 * region's date and calendar are handed in.
 */
#ifndef APPEAL_CYCLE_H
#define APPEAL_CYCLE_H

#include "cgi/appeal.h"
#include "cgi/deadline.h"
#include "cgi/workday.h"

/* ---- steps -------------------------------------------------------------- */

/* Guards of a step. */
enum appeal_need {
	NEED_THEME = 1 << 0,     /* type and theme */
	NEED_PHONE = 1 << 1,     /* to call back: M25 */
	NEED_REASON = 1 << 2,    /* a comment or reason: M13 */
	NEED_RESULT = 1 << 3,    /* with all it asks for: M13, M12 */
	NEED_ANSWER = 1 << 4,    /* the final one of a written appeal */
	NEED_TARGET = 1 << 5,    /* somebody whom section 7 allows */
	NEED_DATE = 1 << 6,      /* in (due; due + 30], never extended before */
	NEED_CONTACT = 1 << 7,   /* an attempt, or why none is needed */
	NEED_OTHER = 1 << 8,     /* the reviewer is not the assignee */
	NEED_FREE = 1 << 9,      /* it is nobody's */
	NEED_PROPOSAL = 1 << 10, /* its assignee has asked for it */
	NEED_INSURER = 1 << 11   /* one is known, and has it not yet */
};

/* Side effects; every step also has its history, access log and outbox. */
enum appeal_do {
	DO_REGISTER = 1 << 0, /* number, time, term */
	DO_FORWARD = 1 << 1,  /* another assignee, its record and notice */
	DO_REVIEW = 1 << 2,   /* the administrator's task: M11 */
	DO_RETURN = 1 << 3,   /* counter, notice to the assignee */
	DO_CLOSE = 1 << 4,    /* time of closing */
	DO_TERM = 1 << 5,     /* the new term, answer to the applicant */
	DO_NOTICE = 1 << 6,   /* to the assignee */
	DO_PASS = 1 << 7      /* its insurer may see it */
};

struct appeal_move {
	const char *number; /* "T8" */
	enum appeal_status to;
	enum appeal_review review;
	unsigned needs; /* NEED_* */
	unsigned todo;  /* DO_* */
};

/*
 * What an event would do to this appeal.
 *
 * @return 0, EPROTO (the life cycle has no such step from here) or EACCES
 *         (it is not his); out is written only with 0
 */
int appeal_move(const struct identity *who, const struct appeal *a,
		enum appeal_event on, struct appeal_move *out);

/*
 * Carry it out on the values: state, assignee, term, counters. What DO_REGISTER
 * adds is the caller's.
 *
 * @param to       With DO_FORWARD: who has it now
 * @param comment  As given; the reason for putting it off or removing it
 */
void appeal_apply(struct appeal *a, enum appeal_event on,
		  const struct appeal_move *m, const struct identity *to,
		  const char *comment, int64_t now_ms);

/* ---- results ------------------------------------------------------------ */

#define APPEAL_RESULTS 16

struct appeal_result {
	const char *code;
	const char *type;        /* only of this type; NULL: any */
	enum appeal_event event; /* what closing with it is */
	/* its own fields: names in the form, NULL: it has none */
	const char *note, *reference, *date;
	const char *kind;
	const char *const *kinds; /* values of kind, NULL at the end */
	bool attempts;            /* only after three that failed */
};

extern const struct appeal_result appeal_results[APPEAL_RESULTS];
extern const char *const appeal_justified[]; /* 1 1.1 1.2 2, NULL */

/* @return NULL for an unknown code */
const struct appeal_result *appeal_result_of(const char *code);
/* Of that type («» : no type yet fits nothing but the results of any). */
bool appeal_result_fits(const struct appeal_result *r, const char *type);
/* Themes of money taken: «Сумма возмещения» is offered (K-6.1.8). */
bool appeal_refundable(const char *theme);

/* What is missing for closing with it; 0: nothing. */
enum appeal_lack {
	LACK_RESULT = 1 << 0, /* none, or not of this type */
	LACK_COMMENT = 1 << 1,
	LACK_JUSTIFIED = 1 << 2, /* M12 */
	LACK_NOTE = 1 << 3,
	LACK_REFERENCE = 1 << 4,
	LACK_DATE = 1 << 5,
	LACK_KIND = 1 << 6,
	LACK_ATTEMPTS = 1 << 7
};
/* failed: days on which nobody was reached */
unsigned appeal_lacks(const struct appeal *a, unsigned failed);

/* What the setting appeal.auto_close_consultations closes without a review. */
bool appeal_self_closing(const struct appeal *a);

/* ---- terms -------------------------------------------------------------- */

#define APPEAL_EXTENSION_DAYS 30
#define APPEAL_LATE_WORKDAYS  3

/* Whether this day may be the new term: K-6.1.6. */
bool appeal_term_valid(const struct appeal *a, const char *day);
/* Longer under review than three working days. since: local date. */
bool appeal_review_late(struct date since, struct date today,
			const struct workday_exception *list, size_t n);

/* How near its term is: within 5 working days, within one, today, over. */
enum appeal_term { TERM_5, TERM_1, TERM_TODAY, TERM_OVERDUE, TERM_COUNT };
/* Which terms, seen from today, are so near: [from, to], ГГГГ-ММ-ДД. */
void appeal_term_days(enum appeal_term t, struct date today,
		      const struct workday_exception *list, size_t n,
		      char from[11], char to[11]);

/* ---- to whom ------------------------------------------------------------ */

enum appeal_target {
	TARGET_OK,
	TARGET_NOBODY, /* no such person, or he considers nothing */
	TARGET_SELF, /* «Нельзя перевести на себя», or his already */
	TARGET_FOREIGN, /* M23 */
	TARGET_ACCUSED, /* the insurer the complaint is about (K-5.1.4.8) */
	TARGET_ASK,     /* insurer unknown: M22 is to be confirmed */
	TARGET_OUTSIDE  /* not of the organization he answers for (T16) */
};

/* reassign: T16, T13. */
enum appeal_target appeal_target(const struct identity *from,
				 const struct identity *to,
				 const struct appeal *a, bool reassign);

/* ---- approving many at once --------------------------------------------- */

/* Consultations and gratitude with their plain result, in term, never
 * returned. flagged: one of its calls was a call for help; first: the
 * citizen's only one of seven days. */
bool appeal_batch_safe(const struct appeal *a, struct date today, bool flagged,
		       bool first);
/* Whether it is one of those that must be opened all the same: a share of
 * them, in percent, the same ones for a seed. */
bool appeal_batch_sample(uint64_t seed, uint64_t id, unsigned percent);

#endif
