/* The life of a call: events in, journal and audio out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/engine_int.h"
#include "janus-plugin/sip.h"

#define HISTORY_MAX 60

void cc_call_touch(struct cc_call *c)
{
	c->audio = true;
	if (c->owner)
		c->owner->dirty = true;
	if (c->offered)
		c->offered->dirty = true;
	if (c->target)
		c->target->dirty = true;
	if (c->peer)
		c->peer->dirty = true;
}

void cc_call_note(struct cc_engine *e, struct cc_call *c, const char *kind,
		  const struct cc_agent *who, json_t *data)
{
	json_t *row = json_pack("{s:s, s:s, s:i, s:I, s:s}", "t", "call_event",
				"call_id", c->id, "seq", (int)++c->seq, "at",
				(json_int_t)e->epoch, "kind", kind);

	if (who)
		json_object_set_new(row, "user_id", json_integer(who->id));
	if (data)
		json_object_set_new(row, "data", data);
	e->p.post(e->p.arg, row);

	if (json_array_size(c->history) == HISTORY_MAX)
		json_array_remove(c->history, 0);
	if (!strstr(kind, "DTMF"))
		json_array_append_new(
		    c->history,
		    json_pack("{s:I, s:s, s:s}", "at", (json_int_t)e->epoch,
			      "kind", kind, "who", who ? who->name : ""));
	cc_call_touch(c);
	cc_shift_count(e, c, kind);
	e->shift.changed = true;
}

const char *cc_call_citizen(const struct cc_call *c)
{
	return c->direction == CALL_OUT ? c->called : c->number;
}

/* The projection: one row a call, rewritten as it changes. */
void cc_call_row(struct cc_engine *e, struct cc_call *c)
{
	static const char *const directions[] = { "IN", "OUT", "INT" };
	json_t *row = json_pack(
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "t", "call", "id",
	    c->id, "node", e->node, "direction", directions[c->direction],
	    "caller", c->number, "called", c->called, "state",
	    cc_call_state_name(c->state), "started_at", (json_int_t)c->started);

	if (c->queue) {
		json_object_set_new(row, "queue_id",
				    json_integer(c->queue->id));
		json_object_set_new(row, "queue_name",
				    json_string(c->queue->name));
	}
	if (c->trunk)
		json_object_set_new(row, "trunk_id", json_integer(c->trunk));
	if (c->owner)
		json_object_set_new(row, "user_id", json_integer(c->owner->id));
	if (c->answered)
		json_object_set_new(row, "answered_at",
				    json_integer(c->answered));
	e->p.post(e->p.arg, row);
}

static void enter(struct cc_engine *e, struct cc_call *c,
		  enum cc_call_state was)
{
	const char *time_name = NULL;
	json_t *row;

	c->spent[was] += e->now - c->since;
	c->since = e->now;
	c->since_epoch = e->epoch;
	if (c->state != CALL_QUEUE && c->state != CALL_RING) {
		c->say = 0;
		c->say_leave = false;
		c->ask = ASK_NONE;
	}
	if (c->state == CALL_GREETING || c->state == CALL_GOODBYE ||
	    c->state == CALL_VOICEMAIL || c->state == CALL_RECONNECT)
		c->say_gen++;
	if (c->callback)
		return; /* its row is the place */
	row = json_pack("{s:s, s:s, s:s}", "t", "call", "id", c->id, "state",
			cc_call_state_name(c->state));
	if (c->state == CALL_GREETING)
		time_name = "greeted_at";
	else if (c->state == CALL_QUEUE && was == CALL_GREETING)
		time_name = "queued_at";
	else if (c->state == CALL_RING && c->gen == 1)
		time_name = "offered_at";
	if (time_name)
		json_object_set_new(row, time_name, json_integer(e->epoch));
	e->p.post(e->p.arg, row);
}

int cc_call_do(struct cc_engine *e, struct cc_call *c, enum cc_call_event on,
	       const struct cc_agent *who, json_t *data)
{
	enum cc_call_state was = c->state;
	int err = cc_call_step(&c->state, on);

	if (err) {
		json_decref(data);
		return err;
	}
	if (c->state != was)
		enter(e, c, was);
	cc_call_note(e, c, cc_call_event_name(on), who, data);
	return 0;
}

