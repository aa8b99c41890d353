/* Answers for who writes them and who approves them (K-5.1.5.5): the list, one
 * version, and its steps. Who may only propose sees his own and what is
 * approved. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/card.h"
#include "cgi/notice.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/show.h"
#include "cgi/store_rows.h"
#include "cgi/store_scenario_edit.h"
#include "cgi/util.h"
#include "cgi/values.h"

#define PATH        "/admin/scenarios"
#define WHY_CHARS   600
#define LOG_SHOWN   80 /* characters of a value in the history */
#define LOG_VALUE   (LOG_SHOWN * 4 + 4)
#define TITLE_CHARS 300
#define KEYS_CHARS  600

/* What the page is about, besides the version itself. */
struct sheet {
	struct ctx *ctx;
	struct scenario_version *mine;
	const struct scenario_version
	    *theirs; /* stored meanwhile; NULL: nothing */
	struct card_errors errors;
	const char *message;
	uint32_t from; /* of a new version: which one it corrects */
	char today[11], yesterday[11];
	unsigned count; /* of the list that is being shown */
};

static bool decides(const struct ctx *ctx)
{
	return auth_grant(ctx->who, AUTH_SCENARIO_EDIT).scope == SCOPE_ALL;
}

static void begin(struct sheet *s, struct ctx *ctx,
		  struct scenario_version *mine)
{
	struct date d = app_today(ctx);

	*s = (struct sheet){ .ctx = ctx, .mine = mine };
	date_text(d, s->today);
	date_text(date_of_days(date_to_days(d) - 1), s->yesterday);
	if (decides(ctx))
		view_set(ctx->page, "Can.Decide", "1");
}

/* Not more than n characters, and never half of one. */
static void cut(char *text, size_t n)
{
	size_t at = 0;

	for (; text[at] && n; n--)
		do
			at++;
		while ((text[at] & 0xc0) == 0x80);
	text[at] = '\0';
}

static void show_state(struct ctx *ctx, struct node *at,
		       const struct scenario_version *a, const char *today)
{
	const char *code =
	    scenario_state_code(scenario_state(&a->facts, today));
	char text[32];

	view_set_int(at, "Id", a->id);
	view_set(at, "Code", a->code);
	view_set_int(at, "Version", a->version);
	view_set(at, "Title", a->title);
	view_set(at, "StateCode", code);
	view_set(at, "State", show_choice(ctx, "AnswerStates", code));
	view_set(at, "Author", a->author);
	app_time(a->created_ms, text, sizeof(text));
	view_set(at, "Created", text);
	view_set(at, "ApprovedBy", a->approved_by);
	app_time(a->approved_ms, text, sizeof(text));
	view_set(at, "Approved", text);
	show_date(a->facts.from, text, sizeof(text));
	view_set(at, "From", text);
	show_date(a->facts.to, text, sizeof(text));
	view_set(at, "To", text);
	view_set(at, "RefusedBy", a->refused_by);
	app_time(a->refused_ms, text, sizeof(text));
	view_set(at, "Refused", text);
	view_set(at, "RefusedWhy", a->refused_why);
	view_set(at, "WithdrawnBy", a->withdrawn_by);
	app_time(a->withdrawn_ms, text, sizeof(text));
	view_set(at, "Withdrawn", text);
}

/* ---- the list ------------------------------------------------------------ */

struct list {
	struct sheet *sheet;
	enum scenario_state only; /* SCENARIO_STATES: those that count */
	unsigned proposals;
};

static int show_answer_row(void *arg, const struct scenario_version *a)
{
	struct list *l = arg;
	struct sheet *s = l->sheet;
	const enum scenario_state is = scenario_state(&a->facts, s->today);
	struct node *at;

	l->proposals += is == SCENARIO_PROPOSED;
	if (l->only < SCENARIO_STATES
		? is != l->only
		: decides(s->ctx) &&
		      (is == SCENARIO_REPLACED || is == SCENARIO_REFUSED))
		return 0;
	at = view_at(s->ctx->page, "Answers.%u", s->count++);
	show_state(s->ctx, at, a, s->today);
	view_set(at, "Theme", a->theme);
	view_set(at, "Keywords", a->keywords);
	return 0;
}

