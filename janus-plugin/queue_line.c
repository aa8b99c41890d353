#include "janus-plugin/queue_line.h"

void cc_line_init(struct cc_queue_line *q)
{
	TAILQ_INIT(&q->places);
	q->length = 0;
}

/* Equal ones: the first stays first. */
bool cc_head_before(const struct cc_place *a, int64_t at,
		    const struct cc_place *b, int64_t bt)
{
	if (a->returned != b->returned)
		return a->returned;
	if (a->returned)
		return a->since <= b->since;
	return a->since - a->start - at <= b->since - b->start - bt;
}

void cc_line_join(struct cc_queue_line *q, struct cc_place *p, bool returned)
{
	struct cc_place *at;

	p->returned = returned;
	p->waiting = true;
	q->length++;
	TAILQ_FOREACH_REVERSE(at, &q->places, cc_places, link) {
		if (!cc_head_before(at, 0, p, 0))
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

int64_t cc_line_estimate(unsigned position, int64_t handle_ms, unsigned serving)
{
	if (!position || handle_ms <= 0 || !serving)
		return -1;
	return position * handle_ms / serving;
}

unsigned cc_minutes(int64_t ms)
{
	return ms < 90000 ? 1 : (unsigned)((ms + 30000) / 60000);
}
