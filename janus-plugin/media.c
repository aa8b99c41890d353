/* media.c - the media thread: commands, epoll loop, tick. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "janus-plugin/media_int.h"
#include "janus-plugin/recorder.h"
#include "janus-plugin/util.h"

enum {
	EVENTS = 64,
	MAX_BEHIND = 5, /* ticks made up for after a stall */
	KEEP_MS = 1000, /* housekeeping */
	GRAVE_MS = 10000,
};

enum tag { TAG_RTP, TAG_RTCP, TAG_EVENT, TAG_TIMER }; /* in low pointer bits */

enum cmd_kind {
	CMD_ADD,
	CMD_REMOTE,
	CMD_REMOVE,
	CMD_HEAR,
	CMD_WATCH,
	CMD_LISTEN,
	CMD_RECORD,
	CMD_MARK,
	CMD_DIGITS,
	CMD_STATS,
	CMD_STOP,
};

struct answer { /* on the stack of the thread that waits */
	struct cc_media_stats *out;
	bool done, found;
};

struct cmd {
	STAILQ_ENTRY(cmd) next;
	enum cmd_kind kind;
	uint64_t id;
	union {
		struct port *port;
		struct cc_sdp_media remote;
		struct {
			void (*done)(void *);
			void *arg;
		} remove;
		struct cc_hear hear;
		unsigned limit_ms;
		struct cc_rec *rec;
		char text[128];
		struct answer *answer;
	} u;
};

/* ---- from any thread ---- */

void media_wake(struct cc_media *m)
{
	uint64_t one = 1;

	/* fails only when 2^64 - 1 wake-ups are waiting already */
	if (write(m->event, &one, sizeof(one)) < 0)
		return;
}

static struct cmd *cmd_new(enum cmd_kind kind, uint64_t id)
{
	struct cmd *c = calloc(1, sizeof(*c));

	/* A lost command would leave a call silent or a leg in use for ever;
	 * whoever has no 200 bytes left is restarted. */
	if (!c)
		abort();
	c->kind = kind;
	c->id = id;
	return c;
}

static void post(struct cc_media *m, struct cmd *c)
{
	pthread_mutex_lock(&m->lock);
	STAILQ_INSERT_TAIL(&m->cmds, c, next);
	pthread_mutex_unlock(&m->lock);
	media_wake(m);
}

static struct port *port_new(struct cc_media *m, uint64_t id)
{
	struct port *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->id = id;
	p->m = m;
	p->t.rtp = p->t.rtcp = -1;
	LIST_INIT(&p->sinks);
	port_init_out(p);
	return p;
}

static void post_port(struct cc_media *m, struct port *p)
{
	struct cmd *c = cmd_new(CMD_ADD, p->id);

	c->u.port = p;
	post(m, c);
}

int cc_media_add_trunk(struct cc_media *m, uint64_t id, uint16_t *rtp_port)
{
	struct port *p = port_new(m, id);
	int err;

	if (!p)
		return ENOMEM;
	err = port_open_trunk(m, p, rtp_port);
	if (err)
		free(p);
	else
		post_port(m, p);
	return err;
}

int cc_media_add_web(struct cc_media *m, uint64_t id, void *handle,
		     struct cc_web **web)
{
	struct port *p = port_new(m, id);

	if (!p)
		return ENOMEM;
	p->handle = handle;
	if (web_new(p)) {
		free(p);
		return ENOMEM;
	}
	*web = p->web;
	post_port(m, p);
	return 0;
}

void cc_media_remote(struct cc_media *m, uint64_t id,
		     const struct cc_sdp_media *remote)
{
	struct cmd *c = cmd_new(CMD_REMOTE, id);

	c->u.remote = *remote;
	post(m, c);
}

void cc_media_remove(struct cc_media *m, uint64_t id, void (*done)(void *),
		     void *arg)
{
	struct cmd *c = cmd_new(CMD_REMOVE, id);

	c->u.remove.done = done;
	c->u.remove.arg = arg;
	post(m, c);
}

