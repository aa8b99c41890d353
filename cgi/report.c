#include "cgi/report.h"

#include <string.h>

#include "cgi/util.h"

static const char *const state_names[REPORT_STATES] = {
	[RS_NEW] = "new",
	[RS_GREETING] = "greeting",
	[RS_QUEUE] = "queue",
	[RS_RING] = "ring",
	[RS_DIAL] = "dial",
	[RS_TALK] = "talk",
	[RS_HOLD] = "hold",
	[RS_TRANSFER] = "transfer",
	[RS_CONFERENCE] = "conference",
	[RS_RECONNECT] = "reconnect",
	[RS_VOICEMAIL] = "voicemail",
	[RS_GOODBYE] = "goodbye",
	[RS_OTHER] = "other",
};

enum report_state report_state_of(const char *name)
{
	enum report_state s = 0;

	while (s < RS_OTHER && strcmp(state_names[s], name) != 0)
		s++;
	return s;
}

const char *report_state_name(enum report_state s)
{
	return state_names[s];
}

enum report_work report_work_of(const char *state)
{
	static const struct {
		const char *state;
		enum report_work work;
	} works[] = {
		{ "INACTIVE", RW_INACTIVE }, { "FREE", RW_READY },
		{ "RINGING", RW_READY },     { "TALKING", RW_TALK },
		{ "WRAPUP", RW_WRAPUP },     { "BREAK", RW_BREAK },
	};

	for (size_t i = 0; i < LEN(works); i++)
		if (!strcmp(works[i].state, state))
			return works[i].work;
	return RW_AWAY;
}

/* ---- calls -------------------------------------------------------------- */

/* Each call is exactly one of: lost in the greeting, answered, abandoned,
 * ended by us, still waiting. */
static void in_queue(struct report *r, const struct report_call *c)
{
	/* answered without a queue: he did not wait */
	int64_t queued = c->queued ? c->queued : c->answered;
	int64_t until = c->answered ? c->answered : c->ended;
	int64_t wait = until > queued ? until - queued : 0;

	r->inbound++;
	if (!queued) {
		r->greeting++;
		r->greeting_short +=
		    c->ended && c->ended - c->started < REPORT_SHORT_MS;
		return;
	}
	r->offered++;
	if (c->answered) {
		r->answered++;
		r->wait_ms += wait;
		r->within += wait <= r->sl_ms;
	} else if (!c->ended) {
		r->waiting++;
	} else if (c->left) {
		r->abandoned++;
		r->abandoned_short += wait < REPORT_SHORT_MS;
		r->abandoned_within += wait <= r->sl_ms;
	} else {
		r->dropped++;
	}
}

void report_call(struct report *r, const struct report_call *c)
{
	if (c->ours)
		in_queue(r, c);
	if (c->ours || c->handled) {
		for (size_t s = 0; s < REPORT_STATES; s++)
			r->spent[s] += c->spent[s];
		if (c->ended) {
			r->ended++;
			r->ended_ms += c->ended - c->started;
		}
	}
	if (!c->handled)
		return;
	r->handled++;
	r->talk_ms += c->spent[RS_TALK] + c->spent[RS_CONFERENCE];
	r->hold_ms += c->spent[RS_HOLD] + c->spent[RS_TRANSFER];
	r->transferred += c->transferred;
	r->non_target += c->non_target && !c->registered;
	r->registered += c->registered;
}

/* ---- operators ---------------------------------------------------------- */

static int64_t within(int64_t a, int64_t b, int64_t from, int64_t to)
{
	if (a < from)
		a = from;
	if (b > to)
		b = to;
	return b > a ? b - a : 0;
}

/* Whether the last call he had got by then is handled; *at walks on. */
static bool of_handled(const struct report_part *parts, size_t m, size_t *at,
		       const struct report_change *c)
{
	const struct report_part *last = NULL;

	while (*at < m &&
	       (parts[*at].user < c->user ||
		(parts[*at].user == c->user && parts[*at].at <= c->at)))
		(*at)++;
	if (*at)
		last = &parts[*at - 1];
	return last && last->user == c->user && last->handled;
}

