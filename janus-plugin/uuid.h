/* uuid.h - UUIDv7 (RFC 9562 5.7): 48 bits of epoch ms, 74 random bits. */
#ifndef CC_UUID_H
#define CC_UUID_H

#include <stdint.h>

void cc_uuid7(int64_t epoch_ms, char out[37]);

#endif
