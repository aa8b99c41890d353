/*
 * sip_trunk.c - the lines: their addresses, whether they answer, whose a
 * request is. What to conclude from an answer is decided in trunk.c.
 *
 * With the usual T1 of 500 ms a question goes out every 15 s and has 3 s.
 */
#include "janus-plugin/sip_int.h"

#include "janus-plugin/sip_cert.h"
#include "janus-plugin/sip_tls.h"
#include "janus-plugin/util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trunk *cc_sip_trunk_find(struct cc_sip *sip, uint32_t id)
{
	for (size_t i = 0; i < sip->trunk_count; i++)
		if (sip->trunks[i]->conf.id == id)
			return sip->trunks[i];
	return NULL;
}

/* ---- addresses ---- */

static const char *transport(const struct trunk *t)
{
	static const char *const names[] = { "udp", "tcp", "tls" };

	return names[t->conf.transport];
}

void cc_sip_target_url(const struct trunk *t, const char *user, char *buf,
		       size_t size)
{
	const struct target *at = &t->targets[t->current];
	const bool udp = t->conf.transport == CC_UDP;
	char addr[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &at->addr, addr, sizeof(addr));
	snprintf(buf, size, "sip:%s%s%s:%u%s%s", user ? user : "",
		 user ? "@" : "", t->conf.transport == CC_TLS ? at->host : addr,
		 (unsigned)at->port,
		 udp ? "" : ";transport=", udp ? "" : transport(t));
}

bool cc_sip_ready(const struct trunk *t)
{
	return t->count && (t->conf.transport != CC_TLS ||
			    (t->sip->tls && !cc_tls_trouble(t->sip->tls)[0]));
}

/* sofia's neighbour that leads to the target by TLS; 0: none */
static uint16_t door(const struct trunk *t, const struct target *at)
{
	return t->conf.transport == CC_TLS && cc_sip_ready(t)
		   ? cc_tls_door(t->sip->tls, at->host, at->addr, at->port)
		   : 0;
}

const char *cc_sip_tls_words(const struct trunk *t)
{
	uint16_t at;

	if (t->conf.transport != CC_TLS || !t->count)
		return "";
	if (!t->sip->tls_dir)
		return "TLS is not configured";
	if (!t->sip->tls)
		return t->sip->tls_words;
	if (!cc_sip_ready(t))
		return cc_tls_trouble(t->sip->tls);
	at = door(t, &t->targets[t->current]);
	return at ? cc_tls_door_trouble(t->sip->tls, at)
		  : "No inner port towards the line";
}

/* Whatever is sent goes to that neighbour. (Among the tags of nua_handle()
 * sofia overlooks this one.) */
static void go_through(nua_handle_t *nh, uint16_t neighbour)
{
	char proxy[64];

	snprintf(proxy, sizeof(proxy), "sip:127.0.0.1:%u;transport=tcp;lr",
		 (unsigned)neighbour);
	nua_set_hparams(nh, NUTAG_PROXY(proxy), TAG_END());
}

nua_handle_t *cc_sip_handle(const struct trunk *t, struct dlg *d,
			    const char *to, const char *from)
{
	const bool tls = t->conf.transport == CC_TLS;
	const uint16_t neighbour = door(t, &t->targets[t->current]);
	nua_handle_t *nh;

	if (tls && !neighbour)
		return NULL;
	nh = nua_handle(tls ? t->sip->tls_nua : t->sip->nua, d,
			SIPTAG_TO_STR(to), TAG_IF(from, SIPTAG_FROM_STR(from)),
			TAG_END());
	if (nh && tls)
		go_through(nh, neighbour);
	return nh;
}

/* The message at hand: has it come by TLS, and from which neighbour? */
static bool by_tls(struct cc_sip *sip)
{
	return sip->tls_nua && sip->now == sip->tls_nua;
}

static bool heard_from(struct cc_sip *sip, struct in_addr *addr, uint16_t *port)
{
	msg_t *msg = sip->now ? nua_current_request(sip->now) : NULL;
	su_sockaddr_t *a = msg ? msg_addr(msg) : NULL;

	if (!a || a->su_sa.sa_family != AF_INET)
		return false;
	*addr = a->su_sin.sin_addr;
	*port = ntohs(a->su_sin.sin_port);
	return true;
}

