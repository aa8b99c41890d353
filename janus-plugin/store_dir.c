/* store_dir.c - directory and outbox. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/db.h"
#include "janus-plugin/store_dir.h"
#include "janus-plugin/util.h"

#define CACHE "directory.json"

static json_t *text(const struct db_row *r, unsigned col)
{
	json_t *s = json_string(db_str(r, col));

	return s ? s : json_string("");
}

static json_t *number(const struct db_row *r, unsigned col)
{
	return db_is_null(r, col) ? json_null()
				  : json_integer((json_int_t)db_u64(r, col));
}

/* The list's object with this id; lists and rows are both sorted by it. */
static json_t *of_id(json_t *list, uint64_t id)
{
	size_t low = 0, high = json_array_size(list);

	while (low < high) {
		size_t mid = (low + high) / 2;
		json_t *o = json_array_get(list, mid);
		uint64_t got =
		    (uint64_t)json_integer_value(json_object_get(o, "id"));

		if (got == id)
			return o;
		if (got < id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static int add(json_t *list, json_t *o)
{
	return json_array_append_new(list, o) ? ENOMEM : 0;
}

static int read_user(const struct db_row *r, void *arg)
{
	json_t *ext = db_is_null(r, 3) ? json_null() : text(r, 3);

	return add(arg,
		   json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
			     " s:b, s:[]}",
			     "id", number(r, 0), "login", text(r, 1), "name",
			     text(r, 2), "extension", ext, "org_id",
			     number(r, 4), "org", text(r, 5), "org_code",
			     text(r, 6), "org_kind", text(r, 7), "blocked",
			     db_u64(r, 8) != 0, "roles"));
}

static int read_role(const struct db_row *r, void *arg)
{
	json_t *user = of_id(arg, db_u64(r, 0));

	/* a user made between the two queries comes with the next reading */
	return user ? add(json_object_get(user, "roles"), text(r, 1)) : 0;
}

static int read_queue(const struct db_row *r, void *arg)
{
	static const char *const names[] = {
		"ring_timeout_s", "max_wait_s",          "max_len",
		"wrapup_s",       "position_interval_s",
	};
	json_t *q =
	    json_pack("{s:o, s:o, s:o, s:b, s:o, s:[]}", "id", number(r, 0),
		      "name", text(r, 1), "strategy", text(r, 2), "open", 1,
		      "organization_id", number(r, 8), "members");

	for (unsigned i = 0; i < CC_LEN(names); i++)
		json_object_set_new(q, names[i], number(r, 3 + i));
	return add(arg, q);
}

/* How calls are distributed, into the queues that are read already. */
static int read_rules(const struct db_row *r, void *arg)
{
	static const char *const numbers[] = {
		"priority_s",    "sticky_min",    "keep_min",
		"tell_wait",     "skill_level",   "skill_least",
		"skill_relax_s", "late_queue_id", "full_queue_id",
		"max_places",
	};
	static const char *const words[] = { "late_action", "full_action",
					     "join_empty", "leave_empty" };
	json_t *q = of_id(arg, db_u64(r, 0));

	for (unsigned i = 0; q && i < CC_LEN(numbers); i++)
		json_object_set_new(q, numbers[i], number(r, 1 + i));
	for (unsigned i = 0; q && i < CC_LEN(words); i++)
		json_object_set_new(q, words[i],
				    text(r, 1 + CC_LEN(numbers) + i));
	return 0;
}

static int read_office(const struct db_row *r, void *arg)
{
	return add(arg, json_pack("{s:o, s:o}", "org_id", number(r, 0),
				  "numbers", text(r, 1)));
}

static int read_member(const struct db_row *r, void *arg)
{
	json_t *q = of_id(arg, db_u64(r, 0));

	return q ? add(json_object_get(q, "members"),
		       json_pack("{s:o, s:o, s:o}", "id", number(r, 1), "level",
				 number(r, 2), "skill", number(r, 3)))
		 : 0;
}

static int read_route(const struct db_row *r, void *arg)
{
	json_t *n = db_is_null(r, 0) ? json_null() : text(r, 0);

	return add(arg, json_pack("{s:o, s:o, s:o, s:o, s:o}", "number", n,
				  "queue_id", number(r, 1), "hours",
				  number(r, 2), "priority_s", number(r, 3),
				  "organization_id", number(r, 4)));
}

static int read_prompt(const struct db_row *r, void *arg)
{
	return add(arg, json_pack("{s:o, s:o, s:o}", "queue_id", number(r, 0),
				  "use", text(r, 1), "file", number(r, 2)));
}

static int read_hours(const struct db_row *r, void *arg)
{
	return add(arg, json_pack("{s:o, s:o, s:o, s:[]}", "id", number(r, 0),
				  "name", text(r, 1), "zone", text(r, 2),
				  "intervals"));
}

static int read_interval(const struct db_row *r, void *arg)
{
	json_t *h = of_id(arg, db_u64(r, 0));

	if (!h)
		return 0;
	return add(json_object_get(h, "intervals"),
		   json_pack("{s:o, s:o, s:o}", "weekday", number(r, 1),
			     "opens", number(r, 2), "closes", number(r, 3)));
}

static int read_holiday(const struct db_row *r, void *arg)
{
	return add(arg, json_pack("{s:o, s:b}", "day", text(r, 0), "working",
				  db_u64(r, 1) != 0));
}

static int read_trunk(const struct db_row *r, void *arg)
{
	return add(
	    arg, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b,"
			   " s:o, s:o, s:o}",
			   "id", number(r, 0), "name", text(r, 1), "kind",
			   text(r, 2), "host", text(r, 3), "port", number(r, 4),
			   "transport", text(r, 5), "presented", text(r, 6),
			   "builtin", db_u64(r, 7) != 0, "account", text(r, 8),
			   "expires", number(r, 9), "secret", text(r, 10)));
}

static int read_dial(const struct db_row *r, void *arg)
{
	json_t *trunk = number(r, 3);

	return add(arg, json_pack("{s:o, s:b, s:o, s:o, s:o, s:o}", "pattern",
				  text(r, 0), "allow", db_u64(r, 1) != 0,
				  "roles", text(r, 2), "trunk_id", trunk,
				  "form", text(r, 4), "presented", text(r, 5)));
}

/* Alerts nobody has accepted: a restart must not forget them. */
static int read_alert(const struct db_row *r, void *arg)
{
	json_t *call = db_is_null(r, 4) ? json_null() : text(r, 4);

	return add(arg,
		   json_pack("{s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o,"
			     " s:o, s:b}",
			     "id", text(r, 0), "node", text(r, 1), "at",
			     (json_int_t)db_time_ms(r, 2), "kind", text(r, 3),
			     "call", call, "user", number(r, 5), "queue",
			     number(r, 6), "org", number(r, 7), "text",
			     text(r, 8), "raised", db_u64(r, 9) != 0));
}

/* Who serves another queue today: the last word of each day counts. */
static int read_move(const struct db_row *r, void *arg)
{
	return add(arg,
		   json_pack("{s:o, s:o, s:I}", "user", number(r, 0), "queue",
			     number(r, 1), "at", (json_int_t)db_time_ms(r, 2)));
}

/* How the queues have served since yesterday, by the hour: a restart must not
 * begin the day anew. */
static int read_today(const struct db_row *r, void *arg)
{
	return add(arg,
		   json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "queue",
			     number(r, 0), "hour", number(r, 1), "offered",
			     number(r, 2), "answered", number(r, 3), "within",
			     number(r, 4), "abandoned", number(r, 5)));
}

