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

#define MAX_COMMENT 2000
#define MAX_REASON  500
#define MAX_NOTE    300
#define MAX_NUMBER  40
#define MAX_ANSWER  4000

enum { MAX_EXCEPTIONS = 120 };

/* ---- what the pages share ------------------------------------------------ */

int card_log(struct ctx *ctx, const char *action, uint64_t id, uint64_t person,
	     const char *reason)
{
	char text[24];
	const struct access entry = { .action = action,
				      .object_type = "appeal",
				      .object_id = text,
				      .reason = reason,
				      .person = person };

	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	return store_access(ctx, &entry);
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
		date_text(app_today(ctx), out->date);
	if (!none && !*out->channel)
		card_error(errors, "answer_channel");
	if (!none && !*out->text)
		card_error(errors, "answer_text");
}

/* himself: not who stands in for him, where it is no new work (K-6.0.3) */
static int read_target(struct ctx *ctx, const struct form *form,
		       const char *name, bool himself, struct card_step *step)
{
	char today[11] = "";
	uint64_t id = 0;
	int err;

	step->error_of_target = name;
	step->named = ticked(form, name);
	if (param_u64(form, name, 1, UINT32_MAX, &id))
		return 0;
	if (!himself)
		date_text(app_today(ctx), today);
	err = store_colleague(ctx->db, today, (uint32_t)id, &step->target);
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
	return read_target(ctx, form, "forward_to", false, step);
}

static int read_close(struct ctx *ctx, const struct form *form,
		      struct appeal *a, struct card_step *step)
{
	const struct appeal_result *r = appeal_result_of(a->result);
	enum appeal_event on = r ? r->event : APPEAL_CLOSE;

	add(step, on);
	copy_text(step->comment, sizeof(step->comment), a->measures);
	return on == APPEAL_NOTIFY
		   ? read_target(ctx, form, "notify_to", false, step)
		   : 0;
}

/* The button's name; "": none. */
static const char *pressed(const struct form *form)
{
	const struct form_field *f = form_find(form, "do");

	return f ? f->value : "";
}

int card_step_decide(struct ctx *ctx, const struct form *form, struct appeal *a,
		     struct card_step *step, struct card_errors *errors)
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
		{ "keep", APPEAL_KEEP, NULL },
		{ "pass", APPEAL_PASS, NULL },
	};
	const char *what = pressed(form);

	memset(step, 0, sizeof(*step));
	step->confirmed = ticked(form, "confirm_insurer");
	read_text(form, "comment", MAX_REASON, step->comment,
		  sizeof(step->comment), errors);
	for (size_t i = 0; i < LEN(decisions); i++) {
		if (strcmp(what, decisions[i].what) != 0)
			continue;
		add(step, decisions[i].on);
		if (decisions[i].on == APPEAL_EXTEND)
			read_date(form, "new_due", a->requested, errors);
		return decisions[i].target
			   ? read_target(ctx, form, decisions[i].target,
					 decisions[i].on == APPEAL_RETURN, step)
			   : 0;
	}
	return EBADMSG;
}

void card_step_typed(const struct form *form, struct appeal *a,
		     struct card_errors *errors)
{
	read_result(form, a, errors);
	if (form_find(form, "deferred_reason"))
		read_text(form, "deferred_reason", MAX_REASON,
			  a->deferred_reason, sizeof(a->deferred_reason),
			  errors);
}

int card_step_read(struct ctx *ctx, const struct form *form, struct appeal *a,
		   struct card_step *step, struct card_errors *errors)
{
	const char *what = pressed(form);
	bool draft = a->status == APPEAL_DRAFT;

