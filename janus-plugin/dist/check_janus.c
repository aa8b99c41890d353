/*
 * otklik-check-janus - is this Janus closed as it must be?
 *
 *   otklik-check-janus SOCKET SECONDS
 *
 * Janus starts with every plugin and without tokens when janus.jcfg does not
 * parse. So its `info`, asked over our socket within SECONDS, must show token
 * authentication, exactly our plugin and exactly the WebSocket transport. The
 * transport answers a moment before Janus lists it: what is missing is asked
 * for again, what is too much is final.
 * Exit status: 0 it is; 1 it is not, with the reason; 2 usage.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#define PLUGIN    "janus.plugin.otklik"
#define TRANSPORT "janus.transport.websockets"
#define AGAIN_MS  50

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The socket appears some time after Janus does. */
static int connect_until(const char *path, int64_t end)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(a.sun_path))
		return -1;
	memcpy(a.sun_path, path, strlen(path) + 1);

	while (connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		if (now_ms() >= end) {
			close(fd);
			return -1;
		}
		poll(NULL, 0, 20);
	}
	return fd;
}

static bool read_all(int fd, void *buf, size_t len, int64_t end)
{
	uint8_t *at = buf;

	while (len) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = end - now_ms();
		ssize_t n;

		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return false;
		n = read(fd, at, len);
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool upgrade(int fd, int64_t end)
{
	static const char ask[] =
	    "GET / HTTP/1.1\r\n"
	    "Host: localhost\r\n"
	    "Upgrade: websocket\r\n"
	    "Connection: Upgrade\r\n"
	    "Sec-WebSocket-Key: b3RrbGlrLWNoZWNrLS0tLQ==\r\n"
	    "Sec-WebSocket-Version: 13\r\n"
	    "Sec-WebSocket-Protocol: janus-protocol\r\n"
	    "\r\n";
	char head[2048] = "";
	size_t len = 0;

	if (write(fd, ask, sizeof(ask) - 1) != (ssize_t)sizeof(ask) - 1)
		return false;
	while (len < 4 || memcmp(head + len - 4, "\r\n\r\n", 4)) {
		if (len + 1 >= sizeof(head) ||
		    !read_all(fd, head + len, 1, end))
			return false;
		len++;
	}
	head[len] = '\0';
	return !strncmp(head, "HTTP/1.1 101", 12);
}

/* One masked text frame; the mask is zero, so the text stands as it is. */
static bool send_text(int fd, const char *text)
{
	uint8_t frame[131];
	size_t len = strlen(text);

	if (len > 125)
		return false;
	frame[0] = 0x81;
	frame[1] = (uint8_t)(0x80 | len);
	memset(frame + 2, 0, 4);
	memcpy(frame + 6, text, len);
	return write(fd, frame, len + 6) == (ssize_t)(len + 6);
}

/* The next whole text message; pings and fragments are passed over. */
static char *read_text(int fd, int64_t end)
{
	char *text = NULL;
	size_t have = 0;

	for (;;) {
		uint8_t h[2], ext[8];
		uint64_t len;
		unsigned more = 0;
		char *grown;

		if (!read_all(fd, h, 2, end))
			break;
		len = h[1] & 0x7f;
		if (len >= 126)
			more = len == 126 ? 2 : 8;
		if (more && !read_all(fd, ext, more, end))
			break;
		if (more)
			len = 0;
		for (unsigned i = 0; i < more; i++)
			len = len << 8 | ext[i];
		if (have + len > 1 << 20)
			break;
		grown = realloc(text, have + len + 1);
		if (!grown)
			break;
		text = grown;
		if (!read_all(fd, text + have, len, end))
			break;
		if ((h[0] & 0x0f) > 2) /* a control frame */
			continue;
		have += len;
		text[have] = '\0';
		if (h[0] & 0x80)
			return text;
	}
	free(text);
	return NULL;
}

enum verdict { CLOSED, MISSING, WRONG };

/* What stands there besides what may, or what is missing. */
static enum verdict exactly(json_t *object, const char *what, const char *only,
			    bool say)
{
	enum verdict v = CLOSED;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		if (strcmp(key, only)) {
			fprintf(stderr,
				"janus: %s %s is loaded; only %s may be\n",
				what, key, only);
			v = WRONG;
		}
	}
	if (v == WRONG || json_object_get(object, only))
		return v;
	if (say)
		fprintf(stderr, "janus: %s %s is not loaded\n", what, only);
	return MISSING;
}

/* say: name what is missing too, since it will not be asked for again. */
static enum verdict judge(const char *text, bool say)
{
	json_t *info = json_loads(text, 0, NULL);
	enum verdict plugins, transports;
	bool tokens = json_is_true(json_object_get(info, "auth_token"));

	if (!tokens)
		fprintf(stderr, "janus: token authentication is off: "
				"janus.jcfg was not read or has no "
				"token_auth = true\n");
	plugins =
	    exactly(json_object_get(info, "plugins"), "plugin", PLUGIN, say);
	transports = exactly(json_object_get(info, "transports"), "transport",
			     TRANSPORT, say);
	json_decref(info);
	if (!tokens)
		return WRONG;
	return plugins > transports ? plugins : transports;
}

/* @return 0, or 1 with the reason said */
static int check(int fd, const char *path, int64_t end)
{
	static const char ask[] =
	    "{\"janus\":\"info\",\"transaction\":\"check\"}";
	enum verdict v;
	char *text;

	if (!upgrade(fd, end)) {
		fprintf(stderr, "janus: no WebSocket on %s\n", path);
		return 1;
	}
	for (;;) {
		bool last = now_ms() + AGAIN_MS >= end;

		text = send_text(fd, ask) ? read_text(fd, end) : NULL;
		if (!text) {
			fprintf(stderr, "janus: no answer to info on %s\n",
				path);
			return 1;
		}
		v = judge(text, last);
		free(text);
		if (v != MISSING || last)
			return v != CLOSED;
		poll(NULL, 0, AGAIN_MS);
	}
}

int main(int argc, char **argv)
{
	int64_t end;
	int fd, status;

	if (argc != 3) {
		fprintf(stderr, "usage: otklik-check-janus SOCKET SECONDS\n");
		return 2;
	}
	end = now_ms() + 1000 * strtol(argv[2], NULL, 10);
	fd = connect_until(argv[1], end);
	if (fd < 0) {
		fprintf(stderr, "janus: nobody answers on %s\n", argv[1]);
		return 1;
	}
	status = check(fd, argv[1], end);
	close(fd);
	return status;
}
