/*
 * event.h - what goes to pages: one thread for events, one for offers (a push
 * with an offer waits for ICE gathering), so nobody else ever waits.
 */
#ifndef CC_EVENT_H
#define CC_EVENT_H

#include <stdint.h>
#include <jansson.h>

#include <janus/plugins/plugin.h>

struct cc_events;

int cc_events_open(struct cc_events **ep, janus_callbacks *gateway,
		   janus_plugin *plugin);
/* Sends nothing more; waits for a push that is under way. */
void cc_events_close(struct cc_events **ep);
/* Takes event. */
void cc_events_push(struct cc_events *e, uint64_t session, json_t *event);
/* The offer of a browser leg. */
void cc_events_offer(struct cc_events *e, uint64_t session);
/* After everything pushed before it: detach the page. */
void cc_events_drop(struct cc_events *e, uint64_t session);

#endif
