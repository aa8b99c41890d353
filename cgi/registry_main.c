/*
 * otklik-registry: the register of insured persons from outside.
 *
 *   otklik-registry import [--check] FILE
 *       adds and changes persons by their ЕНП; nobody is removed. FILE is CSV
 *       or XML (docs/registry-import.md). A wrong record is left out and stands
 *       in the protocol on stdout, as CSV; a broken file changes nothing.
 *       --check: the protocol only
 *
 * Ends with 0: all records are in; 3: some were left out; 1: nothing was
 * changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cgi/person_file.h"
#include "cgi/store_import.h"
#include "cgi/store_place.h"
#include "cgi/util.h"
#include "db/db.h"

enum { MAX_ORGS = 1000 };

struct orgs {
	struct org list[MAX_ORGS];
	unsigned count;
};

/* The ЕНП of this file, in a table of a power of two. */
struct seen {
	uint64_t *slot;
	size_t size, count;
};

struct import {
	struct db *db;
	struct date today;
	struct orgs insurers, clinics;
	struct seen seen;
	struct import_counts counts;
	struct import_row rows[IMPORT_BATCH];
	unsigned waiting; /* of rows */
	unsigned line;
};

static int usage(void)
{
	fputs("usage: otklik-registry import [--check] FILE\n"
	      "OTKLIK_STATE names the state directory (./var)\n",
	      stderr);
	return 2;
}

/* ---- the protocol --------------------------------------------------------- */

/* No values: it is passed on, and they are personal data. */
static void note(void *arg, enum person_field field, bool warning,
		 const char *text)
{
	const struct import *im = arg;

	printf("%u,%s,%s,\"%s\"\r\n", im->line,
	       field < PERSON_FIELDS ? person_fields[field] : "",
	       warning ? "warning" : "error", text);
}

/* ---- ЕНП once a file ------------------------------------------------------- */

static int grow(struct seen *s)
{
	struct seen bigger = { .size = s->size ? s->size * 2 : 1 << 12 };

	bigger.slot = calloc(bigger.size, sizeof(*bigger.slot));
	if (!bigger.slot)
		return ENOMEM;
	for (size_t i = 0; i < s->size; i++) {
		size_t at = s->slot[i] * 0x9e3779b97f4a7c15u >> 32;

		if (!s->slot[i])
			continue;
		while (bigger.slot[at & (bigger.size - 1)])
			at++;
		bigger.slot[at & (bigger.size - 1)] = s->slot[i];
	}
	bigger.count = s->count;
	free(s->slot);
	*s = bigger;
	return 0;
}

/* @return 0, EEXIST or ENOMEM */
static int first_time(struct seen *s, const char *enp)
{
	uint64_t key = strtoull(enp, NULL, 10);
	size_t at = key * 0x9e3779b97f4a7c15u >> 32;

	if (s->count * 2 >= s->size && grow(s))
		return ENOMEM;
	for (; s->slot[at & (s->size - 1)]; at++)
		if (s->slot[at & (s->size - 1)] == key)
			return EEXIST;
	s->slot[at & (s->size - 1)] = key;
	s->count++;
	return 0;
}

/* ---- records --------------------------------------------------------------- */

static int add_org(void *arg, const struct org *o)
{
	struct orgs *orgs = arg;

	if (orgs->count < MAX_ORGS)
		orgs->list[orgs->count++] = *o;
	return 0;
}

/* @return whether the code is known; "" is no organization */
static bool find_org(const struct orgs *orgs, const char *code, uint32_t *id)
{
	*id = 0;
	for (unsigned i = 0; *code && i < orgs->count; i++)
		if (!strcmp(orgs->list[i].code, code))
			*id = orgs->list[i].id;
	return !*code || *id;
}

static int write_rows(struct import *im)
{
	unsigned n = im->waiting;

	im->waiting = 0;
	return store_import_rows(im->db, im->rows, n, &im->counts);
}

