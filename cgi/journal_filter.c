/* journal_filter.c - what the journal is asked for: fields of the form, of the
 * address, of a tab. */
#include "cgi/journal_filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/enp.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/phone.h"
#include "cgi/store_appeal.h"
#include "cgi/store_place.h"
#include "cgi/util.h"

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

/* "17,18,25": what a page asks for that has heard of changes */
static int read_only(const struct form *q, struct journal_filter *f)
{
	const struct form_field *only = form_find(q, "only");
	const char *p = only && only->len ? only->value : NULL;
	char *end;

	while (p) {
		if (*p < '0' || *p > '9' || f->n_only == LEN(f->only))
			return EINVAL;
		f->only[f->n_only++] = strtoull(p, &end, 10);
		if (*end && *end != ',')
			return EINVAL;
		p = *end ? end + 1 : NULL;
	}
	return 0;
}

static int bad(int err)
{
	return err && err != ENOENT;
}

void journal_day(struct date d, int days, char out[11])
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
		journal_day(today, 0, f->due_from);
		journal_day(today, JOURNAL_SOON_DAYS, f->due_to);
	} else if (!strcmp(value, "OVERDUE")) {
		copy_text(f->due_from, sizeof(f->due_from), "1900-01-01");
		journal_day(today, -1, f->due_to);
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

/* One of a list that ends with NULL; out is of f. */
static int read_choice(const struct form *q, const char *name,
		       const char *const *list, char *out)
{
	size_t n = 0, which = 0;
	int err;

	while (list[n])
		n++;
	err = param_choice(q, name, list, n, &which);
	if (!err)
		strcpy(out, list[which]);
	return bad(err);
}

static int read_id(const struct form *q, const char *name, uint32_t *out)
{
	uint64_t id = 0;
	int err = param_u64(q, name, 1, UINT32_MAX, &id);

	*out = (uint32_t)id;
	return bad(err);
}

static int read_enp(const struct form *q, struct journal_filter *f)
{
	char typed[97];
	size_t n = 0;

	if (param_text(q, "enp", 0, 24, typed, sizeof(typed)))
		return EINVAL;
	for (const char *p = typed; *p; p++)
		if (*p != ' ' && n < (ENP_SIZE - 1))
			f->enp[n++] = *p;
		else if (*p != ' ')
			return EINVAL;
	f->enp[n] = '\0';
	return *f->enp && strspn(f->enp, "0123456789") != (ENP_SIZE - 1)
		   ? EINVAL
		   : 0;
}

/* «Закрыто с», «по», «Результат обращения»: of the archive */
static int read_archive(const struct form *q, struct journal_filter *f)
{
	char from[11] = "", to[11] = "";
	int err =
	    param_text(q, "result", 0, 24, f->result, sizeof(f->result)) ||
	    bad(param_date(q, "closed_from", from)) ||
	    bad(param_date(q, "closed_to", to));

	if (*from)
		f->closed_from_ms = app_midnight(from, 0);
	if (*to)
		f->closed_to_ms = app_midnight(to, 1);
	return err;
}

int journal_filter_read(const struct form *q, struct date today,
			struct journal_filter *f)
{
	static const char *const sorts[] = { "OLD", NULL };
	char from[11] = "", to[11] = "", due[11] = "", sort[4] = "";
	int err;

	err =
	    param_text(q, "number", 0, 16, f->number, sizeof(f->number)) ||
	    read_name(q, f) || read_choice(q, "type", appeal_types, f->type) ||
	    read_choice(q, "form", appeal_forms, f->form) ||
	    read_choice(q, "channel", appeal_channels, f->channel) ||
	    param_text(q, "theme", 0, 12, f->theme, sizeof(f->theme)) ||
	    read_id(q, "assignee", &f->assignee) || read_id(q, "mo", &f->mo) ||
	    read_id(q, "insurer", &f->insurer) || read_enp(q, f) ||
	    param_text(q, "text", 0, 100, f->text, sizeof(f->text)) ||
	    bad(param_date(q, "due", due)) || read_status(q, today, f) ||
	    read_phone(q, f) || bad(param_date(q, "from", from)) ||
	    bad(param_date(q, "to", to)) || read_after(q, f) ||
	    read_only(q, f) || read_archive(q, f) ||
	    read_choice(q, "sort", sorts, sort);
	f->oldest = *sort != '\0';
	/* with «Истекает за 3 дня» both hold */
	if (*due && (!*f->due_to || strcmp(due, f->due_to) < 0))
		copy_text(f->due_to, sizeof(f->due_to), due);
	if (*from)
		f->from_ms = app_midnight(from, 0);
	if (*to)
		f->to_ms = app_midnight(to, 1);
	return err ? EINVAL : 0;
}

static const struct filter_field {
	const char *name, *shown;
	bool personal; /* not for an address: it ends in logs and histories */
} filter_fields[] = {
	{ "number", "Number", false },
	{ "name", "Name", true },
	{ "type", "Type", false },
	{ "status", "Status", false },
	{ "phone", "Phone", true },
	{ "from", "From", false },
	{ "to", "To", false },
	{ "sort", "Sort", false },
	{ "result", "Result", false },
	{ "closed_from", "ClosedFrom", false },
	{ "closed_to", "ClosedTo", false },
	{ "form", "Form", false },
	{ "channel", "Channel", false },
	{ "theme", "Theme", false },
	{ "assignee", "Assignee", false },
	{ "mo", "Mo", false },
	{ "insurer", "Insurer", false },
	{ "due", "Due", false },
	{ "enp", "Enp", true },
	{ "text", "Text", true },
};

#define FILTER_MORE 11 /* from here on behind «Ещё условия» */

static void escape(struct buf *out, const char *text)
{
	struct buf part = { 0 };

	http_escape_path(&part, text); /* leaves '/' alone: right in a query */
	if (part.len)
		buf_add(out, part.data, part.len);
	buf_free(&part);
}

/* What was asked for goes back into the form, into the links and the log. */
json_t *journal_filter_show(struct ctx *ctx, const struct form *q,
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
		if (i >= FILTER_MORE)
			view_set(at, "More", "1");
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

bool journal_filter_personal(const struct form *query)
{
	for (size_t i = 0; i < LEN(filter_fields); i++)
		if (filter_fields[i].personal &&
		    form_find(query, filter_fields[i].name))
			return true;
	return false;
}

/* ---- what may be chosen ------------------------------------------------- */

struct choices {
	struct ctx *ctx;
	const char *list;
	unsigned n;
};

static int put_choice(void *arg, const char *value, const char *name)
{
	struct choices *c = arg;
	struct node *at = view_at(c->ctx->page, "%s.%u", c->list, c->n++);

	view_set(at, "Code", value);
	view_set(at, "Name", name);
	return 0;
}

static int put_org(void *arg, const struct org *o)
{
	char id[16];

	snprintf(id, sizeof(id), "%u", o->id);
	return put_choice(arg, id, o->name);
}

/* GET /journal/more  the fields chosen so far */
int page_journal_more(struct ctx *ctx, const struct request *req,
		      struct response *res)
{
	struct auth_grant view = auth_grant(ctx->who, AUTH_APPEAL_VIEW);
	struct choices people = { ctx, "People", 0 };
	struct choices themes = { ctx, "Themes", 0 };
	struct choices clinics = { ctx, "Clinics", 0 };
	struct choices insurers = { ctx, "Insurers", 0 };
	struct buf link = { 0 };
	int err;

	json_decref(journal_filter_show(ctx, &req->query, &link));
	buf_free(&link);
	err = store_journal_people(
	    ctx->db, view.scope == SCOPE_ALL ? 0 : ctx->who->org_id, put_choice,
	    &people);
	if (!err)
		err = store_journal_themes(ctx->db, put_choice, &themes);
	if (!err)
		err = store_orgs(ctx->db, "MO", put_org, &clinics);
	if (!err)
		err = store_orgs(ctx->db, "INSURER", put_org, &insurers);
	return err ? respond_errno(res, err) : respond_page(res, 200);
}
