#include "janus-plugin/sip_cert.h"

#include "janus-plugin/util.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 3, NAME = 256 };

struct cc_cert {
	char *dir;
	struct timespec stamps[FILES]; /* of the files as last read */
	unsigned changes;
	SSL_CTX *client, *server; /* in force; NULL: none yet */
	const char *refused;      /* why the files are not, "" they are */
};

static const char expired[] = "Our own certificate has expired";
static const char early[] = "Our own certificate is not yet valid";
static const char other[] = "Our own certificate is of another name";

static const char *const files[FILES] = { "cert.pem", "key.pem", "ca.pem" };

static void file_name(const struct cc_cert *c, int i, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", c->dir, files[i]);
}

/* @return true: they are not the ones that were read last */
static bool files_changed(struct cc_cert *c)
{
	bool changed = false;
	char path[512];
	struct stat st;

	for (int i = 0; i < FILES; i++) {
		struct timespec now = { 0 };

		file_name(c, i, path, sizeof(path));
		if (!stat(path, &st))
			now = st.st_ctim; /* chmod, too */
		changed |= now.tv_sec != c->stamps[i].tv_sec ||
			   now.tv_nsec != c->stamps[i].tv_nsec;
		c->stamps[i] = now;
	}
	return changed;
}

/* ---- whose is it? ---- */

static bool text_of(const ASN1_STRING *s, char *text, size_t size)
{
	const size_t n = (size_t)ASN1_STRING_length(s);

	snprintf(text, size, "%.*s", (int)n,
		 (const char *)ASN1_STRING_get0_data(s));
	return strlen(text) == n;
}

/* The domain that a name stands for, as that of a host or as a SIP URI without
 * a user (RFC 5922 7.1). @return false: none */
static bool domain(const GENERAL_NAME *name, char host[NAME])
{
	static const char sip[] = "sip:";
	char uri[NAME];

	if (name->type == GEN_DNS)
		return text_of(name->d.dNSName, host, NAME);
	if (name->type != GEN_URI ||
	    !text_of(name->d.uniformResourceIdentifier, uri, sizeof(uri)) ||
	    strncasecmp(uri, sip, sizeof(sip) - 1) || strchr(uri, '@'))
		return false;
	uri[strcspn(uri + sizeof(sip) - 1, ":;?") + sizeof(sip) - 1] = '\0';
	cc_copy(host, NAME, uri + sizeof(sip) - 1);
	return true;
}

/* Is it of that domain by one of its SIP URIs? */
static bool by_uri(X509 *x, const char *host)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	bool found = false;
	char is[NAME];

	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);

		found = n->type == GEN_URI && domain(n, is) &&
			!strcasecmp(is, host);
	}
	GENERAL_NAMES_free(names);
	return found;
}

/* What OpenSSL looks for are names of hosts. */
static int verified(int ok, X509_STORE_CTX *ctx)
{
	const char *host =
	    X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(ctx), 0);

	if (ok ||
	    X509_STORE_CTX_get_error(ctx) != X509_V_ERR_HOSTNAME_MISMATCH ||
	    !host || !by_uri(X509_STORE_CTX_get0_cert(ctx), host))
		return ok;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

/* ---- the files ---- */

static const char *key_trouble(void)
{
	switch (ERR_GET_REASON(ERR_peek_last_error())) {
	case X509_R_KEY_VALUES_MISMATCH:
	case X509_R_KEY_TYPE_MISMATCH:
		return "Key of another certificate";
	default:
		return "Our own certificate is of no use";
	}
}

static SSL_CTX *context(const struct cc_cert *c, const SSL_METHOD *method,
			const char **trouble)
{
	SSL_CTX *ctx = SSL_CTX_new(method);
	char cert[512], key[512], ca[512];
	STACK_OF(X509_NAME) * names;

	file_name(c, 0, cert, sizeof(cert));
	file_name(c, 1, key, sizeof(key));
	file_name(c, 2, ca, sizeof(ca));
	*trouble = "Out of memory";
	if (!ctx)
		return NULL;
	if (access(cert, R_OK) || access(key, R_OK))
		*trouble = "No certificate of our own";
	else if (access(ca, R_OK))
		*trouble = "No certificates of CAs";
	else if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
		*trouble = "Our own certificate is of no use";
	else if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
		 SSL_CTX_check_private_key(ctx) != 1)
		*trouble = key_trouble();
	else if (SSL_CTX_load_verify_locations(ctx, ca, NULL) != 1)
		*trouble = "Certificates of CAs are of no use";
	else
		*trouble = "";
	ERR_clear_error();
	if (**trouble) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	/* many close without saying so; a message cut short is none to sofia */
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION |
				     SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* what is in ca.pem is trusted, also an operator's own certificate */
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx),
				    X509_V_FLAG_PARTIAL_CHAIN);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
				  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				  SSL_MODE_RELEASE_BUFFERS);
	/* an operator who calls us is known by his address; a certificate
	 * need not be shown, but if it is it must be good */
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verified);
	names = SSL_load_client_CA_file(ca);
	if (names)
		SSL_CTX_set_client_CA_list(ctx, names);
	return ctx;
}

/* ---- is it any good? ---- */

