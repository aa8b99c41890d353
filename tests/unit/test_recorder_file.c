/* The two files of a recording: bytes, chain, repair, verification. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "janus-plugin/recorder.h"
#include "janus-plugin/recorder_file.h"

#define ID   "01938f00-0000-7000-8000-000000000001"
#define CALL "01938f00-0000-7000-8000-0000000000aa"
#define PATH "2026/11/24/" ID

struct place {
	char dir[64];
	char wav[160], idx[160];
	int fd;
};

static const struct cc_recf_info info = { ID, CALL, "node-1", 1795000000123 };

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	strcpy(p->dir, "/tmp/otklik-recf-XXXXXX");
	if (sodium_init() < 0 || !mkdtemp(p->dir))
		return -1;
	snprintf(p->wav, sizeof(p->wav), "%s/" PATH ".wav", p->dir);
	snprintf(p->idx, sizeof(p->idx), "%s/" PATH ".idx", p->dir);
	p->fd = open(p->dir, O_RDONLY | O_DIRECTORY);
	*state = p;
	return p->fd < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	static const char *const dirs[] = { "2026/11/24", "2026/11", "2026" };
	struct place *p = *state;

	unlink(p->wav);
	unlink(p->idx);
	for (size_t i = 0; i < 3; i++)
		unlinkat(p->fd, dirs[i], AT_REMOVEDIR);
	close(p->fd);
	rmdir(p->dir);
	free(p);
	return 0;
}

/* Audio that is different in every second. */
static void fill(uint8_t *audio, unsigned second, size_t n)
{
	for (size_t i = 0; i < n; i++)
		audio[i] = (uint8_t)(i * 7 + i / 251 + second * 31);
}

/* frames whole seconds, and a last one of `rest` samples if not 0 */
static void record(struct place *p, struct cc_recf *f, unsigned frames,
		   unsigned rest)
{
	uint8_t audio[2 * CC_RECF_RATE];

	assert_int_equal(cc_recf_create(f, p->fd, PATH ".wav", &info), 0);
	for (unsigned i = 0; i < frames; i++) {
		fill(audio, i, sizeof(audio));
		assert_int_equal(cc_recf_append(f, audio, CC_RECF_RATE,
						i == 2 ? "16005:hold" : "-"),
				 0);
	}
	if (rest) {
		fill(audio, frames, 2 * (size_t)rest);
		assert_int_equal(cc_recf_append(f, audio, rest, "-"), 0);
	}
}

static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *buf = malloc(4 << 20);

	assert_non_null(f);
	*len = fread(buf, 1, (4 << 20) - 1, f);
	buf[*len] = '\0';
	fclose(f);
	return buf;
}

static void flip(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	uint8_t c;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &c, 1, at), 1);
	c ^= 0x10;
	assert_int_equal(pwrite(fd, &c, 1, at), 1);
	close(fd);
}

static off_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static unsigned le32(const char *p)
{
	const uint8_t *u = (const uint8_t *)p;

	return u[0] | u[1] << 8 | u[2] << 16 | (unsigned)u[3] << 24;
}

static void header_is_a_law_stereo_with_open_lengths(void **state)
{
	struct place *p = *state;
	struct cc_recf f;
	size_t len;
	char *wav;

	record(p, &f, 2, 0);
	wav = slurp(p->wav, &len);
	assert_int_equal(len, 58 + 2 * 16000);
	assert_memory_equal(wav, "RIFF\xff\xff\xff\xffWAVEfmt ", 16);
	assert_int_equal(le32(wav + 16), 18);
	assert_int_equal(le32(wav + 20), 6 | 2 << 16);
	assert_int_equal(le32(wav + 24), 8000);
	assert_int_equal(le32(wav + 28), 16000);
	assert_int_equal(le32(wav + 32), 2 | 8 << 16);
	assert_memory_equal(wav + 38, "fact\4\0\0\0\xff\xff\xff\xff", 12);
	assert_memory_equal(wav + 50, "data\xff\xff\xff\xff", 8);
	free(wav);

	assert_int_equal(cc_recf_finish(&f), 0);
	cc_recf_close(&f);
	wav = slurp(p->wav, &len);
	assert_int_equal(len, 58 + 2 * 16000);
	assert_int_equal(le32(wav + 4), len - 8);
	assert_int_equal(le32(wav + 46), 16000);
	assert_int_equal(le32(wav + 54), 32000);
	free(wav);
}

