/* recorder_file.c - formats, chain, repair and verification. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "janus-plugin/recorder.h"
#include "janus-plugin/recorder_file.h"
#include "janus-plugin/util.h"

#define MAGIC        "otklik-rec 1 "
#define LINE_MAX_LEN (CC_RECF_MARKS + 160)
#define UNKNOWN      UINT32_MAX /* a length in the header before the close */
/* syncfs runs every second: what is older than this cannot be torn. */
#define TAIL_FRAMES 5

struct line { /* one parsed line of the index */
	uint32_t n;
	uint64_t offset;
	unsigned samples;
	size_t hashed; /* bytes before the space and the hash */
	uint8_t hash[CC_RECF_HASH];
};

/* ---- small tools ---- */

static int pwrite_all(int fd, const void *buf, size_t len, uint64_t at)
{
	const char *p = buf;

	while (len) {
		ssize_t n = pwrite(fd, p, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? errno : EIO;
		p += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* @return 0, ENODATA (the file ends earlier) or errno */
static int pread_all(int fd, void *buf, size_t len, uint64_t at)
{
	char *p = buf;

	while (len) {
		ssize_t n = pread(fd, p, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (!n)
			return ENODATA;
		p += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v & 0xffff);
	put16(p + 2, v >> 16);
}

static uint32_t get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void wav_header(uint8_t h[CC_RECF_HEADER], bool closed, uint64_t samples)
{
	uint64_t data = 2 * samples;

	if (!closed || data > UNKNOWN - CC_RECF_HEADER)
		closed = false; /* 74 hours: players go by the file's size */
	memset(h, 0, CC_RECF_HEADER);
	memcpy(h, "RIFF", 4);
	put32(h + 4, closed ? (uint32_t)data + CC_RECF_HEADER - 8 : UNKNOWN);
	memcpy(h + 8, "WAVEfmt ", 8);
	put32(h + 16, 18);
	put16(h + 20, 6); /* A-law */
	put16(h + 22, 2);
	put32(h + 24, CC_RECF_RATE);
	put32(h + 28, 2 * CC_RECF_RATE);
	put16(h + 32, 2); /* bytes a sample of both channels */
	put16(h + 34, 8);
	memcpy(h + 38, "fact", 4);
	put32(h + 42, 4);
	put32(h + 46, closed ? (uint32_t)samples : UNKNOWN);
	memcpy(h + 50, "data", 4);
	put32(h + 54, closed ? (uint32_t)data : UNKNOWN);
}

/* All but the lengths is fixed; they are unknown together or right. */
static bool wav_header_fits(const uint8_t h[CC_RECF_HEADER], uint64_t samples)
{
	uint8_t want[CC_RECF_HEADER];

	wav_header(want, get32(h + 54) != UNKNOWN, samples);
	return !memcmp(h, want, CC_RECF_HEADER);
}

static void chain(uint8_t head[CC_RECF_HASH], const char *line, size_t len,
		  const uint8_t *audio, size_t bytes)
{
	crypto_hash_sha256_state st;

	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, head, CC_RECF_HASH);
	crypto_hash_sha256_update(&st, (const uint8_t *)line, len);
	crypto_hash_sha256_update(&st, (const uint8_t *)"\n", 1);
	crypto_hash_sha256_update(&st, audio, bytes);
	crypto_hash_sha256_final(&st, head);
}

static bool is_plain(char c)
{
	return c > ' ' && c <= '~' && c != '%' && c != ';';
}

bool cc_recf_escape(char *out, size_t size, const char *text)
{
	size_t need = 1;

	for (const char *p = text; *p; p++)
		need += is_plain(*p) ? 1 : 3;
	if (need > size)
		return false;
	for (const char *p = text; *p; p++) {
		if (is_plain(*p))
			*out++ = *p;
		else
			out += sprintf(out, "%%%02X", (unsigned char)*p);
	}
	*out = '\0';
	return true;
}

/* "…/ID.wav" -> "…/ID.idx" */
static int idx_path(char *out, size_t size, const char *wav)
{
	size_t len = strlen(wav);

	if (len < 4 || strcmp(wav + len - 4, ".wav") || len >= size)
		return EINVAL;
	memcpy(out, wav, len - 3);
	strcpy(out + len - 3, "idx");
	return 0;
}

static int make_folders(int dir, const char *path)
{
	char part[256];

	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		if ((size_t)(p - path) >= sizeof(part))
			return ENAMETOOLONG;
		memcpy(part, path, (size_t)(p - path));
		part[p - path] = '\0';
		if (mkdirat(dir, part, 0750) && errno != EEXIST)
			return errno;
	}
	return 0;
}

/* ---- reading the index ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decimal without sign or leading zeros, then one space. */
static const char *read_number(const char *p, const char *end, uint64_t *out)
{
	uint64_t v = 0;
	const char *start = p;

	for (; p < end && *p >= '0' && *p <= '9' && p - start < 19; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	if (p == start || p == end || *p != ' ' ||
	    (*start == '0' && p > start + 1))
		return NULL;
	*out = v;
	return p + 1;
}

/* One line without its \n. Only what cc_recf_append() writes is accepted. */
static bool parse_line(const char *p, size_t len, struct line *out)
{
	const char *start = p, *end = p + len;
	uint64_t n, samples;

	if (!(p = read_number(p, end, &n)) ||
	    !(p = read_number(p, end, &out->offset)) ||
	    !(p = read_number(p, end, &samples)))
		return false;
	for (; p < end && *p != ' '; p++)
		if (*p < '!' || *p > '~')
			return false;
	if (end - p != 1 + 2 * (ptrdiff_t)CC_RECF_HASH || n == 0 ||
	    n > UINT32_MAX || samples == 0 || samples > CC_RECF_RATE)
		return false;
	out->n = (uint32_t)n;
	out->samples = (unsigned)samples;
	out->hashed = (size_t)(p - start);
	p++;
	for (size_t i = 0; i < CC_RECF_HASH; i++, p += 2) {
		int hi = hex_digit(p[0]), lo = hex_digit(p[1]);

		if (hi < 0 || lo < 0)
			return false;
		out->hash[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

static bool parse_first(const char *p, size_t len, struct cc_recf_info *out)
{
	char text[256];
	int used = 0;

	if (len >= sizeof(text))
		return false;
	memcpy(text, p, len);
	text[len] = '\0';
	return sscanf(text, MAGIC "%36s %36s %63s %" SCNd64 "%n", out->id,
		      out->call, out->node, &out->start_ms, &used) == 4 &&
	       (size_t)used == len;
}

/* Does the line follow the frames before it? */
static bool follows(const struct line *l, uint32_t frames, uint64_t samples)
{
	return l->n == frames + 1 && l->offset == samples &&
	       samples == (uint64_t)frames * CC_RECF_RATE;
}

/* ---- writing ---- */

int cc_recf_create(struct cc_recf *f, int dir, const char *path,
		   const struct cc_recf_info *info)
{
	uint8_t header[CC_RECF_HEADER];
	char idx[256], line[256];
	int err, len;

	f->wav = f->idx = -1;
	err = idx_path(idx, sizeof(idx), path);
	if (!err)
		err = make_folders(dir, path);
	if (err)
		return err;

	len = snprintf(line, sizeof(line), MAGIC "%s %s %s %" PRId64 "\n",
		       info->id, info->call, info->node, info->start_ms);
	if (len < 0 || (size_t)len >= sizeof(line))
		return EINVAL;
	f->idx = openat(dir, idx, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (f->idx < 0)
		return errno;
	f->wav = openat(dir, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (f->wav < 0) {
		err = errno;
		goto out;
	}
	wav_header(header, false, 0);
	err = pwrite_all(f->wav, header, sizeof(header), 0);
	if (!err)
		err = pwrite_all(f->idx, line, (size_t)len, 0);
	f->samples = f->frames = 0;
	f->idx_len = (uint64_t)len;
	crypto_hash_sha256(f->head, (const uint8_t *)line, (size_t)len);
out:
	if (err) {
		if (f->wav >= 0)
			unlinkat(dir, path, 0);
		unlinkat(dir, idx, 0);
		cc_recf_close(f);
	}
	return err;
}

int cc_recf_append(struct cc_recf *f, const uint8_t *audio, unsigned samples,
		   const char *marks)
{
	uint64_t at = CC_RECF_HEADER + 2 * f->samples;
	char line[LINE_MAX_LEN];
	uint8_t head[CC_RECF_HASH];
	int len, err;

	if (samples == 0 || samples > CC_RECF_RATE ||
	    f->samples != (uint64_t)f->frames * CC_RECF_RATE)
		return EINVAL; /* only the last frame may be short */
	len = snprintf(line, sizeof(line), "%" PRIu32 " %" PRIu64 " %u %s",
		       f->frames + 1, f->samples, samples, marks);
	if (len < 0 || (size_t)len + 2 + 2 * CC_RECF_HASH > sizeof(line))
		return EINVAL;
	memcpy(head, f->head, sizeof(head));
	chain(head, line, (size_t)len, audio, 2 * (size_t)samples);
	line[len++] = ' ';
	sodium_bin2hex(line + len, sizeof(line) - (size_t)len, head,
		       sizeof(head));
	len += 2 * (int)CC_RECF_HASH;
	line[len++] = '\n';

	err = pwrite_all(f->wav, audio, 2 * (size_t)samples, at);
	if (!err)
		err = pwrite_all(f->idx, line, (size_t)len, f->idx_len);
	if (err) {
		/* Shrinking needs no space; if it fails all the same, the
		 * next try overwrites the same bytes. */
		if (ftruncate(f->wav, (off_t)at) ||
		    ftruncate(f->idx, (off_t)f->idx_len))
			return err;
		return err;
	}
	memcpy(f->head, head, sizeof(head));
	f->idx_len += (uint64_t)len;
	f->samples += samples;
	f->frames++;
	return 0;
}

int cc_recf_finish(struct cc_recf *f)
{
	uint8_t header[CC_RECF_HEADER];

	wav_header(header, true, f->samples);
	return pwrite_all(f->wav, header, sizeof(header), 0);
}

void cc_recf_close(struct cc_recf *f)
{
	if (f->wav >= 0)
		close(f->wav);
	if (f->idx >= 0)
		close(f->idx);
	f->wav = f->idx = -1;
}

/* ---- repair ---- */

static int read_whole(int fd, char **out, size_t *len)
{
	struct stat st;
	char *buf;
	int err;

	if (fstat(fd, &st))
		return errno;
	buf = malloc((size_t)st.st_size + 1);
	if (!buf)
		return ENOMEM;
	err = pread_all(fd, buf, (size_t)st.st_size, 0);
	if (err) {
		free(buf);
		return err;
	}
	*out = buf;
	*len = (size_t)st.st_size;
	return 0;
}

/* Does the frame's audio give its hash, starting from the hash before? */
static int frame_fits(int wav, const char *text, const struct line *l,
		      const uint8_t before[CC_RECF_HASH], bool *fits)
{
	uint8_t audio[2 * CC_RECF_RATE], head[CC_RECF_HASH];
	int err;

	err = pread_all(wav, audio, 2 * (size_t)l->samples,
			CC_RECF_HEADER + 2 * l->offset);
	if (err)
		return err;
	memcpy(head, before, sizeof(head));
	chain(head, text, l->hashed, audio, 2 * (size_t)l->samples);
	*fits = !memcmp(head, l->hash, sizeof(head));
	return 0;
}

struct tail { /* the state before each of the last frames */
	uint64_t samples, idx_len;
	uint32_t frames;
	uint8_t head[CC_RECF_HASH];
	struct line line;
};

/* Walks the whole lines whose audio is there; *f becomes the state after the
 * last one that belongs to the recording. */
static int find_end(struct cc_recf *f, const char *text, size_t len,
		    uint64_t wav_size)
{
	struct tail last[TAIL_FRAMES];
	size_t kept = 0;

	for (;;) {
		const char *p = text + f->idx_len, *nl;
		struct tail *t;
		struct line l;

		nl = memchr(p, '\n', len - f->idx_len);
		if (!nl || !parse_line(p, (size_t)(nl - p), &l) ||
		    !follows(&l, f->frames, f->samples) ||
		    CC_RECF_HEADER + 2 * (l.offset + l.samples) > wav_size)
			break;
		t = &last[kept++ % TAIL_FRAMES];
		t->samples = f->samples;
		t->idx_len = f->idx_len;
		t->frames = f->frames;
		memcpy(t->head, f->head, sizeof(t->head));
		t->line = l;
		f->samples += l.samples;
		f->frames++;
		f->idx_len = (uint64_t)(nl + 1 - text);
		memcpy(f->head, l.hash, sizeof(f->head));
	}
	for (size_t i = kept > TAIL_FRAMES ? kept - TAIL_FRAMES : 0; i < kept;
	     i++) {
		struct tail *t = &last[i % TAIL_FRAMES];
		bool fits;
		int err;

		err = frame_fits(f->wav, text + t->idx_len, &t->line, t->head,
				 &fits);
		if (err)
			return err;
		if (fits)
			continue;
		f->samples = t->samples;
		f->idx_len = t->idx_len;
		f->frames = t->frames;
		memcpy(f->head, t->head, sizeof(f->head));
		break;
	}
	return 0;
}

static int repair_open(struct cc_recf *f, struct cc_recf_info *info,
		       const char *text, size_t len)
{
	const char *nl = len ? memchr(text, '\n', len) : NULL;
	struct stat st;
	int err;

	if (fstat(f->wav, &st))
		return errno;
	if (nl) {
		if (!parse_first(text, (size_t)(nl - text), info))
			return EBADMSG;
		f->idx_len = (uint64_t)(nl + 1 - text);
		crypto_hash_sha256(f->head, (const uint8_t *)text, f->idx_len);
		err = find_end(f, text, len, (uint64_t)st.st_size);
		if (err)
			return err;
	} else if (len >= 256 || memcmp(text, MAGIC, len < 13 ? len : 13)) {
		return EBADMSG;
	} /* else killed while it was made: nothing recorded yet */

	if (ftruncate(f->idx, (off_t)f->idx_len) ||
	    ftruncate(f->wav, (off_t)(CC_RECF_HEADER + 2 * f->samples)))
		return errno;
	err = cc_recf_finish(f);
	if (!err && (fsync(f->wav) || fsync(f->idx)))
		err = errno;
	return err;
}

int cc_recf_repair(struct cc_recf *f, struct cc_recf_info *info, int dir,
		   const char *path)
{
	struct cc_recf_info got = { 0 };
	struct cc_recf r = { .wav = -1, .idx = -1 };
	char idx[256], *text = NULL;
	size_t len = 0;
	int err;

	err = idx_path(idx, sizeof(idx), path);
	if (err)
		return err;
	r.idx = openat(dir, idx, O_RDWR | O_CLOEXEC);
	if (r.idx < 0)
		return errno;
	/* the index is made first: the WAV may not be there yet */
	r.wav = openat(dir, path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (r.wav < 0)
		err = errno;
	if (!err)
		err = read_whole(r.idx, &text, &len);
	if (!err)
		err = repair_open(&r, &got, text, len);
	free(text);
	cc_recf_close(&r);
	if (!err) {
		*f = r;
		*info = got;
	}
	return err;
}

/* ---- verification ---- */

/* Reads one line; len without \n. @return 0, ENODATA (end), EBADMSG (no \n
 * or over-long), EIO */
static int next_line(FILE *f, char *buf, size_t size, size_t *len)
{
	size_t n = 0;
	int c;

	while ((c = getc(f)) != EOF && c != '\n') {
		if (n == size)
			return EBADMSG;
		buf[n++] = (char)c;
	}
	if (ferror(f))
		return EIO;
	if (c == EOF)
		return n ? EBADMSG : ENODATA;
	*len = n;
	return 0;
}

static int verify(FILE *idx, int wav, uint32_t *bad, uint8_t head[32])
{
	uint8_t header[CC_RECF_HEADER];
	char text[LINE_MAX_LEN];
	struct cc_recf_info info;
	uint64_t samples = 0;
	uint32_t frames = 0;
	struct stat st;
	size_t len;
	int err;

	*bad = 0;
	err = next_line(idx, text, sizeof(text) - 1, &len);
	if (err)
		return err == EIO ? EIO : EBADMSG;
	if (!parse_first(text, len, &info))
		return EBADMSG;
	text[len++] = '\n';
	crypto_hash_sha256(head, (const uint8_t *)text, len);

	while (!(err = next_line(idx, text, sizeof(text), &len))) {
		struct line l;
		bool fits;

		*bad = frames;
		if (!parse_line(text, len, &l) || !follows(&l, frames, samples))
			return EBADMSG;
		err = frame_fits(wav, text, &l, head, &fits);
		if (err)
			return err == ENODATA ? EBADMSG : EIO;
		if (!fits)
			return EBADMSG;
		memcpy(head, l.hash, CC_RECF_HASH);
		samples += l.samples;
		frames++;
	}
	*bad = frames;
	if (err != ENODATA)
		return err;
	if (fstat(wav, &st))
		return EIO;
	if ((uint64_t)st.st_size != CC_RECF_HEADER + 2 * samples)
		return EBADMSG; /* audio that no line vouches for */
	*bad = 0;
	if (pread_all(wav, header, sizeof(header), 0))
		return EIO;
	return wav_header_fits(header, samples) ? 0 : EBADMSG;
}

int cc_rec_verify(const char *wav, const char *idx, uint32_t *bad,
		  uint8_t head[32])
{
	uint8_t got[CC_RECF_HASH];
	uint32_t second = 0;
	FILE *f;
	int fd, err;

	f = fopen(idx, "rbe");
	if (!f)
		return errno == ENOENT ? ENOENT : EIO;
	fd = open(wav, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err = errno == ENOENT ? ENOENT : EIO;
	} else {
		err = verify(f, fd, &second, got);
		close(fd);
	}
	fclose(f);
	if (!err)
		memcpy(head, got, sizeof(got));
	else if (err == EBADMSG)
		*bad = second;
	return err;
}
