/*
 * request.h - what a page may ask: JSON in, checked struct out. Pure.
 */
#ifndef CC_REQUEST_H
#define CC_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

enum cc_request_kind {
	REQ_HELLO,
	REQ_SYNC,
	REQ_PONG,
	REQ_START,
	REQ_LEG,
	REQ_FINISH,
	REQ_BREAK,
	REQ_RESUME,
	REQ_ANSWER,
	REQ_REJECT,
	REQ_HANGUP,
	REQ_HOLD,
	REQ_UNHOLD,
	REQ_MUTE,
	REQ_UNMUTE,
	REQ_DTMF,
	REQ_DIAL,
	REQ_TRANSFER,
	REQ_COMPLETE,
	REQ_BACK,
	REQ_EMERGENCY,
	REQ_LEAVE,
	REQ_READY,
	REQ_EXTEND,
	REQ_NONTARGET,
	REQ_MIC,
	REQ_TAKE,
	REQ_BYE,
	REQ_ACCEPT,
	REQ_RAISE,
	REQ_WATCH,
	REQ_RELEASE,
	REQ_REST,
	REQ_MOVE,
	REQ_ASSIGN,
	REQ_COUNT,
};

struct cc_request {
	enum cc_request_kind kind;
	char call[37]; /* UUID text, "" = not given */
	char token[512];
	char page[37];
	char alert[37];
	char reason[801]; /* of a supervisor, 1-200 characters */
	uint32_t user, queue;
	bool on, end;
	char text[33]; /* reason, digits, target, service, kind, state */
	uint32_t gen;
	uint64_t n;      /* pong */
	uint64_t appeal; /* dial: which it is about, 0 = none */
	uint32_t trunk;  /* dial: by this line alone, 0 = by the dial plan */
	bool takeover;
	bool consult;
	bool confirm; /* M22 is answered */
};

/* @return 0, or EINVAL: not an object, unknown request, an argument missing,
 * of the wrong type or out of its range; *key then names it */
int cc_request_parse(struct cc_request *out, const json_t *body,
		     const char **key);

/* Error codes of the protocol; texts in Russian for people. */
extern const char CC_BAD_REQUEST[], CC_NOT_HELLO[], CC_TOKEN[], CC_FORBIDDEN[],
    CC_STATE[], CC_GEN[], CC_TAKEN[], CC_NO_EXTENSION[], CC_SELF[], CC_BUSY[],
    CC_LIVE_ELSEWHERE[], CC_NO_MEDIA[], CC_IN_CALL[], CC_M22[], CC_M23[],
    CC_ACCUSED[], CC_UNKNOWN_NUMBER[], CC_DIAL_FORBIDDEN[], CC_DIAL_LIMIT[],
    CC_ALERT_OVER[], CC_QUEUE_CLOSED[], CC_NO_DIGITS[];
/* Also of the notices: BUSY_NUMBER, NO_ANSWER, REJECTED, UNREACHABLE, M03, M17, M18 (DOMAIN, Messages), TRANSFER_BACK. */
const char *cc_request_text(const char *code);

#endif