/* GET /admin/scenarios  state: of those only; none: what is not over */
int page_answers(struct ctx *ctx, const struct request *req,
		 struct response *res)
{
	struct sheet s;
	struct list l = { .sheet = &s, .only = SCENARIO_STATES };
	const char *codes[SCENARIO_STATES];
	size_t state = SCENARIO_STATES;
	int err;

	begin(&s, ctx, NULL);
	for (unsigned i = 0; i < SCENARIO_STATES; i++) {
		struct node *at = view_at(ctx->page, "States.%u", i);

		codes[i] = scenario_state_code(i);
		view_set(at, "Code", codes[i]);
		view_set(at, "Name",
			 show_choice(ctx, "AnswerStates", codes[i]));
	}
	if (param_choice(&req->query, "state", codes, SCENARIO_STATES,
			 &state) == EINVAL)
		return respond_error(res, 422, NULL);
	l.only = (enum scenario_state)state;
	if (state < SCENARIO_STATES)
		view_set(ctx->page, "List.State", codes[state]);
	err = store_scenario_versions(ctx, "", decides(ctx) ? 0 : ctx->who->id,
				      show_answer_row, &l);
	if (err)
		return respond_errno(res, err);
	view_set_int(ctx->page, "List.Proposals", l.proposals);
	return respond_page(res, 200);
}

/* ---- one version --------------------------------------------------------- */

static int show_theme(void *arg, const char *code, const char *name)
{
	struct sheet *s = arg;
	struct node *at =
	    view_at(s->ctx->page, "Row.Fields.0.Options.%u", s->count++);
	char text[1300];

	snprintf(text, sizeof(text), "%s %s", code, name);
	view_set(at, "Value", code);
	view_set(at, "Text", text);
	if (!strcmp(code, s->mine->theme))
		view_set(at, "Chosen", "1");
	return 0;
}

static const char *error_of(struct sheet *s, const char *name)
{
	char key[64];

	for (unsigned i = 0; i < s->errors.count; i++) {
		if (strcmp(s->errors.names[i], name) != 0)
			continue;
		snprintf(key, sizeof(key), "Answer.%s_wrong", name);
		return app_text_or(s->ctx, key, app_text(s->ctx, "Rows.Wrong"));
	}
	return "";
}

static const char *label(struct ctx *ctx, const char *name, const char *what)
{
	char key[64];

	snprintf(key, sizeof(key), "Answer.%s%s", name, what);
	return app_text_or(ctx, key, "");
}

static void show_field(struct sheet *s, enum answer_field f)
{
	static const struct {
		const char *kind;
		unsigned max, rows;
	} shapes[ANSWER_FIELDS] = {
		[ANSWER_THEME] = { "list", 0, 0 },
		[ANSWER_TITLE] = { "text", TITLE_CHARS, 0 },
		[ANSWER_KEYWORDS] = { "text", KEYS_CHARS, 0 },
		[ANSWER_TEXT] = { "area", SCENARIO_CHARS, 14 },
	};
	struct node *at = view_at(s->ctx->page, "Row.Fields.%d", (int)f);
	const char *name = answer_field_name(f);

	view_set(at, "Name", name);
	view_set(at, "Label", label(s->ctx, name, ""));
	view_set(at, "Hint", label(s->ctx, name, "_hint"));
	view_set(at, "Error", error_of(s, name));
	view_set(at, "Kind", shapes[f].kind);
	view_set(at, "Value", answer_field(s->mine, f));
	if (shapes[f].max)
		view_set_int(at, "Max", shapes[f].max);
	if (shapes[f].rows)
		view_set_int(at, "Rows", shapes[f].rows);
	if (s->theirs &&
	    strcmp(answer_field(s->theirs, f), answer_field(s->mine, f)) != 0)
		view_set(at, "Theirs", answer_field(s->theirs, f));
}

/* A value stands under its name; an unknown one is «…», as in the card. */
static const char *value_name(void *arg, const char *name, size_t len)
{
	char *out = arg;

	if (!scenario_value_known(name, len))
		return NULL;
	snprintf(out, 64, "{%.*s}", (int)len, name);
	return out;
}

static int show_version(void *arg, const struct scenario_version *a)
{
	struct sheet *s = arg;

	if (!decides(s->ctx) && !a->facts.approved &&
	    a->author_id != s->ctx->who->id)
		return 0;
	show_state(s->ctx, view_at(s->ctx->page, "Versions.%u", s->count++), a,
		   s->today);
	return 0;
}

