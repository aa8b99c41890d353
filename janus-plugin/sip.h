/*
 * sip.h - the SIP trunk (RFC 3261): the only file that includes sofia-sip.
 *
 * One nua in one thread. Dialogs are named by ids that are never reused, so
 * no pointer crosses a thread: a command for a dialog that is gone does
 * nothing. Commands may be called from any thread and never block. Events
 * arrive on the SIP thread; every string is borrowed for the call.
 */
#ifndef CC_SIP_H
#define CC_SIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "janus-plugin/trunk.h"

struct cc_sip;

enum cc_sip_kind {
	CC_SIP_INVITE,   /* new inbound call; dialog is new; sdp may be NULL
			    (late offer); 100 has been sent */
	CC_SIP_REOFFER,  /* re-INVITE or UPDATE with or without an offer:
			    answer with cc_sip_answer or cc_sip_reject */
	CC_SIP_REANSWER, /* the answer to an offer of ours in a 2xx (late
			    offer: in the ACK) */
	CC_SIP_PROGRESS, /* outbound: 18x, status and sdp as received */
	CC_SIP_ANSWERED, /* outbound: 2xx, ACK sent; inbound: ACK seen */
	CC_SIP_DTMF,     /* INFO with a digit */
	CC_SIP_ENDED,    /* terminal, exactly once per dialog: BYE, CANCEL,
			    final error, ACK never came, transport gone */
	CC_SIP_TRUNK,    /* state of `trunk` changed, or was asked for by
			    cc_sip_check: status 200 up, else down */
	CC_SIP_CERT,     /* our certificate: status 200 is well, 0 no line needs
			    one; else reason, 409: other files lie there and
			    are not taken, 410: it is out of date. Once for
			    each change of them */
};

struct cc_sip_event {
	enum cc_sip_kind kind;
	uint64_t dialog;
	uint32_t trunk;       /* id of the line it goes through */
	int status;           /* SIP status; ENDED: 200 BYE, 487 CANCEL, 408
				 no ACK or session expired, else the final
				 status */
	const char *from;     /* number of the caller as sent, "" hidden */
	const char *to;       /* number that was called */
	const char *call_id;  /* SIP Call-ID, for the journal */
	const char *identity; /* P-Asserted-Identity and Identity as sent,
				 "" if none; stored, trusted by nobody */
	const char *reason;   /* reason phrase, printable ASCII */
	const char *sdp;      /* NUL-terminated or NULL */
	char digit;           /* DTMF */
};

typedef void(cc_sip_h)(const struct cc_sip_event *ev, void *arg);

struct cc_sip_conf {
	const char *addr;      /* address bound and written into SIP and SDP */
	uint16_t port;         /* UDP and TCP */
	const char *peer_host; /* the built-in trunk: an IPv4 address */
	uint16_t peer_port;    /* outbound INVITEs go there */
	unsigned t1_ms;        /* RFC 3261 T1; 0 = 500 */
	unsigned session_s;    /* RFC 4028: what we ask for; 0 = 1800 */
	unsigned min_se_s;     /* and the least we take; 0 = 90 */
	uint16_t sips_port;    /* TLS; 0 = none */
	const char *tls_dir;   /* sip_tls.h; NULL = none */
};

struct cc_sip_stats {
	uint64_t invites;     /* accepted for a look, from the peer */
	uint64_t foreign;     /* 403: not our peer (K-none, DESIGN 4) */
	uint64_t bad_contact; /* 400 by the Contact guard (DESIGN D5) */
	uint64_t malformed;
	unsigned dialogs; /* alive now */
	int trunk_up;     /* 1 one is up, 0 all down, -1 unknown */
};

/**
 * Bind and start the SIP thread.
 *
 * @return 0, EADDRINUSE, EINVAL (bad address) or ENOMEM
 */
int cc_sip_open(struct cc_sip **sipp, const struct cc_sip_conf *conf,
		cc_sip_h *handler, void *arg);
/* Ends every dialog (BYE, CANCEL, 503), waits at most 2 s, stops the thread.
 * No event is delivered after it returns. */
void cc_sip_close(struct cc_sip **sipp);

/**
 * The lines from now on, best first. Those that stay as they were keep their
 * state and their registration; calls of one that goes stay up. Before the
 * first call there is one, the built-in, with id CC_TRUNK_BUILTIN.
 *
 * @param list  n <= CC_TRUNKS, copied; those that fail cc_trunk_conf_ok are
 * left out
 * @return 0 or ENOMEM
 */
#define CC_TRUNK_BUILTIN 1
int cc_sip_trunks(struct cc_sip *sip, const struct cc_trunk_conf *list,
		  size_t n);

/* Ask that line now, and register anew where that has failed. A TRUNK event
 * follows as soon as its state is known, also when it is as before. */
void cc_sip_check(struct cc_sip *sip, uint32_t trunk);

/* 180 without media. */
void cc_sip_ring(struct cc_sip *sip, uint64_t dialog);
/* 200 to an INVITE, re-INVITE or UPDATE; sdp is copied. */
void cc_sip_answer(struct cc_sip *sip, uint64_t dialog, const char *sdp);
/* Offer anew inside a call that is up, by re-INVITE or UPDATE; sdp is copied.
 * REANSWER follows: 2xx with the answer, or the status of the refusal (491
 * from the peer is tried again first). @return 0 or ENOMEM */
int cc_sip_reoffer(struct cc_sip *sip, uint64_t dialog, const char *sdp,
		   bool update);
/* Final refusal of an INVITE, or of a re-offer (the dialog then stays). */
void cc_sip_reject(struct cc_sip *sip, uint64_t dialog, int status);
/* With a trunk of cc_sip_invite: this one in whatever state, and no other. */
#define CC_SIP_ONLY   (1u << 31)
#define CC_SIP_WAYS   (CC_TRUNKS + 1)
#define CC_SIP_DIGITS 34 /* bytes: 32 digits, a + and the end */
/* How a number is dialled by one line. */
struct cc_sip_way {
	uint32_t trunk; /* 0 = every line that has no way of its own */
	/* 1-32 of 0-9 * # and a leading + */
	char number[CC_SIP_DIGITS];
	char from[CC_SIP_DIGITS]; /* "" = the line's own, hidden if none */
};
/* Outbound INVITE sip:<number>@<peer>. trunk: the line to try first, 0 = by
 * priority; one that is down or fails before anything rings is followed by the
 * next, each in its own way.
 * ways: 1 <= n <= CC_SIP_WAYS, copied; the first is for 0.
 * *dialog is set before any event can come.
 * @return 0, EINVAL (no such numbers) or ENOMEM */
int cc_sip_invite(struct cc_sip *sip, uint32_t trunk,
		  const struct cc_sip_way *ways, size_t n, const char *sdp,
		  uint64_t *dialog);
/* End in whatever state: CANCEL, BYE or a refusal (480). ENDED follows. */
void cc_sip_hangup(struct cc_sip *sip, uint64_t dialog);
void cc_sip_stats(struct cc_sip *sip, struct cc_sip_stats *out);

#endif
