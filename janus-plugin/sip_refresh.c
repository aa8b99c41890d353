/*
 * sip_refresh.c - session timers (RFC 4028): session_timer.c decides, this
 * reads the headers, sends what it says and keeps its time.
 *
 * sofia has timers of its own, with which a session cannot be kept: it
 * refreshes by UPDATE whatever the peer can do, and ends the call when that is
 * answered with 500, 501 or 503. Four things keep it out. It does not know
 * Session-Expires and Min-SE, which so arrive among the unknown headers. An
 * UPDATE is sent as a method of the application, whose refusal touches nothing.
 * An INVITE does not list "timer" where sofia would see it, because it answers a
 * 422 with the same INVITE again. A refusal of a re-INVITE that it would end the
 * call for without need is shown to it as a 488, which leaves a call as it was.
 */
#include "janus-plugin/sip_int.h"

#include "janus-plugin/util.h"

#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what sofia reads ---- */

static msg_mclass_t *headers;
static _Thread_local struct cc_sip *mine;

void cc_refresh_bind(struct cc_sip *sip)
{
	mine = sip;
}

/* Does it respond to a re-INVITE of ours? */
static bool ours(const sip_t *m)
{
	char id[sizeof(mine->slots[0]->call_id)];

	cc_sip_printable(id, sizeof(id), m->sip_call_id->i_id);
	for (size_t i = 0; i < SLOTS; i++)
		for (struct dlg *d = mine->slots[i]; d; d = d->next)
			if (d->state == DLG_UP && d->ours == BY_INVITE &&
			    !strcmp(d->call_id, id))
				return true;
	return false;
}

/* Does sofia send a BYE after it, though the call goes on (RFC 5057 5.1)? */
static bool harmless(int status)
{
	return status == 405 || status == 480 || status == 483 ||
	       (status >= 500 && !cc_st_gone(status));
}

/* A message has been parsed up to its body; nobody has seen it. sip_user is the
 * application's: what was really said goes along in it. */
static issize_t read_body(msg_t *msg, msg_pub_t *pub, char b[], isize_t size,
			  int eos)
{
	sip_t *m = (sip_t *)pub;

	if (mine && m->sip_status && m->sip_cseq && m->sip_call_id &&
	    m->sip_cseq->cs_method == sip_method_invite &&
	    harmless(m->sip_status->st_status) && ours(m)) {
		m->sip_user = (void *)(intptr_t)m->sip_status->st_status;
		m->sip_status->st_status = 488;
	}
	return sip_default_mclass()->mc_extract_body(msg, pub, b, size, eos);
}

int cc_refresh_status(int status, const sip_t *m)
{
	return m && m->sip_user ? (int)(intptr_t)m->sip_user : status;
}

void cc_refresh_setup(void)
{
	const msg_mclass_t *all = sip_default_mclass();

	headers = msg_mclass_clone(all, all->mc_hash_size, msg_mclass_empty);
	if (headers)
		headers->mc_extract_body = read_body;
	for (short i = 0; headers && i < all->mc_hash_size; i++) {
		const msg_href_t *h = &all->mc_hash[i];

		if (h->hr_class != sip_session_expires_class &&
		    h->hr_class != sip_min_se_class)
			msg_mclass_insert(headers, h);
	}
}

const msg_mclass_t *cc_refresh_headers(void)
{
	return headers;
}

static struct cc_st_said said(const sip_t *m)
{
	struct cc_st_said out = {
		.timer = sip_has_feature(m->sip_supported, "timer") ||
			 sip_has_feature(m->sip_require, "timer"),
		.allow = m->sip_allow,
		.update =
		    sip_is_allowed(m->sip_allow, sip_method_update, "UPDATE"),
	};

	for (const sip_unknown_t *u = m->sip_unknown; u; u = u->un_next)
		if (u->un_name && u->un_value)
			cc_st_read(&out, u->un_name, u->un_value);
	return out;
}

/* ---- sending ---- */

void cc_dlg_send_invite(struct dlg *d, const char *sdp, const sip_t *was)
{
	const sip_call_id_t *call_id = was ? was->sip_call_id : NULL;
	char head[CC_ST_TEXT];
	char cseq[32];

	if (was)
		snprintf(cseq, sizeof(cseq), "%lu INVITE",
			 (unsigned long)was->sip_cseq->cs_seq + 1);
	cc_st_request(&d->session, head);
	nua_set_hparams(d->nh, SIPTAG_SUPPORTED(SIP_NONE), TAG_END());
	nua_invite(d->nh, SIPTAG_UNKNOWN_STR("Supported: " CC_SIP_SUPPORTED),
		   SIPTAG_HEADER_STR(head),
		   TAG_IF(was, SIPTAG_CALL_ID(call_id)),
		   TAG_IF(was, SIPTAG_CSEQ_STR(cseq)),
		   SIPTAG_CONTENT_TYPE_STR(CC_SDP_TYPE),
		   SIPTAG_PAYLOAD_STR(sdp), TAG_END());
	/* so that a Require: timer of theirs is no reason for 420 */
	nua_set_hparams(d->nh, SIPTAG_SUPPORTED_STR(CC_SIP_SUPPORTED),
			TAG_END());
}

