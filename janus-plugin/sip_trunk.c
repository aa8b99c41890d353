/*
 * sip_trunk.c - the lines: their addresses, whether they answer, whose a
 * request is. What to conclude from an answer is decided in trunk.c.
 *
 * With the usual T1 of 500 ms a question goes out every 15 s and has 3 s.
 */
#include "janus-plugin/sip_int.h"

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

bool cc_sip_target_proxy(const struct trunk *t, char *buf, size_t size)
{
	const struct target *at = &t->targets[t->current];
	char addr[INET_ADDRSTRLEN];

	if (t->conf.transport != CC_TLS)
		return false;
	inet_ntop(AF_INET, &at->addr, addr, sizeof(addr));
	snprintf(buf, size, "sip:%s:%u;transport=tls%s%s;lr", at->host,
		 (unsigned)at->port, at->named ? ";maddr=" : "",
		 at->named ? addr : "");
	return true;
}

bool cc_sip_source(struct cc_sip *sip, struct in_addr *addr, uint16_t *port)
{
	msg_t *msg = nua_current_request(sip->nua);
	su_sockaddr_t *a = msg ? msg_addr(msg) : NULL;

	if (!a || a->su_sa.sa_family != AF_INET)
		return false;
	*addr = a->su_sin.sin_addr;
	*port = ntohs(a->su_sin.sin_port);
	return true;
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
		const int fit = owns(t, addr, port);

		if (fit && text[0] && !strcmp(text, t->line)) {
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
	if (t->told_up == up && (up || t->told_status == ev.status))
		return;
	t->told_up = up;
	t->told_status = ev.status;
	count_up(sip);
	sip->handler(&ev, sip->arg);
}

/* ---- is it alive? ---- */

static void ask(struct trunk *t)
{
	char url[CC_TRUNK_HOST + 32];
	char proxy[CC_TRUNK_HOST + 80];
	bool via;

	if (!t->count)
		return;
	if (t->ping)
		nua_handle_destroy(t->ping);
	cc_sip_target_url(t, NULL, url, sizeof(url));
	via = cc_sip_target_proxy(t, proxy, sizeof(proxy));
	t->sip->tls_trouble[0] = '\0';
	t->ping = nua_handle(t->sip->nua, NULL, NUTAG_URL(url),
			     TAG_IF(via, NUTAG_PROXY(proxy)),
			     SIPTAG_TO_STR(url), TAG_END());
	t->ping_open = true;
	if (t->ping)
		nua_options(t->ping, SIPTAG_ACCEPT_STR(CC_SDP_TYPE), TAG_END());
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
	if (todo & CC_HEALTH_NEXT) {
		t->current = (t->current + 1) % t->count;
		if (t->conf.registers)
			cc_sip_register_start(t);
	}
	cc_sip_trunk_tell(t);
	if (todo & CC_HEALTH_ASK)
		ask(t);
}

void cc_sip_doubt(struct trunk *t)
{
	if (!t->ping_open)
		ask(t);
}

static void on_pong(struct trunk *t, int status, const char *phrase,
		    const sip_t *m)
{
	const char *trouble = t->sip->tls_trouble;

	if (!t->ping_open || status < 200)
		return;
	/* OPTIONS may ask for a password: that is an answer like any other */
	su_timer_set_interval(t->ping_timer, cc_sip_trunk_timer, NULL,
			      (int)t->sip->t1_ms * (m ? 30 : 24));
	/* whatever the peer itself says proves it alive, except "not now" */
	if (m)
		result(t, status != 503, status, phrase);
	else if (t->conf.transport == CC_TLS && trouble[0])
		result(t, false, 503, trouble);
	else
		result(t, false, 408, phrase);
}

static void on_ping_timer(struct trunk *t)
{
	const char *trouble = t->sip->tls_trouble;

	if (!t->ping_open) {
		ask(t);
		return;
	}
	su_timer_set_interval(t->ping_timer, cc_sip_trunk_timer, NULL,
			      (int)t->sip->t1_ms * 24);
	if (t->conf.transport == CC_TLS && trouble[0])
		result(t, false, 503, trouble);
	else
		result(t, false, 408, "No answer");
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
