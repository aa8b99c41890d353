#include "cgi/upload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgi/util.h"

#define OLD_S    3600
#define MAX_BODY ((size_t)UPLOAD_FILES * UPLOAD_SIZE + (1u << 20))

struct job {
	struct upload *out;
	const char *dir;
	struct upload_file *file; /* that comes in now, or NULL: a field */
	bool skip;                /* no file was chosen, or one too many */
	int fd;
	crypto_hash_sha256_state hash;
};

static int begin_file(struct job *j, const char *name)
{
	struct upload *u = j->out;
	unsigned char raw[16];
	char id[33];

	if (u->count == UPLOAD_FILES) {
		u->too_many = j->skip = true;
		return 0;
	}
	j->file = &u->files[u->count];
	copy_text(j->file->given, sizeof(j->file->given), name);
	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(id, sizeof(id), raw, sizeof(raw));
	snprintf(j->file->path, sizeof(j->file->path), "%s/%s.part", j->dir,
		 id);
	j->fd =
	    open(j->file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (j->fd < 0) {
		j->file->path[0] = '\0';
		return errno;
	}
	u->count++;
	crypto_hash_sha256_init(&j->hash);
	return 0;
}

static int begin(void *arg, const struct form_part *part)
{
	struct job *j = arg;
	struct upload *u = j->out;
	size_t len = strlen(part->name) + 1;

	j->file = NULL;
	j->skip = false;
	if (!strcmp(part->name, "file")) {
		/* a browser sends one without a name when none is chosen */
		j->skip = !*part->filename;
		return j->skip ? 0 : begin_file(j, part->filename);
	}
	if (u->form.count == FORM_MAX_FIELDS ||
	    u->used + len + 1 > sizeof(u->text))
		return E2BIG;
	memcpy(u->text + u->used, part->name, len);
	u->form.fields[u->form.count].name = u->text + u->used;
	u->used += len;
	u->form.fields[u->form.count++].value = u->text + u->used;
	return 0;
}

static int data(void *arg, const char *bytes, size_t len)
{
	struct job *j = arg;
	struct upload *u = j->out;

	if (j->skip)
		return 0;
	if (!j->file) {
		if (len >= sizeof(u->text) - u->used)
			return E2BIG;
		memcpy(u->text + u->used, bytes, len);
		u->used += len;
		return 0;
	}
	j->file->size += len;
	if (j->file->size > UPLOAD_SIZE) {
		j->file->fault = FILE_LARGE; /* the rest is not kept */
		return 0;
	}
	crypto_hash_sha256_update(&j->hash, (const unsigned char *)bytes, len);
	while (len) {
		ssize_t n = write(j->fd, bytes, len);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int read_at(void *arg, uint64_t at, void *buf, size_t len)
{
	const int *fd = arg;

	return pread(*fd, buf, len, (off_t)at) == (ssize_t)len ? 0 : EIO;
}

static int end_file(struct job *j)
{
	struct upload_file *f = j->file;
	const struct file_source src = { read_at, &j->fd, f->size };
	unsigned char hash[crypto_hash_sha256_BYTES];
	int err = 0;

	crypto_hash_sha256_final(&j->hash, hash);
	sodium_bin2hex(f->sha256, sizeof(f->sha256), hash, sizeof(hash));
	if (f->fault != FILE_LARGE)
		f->fault = file_check(f->given, &src, &f->kind);
	if (f->fault == FILE_LARGE || f->fault == FILE_EMPTY) {
		unlink(f->path);
		f->path[0] = '\0';
	} else if (fsync(j->fd)) {
		err = errno;
	}
	close(j->fd);
	j->fd = -1;
	return err;
}

static int end(void *arg)
{
	struct job *j = arg;
	struct upload *u = j->out;
	struct form_field *f;

	if (j->skip)
		return 0;
	if (j->file)
		return end_file(j);
	f = &u->form.fields[u->form.count - 1];
	f->len = (size_t)(u->text + u->used - f->value);
	u->text[u->used++] = '\0';
	if (memchr(f->value, '\0', f->len))
		return EBADMSG;
	return form_utf8(f->value, f->len) ? 0 : EILSEQ;
}

int upload_read(const struct request *req, const char *dir, struct upload *out)
{
	static char buf[65536];
	static struct form_multipart mp;
	struct job j = { .out = out, .dir = dir, .fd = -1 };
	const struct form_sink sink = { begin, data, end, &j };
	size_t n;
	int err;

	memset(out, 0, sizeof(*out));
	err = req->stream.type
		  ? form_multipart_init(&mp, req->stream.type, MAX_BODY, &sink)
		  : EBADMSG;
	while (!err &&
	       (n = req->stream.read(req->stream.arg, buf, sizeof(buf))) > 0)
		err = form_multipart_feed(&mp, buf, n);
	if (!err)
		err = form_multipart_end(&mp);
	if (j.fd >= 0)
		close(j.fd);
	return err;
}

void upload_sweep(const char *dir, int64_t now_ms)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	const char *dot;
	struct stat st;

	while (d && (e = readdir(d)))
		if ((dot = strrchr(e->d_name, '.')) && !strcmp(dot, ".part") &&
		    !fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode) && st.st_mtime < now_ms / 1000 - OLD_S)
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

void upload_drop(struct upload *u)
{
	for (unsigned i = 0; i < u->count; i++) {
		if (*u->files[i].path)
			unlink(u->files[i].path);
		u->files[i].path[0] = '\0';
	}
}
