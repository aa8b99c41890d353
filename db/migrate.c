/*
 * migrate.c - otklik-migrate: brings the database to the newest schema.
 *
 *   otklik-migrate [--demo] [--schema] [--registry N] [--appeals N]
 *
 * Applies db/migrations/NNNN_what.sql in order, each once, and refuses when
 * an applied one was changed since. MariaDB commits at each DDL statement, so
 * a migration that failed half-way runs again from its beginning: every
 * statement in it must bear that (IF NOT EXISTS, INSERT IGNORE). What cannot
 * has a file of the same name in db/again, which runs before it and leaves
 * behind what was there before the first attempt.
 */
#include "db/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/db.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

#ifndef DB_DIR
#define DB_DIR "/usr/share/otklik/db"
#endif

enum { MAX_MIGRATIONS = 1000 };

int complain(struct db *db, const char *what, int err)
{
	const char *text = db ? db_error(db) : "";

	fprintf(stderr, "otklik-migrate: %s: %s%s%s\n", what, strerror(err),
		*text ? ": " : "", text);
	return err;
}

int read_file(const char *path, char **text, size_t *len)
{
	FILE *file = fopen(path, "re");
	char *buf = NULL;
	long size = -1;
	int err = 0;

	if (!file)
		return errno;
	if (fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0 ||
	    fseek(file, 0, SEEK_SET)) {
		err = errno;
		goto out;
	}
	buf = malloc((size_t)size + 1);
	if (!buf) {
		err = ENOMEM;
		goto out;
	}
	if (fread(buf, 1, (size_t)size, file) != (size_t)size) {
		err = EIO;
		goto out;
	}
	buf[size] = '\0';
	*text = buf;
	*len = (size_t)size;
	buf = NULL;
out:
	free(buf);
	fclose(file);
	return err;
}

/* OTKLIK_DB_DIR, else db/ of the checkout this program was built in, else
 * where make install puts it. */
static void find_dir(char *dir, size_t size)
{
	const char *env = getenv("OTKLIK_DB_DIR");
	char exe[1000], probe[1024];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (env && *env) {
		snprintf(dir, size, "%s", env);
		return;
	}
	exe[n < 0 ? 0 : n] = '\0';
	while ((slash = strrchr(exe, '/'))) {
		*slash = '\0';
		snprintf(probe, sizeof(probe), "%s/db/migrations", exe);
		if (*exe && !access(probe, R_OK)) {
			snprintf(dir, size, "%s/db", exe);
			return;
		}
	}
	snprintf(dir, size, "%s", DB_DIR);
}

static int open_db(struct db **dbp, const char *state)
{
	char sock[PATH_MAX], path[PATH_MAX], password[64] = "";
	char *text;
	size_t len;
	int err;

	for (int attempt = 0; attempt < 2; attempt++) {
		snprintf(path, sizeof(path), "%s/secrets/db_migrate", state);
		err = read_file(path, &text, &len);
		if (!err) {
			snprintf(password, sizeof(password), "%.*s",
				 (int)strcspn(text, "\r\n"), text);
			free(text);
		} else if (err != ENOENT) {
			return complain(NULL, path, err);
		}
		snprintf(sock, sizeof(sock), "%s/run/db.sock", state);
		err = db_open(dbp, &(struct db_conf){ .socket = sock,
						      .user = "migrate",
						      .password = password,
						      .database = "otklik",
						      .timeout_s = 600,
						      .script = true });
		explicit_bzero(password, sizeof(password));
		if (err != EACCES || attempt)
			break;
		/* a fresh server knows nobody yet */
		err = accounts_bootstrap(state);
		if (err)
			return err;
	}
	return err ? complain(NULL, sock, err) : 0;
}

/* --- migrations --------------------------------------------------------- */

static const char migration_table[] =
    "CREATE TABLE IF NOT EXISTS migration ("
    " version INT UNSIGNED NOT NULL PRIMARY KEY COMMENT 'NNNN of the file',"
    " name VARCHAR(80) NOT NULL COMMENT 'file name',"
    " applied_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)"
    " COMMENT 'UTC',"
    " sha256 CHAR(64) NOT NULL COMMENT 'of the file as applied')"
    " COMMENT 'Applied files of db/migrations'";

static int is_migration(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return len > 9 && len <= 80 && strspn(e->d_name, "0123456789") == 4 &&
	       e->d_name[4] == '_' && !strcmp(e->d_name + len - 4, ".sql");
}

static int read_sha(const struct db_row *row, void *arg)
{
	db_copy(row, 0, arg, 65);
	return 0;
}

