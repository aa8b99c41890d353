/* Earlier appeals of the citizen: listed in the card, opened beside it, said
 * to be his, attached. */
#include "cgi/card_past.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/buf.h"
#include "cgi/card_step.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/past.h"
#include "cgi/show.h"
#include "cgi/store_log.h"
#include "cgi/store_past.h"
#include "cgi/util.h"
#include "db/db.h"

static bool masked(const struct ctx *ctx)
{
	return auth_grant(ctx->who, AUTH_APPEAL_VIEW).masked;
}

/* Whether a field of that name has the number among those it lists. */
static bool names(const struct form *form, const char *name, uint64_t id)
{
	char *end;

	for (size_t i = 0; i < form->count; i++) {
		if (strcmp(form->fields[i].name, name) != 0)
			continue;
		for (const char *at = form->fields[i].value; *at; at = end) {
			if (strtoull(at, &end, 10) == id && end > at)
				return true;
			if (end == at)
				break;
		}
	}
	return false;
}

static bool ticked(const struct form *form, uint64_t id)
{
	return names(form, "past", id);
}

/* It could be ticked: what he did not see stays as it is. */
static bool was_shown(const struct form *form, uint64_t id)
{
	return names(form, "past_shown", id);
}

/* What they are attached for; "": the form does not say. */
static const char *reason_of(const struct form *form)
{
	const struct form_field *f = form_find(form, "past_reason");

	return !f                                  ? ""
	       : !strcmp(f->value, "DISSATISFIED") ? "DISSATISFIED"
						   : "THEME";
}

/* ---- the list ------------------------------------------------------------ */

struct list {
	struct ctx *ctx;
	const struct appeal *of;
	const struct form *form;
	bool edit;
	unsigned count;
	json_t *shown;      /* which: for the log */
	struct buf offered; /* those that can be ticked */
	const char *reason; /* typed, "" */
	char first[13];     /* reason of the first that is attached */
};

static void show_name(struct ctx *ctx, struct node *at, const struct appeal *a)
{
	char text[APPEAL_NAME * 3 + 3];

	if (masked(ctx))
		show_initials(a->surname, a->given_name, a->patronymic, text,
			      sizeof(text));
	else
		snprintf(text, sizeof(text), "%s%s%s%s%s", a->surname,
			 *a->given_name ? " " : "", a->given_name,
			 *a->patronymic ? " " : "", a->patronymic);
	view_set(at, "Fio", *text ? text : app_text(ctx, "Journal.Anonymous"));
}

/* «Передать» to who had it, if section 7 lets it go there (K-5.1.7.4). */
static int show_forward(struct list *l, struct node *at, const struct past *p)
{
	struct colleague c;
	char today[11];
	enum appeal_target t;
	int err;

	date_text(app_today(l->ctx), today);
	err = store_colleague(l->ctx->db, today, p->worked_id, &c);
	if (err)
		return err == ENOENT ? 0 : err;
	t = appeal_target(l->ctx->who, &c.who, l->of, false);
	if (t == TARGET_OK || t == TARGET_ASK) {
		view_set_int(at, "Forward", c.who.id);
		view_set(at, "ForwardTo", c.name);
	}
	return 0;
}

static void show_parts(struct list *l, struct node *at, const struct past *p,
		       unsigned parts)
{
	struct ctx *ctx = l->ctx;
	const struct appeal *a = &p->a;
	char text[64];

	app_time(a->registered_ms, text, sizeof(text));
	view_set(at, "At", text);
	view_set(at, "Status",
		 show_choice(ctx, "Statuses", appeal_status_code(a->status)));
	if (parts & PAST_TYPE)
		view_set(at, "Type", show_choice(ctx, "Types", a->type));
	if (parts & PAST_ORG)
		view_set(at, "Org", p->org);
	if (parts & PAST_NUMBER) {
		view_set(at, "Number", a->number);
		view_set(at, "Worked", p->worked);
	}
	if (!(parts & PAST_TEXT))
		return;
	show_name(ctx, at, a);
	view_set(at, "Text",
		 *a->description && masked(ctx) ? "***" : a->description);
	view_set(at, "Open", "1");
}

