/*
 * sip_echo - sip.c alone, driven from a shell script.
 *
 * Answers calls by the policy of its options, obeys the lines it reads, and
 * writes one line for every event, so a test waits for events and not for
 * time. It has no media: its SDP names a port nobody listens on.
 */
#include "janus-plugin/sip.h"
#include "janus-plugin/util.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ORDERS = 4096 };

enum what { RING, ANSWER, REJECT, HANGUP, REOFFER, UPDATE };

struct order {
	long at; /* ms; 0: free place */
	enum what what;
	uint64_t dialog;
};

static struct {
	const char *addr;
	uint16_t port;
	char peer[64];
	uint16_t peer_port;
	unsigned t1;
	unsigned session, min_se;
	uint16_t sips;
	const char *tls;
	/* read on the SIP thread, set by the main one */
	atomic_int ring;     /* ms after the INVITE, -1 never */
	atomic_int answer;   /* the same */
	atomic_int reject;   /* status instead of an answer, 0 none */
	atomic_int hangup;   /* ms after the answer, -1 never */
	atomic_int reoffer;  /* the same: a re-INVITE of ours */
	atomic_int update;   /* the same: an UPDATE of ours */
	atomic_int reanswer; /* ms a re-offer waits for its answer */
	atomic_int rereject; /* status for re-offers, 0: answer */
	atomic_int cancel;   /* ms after our INVITE, -1 never */
} conf = {
	.addr = "127.0.0.1",
	.port = 5060,
	.peer = "127.0.0.1",
	.peer_port = 5080,
	.t1 = 100,
	.ring = -1,
	.hangup = -1,
	.reoffer = -1,
	.update = -1,
	.cancel = -1,
};

static struct cc_sip *sip;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct order orders[ORDERS];
static int wake[2];

static const char *const names[] = {
	[CC_SIP_INVITE] = "INVITE",     [CC_SIP_REOFFER] = "REOFFER",
	[CC_SIP_REANSWER] = "REANSWER", [CC_SIP_PROGRESS] = "PROGRESS",
	[CC_SIP_ANSWERED] = "ANSWERED", [CC_SIP_DTMF] = "DTMF",
	[CC_SIP_ENDED] = "ENDED",       [CC_SIP_TRUNK] = "TRUNK",
	[CC_SIP_CERT] = "CERT",
};

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000L;
}

static void later(int ms, enum what what, uint64_t dialog)
{
	size_t i = 0;

	if (ms < 0)
		return;
	pthread_mutex_lock(&lock);
	while (i < ORDERS && orders[i].at)
		i++;
	if (i == ORDERS)
		abort();
	orders[i] = (struct order){ now_ms() + ms, what, dialog };
	pthread_mutex_unlock(&lock);
	if (write(wake[1], "", 1) < 0)
		abort();
}

/* The address and direction lines of an SDP, on one line. */
static void print_sdp(const char *sdp)
{
	static const char *const keys[] = { "c=",         "m=",
					    "a=sendonly", "a=recvonly",
					    "a=inactive", "a=sendrecv" };

	printf(" sdp:");
	while (sdp && *sdp) {
		size_t n = strcspn(sdp, "\r\n");

		for (size_t i = 0; i < CC_LEN(keys); i++)
			if (!strncmp(sdp, keys[i], strlen(keys[i])))
				printf(" [%.*s]", (int)n, sdp);
		sdp += n;
		sdp += strspn(sdp, "\r\n");
	}
}

/* On the SIP thread. */
static void on_event(const struct cc_sip_event *ev, void *arg)
{
	(void)arg;
	printf("%s %llu %d", names[ev->kind], (unsigned long long)ev->dialog,
	       ev->status);
	if (ev->kind == CC_SIP_INVITE)
		printf(" from:%s to:%s trunk:%u identity:%s", ev->from, ev->to,
		       (unsigned)ev->trunk, ev->identity);
	if (ev->kind == CC_SIP_TRUNK || ev->kind == CC_SIP_ANSWERED ||
	    ev->kind == CC_SIP_PROGRESS || ev->kind == CC_SIP_ENDED)
		printf(" trunk:%u", (unsigned)ev->trunk);
	if (ev->kind == CC_SIP_DTMF)
		printf(" digit:%c", ev->digit);
	if (ev->kind == CC_SIP_ENDED || ev->kind == CC_SIP_TRUNK ||
	    ev->kind == CC_SIP_CERT)
		printf(" reason:%s", ev->reason);
	if (ev->sdp)
		print_sdp(ev->sdp);
	printf("\n");
	fflush(stdout);

	switch (ev->kind) {
	case CC_SIP_INVITE:
		if (conf.reject)
			later(0, REJECT, ev->dialog);
		later(conf.ring, RING, ev->dialog);
		later(conf.answer, ANSWER, ev->dialog);
		break;
	case CC_SIP_REOFFER:
		later(conf.reanswer, conf.rereject ? REJECT : ANSWER,
		      ev->dialog);
		break;
	case CC_SIP_ANSWERED:
		later(conf.hangup, HANGUP, ev->dialog);
		later(conf.reoffer, REOFFER, ev->dialog);
		later(conf.update, UPDATE, ev->dialog);
		break;
	default:
		break;
	}
}

