/* The two pages of every directory of rows.h: the list, and one row. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/card.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/row_sets.h"
#include "cgi/rows.h"
#include "cgi/show.h"
#include "cgi/store_rows.h"
#include "cgi/util.h"

static size_t index_of(const struct row_table *t, const char *name)
{
	size_t i = 0;

	while (i + 1 < t->count && strcmp(t->fields[i].name, name) != 0)
		i++;
	return i;
}

char *row_value(const struct row_table *t, struct row *row, const char *name)
{
	return row->values[index_of(t, name)];
}

const char *row_get(const struct row_table *t, const struct row *row,
		    const char *name)
{
	return row->values[index_of(t, name)];
}

/* The directory of the request's route: "/admin/x" or "/admin/x/{id}", in
 * either pool. */
const struct row_table *row_table_of(const struct ctx *ctx)
{
	const char *path = ctx->route->path;

	if (!strncmp(path, "/bulk/", 6))
		path += 5;
	for (size_t i = 0; i < row_table_count; i++) {
		size_t n = strlen(row_tables[i]->path);

		if (!strncmp(path, row_tables[i]->path, n) &&
		    (!path[n] || path[n] == '/'))
			return row_tables[i];
	}
	return NULL;
}

const char *row_word(struct ctx *ctx, const struct row_table *t,
		     const char *name, const char *other)
{
	char key[96];

	snprintf(key, sizeof(key), "Rows.%s.%s", t->words, name);
	return app_text_or(ctx, key, other);
}

bool row_may_edit(const struct ctx *ctx, const struct row_table *t)
{
	return !auth_grant(ctx->who, t->need).readonly;
}

void row_show_head(struct ctx *ctx, const struct row_table *t)
{
	view_set(ctx->page, "Rows.Path", t->path + 1);
	view_set(ctx->page, "Rows.Title", row_word(ctx, t, "Title", t->words));
	view_set(ctx->page, "Rows.Add", row_word(ctx, t, "Add", ""));
	view_set(ctx->page, "Rows.File", row_word(ctx, t, "file", ""));
	view_set(ctx->page, "Rows.About", row_word(ctx, t, "About", ""));
	if (row_may_edit(ctx, t))
		view_set(ctx->page, "Can.Edit", "1");
}

static void show_set(struct ctx *ctx, const char *list, const char *value,
		     char *out, size_t size)
{
	char code[64];
	size_t at = 0;

	out[0] = '\0';
	while (*value && at < size) {
		size_t n = strcspn(value, ",");

		snprintf(code, sizeof(code), "%.*s", (int)n, value);
		at += (size_t)snprintf(out + at, size - at, "%s%s",
				       at ? ", " : "",
				       show_choice(ctx, list, code));
		value += n + (value[n] == ',');
	}
}

/* A stored value as people read it. */
static void show_value(struct ctx *ctx, const struct row_field *f,
		       const char *value, char *out, size_t size)
{
	if (row_is_side(f)) {
		if (row_set_text(ctx, f, value, out, size))
			copy_text(out, size, value);
	} else if (f->kind == ROW_DATE) {
		show_date(value, out, size);
	} else if (f->kind == ROW_FLAG) {
		copy_text(
		    out, size,
		    app_text(ctx, *value == '1' ? "Rows.Yes" : "Rows.No"));
	} else if (f->kind == ROW_CHOICE) {
		copy_text(out, size, show_choice(ctx, f->of, value));
	} else if (f->kind == ROW_SET && strncmp(f->of, "SELECT ", 7) != 0) {
		show_set(ctx, f->of, value, out, size);
	} else {
		copy_text(out, size, value);
	}
}

/* ---- the list ------------------------------------------------------------ */

struct list {
	struct ctx *ctx;
	const struct row_table *t;
	unsigned count;
};

static int show_cells(void *arg, const char *id, const char *const *cells)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Rows.List.%u", l->count++);
	char text[ROW_VALUE];
	unsigned n = 0;

	view_set(at, "Id", id);
	for (size_t i = 0; i < l->t->count; i++) {
		const struct row_field *f = &l->t->fields[i];

		if (!(f->flags & ROW_LISTED))
			continue;
		show_value(l->ctx, f, cells[i], text, sizeof(text));
		view_set(view_at(at, "Cells.%u", n++), "Text", text);
	}
	return 0;
}

