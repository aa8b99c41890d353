/*
 * sip_tls.c - links: an outer connection, TLS with the operator, and an inner
 * one, TCP with sofia. What comes in at one goes out at the other, message by
 * message, changed by sip_hop.c.
 *
 * An operator who connects gets an inner connection to where sofia listens;
 * sofia, to reach an operator, connects to his door.
 */
#include "janus-plugin/sip_tls.h"

#include "janus-plugin/sip_cert.h"
#include "janus-plugin/sip_hop.h"
#include "janus-plugin/trunk.h"
#include "janus-plugin/util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	DOORS = 64,        /* beyond that those nobody uses are closed */
	LINKS = 512,       /* operators are few */
	CALLERS = 448,     /* of these: who calls us must leave us the rest */
	SHARE = 16,        /* of an address without a line over TLS */
	OUT_MAX = 1 << 18, /* unsent bytes that stop the other side */
	STALL_MS = 30000,  /* and for so long unacknowledged: it is dead */
	HELLO_MS = 6000,   /* for connecting and the handshake */
	TICK_MS = 500,
	FIRST_T1 = 60,  /* 30 s from the handshake to the first message */
	IDLE_T1 = 1200, /* 10 min without a message or a keep-alive */
};

struct door {
	TAILQ_ENTRY(door) entry;
	struct cc_tls *tls;
	char host[CC_TRUNK_HOST];
	struct in_addr addr;
	uint16_t port;
	uint16_t inner; /* ours, on 127.0.0.1 */
	int fd;
	int index; /* of its su_wait */
	unsigned links;
	char trouble[64];
};

struct buf {
	unsigned char *p;
	size_t len, size;
};

/* One end of a link. */
struct side {
	int fd;
	int index; /* of its su_wait, -1 none */
	int events;
	bool eof;
	struct buf in;  /* read, not understood yet */
	struct buf out; /* to be written */
	size_t body;    /* bytes of a body still to be passed on */
};

enum phase { CONNECTING, SHAKING, OPEN, OVER };

struct link {
	TAILQ_ENTRY(link) entry;
	struct cc_tls *tls;
	struct door *door; /* NULL: the operator has called us */
	enum phase phase;
	struct side outer, inner;
	SSL *ssl;
	struct in_addr addr; /* of the operator */
	uint16_t port;
	uint16_t key; /* sofia's neighbour on 127.0.0.1 */
	/* for connecting and the handshake, then for who has called us to say
	 * something; 0: as long as it lasts */
	unsigned left_ms;
	int want;    /* what the handshake waits for */
	bool opened; /* sofia may have got something */
	bool spoke;  /* a whole message has come */
};

struct cc_tls {
	struct cc_tls_conf conf;
	char *addr;
	struct cc_cert *cert;
	int fd; /* listens for operators, -1 */
	int index;
	su_timer_t *tick;
	bool ticking;
	char trouble[64];
	TAILQ_HEAD(, door) doors;
	TAILQ_HEAD(, link) links;
	unsigned door_count, link_count;
};

static void tend(struct link *l);

/* ---- bytes ---- */

static bool buf_room(struct buf *b, size_t more)
{
	size_t size = b->size ? b->size : 4096;
	unsigned char *p;

	while (size < b->len + more)
		size *= 2;
	if (size == b->size)
		return true;
	p = realloc(b->p, size);
	if (!p)
		return false;
	b->p = p;
	b->size = size;
	return true;
}

static void buf_cut(struct buf *b, size_t n)
{
	b->len -= n;
	memmove(b->p, b->p + n, b->len);
}

/* @return bytes, 0 end, -1 later, -2 broken */
static long side_read(struct link *l, struct side *s, void *p, size_t size)
{
	int n, why;

	if (s == &l->inner) {
		const ssize_t got = recv(s->fd, p, size, 0);

		if (got >= 0)
			return got;
		return errno == EAGAIN || errno == EINTR ? -1 : -2;
	}
	n = SSL_read(l->ssl, p, (int)size);
	if (n > 0)
		return n;
	why = SSL_get_error(l->ssl, n);
	ERR_clear_error();
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return -1;
	return why == SSL_ERROR_ZERO_RETURN ? 0 : -2;
}

