#include "cgi/card_step.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/param.h"
#include "cgi/show.h"
#include "cgi/store_appeal.h"
#include "cgi/store_log.h"
#include "cgi/store_place.h"
#include "cgi/util.h"
#include "db/db.h"

#define MAX_COMMENT 2000
#define MAX_REASON  500
#define MAX_NOTE    300
#define MAX_NUMBER  40
#define MAX_ANSWER  4000

static struct {
	struct workday_exception list[120];
	size_t n;
} calendar; /* from today on; read when it is asked for */

static void day_of(const struct ctx *ctx, char out[11])
{
	struct date d = app_today(ctx);

	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)d.year % 10000,
		 (unsigned)d.month % 100, (unsigned)d.day % 100);
}

/* ---- what the pages share ------------------------------------------------ */

int card_log(struct ctx *ctx, const char *action, uint64_t id,
	     const char *reason)
{
	char text[24];
	const struct access entry = { .action = action,
				      .object_type = "appeal",
				      .object_id = text,
				      .reason = reason };

	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	return store_access(ctx, &entry);
}

int card_end(struct ctx *ctx, int err)
{
	if (!err)
		err = db_commit(ctx->db);
	if (err)
		db_rollback(ctx->db);
	else
		store_wake(ctx);
	return err;
}

int card_load(struct ctx *ctx, uint64_t id, bool lock, struct appeal *a,
	      enum appeal_access *access)
{
	bool party = false;
	char text[24];
	int err = store_appeal_get(ctx->db, id, lock, a);

	if (!err && a->status == APPEAL_DRAFT)
		err = store_appeal_party(ctx->db, id, ctx->who->id, &party);
	if (err)
		return err;
	*access = appeal_access(ctx->who, a, party);
	if (*access != APPEAL_HIDDEN)
		return 0;
	/* whether it exists is not his business */
	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	return store_denied(ctx, ENOENT, "appeal", text);
}

/* ---- from the form ------------------------------------------------------- */

static bool ticked(const struct form *form, const char *name)
{
	const struct form_field *f = form_find(form, name);

	return f && f->len;
}

static void read_text(const struct form *form, const char *name, size_t max,
		      char *out, size_t size, struct card_errors *errors)
{
	if (param_text(form, name, 0, max, out, size)) {
		card_error(errors, name);
		out[0] = '\0';
	}
}

static void read_date(const struct form *form, const char *name, char out[11],
		      struct card_errors *errors)
{
	out[0] = '\0';
	if (param_date(form, name, out) == EINVAL)
		card_error(errors, name);
}

static void read_one_of(const struct form *form, const char *name,
			const char *const *list, char *out, size_t size,
			struct card_errors *errors)
{
	size_t n = 0, i = 0;
	int err;

	out[0] = '\0';
	while (list[n])
		n++;
	err = param_choice(form, name, list, n, &i);
	if (!err)
		copy_text(out, size, list[i]);
	else if (err == EINVAL)
		card_error(errors, name);
}

/* «1234», «1234,5» or «1234.50» */
static void read_money(const struct form *form, char out[16],
		       struct card_errors *errors)
{
	char typed[81];
	size_t whole, cents = 0;

	out[0] = '\0';
	if (param_text(form, "refund", 0, 20, typed, sizeof(typed)))
		typed[0] = 'x';
	if (!*typed)
		return;
	whole = strspn(typed, "0123456789");
	if (typed[whole] == ',' || typed[whole] == '.') {
		typed[whole] = '.';
		cents = strspn(typed + whole + 1, "0123456789");
		cents += !cents ? 99 : 1;
	}
	if (!whole || whole > 10 || cents > 3 || typed[whole + cents])
		card_error(errors, "refund");
	else
		copy_text(out, 16, typed);
}

static void read_result(const struct form *form, struct appeal *a,
			struct card_errors *errors)
{
	const struct appeal_result *r;