static enum cc_prompt checked(const struct cc_media *m, enum cc_prompt p)
{
	return p < CC_PROMPT_END && m->prompts.of[p].n ? p : CC_PROMPT_NONE;
}

void cc_media_hear(struct cc_media *m, uint64_t id, const struct cc_hear *h)
{
	struct cmd *c = cmd_new(CMD_HEAR, id);

	c->u.hear = *h;
	for (size_t i = 0; i < CC_LEN(h->play); i++)
		c->u.hear.play[i] = checked(m, h->play[i]);
	c->u.hear.then = checked(m, h->then);
	c->u.hear.comfort = checked(m, h->comfort);
	post(m, c);
}

void cc_media_watch(struct cc_media *m, uint64_t id, unsigned limit_ms)
{
	struct cmd *c = cmd_new(CMD_WATCH, id);

	c->u.limit_ms = limit_ms;
	post(m, c);
}

void cc_media_listen(struct cc_media *m, uint64_t id, unsigned limit_ms)
{
	struct cmd *c = cmd_new(CMD_LISTEN, id);

	c->u.limit_ms = limit_ms;
	post(m, c);
}

void cc_media_record(struct cc_media *m, uint64_t id, struct cc_rec *rec)
{
	struct cmd *c = cmd_new(CMD_RECORD, id);

	c->u.rec = rec;
	post(m, c);
}

static void post_text(struct cc_media *m, enum cmd_kind kind, uint64_t id,
		      const char *text)
{
	struct cmd *c = cmd_new(kind, id);

	cc_copy(c->u.text, sizeof(c->u.text), text);
	post(m, c);
}

void cc_media_mark(struct cc_media *m, uint64_t id, const char *mark)
{
	post_text(m, CMD_MARK, id, mark);
}

void cc_media_dtmf(struct cc_media *m, uint64_t id, const char *digits)
{
	post_text(m, CMD_DIGITS, id, digits);
}

static void answer(struct cc_media *m, uint64_t id, struct answer *a)
{
	struct port *p = media_find(m, id);

	if (p)
		port_stats(p, a->out);
	a->found = p;
}

int cc_media_stats(struct cc_media *m, uint64_t id, struct cc_media_stats *out)
{
	struct answer a = { .out = out };
	struct cmd *c;

	if (pthread_equal(pthread_self(), m->thread)) { /* in a handler */
		answer(m, id, &a);
		return a.found ? 0 : ENOENT;
	}

	c = cmd_new(CMD_STATS, id);
	c->u.answer = &a;
	post(m, c);
	pthread_mutex_lock(&m->lock);
	while (!a.done)
		pthread_cond_wait(&m->answered, &m->lock);
	pthread_mutex_unlock(&m->lock);
	return a.found ? 0 : ENOENT;
}

/* ---- on the media thread ---- */

struct port *media_find(struct cc_media *m, uint64_t id)
{
	struct port *p;

	LIST_FOREACH(p, &m->hash[id % HASH], hash)
		if (p->id == id)
			return p;
	return NULL;
}

void media_emit(struct port *p, enum cc_media_kind kind, char digit)
{
	struct cc_media_event ev = {
		.kind = kind, .port = p->id, .gen = p->hear.gen, .digit = digit
	};

	p->m->handler(&ev, p->m->arg);
}

void media_heard(struct port *p)
{
	p->ever = true;
	p->lost = false;
	media_emit(p, CC_MEDIA_RX_BACK, 0);
}

static void look_after(struct port *p, int64_t now)
{
	int64_t last = port_last_rx(p);

	if (p->listen_ms && !p->quiet &&
	    now - p->voice_at >= p->listen_ms * MEDIA_NS_MS) {
		p->quiet = true;
		media_emit(p, CC_MEDIA_QUIET, 0);
	}

	if (p->web && last && (!p->ever || (p->lost && last > p->lost_at)))
		media_heard(p);
	if (!p->watch_ms || p->lost)
		return;

	if (last < p->watch_from)
		last = p->watch_from;
	if (now - last < p->watch_ms * MEDIA_NS_MS)
		return;
	p->lost = true;
	p->lost_at = now;
	if (p->web)
		atomic_store(&p->web->news, true);
	media_emit(p, CC_MEDIA_RX_LOST, 0);
}