static int read_setting(const struct db_row *r, void *arg)
{
	return json_object_set_new(arg, db_str(r, 0), text(r, 1)) ? ENOMEM : 0;
}

/* Lists of a later query are filled into the objects of an earlier one. */
static const struct part {
	const char *key;
	db_row_fn *read;
	const char *sql;
} parts[] = {
	{ "users", read_user,
	  "SELECT u.id, u.login, CONCAT(u.surname, ' ', LEFT(u.given_name, 1),"
	  " '.', IF(u.patronymic = '', '',"
	  " CONCAT(' ', LEFT(u.patronymic, 1), '.'))), u.extension, o.id,"
	  " o.short_name, o.code, o.kind, u.blocked FROM user_account u"
	  " JOIN organization o ON o.id = u.organization_id ORDER BY u.id" },
	{ "users", read_role,
	  "SELECT user_id, role FROM user_role ORDER BY user_id, role" },
	{ "queues", read_queue,
	  "SELECT id, name, strategy, ring_timeout_s, max_wait_s, max_len,"
	  " wrapup_s, position_interval_s, organization_id"
	  " FROM queue ORDER BY id" },
	{ "queues", read_member,
	  "SELECT m.queue_id, m.user_id, m.level, COALESCE(s.level, 0)"
	  " FROM queue_member m JOIN queue q ON q.id = m.queue_id"
	  " LEFT JOIN user_skill s ON s.user_id = m.user_id"
	  " AND s.skill_id = q.skill_id"
	  " ORDER BY m.queue_id, m.level, m.position, m.user_id" },
	{ "queues", read_rules,
	  "SELECT id, priority_s, sticky_min, keep_min, tell_wait, skill_level,"
	  " skill_least, skill_relax_s, late_queue_id, full_queue_id,"
	  " max_places, late_action, full_action, join_empty, leave_empty FROM queue" },
	{ "offices", read_office,
	  "SELECT id, phones FROM organization WHERE phones <> ''"
	  " AND kind IN ('FUND', 'INSURER') UNION ALL"
	  " SELECT organization_id, number FROM caller_organization" },
	{ "routes", read_route,
	  "SELECT number, queue_id, hours_id, priority_s, organization_id"
	  " FROM inbound_route ORDER BY id" },
	{ "prompts", read_prompt,
	  "SELECT queue_id, used_for, file_id FROM prompt_use" },
	{ "hours", read_hours,
	  "SELECT id, name, zone FROM business_hours ORDER BY id" },
	{ "hours", read_interval,
	  "SELECT hours_id, weekday, TIME_TO_SEC(opens) DIV 60,"
	  " TIME_TO_SEC(closes) DIV 60 FROM business_interval"
	  " ORDER BY hours_id, weekday, opens" },
	{ "holidays", read_holiday,
	  "SELECT day, working FROM holiday ORDER BY day" },
	{ "trunks", read_trunk,
	  "SELECT id, name, kind, peer_host, peer_port, transport, presented,"
	  " builtin, account, expires_s, COALESCE(secret, '') FROM trunk"
	  " LEFT JOIN trunk_secret ON trunk_id = id WHERE enabled = 1"
	  " ORDER BY priority, id" },
	{ "dial", read_dial,
	  "SELECT pattern, allow, roles, trunk_id, form, presented"
	  " FROM dial_rule ORDER BY position, id" },
	{ "alerts", read_alert,
	  "SELECT a.id, a.node, a.at, a.kind, a.call_id, a.user_id,"
	  " a.queue_id, a.organization_id, a.text,"
	  " EXISTS (SELECT 1 FROM shift_alert_step e WHERE"
	  " e.alert_id = a.id AND e.seq = 1)"
	  " FROM shift_alert a WHERE"
	  " a.at > UTC_TIMESTAMP() - INTERVAL 1 DAY AND NOT EXISTS"
	  " (SELECT 1 FROM shift_alert_step s WHERE s.alert_id = a.id"
	  " AND s.seq = 2) ORDER BY a.at LIMIT 200" },
	{ "moves", read_move,
	  "SELECT target_user, queue_id, at FROM supervisor_action"
	  " WHERE action = 'ASSIGN' AND result = 'OK'"
	  " AND at > UTC_TIMESTAMP() - INTERVAL 1 DAY ORDER BY seq" },
	{ "today", read_today,
	  "SELECT c.queue_id,"
	  " TIMESTAMPDIFF(HOUR, '1970-01-01', c.queued_at) AS h,"
	  " COUNT(*), COUNT(c.answered_at),"
	  " CAST(SUM(IF(c.answered_at IS NOT NULL AND"
	  " TIMESTAMPDIFF(SECOND, c.queued_at, c.answered_at) <"
	  " COALESCE((SELECT CAST(s.value AS UNSIGNED) FROM setting s"
	  " WHERE s.name = 'shift.service_s'), 20), 1, 0)) AS UNSIGNED),"
	  /* who left his number is not lost; a call without an end was cut
	   * off with the process that had it */
	  " CAST(SUM(c.answered_at IS NULL AND"
	  " c.end_reason <> 'EXITWITHKEY') AS UNSIGNED)"
	  " FROM call_record c WHERE c.direction = 'IN'"
	  " AND c.queue_id IS NOT NULL AND c.queued_at IS NOT NULL"
	  " AND c.started_at > UTC_TIMESTAMP() - INTERVAL 1 DAY"
	  " GROUP BY c.queue_id, h" },
	{ "settings", read_setting, "SELECT name, value FROM setting" },
};

