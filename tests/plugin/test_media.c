/* The media thread with real sockets: every way audio can take. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "janus-plugin/dtmf.h"
#include "janus-plugin/g711.h"
#include "janus-plugin/sdp.h"
#include "tests/plugin/media_bed.h"

enum { CITIZEN = 1, OPERATOR = 2, OTHER = 3 };

static struct phone citizen, service;
static struct browser operator, colleague;

static int set_up(void **state)
{
	(void)state;
	bed_open();
	phone_open(&citizen, CITIZEN, 8);
	browser_open(&operator, OPERATOR);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	phone_close(&citizen);
	browser_close(&operator);
	bed_close();
	return 0;
}

static void talk(void)
{
	hear_peers(CITIZEN, OPERATOR, 0);
	hear_peers(OPERATOR, CITIZEN, 0);
}

static void remote(uint64_t id, const char *addr, uint16_t port,
		   enum cc_sdp_dir dir)
{
	struct cc_sdp_media r = { .pt = 8,
				  .dtmf_pt = 101,
				  .port = port,
				  .rtcp_port = (uint16_t)(port + 1),
				  .dir = dir };

	strcpy(r.addr, addr);
	cc_media_remote(bed_media(), id, &r);
	bed_settle();
}

static void all_of(const struct got *g, uint8_t code)
{
	assert_int_equal(g->h.len, FRAME);
	for (size_t i = 0; i < FRAME; i++)
		assert_int_equal(g->payload[i], code);
}

static void follows(const struct got *g, const struct got *before)
{
	assert_int_equal((uint16_t)(g->h.seq - before->h.seq), 1);
	assert_int_equal(g->h.ts - before->h.ts, FRAME);
	assert_int_equal(g->h.ssrc, before->h.ssrc);
}

/* What the media thread's own clock sends: on a machine that stood still it
 * leaves out time, and says so. */
static void follows_in_time(const struct got *g, const struct got *before)
{
	uint32_t step = g->h.ts - before->h.ts;

	assert_int_equal((uint16_t)(g->h.seq - before->h.seq), 1);
	assert_int_equal(step % FRAME, 0);
	assert_in_range(step, FRAME, 8000u * WAIT_MS / 1000);
	assert_int_equal(g->h.ssrc, before->h.ssrc);
}

/* ---- two parties ---- */

static void both_say(void *arg, unsigned i)
{
	(void)arg;
	phone_say(&citizen, 8, (uint8_t)i);
	browser_say(&operator, (uint8_t)(100 + i));
}

static void a_talk_passes_both_ways_unchanged(void **state)
{
	struct got g = { 0 }, before;

	(void)state;
	talk();
	pace(50, both_say, NULL);
	for (unsigned i = 0; i < 50; i++) {
		before = g;
		assert_true(browser_hear(&operator, & g, WAIT_MS));
		all_of(&g, (uint8_t)i);
		assert_int_equal(g.h.pt, 8);
		assert_int_equal(g.h.marker, i == 0);
		assert_int_not_equal(g.h.ssrc, citizen.ssrc);
		if (i)
			follows(&g, &before);
	}
	for (unsigned i = 0; i < 50; i++) {
		before = g;
		assert_true(phone_hear(&citizen, &g, WAIT_MS));
		all_of(&g, (uint8_t)(100 + i));
		assert_int_equal(g.h.marker, i == 0);
		if (i)
			follows(&g, &before);
	}
}

static void who_is_not_heard_is_not_sent(void **state)
{
	struct got g;

	(void)state;
	hear_peers(OPERATOR, CITIZEN, 0); /* the operator is muted */
	pace(10, both_say, NULL);
	for (unsigned i = 0; i < 10; i++)
		assert_true(browser_hear(&operator, & g, WAIT_MS));
	assert_false(phone_hear(&citizen, &g, 100));
}