static long side_write(struct link *l, struct side *s, const void *p,
		       size_t size)
{
	int n, why;

	if (s == &l->inner) {
		const ssize_t sent = send(s->fd, p, size, MSG_NOSIGNAL);

		if (sent >= 0)
			return sent;
		return errno == EAGAIN || errno == EINTR ? -1 : -2;
	}
	n = SSL_write(l->ssl, p, (int)size);
	if (n > 0)
		return n;
	why = SSL_get_error(l->ssl, n);
	ERR_clear_error();
	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? -1
									 : -2;
}

/* A message is whole, or (RFC 5626 3.5.1) there is a sign of life, which is
 * nothing from one who has said nothing yet. */
static void heard(struct link *l, const struct side *from, bool message)
{
	if (l->door || from != &l->outer)
		return;
	l->spoke |= message;
	if (l->spoke)
		l->left_ms = l->tls->conf.t1_ms * IDLE_T1;
}

/* What has come in at `from` goes into what `to` has to write. @return false:
 * it cannot be understood */
static bool digest(struct link *l, struct side *from, struct side *to)
{
	struct cc_hop hop = { .outward = from == &l->inner, .port = l->port };
	char *s;
	size_t n, done;

	inet_ntop(AF_INET, &l->addr, hop.address, sizeof(hop.address));
	while (from->in.len) {
		s = (char *)from->in.p;
		n = from->body < from->in.len ? from->body : from->in.len;
		/* keep-alives between messages (RFC 5626 3.5.1) */
		if (!from->body)
			while (n < from->in.len &&
			       (s[n] == '\r' || s[n] == '\n'))
				n++;
		if (n) {
			const bool message = from->body > 0;

			if (!buf_room(&to->out, n))
				return false;
			memcpy(to->out.p + to->out.len, s, n);
			to->out.len += n;
			from->body -= from->body ? n : 0;
			buf_cut(&from->in, n);
			if (!from->body)
				heard(l, from, message);
			continue;
		}
		n = cc_hop_head(s, from->in.len);
		if (n > CC_HOP_HEAD || (!n && from->in.len > CC_HOP_HEAD))
			return false;
		if (!n)
			return true;
		if (!buf_room(&to->out, CC_HOP_HEAD + CC_HOP_GROWTH))
			return false;
		done = cc_hop_rewrite((char *)to->out.p + to->out.len, s, n,
				      &hop, &from->body);
		if (!done)
			return false;
		to->out.len += done;
		buf_cut(&from->in, n);
		if (!from->body)
			heard(l, from, true);
	}
	return true;
}

static void trouble(struct link *l, const char *words)
{
	if (l->door)
		cc_copy(l->door->trouble, sizeof(l->door->trouble), words);
	l->phase = OVER;
}

/* One step in one direction. @return true: something has moved */
static bool move(struct link *l, struct side *from, struct side *to)
{
	bool moved = false;
	long n;

	if (!from->eof && to->out.len < OUT_MAX &&
	    from->in.len <= CC_HOP_HEAD) {
		if (!buf_room(&from->in, 4096)) {
			l->phase = OVER;
			return false;
		}
		n = side_read(l, from, from->in.p + from->in.len, 4096);
		if (n == -2)
			trouble(l, "Connection broken");
		from->eof = n == 0;
		if (n > 0) {
			from->in.len += (size_t)n;
			moved = true;
		}
	}
	if (!digest(l, from, to))
		l->phase = OVER;
	if (to->out.len) {
		n = side_write(l, to, to->out.p, to->out.len);
		if (n == -2)
			trouble(l, "Connection broken");
		if (n > 0) {
			buf_cut(&to->out, (size_t)n);
			moved = true;
		}
	}
	if (from->eof && !to->out.len)
		l->phase = OVER;
	return moved && l->phase == OPEN;
}

/* ---- links ---- */

static int socket_new(void)
{
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static struct sockaddr_in address(const char *text, struct in_addr addr,
				  uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(port),
				   .sin_addr = addr };

	if (text)
		inet_pton(AF_INET, text, &sin.sin_addr);
	return sin;
}

