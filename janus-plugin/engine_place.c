/*
 * Call-backs (T4, T19): who does not want to wait leaves his number, and a
 * place without a call waits in his stead. It is a cc_call with `callback`
 * set, so it stands in the same line at the same rank, is offered by the same
 * rules and is given back like any other call; only at the answer it differs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/engine_int.h"

#define LEAVE_AGAIN_MS 120000

/* "+7…" of what was signalled or typed: ten digits, or eleven with 7 or 8.
 * Anything else is not called back blindly. */
static bool dialable(char out[CC_NUMBER_SIZE], const char *number)
{
	char d[16];
	size_t n = 0;

	for (const char *s = number; *s; s++) {
		if (!strchr("0123456789", *s))
			continue;
		if (n == 15)
			return false;
		d[n++] = *s;
	}
	d[n] = '\0';
	if (n == 11 && (d[0] == '7' || d[0] == '8'))
		memmove(d, d + 1, 11);
	else if (n != 10)
		return false;
	snprintf(out, CC_NUMBER_SIZE, "+7%s", d);
	return true;
}

/* --- the caller's side ---------------------------------------------------- */

bool cc_place_room(const struct cc_engine *e, const struct cc_queue *q)
{
	const struct cc_call *c;
	unsigned n = 0;

	TAILQ_FOREACH(c, &e->calls, link)
		n += c->callback && c->queue == q;
	return n < q->max_places;
}

bool cc_place_invites(struct cc_engine *e, struct cc_call *c)
{
	if (!e->callbacks || c->callback || c->ask ||
	    (c->leave_due && e->now < c->leave_due) ||
	    !cc_place_room(e, c->queue))
		return false;
	c->leave_due = e->now + LEAVE_AGAIN_MS;
	return true;
}

static void number_words(const struct cc_call *c, struct cc_hear *h)
{
	size_t n = 0;

	h->play[n++] = CC_PROMPT_NUMBER_HEARD;
	for (const char *d = c->typed + 2; *d; d++) /* without the +7 */
		h->play[n++] = *d == '0' ? CC_PROMPT_ZERO
					 : CC_PROMPT_NUMBER_1 + (*d - '1');
	h->play[n] = CC_PROMPT_NUMBER_RIGHT;
}

bool cc_place_audio(const struct cc_call *c, struct cc_hear *h)
{
	if (c->ask == ASK_NONE)
		return false;
	if (c->ask == ASK_CONFIRM)
		number_words(c, h);
	else if (!c->typed[0])
		h->play[0] = CC_PROMPT_NUMBER_ASK;
	if (c->ask == ASK_AGAIN && !c->typed[0]) {
		h->play[0] = CC_PROMPT_NUMBER_BAD;
		h->play[1] = CC_PROMPT_NUMBER_ASK;
	}
	h->gen = c->say_gen;
	return true;
}

static void ask(struct cc_call *c, enum cc_ask what)
{
	c->ask = what;
	c->say = 0;
	c->say_leave = false;
	c->say_gen++;
	if (what != ASK_CONFIRM)
		c->typed[0] = '\0';
	cc_call_touch(c);
}

static struct cc_call *waits_already(struct cc_engine *e,
				     const struct cc_queue *q,
				     const char *number)
{
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link)
		if (c->callback && c->queue == q && !strcmp(c->number, number))
			break;
	return c;
}

static void post_end(struct cc_engine *e, const char *place, const char *reason,
		     const struct cc_agent *who)
{
	json_t *row = json_pack("{s:s, s:s, s:I, s:s}", "t", "place_end",
				"place_id", place, "ended_at",
				(json_int_t)e->epoch, "reason", reason);

	if (who)
		json_object_set_new(row, "user_id", json_integer(who->id));
	e->p.post(e->p.arg, row);
}

static void post_place(struct cc_engine *e, const char *id,
		       const struct cc_call *of, const char *number)
{
	/* waited so far, on the wall clock: a rank that survives a restart */
	int64_t since = e->epoch - (e->now - of->place.since);

	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:I}", "t", "place",
			    "id", id, "call_id", of->id, "node", e->node,
			    "queue_id", (int)of->queue->id, "number", number,
			    "since", (json_int_t)since));
}