/* A gateway takes a stream that stops for a dead line. */
static void a_muted_while_is_silence_in_the_same_stream(void **state)
{
	struct got g, before;
	unsigned i;

	(void)state;
	hear_peers(CITIZEN, OPERATOR, 0);
	browser_say(&operator, 1);
	assert_true(phone_hear(&citizen, &before, WAIT_MS));
	hear_peers(CITIZEN, 0, 0);
	for (i = 1; i <= 5; i++) {
		assert_true(phone_hear(&citizen, &g, WAIT_MS));
		all_of(&g, CC_ALAW_SILENCE);
		assert_int_equal((uint16_t)(g.h.seq - before.h.seq), i);
	}
	hear_peers(CITIZEN, OPERATOR, 0);
	browser_say(&operator, 2);
	do { /* what was on its way when the operator came back */
		assert_true(phone_hear(&citizen, &g, WAIT_MS));
		assert_int_equal((uint16_t)(g.h.seq - before.h.seq), i++);
	} while (g.payload[0] == CC_ALAW_SILENCE && i < 20);
	all_of(&g, 2);
	assert_true(g.h.marker);
}

static void mulaw_trunks_are_transcoded(void **state)
{
	struct got g;
	uint8_t u = 0x9f, a, back;

	(void)state;
	phone_open(&service, OTHER, 0);
	hear_peers(OTHER, OPERATOR, 0);
	hear_peers(OPERATOR, OTHER, 0);
	phone_say(&service, 0, u);
	assert_true(browser_hear(&operator, & g, WAIT_MS));
	cc_ulaw_to_alaw(&a, &u, 1);
	assert_int_equal(g.h.pt, 8);
	all_of(&g, a);

	browser_say(&operator, a);
	assert_true(phone_hear(&service, &g, WAIT_MS));
	cc_alaw_to_ulaw(&back, &a, 1);
	assert_int_equal(g.h.pt, 0);
	all_of(&g, back);
	phone_close(&service);
}

static void two_browsers_talk(void **state)
{
	struct got g;

	(void)state;
	browser_open(&colleague, OTHER);
	hear_peers(OTHER, OPERATOR, 0);
	hear_peers(OPERATOR, OTHER, 0);
	for (uint8_t i = 0; i < 20; i++) {
		browser_say(&operator, i);
		browser_say(&colleague, (uint8_t)(i + 100));
		assert_true(browser_hear(&colleague, &g, WAIT_MS));
		all_of(&g, i);
		assert_true(browser_hear(&operator, & g, WAIT_MS));
		all_of(&g, (uint8_t)(i + 100));
	}
	browser_close(&colleague);
}

static void one_may_be_heard_by_two(void **state)
{
	struct got g;

	(void)state;
	browser_open(&colleague, OTHER); /* listens in */
	talk();
	hear_peers(OTHER, OPERATOR, 0);
	browser_say(&operator, 42);
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
	all_of(&g, 42);
	assert_true(browser_hear(&colleague, &g, WAIT_MS));
	all_of(&g, 42);
	browser_close(&colleague);
	browser_say(&operator, 43);
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
	all_of(&g, 43);
}

/* ---- one stream over all sources ---- */

/* B3-31, towards the trunk */
static void switching_sources_keeps_one_stream(void **state)
{
	struct got g, before;
	unsigned n = 0;
	int64_t first = 0;

	(void)state;
	for (int round = 0; round < 6; round++) {
		if (round % 2)
			hear_peers(CITIZEN, OPERATOR, 0);
		else
			hear_play(CITIZEN, CC_PROMPT_NONE, CC_PROMPT_MUSIC, 1);
		pace(10, both_say, NULL);
	}
	while (phone_hear(&citizen, &g, 100)) {
		if (!n)
			first = (int64_t)g.h.ts;
		if (n++) {
			assert_int_equal((uint16_t)(g.h.seq - before.h.seq), 1);
			assert_in_range(g.h.ts - before.h.ts, FRAME, 8000);
			assert_int_equal(g.h.ssrc, before.h.ssrc);
		}
		before = g;
	}
	assert_in_range(n, 50, 70);
	/* 1.2 s by the wall clock, whoever spoke */
	assert_in_range((uint32_t)(g.h.ts - (uint32_t)first), 8000, 16000);
}

static void citizen_says(void *arg, unsigned i)
{
	(void)arg;
	phone_say(&citizen, 8, (uint8_t)i);
}

enum source { PEER, MUSIC, BOTH };

static void listen_to(enum source s)
{
	if (s == MUSIC)
		hear_play(OPERATOR, CC_PROMPT_NONE, CC_PROMPT_MUSIC, 1);
	else
		hear_peers(OPERATOR, CITIZEN, s == BOTH ? OTHER : 0);
}

