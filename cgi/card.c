#include "cgi/card.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/appeal_field.h"
#include "cgi/card_more.h"
#include "cgi/enp.h"
#include "cgi/name_key.h"
#include "cgi/param.h"
#include "cgi/phone.h"
#include "cgi/show.h"
#include "cgi/store_appeal.h"
#include "cgi/store_call.h"
#include "cgi/store_person.h"
#include "cgi/store_place.h"
#include "cgi/store_scenario.h"
#include "cgi/store_search.h"
#include "cgi/util.h"

void card_error_as(struct card_errors *errors, const char *name,
		   const char *key)
{
	for (unsigned i = 0; i < errors->count; i++)
		if (!strcmp(errors->names[i], name))
			return;
	if (errors->count == LEN(errors->names))
		return;
	errors->names[errors->count] = name;
	errors->keys[errors->count++] = key;
}

void card_error(struct card_errors *errors, const char *name)
{
	card_error_as(errors, name, NULL);
}

void card_complete(const struct appeal *a, bool mo_required,
		   struct card_errors *errors)
{
	unsigned missing = appeal_check(a, mo_required);

	if (missing & APPEAL_NO_TYPE)
		card_error(errors, "type");
	if (missing & APPEAL_NO_THEME)
		card_error(errors, "theme");
	if (missing & APPEAL_NO_MO)
		card_error(errors, "mo");
	if (missing & APPEAL_NO_INSURER)
		card_error(errors, "about_insurer");
	if (!strcmp(a->source, "OTHER") && !*a->source_name)
		card_error(errors, "source_name");
	if (appeal_for_other(a) && !*a->concerned_surname)
		card_error_as(errors, "concerned_surname", "Invalid.concerned");
}

/* ---- from the form ------------------------------------------------------ */

/* Marks that turn the order of what stands behind them are nobody's text. */
static bool turns(const char *text)
{
	for (; (text = strstr(text, "\xe2\x80")); text += 2)
		if (text[2] >= '\xaa' && text[2] <= '\xae')
			return true;
	return false;
}

/* One @ with something around it, a dot behind it, and no spaces. */
static bool email_valid(const char *text)
{
	const char *at = strchr(text, '@'), *dot = at ? strrchr(at, '.') : NULL;

	return at && at > text && !strchr(at + 1, '@') && dot && dot > at + 1 &&
	       dot[1] && !strpbrk(text, " \t\r\n<>\"'(),;\\");
}

/* Old policies have letters of both alphabets beside digits. */
static bool policy_valid(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if ((*p == 0xd0 || *p == 0xd1) && p[1])
			p++;
		else if (!isalnum(*p) && !strchr(" -/.", *p))
			return false;
	}
	return true;
}

static bool text_valid(enum field_kind kind, const char *text)
{
	if (!*text)
		return true;
	switch (kind) {
	case FIELD_NAME:
		return name_valid(text);
	case FIELD_EMAIL:
		return email_valid(text);
	case FIELD_ENP:
		return policy_valid(text);
	case FIELD_PHONE:
		return strspn(text, "0123456789+-() ") == strlen(text);
	default:
		return !turns(text);
	}
}

static bool read_text(const struct form *form, const struct appeal_field *f,
		      char *out)
{
	char typed[APPEAL_TEXT];

	if (param_text(form, f->name, 0, f->max, typed, sizeof(typed)) ||
	    !text_valid(f->kind, typed) || strlen(typed) >= f->size)
		return false;
	/* in the database's form where it is a number */
	if (f->kind != FIELD_PHONE || phone_normalize(typed, out))
		copy_text(out, f->size, typed);
	return true;
}

static bool read_choice(const struct form *form, const struct appeal_field *f,
			char *out)
{
	size_t n = 0, i = 0;
	int err;

	while (f->list[n])
		n++;
	err = param_choice(form, f->name, f->list, n, &i);
	if (!err)
		copy_text(out, f->size, f->list[i]);
	else if (err == ENOENT && f->kind == FIELD_CHOICE)
		out[0] = '\0';
	return err != EINVAL;
}

static bool read_number(const struct form *form, const struct appeal_field *f,
			struct appeal *a)
{
	uint64_t max = f->kind == FIELD_PERSON ? INT64_MAX : UINT32_MAX, id = 0;
	int err = param_u64(form, f->name, 1, max, &id);

