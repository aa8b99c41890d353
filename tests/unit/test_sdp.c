/* SDP of trunks and browsers: what is read, what is answered. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "janus-plugin/sdp.h"

#define HEAD                                         \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n" \
	"c=IN IP4 192.0.2.1\r\nt=0 0\r\n"

static int read_text(struct cc_sdp_media *m, const char *text)
{
	return cc_sdp_read(m, text, strlen(text));
}

static void a_usual_offer_is_read(void **state)
{
	struct cc_sdp_media m;

	(void)state;
	assert_int_equal(
	    read_text(
		&m, HEAD
		"m=audio 40000 RTP/AVP 0 8 96\r\na=rtpmap:0 PCMU/8000\r\n"
		"a=rtpmap:8 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\n"
		"a=fmtp:96 0-15\r\na=ptime:30\r\na=sendonly\r\n"),
	    0);
	assert_string_equal(m.addr, "192.0.2.1");
	assert_int_equal(m.port, 40000);
	assert_int_equal(m.rtcp_port, 40001);
	assert_int_equal(m.pt, 8); /* PCMA wins */
	assert_int_equal(m.dtmf_pt, 96);
	assert_int_equal(m.ptime, 30);
	assert_int_equal(m.dir, CC_SDP_SENDONLY);
}

static void static_types_need_no_rtpmap(void **state)
{
	struct cc_sdp_media m;

	(void)state;
	assert_int_equal(read_text(&m, HEAD "m=audio 4000 RTP/AVP 18 0\n"), 0);
	assert_int_equal(m.pt, 0);
	assert_int_equal(m.dtmf_pt, 0);
	assert_int_equal(m.ptime, 20);
	assert_int_equal(m.dir, CC_SDP_SENDRECV);
}

static void a_number_with_another_meaning_is_not_ours(void **state)
{
	struct cc_sdp_media m;

	(void)state;
	assert_int_equal(read_text(&m, HEAD "m=audio 4000 RTP/AVP 8\r\n"
					    "a=rtpmap:8 G729/8000\r\n"),
			 ENOTSUP);
	/* telephone-event at another rate is another codec */
	assert_int_equal(read_text(&m, HEAD
				   "m=audio 4000 RTP/AVP 8 101\r\n"
				   "a=rtpmap:101 telephone-event/48000\r\n"),
			 0);
	assert_int_equal(m.dtmf_pt, 0);
	/* ... and one that is described, but not offered, is not offered */
	assert_int_equal(read_text(&m, HEAD
				   "m=audio 4000 RTP/AVP 8\r\n"
				   "a=rtpmap:101 telephone-event/8000\r\n"),
			 0);
	assert_int_equal(m.dtmf_pt, 0);
}

static void the_media_level_wins(void **state)
{
	struct cc_sdp_media m;

	(void)state;
	assert_int_equal(
	    read_text(
		&m,
		"v=0\r\nc=IN IP4 192.0.2.1\r\n"
		"a=inactive\r\nm=audio 4000 RTP/AVP 8\r\n"
		"c=IN IP4 198.51.100.7/127\r\na=rtcp:53020\r\na=recvonly\r\n"),
	    0);
	assert_string_equal(m.addr, "198.51.100.7");
	assert_int_equal(m.rtcp_port, 53020);
	assert_int_equal(m.dir, CC_SDP_RECVONLY);
	assert_int_equal(read_text(&m,
				   "v=0\r\nc=IN IP4 192.0.2.1\r\n"
				   "a=inactive\r\nm=audio 4000 RTP/AVP 8\r\n"),
			 0);
	assert_int_equal(m.dir, CC_SDP_INACTIVE);
}

/* B3-29 */
static void hold_is_seen_in_both_fashions(void **state)
{
	struct cc_sdp_media m;

	(void)state;
	assert_int_equal(read_text(&m, HEAD "m=audio 4000 RTP/AVP 8\r\n"), 0);
	assert_false(cc_sdp_held(&m));
	assert_int_equal(read_text(&m, HEAD "m=audio 4000 RTP/AVP 8\r\n"
					    "a=sendonly\r\n"),
			 0);
	assert_true(cc_sdp_held(&m));
	assert_int_equal(read_text(&m, HEAD "m=audio 4000 RTP/AVP 8\r\n"
					    "c=IN IP4 0.0.0.0\r\n"),
			 0);
	assert_true(cc_sdp_held(&m));
	assert_int_equal(m.dir, CC_SDP_SENDRECV); /* as it was written */
	assert_int_equal(read_text(&m, HEAD "m=audio 4000 RTP/AVP 8\r\n"
					    "a=recvonly\r\n"),
			 0);
	assert_false(cc_sdp_held(&m));
}

