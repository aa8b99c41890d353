#include "cgi/store_card.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/appeal_field.h"
#include "cgi/ctx.h"
#include "cgi/name_key.h"
#include "cgi/session.h"
#include "cgi/util.h"
#include "db/db.h"

const char *const identity_values[] = { "NAME",    "BIRTH", "ENP", "SNILS",
					"ADDRESS", "MO",    NULL };

bool identity_confirmed(unsigned ticked)
{
	return (ticked & 3) == 3 && ticked >> 2;
}

bool identity_holds(const struct appeal *a, unsigned ticked)
{
	return identity_confirmed(ticked) &&
	       (!appeal_for_other(a) || a->authority);
}

/* Whom it is about, however his name is written. */
static void subject(const struct appeal *a, char *out, size_t size)
{
	struct appeal_person p = appeal_concerned(a);
	char key[3][NAME_KEY_SIZE];
	const char *names[] = { p.surname, p.given_name, p.patronymic };

	for (size_t i = 0; i < LEN(names); i++)
		if (name_key(names[i], key[i], sizeof(key[i])))
			key[i][0] = '\0';
	snprintf(out, size, "%s|%s|%s|%s", key[0], key[1], key[2], p.birth);
}

int store_identity_add(struct ctx *ctx, const struct appeal *a, unsigned ticked)
{
	static const char sql[] =
	    "INSERT INTO appeal_identity (appeal_id, ticked, subject, user_id,"
	    " at) VALUES (?, ?, SHA2(?, 256), ?, ?)";
	char whom[3 * NAME_KEY_SIZE + 16], list[64] = "";

	subject(a, whom, sizeof(whom));
	for (unsigned i = 0; i < IDENTITY_VALUES; i++)
		if (ticked & 1u << i)
			snprintf(list + strlen(list),
				 sizeof(list) - strlen(list), "%s%s",
				 *list ? "," : "", identity_values[i]);

	const struct db_arg args[] = { DB_U64(a->id), DB_STR(list),
				       DB_STR(whom), DB_U64(ctx->who->id),
				       DB_TIME_MS(ctx->now_ms) };

	return db_exec(ctx->db, sql, args, LEN(args));
}

static int read_check(const struct db_row *row, void *arg)
{
	struct identity_check *c = arg;
	const char *list = db_str(row, 0);

	while (*list) {
		size_t n = strcspn(list, ",");

		for (unsigned i = 0; i < IDENTITY_VALUES; i++)
			if (strlen(identity_values[i]) == n &&
			    !strncmp(list, identity_values[i], n))
				c->ticked |= 1u << i;
		list += n + (list[n] == ',');
	}
	c->at_ms = db_time_ms(row, 1);
	session_short_name(db_str(row, 2), db_str(row, 3), db_str(row, 4),
			   c->who, sizeof(c->who));
	return 0;
}

int store_identity_get(struct db *db, const struct appeal *a,
		       struct identity_check *out)
{
	static const char sql[] =
	    "SELECT i.ticked, i.at, u.surname, u.given_name, u.patronymic"
	    " FROM (SELECT * FROM appeal_identity WHERE appeal_id = ?"
	    "  ORDER BY id DESC LIMIT 1) i"
	    " JOIN user_account u ON u.id = i.user_id"
	    " WHERE i.subject = SHA2(?, 256)";
	char whom[3 * NAME_KEY_SIZE + 16];

	subject(a, whom, sizeof(whom));

	const struct db_arg args[] = { DB_U64(a->id), DB_STR(whom) };
	int err;

	memset(out, 0, sizeof(*out));
	err = db_one(db, sql, args, LEN(args), read_check, out);
	return err == ENOENT ? 0 : err;
}

static int read_time(const struct db_row *row, void *arg)
{
	*(int64_t *)arg = db_time_ms(row, 0);
	return 0;
}

int store_card_left(struct db *db, uint64_t appeal, int64_t *at_ms)
{
	/* a handover back is no new one, nor one among those who have it */
	static const char sql[] =
	    "SELECT MAX(f.at) FROM forwarding f JOIN appeal a"
	    " ON a.id = f.appeal_id JOIN user_account w ON w.id = a.author_id"
	    " JOIN user_account t ON t.id = f.to_user"
	    " LEFT JOIN user_account s ON s.id = f.from_user"
	    " WHERE f.appeal_id = ? AND t.organization_id NOT IN"
	    " (w.organization_id, COALESCE(s.organization_id,"
	    " w.organization_id))";
	const struct db_arg args[] = { DB_U64(appeal) };

	*at_ms = 0;
	return db_one(db, sql, args, LEN(args), read_time, at_ms);
}

static int read_wish(const struct db_row *row, void *arg)
{
	struct appeal *a = arg;

	if (!*a->reply_channel)
		db_copy(row, 0, a->reply_channel, sizeof(a->reply_channel));
	if (!*a->call_time)
		db_copy(row, 1, a->call_time, sizeof(a->call_time));
	if (!*a->language)
		db_copy(row, 2, a->language, sizeof(a->language));
	a->do_not_call |= db_u64(row, 3) != 0;
	return 0;
}

