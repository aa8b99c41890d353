#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "janus-plugin/token.h"

#define NOW INT64_C(1764000000) /* s */

static gboolean known(janus_plugin *plugin, const char *token,
		      const char *descriptor)
{
	(void)plugin;
	return strstr(token, descriptor) != NULL;
}

static janus_callbacks gateway = { .auth_signature_contains = known };

static bool of_before(int64_t expiry_s, int64_t now_ms, int64_t up_ms)
{
	char text[80];

	snprintf(text, sizeof(text), "%lld,janus.plugin.otklik,user=1:x",
		 (long long)expiry_s);
	return cc_token_of_before(text, now_ms, up_ms);
}

static void what_is_older_than_the_process_is_of_before(void **state)
{
	const int64_t now_ms = NOW * 1000 + 700;

	(void)state;
	/* made 10 s ago */
	assert_true(of_before(NOW + 50, now_ms, 0));
	assert_true(of_before(NOW + 50, now_ms, 9000));
	assert_false(of_before(NOW + 50, now_ms, 11000));
	/* made in this second: it may have been before a start 0.5 s ago */
	assert_true(of_before(NOW + 60, now_ms, 500));
	assert_false(of_before(NOW + 60, now_ms, 800));
}

static void a_clock_set_back_shuts_nobody_out(void **state)
{
	const int64_t hour_ms = 3600 * INT64_C(1000);

	(void)state;
	/* begun at NOW, a minute ago; it is an hour earlier since */
	assert_false(of_before(NOW - 3600 + 60, NOW * 1000 - hour_ms, 60000));
}

static void a_token_opens_once(void **state)
{
	char text[120], web[17];
	uint32_t user = 0;

	(void)state;
	snprintf(text, sizeof(text),
		 "%lld,janus.plugin.otklik,user=7,web=0123456789abcdef,"
		 "nonce=aa:uIZ80ktW3ZeKmvk89ZL2qBdEnPk=",
		 (long long)time(NULL) + CC_TOKEN_LIFE_S);
	assert_int_equal(cc_token_use(&gateway, NULL, 2000, text, &user, web),
			 0);
	assert_int_equal(user, 7);
	assert_string_equal(web, "0123456789abcdef");
	assert_int_not_equal(
	    cc_token_use(&gateway, NULL, 2000, text, &user, web), 0);
}

static void a_token_of_before_does_not_open(void **state)
{
	char text[120], web[17];
	uint32_t user = 0;

	(void)state;
	snprintf(text, sizeof(text),
		 "%lld,janus.plugin.otklik,user=8,web=0123456789abcdef,"
		 "nonce=ab:AIZ80ktW3ZeKmvk89ZL2qBdEnPk=",
		 (long long)time(NULL) + CC_TOKEN_LIFE_S - 30);
	assert_int_not_equal(
	    cc_token_use(&gateway, NULL, 20000, text, &user, web), 0);
	/* refused for its age alone, and not remembered */
	assert_int_equal(cc_token_use(&gateway, NULL, 60000, text, &user, web),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_older_than_the_process_is_of_before),
		cmocka_unit_test(a_clock_set_back_shuts_nobody_out),
		cmocka_unit_test(a_token_opens_once),
		cmocka_unit_test(a_token_of_before_does_not_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
