/* Files of an appeal (K-5.2.1.2-4): the list in the card, in, out, removed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cgi/app.h"
#include "cgi/card_file.h"
#include "cgi/card_step.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/show.h"
#include "cgi/store_file.h"
#include "cgi/store_log.h"
#include "cgi/store_step.h"
#include "cgi/upload.h"
#include "cgi/util.h"
#include "db/db.h"

/* ---- who may ------------------------------------------------------------- */

/* Section 7, «Written appeals, attachments», of a card that he may see. */
static enum appeal_access may(const struct ctx *ctx, const struct appeal *a,
			      enum appeal_access access)
{
	struct auth_grant g = auth_grant(ctx->who, AUTH_WRITTEN);
	bool mine =
	    a->author_id == ctx->who->id || a->assignee_id == ctx->who->id;

	if (access == APPEAL_HIDDEN || g.scope < SCOPE_MINE ||
	    (g.scope == SCOPE_MINE && !mine))
		return APPEAL_HIDDEN;
	if (!g.readonly && (access == APPEAL_EDIT ||
			    (g.scope == SCOPE_ALL && appeal_active(a->status))))
		return APPEAL_EDIT;
	return APPEAL_READ;
}

static int log_file(struct ctx *ctx, const char *action, uint64_t id,
		    uint64_t person)
{
	char text[24];
	const struct access entry = { .action = action,
				      .object_type = "attachment",
				      .object_id = text,
				      .person = person };

	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	return store_access(ctx, &entry);
}

/* ---- the list ------------------------------------------------------------ */

struct list {
	struct ctx *ctx;
	unsigned count;
};

static int show_file(void *arg, const struct attachment *f)
{
	struct list *w = arg;
	struct node *at = view_at(w->ctx->page, "Files.%u", w->count++);
	char text[64];

	view_set_int(at, "Id", (int64_t)f->id);
	view_set(at, "Name", f->name);
	view_set(at, "Number", f->number);
	show_date(f->date, text, sizeof(text));
	view_set(at, "Date", text);
	snprintf(text, sizeof(text), "%llu",
		 (unsigned long long)((f->size + 1023) / 1024));
	view_set(at, "Kib", text);
	app_time(f->at_ms, text, sizeof(text));
	view_set(at, "At", text);
	view_set(at, "Who", f->who);
	if (f->answer_id)
		view_set(at, "Answer", "1");
	if (*f->fault) {
		snprintf(text, sizeof(text), "FileFault.%s", f->fault);
		view_set(at, "Fault", app_text(w->ctx, text));
	}
	return 0;
}

static int show_answer(void *arg, const struct appeal_answer *a)
{
	struct list *w = arg;
	struct node *at = view_at(w->ctx->page, "FileAnswers.%u", w->count++);
	char date[16], text[400];

	show_date(a->date, date, sizeof(date));
	snprintf(text, sizeof(text), "%s, %s",
		 show_choice(w->ctx, "AnswerKinds", a->kind), date);
	view_set_int(at, "Id", (int64_t)a->id);
	view_set(at, "Name", text);
	return 0;
}

int card_files_show(struct ctx *ctx, const struct appeal *a,
		    enum appeal_access access)
{
	enum appeal_access files = may(ctx, a, access);
	struct list w = { ctx, 0 }, answers = { ctx, 0 };
	int err;

	if (files == APPEAL_HIDDEN)
		return 0;
	view_set(ctx->page, "File.May", files == APPEAL_EDIT ? "edit" : "read");
	view_set_int(view_at(ctx->page, "Card"), "Id", (int64_t)a->id);
	err = store_files(ctx->db, a->id, show_file, &w);
	if (!err)
		err = store_answers(ctx->db, a->id, show_answer, &answers);
	return err;
}

static void wrong(struct ctx *ctx, unsigned *n, const char *name,
		  const char *key)
{
	struct node *at = view_at(ctx->page, "FileErrors.%u", (*n)++);

	view_set(at, "Name", name);
	view_set(at, "Text", app_text(ctx, key));
}

/* ---- POST /bulk/appeal/{id}/files ----------------------------------------- */

/* What the form says of them; what is wrong goes onto the page. */
static unsigned read_fields(struct ctx *ctx, const struct upload *u,
			    struct attachment *f, unsigned *errors)
{
	char today[11];

	date_text(app_today(ctx), today);
	if (param_text(&u->form, "doc_number", 1, 40, f->number,
		       sizeof(f->number)))
		wrong(ctx, errors, "", "FileFault.Number");
	if (param_date(&u->form, "doc_date", f->date) ||
	    strcmp(f->date, today) > 0)
		wrong(ctx, errors, "", "FileFault.Date");
	if (!u->count)
		wrong(ctx, errors, "", "FileFault.None");
	if (u->too_many)
		wrong(ctx, errors, "", "FileFault.Many");
	return *errors;
}

