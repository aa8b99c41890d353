/*
 * Dialogs: what the peer asks and answers, and what the engine orders. No
 * locks: one thread.
 */
#include "janus-plugin/sip_int.h"

#include "janus-plugin/util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ACCEPT CC_SDP_TYPE ", application/dtmf-relay, application/dtmf"

enum {
	SDP_MAX = 65536,
	IDENTITY_MAX = 4096,
};

/* ---- dialogs ---- */

struct dlg *cc_sip_find(struct cc_sip *sip, uint64_t id)
{
	struct dlg *d = sip->slots[id % SLOTS];

	while (d && d->id != id)
		d = d->next;
	return d;
}

/* Owns nh from here on. */
struct dlg *cc_dlg_new(struct cc_sip *sip, uint64_t id, nua_handle_t *nh,
		       enum dlg_state state)
{
	struct dlg *d = calloc(1, sizeof(*d));
	struct dlg **slot = &sip->slots[id % SLOTS];

	if (!d)
		return NULL;
	d->sip = sip;
	d->id = id;
	d->nh = nh;
	d->state = state;
	d->session = sip->session;
	d->session.caller = !nh;
	d->next = *slot;
	*slot = d;
	if (nh)
		nua_handle_bind(nh, d);
	atomic_fetch_add(&sip->dialogs, 1);
	return d;
}

static void emit(struct dlg *d, struct cc_sip_event *ev)
{
	if (d->told)
		return;
	if (ev->kind == CC_SIP_ENDED)
		d->told = true;
	ev->dialog = d->id;
	ev->trunk = d->trunk;
	ev->from = d->from;
	ev->to = d->to;
	ev->call_id = d->call_id;
	ev->identity = d->identity ? d->identity : "";
	if (!ev->reason)
		ev->reason = "";
	d->sip->handler(ev, d->sip->arg);
}

void cc_dlg_tell(struct dlg *d, enum cc_sip_kind kind, int status,
		 const char *phrase, const char *sdp)
{
	char reason[64];
	struct cc_sip_event ev = { .kind = kind, .status = status, .sdp = sdp };

	cc_sip_printable(reason, sizeof(reason), phrase);
	ev.reason = reason;
	emit(d, &ev);
}

static void drop_reoffers(struct dlg *d)
{
	if (d->theirs == BY_UPDATE)
		nua_destroy_event(d->update);
	d->theirs = NO_REOFFER;
	d->ours = NO_REOFFER;
	free(d->ours_sdp);
	d->ours_sdp = NULL;
	if (d->timer)
		su_timer_reset(d->timer);
	cc_refresh_stop(d);
}

bool cc_dlg_timer(struct dlg *d, unsigned ms)
{
	if (!d->timer && d->sip->root)
		d->timer = su_timer_create(su_root_task(d->sip->root), 0);
	return d->timer &&
	       !su_timer_set_interval(d->timer, cc_dlg_on_timer, d, (int)ms);
}

/* The engine's last word of this dialog; SIP may still have work with it. */
void cc_dlg_ended(struct dlg *d, int status, const char *phrase)
{
	enum dlg_state was = d->state;

	d->state = DLG_OVER;
	drop_reoffers(d);
	/*
	 * sofia ends every transaction by itself but an INVITE that was
	 * cancelled after a provisional response (RFC 3261 9.1: give up after
	 * 64 × T1). The longest of the others is an ACK that does not come
	 * and then a BYE that nobody answers.
	 */
	if (was != DLG_OVER)
		cc_dlg_timer(d,
			     (was == DLG_CALLING ? 66 : 140) * d->sip->t1_ms);
	/* sofia's own errors are numbered from 900 */
	cc_dlg_tell(d, CC_SIP_ENDED,
		    status < 200 || status > 699 ? 500 : status, phrase, NULL);
}

void cc_dlg_free(struct dlg *d)
{
	struct dlg **at = &d->sip->slots[d->id % SLOTS];

	while (*at != d)
		at = &(*at)->next;
	*at = d->next;

	drop_reoffers(d);
	if (d->timer)
		su_timer_destroy(d->timer);
	if (d->session_timer)
		su_timer_destroy(d->session_timer);
	if (d->nh) {
		nua_handle_bind(d->nh, NULL);
		nua_handle_destroy(d->nh);
	}
	atomic_fetch_sub(&d->sip->dialogs, 1);
	free(d->identity);
	free(d->sdp);
	free(d->ways);
	free(d);
}

