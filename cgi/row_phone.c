/* The directories of the telephone: queues, numbers, hours, dial plan, lines. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/card.h"
#include "cgi/hours_text.h"
#include "cgi/phone.h"
#include "cgi/rows.h"
#include "cgi/store_phone.h"
#include "cgi/util.h"
#include "db/dialplan.h"

#define QUEUES "SELECT id, name AS text FROM queue"
#define HOURS  "SELECT id, name AS text FROM business_hours"
#define TRUNKS "SELECT id, name AS text FROM trunk"
#define SKILLS "SELECT id, name AS text FROM skill"
/* whose callers a queue serves */
#define EMPLOYERS                                                       \
	"SELECT id, short_name AS text FROM organization WHERE kind IN" \
	" ('FUND', 'INSURER')"
/* who may be rung by a queue: not the administrators */
#define OPERATORS                                                               \
	"SELECT u.id, CONCAT(u.extension, ' ', u.surname, ' ', u.given_name)"   \
	" AS text FROM user_account u WHERE u.extension IS NOT NULL AND EXISTS" \
	" (SELECT 1 FROM user_role r WHERE r.user_id = u.id AND r.role IN"      \
	" ('OPERATOR_L1', 'OPERATOR_L2', 'INSURER_REP_L1', 'INSURER_REP_L2',"   \
	" 'INSURER_REP_L3', 'SUPERVISOR'))"

/* ---- queues (K-2.0.3, K-2.0.4) ------------------------------------------- */

#define NONE (ROW_NULL | ROW_OPTIONAL)

static const struct row_field queue_fields[] = {
	{ "name", ROW_TEXT, 1, 80, ROW_LISTED | ROW_UNIQUE, NULL, NULL },
	{ "strategy", ROW_CHOICE, 0, 0, ROW_LISTED, "Strategies", NULL },
	{ "level1", ROW_SET, 0, 0, ROW_APART, OPERATORS, NULL },
	{ "level2", ROW_SET, 0, 0, ROW_APART, OPERATORS, NULL },
	{ "level3", ROW_SET, 0, 0, ROW_APART, OPERATORS, NULL },
	{ "ring_timeout_s", ROW_NUMBER, 5, 300, 0, NULL, NULL },
	{ "wrapup_s", ROW_NUMBER, 0, 3600, 0, NULL, NULL },
	{ "position_interval_s", ROW_NUMBER, 5, 600, 0, NULL, NULL },
	{ "tell_wait", ROW_FLAG, 0, 0, 0, NULL, NULL },
	{ "max_wait_s", ROW_NUMBER, 10, 7200, ROW_LISTED, NULL, NULL },
	{ "late_action", ROW_CHOICE, 0, 0, 0, "LateActions", NULL },
	{ "late_queue_id", ROW_REF, 0, 0, NONE, QUEUES, NULL },
	{ "max_len", ROW_NUMBER, 0, 1000, ROW_LISTED, NULL, NULL },
	{ "full_action", ROW_CHOICE, 0, 0, 0, "FullActions", NULL },
	{ "full_queue_id", ROW_REF, 0, 0, NONE, QUEUES, NULL },
	{ "max_places", ROW_NUMBER, 0, 1000, 0, NULL, NULL },
	{ "priority_s", ROW_NUMBER, 0, 3600, 0, NULL, NULL },
	{ "sticky_min", ROW_NUMBER, 0, 10080, 0, NULL, NULL },
	{ "keep_min", ROW_NUMBER, 0, 1440, 0, NULL, NULL },
	{ "organization_id", ROW_REF, 0, 0, NONE, EMPLOYERS, NULL },
	{ "skill_id", ROW_REF, 0, 0, NONE, SKILLS, NULL },
	{ "skill_level", ROW_NUMBER, 1, 9, 0, NULL, NULL },
	{ "skill_least", ROW_NUMBER, 1, 9, 0, NULL, NULL },
	{ "skill_relax_s", ROW_NUMBER, 0, 3600, 0, NULL, NULL },
	{ "join_empty", ROW_SET, 0, 0, 0, "QueueBars", NULL },
	{ "leave_empty", ROW_SET, 0, 0, 0, "QueueBars", NULL },
};

