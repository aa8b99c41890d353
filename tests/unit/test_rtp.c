/* RTP: headers, reception figures, the outgoing stream, places in time. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "janus-plugin/rtp.h"

#define MS  1000000LL
#define SEC 1000000000LL

/* ---- headers ---- */

static void a_header_is_read_as_it_was_written(void **state)
{
	struct cc_rtp h = { .pt = 8,
			    .marker = true,
			    .seq = 0xfffe,
			    .ts = 0x89abcdef,
			    .ssrc = 0x12345678 },
		      got;
	uint8_t buf[CC_RTP_HEADER + 160] = { 0 };

	(void)state;
	cc_rtp_write(buf, &h);
	assert_int_equal(cc_rtp_parse(&got, buf, sizeof(buf)), 0);
	assert_int_equal(got.pt, 8);
	assert_true(got.marker);
	assert_int_equal(got.seq, 0xfffe);
	assert_int_equal(got.ts, 0x89abcdef);
	assert_int_equal(got.ssrc, 0x12345678);
	assert_int_equal(got.len, 160);
	assert_ptr_equal(got.payload, buf + CC_RTP_HEADER);
}

static void csrc_extension_and_padding_are_stepped_over(void **state)
{
	uint8_t buf[64] = { 0x80 | 0x20 | 0x10 | 2, 8 };
	struct cc_rtp got;

	(void)state;
	buf[20 + 3] = 1; /* extension of one word after two CSRC */
	buf[31] = 2;     /* padding */
	assert_int_equal(cc_rtp_parse(&got, buf, 32), 0);
	assert_ptr_equal(got.payload, buf + 28);
	assert_int_equal(got.len, 2);
}

static void overflowing_parts_are_refused(void **state)
{
	uint8_t buf[64] = { 0x80 };
	struct cc_rtp got;

	(void)state;
	assert_int_equal(cc_rtp_parse(&got, buf, 11), EBADMSG);
	assert_int_equal(cc_rtp_parse(&got, buf, 12), EBADMSG); /* empty */
	buf[0] = 0x40;
	assert_int_equal(cc_rtp_parse(&got, buf, 64), EBADMSG);
	buf[0] = 0x8f;
	assert_int_equal(cc_rtp_parse(&got, buf, 64), EBADMSG);
	buf[0] = 0x90;
	assert_int_equal(cc_rtp_parse(&got, buf, 14), EBADMSG);
	buf[14] = 0xff;
	assert_int_equal(cc_rtp_parse(&got, buf, 64), EBADMSG);
	buf[0] = 0xa0;
	buf[63] = 0; /* padding of nothing */
	assert_int_equal(cc_rtp_parse(&got, buf, 64), EBADMSG);
	buf[63] = 52; /* everything */
	assert_int_equal(cc_rtp_parse(&got, buf, 64), EBADMSG);
	buf[63] = 200;
	assert_int_equal(cc_rtp_parse(&got, buf, 64), EBADMSG);
}

/* ---- reception ---- */

static enum cc_rtp_verdict come(struct cc_rtp_rx *rx, unsigned seq, int64_t now)
{
	const struct cc_rtp p = {
		.seq = (uint16_t)seq, .ts = seq * 160, .ssrc = 1, .len = 160
	};

	return cc_rtp_rx(rx, &p, true, now);
}

static void losses_are_counted_over_a_wrap(void **state)
{
	struct cc_rtp_rx rx = { 0 };

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		if (i % 10 != 5)
			assert_int_equal(come(&rx, 65500 + i, i * 20 * MS),
					 CC_RTP_NEXT);
	assert_int_equal(cc_rtp_rx_expected(&rx), 100);
	assert_int_equal(cc_rtp_rx_lost(&rx), 10);
	assert_int_equal(rx.packets, 90);
}

static void late_is_kept_and_twice_is_not(void **state)
{
	struct cc_rtp_rx rx = { 0 };

	(void)state;
	assert_int_equal(come(&rx, 10, 0), CC_RTP_NEXT);
	assert_int_equal(come(&rx, 12, 40 * MS), CC_RTP_NEXT);
	assert_int_equal(come(&rx, 11, 41 * MS), CC_RTP_LATE);
	assert_int_equal(come(&rx, 11, 42 * MS), CC_RTP_DUPLICATE);
	assert_int_equal(come(&rx, 12, 43 * MS), CC_RTP_DUPLICATE);
	assert_int_equal(cc_rtp_rx_lost(&rx), 0);
	assert_int_equal(rx.late, 1);
	assert_int_equal(rx.duplicate, 2);
}

