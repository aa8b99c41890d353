/* test_sip_hop.c - what is changed in a message between sofia and an operator
 * over TLS, and that nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "janus-plugin/sip_hop.h"
#include "janus-plugin/util.h"

#include <stdio.h>
#include <string.h>

static const struct cc_hop inward = { .outward = false };
static const struct cc_hop outward = { .outward = true,
				       .address = "192.0.2.100",
				       .port = 65535 };

static void becomes(const struct cc_hop *hop, const char *before,
		    const char *after)
{
	char out[CC_HOP_HEAD + CC_HOP_GROWTH];
	size_t body = 99;
	const size_t len = strlen(before);
	size_t n;

	assert_int_equal(cc_hop_head(before, len), len);
	n = cc_hop_rewrite(out, before, len, hop, &body);
	assert_int_equal(n, strlen(after));
	assert_memory_equal(out, after, n);
	assert_int_equal(body, 0);
}

#define INVITE "INVITE sip:1@h;transport=tcp SIP/2.0\r\n"
#define OK     "SIP/2.0 200 OK\r\n"

static void the_topmost_via_changes_its_transport(void **state)
{
	static const struct {
		const char *name, *before, *after;
	} cases[] = {
		{ "Via: ", "SIP/2.0/TLS a:1;branch=z",
		  "SIP/2.0/TCP a:1;branch=z" },
		{ "v:", "SIP/2.0/tls a", "SIP/2.0/TCP a" },
		{ "VIA \t: ", "SIP / 2.0 /\tTLS a", "SIP / 2.0 /\tTCP a" },
		{ "Via:\r\n ", "SIP/2.0/TLS\r\n a", "SIP/2.0/TCP\r\n a" },
		{ "Via: ", "SIP/2.0/TLS a, SIP/2.0/TLS b",
		  "SIP/2.0/TCP a, SIP/2.0/TLS b" },
		{ "Via: ", "SIP/2.0/UDP a", "SIP/2.0/UDP a" },
		{ "Via: ", "SIP/2.0/TLSX a", "SIP/2.0/TLSX a" },
		{ "Via: ", "", "" },
		{ "Via: ", "SIP/2.0", "SIP/2.0" },
		{ "Via: ", "SIP/2.0/", "SIP/2.0/" },
		{ "Viah: ", "SIP/2.0/TLS a", "SIP/2.0/TLS a" },
	};
	char before[256], after[256];

	(void)state;
	for (size_t i = 0; i < CC_LEN(cases); i++) {
		const char *const form =
		    INVITE "X: 1\r\n%s%s\r\nVia: SIP/2.0/TLS c\r\n\r\n";

		/* the last line is the topmost where there is none above it */
		const bool via = strcmp(cases[i].name, "Viah: ") != 0;

		snprintf(before, sizeof(before), form, cases[i].name,
			 cases[i].before);
		snprintf(after, sizeof(after), form, cases[i].name,
			 cases[i].after);
		if (!via)
			memcpy(strstr(after, "TLS c"), "TCP c", 5);
		becomes(&inward, before, after);
	}
}

static void our_request_says_tls_in_via_and_contact(void **state)
{
	(void)state;
	becomes(&outward,
		INVITE "Via: SIP/2.0/TCP 192.0.2.1:5061;rport;branch=z\r\n"
		       "Contact: <sip:192.0.2.1:5061;transport=tcp>;q=1\r\n"
		       "Route: <sip:x;transport=tcp>\r\n"
		       "l: 0\r\n\r\n",
		INVITE "Via: SIP/2.0/TLS 192.0.2.1:5061;rport;branch=z\r\n"
		       "Contact: <sip:192.0.2.1:5061;transport=tls>;q=1\r\n"
		       "Route: <sip:x;transport=tcp>\r\n"
		       "l: 0\r\n\r\n");
	becomes(&outward, OK "m: <sip:a;Transport=TCP>\r\n\r\n",
		OK "m: <sip:a;transport=tls>\r\n\r\n");
}

static void our_response_names_the_operators_address(void **state)
{
	(void)state;
	becomes(&outward,
		OK "Via: SIP/2.0/TCP a;rport=1;branch=z;received=127.0.0.1,"
		   "SIP/2.0/TCP b;rport=2\r\n"
		   "Via: SIP/2.0/TCP c;rport=3\r\n\r\n",
		OK
		"Via: SIP/2.0/TLS a;rport=65535;branch=z;received=192.0.2.100"
		",SIP/2.0/TCP b;rport=2\r\n"
		"Via: SIP/2.0/TCP c;rport=3\r\n\r\n");
	/* what only looks like it stays */
	becomes(&outward,
		OK "v: SIP/2.0/TCP a;rported=1;x=\",;rport=2\"\r\n\r\n",
		OK "v: SIP/2.0/TLS a;rported=1;x=\",;rport=65535\r\n\r\n");
	becomes(&outward, OK "v: SIP/2.0/TCP a ; rport\r\n ;y\r\n\r\n",
		OK "v: SIP/2.0/TLS a ;rport=65535\r\n ;y\r\n\r\n");
	becomes(&inward, OK "Via: SIP/2.0/TLS a;rport=1;received=b\r\n\r\n",
		OK "Via: SIP/2.0/TCP a;rport=1;received=b\r\n\r\n");
}