static void write_sdp(char *buf, size_t size)
{
	static unsigned version;

	snprintf(buf, size,
		 "v=0\r\no=- 1 %u IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\n"
		 "t=0 0\r\nm=audio 20000 RTP/AVP 8 101\r\n"
		 "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
		 "a=sendrecv\r\n",
		 ++version, conf.addr, conf.addr);
}

static void obey(const struct order *o)
{
	char sdp[512];

	write_sdp(sdp, sizeof(sdp));
	switch (o->what) {
	case RING:
		cc_sip_ring(sip, o->dialog);
		break;
	case ANSWER:
		cc_sip_answer(sip, o->dialog, sdp);
		break;
	case REJECT:
		cc_sip_reject(sip, o->dialog,
			      conf.reject ? conf.reject : conf.rereject);
		break;
	case HANGUP:
		cc_sip_hangup(sip, o->dialog);
		break;
	case REOFFER:
	case UPDATE:
		cc_sip_reoffer(sip, o->dialog, sdp, o->what == UPDATE);
		break;
	}
}

/* @return ms until the next order, -1: none */
static int obey_due(void)
{
	long next = -1;

	for (size_t i = 0; i < ORDERS; i++) {
		struct order o;
		long left;

		pthread_mutex_lock(&lock);
		o = orders[i];
		left = o.at - now_ms();
		if (o.at && left <= 0)
			orders[i].at = 0;
		pthread_mutex_unlock(&lock);
		if (!o.at)
			continue;
		if (left <= 0)
			obey(&o);
		else if (next < 0 || left < next)
			next = left;
	}
	return (int)next;
}

static struct cc_sip_way ways[CC_SIP_WAYS];
static size_t way_count = 1; /* the first is that of `call` */

static void set_way(struct cc_sip_way *w, uint32_t trunk, const char *number,
		    const char *from)
{
	w->trunk = trunk;
	cc_copy(w->number, sizeof(w->number), number);
	cc_copy(w->from, sizeof(w->from), from && *from != '-' ? from : "");
}

static void call(const char *number, const char *from, uint32_t trunk)
{
	uint64_t dialog = 0;
	char sdp[512];
	int err;

	write_sdp(sdp, sizeof(sdp));
	set_way(&ways[0], 0, number, from);
	err = cc_sip_invite(sip, trunk, ways, way_count, sdp, &dialog);
	way_count = 1;
	printf("CALL %llu %d\n", (unsigned long long)dialog, err);
	fflush(stdout);
	if (!err)
		later(conf.cancel, HANGUP, dialog);
}

static void print_stats(void)
{
	struct cc_sip_stats st;

	cc_sip_stats(sip, &st);
	printf("STATS invites:%llu foreign:%llu bad_contact:%llu "
	       "malformed:%llu dialogs:%u trunk:%d\n",
	       (unsigned long long)st.invites, (unsigned long long)st.foreign,
	       (unsigned long long)st.bad_contact,
	       (unsigned long long)st.malformed, st.dialogs, st.trunk_up);
	fflush(stdout);
}

/* Somebody asked to be told when no dialog is left. */
static bool idle_wanted;

static void tell_idle(void)
{
	struct cc_sip_stats st;

	cc_sip_stats(sip, &st);
	if (st.dialogs)
		return;
	idle_wanted = false;
	printf("IDLE 0 0\n");
	fflush(stdout);
}

static struct cc_trunk_conf lines[CC_TRUNKS];
static size_t line_count;

/* "trunk ID HOSTS udp|tcp|tls [USER SECRET [PRESENTED [EXPIRES]]]": one more
 * in the list that "trunks now" makes the one in use. */
static void add_line(const char *id)
{
	struct cc_trunk_conf *t = &lines[line_count];
	const char *hosts = strtok(NULL, " \n");
	const char *by = strtok(NULL, " \n");
	const char *user = strtok(NULL, " \n");
	const char *secret = strtok(NULL, " \n");
	const char *own = strtok(NULL, " \n");
	const char *expires = strtok(NULL, " \n");

	if (line_count == CC_TRUNKS || !hosts || !by)
		return;
	*t = (struct cc_trunk_conf){ .id = (uint32_t)atoi(id), .port = 5080 };
	t->transport = !strcmp(by, "tls")   ? CC_TLS
		       : !strcmp(by, "tcp") ? CC_TCP
					    : CC_UDP;
	t->registers = user && *user != '-';
	cc_copy(t->host, sizeof(t->host), hosts);
	cc_copy(t->user, sizeof(t->user), t->registers ? user : "");
	cc_copy(t->secret, sizeof(t->secret), secret);
	cc_copy(t->presented, sizeof(t->presented),
		own && *own != '-' ? own : "");
	t->expires_s = expires ? (uint32_t)atoi(expires) : 0;
	line_count++;
}

