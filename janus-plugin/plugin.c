/*
 * plugin.c - what Janus sees: thin callbacks, and the wiring of the engine's
 * ports to the outer parts. Nothing is decided here.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include <janus/apierror.h>
#include <janus/debug.h>
#include <janus/plugins/plugin.h>
#include <janus/rtp.h>

#include "janus-plugin/config.h"
#include "janus-plugin/engine.h"
#include "janus-plugin/event.h"
#include "janus-plugin/mailbox.h"
#include "janus-plugin/media.h"
#include "janus-plugin/prompt_own.h"
#include "janus-plugin/recorder.h"
#include "janus-plugin/request.h"
#include "janus-plugin/sdp.h"
#include "janus-plugin/session.h"
#include "janus-plugin/sip.h"
#include "janus-plugin/store.h"
#include "janus-plugin/token.h"
#include "janus-plugin/trunk_dir.h"
#include "janus-plugin/util.h"
#include "janus-plugin/uuid.h"
#include "janus-plugin/zone.h"

#define PACKAGE "janus.plugin.otklik"

static janus_plugin plugin;

static struct {
	janus_callbacks *gateway;
	struct cc_config config;
	struct cc_engine *engine;
	struct cc_mailbox *mailbox;
	struct cc_events *events;
	struct cc_media *media;
	struct cc_recorder *recorder;
	struct cc_sip *sip;
	struct cc_store *store;
	GHashTable *legs; /* media port -> handle; engine thread */
	int64_t began_us; /* monotonic */

	/* guards sip at its ends, and the lines of the last directory, which
	 * may come before SIP is open */
	pthread_mutex_t lines_lock;
	struct cc_trunk_conf lines[CC_TRUNKS];
	size_t line_count;
	bool lines_known;
	/* guards media at its end while a directory's prompts are read: calls
	 * do not wait for a disk */
	pthread_mutex_t prompts_lock;
} self = { .lines_lock = PTHREAD_MUTEX_INITIALIZER,
	   .prompts_lock = PTHREAD_MUTEX_INITIALIZER };

/* --- ports: engine -> world ------------------------------------------ */

static void sip_answer(void *arg, uint64_t dialog, const char *sdp)
{
	(void)arg;
	pthread_mutex_lock(&self.lines_lock);
	if (self.sip)
		cc_sip_answer(self.sip, dialog, sdp);
	pthread_mutex_unlock(&self.lines_lock);
}

static void sip_reject(void *arg, uint64_t dialog, int status)
{
	(void)arg;
	pthread_mutex_lock(&self.lines_lock);
	if (self.sip)
		cc_sip_reject(self.sip, dialog, status);
	pthread_mutex_unlock(&self.lines_lock);
}

static int sip_invite(void *arg, uint32_t trunk, const struct cc_sip_way *ways,
		      size_t n, const char *sdp, uint64_t *dialog)
{
	int err = ESHUTDOWN;

	(void)arg;
	pthread_mutex_lock(&self.lines_lock);
	if (self.sip)
		err = cc_sip_invite(self.sip, trunk, ways, n, sdp, dialog);
	pthread_mutex_unlock(&self.lines_lock);
	return err;
}

static void sip_hangup(void *arg, uint64_t dialog)
{
	(void)arg;
	pthread_mutex_lock(&self.lines_lock);
	if (self.sip)
		cc_sip_hangup(self.sip, dialog);
	pthread_mutex_unlock(&self.lines_lock);
}

/* When the trunk has closed, what it last said. */
static void sip_stats(void *arg, struct cc_sip_stats *out)
{
	static struct cc_sip_stats last;

	(void)arg;
	pthread_mutex_lock(&self.lines_lock);
	if (self.sip)
		cc_sip_stats(self.sip, &last);
	pthread_mutex_unlock(&self.lines_lock);
	*out = last;
}

static int trunk_add(void *arg, uint64_t port, uint16_t *rtp)
{
	int err = cc_media_add_trunk(self.media, port, rtp);

	(void)arg;
	if (err)
		JANUS_LOG(LOG_ERR, "otklik: no free RTP port in %u-%u\n",
			  self.config.rtp_min, self.config.rtp_max);
	return err;
}

static int web_add(void *arg, uint64_t port, uint64_t session)
{
	struct cc_handle *h = cc_handle_get(session);
	struct cc_web *web;
	int err;

	(void)arg;
	if (!h)
		return ENOENT;
	/* the port's reference; web_removed gives it back */
	err = cc_media_add_web(self.media, port, h, &web);
	if (err) {
		cc_handle_put(h);
		return err;
	}
	atomic_store(&h->web, web);
	g_hash_table_insert(self.legs, (gpointer)(uintptr_t)port, h);
	return 0;
}

