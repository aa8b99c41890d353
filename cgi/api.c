/* JSON for the page's scripts. */
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/card.h"
#include "cgi/card_edit.h"
#include "cgi/card_step.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/store_appeal.h"
#include "cgi/store_call.h"
#include "cgi/store_log.h"
#include "cgi/store_place.h"
#include "cgi/store_search.h"
#include "cgi/token.h"
#include "cgi/util.h"
#include "db/db.h"

/* Takes body. */
static int answer(struct response *res, json_t *body)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

	json_decref(body);
	if (!text)
		return respond_errno(res, ENOMEM);
	respond_json(res, 200, text);
	free(text);
	return 0;
}

/* GET /api/phone: both tokens; `user` can be used once, within a minute */
int api_phone(struct ctx *ctx, const struct request *req, struct response *res)
{
	const struct account *u = &ctx->session.user;
	char door[TOKEN_MAX], user[TOKEN_MAX], nonce[33];
	char web[SESSION_NAME];
	bool phone = *u->extension && auth_may(ctx->who, AUTH_PHONE);
	unsigned char raw[16];
	int err;

	(void)req;
	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(nonce, sizeof(nonce), raw, sizeof(raw));
	session_name(&ctx->session, web);
	err = token_door(ctx->app->janus_secret, ctx->now_ms / 1000, door);
	if (!err)
		err = token_user(ctx->app->janus_secret, ctx->now_ms / 1000,
				 ctx->who->id, web, nonce, user);
	if (err)
		return respond_errno(res, err);
	return answer(res,
		      json_pack("{s:s, s:s, s:s, s:I, s:s, s:b}", "ws",
				"/janus", "door", door, "user", user, "user_id",
				(json_int_t)ctx->who->id, "extension",
				u->extension, "phone", (int)phone));
}

/* GET /auth/janus: nginx asks before it lets a WebSocket through */
int api_janus(struct ctx *ctx, const struct request *req, struct response *res)
{
	(void)ctx;
	(void)req;
	return respond_empty(res, 204);
}

static int add_theme(void *arg, const struct theme *t)
{
	json_array_append_new(arg,
			      json_pack("{s:s, s:s, s:s, s:b}", "code", t->code,
					"type", t->type, "name", t->name,
					"mo_required", (int)t->mo_required));
	return 0;
}

/* GET /api/themes  type: optional; q: words, optional */
int api_themes(struct ctx *ctx, const struct request *req, struct response *res)
{
	struct date d = app_today(ctx);
	char words[401], today[16];
	size_t type = APPEAL_TYPES;
	json_t *list;
	int err = param_choice(&req->query, "type", appeal_types, APPEAL_TYPES,
			       &type);

	if (err == EINVAL ||
	    param_text(&req->query, "q", 0, 100, words, sizeof(words)))
		return respond_error(res, 422, NULL);
	snprintf(today, sizeof(today), "%04d-%02d-%02d", d.year, d.month,
		 d.day);
	list = json_array();
	err = search_themes(ctx->db, &ctx->app->search,
			    type < APPEAL_TYPES ? appeal_types[type] : "",
			    words, today, add_theme, list);
	if (!err)
		return answer(res, list);
	json_decref(list);
	return respond_errno(res, err);
}

static int add_scenario(void *arg, const struct scenario *s)
{
	json_array_append_new(
	    arg, json_pack("{s:s, s:i, s:s, s:s, s:s}", "code", s->code,
			   "version", (int)s->version, "theme", s->theme,
			   "title", s->title, "text", s->text));
	return 0;
}

/* GET /api/scenarios  q: words, optional (K-5.1.5.2) */
int api_scenarios(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	struct date d = app_today(ctx);
	char words[401], today[16];
	json_t *list;
	int err;

	if (param_text(&req->query, "q", 0, 100, words, sizeof(words)))
		return respond_error(res, 422, NULL);
	snprintf(today, sizeof(today), "%04d-%02d-%02d", d.year, d.month,
		 d.day);
	list = json_array();
	err = search_scenarios(ctx->db, &ctx->app->search, words, today,
			       add_scenario, list);
	if (!err)
		return answer(res, list);
	json_decref(list);
	return respond_errno(res, err);
}

struct people {
	struct ctx *ctx;
	json_t *list;
};

static int add_person(void *arg, const struct person *p)
{
	struct people *w = arg;
	char key[64];

	snprintf(key, sizeof(key), "Role.%s", p->role);
	json_array_append_new(
	    w->list,
	    json_pack("{s:I, s:s, s:s, s:s, s:s}", "id", (json_int_t)p->id,
		      "extension", p->extension, "name", p->name, "org", p->org,
		      "role", app_text_or(w->ctx, key, p->role)));
	return 0;
}

