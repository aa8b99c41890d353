/* store_rows.h - rows of the directories of rows.h: SQL made of the names in
 * their tables, never of what a user sent. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct card_errors;
struct ctx;
struct row;
struct row_act;
struct row_table;

/* Every row he may see: its key and the fields that are listed, in words where they
 * refer to another table. cells: in the order of the fields, "" for others. */
int store_rows(struct ctx *ctx, const struct row_table *t,
	       int (*each)(void *arg, const char *id, const char *const *cells),
	       void *arg);
/* What a ROW_REF may refer to. */
int store_row_options(struct ctx *ctx, const char *of,
		      int (*each)(void *arg, const char *id, const char *text),
		      void *arg);
/* @return 0, ENOENT, or a database error */
int store_row(struct ctx *ctx, const struct row_table *t, const char *id,
	      struct row *out);

/* As store_row_save, but part of the caller's transaction, and what is new has
 * not had its `fresh`. *changed: there was something to write */
int store_row_put(struct ctx *ctx, const struct row_table *t, char *id,
		  size_t size, const struct row *row, struct row *theirs,
		  bool *changed, struct card_errors *errors);
/* The end of such a transaction: committed, and the plugin told, unless err.
 * @return err, or what came of it */
int store_row_end(struct ctx *ctx, const struct row_table *t, int err);

/*
 * A new row or a changed one, with its entry in the log and the word to the
 * plugin: all or nothing. Nothing is written when nothing changed.
 *
 * @param id     "": a new one; gets its key
 * @param theirs  With ESTALE: what a colleague saved meanwhile
 * @return 0, ESTALE, ENOENT, EEXIST (a unique value is there already), EPERM
 *         (errors says why), EINVAL or a database error
 */
int store_row_save(struct ctx *ctx, const struct row_table *t, char *id,
		   size_t size, const struct row *row, struct row *theirs,
		   struct card_errors *errors);
/* One of the table's acts. As store_row_save. */
int store_row_act(struct ctx *ctx, const struct row_table *t,
		  const struct row_act *act, const char *id,
		  struct card_errors *errors);
/* @return 0, ENOENT, EBUSY (something refers to it) or a database error */
int store_row_remove(struct ctx *ctx, const struct row_table *t,
		     const char *id);
/* The words of everything that refers to it, each once. */
int store_row_uses(struct ctx *ctx, const struct row_table *t, const char *id,
		   int (*each)(void *arg, const char *words), void *arg);

/* The last changes of one row, or of anything else that is logged as these
 * are, newest first. */
struct row_change {
	int64_t at_ms;
	char who[128];      /* "": not from a page */
	const char *action; /* CREATE SAVE REMOVE … */
	const char *params; /* {"field": ["from", "to"], …} or "" */
};
int store_row_log(struct ctx *ctx, const char *object, const char *id,
		  int (*each)(void *arg, const struct row_change *c),
		  void *arg);

#endif