static void what_we_cannot_do_is_refused(void **state)
{
	static const char *const bad[] = {
		HEAD,
		HEAD "m=audio 4000 RTP/SAVP 8\r\n",
		HEAD "m=audio 4000 RTP/AVP 18\r\n",
		HEAD "m=audio 0 RTP/AVP 8\r\n",
		HEAD "m=video 4000 RTP/AVP 31\r\n",
	};
	struct cc_sdp_media m;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(read_text(&m, bad[i]), ENOTSUP);
}

static void what_is_not_sdp_is_told_apart(void **state)
{
	static const char *const bad[] = {
		"",
		"\r\n\r\n",
		"v=1\r\n",
		"hello",
		"v=0\r\nx\r\n",
		"v=0\r\nm=audio 4000 RTP/AVP 8\r\n", /* no address */
		HEAD "m=audio x RTP/AVP 8\r\n",
		HEAD "m=audio 70000 RTP/AVP 8\r\n",
		HEAD "m=audio 4000\r\n",
		HEAD "c=IN IP9 1\r\nm=audio 4000 RTP/AVP 8\r\n",
		"v=0\r\ns=\001\r\n",
	};
	struct cc_sdp_media m = { .port = 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(read_text(&m, bad[i]), EBADMSG);
	assert_int_equal(m.port, 7);
}

static void ceilings_hold(void **state)
{
	char *big = calloc(1, 40000);
	struct cc_sdp_media m;

	(void)state;
	strcpy(big, HEAD);
	for (int i = 0; i < 17; i++)
		strcat(big, "m=audio 4000 RTP/AVP 8\r\n");
	assert_int_equal(read_text(&m, big), EBADMSG);

	strcpy(big, HEAD "a=");
	memset(big + strlen(big), 'x', 2000);
	assert_int_equal(read_text(&m, big), EBADMSG);

	strcpy(big, HEAD "m=audio 4000 RTP/AVP");
	for (int i = 0; i < 250; i++)
		strcat(big, " 9");
	strcat(big, " 8\r\n");
	assert_int_equal(read_text(&m, big), ENOTSUP); /* 32 are looked at */

	memset(big, '\n', 39999);
	memcpy(big, "v=0", 3);
	assert_int_equal(read_text(&m, big), EBADMSG);
	free(big);
}

/* Every cut and every changed byte of a real offer: for the sanitizers. */
static void damaged_offers_are_survived(void **state)
{
	static const char text[] =
	    HEAD "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 "
		 "telephone-event/8000\r\na=rtcp:4001\r\na=ptime:20\r\n"
		 "m=video 4002 RTP/AVP 31\r\n";
	static const char bytes[] = { 0, ' ', '=', '\n', '9', (char)0xff };
	const struct cc_sdp_local l = { "192.0.2.9", 5000, 1, 1, 3 };
	unsigned fine = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		char *part = malloc(i + 1), out[1024];
		struct cc_sdp_media m;

		memcpy(part, text, i);
		part[i] = '\0';
		fine += !cc_sdp_read(&m, part, i);
		free(part);
		for (size_t k = 0; k < sizeof(bytes); k++) {
			char copy[sizeof(text)];

			memcpy(copy, text, sizeof(text));
			copy[i] = bytes[k];
			fine += !cc_sdp_read(&m, copy, sizeof(text) - 1);
			cc_sdp_write(out, sizeof(out), &l, copy);
		}
	}
	assert_in_range(fine, 100, 6 * sizeof(text));
}

static void our_offer_is_complete(void **state)
{
	const struct cc_sdp_local l = { "192.0.2.9", 20000, 7, 2,
					CC_SDP_SENDRECV };
	char buf[1024];
	struct cc_sdp_media m;

	(void)state;
	assert_int_equal(cc_sdp_write(buf, sizeof(buf), &l, NULL), 0);
	assert_string_equal(
	    buf, "v=0\r\no=- 7 2 IN IP4 192.0.2.9\r\ns=-\r\n"
		 "c=IN IP4 192.0.2.9\r\nt=0 0\r\n"
		 "m=audio 20000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\n"
		 "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
		 "a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n");
	assert_int_equal(read_text(&m, buf), 0);
	assert_int_equal(m.port, 20000);
	assert_int_equal(m.dtmf_pt, 101);
	assert_int_equal(cc_sdp_write(buf, 100, &l, NULL), ENOSPC);
}

