/*
 * The loop is the one that loses no request in a restart and never spins:
 * both stop signals have handlers of ours before libfcgi looks for its own,
 * are blocked, and are open only inside ppoll and for one moment a turn (a
 * ready socket would otherwise hide a pending signal for ever).
 */
#include "cgi/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MULTIPART "multipart/form-data"

static volatile sig_atomic_t stop_now;

static void on_stop(int sig)
{
	(void)sig;
	stop_now = 1;
}

static void on_watchdog(int sig)
{
	static const char text[] = "otklik-pages: a request took too long, "
				   "this worker gives up\n";

	(void)sig;
	if (write(2, text, sizeof(text) - 1) < 0)
		_exit(71);
	_exit(70);
}

static int set_signals(sigset_t *stops)
{
	struct sigaction stop = { .sa_handler = on_stop };
	struct sigaction dog = { .sa_handler = on_watchdog };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigemptyset(stops);
	sigaddset(stops, SIGTERM);
	sigaddset(stops, SIGUSR1);
	if (sigaction(SIGTERM, &stop, NULL) ||
	    sigaction(SIGUSR1, &stop, NULL) || sigaction(SIGALRM, &dog, NULL) ||
	    sigaction(SIGPIPE, &ignore, NULL) ||
	    sigprocmask(SIG_BLOCK, stops, NULL))
		return errno;
	return 0;
}

/* @return len, or -1: too long or cut short */
static long read_body(FCGX_Request *rq, char *body)
{
	const char *text = FCGX_GetParam("CONTENT_LENGTH", rq->envp);
	char *end = NULL;
	unsigned long want = text && *text ? strtoul(text, &end, 10) : 0;
	unsigned long have = 0;

	if ((end && *end) || want > HTTP_MAX_BODY)
		return -1;
	while (have < want) {
		int n = FCGX_GetStr(body + have, (int)(want - have), rq->in);

		if (n <= 0)
			return -1;
		have += (unsigned long)n;
	}
	return (long)have;
}

static void send_response(FCGX_Request *rq, const struct request *req,
			  struct response *res)
{
	char status[64] = "Status: ";

	if (res->head.failed || res->body.failed) {
		FCGX_PutS("Status: 500 Internal Server Error\r\n\r\n", rq->out);
		return;
	}
	status[8] = (char)('0' + res->status / 100);
	status[9] = (char)('0' + res->status / 10 % 10);
	status[10] = (char)('0' + res->status % 10);
	status[11] = ' ';
	status[12] = '\0';
	FCGX_PutS(status, rq->out);
	FCGX_PutS(http_reason(res->status), rq->out);
	FCGX_PutS("\r\n", rq->out);
	if (res->head.len)
		FCGX_PutStr(res->head.data, (int)res->head.len, rq->out);
	FCGX_PutS("\r\n", rq->out);
	if (res->body.len && !req->head)
		FCGX_PutStr(res->body.data, (int)res->body.len, rq->out);
}

/* Piece by piece; what is cut short is shorter than its Content-Length. */
static void send_file(FCGX_Request *rq, FILE *file)
{
	char part[32768];
	size_t n;

	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		if (FCGX_PutStr(part, (int)n, rq->out) < 0)
			return;
}

static size_t read_more(void *arg, char *buf, size_t size)
{
	FCGX_Request *rq = arg;
	int n = FCGX_GetStr(buf, (int)size, rq->in);

	return n > 0 ? (size_t)n : 0;
}

/* A file's bytes are asked for by who wants them. */
static bool streamed(const FCGX_Request *rq)
{
	return !strncasecmp(http_env(rq->envp, "CONTENT_TYPE"), MULTIPART,
			    sizeof(MULTIPART) - 1);
}

static void serve_one(FCGX_Request *rq, struct request *req, char *body,
		      fcgi_handler handler, void *arg)
{
	struct response res = { 0 };
	bool stream = streamed(rq);
	long len = stream ? 0 : read_body(rq, body);
	int err = http_request(req, rq->envp, body, len < 0 ? 0 : (size_t)len);

	if (stream)
		req->stream =
		    (struct http_stream){ http_env(rq->envp, "CONTENT_TYPE"),
					  read_more, rq };
	handler(arg, len < 0 ? E2BIG : err, req, &res);
	send_response(rq, req, &res);
	if (res.file) {
		send_file(rq, res.file);
		fclose(res.file);
	}
	response_free(&res);
}

int fcgi_serve(fcgi_handler handler, void *arg, unsigned limit_s)
{
	struct request *req = calloc(1, sizeof(*req));
	char *body = malloc(HTTP_MAX_BODY + 1);
	FCGX_Request rq;
	sigset_t stops, waiting;
	int err = req && body ? 0 : ENOMEM;

	/* die with multiwatch, also when that is killed with -9 */
	if (!err && prctl(PR_SET_PDEATHSIG, SIGTERM))
		err = errno;
	if (!err)
		err = set_signals(&stops);
	if (!err && (FCGX_Init() || FCGX_InitRequest(&rq, 0, 0)))
		err = EIO;
	if (!err && fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK))
		err = errno;
	if (err)
		goto out;

	sigprocmask(SIG_BLOCK, NULL, &waiting);
	sigdelset(&waiting, SIGTERM);
	sigdelset(&waiting, SIGUSR1);
	for (;;) {
		struct pollfd door = { .fd = 0, .events = POLLIN };

		sigprocmask(SIG_UNBLOCK, &stops, NULL);
		sigprocmask(SIG_BLOCK, &stops, NULL);
		if (stop_now)
			break;
		if (ppoll(&door, 1, NULL, &waiting) <= 0)
			continue;
		if (FCGX_Accept_r(&rq) < 0)
			continue;
		alarm(limit_s);
		serve_one(&rq, req, body, handler, arg);
		FCGX_Finish_r(&rq);
		alarm(0);
	}
	FCGX_Free(&rq, 1);
out:
	free(body);
	free(req);
	return err;
}
