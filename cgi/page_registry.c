/*
 * The search in the register of insured persons (K-5.1.3), in the card, and
 * for the number of a caller. Every search is in the access log before its
 * answer leaves (K-5.1.3.9).
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/appeal.h"
#include "cgi/forgive.h"
#include "cgi/names_file.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/registry.h"
#include "cgi/show.h"
#include "cgi/store_log.h"
#include "cgi/store_person.h"
#include "cgi/util.h"

/* The dictionaries if they are of the register's present state. */
static int look_names(struct ctx *ctx, struct names *out)
{
	uint32_t version = 0;
	bool loading = false;
	int err = store_register_state(ctx->db, &version, &loading);

	*out = (struct names){ .data = NULL };
	if (err)
		return err;
	names_file_look(ctx->app->names);
	if (!loading && ctx->app->names->names.version == version)
		*out = ctx->app->names->names;
	return 0;
}

/* What was asked, as the log keeps it. */
static json_t *asked(const struct registry_query *q)
{
	const char *values[REGISTRY_FIELDS] = {
		q->name[NAMES_SURNAME],
		q->name[NAMES_GIVEN],
		q->name[NAMES_PATRONYMIC],
		q->birth,
		q->enp,
		q->snils,
		q->phone,
	};
	json_t *params = json_object();

	for (unsigned i = 0; i < REGISTRY_FIELDS; i++)
		if (*values[i])
			json_object_set_new(params, registry_fields[i],
					    json_string(values[i]));
	return params;
}

/* Whom the answer shows: the incident's question is who saw a person. */
static void shown(json_t *params, const char *name,
		  const struct person_ids *ids)
{
	json_t *list;

	if (!ids->count)
		return;
	list = json_array();
	for (unsigned i = 0; i < ids->count && i < REGISTRY_SHOWN; i++)
		json_array_append_new(list,
				      json_integer((json_int_t)ids->id[i]));
	json_object_set_new(params, name, list);
}

static int log_search(struct ctx *ctx, const struct registry_query *q,
		      const struct person_ids *found,
		      const struct person_ids *maybe)
{
	struct access entry = { .action = "SEARCH", .object_type = "person" };
	json_t *params = asked(q);
	char *text;
	int err;

	shown(params, "found", found);
	shown(params, "maybe", maybe);
	text = json_dumps(params, JSON_COMPACT);
	json_decref(params);
	if (!text)
		return ENOMEM;
	entry.params = text;
	err = store_access(ctx, &entry);
	free(text);
	return err;
}

struct forgiving {
	struct ctx *ctx;
	const struct names *names;
	const struct person_day *day; /* of the date; NULL: by the database */
	struct person_ids *maybe;
	int err;
};

static int try_reading(void *arg, const struct registry_query *q)
{
	struct forgiving *f = arg;

	if (f->day && *q->birth)
		person_day_find(f->day, f->names, q, f->maybe);
	else
		f->err = store_person_find(f->ctx->db, f->names, q, f->maybe);
	return f->err || f->maybe->count > REGISTRY_SHOWN;
}

/* A dozen readings of one day are one question to the database. */
static int read_otherwise(struct ctx *ctx, const struct names *names,
			  const struct registry_query *q,
			  struct person_ids *maybe)
{
	static struct person_day day; /* 0.5 MB, one request at a time */
	struct forgiving f = { ctx, names, NULL, maybe, 0 };

	if (*q->birth && names->data) {
		f.err = store_person_day(ctx->db, q->birth, &day);
		if (f.err)
			return f.err;
		if (day.whole)
			f.day = &day;
	}
	forgive(names, q, try_reading, &f);
	return f.err;
}

/* maybe: of other readings, when the search as it was typed finds nobody */
static int search(struct ctx *ctx, const struct registry_query *q,
		  struct person_ids *found, struct person_ids *maybe)
{
	struct names names;
	int err = look_names(ctx, &names);

	if (!err)
		err = store_person_find(ctx->db, &names, q, found);
	if (!err && !found->count)
		err = read_otherwise(ctx, &names, q, maybe);
	return err ? err : log_search(ctx, q, found, maybe);
}

/* ---- POST /registry  appeal: the card it is for; the fields -------------- */

struct rows {
	struct ctx *ctx;
	const char *list;
	unsigned count;
};

static int show_row(void *arg, const struct insured *p)
{
	struct rows *r = arg;
	struct node *at;
	char text[16];

	/* of all of them together one fact (O+) */
	if (auth_elsewhere(r->ctx->who, p->insurer_id)) {
		view_set(view_at(r->ctx->page, "Elsewhere"), r->list,
			 app_text(r->ctx, "Registry.Elsewhere"));
		return 0;
	}
	at = view_at(r->ctx->page, "%s.%u", r->list, r->count++);
	view_set_int(at, "Id", (int64_t)p->id);
	view_set(at, "Surname", p->surname);
	view_set(at, "GivenName", p->given_name);
	view_set(at, "Patronymic", p->patronymic);
	show_date(p->birth, text, sizeof(text));
	view_set(at, "Birth", text);
	view_set(at, "Insurer", p->insurer);
	view_set(at, "Mo", p->mo);
	return 0;
}