static int show_past(void *arg, const struct past *p)
{
	struct list *l = arg;
	enum past_view view = past_view(l->ctx->who, &p->a);
	struct node *at;

	if (view == PAST_NOTHING ||
	    show_cut(l->ctx, "Past", l->count, PASTS_SHOWN))
		return 0;
	at = view_at(l->ctx->page, "Past.%u", l->count++);
	view_set_int(at, "Id", (int64_t)p->a.id);
	json_array_append_new(l->shown, json_integer((json_int_t)p->a.id));
	show_parts(l, at, p, past_parts(view, p->sure));
	if (!p->sure) {
		view_set(at, "Maybe", "1");
		if (l->edit)
			view_set(at, "Ask", "1");
		return 0;
	}
	if (l->form && was_shown(l->form, p->a.id) ? ticked(l->form, p->a.id)
						   : *p->reason != '\0')
		view_set(at, "Attached", "1");
	view_set(at, "Reason", p->reason);
	if (!*l->first)
		copy_text(l->first, sizeof(l->first), p->reason);
	if (!l->edit)
		return 0;
	view_set(at, "Attach", "1");
	buf_printf(&l->offered, "%s%llu", l->offered.len ? " " : "",
		   (unsigned long long)p->a.id);
	return view >= PAST_WHERE && p->worked_id &&
		       auth_may(l->ctx->who, AUTH_APPEAL_FORWARD)
		   ? show_forward(l, at, p)
		   : 0;
}

/* What the list shows, if only that it is there, is in the log before the
 * answer leaves. */
static int log_shown(struct ctx *ctx, const struct appeal *a, json_t *shown)
{
	struct access entry = { .action = "HISTORY",
				.object_type = "appeal",
				.person = a->person_id };
	char id[24], *text;
	json_t *params;
	int err;

	if (!json_array_size(shown))
		return 0;
	params = json_pack("{s:O}", "shown", shown);
	text = json_dumps(params, JSON_COMPACT);
	json_decref(params);
	if (!text)
		return ENOMEM;
	snprintf(id, sizeof(id), "%llu", (unsigned long long)a->id);
	entry.object_id = id;
	entry.params = text;
	err = store_access(ctx, &entry);
	free(text);
	return err;
}

int card_past_show(struct ctx *ctx, const struct appeal *a,
		   enum appeal_access access, const struct form *form)
{
	struct list l = { .ctx = ctx,
			  .of = a,
			  .form = form,
			  .edit = access == APPEAL_EDIT,
			  .shown = json_array(),
			  .reason = form ? reason_of(form) : "" };
	int err = store_pasts(ctx->db, a, show_past, &l);

	if (!err)
		err = log_shown(ctx, a, l.shown);
	json_decref(l.shown);
	if (l.offered.failed)
		err = err ? err : ENOMEM;
	else if (l.offered.len)
		view_set(view_at(ctx->page, "Card"), "PastShown",
			 l.offered.data);
	buf_free(&l.offered);
	/* one list for all: what it says is what they are attached for */
	view_set(view_at(ctx->page, "Card"), "PastReason",
		 *l.reason ? l.reason : l.first);
	if (access == APPEAL_EDIT)
		view_set(view_at(ctx->page, "Card"), "PastEdit", "1");
	return err;
}

/* ---- what is attached ------------------------------------------------------ */

struct attach {
	struct ctx *ctx;
	const struct appeal *of;
	const struct form *form;
	const char *reason; /* "": the form says none, as those attached are */
};

static int attach(void *arg, const struct past *p)
{
	const struct attach *t = arg;
	bool want = ticked(t->form, p->a.id);
	const char *reason = !want        ? ""
			     : *t->reason ? t->reason
			     : *p->reason ? p->reason
					  : "THEME";
	int err = 0;

	if (!p->sure || !was_shown(t->form, p->a.id) ||
	    past_view(t->ctx->who, &p->a) == PAST_NOTHING ||
	    !strcmp(p->reason, reason))
		return 0;
	/* another reason takes the place of the first */
	if (*p->reason)
		err = store_past_unlink(t->ctx->db, t->of->id, p->a.id);
	if (!err && want)
		err = store_past_link(t->ctx, t->of->id, p->a.id, reason);
	return err ? err
		   : card_log(t->ctx, want ? "LINK" : "UNLINK", t->of->id,
			      t->of->person_id, NULL);
}

int card_past_save(struct ctx *ctx, const struct appeal *a,
		   const struct form *form)
{
	struct attach t = { ctx, a, form, reason_of(form) };

	return form_find(form, "past_shown")
		   ? store_pasts(ctx->db, a, attach, &t)
		   : 0;
}

/* ---- one of them ----------------------------------------------------------- */

struct find {
	uint64_t id;
	struct past *out;
	bool found;
};

