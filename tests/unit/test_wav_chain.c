/* The verifier against what the recorder writes, and against every way to
 * tamper with it. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
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

#include "cgi/wav_chain.h"
#include "janus-plugin/recorder_file.h"

#define ID      "01930000-0000-7000-8000-000000000001"
#define CALL    "01930000-0000-7000-8000-000000000002"
#define SECONDS 5

static char dir[] = "/tmp/wavchain-XXXXXX";
static char wav[80], idx[80];
static uint8_t head[32];

static void record(bool close_it)
{
	struct cc_recf_info info = { ID, CALL, "node", 1700000000000 };
	struct cc_recf f = { .wav = -1, .idx = -1 };
	uint8_t audio[2 * CC_RECF_RATE];
	int at = open(dir, O_RDONLY | O_DIRECTORY);

	unlink(wav);
	unlink(idx);
	assert_int_equal(cc_recf_create(&f, at, ID ".wav", &info), 0);
	for (unsigned i = 0; i < SECONDS; i++) {
		unsigned n = i == SECONDS - 1 ? 4321 : CC_RECF_RATE;

		for (unsigned k = 0; k < 2 * n; k++)
			audio[k] = (uint8_t)(k * 7 + i);
		assert_int_equal(
		    cc_recf_append(&f, audio, n, i == 2 ? "16001:hold" : "-"),
		    0);
	}
	memcpy(head, f.head, sizeof(head));
	if (close_it)
		assert_int_equal(cc_recf_finish(&f), 0);
	cc_recf_close(&f);
	close(at);
}

static struct wav_check check(void)
{
	struct wav_check c;

	assert_int_equal(wav_check(&c, wav), 0);
	return c;
}

static void flip(const char *path, long at)
{
	FILE *f = fopen(path, "r+b");
	int c;

	assert_non_null(f);
	fseek(f, at, at < 0 ? SEEK_END : SEEK_SET);
	c = fgetc(f);
	fseek(f, -1, SEEK_CUR);
	fputc(c ^ 1, f);
	fclose(f);
}

static void append(const char *path, const char *text)
{
	FILE *f = fopen(path, "ab");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static long size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (long)st.st_size;
}

static void a_closed_recording_is_whole(void **state)
{
	struct wav_check c;

	(void)state;
	record(true);
	c = check();
	assert_int_equal(c.verdict, WAV_OK);
	assert_int_equal(c.frames, SECONDS);
	assert_int_equal(c.samples, 4 * 8000 + 4321);
	assert_memory_equal(c.head, head, 32);
	assert_string_equal(c.id, ID);
	assert_string_equal(c.call, CALL);
	assert_null(c.why);
}

static void a_running_or_killed_one_fits_as_far_as_it_goes(void **state)
{
	(void)state;
	record(false);
	assert_int_equal(check().verdict, WAV_OPEN);
	append(wav, "more sound");
	assert_int_equal(check().verdict, WAV_OPEN);
	append(idx, "6 36321 80");
	assert_int_equal(check().verdict, WAV_OPEN);
	assert_int_equal(check().frames, SECONDS);
}

static void no_byte_of_the_sound_can_be_changed(void **state)
{
	(void)state;
	for (long at = 58; at < 58 + 2 * (4 * 8000 + 4321); at += 997) {
		struct wav_check c;

		record(true);
		flip(wav, at);
		c = check();
		assert_int_equal(c.verdict, WAV_BROKEN);
		assert_int_equal(c.frames, (at - 58) / 16000);
	}
}

static void no_byte_of_the_index_can_be_changed(void **state)
{
	long size;

	(void)state;
	record(true);
	size = size_of(idx);
	for (long at = 0; at < size; at += 3) {
		record(true);
		flip(idx, at);
		/* the line end of the last line turns it into a torn one */
		assert_int_not_equal(check().verdict, WAV_OK);
	}
}

static void no_byte_of_the_header_can_be_changed(void **state)
{
	(void)state;
	for (long at = 0; at < 58; at++) {
		record(true);
		flip(wav, at);
		assert_int_equal(check().verdict, WAV_BROKEN);
	}
}

static void what_is_cut_off_is_missed(void **state)
{
	(void)state;
	record(true);
	assert_int_equal(truncate(wav, 58 + 16000), 0);
	assert_int_equal(check().verdict, WAV_BROKEN);
	record(true);
	assert_int_equal(truncate(idx, size_of(idx) - 80), 0);
	assert_int_not_equal(check().verdict, WAV_OK);
}

static void files_that_are_not_there_are_told(void **state)
{
	struct wav_check c;

	(void)state;
	record(true);
	unlink(idx);
	assert_int_equal(wav_check(&c, wav), ENOENT);
	assert_int_equal(wav_check(&c, "/tmp/x.mp3"), EINVAL);
}

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return 1;
	snprintf(wav, sizeof(wav), "%s/" ID ".wav", dir);
	snprintf(idx, sizeof(idx), "%s/" ID ".idx", dir);
	return 0;
}

static int drop_dir(void **state)
{
	(void)state;
	unlink(wav);
	unlink(idx);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_closed_recording_is_whole),
		cmocka_unit_test(
		    a_running_or_killed_one_fits_as_far_as_it_goes),
		cmocka_unit_test(no_byte_of_the_sound_can_be_changed),
		cmocka_unit_test(no_byte_of_the_index_can_be_changed),
		cmocka_unit_test(no_byte_of_the_header_can_be_changed),
		cmocka_unit_test(what_is_cut_off_is_missed),
		cmocka_unit_test(files_that_are_not_there_are_told),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
