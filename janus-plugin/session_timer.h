/*
 * session_timer.h - session timers (RFC 4028): who refreshes a session, when,
 * by what, and what follows an answer. Pure: no I/O, handed the time as
 * milliseconds of any one clock.
 *
 * A refresh is due at half the interval. Whoever refreshes, the session is
 * over at interval - min(32 s, interval / 3) after the last one (section 10).
 */
#ifndef CC_SESSION_TIMER_H
#define CC_SESSION_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who refreshes, as a message says it of its own transaction. */
enum cc_st_param { CC_ST_ABSENT, CC_ST_UAC, CC_ST_UAS };

/* What a message says of timers. */
struct cc_st_said {
	bool timer;          /* Supported or Require: timer */
	uint32_t interval_s; /* Session-Expires; 0: none */
	enum cc_st_param refresher;
	uint32_t min_s;  /* Min-SE; 0: none */
	bool allow;      /* there is an Allow … */
	bool update;     /* … and UPDATE stands in it */
	bool in_session; /* a request inside a dialog */
};

enum cc_st_kind {
	CC_ST_ASKED,   /* a request of theirs gets our 2xx now; said */
	CC_ST_AGREED,  /* 2xx to a request of ours; said */
	CC_ST_REFUSED, /* no 2xx to a refresh of ours; status, said.min_s */
	CC_ST_DUE,     /* the time has come; busy */
};

struct cc_st_event {
	enum cc_st_kind kind;
	struct cc_st_said said;
	int status;      /* 0: nobody has answered */
	bool busy;       /* an offer is open: nothing can be sent */
	uint32_t random; /* any, for the pause after 491 */
};

enum cc_st_do { CC_ST_WAIT, CC_ST_UPDATE, CC_ST_INVITE, CC_ST_BYE };

struct cc_st {
	uint32_t want_s; /* what we ask for */
	uint32_t min_s;  /* the least we take */
	bool caller;     /* the Call-ID is ours: a longer pause after 491 */

	bool agreed;          /* this session has a timer */
	bool ours;            /* we refresh */
	bool update;          /* its Allow names UPDATE */
	bool no_update;       /* but it has refused one */
	uint32_t interval_s;  /* 0: not yet a session */
	uint32_t far_min_s;   /* the least they take, as far as we know */
	unsigned raised;      /* 422 so far */
	int64_t since;        /* last refresh */
	enum cc_st_do asking; /* a refresh of ours waits for its answer */
	int64_t at;           /* the next DUE; 0: none */
};

/**
 * What to do now; st->at is when to come back with DUE.
 *
 * CC_ST_UPDATE, CC_ST_INVITE: refresh so, and bring AGREED or REFUSED.
 */
enum cc_st_do cc_st_step(struct cc_st *st, const struct cc_st_event *ev,
			 int64_t now);

/* Is the interval a request asks for to be refused with 422 and st->min_s? Not
 * of one who would not know what that is. */
bool cc_st_too_small(const struct cc_st *st, const struct cc_st_said *said);
/* 422 with Min-SE. @return false: asking again leads nowhere */
bool cc_st_raise(struct cc_st *st, uint32_t min_s);

/* Takes one header into *said; any other than the two, or one that cannot be
 * read, is passed over. */
void cc_st_read(struct cc_st_said *said, const char *name, const char *value);

/* Is the dialog, or the call in it, gone by that refusal (RFC 5057 5.1)? */
bool cc_st_gone(int status);

/* RFC 3261 14.1: how many ms after a 491. Who made the Call-ID waits longer, so
 * the two never meet again. */
unsigned cc_st_pause(bool caller, uint32_t random);

/* The header lines of a request of ours, and of our 2xx after ASKED. */
enum { CC_ST_TEXT = 96 };
void cc_st_request(const struct cc_st *st, char buf[CC_ST_TEXT]);
void cc_st_answer(const struct cc_st *st, char buf[CC_ST_TEXT]);

#endif
