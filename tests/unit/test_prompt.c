/* Prompts: which WAV files are taken, and that a missing one is named. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "janus-plugin/prompt.h"

/* fmt chunk, an odd LIST chunk to be stepped over, two samples: 0, 8031 */
static const uint8_t wav[] = {
	'R',  'I',  'F', 'F', 50,   0,    0, 0, 'W', 'A', 'V',  'E',
	'f',  'm',  't', ' ', 16,   0,    0, 0, 1,   0,   1,    0,
	0x40, 0x1f, 0,   0,   0x80, 0x3e, 0, 0, 2,   0,   16,   0,
	'L',  'I',  'S', 'T', 3,    0,    0, 0, 'x', 'y', 'z',  0,
	'd',  'a',  't', 'a', 4,    0,    0, 0, 0,   0,   0x5f, 0x1f,
};
enum { CHANNELS = 22, RATE = 24, BITS = 34, DATA_LEN = 52 };

static int read_changed(size_t at, uint8_t value, size_t len)
{
	uint8_t copy[sizeof(wav)], *alaw = NULL;
	size_t n = 0;
	int err;

	memcpy(copy, wav, sizeof(wav));
	copy[at] = value;
	err = cc_prompt_wav(&alaw, &n, copy, len);
	free(alaw);
	return err;
}

static void samples_become_alaw(void **state)
{
	uint8_t *alaw;
	size_t n;

	(void)state;
	assert_int_equal(cc_prompt_wav(&alaw, &n, wav, sizeof(wav)), 0);
	assert_int_equal(n, 2);
	assert_int_equal(alaw[0], 0xd5);
	assert_int_equal(alaw[1], 0x8a);
	free(alaw);
}

static void other_formats_are_refused(void **state)
{
	(void)state;
	assert_int_equal(read_changed(CHANNELS, 2, sizeof(wav)), EBADMSG);
	assert_int_equal(read_changed(RATE, 0x41, sizeof(wav)), EBADMSG);
	assert_int_equal(read_changed(BITS, 8, sizeof(wav)), EBADMSG);
	assert_int_equal(read_changed(0, 'X', sizeof(wav)), EBADMSG);
	assert_int_equal(read_changed(DATA_LEN, 0, sizeof(wav)), EBADMSG);
}

static void a_length_over_the_end_means_to_the_end(void **state)
{
	(void)state;
	assert_int_equal(read_changed(DATA_LEN + 3, 0xff, sizeof(wav)), 0);
}

static void every_cut_file_is_survived(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(wav) - 2; len++) {
		/* a copy of exactly that size, so that a sanitizer sees */
		uint8_t *part = malloc(len ? len : 1), *alaw;
		size_t n;

		memcpy(part, wav, len);
		assert_int_equal(cc_prompt_wav(&alaw, &n, part, len), EBADMSG);
		free(part);
	}
}

static void numbers_have_names(void **state)
{
	char name[16];

	(void)state;
	cc_prompt_name(CC_PROMPT_NUMBER_1, name, sizeof(name));
	assert_string_equal(name, "number-1");
	cc_prompt_name(CC_PROMPT_NUMBER_20, name, sizeof(name));
	assert_string_equal(name, "number-20");
	for (int p = 1; p < CC_PROMPT_COUNT; p++) {
		cc_prompt_name((enum cc_prompt)p, name, sizeof(name));
		assert_true(name[0]);
	}
}

static void put(const char *dir, const char *name)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.wav", dir, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(wav, 1, sizeof(wav), f), sizeof(wav));
	fclose(f);
}

static void a_missing_prompt_is_named(void **state)
{
	char dir[] = "/tmp/otklik-prompt-XXXXXX", err[512] = "", name[16];
	char path[256];
	struct cc_prompts ps = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (int p = 1; p < CC_PROMPT_COUNT; p++) {
		cc_prompt_name((enum cc_prompt)p, name, sizeof(name));
		if (p != CC_PROMPT_BUSY)
			put(dir, name);
	}
	assert_int_equal(cc_prompts_load(&ps, dir, err, sizeof(err)), ENOENT);
	assert_non_null(strstr(err, "/busy.wav"));
	assert_null(ps.of[CC_PROMPT_MUSIC].alaw);

	put(dir, "busy");
	assert_int_equal(cc_prompts_load(&ps, dir, err, sizeof(err)), 0);
	for (int p = 1; p < CC_PROMPT_COUNT; p++) {
		assert_int_equal(ps.of[p].n, 2);
		cc_prompt_name((enum cc_prompt)p, name, sizeof(name));
		snprintf(path, sizeof(path), "%s/%s.wav", dir, name);
		unlink(path);
	}
	cc_prompts_free(&ps);
	rmdir(dir);
}

static void one_of_the_funds_own_is_read_once(void **state)
{
	char dir[] = "/tmp/otklik-prompt-XXXXXX", path[64];
	struct cc_prompts ps = { 0 };
	enum cc_prompt one, two, again;

	(void)state;
	assert_non_null(mkdtemp(dir));
	put(dir, "1");
	put(dir, "2");
	snprintf(path, sizeof(path), "%s/1.wav", dir);
	assert_int_equal(cc_prompts_add(&ps, path, &one), 0);
	unlink(path);
	assert_int_equal(cc_prompts_add(&ps, path, &again), 0);
	assert_int_equal(one, again);
	snprintf(path, sizeof(path), "%s/3.wav", dir);
	assert_int_equal(cc_prompts_add(&ps, path, &again), ENOENT);
	snprintf(path, sizeof(path), "%s/2.wav", dir);
	assert_int_equal(cc_prompts_add(&ps, path, &two), 0);
	assert_int_not_equal(one, two);
	assert_true(one >= CC_PROMPT_OWN && two < CC_PROMPT_END);
	assert_int_equal(ps.of[two].n, 2);
	cc_prompts_free(&ps);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_become_alaw),
		cmocka_unit_test(other_formats_are_refused),
		cmocka_unit_test(a_length_over_the_end_means_to_the_end),
		cmocka_unit_test(every_cut_file_is_survived),
		cmocka_unit_test(numbers_have_names),
		cmocka_unit_test(a_missing_prompt_is_named),
		cmocka_unit_test(one_of_the_funds_own_is_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
