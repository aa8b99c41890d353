/* Fields that hold several: read from a form, shown in it, told in the log. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/param.h"
#include "cgi/row_sets.h"
#include "cgi/rows.h"
#include "cgi/show.h"
#include "cgi/store_rows.h"
#include "cgi/util.h"

#define MOST 600 /* of one set */

bool row_set_next(const char **list, char id[65], unsigned *level)
{
	const char *p = *list;
	size_t len = strcspn(p, ";"), name = strcspn(p, "=;");

	if (!*p)
		return false;
	snprintf(id, 65, "%.*s", (int)name, p);
	*level = p[name] == '=' ? (unsigned)strtoul(p + name + 1, NULL, 10) : 1;
	*list = p + len + (p[len] == ';');
	return true;
}

/* ---- what may be chosen -------------------------------------------------- */

static bool from_sql(const struct row_field *f)
{
	return !strncmp(f->of, "SELECT ", 7);
}

/* Each that may be in the set, with its words. */
static int options(struct ctx *ctx, const struct row_field *f,
		   int (*each)(void *arg, const char *id, const char *text),
		   void *arg)
{
	char key[64];
	const char *code;
	int err = 0;

	if (from_sql(f))
		return store_row_options(ctx, f->of, each, arg);
	for (unsigned i = 0; !err; i++) {
		snprintf(key, sizeof(key), "%s.%u.Code", f->of, i);
		code = app_text_or(ctx, key, NULL);
		if (!code)
			break;
		err = each(arg, code, show_choice(ctx, f->of, code));
	}
	return err;
}

/* ---- from a form --------------------------------------------------------- */

struct member {
	char id[65];
	unsigned level;
};

struct reading {
	const struct form *form;
	const struct row_field *f;
	const char *part; /* of codes */
	struct member *v;
	size_t n, found;
	bool wrong;
};

static void put(struct reading *r, const char *id, unsigned level)
{
	for (size_t i = 0; i < r->n; i++)
		if (!strcmp(r->v[i].id, id))
			return;
	if (r->n == MOST) {
		r->wrong = true;
		return;
	}
	copy_text(r->v[r->n].id, sizeof(r->v[0].id), id);
	r->v[r->n++].level = level;
}

static int read_member(void *arg, const char *id, const char *text)
{
	struct reading *r = arg;
	char name[FORM_MAX_NAME + 1];
	uint64_t level = 0;
	int err;

	(void)text;
	snprintf(name, sizeof(name), "%s.%s", r->f->name, id);
	err = param_u64(r->form, name, 0, r->f->max, &level);
	r->wrong |= err == EINVAL;
	if (!err && level)
		put(r, id, (unsigned)level);
	return 0;
}

static int read_code(void *arg, const char *id, const char *text)
{
	struct reading *r = arg;

	(void)text;
	if (!strncmp(id, r->part, strlen(r->part))) {
		put(r, id, 1);
		r->found++;
	}
	return 0;
}

static int read_codes(struct ctx *ctx, struct reading *r, char *text)
{
	char *rest = text;
	int err = 0;

	while (!err && (r->part = strsep(&rest, "; ,\r\n\t"))) {
		r->found = 0;
		if (!*r->part)
			continue;
		err = options(ctx, r->f, read_code, r);
		r->wrong |= !r->found;
	}
	return err;
}

static int by_name(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return strcmp(x->id, y->id);
}

/* Sorted as the store sorts them. @return whether it has the room */
static bool print(struct reading *r, char *value, size_t size)
{
	size_t len = 0;

	qsort(r->v, r->n, sizeof(r->v[0]), by_name);
	value[0] = '\0';
	for (size_t i = 0; i < r->n; i++) {
		len +=
		    (size_t)snprintf(value + len, size - len, "%s%s=%u",
				     i ? ";" : "", r->v[i].id, r->v[i].level);
		if (len >= size)
			return false;
	}
	return true;
}

int row_set_read(struct ctx *ctx, const struct form *form,
		 const struct row_field *f, char value[ROW_VALUE], bool *wrong)
{
	const struct form_field *given = form_find(form, f->name);
	struct reading r = { .form = form, .f = f };
	char text[ROW_VALUE];
	int err;

	*wrong = false;
	r.v = malloc(MOST * sizeof(*r.v));
	if (!r.v)
		return ENOMEM;
	if (f->kind == ROW_CODES) {
		r.wrong =
		    !copy_text(text, sizeof(text), given ? given->value : "");
		err = read_codes(ctx, &r, text);
	} else {
		err = options(ctx, f, read_member, &r);
	}
	if (!err && (r.n < f->min || !print(&r, value, ROW_VALUE)))
		r.wrong = true;
	/* codes that are none are shown as they were typed */
	if (!err && r.wrong && f->kind == ROW_CODES)
		copy_text(value, ROW_VALUE, given ? given->value : "");
	free(r.v);
	*wrong = r.wrong;
	return err;
}

/* ---- in a page ----------------------------------------------------------- */

struct showing {
	struct node *at;
	const struct row_field *f;
	const char *value;
	unsigned count;
	char *out;
	size_t size, len;
};

static unsigned level_of(const char *list, const char *id)
{
	char one[65];
	unsigned level;

	while (row_set_next(&list, one, &level))
		if (!strcmp(one, id))
			return level;
	return 0;
}

static int show_option(void *arg, const char *id, const char *text)
{
	struct showing *s = arg;
	struct node *at = view_at(s->at, "Options.%u", s->count++);
	unsigned level = level_of(s->value, id);

	view_set(at, "Value", id);
	view_set(at, "Text", text);
	if (level)
		view_set_int(at, "Chosen", level);
	return 0;
}

static int tell_option(void *arg, const char *id, const char *text)
{
	struct showing *s = arg;
	unsigned level = level_of(s->value, id);
	int n;

	if (!level || s->len >= s->size)
		return 0;
	n = s->f->max > 1
		? snprintf(s->out + s->len, s->size - s->len, "%s%s (%u)",
			   s->len ? ", " : "", text, level)
		: snprintf(s->out + s->len, s->size - s->len, "%s%s",
			   s->len ? ", " : "", text);
	s->len += (size_t)n;
	return 0;
}

/* "ZH-01.01=1;…" as it is typed: "ZH-01.01; …" */
static void tell_codes(const char *value, char *out, size_t size)
{
	char id[65];
	unsigned level;
	size_t len = 0;

	out[0] = '\0';
	while (len < size && row_set_next(&value, id, &level))
		len += (size_t)snprintf(out + len, size - len, "%s%s",
					len ? "; " : "", id);
}

int row_set_text(struct ctx *ctx, const struct row_field *f, const char *value,
		 char *out, size_t size)
{
	struct showing s = { .f = f, .value = value, .out = out, .size = size };

	out[0] = '\0';
	if (f->kind == ROW_CODES) {
		tell_codes(value, out, size);
		return 0;
	}
	return options(ctx, f, tell_option, &s);
}

int row_set_show(struct ctx *ctx, const struct row_field *f, const char *value,
		 struct node *at)
{
	struct showing s = { .at = at, .f = f, .value = value };
	char text[ROW_VALUE];

	if (f->kind == ROW_CODES) {
		tell_codes(value, text, sizeof(text));
		view_set(at, "Value", text);
		view_set_int(at, "Max", ROW_VALUE - 1);
		return 0;
	}
	if (f->max > 1)
		view_set_int(at, "Level", f->max);
	return options(ctx, f, show_option, &s);
}