/* Media thread: nobody relays to this page any more. */
static void web_removed(void *arg)
{
	cc_handle_put(arg);
}

static void port_remove(void *arg, uint64_t port)
{
	gpointer key = (gpointer)(uintptr_t)port;
	struct cc_handle *h = g_hash_table_lookup(self.legs, key);

	(void)arg;
	if (!h) {
		cc_media_remove(self.media, port, NULL, NULL);
		return;
	}
	g_hash_table_remove(self.legs, key);
	cc_handle_unweb(h);
	cc_media_remove(self.media, port, web_removed, h);
}

static void remote(void *arg, uint64_t port, const struct cc_sdp_media *r)
{
	(void)arg;
	cc_media_remote(self.media, port, r);
}

static void hear(void *arg, uint64_t port, const struct cc_hear *h)
{
	(void)arg;
	cc_media_hear(self.media, port, h);
}

static void watch(void *arg, uint64_t port, unsigned limit_ms)
{
	(void)arg;
	cc_media_watch(self.media, port, limit_ms);
}

static void listen_to(void *arg, uint64_t port, unsigned quiet_ms)
{
	(void)arg;
	cc_media_listen(self.media, port, quiet_ms);
}

static void mark(void *arg, uint64_t port, const char *text)
{
	(void)arg;
	cc_media_mark(self.media, port, text);
}

static void dtmf(void *arg, uint64_t port, const char *digits)
{
	(void)arg;
	cc_media_dtmf(self.media, port, digits);
}

static int stats(void *arg, uint64_t port, struct cc_media_stats *out)
{
	(void)arg;
	return cc_media_stats(self.media, port, out);
}

static int record(void *arg, uint64_t port, const struct cc_record_order *order,
		  char *path, size_t size)
{
	struct cc_rec *rec = NULL;
	int err = 0;

	(void)arg;
	if (order)
		err = cc_rec_open(&rec, self.recorder, order->id, order->call,
				  order->started_ms, path, size);
	if (!err)
		cc_media_record(self.media, port, rec);
	return err;
}

static void push(void *arg, uint64_t session, json_t *event)
{
	(void)arg;
	cc_events_push(self.events, session, event);
}

static void offer(void *arg, uint64_t session)
{
	(void)arg;
	cc_events_offer(self.events, session);
}

static void drop(void *arg, uint64_t session)
{
	(void)arg;
	cc_events_drop(self.events, session);
}

static int token(void *arg, const char *text, uint32_t *user,
		 char web[CC_WEB_SIZE])
{
	(void)arg;
	return cc_token_use(self.gateway, &plugin,
			    (g_get_monotonic_time() - self.began_us) / 1000,
			    text, user, web);
}

static void post(void *arg, json_t *row)
{
	(void)arg;
	cc_store_post(self.store, row);
}

static void uuid(void *arg, int64_t epoch_ms, char out[CC_UUID_SIZE])
{
	(void)arg;
	cc_uuid7(epoch_ms, out);
}

/* Engine thread. The zone names come from the database. */
static int utc_offset(void *arg, const char *zone, int64_t epoch_ms)
{
	int s;

	(void)arg;
	if (cc_zone_offset(&s, zone, epoch_ms))
		JANUS_LOG(LOG_ERR, "otklik: unknown time zone %s\n", zone);
	return s;
}

static const struct cc_ports ports = {
	.sip_answer = sip_answer,
	.sip_reject = sip_reject,
	.sip_invite = sip_invite,
	.sip_hangup = sip_hangup,
	.sip_stats = sip_stats,
	.trunk_add = trunk_add,
	.web_add = web_add,
	.port_remove = port_remove,
	.remote = remote,
	.hear = hear,
	.watch = watch,
	.listen = listen_to,
	.mark = mark,
	.dtmf = dtmf,
	.stats = stats,
	.record = record,
	.push = push,
	.offer = offer,
	.drop = drop,
	.token = token,
	.post = post,
	.uuid = uuid,
	.utc_offset = utc_offset,
};

/* --- world -> engine --------------------------------------------------- */

