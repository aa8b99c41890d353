/*
 * mailbox.h - the engine's thread: messages in, one after another. Posting
 * never blocks and may be done from any thread.
 */
#ifndef CC_MAILBOX_H
#define CC_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

struct cc_engine;
struct cc_mailbox;
struct cc_media_event;
struct cc_request;
struct cc_sip_event;

/* hold: messages are kept; run: the thread starts and drives e, which it does
 * not own. Two steps, because the outer parts post before all are open. */
int cc_mailbox_hold(struct cc_mailbox **mp, struct cc_engine *e);
int cc_mailbox_run(struct cc_mailbox *m);
/* Carries out what was posted, then stops the thread; what is posted from
 * here on is dropped. */
void cc_mailbox_stop(struct cc_mailbox *m);
/* When nobody can post any more. */
void cc_mailbox_close(struct cc_mailbox **mp);

void cc_post_sip(struct cc_mailbox *m, const struct cc_sip_event *ev);
void cc_post_media(struct cc_mailbox *m, const struct cc_media_event *ev);
/* Takes dir, payload. */
void cc_post_directory(struct cc_mailbox *m, json_t *dir);
void cc_post_outbox(struct cc_mailbox *m, const char *kind, json_t *payload);

void cc_post_places(struct cc_mailbox *m, json_t *list);
void cc_post_disk(struct cc_mailbox *m, bool full);

enum cc_page_event { CC_PAGE_NEW, CC_PAGE_GONE, CC_LEG_UP, CC_LEG_DOWN };
void cc_post_page(struct cc_mailbox *m, enum cc_page_event what,
		  uint64_t session);

/* Waits for the engine's answer (microseconds; at most 2 s): a button must
 * learn in its own reply whether it worked. @return NULL or a code */
const char *cc_ask(struct cc_mailbox *m, uint64_t session,
		   const struct cc_request *req);

#endif
