/*
 * sniff - how long a relay keeps a packet: from its arrival at the relay's
 * socket to the departure of the copy, by the kernel's own stamps on lo.
 *
 *   sniff SECONDS TRUNK_PORTS WEB_PORTS FAR_PORTS      each "20000-24999"
 *
 * TRUNK and WEB are the ports of the relay under test, FAR those of
 * rtpengine, which stands for the browsers. What rtpengine, the pump and the
 * network add is not in it, since only the two ends of the relay itself are
 * compared, so nothing has to be subtracted:
 *
 *   to the trunk   FAR -> WEB: SRTP, known by its SSRC and number, which are
 *                  the pump's; WEB's copy leaves TRUNK with the pump's stamp
 *   to the browser -> TRUNK with the stamp; its copy WEB -> FAR is encrypted,
 *                  but rtpengine sends it on with the same SSRC and number
 *                  and readable
 *
 * Prints one JSON object, times in ms.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/stamp.h"

enum { SEEN = 2000000, IP = 14, UDP = IP + 20, RTP = UDP + 8 };

struct range {
	unsigned low, high;
};

struct seen {
	uint64_t key;
	int64_t at;
};

struct list {
	struct seen *s;
	size_t n;
};

/* Keys: ssrc and number, or the stamp's id and count. */
static struct list web_in, trunk_out, trunk_in, web_out;
static struct list far_out; /* key: ssrc and number; at: id and count */
static struct range trunk, web, far;

static void add(struct list *l, uint64_t key, int64_t at)
{
	if (!l->s)
		l->s = calloc(SEEN, sizeof(*l->s));
	if (l->s && l->n < SEEN)
		l->s[l->n++] = (struct seen){ key, at };
}

static bool in(unsigned port, struct range r)
{
	return port >= r.low && port <= r.high;
}

static uint64_t pair(uint32_t a, uint32_t b)
{
	return (uint64_t)a << 32 | b;
}

static void look(const uint8_t *p, size_t n, int64_t at)
{
	unsigned from, to;
	uint16_t port[2], seq;
	uint32_t ssrc;
	struct stamp s = { .magic = 0 };

	if (n < RTP + 12 || p[IP] != 0x45 || p[IP + 9] != IPPROTO_UDP ||
	    p[RTP] >> 6 != 2 || (p[RTP + 1] & 0x7f) != 8)
		return; /* STUN, DTLS, RTCP, telephone-events */
	memcpy(port, p + UDP, 4);
	from = ntohs(port[0]);
	to = ntohs(port[1]);
	memcpy(&seq, p + RTP + 2, 2);
	memcpy(&ssrc, p + RTP + 8, 4);
	seq = ntohs(seq);
	ssrc = ntohl(ssrc);
	if (n >= RTP + 12 + sizeof(s))
		memcpy(&s, p + RTP + 12, sizeof(s));

	if (in(from, far) && in(to, web))
		add(&web_in, pair(ssrc & 0xffffff, seq), at);
	else if (in(from, web) && in(to, far))
		add(&web_out, pair(ssrc, seq), at);
	else if (s.magic != STAMP_MAGIC)
		return;
	else if (in(from, trunk))
		add(&trunk_out, pair(s.id, s.count & 0xffff), at);
	else if (in(to, trunk))
		add(&trunk_in, pair(s.id, s.count & 0xffff), at);
	else if (in(from, far))
		add(&far_out, pair(ssrc, seq),
		    (int64_t)pair(s.id, s.count & 0xffff));
}

static int by_key(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static int by_at(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static void sort(struct list *l)
{
	if (l->n)
		qsort(l->s, l->n, sizeof(*l->s), by_key);
}

static const struct seen *find(const struct list *l, uint64_t key)
{
	struct seen want = { .key = key };

	return l->n ? bsearch(&want, l->s, l->n, sizeof(want), by_key) : NULL;
}

static void print(const char *name, struct list *delays, size_t arrived)
{
	static const struct {
		const char *name;
		double share;
	} points[] = {
		{ "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "max", 1 }
	};

	if (delays->n)
		qsort(delays->s, delays->n, sizeof(*delays->s), by_at);
	printf("\"%s\":{\"arrived\":%zu,\"n\":%zu", name, arrived, delays->n);
	for (size_t i = 0; delays->n && i < 4; i++) {
		size_t at = (size_t)((double)(delays->n - 1) * points[i].share);

		printf(",\"%s\":%.4f", points[i].name,
		       (double)delays->s[at].at / 1e6);
	}
	printf("}");
}

static void report(int fd)
{
	struct tpacket_stats st = { 0 };
	socklen_t size = sizeof(st);
	struct list to_trunk = { 0 }, to_web = { 0 };

	getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &st, &size);
	sort(&web_in);
	sort(&trunk_in);
	sort(&web_out);
	for (size_t i = 0; i < trunk_out.n; i++) {
		const struct seen *a = find(&web_in, trunk_out.s[i].key);

		if (a)
			add(&to_trunk, 0, trunk_out.s[i].at - a->at);
	}
	for (size_t i = 0; i < far_out.n; i++) {
		const struct seen *out = find(&web_out, far_out.s[i].key);
		const struct seen *a =
		    find(&trunk_in, (uint64_t)far_out.s[i].at);

		if (a && out)
			add(&to_web, 0, out->at - a->at);
	}
	printf("{\"missed\":%u,", st.tp_drops);
	print("to_trunk", &to_trunk, web_in.n);
	printf(",");
	print("to_web", &to_web, trunk_in.n);
	printf("}\n");
}

static int open_lo(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)), on = 1;
	int size = 64 << 20;
	struct sockaddr_ll a = { .sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_IP),
				 .sll_ifindex = (int)if_nametoindex("lo") };

	if (fd < 0)
		return -1;
	/* forced: as root; else as much as is allowed */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a))) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool one(int fd)
{
	uint8_t buf[RTP + 12 + sizeof(struct stamp)];
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(struct timespec))];
	} control;
	struct sockaddr_ll from;
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr m = { .msg_name = &from,
			    .msg_namelen = sizeof(from),
			    .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	struct timespec t;

	if (n < 0)
		return false;
	/* lo shows each packet twice: leaving and coming in */
	if (from.sll_pkttype != PACKET_OUTGOING && c &&
	    c->cmsg_type == SCM_TIMESTAMPNS) {
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		look(buf, (size_t)n, t.tv_sec * 1000000000LL + t.tv_nsec);
	}
	return true;
}

static bool range(struct range *r, const char *text)
{
	return sscanf(text, "%u-%u", &r->low, &r->high) == 2;
}

int main(int argc, char **argv)
{
	struct pollfd p = { .events = POLLIN };
	struct timespec t;
	int64_t end;

	if (argc != 5 || !range(&trunk, argv[2]) || !range(&web, argv[3]) ||
	    !range(&far, argv[4])) {
		fprintf(stderr, "usage: sniff SECONDS TRUNK WEB FAR\n");
		return 2;
	}
	p.fd = open_lo();
	if (p.fd < 0) {
		perror("sniff: lo");
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &t);
	end = t.tv_sec + atoi(argv[1]);
	end = end * 1000000000 + t.tv_nsec;
	while (t.tv_sec * 1000000000LL + t.tv_nsec < end) {
		if (poll(&p, 1, 100) > 0)
			while (one(p.fd))
				;
		clock_gettime(CLOCK_MONOTONIC, &t);
	}
	report(p.fd);
	return 0;
}
