#include "cgi/http.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *http_env(char **envp, const char *name)
{
	size_t len = strlen(name);

	for (; envp && *envp; envp++)
		if (!strncmp(*envp, name, len) && (*envp)[len] == '=')
			return *envp + len + 1;
	return "";
}

static bool type_is(const char *type, const char *want)
{
	size_t len = strlen(want);

	return !strncasecmp(type, want, len) &&
	       (!type[len] || type[len] == ';' || type[len] == ' ');
}

static int read_path(struct request *req, char **envp)
{
	const char *uri = http_env(envp, "DOCUMENT_URI");
	size_t len;

	if (!*uri)
		uri = http_env(envp, "REQUEST_URI");
	len = strcspn(uri, "?");
	if (len >= sizeof(req->path))
		return E2BIG;
	memcpy(req->path, uri, len);
	/* nginx has decoded DOCUMENT_URI; a '%' that is left is a '%' */
	if (uri == http_env(envp, "REQUEST_URI")) {
		len = form_unescape(req->path, len, false);
		if (len == (size_t)-1) {
			req->path[0] = '\0';
			return EBADMSG;
		}
	}
	req->path[len] = '\0';
	return form_utf8(req->path, len) ? 0 : EILSEQ;
}

static int read_body(struct request *req, char **envp, char *body, size_t len)
{
	const char *type = http_env(envp, "CONTENT_TYPE");

	body[len] = '\0';
	if (!len || req->method == HTTP_GET)
		return 0;
	if (type_is(type, "application/x-www-form-urlencoded"))
		return form_parse(&req->body, body, len);
	if (!type_is(type, "application/json"))
		return EPROTONOSUPPORT;
	if (memchr(body, '\0', len))
		return EBADMSG;
	req->json = body;
	req->json_len = len;
	return 0;
}

static int read_query(struct request *req, const char *text)
{
	size_t len = strlen(text);

	if (len > HTTP_MAX_QUERY)
		return E2BIG;
	memcpy(req->query_text, text, len + 1);
	return form_parse(&req->query, req->query_text, len);
}

/* Others of the domain can set more than there is room for: whole cookies that
 * fit are read, the rest is passed over. */
static void read_cookies(struct request *req, const char *text)
{
	size_t len = strlen(text);

	if (len > HTTP_MAX_COOKIE) {
		len = HTTP_MAX_COOKIE;
		while (len && text[len] != ';')
			len--;
	}
	memcpy(req->cookie_text, text, len);
	req->cookie_text[len] = '\0';
	form_parse_cookies(&req->cookies, req->cookie_text, len);
}

int http_request(struct request *req, char **envp, char *body, size_t len)
{
	const char *method = http_env(envp, "REQUEST_METHOD");
	int err, first;

	req->head = !strcmp(method, "HEAD");
	req->method = HTTP_OTHER;
	if (req->head || !strcmp(method, "GET"))
		req->method = HTTP_GET;
	else if (!strcmp(method, "POST"))
		req->method = HTTP_POST;
	req->query.count = req->body.count = req->cookies.count = 0;
	req->json = NULL;
	req->json_len = 0;
	req->stream.type = NULL;
	req->path[0] = '\0';
	req->address = http_env(envp, "REMOTE_ADDR");
	req->csrf = http_env(envp, "HTTP_X_CSRF");
	req->range = http_env(envp, "HTTP_RANGE");
	req->referer = http_env(envp, "HTTP_REFERER");
	req->htmx = !strcmp(http_env(envp, "HTTP_HX_REQUEST"), "true");
	req->refresh = !strcmp(http_env(envp, "HTTP_X_REFRESH"), "1");
	req->framed =
	    req->htmx && !strcmp(http_env(envp, "HTTP_HX_TARGET"), "page") &&
	    strcmp(http_env(envp, "HTTP_HX_HISTORY_RESTORE_REQUEST"), "true");

	/* all are read, so that an error page knows language and session */
	first = read_path(req, envp);
	read_cookies(req, http_env(envp, "HTTP_COOKIE"));
	err = read_query(req, http_env(envp, "QUERY_STRING"));
	first = first ? first : err;
	err = read_body(req, envp, body, len);
	return first ? first : err;
}

void response_free(struct response *res)
{
	buf_free(&res->head);
	buf_free(&res->body);
}

int response_header(struct response *res, const char *name, const char *value)
{
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return EINVAL;
	buf_printf(&res->head, "%s: %s\r\n", name, value);
	return 0;
}

int respond_page(struct response *res, int status)
{
	res->status = status;
	res->render = true;
	return 0;
}

int respond_text(struct response *res, int status, const char *type,
		 const char *text)
{
	res->status = status;
	response_header(res, "Content-Type", type);
	buf_puts(&res->body, text);
	return 0;
}

int respond_json(struct response *res, int status, const char *json)
{
	return respond_text(res, status, "application/json; charset=utf-8",
			    json);
}

int respond_empty(struct response *res, int status)
{
	res->status = status;
	return 0;
}

int respond_error(struct response *res, int status, const char *why)
{
	res->status = status;
	res->why = why;
	res->render = false;
	buf_clear(&res->body);
	return 0;
}

int http_status(int err)
{
	switch (err) {
	case 0:
		return 200;
	case EBADMSG:
	case EILSEQ:
		return 400;
	case EACCES:
	case EPERM:
		return 403;
	case ENOENT:
		return 404;
	case ENOTSUP:
		return 405;
	case ESTALE:
	case EPROTO: /* a step the life cycle does not have */
	case EEXIST:
		return 409;
	case E2BIG:
		return 413;
	case EPROTONOSUPPORT: /* a body that is neither form nor JSON */
		return 415;
	case EINVAL:
		return 422;
	case EAGAIN:   /* a deadlock undid the transaction */
	case ENOTCONN: /* the database is away */
	case ECONNREFUSED:
	case ETIMEDOUT:
		return 503;
	default:
		return 500;
	}
}

int respond_errno(struct response *res, int err)
{
	return respond_error(res, http_status(err), NULL);
}

int respond_redirect(struct response *res, const char *fmt, ...)
{
	char where[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(where, sizeof(where), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(where) || where[0] != '/' ||
	    where[1] == '/' || where[1] == '\\' ||
	    response_header(res, "Location", where))
		return respond_error(res, 500, NULL);
	res->status = 303;
	return 0;
}

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 204, "No Content" },
		{ 303, "See Other" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Status";
}

void http_escape_path(struct buf *out, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";

	for (; *text; text++)
		if (strchr(plain, *text))
			buf_add(out, text, 1);
		else
			buf_printf(out, "%%%02X", (unsigned char)*text);
}
