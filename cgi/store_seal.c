#include "cgi/store_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgi/secrets.h"
#include "cgi/util.h"
#include "db/db.h"

enum { PASS_ROWS = 500, SQL = 1400 };

#define NO_UUID      "'00000000-0000-0000-0000-000000000000'"
#define TEXT(column) ", CAST(" column " AS CHAR)"
#define STORED       TEXT("e.stored_at")

/*
 * The evidence tables. The columns are part of the hash: a table that gets
 * one more goes on under a new source name ("call_event.2"), since the old
 * rows were sealed without it.
 */
static const struct source {
	const char *name, *table, *object, *part, *columns;
} sources[] = {
	{ "call_event", "call_event", "e.call_id", "e.seq",
	  TEXT("e.at") ", e.kind" TEXT("e.user_id") ", e.data" STORED },
	{ "access_log", "access_log", NO_UUID, "e.id",
	  TEXT("e.at")
	      TEXT("e.user_id") ", e.role" TEXT("e.organization_id") ", e.address, e.action, e.object_type, e.object_id" TEXT(
		  "e.person_id") ", e.params, e.reason, e.result" STORED },
	{ "recording", "recording", "e.id", "0",
	  TEXT("e.call_id") ", e.node, e.kind, e.path" TEXT("e.started_at")
	      STORED },
	{ "recording_end", "recording_end", "e.recording_id", "0",
	  TEXT("e.ended_at") TEXT("e.samples") TEXT("e.bytes")
	      TEXT("e.frames") ", HEX(e.head), e.reason" STORED },
	{ "call_leg", "call_leg", "e.call_id", "e.seq",
	  ", e.kind, e.peer" TEXT("e.started_at") TEXT("e.ended_at")
	      TEXT("e.loss") TEXT("e.jitter_ms") TEXT("e.rtt_ms")
		  TEXT("e.max_gap_ms") TEXT("e.mos") STORED },
	{ "attendance", "attendance", "e.id", "0",
	  TEXT("e.user_id") TEXT("e.started_at") STORED },
	{ "attendance_end", "attendance_end", "e.attendance_id", "0",
	  TEXT("e.ended_at") ", e.reason" STORED },
	{ "agent_event", "agent_event", "e.id", "0",
	  TEXT("e.user_id") TEXT("e.at") ", e.state, e.reason" STORED },
	{ "shift_alert", "shift_alert", "e.id", "0",
	  ", e.node" TEXT("e.at") ", e.kind" TEXT("e.call_id") TEXT("e.user_id")
	      TEXT("e.queue_id") TEXT("e.organization_id") ", e.text" STORED },
	{ "shift_alert_step", "shift_alert_step", "e.alert_id", "e.seq",
	  ", e.step" TEXT("e.at") TEXT("e.user_id") STORED },
	{ "supervisor_action", "supervisor_action", "e.id", "0",
	  TEXT("e.at") TEXT("e.user_id") ", e.action" TEXT("e.call_id")
	      TEXT("e.target_user")
		  TEXT("e.queue_id") ", e.reason, e.result" STORED },
	{ "appeal_history", "appeal_history", NO_UUID, "e.id",
	  TEXT("e.appeal_id") TEXT("e.at") TEXT(
	      "e.user_id") ", e.event,"
			   " e.from_status, e.to_status, e.comment, e.address" STORED },
	{ "appeal_change", "appeal_change", NO_UUID, "e.id",
	  TEXT("e.history_id") TEXT("e.appeal_id") ", e.field, e.before_value,"
						   " e.after_value" STORED },
	{ "appeal_answer", "appeal_answer", NO_UUID, "e.id",
	  TEXT("e.appeal_id") ", e.kind, e.channel" TEXT(
	      "e.answered_on") ", e.out_number, e.text" TEXT("e.user_id")
	      TEXT("e.at") STORED },
	{ "appeal_identity", "appeal_identity", NO_UUID, "e.id",
	  TEXT("e.appeal_id") ", e.ticked, e.subject" TEXT("e.user_id")
	      TEXT("e.at") STORED },
	{ "call_place", "call_place", "e.id", "0",
	  TEXT("e.call_id") ", e.node" TEXT("e.queue_id") ", e.number" TEXT(
	      "e.since") STORED },
	{ "call_place_end", "call_place_end", "e.place_id", "0",
	  TEXT("e.ended_at") ", e.reason" TEXT("e.user_id") STORED },
	{ "forwarding", "forwarding", NO_UUID, "e.id",
	  TEXT("e.appeal_id") TEXT("e.call_id") TEXT("e.from_user")
	      TEXT("e.to_user") TEXT("e.at") TEXT("e.live") STORED },
};

