/*
 * registry.h - a search in the register of insured persons (K-5.1.3): what was
 * asked, and the way to answer it, chosen from how often names occur. Pure.
 */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgi/deadline.h"
#include "cgi/enp.h"
#include "cgi/form.h"
#include "cgi/name_key.h"
#include "cgi/names.h"
#include "cgi/phone.h"
#include "cgi/snils.h"

#define REGISTRY_SHOWN 10 /* K-5.1.3.3 */
#define REGISTRY_ONLY  32 /* keys one field may be limited to */
#define REGISTRY_DATES 64 /* birth dates */

/* The fields of the form, names first in the order of enum names_field. */
enum registry_field {
	REGISTRY_SURNAME,
	REGISTRY_GIVEN,
	REGISTRY_PATRONYMIC,
	REGISTRY_BIRTH,
	REGISTRY_ENP,
	REGISTRY_SNILS,
	REGISTRY_PHONE,
	REGISTRY_FIELDS
};

/* "surname" …: the fields' names in the form and in the log */
extern const char *const registry_fields[REGISTRY_FIELDS];

/* A name is asked for by the beginning of its folded key or, where `only` has
 * entries, as one of those keys of the dictionary. Everything else is exact;
 * of dates there may be several. */
struct registry_query {
	char name[NAMES_FIELDS][NAME_KEY_SIZE]; /* "": not asked */
	uint32_t only[NAMES_FIELDS][REGISTRY_ONLY];
	unsigned only_count[NAMES_FIELDS];
	char birth[11]; /* ГГГГ-ММ-ДД */
	char births[REGISTRY_DATES][11];
	unsigned birth_count; /* of births, which then stand for birth */
	char enp[ENP_SIZE];
	char snils[SNILS_SIZE];
	char phone[PHONE_SIZE];
};

/**
 * Read the form. Spaces around and between are of no matter; a field of
 * spaces only is an empty one.
 *
 * @param today  A later birth date is impossible (K-5.1.3.10)
 * @param wrong  Bits 1 << enum registry_field: cannot be searched for
 * @return whether anything is asked (K-5.1.3.2); a wrong field counts
 */
bool registry_read(const struct form *form, struct date today,
		   struct registry_query *q, unsigned *wrong);

/* Whether a name has characters that no name of the register has: without
 * another reading of it (forgive.h) nobody can be found. */
bool registry_alien(const struct registry_query *q);

/* Whether somebody of these folded names is asked for; of dates and numbers
 * nothing is compared. */
bool registry_fits(const struct names *n, const struct registry_query *q,
		   const char *const key[NAMES_FIELDS]);

/* ---- the way to the rows ------------------------------------------------- */

enum registry_index {
	REGISTRY_I_S,  /* surname, given name, patronymic, birth date */
	REGISTRY_I_G,  /* given name, surname, patronymic */
	REGISTRY_I_P,  /* patronymic, surname, given name */
	REGISTRY_I_GP, /* given name, patronymic, surname */
	REGISTRY_I_B,  /* birth date, surname, given name, patronymic */
	REGISTRY_I_ENP,
	REGISTRY_I_SNILS,
	REGISTRY_I_PHONE
};

#define REGISTRY_LIST 1024 /* keys a beginning is spelt out into, at most */

struct registry_list {
	enum names_field field;
	uint32_t count;
	uint32_t key[REGISTRY_LIST]; /* the exact one, then by frequency */
};

/* Read index; its first columns, as many as there are lists, are compared with
 * some keys of a list at a time, all else by beginning. */
struct registry_plan {
	enum registry_index index;
	bool nobody; /* some beginning has no bearer: nothing to ask */
	unsigned lists;
	struct registry_list list[2];
};

/**
 * @param n  The dictionaries; without (data NULL) the plan is right but may
 *           be slow
 */
void registry_plan(const struct names *n, const struct registry_query *q,
		   struct registry_plan *out);

/* The columns of an index that hold names, in its order; NAMES_FIELDS ends
 * them. */
extern const unsigned char registry_columns[][NAMES_FIELDS + 1];

/*
 * Whether the same values, taken as whole names, can be looked up first: so
 * «Ковал» comes before «Ковальчук», however many of those there are.
 *
 * @param index  By which
 */
bool registry_whole(const struct names *n, const struct registry_query *q,
		    enum registry_index *index);

#endif