/* @return "" or why it is not in force by the clock */
static const char *out_of_date(const SSL_CTX *ctx)
{
	const X509 *x = SSL_CTX_get0_certificate(ctx);

	if (X509_cmp_current_time(X509_get0_notAfter(x)) < 0)
		return expired;
	return X509_cmp_current_time(X509_get0_notBefore(x)) > 0 ? early : "";
}

static bool shows(X509 *x, const GENERAL_NAME *name)
{
	const ASN1_STRING *ip = name->d.iPAddress;
	char host[NAME];

	if (name->type == GEN_IPADD)
		return X509_check_ip(x, ASN1_STRING_get0_data(ip),
				     (size_t)ASN1_STRING_length(ip), 0) == 1;
	if (!domain(name, host))
		return false;
	if (host[0] == '*') /* one of those it stands for */
		host[0] = 'a';
	return X509_check_host(x, host, 0, 0, NULL) == 1 || by_uri(x, host);
}

/* Whoever knew the old one by a name must know the new one. */
static bool of_another_name(X509 *was, X509 *is)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(was, NID_subject_alt_name, NULL, NULL);
	bool found = !names || X509_check_issued(was, was) == X509_V_OK;

	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++)
		found = shows(is, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	ERR_clear_error();
	return !found;
}

/* @return "" or why the new one does not follow the one in force */
static const char *unfit(const struct cc_cert *c, const SSL_CTX *ctx)
{
	const char *words;

	if (!c->server) /* nothing better */
		return "";
	words = out_of_date(ctx);
	if (!words[0] && of_another_name(SSL_CTX_get0_certificate(c->server),
					 SSL_CTX_get0_certificate(ctx)))
		words = other;
	return words;
}

/* @return "" or why what lies there is not taken */
static const char *take(struct cc_cert *c)
{
	const char *trouble;
	SSL_CTX *client = context(c, TLS_client_method(), &trouble);
	SSL_CTX *server =
	    client ? context(c, TLS_server_method(), &trouble) : NULL;
	static const unsigned char name[] = "otklik";

	if (server)
		trouble = unfit(c, server);
	if (trouble[0]) {
		SSL_CTX_free(client);
		SSL_CTX_free(server);
		return trouble;
	}
	SSL_CTX_set_session_id_context(server, name, sizeof(name) - 1);
	/* most operators' certificates are made for servers alone */
	SSL_CTX_set_purpose(server, X509_PURPOSE_ANY);
	SSL_CTX_free(c->client);
	SSL_CTX_free(c->server);
	c->client = client;
	c->server = server;
	return "";
}

/* ---- all of it ---- */

const char *cc_cert_look(struct cc_cert *c)
{
	const bool changed = files_changed(c);

	c->changes += changed;
	if (changed || c->refused == early) /* its time may have come */
		c->refused = take(c);
	return c->server ? "" : c->refused;
}

enum cc_cert_state cc_cert_state(const struct cc_cert *c, const char **words,
				 unsigned *changes)
{
	*words = "";
	*changes = c->changes;
	if (!c->server)
		return CC_CERT_WELL;
	*words = c->refused[0] ? c->refused : out_of_date(c->server);
	if (!(*words)[0])
		return CC_CERT_WELL;
	return c->refused[0] ? CC_CERT_REFUSED : CC_CERT_OVER;
}

SSL_CTX *cc_cert_client(const struct cc_cert *c)
{
	return c->client;
}

SSL_CTX *cc_cert_server(const struct cc_cert *c)
{
	return c->server;
}

int cc_cert_open(struct cc_cert **certp, const char *dir)
{
	struct cc_cert *c = calloc(1, sizeof(*c));

	if (!c)
		return ENOMEM;
	c->refused = "";
	c->stamps[0].tv_nsec = -1; /* nothing was read yet */
	c->dir = strdup(dir);
	*certp = c;
	if (c->dir)
		return 0;
	cc_cert_close(certp);
	return ENOMEM;
}

void cc_cert_close(struct cc_cert **certp)
{
	struct cc_cert *c = *certp;

	if (!c)
		return;
	*certp = NULL;
	SSL_CTX_free(c->client);
	SSL_CTX_free(c->server);
	free(c->dir);
	free(c);
}

void cc_cert_explain(SSL *ssl, char *text, size_t size)
{
	static const struct {
		long error;
		const char *words;
	} known[] = {
		{ X509_V_ERR_CERT_HAS_EXPIRED, "expired" },
		{ X509_V_ERR_CERT_NOT_YET_VALID, "not yet valid" },
		{ X509_V_ERR_HOSTNAME_MISMATCH, "of another name" },
		{ X509_V_ERR_IP_ADDRESS_MISMATCH, "of another name" },
		{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "of unknown CA" },
		{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
		  "of unknown CA" },
		{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "of unknown CA" },
		{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "of unknown CA" },
		{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "of unknown CA" },
	};
	const long error = SSL_get_verify_result(ssl);

	if (error == X509_V_OK) {
		cc_copy(text, size, "TLS handshake failed");
		return;
	}
	for (size_t i = 0; i < CC_LEN(known); i++) {
		if (known[i].error != error)
			continue;
		snprintf(text, size, "Certificate %s", known[i].words);
		return;
	}
	snprintf(text, size, "Certificate: %s",
		 X509_verify_cert_error_string(error));
}
