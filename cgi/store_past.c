#include "cgi/store_past.h"

#include <string.h>

#include "cgi/appeal_field.h"
#include "cgi/ctx.h"
#include "cgi/util.h"
#include "db/db.h"

struct walk {
	int (*each)(void *arg, const struct past *p);
	void *arg;
};

static int read_past(const struct db_row *row, void *arg)
{
	static struct past p; /* 60 KiB, most of it empty */
	const struct walk *w = arg;
	struct appeal *a = &p.a;
	unsigned c = 0;

	a->id = db_u64(row, c++);
	db_copy(row, c++, a->number, sizeof(a->number));
	a->status = appeal_status_of(db_str(row, c++));
	db_copy(row, c++, a->type, sizeof(a->type));
	db_copy(row, c++, a->description, sizeof(a->description));
	db_copy(row, c++, a->surname, sizeof(a->surname));
	db_copy(row, c++, a->given_name, sizeof(a->given_name));
	db_copy(row, c++, a->patronymic, sizeof(a->patronymic));
	a->registered_ms = db_time_ms(row, c++);
	a->author_id = (uint32_t)db_u64(row, c++);
	a->assignee_id = (uint32_t)db_u64(row, c++);
	a->organization_id = (uint32_t)db_u64(row, c++);
	a->author_org = (uint32_t)db_u64(row, c++);
	a->assignee_org = (uint32_t)db_u64(row, c++);
	a->about_insurer_id = (uint32_t)db_u64(row, c++);
	a->insurer_id = (uint32_t)db_u64(row, c++);
	a->passed_ms = db_time_ms(row, c++);
	a->person_id = db_u64(row, c++);
	db_copy(row, c++, p.org, sizeof(p.org));
	p.worked_id = (uint32_t)db_u64(row, c++);
	session_short_name(db_str(row, c), db_str(row, c + 1),
			   db_str(row, c + 2), p.worked, sizeof(p.worked));
	c += 3;
	p.sure = db_u64(row, c++) != 0;
	db_copy(row, c++, p.reason, sizeof(p.reason));
	return w->each(w->arg, &p);
}

#define OF_OTHER(mine, other) "IF(a.applies = 'OTHER', a." other ", a." mine ")"

int store_pasts(struct db *db, const struct appeal *of,
		int (*each)(void *arg, const struct past *p), void *arg)
{
	/* NULL finds nobody */
	static const char sql[] =
	    "SELECT a.id, a.number, a.status, a.type, a.description,"
	    " " OF_OTHER(
		"surname",
		"concerned_surname") ","
				     " " OF_OTHER(
					 "given_name",
					 "concerned_given_name") ","
								 " " OF_OTHER(
								     "patronymic",
								     "concerned_patronymic") ","
											     " a.registered_at, a.author_id, a.assignee_id, a.organization_id,"
											     " a.author_org, a.assignee_org, a.about_insurer_id,"
											     " a.insurer_id, a.passed_at, a.person_id, o.short_name,"
											     " COALESCE(s.id, w.id), COALESCE(s.surname, w.surname),"
											     " COALESCE(s.given_name, w.given_name),"
											     " COALESCE(s.patronymic, w.patronymic),"
											     " COALESCE(a.person_id = ?, 0) OR EXISTS (SELECT 1 FROM"
											     "  appeal_link l WHERE l.appeal_id = ? AND l.earlier_id = a.id),"
											     " (SELECT MAX(l.reason) FROM appeal_link l WHERE l.appeal_id = ?"
											     "  AND l.earlier_id = a.id AND l.reason <> 'SAME')"
											     " FROM (SELECT id FROM appeal WHERE person_id = ?"
											     "  UNION SELECT id FROM appeal WHERE phone = ?"
											     "   AND applies <> 'OTHER'"
											     "  UNION SELECT id FROM appeal WHERE surname = ?"
											     "   AND given_name = ? AND patronymic = ? AND birth_date = ?"
											     "   AND applies <> 'OTHER'"
											     "  UNION SELECT id FROM appeal WHERE phone = ?"
											     "   AND concerned_surname = ?"
											     "   AND concerned_given_name = ? AND concerned_patronymic = ?"
											     "   AND concerned_birth_date = ? AND applies = 'OTHER') m"
											     " JOIN appeal a ON a.id = m.id"
											     " LEFT JOIN user_account w ON w.id = a.author_id"
											     " LEFT JOIN user_account s ON s.id = a.assignee_id"
											     " LEFT JOIN organization o ON o.id = a.organization_id"
											     " WHERE a.id <> ? AND a.status NOT IN ('DRAFT', 'DELETED')"
											     " AND (? = 0 OR a.registered_at < ?)"
											     " AND (? = 0 OR a.person_id IS NULL OR a.person_id = ?)"
											     " ORDER BY a.registered_at DESC, a.id DESC LIMIT ?";
	bool other = appeal_for_other(of);
	const char *surname = other ? of->concerned_surname : of->surname;
	const char *given = other ? of->concerned_given_name : of->given_name;
	const char *last = other ? of->concerned_patronymic : of->patronymic;
	const char *birth = other ? of->concerned_birth : of->birth;
	bool named = *surname && *given && *birth;
	struct db_arg name[4] = { DB_NULL, DB_NULL, DB_NULL, DB_NULL };
	struct walk w = { each, arg };

	if (named) {
		name[0] = DB_STR(surname);
		name[1] = DB_STR(given);
		name[2] = DB_STR(last);
		name[3] = DB_STR(birth);
	}

	const struct db_arg args[] = {
		DB_ID(of->person_id),
		DB_U64(of->id),
		DB_U64(of->id),
		DB_ID(of->person_id),
		/* the number is of who applies */
		*of->phone && !other ? DB_STR(of->phone) : DB_NULL,
		name[0],
		name[1],
		name[2],
		name[3],
		*of->phone ? DB_STR(of->phone) : DB_NULL,
		name[0],
		name[1],
		name[2],
		name[3],
		DB_U64(of->id),
		DB_U64(of->registered_ms != 0),
		DB_TIME_MS(of->registered_ms),
		DB_U64(of->person_id),
		DB_U64(of->person_id),
		DB_U64(PASTS_SHOWN + 1),
	};

	return db_each(db, sql, args, LEN(args), read_past, &w);
}

int store_past_link(struct ctx *ctx, uint64_t appeal, uint64_t earlier,
		    const char *reason)
{
	static const char sql[] =
	    "INSERT INTO appeal_link (appeal_id, earlier_id, reason, user_id,"
	    " at) VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE at = at";
	const struct db_arg args[] = {
		DB_U64(appeal),       DB_U64(earlier),         DB_STR(reason),
		DB_U64(ctx->who->id), DB_TIME_MS(ctx->now_ms),
	};

	return db_exec(ctx->db, sql, args, LEN(args));
}

int store_past_unlink(struct db *db, uint64_t appeal, uint64_t earlier)
{
	static const char sql[] = "DELETE FROM appeal_link WHERE appeal_id = ?"
				  " AND earlier_id = ? AND reason <> 'SAME'";
	const struct db_arg args[] = { DB_U64(appeal), DB_U64(earlier) };

	return db_exec(db, sql, args, LEN(args));
}
