/* media_port.c - trunk sockets, one packet in, one packet out. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "janus-plugin/g711.h"
#include "janus-plugin/media_int.h"
#include "janus-plugin/recorder.h"

enum {
	RELOCK_MS = 1000,
	REPORT_MS = 5000,
	TALK_MS = 5000,
};

int64_t media_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static uint64_t ntp_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return ((uint64_t)t.tv_sec + 2208988800U) << 32 |
	       ((uint64_t)t.tv_nsec << 32) / 1000000000;
}

/* ---- sockets ---- */

static int bound(const struct cc_media *m, uint16_t port, int *fd)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr = m->addr,
				 .sin_port = htons(port) };
	int tos = IPTOS_DSCP_EF; /* voice; where it is not allowed, no matter */
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (s < 0)
		return errno;
	if (bind(s, (struct sockaddr *)&a, sizeof(a))) {
		int err = errno;

		close(s);
		return err;
	}
	setsockopt(s, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	*fd = s;
	return 0;
}

static int bound_pair(const struct cc_media *m, struct trunk *t, uint16_t port)
{
	int err = bound(m, port, &t->rtp);

	if (err)
		return err;
	err = bound(m, (uint16_t)(port + 1), &t->rtcp);
	if (err) {
		close(t->rtp);
		t->rtp = -1;
	}
	return err;
}

/* Ports go round, so that the late packets of a call that is over do not
 * reach the next one. */
int port_open_trunk(struct cc_media *m, struct port *p, uint16_t *rtp_port)
{
	unsigned low = (m->conf.port_min + 1U) & ~1U;
	unsigned pairs = (m->conf.port_max + 1U - low) / 2;

	p->t.rtp = p->t.rtcp = -1;
	for (unsigned i = 0; i < pairs; i++) {
		uint16_t port;
		int err;

		pthread_mutex_lock(&m->lock);
		port = (uint16_t)(low + 2 * (m->next_pair++ % pairs));
		pthread_mutex_unlock(&m->lock);

		err = bound_pair(m, &p->t, port);
		if (!err) {
			*rtp_port = port;
			return 0;
		}
		if (err != EADDRINUSE)
			return err;
	}
	return EADDRNOTAVAIL;
}

void port_close_trunk(struct port *p)
{
	if (p->t.rtp >= 0)
		close(p->t.rtp);
	if (p->t.rtcp >= 0)
		close(p->t.rtcp);
	p->t.rtp = p->t.rtcp = -1;
}

void port_init_out(struct port *p)
{
	struct {
		uint32_t ssrc, ts;
		uint16_t seq;
	} r = { 1, 1, 1 };

	/* non-blocking: without entropy at boot the fixed values do */
	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) < 0)
		r.ssrc = (uint32_t)p->id;
	/* not in the last quarter: a receiver that starts with the second
	 * packet of a wrap takes it for very late */
	cc_rtp_tx_init(&p->out.tx, r.ssrc, r.seq & 0x3fff, r.ts);
}

/* ---- the other side's address ---- */

static bool same(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
	return a->sin_addr.s_addr == b->sin_addr.s_addr &&
	       a->sin_port == b->sin_port;
}

/* The caller has taken the legs that may be sending there. */
static void send_to(struct trunk *t, const struct sockaddr_in *to)
{
	t->to = *to;
	t->rtcp_to = *to;
	if (same(to, &t->said))
		return; /* rtcp_to is set by port_remote */
	t->rtcp_to.sin_port = htons((uint16_t)(ntohs(to->sin_port) + 1));
}

void port_remote(struct port *p, const struct cc_sdp_media *r)
{
	struct trunk *t = &p->t;
	struct sockaddr_in said = { .sin_family = AF_INET,
				    .sin_port = htons(r->port) };
	bool sent = t->send;

	if (p->web)
		return;
	hear_take_sources(p);
	t->pt = r->pt;
	t->dtmf_pt = r->dtmf_pt;
	t->known = true;
	if (inet_pton(AF_INET, r->addr, &said.sin_addr) != 1) {
		t->send = false; /* IPv6 or a name: we have no socket for it */
		return;
	}

	t->send = !cc_sdp_held(r) && r->port;
	if (t->send && !sent) /* not sent is not lost: numbers go on */
		cc_rtp_tx_cut(&p->out.tx);
	if (!t->send && (!r->port || !said.sin_addr.s_addr))
		return; /* an old-style hold says nothing about the address */

	/* The same address again, only held or taken up: what was learnt
	 * about the way there stays. */
	if (t->locked && same(&said, &t->said))
		return;
	t->locked = false;
	t->said = said;
	send_to(t, &said);
	t->rtcp_to = said;
	t->rtcp_to.sin_port = htons(r->rtcp_port);
}

