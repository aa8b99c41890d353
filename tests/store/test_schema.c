/* Migrations, accounts and the demo's data. limit: 300 s */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sodium.h>
#include <cmocka.h>

#include "cgi/enp.h"
#include "cgi/name_key.h"
#include "cgi/phone.h"
#include "cgi/snils.h"
#include "db/db.h"
#include "tests/store/lab.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct db *migrate;
static long first_day; /* the demo ends yesterday, so the day matters */

/* Of the region, three hours ahead. */
static long today(void)
{
	return (long)((time(NULL) + 3 * 3600) / 86400);
}

static int start(void **state)
{
	(void)state;
	assert_true(sodium_init() >= 0);
	lab_start();
	first_day = today();
	lab_migrate("--demo");
	migrate = lab_open("migrate");
	return 0;
}

static int end(void **state)
{
	(void)state;
	db_close(&migrate);
	lab_end();
	return 0;
}

/* --- migrations ------------------------------------------------------------ */

static void a_second_run_changes_nothing(void **state)
{
	char out[2000];

	(void)state;
	assert_int_equal(
	    lab_run(out, sizeof(out), "build/db/otklik-migrate --demo"), 0);
	assert_string_equal(out, "");
	assert_true(lab_number(migrate, "SELECT COUNT(*) FROM user_account") ==
		    16);
}

static void everything_says_what_it_is_for(void **state)
{
	(void)state;
	assert_true(lab_number(migrate,
			       "SELECT COUNT(*) FROM information_schema.tables"
			       " WHERE table_schema = 'otklik' AND"
			       " table_comment = ''") == 0);
	assert_true(lab_number(migrate, "SELECT COUNT(*) FROM"
					" information_schema.columns WHERE"
					" table_schema = 'otklik' AND"
					" column_comment = ''") == 0);
	/* text is compared byte by byte everywhere */
	assert_true(lab_number(migrate,
			       "SELECT COUNT(*) FROM"
			       " information_schema.columns WHERE"
			       " table_schema = 'otklik' AND collation_name"
			       " <> 'utf8mb4_bin'") == 0);
}

static void schema_sql_is_what_the_migrations_make(void **state)
{
	char out[4000];

	(void)state;
	if (lab_run(out, sizeof(out),
		    "build/db/otklik-migrate --schema |"
		    " diff db/schema.sql -"))
		fail_msg("run `make schema`: %s", out);
}

static void a_changed_migration_is_refused(void **state)
{
	char out[2000];
	const char *dir = getenv("OTKLIK_STATE");

	(void)state;
	assert_int_equal(lab_run(NULL, 0,
				 "cp -r db '%s/copy' && echo ' ' >>"
				 " '%s/copy/migrations/0001_base.sql'",
				 dir, dir),
			 0);
	assert_int_equal(lab_run(out, sizeof(out),
				 "OTKLIK_DB_DIR='%s/copy'"
				 " build/db/otklik-migrate",
				 dir),
			 1);
	assert_non_null(strstr(out, "0001_base.sql was changed"));
	lab_run(NULL, 0, "rm -r '%s/copy'", dir);
}

static void a_broken_migration_is_named_and_runs_again(void **state)
{
	char out[2000];
	const char *dir = getenv("OTKLIK_STATE");

	(void)state;
	assert_int_equal(lab_run(NULL, 0,
				 "cp -r db '%s/copy' && printf '%%s'"
				 " 'CREATE TABLE IF NOT EXISTS extra (a INT);"
				 "SELECT nothing FROM extra'"
				 " > '%s/copy/migrations/0900_extra.sql'",
				 dir, dir),
			 0);
	assert_int_equal(lab_run(out, sizeof(out),
				 "OTKLIK_DB_DIR='%s/copy'"
				 " build/db/otklik-migrate",
				 dir),
			 1);
	assert_non_null(strstr(out, "0900_extra.sql, statement 2"));
	assert_non_null(strstr(out, "nothing"));
	assert_true(lab_number(migrate, "SELECT COUNT(*) FROM migration WHERE"
					" version = 900") == 0);

	lab_run(NULL, 0,
		"sed -i 's/nothing/a/'"
		" '%s/copy/migrations/0900_extra.sql'",
		dir);
	assert_int_equal(lab_run(out, sizeof(out),
				 "OTKLIK_DB_DIR='%s/copy'"
				 " build/db/otklik-migrate",
				 dir),
			 0);
	assert_string_equal(out, "applied 0900_extra.sql\n");
	lab_exec(migrate, "DROP TABLE extra");
	lab_exec(migrate, "DELETE FROM migration WHERE version = 900");
	lab_run(NULL, 0, "rm -r '%s/copy'", dir);
}