/* GET /admin/… */
int page_rows(struct ctx *ctx, const struct request *req, struct response *res)
{
	const struct row_table *t = row_table_of(ctx);
	struct list l = { ctx, t, 0 };
	unsigned n = 0;
	int err;

	(void)req;
	row_show_head(ctx, t);
	for (size_t i = 0; i < t->count; i++)
		if (t->fields[i].flags & ROW_LISTED)
			view_set(view_at(ctx->page, "Rows.Heads.%u", n++),
				 "Text",
				 row_word(ctx, t, t->fields[i].name,
					  t->fields[i].name));
	err = store_rows(ctx, t, show_cells, &l);
	return err ? respond_errno(res, err) : respond_page(res, 200);
}

/* ---- the form ------------------------------------------------------------ */

struct options {
	struct node *at;
	const char *chosen;
	unsigned count;
};

/* Whether a ROW_SET has it; a single value is a set of one. */
static bool chosen(const char *set, const char *id)
{
	size_t len = strlen(id);

	while (*set) {
		size_t n = strcspn(set, ",");

		if (n == len && !strncmp(set, id, n))
			return true;
		set += n + (set[n] == ',');
	}
	return false;
}

static int show_option(void *arg, const char *id, const char *text)
{
	struct options *o = arg;
	struct node *at = view_at(o->at, "Options.%u", o->count++);

	view_set(at, "Value", id);
	view_set(at, "Text", text);
	if (chosen(o->chosen, id))
		view_set(at, "Chosen", "1");
	return 0;
}

/* Of a field that cannot be changed: only what it says. */
static int show_chosen(void *arg, const char *id, const char *text)
{
	struct options *o = arg;

	char all[ROW_VALUE];

	if (!chosen(o->chosen, id))
		return 0;
	snprintf(all, sizeof(all), "%s%s%s",
		 o->count ? view_get(o->at, "Value") : "", o->count ? ", " : "",
		 text);
	o->count++;
	view_set(o->at, "Value", all);
	return 0;
}

/* The codes of a list of the catalogue, in turn; NULL at the end. */
static const char *choice(const struct ctx *ctx, const char *list, unsigned i)
{
	char key[64];

	snprintf(key, sizeof(key), "%s.%u.Code", list, i);
	return app_text_or(ctx, key, NULL);
}

static int show_choices(struct ctx *ctx, const struct row_field *f,
			struct options *o)
{
	const char *code;

	for (unsigned i = 0; (code = choice(ctx, f->of, i)); i++)
		show_option(o, code, show_choice(ctx, f->of, code));
	return 0;
}

/* "name_hint" of the catalogue. */
static const char *hint(struct ctx *ctx, const struct row_table *t,
			const struct row_field *f)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_hint", f->name);
	return row_word(ctx, t, name, "");
}

const char *row_error(struct ctx *ctx, const struct row_table *t,
		      const struct card_errors *errors, const char *name)
{
	for (unsigned i = 0; i < errors->count; i++) {
		char key[64];

		if (strcmp(errors->names[i], name) != 0)
			continue;
		if (errors->keys[i])
			return app_text(ctx, errors->keys[i]);
		snprintf(key, sizeof(key), "%s_wrong", name);
		return row_word(ctx, t, key, app_text(ctx, "Rows.Wrong"));
	}
	return "";
}

/* Its values are rows of another table. */
static bool selects(const struct row_field *f)
{
	return f->kind == ROW_REF ||
	       (f->kind == ROW_SET && !strncmp(f->of, "SELECT ", 7));
}

