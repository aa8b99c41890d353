/*
 * row_import.h - rows of a directory from a CSV file, all of them or none.
 *
 * The first line names the columns: fields of the table, or what its `column`
 * knows. Every row goes through the checks of the form.
 */
#ifndef ROW_IMPORT_H
#define ROW_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "cgi/form.h"

struct ctx;
struct row_table;

#define IMPORT_POOL 16384

/* One row as a form: what `column` puts there. */
struct import_row {
	struct form form;
	char pool[IMPORT_POOL];
	size_t used;
};
/* Copies both. @return 0 or E2BIG */
int import_put(struct import_row *row, const char *name, const char *value);

struct import_result {
	unsigned rows, added, changed, same, wrong; /* rows that are wrong */
};

struct import_report {
	/* One error; column "": of the whole row. */
	void (*error)(void *arg, unsigned line, const char *column,
		      const char *text);
	/* A new row's secret, once it is written for good. */
	void (*secret)(void *arg, const char *name, const char *secret);
	void *arg;
};

/**
 * @param text  The file, terminated UTF-8; changed
 * @param most  Rows that it may have; 0: any number
 * @param dry   Only look
 * @return 0 (also when rows are wrong: then nothing was written) or a
 *         database error, after which nothing was written either
 */
int import_rows(struct ctx *ctx, const struct row_table *t, char *text,
		unsigned most, bool dry, const struct import_report *report,
		struct import_result *result);

#endif
