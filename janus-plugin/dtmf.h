/* dtmf.h - telephone-event payload. Pure: no I/O, no clock, no locks. */
#ifndef CC_DTMF_H
#define CC_DTMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cc_dtmf {
	uint8_t code;      /* 0-15: 0-9, *, #, A-D; RFC 4733 3.2 */
	bool end;          /* this packet ends the event */
	uint8_t volume;    /* dBm0 without its sign, 0-63 */
	uint16_t duration; /* so far, in RTP timestamp units */
};

#define CC_DTMF_BYTES 4

/**
 * Decode the first event of one RTP payload (RFC 4733 2.3).
 *
 * @param out  Written only on success
 * @param buf  Payload of len bytes, borrowed for the call
 * @return 0, EBADMSG (under 4 bytes) or ENOTSUP (code above 15)
 */
int cc_dtmf_decode(struct cc_dtmf *out, const uint8_t *buf, size_t len);
/* Writes CC_DTMF_BYTES bytes. */
void cc_dtmf_encode(uint8_t *buf, const struct cc_dtmf *ev);

/* '0'-'9', '*', '#', 'A'-'D'. */
char cc_dtmf_char(uint8_t code);
/* Small letters too. @return 0 or EINVAL */
int cc_dtmf_code(uint8_t *code, char c);

/* Packets of one event share timestamp and SSRC, whichever of them come. */
struct cc_dtmf_rx {
	bool started;
	uint32_t ssrc;
	uint32_t ts;
};

/* @return true: this packet is the first one of a new event */
bool cc_dtmf_rx(struct cc_dtmf_rx *rx, uint32_t ssrc, uint32_t ts);

#define CC_DTMF_QUEUE 64

/* Digits waiting to be sent, and where the present one stands. */
struct cc_dtmf_tx {
	char queue[CC_DTMF_QUEUE];
	unsigned head, count;
	unsigned step;
};

/* @return 0, EINVAL (no such digit: nothing queued) or ENOSPC */
int cc_dtmf_tx_add(struct cc_dtmf_tx *tx, const char *digits);
static inline bool cc_dtmf_tx_busy(const struct cc_dtmf_tx *tx)
{
	return tx->count > 0;
}
/**
 * One step of 20 ms at 8 kHz: a digit lasts 100 ms and is followed by 60 ms
 * of nothing; its end is said three times (RFC 4733 2.5.1.4).
 *
 * @param first  This packet begins the event: new timestamp, marker
 * @return true: send ev now
 */
bool cc_dtmf_tx_step(struct cc_dtmf_tx *tx, struct cc_dtmf *ev, bool *first);

#endif
