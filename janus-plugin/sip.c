/*
 * One nua, one thread. Everything below the line "the SIP thread" runs in that
 * thread only, so dialogs need no lock; the commands above it only append to a
 * queue and wake the thread by an eventfd.
 *
 * sofia-sip is kept out of the media: SDP passes as text. What it does for us:
 * parsing, transactions, retransmission, ACK, CANCEL held back until the first
 * provisional response, 481/491/500 for overlapping requests.
 */
#include "janus-plugin/sip_int.h"

#include "janus-plugin/sip_tls.h"
#include "janus-plugin/util.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CLOSE_MS = 1900,  /* cc_sip_close promises 2 s */
	ENDING_MS = 1200, /* of these for BYE and CANCEL */
};

enum cmd_kind {
	CMD_RING,
	CMD_ANSWER,
	CMD_REJECT,
	CMD_INVITE,
	CMD_REOFFER,
	CMD_HANGUP,
	CMD_TRUNKS,
	CMD_CHECK,
	CMD_RESOLVED,
};

struct cmd {
	struct cmd *next;
	enum cmd_kind kind;
	uint64_t dialog;
	int status;
	bool update;
	char *sdp;
	uint32_t trunk;
	struct cc_sip_way *ways;
	struct cc_trunk_conf *trunks;
	struct target *targets;
	size_t count; /* of any of them */
};

/* ---- commands, from any thread ---- */

static void cmd_free(struct cmd *cmd)
{
	if (!cmd)
		return;
	free(cmd->sdp);
	free(cmd->ways);
	free(cmd->trunks);
	free(cmd->targets);
	free(cmd);
}

static struct cmd *cmd_new(enum cmd_kind kind, uint64_t dialog, const char *sdp)
{
	struct cmd *cmd = calloc(1, sizeof(*cmd));

	if (!cmd)
		return NULL;
	cmd->kind = kind;
	cmd->dialog = dialog;
	if (sdp) {
		cmd->sdp = strdup(sdp);
		if (!cmd->sdp) {
			free(cmd);
			return NULL;
		}
	}
	return cmd;
}

/* Takes cmd. */
static int cmd_post(struct cc_sip *sip, struct cmd *cmd)
{
	const uint64_t one = 1;
	bool first;

	if (!cmd)
		return ENOMEM;
	pthread_mutex_lock(&sip->lock);
	first = !sip->queue;
	*sip->queue_end = cmd;
	sip->queue_end = &cmd->next;
	pthread_mutex_unlock(&sip->lock);
	if (first && write(sip->wake, &one, sizeof(one)) < 0)
		errno = 0; /* readable already: the thread will look */
	return 0;
}

void cc_sip_ring(struct cc_sip *sip, uint64_t dialog)
{
	cmd_post(sip, cmd_new(CMD_RING, dialog, NULL));
}

void cc_sip_answer(struct cc_sip *sip, uint64_t dialog, const char *sdp)
{
	cmd_post(sip, cmd_new(CMD_ANSWER, dialog, sdp));
}

void cc_sip_reject(struct cc_sip *sip, uint64_t dialog, int status)
{
	struct cmd *cmd = cmd_new(CMD_REJECT, dialog, NULL);

	if (cmd)
		cmd->status = status < 300 || status > 699 ? 500 : status;
	cmd_post(sip, cmd);
}

int cc_sip_reoffer(struct cc_sip *sip, uint64_t dialog, const char *sdp,
		   bool update)
{
	struct cmd *cmd = cmd_new(CMD_REOFFER, dialog, sdp);

	if (cmd)
		cmd->update = update;
	return cmd_post(sip, cmd);
}

