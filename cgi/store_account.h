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

/* Parts of a transaction of the caller's, who also sees to it that the plugin
 * reads the directory anew. */

/* Every session ends, in the browser and at the telephone. */
int store_account_password(struct db *db, uint32_t id, const char *hash,
			   bool one_time);
/* The same when it is blocked; wrong passwords are forgotten. */
int store_account_block(struct db *db, uint32_t id, bool blocked);
/* Only what the telephone has open ends. */
int store_account_hang_up(struct db *db, uint32_t id);

/* otklik-admin's, each a transaction with its row of the log. */

struct account_new {
	const char *login, *surname, *given_name, *patronymic;
};
/*
 * A security administrator of the fund (which is made if there is none), whose
 * password is to be changed at once. recover: though there is one; and if
 * that login is one, it gets this password and is unblocked.
 *
 * @return 0, EPERM (there is one), EEXIST (login taken) or a database error
 */
int store_account_create(struct db *db, const struct account_new *acc,
			 const char *hash, bool recover);
/* New password, and not blocked any more. ENOENT: no such login */
int store_account_reset(struct db *db, const char *login, const char *hash);

#endif