bool cc_sip_source(struct cc_sip *sip, struct in_addr *addr, uint16_t *port)
{
	if (!heard_from(sip, addr, port))
		return false;
	return !by_tls(sip) || cc_tls_peer(sip->tls, *port, addr, port);
}

/*
 * Where the line has a door to the address the call came from, what we say
 * goes through it, so a connection that has broken is made anew. Else there is
 * only the way it came.
 */
void cc_sip_stay_on_tls(struct dlg *d, const struct trunk *t)
{
	struct in_addr addr;
	uint16_t port;

	if (!by_tls(d->sip) || !heard_from(d->sip, &addr, &port))
		return;
	for (size_t i = 0; i < t->count; i++) {
		const uint16_t own = t->targets[i].addr.s_addr == d->peer.s_addr
					 ? door(t, &t->targets[i])
					 : 0;

		if (!own)
			continue;
		port = own;
		break;
	}
	go_through(d->nh, port);
}

/* 2: address and port, 1: address, 0: a stranger's */
static int owns(const struct trunk *t, struct in_addr addr, uint16_t port)
{
	int best = 0;

	for (size_t i = 0; i < t->count && best < 2; i++)
		if (t->targets[i].addr.s_addr == addr.s_addr)
			best = t->targets[i].port == port ? 2 : 1;
	return best;
}

enum cc_tls_who cc_sip_known(void *arg, struct in_addr addr)
{
	enum cc_tls_who who = CC_TLS_STRANGER;
	struct cc_sip *sip = arg;

	for (size_t i = 0; i < sip->trunk_count && who < CC_TLS_LINE; i++)
		if (owns(sip->trunks[i], addr, 0))
			who = sip->trunks[i]->conf.transport == CC_TLS
				  ? CC_TLS_LINE
				  : CC_TLS_KNOWN;
	if (!who)
		atomic_fetch_add(&sip->foreign, 1);
	return who;
}

bool cc_sip_talks(void *arg, struct in_addr addr)
{
	struct cc_sip *sip = arg;

	for (size_t i = 0; i < SLOTS; i++)
		for (const struct dlg *d = sip->slots[i]; d; d = d->next)
			if (d->peer.s_addr == addr.s_addr)
				return true;
	return false;
}

/* A line over TLS has nothing to do with what comes in the open, and what comes
 * by TLS is first of all its own. */
struct trunk *cc_sip_trunk_of(struct cc_sip *sip, const sip_t *m, bool *line)
{
	const sip_request_t *rq = m ? m->sip_request : NULL;
	struct trunk *found = NULL;
	struct in_addr addr;
	uint16_t port;
	char text[17] = "";
	int best = 0;

	*line = false;
	if (!cc_sip_source(sip, &addr, &port))
		return NULL;
	if (rq && rq->rq_url->url_params)
		url_param(rq->rq_url->url_params, "line", text, sizeof(text));
	for (size_t i = 0; i < sip->trunk_count; i++) {
		struct trunk *t = sip->trunks[i];
		const bool tls = t->conf.transport == CC_TLS;
		int fit = owns(t, addr, port);

		if (!fit || (tls && !by_tls(sip)))
			continue;
		fit += tls ? 2 : 0;
		if (text[0] && !strcmp(text, t->line)) {
			*line = true;
			return t;
		}
		if (fit > best) {
			best = fit;
			found = t;
		}
	}
	return found;
}

/* ---- state ---- */

static void count_up(struct cc_sip *sip)
{
	int up = sip->trunk_count ? 0 : -1;

	for (size_t i = 0; i < sip->trunk_count; i++) {
		if (sip->trunks[i]->told_up > 0)
			up = 1;
		else if (sip->trunks[i]->told_up < 0 && up < 1)
			up = -1;
	}
	atomic_store(&sip->trunk_up, up);
}