/* The file gets its place: where it stays, or where what failed is kept.
 * 0770: otklik-jobs removes those of old drafts. */
static int place(const struct ctx *ctx, struct upload_file *up,
		 struct attachment *f)
{
	const char *base = strrchr(up->path, '/') + 1;
	bool fine = up->fault == FILE_FINE;
	char to[400];
	size_t len = strlen(base) - strlen(".part");

	if (fine)
		snprintf(f->path, sizeof(f->path), "appeals/%.2s/%.*s", base,
			 (int)len, base);
	else
		snprintf(f->path, sizeof(f->path), "quarantine/%.*s", (int)len,
			 base);
	snprintf(to, sizeof(to), "%s/files/%s", ctx->app->state, f->path);
	*strrchr(to, '/') = '\0';
	if (mkdir(to, 0770) && errno != EEXIST)
		return errno;
	snprintf(to, sizeof(to), "%s/files/%s", ctx->app->state, f->path);
	if (rename(up->path, to))
		return errno;
	/* the row did not come about: dropped there */
	copy_text(up->path, sizeof(up->path), to);
	return 0;
}

static int add_files(struct ctx *ctx, const struct appeal *a, struct upload *u,
		     struct attachment *f, unsigned *errors)
{
	unsigned kept = 0;
	int err = 0;

	for (unsigned i = 0; !err && i < u->count; i++) {
		struct upload_file *up = &u->files[i];
		char key[32];

		file_name_clean(up->given, f->name, sizeof(f->name));
		if (up->fault != FILE_FINE) {
			snprintf(key, sizeof(key), "FileFault.%s",
				 file_fault_name(up->fault));
			wrong(ctx, errors, f->name, key);
		}
		/* nothing of it is kept */
		if (!*up->path || up->fault == FILE_NAME)
			continue;
		f->appeal_id = a->id;
		f->size = up->size;
		copy_text(f->kind, sizeof(f->kind), file_kind_name(up->kind));
		copy_text(f->sha256, sizeof(f->sha256), up->sha256);
		copy_text(f->fault, sizeof(f->fault),
			  file_fault_name(up->fault));
		err = place(ctx, up, f);
		if (!err)
			err = store_file_add(ctx, f);
		if (!err)
			err = log_file(ctx, *f->fault ? "QUARANTINE" : "UPLOAD",
				       db_last_id(ctx->db), a->person_id);
		kept++;
	}
	err = store_end(ctx, err);
	for (unsigned i = 0; !err && i < u->count; i++)
		if (u->files[i].fault != FILE_NAME)
			u->files[i].path[0] = '\0'; /* they stay */
	if (!err && kept && !*errors)
		view_set(ctx->page, "File.Done", "1");
	return err;
}

static int room_for(struct ctx *ctx, const struct appeal *a,
		    const struct upload *u, unsigned *errors)
{
	uint64_t n = 0;
	int err = store_file_count(ctx->db, a->id, &n);

	if (!err && n + u->count > UPLOAD_FILES && !*errors)
		wrong(ctx, errors, "", "FileFault.Many");
	return err;
}

/* The card's block again. */
static int show(struct ctx *ctx, struct response *res, const struct appeal *a,
		enum appeal_access access, unsigned errors)
{
	int err = card_files_show(ctx, a, access);

	if (err)
		return respond_errno(res, err);
	view_set(ctx->page, "Csrf", ctx->session.csrf);
	return respond_page(res, errors ? 422 : 200);
}

static int receive(struct ctx *ctx, struct response *res, uint64_t id,
		   struct upload *u)
{
	static struct appeal a;
	enum appeal_access access = APPEAL_HIDDEN;
	struct attachment f = { .id = 0 };
	unsigned errors = 0;
	int err = db_begin(ctx->db);

	if (err)
		return respond_errno(res, err);
	/* locked: ten are counted one after another */
	err = card_load(ctx, id, true, &a, &access);
	if (!err && may(ctx, &a, access) != APPEAL_EDIT)
		err = EACCES;
	if (!err && !param_u64(&u->form, "answer", 1, INT64_MAX, &f.answer_id))
		err = store_file_answer(ctx->db, id, f.answer_id);
	read_fields(ctx, u, &f, &errors);
	if (!err)
		err = room_for(ctx, &a, u, &errors);
	if (err || errors) {
		db_rollback(ctx->db);
		for (unsigned i = 0; !err && i < 2; i++) {
			const char *name = i ? "doc_date" : "doc_number";
			const struct form_field *v = form_find(&u->form, name);

			view_set(view_at(ctx->page, "FileTyped"), name,
				 v ? v->value : "");
		}
	} else {
		err = add_files(ctx, &a, u, &f, &errors);
	}
	return err ? respond_errno(res, err)
		   : show(ctx, res, &a, access, errors);
}

