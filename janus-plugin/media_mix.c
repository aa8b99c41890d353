/* media_mix.c - what a port hears: a peer, two mixed, prompts, digits. */
#include <stdlib.h>
#include <string.h>
#include "janus-plugin/g711.h"
#include "janus-plugin/media_int.h"
#include "janus-plugin/util.h"

static int64_t sample_clock(int64_t now)
{
	return now / (1000000000 / CC_RTP_RATE);
}

static bool playing(const struct port *p)
{
	return p->said || p->hear.then != CC_PROMPT_NONE ||
	       (p->play < CC_LEN(p->hear.play) &&
		p->hear.play[p->play] != CC_PROMPT_NONE);
}

static enum hear_mode choose(const struct port *p)
{
	if (cc_dtmf_tx_busy(&p->digits))
		return HEAR_DIGITS;
	if (playing(p))
		return HEAR_PLAY;
	if (p->from[0].src && p->from[1].src)
		return HEAR_MIX;
	if (!p->from[0].src && !p->from[1].src)
		/* a gateway takes a stream that stops for a dead line: the
		 * trunk gets silence; a browser needs none */
		return p->web || !p->hear_at ? HEAR_NOTHING : HEAR_PLAY;
	return p->comforting ? HEAR_COMFORT : HEAR_PASS;
}

void hear_take_sources(struct port *p)
{
	for (size_t i = 0; i < CC_LEN(p->from); i++)
		if (p->from[i].src)
			leg_take(p->from[i].src->web);
}

static void mix_reset(struct port *p, int64_t now)
{
	for (size_t i = 0; i < CC_LEN(p->from); i++) {
		struct mix_in *in = p->from[i].mix;

		memset(in->alaw, CC_ALAW_SILENCE, sizeof(in->alaw));
		in->place = (struct cc_rtp_place){ 0 };
	}
	p->mixed = sample_clock(now) - MIX_DELAY;
}

void hear_mode(struct port *p)
{
	enum hear_mode mode = choose(p);

	p->m->dirty = true;
	if (mode == p->mode)
		return;
	hear_take_sources(p);
	if (mode == HEAR_MIX)
		mix_reset(p, media_now());
	p->mode = mode;
	cc_rtp_tx_cut(&p->out.tx);
	cc_rtp_place_cut(&p->out.right);
}

static void unlink_source(struct source *s)
{
	if (!s->src)
		return;
	LIST_REMOVE(s, link);
	s->src = NULL;
}

static void link_source(struct port *p, size_t i, struct port *src)
{
	struct source *s = &p->from[i];

	/* two sources are mixed, and each needs a buffer; without memory for
	 * it the second one is not heard */
	if (i == 1)
		for (size_t k = 0; k < CC_LEN(p->from); k++)
			if (!p->from[k].mix)
				p->from[k].mix = calloc(1, sizeof(*s->mix));
	if (i == 1 && (!p->from[0].mix || !p->from[1].mix))
		return;

	leg_take(src->web);
	s->src = src;
	s->sink = p;
	LIST_INSERT_HEAD(&src->sinks, s, link);
}

/* Links p to the ports it is told to hear, as far as they exist. */
void hear_link(struct port *p)
{
	hear_take_sources(p);
	for (size_t i = 0; i < CC_LEN(p->from); i++)
		unlink_source(&p->from[i]);
	for (size_t i = 0; i < CC_LEN(p->from); i++) {
		uint64_t id = p->hear.from[i];
		struct port *src = id ? media_find(p->m, id) : NULL;

		if (src && src != p && !(i && id == p->hear.from[0]))
			link_source(p, i, src);
	}
}

void hear_set(struct port *p, const struct cc_hear *h, int64_t now)
{
	if (h->then != p->hear.then)
		p->then_at = 0; /* music goes on where it was interrupted */
	if (h->comfort != p->hear.comfort)
		p->comfort_at = 0;
	p->hear = *h;
	p->hear_at = now;
	p->play = 0;
	p->play_at = 0;
	p->said = false;
	p->comforting = false;
	hear_link(p);
	cc_rtp_tx_cut(&p->out.tx);
	cc_rtp_place_cut(&p->out.right);
	hear_mode(p);
}

