/* enp.h - ЕНП, the 16-digit policy number (DOMAIN 6.1). Pure. */
#ifndef ENP_H
#define ENP_H

#include <stdbool.h>

#define ENP_SIZE 17 /* with the terminator */

struct enp {
	unsigned region;      /* where the number was given out, 1-99 */
	int year, month, day; /* of birth, as the number says */
	bool male;
};

/**
 * Check and decode.
 *
 * The data may have been corrected after the number was given out: a date or
 * sex that differs from the register is a warning for the caller to show.
 *
 * @param out  Written only on success; may be NULL
 * @return 0, EINVAL (not 16 ASCII digits), EBADMSG (check digit) or EDOM (no
 *         such region or date)
 */
int enp_parse(const char *text, struct enp *out);

/* @return 0 or EINVAL; serial 0-99999 */
int enp_make(const struct enp *from, unsigned serial, char out[ENP_SIZE]);

#endif
