/* Alerts of a shift (K-5.1.8.10): who is told, until when, who answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/engine_int.h"

static const struct cc_alert_kind {
	const char *name;
	bool urgent; /* sounds, and is raised when nobody answers */
	bool lasts;  /* outlives a restart: what it says stays true */
} kinds[] = {
	{ "EMERGENCY", true, true },       { "THREAT", true, true },
	{ "OPERATOR_UNWELL", true, true }, { "LONG_WAIT", false, false },
	{ "FRAUD", false, true },          { "TRUNK", false, false },
	{ "CERTIFICATE", false, false },
};

/* Flags of DOMAIN section 4; those that are an alert are above. */
static const char *const flags[] = {
	"THREAT",       "EMERGENCY",       "SPAM",
	"TECH_FAILURE", "OPERATOR_UNWELL", "SILENT"
};

static const struct cc_alert_kind *find_kind(const char *name)
{
	for (size_t i = 0; i < CC_LEN(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

void cc_shift_init(struct cc_engine *e)
{
	TAILQ_INIT(&e->shift.alerts);
	e->shift.accept_ms = 30000;
	e->shift.long_wait_ms = 120000;
	e->shift.service_ms = 20000;
	cc_copy(e->shift.zone, sizeof(e->shift.zone), "Europe/Moscow");
}

static void forget(struct cc_engine *e, struct cc_alert *al)
{
	TAILQ_REMOVE(&e->shift.alerts, al, link);
	e->shift.alert_count--;
	free(al);
}

void cc_shift_free(struct cc_engine *e)
{
	struct cc_alert *al;

	while ((al = TAILQ_FIRST(&e->shift.alerts)))
		forget(e, al);
}

unsigned cc_duty(const char *role)
{
	static const struct {
		const char *role;
		unsigned duty;
	} duties[] = { { "SUPERVISOR", DUTY_SUPERVISOR },
		       { "CC_ADMIN", DUTY_ADMIN },
		       { "DIRECTOR", DUTY_DIRECTOR },
		       { "OPERATOR_L2", DUTY_L2 } };

	for (size_t i = 0; i < CC_LEN(duties); i++)
		if (!strcmp(duties[i].role, role))
			return duties[i].duty;
	return 0;
}

/* --- scopes (DOMAIN section 7, «Live board» and «Alerts») ------------- */

bool cc_sees_queue(const struct cc_agent *who, const struct cc_queue *q)
{
	if ((who->duties & DUTY_ADMIN) && who->fund)
		return true;
	return q && (q->org_id ? q->org_id == who->org_id : who->fund);
}

bool cc_sees_agent(const struct cc_engine *e, const struct cc_agent *who,
		   const struct cc_agent *a)
{
	if (a->org_id == who->org_id ||
	    ((who->duties & DUTY_ADMIN) && who->fund))
		return true;
	if (!(who->duties & DUTY_SUPERVISOR))
		return false;
	for (size_t i = 0; i < CC_SERVES_MAX && a->serves[i]; i++)
		if (cc_sees_queue(who, cc_find_queue((struct cc_engine *)e,
						     a->serves[i])))
			return true;
	return false;
}

static bool his_agent(const struct cc_agent *who, const struct cc_agent *a)
{
	return a && a->org_id == who->org_id;
}

const struct cc_agent *cc_call_behind(const struct cc_engine *e,
				      const struct cc_call *c)
{
	uint32_t by = c->outside.out.by ? c->outside.out.by : c->out.by;

	if (c->owner || !by)
		return c->owner;
	return cc_find_agent((struct cc_engine *)e, by);
}

bool cc_sees_call(const struct cc_engine *e, const struct cc_agent *who,
		  const struct cc_call *c)
{
	return (c->queue && cc_sees_queue(who, c->queue)) ||
	       his_agent(who, cc_call_behind(e, c)) ||
	       his_agent(who, c->offered) || his_agent(who, c->target) ||
	       ((who->duties & DUTY_ADMIN) && who->fund);
}

bool cc_sees_alert(const struct cc_engine *e, const struct cc_agent *who,
		   const struct cc_alert *al)
{
	struct cc_engine *w = (struct cc_engine *)e;
	const struct cc_queue *q = cc_find_queue(w, al->queue);
	const struct cc_agent *a = cc_find_agent(w, al->user);

	if (al->org ? al->org == who->org_id : who->fund)
		return true;
	return (q && cc_sees_queue(who, q)) || (a && cc_sees_agent(e, who, a));
}

bool cc_may_accept(const struct cc_engine *e, const struct cc_agent *who,
		   const struct cc_alert *al)
{
	unsigned duties = al->raised ? DUTY_SUPERVISOR | DUTY_L2 | DUTY_ADMIN
				     : DUTY_SUPERVISOR;

	return !al->over && who->present && !who->blocked &&
	       (who->duties & duties) && cc_sees_alert(e, who, al);
}

/* --- telling ------------------------------------------------------------ */

/* To the page with his telephone; without one, to all of his. */
void cc_say(struct cc_engine *e, const struct cc_agent *a, const char *code,
	    const char *text)
{
	struct cc_session *s;

	TAILQ_FOREACH(s, &e->sessions, link)
		if (s->agent == a && (!a->session || a->session == s->id))
			cc_push(e, s, "notice",
				json_pack("{s:s, s:s}", "code", code, "text",
					  text));
}

static void step(struct cc_engine *e, const struct cc_alert *al,
		 const char *what, const struct cc_agent *who)
{
	json_t *row = json_pack("{s:s, s:s, s:i, s:s, s:I}", "t",
				"shift_alert_step", "alert_id", al->id, "seq",
				strcmp(what, "ESCALATED") ? 2 : 1, "step", what,
				"at", (json_int_t)e->epoch);

	if (who)
		json_object_set_new(row, "user_id", json_integer(who->id));
	e->p.post(e->p.arg, row);
	e->shift.alerts_changed = e->shift.changed = true;
}

/* Ends it. What was there before our start stays as a mark. */
static void end(struct cc_engine *e, struct cc_alert *al, const char *what,
		const struct cc_agent *who)
{
	step(e, al, what, who);
	al->over = true;
	al->due = 0;
	if (al->at >= e->boot)
		forget(e, al);
}

/* At work: «Активен», or he has the page of the shift before him. */
static bool at_work(struct cc_engine *e, const struct cc_agent *a)
{
	struct cc_session *s;

	TAILQ_FOREACH(s, &e->sessions, link)
		if (s->agent == a && (a->facts.active || s->watch))
			return true;
	return false;
}

static bool supervised(struct cc_engine *e, const struct cc_alert *al)
{
	const struct cc_agent *a;

	TAILQ_FOREACH(a, &e->agents, link)
		if ((a->duties & DUTY_SUPERVISOR) && at_work(e, a) &&
		    cc_may_accept(e, a, al))
			return true;
	return false;
}

/* ОП2 and administrators are told, too; the operator learns that he is on
 * his own (M20). */
static void raise_alert(struct cc_engine *e, struct cc_alert *al)
{
	struct cc_agent *a = cc_find_agent(e, al->user);

	al->raised = true;
	al->due = 0;
	step(e, al, "ESCALATED", NULL);
	if (a)
		cc_say(e, a, "M20", cc_request_text("M20"));
}

static bool same(const struct cc_alert *al, const struct cc_alert_kind *kind,
		 const char *call, uint32_t user, const char *text)
{
	if (al->over || al->kind != kind || strcmp(al->call, call))
		return false;
	return call[0] || (al->user == user && !strcmp(al->text, text));
}

/* A flood of small news never pushes out a call for help. */
static bool room(struct cc_engine *e)
{
	struct cc_alert *al;

	if (e->shift.alert_count < CC_ALERTS_MAX)
		return true;
	TAILQ_FOREACH(al, &e->shift.alerts, link)
		if (al->over || !al->kind->urgent)
			break;
	if (!al)
		return false;
	if (!al->over)
		step(e, al, "OVER", NULL);
	forget(e, al);
	return true;
}

static void store(struct cc_engine *e, const struct cc_alert *al)
{
	json_t *row =
	    json_pack("{s:s, s:s, s:s, s:I, s:s, s:s}", "t", "shift_alert",
		      "id", al->id, "node", e->node, "at", (json_int_t)al->at,
		      "kind", al->kind->name, "text", al->text);

	if (al->call[0])
		json_object_set_new(row, "call_id", json_string(al->call));
	if (al->user)
		json_object_set_new(row, "user_id", json_integer(al->user));
	if (al->queue)
		json_object_set_new(row, "queue_id", json_integer(al->queue));
	if (al->org)
		json_object_set_new(row, "organization_id",
				    json_integer(al->org));
	e->p.post(e->p.arg, row);
}

void cc_alert(struct cc_engine *e, const char *kind, const struct cc_call *c,
	      const struct cc_agent *a, const char *text)
{
	const struct cc_alert_kind *k = find_kind(kind);
	const char *call = c ? c->id : "", *said = text ? text : "";
	struct cc_alert *al;

	TAILQ_FOREACH(al, &e->shift.alerts, link)
		if (same(al, k, call, a ? a->id : 0, said))
			return;
	al = k && room(e) ? calloc(1, sizeof(*al)) : NULL;
	if (!al)
		return;
	al->kind = k;
	al->at = e->epoch;
	al->user = a ? a->id : 0;
	al->queue = c && c->queue ? c->queue->id : 0;
	al->org = a ? a->org_id : c && c->queue ? c->queue->org_id : 0;
	cc_copy(al->call, sizeof(al->call), call);
	cc_copy(al->text, sizeof(al->text), said);
	e->p.uuid(e->p.arg, e->epoch, al->id);
	TAILQ_INSERT_TAIL(&e->shift.alerts, al, link);
	e->shift.alert_count++;
	e->shift.alerts_changed = e->shift.changed = true;
	store(e, al);
	if (!k->urgent)
		return;
	al->due = e->now + e->shift.accept_ms;
	if (!supervised(e, al))
		raise_alert(e, al);
}

void cc_alert_over(struct cc_engine *e, const char *kind, const char *call,
		   const char *text)
{
	const struct cc_alert_kind *k = find_kind(kind);
	struct cc_alert *al, *next;

	for (al = TAILQ_FIRST(&e->shift.alerts); al; al = next) {
		next = TAILQ_NEXT(al, link);
		if (!al->over && al->kind == k && !strcmp(al->call, call) &&
		    !strcmp(al->text, text))
			end(e, al, "OVER", NULL);
	}
}

bool cc_flag_known(const char *flag)
{
	for (size_t i = 0; i < CC_LEN(flags); i++)
		if (!strcmp(flags[i], flag))
			return true;
	return false;
}

void cc_flag(struct cc_engine *e, const char *flag, const char *id,
	     struct cc_call *c, const struct cc_agent *a)
{
	const struct cc_alert_kind *k = find_kind(flag);

	if (id[0])
		e->p.post(e->p.arg,
			  json_pack("{s:s, s:s, s:s}", "t", "call_flag", "id",
				    id, "flag", flag));
	if (c)
		cc_call_note(e, c, "ALERT", a,
			     json_pack("{s:s}", "flag", flag));
	if (k && k->urgent)
		cc_alert(e, flag, c, a, "");
}

/* --- answering ---------------------------------------------------------- */

static struct cc_alert *find_alert(struct cc_engine *e, const char *id)
{
	struct cc_alert *al;

	TAILQ_FOREACH(al, &e->shift.alerts, link)
		if (!al->over && !strcmp(al->id, id))
			break;
	return al;
}

/* «Принял»: the first one ends it (K-5.1.8.10). */
static const char *accept_alert(struct cc_engine *e, struct cc_agent *who,
				const char *id)
{
	struct cc_alert *al = find_alert(e, id);
	char text[CC_NAME_SIZE + 32];
	struct cc_agent *a;

	if (!(who->duties & (DUTY_SUPERVISOR | DUTY_L2 | DUTY_ADMIN)))
		return CC_FORBIDDEN;
	if (!al)
		return CC_ALERT_OVER;
	if (!cc_may_accept(e, who, al))
		return CC_FORBIDDEN;
	a = cc_find_agent(e, al->user);
	if (a && a != who && al->kind->urgent) {
		snprintf(text, sizeof(text), "Принял: %s", who->name);
		cc_say(e, a, "M19", text);
	}
	end(e, al, "ACCEPTED", who);
	return NULL;
}

/* The operator calls for help himself. */
static const char *raise_flag(struct cc_engine *e, struct cc_agent *a,
			      const char *flag)
{
	bool after = !a->call && a->facts.wrapup_until;

	if (!a->phone || !a->facts.active)
		return CC_STATE;
	cc_flag(e, flag,
		a->call ? a->call->id
		: after ? a->last.id
			: "",
		a->call, a);
	return NULL;
}

bool cc_shift_request(struct cc_engine *e, struct cc_session *s,
		      const struct cc_request *req, const char **code)
{
	switch (req->kind) {
	case REQ_ACCEPT:
		*code = accept_alert(e, s->agent, req->alert);
		return true;
	case REQ_RAISE:
		*code = raise_flag(e, s->agent, req->text);
		return true;
	case REQ_WATCH:
		*code = cc_watch(e, s, req->on);
		return true;
	case REQ_RELEASE:
	case REQ_REST:
	case REQ_MOVE:
	case REQ_ASSIGN:
		*code = cc_act(e, s->agent, req);
		return true;
	default:
		return false;
	}
}

/* --- directory and outbox ------------------------------------------------ */

static const char *str(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static uint32_t num(json_t *o, const char *key)
{
	return (uint32_t)json_integer_value(json_object_get(o, key));
}

/* One of before our start. What is no longer true with a new process ends. */
static void restore(struct cc_engine *e, json_t *o)
{
	int64_t at = json_integer_value(json_object_get(o, "at"));
	const struct cc_alert_kind *k = find_kind(str(o, "kind"));
	struct cc_alert *al;

	/* the clock may have been put back meanwhile: what is there before we
	 * have begun is not ours */
	if (!k || (e->ready && at >= e->boot) ||
	    strcmp(str(o, "node"), e->node))
		return;
	TAILQ_FOREACH(al, &e->shift.alerts, link)
		if (!strcmp(al->id, str(o, "id")))
			return;
	al = e->shift.alert_count < CC_ALERTS_MAX ? calloc(1, sizeof(*al))
						  : NULL;
	if (!al)
		return;
	al->kind = k;
	al->at = at;
	al->user = num(o, "user");
	al->queue = num(o, "queue");
	al->org = num(o, "org");
	al->raised = json_is_true(json_object_get(o, "raised"));
	cc_copy(al->id, sizeof(al->id), str(o, "id"));
	cc_copy(al->call, sizeof(al->call), str(o, "call"));
	cc_copy(al->text, sizeof(al->text), str(o, "text"));
	TAILQ_INSERT_TAIL(&e->shift.alerts, al, link);
	e->shift.alert_count++;
	e->shift.alerts_changed = e->shift.changed = true;
	if (!k->lasts)
		end(e, al, "OVER", NULL);
	else if (k->urgent && !al->raised) /* pages need time to come back */
		al->due = e->now + e->shift.accept_ms;
}

static void serve(const struct cc_queue *q)
{
	for (size_t m = 0; m < q->member_count; m++) {
		struct cc_agent *a = q->members[m].agent;
		size_t i = 0;

		if (!a)
			continue;
		while (i < CC_SERVES_MAX && a->serves[i])
			i++;
		if (i < CC_SERVES_MAX)
			a->serves[i] = q->id;
	}
}

void cc_shift_serve(struct cc_engine *e)
{
	struct cc_agent *a;
	struct cc_queue *q;

	TAILQ_FOREACH(a, &e->agents, link)
		memset(a->serves, 0, sizeof(a->serves));
	TAILQ_FOREACH(q, &e->queues, link)
		if (q->present)
			serve(q);
}

/* In the order of the rows: by the clock the last need not be the latest. What
 * was done here came after all of the former process, and is known already. */
static void moved(struct cc_engine *e, json_t *o)
{
	struct cc_agent *a = cc_find_agent(e, num(o, "user"));

	if (!a || a->moved_here)
		return;
	a->moved_at = json_integer_value(json_object_get(o, "at"));
	a->moved = num(o, "queue");
}

static void read_trunks(struct cc_engine *e, json_t *list)
{
	struct cc_shift_trunk t[CC_LEN(e->shift.trunks)] = { { .id = 0 } };
	size_t n = 0, i;
	json_t *o;

	json_array_foreach(list, i, o) {
		if (n == CC_LEN(t))
			break;
		t[n] =
		    (struct cc_shift_trunk){ .id = num(o, "id"), .state = -1 };
		cc_copy(t[n].name, sizeof(t[n].name), str(o, "name"));
		for (size_t k = 0; k < e->shift.trunk_count; k++) {
			const struct cc_shift_trunk *was = &e->shift.trunks[k];

			if (was->id != t[n].id)
				continue;
			t[n].state = was->state;
			t[n].since = was->since;
		}
		n++;
	}
	/* its state may have come before its name */
	if (n && !e->shift.trunk_count && e->trunk >= 0)
		t[0].state = e->trunk;
	memcpy(e->shift.trunks, t, sizeof(t));
	e->shift.trunk_count = n;
}

void cc_shift_trunk(struct cc_engine *e, uint32_t id, bool up)
{
	for (size_t i = 0; i < e->shift.trunk_count; i++) {
		struct cc_shift_trunk *t = &e->shift.trunks[i];

		if ((id && t->id != id) || t->state == up)
			continue;
		t->state = up;
		t->since = e->epoch;
		if (up)
			cc_alert_over(e, "TRUNK", "", t->name);
		else
			cc_alert(e, "TRUNK", NULL, NULL, t->name);
		if (!id)
			break;
	}
	e->shift.changed = true;
}

void cc_shift_directory(struct cc_engine *e, json_t *dir)
{
	json_t *settings = json_object_get(dir, "settings"), *o;
	const struct {
		const char *name;
		unsigned *ms;
	} times[] = { { "shift.accept_s", &e->shift.accept_ms },
		      { "shift.long_wait_s", &e->shift.long_wait_ms },
		      { "shift.service_s", &e->shift.service_ms } };
	size_t i;

	for (i = 0; i < CC_LEN(times); i++) {
		int s = atoi(str(settings, times[i].name));

		if (s > 0 && s <= 3600)
			*times[i].ms = (unsigned)s * 1000;
	}
	if (str(settings, "region.zone")[0])
		cc_copy(e->shift.zone, sizeof(e->shift.zone),
			str(settings, "region.zone"));
	json_array_foreach(json_object_get(dir, "moves"), i, o)
		moved(e, o);
	cc_members_read(e);
	cc_shift_serve(e);
	read_trunks(e, json_object_get(dir, "trunks"));
	json_array_foreach(json_object_get(dir, "alerts"), i, o)
		restore(e, o);
	if (!e->ready)
		cc_shift_today(e, json_object_get(dir, "today"));
	e->shift.alerts_changed = e->shift.changed = true;
}

/* --- time ---------------------------------------------------------------- */

/* A call of ours that came back has never queued before. */
int64_t cc_waits_since(const struct cc_call *c)
{
	return c->queued_mono ? c->queued_mono : c->since;
}

static bool waits_long(const struct cc_engine *e, const struct cc_call *c)
{
	return c->place.waiting && !c->callback &&
	       e->now >= cc_waits_since(c) + e->shift.long_wait_ms;
}

static void long_waits(struct cc_engine *e)
{
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link) {
		if (c->waits_long == waits_long(e, c) ||
		    c->state == CALL_RING) /* it may come back */
			continue;
		c->waits_long = !c->waits_long;
		if (c->waits_long)
			cc_alert(e, "LONG_WAIT", c, NULL, "");
		else
			cc_alert_over(e, "LONG_WAIT", c->id, "");
	}
}

void cc_shift_timers(struct cc_engine *e)
{
	struct cc_alert *al;

	long_waits(e);
	TAILQ_FOREACH(al, &e->shift.alerts, link)
		if (al->due && e->now >= al->due)
			raise_alert(e, al);
}

int64_t cc_shift_due(const struct cc_engine *e)
{
	const struct cc_alert *al;
	const struct cc_call *c;
	const struct cc_session *s;
	int64_t t = 0;

	if (e->shift.changed)
		TAILQ_FOREACH(s, &e->sessions, link)
			if (s->watch)
				t = e->shift.board_due;
	TAILQ_FOREACH(al, &e->shift.alerts, link)
		t = cc_sooner(t, al->due);
	TAILQ_FOREACH(c, &e->calls, link)
		if (c->place.waiting && !c->waits_long && !c->callback)
			t = cc_sooner(t, cc_waits_since(c) +
					     e->shift.long_wait_ms);
	return t;
}

/* --- pages --------------------------------------------------------------- */

static json_t *name_of(const struct cc_agent *a)
{
	return a ? json_pack("{s:i, s:s, s:s}", "id", (int)a->id, "extension",
			     a->extension, "name", a->name)
		 : json_null();
}

json_t *cc_alert_json(struct cc_engine *e, const struct cc_agent *who,
		      const struct cc_alert *al)
{
	const struct cc_call *c = cc_find_call(e, al->call);
	const struct cc_queue *q = cc_find_queue(e, al->queue);
	char number[CC_NUMBER_SIZE] = "";

	if (c && cc_sees_call(e, who, c))
		cc_number_for(who, cc_call_citizen(c), number);
	return json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:o, s:b, s:b,"
			 " s:b}",
			 "id", al->id, "kind", al->kind->name, "at",
			 (json_int_t)al->at, "text", al->text, "call", al->call,
			 "number", number, "queue", q ? q->name : "", "user",
			 name_of(cc_find_agent(e, al->user)), "urgent",
			 al->kind->urgent, "raised", al->raised, "accept",
			 cc_may_accept(e, who, al));
}

/* Those that sound: on whatever page he is. */
static void push_alerts(struct cc_engine *e, struct cc_session *s)
{
	const struct cc_agent *a = s->agent;
	/* others than supervisors only while they are at work */
	bool told = (a->duties & DUTY_SUPERVISOR) || at_work(e, a);
	json_t *list = json_array();
	struct cc_alert *al;

	TAILQ_FOREACH(al, &e->shift.alerts, link)
		if (al->kind->urgent && cc_may_accept(e, a, al) && told)
			json_array_append_new(list, cc_alert_json(e, a, al));
	if (!json_array_size(list) && !s->alerted) {
		json_decref(list);
		return;
	}
	s->alerted = json_array_size(list) > 0;
	cc_push(e, s, "alerts",
		json_pack("{s:I, s:o}", "now", (json_int_t)e->epoch, "alerts",
			  list));
}

void cc_shift_flush(struct cc_engine *e)
{
	struct cc_session *s;

	if (e->shift.alerts_changed) {
		e->shift.alerts_changed = false;
		TAILQ_FOREACH(s, &e->sessions, link)
			if (s->agent)
				push_alerts(e, s);
	}
	cc_push_boards(e);
}
