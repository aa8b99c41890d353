#include "cgi/row_import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/card.h"
#include "cgi/rows.h"
#include "cgi/store_rows.h"
#include "cgi/util.h"
#include "db/csv.h"
#include "db/db.h"

int import_put(struct import_row *row, const char *name, const char *value)
{
	size_t n = strlen(name) + 1, len = strlen(value);
	struct form_field *f;

	if (row->form.count == FORM_MAX_FIELDS ||
	    n + len + 1 > sizeof(row->pool) - row->used)
		return E2BIG;
	f = &row->form.fields[row->form.count++];
	f->name = memcpy(row->pool + row->used, name, n);
	row->used += n;
	f->value = memcpy(row->pool + row->used, value, len + 1);
	f->len = len;
	row->used += len + 1;
	return 0;
}

/* What one import holds, too big for a stack. */
struct import {
	struct ctx *ctx;
	const struct row_table *t;
	const struct import_report *report;
	struct import_result *result;
	struct csv csv;
	char *columns[CSV_FIELDS];
	unsigned count;
	struct import_row in;
	struct row row, theirs;
	char (*fresh)[65]; /* keys of the new ones */
	size_t fresh_count, fresh_size;
};

static void tell(struct import *im, const char *column, const char *text)
{
	im->report->error(im->report->arg, im->csv.line ? im->csv.line : 1,
			  column, text);
}

static bool is_field(const struct row_table *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++)
		if (!strcmp(t->fields[i].name, name))
			return !(t->fields[i].flags & ROW_READ);
	return false;
}

/* The words of a column: those of its field, if it is one. */
static const char *label(struct import *im, const char *column)
{
	return row_word(im->ctx, im->t, column, column);
}

/* @return whether every column is known */
static bool read_head(struct import *im)
{
	bool known = true;
	int err = csv_next(&im->csv);

	if (err) {
		tell(im, "", app_text(im->ctx, "Import.Empty"));
		return false;
	}
	im->count = im->csv.n;
	for (unsigned i = 0; i < im->count; i++) {
		im->columns[i] = im->csv.field[i];
		im->in.form.count = im->in.used = 0;
		if (is_field(im->t, im->columns[i]) ||
		    (im->t->column && im->t->column(im->ctx, im->columns[i], "",
						    &im->in) != ENOENT))
			continue;
		tell(im, im->columns[i], app_text(im->ctx, "Import.Column"));
		known = false;
	}
	return known;
}

/* One record into a form. @return 0, EINVAL (told) or a database error */
static int read_form(struct import *im)
{
	bool wrong = false;
	int err;

	im->in.form.count = im->in.used = 0;
	if (im->csv.n != im->count) {
		tell(im, "", app_text(im->ctx, "Import.Fields"));
		return EINVAL;
	}
	for (unsigned i = 0; i < im->count; i++) {
		const char *name = im->columns[i], *value = im->csv.field[i];

		err = im->t->column
			  ? im->t->column(im->ctx, name, value, &im->in)
			  : ENOENT;
		if (err == ENOENT)
			err = import_put(&im->in, name, value);
		if (err != EINVAL && err != E2BIG && err)
			return err;
		if (err)
			tell(im, label(im, name),
			     app_text(im->ctx, "Import.Value"));
		wrong |= err != 0;
	}
	return wrong ? EINVAL : 0;
}

static int read_key(const struct db_row *row, void *arg)
{
	copy_text(arg, 65, db_str(row, 0));
	return 0;
}

static const char *value_of(const struct form *form, const char *name)
{
	const struct form_field *f = form_find(form, name);

	return f ? f->value : "";
}

/* What the file has no column for stays as it is. */
static int keep_others(struct import *im)
{
	int err = 0;

	for (size_t i = 0; !err && i < im->t->count; i++) {
		const struct row_field *f = &im->t->fields[i];

		if (!row_is_side(f) && !form_find(&im->in.form, f->name))
			err = import_put(&im->in, f->name, im->row.values[i]);
	}
	return err;
}

/* The row that is there already, with its version in the form. */
static int find(struct import *im, char id[65])
{
	const struct form *form = &im->in.form;
	struct db_arg args[2];
	char version[16];
	size_t n = 0;
	int err;

	id[0] = '\0';
	memset(&im->row, 0, sizeof(im->row));
	if (!im->t->find)
		return 0;
	for (; n < 2 && im->t->find_by[n]; n++)
		args[n] = DB_STR(value_of(form, im->t->find_by[n]));
	err = db_one(im->ctx->db, im->t->find, args, n, read_key, id);
	if (err)
		return err == ENOENT ? 0 : err;
	err = store_row(im->ctx, im->t, id, &im->row);
	if (!err)
		err = keep_others(im);
	snprintf(version, sizeof(version), "%u", im->row.version);
	return err ? err : import_put(&im->in, "version", version);
}

