/* store_rows.c - table: row kind -> SQL and columns. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "janus-plugin/store_rows.h"
#include "janus-plugin/util.h"

#define MAX_COLS 24

enum col_type { COL_TEXT, COL_INT, COL_REAL, COL_TIME, COL_JSON, COL_HEX };

struct col {
	const char *name;
	enum col_type type;
	unsigned max; /* characters of COL_TEXT, bytes of COL_HEX */
};

enum how {
	ONCE,   /* INSERT; again is no error */
	UPSERT, /* a whole row: INSERT or UPDATE */
	OWN,    /* a statement of its own, every column given */
};

/* The primary key comes first. */
static const struct kind {
	const char *name, *table;
	enum how how;
	const char *whole; /* UPSERT: without this column only UPDATE;
			      OWN: the statement */
	struct col cols[MAX_COLS];
} kinds[] = {
	{ "call",
	  "call_record",
	  UPSERT,
	  "direction",
	  {
	      { "id", COL_TEXT, 36 },
	      { "node", COL_TEXT, 32 },
	      { "direction", COL_TEXT, 3 },
	      { "caller", COL_TEXT, 32 },
	      { "called", COL_TEXT, 32 },
	      { "queue_id", COL_INT, 0 },
	      { "queue_name", COL_TEXT, 80 },
	      { "user_id", COL_INT, 0 },
	      { "trunk_id", COL_INT, 0 },
	      { "started_at", COL_TIME, 0 },
	      { "greeted_at", COL_TIME, 0 },
	      { "queued_at", COL_TIME, 0 },
	      { "offered_at", COL_TIME, 0 },
	      { "answered_at", COL_TIME, 0 },
	      { "ended_at", COL_TIME, 0 },
	      { "state", COL_TEXT, 16 },
	      { "end_reason", COL_TEXT, 32 },
	      { "durations", COL_JSON, 0 },
	      { "quality", COL_JSON, 0 },
	      { "non_target_kind", COL_TEXT, 16 },
	      { "parent_call_id", COL_TEXT, 36 },
	      { "flags", COL_TEXT, 120 },
	  } },
	{ "call_event",
	  "call_event",
	  ONCE,
	  NULL,
	  {
	      { "call_id", COL_TEXT, 36 },
	      { "seq", COL_INT, 0 },
	      { "at", COL_TIME, 0 },
	      { "kind", COL_TEXT, 24 },
	      { "user_id", COL_INT, 0 },
	      { "data", COL_JSON, 0 },
	  } },
	{ "call_leg",
	  "call_leg",
	  ONCE,
	  NULL,
	  {
	      { "call_id", COL_TEXT, 36 },
	      { "seq", COL_INT, 0 },
	      { "kind", COL_TEXT, 16 },
	      { "peer", COL_TEXT, 64 },
	      { "started_at", COL_TIME, 0 },
	      { "ended_at", COL_TIME, 0 },
	      { "loss", COL_REAL, 0 },
	      { "jitter_ms", COL_REAL, 0 },
	      { "rtt_ms", COL_REAL, 0 },
	      { "max_gap_ms", COL_REAL, 0 },
	      { "mos", COL_REAL, 0 },
	  } },
	{ "recording",
	  "recording",
	  ONCE,
	  NULL,
	  {
	      { "id", COL_TEXT, 36 },
	      { "call_id", COL_TEXT, 36 },
	      { "node", COL_TEXT, 32 },
	      { "kind", COL_TEXT, 12 },
	      { "path", COL_TEXT, 200 },
	      { "started_at", COL_TIME, 0 },
	  } },
	{ "recording_end",
	  "recording_end",
	  ONCE,
	  NULL,
	  {
	      { "recording_id", COL_TEXT, 36 },
	      { "ended_at", COL_TIME, 0 },
	      { "samples", COL_INT, 0 },
	      { "bytes", COL_INT, 0 },
	      { "frames", COL_INT, 0 },
	      { "head", COL_HEX, 32 },
	      { "reason", COL_TEXT, 32 },
	  } },
	{ "place",
	  "call_place",
	  ONCE,
	  NULL,
	  {
	      { "id", COL_TEXT, 36 },
	      { "call_id", COL_TEXT, 36 },
	      { "node", COL_TEXT, 32 },
	      { "queue_id", COL_INT, 0 },
	      { "number", COL_TEXT, 32 },
	      { "since", COL_TIME, 0 },
	  } },
	{ "place_end",
	  "call_place_end",
	  ONCE,
	  NULL,
	  {
	      { "place_id", COL_TEXT, 36 },
	      { "ended_at", COL_TIME, 0 },
	      { "reason", COL_TEXT, 16 },
	      { "user_id", COL_INT, 0 },
	  } },
	{ "attendance",
	  "attendance",
	  ONCE,
	  NULL,
	  {
	      { "id", COL_TEXT, 36 },
	      { "user_id", COL_INT, 0 },
	      { "started_at", COL_TIME, 0 },
	  } },
	{ "attendance_end",
	  "attendance_end",
	  ONCE,
	  NULL,
	  {
	      { "attendance_id", COL_TEXT, 36 },
	      { "ended_at", COL_TIME, 0 },
	      { "reason", COL_TEXT, 32 },
	  } },
	{ "agent_event",
	  "agent_event",
	  ONCE,
	  NULL,
	  {
	      { "id", COL_TEXT, 36 },
	      { "user_id", COL_INT, 0 },
	      { "at", COL_TIME, 0 },
	      { "state", COL_TEXT, 16 },
	      { "reason", COL_TEXT, 32 },
	  } },
	{ "call_flag",
	  "call_record",
	  OWN,
	  "UPDATE call_record r, (SELECT ? AS flag) f SET r.flags ="
	  " IF(FIND_IN_SET(f.flag, r.flags), r.flags,"
	  " CONCAT_WS(',', NULLIF(r.flags, ''), f.flag)) WHERE r.id = ?",
	  {
	      { "flag", COL_TEXT, 16 },
	      { "id", COL_TEXT, 36 },
	  } },
	{ "shift_alert",
	  "shift_alert",
	  ONCE,
	  NULL,
	  {
	      { "id", COL_TEXT, 36 },
	      { "node", COL_TEXT, 32 },
	      { "at", COL_TIME, 0 },
	      { "kind", COL_TEXT, 16 },
	      { "call_id", COL_TEXT, 36 },
	      { "user_id", COL_INT, 0 },
	      { "queue_id", COL_INT, 0 },
	      { "organization_id", COL_INT, 0 },
	      { "text", COL_TEXT, 200 },
	  } },
	{ "shift_alert_step",
	  "shift_alert_step",
	  ONCE,
	  NULL,
	  {
	      { "alert_id", COL_TEXT, 36 },
	      { "seq", COL_INT, 0 },
	      { "step", COL_TEXT, 16 },
	      { "at", COL_TIME, 0 },
	      { "user_id", COL_INT, 0 },
	  } },
	{ "supervisor_action",
	  "supervisor_action",
	  ONCE,
	  NULL,
	  {
	      { "id", COL_TEXT, 36 },
	      { "at", COL_TIME, 0 },
	      { "user_id", COL_INT, 0 },
	      { "action", COL_TEXT, 16 },
	      { "call_id", COL_TEXT, 36 },
	      { "target_user", COL_INT, 0 },
	      { "queue_id", COL_INT, 0 },
	      { "reason", COL_TEXT, 200 },
	      { "result", COL_TEXT, 16 },
	  } },
	{ "node_status",
	  "node_status",
	  UPSERT,
	  "body",
	  {
	      { "node", COL_TEXT, 32 },
	      { "at", COL_TIME, 0 },
	      { "body", COL_JSON, 0 },
	  } },
};

