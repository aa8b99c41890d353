#include "janus-plugin/session_timer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	MAX_S = 7 * 86400, /* nobody means more, and it fits any timer */
	RAISES = 4,
	SOON_MS = 1000, /* an offer that is open now will hardly be then */
};

static uint32_t most(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t floor_s(const struct cc_st *st)
{
	return most(st->min_s, st->far_min_s);
}

/* ---- what is in a header ---- */

/* delta-seconds and what follows it. @return 0: none */
static uint32_t seconds(const char *s, const char **rest)
{
	unsigned long n;
	char *end;

	*rest = s += strspn(s, " \t");
	if (*s < '0' || *s > '9')
		return 0;
	n = strtoul(s, &end, 10);
	end += strspn(end, " \t");
	if (*end && *end != ';')
		return 0;
	*rest = end;
	return n > MAX_S ? MAX_S : (uint32_t)n;
}

static enum cc_st_param refresher(const char *s)
{
	static const char name[] = "refresher";

	while (*s == ';') {
		s += 1 + strspn(s + 1, " \t");
		if (!strncasecmp(s, name, sizeof(name) - 1)) {
			s += sizeof(name) - 1;
			s += strspn(s, " \t=");
			return !strncasecmp(s, "uac", 3)   ? CC_ST_UAC
			       : !strncasecmp(s, "uas", 3) ? CC_ST_UAS
							   : CC_ST_ABSENT;
		}
		s += strcspn(s, ";");
	}
	return CC_ST_ABSENT;
}

void cc_st_read(struct cc_st_said *said, const char *name, const char *value)
{
	const char *rest;

	if (!strcasecmp(name, "Min-SE")) {
		said->min_s = seconds(value, &rest);
	} else if (!strcasecmp(name, "Session-Expires") ||
		   !strcasecmp(name, "x")) {
		said->interval_s = seconds(value, &rest);
		said->refresher =
		    said->interval_s ? refresher(rest) : CC_ST_ABSENT;
	}
}

/* Section 7.1 leaves the choice of the first request to the other side, 7.4
 * has every later one say who it is. */
void cc_st_request(const struct cc_st *st, char buf[CC_ST_TEXT])
{
	const uint32_t s = st->interval_s ? st->interval_s : st->want_s;

	snprintf(buf, CC_ST_TEXT, "Session-Expires: %u%s\r\nMin-SE: %u\r\n",
		 (unsigned)most(s, floor_s(st)),
		 !st->interval_s ? ""
		 : st->ours      ? ";refresher=uac"
				 : ";refresher=uas",
		 (unsigned)floor_s(st));
}

void cc_st_answer(const struct cc_st *st, char buf[CC_ST_TEXT])
{
	snprintf(buf, CC_ST_TEXT, "Session-Expires: %u;refresher=%s\r\n%s",
		 (unsigned)st->interval_s, st->ours ? "uas" : "uac",
		 st->ours ? "" : "Require: timer\r\n");
}

/* ---- what is agreed ---- */

bool cc_st_too_small(const struct cc_st *st, const struct cc_st_said *said)
{
	return said->timer && said->interval_s && said->interval_s < st->min_s;
}

bool cc_st_raise(struct cc_st *st, uint32_t min_s)
{
	const uint32_t asked =
	    most(st->interval_s ? st->interval_s : st->want_s, floor_s(st));

	if (min_s <= asked || st->raised == RAISES)
		return false;
	st->raised++;
	st->far_min_s = min_s;
	return true;
}

static void learn(struct cc_st *st, const struct cc_st_said *said)
{
	st->far_min_s = most(st->far_min_s, said->min_s);
	if (said->allow)
		st->update = said->update;
}

/* Table 2 of section 9, by what this very request says: only who knows timers
 * refreshes. What is left open at first, we take: then it is sure. */
static void asked(struct cc_st *st, const struct cc_st_said *said)
{
	learn(st, said);
	if (said->interval_s) {
		st->agreed = true;
		st->interval_s =
		    least(said->interval_s, most(st->want_s, floor_s(st)));
		st->interval_s = most(st->interval_s, st->min_s);
	} else if (!said->in_session || !st->interval_s) {
		st->agreed = said->timer;
		st->interval_s = most(st->want_s, floor_s(st));
	}
	if (said->interval_s && said->refresher)
		st->ours = said->refresher == CC_ST_UAS;
	else if (!said->in_session || !said->timer)
		st->ours = true;
}

/*
 * Without Session-Expires the session does not end by time. We refresh all the
 * same: that is how a peer that has vanished is found out.
 */
static void agreed(struct cc_st *st, const struct cc_st_said *said)
{
	learn(st, said);
	st->agreed = said->interval_s;
	st->ours = !said->interval_s || said->refresher != CC_ST_UAS;
	st->interval_s = said->interval_s ? said->interval_s : st->want_s;
	/* never longer than asked for, where it is we who keep it */
	if (st->ours)
		st->interval_s =
		    least(st->interval_s, most(st->want_s, floor_s(st)));
	st->interval_s = most(st->interval_s, st->min_s);
}

/* ---- when ---- */

static int64_t expiry(const struct cc_st *st)
{
	const int64_t ms = st->interval_s * INT64_C(1000);

	return st->since + ms - (ms / 3 < 32000 ? ms / 3 : 32000);
}

static enum cc_st_do wait_until(struct cc_st *st, int64_t at)
{
	st->at = at < expiry(st) ? at : expiry(st);
	return CC_ST_WAIT;
}

static enum cc_st_do refreshed(struct cc_st *st, int64_t now)
{
	st->since = now;
	return wait_until(st, st->ours ? now + st->interval_s * INT64_C(500)
				       : expiry(st));
}

static enum cc_st_do ask(struct cc_st *st, enum cc_st_do by)
{
	st->asking = by;
	st->at = expiry(st);
	return by;
}

static enum cc_st_do over(struct cc_st *st)
{
	st->at = 0;
	return CC_ST_BYE;
}

static enum cc_st_do due(struct cc_st *st, bool busy, int64_t now)
{
	if (!st->interval_s)
		return CC_ST_WAIT;
	if (now >= expiry(st))
		return over(st);
	if (!st->ours || st->asking)
		return wait_until(st, expiry(st));
	if (busy)
		return wait_until(st, now + SOON_MS);
	return ask(st,
		   st->update && !st->no_update ? CC_ST_UPDATE : CC_ST_INVITE);
}

bool cc_st_gone(int status)
{
	static const int list[] = { 404, 408, 410, 416, 481,
				    482, 484, 485, 502, 604 };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == status)
			return true;
	return false;
}