static int watch_fd(struct cc_media *m, int fd, uintptr_t p, enum tag tag)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = p | tag };

	return epoll_ctl(m->epoll, EPOLL_CTL_ADD, fd, &e) ? errno : 0;
}

static void add(struct cc_media *m, struct port *p)
{
	struct port *other;

	LIST_INSERT_HEAD(&m->hash[p->id % HASH], p, hash);
	TAILQ_INSERT_TAIL(&m->ports, p, all);
	if (p->web) {
		LIST_INSERT_HEAD(&m->held, p->web, held);
	} else if (watch_fd(m, p->t.rtp, (uintptr_t)p, TAG_RTP) ||
		   watch_fd(m, p->t.rtcp, (uintptr_t)p, TAG_RTCP)) {
		abort(); /* no kernel memory: as in cmd_new() */
	}

	/* somebody may have been told to hear it before it was there */
	TAILQ_FOREACH(other, &m->ports, all) {
		if (other->hear.from[0] != p->id &&
		    other->hear.from[1] != p->id)
			continue;
		hear_link(other);
		hear_mode(other);
	}
	look_after(p, media_now()); /* it may have been faster than we */
}

static void drop(struct port *p)
{
	struct cc_media *m = p->m;
	int64_t now = media_now();

	port_record(p, NULL, now);
	hear_unlink(p);
	if (p->web)
		leg_bury(p->web, now);
	port_close_trunk(p); /* leaves the epoll set, too */
	LIST_REMOVE(p, hash);
	TAILQ_REMOVE(&m->ports, p, all);
	m->dirty = true;
	free(p);
}

static void set_watch(struct port *p, unsigned limit_ms)
{
	p->watch_ms = limit_ms;
	p->watch_from = media_now();
	if (!limit_ms)
		p->lost = false;
	p->m->dirty = true;
}

static void set_listen(struct port *p, unsigned limit_ms)
{
	p->listen_ms = limit_ms;
	p->voice_at = media_now();
	p->quiet = false;
	if (limit_ms)
		p->voice = 0; /* after the end the figure is asked for */
	p->m->dirty = true;
}

static void mark(struct port *p, const char *text)
{
	if (!p->rec)
		return;
	cc_rec_mark(p->rec, cc_rec_pos(p->rec, media_now()), text);
}

static void digits(struct port *p, const char *text)
{
	/* without a payload type for them there is no way to say them */
	if (p->web || !p->t.dtmf_pt || cc_dtmf_tx_add(&p->digits, text))
		return;
	hear_mode(p);
}

static void run_without_port(struct cc_media *m, struct cmd *c)
{
	if (c->kind == CMD_ADD)
		add(m, c->u.port);
	else if (c->kind == CMD_STOP)
		m->stop = true;
	else if (c->kind == CMD_REMOVE && c->u.remove.done)
		c->u.remove.done(c->u.remove.arg);
	else if (c->kind == CMD_RECORD && c->u.rec)
		cc_rec_close(&c->u.rec, media_now());
}

static void run(struct cc_media *m, struct cmd *c)
{
	struct port *p = media_find(m, c->id);

	if (c->kind == CMD_STATS) {
		answer(m, c->id, c->u.answer);
		pthread_mutex_lock(&m->lock);
		c->u.answer->done = true;
		pthread_cond_broadcast(&m->answered);
		pthread_mutex_unlock(&m->lock);
		return;
	}
	if (!p) {
		run_without_port(m, c);
		return;
	}

	switch (c->kind) {
	case CMD_REMOTE:
		port_remote(p, &c->u.remote);
		break;
	case CMD_REMOVE:
		drop(p);
		if (c->u.remove.done)
			c->u.remove.done(c->u.remove.arg);
		break;
	case CMD_HEAR:
		hear_set(p, &c->u.hear, media_now());
		break;
	case CMD_WATCH:
		set_watch(p, c->u.limit_ms);
		break;
	case CMD_LISTEN:
		set_listen(p, c->u.limit_ms);
		break;
	case CMD_RECORD:
		port_record(p, c->u.rec, media_now());
		break;
	case CMD_MARK:
		mark(p, c->u.text);
		break;
	case CMD_DIGITS:
		digits(p, c->u.text);
		break;
	case CMD_ADD: /* ids are never reused */
	case CMD_STATS:
	case CMD_STOP:
		break;
	}
}