void cc_sip_trunk_tell(struct trunk *t)
{
	struct cc_sip *sip = t->sip;
	struct cc_sip_event ev = { .kind = CC_SIP_TRUNK,
				   .trunk = t->conf.id,
				   .status = 200,
				   .from = "",
				   .to = "",
				   .call_id = "",
				   .identity = "",
				   .reason = "OK" };
	bool up = t->health.line == CC_LINE_UP &&
		  (!t->conf.registers || t->registered);
	/* an open question is no answer yet, nor is a single miss */
	const bool asked = t->check && !t->ping_open && !t->reg_open &&
			   (t->health.line == CC_LINE_DOWN ||
			    (!t->health.misses && !t->health.tried));

	if (!up && t->health.line == CC_LINE_DOWN) {
		ev.status = t->ping_status;
		ev.reason = t->ping_reason;
	} else if (!up) {
		ev.status =
		    t->conf.registers && !t->registered ? t->reg_status : 0;
		ev.reason = t->reg_reason;
	}
	if (!ev.status || sip->closing)
		return; /* nothing is known yet */
	if (!up && ev.status == 200)
		ev.status = 503;
	if (!asked && t->told_up == up &&
	    (up || (t->told_status == ev.status &&
		    !strcmp(t->told_reason, ev.reason))))
		return;
	t->check = t->check && !asked;
	t->told_up = up;
	t->told_status = ev.status;
	cc_copy(t->told_reason, sizeof(t->told_reason), ev.reason);
	count_up(sip);
	sip->handler(&ev, sip->arg);
}

static bool over_tls(const struct cc_sip *sip)
{
	for (size_t i = 0; i < sip->trunk_count; i++)
		if (sip->trunks[i]->conf.transport == CC_TLS)
			return true;
	return false;
}

/* Our own certificate is nobody's line, but all of TLS lives by it. */
static void tell_cert(struct cc_sip *sip)
{
	static const int statuses[] = { [CC_CERT_WELL] = 200,
					[CC_CERT_REFUSED] = 409,
					[CC_CERT_OVER] = 410 };
	struct cc_sip_event ev = { .kind = CC_SIP_CERT,
				   .from = "",
				   .to = "",
				   .call_id = "",
				   .identity = "" };
	unsigned changes;

	if (!sip->tls || sip->closing)
		return;
	ev.status = statuses[cc_cert_state(cc_tls_cert(sip->tls), &ev.reason,
					   &changes)];
	if (!over_tls(sip)) {
		ev.status = 0;
		ev.reason = "";
	}
	if (ev.status == sip->cert_told &&
	    (ev.status <= 200 || changes == sip->cert_changes))
		return;
	sip->handler(&ev, sip->arg);
	sip->cert_told = ev.status;
	sip->cert_changes = changes;
}

/* ---- is it alive? ---- */

static void ask(struct trunk *t)
{
	char url[CC_TRUNK_HOST + 32];

	if (!t->count)
		return;
	if (t->ping)
		nua_handle_destroy(t->ping);
	t->ping = NULL;
	t->ping_open = true;
	if (t->conf.transport == CC_TLS && cc_sip_ready(t))
		tell_cert(t->sip);
	if (cc_sip_ready(t)) {
		cc_sip_target_url(t, NULL, url, sizeof(url));
		t->ping = cc_sip_handle(t, NULL, url, NULL);
	}
	if (t->ping)
		nua_options(t->ping, NUTAG_URL(url),
			    SIPTAG_ACCEPT_STR(CC_SDP_TYPE), TAG_END());
	su_timer_set_interval(t->ping_timer, cc_sip_trunk_timer, NULL,
			      (int)t->sip->t1_ms * 6);
}

static void result(struct trunk *t, bool good, int status, const char *phrase)
{
	unsigned todo =
	    cc_health_step(&t->health, good, t->count ? (unsigned)t->count : 1);

	t->ping_open = false;
	t->ping_status = status;
	cc_sip_printable(t->ping_reason, sizeof(t->ping_reason), phrase);
	if (todo & CC_HEALTH_NEXT)
		t->current = (t->current + 1) % t->count;
	if (t->conf.registers &&
	    ((todo & CC_HEALTH_NEXT) ||
	     /* what could not be reached can be */
	     (good && (todo & CC_HEALTH_CHANGED) && !t->registered &&
	      (t->reg_status == 408 || t->reg_status == 503))))
		cc_sip_register_start(t);
	cc_sip_trunk_tell(t);
	if ((todo & CC_HEALTH_ASK) || (t->check && t->health.misses))
		ask(t);
}