/* B3-42: the number of telephone-event is theirs */
static void an_answer_mirrors_the_m_lines(void **state)
{
	const struct cc_sdp_local l = { "192.0.2.9", 20000, 7, 1,
					CC_SDP_SENDRECV };
	char buf[1024];

	(void)state;
	assert_int_equal(
	    cc_sdp_write(
		buf, sizeof(buf), &l,
		HEAD "m=video 5000 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0 97\r\n"
		     "a=rtpmap:97 telephone-event/8000\r\na=sendonly\r\n"
		     "m=audio 4002 RTP/SAVP 8\r\n"),
	    0);
	assert_string_equal(
	    buf, "v=0\r\no=- 7 1 IN IP4 192.0.2.9\r\ns=-\r\n"
		 "c=IN IP4 192.0.2.9\r\nt=0 0\r\nm=video 0 RTP/AVP 31\r\n"
		 "m=audio 20000 RTP/AVP 0 97\r\na=rtpmap:0 PCMU/8000\r\n"
		 "a=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-15\r\n"
		 "a=ptime:20\r\na=recvonly\r\nm=audio 0 RTP/SAVP 8\r\n");
	assert_int_equal(cc_sdp_write(buf, sizeof(buf), &l, "junk"), EBADMSG);
	assert_int_equal(cc_sdp_write(buf, sizeof(buf), &l, HEAD), EBADMSG);
}

/* B3-29: a hold of ours is a direction, never the address 0.0.0.0 */
static void directions_are_answered(void **state)
{
	static const struct {
		const char *offer;
		enum cc_sdp_dir ours;
		const char *answer;
	} t[] = {
		{ "a=sendrecv\r\n", CC_SDP_SENDRECV, "a=sendrecv\r\n" },
		{ "a=sendonly\r\n", CC_SDP_SENDRECV, "a=recvonly\r\n" },
		{ "a=recvonly\r\n", CC_SDP_SENDRECV, "a=sendonly\r\n" },
		{ "a=inactive\r\n", CC_SDP_SENDRECV, "a=inactive\r\n" },
		{ "a=sendrecv\r\n", CC_SDP_SENDONLY, "a=sendonly\r\n" },
		{ "a=sendonly\r\n", CC_SDP_SENDONLY, "a=inactive\r\n" },
		{ "a=recvonly\r\n", CC_SDP_RECVONLY, "a=inactive\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct cc_sdp_local l = { "192.0.2.9", 5000, 1, 1, t[i].ours };
		char offer[512] = HEAD "m=audio 4000 RTP/AVP 8\r\n", buf[1024];

		strcat(offer, t[i].offer);
		assert_int_equal(cc_sdp_write(buf, sizeof(buf), &l, offer), 0);
		assert_non_null(strstr(buf, t[i].answer));
		assert_non_null(strstr(buf, "c=IN IP4 192.0.2.9\r\n"));
	}
}

static void a_browser_is_offered_g711_only(void **state)
{
	char buf[1024];

	(void)state;
	assert_int_equal(cc_sdp_web_offer(buf, sizeof(buf), 5, 3), 0);
	assert_non_null(strstr(buf, "o=- 5 3 IN IP4 "));
	assert_non_null(strstr(buf, "m=audio 9 UDP/TLS/RTP/SAVPF 8 0\r\n"));
	assert_non_null(strstr(buf, "a=sendrecv\r\n"));
	assert_int_equal(cc_sdp_web_answer(buf, strlen(buf)), 0);
	assert_int_equal(cc_sdp_web_offer(buf, 40, 5, 3), ENOSPC);
}

static void a_browser_without_alaw_is_refused(void **state)
{
	static const char *const bad[] = {
		HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n",
		HEAD "m=audio 0 UDP/TLS/RTP/SAVPF 8\r\n",
		HEAD
		"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=rtpmap:8 opus/48000\r\n",
		HEAD,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(cc_sdp_web_answer(bad[i], strlen(bad[i])),
				 ENOTSUP);
	assert_int_equal(cc_sdp_web_answer("x", 1), EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_usual_offer_is_read),
		cmocka_unit_test(static_types_need_no_rtpmap),
		cmocka_unit_test(a_number_with_another_meaning_is_not_ours),
		cmocka_unit_test(the_media_level_wins),
		cmocka_unit_test(hold_is_seen_in_both_fashions),
		cmocka_unit_test(what_we_cannot_do_is_refused),
		cmocka_unit_test(what_is_not_sdp_is_told_apart),
		cmocka_unit_test(ceilings_hold),
		cmocka_unit_test(damaged_offers_are_survived),
		cmocka_unit_test(our_offer_is_complete),
		cmocka_unit_test(an_answer_mirrors_the_m_lines),
		cmocka_unit_test(directions_are_answered),
		cmocka_unit_test(a_browser_is_offered_g711_only),
		cmocka_unit_test(a_browser_without_alaw_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
