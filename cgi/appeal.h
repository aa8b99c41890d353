/*
 * appeal.h - the appeal, and who may see or change it. Pure.
 */
#ifndef APPEAL_H
#define APPEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "cgi/auth.h"

enum appeal_status {
	APPEAL_DRAFT,
	APPEAL_IN_PROGRESS,
	APPEAL_DEFERRED,
	APPEAL_UNDER_REVIEW,
	APPEAL_CLOSED,
	APPEAL_DELETED,
	APPEAL_STATUS_COUNT
};

/* Events of an appeal that is there; T1 and T4 make one (store_appeal_add,
 * store_lost). What each asks for and does: appeal_cycle.h. */
enum appeal_event {
	APPEAL_SAVE,      /* T2: the draft becomes an appeal */
	APPEAL_DEFER,     /* T3: the same, to be called back */
	APPEAL_UPDATE,    /* T5 */
	APPEAL_FOLLOW,    /* T6: it goes with its call */
	APPEAL_HANDOVER,  /* T6a: the draft does */
	APPEAL_FORWARD,   /* T7a: without a call */
	APPEAL_CALL_BACK, /* T7b: to be called back by another */
	APPEAL_CLOSE,     /* T8: the result goes to the administrator */
	APPEAL_NOTIFY,    /* T9: forwarded, the applicant is to be told */
	APPEAL_ASK_TERM,  /* T10: a longer term is asked for */
	APPEAL_RESUME,    /* T11: «В работе» */
	APPEAL_APPROVE,   /* T12 */
	APPEAL_RETURN,    /* T13, T15 */
	APPEAL_EXTEND,    /* T14 */
	APPEAL_REASSIGN,  /* T16 */
	APPEAL_PROPOSE,   /* T17: its assignee asks for the removal */
	APPEAL_WITHDRAW,  /* T17: … and no more */
	APPEAL_DELETE,    /* T17: the administrator agrees */
	APPEAL_KEEP,      /* T17: … or does not */
	APPEAL_TAKE,      /* T19 */
	APPEAL_PASS,      /* «Передано в СМО» (K-5.1.4.8) */
	APPEAL_EVENT_COUNT
};

enum appeal_review { REVIEW_NONE, REVIEW_CLOSE, REVIEW_EXTENSION };

/* In bytes with the end: 40 characters of a name are up to 160 bytes. */
#define APPEAL_NAME 161
#define APPEAL_TEXT 16001

struct appeal {
	uint64_t id;
	uint32_t version;
	enum appeal_status status;
	char number[17];  /* "" in a draft */
	char type[32];    /* «Жалоба» …, "" until chosen */
	char theme[13];   /* code */
	char form[24];    /* «Устная», «Письменная» */
	char channel[17]; /* HOTLINE … */
	char description[APPEAL_TEXT];
	char surname[APPEAL_NAME];
	char given_name[APPEAL_NAME];
	char patronymic[APPEAL_NAME];
	char birth[11]; /* ГГГГ-ММ-ДД or "" */
	char enp[81];   /* as given: old policies have other numbers */
	char phone[33];
	uint64_t person_id;   /* in the register; 0: not attached */
	uint32_t mo_id;       /* 0: none, here and below */
	uint32_t scenario_id; /* version of the answer that was used */
	uint32_t about_insurer_id; /* «СМО, на которую жалуются» */
	uint32_t insurer_id; /* of the person concerned */

	char appealed_on[11]; /* «Дата обращения», "": of registration */
	char received_on[11]; /* of a letter … */
	char incoming_number[161];
	char source[17];       /* DIRECT … */
	char source_name[641]; /* of source OTHER */
	bool oral_answer;      /* at a reception, with his consent */
	char email[481];
	char address[1201];
	char representative[481];
	char representative_phone[33];
	char reply_channel[17]; /* PHONE … or "" */
	char call_time[321];
	char language[161];
	bool do_not_call;