static void run_all(struct cc_media *m)
{
	STAILQ_HEAD(, cmd) list = STAILQ_HEAD_INITIALIZER(list);
	struct cmd *c;

	pthread_mutex_lock(&m->lock);
	STAILQ_CONCAT(&list, &m->cmds);
	pthread_mutex_unlock(&m->lock);
	while ((c = STAILQ_FIRST(&list))) {
		STAILQ_REMOVE_HEAD(&list, next);
		run(m, c);
		free(c);
	}
}

/* ---- the tick ---- */

static void drain_held(struct cc_media *m)
{
	struct cc_web *w;

	LIST_FOREACH(w, &m->held, held)
		leg_drain(w);
}

static void tick(struct cc_media *m)
{
	uint64_t times = 0;
	struct port *p;

	if (read(m->timer, &times, sizeof(times)) < 0)
		return;
	if (times > MAX_BEHIND) {
		m->tick_at += (int64_t)(times - MAX_BEHIND) * MEDIA_TICK;
		times = MAX_BEHIND;
	}
	while (times--) {
		m->tick_at += MEDIA_TICK;
		TAILQ_FOREACH(p, &m->ports, all)
			hear_tick(p, m->tick_at);
	}

	TAILQ_FOREACH(p, &m->ports, all)
		look_after(p, media_now());
}

static void set_timer(struct cc_media *m)
{
	struct itimerspec t = { 0 };
	struct port *p;
	bool want = false;

	m->dirty = false;
	TAILQ_FOREACH(p, &m->ports, all)
		if (hear_needs_tick(p))
			want = true;
	if (want == m->ticking)
		return;

	m->ticking = want;
	if (want) { /* the first one now */
		t.it_value.tv_nsec = 1;
		t.it_interval.tv_nsec = MEDIA_TICK;
		m->tick_at = media_now() - MEDIA_TICK;
	}
	timerfd_settime(m->timer, 0, &t, NULL);
}

/* ---- the loop ---- */

static void keep_house(struct cc_media *m, int64_t now)
{
	struct cc_web *w, *next;
	struct port *p;

	m->keep_at = now + KEEP_MS * MEDIA_NS_MS;
	TAILQ_FOREACH(p, &m->ports, all) {
		if (!p->web)
			port_report(p, now);
		if (atomic_exchange(&p->truncated, false))
			media_emit(p, CC_MEDIA_TRUNCATED, 0);
	}

	for (w = LIST_FIRST(&m->graves); w; w = next) {
		next = LIST_NEXT(w, grave);
		if (now - w->died < GRAVE_MS * MEDIA_NS_MS)
			continue;
		LIST_REMOVE(w, grave);
		free(w);
	}
}

static void lend_held(struct cc_media *m)
{
	struct cc_web *w, *next;

	for (w = LIST_FIRST(&m->held); w; w = next) {
		next = LIST_NEXT(w, held);
		leg_lend(w);
	}
}

/* @return true: there are commands */
static bool on_event(struct cc_media *m)
{
	uint64_t n;
	struct port *p;

	if (read(m->event, &n, sizeof(n)) < 0)
		return false;
	if (atomic_exchange(&m->news, false))
		TAILQ_FOREACH(p, &m->ports, all)
			if (p->web)
				look_after(p, media_now());
	return true;
}

