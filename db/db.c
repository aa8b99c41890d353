/* db.c - MariaDB through Connector/C. */
#include "db/db.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>

enum {
	MAX_COLUMNS = 96,
	MAX_ARGS = 256,
	CACHE_SIZE = 256 /* power of two; statements kept a connection */
};

struct stmt {
	char *sql;
	MYSQL_STMT *ps;
	uint64_t used; /* turn of the last use, for eviction */
	bool busy;     /* a row function runs on its result */
};

struct db {
	MYSQL *my;
	char *socket, *user, *password, *database;
	unsigned timeout_s, statement_s;
	bool script;
	bool transaction;
	bool broken; /* the transaction's connection died under it */
	struct stmt cache[CACHE_SIZE];
	uint64_t turn;
	uint64_t affected, last_id;
	unsigned connects;
	char error[256];
};

struct column {
	unsigned long len;
	my_bool null;
	enum enum_field_types type; /* as bound */
	long long number;
	double real;
	MYSQL_TIME time;
	char *text;
	size_t size;
	char digits[24]; /* a number asked for as text */
};

struct db_row {
	unsigned n;
	struct column col[MAX_COLUMNS];
};

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void library_init(void)
{
	mysql_library_init(0, NULL, NULL); /* not safe from two threads */
}

/* --- errors ------------------------------------------------------------- */

static const struct {
	unsigned code;
	int err;
} errors[] = {
	{ ER_DUP_ENTRY, EEXIST },
	{ ER_DUP_ENTRY_WITH_KEY_NAME, EEXIST },
	{ ER_NO_REFERENCED_ROW, ENOENT },
	{ ER_NO_REFERENCED_ROW_2, ENOENT },
	{ ER_ROW_IS_REFERENCED, EBUSY },
	{ ER_ROW_IS_REFERENCED_2, EBUSY },
	{ ER_DATA_TOO_LONG, EINVAL },
	{ ER_BAD_NULL_ERROR, EINVAL },
	{ ER_NO_DEFAULT_FOR_FIELD, EINVAL },
	{ ER_TRUNCATED_WRONG_VALUE, EINVAL },
	{ ER_TRUNCATED_WRONG_VALUE_FOR_FIELD, EINVAL },
	{ ER_WARN_DATA_OUT_OF_RANGE, EINVAL },
	{ WARN_DATA_TRUNCATED, EINVAL },
	{ ER_CONSTRAINT_FAILED, EINVAL },
	{ ER_SIGNAL_EXCEPTION, EINVAL },
	{ ER_ACCESS_DENIED_ERROR, EACCES },
	{ ER_DBACCESS_DENIED_ERROR, EACCES },
	{ ER_TABLEACCESS_DENIED_ERROR, EACCES },
	{ ER_COLUMNACCESS_DENIED_ERROR, EACCES },
	{ ER_SPECIFIC_ACCESS_DENIED_ERROR, EACCES },
	{ ER_ACCOUNT_HAS_BEEN_LOCKED, EACCES },
	{ ER_LOCK_DEADLOCK, EAGAIN },
	{ ER_LOCK_WAIT_TIMEOUT, EAGAIN },
	{ ER_CHECKREAD, EAGAIN },
	{ ER_STATEMENT_TIMEOUT, ETIMEDOUT },
	{ ER_DISK_FULL, ENOSPC },
	{ ER_RECORD_FILE_FULL, ENOSPC },
	{ ER_OUTOFMEMORY, ENOMEM },
	{ CR_OUT_OF_MEMORY, ENOMEM },
	{ CR_CONNECTION_ERROR, ENOTCONN },
	{ CR_CONN_HOST_ERROR, ENOTCONN },
	{ CR_SERVER_GONE_ERROR, ENOTCONN },
	{ CR_SERVER_LOST, ENOTCONN },
	{ CR_SERVER_LOST_EXTENDED, ENOTCONN },
	{ CR_COMMANDS_OUT_OF_SYNC, ENOTCONN },
	{ ER_SERVER_SHUTDOWN, ENOTCONN },
	{ ER_CON_COUNT_ERROR, ENOTCONN },
	{ ER_CONNECTION_KILLED, ENOTCONN },
	{ ER_UNKNOWN_STMT_HANDLER, ENOTCONN },
};