void cc_sip_do_check(struct cc_sip *sip, uint32_t id)
{
	struct trunk *t = cc_sip_trunk_find(sip, id);

	if (!t)
		return;
	t->check = true;
	if (t->conf.registers && !t->registered && !t->reg_open)
		cc_sip_register_start(t);
	cc_sip_doubt(t);
}

void cc_sip_doubt(struct trunk *t)
{
	if (!t->ping_open)
		ask(t);
}

static void no_answer(struct trunk *t, int status, const char *phrase)
{
	const char *words = cc_sip_tls_words(t);

	result(t, false, words[0] ? 503 : status, words[0] ? words : phrase);
}

static void on_pong(struct trunk *t, int status, const char *phrase,
		    const sip_t *m)
{
	if (!t->ping_open || status < 200)
		return;
	/* OPTIONS may ask for a password: that is an answer like any other */
	su_timer_set_interval(t->ping_timer, cc_sip_trunk_timer, NULL,
			      (int)t->sip->t1_ms * (m ? 30 : 24));
	/* whatever the peer itself says proves it alive, except "not now",
	 * which sofia says itself when a connection is lost */
	if (m && status != 503)
		result(t, true, status, phrase);
	else
		no_answer(t, m ? 503 : 408, phrase);
}

static void on_ping_timer(struct trunk *t)
{
	if (!t->ping_open) {
		ask(t);
		return;
	}
	su_timer_set_interval(t->ping_timer, cc_sip_trunk_timer, NULL,
			      (int)t->sip->t1_ms * 24);
	no_answer(t, 408, "No answer");
}

/* ---- names ---- */

static void look_up(struct trunk *t)
{
	cc_resolve(t->sip->resolver, t->serial, &t->conf);
	su_timer_set_interval(t->dns_timer, cc_sip_trunk_timer, NULL,
			      (int)t->sip->t1_ms * (t->count ? 120 : 30));
}

void cc_sip_resolved(struct cc_sip *sip, uint64_t serial,
		     const struct target *targets, size_t n)
{
	struct target was = { .port = 0 };
	struct trunk *t = NULL;
	size_t at = 0;

	for (size_t i = 0; i < sip->trunk_count; i++)
		if (sip->trunks[i]->serial == serial)
			t = sip->trunks[i];
	if (!t)
		return;
	if (!n) { /* the last known addresses are better than none */
		if (!t->count)
			result(t, false, 503, "Name not found");
		return;
	}
	if (t->count)
		was = t->targets[t->current];
	memcpy(t->targets, targets, n * sizeof(*targets));
	t->count = n;
	while (at < n && (targets[at].addr.s_addr != was.addr.s_addr ||
			  targets[at].port != was.port))
		at++;
	t->current = at < n ? at : 0;
	if (at < n && was.port)
		return;
	su_timer_set_interval(t->dns_timer, cc_sip_trunk_timer, NULL,
			      (int)sip->t1_ms * 120);
	ask(t);
	if (t->conf.registers)
		cc_sip_register_start(t);
}

/* Addresses that need no look-up. @return false: there are names */
static bool literal(struct trunk *t)
{
	char host[CC_TRUNK_HOST];
	struct in_addr addr;
	uint16_t port;

	for (size_t i = 0; !cc_trunk_host(&t->conf, i, host, &port); i++) {
		struct target *at = &t->targets[t->count];

		if (inet_pton(AF_INET, host, &addr) != 1) {
			t->count = 0;
			return false;
		}
		if (t->count == CC_TRUNK_TARGETS)
			continue;
		*at = (struct target){ .addr = addr, .port = port };
		cc_copy(at->host, sizeof(at->host), host);
		t->count++;
	}
	return true;
}

/* ---- the list ---- */

