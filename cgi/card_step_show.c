/* What is to become of the appeal, on its page: tabs, lists, answers. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/card_step.h"
#include "cgi/param.h"
#include "cgi/show.h"
#include "cgi/store_place.h"
#include "cgi/util.h"

enum { MAX_EXCEPTIONS = 120 };

struct people {
	struct ctx *ctx;
	const struct appeal *a;
	const char *list;
	bool reassign;
	uint32_t chosen;
	unsigned count;
};

static int show_person(void *arg, const struct colleague *c)
{
	struct people *w = arg;
	enum appeal_target t =
	    appeal_target(w->ctx->who, &c->who, w->a, w->reassign);
	enum auth_role role = auth_main_role(c->who.roles);
	struct node *at;
	char text[600], key[64];

	/* the absent leave the list (K-6.0.3) */
	if ((t != TARGET_OK && t != TARGET_ASK) || c->substitute)
		return 0;
	at = view_at(w->ctx->page, "%s.%u", w->list, w->count++);
	snprintf(key, sizeof(key), "Role.%s", auth_role_code(role));
	snprintf(text, sizeof(text), "%s, %s%s%s", c->name,
		 app_text(w->ctx, key), *c->extension ? ", " : "",
		 c->extension);
	view_set_int(at, "Id", c->who.id);
	view_set(at, "Name", text);
	view_set(at, "Org", c->org);
	if (c->who.id == w->chosen)
		view_set(at, "Chosen", "1");
	return 0;
}

static uint32_t chosen(const struct form *form, const char *name)
{
	uint64_t id = 0;

	if (form)
		param_u64(form, name, 1, UINT32_MAX, &id);
	return (uint32_t)id;
}

static int show_people(struct ctx *ctx, const struct appeal *a,
		       const struct form *form, const char *field,
		       bool reassign)
{
	struct people w = {
		ctx, a, "People", reassign, chosen(form, field), 0
	};
	char today[11];

	date_text(app_today(ctx), today);
	return store_colleagues(ctx->db, today, show_person, &w);
}

static void show_results(struct ctx *ctx, const struct appeal *a)
{
	for (unsigned i = 0; i < APPEAL_RESULTS; i++) {
		const struct appeal_result *r = &appeal_results[i];
		struct node *at;

		if (show_withdrawn(ctx, r->code) &&
		    strcmp(r->code, a->result) != 0)
			continue;
		at = view_at(ctx->page, "Results.%u", i);
		view_set(at, "Code", r->code);
		view_set(at, "Name", show_result(ctx, r->code));
		view_set(at, "Type", r->type ? r->type : "");
		if (!strcmp(r->code, a->result))
			view_set(at, "Chosen", "1");
	}
}

struct answers {
	struct ctx *ctx;
	unsigned count;
	bool told; /* of the longer term */
};

static int show_answer(void *arg, const struct appeal_answer *a)
{
	struct answers *w = arg;
	struct node *at;
	bool masked = auth_grant(w->ctx->who, AUTH_APPEAL_VIEW).masked;
	char text[32];

	w->told |= !strcmp(a->kind, "EXTENSION");
	if (show_cut(w->ctx, "Answers", w->count, ANSWERS_SHOWN))
		return 0;
	at = view_at(w->ctx->page, "Answers.%u", w->count++);
	view_set(at, "Kind", show_choice(w->ctx, "AnswerKinds", a->kind));
	view_set(at, "Channel",
		 show_choice(w->ctx, "AnswerChannels", a->channel));
	show_date(a->date, text, sizeof(text));
	view_set(at, "Date", text);
	view_set(at, "Number", a->number);
	view_set(at, "Text", masked && *a->text ? "***" : a->text);
	view_set(at, "Who", a->who);
	return 0;
}

/* What was posted comes back as it was. */
static void show_typed(struct ctx *ctx, const struct form *form)
{
	static const char *const names[] = {
		"answer_kind",     "answer_channel",    "answer_date",
		"answer_number",   "answer_text",       "forward_comment",
		"no_contact",      "no_contact_reason", "deferred",
		"comment",         "delete_reason",     "call_back",
		"reject_reason",   "addressee",         "to_whom",
		"to_organization", "letter_number",     "letter_date",
		"direction",       "duplicate_of",      "non_target",
		"new_due",
	};
	struct node *at = view_at(ctx->page, "Typed");

	for (size_t i = 0; i < LEN(names); i++) {
		const struct form_field *f = form_find(form, names[i]);

		if (f)
			view_set(at, names[i], f->value);
	}
}