static void on_sip(const struct cc_sip_event *ev, void *arg)
{
	(void)arg;
	if (ev->kind == CC_SIP_CERT && ev->status == 200)
		JANUS_LOG(LOG_INFO, "otklik: certificate for TLS is well\n");
	else if (ev->kind == CC_SIP_CERT && ev->status)
		JANUS_LOG(
		    LOG_ERR, "otklik: certificate for TLS: %s%s\n", ev->reason,
		    ev->status == 409 ? "; the former stays in force" : "");
	cc_post_sip(self.mailbox, ev);
}

static void on_media(const struct cc_media_event *ev, void *arg)
{
	(void)arg;
	cc_post_media(self.mailbox, ev);
}

static void on_directory(json_t *dir, void *arg)
{
	(void)arg;
	pthread_mutex_lock(&self.prompts_lock);
	if (self.media)
		cc_prompts_own(dir, self.config.own_prompts_dir, self.media);
	pthread_mutex_unlock(&self.prompts_lock);
	pthread_mutex_lock(&self.lines_lock);
	self.line_count = cc_trunk_dir(self.lines, dir, self.config.peer_host,
				       self.config.peer_port);
	self.lines_known = true;
	if (self.sip)
		cc_sip_trunks(self.sip, self.lines, self.line_count);
	pthread_mutex_unlock(&self.lines_lock);
	cc_post_directory(self.mailbox, json_deep_copy(dir));
}

static void on_outbox(const char *kind, json_t *payload, void *arg)
{
	const json_t *trunk = json_object_get(payload, "trunk");

	(void)arg;
	if (!strcmp(kind, "trunk_check")) {
		pthread_mutex_lock(&self.lines_lock);
		if (self.sip)
			cc_sip_check(self.sip,
				     (uint32_t)json_integer_value(trunk));
		pthread_mutex_unlock(&self.lines_lock);
	}
	cc_post_outbox(self.mailbox, kind, json_deep_copy(payload));
}

static void on_places(json_t *list, void *arg)
{
	(void)arg;
	cc_post_places(self.mailbox, json_deep_copy(list));
}

static void on_db(bool up, void *arg)
{
	(void)arg;
	if (up)
		JANUS_LOG(LOG_INFO, "otklik: database connected\n");
	else
		JANUS_LOG(LOG_WARN, "otklik: database away, spooling\n");
}

static void on_alarm(const char *code, const char *text, void *arg)
{
	(void)arg;
	JANUS_LOG(LOG_ERR, "otklik: alarm %s: %s\n", code, text);
	if (!strcmp(code, "rec_disk") || !strcmp(code, "rec_disk_ok"))
		cc_post_disk(self.mailbox, !strcmp(code, "rec_disk"));
}

static void on_recorded(const struct cc_rec_done *d, void *arg)
{
	char head[65];

	(void)arg;
	/* the crash may have taken the row of its beginning */
	if (!strcmp(d->reason, "recovered") && d->call[0])
		cc_store_post(self.store,
			      json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}",
					"t", "recording", "id", d->id,
					"call_id", d->call, "node",
					self.config.node, "kind", "CALL",
					"path", d->path, "started_at",
					(json_int_t)d->started_ms));
	sodium_bin2hex(head, sizeof(head), d->head, sizeof(d->head));
	cc_store_post(self.store,
		      json_pack("{s:s, s:s, s:I, s:I, s:I, s:i, s:s, s:s}", "t",
				"recording_end", "recording_id", d->id,
				"ended_at", (json_int_t)d->ended_ms, "samples",
				(json_int_t)d->samples, "bytes",
				(json_int_t)d->bytes, "frames", (int)d->frames,
				"head", head, "reason", d->reason));
}

static void relay(void *handle, char *buf, int len)
{
	struct cc_handle *h = handle;
	janus_plugin_rtp packet = { .mindex = -1,
				    .video = FALSE,
				    .buffer = buf,
				    .length = (uint16_t)len };

	if (atomic_load(&h->gone))
		return;
	janus_plugin_rtp_extensions_reset(&packet.extensions);
	self.gateway->relay_rtp(h->janus, &packet);
}

/* --- start and stop ----------------------------------------------------- */

static int open_inner(void)
{
	const struct cc_engine_conf conf = {
		.node = self.config.node,
		.addr = self.config.sip_addr,
		.emergency = { self.config.emergency[0],
			       self.config.emergency[1] },
		.resume_ms = 10000,
		.give_up_ms = 60000,
		.ping_ms = self.config.ping_ms,
		.ring_ms = 20000,
		.emergency_ms = 15000,
		.rtp_limit_ms = 60000,
		.hold_limit_ms = 30 * 60 * 1000,
		.call_limit_ms = 10 * 3600 * 1000,
		.voice_max_ms = 180 * 1000,
		.voice_quiet_ms = 6000,
		.voice_min_ms = 1000,
	};
	int err = cc_events_open(&self.events, self.gateway, &plugin);

	if (!err)
		err = cc_engine_new(&self.engine, &conf, &ports);
	return err;
}

