/*
 * otklik-admin: what must work before anybody can sign in.
 *
 *   otklik-admin first LOGIN SURNAME NAME [PATRONYMIC]
 *       makes a security administrator of the fund
 *   otklik-admin password LOGIN
 *       sets a new password and unblocks the account
 *
 * The password is read from the terminal without echo, or from stdin.
 */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cgi/name_key.h"
#include "cgi/password.h"
#include "cgi/store_account.h"
#include "db/db.h"

static int usage(void)
{
	fputs("usage: otklik-admin first LOGIN SURNAME NAME [PATRONYMIC]\n"
	      "       otklik-admin password LOGIN\n",
	      stderr);
	return 2;
}

/* One line of at most size - 1 bytes without its end. */
static int read_password(char *out, size_t size)
{
	struct termios old, quiet;
	bool terminal = isatty(0) && !tcgetattr(0, &old);
	char *got;

	if (terminal) {
		fputs("Пароль: ", stderr);
		quiet = old;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(0, TCSAFLUSH, &quiet);
	}
	got = fgets(out, (int)size, stdin);
	if (terminal) {
		tcsetattr(0, TCSAFLUSH, &old);
		fputc('\n', stderr);
	}
	if (!got)
		return EINVAL;
	out[strcspn(out, "\r\n")] = '\0';
	return 0;
}

static int ask_hash(char hash[PASSWORD_HASH_MAX])
{
	char password[512];
	int err = read_password(password, sizeof(password));

	if (!err)
		err = password_hash(password, hash);
	sodium_memzero(password, sizeof(password));
	if (err == EINVAL)
		fputs("otklik-admin: пароль: не менее 8 знаков, строчная и "
		      "прописная буквы, цифра и специальный знак\n",
		      stderr);
	return err;
}

/* Only what cannot even be tried is told here. */
static int open_db(struct db **dbp)
{
	const char *state = getenv("OTKLIK_STATE");
	int err = db_new_account(dbp, state, "admin");

	if (err)
		fprintf(stderr,
			"otklik-admin: %s/secrets/db_admin: %s\n"
			"OTKLIK_STATE называет каталог состояния%s\n",
			state && *state ? state : "./var", strerror(err),
			state && *state ? "" : "; сейчас не задана");
	return err;
}

static int explain(int err, const char *login)
{
	if (err == EEXIST)
		fprintf(stderr, "otklik-admin: %s: такая запись уже есть\n",
			login);
	else if (err == ENOENT)
		fprintf(stderr, "otklik-admin: %s: нет такой записи\n", login);
	else if (err)
		fprintf(stderr, "otklik-admin: %s\n", strerror(err));
	return err ? 1 : 0;
}

static int fund_code(const struct db_row *row, void *arg)
{
	db_copy(row, 0, arg, 33);
	return 0;
}

static int make_first(struct db *db, int argc, char **argv, const char *hash)
{
	static const char fund[] = "SELECT code FROM organization"
				   " WHERE kind = 'FUND' ORDER BY id LIMIT 1";
	struct account_new acc = { .login = argv[2],
				   .hash = hash,
				   .surname = argv[3],
				   .given_name = argv[4],
				   .patronymic = argc > 5 ? argv[5] : "",
				   .role = "SECURITY_ADMIN" };
	char code[33];
	int err = db_one(db, fund, NULL, 0, fund_code, code);

	if (err == ENOENT)
		fputs("otklik-admin: в базе нет ТФОМС: сначала миграции\n",
		      stderr);
	acc.org_code = code;
	return err ? err : store_account_add(db, &acc);
}

int main(int argc, char **argv)
{
	bool first = argc >= 5 && argc <= 6 && !strcmp(argv[1], "first");
	bool reset = argc == 3 && !strcmp(argv[1], "password");
	char hash[PASSWORD_HASH_MAX];
	struct db *db = NULL;
	int err;

	if (!first && !reset)
		return usage();
	if (first && (!name_valid(argv[3]) || !name_valid(argv[4])))
		return usage();
	if (sodium_init() < 0)
		return 1;
	if (open_db(&db) || ask_hash(hash)) {
		db_close(&db);
		return 1;
	}
	err = first ? make_first(db, argc, argv, hash)
		    : store_account_reset(db, argv[2], hash);
	db_close(&db);
	return explain(err, argv[2]);
}
