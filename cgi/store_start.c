#include "cgi/store_start.h"

#include <string.h>

#include "cgi/ctx.h"
#include "cgi/store_phone.h"
#include "cgi/util.h"
#include "db/db.h"

static int read_facts(const struct db_row *row, void *arg)
{
	struct start_facts *f = arg;

	db_copy(row, 0, f->fund, sizeof(f->fund));
	db_copy(row, 1, f->region, sizeof(f->region));
	f->region_set = db_u64(row, 2) > 1;
	db_copy(row, 3, f->zone, sizeof(f->zone));
	f->zone_set = db_u64(row, 4) > 1;
	db_copy(row, 5, f->hours, sizeof(f->hours));
	f->hours_set = *f->hours || db_u64(row, 6) > 1;
	f->greeting = db_u64(row, 7) != 0;
	f->clinics = (unsigned)db_u64(row, 8);
	f->administrators = (unsigned)db_u64(row, 9);
	f->operators = (unsigned)db_u64(row, 10);
	f->queued = (unsigned)db_u64(row, 11);
	f->called = db_u64(row, 12) != 0;
	return 0;
}

static int count_line(void *arg, const struct trunk_state *s)
{
	struct start_facts *f = arg;

	f->lines += s->enabled;
	f->lines_up += s->enabled && !strcmp(s->state, "up");
	return 0;
}

#define WITH_ROLE(roles)                                              \
	" (SELECT COUNT(DISTINCT r.user_id) FROM user_role r JOIN"    \
	" user_account u ON u.id = r.user_id WHERE u.blocked = 0 AND" \
	" r.role IN (" roles "))"

int store_start(struct ctx *ctx, struct start_facts *out)
{
	static const char sql[] =
	    "SELECT COALESCE((SELECT short_name FROM organization"
	    "  WHERE kind = 'FUND' ORDER BY id LIMIT 1), ''),"
	    " c.value, c.version, z.value, z.version,"
	    " COALESCE((SELECT h.name FROM inbound_route i JOIN business_hours"
	    "  h ON h.id = i.hours_id WHERE i.number IS NULL LIMIT 1), ''),"
	    " COALESCE((SELECT MAX(version) FROM business_hours), 1),"
	    " EXISTS (SELECT 1 FROM prompt_use WHERE used_for = 'greeting'),"
	    " (SELECT COUNT(*) FROM organization WHERE kind = 'MO')," WITH_ROLE("'CC_ADMIN'") "," WITH_ROLE(
		"'OPERATOR_L1', 'OPERATOR_L2', 'INSURER_REP_L1',"
		" 'INSURER_REP_L2', 'INSURER_REP_L3'") ","
						       " (SELECT COUNT(DISTINCT user_id) FROM queue_member),"
						       " EXISTS (SELECT 1 FROM call_record WHERE trunk_id IS NOT NULL"
						       "  AND answered_at IS NOT NULL)"
						       " FROM setting c JOIN setting z"
						       " WHERE c.name = 'region.code' AND z.name = 'region.zone'";
	int err;

	memset(out, 0, sizeof(*out));
	err = db_one(ctx->db, sql, NULL, 0, read_facts, out);
	return err ? err : store_trunk_states(ctx, count_line, out);
}

const char *store_start_path(struct db *db, uint32_t user)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM user_role WHERE user_id = ? AND role"
	    " IN ('CC_ADMIN', 'SECURITY_ADMIN')) AND EXISTS (SELECT 1 FROM"
	    " setting WHERE name = 'region.code' AND version = 1)";
	const struct db_arg args[] = { DB_U64(user) };
	uint64_t due = 0;

	return !db_number(db, sql, args, LEN(args), &due) && due
		   ? "/admin/start"
		   : "/";
}