static int show_field(struct ctx *ctx, const struct row_table *t, size_t i,
		      const struct row *row, const struct row *theirs,
		      bool fresh, const struct card_errors *errors)
{
	static const char *const kinds[] = {
		[ROW_TEXT] = "text",     [ROW_AREA] = "area",
		[ROW_NUMBER] = "text",   [ROW_DATE] = "date",
		[ROW_CHOICE] = "list",   [ROW_REF] = "list",
		[ROW_FLAG] = "flag",     [ROW_SET] = "set",
		[ROW_SECRET] = "secret", [ROW_SIDE] = "side",
		[ROW_CODES] = "area",
	};
	const struct row_field *f = &t->fields[i];
	struct node *at = view_at(ctx->page, "Row.Fields.%u", (unsigned)i);
	struct options o = { at, row->values[i], 0 };
	char text[ROW_VALUE];

	view_set(at, "Name", f->name);
	view_set(at, "Label", row_word(ctx, t, f->name, f->name));
	view_set(at, "Hint", hint(ctx, t, f));
	view_set(at, "Error", row_error(ctx, t, errors, f->name));
	view_set(at, "Value", row->values[i]);
	if (f->kind == ROW_TEXT || f->kind == ROW_AREA)
		view_set_int(at, "Max", f->max);
	if (f->kind == ROW_NUMBER)
		view_set(at, "Number", "1");
	if (f->flags & (ROW_OPTIONAL | ROW_NULL))
		view_set(at, "Optional", "1");
	if (theirs && strcmp(theirs->values[i], row->values[i]) != 0) {
		show_value(ctx, f, theirs->values[i], text, sizeof(text));
		view_set(at, "Theirs", *text ? text : "—");
	}
	if ((f->flags & ROW_FIXED && !fresh) || f->flags & ROW_READ ||
	    !row_may_edit(ctx, t)) {
		view_set(at, "Kind", "fixed");
		show_value(ctx, f, row->values[i], text, sizeof(text));
		view_set(at, "Value", text);
		return selects(f)
			   ? store_row_options(ctx, f->of, show_chosen, &o)
			   : 0;
	}
	view_set(at, "Kind", kinds[f->kind]);
	if (row_is_side(f))
		return row_set_show(ctx, f, row->values[i], at);
	if (f->kind == ROW_SECRET)
		view_set(at, "Value", "");
	if (selects(f))
		return store_row_options(ctx, f->of, show_option, &o);
	return f->kind == ROW_CHOICE || f->kind == ROW_SET
		   ? show_choices(ctx, f, &o)
		   : 0;
}

static int show_change(void *arg, const struct row_change *c)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Row.Log.%u", l->count++);
	json_t *all = json_loads(c->params, 0, NULL);
	char key[48], text[32], value[ROW_VALUE];
	unsigned n = 0;

	app_time(c->at_ms, text, sizeof(text));
	view_set(at, "At", text);
	view_set(at, "Who", c->who);
	snprintf(key, sizeof(key), "Rows.Action.%s", c->action);
	view_set(at, "Action", app_text_or(l->ctx, key, c->action));
	for (size_t i = 0; i < l->t->count; i++) {
		const struct row_field *f = &l->t->fields[i];
		json_t *pair = json_object_get(all, f->name);
		struct node *ch;

		if (json_array_size(pair) != 2)
			continue;
		ch = view_at(at, "Changes.%u", n++);
		view_set(ch, "Label", row_word(l->ctx, l->t, f->name, f->name));
		for (size_t k = 0; k < 2; k++) {
			const char *v =
			    json_string_value(json_array_get(pair, k));

			show_value(l->ctx, f, v ? v : "", value, sizeof(value));
			view_set(ch, k ? "To" : "From", *value ? value : "—");
		}
	}
	json_decref(all);
	return 0;
}

static void show_act(struct ctx *ctx, const struct row_table *t,
		     const struct row_act *act, const struct row *row,
		     unsigned n)
{
	struct node *at;
	char key[64];

	if (act->offered && !act->offered(t, row))
		return;
	at = view_at(ctx->page, "Row.Acts.%u", n);
	snprintf(key, sizeof(key), "do_%s", act->name);
	view_set(at, "Name", act->name);
	view_set(at, "Label", row_word(ctx, t, key, act->name));
}

