#include "cgi/store_recent.h"

#include <string.h>

#include "cgi/session.h"
#include "cgi/util.h"
#include "db/db.h"

/* Of the events that name him, what makes a call his. So many of the newest
 * hold more than RECENT_CALLS calls. */
#define TOOK   "('CONNECT', 'HANDOVER', 'OPERATORBACK', 'CONSULTANSWER')"
#define RANG   "('OFFER', 'REJECT')"
#define MISSED "('RINGNOANSWER', 'RINGCANCELED', 'TARGETGONE')"

struct walk {
	int (*each)(void *arg, const struct recent *c);
	void *arg;
	const char *extension;
};

static int read_recent(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	struct recent c;

	db_copy(row, 0, c.id, sizeof(c.id));
	db_copy(row, 1, c.direction, sizeof(c.direction));
	c.out = !strcmp(c.direction, "OUT") ||
		(!strcmp(c.direction, "INT") && *w->extension &&
		 !strcmp(db_str(row, 2), w->extension));
	db_copy(row, c.out ? 3 : 2, c.number, sizeof(c.number));
	db_copy(row, 4, c.queue, sizeof(c.queue));
	c.at_ms = db_time_ms(row, 5);
	c.answered_ms = db_time_ms(row, 6);
	c.ended_ms = db_time_ms(row, 7);
	c.took = db_u64(row, 8) != 0 || (c.out && c.answered_ms);
	c.refused = !c.out && db_u64(row, 9) != 0;
	c.missed = !c.out && db_u64(row, 10) != 0;
	c.appeal = db_u64(row, 11);
	if (c.out)
		session_short_name(db_str(row, 15), db_str(row, 16),
				   db_str(row, 17), c.peer, sizeof(c.peer));
	else
		session_short_name(db_str(row, 12), db_str(row, 13),
				   db_str(row, 14), c.peer, sizeof(c.peer));
	return w->each(w->arg, &c);
}

int store_recent(struct db *db, const struct identity *who,
		 const char *extension,
		 int (*each)(void *arg, const struct recent *c), void *arg)
{
	static const char sql[] =
	    "SELECT c.id, c.direction, c.caller, c.called, c.queue_name,"
	    " x.at, c.answered_at, c.ended_at, x.took, x.refused,"
	    " x.missed,"
	    " (SELECT MAX(a.id) FROM appeal_call l JOIN appeal a"
	    "  ON a.id = l.appeal_id WHERE l.call_id = c.id"
	    "  AND a.status <> 'DELETED' AND (a.author_id = ?"
	    "  OR a.status <> 'DRAFT' AND (a.assignee_id = ?"
	    "  OR a.organization_id = ? AND (a.about_insurer_id IS NULL"
	    "  OR a.passed_at IS NOT NULL OR a.about_insurer_id <> ?)))),"
	    " f.surname, f.given_name, f.patronymic,"
	    " t.surname, t.given_name, t.patronymic"
	    " FROM (SELECT id, MAX(at) AS at, MAX(took) AS took,"
	    "  MAX(refused) AS refused, MAX(missed) AS missed FROM"
	    "  ((SELECT call_id AS id, at, kind IN " TOOK " AS took,"
	    "   kind = 'REJECT' AS refused, kind IN " MISSED " AS missed"
	    "   FROM call_event"
	    "   WHERE user_id = ? AND (kind IN " TOOK " OR kind IN " RANG
	    "   OR kind IN " MISSED ")"
	    "   ORDER BY at DESC LIMIT 1000) UNION ALL"
	    "   (SELECT id, started_at, direction = 'IN' AND answered_at"
	    "   IS NOT NULL, 0, 0 FROM call_record WHERE user_id = ?"
	    "   ORDER BY started_at DESC LIMIT 50)) e"
	    "  GROUP BY id ORDER BY at DESC LIMIT 50) x"
	    " JOIN call_record c ON c.id = x.id"
	    " LEFT JOIN user_account f ON f.extension = c.caller"
	    " AND c.direction <> 'IN'" /* a line can say any number */
	    " LEFT JOIN user_account t ON t.extension = c.called"
	    " ORDER BY x.at DESC, c.id DESC";
	const struct db_arg args[] = { DB_U64(who->id),     DB_U64(who->id),
				       DB_U64(who->org_id), DB_U64(who->org_id),
				       DB_U64(who->id),     DB_U64(who->id) };
	struct walk w = { each, arg, extension };

	_Static_assert(RECENT_CALLS == 50, "the number in the statement");
	return db_each(db, sql, args, LEN(args), read_recent, &w);
}
