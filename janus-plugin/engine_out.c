/* Calls of ours: by number through the trunk (K-4.0.4, DESIGN D19). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/engine_int.h"
#include "janus-plugin/sip.h"

/* --- rules and limits --------------------------------------------------- */

static const char *str(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static uint32_t number(json_t *o, const char *key)
{
	return (uint32_t)json_integer_value(json_object_get(o, key));
}

static unsigned roles(const char *list)
{
	char name[24];
	unsigned bits = 0;

	while (*list) {
		size_t n = strcspn(list, ",");

		if (n < sizeof(name)) {
			cc_copy(name, n + 1, list);
			bits |= cc_dial_role(name);
		}
		list += n + (list[n] == ',');
	}
	return bits;
}

/* A rule that cannot be read refuses what it may have been about: it is left
 * out, and nothing is allowed without a rule. */
static bool read_rule(struct cc_dial_rule *r, json_t *o)
{
	const char *list = str(o, "roles");

	*r = (struct cc_dial_rule){
		.allow = json_is_true(json_object_get(o, "allow")),
		.roles = roles(list),
		.trunk = number(o, "trunk_id"),
	};
	if ((list[0] && !r->roles) || !cc_dial_pattern_ok(str(o, "pattern")) ||
	    !cc_copy(r->pattern, sizeof(r->pattern), str(o, "pattern")) ||
	    cc_dial_form_parse(&r->form, str(o, "form")))
		return false;
	cc_copy(r->presented, sizeof(r->presented), str(o, "presented"));
	return true;
}

static void read_rules(struct cc_dial_plan *plan, json_t *list)
{
	struct cc_dial_rule *r = calloc(json_array_size(list) + 1, sizeof(*r));
	size_t i, n = 0;
	json_t *o;

	if (!r)
		return;
	json_array_foreach(list, i, o)
		n += read_rule(&r[n], o);
	free(plan->rules);
	plan->rules = r;
	plan->count = n;
}

/* That of no line for one nobody has described. */
static struct cc_trunk_meter *trunk_of(struct cc_dialling *d, uint32_t trunk)
{
	size_t i = d->trunk_count;

	while (i && d->trunks[i].trunk != trunk)
		i--;
	return &d->trunks[i];
}

/* Room for one more, or the one it has; that of no line if there is none. */
static struct cc_trunk_meter *trunk_add(struct cc_dialling *d, uint32_t trunk)
{
	struct cc_trunk_meter *m = trunk_of(d, trunk);

	if (m->trunk == trunk || d->trunk_count + 1 == CC_LEN(d->trunks))
		return m;
	m = &d->trunks[++d->trunk_count];
	*m = (struct cc_trunk_meter){ .trunk = trunk };
	return m;
}

/* Those that are left keep what was counted and heard of them. */
static void read_trunks(struct cc_dialling *d, json_t *trunks)
{
	struct cc_dialling was = *d;
	json_t *t;
	size_t i;

	d->trunk_count = 0;
	json_array_foreach(trunks, i, t) {
		struct cc_trunk_meter *m = trunk_add(d, number(t, "id"));
		const struct cc_trunk_meter *old = trunk_of(&was, m->trunk);

		if (old->trunk == m->trunk)
			*m = *old;
	}
}

void cc_dial_directory(struct cc_engine *e, json_t *dir)
{
	struct cc_dialling *d = &e->dialling;
	json_t *settings = json_object_get(dir, "settings");
	const struct {
		const char *name;
		unsigned *to, otherwise, scale;
	} limits[] = {
		{ "dial.ring_s", &d->ring_ms, 60, 1000 },
		{ "dial.user_calls", &d->user_calls, 3, 1 },
		{ "dial.user_hour", &d->user_hour, 60, 1 },
		{ "dial.trunk_calls", &d->trunk_calls, 30, 1 },
		{ "dial.trunk_hour", &d->trunk_hour, 600, 1 },
	};

	for (size_t i = 0; i < CC_LEN(limits); i++) {
		int n = atoi(str(settings, limits[i].name));

		if (n <= 0 || n > 100000)
			n = (int)limits[i].otherwise;
		*limits[i].to = (unsigned)n * limits[i].scale;
	}
	read_rules(&d->plan, json_object_get(dir, "dial"));
	read_trunks(d, json_object_get(dir, "trunks"));
	for (int i = 0; i < 2; i++)
		cc_copy(d->plan.emergency[i], sizeof(d->plan.emergency[i]),
			e->emergency[i]);
}

void cc_dial_trunk(struct cc_engine *e, uint32_t trunk, bool up)
{
	struct cc_trunk_meter *m = trunk_add(&e->dialling, trunk);

	m->down = m->trunk && !up;
}

static bool usable(const void *arg, uint32_t trunk)
{
	return !trunk_of((struct cc_dialling *)arg, trunk)->down;
}

struct load {
	unsigned user, trunk;
};

static void count_one(struct load *l, const struct cc_out *o, uint32_t user,
		      uint32_t trunk)
{
	if (!o->ours || o->emergency)
		return;
	l->user += o->by == user;
	l->trunk += o->trunk == trunk;
}

/* What is up now through the trunk. */
static struct load load(struct cc_engine *e, uint32_t user, uint32_t trunk)
{
	struct load l = { 0, 0 };
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link) {
		count_one(&l, &c->out, user, trunk);
		count_one(&l, &c->outside.out, user, trunk);
	}
	return l;
}

