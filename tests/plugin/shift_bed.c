#include "tests/plugin/shift_bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/request.h"

static const struct {
	const char *role;
	int org;
	const char *kind;
} staff[USERS] = {
	[OP1] = { "OPERATOR_L1", 1, "FUND" },
	[OP2] = { "OPERATOR_L1", 1, "FUND" },
	[REP] = { "INSURER_REP_L1", 2, "INSURER" },
	[SUPER] = { "SUPERVISOR", 1, "FUND" },
	[INSURER_SUPER] = { "SUPERVISOR", 2, "INSURER" },
	[L2] = { "OPERATOR_L2", 1, "FUND" },
	[ADMIN] = { "CC_ADMIN", 1, "FUND" },
	[DIRECTOR] = { "DIRECTOR", 1, "FUND" },
};

json_t *shift_directory(void)
{
	json_t *users = json_array(), *dir;
	char ext[12];

	for (int i = 1; i < USERS; i++) {
		snprintf(ext, sizeof(ext), "%d", 1000 + i);
		json_array_append_new(
		    users, json_pack("{s:i, s:s, s:s, s:s, s:s, s:i, s:s,"
				     " s:[s]}",
				     "id", i, "login", ext, "name", ext,
				     "extension", ext, "org", "org", "org_id",
				     staff[i].org, "org_kind", staff[i].kind,
				     "roles", staff[i].role));
	}
	dir = json_pack(
	    "{s:o, s:[{s:i, s:s, s:[i,i,i]}, {s:i, s:s, s:[i]},"
	    " {s:i, s:s, s:i, s:[i]}], s:[{s:n, s:i}, {s:s, s:i}]}",
	    "users", users, "queues", "id", 1, "name", "hot", "members", OP1,
	    OP2, REP, "id", 2, "name", "second", "members", OP2, "id", 3,
	    "name", "insurer", "organization_id", 2, "members", REP, "routes",
	    "number", "queue_id", 1, "number", "+78652000003", "queue_id", 3);
	assert_non_null(dir);
	return dir;
}

int shift_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	json_t *dir = shift_directory();

	world_open(w);
	w->keep_rows = true;
	cc_engine_directory(w->engine, dir);
	cc_engine_settle(w->engine);
	json_decref(dir);
	*state = w;
	return 0;
}

const char *text_of(json_t *o, const char *key)
{
	const char *t = json_string_value(json_object_get(o, key));

	return t ? t : "";
}

json_int_t number_of(json_t *o, const char *key)
{
	assert_true(json_is_integer(json_object_get(o, key)));
	return json_integer_value(json_object_get(o, key));
}

unsigned shift_rows(struct world *w, const char *t, const char *key,
		    const char *value)
{
	unsigned n = 0;
	json_t *row;
	size_t i;

	json_array_foreach(w->rows, i, row) {
		const char *v =
		    key ? json_string_value(json_object_get(row, key)) : NULL;

		if (!strcmp(json_string_value(json_object_get(row, "t")), t) &&
		    (!key || (v && !strcmp(v, value))))
			n++;
	}
	return n;
}

json_t *shift_last(struct world *w, const char *t, const char *key)
{
	json_t *row, *found = NULL;
	size_t i;

	json_array_foreach(w->rows, i, row)
		if (!strcmp(text_of(row, "t"), t) && json_object_get(row, key))
			found = row;
	assert_non_null(found);
	return found;
}

void shift_rule(struct world *w, const char *strategy)
{
	json_t *dir = shift_directory();

	json_object_set_new(json_array_get(json_object_get(dir, "queues"), 0),
			    "strategy", json_string(strategy));
	json_object_set_new(dir, "dial",
			    json_pack("[{s:s, s:b, s:s, s:s, s:s}]", "pattern",
				      "+7[3489]XXXXXXXXX", "allow", 1, "roles",
				      "", "form", "E164", "presented", ""));
	cc_engine_directory(w->engine, dir);
	cc_engine_settle(w->engine);
	json_decref(dir);
}

void shift_page(struct world *w, uint64_t s)
{
	char json[160];

	cc_engine_session_new(w->engine, s);
	snprintf(json, sizeof(json),
		 "{\"request\":\"hello\",\"token\":\"%u\",\"page\":"
		 "\"00000000-0000-7000-8000-000000000000\"}",
		 (unsigned)s);
	assert_null(world_ask(w, s, json));
}

uint64_t shift_talk(struct world *w, uint64_t s)
{
	uint64_t dialog;

	world_sign_in(w, s);
	dialog = world_call(w, HOTLINE);
	world_play_out(w);
	assert_null(world_button(w, s, "answer", ""));
	return dialog;
}

const char *shift_call(struct world *w, uint64_t s)
{
	return text_of(json_object_get(w->state[s], "call"), "id");
}

const char *shift_watch(struct world *w, uint64_t s)
{
	return world_ask(w, s, "{\"request\":\"watch\",\"on\":true}");
}

json_t *shift_part(struct world *w, uint64_t s, const char *name)
{
	return json_object_get(w->shift[s], name);
}

size_t shift_shown(struct world *w, uint64_t s, const char *name)
{
	return json_object_size(shift_part(w, s, name));
}

json_t *shift_agent(struct world *w, uint64_t s, unsigned id)
{
	char key[12];

	snprintf(key, sizeof(key), "%u", id);
	return json_object_get(shift_part(w, s, "agents"), key);
}

json_t *shift_queue(struct world *w, uint64_t s, const char *id)
{
	return json_object_get(shift_part(w, s, "queues"), id);
}

json_t *shift_waiting(struct world *w, uint64_t s)
{
	json_t *calls = shift_part(w, s, "calls");

	assert_int_equal(json_object_size(calls), 1);
	return json_object_iter_value(json_object_iter(calls));
}

const char *shift_act(struct world *w, uint64_t s, const char *name,
		      const char *call, const char *more)
{
	char json[400];

	snprintf(json, sizeof(json),
		 "{\"request\":\"%s\",\"call\":\"%s\",\"reason\":"
		 "\"Проверка\"%s}",
		 name, call, more);
	return world_ask(w, s, json);
}
