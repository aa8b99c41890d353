/* Distribution: who is offered which caller, and what comes of an offer. */
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/decision.h"
#include "janus-plugin/engine_int.h"

#define HOPS_MAX 3 /* from queue to queue by their rules, then it ends */
#define SPARE_MS 20000 /* «Снять вызов»: not to the same telephones again */

/* Of a new caller, if c is NULL. */
static struct cc_choice choice_of(const struct cc_engine *e,
				  const struct cc_queue *q,
				  const struct cc_call *c)
{
	struct cc_choice in = { .rule = q->strategy,
				.need = q->need,
				.last = q->last_place };

	if (!c)
		return in;
	in.waited_ms = e->now - c->place.since + c->place.start;
	in.returned = c->place.returned;
	in.avoid = c->avoid;
	in.org = c->org;
	if (q->sticky_ms)
		in.sticky =
		    cc_known_user(e->known, c->number, q->sticky_ms, e->now);
	return in;
}

static unsigned bars_of(const struct cc_agent *a)
{
	bool valid = a && a->present && !a->blocked && a->phone;
	unsigned bars =
	    cc_bar_of(a ? &a->facts : NULL, valid, valid && !a->mic_lost);

	return !bars && a->call ? BAR_IN_USE : bars;
}

static bool spares(const struct cc_engine *e, const struct cc_call *c)
{
	return e->now < c->spared_due;
}

bool cc_call_spares(const struct cc_engine *e, const struct cc_call *c,
		    uint32_t id)
{
	if (!c || !spares(e, c))
		return false;
	for (size_t i = 0; i < c->spared_count; i++)
		if (c->spared[i] == id)
			return true;
	return false;
}

/* Fills the engine's list. c: NULL = of a new caller. @return how many */
static size_t list(struct cc_engine *e, const struct cc_queue *q,
		   const struct cc_call *c)
{
	for (size_t i = 0; i < q->member_count; i++) {
		const struct cc_member *m = &q->members[i];
		const struct cc_agent *a = m->agent;

		e->candidates[i] = (struct cc_candidate){
			.id = m->id,
			.bars = bars_of(a),
			.spared = cc_call_spares(e, c, m->id),
			.level = m->level,
			.place = m->place,
			.skill = m->skill,
		};
		if (!a)
			continue;
		e->candidates[i].idle_ms = e->now - a->idle_since;
		e->candidates[i].seq = a->last_seq;
		e->candidates[i].calls = a->taken;
		e->candidates[i].org = a->org_id;
	}
	return q->member_count;
}

/* --- an offer ---------------------------------------------------------- */

static void ring(struct cc_engine *e, struct cc_call *c, struct cc_agent *a)
{
	if (!c->offered)
		c->offered = a;
	c->rings++;
	a->last_seq = ++e->offer_seq;
	cc_attach(a, c, ROLE_OFFERED);
	cc_agent_event(e, a, AEV_OFFER, 0);
	cc_agent_audio(e, a);
}

static void offer(struct cc_engine *e, struct cc_call *c)
{
	struct cc_queue *q = c->queue;
	struct cc_choice in = choice_of(e, q, c);
	size_t n = list(e, q, c);
	struct cc_agent *a;
	struct cc_chosen out;
	json_t *why;

	cc_choose(&out, &in, e->candidates, n);
	if (out.at < 0)
		return;
	a = q->members[out.at].agent;
	why = cc_decision_json(&in, e->candidates, n, &out, a->name);
	cc_line_leave(&q->line, &c->place);
	c->gen++;
	c->offer_due = e->now + q->ring_ms;
	e->count.offered++;
	q->last_place = e->candidates[out.at].place;
	ring(e, c, a);
	for (size_t i = 0; out.reason == REASON_ALL && i < n; i++)
		if ((int)i != out.at && cc_rings(&in, &e->candidates[i]))
			ring(e, c, q->members[i].agent);
	cc_call_do(e, c, EV_OFFER, c->rings == 1 ? a : NULL, why);
}

/* It does not ring at him any more. */
static void silence(struct cc_engine *e, struct cc_call *c, struct cc_agent *a,
		    const char *kind, bool missed)
{
	cc_call_note(e, c, kind, a, NULL);
	cc_attach(a, NULL, ROLE_NONE);
	cc_agent_event(e, a, missed ? AEV_OFFER_MISSED : AEV_OFFER_TAKEN_BACK,
		       0);
	cc_agent_audio(e, a);
}

/* The first telephone it rings at but this one. */
static struct cc_agent *ringing(struct cc_engine *e, const struct cc_call *c,
				const struct cc_agent *but)
{
	struct cc_agent *a;

	if (c->offered && c->offered != but)
		return c->offered;
	TAILQ_FOREACH(a, &e->agents, link)
		if (a->call == c && a->part == ROLE_OFFERED && a != but)
			return a;
	return NULL;
}

