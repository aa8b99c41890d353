/* outer.h - sip.h and store.h without network and database, for tests. */
#ifndef FAKE_OUTER_H
#define FAKE_OUTER_H

#include <stdatomic.h>
#include <stdint.h>

#include <jansson.h>

#include "janus-plugin/sip.h"

struct fake_outer {
	atomic_long rows, answers, hangups;
};

extern struct fake_outer fake_outer;

/* An inbound call with media at 127.0.0.1:port; returns its dialog. */
uint64_t fake_sip_call(uint16_t port);
void fake_sip_bye(uint64_t dialog);
/* users 1…n, all members of the default queue, told at cc_store_open */
extern unsigned fake_store_users;
/* The directory is told again, with these prompts; takes them. */
void fake_store_prompts(json_t *prompts);

#endif
