/* store_node.h - what the plugin and otklik-jobs last said of themselves. */
#ifndef STORE_NODE_H
#define STORE_NODE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct db;

/* It writes its row every 5 s: who has said nothing for so long is gone. */
#define NODE_GONE_MS 15000

/* The newest row: when, and its JSON (the caller's; NULL when unreadable).
 * @return 0, ENOENT (the plugin never ran) or a database error */
int store_node(struct db *db, int64_t *at_ms, json_t **body);

/* Is there an otklik-jobs at work?  @return 0 or a database error */
int store_jobs_up(struct db *db, bool *up);
/* What it fails at now, by name, and since when. */
int store_jobs_failing(struct db *db,
		       int (*each)(void *arg, const char *work,
				   int64_t since_ms),
		       void *arg);

#endif
