/* The fund's own prompts: upload, listen, put in force. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/store_log.h"
#include "cgi/store_prompt.h"
#include "cgi/upload.h"
#include "cgi/util.h"
#include "db/db.h"

#define FOLDER "files/prompts" /* of the state directory */

/* The prompt of the address, or NULL. */
static const char *use_of(const struct ctx *ctx)
{
	const char *arg = route_arg(&ctx->args, "id");

	for (size_t i = 0; i < prompt_use_count; i++)
		if (!strcmp(prompt_uses[i], arg))
			return prompt_uses[i];
	return NULL;
}

static const char *use_words(struct ctx *ctx, const char *use)
{
	char key[48];

	snprintf(key, sizeof(key), "PromptUses.%s", use);
	for (char *p = key; *p; p++)
		if (*p == '-')
			*p = '_';
	return app_text(ctx, key);
}

static bool may_edit(const struct ctx *ctx)
{
	return !auth_grant(ctx->who, AUTH_SETTINGS).readonly;
}

/* GET /admin/prompts */
int page_prompts(struct ctx *ctx, const struct request *req,
		 struct response *res)
{
	unsigned *counts = calloc(prompt_use_count, sizeof(*counts));
	int err = counts ? store_prompt_counts(ctx, counts) : ENOMEM;

	(void)req;
	for (unsigned i = 0; !err && i < prompt_use_count; i++) {
		struct node *at = view_at(ctx->page, "Uses.%u", i);

		view_set(at, "Use", prompt_uses[i]);
		view_set(at, "Name", use_words(ctx, prompt_uses[i]));
		if (counts[i])
			view_set_int(at, "Own", counts[i]);
	}
	free(counts);
	return err ? respond_errno(res, err) : respond_page(res, 200);
}

/* ---- one prompt ---------------------------------------------------------- */

struct list {
	struct ctx *ctx;
	unsigned files, scopes;
	bool waiting;
};

static int show_file(void *arg, const struct prompt_file *f)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Files.%u", l->files++);
	char text[48];

	view_set_int(at, "Id", f->id);
	view_set_int(at, "Number", f->number);
	view_set(at, "Name", f->name);
	view_set(at, "Source", f->source);
	view_set(at, "Who", f->who);
	app_time(f->at_ms, text, sizeof(text));
	view_set(at, "At", text);
	if (!strcmp(f->state, "READY")) {
		snprintf(text, sizeof(text), "%u:%02u",
			 (f->length_ms + 500) / 60000,
			 (f->length_ms + 500) / 1000 % 60);
		view_set(at, "Length", text);
		view_set(at, "Ready", "1");
	} else {
		const bool fresh = !strcmp(f->state, "NEW");

		l->waiting |= fresh;
		snprintf(text, sizeof(text), "PromptWhy.%s",
			 fresh ? "NEW" : f->why);
		view_set(at, "Why", app_text(l->ctx, text));
		view_set(at, "Failed", fresh ? "" : "1");
	}
	return 0;
}

static int show_scope(void *arg, const struct prompt_scope *s)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Scopes.%u", l->scopes++);

	view_set_int(at, "Queue", s->queue);
	view_set(at, "Name",
		 s->queue ? s->name : app_text(l->ctx, "Prompt.All"));
	view_set_int(at, "File", s->file);
	view_set_int(at, "Number", s->number);
	view_set(
	    at, "None",
	    app_text(l->ctx, s->queue ? "Prompt.AsAll" : "Prompt.Delivered"));
	return 0;
}

static int show(struct ctx *ctx, struct response *res, int status,
		const char *use, const char *error)
{
	struct list l = { .ctx = ctx };
	int err = store_prompts(ctx, use, show_file, &l);

	if (!err)
		err = store_prompt_scopes(ctx, use, show_scope, &l);
	if (err)
		return respond_errno(res, err);
	view_set(ctx->page, "Prompt.Use", use);
	view_set(ctx->page, "Prompt.Name", use_words(ctx, use));
	view_set(ctx->page, "Prompt.Error", error ? app_text(ctx, error) : "");
	if (l.waiting)
		view_set(ctx->page, "Prompt.Waiting", "1");
	if (may_edit(ctx))
		view_set(ctx->page, "Can.Edit", "1");
	return respond_page(res, status);
}

/* GET /admin/prompts/{id}  saved */
int page_prompt(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	const char *use = use_of(ctx);

	if (form_find(&req->query, "saved"))
		view_set(ctx->page, "Prompt.Saved", "1");
	return use ? show(ctx, res, 200, use, NULL)
		   : respond_error(res, 404, NULL);
}

/* ---- which is in force --------------------------------------------------- */

struct putting {
	struct ctx *ctx;
	const struct form *form;
	const char *use;
	bool changed;
};

/* One place's pair of fields, "file-QUEUE" and "was-QUEUE": as it was when the
 * page was made. A place the form does not name stays. */
