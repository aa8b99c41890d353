/*
 * token.h - Janus' signed tokens: "expiry,realm,descriptor…:base64(HMAC-SHA1
 * over what stands before the colon)". The door lets a page talk to Janus at
 * all; the user token says once, in hello, who is talking (DESIGN D9).
 */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdint.h>

#define TOKEN_MAX    256
#define TOKEN_PLUGIN "janus.plugin.otklik"

#define TOKEN_DOOR_LIFE_S (16 * 3600) /* the longest shift */
#define TOKEN_USER_LIFE_S 60

/* now_s: seconds since 1970. @return 0 or EIO (libcrypto) */
int token_door(const char *secret, int64_t now_s, char out[TOKEN_MAX]);

/* web: session_name of the web session the page belongs to, so that its end
 * finds the page. nonce: hexadecimal; makes two tokens of the same second
 * different, so each can be used once. */
int token_user(const char *secret, int64_t now_s, uint32_t user,
	       const char *web, const char *nonce, char out[TOKEN_MAX]);

#endif
