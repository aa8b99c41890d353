/* The workspace: the journal in #page, the rest in the layout. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgi/app.h"
#include "cgi/appeal_cycle.h"
#include "cgi/deadline.h"
#include "cgi/journal_filter.h"
#include "cgi/pages.h"
#include "cgi/phone.h"
#include "cgi/show.h"
#include "cgi/store_appeal.h"
#include "cgi/store_call.h"
#include "cgi/store_log.h"
#include "cgi/store_place.h"
#include "cgi/store_take.h"
#include "cgi/util.h"
#include "cgi/workday.h"

/* ---- the rows ----------------------------------------------------------- */

struct list {
	struct ctx *ctx;
	struct auth_grant grant;
	struct date today;
	uint64_t ids[JOURNAL_PAGE];
	unsigned recordings[JOURNAL_PAGE];
	size_t count;
	bool more;
	bool unassigned; /* the tab, and he may take from it */
	bool waiting;    /* the tab of those to be called back */
	struct workday_exception off[60];
	size_t n_off;
	unsigned loose;
	int64_t last_ms;
};

/* Longer than a working day (K-6.2.5). */
static bool waits_long(const struct list *l, const struct journal_row *r)
{
	struct date last = workday_next(app_day(r->key_ms), l->off, l->n_off);

	return date_to_days(last) < date_to_days(l->today);
}

static void set_mark(struct list *l, struct node *at,
		     const struct journal_row *r)
{
	struct date due;

	if (!appeal_active(r->status))
		return;
	if (!date_parse(r->due, &due) && deadline_overdue(due, l->today)) {
		view_set(at, "Status.Row", "row-overdue");
		view_set(at, "Status.Badge", "text-bg-danger");
		view_set(at, "Status.Mark",
			 app_text(l->ctx, "Journal.Overdue"));
	} else if (l->waiting && waits_long(l, r)) {
		view_set(at, "Status.Row", "row-overdue");
		view_set(at, "Status.Badge", "text-bg-danger");
		view_set(at, "Status.Mark",
			 app_text(l->ctx, "Journal.WaitsLong"));
	} else if (!r->result) {
		view_set(at, "Status.Row", "row-no-result");
		view_set(at, "Status.Badge", "text-bg-warning");
		view_set(at, "Status.Mark",
			 app_text(l->ctx, "Journal.NoResult"));
	}
}

static void set_person(struct list *l, struct node *at,
		       const struct journal_row *r)
{
	char name[APPEAL_NAME * 3 + 3], shown[PHONE_SHOWN_SIZE];
	bool masked = l->grant.masked;

	if (!*r->surname && !*r->given_name)
		copy_text(name, sizeof(name),
			  app_text(l->ctx, "Journal.Anonymous"));
	else if (masked)
		show_initials(r->surname, r->given_name, r->patronymic, name,
			      sizeof(name));
	else
		snprintf(name, sizeof(name), "%s %s %s", r->surname,
			 r->given_name, r->patronymic);
	view_set(at, "Fio", name);
	if (*r->phone) {
		if (masked)
			phone_mask(r->phone, shown);
		else
			phone_show(r->phone, shown);
		view_set(at, "Phone", shown);
		view_set(at, "Phone.Dial", masked ? "" : r->phone);
	}
}

/* A row has ten names at most, the rest stand below them: a node with more is
 * given a hash table, which costs a page more than its look-ups save. */
static int show_row(void *arg, const struct journal_row *r)
{
	struct list *l = arg;
	struct node *at;
	char text[64];

	if (l->count == JOURNAL_PAGE) {
		l->more = true;
		return 0;
	}
	at = view_at(l->ctx->page, "Rows.%zu", l->count);
	l->ids[l->count++] = r->id;
	l->last_ms = r->key_ms;
	view_set_int(at, "Id", (int64_t)r->id);
	view_set(at, "Number",
		 *r->number ? r->number : app_text(l->ctx, "Journal.Draft"));
	set_person(l, at, r);
	app_time(r->at_ms, text, sizeof(text));
	view_set(at, "Date", text);
	view_set_int(at, "Date.Ms", r->key_ms);
	view_set(at, "Type", show_choice(l->ctx, "Types", r->type));
	view_set(at, "Type.Theme", r->theme);
	if (!*r->type && strcmp(r->origin, "CARD") != 0) {
		snprintf(text, sizeof(text), "Origin.%s", r->origin);
		view_set(at, "Type", app_text_or(l->ctx, text, ""));
	}
	if (l->unassigned)
		view_set(at, "Take", "1");
	view_set(
	    at, "Status",
	    show_choice(l->ctx, "Statuses", appeal_status_code(r->status)));
	show_date(r->due, text, sizeof(text));
	view_set(at, "Due", text);
	view_set(at, "Assignee", r->assignee);
	set_mark(l, at, r);
	if ((r->assignee_id == l->ctx->who->id &&
	     (r->status == APPEAL_IN_PROGRESS ||
	      r->status == APPEAL_DEFERRED)) ||
	    r->status == APPEAL_DRAFT)
		view_set(at, "May", "edit");
	return 0;
}