int cc_sip_invite(struct cc_sip *sip, uint32_t trunk,
		  const struct cc_sip_way *ways, size_t n, const char *sdp,
		  uint64_t *dialog)
{
	struct cmd *cmd;

	if (!sdp || !n || n > CC_SIP_WAYS || ways[0].trunk)
		return EINVAL;
	for (size_t i = 0; i < n; i++)
		if (!cc_sip_number_ok(ways[i].number) ||
		    (ways[i].from[0] && !cc_sip_number_ok(ways[i].from)))
			return EINVAL;

	cmd = cmd_new(CMD_INVITE, 0, sdp);
	if (!cmd)
		return ENOMEM;
	cmd->ways = calloc(n, sizeof(*ways));
	if (!cmd->ways) {
		cmd_free(cmd);
		return ENOMEM;
	}
	memcpy(cmd->ways, ways, n * sizeof(*ways));
	cmd->count = n;
	cmd->trunk = trunk;
	cmd->dialog = atomic_fetch_add(&sip->last_id, 1) + 1;
	*dialog = cmd->dialog;
	return cmd_post(sip, cmd);
}

void cc_sip_hangup(struct cc_sip *sip, uint64_t dialog)
{
	cmd_post(sip, cmd_new(CMD_HANGUP, dialog, NULL));
}

int cc_sip_trunks(struct cc_sip *sip, const struct cc_trunk_conf *list,
		  size_t n)
{
	struct cmd *cmd = cmd_new(CMD_TRUNKS, 0, NULL);

	if (!cmd)
		return ENOMEM;
	cmd->trunks = calloc(n ? n : 1, sizeof(*list));
	if (!cmd->trunks) {
		cmd_free(cmd);
		return ENOMEM;
	}
	if (n)
		memcpy(cmd->trunks, list, n * sizeof(*list));
	cmd->count = n;
	return cmd_post(sip, cmd);
}

void cc_sip_check(struct cc_sip *sip, uint32_t trunk)
{
	struct cmd *cmd = cmd_new(CMD_CHECK, 0, NULL);

	if (cmd)
		cmd->trunk = trunk;
	cmd_post(sip, cmd);
}

void cc_sip_found(struct cc_sip *sip, uint64_t serial, struct target *targets,
		  size_t n)
{
	struct cmd *cmd = cmd_new(CMD_RESOLVED, serial, NULL);

	if (!cmd) {
		free(targets); /* the timer asks again */
		return;
	}
	cmd->targets = targets;
	cmd->count = n;
	cmd_post(sip, cmd);
}

void cc_sip_stats(struct cc_sip *sip, struct cc_sip_stats *out)
{
	out->invites = atomic_load(&sip->invites);
	out->foreign = atomic_load(&sip->foreign);
	out->bad_contact = atomic_load(&sip->bad_contact);
	out->malformed = atomic_load(&sip->malformed);
	out->dialogs = atomic_load(&sip->dialogs);
	out->trunk_up = atomic_load(&sip->trunk_up);
}

/* ---- the SIP thread ---- */

static void do_cmd(struct cc_sip *sip, struct cmd *cmd)
{
	struct dlg *d = NULL;

	if (cmd->kind == CMD_INVITE)
		cc_sip_do_invite(sip,
				 &(struct call_order){ .id = cmd->dialog,
						       .trunk = cmd->trunk,
						       .ways = cmd->ways,
						       .way_count = cmd->count,
						       .sdp = cmd->sdp });
	else if (cmd->kind == CMD_TRUNKS && !sip->closing)
		cc_sip_do_trunks(sip, cmd->trunks, cmd->count);
	else if (cmd->kind == CMD_CHECK && !sip->closing)
		cc_sip_do_check(sip, cmd->trunk);
	else if (cmd->kind == CMD_RESOLVED && !sip->closing)
		cc_sip_resolved(sip, cmd->dialog, cmd->targets, cmd->count);
	else
		d = cc_sip_find(sip, cmd->dialog);
	if (!d)
		return;
	switch (cmd->kind) {
	case CMD_RING:
		cc_sip_do_ring(d);
		break;
	case CMD_ANSWER:
		if (cmd->sdp)
			cc_sip_do_answer(d, cmd->sdp);
		break;
	case CMD_REJECT:
		cc_sip_do_reject(d, cmd->status);
		break;
	case CMD_REOFFER:
		cc_sip_do_reoffer(d, cmd->sdp, cmd->update);
		cmd->sdp = NULL;
		break;
	case CMD_HANGUP:
		cc_sip_do_hangup(d);
		break;
	case CMD_INVITE:
	case CMD_TRUNKS:
	case CMD_CHECK:
	case CMD_RESOLVED:
		break;
	}
}