static int within_limits(struct cc_engine *e, struct cc_agent *a,
			 const struct cc_dial_way *w)
{
	struct cc_dialling *d = &e->dialling;
	struct cc_meter *m = &trunk_of(d, w->trunk)->dialled;
	struct load l = load(e, a->id, w->trunk);

	if (w->emergency)
		return 0;
	if (l.user >= d->user_calls || l.trunk >= d->trunk_calls ||
	    cc_meter_hour(&a->dialled, e->now) >= d->user_hour ||
	    cc_meter_hour(m, e->now) >= d->trunk_hour)
		return EDQUOT;
	cc_meter_add(&a->dialled, e->now);
	cc_meter_add(m, e->now);
	return 0;
}

/* --- a call --------------------------------------------------------------- */

struct cc_call *cc_dial_call(struct cc_engine *e, struct cc_agent *a,
			     enum cc_direction direction, const char *called)
{
	struct cc_call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->direction = direction;
	c->open = true;
	c->place.owner = c;
	c->history = json_array();
	c->started = c->since_epoch = c->owned = e->epoch;
	c->since = e->now;
	c->limit_due = e->now + e->conf.call_limit_ms;
	cc_copy(c->number, sizeof(c->number), a->extension);
	cc_copy(c->called, sizeof(c->called), called);
	e->p.uuid(e->p.arg, e->epoch, c->id);
	return c;
}

#define UNMADE_ROWS 2000 /* an hour: no hand dials so many */
#define UNMADE_MS   3600000
#define MORE_MS     60000

static const char *const reasons[CC_UNMADE] = { "FORBIDDEN", "LIMIT", "BUSY",
						"UNAVAILABLE" };

/* more: it stands for so many others as well */
static void unmade(struct cc_engine *e, struct cc_call *c, struct cc_agent *a,
		   const char *why, unsigned more)
{
	json_t *row = json_pack("{s:s}", "why", why);

	if (more)
		json_object_set_new(row, "more", json_integer(more));
	cc_call_row(e, c);
	cc_call_do(e, c, EV_FAIL, a, row);
	row =
	    json_pack("{s:s, s:s, s:s, s:I, s:s, s:i}", "t", "call", "id",
		      c->id, "state", "ended", "ended_at", (json_int_t)e->epoch,
		      "end_reason", why, "user_id", (int)a->id);
	e->p.post(e->p.arg, row);
	e->count.ended += 1 + more;
	json_decref(c->history);
	free(c);
}

static struct cc_unmade *unmade_for(struct cc_agent *a, const char *why)
{
	size_t i = 0;

	while (i + 1 < CC_UNMADE && strcmp(reasons[i], why))
		i++;
	return &a->unmade[i];
}

