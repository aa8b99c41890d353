/* For those who watch the machine: /healthz and /metrics. No secrets, no
 * citizens. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/stats.h"
#include "cgi/store_node.h"

struct health {
	bool db, media;
	int64_t age_ms; /* -1: never seen */
	char trunk[16]; /* up, down, unknown */
	json_t *body;   /* of the plugin, or NULL */
};

static void look(struct ctx *ctx, struct health *h)
{
	int64_t at_ms = 0;
	const char *trunk;
	int err = store_node(ctx->db, &at_ms, &h->body);

	h->db = !err || err == ENOENT;
	h->age_ms = err ? -1 : ctx->now_ms - at_ms;
	h->media = !err && h->age_ms < NODE_GONE_MS;
	trunk = json_string_value(json_object_get(h->body, "trunk"));
	if (!h->media || !trunk ||
	    (strcmp(trunk, "up") != 0 && strcmp(trunk, "down") != 0))
		trunk = "unknown";
	strcpy(h->trunk, trunk);
}

/* GET /healthz: 503 only for database or media */
int api_health(struct ctx *ctx, const struct request *req, struct response *res)
{
	struct health h = { 0 };
	bool well;

	(void)req;
	look(ctx, &h);
	json_decref(h.body);
	well = h.db && h.media;
	buf_printf(&res->body,
		   "{\"status\":\"%s\",\"db\":\"%s\",\"media\":\"%s\","
		   "\"trunk\":\"%s\"}\n",
		   well ? "ok" : "fail", h.db ? "up" : "down",
		   h.media ? "up" : "down", h.trunk);
	response_header(res, "Content-Type", "application/json; charset=utf-8");
	return respond_empty(res, well ? 200 : 503);
}

static void gauge(struct buf *out, const char *name, const char *help,
		  double value)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %g\n", name, help,
		   name, name, value);
}

/* The plugin's numbers, each under its own name. */
static void media_numbers(struct buf *out, const json_t *body)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)body, key, value) {
		size_t n = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_");

		if (!json_is_number(value) || key[n])
			continue;
		buf_printf(out,
			   "# TYPE otklik_media_%s gauge\n"
			   "otklik_media_%s %g\n",
			   key, key, json_number_value(value));
	}
}

/* One line each, by their ids: names may change. */
static void trunk_numbers(struct buf *out, const json_t *list)
{
	json_t *t;
	size_t i;

	buf_printf(out, "# TYPE otklik_trunk_state gauge\n"
			"# TYPE otklik_trunk_since_seconds gauge\n"
			"# TYPE otklik_trunk_calls gauge\n");
	json_array_foreach(list, i, t) {
		const char *state =
		    json_string_value(json_object_get(t, "state"));
		const unsigned id =
		    (unsigned)json_integer_value(json_object_get(t, "id"));

		buf_printf(
		    out,
		    "otklik_trunk_state{trunk=\"%u\"} %d\n"
		    "otklik_trunk_since_seconds{trunk=\"%u\"} %lld\n"
		    "otklik_trunk_calls{trunk=\"%u\"} %d\n",
		    id,
		    !state || !strcmp(state, "unknown") ? -1
		    : !strcmp(state, "up")              ? 1
							: 0,
		    id,
		    (long long)json_integer_value(json_object_get(t, "since")) /
			1000,
		    id, (int)json_integer_value(json_object_get(t, "calls")));
	}
}

static void certificate(struct buf *out, const json_t *c)
{
	const int status =
	    (int)json_integer_value(json_object_get(c, "status"));

	if (!status)
		return;
	gauge(out, "otklik_certificate_well",
	      "Our certificate for TLS is in force, and so are its files",
	      status == 200);
}

/* What arrived at the SIP port since the plugin's start. */
static void sip_numbers(struct buf *out, const json_t *sip)
{
	static const struct {
		const char *key, *help;
	} counters[] = {
		{ "invites", "Calls looked at" },
		{ "foreign", "Refused: not from a line of ours" },
		{ "bad_contact", "Refused: a Contact that leads nowhere" },
		{ "malformed", "Refused: a body that is no text" },
	};

	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++) {
		const char *key = counters[i].key;
		const json_t *value = json_object_get(sip, key);

		if (json_is_integer(value))
			buf_printf(out,
				   "# HELP otklik_sip_%s_total %s\n"
				   "# TYPE otklik_sip_%s_total counter\n"
				   "otklik_sip_%s_total %lld\n",
				   key, counters[i].help, key, key,
				   (long long)json_integer_value(value));
	}
}

struct works {
	struct ctx *ctx;
	struct buf *out;
};

static int failing_work(void *arg, const char *work, int64_t since_ms)
{
	const struct works *w = arg;

	buf_printf(w->out, "otklik_jobs_failing_seconds{work=\"%s\"} %lld\n",
		   work, (long long)(w->ctx->now_ms - since_ms) / 1000);
	return 0;
}

/* Without a database there is nothing to say. */
static void jobs_numbers(struct ctx *ctx, struct buf *out)
{
	struct works w = { ctx, out };
	bool up;

	if (store_jobs_up(ctx->db, &up))
		return;
	gauge(out, "otklik_jobs_up", "An otklik-jobs is at work", up);
	buf_printf(out, "# HELP otklik_jobs_failing_seconds Since when a work "
			"of otklik-jobs fails\n"
			"# TYPE otklik_jobs_failing_seconds gauge\n");
	store_jobs_failing(ctx->db, failing_work, &w);
}

/* GET /metrics: Prometheus text, for this machine only */
int api_metrics(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	struct health h = { 0 };

	if (strncmp(req->address, "127.", 4) != 0 &&
	    strcmp(req->address, "::1") != 0 && *req->address)
		return respond_error(res, 403, NULL);
	look(ctx, &h);
	gauge(&res->body, "otklik_db_up", "Database answers", h.db);
	gauge(&res->body, "otklik_media_up", "Plugin is alive", h.media);
	gauge(&res->body, "otklik_media_age_seconds",
	      "Since the plugin's last word, -1: never",
	      h.age_ms < 0 ? -1 : (double)h.age_ms / 1000);
	gauge(&res->body, "otklik_trunk_up", "Trunk answers, -1: unknown",
	      !strcmp(h.trunk, "up")     ? 1
	      : !strcmp(h.trunk, "down") ? 0
					 : -1);
	trunk_numbers(&res->body, json_object_get(h.body, "trunks"));
	certificate(&res->body, json_object_get(h.body, "certificate"));
	sip_numbers(&res->body, json_object_get(h.body, "sip"));
	media_numbers(&res->body, h.body);
	jobs_numbers(ctx, &res->body);
	stats_write(ctx->app->stats, &res->body);
	json_decref(h.body);
	response_header(res, "Content-Type",
			"text/plain; version=0.0.4; charset=utf-8");
	return respond_empty(res, 200);
}