/* ---- what is in a message ---- */

/* By the packet's real source: Via is only text. A dialog goes on with the
 * address it has, also after its line was taken out of the list. */
static bool from_peer(struct cc_sip *sip, const struct dlg *d, const sip_t *m)
{
	struct in_addr addr;
	uint16_t port;
	bool line;

	if (cc_sip_trunk_of(sip, m, &line))
		return true;
	return d && cc_sip_source(sip, &addr, &port) &&
	       addr.s_addr == d->peer.s_addr;
}

static bool good_url(const url_t *u)
{
	return (u->url_type == url_sip || u->url_type == url_sips) &&
	       u->url_host && u->url_host[0];
}

/*
 * Can a request be sent to where this message sends us? The packaged
 * sofia-sip recurses to death when a BYE of its own cannot be sent (Contact
 * "*", tel:, unknown schemes; no ACK for our 2xx), so nothing is answered
 * with 2xx before this has passed.
 */
bool cc_good_target(const sip_t *m)
{
	return m->sip_contact && !cc_spoilt_target(m);
}

bool cc_spoilt_target(const sip_t *m)
{
	const sip_contact_t *c = m->sip_contact;
	const sip_record_route_t *r;

	if (c && (c->m_next || !good_url(c->m_url)))
		return true;
	for (r = m->sip_record_route; r; r = r->r_next)
		if (!good_url(r->r_url))
			return true;
	return false;
}

/**
 * @param out  The SDP, to be freed, or NULL when there is no body
 * @return 0, or the SIP status to refuse the message with
 */
int cc_read_sdp(struct cc_sip *sip, const sip_t *m, char **out)
{
	const sip_payload_t *pl = m->sip_payload;
	const sip_content_type_t *ct = m->sip_content_type;

	*out = NULL;
	if (!pl || !pl->pl_len)
		return 0;
	if (!ct || !ct->c_type || strcasecmp(ct->c_type, CC_SDP_TYPE) ||
	    (m->sip_content_encoding && m->sip_content_encoding->k_items))
		return 415;
	if (pl->pl_len > SDP_MAX)
		return 413;
	if (memchr(pl->pl_data, '\0', pl->pl_len)) {
		atomic_fetch_add(&sip->malformed, 1);
		return 400;
	}
	*out = strndup(pl->pl_data, pl->pl_len);
	return *out ? 0 : 500;
}

/* tel: has its number in the host part, sip: in the user part. */
static const char *url_number(const url_t *u)
{
	return u->url_type == url_tel ? u->url_host : u->url_user;
}

/* sofia does not know these two, which is all the better: they are text. */
static char *read_identity(const sip_t *m)
{
	char *text = calloc(1, IDENTITY_MAX);
	size_t n = 0;

	if (!text)
		return NULL;
	for (const sip_unknown_t *u = m->sip_unknown; u; u = u->un_next) {
		if (!u->un_name || !u->un_value)
			continue;
		if (strcasecmp(u->un_name, "P-Asserted-Identity") &&
		    strcasecmp(u->un_name, "Identity"))
			continue;
		if (n + strlen(u->un_name) + 4 >= IDENTITY_MAX)
			break;
		n += (size_t)sprintf(text + n, "%s%s: ", n ? "\n" : "",
				     u->un_name);
		cc_sip_printable(text + n, IDENTITY_MAX - n, u->un_value);
		n += strlen(text + n);
	}
	return text;
}

/* ---- ending a dialog ---- */