static int run_file(struct db *db, const char *path, const char *text)
{
	char what[PATH_MAX + 40];
	unsigned where;
	int err = db_script(db, text, &where);

	if (!err)
		return 0;
	snprintf(what, sizeof(what), "%s, statement %u", path, where);
	return complain(db, what, err);
}

static int as_before(struct db *db, const char *dir, const char *name)
{
	char path[PATH_MAX];
	char *text;
	size_t len;
	int err;

	snprintf(path, sizeof(path), "%s/again/%s", dir, name);
	err = read_file(path, &text, &len);
	if (err)
		return err == ENOENT ? 0 : complain(NULL, path, err);
	err = run_file(db, path, text);
	free(text);
	return err;
}

static int apply(struct db *db, const char *dir, const char *name)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[65], applied[65], path[PATH_MAX];
	unsigned version = (unsigned)strtoul(name, NULL, 10);
	const struct db_arg key[] = { DB_U64(version) };
	const struct db_arg row[] = { DB_U64(version), DB_STR(name),
				      DB_STR(hex) };
	char *text = NULL;
	size_t len;
	int err;

	snprintf(path, sizeof(path), "%s/migrations/%s", dir, name);
	err = read_file(path, &text, &len);
	if (err)
		return complain(NULL, path, err);
	crypto_hash_sha256(hash, (unsigned char *)text, len);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));

	err = db_one(db, "SELECT sha256 FROM migration WHERE version = ?", key,
		     LEN(key), read_sha, applied);
	if (!err) {
		if (strcmp(hex, applied)) {
			fprintf(stderr,
				"otklik-migrate: %s was changed after it was "
				"applied; restore it and write a new one\n",
				path);
			err = ESTALE;
		}
		goto out;
	}
	if (err != ENOENT) {
		complain(db, path, err);
		goto out;
	}

	err = as_before(db, dir, name);
	if (!err)
		err = run_file(db, path, text);
	if (err)
		goto out;
	err = db_exec(db,
		      "INSERT INTO migration (version, name, sha256)"
		      " VALUES (?, ?, ?)",
		      (const struct db_arg[]){ row[0], row[1], DB_STR(hex) },
		      LEN(row));
	if (err)
		complain(db, path, err);
	else
		printf("applied %s\n", name);
out:
	free(text);
	return err;
}

static int migrate(struct db *db, const char *dir)
{
	char path[PATH_MAX];
	struct dirent **list = NULL;
	unsigned before = 0, version;
	int n, err;

	err = db_exec(db, migration_table, NULL, 0);
	if (err)
		return complain(db, "table migration", err);

	snprintf(path, sizeof(path), "%s/migrations", dir);
	n = scandir(path, &list, is_migration, alphasort);
	if (n < 0)
		return complain(NULL, path, errno);
	for (int i = 0; i < n; i++) {
		version = (unsigned)strtoul(list[i]->d_name, NULL, 10);
		if (!err && version == before) {
			fprintf(stderr, "otklik-migrate: two files %04u\n",
				version);
			err = EEXIST;
		}
		if (!err)
			err = apply(db, dir, list[i]->d_name);
		before = version;
		free(list[i]);
	}
	free(list);
	return err;
}

/* --- the schema as text ------------------------------------------------- */

static int print_table(const struct db_row *row, void *arg)
{
	const char *from = db_str(row, 1);
	const char *counter = strstr(from, " AUTO_INCREMENT=");
	const char *rest = counter ? strchr(counter + 1, ' ') : NULL;

	(void)arg;
	/* how far a counter has got is not part of the schema */
	if (counter && rest)
		printf("\n%.*s%s;\n", (int)(counter - from), from, rest);
	else
		printf("\n%s;\n", from);
	return 0;
}

static int print_trigger(const struct db_row *row, void *arg)
{
	(void)arg;
	printf("\nCREATE TRIGGER `%s` %s %s ON `%s` FOR EACH ROW\n%s;\n",
	       db_str(row, 0), db_str(row, 2), db_str(row, 3), db_str(row, 1),
	       db_str(row, 4));
	return 0;
}

static int print_routine(const struct db_row *row, void *arg)
{
	(void)arg;
	printf("\nCREATE %s `%s`(%s)\n%s;\n", db_str(row, 1), db_str(row, 0),
	       db_str(row, 2), db_str(row, 3));
	return 0;
}

struct names {
	unsigned n;
	char name[200][65];
};

