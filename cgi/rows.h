/*
 * rows.h - directories whose rows an administrator changes: a table of the
 * fields says all, and one pair of pages lists them, shows the form, checks it,
 * keeps versions (the second of two savers sees both) and writes who changed
 * what from what to what into the access log.
 *
 * A directory is a struct row_table in row_tables[] and three rows of
 * routes.c: GET path, GET and POST path/{id} ("new": one that is not there
 * yet), all with the pages page_rows, page_row, page_row_save and the views
 * rows, row. The SQL table has a column `version`.
 */
#ifndef ROWS_H
#define ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgi/auth.h"

struct card_errors;
struct ctx;

#define ROW_FIELDS 32
#define ROW_VALUE  2404 /* bytes of a value with its end */

enum row_kind {
	ROW_TEXT,   /* min to max characters */
	ROW_AREA,   /* the same, of several lines */
	ROW_NUMBER, /* min to max */
	ROW_DATE,
	ROW_CHOICE, /* a code of the catalogue's list, see show_choice */
	ROW_REF,    /* a number of another table */
	ROW_FLAG,   /* "0" or "1" */
	ROW_SET,    /* any of a list, comma between: codes of the catalogue's,
		     * or ids, if `of` is a SELECT */
	ROW_SECRET  /* written and never shown; nothing: as it was */
};

enum row_flags {
	ROW_LISTED = 1,   /* a column of the list */
	ROW_FIXED = 2,    /* can be said of a new row only */
	ROW_NULL = 4,     /* nothing is NULL in the database, not "" */
	ROW_OPTIONAL = 8, /* of a number, date, choice or reference: may be
			   * empty; of a text min says it */
	ROW_UNIQUE = 16, /* «Такая запись уже есть» stands here */
	ROW_APART = 32 /* no column: what load and save of the table do */
};

struct row_field {
	/* column, field of the form, and Rows.<words>.<name> of the catalogue;
	 * …<name>_hint stands below it and …<name>_wrong is its error, if they
	 * are there */
	const char *name;
	enum row_kind kind;
	unsigned min, max;
	unsigned flags;
	/* ROW_CHOICE: the catalogue's list; ROW_REF: a SELECT of `id`
	 * and `text` */
	const char *of;
	/* Beyond the shape: may make the value canonical. false: it is wrong */
	bool (*fix)(char *value, size_t size);
};

/* Values in the order of the fields; "" is nothing. */
struct row {
	uint32_t version;
	char values[ROW_FIELDS][ROW_VALUE];
};

struct row_table {
	const char *path;   /* "/admin/themes" */
	const char *table;  /* of the database */
	const char *key;    /* its column: "id", or a ROW_FIXED field */
	const char *object; /* object_type in the log */
	const char
	    *words; /* Rows.<words>: Title, About, the fields; Add, unless
			     * there can be no new one */
	const char *order;  /* ORDER BY */
	const char *outbox; /* kind of the word to the plugin; NULL: none */
	bool removable;     /* by «Удалить», if nothing refers to it */
	enum auth_function need;
	const struct row_field *fields;
	size_t count;
	/* What the fields say together, and what the database knows better;
	 * NULL: nothing. @return 0 or a database error */
	int (*check)(struct ctx *ctx, const struct row_table *t, const char *id,
		     struct row *row, struct card_errors *errors);
	/* What is kept apart, in the transaction of the rest. Each may be NULL;
	 * @return 0 or a database error, remove EBUSY: it has to stay */
	int (*load)(struct ctx *ctx, const struct row_table *t, const char *id,
		    struct row *row);
	int (*save)(struct ctx *ctx, const struct row_table *t, const char *id,
		    const struct row *row);
	int (*remove)(struct ctx *ctx, const char *id);
};

extern const struct row_table *const row_tables[];
extern const size_t row_table_count;
/* row_phone.c */
extern const struct row_table row_queues, row_routes, row_hours, row_dial,
    row_trunks, row_skills;

/* The value of that field; the name is one of the table's. */
char *row_value(const struct row_table *t, struct row *row, const char *name);
const char *row_get(const struct row_table *t, const struct row *row,
		    const char *name);

#endif
