#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "janus-plugin/event.h"
#include "janus-plugin/sdp.h"
#include "janus-plugin/session.h"

enum what { PUSH, OFFER, DROP, STOP };

struct item {
	STAILQ_ENTRY(item) link;
	enum what what;
	uint64_t session;
	json_t *event;
};

/* A queue and the thread that empties it. */
struct lane {
	struct cc_events *events;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	STAILQ_HEAD(, item) items;
};

enum { EVENTS, OFFERS, LANES };

struct cc_events {
	janus_callbacks *gateway;
	janus_plugin *plugin;
	struct lane lane[LANES];
};

static void push(struct cc_events *e, struct cc_handle *h, json_t *event,
		 json_t *jsep)
{
	if (!atomic_load(&h->gone))
		e->gateway->push_event(h->janus, e->plugin, NULL, event, jsep);
}

static void offer(struct cc_events *e, struct cc_handle *h)
{
	json_t *event =
	    json_pack("{s:s, s:s}", "otklik", "event", "event", "offer");
	json_t *jsep;
	char sdp[1024];

	if (!cc_sdp_web_offer(sdp, sizeof(sdp), h->id, 1)) {
		jsep = json_pack("{s:s, s:s}", "type", "offer", "sdp", sdp);
		push(e, h, event, jsep);
		json_decref(jsep);
	}
	json_decref(event);
}

static void carry_out(struct cc_events *e, struct item *it)
{
	struct cc_handle *h = cc_handle_get(it->session);

	if (!h)
		return;
	switch (it->what) {
	case PUSH:
		push(e, h, it->event, NULL);
		break;
	case OFFER:
		offer(e, h);
		break;
	case DROP:
		if (!atomic_load(&h->gone))
			e->gateway->end_session(h->janus);
		break;
	case STOP:
		break;
	}
	cc_handle_put(h);
}

static struct item *take(struct lane *l)
{
	struct item *it;

	pthread_mutex_lock(&l->lock);
	while (STAILQ_EMPTY(&l->items))
		pthread_cond_wait(&l->filled, &l->lock);
	it = STAILQ_FIRST(&l->items);
	STAILQ_REMOVE_HEAD(&l->items, link);
	pthread_mutex_unlock(&l->lock);
	return it;
}

static void *serve(void *arg)
{
	struct lane *l = arg;
	enum what what;

	do {
		struct item *it = take(l);

		what = it->what;
		carry_out(l->events, it);
		json_decref(it->event);
		free(it);
	} while (what != STOP);
	return NULL;
}

static void put(struct lane *l, enum what what, uint64_t session, json_t *event)
{
	struct item *it = calloc(1, sizeof(*it));

	if (!it) {
		json_decref(event);
		return;
	}
	it->what = what;
	it->session = session;
	it->event = event;
	pthread_mutex_lock(&l->lock);
	STAILQ_INSERT_TAIL(&l->items, it, link);
	pthread_cond_signal(&l->filled);
	pthread_mutex_unlock(&l->lock);
}

int cc_events_open(struct cc_events **ep, janus_callbacks *gateway,
		   janus_plugin *plugin)
{
	static const char *const names[LANES] = { "otklik-events",
						  "otklik-offers" };
	struct cc_events *e = calloc(1, sizeof(*e));
	int err = 0;

	if (!e)
		return ENOMEM;
	e->gateway = gateway;
	e->plugin = plugin;
	for (int i = 0; i < LANES && !err; i++) {
		struct lane *l = &e->lane[i];

		l->events = e;
		STAILQ_INIT(&l->items);
		pthread_mutex_init(&l->lock, NULL);
		pthread_cond_init(&l->filled, NULL);
		err = pthread_create(&l->thread, NULL, serve, l);
		if (!err)
			pthread_setname_np(l->thread, names[i]);
	}
	if (err)
		return err; /* the start stops: nothing of e is reused */
	*ep = e;
	return 0;
}

void cc_events_close(struct cc_events **ep)
{
	struct cc_events *e = *ep;

	if (!e)
		return;
	for (int i = 0; i < LANES; i++) {
		put(&e->lane[i], STOP, 0, NULL);
		pthread_join(e->lane[i].thread, NULL);
		pthread_cond_destroy(&e->lane[i].filled);
		pthread_mutex_destroy(&e->lane[i].lock);
	}
	free(e);
	*ep = NULL;
}

void cc_events_push(struct cc_events *e, uint64_t session, json_t *event)
{
	put(&e->lane[EVENTS], PUSH, session, event);
}

void cc_events_offer(struct cc_events *e, uint64_t session)
{
	put(&e->lane[OFFERS], OFFER, session, NULL);
}

void cc_events_drop(struct cc_events *e, uint64_t session)
{
	put(&e->lane[EVENTS], DROP, session, NULL);
}
