#include "cgi/store_node.h"

#include "db/db.h"

struct node_row {
	int64_t at_ms;
	json_t *body;
};

static int read_node(const struct db_row *row, void *arg)
{
	struct node_row *n = arg;

	n->at_ms = db_time_ms(row, 0);
	n->body = json_loads(db_str(row, 1), 0, NULL);
	return 0;
}

int store_node(struct db *db, int64_t *at_ms, json_t **body)
{
	static const char sql[] =
	    "SELECT at, body FROM node_status ORDER BY at DESC LIMIT 1";
	struct node_row n = { 0 };
	int err = db_one(db, sql, NULL, 0, read_node, &n);

	if (!err) {
		*at_ms = n.at_ms;
		*body = n.body;
	}
	return err;
}

int store_jobs_up(struct db *db, bool *up)
{
	uint64_t held = 0;
	int err =
	    db_number(db, "SELECT IS_USED_LOCK('otklik.jobs') IS NOT NULL",
		      NULL, 0, &held);

	if (!err)
		*up = held;
	return err;
}

struct failing {
	int (*each)(void *arg, const char *work, int64_t since_ms);
	void *arg;
};

static int read_failing(const struct db_row *row, void *arg)
{
	const struct failing *f = arg;

	return f->each(f->arg, db_str(row, 0), db_time_ms(row, 1));
}

int store_jobs_failing(struct db *db,
		       int (*each)(void *arg, const char *work,
				   int64_t since_ms),
		       void *arg)
{
	struct failing f = { each, arg };

	return db_each(db, "SELECT work, since FROM job_failure ORDER BY work",
		       NULL, 0, read_failing, &f);
}
