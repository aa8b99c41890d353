#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/decision.h"
#include "janus-plugin/util.h"

static void set(json_t *o, const char *key, int64_t v)
{
	if (v)
		json_object_set_new_nocheck(o, key, json_integer(v));
}

static json_t *candidate(const struct cc_candidate *c)
{
	json_t *o = json_object();

	set(o, "id", c->id);
	set(o, "idle_ms", c->idle_ms);
	set(o, "seq", (int64_t)c->seq);
	set(o, "calls", c->calls);
	set(o, "level", c->level);
	set(o, "place", c->place);
	set(o, "org", c->org);
	set(o, "skill", c->skill);
	return o;
}

/* Why he cannot be offered it, NULL: he can. */
static const char *bar_of(const struct cc_choice *in,
			  const struct cc_candidate *c)
{
	unsigned bit = 0;

	if (!c->bars && c->spared)
		return "spared";
	if (cc_eligible(in, c))
		return NULL;
	while (!((c->bars ? c->bars : BAR_PENALTY) & 1u << bit))
		bit++;
	return cc_bar_name(bit);
}

static void bar(json_t *barred, const char *why, uint32_t id)
{
	json_t *list = json_object_get(barred, why);

	if (!list) {
		list = json_array();
		json_object_set_new_nocheck(barred, why, list);
	}
	json_array_append_new(list, json_integer(id));
}

static json_t *chosen_json(const struct cc_choice *in,
			   const struct cc_candidate *c, size_t n,
			   const struct cc_chosen *out)
{
	json_t *list;

	if (out->at < 0)
		return json_null();
	if (out->reason != REASON_ALL)
		return json_integer(c[out->at].id);
	list = json_array();
	for (size_t i = 0; i < n; i++)
		if (cc_rings(in, &c[i]))
			json_array_append_new(list, json_integer(c[i].id));
	return list;
}

static void facts(json_t *o, const struct cc_choice *in)
{
	set(o, "waited_ms", in->waited_ms);
	set(o, "returned", in->returned);
	set(o, "avoid", in->avoid);
	set(o, "sticky", in->sticky);
	set(o, "org", in->org);
	set(o, "last", in->last);
	if (in->rule == STRATEGY_SKILLS)
		json_object_set_new_nocheck(
		    o, "need",
		    json_pack("[i, i, I]", (int)in->need.level,
			      (int)in->need.least,
			      (json_int_t)in->need.relax_ms));
}

json_t *cc_decision_json(const struct cc_choice *in,
			 const struct cc_candidate *c, size_t n,
			 const struct cc_chosen *out, const char *name)
{
	json_t *o = json_object(), *kept = json_array();
	json_t *barred = json_object();
	const struct cc_candidate none = { .id = 0 };
	bool all = out->reason == REASON_ALL;
	unsigned more = 0;
	char why[320];

	cc_reason_text(why, sizeof(why), out, in,
		       out->at < 0 ? &none : &c[out->at], name);
	json_object_set_new_nocheck(o, "rule",
				    json_string(cc_strategy_name(in->rule)));
	json_object_set_new_nocheck(o, "reason",
				    json_string(cc_reason_name(out->reason)));
	json_object_set_new(o, "why", json_string(why));
	json_object_set_new_nocheck(o, "chosen", chosen_json(in, c, n, out));
	json_object_set_new_nocheck(o, "free", json_integer(out->free));
	facts(o, in);
	for (int i = 0; i < (int)n; i++) {
		const char *no = bar_of(in, &c[i]);

		if (no)
			bar(barred, no, c[i].id);
		else if (all || i == out->at ||
			 json_array_size(kept) < CC_CANDIDATES_KEPT - 1)
			json_array_append_new(kept, candidate(&c[i]));
		else
			more++;
	}
	json_object_set_new_nocheck(o, "candidates", kept);
	set(o, "more", more);
	json_object_set_new_nocheck(o, "barred", barred);
	return o;
}

/* --- and back ---------------------------------------------------------- */

static int64_t get(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void read_choice(struct cc_choice *in, const json_t *data)
{
	const json_t *need = json_object_get(data, "need");

	in->waited_ms = get(data, "waited_ms");
	in->returned = get(data, "returned") != 0;
	in->avoid = (uint32_t)get(data, "avoid");
	in->sticky = (uint32_t)get(data, "sticky");
	in->org = (uint32_t)get(data, "org");
	in->last = (uint32_t)get(data, "last");
	in->need = (struct cc_need){
		.level = (uint32_t)json_integer_value(json_array_get(need, 0)),
		.least = (uint32_t)json_integer_value(json_array_get(need, 1)),
		.relax_ms = json_integer_value(json_array_get(need, 2)),
	};
}

static void read_candidate(struct cc_candidate *c, const json_t *o)
{
	*c = (struct cc_candidate){
		.id = (uint32_t)get(o, "id"),
		.idle_ms = get(o, "idle_ms"),
		.seq = (uint64_t)get(o, "seq"),
		.calls = (uint32_t)get(o, "calls"),
		.level = (uint32_t)get(o, "level"),
		.place = (uint32_t)get(o, "place"),
		.org = (uint32_t)get(o, "org"),
		.skill = (uint32_t)get(o, "skill"),
	};
}

int cc_decision_replay(const json_t *data, json_t **chosen)
{
	const json_t *list = json_object_get(data, "candidates"), *v;
	const char *rule = json_string_value(json_object_get(data, "rule"));
	const char *reason = json_string_value(json_object_get(data, "reason"));
	struct cc_choice in = { .avoid = 0 };
	struct cc_candidate *c;
	struct cc_chosen out;
	bool same;
	size_t i;

	if (!rule || !reason || cc_strategy_parse(&in.rule, rule) ||
	    !json_is_array(list))
		return EBADMSG;
	c = calloc(json_array_size(list) + 1, sizeof(*c));
	if (!c)
		return EBADMSG;
	read_choice(&in, data);
	json_array_foreach(list, i, v)
		read_candidate(&c[i], v);
	cc_choose(&out, &in, c, i);
	*chosen =
	    json_pack("{s:o, s:s}", "chosen", chosen_json(&in, c, i, &out),
		      "reason", cc_reason_name(out.reason));
	same = json_equal(json_object_get(*chosen, "chosen"),
			  json_object_get(data, "chosen")) &&
	       !strcmp(reason, cc_reason_name(out.reason));
	free(c);
	return same ? 0 : EILSEQ;
}
