/* sdp.c - reading what a trunk offers, writing what we answer. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "janus-plugin/sdp.h"

enum {
	MAX_SDP = 16384,
	MAX_LINE = 1024,
	MAX_MEDIA = 16,
	MAX_FORMATS = 32,
	OUR_DTMF = 101,
};

struct text { /* borrowed, not terminated */
	const char *p;
	size_t n;
};

struct stream { /* one m= line and what stands under it */
	struct text kind, proto;
	struct text first; /* first format, to refuse the stream with */
	unsigned port;
	char addr[46]; /* "" = the session's */
	int dir;       /* -1 = the session's */
	unsigned rtcp_port;
	unsigned ptime;
	uint8_t formats[MAX_FORMATS];
	unsigned n_formats;
	bool pcma_other, pcmu_other; /* 8 or 0 mean something else here */
	uint8_t dtmf;
};

struct session {
	char addr[46];
	int dir;
	struct stream m[MAX_MEDIA];
	unsigned n;
};

static bool text_is(struct text t, const char *s)
{
	return t.n == strlen(s) && strncasecmp(t.p, s, t.n) == 0;
}

static bool text_starts(struct text t, const char *s)
{
	return t.n >= strlen(s) && strncasecmp(t.p, s, strlen(s)) == 0;
}

static struct text text_skip(struct text t, size_t n)
{
	return (struct text){ t.p + n, t.n - n };
}

/* Cuts the next word off; empty at the end. */
static struct text word(struct text *t)
{
	struct text w;

	while (t->n && (*t->p == ' ' || *t->p == '\t'))
		*t = text_skip(*t, 1);
	w = (struct text){ t->p, 0 };
	while (t->n && *t->p != ' ' && *t->p != '\t') {
		w.n++;
		*t = text_skip(*t, 1);
	}
	return w;
}

