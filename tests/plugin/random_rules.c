#include "tests/plugin/random_rules.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "janus-plugin/queue_rule.h"

unsigned random_below(uint64_t *seed, unsigned n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (unsigned)(*seed >> 33) % n;
}

#define PART_S 30

static volatile unsigned long part;

static void hung(int signal)
{
	(void)signal;
	dprintf(STDERR_FILENO, "part %lu hangs\n", part);
	_exit(1);
}

void random_part(unsigned long n)
{
	const struct itimerval limit = { .it_value = { .tv_sec = PART_S } };

	part = n;
	signal(SIGVTALRM, hung);
	setitimer(ITIMER_VIRTUAL, &limit, NULL);
}

static void set(json_t *o, const char *key, unsigned v)
{
	json_object_set_new(o, key, json_integer((json_int_t)v));
}

static void conditions(json_t *q, const char *key, uint64_t *seed)
{
	char names[120] = "";

	for (unsigned bit = 0; bit < CC_BARS; bit++)
		if (random_below(seed, 3)) {
			strcat(names, cc_bar_name(bit));
			strcat(names, ",");
		}
	json_object_set_new(q, key,
			    json_string(random_below(seed, 3) ? "" : names));
}

static void limits(json_t *q, uint64_t *seed)
{
	static const char *const actions[] = { "end", "queue", "voice" };

	set(q, "max_wait_s", 10 + random_below(seed, 600));
	set(q, "max_len", random_below(seed, 6));
	set(q, "max_places", random_below(seed, 4));
	set(q, "ring_timeout_s", 5 + random_below(seed, 30));
	json_object_set_new(q, "late_action",
			    json_string(actions[random_below(seed, 3)]));
	json_object_set_new(q, "full_action",
			    json_string(actions[random_below(seed, 3)]));
	set(q, "late_queue_id", 1 + random_below(seed, 3));
	set(q, "full_queue_id", 1 + random_below(seed, 3));
	conditions(q, "join_empty", seed);
	conditions(q, "leave_empty", seed);
}

static void members(json_t *q, json_t *users, uint64_t *seed, bool calm)
{
	json_t *list = json_array(), *u;
	size_t i;

	json_array_foreach(users, i, u)
		if (calm || random_below(seed, 4))
			json_array_append_new(
			    list,
			    json_pack("{s:O, s:i, s:i}", "id",
				      json_object_get(u, "id"), "level",
				      1 + (int)random_below(seed, 3), "skill",
				      (int)random_below(seed, 6)));
	json_object_set_new(q, "members", list);
}

void random_rules(struct world *w, uint64_t *seed, bool calm)
{
	json_t *users = json_object_get(w->dir, "users"), *u, *q;
	size_t i;

	json_array_foreach(users, i, u) {
		bool blocked = !calm && random_below(seed, 20) == 0;

		json_object_set_new(u, "blocked", json_boolean(blocked));
		set(u, "org_id", 1 + random_below(seed, 2));
	}
	json_array_foreach(json_object_get(w->dir, "queues"), i, q) {
		json_object_set_new(
		    q, "strategy",
		    json_string(cc_strategy_name(
			(enum cc_strategy)random_below(seed, STRATEGIES))));
		set(q, "priority_s", random_below(seed, 3) * 30);
		set(q, "sticky_min", random_below(seed, 2) * 30);
		set(q, "keep_min", random_below(seed, 2) * 5);
		set(q, "skill_level", random_below(seed, 6));
		set(q, "skill_least", calm ? 0 : random_below(seed, 3));
		set(q, "skill_relax_s", 1 + random_below(seed, 60));
		members(q, users, seed, calm);
		if (calm)
			continue;
		json_object_set_new(
		    q, "open", json_boolean(i == 0 || random_below(seed, 2)));
		limits(q, seed);
	}
	world_changed(w);
}