/* status: what a caller who still waits gets */
static void end_dialog(struct dlg *d, int status, const char *phrase)
{
	switch (d->state) {
	case DLG_RINGING:
		nua_respond(d->nh, status, sip_status_phrase(status),
			    TAG_END());
		cc_dlg_ended(d, status, phrase);
		break;
	case DLG_SENT_OK:
		d->bye_on_ack = true;
		cc_dlg_ended(d, 200, phrase);
		break;
	case DLG_CALLING:
		nua_cancel(d->nh, TAG_END());
		cc_dlg_ended(d, 487, phrase);
		break;
	case DLG_UP:
		nua_bye(d->nh, TAG_END());
		cc_dlg_ended(d, 200, phrase);
		break;
	case DLG_OVER:
		break;
	}
}

/* Nobody has kept the session (RFC 4028 10). */
void cc_dlg_expire(struct dlg *d)
{
	static const char phrase[] = "Session expired";

	if (d->state == DLG_UP) {
		nua_bye(
		    d->nh,
		    SIPTAG_REASON_STR("SIP;cause=408;text=\"Session expired\""),
		    TAG_END());
		cc_dlg_ended(d, 408, phrase);
	} else {
		end_dialog(d, 480, phrase);
	}
}

/* BYE at once, whatever is still under way, and the reason to the engine. */
void cc_dlg_abort(struct dlg *d, int status, const char *phrase)
{
	nua_bye(d->nh, TAG_END());
	cc_dlg_ended(d, status, phrase);
}

/* ---- requests of the peer ---- */

void cc_read_call_id(struct dlg *d, const sip_t *m)
{
	if (m->sip_call_id)
		cc_sip_printable(d->call_id, sizeof(d->call_id),
				 m->sip_call_id->i_id);
}

static void refuse(const struct cc_sip *sip, nua_handle_t *nh, int status)
{
	char head[CC_ST_TEXT];

	cc_refusal_head(sip, status, head);
	nua_respond(nh, status, sip_status_phrase(status),
		    TAG_IF(head[0], SIPTAG_HEADER_STR(head)), TAG_END());
}

static void refuse_new(const struct cc_sip *sip, nua_handle_t *nh, int status)
{
	refuse(sip, nh, status);
	nua_handle_destroy(nh);
}

/*
 * The number that was called. A call to the Contact we registered has our
 * account there, so it stands in To; where that is the account too, it is the
 * line's own number.
 */
static void read_called(struct dlg *d, const struct trunk *t, const sip_t *m,
			bool line)
{
	const url_t *rq = m->sip_request->rq_url;

	if (!line && t->conf.registers && rq->url_user &&
	    !strcmp(rq->url_user, t->conf.user))
		line = true;
	if (!line || !m->sip_to) {
		cc_sip_user_read(d->to, sizeof(d->to), url_number(rq));
		return;
	}
	cc_sip_user_read(d->to, sizeof(d->to), url_number(m->sip_to->a_url));
	if (t->conf.presented[0] && !strcmp(d->to, t->conf.user))
		cc_copy(d->to, sizeof(d->to), t->conf.presented);
}

static void on_invite(struct cc_sip *sip, nua_handle_t *nh, const sip_t *m)
{
	struct trunk *t;
	struct dlg *d;
	char *sdp;
	uint16_t port;
	int status;
	bool line;

	t = cc_sip_trunk_of(sip, m, &line);
	if (!t) {
		atomic_fetch_add(&sip->foreign, 1);
		refuse_new(sip, nh, 403);
		return;
	}
	atomic_fetch_add(&sip->invites, 1);
	if (!cc_good_target(m)) {
		atomic_fetch_add(&sip->bad_contact, 1);
		refuse_new(sip, nh, 400);
		return;
	}
	status = sip->closing ? 503 : cc_refresh_check(sip, m);
	if (!status)
		status = cc_read_sdp(sip, m, &sdp);
	if (status) {
		refuse_new(sip, nh, status);
		return;
	}
	d = cc_dlg_new(sip, atomic_fetch_add(&sip->last_id, 1) + 1, nh,
		       DLG_RINGING);
	if (!d) {
		refuse_new(sip, nh, 500);
		free(sdp);
		return;
	}
	if (m->sip_from)
		cc_sip_user_read(d->from, sizeof(d->from),
				 url_number(m->sip_from->a_url));
	d->trunk = t->conf.id;
	cc_sip_source(sip, &d->peer, &port);
	read_called(d, t, m, line);
	cc_read_call_id(d, m);
	cc_sip_stay_on_tls(d, t);
	d->identity = read_identity(m);
	d->late = !sdp;
	cc_refresh_asked(d, m, &d->asked);
	cc_dlg_tell(d, CC_SIP_INVITE, 0, "", sdp);
	free(sdp);
}