/* Symmetric RTP. @return false: not from our peer, drop it */
static bool from_peer(struct port *p, const struct sockaddr_in *from,
		      int64_t now)
{
	struct trunk *t = &p->t;

	if (!t->known)
		return false;
	if (t->locked && same(from, &t->to)) {
		t->heard = now;
		return true;
	}

	/* Another source: the one we were told of at any time; when nothing
	 * comes from the present one, another port of the same machine; a
	 * machine we know nothing of only before the first packet (NAT). */
	if (t->locked && !same(from, &t->said) &&
	    (now - t->heard < RELOCK_MS * MEDIA_NS_MS ||
	     from->sin_addr.s_addr != t->to.sin_addr.s_addr))
		return false;
	if (!same(from, &t->to)) {
		uint16_t said_rtcp = t->rtcp_to.sin_port;

		hear_take_sources(p);
		send_to(t, from);
		if (same(from, &t->said))
			t->rtcp_to.sin_port = said_rtcp;
	}
	t->locked = true;
	t->heard = now;
	return true;
}

/* ---- in ---- */

static void record(struct port *p, enum cc_rec_channel ch,
		   struct cc_rtp_place *place, const struct cc_rtp *h,
		   const uint8_t *alaw, size_t n, int64_t now)
{
	int64_t clock = (int64_t)cc_rec_pos(p->rec, now);
	struct cc_rtp_spot spot = cc_rtp_place(place, h->ssrc, h->ts, n, clock);
	int err = 0;

	if (spot.fill)
		err = cc_rec_write(p->rec, ch, spot.pos - 1, alaw, 1);
	if (!err)
		err = cc_rec_write(p->rec, ch, spot.pos, alaw, n);
	if (err)
		atomic_store_explicit(&p->truncated, true,
				      memory_order_relaxed);
}

static void digit(struct port *p, const struct cc_rtp *in)
{
	struct cc_dtmf ev;

	if (!cc_dtmf_decode(&ev, in->payload, in->len) &&
	    cc_dtmf_rx(&p->digit, in->ssrc, in->ts))
		media_emit(p, CC_MEDIA_DTMF, cc_dtmf_char(ev.code));
}

/* Louder than the noise of a line: -44 dBFS on the average of a packet. */
static bool voiced(const uint8_t *alaw, size_t n)
{
	long sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += labs(cc_alaw_decode(alaw[i]));
	return n && sum / (long)n > 200;
}

void port_input(struct port *p, const struct cc_rtp *in, int64_t now)
{
	uint8_t transcoded[MEDIA_AUDIO];
	const uint8_t *alaw = in->payload;
	bool event = !p->web && p->t.dtmf_pt && in->pt == p->t.dtmf_pt;
	bool audio = in->pt == 8 || in->pt == 0;
	struct source *s, *next;

	if (in->len > MEDIA_AUDIO) {
		p->malformed++;
		return;
	}
	/* While no call is up a page sends nothing: the next talk has figures
	 * of its own. */
	if (p->web && p->rx.started && now - p->rx.at > TALK_MS * MEDIA_NS_MS)
		p->rx = (struct cc_rtp_rx){ 0 };
	if (cc_rtp_rx(&p->rx, in, audio, now) >= CC_RTP_DUPLICATE)
		return;
	if (event)
		digit(p, in);
	if (event || !audio) /* comfort noise: a gap says the same */
		return;

	if (in->pt == 0) {
		cc_ulaw_to_alaw(transcoded, in->payload, in->len);
		alaw = transcoded;
	}
	if (p->listen_ms && voiced(alaw, in->len)) {
		p->voice += in->len;
		p->voice_at = now;
		p->quiet = false;
	}
	if (p->rec)
		record(p, CC_REC_LEFT, &p->left, in, alaw, in->len, now);
	for (s = LIST_FIRST(&p->sinks); s; s = next) {
		next = LIST_NEXT(s, link);
		hear_packet(s, in, alaw, now);
	}
}

static void trunk_packet(struct port *p, const uint8_t *buf, size_t len,
			 const struct sockaddr_in *from, int64_t now)
{
	struct cc_rtp in;

	if (cc_rtp_parse(&in, buf, len)) {
		p->malformed++;
		return;
	}
	if (!from_peer(p, from, now)) {
		p->t.foreign++;
		return;
	}
	p->last_rx = now;
	port_input(p, &in, now);
	if (!p->ever || p->lost)
		media_heard(p);
}

/* One packet a turn: at 50 a second a socket seldom holds two, and then epoll
 * reports it again. Asking the kernel for eight costs more than it saves. */
void port_read_rtp(struct port *p)
{
	uint8_t buf[MEDIA_PACKET];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t n = recvfrom(p->t.rtp, buf, sizeof(buf), MSG_TRUNC,
			     (struct sockaddr *)&from, &size);

	if (n > (ssize_t)sizeof(buf))
		p->malformed++;
	else if (n >= 0)
		trunk_packet(p, buf, (size_t)n, &from, media_now());
}

void port_read_rtcp(struct port *p)
{
	uint8_t buf[MEDIA_PACKET];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t n = recvfrom(p->t.rtcp, buf, sizeof(buf), 0,
			     (struct sockaddr *)&from, &size);

	if (n <= 0 || !p->t.known ||
	    from.sin_addr.s_addr != p->t.to.sin_addr.s_addr)
		return;
	if (cc_rtcp_read(&p->t.peer, buf, (size_t)n, p->out.tx.ssrc, ntp_now(),
			 media_now()))
		p->malformed++;
}

