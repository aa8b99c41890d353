/* Appeals that have changed, told to the pages in whose scope they are: whoever
 * sees all, of his organization, or his own (DOMAIN section 7). The page reads
 * the row itself, by its own rights. */
#include "janus-plugin/engine_int.h"

#include <string.h>

enum { SIGHT_NONE, SIGHT_OWN, SIGHT_ALL };

unsigned cc_sight(const char *role)
{
	static const struct {
		const char *role;
		unsigned sight;
	} list[] = {
		{ "OPERATOR_L1", SIGHT_OWN },
		{ "INSURER_REP_L1", SIGHT_OWN },
		{ "OPERATOR_L2", SIGHT_ALL },
		{ "INSURER_REP_L2", SIGHT_OWN },
		{ "INSURER_REP_L3", SIGHT_OWN },
		{ "CC_ADMIN", SIGHT_ALL },
		{ "SUPERVISOR", SIGHT_OWN },
		{ "AUDITOR", SIGHT_ALL },
		{ "DIRECTOR", SIGHT_OWN },
	};

	for (size_t i = 0; i < CC_LEN(list); i++)
		if (!strcmp(list[i].role, role))
			return list[i].sight;
	return SIGHT_NONE;
}

static bool holds(json_t *list, uint32_t id)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (json_integer_value(one) == id)
			return true;
	return false;
}

static bool is(json_t *row, const char *key, uint32_t id)
{
	return json_integer_value(json_object_get(row, key)) == id;
}

static bool sees(const struct cc_agent *a, json_t *row)
{
	json_t *orgs = json_object_get(row, "orgs");

	if (a->sight == SIGHT_NONE)
		return false;
	/* a complaint about his own insurer: only what he wrote */
	if (!a->fund && is(row, "about", a->org_id))
		return is(row, "author", a->id);
	/* of no organization in particular: messages without a number */
	return !orgs || (a->sight == SIGHT_ALL && a->fund) ||
	       holds(orgs, a->org_id) ||
	       holds(json_object_get(row, "users"), a->id);
}

void cc_rows_changed(struct cc_engine *e, json_t *row)
{
	json_array_append_new(e->rows, json_deep_copy(row));
	e->presence = true;
}

void cc_rows_push(struct cc_engine *e, struct cc_session *s)
{
	json_t *ids = json_array(), *row;
	size_t i;

	json_array_foreach(e->rows, i, row)
		if (sees(s->agent, row))
			json_array_append_new(
			    ids, json_integer(json_integer_value(
				     json_object_get(row, "appeal"))));
	if (json_array_size(ids))
		cc_push(e, s, "rows", json_pack("{s:O}", "appeals", ids));
	json_decref(ids);
}
