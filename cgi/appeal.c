#include "cgi/appeal.h"

#include <string.h>

#include "cgi/util.h"

static const char *const status_codes[APPEAL_STATUS_COUNT] = {
	[APPEAL_DRAFT] = "DRAFT",       [APPEAL_IN_PROGRESS] = "IN_PROGRESS",
	[APPEAL_DEFERRED] = "DEFERRED", [APPEAL_UNDER_REVIEW] = "UNDER_REVIEW",
	[APPEAL_CLOSED] = "CLOSED",     [APPEAL_DELETED] = "DELETED",
};

static const char *const event_codes[APPEAL_EVENT_COUNT] = {
	[APPEAL_SAVE] = "SAVE",           [APPEAL_DEFER] = "DEFER",
	[APPEAL_UPDATE] = "UPDATE",       [APPEAL_FOLLOW] = "FOLLOW",
	[APPEAL_HANDOVER] = "HANDOVER",   [APPEAL_FORWARD] = "FORWARD",
	[APPEAL_CALL_BACK] = "CALL_BACK", [APPEAL_CLOSE] = "CLOSE",
	[APPEAL_NOTIFY] = "NOTIFY",       [APPEAL_ASK_TERM] = "ASK_TERM",
	[APPEAL_RESUME] = "RESUME",       [APPEAL_APPROVE] = "APPROVE",
	[APPEAL_RETURN] = "RETURN",       [APPEAL_EXTEND] = "EXTEND",
	[APPEAL_REASSIGN] = "REASSIGN",   [APPEAL_PROPOSE] = "PROPOSE",
	[APPEAL_WITHDRAW] = "WITHDRAW",   [APPEAL_DELETE] = "DELETE",
	[APPEAL_KEEP] = "KEEP",           [APPEAL_TAKE] = "TAKE",
	[APPEAL_PASS] = "PASS",
};

const char *const appeal_types[] = { "Жалоба",        "Консультация",
				     "Заявление",     "Предложение",
				     "Благодарность", NULL };
const char *const appeal_forms[] = { "Устная", "Письменная", NULL };
const char *const appeal_channels[] = {
	"HOTLINE", "INTERNET", "LETTER",         "VISIT",     "POST",
	"EMAIL",   "COURIER",  "REPRESENTATIVE", "VOICEMAIL", NULL
};

const char *appeal_status_code(enum appeal_status s)
{
	return status_codes[s];
}

enum appeal_status appeal_status_of(const char *code)
{
	enum appeal_status s = 0;

	while (s < APPEAL_STATUS_COUNT && strcmp(status_codes[s], code))
		s++;
	return s;
}

const char *appeal_event_code(enum appeal_event e)
{
	return event_codes[e];
}

bool appeal_active(enum appeal_status s)
{
	return s == APPEAL_IN_PROGRESS || s == APPEAL_DEFERRED ||
	       s == APPEAL_UNDER_REVIEW;
}

bool appeal_about_insurer(const char *theme)
{
	return !strncmp(theme, "ZH-06.", 6) || !strncmp(theme, "ZH-14.", 6);
}

bool appeal_hidden(const struct identity *who, const struct appeal *a)
{
	return who->org_kind != ORG_FUND &&
	       a->about_insurer_id == who->org_id && a->author_id != who->id &&
	       !a->passed_ms;
}

bool appeal_turned(const struct appeal *was, const struct appeal *a)
{
	return was->insurer_id != a->insurer_id ||
	       was->about_insurer_id != a->about_insurer_id ||
	       !was->passed_ms != !a->passed_ms;
}

bool appeal_handed_over(const struct identity *who, const struct appeal *a)
{
	if (a->call_user != who->id)
		return false;
	if (a->status == APPEAL_DRAFT)
		return a->author_id != who->id;
	/* never to whom it complains about */
	if (who->org_kind != ORG_FUND && a->about_insurer_id == who->org_id &&
	    !a->passed_ms)
		return false;
	return a->status == APPEAL_IN_PROGRESS && a->call_from &&
	       a->assignee_id == a->call_from && a->call_from != who->id &&
	       auth_may(who, AUTH_APPEAL_EDIT);
}

static enum appeal_access draft_access(const struct identity *who,
				       const struct appeal *a, bool party)
{
	uint32_t owner = a->call_user ? a->call_user : a->author_id;

	if (!auth_may(who, AUTH_APPEAL_REGISTER))
		return APPEAL_HIDDEN;
	if (owner == who->id)
		return APPEAL_EDIT;
	return party || a->author_id == who->id ? APPEAL_READ : APPEAL_HIDDEN;
}

static bool in_scope(const struct identity *who, const struct appeal *a,
		     enum auth_scope scope)
{
	bool mine = a->author_id == who->id || a->assignee_id == who->id;

	if (appeal_hidden(who, a))
		return false;
	switch (scope) {
	case SCOPE_ALL:
		return true;
	case SCOPE_OWN:
		return mine || a->organization_id == who->org_id ||
		       a->author_org == who->org_id ||
		       a->assignee_org == who->org_id ||
		       (a->passed_ms &&
			who->org_id == (a->about_insurer_id
					    ? a->about_insurer_id
					    : a->insurer_id));
	case SCOPE_MINE:
		return mine;
	case SCOPE_SAMPLE:
	case SCOPE_NONE:
		break;
	}
	return false;
}

enum appeal_access appeal_access(const struct identity *who,
				 const struct appeal *a, bool party)
{
	struct auth_grant view = auth_grant(who, AUTH_APPEAL_VIEW);

	if (a->status == APPEAL_DRAFT)
		return draft_access(who, a, party);
	/* what a lost call left behind has neither type nor theme yet */
	if ((a->status == APPEAL_IN_PROGRESS || a->status == APPEAL_DEFERRED) &&
	    a->assignee_id == who->id && auth_may(who, AUTH_APPEAL_EDIT))
		return APPEAL_EDIT;
	return in_scope(who, a, view.scope) || appeal_handed_over(who, a)
		   ? APPEAL_READ
		   : APPEAL_HIDDEN;
}

unsigned appeal_check(const struct appeal *a, bool mo_required)
{
	unsigned missing = 0;

	if (!*a->type)
		missing |= APPEAL_NO_TYPE;
	if (!*a->theme)
		missing |= APPEAL_NO_THEME;
	if (mo_required && !a->mo_id)
		missing |= APPEAL_NO_MO;
	if (appeal_about_insurer(a->theme) && !a->about_insurer_id)
		missing |= APPEAL_NO_INSURER;
	return missing;
}
