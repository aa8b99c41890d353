/* The registration card: opened, taken over with its call, saved. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/appeal_field.h"
#include "cgi/card.h"
#include "cgi/card_edit.h"
#include "cgi/card_kept.h"
#include "cgi/card_past.h"
#include "cgi/card_step.h"
#include "cgi/notice.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/phone.h"
#include "cgi/store_appeal.h"
#include "cgi/store_call.h"
#include "cgi/store_card.h"
#include "cgi/store_edit.h"
#include "cgi/store_follow.h"
#include "cgi/store_lock.h"
#include "cgi/store_log.h"
#include "cgi/store_person.h"
#include "cgi/store_place.h"
#include "cgi/util.h"
#include "db/db.h"

/* ---- POST /appeal  call: UUID, optional; phone: optional ---------------- */

/* Rows of the call are still to come: the page asks again by itself
 * (static/js/trouble.js). */
static int respond_lags(struct response *res)
{
	response_header(res, "Retry-After", "1");
	return respond_error(res, 503, "call_lags");
}

/* The caller's number from the call itself. A call of others is not for
 * linking: EACCES, or EAGAIN while it runs: the plugin's rows come after the
 * fact, and it may be his already. */
static int call_phone(struct ctx *ctx, const char *call, char phone[33])
{
	struct call c;
	int err;

	if (!*call)
		return 0;
	err = store_call_get(ctx->db, ctx->who, call, &c);
	if (err == ENOENT || (!err && !c.took_part && !c.ended_ms))
		return EAGAIN;
	if (err)
		return err;
	if (!c.took_part)
		return store_denied(ctx, EACCES, "call", call);
	copy_text(phone, 33, strcmp(c.direction, "OUT") ? c.caller : c.called);
	return 0;
}

static int add_draft(struct ctx *ctx, const char *call, const char *phone,
		     uint64_t *id)
{
	int err = db_begin(ctx->db);

	if (!err)
		err = store_appeal_add(ctx, call, phone, id);
	if (!err)
		err = card_log(ctx, "CREATE", *id, 0, NULL);
	if (!err && *call)
		err = store_appeal_card(ctx, "card_opened", *id, call);
	return store_end(ctx, err);
}

/* The draft of this call, made if there is none: one, however often and in
 * however many windows it is asked for at once. */
static int draft_of(struct ctx *ctx, const char *call, const char *phone,
		    uint64_t *id)
{
	char name[64];
	int err;

	if (!*call)
		return add_draft(ctx, call, phone, id);
	snprintf(name, sizeof(name), "otklik.draft.%s", call);
	err = store_lock(ctx->db, name);
	if (err)
		return err;
	err = store_appeal_draft_of(ctx->db, call, ctx->who->id, id);
	if (err == ENOENT)
		err = add_draft(ctx, call, phone, id);
	store_unlock(ctx->db, name);
	return err;
}

int page_appeal_new(struct ctx *ctx, const struct request *req,
		    struct response *res)
{
	const struct form_field *f = form_find(&req->body, "call");
	char call[37] = "", phone[33] = "", typed[81];
	uint64_t id = 0;
	int err;

	if (f && f->len && param_uuid(f->value, call))
		return respond_error(res, 422, NULL);
	if (param_text(&req->body, "phone", 0, 20, typed, sizeof(typed)) ||
	    strspn(typed, "0123456789+-() ") != strlen(typed))
		return respond_error(res, 422, NULL);
	if (phone_normalize(typed, phone))
		copy_text(phone, sizeof(phone), typed);

	err = call_phone(ctx, call, phone);
	if (err == EAGAIN)
		return respond_lags(res);
	if (!err)
		err = draft_of(ctx, call, phone, &id);
	if (err)
		return respond_errno(res, err);
	return respond_redirect(res, "/appeal/%llu", (unsigned long long)id);
}

/* ---- GET /appeal/{id} --------------------------------------------------- */

static int hand_over(struct ctx *ctx, uint64_t id)
{
	static struct appeal a;
	int err = db_begin(ctx->db);

	if (!err)
		err = store_appeal_get(ctx->db, id, true, &a);
	/* another page of his may have been first */
	if (!err && !appeal_handed_over(ctx->who, &a)) {
		db_rollback(ctx->db);
		return 0;
	}
	if (!err)
		err = store_follow(ctx, &a);
	if (!err && *a.call_id)
		err = store_appeal_card(ctx, "card_opened", id, a.call_id);
	return store_end(ctx, err);
}

/* For a decision: opened from the queue it is his own task (section 10). */
static bool waits(const struct ctx *ctx, const struct appeal *a)
{
	return auth_may(ctx->who, AUTH_APPEAL_REVIEW) &&
	       (a->status == APPEAL_UNDER_REVIEW ||
		(appeal_active(a->status) && *a->delete_reason));
}

