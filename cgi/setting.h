/* setting.h - what may be put into a setting, as its row says. Pure. */
#ifndef SETTING_H
#define SETTING_H

#include <stdbool.h>
#include <stddef.h>

#define SETTING_VALUE 1001 /* bytes with the end */

enum setting_kind {
	SETTING_NUMBER, /* least to most */
	SETTING_FLAG,   /* "0", "1" */
	SETTING_PHONE,  /* least to most digits */
	SETTING_ZONE,   /* of setting_zones */
	SETTING_CODE,   /* least to most, with the noughts before it */
	SETTING_TEXT    /* least to most characters */
};

struct setting_rule {
	enum setting_kind kind;
	unsigned least, most;
	bool optional; /* may be empty */
};

/* Time zones of Russia, from west to east (IANA names). */
extern const char *const setting_zones[];
extern const size_t setting_zone_count;

/* @return SETTING_TEXT for an unknown word */
enum setting_kind setting_kind_of(const char *word);

/* Makes it canonical; value has SETTING_VALUE bytes.
 * @return false: not allowed */
bool setting_fix(const struct setting_rule *rule, char *value);

#endif
