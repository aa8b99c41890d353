/* card_edit.h - a registered card as somebody left it without saving. */
#ifndef CARD_EDIT_H
#define CARD_EDIT_H

#include <jansson.h>
#include <stdint.h>

struct ctx;
struct form;

/* The fields of a form that came as JSON; they point into body.
 * @return 0, EINVAL (a value is no text) or E2BIG */
int card_edit_form(const json_t *body, struct form *form);

/*
 * Keep it for who typed it, as long as that is the stored version and the
 * appeal his to change; a save that comes in between wins.
 *
 * @return 0, ESTALE or a database error
 */
int card_edit_keep(struct ctx *ctx, uint64_t appeal, uint32_t version,
		   const json_t *body);

#endif
