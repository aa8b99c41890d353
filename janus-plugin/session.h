/*
 * session.h - Janus handles by number. A handle is one page; it lives as long
 * as somebody holds a reference, its number is never reused.
 */
#ifndef CC_SESSION_H
#define CC_SESSION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <janus/plugins/plugin.h>

struct cc_web;

struct cc_handle {
	LIST_ENTRY(cc_handle) link;
	uint64_t id;
	janus_plugin_session *janus; /* referenced while we live */
	atomic_bool gone;            /* Janus has destroyed it */
	atomic_int refs;
	/* The media half of its leg. incoming_rtp counts itself in users
	 * around every use, so the engine can wait for it (a few µs). */
	_Atomic(struct cc_web *) web;
	atomic_int users;
};

/* Returns a new handle with one reference, in the table; NULL: no memory. */
struct cc_handle *cc_handle_new(janus_plugin_session *janus);
/* A reference by number, or NULL if it is gone. */
struct cc_handle *cc_handle_get(uint64_t id);
struct cc_handle *cc_handle_ref(struct cc_handle *h);
void cc_handle_put(struct cc_handle *h);
/* Out of the table: nobody finds it any more. */
void cc_handle_gone(struct cc_handle *h);
/* Takes the leg's media away; after it no thread is in it. */
void cc_handle_unweb(struct cc_handle *h);
void cc_handle_rtp(struct cc_handle *h, const char *buf, size_t len);

#endif
