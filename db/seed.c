/* seed.c - the classifier and the answers; the demo's organizations,
 * accounts and queues. */
#include "db/migrate.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/csv.h"
#include "db/db.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The password of every demo account, printed by `make run`. */
static const char demo_password[] = "Demo-2026!";

/* --- tables out of CSV files --------------------------------------------- */

struct load {
	const char *file, *sql;
	unsigned fields;   /* columns of the file */
	unsigned nullable; /* bit: an empty field is NULL */
};

static const struct load themes = {
	"themes.csv",
	"INSERT IGNORE INTO theme (code, type, name, keywords, mo_required,"
	" about, level2, due_days) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	8, 1u << 7
};

static const struct load lines = {
	"theme_report_lines.csv",
	"INSERT IGNORE INTO theme_report_line (code, report, line)"
	" VALUES (?, ?, ?)",
	3, 0
};

/* The delivered texts count as approved; the fund replaces them. */
static const struct load scenarios = {
	"scenarios.csv",
	"INSERT IGNORE INTO scenario (code, theme_code, title, keywords, text,"
	" approved_by, approved_at)"
	" VALUES (?, ?, ?, ?, ?, 'поставка', '2026-01-12 06:00:00')",
	5, 0
};

static const struct load organizations = {
	"organizations.csv",
	"INSERT IGNORE INTO organization (kind, code, short_name, full_name,"
	" town, address, phones, hours, site)"
	" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	9, 0
};

static int load(struct db *db, const char *dir, const struct load *l)
{
	struct db_arg args[CSV_FIELDS];
	char path[PATH_MAX], what[PATH_MAX + 40];
	char *text = NULL;
	struct csv csv;
	size_t len;
	int err;

	snprintf(path, sizeof(path), "%s/seed/%s", dir, l->file);
	err = read_file(path, &text, &len);
	if (err)
		return complain(NULL, path, err);

	csv_start(&csv, text);
	err = csv_next(&csv); /* the names of the columns */
	while (!err) {
		err = csv_next(&csv);
		if (err)
			break;
		if (csv.n != l->fields) {
			err = EBADMSG;
			break;
		}
		for (unsigned i = 0; i < csv.n; i++)
			args[i] = *csv.field[i] || !(l->nullable >> i & 1)
				      ? DB_STR(csv.field[i])
				      : DB_NULL;
		err = db_exec(db, l->sql, args, csv.n);
	}
	if (err == ENOENT) {
		err = 0;
	} else {
		snprintf(what, sizeof(what), "%s, line %u", path, csv.line);
		complain(db, what, err);
	}
	free(text);
	return err;
}

static int count(struct db *db, const char *sql, uint64_t *n)
{
	int err = db_number(db, sql, NULL, 0, n);

	return err ? complain(db, sql, err) : 0;
}

/* In one transaction: it is there whole or not at all. */
static int in_transaction(struct db *db, const char *dir,
			  int (*work)(struct db *, const char *))
{
	int err = db_begin(db);

	if (err)
		return complain(db, "transaction", err);
	err = work(db, dir);
	if (err) {
		db_rollback(db);
		return err;
	}
	err = db_commit(db);
	return err ? complain(db, "commit", err) : 0;
}

static int reference(struct db *db, const char *dir)
{
	int err = load(db, dir, &themes);

	if (!err)
		err = load(db, dir, &lines);
	if (!err)
		err = load(db, dir, &scenarios);
	return err;
}

int seed_reference(struct db *db, const char *dir)
{
	uint64_t n = 0;
	int err = count(db, "SELECT COUNT(*) FROM theme", &n);

	return err || n ? err : in_transaction(db, dir, reference);
}

/* --- accounts ------------------------------------------------------------ */

