/*
 * sip_out.c - calls of ours and offers of ours: which line, what it answers,
 * what follows.
 */
#include "janus-plugin/sip_int.h"

#include "janus-plugin/util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SILENCE_MS = 6400 };

/* ---- offers inside a call ---- */

void cc_dlg_send_reoffer(struct dlg *d)
{
	if (d->timer)
		su_timer_reset(d->timer);
	if (d->ours == BY_UPDATE)
		cc_dlg_send_update(d, d->ours_sdp);
	else
		cc_dlg_send_invite(d, d->ours_sdp, NULL);
}

/*
 * The ACK of a 2xx. Where the answer names no way back the ACK still goes out,
 * to the trunk itself: an ACK that cannot be sent makes sofia recurse, one
 * that is not sent makes it leak the dialog. (A BYE takes no such Route, but
 * its failure harms nobody.)
 */
static void ack(struct dlg *d, const sip_t *m)
{
	const struct trunk *t = cc_sip_trunk_find(d->sip, d->trunk);
	char addr[INET_ADDRSTRLEN];
	char route[64];
	uint16_t port = 5060;

	if (t && t->count)
		port = t->targets[t->current].port;
	inet_ntop(AF_INET, &d->peer, addr, sizeof(addr));
	snprintf(route, sizeof(route), "<sip:%s:%u;lr>", addr, (unsigned)port);
	nua_ack(d->nh,
		TAG_IF(!m || !cc_good_target(m), SIPTAG_ROUTE_STR(route)),
		TAG_END());
}

/* @return true: the offer goes out once more */
static bool offer_again(struct dlg *d, int status, const sip_t *m)
{
	if (status == 491 && d->state == DLG_UP)
		return cc_dlg_timer(
		    d, cc_st_pause(d->outbound, (uint32_t)random()));
	if (cc_refresh_raise(d, status, m)) {
		cc_dlg_send_reoffer(d);
		return true;
	}
	if (d->ours == BY_UPDATE && (status == 405 || status == 501)) {
		d->session.no_update = true;
		d->ours = BY_INVITE;
		cc_dlg_send_reoffer(d);
		return true;
	}
	return false;
}

static void on_reoffer_response(struct dlg *d, int status, const char *phrase,
				const sip_t *m)
{
	const enum reoffer by = d->ours;
	const bool refresh = d->refreshing;
	char *sdp = NULL;

	if (by && refresh && d->timer)
		su_timer_reset(d->timer); /* it is heard of */
	if (!by || status < 200)
		return;
	status = cc_refresh_status(status, m);
	if (cc_sip_challenged(d->sip, d->trunk, d->nh, status, m)) {
		if (refresh)
			cc_refresh_guard(d);
		return;
	}
	if (!refresh && offer_again(d, status, m))
		return;
	if (status < 300)
		cc_dlg_keep_sdp(d, d->ours_sdp);
	free(d->ours_sdp);
	d->ours_sdp = NULL;
	d->ours = NO_REOFFER;
	d->refreshing = false;
	if (status < 300 && by == BY_INVITE)
		ack(d, m);
	if (status < 300 && m &&
	    (by == BY_UPDATE ? cc_spoilt_target(m) : !cc_good_target(m))) {
		atomic_fetch_add(&d->sip->bad_contact, 1);
		cc_dlg_abort(d, 502, "Bad Contact");
		return;
	}
	if (refresh && status >= 300) {
		cc_refresh_refused(d, status, m);
		return; /* what was agreed to still holds */
	}
	if (status < 300 && m) {
		cc_read_sdp(d->sip, m, &sdp);
		cc_refresh_agreed(d, m);
	}
	cc_dlg_tell(d, CC_SIP_REANSWER, status, phrase, sdp);
	free(sdp);
}

/* A refresh is never sent while an offer is open, so it is answered first. */
void cc_on_update_response(struct dlg *d, int status, const char *phrase,
			   const sip_t *m)
{
	if (d->state == DLG_OVER || status < 200)
		return;
	if (!d->updating) {
		on_reoffer_response(d, status, phrase, m);
		return;
	}
	if (cc_sip_challenged(d->sip, d->trunk, d->nh, status, m))
		return;
	d->updating = false;
	if (status >= 300) {
		cc_refresh_refused(d, status, m);
	} else if (m && cc_spoilt_target(m)) {
		atomic_fetch_add(&d->sip->bad_contact, 1);
		cc_dlg_abort(d, 502, "Bad Contact");
	} else if (m) {
		cc_refresh_agreed(d, m);
	}
}

