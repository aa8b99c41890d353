#include "cgi/session.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/util.h"
#include "db/db.h"

/* How often a session in use is marked as such. */
#define SEEN_MS 60000

void session_short_name(const char *surname, const char *given,
			const char *patronymic, char *out, size_t size)
{
	const char *rest[] = { given, patronymic };
	size_t n;

	copy_text(out, size, surname);
	for (size_t i = 0; i < LEN(rest); i++) {
		size_t letter = 1;

		if (!rest[i] || !*rest[i])
			continue;
		while ((rest[i][letter] & 0xc0) == 0x80)
			letter++;
		n = strlen(out);
		snprintf(out + n, size - n, " %.*s.", (int)letter, rest[i]);
	}
}

static void hash_of(const unsigned char secret[32], const char *text,
		    unsigned char out[32])
{
	crypto_auth_hmacsha256(out, (const unsigned char *)text, strlen(text),
			       secret);
}

struct loaded {
	struct session *s;
	int64_t seen_ms;
};

static int read_session(const struct db_row *row, void *arg)
{
	struct loaded *l = arg;
	struct account *u = &l->s->user;

	u->who.id = (uint32_t)db_u64(row, 0);
	db_copy(row, 1, l->s->csrf, sizeof(l->s->csrf));
	l->seen_ms = db_time_ms(row, 2);
	db_copy(row, 3, u->login, sizeof(u->login));
	snprintf(u->name, sizeof(u->name), "%s %s%s%s", db_str(row, 4),
		 db_str(row, 5), *db_str(row, 6) ? " " : "", db_str(row, 6));
	session_short_name(db_str(row, 4), db_str(row, 5), db_str(row, 6),
			   u->short_name, sizeof(u->short_name));
	db_copy(row, 7, u->extension, sizeof(u->extension));
	u->who.org_id = (uint32_t)db_u64(row, 8);
	u->who.org_kind = auth_kind_of(db_str(row, 9));
	db_copy(row, 10, u->org, sizeof(u->org));
	u->who.roles = auth_roles_of(db_str(row, 11));
	u->one_time = db_u64(row, 12) != 0;
	return 0;
}

int session_load(struct db *db, const unsigned char secret[32],
		 const char *text, int64_t now_ms, bool use,
		 struct session *out)
{
	static const char sql[] =
	    "SELECT s.user_id, s.csrf, s.seen_at, u.login, u.surname,"
	    " u.given_name, u.patronymic, u.extension, u.organization_id,"
	    " o.kind, o.short_name,"
	    " (SELECT GROUP_CONCAT(r.role) FROM user_role r"
	    "  WHERE r.user_id = u.id), u.one_time"
	    " FROM web_session s"
	    " JOIN user_account u ON u.id = s.user_id"
	    " JOIN organization o ON o.id = u.organization_id"
	    " WHERE s.token_hash = ? AND s.ended_at IS NULL"
	    " AND s.created_at > ? AND u.blocked = 0";
	static const char seen[] =
	    "UPDATE web_session SET seen_at = ? WHERE token_hash = ?";
	struct session s = { .csrf = "" };
	struct loaded l = { .s = &s };
	int err;

	if (strlen(text) != SESSION_TEXT - 1)
		return ENOENT;
	hash_of(secret, text, s.hash);

	const struct db_arg args[] = {
		DB_BLOB(s.hash, sizeof(s.hash)),
		DB_TIME_MS(now_ms - (int64_t)SESSION_LIFE_S * 1000),
	};

	err = db_one(db, sql, args, LEN(args), read_session, &l);
	if (!err && use && now_ms - l.seen_ms > SEEN_MS) {
		const struct db_arg mark[] = {
			DB_TIME_MS(now_ms), DB_BLOB(s.hash, sizeof(s.hash))
		};

		err = db_exec(db, seen, mark, LEN(mark));
	}
	if (!err)
		*out = s;
	return err;
}

int session_start(struct db *db, const unsigned char secret[32], uint32_t user,
		  const char *address, int64_t now_ms, char text[SESSION_TEXT])
{
	static const char sql[] =
	    "INSERT INTO web_session (token_hash, user_id, csrf,"
	    " created_at, seen_at, address) VALUES (?, ?, ?, ?, ?, ?)";
	unsigned char raw[32], hash[32];
	char csrf[33];

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(text, SESSION_TEXT, raw, sizeof(raw));
	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(csrf, sizeof(csrf), raw, 16);
	hash_of(secret, text, hash);

	const struct db_arg args[] = {
		DB_BLOB(hash, sizeof(hash)),
		DB_U64(user),
		DB_STR(csrf),
		DB_TIME_MS(now_ms),
		DB_TIME_MS(now_ms),
		DB_STR(address),
	};

	return db_exec(db, sql, args, LEN(args));
}

int session_end(struct db *db, const struct session *session, int64_t now_ms)
{
	static const char sql[] = "UPDATE web_session SET ended_at = ?"
				  " WHERE token_hash = ? AND ended_at IS NULL";
	const struct db_arg args[] = { DB_TIME_MS(now_ms),
				       DB_BLOB(session->hash,
					       sizeof(session->hash)) };

	return db_exec(db, sql, args, LEN(args));
}

void session_name(const struct session *session, char out[SESSION_NAME])
{
	sodium_bin2hex(out, SESSION_NAME, session->hash, 8);
}
