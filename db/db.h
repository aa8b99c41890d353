/*
 * db.h - MariaDB for both halves; the only room that knows mysql.h.
 *
 * One connection, used by one thread. Statements are prepared once a
 * connection and found again by their text, so pass string constants.
 * Results are copied to the client before the first row is handed over: a
 * row function may use the same connection.
 *
 * Every function returns 0 or an errno value:
 *   ENOENT       no such row (db_one), or a reference to a missing row
 *   EEXIST       a unique key has this value already
 *   EBUSY        the row is referred to and cannot go
 *   EINVAL       a value does not fit its column or breaks a check
 *   EACCES       the account may not do this
 *   EAGAIN       deadlock or lock time-out: the transaction is undone, the
 *                caller may repeat it from its beginning
 *   ETIMEDOUT    max_statement_time passed
 *   ENOTCONN     the server is away
 *   ENOSPC       its disk is full
 *   ENOMEM, EIO  the rest
 *
 * A lost connection. Outside a transaction a dead socket is found before
 * anything is sent, then connected anew, statements prepared again; a read
 * that died on its way is repeated once. A write that died on its way, and
 * everything inside a transaction, is ENOTCONN: whether it happened is
 * unknown, and only the caller knows if it may be repeated.
 */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_row;

struct db_conf {
	const char *socket;
	const char *user;
	const char *password;
	const char *database; /* NULL: none */
	unsigned timeout_s;   /* connect, read, write; 0: 10 */
	unsigned statement_s; /* max_statement_time; 0: unlimited */
	bool script;          /* db_script is allowed */
};

/* The strings are copied. */
int db_open(struct db **dbp, const struct db_conf *conf);
/* As db_open, but the first statement connects: a program can start while
 * the server is away. */
int db_new(struct db **dbp, const struct db_conf *conf);
void db_close(struct db **dbp);

/*
 * Account `user` on $OTKLIK_STATE/run/db.sock with the password in
 * $OTKLIK_STATE/secrets/db_<user>, database otklik. Does not connect. A
 * statement of `web` and `office` may take 5 s.
 *
 * @param state  NULL: $OTKLIK_STATE, else ./var
 * @return 0, or an errno value of reading the secret
 */
int db_new_account(struct db **dbp, const char *state, const char *user);

enum db_type {
	DB_TYPE_NULL,
	DB_TYPE_U64,
	DB_TYPE_I64,
	DB_TYPE_F64,
	DB_TYPE_STR,
	DB_TYPE_BLOB,
	DB_TYPE_TIME
};

struct db_arg {
	enum db_type type;
	union {
		uint64_t u;
		int64_t i;
		double f;
		const void *p; /* borrowed for the call */
	};
	size_t len;
};

#define DB_NULL   ((struct db_arg){ .type = DB_TYPE_NULL })
#define DB_U64(v) ((struct db_arg){ .type = DB_TYPE_U64, .u = (v) })
#define DB_I64(v) ((struct db_arg){ .type = DB_TYPE_I64, .i = (v) })
#define DB_F64(v) ((struct db_arg){ .type = DB_TYPE_F64, .f = (v) })
/* UTF-8, also for UUID, DATE, ENUM, JSON and DECIMAL; NULL stays NULL */
#define DB_STR(s) db_arg_str(s)
#define DB_STRN(s, n) \
	((struct db_arg){ .type = DB_TYPE_STR, .p = (s), .len = (n) })
#define DB_BLOB(b, n) \
	((struct db_arg){ .type = DB_TYPE_BLOB, .p = (b), .len = (n) })
/* Milliseconds since 1970, UTC; 0 is NULL */
#define DB_TIME_MS(ms) db_arg_time(ms)
/* 0 is NULL: ids that may be missing */
#define DB_ID(v) db_arg_id(v)

static inline struct db_arg db_arg_str(const char *s)
{
	size_t n = 0;

	while (s && s[n])
		n++;
	return s ? DB_STRN(s, n) : DB_NULL;
}

static inline struct db_arg db_arg_id(uint64_t v)
{
	return v ? DB_U64(v) : DB_NULL;
}

static inline struct db_arg db_arg_time(int64_t ms)
{
	struct db_arg a = { .type = DB_TYPE_TIME, .i = ms };

	return ms ? a : DB_NULL;
}

/* A row, valid while its row function runs. Columns from 0. */
bool db_is_null(const struct db_row *row, unsigned col);
uint64_t db_u64(const struct db_row *row, unsigned col); /* NULL: 0 */
int64_t db_i64(const struct db_row *row, unsigned col);  /* NULL: 0 */
double db_f64(const struct db_row *row, unsigned col);   /* NULL: 0 */
/* Terminated; NULL: "". DATE is "2026-11-24", UUID 36 characters. */
const char *db_str(const struct db_row *row, unsigned col);
/* NULL: len 0 */
const void *db_blob(const struct db_row *row, unsigned col, size_t *len);
/* DATETIME in milliseconds since 1970, UTC; NULL: 0 */
int64_t db_time_ms(const struct db_row *row, unsigned col);
/* How many columns, and their names, for what shows any table. */
unsigned db_columns(const struct db_row *row);
/* Copies with truncation at a character of UTF-8. */
void db_copy(const struct db_row *row, unsigned col, char *dst, size_t size);

/* Gets each row; a value other than 0 ends the walk and is returned. */
typedef int db_row_fn(const struct db_row *row, void *arg);

/* Exactly the first row; ENOENT: none. */
int db_one(struct db *db, const char *sql, const struct db_arg *args,
	   size_t nargs, db_row_fn *read, void *arg);
int db_each(struct db *db, const char *sql, const struct db_arg *args,
	    size_t nargs, db_row_fn *read, void *arg);
int db_exec(struct db *db, const char *sql, const struct db_arg *args,
	    size_t nargs);
/* One number of one row; ENOENT: none. */
int db_number(struct db *db, const char *sql, const struct db_arg *args,
	      size_t nargs, uint64_t *out);

/* Of the last db_exec. affected: rows really changed. last_id also carries
 * what LAST_INSERT_ID(expr) was given. */
uint64_t db_affected(const struct db *db);
uint64_t db_last_id(const struct db *db);

/* Transactions; db_begin connects when it must. After an error inside,
 * db_rollback, also when the connection is gone. */
int db_begin(struct db *db);
/* The same, and every question in it sees the rows of one moment. */
int db_begin_snapshot(struct db *db);
int db_commit(struct db *db);
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);

/* Several statements in one text, as a migration file has them. *statement
 * counts from 1 and names the one that failed. */
int db_script(struct db *db, const char *text, unsigned *statement);

/* Asks the server now. */
int db_ping(struct db *db);
/* How often the connection was made; a number that grew means that session
 * state such as GET_LOCK is gone. */
unsigned db_connects(const struct db *db);
/* The last error for a log: number and server text, but of errors that
 * quote values only the number. */
const char *db_error(const struct db *db);

#endif
