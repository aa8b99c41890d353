/*
 * sip_int.h - between sip.c (commands, thread, trunk state) and sip_dialog.c
 * (dialogs). Nobody else includes it. All functions here run in the SIP
 * thread.
 */
#ifndef CC_SIP_INT_H
#define CC_SIP_INT_H

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
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/tport_tag.h>

#define CC_SIP_ALLOW "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"
#define CC_SDP_TYPE  "application/sdp"

enum { SLOTS = 256 };

struct cmd;

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
	su_timer_t *timer; /* up: the retry after 491; over: the last resort */
	char from[64];
	char to[64];
	bool outbound;
	char call_id[256];
	char *identity;
};

struct cc_sip {
	char addr[INET_ADDRSTRLEN];
	char peer_host[INET_ADDRSTRLEN];
	struct in_addr peer_addr;
	uint16_t port;
	uint16_t peer_port;
	unsigned t1_ms;
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
	nua_t *nua;
	nua_handle_t *ping;
	su_timer_t *ping_timer;
	bool ping_open; /* OPTIONS sent, nothing came yet */
	unsigned ping_misses;
	bool closing;
	bool down; /* nua_shutdown has finished */
	struct dlg *slots[SLOTS];
};

struct dlg *cc_sip_find(struct cc_sip *sip, uint64_t id);
/* nua's callback */
void cc_sip_on_nua(nua_event_t event, int status, char const *phrase,
		   nua_t *nua, struct cc_sip *sip, nua_handle_t *nh,
		   struct dlg *d, sip_t const *m, tagi_t tags[]);
/* the answer to OPTIONS of ours; m NULL: none came */
void cc_sip_on_pong(struct cc_sip *sip, int status, const sip_t *m);

/* The commands of sip.h. Only cc_sip_do_invite makes a dialog. */
void cc_sip_do_invite(struct cc_sip *sip, uint64_t id, const char *number,
		      const char *from, const char *sdp);
void cc_sip_do_ring(struct dlg *d);
void cc_sip_do_answer(struct dlg *d, const char *sdp);
void cc_sip_do_reject(struct dlg *d, int status);
/* takes sdp */
void cc_sip_do_reoffer(struct dlg *d, char *sdp, bool update);
void cc_sip_do_hangup(struct dlg *d);
/* BYE, CANCEL or 503 for all. now: forget them without waiting */
void cc_sip_end_all(struct cc_sip *sip, bool now);

#endif
