/*
 * names.h - the dictionaries of the register's surnames, given names and
 * patronymics: every folded key with the number of its bearers (DESIGN D13).
 * One block of memory, made by jobs and mapped by every worker. Pure.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgi/buf.h"

enum names_field { NAMES_SURNAME, NAMES_GIVEN, NAMES_PATRONYMIC, NAMES_FIELDS };

struct names_entry;

/* A view of a block that is valid as long as the block is. */
struct names {
	const char *data; /* NULL: none */
	uint32_t version; /* of register_state */
	uint32_t persons;
	struct {
		const struct names_entry *entry; /* sorted by key, and an end */
		uint32_t count;
	} field[NAMES_FIELDS];
};

/**
 * Check a block and point into it.
 *
 * @param out  Written only on success
 * @return 0 or EBADMSG (not such a block, of another build, or cut off)
 */
int names_view(struct names *out, const void *data, size_t len);

/* Ordinals first to end - 1. */
struct names_range {
	uint32_t first, end;
};

/* The keys that begin with prefix ("": all). */
struct names_range names_prefix(const struct names *n, enum names_field f,
				const char *prefix);
/* The same within a range. */
struct names_range names_narrow(const struct names *n, enum names_field f,
				struct names_range in, const char *prefix);
/* @return whether that very key is there; ordinal may be NULL */
bool names_find(const struct names *n, enum names_field f, const char *key,
		uint32_t *ordinal);
const char *names_key(const struct names *n, enum names_field f, uint32_t i);
/* Bearers of one key, and of a range of them. */
uint32_t names_bearers(const struct names *n, enum names_field f, uint32_t i);
uint32_t names_sum(const struct names *n, enum names_field f,
		   struct names_range r);

/* ---- making a block ------------------------------------------------------ */

struct names_maker {
	struct buf entries[NAMES_FIELDS], text;
	uint32_t count[NAMES_FIELDS], sum[NAMES_FIELDS];
	char last[NAMES_FIELDS][164];
};

/*
 * Keys in byte order, each once.
 *
 * @return 0, EINVAL (order, or too long a key), EOVERFLOW or ENOMEM
 */
int names_add(struct names_maker *m, enum names_field f, const char *key,
	      uint32_t bearers);
/* The block into out. @return 0 or ENOMEM */
int names_make(struct names_maker *m, uint32_t version, uint32_t persons,
	       struct buf *out);
void names_maker_free(struct names_maker *m);

#endif