/* A whole decimal number up to max. @return false: it is not */
static bool number(struct text t, unsigned max, unsigned *out)
{
	unsigned v = 0;

	if (!t.n || t.n > 6)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(t.p[i] - '0');
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

/* Lines end in CR LF, LF or CR. @return 0, ENOENT (the end) or EBADMSG */
static int next_line(struct text *rest, struct text *line)
{
	while (rest->n && (*rest->p == '\r' || *rest->p == '\n'))
		*rest = text_skip(*rest, 1);
	if (!rest->n)
		return ENOENT;

	*line = (struct text){ rest->p, 0 };
	while (rest->n && *rest->p != '\r' && *rest->p != '\n') {
		unsigned char c = (unsigned char)*rest->p;

		if ((c < ' ' && c != '\t') || c == 127)
			return EBADMSG;
		line->n++;
		*rest = text_skip(*rest, 1);
	}
	if (line->n > MAX_LINE || line->n < 2 || line->p[1] != '=')
		return EBADMSG;
	return 0;
}

/* IN IP4 203.0.113.7[/ttl] */
static int read_c(char addr[46], struct text v)
{
	struct text net = word(&v), type = word(&v), a = word(&v);
	size_t n = 0;

	if (!text_is(net, "IN") ||
	    (!text_is(type, "IP4") && !text_is(type, "IP6")))
		return EBADMSG;
	while (n < a.n && a.p[n] != '/')
		n++;
	if (!n || n > 45)
		return EBADMSG;
	memcpy(addr, a.p, n);
	addr[n] = '\0';
	return 0;
}

/* audio 49170[/2] RTP/AVP 8 0 101 */
static int read_m(struct session *s, struct text v)
{
	struct stream *m = &s->m[s->n];
	struct text port, f;

	if (s->n == MAX_MEDIA)
		return EBADMSG;
	*m = (struct stream){ .dir = -1 };
	m->kind = word(&v);
	port = word(&v);
	for (size_t i = 0; i < port.n; i++)
		if (port.p[i] == '/')
			port.n = i;
	m->proto = word(&v);
	if (!m->kind.n || !m->proto.n || !number(port, 65535, &m->port))
		return EBADMSG;

	while ((f = word(&v)).n) {
		unsigned pt;

		if (!m->first.n)
			m->first = f;
		if (number(f, 127, &pt) && m->n_formats < MAX_FORMATS)
			m->formats[m->n_formats++] = (uint8_t)pt;
	}
	if (!m->first.n)
		return EBADMSG;
	s->n++;
	return 0;
}

/* rtpmap:101 telephone-event/8000 */
static void read_rtpmap(struct stream *m, struct text v)
{
	struct text pt = word(&v), name = word(&v);
	unsigned n;

	if (!number(pt, 127, &n))
		return;
	if (n == 8)
		m->pcma_other = !text_is(name, "PCMA/8000") &&
				!text_is(name, "PCMA/8000/1");
	else if (n == 0)
		m->pcmu_other = !text_is(name, "PCMU/8000") &&
				!text_is(name, "PCMU/8000/1");
	else if (text_is(name, "telephone-event/8000") ||
		 text_is(name, "telephone-event/8000/1"))
		m->dtmf = (uint8_t)n;
}

static int direction(struct text v)
{
	return text_is(v, "sendrecv")   ? CC_SDP_SENDRECV
	       : text_is(v, "sendonly") ? CC_SDP_SENDONLY
	       : text_is(v, "recvonly") ? CC_SDP_RECVONLY
	       : text_is(v, "inactive") ? CC_SDP_INACTIVE
					: -1;
}

static void read_a(struct session *s, struct text v)
{
	struct stream *m = s->n ? &s->m[s->n - 1] : NULL;
	int dir = direction(v);
	unsigned n;

	if (dir >= 0)
		*(m ? &m->dir : &s->dir) = dir;
	if (!m)
		return;

	if (text_starts(v, "rtpmap:")) {
		read_rtpmap(m, text_skip(v, 7));
	} else if (text_starts(v, "ptime:")) {
		struct text t = text_skip(v, 6);

		if (number(word(&t), 200, &n) && n)
			m->ptime = n;
	} else if (text_starts(v, "rtcp:")) {
		struct text t = text_skip(v, 5);

		if (number(word(&t), 65535, &n))
			m->rtcp_port = n;
	}
}

static int parse(struct session *s, const char *sdp, size_t len)
{
	struct text rest = { sdp, len }, line;
	bool first = true;
	int err = 0;

	memset(s, 0, sizeof(*s));
	s->dir = CC_SDP_SENDRECV;
	if (len > MAX_SDP)
		return EBADMSG;

	while (!err && !(err = next_line(&rest, &line))) {
		struct text v = text_skip(line, 2);

		if (first && !text_is(line, "v=0"))
			return EBADMSG;
		first = false;
		if (line.p[0] == 'm')
			err = read_m(s, v);
		else if (line.p[0] == 'c')
			err = read_c(s->n ? s->m[s->n - 1].addr : s->addr, v);
		else if (line.p[0] == 'a')
			read_a(s, v);
	}
	if (err == ENOENT)
		err = first ? EBADMSG : 0;
	return err;
}

static bool has(const struct stream *m, uint8_t pt)
{
	for (unsigned i = 0; i < m->n_formats; i++)
		if (m->formats[i] == pt)
			return true;
	return false;
}

/* The m= line we use: the first plain RTP audio with G.711, or NULL. A codec
 * under another number than its own is not looked for: nobody sends that. */
static const struct stream *choose(const struct session *s, uint8_t *pt)
{
	for (unsigned i = 0; i < s->n; i++) {
		const struct stream *m = &s->m[i];

		if (!text_is(m->kind, "audio") || !m->port ||
		    !text_is(m->proto, "RTP/AVP"))
			continue;
		if (has(m, 8) && !m->pcma_other)
			*pt = 8;
		else if (has(m, 0) && !m->pcmu_other)
			*pt = 0;
		else
			continue;
		return m;
	}
	return NULL;
}

int cc_sdp_read(struct cc_sdp_media *out, const char *sdp, size_t len)
{
	struct session s;
	const struct stream *m;
	uint8_t pt;
	int err = parse(&s, sdp, len);

	if (err)
		return err;
	m = choose(&s, &pt);
	if (!m)
		return ENOTSUP;
	if (!m->addr[0] && !s.addr[0])
		return EBADMSG;

	memset(out, 0, sizeof(*out));
	memcpy(out->addr, m->addr[0] ? m->addr : s.addr, sizeof(out->addr));
	out->port = (uint16_t)m->port;
	out->rtcp_port = (uint16_t)(m->rtcp_port ? m->rtcp_port : m->port + 1);
	out->pt = pt;
	out->dtmf_pt = has(m, m->dtmf) ? m->dtmf : 0;
	out->ptime = (uint8_t)(m->ptime ? m->ptime : 20);
	out->dir = (enum cc_sdp_dir)(m->dir >= 0 ? m->dir : s.dir);
	return 0;
}

bool cc_sdp_held(const struct cc_sdp_media *m)
{
	return !(m->dir & CC_SDP_RECVONLY) || strcmp(m->addr, "0.0.0.0") == 0 ||
	       strcmp(m->addr, "::") == 0;
}

/* ---- writing ---- */

struct out {
	char *buf;
	size_t size, n;
};

static void put(struct out *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void put(struct out *o, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(o->n < o->size ? o->buf + o->n : NULL,
		      o->n < o->size ? o->size - o->n : 0, fmt, ap);
	va_end(ap);
	o->n += (size_t)n;
}

static int put_end(const struct out *o)
{
	return o->n < o->size ? 0 : ENOSPC;
}

static const char *dir_name(unsigned dir)
{
	static const char *const names[] = { "inactive", "sendonly", "recvonly",
					     "sendrecv" };

	return names[dir & 3];
}

static void put_session(struct out *o, const struct cc_sdp_local *l)
{
	put(o,
	    "v=0\r\no=- %" PRIu64 " %" PRIu64 " IN IP4 %s\r\ns=-\r\n"
	    "c=IN IP4 %s\r\nt=0 0\r\n",
	    l->session, l->version, l->addr, l->addr);
}

static void put_dtmf(struct out *o, unsigned pt)
{
	put(o, "a=rtpmap:%u telephone-event/8000\r\na=fmtp:%u 0-15\r\n", pt,
	    pt);
}

static void put_answer(struct out *o, const struct cc_sdp_local *l,
		       const struct session *s, const struct stream *used,
		       uint8_t pt)
{
	unsigned theirs = (unsigned)(used->dir >= 0 ? used->dir : s->dir);
	/* we send what they receive, and the other way round */
	unsigned dir = l->dir & (theirs >> 1 | (theirs & 1) << 1);
	uint8_t dtmf = has(used, used->dtmf) ? used->dtmf : 0;

	for (unsigned i = 0; i < s->n; i++) {
		const struct stream *m = &s->m[i];

		if (m != used) {
			put(o, "m=%.*s 0 %.*s %.*s\r\n", (int)m->kind.n,
			    m->kind.p, (int)m->proto.n, m->proto.p,
			    (int)m->first.n, m->first.p);
			continue;
		}
		put(o, "m=audio %u RTP/AVP %u", l->port, pt);
		if (dtmf)
			put(o, " %u", dtmf);
		put(o, "\r\na=rtpmap:%u %s/8000\r\n", pt,
		    pt == 8 ? "PCMA" : "PCMU");
		if (dtmf)
			put_dtmf(o, dtmf);
		put(o, "a=ptime:20\r\na=%s\r\n", dir_name(dir));
	}
}

int cc_sdp_write(char *buf, size_t size, const struct cc_sdp_local *local,
		 const char *offer)
{
	struct out o = { buf, size, 0 };
	const struct stream *used;
	struct session s;
	uint8_t pt;
	int err;

	if (!offer) {
		put_session(&o, local);
		put(&o,
		    "m=audio %u RTP/AVP 8 0 %u\r\n"
		    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n",
		    local->port, OUR_DTMF);
		put_dtmf(&o, OUR_DTMF);
		put(&o, "a=ptime:20\r\na=%s\r\n", dir_name(local->dir));
		return put_end(&o);
	}

	err = parse(&s, offer, strlen(offer));
	if (err)
		return err;
	used = choose(&s, &pt);
	if (!used)
		return EBADMSG;
	put_session(&o, local);
	put_answer(&o, local, &s, used, pt);
	return put_end(&o);
}

int cc_sdp_web_offer(char *buf, size_t size, uint64_t session, uint64_t version)
{
	struct out o = { buf, size, 0 };

	/* addresses are placeholders: Janus puts its own in */
	put(&o,
	    "v=0\r\no=- %" PRIu64 " %" PRIu64 " IN IP4 127.0.0.1\r\n"
	    "s=-\r\nt=0 0\r\n"
	    "m=audio 9 UDP/TLS/RTP/SAVPF 8 0\r\nc=IN IP4 127.0.0.1\r\n"
	    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
	    "a=ptime:20\r\na=sendrecv\r\n",
	    session, version);
	return put_end(&o);
}

int cc_sdp_web_answer(const char *sdp, size_t len)
{
	struct session s;
	int err = parse(&s, sdp, len);

	if (err)
		return err;
	for (unsigned i = 0; i < s.n; i++) {
		const struct stream *m = &s.m[i];

		if (text_is(m->kind, "audio") && m->port && has(m, 8) &&
		    !m->pcma_other)
			return 0;
	}
	return ENOTSUP;
}