/* Where an overflow leads: a queue, and another one. */
static void check_overflow(const struct row_table *t, const char *id,
			   struct row *row, const char *action,
			   const char *queue, struct card_errors *errors)
{
	char *to = row_value(t, row, queue);

	if (strcmp(row_value(t, row, action), "queue") != 0)
		*to = '\0';
	else if (!*to || !strcmp(to, id))
		card_error(errors, queue);
}

/* Whether two sets of ids have one in common. */
static bool meet(const char *a, const char *b)
{
	while (*a) {
		size_t n = strcspn(a, ",");

		for (const char *p = b; *p;) {
			size_t m = strcspn(p, ",");

			if (n == m && !strncmp(a, p, n))
				return true;
			p += m + (p[m] == ',');
		}
		a += n + (a[n] == ',');
	}
	return false;
}

/* Nobody has two levels. */
static void check_levels(const struct row_table *t, struct row *row,
			 struct card_errors *errors)
{
	const char *one = row_value(t, row, "level1");
	const char *two = row_value(t, row, "level2");
	const char *three = row_value(t, row, "level3");

	if (meet(one, two))
		card_error(errors, "level2");
	if (meet(one, three) || meet(two, three))
		card_error(errors, "level3");
}

static int check_queue(struct ctx *ctx, const struct row_table *t,
		       const char *id, struct row *row,
		       struct card_errors *errors)
{
	(void)ctx;
	check_overflow(t, id, row, "late_action", "late_queue_id", errors);
	check_overflow(t, id, row, "full_action", "full_queue_id", errors);
	check_levels(t, row, errors);
	if (!strcmp(row_value(t, row, "strategy"), "skills") &&
	    !*row_value(t, row, "skill_id"))
		card_error(errors, "skill_id");
	if (atoi(row_value(t, row, "skill_least")) >
	    atoi(row_value(t, row, "skill_level")))
		card_error(errors, "skill_least");
	return 0;
}

const struct row_table row_queues = {
	.path = "/admin/queues",
	.table = "queue",
	.key = "id",
	.object = "queue",
	.words = "Queue",
	.order = "r.id",
	.outbox = "directory",
	.removable = true,
	.need = AUTH_SETTINGS,
	.own = "queue q WHERE q.id = r.id",
	.fields = queue_fields,
	.count = LEN(queue_fields),
	.check = check_queue,
	.load = store_queue_load,
	.save = store_queue_save,
	.remove = store_queue_remove,
};

/* ---- called numbers ------------------------------------------------------ */

static bool fix_number(char *value, size_t size)
{
	char number[PHONE_SIZE];

	if (phone_normalize(value, number))
		return false;
	return copy_text(value, size, number);
}

static const struct row_field route_fields[] = {
	{ "number", ROW_TEXT, 0, 20, ROW_LISTED | ROW_NULL | ROW_UNIQUE, NULL,
	  fix_number },
	{ "queue_id", ROW_REF, 0, 0, ROW_LISTED, QUEUES, NULL },
	{ "hours_id", ROW_REF, 0, 0, ROW_LISTED | NONE, HOURS, NULL },
	{ "priority_s", ROW_NUMBER, 0, 3600, ROW_LISTED, NULL, NULL },
	{ "organization_id", ROW_REF, 0, 0, ROW_LISTED | NONE, EMPLOYERS,
	  NULL },
};

/* Whatever no other line says goes to the one without a number: it is there
 * once and stays. */
static int check_route(struct ctx *ctx, const struct row_table *t,
		       const char *id, struct row *row,
		       struct card_errors *errors)
{
	char other[24];
	int err = store_route_default(ctx, other);

	if (!err && *other &&
	    !*row_value(t, row, "number") != !strcmp(id, other))
		card_error(errors, "number");
	return err;
}

static int remove_route(struct ctx *ctx, const char *id)
{
	char other[24];
	int err = store_route_default(ctx, other);

	return err ? err : strcmp(id, other) ? 0 : EBUSY;
}

const struct row_table row_routes = {
	.path = "/admin/routes",
	.table = "inbound_route",
	.key = "id",
	.object = "inbound_route",
	.words = "Route",
	.order = "r.number",
	.outbox = "directory",
	.removable = true,
	.need = AUTH_SETTINGS,
	.own = "queue q WHERE q.id = r.queue_id",
	.fields = route_fields,
	.count = LEN(route_fields),
	.check = check_route,
	.remove = remove_route,
};