/* B3-31: SSRC, sequence and timestamp towards the browser go on in one stream
 * whatever the trunk does: SRTP drops what comes with a number of before,
 * and for good. */
static void a_browsers_stream_is_one_whatever_the_trunk_does(void **state)
{
	static const struct {
		uint32_t ssrc; /* xor */
		int seq, ts;   /* plus */
		enum cc_sdp_dir dir;
		enum source hear;
	} steps[] = {
		{ .dir = CC_SDP_SENDRECV },
		{ 0x1234, 0, 0, CC_SDP_SENDRECV, PEER },        /* new SSRC */
		{ 0, 30000, 0, CC_SDP_SENDRECV, PEER },         /* far ahead */
		{ 0, -30000, 0, CC_SDP_SENDRECV, PEER },        /* far back */
		{ 0, 7, 7 * FRAME, CC_SDP_SENDRECV, PEER },     /* a loss */
		{ 0, -20, -20 * FRAME, CC_SDP_SENDRECV, PEER }, /* twice */
		{ 0, 0, 1 << 30, CC_SDP_SENDRECV, PEER },
		{ 0, 0, -(1 << 30), CC_SDP_SENDRECV, PEER },
		{ 0, 0, 0, CC_SDP_SENDONLY, MUSIC }, /* he holds us */
		{ 0x77, -500, -1, CC_SDP_SENDRECV, PEER },
		{ 0, 0, 0, CC_SDP_INACTIVE, PEER },
		{ 0, 65000, 1, CC_SDP_SENDRECV, BOTH }, /* mixed */
		{ 0x99, 1, 0, CC_SDP_SENDRECV, MUSIC },
		{ 0, 0, 0, CC_SDP_SENDRECV, PEER },
	};
	struct got g, before = { .at = 0 };
	unsigned n = 0;

	(void)state;
	phone_open(&service, OTHER, 8);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		citizen.ssrc ^= steps[i].ssrc;
		citizen.seq = (uint16_t)(citizen.seq + steps[i].seq);
		citizen.ts += (uint32_t)steps[i].ts;
		/* what stays as it was is not said again: that is a cut */
		if (!i || steps[i].dir != steps[i - 1].dir)
			remote(CITIZEN, "127.0.0.1", citizen.port,
			       steps[i].dir);
		if (!i || steps[i].hear != steps[i - 1].hear)
			listen_to(steps[i].hear);
		bed_settle();
		pace(30, citizen_says, NULL);
	}
	for (; browser_hear(&operator, & g, 100); before = g) {
		if (!n++)
			continue;
		assert_int_equal(g.h.ssrc, before.h.ssrc);
		assert_in_range((uint16_t)(g.h.seq - before.h.seq), 1, 8);
		assert_in_range(g.h.ts - before.h.ts, 1, 8u * WAIT_MS);
	}
	phone_close(&service);
	assert_in_range(n, 300, 500);
}

/* ---- prompts ---- */

static void prompts_are_said_and_reported(void **state)
{
	struct cc_hear h = { .play = { CC_PROMPT_POSITION, CC_PROMPT_NUMBER_1,
				       CC_PROMPT_SOON },
			     .then = CC_PROMPT_MUSIC,
			     .gen = 77 };
	uint8_t said[3 * 880 + 1000];
	struct got g = { 0 }, before;
	size_t n = 0;

	(void)state;
	cc_media_hear(bed_media(), CITIZEN, &h);
	while (n < sizeof(said) - FRAME) {
		before = g;
		assert_true(phone_hear(&citizen, &g, WAIT_MS));
		assert_int_equal(g.h.len, FRAME);
		if (n)
			follows_in_time(&g, &before);
		memcpy(said + n, g.payload, FRAME);
		n += FRAME;
	}
	/* without a hole between them, in the middle of packets */
	for (size_t i = 0; i < n; i++)
		assert_int_equal(said[i],
				 bed_code(i < 880    ? CC_PROMPT_POSITION
					  : i < 1760 ? CC_PROMPT_NUMBER_1
					  : i < 2640 ? CC_PROMPT_SOON
						     : CC_PROMPT_MUSIC));
	assert_int_equal(bed_event(CC_MEDIA_PLAYED, CITIZEN).gen, 77);
	assert_int_equal(bed_count(CC_MEDIA_PLAYED, CITIZEN), 1);
}