	if (err == EINVAL && f->kind != FIELD_PERSON)
		return false;
	appeal_set_number(a, f, err ? 0 : id);
	return true;
}

/* A box that is not ticked is not sent: the form says which boxes it has. */
static bool has_box(const struct form *form, const char *name)
{
	const struct form_field *f = form_find(form, "boxes");
	const char *at = f ? f->value : "";
	size_t len = strlen(name);

	while ((at = strstr(at, name))) {
		if (!at[len] || at[len] == ' ')
			return true;
		at += len;
	}
	return false;
}

static bool ticked(const struct form *form, const char *name)
{
	const struct form_field *f = form_find(form, name);

	return f && f->len;
}

static bool read_field(const struct form *form, const struct appeal_field *f,
		       struct appeal *a)
{
	char *text = appeal_text(a, f);

	if (f->kind == FIELD_FLAG) {
		if (has_box(form, f->name))
			appeal_set_number(a, f, ticked(form, f->name));
		return true;
	}
	if (!form_find(form, f->name))
		return true;
	switch (f->kind) {
	case FIELD_CHOICE:
	case FIELD_ONE:
		return read_choice(form, f, text);
	case FIELD_TERM:
		if (a->status != APPEAL_DRAFT)
			return true;
		/* fallthrough */
	case FIELD_DATE:
		if (form_find(form, f->name)->len)
			return !param_date(form, f->name, text);
		text[0] = '\0';
		return true;
	case FIELD_MO:
	case FIELD_INSURER:
	case FIELD_SCENARIO:
	case FIELD_PERSON:
		return read_number(form, f, a);
	default:
		return read_text(form, f, text);
	}
}

void card_read(const struct form *form, struct appeal *a,
	       struct card_errors *errors)
{
	/* a list in which nothing is chosen is not sent at all */
	if (!form_find(form, "theme") && form_find(form, "type"))
		a->theme[0] = '\0';
	appeal_form_order(a);
	for (size_t i = 0; i < APPEAL_FIELDS; i++)
		if (!read_field(form, &appeal_fields[i], a))
			card_error(errors, appeal_fields[i].name);
	appeal_form_order(a);
	if (has_box(form, "add_representative") &&
	    !ticked(form, "add_representative"))
		a->representative[0] = a->representative_phone[0] = '\0';
	appeal_settle(a);
}

static int check_id(struct ctx *ctx, const struct appeal_field *f,
		    struct appeal *a, struct card_errors *errors)
{
	char text[24];
	uint32_t id = (uint32_t)strtoul(appeal_value(a, f, text), NULL, 10);
	int err = 0;

	if (id && f->kind == FIELD_SCENARIO)
		err = store_scenario_check(ctx->db, id);
	else if (id)
		err = store_org_check(
		    ctx->db, f->kind == FIELD_MO ? "MO" : "INSURER", id);

	if (err != ENOENT)
		return err;
	appeal_set_number(a, f, 0);
	card_error(errors, f->name);
	return 0;
}

static bool same_name(const char *a, const char *b)
{
	char x[APPEAL_NAME], y[APPEAL_NAME];

	return !name_key(a, x, sizeof(x)) && !name_key(b, y, sizeof(y)) &&
	       !strcmp(x, y);
}

/* Whoever is written over is no more the person that was attached; and nobody
 * attaches whom he may not see. */
static int check_person(struct ctx *ctx, const struct appeal *was,
			const struct appeal_person *typed, uint64_t *id)
{
	struct insured p;
	int err = *id ? store_person_get(ctx->db, *id, &p) : ENOENT;

	if (!err &&
	    (*id == was->person_id || *id == was->applicant_person_id ||
	     !auth_elsewhere(ctx->who, p.insurer_id)) &&
	    same_name(typed->surname, p.surname) &&
	    same_name(typed->given_name, p.given_name) &&
	    same_name(typed->patronymic, p.patronymic) &&
	    !strcmp(typed->birth, p.birth))
		return 0;
	*id = 0;
	return err == ENOENT ? 0 : err;
}

static int check_persons(struct ctx *ctx, const struct appeal *was,
			 struct appeal *a)
{
	const struct appeal_person who = { a->surname, a->given_name,
					   a->patronymic, a->birth, a->enp };
	const struct appeal_person about = appeal_concerned(a);
	int err = check_person(ctx, was, &about, &a->person_id);