void cc_dial_unmade(struct cc_engine *e, struct cc_call *c, struct cc_agent *a,
		    const char *why)
{
	struct cc_unmade *u = unmade_for(a, why);

	if (!u->since || e->now - u->since >= UNMADE_MS) {
		u->since = e->now;
		u->rows = 0;
	}
	if (u->rows < UNMADE_ROWS) {
		u->rows++;
		unmade(e, c, a, why, 0);
		return;
	}
	u->more++;
	a->unmade_due = cc_sooner(a->unmade_due, e->now + MORE_MS);
	u->direction = c->direction;
	cc_copy(u->called, sizeof(u->called), c->called);
	json_decref(c->history);
	free(c);
}

void cc_dial_more(struct cc_engine *e, struct cc_agent *a)
{
	a->unmade_due = 0;
	for (size_t i = 0; i < CC_UNMADE; i++) {
		struct cc_unmade *u = &a->unmade[i];
		struct cc_call *c;

		if (!u->more)
			continue;
		c = cc_dial_call(e, a, u->direction, u->called);
		if (!c) /* no memory: with the next one */
			continue;
		unmade(e, c, a, reasons[i], u->more - 1);
		u->more = 0;
	}
}

/* It stands in the journal with its reason, as every attempt does, and the
 * supervisors are told: once of each kind until one of them answers. */
static int refused(struct cc_engine *e, struct cc_agent *a,
		   const struct cc_dial_way *w, const char *typed, int err)
{
	struct cc_call *c =
	    cc_dial_call(e, a, CALL_OUT, w->plain[0] ? w->plain : typed);

	cc_alert(e, "FRAUD", NULL, a,
		 err == EDQUOT ? "Превышен предел исходящих вызовов"
			       : "Набран запрещённый номер");
	if (c)
		cc_dial_unmade(e, c, a, err == EDQUOT ? "LIMIT" : "FORBIDDEN");
	return err;
}

static void add_way(struct cc_sip_way *out, uint32_t trunk,
		    const struct cc_dial_way *w)
{
	out->trunk = trunk;
	cc_copy(out->number, sizeof(out->number), w->number);
	cc_copy(out->from, sizeof(out->from), w->presented);
}

/* SIP goes on to another line by itself: what the plan says of each. */
static size_t ways_of(struct cc_sip_way out[CC_SIP_WAYS],
		      const struct cc_dialling *d, const struct cc_agent *a,
		      const struct cc_dial_way *w)
{
	struct cc_dial_way other;
	size_t n = 1;

	add_way(&out[0], 0, w);
	for (size_t i = 1; i <= d->trunk_count; i++)
		if (!cc_dial_plan_way(&other, &d->plan, w->plain, a->roles,
				      d->trunks[i].trunk, NULL, NULL))
			add_way(&out[n++], d->trunks[i].trunk, &other);
	return n;
}

/* An offer of a port of ours goes out. */
static int invite(struct cc_engine *e, const struct cc_agent *a,
		  const struct cc_dial_way *w, uint64_t port, uint16_t rtp,
		  uint64_t *dialog)
{
	struct cc_sip_way ways[CC_SIP_WAYS];
	size_t n = ways_of(ways, &e->dialling, a, w);
	const struct cc_sdp_local local = { .addr = e->addr,
					    .port = rtp,
					    .session = port,
					    .version = 1,
					    .dir = CC_SDP_SENDRECV };
	char sdp[1024];

	if (cc_sdp_write(sdp, sizeof(sdp), &local, NULL) ||
	    e->p.sip_invite(e->p.arg, w->trunk | (w->only ? CC_SIP_ONLY : 0),
			    ways, n, sdp, dialog))
		return EADDRNOTAVAIL;
	return 0;
}

int cc_dial_leg(struct cc_engine *e, const struct cc_agent *a,
		const struct cc_dial_way *w, uint64_t *port, uint16_t *rtp,
		uint64_t *dialog)
{
	uint64_t id = e->next_port++;
	int err;

	if (e->p.trunk_add(e->p.arg, id, rtp))
		return EADDRNOTAVAIL;
	err = invite(e, a, w, id, *rtp, dialog);
	if (err)
		e->p.port_remove(e->p.arg, id);
	else
		*port = id;
	return err;
}