/* Where the keyboard begins: what is wrong, else what can be changed. */
static unsigned first_field(const struct row_table *t, bool fresh,
			    const struct card_errors *errors)
{
	unsigned first = 0;

	for (unsigned i = 0; errors->count && i < t->count; i++)
		for (unsigned k = 0; k < errors->count; k++)
			if (!strcmp(errors->names[k], t->fields[i].name))
				return i;
	while (first + 1 < t->count &&
	       (t->fields[first].flags & ROW_READ ||
		(t->fields[first].flags & ROW_FIXED && !fresh)))
		first++;
	return first;
}

static int show_row(struct ctx *ctx, struct response *res, int status,
		    const char *id, const struct row *row,
		    const struct row *theirs, const struct card_errors *errors)
{
	const struct row_table *t = row_table_of(ctx);
	struct list l = { ctx, t, 0 };
	unsigned n = 0;
	int err = 0;

	row_show_head(ctx, t);
	view_set(ctx->page, "Row.Id", *id ? id : "new");
	view_set_int(ctx->page, "Row.Version",
		     theirs ? theirs->version : row->version);
	if (!*id)
		view_set(ctx->page, "Row.New", "1");
	else if (t->removable && row_may_edit(ctx, t))
		view_set(ctx->page, "Row.Removable", "1");
	for (size_t i = 0; *id && row_may_edit(ctx, t) && i < t->act_count; i++)
		show_act(ctx, t, &t->acts[i], row, n++);
	view_set(ctx->page, "Row.Message",
		 theirs ? app_text(ctx, "Rows.Stale")
			: row_error(ctx, t, errors, ""));
	for (size_t i = 0; !err && i < t->count; i++)
		err = show_field(ctx, t, i, row, theirs, !*id, errors);
	if (row_may_edit(ctx, t))
		view_set(view_at(ctx->page, "Row.Fields.%u",
				 first_field(t, !*id, errors)),
			 "Focus", "1");
	/* who changed what is for those who may */
	if (!err && *id && row_may_edit(ctx, t))
		err = store_row_log(ctx, t->object, id, show_change, &l);
	return err ? respond_errno(res, err) : respond_page(res, status);
}

/* The row of the address, or an empty one. */
static int read_id(struct ctx *ctx, const struct row_table *t, char id[65],
		   struct row *row)
{
	const char *arg = route_arg(&ctx->args, "id");

	memset(row, 0, sizeof(*row));
	id[0] = '\0';
	if (strcmp(arg, "new") != 0) {
		copy_text(id, 65, arg);
		return store_row(ctx, t, id, row);
	}
	return *row_word(ctx, t, "Add", "") && row_may_edit(ctx, t) ? 0
								    : ENOENT;
}

/* GET /admin/…/{id} */
int page_row(struct ctx *ctx, const struct request *req, struct response *res)
{
	const struct card_errors none = { .count = 0 };
	struct row *row = malloc(sizeof(*row));
	char id[65];
	int err = row ? read_id(ctx, row_table_of(ctx), id, row) : ENOMEM;

	(void)req;
	err = err ? respond_errno(res, err)
		  : show_row(ctx, res, 200, id, row, NULL, &none);
	free(row);
	return err;
}

/* ---- saving -------------------------------------------------------------- */

static bool read_choice(struct ctx *ctx, const struct row_field *f,
			const char *value)
{
	const char *code;

	for (unsigned i = 0; (code = choice(ctx, f->of, i)); i++)
		if (!strcmp(code, value))
			return true;
	return false;
}

struct known {
	char *value; /* so far */
	const struct form *form;
	const char *name;
	size_t found;
	bool full;
};

/* In the order of the list, whatever the form's is. */
static int take(void *arg, const char *id, const char *text)
{
	struct known *k = arg;
	size_t at = strlen(k->value);

	(void)text;
	for (size_t i = 0; i < k->form->count; i++) {
		const struct form_field *f = &k->form->fields[i];

		if (strcmp(f->name, k->name) != 0 || strcmp(f->value, id) != 0)
			continue;
		k->found++;
		if ((size_t)snprintf(k->value + at, ROW_VALUE - at, "%s%s",
				     at ? "," : "", id) >= ROW_VALUE - at)
			k->full = true;
		break;
	}
	return 0;
}

/* @return 0, EINVAL (something that is not in the list, or twice) or a
 * database error */