static void the_peer_is_heard_after_the_prompt(void **state)
{
	struct cc_hear h = { .from = { OPERATOR },
			     .play = { CC_PROMPT_BUSY },
			     .gen = 5 };
	struct got g;

	(void)state;
	cc_media_hear(bed_media(), CITIZEN, &h);
	browser_say(&operator, 1); /* into the prompt: not heard */
	assert_int_equal(bed_event(CC_MEDIA_PLAYED, CITIZEN).gen, 5);
	bed_settle();
	browser_say(&operator, 2);
	for (unsigned i = 0; i < 5; i++) {
		assert_true(phone_hear(&citizen, &g, WAIT_MS));
		all_of(&g, bed_code(CC_PROMPT_BUSY));
	}
	assert_true(phone_hear(&citizen, &g, WAIT_MS)); /* its last 10 ms */
	assert_int_equal(g.payload[79], bed_code(CC_PROMPT_BUSY));
	assert_int_equal(g.payload[80], CC_ALAW_SILENCE);
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
	all_of(&g, 2);
}

static void a_browser_hears_its_ring_tone(void **state)
{
	struct got g = { 0 }, before;

	(void)state;
	hear_play(OPERATOR, CC_PROMPT_NONE, CC_PROMPT_RING, 1);
	for (unsigned i = 0; i < 20; i++) {
		before = g;
		assert_true(browser_hear(&operator, & g, WAIT_MS));
		all_of(&g, bed_code(CC_PROMPT_RING));
		if (i)
			follows_in_time(&g, &before);
	}
	hear_peers(OPERATOR, 0, 0);
	browser_flush(&operator);
	assert_false(browser_hear(&operator, & g, 100));
}

static void comfort_covers_a_silent_browser(void **state)
{
	struct cc_hear h = { .from = { OPERATOR },
			     .comfort = CC_PROMPT_RECONNECT };
	struct got g;
	int64_t last;

	(void)state;
	cc_media_hear(bed_media(), CITIZEN, &h);
	bed_settle();
	browser_say(&operator, 9);
	last = bed_now();
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
	all_of(&g, 9);
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
	all_of(&g, bed_code(CC_PROMPT_RECONNECT));
	assert_true(g.at - last >= 290 * 1000000LL);

	browser_say(&operator, 10); /* back: at once */
	for (int i = 0; i < 50 && g.payload[0] != 10; i++)
		assert_true(phone_hear(&citizen, &g, WAIT_MS));
	all_of(&g, 10);
	assert_true(g.h.marker);
}

/* ---- mixing ---- */

static void three_say(void *arg, unsigned i)
{
	(void)arg;
	(void)i;
	phone_say(&citizen, 8, cc_alaw_encode(4000));
	phone_say(&service, 8, cc_alaw_encode(2000));
	browser_say(&operator, cc_alaw_encode(1000));
}

static void three_in_a_conference_hear_each_other(void **state)
{
	uint8_t want[3];
	struct got g;
	unsigned exact = 0;

	(void)state;
	phone_open(&service, OTHER, 8);
	hear_peers(CITIZEN, OPERATOR, OTHER);
	hear_peers(OPERATOR, CITIZEN, OTHER);
	hear_peers(OTHER, CITIZEN, OPERATOR);
	want[0] = cc_alaw_encode(3000);
	want[1] = cc_alaw_encode(6000);
	want[2] = cc_alaw_encode(5000);
	pace(50, three_say, NULL);

	while (phone_hear(&citizen, &g, 0))
		for (size_t i = 0; i < g.h.len; i++)
			exact += abs(cc_alaw_decode(g.payload[i]) -
				     cc_alaw_decode(want[0])) <= 128;
	assert_in_range(exact, 5000, 8200); /* of 8000, less the delay */
	exact = 0;
	while (browser_hear(&operator, & g, 0))
		for (size_t i = 0; i < g.h.len; i++)
			exact += abs(cc_alaw_decode(g.payload[i]) -
				     cc_alaw_decode(want[1])) <= 256;
	assert_in_range(exact, 5000, 8200);
	exact = 0;
	while (phone_hear(&service, &g, 0))
		for (size_t i = 0; i < g.h.len; i++)
			exact += abs(cc_alaw_decode(g.payload[i]) -
				     cc_alaw_decode(want[2])) <= 256;
	assert_in_range(exact, 5000, 8200);

	/* one leaves: the others go on, packet by packet */
	phone_close(&service);
	browser_flush(&operator);
	phone_say(&citizen, 8, 33);
	for (int i = 0; i < 50 && g.payload[0] != 33; i++)
		assert_true(browser_hear(&operator, & g, WAIT_MS));
	all_of(&g, 33);
}