	return err ? err
		   : check_person(ctx, was, &who, &a->applicant_person_id);
}

void card_person(struct appeal *a, const struct insured *p, bool applicant)
{
	bool other = appeal_for_other(a);
	uint64_t *id =
	    other && applicant ? &a->applicant_person_id : &a->person_id;
	uint32_t *insurer =
	    other && applicant ? &a->applicant_insurer_id : &a->insurer_id;

	*id = p->id;
	*insurer = p->insurer_id;
	if (other && !applicant) {
		copy_text(a->concerned_surname, APPEAL_NAME, p->surname);
		copy_text(a->concerned_given_name, APPEAL_NAME, p->given_name);
		copy_text(a->concerned_patronymic, APPEAL_NAME, p->patronymic);
		copy_text(a->concerned_birth, sizeof(a->concerned_birth),
			  p->birth);
		copy_text(a->concerned_enp, sizeof(a->concerned_enp), p->enp);
		return;
	}
	copy_text(a->surname, sizeof(a->surname), p->surname);
	copy_text(a->given_name, sizeof(a->given_name), p->given_name);
	copy_text(a->patronymic, sizeof(a->patronymic), p->patronymic);
	copy_text(a->birth, sizeof(a->birth), p->birth);
	copy_text(a->enp, sizeof(a->enp), p->enp);
	/* the number he calls from is the better one */
	if (!*a->phone)
		copy_text(a->phone, sizeof(a->phone), p->phone);
}

/* What the kind of a field asks of its value. */
static int check_field(struct ctx *ctx, const struct appeal_field *f,
		       struct appeal *a, const char *today,
		       struct card_errors *errors)
{
	const char *text = appeal_text(a, f);

	switch (f->kind) {
	case FIELD_MO:
	case FIELD_INSURER:
	case FIELD_SCENARIO:
		return check_id(ctx, f, a, errors);
	case FIELD_DATE:
		if (strcmp(text, today) > 0)
			card_error(errors, f->name);
		return 0;
	case FIELD_ENP:
		if (strlen(text) == ENP_SIZE - 1 &&
		    strspn(text, "0123456789") == ENP_SIZE - 1 &&
		    enp_parse(text, NULL))
			card_error(errors, f->name);
		return 0;
	default:
		return 0;
	}
}

/* «Рассмотреть до» that he chose: from today to the theme's own term. */
static void check_due(struct ctx *ctx, const struct appeal *a, int due_days,
		      const char *today, struct card_errors *errors)
{
	char last[11];

	if (a->status != APPEAL_DRAFT || !*a->due)
		return;
	if (due_days >= 0)
		date_text(deadline_due(app_today(ctx), due_days), last);
	if (strcmp(a->due, today) < 0 ||
	    (due_days >= 0 && strcmp(a->due, last) > 0))
		card_error(errors, "due");
}

int card_check(struct ctx *ctx, struct appeal *a, const struct appeal *was,
	       struct theme *theme, struct card_errors *errors)
{
	char today[11];
	int err = 0;

	date_text(app_today(ctx), today);
	appeal_form_order(a);
	for (size_t i = 0; !err && i < APPEAL_FIELDS; i++)
		err = check_field(ctx, &appeal_fields[i], a, today, errors);
	appeal_form_order(a);
	if (!strcmp(a->form, "Письменная") &&
	    !auth_may(ctx->who, AUTH_WRITTEN) &&
	    strcmp(was->form, "Письменная") != 0)
		card_error_as(errors, "form", "Invalid.written");
	if (!err)
		err = check_persons(ctx, was, a);
	if (err || !*a->theme)
		return err;
	err = store_theme_get(ctx->db, a->theme, today, a->id, theme);
	if (err && err != ENOENT)
		return err;
	/* another type clears the theme (K-5.1.4.3) */
	if (err || strcmp(theme->type, a->type) != 0)
		a->theme[0] = '\0';
	check_due(ctx, a, *a->theme ? theme->due_days : -1, today, errors);
	return 0;
}

/* ---- to the page -------------------------------------------------------- */

/* Drafts are shown to nobody with masked data. */
static bool masked(const struct ctx *ctx)
{
	return auth_grant(ctx->who, AUTH_APPEAL_VIEW).masked;
}

/* What people write names the citizen: there is no masking it in part. */
static const char *free_text(const struct ctx *ctx, const char *text)
{
	return *text && masked(ctx) ? "***" : text;
}

