/* sip_digest.c - MD5 from sofia-sip, SHA-256 from libsodium. */
#include "janus-plugin/sip_digest.h"

#include "janus-plugin/util.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>
#include <sofia-sip/su_md5.h>

enum { HEX = crypto_hash_sha256_BYTES * 2 + 1 };

/* ---- reading ---- */

/* "name=value" or "name=\"value\"". @return the value if it is of that name */
static const char *value_of(const char *param, const char *name, size_t *len)
{
	size_t n = strlen(name);

	if (strncasecmp(param, name, n) || param[n] != '=')
		return NULL;
	param += n + 1;
	*len = strlen(param);
	if (*len >= 2 && param[0] == '"' && param[*len - 1] == '"') {
		*len -= 2;
		param++;
	}
	return param;
}

/* @return false: too long, or it would leave its quotes */
static bool take(char *dst, size_t size, const char *s, size_t len)
{
	bool escaped = false;

	if (len >= size)
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)s[i] < ' ' || (s[i] == '"' && !escaped))
			return false;
		escaped = s[i] == '\\' && !escaped;
	}
	if (escaped)
		return false;
	memcpy(dst, s, len);
	dst[len] = '\0';
	return true;
}

static bool has_word(const char *s, size_t len, const char *word)
{
	size_t n = strlen(word);

	while (len) {
		size_t k = 0;

		while (k < len && s[k] != ',' && s[k] != ' ')
			k++;
		if (k == n && !strncasecmp(s, word, n))
			return true;
		if (k < len)
			k++;
		s += k;
		len -= k;
	}
	return false;
}

static bool algorithm(struct cc_challenge *ch, const char *s, size_t len)
{
	static const struct {
		const char *name;
		enum cc_digest_hash hash;
		bool session;
	} known[] = {
		{ "MD5", CC_DIGEST_MD5, false },
		{ "MD5-sess", CC_DIGEST_MD5, true },
		{ "SHA-256", CC_DIGEST_SHA256, false },
		{ "SHA-256-sess", CC_DIGEST_SHA256, true },
	};

	for (size_t i = 0; i < CC_LEN(known); i++) {
		if (strlen(known[i].name) != len ||
		    strncasecmp(known[i].name, s, len))
			continue;
		ch->hash = known[i].hash;
		ch->session = known[i].session;
		return true;
	}
	return false;
}

int cc_challenge_read(struct cc_challenge *out, const char *const *params)
{
	struct cc_challenge ch = { .hash = CC_DIGEST_MD5 };
	int err = 0;
	bool realm = false;

	for (; params && *params; params++) {
		const char *s;
		size_t n;

		if ((s = value_of(*params, "realm", &n)))
			realm = take(ch.realm, sizeof(ch.realm), s, n);
		else if ((s = value_of(*params, "nonce", &n))) {
			if (!take(ch.nonce, sizeof(ch.nonce), s, n))
				return EBADMSG;
		} else if ((s = value_of(*params, "opaque", &n))) {
			if (!take(ch.opaque, sizeof(ch.opaque), s, n))
				return EBADMSG;
		} else if ((s = value_of(*params, "stale", &n)))
			ch.stale = n == 4 && !strncasecmp(s, "true", 4);
		else if ((s = value_of(*params, "algorithm", &n))) {
			if (!algorithm(&ch, s, n))
				err = ENOTSUP;
		} else if ((s = value_of(*params, "qop", &n))) {
			ch.auth = has_word(s, n, "auth");
			if (!ch.auth)
				err = ENOTSUP; /* auth-int alone */
		}
	}
	if (!err && (!realm || !ch.nonce[0]))
		err = EBADMSG;
	if (!err)
		*out = ch;
	return err;
}

/* ---- answering ---- */

static void hash_md5(char out[HEX], const char *const *parts)
{
	su_md5_t ctx[1];

	su_md5_init(ctx);
	for (size_t i = 0; parts[i]; i++)
		su_md5_update(ctx, parts[i], (usize_t)strlen(parts[i]));
	su_md5_hexdigest(ctx, out);
	su_md5_deinit(ctx);
}

static void hash_sha256(char out[HEX], const char *const *parts)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state ctx;

	crypto_hash_sha256_init(&ctx);
	for (size_t i = 0; parts[i]; i++)
		crypto_hash_sha256_update(&ctx, (const unsigned char *)parts[i],
					  strlen(parts[i]));
	crypto_hash_sha256_final(&ctx, sum);
	sodium_bin2hex(out, HEX, sum, sizeof(sum));
}

/* parts joined as they are; NULL ends them */
static void hash(const struct cc_challenge *ch, char out[HEX],
		 const char *const *parts)
{
	if (ch->hash == CC_DIGEST_SHA256)
		hash_sha256(out, parts);
	else
		hash_md5(out, parts);
}

int cc_digest_answer(char *buf, size_t size, const struct cc_challenge *ch,
		     const char *user, const char *secret, const char *method,
		     const char *uri, const char *cnonce, unsigned count)
{
	static const char *const names[2][2] = {
		{ "MD5", "MD5-sess" }, { "SHA-256", "SHA-256-sess" }
	};
	char a1[HEX], a2[HEX], response[HEX], nc[9];
	int n, more = 0;

	snprintf(nc, sizeof(nc), "%08x", count);
	hash(ch, a1,
	     (const char *[]){ user, ":", ch->realm, ":", secret, NULL });
	if (ch->session)
		hash(ch, a1,
		     (const char *[]){ a1, ":", ch->nonce, ":", cnonce, NULL });
	hash(ch, a2, (const char *[]){ method, ":", uri, NULL });
	if (ch->auth)
		hash(ch, response,
		     (const char *[]){ a1, ":", ch->nonce, ":", nc, ":", cnonce,
				       ":auth:", a2, NULL });
	else
		hash(ch, response,
		     (const char *[]){ a1, ":", ch->nonce, ":", a2, NULL });
	sodium_memzero(a1, sizeof(a1));

	n = snprintf(buf, size,
		     "Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", "
		     "uri=\"%s\", response=\"%s\", algorithm=%s%s%s%s",
		     user, ch->realm, ch->nonce, uri, response,
		     names[ch->hash][ch->session],
		     ch->opaque[0] ? ", opaque=\"" : "", ch->opaque,
		     ch->opaque[0] ? "\"" : "");
	if (n > 0 && (size_t)n < size && (ch->auth || ch->session))
		more = snprintf(buf + n, size - (size_t)n,
				ch->auth ? ", cnonce=\"%s\", qop=auth, nc=%s"
					 : ", cnonce=\"%s\"",
				cnonce, nc);
	return n < 0 || more < 0 || (size_t)(n + more) >= size ? ENAMETOOLONG
							       : 0;
}
