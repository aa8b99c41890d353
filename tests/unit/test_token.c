#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/throttle.h"
#include "cgi/token.h"

/* Signatures by: printf %s TEXT | openssl dgst -sha1 -hmac KEY -binary |
 * base64 */
static void the_door_names_the_plugin_for_a_shift(void **state)
{
	char text[TOKEN_MAX];

	(void)state;
	assert_int_equal(token_door("secret", 1000, text), 0);
	assert_string_equal(text, "58600,janus,janus.plugin.otklik:"
				  "ADKYX8sRa53P08WLl8C6hcuK5bM=");
}

static void the_user_token_lives_a_minute_and_is_never_the_same(void **state)
{
	char one[TOKEN_MAX], two[TOKEN_MAX];

	(void)state;
	assert_int_equal(
	    token_user("secret", 1000, 7, "0123456789abcdef", "aa", one), 0);
	assert_string_equal(one, "1060,janus.plugin.otklik,user=7,"
				 "web=0123456789abcdef,nonce=aa:"
				 "uIZ80ktW3ZeKmvk89ZL2qBdEnPk=");
	assert_int_equal(
	    token_user("secret", 1000, 7, "0123456789abcdef", "ab", two), 0);
	assert_string_not_equal(one, two);
}

static void tries_come_in_a_burst_then_one_by_one(void **state)
{
	const struct throttle_rule rule = { 3, 1000 };
	int64_t at = 0, now = 50000;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(throttle_try(&at, &rule, now), 0);
	assert_int_equal(throttle_try(&at, &rule, now), 1000);
	assert_int_equal(throttle_try(&at, &rule, now + 400), 600);
	assert_int_equal(throttle_try(&at, &rule, now + 1000), 0);
	assert_int_equal(throttle_try(&at, &rule, now + 1000), 1000);
	assert_int_equal(throttle_try(&at, &rule, now + 60000), 0);
}

static void a_right_password_costs_nothing(void **state)
{
	const struct throttle_rule rule = { 2, 1000 };
	int64_t at = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(throttle_try(&at, &rule, 5000), 0);
		throttle_refund(&at, &rule);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_door_names_the_plugin_for_a_shift),
		cmocka_unit_test(
		    the_user_token_lives_a_minute_and_is_never_the_same),
		cmocka_unit_test(tries_come_in_a_burst_then_one_by_one),
		cmocka_unit_test(a_right_password_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
