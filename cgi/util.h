/* util.h - what everybody needs. Pure. */
#ifndef UTIL_H
#define UTIL_H

#include <stddef.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Copies with truncation, always terminated; a NULL source is "".
 * @return 1, or 0 when it did not fit */
static inline int copy_text(char *dst, size_t size, const char *src)
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
