/* What the directory says of queues, and what a change of it does to those
 * who wait: they live by the new rules. */
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/engine_int.h"

static const char *str(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static int64_t num(json_t *o, const char *key, int64_t otherwise)
{
	json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

struct cc_queue *cc_moved_to(struct cc_engine *e, const struct cc_agent *a)
{
	struct cc_queue *q;

	if (!a->moved ||
	    cc_region_day(e, a->moved_at) != cc_region_day(e, e->epoch))
		return NULL;
	q = cc_find_queue(e, a->moved);
	return q && q->present ? q : NULL;
}

/* An operator of the queue: his id, or {"id", "level", "skill"}. */
static void read_member(struct cc_engine *e, struct cc_queue *q, json_t *v,
			uint32_t place)
{
	uint32_t id = json_is_integer(v) ? (uint32_t)json_integer_value(v)
					 : (uint32_t)num(v, "id", 0);
	struct cc_agent *a = cc_find_agent(e, id);
	struct cc_queue *today = a ? cc_moved_to(e, a) : NULL;

	if (today && today != q)
		return;
	q->members[q->member_count++] = (struct cc_member){
		.id = id,
		.level = (uint32_t)num(v, "level", 1),
		.skill = (uint32_t)num(v, "skill", 0),
		.place = place,
		.agent = a,
	};
}

/* Behind those of the list; the supervisor's word is skill enough. */
static void add_moved(struct cc_engine *e, struct cc_queue *q, uint32_t place)
{
	struct cc_agent *a;

	TAILQ_FOREACH(a, &e->agents, link) {
		if (a->moved != q->id || cc_moved_to(e, a) != q ||
		    cc_queue_member(q, a))
			continue;
		q->members[q->member_count++] = (struct cc_member){
			.id = a->id,
			.level = 1,
			.skill = q->need.level,
			.place = place,
			.agent = a,
		};
		place++;
	}
}

static void read_members(struct cc_engine *e, struct cc_queue *q, size_t moved)
{
	uint32_t n = (uint32_t)json_array_size(q->listed);

	free(q->members);
	q->member_count = 0;
	q->members = calloc(n + moved + 1, sizeof(*q->members));
	if (!q->members)
		return;
	for (uint32_t i = 0; i < n; i++)
		read_member(e, q, json_array_get(q->listed, i), i + 1);
	add_moved(e, q, n + 1);
}

static enum cc_overflow overflow(json_t *o, const char *key,
				 enum cc_overflow otherwise)
{
	static const char *const words[] = { [OVERFLOW_END] = "end",
					     [OVERFLOW_QUEUE] = "queue",
					     [OVERFLOW_VOICE] = "voice" };

	for (size_t i = 0; i < CC_LEN(words); i++)
		if (!strcmp(words[i], str(o, key)))
			return (enum cc_overflow)i;
	return otherwise;
}

/* A queue of zeros must not make the engine spin or everybody miss. */
static int64_t at_least(int64_t seconds, int64_t least)
{
	return seconds < least ? least : seconds;
}

static void read_limits(struct cc_queue *q, json_t *o)
{
	q->ring_ms = at_least(num(o, "ring_timeout_s", 20), 5) * 1000;
	q->max_wait_ms = at_least(num(o, "max_wait_s", 600), 10) * 1000;
	q->max_len = (unsigned)num(o, "max_len", 200);
	q->max_places = (unsigned)num(o, "max_places", 100);
	q->wrapup_ms = num(o, "wrapup_s", 60) * 1000;
	q->position_ms = at_least(num(o, "position_interval_s", 30), 5) * 1000;
	q->start_ms = num(o, "priority_s", 0) * 1000;
	q->sticky_ms = num(o, "sticky_min", 0) * 60000;
	q->keep_ms = num(o, "keep_min", 0) * 60000;
	q->need = (struct cc_need){
		.level = (uint32_t)num(o, "skill_level", 0),
		.least = (uint32_t)num(o, "skill_least", 0),
		.relax_ms = num(o, "skill_relax_s", 0) * 1000,
	};
}

static void read_queue(struct cc_engine *e, json_t *o)
{
	uint32_t id = (uint32_t)num(o, "id", 0);
	struct cc_queue *q = cc_find_queue(e, id);

	if (!id)
		return;
	if (!q) {
		q = calloc(1, sizeof(*q));
		if (!q)
			return;
		q->id = id;
		cc_line_init(&q->line);
		TAILQ_INSERT_TAIL(&e->queues, q, link);
	}
	q->present = true;
	q->strategy = STRATEGY_LONGEST_IDLE;
	cc_strategy_parse(&q->strategy, str(o, "strategy"));
	q->open = !json_is_false(json_object_get(o, "open"));
	q->org_id = (uint32_t)num(o, "organization_id", 0);
	q->join_empty = cc_bars_parse(str(o, "join_empty"));
	q->leave_empty = cc_bars_parse(str(o, "leave_empty"));
	q->late = overflow(o, "late_action", OVERFLOW_VOICE);
	q->late_to = (uint32_t)num(o, "late_queue_id", 0);
	q->full = overflow(o, "full_action", OVERFLOW_END);
	q->full_to = (uint32_t)num(o, "full_queue_id", 0);
	q->tell_wait = num(o, "tell_wait", 1) != 0;
	read_limits(q, o);
	cc_copy(q->name, sizeof(q->name), str(o, "name"));
	json_decref(q->listed);
	q->listed = json_incref(json_object_get(o, "members"));
}

static void read_routes(struct cc_engine *e, json_t *list)
{
	struct cc_route *r = calloc(json_array_size(list) + 1, sizeof(*r));
	json_t *o;
	size_t i;

	if (!r)
		return;
	json_array_foreach(list, i, o) {
		cc_copy(r[i].number, sizeof(r[i].number), str(o, "number"));
		r[i].queue = (uint32_t)num(o, "queue_id", 0);
		r[i].hours = (uint32_t)num(o, "hours", 0);
		r[i].org = (uint32_t)num(o, "organization_id", 0);
		r[i].start = num(o, "priority_s", 0) * 1000;
	}
	free(e->routes);
	e->routes = r;
	e->route_count = json_array_size(list);
}

/* Numbers by which an organization's callers are known; a text may name
 * several, with a semicolon or a comma between them. */
static void read_offices(struct cc_engine *e, json_t *list)
{
	struct cc_office *all = NULL, *more;
	size_t i, n = 0;
	json_t *o;

	json_array_foreach(list, i, o) {
		const char *s = str(o, "numbers");

		while (*s) {
			char one[CC_NUMBER_SIZE];
			size_t len = strcspn(s, ";,");
			uint64_t key;

			if (len < sizeof(one)) {
				memcpy(one, s, len);
				one[len] = '\0';
				key = cc_number_key(one);
				more =
				    key ? realloc(all, (n + 1) * sizeof(*all))
					: NULL;
				if (more) {
					all = more;
					all[n].key = key;
					all[n++].org =
					    (uint32_t)num(o, "org_id", 0);
				}
			}
			s += len + (s[len] != '\0');
		}
	}
	free(e->offices);
	e->offices = all;
	e->office_count = n;
}

static void read_prompts(struct cc_engine *e, json_t *list)
{
	struct cc_queue *q;
	json_t *o;
	size_t i;

	memset(e->own, 0, sizeof(e->own));
	TAILQ_FOREACH(q, &e->queues, link)
		memset(q->own, 0, sizeof(q->own));
	json_array_foreach(list, i, o) {
		const uint32_t id = (uint32_t)num(o, "queue_id", 0);
		const int64_t p = num(o, "prompt", 0);
		const uint16_t own = (uint16_t)num(o, "own", 0);

		q = id ? cc_find_queue(e, id) : NULL;
		if (p <= 0 || p >= CC_PROMPT_COUNT || (id && !q))
			continue;
		(q ? q->own : e->own)[p] = own;
	}
}

void cc_queues_read(struct cc_engine *e, json_t *dir)
{
	struct cc_queue *q;
	json_t *o;
	size_t i;

	TAILQ_FOREACH(q, &e->queues, link)
		q->present = false;
	json_array_foreach(json_object_get(dir, "queues"), i, o)
		read_queue(e, o);
	read_routes(e, json_object_get(dir, "routes"));
	read_offices(e, json_object_get(dir, "offices"));
	read_prompts(e, json_object_get(dir, "prompts"));
	e->leaving = false;
	TAILQ_FOREACH(q, &e->queues, link)
		e->leaving |= q->leave_empty != 0;
}

void cc_members_read(struct cc_engine *e)
{
	struct cc_agent *a;
	struct cc_queue *q;
	size_t most = 0, moved = 0;

	TAILQ_FOREACH(a, &e->agents, link)
		moved += cc_moved_to(e, a) != NULL;
	e->day_due = moved ? e->now + cc_region_rest(e) : 0;
	TAILQ_FOREACH(q, &e->queues, link) {
		read_members(e, q, moved);
		if (q->member_count > most)
			most = q->member_count;
	}
	free(e->candidates);
	e->candidates = calloc(most + 1, sizeof(*e->candidates));
	if (!e->candidates) /* nobody is offered a call until the next one */
		TAILQ_FOREACH(q, &e->queues, link)
			q->member_count = 0;
}

struct cc_member *cc_queue_member(const struct cc_queue *q,
				  const struct cc_agent *a)
{
	for (size_t i = 0; i < q->member_count; i++)
		if (q->members[i].id == a->id)
			return &q->members[i];
	return NULL;
}

void cc_members_changed(struct cc_engine *e)
{
	cc_members_read(e);
	cc_shift_serve(e);
	cc_queues_changed(e);
	e->distribute = e->shift.changed = true;
}

void cc_queues_changed(struct cc_engine *e)
{
	struct cc_agent *a;
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link) {
		if (c->state != CALL_QUEUE && c->state != CALL_RING)
			continue;
		if (c->callback)
			continue; /* waits as long as it takes */
		c->wait_due = c->entered + c->queue->max_wait_ms;
		if (c->announce_due > e->now + c->queue->position_ms)
			c->announce_due = e->now + c->queue->position_ms;
	}
	TAILQ_FOREACH(a, &e->agents, link)
		if (a->call && a->part == ROLE_OFFERED &&
		    !cc_queue_member(a->call->queue, a))
			cc_offer_drop(e, a, "RINGCANCELED", false);
}

void cc_queues_free(struct cc_engine *e)
{
	free(e->routes);
	free(e->offices);
	free(e->candidates);
	free(e->known);
}
