#include "cgi/store_person.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/util.h"
#include "db/db.h"

/* A search for the whole names may have brought all but one of the rows. */
#define FETCH "22"

static const char *const index_names[] = {
	[REGISTRY_I_S] = "i_s",
	[REGISTRY_I_G] = "i_g",
	[REGISTRY_I_P] = "i_p",
	[REGISTRY_I_GP] = "i_gp",
	[REGISTRY_I_B] = "i_b",
	[REGISTRY_I_ENP] = "person_enp",
	[REGISTRY_I_SNILS] = "person_snils",
	[REGISTRY_I_PHONE] = "person_phone",
};

static const char *const columns[NAMES_FIELDS] = { "k_sn", "k_gn", "k_pn" };

static int read_state(const struct db_row *row, void *arg)
{
	uint64_t *state = arg;

	state[0] = db_u64(row, 0);
	state[1] = db_u64(row, 1);
	return 0;
}

int store_register_state(struct db *db, uint32_t *version, bool *loading)
{
	uint64_t state[2];
	int err = db_one(db,
			 "SELECT version, loading FROM register_state"
			 " WHERE id = 1",
			 NULL, 0, read_state, state);

	if (!err) {
		*version = (uint32_t)state[0];
		*loading = state[1] != 0;
	}
	return err;
}

/* ---- the statement ------------------------------------------------------- */

/* Few texts for many searches: every one is prepared once a worker. Lists are
 * filled up with their last key, which the server takes once. */
struct statement {
	char sql[1600];
	size_t len;
	struct db_arg args[192];
	size_t nargs;
	char like[NAMES_FIELDS][NAME_KEY_SIZE + 1];
};

static void say(struct statement *s, const char *text)
{
	size_t n = strlen(text);

	if (s->len + n < sizeof(s->sql)) {
		memcpy(s->sql + s->len, text, n + 1);
		s->len += n;
	}
}

static void arg(struct statement *s, struct db_arg a)
{
	if (s->nargs < LEN(s->args))
		s->args[s->nargs++] = a;
}

static void begin(struct statement *s, enum registry_index index)
{
	s->len = s->nargs = 0;
	say(s, "SELECT id FROM insured_person FORCE INDEX (");
	say(s, index_names[index]);
	say(s, ") WHERE TRUE");
}

static void equal(struct statement *s, const char *column, const char *value)
{
	if (!*value)
		return;
	say(s, " AND ");
	say(s, column);
	say(s, " = ?");
	arg(s, DB_STR(value));
}

static void values(struct statement *s, const struct registry_query *q)
{
	equal(s, "enp", q->enp);
	equal(s, "snils", q->snils);
	equal(s, "phone", q->phone);
	if (!q->birth_count) {
		equal(s, "birth_date", q->birth);
		return;
	}
	say(s, " AND birth_date IN (");
	for (unsigned i = 0; i < REGISTRY_DATES; i++) {
		say(s, i ? ",?" : "?");
		arg(s, DB_STR(q->births[i < q->birth_count ? i : 0]));
	}
	say(s, ")");
}

static void one_of(struct statement *s, const struct names *n,
		   enum names_field f, const uint32_t *keys, unsigned count)
{
	static const unsigned char sizes[] = { 1, 4, 8, REGISTRY_ONLY };
	unsigned size = 0;

	while (sizes[size] < count)
		size++;
	size = sizes[size];

	say(s, " AND ");
	say(s, columns[f]);
	say(s, " IN (");
	for (unsigned i = 0; i < size; i++) {
		say(s, i ? ",?" : "?");
		arg(s,
		    DB_STR(names_key(n, f, keys[i < count ? i : count - 1])));
	}
	say(s, ")");
}

/* The names that are in no list of the plan. */
static void beginnings(struct statement *s, const struct names *n,
		       const struct registry_query *q,
		       const struct registry_plan *plan)
{
	for (enum names_field f = 0; f < NAMES_FIELDS; f++) {
		bool listed = false;

		for (unsigned i = 0; i < plan->lists; i++)
			listed = listed || plan->list[i].field == f;
		if (listed)
			continue;
		if (q->only_count[f]) {
			one_of(s, n, f, q->only[f], q->only_count[f]);
		} else if (*q->name[f]) {
			/* a valid name has no wildcard in it */
			snprintf(s->like[f], sizeof(s->like[f]), "%s%%",
				 q->name[f]);
			say(s, " AND ");
			say(s, columns[f]);
			say(s, " LIKE ?");
			arg(s, DB_STR(s->like[f]));
		}
	}
}

static void keep(struct person_ids *out, uint64_t id)
{
	for (unsigned i = 0; i < out->count; i++)
		if (out->id[i] == id)
			return;
	if (out->count < LEN(out->id))
		out->id[out->count++] = id;
}

static int collect(const struct db_row *row, void *arg_)
{
	keep(arg_, db_u64(row, 0));
	return 0;
}

static int run(struct db *db, struct statement *s, struct person_ids *out)
{
	say(s, " LIMIT " FETCH);
	return db_each(db, s->sql, s->args, s->nargs, collect, out);
}

/* ---- the search ---------------------------------------------------------- */

static int whole_names(struct db *db, const struct registry_query *q,
		       enum registry_index index, struct person_ids *out)
{
	struct statement s;

	begin(&s, index);
	for (enum names_field f = 0; f < NAMES_FIELDS; f++)
		equal(&s, columns[f], q->name[f]);
	values(&s, q);
	return run(db, &s, out);
}

/* How many keys of a list come next: first the few that are likeliest. */
static uint32_t portion(uint32_t done, uint32_t most, uint32_t all)
{
	uint32_t n = done ? most : 4;

	return n < all - done ? n : all - done;
}