static int show_change(void *arg, const struct row_change *c)
{
	struct sheet *s = arg;
	struct node *at = view_at(s->ctx->page, "Row.Log.%u", s->count++);
	json_t *all = json_loads(c->params, 0, NULL), *pair;
	const char *name;
	char key[48], text[LOG_VALUE];
	unsigned n = 0;

	app_time(c->at_ms, text, sizeof(text));
	view_set(at, "At", text);
	view_set(at, "Who", c->who);
	snprintf(key, sizeof(key), "Rows.Action.%s", c->action);
	view_set(at, "Action", app_text_or(s->ctx, key, c->action));
	json_object_foreach(all, name, pair) {
		struct node *ch = view_at(at, "Changes.%u", n++);

		view_set(ch, "Label", label(s->ctx, name, ""));
		for (size_t k = 0; k < 2; k++) {
			const char *v =
			    json_string_value(json_array_get(pair, k));

			copy_text(text, sizeof(text), v && *v ? v : "—");
			if (strlen(text) == sizeof(text) - 1)
				cut(text, LOG_SHOWN);
			view_set(ch, k ? "To" : "From", text);
		}
	}
	json_decref(all);
	return 0;
}

/* What may be done with it here. fresh: it is not stored yet. */
static void show_rights(struct sheet *s, bool fresh, enum scenario_state state)
{
	static const char *const names[SCENARIO_ACTS] = {
		[SCENARIO_SAVE] = "Can.Edit",
		[SCENARIO_APPROVE] = "Can.Approve",
		[SCENARIO_REFUSE] = "Can.Refuse",
		[SCENARIO_WITHDRAW] = "Can.Withdraw",
	};

	if (fresh)
		view_set(s->ctx->page, "Can.Edit", "1");
	for (unsigned act = 0; !fresh && act < SCENARIO_ACTS; act++)
		if (decides(s->ctx) && scenario_may(state, act))
			view_set(s->ctx->page, names[act], "1");
}

/* The rest of what is stored: its other versions and who did what. */
static int show_stored(struct sheet *s, const struct scenario_version *a)
{
	char id[16];
	int err;

	s->count = 0;
	err = store_scenario_versions(s->ctx, a->code, 0, show_version, s);
	s->count = 0;
	if (err || !decides(s->ctx) || !a->id)
		return err;
	snprintf(id, sizeof(id), "%u", a->id);
	return store_row_log(s->ctx, "scenario", id, show_change, s);
}

static int show(struct sheet *s, struct response *res, int status)
{
	struct ctx *ctx = s->ctx;
	const struct scenario_version *stored = s->theirs ? s->theirs : s->mine;
	const enum scenario_state state =
	    scenario_state(&stored->facts, s->today);
	/* what can no more be changed goes on as a new version */
	const bool fresh = !s->mine->id;
	struct node *at = view_at(ctx->page, "Answer");
	char value[64];
	int err = 0;

	show_state(ctx, at, stored, s->today);
	view_set(at, "Title", s->mine->title);
	view_set_int(at, "Edit", stored->edit);
	view_set_int(at, "Source", s->from);
	if (fresh)
		view_set(at, "New", "1");
	view_set(at, "Message", s->message ? app_text(ctx, s->message) : "");
	view_set(at, "WhyError", error_of(s, "refused_why"));
	view_set(at, "FromError", error_of(s, "valid_from"));
	view_set(at, "ToError", error_of(s, "valid_to"));
	view_set(at, "TextError", error_of(s, "text"));
	show_rights(s, fresh, state);
	for (enum answer_field f = 0; f < ANSWER_FIELDS; f++)
		show_field(s, f);
	s->count = 0;
	err =
	    store_scenario_themes(ctx, s->today, s->mine->theme, show_theme, s);
	if (!err)
		err = show_scenario_text(view_at(ctx->page, "Preview"),
					 s->mine->text, value_name, value);
	if (!err && *stored->code)
		err = show_stored(s, stored);
	return err ? respond_errno(res, err) : respond_page(res, status);
}

