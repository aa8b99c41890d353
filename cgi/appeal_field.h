/*
 * appeal_field.h - the fields of the card, as one table: read from a form,
 * stored, compared, shown and printed by it. Pure.
 */
#ifndef APPEAL_FIELD_H
#define APPEAL_FIELD_H

#include <stddef.h>

#include "cgi/appeal.h"

enum field_kind {
	FIELD_TEXT,
	FIELD_NAME, /* of a person: DOMAIN 6.5 */
	FIELD_EMAIL,
	FIELD_ENP,
	FIELD_PHONE,  /* E.164, or as given when it is none */
	FIELD_DATE,   /* a birthday: not after today */
	FIELD_TERM,   /* a date that may come */
	FIELD_CHOICE, /* of a list, or nothing */
	FIELD_ONE,    /* of a list */
	FIELD_THEME,
	FIELD_MO,       /* organization, uint32_t */
	FIELD_INSURER,  /* organization, uint32_t */
	FIELD_SCENARIO, /* an approved answer, uint32_t */
	FIELD_PERSON,   /* of the register, uint64_t */
	FIELD_FLAG      /* bool */
};

struct appeal_field {
	const char *name;   /* in the form; of its message and its element */
	const char *column; /* of appeal */
	const char *label;  /* in the catalogue */
	enum field_kind kind;
	unsigned max;            /* characters */
	size_t at, size;         /* in struct appeal */
	bool null;               /* empty is NULL in the column */
	const char *const *list; /* of a choice, NULL at the end */
	const char *names;       /* … their names in the catalogue */
	bool personal;           /* names the citizen, or may */
};

#define APPEAL_FIELDS 41
extern const struct appeal_field appeal_fields[APPEAL_FIELDS];

/* The field's place in the appeal. */
char *appeal_text(struct appeal *a, const struct appeal_field *f);
/* Its value as text: numbers in decimal, flags "1"; "" when empty. out: 24
 * bytes, used for numbers only. */
const char *appeal_value(const struct appeal *a, const struct appeal_field *f,
			 char out[24]);
/* A number, an id or a flag. */
bool appeal_number_field(const struct appeal_field *f);
void appeal_set_number(struct appeal *a, const struct appeal_field *f,
		       uint64_t value);

/*
 * Of an appeal for another (applies OTHER) person_id and insurer_id are the
 * person's concerned; in the form they stand in his block, and those of the
 * applicant in the first. To and from the form's order.
 */
void appeal_form_order(struct appeal *a);
/* What does not belong to this kind of appeal is cleared: a letter's dates of
 * an oral one, the person concerned when he applies for himself. */
void appeal_settle(struct appeal *a);
bool appeal_for_other(const struct appeal *a);

/* Name and birth date of the person concerned. */
struct appeal_person {
	const char *surname, *given_name, *patronymic, *birth, *enp;
};
struct appeal_person appeal_concerned(const struct appeal *a);

#endif
