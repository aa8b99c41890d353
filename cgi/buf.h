/* buf.h - a growing byte buffer with a ceiling. Pure. */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is an empty buffer. After a failure nothing more is added, so a
 * writer may check once, at the end. */
struct buf {
	char *data; /* terminated; NULL while nothing was ever added */
	size_t len, size;
	bool failed; /* no memory, or over BUF_MAX */
};

#define BUF_MAX (32u << 20)

void buf_add(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Forgets the content, keeps the memory. */
void buf_clear(struct buf *b);
void buf_free(struct buf *b);

#endif
