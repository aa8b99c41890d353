/*
 * media.h - every audio path: trunk RTP sockets, browser legs, prompts,
 * mixing (DESIGN D6). A *port* is one end of audio: a trunk socket pair or a
 * browser leg. Ports are named by ids chosen by the caller, never reused.
 *
 * Commands may be called from any thread (in practice the engine's), never
 * block on I/O and are carried out in order by the media thread, the only
 * owner of routes, sockets and mixers. Events arrive on the media thread.
 */
#ifndef CC_MEDIA_H
#define CC_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cc_media;
struct cc_web; /* the media half of a browser leg */
struct cc_rec; /* recorder.h */
struct cc_sdp_media;

/* Files $OTKLIK_STATE/prompts/<name>.wav, 8 kHz mono 16 bit. */
enum cc_prompt {
	CC_PROMPT_NONE,
	CC_PROMPT_GREETING,  /* greeting: says that the call is recorded */
	CC_PROMPT_MUSIC,     /* music: looped */
	CC_PROMPT_RING,      /* ring: 425 Hz 1 s / 4 s, to the operator */
	CC_PROMPT_RINGBACK,  /* ringback: to a consulting operator */
	CC_PROMPT_BUSY,      /* busy */
	CC_PROMPT_RECONNECT, /* reconnect: "please wait, the operator's…" */
	CC_PROMPT_CLOSED,    /* closed: out of hours */
	CC_PROMPT_SORRY,     /* sorry: maximum wait reached */
	CC_PROMPT_POSITION,  /* position: "your number in the queue is" */
	CC_PROMPT_NUMBER_1,  /* number-1 … number-20 follow in order */
	CC_PROMPT_NUMBER_20 = CC_PROMPT_NUMBER_1 + 19,
	CC_PROMPT_SOON, /* soon: "you are next" goes with number 1 */
	CC_PROMPT_BEEP, /* beep: speak after it */
	/* message: closed, a message may be left; also at the maximum wait */
	CC_PROMPT_MESSAGE,
	CC_PROMPT_MESSAGE_BUSY,  /* message-busy */
	CC_PROMPT_MESSAGE_TAKEN, /* message-taken */
	CC_PROMPT_MESSAGE_EMPTY, /* message-empty: nothing was heard */
	CC_PROMPT_LEAVE,         /* leave: "press 1, we call you back" */
	CC_PROMPT_NUMBER_ASK,    /* number-ask: type it, then # */
	CC_PROMPT_NUMBER_HEARD,  /* number-heard: "your number:", digits */
	CC_PROMPT_NUMBER_RIGHT,  /* number-right: "1 right, 2 again" */
	CC_PROMPT_NUMBER_BAD,    /* number-bad: too short, again */
	CC_PROMPT_NUMBER_KEPT,   /* number-kept: place kept, good-bye */
	CC_PROMPT_ZERO,          /* number-0 */
	CC_PROMPT_WAIT,          /* wait: "wait in minutes", then a number */
	CC_PROMPT_COUNT,
	/* the fund's own, as cc_media_prompt reads them: CC_PROMPT_OWN on */
	CC_PROMPT_OWN = CC_PROMPT_COUNT,
	CC_PROMPT_END = CC_PROMPT_OWN + 256,
};

#define CC_PLAY_MAX 18 /* a read-out number and the words around it */

/* What one port hears. Exactly one source speaks at a time: while prompts
 * play, peers are not heard. */
struct cc_hear {
	uint64_t from[2]; /* ids of ports, 0 = none; two are mixed */
	enum cc_prompt play[CC_PLAY_MAX]; /* one after another, NONE ends */
	enum cc_prompt then;    /* looped after them; NONE: the peers */
	enum cc_prompt comfort; /* looped while the only peer is silent for
				     300 ms (DESIGN D2); NONE: nothing */
	uint32_t gen;           /* comes back in CC_MEDIA_PLAYED */
};

enum cc_media_kind {
	CC_MEDIA_PLAYED,  /* play[] of generation gen is over */
	CC_MEDIA_DTMF,    /* trunk: one digit, once per event (RFC 4733) */
	CC_MEDIA_RX_LOST, /* nothing received for the limit of the port */
	CC_MEDIA_RX_BACK, /* first packet after RX_LOST, or the first at all */
	CC_MEDIA_QUIET,   /* listened to: no voice for the limit; once */
	CC_MEDIA_TRUNCATED, /* a recording's ring overflowed: gap marked */
};