/* --- the key -------------------------------------------------------------- */

static int make_key(const char *state, unsigned char seed[32])
{
	char path[PATH_MAX], hex[65];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/secrets/seal_key", state);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	randombytes_buf(seed, 32);
	sodium_bin2hex(hex, sizeof(hex), seed, 32);
	if (dprintf(fd, "%s\n", hex) != 65 || fsync(fd))
		err = errno ? errno : EIO;
	close(fd);
	if (err)
		unlink(path); /* half a key would stop every later start */
	sodium_memzero(hex, sizeof(hex));
	return err;
}

static int read_key(const char *state, unsigned char seed[32])
{
	char hex[80];
	size_t len;
	int err = secret_read(state, "seal_key", hex, sizeof(hex));

	if (!err &&
	    (sodium_hex2bin(seed, 32, hex, strlen(hex), NULL, &len, NULL) ||
	     len != 32))
		err = EBADMSG;
	sodium_memzero(hex, sizeof(hex));
	return err;
}

int store_seal_key(struct db *db, const char *state, struct seal_key *key)
{
	unsigned char seed[32], pub[SEAL_PUBLIC];
	const struct db_arg args[] = { DB_BLOB(pub, sizeof(pub)) };
	uint64_t id = 0;
	int err = read_key(state, seed);

	if (err == ENOENT)
		err = make_key(state, seed);
	if (err)
		return err;
	crypto_sign_seed_keypair(pub, key->secret, seed);
	sodium_memzero(seed, sizeof(seed));

	err = db_exec(db, "INSERT IGNORE INTO seal_key (public_key) VALUES (?)",
		      args, LEN(args));
	if (!err)
		err = db_number(db,
				"SELECT id FROM seal_key WHERE public_key = ?",
				args, LEN(args), &id);
	if (!err)
		key->id = (uint32_t)id;
	return err;
}

/* --- making --------------------------------------------------------------- */

struct pass {
	struct db *db;
	const char *source;
	int64_t now_ms;
	uint64_t number;
	unsigned char head[SEAL_HASH];
	unsigned sealed;
};

/* Object and part first, then the columns. */
static void hash_row(const char *source, const struct db_row *row,
		     unsigned char hash[SEAL_HASH])
{
	struct seal_row r;
	size_t len;

	seal_row_start(&r, source);
	for (unsigned i = 0; i < db_columns(row); i++) {
		const char *text = db_str(row, i);

		db_blob(row, i, &len); /* a NUL may be in it */
		seal_row_add(&r, db_is_null(row, i) ? NULL : text, len);
	}
	seal_row_end(&r, hash);
}

static int seal_one(const struct db_row *row, void *arg)
{
	struct pass *p = arg;
	unsigned char hash[SEAL_HASH];

	hash_row(p->source, row, hash);
	seal_next(p->head, ++p->number, hash);
	p->sealed++;

	const struct db_arg args[] = {
		DB_U64(p->number),
		DB_STR(p->source),
		DB_STR(db_str(row, 0)),
		DB_U64(strtoull(db_str(row, 1), NULL, 10)),
		DB_BLOB(hash, SEAL_HASH),
		DB_BLOB(p->head, SEAL_HASH),
		DB_TIME_MS(p->now_ms),
	};

	return db_exec(p->db,
		       "INSERT INTO seal (number, source, object, part,"
		       " row_hash, head, sealed_at)"
		       " VALUES (?, ?, ?, ?, ?, ?, ?)",
		       args, LEN(args));
}