int store_wish_get(struct db *db, uint64_t person, struct appeal *a)
{
	static const char sql[] =
	    "SELECT reply_channel, call_time, language, do_not_call"
	    " FROM person_wish WHERE person_id = ?";
	const struct db_arg args[] = { DB_U64(person) };
	int err = db_one(db, sql, args, LEN(args), read_wish, a);

	return err == ENOENT ? 0 : err;
}

static bool wishes_differ(const struct appeal *was, const struct appeal *a)
{
	return strcmp(was->reply_channel, a->reply_channel) ||
	       strcmp(was->call_time, a->call_time) ||
	       strcmp(was->language, a->language) ||
	       was->do_not_call != a->do_not_call;
}

int store_wish_put(struct ctx *ctx, const struct appeal *was,
		   const struct appeal *a)
{
	static const struct appeal nothing;
	static const char sql[] =
	    "INSERT INTO person_wish (person_id, reply_channel, call_time,"
	    " language, do_not_call, user_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
	    " ON DUPLICATE KEY UPDATE reply_channel = VALUES(reply_channel),"
	    " call_time = VALUES(call_time), language = VALUES(language),"
	    " do_not_call = VALUES(do_not_call), user_id = VALUES(user_id),"
	    " at = VALUES(at)";
	uint64_t person =
	    appeal_for_other(a) ? a->applicant_person_id : a->person_id;
	const struct db_arg args[] = {
		DB_U64(person),          DB_STR(a->reply_channel),
		DB_STR(a->call_time),    DB_STR(a->language),
		DB_U64(a->do_not_call),  DB_U64(ctx->who->id),
		DB_TIME_MS(ctx->now_ms),
	};

	if (was->status == APPEAL_DRAFT) /* its fields are no wishes yet */
		was = &nothing;
	return person && wishes_differ(was, a)
		   ? db_exec(ctx->db, sql, args, LEN(args))
		   : 0;
}

/* ---- who has it open ------------------------------------------------------ */

int store_card_open(struct ctx *ctx, uint64_t appeal, bool leave)
{
	static const char here[] =
	    "INSERT INTO card_open (appeal_id, user_id, seen_at)"
	    " VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE seen_at ="
	    " VALUES(seen_at)";
	static const char gone[] =
	    "DELETE FROM card_open WHERE appeal_id = ? AND user_id = ?";
	/* whoever lost his browser said no good-bye */
	static const char old[] =
	    "DELETE FROM card_open WHERE seen_at < ? LIMIT 100";
	const struct db_arg args[] = { DB_U64(appeal), DB_U64(ctx->who->id),
				       DB_TIME_MS(ctx->now_ms) };
	const struct db_arg day[] = { DB_TIME_MS(ctx->now_ms - 86400000) };
	int err = leave ? db_exec(ctx->db, gone, args, 2)
			: db_exec(ctx->db, here, args, LEN(args));

	/* 1: a row that was not there */
	if (!err && !leave && db_affected(ctx->db) == 1)
		err = db_exec(ctx->db, old, day, LEN(day));
	return err;
}

struct viewers {
	int (*each)(void *arg, const char *name);
	void *arg;
};

static int read_viewer(const struct db_row *row, void *arg)
{
	struct viewers *w = arg;
	char name[128];

	session_short_name(db_str(row, 0), db_str(row, 1), db_str(row, 2), name,
			   sizeof(name));
	return w->each(w->arg, name);
}

int store_card_viewers(struct ctx *ctx, uint64_t appeal,
		       int (*each)(void *arg, const char *name), void *arg)
{
	static const char sql[] =
	    "SELECT u.surname, u.given_name, u.patronymic FROM card_open o"
	    " JOIN user_account u ON u.id = o.user_id"
	    " WHERE o.appeal_id = ? AND o.user_id <> ? AND o.seen_at >= ?"
	    " ORDER BY u.surname, u.given_name LIMIT 20";
	const struct db_arg args[] = { DB_U64(appeal), DB_U64(ctx->who->id),
				       DB_TIME_MS(ctx->now_ms - CARD_OPEN_MS) };
	struct viewers w = { each, arg };

	return db_each(ctx->db, sql, args, LEN(args), read_viewer, &w);
}

static int read_name(const struct db_row *row, void *arg)
{
	session_short_name(db_str(row, 0), db_str(row, 1), db_str(row, 2), arg,
			   128);
	return 0;
}

int store_card_person(struct db *db, uint32_t user, char out[128])
{
	static const char sql[] = "SELECT surname, given_name, patronymic"
				  " FROM user_account WHERE id = ?";
	const struct db_arg args[] = { DB_U64(user) };

	return db_one(db, sql, args, LEN(args), read_name, out);
}

int store_card_saved(struct ctx *ctx, uint64_t appeal, bool *saved)
{
	static const char sql[] =
	    "SELECT COUNT(*) FROM (SELECT user_id, event FROM appeal_history"
	    " WHERE appeal_id = ? ORDER BY id DESC LIMIT 1) h"
	    " WHERE h.user_id = ? AND h.event IN ('SAVE', 'DEFER', 'UPDATE')";
	const struct db_arg args[] = { DB_U64(appeal), DB_U64(ctx->who->id) };
	uint64_t n = 0;
	int err = db_number(ctx->db, sql, args, LEN(args), &n);

	*saved = n != 0;
	return err;
}
