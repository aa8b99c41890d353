/*
 * engine_int.h - the engine's objects, shared by engine*.c only. All of them
 * belong to the engine thread.
 */
#ifndef CC_ENGINE_INT_H
#define CC_ENGINE_INT_H

#include <sys/queue.h>

#include "janus-plugin/agent.h"
#include "janus-plugin/call.h"
#include "db/dialplan.h"
#include "janus-plugin/engine.h"
#include "janus-plugin/engine_shift.h"
#include "janus-plugin/hours.h"
#include "janus-plugin/known.h"
#include "janus-plugin/media.h"
#include "janus-plugin/queue_line.h"
#include "janus-plugin/queue_rule.h"
#include "janus-plugin/request.h"
#include "janus-plugin/sdp.h"
#include "janus-plugin/transfer.h"
#include "janus-plugin/trunk.h"
#include "janus-plugin/util.h"

#define CC_NAME_SIZE   96
#define CC_NUMBER_SIZE 40
/* An operator's leg is silent after this; with the question that follows, a
 * dead browser is noticed in 2 s (D2). */
#define CC_SILENCE_MS 1300

/* Reasons why a call of ours is not made at all. */
#define CC_UNMADE 4

/* What becomes of a caller a queue does not take or does not keep. */
enum cc_overflow {
	OVERFLOW_END,   /* 486 before the greeting; a prompt, then the end */
	OVERFLOW_QUEUE, /* another queue; if that takes nobody, the next */
	OVERFLOW_VOICE, /* the electronic secretary; if he cannot, the end */
};

struct cc_member {
	uint32_t id;
	uint32_t level, place, skill; /* as in struct cc_candidate */
	struct cc_agent *agent;       /* NULL: not in the directory */
};

struct cc_queue {
	TAILQ_ENTRY(cc_queue) link;
	uint32_t id;
	char name[CC_NAME_SIZE];
	enum cc_strategy strategy;
	struct cc_need need; /* of the rule "skills" */
	int64_t ring_ms, max_wait_ms, wrapup_ms, position_ms;
	int64_t start_ms;          /* priority: head start of its callers */
	int64_t sticky_ms;         /* 0 = off */
	int64_t keep_ms;           /* an abandoned place is kept, 0 = off */
	unsigned join_empty;       /* bits of enum cc_bar, 0 = off */
	unsigned leave_empty;      /* same */
	enum cc_overflow late;     /* max wait over, or must leave */
	enum cc_overflow full;     /* too long, or may not join */
	uint32_t late_to, full_to; /* queues */
	bool tell_wait;            /* the estimate, after the position */
	unsigned max_len;          /* callers */
	unsigned max_places;       /* numbers kept for a call-back */
	bool open;       /* taken out of service by the administrator: false */
	bool present;    /* in the last directory */
	uint32_t org_id; /* whose it is, 0 = everybody's */
	struct cc_queue_line line;
	json_t *listed;            /* its members of the directory */
	struct cc_member *members; /* who serves it now, in that order */
	size_t member_count;
	struct cc_day today;
	uint32_t last_place; /* of who was offered a call last */
	int64_t handle_ms;   /* talk and after-call work, lately; 0 = none */
	int64_t widen_due;   /* mono ms: the rule asks less of somebody */

	/* what its callers hear instead of a prompt; 0: of the engine's */
	uint16_t own[CC_PROMPT_COUNT];
};

enum cc_direction { CALL_IN, CALL_OUT, CALL_INT };

/* What stays of a call for the after-call work. */
struct cc_brief {
	char id[CC_UUID_SIZE];
	char number[CC_NUMBER_SIZE];
	enum cc_direction direction;
	char queue[CC_NAME_SIZE];
	int64_t waited_ms, answered, ended; /* epoch */
	uint64_t card;
};

/* What a waiting caller is asked about his number. */
enum cc_ask { ASK_NONE, ASK_NUMBER, ASK_AGAIN, ASK_CONFIRM };

enum cc_role { ROLE_NONE, ROLE_OFFERED, ROLE_OWNER, ROLE_TARGET, ROLE_PEER };