	/* For another person: applies "OTHER". person_id and insurer_id above
	 * are his, those of who applies stand here. */
	char applies[9]; /* SELF, OTHER */
	char concerned_surname[APPEAL_NAME];
	char concerned_given_name[APPEAL_NAME];
	char concerned_patronymic[APPEAL_NAME];
	char concerned_birth[11];
	char concerned_enp[81];
	char relation[321];
	bool authority; /* «Полномочия подтверждены» */
	uint32_t applicant_insurer_id;
	uint64_t applicant_person_id;

	int64_t passed_ms; /* «Передано в СМО», 0: no */
	uint32_t passed_by;
	uint32_t author_id, author_org;
	uint32_t assignee_id, assignee_org;
	uint32_t organization_id; /* who considers it */
	char due[11];             /* ГГГГ-ММ-ДД or "" */
	int64_t registered_ms;    /* 0 in a draft */
	int64_t created_ms;
	char call_id[37];   /* its latest call or "" */
	uint32_t call_user; /* whose call that is now; 0: nobody's, or
	                            * its row is still on its way */
	uint32_t call_from; /* who handed the call to him, 0: nobody */

	char deferred_reason[2001]; /* «Причина отсроченного ответа» */
	int64_t deferred_ms; /* since when, 0: it is not, or since registered */
	enum appeal_review review; /* while it is under review */
	int64_t review_ms;         /* since when */
	char result[25];           /* DOMAIN 3.3, "" until closed */
	char measures[8001];       /* «Комментарий» */
	char justified[5];         /* of a complaint: 1 1.1 1.2 2 */
	char refund[16];           /* roubles, "" or "1234.50" */
	char note[1201];           /* the result's own words … */
	char reference[161];       /* … number, … */
	char result_date[11];      /* … date … */
	char kind[17];             /* … and kind */
	char requested[11];        /* term asked for */
	bool extended;             /* once is all */
	unsigned returns;
	char delete_reason[2001]; /* "": nobody asks for its removal */
	int64_t closed_ms;
};

/* "DRAFT" …, and back (APPEAL_STATUS_COUNT: unknown) */
const char *appeal_status_code(enum appeal_status s);
enum appeal_status appeal_status_of(const char *code);
/* Name of the event in the history: "SAVE" … */
const char *appeal_event_code(enum appeal_event e);

/* Counts as active: K-3.0.2. */
bool appeal_active(enum appeal_status s);

enum appeal_access { APPEAL_HIDDEN, APPEAL_READ, APPEAL_EDIT };

/*
 * What `who` may do with it. party: he takes or took part in one of its
 * calls. A draft with a call belongs to the call's operator of the moment.
 */
enum appeal_access appeal_access(const struct identity *who,
				 const struct appeal *a, bool party);

/* Whose call came to `who`: the draft must first change its author (T6a), the
 * appeal its assignee (T6). */
bool appeal_handed_over(const struct identity *who, const struct appeal *a);

/* Whether it is hidden from him as a complaint about his own insurer: not his
 * own entry, and the fund has not passed it on (K-5.1.4.8). */
bool appeal_hidden(const struct identity *who, const struct appeal *a);
/* Its organizations, which decide whom it may be handed to, are others. */
bool appeal_turned(const struct appeal *was, const struct appeal *a);

/* Complaints about an insurer: hidden from its people (K-5.1.4.8). */
bool appeal_about_insurer(const char *theme);

/* The lists of DOMAIN 3.4, in their order; NULL at the end. */
extern const char *const appeal_types[];
extern const char *const appeal_forms[];
extern const char *const appeal_channels[];
#define APPEAL_TYPES    5
#define APPEAL_FORMS    2
#define APPEAL_CHANNELS 9

/* Fields of a saved card that are missing; 0: complete. */
enum appeal_missing {
	APPEAL_NO_TYPE = 1,
	APPEAL_NO_THEME = 2,
	APPEAL_NO_MO = 4,
	APPEAL_NO_INSURER = 8
};
unsigned appeal_check(const struct appeal *a, bool mo_required);

#endif
