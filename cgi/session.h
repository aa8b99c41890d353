/*
 * session.h - who is signed in. The browser holds 32 random bytes, the
 * database only their keyed hash.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgi/auth.h"

struct db;

#define SESSION_COOKIE "otklik_session"
#define SESSION_TEXT   65          /* 64 hexadecimal characters */
#define SESSION_LIFE_S (16 * 3600) /* the longest shift */

struct account {
	struct identity who;
	char login[65];
	char name[256];       /* «Иванова Анна Петровна» */
	char short_name[128]; /* «Иванова А. П.» */
	char extension[8];    /* "" without a telephone */
	char org[128];        /* short name of the organization */
	bool one_time;        /* his password is to be changed first */
};

struct session {
	unsigned char hash[32];
	char csrf[65];
	struct account user;
};

/* text: the cookie; use: somebody does something, so the session counts as
 * seen. @return 0, ENOENT (no such live session: expired, ended,
 * account blocked), or a database error */
int session_load(struct db *db, const unsigned char secret[32],
		 const char *text, int64_t now_ms, bool use,
		 struct session *out);

/* Begin one for an account whose password was right. text gets the cookie. */
int session_start(struct db *db, const unsigned char secret[32], uint32_t user,
		  const char *address, int64_t now_ms, char text[SESSION_TEXT]);

/* End it; the plugin learns of it (outbox, the caller's transaction). */
int session_end(struct db *db, const struct session *session, int64_t now_ms);

/* What the plugin knows it by: in tokens and in the outbox. */
#define SESSION_NAME 17
void session_name(const struct session *session, char out[SESSION_NAME]);

/* «Иванова А. П.» out of the three parts. */
void session_short_name(const char *surname, const char *given,
			const char *patronymic, char *out, size_t size);

#endif
