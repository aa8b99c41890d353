/* The list of appeals: the statement has the conditions in use and no others,
 * because one that is only sometimes true keeps indexes from use. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/buf.h"
#include "cgi/name_key.h"
#include "cgi/session.h"
#include "cgi/stem_index.h"
#include "cgi/store_appeal.h"
#include "cgi/util.h"
#include "db/db.h"

enum {
	MAX_STEMS = 8,
	MAX_PICKS = 12,
	FEW = 2000,
	NAME_FEW = 4000,
	FREQUENT = 20000
};

/* A condition whose rows an index has in the order of the list. */
struct pick {
	const char *column, *index;
	struct db_arg value;
};

/* The conditions of a list with their arguments in the same order, and the one
 * index it is read by: left to choose, the server sorts where it could read,
 * and reads whole rows where the index would do. */
struct plan {
	struct buf where;
	struct db_arg args[48 + JOURNAL_PAGE];
	size_t n;
	struct pick picks[MAX_PICKS]; /* the first is the best guess */
	size_t n_picks;
	unsigned shelves;  /* 1u << shelf */
	const char *index; /* few rows by this one: nothing else counts */
	char stems[MAX_STEMS][STEM_SIZE]; /* of the description, rarest first */
	size_t n_stems;
	unsigned limit;
	bool failed;
};

static void also(struct plan *p, const char *condition)
{
	buf_puts(&p->where, " AND ");
	buf_puts(&p->where, condition);
}

static void arg(struct plan *p, struct db_arg a)
{
	if (p->n == LEN(p->args))
		p->failed = true;
	else
		p->args[p->n++] = a;
}

static void where(struct plan *p, const char *condition, struct db_arg a)
{
	also(p, condition);
	arg(p, a);
}

static void pick(struct plan *p, const char *column, struct db_arg value,
		 const char *index)
{
	buf_printf(&p->where, " AND %s = ?", column);
	arg(p, value);
	if (p->n_picks < MAX_PICKS)
		p->picks[p->n_picks++] = (struct pick){ column, index, value };
}

static void not_about(struct plan *p, const struct identity *who)
{
	if (who->org_kind == ORG_FUND)
		return;
	where(p, "(a.about_insurer_id IS NULL OR a.about_insurer_id <> ?",
	      DB_U64(who->org_id));
	buf_puts(&p->where, " OR a.author_id = ?"
			    " OR a.passed_at IS NOT NULL)");
	arg(p, DB_U64(who->id));
}

/* ---- the filter --------------------------------------------------------- */

struct likes {
	char sn[NAME_KEY_SIZE * 2 + 1], gn[NAME_KEY_SIZE * 2 + 1];
};

/* "КОВАЛ%" */
static int like(const char *name, char *out, size_t size)
{
	char key[NAME_KEY_SIZE];
	size_t n = 0;
	int err = name_key(name, key, sizeof(key));

	for (const char *c = key; !err && *c && n + 3 < size; c++) {
		if (strchr("%_\\", *c))
			out[n++] = '\\';
		out[n++] = *c;
	}
	out[n++] = '%';
	out[n] = '\0';
	return err;
}

/* @return whether fewer than most rows fit, by the index alone */
static int is_few(struct db *db, const char *index, const char *condition,
		  const struct db_arg *args, size_t n, unsigned most, bool *few)
{
	struct buf sql = { 0 };
	uint64_t rows = 0;
	int err = ENOMEM;

	buf_printf(&sql,
		   "SELECT COUNT(*) FROM (SELECT 1 FROM appeal a"
		   " FORCE INDEX (%s) WHERE %s LIMIT %u) x",
		   index, condition, most);
	if (!sql.failed)
		err = db_number(db, sql.data, args, n, &rows);
	*few = rows < most;
	buf_free(&sql);
	return err;
}

/* Where most of them are. */
static unsigned fullest(const struct plan *p)
{
	if (p->shelves & 1u << 2)
		return 2;
	return (p->shelves & 1u << 1) != 0;
}

/* A rare name is read and sorted; a frequent one is come upon on the way down
 * the list. guest: most of the list is not his, so the way is longer. */