void hear_unlink(struct port *p)
{
	struct source *s;

	hear_take_sources(p);
	for (size_t i = 0; i < CC_LEN(p->from); i++) {
		unlink_source(&p->from[i]);
		free(p->from[i].mix);
		p->from[i].mix = NULL;
	}

	leg_take(p->web);
	while ((s = LIST_FIRST(&p->sinks))) {
		hear_take_sources(s->sink);
		unlink_source(s);
		hear_mode(s->sink);
	}
}

/* ---- packets ---- */

static void mix_put(struct source *s, const struct cc_rtp *in,
		    const uint8_t *alaw, int64_t now)
{
	struct mix_in *mix = s->mix;
	struct cc_rtp_spot spot = cc_rtp_place(&mix->place, in->ssrc, in->ts,
					       in->len, sample_clock(now));
	int64_t done = s->sink->mixed;

	for (size_t i = 0; i < in->len; i++) {
		int64_t pos = (int64_t)(spot.pos + i);

		if (pos >= done && pos < done + MIX_SAMPLES)
			mix->alaw[pos % MIX_SAMPLES] = alaw[i];
	}
	if (spot.fill && (int64_t)spot.pos > done)
		mix->alaw[(spot.pos - 1) % MIX_SAMPLES] = alaw[0];
}

void hear_packet(struct source *s, const struct cc_rtp *in, const uint8_t *alaw,
		 int64_t now)
{
	struct port *p = s->sink;
	struct cc_rtp h;

	if (p->mode == HEAR_MIX) {
		mix_put(s, in, alaw, now);
		return;
	}
	if (p->mode == HEAR_COMFORT) { /* the peer is back */
		p->comforting = false;
		hear_mode(p);
	}
	if (p->mode == HEAR_PASS && port_may_send(p) &&
	    !cc_rtp_tx_pass(&p->out.tx, in, now, &h)) {
		h.len = in->len;
		port_send(p, &h, alaw, in->len, now);
	}
}

/* ---- the tick ---- */

static void send_frame(struct port *p, const uint8_t *alaw, int64_t now)
{
	struct cc_rtp h;

	if (!port_may_send(p))
		return;
	cc_rtp_tx_next(&p->out.tx, MEDIA_FRAME, now, &h);
	port_send(p, &h, alaw, MEDIA_FRAME, now);
}

/* Copies from a prompt; *at moves. @return samples copied, 0 at its end */
static size_t copy(const struct port *p, enum cc_prompt which, size_t *at,
		   uint8_t *out, size_t room)
{
	size_t n = p->m->prompts.of[which].n - *at;

	if (n > room)
		n = room;
	if (n)
		memcpy(out, p->m->prompts.of[which].alaw + *at, n);
	*at += n;
	return n;
}

static size_t loop(const struct port *p, enum cc_prompt which, size_t *at,
		   uint8_t *out, size_t room)
{
	if (*at >= p->m->prompts.of[which].n)
		*at = 0;
	return copy(p, which, at, out, room);
}

static void tick_play(struct port *p, int64_t now)
{
	uint8_t frame[MEDIA_FRAME];
	size_t n = 0;

	if (p->said) { /* the last of it went out a tick ago */
		p->said = false;
		media_emit(p, CC_MEDIA_PLAYED, 0);
		hear_mode(p);
		if (p->mode != HEAR_PLAY)
			return;
	}

	while (n < sizeof(frame) && p->play < CC_LEN(p->hear.play) &&
	       p->hear.play[p->play] != CC_PROMPT_NONE) {
		size_t got = copy(p, p->hear.play[p->play], &p->play_at,
				  frame + n, sizeof(frame) - n);

		n += got;
		if (p->play_at < p->m->prompts.of[p->hear.play[p->play]].n)
			continue;
		p->play_at = 0;
		p->play++;
		p->said = p->play == CC_LEN(p->hear.play) ||
			  p->hear.play[p->play] == CC_PROMPT_NONE;
	}
	while (n < sizeof(frame) && p->hear.then != CC_PROMPT_NONE)
		n += loop(p, p->hear.then, &p->then_at, frame + n,
			  sizeof(frame) - n);
	memset(frame + n, CC_ALAW_SILENCE, sizeof(frame) - n);
	send_frame(p, frame, now);
}