static int open_store(void)
{
	const struct cc_store_conf conf = {
		.socket = self.config.db_socket,
		.user = self.config.db_user,
		.password = self.config.db_password,
		.database = self.config.db_name,
		.spool = self.config.spool_dir,
		.engine_sock = self.config.engine_socket,
		.node = self.config.node,
		.directory = on_directory,
		.outbox = on_outbox,
		.places = on_places,
		.state = on_db,
		.alarm = on_alarm,
	};

	return cc_store_open(&self.store, &conf);
}

static int open_media(char *err, size_t errlen)
{
	const struct cc_media_conf media = { .addr = self.config.sip_addr,
					     .port_min = self.config.rtp_min,
					     .port_max = self.config.rtp_max,
					     .prompts = self.config.prompts_dir,
					     .relay = relay };

	return cc_media_open(&self.media, &media, on_media, NULL, err, errlen);
}

static int open_outer(char *err, size_t errlen)
{
	const struct cc_recorder_conf rec = { .dir = self.config.rec_dir,
					      .node = self.config.node,
					      .done = on_recorded,
					      .alarm = on_alarm };
	const struct cc_sip_conf sip = { .addr = self.config.sip_addr,
					 .port = self.config.sip_port,
					 .peer_host = self.config.peer_host,
					 .peer_port = self.config.peer_port,
					 .sips_port = self.config.sips_port,
					 .tls_dir = self.config.sips_dir };
	int rc;

	snprintf(err, errlen, "recordings in %s", self.config.rec_dir);
	rc = cc_recorder_open(&self.recorder, &rec);
	if (rc)
		return rc;
	/* calls come last: everything is ready for them */
	snprintf(err, errlen, "SIP on %s port %u", sip.addr, sip.port);
	pthread_mutex_lock(&self.lines_lock);
	rc = cc_sip_open(&self.sip, &sip, on_sip, NULL);
	if (!rc && self.lines_known)
		rc = cc_sip_trunks(self.sip, self.lines, self.line_count);
	pthread_mutex_unlock(&self.lines_lock);
	return rc;
}

static void on_destroy(void)
{
	struct cc_sip *sip;

	/* first what speaks, then who decides, then who writes; from here on
	 * the engine finds no trunk, and nobody holds it while it closes */
	pthread_mutex_lock(&self.lines_lock);
	sip = self.sip;
	self.sip = NULL;
	pthread_mutex_unlock(&self.lines_lock);
	cc_sip_close(&sip);
	cc_mailbox_stop(self.mailbox);
	cc_engine_free(&self.engine);
	pthread_mutex_lock(&self.prompts_lock); /* a directory may be coming */
	cc_media_close(&self.media);
	pthread_mutex_unlock(&self.prompts_lock);
	cc_recorder_close(&self.recorder);
	cc_events_close(&self.events);
	cc_store_close(&self.store);
	cc_mailbox_close(&self.mailbox); /* media and store posted until now */
	if (self.legs)
		g_hash_table_destroy(self.legs);
	self.legs = NULL;
}

static int on_init(janus_callbacks *callbacks, const char *folder)
{
	char err[512];
	int rc;

	if (sodium_init() < 0 ||
	    cc_config_read(&self.config, folder, err, sizeof(err))) {
		JANUS_LOG(LOG_FATAL, "otklik: %s\n", err);
		return -1;
	}
	self.gateway = callbacks;
	self.began_us = g_get_monotonic_time();
	self.legs = g_hash_table_new(g_direct_hash, g_direct_equal);
	rc = open_inner();
	/* the store's thread posts to the mailbox, so this comes before it */
	if (!rc)
		rc = cc_mailbox_hold(&self.mailbox, self.engine);
	snprintf(err, sizeof(err), "start");
	/* the first directory brings prompts for it */
	if (!rc)
		rc = open_media(err, sizeof(err));
	if (!rc)
		rc = open_store();
	if (!rc)
		rc = open_outer(err, sizeof(err));
	if (!rc)
		rc = cc_mailbox_run(self.mailbox);
	if (rc) {
		JANUS_LOG(LOG_FATAL, "otklik: %s: %s\n", err, strerror(rc));
		return -1;
	}
	JANUS_LOG(LOG_INFO, "otklik: node %s, SIP %s:%u, trunk %s:%u\n",
		  self.config.node, self.config.sip_addr, self.config.sip_port,
		  self.config.peer_host, self.config.peer_port);
	return 0;
}

