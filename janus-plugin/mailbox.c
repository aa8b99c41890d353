#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

#include "janus-plugin/engine.h"
#include "janus-plugin/mailbox.h"
#include "janus-plugin/media.h"
#include "janus-plugin/request.h"
#include "janus-plugin/sip.h"

#define ASK_MS 2000

enum kind { SIP, MEDIA, DIRECTORY, OUTBOX, DISK, PLACES, PAGE, ASK };

struct ask {
	struct cc_request req;
	const char *code;
	bool done, abandoned; /* under the mailbox's lock */
};

struct msg {
	STAILQ_ENTRY(msg) link;
	enum kind kind;
	uint64_t session;
	enum cc_page_event page;
	struct cc_media_event media;
	struct cc_sip_event sip; /* its strings are ours */
	char outbox[24];
	bool full;
	json_t *json;
	struct ask *ask;
};

struct cc_mailbox {
	struct cc_engine *engine;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t posted, answered;
	STAILQ_HEAD(, msg) box;
	bool stop, running;
	bool deaf; /* stopped for good: messages are dropped */
};

static int64_t clock_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct timespec from_now(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static void msg_free(struct msg *msg)
{
	free((char *)msg->sip.from);
	free((char *)msg->sip.to);
	free((char *)msg->sip.call_id);
	free((char *)msg->sip.identity);
	free((char *)msg->sip.reason);
	free((char *)msg->sip.sdp);
	json_decref(msg->json);
	free(msg);
}

static void post(struct cc_mailbox *m, struct msg *msg)
{
	pthread_mutex_lock(&m->lock);
	if (m->deaf) {
		if (msg->ask)
			msg->ask->done = true; /* code: not possible now */
		msg_free(msg);
	} else {
		STAILQ_INSERT_TAIL(&m->box, msg, link);
		pthread_cond_signal(&m->posted);
	}
	pthread_mutex_unlock(&m->lock);
}

static struct msg *msg_new(enum kind kind)
{
	struct msg *msg = calloc(1, sizeof(*msg));

	if (msg)
		msg->kind = kind;
	return msg;
}

/* An asker may have gone: then the answer is ours to free. */
static void reply(struct cc_mailbox *m, struct ask *ask, const char *code)
{
	bool abandoned;

	pthread_mutex_lock(&m->lock);
	ask->code = code;
	ask->done = true;
	abandoned = ask->abandoned;
	pthread_cond_broadcast(&m->answered);
	pthread_mutex_unlock(&m->lock);
	if (abandoned)
		free(ask);
}

static void page(struct cc_engine *e, const struct msg *msg)
{
	switch (msg->page) {
	case CC_PAGE_NEW:
		cc_engine_session_new(e, msg->session);
		break;
	case CC_PAGE_GONE:
		cc_engine_session_gone(e, msg->session);
		break;
	case CC_LEG_UP:
		cc_engine_leg_up(e, msg->session);
		break;
	case CC_LEG_DOWN:
		cc_engine_leg_down(e, msg->session);
		break;
	}
}

static void deliver(struct cc_mailbox *m, struct msg *msg)
{
	struct cc_engine *e = m->engine;

	switch (msg->kind) {
	case SIP:
		cc_engine_sip(e, &msg->sip);
		break;
	case MEDIA:
		cc_engine_media(e, &msg->media);
		break;
	case DIRECTORY:
		cc_engine_directory(e, msg->json);
		break;
	case OUTBOX:
		cc_engine_outbox(e, msg->outbox, msg->json);
		break;
	case PLACES:
		cc_engine_places(e, msg->json);
		break;
	case DISK:
		cc_engine_disk(e, msg->full);
		break;
	case PAGE:
		page(e, msg);
		break;
	case ASK:
		reply(m, msg->ask,
		      cc_engine_request(e, msg->session, &msg->ask->req));
		break;
	}
}

static void *run(void *arg)
{
	struct cc_mailbox *m = arg;
	bool stop = false;

	while (!stop) {
		struct msg *msg;
		int wait;

		cc_engine_time(m->engine, clock_ms(CLOCK_MONOTONIC),
			       clock_ms(CLOCK_REALTIME));
		wait = cc_engine_settle(m->engine);

		pthread_mutex_lock(&m->lock);
		if (STAILQ_EMPTY(&m->box) && !m->stop && wait) {
			struct timespec t = from_now(wait < 0 ? 1000 : wait);

			pthread_cond_timedwait(&m->posted, &m->lock, &t);
		}
		msg = STAILQ_FIRST(&m->box);
		if (msg)
			STAILQ_REMOVE_HEAD(&m->box, link);
		stop = m->stop && !msg;
		pthread_mutex_unlock(&m->lock);

		if (!msg)
			continue;
		cc_engine_time(m->engine, clock_ms(CLOCK_MONOTONIC),
			       clock_ms(CLOCK_REALTIME));
		deliver(m, msg);
		msg_free(msg);
	}
	return NULL;
}

int cc_mailbox_hold(struct cc_mailbox **mp, struct cc_engine *e)
{
	struct cc_mailbox *m = calloc(1, sizeof(*m));
	pthread_condattr_t attr;

	if (!m)
		return ENOMEM;
	m->engine = e;
	STAILQ_INIT(&m->box);
	pthread_mutex_init(&m->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&m->posted, &attr);
	pthread_cond_init(&m->answered, &attr);
	pthread_condattr_destroy(&attr);
	*mp = m;
	return 0;
}

int cc_mailbox_run(struct cc_mailbox *m)
{
	int err = pthread_create(&m->thread, NULL, run, m);

	m->running = !err;
	if (!err)
		pthread_setname_np(m->thread, "otklik-engine");
	return err;
}

void cc_mailbox_stop(struct cc_mailbox *m)
{
	struct msg *msg;

	if (!m)
		return;
	pthread_mutex_lock(&m->lock);
	m->stop = true;
	pthread_cond_signal(&m->posted);
	pthread_mutex_unlock(&m->lock);
	if (m->running)
		pthread_join(m->thread, NULL);
	m->running = false;
	pthread_mutex_lock(&m->lock);
	m->deaf = true;
	while ((msg = STAILQ_FIRST(&m->box))) {
		STAILQ_REMOVE_HEAD(&m->box, link);
		if (msg->ask)
			msg->ask->done = true;
		msg_free(msg);
	}
	pthread_cond_broadcast(&m->answered);
	pthread_mutex_unlock(&m->lock);
}

void cc_mailbox_close(struct cc_mailbox **mp)
{
	struct cc_mailbox *m = *mp;

	if (!m)
		return;
	cc_mailbox_stop(m);
	pthread_cond_destroy(&m->posted);
	pthread_cond_destroy(&m->answered);
	pthread_mutex_destroy(&m->lock);
	free(m);
	*mp = NULL;
}

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

void cc_post_sip(struct cc_mailbox *m, const struct cc_sip_event *ev)
{
	struct msg *msg = msg_new(SIP);

	if (!msg)
		return;
	msg->sip = *ev;
	msg->sip.from = copy(ev->from ? ev->from : "");
	msg->sip.to = copy(ev->to ? ev->to : "");
	msg->sip.call_id = copy(ev->call_id ? ev->call_id : "");
	msg->sip.identity = copy(ev->identity ? ev->identity : "");
	msg->sip.reason = copy(ev->reason ? ev->reason : "");
	msg->sip.sdp = copy(ev->sdp);
	post(m, msg);
}

void cc_post_media(struct cc_mailbox *m, const struct cc_media_event *ev)
{
	struct msg *msg = msg_new(MEDIA);

	if (!msg)
		return;
	msg->media = *ev;
	post(m, msg);
}

void cc_post_directory(struct cc_mailbox *m, json_t *dir)
{
	struct msg *msg = msg_new(DIRECTORY);

	if (!msg) {
		json_decref(dir);
		return;
	}
	msg->json = dir;
	post(m, msg);
}

void cc_post_outbox(struct cc_mailbox *m, const char *kind, json_t *payload)
{
	struct msg *msg = msg_new(OUTBOX);

	if (!msg) {
		json_decref(payload);
		return;
	}
	strncpy(msg->outbox, kind, sizeof(msg->outbox) - 1);
	msg->json = payload;
	post(m, msg);
}

void cc_post_places(struct cc_mailbox *m, json_t *list)
{
	struct msg *msg = msg_new(PLACES);

	if (!msg) {
		json_decref(list);
		return;
	}
	msg->json = list;
	post(m, msg);
}

void cc_post_disk(struct cc_mailbox *m, bool full)
{
	struct msg *msg = msg_new(DISK);

	if (!msg)
		return;
	msg->full = full;
	post(m, msg);
}

void cc_post_page(struct cc_mailbox *m, enum cc_page_event what,
		  uint64_t session)
{
	struct msg *msg = msg_new(PAGE);

	if (!msg)
		return;
	msg->page = what;
	msg->session = session;
	post(m, msg);
}

const char *cc_ask(struct cc_mailbox *m, uint64_t session,
		   const struct cc_request *req)
{
	struct msg *msg = msg_new(ASK);
	struct ask *ask = calloc(1, sizeof(*ask));
	struct timespec t = from_now(ASK_MS);
	const char *code = CC_STATE;
	bool done;

	if (!msg || !ask) {
		free(msg);
		free(ask);
		return CC_STATE;
	}
	ask->req = *req;
	ask->code = CC_STATE;
	msg->session = session;
	msg->ask = ask;
	post(m, msg);

	pthread_mutex_lock(&m->lock);
	while (!ask->done &&
	       pthread_cond_timedwait(&m->answered, &m->lock, &t) != ETIMEDOUT)
		;
	done = ask->done;
	if (done)
		code = ask->code;
	else
		ask->abandoned = true;
	pthread_mutex_unlock(&m->lock);
	if (done)
		free(ask);
	return code;
}