void cc_attach(struct cc_agent *a, struct cc_call *c, enum cc_role part)
{
	a->call = c;
	a->part = part;
	a->dirty = true;
	if (!c)
		a->muted = false;
}

static void remember(struct cc_engine *e, struct cc_agent *a,
		     const struct cc_call *c)
{
	struct cc_brief *b = &a->last;

	*b = (struct cc_brief){ .waited_ms = c->waited_ms,
				.answered = c->answered,
				.ended = e->epoch,
				.card = c->card };
	cc_copy(b->id, sizeof(b->id), c->id);
	b->direction = c->direction;
	cc_copy(b->number, sizeof(b->number), cc_call_citizen(c));
	cc_copy(b->queue, sizeof(b->queue), c->queue ? c->queue->name : "");
}

void cc_leg_row(struct cc_engine *e, struct cc_agent *a)
{
	if (a->call && a->part == ROLE_OWNER && a->port)
		cc_port_row(e, a->call, a->port, "WEB", a->extension,
			    a->call->owned);
}

void cc_port_row(struct cc_engine *e, struct cc_call *c, uint64_t port,
		 const char *kind, const char *peer, int64_t started)
{
	struct cc_media_stats st;

	if (e->p.stats(e->p.arg, port, &st))
		return;
	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:i, s:s, s:s, s:I, s:I, s:f, s:i,"
			    " s:i, s:i, s:f}",
			    "t", "call_leg", "call_id", c->id, "seq",
			    (int)++c->leg_seq, "kind", kind, "peer", peer,
			    "started_at", (json_int_t)started, "ended_at",
			    (json_int_t)e->epoch, "loss", st.loss, "jitter_ms",
			    (int)st.jitter_ms, "rtt_ms", (int)st.rtt_ms,
			    "max_gap_ms", (int)st.max_gap_ms, "mos", st.mos));
}

void cc_release(struct cc_engine *e, struct cc_agent *a, bool wrapup)
{
	struct cc_call *c = a->call;
	int64_t ms = c && c->queue ? c->queue->wrapup_ms : 60000;

	if (!c)
		return;
	cc_leg_row(e, a);
	/* K-5.1.1.5: a card saved in the talk leaves nothing to do after it */
	wrapup =
	    wrapup && !c->card_saved && c->answered && c->direction != CALL_INT;
	if (wrapup)
		remember(e, a, c);
	cc_attach(a, NULL, ROLE_NONE);
	cc_agent_event(e, a, wrapup ? AEV_RELEASE_WRAPUP : AEV_RELEASE, ms);
	cc_agent_audio(e, a);
}

void cc_call_free(struct cc_engine *e, struct cc_call *c)
{
	TAILQ_REMOVE(&e->calls, c, link);
	json_decref(c->history);
	free(c->spared);
	free(c);
}

/* Nobody is left with the call; rows, ports and memory go. */
static void bury(struct cc_engine *e, struct cc_call *c)
{
	json_t *spent = json_object();
	struct cc_media_stats st;
	json_t *row;

	/* a talk nobody of ours was in is no work of ours */
	c->spent[CALL_TALK] -= c->outside_ms;
	if (c->outside_ms)
		json_object_set_new(spent, "outside",
				    json_integer(c->outside_ms));
	for (int s = CALL_NEW; s < CALL_ENDED; s++)
		if (c->spent[s])
			json_object_set_new(
			    spent, cc_call_state_name((enum cc_call_state)s),
			    json_integer(c->spent[s]));
	row =
	    json_pack("{s:s, s:s, s:s, s:I, s:s, s:o}", "t", "call", "id",
		      c->id, "state", "ended", "ended_at", (json_int_t)e->epoch,
		      "end_reason", c->end_reason, "durations", spent);
	if (c->trunk)
		json_object_set_new(row, "trunk_id", json_integer(c->trunk));
	if (c->port && !e->p.stats(e->p.arg, c->port, &st))
		json_object_set_new(
		    row, "quality",
		    json_pack("{s:f, s:i, s:i, s:f}", "loss", st.loss,
			      "jitter_ms", (int)st.jitter_ms, "max_gap_ms",
			      (int)st.max_gap_ms, "mos", st.mos));
	e->p.post(e->p.arg, row);
	if (c->port)
		e->p.port_remove(e->p.arg, c->port);
	if (!c->dialog_gone)
		e->p.sip_hangup(e->p.arg, c->dialog);
	cc_call_free(e, c);
}

