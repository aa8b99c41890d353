/* store_phone.h - what the telephone's directories keep beside their rows, the
 * dial plan as it stands, and what the lines say of themselves. */
#ifndef STORE_PHONE_H
#define STORE_PHONE_H

#include <stdbool.h>
#include <stdint.h>

#include "db/dialplan.h"

struct ctx;
struct row;
struct row_table;

/* load, save and remove of rows.h. */
int store_queue_load(struct ctx *ctx, const struct row_table *t, const char *id,
		     struct row *row);
int store_queue_save(struct ctx *ctx, const struct row_table *t, const char *id,
		     const struct row *row);
int store_queue_remove(struct ctx *ctx, const char *id);
int store_skill_load(struct ctx *ctx, const struct row_table *t, const char *id,
		     struct row *row);
int store_skill_save(struct ctx *ctx, const struct row_table *t, const char *id,
		     const struct row *row);
int store_hours_load(struct ctx *ctx, const struct row_table *t, const char *id,
		     struct row *row);
int store_hours_save(struct ctx *ctx, const struct row_table *t, const char *id,
		     const struct row *row);
int store_trunk_save(struct ctx *ctx, const struct row_table *t, const char *id,
		     const struct row *row);
int store_trunk_remove(struct ctx *ctx, const char *id);

/* The route of all numbers without their own; "": there is none. */
int store_route_default(struct ctx *ctx, char id[24]);

#define DIAL_RULES 200

/* The plan with the words people know it by. */
struct dial_rows {
	struct cc_dial_plan plan; /* its rules are those below */
	struct cc_dial_rule rules[DIAL_RULES];
	char names[DIAL_RULES][321];
};

int store_dial_plan(struct ctx *ctx, struct dial_rows *out);
/* @param id  0: the line that is tried first. @return 0, ENOENT … */
int store_trunk_name(struct ctx *ctx, uint32_t id, char out[321]);

struct trunk_state {
	uint32_t id;
	const char *name;
	bool enabled;
	const char *state;  /* up, down, unknown; "": the plugin says nothing */
	int status;         /* SIP status of its last answer, 0: none */
	const char *reason; /* as the operator's side said it */
	int64_t asked_ms;   /* when it last said so */
	int64_t called_ms;  /* last call of today, 0: none */
	const char *result; /* how that ended, "": it goes on */
};

/* Each line in its order. */
int store_trunk_states(struct ctx *ctx,
		       int (*each)(void *arg, const struct trunk_state *s),
		       void *arg);
/* The line is to be asked now: a word to the plugin and in the log.
 * @return 0, ENOENT or a database error */
int store_trunk_check(struct ctx *ctx, uint32_t id);

#endif
