/*
 * token.h - the user token of DESIGN D9: realm is our package, descriptor
 * user=<id>, signed with the secret that Janus holds, usable once.
 */
#ifndef CC_TOKEN_H
#define CC_TOKEN_H

#include <stdint.h>

#include <janus/plugins/plugin.h>

/* Engine thread only. @return 0 and *user, or EACCES: forged, expired, of
 * another realm, or used before. web: the web session it was given in, or "" */
int cc_token_use(janus_callbacks *gateway, janus_plugin *plugin,
		 const char *text, uint32_t *user, char web[17]);

#endif
