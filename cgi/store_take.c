#include "cgi/store_take.h"

#include <errno.h>

#include "cgi/ctx.h"
#include "cgi/store_appeal.h"
#include "cgi/store_node.h"
#include "cgi/util.h"
#include "db/db.h"

/* Who was given a place of this appeal, by the engine or by us. */
#define PLACES                                \
	" FROM call_back b JOIN call_place p" \
	" ON p.call_id = b.call_id"           \
	" LEFT JOIN call_place_end e ON e.place_id = p.id"

/* His organization considers it, and it is no complaint about that one but
 * his own entry. */
#define MAY                                                      \
	" a.organization_id = ? AND (a.about_insurer_id IS NULL" \
	" OR a.about_insurer_id <> ? OR a.passed_at IS NOT NULL" \
	" OR COALESCE(a.author_id, 0) = ?)"
#define MAY_ARGS(who) \
	DB_U64((who)->org_id), DB_U64((who)->org_id), DB_U64((who)->id)

int store_take_count(struct db *db, const struct identity *who, uint64_t *n)
{
	static const char sql[] =
	    "SELECT (SELECT COUNT(*) FROM appeal a WHERE a.assignee_id IS NULL"
	    " AND a.status IN ('DEFERRED', 'IN_PROGRESS') AND" MAY
	    ") + (SELECT COUNT(*) FROM loose_message"
	    " WHERE state = 'OPEN' AND organization_id = ?)";
	const struct db_arg args[] = { MAY_ARGS(who), DB_U64(who->org_id) };

	return db_number(db, sql, args, LEN(args), n);
}

int store_take_may(struct ctx *ctx, uint64_t appeal)
{
	static const char sql[] = "SELECT" MAY " FROM appeal a WHERE a.id = ?"
				  " FOR UPDATE";
	const struct db_arg args[] = { MAY_ARGS(ctx->who), DB_U64(appeal) };
	uint64_t may = 0;
	int err = db_number(ctx->db, sql, args, LEN(args), &may);

	return !err && !may ? EACCES : err;
}

int store_take_places(struct db *db, uint64_t appeal, uint64_t *n)
{
	static const char sql[] =
	    "SELECT COUNT(*)" PLACES
	    " WHERE b.appeal_id = ? AND e.place_id IS NULL";
	const struct db_arg args[] = { DB_U64(appeal) };

	return db_number(db, sql, args, LEN(args), n);
}

int store_take_live(struct ctx *ctx, uint64_t appeal, uint64_t *n)
{
	static const char sql[] =
	    "SELECT COUNT(*)" PLACES " JOIN node_status s ON s.node = p.node"
	    " WHERE b.appeal_id = ? AND e.place_id IS NULL AND s.at > ?";
	const struct db_arg args[] = { DB_U64(appeal),
				       DB_TIME_MS(ctx->now_ms - NODE_GONE_MS) };

	return db_number(ctx->db, sql, args, LEN(args), n);
}

int store_take_close(struct ctx *ctx, uint64_t appeal)
{
	static const char sql[] =
	    "INSERT IGNORE INTO call_place_end (place_id, ended_at, reason,"
	    " user_id) SELECT p.id, ?, 'TAKEN', ?" PLACES
	    " WHERE b.appeal_id = ? AND e.place_id IS NULL";
	const struct db_arg args[] = { DB_TIME_MS(ctx->now_ms),
				       DB_U64(ctx->who->id), DB_U64(appeal) };

	return db_exec(ctx->db, sql, args, LEN(args));
}

static int given_to_another(struct ctx *ctx, uint64_t appeal, uint64_t *n)
{
	static const char sql[] = "SELECT COUNT(*)" PLACES
				  " WHERE b.appeal_id = ? AND e.user_id <> ?";
	const struct db_arg args[] = { DB_U64(appeal), DB_U64(ctx->who->id) };

	return db_number(ctx->db, sql, args, LEN(args), n);
}

/* The telephone gave him the place and jobs was faster than we. */
static int his_already(struct ctx *ctx, uint64_t appeal)
{
	static const char sql[] =
	    "SELECT COUNT(*)" PLACES " JOIN appeal a ON a.id = b.appeal_id"
	    " WHERE b.appeal_id = ? AND e.user_id = ? AND a.assignee_id = ?";
	const struct db_arg args[] = { DB_U64(appeal), DB_U64(ctx->who->id),
				       DB_U64(ctx->who->id) };
	uint64_t n = 0;
	int err = db_number(ctx->db, sql, args, LEN(args), &n);

	return !err && !n ? EBUSY : err;
}

int store_take(struct ctx *ctx, uint64_t appeal)
{
	static const char take[] =
	    "UPDATE appeal SET assignee_id = ?, version = version + 1"
	    " WHERE id = ? AND assignee_id IS NULL"
	    " AND organization_id = ? AND status IN"
	    " ('DEFERRED', 'IN_PROGRESS')";
	static const char history[] =
	    "INSERT INTO appeal_history (appeal_id, at, user_id, event,"
	    " from_status, to_status, address) SELECT id, ?, ?, 'TAKE',"
	    " status, status, ? FROM appeal WHERE id = ?";
	const struct db_arg args[] = { DB_U64(ctx->who->id), DB_U64(appeal),
				       DB_U64(ctx->who->org_id) };
	const struct db_arg note[] = { DB_TIME_MS(ctx->now_ms),
				       DB_U64(ctx->who->id),
				       DB_STR(ctx->address), DB_U64(appeal) };
	uint64_t others = 0;
	int err = store_take_may(ctx, appeal);

	if (!err)
		err = given_to_another(ctx, appeal, &others);
	if (!err && others)
		return EBUSY;
	if (!err)
		err = db_exec(ctx->db, take, args, LEN(args));
	if (!err && db_affected(ctx->db) != 1)
		return his_already(ctx, appeal);
	return err ? err : db_exec(ctx->db, history, note, LEN(note));
}

