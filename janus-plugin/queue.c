#include "janus-plugin/queue.h"
#include "janus-plugin/util.h"

void cc_line_init(struct cc_queue_line *q)
{
	TAILQ_INIT(&q->places);
	q->length = 0;
}

/* Does a stand before b? */
static bool before(const struct cc_place *a, const struct cc_place *b)
{
	if (a->returned != b->returned)
		return a->returned;
	return a->since <= b->since;
}

void cc_line_join(struct cc_queue_line *q, struct cc_place *p, bool returned)
{
	struct cc_place *at;

	p->returned = returned;
	p->waiting = true;
	q->length++;
	TAILQ_FOREACH_REVERSE(at, &q->places, cc_places, link) {
		if (!before(at, p))
			continue;
		TAILQ_INSERT_AFTER(&q->places, at, p, link);
		return;
	}
	TAILQ_INSERT_HEAD(&q->places, p, link);
}

void cc_line_leave(struct cc_queue_line *q, struct cc_place *p)
{
	if (!p->waiting)
		return;
	TAILQ_REMOVE(&q->places, p, link);
	p->waiting = false;
	q->length--;
}

unsigned cc_line_position(const struct cc_queue_line *q,
			  const struct cc_place *p)
{
	const struct cc_place *at;
	unsigned n = 0;

	if (!p->waiting)
		return 0;
	TAILQ_FOREACH(at, &q->places, link) {
		n++;
		if (at == p)
			return n;
	}
	return 0;
}

unsigned cc_line_announce(const struct cc_queue_line *q, struct cc_place *p)
{
	unsigned n = cc_line_position(q, p);

	if (!n || (p->announced && n >= p->announced))
		return 0;
	p->announced = n;
	return n;
}

static bool longer_idle(const struct cc_candidate *a,
			const struct cc_candidate *b)
{
	if (a->idle_since != b->idle_since)
		return a->idle_since < b->idle_since;
	if (a->last_seq != b->last_seq)
		return a->last_seq < b->last_seq;
	return a->id < b->id;
}

/* Is a the better choice? */
static bool (*const better[STRATEGIES])(const struct cc_candidate *a,
					const struct cc_candidate *b) = {
	[STRATEGY_LONGEST_IDLE] = longer_idle,
};

int cc_queue_pick(enum cc_strategy strategy, const struct cc_candidate *c,
		  size_t n, uint32_t avoid)
{
	int best = -1, last_resort = -1;

	for (size_t i = 0; i < n; i++) {
		if (!c[i].available)
			continue;
		if (c[i].id == avoid)
			last_resort = (int)i;
		else if (best < 0 || better[strategy](&c[i], &c[best]))
			best = (int)i;
	}
	return best >= 0 ? best : last_resort;
}
