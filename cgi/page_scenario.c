/* The approved answers in the card (K-5.1.5): those of the theme, those found
 * by words, and what to do when a talk goes wrong; under each who can help. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/appeal_cycle.h"
#include "cgi/appeal_field.h"
#include "cgi/card.h"
#include "cgi/card_step.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/scenario_text.h"
#include "cgi/show.h"
#include "cgi/store_card.h"
#include "cgi/store_people.h"
#include "cgi/store_place.h"
#include "cgi/store_scenario.h"
#include "cgi/store_search.h"
#include "cgi/store_theme.h"
#include "cgi/util.h"

#define SITUATIONS "KN-14.90"
#define MOST_FOUND 10

/* What is known of the values that stand in an answer. */
struct known {
	char first[APPEAL_NAME * 2]; /* of who called, as typed */
	/* of the person concerned, "" until he is identified (K-5.1.6.7) */
	char person[APPEAL_NAME * 2];
	bool confirmed;
	char number[17], status[128], assignee[256], due[16];
	char theme[1201];
	struct org_entry mo;
	char insurer[641];
	/* chosen for an answer that tells of an organization (K-4.1.6) */
	struct org_entry entry;
	uint32_t entry_id;
	char entry_words[401];
};

struct list {
	struct ctx *ctx;
	struct node *at;
	unsigned count;
	const struct known *known;
	const struct org_entry *mo; /* of the answer that is being shown */
	const char *theme; /* of the card, "" when answers are searched for */
	uint32_t used;     /* version of an answer */
	bool words, situation;
	bool closed; /* the answer tells of him who is not identified */
	const struct appeal *of;
	const char *today;
};

static const char *value(void *arg, const char *name, size_t len)
{
	const struct list *l = arg;
	const struct known *k = l->known;
	const struct {
		const char *name, *text;
		bool his; /* stays «…» until he is identified (K-5.1.6.7) */
	} values[] = {
		{ "имя_оператора", l->ctx->session.user.name, false },
		{ "имя_обратившегося", k->first, false },
		{ "имя_отчество_ЗЛ", k->person, false },
		{ "номер_обращения", k->number, false },
		{ "статус", k->status, true },
		{ "исполнитель", k->assignee, true },
		{ "срок", k->due, true },
		{ "тема", k->theme, false },
		{ "название_МО", l->mo->name, true },
		{ "телефон_МО", l->mo->phones, false },
		{ "адрес_МО", l->mo->address, false },
		{ "часы_работы", l->mo->hours, false },
		{ "название_СМО", k->insurer, false },
	};

	for (size_t i = 0; i < LEN(values); i++)
		if (strlen(values[i].name) == len &&
		    !memcmp(values[i].name, name, len))
			return l->closed && values[i].his ? NULL
							  : values[i].text;
	return NULL;
}

/* Whom he may hand it to, as in every other list; the absent leave them. */
static int show_helper(void *arg, const struct colleague *c)
{
	struct list *l = arg;
	struct node *at;

	if (c->substitute ||
	    appeal_target(l->ctx->who, &c->who, l->of, false) != TARGET_OK)
		return 0;
	at = view_at(l->at, "Helpers.%u", l->count++);
	view_set_int(at, "Id", c->who.id);
	view_set(at, "Name", c->short_name);
	view_set(at, "Extension", c->extension);
	view_set(at, "Org", c->org);
	return 0;
}

static int show_org(void *arg, const struct org *o)
{
	struct list *l = arg;
	struct node *at = view_at(l->at, "Orgs.%u", l->count++);

	view_set_int(at, "Id", o->id);
	view_set(at, "Name", o->name);
	view_set(at, "Code", o->code);
	return 0;
}

/* An answer that tells a telephone tells that of any organization. @return 0
 * or a database error */
