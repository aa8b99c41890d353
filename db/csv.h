/* csv.h - RFC 4180 in memory, one record after another. Pure. */
#ifndef CSV_H
#define CSV_H

#include <stddef.h>

enum { CSV_FIELDS = 16 };

/* Over a writable, terminated text, which is changed: fields point into it.
 * Fields are apart by what parts the first two: a comma or a semicolon. */
struct csv {
	char *at;
	char sep;
	unsigned line; /* of the record just read, from 1 */
	unsigned next_line;
	unsigned n;
	char *field[CSV_FIELDS];
};

void csv_start(struct csv *csv, char *text);
/* @return 0, ENOENT (the end) or EBADMSG (quotes, or too many fields) */
int csv_next(struct csv *csv);

#endif