/* asked: what it says of timers, for a 200 */
static void answer_update(struct dlg *d, nua_saved_event_t *saved, int status,
			  const struct cc_st_said *asked, const char *sdp)
{
	char head[CC_ST_TEXT];

	if (status == 200)
		cc_refresh_accept(d, asked, head);
	else
		cc_refusal_head(d->sip, status, head);
	nua_respond(d->nh, status, sip_status_phrase(status),
		    NUTAG_WITH_SAVED(saved),
		    TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR(CC_SDP_TYPE)),
		    TAG_IF(sdp, SIPTAG_PAYLOAD_STR(sdp)),
		    TAG_IF(head[0], SIPTAG_HEADER_STR(head)), TAG_END());
}

/*
 * A request that refreshes the target and is refused. sofia has taken the
 * Contact over before we see it; with nobody's ACK outstanding a BYE to it
 * fails in peace, but the BYE sofia sends itself when an ACK never comes does
 * not, so then the call ends here and now.
 */
static void spoilt_target(struct dlg *d, const sip_t *m)
{
	if (!m->sip_contact && !m->sip_record_route)
		return; /* nothing was taken over */
	d->bad_target = true;
	if (d->unacked || d->state == DLG_SENT_OK)
		cc_dlg_abort(d, 400, "Bad Contact");
}

/* re-INVITE and UPDATE. asked: what it says of timers; kept where it is taken.
 * @return the status to refuse it with, 0: taken */
static int take_reoffer(struct dlg *d, const sip_t *m, enum reoffer kind,
			struct cc_st_said *asked)
{
	struct cc_sip *sip = d->sip;
	char *sdp = NULL;
	int status = 0;

	if (!from_peer(sip, d, m)) {
		atomic_fetch_add(&sip->foreign, 1);
		return 403;
	}
	if (!cc_good_target(m)) {
		atomic_fetch_add(&sip->bad_contact, 1);
		return 400;
	}
	d->bad_target = false;
	/* what an early UPDATE says of it, the 2xx to the INVITE settles */
	if (d->state != DLG_RINGING && d->state != DLG_CALLING)
		status = cc_refresh_asked(d, m, asked);
	if (!status)
		status = cc_read_sdp(sip, m, &sdp);
	if (status)
		return status;
	if (kind == BY_UPDATE && !sdp)
		return 200; /* a refresh: nothing to negotiate */
	/* RFC 3311 5.2 and RFC 3261 14.2; sofia does it for INVITE alone */
	if (d->ours)
		status = 491;
	else if (d->theirs || d->state == DLG_RINGING || d->late)
		status = 500;
	else if (d->state == DLG_OVER)
		status = 481;
	if (!status) {
		d->theirs = kind;
		d->asked = *asked;
		if (kind == BY_UPDATE)
			nua_save_event(sip->now, d->update);
		else
			d->late = !sdp;
		cc_dlg_tell(d, CC_SIP_REOFFER, 0, "", sdp);
	}
	free(sdp);
	return status;
}

static void on_reinvite(struct dlg *d, const sip_t *m)
{
	struct cc_st_said asked = { 0 };
	int status = take_reoffer(d, m, BY_INVITE, &asked);

	if (!status)
		return;
	refuse(d->sip, d->nh, status);
	if (status == 400 || status == 403)
		spoilt_target(d, m);
}

static void on_update(struct dlg *d, const sip_t *m)
{
	nua_saved_event_t now[1];
	struct cc_st_said asked = { 0 };
	int status = take_reoffer(d, m, BY_UPDATE, &asked);

	if (!status || !nua_save_event(d->sip->now, now))
		return;
	answer_update(d, now, status, &asked, NULL);
	nua_destroy_event(now);
	if (status == 400 || status == 403)
		spoilt_target(d, m);
}