static int is_it(void *arg, const struct past *p)
{
	struct find *f = arg;

	if (p->a.id == f->id) {
		*f->out = *p;
		f->found = true;
	}
	return 0;
}

/* @return 0, ENOENT (not in the history, or not for his eyes) or an error */
static int find_past(struct ctx *ctx, const struct appeal *of, uint64_t id,
		     struct past *out)
{
	struct find f = { id, out, false };
	int err = store_pasts(ctx->db, of, is_it, &f);

	if (!err && (!f.found || past_view(ctx->who, &out->a) == PAST_NOTHING))
		err = ENOENT;
	return err;
}

/* GET /appeal/{id}/past: the list anew */
int page_past(struct ctx *ctx, const struct request *req, struct response *res)
{
	enum appeal_access access = APPEAL_HIDDEN;
	static struct appeal a;
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	(void)req;
	if (!err)
		err = card_load(ctx, id, false, &a, &access);
	if (!err)
		err = card_past_show(ctx, &a, access, NULL);
	view_set_int(view_at(ctx->page, "Card"), "Id", (int64_t)id);
	return err ? respond_errno(res, err) : respond_page(res, 200);
}

/* POST /appeal/{id}/same  earlier: «Это тот же человек» (K-5.1.7.2) */
int page_past_same(struct ctx *ctx, const struct request *req,
		   struct response *res)
{
	enum appeal_access access = APPEAL_HIDDEN;
	static struct past p;
	static struct appeal a;
	uint64_t id = 0, earlier = 0;
	char reason[64];
	int err = app_arg_u64(ctx, "id", &id);

	if (!err && param_u64(&req->body, "earlier", 1, INT64_MAX, &earlier))
		return respond_error(res, 422, NULL);
	if (!err)
		err = db_begin(ctx->db);
	if (err)
		return respond_errno(res, err);
	err = card_load(ctx, id, true, &a, &access);
	if (!err && access != APPEAL_EDIT)
		err = EACCES;
	if (!err)
		err = find_past(ctx, &a, earlier, &p);
	if (!err && !p.sure)
		err = store_past_link(ctx, id, earlier, "SAME");
	snprintf(reason, sizeof(reason), "Это тот же человек: %llu",
		 (unsigned long long)earlier);
	if (!err)
		err = card_log(ctx, "SAME", id, p.a.person_id, reason);
	if (!err)
		err = card_past_show(ctx, &a, access, &req->body);
	view_set_int(view_at(ctx->page, "Card"), "Id", (int64_t)id);
	err = store_end(ctx, err);
	return err ? respond_errno(res, err) : respond_page(res, 200);
}

/* GET /appeal/{id}/past/{earlier}: read only, beside the card */
int page_past_one(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	enum appeal_access access = APPEAL_HIDDEN;
	static struct appeal a;
	static struct past p;
	uint64_t id = 0, earlier = 0;
	char text[64];
	struct node *at;
	int err = app_arg_u64(ctx, "id", &id);

	(void)req;
	if (!err)
		err = app_arg_u64(ctx, "earlier", &earlier);
	if (!err)
		err = card_load(ctx, id, false, &a, &access);
	if (!err)
		err = find_past(ctx, &a, earlier, &p);
	if (!err && (!p.sure || past_view(ctx->who, &p.a) != PAST_WHOLE))
		err = ENOENT;
	if (!err)
		err = card_load(ctx, earlier, false, &a, &access);
	if (!err)
		err = card_log(ctx, "VIEW", earlier, a.person_id,
			       "История обращений");
	if (!err)
		err = card_step_show(ctx, &a, APPEAL_READ, NULL);
	if (err)
		return respond_errno(res, err);
	at = view_at(ctx->page, "One");
	view_set_int(at, "Id", (int64_t)earlier);
	view_set(at, "Number", a.number);
	view_set(at, "Status",
		 show_choice(ctx, "Statuses", appeal_status_code(a.status)));
	view_set(at, "Type", show_choice(ctx, "Types", a.type));
	show_name(ctx, at, &p.a);
	view_set(at, "Text",
		 *a.description && masked(ctx) ? "***" : a.description);
	view_set(at, "Worked", p.worked);
	view_set(at, "Org", p.org);
	app_time(a.registered_ms, text, sizeof(text));
	view_set(at, "At", text);
	show_date(a.due, text, sizeof(text));
	view_set(at, "Due", text);
	view_set(view_at(ctx->page, "Card"), "Readonly", "1");
	return respond_page(res, 200);
}
