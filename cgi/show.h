/* show.h - values as people read them, shared by the pages. */
#ifndef SHOW_H
#define SHOW_H

#include <stdbool.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctx;
struct node;
struct recording;

/* «Жалоба» or "Complaint": the name beside that code in a list of the
 * catalogue, e.g. "Types"; the code itself when it is not there. */
const char *show_choice(const struct ctx *ctx, const char *list,
			const char *code);
/* The same of a result, as the administrator named it. */
const char *show_result(const struct ctx *ctx, const char *code);
/* Whether the administrator offers it no more. */
bool show_withdrawn(const struct ctx *ctx, const char *code);
/* ГГГГ-ММ-ДД as ДД.ММ.ГГГГ; "" for what is no date */
void show_date(const char *date, char *out, size_t size);
/* "1:05", "1:02:05": of milliseconds, rounded to whole seconds */
void show_length(int64_t ms, char *out, size_t size);
/* «И. А. П.»: a name in masked form */
void show_initials(const char *surname, const char *given,
		   const char *patronymic, char *out, size_t size);
/* Whether a list that is shown up to n rows goes on; says so, as Cut.<list>:
 * «показаны первые n». count: of the row that came, from 0. */
bool show_cut(struct ctx *ctx, const char *list, unsigned count, unsigned n);
/* An answer as macros/scenarios.cs shows it: Parts of at. value as for
 * scenario_parts. @return 0 or ENOMEM */
int show_scenario_text(struct node *at, const char *text,
		       const char *(*value)(void *arg, const char *name,
					    size_t len),
		       void *arg);
/* Fills what macros/recording.cs shows. */
void show_recording_at(const struct ctx *ctx, struct node *at,
		       const struct recording *r);

#endif
