/* The lists of the telephone's directories that say more than their rows: how
 * the lines are, and what becomes of a number. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/phone.h"
#include "cgi/store_phone.h"
#include "cgi/util.h"

/* ---- lines --------------------------------------------------------------- */

#define CHECK_MS 20000 /* a check is over: OPTIONS twice, REGISTER */

struct states {
	struct ctx *ctx;
	uint64_t line, since; /* which is being asked, from when on */
	bool waiting;
	unsigned count;
};

static int show_state(void *arg, const struct trunk_state *s)
{
	struct states *l = arg;
	struct node *at = view_at(l->ctx->page, "Trunks.%u", l->count++);
	const bool asked = l->line == s->id && s->enabled &&
			   s->asked_ms < (int64_t)l->since &&
			   l->ctx->now_ms - (int64_t)l->since < CHECK_MS;
	char key[48], text[32];

	view_set_int(at, "Id", s->id);
	view_set(at, "Name", s->name);
	snprintf(key, sizeof(key), "TrunkState.%s",
		 asked         ? "asked"
		 : !s->enabled ? "off"
		 : *s->state   ? s->state
			       : "silent");
	view_set(at, "State", app_text(l->ctx, key));
	if (!asked && s->enabled) {
		view_set(at, "Up", !strcmp(s->state, "up") ? "1" : "0");
		if (strcmp(s->state, "up") != 0 && s->status) {
			snprintf(text, sizeof(text), "%d ", s->status);
			view_set(at, "Status", text);
			view_set(at, "Reason", s->reason);
		}
		app_clock(s->asked_ms, text, sizeof(text));
		view_set(at, "Asked", text);
		view_set(at, "Can.Check", "1");
	}
	app_time(s->called_ms, text, sizeof(text));
	view_set(at, "Called", text);
	view_set(at, "Result", s->result);
	l->waiting |= asked;
	return 0;
}

static int show_trunks(struct ctx *ctx, const struct request *req)
{
	struct states l = { .ctx = ctx };
	char query[64];
	int err;

	/* nothing asked, or nonsense: nobody waits */
	if (param_u64(&req->query, "line", 1, UINT32_MAX, &l.line) ||
	    param_u64(&req->query, "asked", 1, INT64_MAX, &l.since))
		l.line = l.since = 0;
	err = store_trunk_states(ctx, show_state, &l);
	snprintf(query, sizeof(query), "line=%llu&asked=%llu",
		 (unsigned long long)l.line, (unsigned long long)l.since);
	if (l.waiting)
		view_set(ctx->page, "Checking", query);
	return err;
}

/* GET /admin/trunks  line, asked: which answer is waited for */
int page_trunks(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	int err = show_trunks(ctx, req);

	return err ? respond_errno(res, err) : page_rows(ctx, req, res);
}

/* POST /admin/trunks/{id}/check */
int page_trunk_check(struct ctx *ctx, const struct request *req,
		     struct response *res)
{
	uint64_t id;
	int err = app_arg_u64(ctx, "id", &id);

	(void)req;
	if (!err)
		err = id > UINT32_MAX ? ENOENT
				      : store_trunk_check(ctx, (uint32_t)id);
	return err ? respond_errno(res, err)
		   : respond_redirect(res, "/admin/trunks?line=%llu&asked=%lld",
				      (unsigned long long)id,
				      (long long)ctx->now_ms);
}

/* ---- dial plan (D19) ----------------------------------------------------- */

static const char *const roles[] = {
	"OPERATOR_L1",    "OPERATOR_L2", "INSURER_REP_L1", "INSURER_REP_L2",
	"INSURER_REP_L3", "CC_ADMIN",    "SUPERVISOR",
};

static void show_roles(struct ctx *ctx, const char *chosen)
{
	char key[48];

	for (unsigned i = 0; i < LEN(roles); i++) {
		struct node *at = view_at(ctx->page, "Try.Roles.%u", i);

		snprintf(key, sizeof(key), "Role.%s", roles[i]);
		view_set(at, "Code", roles[i]);
		view_set(at, "Name", app_text(ctx, key));
		if (!strcmp(roles[i], chosen))
			view_set(at, "Chosen", "1");
	}
}

/* GET /admin/dial */
int page_dial(struct ctx *ctx, const struct request *req, struct response *res)
{
	show_roles(ctx, roles[0]);
	return page_rows(ctx, req, res);
}

static void show_number(struct node *at, const char *name, const char *number)
{
	char text[PHONE_SHOWN_SIZE];
	char whole[PHONE_SIZE];

	if (phone_normalize(number, whole) || strcmp(whole, number) != 0) {
		view_set(at, name, number);
		return;
	}
	phone_show(number, text);
	view_set(at, name, text);
}

static int show_way(struct ctx *ctx, const struct dial_rows *plan,
		    const struct cc_dial_way *way, bool refused)
{
	struct node *at = view_at(ctx->page, "Way");
	char line[321] = "";
	int err = 0;

	show_number(at, "Plain", way->plain);
	if (way->rule < plan->plan.count)
		view_set(at, "Rule", plan->names[way->rule]);
	view_set(at, "Kind",
		 refused          ? "refused"
		 : way->emergency ? "emergency"
				  : "allowed");
	if (refused)
		return 0;
	view_set(at, "Number", way->number);
	show_number(at, "Presented", way->presented);
	err = store_trunk_name(ctx, way->trunk, line);
	view_set(at, "Line", line);
	return err == ENOENT ? 0 : err;
}

/* POST /admin/dial  number, role: what would become of a call */
int page_dial_try(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	const struct form_field *typed = form_find(&req->body, "number");
	struct dial_rows *plan;
	struct cc_dial_way way;
	char number[65] = "";
	size_t role = 0;
	int err, refused;

	if (typed)
		view_set(ctx->page, "Try.Number", typed->value);
	err = param_choice(&req->body, "role", roles, LEN(roles), &role);
	show_roles(ctx, roles[role]);
	if (!err)
		err = param_text(&req->body, "number", 1, 64, number,
				 sizeof(number));
	plan = err ? NULL : malloc(sizeof(*plan));
	if (err || !plan) {
		view_set(ctx->page, "Try.Error", app_text(ctx, "Try.Wrong"));
		page_rows(ctx, req, res);
		res->status = err ? 422 : 500;
		return 0;
	}
	err = store_dial_plan(ctx, plan);
	refused =
	    err ? 0
		: cc_dial_plan_way(&way, &plan->plan, number,
				   cc_dial_role(roles[role]), 0, NULL, NULL);
	if (!err && refused == EINVAL)
		view_set(ctx->page, "Try.Error", app_text(ctx, "Try.Wrong"));
	else if (!err)
		err = show_way(ctx, plan, &way, refused != 0);
	free(plan);
	if (err)
		return respond_errno(res, err);
	err = page_rows(ctx, req, res);
	if (refused == EINVAL)
		res->status = 422;
	return err;
}
