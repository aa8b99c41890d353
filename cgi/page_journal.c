/* The workspace: the journal in #page, the rest in the layout. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgi/app.h"
#include "cgi/deadline.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/phone.h"
#include "cgi/show.h"
#include "cgi/store_appeal.h"
#include "cgi/store_call.h"
#include "cgi/store_log.h"
#include "cgi/store_place.h"
#include "cgi/store_take.h"
#include "cgi/util.h"
#include "cgi/workday.h"

/* ---- the filter --------------------------------------------------------- */

/* Midnight of the region's day, in ms; days later than it. */
static int64_t day_ms(const char *date, int days)
{
	struct date d;
	struct tm tm = { .tm_isdst = -1 };

	if (date_parse(date, &d))
		return 0;
	tm.tm_year = d.year - 1900;
	tm.tm_mon = d.month - 1;
	tm.tm_mday = d.day + days;
	return (int64_t)mktime(&tm) * 1000;
}

/* "1732480000000-17" */
static int read_after(const struct form *q, struct journal_filter *f)
{
	const struct form_field *after = form_find(q, "after");
	char *end;

	if (!after || !after->len)
		return 0;
	f->after_ms = strtoll(after->value, &end, 10);
	if (*end != '-' || f->after_ms <= 0)
		return EINVAL;
	f->after_id = strtoull(end + 1, &end, 10);
	return *end ? EINVAL : 0;
}

static int bad(int err)
{
	return err && err != ENOENT;
}

#define SOON_DAYS 3

static void put_day(struct date d, int days, char out[11])
{
	date_text(date_of_days(date_to_days(d) + days), out);
}

/* One of the tabs that are no status. @return whether it was */
static bool read_tab(const char *value, struct date today,
		     struct journal_filter *f)
{
	if (!strcmp(value, "MINE")) {
		f->mine = true;
	} else if (!strcmp(value, "RETURNED")) {
		f->returned = true;
	} else if (!strcmp(value, "SOON")) {
		put_day(today, 0, f->due_from);
		put_day(today, SOON_DAYS, f->due_to);
	} else if (!strcmp(value, "OVERDUE")) {
		copy_text(f->due_from, sizeof(f->due_from), "1900-01-01");
		put_day(today, -1, f->due_to);
	} else {
		return false;
	}
	return true;
}

static int read_status(const struct form *q, struct date today,
		       struct journal_filter *f)
{
	const struct form_field *s = form_find(q, "status");

	if (!s || !s->len || read_tab(s->value, today, f))
		return 0;
	if (!strcmp(s->value, "ALL")) {
		f->all = true;
		return 0;
	}
	if (!strcmp(s->value, "UNASSIGNED")) {
		f->unassigned = true;
		return 0;
	}
	f->status = appeal_status_of(s->value);
	f->one_status = true;
	return f->status == APPEAL_STATUS_COUNT ? EINVAL : 0;
}

/* As typed, for a number in the database's form: whole, or its end. */
static int read_phone(const struct form *q, struct journal_filter *f)
{
	char typed[81];
	size_t n = 0;

	if (param_text(q, "phone", 0, 20, typed, sizeof(typed)))
		return EINVAL;
	if (!*typed || !phone_normalize(typed, f->phone))
		return 0;
	for (const char *p = typed; *p; p++)
		if (*p >= '0' && *p <= '9')
			f->phone[n++] = *p;
	f->phone[n] = '\0';
	return n ? 0 : EINVAL;
}

/* «Фамилия Имя»: the first word, and what follows. */
static int read_name(const struct form *q, struct journal_filter *f)
{
	char typed[481], *space;

	if (param_text(q, "name", 0, 80, typed, sizeof(typed)))
		return EINVAL;
	space = strchr(typed, ' ');
	if (space) {
		*space++ = '\0';
		copy_text(f->given, sizeof(f->given),
			  space + strspn(space, " "));
		f->given[strcspn(f->given, " ")] = '\0';
	}
	return copy_text(f->surname, sizeof(f->surname), typed) ? 0 : EINVAL;
}

static int read_filter(const struct form *q, struct date today,
		       struct journal_filter *f)
{
	char from[11] = "", to[11] = "";
	size_t type = APPEAL_TYPES;
	int err;

