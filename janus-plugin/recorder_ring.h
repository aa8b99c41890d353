/*
 * recorder_ring.h - what is recorded and not yet written: RING seconds of two
 * channels by the sample clock. No I/O, no locks.
 *
 * Memory is lent a second at a time, so a call that is written in time holds
 * two. A second in a slot belongs to the producers at or above `sealed` and to
 * the writer below it; an empty slot may be filled by anybody, and only the
 * writer empties one. What nobody wrote is silence.
 */
#ifndef CC_RECORDER_RING_H
#define CC_RECORDER_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "janus-plugin/recorder.h"
#include "janus-plugin/recorder_file.h"

/* The writer may stand for 4 s: 1.4 s were under way, seconds are whole, and
 * it has to catch up for every call. */
#define CC_RING_SECONDS 8u
#define CC_RING_SAMPLES (CC_RING_SECONDS * CC_RECF_RATE)

/* Pages of its own, so that what is given back is the system's again. */
struct cc_ring_second {
	uint8_t audio[2][CC_RECF_RATE]; /* by cc_rec_channel, A-law */
};

struct cc_ring_chan {
	atomic_uint busy; /* a producer is inside */
	atomic_uint late; /* samples that came after their second */
	atomic_uint lost; /* samples that found no room */
	_Atomic uint64_t lost_at;
};

struct cc_ring { /* all zero: empty */
	struct cc_ring_chan chan[2];
	_Atomic uint64_t sealed; /* producers stay at or above it */
	_Atomic uint64_t freed;  /* and below freed + CC_RING_SAMPLES */
	_Atomic(struct cc_ring_second *) slot[CC_RING_SECONDS];
};

/* See cc_rec_write(). */
int cc_ring_write(struct cc_ring *g, enum cc_rec_channel ch, uint64_t pos,
		  const uint8_t *alaw, size_t n);

/* Makes room up to the second of pos, for two seconds at least and as far as
 * the ring reaches. Any thread; without memory what would stand there is lost,
 * and counted.
 *
 * spare: the caller's own; one second kept back from a release, or NULL */
void cc_ring_lend(struct cc_ring *g, uint64_t pos,
		  struct cc_ring_second **spare);

/* ---- the writer's ---- */

/* @return false: a producer is inside just now */
bool cc_ring_seal(struct cc_ring *g, uint64_t stop);
/* Both channels, interleaved; [from, to) is sealed and within one second. */
void cc_ring_copy(const struct cc_ring *g, uint64_t from, uint64_t to,
		  uint8_t *out);
/* [from, to) is written or given up: its second becomes the spare one, or is
 * given back if there is one. */
void cc_ring_release(struct cc_ring *g, uint64_t from, uint64_t to,
		     struct cc_ring_second **spare);
/* No producers and no lender any more. */
void cc_ring_free(struct cc_ring *g);
void cc_ring_give_back(struct cc_ring_second **spare);

#endif
