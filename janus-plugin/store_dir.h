/* store_dir.h - what the plugin reads: the directory and the outbox. */
#ifndef CC_STORE_DIR_H
#define CC_STORE_DIR_H

#include <stdint.h>
#include <jansson.h>

struct db;

/*
 * All of it, as a new object. "members" are {id, level, skill}, "offices"
 * {org_id, numbers} with semicolons between them, queues and routes have the
 * columns of 0020_distribution.sql; "prompts" are {queue_id (0: of the others),
 * use, file}. Beyond what store.h promises: users have
 * org_id; queues their organization_id; "hours" is a list
 * {id, name, zone, intervals:[{weekday 1-7, opens, closes}]} (minutes of the
 * local day, closes exclusive), a route's "hours" the id in it or null;
 * "holidays":[{day, working}]; "trunks":[{id, name, kind, host, port,
 * transport, presented, builtin, account, expires, secret}], those in use, best first.
 */
int cc_dir_read(struct db *db, json_t **dir);
/* The last one, for a start without the database. Replaced as a whole. */
/* Places of this node that nobody has taken; *list is the caller's. */
int cc_places_read(struct db *db, const char *node, json_t **list);
int cc_dir_save(int folder, const json_t *dir);
json_t *cc_dir_load(int folder);

struct cc_outbox_row {
	uint64_t id;
	char kind[32];
	json_t *payload;
};

/* At most max rows, oldest first; free each payload. */
int cc_outbox_read(struct db *db, struct cc_outbox_row *rows, size_t max,
		   size_t *n);
int cc_outbox_delete(struct db *db, uint64_t id);

#endif
