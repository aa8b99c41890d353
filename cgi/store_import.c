#include "cgi/store_import.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/util.h"
#include "db/db.h"

int store_import_begin(struct db *db, const char *file)
{
	const struct db_arg args[] = { DB_STR(file) };
	uint64_t n = 0;
	int err = db_begin(db);

	if (!err)
		err = db_number(db,
				"SELECT id FROM register_state WHERE id = 1"
				" FOR UPDATE",
				NULL, 0, &n);
	if (!err)
		err = db_number(db,
				"SELECT COUNT(*) FROM register_import"
				" WHERE file = ?",
				args, LEN(args), &n);
	if (!err && n)
		err = EEXIST;
	if (err)
		db_rollback(db);
	return err;
}

static struct db_arg some(const char *text)
{
	return *text ? DB_STR(text) : DB_NULL;
}

#define COLUMNS 16
#define ROW     "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
#define THREE   ROW "," ROW "," ROW
#define ADD(rows)                                                         \
	"INSERT INTO insured_person (enp, snils, surname, given_name,"    \
	" patronymic, k_sn, k_gn, k_pn, birth_date, sex, phone, address," \
	" insurer_id, mo_id, policy_kind, no_calls) VALUES " rows         \
	" ON DUPLICATE KEY UPDATE snils = VALUES(snils),"                 \
	" surname = VALUES(surname), given_name = VALUES(given_name),"    \
	" patronymic = VALUES(patronymic), k_sn = VALUES(k_sn),"          \
	" k_gn = VALUES(k_gn), k_pn = VALUES(k_pn),"                      \
	" birth_date = VALUES(birth_date), sex = VALUES(sex),"            \
	" phone = VALUES(phone), address = VALUES(address),"              \
	" insurer_id = VALUES(insurer_id), mo_id = VALUES(mo_id),"        \
	" policy_kind = VALUES(policy_kind), no_calls = VALUES(no_calls)"

static void bind(const struct import_row *r, struct db_arg *to)
{
	const struct person_row *p = &r->person;
	const struct db_arg args[COLUMNS] = {
		DB_STR(p->enp),         some(p->snils),
		DB_STR(p->surname),     DB_STR(p->given_name),
		DB_STR(p->patronymic),  DB_STR(p->k_sn),
		DB_STR(p->k_gn),        DB_STR(p->k_pn),
		DB_STR(p->birth),       DB_STR(p->male ? "M" : "F"),
		some(p->phone),         DB_STR(p->address),
		DB_ID(r->insurer),      DB_ID(r->mo),
		DB_U64(p->policy_kind), DB_U64(p->no_calls),
	};

	memcpy(to, args, sizeof(args));
}

/* How many of them the register knows. */
static int count_known(struct db *db, const struct import_row *rows, unsigned n,
		       uint64_t *known)
{
	static const char sql[] =
	    "SELECT COUNT(*) FROM insured_person WHERE enp IN"
	    " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
	struct db_arg args[IMPORT_BATCH];

	for (unsigned i = 0; i < IMPORT_BATCH; i++)
		args[i] = DB_STR(rows[i < n ? i : 0].person.enp);
	return db_number(db, sql, args, LEN(args), known);
}

int store_import_rows(struct db *db, const struct import_row *rows, unsigned n,
		      struct import_counts *counts)
{
	static const char one[] = ADD(ROW);
	static const char batch[] =
	    ADD(THREE "," THREE "," THREE "," THREE "," THREE);
	struct db_arg args[IMPORT_BATCH * COLUMNS];
	unsigned step = n == IMPORT_BATCH ? n : 1;
	uint64_t known = 0, affected = 0;
	int err = n ? count_known(db, rows, n, &known) : 0;

	for (unsigned i = 0; !err && i < n; i += step) {
		for (unsigned k = 0; k < step; k++)
			bind(&rows[i + k], args + k * COLUMNS);
		err =
		    db_exec(db, step == 1 ? one : batch, args, step * COLUMNS);
		affected += db_affected(db);
	}
	if (err)
		return err;
	/* a new one counts once, a changed one twice, any other not at all */
	counts->added += n - (unsigned)known;
	affected -= n - known;
	counts->changed += (unsigned)affected / 2;
	counts->same += (unsigned)(known - affected / 2);
	return 0;
}

int store_import_commit(struct db *db, const char *file,
			const struct import_counts *c)
{
	static const char row[] =
	    "INSERT INTO register_import (file, added, changed, same,"
	    " rejected) VALUES (?, ?, ?, ?, ?)";
	static const char log[] =
	    "INSERT INTO access_log (action, object_type, object_id, params)"
	    " VALUES ('IMPORT', 'register', ?, JSON_OBJECT('file', ?,"
	    " 'added', ?, 'changed', ?, 'rejected', ?))";
	const struct db_arg counts[] = { DB_STR(file), DB_U64(c->added),
					 DB_U64(c->changed), DB_U64(c->same),
					 DB_U64(c->rejected) };
	char id[24];
	int err = db_exec(db, row, counts, LEN(counts));

	if (!err) {
		const struct db_arg args[] = { DB_STR(id), DB_STR(file),
					       DB_U64(c->added),
					       DB_U64(c->changed),
					       DB_U64(c->rejected) };

		snprintf(id, sizeof(id), "%llu",
			 (unsigned long long)db_last_id(db));
		err = db_exec(db, log, args, LEN(args));
	}
	if (!err && (c->added || c->changed))
		err = db_exec(db,
			      "UPDATE register_state SET version = version + 1,"
			      " changed_at = UTC_TIMESTAMP(3)",
			      NULL, 0);
	return err ? err : db_commit(db);
}