/* Calls of one employee that were not made, for one reason: each stands in the
 * journal with its number, until there are so many in an hour that only a
 * program can have dialled them; those are counted and stand there together, a
 * row a minute. */
struct cc_unmade {
	int64_t since; /* mono ms: the hour began, 0 = never */
	unsigned rows, more;
	char called[CC_NUMBER_SIZE]; /* the last of `more` */
	enum cc_direction direction;
};

struct cc_agent {
	TAILQ_ENTRY(cc_agent) link;
	uint32_t id;
	char name[CC_NAME_SIZE], extension[8], org[CC_NAME_SIZE], role[24];
	uint32_t org_id;
	unsigned roles; /* bits of cc_dial_role */
	struct cc_meter dialled;
	struct cc_unmade unmade[CC_UNMADE];
	int64_t unmade_due; /* mono ms; those counted get their rows */
	int64_t fraud_told; /* mono ms: one alarm a minute */
	bool fund;          /* his organization is the fund, not an insurer */
	bool phone;         /* a role with a softphone */
	unsigned duties;    /* DUTY_*, of all his roles */
	unsigned sight;     /* which appeals he may read (engine_rows.c) */
	uint32_t serves[CC_SERVES_MAX]; /* queues he is a member of, 0 ends */
	uint32_t moved;   /* serves only this one today, 0 = own */
	int64_t moved_at; /* epoch ms of that, 0 = never */
	bool moved_here;  /* by this process */
	bool blocked;
	bool present; /* in the last directory */

	struct cc_agent_facts facts;
	enum cc_agent_state shown;  /* last state told to others */
	int64_t since;              /* epoch ms of shown */
	enum cc_agent_state before; /* RECONNECTING: what it broke off, */
	int64_t before_since;       /* which goes on as if it had not */
	char reason[12];            /* of a break, "MISSED" */
	int64_t started;            /* epoch ms, 0 = not active */
	char attendance[CC_UUID_SIZE];
	int64_t idle_since; /* mono ms */
	uint64_t last_seq;  /* of his last offer */
	uint32_t taken;     /* calls answered since `started` */
	uint32_t busy_for;  /* queue whose call he has, or works after */
	int64_t busy_since; /* mono ms */

	uint64_t session;    /* whose page holds the leg, 0 = none */
	uint64_t port;       /* media port of the leg, 0 = none */
	int64_t quality_due; /* mono ms; next `quality` event */
	int64_t leg_since;   /* mono ms of the last change of the leg */
	struct cc_hear hear; /* as last sent */
	unsigned watch;      /* as last sent */
	bool silent;         /* media: nothing received */
	int64_t doubt_due;   /* mono ms; silent: does the page answer? */
	bool mic_lost;       /* the page says so */
	bool muted;

	struct cc_call *call;
	enum cc_role part;
	struct cc_brief last; /* during WRAPUP */
	bool dirty;           /* own state must be pushed */
	bool presence;        /* others must be told */
};

struct cc_session {
	TAILQ_ENTRY(cc_session) link;
	uint64_t id;
	struct cc_agent *agent; /* after hello */
	char page[37];
	char web[CC_WEB_SIZE]; /* web session it was opened in */
	uint64_t seq;          /* of the last event */
	uint64_t ping, pong;   /* numbers */
	int64_t ping_due;
	bool dirty;   /* its own copy of the state must be pushed */
	bool full;    /* next presence is the whole list */
	bool watch;   /* shows «Смена сейчас» */
	bool alerted; /* has been told of alerts, and not yet of their end */
	bool board;   /* the whole shift must be pushed */
	json_t *seen; /* the shift as last pushed, NULL = never */
};

struct cc_emergency {
	uint64_t dialog, port, sdp_version;
	uint16_t rtp;
	char service[4];
	enum {
		EMERGENCY_NONE,
		EMERGENCY_DIAL,
		EMERGENCY_TALK,
		EMERGENCY_FAILED
	} state;
	int64_t due;
	int64_t started; /* epoch ms of the INVITE */
	struct cc_hear hear;
};

