/*
 * sheet.h - a table for a spreadsheet, row by row into a file without a name:
 * CSV or XLSX (the only user of libxlsxwriter). Memory does not grow with the
 * rows.
 */
#ifndef SHEET_H
#define SHEET_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cgi/buf.h"

enum sheet_kind { SHEET_CSV, SHEET_XLSX };

#define SHEET_COLUMNS 24

struct sheet;

/* One cell for CSV, quoted (RFC 4180). What begins like a formula («=», «+»,
 * «-», «@», a tab, a line end) gets an apostrophe before it: programs would
 * calculate it. In XLSX every cell is a text by its type. */
void sheet_csv_cell(struct buf *out, const char *text);

/**
 * @param dir    where the file is made and at once forgotten by name
 * @param heads  n names of columns, at most SHEET_COLUMNS
 * @return 0 or an errno value
 */
int sheet_open(struct sheet **sp, enum sheet_kind kind, const char *dir,
	       const char *const *heads, size_t n);
/* As many cells as there are columns. @return 0 or an errno value */
int sheet_row(struct sheet *s, const char *const *cells);
/*
 * Ends the table and frees s in any case.
 *
 * @param out   the caller's to close, at its beginning; only on success
 * @param size  bytes
 */
int sheet_close(struct sheet **sp, FILE **out, uint64_t *size);
/* Gives it up; copes with NULL. */
void sheet_drop(struct sheet **sp);

#endif
