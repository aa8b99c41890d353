/* Exceptions of the working week, and who stands in for whom. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/card.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/show.h"
#include "cgi/store_calendar.h"
#include "cgi/store_log.h"
#include "cgi/store_people.h"
#include "cgi/util.h"
#include "db/db.h"

static int log_it(struct ctx *ctx, const char *action, const char *type,
		  const char *id)
{
	const struct access entry = { .action = action,
				      .object_type = type,
				      .object_id = id };

	return store_access(ctx, &entry);
}

static void show_errors(struct ctx *ctx, const struct form *form,
			const struct card_errors *errors)
{
	static const char *const names[] = { "day", "name", "absent",
					     "by",  "from", "to" };
	struct node *typed = view_at(ctx->page, "Typed");
	char key[64];

	for (size_t i = 0; form && i < LEN(names); i++) {
		const struct form_field *f = form_find(form, names[i]);

		if (f)
			view_set(typed, names[i], f->value);
	}
	for (unsigned i = 0; i < errors->count; i++) {
		snprintf(key, sizeof(key), "Invalid.%s", errors->names[i]);
		view_set(
		    view_at(ctx->page, "Invalid"), errors->names[i],
		    app_text(ctx, errors->keys[i] ? errors->keys[i] : key));
	}
}

static void read_day(const struct form *form, const char *name, char out[11],
		     struct card_errors *errors)
{
	out[0] = '\0';
	if (param_date(form, name, out))
		card_error(errors, name);
}

/* What others see follows at once: the telephone's hours, too. */
static int end(struct ctx *ctx, int err, const char *kind)
{
	if (!err && kind)
		err = store_outbox(ctx, kind, json_object());
	return store_end(ctx, err);
}

/* ---- holidays ------------------------------------------------------------ */

struct list {
	struct ctx *ctx;
	unsigned count;
};

static int show_holiday(void *arg, const struct holiday *h)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Holidays.%u", l->count++);
	char text[16];

	view_set(at, "Day", h->day);
	show_date(h->day, text, sizeof(text));
	view_set(at, "Shown", text);
	view_set(at, "Name", h->name);
	if (h->working)
		view_set(at, "Working", "1");
	return 0;
}

static int show_holidays(struct ctx *ctx, struct response *res, int status,
			 const struct form *form,
			 const struct card_errors *errors)
{
	struct list l = { ctx, 0 };
	char from[11];
	int err;

	date_text(app_today(ctx), from);
	memcpy(from + 4, "-01-01", 7);
	err = store_holidays(ctx->db, from, show_holiday, &l);
	if (err)
		return respond_errno(res, err);
	if (!auth_grant(ctx->who, AUTH_SETTINGS).readonly)
		view_set(ctx->page, "Can.Edit", "1");
	show_errors(ctx, form, errors);
	return respond_page(res, status);
}

/* GET /holidays */
int page_holidays(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	const struct card_errors none = { .count = 0 };

	(void)req;
	return show_holidays(ctx, res, 200, NULL, &none);
}

/* POST /holidays  day, name, working; or remove: the day */
int page_holiday_save(struct ctx *ctx, const struct request *req,
		      struct response *res)
{
	struct card_errors errors = { .count = 0 };
	struct holiday h = { .working = false };
	bool remove = form_find(&req->body, "remove") != NULL;
	int err;

	if (auth_grant(ctx->who, AUTH_SETTINGS).readonly)
		return respond_error(res, 403, NULL);
	read_day(&req->body, remove ? "remove" : "day", h.day, &errors);
	if (!remove &&
	    param_text(&req->body, "name", 1, 80, h.name, sizeof(h.name)))
		card_error(&errors, "name");
	h.working = form_find(&req->body, "working") != NULL;
	if (errors.count)
		return show_holidays(ctx, res, 422, &req->body, &errors);
	err = db_begin(ctx->db);
	if (!err)
		err = remove ? store_holiday_remove(ctx->db, h.day)
			     : store_holiday_put(ctx->db, &h);
	if (!err)
		err = log_it(ctx, remove ? "REMOVE" : "SAVE", "holiday", h.day);
	err = end(ctx, err, "directory");
	return err ? respond_errno(res, err)
		   : respond_redirect(res, "/holidays");
}

/* ---- substitutions (K-6.0.3) --------------------------------------------- */

static int show_substitution(void *arg, const struct substitution *s)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Subs.%u", l->count++);
	char text[16];

	view_set_int(at, "Id", s->id);
	view_set(at, "Absent", s->absent);
	view_set(at, "By", s->by);
	show_date(s->from, text, sizeof(text));
	view_set(at, "From", text);
	show_date(s->to, text, sizeof(text));
	view_set(at, "To", text);
	view_set_int(at, "Open", (int64_t)s->open);
	return 0;
}