unsigned cc_st_pause(bool caller, uint32_t random)
{
	return (caller ? 2100 : 0) + random % 190 * 10;
}

static enum cc_st_do refused(struct cc_st *st, const struct cc_st_event *ev,
			     int64_t now)
{
	const enum cc_st_do by = st->asking;
	const int64_t again = now + st->interval_s * INT64_C(125);

	st->asking = CC_ST_WAIT;
	if (cc_st_gone(ev->status))
		return over(st);
	if (!by)
		return CC_ST_WAIT; /* another request has refreshed meanwhile */
	if (now >= expiry(st) && (st->agreed || !ev->status))
		return over(st);
	if (!ev->status)
		return wait_until(st, again);
	if (ev->status == 491)
		return wait_until(st,
				  now + cc_st_pause(st->caller, ev->random));
	if (ev->status == 422 && cc_st_raise(st, ev->said.min_s))
		return ask(st, by);
	if (by == CC_ST_UPDATE) {
		st->no_update = true;
		return ask(st, CC_ST_INVITE);
	}
	/* it lives, and more was not agreed to */
	return st->agreed ? wait_until(st, again) : refreshed(st, now);
}

enum cc_st_do cc_st_step(struct cc_st *st, const struct cc_st_event *ev,
			 int64_t now)
{
	switch (ev->kind) {
	case CC_ST_ASKED:
		asked(st, &ev->said);
		return refreshed(st, now);
	case CC_ST_AGREED:
		st->asking = CC_ST_WAIT;
		agreed(st, &ev->said);
		return refreshed(st, now);
	case CC_ST_REFUSED:
		return refused(st, ev, now);
	case CC_ST_DUE:
		return due(st, ev->busy, now);
	}
	return CC_ST_WAIT;
}