	if (!form_find(form, "result"))
		return;
	read_text(form, "result", 24, a->result, sizeof(a->result), errors);
	r = appeal_result_of(a->result);
	if (*a->result && !r) {
		card_error(errors, "result");
		a->result[0] = '\0';
	}
	read_text(form, "measures", MAX_COMMENT, a->measures,
		  sizeof(a->measures), errors);
	read_one_of(form, "justified", appeal_justified, a->justified,
		    sizeof(a->justified), errors);
	a->refund[0] = '\0';
	if (appeal_refundable(a->theme))
		read_money(form, a->refund, errors);
	a->note[0] = a->reference[0] = a->result_date[0] = a->kind[0] = '\0';
	a->requested[0] = '\0';
	if (!r)
		return;
	if (r->note)
		read_text(form, r->note, MAX_NOTE, a->note, sizeof(a->note),
			  errors);
	if (r->reference)
		read_text(form, r->reference, MAX_NUMBER, a->reference,
			  sizeof(a->reference), errors);
	if (r->date)
		read_date(form, r->date, a->result_date, errors);
	if (r->kinds)
		read_one_of(form, r->kind, r->kinds, a->kind, sizeof(a->kind),
			    errors);
	if (r->event == APPEAL_ASK_TERM)
		read_date(form, "new_due", a->requested, errors);
}

static void read_answer(struct ctx *ctx, const struct form *form,
			struct appeal_answer *out, struct card_errors *errors)
{
	bool none;

	read_one_of(form, "answer_kind", appeal_answer_kinds, out->kind,
		    sizeof(out->kind), errors);
	read_one_of(form, "answer_channel", appeal_answer_channels,
		    out->channel, sizeof(out->channel), errors);
	read_date(form, "answer_date", out->date, errors);
	read_text(form, "answer_number", MAX_NUMBER, out->number,
		  sizeof(out->number), errors);
	read_text(form, "answer_text", MAX_ANSWER, out->text, sizeof(out->text),
		  errors);
	if (!*out->kind) {
		/* a date alone is the field's default */
		if (*out->text || *out->number)
			card_error(errors, "answer_kind");
		return;
	}
	none = !strcmp(out->kind, "NO_ANSWER");
	if (!*out->date)
		day_of(ctx, out->date);
	if (!none && !*out->channel)
		card_error(errors, "answer_channel");
	if (!none && !*out->text)
		card_error(errors, "answer_text");
}

static int read_target(struct ctx *ctx, const struct form *form,
		       const char *name, struct card_step *step)
{
	char today[11];
	uint64_t id = 0;
	int err;

	step->error_of_target = name;
	if (param_u64(form, name, 1, UINT32_MAX, &id))
		return 0;
	day_of(ctx, today);
	err = store_colleague(ctx->db, today, (uint32_t)id, &step->target);
	step->absent = step->target.who.id != id;
	return err == ENOENT ? 0 : err;
}

static void add(struct card_step *step, enum appeal_event on)
{
	if (step->count < CARD_STEPS)
		step->on[step->count++] = on;
}

static int read_forward(struct ctx *ctx, const struct form *form,
			struct card_step *step, struct card_errors *errors)
{
	add(step,
	    ticked(form, "call_back") ? APPEAL_CALL_BACK : APPEAL_FORWARD);
	read_text(form, "forward_comment", MAX_REASON, step->comment,
		  sizeof(step->comment), errors);
	return read_target(ctx, form, "forward_to", step);
}

static int read_close(struct ctx *ctx, const struct form *form,
		      struct appeal *a, struct card_step *step)
{
	const struct appeal_result *r = appeal_result_of(a->result);
	enum appeal_event on = r ? r->event : APPEAL_CLOSE;

	add(step, on);
	copy_text(step->comment, sizeof(step->comment), a->measures);
	return on == APPEAL_NOTIFY ? read_target(ctx, form, "notify_to", step)
				   : 0;
}

static int read_decision(struct ctx *ctx, const struct form *form,
			 struct appeal *a, struct card_step *step,
			 const char *what, struct card_errors *errors)
{
	static const struct {
		const char *what;
		enum appeal_event on;
		const char *target; /* NULL: none */
	} decisions[] = {
		{ "approve", APPEAL_APPROVE, NULL },
		{ "return", APPEAL_RETURN, "return_to" },
		{ "extend", APPEAL_EXTEND, NULL },
		{ "reassign", APPEAL_REASSIGN, "reassign_to" },
		{ "delete", APPEAL_DELETE, NULL },
	};

	read_text(form, "comment", MAX_REASON, step->comment,
		  sizeof(step->comment), errors);
	for (size_t i = 0; i < LEN(decisions); i++) {
		if (strcmp(what, decisions[i].what) != 0)
			continue;
		add(step, decisions[i].on);
		if (decisions[i].on == APPEAL_EXTEND)
			read_date(form, "new_due", a->requested, errors);
		return decisions[i].target
			   ? read_target(ctx, form, decisions[i].target, step)
			   : 0;
	}
	return EBADMSG;
}