static int names(struct db *db, struct plan *p, const struct journal_filter *f,
		 bool guest, struct likes *l)
{
	struct db_arg args[3] = { DB_U64(fullest(p)) };
	bool few = false;
	int err;

	if (!*f->surname && !*f->given)
		return 0;
	err = like(f->surname, l->sn, sizeof(l->sn));
	if (!err)
		err = like(f->given, l->gn, sizeof(l->gn));
	if (err)
		return EINVAL;
	args[1] = DB_STR(l->sn);
	args[2] = DB_STR(l->gn);
	where(p, "a.k_sn LIKE ?", args[1]);
	if (*f->given)
		where(p, "a.k_gn LIKE ?", args[2]);
	if (*f->surname && !f->n_only)
		err = is_few(db, "journal_name",
			     "a.shelf = ? AND a.k_sn LIKE ? AND a.k_gn LIKE ?",
			     args, LEN(args), guest ? 3 * NAME_FEW : NAME_FEW,
			     &few);
	if (few)
		p->index = "journal_name";
	return err;
}

/* A term is never before the registration (two days for the clocks), so the
 * list is entered where the terms begin. */
static int due(struct db *db, struct plan *p, const struct journal_filter *f)
{
	const struct db_arg args[] = {
		DB_STR(*f->due_from ? f->due_from : "1900-01-01"),
		DB_STR(f->due_to),
	};
	bool few = false;
	int err = 0;

	where(p, "a.due_date >= ?", args[0]);
	where(p, "a.due_date <= ?", args[1]);
	where(p, "a.registered_at <= ? + INTERVAL 2 DAY", args[1]);
	if (p->shelves == 1u << 1 && !f->n_only)
		err = is_few(db, "journal_due",
			     "a.shelf = 1 AND a.due_date BETWEEN ? AND ?", args,
			     LEN(args), FEW, &few);
	if (few)
		p->index = "journal_due";
	else if (p->shelves == 1u << 1)
		p->n_picks = 0; /* no other index has the term */
	return err;
}

/* Closed in that time, and so registered before its end. */
static int closed(struct db *db, struct plan *p, const struct journal_filter *f)
{
	static const int64_t ever = 4102444800000; /* 2100 */
	const struct db_arg args[] = {
		DB_TIME_MS(f->closed_from_ms ? f->closed_from_ms : 1),
		DB_TIME_MS(f->closed_to_ms ? f->closed_to_ms : ever),
	};
	bool few = false;
	int err = 0;

	if (!f->closed_from_ms && !f->closed_to_ms)
		return 0;
	where(p, "a.closed_at >= ?", args[0]);
	where(p, "a.closed_at < ?", args[1]);
	where(p, "a.registered_at < ?", args[1]);
	if (p->shelves == 1u << 2 && !f->n_only)
		err = is_few(db, "journal_closed",
			     "a.shelf = 2 AND a.closed_at >= ?"
			     " AND a.closed_at < ?",
			     args, LEN(args), FEW, &few);
	if (few)
		p->index = "journal_closed";
	return err;
}

/* The rarest word leads: its postings are gone through, newest first, the
 * others looked up. @return 0, EINVAL: no word that tells anything */
static int words(struct db *db, struct plan *p, const struct journal_filter *f)
{
	static const char sql[] =
	    "SELECT COUNT(*) FROM (SELECT 1 FROM appeal_stem WHERE stem = ?"
	    " LIMIT 20000) x"; /* FREQUENT */
	uint64_t least = UINT64_MAX;
	int err = 0;

	if (!*f->text)
		return 0;
	p->n_stems = stem_text(f->text, p->stems, MAX_STEMS);
	for (size_t i = 0; !err && i < p->n_stems; i++) {
		const struct db_arg args[] = { DB_STR(p->stems[i]) };
		char rarest[STEM_SIZE];
		uint64_t n = 0;

		err = db_number(db, sql, args, LEN(args), &n);
		if (err || n >= least)
			continue;
		least = n;
		memcpy(rarest, p->stems[i], STEM_SIZE);
		memcpy(p->stems[i], p->stems[0], STEM_SIZE);
		memcpy(p->stems[0], rarest, STEM_SIZE);
	}
	/* of a frequent word most are in the archive: the other way is shorter */
	if (least >= FREQUENT && p->n_stems && p->shelves == 1u << 1 &&
	    !p->index)
		p->index = "journal_shelf";
	if (!err && !p->n_stems)
		err = EINVAL;
	return err;
}