/* The format as recorder_file.h words it, computed here independently. */
static void chain_is_what_the_format_says(void **state)
{
	struct place *p = *state;
	uint8_t audio[2 * CC_RECF_RATE], h[32], got[32];
	char want[512], hex[65];
	struct cc_recf f;
	char *idx, *input;
	uint32_t bad;
	size_t len;
	int n;

	record(p, &f, 1, 5);
	cc_recf_close(&f);
	idx = slurp(p->idx, &len);

	n = snprintf(want, sizeof(want),
		     "otklik-rec 1 " ID " " CALL " node-1 1795000000123\n");
	crypto_hash_sha256(h, (uint8_t *)want, (size_t)n);
	input = malloc(32 + 64 + sizeof(audio));
	memcpy(input, h, 32);
	strcpy(input + 32, "1 0 8000 -\n");
	fill(audio, 0, sizeof(audio));
	memcpy(input + 43, audio, sizeof(audio));
	crypto_hash_sha256(h, (uint8_t *)input, 43 + sizeof(audio));
	n += snprintf(want + n, sizeof(want) - (size_t)n, "1 0 8000 - %s\n",
		      sodium_bin2hex(hex, sizeof(hex), h, 32));
	memcpy(input, h, 32);
	strcpy(input + 32, "2 8000 5 -\n");
	fill(audio, 1, 10);
	memcpy(input + 43, audio, 10);
	crypto_hash_sha256(h, (uint8_t *)input, 53);
	snprintf(want + n, sizeof(want) - (size_t)n, "2 8000 5 - %s\n",
		 sodium_bin2hex(hex, sizeof(hex), h, 32));
	assert_string_equal(idx, want);
	assert_memory_equal(f.head, h, 32);
	assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, got), 0);
	assert_memory_equal(got, h, 32);
	free(input);
	free(idx);
}

static void never_overwrites(void **state)
{
	struct place *p = *state;
	struct cc_recf f, g;
	off_t size;

	record(p, &f, 1, 0);
	size = size_of(p->wav);
	assert_int_equal(cc_recf_create(&g, p->fd, PATH ".wav", &info), EEXIST);
	assert_int_equal(size_of(p->wav), size);
	cc_recf_close(&f);
}

static void only_the_last_frame_may_be_short(void **state)
{
	struct place *p = *state;
	uint8_t audio[2] = { 1, 2 };
	struct cc_recf f;

	record(p, &f, 1, 100);
	assert_int_equal(cc_recf_append(&f, audio, 1, "-"), EINVAL);
	cc_recf_close(&f);
}

static void verify_finds_the_second_of_a_flipped_audio_byte(void **state)
{
	struct place *p = *state;
	struct cc_recf f;
	uint8_t head[32];
	uint32_t bad = 99;

	record(p, &f, 9, 100);
	cc_recf_close(&f);
	for (unsigned s = 0; s < 10; s++) {
		off_t at = 58 + 16000 * (off_t)s + (s == 9 ? 199 : s * 1777);

		flip(p->wav, at);
		assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head),
				 EBADMSG);
		assert_int_equal(bad, s);
		flip(p->wav, at);
	}
	assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head), 0);
}

/* Every single byte of the index counts, the first line's too. */
static void verify_finds_the_second_of_any_flipped_index_byte(void **state)
{
	struct place *p = *state;
	struct cc_recf f;
	uint8_t head[32];
	uint32_t bad = 99, second = 0;
	char *idx;
	size_t len;
	int line = 0;

	record(p, &f, 4, 0);
	cc_recf_close(&f);
	idx = slurp(p->idx, &len);
	for (size_t i = 0; i < len; i++) {
		flip(p->idx, (off_t)i);
		assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head),
				 EBADMSG);
		assert_int_equal(bad, second);
		flip(p->idx, (off_t)i);
		if (idx[i] == '\n')
			second = (uint32_t)line++;
	}
	assert_int_equal(line, 5);
	free(idx);
}

static void verify_refuses_a_changed_header(void **state)
{
	struct place *p = *state;
	struct cc_recf f;
	uint8_t head[32];
	uint32_t bad;

	record(p, &f, 2, 0);
	cc_recf_finish(&f);
	cc_recf_close(&f);
	for (off_t i = 0; i < 58; i++) {
		flip(p->wav, i);
		assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head),
				 EBADMSG);
		flip(p->wav, i);
	}
	assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head), 0);
}

static void verify_refuses_cut_and_added_audio(void **state)
{
	struct place *p = *state;
	struct cc_recf f;
	uint8_t head[32];
	uint32_t bad = 99;
	off_t size;
	int fd;

	record(p, &f, 3, 0);
	cc_recf_close(&f);
	size = size_of(p->wav);
	assert_int_equal(truncate(p->wav, size - 1), 0);
	assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head), EBADMSG);
	assert_int_equal(bad, 2);
	fd = open(p->wav, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "abc", 3), 3);
	close(fd);
	assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head), EBADMSG);
	unlink(p->idx);
	assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head), ENOENT);
}

