#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "janus-plugin/media.h"
#include "janus-plugin/session.h"

#define BUCKETS 256 /* pages open at once are some hundreds */

LIST_HEAD(bucket, cc_handle);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct bucket table[BUCKETS]; /* by id; under lock, like next_id */
static uint64_t next_id = 1;

struct cc_handle *cc_handle_new(janus_plugin_session *janus)
{
	struct cc_handle *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->janus = janus;
	atomic_init(&h->refs, 1);
	janus_refcount_increase(&janus->ref);
	pthread_mutex_lock(&lock);
	h->id = next_id++;
	LIST_INSERT_HEAD(&table[h->id % BUCKETS], h, link);
	pthread_mutex_unlock(&lock);
	return h;
}

struct cc_handle *cc_handle_get(uint64_t id)
{
	struct cc_handle *h;

	pthread_mutex_lock(&lock);
	LIST_FOREACH(h, &table[id % BUCKETS], link)
		if (h->id == id)
			break;
	if (h)
		cc_handle_ref(h);
	pthread_mutex_unlock(&lock);
	return h;
}

struct cc_handle *cc_handle_ref(struct cc_handle *h)
{
	atomic_fetch_add(&h->refs, 1);
	return h;
}

void cc_handle_put(struct cc_handle *h)
{
	if (atomic_fetch_sub(&h->refs, 1) != 1)
		return;
	janus_refcount_decrease(&h->janus->ref);
	free(h);
}

void cc_handle_gone(struct cc_handle *h)
{
	atomic_store(&h->gone, true);
	pthread_mutex_lock(&lock);
	LIST_REMOVE(h, link);
	pthread_mutex_unlock(&lock);
}

void cc_handle_unweb(struct cc_handle *h)
{
	atomic_store(&h->web, NULL);
	while (atomic_load(&h->users))
		sched_yield(); /* one packet long */
}

void cc_handle_rtp(struct cc_handle *h, const char *buf, size_t len)
{
	struct cc_web *web;

	atomic_fetch_add(&h->users, 1);
	web = atomic_load(&h->web);
	if (web)
		cc_media_web_rtp(web, buf, len);
	atomic_fetch_sub(&h->users, 1);
}