static void turn(struct cc_media *m, const struct epoll_event *e, int n)
{
	bool commands = false, time = false;
	int64_t now;

	for (int i = 0; i < n; i++) {
		struct port *p =
		    (struct port *)(uintptr_t)(e[i].data.u64 & ~(uint64_t)3);

		switch ((enum tag)(e[i].data.u64 & 3)) {
		case TAG_RTP:
			port_read_rtp(p);
			break;
		case TAG_RTCP:
			port_read_rtcp(p);
			break;
		case TAG_EVENT:
			commands = on_event(m);
			break;
		case TAG_TIMER:
			time = true;
			break;
		}
	}

	/* after the sockets: a command may close one of this batch */
	drain_held(m);
	if (commands)
		run_all(m);
	if (time)
		tick(m);
	now = media_now();
	if (now >= m->keep_at)
		keep_house(m, now);
	drain_held(m);
	lend_held(m);
	if (m->dirty)
		set_timer(m);
}

static void *loop(void *arg)
{
	struct cc_media *m = arg;
	struct epoll_event e[EVENTS];

	pthread_setname_np(pthread_self(), "otklik-media");
	while (!m->stop) {
		int idle = TAILQ_EMPTY(&m->ports) && LIST_EMPTY(&m->graves);
		int n = epoll_wait(m->epoll, e, EVENTS, idle ? -1 : KEEP_MS);

		turn(m, e, n);
	}
	return NULL;
}

/* ---- open, close ---- */

static int start(struct cc_media *m)
{
	int err;

	m->epoll = epoll_create1(EPOLL_CLOEXEC);
	m->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	m->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (m->epoll < 0 || m->event < 0 || m->timer < 0)
		return EMFILE;
	err = watch_fd(m, m->event, 0, TAG_EVENT);
	if (!err)
		err = watch_fd(m, m->timer, 0, TAG_TIMER);
	if (!err)
		err = pthread_create(&m->thread, NULL, loop, m);
	return err;
}

static void destroy(struct cc_media *m)
{
	struct cc_web *w;
	struct port *p;
	struct cmd *c;

	while ((c = STAILQ_FIRST(&m->cmds))) { /* what came after the stop */
		STAILQ_REMOVE_HEAD(&m->cmds, next);
		run(m, c);
		free(c);
	}
	while ((p = TAILQ_FIRST(&m->ports)))
		drop(p);
	while ((w = LIST_FIRST(&m->graves))) {
		LIST_REMOVE(w, grave);
		free(w);
	}

	if (m->timer >= 0)
		close(m->timer);
	if (m->event >= 0)
		close(m->event);
	if (m->epoll >= 0)
		close(m->epoll);
	cc_prompts_free(&m->prompts);
	pthread_cond_destroy(&m->answered);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

int cc_media_open(struct cc_media **mp, const struct cc_media_conf *conf,
		  cc_media_h *handler, void *arg, char *err, size_t errlen)
{
	struct cc_media *m = calloc(1, sizeof(*m));
	int e;

	if (!m)
		return ENOMEM;
	m->conf = *conf;
	m->handler = handler;
	m->arg = arg;
	m->epoll = m->event = m->timer = -1;
	STAILQ_INIT(&m->cmds);
	TAILQ_INIT(&m->ports);
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->answered, NULL);

	e = conf->port_max > conf->port_min &&
		    inet_pton(AF_INET, conf->addr, &m->addr) == 1
		? 0
		: EINVAL;
	if (e)
		snprintf(err, errlen, "media: address %s, ports %u-%u",
			 conf->addr, conf->port_min, conf->port_max);
	else
		e = cc_prompts_load(&m->prompts, conf->prompts, err, errlen);
	if (!e) {
		e = start(m);
		if (e)
			snprintf(err, errlen, "media: %s", strerror(e));
	}

	if (e)
		destroy(m);
	else
		*mp = m;
	return e;
}

int cc_media_prompt(struct cc_media *m, const char *path, enum cc_prompt *out)
{
	return cc_prompts_add(&m->prompts, path, out);
}

void cc_media_close(struct cc_media **mp)
{
	struct cc_media *m = *mp;

	if (!m)
		return;
	post(m, cmd_new(CMD_STOP, 0));
	pthread_join(m->thread, NULL);
	m->stop = true;
	destroy(m);
	*mp = NULL;
}
