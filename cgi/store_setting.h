/* store_setting.h - the settings: rows that say what may be put into them. */
#ifndef STORE_SETTING_H
#define STORE_SETTING_H

#include <stdint.h>

#include "cgi/setting.h"

struct ctx;

struct setting {
	char name[65];
	char value[SETTING_VALUE];
	struct setting_rule rule;
	char unit[81];
	char initial[257];
	char about[1201];  /* what it is */
	char effect[1201]; /* what it does, and from when on */
	uint32_t version;  /* 1: nobody has looked at it */
};

/* All of them, by name. */
int store_settings(struct ctx *ctx,
		   int (*each)(void *arg, const struct setting *s), void *arg);
/* @return 0, ENOENT or a database error */
int store_setting_get(struct ctx *ctx, const char *name, struct setting *out);
/*
 * Value and version of s, with the log and the word to the plugin. The same
 * value again counts as looked at.
 *
 * @param theirs  With ESTALE: as a colleague left it
 * @return 0, ESTALE, ENOENT or a database error
 */
int store_setting_save(struct ctx *ctx, const struct setting *s,
		       struct setting *theirs);

#endif
