#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "db/dialplan.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

#define DIGITS "0123456789"

static const char *const roles[] = { "OPERATOR_L1",    "OPERATOR_L2",
				     "INSURER_REP_L1", "INSURER_REP_L2",
				     "INSURER_REP_L3", "CC_ADMIN",
				     "SUPERVISOR" };

unsigned cc_dial_role(const char *name)
{
	for (unsigned i = 0; name && i < LEN(roles); i++)
		if (!strcmp(roles[i], name))
			return 1u << i;
	return 0;
}

int cc_dial_form_parse(enum cc_dial_form *out, const char *name)
{
	static const char *const names[] = { "E164", "NATIONAL", "PLAIN" };

	for (unsigned i = 0; i < LEN(names); i++) {
		if (strcmp(names[i], name))
			continue;
		*out = (enum cc_dial_form)i;
		return 0;
	}
	return EINVAL;
}

int cc_dial_normalize(char out[CC_DIAL_SIZE], const char *typed)
{
	char d[CC_DIAL_SIZE] = "";
	bool plus = false;
	size_t n = 0;

	for (const char *s = typed; *s; s++) {
		if (strchr(" -().\t", *s))
			continue;
		if (*s == '+' && !n && !plus) {
			plus = true;
			continue;
		}
		if (!strchr(DIGITS "*#", *s) || n + 2 >= sizeof(d))
			return EINVAL;
		d[n++] = *s;
	}
	if (!n)
		return EINVAL;
	d[n] = '\0';

	if (plus || strspn(d, DIGITS) != n) {
		out[0] = '+';
		memcpy(out + (plus ? 1 : 0), d, n + 1);
	} else if (!strncmp(d, "810", 3) && n > 3) {
		out[0] = '+';
		memcpy(out + 1, d + 3, n - 2);
	} else if (n == 11 && (d[0] == '7' || d[0] == '8')) {
		memcpy(out, "+7", 2);
		memcpy(out + 2, d + 1, n);
	} else if (n == 10) { /* without its 8 */
		memcpy(out, "+7", 2);
		memcpy(out + 2, d, n + 1);
	} else if (n > 11) { /* written without its + */
		out[0] = '+';
		memcpy(out + 1, d, n + 1);
	} else {
		memcpy(out, d, n + 1);
	}
	return 0;
}

/* The end of the set that begins at p, or NULL: no digits, or not closed. */
static const char *set_end(const char *p)
{
	size_t n = strspn(p + 1, DIGITS);

	return n && p[1 + n] == ']' ? p + 1 + n : NULL;
}

bool cc_dial_pattern_ok(const char *pattern)
{
	if (!pattern[0])
		return false;
	for (const char *p = pattern; *p; p++) {
		if (*p == '[')
			p = set_end(p);
		else if (*p == '*' && p[1])
			return false;
		else if (*p == '+' && p != pattern)
			return false;
		else if (!strchr(DIGITS "X*+#", *p))
			return false;
		if (!p)
			return false;
	}
	return true;
}

bool cc_dial_fits(const char *pattern, const char *number)
{
	const char *p = pattern, *n = number, *end;

	for (; *p; p++, n++) {
		if (*p == '*' && !p[1])
			return true;
		if (!*n)
			return false;
		if (*p == 'X') {
			if (!strchr(DIGITS, *n))
				return false;
		} else if (*p == '[') {
			end = set_end(p);
			if (!end || !memchr(p + 1, *n, (size_t)(end - p - 1)))
				return false;
			p = end;
		} else if (*p != *n) {
			return false;
		}
	}
	return !*n;
}

static void write_number(char out[CC_DIAL_SIZE], enum cc_dial_form form,
			 const char *plain)
{
	size_t n = strlen(plain);

	snprintf(out, CC_DIAL_SIZE, "%s", plain);
	if (n != 12 || strncmp(plain, "+7", 2) || form == DIAL_E164)
		return;
	memmove(out, out + 1, n);
	if (form == DIAL_NATIONAL)
		out[0] = '8';
}

