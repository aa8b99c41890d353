/*
 * seal.h - the chain over evidence rows (DESIGN D18). No I/O but libsodium.
 *
 * A row becomes SHA-256 over the name of its source and its columns as text,
 * each "<length>:<bytes>," or "-," for NULL. Seals are numbered from 1;
 *   head[0] = 32 zero bytes
 *   head[n] = SHA-256(head[n-1], n as 8 bytes big endian, row hash)
 * and after each pass the last head is signed with Ed25519 over
 *   "otklik-seal-1", n (8 bytes), head[n], time in ms (8 bytes).
 */
#ifndef SEAL_H
#define SEAL_H

#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

enum { SEAL_HASH = 32, SEAL_PUBLIC = 32, SEAL_SECRET = 64, SEAL_SIGN = 64 };

struct seal_row {
	crypto_hash_sha256_state sha;
};

void seal_row_start(struct seal_row *row, const char *source);
/* NULL: an SQL NULL */
void seal_row_add(struct seal_row *row, const char *text, size_t len);
void seal_row_end(struct seal_row *row, unsigned char hash[SEAL_HASH]);

/* Advances head to that of seal `number`. */
void seal_next(unsigned char head[SEAL_HASH], uint64_t number,
	       const unsigned char row[SEAL_HASH]);

void seal_sign(const unsigned char secret[SEAL_SECRET], uint64_t number,
	       const unsigned char head[SEAL_HASH], int64_t ms,
	       unsigned char signature[SEAL_SIGN]);
/* @return 0 or EBADMSG */
int seal_check(const unsigned char pub[SEAL_PUBLIC], uint64_t number,
	       const unsigned char head[SEAL_HASH], int64_t ms,
	       const unsigned char signature[SEAL_SIGN]);

#endif
