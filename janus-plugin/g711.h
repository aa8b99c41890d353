/* g711.h - A-law and µ-law (ITU-T G.711). Pure: tables, no state. */
#ifndef CC_G711_H
#define CC_G711_H

#include <stddef.h>
#include <stdint.h>

#define CC_ALAW_SILENCE 0xd5 /* +0, as G.711 sends it */
#define CC_ULAW_SILENCE 0xff

int16_t cc_alaw_decode(uint8_t a);
uint8_t cc_alaw_encode(int16_t linear);
int16_t cc_ulaw_decode(uint8_t u);

/* Transcode n bytes; dst may be src. Through linear, not by G.711 tables
 * 3 and 4: at most one step off, and never worse than one more codec. */
void cc_ulaw_to_alaw(uint8_t *dst, const uint8_t *src, size_t n);
void cc_alaw_to_ulaw(uint8_t *dst, const uint8_t *src, size_t n);

/* dst = a + b with saturation; dst may be a or b. */
void cc_alaw_mix(uint8_t *dst, const uint8_t *a, const uint8_t *b, size_t n);

#endif
