/*
 * store_rows.h - row kinds of store.h as SQL. No thread, no files: a
 * connection is handed in.
 */
#ifndef CC_STORE_ROWS_H
#define CC_STORE_ROWS_H

#include <stdint.h>
#include <jansson.h>

struct db;

/**
 * Write one row. A row that is there already is success: the spool may bring
 * it twice. Text longer than its column is cut.
 *
 * @return 0, EINVAL (unknown kind or column, a value that does not fit: will
 *         never succeed) or an errno value of db.h
 */
int cc_row_write(struct db *db, const json_t *row);

/**
 * End what a crash left open: calls of the node (event INTERRUPTED, end) and
 * attendances. The time is the last sign of life, not now.
 */
int cc_rows_interrupted(struct db *db, const char *node);

#endif
