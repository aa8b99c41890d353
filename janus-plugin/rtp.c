/* rtp.c - RTP headers, reception figures, outgoing stream, place in time. */
#include <errno.h>
#include <string.h>
#include "janus-plugin/rtp.h"

enum {
	MAX_DROPOUT = 3000, /* packets: a minute of loss is still a loss */
	WINDOW = 64,        /* packets remembered for duplicates */
	PASS_DROPOUT = 100, /* packets: more is a new start downstream */
	SLACK = 320,        /* samples a source may be behind the wall clock
				before it counts as a gap */
	PASS_APART = 8000,  /* samples between source time and wall clock */
	PLACE_EARLY = 800,  /* samples: no packet comes before its time */
	PLACE_LATE = 16000, /* samples: later than this is a jump */
	PLACE_STEP = 640,   /* a whole second later than this: a new path */
	PLACE_DEAD = 16,    /* samples not worth a correction */
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static int64_t samples_of(int64_t ns)
{
	return ns / (1000000000 / CC_RTP_RATE);
}

int cc_rtp_parse(struct cc_rtp *out, const uint8_t *buf, size_t len)
{
	size_t at, pad = 0;

	if (len < CC_RTP_HEADER || buf[0] >> 6 != 2)
		return EBADMSG;

	at = CC_RTP_HEADER + 4 * (size_t)(buf[0] & 0x0f);
	if (buf[0] & 0x10) { /* extension: 4 bytes, then words */
		if (at + 4 > len)
			return EBADMSG;
		at += 4 + 4 * (size_t)get16(buf + at + 2);
	}

	if (buf[0] & 0x20) {
		pad = buf[len - 1];
		if (pad == 0)
			return EBADMSG;
	}

	if (at + pad >= len) /* nothing left, or over the end */
		return EBADMSG;

	out->pt = buf[1] & 0x7f;
	out->marker = buf[1] >> 7;
	out->seq = get16(buf + 2);
	out->ts = get32(buf + 4);
	out->ssrc = get32(buf + 8);
	out->payload = buf + at;
	out->len = len - at - pad;
	return 0;
}

void cc_rtp_write(uint8_t *buf, const struct cc_rtp *h)
{
	buf[0] = 0x80;
	buf[1] = (uint8_t)(h->marker << 7 | h->pt);
	put16(buf + 2, h->seq);
	put32(buf + 4, h->ts);
	put32(buf + 8, h->ssrc);
}

/* ---- reception ---- */

static enum cc_rtp_verdict rx_start(struct cc_rtp_rx *rx,
				    const struct cc_rtp *p, int64_t now)
{
	bool first = !rx->started;

	if (!first) {
		uint64_t expected =
		    (uint64_t)rx->cycles + rx->seq - rx->first + 1;

		rx->expected_past += expected;
		if (expected > rx->kept)
			rx->missing += expected - rx->kept;
	}

	rx->started = true;
	rx->ssrc = p->ssrc;
	rx->seq = p->seq;
	rx->cycles = 0;
	rx->first = p->seq;
	rx->seen = 1;
	rx->jumped = false;
	rx->ts = p->ts;
	rx->per_packet = (uint32_t)p->len;
	rx->at = now;
	rx->kept = 1;
	rx->packets++;
	return first ? CC_RTP_NEXT : CC_RTP_RESTART;
}

/* Jitter and gaps: against what the source says it sent, so that a pause in
 * speech (its timestamp runs on, its sequence does not) is neither. */
static void rx_timing(struct cc_rtp_rx *rx, const struct cc_rtp *p,
		      uint16_t step, int64_t now)
{
	int64_t took = now - rx->at;
	int64_t sent = (int32_t)(p->ts - rx->ts);
	int64_t pause = sent - (int64_t)step * rx->per_packet;
	int64_t d = samples_of(took) - sent;

	if (pause < 0)
		pause = 0;
	took -= pause * (1000000000 / CC_RTP_RATE);
	if (took > rx->max_gap)
		rx->max_gap = took;

	if (d < 0)
		d = -d;
	if (d < CC_RTP_RATE) /* a jump of the source is not jitter */
		rx->jitter16 += (uint32_t)d - ((rx->jitter16 + 8) >> 4);
}

enum cc_rtp_verdict cc_rtp_rx(struct cc_rtp_rx *rx, const struct cc_rtp *p,
			      bool audio, int64_t now)
{
	uint16_t step = (uint16_t)(p->seq - rx->seq);
	uint16_t back = (uint16_t)(rx->seq - p->seq);

	if (!rx->started || p->ssrc != rx->ssrc)
		return rx_start(rx, p, now);

	if (step > 0 && step < MAX_DROPOUT) {
		if (audio) {
			rx_timing(rx, p, step, now);
			rx->ts = p->ts;
			rx->per_packet = (uint32_t)p->len;
			rx->at = now;
		}
		rx->seen = step < WINDOW ? rx->seen << step | 1 : 1;
		if (p->seq < rx->seq)
			rx->cycles += 1 << 16;
		rx->seq = p->seq;
		rx->jumped = false;
		rx->packets++;
		rx->kept++;
		return CC_RTP_NEXT;
	}

	if (back < WINDOW) {
		if (rx->seen >> back & 1) {
			rx->duplicate++;
			return CC_RTP_DUPLICATE;
		}
		rx->seen |= (uint64_t)1 << back;
		rx->packets++;
		rx->late++;
		rx->kept++;
		return CC_RTP_LATE;
	}

	/* A source that really restarted goes on from there; one stray packet
	 * (RFC 3550 A.1: bad_seq) does not move us. */
	if (rx->jumped && rx->jump_to == p->seq)
		return rx_start(rx, p, now);
	rx->jumped = true;
	rx->jump_to = (uint16_t)(p->seq + 1);
	rx->stray++;
	return CC_RTP_STRAY;
}

uint64_t cc_rtp_rx_expected(const struct cc_rtp_rx *rx)
{
	if (!rx->started)
		return 0;
	return rx->expected_past + (uint64_t)rx->cycles + rx->seq - rx->first +
	       1;
}

uint64_t cc_rtp_rx_lost(const struct cc_rtp_rx *rx)
{
	uint64_t now = cc_rtp_rx_expected(rx) - rx->expected_past;

	return rx->missing + (now > rx->kept ? now - rx->kept : 0);
}

double cc_rtp_mos(double loss, unsigned delay_ms)
{
	double ppl = 100 * loss;
	/* G.113: Ie 0 and Bpl 25.1 for G.711 with concealment */
	double r = 93.2 - 95 * ppl / (ppl + 25.1) - 0.024 * delay_ms;

	if (delay_ms > 177)
		r -= 0.11 * (delay_ms - 177.3);
	if (r <= 0)
		return 1;
	return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}

/* ---- the outgoing stream ---- */

void cc_rtp_tx_init(struct cc_rtp_tx *tx, uint32_t ssrc, uint16_t seq,
		    uint32_t ts)
{
	*tx = (struct cc_rtp_tx){ .ssrc = ssrc, .seq = seq, .ts = ts };
}

void cc_rtp_tx_cut(struct cc_rtp_tx *tx)
{
	tx->mapped = false;
}

/* Header after the newest one. The timestamp follows the samples, unless the
 * wall clock has left them behind: then there was a gap. */
static void tx_append(struct cc_rtp_tx *tx, uint32_t samples, int64_t now,
		      struct cc_rtp *out)
{
	int64_t passed = samples_of(now - tx->at);

