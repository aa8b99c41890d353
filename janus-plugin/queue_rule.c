#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "janus-plugin/agent.h"
#include "janus-plugin/queue_rule.h"
#include "janus-plugin/util.h"

static const char *const strategy_names[STRATEGIES] = {
	[STRATEGY_LONGEST_IDLE] = "longest_idle",
	[STRATEGY_ROUND_ROBIN] = "round_robin",
	[STRATEGY_FEWEST_CALLS] = "fewest_calls",
	[STRATEGY_FIXED_PRIORITY] = "fixed_priority",
	[STRATEGY_BY_ORGANIZATION] = "by_organization",
	[STRATEGY_SKILLS] = "skills",
	[STRATEGY_RING_ALL] = "ring_all",
};

static const char *const bar_names[CC_BARS] = {
	"invalid", "unavailable", "ringing", "in_use",
	"unknown", "wrapup",      "paused",  "penalty",
};

const char *cc_strategy_name(enum cc_strategy s)
{
	return strategy_names[s];
}

int cc_strategy_parse(enum cc_strategy *s, const char *name)
{
	for (size_t i = 0; i < STRATEGIES; i++) {
		if (strcmp(strategy_names[i], name))
			continue;
		*s = (enum cc_strategy)i;
		return 0;
	}
	return ENOENT;
}

const char *cc_bar_name(unsigned bit)
{
	return bar_names[bit];
}

unsigned cc_bars_parse(const char *names)
{
	unsigned bars = 0;

	while (*names) {
		size_t n = strcspn(names, ",");

		for (unsigned i = 0; i < CC_BARS; i++)
			if (strlen(bar_names[i]) == n &&
			    !memcmp(bar_names[i], names, n))
				bars |= 1u << i;
		names += n + (names[n] == ',');
	}
	return bars;
}

unsigned cc_bar_of(const struct cc_agent_facts *f, bool valid, bool mic)
{
	static const unsigned of[AGENT_STATES] = {
		[AGENT_INACTIVE] = BAR_UNAVAILABLE,
		[AGENT_RECONNECTING] = BAR_UNKNOWN,
		[AGENT_FREE] = 0,
		[AGENT_RINGING] = BAR_RINGING,
		[AGENT_TALKING] = BAR_IN_USE,
		[AGENT_WRAPUP] = BAR_WRAPUP,
		[AGENT_BREAK] = BAR_PAUSED,
	};
	enum cc_agent_state s = cc_agent_state(f);

	if (!valid)
		return BAR_INVALID;
	if (f->active && f->talking && s != AGENT_RINGING)
		return BAR_IN_USE;
	if (!mic && (!of[s] || of[s] > BAR_UNKNOWN))
		return BAR_UNKNOWN;
	return of[s];
}

uint32_t cc_need_now(const struct cc_choice *in)
{
	const struct cc_need *n = &in->need;
	int64_t less;

	if (in->rule != STRATEGY_SKILLS)
		return 0;
	if (n->least >= n->level)
		return n->level;
	if (in->returned)
		return n->least;
	if (n->relax_ms <= 0 || in->waited_ms < 0)
		return n->level;
	less = in->waited_ms / n->relax_ms;
	return less < n->level - n->least ? n->level - (uint32_t)less
					  : n->least;
}

int64_t cc_need_next(const struct cc_choice *in)
{
	const struct cc_need *n = &in->need;

	if (in->rule != STRATEGY_SKILLS || in->returned || n->relax_ms <= 0 ||
	    cc_need_now(in) <= n->least)
		return -1;
	if (in->waited_ms < 0)
		return n->relax_ms - in->waited_ms;
	return n->relax_ms - in->waited_ms % n->relax_ms;
}

static bool able(const struct cc_choice *in, const struct cc_candidate *c)
{
	return c->skill >= cc_need_now(in);
}

bool cc_eligible(const struct cc_choice *in, const struct cc_candidate *c)
{
	return !c->bars && !c->spared && able(in, c);
}

bool cc_rings(const struct cc_choice *in, const struct cc_candidate *c)
{
	return cc_eligible(in, c) && c->id != in->avoid;
}

bool cc_queue_empty(unsigned mask, const struct cc_choice *in,
		    const struct cc_candidate *c, size_t n)
{
	if (!mask)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned bars = c[i].bars;

		if (!bars && !able(in, &c[i]))
			bars = BAR_PENALTY;
		if (!(bars & mask))
			return false;
	}
	return true;
}

