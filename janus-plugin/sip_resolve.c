/*
 * sip_resolve.c - names of trunks to addresses, off the SIP thread.
 *
 * getaddrinfo blocks for as long as the name servers are silent, so each look-
 * up has a thread of its own that nobody waits for: what it finds goes to the
 * SIP thread, or nowhere when that has gone.
 */
#include "janus-plugin/sip_int.h"

#include "janus-plugin/util.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

struct resolver {
	pthread_mutex_t lock;
	struct cc_sip *sip; /* NULL: closed */
	unsigned users;     /* the owner and every look-up */
};

struct job {
	struct resolver *r;
	uint64_t serial;
	struct cc_trunk_conf conf;
};

static void put(struct resolver *r)
{
	unsigned left;

	pthread_mutex_lock(&r->lock);
	left = --r->users;
	pthread_mutex_unlock(&r->lock);
	if (left)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}

struct resolver *cc_resolver_new(struct cc_sip *sip)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	pthread_mutex_init(&r->lock, NULL);
	r->sip = sip;
	r->users = 1;
	return r;
}

void cc_resolver_end(struct resolver *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->sip = NULL;
	pthread_mutex_unlock(&r->lock);
	put(r);
}

/* @return how many targets stand in the list now */
static size_t look_up(struct target *list, size_t n, const char *host,
		      uint16_t port)
{
	const struct addrinfo want = { .ai_family = AF_INET,
				       .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found = NULL;
	struct in_addr literal;

	if (getaddrinfo(host, NULL, &want, &found))
		return n;
	for (const struct addrinfo *a = found; a && n < CC_TRUNK_TARGETS;
	     a = a->ai_next) {
		const struct sockaddr_in *sin =
		    (const struct sockaddr_in *)(const void *)a->ai_addr;
		struct target *t = &list[n++];

		cc_copy(t->host, sizeof(t->host), host);
		t->named = inet_pton(AF_INET, host, &literal) != 1;
		t->addr = sin->sin_addr;
		t->port = port;
	}
	freeaddrinfo(found);
	return n;
}

static void *work(void *arg)
{
	struct job *job = arg;
	struct target *list = calloc(CC_TRUNK_TARGETS, sizeof(*list));
	char host[CC_TRUNK_HOST];
	uint16_t port;
	size_t n = 0;

	for (size_t i = 0; list && !cc_trunk_host(&job->conf, i, host, &port);
	     i++)
		n = look_up(list, n, host, port);
	pthread_mutex_lock(&job->r->lock);
	if (job->r->sip && list)
		cc_sip_found(job->r->sip, job->serial, list, n);
	else
		free(list);
	pthread_mutex_unlock(&job->r->lock);
	put(job->r);
	free(job);
	return NULL;
}

void cc_resolve(struct resolver *r, uint64_t serial,
		const struct cc_trunk_conf *conf)
{
	struct job *job = calloc(1, sizeof(*job));
	pthread_attr_t attr;
	pthread_t thread;

	if (!job)
		return;
	job->r = r;
	job->serial = serial;
	job->conf = *conf;
	pthread_mutex_lock(&r->lock);
	r->users++;
	pthread_mutex_unlock(&r->lock);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, work, job)) {
		put(r); /* the timer asks again */
		free(job);
	}
	pthread_attr_destroy(&attr);
}