/* ---- digits ---- */

static void event_packet(uint8_t code, bool end, uint16_t duration)
{
	struct cc_rtp h = { .pt = 101,
			    .seq = citizen.seq++,
			    .ts = citizen.ts,
			    .ssrc = citizen.ssrc };
	struct cc_dtmf ev = {
		.code = code, .end = end, .volume = 10, .duration = duration
	};
	uint8_t buf[CC_RTP_HEADER + CC_DTMF_BYTES];

	cc_rtp_write(buf, &h);
	cc_dtmf_encode(buf + CC_RTP_HEADER, &ev);
	phone_send(&citizen, buf, sizeof(buf));
}

/* B3-42 */
static void a_pressed_key_is_one_digit(void **state)
{
	struct got g;

	(void)state;
	talk();
	for (int key = 1; key <= 2; key++) {
		for (uint16_t i = 1; i <= 5; i++)
			event_packet((uint8_t)key, i == 5,
				     (uint16_t)(i * FRAME));
		event_packet((uint8_t)key, true, 800);
		event_packet((uint8_t)key, true, 800);
		citizen.ts += 1280;
	}
	assert_int_equal(bed_event(CC_MEDIA_DTMF, CITIZEN).digit, '1');
	assert_int_equal(bed_event(CC_MEDIA_DTMF, CITIZEN).digit, '2');
	phone_say(&citizen, 8, 55);
	assert_true(browser_hear(&operator, & g, WAIT_MS));
	all_of(&g, 55); /* the events were not passed on as audio */
	assert_int_equal(bed_count(CC_MEDIA_DTMF, CITIZEN), 2);
}

/* B3-42, B3-31 */
static void digits_are_sent_in_the_same_stream(void **state)
{
	static const uint8_t codes[] = { 4, 11 };
	struct got g, before;
	struct cc_dtmf ev;
	uint32_t ts[2];

	(void)state;
	talk();
	browser_say(&operator, 1);
	assert_true(phone_hear(&citizen, &before, WAIT_MS));
	cc_media_dtmf(bed_media(), CITIZEN, "4#");
	for (int key = 0; key < 2; key++)
		for (int i = 0; i < 7; i++, before = g) {
			assert_true(phone_hear(&citizen, &g, WAIT_MS));
			assert_int_equal(g.h.pt, 101);
			assert_int_equal(
			    cc_dtmf_decode(&ev, g.payload, g.h.len), 0);
			assert_int_equal(ev.code, codes[key]);
			assert_int_equal(ev.end, i >= 4);
			assert_int_equal(ev.duration,
					 i < 4 ? (i + 1) * FRAME : 800);
			assert_int_equal(g.h.marker, i == 0);
			assert_int_equal((uint16_t)(g.h.seq - before.h.seq), 1);
			if (i)
				assert_int_equal(g.h.ts, ts[key]);
			ts[key] = g.h.ts;
		}
	/* 100 ms and 60 ms, more when the machine kept the thread waiting */
	assert_in_range(ts[1] - ts[0], 1280, 8000);

	g = before; /* then the operator again, later than the last digit */
	for (int i = 0; i < 50 && g.h.pt != 8; i++) {
		browser_say(&operator, 2);
		phone_hear(&citizen, &g, 20);
	}
	all_of(&g, 2);
	assert_int_equal((uint16_t)(g.h.seq - before.h.seq), 1);
	assert_in_range(g.h.ts - ts[1], 800, 80000);
}

/* ---- where to send ---- */

