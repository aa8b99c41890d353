#include "cgi/auth.h"

#include <stdio.h>
#include <string.h>

static const char *const role_codes[ROLE_COUNT] = {
	[ROLE_OPERATOR_L1] = "OPERATOR_L1",
	[ROLE_OPERATOR_L2] = "OPERATOR_L2",
	[ROLE_INSURER_REP_L1] = "INSURER_REP_L1",
	[ROLE_INSURER_REP_L2] = "INSURER_REP_L2",
	[ROLE_INSURER_REP_L3] = "INSURER_REP_L3",
	[ROLE_CC_ADMIN] = "CC_ADMIN",
	[ROLE_SUPERVISOR] = "SUPERVISOR",
	[ROLE_QUALITY_CONTROLLER] = "QUALITY_CONTROLLER",
	[ROLE_AUDITOR] = "AUDITOR",
	[ROLE_DIRECTOR] = "DIRECTOR",
	[ROLE_SECURITY_ADMIN] = "SECURITY_ADMIN",
};

/*
 * The table of section 7, one string a function, two characters a role in
 * the order О1 О2 С1 С2 С3 АК СВ КК АУ ДИ АБ: A all, O own organization,
 * F the same in the fund and nothing elsewhere, M mine, S sample, - nothing; then r read only, m masked, or a space.
 */
/* columns are to be read downwards */
/* clang-format off */
static const char *const table[AUTH_COUNT] = {
	/*                         О1О2С1С2С3АКСВККАУДИАБ */
	[AUTH_PHONE] =            "A A O O O M O - - - - ",
	[AUTH_DIRECTORY] =        "A A A A A A A A - A - ",
	[AUTH_PERSONS] =          "A A O O O A - - - - - ",
	[AUTH_APPEAL_REGISTER] =  "A A O O O A - - - - - ",
	[AUTH_APPEAL_VIEW] =      "O A O O O A O S ArOm- ",
	[AUTH_APPEAL_EDIT] =      "M M M M M - - - - - - ",
	[AUTH_APPEAL_FORWARD] =   "M M M M M A M - - - - ",
	[AUTH_APPEAL_REASSIGN] =  "- - - - - A O - - - - ",
	[AUTH_APPEAL_CLOSE] =     "M M M M M - - - - - - ",
	[AUTH_APPEAL_REVIEW] =    "- - - - - A - - - - - ",
	[AUTH_APPEAL_TAKE] =      "O O O O - - - - - - - ",
	[AUTH_RECORDING_OWN] =    "M M M M M - - - - - - ",
	[AUTH_RECORDING_OTHERS] = "- - - - - A O S Ar- - ",
	[AUTH_SCENARIO_USE] =     "A A A A A A A A A A - ",
	[AUTH_SCENARIO_EDIT] =    "M M M M - A M M - - - ",
	[AUTH_ORGANIZATIONS] =    "ArArArArArA ArArArAr- ",
	[AUTH_CALLS_OWN] =        "M M M M M M M - - - - ",
	[AUTH_REPORT] =           "M M M M M A O O ArO - ",
	[AUTH_SHIFT] =            "- - - - - A O - - Or- ",
	[AUTH_SUBSTITUTION] =     "MrMrMrMrMrA O - - - - ",
	[AUTH_SETTINGS] =         "- - - - - A Or- - Or- ",
	[AUTH_RULES] =            "- - - - - A Fr- - Fr- ",
	[AUTH_ADMIN] =            "- - - - - A Or- - OrA ",
	[AUTH_ACCOUNTS] =         "- - - - - Ar- - - - A ",
	[AUTH_LISTS] =            "- - - - - A - - - - - ",
	[AUTH_WRITTEN] =          "- M - M M A - SrAr- - ",
	[AUTH_PASS] =             "- - - - - A - - - - - ",
	[AUTH_EXPORT] =           "- - - - - A - - A - - ",
};
/* clang-format on */

static struct auth_grant cell(const struct identity *who, enum auth_function fn,
			      enum auth_role role)
{
	struct auth_grant g = { SCOPE_NONE, false, false };
	const char *c;

	if (fn >= AUTH_COUNT || !table[fn])
		return g;
	c = table[fn] + 2 * role;
	switch (c[0]) {
	case 'A':
		g.scope = SCOPE_ALL;
		break;
	case 'O':
		g.scope = SCOPE_OWN;
		break;
	case 'F':
		if (who->org_kind != ORG_FUND)
			return g;
		g.scope = SCOPE_OWN;
		break;
	case 'M':
		g.scope = SCOPE_MINE;
		break;
	case 'S':
		g.scope = SCOPE_SAMPLE;
		break;
	default:
		return g;
	}
	g.readonly = c[1] == 'r' || c[1] == 'm';
	g.masked = c[1] == 'm';
	/* K-1.0.3: in an insurer these see their own organization only;
	 * directories and scenarios hold no citizens and stay whole */
	if (g.scope == SCOPE_ALL && who->org_kind != ORG_FUND &&
	    fn != AUTH_DIRECTORY && fn != AUTH_ORGANIZATIONS &&
	    fn != AUTH_SCENARIO_USE)
		g.scope = SCOPE_OWN;
	return g;
}

