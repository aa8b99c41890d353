/*
 * store_spool.h - rows that wait for the database, on disk: numbered files of
 * JSON, one object a line, read back in the order of their numbers. A file
 * is written by one process only; one that a killed process left may end in
 * a torn line. Plain files, no locks: the caller sees to that.
 */
#ifndef CC_STORE_SPOOL_H
#define CC_STORE_SPOOL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <jansson.h>

struct cc_segment { /* being written; fd -1: not yet made */
	int fd;
	uint64_t no;
	off_t len;
};

/* @return 0 or errno; a line is written whole or not at all */
int cc_segment_append(struct cc_segment *s, int dir, const json_t *row);
/* On disk from here on. */
void cc_segment_close(struct cc_segment *s);

struct cc_backlog { /* to be read back */
	int dir;
	uint64_t *no; /* ascending */
	size_t n, room;
	FILE *file;  /* of no[0], or NULL */
	off_t start; /* where the batch began */
	bool ended;  /* the batch reached the end of no[0] */
};

/* Everything that is in the folder. *last: the greatest number, or 0. */
int cc_backlog_open(struct cc_backlog *b, int dir, uint64_t *last);
void cc_backlog_close(struct cc_backlog *b);
int cc_backlog_add(struct cc_backlog *b, uint64_t no);
/* At most max rows of the oldest file, appended to the array rows. *torn
 * counts lines that are no JSON object. */
int cc_backlog_read(struct cc_backlog *b, json_t *rows, size_t max,
		    unsigned *torn);
/* The batch is stored; a file that has been read to its end goes. */
void cc_backlog_done(struct cc_backlog *b);
/* It is not: read it again. */
void cc_backlog_again(struct cc_backlog *b);

/* A row that no database will take, kept for people: refused.ndjson. */
int cc_spool_refuse(int dir, const json_t *row);

#endif
