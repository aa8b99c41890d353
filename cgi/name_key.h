/* name_key.h - names folded for comparing and searching (DOMAIN 6.5, D13).
 * Pure. */
#ifndef NAME_KEY_H
#define NAME_KEY_H

#include <stdbool.h>
#include <stddef.h>

#define NAME_CHARS    40
#define NAME_KEY_SIZE (NAME_CHARS * 4 + 1)

/**
 * Upper case, Ё as Е, one space for many, one hyphen for all its variants
 * and the spaces around it, nothing at the edges.
 *
 * @param out  Written only on success; terminated
 * @return 0, EILSEQ (not UTF-8) or ENOSPC (longer than out)
 */
int name_key(const char *text, char *out, size_t size);

/* 1 to 40 characters: letters of the Cyrillic and Latin alphabets, hyphen,
 * space, apostrophe, dot; at least one letter. */
bool name_valid(const char *text);

#endif
