/* The list of appeals: one statement text for each set of conditions in use,
 * because a condition that is only sometimes true keeps indexes from use. */
#include <errno.h>
#include <string.h>

#include "cgi/buf.h"
#include "cgi/session.h"
#include "cgi/store_appeal.h"
#include "cgi/util.h"
#include "db/db.h"

enum condition {
	C_DRAFT,     /* his drafts; else what is registered */
	C_OWN,       /* scope of the organization */
	C_MINE,      /* scope of the person */
	C_NOT_ABOUT, /* no complaint about his own insurer */
	C_ACTIVE,
	C_UNASSIGNED,
	C_OF_ORG,  /* considered by his own organization */
	C_WAITING, /* deferred: the order is another */
	C_HIS,
	C_RETURNED,
	C_DUE,
	C_STATUS,
	C_NUMBER,
	C_SURNAME,
	C_GIVEN,
	C_TYPE,
	C_PHONE,
	C_PHONE_PART,
	C_FROM,
	C_TO,
	C_AFTER,
	C_COUNT
};

static const char *const conditions[C_COUNT] = {
	[C_DRAFT] = " AND a.status = 'DRAFT' AND (a.author_id = ? OR EXISTS"
		    " (SELECT 1 FROM appeal_call l JOIN call_record c"
		    " ON c.id = l.call_id WHERE l.appeal_id = a.id"
		    " AND c.user_id = ? AND EXISTS (SELECT 1 FROM call_event"
		    " e WHERE e.call_id = c.id AND e.user_id = a.author_id"
		    " AND e.kind IN ('CONNECT', 'HANDOVER',"
		    " 'OPERATORBACK'))))",
	[C_OWN] = " AND (a.organization_id = ? OR w.organization_id = ?"
		  " OR s.organization_id = ? OR (a.passed_at IS NOT NULL"
		  " AND COALESCE(a.about_insurer_id, a.insurer_id) = ?))",
	[C_MINE] = " AND (a.author_id = ? OR a.assignee_id = ?)",
	[C_NOT_ABOUT] = " AND (a.about_insurer_id IS NULL"
			" OR a.about_insurer_id <> ? OR a.author_id = ?"
			" OR a.passed_at IS NOT NULL)",
	[C_ACTIVE] = " AND a.status IN"
		     " ('IN_PROGRESS', 'DEFERRED', 'UNDER_REVIEW')",
	[C_UNASSIGNED] = " AND a.assignee_id IS NULL"
			 " AND a.status IN ('DEFERRED', 'IN_PROGRESS')",
	[C_OF_ORG] = " AND a.organization_id = ?",
	[C_WAITING] = " AND a.status = 'DEFERRED'",
	[C_HIS] = " AND a.assignee_id = ?"
		  " AND a.status IN ('IN_PROGRESS', 'DEFERRED')",
	[C_RETURNED] = " AND a.returns > 0 AND a.status = 'IN_PROGRESS'",
	[C_DUE] = " AND a.due_date BETWEEN ? AND ?",
	[C_STATUS] = " AND a.status = ?",
	[C_NUMBER] = " AND a.number = ?",
	[C_SURNAME] = " AND a.surname COLLATE utf8mb4_general_ci LIKE ?",
	[C_GIVEN] = " AND a.given_name COLLATE utf8mb4_general_ci LIKE ?",
	[C_TYPE] = " AND a.type = ?",
	[C_PHONE] = " AND a.phone = ?",
	[C_PHONE_PART] = " AND a.phone LIKE CONCAT('%', ?)",
	[C_FROM] = " AND a.registered_at >= ?",
	[C_TO] = " AND a.registered_at < ?",
	[C_AFTER] = NULL, /* needs the order's column */
};