static int read_set(struct ctx *ctx, const struct form *form,
		    const struct row_field *f, char *value)
{
	struct known k = { .value = value, .form = form, .name = f->name };
	const char *code;
	size_t given = 0;
	int err = 0;

	value[0] = '\0';
	for (size_t i = 0; i < form->count; i++)
		given += !strcmp(form->fields[i].name, f->name);
	if (selects(f))
		err = store_row_options(ctx, f->of, take, &k);
	else
		for (unsigned i = 0; (code = choice(ctx, f->of, i)); i++)
			take(&k, code, NULL);
	return err ? err : k.full || k.found != given ? EINVAL : 0;
}

/* One field of the form into value. @return whether it is as asked; what is
 * wrong stays as it was typed, as far as it has room */
static bool read_field(struct ctx *ctx, const struct form *form,
		       const struct row_field *f, char *value)
{
	const struct form_field *given = form_find(form, f->name);
	uint64_t number;
	char date[11];
	int err = 0;

	copy_text(value, ROW_VALUE, given ? given->value : "");
	switch (f->kind) {
	case ROW_TEXT:
	case ROW_AREA:
		err =
		    param_text(form, f->name, f->min, f->max, value, ROW_VALUE);
		if (!err && f->kind == ROW_TEXT && strpbrk(value, "\r\n\t"))
			err = EINVAL;
		break;
	case ROW_NUMBER:
		err = param_u64(form, f->name, f->min, f->max, &number);
		if (!err)
			snprintf(value, ROW_VALUE, "%llu",
				 (unsigned long long)number);
		break;
	case ROW_DATE:
		err = param_date(form, f->name, date);
		if (!err)
			copy_text(value, ROW_VALUE, date);
		break;
	case ROW_REF:
		err = param_u64(form, f->name, 1, UINT32_MAX, &number);
		break;
	case ROW_CHOICE:
		if (!*value)
			err = ENOENT;
		else if (!read_choice(ctx, f, value))
			err = EINVAL;
		break;
	case ROW_FLAG:
		copy_text(value, ROW_VALUE,
			  given && given->len && strcmp(given->value, "0") != 0
			      ? "1"
			      : "0");
		break;
	case ROW_SECRET:
		err =
		    param_text(form, f->name, f->min, f->max, value, ROW_VALUE);
		break;
	case ROW_SET:
		err = read_set(ctx, form, f, value);
		break;
	case ROW_SIDE:
	case ROW_CODES:
		break; /* row_read */
	}
	if (err == ENOENT && f->flags & ROW_OPTIONAL)
		return true;
	return !err && (!f->fix || !*value || f->fix(value, ROW_VALUE));
}

int row_read(struct ctx *ctx, const struct row_table *t,
	     const struct form *form, const char *id, struct row *row,
	     struct card_errors *errors)
{
	uint64_t version = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct row_field *f = &t->fields[i];
		bool wrong = false;
		int err = 0;

		if ((f->flags & ROW_FIXED && *id) || f->flags & ROW_READ)
			continue;
		if (row_is_side(f))
			err =
			    row_set_read(ctx, form, f, row->values[i], &wrong);
		else
			wrong = !read_field(ctx, form, f, row->values[i]);
		if (err)
			return err;
		if (wrong)
			card_error(errors, f->name);
	}
	if (*id && param_u64(form, "version", 1, UINT32_MAX, &version))
		return EINVAL;
	row->version = (uint32_t)version;
	return t->check ? t->check(ctx, t, id, row, errors) : 0;
}

/* Beside which field it stands that the value is there already: the one that
 * names the row. */
const char *row_unique(const struct row_table *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->fields[i].flags & ROW_UNIQUE)
			return t->fields[i].name;
	return t->fields[0].name;
}

struct uses {
	struct ctx *ctx;
	char text[600];
	size_t len;
};

static int tell_use(void *arg, const char *words)
{
	struct uses *u = arg;
	char key[64];

	snprintf(key, sizeof(key), "Rows.Uses.%s", words);
	if (u->len < sizeof(u->text))
		u->len += (size_t)snprintf(
		    u->text + u->len, sizeof(u->text) - u->len, "%s %s",
		    u->len ? "," : "", app_text(u->ctx, key));
	return 0;
}