/* The server's text of these says nothing of the values. */
static bool text_is_harmless(unsigned code)
{
	switch (code) {
	case ER_PARSE_ERROR:
	case ER_NO_SUCH_TABLE:
	case ER_BAD_FIELD_ERROR:
	case ER_BAD_DB_ERROR:
	case ER_CON_COUNT_ERROR:
		return true;
	default:
		return code >= CR_MIN_ERROR && code <= CR_MAX_ERROR;
	}
}

static int map_error(struct db *db, unsigned code, const char *text)
{
	int err = EIO;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].code == code)
			err = errors[i].err;

	if (text_is_harmless(code) || err == EACCES)
		snprintf(db->error, sizeof(db->error), "MariaDB %u: %s", code,
			 text);
	else
		snprintf(db->error, sizeof(db->error), "MariaDB %u (%s)", code,
			 strerror(err));
	return err;
}

const char *db_error(const struct db *db)
{
	return db->error;
}

/* --- connection --------------------------------------------------------- */

static void stmt_drop(struct stmt *s)
{
	if (s->ps)
		mysql_stmt_close(s->ps);
	free(s->sql);
	*s = (struct stmt){ 0 };
}

static void disconnect(struct db *db)
{
	if (db->transaction)
		db->broken = true;

	/* A statement whose rows are being read up the stack stays: its
	 * result is on our side already; it is closed when that ends. */
	for (size_t i = 0; i < CACHE_SIZE; i++)
		if (!db->cache[i].busy)
			stmt_drop(&db->cache[i]);
	if (db->my)
		mysql_close(db->my); /* detaches what is left of them */
	db->my = NULL;
}

static int set_up_session(struct db *db)
{
	char sql[400];

	/* READ COMMITTED: no gap locks, so writers of neighbouring rows do
	 * not dead-lock; whoever must not lose a race locks the row. */
	snprintf(sql, sizeof(sql),
		 "SET NAMES utf8mb4 COLLATE utf8mb4_bin,"
		 " time_zone = '+00:00', max_statement_time = %u,"
		 " sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,"
		 "NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
		 "NO_ENGINE_SUBSTITUTION',"
		 " tx_isolation = 'READ-COMMITTED'",
		 db->statement_s);
	if (mysql_query(db->my, sql))
		return map_error(db, mysql_errno(db->my), mysql_error(db->my));
	return 0;
}

