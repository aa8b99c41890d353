/* Digest answers, by the examples of RFC 7616 3.9.1 and RFC 2617 3.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/sip_digest.h"
#include "janus-plugin/util.h"

#define NONCE  "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define OPAQUE "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
#define CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

/* B3-37 */
static void both_algorithms_answer_as_in_rfc_7616(void **state)
{
	static const struct {
		const char *algorithm, *response;
	} cases[] = {
		{ "algorithm=MD5",
		  "response=\"8ca523f5e9506fed4657c9700eebdbec\"" },
		{ "algorithm=SHA-256",
		  "response=\"753927fa0e85d155564e2e272a28d1802ca10daf449"
		  "6794697cf8db5856cb6c1\"" },
	};

	(void)state;
	for (size_t i = 0; i < CC_LEN(cases); i++) {
		const char *params[] = { "realm=\"http-auth@example.org\"",
					 "qop=\"auth, auth-int\"",
					 cases[i].algorithm,
					 "nonce=\"" NONCE "\"",
					 "opaque=\"" OPAQUE "\"",
					 NULL };
		struct cc_challenge ch;
		char text[1024];

		assert_int_equal(cc_challenge_read(&ch, params), 0);
		assert_int_equal(cc_digest_answer(text, sizeof(text), &ch,
						  "Mufasa", "Circle of Life",
						  "GET", "/dir/index.html",
						  CNONCE, 1),
				 0);
		assert_non_null(strstr(text, cases[i].response));
		assert_non_null(strstr(text, cases[i].algorithm));
		assert_non_null(strstr(text, "qop=auth, nc=00000001"));
		assert_non_null(strstr(text, "opaque=\"" OPAQUE "\""));
	}
}

static void without_qop_it_is_the_old_digest(void **state)
{
	const char *params[] = { "Realm=\"testrealm@host.com\"",
				 "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
				 NULL };
	struct cc_challenge ch;
	char text[1024];

	(void)state;
	assert_int_equal(cc_challenge_read(&ch, params), 0);
	assert_false(ch.auth);
	assert_int_equal(cc_digest_answer(text, sizeof(text), &ch, "Mufasa",
					  "Circle Of Life", "GET",
					  "/dir/index.html", "x", 1),
			 0);
	assert_non_null(strstr(text, "670fd8c2df070c60b045671b8b24ff02"));
	assert_null(strstr(text, "nc="));
	assert_null(strstr(text, "cnonce"));
}

static void what_we_cannot_answer_is_left_to_the_next_challenge(void **state)
{
	static const struct {
		const char *third;
		int err;
	} cases[] = {
		{ "algorithm=SHA-512-256", ENOTSUP },
		{ "algorithm=\"token\"", ENOTSUP },
		{ "qop=\"auth-int\"", ENOTSUP },
		{ "qop=\"auth\"", 0 },
		{ "algorithm=sha-256-SESS", 0 },
		{ "nonce=\"a\"b\"", EBADMSG },
		{ "nonce=\"a\\\"", EBADMSG },
		{ "opaque=\"\x01\"", EBADMSG },
		{ "", 0 },
	};
	char longer[600];
	struct cc_challenge ch;

	(void)state;
	for (size_t i = 0; i < CC_LEN(cases); i++) {
		const char *params[] = { "realm=\"r\"", "nonce=\"n\"",
					 cases[i].third, NULL };

		assert_int_equal(cc_challenge_read(&ch, params), cases[i].err);
	}
	snprintf(longer, sizeof(longer), "nonce=\"%0400d\"", 1);
	assert_int_equal(
	    cc_challenge_read(&ch,
			      (const char *[]){ "realm=\"r\"", longer, NULL }),
	    EBADMSG);
	assert_int_equal(
	    cc_challenge_read(&ch, (const char *[]){ "realm=\"r\"", NULL }),
	    EBADMSG);
	assert_int_equal(
	    cc_challenge_read(&ch, (const char *[]){ "nonce=\"n\"", NULL }),
	    EBADMSG);
	assert_int_equal(cc_challenge_read(&ch, NULL), EBADMSG);
}

static void an_answer_that_does_not_fit_is_none(void **state)
{
	const char *params[] = { "realm=\"r\"", "nonce=\"n\"", "qop=\"auth\"",
				 NULL };
	struct cc_challenge ch;
	char text[512];

	(void)state;
	assert_int_equal(cc_challenge_read(&ch, params), 0);
	assert_int_equal(cc_digest_answer(text, sizeof(text), &ch, "u", "s",
					  "REGISTER", "sip:a", "c", 1),
			 0);
	for (size_t n = 1; n <= strlen(text); n++) {
		char small[512];

		assert_int_equal(cc_digest_answer(small, n, &ch, "u", "s",
						  "REGISTER", "sip:a", "c", 1),
				 ENAMETOOLONG);
	}
}

#define CASE(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(both_algorithms_answer_as_in_rfc_7616),
		CASE(without_qop_it_is_the_old_digest),
		CASE(what_we_cannot_answer_is_left_to_the_next_challenge),
		CASE(an_answer_that_does_not_fit_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