/* A process may die after any byte of a frame: audio first, then its line. */
static void repair_copes_with_every_torn_length(void **state)
{
	struct place *p = *state;
	struct cc_recf f, r;
	struct cc_recf_info got;
	uint8_t head[32], before[32];
	uint32_t bad;
	char *idx, *wav;
	size_t idx_len, wav_len, line;

	record(p, &f, 2, 0);
	line = (size_t)f.idx_len;
	memcpy(before, f.head, 32);
	cc_recf_close(&f);
	unlink(p->wav);
	unlink(p->idx);
	record(p, &f, 3, 0);
	cc_recf_close(&f);
	idx = slurp(p->idx, &idx_len);
	wav = slurp(p->wav, &wav_len);

	for (size_t cut = line; cut <= idx_len; cut++) {
		bool whole = cut == idx_len;
		int fd = open(p->wav, O_WRONLY | O_TRUNC);

		assert_int_equal(write(fd, wav, wav_len), wav_len);
		close(fd);
		fd = open(p->idx, O_WRONLY | O_TRUNC);
		assert_int_equal(write(fd, idx, cut), cut);
		close(fd);
		assert_int_equal(cc_recf_repair(&r, &got, p->fd, PATH ".wav"),
				 0);
		assert_int_equal(r.frames, whole ? 3 : 2);
		assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head), 0);
		assert_memory_equal(head, r.head, 32);
		assert_memory_equal(head, whole ? f.head : before, 32);
		assert_int_equal(size_of(p->wav), 58 + 16000 * (off_t)r.frames);
		assert_string_equal(got.call, CALL);
		assert_true(got.start_ms == info.start_ms);
	}
	/* torn audio whose line is there: a power cut may keep either */
	assert_int_equal(truncate(p->wav, (off_t)wav_len - 3), 0);
	assert_int_equal(cc_recf_repair(&r, &got, p->fd, PATH ".wav"), 0);
	assert_int_equal(r.frames, 2);
	assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head), 0);
	free(idx);
	free(wav);
}

static void repair_before_the_first_second(void **state)
{
	struct place *p = *state;
	struct cc_recf f, r;
	struct cc_recf_info got;
	uint8_t head[32];
	uint32_t bad;

	record(p, &f, 0, 0);
	cc_recf_close(&f);
	unlink(p->wav); /* killed between the two */
	assert_int_equal(cc_recf_repair(&r, &got, p->fd, PATH ".wav"), 0);
	assert_int_equal(r.frames, 0);
	assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head), 0);

	assert_int_equal(truncate(p->idx, 20), 0);
	assert_int_equal(cc_recf_repair(&r, &got, p->fd, PATH ".wav"), 0);
	assert_int_equal(r.samples, 0);
	assert_string_equal(got.call, "");
}

static void repair_cuts_a_last_second_that_does_not_fit(void **state)
{
	struct place *p = *state;
	struct cc_recf f, r;
	struct cc_recf_info got;
	uint8_t head[32];
	uint32_t bad;

	record(p, &f, 9, 0);
	cc_recf_close(&f);
	flip(p->wav, 58 + 16000 * 7 + 40); /* blocks a power cut lost */
	assert_int_equal(cc_recf_repair(&r, &got, p->fd, PATH ".wav"), 0);
	assert_int_equal(r.frames, 7);
	assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head), 0);
}

/* A changed byte in an old second is a finding, not damage to cut away. */
static void repair_leaves_old_seconds_for_the_verifier(void **state)
{
	struct place *p = *state;
	struct cc_recf f, r;
	struct cc_recf_info got;
	uint8_t head[32];
	uint32_t bad;

	record(p, &f, 9, 0);
	cc_recf_close(&f);
	flip(p->wav, 58 + 16000 * 1 + 40);
	assert_int_equal(cc_recf_repair(&r, &got, p->fd, PATH ".wav"), 0);
	assert_int_equal(r.frames, 9);
	assert_int_equal(cc_rec_verify(p->wav, p->idx, &bad, head), EBADMSG);
	assert_int_equal(bad, 1);
}

static void repair_leaves_foreign_files_alone(void **state)
{
	struct place *p = *state;
	struct cc_recf f, r;
	struct cc_recf_info got;
	off_t size;

	record(p, &f, 3, 0);
	cc_recf_close(&f);
	flip(p->idx, 3);
	size = size_of(p->wav);
	assert_int_equal(truncate(p->wav, size - 10), 0);
	assert_int_equal(cc_recf_repair(&r, &got, p->fd, PATH ".wav"), EBADMSG);
	assert_int_equal(size_of(p->wav), size - 10);
	assert_int_equal(cc_recf_repair(&r, &got, p->fd, "no/such.wav"),
			 ENOENT);
}

static void escape_keeps_lines_and_fields_apart(void **state)
{
	char out[32] = "?";

	(void)state;
	assert_true(cc_recf_escape(out, sizeof(out), "to 2001;50%\n"));
	assert_string_equal(out, "to%202001%3B50%25%0A");
	assert_false(cc_recf_escape(out, 4, "ab d"));
	assert_string_equal(out, "to%202001%3B50%25%0A");
	assert_true(cc_recf_escape(out, 7, "ab d"));
	assert_string_equal(out, "ab%20d");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(header_is_a_law_stereo_with_open_lengths),
		T(chain_is_what_the_format_says),
		T(never_overwrites),
		T(only_the_last_frame_may_be_short),
		T(verify_finds_the_second_of_a_flipped_audio_byte),
		T(verify_finds_the_second_of_any_flipped_index_byte),
		T(verify_refuses_a_changed_header),
		T(verify_refuses_cut_and_added_audio),
		T(repair_copes_with_every_torn_length),
		T(repair_before_the_first_second),
		T(repair_cuts_a_last_second_that_does_not_fit),
		T(repair_leaves_old_seconds_for_the_verifier),
		T(repair_leaves_foreign_files_alone),
		cmocka_unit_test(escape_keeps_lines_and_fields_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
