/*
 * names_file.h - the file of the name dictionaries: written whole by jobs,
 * mapped read only by every worker.
 */
#ifndef NAMES_FILE_H
#define NAMES_FILE_H

#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "cgi/names.h"

struct names_file {
	char path[400];
	void *map;
	size_t len;
	dev_t device;
	ino_t inode;
	struct timespec written;
	struct names names; /* data NULL: there is no file, or a bad one */
};

/* path in the run directory of the state. Reads nothing yet. */
void names_file_init(struct names_file *f, const char *run);
/*
 * Maps the file again if another one stands there now. What was handed out of
 * f->names before is gone then.
 */
void names_file_look(struct names_file *f);
void names_file_close(struct names_file *f);

/* In its place at once and as a whole. @return 0 or an errno value */
int names_file_write(const struct names_file *f, const struct buf *block);

#endif
