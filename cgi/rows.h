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
struct form;
struct import_row;
struct row;

#define ROW_FIELDS 32
#define ROW_VALUE  4804 /* bytes of a value with its end */

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
	ROW_SECRET, /* written and never shown; nothing: as it was */
	ROW_SIDE,   /* rows of a side table, each with a tick, or with a level
		     * up to max: "1=2;7=1", by what they refer to */
	ROW_CODES   /* the same of very many, as codes in one field; the
		     * beginning of some stands for all that begin so */
};

enum row_flags {
	ROW_LISTED = 1,   /* a column of the list */
	ROW_FIXED = 2,    /* can be said of a new row only */
	ROW_NULL = 4,     /* nothing is NULL in the database, not "" */
	ROW_OPTIONAL = 8, /* of a number, date, choice or reference: may be
			   * empty; of a text min says it */
	ROW_UNIQUE = 16, /* «Такая запись уже есть» stands here */
	ROW_APART = 32, /* no column: what load and save of the table do */
	ROW_READ = 64   /* shown, never written from the form */
};

/* Where the values of a set stand: a row each of owner, reference and level
 * (NULL: it has none, and then every one of a set has the level 1). */
struct row_side {
	const char *field; /* of the table */
	const char *table, *owner, *ref, *level;
	/* Table of what is referred to, if its page shows the set from the
	 * other end: its version grows with each change; NULL: it does not */
	const char *shown;
};

struct row_field {
	/* column, field of the form, and Rows.<words>.<name> of the catalogue;
	 * …<name>_hint stands below it and …<name>_wrong is its error, if they
	 * are there */
	const char *name;
	enum row_kind kind;
	unsigned min, max;
	unsigned flags;
	/* ROW_CHOICE: the catalogue's list; ROW_REF, ROW_CODES: a SELECT of
	 * `id` and `text`; ROW_SIDE: either */
	const char *of;
	/* Beyond the shape: may make the value canonical. false: it is wrong */
	bool (*fix)(char *value, size_t size);
};

/* Values in the order of the fields; "" is nothing. */
struct row {
	uint32_t version;
	char values[ROW_FIELDS][ROW_VALUE];
};

struct row_table;

/* One more thing that can be done with a row, in a transaction that the frame
 * begins and ends; it writes its own log. As for after. What is set as
 * Row.Secret in the page is shown once. */
struct row_act {
	const char *name;
	/* NULL: always */
	bool (*offered)(const struct row_table *t, const struct row *row);
	int (*run)(struct ctx *ctx, const char *id, struct card_errors *errors);
};

/* What may refer to a row and keeps it from being removed. */
struct row_use {
	const char *words; /* Rows.Uses.<words> */
	const char *sql;   /* SELECT of one row if that key is used */
};

struct row_table {
	const char *path;   /* "/admin/themes" */
	const char *table;  /* of the database */
	const char *key;    /* its column: "id", or a ROW_FIXED field */
	const char *object; /* object_type in the log */
	/* Rows.<words>: Title, About, the fields; Add, unless there can be no
	 * new one */
	const char *words;
	const char *order;  /* ORDER BY */
	const char *outbox; /* kind of the word to the plugin; NULL: none */
	bool removable;     /* by «Удалить», if nothing refers to it */
	/* What else does than the database itself knows, cheapest first */
	const struct row_use *uses;
	size_t use_count;
	enum auth_function need;
	/* Behind FROM: the queues `q` a row `r` belongs to, for those who see
	 * what is their own organization's; NULL: it is everybody's */
	const char *own;
	const struct row_field *fields;
	size_t count;
	const struct row_side *sides; /* of its sets */
	size_t side_count;
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
	/* After the row was written and before its transaction ends; before
	 * NULL: it is new. EPERM with an error undoes it. NULL: nothing */
	int (*after)(struct ctx *ctx, const char *id, const struct row *before,
		     const struct row *row, struct card_errors *errors);
	/* A new row is written for good: what belongs to it and is shown once,
	 * as Row.Secret. NULL: nothing */
	int (*fresh)(struct ctx *ctx, const char *id);
	const struct row_act *acts; /* buttons: Rows.<words>.do_<name> */
	size_t act_count;
	/* Of a file (row_import.h): SELECT of the key of the row that is there
	 * already, by these columns; NULL: all are new */
	const char *find, *find_by[2];
	/* A column that is no field of the form: puts into row what it stands
	 * for. @return 0, ENOENT (not one of these), EINVAL (no such value) or a
	 * database error */
	int (*column)(struct ctx *ctx, const char *name, const char *value,
		      struct import_row *row);
};

extern const struct row_table row_accounts; /* account_table.c */
extern const struct row_table row_organizations;
extern const struct row_table *const row_tables[];
extern const size_t row_table_count;
/* row_phone.c */
extern const struct row_table row_queues, row_routes, row_hours, row_dial,
    row_trunks, row_skills;

/* The directory of the request's route. */
const struct row_table *row_table_of(const struct ctx *ctx);
/* Whether he may change it. */
bool row_may_edit(const struct ctx *ctx, const struct row_table *t);
/* Fills what the head of its pages shows. */
void row_show_head(struct ctx *ctx, const struct row_table *t);
/* Rows.<words>.<name>, or other. */
const char *row_word(struct ctx *ctx, const struct row_table *t,
		     const char *name, const char *other);
/* The fields of a form, with version if id is not "", over those of row.
 * @return 0, EINVAL (no version) or a database error */
int row_read(struct ctx *ctx, const struct row_table *t,
	     const struct form *form, const char *id, struct row *row,
	     struct card_errors *errors);
/* What is wrong with that field; "": nothing. */
const char *row_error(struct ctx *ctx, const struct row_table *t,
		      const struct card_errors *errors, const char *name);
/* Beside which field it stands that the value is there already. */
const char *row_unique(const struct row_table *t);

/* Whether its values stand in a side table. */
static inline bool row_is_side(const struct row_field *f)
{
	return f->kind == ROW_SIDE || f->kind == ROW_CODES;
}

/* Walks "7=2;9=1"; *list moves on. @return false at the end */
bool row_set_next(const char **list, char id[65], unsigned *level);

/* The value of that field; the name is one of the table's. */
char *row_value(const struct row_table *t, struct row *row, const char *name);
const char *row_get(const struct row_table *t, const struct row *row,
		    const char *name);

#endif
