#include "cgi/wav_chain.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER 58u
#define RATE   8000u
#define NEVER  0xFFFFFFFFu

struct files {
	FILE *wav, *idx;
	uint64_t wav_len;
	char *line; /* of getline */
	size_t line_size;
	struct wav_check *out;
};

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static int broken(struct files *f, const char *why)
{
	f->out->verdict = WAV_BROKEN;
	f->out->why = why;
	return 0;
}

static void unfinished(struct files *f, const char *why)
{
	if (f->out->verdict == WAV_BROKEN)
		return;
	f->out->verdict = WAV_OPEN;
	f->out->why = why;
}

/* @return length with its \n, 0 at the end, -1: the last line has none */
static ssize_t next_line(struct files *f)
{
	ssize_t n = getline(&f->line, &f->line_size, f->idx);

	if (n <= 0)
		return 0;
	return f->line[n - 1] == '\n' && strlen(f->line) == (size_t)n ? n : -1;
}

static bool uuid(const char *s)
{
	static const char shape[] = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";

	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == '-'
			? s[i] != '-'
			: !strchr("0123456789abcdef", s[i]) || !s[i])
			return false;
	return true;
}

/* otklik-rec 1 RECORDING CALL NODE START; h[0] is over the whole line */
static bool first_line(struct files *f, ssize_t n)
{
	static const char magic[] = "otklik-rec 1 ";
	const size_t m = sizeof(magic) - 1;

	if (n < (ssize_t)(m + 2 * 37 + 4) || strncmp(f->line, magic, m) != 0 ||
	    !uuid(f->line + m) || f->line[m + 36] != ' ' ||
	    !uuid(f->line + m + 37) || f->line[m + 73] != ' ')
		return false;
	memcpy(f->out->id, f->line + m, 36);
	memcpy(f->out->call, f->line + m + 37, 36);
	crypto_hash_sha256(f->out->head, (uint8_t *)f->line, (size_t)n);
	return true;
}

struct frame {
	uint64_t number, offset, samples;
	size_t hashed; /* bytes of the line that go into the hash, without \n */
	uint8_t hash[32];
};

static bool number(const char **p, uint64_t *out)
{
	char *end;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	*out = strtoull(*p, &end, 10);
	if (errno || *end != ' ')
		return false;
	*p = end + 1;
	return true;
}

/* N OFFSET SAMPLES MARKS HASH */
static bool read_frame(const struct files *f, ssize_t n, struct frame *fr)
{
	const char *p = f->line;
	size_t got = 0, marks;

	if (!number(&p, &fr->number) || !number(&p, &fr->offset) ||
	    !number(&p, &fr->samples))
		return false;
	marks = strcspn(p, " \n");
	if (!marks || p[marks] != ' ')
		return false;
	p += marks;
	fr->hashed = (size_t)(p - f->line);
	p++;
	return f->line + n - p == 65 &&
	       !sodium_hex2bin(fr->hash, sizeof(fr->hash), p, 64, NULL, &got,
			       NULL) &&
	       got == 32;
}

/* The frame's own bytes are hashed behind the hash before it. */
static int check_hash(struct files *f, const struct frame *fr, bool *fits)
{
	static uint8_t audio[2 * RATE];
	const size_t want = 2 * (size_t)fr->samples;
	crypto_hash_sha256_state sha;
	uint8_t hash[32];

	if (fread(audio, 1, want, f->wav) != want)
		return ferror(f->wav) ? EIO : ENODATA;
	crypto_hash_sha256_init(&sha);
	crypto_hash_sha256_update(&sha, f->out->head, 32);
	crypto_hash_sha256_update(&sha, (uint8_t *)f->line, fr->hashed);
	crypto_hash_sha256_update(&sha, (const uint8_t *)"\n", 1);
	crypto_hash_sha256_update(&sha, audio, want);
	crypto_hash_sha256_final(&sha, hash);
	*fits = !memcmp(hash, fr->hash, 32);
	if (*fits)
		memcpy(f->out->head, hash, 32);
	return 0;
}

static int check_frames(struct files *f)
{
	struct wav_check *out = f->out;
	uint64_t last = RATE; /* samples of the frame before */
	struct frame fr;
	bool fits = false;
	ssize_t n;
	int err;

	while ((n = next_line(f)) > 0) {
		if (!read_frame(f, n, &fr))
			return broken(f, "a line of the index is unreadable");
		if (fr.number != out->frames + 1 || fr.offset != out->samples)
			return broken(f, "the index has a gap");
		if (!fr.samples || fr.samples > RATE || last != RATE)
			return broken(f, "a second of the wrong length");
		err = check_hash(f, &fr, &fits);
		if (err == ENODATA)
			return broken(f, "sound is missing");
		if (err)
			return err;
		if (!fits)
			return broken(f, "the hash does not fit");
		last = fr.samples;
		out->samples += fr.samples;
		out->frames++;
	}
	if (n < 0)
		unfinished(f, "the last line is torn");
	return 0;
}

/* The header is outside the chain, so its every byte is checked. */
static int check_header(struct files *f)
{
	static const uint8_t want[HEADER] =
	    "RIFF\0\0\0\0WAVE"
	    "fmt \x12\0\0\0\x06\0\x02\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x08"
	    "\0\0\0"
	    "fact\x04\0\0\0\0\0\0\0"
	    "data";
	uint8_t got[HEADER], plain[HEADER];
	uint64_t data = 2 * f->out->samples;

	rewind(f->wav);
	if (fread(got, 1, HEADER, f->wav) != HEADER)
		return broken(f, "the header is missing");
	memcpy(plain, got, HEADER);
	memset(plain + 4, 0, 4);
	memset(plain + 46, 0, 4);
	memset(plain + 54, 0, 4);
	if (memcmp(plain, want, HEADER) != 0)
		return broken(f, "the header is not that of a recording");
	if (f->wav_len > HEADER + data)
		unfinished(f, "sound behind the last second of the index");
	else if (le32(got + 54) == NEVER)
		unfinished(f, "never closed");
	else if (le32(got + 54) != data || le32(got + 46) != f->out->samples ||
		 le32(got + 4) != HEADER - 8 + data)
		return broken(f, "the lengths in the header are wrong");
	return 0;
}

static int open_files(struct files *f, const char *path)
{
	char index[PATH_MAX];
	size_t len = strlen(path);

	if (len < 4 || len >= sizeof(index) ||
	    strcmp(path + len - 4, ".wav") != 0)
		return EINVAL;
	memcpy(index, path, len - 4);
	memcpy(index + len - 4, ".idx", 5);
	f->wav = fopen(path, "rbe");
	if (!f->wav)
		return errno;
	f->idx = fopen(index, "rbe");
	if (!f->idx)
		return errno;
	if (fseek(f->wav, 0, SEEK_END))
		return errno;
	f->wav_len = (uint64_t)ftell(f->wav);
	return fseek(f->wav, HEADER, SEEK_SET) ? errno : 0;
}

int wav_check(struct wav_check *out, const char *path)
{
	struct wav_check found = { .verdict = WAV_OK };
	struct files f = { .out = &found };
	ssize_t n;
	int err = open_files(&f, path);

	if (err)
		goto out;
	n = next_line(&f);
	if (n <= 0 || !first_line(&f, n)) {
		broken(&f, "the index does not begin like one");
		goto out;
	}
	err = check_frames(&f);
	if (!err && found.verdict != WAV_BROKEN)
		err = check_header(&f);
out:
	free(f.line);
	if (f.wav)
		fclose(f.wav);
	if (f.idx)
		fclose(f.idx);
	if (!err)
		*out = found;
	return err;
}