static int on_wake(struct cc_sip *sip, su_wait_t *wait, struct cc_sip *same)
{
	struct cmd *cmd;
	struct cmd *next;
	uint64_t n;

	(void)wait;
	(void)same;
	if (read(sip->wake, &n, sizeof(n)) < 0)
		return 0; /* EAGAIN: somebody has emptied it */
	pthread_mutex_lock(&sip->lock);
	cmd = sip->queue;
	sip->queue = NULL;
	sip->queue_end = &sip->queue;
	sip->closing = sip->stop;
	pthread_mutex_unlock(&sip->lock);
	for (; cmd; cmd = next) {
		next = cmd->next;
		do_cmd(sip, cmd);
		cmd_free(cmd);
	}
	return 0;
}

/* ---- the SIP thread: start and end ---- */

/* Numbers of callers stand in what sofia logs. */
static void log_nothing(void *stream, char const *fmt, va_list ap)
{
	(void)stream;
	(void)fmt;
	(void)ap;
}

static void init_sofia(void)
{
	su_init();
	su_log_redirect(NULL, log_nothing, NULL);
	cc_sip_auth_init();
	cc_refresh_setup();
}

/* sofia only says "no": bind both for a moment to learn why. */
static int probe_port(const char *addr, uint16_t port, int type)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
				  .sin_port = htons(port) };
	const int on = 1;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return errno;
	inet_pton(AF_INET, addr, &sa.sin_addr);
	/* TCP: connections in TIME_WAIT are no obstacle */
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		err = errno == EADDRINUSE ? EADDRINUSE : EINVAL;
	else if (type == SOCK_STREAM && listen(fd, 1) < 0)
		err = errno;
	close(fd);
	return err;
}

/* Never a list of transports in the URL: this sofia keeps the split list in a
 * block that it has left. */
static nua_t *nua_new(struct cc_sip *sip, const char *url)
{
	nua_t *nua = nua_create(
	    sip->root, cc_sip_on_nua, sip, NUTAG_URL(url),
	    NTATAG_SIP_T1(sip->t1_ms), NTATAG_SIP_T1X64(sip->t1_ms * 64),
	    NTATAG_SIP_T2(sip->t1_ms * 8), NTATAG_SIP_T4(sip->t1_ms * 10),
	    NTATAG_MCLASS(cc_refresh_headers()), TAG_END());

	if (!nua)
		return NULL;
	nua_set_params(nua, NUTAG_MEDIA_ENABLE(0), NUTAG_AUTOALERT(0),
		       NUTAG_AUTOANSWER(0), NUTAG_AUTOACK(0),
		       /* digest, Min-SE and Min-Expires are followed; 3xx and
	     * Retry-After are not */
		       NUTAG_RETRY_COUNT(4), NUTAG_AUTO302(0), NUTAG_AUTO305(0),
		       NUTAG_MAX_RETRY_AFTER(0),
		       /* RFC 4028 is ours (sip_refresh.c) */
		       NUTAG_SESSION_TIMER(0), NUTAG_MIN_SE(0),
		       SIPTAG_SUPPORTED_STR(CC_SIP_SUPPORTED),
		       SIPTAG_USER_AGENT_STR("Otklik"), NUTAG_ALLOW(NULL),
		       SIPTAG_ALLOW_STR(CC_SIP_ALLOW), NUTAG_APPL_METHOD(NULL),
		       NUTAG_APPL_METHOD("INVITE, UPDATE, INFO, OPTIONS"),
		       TAG_END());
	return nua;
}