/* ---- hours --------------------------------------------------------------- */

static bool fix_hours(char *value, size_t size)
{
	struct hours_span spans[HOURS_SPANS];
	char text[HOURS_TEXT];
	size_t n = 0;

	if (hours_parse(value, spans, &n))
		return false;
	hours_write(spans, n, text);
	return copy_text(value, size, text);
}

#define DAY(name)                                                             \
	{                                                                     \
		name, ROW_TEXT, 0, HOURS_TEXT - 1, ROW_APART, NULL, fix_hours \
	}

static const struct row_field hours_fields[] = {
	{ "name", ROW_TEXT, 1, 80, ROW_LISTED | ROW_UNIQUE, NULL, NULL },
	{ "zone", ROW_CHOICE, 0, 0, ROW_LISTED, "Zones", NULL },
	DAY("day1"),
	DAY("day2"),
	DAY("day3"),
	DAY("day4"),
	DAY("day5"),
	DAY("day6"),
	DAY("day7"),
};

static int check_hours(struct ctx *ctx, const struct row_table *t,
		       const char *id, struct row *row,
		       struct card_errors *errors)
{
	char day[] = "day1";

	(void)ctx;
	(void)id;
	for (; day[3] <= '7'; day[3]++)
		if (*row_value(t, row, day))
			return 0;
	card_error(errors, "day1"); /* never open is no timetable */
	return 0;
}

const struct row_table row_hours = {
	.path = "/admin/hours",
	.table = "business_hours",
	.key = "id",
	.object = "business_hours",
	.words = "Hours",
	.order = "r.name",
	.outbox = "directory",
	.removable = true,
	.need = AUTH_SETTINGS,
	.own = "business_hours h LEFT JOIN inbound_route i ON i.hours_id = h.id"
	       " LEFT JOIN queue q ON q.id = i.queue_id WHERE h.id = r.id",
	.fields = hours_fields,
	.count = LEN(hours_fields),
	.check = check_hours,
	.load = store_hours_load,
	.save = store_hours_save,
};

/* ---- dial plan (D19) ----------------------------------------------------- */

