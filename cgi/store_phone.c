#include "cgi/store_phone.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/ctx.h"
#include "cgi/hours_text.h"
#include "cgi/rows.h"
#include "cgi/store_log.h"
#include "cgi/store_node.h"
#include "cgi/util.h"
#include "db/db.h"

struct filling {
	const struct row_table *t;
	struct row *row;
};

/* ---- who serves a queue, who has a skill --------------------------------- */

/* What serves a queue or makes a skill: rows of owner, user and level. */
struct members {
	const char *read; /* user and level, of an owner */
	/* whoever comes, goes or changes his group; then who is left out; then
	 * the rest, a level above 3 staying what it is */
	const char *touch, *drop, *put;
};

/* Which group of the form that account is in, by its three lists; 0: none. */
#define GROUP(id)                                                      \
	"CASE WHEN FIND_IN_SET(" id ", ?) THEN 1 WHEN FIND_IN_SET(" id \
	", ?) THEN 2 WHEN FIND_IN_SET(" id ", ?) THEN 3 ELSE 0 END"
/* An account's page shows his levels: its version is another one. */
#define TOUCH(table, owner)                                                   \
	"UPDATE user_account u SET u.version = u.version + 1 WHERE"           \
	" COALESCE((SELECT LEAST(m.level, 3) FROM " table " m WHERE m." owner \
	" = ? AND m.user_id = u.id), 0) <> " GROUP("u.id")
#define DROP(table, owner) \
	"DELETE FROM " table " WHERE " owner " = ? AND " GROUP("user_id") " = 0"
#define KEPT(table)                                                       \
	" ON DUPLICATE KEY UPDATE level = IF(LEAST(" table ".level, 3) =" \
	" VALUES(level), " table ".level, VALUES(level))"
#define NAME "CONCAT(u.extension, ' ', u.surname, ' ', u.given_name)"
#define GROUPED                                         \
	" FROM (SELECT u.id, " NAME " AS name, " GROUP( \
	    "u.id") " AS level FROM user_account u) g WHERE g.level > 0"

static const struct members of_queue = {
	.read = "SELECT m.user_id, m.level FROM queue_member m"
		" JOIN user_account u ON u.id = m.user_id"
		" WHERE m.queue_id = ? ORDER BY " NAME,
	.touch = TOUCH("queue_member", "queue_id"),
	.drop = DROP("queue_member", "queue_id"),
	.put = "INSERT INTO queue_member (queue_id, user_id, level, position)"
	       " SELECT ?, g.id, g.level, ROW_NUMBER() OVER (ORDER BY g.level,"
	       " g.name)" GROUPED KEPT(
		   "queue_member") ", position = VALUES(position)",
};

static const struct members of_skill = {
	.read = "SELECT m.user_id, m.level FROM user_skill m"
		" JOIN user_account u ON u.id = m.user_id"
		" WHERE m.skill_id = ? ORDER BY " NAME,
	.touch = TOUCH("user_skill", "skill_id"),
	.drop = DROP("user_skill", "skill_id"),
	.put = "INSERT INTO user_skill (skill_id, user_id, level)"
	       " SELECT ?, g.id, g.level" GROUPED KEPT("user_skill"),
};

/* "1,7" of level1 and so on; what is above level 3 stands in its group. */
static int read_level(const struct db_row *row, void *arg)
{
	struct filling *f = arg;
	const uint64_t level = db_u64(row, 1);
	char name[] = "level1", *set;
	size_t at;
	int n;

	name[5] = (char)('0' + (level < 1 ? 1 : level > 3 ? 3 : level));
	set = row_value(f->t, f->row, name);
	at = strlen(set);
	n = snprintf(set + at, ROW_VALUE - at, "%s%s", at ? "," : "",
		     db_str(row, 0));
	/* half a list would be stored as the whole one */
	return n < 0 || (size_t)n >= ROW_VALUE - at ? E2BIG : 0;
}

