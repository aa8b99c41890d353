/*
 * wav_chain.h - check a recording of stage 1 (DESIGN D7) by its two files
 * alone: ID.wav, A-law stereo behind a header of 58 bytes, and ID.idx, one
 * line a second with the hash chain. Written from the description of the
 * format and not from the recorder's code, so that one mistake cannot hide in
 * both.
 */
#ifndef WAV_CHAIN_H
#define WAV_CHAIN_H

#include <stdint.h>

enum wav_verdict {
	WAV_OK,    /* every second fits, the lengths are right */
	WAV_OPEN,  /* every second fits, but it was never closed: a torn tail
		     * or the lengths of a running recording */
	WAV_BROKEN /* see frame and why */
};

struct wav_check {
	enum wav_verdict verdict;
	uint32_t frames;  /* that fit, from the beginning */
	uint64_t samples; /* in them, per channel */
	uint8_t head[32]; /* hash of the last frame that fits */
	char id[37];      /* of the recording and of its call; "" */
	char call[37];    /* when the first line is unreadable */
	const char *why;  /* a constant text; NULL when WAV_OK */
};

/**
 * @param path  ID.wav; the index lies beside it
 * @return 0, or the errno of reading the files. A verdict is no error
 */
int wav_check(struct wav_check *out, const char *path);

#endif
