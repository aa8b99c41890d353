/* store_prompt.h - the fund's own prompts: every version, which is in force,
 * and the conversion of what was uploaded. */
#ifndef STORE_PROMPT_H
#define STORE_PROMPT_H

#include <stddef.h>
#include <stdint.h>

struct ctx;
struct db;

/* The prompts that may be replaced, by the names of the plugin's files. */
extern const char *const prompt_uses[];
extern const size_t prompt_use_count;

struct prompt_file {
	uint32_t id;
	const char *used_for;
	unsigned number; /* version of that prompt */
	const char *name, *source;
	const char *who; /* who uploaded it, short */
	int64_t at_ms;
	const char *state, *why; /* of the column */
	unsigned length_ms;
};

/* Of that prompt, newest first. */
int store_prompts(struct ctx *ctx, const char *use,
		  int (*each)(void *arg, const struct prompt_file *f),
		  void *arg);
/* What is in force: queue 0 is all without their own; then every queue, file 0
 * where it has none. number: of that version. */
struct prompt_scope {
	uint32_t queue;
	const char *name; /* of the queue */
	uint32_t file;
	unsigned number;
};
int store_prompt_scopes(struct ctx *ctx, const char *use,
			int (*each)(void *arg, const struct prompt_scope *s),
			void *arg);
/* How many places have the fund's own, for each prompt. */
int store_prompt_counts(struct ctx *ctx, unsigned *counts);

/* An upload: its row, within the caller's transaction. */
int store_prompt_add(struct ctx *ctx, const char *use, const char *name,
		     const char *source, uint32_t *id);
/*
 * Put a version in force, or none (0: the delivered one). Several in one
 * transaction of the caller's.
 *
 * @param was  what the page showed
 * @return 0, ESTALE (it is another one by now), EINVAL (no such version, or
 *         not converted) or a database error
 */
int store_prompt_put(struct ctx *ctx, const char *use, uint32_t queue,
		     uint32_t was, uint32_t file);
/* @return 0 and a READY version of that prompt, or ENOENT */
int store_prompt_ready(struct ctx *ctx, const char *use, uint32_t id);

#endif