static int load_levels(struct ctx *ctx, const struct members *m,
		       const struct row_table *t, const char *id,
		       struct row *row)
{
	const struct db_arg args[] = { DB_STR(id) };
	struct filling f = { t, row };

	return db_each(ctx->db, m->read, args, LEN(args), read_level, &f);
}

static int save_levels(struct ctx *ctx, const struct members *m,
		       const struct row_table *t, const char *id,
		       const struct row *row)
{
	const struct db_arg args[] = { DB_STR(id),
				       DB_STR(row_get(t, row, "level1")),
				       DB_STR(row_get(t, row, "level2")),
				       DB_STR(row_get(t, row, "level3")) };
	int err = db_exec(ctx->db, m->touch, args, LEN(args));

	if (!err)
		err = db_exec(ctx->db, m->drop, args, LEN(args));
	return err ? err : db_exec(ctx->db, m->put, args, LEN(args));
}

int store_queue_load(struct ctx *ctx, const struct row_table *t, const char *id,
		     struct row *row)
{
	return load_levels(ctx, &of_queue, t, id, row);
}

int store_queue_save(struct ctx *ctx, const struct row_table *t, const char *id,
		     const struct row *row)
{
	return save_levels(ctx, &of_queue, t, id, row);
}

int store_queue_remove(struct ctx *ctx, const char *id)
{
	const struct db_arg args[] = { DB_STR(id) };

	return db_exec(ctx->db, "DELETE FROM prompt_use WHERE queue_id = ?",
		       args, LEN(args));
}

int store_skill_load(struct ctx *ctx, const struct row_table *t, const char *id,
		     struct row *row)
{
	return load_levels(ctx, &of_skill, t, id, row);
}

int store_skill_save(struct ctx *ctx, const struct row_table *t, const char *id,
		     const struct row *row)
{
	return save_levels(ctx, &of_skill, t, id, row);
}

/* ---- hours --------------------------------------------------------------- */

static int read_interval(const struct db_row *row, void *arg)
{
	struct filling *f = arg;
	const struct hours_span span = { (uint16_t)db_u64(row, 1),
					 (uint16_t)db_u64(row, 2) };
	char name[] = "day1", text[HOURS_TEXT], *day;
	size_t at;

	name[3] = (char)('0' + db_u64(row, 0));
	day = row_value(f->t, f->row, name);
	at = strlen(day);
	hours_write(&span, 1, text);
	snprintf(day + at, ROW_VALUE - at, "%s%s", at ? ", " : "", text);
	return 0;
}

int store_hours_load(struct ctx *ctx, const struct row_table *t, const char *id,
		     struct row *row)
{
	static const char sql[] =
	    "SELECT weekday, TIME_TO_SEC(opens) DIV 60,"
	    " TIME_TO_SEC(closes) DIV 60 FROM business_interval"
	    " WHERE hours_id = ? ORDER BY weekday, opens";
	const struct db_arg args[] = { DB_STR(id) };
	struct filling f = { t, row };

	return db_each(ctx->db, sql, args, LEN(args), read_interval, &f);
}

static int save_day(struct ctx *ctx, const char *id, unsigned weekday,
		    const char *text)
{
	static const char sql[] =
	    "INSERT INTO business_interval (hours_id, weekday, opens, closes)"
	    " VALUES (?, ?, SEC_TO_TIME(? * 60), SEC_TO_TIME(? * 60))";
	struct hours_span spans[HOURS_SPANS];
	size_t n = 0;
	int err = hours_parse(text, spans, &n);

	for (size_t i = 0; !err && i < n; i++) {
		const struct db_arg args[] = { DB_STR(id), DB_U64(weekday),
					       DB_U64(spans[i].opens),
					       DB_U64(spans[i].closes) };

		err = db_exec(ctx->db, sql, args, LEN(args));
	}
	return err;
}

