/* row_sets.h - the fields of rows.h that hold several values. */
#ifndef ROW_SETS_H
#define ROW_SETS_H

#include <stdbool.h>
#include <stddef.h>

#include "cgi/rows.h"

struct ctx;
struct form;
struct node;

/* What the form says, sorted by reference as the store has it. *wrong: a
 * level that is none, a code that is not there, fewer than min.
 * @return 0 or a database error */
int row_set_read(struct ctx *ctx, const struct form *form,
		 const struct row_field *f, char value[ROW_VALUE], bool *wrong);
/* In words: "Горячая линия (2), …" */
int row_set_text(struct ctx *ctx, const struct row_field *f, const char *value,
		 char *out, size_t size);
/* What can be ticked, and what is, below at. */
int row_set_show(struct ctx *ctx, const struct row_field *f, const char *value,
		 struct node *at);

#endif
