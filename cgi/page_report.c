/* «Показатели»: the figures of DOMAIN 9.1, each with its formula. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/phone.h"
#include "cgi/show.h"
#include "cgi/store_log.h"
#include "cgi/store_report.h"
#include "cgi/util.h"

#define MAX_DAYS 31
#define MAX_SL_S 600

/* ---- the question ------------------------------------------------------- */

struct ask {
	struct report_filter f;
	char from[11], to[11];
	uint64_t sl_s;
};

static int64_t days_of(const struct ask *a)
{
	struct date from, to;

	if (date_parse(a->from, &from) || date_parse(a->to, &to))
		return 0;
	return date_to_days(to) - date_to_days(from) + 1;
}

static bool bad(int err)
{
	return err && err != ENOENT;
}

/* Without dates: today. @return 0 or EINVAL */
static int read_ask(const struct ctx *ctx, const struct form *q, struct ask *a)
{
	struct date today = app_today(ctx);
	uint64_t queue = 0, user = 0;
	char text[40];

	snprintf(text, sizeof(text), "%04d-%02d-%02d", today.year, today.month,
		 today.day);
	copy_text(a->from, sizeof(a->from), text);
	copy_text(a->to, sizeof(a->to), text);
	a->sl_s = REPORT_SL_MS / 1000;
	a->f.now = ctx->now_ms;
	if (bad(param_date(q, "from", a->from)) ||
	    bad(param_date(q, "to", a->to)) ||
	    bad(param_u64(q, "queue", 1, UINT32_MAX, &queue)) ||
	    bad(param_u64(q, "user", 1, UINT32_MAX, &user)) ||
	    bad(param_u64(q, "t", 1, MAX_SL_S, &a->sl_s)))
		return EINVAL;
	a->f.queue = (uint32_t)queue;
	a->f.user = (uint32_t)user;
	a->f.from = app_midnight(a->from, 0);
	a->f.to = app_midnight(a->to, 1);
	return days_of(a) < 1 || days_of(a) > MAX_DAYS ? EINVAL : 0;
}

static char *ask_text(const struct ask *a)
{
	json_t *o =
	    json_pack("{s:s, s:s, s:I, s:I, s:I}", "from", a->from, "to", a->to,
		      "queue", (json_int_t)a->f.queue, "user",
		      (json_int_t)a->f.user, "t", (json_int_t)a->sl_s);
	char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;

	json_decref(o);
	return text;
}

/* ---- the form ----------------------------------------------------------- */

struct choice {
	struct ctx *ctx;
	const char *list;
	uint32_t chosen;
	unsigned count;
};

static int show_choice_of(void *arg, uint32_t id, const char *name)
{
	struct choice *c = arg;
	struct node *at = view_at(c->ctx->page, "%s.%u", c->list, c->count++);

	view_set_int(at, "Id", id);
	view_set(at, "Name", name);
	if (id == c->chosen)
		view_set(at, "Chosen", "1");
	return 0;
}

static int show_form(struct ctx *ctx, enum auth_scope scope,
		     const struct ask *a)
{
	struct choice queues = { ctx, "Queues", a->f.queue, 0 };
	struct choice people = { ctx, "People", a->f.user, 0 };
	int err = 0;

	view_set(ctx->page, "Ask.From", a->from);
	view_set(ctx->page, "Ask.To", a->to);
	view_set_int(ctx->page, "Ask.T", (int64_t)a->sl_s);
	view_set(ctx->page, "Ask.Own", scope == SCOPE_MINE ? "1" : "");
	if (scope != SCOPE_MINE)
		err = store_report_queues(ctx->db, ctx->who, scope,
					  show_choice_of, &queues);
	if (!err && scope != SCOPE_MINE)
		err = store_report_people(ctx->db, ctx->who, scope,
					  show_choice_of, &people);
	return err;
}

/* ---- the figures -------------------------------------------------------- */

