/*
 * store_scenario_edit.h - versions of answers for who writes and approves them
 * (K-5.1.5.5). Each step is one transaction with its row in the access log.
 */
#ifndef STORE_SCENARIO_EDIT_H
#define STORE_SCENARIO_EDIT_H

#include <stdint.h>

#include "cgi/scenario_state.h"
#include "cgi/scenario_text.h"

struct ctx;

/* What an author writes; in this order in forms and in the log. */
enum answer_field {
	ANSWER_THEME,
	ANSWER_TITLE,
	ANSWER_KEYWORDS,
	ANSWER_TEXT,
	ANSWER_FIELDS
};

struct scenario_version {
	uint32_t id, author_id;
	uint32_t edit; /* each save adds one */
	unsigned version;
	char code[13];
	char theme[13];
	char title[1201];
	char keywords[2401];
	char text[SCENARIO_TEXT];
	struct scenario_facts facts;
	char author[128]; /* «Иванова А. П.»; "": delivered */
	char approved_by[481], refused_by[481], withdrawn_by[481];
	char refused_why[2401];
	int64_t created_ms, approved_ms, refused_ms, withdrawn_ms; /* 0: not */
};

/* "theme" …: of the form, and of Lang.Answer */
const char *answer_field_name(enum answer_field f);
const char *answer_field(const struct scenario_version *a, enum answer_field f);

/*
 * Versions in the order of code and version, newest first; without their
 * texts. code "": of all; author 0: of all.
 *
 * @return 0, a database error or what each returned
 */
int store_scenario_versions(struct ctx *ctx, const char *code, uint32_t author,
			    int (*each)(void *arg,
					const struct scenario_version *a),
			    void *arg);
/* @return 0, ENOENT or a database error */
int store_scenario_get(struct ctx *ctx, uint32_t id,
		       struct scenario_version *out);

/*
 * A new version of a->code, or with "" the first of a new code, which the
 * program gives. a gets id, code and version.
 *
 * @return 0, ENOENT (no such theme) or a database error
 */
int store_scenario_new(struct ctx *ctx, struct scenario_version *a);
/*
 * SAVE and APPROVE take the four fields of a, APPROVE also facts.from;
 * REFUSE takes refused_why, WITHDRAW facts.to. today tells what may be done.
 *
 * @param theirs  With ESTALE and EPROTO: what is stored now
 * @return 0, ESTALE (a->edit is not the newest), EPROTO (not in this state),
 *         ENOENT (no such theme) or a database error
 */
int store_scenario_do(struct ctx *ctx, enum scenario_act act,
		      const struct scenario_version *a, const char *today,
		      struct scenario_version *theirs);

/* For choosing a theme: those in force on that day, and `chosen`. */
int store_scenario_themes(
    struct ctx *ctx, const char *today, const char *chosen,
    int (*each)(void *arg, const char *code, const char *name), void *arg);

#endif