/* Each file ends a second time before it is said to have ended once; those that
 * have one in db/again do so from each of their statements. The result is the
 * same. */
#define TWICE                                                          \
	"cd \"$OTKLIK_STATE\" && mkdir twice twice/migrations &&"      \
	" for f in \"$OLDPWD\"/db/migrations/*.sql; do n=${f##*/};"    \
	" a=\"$OLDPWD/db/again/$n\"; {"                                \
	"  if [ -f \"$a\" ]; then cat \"$a\"; for k in 1 2; do"        \
	"   awk -v k=$k '{ print } /;$/ && ++n == k { exit }' \"$f\";" \
	"   cat \"$a\"; done; cat \"$f\"; echo; cat \"$a\" \"$f\";"    \
	"  else cat \"$f\"; echo; cat \"$f\"; fi; }"                   \
	" > twice/migrations/$n || exit 1; done;"                      \
	" ln -s \"$OLDPWD\"/db/seed twice"

static void a_migration_broken_off_anywhere_runs_again(void **state)
{
	char out[4000];

	(void)state;
	lab_exec(migrate, "DROP DATABASE otklik");
	lab_exec(migrate, "CREATE DATABASE otklik CHARACTER SET utf8mb4"
			  " COLLATE utf8mb4_bin");
	db_close(&migrate);
	assert_int_equal(lab_run(out, sizeof(out), "%s", TWICE), 0);
	if (lab_run(out, sizeof(out),
		    "OTKLIK_DB_DIR=\"$OTKLIK_STATE/twice\""
		    " build/db/otklik-migrate"))
		fail_msg("%s", out);
	migrate = lab_open("migrate");
	schema_sql_is_what_the_migrations_make(state);
}

/* --- accounts -------------------------------------------------------------- */

static const char *const evidence[] = {
	"call_event",        "call_leg",       "recording",
	"recording_end",     "attendance",     "attendance_end",
	"agent_event",       "appeal_history", "forwarding",
	"access_log",        "seal",           "seal_head",
	"seal_key",          "shift_alert",    "shift_alert_step",
	"supervisor_action", "call_place",     "call_place_end",
	"appeal_change",     "appeal_answer",  "appeal_identity",
};

static void refused(struct db *db, const char *table, const char *fmt)
{
	char sql[200];
	int err;

	snprintf(sql, sizeof(sql), fmt, table);
	err = db_exec(db, sql, NULL, 0);
	if (err != EACCES)
		fail_msg("%s: %s", sql, strerror(err));
}

static void evidence_can_be_neither_changed_nor_removed(void **state)
{
	static const char *const users[] = { "web", "media", "jobs", "admin",
					     "office" };

	(void)state;
	for (size_t u = 0; u < LEN(users); u++) {
		struct db *db = lab_open(users[u]);

		for (size_t i = 0; i < LEN(evidence); i++) {
			const char *t = evidence[i];
			char sql[200];

			refused(db, t, "DELETE FROM %s WHERE 1 = 0");
			refused(db, t, "TRUNCATE %s");
			refused(db, t, "DROP TABLE %s");
			refused(db, t, "ALTER TABLE %s ADD x INT");
			refused(db, t, "CREATE INDEX x ON %s (x)");
			refused(db, t, "RENAME TABLE %s TO gone");
			/* any column: the right is a matter of the table */
			snprintf(sql, sizeof(sql),
				 "SELECT COUNT(*) FROM"
				 " information_schema.column_privileges WHERE"
				 " grantee LIKE '''%s''%%' AND table_name ="
				 " '%s' AND privilege_type = 'UPDATE'",
				 users[u], t);
			assert_true(lab_number(migrate, sql) == 0);
			snprintf(sql, sizeof(sql),
				 "SELECT COUNT(*) FROM"
				 " information_schema.table_privileges WHERE"
				 " grantee LIKE '''%s''%%' AND table_name ="
				 " '%s' AND privilege_type NOT IN"
				 " ('SELECT', 'INSERT')",
				 users[u], t);
			assert_true(lab_number(migrate, sql) == 0);
		}
		db_close(&db);
	}
}

