/*
 * sdp.h - the little of SDP that a G.711 trunk needs (RFC 3264, 8866), and
 * the offer to a browser leg. Pure: no I/O, no clock, no locks.
 */
#ifndef CC_SDP_H
#define CC_SDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From the writer's side; bit 0 sends, bit 1 receives. */
enum cc_sdp_dir {
	CC_SDP_INACTIVE = 0,
	CC_SDP_SENDONLY = 1,
	CC_SDP_RECVONLY = 2,
	CC_SDP_SENDRECV = 3,
};

/* What the other side said about its audio. */
struct cc_sdp_media {
	char addr[46];       /* numeric; 0.0.0.0 = old-style hold */
	uint16_t port;       /* RTP; RTCP is rtcp_port */
	uint16_t rtcp_port;  /* RFC 3605, else port + 1 */
	uint8_t pt;          /* 8 PCMA or 0 PCMU: the one we will send */
	uint8_t dtmf_pt;     /* telephone-event, 0 = none */
	uint8_t ptime;       /* ms, 20 if not said */
	enum cc_sdp_dir dir; /* as the other side wrote it */
};

/**
 * Read an offer or an answer. PCMA wins over PCMU whatever the order.
 *
 * @return 0, EBADMSG (not SDP), ENOTSUP (no usable audio: answer 488)
 */
int cc_sdp_read(struct cc_sdp_media *out, const char *sdp, size_t len);

/* The other side does not want to hear us: by direction or by 0.0.0.0. */
bool cc_sdp_held(const struct cc_sdp_media *m);

/* What we say about ours. */
struct cc_sdp_local {
	const char *addr;
	uint16_t port;    /* RTP, RTCP = port + 1 */
	uint64_t session; /* o= id */
	uint64_t version; /* o= version, bump for every change */
	enum cc_sdp_dir dir;
};

/* Write our offer (remote NULL: PCMA, PCMU, telephone-event 101) or answer.
 * Answers mirror the m= lines: every other stream is refused with port 0, in
 * the order of the offer. @return 0, ENOSPC or EBADMSG (offer unreadable) */
int cc_sdp_write(char *buf, size_t size, const struct cc_sdp_local *local,
		 const char *offer);

/* The plugin's offer to a browser leg: one sendrecv audio m= line on PCMA and
 * PCMU at 20 ms; Janus adds ICE, DTLS and candidates. version: see above. */
int cc_sdp_web_offer(char *buf, size_t size, uint64_t session,
		     uint64_t version);
/* Did the browser's answer accept PCMA? @return 0 or ENOTSUP, EBADMSG */
int cc_sdp_web_answer(const char *sdp, size_t len);

#endif