	memset(step, 0, sizeof(*step));
	step->confirmed = ticked(form, "confirm_insurer");
	card_step_typed(form, a, errors);
	read_answer(ctx, form, &step->answer, errors);
	if (draft)
		add(step,
		    ticked(form, "deferred") ? APPEAL_DEFER : APPEAL_SAVE);
	if (!*what || !strcmp(what, "save")) {
		if (!draft)
			add(step, APPEAL_UPDATE);
		if (draft && ticked(form, "deferred"))
			copy_text(step->comment, sizeof(step->comment),
				  a->deferred_reason);
		/* an administrator does not consider appeals himself */
		return draft && !auth_may(ctx->who, AUTH_APPEAL_EDIT)
			   ? read_target(ctx, form, "assign_to", false, step)
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
	if (!strcmp(what, "withdraw")) {
		add(step, APPEAL_WITHDRAW);
		return 0;
	}
	if (!strcmp(what, "propose")) {
		add(step, APPEAL_PROPOSE);
		read_text(form, "delete_reason", MAX_REASON, step->comment,
			  sizeof(step->comment), errors);
		return 0;
	}
	return EBADMSG;
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

static int check_answer(struct ctx *ctx, const struct appeal *a,
			const struct card_step *step,
			struct card_errors *errors)
{
	bool final = !strcmp(step->answer.kind, "FINAL") ||
		     !strcmp(step->answer.kind, "NO_ANSWER");
	int err = 0;

	if (strcmp(a->form, "Письменная") != 0 || final)
		return 0;
	err = store_answer_final(ctx->db, a->id, &final);
	if (!err && !final)
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

/* A complaint about his own insurer. */
static bool accused(const struct ctx *ctx, const struct appeal *a)
{
	return ctx->who->org_kind == ORG_INSURER &&
	       a->about_insurer_id == ctx->who->org_id &&
	       appeal_about_insurer(a->theme);
}

/* Steps after which such a complaint is the fund's. */
static bool saves(enum appeal_event on)
{
	return on == APPEAL_SAVE || on == APPEAL_DEFER || on == APPEAL_UPDATE ||
	       on == APPEAL_RESUME;
}

static int check(struct ctx *ctx, const struct appeal *a, enum appeal_event on,
		 const struct appeal_move *m, bool mo_required,
		 const struct card_step *step, struct card_errors *errors)
{
	unsigned attempts = 0, failed = 0;
	bool offered = true;
	int err = 0;

	if (m->needs & NEED_OTHER && a->assignee_id == ctx->who->id)
		return EACCES;
	if (m->needs & NEED_PROPOSAL && !*a->delete_reason)
		return EPROTO;
	if (m->needs & NEED_INSURER && a->passed_ms)
		return EPROTO;
	if (m->needs & NEED_INSURER && !a->about_insurer_id && !a->insurer_id)
		card_error_as(errors, "comment", "Invalid.pass");
	if (!saves(on) && accused(ctx, a))
		card_error_as(errors, "about_insurer", "Invalid.accused");
	if (m->needs & (NEED_RESULT | NEED_CONTACT))
		err = store_step_attempts(ctx, a->id, &attempts, &failed);
	if (!err && m->needs & NEED_ANSWER)
		err = check_answer(ctx, a, step, errors);
	if (m->needs & NEED_THEME)
		card_complete(a, mo_required, errors);
	/* K-5.1.8.4; one that is deferred can be passed on no other way */
	if (on == APPEAL_CALL_BACK && a->status != APPEAL_DEFERRED &&
	    !strcmp(a->form, "Письменная"))
		card_error(errors, "call_back");
	if (m->needs & NEED_PHONE && !*a->phone)
		card_error_as(errors, "phone",
			      on == APPEAL_DEFER ? "Invalid.phone_needed"
						 : "Msg.M25");
	if (m->needs & NEED_REASON)
		check_reason(a, on, step, errors);
	if (m->needs & NEED_RESULT)
		check_result(a, failed, errors);
	if (!err && m->needs & NEED_RESULT)
		err = store_result_open(ctx->db, a->result, a->id, &offered);
	if (!offered)
		card_error_as(errors, "result", "Invalid.withdrawn");
	if (m->needs & NEED_TARGET || (on == APPEAL_RETURN && step->named &&
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

	if (!accused(ctx, a))
		return 0;
	err = store_org_first(ctx->db, "FUND", &fund);
	if (!err) {
		a->organization_id = fund;
		a->assignee_id = 0;
	}
	return err;
}

/* «Рассмотреть до»: of the theme, or working days for a consultation. */
static int find_due(struct ctx *ctx, struct appeal *a, int due_days)
{
	struct workday_exception off[MAX_EXCEPTIONS];
	struct date today = app_today(ctx);
	uint64_t workdays = 0;
	char from[11];
	size_t n = 0;
	int err = 0;

	if (*a->due) /* he chose it */
		return 0;
	if (!strcmp(a->type, "Консультация"))
		err = store_setting(ctx->db, "deadline.consultation_workdays",
				    0, &workdays);
	if (!err && workdays && workdays < 366) {
		date_text(today, from);
		err = store_calendar(ctx->db, from, off, LEN(off), &n);
		date_text(workday_add(today, (unsigned)workdays, off, n),
			  a->due);
	} else if (!err && due_days >= 0) {
		date_text(deadline_due(today, due_days), a->due);
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
	if (!*a->appealed_on)
		date_text(app_today(ctx), a->appealed_on);
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

/* What was written goes with the last step. */
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
		if (m->todo & DO_PASS)
			a->passed_by = ctx->who->id;
		if (on == APPEAL_RETURN && step->target.who.id &&
		    step->target.who.id != a->assignee_id) {
			m->todo |= DO_FORWARD;
			a->assignee_id = step->target.who.id;
			a->organization_id = step->target.who.org_id;
		}
		if (saves(on))
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
		{ APPEAL_WITHDRAW, "Msg.Withdrawn" },
		{ APPEAL_KEEP, "Msg.Kept" },
		{ APPEAL_PASS, "Msg.Passed" },
	};

	for (size_t i = 0; i < LEN(messages); i++)
		if (!strcmp(event, appeal_event_code(messages[i].on)))
			return messages[i].key;
	return NULL;
}