/* The first of the picks with few rows. */
static int choose(struct db *db, struct plan *p)
{
	char condition[80];
	bool few = false;
	int err = 0;

	for (size_t i = 0; !err && !p->index && i < p->n_picks; i++) {
		const struct pick *c = &p->picks[i];

		snprintf(condition, sizeof(condition),
			 "a.shelf = %u AND %s = ?", fullest(p), c->column);
		err = is_few(db, c->index, condition, &c->value, 1, FEW, &few);
		if (few)
			p->index = c->index;
	}
	return err;
}

/* As many places whatever their number: one statement, not fifty. */
static void only(struct plan *p, const struct journal_filter *f)
{
	if (!f->n_only)
		return;
	for (size_t i = 0; i < LEN(f->only); i++) {
		buf_puts(&p->where, i ? ", ?" : " AND a.id IN (?");
		arg(p, DB_U64(f->only[i < f->n_only ? i : 0]));
	}
	buf_puts(&p->where, ")");
	p->index = "PRIMARY";
}

static int filter(struct db *db, struct plan *p, const struct identity *who,
		  const struct journal_filter *f, struct likes *l)
{
	int err = 0;

	only(p, f);
	if (f->assignee)
		pick(p, "a.assignee_id", DB_U64(f->assignee),
		     "journal_assignee");
	if (f->mo)
		pick(p, "a.mo_id", DB_U64(f->mo), "journal_mo");
	if (*f->theme)
		pick(p, "a.theme_code", DB_STR(f->theme), "journal_theme");
	if (*f->channel)
		pick(p, "a.channel", DB_STR(f->channel), "journal_channel");
	if (*f->type)
		pick(p, "a.type", DB_STR(f->type), "journal_type");
	if (f->insurer)
		pick(p, "a.insurer_id", DB_U64(f->insurer), "journal_insurer");
	if (*f->result)
		pick(p, "a.result_code", DB_STR(f->result), "journal_result");
	if (*f->form)
		where(p, "a.form = ?", DB_STR(f->form));
	if (f->from_ms)
		where(p, "a.registered_at >= ?", DB_TIME_MS(f->from_ms));
	if (f->to_ms)
		where(p, "a.registered_at < ?", DB_TIME_MS(f->to_ms));
	if (*f->phone && *f->phone != '+')
		where(p, "a.phone LIKE CONCAT('%', ?)", DB_STR(f->phone));
	if (*f->due_to)
		err = due(db, p, f);
	if (!err)
		err = closed(db, p, f);
	if (!err)
		err = names(db, p, f, who->org_kind != ORG_FUND, l);
	if (*f->enp) {
		where(p, "a.enp = ?", DB_STR(f->enp));
		p->index = "appeal_enp";
	}
	if (*f->phone == '+') {
		where(p, "a.phone = ?", DB_STR(f->phone));
		p->index = "appeal_phone";
	}
	if (*f->number) {
		where(p, "a.number = ?", DB_STR(f->number));
		p->index = "appeal_number";
	}
	if (!err)
		err = words(db, p, f);
	return err || p->n_stems ? err : choose(db, p);
}

/* Which of the appeals: a tab, a status, the active ones, all. */
static void shelf(struct plan *p, const struct identity *who,
		  const struct journal_filter *f)
{
	p->shelves = 1u << 1;
	if (f->unassigned) {
		also(p, "a.assignee_id IS NULL"
			" AND a.status IN ('DEFERRED', 'IN_PROGRESS')");
		p->index = "appeal_assignee";
		if (auth_may(who, AUTH_APPEAL_TAKE))
			where(p, "a.organization_id = ?", DB_U64(who->org_id));
	} else if (f->all) {
		p->shelves = 1u << 1 | 1u << 2;
	} else if (f->mine) {
		where(p,
		      "a.status IN ('IN_PROGRESS', 'DEFERRED')"
		      " AND a.assignee_id = ?",
		      DB_U64(who->id));
		p->index = "appeal_assignee";
	} else if (f->returned) {
		pick(p, "a.returned", DB_U64(1), "journal_returned");
	} else if (f->one_status && f->status == APPEAL_CLOSED) {
		p->shelves = 1u << 2;
	} else if (f->one_status && f->status == APPEAL_DELETED) {
		p->shelves = 1u << 0;
		where(p, "a.status = ?", DB_STR("DELETED"));
		p->index = "appeal_status";
	} else if (f->one_status) {
		pick(p, "a.status", DB_STR(appeal_status_code(f->status)),
		     "appeal_status");
	}
}

