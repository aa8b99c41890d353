/*
 * ctx.h - one request: who asks, when, from where, and by which connection.
 * What stores rows knows this much and nothing of pages: app and view are
 * names to it.
 */
#ifndef CTX_H
#define CTX_H

#include <stdint.h>

#include "cgi/auth.h"
#include "cgi/route.h"
#include "cgi/session.h"

struct app;
struct db;
struct node;
struct view;

struct ctx {
	struct app *app;
	struct db *db;
	struct view *view;
	const struct route *route;
	struct route_args args;
	int64_t now_ms; /* UTC; the request's one clock */
	const char *lang;
	const char *address;    /* of the client */
	const char *run;        /* $OTKLIK_STATE/run */
	struct session session; /* user.who.id is 0 when nobody is signed in */
	const struct identity *who; /* = &session.user.who */
	struct node *page;          /* the data set of the view */
};

#endif