static int show_recording(void *arg, const struct recording *r)
{
	struct list *l = arg;

	if (!auth_recording(l->ctx->who, r->took_part, r->own_org))
		return 0;
	for (size_t i = 0; i < l->count; i++)
		if (l->ids[i] == r->appeal)
			show_recording_at(l->ctx,
					  view_at(l->ctx->page,
						  "Rows.%zu.Rec.%u", i,
						  l->recordings[i]++),
					  r);
	return 0;
}

static void show_pager(struct list *l, const struct buf *link,
		       const struct journal_filter *f)
{
	const char *rest = link->len ? link->data : "";
	struct buf to = { 0 };
	char after[48];

	if (f->after_ms) {
		view_set(l->ctx->page, "Pager.First",
			 link->len ? rest : "status=");
		snprintf(after, sizeof(after), "%lld-%llu",
			 (long long)f->after_ms,
			 (unsigned long long)f->after_id);
		view_set(l->ctx->page, "Pager.This", after);
	}
	if (l->more) {
		snprintf(after, sizeof(after), "%lld-%llu",
			 (long long)l->last_ms,
			 (unsigned long long)l->ids[l->count - 1]);
		buf_printf(&to, "%s%safter=%s", rest, link->len ? "&" : "",
			   after);
		view_set(l->ctx->page, "Pager.Next", to.data);
		view_set(l->ctx->page, "Pager.After", after);
	}
	buf_free(&to);
}

static int show_list(struct list *l, const struct journal_filter *f)
{
	struct ctx *ctx = l->ctx;
	char from[11];
	int err = 0;

	l->waiting = f->one_status && f->status == APPEAL_DEFERRED;
	if (l->waiting || f->oldest)
		view_set(ctx->page, "Oldest", "1");
	if (l->waiting) {
		view_set(ctx->page, "Waiting", "1");
		journal_day(l->today, -60, from);
		err = store_calendar(ctx->db, from, l->off, LEN(l->off),
				     &l->n_off);
	}
	if (!err)
		err = store_journal(ctx->db, ctx->who, f, show_row, l);
	if (!err)
		err = store_recordings(ctx->db, ctx->who, l->ids, l->count,
				       show_recording, l);
	return err;
}

static int show_loose(void *arg, const struct loose *m)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Loose.%u", l->loose++);
	char text[64];

	view_set(at, "Id", m->call);
	app_time(m->at_ms, text, sizeof(text));
	view_set(at, "Date", text);
	if (*m->rec.id)
		show_recording_at(l->ctx, view_at(at, "Rec.0"), &m->rec);
	return 0;
}

/* M28: whoever was first, by name. */
static int show_late(struct ctx *ctx, const struct form *q)
{
	const struct form_field *f = form_find(q, "late");
	char name[128] = "", text[200], *end;
	int err = 0;

	if (!f || !f->len)
		return 0;
	if (f->len == 36)
		err = store_loose_taker(ctx->db, ctx->who->org_id, f->value,
					name, sizeof(name));
	else
		err =
		    store_taker(ctx->db, ctx->who, strtoull(f->value, &end, 10),
				name, sizeof(name));
	if (err || !*name)
		return err;
	snprintf(text, sizeof(text), "%s: %s", app_text(ctx, "Msg.M28"), name);
	view_set(ctx->page, "Late", text);
	return 0;
}

/* «Архив»: its results to choose from, also those no longer offered. */
static void show_archive(struct ctx *ctx)
{
	view_set(ctx->page, "Tab.Active", "1");
	view_set(ctx->page, "Tab.Archive", "1");
	for (unsigned i = 0; i < APPEAL_RESULTS; i++) {
		struct node *at = view_at(ctx->page, "Results.%u", i);

		view_set(at, "Code", appeal_results[i].code);
		view_set(at, "Name", show_result(ctx, appeal_results[i].code));
	}
}