void cc_call_end(struct cc_engine *e, struct cc_call *c, enum cc_call_event on,
		 const char *reason)
{
	struct cc_agent *a;

	if (c->state == CALL_VOICEMAIL)
		reason = cc_voice_reason(e, c, reason);
	c->end_reason = reason;
	if (cc_call_do(e, c, on, c->owner, json_pack("{s:s}", "why", reason)))
		return;
	e->count.ended += !c->callback;
	if (!c->answered && on == EV_HANGUP && c->direction == CALL_IN &&
	    strcmp(reason, "VOICEMAIL"))
		e->count.abandoned++;
	if (on == EV_HANGUP && (c->place.waiting || c->offered))
		cc_queue_abandoned(e, c);
	if (c->place.waiting)
		cc_line_leave(&c->queue->line, &c->place);
	if (c->waits_long)
		cc_alert_over(e, "LONG_WAIT", c->id, "");
	if (c->xfer != XFER_NONE)
		cc_xfer(e, c, XEV_CITIZEN_GONE, reason);
	if (c->outside.port)
		cc_outside_drop(e, c, reason);
	cc_offer_over(e, c, NULL);
	if (c->peer)
		cc_colleague_free(e, c);
	a = c->owner;
	c->owner = NULL;
	if (a)
		cc_release(e, a, true);
	if (c->emergency.state == EMERGENCY_DIAL ||
	    c->emergency.state == EMERGENCY_TALK)
		cc_emergency_over(e, c, "CALLENDED");
	if (c->callback)
		cc_call_free(e, c); /* there is neither row nor port */
	else
		bury(e, c);
}

/* Compares numbers by their last ten digits: +7…, 8… and 7… are one. */
static bool same_number(const char *a, const char *b)
{
	char d[2][11];

	for (int i = 0; i < 2; i++) {
		const char *s = i ? b : a;
		size_t n = strlen(s);
		int len = 0;

		while (n && len < 10)
			if (strchr("0123456789", s[--n]))
				d[i][len++] = s[n];
		d[i][len] = '\0';
	}
	return d[0][0] && !strcmp(d[0], d[1]);
}

static const struct cc_route *route(const struct cc_engine *e,
				    const char *called)
{
	const struct cc_route *def = NULL;

	for (size_t i = 0; i < e->route_count; i++) {
		const struct cc_route *r = &e->routes[i];

		if (!r->number[0])
			def = r;
		else if (same_number(r->number, called))
			return r;
	}
	return def;
}

static bool open_now(const struct cc_engine *e, uint32_t hours)
{
	for (size_t i = 0; i < e->timetable_count; i++) {
		const struct cc_timetable *t = &e->timetables[i];

		if (t->id != hours)
			continue;
		return cc_hours_open(
		    &t->hours, e->holidays, e->holiday_count,
		    e->epoch / 1000 +
			e->p.utc_offset(e->p.arg, t->zone, e->epoch));
	}
	return true; /* round the clock */
}

static int answer_sdp(struct cc_engine *e, struct cc_call *c, const char *offer)
{
	const struct cc_sdp_local local = { .addr = e->addr,
					    .port = c->rtp,
					    .session = c->port,
					    .version = ++c->sdp_version,
					    .dir = CC_SDP_SENDRECV };
	char buf[2048];
	int err = cc_sdp_write(buf, sizeof(buf), &local, offer);

	if (!err)
		e->p.sip_answer(e->p.arg, c->dialog, buf);
	return err;
}

