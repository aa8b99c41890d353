/* route.h - from method and path to one row of the route table. Pure. */
#ifndef ROUTE_H
#define ROUTE_H

#include <stddef.h>

#include "cgi/auth.h"
#include "cgi/http.h"

struct ctx;

#define ROUTE_MAX_ARGS 3
#define ROUTE_MAX_ARG  64 /* bytes */

struct route_args {
	struct {
		const char *name; /* into the route's pattern, name_len bytes */
		size_t name_len;
		char value[ROUTE_MAX_ARG + 1];
	} v[ROUTE_MAX_ARGS];
	size_t count;
};

enum route_flags {
	ROUTE_PUBLIC = 1, /* no session needed */
	ROUTE_JSON = 2,   /* answers and errors are JSON */
	ROUTE_OFFICE = 4  /* by the account that may write directories */
};

struct route {
	enum http_method method;
	const char *path; /* "/appeal/{id}": {…} is one non-empty segment */
	enum auth_function need; /* AUTH_ANY: whoever is signed in */
	int (*handler)(struct ctx *ctx, const struct request *req,
		       struct response *res);
	const char *view; /* templates/page/<view>.cs, or NULL */
	unsigned flags;
};

/**
 * @param args  Written only on success
 * @return the row, or NULL; *err is then ENOENT (no such path) or ENOTSUP
 *         (the path exists with another method)
 */
const struct route *route_find(const struct route *table, size_t n,
			       enum http_method method, const char *path,
			       struct route_args *args, int *err);

/* The value of {name}, or NULL. */
const char *route_arg(const struct route_args *args, const char *name);

#endif
