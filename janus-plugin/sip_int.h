/*
 * sip_int.h - between sip.c (commands, thread), sip_dialog.c (dialogs),
 * sip_out.c (calls of ours), sip_refresh.c (session timers), sip_trunk.c
 * (lines), sip_register.c and sip_auth.c. Nobody else includes it. All
 * functions here run in the SIP thread.
 */
#ifndef CC_SIP_INT_H
#define CC_SIP_INT_H

#include "janus-plugin/session_timer.h"
#include "janus-plugin/sip.h"
#include "janus-plugin/sip_text.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct dlg;
#define NUA_MAGIC_T     struct cc_sip
#define NUA_HMAGIC_T    struct dlg
#define SU_ROOT_MAGIC_T struct cc_sip
#define SU_WAKEUP_ARG_T struct cc_sip
#define SU_TIMER_ARG_T  struct dlg
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/url.h>

#define CC_SIP_ALLOW     "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK"
#define CC_SDP_TYPE      "application/sdp"
#define CC_SIP_SUPPORTED "timer, 100rel"

enum { SLOTS = 256 };

struct cmd;
struct resolver;

enum dlg_state {
	DLG_RINGING, /* inbound, no final response yet */
	DLG_SENT_OK, /* inbound, 2xx sent, ACK not seen */
	DLG_CALLING, /* outbound, no final response yet */
	DLG_UP,
	DLG_OVER, /* told the engine; SIP still has to finish */
};

enum reoffer { NO_REOFFER, BY_INVITE, BY_UPDATE };

struct dlg {
	struct dlg *next; /* in its slot */
	struct cc_sip *sip;
	nua_handle_t *nh;
	uint64_t id;
	enum dlg_state state;
	bool told;       /* ENDED was delivered */
	bool late;       /* our 2xx carries the offer, the ACK the answer */
	bool unacked;    /* a 2xx of ours waits for its ACK */
	bool bye_on_ack; /* RFC 3261 15: no BYE before the ACK */
	bool bad_target; /* a request has spoilt the remote target */
	enum reoffer theirs;
	nua_saved_event_t update[1]; /* the UPDATE to answer */
	enum reoffer ours;
	char *ours_sdp;    /* kept for the retry after 491 */
	su_timer_t *timer; /* up: the retry after 491, or nothing is heard of a
			      refresh; over: the last resort */

	struct cc_st session;      /* sip_refresh.c */
	struct cc_st_said asked;   /* by the request that waits for our 2xx */
	su_timer_t *session_timer; /* the next refresh, or the end */
	bool refreshing;           /* `ours` is a refresh */
	bool updating;             /* a refresh by UPDATE is under way */

	char from[64];
	char to[64];
	bool outbound;
	char call_id[256];
	char *identity;

	uint32_t trunk;            /* its id */
	struct in_addr peer;       /* address it came from or went to */
	char *sdp;                 /* of ours, as last agreed to */
	uint32_t tried[CC_TRUNKS]; /* trunks of this call so far */
	size_t tried_count;
	bool only;               /* no other line may have it */
	bool answering;          /* something was heard of our INVITE */
	bool last;               /* nothing yet, and no other line is left */
	int challenged;          /* 401 or 407 that was answered */
	bool heard;              /* a provisional response above 100 */
	struct cc_sip_way *ways; /* of a call of ours */
	size_t way_count;
};

/* One address of a line. */
struct target {
	char host[CC_TRUNK_HOST]; /* as written: a name or the address */
	bool named;
	struct in_addr addr;
	uint16_t port;
};

struct trunk {
	struct cc_sip *sip;
	struct cc_trunk_conf conf;
	uint64_t serial; /* answers of the resolver find it by this */
	struct target targets[CC_TRUNK_TARGETS];
	size_t count;
	size_t current;
	su_timer_t *dns_timer; /* it has names: look them up again */

	struct cc_health health;
	nua_handle_t *ping;
	su_timer_t *ping_timer;
	bool ping_open; /* OPTIONS sent, nothing came yet */
	int ping_status;
	char ping_reason[64];

	nua_handle_t *reg;
	su_timer_t *reg_timer; /* next attempt, or this one is overdue */
	bool reg_open;
	bool registered;
	unsigned reg_failures; /* in a row */
	int reg_status;        /* last final answer, 0 = none yet */
	char reg_reason[64];
	char line[17]; /* in the Contact registered: calls come with it */

	bool check;  /* somebody waits to be told, whatever it is */
	int told_up; /* -1: nothing yet */
	int told_status;
	char told_reason[64];
};

struct cc_sip {
	char addr[INET_ADDRSTRLEN];
	uint16_t port;
	uint16_t sips_port;
	char *tls_dir;
	char tls_words[64]; /* why there is no tls_nua */
	unsigned t1_ms;
	struct cc_st session;         /* what every dialog begins with */
	struct cc_trunk_conf builtin; /* until a list comes */
	cc_sip_h *handler;
	void *arg;