static const struct account {
	const char *login, *extension, *role, *organization;
	const char *surname, *given_name, *patronymic;
	int position; /* in queue «Горячая линия»; 0: no member */
} accounts[] = {
	{ "op1", "1001", "OPERATOR_L1", "26000", "Иванова", "Анна", "Петровна",
	  1 },
	{ "op2", "1002", "OPERATOR_L1", "26000", "Семёнов", "Илья", "Андреевич",
	  2 },
	{ "rep1", "1101", "INSURER_REP_L1", "26901", "Кузнецова", "Ольга",
	  "Сергеевна", 3 },
	{ "rep12", "1102", "INSURER_REP_L1", "26902", "Фёдорова", "Юлия",
	  "Олеговна", 0 },
	{ "spec1", "2001", "OPERATOR_L2", "26000", "Морозов", "Дмитрий",
	  "Игоревич", 0 },
	{ "spec2", "2002", "OPERATOR_L2", "26000", "Васильева", "Елена",
	  "Викторовна", 0 },
	{ "rep21", "2101", "INSURER_REP_L2", "26901", "Павлов", "Сергей",
	  "Николаевич", 0 },
	{ "rep22", "2201", "INSURER_REP_L2", "26902", "Соколова", "Марина",
	  "Алексеевна", 0 },
	{ "rep31", "3101", "INSURER_REP_L3", "26901", "Лебедев", "Андрей",
	  "Борисович", 0 },
	{ "admin", "9001", "CC_ADMIN", "26000", "Новикова", "Татьяна",
	  "Юрьевна", 0 },
	{ "admin2", "9002", "CC_ADMIN", "26000", "Орлов", "Павел", "Дмитриевич",
	  0 },
	{ "security", NULL, "SECURITY_ADMIN", "26000", "Зайцев", "Роман",
	  "Евгеньевич", 0 },
	{ "super1", "9101", "SUPERVISOR", "26000", "Григорьева", "Наталья",
	  "Павловна", 0 },
	{ "quality", NULL, "QUALITY_CONTROLLER", "26000", "Белова", "Ирина",
	  "Константиновна", 0 },
	{ "auditor", NULL, "AUDITOR", "26000", "Тарасов", "Виктор",
	  "Леонидович", 0 },
	{ "director", NULL, "DIRECTOR", "26000", "Комарова", "Светлана",
	  "Михайловна", 0 },
};

static int add_account(struct db *db, const struct account *a, const char *hash)
{
	const struct db_arg args[] = {
		DB_STR(a->login),       DB_STR(hash),
		DB_STR(a->surname),     DB_STR(a->given_name),
		DB_STR(a->patronymic),  DB_STR(a->extension),
		DB_STR(a->organization)
	};
	uint64_t id;
	int err;

	err = db_exec(db,
		      "INSERT INTO user_account (login, password_hash, surname,"
		      " given_name, patronymic, extension, organization_id)"
		      " SELECT ?, ?, ?, ?, ?, ?, id FROM organization"
		      " WHERE code = ? AND kind IN ('FUND', 'INSURER')",
		      args, LEN(args));
	if (err)
		return err;
	if (db_affected(db) != 1)
		return ENOENT;
	id = db_last_id(db);
	err =
	    db_exec(db, "INSERT INTO user_role (user_id, role) VALUES (?, ?)",
		    (const struct db_arg[]){ DB_U64(id), DB_STR(a->role) }, 2);
	if (!err && a->position)
		err = db_exec(
		    db,
		    "INSERT INTO queue_member (queue_id, user_id,"
		    " position) SELECT id, ?, ? FROM queue"
		    " WHERE id IN (1, 2)",
		    (const struct db_arg[]){ DB_U64(id), DB_I64(a->position) },
		    2);
	if (!err && a->position)
		err =
		    db_exec(db,
			    "INSERT INTO user_skill (user_id, skill_id, level)"
			    " VALUES (?, 1, ?)",
			    (const struct db_arg[]){ DB_U64(id),
						     DB_I64(4 - a->position) },
			    2);
	return err;
}