	out->marker = !tx->started;
	if (tx->started) {
		if (passed > (int64_t)tx->samples + SLACK)
			out->marker = true;
		else
			passed = tx->samples;
		tx->ts += (uint32_t)passed;
	}

	tx->seq++;
	tx->samples = samples;
	tx->at = now;
	tx->started = true;
	out->seq = tx->seq;
	out->ts = tx->ts;
	out->ssrc = tx->ssrc;
}

void cc_rtp_tx_next(struct cc_rtp_tx *tx, uint32_t samples, int64_t now,
		    struct cc_rtp *out)
{
	bool cut = tx->mapped;

	tx->mapped = false;
	tx_append(tx, samples, now, out);
	out->marker |= cut;
}

void cc_rtp_tx_same(struct cc_rtp_tx *tx, uint32_t samples, struct cc_rtp *out)
{
	tx->seq++;
	tx->samples = samples;
	out->marker = false;
	out->seq = tx->seq;
	out->ts = tx->ts;
	out->ssrc = tx->ssrc;
}

static int pass_first(struct cc_rtp_tx *tx, const struct cc_rtp *in,
		      int64_t now, struct cc_rtp *out)
{
	tx_append(tx, (uint32_t)in->len, now, out);
	out->marker = true;
	tx->mapped = true;
	tx->in_ssrc = in->ssrc;
	tx->in_first = in->seq;
	tx->in_seq = in->seq;
	tx->in_ts = in->ts;
	tx->dseq = (uint16_t)(tx->seq - in->seq);
	tx->dts = tx->ts - in->ts;
	return 0;
}

int cc_rtp_tx_pass(struct cc_rtp_tx *tx, const struct cc_rtp *in, int64_t now,
		   struct cc_rtp *out)
{
	int16_t step = (int16_t)(in->seq - tx->in_seq);
	int64_t moved = (int32_t)(in->ts - tx->in_ts);
	int64_t apart = samples_of(now - tx->at) - moved;

