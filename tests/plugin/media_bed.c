/* media_bed.c - see media_bed.h. */
#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "janus-plugin/g711.h"
#include "janus-plugin/prompt.h"
#include "janus-plugin/sdp.h"
#include "tests/plugin/media_bed.h"

enum { FIRST_PORT = 47100, EVENTS = 4096, PACKETS = 65536 };

static struct {
	struct cc_media *m;
	char dir[64];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct cc_media_event events[EVENTS];
	unsigned n, taken;
} bed;

int64_t bed_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

struct cc_media *bed_media(void)
{
	return bed.m;
}

const char *bed_dir(void)
{
	return bed.dir;
}

static void cond_init(pthread_cond_t *c)
{
	pthread_condattr_t a;

	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(c, &a);
	pthread_condattr_destroy(&a);
}

static struct timespec in_ms(int ms)
{
	int64_t t = bed_now() + ms * 1000000LL;

	return (struct timespec){ t / 1000000000, t % 1000000000 };
}

/* ---- events ---- */

static void on_event(const struct cc_media_event *ev, void *arg)
{
	(void)arg;
	pthread_mutex_lock(&bed.lock);
	if (bed.n < EVENTS)
		bed.events[bed.n++] = *ev;
	pthread_cond_broadcast(&bed.changed);
	pthread_mutex_unlock(&bed.lock);
}

struct cc_media_event bed_event(enum cc_media_kind kind, uint64_t port)
{
	struct timespec until = in_ms(WAIT_MS);
	struct cc_media_event ev = { 0 };
	bool found = false;
	int late = 0;

	pthread_mutex_lock(&bed.lock);
	while (!found && !late) {
		while (!found && bed.taken < bed.n) {
			ev = bed.events[bed.taken++];
			found = ev.kind == kind && ev.port == port;
		}
		if (!found)
			late = pthread_cond_timedwait(&bed.changed, &bed.lock,
						      &until);
	}
	pthread_mutex_unlock(&bed.lock);
	if (!found)
		fail_msg("no event %d of port %u", kind, (unsigned)port);
	return ev;
}

unsigned bed_count(enum cc_media_kind kind, uint64_t port)
{
	unsigned n = 0;

	pthread_mutex_lock(&bed.lock);
	for (unsigned i = 0; i < bed.n; i++)
		n += bed.events[i].kind == kind && bed.events[i].port == port;
	pthread_mutex_unlock(&bed.lock);
	return n;
}

/* ---- browsers ---- */

static void on_relay(void *handle, char *buf, int len)
{
	struct browser *b = handle;
	struct got *g;

	pthread_mutex_lock(&b->lock);
	assert_false(b->removed);
	assert_true(b->n < PACKETS);
	g = &b->got[b->n];
	assert_int_equal(cc_rtp_parse(&g->h, (uint8_t *)buf, (size_t)len), 0);
	assert_true(g->h.len <= sizeof(g->payload));
	memcpy(g->payload, g->h.payload, g->h.len);
	g->at = bed_now();
	b->n++;
	pthread_cond_signal(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

void browser_open(struct browser *b, uint64_t id)
{
	memset(b, 0, sizeof(*b));
	b->id = id;
	b->seq = 65500;
	b->ts = 0xffff0000;
	b->got = malloc(PACKETS * sizeof(*b->got));
	pthread_mutex_init(&b->lock, NULL);
	cond_init(&b->changed);
	assert_int_equal(cc_media_add_web(bed.m, id, b, &b->web), 0);
}

static void on_removed(void *arg)
{
	struct browser *b = arg;

	pthread_mutex_lock(&b->lock);
	b->removed = true;
	pthread_cond_signal(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

void browser_close(struct browser *b)
{
	struct timespec until = in_ms(WAIT_MS);

	cc_media_remove(bed.m, b->id, on_removed, b);
	pthread_mutex_lock(&b->lock);
	while (!b->removed)
		if (pthread_cond_timedwait(&b->changed, &b->lock, &until))
			break;
	pthread_mutex_unlock(&b->lock);
	assert_true(b->removed);
	free(b->got);
}

void browser_say(struct browser *b, uint8_t code)
{
	struct cc_rtp h = { .pt = 8,
			    .seq = b->seq++,
			    .ts = b->ts,
			    .ssrc = 0xb0000000 | (uint32_t)b->id };
	uint8_t buf[CC_RTP_HEADER + 8 + FRAME];

	/* as browsers send it: with a header extension */
	cc_rtp_write(buf, &h);
	buf[0] |= 0x10;
	memcpy(buf + CC_RTP_HEADER, "\xbe\xde\0\1\x10\xff\0\0", 8);
	memset(buf + CC_RTP_HEADER + 8, code, FRAME);
	b->ts += FRAME;
	cc_media_web_rtp(b->web, (char *)buf, sizeof(buf));
}

bool browser_hear(struct browser *b, struct got *g, int ms)
{
	struct timespec until = in_ms(ms);
	bool ok;

	pthread_mutex_lock(&b->lock);
	while (b->taken == b->n)
		if (pthread_cond_timedwait(&b->changed, &b->lock, &until))
			break;
	ok = b->taken < b->n;
	if (ok)
		*g = b->got[b->taken++];
	pthread_mutex_unlock(&b->lock);
	return ok;
}

void browser_flush(struct browser *b)
{
	pthread_mutex_lock(&b->lock);
	b->taken = b->n;
	pthread_mutex_unlock(&b->lock);
}

/* ---- telephones ---- */

static int udp(uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				 .sin_port = htons(*port) };
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(fd, (struct sockaddr *)&a, sizeof(a))) {
		close(fd);
		return -1;
	}
	getsockname(fd, (struct sockaddr *)&a, &size);
	*port = ntohs(a.sin_port);
	return fd;
}

void phone_open(struct phone *p, uint64_t id, uint8_t pt)
{
	struct cc_sdp_media r = { .addr = "127.0.0.1",
				  .pt = pt,
				  .dtmf_pt = 101,
				  .ptime = 20,
				  .dir = CC_SDP_SENDRECV };
	uint16_t next;

	memset(p, 0, sizeof(*p));
	p->id = id;
	p->ssrc = 0xa0000000 | (uint32_t)id;
	p->seq = 3;
	p->rtcp = -1;
	while (p->rtcp < 0) { /* two neighbours */
		p->port = 0;
		p->rtp = udp(&p->port);
		assert_true(p->rtp >= 0);
		next = (uint16_t)(p->port + 1);
		p->rtcp = udp(&next);
		if (p->rtcp < 0)
			close(p->rtp);
	}
	r.port = p->port;
	r.rtcp_port = next;
	assert_int_equal(cc_media_add_trunk(bed.m, id, &p->ours), 0);
	cc_media_remote(bed.m, id, &r);
	bed_settle();
}

void phone_close(struct phone *p)
{
	cc_media_remove(bed.m, p->id, NULL, NULL);
	bed_settle();
	close(p->rtp);
	close(p->rtcp);
}

void phone_send(struct phone *p, const void *buf, size_t len)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				 .sin_port = htons(p->ours) };

	assert_int_equal(
	    sendto(p->rtp, buf, len, 0, (struct sockaddr *)&a, sizeof(a)), len);
}