static void silence_all(struct cc_engine *e, struct cc_call *c,
			const struct cc_agent *but, const char *kind,
			bool missed)
{
	struct cc_agent *a;

	while (c->rings > (but ? 1 : 0) && (a = ringing(e, c, but))) {
		if (c->offered == a)
			c->offered = NULL;
		silence(e, c, a, kind, missed);
		c->rings--;
	}
	c->offered = NULL;
	c->rings = 0;
	c->offer_due = 0;
}

void cc_offer_over(struct cc_engine *e, struct cc_call *c,
		   struct cc_agent *winner)
{
	silence_all(e, c, winner, winner ? "RINGTAKEN" : "RINGCANCELED", false);
}

void cc_call_offer_gone(struct cc_engine *e, struct cc_call *c,
			const char *kind, bool missed)
{
	struct cc_agent *a = c->offered;

	if (missed && c->rings == 1)
		c->avoid = a->id;
	silence_all(e, c, NULL, kind, missed);
	if (cc_call_do(e, c, EV_OFFER_GONE, a, NULL))
		return; /* the call ended meanwhile */
	cc_line_join(&c->queue->line, &c->place, true);
	e->distribute = true;
	/* his total stay had only waited for this telephone */
	if (c->wait_due && e->now >= c->wait_due)
		cc_wait_over(e, c, EV_MAX_WAIT);
}

void cc_offer_drop(struct cc_engine *e, struct cc_agent *a, const char *kind,
		   bool missed)
{
	struct cc_call *c = a->call;

	if (c->rings <= 1) {
		cc_call_offer_gone(e, c, kind, missed);
		return;
	}
	if (c->offered == a)
		c->offered = ringing(e, c, a);
	silence(e, c, a, kind, missed);
	c->rings--;
}

struct cc_agent *cc_queue_next(struct cc_engine *e, struct cc_queue *q)
{
	struct cc_choice in = choice_of(e, q, NULL);
	struct cc_chosen out;

	cc_choose(&out, &in, e->candidates, list(e, q, NULL));
	if (out.at < 0)
		return NULL;
	return q->members[out.at].agent;
}

void cc_queue_asked(struct cc_queue *q, const struct cc_agent *a)
{
	q->last_place = cc_queue_member(q, a)->place;
}

void cc_offer_taken(struct cc_engine *e, struct cc_call *c, struct cc_agent *a)
{
	c->avoid = 0;
	cc_call_spare_end(e, c);
	a->taken++;
	a->busy_for = c->queue->id;
	a->busy_since = e->now;
	cc_known_talked(e->known, c->number, a->id, e->now);
}

void cc_handled(struct cc_engine *e, struct cc_agent *a)
{
	struct cc_queue *q = cc_find_queue(e, a->busy_for);
	int64_t ms = e->now - a->busy_since;

	if (a->call || a->facts.wrapup_until)
		return;
	a->busy_for = 0;
	if (q) /* the last eight or so */
		q->handle_ms += q->handle_ms ? (ms - q->handle_ms) / 8 : ms;
}

/* --- taken off by a supervisor ------------------------------------------ */

void cc_call_spare(struct cc_engine *e, struct cc_call *c,
		   const struct cc_agent *a)
{
	uint32_t *more =
	    realloc(c->spared, (c->spared_count + 1) * sizeof(*c->spared));

	if (!more) /* he is offered it again too soon */
		return;
	c->spared = more;
	c->spared[c->spared_count++] = a->id;
	c->spared_due = e->now + SPARE_MS;
}

void cc_call_spare_end(struct cc_engine *e, struct cc_call *c)
{
	if (!c->spared_due)
		return;
	free(c->spared);
	c->spared = NULL;
	c->spared_count = 0;
	c->spared_due = 0;
	e->distribute = e->shift.changed = true;
}

/* --- the heads --------------------------------------------------------- */

/* The first of a line that somebody can take, if he comes before `best`. A line
 * is in the order in which its callers become able to be served, so who stands
 * behind one that nobody can take cannot be, either, unless that one spares
 * somebody. */
static struct cc_call *head(struct cc_engine *e, const struct cc_queue *q,
			    const struct cc_call *best)
{
	const struct cc_place *p;

	TAILQ_FOREACH(p, &q->line.places, link) {
		struct cc_choice in = choice_of(e, q, p->owner);
		struct cc_chosen out;

		if (best && cc_head_before(&best->place, best->queue->start_ms,
					   p, q->start_ms))
			break;
		cc_choose(&out, &in, e->candidates, list(e, q, p->owner));
		if (out.at >= 0)
			return p->owner;
		if (!spares(e, p->owner))
			break;
	}
	return NULL;
}