/* What is stored, under the names of the form. */
static void show_stored(struct ctx *ctx, const struct appeal *a)
{
	const struct appeal_result *r = appeal_result_of(a->result);
	bool masked = auth_grant(ctx->who, AUTH_APPEAL_VIEW).masked;
	struct node *at = view_at(ctx->page, "Typed");
	char today[11];

	if (r && r->note)
		view_set(at, r->note, masked ? "***" : a->note);
	if (r && r->reference)
		view_set(at, r->reference, a->reference);
	if (r && r->date)
		view_set(at, r->date, a->result_date);
	if (r && r->kinds)
		view_set(at, r->kind, a->kind);
	view_set(at, "new_due", a->requested);
	if (a->status == APPEAL_DRAFT && *a->deferred_reason)
		view_set(at, "deferred", "1");
	date_text(app_today(ctx), today);
	view_set(at, "answer_date", today);
	if (!strcmp(a->form, "Устная") && *a->phone && *a->call_id)
		view_set(at, "call_back", "1");
}

static bool can(struct ctx *ctx, const struct appeal *a, enum appeal_event on,
		const char *name)
{
	static struct appeal probe;
	struct appeal_move m;
	bool may;

	/* from a draft it is saved first (K-6.1.12, K-5.1.8.5) */
	probe = *a;
	if (a->status == APPEAL_DRAFT && on != APPEAL_SAVE &&
	    on != APPEAL_DEFER) {
		probe.status = APPEAL_IN_PROGRESS;
		probe.assignee_id = a->author_id;
	}
	may = !appeal_move(ctx->who, &probe, on, &m);
	if (may)
		view_set(view_at(ctx->page, "Can"), name, "1");
	return may;
}

static void show_tab(struct ctx *ctx, const struct appeal *a,
		     const struct form *form)
{
	const struct form_field *f = form ? form_find(form, "do") : NULL;
	const char *tab = f && f->len ? f->value : "";

	if (strcmp(tab, "close") != 0 && strcmp(tab, "forward") != 0 &&
	    strcmp(tab, "resume") != 0 && strcmp(tab, "propose") != 0)
		tab = a->status == APPEAL_DEFERRED ? "resume" : "close";
	view_set(ctx->page, "Step.Tab", tab);
}

void card_step_queue(struct ctx *ctx)
{
	view_set(ctx->page, "Step.Queue", "1");
}

/* «Позвонить» to whom it was sent in by. */
static int show_assignee(struct ctx *ctx, const struct appeal *a)
{
	struct colleague c;
	char today[11];
	int err;

	if (!a->assignee_id)
		return 0;
	date_text(app_today(ctx), today);
	err = store_colleague(ctx->db, today, a->assignee_id, &c);
	if (err)
		return err == ENOENT ? 0 : err;
	view_set(ctx->page, "Step.Assignee", c.name);
	view_set(ctx->page, "Step.AuthorDial", c.extension);
	return 0;
}

/* The decision on others' appeals: the review, or another assignee. */
static int show_decision(struct ctx *ctx, const struct appeal *a,
			 const struct form *form)
{
	bool review = can(ctx, a, APPEAL_RETURN, "Return");
	bool remove = *a->delete_reason &&
		      can(ctx, a, APPEAL_DELETE, "Delete") &&
		      can(ctx, a, APPEAL_KEEP, "Keep");
	bool reassign = can(ctx, a, APPEAL_REASSIGN, "Reassign");
	int err;

	can(ctx, a, APPEAL_APPROVE, "Approve");
	can(ctx, a, APPEAL_EXTEND, "Extend");
	if (!a->passed_ms && (a->about_insurer_id || a->insurer_id))
		can(ctx, a, APPEAL_PASS, "Pass");
	if (review || remove)
		view_set(ctx->page, "Can.Review", "1");
	if (!review && !reassign && !remove)
		return 0;
	err = show_assignee(ctx, a);
	if (err || (!review && !reassign))
		return err;
	return show_people(ctx, a, form, review ? "return_to" : "reassign_to",
			   true);
}