int store_hours_save(struct ctx *ctx, const struct row_table *t, const char *id,
		     const struct row *row)
{
	const struct db_arg owner[] = { DB_STR(id) };
	int err =
	    db_exec(ctx->db, "DELETE FROM business_interval WHERE hours_id = ?",
		    owner, 1);
	char name[] = "day1";

	for (; !err && name[3] <= '7'; name[3]++)
		err = save_day(ctx, id, (unsigned)(name[3] - '0'),
			       row_get(t, row, name));
	return err;
}

/* ---- numbers and lines --------------------------------------------------- */

int store_route_default(struct ctx *ctx, char id[24])
{
	uint64_t found = 0;
	int err = db_number(ctx->db,
			    "SELECT id FROM inbound_route WHERE number IS NULL"
			    " ORDER BY id LIMIT 1",
			    NULL, 0, &found);

	id[0] = '\0';
	if (!err)
		snprintf(id, 24, "%llu", (unsigned long long)found);
	return err == ENOENT ? 0 : err;
}

int store_trunk_save(struct ctx *ctx, const struct row_table *t, const char *id,
		     const struct row *row)
{
	const char *secret = row_get(t, row, "secret");
	const struct db_arg args[] = { DB_STR(id), DB_STR(secret) };
	int err;

	if (!*secret)
		return 0;
	err = db_exec(ctx->db, "DELETE FROM trunk_secret WHERE trunk_id = ?",
		      args, 1);
	return err ? err
		   : db_exec(ctx->db,
			     "INSERT INTO trunk_secret (trunk_id, secret)"
			     " VALUES (?, ?)",
			     args, LEN(args));
}

int store_trunk_remove(struct ctx *ctx, const char *id)
{
	const struct db_arg args[] = { DB_STR(id) };
	uint64_t builtin = 0;
	int err = db_number(ctx->db, "SELECT builtin FROM trunk WHERE id = ?",
			    args, LEN(args), &builtin);

	return err ? err : builtin ? EBUSY : 0;
}

int store_trunk_check(struct ctx *ctx, uint32_t id)
{
	const struct db_arg args[] = { DB_U64(id) };
	char text[16];
	const struct access entry = { .action = "CHECK",
				      .object_type = "trunk",
				      .object_id = text };
	uint64_t found;
	int err = db_begin(ctx->db);

	snprintf(text, sizeof(text), "%u", id);
	if (!err)
		err = db_number(ctx->db, "SELECT id FROM trunk WHERE id = ?",
				args, LEN(args), &found);
	if (!err)
		err = store_access(ctx, &entry);
	if (!err)
		err = store_outbox(ctx, "trunk_check",
				   json_pack("{s:I}", "trunk", (json_int_t)id));
	return store_end(ctx, err);
}

struct states {
	int (*each)(void *arg, const struct trunk_state *s);
	void *arg;
	const json_t *said; /* "trunks" of the node, or NULL */
};

static int read_state(const struct db_row *row, void *arg)
{
	struct states *w = arg;
	struct trunk_state s = { .id = (uint32_t)db_u64(row, 0),
				 .name = db_str(row, 1),
				 .enabled = db_u64(row, 2) != 0,
				 .state = w->said ? "unknown" : "",
				 .reason = "",
				 .called_ms = db_time_ms(row, 3),
				 .result = db_str(row, 4) };
	const json_t *o;
	size_t i;

	json_array_foreach(w->said, i, o) {
		const char *state =
		    json_string_value(json_object_get(o, "state"));
		const char *why =
		    json_string_value(json_object_get(o, "reason"));

		if (json_integer_value(json_object_get(o, "id")) != s.id)
			continue;
		s.state = state ? state : "unknown";
		s.reason = why ? why : "";
		s.status =
		    (int)json_integer_value(json_object_get(o, "status"));
		s.asked_ms = json_integer_value(json_object_get(o, "asked"));
	}
	return w->each(w->arg, &s);
}

