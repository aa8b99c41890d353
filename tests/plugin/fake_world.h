/*
 * fake_world.h - the engine's ports without a world: what the engine asked
 * for is kept so that a test can look at it, and nothing happens by itself.
 */
#ifndef FAKE_WORLD_H
#define FAKE_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

#include "janus-plugin/engine.h"
#include "janus-plugin/media.h"
#include "janus-plugin/sip.h"

#define WORLD_PORTS  4096
#define WORLD_EVENTS 64

struct world {
	struct cc_engine *engine;
	int64_t now;
	int64_t epoch_ahead; /* the wall clock, against now */

	unsigned boss; /* this user is a supervisor, too; 0 = nobody */
	uint64_t next_dialog;
	bool no_ports;      /* trunk_add fails */
	const char *caller; /* of world_call; NULL: +79000000001 */
	bool no_digits;     /* their answers have no telephone-event */
	bool no_record;     /* a recording cannot begin */
	uint64_t ended[64]; /* dialogs we hung up, not yet confirmed */
	unsigned ended_count;
	uint64_t answered, rejected, invited; /* last dialogs */
	int status;                           /* of the last reject */
	uint32_t trunk; /* of the last invite, with its flag */
	struct cc_sip_way ways[CC_SIP_WAYS];
	size_t way_count;
	/* as its first line does it; "": the line's own number */
	const char *dialled, *presented;
	struct cc_sip_stats sip;          /* what SIP has counted */
	unsigned recorded;                /* recordings begun */
	struct cc_hear hear[WORLD_PORTS]; /* last per port */
	uint64_t port[WORLD_PORTS];       /* its id, 0 = none */
	unsigned listen[WORLD_PORTS];     /* quiet_ms, 0 = not */
	unsigned watch[WORLD_PORTS];      /* silence that is told, ms */
	unsigned voice_ms;                /* of every port's figures */
	uint64_t offer;                   /* last session offered a leg */
	unsigned uuid;

	/* stored kinds of each call, for the replay; ended calls are checked
	 * at once and forgotten */
	json_t *events; /* call id -> [kind, …] */
	unsigned long replayed;
	json_t *places; /* ids of places that wait */
	json_t *kinds;  /* kind -> how often */
	json_t *rows;   /* all rows, if keep_rows */
	json_t *dir;    /* last directory */
	json_t *why;    /* last stored decision */
	bool keep_rows;
	json_t *state[64];   /* last `state` event per session */
	json_t *said[64];    /* last `notice` per session */
	json_t *told[64];    /* last `appeal` per session */
	json_t *changed[64]; /* last `rows` per session */
	json_t *seen[64];    /* last `presence` per session */
	json_t *alerts[64];  /* last `alerts` per session */
	json_t *shift[64];   /* the shift as its `shift` events have it */
	unsigned shifts[64]; /* how many of them came */
};

void world_open(struct world *w);
void world_close(struct world *w);
/* For cmocka: a world of three operators, and its end. */
int world_setup(void **state);
int world_teardown(void **state);
/* users 1..users (extensions 1001…), all members of queue 1 */
void world_directory(struct world *w, unsigned users);
/* the directory as w->dir is now */
void world_changed(struct world *w);
/* members of queue id replaced by those of a JSON object */
void world_queue(struct world *w, unsigned id, const char *json);
/* the same, with queue 1 open or out of service */
void world_hotline(struct world *w, unsigned users, bool open);
void world_tick(struct world *w, int64_t ms);
uint64_t world_call(struct world *w, const char *number);
/* one that user 1, who signs in for it, has answered */
uint64_t world_talk(struct world *w, const char *number);
/* something of a dialog of ours that the far side did, with an answer */
void world_sip(struct world *w, enum cc_sip_kind kind, uint64_t dialog);
/* the same with a status: PROGRESS, or ENDED with the refusal */
void world_status(struct world *w, enum cc_sip_kind kind, uint64_t dialog,
		  int status, bool sdp);
/* How the last invite is dialled by a line. */
const struct cc_sip_way *world_way(const struct world *w, uint32_t trunk);
void world_bye(struct world *w, uint64_t dialog);
void world_media(struct world *w, enum cc_media_kind kind, uint64_t port,
		 uint32_t gen);
/* a digit the caller of that port pressed */
void world_digit(struct world *w, uint64_t port, char digit);
/* The page of user = session is open, without a telephone. */
void world_page(struct world *w, uint64_t session);
/* session `s` says hello as user `s`, starts and gets its leg */
void world_sign_in(struct world *w, uint64_t session);
const char *world_ask(struct world *w, uint64_t session, const char *json);
/* a request about the call the session's page shows */
const char *world_button(struct world *w, uint64_t session, const char *name,
			 const char *more);
const char *world_agent_state(struct world *w, uint64_t session);
const char *world_call_state(struct world *w, uint64_t session);
/* what the page shows of the two, and nothing is broken */
void world_is(struct world *w, uint64_t session, const char *agent,
	      const char *call);
/* code of the last notice, "" = none yet */
const char *world_said(struct world *w, uint64_t session);
/* time passes and every page answers the questions it is asked */
void world_awake(struct world *w, int ms);
/* plays the prompt of every citizen's port to its end */
void world_play_out(struct world *w);

#endif