/* B3-30: only the direction changes, and back again */
static void nothing_is_sent_to_a_held_trunk(void **state)
{
	static const struct {
		const char *addr;
		enum cc_sdp_dir dir;
	} held[] = {
		{ "127.0.0.1", CC_SDP_SENDONLY },
		{ "127.0.0.1", CC_SDP_INACTIVE },
		{ "0.0.0.0", CC_SDP_SENDRECV },
	};
	struct got g;
	uint16_t seq;

	(void)state;
	talk();
	browser_say(&operator, 2);
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
	for (size_t i = 0; i < sizeof(held) / sizeof(*held); i++) {
		seq = g.h.seq;
		remote(CITIZEN, held[i].addr, citizen.port, held[i].dir);
		browser_say(&operator, 1);
		browser_say(&operator, 1);
		assert_false(phone_hear(&citizen, &g, 50));
		remote(CITIZEN, "127.0.0.1", citizen.port, CC_SDP_SENDRECV);
		browser_say(&operator, 2);
		assert_true(phone_hear(&citizen, &g, WAIT_MS));
		all_of(&g, 2);
		/* what was not sent is no loss */
		assert_int_equal((uint16_t)(g.h.seq - seq), 1);
	}
}

/* B3-30 */
static void audio_follows_where_it_really_comes_from(void **state)
{
	struct got g;

	(void)state;
	talk();
	/* the address we were told leads nowhere (NAT) */
	remote(CITIZEN, "127.0.0.1", 9, CC_SDP_SENDRECV);
	browser_say(&operator, 1);
	phone_say(&citizen, 8, 7);
	assert_true(browser_hear(&operator, & g, WAIT_MS));
	browser_say(&operator, 2);
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
	all_of(&g, 2);
}

static void a_stranger_neither_speaks_nor_hears(void **state)
{
	struct phone stranger;
	struct cc_media_stats st;
	struct got g;

	(void)state;
	talk();
	phone_open(&stranger, OTHER, 8);
	stranger.ours = citizen.ours;
	phone_say(&citizen, 8, 1);
	assert_true(browser_hear(&operator, & g, WAIT_MS));
	for (int i = 0; i < 10; i++)
		phone_say(&stranger, 8, 66);
	phone_say(&citizen, 8, 2);
	assert_true(browser_hear(&operator, & g, WAIT_MS));
	all_of(&g, 2);
	browser_say(&operator, 3);
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
	assert_false(phone_hear(&stranger, &g, 50));
	assert_int_equal(cc_media_stats(bed_media(), CITIZEN, &st), 0);
	assert_int_equal(st.packets_in, 2);
	assert_int_equal(st.refused, 10);
	phone_close(&stranger);
}

static void send_from(int fd, uint16_t seq, uint8_t code)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(citizen.ours) };
	struct cc_rtp h = { .pt = 8, .seq = seq, .ts = seq * 160U, .ssrc = 5 };
	uint8_t buf[CC_RTP_HEADER + FRAME];

	cc_rtp_write(buf, &h);
	memset(buf + CC_RTP_HEADER, code, FRAME);
	assert_int_equal(
	    sendto(fd, buf, sizeof(buf), 0, (struct sockaddr *)&to, sizeof(to)),
	    sizeof(buf));
}

/* After a second without a packet another port of the same machine is
 * followed, another machine is not. */
static void a_new_port_is_followed_and_a_new_machine_is_not(void **state)
{
	struct sockaddr_in far = { .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(0x7f000002) };
	struct sockaddr_in near = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int a = socket(AF_INET, SOCK_DGRAM, 0);
	int b = socket(AF_INET, SOCK_DGRAM, 0);
	struct got g;

	(void)state;
	assert_int_equal(bind(a, (struct sockaddr *)&far, sizeof(far)), 0);
	assert_int_equal(bind(b, (struct sockaddr *)&near, sizeof(near)), 0);
	talk();
	phone_say(&citizen, 8, 1);
	assert_true(browser_hear(&operator, & g, WAIT_MS));
	cc_media_watch(bed_media(), CITIZEN, 1050);
	bed_event(CC_MEDIA_RX_LOST, CITIZEN);
	send_from(a, 1, 66);
	send_from(b, 2, 77);
	assert_true(browser_hear(&operator, & g, WAIT_MS));
	all_of(&g, 77);
	phone_say(&citizen, 8, 3); /* where we were told: at once */
	assert_true(browser_hear(&operator, & g, WAIT_MS));
	all_of(&g, 3);
	close(a);
	close(b);
}