	err = param_text(q, "number", 0, 16, f->number, sizeof(f->number)) ||
	      read_name(q, f) ||
	      bad(param_choice(q, "type", appeal_types, APPEAL_TYPES, &type)) ||
	      read_status(q, today, f) || read_phone(q, f) ||
	      bad(param_date(q, "from", from)) ||
	      bad(param_date(q, "to", to)) || read_after(q, f);
	if (type < APPEAL_TYPES)
		copy_text(f->type, sizeof(f->type), appeal_types[type]);
	if (*from)
		f->from_ms = day_ms(from, 0);
	if (*to)
		f->to_ms = day_ms(to, 1);
	return err ? EINVAL : 0;
}

static const struct filter_field {
	const char *name, *shown;
	bool personal; /* not for an address: it ends in logs and histories */
} filter_fields[] = {
	{ "number", "Number", false }, { "name", "Name", true },
	{ "type", "Type", false },     { "status", "Status", false },
	{ "phone", "Phone", true },    { "from", "From", false },
	{ "to", "To", false },
};

static void escape(struct buf *out, const char *text)
{
	struct buf part = { 0 };

	http_escape_path(&part, text); /* leaves '/' alone: right in a query */
	if (part.len)
		buf_add(out, part.data, part.len);
	buf_free(&part);
}

/* What was asked for goes back into the form, into the links and the log. */
static json_t *show_filter(struct ctx *ctx, const struct form *q,
			   struct buf *link)
{
	struct node *at = view_at(ctx->page, "Filter");
	json_t *log = json_object();
	unsigned count = 0;

	for (size_t i = 0; i < LEN(filter_fields); i++) {
		const struct filter_field *field = &filter_fields[i];
		const struct form_field *f = form_find(q, field->name);

		if (!f || !f->len)
			continue;
		view_set(at, field->shown, f->value);
		view_set(view_at(at, "Used.%u", count), "Name", field->name);
		view_set(view_at(at, "Used.%u", count++), "Value", f->value);
		json_object_set_new(log, field->name, json_string(f->value));
		if (field->personal) {
			view_set(at, "Personal", "1");
			continue;
		}
		buf_printf(link, "%s%s=", link->len ? "&" : "", field->name);
		escape(link, f->value);
	}
	return log;
}

static bool personal_in(const struct form *query)
{
	for (size_t i = 0; i < LEN(filter_fields); i++)
		if (filter_fields[i].personal &&
		    form_find(query, filter_fields[i].name))
			return true;
	return false;
}

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
		view_set(at, "Class", "row-overdue");
		view_set(at, "MarkClass", "text-bg-danger");
		view_set(at, "Mark", app_text(l->ctx, "Journal.Overdue"));
	} else if (l->waiting && waits_long(l, r)) {
		view_set(at, "Class", "row-overdue");
		view_set(at, "MarkClass", "text-bg-danger");
		view_set(at, "Mark", app_text(l->ctx, "Journal.WaitsLong"));
	} else if (!r->result) {
		view_set(at, "Class", "row-no-result");
		view_set(at, "MarkClass", "text-bg-warning");
		view_set(at, "Mark", app_text(l->ctx, "Journal.NoResult"));
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
		view_set(at, "Dial", masked ? "" : r->phone);
	}
}

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
	view_set(at, "Type", show_choice(l->ctx, "Types", r->type));
	view_set(at, "Theme", r->theme);
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
	if (l->waiting) {
		put_day(l->today, -60, from);
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

	put_day(l->today, 0, today);
	put_day(l->today, SOON_DAYS, soon);
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
	log = show_filter(ctx, q, &link);
	if (posted)
		view_set(ctx->page, "Filter.Posted", "1");
	if (personal_in(&req->query) || read_filter(q, l.today, &f)) {
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
		err = show_list(&l, &f);
	if (err == EACCES)
		err = store_denied(ctx, EACCES, "journal", "");
	if (!err)
		show_pager(&l, &link, &f);
	free(params);
	json_decref(log);
	buf_free(&link);
	return err ? respond_errno(res, err) : respond_page(res, 200);
}
