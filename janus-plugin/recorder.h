/*
 * recorder.h - recordings as evidence, stage 1 (DESIGN D7): ID.wav (stereo
 * A-law, 8 kHz, header length 0xFFFFFFFF corrected at close) and ID.idx (one
 * record a second: sample offset, marks, SHA-256 chain), written by one
 * writer thread; syncfs once a second for all.
 */
#ifndef CC_RECORDER_H
#define CC_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cc_recorder;
struct cc_rec;

enum cc_rec_channel { CC_REC_LEFT, CC_REC_RIGHT };

struct cc_rec_done {    /* handed to done() on the writer thread */
	const char *id; /* recording, UUID text */
	const char *call;
	uint64_t samples; /* per channel */
	uint64_t bytes;   /* of the WAV file */
	uint32_t frames;
	uint8_t head[32];   /* last h[n] */
	int64_t ended_ms;   /* epoch */
	const char *reason; /* "closed", "disk", "recovered" */
	/* For the recording's row, should a crash have lost it. path: relative
	 * to dir. call is "" and started_ms 0 when the crash came before the
	 * first byte of the index. */
	const char *path;
	int64_t started_ms;
};

struct cc_recorder_conf {
	const char *dir; /* rec/ */
	const char *node;
	void (*done)(const struct cc_rec_done *d, void *arg);
	/* Also on its threads. "rec_disk": seconds are being lost, once until
	 * "rec_disk_ok"; "rec_sync": syncfs failed; "rec_broken": what a crash
	 * left could not be repaired. Texts have no personal data. */
	void (*alarm)(const char *code, const char *text, void *arg);
	void *arg;
	bool simulated; /* the time comes from cc_recorder_tick() alone */
};

/* Starts the writer and first repairs what a killed process left: fixes
 * headers, cuts a torn last record, calls done(reason "recovered").
 * @return 0, EBUSY (another process records into dir), EINVAL or errno */
int cc_recorder_open(struct cc_recorder **rp, const struct cc_recorder_conf *);
/* Ends what is still recorded: no producer may be left. */
void cc_recorder_close(struct cc_recorder **rp);
/* Simulated time only: it is mono_ns now; returns when the writer has carried
 * out all that is due. Starts at 0. */
void cc_recorder_tick(struct cc_recorder *r, int64_t mono_ns);

/* What is open has a link in dir/open/, so a start finds it without walking
 * years of folders.
 *
 * id, call: UUID text. now_ms: epoch, fixes the path YYYY/MM/DD/<id>.wav (in
 * path, relative to dir). File creation happens on the writer thread. */
int cc_rec_open(struct cc_rec **recp, struct cc_recorder *r, const char *id,
		const char *call, int64_t now_ms, char *path, size_t size);
/* One producer per channel at a time; never blocks. pos: sample clock of the
 * recording (8 kHz since its start). A-law payload. What finds no room is
 * dropped and marked; samples over 300 ms late are left out and counted in a
 * mark.
 * Later data replaces earlier. @return 0 or ENOBUFS */
int cc_rec_write(struct cc_rec *rec, enum cc_rec_channel ch, uint64_t pos,
		 const uint8_t *alaw, size_t n);
void cc_rec_mark(struct cc_rec *rec, uint64_t pos, const char *mark);
/* Sample clock for a monotonic time, so that all producers agree. */
uint64_t cc_rec_pos(const struct cc_rec *rec, int64_t mono_ns);
/* No more producers; the writer finishes the file up to end and frees rec. */
void cc_rec_close(struct cc_rec **recp, int64_t mono_ns);

/* Check files against each other and the chain. *bad: first second that does
 * not fit. Used by tests and the verifier; offline.
 * @return 0, EBADMSG (chain), EIO, ENOENT */
int cc_rec_verify(const char *wav, const char *idx, uint32_t *bad,
		  uint8_t head[32]);

#endif
