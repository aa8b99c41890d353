/*
 * sip_register.c - registrations (RFC 3261 10), at the same target that
 * OPTIONS go to. sofia refreshes one that stands; when to begin anew after a
 * refusal is decided in trunk.c.
 */
#include "janus-plugin/sip_int.h"

#include "janus-plugin/util.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static void next_in(struct trunk *t, unsigned ms)
{
	su_timer_set_interval(t->reg_timer, cc_sip_trunk_timer, NULL, (int)ms);
}

/* A name of its own for every binding: what is withdrawn late from one target
 * never withdraws what another has taken. */
static void new_line(struct trunk *t)
{
	unsigned char bytes[8] = { 0 };

	if (getrandom(bytes, sizeof(bytes), 0) < 0)
		bytes[0] = (unsigned char)t->serial;
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(t->line + 2 * i, 3, "%02x", bytes[i]);
}

static void send_register(struct trunk *t)
{
	static const char *const transports[] = { "", ";transport=tcp",
						  ";transport=tls" };
	const struct cc_sip *sip = t->sip;
	const uint16_t port =
	    t->conf.transport == CC_TLS ? sip->sips_port : sip->port;
	char registrar[CC_TRUNK_HOST + 32];
	char aor[CC_TRUNK_HOST + 80];
	char contact[160];
	char expires[16];

	if (!cc_sip_ready(t)) {
		next_in(t, sip->t1_ms * 24);
		return;
	}
	new_line(t);
	cc_sip_target_url(t, NULL, registrar, sizeof(registrar));
	/* user was checked by cc_trunk_conf_ok */
	snprintf(aor, sizeof(aor), "<sip:%s@%s>", t->conf.user,
		 t->targets[t->current].host);
	snprintf(contact, sizeof(contact), "<sip:%s@%s:%u;line=%s%s>",
		 t->conf.user, sip->addr, (unsigned)port, t->line,
		 transports[t->conf.transport]);
	snprintf(expires, sizeof(expires), "%u",
		 t->conf.expires_s ? (unsigned)t->conf.expires_s : 600);
	t->reg = cc_sip_handle(t, NULL, aor, aor);
	t->reg_open = true;
	if (t->reg)
		nua_register(t->reg, NUTAG_REGISTRAR(registrar),
			     SIPTAG_CONTACT_STR(contact),
			     SIPTAG_EXPIRES_STR(expires),
			     NUTAG_OUTBOUND("no-outbound no-validate "
					    "no-natify no-options-keepalive"),
			     NUTAG_KEEPALIVE(0), TAG_END());
	next_in(t, sip->t1_ms * 66); /* a last resort: sofia says so before */
}

void cc_sip_register_stop(struct trunk *t)
{
	su_timer_reset(t->reg_timer);
	if (t->reg)
		nua_handle_destroy(t->reg); /* withdraws what stands */
	t->reg = NULL;
	t->reg_open = false;
	t->registered = false;
}

void cc_sip_register_start(struct trunk *t)
{
	cc_sip_register_stop(t);
	t->reg_failures = 0;
	if (t->count)
		send_register(t);
}

static void failed(struct trunk *t, int status, const char *phrase,
		   unsigned after)
{
	unsigned s;

	cc_sip_register_stop(t);
	t->reg_status = status;
	cc_sip_printable(t->reg_reason, sizeof(t->reg_reason), phrase);
	t->reg_failures++;
	s = cc_register_delay(status, t->reg_failures, after);
	/* a simulated pace goes with T1 */
	next_in(t, s * 2 * t->sip->t1_ms);
	cc_sip_trunk_tell(t);
}

void cc_sip_register_timer(struct trunk *t)
{
	if (t->reg_open)
		failed(t, 408, "No answer to REGISTER", 0);
	else if (t->count && !t->registered)
		send_register(t);
}

void cc_sip_on_registered(struct trunk *t, int status, const char *phrase,
			  const sip_t *m)
{
	const char *words = cc_sip_tls_words(t);
	unsigned after = 0;

	if (status < 200)
		return;
	if (cc_sip_challenged(t->sip, t->conf.id, t->reg, status, m))
		return;
	if (status < 300) {
		t->reg_open = false;
		t->registered = true;
		t->reg_failures = 0;
		t->reg_status = status;
		su_timer_reset(t->reg_timer);
		cc_sip_trunk_tell(t);
		return;
	}
	if (m && m->sip_retry_after)
		after = (unsigned)m->sip_retry_after->af_delta;
	if (status == 904 || status == 401 || status == 407)
		failed(t, 401, "Wrong user name or password", 0);
	else if (words[0])
		failed(t, 503, words, after);
	else
		failed(t, m ? status : 408,
		       m ? phrase : "No answer to REGISTER", after);
}
