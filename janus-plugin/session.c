#include <sched.h>
#include <stdlib.h>

#include "janus-plugin/media.h"
#include "janus-plugin/session.h"

static GMutex lock;
static GHashTable *table; /* id -> struct cc_handle */
static uint64_t next_id = 1;

void cc_handles_open(void)
{
	table = g_hash_table_new(g_int64_hash, g_int64_equal);
}

struct cc_handle *cc_handle_new(janus_plugin_session *janus)
{
	struct cc_handle *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->janus = janus;
	atomic_init(&h->refs, 1);
	janus_refcount_increase(&janus->ref);
	g_mutex_lock(&lock);
	h->id = next_id++;
	g_hash_table_insert(table, &h->id, h);
	g_mutex_unlock(&lock);
	return h;
}

struct cc_handle *cc_handle_get(uint64_t id)
{
	struct cc_handle *h;

	g_mutex_lock(&lock);
	h = g_hash_table_lookup(table, &id);
	if (h)
		cc_handle_ref(h);
	g_mutex_unlock(&lock);
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
	g_mutex_lock(&lock);
	g_hash_table_remove(table, &h->id);
	g_mutex_unlock(&lock);
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