static void tick_comfort(struct port *p, int64_t now)
{
	uint8_t frame[MEDIA_FRAME];
	size_t n = 0;

	while (n < sizeof(frame))
		n += loop(p, p->hear.comfort, &p->comfort_at, frame + n,
			  sizeof(frame) - n);
	send_frame(p, frame, now);
}

static void mix_get(struct mix_in *in, int64_t pos, uint8_t *out)
{
	for (size_t i = 0; i < MEDIA_FRAME; i++) {
		uint8_t *a = &in->alaw[(pos + (int64_t)i) % MIX_SAMPLES];

		out[i] = *a;
		*a = CC_ALAW_SILENCE;
	}
}

static void tick_mix(struct port *p, int64_t now)
{
	int64_t to = sample_clock(now) - MIX_DELAY + MEDIA_FRAME;
	uint8_t a[MEDIA_FRAME], b[MEDIA_FRAME];

	/* after a stall what was not heard in time is skipped */
	while (to - p->mixed >= MEDIA_FRAME) {
		mix_get(p->from[0].mix, p->mixed, a);
		mix_get(p->from[1].mix, p->mixed, b);
		p->mixed += MEDIA_FRAME;
		if (to - p->mixed < MEDIA_FRAME) {
			cc_alaw_mix(a, a, b, sizeof(a));
			send_frame(p, a, now);
		}
	}
}

static void tick_digits(struct port *p, int64_t now)
{
	uint8_t payload[CC_DTMF_BYTES];
	struct cc_dtmf ev;
	struct cc_rtp h;
	bool first;

	if (cc_dtmf_tx_step(&p->digits, &ev, &first)) {
		if (first)
			cc_rtp_tx_next(&p->out.tx, ev.duration, now, &h);
		else
			cc_rtp_tx_same(&p->out.tx, ev.duration, &h);
		h.marker = first;
		cc_dtmf_encode(payload, &ev);
		if (port_may_send(p))
			port_send_raw(p, &h, p->t.dtmf_pt, payload,
				      sizeof(payload));
	}
	if (!cc_dtmf_tx_busy(&p->digits))
		hear_mode(p);
}

static void look_for_silence(struct port *p, int64_t now)
{
	struct port *src = p->from[0].src ? p->from[0].src : p->from[1].src;
	int64_t last = port_last_rx(src);

	if (last < p->hear_at)
		last = p->hear_at;
	if (p->hear.comfort == CC_PROMPT_NONE ||
	    now - last < COMFORT_MS * MEDIA_NS_MS)
		return;
	hear_take_sources(p);
	p->comforting = true;
	hear_mode(p);
}

void hear_tick(struct port *p, int64_t now)
{
	if (p->mode == HEAR_PASS)
		look_for_silence(p, now);

	switch (p->mode) {
	case HEAR_PLAY:
		tick_play(p, now);
		break;
	case HEAR_COMFORT:
		tick_comfort(p, now);
		break;
	case HEAR_MIX:
		tick_mix(p, now);
		break;
	case HEAR_DIGITS:
		tick_digits(p, now);
		break;
	case HEAR_PASS:
	case HEAR_NOTHING:
		break;
	}
}

bool hear_needs_tick(const struct port *p)
{
	return p->watch_ms || p->listen_ms ||
	       (p->mode != HEAR_NOTHING && p->mode != HEAR_PASS) ||
	       (p->mode == HEAR_PASS && p->hear.comfort != CC_PROMPT_NONE);
}
