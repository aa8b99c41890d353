/*
 * Accounts, kept by the администратор безопасности (DOMAIN section 7): a
 * directory of rows.h whose rows have rights, a password and a telephone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/card.h"
#include "cgi/name_key.h"
#include "cgi/row_import.h"
#include "cgi/rows.h"
#include "cgi/store_account.h"
#include "cgi/store_log.h"
#include "cgi/util.h"
#include "cgi/values.h"
#include "db/db.h"

static bool value_name(char *value, size_t size)
{
	(void)size;
	return name_valid(value);
}

static const struct row_side sides[] = {
	{ "roles", "user_role", "user_id", "role", NULL, NULL },
	{ "queues", "queue_member", "user_id", "queue_id", "level", "queue" },
	{ "skills", "user_skill", "user_id", "skill_id", "level", "skill" },
	{ "themes", "user_theme", "user_id", "theme_code", NULL, NULL },
};

static const struct row_field fields[] = {
	{ "login", ROW_TEXT, 2, 40, ROW_LISTED | ROW_FIXED, NULL, value_login },
	{ "surname", ROW_TEXT, 1, 40, ROW_LISTED, NULL, value_name },
	{ "given_name", ROW_TEXT, 1, 40, ROW_LISTED, NULL, value_name },
	{ "patronymic", ROW_TEXT, 0, 40, ROW_LISTED, NULL, value_name },
	{ "organization_id", ROW_REF, 0, 0, ROW_LISTED,
	  "SELECT id, short_name AS text FROM organization"
	  " WHERE kind IN ('FUND', 'INSURER')",
	  NULL },
	{ "extension", ROW_TEXT, 0, 6, ROW_LISTED | ROW_NULL, NULL,
	  value_extension },
	{ "roles", ROW_SIDE, 1, 1, ROW_LISTED, "Roles", NULL },
	{ "queues", ROW_SIDE, 0, 9, 0, "SELECT id, name AS text FROM queue",
	  NULL },
	{ "skills", ROW_SIDE, 0, 9, 0, "SELECT id, name AS text FROM skill",
	  NULL },
	{ "themes", ROW_CODES, 0, 0, 0,
	  "SELECT code AS id, name AS text FROM theme", NULL },
	{ "blocked", ROW_FLAG, 0, 0, ROW_LISTED | ROW_READ, NULL, NULL },
};

/* ---- what an account must be (K-1.0.3) ----------------------------------- */

static unsigned roles_of(const char *set)
{
	unsigned roles = 0, level;
	char code[65];

	while (row_set_next(&set, code, &level)) {
		enum auth_role r = auth_role_of(code);

		roles |= r < ROLE_COUNT ? 1u << r : 0;
	}
	return roles;
}

static const char *role_name(struct ctx *ctx, enum auth_role role)
{
	char key[64];

	snprintf(key, sizeof(key), "Role.%s", auth_role_code(role));
	return app_text(ctx, key);
}

static int read_kind(const struct db_row *row, void *arg)
{
	*(enum org_kind *)arg = auth_kind_of(db_str(row, 0));
	return 0;
}

/* The words live as long as the request: a worker answers one at a time. */
static void check_roles(struct ctx *ctx, enum org_kind kind, unsigned set,
			struct card_errors *errors)
{
	static char words[400];
	enum auth_role a = ROLE_COUNT, b = ROLE_COUNT;

	switch (auth_roles_check(kind, set, &a, &b)) {
	case AUTH_ROLES_OK:
		return;
	case AUTH_ROLES_KIND:
		snprintf(words, sizeof(words), "«%s»: %s", role_name(ctx, a),
			 app_text(ctx, kind == ORG_FUND
					   ? "Rows.Account.insurer_only"
					   : "Rows.Account.fund_only"));
		break;
	case AUTH_ROLES_PAIR:
		snprintf(words, sizeof(words), "«%s», «%s»: %s",
			 role_name(ctx, a), role_name(ctx, b),
			 app_text(ctx, "Rows.Account.forbidden_pair"));
		break;
	}
	card_error_as(errors, "roles", words);
}

/* What must be unique and what goes together, so that each is said beside its
 * field; the database has the last word. */
static int check_taken(struct ctx *ctx, const char *sql, const char *id,
		       const char *value, const char *field,
		       struct card_errors *errors)
{
	const struct db_arg args[] = { DB_STR(value), DB_STR(id) };
	uint64_t taken = 0;
	int err = *value ? db_number(ctx->db, sql, args, LEN(args), &taken) : 0;

	if (!err && taken)
		card_error_as(errors, field, "Rows.Account.taken");
	return err;
}

