/*
 * media_bed.h - what the tests of the media thread stand on: a running media
 * thread on 127.0.0.1 with prompts that can be told apart, telephones with
 * real sockets, browsers whose packets come from a thread of their own, and
 * a log of events to wait for.
 */
#ifndef MEDIA_BED_H
#define MEDIA_BED_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "janus-plugin/media.h"
#include "janus-plugin/rtp.h"

#define FRAME 160
#define PORTS 16 /* RTP ports in the range of the bed */

enum { WAIT_MS = 5000 };

struct got { /* one packet that arrived somewhere */
	struct cc_rtp h;
	uint8_t payload[320];
	int64_t at;
};

struct browser {
	uint64_t id;
	struct cc_web *web;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct got *got; /* what was relayed to it */
	unsigned n, taken;
	uint16_t seq;
	uint32_t ts;
	bool removed;
};

struct phone {
	uint64_t id;
	uint16_t ours; /* port of the media thread */
	int rtp, rtcp;
	uint16_t port;
	uint16_t seq;
	uint32_t ts, ssrc;
};

void bed_open(void);
void bed_close(void);
struct cc_media *bed_media(void);
const char *bed_dir(void);
int64_t bed_now(void);
/* The A-law code that fills a prompt. */
uint8_t bed_code(enum cc_prompt p);
/* Wait until everything commanded so far has been carried out. */
void bed_settle(void);

/* Wait for an event; fails the test after WAIT_MS. Events that came before
 * and were not waited for are skipped. */
struct cc_media_event bed_event(enum cc_media_kind kind, uint64_t port);
/* Events of that kind and port so far. */
unsigned bed_count(enum cc_media_kind kind, uint64_t port);

/* A telephone; pt 8 or 0; telephone-events are 101. */
void phone_open(struct phone *p, uint64_t id, uint8_t pt);
void phone_close(struct phone *p);
/* One frame of a code, now. */
void phone_say(struct phone *p, uint8_t pt, uint8_t code);
void phone_send(struct phone *p, const void *buf, size_t len);
/* The next packet. @return false: none within ms */
bool phone_hear(struct phone *p, struct got *g, int ms);
/* Throws away what has come. */
void phone_flush(struct phone *p);

void browser_open(struct browser *b, uint64_t id);
void browser_close(struct browser *b);
void browser_say(struct browser *b, uint8_t code);
bool browser_hear(struct browser *b, struct got *g, int ms);
void browser_flush(struct browser *b);

/* Runs f(arg, i) n times, 20 ms apart by the clock. */
void pace(unsigned n, void (*f)(void *arg, unsigned i), void *arg);

void hear_peers(uint64_t id, uint64_t a, uint64_t b);
void hear_play(uint64_t id, enum cc_prompt play, enum cc_prompt then,
	       uint32_t gen);

#endif