/* Whose he may arrange: 0 all, else of that organization. */
static uint32_t scope_of(const struct ctx *ctx)
{
	enum auth_scope scope = auth_grant(ctx->who, AUTH_SUBSTITUTION).scope;

	return scope == SCOPE_ALL ? 0 : ctx->who->org_id;
}

static int show_person(void *arg, const struct colleague *c)
{
	struct list *l = arg;
	uint32_t org = scope_of(l->ctx);
	struct node *at;

	if (org && c->who.org_id != org)
		return 0;
	at = view_at(l->ctx->page, "People.%u", l->count++);
	view_set_int(at, "Id", c->who.id);
	view_set(at, "Name", c->name);
	view_set(at, "Org", c->org);
	return 0;
}

static int show_substitutions(struct ctx *ctx, struct response *res, int status,
			      const struct form *form,
			      const struct card_errors *errors)
{
	struct auth_grant grant = auth_grant(ctx->who, AUTH_SUBSTITUTION);
	struct list subs = { ctx, 0 }, people = { ctx, 0 };
	char today[11];
	int err;

	date_text(app_today(ctx), today);
	err = store_substitutions(ctx->db, today, scope_of(ctx),
				  grant.scope == SCOPE_MINE ? ctx->who->id : 0,
				  show_substitution, &subs);
	if (!err && !grant.readonly) {
		view_set(ctx->page, "Can.Edit", "1");
		err = store_colleagues(ctx->db, today, show_person, &people);
	}
	if (err)
		return respond_errno(res, err);
	show_errors(ctx, form, errors);
	return respond_page(res, status);
}

/* GET /substitutions */
int page_substitutions(struct ctx *ctx, const struct request *req,
		       struct response *res)
{
	const struct card_errors none = { .count = 0 };

	(void)req;
	return show_substitutions(ctx, res, 200, NULL, &none);
}

static int read_person(struct ctx *ctx, const struct form *form,
		       const char *name, struct identity *who,
		       struct card_errors *errors)
{
	struct colleague c = { .name = "" };
	uint32_t org = scope_of(ctx);
	uint64_t value = 0;
	int err = param_u64(form, name, 1, UINT32_MAX, &value);

	err = err ? ENOENT : store_colleague(ctx->db, "", (uint32_t)value, &c);
	if (err && err != ENOENT)
		return err;
	if (err || (org && c.who.org_id != org))
		card_error(errors, name);
	else
		*who = c.who;
	return 0;
}

static int add(struct ctx *ctx, const struct request *req,
	       struct card_errors *errors)
{
	char from[11], to[11], id[16];
	struct identity absent = { .id = 0 }, by = { .id = 0 };
	int err = read_person(ctx, &req->body, "absent", &absent, errors);

	if (!err)
		err = read_person(ctx, &req->body, "by", &by, errors);
	read_day(&req->body, "from", from, errors);
	read_day(&req->body, "to", to, errors);
	if (absent.id && absent.id == by.id)
		card_error(errors, "by");
	/* his appeals are nobody else's to read (section 7) */
	else if (absent.id && by.id && absent.org_id != by.org_id)
		card_error_as(errors, "by", "Invalid.by_outside");
	if (*from && *to && strcmp(from, to) > 0)
		card_error(errors, "to");
	if (err || errors->count)
		return err;
	snprintf(id, sizeof(id), "%u", absent.id);
	err = db_begin(ctx->db);
	if (!err)
		err =
		    store_substitution_add(ctx->db, absent.id, by.id, from, to);
	if (!err)
		err = log_it(ctx, "SAVE", "substitution", id);
	return end(ctx, err, NULL);
}

static int take_out(struct ctx *ctx, uint64_t id)
{
	char text[24];
	int err = db_begin(ctx->db);

	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	if (!err)
		err = store_substitution_remove(ctx->db, scope_of(ctx),
						(uint32_t)id);
	if (!err)
		err = log_it(ctx, "REMOVE", "substitution", text);
	return end(ctx, err, NULL);
}

/* POST /substitutions  absent, by, from, to; or remove: an id */
int page_substitution_save(struct ctx *ctx, const struct request *req,
			   struct response *res)
{
	struct card_errors errors = { .count = 0 };
	uint64_t id = 0;
	int err;

	if (auth_grant(ctx->who, AUTH_SUBSTITUTION).readonly)
		return respond_error(res, 403, NULL);
	if (form_find(&req->body, "remove")) {
		if (param_u64(&req->body, "remove", 1, UINT32_MAX, &id))
			return respond_error(res, 422, NULL);
		err = take_out(ctx, id);
	} else {
		err = add(ctx, req, &errors);
	}
	if (!err && errors.count)
		return show_substitutions(ctx, res, 422, &req->body, &errors);
	return err ? respond_errno(res, err)
		   : respond_redirect(res, "/substitutions");
}
