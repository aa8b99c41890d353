/* util.h - the few helpers everybody needs. Pure. */
#ifndef CC_UTIL_H
#define CC_UTIL_H

#include <stddef.h>
#include <stdint.h>

#define CC_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Copies with truncation, always terminated; no character of UTF-8 is cut in
 * two. @return false: truncated */
static inline int cc_copy(char *dst, size_t size, const char *src)
{
	size_t i = 0;

	if (!src)
		src = "";
	for (; i + 1 < size && src[i]; i++)
		dst[i] = src[i];
	if (!src[i]) {
		dst[i] = '\0';
		return 1;
	}
	while (i && ((unsigned char)src[i] & 0xc0) == 0x80)
		i--;
	dst[i] = '\0';
	return 0;
}

#endif
