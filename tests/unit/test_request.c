#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/request.h"

#define CALL "\"call\":\"01890a5d-ac96-774b-bcce-b302099a8057\""

static int parse(struct cc_request *r, const char *json, const char **key)
{
	json_t *body = json_loads(json, JSON_DECODE_ANY, NULL);
	int err = cc_request_parse(r, body, key);

	json_decref(body);
	return err;
}

static void good_requests_are_understood(void **state)
{
	struct cc_request r;
	const char *key;

	(void)state;
	assert_int_equal(
	    parse(&r, "{\"request\":\"answer\"," CALL ",\"gen\":7}", &key), 0);
	assert_int_equal(r.kind, REQ_ANSWER);
	assert_int_equal(r.gen, 7);
	assert_int_equal(strlen(r.call), 36);

	assert_int_equal(parse(&r,
			       "{\"request\":\"transfer\"," CALL
			       ",\"to\":\"queue:12\",\"mode\":"
			       "\"blind\"}",
			       &key),
			 0);
	assert_string_equal(r.text, "queue:12");
	assert_false(r.consult);

	assert_int_equal(parse(&r,
			       "{\"request\":\"start\","
			       "\"takeover\":true}",
			       &key),
			 0);
	assert_true(r.takeover);
}

static void bad_requests_name_what_is_wrong(void **state)
{
	static const struct {
		const char *json, *key;
	} bad[] = {
		{ "null", "request" },
		{ "[]", "request" },
		{ "{}", "request" },
		{ "{\"request\":1}", "request" },
		{ "{\"request\":\"answers\"}", "request" },
		{ "{\"request\":\"\"}", "request" },
		{ "{\"request\":\"answer\"}", "call" },
		{ "{\"request\":\"answer\",\"call\":\"x\"}", "call" },
		{ "{\"request\":\"answer\"," CALL "}", "gen" },
		{ "{\"request\":\"answer\"," CALL ",\"gen\":-1}", "gen" },
		{ "{\"request\":\"answer\"," CALL ",\"gen\":\"1\"}", "gen" },
		{ "{\"request\":\"answer\"," CALL ",\"gen\":4294967296}",
		  "gen" },
		{ "{\"request\":\"dtmf\",\"digits\":\"\"}", "digits" },
		{ "{\"request\":\"dtmf\",\"digits\":\"12x\"}", "digits" },
		{ "{\"request\":\"dtmf\",\"digits\":"
		  "\"123456789012345678901234567890123\"}",
		  "digits" },
		{ "{\"request\":\"break\",\"reason\":\"LUN\"}", "reason" },
		{ "{\"request\":\"break\",\"reason\":\"LUNCH|SHORT\"}",
		  "reason" },
		{ "{\"request\":\"transfer\"," CALL ",\"to\":\"1002\"}",
		  "mode" },
		{ "{\"request\":\"transfer\"," CALL
		  ",\"mode\":\"blind\",\"to\":\"sip:x@y\"}",
		  "to" },
		{ "{\"request\":\"transfer\"," CALL
		  ",\"mode\":\"blind\",\"to\":\"1003\",\"confirm\":1}",
		  "confirm" },
		{ "{\"request\":\"emergency\"," CALL ",\"service\":\"911\"}",
		  "service" },
		{ "{\"request\":\"start\",\"takeover\":1}", "takeover" },
		{ "{\"request\":\"pong\",\"n\":1.5}", "n" },
		{ "{\"request\":\"hello\",\"page\":\"x\"}", "token" },
		{ "{\"request\":\"watch\"}", "on" },
		{ "{\"request\":\"watch\",\"on\":1}", "on" },
		{ "{\"request\":\"release\"," CALL ",\"reason\":\"r\"}",
		  "end" },
		{ "{\"request\":\"release\"," CALL ",\"end\":true}", "reason" },
		{ "{\"request\":\"move\"," CALL ",\"reason\":\"r\"}", "queue" },
		{ "{\"request\":\"rest\",\"user\":1,\"reason\":\"  \"}",
		  "reason" },
		{ "{\"request\":\"rest\",\"user\":1,\"reason\":\"a\\n\"}",
		  "reason" },
		{ "{\"request\":\"rest\",\"user\":-1,\"reason\":\"a\"}",
		  "user" },
		{ "{\"request\":\"accept\",\"alert\":\"x\"}", "alert" },
		{ "{\"request\":\"raise\",\"flag\":\"EMERGENCY\"}", "flag" },
	};
	struct cc_request r = { .kind = REQ_BYE };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *key = "";

		assert_int_equal(parse(&r, bad[i].json, &key), EINVAL);
		assert_string_equal(key, bad[i].key);
		assert_int_equal(r.kind, REQ_BYE); /* written on success only */
	}
}

/* The ceiling is in characters, as the page counts them. */
static void a_reason_has_at_most_200_characters(void **state)
{
	char json[1000], reason[500] = "";
	struct cc_request r;
	const char *key;

	(void)state;
	for (int i = 0; i < 200; i++)
		strcat(reason, "я");
	snprintf(json, sizeof(json),
		 "{\"request\":\"rest\",\"user\":7,\"reason\":\"%s\"}", reason);
	assert_int_equal(parse(&r, json, &key), 0);
	assert_string_equal(r.reason, reason);
	assert_int_equal(r.user, 7);
	strcat(reason, "!");
	snprintf(json, sizeof(json),
		 "{\"request\":\"rest\",\"user\":7,\"reason\":\"%s\"}", reason);
	assert_int_equal(parse(&r, json, &key), EINVAL);
	assert_string_equal(key, "reason");
}

static void every_code_has_words_for_people(void **state)
{
	static const char *const codes[] = {
		CC_BAD_REQUEST,    CC_NOT_HELLO,  CC_TOKEN,
		CC_FORBIDDEN,      CC_STATE,      CC_GEN,
		CC_TAKEN,          CC_SELF,       CC_BUSY,
		CC_NO_EXTENSION,   CC_NO_MEDIA,   CC_IN_CALL,
		CC_LIVE_ELSEWHERE, CC_ALERT_OVER, CC_QUEUE_CLOSED,
		CC_NO_DIGITS,      "M20"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_string_not_equal(cc_request_text(codes[i]), codes[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_requests_are_understood),
		cmocka_unit_test(bad_requests_name_what_is_wrong),
		cmocka_unit_test(a_reason_has_at_most_200_characters),
		cmocka_unit_test(every_code_has_words_for_people),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
