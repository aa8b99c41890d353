#include "cgi/card.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/enp.h"
#include "cgi/name_key.h"
#include "cgi/param.h"
#include "cgi/phone.h"
#include "cgi/show.h"
#include "cgi/store_appeal.h"
#include "cgi/store_call.h"
#include "cgi/store_person.h"
#include "cgi/store_place.h"
#include "cgi/store_search.h"
#include "cgi/util.h"

#define MAX_TEXT  4000
#define MAX_NAME  40
#define MAX_PHONE 20
#define MAX_ENP   20

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
}

/* ---- from the form ------------------------------------------------------ */

static void read_text(const struct form *form, const char *name, size_t max,
		      char *out, size_t size, struct card_errors *errors)
{
	if (form_find(form, name) && param_text(form, name, 0, max, out, size))
		card_error(errors, name);
}

static void read_choice(const struct form *form, const char *name,
			const char *const *list, size_t n, char *out,
			size_t size, struct card_errors *errors)
{
	size_t i = 0;
	int err = param_choice(form, name, list, n, &i);

	if (!err)
		copy_text(out, size, list[i]);
	else if (err == EINVAL)
		card_error(errors, name);
	else if (form_find(form, name))
		out[0] = '\0';
}

static void read_id(const struct form *form, const char *name, uint32_t *out,
		    struct card_errors *errors)
{
	uint64_t id = 0;
	int err = param_u64(form, name, 1, UINT32_MAX, &id);

	if (err == EINVAL)
		card_error(errors, name);
	else if (form_find(form, name))
		*out = (uint32_t)id;
}

/* In the database's form where it is a number; else as it was given. */
static void read_phone(const struct form *form, struct appeal *a,
		       struct card_errors *errors)
{
	char typed[MAX_PHONE * 4 + 1];

	if (!form_find(form, "phone"))
		return;
	if (param_text(form, "phone", 0, MAX_PHONE, typed, sizeof(typed)) ||
	    strspn(typed, "0123456789+-() ") != strlen(typed))
		card_error(errors, "phone");
	else if (phone_normalize(typed, a->phone))
		copy_text(a->phone, sizeof(a->phone), typed);
}

static void read_birth(const struct form *form, struct appeal *a,
		       struct card_errors *errors)
{
	const struct form_field *f = form_find(form, "birth_date");

	if (f && !f->len)
		a->birth[0] = '\0';
	else if (f && param_date(form, "birth_date", a->birth))
		card_error(errors, "birth_date");
}

static void read_person(const struct form *form, struct appeal *a)
{
	if (form_find(form, "person") &&
	    param_u64(form, "person", 1, INT64_MAX, &a->person_id))
		a->person_id = 0;
}

void card_read(const struct form *form, struct appeal *a,
	       struct card_errors *errors)
{
	char form_name[sizeof(a->form)], channel[sizeof(a->channel)];

	memcpy(form_name, a->form, sizeof(form_name));
	memcpy(channel, a->channel, sizeof(channel));
	read_choice(form, "type", appeal_types, APPEAL_TYPES, a->type,
		    sizeof(a->type), errors);
	/* a list in which nothing is chosen is not sent at all */
	if (!form_find(form, "theme") && form_find(form, "type"))
		a->theme[0] = '\0';
	read_text(form, "theme", 12, a->theme, sizeof(a->theme), errors);
	read_choice(form, "form", appeal_forms, APPEAL_FORMS, a->form,
		    sizeof(a->form), errors);
	read_choice(form, "channel", appeal_channels, APPEAL_CHANNELS,
		    a->channel, sizeof(a->channel), errors);
	if (!*a->form)
		memcpy(a->form, form_name, sizeof(a->form));
	if (!*a->channel)
		memcpy(a->channel, channel, sizeof(a->channel));
	read_text(form, "description", MAX_TEXT, a->description,
		  sizeof(a->description), errors);
	read_text(form, "surname", MAX_NAME, a->surname, sizeof(a->surname),
		  errors);
	read_text(form, "given_name", MAX_NAME, a->given_name,
		  sizeof(a->given_name), errors);
	read_text(form, "patronymic", MAX_NAME, a->patronymic,
		  sizeof(a->patronymic), errors);
	read_id(form, "mo", &a->mo_id, errors);
	read_id(form, "about_insurer", &a->about_insurer_id, errors);
	read_id(form, "insurer", &a->insurer_id, errors);
	read_text(form, "enp", MAX_ENP, a->enp, sizeof(a->enp), errors);
	read_birth(form, a, errors);
	read_phone(form, a, errors);
	read_person(form, a);
}