static void on_ack(struct dlg *d, const sip_t *m)
{
	bool first = d->state == DLG_SENT_OK;
	bool late = d->late;
	char *sdp = NULL;

	d->unacked = false;
	d->late = false;
	if (d->bye_on_ack) {
		d->bye_on_ack = false;
		nua_bye(d->nh, TAG_END());
		return;
	}
	if (first)
		d->state = DLG_UP;
	if (late && m && !cc_read_sdp(d->sip, m, &sdp) && sdp)
		cc_dlg_tell(d, CC_SIP_REANSWER, 200, "", sdp);
	else if (late && first) {
		cc_dlg_abort(d, 488, "No answer in the ACK");
		return;
	}
	free(sdp);
	if (first)
		cc_dlg_tell(d, CC_SIP_ANSWERED, 200, "", NULL);
}

static void on_info(struct cc_sip *sip, nua_handle_t *nh, struct dlg *d,
		    const sip_t *m)
{
	const sip_payload_t *pl = m->sip_payload;
	struct cc_sip_event ev = { .kind = CC_SIP_DTMF };
	const char *type;
	int digit = 0;

	if (pl && pl->pl_len) {
		type = m->sip_content_type ? m->sip_content_type->c_type : NULL;
		digit = cc_sip_info_digit(type, pl->pl_data, pl->pl_len);
	}
	nua_respond(nh, digit < 0 ? 415 : 200, NULL, NUTAG_WITH_THIS(sip->now),
		    TAG_END());
	if (digit <= 0 || (d->state != DLG_UP && d->state != DLG_SENT_OK))
		return;
	ev.digit = (char)digit;
	emit(d, &ev);
}

/* OPTIONS and INFO, inside a dialog or alone */
static void on_query(struct cc_sip *sip, nua_event_t event, nua_handle_t *nh,
		     struct dlg *d, const sip_t *m)
{
	if (!from_peer(sip, d, m)) {
		atomic_fetch_add(&sip->foreign, 1);
		nua_respond(nh, SIP_403_FORBIDDEN, NUTAG_WITH_THIS(sip->now),
			    TAG_END());
	} else if (event == nua_i_options) {
		nua_respond(nh, SIP_200_OK, NUTAG_WITH_THIS(sip->now),
			    SIPTAG_ALLOW_STR(CC_SIP_ALLOW),
			    SIPTAG_ACCEPT_STR(ACCEPT), TAG_END());
	} else if (d) {
		on_info(sip, nh, d, m);
	} else {
		nua_respond(nh, SIP_481_NO_TRANSACTION,
			    NUTAG_WITH_THIS(sip->now), TAG_END());
	}
	if (!d)
		nua_handle_destroy(nh);
}

/* ---- nua's callback ---- */

static void on_call_state(struct dlg *d, int status, const char *phrase,
			  tagi_t tags[])
{
	int state = -1;

	tl_gets(tags, NUTAG_CALLSTATE_REF(state), TAG_END());
	if (state != nua_callstate_terminated)
		return;
	cc_dlg_ended(d, status, phrase);
	cc_dlg_free(d);
}

static void on_dialog_event(nua_event_t event, int status, const char *phrase,
			    struct dlg *d, const sip_t *m, tagi_t tags[])
{
	switch (event) {
	case nua_i_invite:
		if (status < 200)
			on_reinvite(d, m);
		break;
	case nua_i_update:
		if (status < 200)
			on_update(d, m);
		break;
	case nua_i_ack:
		on_ack(d, m);
		break;
	case nua_i_cancel:
		cc_dlg_ended(d, 487, "Cancelled");
		break;
	case nua_i_bye:
		cc_dlg_ended(d, 200, "BYE");
		break;
	case nua_i_error:
		if (status == 408) {
			d->unacked = false;
			cc_dlg_ended(d, 408, phrase);
		}
		break;
	case nua_i_state:
		on_call_state(d, status, phrase, tags);
		break;
	case nua_r_invite:
		cc_on_invite_response(d, status, phrase, m);
		break;
	case nua_r_method:
		cc_on_update_response(d, status, phrase, m);
		break;
	case nua_r_bye:
	case nua_r_prack:
		cc_sip_challenged(d->sip, d->trunk, d->nh, status, m);
		break;
	default:
		break;
	}
}