/* One list, or two and every pair of their keys. */
static int by_lists(struct db *db, const struct names *n,
		    const struct registry_query *q,
		    const struct registry_plan *plan, struct person_ids *out)
{
	const struct registry_list *a = &plan->list[0], *b = &plan->list[1];
	uint32_t ends = plan->lists > 1 ? b->count : 1;
	struct statement s;
	int err = 0;

	for (uint32_t i = 0, m = 0; !err && i < a->count; i += m) {
		m = portion(i, REGISTRY_ONLY, a->count);
		for (uint32_t j = 0, k = 0; !err && j < ends; j += k) {
			k = portion(j, m > 4 ? 8 : REGISTRY_ONLY, ends);
			begin(&s, plan->index);
			one_of(&s, n, a->field, a->key + i, m);
			if (plan->lists > 1)
				one_of(&s, n, b->field, b->key + j, k);
			beginnings(&s, n, q, plan);
			err = run(db, &s, out);
			if (out->count == LEN(out->id))
				return err;
		}
	}
	return err;
}

int store_person_find(struct db *db, const struct names *n,
		      const struct registry_query *q, struct person_ids *out)
{
	static struct registry_plan plan; /* 8 KiB, one search at a time */
	enum registry_index index;
	struct statement s;
	int err = 0;

	if (registry_alien(q) || out->count == LEN(out->id))
		return 0;
	registry_plan(n, q, &plan);
	if (plan.nobody)
		return 0;
	if (registry_whole(n, q, &index))
		err = whole_names(db, q, index, out);
	if (err || out->count == LEN(out->id))
		return err;
	if (plan.lists)
		return by_lists(db, n, q, &plan, out);
	begin(&s, plan.index);
	beginnings(&s, n, q, &plan);
	values(&s, q);
	return run(db, &s, out);
}

static int read_born(const struct db_row *row, void *arg_)
{
	struct person_day *day = arg_;

	if (day->count == PERSON_DAY) {
		day->whole = false;
		return 0;
	}
	day->row[day->count].id = db_u64(row, 0);
	for (unsigned f = 0; f < NAMES_FIELDS; f++)
		db_copy(row, f + 1, day->row[day->count].key[f], NAME_KEY_SIZE);
	day->count++;
	return 0;
}

int store_person_day(struct db *db, const char *birth, struct person_day *out)
{
	static const char sql[] =
	    "SELECT id, k_sn, k_gn, k_pn FROM insured_person"
	    " FORCE INDEX (i_b) WHERE birth_date = ? LIMIT 1001";
	const struct db_arg args[] = { DB_STR(birth) };

	out->count = 0;
	out->whole = true;
	return db_each(db, sql, args, LEN(args), read_born, out);
}

void person_day_find(const struct person_day *day, const struct names *n,
		     const struct registry_query *q, struct person_ids *out)
{
	for (unsigned i = 0; i < day->count; i++) {
		const char *const key[] = { day->row[i].key[NAMES_SURNAME],
					    day->row[i].key[NAMES_GIVEN],
					    day->row[i].key[NAMES_PATRONYMIC] };

		if (registry_fits(n, q, key))
			keep(out, day->row[i].id);
	}
}

/* ---- rows ---------------------------------------------------------------- */

#define PERSON_SQL                                              \
	"SELECT p.id, p.surname, p.given_name, p.patronymic,"   \
	" p.birth_date, p.enp, p.phone, p.insurer_id, p.mo_id," \
	" i.short_name, m.short_name FROM insured_person p"     \
	" LEFT JOIN organization i ON i.id = p.insurer_id"      \
	" LEFT JOIN organization m ON m.id = p.mo_id WHERE p.id"

static int read_person(const struct db_row *row, void *arg_)
{
	struct insured *p = arg_;

	p->id = db_u64(row, 0);
	db_copy(row, 1, p->surname, sizeof(p->surname));
	db_copy(row, 2, p->given_name, sizeof(p->given_name));
	db_copy(row, 3, p->patronymic, sizeof(p->patronymic));
	db_copy(row, 4, p->birth, sizeof(p->birth));
	db_copy(row, 5, p->enp, sizeof(p->enp));
	db_copy(row, 6, p->phone, sizeof(p->phone));
	p->insurer_id = (uint32_t)db_u64(row, 7);
	p->mo_id = (uint32_t)db_u64(row, 8);
	db_copy(row, 9, p->insurer, sizeof(p->insurer));
	db_copy(row, 10, p->mo, sizeof(p->mo));
	return 0;
}

struct walk {
	int (*each)(void *arg, const struct insured *p);
	void *arg;
};

static int hand_over(const struct db_row *row, void *arg_)
{
	const struct walk *w = arg_;
	struct insured p;

	read_person(row, &p);
	return w->each(w->arg, &p);
}

int store_persons(struct db *db, const struct person_ids *ids,
		  int (*each)(void *arg, const struct insured *p), void *arg_)
{
	static const char sql[] =
	    PERSON_SQL " IN (?,?,?,?,?,?,?,?,?,?)"
		       " ORDER BY p.k_sn, p.k_gn, p.k_pn, p.birth_date, p.id";
	struct walk w = { each, arg_ };
	struct db_arg args[REGISTRY_SHOWN];

	if (!ids->count)
		return 0;
	for (unsigned i = 0; i < LEN(args); i++)
		args[i] = DB_U64(ids->id[i < ids->count ? i : 0]);
	return db_each(db, sql, args, LEN(args), hand_over, &w);
}

int store_person_get(struct db *db, uint64_t id, struct insured *out)
{
	const struct db_arg args[] = { DB_U64(id) };

	return db_one(db, PERSON_SQL " = ?", args, LEN(args), read_person, out);
}