/* ---- counters ----------------------------------------------------------- */

static int read_counts(const struct db_row *row, void *arg)
{
	uint64_t *counts = arg;

	for (unsigned i = 0; i < JOURNAL_TABS; i++)
		counts[i] += db_u64(row, i);
	return 0;
}

/* Of the sums that the database keeps up with each change (journal_sum). */
static int kept_counts(struct db *db, uint32_t org, const char *today,
		       const char *soon, uint64_t *counts)
{
	static const char sql[] = "SELECT 0, SUM(IF(kind = 'DEFERRED', n, 0)),"
				  " SUM(IF(kind = 'RETURNED', n, 0)),"
				  " SUM(IF(due_date BETWEEN ? AND ?, n, 0)),"
				  " SUM(IF(due_date < ?, n, 0))"
				  " FROM journal_sum WHERE organization_id = ?";
	const struct db_arg args[] = { DB_STR(today), DB_STR(soon),
				       DB_STR(today), DB_U64(org) };

	return db_one(db, sql, args, LEN(args), read_counts, counts);
}

/* Complaints about his own insurer that he wrote himself: nobody's else. */
static int own_counts(struct db *db, const struct identity *who,
		      const char *today, const char *soon, uint64_t *counts)
{
	static const char sql[] =
	    "SELECT 0, SUM(status = 'DEFERRED'),"
	    " SUM(returns > 0 AND status = 'IN_PROGRESS'),"
	    " SUM(due_date BETWEEN ? AND ?), SUM(due_date < ?)"
	    " FROM appeal USE INDEX (appeal_author) WHERE author_id = ?"
	    " AND status IN ('IN_PROGRESS', 'DEFERRED', 'UNDER_REVIEW')"
	    " AND about_insurer_id = ? AND passed_at IS NULL";
	const struct db_arg args[] = { DB_STR(today), DB_STR(soon),
				       DB_STR(today), DB_U64(who->id),
				       DB_U64(who->org_id) };

	return db_one(db, sql, args, LEN(args), read_counts, counts);
}

static int mine_count(struct db *db, const struct identity *who,
		      uint64_t *counts)
{
	struct plan p = { .n = 0 };
	int err;

	buf_puts(&p.where,
		 "SELECT COUNT(*) FROM appeal a USE INDEX (appeal_assignee)"
		 " WHERE a.status IN ('IN_PROGRESS', 'DEFERRED')");
	where(&p, "a.assignee_id = ?", DB_U64(who->id));
	not_about(&p, who);
	err = p.where.failed
		  ? ENOMEM
		  : db_number(db, p.where.data, p.args, p.n, &counts[TAB_MINE]);
	buf_free(&p.where);
	return err;
}

int store_journal_counts(struct db *db, const struct identity *who,
			 const char *today, const char *soon,
			 uint64_t counts[JOURNAL_TABS])
{
	enum auth_scope view = auth_grant(who, AUTH_APPEAL_VIEW).scope;
	uint32_t org = view == SCOPE_ALL ? 0 : who->org_id;
	int err;

	memset(counts, 0, JOURNAL_TABS * sizeof(*counts));
	if (view <= SCOPE_MINE)
		return 0;
	err = kept_counts(db, org, today, soon, counts);
	if (!err && who->org_kind != ORG_FUND)
		err = own_counts(db, who, today, soon, counts);
	return err ? err : mine_count(db, who, counts);
}

struct walk {
	int (*each)(void *arg, const struct journal_row *row);
	void *arg;
	bool whole;
};

static void read_more(const struct db_row *row, struct journal_row *r)
{
	db_copy(row, 18, r->theme_code, sizeof(r->theme_code));
	db_copy(row, 19, r->form, sizeof(r->form));
	db_copy(row, 20, r->channel, sizeof(r->channel));
	db_copy(row, 21, r->enp, sizeof(r->enp));
	db_copy(row, 22, r->result_code, sizeof(r->result_code));
	db_copy(row, 23, r->mo, sizeof(r->mo));
	db_copy(row, 24, r->insurer, sizeof(r->insurer));
	r->closed_ms = db_time_ms(row, 25);
}

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
	if (w->whole)
		read_more(row, &r);
	return r.status == APPEAL_STATUS_COUNT ? EIO : w->each(w->arg, &r);
}