void cc_sip_on_nua(nua_event_t event, int status, char const *phrase,
		   nua_t *nua, struct cc_sip *sip, nua_handle_t *nh,
		   struct dlg *d, sip_t const *m, tagi_t tags[])
{
	sip->now = nua;
	if (event == nua_r_shutdown) {
		sip->down += status >= 200;
		return;
	}
	if (cc_sip_trunk_event(sip, event, status, phrase, nh, m))
		return;
	if (event == nua_i_options || event == nua_i_info) {
		if (status < 200)
			on_query(sip, event, nh, d, m);
		return;
	}
	if (d)
		on_dialog_event(event, status, phrase, d, m, tags);
	else if (event == nua_i_invite && status < 200)
		on_invite(sip, nh, m);
}

/* ---- orders of the engine ---- */

void cc_sip_do_ring(struct dlg *d)
{
	if (d->state == DLG_RINGING)
		nua_respond(d->nh, SIP_180_RINGING, TAG_END());
}

static void accept_invite(struct dlg *d, const char *sdp)
{
	char head[CC_ST_TEXT];

	cc_refresh_accept(d, &d->asked, head);
	d->unacked = true;
	nua_respond(d->nh, SIP_200_OK, SIPTAG_CONTENT_TYPE_STR(CC_SDP_TYPE),
		    SIPTAG_PAYLOAD_STR(sdp), SIPTAG_HEADER_STR(head),
		    TAG_END());
}

void cc_dlg_keep_sdp(struct dlg *d, const char *sdp)
{
	char *copy = strdup(sdp);

	if (!copy)
		return;
	free(d->sdp);
	d->sdp = copy;
}

void cc_sip_do_answer(struct dlg *d, const char *sdp)
{
	enum reoffer theirs = d->theirs;

	cc_dlg_keep_sdp(d, sdp);

	d->theirs = NO_REOFFER;
	if (theirs == BY_UPDATE) {
		answer_update(d, d->update, 200, &d->asked, sdp);
		nua_destroy_event(d->update);
	} else if (theirs == BY_INVITE) {
		accept_invite(d, sdp);
	} else if (d->state == DLG_RINGING) {
		d->state = DLG_SENT_OK;
		accept_invite(d, sdp);
	}
}

void cc_sip_do_reject(struct dlg *d, int status)
{
	enum reoffer theirs = d->theirs;

	d->theirs = NO_REOFFER;
	/* many a refusal ends the dialog as well (RFC 5057 5.1): these do not */
	if (theirs && status != 491 && status != 500)
		status = 488;
	if (theirs == BY_UPDATE) {
		answer_update(d, d->update, status, &d->asked, NULL);
		nua_destroy_event(d->update);
	} else if (theirs == BY_INVITE) {
		d->late = false;
		nua_respond(d->nh, status, sip_status_phrase(status),
			    TAG_END());
	} else if (d->state == DLG_RINGING) {
		end_dialog(d, status, sip_status_phrase(status));
	}
}

void cc_sip_do_reoffer(struct dlg *d, char *sdp, bool update)
{
	/* a refusal that ends the call would make sofia send a BYE there */
	if (d->state != DLG_UP || d->bad_target || d->ours || d->theirs ||
	    !sdp) {
		free(sdp);
		cc_dlg_tell(d, CC_SIP_REANSWER, 491, "Another offer is open",
			    NULL);
		return;
	}
	d->ours = update ? BY_UPDATE : BY_INVITE;
	d->ours_sdp = sdp;
	cc_dlg_send_reoffer(d);
}

void cc_sip_do_hangup(struct dlg *d)
{
	end_dialog(d, 480, "Hung up");
}

void cc_sip_end_all(struct cc_sip *sip, bool now)
{
	struct dlg *d;
	struct dlg *next;

	for (size_t i = 0; i < SLOTS; i++) {
		for (d = sip->slots[i]; d; d = next) {
			next = d->next;
			end_dialog(d, 503, "Closing");
			if (now)
				cc_dlg_free(d);
		}
	}
}
