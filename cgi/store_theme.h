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

/* What the administrator made of a result (DOMAIN 3.3). */
struct result_name {
	char code[25];
	char name[481]; /* "": as delivered */
	bool withdrawn; /* offered no more */
};
int store_results(struct db *db,
		  int (*each)(void *arg, const struct result_name *r),
		  void *arg);
/* Whether an appeal may get it now: in force, or what it has already. */
int store_result_open(struct db *db, const char *code, uint64_t appeal,
		      bool *open);

#endif