/* How a call of ours through the trunk stands. */
struct cc_out {
	bool ours;   /* a line we took, however often it changes hands */
	uint32_t by; /* who ordered it and has not lost it, 0 = nobody */
	uint32_t trunk;
	bool emergency;               /* counts for no limit */
	bool rang, early;             /* 18x came; with media */
	char presented[CC_DIAL_SIZE]; /* "" = the line's own */
};

/* Somebody outside who is handed the call: a second trunk leg. */
struct cc_outside {
	struct cc_out out;
	uint64_t dialog, port, sdp_version; /* port 0: nobody */
	uint16_t rtp;
	char number[CC_NUMBER_SIZE];
	int64_t started; /* epoch ms of the INVITE */
	bool joined;     /* he has the citizen, no operator is in it */
	int64_t since;   /* mono ms of joined */
	struct cc_hear hear;
};

struct cc_call {
	TAILQ_ENTRY(cc_call) link;
	char id[CC_UUID_SIZE];
	enum cc_direction direction;
	char number[CC_NUMBER_SIZE], called[CC_NUMBER_SIZE];
	enum cc_call_state state;
	uint64_t dialog, port;
	uint32_t trunk;   /* line it goes through, 0 = none */
	uint16_t rtp;     /* our RTP port, in the SDP */
	bool dialog_gone; /* the other side ended it */
	uint64_t sdp_version;
	struct cc_sdp_media far; /* as last said */
	unsigned seq;            /* of the last stored event */
	unsigned leg_seq;        /* of the last stored leg */
	int64_t owned;           /* epoch ms, present owner since */
	uint32_t gen;            /* of the present offer */

	struct cc_queue *queue; /* NULL: a call of ours, until one is needed */
	struct cc_out out;
	bool open; /* the line was open when it came */
	struct cc_place place;
	uint32_t org;  /* caller's organization, 0 = unknown */
	bool full;     /* no room: answered for the overflow only */
	unsigned hops; /* overflows from queue to queue so far */
	/* offered: one of those at whom it rings; several: `rings` > 1 */
	struct cc_agent *owner, *offered, *target;
	unsigned rings;
	struct cc_agent *peer; /* INT: the colleague who was called */
	uint64_t rec_port;     /* INT: the leg that is recorded */
	enum cc_xfer_state xfer;
	uint32_t avoid; /* let it ring last */
	/* a supervisor has taken it off them: not offered until then */
	uint32_t *spared;
	size_t spared_count;
	int64_t spared_due; /* mono ms, 0 = nobody is spared */
	struct cc_emergency emergency;
	struct cc_outside outside;

	char recording[CC_UUID_SIZE], consult_recording[CC_UUID_SIZE];
	uint64_t card;
	/* organizations of its card, 0 = none known: whose insured person it
	 * is about, and whom it complains about (K-5.1.8.11) */
	uint32_t insurer, accused;
	bool card_saved;           /* by its present operator */
	bool left;                 /* he left the conference on purpose */
	bool was_held;             /* when the operator was lost */
	bool callback;             /* no call: a place, number is called back */
	char source[CC_UUID_SIZE]; /* of a place: call it was left in */
	enum cc_ask ask;
	char typed[18];    /* digits; ASK_CONFIRM: +7 and ten */
	bool say_leave;    /* that a number may be left */
	int64_t leave_due; /* said again not before */
	char from_extension[8],
	    from_name[CC_NAME_SIZE]; /* who handed it over */
	unsigned watch;              /* ms, as last sent */
	json_t *history;

	int64_t started, answered, ended; /* epoch ms, 0 = not yet */
	int64_t since;                    /* mono ms of state */
	int64_t since_epoch;
	int64_t queued_mono, waited_ms;
	int64_t entered; /* mono ms: the present queue's wait began */
	int64_t spent[CALL_STATES]; /* ms */
	int64_t outside_ms;         /* of CALL_TALK: nobody of ours in it */
	const char *end_reason;

	int64_t offer_due, xfer_due, resume_due, wait_due, announce_due;
	int64_t dial_due;        /* DIAL: nobody answers */
	int64_t limit_due;       /* absolute */
	bool waits_long;         /* the supervisor has been told */
	uint32_t counted;        /* queue whose figures it still opens */
	int64_t voice_due;       /* the message is long enough; 0: not begun */
	enum cc_prompt farewell; /* of CALL_GOODBYE, and what it means */
	const char *farewell_reason;
	unsigned say;      /* position being told, 0 = none */
	unsigned say_wait; /* minutes told with it, 0 = none */
	uint32_t say_gen;
	struct cc_hear hear;
	bool audio; /* routes must be worked out anew */
};