static int people_and_queues(struct db *db, const char *dir)
{
	char hash[crypto_pwhash_STRBYTES];
	int err = load(db, dir, &organizations);

	if (!err)
		err = db_exec(db,
			      "INSERT IGNORE INTO skill (id, name) VALUES"
			      " (1, 'Полис и выбор страховой организации')",
			      NULL, 0);
	if (!err) /* another rule than that of the first */
		err = db_exec(db,
			      "INSERT IGNORE INTO queue (id, name, strategy,"
			      " skill_id, skill_level, skill_least,"
			      " skill_relax_s) VALUES (2,"
			      " 'Горячая линия по часам', 'skills', 1, 3, 1,"
			      " 15)",
			      NULL, 0);
	if (!err)
		err = db_exec(db,
			      "INSERT IGNORE INTO inbound_route (id, number,"
			      " queue_id, hours_id) VALUES"
			      " (2, '+78652000001', 2, 1)",
			      NULL, 0);
	if (err)
		return complain(db, "demo queues", err);
	for (size_t i = 0; !err && i < LEN(accounts); i++) {
		/* Argon2id, 19 MiB, two passes: as the pages make it */
		if (crypto_pwhash_str_alg(
			hash, demo_password, strlen(demo_password), 2,
			19456u << 10, crypto_pwhash_ALG_ARGON2ID13))
			err = ENOMEM;
		else
			err = add_account(db, &accounts[i], hash);
		if (err)
			complain(db, accounts[i].login, err);
	}
	if (!err) /* who knows consultations, who complaints */
		err = db_exec(db,
			      "INSERT IGNORE INTO user_theme (user_id,"
			      " theme_code) SELECT u.id, t.code FROM theme t"
			      " JOIN user_account u ON u.login ="
			      " IF(t.type IN ('Консультация', 'Заявление'),"
			      " 'spec1', 'spec2')",
			      NULL, 0);
	return err;
}

int seed_demo_off(struct db *db)
{
	int err = db_exec(db,
			  "UPDATE trunk t JOIN trunk_secret s"
			  " ON s.trunk_id = t.id SET t.enabled = 0"
			  " WHERE t.name = 'Второй оператор связи'"
			  " AND s.secret = 'Demo-2026!'",
			  NULL, 0);

	return err ? complain(db, "the second line", err) : 0;
}

/* Nobody has to say which region the demo is. */
static int region(struct db *db)
{
	int err = db_exec(db,
			  "UPDATE setting SET version = 2 WHERE version = 1"
			  " AND name IN ('region.code', 'region.zone')",
			  NULL, 0);

	return err ? complain(db, "the region", err) : 0;
}

/* The line of the simulated network that we register at (tests/fake/pstn);
 * off while there is none. It moves with the settings of every start. */
static int second_line(struct db *db)
{
	static const char *const rows[] = {
		"INSERT IGNORE INTO trunk_secret (trunk_id, secret)"
		" SELECT id, 'Demo-2026!' FROM trunk"
		" WHERE name = 'Второй оператор связи'",
		"INSERT IGNORE INTO inbound_route (number, queue_id)"
		" VALUES ('+78652000002', 1)"
	};
	const char *at = getenv("OTKLIK_SIM_LINE"); /* ADDRESS:PORT */
	const struct db_arg args[] = { DB_STR(at ? at : "") };
	int err;

	if (!at || !*at)
		return seed_demo_off(db);
	err = db_exec(db,
		      "INSERT INTO trunk (name, kind, peer_host, presented,"
		      " priority, account, expires_s) VALUES"
		      " ('Второй оператор связи', 'REGISTER', ?,"
		      " '+78652000002', 1, '78652000002', 60)"
		      " ON DUPLICATE KEY UPDATE"
		      " peer_host = VALUES(peer_host), enabled = 1",
		      args, LEN(args));
	for (size_t i = 0; !err && i < LEN(rows); i++)
		err = db_exec(db, rows[i], NULL, 0);
	return err ? complain(db, "the second line", err) : 0;
}

int seed_demo(struct db *db, const char *dir, uint64_t seed)
{
	uint64_t users = 0, people = 0, appeals = 0, shifts = 0;
	int err = count(db, "SELECT COUNT(*) FROM user_account", &users);

	if (!err && !users)
		err = in_transaction(db, dir, people_and_queues);
	if (!err)
		err = count(db, "SELECT COUNT(*) FROM insured_person", &people);
	if (!err && !people)
		err = seed_people(db, seed, 20000);
	if (!err)
		err = count(db, "SELECT COUNT(*) FROM appeal", &appeals);
	if (!err && !appeals)
		err = seed_appeals(db, seed, 1500);
	if (!err)
		err = count(db, "SELECT COUNT(*) FROM agent_event", &shifts);
	if (!err && !shifts)
		err = seed_shifts(db);
	if (!err)
		err = region(db);
	if (!err)
		err = second_line(db);
	return err;
}