/* The card again, with what was typed and why it was not saved. */
static int show_again(struct ctx *ctx, struct response *res,
		      const struct appeal *a, const struct form *form,
		      const char *message, int status,
		      const struct card_errors *errors)
{
	int err = card_log(ctx, "VIEW", a->id, a->person_id, NULL);

	if (!err)
		err = card_show(ctx, a, APPEAL_EDIT, errors);
	if (!err)
		err = card_step_show(ctx, a, APPEAL_EDIT, form);
	if (!err)
		err = card_past_show(ctx, a, APPEAL_EDIT, form);
	if (err)
		return respond_errno(res, err);
	card_message(ctx, message, status == 422 ? "danger" : "warning");
	return respond_page(res, status);
}

/* What he typed here and did not save, in the fields again; beside it what a
 * colleague has saved since (D14). */
static int show_edit(struct ctx *ctx, struct response *res,
		     const struct appeal *stored, const struct edit *e)
{
	static struct form form;
	static struct appeal a;
	struct card_errors errors = { .count = 0 };
	struct theme theme;
	bool stale = e->version != stored->version;
	json_t *body = json_loads(e->fields, 0, NULL);
	char text[64];
	int err = body ? card_edit_form(body, &form) : ENOMEM;

	a = *stored;
	if (!err) {
		card_read(&form, &a, &errors);
		card_step_typed(&form, &a, &errors);
		err = card_check(ctx, &a, stored, &theme, &errors);
	}
	if (!err && stale)
		card_theirs(ctx, &a, stored);
	app_time(e->at_ms, text, sizeof(text));
	view_set(view_at(ctx->page, "Card"), "EditAt", text);
	err = err ? respond_errno(res, err)
		  : show_again(ctx, res, &a, &form,
			       stale ? "Msg.EditStale" : "Msg.Edit", 200,
			       &errors);
	json_decref(body);
	return err;
}

/* GET /appeal/{id}  done: event of the step; queue; call: his page says that he
 * has its call */
int page_appeal(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	const struct form_field *f = form_find(&req->query, "done");
	const char *message = f ? card_step_message(f->value) : NULL;
	bool queue = form_find(&req->query, "queue") != NULL;
	enum appeal_access access = APPEAL_HIDDEN;
	struct edit edit;
	static struct appeal a;
	bool comes = false;
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	if (!err && form_find(&req->query, "call"))
		err = store_appeal_comes(ctx->db, id, ctx->who->id, &comes);
	if (!err && comes)
		return respond_lags(res);
	if (!err)
		err = card_load(ctx, id, false, &a, &access);
	if (!err && appeal_handed_over(ctx->who, &a)) {
		err = hand_over(ctx, id);
		if (!err)
			err = card_load(ctx, id, false, &a, &access);
	}
	if (!err)
		err = notice_seen(ctx, res, id);
	if (!err && access == APPEAL_EDIT && a.status != APPEAL_DRAFT) {
		err = store_edit_get(ctx, id, &edit);
		if (!err) {
			err = show_edit(ctx, res, &a, &edit);
			free(edit.fields);
			return err;
		}
		if (err == ENOENT)
			err = 0;
	}
	queue = !err && queue && waits(ctx, &a);
	if (!err)
		err = card_log(ctx, "VIEW", id, a.person_id,
			       queue ? "Очередь утверждения" : NULL);
	if (!err)
		err = card_show(ctx, &a, access, NULL);
	if (!err)
		err = card_step_show(ctx, &a, access, NULL);
	if (!err)
		err = card_past_show(ctx, &a, access, NULL);
	if (err)
		return respond_errno(res, err);
	if (queue)
		card_step_queue(ctx);
	/* nobody is to approve it: a self-closing consultation */
	if (message && a.status == APPEAL_CLOSED && strstr(message, "M11"))
		message = "Msg.Closed";
	if (message && a.status != APPEAL_DRAFT)
		card_message(ctx, message, "success");
	return respond_page(res, 200);
}

/* ---- POST /appeal/{id} -------------------------------------------------- */

/* Both versions, the saver's in the fields (D14). The form carries the stored
 * version: he has seen it now and may save over it. */
static int show_conflict(struct ctx *ctx, struct response *res,
			 const struct appeal *mine, const struct appeal *theirs,
			 const struct form *form)
{
	card_theirs(ctx, mine, theirs);
	return show_again(ctx, res, mine, form, "Msg.Conflict", 409, NULL);
}

/* Begins a transaction and locks the row that is to be changed. version: what
 * the page has; @return 0, EINVAL: no version, or as load, and no transaction */