/* num / den in tenths, rounded half up, with the comma of the language. */
static void tenths(const struct ctx *ctx, int64_t num, int64_t den, char *out,
		   size_t size)
{
	int64_t t = (num * 20 / den + 1) / 2;

	snprintf(out, size, "%lld%s%lld", (long long)(t / 10),
		 strcmp(ctx->lang, "ru") ? "." : ",", (long long)(t % 10));
}

static void show_value(const struct ctx *ctx, const struct report_figure *v,
		       struct node *at)
{
	char value[48], num[24], den[24], sum[64];

	show_length(v->num, num, sizeof(num));
	show_length(v->den, den, sizeof(den));
	switch (v->unit) {
	case RU_COUNT:
		snprintf(value, sizeof(value), "%lld", (long long)v->num);
		view_set(at, "Value", value);
		return;
	case RU_TIME:
		view_set(at, "Value", num);
		return;
	case RU_SHARE:
	case RU_PERIODS:
		tenths(ctx, v->num * 100, v->den, value, sizeof(value) - 4);
		strcat(value, " %");
		break;
	case RU_MEAN:
		show_length(v->num / v->den, value, sizeof(value));
		break;
	case RU_PER_HOUR:
		tenths(ctx, v->num * 3600000, v->den, value, sizeof(value));
		break;
	}
	if (v->unit == RU_SHARE || v->unit == RU_PER_HOUR)
		snprintf(num, sizeof(num), "%lld", (long long)v->num);
	if (v->unit == RU_SHARE || v->unit == RU_MEAN)
		snprintf(den, sizeof(den), "%lld", (long long)v->den);
	snprintf(sum, sizeof(sum), "%s / %s", num, den);
	view_set(at, "Value", value);
	view_set(at, "Sum", sum);
}

static void show_figure(struct ctx *ctx, const struct report_figure *v,
			struct node *at)
{
	char key[64];

	snprintf(key, sizeof(key), "Report.Figure.%s.Name", v->name);
	view_set(at, "Name", app_text(ctx, key));
	snprintf(key, sizeof(key), "Report.Figure.%s.Formula", v->name);
	view_set(at, "Formula", app_text(ctx, key));
	view_set(at, "Code", v->name);
	if (v->known)
		show_value(ctx, v, at);
	else
		view_set(at, "Value", "—");
}

/* A group that the filter leaves without a meaning says what to choose. */
static void show_figures(struct ctx *ctx, const struct report *r, bool own)
{
	static const char *const names[REPORT_GROUPS] = {
		[RG_QUEUE] = "Queue",
		[RG_CALLS] = "Handling",
		[RG_WORK] = "Staff",
		[RG_APPEALS] = "Appeals",
	};
	char key[64];

	for (enum report_id id = 0; id < REPORT_FIGURES; id++) {
		struct report_figure v;
		struct node *at;

		report_figure(r, id, &v);
		if (v.refused && own)
			continue;
		at = view_at(ctx->page, "Groups.%d", (int)v.group);
		snprintf(key, sizeof(key), "Report.Group.%s", names[v.group]);
		view_set(at, "Name", app_text(ctx, key));
		if (v.refused)
			view_set(at, "Note",
				 app_text(ctx, r->no_queue ? "Report.NoUser"
							   : "Report.NoQueue"));
		else
			show_figure(ctx, &v, view_at(at, "Rows.%d", (int)id));
		if (v.refused)
			continue;
		if (id == RF_GREETING_SHORT || id == RF_ABANDONED_SHORT)
			view_set(view_at(at, "Rows.%d", (int)id), "Part", "1");
	}
}

/* The times of the citizens. What is printed sums to the second: each line
 * is the difference of two rounded running totals. */