/* The form again, with what was typed and what is wrong with it. */
static void show_form(struct ctx *ctx, const struct form *form, unsigned wrong)
{
	char key[64];

	for (unsigned i = 0; i < REGISTRY_FIELDS; i++) {
		const struct form_field *f =
		    form_find(form, registry_fields[i]);

		if (f && f->len < 500)
			view_set(view_at(ctx->page, "Search"),
				 registry_fields[i], f->value);
		if (!(wrong & 1u << i))
			continue;
		snprintf(key, sizeof(key), "Registry.Wrong.%s",
			 registry_fields[i]);
		view_set(view_at(ctx->page, "SearchWrong"), registry_fields[i],
			 app_text(ctx, key));
	}
}

static void message(struct ctx *ctx, const char *key, const char *kind)
{
	struct node *at = view_at(ctx->page, "Search");

	view_set(at, "Message", app_text(ctx, key));
	view_set(at, "Kind", kind);
}

int page_registry(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	struct person_ids ids = { .count = 0 }, maybe = { .count = 0 };
	struct rows rows = { .ctx = ctx, .list = "Persons" };
	struct rows others = { .ctx = ctx, .list = "Maybe" };
	struct registry_query q;
	uint64_t appeal = 0;
	unsigned wrong = 0;
	bool any = registry_read(&req->body, app_today(ctx), &q, &wrong);
	int err = param_u64(&req->body, "appeal", 1, INT64_MAX, &appeal);

	if (err == EINVAL)
		return respond_error(res, 422, NULL);
	view_set_int(view_at(ctx->page, "Card"), "Id", (int64_t)appeal);
	show_form(ctx, &req->body, wrong);
	if (!any || wrong) {
		if (!any)
			message(ctx, "Msg.M04", "warning");
		return respond_page(res, 422);
	}
	err = search(ctx, &q, &ids, &maybe);
	if (!err)
		err = store_persons(ctx->db, &ids, show_row, &rows);
	if (!err)
		err = store_persons(ctx->db, &maybe, show_row, &others);
	if (err)
		return respond_errno(res, err);
	if (!ids.count)
		message(ctx, "Msg.M06", "info");
	else if (ids.count > REGISTRY_SHOWN)
		message(ctx, "Msg.M05", "info");
	return respond_page(res, 200);
}

/* ---- POST /api/persons  phone -------------------------------------------- */

struct people {
	struct ctx *ctx;
	json_t *list;
};

static int add_person(void *arg, const struct insured *p)
{
	const struct people *w = arg;
	char name[3 * APPEAL_NAME], birth[16];

	if (auth_elsewhere(w->ctx->who, p->insurer_id)) {
		json_array_append_new(
		    w->list, json_pack("{s:s}", "insurer",
				       app_text(w->ctx, "Registry.Elsewhere")));
		return 0;
	}
	snprintf(name, sizeof(name), "%s %s%s%s", p->surname, p->given_name,
		 *p->patronymic ? " " : "", p->patronymic);
	show_date(p->birth, birth, sizeof(birth));
	json_array_append_new(w->list,
			      json_pack("{s:I, s:s, s:s, s:s}", "id",
					(json_int_t)p->id, "name", name,
					"birth", birth, "insurer", p->insurer));
	return 0;
}

/* {"persons": [{"id","name","birth","insurer"}], "more": whether these are not
 * all}: who may be calling, before he is answered (K-2.0.5). A number that is
 * none, such as a hidden one, is nobody's. */
int api_persons(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	struct people w = { .ctx = ctx };
	struct person_ids ids = { .count = 0 }, none = { .count = 0 };
	struct registry_query q = { .birth = "" };
	char typed[161], *text;
	json_t *body;
	int err = 0;

	if (param_text(&req->body, "phone", 0, 40, typed, sizeof(typed)))
		return respond_error(res, 422, NULL);
	if (!phone_normalize(typed, q.phone))
		err = search(ctx, &q, &ids, &none);
	w.list = json_array();
	if (!err)
		err = store_persons(ctx->db, &ids, add_person, &w);
	body = json_pack("{s:o, s:b}", "persons", w.list, "more",
			 ids.count > REGISTRY_SHOWN);
	text = body && !err ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
	if (!text)
		return respond_errno(res, err ? err : ENOMEM);
	respond_json(res, 200, text);
	free(text);
	return 0;
}
