/*
 * engine_shift.h - «Смена сейчас» (K-4.0.12) and the alerts of K-5.1.8.10:
 * who is told, who may answer, what a supervisor may do. For engine*.c only.
 */
#ifndef CC_ENGINE_SHIFT_H
#define CC_ENGINE_SHIFT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <jansson.h>

struct cc_agent;
struct cc_call;
struct cc_engine;
struct cc_queue;
struct cc_request;
struct cc_session;

#define CC_SERVES_MAX 8
#define CC_ALERTS_MAX 200

/* What of DOMAIN section 7 concerns a shift. */
enum {
	DUTY_SUPERVISOR = 1 << 0, /* own organization, members of own queues */
	DUTY_ADMIN = 1 << 1,      /* all */
	DUTY_DIRECTOR = 1 << 2,   /* own organization, looks only */
	DUTY_L2 = 1 << 3,         /* alerts, if no supervisor answers */
};

struct cc_alert {
	TAILQ_ENTRY(cc_alert) link;
	char id[37];
	const struct cc_alert_kind *kind;
	char call[37];             /* "" = none */
	uint32_t user, queue, org; /* 0 = none; org 0: the fund's */
	char text[401];
	int64_t at;  /* epoch ms */
	int64_t due; /* mono ms: then it is raised; 0 = never */
	bool raised; /* ОП2 and administrators are told, too */
	bool over;   /* of before our start; kept so that a directory that is
			older than the answer does not bring it back */
};

TAILQ_HEAD(cc_alerts, cc_alert);

/* Of a queue, since the region's midnight (DOMAIN 9.1). */
struct cc_day {
	unsigned offered, answered, within, abandoned;
};

struct cc_shift_trunk {
	uint32_t id;
	char name[64];
	int state;     /* -1 unknown, 0 down, 1 up */
	int64_t since; /* epoch ms, 0 = not known */
};

struct cc_shift {
	struct cc_alerts alerts;
	unsigned alert_count;
	bool alerts_changed;
	bool changed;      /* something watchers may see */
	int64_t board_due; /* mono ms, not before */
	unsigned accept_ms, long_wait_ms, service_ms;
	char zone[40];
	int64_t day; /* of the region, that the figures are of */
	struct cc_shift_trunk trunks[16];
	size_t trunk_count;
};

void cc_shift_init(struct cc_engine *e);
void cc_shift_free(struct cc_engine *e);
/* The DUTY_* bit of a role, 0 = none. */
unsigned cc_duty(const char *role);
/* After the directory has been read: settings, members, open alerts. */
void cc_shift_directory(struct cc_engine *e, json_t *dir);
/* Who serves which queue, from the queues' members. */
void cc_shift_serve(struct cc_engine *e);
/* The region's day of a moment, and ms until the present one is over. */
int64_t cc_region_day(const struct cc_engine *e, int64_t epoch_ms);
int64_t cc_region_rest(const struct cc_engine *e);

/**
 * Tell the supervisors of a shift, and keep telling until one answers or it
 * is over. The same kind about the same call (without one: about the same
 * person with the same text) is told once.
 *
 * @param kind  EMERGENCY, THREAT, OPERATOR_UNWELL (K-5.1.8.10), LONG_WAIT,
 *              FRAUD, TRUNK or CERTIFICATE
 * @param c     May be NULL
 * @param a     Employee concerned, may be NULL
 * @param text  What there is to say, Russian, at most 200 characters and no
 *              personal data of a citizen; "" or NULL = the kind says it
 */
void cc_alert(struct cc_engine *e, const char *kind, const struct cc_call *c,
	      const struct cc_agent *a, const char *text);
/* What was told of this call ("" = none), with this text, is no longer
 * true. */
void cc_alert_over(struct cc_engine *e, const char *kind, const char *call,
		   const char *text);
/* Sets a flag on a call, which may have ended. c, a may be NULL. */
bool cc_flag_known(const char *flag);
void cc_flag(struct cc_engine *e, const char *flag, const char *id,
	     struct cc_call *c, const struct cc_agent *a);

void cc_shift_timers(struct cc_engine *e);
int64_t cc_shift_due(const struct cc_engine *e);
/* Sends what has become due to pages. */
void cc_shift_flush(struct cc_engine *e);
/* Is it one of ours? Then *code is the answer. */
bool cc_shift_request(struct cc_engine *e, struct cc_session *s,
		      const struct cc_request *req, const char **code);

/* A trunk's state has changed; id 0: the only one there is. */
void cc_shift_trunk(struct cc_engine *e, uint32_t id, bool up);
/* A notice to an operator, with a text of its own. */
void cc_say(struct cc_engine *e, const struct cc_agent *a, const char *code,
	    const char *text);

/* mono ms, since when a waiting call waits */
int64_t cc_waits_since(const struct cc_call *c);

/* engine_board.c */
bool cc_may_watch(const struct cc_agent *a);
/* @return NULL or a code of request.h */
const char *cc_watch(struct cc_engine *e, struct cc_session *s, bool on);
void cc_unwatch(struct cc_session *s);
void cc_push_boards(struct cc_engine *e);
/* The day's figures: an event of a call, and what the database has. */
void cc_shift_count(struct cc_engine *e, struct cc_call *c, const char *kind);
void cc_shift_today(struct cc_engine *e, json_t *rows);

/* engine_act.c */
const char *cc_act(struct cc_engine *e, const struct cc_agent *who,
		   const struct cc_request *req);
bool cc_may_act_agent(const struct cc_agent *who, const struct cc_agent *a);
bool cc_may_act_call(const struct cc_engine *e, const struct cc_agent *who,
		     const struct cc_call *c);
/* Who has the call; without an operator: who handed or dialled it, or NULL. */
const struct cc_agent *cc_call_behind(const struct cc_engine *e,
				      const struct cc_call *c);

/* Whose eyes may see it. */
bool cc_sees_agent(const struct cc_engine *e, const struct cc_agent *who,
		   const struct cc_agent *a);
bool cc_sees_call(const struct cc_engine *e, const struct cc_agent *who,
		  const struct cc_call *c);
bool cc_sees_queue(const struct cc_agent *who, const struct cc_queue *q);
bool cc_sees_alert(const struct cc_engine *e, const struct cc_agent *who,
		   const struct cc_alert *al);
/* May he answer it now? */
bool cc_may_accept(const struct cc_engine *e, const struct cc_agent *who,
		   const struct cc_alert *al);
json_t *cc_alert_json(struct cc_engine *e, const struct cc_agent *who,
		      const struct cc_alert *al);

#endif
