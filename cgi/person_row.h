/*
 * person_row.h - one record of a file of insured persons: from text to what
 * the register stores (docs/registry-import.md). Pure.
 */
#ifndef PERSON_ROW_H
#define PERSON_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/deadline.h"
#include "cgi/enp.h"
#include "cgi/name_key.h"
#include "cgi/phone.h"
#include "cgi/snils.h"

/* The columns of CSV and the elements of XML. */
enum person_field {
	PERSON_ENP,
	PERSON_SURNAME,
	PERSON_GIVEN,
	PERSON_BIRTH,
	PERSON_SEX,
	PERSON_REQUIRED, /* those before it */
	PERSON_PATRONYMIC = PERSON_REQUIRED,
	PERSON_SNILS,
	PERSON_PHONE,
	PERSON_ADDRESS,
	PERSON_INSURER,
	PERSON_MO,
	PERSON_POLICY,
	PERSON_NO_CALLS,
	PERSON_FIELDS
};

extern const char *const person_fields[PERSON_FIELDS];
/* @return PERSON_FIELDS for an unknown name */
enum person_field person_field_of(const char *name);

struct person_row {
	char enp[ENP_SIZE];
	char snils[SNILS_SIZE]; /* "": none */
	char surname[NAME_KEY_SIZE], given_name[NAME_KEY_SIZE];
	char patronymic[NAME_KEY_SIZE];
	char k_sn[NAME_KEY_SIZE], k_gn[NAME_KEY_SIZE], k_pn[NAME_KEY_SIZE];
	char birth[11];
	bool male;
	char phone[PHONE_SIZE]; /* "": none */
	char address[1201];
	char insurer[9], mo[9]; /* codes or "" */
	unsigned policy_kind;
	bool no_calls;
};

/* What is said of a record: field is PERSON_FIELDS for the whole of it. A
 * warning does not keep it out. */
typedef void person_note_fn(void *arg, enum person_field field, bool warning,
			    const char *text);

/**
 * Check every field, so that all that is wrong is told at once.
 *
 * @param text  Of each field; NULL or "": empty
 * @return 0 or EINVAL: note was called with what is wrong
 */
int person_row_read(const char *const text[PERSON_FIELDS], struct date today,
		    struct person_row *out, person_note_fn *note, void *arg);

#endif
