/*
 * rtp.h - RTP and RTCP as far as G.711 needs them (RFC 3550): reading and
 * writing headers, reception figures, one continuous outgoing stream over
 * many sources, and the place of a packet on a recording's sample clock.
 * Pure: no I/O, no locks; the time is a parameter (monotonic ns).
 */
#ifndef CC_RTP_H
#define CC_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CC_RTP_RATE   8000
#define CC_RTP_HEADER 12

struct cc_rtp {
	uint8_t pt;
	bool marker;
	uint16_t seq;
	uint32_t ts;
	uint32_t ssrc;
	const uint8_t *payload; /* inside the packet that was parsed */
	size_t len;
};

/**
 * Read one packet: version, CSRC list, extension and padding are checked
 * against its length.
 *
 * @return 0 or EBADMSG (also for an empty payload)
 */
int cc_rtp_parse(struct cc_rtp *out, const uint8_t *buf, size_t len);
/* Writes CC_RTP_HEADER bytes; payload and len are not looked at. */
void cc_rtp_write(uint8_t *buf, const struct cc_rtp *h);

/* ---- reception (RFC 3550 A.1, A.3, A.8) ---- */

enum cc_rtp_verdict {
	CC_RTP_NEXT,      /* newest so far; packets before it may be missing */
	CC_RTP_RESTART,   /* another stream: the first one of a new SSRC, or
			     the second in a row after a jump of seq */
	CC_RTP_LATE,      /* fills a hole */
	CC_RTP_DUPLICATE, /* to be dropped */
	CC_RTP_STRAY,     /* to be dropped: seq far from everything */
};

struct cc_rtp_rx {
	bool started;
	uint32_t ssrc;
	uint16_t seq;    /* newest */
	uint32_t cycles; /* wraps of seq, << 16 */
	uint32_t first;  /* extended seq at the start of this SSRC */
	uint64_t seen;   /* bit n: newest - n has come */
	bool jumped;
	uint16_t jump_to;    /* seq that would confirm a jump */
	uint32_t ts;         /* of the newest */
	uint32_t per_packet; /* samples in the newest */
	int64_t at;          /* arrival of the newest, ns */
	uint32_t jitter16;   /* RFC 3550 A.8, samples * 16 */
	uint64_t packets;    /* all kept, late ones too */
	uint64_t late, duplicate, stray;
	uint64_t missing;       /* of earlier SSRCs */
	uint64_t expected_past; /* of earlier SSRCs */
	uint64_t kept;          /* of this SSRC */
	int64_t max_gap;        /* ns between packets, pauses in speech apart */
	uint64_t report_expected, report_kept; /* at the last RTCP report */
};

/* audio: false for telephone-events and the like, whose timestamps say nothing
 * about when they were sent. */
enum cc_rtp_verdict cc_rtp_rx(struct cc_rtp_rx *rx, const struct cc_rtp *p,
			      bool audio, int64_t now);
uint64_t cc_rtp_rx_expected(const struct cc_rtp_rx *rx);
uint64_t cc_rtp_rx_lost(const struct cc_rtp_rx *rx);
/* Simplified E-model (G.107) for G.711 with concealment -> MOS 1-4.5.
 * delay_ms: mouth to ear as far as known. loss: fraction 0-1. */
double cc_rtp_mos(double loss, unsigned delay_ms);

/* ---- one outgoing stream over all sources ---- */

struct cc_rtp_tx {
	uint32_t ssrc;
	uint16_t seq;     /* newest sent */
	uint32_t ts;      /* of it */
	uint32_t samples; /* in it */
	int64_t at;       /* when, ns */
	bool started;
	bool mapped; /* a source is being passed through: */
	uint32_t in_ssrc;
	uint16_t in_first; /* nothing older belongs to this stream */
	uint16_t in_seq;   /* newest */
	uint32_t in_ts;
	uint16_t dseq; /* out - in */
	uint32_t dts;
};

/* Start values must not be guessable (RFC 3550 5.1): the caller's random. */
void cc_rtp_tx_init(struct cc_rtp_tx *tx, uint32_t ssrc, uint16_t seq,
		    uint32_t ts);
/* The source changes: the next packet continues the sequence numbers, and the
 * timestamps by the wall clock, whatever the new source counts. */
void cc_rtp_tx_cut(struct cc_rtp_tx *tx);
/**
 * Header for a packet that is passed through. Losses and disorder of the
 * source stay visible.
 *
 * @return 0 or ESTALE: older than the last cut, drop it
 */
int cc_rtp_tx_pass(struct cc_rtp_tx *tx, const struct cc_rtp *in, int64_t now,
		   struct cc_rtp *out);
/* Header for the next packet of our own making. */
void cc_rtp_tx_next(struct cc_rtp_tx *tx, uint32_t samples, int64_t now,
		    struct cc_rtp *out);
/* Another packet of the same timestamp (RFC 4733 events). */
void cc_rtp_tx_same(struct cc_rtp_tx *tx, uint32_t samples, struct cc_rtp *out);

/* ---- place on a sample clock ---- */

/*
 * Packets arrive late by a varying time, never early, so the smallest
 * difference between the clock and a timestamp over a second is the true
 * one. The place follows it by one sample a packet: a source that runs
 * 0.6 % fast or slow is followed without a hole.
 */
struct cc_rtp_place {
	bool set;
	uint32_t ssrc;
	uint32_t ts;     /* newest */
	int64_t pos;     /* place of that */
	int64_t end;     /* after the last sample placed */
	int64_t window;  /* clock when the window began */
	int64_t least;   /* smallest lateness in it */
	int64_t correct; /* samples still to shift by */
};

struct cc_rtp_spot {
	uint64_t pos;
	unsigned fill; /* 1: the sample before pos repeats the first one */
};

/* clock: sample clock now, at the arrival of the packet. */
struct cc_rtp_spot cc_rtp_place(struct cc_rtp_place *pl, uint32_t ssrc,
				uint32_t ts, size_t samples, int64_t clock);
/* The source changes: measure again at the next packet. */
void cc_rtp_place_cut(struct cc_rtp_place *pl);

/* ---- RTCP ---- */

struct cc_rtcp_peer { /* what the other side told us */
	bool heard_sr;
	uint32_t lsr;    /* middle 32 bits of its NTP time */
	int64_t sr_at;   /* when it came, ns */
	unsigned rtt_ms; /* 0 = not known */
};

struct cc_rtcp_own {
	uint32_t ssrc;
	uint32_t ts;      /* RTP time of now */
	uint64_t packets; /* sent; 0: a receiver report */
	uint64_t octets;
	uint64_t ntp; /* NTP time of now, 32.32 */
};

/* SR or RR with one report block and an SDES CNAME. buf: 128 bytes at least.
 * @return its length */
size_t cc_rtcp_write(uint8_t *buf, const struct cc_rtcp_own *own,
		     struct cc_rtp_rx *rx, const struct cc_rtcp_peer *peer,
		     int64_t now);
/* @return 0 or EBADMSG. ntp: of now; ssrc: ours, report blocks on others are
 * passed over. */
int cc_rtcp_read(struct cc_rtcp_peer *peer, const uint8_t *buf, size_t len,
		 uint32_t ssrc, uint64_t ntp, int64_t now);

#endif