struct list {
	struct ctx *ctx;
	const char *name;
	unsigned count;
	unsigned recordings;
	struct node *at;
};

struct themes {
	struct list list;
	const char *chosen;
	bool shown; /* the chosen one */
};

static int show_theme(void *arg, const struct theme *t)
{
	struct themes *w = arg;
	struct node *at =
	    view_at(w->list.ctx->page, "Themes.%u", w->list.count++);

	view_set(at, "Code", t->code);
	view_set(at, "Name", t->name);
	if (!strcmp(t->code, w->chosen))
		w->shown = true;
	return 0;
}

int card_themes(struct ctx *ctx, const char *type, const char *query,
		const char *chosen)
{
	struct themes w = { .list = { .ctx = ctx }, .chosen = chosen };
	struct theme theme;
	char today[11];
	int err;

	if (!*type)
		return 0;
	date_text(app_today(ctx), today);
	err = search_themes(ctx->db, &ctx->app->search, type, query, today,
			    show_theme, &w);
	if (err || w.shown || !*chosen)
		return err;
	err = store_theme_get(ctx->db, chosen, NULL, 0, &theme);
	if (err)
		return err == ENOENT ? 0 : err;
	return strcmp(theme.type, type) ? 0 : show_theme(&w, &theme);
}

static int show_org(void *arg, const struct org *o)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "%s.%u", l->name, l->count++);

	view_set_int(at, "Id", o->id);
	view_set(at, "Name", o->name);
	return 0;
}

static int show_event(void *arg, const struct call_event *e)
{
	struct list *l = arg;
	struct node *at = view_at(l->at, "Events.%u", l->count++);
	char text[64];

	app_clock(e->at_ms, text, sizeof(text));
	view_set(at, "At", text);
	snprintf(text, sizeof(text), "CallEvent.%s", e->kind);
	view_set(at, "Kind", app_text_or(l->ctx, text, e->kind));
	view_set(at, "Who", e->who);
	return 0;
}

static int show_call(void *arg, const struct call *c)
{
	struct list *l = arg;
	struct list events = { .ctx = l->ctx };
	const char *number =
	    strcmp(c->direction, "OUT") ? c->caller : c->called;
	char text[64];

	if (show_cut(l->ctx, "Calls", l->count, CALLS_SHOWN))
		return 0;
	events.at = view_at(l->ctx->page, "Calls.%u", l->count++);
	view_set(events.at, "Id", c->id);
	snprintf(text, sizeof(text), "Call.%s", c->direction);
	view_set(events.at, "Direction", app_text(l->ctx, text));
	if (masked(l->ctx))
		phone_mask(number, text);
	else
		phone_show(number, text);
	if (!masked(l->ctx) && strcmp(c->direction, "INT"))
		view_set(events.at, "Dial", number);
	view_set(events.at, "Number",
		 *number ? text : app_text(l->ctx, "Card.NoNumber"));
	app_time(c->started_ms, text, sizeof(text));
	view_set(events.at, "At", text);
	if (!c->ended_ms)
		view_set(events.at, "State", app_text(l->ctx, "Call.Running"));
	return store_call_events(l->ctx->db, c->id, show_event, &events);
}

/* The calls are on the page already, in the same order of ids. */
static int show_recording(void *arg, const struct recording *r)
{
	struct list *l = arg;

	if (!auth_recording(l->ctx->who, r->took_part, r->own_org))
		return 0;
	for (unsigned i = 0; i < l->count; i++) {
		struct node *call = view_at(l->ctx->page, "Calls.%u", i);

		if (!strcmp(view_get(call, "Id"), r->call_id))
			show_recording_at(
			    l->ctx, view_at(call, "Rec.%u", l->recordings++),
			    r);
	}
	return 0;
}

static int show_note(void *arg, const struct appeal_note *n)
{
	struct list *l = arg;
	struct node *at;
	char text[64];

	if (show_cut(l->ctx, "History", l->count, NOTES_SHOWN))
		return 0;
	at = view_at(l->ctx->page, "History.%u", l->count++);
	app_time(n->at_ms, text, sizeof(text));
	view_set(at, "At", text);
	snprintf(text, sizeof(text), "Event.%s", n->event);
	view_set(at, "Event", app_text_or(l->ctx, text, n->event));
	view_set(at, "Who", n->who);
	view_set(at, "Comment", free_text(l->ctx, n->comment));
	return 0;
}

