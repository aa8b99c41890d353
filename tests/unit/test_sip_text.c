#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "janus-plugin/sip_text.h"

#include <string.h>

/* B3-40 */
static void only_digits_stars_hashes_and_a_leading_plus_are_dialled(void **s)
{
	static const char *const good[] = {
		"1",
		"+7",
		"112",
		"*21#",
		"#",
		"+78652000001",
		"12345678901234567890123456789012",
		"+12345678901234567890123456789012",
	};
	static const char *const bad[] = {
		"",          "+",         "++7",
		"+*1",       "7+",        "7 8",
		"7-8",       "a",         "7@x",
		"7;x=y",     "7\r\nX: y", "7%0d",
		"<7>",       "7>",        "\"",
		"7\xd0\x90", "sip:7",     "123456789012345678901234567890123",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(cc_sip_number_ok(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cc_sip_number_ok(bad[i]));
	assert_false(cc_sip_number_ok(NULL));
}

static void a_user_part_becomes_a_number(void **s)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "+79161234567", "+79161234567" },
		{ "%2B7916%20000", "+7916000" },
		{ "8(865)2-00.01", "886520001" },
		{ "+7495;npdi=yes", "+7495" },
		{ "anonymous", "" },
		{ "Anonymous", "" },
		{ "restricted;x", "" },
		{ "UNKNOWN", "" },
		{ "", "" },
		{ NULL, "" },
		{ "alice", "alice" },
		{ "a-b.c", "a-b.c" }, /* a name keeps its marks */
		{ "a%00b%0d%0Ac%7f", "a?b??c?" },
		{ "%", "%" },
		{ "%4", "%4" },
		{ "%zz1", "%zz1" },
		{ "\xd0\x90", "??" },
	};
	char out[64];

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cc_sip_user_read(out, sizeof(out), rows[i].in);
		assert_string_equal(out, rows[i].out);
	}
}

static void texts_are_cut_to_the_room_there_is(void **s)
{
	char in[1000];
	char out[8];

	(void)s;
	memset(in, '7', sizeof(in) - 1);
	in[sizeof(in) - 1] = '\0';
	cc_sip_user_read(out, sizeof(out), in);
	assert_string_equal(out, "7777777");
	cc_sip_printable(out, sizeof(out), in);
	assert_string_equal(out, "7777777");
	cc_sip_printable(out, sizeof(out), "a\tb\nc");
	assert_string_equal(out, "a?b?c");
	cc_sip_printable(out, sizeof(out), NULL);
	assert_string_equal(out, "");
}

/* B3-42 */
static void digits_come_out_of_info_bodies(void **s)
{
	static const char relay[] = "application/dtmf-relay";
	static const char plain[] = "application/dtmf";
	static const struct {
		const char *type, *body;
		int digit;
	} rows[] = {
		{ relay, "Signal=5\r\nDuration=160\r\n", '5' },
		{ relay, "Duration=160\r\nSignal=#", '#' },
		{ relay, "signal = d \r\n", 'D' },
		{ relay, "Signal=10", '*' },
		{ relay, "Signal=12", 0 },
		{ relay, "Signal=", 0 },
		{ relay, "Signal", 0 },
		{ relay, "NoSignal=5", 0 },
		{ relay, "\n\n\n", 0 },
		{ relay, "", 0 },
		{ plain, "7", '7' },
		{ plain, " 11\r\n", '#' },
		{ plain, "E", 0 },
		{ "APPLICATION/DTMF", "*", '*' },
		{ "text/plain", "5", -1 },
		{ NULL, "5", -1 },
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(cc_sip_info_digit(rows[i].type, rows[i].body,
						   strlen(rows[i].body)),
				 rows[i].digit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    only_digits_stars_hashes_and_a_leading_plus_are_dialled),
		cmocka_unit_test(a_user_part_becomes_a_number),
		cmocka_unit_test(texts_are_cut_to_the_room_there_is),
		cmocka_unit_test(digits_come_out_of_info_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
