/* util.h - the few helpers everybody needs. Pure. */
#ifndef CC_UTIL_H
#define CC_UTIL_H

#include <stddef.h>
#include <stdint.h>

#define CC_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Copies with truncation, always terminated. @return false: truncated */
static inline int cc_copy(char *dst, size_t size, const char *src)
{
	size_t i = 0;

	if (!src)
		src = "";
	for (; i + 1 < size && src[i]; i++)
		dst[i] = src[i];
	dst[i] = '\0';
	return !src[i];
}

#endif