static void one_stray_packet_moves_nothing(void **state)
{
	struct cc_rtp_rx rx = { 0 };

	(void)state;
	come(&rx, 100, 0);
	assert_int_equal(come(&rx, 40000, 20 * MS), CC_RTP_STRAY);
	assert_int_equal(come(&rx, 101, 40 * MS), CC_RTP_NEXT);
	assert_int_equal(cc_rtp_rx_lost(&rx), 0);
	/* two in a row: the source has really restarted */
	assert_int_equal(come(&rx, 40000, 60 * MS), CC_RTP_STRAY);
	assert_int_equal(come(&rx, 40001, 80 * MS), CC_RTP_RESTART);
	assert_int_equal(come(&rx, 40002, 100 * MS), CC_RTP_NEXT);
	assert_int_equal(cc_rtp_rx_lost(&rx), 0);
}

static void a_new_ssrc_keeps_the_old_figures(void **state)
{
	struct cc_rtp p = { .ssrc = 2, .seq = 5000, .len = 160 };
	struct cc_rtp_rx rx = { 0 };

	(void)state;
	come(&rx, 1, 0);
	come(&rx, 3, 40 * MS);
	assert_int_equal(cc_rtp_rx(&rx, &p, true, 60 * MS), CC_RTP_RESTART);
	assert_int_equal(cc_rtp_rx_expected(&rx), 4);
	assert_int_equal(cc_rtp_rx_lost(&rx), 1);
}

static void jitter_is_that_of_rfc_3550(void **state)
{
	struct cc_rtp_rx rx = { 0 };

	(void)state;
	for (unsigned i = 0; i < 1000; i++) /* every second one 10 ms late */
		come(&rx, i, (i * 20 + (i & 1) * 10) * MS);
	assert_in_range(rx.jitter16 >> 4, 78, 80); /* 10 ms of 8 kHz */
}

static void a_pause_in_speech_is_no_gap(void **state)
{
	struct cc_rtp p = { .ssrc = 1, .len = 160 };
	struct cc_rtp_rx rx = { 0 };

	(void)state;
	cc_rtp_rx(&rx, &p, true, 0);
	p.seq = 1;
	p.ts = 16000; /* 2 s of nothing, said by the source */
	cc_rtp_rx(&rx, &p, true, 2 * SEC);
	assert_int_equal(rx.max_gap, 20 * MS);
	p.seq = 21; /* 400 ms lost on the way */
	p.ts += 20 * 160;
	cc_rtp_rx(&rx, &p, true, 2 * SEC + 400 * MS);
	assert_int_equal(rx.max_gap, 400 * MS);
}

static void mos_falls_with_loss_and_delay(void **state)
{
	(void)state;
	assert_true(cc_rtp_mos(0, 20) > 4.3);
	assert_true(cc_rtp_mos(0.05, 20) < 4.0);
	assert_true(cc_rtp_mos(0.05, 20) > 3.0);
	assert_true(cc_rtp_mos(0, 400) < cc_rtp_mos(0, 100));
	assert_true(cc_rtp_mos(1, 1000) == 1);
}

/* ---- the outgoing stream ---- */

static struct cc_rtp from(unsigned seq, uint32_t ts, uint32_t ssrc)
{
	return (struct cc_rtp){
		.seq = (uint16_t)seq, .ts = ts, .ssrc = ssrc, .len = 160
	};
}

static void sources_become_one_stream(void **state)
{
	struct cc_rtp_tx tx;
	struct cc_rtp in, out;
	uint16_t seq = 100;
	uint32_t ts = 0;
	int64_t now = 0;

	(void)state;
	cc_rtp_tx_init(&tx, 77, seq, 5000);
	for (unsigned i = 0; i < 50; i++, now += 20 * MS) { /* a prompt */
		cc_rtp_tx_next(&tx, 160, now, &out);
		assert_int_equal(out.seq, ++seq);
		assert_int_equal(out.marker, i == 0);
		if (i)
			assert_int_equal(out.ts, ts + 160);
		ts = out.ts;
		assert_int_equal(out.ssrc, 77);
	}
	cc_rtp_tx_cut(&tx);
	for (unsigned i = 0; i < 50; i++, now += 20 * MS) { /* a person */
		in = from(60000 + i, 0xfffff000 + i * 160, 9);
		assert_int_equal(cc_rtp_tx_pass(&tx, &in, now, &out), 0);
		assert_int_equal(out.seq, ++seq);
		assert_int_equal(out.marker, i == 0);
		assert_int_equal(out.ts, ts + 160);
		ts = out.ts;
	}
	cc_rtp_tx_cut(&tx);
	cc_rtp_tx_next(&tx, 160, now, &out); /* a prompt again */
	assert_int_equal(out.seq, ++seq);
	assert_int_equal(out.ts, ts + 160);
}

