/*
 * values.h - values of the administrators' directories, from forms and files.
 * Those that take a size make the value canonical, which is never longer.
 * false: it is none. Pure.
 */
#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>
#include <stddef.h>

/* "a; b ;;c" becomes "a;b;c"; at least one part. */
bool value_list(char *value, size_t size);
/* The same of telephone numbers, as people write them. */
bool value_phones(char *value, size_t size);
/* The same of two single words or more. */
bool value_synonyms(char *value, size_t size);
/* http or https */
bool value_site(char *value, size_t size);
/* Code of an organization of that kind: FUND, INSURER, MO, AGENCY
 * (DOMAIN 6.4) */
bool value_org_code(const char *kind, const char *code);
/* "ZH-03.01" of «Жалоба» … (DOMAIN 4.1) */
bool value_theme_code(const char *type, const char *code);

/* Sign-in name: 2 to 40 of a-z, digits, dot, hyphen, underscore. */
bool value_login(char *value, size_t size);
/* Internal number: 3 to 6 digits, no service and no 0 in front. */
bool value_extension(char *value, size_t size);

#endif