/* @return 0 or the SIP status of a refusal */
static int admit(struct cc_engine *e, const struct cc_sip_event *ev,
		 struct cc_queue *q, struct cc_sdp_media *far)
{
	int err;

	if (!e->ready || !q)
		return 503;
	if (!ev->sdp)
		return 0; /* late offer: the answer comes with the ACK */
	err = cc_sdp_read(far, ev->sdp, strlen(ev->sdp));
	if (err)
		return err == ENOTSUP ? 488 : 400;
	return 0;
}

void cc_call_record(struct cc_engine *e, struct cc_call *c, uint64_t port,
		    char id[CC_UUID_SIZE], const char *kind)
{
	struct cc_record_order o = { .started_ms = e->epoch };
	char path[80];

	e->p.uuid(e->p.arg, e->epoch, o.id);
	cc_copy(o.call, sizeof(o.call), c->id);
	if (e->p.record(e->p.arg, port, &o, path, sizeof(path)))
		return;
	cc_copy(id, CC_UUID_SIZE, o.id);
	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "t",
			    "recording", "id", o.id, "call_id", c->id, "node",
			    e->node, "kind", kind, "path", path, "started_at",
			    (json_int_t)e->epoch));
}

/* Nobody could take the call: it stands in the journal all the same, so that
 * the citizen is called back. */
static void turned_away(struct cc_engine *e, const struct cc_sip_event *ev,
			struct cc_queue *q)
{
	struct cc_call c = { .queue = q,
			     .started = e->epoch,
			     .since = e->now,
			     .history = json_array() };

	cc_copy(c.number, sizeof(c.number), ev->from);
	cc_copy(c.called, sizeof(c.called), ev->to);
	e->p.uuid(e->p.arg, e->epoch, c.id);
	cc_call_row(e, &c);
	cc_call_note(e, &c, "INVITE", NULL,
		     json_pack("{s:s}", "sip", ev->call_id));
	cc_call_do(e, &c, EV_FAIL, NULL, json_pack("{s:s}", "why", "BUSY"));
	e->p.post(e->p.arg,
		  json_pack("{s:s, s:s, s:s, s:I, s:s}", "t", "call", "id",
			    c.id, "state", "ended", "ended_at",
			    (json_int_t)e->epoch, "end_reason", "BUSY"));
	e->count.ended++;
	json_decref(c.history);
}

/* Whose number is it? 0 = not known as anybody's. */
static uint32_t office(const struct cc_engine *e, const char *number)
{
	uint64_t key = cc_number_key(number);

	for (size_t i = 0; key && i < e->office_count; i++)
		if (e->offices[i].key == key)
			return e->offices[i].org;
	return 0;
}

static void invite(struct cc_engine *e, const struct cc_sip_event *ev)
{
	const struct cc_route *r = route(e, ev->to);
	struct cc_queue *q = r ? cc_find_queue(e, r->queue) : NULL;
	struct cc_sdp_media far = { .port = 0 };
	int status = admit(e, ev, q, &far);
	bool full = false, open = false;
	struct cc_call *c;

	if (!status) {
		struct cc_queue *to;

		open = q->open && open_now(e, r->hours);
		to = cc_queue_admit(e, q, open, &full);

		if (to)
			q = to;
		else
			status = 486;
	}

	c = status ? NULL : calloc(1, sizeof(*c));
	if (!status && !c)
		status = 503;
	if (!status) {
		c->port = e->next_port++;
		if (e->p.trunk_add(e->p.arg, c->port, &c->rtp))
			status = 503;
	}
	if (status) {
		free(c);
		e->p.sip_reject(e->p.arg, ev->dialog, status);
		if (status == 486 || status == 503)
			turned_away(e, ev, q);
		return;
	}

	c->dialog = ev->dialog;
	c->trunk = ev->trunk;
	c->queue = q;
	c->open = open;
	c->full = full;
	c->org = r->org ? r->org : office(e, ev->from);
	c->place.start = r->start;
	c->place.owner = c;
	c->history = json_array();
	c->started = e->epoch;
	c->since = e->now;
	c->since_epoch = e->epoch;
	c->limit_due = e->now + e->conf.call_limit_ms;
	cc_copy(c->number, sizeof(c->number), ev->from);
	cc_copy(c->called, sizeof(c->called), ev->to);
	e->p.uuid(e->p.arg, e->epoch, c->id);
	TAILQ_INSERT_TAIL(&e->calls, c, link);
	cc_call_row(e, c);
	cc_call_note(e, c, "INVITE", NULL,
		     json_pack("{s:s, s:s}", "sip", ev->call_id, "identity",
			       ev->identity));

	if (ev->sdp) {
		c->far = far;
		e->p.remote(e->p.arg, c->port, &far);
	}
	cc_call_record(e, c, c->port, c->recording,
		       (c->open && !c->full) || e->disk_full ? "CALL"
							     : "VOICEMAIL");
	if (answer_sdp(e, c, ev->sdp)) {
		cc_call_end(e, c, EV_FAIL, "SDP");
		return;
	}
	if (c->open && !c->full)
		cc_call_do(e, c, EV_ACCEPT, NULL, NULL);
	else if (cc_secretary(e, c))
		cc_farewell(e, c, EV_CLOSED,
			    c->open ? CC_PROMPT_SORRY : CC_PROMPT_CLOSED,
			    c->open ? "BUSY" : "CLOSED", NULL);
}

