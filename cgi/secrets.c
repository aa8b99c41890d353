#include "cgi/secrets.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

int secret_read(const char *state, const char *name, char *out, size_t size)
{
	char path[PATH_MAX], line[512] = "";
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/secrets/%s", state, name);
	f = fopen(path, "re");
	if (!f)
		return errno;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	len = strcspn(line, "\r\n");
	if (!len || len >= size)
		return EINVAL;
	line[len] = '\0';
	memcpy(out, line, len + 1);
	sodium_memzero(line, sizeof(line));
	return 0;
}

int secret_key(const char *state, const char *name, unsigned char key[32])
{
	char line[512];
	int err = secret_read(state, name, line, sizeof(line));

	if (!err)
		crypto_generichash(key, 32, (unsigned char *)line, strlen(line),
				   NULL, 0);
	sodium_memzero(line, sizeof(line));
	return err;
}