/* The earliest head of all queues that somebody can take. */
static bool offer_one(struct cc_engine *e)
{
	struct cc_call *c, *best = NULL;
	struct cc_queue *q;

	TAILQ_FOREACH(q, &e->queues, link) {
		c = head(e, q, best);
		if (c)
			best = c;
	}
	if (best)
		offer(e, best);
	return best != NULL;
}

/* Callers who may not go on waiting in a queue that nobody serves. */
static void leave_empty(struct cc_engine *e, struct cc_queue *q)
{
	struct cc_place *p = TAILQ_FIRST(&q->line.places), *next;
	struct cc_choice in;

	if (!q->leave_empty || !p)
		return;
	in = choice_of(e, q, p->owner);
	if (!cc_queue_empty(q->leave_empty, &in, e->candidates,
			    list(e, q, NULL)))
		return;
	for (; p; p = next) {
		struct cc_call *c = p->owner;

		next = TAILQ_NEXT(p, link);
		if (!c->callback) /* a place without a call can wait */
			cc_wait_over(e, c, EV_EXIT_EMPTY);
	}
}

/* mono ms when the rule asks less for one of those that `head` looks at */
static int64_t widens(const struct cc_engine *e, const struct cc_queue *q)
{
	const struct cc_place *p;
	int64_t due = 0;

	TAILQ_FOREACH(p, &q->line.places, link) {
		struct cc_choice in = choice_of(e, q, p->owner);
		int64_t ms = cc_need_next(&in);

		if (ms >= 0)
			due = cc_sooner(due, e->now + ms);
		if (!spares(e, p->owner))
			break;
	}
	return due;
}

void cc_distribute(struct cc_engine *e)
{
	struct cc_queue *q;

	e->distribute = false;
	while (offer_one(e))
		;
	TAILQ_FOREACH(q, &e->queues, link) {
		leave_empty(e, q);
		q->widen_due = widens(e, q);
	}
}

void cc_queue_timers(struct cc_engine *e)
{
	struct cc_queue *q;

	TAILQ_FOREACH(q, &e->queues, link)
		if (q->widen_due && e->now >= q->widen_due)
			e->distribute = true;
	if (e->day_due && e->now >= e->day_due)
		cc_members_changed(e);
}

int64_t cc_queue_due(const struct cc_engine *e)
{
	const struct cc_queue *q;
	int64_t t = e->day_due;

	TAILQ_FOREACH(q, &e->queues, link)
		t = cc_sooner(t, q->widen_due);
	return t;
}

/* --- in and out of a line ------------------------------------------------ */

static void stand(struct cc_engine *e, struct cc_call *c, bool returned)
{
	c->entered = e->now;
	c->wait_due = c->callback ? 0 : e->now + c->queue->max_wait_ms;
	cc_line_join(&c->queue->line, &c->place, returned);
	e->distribute = true;
}

/* It is that queue's from here; the journal follows. */
static void belong(struct cc_engine *e, struct cc_call *c, struct cc_queue *q)
{
	if (c->queue == q)
		return;
	c->queue = q;
	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:i, s:s}", "t", "call", "id", c->id,
			    "queue_id", (int)q->id, "queue_name", q->name));
}

void cc_queue_enter(struct cc_engine *e, struct cc_call *c, struct cc_queue *q)
{
	belong(e, c, q);
	c->avoid = 0;
	c->place.announced = 0;
	/* first distribution, then words: the head of an empty queue must not
	 * talk to a prompt */
	c->announce_due = c->callback ? 0 : e->now + 1;
	stand(e, c, false);
}

void cc_queue_first(struct cc_engine *e, struct cc_call *c)
{
	struct cc_queue *q = c->queue;

	c->place.since = c->queued_mono = e->now;
	if (q->keep_ms && cc_known_return(e->known, c->number, q->id,
					  q->keep_ms, e->now, &c->place.since))
		cc_call_note(e, c, "KEPTPLACE", NULL,
			     json_pack("{s:I}", "earlier_ms",
				       (json_int_t)(e->now - c->place.since)));
	cc_queue_enter(e, c, q);
}

void cc_queue_abandoned(struct cc_engine *e, struct cc_call *c)
{
	if (c->queue->keep_ms && !c->answered)
		cc_known_left(e->known, c->number, c->queue->id, c->place.since,
			      e->now);
}

void cc_call_requeue(struct cc_engine *e, struct cc_call *c, const char *why)
{
	struct cc_agent *a = c->owner;
	struct cc_queue *q = c->queue;

	if (!q && c->direction != CALL_INT)
		q = cc_out_queue(e, a);
	if (!q) {
		cc_call_end(e, c, EV_FAIL, why);
		return;
	}
	if (cc_call_do(
		e, c, EV_REQUEUE, a,
		json_pack("{s:s, s:i}", "why", why, "queue", (int)q->id)))
		return;
	belong(e, c, q);
	c->out.by = 0;       /* he does not hold the line any more */
	if (c->outside.port) /* whoever had him outside has him no more */
		cc_outside_drop(e, c, why);
	c->owner = NULL;
	c->resume_due = 0;
	if (a && a->call == c)
		cc_release(e, a, false);
	c->card_saved = c->was_held = false; /* the next one's own work */
	stand(e, c, true);
}