static const char *statement(unsigned mask)
{
	static char *made[1u << C_COUNT];
	const char *at =
	    mask & 1u << C_DRAFT ? "a.created_at" : "a.registered_at";
	const bool waiting = mask & 1u << C_WAITING;
	const char *key =
	    waiting ? "COALESCE(a.deferred_at, a.registered_at)" : at;
	struct buf sql = { 0 };

	if (made[mask])
		return made[mask];
	buf_printf(&sql,
		   "SELECT a.id, a.number, a.status, a.type, t.name,"
		   " a.surname, a.given_name, a.patronymic, a.phone,"
		   " a.due_date, a.result_code IS NOT NULL, a.assignee_id,"
		   " s.surname, s.given_name, s.patronymic, %s, a.origin, %s"
		   " FROM appeal a"
		   " LEFT JOIN user_account s ON s.id = a.assignee_id"
		   " LEFT JOIN user_account w ON w.id = a.author_id"
		   " LEFT JOIN theme t ON t.code = a.theme_code WHERE 1",
		   at, key);
	if (!(mask & 1u << C_DRAFT) && !(mask & 1u << C_ACTIVE) && !waiting &&
	    !(mask & 1u << C_UNASSIGNED) && !(mask & 1u << C_STATUS))
		buf_puts(&sql, " AND a.status NOT IN ('DRAFT', 'DELETED')");
	for (unsigned c = 0; c < C_AFTER; c++)
		if (mask & 1u << c)
			buf_puts(&sql, conditions[c]);
	if (mask & 1u << C_AFTER)
		buf_printf(&sql,
			   waiting ? " AND %s >= ? AND (%s > ? OR a.id > ?)"
				   : " AND %s <= ? AND (%s < ? OR a.id < ?)",
			   key, key);
	buf_printf(&sql,
		   waiting ? " ORDER BY %s, a.id LIMIT %d"
			   : " ORDER BY %s DESC, a.id DESC LIMIT %d",
		   key, JOURNAL_PAGE + 1);
	if (sql.failed) {
		buf_free(&sql);
		return NULL;
	}
	made[mask] = sql.data;
	return made[mask];
}

struct plan {
	unsigned mask;
	struct db_arg args[32];
	size_t n;
};

static void want(struct plan *p, enum condition c)
{
	p->mask |= 1u << c;
}

static void arg(struct plan *p, struct db_arg a)
{
	p->args[p->n++] = a;
}

static void scope(struct plan *p, const struct identity *who,
		  enum auth_scope scope_of, bool draft)
{
	if (draft) {
		want(p, C_DRAFT);
		arg(p, DB_U64(who->id));
		arg(p, DB_U64(who->id));
		return;
	}
	if (scope_of == SCOPE_OWN) {
		want(p, C_OWN);
		for (int i = 0; i < 4; i++)
			arg(p, DB_U64(who->org_id));
	} else if (scope_of == SCOPE_MINE) {
		want(p, C_MINE);
		arg(p, DB_U64(who->id));
		arg(p, DB_U64(who->id));
	}
	if (who->org_kind != ORG_FUND) {
		want(p, C_NOT_ABOUT);
		arg(p, DB_U64(who->org_id));
		arg(p, DB_U64(who->id));
	}
}

/* like: two buffers for the patterns, alive as long as the plan */
static void filter(struct plan *p, const struct journal_filter *f,
		   char like[2][APPEAL_NAME * 2 + 2])
{
	const char *names[] = { f->surname, f->given };

	if (*f->number) {
		want(p, C_NUMBER);
		arg(p, DB_STR(f->number));
	}
	for (unsigned i = 0; i < 2; i++) {
		size_t n = 0;

		if (!*names[i])
			continue;
		for (const char *c = names[i]; *c; c++) {
			if (strchr("%_\\", *c))
				like[i][n++] = '\\';
			like[i][n++] = *c;
		}
		like[i][n++] = '%';
		like[i][n] = '\0';
		want(p, C_SURNAME + i);
		arg(p, DB_STR(like[i]));
	}
	if (*f->type) {
		want(p, C_TYPE);
		arg(p, DB_STR(f->type));
	}
	if (*f->phone) {
		want(p, *f->phone == '+' ? C_PHONE : C_PHONE_PART);
		arg(p, DB_STR(f->phone));
	}
	if (f->from_ms) {
		want(p, C_FROM);
		arg(p, DB_TIME_MS(f->from_ms));
	}
	if (f->to_ms) {
		want(p, C_TO);
		arg(p, DB_TIME_MS(f->to_ms));
	}
	if (f->after_ms) {
		want(p, C_AFTER);
		arg(p, DB_TIME_MS(f->after_ms));
		arg(p, DB_TIME_MS(f->after_ms));
		arg(p, DB_U64(f->after_id));
	}
}

static int read_counts(const struct db_row *row, void *arg)
{
	uint64_t *counts = arg;

	for (unsigned i = 0; i < JOURNAL_TABS; i++)
		counts[i] = db_u64(row, i);
	return 0;
}

#define COUNTS                                                              \
	"SELECT SUM(a.assignee_id = ? AND a.status <> 'UNDER_REVIEW'),"     \
	" SUM(a.status = 'DEFERRED'),"                                      \
	" SUM(a.returns > 0 AND a.status = 'IN_PROGRESS'),"                 \
	" SUM(a.due_date BETWEEN ? AND ?), SUM(a.due_date < ?)"             \
	" FROM appeal a LEFT JOIN user_account s ON s.id = a.assignee_id"   \
	" LEFT JOIN user_account w ON w.id = a.author_id WHERE a.status IN" \
	" ('IN_PROGRESS', 'DEFERRED', 'UNDER_REVIEW')"