/* A change of the far side's media in a standing call (hold, new address). */
static void reoffer(struct cc_engine *e, struct cc_call *c,
		    const struct cc_sip_event *ev)
{
	struct cc_sdp_media far;
	const char *was;

	if (ev->sdp && cc_sdp_read(&far, ev->sdp, strlen(ev->sdp))) {
		if (ev->kind == CC_SIP_REOFFER)
			e->p.sip_reject(e->p.arg, ev->dialog, 488);
		else /* an answer we cannot use is no agreement at all */
			cc_call_end(e, c, EV_FAIL, "SDP");
		return;
	}
	if (ev->sdp) {
		was = c->far.dir & CC_SDP_RECVONLY ? "" : "held";
		c->far = far;
		e->p.remote(e->p.arg, c->port, &far);
		cc_call_note(e, c, "REOFFER", NULL,
			     json_pack("{s:i, s:s}", "direction", (int)far.dir,
				       "was", was));
	}
	if (ev->kind == CC_SIP_REOFFER && answer_sdp(e, c, ev->sdp))
		e->p.sip_reject(e->p.arg, ev->dialog, 500);
}

/* From a menu to a dispatcher, for instance. */
void cc_side_reoffer(struct cc_engine *e, uint64_t port, uint16_t rtp,
		     uint64_t *version, const struct cc_sip_event *ev)
{
	const struct cc_sdp_local local = { .addr = e->addr,
					    .port = rtp,
					    .session = port,
					    .version = ++*version,
					    .dir = CC_SDP_SENDRECV };
	struct cc_sdp_media far;
	char buf[2048];

	if (ev->sdp && cc_sdp_read(&far, ev->sdp, strlen(ev->sdp))) {
		if (ev->kind == CC_SIP_REOFFER)
			e->p.sip_reject(e->p.arg, ev->dialog, 488);
		return;
	}
	if (ev->sdp)
		e->p.remote(e->p.arg, port, &far);
	if (ev->kind != CC_SIP_REOFFER)
		return;
	if (cc_sdp_write(buf, sizeof(buf), &local, ev->sdp))
		e->p.sip_reject(e->p.arg, ev->dialog, 500);
	else
		e->p.sip_answer(e->p.arg, ev->dialog, buf);
}

/* Why did the citizen go? By where he was. */
static const char *gone_reason(const struct cc_call *c, int status)
{
	if (status != 200 && status != 487)
		return "SIP";
	switch (c->state) {
	case CALL_NEW:
	case CALL_GREETING:
		return "ABANDONGREETING";
	case CALL_QUEUE:
	case CALL_RING:
		return c->answered ? "ABANDONRETURNED" : "ABANDON";
	case CALL_GOODBYE:
		return c->farewell_reason;
	case CALL_RECONNECT: /* our fault: he is called back (T4) */
		return "ABANDONRECONNECT";
	case CALL_TRANSFER:
		return c->owner ? "COMPLETECALLER" : "ABANDONTRANSFER";
	default:
		return "COMPLETECALLER";
	}
}

