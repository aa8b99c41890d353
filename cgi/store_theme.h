/* store_theme.h - the classifier of appeals. */
#ifndef STORE_THEME_H
#define STORE_THEME_H

#include <stdbool.h>
#include <stdint.h>

struct db;

struct theme {
	char code[13];
	char type[32];
	char name[1201];
	bool mo_required;
	int due_days; /* -1: no term */
};

#define THEME_MAX_FOUND 40

/*
 * In force on that day (ГГГГ-ММ-ДД), of that type ("": any), and with every
 * word of query in name, code or keywords, letter case and ё aside.
 *
 * @param each  Gets at most THEME_MAX_FOUND, in the order of the code
 */
int store_theme_find(struct db *db, const char *type, const char *query,
		     const char *today,
		     int (*each)(void *arg, const struct theme *t), void *arg);
/*
 * In force on that day; NULL: whenever. An appeal that was registered with a
 * theme keeps it when the theme is closed afterwards.
 *
 * @return 0, ENOENT or a database error
 */
int store_theme_get(struct db *db, const char *code, const char *today,
		    uint64_t appeal, struct theme *out);

#endif