void phone_say(struct phone *p, uint8_t pt, uint8_t code)
{
	struct cc_rtp h = {
		.pt = pt, .seq = p->seq++, .ts = p->ts, .ssrc = p->ssrc
	};
	uint8_t buf[CC_RTP_HEADER + FRAME];

	cc_rtp_write(buf, &h);
	memset(buf + CC_RTP_HEADER, code, FRAME);
	p->ts += FRAME;
	phone_send(p, buf, sizeof(buf));
}

bool phone_hear(struct phone *p, struct got *g, int ms)
{
	struct pollfd f = { .fd = p->rtp, .events = POLLIN };
	uint8_t buf[2048];
	ssize_t n;

	if (poll(&f, 1, ms) < 1)
		return false;
	n = recv(p->rtp, buf, sizeof(buf), 0);
	assert_int_equal(cc_rtp_parse(&g->h, buf, (size_t)n), 0);
	assert_true(g->h.len <= sizeof(g->payload));
	memcpy(g->payload, g->h.payload, g->h.len);
	g->at = bed_now();
	return true;
}

void phone_flush(struct phone *p)
{
	struct got g;

	while (phone_hear(p, &g, 0))
		;
}

/* ---- the rest ---- */

void pace(unsigned n, void (*f)(void *arg, unsigned i), void *arg)
{
	int64_t t = bed_now();

	for (unsigned i = 0; i < n; i++, t += 20000000) {
		struct timespec at = { t / 1000000000, t % 1000000000 };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		f(arg, i);
	}
}

void hear_peers(uint64_t id, uint64_t a, uint64_t b)
{
	struct cc_hear h = { .from = { a, b } };

	cc_media_hear(bed.m, id, &h);
	bed_settle();
}

void hear_play(uint64_t id, enum cc_prompt play, enum cc_prompt then,
	       uint32_t gen)
{
	struct cc_hear h = { .play = { play }, .then = then, .gen = gen };

	cc_media_hear(bed.m, id, &h);
	bed_settle();
}

void bed_settle(void)
{
	struct cc_media_stats s;

	/* Commands are carried out in order: the answer is behind them all.
	 * The second one comes after legs taken for them have been lent. */
	cc_media_stats(bed.m, 0, &s);
	cc_media_stats(bed.m, 0, &s);
}

uint8_t bed_code(enum cc_prompt p)
{
	return cc_alaw_encode((int16_t)(2000 + 600 * p));
}

/* 110 ms, so that no prompt ends with a tick. */
static void write_prompt(const char *path, enum cc_prompt p)
{
	static const uint8_t head[44] =
	    "RIFF\x04\x07\0\0WAVEfmt \x10\0\0\0"
	    "\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\xe0\6\0";
	int16_t sample = (int16_t)(2000 + 600 * p);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	fwrite(head, 1, sizeof(head), f);
	for (int i = 0; i < 880; i++)
		fwrite(&sample, 2, 1, f);
	fclose(f);
}

void bed_open(void)
{
	struct cc_media_conf conf = {
		.addr = "127.0.0.1",
		.port_min = FIRST_PORT,
		.port_max = FIRST_PORT + 2 * PORTS - 1,
		.prompts = bed.dir,
		.relay = on_relay,
	};
	char err[256] = "", path[128], name[16];

	memset(&bed, 0, sizeof(bed));
	pthread_mutex_init(&bed.lock, NULL);
	cond_init(&bed.changed);
	strcpy(bed.dir, "/tmp/otklik-media-XXXXXX");
	assert_non_null(mkdtemp(bed.dir));
	for (int p = 1; p < CC_PROMPT_COUNT; p++) {
		cc_prompt_name((enum cc_prompt)p, name, sizeof(name));
		snprintf(path, sizeof(path), "%s/%s.wav", bed.dir, name);
		write_prompt(path, (enum cc_prompt)p);
	}
	if (cc_media_open(&bed.m, &conf, on_event, NULL, err, sizeof(err)))
		fail_msg("%s", err);
}

void bed_close(void)
{
	char command[128];

	cc_media_close(&bed.m);
	assert_null(bed.m);
	snprintf(command, sizeof(command), "rm -rf '%s'", bed.dir);
	assert_int_equal(system(command), 0);
}
