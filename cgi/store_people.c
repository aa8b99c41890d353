#include "cgi/store_people.h"

#include <errno.h>
#include <stdio.h>

#include "cgi/session.h"
#include "cgi/util.h"
#include "db/db.h"

#define COLUMNS                                                            \
	"SELECT u.id, u.organization_id, o.kind,"                          \
	" (SELECT GROUP_CONCAT(r.role) FROM user_role r"                   \
	"  WHERE r.user_id = u.id),"                                       \
	" TRIM(CONCAT(u.surname, ' ', u.given_name, ' ', u.patronymic)),"  \
	" o.short_name, u.extension, (SELECT s.by_id FROM substitution s"  \
	"  JOIN user_account y ON y.id = s.by_id AND y.blocked = 0"        \
	"  AND y.organization_id = u.organization_id"                      \
	"  WHERE s.absent_id = u.id AND ? BETWEEN s.from_day AND s.to_day" \
	"  ORDER BY s.id DESC LIMIT 1), u.surname, u.given_name,"          \
	" u.patronymic FROM user_account u"                                \
	" JOIN organization o ON o.id = u.organization_id"                 \
	" WHERE u.blocked = 0"
#define ORDER \
	" ORDER BY o.kind + 0, o.short_name, u.surname, u.given_name, u.id"

struct walk {
	int (*each)(void *arg, const struct colleague *c);
	void *arg;
};

static int read_colleague(const struct db_row *row, void *arg)
{
	struct walk *w = arg;
	struct colleague c = { .name = "" };

	c.who.id = (uint32_t)db_u64(row, 0);
	c.who.org_id = (uint32_t)db_u64(row, 1);
	c.who.org_kind = auth_kind_of(db_str(row, 2));
	c.who.roles = auth_roles_of(db_str(row, 3));
	db_copy(row, 4, c.name, sizeof(c.name));
	db_copy(row, 5, c.org, sizeof(c.org));
	db_copy(row, 6, c.extension, sizeof(c.extension));
	c.substitute = (uint32_t)db_u64(row, 7);
	session_short_name(db_str(row, 8), db_str(row, 9), db_str(row, 10),
			   c.short_name, sizeof(c.short_name));
	if (!auth_may(&c.who, AUTH_APPEAL_EDIT))
		return 0;
	return w->each(w->arg, &c);
}

int store_colleagues(struct db *db, const char *today,
		     int (*each)(void *arg, const struct colleague *c),
		     void *arg)
{
	static const char sql[] = COLUMNS ORDER;
	const struct db_arg args[] = { DB_STR(today) };
	struct walk w = { each, arg };

	return db_each(db, sql, args, LEN(args), read_colleague, &w);
}

static int keep(void *arg, const struct colleague *c)
{
	*(struct colleague *)arg = *c;
	return 0;
}

static int one(struct db *db, const char *today, uint32_t id,
	       struct colleague *out)
{
	static const char sql[] = COLUMNS " AND u.id = ?" ORDER;
	const struct db_arg args[] = { DB_STR(today), DB_U64(id) };
	struct walk w = { keep, out };

	out->who.id = 0;
	return db_each(db, sql, args, LEN(args), read_colleague, &w);
}

int store_colleague(struct db *db, const char *today, uint32_t id,
		    struct colleague *out)
{
	int err = one(db, today, id, out);

	/* one step: who stands in is not himself looked up again */
	if (!err && out->who.id && out->substitute)
		err = one(db, today, out->substitute, out);
	return err ? err : out->who.id ? 0 : ENOENT;
}

int store_helpers(struct db *db, const char *today, const char *theme,
		  uint32_t insurer,
		  int (*each)(void *arg, const struct colleague *c), void *arg)
{
	static const char sql[] = COLUMNS
	    " AND u.extension IS NOT NULL AND EXISTS (SELECT 1"
	    "  FROM user_role r WHERE r.user_id = u.id AND"
	    "  ((r.role = 'OPERATOR_L2' AND EXISTS (SELECT 1 FROM user_theme t"
	    "    WHERE t.user_id = u.id AND t.theme_code = ?))"
	    "   OR (r.role = 'INSURER_REP_L2' AND u.organization_id = ?)))" ORDER;
	const struct db_arg args[] = { DB_STR(today), DB_STR(theme),
				       DB_U64(insurer) };
	struct walk w = { each, arg };

	return db_each(db, sql, args, LEN(args), read_colleague, &w);
}

/* ---- substitutions ------------------------------------------------------ */

struct subs {
	int (*each)(void *arg, const struct substitution *s);
	void *arg;
};

static int read_substitution(const struct db_row *row, void *arg)
{
	struct subs *w = arg;
	struct substitution s;

	s.id = (uint32_t)db_u64(row, 0);
	db_copy(row, 1, s.absent, sizeof(s.absent));
	db_copy(row, 2, s.by, sizeof(s.by));
	db_copy(row, 3, s.from, sizeof(s.from));
	db_copy(row, 4, s.to, sizeof(s.to));
	s.open = db_u64(row, 5);
	return w->each(w->arg, &s);
}

int store_substitutions(struct db *db, const char *today, uint32_t org,
			uint32_t user,
			int (*each)(void *arg, const struct substitution *s),
			void *arg)
{
	static const char sql[] =
	    "SELECT s.id, TRIM(CONCAT(a.surname, ' ', a.given_name, ' ',"
	    " a.patronymic)), TRIM(CONCAT(b.surname, ' ', b.given_name, ' ',"
	    " b.patronymic)), s.from_day, s.to_day, (SELECT COUNT(*)"
	    "  FROM appeal p WHERE p.assignee_id = a.id AND p.status IN"
	    "  ('IN_PROGRESS', 'DEFERRED')) FROM substitution s"
	    " JOIN user_account a ON a.id = s.absent_id"
	    " JOIN user_account b ON b.id = s.by_id"
	    " WHERE s.to_day >= ? AND (? = 0 OR a.organization_id = ?)"
	    " AND (? = 0 OR ? IN (s.absent_id, s.by_id))"
	    " ORDER BY s.from_day, s.id";
	const struct db_arg args[] = { DB_STR(today), DB_U64(org), DB_U64(org),
				       DB_U64(user), DB_U64(user) };
	struct subs w = { each, arg };

	return db_each(db, sql, args, LEN(args), read_substitution, &w);
}

int store_substitution_add(struct db *db, uint32_t absent, uint32_t by,
			   const char *from, const char *to)
{
	static const char sql[] =
	    "INSERT INTO substitution (absent_id, by_id, from_day, to_day)"
	    " VALUES (?, ?, ?, ?)";
	const struct db_arg args[] = { DB_U64(absent), DB_U64(by), DB_STR(from),
				       DB_STR(to) };

	return db_exec(db, sql, args, LEN(args));
}

int store_substitution_remove(struct db *db, uint32_t org, uint32_t id)
{
	static const char sql[] =
	    "DELETE s FROM substitution s JOIN user_account a"
	    " ON a.id = s.absent_id WHERE s.id = ?"
	    " AND (? = 0 OR a.organization_id = ?)";
	const struct db_arg args[] = { DB_U64(id), DB_U64(org), DB_U64(org) };
	int err = db_exec(db, sql, args, LEN(args));

	return err ? err : db_affected(db) == 1 ? 0 : ENOENT;
}
