/* engine_trunk.c - what the lines last said, for the pages and the journal. */
#include <stdio.h>
#include <string.h>

#include "janus-plugin/engine_int.h"
#include "janus-plugin/sip.h"

static struct cc_line_said *line_of(struct cc_engine *e, uint32_t id)
{
	for (size_t i = 0; i < e->line_count; i++)
		if (e->lines[i].id == id)
			return &e->lines[i];
	return NULL;
}

/* One is up: up; all are down: down. */
static void count(struct cc_engine *e)
{
	e->trunk = -1;
	for (size_t i = 0; i < e->line_count; i++)
		if (e->lines[i].up > e->trunk)
			e->trunk = e->lines[i].up;
}

void cc_trunk_said(struct cc_engine *e, const struct cc_sip_event *ev)
{
	struct cc_line_said *l = line_of(e, ev->trunk);
	const bool up = ev->status == 200;

	if (!l) {
		if (e->line_count == CC_LEN(e->lines))
			return;
		l = &e->lines[e->line_count++];
		*l = (struct cc_line_said){ .id = ev->trunk, .up = -1 };
	}
	if (l->up != up)
		l->since = e->epoch;
	l->up = up;
	l->asked = e->epoch;
	l->status = ev->status;
	cc_copy(l->reason, sizeof(l->reason), ev->reason);
	count(e);
	e->status_due = e->now; /* somebody may be waiting for it */
	cc_shift_trunk(e, ev->trunk, up);
}

static const char *cert_words(const char *reason)
{
	static const struct {
		const char *reason, *words;
	} known[] = {
		{ "No certificate of our own", "файла нет" },
		{ "No certificates of CAs", "нет сертификатов центров" },
		{ "Our own certificate is of no use", "файл непригоден" },
		{ "Certificates of CAs are of no use",
		  "сертификаты центров непригодны" },
		{ "Key of another certificate", "ключ от другого сертификата" },
		{ "Our own certificate has expired", "просрочен" },
		{ "Our own certificate is not yet valid", "ещё не действует" },
		{ "Our own certificate is of another name", "на другое имя" },
	};

	for (size_t i = 0; i < CC_LEN(known); i++)
		if (!strcmp(known[i].reason, reason))
			return known[i].words;
	return reason;
}

void cc_cert_said(struct cc_engine *e, const struct cc_sip_event *ev)
{
	if (e->cert_alert[0])
		cc_alert_over(e, "CERTIFICATE", "", e->cert_alert);
	e->cert_alert[0] = '\0';
	e->cert_status = ev->status;
	cc_copy(e->cert_reason, sizeof(e->cert_reason), ev->reason);
	if (!ev->status || ev->status == 200)
		return;
	snprintf(e->cert_alert, sizeof(e->cert_alert),
		 ev->status == 409 ? "новый не принят: %s; действует прежний"
				   : "действующий: %s",
		 cert_words(ev->reason));
	cc_alert(e, "CERTIFICATE", NULL, NULL, e->cert_alert);
}

json_t *cc_cert_json(const struct cc_engine *e)
{
	return json_pack("{s:i, s:s}", "status", e->cert_status, "reason",
			 e->cert_reason);
}

const char *cc_trunk_reason(struct cc_engine *e, uint32_t id)
{
	const struct cc_line_said *l = line_of(e, id);

	return l ? l->reason : "";
}

/* Lines that left the directory are forgotten; a state may have come before
 * its line was in it. */
void cc_trunk_directory(struct cc_engine *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->line_count; i++) {
		const struct cc_line_said l = e->lines[i];
		bool known = false;

		for (size_t k = 0; k < e->shift.trunk_count; k++) {
			if (e->shift.trunks[k].id != l.id)
				continue;
			known = true;
			if (e->shift.trunks[k].state < 0)
				cc_shift_trunk(e, l.id, l.up > 0);
		}
		if (known)
			e->lines[n++] = l;
	}
	e->line_count = n;
	count(e);
}

static int calls_of(const struct cc_engine *e, uint32_t id)
{
	const struct cc_call *c;
	int n = 0;

	TAILQ_FOREACH(c, &e->calls, link)
		n += c->trunk == id && c->state != CALL_ENDED;
	return n;
}

json_t *cc_trunks_json(struct cc_engine *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->shift.trunk_count; i++) {
		const struct cc_shift_trunk *t = &e->shift.trunks[i];
		const struct cc_line_said *l = line_of(e, t->id);

		json_array_append_new(
		    list,
		    json_pack("{s:i, s:s, s:s, s:I, s:I, s:i, s:s, s:i}", "id",
			      (int)t->id, "name", t->name, "state",
			      !l || l->up < 0 ? "unknown"
			      : l->up         ? "up"
					      : "down",
			      "since", (json_int_t)(l ? l->since : 0), "asked",
			      (json_int_t)(l ? l->asked : 0), "status",
			      l ? l->status : 0, "reason", l ? l->reason : "",
			      "calls", calls_of(e, t->id)));
	}
	return list;
}

json_t *cc_sip_json(struct cc_engine *e)
{
	struct cc_sip_stats st = { .invites = 0 };

	e->p.sip_stats(e->p.arg, &st);
	return json_pack(
	    "{s:I, s:I, s:I, s:I}", "invites", (json_int_t)st.invites,
	    "foreign", (json_int_t)st.foreign, "bad_contact",
	    (json_int_t)st.bad_contact, "malformed", (json_int_t)st.malformed);
}
