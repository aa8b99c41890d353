/* seed_people.c - the register of insured persons, made from a seed. Person n
 * is the same in a register of any size. */
#include "db/migrate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/enp.h"
#include "cgi/name_key.h"
#include "cgi/snils.h"
#include "db/db.h"
#include "db/seed_names.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

enum { ROWS = 400, FIRST_YEAR = 1926, YEARS = 100, MAX_ORGANIZATIONS = 200 };

struct ids {
	unsigned n;
	unsigned id[MAX_ORGANIZATIONS];
};

struct maker {
	struct db *db;
	struct seed_rng rng;
	struct ids insurers, clinics;
	/* how many were born on a day, by sex: the serial of the ЕНП */
	unsigned born[YEARS][12][31][2];
	FILE *sql;
	char *text;
	size_t size;
	unsigned rows;
};

static int read_id(const struct db_row *row, void *arg)
{
	struct ids *ids = arg;

	if (ids->n < MAX_ORGANIZATIONS)
		ids->id[ids->n++] = (unsigned)db_u64(row, 0);
	return 0;
}

static int read_ids(struct db *db, const char *kind, struct ids *ids)
{
	int err =
	    db_each(db,
		    "SELECT id FROM organization WHERE kind = ?"
		    " ORDER BY code",
		    (const struct db_arg[]){ DB_STR(kind) }, 1, read_id, ids);

	if (!err && !ids->n)
		err = ENOENT;
	if (err == ENOENT)
		fprintf(stderr,
			"otklik-migrate: no organization of kind %s "
			"to insure people with; load --demo first\n",
			kind);
	else if (err)
		complain(db, kind, err);
	return err;
}

static int flush(struct maker *m)
{
	unsigned which;
	int err = 0;

	if (!m->rows)
		return 0;
	/* a rewound stream keeps what stood behind */
	if (fputc('\0', m->sql) == EOF || fflush(m->sql))
		return ENOMEM;
	err = db_script(m->db, m->text, &which);
	if (err)
		complain(m->db, "insured persons", err);
	rewind(m->sql);
	m->rows = 0;
	return err;
}

/* Every value comes from the lists in seed_names.c, so only the apostrophe
 * would matter, and none has one. */
static int put(struct maker *m, unsigned n, const struct seed_name *name,
	       const struct enp *born, const char *enp)
{
	static const char *const towns[] = {
		"г. Ставрополь", "г. Невинномысск", "г. Михайловск",
		"с. Примерное",  "г. Пятигорск",    "пос. Условный",
	};
	static const char *const streets[] = {
		"ул. Условная",    "ул. Примерная", "пер. Учебный",
		"пр-т Образцовый", "ул. Садовая",   "ул. Новая",
	};
	char sn[NAME_KEY_SIZE], gn[NAME_KEY_SIZE], pn[NAME_KEY_SIZE];
	char snils[SNILS_SIZE];
	int err = name_key(name->surname, sn, sizeof(sn));

	if (!err)
		err = name_key(name->given_name, gn, sizeof(gn));
	if (!err)
		err = name_key(name->patronymic, pn, sizeof(pn));
	if (!err)
		err = snils_make(20000000 + n * 101, snils);
	if (err)
		return err;

	fprintf(m->sql,
		"%s('%s',%s%s%s,'%s','%s','%s','%s','%s','%s',"
		"'%04d-%02d-%02d','%c',",
		m->rows ? ","
			: "INSERT INTO insured_person (enp, snils, surname,"
			  " given_name, patronymic, k_sn, k_gn, k_pn,"
			  " birth_date, sex, phone, address, insurer_id,"
			  " mo_id, policy_kind, no_calls) VALUES ",
		enp, n % 40 ? "'" : "", n % 40 ? snils : "NULL",
		n % 40 ? "'" : "", name->surname, name->given_name,
		name->patronymic, sn, gn, pn, born->year, born->month,
		born->day, name->male ? 'M' : 'F');
	/* synthetic numbers, of which the simulated network calls some */
	if (n < 100 || seed_below(&m->rng, 10) < 7)
		fprintf(m->sql, "'+7900%07u',", n + 1);
	else
		fprintf(m->sql, "NULL,");
	fprintf(m->sql, "'%s, %s, д. %u, кв. %u',%u,%u,%u,%u)",
		towns[seed_skewed(&m->rng, LEN(towns))],
		streets[seed_below(&m->rng, LEN(streets))],
		seed_below(&m->rng, 150) + 1, seed_below(&m->rng, 200) + 1,
		m->insurers.id[seed_skewed(&m->rng, m->insurers.n)],
		m->clinics.id[seed_below(&m->rng, m->clinics.n)],
		(unsigned)(seed_below(&m->rng, 10) < 7 ? 4 : 3),
		!seed_below(&m->rng, 100));
	m->rows++;
	return ferror(m->sql) ? ENOMEM : 0;
}