static void overflow(struct cc_engine *e, struct cc_call *c,
		     struct cc_queue *to, enum cc_call_event on)
{
	struct cc_queue *from = c->queue;

	cc_line_leave(&from->line, &c->place);
	c->hops++;
	cc_call_do(e, c, EV_OVERFLOW, NULL,
		   json_pack("{s:s, s:i, s:i}", "why", cc_call_event_name(on),
			     "from", (int)from->id, "queue", (int)to->id));
	cc_queue_enter(e, c, to); /* ranked by the time he waits already */
}

void cc_wait_over(struct cc_engine *e, struct cc_call *c, enum cc_call_event on)
{
	struct cc_queue *q = c->queue, *to = cc_find_queue(e, q->late_to);

	if (q->late == OVERFLOW_QUEUE && to && to != q && c->hops < HOPS_MAX &&
	    cc_queue_takes(e, to))
		overflow(e, c, to, on);
	else if (q->late == OVERFLOW_END || cc_secretary(e, c))
		cc_farewell(e, c, on, CC_PROMPT_SORRY, cc_call_event_name(on),
			    NULL);
}

/* --- who may join ------------------------------------------------------- */

static bool room(const struct cc_engine *e, const struct cc_queue *q)
{
	unsigned n = 0;
	const struct cc_call *c;

	/* a place without a caller refuses no caller */
	TAILQ_FOREACH(c, &e->calls, link)
		n += c->queue == q && !c->callback &&
		     (c->place.waiting || c->state == CALL_NEW ||
		      c->state == CALL_GREETING);
	return n < q->max_len;
}

/* "takes" without a look at the hours, which are the route's. */
static bool may_join(struct cc_engine *e, struct cc_queue *q)
{
	struct cc_choice in = choice_of(e, q, NULL);

	return room(e, q) && !(q->join_empty &&
			       cc_queue_empty(q->join_empty, &in, e->candidates,
					      list(e, q, NULL)));
}

bool cc_queue_takes(struct cc_engine *e, struct cc_queue *q)
{
	return q->present && q->open && may_join(e, q);
}

struct cc_queue *cc_queue_admit(struct cc_engine *e, struct cc_queue *q,
				bool open, bool *full)
{
	*full = false;
	if (!open) /* he is told so, and needs no room in the line */
		return q;
	for (int hop = 0; q && q->open && hop <= HOPS_MAX; hop++) {
		if (may_join(e, q))
			return q;
		if (q->full == OVERFLOW_VOICE) {
			*full = true;
			return q;
		}
		q = q->full == OVERFLOW_QUEUE ? cc_find_queue(e, q->full_to)
					      : NULL;
		if (q && !q->present)
			q = NULL;
	}
	return NULL;
}

/* --- what a waiting caller is told -------------------------------------- */

int64_t cc_queue_estimate(const struct cc_engine *e, const struct cc_queue *q,
			  unsigned position)
{
	const unsigned away =
	    BAR_INVALID | BAR_UNAVAILABLE | BAR_UNKNOWN | BAR_PAUSED;
	unsigned serving = 0;

	(void)e;
	for (size_t i = 0; i < q->member_count; i++)
		serving += !(bars_of(q->members[i].agent) & away);
	return cc_line_estimate(position, q->handle_ms, serving);
}

void cc_queue_announce(struct cc_engine *e, struct cc_call *c)
{
	const unsigned most = CC_PROMPT_NUMBER_20 - CC_PROMPT_NUMBER_1 + 1;
	struct cc_queue *q = c->queue;
	int64_t ms;
	unsigned n;

	c->announce_due = e->now + q->position_ms;
	if (c->ask)
		return; /* he is typing his number */
	n = cc_line_announce(&q->line, &c->place);
	if (n > most)
		n = 0;
	c->say_leave = cc_place_invites(e, c);
	if (!n && !c->say_leave)
		return;
	ms = n && q->tell_wait ? cc_queue_estimate(e, q, n) : -1;
	c->say = n;
	c->say_wait = ms < 0 || cc_minutes(ms) > most ? 0 : cc_minutes(ms);
	c->say_gen++;
	cc_call_touch(c);
	if (!n)
		return;
	cc_call_note(
	    e, c, "POSITION", NULL,
	    json_pack("{s:i, s:i}", "n", (int)n, "wait_min", (int)c->say_wait));
}