int cc_dir_read(struct db *db, json_t **dir)
{
	json_t *d = json_pack(
	    "{s:[], s:[], s:[], s:[], s:[], s:[], s:[], s:[], s:[], s:[], s:[],"
	    " s:[], s:{}}",
	    "prompts", "offices", "users", "queues", "routes", "hours",
	    "holidays", "trunks", "dial", "alerts", "moves", "today",
	    "settings");
	int err = d ? 0 : ENOMEM;

	for (size_t i = 0; !err && i < CC_LEN(parts); i++)
		err = db_each(db, parts[i].sql, NULL, 0, parts[i].read,
			      json_object_get(d, parts[i].key));
	if (err)
		json_decref(d);
	else
		*dir = d;
	return err;
}

static int read_place(const struct db_row *r, void *arg)
{
	return add(arg, json_pack("{s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "id",
				  text(r, 0), "call", text(r, 1), "queue_id",
				  number(r, 2), "number", text(r, 3), "since",
				  (json_int_t)db_time_ms(r, 4), "seq",
				  number(r, 5), "card", number(r, 6)));
}

int cc_places_read(struct db *db, const char *node, json_t **list)
{
	static const char sql[] =
	    "SELECT p.id, p.call_id, p.queue_id, p.number, p.since,"
	    " (SELECT COALESCE(MAX(v.seq), 0) FROM call_event v"
	    "  WHERE v.call_id = p.id), b.appeal_id FROM call_place p"
	    " LEFT JOIN call_place_end e ON e.place_id = p.id"
	    " LEFT JOIN call_back b ON b.call_id = p.call_id"
	    " WHERE p.node = ? AND e.place_id IS NULL ORDER BY p.since, p.id";
	const struct db_arg args[] = { DB_STR(node) };
	json_t *l = json_array();
	int err =
	    l ? db_each(db, sql, args, CC_LEN(args), read_place, l) : ENOMEM;

	if (err)
		json_decref(l);
	else
		*list = l;
	return err;
}

