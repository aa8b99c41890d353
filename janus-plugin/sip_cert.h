/*
 * sip_cert.h - our certificate, its key and whom we trust, for TLS of the lines
 * (sip_tls.c): files that are read again when they have changed.
 *
 * A set that is not good never replaces a good one: files that cannot be read,
 * a key of another certificate, a certificate that is out of date, or one that
 * shows no name of the one in force (but for one signed by itself, which `make
 * run` makes). A new start takes any name. Runs in the SIP thread.
 */
#ifndef CC_SIP_CERT_H
#define CC_SIP_CERT_H

#include <stddef.h>

struct cc_cert;
struct ssl_ctx_st; /* SSL_CTX */
struct ssl_st;     /* SSL */

enum cc_cert_state {
	CC_CERT_WELL,    /* or there is none yet */
	CC_CERT_REFUSED, /* the files now there are not taken, others are in
			    force */
	CC_CERT_OVER,    /* what is in force is out of date */
};

/* @return 0 or ENOMEM. Nothing is read before cc_cert_look. */
int cc_cert_open(struct cc_cert **certp, const char *dir);
void cc_cert_close(struct cc_cert **certp);

/* Reads what has changed. @return "" or why there is none in force */
const char *cc_cert_look(struct cc_cert *cert);

/**
 * What the last look has found.
 *
 * @param words    in few words what is wrong, "" nothing; valid until the next
 *                 look
 * @param changes  how often the files have changed
 */
enum cc_cert_state cc_cert_state(const struct cc_cert *cert, const char **words,
				 unsigned *changes);

/* For connections made from now on; NULL before a look has found any. */
struct ssl_ctx_st *cc_cert_client(const struct cc_cert *cert);
struct ssl_ctx_st *cc_cert_server(const struct cc_cert *cert);

/* Why a handshake has failed. */
void cc_cert_explain(struct ssl_st *ssl, char *text, size_t size);

#endif
