/* «Первый запуск»: the steps of a new customer, each done or not by what there
 * really is; nothing is remembered but that. */
#include <stdio.h>
#include <sys/stat.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/store_start.h"
#include "cgi/util.h"

struct step {
	const char *words; /* Start.<words>: Title, About, Link */
	const char *link;
	enum auth_function need; /* to do it there */
	bool done;
	const char *now; /* what there is; "": nothing */
};

/* One that came with the program has a file of its names beside it. */
static bool own_certificate(const struct ctx *ctx)
{
	char path[300];
	struct stat st;

	snprintf(path, sizeof(path), "%s/tls/names", ctx->app->state);
	if (!stat(path, &st))
		return false;
	snprintf(path, sizeof(path), "%s/tls/cert.pem", ctx->app->state);
	return !stat(path, &st);
}

static void show_step(struct ctx *ctx, unsigned i, const struct step *s)
{
	static const char *const parts[] = { "Title", "About", "Link" };
	struct node *at = view_at(ctx->page, "Steps.%u", i);
	const struct auth_grant grant = auth_grant(ctx->who, s->need);
	char key[48];

	for (size_t k = 0; k < LEN(parts); k++) {
		snprintf(key, sizeof(key), "Start.%s.%s", s->words, parts[k]);
		view_set(at, parts[k], app_text_or(ctx, key, ""));
	}
	view_set(at, "Key", s->words);
	view_set(at, "Now", s->now);
	if (s->done)
		view_set(at, "Done", "1");
	if (!s->link)
		return;
	if (grant.scope != SCOPE_NONE && !grant.readonly)
		view_set(at, "Href", s->link);
	else
		view_set(at, "Other",
			 app_text(ctx, s->need == AUTH_ACCOUNTS
					   ? "Start.BySecurity"
					   : "Start.ByAdmin"));
}

/* GET /admin/start */
int page_start(struct ctx *ctx, const struct request *req, struct response *res)
{
	struct start_facts f;
	char region[800], lines[32], clinics[16], staff[48], admins[16];
	unsigned done = 0;
	int err = store_start(ctx, &f);

	(void)req;
	if (err)
		return respond_errno(res, err);
	snprintf(region, sizeof(region), "%s%s%s", f.fund, *f.fund ? ", " : "",
		 f.region);
	snprintf(lines, sizeof(lines), "%u / %u", f.lines_up, f.lines);
	snprintf(clinics, sizeof(clinics), "%u", f.clinics);
	snprintf(staff, sizeof(staff), "%u / %u", f.queued, f.operators);
	snprintf(admins, sizeof(admins), "%u", f.administrators);

	const struct step steps[] = {
		{ "Fund", "organizations", AUTH_LISTS, *f.fund != '\0',
		  f.fund },
		{ "Admin", "accounts", AUTH_ACCOUNTS, f.administrators > 0,
		  admins },
		{ "Region", "settings#region.code", AUTH_SETTINGS, f.region_set,
		  f.region },
		{ "Zone", "settings#region.zone", AUTH_SETTINGS, f.zone_set,
		  f.zone },
		{ "Hours", "hours", AUTH_SETTINGS, f.hours_set,
		  *f.hours ? f.hours : app_text(ctx, "Start.Always") },
		{ "Line", "trunks", AUTH_ACCOUNTS, f.lines_up > 0, lines },
		{ "Greeting", "prompts/greeting", AUTH_SETTINGS, f.greeting,
		  "" },
		{ "Certificate", NULL, AUTH_ADMIN, own_certificate(ctx), "" },
		{ "Clinics", "organizations/import", AUTH_LISTS, f.clinics > 0,
		  clinics },
		{ "Staff", "accounts/import", AUTH_ACCOUNTS, f.queued > 0,
		  staff },
		{ "Call", NULL, AUTH_PHONE, f.called, "" },
	};

	for (unsigned i = 0; i < LEN(steps); i++) {
		show_step(ctx, i, &steps[i]);
		done += steps[i].done;
	}
	view_set_int(ctx->page, "Start.Done", done);
	view_set_int(ctx->page, "Start.All", LEN(steps));
	return respond_page(res, 200);
}