static int make(struct maker *m, uint64_t seed, unsigned n, bool write)
{
	struct seed_name name;
	struct enp born = { .region = 26 };
	char enp[ENP_SIZE];
	unsigned serial;
	int err;

	/* each person has his own numbers: the n-th does not depend on
	 * whether those before him were written */
	m->rng.state = seed * 0x9e3779b97f4a7c15 + n * 0xd1b54a32d192ed03;
	seed_name(&m->rng, &name);
	do {
		born.male = name.male;
		born.year = FIRST_YEAR + (int)seed_below(&m->rng, YEARS);
		born.month = 1 + (int)seed_below(&m->rng, 12);
		born.day = 1 + (int)seed_below(&m->rng, 31);
		if (seed_below(&m->rng, 12) == 0)
			born.region = 1 + seed_below(&m->rng, 85);
		serial = m->born[born.year - FIRST_YEAR][born.month - 1]
				[born.day - 1][born.male]++;
		err = enp_make(&born, serial, enp);
	} while (err == EINVAL && born.day > 28); /* no such day */
	if (err || !write)
		return err;

	err = put(m, n, &name, &born, enp);
	return err || m->rows < ROWS ? err : flush(m);
}

/* Building an index over a full table reads it once; keeping ten of them up
 * while millions of rows arrive in random order reads the disk for each. */
static const char drop_indexes[] =
    "ALTER TABLE insured_person DROP INDEX IF EXISTS person_snils,"
    " DROP INDEX IF EXISTS person_phone, DROP INDEX IF EXISTS i_s,"
    " DROP INDEX IF EXISTS i_g, DROP INDEX IF EXISTS i_p,"
    " DROP INDEX IF EXISTS i_gp, DROP INDEX IF EXISTS i_b";
static const char add_indexes[] =
    "ALTER TABLE insured_person"
    " ADD INDEX IF NOT EXISTS person_snils (snils),"
    " ADD INDEX IF NOT EXISTS person_phone (phone),"
    " ADD INDEX IF NOT EXISTS i_s (k_sn, k_gn, k_pn, birth_date),"
    " ADD INDEX IF NOT EXISTS i_g (k_gn, k_sn, k_pn, birth_date),"
    " ADD INDEX IF NOT EXISTS i_p (k_pn, k_sn, k_gn, birth_date),"
    " ADD INDEX IF NOT EXISTS i_gp (k_gn, k_pn, k_sn, birth_date),"
    " ADD INDEX IF NOT EXISTS i_b (birth_date, k_sn, k_gn, k_pn)";

/* While persons arrive in several transactions nobody may trust statistics of
 * their names (register_state, D13). */
static int loading(struct db *db, bool on)
{
	return db_exec(
	    db,
	    on ? "UPDATE register_state SET loading = 1"
	       : "UPDATE register_state SET loading = 0,"
		 " version = version + 1, changed_at = UTC_TIMESTAMP(3)",
	    NULL, 0);
}

/* Fills the register up to n persons. */
int seed_people(struct db *db, uint64_t seed, unsigned n)
{
	struct maker *m = calloc(1, sizeof(*m));
	uint64_t have = 0;
	unsigned which;
	int err;

	if (!m)
		return ENOMEM;
	m->db = db;
	m->sql = open_memstream(&m->text, &m->size);
	err = m->sql ? 0 : ENOMEM;
	if (!err)
		err = db_number(db, "SELECT COUNT(*) FROM insured_person", NULL,
				0, &have);
	if (!err)
		err = read_ids(db, "INSURER", &m->insurers);
	if (!err)
		err = read_ids(db, "MO", &m->clinics);
	if (!err)
		err = loading(db, true);
	if (!err && n > have + 50000)
		err = db_script(db, drop_indexes, &which);
	if (!err)
		err = db_begin(db);
	for (unsigned i = 0; !err && i < n; i++) {
		err = make(m, seed, i, i >= have);
		/* a transaction of millions of rows would fill the undo log */
		if (!err && i >= have && i % 50000 == 49999) {
			err = flush(m);
			if (!err)
				err = db_commit(db);
			if (!err)
				err = db_begin(db);
		}
	}
	if (!err)
		err = flush(m);
	if (!err)
		err = db_commit(db);
	if (!err) /* also after a run that was cut off */
		err = db_script(db, add_indexes, &which);
	if (!err)
		err = db_script(db, "ANALYZE TABLE insured_person", &which);
	if (!err)
		err = loading(db, false);
	db_rollback(db);
	if (err && err != ENOENT)
		complain(db, "insured persons", err);
	if (m->sql)
		fclose(m->sql);
	free(m->text);
	free(m);
	return err;
}