int card_step_read(struct ctx *ctx, const struct form *form, struct appeal *a,
		   struct card_step *step, struct card_errors *errors)
{
	const struct form_field *f = form_find(form, "do");
	const char *what = f && f->len ? f->value : "save";
	bool draft = a->status == APPEAL_DRAFT;

	memset(step, 0, sizeof(*step));
	step->confirmed = ticked(form, "confirm_insurer");
	read_result(form, a, errors);
	read_answer(ctx, form, &step->answer, errors);
	if (form_find(form, "deferred_reason"))
		read_text(form, "deferred_reason", MAX_REASON,
			  a->deferred_reason, sizeof(a->deferred_reason),
			  errors);
	if (draft)
		add(step,
		    ticked(form, "deferred") ? APPEAL_DEFER : APPEAL_SAVE);
	if (!strcmp(what, "save")) {
		if (!draft)
			add(step, APPEAL_UPDATE);
		if (draft && ticked(form, "deferred"))
			copy_text(step->comment, sizeof(step->comment),
				  a->deferred_reason);
		/* an administrator does not consider appeals himself */
		return draft && !auth_may(ctx->who, AUTH_APPEAL_EDIT)
			   ? read_target(ctx, form, "assign_to", step)
			   : 0;
	}
	if (!strcmp(what, "close"))
		return read_close(ctx, form, a, step);
	if (!strcmp(what, "forward"))
		return read_forward(ctx, form, step, errors);
	if (!strcmp(what, "resume")) {
		add(step, APPEAL_RESUME);
		if (ticked(form, "no_contact"))
			read_text(form, "no_contact_reason", MAX_REASON,
				  step->comment, sizeof(step->comment), errors);
		return 0;
	}
	if (!strcmp(what, "propose")) {
		add(step, APPEAL_PROPOSE);
		read_text(form, "delete_reason", MAX_REASON, step->comment,
			  sizeof(step->comment), errors);
		return 0;
	}
	return read_decision(ctx, form, a, step, what, errors);
}

/* ---- guards -------------------------------------------------------------- */

static void check_result(const struct appeal *a, unsigned failed,
			 struct card_errors *errors)
{
	const struct appeal_result *r = appeal_result_of(a->result);
	unsigned lack = appeal_lacks(a, failed);

	if (lack & LACK_RESULT)
		card_error(errors, "result");
	if (lack & LACK_COMMENT)
		card_error(errors, "measures");
	if (lack & LACK_JUSTIFIED)
		card_error_as(errors, "justified", "Msg.M12");
	if (lack & LACK_NOTE)
		card_error(errors, r->note);
	if (lack & LACK_REFERENCE)
		card_error(errors, r->reference);
	if (lack & LACK_DATE)
		card_error(errors, r->date);
	if (lack & LACK_KIND)
		card_error(errors, r->kind);
	if (lack & LACK_ATTEMPTS)
		card_error_as(errors, "result", "Invalid.attempts");
}

struct find {
	const char *kind;
	bool found;
};

static int is_final(void *arg, const struct appeal_answer *a)
{
	struct find *f = arg;

	if (!strcmp(a->kind, "FINAL") || !strcmp(a->kind, "NO_ANSWER"))
		f->found = true;
	return 0;
}

static int check_answer(struct ctx *ctx, const struct appeal *a,
			const struct card_step *step,
			struct card_errors *errors)
{
	struct find f = { .found = false };
	int err;

	if (strcmp(a->form, "Письменная") != 0)
		return 0;
	is_final(&f, &step->answer);
	err = store_answers(ctx->db, a->id, is_final, &f);
	if (!err && !f.found)
		card_error_as(errors, "answer_kind", "Invalid.final_answer");
	return err;
}