/* An account of the wrong kind of organization has no use of the role. */
static bool role_fits(enum org_kind kind, enum auth_role role)
{
	switch (role) {
	case ROLE_OPERATOR_L1:
	case ROLE_OPERATOR_L2:
	case ROLE_CC_ADMIN:
	case ROLE_AUDITOR:
	case ROLE_SECURITY_ADMIN:
		return kind == ORG_FUND;
	case ROLE_INSURER_REP_L1:
	case ROLE_INSURER_REP_L2:
	case ROLE_INSURER_REP_L3:
		return kind == ORG_INSURER;
	case ROLE_SUPERVISOR:
	case ROLE_QUALITY_CONTROLLER:
	case ROLE_DIRECTOR:
		return kind != ORG_OTHER;
	case ROLE_COUNT:
		break;
	}
	return false;
}

struct auth_grant auth_grant(const struct identity *who, enum auth_function fn)
{
	struct auth_grant best = { SCOPE_NONE, true, true };

	for (enum auth_role r = 0; r < ROLE_COUNT; r++) {
		struct auth_grant g;

		if (!who->id || !(who->roles & 1u << r) ||
		    !role_fits(who->org_kind, r))
			continue;
		g = cell(who, fn, r);
		if (g.scope == SCOPE_NONE || g.scope < best.scope)
			continue;
		if (g.scope > best.scope) {
			best = g;
			continue;
		}
		best.readonly = best.readonly && g.readonly;
		best.masked = best.masked && g.masked;
	}
	return best;
}

enum auth_roles auth_roles_check(enum org_kind kind, unsigned roles,
				 enum auth_role *a, enum auth_role *b)
{
	static const unsigned operators =
	    1u << ROLE_OPERATOR_L1 | 1u << ROLE_OPERATOR_L2 |
	    1u << ROLE_INSURER_REP_L1 | 1u << ROLE_INSURER_REP_L2 |
	    1u << ROLE_INSURER_REP_L3;
	const unsigned not_with[ROLE_COUNT] = {
		[ROLE_QUALITY_CONTROLLER] = operators,
		[ROLE_AUDITOR] = ~(1u << ROLE_AUDITOR),
		[ROLE_SECURITY_ADMIN] = 1u << ROLE_CC_ADMIN,
	};

	for (enum auth_role r = 0; r < ROLE_COUNT; r++)
		if (roles & 1u << r && !role_fits(kind, r)) {
			*a = r;
			return AUTH_ROLES_KIND;
		}
	for (enum auth_role r = 0; r < ROLE_COUNT; r++)
		if (roles & 1u << r && roles & not_with[r]) {
			*a = r;
			*b = auth_main_role(roles & not_with[r]);
			return AUTH_ROLES_PAIR;
		}
	return AUTH_ROLES_OK;
}

bool auth_may(const struct identity *who, enum auth_function fn)
{
	if (!who->id)
		return false;
	return fn == AUTH_ANY || auth_grant(who, fn).scope != SCOPE_NONE;
}

bool auth_recording(const struct identity *who, bool took_part, bool own_org)
{
	enum auth_scope others = auth_grant(who, AUTH_RECORDING_OTHERS).scope;

	if (others == SCOPE_ALL || (others == SCOPE_OWN && own_org))
		return true;
	return took_part &&
	       auth_grant(who, AUTH_RECORDING_OWN).scope >= SCOPE_MINE;
}

bool auth_elsewhere(const struct identity *who, uint32_t insurer)
{
	return auth_grant(who, AUTH_PERSONS).scope != SCOPE_ALL &&
	       insurer != who->org_id;
}

uint32_t auth_nobodys(const struct identity *who)
{
	return who->org_kind == ORG_FUND ? who->org_id : 0;
}

const char *auth_role_code(enum auth_role role)
{
	return role < ROLE_COUNT ? role_codes[role] : NULL;
}

enum auth_role auth_role_of(const char *code)
{
	enum auth_role r = 0;

	while (r < ROLE_COUNT && strcmp(role_codes[r], code))
		r++;
	return r;
}

enum org_kind auth_kind_of(const char *kind)
{
	return !strcmp(kind, "FUND")      ? ORG_FUND
	       : !strcmp(kind, "INSURER") ? ORG_INSURER
					  : ORG_OTHER;
}

unsigned auth_roles_of(const char *list)
{
	unsigned roles = 0;
	char code[32];

	while (*list) {
		size_t n = strcspn(list, ",");
		enum auth_role r;

		snprintf(code, sizeof(code), "%.*s", (int)n, list);
		r = auth_role_of(code);
		if (r < ROLE_COUNT)
			roles |= 1u << r;
		list += n + (list[n] == ',');
	}
	return roles;
}

enum auth_role auth_main_role(unsigned roles)
{
	enum auth_role r = 0;

	while (r < ROLE_COUNT && !(roles & 1u << r))
		r++;
	return r;
}
