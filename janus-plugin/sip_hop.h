/*
 * sip_hop.h - SIP messages that change from TLS to TCP and back on their way
 * through sip_tls.c, header by header. Pure: no I/O, no clock, no sofia-sip.
 *
 * sofia speaks TCP with us, the operator TLS. What says so in a message is the
 * transport in the topmost Via (RFC 3261 18.2.1 and 18.1.2) and in our Contact;
 * and where a response names the address a request came from (RFC 3581 4),
 * that must be the operator's and not sofia's neighbour. All else passes as it
 * is.
 */
#ifndef CC_SIP_HOP_H
#define CC_SIP_HOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CC_HOP_HEAD = 16384,   /* longest header, with its blank line */
	CC_HOP_GROWTH = 64,    /* a rewritten one is longer by less */
	CC_HOP_BODY = 1 << 20, /* longest body */
};

struct cc_hop {
	bool outward;     /* from sofia to the operator */
	char address[16]; /* the operator's, for outward responses */
	uint16_t port;
};

/**
 * Where the header at the beginning of a stream ends.
 *
 * @return its length with the blank line, 0: not all of it is there yet
 */
size_t cc_hop_head(const char *s, size_t len);

/**
 * @param out   CC_HOP_HEAD + CC_HOP_GROWTH bytes
 * @param head  as cc_hop_head measured it, at most CC_HOP_HEAD
 * @param body  Content-Length, 0 where there is none
 * @return how much was written, 0: this is no SIP message that can be passed on
 */
size_t cc_hop_rewrite(char *out, const char *head, size_t len,
		      const struct cc_hop *hop, size_t *body);

#endif