/* @return 0, ENOENT (also: not his to see) or a database error */
static int find(struct ctx *ctx, uint64_t id, struct scenario_version *out)
{
	int err = id > UINT32_MAX ? ENOENT
				  : store_scenario_get(ctx, (uint32_t)id, out);

	if (!err && !decides(ctx) && !out->facts.approved &&
	    out->author_id != ctx->who->id)
		return ENOENT;
	return err;
}

/* A new version: with the words of the one it corrects; 0: of none. */
static int start(struct sheet *s, uint64_t from)
{
	struct scenario_version *a = s->mine;
	int err;

	memset(a, 0, sizeof(*a));
	if (!from)
		return 0;
	err = find(s->ctx, from, a);
	s->from = a->id;
	a->id = 0;
	a->facts = (struct scenario_facts){ 0 };
	return err;
}

static bool is_new(const struct ctx *ctx)
{
	return !strcmp(route_arg(&ctx->args, "id"), "new");
}

/* GET /admin/scenarios/{id}, or new */
int page_answer(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	static struct scenario_version mine;
	struct sheet s;
	uint64_t id = 0;
	int err = is_new(ctx) ? 0 : app_arg_u64(ctx, "id", &id);

	(void)req;
	begin(&s, ctx, &mine);
	if (!err)
		err = is_new(ctx) ? start(&s, 0) : find(ctx, id, &mine);
	if (!err && mine.id)
		err = notice_seen_answer(ctx, res, mine.id);
	return err ? respond_errno(res, err) : show(&s, res, 200);
}

/* GET /admin/scenarios/{id}/new: a correction of that version */
int page_answer_correct(struct ctx *ctx, const struct request *req,
			struct response *res)
{
	static struct scenario_version mine;
	struct sheet s;
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	(void)req;
	begin(&s, ctx, &mine);
	if (!err)
		err = id ? start(&s, id) : ENOENT;
	return err ? respond_errno(res, err) : show(&s, res, 200);
}

/* ---- steps --------------------------------------------------------------- */

/* What is wrong stays as it was typed, as far as it has room. */
static bool read_text(const struct form *form, const char *name, size_t min,
		      size_t max, char *out, size_t size)
{
	const struct form_field *f = form_find(form, name);
	char *to = out;

	if (param_text(form, name, min, max, out, size)) {
		if (!copy_text(out, size, f ? f->value : ""))
			cut(out, max);
		return false;
	}
	for (const char *c = out; *c; c++) /* line ends of forms are CR LF */
		if (*c != '\r')
			*to++ = *c;
	*to = '\0';
	return true;
}

struct theme_sought {
	const char *code;
	bool found;
};

static int match_theme(void *arg, const char *code, const char *name)
{
	struct theme_sought *t = arg;

	(void)name;
	t->found = t->found || !strcmp(t->code, code);
	return 0;
}

/* @return 0 or a database error */
static int read_words(struct sheet *s, const struct form *form)
{
	struct scenario_version *a = s->mine;
	struct theme_sought t = { a->theme, false };
	char was[13];
	int err;

	copy_text(was, sizeof(was), a->theme);
	if (!read_text(form, "title", 1, TITLE_CHARS, a->title,
		       sizeof(a->title)) ||
	    strpbrk(a->title, "\n\t"))
		card_error(&s->errors, "title");
	if (!read_text(form, "keywords", 0, KEYS_CHARS, a->keywords,
		       sizeof(a->keywords)) ||
	    strpbrk(a->keywords, "\n\t") ||
	    (*a->keywords && !value_list(a->keywords, sizeof(a->keywords))))
		card_error(&s->errors, "keywords");
	if (!read_text(form, "text", 1, SCENARIO_CHARS, a->text,
		       sizeof(a->text)) ||
	    !scenario_text_valid(a->text))
		card_error(&s->errors, "text");
	read_text(form, "theme", 1, 12, a->theme, sizeof(a->theme));
	err = store_scenario_themes(s->ctx, s->today, was, match_theme, &t);
	if (!err && !t.found)
		card_error(&s->errors, "theme");
	return err;
}

/* A day from today on; none: otherwise. */
static void read_day(struct sheet *s, const struct form *form, const char *name,
		     const char *otherwise, char out[11])
{
	char day[11];
	int err = param_date(form, name, day);

	if (err == EINVAL || (!err && strcmp(day, s->today) < 0))
		card_error(&s->errors, name);
	else
		copy_text(out, 11, err ? otherwise : day);
}