/* ---- calls ---- */

static struct trunk *ready(struct trunk *t)
{
	return t && cc_sip_ready(t) ? t : NULL;
}

static struct trunk *choose(const struct dlg *d, uint32_t want)
{
	struct cc_sip *sip = d->sip;
	struct cc_trunk_view v[CC_TRUNKS] = { { .id = 0 } };
	size_t at;

	for (size_t i = 0; i < sip->trunk_count; i++) {
		const struct trunk *t = sip->trunks[i];

		v[i] = (struct cc_trunk_view){ .id = t->conf.id,
					       .line = t->health.line,
					       .registers = t->conf.registers,
					       .registered = t->registered,
					       .ready = cc_sip_ready(t) };
		for (size_t k = 0; k < d->tried_count; k++)
			v[i].tried |= d->tried[k] == t->conf.id;
	}
	at = cc_trunk_choose(v, sip->trunk_count, want);
	return at < sip->trunk_count ? sip->trunks[at] : NULL;
}

static const struct cc_sip_way *way(const struct dlg *d, uint32_t trunk)
{
	for (size_t i = 1; i < d->way_count; i++)
		if (d->ways[i].trunk == trunk)
			return &d->ways[i];
	return &d->ways[0];
}

/* was: the answer to the attempt that this one repeats (RFC 4028 7.3: Call-ID,
 * From and To stay, CSeq goes on), or NULL */
static void dial(struct dlg *d, struct trunk *t, const sip_t *was)
{
	char url[CC_TRUNK_HOST + 80];
	char to[sizeof(url) + 2];
	char own[CC_TRUNK_HOST + 160];
	const struct cc_sip_way *w = way(d, t->conf.id);
	const char *from = w->from[0] ? w->from : t->conf.presented;

	/* the numbers were checked in cc_sip_invite and cc_trunk_conf_ok */
	cc_sip_target_url(t, w->number, url, sizeof(url));
	snprintf(to, sizeof(to), "<%s>", url);
	snprintf(own, sizeof(own), "<sip:%s@%s>%s%s",
		 from[0] ? from : "anonymous",
		 from[0] ? d->sip->addr : "anonymous.invalid",
		 was ? ";tag=" : "", was ? was->sip_from->a_tag : "");
	d->trunk = t->conf.id;
	d->peer = t->targets[t->current].addr;
	d->answering = false;
	d->last = false;
	if (!was)
		d->tried[d->tried_count++] = t->conf.id;
	d->nh = cc_sip_handle(t, d, to, own);
	if (!d->nh) {
		cc_dlg_ended(d, 500, "Out of memory");
		return;
	}
	cc_dlg_send_invite(d, d->sdp, was);
	/* silence for so long, not even 100: another line may do */
	cc_dlg_timer(d, d->sip->t1_ms * 8);
}

/* What is left of an attempt that was given up: SIP finishes it, nobody hears
 * of it. A late 200 is acknowledged and ended like one that crossed a CANCEL. */
static bool leave(struct dlg *d)
{
	struct cc_sip *sip = d->sip;
	struct dlg *ghost = cc_dlg_new(
	    sip, atomic_fetch_add(&sip->last_id, 1) + 1, d->nh, DLG_OVER);

	if (!ghost)
		return false;
	ghost->told = true;
	ghost->outbound = true;
	ghost->trunk = d->trunk;
	ghost->peer = d->peer;
	cc_dlg_timer(ghost, sip->t1_ms * 66);
	d->nh = NULL;
	return true;
}

/* @return false: there is no other line, nothing was done */
static bool dial_next(struct dlg *d, bool over)
{
	struct trunk *was = cc_sip_trunk_find(d->sip, d->trunk);
	struct trunk *t = d->only ? NULL : choose(d, 0);
	nua_handle_t *nh = d->nh;

	if (was)
		cc_sip_doubt(was);
	if (!t || d->sip->closing || d->tried_count == CC_TRUNKS || !leave(d))
		return false;
	if (!over)
		nua_cancel(nh, TAG_END());
	dial(d, t, NULL);
	return true;
}

/* Not even a 100, which is due in 200 ms (RFC 3261 17.2.1). The last line has
 * as long as a T1 of 100 ms gives, whatever ours is: its caller listens. */
