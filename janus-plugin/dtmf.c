/* dtmf.c - telephone-event payload (RFC 4733). */
#include <errno.h>
#include <string.h>
#include "janus-plugin/dtmf.h"

enum {
	STEP_SAMPLES = 160,
	STEPS_TONE = 5, /* 100 ms */
	STEPS_END = 3,  /* the last packet, three times */
	STEPS_ALL = 8,  /* with the pause */
	VOLUME = 10,
};

static const char names[] = "0123456789*#ABCD";

int cc_dtmf_decode(struct cc_dtmf *out, const uint8_t *buf, size_t len)
{
	if (len < CC_DTMF_BYTES)
		return EBADMSG;
	if (buf[0] > 15)
		return ENOTSUP;

	out->code = buf[0];
	out->end = buf[1] >> 7;
	out->volume = buf[1] & 0x3f;
	out->duration = (uint16_t)(buf[2] << 8 | buf[3]);
	return 0;
}

void cc_dtmf_encode(uint8_t *buf, const struct cc_dtmf *ev)
{
	buf[0] = ev->code;
	buf[1] = (uint8_t)(ev->end << 7 | (ev->volume & 0x3f));
	buf[2] = (uint8_t)(ev->duration >> 8);
	buf[3] = (uint8_t)ev->duration;
}

char cc_dtmf_char(uint8_t code)
{
	return names[code & 0x0f];
}

int cc_dtmf_code(uint8_t *code, char c)
{
	const char *at;

	if (c >= 'a' && c <= 'd')
		c = (char)(c - 'a' + 'A');
	at = c ? strchr(names, c) : NULL;
	if (!at)
		return EINVAL;
	*code = (uint8_t)(at - names);
	return 0;
}

bool cc_dtmf_rx(struct cc_dtmf_rx *rx, uint32_t ssrc, uint32_t ts)
{
	/* not newer: a repetition, or a late packet of an earlier event */
	if (rx->started && rx->ssrc == ssrc && (int32_t)(ts - rx->ts) <= 0)
		return false;
	rx->started = true;
	rx->ssrc = ssrc;
	rx->ts = ts;
	return true;
}

int cc_dtmf_tx_add(struct cc_dtmf_tx *tx, const char *digits)
{
	size_t n = strlen(digits);
	uint8_t code;

	for (size_t i = 0; i < n; i++)
		if (cc_dtmf_code(&code, digits[i]))
			return EINVAL;
	if (n > CC_DTMF_QUEUE - tx->count)
		return ENOSPC;

	for (size_t i = 0; i < n; i++)
		tx->queue[(tx->head + tx->count++) % CC_DTMF_QUEUE] = digits[i];
	return 0;
}

bool cc_dtmf_tx_step(struct cc_dtmf_tx *tx, struct cc_dtmf *ev, bool *first)
{
	unsigned step = tx->step;

	if (!tx->count)
		return false;

	if (step < STEPS_TONE + STEPS_END - 1) {
		cc_dtmf_code(&ev->code, tx->queue[tx->head]);
		ev->volume = VOLUME;
		ev->end = step >= STEPS_TONE - 1;
		ev->duration = STEP_SAMPLES * (ev->end ? STEPS_TONE : step + 1);
	}
	*first = step == 0;

	if (++tx->step == STEPS_ALL) {
		tx->step = 0;
		tx->count--;
		tx->head = (tx->head + 1) % CC_DTMF_QUEUE;
	}
	return step < STEPS_TONE + STEPS_END - 1;
}
