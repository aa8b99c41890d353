/* engine_trunk.c - what the lines last said, for the pages and the journal. */
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