int store_journal_counts(struct db *db, const struct identity *who,
			 const char *today, const char *soon,
			 uint64_t counts[JOURNAL_TABS])
{
	static char *made[1u << (C_NOT_ABOUT + 1)];
	struct auth_grant view = auth_grant(who, AUTH_APPEAL_VIEW);
	struct plan p = { 0 };
	struct buf sql = { 0 };

	memset(counts, 0, JOURNAL_TABS * sizeof(*counts));
	if (view.scope <= SCOPE_SAMPLE)
		return 0;
	arg(&p, DB_U64(who->id));
	arg(&p, DB_STR(today));
	arg(&p, DB_STR(soon));
	arg(&p, DB_STR(today));
	scope(&p, who, view.scope, false);
	if (!made[p.mask]) {
		buf_puts(&sql, COUNTS);
		for (unsigned c = 0; c <= C_NOT_ABOUT; c++)
			if (p.mask & 1u << c)
				buf_puts(&sql, conditions[c]);
		if (sql.failed) {
			buf_free(&sql);
			return ENOMEM;
		}
		made[p.mask] = sql.data;
	}
	return db_one(db, made[p.mask], p.args, p.n, read_counts, counts);
}

struct walk {
	int (*each)(void *arg, const struct journal_row *row);
	void *arg;
};

static int read_row(const struct db_row *row, void *ptr)
{
	struct walk *w = ptr;
	struct journal_row r;

	r.id = db_u64(row, 0);
	db_copy(row, 1, r.number, sizeof(r.number));
	r.status = appeal_status_of(db_str(row, 2));
	db_copy(row, 3, r.type, sizeof(r.type));
	db_copy(row, 4, r.theme, sizeof(r.theme));
	db_copy(row, 5, r.surname, sizeof(r.surname));
	db_copy(row, 6, r.given_name, sizeof(r.given_name));
	db_copy(row, 7, r.patronymic, sizeof(r.patronymic));
	db_copy(row, 8, r.phone, sizeof(r.phone));
	db_copy(row, 9, r.due, sizeof(r.due));
	r.result = db_u64(row, 10) != 0;
	r.assignee_id = (uint32_t)db_u64(row, 11);
	session_short_name(db_str(row, 12), db_str(row, 13), db_str(row, 14),
			   r.assignee, sizeof(r.assignee));
	r.at_ms = db_time_ms(row, 15);
	db_copy(row, 16, r.origin, sizeof(r.origin));
	r.key_ms = db_time_ms(row, 17);
	return r.status == APPEAL_STATUS_COUNT ? EIO : w->each(w->arg, &r);
}

static void tab(struct plan *p, const struct identity *who,
		const struct journal_filter *f)
{
	if (f->mine) {
		want(p, C_HIS);
		arg(p, DB_U64(who->id));
	}
	if (f->returned)
		want(p, C_RETURNED);
	if (*f->due_to) {
		want(p, C_DUE);
		arg(p, DB_STR(f->due_from));
		arg(p, DB_STR(f->due_to));
	}
}

int store_journal(struct db *db, const struct identity *who,
		  const struct journal_filter *f,
		  int (*each)(void *arg, const struct journal_row *row),
		  void *ptr)
{
	struct auth_grant view = auth_grant(who, AUTH_APPEAL_VIEW);
	bool draft = f->one_status && f->status == APPEAL_DRAFT;
	char like[2][APPEAL_NAME * 2 + 2];
	struct walk w = { each, ptr };
	struct plan p = { 0 };
	const char *sql;

	/* a masked name could be found out letter by letter */
	if (view.masked && (*f->surname || *f->given || *f->phone))
		return EACCES;
	/* nothing is put up for a check yet, so a sample is empty */
	if (view.scope <= SCOPE_SAMPLE)
		return 0;
	scope(&p, who, view.scope, draft);
	if (f->unassigned) {
		want(&p, C_UNASSIGNED);
		if (auth_may(who, AUTH_APPEAL_TAKE)) {
			want(&p, C_OF_ORG);
			arg(&p, DB_U64(who->org_id));
		}
	} else if (!f->all && !f->one_status) {
		want(&p, C_ACTIVE);
		tab(&p, who, f);
	} else if (f->one_status && f->status == APPEAL_DEFERRED) {
		want(&p, C_WAITING);
	} else if (f->one_status && !draft) {
		want(&p, C_STATUS);
		arg(&p, DB_STR(appeal_status_code(f->status)));
	}
	filter(&p, f, like);
	sql = statement(p.mask);
	if (!sql)
		return ENOMEM;
	return db_each(db, sql, p.args, p.n, read_row, &w);
}
