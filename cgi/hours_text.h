/* hours_text.h - a day's hours as people write them, "09:00–13:00,
 * 14:00–18:00". Pure. */
#ifndef HOURS_TEXT_H
#define HOURS_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define HOURS_SPANS 4
#define HOURS_TEXT  80 /* bytes with the end */

struct hours_span {
	uint16_t opens, closes; /* minutes of the day; 24:00 is 1440 */
};

/**
 * "9-18", "09:00 – 13:00; 14:00 – 18:00"; nothing: closed.
 *
 * @param out  HOURS_SPANS of them, in order
 * @return 0, E2BIG (more than that) or EINVAL: no time, or one before another
 */
int hours_parse(const char *text, struct hours_span *out, size_t *n);
/* The one way we write them. */
void hours_write(const struct hours_span *spans, size_t n,
		 char out[HOURS_TEXT]);

#endif
