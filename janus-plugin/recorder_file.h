/*
 * recorder_file.h - the two files of one recording (DESIGN D7, stage 1).
 *
 * ID.wav: a header of 58 bytes (RIFF; "fmt " of 18 bytes: tag 6 = A-law, 2
 * channels, 8000 Hz, 8 bits; "fact"; "data"), then plain interleaved bytes:
 * left, right. The three lengths are 0xFFFFFFFF until the recording is
 * closed; they are outside the chain. Sample k of the file is sample k of the
 * recording's clock: what nobody filled is 0xD5, A-law silence.
 *
 * ID.idx: ASCII lines, each ended by one \n.
 *   first   otklik-rec 1 RECORDING CALL NODE START
 *           two UUIDs, the node, the start in ms since 1970 UTC
 *   then    N OFFSET SAMPLES MARKS HASH
 *           N       number of the frame from 1, so it is second N - 1
 *           OFFSET  sample clock of its first sample; the sum of the SAMPLES
 *                   before it
 *           SAMPLES per channel: 8000, in the last frame 1 to 8000
 *           MARKS   "-" or POS:TEXT separated by ";"; POS on the sample clock
 *           HASH    h[N], 64 lower-case hex digits
 * NODE and TEXT carry bytes outside '!'..'~' and '%' ';' as %XX.
 *
 * The chain, over plain bytes:
 *   h[0] = SHA-256(first line with its \n)
 *   h[N] = SHA-256(h[N-1] || "N OFFSET SAMPLES MARKS\n" || audio)
 * where h[N-1] are 32 raw bytes and audio the 2 * SAMPLES bytes of the WAV
 * from byte 58 + 2 * OFFSET.
 *
 * A frame's audio is written before its line, so a killed process leaves at
 * most audio without a line and a line without its \n.
 */
#ifndef CC_RECORDER_FILE_H
#define CC_RECORDER_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CC_RECF_RATE    8000u /* samples a second and samples a frame */
#define CC_RECF_HEADER  58u   /* bytes of the WAV header */
#define CC_RECF_SILENCE 0xD5  /* A-law */
#define CC_RECF_HASH    32u
#define CC_RECF_UUID    37u /* with the terminating zero */
#define CC_RECF_NODE    64u
#define CC_RECF_MARKS   2048u /* text of the marks of one frame, with zero */

struct cc_recf_info {
	char id[CC_RECF_UUID];
	char call[CC_RECF_UUID];
	char node[CC_RECF_NODE]; /* as written: escaped */
	int64_t start_ms;
};

struct cc_recf { /* an open pair; -1: not open */
	int wav, idx;
	uint64_t samples, idx_len;
	uint32_t frames;
	uint8_t head[CC_RECF_HASH];
};

/**
 * Make both files and their headers. Nothing stays behind on failure.
 *
 * @param path  of the WAV, relative to the directory dir; folders are made
 * @return 0, EEXIST (never overwrites) or the errno of the failed call
 */
int cc_recf_create(struct cc_recf *f, int dir, const char *path,
		   const struct cc_recf_info *info);
/**
 * Append one frame: audio of 2 * samples interleaved bytes. On failure both
 * files and *f are as before, so it can be tried again later.
 *
 * @param marks  escaped text as in the index, or "-"
 */
int cc_recf_append(struct cc_recf *f, const uint8_t *audio, unsigned samples,
		   const char *marks);
/* Put the real lengths into the header. */
int cc_recf_finish(struct cc_recf *f);
/* Close without writing anything more; copes with a half-open one. */
void cc_recf_close(struct cc_recf *f);

/**
 * What a killed process or a power cut left: cut a torn tail of either file,
 * cut at the first of the last seconds whose hash does not fit, set the
 * lengths. Older seconds are evidence and never touched, fitting or not.
 * info and f (closed, for its figures) are written on success.
 *
 * @return 0, ENOENT, EBADMSG (not an index of ours: nothing was changed) or
 *         the errno of the failed call
 */
int cc_recf_repair(struct cc_recf *f, struct cc_recf_info *info, int dir,
		   const char *path);

/* Escape text as in the index. @return false: did not fit, nothing written */
bool cc_recf_escape(char *out, size_t size, const char *text);

#endif
