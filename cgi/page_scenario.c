/* The approved answers in the card (K-5.1.5): those of the theme, those found
 * by words, and what to do when a talk goes wrong; under each who can help. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/appeal.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/scenario_text.h"
#include "cgi/show.h"
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
	uint32_t insurer, about;
};

static const char *value(void *arg, const char *name, size_t len)
{
	const struct list *l = arg;
	const struct known *k = l->known;
	const char *const values[][2] = {
		{ "имя_оператора", l->ctx->session.user.name },
		{ "имя_обратившегося", k->first },
		{ "номер_обращения", k->number },
		{ "статус", k->status },
		{ "исполнитель", k->assignee },
		{ "срок", k->due },
		{ "тема", k->theme },
		{ "название_МО", l->mo->name },
		{ "телефон_МО", l->mo->phones },
		{ "адрес_МО", l->mo->address },
		{ "часы_работы", l->mo->hours },
		{ "название_СМО", k->insurer },
	};

	/* a person's data stay «…» until he is identified (K-5.1.6.7) */
	for (size_t i = 0; i < LEN(values); i++)
		if (strlen(values[i][0]) == len &&
		    !memcmp(values[i][0], name, len))
			return values[i][1];
	return NULL;
}

static int show_helper(void *arg, const struct helper *h)
{
	struct list *l = arg;
	struct node *at;

	if (h->id == l->ctx->who->id)
		return 0;
	at = view_at(l->at, "Helpers.%u", l->count++);
	view_set_int(at, "Id", h->id);
	view_set(at, "Name", h->name);
	view_set(at, "Extension", h->extension);
	view_set(at, "Org", h->org);
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
	err = strstr(s->text, "{телефон_МО}") ? show_entry(l, at) : 0;
	if (!err)
		err = show_scenario_text(at, s->text, value, l);
	if (err || l->situation)
		return err;
	/* a general answer is of another theme than the card */
	return store_helpers(l->ctx->db, *l->theme ? l->theme : s->theme,
			     l->insurer == l->about ? 0 : l->insurer,
			     show_helper, &helpers);
}

static int find_mo(void *arg, const struct org_entry *o)
{
	*(struct org_entry *)arg = *o;
	return 0;
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
	snprintf(k->first, sizeof(k->first), "%s%s%s", given,
		 *given && *patronymic ? " " : "", patronymic);
	return 0;
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
 * POST /scenarios: the card's fields; answer: words, or situation=1. By POST, since
 * names are among them; nothing is changed and no citizen is looked up.
 */
int page_scenarios(struct ctx *ctx, const struct request *req,
		   struct response *res)
{
	static struct known known;
	const struct form *form = &req->body;
	struct list l = { .ctx = ctx, .known = &known, .theme = "" };
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
	/* of the person concerned */
	l.insurer = id_of(form, "concerned_insurer");
	if (!l.insurer)
		l.insurer = id_of(form, "insurer");
	l.about = id_of(form, "about_insurer");
	date_text(app_today(ctx), today);
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