int store_trunk_states(struct ctx *ctx,
		       int (*each)(void *arg, const struct trunk_state *s),
		       void *arg)
{
	static const char sql[] =
	    "SELECT t.id, t.name, t.enabled, c.started_at, c.end_reason"
	    " FROM trunk t LEFT JOIN (SELECT trunk_id, started_at, end_reason,"
	    " ROW_NUMBER() OVER (PARTITION BY trunk_id ORDER BY started_at"
	    " DESC) AS n FROM call_record WHERE trunk_id IS NOT NULL AND"
	    " started_at > UTC_TIMESTAMP() - INTERVAL 1 DAY) c"
	    " ON c.trunk_id = t.id AND c.n = 1 ORDER BY t.priority, t.id";
	struct states w = { .each = each, .arg = arg };
	json_t *body = NULL;
	int64_t at = 0;
	int err = store_node(ctx->db, &at, &body);

	if (err && err != ENOENT)
		return err;
	if (!err && ctx->now_ms - at < NODE_GONE_MS)
		w.said = json_object_get(body, "trunks");
	err = db_each(ctx->db, sql, NULL, 0, read_state, &w);
	json_decref(body);
	return err;
}

/* ---- the dial plan ------------------------------------------------------- */

static unsigned roles_of(const char *list)
{
	unsigned roles = 0;
	char name[32];

	while (*list) {
		size_t n = strcspn(list, ",");

		snprintf(name, sizeof(name), "%.*s", (int)n, list);
		roles |= cc_dial_role(name);
		list += n + (list[n] == ',');
	}
	return roles;
}

static int read_rule(const struct db_row *row, void *arg)
{
	struct dial_rows *d = arg;
	struct cc_dial_rule *r = &d->rules[d->plan.count];

	if (d->plan.count == DIAL_RULES)
		return E2BIG;
	db_copy(row, 0, d->names[d->plan.count], sizeof(d->names[0]));
	db_copy(row, 1, r->pattern, sizeof(r->pattern));
	r->allow = db_u64(row, 2) != 0;
	r->roles = roles_of(db_str(row, 3));
	r->trunk = (uint32_t)db_u64(row, 4);
	cc_dial_form_parse(&r->form, db_str(row, 5));
	db_copy(row, 6, r->presented, sizeof(r->presented));
	d->plan.count++;
	return 0;
}

static int read_emergency(const struct db_row *row, void *arg)
{
	struct cc_dial_plan *plan = arg;

	db_copy(
	    row, 1,
	    plan->emergency[strcmp(db_str(row, 0), "emergency.112") ? 1 : 0],
	    sizeof(plan->emergency[0]));
	return 0;
}

int store_dial_plan(struct ctx *ctx, struct dial_rows *out)
{
	/* as the plugin reads it: a line's own number where a rule has none */
	static const char rules[] =
	    "SELECT d.name, d.pattern, d.allow, d.roles, d.trunk_id, d.form,"
	    " IF(d.presented = '', COALESCE((SELECT t.presented FROM trunk t"
	    "  WHERE t.enabled = 1 AND (d.trunk_id IS NULL OR t.id ="
	    "  d.trunk_id) ORDER BY t.priority, t.id LIMIT 1), ''),"
	    " d.presented) FROM dial_rule d ORDER BY d.position, d.id";
	static const char numbers[] =
	    "SELECT name, value FROM setting WHERE name IN"
	    " ('emergency.112', 'emergency.103')";
	int err;

	memset(out, 0, sizeof(*out));
	out->plan.rules = out->rules;
	err = db_each(ctx->db, rules, NULL, 0, read_rule, out);
	return err ? err
		   : db_each(ctx->db, numbers, NULL, 0, read_emergency,
			     &out->plan);
}

static int read_name(const struct db_row *row, void *arg)
{
	db_copy(row, 0, arg, 321);
	return 0;
}

int store_trunk_name(struct ctx *ctx, uint32_t id, char out[321])
{
	static const char sql[] =
	    "SELECT name FROM trunk WHERE (? = 0 AND enabled = 1) OR id = ?"
	    " ORDER BY priority, id LIMIT 1";
	const struct db_arg args[] = { DB_U64(id), DB_U64(id) };

	return db_one(ctx->db, sql, args, LEN(args), read_name, out);
}