	pthread_t thread;
	pthread_mutex_t lock; /* down to queue_end */
	pthread_cond_t cond;
	bool started;
	int error;
	bool stop;
	struct cmd *queue;
	struct cmd **queue_end;
	int wake; /* eventfd */

	_Atomic uint64_t last_id;
	_Atomic uint64_t invites;
	_Atomic uint64_t foreign;
	_Atomic uint64_t bad_contact;
	_Atomic uint64_t malformed;
	atomic_uint dialogs;
	atomic_int trunk_up;

	/* the SIP thread's own */
	su_root_t *root;
	su_wait_t wait;
	int wait_index;
	nua_t *nua;     /* UDP and TCP */
	nua_t *tls_nua; /* what sip_tls.c carries; NULL: none */
	nua_t *now;     /* whose event is at hand */
	struct cc_tls *tls;
	int cert_told; /* of CC_SIP_CERT, 0: nothing yet */
	unsigned cert_changes;
	struct trunk *trunks[CC_TRUNKS]; /* best first */
	size_t trunk_count;
	uint64_t last_serial;
	struct resolver *resolver;
	bool closing;
	unsigned down; /* nuas whose shutdown has finished */
	struct dlg *slots[SLOTS];
};

long cc_sip_now_ms(void); /* of a clock that never jumps */
struct dlg *cc_sip_find(struct cc_sip *sip, uint64_t id);
/* nua's callback */
void cc_sip_on_nua(nua_event_t event, int status, char const *phrase,
		   nua_t *nua, struct cc_sip *sip, nua_handle_t *nh,
		   struct dlg *d, sip_t const *m, tagi_t tags[]);

/* sip_trunk.c. list is borrowed */
void cc_sip_do_trunks(struct cc_sip *sip, const struct cc_trunk_conf *list,
		      size_t n);
void cc_sip_trunks_close(struct cc_sip *sip);
struct trunk *cc_sip_trunk_find(struct cc_sip *sip, uint32_t id);
/* The line a request came by: the Contact we registered, else its source.
 * NULL: none of ours. *line: it came to that Contact */
struct trunk *cc_sip_trunk_of(struct cc_sip *sip, const sip_t *m, bool *line);
/* The real source of the message at hand. @return false: not IPv4 */
bool cc_sip_source(struct cc_sip *sip, struct in_addr *addr, uint16_t *port);
/* Is any line at that address? */
enum cc_tls_who cc_sip_known(void *sip, struct in_addr addr);
/* Is there a call with that address? */
bool cc_sip_talks(void *sip, struct in_addr addr);
/* "sip:USER@ADDRESS:PORT;transport=…" of the current target, so that sofia has
 * nothing to look up; user NULL: none */
void cc_sip_target_url(const struct trunk *t, const char *user, char *buf,
		       size_t size);
/* A handle for requests through the line, at its current target; d may be
 * NULL, to and from as headers. @return NULL: out of memory, or over TLS out of
 * files */
nua_handle_t *cc_sip_handle(const struct trunk *t, struct dlg *d,
			    const char *to, const char *from);
/* A dialog that has come by TLS goes on by TLS. */
void cc_sip_stay_on_tls(struct dlg *d, const struct trunk *t);
/* Has it an address, and TLS if it wants that? */
bool cc_sip_ready(const struct trunk *t);
/* What is wrong with its TLS, "" if nothing. */
const char *cc_sip_tls_words(const struct trunk *t);
/* A call found the current target silent or broken: ask it at once. */
void cc_sip_doubt(struct trunk *t);
void cc_sip_do_check(struct cc_sip *sip, uint32_t trunk);
/* Tells the engine if the state has changed. */
void cc_sip_trunk_tell(struct trunk *t);
/* @return false: not of a trunk */
bool cc_sip_trunk_event(struct cc_sip *sip, nua_event_t event, int status,
			const char *phrase, nua_handle_t *nh, const sip_t *m);
void cc_sip_trunk_timer(struct cc_sip *sip, su_timer_t *timer,
			struct dlg *none);
/* targets: n of them, borrowed */
void cc_sip_resolved(struct cc_sip *sip, uint64_t serial,
		     const struct target *targets, size_t n);

/* sip_register.c */
void cc_sip_register_start(struct trunk *t); /* at the current target, anew */
void cc_sip_register_stop(struct trunk *t);
void cc_sip_register_timer(struct trunk *t);
void cc_sip_on_registered(struct trunk *t, int status, const char *phrase,
			  const sip_t *m);

/* sip_auth.c */
int cc_sip_auth_init(void);
void cc_sip_auth_bind(struct cc_sip *sip); /* by its thread */
/* A 401 or 407 that nua holds back until it is told what to do. @return
 * false: it is none; true: it goes on, a wrong password ends in 904 */
bool cc_sip_challenged(struct cc_sip *sip, uint32_t trunk, nua_handle_t *nh,
		       int status, const sip_t *m);

