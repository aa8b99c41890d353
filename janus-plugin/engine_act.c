/* What a supervisor does to a call or an operator: each with a reason, kept
 * as evidence, told to whom it concerns (K-4.0.12). */
#include <stdio.h>
#include <string.h>

#include "janus-plugin/engine_int.h"

static bool admin(const struct cc_agent *who)
{
	return (who->duties & DUTY_ADMIN) && who->fund;
}

/* DOMAIN section 7, «release a stuck call or operator»: own organization. */
bool cc_may_act_agent(const struct cc_agent *who, const struct cc_agent *a)
{
	return admin(who) ||
	       ((who->duties & DUTY_SUPERVISOR) && a->org_id == who->org_id);
}

bool cc_may_act_call(const struct cc_engine *e, const struct cc_agent *who,
		     const struct cc_call *c)
{
	const struct cc_agent *a;

	if (admin(who))
		return true;
	if (!(who->duties & DUTY_SUPERVISOR))
		return false;
	if (c->queue)
		return cc_sees_queue(who, c->queue);
	a = cc_call_behind(e, c);
	return a && a->org_id == who->org_id;
}

struct act {
	const char *name;
	struct cc_call *call;
	struct cc_agent *agent;
	struct cc_queue *queue;
};

/* Refusals are kept, too. */
static void keep(struct cc_engine *e, const struct cc_agent *who,
		 const struct act *act, const struct cc_request *req,
		 const char *code)
{
	char id[CC_UUID_SIZE];
	json_t *row;

	e->p.uuid(e->p.arg, e->epoch, id);
	row =
	    json_pack("{s:s, s:s, s:I, s:i, s:s, s:s, s:s}", "t",
		      "supervisor_action", "id", id, "at", (json_int_t)e->epoch,
		      "user_id", (int)who->id, "action", act->name, "reason",
		      req->reason, "result", code ? code : "OK");
	if (req->call[0])
		json_object_set_new(row, "call_id", json_string(req->call));
	if (act->agent)
		json_object_set_new(row, "target_user",
				    json_integer(act->agent->id));
	if (act->queue)
		json_object_set_new(row, "queue_id",
				    json_integer(act->queue->id));
	e->p.post(e->p.arg, row);
}

static void tell(struct cc_engine *e, const struct cc_agent *a,
		 const char *what, const struct cc_request *req)
{
	char text[sizeof(req->reason) + 2 * CC_NAME_SIZE + 80];

	if (!a)
		return;
	snprintf(text, sizeof(text), "%s: %s", what, req->reason);
	cc_say(e, a, "SUPERVISOR", text);
}

/* It may ring at several: each learns why it stopped. spare: and is left alone
 * with it for a while. */
static void tell_ringing(struct cc_engine *e, struct act *act, const char *what,
			 const struct cc_request *req, bool spare)
{
	struct cc_call *c = act->call;
	struct cc_agent *a;

	TAILQ_FOREACH(a, &e->agents, link) {
		if (a->call != c || a->part != ROLE_OFFERED)
			continue;
		tell(e, a, what, req);
		if (spare)
			cc_call_spare(e, c, a);
	}
	act->agent = c->rings == 1 ? c->offered : NULL;
}

static void note(struct cc_engine *e, const struct cc_agent *who,
		 const struct act *act)
{
	json_t *data = json_pack("{s:s}", "action", act->name);

	if (act->queue)
		json_object_set_new(data, "queue",
				    json_integer(act->queue->id));
	cc_call_note(e, act->call, "SUPERVISOR", who, data);
}

static bool helped(const struct cc_call *c)
{
	return c->emergency.state == EMERGENCY_DIAL ||
	       c->emergency.state == EMERGENCY_TALK;
}

/* «Снять вызов», the citizen goes to the head of his queue. */
static const char *take_off(struct cc_engine *e, const struct cc_agent *who,
			    struct act *act, const struct cc_request *req)
{
	struct cc_call *c = act->call;
	struct cc_agent *a = c->owner;

	if (!c->queue || c->direction != CALL_IN || helped(c))
		return CC_STATE;
	if (c->state == CALL_RING) {
		note(e, who, act);
		tell_ringing(e, act, "Старший смены снял вызов", req, true);
		c->avoid = act->agent ? act->agent->id : 0;
		cc_call_offer_gone(e, c, "RINGCANCELED", false);
		return NULL;
	}
	if (!cc_call_can(c->state, EV_REQUEUE))
		return CC_STATE;
	act->agent = a;
	note(e, who, act);
	tell(e, a, "Старший смены снял вызов", req);
	if (a)
		cc_call_spare(e, c, a);
	if (c->target)
		cc_call_spare(e, c, c->target);
	if (c->xfer == XFER_ALONE) { /* the requeue comes with it */
		cc_xfer(e, c, XEV_TARGET_GONE, "SUPERVISOR");
		return NULL;
	}
	if (c->xfer != XFER_NONE)
		cc_xfer(e, c, XEV_BACK, "SUPERVISOR");
	a = c->owner;
	c->avoid = a ? a->id : 0;
	c->owner = NULL;
	cc_call_requeue(e, c, "SUPERVISOR");
	if (a)
		cc_release(e, a, true);
	return NULL;
}

/* «Снять вызов» for good: the citizen is cut off; without an answer so far
 * he is called back (T4). Never while 112 is in it. */
