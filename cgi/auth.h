/*
 * auth.h - who may do what with which records (DOMAIN section 7): role ×
 * function × scope, and what the table does not say is forbidden. Pure.
 */
#ifndef AUTH_H
#define AUTH_H

#include <stdbool.h>
#include <stdint.h>

enum auth_role {
	ROLE_OPERATOR_L1,
	ROLE_OPERATOR_L2,
	ROLE_INSURER_REP_L1,
	ROLE_INSURER_REP_L2,
	ROLE_INSURER_REP_L3,
	ROLE_CC_ADMIN,
	ROLE_SUPERVISOR,
	ROLE_QUALITY_CONTROLLER,
	ROLE_AUDITOR,
	ROLE_DIRECTOR,
	ROLE_SECURITY_ADMIN,
	ROLE_COUNT
};

enum auth_function {
	AUTH_ANY,       /* being signed in is enough */
	AUTH_PHONE,     /* softphone, receive calls */
	AUTH_DIRECTORY, /* phone directory */
	AUTH_PERSONS,   /* search in the insured register; own: of others only
		       * that they are insured elsewhere (O+) */
	AUTH_APPEAL_REGISTER, /* register an appeal */
	AUTH_APPEAL_VIEW,     /* see appeals in the journal */
	AUTH_APPEAL_EDIT,     /* edit an appeal «В работе» */
	AUTH_APPEAL_FORWARD,  /* within the forwarding table */
	AUTH_APPEAL_REASSIGN, /* other people's */
	AUTH_APPEAL_CLOSE,    /* send for review, ask for a longer term */
	AUTH_APPEAL_REVIEW,   /* approve, return, extend, confirm a removal */
	AUTH_APPEAL_TAKE, /* take from «Не распределено» (T19) */
	AUTH_RECORDING_OWN,    /* play recordings of own calls */
	AUTH_RECORDING_OTHERS, /* play other people's */
	AUTH_SCENARIO_USE,     /* read approved answers and themes */
	AUTH_SCENARIO_EDIT,    /* edit and approve them; mine: propose */
	AUTH_ORGANIZATIONS,    /* organizations with their telephones */
	AUTH_CALLS_OWN,        /* the list of own calls */
	AUTH_REPORT,           /* operational and staffing figures */
	AUTH_SHIFT,    /* «Смена сейчас»; readonly: no actions */
	AUTH_SETTINGS, /* hours, holidays, rules */
	AUTH_RULES,    /* of them what is no organization's: skills, the dial
			* plan */
	AUTH_SUBSTITUTION, /* who stands in for whom */
	AUTH_ADMIN, /* «Администрирование»: any of its pages */
	AUTH_ACCOUNTS, /* trunks, extensions, accounts */
	AUTH_LISTS,    /* themes, results, synonyms */
	AUTH_WRITTEN,  /* written appeals, attachments */
	AUTH_PASS,     /* «Передано в СМО» */
	AUTH_EXPORT,   /* lists with personal data, into a file */
	AUTH_COUNT
};

/* Which records, from none to all: a greater value includes the smaller. */
enum auth_scope {
	SCOPE_NONE,
	SCOPE_SAMPLE, /* what was put up for a check */
	SCOPE_MINE,   /* I am author, assignee or participant */
	SCOPE_OWN,    /* of my organization */
	SCOPE_ALL     /* of the region */
};

struct auth_grant {
	enum auth_scope scope;
	bool readonly;
	bool masked; /* personal data only in masked form */
};

enum org_kind { ORG_FUND, ORG_INSURER, ORG_OTHER };

/* Who asks. All zero: nobody. */
struct identity {
	uint32_t id;
	uint32_t org_id;
	enum org_kind org_kind;
	unsigned roles; /* 1u << enum auth_role */
};

/* The widest of what the roles give. */
struct auth_grant auth_grant(const struct identity *who, enum auth_function fn);

/* Whether anything at all is granted; AUTH_ANY asks for an account only. */
bool auth_may(const struct identity *who, enum auth_function fn);

/*
 * Whether a recording may be heard. took_part: he spoke in it, or the
 * call's appeal is his; own_org: somebody of his organization did.
 */
bool auth_recording(const struct identity *who, bool took_part, bool own_org);

/* O+ of AUTH_PERSONS: of a person of that insurer (0: none) he may know only
 * that another one insures him. */
bool auth_elsewhere(const struct identity *who, uint32_t insurer);

/* The organization that what is nobody's is read as: his own in the fund, 0
 * (none) elsewhere. */
uint32_t auth_nobodys(const struct identity *who);

/* Who may have a queue, and who is competent in themes. */
#define AUTH_TALKERS                                             \
	(1u << ROLE_OPERATOR_L1 | 1u << ROLE_OPERATOR_L2 |       \
	 1u << ROLE_INSURER_REP_L1 | 1u << ROLE_INSURER_REP_L2 | \
	 1u << ROLE_INSURER_REP_L3 | 1u << ROLE_SUPERVISOR)
#define AUTH_SPECIALISTS                                      \
	(1u << ROLE_OPERATOR_L2 | 1u << ROLE_INSURER_REP_L2 | \
	 1u << ROLE_INSURER_REP_L3)

/* Whether one account may have these roles (K-1.0.3, section 7). */
enum auth_roles {
	AUTH_ROLES_OK,
	AUTH_ROLES_KIND, /* *a is not of that kind of organization */
	AUTH_ROLES_PAIR  /* *a and *b exclude each other */
};
enum auth_roles auth_roles_check(enum org_kind kind, unsigned roles,
				 enum auth_role *a, enum auth_role *b);

/* "OPERATOR_L1" …; NULL when out of range */
const char *auth_role_code(enum auth_role role);
/* @return ROLE_COUNT for an unknown code */
enum auth_role auth_role_of(const char *code);
/* "FUND", "INSURER", anything else */
enum org_kind auth_kind_of(const char *kind);
/* "OPERATOR_L1,SUPERVISOR" as bits; unknown ones are left out */
unsigned auth_roles_of(const char *list);
/* The role a page shows: the first that is set, or ROLE_COUNT. */
enum auth_role auth_main_role(unsigned roles);

#endif