/* ---- the statement ------------------------------------------------------ */

/* Whose: each a branch of its own with an index of its own, since "or" between
 * columns has none. */
static const struct branch {
	const char *condition, *index;
	bool guests; /* few: those of another organization */
} own[] = {
	{ "a.organization_id = ?", "journal_org", false },
	{ "a.author_org = ?", "journal_author_org", true },
	{ "a.assignee_org = ?", "journal_assignee_org", true },
	{ "a.passed_org = ?", "journal_passed_org", true }, /* to it */
}, mine[] = {
	{ "a.author_id = ?", "appeal_author", false },
	{ "a.assignee_id = ?", "journal_assignee", false },
}, any[] = {
	{ "1", NULL, false },
};

/* The same as one condition, where the rows are few anyway. */
static void whose(struct plan *p, const struct branch *b, size_t n, uint64_t id)
{
	for (size_t i = 0; i < n; i++) {
		buf_printf(&p->where, "%s%s", i ? " OR " : " AND (",
			   b[i].condition);
		arg(p, DB_U64(id));
	}
	buf_puts(&p->where, ")");
}

/* Those of other organizations are few; the rest goes by the best guess. */
static const char *index_of(const struct plan *p, const struct branch *b)
{
	if (p->index)
		return p->index;
	if (b->index && (b->guests || !p->n_picks))
		return b->index;
	return p->n_picks ? p->picks[0].index : "journal_shelf";
}

#define COLUMNS                                                       \
	"SELECT a.id, a.number, a.status, a.type, t.name, a.surname," \
	" a.given_name, a.patronymic, a.phone, a.due_date,"           \
	" a.result_code IS NOT NULL, a.assignee_id, s.surname,"       \
	" s.given_name, s.patronymic, COALESCE(a.registered_at,"      \
	" a.created_at), a.origin, k.at"
#define COLUMNS_MORE                                              \
	", a.theme_code, a.form, a.channel, a.enp, a.result_code" \
	", mo.short_name, ins.short_name, a.closed_at"
#define JOINS                                               \
	") k JOIN appeal a ON a.id = k.id"                  \
	" LEFT JOIN user_account s ON s.id = a.assignee_id" \
	" LEFT JOIN theme t ON t.code = a.theme_code"
#define JOINS_MORE                                      \
	" LEFT JOIN organization mo ON mo.id = a.mo_id" \
	" LEFT JOIN organization ins ON ins.id = a.insurer_id"

struct order {
	const char *key;
	bool up;
};

static void put_order(const struct plan *p, struct buf *sql,
		      const struct order *o, const char *key, const char *id)
{
	const char *way = o->up ? "" : " DESC";

	buf_printf(sql, " ORDER BY %s%s, %s%s LIMIT %u", key, way, id, way,
		   p->limit);
}

enum { MAX_ARGS = 256 };

/* s: two frequent words that never stand together */
#define TEXT_LIMIT "SET STATEMENT max_statement_time = 1 FOR "

/* The rows are chosen by the columns of an index; all columns are read of those
 * alone that are shown. */
static int put_branches(struct plan *p, struct buf *sql, const struct order *o,
			const struct branch *b, size_t n, uint64_t id,
			struct db_arg *args, size_t *n_args)
{
	unsigned put = 0;

	for (unsigned i = 0; i < 3 * n; i++) {
		const struct branch *of = &b[i / 3];

		if (!(p->shelves & 1u << i % 3))
			continue;
		buf_printf(sql,
			   "%s(SELECT a.id, %s AS at FROM appeal a"
			   " FORCE INDEX (%s) WHERE a.shelf = %u AND %s%s",
			   put++ ? " UNION " : "", o->key, index_of(p, of),
			   i % 3, of->condition,
			   p->where.data ? p->where.data : "");
		put_order(p, sql, o, o->key, "a.id");
		buf_puts(sql, ")");
		if (*n_args + p->n + 1 > MAX_ARGS)
			return E2BIG;
		if (b != any)
			args[(*n_args)++] = DB_U64(id);
		memcpy(args + *n_args, p->args, p->n * sizeof(*args));
		*n_args += p->n;
	}
	if (put > 1)
		put_order(p, sql, o, "at", "id");
	return 0;
}