static void dialog_ended(struct cc_engine *e, struct cc_call *c,
			 const struct cc_sip_event *ev)
{
	if (ev->dialog == c->emergency.dialog) {
		c->emergency.dialog = 0;
		cc_emergency_over(e, c, ev->status == 200 ? "BYE" : "SIP");
		return;
	}
	c->dialog_gone = true;
	cc_call_end(e, c, EV_HANGUP, gone_reason(c, ev->status));
}

static struct cc_call *by_dialog(struct cc_engine *e, uint64_t dialog)
{
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link)
		if (c->dialog == dialog ||
		    (c->outside.dialog && c->outside.dialog == dialog) ||
		    (c->emergency.dialog && c->emergency.dialog == dialog))
			return c;
	return NULL;
}

void cc_engine_sip(struct cc_engine *e, const struct cc_sip_event *ev)
{
	struct cc_call *c;

	if (ev->kind == CC_SIP_TRUNK) {
		cc_trunk_said(e, ev);
		cc_dial_trunk(e, ev->trunk, ev->status == 200);
		return;
	}
	if (ev->kind == CC_SIP_CERT) {
		cc_cert_said(e, ev);
		return;
	}
	if (ev->kind == CC_SIP_INVITE) {
		invite(e, ev);
		return;
	}
	c = by_dialog(e, ev->dialog);
	if (c && c->dialog == ev->dialog && ev->trunk)
		c->trunk = ev->trunk; /* it may have gone to another */
	if (!c || cc_out_sip(e, c, ev) || cc_outside_sip(e, c, ev))
		return;
	switch (ev->kind) {
	case CC_SIP_REOFFER:
	case CC_SIP_REANSWER:
		if (ev->dialog == c->dialog)
			reoffer(e, c, ev);
		else
			cc_side_reoffer(e, c->emergency.port, c->emergency.rtp,
					&c->emergency.sdp_version, ev);
		break;
	case CC_SIP_ANSWERED:
		if (ev->dialog == c->emergency.dialog)
			cc_emergency_answered(e, c, ev->sdp);
		break;
	case CC_SIP_DTMF:
		cc_voice_digit(e, c, ev->digit);
		break;
	case CC_SIP_ENDED:
		dialog_ended(e, c, ev);
		break;
	default:
		break;
	}
}

/* --- time ----------------------------------------------------------- */

static bool due(const struct cc_engine *e, int64_t t)
{
	return t && e->now >= t;
}

/* At most one of them acts: a call may be gone after it. */
void cc_call_timers(struct cc_engine *e, struct cc_call *c)
{
	if (due(e, c->limit_due))
		cc_call_end(e, c, EV_FAIL, "LIMIT");
	else if (c->state == CALL_RING && due(e, c->offer_due))
		cc_call_offer_gone(e, c, "RINGNOANSWER", true);
	else if (c->state == CALL_QUEUE && due(e, c->wait_due))
		cc_wait_over(e, c, EV_MAX_WAIT);
	else if (c->state == CALL_VOICEMAIL && due(e, c->voice_due))
		cc_voice_end(e, c, "LENGTH");
	else if (c->state == CALL_RECONNECT && due(e, c->resume_due))
		cc_call_requeue(e, c, "OPERATORLOST");
	else if (c->xfer != XFER_NONE && due(e, c->xfer_due))
		cc_xfer(e, c, XEV_TARGET_GONE, "NOANSWER");
	else if (c->emergency.state == EMERGENCY_DIAL &&
		 due(e, c->emergency.due))
		cc_emergency_over(e, c, "NOANSWER");
	else if (c->state == CALL_QUEUE && due(e, c->announce_due))
		cc_queue_announce(e, c);
	else if (due(e, c->spared_due))
		cc_call_spare_end(e, c);
	else
		cc_out_timers(e, c);
}