static int start(struct cc_engine *e, struct cc_agent *a, struct cc_call *c,
		 const struct cc_dial_way *w, const struct cc_dial_order *o)
{
	json_t *row;
	int err;

	err = cc_dial_leg(e, a, w, &c->port, &c->rtp, &c->dialog);
	if (err)
		return err;
	c->sdp_version = 1;
	c->card = o->appeal;
	c->owner = a;
	c->dial_due = e->now + e->dialling.ring_ms;
	TAILQ_INSERT_TAIL(&e->calls, c, link);
	cc_attach(a, c, ROLE_OWNER);
	cc_agent_event(e, a, AEV_DIAL, 0);
	cc_call_row(e, c);
	if (o->parent && o->parent[0])
		e->p.post(e->p.arg,
			  json_pack("{s:s, s:s, s:s}", "t", "call", "id", c->id,
				    "parent_call_id", o->parent));
	row = json_pack("{s:s}", "number", w->number);
	if (w->presented[0]) /* else the line's own */
		json_object_set_new(row, "presented",
				    json_string(w->presented));
	if (o->appeal)
		json_object_set_new(row, "appeal",
				    json_integer((json_int_t)o->appeal));
	cc_call_do(e, c, EV_DIAL, a, row);
	return 0;
}

int cc_dial_way(struct cc_engine *e, struct cc_agent *a, const char *typed,
		uint32_t only, struct cc_dial_way *w)
{
	int err = cc_dial_plan_way(w, &e->dialling.plan, typed, a->roles, only,
				   usable, &e->dialling);

	if (err == EINVAL)
		return err;
	/* an emergency service goes by whatever works */
	w->only = only && !w->emergency;
	if (!err)
		err = within_limits(e, a, w);
	return err ? refused(e, a, w, typed, err) : 0;
}

int cc_dial(struct cc_engine *e, struct cc_agent *a,
	    const struct cc_dial_order *o)
{
	struct cc_dial_way w = { .trunk = 0 };
	char plain[CC_DIAL_SIZE];
	struct cc_agent *t = NULL;
	struct cc_call *c;
	int err;

	if (a->call || a->facts.leg != LEG_UP || a->mic_lost || !a->phone ||
	    !cc_agent_can(cc_agent_state(&a->facts), AEV_DIAL))
		return EBUSY;
	if (!cc_dial_normalize(plain, o->number))
		t = cc_find_extension(e, plain);
	if (t) /* he is on no line */
		return o->trunk ? EINVAL : cc_colleague_dial(e, a, t);
	err = cc_dial_way(e, a, o->number, o->trunk, &w);
	if (err)
		return err;
	c = cc_dial_call(e, a, CALL_OUT, w.plain);
	if (!c)
		return EADDRNOTAVAIL;
	c->out.ours = true;
	c->out.by = a->id;
	c->out.trunk = w.trunk;
	c->out.emergency = w.emergency;
	cc_copy(c->out.presented, sizeof(c->out.presented), w.presented);
	err = start(e, a, c, &w, o);
	if (err)
		cc_dial_unmade(e, c, a, "UNAVAILABLE");
	return err;
}

const char *cc_dial_code(int err)
{
	switch (err) {
	case 0:
		return NULL;
	case EINVAL:
		return CC_UNKNOWN_NUMBER;
	case EPERM:
		return CC_DIAL_FORBIDDEN;
	case EDQUOT:
		return CC_DIAL_LIMIT;
	case EAGAIN:
		return CC_BUSY;
	case EADDRNOTAVAIL:
		return CC_NO_MEDIA;
	default:
		return CC_STATE;
	}
}

struct cc_queue *cc_out_queue(struct cc_engine *e, const struct cc_agent *a)
{
	struct cc_queue *q;

	TAILQ_FOREACH(q, &e->queues, link)
		if (a && q->open && cc_queue_member(q, a))
			return q;
	for (size_t i = 0; i < e->route_count; i++)
		if (!e->routes[i].number[0])
			return cc_find_queue(e, e->routes[i].queue);
	return NULL;
}

/* --- what the network says --------------------------------------------------- */