static bool fix_pattern(char *value, size_t size)
{
	(void)size;
	for (char *p = value; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return cc_dial_pattern_ok(value);
}

/* What the line may be told of us: digits, a leading +. */
static bool fix_presented(char *value, size_t size)
{
	char number[CC_DIAL_SIZE];

	if (cc_dial_normalize(number, value) ||
	    strlen(number) - (*number == '+') !=
		strspn(number + (*number == '+'), "0123456789"))
		return false;
	return copy_text(value, size, number);
}

static const struct row_field dial_fields[] = {
	{ "position", ROW_NUMBER, 0, 9999, ROW_LISTED, NULL, NULL },
	{ "name", ROW_TEXT, 1, 80, ROW_LISTED, NULL, NULL },
	{ "pattern", ROW_TEXT, 1, 40, ROW_LISTED, NULL, fix_pattern },
	{ "allow", ROW_FLAG, 0, 0, ROW_LISTED, NULL, NULL },
	{ "roles", ROW_SET, 0, 0, 0, "DialRoles", NULL },
	{ "trunk_id", ROW_REF, 0, 0, ROW_LISTED | NONE, TRUNKS, NULL },
	{ "form", ROW_CHOICE, 0, 0, ROW_LISTED, "DialForms", NULL },
	{ "presented", ROW_TEXT, 0, 20, 0, NULL, fix_presented },
};

const struct row_table row_dial = {
	.path = "/admin/dial",
	.table = "dial_rule",
	.key = "id",
	.object = "dial_rule",
	.words = "Dial",
	.order = "r.position, r.id",
	.outbox = "directory",
	.removable = true,
	.need = AUTH_RULES,
	.fields = dial_fields,
	.count = LEN(dial_fields),
};

/* ---- lines --------------------------------------------------------------- */

/* One of peer_host: a name or an address, with a port or without. */
static bool host_ok(const char *s, size_t n)
{
	char text[128], *colon;

	if (!n || n >= sizeof(text) || !isalnum((unsigned char)*s))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	colon = strchr(text, ':');
	if (colon) {
		*colon++ = '\0';
		if (strlen(colon) > 5 ||
		    strspn(colon, "0123456789") != strlen(colon) ||
		    atoi(colon) < 1 || atoi(colon) > 65535)
			return false;
	}
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(text);
}

static bool fix_hosts(char *value, size_t size)
{
	const char *p = value;

	(void)size;
	for (;;) {
		size_t n;

		p += strspn(p, " ");
		n = strcspn(p, ",");
		while (n && p[n - 1] == ' ')
			n--;
		if (!host_ok(p, n))
			return false;
		p += strcspn(p, ",");
		if (!*p)
			return true;
		p++;
	}
}

/* RFC 3261 25.1: unreserved and the harmless of user-unreserved. */
static bool fix_account(char *value, size_t size)
{
	(void)size;
	return strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789"
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.!~*'()+&=$") ==
	       strlen(value);
}

static const struct row_field trunk_fields[] = {
	{ "name", ROW_TEXT, 1, 80, ROW_LISTED | ROW_UNIQUE, NULL, NULL },
	{ "enabled", ROW_FLAG, 0, 0, ROW_LISTED, NULL, NULL },
	{ "priority", ROW_NUMBER, 0, 999, ROW_LISTED, NULL, NULL },
	{ "kind", ROW_CHOICE, 0, 0, ROW_LISTED, "TrunkKinds", NULL },
	{ "peer_host", ROW_TEXT, 1, 120, ROW_LISTED, NULL, fix_hosts },
	{ "peer_port", ROW_NUMBER, 1, 65535, 0, NULL, NULL },
	{ "transport", ROW_CHOICE, 0, 0, ROW_LISTED, "Transports", NULL },
	{ "presented", ROW_TEXT, 0, 20, ROW_LISTED, NULL, fix_presented },
	{ "account", ROW_TEXT, 0, 63, 0, NULL, fix_account },
	{ "secret", ROW_SECRET, 1, 127, ROW_APART | ROW_OPTIONAL, NULL, NULL },
	{ "expires_s", ROW_NUMBER, 60, 86400, 0, NULL, NULL },
};

static int check_trunk(struct ctx *ctx, const struct row_table *t,
		       const char *id, struct row *row,
		       struct card_errors *errors)
{
	(void)ctx;
	(void)id;
	if (!strcmp(row_value(t, row, "kind"), "REGISTER") &&
	    !*row_value(t, row, "account"))
		card_error(errors, "account");
	return 0;
}

const struct row_table row_trunks = {
	.path = "/admin/trunks",
	.table = "trunk",
	.key = "id",
	.object = "trunk",
	.words = "Trunk",
	.order = "r.priority, r.id",
	.outbox = "directory",
	.removable = true,
	.need = AUTH_ACCOUNTS,
	.fields = trunk_fields,
	.count = LEN(trunk_fields),
	.check = check_trunk,
	.save = store_trunk_save,
	.remove = store_trunk_remove,
};

/* ---- skills -------------------------------------------------------------- */

static const struct row_field skill_fields[] = {
	{ "name", ROW_TEXT, 1, 80, ROW_LISTED | ROW_UNIQUE, NULL, NULL },
	{ "level1", ROW_SET, 0, 0, ROW_APART, OPERATORS, NULL },
	{ "level2", ROW_SET, 0, 0, ROW_APART, OPERATORS, NULL },
	{ "level3", ROW_SET, 0, 0, ROW_APART, OPERATORS, NULL },
};

static int check_skill(struct ctx *ctx, const struct row_table *t,
		       const char *id, struct row *row,
		       struct card_errors *errors)
{
	(void)ctx;
	(void)id;
	check_levels(t, row, errors);
	return 0;
}

const struct row_table row_skills = {
	.path = "/admin/skills",
	.table = "skill",
	.key = "id",
	.object = "skill",
	.words = "Skill",
	.order = "r.name",
	.outbox = "directory",
	.removable = true,
	.need = AUTH_RULES,
	.fields = skill_fields,
	.count = LEN(skill_fields),
	.check = check_skill,
	.load = store_skill_load,
	.save = store_skill_save,
};
