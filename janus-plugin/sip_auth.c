/*
 * sip_auth.c - digest for sofia-sip, which itself knows MD5 only and ends a
 * request with "904 No matching challenge" when SHA-256 is among the
 * challenges. This scheme takes the place of its "Digest".
 *
 * The secret never enters sofia: what nua is given as user and password is
 * "trunk" and the id of the line, and the scheme looks both up when it writes
 * the header. A wrong password is sent once: the second refusal of a request
 * ends it.
 */
#define SOFIA_EXTEND_AUTH_CLIENT 1
#include "janus-plugin/sip_int.h"

#include "janus-plugin/sip_digest.h"
#include "janus-plugin/util.h"

#include <sofia-sip/auth_client.h>
#include <sofia-sip/auth_client_plugin.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/url.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { CHALLENGES = 4 }; /* realms of one request */

static _Thread_local struct cc_sip *mine;

struct client {
	auth_client_t base; /* sofia's: must be first */
	struct cc_challenge ch;
	bool have;     /* ch is one we can answer */
	bool used;     /* it was answered */
	bool refused;  /* and the answer was wrong */
	unsigned uses; /* of the nonce */
	char cnonce[17];
};

static struct client *client_of(auth_client_t *ca)
{
	return (struct client *)(void *)ca;
}

/* @return 2: something new to answer, 1: nothing new */
static int on_challenge(auth_client_t *ca, msg_auth_t const *m)
{
	struct client *c = client_of(ca);
	struct cc_challenge ch;
	unsigned char bytes[8] = { 0 };
	bool renewed;

	if (cc_challenge_read(&ch, (const char *const *)m->au_params))
		return 1; /* another challenge of the realm may do */
	if (c->have && !c->used)
		return 1; /* RFC 8760 2.4: the topmost that is known */
	renewed = !c->have || ch.stale;
	if (strcmp(c->ch.nonce, ch.nonce) != 0)
		c->uses = 0;
	c->ch = ch;
	c->have = true;
	c->used = false;
	if (getrandom(bytes, sizeof(bytes), 0) < 0)
		bytes[0] = (unsigned char)random();
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(c->cnonce + 2 * i, 3, "%02x", bytes[i]);
	return renewed ? 2 : 1;
}

static const struct cc_trunk_conf *conf_of(const auth_client_t *ca)
{
	const struct trunk *t =
	    mine && ca->ca_pass
		? cc_sip_trunk_find(mine, (uint32_t)atoi(ca->ca_pass))
		: NULL;

	return t ? &t->conf : NULL;
}

static int on_authorize(auth_client_t *ca, su_home_t *home, char const *method,
			url_t const *url, msg_payload_t const *body,
			msg_header_t **headers)
{
	struct client *c = client_of(ca);
	const struct cc_trunk_conf *conf = conf_of(ca);
	char text[2048];
	char *uri;
	int err;

	(void)body;
	if (!conf || !c->have || c->refused)
		return 0;
	uri = url_as_string(home, url);
	if (!uri || strchr(uri, '"'))
		return -1;
	c->used = true;
	err = cc_digest_answer(text, sizeof(text), &c->ch, conf->user,
			       conf->secret, method, uri, c->cnonce, ++c->uses);
	su_free(home, uri);
	if (err)
		return -1;
	*headers = msg_header_make(home, ca->ca_credential_class, text);
	return *headers ? 0 : -1;
}

static int on_clear(auth_client_t *ca)
{
	client_of(ca)->refused = true;
	ca->ca_clear = 1;
	return 1;
}

static int on_save(auth_client_t *ca, char const *scheme, char const *realm,
		   char const *user, char const *pass)
{
	struct client *c = client_of(ca);

	if ((scheme && strcasecmp(scheme, "Digest") != 0) ||
	    (realm && ca->ca_realm && strcmp(realm, ca->ca_realm) != 0))
		return 0;
	if (!c->have || c->refused)
		return 0;
	return auth_client_save_credentials(ca, NULL, NULL, user, pass);
}

static int on_info(auth_client_t *ca, msg_auth_info_t const *info)
{
	(void)ca;
	(void)info; /* nextnonce: the next challenge will say */
	return 0;
}

static const auth_client_plugin_t digest = {
	.auc_plugin_size = sizeof(digest),
	.auc_size = sizeof(struct client),
	.auc_name = "Digest",
	.auc_challenge = on_challenge,
	.auc_authorize = on_authorize,
	.auc_info = on_info,
	.auc_clear = on_clear,
	.auc_save_credentials = on_save,
};

/* The packaged registry overwrites the first scheme of *another* name, so to
 * replace "Digest" something else has to take its place first. */
static const auth_client_plugin_t nobody = {
	.auc_plugin_size = sizeof(nobody),
	.auc_size = sizeof(struct client),
	.auc_name = "None",
	.auc_authorize = on_authorize,
};

int cc_sip_auth_init(void)
{
	return auc_register_plugin(&nobody) || auc_register_plugin(&digest)
		   ? ENOTSUP
		   : 0;
}

void cc_sip_auth_bind(struct cc_sip *sip)
{
	mine = sip;
}

static size_t credentials(char out[][256], size_t n, const msg_auth_t *m,
			  uint32_t trunk)
{
	for (; m && n < CHALLENGES; m = m->au_next) {
		const char *realm =
		    msg_header_find_param(m->au_common, "realm=");
		size_t i = 0;
		int len;

		if (!realm || realm[0] != '"')
			continue;
		len = snprintf(out[n], sizeof(out[n]), "Digest:%s:trunk:%u",
			       realm, (unsigned)trunk);
		if (len < 0 || (size_t)len >= sizeof(out[n]))
			continue;
		while (i < n && strcmp(out[i], out[n]) != 0)
			i++;
		n += i == n; /* the same realm in two algorithms: once */
	}
	return n;
}

bool cc_sip_challenged(struct cc_sip *sip, uint32_t trunk, nua_handle_t *nh,
		       int status, const sip_t *m)
{
	const struct trunk *t = cc_sip_trunk_find(sip, trunk);
	char who[CHALLENGES][256];
	size_t n = 0;

	if (!m || !((status == 401 && m->sip_www_authenticate) ||
		    (status == 407 && m->sip_proxy_authenticate)))
		return false;
	if (t && t->conf.user[0]) {
		n = credentials(who, n, m->sip_www_authenticate, trunk);
		n = credentials(who, n, m->sip_proxy_authenticate, trunk);
	}
	nua_authenticate(nh, TAG_IF(n > 0, NUTAG_AUTH(who[0])),
			 TAG_IF(n > 1, NUTAG_AUTH(who[1])),
			 TAG_IF(n > 2, NUTAG_AUTH(who[2])),
			 TAG_IF(n > 3, NUTAG_AUTH(who[3])), TAG_END());
	return true;
}
