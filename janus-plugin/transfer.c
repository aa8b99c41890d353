#include <errno.h>
#include <stddef.h>

#include "janus-plugin/transfer.h"
#include "janus-plugin/util.h"

static const struct step {
	enum cc_xfer_state from;
	enum cc_xfer_event on;
	enum cc_xfer_state to;
	unsigned todo;
} steps[] = {
	{ XFER_NONE, XEV_BLIND, XFER_BLIND, XDO_WAIT | XDO_RING },
	{ XFER_NONE, XEV_CONSULT, XFER_CONSULT_RING, XDO_WAIT | XDO_RING },

	{ XFER_BLIND, XEV_TARGET_ANSWER, XFER_NONE, XDO_HANDOVER },
	{ XFER_BLIND, XEV_TARGET_GONE, XFER_NONE, XDO_RETURN },
	{ XFER_BLIND, XEV_BACK, XFER_NONE, XDO_FREE_TARGET | XDO_RETURN },
	{ XFER_BLIND, XEV_SENDER_GONE, XFER_ALONE, 0 },
	{ XFER_BLIND, XEV_CITIZEN_GONE, XFER_NONE, XDO_FREE_TARGET },

	{ XFER_ALONE, XEV_TARGET_ANSWER, XFER_NONE, XDO_HANDOVER },
	{ XFER_ALONE, XEV_TARGET_GONE, XFER_NONE, XDO_REQUEUE },
	{ XFER_ALONE, XEV_CITIZEN_GONE, XFER_NONE, XDO_FREE_TARGET },

	{ XFER_CONSULT_RING, XEV_TARGET_ANSWER, XFER_CONSULT_TALK, XDO_TALK },
	{ XFER_CONSULT_RING, XEV_TARGET_GONE, XFER_NONE, XDO_RETURN },
	/* «Соединить» while it still rings makes it a blind transfer */
	{ XFER_CONSULT_RING, XEV_COMPLETE, XFER_BLIND, XDO_WAIT },
	{ XFER_CONSULT_RING, XEV_BACK, XFER_NONE,
	  XDO_FREE_TARGET | XDO_RETURN },
	{ XFER_CONSULT_RING, XEV_SENDER_GONE, XFER_NONE, XDO_FREE_TARGET },
	{ XFER_CONSULT_RING, XEV_CITIZEN_GONE, XFER_NONE, XDO_FREE_TARGET },

	{ XFER_CONSULT_TALK, XEV_COMPLETE, XFER_NONE, XDO_HANDOVER },
	{ XFER_CONSULT_TALK, XEV_BACK, XFER_NONE,
	  XDO_FREE_TARGET | XDO_RETURN },
	{ XFER_CONSULT_TALK, XEV_TARGET_GONE, XFER_NONE, XDO_RETURN },
	{ XFER_CONSULT_TALK, XEV_SENDER_GONE, XFER_NONE, XDO_FREE_TARGET },
	{ XFER_CONSULT_TALK, XEV_CITIZEN_GONE, XFER_NONE, XDO_FREE_TARGET },
};

int cc_xfer_step(enum cc_xfer_state *s, enum cc_xfer_event on, unsigned *todo)
{
	for (size_t i = 0; i < CC_LEN(steps); i++) {
		if (steps[i].from != *s || steps[i].on != on)
			continue;
		*s = steps[i].to;
		*todo = steps[i].todo;
		return 0;
	}
	return EPROTO;
}