/* Of a description: from the postings to the appeals, newest first, all shelves
 * at once; or the other way where a few appeals are known. */
static int put_text(struct plan *p, struct buf *sql, const struct order *o,
		    struct db_arg *args, size_t *n_args)
{
	buf_printf(sql, "(SELECT a.id, %s AS at FROM ", o->key);
	if (p->index)
		buf_printf(sql, "appeal a FORCE INDEX (%s)", p->index);
	for (size_t i = 0; i < p->n_stems; i++) {
		bool first = !i && !p->index;

		buf_printf(sql, "%sappeal_stem t%zu",
			   first ? "" : " STRAIGHT_JOIN ", i);
		if (!first)
			buf_printf(sql,
				   " ON t%zu.stem = ? AND t%zu.registered_at ="
				   " %s.registered_at AND t%zu.appeal_id = %s",
				   i, i, p->index ? "a" : "t0", i,
				   p->index ? "a.id" : "t0.appeal_id");
		args[(*n_args)++] = DB_STR(p->stems[i]);
	}
	if (!p->index)
		buf_puts(sql, " STRAIGHT_JOIN appeal a ON a.id = t0.appeal_id");
	/* one shelf alone keeps the order of its index */
	buf_puts(sql, p->shelves == (1u << 1 | 1u << 2) ? " WHERE a.shelf > 0"
		      : p->shelves == 1u << 1           ? " WHERE a.shelf = 1"
		      : p->shelves == 1u << 2           ? " WHERE a.shelf = 2"
							: " WHERE a.shelf = 0");
	if (!p->index) {
		/* the place of the first stem's value is behind the joins */
		buf_puts(sql, " AND t0.stem = ?");
		memmove(args, args + 1, (*n_args - 1) * sizeof(*args));
		args[*n_args - 1] = DB_STR(p->stems[0]);
	}
	buf_puts(sql, p->where.data ? p->where.data : "");
	put_order(p, sql, o, p->index ? "a.registered_at" : "t0.registered_at",
		  p->index ? "a.id" : "t0.appeal_id");
	buf_puts(sql, ")");
	if (*n_args + p->n > MAX_ARGS)
		return E2BIG;
	memcpy(args + *n_args, p->args, p->n * sizeof(*args));
	*n_args += p->n;
	return 0;
}

static int run(struct db *db, struct plan *p, const struct order *o,
	       const struct branch *b, size_t n, uint64_t id, struct walk *w)
{
	struct db_arg args[MAX_ARGS];
	struct buf sql = { 0 };
	size_t n_args = 0;
	int err;

	if ((p->index || p->n_stems) && b != any) {
		whose(p, b, n, id);
		b = any;
		n = LEN(any);
	}
	if (p->n_stems)
		buf_puts(&sql, TEXT_LIMIT);
	buf_puts(&sql, COLUMNS);
	buf_puts(&sql, w->whole ? COLUMNS_MORE " FROM (" : " FROM (");
	err = p->n_stems ? put_text(p, &sql, o, args, &n_args)
			 : put_branches(p, &sql, o, b, n, id, args, &n_args);
	buf_puts(&sql, JOINS);
	if (w->whole)
		buf_puts(&sql, JOINS_MORE);
	put_order(p, &sql, o, "k.at", "a.id");
	if (!err && (sql.failed || p->where.failed || p->failed))
		err = ENOMEM;
	if (!err)
		err = db_each(db, sql.data, args, n_args, read_row, w);
	buf_free(&sql);
	return err;
}

/* Older than the last row shown; of those that wait, younger. */
static void after(struct plan *p, const struct journal_filter *f,
		  const struct order *o)
{
	if (!f->after_ms)
		return;
	buf_printf(&p->where,
		   o->up ? " AND %s >= ? AND (%s > ? OR a.id > ?)"
			 : " AND %s <= ? AND (%s < ? OR a.id < ?)",
		   o->key, o->key);
	arg(p, DB_TIME_MS(f->after_ms));
	arg(p, DB_TIME_MS(f->after_ms));
	arg(p, DB_U64(f->after_id));
}

