/* Distribution: who is offered which caller, and what comes of an offer. */
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/engine_int.h"

static struct cc_agent *choose(struct cc_engine *e, const struct cc_queue *q,
			       const struct cc_call *c)
{
	struct cc_candidate *cand = calloc(q->member_count + 1, sizeof(*cand));
	struct cc_agent *a = NULL;
	int i;

	if (!cand)
		return NULL;
	for (size_t m = 0; m < q->member_count; m++) {
		a = cc_find_agent(e, q->members[m]);
		cand[m].id = q->members[m];
		if (!a)
			continue;
		cand[m].available = cc_agent_available(&a->facts) &&
				    !a->blocked && a->phone && !a->call &&
				    !a->mic_lost;
		cand[m].idle_since = a->idle_since;
		cand[m].last_seq = a->last_seq;
	}
	i = cc_queue_pick(q->strategy, cand, q->member_count, c->avoid);
	a = i < 0 ? NULL : cc_find_agent(e, cand[i].id);
	free(cand);
	return a;
}

static void offer(struct cc_engine *e, struct cc_call *c, struct cc_agent *a)
{
	cc_line_leave(&c->queue->line, &c->place);
	c->offered = a;
	c->gen++;
	c->offer_due = e->now + c->queue->ring_ms;
	a->last_seq = ++e->offer_seq;
	e->count.offered++;
	cc_attach(a, c, ROLE_OFFERED);
	cc_agent_event(e, a, AEV_OFFER, 0);
	cc_call_do(e, c, EV_OFFER, a,
		   json_pack("{s:s, s:I}", "rule", "longest_idle", "idle_ms",
			     (json_int_t)(e->now - a->idle_since)));
}

/* The earliest head of all queues that somebody can take. */
static bool offer_one(struct cc_engine *e)
{
	struct cc_agent *a, *best_agent = NULL;
	struct cc_call *c, *best = NULL;
	struct cc_queue *q;

	TAILQ_FOREACH(q, &e->queues, link) {
		struct cc_place *p = TAILQ_FIRST(&q->line.places);

		if (!p)
			continue;
		c = p->owner;
		if (best && (c->place.returned < best->place.returned ||
			     (c->place.returned == best->place.returned &&
			      c->place.since >= best->place.since)))
			continue;
		a = choose(e, q, c);
		if (!a)
			continue;
		best = c;
		best_agent = a;
	}
	if (best)
		offer(e, best, best_agent);
	return best != NULL;
}

void cc_distribute(struct cc_engine *e)
{
	e->distribute = false;
	while (offer_one(e))
		;
}

void cc_call_offer_gone(struct cc_engine *e, struct cc_call *c,
			const char *kind, bool missed)
{
	struct cc_agent *a = c->offered;

	c->offered = NULL;
	c->offer_due = 0;
	if (missed)
		c->avoid = a->id;
	cc_call_note(e, c, kind, a, NULL);
	cc_attach(a, NULL, ROLE_NONE);
	cc_agent_event(e, a, missed ? AEV_OFFER_MISSED : AEV_OFFER_TAKEN_BACK,
		       0);
	cc_agent_audio(e, a);
	if (cc_call_do(e, c, EV_OFFER_GONE, a, NULL))
		return; /* the call ended meanwhile */
	cc_line_join(&c->queue->line, &c->place, true);
	e->distribute = true;
}

void cc_call_requeue(struct cc_engine *e, struct cc_call *c, const char *why)
{
	struct cc_agent *a = c->owner;

	if (!c->queue && c->direction != CALL_INT)
		c->queue = cc_out_queue(e, a);
	if (!c->queue) {
		cc_call_end(e, c, EV_FAIL, why);
		return;
	}
	if (cc_call_do(e, c, EV_REQUEUE, a, json_pack("{s:s}", "why", why)))
		return;
	c->owner = NULL;
	c->resume_due = 0;
	if (a && a->call == c)
		cc_release(e, a, false);
	c->card_saved = c->was_held = false; /* the next one's own work */
	c->wait_due = e->now + c->queue->max_wait_ms;
	cc_line_join(&c->queue->line, &c->place, true);
	e->distribute = true;
}