static void trunk_free(struct trunk *t)
{
	cc_sip_register_stop(t);
	if (t->ping)
		nua_handle_destroy(t->ping);
	if (t->ping_timer)
		su_timer_destroy(t->ping_timer);
	if (t->reg_timer)
		su_timer_destroy(t->reg_timer);
	if (t->dns_timer)
		su_timer_destroy(t->dns_timer);
	memset(t->conf.secret, 0, sizeof(t->conf.secret));
	free(t);
}

static struct trunk *trunk_new(struct cc_sip *sip,
			       const struct cc_trunk_conf *conf)
{
	struct trunk *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->sip = sip;
	t->conf = *conf;
	t->serial = ++sip->last_serial;
	t->told_up = -1;
	t->ping_timer = su_timer_create(su_root_task(sip->root), 0);
	t->reg_timer = su_timer_create(su_root_task(sip->root), 0);
	t->dns_timer = su_timer_create(su_root_task(sip->root), 0);
	if (t->ping_timer && t->reg_timer && t->dns_timer)
		return t;
	trunk_free(t);
	return NULL;
}

static void trunk_start(struct trunk *t)
{
	if (!literal(t)) {
		look_up(t);
		return;
	}
	ask(t);
	if (t->conf.registers)
		cc_sip_register_start(t);
}

/* Out of the list of before, if it stays as it is. */
static struct trunk *keep(struct trunk **old, size_t n,
			  const struct cc_trunk_conf *conf)
{
	for (size_t i = 0; i < n; i++) {
		struct trunk *t = old[i];

		if (!t || !cc_trunk_conf_same(&t->conf, conf))
			continue;
		old[i] = NULL;
		return t;
	}
	return NULL;
}

void cc_sip_do_trunks(struct cc_sip *sip, const struct cc_trunk_conf *list,
		      size_t n)
{
	struct trunk *old[CC_TRUNKS];
	const size_t had = sip->trunk_count;

	memcpy(old, sip->trunks, sizeof(old));
	sip->trunk_count = 0;
	for (size_t i = 0; i < n && sip->trunk_count < CC_TRUNKS; i++) {
		struct trunk *t;

		if (!cc_trunk_conf_ok(&list[i]) ||
		    cc_sip_trunk_find(sip, list[i].id))
			continue;
		t = keep(old, had, &list[i]);
		if (t) {
			sip->trunks[sip->trunk_count++] = t;
			continue;
		}
		t = trunk_new(sip, &list[i]);
		if (!t)
			continue;
		sip->trunks[sip->trunk_count++] = t;
		trunk_start(t);
	}
	for (size_t i = 0; i < had; i++)
		if (old[i])
			trunk_free(old[i]);
	if (!over_tls(sip))
		tell_cert(sip);
	count_up(sip);
}

void cc_sip_trunks_close(struct cc_sip *sip)
{
	for (size_t i = 0; i < sip->trunk_count; i++)
		trunk_free(sip->trunks[i]);
	sip->trunk_count = 0;
}

/* ---- events ---- */

void cc_sip_trunk_timer(struct cc_sip *sip, su_timer_t *timer, struct dlg *none)
{
	(void)none;
	if (sip->closing)
		return;
	for (size_t i = 0; i < sip->trunk_count; i++) {
		struct trunk *t = sip->trunks[i];

		if (timer == t->ping_timer) {
			on_ping_timer(t);
			return;
		}
		if (timer == t->dns_timer) {
			look_up(t);
			return;
		}
		if (timer == t->reg_timer) {
			cc_sip_register_timer(t);
			return;
		}
	}
}

bool cc_sip_trunk_event(struct cc_sip *sip, nua_event_t event, int status,
			const char *phrase, nua_handle_t *nh, const sip_t *m)
{
	if (event != nua_r_options && event != nua_r_register &&
	    event != nua_r_unregister && event != nua_r_authenticate)
		return false;
	for (size_t i = 0; !sip->closing && i < sip->trunk_count; i++) {
		struct trunk *t = sip->trunks[i];

		if (event == nua_r_options && nh == t->ping) {
			on_pong(t, status, phrase, m);
			break;
		}
		if (event == nua_r_register && nh == t->reg) {
			cc_sip_on_registered(t, status, phrase, m);
			break;
		}
	}
	return true;
}