static int one_record(void *arg, unsigned line,
		      const char *const text[PERSON_FIELDS])
{
	struct import *im = arg;
	struct import_row *row = &im->rows[im->waiting];
	bool known;
	int err;

	im->line = line;
	err = person_row_read(text, im->today, &row->person, note, im);
	if (err) {
		im->counts.rejected++;
		return 0;
	}
	known = find_org(&im->insurers, row->person.insurer, &row->insurer);
	if (!known)
		note(im, PERSON_INSURER, false, "Нет СМО с таким кодом");
	if (!find_org(&im->clinics, row->person.mo, &row->mo)) {
		note(im, PERSON_MO, false, "Нет МО с таким кодом");
		known = false;
	}
	err = known ? first_time(&im->seen, row->person.enp) : 0;
	if (err == EEXIST) {
		note(im, PERSON_ENP, false, "ЕНП уже есть в этом файле");
		known = false;
		err = 0;
	}
	if (!known)
		im->counts.rejected++;
	else if (!err && ++im->waiting == IMPORT_BATCH)
		err = write_rows(im);
	return err;
}

/* ---- the file --------------------------------------------------------------- */

static int read_whole(const char *path, char **text, size_t *len)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	*len = 0;
	if (fstat(fd, &st))
		err = errno;
	else if (!S_ISREG(st.st_mode))
		err = EINVAL;
	else if (st.st_size > PERSON_FILE_MAX)
		err = EFBIG;
	*text = err ? NULL : malloc((size_t)st.st_size + 1);
	if (!err && !*text)
		err = ENOMEM;
	while (!err && *len < (size_t)st.st_size) {
		ssize_t n = read(fd, *text + *len, (size_t)st.st_size - *len);

		if (n > 0)
			*len += (size_t)n;
		else if (!n)
			break;
		else if (errno != EINTR)
			err = errno;
	}
	if (!err)
		(*text)[*len] = '\0';
	close(fd);
	return err;
}

static struct date today(void)
{
	time_t now = time(NULL);
	struct date d = { 1970, 1, 1 };
	struct tm tm;

	if (localtime_r(&now, &tm))
		d = (struct date){ tm.tm_year + 1900, tm.tm_mon + 1,
				   tm.tm_mday };
	return d;
}

static int apply(struct import *im, const char *file, char *text, size_t len,
		 bool check, char why[200])
{
	int err = store_orgs(im->db, "INSURER", add_org, &im->insurers);

	why[0] = '\0';
	if (!err)
		err = store_orgs(im->db, "MO", add_org, &im->clinics);
	if (!err)
		err = store_import_begin(im->db, file);
	if (err) {
		if (err == EEXIST)
			snprintf(why, 200, "Файл с таким именем уже загружен");
		return err;
	}
	fputs("row,field,kind,text\r\n", stdout);
	err = person_file_read(text, len, one_record, im, why);
	if (!err)
		err = write_rows(im);
	if (!err && fflush(stdout))
		err = errno; /* what was left out must be known */
	if (!err && !check)
		err = store_import_commit(im->db, file, &im->counts);
	db_rollback(im->db);
	return err;
}

static int import(const char *path, bool check)
{
	static struct import im; /* 1.4 MiB */
	const char *slash = strrchr(path, '/');
	const char *file = slash ? slash + 1 : path;
	char *text = NULL, why[200];
	size_t len = 0;
	int err = read_whole(path, &text, &len);

	if (!err && strlen(file) > 200)
		err = ENAMETOOLONG;
	if (err) {
		fprintf(stderr, "otklik-registry: %s: %s\n", path,
			strerror(err));
		free(text);
		return 1;
	}
	im.today = today();
	err = db_new_account(&im.db, NULL, "jobs");
	if (!err)
		err = apply(&im, file, text, len, check, why);
	if (err)
		fprintf(stderr,
			"otklik-registry: %s: %s; nothing was changed\n", file,
			*why    ? why
			: im.db ? db_error(im.db)
				: strerror(err));
	else
		fprintf(
		    stderr,
		    "%s: %u added, %u changed, %u the same, %u left out%s\n",
		    file, im.counts.added, im.counts.changed, im.counts.same,
		    im.counts.rejected, check ? "; checked only" : "");
	db_close(&im.db);
	free(im.seen.slot);
	free(text);
	if (err)
		return 1;
	return im.counts.rejected ? 3 : 0;
}

int main(int argc, char **argv)
{
	bool check = argc == 4 && !strcmp(argv[2], "--check");

	if (argc < 3 || argc > 4 || strcmp(argv[1], "import") != 0 ||
	    (argc == 4 && !check) || argv[argc - 1][0] == '-')
		return usage();
	setenv("TZ", "Europe/Moscow", 0);
	tzset();
	return import(argv[argc - 1], check);
}