static int connect_now(struct db *db)
{
	unsigned connect_s = db->timeout_s < 3 ? db->timeout_s : 3;
	my_bool yes = 1;
	int err;

	db->my = mysql_init(NULL);
	if (!db->my)
		return ENOMEM;

	mysql_options(db->my, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	mysql_options(db->my, MYSQL_OPT_READ_TIMEOUT, &db->timeout_s);
	mysql_options(db->my, MYSQL_OPT_WRITE_TIMEOUT, &db->timeout_s);
	mysql_options(db->my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(db->my, MYSQL_REPORT_DATA_TRUNCATION, &yes);

	/* CLIENT_FOUND_ROWS is left off: affected means really changed */
	if (!mysql_real_connect(db->my, NULL, db->user, db->password,
				db->database, 0, db->socket,
				db->script ? CLIENT_MULTI_STATEMENTS : 0)) {
		err = map_error(db, mysql_errno(db->my), mysql_error(db->my));
		goto out;
	}
	err = set_up_session(db);
	db->connects++;
out:
	if (err) {
		mysql_close(db->my);
		db->my = NULL;
	}
	return err;
}

/* Whether the server closed an idle connection: it then has sent its end or
 * a farewell, and nothing else can be unread between two statements. */
static bool socket_is_dead(const struct db *db)
{
	char byte;
	ssize_t n =
	    recv(mysql_get_socket(db->my), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n >= 0 || (errno != EAGAIN && errno != EINTR);
}

/* Before each statement. */
static int ready(struct db *db)
{
	if (db->transaction && (db->broken || !db->my))
		return ENOTCONN;
	if (db->my && socket_is_dead(db)) {
		disconnect(db);
		if (db->transaction)
			return ENOTCONN;
	}
	return db->my ? 0 : connect_now(db);
}

static char *copy(const char *s)
{
	return strdup(s ? s : "");
}

int db_new(struct db **dbp, const struct db_conf *conf)
{
	struct db *db = calloc(1, sizeof(*db));

	if (!db)
		return ENOMEM;
	pthread_once(&library_once, library_init);

	db->socket = copy(conf->socket);
	db->user = copy(conf->user);
	db->password = copy(conf->password);
	db->database = conf->database ? strdup(conf->database) : NULL;
	db->timeout_s = conf->timeout_s ? conf->timeout_s : 10;
	db->statement_s = conf->statement_s;
	db->script = conf->script;
	if (!db->socket || !db->user || !db->password ||
	    (conf->database && !db->database)) {
		db_close(&db);
		return ENOMEM;
	}
	*dbp = db;
	return 0;
}

int db_open(struct db **dbp, const struct db_conf *conf)
{
	struct db *db = NULL;
	int err = db_new(&db, conf);

	if (!err)
		err = connect_now(db);
	if (err)
		db_close(&db);
	else
		*dbp = db;
	return err;
}

void db_close(struct db **dbp)
{
	struct db *db = *dbp;

	if (!db)
		return;
	disconnect(db);
	free(db->socket);
	free(db->user);
	if (db->password)
		explicit_bzero(db->password, strlen(db->password));
	free(db->password);
	free(db->database);
	free(db);
	*dbp = NULL;
}

int db_new_account(struct db **dbp, const char *state, const char *user)
{
	char path[512], sock[512], password[256];
	FILE *file;
	int err = 0;

	if (!state)
		state = getenv("OTKLIK_STATE");
	if (!state || !*state)
		state = "./var";
	if ((size_t)snprintf(path, sizeof(path), "%s/secrets/db_%s", state,
			     user) >= sizeof(path) ||
	    (size_t)snprintf(sock, sizeof(sock), "%s/run/db.sock", state) >=
		sizeof(sock))
		return ENAMETOOLONG;

	file = fopen(path, "re");
	if (!file)
		return errno;
	if (!fgets(password, sizeof(password), file))
		err = EBADMSG;
	fclose(file);
	if (err)
		return err;
	password[strcspn(password, "\r\n")] = '\0';

	err = db_new(dbp, &(struct db_conf){ .socket = sock,
					     .user = user,
					     .password = password,
					     .database = "otklik",
					     /* a page that is slower than
					      * this helps nobody */
					     .statement_s =
						 strcmp(user, "web") &&
							 strcmp(user, "office")
						     ? 0
						     : 5 });
	explicit_bzero(password, sizeof(password));
	return err;
}

unsigned db_connects(const struct db *db)
{
	return db->connects;
}

/* --- statements --------------------------------------------------------- */

static unsigned hash_text(const char *s)
{
	unsigned h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

/* The cached statement or the slot for it: its hash place or one of the
 * seven after it, the longest unused if all are taken. NULL: all busy. */
static struct stmt *cache_find(struct db *db, const char *sql)
{
	unsigned h = hash_text(sql);
	struct stmt *best = NULL;

	for (unsigned i = 0; i < 8; i++) {
		struct stmt *s = &db->cache[(h + i) % CACHE_SIZE];

		if (s->busy)
			continue;
		if (s->sql && !strcmp(s->sql, sql))
			return s;
		if (!best || s->used < best->used)
			best = s;
	}
	return best;
}

static int stmt_error(struct db *db, MYSQL_STMT *ps)
{
	unsigned code = mysql_stmt_errno(ps);
	int err = map_error(db, code, mysql_stmt_error(ps));

	if (err == ENOTCONN)
		disconnect(db);
	return err;
}

static int prepare(struct db *db, const char *sql, struct stmt **out)
{
	struct stmt *s = cache_find(db, sql);
	my_bool yes = 1;
	unsigned code;
	int err;

	if (!s)
		return EBUSY; /* eight deep in row functions: a mistake */
	s->used = ++db->turn;
	if (s->sql && !strcmp(s->sql, sql)) {
		*out = s;
		return 0;
	}

	stmt_drop(s);
	s->ps = mysql_stmt_init(db->my);
	s->sql = strdup(sql);
	if (!s->ps || !s->sql) {
		stmt_drop(s);
		return ENOMEM;
	}
	if (mysql_stmt_prepare(s->ps, sql, strlen(sql))) {
		code = mysql_stmt_errno(s->ps);
		err = map_error(db, code, mysql_stmt_error(s->ps));
		stmt_drop(s);
		if (err == ENOTCONN)
			disconnect(db);
		return err;
	}
	mysql_stmt_attr_set(s->ps, STMT_ATTR_UPDATE_MAX_LENGTH, &yes);
	s->used = ++db->turn;
	*out = s;
	return 0;
}

static void split_time(int64_t ms, MYSQL_TIME *t)
{
	int64_t days = ms / 86400000, rest = ms % 86400000;
	int64_t era, doe, yoe, doy, mp;

	if (rest < 0) {
		rest += 86400000;
		days--;
	}
	/* civil date from days, Howard Hinnant's algorithm */
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = days - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;

	*t = (MYSQL_TIME){ .time_type = MYSQL_TIMESTAMP_DATETIME };
	t->day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	t->month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	t->year = (unsigned)(yoe + era * 400 + (t->month <= 2));
	t->hour = (unsigned)(rest / 3600000);
	t->minute = (unsigned)(rest / 60000 % 60);
	t->second = (unsigned)(rest / 1000 % 60);
	t->second_part = (unsigned long)(rest % 1000) * 1000;
}

static int64_t join_time(const MYSQL_TIME *t)
{
	int64_t y = (int64_t)t->year - (t->month <= 2);
	int64_t era = y / 400, yoe = y - era * 400;
	int64_t m = t->month;
	int64_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + t->day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	int64_t days = era * 146097 + doe - 719468;

	return ((days * 24 + t->hour) * 60 + t->minute) * 60000 +
	       (int64_t)t->second * 1000 + (int64_t)t->second_part / 1000;
}

struct params {
	MYSQL_BIND bind[MAX_ARGS];
	MYSQL_TIME time[MAX_ARGS];
};

static void bind_args(struct params *p, const struct db_arg *args, size_t n)
{
	memset(p->bind, 0, n * sizeof(p->bind[0]));
	for (size_t i = 0; i < n; i++) {
		MYSQL_BIND *b = &p->bind[i];

		switch (args[i].type) {
		case DB_TYPE_NULL:
			b->buffer_type = MYSQL_TYPE_NULL;
			break;
		case DB_TYPE_U64:
		case DB_TYPE_I64:
			b->buffer_type = MYSQL_TYPE_LONGLONG;
			b->buffer = (void *)&args[i].u;
			b->is_unsigned = args[i].type == DB_TYPE_U64;
			break;
		case DB_TYPE_F64:
			b->buffer_type = MYSQL_TYPE_DOUBLE;
			b->buffer = (void *)&args[i].f;
			break;
		case DB_TYPE_STR:
		case DB_TYPE_BLOB:
			b->buffer_type = args[i].type == DB_TYPE_STR
					     ? MYSQL_TYPE_STRING
					     : MYSQL_TYPE_BLOB;
			b->buffer = (void *)args[i].p;
			b->buffer_length = args[i].len;
			b->length_value = args[i].len;
			b->length = &b->length_value;
			break;
		case DB_TYPE_TIME:
			split_time(args[i].i, &p->time[i]);
			b->buffer_type = MYSQL_TYPE_DATETIME;
			b->buffer = &p->time[i];
			b->buffer_length = sizeof(p->time[i]);
			break;
		}
	}
}

static enum enum_field_types bound_type(enum enum_field_types t)
{
	switch (t) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_YEAR:
		return MYSQL_TYPE_LONGLONG;
	case MYSQL_TYPE_FLOAT:
	case MYSQL_TYPE_DOUBLE:
		return MYSQL_TYPE_DOUBLE;
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		return MYSQL_TYPE_DATETIME;
	default:
		return MYSQL_TYPE_STRING; /* DECIMAL, DATE, TIME, text … */
	}
}

static void bind_column(struct column *c, MYSQL_BIND *b, const MYSQL_FIELD *f)
{
	c->type = bound_type(f->type);
	b->buffer_type = c->type;
	b->length = &c->len;
	b->is_null = &c->null;
	switch (c->type) {
	case MYSQL_TYPE_LONGLONG:
		b->buffer = &c->number;
		b->is_unsigned = (f->flags & UNSIGNED_FLAG) != 0;
		break;
	case MYSQL_TYPE_DOUBLE:
		b->buffer = &c->real;
		break;
	case MYSQL_TYPE_DATETIME:
		b->buffer = &c->time;
		b->buffer_length = sizeof(c->time);
		break;
	default:
		b->buffer = c->text;
		b->buffer_length = c->size;
		break;
	}
}

static int bind_result(struct db_row *row, MYSQL_STMT *ps)
{
	MYSQL_RES *meta = mysql_stmt_result_metadata(ps);
	MYSQL_BIND bind[MAX_COLUMNS];
	int err = 0;

	if (!meta)
		return 0; /* not a query that gives rows */
	row->n = mysql_num_fields(meta);
	if (row->n > MAX_COLUMNS) {
		row->n = 0;
		err = E2BIG;
		goto out;
	}

	memset(bind, 0, row->n * sizeof(bind[0]));
	for (unsigned i = 0; i < row->n; i++) {
		const MYSQL_FIELD *f = mysql_fetch_field_direct(meta, i);
		struct column *c = &row->col[i];

		if (bound_type(f->type) == MYSQL_TYPE_STRING) {
			/* dates and times are made into text by the client:
			 * max_length is the binary one */
			c->size = f->max_length < 40 ? 40 : f->max_length;
			c->text = malloc(c->size + 1);
			if (!c->text) {
				err = ENOMEM;
				goto out;
			}
		}
		bind_column(c, &bind[i], f);
	}
	if (mysql_stmt_bind_result(ps, bind))
		err = EIO;
out:
	mysql_free_result(meta);
	return err;
}

static void end_row(struct db_row *row)
{
	for (unsigned i = 0; i < row->n; i++)
		free(row->col[i].text);
}

/* Hands the stored rows over. One: only the first. */
static int walk(struct db *db, struct stmt *s, bool one, db_row_fn *read,
		void *arg)
{
	struct db_row row = { 0 };
	int err, got, rows = 0;

	if (mysql_stmt_store_result(s->ps))
		return stmt_error(db, s->ps);

	err = bind_result(&row, s->ps);
	s->busy = true;
	while (!err && !(one && rows)) {
		/* a row function lost the connection: its end took the rows */
		if (s->ps->mysql != db->my) {
			err = ENOTCONN;
			break;
		}
		got = mysql_stmt_fetch(s->ps);
		if (got == MYSQL_NO_DATA)
			break;
		if (got == 1) {
			err = EIO;
			break;
		}
		rows++;
		for (unsigned i = 0; i < row.n; i++) {
			struct column *c = &row.col[i];

			if (!c->text)
				continue;
			if (c->null)
				c->len = 0;
			if (c->len > c->size)
				c->len = c->size;
			c->text[c->len] = '\0';
		}
		if (read)
			err = read(&row, arg);
	}
	s->busy = false;
	if (db->my && s->ps->mysql == db->my)
		mysql_stmt_free_result(s->ps);
	else
		stmt_drop(s);
	end_row(&row);
	if (!err && one && !rows)
		err = ENOENT;
	return err;
}

static bool is_read(const char *sql)
{
	while (*sql == ' ' || *sql == '\t' || *sql == '\n' || *sql == '(')
		sql++;
	return !strncasecmp(sql, "SELECT", 6);
}

struct run {
	const char *sql;
	const struct db_arg *args;
	size_t nargs;
	bool rows, one;
	db_row_fn *read;
	void *arg;
};

/* *sent: whether the statement itself went out. */
static int run_once(struct db *db, const struct run *r, bool *sent)
{
	struct params params;
	struct stmt *s = NULL;
	int err;

	*sent = false;
	err = ready(db);
	if (!err)
		err = prepare(db, r->sql, &s);
	if (err)
		return err;
	if (mysql_stmt_param_count(s->ps) != r->nargs) {
		snprintf(db->error, sizeof(db->error),
			 "%zu arguments for %lu places", r->nargs,
			 mysql_stmt_param_count(s->ps));
		return EINVAL;
	}

	bind_args(&params, r->args, r->nargs);
	if (r->nargs && mysql_stmt_bind_param(s->ps, params.bind))
		return stmt_error(db, s->ps);
	*sent = true;
	if (mysql_stmt_execute(s->ps))
		return stmt_error(db, s->ps);
	if (r->rows)
		return walk(db, s, r->one, r->read, r->arg);

	db->affected = mysql_stmt_affected_rows(s->ps);
	db->last_id = mysql_stmt_insert_id(s->ps);
	mysql_stmt_free_result(s->ps);
	return 0;
}

/* A read that has handed rows over must not be repeated. */
struct once {
	db_row_fn *read;
	void *arg;
	bool handed;
};

static int read_once(const struct db_row *row, void *arg)
{
	struct once *once = arg;

	once->handed = true;
	return once->read ? once->read(row, once->arg) : 0;
}

static int run(struct db *db, const struct run *given)
{
	struct run r = *given;
	struct once once = { r.read, r.arg, false };
	bool was_in_transaction = db->transaction;
	bool sent;
	int err;

	if (r.nargs > MAX_ARGS)
		return E2BIG;
	r.read = read_once;
	r.arg = &once;

	err = run_once(db, &r, &sent);
	if (err == ENOTCONN && !once.handed && !was_in_transaction && !db->my &&
	    (!sent || is_read(r.sql)))
		err = run_once(db, &r, &sent);
	return err;
}

int db_one(struct db *db, const char *sql, const struct db_arg *args,
	   size_t nargs, db_row_fn *read, void *arg)
{
	return run(db,
		   &(struct run){ sql, args, nargs, true, true, read, arg });
}

int db_each(struct db *db, const char *sql, const struct db_arg *args,
	    size_t nargs, db_row_fn *read, void *arg)
{
	return run(db,
		   &(struct run){ sql, args, nargs, true, false, read, arg });
}

int db_exec(struct db *db, const char *sql, const struct db_arg *args,
	    size_t nargs)
{
	return run(db,
		   &(struct run){ sql, args, nargs, false, false, NULL, NULL });
}

static int read_number(const struct db_row *row, void *arg)
{
	*(uint64_t *)arg = db_u64(row, 0);
	return 0;
}

int db_number(struct db *db, const char *sql, const struct db_arg *args,
	      size_t nargs, uint64_t *out)
{
	uint64_t n = 0;
	int err = db_one(db, sql, args, nargs, read_number, &n);

	if (!err)
		*out = n;
	return err;
}

uint64_t db_affected(const struct db *db)
{
	return db->affected;
}

uint64_t db_last_id(const struct db *db)
{
	return db->last_id;
}

/* --- transactions, scripts ---------------------------------------------- */

/* Text protocol: COMMIT and its like cannot all be prepared. */
static int plain(struct db *db, const char *sql)
{
	int err;

	if (!mysql_query(db->my, sql))
		return 0;
	err = map_error(db, mysql_errno(db->my), mysql_error(db->my));
	if (err == ENOTCONN)
		disconnect(db);
	return err;
}

static int begin(struct db *db, bool snapshot)
{
	int err = 0;

	if (snapshot)
		err = plain(db, "SET TRANSACTION ISOLATION LEVEL"
				" REPEATABLE READ");
	if (!err)
		err = plain(db, snapshot ? "START TRANSACTION"
					   " WITH CONSISTENT SNAPSHOT"
					 : "START TRANSACTION");
	return err;
}

static int begin_anew(struct db *db, bool snapshot)
{
	int err;

	if (db->transaction)
		return EBUSY;
	err = ready(db);
	if (!err)
		err = begin(db, snapshot);
	if (err == ENOTCONN && !db->my) {
		err = connect_now(db); /* an empty beginning may be repeated */
		if (!err)
			err = begin(db, snapshot);
	}
	db->transaction = !err;
	db->broken = false;
	return err;
}

int db_begin(struct db *db)
{
	return begin_anew(db, false);
}

int db_begin_snapshot(struct db *db)
{
	return begin_anew(db, true);
}

int db_commit(struct db *db)
{
	int err;

	if (!db->transaction)
		return EINVAL;
	err = ready(db);
	if (!err)
		err = plain(db, "COMMIT");
	if (err)
		db_rollback(db);
	db->transaction = false;
	return err;
}

void db_rollback(struct db *db)
{
	if (!db->transaction)
		return;
	db->transaction = false;
	/* what cannot be rolled back is closed: the server undoes it */
	if (!db->broken && db->my && plain(db, "ROLLBACK"))
		disconnect(db);
	db->broken = false;
}

bool db_in_transaction(const struct db *db)
{
	return db->transaction;
}

int db_script(struct db *db, const char *text, unsigned *statement)
{
	unsigned n = 1;
	int more, err = ready(db);

	*statement = n;
	if (!db->script)
		return EINVAL;
	if (!err)
		err = plain(db, text);
	while (!err) {
		MYSQL_RES *res = mysql_store_result(db->my);

		if (res)
			mysql_free_result(res);
		more = mysql_next_result(db->my);
		if (more < 0)
			break;
		*statement = ++n;
		if (more > 0) {
			err = map_error(db, mysql_errno(db->my),
					mysql_error(db->my));
			if (err == ENOTCONN)
				disconnect(db);
		}
	}
	return err;
}

int db_ping(struct db *db)
{
	uint64_t one;

	return db_number(db, "SELECT 1", NULL, 0, &one);
}

/* --- columns ------------------------------------------------------------ */

static const struct column *column(const struct db_row *row, unsigned col)
{
	static const struct column none = { .null = 1 };

	return col < row->n ? &row->col[col] : &none;
}

bool db_is_null(const struct db_row *row, unsigned col)
{
	return column(row, col)->null;
}

int64_t db_i64(const struct db_row *row, unsigned col)
{
	const struct column *c = column(row, col);

	if (c->null)
		return 0;
	if (c->type == MYSQL_TYPE_LONGLONG)
		return c->number;
	if (c->type == MYSQL_TYPE_DOUBLE)
		return (int64_t)c->real;
	return c->text ? strtoll(c->text, NULL, 10) : 0;
}

uint64_t db_u64(const struct db_row *row, unsigned col)
{
	const struct column *c = column(row, col);

	if (!c->null && c->text)
		return strtoull(c->text, NULL, 10);
	return (uint64_t)db_i64(row, col);
}

double db_f64(const struct db_row *row, unsigned col)
{
	const struct column *c = column(row, col);

	if (c->null)
		return 0;
	if (c->type == MYSQL_TYPE_DOUBLE)
		return c->real;
	if (c->text)
		return strtod(c->text, NULL);
	return (double)db_i64(row, col);
}

const char *db_str(const struct db_row *row, unsigned col)
{
	struct column *c = (struct column *)column(row, col);

	if (c->null)
		return "";
	if (c->text)
		return c->text;
	if (c->type == MYSQL_TYPE_LONGLONG)
		snprintf(c->digits, sizeof(c->digits), "%lld", c->number);
	return c->digits;
}

const void *db_blob(const struct db_row *row, unsigned col, size_t *len)
{
	const struct column *c = column(row, col);

	*len = c->null || !c->text ? 0 : c->len;
	return *len ? c->text : NULL;
}

int64_t db_time_ms(const struct db_row *row, unsigned col)
{
	const struct column *c = column(row, col);

	if (c->null || c->type != MYSQL_TYPE_DATETIME)
		return 0;
	return join_time(&c->time);
}

unsigned db_columns(const struct db_row *row)
{
	return row->n;
}

void db_copy(const struct db_row *row, unsigned col, char *dst, size_t size)
{
	const struct column *c = column(row, col);
	size_t n = c->null || !c->text ? 0 : c->len;

	if (!size)
		return;
	if (n >= size) {
		n = size - 1;
		while (n && ((unsigned char)c->text[n] & 0xc0) == 0x80)
			n--;
	}
	if (n)
		memcpy(dst, c->text, n);
	dst[n] = '\0';
}
