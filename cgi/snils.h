/* snils.h - СНИЛС, the 11-digit social insurance number (DOMAIN 6.2). Pure. */
#ifndef SNILS_H
#define SNILS_H

#define SNILS_SIZE       12 /* digits with the terminator, as stored */
#define SNILS_SHOWN_SIZE 15 /* NNN-NNN-NNN CC */

/**
 * Check 11 digits, plain or written NNN-NNN-NNN CC.
 *
 * @param digits  Written only on success
 * @return 0, EINVAL (form, or all zeros) or EBADMSG (check number)
 */
int snils_parse(const char *text, char digits[SNILS_SIZE]);

/* Of digits that were parsed. */
void snils_show(const char *digits, char out[SNILS_SHOWN_SIZE]);

/* @param number  Without the check number, 1-999999999
 * @return 0 or EINVAL */
int snils_make(unsigned number, char digits[SNILS_SIZE]);

#endif