/* The anti-join. */
static void open_rows(const struct source *s, char *sql, const char *what,
		      const char *when, const char *end)
{
	snprintf(sql, SQL,
		 "SELECT %s FROM %s e LEFT JOIN seal s ON s.source = '%s' AND"
		 " s.object = %s AND s.part = %s"
		 " WHERE s.number IS NULL AND e.stored_at %s ?%s",
		 what, s->table, s->name, s->object, s->part, when, end);
}

static int read_last(const struct db_row *row, void *arg)
{
	struct pass *p = arg;
	size_t len;
	const void *head = db_blob(row, 1, &len);

	if (len != SEAL_HASH)
		return EBADMSG;
	p->number = db_u64(row, 0);
	memcpy(p->head, head, SEAL_HASH);
	return 0;
}

static int sign_head(struct pass *p, const struct seal_key *key)
{
	unsigned char signature[SEAL_SIGN];

	seal_sign(key->secret, p->number, p->head, p->now_ms, signature);

	const struct db_arg args[] = {
		DB_U64(p->number),
		DB_BLOB(p->head, SEAL_HASH),
		DB_TIME_MS(p->now_ms),
		DB_U64(key->id),
		DB_BLOB(signature, SEAL_SIGN),
	};

	return db_exec(p->db,
		       "INSERT INTO seal_head (number, head, signed_at,"
		       " key_id, signature) VALUES (?, ?, ?, ?, ?)",
		       args, LEN(args));
}

int store_seal_pass(struct db *db, const struct seal_key *key, int64_t now_ms,
		    int64_t since_ms, unsigned *sealed)
{
	struct pass p = { .db = db, .now_ms = now_ms };
	char sql[SQL], what[SQL / 2], end[80];
	/* the epoch itself would be NULL */
	const struct db_arg since[] = { DB_TIME_MS(since_ms ? since_ms : 1) };
	int err = db_one(db,
			 "SELECT number, head FROM seal"
			 " ORDER BY number DESC LIMIT 1",
			 NULL, 0, read_last, &p);

	if (err == ENOENT)
		err = 0; /* the chain begins with zeros */
	for (size_t i = 0; !err && i < LEN(sources); i++) {
		const struct source *s = &sources[i];

		if (p.sealed >= PASS_ROWS)
			break;
		p.source = s->name;
		snprintf(what, sizeof(what),
			 "CAST(%s AS CHAR), CAST(%s AS CHAR)%s", s->object,
			 s->part, s->columns);
		snprintf(end, sizeof(end),
			 " ORDER BY e.stored_at, 1%s%s LIMIT %d",
			 *s->part == '0' ? "" : ", ",
			 *s->part == '0' ? "" : s->part, PASS_ROWS);
		open_rows(s, sql, what, ">=", end);
		err = db_each(db, sql, since, LEN(since), seal_one, &p);
	}
	if (!err && p.sealed)
		err = sign_head(&p, key);
	if (!err)
		*sealed = p.sealed;
	return err;
}

int store_seal_open(struct db *db, int64_t before_ms, uint64_t *rows)
{
	const struct db_arg args[] = { DB_TIME_MS(before_ms) };
	uint64_t sum = 0, n;
	char sql[SQL];
	int err = 0;

	for (size_t i = 0; !err && i < LEN(sources); i++) {
		open_rows(&sources[i], sql, "COUNT(*)", "<", "");
		err = db_number(db, sql, args, LEN(args), &n);
		if (!err)
			sum += n;
	}
	if (!err)
		*rows = sum;
	return err;
}

/* --- checking ------------------------------------------------------------- */

struct check {
	struct db *db;
	struct seal_report *report;
	uint64_t number; /* last one read */
	unsigned char head[SEAL_HASH];
	/* of the seal that is looked at */
	const char *source;
	unsigned char row_hash[SEAL_HASH];
	uint64_t heads; /* signed up to here */
};

static void bad(struct check *c, uint64_t number, const char *why)
{
	if (c->report->bad)
		return;
	c->report->bad = number;
	c->report->why = why;
}

static int rehash(const struct db_row *row, void *arg)
{
	struct check *c = arg;

	hash_row(c->source, row, c->row_hash);
	return 0;
}