/* --- Janus callbacks ------------------------------------------------------ */

static void on_create_session(janus_plugin_session *janus, int *error)
{
	struct cc_handle *h = cc_handle_new(janus);

	janus->plugin_handle = h;
	if (!h) {
		*error = -1;
		return;
	}
	cc_post_page(self.mailbox, CC_PAGE_NEW, h->id);
}

static void on_destroy_session(janus_plugin_session *janus, int *error)
{
	struct cc_handle *h = janus->plugin_handle;

	if (!h) {
		*error = -1;
		return;
	}
	janus->plugin_handle = NULL;
	cc_post_page(self.mailbox, CC_PAGE_GONE, h->id);
	cc_handle_gone(h);
	cc_handle_put(h);
}

static json_t *refusal(const char *code, const char *key)
{
	json_t *j = json_pack("{s:s, s:s, s:s}", "otklik", "error", "code",
			      code, "text", cc_request_text(code));

	if (key)
		json_object_set_new(j, "key", json_string(key));
	return j;
}

static json_t *ask(struct cc_handle *h, const json_t *body, const json_t *jsep)
{
	struct cc_request req;
	const char *key = NULL, *code, *sdp;

	if (cc_request_parse(&req, body, &key))
		return refusal(CC_BAD_REQUEST, key);
	sdp = json_string_value(json_object_get(jsep, "sdp"));
	if (req.kind == REQ_LEG &&
	    (!sdp || cc_sdp_web_answer(sdp, strlen(sdp))))
		return refusal(CC_BAD_REQUEST, "jsep");
	code = cc_ask(self.mailbox, h->id, &req);
	return code ? refusal(code, NULL) : json_pack("{s:s}", "otklik", "ok");
}

/* Janus thread. transaction, message and jsep are ours to free. */
static janus_plugin_result *on_message(janus_plugin_session *janus,
				       char *transaction, json_t *message,
				       json_t *jsep)
{
	struct cc_handle *h = janus->plugin_handle;
	json_t *answer =
	    h ? ask(h, message, jsep) : refusal(CC_NOT_HELLO, NULL);

	g_free(transaction);
	json_decref(message);
	json_decref(jsep);
	return janus_plugin_result_new(JANUS_PLUGIN_OK, NULL, answer);
}

static void on_media_up(janus_plugin_session *janus)
{
	struct cc_handle *h = janus->plugin_handle;

	if (h)
		cc_post_page(self.mailbox, CC_LEG_UP, h->id);
}

static void on_media_down(janus_plugin_session *janus)
{
	struct cc_handle *h = janus->plugin_handle;

	if (h)
		cc_post_page(self.mailbox, CC_LEG_DOWN, h->id);
}

static void on_rtp(janus_plugin_session *janus, janus_plugin_rtp *packet)
{
	struct cc_handle *h = janus->plugin_handle;

	if (h && !packet->video)
		cc_handle_rtp(h, packet->buffer, packet->length);
}

static json_t *on_query(janus_plugin_session *janus)
{
	struct cc_handle *h = janus->plugin_handle;

	return json_pack("{s:I}", "session", (json_int_t)(h ? h->id : 0));
}

static int api_version(void)
{
	return JANUS_PLUGIN_API_VERSION;
}

static int version(void)
{
	return 1;
}

static const char *version_string(void)
{
	return "0.1.0";
}

static const char *description(void)
{
	return "Contact centre: SIP trunk, queue, recording, transfer";
}

static const char *name(void)
{
	return "Otklik";
}

static const char *author(void)
{
	return "Otklik developers";
}

static const char *package(void)
{
	return PACKAGE;
}

static janus_plugin plugin = {
	.init = on_init,
	.destroy = on_destroy,
	.get_api_compatibility = api_version,
	.get_version = version,
	.get_version_string = version_string,
	.get_description = description,
	.get_name = name,
	.get_author = author,
	.get_package = package,
	.create_session = on_create_session,
	.handle_message = on_message,
	.setup_media = on_media_up,
	.incoming_rtp = on_rtp,
	.hangup_media = on_media_down,
	.destroy_session = on_destroy_session,
	.query_session = on_query,
};

__attribute__((visibility("default"))) janus_plugin *create(void);

janus_plugin *create(void)
{
	return &plugin;
}