void report_work(struct report *r, const struct report_change *changes,
		 size_t n, const struct report_part *parts, size_t m,
		 int64_t from, int64_t to)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const struct report_change *c = &changes[i];
		bool last = i + 1 == n || changes[i + 1].user != c->user;
		int64_t until = last ? to : changes[i + 1].at;

		r->work_ms[c->to] += within(c->at, until, from, to);
		if (c->to == RW_WRAPUP && of_handled(parts, m, &at, c) &&
		    until > c->at)
			r->acw_ms += until - c->at;
	}
}

/* ---- appeals ------------------------------------------------------------ */

void report_closed(struct report *r, const struct report_closed *a)
{
	bool again =
	    a->repeated && a->repeated - a->registered <= REPORT_FCR_MS;

	r->closed++;
	r->first += !again && !a->forwarded;
	r->in_term += a->in_term;
}

void report_deferred(struct report *r, const struct report_deferred *a,
		     int64_t now)
{
	if (!a->called && now <= a->due)
		return;
	r->deferred++;
	r->deferred_in_time += a->called && a->called <= a->due;
}

/* ---- figures ------------------------------------------------------------ */

static const struct line {
	const char *name;
	enum report_unit unit;
	enum report_group group;
} lines[REPORT_FIGURES] = {
	[RF_INBOUND] = { "Inbound", RU_COUNT, RG_QUEUE },
	[RF_GREETING] = { "Greeting", RU_COUNT, RG_QUEUE },
	[RF_GREETING_SHORT] = { "GreetingShort", RU_COUNT, RG_QUEUE },
	[RF_OFFERED] = { "Offered", RU_COUNT, RG_QUEUE },
	[RF_ANSWERED] = { "Answered", RU_COUNT, RG_QUEUE },
	[RF_ABANDONED] = { "Abandoned", RU_COUNT, RG_QUEUE },
	[RF_ABANDONED_SHORT] = { "AbandonedShort", RU_COUNT, RG_QUEUE },
	[RF_DROPPED] = { "Dropped", RU_COUNT, RG_QUEUE },
	[RF_WAITING] = { "Waiting", RU_COUNT, RG_QUEUE },
	[RF_ABANDON_RATE] = { "AbandonRate", RU_SHARE, RG_QUEUE },
	[RF_SL] = { "Sl", RU_SHARE, RG_QUEUE },
	[RF_SL_ANSWERED] = { "SlAnswered", RU_SHARE, RG_QUEUE },
	[RF_SL_ABANDONED] = { "SlAbandoned", RU_SHARE, RG_QUEUE },
	[RF_ASA] = { "Asa", RU_MEAN, RG_QUEUE },
	[RF_HANDLED] = { "Handled", RU_COUNT, RG_CALLS },
	[RF_AHT] = { "Aht", RU_MEAN, RG_CALLS },
	[RF_ACW] = { "Acw", RU_TIME, RG_CALLS },
	[RF_TRANSFER_RATE] = { "TransferRate", RU_SHARE, RG_CALLS },
	[RF_REGISTRATION] = { "Registration", RU_SHARE, RG_CALLS },
	[RF_OCCUPANCY] = { "Occupancy", RU_PERIODS, RG_WORK },
	[RF_UTILISATION] = { "Utilisation", RU_PERIODS, RG_WORK },
	[RF_CALLS_PER_HOUR] = { "CallsPerHour", RU_PER_HOUR, RG_WORK },
	[RF_ADHERENCE] = { "Adherence", RU_PERIODS, RG_WORK },
	[RF_SHRINKAGE] = { "Shrinkage", RU_PERIODS, RG_WORK },
	[RF_FCR] = { "Fcr", RU_SHARE, RG_APPEALS },
	[RF_DEFERRED] = { "Deferred", RU_SHARE, RG_APPEALS },
	[RF_IN_TERM] = { "InTerm", RU_SHARE, RG_APPEALS },
};