const char *cc_dial_notice(const char *why)
{
	static const struct {
		const char *why, *code;
	} codes[] = {
		{ "BUSY", "BUSY_NUMBER" },
		{ "NOANSWER", "NO_ANSWER" },
		{ "REJECTED", "REJECTED" },
		{ "UNKNOWN", "UNKNOWN_NUMBER" },
	};

	for (size_t i = 0; i < CC_LEN(codes); i++)
		if (!strcmp(codes[i].why, why))
			return codes[i].code;
	return "UNREACHABLE";
}

static void give_up(struct cc_engine *e, struct cc_call *c, const char *why)
{
	struct cc_agent *a = c->owner;

	cc_call_end(e, c, EV_REFUSED, why);
	if (a)
		cc_notice(e, a, cc_dial_notice(why));
}

/* Media of the far side, early or for good; several early dialogs: the last
 * one that spoke. @return false: an SDP we cannot use */
static bool take_media(struct cc_engine *e, struct cc_call *c, const char *sdp)
{
	struct cc_sdp_media far;

	if (!sdp)
		return c->out.early; /* agreed on before */
	if (cc_sdp_read(&far, sdp, strlen(sdp)))
		return false;
	c->far = far;
	e->p.remote(e->p.arg, c->port, &far);
	if (!c->recording[0]) /* D7: with the first early media */
		cc_call_record(e, c, c->port, c->recording, "CALL");
	return true;
}

static void progress(struct cc_engine *e, struct cc_call *c,
		     const struct cc_sip_event *ev)
{
	bool early = ev->sdp && take_media(e, c, ev->sdp);

	if (early && !c->out.early)
		cc_call_note(e, c, "EARLYMEDIA", NULL,
			     json_pack("{s:i}", "status", ev->status));
	else if (!early && ev->status == 180 && !c->out.rang)
		cc_call_note(e, c, "RINGING", NULL, NULL);
	c->out.early |= early;
	c->out.rang |= ev->status == 180 || early;
	cc_call_touch(c);
}

static void answered(struct cc_engine *e, struct cc_call *c,
		     const struct cc_sip_event *ev)
{
	struct cc_agent *a = c->owner;

	if (!take_media(e, c, ev->sdp)) {
		give_up(e, c, "UNAVAILABLE");
		return;
	}
	c->dial_due = 0;
	c->answered = e->epoch;
	cc_call_do(e, c, EV_ANSWER, a, NULL);
	cc_audio(e, c);
	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:i, s:s, s:I}", "t", "call", "id",
			    c->id, "user_id", (int)a->id, "state", "talk",
			    "answered_at", (json_int_t)c->answered));
	if (a->facts.leg != LEG_UP) { /* his page is on its way back */
		int64_t due = c->resume_due;

		cc_operator_lost(e, c);
		c->resume_due = due ? due : c->resume_due;
	}
}

bool cc_out_sip(struct cc_engine *e, struct cc_call *c,
		const struct cc_sip_event *ev)
{
	if (c->state != CALL_DIAL || ev->dialog != c->dialog)
		return false;
	switch (ev->kind) {
	case CC_SIP_PROGRESS:
		progress(e, c, ev);
		return true;
	case CC_SIP_ANSWERED:
		answered(e, c, ev);
		return true;
	case CC_SIP_ENDED:
		c->dialog_gone = true;
		give_up(e, c, cc_dial_refusal(ev->status, c->out.rang));
		return true;
	default:
		return false;
	}
}

void cc_out_timers(struct cc_engine *e, struct cc_call *c)
{
	if (c->state != CALL_DIAL)
		return;
	if (e->now >= c->dial_due && c->direction == CALL_INT)
		cc_colleague_gone(e, c, "RINGNOANSWER");
	else if (e->now >= c->dial_due)
		give_up(e, c, c->out.rang ? "NOANSWER" : "UNAVAILABLE");
	else if (c->resume_due && e->now >= c->resume_due)
		cc_call_end(e, c, EV_RELEASE, "OPERATORLOST");
}

int64_t cc_out_due(const struct cc_call *c)
{
	if (c->state != CALL_DIAL)
		return 0;
	return cc_sooner(c->dial_due, c->resume_due);
}