static int show_entry(struct list *l, struct node *at)
{
	const struct known *k = l->known;
	struct list orgs = *l;

	view_set(at, "Entry", "1");
	view_set(at, "EntryWords", k->entry_words);
	if (k->entry_id) {
		l->mo = &k->entry;
		view_set_int(at, "EntryId", k->entry_id);
	}
	orgs.at = at;
	orgs.count = 0;
	return *k->entry_words ? store_org_find(l->ctx->db, k->entry_words,
						MOST_FOUND, show_org, &orgs)
			       : 0;
}

static int show_scenario(void *arg, const struct scenario *s)
{
	struct list *l = arg;
	struct list helpers = *l;
	const char *flag = scenario_flag(s->code);
	char date[16];
	struct node *at;
	int err;

	if (l->words && show_cut(l->ctx, "Scenarios", l->count, MOST_FOUND))
		return 0;
	at = view_at(l->ctx->page, "Scenarios.%u", l->count++);
	show_date(s->approved, date, sizeof(date));
	view_set_int(at, "Id", s->id);
	view_set(at, "Code", s->code);
	view_set(at, "Title", s->title);
	view_set_int(at, "Version", s->version);
	view_set(at, "Approved", date);
	if (s->id == l->used)
		view_set(at, "Used", "1");
	if (flag)
		view_set(at, "Flag", flag);
	helpers.at = at;
	helpers.count = 0;
	l->mo = &l->known->mo;
	l->closed = !l->known->confirmed &&
		    (!strcmp(s->code, "SC-030") || !strcmp(s->code, "SC-040"));
	err = strstr(s->text, "{телефон_МО}") ? show_entry(l, at) : 0;
	if (!err)
		err = show_scenario_text(at, s->text, value, l);
	if (err || l->situation)
		return err;
	/* a general answer is of another theme than the card */
	return store_helpers(l->ctx->db, l->today,
			     *l->theme ? l->theme : s->theme, l->of->insurer_id,
			     show_helper, &helpers);
}

static int find_mo(void *arg, const struct org_entry *o)
{
	*(struct org_entry *)arg = *o;
	return 0;
}

static void full_first(const char *given, const char *patronymic,
		       char out[APPEAL_NAME * 2])
{
	snprintf(out, APPEAL_NAME * 2, "%s%s%s", given,
		 *given && *patronymic ? " " : "", patronymic);
}

/* @return 422 or 0 */
static int read_known(const struct form *form, struct known *k)
{
	char given[APPEAL_NAME], patronymic[APPEAL_NAME];

	if (param_text(form, "given_name", 0, 40, given, sizeof(given)) ||
	    param_text(form, "patronymic", 0, 40, patronymic,
		       sizeof(patronymic)) ||
	    param_text(form, "number", 0, 16, k->number, sizeof(k->number)) ||
	    param_text(form, "due", 0, 10, k->due, sizeof(k->due)) ||
	    param_text(form, "entry_words", 0, 100, k->entry_words,
		       sizeof(k->entry_words)) ||
	    param_text(form, "status", 0, 100, k->status, sizeof(k->status)) ||
	    param_text(form, "assignee", 0, 200, k->assignee,
		       sizeof(k->assignee)))
		return 422;
	full_first(given, patronymic, k->first);
	return 0;
}

/*
 * The appeal as it is typed; without an id only what is typed. Nobody's name is
 * looked up: what is known of the person concerned stands in the form.
 * @return 0, ENOENT (not for his eyes) or a database error
 */
static int read_appeal(struct ctx *ctx, const struct form *form,
		       struct known *k, struct appeal *a)
{
	struct card_errors errors = { .count = 0 };
	enum appeal_access access = APPEAL_HIDDEN;
	struct appeal_person p;
	struct identity_check c;
	uint64_t id = 0;
	int err = 0;

	memset(a, 0, sizeof(*a));
	if (!param_u64(form, "appeal", 1, INT64_MAX, &id))
		err = card_load(ctx, id, false, a, &access);
	if (err)
		return err;
	card_read(form, a, &errors);
	if (!id)
		return 0;
	err = store_identity_get(ctx->db, a, &c);
	k->confirmed = !err && identity_holds(a, c.ticked);
	p = appeal_concerned(a);
	if (k->confirmed)
		full_first(p.given_name, p.patronymic, k->person);
	return err;
}