static bool is_emergency(struct cc_dial_way *w, const struct cc_dial_plan *plan)
{
	static const char *const names[] = { "112", "103" };

	for (unsigned i = 0; i < LEN(names); i++) {
		const char *real = plan->emergency[i];

		if (!real[0] ||
		    (strcmp(w->plain, names[i]) && strcmp(w->plain, real)))
			continue;
		snprintf(w->number, sizeof(w->number), "%s", real);
		w->emergency = true;
		return true;
	}
	return false;
}

int cc_dial_plan_way(struct cc_dial_way *out, const struct cc_dial_plan *plan,
		     const char *typed, unsigned who, uint32_t trunk,
		     bool (*usable)(const void *arg, uint32_t trunk),
		     const void *arg)
{
	const struct cc_dial_rule *found = NULL;
	struct cc_dial_way w = { .rule = plan->count };

	if (cc_dial_normalize(w.plain, typed))
		return EINVAL;
	*out = w;
	if (is_emergency(out, plan))
		return 0;
	for (size_t i = 0; i < plan->count; i++) {
		const struct cc_dial_rule *r = &plan->rules[i];

		if (!cc_dial_fits(r->pattern, w.plain) ||
		    (r->roles && !(r->roles & who)))
			continue;
		if (!r->allow) {
			out->rule = i;
			break;
		}
		if (!found)
			found = r;
		if (!r->trunk || (trunk ? r->trunk == trunk
					: !usable || usable(arg, r->trunk))) {
			found = r;
			break;
		}
	}
	if (!found)
		return EPERM;
	out->rule = (size_t)(found - plan->rules);
	out->trunk = trunk ? trunk : found->trunk;
	if (!found->trunk || found->trunk == out->trunk)
		snprintf(out->presented, sizeof(out->presented), "%s",
			 found->presented);
	write_number(out->number, found->form, w.plain);
	return 0;
}

/* --- limits --------------------------------------------------------------- */

void cc_meter_add(struct cc_meter *m, int64_t now_ms)
{
	int64_t minute = now_ms / 60000;

	if (minute - m->minute >= (int64_t)LEN(m->n) || minute < m->minute)
		memset(m->n, 0, sizeof(m->n));
	else
		for (int64_t i = m->minute + 1; i <= minute; i++)
			m->n[i % (int64_t)LEN(m->n)] = 0;
	m->minute = minute;
	if (m->n[minute % (int64_t)LEN(m->n)] < UINT16_MAX)
		m->n[minute % (int64_t)LEN(m->n)]++;
}

unsigned cc_meter_hour(const struct cc_meter *m, int64_t now_ms)
{
	const int64_t size = LEN(m->n);
	int64_t minute = now_ms / 60000;
	unsigned sum = 0;

	for (int64_t i = minute - size + 1; i <= m->minute; i++)
		if (i > m->minute - size && i >= 0)
			sum += m->n[i % size];
	return sum;
}

/* --- what the network answered ---------------------------------------------- */

const char *cc_dial_refusal(int status, bool rang)
{
	static const struct {
		int status;
		const char *why;
	} words[] = {
		{ 486, "BUSY" },     { 600, "BUSY" },     { 487, "NOANSWER" },
		{ 403, "REJECTED" }, { 433, "REJECTED" }, { 603, "REJECTED" },
		{ 607, "REJECTED" }, { 608, "REJECTED" }, { 404, "UNKNOWN" },
		{ 410, "UNKNOWN" },  { 416, "UNKNOWN" },  { 484, "UNKNOWN" },
		{ 485, "UNKNOWN" },  { 604, "UNKNOWN" },
	};

	for (size_t i = 0; i < LEN(words); i++)
		if (words[i].status == status)
			return words[i].why;
	/* it rang, and then the network gave up */
	if (rang && (status == 408 || status == 480))
		return "NOANSWER";
	return "UNAVAILABLE";
}