static void check_target(struct ctx *ctx, const struct appeal *a,
			 const struct card_step *step, bool reassign,
			 struct card_errors *errors)
{
	static const char *const words[] = {
		[TARGET_NOBODY] = "Invalid.target",
		[TARGET_SELF] = "Invalid.target_self",
		[TARGET_FOREIGN] = "Msg.M23",
		[TARGET_ACCUSED] = "Invalid.target_accused",
		[TARGET_ASK] = "Invalid.target_ask",
		[TARGET_OUTSIDE] = "Invalid.target_outside",
	};
	enum appeal_target t =
	    appeal_target(ctx->who, &step->target.who, a, reassign);
	char text[900];
	const char *m22, *place;

	if (t == TARGET_OK || (t == TARGET_ASK && step->confirmed))
		return;
	card_error_as(errors, step->error_of_target, words[t]);
	if (t != TARGET_ASK)
		return;
	m22 = app_text(ctx, "Msg.M22");
	place = strstr(m22, "{СМО}");
	if (place) {
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - m22),
			 m22, step->target.org, place + strlen("{СМО}"));
		view_set(ctx->page, "Step.Confirm", text);
	}
}

static void check_reason(const struct appeal *a, enum appeal_event on,
			 const struct card_step *step,
			 struct card_errors *errors)
{
	if (on == APPEAL_DEFER && !*a->deferred_reason)
		card_error(errors, "deferred_reason");
	else if (on == APPEAL_PROPOSE && !*step->comment)
		card_error(errors, "delete_reason");
	else if (on != APPEAL_DEFER && on != APPEAL_PROPOSE && !*step->comment)
		card_error(errors, "comment");
}

static int check(struct ctx *ctx, const struct appeal *a, enum appeal_event on,
		 const struct appeal_move *m, bool mo_required,
		 const struct card_step *step, struct card_errors *errors)
{
	unsigned attempts = 0, failed = 0;
	int err = 0;

	if (m->needs & NEED_OTHER && a->assignee_id == ctx->who->id)
		return EACCES;
	if (m->needs & NEED_PROPOSAL && !*a->delete_reason)
		return EPROTO;
	if (m->needs & (NEED_RESULT | NEED_CONTACT))
		err = store_step_attempts(ctx, a->id, &attempts, &failed);
	if (!err && m->needs & NEED_ANSWER)
		err = check_answer(ctx, a, step, errors);
	if (m->needs & NEED_THEME)
		card_complete(a, mo_required, errors);
	if (m->needs & NEED_PHONE && !*a->phone)
		card_error_as(errors, "phone",
			      on == APPEAL_DEFER ? "Invalid.phone_needed"
						 : "Msg.M25");
	if (m->needs & NEED_REASON)
		check_reason(a, on, step, errors);
	if (m->needs & NEED_RESULT)
		check_result(a, failed, errors);
	if (m->needs & NEED_TARGET ||
	    (on == APPEAL_RETURN && step->target.who.id &&
	     step->target.who.id != a->assignee_id))
		check_target(ctx, a, step,
			     on == APPEAL_REASSIGN || on == APPEAL_RETURN,
			     errors);
	if (m->needs & NEED_DATE && !appeal_term_valid(a, a->requested))
		card_error_as(errors, "new_due",
			      a->extended ? "Invalid.extended" : NULL);
	if (m->needs & NEED_CONTACT && !attempts && !*step->comment)
		card_error(errors, "no_contact");
	return err;
}

int card_step_check(struct ctx *ctx, const struct appeal *a, bool mo_required,
		    struct card_step *step, struct card_errors *errors)
{
	static struct appeal probe; /* 50 KiB, one request a time */
	int err = 0;

	probe = *a;
	if (step->error_of_target &&
	    !strcmp(step->error_of_target, "assign_to"))
		check_target(ctx, a, step, false, errors);
	for (unsigned i = 0; !err && i < step->count; i++) {
		struct appeal_move *m = &step->move[i];

		err = appeal_move(ctx->who, &probe, step->on[i], m);
		/* also what a step leaves open, such as T5, is looked at */
		if (!err)
			err = check(ctx, &probe, step->on[i], m, mo_required,
				    step, errors);
		probe.status = m->to;
		if (m->todo & DO_REGISTER)
			probe.assignee_id = ctx->who->id;
	}
	return err;
}