/* A theme without an answer of its own has the general one of its type. */
static const char *general(const char *type)
{
	static const char *const of[][2] = { { "Жалоба", "SC-042" },
					     { "Заявление", "SC-043" },
					     { "Предложение", "SC-044" },
					     { "Благодарность", "SC-045" } };

	for (size_t i = 0; i < LEN(of); i++)
		if (!strcmp(type, of[i][0]))
			return of[i][1];
	return "";
}

static uint32_t id_of(const struct form *form, const char *name)
{
	uint64_t id = 0;

	if (param_u64(form, name, 1, UINT32_MAX, &id))
		return 0;
	return (uint32_t)id;
}

/* What the card says of theme, clinic and insurer, for the values. */
static int look_up(struct ctx *ctx, const struct form *form, const char *theme,
		   struct known *k)
{
	const uint32_t mo = id_of(form, "mo"), insurer = id_of(form, "insurer");
	static struct org_entry smo;
	struct theme t;
	int err = *theme ? store_theme_get(ctx->db, theme, NULL, 0, &t) : 0;

	if (!err && *theme)
		copy_text(k->theme, sizeof(k->theme), t.name);
	if (err && err != ENOENT)
		return err;
	err = mo ? store_org_entry(ctx->db, mo, find_mo, &k->mo) : 0;
	k->entry_id = id_of(form, "entry");
	if (!err && k->entry_id)
		err = store_org_entry(ctx->db, k->entry_id, find_mo, &k->entry);
	smo.name[0] = '\0';
	if (!err && insurer)
		err = store_org_entry(ctx->db, insurer, find_mo, &smo);
	copy_text(k->insurer, sizeof(k->insurer), smo.name);
	return err;
}

/*
 * POST /scenarios  appeal: its id; the card's fields; answer: words, or
 * situation=1. By POST, since names are among them; nothing is changed and no
 * citizen is looked up.
 */
int page_scenarios(struct ctx *ctx, const struct request *req,
		   struct response *res)
{
	static struct known known;
	static struct appeal of;
	const struct form *form = &req->body;
	struct list l = { .ctx = ctx, .known = &known, .theme = "", .of = &of };
	char theme[13], words[401], today[11];
	size_t type = APPEAL_TYPES;
	int err;

	memset(&known, 0, sizeof(known));
	if (param_choice(form, "type", appeal_types, APPEAL_TYPES, &type) ==
		EINVAL ||
	    param_text(form, "theme", 0, 12, theme, sizeof(theme)) ||
	    param_text(form, "answer", 0, 100, words, sizeof(words)) ||
	    read_known(form, &known))
		return respond_error(res, 422, NULL);
	l.used = id_of(form, "scenario");
	l.situation = form_find(form, "situation") != NULL;
	l.words = *words && !l.situation;
	date_text(app_today(ctx), today);
	l.today = today;
	err = read_appeal(ctx, form, &known, &of);
	if (!err)
		err = look_up(ctx, form, theme, &known);
	if (!err && l.situation)
		err =
		    search_scenarios_of(ctx->db, &ctx->app->search, SITUATIONS,
					"", today, show_scenario, &l);
	else if (!err && l.words)
		err = search_scenarios(ctx->db, &ctx->app->search, words, today,
				       show_scenario, &l);
	else if (!err && type < APPEAL_TYPES && *theme) {
		l.theme = theme;
		err = search_scenarios_of(ctx->db, &ctx->app->search, theme,
					  general(appeal_types[type]), today,
					  show_scenario, &l);
	} else if (!err) {
		view_set(view_at(ctx->page, "Scenario"), "Ask", "1");
	}
	if (err)
		return respond_errno(res, err);
	if (l.situation)
		view_set(view_at(ctx->page, "Scenario"), "Situation", "1");
	if (l.words)
		view_set(view_at(ctx->page, "Scenario"), "Found", "1");
	return respond_page(res, 200);
}