static struct cc_call *place_new(struct cc_engine *e, struct cc_queue *q,
				 const char *id, const char *source,
				 const char *number, int64_t since)
{
	struct cc_call *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->callback = true;
	v->dialog_gone = true;
	v->queue = q;
	v->open = true;
	v->place.owner = v;
	v->history = json_array();
	v->started = v->since_epoch = e->epoch;
	v->since = e->now;
	v->place.since = v->queued_mono = since;
	cc_copy(v->id, sizeof(v->id), id);
	cc_copy(v->source, sizeof(v->source), source);
	cc_copy(v->number, sizeof(v->number), number);
	TAILQ_INSERT_TAIL(&e->calls, v, link);
	return v;
}

static void place_join(struct cc_engine *e, struct cc_call *v)
{
	cc_call_do(e, v, EV_PLACE, NULL, json_pack("{s:s}", "call", v->source));
	cc_line_join(&v->queue->line, &v->place, false);
	e->distribute = true;
}

static void leave(struct cc_engine *e, struct cc_call *c, const char *number)
{
	char id[CC_UUID_SIZE], to[CC_NUMBER_SIZE];
	struct cc_call *v;
	bool twice;

	cc_copy(to, sizeof(to), number);
	twice = waits_already(e, c->queue, to) != NULL;
	if (!twice && !cc_place_room(e, c->queue)) {
		if (c->ask)
			ask(c, ASK_NONE); /* music again */
		return;                   /* he goes on waiting */
	}
	e->p.uuid(e->p.arg, e->epoch, id);
	v = twice ? NULL
		  : place_new(e, c->queue, id, c->id, to, c->place.since);
	if (!v && !twice)
		return; /* no memory: he goes on waiting */
	post_place(e, id, c, to);
	if (twice) /* the number keeps the place it has */
		post_end(e, id, "JOINED", NULL);
	c->ask = ASK_NONE;
	cc_farewell(e, c, EV_NUMBER, CC_PROMPT_NUMBER_KEPT, "EXITWITHKEY",
		    json_pack("{s:s}", "place", id));
	if (v)
		place_join(e, v);
}

static void confirmed(struct cc_engine *e, struct cc_call *c, char digit)
{
	if (digit == '1')
		leave(e, c, c->typed);
	else if (digit == '2')
		ask(c, ASK_NUMBER);
}

static void typed(struct cc_call *c, char digit)
{
	char number[CC_NUMBER_SIZE];
	size_t n = strlen(c->typed);

	if (digit == '*') {
		ask(c, ASK_NUMBER);
	} else if (digit != '#') {
		if (n + 1 < sizeof(c->typed) && strchr("0123456789", digit)) {
			c->typed[n] = digit;
			c->typed[n + 1] = '\0';
			cc_call_touch(c);
		}
	} else if (dialable(number, c->typed)) {
		cc_copy(c->typed, sizeof(c->typed), number);
		ask(c, ASK_CONFIRM);
	} else {
		ask(c, ASK_AGAIN);
	}
}

void cc_place_digit(struct cc_engine *e, struct cc_call *c, char digit)
{
	char number[CC_NUMBER_SIZE];

	if (c->state != CALL_QUEUE || !e->callbacks || !digit)
		return;
	if (c->ask == ASK_CONFIRM)
		confirmed(e, c, digit);
	else if (c->ask != ASK_NONE)
		typed(c, digit);
	else if (digit == '1' && dialable(number, cc_call_citizen(c)))
		leave(e, c, number);
	else if (digit == '1' && cc_place_room(e, c->queue))
		ask(c, ASK_NUMBER);
}

/* --- the operator's side -------------------------------------------------- */

/* The place is his, once and for all; nobody is offered it any more. */
static void give(struct cc_engine *e, struct cc_call *v, struct cc_agent *who,
		 const char *reason)
{
	post_end(e, v->id, reason, who);
	if (!e->restored) /* the list that is on its way may still have it */
		json_object_set_new(e->given, v->id, json_true());
	cc_offer_over(e, v, who && who->call == v ? who : NULL);
	if (who && who->call == v) {
		cc_attach(who, NULL, ROLE_NONE);
		cc_agent_event(e, who, AEV_OFFER_TAKEN_BACK, 0);
		cc_agent_audio(e, who);
	}
	cc_call_end(e, v, EV_PLACE_GONE, reason);
}