/* ---- carrying it out ----------------------------------------------------- */

/* Complaints about an insurer that its own people write down go to the fund,
 * to nobody yet (K-5.1.4.8), whether they were that from the start or became
 * so. */
static int give_to_fund(struct ctx *ctx, struct appeal *a)
{
	uint32_t fund = 0;
	int err;

	if (ctx->who->org_kind != ORG_INSURER ||
	    a->about_insurer_id != ctx->who->org_id ||
	    !appeal_about_insurer(a->theme))
		return 0;
	err = store_org_first(ctx->db, "FUND", &fund);
	if (!err) {
		a->organization_id = fund;
		a->assignee_id = 0;
	}
	return err;
}

static void put_date(struct date d, char out[11])
{
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)d.year % 10000,
		 (unsigned)d.month % 100, (unsigned)d.day % 100);
}

static int read_calendar(struct ctx *ctx)
{
	char today[11];

	day_of(ctx, today);
	return store_calendar(ctx->db, today, calendar.list, LEN(calendar.list),
			      &calendar.n);
}

/* «Рассмотреть до»: of the theme, or working days for a consultation. */
static int find_due(struct ctx *ctx, struct appeal *a, int due_days)
{
	struct date today = app_today(ctx);
	uint64_t workdays = 0;
	int err = 0;

	if (!strcmp(a->type, "Консультация"))
		err = store_setting(ctx->db, "deadline.consultation_workdays",
				    0, &workdays);
	if (!err && workdays && workdays < 366) {
		err = read_calendar(ctx);
		put_date(workday_add(today, (unsigned)workdays, calendar.list,
				     calendar.n),
			 a->due);
	} else if (!err && due_days >= 0) {
		put_date(deadline_due(today, due_days), a->due);
	}
	return err;
}

/* T2, T3: what the first save adds. */
static int register_appeal(struct ctx *ctx, struct appeal *a,
			   const struct card_step *step, int due_days)
{
	int err = store_appeal_number(ctx->db, ctx->app->region,
				      app_today(ctx).year, a->number);

	if (err)
		return err;
	a->organization_id = ctx->who->org_id;
	a->assignee_id = ctx->who->id;
	if (!auth_may(ctx->who, AUTH_APPEAL_EDIT)) {
		a->assignee_id = step->target.who.id;
		a->organization_id = step->target.who.org_id;
	}
	a->registered_ms = ctx->now_ms;
	a->author_id = ctx->who->id;
	return find_due(ctx, a, due_days);
}

/* A plain consultation needs no review if the fund says so. */
static int close_itself(struct ctx *ctx, const struct appeal *a,
			struct appeal_move *m)
{
	uint64_t on = 0;
	int err;

	if (!appeal_self_closing(a))
		return 0;
	err = store_setting(ctx->db, "appeal.auto_close_consultations", 0, &on);
	if (!err && on) {
		m->to = APPEAL_CLOSED;
		m->review = REVIEW_NONE;
		m->todo = DO_CLOSE;
	}
	return err;
}

/* The note of K-6.0.3 in the history: who had been chosen is away. */
static const char *comment_of(const struct card_step *step, unsigned i)
{
	return i + 1 == step->count ? step->comment : "";
}

int card_step_do(struct ctx *ctx, struct appeal *a, struct card_step *step,
		 int due_days)
{
	static struct appeal was;
	int err = 0;

	for (unsigned i = 0; !err && i < step->count; i++) {
		struct appeal_move *m = &step->move[i];
		enum appeal_event on = step->on[i];

		err = store_appeal_get(ctx->db, a->id, true, &was);
		if (!err && was.version != a->version)
			err = ESTALE;
		if (!err && m->todo & DO_REGISTER)
			err = register_appeal(ctx, a, step, due_days);
		if (!err && on == APPEAL_CLOSE)
			err = close_itself(ctx, a, m);
		if (err)
			return err;
		if (m->todo & DO_FORWARD && !a->insurer_id &&
		    step->target.who.org_kind == ORG_INSURER && step->confirmed)
			a->insurer_id = step->target.who.org_id; /* M22 */
		appeal_apply(a, on, m, &step->target.who, comment_of(step, i),
			     ctx->now_ms);
		if (on == APPEAL_RETURN && step->target.who.id &&
		    step->target.who.id != a->assignee_id) {
			m->todo |= DO_FORWARD;
			a->assignee_id = step->target.who.id;
			a->organization_id = step->target.who.org_id;
		}
		if (on == APPEAL_SAVE || on == APPEAL_DEFER ||
		    on == APPEAL_UPDATE || on == APPEAL_RESUME)
			err = give_to_fund(ctx, a);
		if (!err)
			err = store_step(ctx, a, &was, on, m,
					 comment_of(step, i));
	}
	if (!err && *step->answer.kind)
		err = store_answer_add(ctx, a->id, &step->answer);
	return err;
}

