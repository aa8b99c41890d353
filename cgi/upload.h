/* upload.h - files of a form onto the disk, as they come: never whole in
 * memory, each under a ceiling. */
#ifndef UPLOAD_H
#define UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/file_kind.h"
#include "cgi/form.h"
#include "cgi/http.h"

#define UPLOAD_FILES 10
#define UPLOAD_SIZE  (UINT64_C(20) << 20) /* bytes of one file */

struct upload_file {
	char given[256]; /* name as it came */
	char path[400];  /* where it lies; "": it does not */
	uint64_t size;
	char sha256[65];
	enum file_kind kind;
	enum file_fault fault;
};

struct upload {
	struct form form; /* the other fields, into text */
	char text[8192];
	size_t used;
	struct upload_file files[UPLOAD_FILES];
	unsigned count;
	bool too_many; /* more files than UPLOAD_FILES came */
};

/**
 * Read the whole body. Files lie in dir then, synced, and are the caller's to
 * move or to drop.
 *
 * @param out  Written in any case; upload_drop it
 * @return 0, EBADMSG (broken off, or no multipart), EILSEQ, E2BIG, or what
 *         the disk said
 */
int upload_read(const struct request *req, const char *dir, struct upload *out);
/* What who was killed at work has left in dir for an hour: *.part. */
void upload_sweep(const char *dir, int64_t now_ms);
/* Removes what still lies there. */
void upload_drop(struct upload *u);

#endif
