/* otklik-pages: one FastCGI worker, of the pool `pages` or `bulk`. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgi/app.h"
#include "cgi/fcgi.h"
#include "cgi/names_file.h"
#include "cgi/secrets.h"
#include "cgi/stats.h"
#include "cgi/store_search.h"
#include "cgi/throttle.h"
#include "cgi/util.h"
#include "db/db.h"

/* A page takes milliseconds; nginx gives up at 30 s. Two hundred megabytes
 * onto a slow disk take longer (pool `bulk`). */
#define LIMIT_S      20
#define LIMIT_BULK_S 300

static int complain(const char *what, int err)
{
	fprintf(stderr, "otklik-pages: %s: %s\n", what, strerror(err));
	return err;
}

static int read_secrets(struct app *app)
{
	int err = secret_read(app->state, "janus_token_secret",
			      app->janus_secret, sizeof(app->janus_secret));

	if (err)
		return complain("secrets/janus_token_secret", err);
	err = secret_key(app->state, "csrf_secret", app->csrf_secret);
	if (err)
		return complain("secrets/csrf_secret", err);
	err = secret_key(app->state, "session_secret", app->session_secret);
	return err ? complain("secrets/session_secret", err) : 0;
}

static int open_shared(struct app *app)
{
	char path[400];
	int err;

	snprintf(path, sizeof(path), "%s/login.throttle", app->run);
	err = throttle_open(&app->throttle, path, app->session_secret);
	if (err)
		return complain(path, err);
	snprintf(path, sizeof(path), "%s/pages.stats", app->run);
	err = stats_open(&app->stats, path);
	return err ? complain(path, err) : 0;
}

static int open_view(struct app *app)
{
	const char *dir = getenv("OTKLIK_TEMPLATES");
	struct buf why = { 0 };
	int err =
	    view_open(&app->view, dir && *dir ? dir : "./templates", &why);

	if (err)
		fprintf(stderr, "otklik-pages: %s\n",
			why.data ? why.data : strerror(err));
	buf_free(&why);
	return err;
}

static int start(struct app *app)
{
	const char *state = getenv("OTKLIK_STATE");
	int err;

	if (sodium_init() < 0)
		return complain("libsodium", EIO);
	if (!copy_text(app->state, sizeof(app->state),
		       state && *state ? state : "./var"))
		return complain("OTKLIK_STATE", ENAMETOOLONG);
	snprintf(app->run, sizeof(app->run), "%s/run", app->state);
	names_file_init(app->names, app->run);
	app->routes = routes;
	app->route_count = route_count;
	err = read_secrets(app);
	if (!err)
		err = open_shared(app);
	if (!err)
		err = open_view(app);
	if (err)
		return err;
	/* the database may come later: until then pages say so */
	err = db_new_account(&app->db, app->state, "web");
	if (err)
		return complain("secrets/db_web", err);
	err = db_new_account(&app->office, app->state, "office");
	return err ? complain("secrets/db_office", err) : 0;
}

static void handle(void *arg, int err, const struct request *req,
		   struct response *res)
{
	app_handle(arg, err, req, res);
}

int main(void)
{
	const char *pool = getenv("OTKLIK_POOL");
	struct names_file names = { .map = NULL };
	struct app app = { .region = "26", .names = &names };
	int err;

	setenv("TZ", "Europe/Moscow", 0);
	tzset();
	err = start(&app);
	if (!err)
		err = fcgi_serve(handle, &app,
				 pool && !strcmp(pool, "bulk") ? LIMIT_BULK_S
							       : LIMIT_S);
	search_close(&app.search);
	names_file_close(&names);
	db_close(&app.office);
	db_close(&app.db);
	view_close(&app.view);
	stats_close(&app.stats);
	throttle_close(&app.throttle);
	sodium_memzero(&app, sizeof(app));
	return err ? 1 : 0;
}