/* The row as it stands now. ENOENT: gone, or of an unknown source. */
static int read_again(struct check *c, const char *source, const char *object,
		      const char *part)
{
	const struct db_arg args[] = { DB_STR(object), DB_STR(part) };
	char sql[SQL];

	for (size_t i = 0; i < LEN(sources); i++) {
		const struct source *s = &sources[i];
		bool numbered = *s->object == '\'';

		if (strcmp(s->name, source))
			continue;
		c->source = s->name;
		snprintf(sql, sizeof(sql),
			 "SELECT CAST(%s AS CHAR), CAST(%s AS CHAR)%s FROM %s e"
			 " WHERE %s%s%s",
			 s->object, s->part, s->columns, s->table,
			 numbered ? "" : s->object, numbered ? "" : " = ?",
			 *s->part == '0' ? ""
			 : numbered      ? ""
					 : " AND ");
		if (*s->part != '0')
			snprintf(sql + strlen(sql), sizeof(sql) - strlen(sql),
				 "%s = ?", s->part);
		return db_one(c->db, sql, numbered ? args + 1 : args,
			      1 + (!numbered && *s->part != '0'), rehash, c);
	}
	return ENOENT;
}

static int check_seal(const struct db_row *row, void *arg)
{
	struct check *c = arg;
	uint64_t number = db_u64(row, 0);
	const unsigned char *hash, *head;
	size_t n, m;
	int err;

	c->report->checked++;
	if (number != c->number + 1)
		bad(c, c->number + 1, "number missing");
	c->number = number;
	hash = db_blob(row, 4, &n);
	head = db_blob(row, 5, &m);
	if (n != SEAL_HASH || m != SEAL_HASH) {
		bad(c, number, "chain");
		return 0;
	}
	seal_next(c->head, number, hash);
	if (memcmp(c->head, head, SEAL_HASH))
		bad(c, number, "chain");

	err = read_again(c, db_str(row, 1), db_str(row, 2), db_str(row, 3));
	if (err == ENOENT)
		bad(c, number, "row missing");
	else if (err)
		return err;
	else if (memcmp(c->row_hash, hash, SEAL_HASH))
		bad(c, number, "row changed");
	return 0;
}

static int check_head(const struct db_row *row, void *arg)
{
	struct check *c = arg;
	const unsigned char *head, *pub, *signature, *chain;
	uint64_t number = db_u64(row, 0);
	size_t n[4];

	head = db_blob(row, 1, &n[0]);
	pub = db_blob(row, 3, &n[1]);
	signature = db_blob(row, 4, &n[2]);
	chain = db_blob(row, 5, &n[3]);
	c->heads = number;
	if (n[0] != SEAL_HASH || n[1] != SEAL_PUBLIC || n[2] != SEAL_SIGN ||
	    seal_check(pub, number, head, db_time_ms(row, 2), signature))
		bad(c, number, "signature");
	else if (n[3] != SEAL_HASH || memcmp(head, chain, SEAL_HASH))
		bad(c, number, "chain");
	return 0;
}

int store_seal_verify(struct db *db, struct seal_report *report)
{
	struct check c = { .db = db, .report = report };
	uint64_t before;
	int err;

	*report = (struct seal_report){ .why = "" };
	do { /* in pieces: a result is held in memory whole */
		const struct db_arg args[] = { DB_U64(c.number) };

		before = c.number;
		err = db_each(db,
			      "SELECT number, source, object,"
			      " CAST(part AS CHAR), row_hash, head FROM seal"
			      " WHERE number > ? ORDER BY number LIMIT 2000",
			      args, LEN(args), check_seal, &c);
	} while (!err && c.number != before);
	if (!err)
		err = db_each(db,
			      "SELECT h.number, h.head, h.signed_at,"
			      " k.public_key, h.signature, s.head"
			      " FROM seal_head h"
			      " JOIN seal_key k ON k.id = h.key_id"
			      " LEFT JOIN seal s ON s.number = h.number"
			      " ORDER BY h.number",
			      NULL, 0, check_head, &c);
	/* a shortened chain is still one: the last seal must be signed */
	if (!err && c.heads != c.number)
		bad(&c, c.number > c.heads ? c.number : c.heads,
		    "head missing");
	return err;
}
