/*
 * sip_digest.h - digest authentication (RFC 7616, RFC 8760): what a challenge
 * asks, and the answer to it. No clock, no randomness, no sockets.
 */
#ifndef CC_SIP_DIGEST_H
#define CC_SIP_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum cc_digest_hash { CC_DIGEST_MD5, CC_DIGEST_SHA256 };

struct cc_challenge {
	enum cc_digest_hash hash;
	bool session; /* the -sess form of it */
	bool auth;    /* qop=auth; false: the server knows no qop */
	bool stale;
	/* as they stood between their quotes, escapes included */
	char realm[128];
	char nonce[256];
	char opaque[256]; /* "" none */
};

/**
 * @param params  the parameters of one challenge, each "name=value", NULL at
 * the end; may be NULL
 * @return 0, ENOTSUP (an algorithm or a protection we do not have: the next
 * challenge may do) or EBADMSG (no realm, no nonce, too long)
 */
int cc_challenge_read(struct cc_challenge *out, const char *const *params);

/**
 * The credentials, ready for the header: Digest username="…", …
 *
 * @param user, uri  without quotes in them
 * @param count      of uses of this nonce, from 1
 * @return 0 or ENAMETOOLONG
 */
int cc_digest_answer(char *buf, size_t size, const struct cc_challenge *ch,
		     const char *user, const char *secret, const char *method,
		     const char *uri, const char *cnonce, unsigned count);

#endif