static int put_one(void *arg, const struct prompt_scope *s)
{
	struct putting *p = arg;
	char name[32];
	uint64_t file = 0, was = 0;
	int err;

	snprintf(name, sizeof(name), "file-%u", s->queue);
	if (!form_find(p->form, name))
		return 0;
	err = param_u64(p->form, name, 0, UINT32_MAX, &file);
	snprintf(name, sizeof(name), "was-%u", s->queue);
	if (!err)
		err = param_u64(p->form, name, 0, UINT32_MAX, &was);
	if (err)
		return EINVAL;
	p->changed |= file != was;
	return store_prompt_put(p->ctx, p->use, s->queue, (uint32_t)was,
				(uint32_t)file);
}

/* POST /admin/prompts/{id}  file-N, was-N */
int page_prompt_put(struct ctx *ctx, const struct request *req,
		    struct response *res)
{
	struct putting p = { ctx, &req->body, use_of(ctx), false };
	int err;

	if (!may_edit(ctx))
		return respond_error(res, 403, NULL);
	if (!p.use)
		return respond_error(res, 404, NULL);
	err = db_begin(ctx->db);
	if (!err)
		err = store_prompt_scopes(ctx, p.use, put_one, &p);
	if (!err && p.changed)
		err = store_outbox(ctx, "directory", json_object());
	err = store_end(ctx, err);
	if (err == ESTALE)
		return show(ctx, res, 409, p.use, "Prompt.Stale");
	if (err == EINVAL)
		return show(ctx, res, 422, p.use, "Rows.Wrong");
	return err ? respond_errno(res, err)
		   : respond_redirect(res, "/admin/prompts/%s?saved=1", p.use);
}

/* ---- upload -------------------------------------------------------------- */

/* Its row, and its file where the jobs look for it: both or none. */
static int keep(struct ctx *ctx, const char *use, const char *name,
		struct upload_file *f)
{
	char path[400], source[160];
	uint32_t id = 0;
	int err = db_begin(ctx->db);

	file_name_clean(f->given, source, sizeof(source));
	if (!err)
		err = store_prompt_add(ctx, use, name, source, &id);
	snprintf(path, sizeof(path), "%s/" FOLDER "/%u.in", ctx->app->state,
		 id);
	if (!err && rename(f->path, path))
		err = errno;
	if (!err) {
		f->path[0] = '\0';
		err = db_commit(ctx->db);
		if (err)
			unlink(path);
	}
	if (err)
		db_rollback(ctx->db);
	return err;
}

/* @return words of what is wrong, or NULL */
static const char *faults(const struct upload *u, char *name, size_t size)
{
	if (!u->count || u->count > 1 || u->too_many)
		return "Prompt.OneFile";
	if (u->files[0].fault == FILE_EMPTY)
		return "Prompt.Empty";
	if (!*u->files[0].path)
		return "Prompt.Large";
	if (param_text(&u->form, "name", 1, 80, name, size))
		return "Prompt.NameMissing";
	return NULL;
}

/* POST /bulk/admin/prompts/{id}  name, file */
int page_prompt_add(struct ctx *ctx, const struct request *req,
		    struct response *res)
{
	const char *use = use_of(ctx), *wrong;
	char dir[300], name[321];
	struct upload *u;
	int err;

	if (!may_edit(ctx))
		return respond_error(res, 403, NULL);
	if (!use)
		return respond_error(res, 404, NULL);
	u = malloc(sizeof(*u));
	if (!u)
		return respond_errno(res, ENOMEM);
	snprintf(dir, sizeof(dir), "%s/" FOLDER, ctx->app->state);
	upload_sweep(dir, ctx->now_ms);
	err = upload_read(req, dir, u);
	wrong = err ? NULL : faults(u, name, sizeof(name));
	if (!err && !wrong)
		err = keep(ctx, use, name, &u->files[0]);
	upload_drop(u);
	free(u);
	if (wrong)
		return show(ctx, res, 422, use, wrong);
	return err ? respond_errno(res, err)
		   : respond_redirect(res, "/admin/prompts/%s", use);
}

/* ---- listening ----------------------------------------------------------- */

/* GET /admin/prompts/{id}/{file}  a version's id, or 0: the delivered one */
int page_prompt_sound(struct ctx *ctx, const struct request *req,
		      struct response *res)
{
	const char *use = use_of(ctx);
	char where[80];
	uint64_t id;
	int err = use ? app_arg_u64(ctx, "file", &id) : ENOENT;

	(void)req;
	if (!err && id)
		err = id > UINT32_MAX
			  ? ENOENT
			  : store_prompt_ready(ctx, use, (uint32_t)id);
	if (err)
		return respond_errno(res, err);
	if (id)
		snprintf(where, sizeof(where),
			 "/protected/files/prompts/%llu.wav",
			 (unsigned long long)id);
	else
		snprintf(where, sizeof(where), "/protected/prompts/%s.wav",
			 use);
	response_header(res, "Content-Type", "audio/wav");
	response_header(res, "X-Accel-Redirect", where);
	return respond_empty(res, 200);
}
