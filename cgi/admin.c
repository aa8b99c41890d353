/*
 * otklik-admin: what must work before anybody can sign in.
 *
 *   otklik-admin create [--recover] LOGIN [SURNAME NAME [PATRONYMIC]]
 *       makes the first security administrator and prints his one-time
 *       password; --recover: though there is one already
 *   otklik-admin password LOGIN
 *       sets a new password and unblocks the account; the password is read
 *       from the terminal without echo, or from stdin
 *   otklik-admin import-staff [--dry-run] FILE
 *   otklik-admin import-organizations [--dry-run] FILE
 *       all rows of a CSV file, or none; one-time passwords go to stdout
 */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "cgi/app.h"
#include "cgi/name_key.h"
#include "cgi/password.h"
#include "cgi/row_import.h"
#include "cgi/rows.h"
#include "cgi/store_account.h"
#include "cgi/values.h"
#include "db/db.h"

static int usage(void)
{
	fputs("usage: otklik-admin create [--recover] LOGIN"
	      " [SURNAME NAME [PATRONYMIC]]\n"
	      "       otklik-admin password LOGIN\n"
	      "       otklik-admin import-staff|import-organizations"
	      " [--dry-run] FILE\n",
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
		err = password_hash(NULL, password, hash);
	sodium_memzero(password, sizeof(password));
	if (err == EINVAL)
		fputs("otklik-admin: пароль: не менее 8 знаков, строчная и "
		      "прописная буквы, цифра и специальный знак\n",
		      stderr);
	return err;
}

/* Only what cannot even be tried is told here. */
static int open_db(struct db **dbp, const char *account)
{
	const char *state = getenv("OTKLIK_STATE");
	int err = db_new_account(dbp, state, account);

	if (err)
		fprintf(stderr,
			"otklik-admin: %s/secrets/db_%s: %s\n"
			"OTKLIK_STATE называет каталог состояния%s\n",
			state && *state ? state : "./var", account,
			strerror(err),
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

static int create(struct db *db, const struct account_new *acc, bool recover)
{
	char password[PASSWORD_ONE_TIME], hash[PASSWORD_HASH_MAX];
	int err = password_one_time(NULL, password, hash);

	if (!err)
		err = store_account_create(db, acc, hash, recover);
	if (err == EPERM)
		fputs("otklik-admin: администратор безопасности уже есть; если "
		      "войти не может никто: --recover\n",
		      stderr);
	else if (!err)
		printf("%s\n", password);
	if (!err)
		fputs("Это одноразовый пароль: при первом входе его сменит "
		      "тот, кто вошёл. Второй раз он не показывается.\n",
		      stderr);
	password_forget(password);
	return err == EPERM ? 1 : explain(err, acc->login);
}

/* Words after "create". @return 0 or EINVAL */
static int read_words(int argc, char **argv, struct account_new *acc,
		      bool *recover)
{
	const char *words[4] = { NULL, "Администратор", "Безопасности", "" };
	char login[41];
	int n = 0;

	for (int i = 0; i < argc; i++)
		if (!strcmp(argv[i], "--recover"))
			*recover = true;
		else if (n == 4 || argv[i][0] == '-')
			return EINVAL;
		else
			words[n++] = argv[i];
	if (!n || n == 2 || strlen(words[0]) >= sizeof(login))
		return EINVAL;
	strcpy(login, words[0]);
	if (!value_login(login, sizeof(login)) || !name_valid(words[1]) ||
	    !name_valid(words[2]) || (*words[3] && !name_valid(words[3])))
		return EINVAL;
	*acc = (struct account_new){ words[0], words[1], words[2], words[3] };
	return 0;
}

static int set_password(struct db *db, const char *login)
{
	char hash[PASSWORD_HASH_MAX];

	if (ask_hash(hash))
		return 1;
	return explain(store_account_reset(db, login, hash), login);
}

/* ---- files ---------------------------------------------------------------- */

static void say_error(void *arg, unsigned line, const char *column,
		      const char *text)
{
	(void)arg;
	fprintf(stderr, "строка %u%s%s: %s\n", line, *column ? ", " : "",
		column, text);
}

static void say_secret(void *arg, const char *name, const char *secret)
{
	(void)arg;
	printf("%s,%s\n", name, secret);
}

static int read_text(const char *path, char **text)
{
	FILE *f = fopen(path, "rb");
	struct buf all = { 0 };
	char part[8192];
	size_t n;
	int err = f ? 0 : errno;

	while (!err && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(&all, part, n);
	if (!err && (ferror(f) || all.failed))
		err = EIO;
	if (f)
		fclose(f);
	buf_puts(&all, "");
	*text = all.data;
	return err;
}

static int import_text(struct app *app, const struct row_table *t, char *text,
		       bool dry)
{
	static const struct import_report report = { say_error, say_secret,
						     NULL };
	struct import_result r = { .rows = 0 };
	struct timespec now;
	struct ctx ctx = { .app = app,
			   .db = app->office,
			   .view = app->view,
			   .lang = "ru",
			   .address = "",
			   .run = app->run,
			   .page = view_page() };
	int err;

	clock_gettime(CLOCK_REALTIME, &now);
	ctx.now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	ctx.who = &ctx.session.user.who;
	err = import_rows(&ctx, t, text, 0, dry, &report, &r);
	view_page_free(&ctx.page);
	if (err) {
		fprintf(stderr, "otklik-admin: %s\n", strerror(err));
		return 1;
	}
	fprintf(stderr,
		"строк %u: новых %u, изменённых %u, без изменений %u, с "
		"ошибками %u\n%s\n",
		r.rows, r.added, r.changed, r.same, r.wrong,
		r.wrong ? "ничего не записано"
		: dry ? "это была проверка, ничего не записано"
		      : "записано");
	return r.wrong ? 1 : 0;
}

static int import_file(const struct row_table *t, const char *path, bool dry)
{
	const char *dir = getenv("OTKLIK_TEMPLATES");
	const char *state = getenv("OTKLIK_STATE");
	struct app app = { .region = "26" };
	struct buf why = { 0 };
	char *text = NULL;
	int err = read_text(path, &text);
	int status = 1;

	snprintf(app.run, sizeof(app.run), "%s/run",
		 state && *state ? state : "./var");
	if (err)
		fprintf(stderr, "otklik-admin: %s: %s\n", path, strerror(err));
	else if (view_open(&app.view, dir && *dir ? dir : "./templates", &why))
		fprintf(stderr, "otklik-admin: %s\n",
			why.data ? why.data : "templates");
	else if (!open_db(&app.office, "office"))
		status = import_text(&app, t, text, dry);
	buf_free(&why);
	free(text);
	db_close(&app.office);
	view_close(&app.view);
	return status;
}

/* -1: no such command */
static int import_command(int argc, char **argv)
{
	bool dry = argc == 4 && !strcmp(argv[2], "--dry-run");
	const struct row_table *t =
	    argc < 3                                   ? NULL
	    : !strcmp(argv[1], "import-staff")         ? &row_accounts
	    : !strcmp(argv[1], "import-organizations") ? &row_organizations
						       : NULL;

	if (!t || argc != (dry ? 4 : 3))
		return -1;
	if (sodium_init() < 0)
		return 1;
	return import_file(t, argv[argc - 1], dry);
}

int main(int argc, char **argv)
{
	bool reset = argc == 3 && !strcmp(argv[1], "password");
	bool recover = false;
	struct account_new acc;
	struct db *db = NULL;
	int status = import_command(argc, argv);

	if (status >= 0)
		return status;
	if (!reset && (argc < 3 || strcmp(argv[1], "create") != 0 ||
		       read_words(argc - 2, argv + 2, &acc, &recover)))
		return usage();
	if (sodium_init() < 0 || open_db(&db, "admin"))
		return 1;
	status = reset ? set_password(db, argv[2]) : create(db, &acc, recover);
	db_close(&db);
	return status;
}
