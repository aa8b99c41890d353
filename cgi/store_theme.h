/* store_theme.h - the classifier of appeals. */
#ifndef STORE_THEME_H
#define STORE_THEME_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct db_row;

struct theme {
	char code[13];
	char type[32];
	char name[1201];
	bool mo_required;
	int due_days; /* -1: no term */
};

/* A row of code, type, name, mo_required, due_days and whatever else. */
void theme_read(const struct db_row *row, struct theme *t);
/*
 * In force on that day; NULL: whenever. An appeal that was registered with a
 * theme keeps it when the theme is closed afterwards.
 *
 * @return 0, ENOENT or a database error
 */
int store_theme_get(struct db *db, const char *code, const char *today,
		    uint64_t appeal, struct theme *out);

#endif
