#include "cgi/seal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char context[] = "otklik-seal-1";

enum { MESSAGE = sizeof(context) - 1 + 8 + SEAL_HASH + 8 };

static void put64(unsigned char *out, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		out[i] = (unsigned char)v;
}

void seal_row_start(struct seal_row *row, const char *source)
{
	crypto_hash_sha256_init(&row->sha);
	seal_row_add(row, source, strlen(source));
}

void seal_row_add(struct seal_row *row, const char *text, size_t len)
{
	char length[24];

	if (!text) {
		crypto_hash_sha256_update(&row->sha,
					  (const unsigned char *)"-,", 2);
		return;
	}
	snprintf(length, sizeof(length), "%zu:", len);
	crypto_hash_sha256_update(&row->sha, (unsigned char *)length,
				  strlen(length));
	crypto_hash_sha256_update(&row->sha, (const unsigned char *)text, len);
	crypto_hash_sha256_update(&row->sha, (const unsigned char *)",", 1);
}

void seal_row_end(struct seal_row *row, unsigned char hash[SEAL_HASH])
{
	crypto_hash_sha256_final(&row->sha, hash);
}

void seal_next(unsigned char head[SEAL_HASH], uint64_t number,
	       const unsigned char row[SEAL_HASH])
{
	crypto_hash_sha256_state sha;
	unsigned char n[8];

	put64(n, number);
	crypto_hash_sha256_init(&sha);
	crypto_hash_sha256_update(&sha, head, SEAL_HASH);
	crypto_hash_sha256_update(&sha, n, sizeof(n));
	crypto_hash_sha256_update(&sha, row, SEAL_HASH);
	crypto_hash_sha256_final(&sha, head);
}

static void message(uint64_t number, const unsigned char head[SEAL_HASH],
		    int64_t ms, unsigned char out[MESSAGE])
{
	unsigned char *at = out;

	memcpy(at, context, sizeof(context) - 1);
	at += sizeof(context) - 1;
	put64(at, number);
	at += 8;
	memcpy(at, head, SEAL_HASH);
	at += SEAL_HASH;
	put64(at, (uint64_t)ms);
}

void seal_sign(const unsigned char secret[SEAL_SECRET], uint64_t number,
	       const unsigned char head[SEAL_HASH], int64_t ms,
	       unsigned char signature[SEAL_SIGN])
{
	unsigned char text[MESSAGE];

	message(number, head, ms, text);
	crypto_sign_detached(signature, NULL, text, sizeof(text), secret);
}

int seal_check(const unsigned char pub[SEAL_PUBLIC], uint64_t number,
	       const unsigned char head[SEAL_HASH], int64_t ms,
	       const unsigned char signature[SEAL_SIGN])
{
	unsigned char text[MESSAGE];

	message(number, head, ms, text);
	return crypto_sign_verify_detached(signature, text, sizeof(text), pub)
		   ? EBADMSG
		   : 0;
}
