#include "cgi/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/deadline.h"
#include "cgi/scenario_text.h"
#include "cgi/store_call.h"
#include "cgi/store_theme.h"
#include "cgi/util.h"

const char *show_choice(const struct ctx *ctx, const char *list,
			const char *code)
{
	return *code ? view_choice(ctx->view, ctx->lang, list, code) : code;
}

static int keep_result(void *arg, const struct result_name *r)
{
	struct node *at = view_at(arg, "ResultNames.%s", r->code);

	view_set(at, "Name", r->name);
	view_set(at, "Withdrawn", r->withdrawn ? "1" : "");
	return 0;
}

/* Asked for once a page; without a database they are as delivered. */
static const char *result(const struct ctx *ctx, const char *code,
			  const char *what)
{
	char key[64];

	if (!*view_get(ctx->page, "ResultNames"))
		store_results(ctx->db, keep_result, ctx->page);
	view_set(ctx->page, "ResultNames", "1");
	snprintf(key, sizeof(key), "ResultNames.%s.%s", code, what);
	return view_get(ctx->page, key);
}

const char *show_result(const struct ctx *ctx, const char *code)
{
	const char *name = *code ? result(ctx, code, "Name") : "";

	return *name ? name : show_choice(ctx, "Results", code);
}

bool show_withdrawn(const struct ctx *ctx, const char *code)
{
	return *result(ctx, code, "Withdrawn") != '\0';
}

void show_date(const char *date, char *out, size_t size)
{
	struct date d;

	out[0] = '\0';
	if (!date_parse(date, &d))
		snprintf(out, size, "%02d.%02d.%04d", d.day, d.month, d.year);
}

void show_length(int64_t ms, char *out, size_t size)
{
	long long s = ms > 0 ? (ms + 500) / 1000 : 0;

	if (s >= 3600)
		snprintf(out, size, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60,
			 s % 60);
	else
		snprintf(out, size, "%lld:%02lld", s / 60, s % 60);
}

void show_initials(const char *surname, const char *given,
		   const char *patronymic, char *out, size_t size)
{
	const char *parts[] = { surname, given, patronymic };
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < LEN(parts); i++) {
		int letter = 1;

		if (!*parts[i])
			continue;
		while ((parts[i][letter] & 0xc0) == 0x80)
			letter++;
		snprintf(out + n, size - n, "%s%.*s.", n ? " " : "", letter,
			 parts[i]);
		n = strlen(out);
	}
}

bool show_cut(struct ctx *ctx, const char *list, unsigned count, unsigned n)
{
	const char *words = app_text(ctx, "Msg.Cut");
	const char *place = strstr(words, "{n}");
	char text[200];

	if (count < n)
		return false;
	if (place) {
		snprintf(text, sizeof(text), "%.*s%u%s", (int)(place - words),
			 words, n, place + strlen("{n}"));
		view_set(view_at(ctx->page, "Cut"), list, text);
	}
	return true;
}

void show_recording_at(const struct ctx *ctx, struct node *at,
		       const struct recording *r)
{
	char text[64];

	view_set(at, "Id", r->id);
	app_time(r->started_ms, text, sizeof(text));
	view_set(at, "At", text);
	snprintf(text, sizeof(text), "Recording.Kind.%s", r->kind);
	view_set(at, "Kind", app_text(ctx, text));
	if (r->seconds >= 0) {
		snprintf(text, sizeof(text), "%d:%02d", r->seconds / 60,
			 r->seconds % 60);
		view_set(at, "Length", text);
	}
	if (r->running)
		view_set(at, "Now", "1");
}

struct scenario_shown {
	struct node *at;
	unsigned count;
	const char *(*value)(void *arg, const char *name, size_t len);
	void *arg;
};

static const char *scenario_value(void *arg, const char *name, size_t len)
{
	const struct scenario_shown *s = arg;

	return s->value(s->arg, name, len);
}

static int show_part(void *arg, enum scenario_part kind, const char *part,
		     size_t len)
{
	static const char *const names[] = { [PART_SAY] = "say",
					     [PART_DO] = "do",
					     [PART_VALUE] = "value",
					     [PART_UNKNOWN] = "unknown" };
	struct scenario_shown *s = arg;
	struct node *at = view_at(s->at, "Parts.%u", s->count++);
	char *text = strndup(part, len);

	view_set(at, "Kind", names[kind]);
	view_set(at, "Text", text);
	free(text);
	return text ? 0 : ENOMEM;
}

int show_scenario_text(struct node *at, const char *text,
		       const char *(*value)(void *arg, const char *name,
					    size_t len),
		       void *arg)
{
	struct scenario_shown s = { at, 0, value, arg };

	return scenario_parts(text, scenario_value, show_part, &s);
}