int card_step_again(struct ctx *ctx, uint64_t appeal,
		    const struct card_step *step, bool *again)
{
	enum appeal_event on = step->on[step->count - 1];

	*again = false;
	/* what was typed may differ: that is for him to compare (K-6.1.10) */
	if (on == APPEAL_SAVE || on == APPEAL_DEFER || on == APPEAL_UPDATE)
		return 0;
	return store_step_done(ctx, appeal, on, step->comment, again);
}

const char *card_step_message(const char *event)
{
	static const struct {
		enum appeal_event on;
		const char *key;
	} messages[] = {
		{ APPEAL_SAVE, "Msg.M07" },
		{ APPEAL_DEFER, "Msg.M07" },
		{ APPEAL_UPDATE, "Msg.M07" },
		{ APPEAL_FORWARD, "Msg.M10" },
		{ APPEAL_CALL_BACK, "Msg.M10" },
		{ APPEAL_NOTIFY, "Msg.M10" },
		{ APPEAL_REASSIGN, "Msg.M10" },
		{ APPEAL_CLOSE, "Msg.M11" },
		{ APPEAL_ASK_TERM, "Msg.M11" },
		{ APPEAL_RESUME, "Msg.Resumed" },
		{ APPEAL_PROPOSE, "Msg.Proposed" },
		{ APPEAL_APPROVE, "Msg.Approved" },
		{ APPEAL_RETURN, "Msg.Returned" },
		{ APPEAL_EXTEND, "Msg.Extended" },
		{ APPEAL_DELETE, "Msg.Deleted" },
	};

	for (size_t i = 0; i < LEN(messages); i++)
		if (!strcmp(event, appeal_event_code(messages[i].on)))
			return messages[i].key;
	return NULL;
}

/* ---- to the page --------------------------------------------------------- */

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

	day_of(ctx, today);
	return store_colleagues(ctx->db, today, show_person, &w);
}

static void show_results(struct ctx *ctx, const struct appeal *a)
{
	for (unsigned i = 0; i < APPEAL_RESULTS; i++) {
		const struct appeal_result *r = &appeal_results[i];
		struct node *at = view_at(ctx->page, "Results.%u", i);

		view_set(at, "Code", r->code);
		view_set(at, "Name", show_choice(ctx, "Results", r->code));
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
	struct node *at = view_at(w->ctx->page, "Answers.%u", w->count++);
	bool masked = auth_grant(w->ctx->who, AUTH_APPEAL_VIEW).masked;
	char text[32];

	w->told |= !strcmp(a->kind, "EXTENSION");
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
	day_of(ctx, today);
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
	day_of(ctx, today);
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
	bool remove = *a->delete_reason && can(ctx, a, APPEAL_DELETE, "Delete");
	bool reassign = can(ctx, a, APPEAL_REASSIGN, "Reassign");
	int err;

	can(ctx, a, APPEAL_APPROVE, "Approve");
	can(ctx, a, APPEAL_EXTEND, "Extend");
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
	struct date due;
	int err = store_answers(ctx->db, a->id, show_answer, &answers);

	/* shown, never moved: the law counts calendar days */
	if (!err && appeal_active(a->status) && !date_parse(a->due, &due) &&
	    !deadline_overdue(due, app_today(ctx))) {
		err = read_calendar(ctx);
		if (!workday_is(due, calendar.list, calendar.n))
			view_set(step, "DueOff", "1");
	}

	show_results(ctx, a);
	view_set(step, "Result", *a->result ? a->result : "");
	view_set(step, "ResultName", show_choice(ctx, "Results", a->result));
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