/* The result's own fields in one line, for readers. */
static void show_own(struct ctx *ctx, const struct appeal *a, struct node *step)
{
	const struct appeal_result *r = appeal_result_of(a->result);
	bool masked = auth_grant(ctx->who, AUTH_APPEAL_VIEW).masked;
	char date[16], text[1600];
	const char *parts[4] = { "", "", "", "" };
	size_t n = 0;

	show_date(a->result_date, date, sizeof(date));
	if (r) {
		parts[0] = *a->note && masked ? "***" : a->note;
		parts[1] = a->reference;
		parts[2] = date;
		parts[3] = show_choice(ctx,
				       r->kind && !strcmp(r->kind, "direction")
					   ? "Directions"
					   : "NonTargets",
				       a->kind);
	}
	text[0] = '\0';
	for (size_t i = 0; i < LEN(parts); i++) {
		if (!*parts[i])
			continue;
		snprintf(text + n, sizeof(text) - n, "%s%s", n ? ", " : "",
			 parts[i]);
		n = strlen(text);
	}
	view_set(step, "Own", text);
	show_date(a->requested, date, sizeof(date));
	view_set(step, "Requested", date);
}

int card_step_show(struct ctx *ctx, const struct appeal *a,
		   enum appeal_access access, const struct form *form)
{
	struct node *step = view_at(ctx->page, "Step");
	bool masked = auth_grant(ctx->who, AUTH_APPEAL_VIEW).masked;
	struct answers answers = { ctx, 0, false };
	struct workday_exception off[MAX_EXCEPTIONS];
	struct date due;
	char from[11];
	size_t n = 0;
	int err = store_answers(ctx->db, a->id, show_answer, &answers);

	/* shown, never moved: the law counts calendar days */
	if (!err && appeal_active(a->status) && !date_parse(a->due, &due) &&
	    !deadline_overdue(due, app_today(ctx))) {
		date_text(app_today(ctx), from);
		err = store_calendar(ctx->db, from, off, LEN(off), &n);
		if (!workday_is(due, off, n))
			view_set(step, "DueOff", "1");
	}

	show_results(ctx, a);
	view_set(step, "Result", *a->result ? a->result : "");
	view_set(step, "ResultName", show_result(ctx, a->result));
	view_set(step, "Measures",
		 *a->measures && masked ? "***" : a->measures);
	view_set(step, "Justified", a->justified);
	view_set(step, "Refund", a->refund);
	if (appeal_refundable(a->theme))
		view_set(step, "Refundable", "1");
	show_own(ctx, a, step);
	view_set(step, "DeferredReason",
		 *a->deferred_reason && masked ? "***" : a->deferred_reason);
	view_set(step, "DeleteReason",
		 *a->delete_reason && masked ? "***" : a->delete_reason);
	if (a->extended)
		view_set(step, "Extended", "1");
	if (a->returns)
		view_set_int(step, "Returns", a->returns);
	show_stored(ctx, a);
	if (form)
		show_typed(ctx, form);
	show_tab(ctx, a, form);
	if (access != APPEAL_EDIT)
		return err ? err : show_decision(ctx, a, form);

	can(ctx, a, APPEAL_CLOSE, "Close");
	can(ctx, a, APPEAL_RESUME, "Resume");
	can(ctx, a, APPEAL_CALL_BACK, "Forward");
	can(ctx, a, APPEAL_DEFER, "Defer");
	if (a->status != APPEAL_DRAFT)
		can(ctx, a, APPEAL_PROPOSE, "Propose");
	if (*a->delete_reason)
		can(ctx, a, APPEAL_WITHDRAW, "Withdraw");
	if (a->status == APPEAL_DRAFT && !auth_may(ctx->who, AUTH_APPEAL_EDIT))
		view_set(ctx->page, "Can.Assign", "1");
	if (a->extended && !answers.told)
		view_set(step, "TellTerm", "1");
	if (!err)
		err = show_people(ctx, a, form,
				  form && form_find(form, "notify_to") &&
					  form_find(form, "notify_to")->len
				      ? "notify_to"
				      : "forward_to",
				  false);
	return err;
}