/* B3-30 */
static void a_gap_is_counted_by_the_wall_clock(void **state)
{
	struct cc_rtp in = from(1, 1000, 9), out;
	struct cc_rtp_tx tx;

	(void)state;
	cc_rtp_tx_init(&tx, 77, 0, 0);
	cc_rtp_tx_pass(&tx, &in, 0, &out);
	cc_rtp_tx_cut(&tx);
	/* 11 minutes on hold, and another source with a lower sequence */
	in = from(0, 3, 4);
	assert_int_equal(cc_rtp_tx_pass(&tx, &in, 660 * SEC, &out), 0);
	assert_int_equal(out.seq, 2);
	assert_int_equal(out.ts, 660 * 8000);
	assert_true(out.marker);
}

static void losses_and_disorder_stay_visible(void **state)
{
	struct cc_rtp in = from(10, 1600, 9), out;
	struct cc_rtp_tx tx;
	uint16_t first;

	(void)state;
	cc_rtp_tx_init(&tx, 77, 65534, 0);
	cc_rtp_tx_pass(&tx, &in, 0, &out);
	first = out.seq;
	in = from(13, 2080, 9);
	assert_int_equal(cc_rtp_tx_pass(&tx, &in, 60 * MS, &out), 0);
	assert_int_equal(out.seq, (uint16_t)(first + 3));
	in = from(12, 1920, 9);
	assert_int_equal(cc_rtp_tx_pass(&tx, &in, 61 * MS, &out), 0);
	assert_int_equal(out.seq, (uint16_t)(first + 2));
	assert_int_equal(out.ts, tx.ts - 160);
	in = from(9, 1440, 9); /* older than the switch to this source */
	assert_int_equal(cc_rtp_tx_pass(&tx, &in, 62 * MS, &out), ESTALE);
	in = from(14, 2240, 9);
	assert_int_equal(cc_rtp_tx_pass(&tx, &in, 80 * MS, &out), 0);
	assert_int_equal(out.seq, (uint16_t)(first + 4));
}

/* A browser whose track was taken away: its timestamps may stand still. */
static void a_source_that_stood_still_is_taken_anew(void **state)
{
	struct cc_rtp in = from(10, 1600, 9), out;
	struct cc_rtp_tx tx;

	(void)state;
	cc_rtp_tx_init(&tx, 77, 0, 0);
	cc_rtp_tx_pass(&tx, &in, 0, &out);
	in = from(11, 1760, 9);
	assert_int_equal(cc_rtp_tx_pass(&tx, &in, 30 * SEC, &out), 0);
	assert_int_equal(out.seq, 2);
	assert_int_equal(out.ts, 240000);
	assert_true(out.marker);
}

/* B3-31 */
static void sequence_never_goes_back_whatever_comes(void **state)
{
	struct cc_rtp_tx tx;
	unsigned seed = 1;
	uint16_t newest = 0;
	int64_t now = 0;

	(void)state;
	cc_rtp_tx_init(&tx, 77, 0, 0);
	for (int i = 0; i < 20000; i++, now += 20 * MS) {
		struct cc_rtp in, out;
		int r = rand_r(&seed) % 100;

		in = from((unsigned)(i + (r < 20 ? rand_r(&seed) % 60 : 0)),
			  (uint32_t)i * 160, r < 97 ? 1 : 2);
		if (r == 99)
			cc_rtp_tx_cut(&tx);
		if (r > 90)
			cc_rtp_tx_next(&tx, 160, now, &out);
		else if (cc_rtp_tx_pass(&tx, &in, now, &out))
			continue;
		assert_in_range((uint16_t)(out.seq - newest + 100), 0, 250);
		if ((int16_t)(out.seq - newest) > 0)
			newest = out.seq;
		assert_int_equal(newest, tx.seq);
	}
}