/* ---- out ---- */

bool port_may_send(const struct port *p)
{
	return p->web || p->t.send;
}

void port_send_raw(struct port *p, const struct cc_rtp *h, uint8_t pt,
		   const uint8_t *payload, size_t n)
{
	uint8_t buf[CC_RTP_HEADER + MEDIA_AUDIO];
	struct cc_rtp head = *h;

	head.pt = pt;
	cc_rtp_write(buf, &head);
	if (pt == 0)
		cc_alaw_to_ulaw(buf + CC_RTP_HEADER, payload, n);
	else
		memcpy(buf + CC_RTP_HEADER, payload, n);
	n += CC_RTP_HEADER;

	if (p->web)
		p->m->conf.relay(p->handle, (char *)buf, (int)n);
	else if (sendto(p->t.rtp, buf, n, MSG_NOSIGNAL,
			(struct sockaddr *)&p->t.to, sizeof(p->t.to)) < 0)
		p->out.failed++; /* full buffer, no route: as if lost later */
	p->out.packets++;
	p->out.octets += n - CC_RTP_HEADER;
}

void port_send(struct port *p, const struct cc_rtp *h, const uint8_t *alaw,
	       size_t n, int64_t now)
{
	if (p->rec)
		record(p, CC_REC_RIGHT, &p->out.right, h, alaw, n, now);
	port_send_raw(p, h, p->web ? 8 : p->t.pt, alaw, n);
}

/* ---- the rest ---- */

int64_t port_last_rx(const struct port *p)
{
	return p->web ? atomic_load_explicit(&p->web->last_rx,
					     memory_order_relaxed)
		      : p->last_rx;
}

/* The last packets reach a little past now: the recording ends after them. */
static void close_rec(struct port *p, int64_t now)
{
	int64_t clock = (int64_t)cc_rec_pos(p->rec, now);
	int64_t end =
	    p->left.end > p->out.right.end ? p->left.end : p->out.right.end;

	if (end > clock)
		now += (end - clock) * (1000000000 / CC_RTP_RATE);
	cc_rec_close(&p->rec, now);
}

void port_record(struct port *p, struct cc_rec *rec, int64_t now)
{
	leg_take(p->web);
	hear_take_sources(p);
	if (p->rec)
		close_rec(p, now);
	p->rec = rec;
	p->left = (struct cc_rtp_place){ 0 };
	p->out.right = (struct cc_rtp_place){ 0 };
}

/* A closed RTCP port at the other side is no error: nothing is said of it. */
void port_report(struct port *p, int64_t now)
{
	struct trunk *t = &p->t;
	struct cc_rtcp_own own = { .ntp = ntp_now() };
	uint8_t buf[128];
	size_t n;

	if (!t->known || !t->rtcp_to.sin_port || now < t->rtcp_at)
		return;
	t->rtcp_at = now + REPORT_MS * MEDIA_NS_MS;

	hear_take_sources(p);
	own.ssrc = p->out.tx.ssrc;
	own.packets = p->out.packets;
	own.octets = p->out.octets;
	own.ts = p->out.tx.ts +
		 (uint32_t)((now - p->out.tx.at) / (1000000000 / CC_RTP_RATE));
	n = cc_rtcp_write(buf, &own, &p->rx, &t->peer, now);
	if (sendto(t->rtcp, buf, n, MSG_NOSIGNAL,
		   (struct sockaddr *)&t->rtcp_to, sizeof(t->rtcp_to)) < 0)
		p->out.failed++;
}

void port_stats(struct port *p, struct cc_media_stats *out)
{
	uint64_t expected, lost;

	leg_take(p->web);
	hear_take_sources(p);
	expected = cc_rtp_rx_expected(&p->rx);
	lost = cc_rtp_rx_lost(&p->rx);
	*out = (struct cc_media_stats){
		.packets_in = p->rx.packets,
		.packets_out = p->out.packets,
		.lost = lost,
		.late = p->rx.late,
		.duplicate = p->rx.duplicate,
		.refused = p->malformed + p->t.foreign + p->rx.stray,
		.jitter_ms = (p->rx.jitter16 >> 4) / (CC_RTP_RATE / 1000),
		.max_gap_ms = (unsigned)(p->rx.max_gap / MEDIA_NS_MS),
		.voice_ms = (unsigned)(p->voice / (CC_RTP_RATE / 1000)),
		.rtt_ms = p->t.peer.rtt_ms,
		.loss = expected ? (double)lost / (double)expected : 0,
	};
	if (p->web)
		out->refused += atomic_load(&p->web->dropped);
	/* delay as far as it is known: one way, and a receiver's buffer */
	out->mos =
	    cc_rtp_mos(out->loss, out->rtt_ms / 2 + 40 + 2 * out->jitter_ms);
}