static int check_org(struct ctx *ctx, const char *kind, uint32_t *id,
		     const char *name, struct card_errors *errors)
{
	int err = *id ? store_org_check(ctx->db, kind, *id) : 0;

	if (err != ENOENT)
		return err;
	*id = 0;
	card_error(errors, name);
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
static int check_person(struct ctx *ctx, struct appeal *a, uint64_t before)
{
	struct insured p;
	int err =
	    a->person_id ? store_person_get(ctx->db, a->person_id, &p) : ENOENT;

	if (!err &&
	    (a->person_id == before ||
	     !auth_elsewhere(ctx->who, p.insurer_id)) &&
	    same_name(a->surname, p.surname) &&
	    same_name(a->given_name, p.given_name) &&
	    same_name(a->patronymic, p.patronymic) &&
	    !strcmp(a->birth, p.birth))
		return 0;
	a->person_id = 0;
	return err == ENOENT ? 0 : err;
}

void card_person(struct appeal *a, const struct insured *p)
{
	a->person_id = p->id;
	copy_text(a->surname, sizeof(a->surname), p->surname);
	copy_text(a->given_name, sizeof(a->given_name), p->given_name);
	copy_text(a->patronymic, sizeof(a->patronymic), p->patronymic);
	copy_text(a->birth, sizeof(a->birth), p->birth);
	copy_text(a->enp, sizeof(a->enp), p->enp);
	a->insurer_id = p->insurer_id;
	/* the number he calls from is the better one */
	if (!*a->phone)
		copy_text(a->phone, sizeof(a->phone), p->phone);
}

int card_check(struct ctx *ctx, struct appeal *a, uint64_t person,
	       struct theme *theme, struct card_errors *errors)
{
	char today[11];
	int err = check_org(ctx, "MO", &a->mo_id, "mo", errors);

	date_text(app_today(ctx), today);
	if (strcmp(a->birth, today) > 0)
		card_error(errors, "birth_date");
	if (strlen(a->enp) == ENP_SIZE - 1 &&
	    strspn(a->enp, "0123456789") == ENP_SIZE - 1 &&
	    enp_parse(a->enp, NULL))
		card_error(errors, "enp");
	if (!err)
		err = check_org(ctx, "INSURER", &a->insurer_id, "insurer",
				errors);
	if (!err)
		err = check_person(ctx, a, person);

	if (!err)
		err = check_org(ctx, "INSURER", &a->about_insurer_id,
				"about_insurer", errors);
	if (err || !*a->theme)
		return err;
	err = store_theme_get(ctx->db, a->theme, today, a->id, theme);
	if (err && err != ENOENT)
		return err;
	/* another type clears the theme (K-5.1.4.3) */
	if (err || strcmp(theme->type, a->type) != 0)
		a->theme[0] = '\0';
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

static void show_person(struct ctx *ctx, struct node *card,
			const struct appeal *a)
{
	char text[APPEAL_NAME];

	if (masked(ctx)) {
		show_initials(a->surname, a->given_name, a->patronymic, text,
			      sizeof(text));
		view_set(card, "Surname", text);
		phone_mask(a->phone, text);
		view_set(card, "Phone", *a->phone ? text : "");
		return;
	}
	view_set(card, "Surname", a->surname);
	view_set(card, "GivenName", a->given_name);
	view_set(card, "Patronymic", a->patronymic);
	show_date(a->birth, text, sizeof(text));
	view_set(card, "Birth", text);
	view_set(card, "Enp", a->enp);
	if (a->person_id)
		view_set_int(card, "Person", (int64_t)a->person_id);
	/* as it is stored: a field to be edited, copied and dialled */
	view_set(card, "Phone", a->phone);
	view_set(card, "Dial", "1");
}

static void show_fields(struct ctx *ctx, const struct appeal *a,
			enum appeal_access access)
{
	struct node *card = view_at(ctx->page, "Card");
	bool draft = a->status == APPEAL_DRAFT;
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
	view_set(card, "Call", a->call_id);
	view_set(card, "Type", a->type);
	view_set(card, "Theme", a->theme);
	view_set(card, "Form", a->form);
	view_set(card, "Channel", a->channel);
	view_set(card, "Description", free_text(ctx, a->description));
	if (a->mo_id)
		view_set_int(card, "Mo", a->mo_id);
	if (a->insurer_id)
		view_set_int(card, "Insurer", a->insurer_id);
	if (a->about_insurer_id)
		view_set_int(card, "AboutInsurer", a->about_insurer_id);
	show_person(ctx, card, a);
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

	show_fields(ctx, a, access);
	for (unsigned i = 0; errors && i < errors->count; i++) {
		snprintf(key, sizeof(key), "Invalid.%s", errors->names[i]);
		view_set(
		    view_at(ctx->page, "Invalid"), errors->names[i],
		    app_text(ctx, errors->keys[i] ? errors->keys[i] : key));
	}
	return show_lists(ctx, a);
}

void card_message(struct ctx *ctx, const char *key, const char *kind)
{
	struct node *card = view_at(ctx->page, "Card");

	view_set(card, "Message", app_text(ctx, key));
	view_set(card, "MessageKind", kind);
}

void card_theirs(struct ctx *ctx, const struct appeal *theirs)
{
	char birth[16];
	const char *fields[][2] = {
		{ "Card.Type", show_choice(ctx, "Types", theirs->type) },
		{ "Card.Theme", theirs->theme },
		{ "Card.Description", theirs->description },
		{ "Card.Surname", theirs->surname },
		{ "Card.GivenName", theirs->given_name },
		{ "Card.Patronymic", theirs->patronymic },
		{ "Registry.Birth", birth },
		{ "Registry.Enp", theirs->enp },
		{ "Card.Phone", theirs->phone },
	};
	struct node *at = view_at(ctx->page, "Theirs");

	show_date(theirs->birth, birth, sizeof(birth));
	view_set_int(at, "Version", theirs->version);
	for (unsigned i = 0; i < LEN(fields); i++) {
		struct node *f = view_at(at, "Fields.%u", i);

		view_set(f, "Name", app_text(ctx, fields[i][0]));
		view_set(f, "Value", fields[i][1]);
	}
}
