/*
 * http.h - one request and one response as values. Pure: fcgi.c fills and
 * sends them, tests make them by hand.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cgi/buf.h"
#include "cgi/form.h"

enum http_method { HTTP_GET, HTTP_POST, HTTP_OTHER };

#define HTTP_MAX_PATH   512
#define HTTP_MAX_QUERY  4096
#define HTTP_MAX_COOKIE 4096
#define HTTP_MAX_BODY   (1u << 20)

/* A body that is not read beforehand: multipart/form-data. */
struct http_stream {
	const char *type; /* Content-Type; NULL: there is no such body */
	/* @return bytes, 0 at its end or when it breaks off */
	size_t (*read)(void *arg, char *buf, size_t size);
	void *arg;
};

struct request {
	enum http_method method;
	bool head;   /* HEAD: method is HTTP_GET, the body is not sent */
	bool htmx;   /* only #page will be used of the answer */
	bool framed; /* htmx, and not its request for a whole page */
	char path[HTTP_MAX_PATH]; /* decoded */
	const char *address;      /* of the client, "" if unknown */
	bool refresh;     /* by the page itself: nobody has asked (X-Refresh) */
	const char *csrf; /* X-CSRF, "" if absent */
	const char *range;   /* Range, "" if absent */
	const char *referer; /* Referer, "" if absent */
	struct form query, body, cookies;
	struct http_stream stream;
	const char *json; /* the body, if it is JSON; else NULL */
	size_t json_len;
	char query_text[HTTP_MAX_QUERY + 1];   /* query points here */
	char cookie_text[HTTP_MAX_COOKIE + 1]; /* cookies point here */
};

/**
 * Read the CGI variables and the body.
 *
 * @param req   Too big for a small stack: 80 KiB. Written in any case
 * @param envp  "NAME=value" strings, NULL at the end; must outlive req
 * @param body  len bytes and room for one more; decoded in place, must
 *              outlive req
 * @return 0, EBADMSG, EILSEQ or E2BIG as form_parse; EPROTONOSUPPORT for a
 *         body that is neither a form nor JSON
 */
int http_request(struct request *req, char **envp, char *body, size_t len);

/* "NAME=value" of the CGI variables: the value, or "". */
const char *http_env(char **envp, const char *name);

struct response {
	int status;      /* 0: the handler has not answered */
	struct buf head; /* "Name: value\r\n" */
	struct buf body;
	bool render;     /* the route's view makes the body */
	FILE *file;      /* NULL, or sent behind the body; fcgi.c closes it */
	const char *why; /* catalogue key of an error, NULL: by status */
};

void response_free(struct response *res);

/* @return 0, or EINVAL: a control character in the value (nothing added) */
int response_header(struct response *res, const char *name, const char *value);

/* These return 0 so that a handler may end with one. */
int respond_page(struct response *res, int status);
int respond_text(struct response *res, int status, const char *type,
		 const char *text);
int respond_json(struct response *res, int status, const char *json);
int respond_empty(struct response *res, int status);
/* An error page or JSON error; why is a key under Error of the catalogue, or
 * NULL for the text of the status. */
int respond_error(struct response *res, int status, const char *why);
int respond_errno(struct response *res, int err);
/* 303. A path of ours: it is refused unless it starts with one '/'. */
int respond_redirect(struct response *res, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The HTTP status for an errno value of ours. */
int http_status(int err);
const char *http_reason(int status);

/* Adds text, percent-encoded except for unreserved characters and '/'. */
void http_escape_path(struct buf *out, const char *text);

#endif