	if (!tx->mapped || in->ssrc != tx->in_ssrc || step > PASS_DROPOUT ||
	    step < -PASS_DROPOUT)
		return pass_first(tx, in, now, out);

	out->seq = (uint16_t)(in->seq + tx->dseq);
	out->ts = in->ts + tx->dts;
	out->ssrc = tx->ssrc;
	out->marker = false;
	if (step <= 0) {
		if (step == 0 || (int16_t)(in->seq - tx->in_first) < 0)
			return ESTALE;
		return 0;
	}

	if (apart > PASS_APART || apart < -PASS_APART || moved <= 0)
		return pass_first(tx, in, now, out);

	out->marker = in->marker || (step == 1 && moved > tx->samples);
	tx->seq = out->seq;
	tx->ts = out->ts;
	tx->samples = (uint32_t)in->len;
	tx->at = now;
	tx->in_seq = in->seq;
	tx->in_ts = in->ts;
	return 0;
}

/* ---- place on a sample clock ---- */

void cc_rtp_place_cut(struct cc_rtp_place *pl)
{
	pl->set = false;
}

static struct cc_rtp_spot place_start(struct cc_rtp_place *pl, uint32_t ssrc,
				      uint32_t ts, size_t samples,
				      int64_t clock)
{
	int64_t pos = clock;

	/* Two sources in a row: do not write over the end of the first. */
	if (pl->end > clock && pl->end - clock < PLACE_STEP)
		pos = pl->end;

	pl->set = true;
	pl->ssrc = ssrc;
	pl->ts = ts;
	pl->pos = pos;
	pl->end = pos + (int64_t)samples;
	pl->window = clock;
	pl->least = INT64_MAX;
	pl->correct = 0;
	return (struct cc_rtp_spot){ .pos = (uint64_t)pos };
}

/* Once a second: how much later than placed did the fastest packet come? */
static void place_measure(struct cc_rtp_place *pl, int64_t late, int64_t clock)
{
	if (late < pl->least)
		pl->least = late;
	if (clock - pl->window < CC_RTP_RATE)
		return;

	if (pl->least > PLACE_STEP) {
		pl->pos += pl->least;
		pl->correct = 0;
	} else if (pl->least > PLACE_DEAD || pl->least < -PLACE_DEAD) {
		pl->correct = pl->least;
	} else {
		pl->correct = 0;
	}
	pl->window = clock;
	pl->least = INT64_MAX;
}

struct cc_rtp_spot cc_rtp_place(struct cc_rtp_place *pl, uint32_t ssrc,
				uint32_t ts, size_t samples, int64_t clock)
{
	int32_t moved = (int32_t)(ts - pl->ts);
	int64_t pos = pl->pos + moved;
	int64_t late = clock - pos;
	struct cc_rtp_spot spot = { 0 };

	if (!pl->set || ssrc != pl->ssrc || late < -PLACE_EARLY ||
	    late > PLACE_LATE || pos < 0)
		return place_start(pl, ssrc, ts, samples, clock);

	spot.pos = (uint64_t)pos;
	if (moved <= 0)
		return spot; /* fills a hole */

	pl->ts = ts;
	pl->pos = pos;
	place_measure(pl, late, clock);
	if (pl->correct > 0) {
		spot.fill = pl->pos == pl->end;
		pl->pos++;
		pl->correct--;
		if (pl->least != INT64_MAX)
			pl->least--;
	} else if (pl->correct < 0) {
		pl->pos--;
		pl->correct++;
		if (pl->least != INT64_MAX)
			pl->least++;
	}

	pl->end = pl->pos + (int64_t)samples;
	spot.pos = (uint64_t)pl->pos;
	return spot;
}

/* ---- RTCP (RFC 3550 6.4, 6.5) ---- */

enum { PT_SR = 200, PT_RR = 201, PT_SDES = 202 };

static size_t put_block(uint8_t *b, struct cc_rtp_rx *rx,
			const struct cc_rtcp_peer *peer, int64_t now)
{
	uint64_t expected = cc_rtp_rx_expected(rx);
	uint64_t lost = cc_rtp_rx_lost(rx);
	uint64_t de = expected - rx->report_expected;
	uint64_t dk = rx->packets - rx->report_kept;
	unsigned fraction = de > dk ? (unsigned)((de - dk) * 256 / de) : 0;

	rx->report_expected = expected;
	rx->report_kept = rx->packets;
	put32(b, rx->ssrc);
	put32(b + 4, (lost > 0x7fffff ? 0x7fffff : (uint32_t)lost) |
			 (fraction > 255 ? 255U : fraction) << 24);
	put32(b + 8, rx->cycles + rx->seq);
	put32(b + 12, rx->jitter16 >> 4);
	put32(b + 16, peer->heard_sr ? peer->lsr : 0);
	put32(b + 20, peer->heard_sr ? (uint32_t)((now - peer->sr_at) / 1000 *
						  65536 / 1000000)
				     : 0);
	return 24;
}

size_t cc_rtcp_write(uint8_t *buf, const struct cc_rtcp_own *own,
		     struct cc_rtp_rx *rx, const struct cc_rtcp_peer *peer,
		     int64_t now)
{
	static const char name[] = "otklik"; /* says nothing of the host */
	size_t n = 8, sdes;

	buf[0] = (uint8_t)(0x80 | rx->started);
	buf[1] = own->packets ? PT_SR : PT_RR;
	put32(buf + 4, own->ssrc);
	if (own->packets) {
		put32(buf + 8, (uint32_t)(own->ntp >> 32));
		put32(buf + 12, (uint32_t)own->ntp);
		put32(buf + 16, own->ts);
		put32(buf + 20, (uint32_t)own->packets);
		put32(buf + 24, (uint32_t)own->octets);
		n = 28;
	}
	if (rx->started)
		n += put_block(buf + n, rx, peer, now);
	put16(buf + 2, (unsigned)(n / 4 - 1));

	sdes = n;
	buf[n] = 0x81;
	buf[n + 1] = PT_SDES;
	put32(buf + n + 4, own->ssrc);
	buf[n + 8] = 1; /* CNAME */
	buf[n + 9] = sizeof(name) - 1;
	memcpy(buf + n + 10, name, sizeof(name) - 1);
	n += 10 + sizeof(name) - 1;
	do /* the list ends with a zero byte, then up to a whole word */
		buf[n++] = 0;
	while ((n - sdes) % 4);
	put16(buf + sdes + 2, (unsigned)((n - sdes) / 4 - 1));
	return n;
}

/* Round trip from a report block on us: now - LSR - DLSR, in 1/65536 s. */
static void read_block(struct cc_rtcp_peer *peer, const uint8_t *b,
		       uint32_t ssrc, uint64_t ntp)
{
	uint32_t lsr = get32(b + 16), dlsr = get32(b + 20);
	uint32_t rtt = (uint32_t)(ntp >> 16) - lsr - dlsr;

	if (get32(b) != ssrc || lsr == 0 || rtt > 10 * 65536)
		return;
	peer->rtt_ms = rtt * 1000 / 65536;
	if (peer->rtt_ms == 0)
		peer->rtt_ms = 1; /* 0 says unknown */
}

int cc_rtcp_read(struct cc_rtcp_peer *peer, const uint8_t *buf, size_t len,
		 uint32_t ssrc, uint64_t ntp, int64_t now)
{
	while (len >= 8) {
		size_t size = 4 * ((size_t)get16(buf + 2) + 1);
		size_t at = buf[1] == PT_SR ? 28 : 8;

		if (buf[0] >> 6 != 2 || size > len || size < 8)
			return EBADMSG;
		if (buf[1] == PT_SR || buf[1] == PT_RR) {
			if (size < at + 24 * (size_t)(buf[0] & 0x1f))
				return EBADMSG;
			if (buf[1] == PT_SR) {
				peer->heard_sr = true;
				peer->lsr = get32(buf + 10);
				peer->sr_at = now;
			}
			for (unsigned i = 0; i < (buf[0] & 0x1fU); i++)
				read_block(peer, buf + at + 24 * i, ssrc, ntp);
		}
		buf += size;
		len -= size;
	}
	return len ? EBADMSG : 0;
}