int64_t cc_call_due(const struct cc_call *c)
{
	int64_t t = cc_sooner(c->limit_due, c->spared_due);

	if (c->state == CALL_RING)
		t = cc_sooner(t, c->offer_due);
	if (c->state == CALL_QUEUE)
		t = cc_sooner(cc_sooner(t, c->wait_due), c->announce_due);
	if (c->state == CALL_VOICEMAIL)
		t = cc_sooner(t, c->voice_due);
	if (c->state == CALL_RECONNECT)
		t = cc_sooner(t, c->resume_due);
	if (c->xfer != XFER_NONE)
		t = cc_sooner(t, c->xfer_due);
	if (c->emergency.state == EMERGENCY_DIAL)
		t = cc_sooner(t, c->emergency.due);
	return cc_sooner(t, cc_out_due(c));
}

/* --- media ----------------------------------------------------------- */

static void played(struct cc_engine *e, struct cc_call *c, uint32_t gen)
{
	if (gen != c->say_gen)
		return;
	if (c->state == CALL_GREETING) {
		cc_call_do(e, c, EV_GREETED, NULL, NULL);
		cc_queue_first(e, c);
	} else if (c->state == CALL_QUEUE && c->announce_due) {
		/* the pause between two is music, however long they are */
		c->announce_due = e->now + c->queue->position_ms;
	} else if (c->state == CALL_VOICEMAIL) {
		cc_voice_begin(e, c);
	} else if (c->state == CALL_GOODBYE) {
		cc_call_end(e, c, EV_SAID, c->farewell_reason);
	}
}

static struct cc_agent *by_leg(struct cc_engine *e, uint64_t port)
{
	struct cc_agent *a;

	TAILQ_FOREACH(a, &e->agents, link)
		if (a->port == port)
			return a;
	return NULL;
}

static void leg_media(struct cc_engine *e, struct cc_agent *a,
		      const struct cc_media_event *ev)
{
	if (ev->kind == CC_MEDIA_RX_LOST) {
		a->silent = true;
		a->dirty = true;
		if (a->facts.answering)
			cc_ask_page(e, a);
		else
			cc_leg_lost(e, a, false);
	} else if (ev->kind == CC_MEDIA_RX_BACK) {
		if (a->silent && a->call && a->part == ROLE_OWNER &&
		    a->facts.leg == LEG_UP)
			cc_call_note(e, a->call, "MICBACK", a, NULL);
		a->silent = false;
		a->doubt_due = 0;
		if (a->facts.leg == LEG_LOST && a->facts.answering)
			cc_engine_leg_up(e, a->session);
	}
}

void cc_engine_media(struct cc_engine *e, const struct cc_media_event *ev)
{
	struct cc_agent *a;
	struct cc_call *c;

	TAILQ_FOREACH(c, &e->calls, link) {
		if (c->emergency.port && c->emergency.port == ev->port) {
			if (ev->kind == CC_MEDIA_RX_LOST)
				cc_emergency_over(e, c, "RTPTIMEOUT");
			return;
		}
		if (c->outside.port && c->outside.port == ev->port) {
			if (ev->kind == CC_MEDIA_RX_LOST)
				cc_outside_silent(e, c);
			return;
		}
		if (c->port != ev->port)
			continue;
		if (ev->kind == CC_MEDIA_PLAYED)
			played(e, c, ev->gen);
		else if (ev->kind == CC_MEDIA_DTMF)
			cc_voice_digit(e, c, ev->digit);
		else if (ev->kind == CC_MEDIA_QUIET)
			cc_voice_end(e, c, "SILENCE");
		else if (ev->kind == CC_MEDIA_RX_LOST)
			cc_call_end(e, c, EV_FAIL, "RTPTIMEOUT");
		else if (ev->kind == CC_MEDIA_TRUNCATED)
			cc_call_note(e, c, "RECORDINGGAP", NULL, NULL);
		return;
	}
	a = by_leg(e, ev->port);
	if (a)
		leg_media(e, a, ev);
}