struct cc_media_event {
	enum cc_media_kind kind;
	uint64_t port;
	uint32_t gen;
	char digit;
};

typedef void(cc_media_h)(const struct cc_media_event *ev, void *arg);

/* Sends one RTP packet to a browser; called on the media thread only, and
 * never after cc_media_remove's done() ran. buf: RTP header and payload. */
typedef void(cc_media_relay_h)(void *handle, char *buf, int len);

struct cc_media_conf {
	const char *addr;            /* bind and SDP address of trunk RTP */
	uint16_t port_min, port_max; /* even RTP, odd RTCP */
	const char *prompts; /* directory; a missing file stops the start */
	cc_media_relay_h *relay;
};

/* Network figures of a port since it was added; of a browser leg since its
 * first packet after 5 s of nothing, that is of this talk (packets_out: all).
 * E-model R -> MOS (G.107). */
struct cc_media_stats {
	uint64_t packets_in, packets_out, lost, late, duplicate;
	unsigned jitter_ms, max_gap_ms;
	uint64_t refused;  /* malformed, not from the peer, ring full */
	unsigned rtt_ms;   /* from RTCP; 0 = not known */
	unsigned voice_ms; /* heard since cc_media_listen, pauses not counted */
	double loss;       /* fraction 0-1 */
	double mos;
};

/* @return 0, ENOENT (a prompt is missing; its path is in err), EINVAL,
 * ENOMEM, EMFILE */
int cc_media_open(struct cc_media **mp, const struct cc_media_conf *conf,
		  cc_media_h *handler, void *arg, char *err, size_t errlen);
void cc_media_close(struct cc_media **mp);

/**
 * Read one more prompt, for cc_hear; the same path again is the same prompt,
 * whose sound never changes. One thread at a time; reads the file.
 *
 * @return 0, ENOSPC (no more until a restart), ENOMEM, EBADMSG (not such a
 * WAV file) or the errno of reading
 */
int cc_media_prompt(struct cc_media *m, const char *path, enum cc_prompt *out);

/* Bind a free even/odd port pair now, in the caller's thread.
 * @return 0 and *rtp_port, or EADDRNOTAVAIL: the range is exhausted */
int cc_media_add_trunk(struct cc_media *m, uint64_t id, uint16_t *rtp_port);
/* Where and how the other side wants it; symmetric RTP then follows the
 * source of what really comes. May be called again (re-INVITE). */
void cc_media_remote(struct cc_media *m, uint64_t id,
		     const struct cc_sdp_media *remote);
/* A browser leg; handle is given to relay. *web goes to cc_media_web_rtp. */
int cc_media_add_web(struct cc_media *m, uint64_t id, void *handle,
		     struct cc_web **web);
/* Unlinks everywhere, closes; done(arg) on the media thread when no other
 * thread can still be in it. Finishes the port's recording. */
void cc_media_remove(struct cc_media *m, uint64_t id, void (*done)(void *),
		     void *arg);
/* From incoming_rtp, any Janus loop thread, one at a time per leg. Never
 * blocks. */
void cc_media_web_rtp(struct cc_web *web, const char *buf, size_t len);

void cc_media_hear(struct cc_media *m, uint64_t id, const struct cc_hear *h);
/* Limits for RX_LOST, ms; 0 = off. */
void cc_media_watch(struct cc_media *m, uint64_t id, unsigned limit_ms);
/* Is there a voice in what a trunk port receives? QUIET after limit_ms
 * without one; 0 = off. Each call begins anew. */
void cc_media_listen(struct cc_media *m, uint64_t id, unsigned limit_ms);
/* Record the port: left = received from it, right = sent to it (DESIGN D7).
 * Takes rec; NULL finishes and closes the present one. */
void cc_media_record(struct cc_media *m, uint64_t id, struct cc_rec *rec);
/* Mark in the port's recording, e.g. "hold", "transfer 2001": printable. */
void cc_media_mark(struct cc_media *m, uint64_t id, const char *mark);
/* Telephone-events out of a trunk port, 100 ms each, 60 ms apart. */
void cc_media_dtmf(struct cc_media *m, uint64_t id, const char *digits);
/* @return 0 or ENOENT. Waits for the media thread (a few µs): not for the
 * packet path. */
int cc_media_stats(struct cc_media *m, uint64_t id, struct cc_media_stats *out);

#endif