static int load_to_change(struct ctx *ctx, const struct request *req,
			  uint64_t *id, struct appeal *stored,
			  uint64_t *version, enum appeal_access *access)
{
	static const struct appeal nothing;
	int err = app_arg_u64(ctx, "id", id);

	if (!err && param_u64(&req->body, "version", 1, UINT32_MAX, version))
		err = EINVAL;
	if (!err)
		err = db_begin(ctx->db);
	if (err)
		return err;
	err = card_load(ctx, *id, true, stored, access);
	if (!err && *access != APPEAL_EDIT)
		err = stored->version == *version ? EACCES : ESTALE;
	if (err)
		db_rollback(ctx->db);
	/* nothing of it is for his eyes, but what he typed is */
	if (err == ENOENT)
		card_kept(ctx, &req->body, &nothing);
	return err;
}

static int done(struct ctx *ctx, struct response *res, const struct appeal *a,
		const struct card_step *step)
{
	enum appeal_event on = step->on[step->count - 1];

	/* with the appeal may go the right to read it */
	if (appeal_access(ctx->who, a, false) == APPEAL_HIDDEN)
		return respond_redirect(res, "/");
	return respond_redirect(res, "/appeal/%llu?done=%s",
				(unsigned long long)a->id,
				appeal_event_code(on));
}

/* The card as it is now, not his to change, and what he typed (K-6.1.10). */
static int show_late(struct ctx *ctx, struct response *res,
		     const struct form *form, const struct appeal *stored,
		     enum appeal_access access)
{
	int err = card_log(ctx, "VIEW", stored->id, stored->person_id, NULL);

	if (!err)
		err = card_show(ctx, stored, access, NULL);
	if (!err)
		err = card_step_show(ctx, stored, access, NULL);
	if (err)
		return respond_errno(res, err);
	card_kept(ctx, form, stored);
	card_message(ctx, "Msg.Conflict", "warning");
	return respond_page(res, 409);
}

/* The answer to a step got lost and he asks for it again; else why: ESTALE,
 * EACCES. */
static int too_late(struct ctx *ctx, struct response *res,
		    const struct form *form, const struct appeal *stored,
		    enum appeal_access access, int why)
{
	static struct appeal a;
	static struct card_step step;
	struct card_errors errors = { .count = 0 };
	bool again = false;
	int err;

	a = *stored;
	err = card_step_read(ctx, form, &a, &step, &errors);
	if (!err && why == ESTALE)
		err = card_step_again(ctx, a.id, &step, &again);
	if (!err && again)
		return done(ctx, res, stored, &step);
	if (!err && why == ESTALE)
		return show_late(ctx, res, form, stored, access);
	card_kept(ctx, form, stored);
	return respond_errno(res, err ? err : why);
}

/* POST /appeal/{id}  version, the card's fields, do: which button */
int page_appeal_save(struct ctx *ctx, const struct request *req,
		     struct response *res)
{
	static struct appeal a, stored; /* 50 KiB each, one request a time */
	static struct card_step step;
	struct card_errors errors = { .count = 0 };
	struct theme theme = { .due_days = -1 };
	uint64_t id = 0, version = 0;
	enum appeal_access access = APPEAL_HIDDEN;
	int err = load_to_change(ctx, req, &id, &stored, &version, &access);

	if (err == EINVAL)
		return respond_error(res, 422, NULL);
	if (err == EACCES || err == ESTALE)
		return too_late(ctx, res, &req->body, &stored, access, err);
	if (err)
		return respond_errno(res, err);
	/* its page was opened before the call came, or is stale */
	if (appeal_handed_over(ctx->who, &stored)) {
		db_rollback(ctx->db);
		return show_late(ctx, res, &req->body, &stored, APPEAL_READ);
	}
	a = stored; /* its version too */
	card_read(&req->body, &a, &errors);
	err = card_check(ctx, &a, &stored, &theme, &errors);
	if (!err)
		err = card_step_read(ctx, &req->body, &a, &step, &errors);
	if (!err && stored.version != version) {
		bool again = false;

		err = card_step_again(ctx, id, &step, &again);
		/* the same once more: only the answer got lost */
		if (!err && !again && card_same(&a, &stored))
			err = store_card_saved(ctx, id, &again);
		db_rollback(ctx->db);
		if (err || again)
			return err ? respond_errno(res, err)
				   : done(ctx, res, &stored, &step);
		return show_conflict(ctx, res, &a, &stored, &req->body);
	}
	/* whatever the button, what stands in the card is saved (T5) */
	if (!err && stored.status == APPEAL_IN_PROGRESS)
		card_complete(&a, theme.mo_required && *a.theme, &errors);
	if (!err)
		err = card_step_check(ctx, &a, theme.mo_required && *a.theme,
				      &step, &errors);
	if (!err && errors.count) {
		db_rollback(ctx->db);
		return show_again(ctx, res, &a, &req->body, "Msg.M08", 422,
				  &errors);
	}
	if (!err)
		err = card_step_do(ctx, &a, &step, theme.due_days);
	if (!err)
		err = card_past_save(ctx, &a, &req->body);
	if (!err)
		err = store_wish_put(ctx, &stored, &a);
	if (!err)
		err = store_edit_drop(ctx, id);
	err = store_end(ctx, err);
	return err ? respond_errno(res, err) : done(ctx, res, &a, &step);
}

