/*
 * media_int.h - inside of media*.c only.
 *
 * Who owns what. The media thread owns everything, with one exception: a
 * browser leg that is *lent* to its Janus loop thread. That thread then owns
 * the leg's input (rx, left channel, the consumer end of its ring) and the
 * output (stream, right channel) of the one trunk port it feeds, so that a
 * packet goes from incoming_rtp to the socket without a switch of threads.
 *
 * leg_take() gets it back: the owner word is changed first, then in_use is
 * waited for (microseconds: one packet). Meanwhile and afterwards the loop
 * thread only puts packets into the ring. The media thread takes a leg before
 * it touches anything the leg may own, and lends it again at the end of its
 * turn, when nothing needs it any more.
 */
#ifndef CC_MEDIA_INT_H
#define CC_MEDIA_INT_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>
#include "janus-plugin/dtmf.h"
#include "janus-plugin/media.h"
#include "janus-plugin/prompt.h"
#include "janus-plugin/rtp.h"
#include "janus-plugin/sdp.h"

#define MEDIA_NS_MS  1000000LL
#define MEDIA_TICK   (20 * MEDIA_NS_MS)
#define MEDIA_FRAME  160 /* samples in a tick */
#define MEDIA_PACKET 1500
#define MEDIA_AUDIO  1024 /* bytes of G.711 in a packet at most */

enum {
	RING_SLOTS = 32,    /* 640 ms; power of two */
	RING_BYTES = 500,   /* 20 ms of G.711 and the browser's extensions */
	MIX_SAMPLES = 4096, /* power of two */
	MIX_DELAY = 400,    /* 50 ms: two and a half packets */
	COMFORT_MS = 300,
	HASH = 256,
};

struct ring_slot {
	int64_t at;
	uint16_t len;
	uint8_t data[RING_BYTES];
};

enum leg_owner { LEG_MEDIA, LEG_LOOP, LEG_DEAD };

/* The half of a browser leg that its loop thread sees. */
struct cc_web {
	_Atomic(int) in_use;
	_Atomic(int) owner; /* enum leg_owner */
	struct port *port;
	struct cc_media *media;
	_Atomic(bool) wake;        /* media thread wants every packet now */
	_Atomic(bool) news;        /* ... or the next one, for RX_BACK */
	_Atomic(int64_t) last_rx;  /* ns, 0 = never */
	_Atomic(unsigned) head;    /* written by the loop thread */
	_Atomic(unsigned) tail;    /* written by the owner */
	_Atomic(uint64_t) dropped; /* malformed, too long or ring full */
	struct ring_slot slots[RING_SLOTS];
	LIST_ENTRY(cc_web) held; /* while the media thread owns it */
	LIST_ENTRY(cc_web) grave;
	int64_t died;
};

enum hear_mode {
	HEAR_NOTHING,
	HEAR_PASS, /* the only peer, packet by packet */
	HEAR_MIX,  /* two peers, by the tick */
	HEAR_PLAY,
	HEAR_COMFORT,
	HEAR_DIGITS,
};

/* One input of a mixing port: a short buffer on the sample clock. */
struct mix_in {
	struct cc_rtp_place place;
	uint8_t alaw[MIX_SAMPLES];
};

struct source { /* "port hears src" */
	struct port *src;
	LIST_ENTRY(source) link; /* in src->sinks */
	struct port *sink;
	struct mix_in *mix;
};

struct out { /* everything that goes to the port: one owner, see above */
	struct cc_rtp_tx tx;
	struct cc_rtp_place right;
	uint64_t packets, octets, failed;
};

struct trunk {
	int rtp, rtcp;
	struct sockaddr_in said; /* by signalling */
	struct sockaddr_in to;   /* where we send */
	struct sockaddr_in rtcp_to;
	bool known;    /* a remote has been set */
	bool send;     /* it wants to hear us */
	bool locked;   /* to is where packets come from */
	int64_t heard; /* last packet from there */
	uint8_t pt, dtmf_pt;
	uint64_t foreign; /* packets from elsewhere */
	struct cc_rtcp_peer peer;
	int64_t rtcp_at; /* next report */
};

struct port {
	uint64_t id;
	struct cc_media *m;
	LIST_ENTRY(port) hash;
	TAILQ_ENTRY(port) all;
	struct cc_web *web; /* NULL: a trunk port */
	void *handle;
	struct trunk t;

