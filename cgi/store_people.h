/* store_people.h - to whom an appeal may be given: colleagues, and who stands
 * in for whom (K-6.0.3). */
#ifndef STORE_PEOPLE_H
#define STORE_PEOPLE_H

#include <stdint.h>

#include "cgi/auth.h"

struct db;

struct colleague {
	struct identity who;
	char name[256];       /* «Иванова Анна Петровна» */
	char short_name[128]; /* «Иванова А. П.» */
	char org[641];        /* short name of the organization */
	char extension[8];    /* "" without a telephone */
	uint32_t substitute;  /* who stands in for him that day, of the same
			      * organization; 0: nobody */
};

/* Everybody whom somebody may give an appeal, by organization and name.
 * today: ГГГГ-ММ-ДД */
int store_colleagues(struct db *db, const char *today,
		     int (*each)(void *arg, const struct colleague *c),
		     void *arg);
/* One of them, or at once who stands in for him; today "": himself. @return 0,
 * ENOENT or a database error */
int store_colleague(struct db *db, const char *today, uint32_t id,
		    struct colleague *out);
/* Who knows more about the theme (K-5.1.5.3): ОП2 competent in it, and СП2 of
 * the insurer (0: unknown), with a telephone; the fund's first, then by name. */
int store_helpers(struct db *db, const char *today, const char *theme,
		  uint32_t insurer,
		  int (*each)(void *arg, const struct colleague *c), void *arg);

struct substitution {
	uint32_t id;
	char absent[256], by[256];
	char from[11], to[11];
	uint64_t open; /* appeals of the absent that somebody must take */
};

/* Of the organization (0: all), or where that user (0: all) is concerned;
 * those that are not over. */
int store_substitutions(struct db *db, const char *today, uint32_t org,
			uint32_t user,
			int (*each)(void *arg, const struct substitution *s),
			void *arg);
int store_substitution_add(struct db *db, uint32_t absent, uint32_t by,
			   const char *from, const char *to);
int store_substitution_remove(struct db *db, uint32_t org, uint32_t id);

#endif
