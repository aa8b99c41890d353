/*
 * sip_tls.h - TLS of the lines, by OpenSSL: every connection of an operator is
 * carried to sofia as plain TCP inside this machine, and back.
 *
 * sofia's own TLS is not used: it sends no server name, knows no addresses in
 * certificates, reads ours only once, takes a connection to the same address
 * for that of another name, and never frees a connection that has ended.
 *
 * All functions run in the SIP thread, whose su_root drives the sockets.
 */
#ifndef CC_SIP_TLS_H
#define CC_SIP_TLS_H

#include <netinet/in.h>
#include <sofia-sip/su_wait.h>
#include <stdbool.h>
#include <stdint.h>

/* Where sofia listens for us, at the same port as we do for the operators. */
#define CC_TLS_INNER "127.203.0.1"

struct cc_cert;
struct cc_tls;

enum cc_tls_who {
	CC_TLS_STRANGER,
	CC_TLS_KNOWN, /* of a line, none of which is over TLS */
	CC_TLS_LINE,
};

struct cc_tls_conf {
	su_root_t *root;
	const char *dir;  /* cert.pem (with its chain), key.pem, ca.pem */
	const char *addr; /* where the operators find us */
	uint16_t port;
	unsigned t1_ms; /* RFC 3261 T1: 500; the time-outs follow it */
	/* May this address speak with us at all? Strangers are hung up on before
	 * the handshake. */
	enum cc_tls_who (*known)(void *arg, struct in_addr from);
	/* Is there a call with this address? */
	bool (*talks)(void *arg, struct in_addr with);
	void *arg;
};

/* @return 0 or ENOMEM; what is missing is said by cc_tls_trouble */
int cc_tls_open(struct cc_tls **tlsp, const struct cc_tls_conf *conf);
void cc_tls_close(struct cc_tls **tlsp);

/**
 * Looks after the certificates (sip_cert.h) and the port.
 *
 * @return "": TLS works, else in few words why it does not
 */
const char *cc_tls_trouble(struct cc_tls *tls);
/* As cc_tls_trouble has seen them last. */
const struct cc_cert *cc_tls_cert(const struct cc_tls *tls);

/**
 * A port on 127.0.0.1 that leads to the operator: what sofia sends there goes
 * to addr:port over TLS, once the certificate has shown the name host. Stays
 * the same for the same three as long as it is in use.
 *
 * @return 0: none is to be had
 */
uint16_t cc_tls_door(struct cc_tls *tls, const char *host, struct in_addr addr,
		     uint16_t port);
/* Why the last connection through the door failed, "" if it did not. */
const char *cc_tls_door_trouble(const struct cc_tls *tls, uint16_t door);

/**
 * Who stands behind a neighbour of sofia's.
 *
 * @param port  the neighbour's, on 127.0.0.1
 * @return false: nobody we brought
 */
bool cc_tls_peer(const struct cc_tls *tls, uint16_t port,
		 struct in_addr *real_addr, uint16_t *real_port);

#endif