static int collect(const struct db_row *row, void *arg)
{
	struct names *names = arg;

	if (names->n == LEN(names->name))
		return E2BIG;
	db_copy(row, 0, names->name[names->n++], sizeof(names->name[0]));
	return 0;
}

static int print_schema(struct db *db)
{
	struct names *names = calloc(1, sizeof(*names));
	char sql[120];
	int err;

	if (!names)
		return ENOMEM;
	err = db_each(db,
		      "SELECT table_name FROM information_schema.tables"
		      " WHERE table_schema = 'otklik' ORDER BY table_name",
		      NULL, 0, collect, names);
	printf("-- Made by `make schema` from db/migrations; for reading.\n");
	for (unsigned i = 0; !err && i < names->n; i++) {
		snprintf(sql, sizeof(sql), "SHOW CREATE TABLE `%s`",
			 names->name[i]);
		err = db_one(db, sql, NULL, 0, print_table, NULL);
	}
	free(names);
	if (!err)
		err = db_each(db,
			      "SELECT trigger_name, event_object_table,"
			      " action_timing, event_manipulation,"
			      " action_statement FROM"
			      " information_schema.triggers WHERE"
			      " trigger_schema = 'otklik' ORDER BY 1",
			      NULL, 0, print_trigger, NULL);
	if (!err)
		err = db_each(db,
			      "SELECT r.routine_name, r.routine_type,"
			      " COALESCE(GROUP_CONCAT(CONCAT(p.parameter_mode,"
			      " ' ', p.parameter_name, ' ', p.dtd_identifier)"
			      " ORDER BY p.ordinal_position SEPARATOR ', '),"
			      " ''), r.routine_definition FROM"
			      " information_schema.routines r LEFT JOIN"
			      " information_schema.parameters p ON"
			      " p.specific_schema = r.routine_schema AND"
			      " p.specific_name = r.specific_name AND"
			      " p.ordinal_position > 0 WHERE r.routine_schema"
			      " = 'otklik' GROUP BY 1, 2, 4 ORDER BY 1",
			      NULL, 0, print_routine, NULL);
	return err ? complain(db, "schema", err) : 0;
}

/* --- main --------------------------------------------------------------- */

static int usage(void)
{
	fprintf(stderr, "usage: otklik-migrate [--demo] [--seed N]"
			" [--registry N] [--appeals N] | --schema\n"
			"OTKLIK_STATE names the state directory (./var),\n"
			"OTKLIK_DB_DIR the one with migrations/ and seed/\n");
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "demo", no_argument, NULL, 'd' },
		{ "seed", required_argument, NULL, 's' },
		{ "registry", required_argument, NULL, 'r' },
		{ "appeals", required_argument, NULL, 'a' },
		{ "schema", no_argument, NULL, 'S' },
		{ NULL, 0, NULL, 0 }
	};
	const char *state = getenv("OTKLIK_STATE");
	unsigned long registry = 0, appeals = 0, seed = 26;
	bool demo = false, schema = false;
	char dir[1024];
	struct db *db = NULL;
	uint64_t locked = 0;
	int opt, err;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			demo = true;
			break;
		case 's':
			seed = strtoul(optarg, NULL, 10);
			break;
		case 'r':
			registry = strtoul(optarg, NULL, 10);
			break;
		case 'a':
			appeals = strtoul(optarg, NULL, 10);
			break;
		case 'S':
			schema = true;
			break;
		default:
			return usage();
		}
	}
	if (optind != argc || registry > 9000000 || appeals > 9000000)
		return usage();
	if (!state || !*state)
		state = "./var";
	if (sodium_init() < 0)
		return 1;
	find_dir(dir, sizeof(dir));

	err = open_db(&db, state);
	if (!err && schema) {
		err = print_schema(db);
		db_close(&db);
		return err ? 1 : 0;
	}
	if (!err)
		err = db_number(db, "SELECT GET_LOCK('otklik.migrate', 120)",
				NULL, 0, &locked);
	if (!err && !locked)
		err = complain(NULL, "another otklik-migrate runs", EBUSY);
	if (!err)
		err = migrate(db, dir);
	if (!err)
		err = accounts_grant(db, state);
	if (!err)
		err = seed_reference(db, dir);
	if (!err)
		err = demo ? seed_demo(db, dir, seed) : seed_demo_off(db);
	if (!err && registry)
		err = seed_people(db, seed, (unsigned)registry);
	if (!err && appeals)
		err = seed_many(db, seed, (unsigned)appeals);
	db_close(&db);
	return err ? 1 : 0;
}