struct named {
	char *name;
	size_t size;
};

static int read_name(const struct db_row *row, void *arg)
{
	struct named *n = arg;

	session_short_name(db_str(row, 0), db_str(row, 1), db_str(row, 2),
			   n->name, n->size);
	return 0;
}

#define NAME "SELECT u.surname, u.given_name, u.patronymic FROM user_account u"

int store_taker(struct db *db, const struct identity *who, uint64_t appeal,
		char *name, size_t size)
{
	/* the telephone's answer may be on its way to the appeal */
	static const char sql[] =
	    NAME " WHERE u.id = (SELECT COALESCE(a.assignee_id,"
		 " (SELECT MIN(e.user_id)" PLACES
		 "  WHERE b.appeal_id = a.id)) FROM appeal a WHERE a.id = ?"
		 " AND" MAY ")";
	const struct db_arg args[] = { DB_U64(appeal), MAY_ARGS(who) };
	struct named n = { name, size };
	int err;

	*name = '\0';
	err = db_one(db, sql, args, LEN(args), read_name, &n);
	return err == ENOENT ? 0 : err;
}

/* ---- messages without a number ------------------------------------------ */

struct walk {
	int (*each)(void *arg, const struct loose *l);
	void *arg;
};

static int read_loose(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	struct loose l = { .rec = { .seconds = -1 } };

	db_copy(row, 0, l.call, sizeof(l.call));
	l.at_ms = db_time_ms(row, 1);
	db_copy(row, 2, l.rec.id, sizeof(l.rec.id));
	db_copy(row, 3, l.rec.kind, sizeof(l.rec.kind));
	l.rec.started_ms = db_time_ms(row, 4);
	if (!db_is_null(row, 5))
		l.rec.seconds = (int)(db_u64(row, 5) / 8000);
	return w->each(w->arg, &l);
}

int store_loose(struct db *db, uint32_t organization,
		int (*each)(void *arg, const struct loose *l), void *arg,
		uint64_t *total)
{
	static const char count[] =
	    "SELECT COUNT(*) FROM loose_message WHERE state = 'OPEN'"
	    " AND organization_id = ?";
	static const char sql[] =
	    "SELECT m.call_id, m.at, r.id, r.kind, r.started_at, e.samples"
	    " FROM (SELECT call_id, at FROM loose_message"
	    "  WHERE state = 'OPEN' AND organization_id = ?"
	    "  ORDER BY at LIMIT 100) m LEFT JOIN recording r"
	    " ON r.call_id = m.call_id AND r.kind IN ('CALL', 'VOICEMAIL')"
	    " LEFT JOIN recording_end e ON e.recording_id = r.id"
	    " ORDER BY m.at";
	const struct db_arg args[] = { DB_U64(organization) };
	struct walk w = { each, arg };
	int err = db_number(db, count, args, LEN(args), total);

	return err || !*total
		   ? err
		   : db_each(db, sql, args, LEN(args), read_loose, &w);
}

int store_loose_taker(struct db *db, uint32_t organization, const char *call,
		      char *name, size_t size)
{
	static const char sql[] =
	    NAME " JOIN loose_message m ON m.user_id = u.id"
		 " WHERE m.call_id = ? AND m.organization_id = ?";
	const struct db_arg args[] = { DB_STR(call), DB_U64(organization) };
	struct named n = { name, size };
	int err;

	*name = '\0';
	err = db_one(db, sql, args, LEN(args), read_name, &n);
	return err == ENOENT ? 0 : err;
}

static int make_card(struct ctx *ctx, const char *call, uint64_t *appeal)
{
	static const char channel[] =
	    "UPDATE appeal SET channel = 'VOICEMAIL' WHERE id = ?";
	static const char link[] =
	    "UPDATE loose_message SET appeal_id = ? WHERE call_id = ?";
	int err = store_appeal_add(ctx, call, "", appeal);
	const struct db_arg args[] = { DB_U64(*appeal), DB_STR(call) };

	if (!err)
		err = db_exec(ctx->db, channel, args, 1);
	return err ? err : db_exec(ctx->db, link, args, LEN(args));
}

int store_loose_decide(struct ctx *ctx, const char *call, bool taken,
		       uint64_t *appeal)
{
	static const char decide[] =
	    "UPDATE loose_message SET state = ?, user_id = ?, decided_at = ?"
	    " WHERE call_id = ? AND state = 'OPEN' AND organization_id = ?";
	static const char there[] =
	    "SELECT 1 FROM loose_message WHERE call_id = ?"
	    " AND organization_id = ?";
	const struct db_arg args[] = {
		DB_STR(taken ? "TAKEN" : "NON_TARGET"),
		DB_U64(ctx->who->id),
		DB_TIME_MS(ctx->now_ms),
		DB_STR(call),
		DB_U64(ctx->who->org_id),
	};
	uint64_t one;
	int err = db_exec(ctx->db, decide, args, LEN(args));

	if (!err && db_affected(ctx->db) != 1) {
		err = db_number(ctx->db, there, args + 3, 2, &one);
		return err ? err : EBUSY;
	}
	return err || !taken ? err : make_card(ctx, call, appeal);
}
