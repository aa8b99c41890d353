/* stamp.h - what pump.c puts into a payload and sniff.c finds there. */
#ifndef BENCH_STAMP_H
#define BENCH_STAMP_H

#include <stdint.h>

#define STAMP_MAGIC 0x4b4c544fu
#define STAMP_SSRC  0x0b000000u /* of a stream: this and its id */

struct stamp {
	uint32_t magic;
	uint32_t id;    /* of the stream that said it */
	uint32_t count; /* its packets before this one */
};

#endif
