#include "cgi/store_import.h"

#include <errno.h>
#include <stdio.h>

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

int store_import_row(struct db *db, const struct person_row *row,
		     uint32_t insurer, uint32_t mo,
		     struct import_counts *counts)
{
	static const char sql[] =
	    "INSERT INTO insured_person (enp, snils, surname, given_name,"
	    " patronymic, k_sn, k_gn, k_pn, birth_date, sex, phone, address,"
	    " insurer_id, mo_id, policy_kind, no_calls)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	    " ON DUPLICATE KEY UPDATE snils = VALUES(snils),"
	    " surname = VALUES(surname), given_name = VALUES(given_name),"
	    " patronymic = VALUES(patronymic), k_sn = VALUES(k_sn),"
	    " k_gn = VALUES(k_gn), k_pn = VALUES(k_pn),"
	    " birth_date = VALUES(birth_date), sex = VALUES(sex),"
	    " phone = VALUES(phone), address = VALUES(address),"
	    " insurer_id = VALUES(insurer_id), mo_id = VALUES(mo_id),"
	    " policy_kind = VALUES(policy_kind), no_calls = VALUES(no_calls)";
	const struct db_arg args[] = {
		DB_STR(row->enp),         some(row->snils),
		DB_STR(row->surname),     DB_STR(row->given_name),
		DB_STR(row->patronymic),  DB_STR(row->k_sn),
		DB_STR(row->k_gn),        DB_STR(row->k_pn),
		DB_STR(row->birth),       DB_STR(row->male ? "M" : "F"),
		some(row->phone),         DB_STR(row->address),
		DB_ID(insurer),           DB_ID(mo),
		DB_U64(row->policy_kind), DB_U64(row->no_calls),
	};
	int err = db_exec(db, sql, args, LEN(args));

	if (err)
		return err;
	switch (db_affected(db)) {
	case 0:
		counts->same++;
		break;
	case 1:
		counts->added++;
		break;
	default: /* a changed one counts twice */
		counts->changed++;
	}
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
