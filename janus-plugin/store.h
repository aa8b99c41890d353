/*
 * store.h - the plugin's side of the database (DESIGN D8, D17): a writer
 * thread with a bounded queue and a spool file, and the directory and outbox
 * readers. The call path never waits for it.
 */
#ifndef CC_STORE_H
#define CC_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

struct cc_store;

/*
 * One row to write: a flat JSON object whose "t" names the table row kind and
 * whose keys are column names, e.g. {"t":"call_event","call_id":…,"seq":3,
 * "at":<epoch ms>,"kind":"ENTERQUEUE","data":{…}}. Kinds: call (insert or
 * update of call_record by id: only the keys given are set), call_event,
 * call_leg, recording, recording_end, attendance, attendance_end,
 * agent_event, call_flag (adds one flag to a call), shift_alert,
 * shift_alert_step, supervisor_action, node_status. A row that is there already is no error, so the
 * spool, which holds the same objects one a line, may be replayed. A call's
 * first row carries direction and started_at, later ones only what changed.
 * Of node_status the newest alone is kept while the database is away.
 */
/* Takes row (NULL is counted as an error). Never waits for the database; a
 * full queue goes to the spool. */
void cc_store_post(struct cc_store *s, json_t *row);

struct cc_store_conf {
	const char *socket, *user, *password, *database;
	const char *spool;       /* directory */
	const char *engine_sock; /* datagram socket path, mode 0660 */
	const char *node;
	/* On the store thread. dir: {"users":[{id,login,name,extension,org,
	 * org_code,org_kind,roles:[…],blocked}],"queues":[{id,name,strategy,
	 * ring_timeout_s,max_wait_s,max_len,wrapup_s,position_interval_s,
	 * open (bool, always open),members:[…]}],"routes":[{number|null,
	 * queue_id,hours}],"hours":…,"settings":{name:value}}; borrowed */
	void (*directory)(json_t *dir, void *arg);
	/* One outbox row; deleted from the table after this returns. Comes
	 * twice only if the process dies in between. For user_changed and
	 * directory the new directory has been handed over before. */
	void (*outbox)(const char *kind, json_t *payload, void *arg);
	/* Once, when all rows of the former process are in the database: the
	 * places it kept, as in cc_engine_places; borrowed. */
	void (*places)(json_t *list, void *arg);
	void (*state)(bool db_up, void *arg);
	/* May be NULL. "spool_full": rows wait in memory and then are lost,
	 * newest first; "spool_ok": over; "row_refused": kept in
	 * refused.ndjson. Any thread; texts carry no personal data. */
	void (*alarm)(const char *code, const char *text, void *arg);
	void *arg;
};

/* Returns at once: connecting and retrying (1 s) happen on the thread; the
 * last directory is kept in the spool directory and used while the database
 * is away. On its first connection closes calls of this node that a crash
 * left open: call_event INTERRUPTED and call_record end_reason. */
int cc_store_open(struct cc_store **sp, const struct cc_store_conf *conf);
/* Flushes for at most 5 s, the rest stays in the spool. */
void cc_store_close(struct cc_store **sp);

struct cc_store_stats {
	uint64_t written, spooled;
	uint64_t errors; /* refused rows, torn spool lines, lost rows */
	uint64_t lost;   /* queue and spool were both full */
	unsigned queued;
	bool db_up;
};
void cc_store_stats(struct cc_store *s, struct cc_store_stats *out);

#endif