const char *cc_place_answer(struct cc_engine *e, struct cc_agent *a)
{
	struct cc_call *v = a->call;
	char number[CC_NUMBER_SIZE], source[CC_UUID_SIZE];
	const struct cc_dial_order order = { .number = number,
					     .appeal = v->card,
					     .parent = source };

	cc_copy(number, sizeof(number), v->number);
	cc_copy(source, sizeof(source), v->source);
	give(e, v, a, "DIALLED");
	/* refused or not, the item is his: he sees why, and calls again */
	return cc_dial_code(cc_dial(e, a, &order));
}

const char *cc_place_take(struct cc_engine *e, struct cc_agent *a,
			  const struct cc_request *req)
{
	struct cc_call *v = a->call;

	if (!v || !v->callback || strcmp(v->id, req->call) ||
	    v->gen != req->gen || !a->facts.ringing)
		return CC_GEN;
	give(e, v, a, "TAKEN");
	return NULL;
}

/* «Взять в работу» in the journal: the page asks, this thread gives. */
static void taken(struct cc_engine *e, uint64_t appeal, struct cc_agent *who)
{
	struct cc_call *v, *next;
	struct cc_agent *a;
	char text[CC_NAME_SIZE + 32];

	snprintf(text, sizeof(text), "Уже взял: %s", who->name);
	for (v = TAILQ_FIRST(&e->calls); v; v = next) {
		next = TAILQ_NEXT(v, link);
		if (!v->callback || v->card != appeal)
			continue;
		TAILQ_FOREACH(a, &e->agents, link)
			if (a->call == v && a != who)
				cc_say(e, a, "M28", text);
		give(e, v, who, "TAKEN");
	}
}

void cc_place_outbox(struct cc_engine *e, const char *kind, json_t *payload)
{
	const char *call = json_string_value(json_object_get(payload, "call"));
	uint64_t appeal =
	    (uint64_t)json_integer_value(json_object_get(payload, "appeal"));
	struct cc_agent *who = cc_find_agent(
	    e, (uint32_t)json_integer_value(json_object_get(payload, "user")));
	struct cc_call *v;

	if (!strcmp(kind, "place_take") && who && appeal)
		taken(e, appeal, who);
	if (strcmp(kind, "appeal_changed") || !call)
		return;
	TAILQ_FOREACH(v, &e->calls, link)
		if (v->callback && !strcmp(v->source, call)) {
			v->card = appeal;
			cc_call_touch(v);
		}
}

void cc_places_drop(struct cc_engine *e)
{
	struct cc_call *v, *next;
	struct cc_agent *a;

	for (v = TAILQ_FIRST(&e->calls); v; v = next) {
		next = TAILQ_NEXT(v, link);
		if (!v->callback)
			continue;
		TAILQ_FOREACH(a, &e->agents, link) {
			if (a->call != v)
				continue;
			cc_attach(a, NULL, ROLE_NONE);
			cc_agent_event(e, a, AEV_OFFER_TAKEN_BACK, 0);
		}
		cc_line_leave(&v->queue->line, &v->place);
		cc_call_free(e, v);
	}
}

/* --- after a restart ------------------------------------------------------- */

static void restore(struct cc_engine *e, json_t *o)
{
	const char *id = json_string_value(json_object_get(o, "id"));
	const char *call = json_string_value(json_object_get(o, "call"));
	const char *number = json_string_value(json_object_get(o, "number"));
	int64_t since = json_integer_value(json_object_get(o, "since"));
	int64_t waited = e->epoch - since;
	struct cc_queue *q = cc_find_queue(
	    e, (uint32_t)json_integer_value(json_object_get(o, "queue_id")));
	struct cc_call *v;

	if (!id || !call || !number || !q || cc_find_call(e, id) ||
	    json_object_get(e->given, id))
		return;
	/* a wall clock that was put back: as if he had just begun to wait */
	v = place_new(e, q, id, call, number,
		      e->now - (waited > 0 ? waited : 0));
	if (!v)
		return;
	v->seq = (unsigned)json_integer_value(json_object_get(o, "seq"));
	v->card = (uint64_t)json_integer_value(json_object_get(o, "card"));
	place_join(e, v);
}

void cc_engine_places(struct cc_engine *e, json_t *list)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
		restore(e, o);
	e->restored = true;
	json_object_clear(e->given);
}
