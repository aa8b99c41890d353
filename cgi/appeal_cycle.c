#include "cgi/appeal_cycle.h"

#include <errno.h>
#include <string.h>

#include "cgi/util.h"

/* ---- steps -------------------------------------------------------------- */

#define DRAFT    (1u << APPEAL_DRAFT)
#define WORK     (1u << APPEAL_IN_PROGRESS)
#define DEFERRED (1u << APPEAL_DEFERRED)
#define REVIEW   (1u << APPEAL_UNDER_REVIEW)
#define ACTIVE   (WORK | DEFERRED | REVIEW)
#define SAME     APPEAL_STATUS_COUNT

/* Of whom the appeal must be, besides what his roles give. */
enum whose { AUTHORS, GRANTED };

static const struct step {
	const char *number;
	unsigned from;           /* 1u << enum appeal_status */
	enum appeal_review kind; /* REVIEW_NONE: either */
	enum appeal_event on;
	enum auth_function need;
	enum whose whose;
	enum appeal_status to;
	enum appeal_review review;
	unsigned needs, todo;
} steps[] = {
	{ "T2", DRAFT, 0, APPEAL_SAVE, AUTH_APPEAL_REGISTER, AUTHORS,
	  APPEAL_IN_PROGRESS, 0, NEED_THEME, DO_REGISTER },
	{ "T3", DRAFT, 0, APPEAL_DEFER, AUTH_APPEAL_REGISTER, AUTHORS,
	  APPEAL_DEFERRED, 0, NEED_THEME | NEED_PHONE | NEED_REASON,
	  DO_REGISTER },
	{ "T5", WORK, 0, APPEAL_UPDATE, AUTH_APPEAL_EDIT, GRANTED, SAME, 0,
	  NEED_THEME, 0 },
	/* the call was transferred within the table of section 7 */
	{ "T6", WORK, 0, APPEAL_FOLLOW, AUTH_APPEAL_FORWARD, GRANTED, SAME, 0,
	  0, DO_FORWARD },
	{ "T6a", DRAFT, 0, APPEAL_HANDOVER, AUTH_APPEAL_REGISTER, AUTHORS, SAME,
	  0, 0, 0 },
	{ "T7a", WORK, 0, APPEAL_FORWARD, AUTH_APPEAL_FORWARD, GRANTED, SAME, 0,
	  NEED_TARGET, DO_FORWARD },
	{ "T7b", WORK | DEFERRED, 0, APPEAL_CALL_BACK, AUTH_APPEAL_FORWARD,
	  GRANTED, APPEAL_DEFERRED, 0, NEED_TARGET | NEED_PHONE, DO_FORWARD },
	{ "T8", WORK, 0, APPEAL_CLOSE, AUTH_APPEAL_CLOSE, GRANTED,
	  APPEAL_UNDER_REVIEW, REVIEW_CLOSE, NEED_RESULT | NEED_ANSWER,
	  DO_REVIEW },
	{ "T9", WORK, 0, APPEAL_NOTIFY, AUTH_APPEAL_CLOSE, GRANTED,
	  APPEAL_DEFERRED, 0, NEED_RESULT | NEED_TARGET | NEED_PHONE,
	  DO_FORWARD },
	{ "T10", WORK, 0, APPEAL_ASK_TERM, AUTH_APPEAL_CLOSE, GRANTED,
	  APPEAL_UNDER_REVIEW, REVIEW_EXTENSION, NEED_RESULT | NEED_DATE,
	  DO_REVIEW },
	{ "T11", DEFERRED, 0, APPEAL_RESUME, AUTH_APPEAL_EDIT, GRANTED,
	  APPEAL_IN_PROGRESS, 0, NEED_THEME | NEED_CONTACT, 0 },
	{ "T12", REVIEW, REVIEW_CLOSE, APPEAL_APPROVE, AUTH_APPEAL_REVIEW,
	  GRANTED, APPEAL_CLOSED, 0, NEED_OTHER, DO_CLOSE | DO_NOTICE },
	{ "T13", REVIEW, 0, APPEAL_RETURN, AUTH_APPEAL_REVIEW, GRANTED,
	  APPEAL_IN_PROGRESS, 0, NEED_REASON, DO_RETURN | DO_NOTICE },
	{ "T14", REVIEW, REVIEW_EXTENSION, APPEAL_EXTEND, AUTH_APPEAL_REVIEW,
	  GRANTED, APPEAL_IN_PROGRESS, 0, NEED_DATE, DO_TERM | DO_NOTICE },
	{ "T16", WORK | DEFERRED, 0, APPEAL_REASSIGN, AUTH_APPEAL_REASSIGN,
	  GRANTED, SAME, 0, NEED_TARGET | NEED_REASON, DO_FORWARD },
	{ "T17", ACTIVE, 0, APPEAL_PROPOSE, AUTH_APPEAL_EDIT, GRANTED, SAME, 0,
	  NEED_REASON, 0 },
	{ "T17", ACTIVE, 0, APPEAL_WITHDRAW, AUTH_APPEAL_EDIT, GRANTED, SAME, 0,
	  NEED_PROPOSAL, 0 },
	{ "T17", ACTIVE, 0, APPEAL_DELETE, AUTH_APPEAL_REVIEW, GRANTED,
	  APPEAL_DELETED, 0, NEED_PROPOSAL, DO_NOTICE },
	{ "T17", ACTIVE, 0, APPEAL_KEEP, AUTH_APPEAL_REVIEW, GRANTED, SAME, 0,
	  NEED_PROPOSAL | NEED_REASON, DO_NOTICE },
	{ "T19", WORK | DEFERRED, 0, APPEAL_TAKE, AUTH_APPEAL_TAKE, GRANTED,
	  SAME, 0, NEED_FREE, 0 },
	{ "5.1.4.8", ACTIVE, 0, APPEAL_PASS, AUTH_PASS, GRANTED, SAME, 0,
	  NEED_INSURER, DO_PASS },
};