static void show_states(struct ctx *ctx, const struct report *r)
{
	int64_t sum = 0;
	unsigned n = 0;
	char text[64];

	for (size_t s = 0; s < REPORT_STATES; s++) {
		int64_t before = (sum + 500) / 1000, after;
		struct node *at;

		sum += r->spent[s];
		after = (sum + 500) / 1000;
		if (!r->spent[s])
			continue;
		at = view_at(ctx->page, "States.%u", n++);
		snprintf(text, sizeof(text), "Report.State.%s",
			 report_state_name((enum report_state)s));
		view_set(at, "Name", app_text(ctx, text));
		show_length((after - before) * 1000, text, sizeof(text));
		view_set(at, "Time", text);
		tenths(ctx, r->spent[s] * 100, r->ended_ms ? r->ended_ms : 1,
		       text, sizeof(text));
		view_set(at, "Share", text);
	}
	show_length(sum, text, sizeof(text));
	view_set(ctx->page, "Total.Sum", text);
	show_length(r->ended_ms, text, sizeof(text));
	view_set(ctx->page, "Total.Calls", text);
	view_set_int(ctx->page, "Total.Count", r->ended);
	if (sum != r->ended_ms)
		view_set(ctx->page, "Total.Differ", "1");
}

/* GET /report  from, to: dates; queue, user: ids; t: seconds; all optional */
int page_report(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	enum auth_scope scope = auth_grant(ctx->who, AUTH_REPORT).scope;
	struct access entry = { .action = "VIEW", .object_type = "report" };
	struct report r = { .sl_ms = 0 };
	struct ask a = { .sl_s = 0 };
	char *params;
	int err = read_ask(ctx, &req->query, &a);
	bool unread = err != 0;

	err = show_form(ctx, scope, &a);
	if (unread)
		view_set(ctx->page, "Ask.Error", app_text(ctx, "Report.Bad"));
	if (err || unread)
		return err ? respond_errno(res, err) : respond_page(res, 422);
	params = ask_text(&a);
	entry.params = params;
	err = store_access(ctx, &entry);
	free(params);
	r.sl_ms = (int64_t)a.sl_s * 1000;
	if (!err)
		err = store_report(ctx->db, ctx->who, scope, &a.f, &r);
	if (err == EACCES)
		err = store_denied(ctx, EACCES, "report", "");
	if (err)
		return respond_errno(res, err);
	show_figures(ctx, &r, scope == SCOPE_MINE);
	show_states(ctx, &r);
	return respond_page(res, 200);
}

/* ---- what was not dialled ----------------------------------------------- */

struct refused_list {
	struct ctx *ctx;
	unsigned rows;
	uint64_t dials;
	bool masked;
};

static int show_refused(void *arg, const struct refused_dial *d)
{
	struct refused_list *l = arg;
	char text[64], number[PHONE_SIZE];
	struct node *at;

	if (show_cut(l->ctx, "Refused", l->rows, REFUSED_DIALS))
		return 0;
	at = view_at(l->ctx->page, "Rows.%u", l->rows++);
	l->dials = d->all;
	app_time(d->at, text, sizeof(text));
	view_set(at, "At", text);
	view_set(at, "Who", d->who);
	if (l->masked)
		view_set(at, "Number", "•••");
	else if (phone_normalize(d->number, number))
		view_set(at, "Number", d->number);
	else {
		phone_show(number, text);
		view_set(at, "Number", text);
	}
	view_set(
	    at, "Why",
	    app_text(l->ctx, d->limit ? "Refused.Limit" : "Refused.Forbidden"));
	if (d->more)
		view_set_int(at, "More", d->more);
	return 0;
}

/* GET /report/refused  Numbers for those who may read a citizen's. */
int page_refused(struct ctx *ctx, const struct request *req,
		 struct response *res)
{
	enum auth_scope scope = auth_grant(ctx->who, AUTH_REPORT).scope;
	struct auth_grant numbers = auth_grant(ctx->who, AUTH_APPEAL_VIEW);
	struct access entry = { .action = "LIST", .object_type = "refused" };
	struct refused_list l = { .ctx = ctx,
				  .masked = numbers.masked ||
					    numbers.scope < SCOPE_MINE };
	int err = store_access(ctx, &entry);

	(void)req;
	if (!err)
		err = store_report_refused(ctx->db, ctx->who, scope,
					   (int64_t)time(NULL) * 1000,
					   show_refused, &l);
	if (err)
		return respond_errno(res, err);
	view_set_int(ctx->page, "Dials", l.dials);
	return respond_page(res, 200);
}
