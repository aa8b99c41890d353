/*
 * engine.h - the owner of every call, queue and operator (DESIGN D3).
 *
 * One thread calls these functions (mailbox.h runs it); time is handed in
 * with cc_engine_time and the world is reached through struct cc_ports, so a
 * test drives the same code with fakes and a simulated clock. Nothing here
 * blocks.
 */
#ifndef CC_ENGINE_H
#define CC_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

struct cc_engine;
struct cc_hear;
struct cc_media_event;
struct cc_media_stats;
struct cc_rec_done;
struct cc_request;
struct cc_sdp_media;
struct cc_sip_event;
struct cc_sip_stats;
struct cc_sip_way;

#define CC_UUID_SIZE 37
#define CC_WEB_SIZE  17 /* name of a web session, hex; "" = not said */

/* What the engine asks for when a recording begins. */
struct cc_record_order {
	char id[CC_UUID_SIZE];
	char call[CC_UUID_SIZE];
	int64_t started_ms; /* epoch */
};

/* The world. arg is handed to each. Every function returns at once. */
struct cc_ports {
	void *arg;

	/* sip.h */
	void (*sip_answer)(void *arg, uint64_t dialog, const char *sdp);
	void (*sip_reject)(void *arg, uint64_t dialog, int status);
	int (*sip_invite)(void *arg, uint32_t trunk,
			  const struct cc_sip_way *ways, size_t n,
			  const char *sdp, uint64_t *dialog);
	void (*sip_hangup)(void *arg, uint64_t dialog);
	void (*sip_stats)(void *arg, struct cc_sip_stats *out);

	/* media.h; ports are named by the engine */
	int (*trunk_add)(void *arg, uint64_t port, uint16_t *rtp);
	int (*web_add)(void *arg, uint64_t port, uint64_t session);
	void (*port_remove)(void *arg, uint64_t port);
	void (*remote)(void *arg, uint64_t port, const struct cc_sdp_media *r);
	void (*hear)(void *arg, uint64_t port, const struct cc_hear *h);
	void (*watch)(void *arg, uint64_t port, unsigned limit_ms);
	void (*listen)(void *arg, uint64_t port, unsigned quiet_ms);
	void (*mark)(void *arg, uint64_t port, const char *mark);
	void (*dtmf)(void *arg, uint64_t port, const char *digits);
	int (*stats)(void *arg, uint64_t port, struct cc_media_stats *out);
	/* order NULL: finish. path: size bytes, relative to rec/ */
	int (*record)(void *arg, uint64_t port,
		      const struct cc_record_order *order, char *path,
		      size_t size);

	/* pages; event is taken */
	void (*push)(void *arg, uint64_t session, json_t *event);
	void (*offer)(void *arg, uint64_t session);
	void (*drop)(void *arg, uint64_t session);
	/* @return 0, *user and the web session it was given in, or EACCES */
	int (*token)(void *arg, const char *token, uint32_t *user,
		     char web[CC_WEB_SIZE]);

	/* the journal; row is taken */
	void (*post)(void *arg, json_t *row);
	/* seconds east of UTC of a zone at a moment */
	int (*utc_offset)(void *arg, const char *zone, int64_t epoch_ms);
	void (*uuid)(void *arg, int64_t epoch_ms, char out[CC_UUID_SIZE]);
};

struct cc_engine_conf {
	const char *node;
	const char *addr;         /* written into our SDP */
	const char *emergency[2]; /* numbers of «112» and «103» */
	unsigned resume_ms;       /* D2: the same operator may return, 10000 */
	unsigned give_up_ms;      /* K-3.0.8: 60000 */
	unsigned ping_ms;         /* 700 */
	unsigned ring_ms;         /* a transfer rings at most, 20000 */
	unsigned emergency_ms;    /* «112» may ring, 15000 */
	unsigned rtp_limit_ms;    /* citizen silent: call ends, 60000 */
	unsigned hold_limit_ms;   /* the same where he only listens, 30 min */
	unsigned call_limit_ms;   /* absolute, 10 h */
	/* the secretary: longest message, silence that ends it, and how much
	 * voice makes a message at all */
	unsigned voice_max_ms, voice_quiet_ms, voice_min_ms;
};

int cc_engine_new(struct cc_engine **ep, const struct cc_engine_conf *conf,
		  const struct cc_ports *ports);
/* Ends every call (end_reason SHUTDOWN) and frees. */
void cc_engine_free(struct cc_engine **ep);

/* Before each of the calls below: monotonic and epoch milliseconds. */
void cc_engine_time(struct cc_engine *e, int64_t mono_ms, int64_t epoch_ms);
/* After them: sends what became due. @return ms until it must be called
 * again, -1 = not before the next event */
int cc_engine_settle(struct cc_engine *e);

void cc_engine_sip(struct cc_engine *e, const struct cc_sip_event *ev);
void cc_engine_media(struct cc_engine *e, const struct cc_media_event *ev);
/* Directory as in store.h; borrowed. */
void cc_engine_directory(struct cc_engine *e, json_t *dir);
void cc_engine_outbox(struct cc_engine *e, const char *kind, json_t *payload);

/* Recordings cannot be written: no messages are taken (false: again). */
void cc_engine_disk(struct cc_engine *e, bool full);

/* Places kept for call-backs that a former process left: [{id, call, queue_id,
 * number, since (epoch ms), seq, card}]; borrowed. Once, after the first
 * directory. */
void cc_engine_places(struct cc_engine *e, json_t *list);

/* A page. Sessions are named by session.h, never reused. */
void cc_engine_session_new(struct cc_engine *e, uint64_t session);
void cc_engine_session_gone(struct cc_engine *e, uint64_t session);
void cc_engine_leg_up(struct cc_engine *e, uint64_t session);
void cc_engine_leg_down(struct cc_engine *e, uint64_t session);
/* @return NULL = ok, else a code of request.h */
const char *cc_engine_request(struct cc_engine *e, uint64_t session,
			      const struct cc_request *req);

/* Things to count and to look at; for node_status and tests. */
struct cc_engine_stats {
	unsigned calls, waiting, talking, active, legs, sessions;
	uint64_t offered, answered, abandoned, ended;
};
void cc_engine_stats(const struct cc_engine *e, struct cc_engine_stats *out);
/* One caller <= 1 operator, one operator <= 1 offer, nobody stuck.
 * @return NULL or what is broken */
const char *cc_engine_check(const struct cc_engine *e);

#endif