/* --- the rules ------------------------------------------------------- */

/* Is a (< 0) or b (> 0) the better choice? */
typedef int(compare)(const struct cc_choice *in, const struct cc_candidate *a,
		     const struct cc_candidate *b);

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_idle(const struct cc_choice *in, const struct cc_candidate *a,
		   const struct cc_candidate *b)
{
	(void)in;
	if (a->idle_ms != b->idle_ms)
		return a->idle_ms > b->idle_ms ? -1 : 1;
	if (a->seq != b->seq)
		return order(a->seq, b->seq);
	return order(a->id, b->id);
}

/* Steps from the last one offered, round the list. */
static uint64_t turn(const struct cc_choice *in, const struct cc_candidate *c)
{
	return c->place > in->last ? c->place - in->last
				   : (uint64_t)UINT32_MAX + c->place;
}

static int by_turn(const struct cc_choice *in, const struct cc_candidate *a,
		   const struct cc_candidate *b)
{
	return order(turn(in, a), turn(in, b));
}

static int by_calls(const struct cc_choice *in, const struct cc_candidate *a,
		    const struct cc_candidate *b)
{
	(void)in;
	return order(a->calls, b->calls);
}

static int by_level(const struct cc_choice *in, const struct cc_candidate *a,
		    const struct cc_candidate *b)
{
	(void)in;
	return a->level != b->level ? order(a->level, b->level)
				    : order(a->place, b->place);
}

static int by_org(const struct cc_choice *in, const struct cc_candidate *a,
		  const struct cc_candidate *b)
{
	return in->org ? order(a->org != in->org, b->org != in->org) : 0;
}

static int by_skill(const struct cc_choice *in, const struct cc_candidate *a,
		    const struct cc_candidate *b)
{
	(void)in;
	return order(b->skill, a->skill);
}

static const struct {
	compare *better; /* by_idle decides between equals */
	enum cc_reason reason;
} rules[STRATEGIES] = {
	[STRATEGY_LONGEST_IDLE] = { by_idle, REASON_IDLE },
	[STRATEGY_ROUND_ROBIN] = { by_turn, REASON_ROUND },
	[STRATEGY_FEWEST_CALLS] = { by_calls, REASON_FEWEST },
	[STRATEGY_FIXED_PRIORITY] = { by_level, REASON_FIXED },
	[STRATEGY_BY_ORGANIZATION] = { by_org, REASON_ORG },
	[STRATEGY_SKILLS] = { by_skill, REASON_SKILL },
	[STRATEGY_RING_ALL] = { by_idle, REASON_ALL },
};

static bool better(const struct cc_choice *in, const struct cc_candidate *a,
		   const struct cc_candidate *b)
{
	int d = rules[in->rule].better(in, a, b);

	return (d ? d : by_idle(in, a, b)) < 0;
}

static enum cc_reason reason_of(const struct cc_choice *in,
				const struct cc_candidate *c)
{
	if (in->rule == STRATEGY_BY_ORGANIZATION && !in->org)
		return REASON_ORG_UNKNOWN;
	if (in->rule == STRATEGY_BY_ORGANIZATION && c->org != in->org)
		return REASON_ORG_OTHER;
	if (in->rule == STRATEGY_SKILLS && cc_need_now(in) < in->need.level)
		return REASON_SKILL_RELAXED;
	return rules[in->rule].reason;
}

void cc_choose(struct cc_chosen *out, const struct cc_choice *in,
	       const struct cc_candidate *c, size_t n)
{
	int best = -1, again = -1, known = -1;
	unsigned count = 0;

	for (int i = 0; i < (int)n; i++) {
		if (!cc_eligible(in, &c[i]))
			continue;
		if (c[i].id == in->avoid) {
			again = i;
			continue;
		}
		count++;
		if (in->sticky && c[i].id == in->sticky)
			known = i;
		if (best < 0 || better(in, &c[i], &c[best]))
			best = i;
	}
	*out = (struct cc_chosen){ .at = -1, .free = count };
	if (known >= 0) {
		out->at = known;
		out->reason = REASON_STICKY;
	} else if (best >= 0) {
		out->at = best;
		out->reason =
		    count == 1 ? REASON_ONLY : reason_of(in, &c[best]);
	} else if (again >= 0) {
		out->at = again;
		out->free = 1;
		out->reason = REASON_LAST_RESORT;
	}
}