static bool may(const struct identity *who, const struct appeal *a,
		const struct step *s)
{
	enum auth_scope scope = auth_grant(who, s->need).scope;

	if (s->on == APPEAL_FOLLOW)
		return appeal_handed_over(who, a);
	if (scope == SCOPE_NONE)
		return false;
	if (s->whose == AUTHORS)
		return a->author_id == who->id || appeal_handed_over(who, a);
	switch (scope) {
	case SCOPE_ALL:
		return true;
	case SCOPE_OWN:
		return a->organization_id == who->org_id;
	case SCOPE_MINE:
		return a->assignee_id == who->id;
	case SCOPE_SAMPLE:
	case SCOPE_NONE:
		break;
	}
	return false;
}

int appeal_move(const struct identity *who, const struct appeal *a,
		enum appeal_event on, struct appeal_move *out)
{
	for (size_t i = 0; i < LEN(steps); i++) {
		const struct step *s = &steps[i];

		if (s->on != on || !(s->from & 1u << a->status) ||
		    (s->kind && s->kind != a->review))
			continue;
		if (!may(who, a, s))
			return EACCES;
		*out = (struct appeal_move){
			s->number, s->to == SAME ? a->status : s->to,
			s->to == SAME ? a->review : s->review, s->needs, s->todo
		};
		return 0;
	}
	return EPROTO;
}

/* The next closing begins without what this one said. */
static void forget_result(struct appeal *a)
{
	a->result[0] = a->measures[0] = a->note[0] = '\0';
	a->reference[0] = a->justified[0] = a->refund[0] = '\0';
	a->result_date[0] = a->kind[0] = a->requested[0] = '\0';
}

