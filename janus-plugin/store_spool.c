/* store_spool.c - files of rows. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "janus-plugin/store_spool.h"

#define NAME_SIZE 32
#define SUFFIX    ".ndjson"

static void name_of(uint64_t no, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%020" PRIu64 SUFFIX, no);
}

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? errno : EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int cc_segment_append(struct cc_segment *s, int dir, const json_t *row)
{
	char name[NAME_SIZE], *line;
	size_t len;
	int err;

	if (s->fd < 0) {
		name_of(s->no, name);
		/* rows carry numbers of citizens: for nobody else's eyes */
		s->fd = openat(dir, name,
			       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (s->fd < 0)
			return errno;
		s->len = 0;
	}
	line = json_dumps(row, JSON_COMPACT);
	if (!line)
		return ENOMEM;
	len = strlen(line);
	line[len] = '\n'; /* in place of the zero */
	err = write_all(s->fd, line, len + 1);
	if (!err)
		s->len += (off_t)len + 1;
	else if (ftruncate(s->fd, s->len) || lseek(s->fd, s->len, SEEK_SET) < 0)
		err = EIO; /* the reader will count a torn line */
	free(line);
	return err;
}

void cc_segment_close(struct cc_segment *s)
{
	if (s->fd < 0)
		return;
	fdatasync(s->fd);
	close(s->fd);
	s->fd = -1;
	s->no = 0;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int cc_backlog_add(struct cc_backlog *b, uint64_t no)
{
	if (b->n == b->room) {
		size_t room = b->room ? 2 * b->room : 16;
		uint64_t *more = realloc(b->no, room * sizeof(*more));

		if (!more)
			return ENOMEM;
		b->no = more;
		b->room = room;
	}
	b->no[b->n++] = no;
	return 0;
}

int cc_backlog_open(struct cc_backlog *b, int dir, uint64_t *last)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int err = 0;

	*b = (struct cc_backlog){ .dir = dir };
	*last = 0;
	if (!d) {
		err = errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (!err && (e = readdir(d))) {
		char name[NAME_SIZE];
		uint64_t no = strtoull(e->d_name, NULL, 10);

		name_of(no, name);
		if (!strcmp(name, e->d_name))
			err = cc_backlog_add(b, no);
	}
	closedir(d);
	if (b->n) {
		qsort(b->no, b->n, sizeof(*b->no), by_number);
		*last = b->no[b->n - 1];
	}
	return err;
}

void cc_backlog_close(struct cc_backlog *b)
{
	if (b->file)
		fclose(b->file);
	free(b->no);
	*b = (struct cc_backlog){ .dir = -1 };
}

static int open_first(struct cc_backlog *b)
{
	char name[NAME_SIZE];
	int fd;

	name_of(b->no[0], name);
	fd = openat(b->dir, name, O_RDONLY | O_CLOEXEC);
	b->file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!b->file) {
		int err = errno;

		if (fd >= 0)
			close(fd);
		return err;
	}
	b->start = 0;
	return 0;
}

int cc_backlog_read(struct cc_backlog *b, json_t *rows, size_t max,
		    unsigned *torn)
{
	char *line = NULL;
	size_t size = 0, n = 0;
	ssize_t len;
	int err = b->file ? 0 : open_first(b);

	b->ended = err == ENOENT; /* somebody tidied up: go on */
	if (err)
		return b->ended ? 0 : err;
	while (n < max && (len = getline(&line, &size, b->file)) > 0) {
		json_t *row = NULL;

		/* The last line may be whole JSON and yet cut: "12" of 123. */
		if (line[len - 1] == '\n')
			row = json_loadb(line, (size_t)len, 0, NULL);
		if (json_is_object(row)) {
			json_array_append_new(rows, row);
		} else {
			json_decref(row);
			++*torn;
		}
		n++;
	}
	if (ferror(b->file))
		err = EIO;
	b->ended = n < max;
	free(line);
	return err;
}

void cc_backlog_done(struct cc_backlog *b)
{
	char name[NAME_SIZE];

	if (!b->ended) {
		b->start = ftello(b->file);
		return;
	}
	if (b->file)
		fclose(b->file);
	b->file = NULL;
	name_of(b->no[0], name);
	unlinkat(b->dir, name, 0);
	memmove(b->no, b->no + 1, --b->n * sizeof(*b->no));
}

void cc_backlog_again(struct cc_backlog *b)
{
	if (b->file)
		fseeko(b->file, b->start, SEEK_SET);
}

int cc_spool_refuse(int dir, const json_t *row)
{
	struct cc_segment s = { .fd = -1 };
	int err;

	s.fd = openat(dir, "refused" SUFFIX,
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (s.fd < 0)
		return errno;
	s.len = lseek(s.fd, 0, SEEK_END);
	err = cc_segment_append(&s, dir, row);
	cc_segment_close(&s);
	return err;
}