static int check(struct ctx *ctx, const struct row_table *t, const char *id,
		 struct row *row, struct card_errors *errors)
{
	static const char kind_of[] =
	    "SELECT kind FROM organization WHERE id = ?"
	    " AND kind IN ('FUND', 'INSURER')";
	static const char login[] = "SELECT COUNT(*) FROM user_account"
				    " WHERE login = ? AND id <> ?";
	static const char extension[] = "SELECT COUNT(*) FROM user_account"
					" WHERE extension = ? AND id <> ?";
	const struct db_arg args[] = { DB_STR(
	    row_value(t, row, "organization_id")) };
	const char *ext = row_value(t, row, "extension");
	unsigned set = roles_of(row_value(t, row, "roles"));
	enum org_kind kind = ORG_OTHER;
	int err = db_one(ctx->db, kind_of, args, 1, read_kind, &kind);

	if (err == ENOENT)
		card_error(errors, "organization_id");
	else if (err)
		return err;
	else
		check_roles(ctx, kind, set, errors);
	if (*row_value(t, row, "queues") && (!*ext || !(set & AUTH_TALKERS)))
		card_error(errors, "queues");
	if (*row_value(t, row, "themes") && !(set & AUTH_SPECIALISTS))
		card_error(errors, "themes");
	err =
	    check_taken(ctx, login, *id ? id : "0",
			*id ? "" : row_value(t, row, "login"), "login", errors);
	return err ? err
		   : check_taken(ctx, extension, *id ? id : "0", ext,
				 "extension", errors);
}

static uint32_t number(const char *id)
{
	return (uint32_t)strtoul(id, NULL, 10);
}

/* ---- what a change does -------------------------------------------------- */

static bool is_self(const struct ctx *ctx, const char *id)
{
	return number(id) == ctx->who->id;
}

static int refuse(struct card_errors *errors, const char *field,
		  const char *key)
{
	card_error_as(errors, field, key);
	return EPERM;
}

/* Without one that may sign in nobody could make another. */
static int keep_one(struct ctx *ctx, struct card_errors *errors)
{
	static const char sql[] =
	    "SELECT COUNT(*) FROM user_account u JOIN user_role r"
	    " ON r.user_id = u.id AND r.role = 'SECURITY_ADMIN'"
	    " WHERE u.blocked = 0 FOR UPDATE";
	uint64_t left = 0;
	int err = db_number(ctx->db, sql, NULL, 0, &left);

	return err || left ? err : refuse(errors, "", "Rows.Account.last_one");
}

/* A password nobody else has seen, shown to who gives it out. */
static int give_password(struct ctx *ctx, const char *id)
{
	char password[PASSWORD_ONE_TIME], hash[PASSWORD_HASH_MAX];
	/* nobody is signed in: otklik-admin */
	int err =
	    password_one_time(ctx->who->id ? ctx->run : NULL, password, hash);

	if (!err)
		err = store_account_password(ctx->db, number(id), hash, true);
	if (!err) {
		view_set(ctx->page, "Row.Secret", password);
		view_set(ctx->page, "Row.SecretAbout",
			 app_text(ctx, "Rows.Account.secret"));
	}
	password_forget(password);
	return err;
}

static bool differs(const struct row *a, const struct row *b, const char *name)
{
	return strcmp(row_value(&row_accounts, (struct row *)a, name),
		      row_value(&row_accounts, (struct row *)b, name)) != 0;
}

static int after(struct ctx *ctx, const char *id, const struct row *before,
		 const struct row *row, struct card_errors *errors)
{
	bool rights;
	int err;

	if (!before)
		return 0;
	rights = differs(before, row, "roles") ||
		 differs(before, row, "organization_id");
	if (rights && is_self(ctx, id))
		return refuse(errors, "roles", "Rows.Account.own_rights");
	err = rights ? keep_one(ctx, errors) : 0;
	/* D9: other rights end what the telephone has open */
	if (!err && (rights || differs(before, row, "extension")))
		err = store_account_hang_up(ctx->db, number(id));
	return err;
}

static int log_it(struct ctx *ctx, const char *id, const char *action,
		  const char *params)
{
	const struct access entry = { .action = action,
				      .object_type = "user",
				      .object_id = id,
				      .params = params };

	return store_access(ctx, &entry);
}

static bool is_blocked(const struct row_table *t, const struct row *row)
{
	return *row_value(t, (struct row *)row, "blocked") == '1';
}

static bool is_open(const struct row_table *t, const struct row *row)
{
	return !is_blocked(t, row);
}

static int block(struct ctx *ctx, const char *id, struct card_errors *errors)
{
	int err;

	if (is_self(ctx, id))
		return refuse(errors, "", "Rows.Account.own_block");
	err = store_account_block(ctx->db, number(id), true);
	if (!err)
		err = keep_one(ctx, errors);
	return err ? err
		   : log_it(ctx, id, "BLOCK", "{\"blocked\":[\"0\",\"1\"]}");
}

static int unblock(struct ctx *ctx, const char *id, struct card_errors *errors)
{
	int err = store_account_block(ctx->db, number(id), false);

	(void)errors;
	return err ? err
		   : log_it(ctx, id, "UNBLOCK", "{\"blocked\":[\"1\",\"0\"]}");
}

static int reset(struct ctx *ctx, const char *id, struct card_errors *errors)
{
	int err;

	if (is_self(ctx, id)) /* that is /password */
		return refuse(errors, "", "Rows.Account.own_reset");
	err = give_password(ctx, id);
	return err ? err : log_it(ctx, id, "PASSWORD_RESET", NULL);
}

