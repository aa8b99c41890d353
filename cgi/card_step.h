/* card_step.h - the lower part of the card: what is to become of the appeal;
 * from a form to steps of its life, and to the page. */
#ifndef CARD_STEP_H
#define CARD_STEP_H

#include <stdbool.h>

#include "cgi/appeal_cycle.h"
#include "cgi/card.h"
#include "cgi/store_people.h"
#include "cgi/store_step.h"

struct ctx;
struct form;

/* «Сохранить и закрыть обращение» is two of them (K-6.1.12). */
#define CARD_STEPS 2

struct card_step {
	enum appeal_event on[CARD_STEPS];
	struct appeal_move move[CARD_STEPS]; /* once checked */
	unsigned count;
	const char *error_of_target; /* field that names the target */
	struct colleague target;     /* who.id 0: nobody was chosen */
	bool named;                  /* … but somebody was */
	bool confirmed;              /* M22 */
	struct appeal_answer answer; /* kind "": none */
	char comment[8001];          /* of the last step */
};

/*
 * Which button of the card was pressed and what belongs to it; closing fields
 * go into a. What is wrong with a field's shape goes into errors.
 *
 * @return 0, EBADMSG (no such button) or a database error
 */
int card_step_read(struct ctx *ctx, const struct form *form, struct appeal *a,
		   struct card_step *step, struct card_errors *errors);
/* What is typed of the result, and why the answer is put off: a draft keeps it
 * too. */
void card_step_typed(const struct form *form, struct appeal *a,
		     struct card_errors *errors);
/* The same for a decision on others' appeals: of a it changes only the term
 * that is asked for. */
int card_step_decide(struct ctx *ctx, const struct form *form, struct appeal *a,
		     struct card_step *step, struct card_errors *errors);
/*
 * The guards of all its steps; what is missing goes into errors.
 *
 * @return 0, EPROTO, EACCES or a database error
 */
int card_step_check(struct ctx *ctx, const struct appeal *a, bool mo_required,
		    struct card_step *step, struct card_errors *errors);
/* In the caller's transaction: all of it. registered: fills in what T2 adds.
 * due_days as in struct theme. */
int card_step_do(struct ctx *ctx, struct appeal *a, struct card_step *step,
		 int due_days);
/* Whether it was done already, and only the answer got lost. */
int card_step_again(struct ctx *ctx, uint64_t appeal,
		    const struct card_step *step, bool *again);

/* Tabs, lists and answers, with what was typed. form: NULL or the posted. */
int card_step_show(struct ctx *ctx, const struct appeal *a,
		   enum appeal_access access, const struct form *form);
/* The page was opened from the queue and goes back there. */
void card_step_queue(struct ctx *ctx);

/* ---- what pages with a card share ---------------------------------------- */

/* @return 0, ENOENT (logged: not his to see) or a database error */
int card_load(struct ctx *ctx, uint64_t id, bool lock, struct appeal *a,
	      enum appeal_access *access);
/* person: the insured one it is about, 0: none; reason: or NULL */
int card_log(struct ctx *ctx, const char *action, uint64_t id, uint64_t person,
	     const char *reason);
/* "M11" and so on: the message a done step is shown with. */
const char *card_step_message(const char *event);

#endif
