/* prompt.h - what the house itself says: read once at start, kept as A-law. */
#ifndef CC_PROMPT_H
#define CC_PROMPT_H

#include <stddef.h>
#include <stdint.h>
#include "janus-plugin/media.h"

/* What is added stays until the end, so who plays it needs no lock. */
struct cc_prompts {
	struct {
		uint8_t *alaw; /* 8 kHz; owned */
		size_t n;
		char *path;  /* of the fund's own; owned */
	} of[CC_PROMPT_END]; /* [CC_PROMPT_NONE] is empty */
};

/* File name without ".wav" into name (16 bytes are enough). */
void cc_prompt_name(enum cc_prompt p, char *name, size_t size);

/**
 * Convert the WAV file in buf (PCM, 8 kHz, mono, 16 bit, ≤ 10 minutes).
 *
 * @param alaw  malloc'ed, the caller's; written only on success
 * @return 0, EBADMSG (not such a file, or no sound in it) or ENOMEM
 */
int cc_prompt_wav(uint8_t **alaw, size_t *n, const uint8_t *buf, size_t len);

/**
 * Load every prompt of a directory.
 *
 * @param err  On failure: the path and what is wrong with it
 * @return 0, ENOENT, EBADMSG, ENOMEM or the errno of reading; nothing is
 *         kept on failure
 */
int cc_prompts_load(struct cc_prompts *ps, const char *dir, char *err,
		    size_t errlen);
/* One of the fund's own: cc_media_prompt. */
int cc_prompts_add(struct cc_prompts *ps, const char *path,
		   enum cc_prompt *out);
void cc_prompts_free(struct cc_prompts *ps);

#endif
