#include "cgi/store_review.h"

#include <string.h>

#include "cgi/session.h"
#include "cgi/util.h"
#include "db/db.h"

#define ACTIVE "('IN_PROGRESS', 'DEFERRED', 'UNDER_REVIEW')"

/* Registered up to seven days before this one, by the same citizen. */
#define EARLIER                                     \
	"SELECT 1 FROM appeal o WHERE o.id <> a.id" \
	" AND o.status NOT IN ('DRAFT', 'DELETED')" \
	" AND o.registered_at <= a.registered_at"   \
	" AND o.registered_at > a.registered_at - INTERVAL 7 DAY"

#define SELECT                                                             \
	"SELECT a.id, a.version, a.status, a.number, a.review_kind,"       \
	" a.review_at, a.type, t.name, a.result_code, a.due_date,"         \
	" a.requested_due, a.returns, a.assignee_id, a.delete_reason,"     \
	" a.surname, a.given_name, a.patronymic, s.surname, s.given_name," \
	" s.patronymic, EXISTS (SELECT 1 FROM appeal_call l"               \
	"  JOIN shift_alert h ON h.call_id = l.call_id"                    \
	"  AND h.kind IN ('EMERGENCY', 'THREAT', 'OPERATOR_UNWELL')"       \
	"  WHERE l.appeal_id = a.id),"                                     \
	" (a.phone <> '' OR a.person_id IS NOT NULL)"                      \
	" AND NOT EXISTS (" EARLIER " AND a.phone <> ''"                   \
	" AND o.phone = a.phone)"                                          \
	" AND NOT EXISTS (" EARLIER " AND o.person_id = a.person_id)"      \
	" FROM appeal a LEFT JOIN user_account s ON s.id = a.assignee_id"  \
	" LEFT JOIN theme t ON t.code = a.theme_code WHERE "

struct walk {
	int (*each)(void *arg, const struct review_row *r);
	void *arg;
};

static int read_row(const struct db_row *row, void *arg)
{
	static struct review_row r; /* 30 KiB, most of it empty */
	struct walk *w = arg;
	struct appeal *a = &r.a;
	unsigned c = 0;

	a->id = db_u64(row, c++);
	a->version = (uint32_t)db_u64(row, c++);
	a->status = appeal_status_of(db_str(row, c++));
	db_copy(row, c++, a->number, sizeof(a->number));
	a->review = db_is_null(row, c)                 ? REVIEW_NONE
		    : !strcmp(db_str(row, c), "CLOSE") ? REVIEW_CLOSE
						       : REVIEW_EXTENSION;
	c++;
	a->review_ms = db_time_ms(row, c++);
	db_copy(row, c++, a->type, sizeof(a->type));
	db_copy(row, c++, r.theme, sizeof(r.theme));
	db_copy(row, c++, a->result, sizeof(a->result));
	db_copy(row, c++, a->due, sizeof(a->due));
	db_copy(row, c++, a->requested, sizeof(a->requested));
	a->returns = (unsigned)db_u64(row, c++);
	a->assignee_id = (uint32_t)db_u64(row, c++);
	db_copy(row, c++, a->delete_reason, sizeof(a->delete_reason));
	db_copy(row, c++, a->surname, sizeof(a->surname));
	db_copy(row, c++, a->given_name, sizeof(a->given_name));
	db_copy(row, c++, a->patronymic, sizeof(a->patronymic));
	session_short_name(db_str(row, c), db_str(row, c + 1),
			   db_str(row, c + 2), r.assignee, sizeof(r.assignee));
	c += 3;
	r.flagged = db_u64(row, c++) != 0;
	r.first = db_u64(row, c++) != 0;
	return w->each(w->arg, &r);
}

int store_reviews(struct db *db, enum review_what what, uint64_t id,
		  int (*each)(void *arg, const struct review_row *r), void *arg)
{
#define ORDER " ORDER BY COALESCE(a.review_at, a.updated_at), a.id LIMIT 201"
	static const char *const sql[] = {
		[REVIEW_ALL] = SELECT
		"(a.status = 'UNDER_REVIEW' OR (a.delete_reason <> ''"
		" AND a.status IN " ACTIVE "))" ORDER,
		[REVIEW_OF_CLOSE] = SELECT
		"a.status = 'UNDER_REVIEW' AND a.review_kind = 'CLOSE'" ORDER,
		[REVIEW_OF_TERM] = SELECT
		"a.status = 'UNDER_REVIEW' AND a.review_kind = 'EXTENSION'" ORDER,
		[REVIEW_OF_REMOVAL] = SELECT
		"a.delete_reason <> '' AND a.status IN " ACTIVE ORDER,
	};
	static const char one[] = SELECT "a.id = ?";
	const struct db_arg args[] = { DB_U64(id) };
	struct walk w = { each, arg };

	return db_each(db, id ? one : sql[what], args, id ? 1 : 0, read_row,
		       &w);
}

static int read_counts(const struct db_row *row, void *arg)
{
	uint64_t *counts = arg;

	for (unsigned i = 0; i < 4; i++)
		counts[i] = db_u64(row, i);
	return 0;
}

int store_review_counts(struct db *db, uint64_t counts[4])
{
	static const char sql[] =
	    "SELECT COUNT(*),"
	    " SUM(a.status = 'UNDER_REVIEW' AND a.review_kind = 'CLOSE'),"
	    " SUM(a.status = 'UNDER_REVIEW' AND a.review_kind = 'EXTENSION'),"
	    " SUM(a.delete_reason <> '') FROM appeal a"
	    " WHERE a.status = 'UNDER_REVIEW' OR (a.delete_reason <> ''"
	    " AND a.status IN " ACTIVE ")";

	return db_one(db, sql, NULL, 0, read_counts, counts);
}

struct sample {
	uint64_t *percent, *seed;
};

static int read_sample(const struct db_row *row, void *arg)
{
	struct sample *s = arg;

	*(!strcmp(db_str(row, 0), "review.seed") ? s->seed : s->percent) =
	    db_u64(row, 1);
	return 0;
}

int store_review_sample(struct db *db, uint64_t *percent, uint64_t *seed)
{
	static const char sql[] =
	    "SELECT name, CAST(value AS UNSIGNED) FROM setting"
	    " WHERE name IN ('review.open_percent', 'review.seed')";
	struct sample s = { percent, seed };

	*percent = 10;
	*seed = 0;
	return db_each(db, sql, NULL, 0, read_sample, &s);
}
