#include "cgi/password.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MEMORY (19u << 20)
#define PASSES 2
#define SLOTS  2

/* Of a password nobody knows; what an unknown login is compared with. */
static char nobody[PASSWORD_HASH_MAX];

bool password_rules(const char *password)
{
	bool lower = false, upper = false, digit = false, special = false;
	size_t chars = 0;

	for (const unsigned char *p = (const unsigned char *)password; *p;
	     p++) {
		chars += (*p & 0xc0) != 0x80;
		if (*p >= 'a' && *p <= 'z')
			lower = true;
		else if (*p >= 'A' && *p <= 'Z')
			upper = true;
		else if (*p >= '0' && *p <= '9')
			digit = true;
		else if (*p < 0x80)
			special = true;
		/* Cyrillic: А-Я are D0 90..AF, а-я D0 B0..BF and D1 80..8F */
		else if (*p == 0xd0 && p[1] >= 0x90 && p[1] <= 0xaf)
			upper = true;
		else if ((*p == 0xd0 && p[1] >= 0xb0) || *p == 0xd1)
			lower = true;
	}
	return chars >= 8 && lower && upper && digit && special;
}

static int hash_text(const char *password, char out[PASSWORD_HASH_MAX])
{
	if (crypto_pwhash_str_alg(out, password, strlen(password), PASSES,
				  MEMORY, crypto_pwhash_ALG_ARGON2ID13))
		return ENOMEM;
	return 0;
}

static int open_slot(const char *run_dir, int slot, int *fd)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/hash.%d", run_dir, slot);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	return *fd < 0 ? errno : 0;
}

/* Any free slot, else the one of our own process id. The lock goes with the
 * descriptor, so a killed worker leaves none behind. */
static int take_slot(const char *run_dir, int *fd)
{
	int err;

	for (int i = 0; i < SLOTS; i++) {
		err = open_slot(run_dir, i, fd);
		if (err)
			return err;
		if (!flock(*fd, LOCK_EX | LOCK_NB))
			return 0;
		close(*fd);
	}
	err = open_slot(run_dir, getpid() % SLOTS, fd);
	while (!err && flock(*fd, LOCK_EX)) {
		err = errno == EINTR ? 0 : errno;
		if (err)
			close(*fd);
	}
	return err;
}

static int hash_in_turn(const char *run_dir, const char *password,
			char out[PASSWORD_HASH_MAX])
{
	int fd = -1, err = run_dir ? take_slot(run_dir, &fd) : 0;

	if (!err)
		err = hash_text(password, out);
	if (fd >= 0)
		close(fd);
	return err;
}

int password_hash(const char *run_dir, const char *password,
		  char out[PASSWORD_HASH_MAX])
{
	return password_rules(password) ? hash_in_turn(run_dir, password, out)
					: EINVAL;
}

int password_check(const char *run_dir, const char *hash, const char *password,
		   bool *ok)
{
	const char *against = hash ? hash : nobody;
	int fd, err = take_slot(run_dir, &fd);
	bool same;

	if (err)
		return err;
	if (!nobody[0])
		err = hash_text("nobody's", nobody);
	if (!err) {
		same = !crypto_pwhash_str_verify(against, password,
						 strlen(password));
		*ok = hash && same;
	}
	close(fd);
	return err;
}

int password_one_time(const char *run_dir, char out[PASSWORD_ONE_TIME],
		      char hash[PASSWORD_HASH_MAX])
{
	/* none that are taken for each other when read out */
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz"
				      "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

	do {
		for (int i = 0; i < PASSWORD_ONE_TIME - 1; i++)
			out[i] = i % 5 == 4 ? '-'
					    : letters[randombytes_uniform(
						  sizeof(letters) - 1)];
		out[PASSWORD_ONE_TIME - 1] = '\0';
	} while (!password_rules(out));
	return hash_in_turn(run_dir, out, hash);
}

void password_forget(char password[PASSWORD_ONE_TIME])
{
	sodium_memzero(password, PASSWORD_ONE_TIME);
}