static void malformed_packets_are_dropped(void **state)
{
	static const uint8_t bad[][16] = {
		{ 0 },
		{ 0x80, 8 },
		{ 0x8f, 8 },
		{ 0xa0, 8, [15] = 200 },
		{ 0x90, 8, [14] = 0xff },
	};
	struct cc_media_stats st;
	struct got g;
	unsigned sent = 0;
	uint8_t big[1600] = { 0x80, 8 };

	(void)state;
	talk();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		for (size_t n = i == 1 ? 12 : 1; n <= 12 + 4 * (i != 1); n++) {
			phone_send(&citizen, bad[i], n);
			sent++;
			cc_media_web_rtp(operator.web, (const char *)bad[i], n);
			if (i == 1)
				break;
		}
	phone_send(&citizen, big, sizeof(big));
	phone_say(&citizen, 8, 12);
	assert_true(browser_hear(&operator, & g, WAIT_MS));
	all_of(&g, 12);
	assert_int_equal(cc_media_stats(bed_media(), CITIZEN, &st), 0);
	assert_int_equal(st.packets_in, 1);
	assert_int_equal(st.refused, sent + 1);
	assert_int_equal(st.packets_out, 0);
}

/* ---- ports, figures, watching ---- */

static void the_port_range_may_run_out(void **state)
{
	uint16_t ports[PORTS], more;
	unsigned n;

	(void)state;
	for (n = 0; n < PORTS - 1; n++) {
		assert_int_equal(
		    cc_media_add_trunk(bed_media(), 100 + n, &ports[n]), 0);
		assert_int_equal(ports[n] % 2, 0);
	}
	assert_int_equal(cc_media_add_trunk(bed_media(), 200, &more),
			 EADDRNOTAVAIL);
	cc_media_remove(bed_media(), 107, NULL, NULL);
	bed_settle();
	assert_int_equal(cc_media_add_trunk(bed_media(), 201, &more), 0);
	assert_int_equal(more, ports[7]);
	cc_media_remove(bed_media(), 201, NULL, NULL);
	for (n = 0; n < PORTS - 1; n++)
		cc_media_remove(bed_media(), 100 + n, NULL, NULL);
	bed_settle();
}

static void silence_is_noticed_and_its_end_too(void **state)
{
	(void)state;
	phone_say(&citizen, 8, 1);
	bed_event(CC_MEDIA_RX_BACK, CITIZEN); /* the first of all */
	browser_say(&operator, 1);
	bed_event(CC_MEDIA_RX_BACK, OPERATOR);

	cc_media_watch(bed_media(), CITIZEN, 100);
	cc_media_watch(bed_media(), OPERATOR, 200);
	bed_event(CC_MEDIA_RX_LOST, CITIZEN);
	bed_event(CC_MEDIA_RX_LOST, OPERATOR);
	phone_say(&citizen, 8, 2);
	bed_event(CC_MEDIA_RX_BACK, CITIZEN);
	browser_say(&operator, 2);
	bed_event(CC_MEDIA_RX_BACK, OPERATOR);
	bed_event(CC_MEDIA_RX_LOST, CITIZEN);
	cc_media_watch(bed_media(), CITIZEN, 0);
	cc_media_watch(bed_media(), OPERATOR, 0);
	bed_settle();
	assert_int_equal(bed_count(CC_MEDIA_RX_BACK, CITIZEN), 2);
}

/* A message ends by the silence of the speaker, whether his telephone sends
 * that silence or nothing at all. */
static void a_voice_is_told_from_silence(void **state)
{
	const uint8_t loud = cc_alaw_encode(4000), noise = cc_alaw_encode(60);
	struct cc_media_stats st;

	(void)state;
	phone_say(&citizen, 8, loud); /* not listened to yet */
	bed_event(CC_MEDIA_RX_BACK, CITIZEN);
	cc_media_listen(bed_media(), CITIZEN, 200);
	bed_settle();
	for (int i = 0; i < 3; i++)
		phone_say(&citizen, 8, i ? loud : noise);
	bed_event(CC_MEDIA_QUIET, CITIZEN); /* nothing comes */
	assert_int_equal(cc_media_stats(bed_media(), CITIZEN, &st), 0);
	assert_int_equal(st.voice_ms, 40);
	assert_int_equal(bed_count(CC_MEDIA_QUIET, CITIZEN), 1);

	phone_say(&citizen, 8, loud); /* he goes on, and falls silent again */
	phone_say(&citizen, 8, noise);
	bed_event(CC_MEDIA_QUIET, CITIZEN);
	cc_media_listen(bed_media(), CITIZEN, 0);
	bed_settle();
	assert_int_equal(cc_media_stats(bed_media(), CITIZEN, &st), 0);
	assert_int_equal(st.voice_ms, 60);
}