void appeal_apply(struct appeal *a, enum appeal_event on,
		  const struct appeal_move *m, const struct identity *to,
		  const char *comment, int64_t now_ms)
{
	/* handed on, he waits on */
	if (m->to != APPEAL_DEFERRED)
		a->deferred_ms = 0;
	else if (a->status != APPEAL_DEFERRED)
		a->deferred_ms = now_ms;
	a->status = m->to;
	a->review = m->review;
	if (m->todo & DO_FORWARD) {
		a->assignee_id = to->id;
		a->assignee_org = a->organization_id = to->org_id;
	}
	if (m->todo & DO_REVIEW)
		a->review_ms = now_ms;
	if (m->todo & DO_RETURN)
		a->returns++;
	if (m->todo & DO_CLOSE)
		a->closed_ms = now_ms;
	if (m->todo & DO_PASS)
		a->passed_ms = now_ms;
	if (m->todo & DO_TERM) {
		memcpy(a->due, a->requested, sizeof(a->due));
		a->extended = true;
	}
	if (m->to == APPEAL_DEFERRED && on != APPEAL_REASSIGN &&
	    on != APPEAL_TAKE && *comment)
		copy_text(a->deferred_reason, sizeof(a->deferred_reason),
			  comment);
	if (on == APPEAL_PROPOSE)
		copy_text(a->delete_reason, sizeof(a->delete_reason), comment);
	if (on == APPEAL_WITHDRAW || on == APPEAL_KEEP)
		a->delete_reason[0] = '\0';
	/* to keep his words, a returned result stays; these are of no more use */
	if (on == APPEAL_NOTIFY || on == APPEAL_EXTEND ||
	    (on == APPEAL_RETURN && !strcmp(a->result, "EXTENDED")))
		forget_result(a);
	if (a->status != APPEAL_UNDER_REVIEW)
		a->review_ms = 0;
}

/* ---- results ------------------------------------------------------------ */

static const char *const directions[] = { "MO", "AUTHORITY", "INSURER",
					  "REGION", NULL };
static const char *const non_targets[] = { "SILENCE", "MISTAKE", "SPAM",
					   "CHILD",   "THREAT",  NULL };
const char *const appeal_justified[] = { "1", "1.1", "1.2", "2", NULL };

#define CLOSES(c, t) .code = c, .type = t, .event = APPEAL_CLOSE

const struct appeal_result appeal_results[APPEAL_RESULTS] = {
	{ CLOSES("CONSULTED", "Консультация") },
	{ CLOSES("REVIEWED", NULL) },
	{ CLOSES("COMPLAINT_REVIEWED", "Жалоба") },
	{ CLOSES("APPLICATION_SATISFIED", "Заявление") },
	{ CLOSES("APPLICATION_REJECTED", "Заявление"),
	  .note = "reject_reason" },
	{ CLOSES("PROPOSAL_REVIEWED", "Предложение") },
	{ CLOSES("GRATITUDE_PASSED", "Благодарность"), .note = "addressee" },
	{ .code = "FORWARDED_NOTIFY", .event = APPEAL_NOTIFY },
	{ CLOSES("CALL_FORWARDED", NULL), .note = "to_whom" },
	{ CLOSES("FORWARDED_EXTERNAL", NULL), .note = "to_organization",
	  .reference = "letter_number", .date = "letter_date",
	  .kind = "direction", .kinds = directions },
	{ .code = "EXTENDED", .event = APPEAL_ASK_TERM },
	{ CLOSES("NO_CONTACT", NULL), .attempts = true },
	{ CLOSES("WITHDRAWN", NULL) },
	{ CLOSES("DUPLICATE", NULL), .reference = "duplicate_of" },
	{ CLOSES("NOT_MHI", NULL) },
	{ CLOSES("NON_TARGET", "Консультация"), .kind = "non_target",
	  .kinds = non_targets },
};

const struct appeal_result *appeal_result_of(const char *code)
{
	for (size_t i = 0; i < APPEAL_RESULTS; i++)
		if (!strcmp(appeal_results[i].code, code))
			return &appeal_results[i];
	return NULL;
}

bool appeal_result_fits(const struct appeal_result *r, const char *type)
{
	return !r->type || !strcmp(r->type, type);
}

bool appeal_refundable(const char *theme)
{
	return !strncmp(theme, "ZH-15.", 6);
}

static bool listed(const char *const *list, const char *value)
{
	for (; *list; list++)
		if (!strcmp(*list, value))
			return true;
	return false;
}

unsigned appeal_lacks(const struct appeal *a, unsigned failed)
{
	const struct appeal_result *r = appeal_result_of(a->result);
	unsigned lack = *a->measures ? 0 : LACK_COMMENT;

	if (!r || !appeal_result_fits(r, a->type))
		return lack | LACK_RESULT;
	if (r->event == APPEAL_CLOSE && !strcmp(a->type, "Жалоба") &&
	    !listed(appeal_justified, a->justified))
		lack |= LACK_JUSTIFIED;
	if (r->note && !*a->note)
		lack |= LACK_NOTE;
	if (r->reference && !*a->reference)
		lack |= LACK_REFERENCE;
	if (r->date && !*a->result_date)
		lack |= LACK_DATE;
	if (r->kinds && !listed(r->kinds, a->kind))
		lack |= LACK_KIND;
	if (r->attempts && failed < 3)
		lack |= LACK_ATTEMPTS;
	return lack;
}

