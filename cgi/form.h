/*
 * form.h - what a browser sends: urlencoded fields, cookies, multipart.
 * Pure, allocates nothing, and everything has a ceiling. Text is valid UTF-8
 * without NUL or the whole input is refused.
 */
#ifndef FORM_H
#define FORM_H

#include <stdbool.h>
#include <stddef.h>

#define FORM_MAX_FIELDS 1000 /* a queue's operators are a field each */
#define FORM_MAX_NAME   64   /* bytes */

struct form_field {
	const char *name;
	const char *value; /* len bytes and a NUL, no NUL inside */
	size_t len;
};

struct form {
	struct form_field fields[FORM_MAX_FIELDS];
	size_t count;
};

/**
 * Parse application/x-www-form-urlencoded, a query string or a body.
 *
 * @param out   Points into buf; empty after an error
 * @param buf   len bytes and room for one more; decoded in place, must
 *              outlive out
 * @return 0, EBADMSG (%-escape or NUL), EILSEQ (not UTF-8) or E2BIG (more
 *         than FORM_MAX_FIELDS fields or a name over FORM_MAX_NAME)
 */
int form_parse(struct form *out, char *buf, size_t len);

/* The same for a Cookie header: name=value pairs, no decoding. A pair that is
 * not one is skipped, and so are those after FORM_MAX_FIELDS: other programs'
 * cookies are not ours to refuse. */
int form_parse_cookies(struct form *out, char *buf, size_t len);

/* The first field of that name, or NULL. */
const struct form_field *form_find(const struct form *form, const char *name);

/* Whether len bytes are UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool form_utf8(const char *s, size_t len);

/*
 * Percent-decode in place; '+' becomes a space if plus is set. @return the
 * new length, or (size_t)-1 for a bad escape or a NUL
 */
size_t form_unescape(char *s, size_t len, bool plus);

/* ---- multipart/form-data, streaming ------------------------------------ */

#define FORM_MAX_PARTS    64
#define FORM_MAX_HEADERS  2048 /* bytes of one part's headers */
#define FORM_MAX_BOUNDARY 70   /* RFC 2046 5.1.1 */

struct form_part {
	char name[FORM_MAX_NAME + 1];
	char filename[256]; /* "" when the part is no file; last component */
	char type[128];     /* Content-Type or "" */
};

/* A return other than 0 stops the parse and is handed back. */
struct form_sink {
	int (*begin)(void *arg, const struct form_part *part);
	int (*data)(void *arg, const char *data, size_t len);
	int (*end)(void *arg);
	void *arg;
};

struct form_multipart {
	struct form_sink sink;
	char mark[FORM_MAX_BOUNDARY + 5]; /* CR LF -- boundary */
	size_t mark_len;
	int state;
	size_t matched; /* bytes of mark seen so far */
	char head[FORM_MAX_HEADERS + 1];
	size_t head_len;
	size_t parts;
	size_t left; /* bytes the whole body may still have */
};

/**
 * @param type  The request's Content-Type
 * @param max   Ceiling of the whole body in bytes
 * @return 0, EBADMSG (no multipart type or no usable boundary)
 */
int form_multipart_init(struct form_multipart *mp, const char *type, size_t max,
			const struct form_sink *sink);
/* @return 0, EBADMSG, EILSEQ, E2BIG, or what the sink returned */
int form_multipart_feed(struct form_multipart *mp, const char *data,
			size_t len);
/* @return 0, or EBADMSG when the closing boundary never came */
int form_multipart_end(struct form_multipart *mp);

#endif
