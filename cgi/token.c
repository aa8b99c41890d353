#include "cgi/token.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

static int sign(const char *secret, char out[TOKEN_MAX], int len)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned int mac_len = 0;

	if (len < 0 || len + 1 + 28 >= TOKEN_MAX)
		return EIO;
	if (!HMAC(EVP_sha1(), secret, (int)strlen(secret), (unsigned char *)out,
		  (size_t)len, mac, &mac_len))
		return EIO;
	out[len] = ':';
	EVP_EncodeBlock((unsigned char *)out + len + 1, mac, (int)mac_len);
	return 0;
}

int token_door(const char *secret, int64_t now_s, char out[TOKEN_MAX])
{
	int len = snprintf(out, TOKEN_MAX, "%lld,janus," TOKEN_PLUGIN,
			   (long long)now_s + TOKEN_DOOR_LIFE_S);

	return sign(secret, out, len);
}

int token_user(const char *secret, int64_t now_s, uint32_t user,
	       const char *web, const char *nonce, char out[TOKEN_MAX])
{
	int len = snprintf(
	    out, TOKEN_MAX, "%lld," TOKEN_PLUGIN ",user=%u,web=%s,nonce=%s",
	    (long long)now_s + TOKEN_USER_LIFE_S, user, web, nonce);

	return sign(secret, out, len);
}
