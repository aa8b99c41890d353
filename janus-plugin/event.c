#include <errno.h>
#include <stdlib.h>

#include "janus-plugin/event.h"
#include "janus-plugin/sdp.h"
#include "janus-plugin/session.h"

enum what { PUSH, OFFER, DROP, STOP };

struct item {
	enum what what;
	uint64_t session;
	json_t *event;
};

struct cc_events {
	janus_callbacks *gateway;
	janus_plugin *plugin;
	GAsyncQueue *events, *offers;
	GThread *threads[2];
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

static void serve(struct cc_events *e, GAsyncQueue *q)
{
	enum what what;

	do {
		struct item *it = g_async_queue_pop(q);

		what = it->what;
		carry_out(e, it);
		json_decref(it->event);
		free(it);
	} while (what != STOP);
}

static void *serve_events(void *arg)
{
	struct cc_events *e = arg;

	serve(e, e->events);
	return NULL;
}

static void *serve_offers(void *arg)
{
	struct cc_events *e = arg;

	serve(e, e->offers);
	return NULL;
}

static void put(GAsyncQueue *q, enum what what, uint64_t session, json_t *event)
{
	struct item *it = calloc(1, sizeof(*it));

	if (!it) {
		json_decref(event);
		return;
	}
	it->what = what;
	it->session = session;
	it->event = event;
	g_async_queue_push(q, it);
}

int cc_events_open(struct cc_events **ep, janus_callbacks *gateway,
		   janus_plugin *plugin)
{
	struct cc_events *e = calloc(1, sizeof(*e));

	if (!e)
		return ENOMEM;
	e->gateway = gateway;
	e->plugin = plugin;
	e->events = g_async_queue_new();
	e->offers = g_async_queue_new();
	e->threads[0] = g_thread_new("otklik-events", serve_events, e);
	e->threads[1] = g_thread_new("otklik-offers", serve_offers, e);
	*ep = e;
	return 0;
}

void cc_events_close(struct cc_events **ep)
{
	struct cc_events *e = *ep;

	if (!e)
		return;
	put(e->events, STOP, 0, NULL);
	put(e->offers, STOP, 0, NULL);
	g_thread_join(e->threads[0]);
	g_thread_join(e->threads[1]);
	g_async_queue_unref(e->events);
	g_async_queue_unref(e->offers);
	free(e);
	*ep = NULL;
}

void cc_events_push(struct cc_events *e, uint64_t session, json_t *event)
{
	put(e->events, PUSH, session, event);
}

void cc_events_offer(struct cc_events *e, uint64_t session)
{
	put(e->offers, OFFER, session, NULL);
}

void cc_events_drop(struct cc_events *e, uint64_t session)
{
	put(e->events, DROP, session, NULL);
}
