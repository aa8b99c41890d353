/* store_account.h - accounts as the login needs them. */
#ifndef STORE_ACCOUNT_H
#define STORE_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/password.h"

struct db;

#define ACCOUNT_MAX_FAILS 10

struct account_login {
	uint32_t id;
	bool blocked;
	char hash[PASSWORD_HASH_MAX];
};

/* @return 0, ENOENT or a database error */
int store_account_login(struct db *db, const char *login,
			struct account_login *out);
/* One more wrong password; *blocked: that was the last one allowed, and the
 * plugin must hear of it in the same transaction. */
int store_account_failed(struct db *db, uint32_t id, bool *blocked);
int store_account_passed(struct db *db, uint32_t id);

/* A whole new account with one role; organization by its code. */
struct account_new {
	const char *login, *hash, *surname, *given_name, *patronymic;
	const char *org_code, *extension, *role;
};
/* @return 0, ENOENT (no such organization), EEXIST (login or extension
 * taken) or a database error */
int store_account_add(struct db *db, const struct account_new *acc);
/* New password, and not blocked any more; every session of the account ends,
 * in the browser and at the telephone, and the log says so: all or nothing.
 * ENOENT: no such login */
int store_account_reset(struct db *db, const char *login, const char *hash);

#endif
