/*
 * trunk.h - what is decided about the lines of the operators: is one alive,
 * which one takes a call, when to register again. Pure: no I/O, no clock.
 *
 * A trunk has one or several targets (addresses of the same operator). One of
 * them is current: OPTIONS, REGISTER and new calls all go there, so a line
 * whose registration is good is the line that is watched and dialled.
 */
#ifndef CC_TRUNK_H
#define CC_TRUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CC_TRUNKS = 16,       /* lines in use at once */
	CC_TRUNK_TARGETS = 8, /* addresses of one line */
	CC_TRUNK_HOST = 128,
	CC_TRUNK_MISSES = 2, /* unanswered questions that make a line bad */
};

enum cc_transport { CC_UDP, CC_TCP, CC_TLS };

/* One line as the administrator describes it. */
struct cc_trunk_conf {
	uint32_t id;              /* not 0 */
	bool registers;           /* or known by its address alone */
	char host[CC_TRUNK_HOST]; /* names or IPv4 addresses, each with or
				     without :port, best first, comma */
	uint16_t port;            /* where host names none */
	enum cc_transport transport;
	char presented[33]; /* our number, "" none */
	char user[64];      /* registration and digest, "" none */
	char secret[128];
	uint32_t expires_s; /* asked for; 0 = 600 */
};

/**
 * The n-th host of the list.
 *
 * @param host  CC_TRUNK_HOST bytes
 * @return 0, ENOENT (fewer than that) or EINVAL (characters that no host name
 * has, a port out of range)
 */
int cc_trunk_host(const struct cc_trunk_conf *conf, size_t n, char *host,
		  uint16_t *port);
/* May this be used? host, port, user and presented are checked, so that none
 * of them can bring a line break or a quote into a header (RFC 3261 25.1). */
bool cc_trunk_conf_ok(const struct cc_trunk_conf *conf);
bool cc_trunk_conf_same(const struct cc_trunk_conf *a,
			const struct cc_trunk_conf *b);

/* ---- is it alive? (OPTIONS, RFC 3261 11) ---- */

enum cc_line { CC_LINE_UNKNOWN, CC_LINE_UP, CC_LINE_DOWN };

struct cc_health {
	enum cc_line line;
	unsigned misses; /* in a row, at the current target */
	unsigned tried;  /* targets found bad since the last good answer */
};

enum {
	CC_HEALTH_CHANGED = 1, /* of line */
	CC_HEALTH_NEXT = 2,    /* the next target becomes the current one */
	CC_HEALTH_ASK = 4,     /* ask it at once */
};

/**
 * One question was answered or not. A single miss is no failure, a single
 * answer is life; the line is down when every target has failed.
 *
 * @param targets  how many there are, at least 1
 * @return CC_HEALTH_ bits
 */
unsigned cc_health_step(struct cc_health *h, bool good, unsigned targets);

/* ---- which line takes a call? ---- */

struct cc_trunk_view {
	uint32_t id;
	enum cc_line line;
	bool registers, registered;
	bool tried; /* by this call */
	bool ready; /* has an address to send to */
};

/**
 * @param v     by priority, best first
 * @param want  id of the line ordered, 0 = whichever
 * @return index: the wanted one if it works, else the first that works, else
 * the first nobody knows bad, else the first at all; n = none is left
 */
size_t cc_trunk_choose(const struct cc_trunk_view *v, size_t n, uint32_t want);

/**
 * Is the refusal the line's own, so that another line may do better?
 *
 * @param heard  the other side has rung already: never again elsewhere
 * @param said   the status came in a message; else it is our own reckoning
 */
bool cc_trunk_failed(int status, bool said, bool heard);

/* ---- registration (RFC 3261 10) ---- */

/**
 * Seconds until the next attempt; it never gives up for good, and what only a
 * person can mend (wrong password, forbidden, unknown) is asked rarely.
 *
 * @param status   final answer to REGISTER; 408 also: none came
 * @param attempt  failures in a row, from 1
 * @param after    Retry-After, 0 = none
 */
unsigned cc_register_delay(int status, unsigned attempt, unsigned after);

#endif