static int keep_fresh(struct import *im, const char *id)
{
	if (im->fresh_count == im->fresh_size) {
		size_t size = im->fresh_size ? 2 * im->fresh_size : 64;
		void *more = realloc(im->fresh, size * sizeof(*im->fresh));

		if (!more)
			return ENOMEM;
		im->fresh = more;
		im->fresh_size = size;
	}
	copy_text(im->fresh[im->fresh_count++], sizeof(*im->fresh), id);
	return 0;
}

static void tell_errors(struct import *im, const struct card_errors *errors)
{
	for (unsigned i = 0; i < errors->count; i++)
		tell(im, *errors->names[i] ? label(im, errors->names[i]) : "",
		     row_error(im->ctx, im->t, errors, errors->names[i]));
}

/* @return 0, EINVAL (told) or a database error */
static int put(struct import *im)
{
	struct card_errors errors = { .count = 0 };
	bool changed = false, fresh;
	char id[65] = "";
	int err = read_form(im);

	if (!err)
		err = find(im, id);
	if (!err)
		err = row_read(im->ctx, im->t, &im->in.form, id, &im->row,
			       &errors);
	if (!err && errors.count)
		err = EPERM;
	fresh = !err && !*id;
	if (!err)
		err = store_row_put(im->ctx, im->t, id, sizeof(id), &im->row,
				    &im->theirs, &changed, &errors);
	if (err == EEXIST)
		card_error_as(&errors, row_unique(im->t), "Rows.Taken");
	if (err == EEXIST || err == EPERM) {
		tell_errors(im, &errors);
		return EINVAL;
	}
	if (err)
		return err;
	if (fresh) {
		im->result->added++;
		return keep_fresh(im, id);
	}
	if (changed)
		im->result->changed++;
	else
		im->result->same++;
	return 0;
}

static int each_row(struct import *im, unsigned most)
{
	int err;

	while (!(err = csv_next(&im->csv))) {
		if (im->csv.n == 1 && !*im->csv.field[0])
			continue; /* an empty line */
		if (most && im->result->rows == most) {
			tell(im, "", app_text(im->ctx, "Import.TooMany"));
			im->result->wrong++;
			return 0;
		}
		im->result->rows++;
		err = put(im);
		if (err && err != EINVAL)
			return err;
		im->result->wrong += err == EINVAL;
	}
	if (err == EBADMSG) {
		tell(im, "", app_text(im->ctx, "Import.Quotes"));
		im->result->wrong++;
	}
	return 0;
}

/* What new rows get only now that all of them are right. */
static int finish(struct import *im)
{
	struct ctx *ctx = im->ctx;
	int err = 0;

	for (size_t i = 0; !err && im->t->fresh && i < im->fresh_count; i++) {
		err = im->t->fresh(ctx, im->fresh[i]);
		if (!err)
			err = store_row(ctx, im->t, im->fresh[i], &im->row);
		if (!err)
			im->report->secret(im->report->arg, im->row.values[0],
					   view_get(ctx->page, "Row.Secret"));
		view_set(ctx->page, "Row.Secret", "");
	}
	return err;
}

static int run(struct import *im, unsigned most, bool dry)
{
	int err = db_begin(im->ctx->db);

	if (!err)
		err = each_row(im, most);
	if (!err && !im->result->wrong && !dry)
		return store_row_end(im->ctx, im->t, finish(im));
	db_rollback(im->ctx->db);
	return err;
}

int import_rows(struct ctx *ctx, const struct row_table *t, char *text,
		unsigned most, bool dry, const struct import_report *report,
		struct import_result *result)
{
	struct import *im = calloc(1, sizeof(*im));
	int err = 0;

	*result = (struct import_result){ .rows = 0 };
	if (!im)
		return ENOMEM;
	im->ctx = ctx;
	im->t = t;
	im->report = report;
	im->result = result;
	csv_start(&im->csv, text);
	/* what a program that did not know the encoding leaves behind */
	if (!form_utf8(text, strlen(text)) || strstr(text, "\xef\xbf\xbd")) {
		tell(im, "", app_text(ctx, "Import.Encoding"));
		result->wrong = 1;
	} else if (!read_head(im)) {
		result->wrong = 1;
	} else {
		err = run(im, most, dry);
	}
	free(im->fresh);
	free(im);
	return err;
}