TAILQ_HEAD(cc_queues, cc_queue);
TAILQ_HEAD(cc_agents, cc_agent);
TAILQ_HEAD(cc_sessions, cc_session);
TAILQ_HEAD(cc_calls, cc_call);

struct cc_timetable {
	uint32_t id;
	char zone[40];
	struct cc_hours hours;
};

struct cc_route {
	char number[CC_NUMBER_SIZE]; /* "" = default */
	uint32_t queue;
	uint32_t hours; /* 0 = round the clock */
	uint32_t org;   /* whose callers ring here, 0 = not said */
	int64_t start;  /* ms of head start, 0 = no priority */
};

/* A number known to be an organization's. */
struct cc_office {
	uint64_t key; /* cc_number_key */
	uint32_t org;
};

struct cc_trunk_meter {
	uint32_t trunk;
	bool down; /* a rule of another trunk may serve */
	struct cc_meter dialled;
};

/* Where may be dialled, and how much (D19). */
struct cc_dialling {
	struct cc_dial_plan plan;
	unsigned ring_ms;
	/* simultaneous and hourly, of one user and of one trunk */
	unsigned user_calls, user_hour, trunk_calls, trunk_hour;
	/* the first of no line, for who names none */
	struct cc_trunk_meter trunks[CC_TRUNKS + 1];
	size_t trunk_count; /* besides that one */
};

/* A line, as its last CC_SIP_TRUNK said. */
struct cc_line_said {
	uint32_t id;
	int up;        /* -1 unknown */
	int64_t since; /* epoch ms of up */
	int64_t asked; /* when it last said so, epoch ms */
	int status;    /* last answer: SIP status */
	char reason[64];
};

struct cc_engine {
	struct cc_engine_conf conf;
	struct cc_ports p;
	char node[32], addr[46], emergency[2][16];
	int64_t now, epoch;
	int64_t boot; /* epoch ms of the start: pages tell a restart by it */
	struct cc_queues queues;
	struct cc_agents agents;
	struct cc_sessions sessions;
	struct cc_calls calls;
	struct cc_route *routes;
	size_t route_count;
	struct cc_timetable *timetables;
	size_t timetable_count;
	struct cc_holiday *holidays;
	size_t holiday_count;
	struct cc_dialling dialling;
	bool ready;     /* a directory has been read */
	bool disk_full; /* recordings cannot be written */
	bool callbacks; /* a number may be left (callback.on) */
	bool restored;  /* the places of the former process are here */
	json_t *given;  /* ids of places given away before that */
	struct cc_office *offices;
	size_t office_count;
	struct cc_known *known;
	struct cc_candidate *candidates; /* room for the longest list */
	uint64_t next_port, offer_seq;
	bool distribute; /* somebody became free or began to wait */
	bool leaving;    /* some queue has a "must leave" condition */
	int64_t day_due; /* mono ms: who was moved is back, 0 = nobody is */
	bool presence;   /* something to tell */
	int64_t presence_due, status_due;
	json_t *rows; /* appeals to tell of: engine_rows.c */
	int trunk;    /* -1 unknown, 0 all down, 1 one is up */
	struct cc_line_said lines[16];
	size_t line_count;
	int cert_status; /* of CC_SIP_CERT */
	char cert_reason[64];
	char cert_alert[160]; /* its words while it is open */
	struct cc_shift shift;
	struct cc_engine_stats count;

	/* what is heard instead of a prompt; 0: that itself */
	uint16_t own[CC_PROMPT_COUNT];
};

/* engine.c */
void cc_agent_event(struct cc_engine *e, struct cc_agent *a,
		    enum cc_agent_event on, int64_t wrapup_ms);