static void on_silence(struct dlg *d)
{
	const unsigned waited = d->sip->t1_ms * 8;

	if (dial_next(d, false))
		return;
	if (!d->last && waited < SILENCE_MS) {
		d->last = true;
		cc_dlg_timer(d, SILENCE_MS - waited);
		return;
	}
	nua_cancel(d->nh, TAG_END());
	cc_dlg_ended(d, 408, "No answer");
}

void cc_dlg_on_timer(struct cc_sip *sip, su_timer_t *timer, struct dlg *d)
{
	(void)sip;
	(void)timer;
	if (d->state == DLG_OVER)
		cc_dlg_free(d);
	else if (d->state == DLG_CALLING && !d->answering)
		on_silence(d);
	else if (d->refreshing && d->state == DLG_UP)
		cc_dlg_expire(d);
	else if (d->ours && d->state == DLG_UP)
		cc_dlg_send_reoffer(d);
}

static bool dial_again(struct dlg *d, int status, const sip_t *m)
{
	struct trunk *t = cc_sip_trunk_find(d->sip, d->trunk);

	if (!t || !m || !m->sip_from || !m->sip_from->a_tag ||
	    d->sip->closing || !cc_refresh_raise(d, status, m) || !leave(d))
		return false;
	dial(d, t, m);
	return true;
}

static void on_refusal(struct dlg *d, int status, const char *phrase,
		       const sip_t *m)
{
	if (dial_again(d, status, m))
		return;
	if (status == 904) {
		status = d->challenged;
		phrase = "Wrong user name or password";
	}
	if (cc_trunk_failed(status > 699 ? 503 : status,
			    !nta_sip_is_internal(m), d->heard) &&
	    dial_next(d, true))
		return;
	cc_dlg_ended(d, status, phrase);
}

void cc_on_invite_response(struct dlg *d, int status, const char *phrase,
			   const sip_t *m)
{
	char *sdp = NULL;

	if (d->state == DLG_OVER) {
		if (status >= 200 && status < 300) {
			ack(d, m); /* it crossed our CANCEL or BYE */
			nua_bye(d->nh, TAG_END());
		} else {
			/* nobody wants the call any more */
			cc_sip_challenged(d->sip, 0, d->nh, status, m);
		}
		return;
	}
	if (d->state != DLG_CALLING) {
		on_reoffer_response(d, status, phrase, m);
		return;
	}
	if (m) {
		cc_read_call_id(d, m);
		d->answering = true;
	}
	if (cc_sip_challenged(d->sip, d->trunk, d->nh, status, m)) {
		d->challenged = status;
		return;
	}
	if (status >= 300) {
		on_refusal(d, status, phrase, m);
		return;
	}
	if (status <= 100 || !m)
		return;
	d->heard = true;
	if (status >= 200)
		ack(d, m);
	if (status >= 200 && !cc_good_target(m)) {
		atomic_fetch_add(&d->sip->bad_contact, 1);
		cc_dlg_abort(d, 502, "Bad Contact");
		return;
	}
	cc_read_sdp(d->sip, m, &sdp);
	if (status >= 200) {
		d->state = DLG_UP;
		cc_refresh_agreed(d, m);
	}
	cc_dlg_tell(d, status >= 200 ? CC_SIP_ANSWERED : CC_SIP_PROGRESS,
		    status, phrase, sdp);
	free(sdp);
}

void cc_sip_do_invite(struct cc_sip *sip, const struct call_order *o)
{
	struct dlg *d = cc_dlg_new(sip, o->id, NULL, DLG_CALLING);
	struct trunk *t;

	if (!d) {
		struct dlg lost = { .sip = sip,
				    .id = o->id,
				    .state = DLG_OVER };

		cc_dlg_ended(&lost, 500, "Out of memory");
		return;
	}
	d->outbound = true;
	d->ways = calloc(o->way_count, sizeof(*d->ways));
	if (d->ways)
		memcpy(d->ways, o->ways, o->way_count * sizeof(*d->ways));
	d->way_count = o->way_count;
	cc_dlg_keep_sdp(d, o->sdp);
	d->only = (o->trunk & CC_SIP_ONLY) != 0;
	t = cc_sip_trunk_find(sip, o->trunk & ~CC_SIP_ONLY);
	d->trunk = t ? t->conf.id : 0; /* also of a line that cannot be used */
	t = sip->closing || !d->sdp || !d->ways ? NULL
	    : d->only                           ? ready(t)
						: choose(d, o->trunk);
	if (!t) {
		cc_dlg_ended(d, 503, sip->closing ? "Closing" : "No line");
		cc_dlg_free(d);
		return;
	}
	dial(d, t, NULL);
}