static void however_often_named_a_message_grows_little(void **state)
{
	char before[CC_HOP_HEAD], out[CC_HOP_HEAD + CC_HOP_GROWTH];
	size_t body, n;

	(void)state;
	strcpy(before, OK "Via: SIP/2.0/TCP a");
	while (strlen(before) < sizeof(before) - 32)
		strcat(before, ";rport;received");
	strcat(before, "\r\n\r\n");
	n = cc_hop_rewrite(out, before, strlen(before), &outward, &body);
	assert_in_range(n, strlen(before), strlen(before) + CC_HOP_GROWTH);
}

static void the_length_of_the_body_is_read_or_refused(void **state)
{
	static const struct {
		const char *headers;
		long body; /* -1: refused */
	} cases[] = {
		{ "", 0 },
		{ "Content-Length: 0\r\n", 0 },
		{ "content-length:12\r\n", 12 },
		{ "L : \r\n 12 \r\n", 12 },
		{ "Content-Length: 1048576\r\n", 1048576 },
		{ "Content-Length: 1048577\r\n", -1 },
		{ "Content-Length: 99999999999999999999\r\n", -1 },
		{ "Content-Length: -1\r\n", -1 },
		{ "Content-Length: 1 2\r\n", -1 },
		{ "Content-Length: 0x1\r\n", -1 },
		{ "Content-Length:\r\n", -1 },
		{ "Content-Length: 1\r\nl: 1\r\n", -1 },
		{ "X-Content-Length: 7\r\n", 0 },
	};
	char head[256], out[CC_HOP_HEAD + CC_HOP_GROWTH];

	(void)state;
	for (size_t i = 0; i < CC_LEN(cases); i++) {
		size_t body = 99, n;

		snprintf(head, sizeof(head), OK "%s\r\n", cases[i].headers);
		n = cc_hop_rewrite(out, head, strlen(head), &inward, &body);
		assert_int_equal(n, cases[i].body < 0 ? 0 : strlen(head));
		if (n)
			assert_int_equal(body, cases[i].body);
	}
}

static void the_end_of_a_header_is_its_blank_line(void **state)
{
	(void)state;
	assert_int_equal(cc_hop_head("", 0), 0);
	assert_int_equal(cc_hop_head("A\r\n\r", 4), 0);
	assert_int_equal(cc_hop_head("A\r\n\r\nbody", 9), 5);
	assert_int_equal(cc_hop_head("A\n\nbody", 7), 0);
}

/* Noise with the words in it: nothing is read or written outside (seen by a
 * sanitizer), and nothing grows by more than was promised. */
static void no_noise_goes_astray(void **state)
{
	static const char *const words[] = {
		"SIP/2.0 200 OK",
		"INVITE x SIP/2.0",
		"\r\n",
		"Via:",
		"v",
		":",
		"SIP/2.0/TLS",
		"SIP/2.0/TCP",
		"/",
		";",
		",",
		"\"",
		"rport",
		"received",
		"=",
		" ",
		"m:",
		";transport=tcp",
		"l:",
		"1",
		"\\",
	};
	char out[CC_HOP_HEAD + CC_HOP_GROWTH];
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char *text = calloc(1, 512);
		size_t len, body;
		char *exact;

		for (int i = 0; i < 24; i++) {
			seed = seed * 1103515245 + 12345;
			strcat(text, words[seed / 65536 % CC_LEN(words)]);
		}
		strcat(text, "\r\n\r\n");
		len = cc_hop_head(text, strlen(text));
		exact = malloc(len);
		memcpy(exact, text, len);
		assert_in_range(cc_hop_rewrite(out, exact, len,
					       round % 2 ? &inward : &outward,
					       &body),
				0, len + CC_HOP_GROWTH);
		free(exact);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_topmost_via_changes_its_transport),
		cmocka_unit_test(our_request_says_tls_in_via_and_contact),
		cmocka_unit_test(our_response_names_the_operators_address),
		cmocka_unit_test(however_often_named_a_message_grows_little),
		cmocka_unit_test(the_length_of_the_body_is_read_or_refused),
		cmocka_unit_test(the_end_of_a_header_is_its_blank_line),
		cmocka_unit_test(no_noise_goes_astray),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
