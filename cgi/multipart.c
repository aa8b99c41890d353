/* multipart/form-data, a byte at a time, nothing kept but a part's headers. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "cgi/form.h"
#include "cgi/util.h"

enum state {
	S_PREAMBLE, /* before the first boundary: discarded */
	S_MARK,     /* behind a boundary: padding, then CR LF or -- */
	S_MARK_LF,
	S_MARK_DASH,
	S_HEAD,
	S_BODY,
	S_END /* behind the closing boundary: discarded */
};

static bool boundary_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c && strchr("'()+_,-./:=? ", c));
}

int form_multipart_init(struct form_multipart *mp, const char *type, size_t max,
			const struct form_sink *sink)
{
	static const char want[] = "multipart/form-data";
	const char *p = type;
	size_t len = 0;
	bool quoted;

	if (strncasecmp(type, want, sizeof(want) - 1) != 0)
		return EBADMSG;
	while ((p = strchr(p, ';'))) {
		p += 1 + strspn(p + 1, " \t");
		if (!strncasecmp(p, "boundary=", 9))
			break;
	}
	if (!p)
		return EBADMSG;
	p += 9;
	quoted = *p == '"';
	p += quoted;
	while (boundary_char(p[len]) && (quoted || p[len] != ' '))
		len++;
	if (!len || len > FORM_MAX_BOUNDARY || p[len - 1] == ' ' ||
	    (quoted && p[len] != '"'))
		return EBADMSG;

	memset(mp, 0, sizeof(*mp));
	mp->sink = *sink;
	memcpy(mp->mark, "\r\n--", 4);
	memcpy(mp->mark + 4, p, len);
	mp->mark_len = len + 4;
	mp->matched = 2; /* the first boundary needs no line end before it */
	mp->left = max;
	return 0;
}

/* The value of name="…" in one header line; "" when it is not there. */
static int header_value(const char *line, const char *name, char *out,
			size_t size)
{
	size_t name_len = strlen(name), len;
	const char *p = line;

	out[0] = '\0';
	while ((p = strchr(p, ';'))) {
		p += 1 + strspn(p + 1, " \t");
		if (strncasecmp(p, name, name_len) != 0 || p[name_len] != '=')
			continue;
		p += name_len + 1;
		if (*p != '"')
			return EBADMSG;
		len = strcspn(++p, "\"");
		if (!p[len])
			return EBADMSG;
		if (len >= size)
			return E2BIG;
		if (!form_utf8(p, len))
			return EILSEQ;
		memcpy(out, p, len);
		out[len] = '\0';
		return 0;
	}
	return 0;
}

/* A file's name without the way to it, on whichever system. */
static int read_filename(const char *line, struct form_part *part)
{
	char whole[512];
	const char *base = whole;
	int err = header_value(line, "filename", whole, sizeof(whole));

	if (err)
		return err;
	for (const char *p = whole; *p; p++)
		if (*p == '/' || *p == '\\')
			base = p + 1;
	return copy_text(part->filename, sizeof(part->filename), base) ? 0
								       : E2BIG;
}

static int read_header(const char *line, struct form_part *part, bool *named)
{
	static const char place[] = "content-disposition:";
	static const char type[] = "content-type:";
	int err;

	if (!strncasecmp(line, type, sizeof(type) - 1)) {
		line += sizeof(type) - 1;
		line += strspn(line, " \t");
		return copy_text(part->type, sizeof(part->type), line) ? 0
								       : E2BIG;
	}
	if (strncasecmp(line, place, sizeof(place) - 1) != 0)
		return 0;
	line += sizeof(place) - 1;
	line += strspn(line, " \t");
	if (strncasecmp(line, "form-data", 9) != 0)
		return EBADMSG;
	err = header_value(line, "name", part->name, sizeof(part->name));
	if (!err)
		err = read_filename(line, part);
	*named = !err && *part->name;
	return err;
}

/* The headers are complete and terminated; lines end with CR LF. */
static int begin_part(struct form_multipart *mp)
{
	struct form_part part = { .name = "" };
	bool named = false;
	char *line = mp->head, *end;
	int err = 0;

	if (memchr(mp->head, '\0', mp->head_len))
		return EBADMSG;
	while (!err && (end = strstr(line, "\r\n"))) {
		*end = '\0';
		err = read_header(line, &part, &named);
		line = end + 2;
	}
	if (err)
		return err;
	if (!named)
		return EBADMSG;
	if (mp->parts++ == FORM_MAX_PARTS)
		return E2BIG;
	return mp->sink.begin(mp->sink.arg, &part);
}

static int head_byte(struct form_multipart *mp, char c)
{
	int err;

	if (mp->head_len == FORM_MAX_HEADERS)
		return E2BIG;
	mp->head[mp->head_len++] = c;
	mp->head[mp->head_len] = '\0';
	if (mp->head_len < 4 ||
	    memcmp(mp->head + mp->head_len - 4, "\r\n\r\n", 4) != 0)
		return 0;
	err = begin_part(mp);
	mp->head_len = 0;
	mp->matched = 0;
	mp->state = S_BODY;
	return err;
}

/* Behind a boundary. */
static int mark_byte(struct form_multipart *mp, char c)
{
	switch (mp->state) {
	case S_MARK:
		if (c == '\r')
			mp->state = S_MARK_LF;
		else if (c == '-')
			mp->state = S_MARK_DASH;
		else if (c != ' ' && c != '\t')
			return EBADMSG;
		return 0;
	case S_MARK_LF:
		mp->state = S_HEAD;
		return c == '\n' ? 0 : EBADMSG;
	default:
		mp->state = S_END;
		return c == '-' ? 0 : EBADMSG;
	}
}

static int give(struct form_multipart *mp, const char *data, size_t len)
{
	if (!len || mp->state != S_BODY)
		return 0;
	return mp->sink.data(mp->sink.arg, data, len);
}

/*
 * Preamble or body from *at on, until the end or a whole boundary. CR stands
 * only at the mark's beginning, so after a mismatch nothing but this byte can
 * begin another.
 */
static int search(struct form_multipart *mp, const char *data, size_t len,
		  size_t *at)
{
	size_t plain = *at, i = *at;
	int err = 0;

	while (!err && i < len && mp->matched < mp->mark_len) {
		if (data[i] == mp->mark[mp->matched]) {
			if (!mp->matched)
				err = give(mp, data + plain, i - plain);
			mp->matched++;
			plain = ++i;
		} else if (mp->matched) {
			err = give(mp, mp->mark, mp->matched);
			mp->matched = 0;
			plain = i;
		} else {
			i++;
		}
	}
	if (!err)
		err = give(mp, data + plain, i - plain);
	*at = i;
	if (err || mp->matched < mp->mark_len)
		return err;
	if (mp->state == S_BODY)
		err = mp->sink.end(mp->sink.arg);
	mp->matched = 0;
	mp->state = S_MARK;
	return err;
}

int form_multipart_feed(struct form_multipart *mp, const char *data, size_t len)
{
	size_t i = 0;
	int err = 0;

	if (len > mp->left)
		return E2BIG;
	mp->left -= len;
	while (!err && i < len) {
		switch (mp->state) {
		case S_PREAMBLE:
		case S_BODY:
			err = search(mp, data, len, &i);
			break;
		case S_HEAD:
			err = head_byte(mp, data[i++]);
			break;
		case S_END:
			i = len;
			break;
		default:
			err = mark_byte(mp, data[i++]);
		}
	}
	return err;
}

int form_multipart_end(struct form_multipart *mp)
{
	return mp->state == S_END ? 0 : EBADMSG;
}