void cc_dlg_send_update(struct dlg *d, const char *sdp)
{
	char head[CC_ST_TEXT];

	cc_st_request(&d->session, head);
	nua_method(d->nh, NUTAG_METHOD("UPDATE"), SIPTAG_HEADER_STR(head),
		   TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR(CC_SDP_TYPE)),
		   TAG_IF(sdp, SIPTAG_PAYLOAD_STR(sdp)), TAG_END());
}

void cc_refusal_head(const struct cc_sip *sip, int status, char buf[CC_ST_TEXT])
{
	buf[0] = '\0';
	if (status == 415)
		snprintf(buf, CC_ST_TEXT, "Accept: " CC_SDP_TYPE "\r\n");
	else if (status == 422)
		snprintf(buf, CC_ST_TEXT, "Min-SE: %u\r\n",
			 (unsigned)sip->session.min_s);
	else if (status == 500)
		snprintf(buf, CC_ST_TEXT, "Retry-After: 3\r\n");
}

/* ---- the timer ---- */

static void on_due(struct cc_sip *sip, su_timer_t *timer, struct dlg *d);

static void arm(struct dlg *d)
{
	int64_t ms = d->session.at - cc_sip_now_ms();

	if (!d->session.at) {
		cc_refresh_stop(d);
		return;
	}
	if (!d->session_timer)
		d->session_timer =
		    su_timer_create(su_root_task(d->sip->root), 0);
	if (d->session_timer)
		su_timer_set_interval(d->session_timer, on_due, d,
				      ms > 0 ? (int)ms : 1);
}

void cc_refresh_stop(struct dlg *d)
{
	if (d->session_timer)
		su_timer_reset(d->session_timer);
}

/* Can no INVITE go out now? To a bad target none should: its refusal makes
 * sofia send a BYE there. */
static bool busy(const struct dlg *d)
{
	return d->state != DLG_UP || d->ours || d->theirs || d->late ||
	       d->updating || d->unacked || d->bad_target || !d->sdp;
}

/* With what was last agreed to: nothing changes (RFC 4028 7.4). */
static bool invite_again(struct dlg *d)
{
	if (busy(d))
		return false;
	d->ours_sdp = strdup(d->sdp);
	if (!d->ours_sdp)
		return false;
	d->ours = BY_INVITE;
	d->refreshing = true;
	cc_dlg_send_reoffer(d);
	cc_refresh_guard(d);
	return true;
}

/* At 64 × T1 sofia would end the call and not tell the other side. */
void cc_refresh_guard(struct dlg *d)
{
	cc_dlg_timer(d, 62 * d->sip->t1_ms);
}

static void step(struct dlg *d, struct cc_st_event ev)
{
	ev.random = (uint32_t)random();
	switch (cc_st_step(&d->session, &ev, cc_sip_now_ms())) {
	case CC_ST_WAIT:
		break;
	case CC_ST_UPDATE:
		d->updating = true;
		cc_dlg_send_update(d, NULL);
		break;
	case CC_ST_INVITE:
		if (!invite_again(d)) {
			step(d, (struct cc_st_event){ .kind = CC_ST_REFUSED,
						      .status = 491 });
			return;
		}
		break;
	case CC_ST_BYE:
		cc_dlg_expire(d);
		return;
	}
	arm(d);
}

static void on_due(struct cc_sip *sip, su_timer_t *timer, struct dlg *d)
{
	(void)sip;
	(void)timer;
	if (d->state != DLG_OVER)
		step(d, (struct cc_st_event){ .kind = CC_ST_DUE,
					      .busy = busy(d) });
}

/* ---- what was said ---- */

int cc_refresh_check(const struct cc_sip *sip, const sip_t *m)
{
	const struct cc_st_said s = said(m);

	return cc_st_too_small(&sip->session, &s) ? 422 : 0;
}

int cc_refresh_asked(const struct dlg *d, const sip_t *m,
		     struct cc_st_said *out)
{
	*out = said(m);
	out->in_session = d->session.interval_s;
	return cc_st_too_small(&d->session, out) ? 422 : 0;
}

void cc_refresh_accept(struct dlg *d, const struct cc_st_said *asked,
		       char head[CC_ST_TEXT])
{
	head[0] = '\0';
	if (d->state == DLG_RINGING || d->state == DLG_CALLING)
		return;
	step(d, (struct cc_st_event){ .kind = CC_ST_ASKED, .said = *asked });
	cc_st_answer(&d->session, head);
}

void cc_refresh_agreed(struct dlg *d, const sip_t *m)
{
	step(d, (struct cc_st_event){ .kind = CC_ST_AGREED, .said = said(m) });
}

/* sofia's own words for what never left or nobody answered: 408, and 503 where
 * the port is closed or the connection breaks, are messages that it has made */
static int plain(int status, const sip_t *m)
{
	if (status == 904)
		return 401;
	if (status > 699)
		return 491;
	return nta_sip_is_internal(m) ? 0 : status;
}

void cc_refresh_refused(struct dlg *d, int status, const sip_t *m)
{
	struct cc_st_event ev = { .kind = CC_ST_REFUSED,
				  .status = plain(status, m) };

	if (m)
		ev.said = said(m);
	if (d->state == DLG_UP)
		step(d, ev);
}

bool cc_refresh_raise(struct dlg *d, int status, const sip_t *m)
{
	return status == 422 && m && cc_st_raise(&d->session, said(m).min_s);
}