/* What the operators see is our address; that they speak TLS, sofia does not
 * know (sip_hop.h). Its lines say so where this cannot be. */
static int set_up_tls(struct cc_sip *sip)
{
	const struct cc_tls_conf conf = { .root = sip->root,
					  .dir = sip->tls_dir,
					  .addr = sip->addr,
					  .port = sip->sips_port,
					  .t1_ms = sip->t1_ms,
					  .known = cc_sip_known,
					  .talks = cc_sip_talks,
					  .arg = sip };
	char url[96];
	int err;

	if (!sip->tls_dir)
		return 0;
	snprintf(url, sizeof(url),
		 "sip:%s:%u;transport=tcp;maddr=" CC_TLS_INNER, sip->addr,
		 (unsigned)sip->sips_port);
	sip->tls_nua = nua_new(sip, url);
	if (sip->tls_nua)
		return cc_tls_open(&sip->tls, &conf);
	err = probe_port(CC_TLS_INNER, sip->sips_port, SOCK_STREAM);
	snprintf(sip->tls_words, sizeof(sip->tls_words),
		 "Inner port " CC_TLS_INNER ":%u: %s", (unsigned)sip->sips_port,
		 strerror(err ? err : EADDRNOTAVAIL));
	return 0;
}

static int set_up(struct cc_sip *sip)
{
	char url[64];

	cc_sip_auth_bind(sip);
	cc_refresh_bind(sip);
	sip->root = su_root_create(sip);
	if (!sip->root)
		return ENOMEM;
	su_root_threading(sip->root, 0); /* nua in this very thread */

	if (su_wait_create(&sip->wait, sip->wake, SU_WAIT_IN) < 0)
		return ENOMEM;
	sip->wait_index =
	    su_root_register(sip->root, &sip->wait, on_wake, sip, 0);
	if (sip->wait_index < 0)
		return ENOMEM;

	/* without a transport it binds UDP and TCP */
	snprintf(url, sizeof(url), "sip:%s:%u", sip->addr, (unsigned)sip->port);
	sip->nua = nua_new(sip, url);
	return sip->nua ? set_up_tls(sip) : EADDRINUSE;
}

long cc_sip_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000L;
}

static void take_down(struct cc_sip *sip)
{
	long start = cc_sip_now_ms();

	nua_t *const nuas[] = { sip->nua, sip->tls_nua };
	unsigned alive = 0;

	if (sip->nua) {
		/* a silent peer must not hold us up for 64 × T1 */
		for (size_t i = 0; i < CC_LEN(nuas); i++)
			if (nuas[i])
				nua_set_params(nuas[i],
					       NTATAG_SIP_T1X64(ENDING_MS / 2),
					       TAG_END());
		cc_sip_end_all(sip, false);
		while (atomic_load(&sip->dialogs) &&
		       cc_sip_now_ms() - start < ENDING_MS)
			su_root_step(sip->root, 20);
		cc_sip_end_all(sip, true);
		cc_sip_trunks_close(sip);
		for (size_t i = 0; i < CC_LEN(nuas); i++) {
			if (!nuas[i])
				continue;
			nua_shutdown(nuas[i]);
			alive++;
		}
		while (sip->down < alive && cc_sip_now_ms() - start < CLOSE_MS)
			su_root_step(sip->root, 20);
		/* nua_destroy asserts that the shutdown is complete. If a
		 * peer has kept it from that, the leak is the lesser evil. */
		if (sip->down < alive)
			return;
		for (size_t i = 0; i < CC_LEN(nuas); i++)
			if (nuas[i])
				nua_destroy(nuas[i]);
	}
	cc_tls_close(&sip->tls);
	if (sip->wait_index > 0)
		su_root_deregister(sip->root, sip->wait_index);
	if (sip->root)
		su_root_destroy(sip->root);
}