static void an_event_keeps_its_timestamp(void **state)
{
	struct cc_rtp a, b, c;
	struct cc_rtp_tx tx;

	(void)state;
	cc_rtp_tx_init(&tx, 77, 0, 0);
	cc_rtp_tx_next(&tx, 160, 0, &a);
	cc_rtp_tx_next(&tx, 160, 20 * MS, &a);
	cc_rtp_tx_same(&tx, 320, &b);
	assert_int_equal(b.seq, a.seq + 1);
	assert_int_equal(b.ts, a.ts);
	cc_rtp_tx_same(&tx, 800, &b);
	cc_rtp_tx_next(&tx, 160, 180 * MS, &c); /* the next one, 60 ms later */
	assert_int_equal(c.seq, a.seq + 3);
	assert_int_equal(c.ts, a.ts + 1280);
}

/* ---- places ---- */

/* Two hours of a source that is 150 ppm off, with 30 ms of jitter: it stays
 * in place, and no sample is left open. */
static void drift_is_followed(int ppm)
{
	struct cc_rtp_place pl = { 0 };
	int64_t end = -1, worst = 0, open = 0;
	unsigned seed = 7;

	for (int64_t i = 0; i < 360000; i++) {
		int64_t sent = i * 160 + i * 160 * ppm / 1000000;
		int64_t clock = sent + 800 + rand_r(&seed) % 240;
		struct cc_rtp_spot s =
		    cc_rtp_place(&pl, 1, (uint32_t)i * 160, 160, clock);
		int64_t off = (int64_t)s.pos - (sent + 800);

		if (off < 0)
			off = -off;
		if (i > 500 && off > worst)
			worst = off;
		if (end >= 0 && (int64_t)(s.pos - s.fill) > end)
			open += (int64_t)(s.pos - s.fill) - end;
		end = (int64_t)s.pos + 160;
	}
	assert_in_range(worst, 0, 60); /* 7.5 ms */
	assert_int_equal(open, 0);
}

static void a_fast_source_stays_in_place(void **state)
{
	(void)state;
	drift_is_followed(-150);
}

static void a_slow_source_stays_in_place(void **state)
{
	(void)state;
	drift_is_followed(150);
}

static void a_burst_after_a_stall_is_placed_where_it_belongs(void **state)
{
	struct cc_rtp_place pl = { 0 };
	uint64_t base = 0;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		/* the packets of a whole second come at once */
		int64_t clock = i >= 50 && i < 100 ? 100 * 160 : i * 160;
		struct cc_rtp_spot s =
		    cc_rtp_place(&pl, 1, i * 160, 160, clock + 1000);

		if (!i)
			base = s.pos;
		assert_int_equal(s.pos, base + i * 160);
	}
}

static void late_packets_fill_their_holes(void **state)
{
	struct cc_rtp_place pl = { 0 };

	(void)state;
	assert_int_equal(cc_rtp_place(&pl, 1, 0, 160, 1000).pos, 1000);
	assert_int_equal(cc_rtp_place(&pl, 1, 320, 160, 1320).pos, 1320);
	assert_int_equal(cc_rtp_place(&pl, 1, 160, 160, 1330).pos, 1160);
}

static void a_jump_is_measured_anew(void **state)
{
	struct cc_rtp_place pl = { 0 };

	(void)state;
	cc_rtp_place(&pl, 1, 0, 160, 1000);
	/* ahead of its time, far behind, another SSRC */
	assert_int_equal(cc_rtp_place(&pl, 1, 90000, 160, 1160).pos, 1160);
	assert_int_equal(cc_rtp_place(&pl, 1, 5, 160, 1320).pos, 1320);
	assert_int_equal(cc_rtp_place(&pl, 2, 6, 160, 1480).pos, 1480);
}

/* A path that became 200 ms longer moves the place once, within seconds. */
static void a_longer_path_is_found(void **state)
{
	struct cc_rtp_place pl = { 0 };
	struct cc_rtp_spot s = { 0 };

	(void)state;
	for (unsigned i = 0; i < 300; i++)
		s = cc_rtp_place(&pl, 1, i * 160, 160,
				 i * 160 + (i > 100 ? 1600 : 0));
	assert_int_equal(s.pos, 299 * 160 + 1600);
}