static const struct row_act acts[] = {
	{ "reset", NULL, reset },
	{ "block", is_open, block },
	{ "unblock", is_blocked, unblock },
};

/* ---- out of a file ------------------------------------------------------- */

/* «ОП1» or OPERATOR_L1 */
static enum auth_role role_named(const char *text)
{
	static const char *const short_names[ROLE_COUNT] = {
		[ROLE_OPERATOR_L1] = "ОП1",    [ROLE_OPERATOR_L2] = "ОП2",
		[ROLE_INSURER_REP_L1] = "СП1", [ROLE_INSURER_REP_L2] = "СП2",
		[ROLE_INSURER_REP_L3] = "СП3", [ROLE_CC_ADMIN] = "АК",
		[ROLE_SUPERVISOR] = "СВ",      [ROLE_QUALITY_CONTROLLER] = "КК",
		[ROLE_AUDITOR] = "АУ",         [ROLE_DIRECTOR] = "ДИ",
		[ROLE_SECURITY_ADMIN] = "АБ",
	};
	enum auth_role r = 0;

	while (r < ROLE_COUNT && strcmp(short_names[r], text) != 0)
		r++;
	return r < ROLE_COUNT ? r : auth_role_of(text);
}

static int put_role(struct ctx *ctx, const char *name, unsigned level,
		    struct import_row *row)
{
	enum auth_role r = role_named(name);
	char field[64];

	(void)ctx;
	(void)level;
	if (r == ROLE_COUNT)
		return EINVAL;
	snprintf(field, sizeof(field), "roles.%s", auth_role_code(r));
	return import_put(row, field, "1");
}

static int put_named(struct ctx *ctx, const char *sql, const char *prefix,
		     const char *name, unsigned level, struct import_row *row)
{
	const struct db_arg args[] = { DB_STR(name) };
	char field[64], value[16];
	uint64_t id = 0;
	int err = db_number(ctx->db, sql, args, LEN(args), &id);

	if (err)
		return err == ENOENT ? EINVAL : err;
	snprintf(field, sizeof(field), "%s.%llu", prefix,
		 (unsigned long long)id);
	snprintf(value, sizeof(value), "%u", level);
	return import_put(row, field, value);
}

static int put_queue(struct ctx *ctx, const char *name, unsigned level,
		     struct import_row *row)
{
	return put_named(ctx, "SELECT id FROM queue WHERE name = ?", "queues",
			 name, level, row);
}

static int put_skill(struct ctx *ctx, const char *name, unsigned level,
		     struct import_row *row)
{
	return put_named(ctx, "SELECT id FROM skill WHERE name = ?", "skills",
			 name, level, row);
}

/* By its code: that of the fund or of an insurer. */
static int put_organization(struct ctx *ctx, const char *code,
			    struct import_row *row)
{
	static const char sql[] = "SELECT id FROM organization WHERE code = ?"
				  " AND kind IN ('FUND', 'INSURER')";
	const struct db_arg args[] = { DB_STR(code) };
	char value[24];
	uint64_t id = 0;
	int err = db_number(ctx->db, sql, args, LEN(args), &id);

	if (err)
		return err == ENOENT ? EINVAL : err;
	snprintf(value, sizeof(value), "%llu", (unsigned long long)id);
	return import_put(row, "organization_id", value);
}

/* "Горячая линия=2; Вторая": each with the level 1 unless it is said. */
static int column(struct ctx *ctx, const char *name, const char *value,
		  struct import_row *row)
{
	static const struct {
		const char *name;
		int (*put)(struct ctx *ctx, const char *name, unsigned level,
			   struct import_row *row);
	} lists[] = {
		{ "roles", put_role },
		{ "queues", put_queue },
		{ "skills", put_skill },
	};
	char text[1200], one[65];
	const char *rest = text;
	unsigned level;
	size_t i = 0;
	int err = 0;

	if (!strcmp(name, "organization"))
		return put_organization(ctx, value, row);
	while (i < LEN(lists) && strcmp(lists[i].name, name) != 0)
		i++;
	if (i == LEN(lists))
		return ENOENT;
	if (!copy_text(text, sizeof(text), value))
		return EINVAL;
	value_list(text, sizeof(text));
	while (!err && row_set_next(&rest, one, &level))
		err = lists[i].put(ctx, one, level, row);
	return err;
}

const struct row_table row_accounts = {
	.path = "/admin/accounts",
	.table = "user_account",
	.key = "id",
	.object = "user",
	.words = "Account",
	.order = "r.surname, r.given_name, r.patronymic",
	.outbox = "directory",
	.need = AUTH_ACCOUNTS,
	.fields = fields,
	.count = LEN(fields),
	.sides = sides,
	.side_count = LEN(sides),
	.check = check,
	.after = after,
	.fresh = give_password,
	.acts = acts,
	.act_count = LEN(acts),
	.column = column,
};