static int show_lists(struct ctx *ctx, const struct appeal *a)
{
	struct list mo = { .ctx = ctx, .name = "Clinics" };
	struct list smo = { .ctx = ctx, .name = "Insurers" };
	struct list calls = { .ctx = ctx };
	struct list notes = { .ctx = ctx };
	int err = card_themes(ctx, a->type, "", a->theme);

	if (!err)
		err = store_orgs(ctx->db, "MO", show_org, &mo);
	if (!err)
		err = store_orgs(ctx->db, "INSURER", show_org, &smo);
	if (!err)
		err =
		    store_calls_of(ctx->db, ctx->who, a->id, show_call, &calls);
	if (!err)
		err = store_recordings(ctx->db, ctx->who, &a->id, 1,
				       show_recording, &calls);
	if (!err)
		err = store_appeal_notes(ctx->db, a->id, show_note, &notes);
	return err;
}

/* A field as it is edited; of a personal one masked eyes see nothing, but
 * initials and the end of the number. */
static void show_field(struct ctx *ctx, const struct appeal *a,
		       const struct appeal_field *f)
{
	struct node *at = view_at(ctx->page, "F");
	char text[APPEAL_NAME];

	if (masked(ctx) && f->personal && strcmp(f->name, "description") != 0)
		return;
	if (f->kind == FIELD_DATE) {
		show_date(appeal_value(a, f, text), text, sizeof(text));
		view_set(at, f->name, text);
	} else {
		view_set(at, f->name,
			 f->personal ? free_text(ctx, appeal_value(a, f, text))
				     : appeal_value(a, f, text));
	}
}

static void show_masked(struct ctx *ctx, const struct appeal *a)
{
	struct node *at = view_at(ctx->page, "F");
	char text[APPEAL_NAME];

	show_initials(a->surname, a->given_name, a->patronymic, text,
		      sizeof(text));
	view_set(at, "surname", text);
	phone_mask(a->phone, text);
	view_set(at, "phone", *a->phone ? text : "");
}

static void show_fields(struct ctx *ctx, const struct appeal *a,
			enum appeal_access access)
{
	struct node *card = view_at(ctx->page, "Card");
	bool draft = a->status == APPEAL_DRAFT;
	static struct appeal form; /* 60 KiB */
	char text[64];

	view_set_int(card, "Id", (int64_t)a->id);
	view_set_int(card, "Version", a->version);
	snprintf(text, sizeof(text), "%s %s", app_text(ctx, "Card.Heading"),
		 a->number);
	view_set(card, "Heading", draft ? app_text(ctx, "Card.Draft") : text);
	view_set(card, "Status",
		 show_choice(ctx, "Statuses", appeal_status_code(a->status)));
	show_date(a->due, text, sizeof(text));
	view_set(card, "Due", text);
	app_time(a->passed_ms, text, sizeof(text));
	view_set(card, "Passed", text);
	view_set(card, "Number", a->number);
	view_set(card, "Call", a->call_id);
	view_set(card, "Type", a->type);
	view_set(card, "Theme", a->theme);
	view_set(card, "Form", a->form);
	form = *a;
	if (draft && !*form.appealed_on) /* unless he says otherwise */
		date_text(app_today(ctx), form.appealed_on);
	appeal_form_order(&form);
	for (size_t i = 0; i < APPEAL_FIELDS; i++)
		show_field(ctx, &form, &appeal_fields[i]);
	if (masked(ctx))
		show_masked(ctx, a);
	else
		view_set(card, "Dial", "1");
	if (auth_may(ctx->who, AUTH_WRITTEN))
		view_set(card, "Written", "1");
	if (access == APPEAL_EDIT && auth_may(ctx->who, AUTH_PERSONS))
		view_set(card, "Registry", "1");
	if (access != APPEAL_EDIT)
		view_set(card, "Readonly", "1");
	else if (draft)
		view_set(card, "Autosave", "1");
}

int card_show(struct ctx *ctx, const struct appeal *a,
	      enum appeal_access access, const struct card_errors *errors)
{
	char key[64];
	int err;

