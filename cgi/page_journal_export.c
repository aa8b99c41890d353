/* POST /bulk/journal/export: the list as it is filtered, as a file (section 7,
 * «Export with personal data»). Whole or not at all: it is made before its
 * first byte is sent, and its row in the access log is written in between. */
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cgi/app.h"
#include "cgi/deadline.h"
#include "cgi/journal_filter.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/phone.h"
#include "cgi/sheet.h"
#include "cgi/show.h"
#include "cgi/store_appeal.h"
#include "cgi/store_log.h"
#include "cgi/store_place.h"
#include "cgi/util.h"
#include "db/db.h"

enum { STEP = 1000, MOST = 50000 }; /* rows of a question; of a file */

static const char *const heads[] = {
	"Field.Number",   "Field.Date",    "Filter.Form",  "Filter.Channel",
	"Field.Type",     "Export.Code",   "Export.Theme", "Field.Status",
	"Export.Mark",    "Export.Result", "Field.Due",    "Export.Closed",
	"Field.Assignee", "Field.Fio",     "Field.Phone",  "Registry.Enp",
	"Filter.Insurer", "Filter.Mo",
};

struct export
{
	struct ctx *ctx;
	struct sheet *sheet;
	struct date today;
	uint64_t rows, most;
	unsigned step; /* rows of this question */
	int64_t last_ms;
	uint64_t last_id;
};

static const char *mark(const struct export *e, const struct journal_row *r)
{
	struct date due;

	if (!appeal_active(r->status))
		return "";
	if (!date_parse(r->due, &due) && deadline_overdue(due, e->today))
		return app_text(e->ctx, "Journal.Overdue");
	return r->result ? "" : app_text(e->ctx, "Journal.NoResult");
}

static int put(void *arg, const struct journal_row *r)
{
	char at[32], due[32], closed[32], phone[PHONE_SHOWN_SIZE];
	char name[APPEAL_NAME * 3 + 3];
	struct export *e = arg;
	const struct ctx *ctx = e->ctx;

	if (e->rows == e->most)
		return EFBIG;
	app_time(r->at_ms, at, sizeof(at));
	show_date(r->due, due, sizeof(due));
	app_time(r->closed_ms, closed, sizeof(closed));
	phone_show(r->phone, phone);
	snprintf(name, sizeof(name), "%s%s%s%s%s", r->surname,
		 *r->given_name ? " " : "", r->given_name,
		 *r->patronymic ? " " : "", r->patronymic);
	const char *const cells[LEN(heads)] = {
		r->number,
		at,
		r->form,
		show_choice(ctx, "Channels", r->channel),
		show_choice(ctx, "Types", r->type),
		r->theme_code,
		r->theme,
		show_choice(ctx, "Statuses", appeal_status_code(r->status)),
		mark(e, r),
		*r->result_code ? show_result(ctx, r->result_code) : "",
		due,
		closed,
		r->assignee,
		*name ? name : app_text(ctx, "Journal.Anonymous"),
		phone,
		r->enp,
		r->insurer,
		r->mo,
	};

	e->rows++;
	e->step++;
	e->last_ms = r->key_ms;
	e->last_id = r->id;
	return sheet_row(e->sheet, cells);
}

/* As the list was at one moment, STEP rows at a time. */
static int walk(struct export *e, struct journal_filter *f)
{
	int err = db_begin_snapshot(e->ctx->db);

	f->whole = true;
	f->limit = STEP;
	do {
		e->step = 0;
		if (!err)
			err = store_journal(e->ctx->db, e->ctx->who, f, put, e);
		f->after_ms = e->last_ms;
		f->after_id = e->last_id;
	} while (!err && e->step == STEP);
	db_rollback(e->ctx->db); /* nothing was written */
	return err;
}

static int make(struct export *e, enum sheet_kind kind,
		struct journal_filter *f, FILE **out, uint64_t *size)
{
	const char *names[LEN(heads)];
	char dir[400];
	int err;

