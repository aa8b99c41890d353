/* «Настройки»: every row of `setting`, each saved by itself. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/show.h"
#include "cgi/store_setting.h"
#include "cgi/util.h"

/* The one that was just refused, beside what the others say. */
struct refused {
	const char *name, *typed, *error;
	bool stale;
};

struct list {
	struct ctx *ctx;
	const char *saved; /* the one that was just saved; "": none */
	const struct refused *refused;
	char group[65];
	unsigned count;
};

/* The part of the name before the point. */
static void show_group(struct list *l, struct node *at, const char *name)
{
	char group[65], key[96];

	snprintf(group, sizeof(group), "%.*s", (int)strcspn(name, "."), name);
	if (!strcmp(group, l->group))
		return;
	copy_text(l->group, sizeof(l->group), group);
	snprintf(key, sizeof(key), "SettingGroups.%s", group);
	view_set(at, "Group", app_text_or(l->ctx, key, group));
}

static void show_allowed(struct ctx *ctx, struct node *at,
			 const struct setting_rule *r)
{
	char text[80] = "";

	if (r->kind == SETTING_NUMBER)
		snprintf(text, sizeof(text), "%u–%u", r->least, r->most);
	else if (r->kind == SETTING_CODE)
		snprintf(text, sizeof(text), "%0*u–%u",
			 snprintf(NULL, 0, "%u", r->most), r->least, r->most);
	else if (r->kind == SETTING_PHONE || r->kind == SETTING_TEXT)
		snprintf(text, sizeof(text), "%u–%u %s", r->least, r->most,
			 app_text(ctx, r->kind == SETTING_PHONE
					   ? "Setting.Digits"
					   : "Setting.Characters"));
	view_set(at, "Allowed", text);
	if (r->optional)
		view_set(at, "Optional", "1");
}

static void show_zones(struct ctx *ctx, struct node *at, const char *value)
{
	for (unsigned i = 0; i < setting_zone_count; i++) {
		struct node *o = view_at(at, "Options.%u", i);

		view_set(o, "Value", setting_zones[i]);
		view_set(o, "Text",
			 show_choice(ctx, "Zones", setting_zones[i]));
		if (!strcmp(setting_zones[i], value))
			view_set(o, "Chosen", "1");
	}
}

static int show_one(void *arg, const struct setting *s)
{
	static const char *const kinds[] = {
		[SETTING_NUMBER] = "number", [SETTING_FLAG] = "flag",
		[SETTING_PHONE] = "number",  [SETTING_ZONE] = "list",
		[SETTING_CODE] = "number",   [SETTING_TEXT] = "text",
	};
	struct list *l = arg;
	const struct refused *r = l->refused;
	struct node *at = view_at(l->ctx->page, "Settings.%u", l->count++);
	const char *value = s->value;

	show_group(l, at, s->name);
	if (!strcmp(l->saved, s->name))
		view_set(l->ctx->page, "Saved", s->about);
	view_set(at, "Name", s->name);
	view_set(at, "About", s->about);
	view_set(at, "Effect", s->effect);
	view_set(at, "Unit", s->unit);
	view_set(at, "Initial",
		 s->rule.kind != SETTING_FLAG
		     ? s->initial
		     : app_text(l->ctx,
				*s->initial == '1' ? "Rows.Yes" : "Rows.No"));
	view_set(at, "Kind", kinds[s->rule.kind]);
	view_set_int(at, "Version", s->version);
	show_allowed(l->ctx, at, &s->rule);
	if (r && !strcmp(r->name, s->name)) {
		value = r->typed;
		view_set(at, "Error", r->error);
		if (r->stale)
			view_set(at, "Theirs", *s->value ? s->value : "—");
	}
	view_set(at, "Value", value);
	if (s->rule.kind == SETTING_ZONE)
		show_zones(l->ctx, at, value);
	return 0;
}

static int show(struct ctx *ctx, struct response *res, int status,
		const char *saved, const struct refused *refused)
{
	struct list l = { ctx, saved, refused, "", 0 };
	int err = store_settings(ctx, show_one, &l);

	if (err)
		return respond_errno(res, err);
	if (!auth_grant(ctx->who, AUTH_SETTINGS).readonly)
		view_set(ctx->page, "Can.Edit", "1");
	return respond_page(res, status);
}

/* GET /admin/settings  saved: a name */
int page_settings(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	const struct form_field *saved = form_find(&req->query, "saved");

	return show(ctx, res, 200, saved ? saved->value : "", NULL);
}

/* POST /admin/settings/{id}  value, version */
int page_setting_save(struct ctx *ctx, const struct request *req,
		      struct response *res)
{
	const struct form_field *typed = form_find(&req->body, "value");
	struct refused refused = { .typed = typed ? typed->value : "" };
	struct setting s, theirs;
	uint64_t version = 0;
	int err;

	if (auth_grant(ctx->who, AUTH_SETTINGS).readonly)
		return respond_error(res, 403, NULL);
	err = store_setting_get(ctx, route_arg(&ctx->args, "id"), &s);
	if (!err)
		err = param_u64(&req->body, "version", 1, UINT32_MAX, &version)
			  ? EINVAL
			  : 0;
	if (err)
		return respond_errno(res, err);
	refused.name = s.name;
	if (s.rule.kind == SETTING_FLAG && !typed)
		refused.typed = "0";
	s.version = (uint32_t)version;
	if (!copy_text(s.value, sizeof(s.value), refused.typed) ||
	    !setting_fix(&s.rule, s.value)) {
		refused.error = app_text(ctx, "Setting.Wrong");
		return show(ctx, res, 422, "", &refused);
	}
	err = store_setting_save(ctx, &s, &theirs);
	if (err == ESTALE) {
		refused.stale = true;
		refused.error = app_text(ctx, "Rows.Stale");
		return show(ctx, res, 409, "", &refused);
	}
	app_region_changed(ctx->app);
	return err ? respond_errno(res, err)
		   : respond_redirect(res, "/admin/settings?saved=%s", s.name);
}