/* The tabs of K-4.0.7 with their counters. */
static int show_tabs(struct list *l, const struct form *q)
{
	static const char *const codes[JOURNAL_TABS] = {
		[TAB_MINE] = "MINE",         [TAB_DEFERRED] = "DEFERRED",
		[TAB_RETURNED] = "RETURNED", [TAB_SOON] = "SOON",
		[TAB_OVERDUE] = "OVERDUE",
	};
	const struct form_field *s = form_find(q, "status");
	uint64_t counts[JOURNAL_TABS];
	char today[11], soon[11], text[40];
	unsigned shown = 0;
	int err;

	if (s && !strcmp(s->value, "CLOSED"))
		show_archive(l->ctx);
	journal_day(l->today, 0, today);
	journal_day(l->today, JOURNAL_SOON_DAYS, soon);
	err =
	    store_journal_counts(l->ctx->db, l->ctx->who, today, soon, counts);
	for (unsigned t = 0; !err && t < JOURNAL_TABS; t++) {
		struct node *at;

		if (t == TAB_MINE && !auth_may(l->ctx->who, AUTH_APPEAL_EDIT))
			continue;
		at = view_at(l->ctx->page, "Tabs.%u", shown++);
		view_set(at, "Code", codes[t]);
		snprintf(text, sizeof(text), "status=%s", codes[t]);
		view_set(at, "Query", text);
		snprintf(text, sizeof(text), "Journal.Tab_%s", codes[t]);
		view_set(at, "Name", app_text(l->ctx, text));
		view_set_int(at, "Count", (int64_t)counts[t]);
		if (s && !strcmp(s->value, codes[t])) {
			view_set(at, "Active", "1");
			view_set(l->ctx->page, "Tab.Active", "1");
		}
	}
	return err;
}

/* «Не распределено» with its counter, for the level that owns the queue. */
static int show_tab(struct list *l, const struct journal_filter *f,
		    const struct form *q)
{
	struct ctx *ctx = l->ctx;
	uint64_t n = 0, loose = 0;
	int err;

	if (!auth_may(ctx->who, AUTH_APPEAL_TAKE))
		return 0;
	err = store_take_count(ctx->db, ctx->who, &n);
	view_set(ctx->page, "Tab.May", "1");
	view_set_int(view_at(ctx->page, "Tab"), "Count", (int64_t)n);
	l->unassigned = f->unassigned;
	if (!err && f->unassigned) {
		view_set(ctx->page, "Tab.Unassigned", "1");
		err = show_late(ctx, q);
	}
	if (!err && f->unassigned && !f->after_ms)
		err = store_loose(ctx->db, ctx->who->org_id, show_loose, l,
				  &loose);
	if (loose > LOOSE_MAX) {
		view_set_int(ctx->page, "LooseFirst", LOOSE_MAX);
		view_set_int(ctx->page, "LooseTotal", (int64_t)loose);
	}
	return err;
}

/* GET / with what may stand in an address, POST / with the whole filter. A
 * page that only keeps itself fresh says so: that is no new use of the journal. */
int page_journal(struct ctx *ctx, const struct request *req,
		 struct response *res)
{
	struct list l = { .ctx = ctx, .today = app_today(ctx) };
	struct journal_filter f = { .number = "" };
	struct access entry = { .action = "LIST", .object_type = "journal" };
	bool posted = req->method == HTTP_POST;
	const struct form *q = posted ? &req->body : &req->query;
	struct buf link = { 0 };
	json_t *log;
	char *params;
	int err;

	l.grant = auth_grant(ctx->who, AUTH_APPEAL_VIEW);
	if (l.grant.scope == SCOPE_NONE)
		return respond_page(res, 200);
	log = journal_filter_show(ctx, q, &link);
	if (posted)
		view_set(ctx->page, "Filter.Posted", "1");
	if (journal_filter_personal(&req->query) ||
	    journal_filter_read(q, l.today, &f)) {
		view_set(ctx->page, "Filter.Error",
			 app_text(ctx, "Filter.Bad"));
		json_decref(log);
		buf_free(&link);
		return respond_page(res, 422);
	}
	params = json_dumps(log, JSON_COMPACT);
	entry.params = params;
	err = req->refresh ? store_access_fresh(ctx, &entry)
			   : store_access(ctx, &entry);
	if (!err)
		err = show_tab(&l, &f, q);
	if (!err)
		err = show_tabs(&l, q);
	if (!err)
		err = journal_saved_show(ctx, link.len ? link.data : "");
	if (!err)
		err = show_list(&l, &f);
	if (err == EACCES)
		err = store_denied(ctx, EACCES, "journal", "");
	if (err == ETIMEDOUT || err == EINVAL) {
		view_set(ctx->page, "Filter.Error",
			 app_text(ctx, err == EINVAL ? "Filter.NoWord"
						     : "Filter.TooMany"));
		err = 0;
	} else if (!err) {
		show_pager(&l, &link, &f);
	}
	free(params);
	json_decref(log);
	buf_free(&link);
	return err ? respond_errno(res, err) : respond_page(res, 200);
}