/* "call NUMBER [FROM [TRUNK]]" (FROM "-": the line's own), "way TRUNK NUMBER
 * [FROM]" (the next call by that line), "NAME VALUE" (a setting), "hangup ID",
 * "trunk …", "trunks now", "stats", "idle".
 * @return false: "quit" */
static int read_order(char *line)
{
	char *word = strtok(line, " \n");
	char *arg = strtok(NULL, " \n");
	const struct {
		const char *name;
		atomic_int *value;
	} settings[] = {
		{ "ring", &conf.ring },         { "answer", &conf.answer },
		{ "reject", &conf.reject },     { "after", &conf.hangup },
		{ "reoffer", &conf.reoffer },   { "update", &conf.update },
		{ "reanswer", &conf.reanswer }, { "rereject", &conf.rereject },
		{ "cancel", &conf.cancel },
	};

	if (!word)
		return 1;
	if (!strcmp(word, "quit"))
		return 0;
	if (!strcmp(word, "idle"))
		idle_wanted = true;
	else if (!strcmp(word, "stats"))
		print_stats();
	else if (!arg)
		fprintf(stderr, "sip_echo: %s wants a value\n", word);
	else if (!strcmp(word, "call")) {
		const char *from = strtok(NULL, " \n");
		const char *trunk = strtok(NULL, " \n");

		call(arg, from, trunk ? (uint32_t)strtoul(trunk, NULL, 10) : 0);
	} else if (!strcmp(word, "way") && way_count < CC_SIP_WAYS) {
		const char *number = strtok(NULL, " \n");

		set_way(&ways[way_count++], (uint32_t)atoi(arg), number,
			strtok(NULL, " \n"));
	} else if (!strcmp(word, "trunk"))
		add_line(arg);
	else if (!strcmp(word, "check"))
		cc_sip_check(sip, (uint32_t)atoi(arg));
	else if (!strcmp(word, "trunks")) {
		cc_sip_trunks(sip, lines, line_count);
		line_count = 0;
	} else if (!strcmp(word, "hangup"))
		cc_sip_hangup(sip, strtoull(arg, NULL, 10));
	for (size_t i = 0; arg && i < CC_LEN(settings); i++)
		if (!strcmp(word, settings[i].name))
			*settings[i].value = atoi(arg);
	return 1;
}

static void talk(void)
{
	char buf[4096];
	char rest[64];
	size_t have = 0;
	struct pollfd fds[2] = { { .fd = 0, .events = POLLIN },
				 { .fd = wake[0], .events = POLLIN } };

	for (;;) {
		char *end;

		int ms = obey_due();

		if (idle_wanted)
			tell_idle();
		if (idle_wanted && (ms < 0 || ms > 10))
			ms = 10;
		if (poll(fds, 2, ms) < 0)
			return;
		if (fds[1].revents && read(wake[0], rest, sizeof(rest)) < 0)
			return;
		if (!fds[0].revents)
			continue;
		ssize_t n = read(0, buf + have, sizeof(buf) - 1 - have);

		if (n <= 0)
			return;
		have += (size_t)n;
		while ((end = memchr(buf, '\n', have))) {
			size_t used = (size_t)(end - buf) + 1;
			char line[4096];

			memcpy(line, buf, used);
			line[used] = '\0';
			memmove(buf, buf + used, have - used);
			have -= used;
			if (!read_order(line))
				return;
		}
	}
}

int main(int argc, char **argv)
{
	struct cc_sip_conf sc;
	long start;
	int opt;
	int err;

	while ((opt = getopt(argc, argv, "a:p:P:t:s:m:S:T:")) != -1) {
		switch (opt) {
		case 'a':
			conf.addr = optarg;
			break;
		case 'p':
			conf.port = (uint16_t)atoi(optarg);
			break;
		case 'P':
			if (sscanf(optarg, "%63[^:]:%hu", conf.peer,
				   &conf.peer_port) < 1)
				return 2;
			break;
		case 's':
			conf.session = (unsigned)atoi(optarg);
			break;
		case 'm':
			conf.min_se = (unsigned)atoi(optarg);
			break;
		case 'S':
			conf.sips = (uint16_t)atoi(optarg);
			break;
		case 'T':
			conf.tls = optarg;
			break;
		case 't':
			conf.t1 = (unsigned)atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	sc = (struct cc_sip_conf){ .addr = conf.addr,
				   .port = conf.port,
				   .peer_host = conf.peer,
				   .peer_port = conf.peer_port,
				   .t1_ms = conf.t1,
				   .session_s = conf.session,
				   .min_se_s = conf.min_se,
				   .sips_port = conf.sips,
				   .tls_dir = conf.tls };
	if (pipe(wake) < 0)
		return 1;
	err = cc_sip_open(&sip, &sc, on_event, NULL);
	printf("OPEN %d\n", err);
	fflush(stdout);
	if (err)
		return 1;
	talk();
	print_stats();
	start = now_ms();
	cc_sip_close(&sip);
	printf("CLOSED %ld\n", now_ms() - start);
	fflush(stdout);
	return 0;
}