	for (size_t i = 0; i < LEN(heads); i++)
		names[i] = app_text(e->ctx, heads[i]);
	snprintf(dir, sizeof(dir), "%s/files", e->ctx->app->state);
	err = store_setting(e->ctx->db, "journal.export_max", MOST, &e->most);
	if (!err)
		err = sheet_open(&e->sheet, kind, dir, names, LEN(names));
	if (!err)
		err = walk(e, f);
	if (!err)
		err = sheet_close(&e->sheet, out, size);
	sheet_drop(&e->sheet);
	return err;
}

static int fingerprint(FILE *file, char hex[65])
{
	unsigned char hash[32], part[32768];
	crypto_hash_sha256_state sum;
	size_t n;

	crypto_hash_sha256_init(&sum);
	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		crypto_hash_sha256_update(&sum, part, n);
	crypto_hash_sha256_final(&sum, hash);
	sodium_bin2hex(hex, 65, hash, sizeof(hash));
	if (ferror(file))
		return EIO;
	rewind(file);
	return 0;
}

/* What was asked for, what went out, and what for; takes params. */
static int note(struct export *e, json_t *params, const char *purpose,
		const char *format, const char *sha256)
{
	char *text = NULL;
	int err = ENOMEM;

	if (!json_object_set_new(params, "format", json_string(format)) &&
	    !json_object_set_new(params, "rows",
				 json_integer((json_int_t)e->rows)) &&
	    !json_object_set_new(params, "sha256", json_string(sha256)))
		text = json_dumps(params, JSON_COMPACT);
	if (text) {
		const struct access entry = { .action = "EXPORT",
					      .object_type = "journal",
					      .params = text,
					      .reason = purpose };

		err = store_access(e->ctx, &entry);
	}
	free(text);
	json_decref(params);
	return err;
}

static void head(const struct ctx *ctx, struct response *res, size_t kind,
		 uint64_t size)
{
	static const char *const types[] = {
		[SHEET_CSV] = "text/csv; charset=utf-8",
		[SHEET_XLSX] = "application/vnd.openxmlformats-officedocument"
			       ".spreadsheetml.sheet",
	};
	struct date day = app_today(ctx);
	char text[80];

	respond_empty(res, 200);
	response_header(res, "Content-Type", types[kind]);
	snprintf(text, sizeof(text),
		 "attachment; filename=\"journal-%04d-%02d-%02d.%s\"", day.year,
		 day.month, day.day, kind == SHEET_XLSX ? "xlsx" : "csv");
	response_header(res, "Content-Disposition", text);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)size);
	response_header(res, "Content-Length", text);
}

/* the journal's filter, format: csv or xlsx, purpose: 5-300 characters */
int page_journal_export(struct ctx *ctx, const struct request *req,
			struct response *res)
{
	static const char *const formats[] = {
		[SHEET_CSV] = "csv", [SHEET_XLSX] = "xlsx"
	};
	struct export e = { .ctx = ctx, .today = app_today(ctx) };
	struct journal_filter f = { .number = "" };
	struct buf link = { 0 };
	char purpose[1201], hex[65] = "";
	uint64_t size = 0;
	FILE *file = NULL;
	size_t kind = 0;
	json_t *params;
	int err;

	if (param_text(&req->body, "purpose", 5, 300, purpose, sizeof(purpose)))
		return respond_error(res, 422, "export_purpose");
	if (param_choice(&req->body, "format", formats, LEN(formats), &kind) ||
	    journal_filter_read(&req->body, e.today, &f))
		return respond_errno(res, EINVAL);
	if (auth_grant(ctx->who, AUTH_APPEAL_VIEW).masked)
		return respond_errno(res, EACCES);
	params = journal_filter_show(ctx, &req->body, &link);
	buf_free(&link);
	err = make(&e, kind, &f, &file, &size);
	if (!err)
		err = fingerprint(file, hex);
	if (!err)
		err = note(&e, params, purpose, formats[kind], hex);
	else
		json_decref(params);
	if (!err) {
		head(ctx, res, kind, size);
		res->file = file;
		return 0;
	}
	if (file)
		fclose(file);
	if (err == EFBIG || err == ETIMEDOUT)
		return respond_error(res, 422, "export_many");
	return respond_errno(res, err);
}