static void a_switch_does_not_overwrite(void **state)
{
	struct cc_rtp_place pl = { 0 };

	(void)state;
	cc_rtp_place(&pl, 1, 0, 160, 1000);
	cc_rtp_place_cut(&pl);
	assert_int_equal(cc_rtp_place(&pl, 1, 160, 160, 1100).pos, 1160);
	cc_rtp_place_cut(&pl);
	assert_int_equal(cc_rtp_place(&pl, 1, 320, 160, 9000).pos, 9000);
}

/* ---- RTCP ---- */

static void reports_give_the_round_trip(void **state)
{
	struct cc_rtcp_own a = {
		.ssrc = 1, .packets = 5, .octets = 800, .ntp = 1000ULL << 32
	};
	struct cc_rtcp_own b = { .ssrc = 2 };
	struct cc_rtcp_peer at_a = { 0 }, at_b = { 0 };
	struct cc_rtp_rx rx_a = { 0 }, rx_b = { 0 };
	uint8_t buf[128];
	size_t n;

	(void)state;
	come(&rx_b, 1, 0); /* b has heard SSRC 1 */
	n = cc_rtcp_write(buf, &a, &rx_a, &at_a, 0);
	assert_int_equal(buf[1], 200);
	assert_int_equal(n % 4, 0);
	assert_int_equal(cc_rtcp_read(&at_b, buf, n, 2, 0, 10 * MS), 0);
	assert_true(at_b.heard_sr);

	/* b answers 500 ms later, a hears it 540 ms after its own report */
	n = cc_rtcp_write(buf, &b, &rx_b, &at_b, 510 * MS);
	assert_int_equal(buf[1], 201);
	assert_int_equal(
	    cc_rtcp_read(&at_a, buf, n, 1,
			 (1000ULL << 32) + (uint64_t)(0.54 * 4294967296.0),
			 540 * MS),
	    0);
	assert_in_range(at_a.rtt_ms, 39, 41);
}

static void damaged_reports_are_refused(void **state)
{
	struct cc_rtcp_own own = { .ssrc = 1, .packets = 5 };
	struct cc_rtcp_peer peer = { 0 };
	struct cc_rtp_rx rx = { 0 };
	uint8_t buf[128];
	size_t n;

	(void)state;
	come(&rx, 1, 0);
	n = cc_rtcp_write(buf, &own, &rx, &peer, 0);
	for (size_t len = 1; len < n; len++) {
		uint8_t *part = malloc(len);

		memcpy(part, buf, len);
		if (len != 52) /* the report without the names is one, too */
			assert_int_equal(
			    cc_rtcp_read(&peer, part, len, 1, 0, 0), EBADMSG);
		free(part);
	}
	buf[0] |= 0x1f; /* 31 blocks in a packet with one */
	assert_int_equal(cc_rtcp_read(&peer, buf, n, 1, 0, 0), EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_is_read_as_it_was_written),
		cmocka_unit_test(csrc_extension_and_padding_are_stepped_over),
		cmocka_unit_test(overflowing_parts_are_refused),
		cmocka_unit_test(losses_are_counted_over_a_wrap),
		cmocka_unit_test(late_is_kept_and_twice_is_not),
		cmocka_unit_test(one_stray_packet_moves_nothing),
		cmocka_unit_test(a_new_ssrc_keeps_the_old_figures),
		cmocka_unit_test(jitter_is_that_of_rfc_3550),
		cmocka_unit_test(a_pause_in_speech_is_no_gap),
		cmocka_unit_test(mos_falls_with_loss_and_delay),
		cmocka_unit_test(sources_become_one_stream),
		cmocka_unit_test(a_gap_is_counted_by_the_wall_clock),
		cmocka_unit_test(losses_and_disorder_stay_visible),
		cmocka_unit_test(a_source_that_stood_still_is_taken_anew),
		cmocka_unit_test(sequence_never_goes_back_whatever_comes),
		cmocka_unit_test(an_event_keeps_its_timestamp),
		cmocka_unit_test(a_fast_source_stays_in_place),
		cmocka_unit_test(a_slow_source_stays_in_place),
		cmocka_unit_test(
		    a_burst_after_a_stall_is_placed_where_it_belongs),
		cmocka_unit_test(late_packets_fill_their_holes),
		cmocka_unit_test(a_jump_is_measured_anew),
		cmocka_unit_test(a_longer_path_is_found),
		cmocka_unit_test(a_switch_does_not_overwrite),
		cmocka_unit_test(reports_give_the_round_trip),
		cmocka_unit_test(damaged_reports_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
