/* media_web.c - browser legs: lent to their loop thread and taken back. */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include "janus-plugin/media_int.h"

int web_new(struct port *p)
{
	struct cc_web *w = calloc(1, sizeof(*w));

	if (!w)
		return -1;
	w->port = p;
	w->media = p->m;
	atomic_init(&w->owner, LEG_MEDIA);
	atomic_init(&w->news, true); /* the first packet is news */
	p->web = w;
	return 0;
}

/* Called by the media thread only; the loop thread is in there for the time
 * of one packet, so yielding is enough. */
static void wait_unused(struct cc_web *w)
{
	while (atomic_load(&w->in_use))
		sched_yield();
}

void leg_take(struct cc_web *w)
{
	if (!w || atomic_load(&w->owner) != LEG_LOOP)
		return;
	atomic_store(&w->owner, LEG_MEDIA);
	wait_unused(w);
	LIST_INSERT_HEAD(&w->media->held, w, held);
}

/* May the loop thread do this leg's work alone? Only if it is heard by nobody
 * or by one trunk port that hears nothing else. */
static bool simple(const struct port *p)
{
	const struct source *s = LIST_FIRST(&p->sinks);

	if (!s)
		return true;
	return !LIST_NEXT(s, link) && !s->sink->web &&
	       s->sink->mode == HEAR_PASS;
}

/* A packet put into the ring while the owner changed would wait there for the
 * next one: then the leg comes back once more. */
static void lend(struct cc_web *w)
{
	for (;;) {
		leg_drain(w);
		if (!simple(w->port)) /* the packet ended the comfort music */
			return;
		atomic_store(&w->wake, false);
		atomic_store(&w->owner, LEG_LOOP);
		wait_unused(w);
		if (atomic_load(&w->head) == atomic_load(&w->tail))
			break;
		atomic_store(&w->owner, LEG_MEDIA);
		wait_unused(w);
	}
	LIST_REMOVE(w, held);
}

void leg_lend(struct cc_web *w)
{
	const struct source *s;
	bool wake = false;

	if (simple(w->port)) {
		lend(w);
		return;
	}

	/* otherwise somebody has to fetch its packets: at once or by tick */
	LIST_FOREACH(s, &w->port->sinks, link)
		if (s->sink->mode == HEAR_PASS || s->sink->mode == HEAR_COMFORT)
			wake = true;
	if (atomic_load_explicit(&w->wake, memory_order_relaxed) != wake)
		atomic_store(&w->wake, wake);
}

void leg_bury(struct cc_web *w, int64_t now)
{
	leg_take(w);
	LIST_REMOVE(w, held);
	atomic_store(&w->owner, LEG_DEAD);
	wait_unused(w);
	w->port = NULL;
	w->died = now;
	/* A loop thread may have read its pointer just before and enter late:
	 * the memory stays for a while and says DEAD. */
	LIST_INSERT_HEAD(&w->media->graves, w, grave);
}

void leg_drain(struct cc_web *w)
{
	unsigned tail = atomic_load_explicit(&w->tail, memory_order_relaxed);
	struct cc_rtp in;

	while (tail != atomic_load_explicit(&w->head, memory_order_acquire)) {
		struct ring_slot *slot = &w->slots[tail % RING_SLOTS];

		if (!cc_rtp_parse(&in, slot->data, slot->len))
			port_input(w->port, &in, slot->at);
		tail++;
		atomic_store_explicit(&w->tail, tail, memory_order_release);
	}
}

static bool ring_put(struct cc_web *w, const char *buf, size_t len, int64_t now)
{
	unsigned head = atomic_load_explicit(&w->head, memory_order_relaxed);
	unsigned tail = atomic_load_explicit(&w->tail, memory_order_acquire);
	struct ring_slot *slot = &w->slots[head % RING_SLOTS];

	if (head - tail == RING_SLOTS || len > RING_BYTES)
		return false;
	slot->at = now;
	slot->len = (uint16_t)len;
	memcpy(slot->data, buf, len);
	atomic_store_explicit(&w->head, head + 1, memory_order_release);
	return true;
}

static bool packet(struct cc_web *w, const char *buf, size_t len)
{
	int owner = atomic_load(&w->owner);
	struct cc_rtp in;
	int64_t now;

	if (owner == LEG_DEAD)
		return false;
	if (cc_rtp_parse(&in, (const uint8_t *)buf, len)) {
		atomic_fetch_add_explicit(&w->dropped, 1, memory_order_relaxed);
		return false;
	}

	now = media_now();
	atomic_store_explicit(&w->last_rx, now, memory_order_relaxed);
	if (owner == LEG_LOOP) {
		leg_drain(w); /* what came while the leg was being lent */
		port_input(w->port, &in, now);
	} else if (!ring_put(w, buf, len, now)) {
		atomic_fetch_add_explicit(&w->dropped, 1, memory_order_relaxed);
	}

	if (atomic_load_explicit(&w->news, memory_order_relaxed) &&
	    atomic_exchange(&w->news, false)) {
		atomic_store(&w->media->news, true);
		return true;
	}
	return owner == LEG_MEDIA &&
	       atomic_load_explicit(&w->wake, memory_order_relaxed);
}

void cc_media_web_rtp(struct cc_web *w, const char *buf, size_t len)
{
	/* an exchange, not a store: the owner is read after it is visible,
	 * and what the leg's previous loop thread did is seen */
	atomic_exchange(&w->in_use, 1);
	if (packet(w, buf, len))
		media_wake(w->media);
	atomic_store(&w->in_use, 0);
}
