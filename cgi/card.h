/* card.h - the registration card: from a form to an appeal and to a page. */
#ifndef CARD_H
#define CARD_H

#include <stdbool.h>

#include "cgi/appeal.h"
#include "cgi/form.h"
#include "cgi/store_theme.h"

struct ctx;
struct insured;

/* Names of the catalogue under Invalid, and of the form's fields. */
struct card_errors {
	const char *names[32];
	const char *keys[32]; /* of the words; NULL: Invalid.<name> */
	unsigned count;
};

/*
 * Read the fields into a, which keeps what is not in the form. Whatever is
 * wrong with a field's shape goes into errors; a field that is merely empty
 * does not.
 */
void card_read(const struct form *form, struct appeal *a,
	       struct card_errors *errors);

/*
 * What the database knows better: theme (of the type, in force), clinic,
 * insurer, and whether the persons are still those that were attached. was: as
 * it is stored; who stands there may be insured elsewhere by now. theme is
 * filled when one is chosen.
 *
 * @return 0 or a database error
 */
int card_check(struct ctx *ctx, struct appeal *a, const struct appeal *was,
	       struct theme *theme, struct card_errors *errors);
void card_error(struct card_errors *errors, const char *name);
/* «Прикрепить»: the person's data into the block of the person concerned or,
 * when another applies for him and that is meant, of the applicant
 * (K-5.1.3.6). */
void card_person(struct appeal *a, const struct insured *p, bool applicant);
/* … with other words; the first error of a field is the one it shows. */
void card_error_as(struct card_errors *errors, const char *name,
		   const char *key);
/* What a registered appeal must have (K-5.1.4.5). */
void card_complete(const struct appeal *a, bool mo_required,
		   struct card_errors *errors);

/* The page's data: card, lists, calls, history. @return 0 or an errno */
int card_show(struct ctx *ctx, const struct appeal *a,
	      enum appeal_access access, const struct card_errors *errors);
/* "Card.Message" and its kind: success, danger, warning. */
void card_message(struct ctx *ctx, const char *key, const char *kind);
/* What a colleague saved meanwhile, beside what this page holds. */
void card_theirs(struct ctx *ctx, const struct appeal *mine,
		 const struct appeal *theirs);
/* Whether nothing that is typed differs. */
bool card_same(const struct appeal *a, const struct appeal *b);
/* Name and value of each field that is filled, or differs from beside, under
 * where.0 … @return how many */
unsigned card_values(struct ctx *ctx, const struct appeal *a,
		     const struct appeal *beside, const char *where);
/* The themes for a type and words, into Themes. The chosen one ("": none) is
 * among them whatever the words are, if it is of that type. */
int card_themes(struct ctx *ctx, const char *type, const char *query,
		const char *chosen);

#endif