static void figures_tell_loss_and_disorder(void **state)
{
	struct cc_media_stats st;

	(void)state;
	assert_int_equal(cc_media_stats(bed_media(), 99, &st), ENOENT);
	hear_peers(CITIZEN, OPERATOR, 0);
	for (int i = 0; i < 100; i++) {
		if (i == 50)
			operator.seq += 25;
		browser_say(&operator, 1);
		if (i == 70) { /* the same once more */
			operator.seq--;
			operator.ts -= FRAME;
			browser_say(&operator, 1);
		}
	}
	assert_int_equal(cc_media_stats(bed_media(), OPERATOR, &st), 0);
	assert_int_equal(st.packets_in, 100);
	assert_int_equal(st.lost, 25);
	assert_int_equal(st.duplicate, 1);
	assert_true(st.loss > 0.199 && st.loss < 0.201);
	assert_true(st.mos < 3);
	assert_int_equal(cc_media_stats(bed_media(), CITIZEN, &st), 0);
	assert_int_equal(st.packets_out, 100);
}

static void reports_are_exchanged(void **state)
{
	struct pollfd f = { .fd = citizen.rtcp, .events = POLLIN };
	struct cc_rtcp_own own = { .ssrc = citizen.ssrc };
	struct cc_rtcp_peer peer = { 0 };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(citizen.ours + 1) };
	struct cc_media_stats st = { 0 };
	struct cc_rtp_rx rx = { 0 };
	uint8_t buf[512];
	struct got g;
	ssize_t n;

	(void)state;
	talk();
	phone_say(&citizen, 8, 1);
	browser_say(&operator, 1);
	assert_true(phone_hear(&citizen, &g, WAIT_MS));
	cc_rtp_rx(&rx, &g.h, true, bed_now());
	do { /* an empty report may have gone out before the first packet */
		assert_int_equal(poll(&f, 1, 6500), 1);
		n = recv(citizen.rtcp, buf, sizeof(buf), 0);
		assert_int_equal(cc_rtcp_read(&peer, buf, (size_t)n,
					      citizen.ssrc, 0, bed_now()),
				 0);
	} while (!peer.heard_sr);

	n = (ssize_t)cc_rtcp_write(buf, &own, &rx, &peer, bed_now());
	sendto(citizen.rtcp, buf, (size_t)n, 0, (struct sockaddr *)&to,
	       sizeof(to));
	for (int i = 0; i < 200 && !st.rtt_ms; i++) {
		phone_say(&citizen, 8, 1); /* something to wait for */
		assert_true(browser_hear(&operator, & g, WAIT_MS));
		cc_media_stats(bed_media(), CITIZEN, &st);
	}
	assert_in_range(st.rtt_ms, 1, 1000);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(a_talk_passes_both_ways_unchanged),
		CASE(who_is_not_heard_is_not_sent),
		CASE(a_muted_while_is_silence_in_the_same_stream),
		CASE(mulaw_trunks_are_transcoded),
		CASE(two_browsers_talk),
		CASE(one_may_be_heard_by_two),
		CASE(switching_sources_keeps_one_stream),
		CASE(a_browsers_stream_is_one_whatever_the_trunk_does),
		CASE(prompts_are_said_and_reported),
		CASE(the_peer_is_heard_after_the_prompt),
		CASE(a_browser_hears_its_ring_tone),
		CASE(comfort_covers_a_silent_browser),
		CASE(three_in_a_conference_hear_each_other),
		CASE(a_pressed_key_is_one_digit),
		CASE(digits_are_sent_in_the_same_stream),
		CASE(nothing_is_sent_to_a_held_trunk),
		CASE(audio_follows_where_it_really_comes_from),
		CASE(a_stranger_neither_speaks_nor_hears),
		CASE(a_new_port_is_followed_and_a_new_machine_is_not),
		CASE(malformed_packets_are_dropped),
		CASE(the_port_range_may_run_out),
		CASE(silence_is_noticed_and_its_end_too),
		CASE(a_voice_is_told_from_silence),
		CASE(figures_tell_loss_and_disorder),
		CASE(reports_are_exchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