static void evidence_can_be_written_once_and_read(void **state)
{
	struct db *media = lab_open("media"), *web = lab_open("web");
	static const char row[] =
	    "INSERT IGNORE INTO call_event (call_id, seq, at, kind)"
	    " VALUES ('019fac98-8725-7e31-b884-a7c07c0affff', 1, NOW(3),"
	    " '%s')";
	char sql[200];

	(void)state;
	snprintf(sql, sizeof(sql), row, "INVITE");
	lab_exec(media, sql);
	assert_true(db_affected(media) == 1);
	snprintf(sql, sizeof(sql), row, "FORGED");
	lab_exec(media, sql); /* a second time, as from the spool */
	assert_true(db_affected(media) == 0);
	assert_true(lab_number(web, "SELECT kind = 'INVITE' FROM call_event"
				    " WHERE call_id = '019fac98-8725-7e31-"
				    "b884-a7c07c0affff'"));
	refused(media, "call_event", "UPDATE %s SET kind = 'X'");
	refused(media, "call_event",
		"INSERT INTO %s (call_id, seq, at, kind) VALUES"
		" ('019fac98-8725-7e31-b884-a7c07c0affff', 1, NOW(3), 'X')"
		" ON DUPLICATE KEY UPDATE kind = 'X'");
	refused(media, "call_event",
		"REPLACE INTO %s (call_id, seq, at, kind) VALUES"
		" ('019fac98-8725-7e31-b884-a7c07c0affff', 1, NOW(3), 'X')");
	refused(web, "access_log", "UPDATE %s SET reason = ''");
	lab_exec(web, "INSERT INTO access_log (action) VALUES ('TEST')");
	db_close(&media);
	db_close(&web);
}

static void each_account_has_what_it_needs_and_no_more(void **state)
{
	struct db *media = lab_open("media"), *web = lab_open("web");
	struct db *jobs = lab_open("jobs"), *admin = lab_open("admin");
	struct db *office = lab_open("office");

	(void)state;
	refused(media, "user_account", "SELECT password_hash FROM %s");
	refused(jobs, "user_account", "SELECT password_hash FROM %s");
	refused(media, "web_session", "SELECT * FROM %s");
	refused(jobs, "web_session", "SELECT csrf FROM %s");
	refused(media, "appeal", "SELECT * FROM %s");
	refused(media, "insured_person", "SELECT * FROM %s");
	refused(web, "insured_person", "DELETE FROM %s");
	refused(web, "call_record", "UPDATE %s SET caller = ''");
	refused(web, "seal", "INSERT INTO %s SELECT * FROM seal");
	refused(web, "outbox", "SELECT * FROM %s");
	refused(media, "outbox", "INSERT INTO %s (kind) VALUES ('x')");
	refused(jobs, "recording", "INSERT INTO %s SELECT * FROM recording");
	/* a hole in a page makes nobody an administrator */
	refused(web, "user_role", "INSERT INTO %s VALUES (1, 'CC_ADMIN')");
	refused(web, "user_account", "UPDATE %s SET password_hash = ''");
	refused(web, "user_account", "UPDATE %s SET organization_id = 1");
	refused(web, "user_account", "INSERT INTO %s (login) VALUES ('x')");
	refused(web, "web_session", "UPDATE %s SET user_id = 1");
	refused(web, "setting", "UPDATE %s SET value = ''");
	refused(web, "trunk", "SELECT * FROM %s");
	refused(web, "queue", "UPDATE %s SET name = ''");
	refused(web, "queue_member", "DELETE FROM %s");
	refused(web, "inbound_route", "DELETE FROM %s");
	refused(web, "organization", "UPDATE %s SET short_name = ''");
	refused(web, "theme", "UPDATE %s SET name = ''");
	refused(admin, "appeal", "SELECT * FROM %s");
	refused(admin, "access_log", "SELECT * FROM %s");
	refused(admin, "call_record", "SELECT * FROM %s");
	refused(admin, "user_account", "SELECT password_hash FROM %s");
	/* who keeps the directories sees no citizen */
	refused(office, "appeal", "SELECT * FROM %s");
	refused(office, "insured_person", "SELECT * FROM %s");
	refused(office, "call_record", "SELECT * FROM %s");
	refused(office, "theme", "DELETE FROM %s");
	refused(office, "setting", "UPDATE %s SET most = 0");
	refused(office, "trunk_secret", "SELECT secret FROM %s");
	refused(office, "prompt_file", "UPDATE %s SET state = 'READY'");
	refused(office, "access_log", "UPDATE %s SET reason = ''");
	lab_exec(web, "UPDATE user_account SET failed_logins = 0, blocked = 1"
		      " WHERE login = 'nobody'");
	refused(web, "x", "CREATE TABLE %s (a INT)");
	refused(web, "x", "CREATE USER %s");
	refused(web, "global_priv", "SELECT * FROM mysql.%s");
	/* the wire between the halves */
	lab_exec(web, "INSERT INTO outbox (kind, payload) VALUES"
		      " ('directory', '{}')");
	assert_true(lab_number(media, "SELECT COUNT(*) FROM outbox") == 1);
	lab_exec(media, "DELETE FROM outbox");
	db_close(&media);
	db_close(&web);
	db_close(&jobs);
	db_close(&admin);
	db_close(&office);
}