static void outer_options(int fd)
{
	const int on = 1;
	const unsigned stall = STALL_MS;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stall, sizeof(stall));
}

static void side_close(struct link *l, struct side *s)
{
	if (s->index >= 0)
		su_root_deregister(l->tls->conf.root, s->index);
	s->index = -1;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	free(s->in.p);
	free(s->out.p);
}

static void link_free(struct link *l)
{
	const struct linger reset = { .l_onoff = 1 };

	if (l->ssl) {
		if (SSL_is_init_finished(l->ssl))
			SSL_shutdown(l->ssl);
		SSL_free(l->ssl);
		ERR_clear_error();
	}
	if (!l->opened && l->inner.fd >= 0)
		setsockopt(l->inner.fd, SOL_SOCKET, SO_LINGER, &reset,
			   sizeof(reset));
	side_close(l, &l->outer);
	side_close(l, &l->inner);
	if (l->door)
		l->door->links--;
	l->tls->link_count--;
	TAILQ_REMOVE(&l->tls->links, l, entry);
	free(l);
}

static int on_link(su_root_magic_t *magic, su_wait_t *wait,
		   su_wakeup_arg_t *arg)
{
	(void)magic;
	(void)wait;
	tend(arg);
	return 0;
}

/* The events that a side waits for; 0 leaves it alone, so that a side which
 * has hung up does not wake us for ever. */
static void listen_to(struct link *l, struct side *s, int events)
{
	su_root_t *root = l->tls->conf.root;
	su_wait_t w;

	if (s->index >= 0 && events && s->events == events)
		return;
	if (s->index >= 0 && events) {
		su_root_eventmask(root, s->index, s->fd, events);
		s->events = events;
		return;
	}
	if (s->index >= 0)
		su_root_deregister(root, s->index);
	s->index = -1;
	s->events = 0;
	if (!events)
		return;
	if (su_wait_create(&w, s->fd, events) < 0)
		l->phase = OVER;
	else
		s->index = su_root_register(root, &w, on_link, l, 0);
	s->events = events;
	if (s->index < 0)
		l->phase = OVER;
}

static void shake(struct link *l)
{
	char words[64];
	int n = l->door ? SSL_connect(l->ssl) : SSL_accept(l->ssl);
	int why = n == 1 ? 0 : SSL_get_error(l->ssl, n);

	ERR_clear_error();
	if (n == 1) {
		l->phase = OPEN;
		l->opened = true;
		l->left_ms = l->door ? 0 : l->tls->conf.t1_ms * FIRST_T1;
		if (l->door)
			l->door->trouble[0] = '\0';
	} else if (why == SSL_ERROR_WANT_READ) {
		l->want = SU_WAIT_IN;
	} else if (why == SSL_ERROR_WANT_WRITE) {
		l->want = SU_WAIT_OUT;
	} else {
		cc_cert_explain(l->ssl, words, sizeof(words));
		trouble(l, words);
	}
}

static void connected(struct link *l)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin), size = sizeof(int);
	int err = 0;

	getsockopt(l->outer.fd, SOL_SOCKET, SO_ERROR, &err, &size);
	if (err)
		trouble(l, strerror(err));
	else if (!getpeername(l->outer.fd, (struct sockaddr *)&sin, &len))
		l->phase = SHAKING;
}

static int interest(const struct side *s, const struct side *other)
{
	return (s->eof || other->out.len >= OUT_MAX ? 0 : SU_WAIT_IN) |
	       (s->out.len ? SU_WAIT_OUT : 0);
}

/* Everything that can be done for a link now. It may be gone afterwards. */
static void tend(struct link *l)
{
	if (l->phase == CONNECTING)
		connected(l);
	if (l->phase == SHAKING)
		shake(l);
	while (l->phase == OPEN &&
	       (move(l, &l->outer, &l->inner) | move(l, &l->inner, &l->outer)))
		;
	if (l->phase == CONNECTING)
		listen_to(l, &l->outer, SU_WAIT_OUT);
	else if (l->phase == SHAKING)
		listen_to(l, &l->outer, l->want);
	if (l->phase == OPEN) {
		listen_to(l, &l->outer, interest(&l->outer, &l->inner));
		listen_to(l, &l->inner, interest(&l->inner, &l->outer));
	}
	if (l->phase == OVER)
		link_free(l);
}

