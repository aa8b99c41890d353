#include "db/csv.h"

#include <errno.h>
#include <string.h>

void csv_start(struct csv *csv, char *text)
{
	*csv = (struct csv){ .at = text, .next_line = 1 };
	if (!strncmp(text, "\xef\xbb\xbf", 3))
		csv->at += 3;
	csv->sep = csv->at[strcspn(csv->at, ",;\r\n")] == ';' ? ';' : ',';
}

/* Unquotes in place. @return the byte after the closing quote or NULL */
static char *quoted(struct csv *csv, char *from)
{
	char *to = from;

	for (; *from; from++) {
		if (*from == '"' && from[1] == '"')
			from++;
		else if (*from == '"') {
			char *end = from + 1;

			*to = '\0';
			return end;
		} else if (*from == '\n')
			csv->next_line++;
		*to++ = *from;
	}
	return NULL;
}

int csv_next(struct csv *csv)
{
	const char ends[] = { csv->sep, '\r', '\n', '\0' };
	const char stops[] = { csv->sep, '\r', '\n', '"', '\0' };
	char *p = csv->at;
	char end;

	if (!*p)
		return ENOENT;
	csv->n = 0;
	csv->line = csv->next_line;
	do {
		if (csv->n == CSV_FIELDS)
			return EBADMSG;
		if (*p == '"') {
			csv->field[csv->n++] = p + 1;
			p = quoted(csv, p + 1);
			if (!p)
				return EBADMSG;
		} else {
			csv->field[csv->n++] = p;
			p += strcspn(p, stops);
		}
		if (*p && !strchr(ends, *p))
			return EBADMSG;
		end = *p;
		if (end == '\r' && p[1] == '\n')
			*p++ = '\0';
		if (*p)
			*p++ = '\0';
	} while (end == csv->sep);
	csv->next_line++;
	csv->at = p;
	return 0;
}