static int create(struct sheet *s, struct response *res,
		  const struct form *form, bool preview)
{
	uint64_t from = 0;
	int err = param_u64(form, "from", 1, UINT32_MAX, &from);

	err = err == EINVAL ? ENOENT : start(s, from);
	if (!err)
		err = read_words(s, form);
	if (err)
		return respond_errno(res, err);
	if (preview || s->errors.count)
		return show(s, res, preview ? 200 : 422);
	s->mine->facts.proposal = !decides(s->ctx);
	err = store_scenario_new(s->ctx, s->mine);
	return err ? respond_errno(res, err)
		   : respond_redirect(res, PATH "/%u", s->mine->id);
}

static const char *const acts[] = { [SCENARIO_SAVE] = "save",
				    [SCENARIO_APPROVE] = "approve",
				    [SCENARIO_REFUSE] = "refuse",
				    [SCENARIO_WITHDRAW] = "withdraw",
				    [SCENARIO_ACTS] = "preview" };

/* Somebody was quicker: both are shown, and what he ended goes on as a new
 * version. */
static int conflict(struct sheet *s, struct response *res,
		    enum scenario_act act,
		    const struct scenario_version *theirs)
{
	const enum scenario_state now =
	    scenario_state(&theirs->facts, s->today);

	s->message = "Rows.Stale";
	if (act == SCENARIO_REFUSE || act == SCENARIO_WITHDRAW) {
		*s->mine = *theirs;
		s->message = "Answer.Moved";
	} else {
		s->theirs = theirs;
		if (!scenario_may(now, SCENARIO_SAVE)) {
			s->message = "Answer.Ended";
			s->from = s->mine->id;
			s->mine->id = 0;
		}
	}
	return show(s, res, 409);
}

static int change(struct sheet *s, struct response *res,
		  const struct form *form, enum scenario_act act)
{
	static struct scenario_version theirs;
	struct scenario_version *a = s->mine;
	uint64_t edit;
	int err = 0;

	if (param_u64(form, "edit", 1, UINT32_MAX, &edit))
		return respond_error(res, 422, NULL);
	a->edit = (uint32_t)edit;
	if (act == SCENARIO_REFUSE) {
		if (!read_text(form, "refused_why", 1, WHY_CHARS,
			       a->refused_why, sizeof(a->refused_why)))
			card_error(&s->errors, "refused_why");
	} else if (act == SCENARIO_WITHDRAW) {
		read_day(s, form, "valid_to", s->yesterday, a->facts.to);
	} else {
		err = read_words(s, form);
	}
	if (act == SCENARIO_APPROVE)
		read_day(s, form, "valid_from", s->today, a->facts.from);
	if (err)
		return respond_errno(res, err);
	if (act == SCENARIO_ACTS || s->errors.count)
		return show(s, res, act == SCENARIO_ACTS ? 200 : 422);
	err = store_scenario_do(s->ctx, act, a, s->today, &theirs);
	if (err == ESTALE || err == EPROTO)
		return conflict(s, res, act, &theirs);
	return err ? respond_errno(res, err)
		   : respond_redirect(res, PATH "/%u", a->id);
}

/* POST /admin/scenarios/{id}  do; edit; the words; valid_from, refused_why,
 * valid_to. new: do, from, the words */
int page_answer_do(struct ctx *ctx, const struct request *req,
		   struct response *res)
{
	static struct scenario_version mine;
	const struct form *form = &req->body;
	struct sheet s;
	size_t act = LEN(acts);
	uint64_t id;
	int err = 0;

	begin(&s, ctx, &mine);
	if (!is_new(ctx)) {
		err = app_arg_u64(ctx, "id", &id);
		if (!err)
			err = find(ctx, id, &mine);
	}
	if (err)
		return respond_errno(res, err);
	if (param_choice(form, "do", acts, LEN(acts), &act))
		return respond_error(res, 422, NULL);
	if (is_new(ctx) && (act == SCENARIO_SAVE || act == SCENARIO_ACTS))
		return create(&s, res, form, act == SCENARIO_ACTS);
	if (is_new(ctx))
		return respond_error(res, 422, NULL);
	if (!decides(ctx))
		return respond_error(res, 403, NULL);
	return change(&s, res, form, (enum scenario_act)act);
}
