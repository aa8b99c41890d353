/*
 * token.h - the user token of DESIGN D9: realm is our package, descriptor
 * user=<id>, signed with the secret that Janus holds, usable once.
 */
#ifndef CC_TOKEN_H
#define CC_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include <janus/plugins/plugin.h>

/* As the pages make it. */
#define CC_TOKEN_LIFE_S 60

/* Whether text was made before this process, up_ms old, began: what was used
 * until then nobody remembers. Clock and age, not two clock times: a clock
 * that is set back must shut nobody out. now_ms: epoch. */
bool cc_token_of_before(const char *text, int64_t now_ms, int64_t up_ms);
/* Engine thread only. @return 0 and *user, or EACCES: forged, expired, of
 * another realm, made before the process began (up_ms), or used before. web:
 * the web session it was given in, or "" */
int cc_token_use(janus_callbacks *gateway, janus_plugin *plugin, int64_t up_ms,
		 const char *text, uint32_t *user, char web[17]);

#endif