/* Nothing has come for too long. Who has no door is left the connection that his
 * talk needs. */
static bool idle(struct link *l)
{
	const struct cc_tls_conf *conf = &l->tls->conf;

	if (!l->spoke || !conf->talks(conf->arg, l->addr) ||
	    conf->known(conf->arg, l->addr) == CC_TLS_LINE)
		return true;
	l->left_ms = conf->t1_ms * IDLE_T1;
	return false;
}

/* An operator whose hello never ends, or who says nothing after it. */
static void on_tick(su_root_magic_t *magic, su_timer_t *timer,
		    su_timer_arg_t *arg)
{
	struct cc_tls *tls = arg;
	struct link *l, *next;

	(void)magic;
	tls->ticking = false;
	for (l = TAILQ_FIRST(&tls->links); l; l = next) {
		next = TAILQ_NEXT(l, entry);
		if (!l->left_ms)
			continue;
		l->left_ms -= l->left_ms < TICK_MS ? l->left_ms : TICK_MS;
		if (l->left_ms || (l->phase == OPEN && !idle(l))) {
			tls->ticking = true;
			continue;
		}
		trouble(l, l->phase == CONNECTING ? "No connection"
						  : "No TLS handshake");
		link_free(l);
	}
	if (tls->ticking)
		su_timer_set_interval(timer, on_tick, tls, TICK_MS);
}

static struct link *link_new(struct cc_tls *tls, struct door *door, int outer,
			     int inner)
{
	struct link *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->tls = tls;
	l->door = door;
	l->outer = (struct side){ .fd = outer, .index = -1 };
	l->inner = (struct side){ .fd = inner, .index = -1 };
	l->left_ms = HELLO_MS;
	if (door)
		door->links++;
	tls->link_count++;
	TAILQ_INSERT_TAIL(&tls->links, l, entry);
	l->ssl = SSL_new(door ? cc_cert_client(tls->cert)
			      : cc_cert_server(tls->cert));
	if (!l->ssl || SSL_set_fd(l->ssl, outer) != 1) {
		link_free(l);
		return NULL;
	}
	outer_options(outer);
	if (!tls->ticking)
		tls->ticking =
		    !su_timer_set_interval(tls->tick, on_tick, tls, TICK_MS);
	return l;
}

/* ---- to the operator ---- */

/* The certificate must be his: by name, or by address where that is what the
 * line names (RFC 5922 7.2, RFC 6125). A SIP URI in place of the name is looked
 * at in sip_cert.c. */
static bool expect(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	struct in_addr addr;

	if (inet_pton(AF_INET, host, &addr) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
	X509_VERIFY_PARAM_set_hostflags(param,
					X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
	       SSL_set_tlsext_host_name(ssl, host) == 1;
}

static void reach(struct door *d, int inner)
{
	struct cc_tls *tls = d->tls;
	const struct sockaddr_in to = address(NULL, d->addr, d->port);
	const struct sockaddr_in from =
	    address(tls->addr, (struct in_addr){ 0 }, 0);
	const int outer = socket_new();
	struct link *l = outer >= 0 ? link_new(tls, d, outer, inner) : NULL;

	if (!l) {
		if (outer >= 0)
			close(outer);
		close(inner);
		return;
	}
	l->addr = d->addr;
	l->port = d->port;
	l->key = d->inner;
	if (!expect(l->ssl, d->host))
		trouble(l, "Out of memory");
	else if (bind(outer, (const struct sockaddr *)&from, sizeof(from)) ||
		 (connect(outer, (const struct sockaddr *)&to, sizeof(to)) &&
		  errno != EINPROGRESS))
		trouble(l, strerror(errno));
	tend(l);
}

/* Only sofia calls at a door. */
static int on_door(su_root_magic_t *magic, su_wait_t *wait,
		   su_wakeup_arg_t *arg)
{
	const struct sockaddr_in own =
	    address(CC_TLS_INNER, (struct in_addr){ 0 }, 0);
	struct door *d = arg;
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	int fd = accept4(d->fd, (struct sockaddr *)&sin, &len,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)magic;
	(void)wait;
	if (fd < 0)
		return 0;
	if (sin.sin_addr.s_addr != own.sin_addr.s_addr ||
	    cc_tls_trouble(d->tls)[0] || d->tls->link_count >= LINKS)
		close(fd);
	else
		reach(d, fd);
	return 0;
}

static void door_close(struct door *d)
{
	if (d->index >= 0)
		su_root_deregister(d->tls->conf.root, d->index);
	if (d->fd >= 0)
		close(d->fd);
	TAILQ_REMOVE(&d->tls->doors, d, entry);
	d->tls->door_count--;
	free(d);
}

/* @return a listening socket whose events go to fn, or -1 and errno */
static int listen_at(su_root_t *root, struct sockaddr_in *sin, su_wakeup_f fn,
		     void *arg, int *index)
{
	const int on = 1;
	socklen_t len = sizeof(*sin);
	int fd = socket_new();
	su_wait_t w;
	int err;

	if (fd < 0)
		return -1;
	if (sin->sin_port)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)sin, sizeof(*sin)) || listen(fd, 64) ||
	    getsockname(fd, (struct sockaddr *)sin, &len)) {
		err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	*index = su_wait_create(&w, fd, SU_WAIT_ACCEPT) < 0
		     ? -1
		     : su_root_register(root, &w, fn, arg, 0);
	if (*index >= 0)
		return fd;
	close(fd);
	errno = ENOMEM;
	return -1;
}

