#include "tests/store/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "db/db.h"

static char dir[64];

int lab_run(char *out, unsigned long size, const char *fmt, ...)
{
	char command[1200], line[4096];
	size_t used = 0, n;
	va_list ap;
	FILE *pipe;
	int status;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	strncat(command, " 2>&1", sizeof(command) - strlen(command) - 1);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while ((n = fread(line, 1, sizeof(line), pipe)) > 0) {
		if (!out || used + 1 >= size)
			continue;
		if (n > size - 1 - used)
			n = size - 1 - used;
		memcpy(out + used, line, n);
		used += n;
	}
	if (out)
		out[used] = '\0';
	status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void lab_server(bool up)
{
	char out[2000];

	if (lab_run(out, sizeof(out), "tests/lab/db.sh %s '%s'",
		    up ? "start" : "stop", dir))
		fail_msg("%s", out);
}

const char *lab_start(void)
{
	strcpy(dir, "/tmp/otklik-store.XXXXXX");
	assert_non_null(mkdtemp(dir));
	setenv("OTKLIK_STATE", dir, 1);
	lab_server(true);
	return dir;
}

void lab_end(void)
{
	lab_server(false);
	assert_int_equal(lab_run(NULL, 0, "rm -rf '%s'", dir), 0);
}

void lab_migrate(const char *args)
{
	char out[4000];

	if (lab_run(out, sizeof(out), "build/db/otklik-migrate %s", args))
		fail_msg("otklik-migrate %s: %s", args, out);
}

struct db *lab_open(const char *user)
{
	struct db *db = NULL;

	assert_int_equal(db_new_account(&db, dir, user), 0);
	if (db_ping(db))
		fail_msg("%s: %s", user, db_error(db));
	return db;
}

void lab_exec(struct db *db, const char *sql)
{
	if (db_exec(db, sql, NULL, 0))
		fail_msg("%s: %s", sql, db_error(db));
}

unsigned long long lab_number(struct db *db, const char *sql)
{
	uint64_t n = 0;
	int err = db_number(db, sql, NULL, 0, &n);

	if (err)
		fail_msg("%s: %s (%s)", sql, strerror(err), db_error(db));
	return n;
}

void lab_begin(struct db **migrate, struct db **media, struct db **jobs)
{
	lab_start();
	lab_migrate("");
	*migrate = lab_open("migrate");
	*media = lab_open("media");
	*jobs = lab_open("jobs");
	lab_exec(*migrate, "INSERT INTO organization (id, kind, code,"
			   " short_name, full_name) VALUES"
			   " (1, 'FUND', '26000', 'ТФОМС', 'ТФОМС'),"
			   " (2, 'INSURER', '26901', 'СМО', 'СМО')");
}

void lab_finish(struct db **migrate, struct db **media, struct db **jobs)
{
	db_close(jobs);
	db_close(media);
	db_close(migrate);
	lab_end();
}

void lab_clear(struct db *db, const char *const *tables, unsigned long n)
{
	char sql[200];

	for (unsigned long i = 0; i < n; i++) {
		snprintf(sql, sizeof(sql), "DELETE FROM %s", tables[i]);
		lab_exec(db, sql);
	}
}
