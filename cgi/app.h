/* app.h - what a handler is given, and the way of every request. */
#ifndef APP_H
#define APP_H

#include <stdint.h>

#include "cgi/ctx.h"
#include "cgi/deadline.h"
#include "cgi/http.h"
#include "cgi/view.h"

struct db;
struct names_file;
struct search_book;
struct throttle;
struct stats;

/* One worker's belongings. */
struct app {
	struct db *db;
	struct db *office; /* for ROUTE_OFFICE: may write directories */
	struct view *view;
	struct throttle *throttle;
	struct stats *stats;
	struct names_file *names;   /* the register's name dictionaries */
	struct search_book *search; /* themes and answers, once one is sought */
	const struct route *routes;
	size_t route_count;
	char state[256]; /* $OTKLIK_STATE */
	char run[300];   /* its run/ */
	char janus_secret[128];
	unsigned char csrf_secret[32];
	unsigned char session_secret[32];
	int64_t region_due; /* when the two below are to be read again */
	char zone[64];
	char region[4]; /* code in registration numbers */
};

/* Answer one request: find the row, check session, CSRF and permission, call
 * the handler, render, add the security headers. err as http_request gave. */
void app_handle(struct app *app, int err, const struct request *req,
		struct response *res);

/* A text of the user's language. */
const char *app_text(const struct ctx *ctx, const char *key);
/* The same, or other when the catalogue has no such key. */
const char *app_text_or(const struct ctx *ctx, const char *key,
			const char *other);
/* A path's number, e.g. {id}. @return 0 or ENOENT: no number, no such thing */
int app_arg_u64(const struct ctx *ctx, const char *name, uint64_t *out);
/* A path's UUID, lower case. @return 0 or ENOENT */
int app_arg_uuid(const struct ctx *ctx, const char *name, char out[37]);
/* The region's date at that time, and that of the request. */
struct date app_day(int64_t ms);
struct date app_today(const struct ctx *ctx);
/* When the region's day begins that is so many days after date (ГГГГ-ММ-ДД),
 * ms; 0: no date */
int64_t app_midnight(const char *date, int days);
/* "24.11.2026 21:40" of the region; "" for 0 */
void app_time(int64_t ms, char *out, size_t size);

/* "21:40:07" */
void app_clock(int64_t ms, char *out, size_t size);

/* Zone or code are another one: the next page has them, the other workers' pages
 * within seconds. */
void app_region_changed(struct app *app);

/* The table (routes.c). */
extern const struct route routes[];
extern const size_t route_count;

#endif
