/*
 * scenario_text.h - an approved answer in the parts in which it is shown
 * (DOMAIN 4.2): what is read out, what the operator is told to do, and the
 * values that stand in it.
 */
#ifndef SCENARIO_TEXT_H
#define SCENARIO_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define SCENARIO_CHARS 4000 /* of a text */
#define SCENARIO_TEXT  (SCENARIO_CHARS * 4 + 1)

enum scenario_part {
	PART_SAY,     /* read out */
	PART_DO,      /* […], an instruction, without its brackets */
	PART_VALUE,   /* {…}, filled in */
	PART_UNKNOWN, /* {…} that is not known: «…» */
};

/*
 * The parts of text in order; none is empty. A bracket that is not closed is a
 * letter like others; a value inside an instruction stays as it is written.
 *
 * @param value  The value of a name, NULL or "" when it is not known
 * @param each   Gets len bytes at part; a nonzero result ends the walk
 * @return 0 or what each returned
 */
int scenario_parts(const char *text,
		   const char *(*value)(void *arg, const char *name,
					size_t len),
		   int (*each)(void *arg, enum scenario_part kind,
			       const char *part, size_t len),
		   void *arg);

/* Whether a value of that name can stand in an answer. */
bool scenario_value_known(const char *name, size_t len);
/* What an editor may write: every bracket has its other half and every {…} is
 * the name of a value. */
bool scenario_text_valid(const char *text);

/* The flag that choosing the answer suggests: "THREAT" …; NULL: none. */
const char *scenario_flag(const char *code);

#endif