struct values { /* the columns a row really has */
	const struct col *col[MAX_COLS];
	struct db_arg arg[MAX_COLS + 1];
	void *mine[MAX_COLS]; /* to be freed */
	size_t n;
};

static const struct kind *find_kind(const json_t *row)
{
	const char *name = json_string_value(json_object_get(row, "t"));

	for (size_t i = 0; name && i < CC_LEN(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

/* Bytes of the first max characters of UTF-8. */
static size_t cut(const char *s, size_t len, unsigned max)
{
	size_t n = 0;

	for (; n < len; n++)
		if (((unsigned char)s[n] & 0xc0) != 0x80 && !max--)
			break;
	return n;
}

static int unhex(const char *s, unsigned bytes, uint8_t **out)
{
	uint8_t *buf;

	if (strlen(s) != 2 * (size_t)bytes ||
	    strspn(s, "0123456789abcdef") != 2 * (size_t)bytes)
		return EINVAL;
	buf = malloc(bytes);
	if (!buf)
		return ENOMEM;
	for (unsigned i = 0; i < bytes; i++) {
		char two[3] = { s[2 * i], s[2 * i + 1], '\0' };

		buf[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	*out = buf;
	return 0;
}

static int convert(const struct col *c, const json_t *v, struct db_arg *arg,
		   void **mine)
{
	const char *s = json_string_value(v);
	uint8_t *bytes;
	int err;

	if (json_is_null(v)) {
		*arg = DB_NULL;
		return 0;
	}
	switch (c->type) {
	case COL_TEXT:
		if (!s)
			return EINVAL;
		*arg = DB_STRN(s, cut(s, json_string_length(v), c->max));
		return 0;
	case COL_INT:
		if (!json_is_integer(v))
			return EINVAL;
		*arg = DB_I64(json_integer_value(v));
		return 0;
	case COL_REAL:
		if (!json_is_number(v))
			return EINVAL;
		*arg = DB_F64(json_number_value(v));
		return 0;
	case COL_TIME:
		if (!json_is_integer(v))
			return EINVAL;
		*arg = DB_TIME_MS(json_integer_value(v));
		return 0;
	case COL_JSON:
		*mine = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
		if (!*mine)
			return ENOMEM;
		*arg = DB_STR(*mine);
		return 0;
	case COL_HEX:
		err = s ? unhex(s, c->max, &bytes) : EINVAL;
		if (err)
			return err;
		*mine = bytes;
		*arg = DB_BLOB(bytes, c->max);
		return 0;
	}
	return EINVAL;
}

static void free_values(struct values *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->mine[i]);
}

/* In the order of the table, so that few different statements arise. */
static int read_values(const struct kind *k, const json_t *row,
		       struct values *v)
{
	int err = 0;

	*v = (struct values){ .n = 0 };
	for (size_t i = 0; !err && i < MAX_COLS && k->cols[i].name; i++) {
		json_t *j = json_object_get(row, k->cols[i].name);

		if (!j)
			continue;
		v->col[v->n] = &k->cols[i];
		err = convert(&k->cols[i], j, &v->arg[v->n], &v->mine[v->n]);
		v->n++;
	}
	/* "t" is the only other key there may be */
	if (!err && (v->n + 1 != json_object_size(row) || !v->n ||
		     v->col[0] != &k->cols[0]))
		err = EINVAL;
	if (err) {
		free_values(v);
		v->n = 0;
	}
	return err;
}

static void sql_insert(const struct kind *k, const struct values *v, char *sql,
		       size_t size)
{
	size_t at;

	at = (size_t)snprintf(sql, size, "INSERT INTO %s (", k->table);
	for (size_t i = 0; i < v->n; i++)
		at += (size_t)snprintf(sql + at, size - at, "%s%s",
				       i ? ", " : "", v->col[i]->name);
	at += (size_t)snprintf(sql + at, size - at, ") VALUES (");
	for (size_t i = 0; i < v->n; i++)
		at += (size_t)snprintf(sql + at, size - at, i ? ", ?" : "?");
	at += (size_t)snprintf(sql + at, size - at, ")");
	if (k->how != UPSERT)
		return;
	at += (size_t)snprintf(sql + at, size - at, " ON DUPLICATE KEY UPDATE");
	for (size_t i = 1; i < v->n; i++)
		at += (size_t)snprintf(sql + at, size - at,
				       "%s %s = VALUES(%s)", i > 1 ? "," : "",
				       v->col[i]->name, v->col[i]->name);
}

static void sql_update(const struct kind *k, struct values *v, char *sql,
		       size_t size)
{
	struct db_arg key = v->arg[0];
	size_t at;

	at = (size_t)snprintf(sql, size, "UPDATE %s SET", k->table);
	for (size_t i = 1; i < v->n; i++) {
		at += (size_t)snprintf(sql + at, size - at, "%s %s = ?",
				       i > 1 ? "," : "", v->col[i]->name);
		v->arg[i - 1] = v->arg[i];
	}
	snprintf(sql + at, size - at, " WHERE %s = ?", v->col[0]->name);
	v->arg[v->n - 1] = key;
}

int cc_row_write(struct db *db, const json_t *row)
{
	const struct kind *k = find_kind(row);
	char sql[2048]; /* the widest kind needs 1300 */
	struct values v;
	int err;

	if (!k)
		return EINVAL;
	err = read_values(k, row, &v);
	if (err)
		return err;
	if (k->how == OWN) {
		err = db_exec(db, k->whole, v.arg, v.n);
	} else if (k->how == ONCE || json_object_get(row, k->whole)) {
		sql_insert(k, &v, sql, sizeof(sql));
		err = db_exec(db, sql, v.arg, v.n);
		/* Not INSERT IGNORE: that also swallows values that do not
		 * fit, and evidence would be stored damaged. */
		if (err == EEXIST)
			err = 0;
	} else if (v.n > 1) {
		sql_update(k, &v, sql, sizeof(sql));
		err = db_exec(db, sql, v.arg, v.n);
	}
	free_values(&v);
	return err;
}

/* ---- after a crash ---- */

static const char sql_event[] =
    "INSERT INTO call_event (call_id, seq, at, kind)"
    " SELECT c.id, COALESCE(MAX(e.seq), 0) + 1,"
    " GREATEST(c.started_at, COALESCE(MAX(e.at), c.started_at),"
    " COALESCE(MAX(n.at), c.started_at)), 'INTERRUPTED'"
    " FROM call_record c LEFT JOIN call_event e ON e.call_id = c.id"
    " LEFT JOIN node_status n ON n.node = c.node"
    " WHERE c.node = ? AND c.ended_at IS NULL"
    " GROUP BY c.id, c.started_at";

static const char sql_call[] =
    "UPDATE call_record c SET state = 'ended',"
    " end_reason = 'INTERRUPTED', ended_at ="
    " (SELECT MAX(e.at) FROM call_event e WHERE e.call_id = c.id)"
    " WHERE c.node = ? AND c.ended_at IS NULL";

/* An attendance does not say its node: hands off while another one lives. */
static const char sql_attendance[] =
    "INSERT INTO attendance_end (attendance_id, ended_at, reason)"
    " SELECT a.id, GREATEST(a.started_at, COALESCE(n.at, a.started_at)),"
    " 'INTERRUPTED' FROM attendance a"
    " LEFT JOIN attendance_end e ON e.attendance_id = a.id"
    " LEFT JOIN node_status n ON n.node = ?"
    " WHERE e.attendance_id IS NULL AND NOT EXISTS (SELECT 1"
    " FROM node_status o WHERE o.node <> ?"
    " AND o.at > UTC_TIMESTAMP(3) - INTERVAL 60 SECOND)";

int cc_rows_interrupted(struct db *db, const char *node)
{
	const struct db_arg args[] = { DB_STR(node), DB_STR(node) };
	int err;

	err = db_begin(db);
	if (err)
		return err;
	err = db_exec(db, sql_event, args, 1);
	if (!err)
		err = db_exec(db, sql_call, args, 1);
	if (!err)
		err = db_exec(db, sql_attendance, args, 2);
	if (!err)
		err = db_commit(db);
	else
		db_rollback(db);
	return err;
}
