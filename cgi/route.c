#include "cgi/route.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool match(const char *pattern, const char *path,
		  struct route_args *args)
{
	args->count = 0;
	while (*pattern) {
		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		size_t name_len = strcspn(++pattern, "}");
		size_t len = strcspn(path, "/");

		if (!len || len > ROUTE_MAX_ARG ||
		    args->count == ROUTE_MAX_ARGS)
			return false;
		args->v[args->count].name = pattern;
		args->v[args->count].name_len = name_len;
		memcpy(args->v[args->count].value, path, len);
		args->v[args->count].value[len] = '\0';
		args->count++;
		pattern += name_len + 1;
		path += len;
	}
	return !*path;
}

const struct route *route_find(const struct route *table, size_t n,
			       enum http_method method, const char *path,
			       struct route_args *args, int *err)
{
	struct route_args found;

	*err = ENOENT;
	for (size_t i = 0; i < n; i++) {
		if (!match(table[i].path, path, &found))
			continue;
		if (table[i].method != method) {
			*err = ENOTSUP;
			continue;
		}
		*args = found;
		*err = 0;
		return &table[i];
	}
	return NULL;
}

const char *route_arg(const struct route_args *args, const char *name)
{
	for (size_t i = 0; i < args->count; i++)
		if (strlen(name) == args->v[i].name_len &&
		    !memcmp(args->v[i].name, name, args->v[i].name_len))
			return args->v[i].value;
	return NULL;
}