static void sweep_doors(struct cc_tls *tls)
{
	struct door *d, *next;

	for (d = TAILQ_FIRST(&tls->doors); d; d = next) {
		next = TAILQ_NEXT(d, entry);
		if (!d->links)
			door_close(d);
	}
}

uint16_t cc_tls_door(struct cc_tls *tls, const char *host, struct in_addr addr,
		     uint16_t port)
{
	struct sockaddr_in sin =
	    address(NULL, (struct in_addr){ htonl(INADDR_LOOPBACK) }, 0);
	struct door *d;

	TAILQ_FOREACH(d, &tls->doors, entry)
		if (d->addr.s_addr == addr.s_addr && d->port == port &&
		    !strcmp(d->host, host))
			return d->inner;
	if (tls->door_count >= DOORS)
		sweep_doors(tls);
	d = calloc(1, sizeof(*d));
	if (!d)
		return 0;
	d->tls = tls;
	d->addr = addr;
	d->port = port;
	d->index = -1;
	cc_copy(d->host, sizeof(d->host), host);
	TAILQ_INSERT_TAIL(&tls->doors, d, entry);
	tls->door_count++;
	d->fd = listen_at(tls->conf.root, &sin, on_door, d, &d->index);
	if (d->fd < 0) {
		door_close(d);
		return 0;
	}
	d->inner = ntohs(sin.sin_port);
	return d->inner;
}

const char *cc_tls_door_trouble(const struct cc_tls *tls, uint16_t door)
{
	const struct door *d;

	TAILQ_FOREACH(d, &tls->doors, entry)
		if (d->inner == door)
			return d->trouble;
	return "";
}

bool cc_tls_peer(const struct cc_tls *tls, uint16_t port,
		 struct in_addr *real_addr, uint16_t *real_port)
{
	const struct link *l;

	TAILQ_FOREACH(l, &tls->links, entry) {
		if (l->key != port)
			continue;
		*real_addr = l->addr;
		*real_port = l->port;
		return true;
	}
	return false;
}

/* ---- from the operator ---- */

/* @return the connection to sofia, -1 none; *key: sofia's neighbour */
static int reach_sofia(const struct cc_tls *tls, uint16_t *key)
{
	const struct sockaddr_in to =
	    address(CC_TLS_INNER, (struct in_addr){ 0 }, tls->conf.port);
	struct sockaddr_in from =
	    address(NULL, (struct in_addr){ htonl(INADDR_LOOPBACK) }, 0);
	socklen_t len = sizeof(from);
	int fd = socket_new();

	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) ||
	    getsockname(fd, (struct sockaddr *)&from, &len) ||
	    (connect(fd, (const struct sockaddr *)&to, sizeof(to)) &&
	     errno != EINPROGRESS)) {
		close(fd);
		return -1;
	}
	*key = ntohs(from.sin_port);
	return fd;
}