/* POST /bulk/appeal/{id}/files  doc_number, doc_date, file: one or more;
 * answer: which answer they go with, optional */
int page_files_add(struct ctx *ctx, const struct request *req,
		   struct response *res)
{
	static struct upload u;
	char dir[320];
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	if (err)
		return respond_errno(res, err);
	snprintf(dir, sizeof(dir), "%s/files/incoming", ctx->app->state);
	if (mkdir(dir, 0770) && errno != EEXIST)
		return respond_errno(res, errno);
	snprintf(dir, sizeof(dir), "%s/files/appeals", ctx->app->state);
	if (mkdir(dir, 0770) && errno != EEXIST)
		return respond_errno(res, errno);
	snprintf(dir, sizeof(dir), "%s/files/incoming", ctx->app->state);
	upload_sweep(dir, ctx->now_ms);
	err = upload_read(req, dir, &u);
	if (err)
		respond_errno(res, err);
	else
		receive(ctx, res, id, &u);
	upload_drop(&u);
	return 0;
}

/* ---- GET /appeal/{id}/file/{file} ------------------------------------------ */

static int load(struct ctx *ctx, bool lock, struct appeal *a,
		enum appeal_access *access, struct attachment *f)
{
	uint64_t id = 0, file = 0;
	char text[24];
	int err = app_arg_u64(ctx, "id", &id);

	*access = APPEAL_HIDDEN;
	if (!err)
		err = app_arg_u64(ctx, "file", &file);
	if (!err)
		err = card_load(ctx, id, lock, a, access);
	if (err)
		return err;
	if (may(ctx, a, *access) == APPEAL_HIDDEN) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)file);
		return store_denied(ctx, ENOENT, "attachment", text);
	}
	return store_file_get(ctx->db, id, file, f);
}

/* Always saved, never opened here; the name by RFC 5987 too. */
static void disposition(struct response *res, const char *name)
{
	struct buf line = { 0 };

	buf_puts(&line, "attachment; filename=\"");
	for (const char *p = name; *p; p++) {
		const char one[2] = { (*p & 0x80) ? '_' : *p, '\0' };

		buf_puts(&line, one);
	}
	buf_puts(&line, "\"; filename*=UTF-8''");
	http_escape_path(&line, name);
	if (!line.failed)
		response_header(res, "Content-Disposition", line.data);
	buf_free(&line);
}

int page_file(struct ctx *ctx, const struct request *req, struct response *res)
{
	static struct appeal a;
	enum appeal_access access;
	enum file_kind kind = 0;
	struct attachment f;
	char where[160];
	int err = load(ctx, false, &a, &access, &f);

	(void)req;
	/* what failed is for nobody */
	if (!err && (*f.fault || strstr(f.path, "..") || *f.path == '/'))
		err = EACCES;
	if (!err)
		err = log_file(ctx, "DOWNLOAD", f.id, a.person_id);
	if (err)
		return respond_errno(res, err);
	while (kind < KIND_COUNT && strcmp(file_kind_name(kind), f.kind) != 0)
		kind++;
	snprintf(where, sizeof(where), "/protected/files/%s", f.path);
	respond_empty(res, 200);
	response_header(res, "X-Accel-Redirect", where);
	response_header(res, "Content-Type", file_kind_type(kind));
	disposition(res, f.name);
	return 0;
}

/* POST /appeal/{id}/file/{file}/delete */
int page_file_delete(struct ctx *ctx, const struct request *req,
		     struct response *res)
{
	static struct appeal a;
	enum appeal_access access;
	struct attachment f;
	int err = db_begin(ctx->db);

	(void)req;
	if (err)
		return respond_errno(res, err);
	err = load(ctx, true, &a, &access, &f);
	if (!err && may(ctx, &a, access) != APPEAL_EDIT)
		err = EACCES;
	if (!err)
		err = store_file_remove(ctx, a.id, f.id);
	if (!err)
		err = log_file(ctx, "REMOVE", f.id, a.person_id);
	err = store_end(ctx, err);
	return err ? respond_errno(res, err) : show(ctx, res, &a, access, 0);
}