static void *run(void *arg)
{
	struct cc_sip *sip = arg;
	int err = set_up(sip);

	pthread_setname_np(pthread_self(), "otklik-sip");
	pthread_mutex_lock(&sip->lock);
	sip->started = true;
	sip->error = err;
	pthread_cond_signal(&sip->cond);
	pthread_mutex_unlock(&sip->lock);

	if (!err)
		cc_sip_do_trunks(sip, &sip->builtin, 1);
	while (!err && !sip->closing)
		su_root_step(sip->root, 1000);
	sip->closing = true;
	take_down(sip);
	return NULL;
}

static void sip_free(struct cc_sip *sip)
{
	struct cmd *next;

	for (struct cmd *cmd = sip->queue; cmd; cmd = next) {
		next = cmd->next;
		cmd_free(cmd);
	}
	if (sip->wake >= 0)
		close(sip->wake);
	pthread_cond_destroy(&sip->cond);
	pthread_mutex_destroy(&sip->lock);
	cc_resolver_end(sip->resolver);
	free(sip->tls_dir);
	free(sip);
}

int cc_sip_open(struct cc_sip **sipp, const struct cc_sip_conf *conf,
		cc_sip_h *handler, void *arg)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct cc_sip *sip;
	struct in_addr own;
	struct in_addr peer;
	int err = 0;

	if (!conf->port || !conf->peer_port ||
	    inet_pton(AF_INET, conf->addr, &own) != 1)
		return EINVAL;
	sip = calloc(1, sizeof(*sip));
	if (!sip)
		return ENOMEM;
	pthread_mutex_init(&sip->lock, NULL);
	pthread_cond_init(&sip->cond, NULL);
	sip->queue_end = &sip->queue;
	sip->handler = handler;
	sip->arg = arg;
	sip->port = conf->port;
	sip->t1_ms = conf->t1_ms ? conf->t1_ms : 500;
	atomic_store(&sip->trunk_up, -1);
	cc_copy(sip->addr, sizeof(sip->addr), conf->addr);
	sip->session.want_s = conf->session_s ? conf->session_s : 1800;
	sip->session.min_s = conf->min_se_s ? conf->min_se_s : 90;
	sip->builtin.id = CC_TRUNK_BUILTIN;
	sip->builtin.port = conf->peer_port;
	cc_copy(sip->builtin.host, sizeof(sip->builtin.host), conf->peer_host);
	if (conf->tls_dir && conf->sips_port) {
		sip->sips_port = conf->sips_port;
		sip->tls_dir = strdup(conf->tls_dir);
		if (!sip->tls_dir)
			err = ENOMEM;
	}
	sip->resolver = cc_resolver_new(sip);
	sip->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (sip->wake < 0)
		err = errno;
	if (!err && !sip->resolver)
		err = ENOMEM;
	if (!err && inet_pton(AF_INET, conf->peer_host, &peer) != 1)
		err = EINVAL;
	if (!err)
		err = probe_port(sip->addr, sip->port, SOCK_DGRAM);
	if (!err)
		err = probe_port(sip->addr, sip->port, SOCK_STREAM);
	if (err)
		goto out;

	pthread_once(&once, init_sofia);
	err = pthread_create(&sip->thread, NULL, run, sip);
	if (err)
		goto out;
	pthread_mutex_lock(&sip->lock);
	while (!sip->started)
		pthread_cond_wait(&sip->cond, &sip->lock);
	err = sip->error;
	pthread_mutex_unlock(&sip->lock);
	if (err)
		pthread_join(sip->thread, NULL);
out:
	if (err)
		sip_free(sip);
	else
		*sipp = sip;
	return err;
}

void cc_sip_close(struct cc_sip **sipp)
{
	struct cc_sip *sip = *sipp;
	const uint64_t one = 1;

	if (!sip)
		return;
	*sipp = NULL;
	pthread_mutex_lock(&sip->lock);
	sip->stop = true;
	pthread_mutex_unlock(&sip->lock);
	if (write(sip->wake, &one, sizeof(one)) < 0)
		errno = 0; /* readable already: the thread will look */
	pthread_join(sip->thread, NULL);
	sip_free(sip);
}
