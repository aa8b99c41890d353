/*
 * sound.h - what somebody uploaded into what the telephone plays: WAV, 8 kHz,
 * mono, 16 bit. By ffmpeg, in a process of its own that may use so much time,
 * memory and disk and reaches no network; the kind of the file is told by its
 * first bytes, never by its name.
 */
#ifndef SOUND_H
#define SOUND_H

#include <stddef.h>

#define SOUND_MAX_MS (10 * 60 * 1000) /* as long as a prompt may be */

/* "wav", "ogg", "mp3", or NULL: none of these. Pure, of the first 12 bytes. */
const char *sound_kind(const unsigned char *head, size_t len);

/**
 * @param to   Replaced as a whole, and only on success
 * @param ms   Its length
 * @param why  Otherwise: TYPE, LONG, SILENT, TIME (took too long) or ERROR
 * @return 0, EBADMSG (it is such a file: why) or the errno of this machine
 */
int sound_convert(const char *from, const char *to, unsigned *ms,
		  const char **why);

#endif