/* What keeps it, in a sentence. The words live as long as the request: a
 * worker answers one at a time. */
static int in_use(struct ctx *ctx, const struct row_table *t, const char *id,
		  struct card_errors *errors)
{
	static char words[800];
	struct uses u = { .ctx = ctx };
	int err = store_row_uses(ctx, t, id, tell_use, &u);

	snprintf(words, sizeof(words), "%s%s%s%s", app_text(ctx, "Rows.InUse"),
		 u.len ? ". " : "", u.len ? app_text(ctx, "Rows.UsedBy") : "",
		 u.text);
	card_error_as(errors, "", words);
	return err;
}

static int remove_row(struct ctx *ctx, struct response *res,
		      const struct row_table *t, const char *id,
		      const struct row *row)
{
	struct card_errors errors = { .count = 0 };
	int err = store_row_remove(ctx, t, id);

	if (!err)
		return respond_redirect(res, "%s", t->path);
	if (err == EBUSY)
		err = in_use(ctx, t, id, &errors);
	if (err)
		return respond_errno(res, err);
	return show_row(ctx, res, 409, id, row, NULL, &errors);
}

/* After something was done: the list, or the row once more with what is shown
 * only now. */
static int done(struct ctx *ctx, struct response *res, const char *id,
		struct row *row)
{
	const struct row_table *t = row_table_of(ctx);
	const struct card_errors none = { .count = 0 };
	int err;

	if (!*view_get(ctx->page, "Row.Secret"))
		return respond_redirect(res, "%s", t->path);
	err = store_row(ctx, t, id, row);
	return err ? respond_errno(res, err)
		   : show_row(ctx, res, 200, id, row, NULL, &none);
}

static int act(struct ctx *ctx, struct response *res, const char *name,
	       const char *id, struct row *row)
{
	const struct row_table *t = row_table_of(ctx);
	struct card_errors errors = { .count = 0 };
	int err = ENOENT;

	for (size_t i = 0; i < t->act_count; i++)
		if (!strcmp(t->acts[i].name, name) &&
		    (!t->acts[i].offered || t->acts[i].offered(t, row)))
			err = store_row_act(ctx, t, &t->acts[i], id, &errors);
	if (err == EPERM)
		return show_row(ctx, res, 409, id, row, NULL, &errors);
	return err ? respond_errno(res, err) : done(ctx, res, id, row);
}

static int save(struct ctx *ctx, const struct request *req,
		struct response *res, struct row *row, struct row *theirs)
{
	const struct row_table *t = row_table_of(ctx);
	const struct form_field *button = form_find(&req->body, "do");
	struct card_errors errors = { .count = 0 };
	char id[65];
	int err = read_id(ctx, t, id, row);

	if (!err && *id && t->removable && form_find(&req->body, "remove"))
		return remove_row(ctx, res, t, id, row);
	if (!err && *id && button)
		return act(ctx, res, button->value, id, row);
	if (!err)
		err = row_read(ctx, t, &req->body, id, row, &errors);
	if (err)
		return respond_errno(res, err);
	if (errors.count)
		return show_row(ctx, res, 422, id, row, NULL, &errors);
	err = store_row_save(ctx, t, id, sizeof(id), row, theirs, &errors);
	if (err == ESTALE)
		return show_row(ctx, res, 409, id, row, theirs, &errors);
	if (err == EEXIST) {
		card_error_as(&errors, row_unique(t), "Rows.Taken");
		err = EPERM;
	}
	if (err == EPERM)
		return show_row(ctx, res, 422, id, row, NULL, &errors);
	return err ? respond_errno(res, err) : done(ctx, res, id, row);
}

/* POST /admin/…/{id}  version and the fields; or remove; or do: an act */
int page_row_save(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	struct row *rows;
	int err;

	if (!row_may_edit(ctx, row_table_of(ctx)))
		return respond_error(res, 403, NULL);
	rows = calloc(2, sizeof(*rows));
	err = rows ? save(ctx, req, res, rows, rows + 1)
		   : respond_errno(res, ENOMEM);
	free(rows);
	return err;
}