	show_fields(ctx, a, access);
	for (unsigned i = 0; errors && i < errors->count; i++) {
		snprintf(key, sizeof(key), "Invalid.%s", errors->names[i]);
		view_set(
		    view_at(ctx->page, "Invalid"), errors->names[i],
		    app_text(ctx, errors->keys[i] ? errors->keys[i] : key));
	}
	err = show_lists(ctx, a);
	return err ? err : card_more_show(ctx, a, access);
}

void card_message(struct ctx *ctx, const char *key, const char *kind)
{
	struct node *card = view_at(ctx->page, "Card");

	view_set(card, "Message", app_text(ctx, key));
	view_set(card, "MessageKind", kind);
}

/* A value as people read it; out is used for what is not text. */
static const char *readable(struct ctx *ctx, const struct appeal *a,
			    const struct appeal_field *f, char *out,
			    size_t size)
{
	static char number[24];
	static struct theme theme;
	const char *value = appeal_value(a, f, number);

	out[0] = '\0';
	switch (f->kind) {
	case FIELD_CHOICE:
	case FIELD_ONE:
		return show_choice(ctx, f->names, value);
	case FIELD_DATE:
	case FIELD_TERM:
		show_date(value, out, size);
		return out;
	case FIELD_MO:
	case FIELD_INSURER:
		if (*value &&
		    store_org_name(ctx->db, (uint32_t)atoi(value), out, size))
			copy_text(out, size, value);
		return out;
	case FIELD_THEME:
		if (store_theme_get(ctx->db, value, NULL, 0, &theme))
			return value;
		snprintf(out, size, "%s · %s", value, theme.name);
		return out;
	case FIELD_SCENARIO:
		if (*value)
			store_scenario_name(ctx->db, (uint32_t)atoi(value), out,
					    size);
		return out;
	case FIELD_FLAG:
		return *value ? app_text(ctx, "Card.Yes") : "";
	case FIELD_PERSON:
		return *value ? app_text(ctx, "Card.Yes") : "";
	default:
		return value;
	}
}

unsigned card_values(struct ctx *ctx, const struct appeal *a,
		     const struct appeal *beside, const char *where)
{
	static struct appeal form, mine;
	char text[1600], other[24], value[24];
	unsigned n = 0;

	form = *a;
	appeal_form_order(&form);
	if (beside) {
		mine = *beside;
		appeal_form_order(&mine);
	}
	for (size_t i = 0; i < APPEAL_FIELDS; i++) {
		const struct appeal_field *f = &appeal_fields[i];
		const char *is = appeal_value(&form, f, value);
		struct node *at;

		if (beside ? !strcmp(is, appeal_value(&mine, f, other)) : !*is)
			continue;
		at = view_at(ctx->page, "%s.%u", where, n++);
		view_set(at, "Name", app_text(ctx, f->label));
		view_set(at, "Value",
			 readable(ctx, &form, f, text, sizeof(text)));
	}
	return n;
}

bool card_same(const struct appeal *a, const struct appeal *b)
{
	char x[24], y[24];

	for (size_t i = 0; i < APPEAL_FIELDS; i++)
		if (strcmp(appeal_value(a, &appeal_fields[i], x),
			   appeal_value(b, &appeal_fields[i], y)) != 0)
			return false;
	return !strcmp(a->deferred_reason, b->deferred_reason) &&
	       !strcmp(a->result, b->result) &&
	       !strcmp(a->measures, b->measures);
}

void card_theirs(struct ctx *ctx, const struct appeal *mine,
		 const struct appeal *theirs)
{
	/* beside the fields: what he wrote of the end of it */
	const struct {
		const char *label, *mine, *theirs;
	} ending[] = {
		{ "Step.DeferredReason", mine->deferred_reason,
		  theirs->deferred_reason },
		{ "Step.Result", show_choice(ctx, "Results", mine->result),
		  show_choice(ctx, "Results", theirs->result) },
		{ "Step.Comment", mine->measures, theirs->measures },
	};
	unsigned n = card_values(ctx, theirs, mine, "Theirs.Fields");

	view_set_int(view_at(ctx->page, "Theirs"), "Version", theirs->version);
	for (size_t i = 0; i < LEN(ending); i++) {
		struct node *at;

		if (!strcmp(ending[i].mine, ending[i].theirs))
			continue;
		at = view_at(ctx->page, "Theirs.Fields.%u", n++);
		view_set(at, "Name", app_text(ctx, ending[i].label));
		view_set(at, "Value", ending[i].theirs);
	}
}