int cc_dir_save(int folder, const json_t *dir)
{
	int fd, err = 0;

	/* names of employees, passwords of lines: readable by the service alone */
	fd = openat(folder, CACHE ".new",
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	if (json_dumpfd(dir, fd, JSON_COMPACT))
		err = EIO;
	else if (fdatasync(fd))
		err = errno;
	close(fd);
	if (!err && renameat(folder, CACHE ".new", folder, CACHE))
		err = errno;
	return err;
}

json_t *cc_dir_load(int folder)
{
	int fd = openat(folder, CACHE, O_RDONLY | O_CLOEXEC);
	json_t *dir;

	if (fd < 0)
		return NULL;
	dir = json_loadfd(fd, 0, NULL);
	close(fd);
	return dir;
}

/* ---- outbox ---- */

struct reading {
	struct cc_outbox_row *rows;
	size_t n;
};

static int read_outbox(const struct db_row *r, void *arg)
{
	struct reading *rd = arg;
	struct cc_outbox_row *row = &rd->rows[rd->n++];

	row->id = db_u64(r, 0);
	db_copy(r, 1, row->kind, sizeof(row->kind));
	row->payload = json_loads(db_str(r, 2), 0, NULL);
	if (!row->payload)
		row->payload = json_object();
	return 0;
}

int cc_outbox_read(struct db *db, struct cc_outbox_row *rows, size_t max,
		   size_t *n)
{
	/* everything that is there: ids do not commit in order (D17) */
	static const char sql[] =
	    "SELECT id, kind, payload FROM outbox ORDER BY id LIMIT ?";
	const struct db_arg args[] = { DB_U64(max) };
	struct reading rd = { rows, 0 };
	int err;

	err = db_each(db, sql, args, CC_LEN(args), read_outbox, &rd);
	if (err) {
		while (rd.n)
			json_decref(rows[--rd.n].payload);
		return err;
	}
	*n = rd.n;
	return 0;
}

int cc_outbox_delete(struct db *db, uint64_t id)
{
	static const char sql[] = "DELETE FROM outbox WHERE id = ?";
	const struct db_arg args[] = { DB_U64(id) };

	return db_exec(db, sql, args, CC_LEN(args));
}