static void root_is_shut_out(void **state)
{
	struct db *root = NULL;
	char sock[128];

	(void)state;
	snprintf(sock, sizeof(sock), "%s/run/db.sock", getenv("OTKLIK_STATE"));
	assert_int_equal(db_open(&root, &(struct db_conf){ .socket = sock,
							   .user = "root",
							   .password = "" }),
			 EACCES);
	assert_int_equal(db_open(&root, &(struct db_conf){ .socket = sock,
							   .user = "nobody",
							   .password = "" }),
			 EACCES);
}

/* --- the demo -------------------------------------------------------------- */

static int check_password(const struct db_row *row, void *arg)
{
	const char *hash = db_str(row, 0);

	++*(unsigned *)arg;
	assert_int_equal(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31),
			 0);
	if (*(unsigned *)arg > 3)
		return 0; /* hashing is slow on purpose */
	assert_int_equal(crypto_pwhash_str_verify(hash, "Demo-2026!", 10), 0);
	assert_int_not_equal(crypto_pwhash_str_verify(hash, "Demo-2026", 9), 0);
	return 0;
}

static void the_accounts_are_those_of_the_guide(void **state)
{
	unsigned n = 0;

	(void)state;
	assert_int_equal(db_each(migrate,
				 "SELECT password_hash FROM user_account", NULL,
				 0, check_password, &n),
			 0);
	assert_int_equal(n, 16);
	assert_true(
	    lab_number(
		migrate,
		"SELECT COUNT(*) FROM user_account u"
		" JOIN user_role r ON r.user_id = u.id"
		" JOIN organization o ON o.id = u.organization_id"
		" WHERE (u.login, COALESCE(u.extension, ''), r.role, o.code)"
		" IN (('op1', '1001', 'OPERATOR_L1', '26000'),"
		" ('op2', '1002', 'OPERATOR_L1', '26000'),"
		" ('rep1', '1101', 'INSURER_REP_L1', '26901'),"
		" ('rep12', '1102', 'INSURER_REP_L1', '26902'),"
		" ('spec1', '2001', 'OPERATOR_L2', '26000'),"
		" ('spec2', '2002', 'OPERATOR_L2', '26000'),"
		" ('rep21', '2101', 'INSURER_REP_L2', '26901'),"
		" ('rep22', '2201', 'INSURER_REP_L2', '26902'),"
		" ('rep31', '3101', 'INSURER_REP_L3', '26901'),"
		" ('admin', '9001', 'CC_ADMIN', '26000'),"
		" ('admin2', '9002', 'CC_ADMIN', '26000'),"
		" ('security', '', 'SECURITY_ADMIN', '26000'),"
		" ('super1', '9101', 'SUPERVISOR', '26000'),"
		" ('quality', '', 'QUALITY_CONTROLLER', '26000'),"
		" ('auditor', '', 'AUDITOR', '26000'),"
		" ('director', '', 'DIRECTOR', '26000'))") == 16);
	assert_true(lab_number(
	    migrate, "SELECT GROUP_CONCAT(u.login ORDER BY m.position) ="
		     " 'op1,op2,rep1' FROM queue_member m"
		     " JOIN user_account u ON u.id = m.user_id"
		     " JOIN queue q ON q.id = m.queue_id"
		     " WHERE q.name = 'Горячая линия'"));
	assert_true(
	    lab_number(
		migrate,
		"SELECT COUNT(*) FROM inbound_route r JOIN queue q ON"
		" q.id = r.queue_id WHERE (r.number IS NULL AND q.name ="
		" 'Горячая линия' AND r.hours_id IS NULL) OR (r.number ="
		" '+78652000001' AND q.name = 'Горячая линия по часам' AND"
		" r.hours_id IS NOT NULL)") == 2);
	assert_true(lab_number(migrate, "SELECT COUNT(*) FROM theme") == 120);
	assert_true(lab_number(migrate, "SELECT COUNT(*) FROM scenario") == 90);
}