	/* input */
	struct cc_rtp_rx rx;
	struct cc_dtmf_rx digit;
	uint64_t malformed;
	LIST_HEAD(, source) sinks; /* who hears it */
	struct cc_rtp_place left;

	/* output */
	struct cc_hear hear;
	int64_t hear_at;
	enum hear_mode mode;
	struct source from[2];
	unsigned play;                       /* index into hear.play */
	size_t play_at, then_at, comfort_at; /* samples said already */
	bool comforting;
	bool said;     /* play[] is over, not yet told */
	int64_t mixed; /* sample clock the mix has reached */
	struct cc_dtmf_tx digits;
	struct out out;

	struct cc_rec *rec;
	_Atomic(bool) truncated;

	unsigned listen_ms; /* 0: not listened to */
	int64_t voice_at;   /* last heard, or since when listened to */
	uint64_t voice;     /* samples with a voice */
	bool quiet;         /* told */

	unsigned watch_ms;
	int64_t watch_from;
	int64_t lost_at;
	bool lost, ever;
	int64_t last_rx; /* trunk; a leg has its own */
};

struct cmd;

struct cc_media {
	struct cc_media_conf conf;
	struct in_addr addr;
	cc_media_h *handler;
	void *arg;
	struct cc_prompts prompts;

	pthread_t thread;
	int epoll, event, timer;

	pthread_mutex_t lock;    /* cmds, next_pair */
	pthread_cond_t answered; /* stats */
	STAILQ_HEAD(, cmd) cmds;
	unsigned next_pair;

	LIST_HEAD(, port) hash[HASH];
	TAILQ_HEAD(, port) ports;
	LIST_HEAD(, cc_web) held; /* legs that the media thread owns */
	LIST_HEAD(, cc_web) graves;
	_Atomic(bool) news; /* a leg's news was answered */
	bool dirty;         /* does the tick still have to run? */
	bool ticking;
	int64_t tick_at; /* nominal time of the last tick */
	int64_t keep_at; /* housekeeping, once a second */
	bool stop;
};

int64_t media_now(void);

/* media.c */
void media_emit(struct port *p, enum cc_media_kind kind, char digit);
void media_wake(struct cc_media *m);
struct port *media_find(struct cc_media *m, uint64_t id);
/* Something has come from p: tells it, if it is the first or p was lost. */
void media_heard(struct port *p);

/* media_port.c: sockets, input, output */
int port_open_trunk(struct cc_media *m, struct port *p, uint16_t *rtp_port);
void port_close_trunk(struct port *p);
void port_remote(struct port *p, const struct cc_sdp_media *remote);
void port_read_rtp(struct port *p);
void port_read_rtcp(struct port *p);
void port_report(struct port *p, int64_t now);
/* One packet from the port's side, by the owner of its input. */
void port_input(struct port *p, const struct cc_rtp *in, int64_t now);
bool port_may_send(const struct port *p);
/* Send header h with A-law audio, where port_may_send; by the owner of the
 * port's output. A number is taken for what is sent only (RFC 3550 5.1). */
void port_send(struct port *p, const struct cc_rtp *h, const uint8_t *alaw,
	       size_t n, int64_t now);
void port_send_raw(struct port *p, const struct cc_rtp *h, uint8_t pt,
		   const uint8_t *payload, size_t n);
void port_record(struct port *p, struct cc_rec *rec, int64_t now);
int64_t port_last_rx(const struct port *p);
void port_init_out(struct port *p);
void port_stats(struct port *p, struct cc_media_stats *out);

/* media_web.c: loans */
int web_new(struct port *p);
void leg_take(struct cc_web *w);
void leg_lend(struct cc_web *w);
/* Empty the ring; by its owner. */
void leg_drain(struct cc_web *w);
void leg_bury(struct cc_web *w, int64_t now);

/* media_mix.c: what a port hears */
void hear_set(struct port *p, const struct cc_hear *h, int64_t now);
void hear_link(struct port *p);
void hear_unlink(struct port *p);
/* Choose the mode again after a change; legs involved are taken. */
void hear_mode(struct port *p);
void hear_take_sources(struct port *p);
void hear_packet(struct source *s, const struct cc_rtp *in, const uint8_t *alaw,
		 int64_t now);
void hear_tick(struct port *p, int64_t now);
bool hear_needs_tick(const struct port *p);

#endif