/* sip_resolve.c: names are looked up in threads of their own, which nobody
 * waits for; what they find comes back by cc_sip_found. */
struct resolver *cc_resolver_new(struct cc_sip *sip);
void cc_resolver_end(struct resolver *r);
void cc_resolve(struct resolver *r, uint64_t serial,
		const struct cc_trunk_conf *conf);
/* any thread; targets is taken */
void cc_sip_found(struct cc_sip *sip, uint64_t serial, struct target *targets,
		  size_t n);

/* sip_dialog.c, for sip_out.c */
struct dlg *cc_dlg_new(struct cc_sip *sip, uint64_t id, nua_handle_t *nh,
		       enum dlg_state state);
void cc_dlg_free(struct dlg *d);
bool cc_dlg_timer(struct dlg *d, unsigned ms);
void cc_dlg_tell(struct dlg *d, enum cc_sip_kind kind, int status,
		 const char *phrase, const char *sdp);
void cc_dlg_ended(struct dlg *d, int status, const char *phrase);
/* BYE at once, whatever is still under way, and the reason to the engine. */
void cc_dlg_abort(struct dlg *d, int status, const char *phrase);
/* The session was not kept up: BYE with a Reason. */
void cc_dlg_expire(struct dlg *d);
void cc_dlg_keep_sdp(struct dlg *d, const char *sdp);
/* Does it name a way back that can be taken? spoilt: it names one that cannot;
 * a 2xx to an UPDATE may name none */
bool cc_good_target(const sip_t *m);
bool cc_spoilt_target(const sip_t *m);
int cc_read_sdp(struct cc_sip *sip, const sip_t *m, char **out);
void cc_read_call_id(struct dlg *d, const sip_t *m);

/* sip_out.c, for sip_dialog.c */
void cc_dlg_on_timer(struct cc_sip *sip, su_timer_t *timer, struct dlg *d);
void cc_on_invite_response(struct dlg *d, int status, const char *phrase,
			   const sip_t *m);
void cc_dlg_send_reoffer(struct dlg *d);
void cc_on_update_response(struct dlg *d, int status, const char *phrase,
			   const sip_t *m);

/* sip_refresh.c: session timers. sofia does not see the headers they are made
 * of, so it has none of its own. */
void cc_refresh_setup(void);
const msg_mclass_t *cc_refresh_headers(void);
void cc_refresh_bind(struct cc_sip *sip); /* by its thread */
void cc_refresh_stop(struct dlg *d);
/* What goes with a refusal besides, "" if nothing: header lines. */
void cc_refusal_head(const struct cc_sip *sip, int status,
		     char buf[CC_ST_TEXT]);
/* A first INVITE. @return 422 or 0 */
int cc_refresh_check(const struct cc_sip *sip, const sip_t *m);
/* A request of the peer that is to be answered. @return 422 or 0 */
int cc_refresh_asked(const struct dlg *d, const sip_t *m,
		     struct cc_st_said *out);
/* It gets its 2xx now, with these header lines. */
void cc_refresh_accept(struct dlg *d, const struct cc_st_said *asked,
		       char head[CC_ST_TEXT]);
/* What became of a request of ours. refused: only of a refresh */
void cc_refresh_agreed(struct dlg *d, const sip_t *m);
void cc_refresh_refused(struct dlg *d, int status, const sip_t *m);
/* What the peer itself has said to our re-INVITE: sofia may have seen 488. */
int cc_refresh_status(int status, const sip_t *m);
/* Ends the call if nothing is heard of the re-INVITE just sent. */
void cc_refresh_guard(struct dlg *d);
/* It was answered with 422. @return true: send it again */
bool cc_refresh_raise(struct dlg *d, int status, const sip_t *m);
/* Both with the session's headers. sdp: NULL for an UPDATE that offers nothing;
 * was: the response to the INVITE that this one repeats, or NULL */
void cc_dlg_send_invite(struct dlg *d, const char *sdp, const sip_t *was);
void cc_dlg_send_update(struct dlg *d, const char *sdp);

/* The commands of sip.h. Only cc_sip_do_invite makes a dialog. */
struct call_order {
	uint64_t id;
	uint32_t trunk;
	const struct cc_sip_way *ways; /* borrowed, like sdp */
	size_t way_count;
	const char *sdp;
};
void cc_sip_do_invite(struct cc_sip *sip, const struct call_order *o);
void cc_sip_do_ring(struct dlg *d);
void cc_sip_do_answer(struct dlg *d, const char *sdp);
void cc_sip_do_reject(struct dlg *d, int status);
/* takes sdp */
void cc_sip_do_reoffer(struct dlg *d, char *sdp, bool update);
void cc_sip_do_hangup(struct dlg *d);
/* BYE, CANCEL or 503 for all. now: forget them without waiting */
void cc_sip_end_all(struct cc_sip *sip, bool now);

#endif
