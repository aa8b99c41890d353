/*
 * file_kind.h - what an uploaded file is, by its content, and whether it may
 * stay. Pure: bytes are asked for; nothing is ever unpacked.
 */
#ifndef FILE_KIND_H
#define FILE_KIND_H

#include <stddef.h>
#include <stdint.h>

enum file_kind {
	KIND_PDF,
	KIND_DOC,
	KIND_XLS,
	KIND_DOCX,
	KIND_XLSX,
	KIND_JPG,
	KIND_PNG,
	KIND_TIF,
	KIND_ZIP,
	KIND_COUNT /* none of them */
};

enum file_fault {
	FILE_FINE,
	FILE_EMPTY,
	FILE_NAME,    /* its extension is not one of ours */
	FILE_CONTENT, /* not what its name says */
	FILE_BROKEN,  /* its own tables point outside of it, or are cut off */
	FILE_BOMB,    /* would unpack to far more than it is */
	FILE_LARGE,   /* over the ceiling: found while it came */
	FILE_FAULTS
};

struct file_source {
	/* Exactly len bytes from at. @return 0, or anything else */
	int (*read)(void *arg, uint64_t at, void *buf, size_t len);
	void *arg;
	uint64_t size;
};

/**
 * @param name  As it was given; only its extension counts
 * @param kind  By content, KIND_COUNT when it is none of ours
 */
enum file_fault file_check(const char *name, const struct file_source *src,
			   enum file_kind *kind);

/* "pdf" …, "" for KIND_COUNT */
const char *file_kind_name(enum file_kind kind);
/* Content-Type */
const char *file_kind_type(enum file_kind kind);
/* "CONTENT" …; "" for FILE_FINE */
const char *file_fault_name(enum file_fault fault);

/*
 * A name that is harmless in a header, on a page and on whichever disk it is
 * saved: no path, no control or direction marks, no dot in front, at most 100
 * bytes of stem, the extension kept. size: at least 160
 */
void file_name_clean(const char *name, char *out, size_t size);

#endif