/* Those who have a line over TLS share what there is. */
static bool admitted(const struct cc_tls *tls, struct in_addr addr)
{
	const enum cc_tls_who who = tls->conf.known(tls->conf.arg, addr);
	const struct link *l;
	unsigned n = 0;

	if (who == CC_TLS_LINE)
		return true;
	TAILQ_FOREACH(l, &tls->links, entry)
		n += !l->door && l->addr.s_addr == addr.s_addr;
	return who == CC_TLS_KNOWN && n < SHARE;
}

static int on_operator(su_root_magic_t *magic, su_wait_t *wait,
		       su_wakeup_arg_t *arg)
{
	struct cc_tls *tls = arg;
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	uint16_t key = 0;
	struct link *l = NULL;
	int inner = -1;
	int outer = accept4(tls->fd, (struct sockaddr *)&sin, &len,
			    SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)magic;
	(void)wait;
	if (outer < 0)
		return 0;
	if (admitted(tls, sin.sin_addr) && !cc_tls_trouble(tls)[0] &&
	    tls->link_count < CALLERS)
		inner = reach_sofia(tls, &key);
	if (inner >= 0)
		l = link_new(tls, NULL, outer, inner);
	if (!l) {
		close(outer);
		if (inner >= 0)
			close(inner);
		return 0;
	}
	l->addr = sin.sin_addr;
	l->port = ntohs(sin.sin_port);
	l->key = key;
	l->phase = SHAKING;
	tend(l);
	return 0;
}

/* ---- all of it ---- */

const char *cc_tls_trouble(struct cc_tls *tls)
{
	struct sockaddr_in sin =
	    address(tls->addr, (struct in_addr){ 0 }, tls->conf.port);
	const char *words = cc_cert_look(tls->cert);

	if (words[0] || tls->fd >= 0) {
		cc_copy(tls->trouble, sizeof(tls->trouble), words);
		return tls->trouble;
	}
	tls->fd =
	    listen_at(tls->conf.root, &sin, on_operator, tls, &tls->index);
	tls->trouble[0] = '\0';
	if (tls->fd < 0)
		snprintf(tls->trouble, sizeof(tls->trouble), "Port %u: %s",
			 (unsigned)tls->conf.port, strerror(errno));
	return tls->trouble;
}

const struct cc_cert *cc_tls_cert(const struct cc_tls *tls)
{
	return tls->cert;
}

int cc_tls_open(struct cc_tls **tlsp, const struct cc_tls_conf *conf)
{
	struct cc_tls *tls = calloc(1, sizeof(*tls));
	sigset_t pipe;

	if (!tls)
		return ENOMEM;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE); /* OpenSSL writes without MSG_NOSIGNAL */
	pthread_sigmask(SIG_BLOCK, &pipe, NULL);
	TAILQ_INIT(&tls->doors);
	TAILQ_INIT(&tls->links);
	tls->conf = *conf;
	tls->addr = strdup(conf->addr);
	tls->fd = -1;
	tls->index = -1;
	tls->tick = su_timer_create(su_root_task(conf->root), TICK_MS);
	*tlsp = tls;
	if (tls->addr && tls->tick && !cc_cert_open(&tls->cert, conf->dir)) {
		cc_tls_trouble(tls);
		return 0;
	}
	cc_tls_close(tlsp);
	return ENOMEM;
}

void cc_tls_close(struct cc_tls **tlsp)
{
	struct cc_tls *tls = *tlsp;

	if (!tls)
		return;
	*tlsp = NULL;
	while (!TAILQ_EMPTY(&tls->links))
		link_free(TAILQ_FIRST(&tls->links));
	while (!TAILQ_EMPTY(&tls->doors))
		door_close(TAILQ_FIRST(&tls->doors));
	if (tls->index >= 0)
		su_root_deregister(tls->conf.root, tls->index);
	if (tls->fd >= 0)
		close(tls->fd);
	if (tls->tick)
		su_timer_destroy(tls->tick);
	cc_cert_close(&tls->cert);
	free(tls->addr);
	free(tls);
}
