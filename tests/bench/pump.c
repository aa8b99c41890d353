/*
 * pump - many RTP streams from one process: PCMA, 20 ms, each on a clock of
 * its own (the same period, a random phase), and what they hear counted.
 *
 *   pump ADDRESS FIRST_PORT
 *
 * Commands by lines: "open ID" binds a pair of ports and answers "port ID
 * PORT"; "to ID ADDRESS PORT" says where it sends; "go" starts all that know
 * where; "count" answers "count SENT RECEIVED HEARING", HEARING being the
 * streams that got most of the packets due to them since the last "count";
 * "hear ID N" answers "heard ID" after N more packets from whoever sent them.
 *
 * A payload carries who sent it and its number, so that bench_relay and
 * sniff.c know it again behind any relay: G.711 passes through.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/stamp.h"

enum { STREAMS = 1024, PERIOD = 20000000, AUDIO = 160 };

static struct stream {
	int fd, rtcp;
	struct sockaddr_in to;
	int64_t due; /* 0: not sending */
	uint32_t count;
	uint64_t received;
	unsigned wanted; /* packets until it says so */
} streams[STREAMS];

static struct stream *order[STREAMS]; /* by phase, of those that send */
static size_t senders, next;
static uint64_t sent, received;
static int64_t counted_at;
static int poll_fd;
static struct in_addr own;
static uint16_t free_port;

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int bound(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr = own,
				 .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (fd < 0)
		die("socket");
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)))
		die("bind");
	return fd;
}

static struct stream *stream(unsigned id)
{
	if (id >= STREAMS) {
		fprintf(stderr, "at most %d streams\n", STREAMS);
		exit(1);
	}
	return &streams[id];
}

static void open_stream(unsigned id)
{
	struct stream *s = stream(id);
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = s };

	if (!s->fd) {
		s->fd = bound(free_port);
		/* only there, so that reports are not refused */
		s->rtcp = bound((uint16_t)(free_port + 1));
		if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, s->fd, &ev))
			die("epoll_ctl");
	}
	printf("port %u %u\n", id, free_port);
	free_port = (uint16_t)(free_port + 2);
}

static void connect_stream(unsigned id, const char *address, unsigned port)
{
	struct stream *s = stream(id);

	s->to = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_port = htons((uint16_t)port) };
	if (inet_pton(AF_INET, address, &s->to.sin_addr) != 1) {
		fprintf(stderr, "%s: not an address\n", address);
		exit(1);
	}
}

static int by_due(const void *a, const void *b)
{
	const struct stream *const *x = a, *const *y = b;

	return ((*x)->due > (*y)->due) - ((*x)->due < (*y)->due);
}

static void go(void)
{
	int64_t now = now_ns();

	for (int i = 0; i < STREAMS; i++)
		if (streams[i].to.sin_port && !streams[i].due) {
			streams[i].due = now + PERIOD + random() % PERIOD;
			order[senders++] = &streams[i];
		}
	qsort(order, senders, sizeof(order[0]), by_due);
	next = 0;
	puts("going");
}

static void count(void)
{
	int64_t now = now_ns();
	uint64_t due = (uint64_t)((now - counted_at) / PERIOD);
	unsigned hearing = 0;

	for (int i = 0; i < STREAMS; i++) {
		/* most: a machine in a hurry may lose some */
		hearing += counted_at && due && streams[i].to.sin_port &&
			   streams[i].received * 10 >= due * 9;
		streams[i].received = 0;
	}
	printf("count %llu %llu %u\n", (unsigned long long)sent,
	       (unsigned long long)received, hearing);
	sent = received = 0;
	counted_at = now;
}

static void send_one(struct stream *s)
{
	uint8_t buf[12 + AUDIO] = { 0x80, 8 };
	struct stamp stamp = { .magic = STAMP_MAGIC,
			       .id = (uint32_t)(s - streams),
			       .count = s->count };
	uint16_t seq = htons((uint16_t)s->count);
	uint32_t ts = htonl(s->count * AUDIO);
	uint32_t ssrc = htonl(STAMP_SSRC | stamp.id);

	memcpy(buf + 2, &seq, 2);
	memcpy(buf + 4, &ts, 4);
	memcpy(buf + 8, &ssrc, 4);
	memset(buf + 12, 0x54, AUDIO);
	memcpy(buf + 12, &stamp, sizeof(stamp));
	/* refused by a port that is closed by now: as lost */
	if (sendto(s->fd, buf, sizeof(buf), 0, (struct sockaddr *)&s->to,
		   sizeof(s->to)) == (ssize_t)sizeof(buf))
		sent++;
	s->count++;
	s->due += PERIOD;
}

/* @return ns until the next one is due, -1: never */
static int64_t send_due(void)
{
	int64_t now = now_ns();

	if (!senders)
		return -1;
	while (order[next]->due <= now) {
		send_one(order[next]);
		next = (next + 1) % senders;
	}
	return order[next]->due - now;
}

static void receive(struct stream *s)
{
	uint8_t buf[2048];
	struct stamp stamp;
	ssize_t n;

	while ((n = recv(s->fd, buf, sizeof(buf), 0)) > 0 || errno != EAGAIN) {
		if (n < (ssize_t)(12 + sizeof(stamp)))
			continue; /* an error of an earlier packet, or RTCP */
		if (s->wanted && !--s->wanted) {
			printf("heard %d\n", (int)(s - streams));
			fflush(stdout);
		}
		memcpy(&stamp, buf + 12, sizeof(stamp));
		if (stamp.magic != STAMP_MAGIC)
			continue;
		s->received++;
		received++;
	}
}

/* @return false: the other side is gone */
static bool command(void)
{
	static char text[8192];
	static size_t len;
	ssize_t n = read(0, text + len, sizeof(text) - 1 - len);
	char *line = text, *end, address[64];
	unsigned id, port, packets;

	if (n <= 0)
		return false;
	len += (size_t)n;
	text[len] = '\0';
	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		if (sscanf(line, "open %u", &id) == 1)
			open_stream(id);
		else if (sscanf(line, "to %u %63s %u", &id, address, &port) ==
			 3)
			connect_stream(id, address, port);
		else if (sscanf(line, "hear %u %u", &id, &packets) == 2)
			stream(id)->wanted = packets;
		else if (!strcmp(line, "go"))
			go();
		else if (!strcmp(line, "count"))
			count();
		else
			fprintf(stderr, "pump: %s?\n", line);
		line = end + 1;
	}
	len -= (size_t)(line - text);
	memmove(text, line, len);
	fflush(stdout);
	return true;
}

int main(int argc, char **argv)
{
	struct epoll_event events[64], ev = { .events = EPOLLIN };
	bool open = true;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &own) != 1) {
		fprintf(stderr, "usage: pump ADDRESS FIRST_PORT\n");
		return 2;
	}
	free_port = (uint16_t)(strtoul(argv[2], NULL, 10) & ~1UL);
	srandom((unsigned)getpid());
	poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (poll_fd < 0 || epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &ev))
		die("epoll");
	while (open) {
		int64_t wait = send_due();
		struct timespec t = { wait / 1000000000, wait % 1000000000 };
		int n = epoll_pwait2(poll_fd, events, 64, wait < 0 ? NULL : &t,
				     NULL);

		for (int i = 0; i < n; i++)
			if (events[i].data.ptr)
				receive(events[i].data.ptr);
			else
				open = command();
	}
	return 0;
}