/* --- the sentence ------------------------------------------------------ */

static const struct {
	const char *name;
	/* %n name, %f how many were free, %i idle, %w waited, %c calls taken,
	 * %l level, %p place, %s his skill, %r needed now, %q at first */
	const char *text;
} reasons[REASONS] = {
	[REASON_NOBODY] = { "NOBODY", "Предложить вызов некому" },
	[REASON_ONLY] = { "ONLY", "%n: единственный, кому сейчас можно "
				  "предложить вызов" },
	[REASON_LAST_RESORT] = { "LAST_RESORT", "%n: уже не принял этот вызов, "
						"но больше никого нет" },
	[REASON_STICKY] = { "STICKY", "%n: говорил с этим абонентом в прошлый "
				      "раз (свободных: %f)" },
	[REASON_IDLE] = { "IDLE", "%n: свободен дольше всех — %i "
				  "(свободных: %f)" },
	[REASON_ROUND] = { "ROUND", "%n: следующий по кругу, место %p "
				    "(свободных: %f)" },
	[REASON_FEWEST] = { "FEWEST", "%n: принял за смену меньше всех — %c "
				      "(свободных: %f)" },
	[REASON_FIXED] = { "FIXED", "%n: первый по порядку — уровень %l, "
				    "место %p (свободных: %f)" },
	[REASON_ORG] = { "ORG", "%n: из организации абонента, свободен %i "
				"(свободных: %f)" },
	[REASON_ORG_OTHER] = { "ORG_OTHER",
			       "%n: из организации абонента никто не свободен, "
			       "свободен дольше всех — %i (свободных: %f)" },
	[REASON_ORG_UNKNOWN] = { "ORG_UNKNOWN",
				 "%n: организация абонента неизвестна, "
				 "свободен дольше всех — %i (свободных: %f)" },
	[REASON_SKILL] = { "SKILL", "%n: лучший навык — %s при требуемом %r "
				    "(подходящих: %f)" },
	[REASON_SKILL_RELAXED] = { "SKILL_RELAXED",
				   "%n: лучший навык — %s, требование за %w "
				   "ожидания снижено с %q до %r "
				   "(подходящих: %f)" },
	[REASON_ALL] = { "ALL", "Звонит у всех свободных: %f, вызов примет "
				"первый ответивший" },
};

const char *cc_reason_name(enum cc_reason r)
{
	return reasons[r].name;
}

static int duration(char *buf, size_t size, int64_t ms)
{
	long long s = ms < 0 ? 0 : ms / 1000;

	if (s < 60)
		return snprintf(buf, size, "%lld с", s);
	if (s < 3600)
		return snprintf(buf, size, "%lld мин %lld с", s / 60, s % 60);
	return snprintf(buf, size, "%lld ч %lld мин", s / 3600, s / 60 % 60);
}

static int word(char *buf, size_t size, char what, const struct cc_chosen *out,
		const struct cc_choice *in, const struct cc_candidate *c,
		const char *name)
{
	uint32_t n = 0;

	switch (what) {
	case 'n':
		return snprintf(buf, size, "%s", name);
	case 'i':
		return duration(buf, size, c->idle_ms);
	case 'w':
		return duration(buf, size, in->waited_ms);
	case 'f':
		n = out->free;
		break;
	case 'c':
		n = c->calls;
		break;
	case 'l':
		n = c->level;
		break;
	case 'p':
		n = c->place;
		break;
	case 's':
		n = c->skill;
		break;
	case 'r':
		n = cc_need_now(in);
		break;
	case 'q':
		n = in->need.level;
		break;
	}
	return snprintf(buf, size, "%u", (unsigned)n);
}

void cc_reason_text(char *buf, size_t size, const struct cc_chosen *out,
		    const struct cc_choice *in, const struct cc_candidate *c,
		    const char *name)
{
	const char *t = reasons[out->reason].text;
	size_t len = 0;

	while (*t && len + 1 < size) {
		if (*t != '%') {
			buf[len++] = *t++;
			continue;
		}
		len +=
		    (size_t)word(buf + len, size - len, t[1], out, in, c, name);
		t += 2;
	}
	buf[len < size ? len : size - 1] = '\0';
}
