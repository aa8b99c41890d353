/* store_person.h - the register of insured persons, searched and read. */
#ifndef STORE_PERSON_H
#define STORE_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgi/registry.h"

struct db;

struct insured {
	uint64_t id;
	char surname[161], given_name[161], patronymic[161];
	char birth[11]; /* ГГГГ-ММ-ДД */
	char enp[ENP_SIZE];
	char phone[33];             /* or "" */
	uint32_t insurer_id, mo_id; /* 0: none */
	char insurer[641], mo[641]; /* short names or "" */
};

/* Ids of persons, each once. */
struct person_ids {
	uint64_t id[REGISTRY_SHOWN + 1];
	unsigned count; /* REGISTRY_SHOWN + 1: there are more */
};

/*
 * The state of the register. loading: rows are arriving, its dictionaries are
 * of no state at all.
 */
int store_register_state(struct db *db, uint32_t *version, bool *loading);

/*
 * Adds to what is in out already, until it is full.
 *
 * @param n  Of the register's present state, or without data
 * @return 0 or a database error; out is good as far as it goes
 */
int store_person_find(struct db *db, const struct names *n,
		      const struct registry_query *q, struct person_ids *out);

/* All who were born on a day, for many questions about it. */
#define PERSON_DAY 1000

struct person_day {
	bool whole; /* nobody is missing */
	unsigned count;
	struct {
		uint64_t id;
		char key[NAMES_FIELDS][NAME_KEY_SIZE];
	} row[PERSON_DAY];
};

int store_person_day(struct db *db, const char *birth, struct person_day *out);
/* As store_person_find, for a query of that day without numbers. */
void person_day_find(const struct person_day *day, const struct names *n,
		     const struct registry_query *q, struct person_ids *out);

/* The first REGISTRY_SHOWN of them, by surname, given name, patronymic, birth
 * date (K-5.1.3.8). */
int store_persons(struct db *db, const struct person_ids *ids,
		  int (*each)(void *arg, const struct insured *p), void *arg);

/* ENOENT: no such person. */
int store_person_get(struct db *db, uint64_t id, struct insured *out);

#endif