static int add_queue(void *arg, uint32_t id, const char *name)
{
	struct people *w = arg;

	json_array_append_new(w->list, json_pack("{s:I, s:s}", "queue",
						 (json_int_t)id, "name", name));
	return 0;
}

/* GET /api/directory  q: words of name, organization or internal number.
 * The queues stand behind the people, whatever the words. */
int api_directory(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	struct people w = { .ctx = ctx };
	char words[401];
	int err;

	if (param_text(&req->query, "q", 0, 100, words, sizeof(words)))
		return respond_error(res, 422, NULL);
	w.list = json_array();
	err = store_directory(ctx->db, words, 100, add_person, &w);
	if (!err)
		err = store_queues(ctx->db, add_queue, &w);
	if (!err)
		return answer(res, w.list);
	json_decref(w.list);
	return respond_errno(res, err);
}

static int add_event(void *arg, const struct call_event *e)
{
	json_array_append_new(arg,
			      json_pack("{s:i, s:I, s:s, s:s}", "seq",
					(int)e->seq, "at", (json_int_t)e->at_ms,
					"kind", e->kind, "who", e->who));
	return 0;
}

/* GET /api/calls/{id}: for those who had it, or may hear its recording */
int api_call(struct ctx *ctx, const struct request *req, struct response *res)
{
	struct access entry = { .action = "VIEW", .object_type = "call" };
	struct call c;
	char id[37];
	json_t *events;
	int err = app_arg_uuid(ctx, "id", id);

	(void)req;
	if (!err)
		err = store_call_get(ctx->db, ctx->who, id, &c);
	if (!err && !c.took_part &&
	    !auth_recording(ctx->who, c.took_part, c.own_org))
		err = store_denied(ctx, ENOENT, "call", id);
	entry.object_id = id;
	if (!err)
		err = store_access(ctx, &entry);
	if (err)
		return respond_errno(res, err);
	events = json_array();
	err = store_call_events(ctx->db, id, add_event, events);
	if (err) {
		json_decref(events);
		return respond_errno(res, err);
	}
	return answer(res,
		      json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I,"
				" s:I, s:I, s:o}",
				"id", c.id, "direction", c.direction, "caller",
				c.caller, "called", c.called, "queue", c.queue,
				"state", c.state, "started",
				(json_int_t)c.started_ms, "answered",
				(json_int_t)c.answered_ms, "ended",
				(json_int_t)c.ended_ms, "events", events));
}

static int save_draft(struct ctx *ctx, const json_t *body, uint64_t id,
		      uint32_t *version)
{
	static struct form form;
	static struct appeal a, was;
	struct card_errors errors = { .count = 0 };
	struct theme theme;
	uint64_t seen;
	bool party = false;
	char text[24];
	int err = card_edit_form(body, &form);

	if (!err)
		err = store_appeal_get(ctx->db, id, false, &a);
	if (!err)
		err = store_appeal_party(ctx->db, id, ctx->who->id, &party);
	if (err)
		return err;
	if (appeal_access(ctx->who, &a, party) == APPEAL_HIDDEN) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
		return store_denied(ctx, ENOENT, "appeal", text);
	}
	if (param_u64(&form, "version", 1, UINT32_MAX, &seen))
		return EINVAL;
	*version = a.version;
	if (a.status != APPEAL_DRAFT)
		return card_edit_keep(ctx, id, (uint32_t)seen, body);
	/* taken over with its call, or about to be */
	if (a.version != seen || a.author_id != ctx->who->id ||
	    appeal_access(ctx->who, &a, party) != APPEAL_EDIT)
		return ESTALE;
	was = a;
	card_read(&form, &a, &errors);
	card_step_typed(&form, &a, &errors);
	err = card_check(ctx, &a, &was, &theme, &errors);
	if (!err && errors.count)
		err = EINVAL;
	if (!err)
		err = db_begin(ctx->db);
	if (err)
		return err;
	err = store_appeal_draft_save(ctx->db, &a);
	if (!err && appeal_turned(&was, &a))
		err = store_appeal_card(ctx, "card_about", a.id, NULL);
	return store_end(ctx, err);
}

/* POST /appeal/{id}/draft  a JSON object of the card's fields, version: into the
 * draft, or beside a registered card until its typist saves it */
int api_draft(struct ctx *ctx, const struct request *req, struct response *res)
{
	char text[16];
	uint32_t version = 0;
	uint64_t id = 0;
	json_t *body = NULL;
	int err = app_arg_u64(ctx, "id", &id);

	if (!err) {
		body = req->json ? json_loadb(req->json, req->json_len, 0, NULL)
				 : NULL;
		err = json_is_object(body) ? save_draft(ctx, body, id, &version)
					   : EBADMSG;
	}
	json_decref(body);
	if (err)
		return respond_errno(res, err);
	snprintf(text, sizeof(text), "%u", version);
	response_header(res, "X-Version", text);
	return respond_empty(res, 204);
}