struct people {
	unsigned n, with_snils, with_phone;
};

static int check_person(const struct db_row *row, void *arg)
{
	struct people *p = arg;
	char key[NAME_KEY_SIZE], number[SNILS_SIZE], phone[PHONE_SIZE];
	char born[16];
	struct enp enp;

	p->n++;
	assert_int_equal(enp_parse(db_str(row, 0), &enp), 0);
	snprintf(born, sizeof(born), "%04d-%02d-%02d", enp.year % 10000,
		 enp.month % 100, enp.day % 100);
	assert_string_equal(born, db_str(row, 1));
	assert_int_equal(enp.male, *db_str(row, 2) == 'M');
	if (!db_is_null(row, 3)) {
		assert_int_equal(snils_parse(db_str(row, 3), number), 0);
		p->with_snils++;
	}
	if (!db_is_null(row, 4)) {
		assert_int_equal(phone_normalize(db_str(row, 4), phone), 0);
		assert_string_equal(phone, db_str(row, 4));
		p->with_phone++;
	}
	for (unsigned i = 5; i < 11; i += 2) {
		assert_true(i == 9 || name_valid(db_str(row, i)));
		assert_int_equal(name_key(db_str(row, i), key, sizeof(key)), 0);
		assert_string_equal(key, db_str(row, i + 1));
	}
	return 0;
}

static void the_register_has_right_numbers_and_keys(void **state)
{
	struct people p = { 0 };

	(void)state;
	assert_int_equal(db_each(migrate,
				 "SELECT enp, birth_date, sex, snils, phone,"
				 " surname, k_sn, given_name, k_gn,"
				 " patronymic, k_pn FROM insured_person",
				 NULL, 0, check_person, &p),
			 0);
	assert_int_equal(p.n, 20000);
	assert_true(p.with_snils > 19000 && p.with_phone > 13000);
	assert_true(lab_number(migrate, "SELECT COUNT(DISTINCT k_sn) > 1000"
					" FROM insured_person"));
}

