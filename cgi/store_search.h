/*
 * store_search.h - the classifier and the answers found as typed (K-5.1.4.4,
 * K-5.1.5.2). Every worker keeps both tables and their words in memory, and
 * makes them anew when a row has changed, whoever changed it.
 */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "cgi/store_theme.h"

struct search_book;

struct scenario {
	uint32_t id; /* of this version */
	char code[13];
	unsigned version;
	char theme[13];
	char title[1201];
	char approved[11]; /* day of approval, UTC */
	const char *text;  /* the book's */
};

#define SEARCH_MAX_FOUND 40

/*
 * In force on that day (ГГГГ-ММ-ДД), of that type ("": any), best first; for
 * an empty query in the order of the code.
 *
 * @param bookp  *bookp is NULL at first; search_close frees it
 * @param each   Gets at most SEARCH_MAX_FOUND
 * @return 0, a database error, ENOMEM or what each returned
 */
int search_themes(struct db *db, struct search_book **bookp, const char *type,
		  const char *query, const char *today,
		  int (*each)(void *arg, const struct theme *t), void *arg);
/* The newest approved versions that are in force on that day, as above. */
int search_scenarios(struct db *db, struct search_book **bookp,
		     const char *query, const char *today,
		     int (*each)(void *arg, const struct scenario *s),
		     void *arg);
/* … of that theme; without any, the one of that code ("": none). */
int search_scenarios_of(struct db *db, struct search_book **bookp,
			const char *theme, const char *otherwise,
			const char *today,
			int (*each)(void *arg, const struct scenario *s),
			void *arg);
void search_close(struct search_book **bookp);

#endif