static const char *cut_off(struct cc_engine *e, const struct cc_agent *who,
			   struct act *act, const struct cc_request *req)
{
	struct cc_call *c = act->call;

	if (helped(c))
		return CC_STATE;
	note(e, who, act);
	tell_ringing(e, act, "Старший смены завершил вызов", req, false);
	if (c->owner) {
		act->agent = c->owner;
		tell(e, c->owner, "Старший смены завершил вызов", req);
	}
	cc_call_end(e, c, EV_FAIL, "SUPERVISOR");
	return NULL;
}

/* «В другую очередь»: he keeps the time he has waited. */
static const char *move(struct cc_engine *e, const struct cc_agent *who,
			struct act *act, const struct cc_request *req)
{
	struct cc_queue *q = cc_find_queue(e, req->queue);
	struct cc_call *c = act->call;

	act->queue = q;
	if (!q || !q->present || !cc_sees_queue(who, q))
		return CC_FORBIDDEN;
	if (q == c->queue || (c->state != CALL_RING && !c->place.waiting))
		return CC_STATE;
	if (!q->member_count || !cc_queue_takes(e, q))
		return CC_QUEUE_CLOSED;
	note(e, who, act);
	if (c->state == CALL_RING) {
		tell_ringing(e, act, "Вызов переведён в другую очередь", req,
			     false);
		cc_call_offer_gone(e, c, "RINGCANCELED", false);
		if (c->state != CALL_QUEUE)
			return NULL; /* his longest stay was over */
	}
	cc_line_leave(&c->queue->line, &c->place);
	cc_call_spare_end(e, c);
	cc_call_do(e, c, EV_TO_QUEUE, who,
		   json_pack("{s:i}", "queue", (int)q->id));
	cc_queue_enter(e, c, q);
	return NULL;
}

/* «Перевести на перерыв»; in a talk the break comes after it. */
static const char *rest(struct cc_engine *e, const struct act *act,
			const struct cc_request *req)
{
	struct cc_agent *a = act->agent;

	if (a->facts.ringing && a->part == ROLE_OFFERED) {
		a->call->avoid = a->id;
		cc_offer_drop(e, a, "RINGCANCELED", false);
	}
	if (a->facts.on_break ||
	    !cc_agent_can(cc_agent_state(&a->facts), AEV_BREAK))
		return CC_STATE;
	cc_copy(a->reason, sizeof(a->reason), "SUPERVISOR");
	cc_agent_event(e, a, AEV_BREAK, 0);
	e->shift.changed = true;
	tell(e, a, "Старший смены перевёл вас на перерыв", req);
	return NULL;
}

/* «В другую очередь» of an operator: until the region's midnight he serves
 * that one alone; queue 0: his own again. */
static const char *assign(struct cc_engine *e, const struct cc_agent *who,
			  struct act *act, const struct cc_request *req)
{
	struct cc_queue *q = cc_find_queue(e, req->queue);
	struct cc_agent *a = act->agent;
	char text[2 * CC_NAME_SIZE + 60];

	act->queue = q;
	if (req->queue && (!q || !q->present || !cc_sees_queue(who, q)))
		return CC_FORBIDDEN;
	if (q && !q->open)
		return CC_QUEUE_CLOSED;
	if (!a->phone || q == cc_moved_to(e, a))
		return CC_STATE;
	a->moved = req->queue;
	a->moved_at = e->epoch;
	a->moved_here = true;
	snprintf(text, sizeof(text),
		 q ? "Старший смены перевёл вас на сегодня в очередь «%s»"
		   : "Старший смены вернул вас в ваши очереди",
		 q ? q->name : "");
	tell(e, a, text, req);
	cc_members_changed(e);
	return NULL;
}

static const char *on_agent(struct cc_engine *e, const struct cc_agent *who,
			    struct act *act, const struct cc_request *req)
{
	act->agent = cc_find_agent(e, req->user);
	if (!act->agent || !cc_may_act_agent(who, act->agent))
		return CC_FORBIDDEN;
	return req->kind == REQ_REST ? rest(e, act, req)
				     : assign(e, who, act, req);
}

static const char *on_call(struct cc_engine *e, const struct cc_agent *who,
			   struct act *act, const struct cc_request *req)
{
	act->call = cc_find_call(e, req->call);
	if (!act->call)
		return CC_GEN;
	if (!cc_may_act_call(e, who, act->call))
		return CC_FORBIDDEN;
	if (act->call->callback) /* no call: it ends by being taken */
		return CC_STATE;
	if (req->kind == REQ_MOVE)
		return move(e, who, act, req);
	return req->end ? cut_off(e, who, act, req)
			: take_off(e, who, act, req);
}

const char *cc_act(struct cc_engine *e, const struct cc_agent *who,
		   const struct cc_request *req)
{
	struct act act = { .name = req->kind == REQ_MOVE     ? "MOVE"
				   : req->kind == REQ_REST   ? "BREAK"
				   : req->kind == REQ_ASSIGN ? "ASSIGN"
				   : req->end                ? "END"
							     : "REQUEUE" };
	const char *code;

	if (!(who->duties & (DUTY_SUPERVISOR | DUTY_ADMIN)))
		return CC_FORBIDDEN;
	if (req->kind == REQ_REST || req->kind == REQ_ASSIGN)
		code = on_agent(e, who, &act, req);
	else
		code = on_call(e, who, &act, req);
	keep(e, who, &act, req, code);
	return code;
}