/* His own, and those of a call that came to him. */
static int drafts(struct db *db, const struct identity *who,
		  const struct journal_filter *f, struct walk *w)
{
	static const struct order newest = { "a.created_at", false };
	struct likes l = { "", "" };
	struct plan p = { .n = 0 };
	int err;

	p.shelves = 1u << 0;
	p.limit = f->limit ? f->limit : JOURNAL_PAGE + 1;
	where(&p, "a.status = 'DRAFT' AND (a.author_id = ?", DB_U64(who->id));
	buf_puts(&p.where,
		 " OR EXISTS (SELECT 1 FROM appeal_call l JOIN call_record c"
		 " ON c.id = l.call_id WHERE l.appeal_id = a.id"
		 " AND c.user_id = ? AND EXISTS (SELECT 1 FROM call_event e"
		 " WHERE e.call_id = c.id AND e.user_id = a.author_id AND"
		 " e.kind IN ('CONNECT', 'HANDOVER', 'OPERATORBACK'))))");
	arg(&p, DB_U64(who->id));
	err = filter(db, &p, who, f, &l);
	p.index = "appeal_status";
	after(&p, f, &newest);
	if (!err)
		err = run(db, &p, &newest, any, LEN(any), 0, w);
	buf_free(&p.where);
	return err;
}

int store_journal(struct db *db, const struct identity *who,
		  const struct journal_filter *f,
		  int (*each)(void *arg, const struct journal_row *row),
		  void *ptr)
{
	static const struct order newest = { "a.registered_at", false };
	static const struct order oldest = { "a.registered_at", true };
	static const struct order waiting = {
		"COALESCE(a.deferred_at, a.registered_at)", true
	};
	struct auth_grant view = auth_grant(who, AUTH_APPEAL_VIEW);
	const struct order *o = f->one_status && f->status == APPEAL_DEFERRED
				    ? &waiting
				: f->oldest ? &oldest
					    : &newest;
	struct likes l = { "", "" };
	struct walk w = { each, ptr, f->whole };
	struct plan p = { .n = 0 };
	int err;

	/* a masked name could be found out letter by letter */
	if (view.masked &&
	    (*f->surname || *f->given || *f->phone || *f->enp || *f->text))
		return EACCES;
	/* nothing is put up for a check yet, so a sample is empty */
	if (view.scope <= SCOPE_SAMPLE)
		return 0;
	if (f->one_status && f->status == APPEAL_DRAFT)
		return drafts(db, who, f, &w);
	p.limit = f->limit ? f->limit : JOURNAL_PAGE + 1;
	shelf(&p, who, f);
	not_about(&p, who);
	err = filter(db, &p, who, f, &l);
	after(&p, f, o);
	if (!err && view.scope == SCOPE_OWN)
		err = run(db, &p, o, own, LEN(own), who->org_id, &w);
	else if (!err && view.scope == SCOPE_MINE)
		err = run(db, &p, o, mine, LEN(mine), who->id, &w);
	else if (!err)
		err = run(db, &p, o, any, LEN(any), 0, &w);
	buf_free(&p.where);
	return err;
}

/* ---- what its filter may choose from ------------------------------------ */

struct choice {
	journal_choice_fn *each;
	void *arg;
};

static int read_employee(const struct db_row *row, void *arg)
{
	const struct choice *c = arg;
	char name[128];

	session_short_name(db_str(row, 1), db_str(row, 2), db_str(row, 3), name,
			   sizeof(name));
	return c->each(c->arg, db_str(row, 0), name);
}

int store_journal_people(struct db *db, uint32_t organization,
			 journal_choice_fn *each, void *arg)
{
	static const char sql[] =
	    "SELECT CAST(id AS CHAR), surname, given_name, patronymic"
	    " FROM user_account WHERE (? = 0 OR organization_id = ?)"
	    " ORDER BY surname, given_name, id";
	const struct db_arg args[] = { DB_U64(organization),
				       DB_U64(organization) };
	struct choice c = { each, arg };

	return db_each(db, sql, args, LEN(args), read_employee, &c);
}

static int read_theme(const struct db_row *row, void *arg)
{
	const struct choice *c = arg;

	return c->each(c->arg, db_str(row, 0), db_str(row, 1));
}

int store_journal_themes(struct db *db, journal_choice_fn *each, void *arg)
{
	static const char sql[] = "SELECT code, CONCAT(code, ' ', name)"
				  " FROM theme ORDER BY type, code";
	struct choice c = { each, arg };

	return db_each(db, sql, NULL, 0, read_theme, &c);
}