bool appeal_self_closing(const struct appeal *a)
{
	return !strcmp(a->type, "Консультация") &&
	       !strcmp(a->result, "CONSULTED");
}

/* ---- terms -------------------------------------------------------------- */

bool appeal_term_valid(const struct appeal *a, const char *day)
{
	struct date due, wish;
	int64_t more;

	if (a->extended || date_parse(a->due, &due) || date_parse(day, &wish))
		return false;
	more = date_to_days(wish) - date_to_days(due);
	return more > 0 && more <= APPEAL_EXTENSION_DAYS;
}

bool appeal_review_late(struct date since, struct date today,
			const struct workday_exception *list, size_t n)
{
	struct date last = workday_add(since, APPEAL_LATE_WORKDAYS, list, n);

	return date_to_days(last) < date_to_days(today);
}

static struct date day_after(struct date d, int days)
{
	return date_of_days(date_to_days(d) + days);
}

void appeal_term_days(enum appeal_term t, struct date today,
		      const struct workday_exception *list, size_t n,
		      char from[11], char to[11])
{
	/* days off before the next working day are no nearer than it */
	struct date one = day_after(workday_add(today, 2, list, n), -1);
	struct date five = day_after(workday_add(today, 6, list, n), -1);

	date_text(t == TERM_5         ? day_after(one, 1)
		  : t == TERM_1       ? day_after(today, 1)
		  : t == TERM_OVERDUE ? (struct date){ 1970, 1, 1 }
				      : today,
		  from);
	date_text(t == TERM_5         ? five
		  : t == TERM_1       ? one
		  : t == TERM_OVERDUE ? day_after(today, -1)
				      : today,
		  to);
}

/* ---- to whom ------------------------------------------------------------ */

enum appeal_target appeal_target(const struct identity *from,
				 const struct identity *to,
				 const struct appeal *a, bool reassign)
{
	enum auth_scope over = auth_grant(from, AUTH_APPEAL_REASSIGN).scope;

	if (!to->id || !auth_may(to, AUTH_APPEAL_EDIT))
		return TARGET_NOBODY;
	if (to->id == a->assignee_id || (!reassign && to->id == from->id))
		return TARGET_SELF;
	if (to->org_kind != ORG_FUND && a->about_insurer_id == to->org_id &&
	    !a->passed_ms)
		return TARGET_ACCUSED;
	if (reassign && over != SCOPE_ALL)
		return to->org_id == from->org_id ? TARGET_OK : TARGET_OUTSIDE;
	if (to->org_kind == ORG_FUND || to->org_id == from->org_id)
		return TARGET_OK;
	if (from->org_kind != ORG_FUND)
		return TARGET_FOREIGN;
	if (!a->insurer_id)
		return TARGET_ASK;
	return a->insurer_id == to->org_id ? TARGET_OK : TARGET_FOREIGN;
}

/* ---- approving many at once --------------------------------------------- */

bool appeal_batch_safe(const struct appeal *a, struct date today, bool flagged,
		       bool first)
{
	static const char *const safe[][2] = {
		{ "Консультация", "CONSULTED" },
		{ "Благодарность", "GRATITUDE_PASSED" },
	};
	struct date due;

	if (a->status != APPEAL_UNDER_REVIEW || a->review != REVIEW_CLOSE ||
	    a->returns || flagged || !first || *a->delete_reason)
		return false;
	if (!date_parse(a->due, &due) && deadline_overdue(due, today))
		return false;
	for (size_t i = 0; i < LEN(safe); i++)
		if (!strcmp(a->type, safe[i][0]) &&
		    !strcmp(a->result, safe[i][1]))
			return true;
	return false;
}

bool appeal_batch_sample(uint64_t seed, uint64_t id, unsigned percent)
{
	uint64_t x = seed ^ id * UINT64_C(0x9e3779b97f4a7c15);

	/* splitmix64 */
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	return x % 100 < percent;
}
