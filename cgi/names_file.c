#include "cgi/names_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void names_file_init(struct names_file *f, const char *run)
{
	memset(f, 0, sizeof(*f));
	snprintf(f->path, sizeof(f->path), "%s/names.dict", run);
}

void names_file_close(struct names_file *f)
{
	if (f->map)
		munmap(f->map, f->len);
	f->map = NULL;
	f->names = (struct names){ .data = NULL };
}

static void map(struct names_file *f, int fd, const struct stat *st)
{
	void *p = MAP_FAILED;

	if (st->st_size > 0 && st->st_size <= UINT32_MAX)
		p = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_SHARED, fd,
			 0);
	if (p == MAP_FAILED)
		return;
	f->map = p;
	f->len = (size_t)st->st_size;
	if (names_view(&f->names, p, f->len))
		fprintf(stderr, "%s: not a dictionary of this build\n",
			f->path);
}

void names_file_look(struct names_file *f)
{
	struct stat st;
	int fd;

	if (stat(f->path, &st)) {
		names_file_close(f);
		return;
	}
	/* also a bad one is looked at once */
	if (f->map && st.st_ino == f->inode && st.st_dev == f->device &&
	    st.st_mtim.tv_sec == f->written.tv_sec &&
	    st.st_mtim.tv_nsec == f->written.tv_nsec)
		return;
	names_file_close(f);
	fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (!fstat(fd, &st)) {
		f->inode = st.st_ino;
		f->device = st.st_dev;
		f->written = st.st_mtim;
		map(f, fd, &st);
	}
	close(fd);
}

int names_file_write(const struct names_file *f, const struct buf *block)
{
	char temp[sizeof(f->path) + 8];
	size_t done = 0;
	int fd, err = 0;

	snprintf(temp, sizeof(temp), "%s.new", f->path);
	/* how often a name occurs is no secret, and workers are others */
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return errno;
	while (!err && done < block->len) {
		ssize_t n = write(fd, block->data + done, block->len - done);

		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno != EINTR)
			err = errno;
	}
	if (close(fd) && !err)
		err = errno;
	if (!err && rename(temp, f->path))
		err = errno;
	if (err)
		unlink(temp);
	return err;
}
