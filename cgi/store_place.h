/* store_place.h - the region, its organizations and their people. */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

/* Settings region.zone and region.code; what is not set stays as it is.
 * @return 0 or a database error */
int store_region(struct db *db, char zone[64], char code[64]);

struct org {
	uint32_t id;
	char code[33];
	char name[641]; /* short */
};

/* kind: "FUND", "INSURER", "MO". By name. */
int store_orgs(struct db *db, const char *kind,
	       int (*each)(void *arg, const struct org *o), void *arg);
/* What the directory tells of one (K-4.1.6). */
struct org_entry {
	uint32_t id;
	char kind[8]; /* FUND INSURER MO AGENCY */
	char code[33];
	char name[641], full_name[1601];
	char town[481], address[1601];
	char phones[1601]; /* semicolon between */
	char hours[801], site[801];
};

/* All of them: the fund, insurers, clinics, authorities; each by name. */
int store_org_entries(struct db *db,
		      int (*each)(void *arg, const struct org_entry *o),
		      void *arg);
/* One of them. @return 0, ENOENT, a database error or what each returned */
int store_org_entry(struct db *db, uint32_t id,
		    int (*each)(void *arg, const struct org_entry *o),
		    void *arg);
/* Those whose code, names and town have all words of the query, by name, at
 * most so many. */
int store_org_find(struct db *db, const char *query, size_t most,
		   int (*each)(void *arg, const struct org *o), void *arg);
/* Whether that id is of that kind. @return 0, ENOENT or a database error */
int store_org_check(struct db *db, const char *kind, uint32_t id);
/* Its short name. @return 0, ENOENT or a database error */
int store_org_name(struct db *db, uint32_t id, char *out, size_t size);
/* The first of that kind. */
int store_org_first(struct db *db, const char *kind, uint32_t *id);

/* A number among the settings; other when it is not there or no number.
 * @return 0 or a database error */
int store_setting(struct db *db, const char *name, uint64_t other,
		  uint64_t *value);

struct workday_exception;

/* Exceptions of the working week from that day (ГГГГ-ММ-ДД) on, at most so
 * many. */
int store_calendar(struct db *db, const char *from,
		   struct workday_exception *list, size_t most, size_t *n);

struct person {
	uint32_t id;
	char name[256];
	char extension[8];
	char org[641];
	char role[32]; /* code of one of his roles */
};

/* Accounts with a telephone, not blocked, whose name, organization or
 * number has all words of the query; by name, at most so many. */
int store_directory(struct db *db, const char *query, size_t most,
		    int (*each)(void *arg, const struct person *p), void *arg);
/* Queues a call can be sent to, by name. */
int store_queues(struct db *db,
		 int (*each)(void *arg, uint32_t id, const char *name),
		 void *arg);

#endif