/* POST /appeal/{id}/draft/drop: what he typed into a registered card and did not
 * save is not wanted any more. */
int page_appeal_drop(struct ctx *ctx, const struct request *req,
		     struct response *res)
{
	enum appeal_access access;
	static struct appeal a;
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	(void)req;
	if (!err)
		err = card_load(ctx, id, false, &a, &access);
	if (!err)
		err = store_edit_drop(ctx, id);
	if (err)
		return respond_errno(res, err);
	return respond_redirect(res, "/appeal/%llu", (unsigned long long)id);
}

/* ---- POST /appeal/{id}/person  attach; the card's fields ------------------ */

static int load_person(struct ctx *ctx, uint64_t id, struct insured *p)
{
	char text[24];
	int err = store_person_get(ctx->db, id, p);

	if (err || !auth_elsewhere(ctx->who, p->insurer_id))
		return err;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	return store_denied(ctx, ENOENT, "person", text);
}

/* «Прикрепить» (K-5.1.3.6). A draft has the person at once; a registered card
 * shows him in its fields, to be saved. */
int page_appeal_person(struct ctx *ctx, const struct request *req,
		       struct response *res)
{
	static struct appeal a, stored;
	struct card_errors errors = { .count = 0 };
	struct theme theme = { .due_days = -1 };
	const struct form_field *f = form_find(&req->body, "attach_to");
	struct insured p;
	uint64_t id = 0, version = 0, person = 0;
	enum appeal_access access = APPEAL_HIDDEN;
	bool applicant = false;
	int err = param_u64(&req->body, "attach", 1, INT64_MAX, &person);

	if (!err)
		err = load_to_change(ctx, req, &id, &stored, &version, &access);
	else
		err = EINVAL;
	if (err == EINVAL)
		return respond_error(res, 422, NULL);
	if (err == ESTALE)
		return show_late(ctx, res, &req->body, &stored, access);
	if (err)
		return respond_errno(res, err);
	a = stored;
	card_read(&req->body, &a, &errors);
	if (stored.version != version) {
		db_rollback(ctx->db);
		return show_conflict(ctx, res, &a, &stored, &req->body);
	}
	err = load_person(ctx, person, &p);
	if (!err) {
		applicant = f && !strcmp(f->value, "APPLICANT");
		card_person(&a, &p, applicant);
		err = card_check(ctx, &a, &stored, &theme, &errors);
	}
	if (!err && (applicant || !appeal_for_other(&a)))
		err = store_wish_get(ctx->db, person, &a);
	if (!err && a.status == APPEAL_DRAFT)
		err = store_appeal_draft_save(ctx->db, &a);
	if (!err && a.status == APPEAL_DRAFT && appeal_turned(&stored, &a))
		err = store_appeal_card(ctx, "card_about", id, NULL);
	if (!err)
		err = card_log(ctx, "ATTACH", id, person, NULL);
	err = store_end(ctx, err);
	if (err)
		return respond_errno(res, err);
	if (a.status != APPEAL_DRAFT)
		return show_again(ctx, res, &a, &req->body, "Msg.Attached", 200,
				  NULL);
	return respond_redirect(res, "/appeal/%llu", (unsigned long long)id);
}

/* GET /themes  type, q; theme: the chosen one. The list of the card, for htmx */
int page_themes(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	const struct form_field *f = form_find(&req->query, "theme");
	const char *chosen = f && f->len <= 12 ? f->value : "";
	char words[401];
	size_t type = APPEAL_TYPES;
	int err = param_choice(&req->query, "type", appeal_types, APPEAL_TYPES,
			       &type);

	if (err == EINVAL ||
	    param_text(&req->query, "q", 0, 100, words, sizeof(words)))
		return respond_error(res, 422, NULL);
	err = 0;
	if (type < APPEAL_TYPES) {
		view_set(view_at(ctx->page, "Card"), "Type",
			 appeal_types[type]);
		err = card_themes(ctx, appeal_types[type], words, chosen);
	}
	if (err)
		return respond_errno(res, err);
	view_set(view_at(ctx->page, "Card"), "Theme", chosen);
	return respond_page(res, 200);
}