struct ratio {
	int64_t num, den;
};

static struct ratio calls(const struct report *r, enum report_id id)
{
	int64_t handling = r->talk_ms + r->hold_ms + r->acw_ms;

	switch (id) {
	case RF_INBOUND:
		return (struct ratio){ r->inbound, 1 };
	case RF_GREETING:
		return (struct ratio){ r->greeting, 1 };
	case RF_GREETING_SHORT:
		return (struct ratio){ r->greeting_short, 1 };
	case RF_OFFERED:
		return (struct ratio){ r->offered, 1 };
	case RF_ANSWERED:
		return (struct ratio){ r->answered, 1 };
	case RF_ABANDONED:
		return (struct ratio){ r->abandoned, 1 };
	case RF_ABANDONED_SHORT:
		return (struct ratio){ r->abandoned_short, 1 };
	case RF_DROPPED:
		return (struct ratio){ r->dropped, 1 };
	case RF_WAITING:
		return (struct ratio){ r->waiting, 1 };
	case RF_ABANDON_RATE:
		return (struct ratio){ r->abandoned, r->offered };
	case RF_SL:
		return (struct ratio){ r->within,
				       r->offered - r->abandoned_short };
	case RF_SL_ANSWERED:
		return (struct ratio){ r->within, r->answered };
	case RF_SL_ABANDONED:
		return (struct ratio){ r->within + r->abandoned_within,
				       r->answered + r->abandoned };
	case RF_ASA:
		return (struct ratio){ r->wait_ms, r->answered };
	case RF_HANDLED:
		return (struct ratio){ r->handled, 1 };
	case RF_AHT:
		return (struct ratio){ handling, r->handled };
	case RF_ACW:
		return (struct ratio){ r->acw_ms, 1 };
	case RF_TRANSFER_RATE:
		return (struct ratio){ r->transferred, r->handled };
	default: /* RF_REGISTRATION */
		return (struct ratio){ r->registered,
				       r->handled - r->non_target };
	}
}

static struct ratio others(const struct report *r, enum report_id id)
{
	const int64_t *w = r->work_ms;
	int64_t busy = w[RW_TALK] + w[RW_WRAPUP];
	int64_t there = busy + w[RW_READY];
	int64_t paid = there + w[RW_BREAK] + w[RW_AWAY];

	switch (id) {
	case RF_OCCUPANCY:
		return (struct ratio){ busy, there };
	case RF_UTILISATION:
		return (struct ratio){ there, paid };
	case RF_CALLS_PER_HOUR:
		return (struct ratio){ r->handled, paid - w[RW_BREAK] };
	case RF_SHRINKAGE:
		return (struct ratio){ paid - there, paid };
	case RF_FCR:
		return (struct ratio){ r->first, r->closed };
	case RF_DEFERRED:
		return (struct ratio){ r->deferred_in_time, r->deferred };
	case RF_IN_TERM:
		return (struct ratio){ r->in_term, r->closed };
	default: /* RF_ADHERENCE: no schedule is kept */
		return (struct ratio){ 0, 0 };
	}
}

void report_figure(const struct report *r, enum report_id id,
		   struct report_figure *out)
{
	const struct line *l = &lines[id];
	struct ratio v = id <= RF_REGISTRATION ? calls(r, id) : others(r, id);
	const bool refused[] = {
		[RG_QUEUE] = r->no_queue,
		[RG_CALLS] = false,
		[RG_WORK] = r->no_work,
		[RG_APPEALS] = r->no_appeals,
	};

	out->name = l->name;
	out->unit = l->unit;
	out->num = v.num;
	out->den = v.den;
	out->group = l->group;
	out->refused = refused[l->group];
	out->known = v.den > 0 && !out->refused;
}
