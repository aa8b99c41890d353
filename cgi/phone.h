/* phone.h - telephone numbers (DOMAIN 6.3). Pure. */
#ifndef PHONE_H
#define PHONE_H

#include <stdbool.h>

#define PHONE_SIZE       13 /* +7 and ten digits, with the terminator */
#define PHONE_SHOWN_SIZE 24

/**
 * Make E.164 of what was typed or signalled. Everything but digits and a
 * leading «+» is dropped; short numbers such as 112 are no numbers to store.
 *
 * @param out  Written only on success
 * @return 0 or EINVAL: keep the raw value then
 */
int phone_normalize(const char *text, char out[PHONE_SIZE]);

/* Of normalized numbers. */
bool phone_is_mobile(const char *e164);
bool phone_is_toll_free(const char *e164);

/* +7 (999) 123-45-67; anything not normalized is copied, cut to fit */
void phone_show(const char *e164, char out[PHONE_SHOWN_SIZE]);
/* +7 (***) ***-45-67; of anything not normalized the last two characters */
void phone_mask(const char *e164, char out[PHONE_SHOWN_SIZE]);

/* Internal number: 3 to 6 digits. */
bool phone_is_extension(const char *text);

#endif
