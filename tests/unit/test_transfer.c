/* Every (state, event) pair of a transfer, written out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>

#include <cmocka.h>

#include "janus-plugin/transfer.h"

struct want {
	int to; /* -1 refused */
	unsigned todo;
};

#define NO            \
	{             \
		-1, 0 \
	}
#define OVER(do)              \
	{                     \
		XFER_NONE, do \
	}
#define FREE_BACK (XDO_FREE_TARGET | XDO_RETURN)
#define WAIT_RING (XDO_WAIT | XDO_RING)

/* clang-format off */
static const struct want grid[XFER_STATES][XEV_COUNT] = {
	[XFER_NONE] = {
		[XEV_BLIND] = { XFER_BLIND, WAIT_RING },
		[XEV_CONSULT] = { XFER_CONSULT_RING, WAIT_RING },
		[XEV_TARGET_ANSWER] = NO, [XEV_TARGET_GONE] = NO,
		[XEV_COMPLETE] = NO, [XEV_BACK] = NO,
		[XEV_SENDER_GONE] = NO, [XEV_CITIZEN_GONE] = NO,
	},
	[XFER_BLIND] = {
		[XEV_BLIND] = NO, [XEV_CONSULT] = NO,
		[XEV_TARGET_ANSWER] = OVER(XDO_HANDOVER),
		[XEV_TARGET_GONE] = OVER(XDO_RETURN),
		[XEV_COMPLETE] = NO,
		[XEV_BACK] = OVER(FREE_BACK),
		[XEV_SENDER_GONE] = { XFER_ALONE, 0 },
		[XEV_CITIZEN_GONE] = OVER(XDO_FREE_TARGET),
	},
	[XFER_ALONE] = {
		[XEV_BLIND] = NO, [XEV_CONSULT] = NO,
		[XEV_TARGET_ANSWER] = OVER(XDO_HANDOVER),
		[XEV_TARGET_GONE] = OVER(XDO_REQUEUE),
		[XEV_COMPLETE] = NO, [XEV_BACK] = NO,
		[XEV_SENDER_GONE] = NO,
		[XEV_CITIZEN_GONE] = OVER(XDO_FREE_TARGET),
	},
	[XFER_CONSULT_RING] = {
		[XEV_BLIND] = NO, [XEV_CONSULT] = NO,
		[XEV_TARGET_ANSWER] = { XFER_CONSULT_TALK, XDO_TALK },
		[XEV_TARGET_GONE] = OVER(XDO_RETURN),
		[XEV_COMPLETE] = { XFER_BLIND, XDO_WAIT },
		[XEV_BACK] = OVER(FREE_BACK),
		[XEV_SENDER_GONE] = OVER(XDO_FREE_TARGET),
		[XEV_CITIZEN_GONE] = OVER(XDO_FREE_TARGET),
	},
	[XFER_CONSULT_TALK] = {
		[XEV_BLIND] = NO, [XEV_CONSULT] = NO,
		[XEV_TARGET_ANSWER] = NO,
		[XEV_TARGET_GONE] = OVER(XDO_RETURN),
		[XEV_COMPLETE] = OVER(XDO_HANDOVER),
		[XEV_BACK] = OVER(FREE_BACK),
		[XEV_SENDER_GONE] = OVER(XDO_FREE_TARGET),
		[XEV_CITIZEN_GONE] = OVER(XDO_FREE_TARGET),
	},
};
/* clang-format on */

static void every_pair_does_what_the_grid_says(void **state)
{
	(void)state;
	for (int s = 0; s < XFER_STATES; s++)
		for (int e = 0; e < XEV_COUNT; e++) {
			enum cc_xfer_state st = (enum cc_xfer_state)s;
			const struct want *w = &grid[s][e];
			unsigned todo = 4711;
			int err =
			    cc_xfer_step(&st, (enum cc_xfer_event)e, &todo);

			assert_int_equal(err, w->to < 0 ? EPROTO : 0);
			assert_int_equal(st, w->to < 0 ? s : w->to);
			assert_int_equal(todo, w->to < 0 ? 4711 : w->todo);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_does_what_the_grid_says),
	};

	return cmocka_run_group_tests_name("transfer", tests, NULL, NULL);
}
