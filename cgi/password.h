/* password.h - Argon2id by libsodium: 19 MiB, t = 2, p = 1. */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <stdbool.h>

#define PASSWORD_HASH_MAX 128

/*
 * At most two hashes run at once on the machine: run_dir holds the two lock
 * files, and the third waits for its turn. NULL: it does not wait, as
 * otklik-admin, whose lock files might be another user's than the pages'.
 *
 * @return 0, EINVAL (against the rules), ENOMEM or an errno value of the lock
 *         files
 */
int password_hash(const char *run_dir, const char *password,
		  char out[PASSWORD_HASH_MAX]);

/*
 * Compare, in the same turn. A NULL hash takes the same time and fails, so an
 * unknown login cannot be told from a known one.
 *
 * @return 0 (*ok is set) or an errno value of the lock files
 */
int password_check(const char *run_dir, const char *hash, const char *password,
		   bool *ok);

/* At least 8 characters with lower case, upper case, digit and special. */
bool password_rules(const char *password);

/* "kT4m-Vq7R-x2Ea-Nw9d": nobody has had it before; and its hash.
 * @return as password_hash */
#define PASSWORD_ONE_TIME 20
int password_one_time(const char *run_dir, char out[PASSWORD_ONE_TIME],
		      char hash[PASSWORD_HASH_MAX]);
void password_forget(char password[PASSWORD_ONE_TIME]);

#endif