struct cc_agent *cc_find_extension(struct cc_engine *e, const char *ext);
struct cc_agent *cc_find_agent(struct cc_engine *e, uint32_t id);
struct cc_queue *cc_find_queue(struct cc_engine *e, uint32_t id);
struct cc_call *cc_find_call(struct cc_engine *e, const char *id);
struct cc_session *cc_find_session(struct cc_engine *e, uint64_t id);
/* A shortened due time: 0 is "none". */
static inline int64_t cc_sooner(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* engine_call.c */
int cc_call_do(struct cc_engine *e, struct cc_call *c, enum cc_call_event on,
	       const struct cc_agent *who, json_t *data);
void cc_call_note(struct cc_engine *e, struct cc_call *c, const char *kind,
		  const struct cc_agent *who, json_t *data);
void cc_call_end(struct cc_engine *e, struct cc_call *c, enum cc_call_event on,
		 const char *reason);
void cc_call_touch(struct cc_call *c);
/* Out of the list and of memory; nobody holds it any more. */
void cc_call_free(struct cc_engine *e, struct cc_call *c);
void cc_call_timers(struct cc_engine *e, struct cc_call *c);
int64_t cc_call_due(const struct cc_call *c);
/* The journal row of an owner's leg in his call, while the leg exists. */
void cc_leg_row(struct cc_engine *e, struct cc_agent *a);
/* The same of somebody else's: OUTSIDE, EMERGENCY; peer: whom it reached. */
void cc_port_row(struct cc_engine *e, struct cc_call *c, uint64_t port,
		 const char *kind, const char *peer, int64_t started);
/* Release an operator from the call, with after-call work or without. */
void cc_release(struct cc_engine *e, struct cc_agent *a, bool wrapup);
void cc_attach(struct cc_agent *a, struct cc_call *c, enum cc_role part);

/* The projection of a new call, whole. */
void cc_call_row(struct cc_engine *e, struct cc_call *c);
/* A recording of a port of the call begins; its id into id. */
void cc_call_record(struct cc_engine *e, struct cc_call *c, uint64_t port,
		    char id[CC_UUID_SIZE], const char *kind);
/* The number of the citizen, whoever called. */
const char *cc_call_citizen(const struct cc_call *c);
/* engine_board.c: as he may see it, a director needs none. @return out */
const char *cc_number_for(const struct cc_agent *who, const char *number,
			  char out[CC_NUMBER_SIZE]);

/* engine_dist.c */
/* Offers every waiting head that somebody can take; never blocks. */
void cc_distribute(struct cc_engine *e);
/* The offer ends without an answer, wherever it rings; the caller stands
 * first again. missed: it really rang and was not answered. */
void cc_call_offer_gone(struct cc_engine *e, struct cc_call *c,
			const char *kind, bool missed);
/* The same at one operator; elsewhere it goes on ringing. missed: or was
 * refused. */
void cc_offer_drop(struct cc_engine *e, struct cc_agent *a, const char *kind,
		   bool missed);
/* Somebody answered, or the caller is gone: it rings nowhere but at `winner`
 * (NULL: nobody). The call's state is the caller's affair. */
void cc_offer_over(struct cc_engine *e, struct cc_call *c,
		   struct cc_agent *winner);
/* Who would be offered a new caller of q now, NULL = nobody is free. */
struct cc_agent *cc_queue_next(struct cc_engine *e, struct cc_queue *q);
/* That one, a member, is asked: the next in turn comes after him. */
void cc_queue_asked(struct cc_queue *q, const struct cc_agent *a);
/* An operator has the call: what the rules remember of it. */
void cc_offer_taken(struct cc_engine *e, struct cc_call *c, struct cc_agent *a);
/* A supervisor takes it off this one: for a while he is not offered it, and who
 * stands behind it may be. */
void cc_call_spare(struct cc_engine *e, struct cc_call *c,
		   const struct cc_agent *a);
bool cc_call_spares(const struct cc_engine *e, const struct cc_call *c,
		    uint32_t id);
/* That is over: the time, an answer, a new word of the supervisor. */
void cc_call_spare_end(struct cc_engine *e, struct cc_call *c);
/* Given back by the system: to the head of the queue. */
void cc_call_requeue(struct cc_engine *e, struct cc_call *c, const char *why);
/* To the end of q (by his rank, place.since), as a call in state QUEUE. */
void cc_queue_enter(struct cc_engine *e, struct cc_call *c, struct cc_queue *q);
/* The greeting is over: his first place, or the one he gave up lately. */
void cc_queue_first(struct cc_engine *e, struct cc_call *c);
/* He hung up while he waited. */
void cc_queue_abandoned(struct cc_engine *e, struct cc_call *c);
/* Waited long enough (EV_MAX_WAIT), or must leave an empty queue
 * (EV_EXIT_EMPTY): overflow or a last prompt. */
void cc_wait_over(struct cc_engine *e, struct cc_call *c,
		  enum cc_call_event on);
/* Which queue takes a new caller of q; open: its line is; *full: none, he is
 * answered for the overflow. NULL: 486. */
struct cc_queue *cc_queue_admit(struct cc_engine *e, struct cc_queue *q,
				bool open, bool *full);
/* Room, open, and not empty in the sense of "may join". */
bool cc_queue_takes(struct cc_engine *e, struct cc_queue *q);
/* Remaining wait of a position, ms; -1 = unknown. */
int64_t cc_queue_estimate(const struct cc_engine *e, const struct cc_queue *q,
			  unsigned position);
/* Position and estimate, if they are better than told before. */
void cc_queue_announce(struct cc_engine *e, struct cc_call *c);
/* A talk and the work after it are over. */
void cc_handled(struct cc_engine *e, struct cc_agent *a);
void cc_queue_timers(struct cc_engine *e);
int64_t cc_queue_due(const struct cc_engine *e);

/* engine_queue.c */
/* Queues, routes and offices of a directory whose users are read. */
void cc_queues_read(struct cc_engine *e, json_t *dir);
/* Who serves which: the lists of the directory, but for whom a supervisor has
 * moved today. */
void cc_members_read(struct cc_engine *e);
/* The queue he was moved to for today, NULL: he serves his own. */
struct cc_queue *cc_moved_to(struct cc_engine *e, const struct cc_agent *a);
/* After cc_members_read by itself: everybody lives by it at once. */
void cc_members_changed(struct cc_engine *e);
/* After it: those who wait live by the new rules, whose telephone rings for a
 * queue he does not serve any more is left alone. */
void cc_queues_changed(struct cc_engine *e);
void cc_queues_free(struct cc_engine *e);
struct cc_member *cc_queue_member(const struct cc_queue *q,
				  const struct cc_agent *a);

/* engine_out.c */
struct cc_dial_order {
	const char *number; /* as typed */
	uint64_t appeal;    /* which it is about, 0 = none */
	const char *parent; /* call it answers (call-back), "" = none */
	uint32_t trunk;     /* by this line alone (a test call), 0 = any */
};
/**
 * An operator calls: his telephone is in the call at once (a->call). What is
 * refused is told, stands in the journal, and raises an alarm.
 *
 * @return 0, EINVAL (no number), EPERM (dial plan or role), EDQUOT (limit),
 *         EAGAIN (extension: the colleague is busy or away),
 *         EBUSY (he has a call, or no telephone now) or EADDRNOTAVAIL
 */
int cc_dial(struct cc_engine *e, struct cc_agent *a,
	    const struct cc_dial_order *o);
/* A code of request.h for what cc_dial returned, NULL for 0. */
const char *cc_dial_code(int err);
/* The state of a trunk has changed. */
void cc_dial_trunk(struct cc_engine *e, uint32_t trunk, bool up);
/* Rules and limits out of the directory. */
void cc_dial_directory(struct cc_engine *e, json_t *dir);
/* What the network does with a call of ours. @return true: it was this */
bool cc_out_sip(struct cc_engine *e, struct cc_call *c,
		const struct cc_sip_event *ev);
/* Nobody answers, or the operator did not come back. */
void cc_out_timers(struct cc_engine *e, struct cc_call *c);
int64_t cc_out_due(const struct cc_call *c);
/* A way of a number and one more call for the meters of who orders it. only:
 * the line it must take, whatever the plan's rule names; 0 = that.
 * @return as cc_dial; what is refused is stored and told */
int cc_dial_way(struct cc_engine *e, struct cc_agent *a, const char *typed,
		uint32_t only, struct cc_dial_way *w);
/* A trunk port, and an INVITE with it: by each line as the plan has it for a.
 * @return 0 or EADDRNOTAVAIL */
int cc_dial_leg(struct cc_engine *e, const struct cc_agent *a,
		const struct cc_dial_way *w, uint64_t *port, uint16_t *rtp,
		uint64_t *dialog);
/* BUSY … UNAVAILABLE as a code of the notices */
const char *cc_dial_notice(const char *why);
/* The call stands in the journal, by itself or counted with others, and
 * nothing else is left of it. why: FORBIDDEN, LIMIT, BUSY or UNAVAILABLE */
void cc_dial_unmade(struct cc_engine *e, struct cc_call *c, struct cc_agent *a,
		    const char *why);
/* Those counted so far get their rows. */
void cc_dial_more(struct cc_engine *e, struct cc_agent *a);
struct cc_call *cc_dial_call(struct cc_engine *e, struct cc_agent *a,
			     enum cc_direction direction, const char *called);
/* The queue that a call of ours falls back to; NULL: none can have it */
struct cc_queue *cc_out_queue(struct cc_engine *e, const struct cc_agent *a);

/* engine_voice.c */
/* He may leave a message. @return 0; ENOSPC: it could not be kept, nothing has
 * changed; EPROTO: not in this state */
int cc_secretary(struct cc_engine *e, struct cc_call *c);
/* The secretary's words are over: the message begins. */
void cc_voice_begin(struct cc_engine *e, struct cc_call *c);
/* why: KEY, SILENCE or LENGTH */
void cc_voice_end(struct cc_engine *e, struct cc_call *c, const char *why);
/* The call ends in CALL_VOICEMAIL: what it was; why else. */
const char *cc_voice_reason(struct cc_engine *e, struct cc_call *c,
			    const char *why);
void cc_voice_digit(struct cc_engine *e, struct cc_call *c, char digit);
void cc_voice_audio(const struct cc_call *c, struct cc_hear *h);
/* Into CALL_GOODBYE with these words; reason: of the end that follows. */
void cc_farewell(struct cc_engine *e, struct cc_call *c, enum cc_call_event on,
		 enum cc_prompt words, const char *reason, json_t *data);

/* engine_outside.c: a call is handed to a number outside */
/* @return NULL or a code; the caller then steps call and transfer */
const char *cc_outside_dial(struct cc_engine *e, struct cc_agent *a,
			    const char *number);
bool cc_outside_sip(struct cc_engine *e, struct cc_call *c,
		    const struct cc_sip_event *ev);
void cc_outside_silent(struct cc_engine *e, struct cc_call *c);
/* The operator leaves, the two talk. */
void cc_outside_join(struct cc_engine *e, struct cc_call *c);
/* why: what became of his leg, for the journal */
void cc_outside_drop(struct cc_engine *e, struct cc_call *c, const char *why);
void cc_outside_audio(struct cc_engine *e, struct cc_call *c, uint64_t voice);
/* The other side of a leg that is not the citizen's changes its media. */
void cc_side_reoffer(struct cc_engine *e, uint64_t port, uint16_t rtp,
		     uint64_t *version, const struct cc_sip_event *ev);

/* engine_colleague.c: one employee calls another, without a trunk */
/* @return 0, EAGAIN (busy or away, stored) or ENOMEM */
int cc_colleague_dial(struct cc_engine *e, struct cc_agent *a,
		      struct cc_agent *t);
void cc_colleague_answers(struct cc_engine *e, struct cc_call *c);
/* kind: RINGNOANSWER, REJECT or RINGCANCELED, of the one who rings */
void cc_colleague_gone(struct cc_engine *e, struct cc_call *c,
		       const char *kind);
/* The leg of either is lost, or there again. */
void cc_colleague_lost(struct cc_engine *e, struct cc_call *c,
		       const struct cc_agent *a);
void cc_colleague_back(struct cc_engine *e, struct cc_call *c);
/* The call is over: he is free. */
void cc_colleague_free(struct cc_engine *e, struct cc_call *c);

/* engine_place.c */
/* Room for one more number of this queue? */
bool cc_place_room(const struct cc_engine *e, const struct cc_queue *q);
/* Time to say that a number may be left? Then it counts as said. */
bool cc_place_invites(struct cc_engine *e, struct cc_call *c);
/* The questions about the number. @return false: none is asked */
bool cc_place_audio(const struct cc_call *c, struct cc_hear *h);
void cc_place_digit(struct cc_engine *e, struct cc_call *c, char digit);
/* «Ответить» of an offered place: dials. @return NULL or a code */
const char *cc_place_answer(struct cc_engine *e, struct cc_agent *a);
/* «Взять в работу» of an offered place. */
const char *cc_place_take(struct cc_engine *e, struct cc_agent *a,
			  const struct cc_request *req);
/* The engine ends: places stay in the database, untouched. */
void cc_places_drop(struct cc_engine *e);
void cc_place_outbox(struct cc_engine *e, const char *kind, json_t *payload);

/* engine_audio.c */
void cc_audio(struct cc_engine *e, struct cc_call *c);
void cc_hear_set(struct cc_engine *e, uint64_t port, struct cc_hear *last,
		 const struct cc_hear *want);
/* hears and watch of one operator's leg */
void cc_agent_audio(struct cc_engine *e, struct cc_agent *a);

/* engine_agent.c */
/* Silent: ask the page now, its answer tells a lost microphone from a lost
 * browser. */
void cc_ask_page(struct cc_engine *e, struct cc_agent *a);
/* EV_LOST and the wait for his return. */
void cc_operator_lost(struct cc_engine *e, struct cc_call *c);
void cc_leg_lost(struct cc_engine *e, struct cc_agent *a, bool remove);
void cc_agent_timers(struct cc_engine *e, struct cc_agent *a);
int64_t cc_agent_due(const struct cc_engine *e, const struct cc_agent *a);
void cc_session_timers(struct cc_engine *e, struct cc_session *s);
const char *cc_agent_request(struct cc_engine *e, struct cc_session *s,
			     const struct cc_request *req);
void cc_agent_stop(struct cc_engine *e, struct cc_agent *a, const char *why);

/* engine_transfer.c */
void cc_xfer(struct cc_engine *e, struct cc_call *c, enum cc_xfer_event on,
	     const char *why);
const char *cc_transfer_request(struct cc_engine *e, struct cc_agent *a,
				const struct cc_request *req);
void cc_emergency_answered(struct cc_engine *e, struct cc_call *c,
			   const char *sdp);
void cc_emergency_over(struct cc_engine *e, struct cc_call *c, const char *why);

/* engine_trunk.c */
void cc_trunk_said(struct cc_engine *e, const struct cc_sip_event *ev);
/* The same of our own certificate for TLS. */
void cc_cert_said(struct cc_engine *e, const struct cc_sip_event *ev);
/* {status, reason} as CC_SIP_CERT */
json_t *cc_cert_json(const struct cc_engine *e);
void cc_trunk_directory(struct cc_engine *e);
/* [{id, name, state, since, status, reason, calls}] */
json_t *cc_trunks_json(struct cc_engine *e);
/* What the line said last, "" nothing. */
const char *cc_trunk_reason(struct cc_engine *e, uint32_t id);
/* {invites, foreign, bad_contact, malformed} since the start */
json_t *cc_sip_json(struct cc_engine *e);

/* engine_rows.c */
/* Which appeals a role reads; the greater includes the smaller. */
unsigned cc_sight(const char *role);
/* row: {"appeal", "orgs", "users", "author", "about"} */
void cc_rows_changed(struct cc_engine *e, json_t *row);
void cc_rows_push(struct cc_engine *e, struct cc_session *s);

/* engine_view.c */
void cc_push(struct cc_engine *e, struct cc_session *s, const char *event,
	     json_t *body);
void cc_push_state(struct cc_engine *e, struct cc_session *s);
void cc_push_presence(struct cc_engine *e);
void cc_notice(struct cc_engine *e, const struct cc_agent *a, const char *code);
void cc_push_quality(struct cc_engine *e, const struct cc_agent *a);
json_t *cc_stats_json(const struct cc_engine *e);

#endif