static void appeals_stand_in_all_states_and_got_there(void **state)
{
	(void)state;
	assert_true(lab_number(migrate, "SELECT COUNT(*) FROM appeal") == 1500);
	assert_true(lab_number(migrate, "SELECT COUNT(DISTINCT status) FROM"
					" appeal") == 6);
	/* the last step of the history led to the state */
	assert_true(
	    lab_number(
		migrate,
		"SELECT COUNT(*) FROM appeal a WHERE status <> 'DRAFT' AND"
		" status <> (SELECT to_status FROM appeal_history h WHERE"
		" h.appeal_id = a.id ORDER BY h.at DESC, h.id DESC LIMIT 1)") ==
	    0);
	/* steps follow one another, in time too */
	assert_true(
	    lab_number(
		migrate,
		"SELECT COUNT(*) FROM (SELECT from_status, at, LAG(to_status)"
		" OVER w AS was, LAG(at) OVER w AS before_at FROM"
		" appeal_history WINDOW w AS (PARTITION BY appeal_id ORDER BY"
		" id)) h WHERE was IS NOT NULL AND (was <> from_status OR"
		" before_at > at)") == 0);
	assert_true(
	    lab_number(migrate,
		       "SELECT COUNT(*) FROM appeal WHERE closed_at > NOW(3) OR"
		       " registered_at > NOW(3) OR closed_at < registered_at OR"
		       " (status = 'CLOSED') <> (closed_at IS NOT NULL)") == 0);
	/* numbers without a gap, in the order of registration */
	assert_true(lab_number(
	    migrate,
	    "SELECT MAX(RIGHT(number, 6)) = COUNT(number) OR"
	    " COUNT(DISTINCT SUBSTRING(number, 4, 2)) > 1 FROM appeal"));
	assert_true(
	    lab_number(migrate,
		       "SELECT COUNT(*) FROM appeal WHERE number NOT REGEXP"
		       " '^26-[0-9]{2}-[0-9]{6}$'") == 0);
	/* nobody sees complaints about himself */
	assert_true(
	    lab_number(migrate,
		       "SELECT COUNT(*) FROM appeal a JOIN organization o ON"
		       " o.id = a.organization_id WHERE o.kind <> 'FUND' AND"
		       " (a.theme_code LIKE 'ZH-06.%' OR a.theme_code LIKE"
		       " 'ZH-14.%')") == 0);
}

static int read_digest(const struct db_row *row, void *arg)
{
	db_copy(row, 0, arg, 65);
	return 0;
}

static void digest(const char *sql, char out[65])
{
	lab_exec(migrate, "SET SESSION group_concat_max_len = 67108864");
	assert_int_equal(db_one(migrate, sql, NULL, 0, read_digest, out), 0);
	assert_int_equal(strlen(out), 64);
}

static const char all_people[] =
    "SELECT SHA2(GROUP_CONCAT(CONCAT_WS('|', enp, snils, surname,"
    " given_name, patronymic, birth_date, phone, address, insurer_id,"
    " mo_id) ORDER BY enp), 256) FROM insured_person";
static const char all_appeals[] =
    "SELECT SHA2(GROUP_CONCAT(CONCAT_WS('|', number, status, type,"
    " theme_code, surname, phone, author_id, assignee_id, result_code,"
    " due_date, registered_at, closed_at) ORDER BY id), 256) FROM appeal";

static void the_same_seed_makes_the_same_demo(void **state)
{
	char people[65], appeals[65], again[65];

	digest(all_people, people);
	digest(all_appeals, appeals);
	lab_exec(migrate, "DROP DATABASE otklik");
	lab_exec(migrate, "CREATE DATABASE otklik CHARACTER SET utf8mb4"
			  " COLLATE utf8mb4_bin");
	db_close(&migrate);
	lab_migrate("--demo");
	migrate = lab_open("migrate");
	digest(all_people, again);
	assert_string_equal(people, again);
	digest(all_appeals, again);
	if (first_day == today()) /* not over midnight */
		assert_string_equal(appeals, again);

	/* more of the same people; so many that indexes are made afterwards */
	lab_migrate("--registry 71000");
	assert_true(lab_number(migrate,
			       "SELECT COUNT(*) FROM insured_person") == 71000);
	schema_sql_is_what_the_migrations_make(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_run_changes_nothing),
		cmocka_unit_test(everything_says_what_it_is_for),
		cmocka_unit_test(schema_sql_is_what_the_migrations_make),
		cmocka_unit_test(a_changed_migration_is_refused),
		cmocka_unit_test(a_broken_migration_is_named_and_runs_again),
		cmocka_unit_test(evidence_can_be_neither_changed_nor_removed),
		cmocka_unit_test(evidence_can_be_written_once_and_read),
		cmocka_unit_test(each_account_has_what_it_needs_and_no_more),
		cmocka_unit_test(root_is_shut_out),
		cmocka_unit_test(the_accounts_are_those_of_the_guide),
		cmocka_unit_test(the_register_has_right_numbers_and_keys),
		cmocka_unit_test(appeals_stand_in_all_states_and_got_there),
		cmocka_unit_test(the_same_seed_makes_the_same_demo),
		cmocka_unit_test(a_migration_broken_off_anywhere_runs_again),
	};

	return cmocka_run_group_tests(tests, start, end);
}
