/* secrets.h - the one-line files under $OTKLIK_STATE/secrets. */
#ifndef SECRETS_H
#define SECRETS_H

#include <stddef.h>

/* The first line without its end. @return 0, EINVAL (empty or too long) or
 * an errno value */
int secret_read(const char *state, const char *name, char *out, size_t size);

/* A key derived from the line, whatever its length. */
int secret_key(const char *state, const char *name, unsigned char key[32]);

#endif
