/* store_appeal.h - appeals in the database: cards, drafts, the journal. */
#ifndef STORE_APPEAL_H
#define STORE_APPEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgi/appeal.h"

struct ctx;
struct db;

/* @return 0, ENOENT or a database error. lock: for a change, in the caller's
 * transaction. */
int store_appeal_get(struct db *db, uint64_t id, bool lock, struct appeal *out);
/* Whether he had one of its calls, or is right now the target of a transfer
 * or asked about it. Having been rung by the queue does not count. */
int store_appeal_party(struct db *db, uint64_t id, uint32_t user, bool *party);
/* Whether one of its calls rings at him, or a transfer of it does, and is not
 * his yet: if he says that he has it, its rows are still to come. */
int store_appeal_comes(struct db *db, uint64_t id, uint32_t user, bool *comes);

/* A draft for this call that he may go on with: his own, or one whose author
 * had the call before him; call NULL or "": ENOENT. */
int store_appeal_draft_of(struct db *db, const char *call, uint32_t user,
			  uint64_t *id);
/* In the caller's transaction: the draft and its link to the call. */
int store_appeal_add(struct ctx *ctx, const char *call, const char *phone,
		     uint64_t *id);

/* What a person filled in, whatever the status; the version stays. ESTALE:
 * another version, or no draft of that author any more */
int store_appeal_draft_save(struct db *db, const struct appeal *a);
/* Everything, with status, number, assignee; version + 1. ESTALE: somebody
 * saved since a->version was read */
int store_appeal_save(struct db *db, const struct appeal *a);
/* Another author for a draft; version + 1, ESTALE as above. */
int store_appeal_author(struct db *db, const struct appeal *a, uint32_t author);

/* The next registration number: 26-26-000001. In a transaction. */
int store_appeal_number(struct db *db, const char *region, int year,
			char out[17]);

/* An item of «Не распределено» is his from now on; event: how he came to it,
 * for its history. In a transaction. EBUSY: somebody has it already */
int store_appeal_give(struct db *db, int64_t now_ms, uint64_t appeal,
		      uint64_t user, const char *event);
/* In a transaction, after the change: the word to the pages in whose scope the
 * appeal is, or was (assignee, org; 0: the same). call: it came of; or NULL */
int store_appeal_changed(struct db *db, int64_t now_ms, uint64_t appeal,
			 uint32_t assignee, uint32_t org, const char *call);
/* In a transaction, after the change: the telephone learns of a call's card
 * (kind card_opened, card_saved, with its call), or only whom the card is about
 * (card_about, call NULL): what it may be handed to hangs on that. */
int store_appeal_card(struct ctx *ctx, const char *kind, uint64_t appeal,
		      const char *call);
int store_appeal_history(struct ctx *ctx, const struct appeal *a,
			 enum appeal_event event, enum appeal_status from,
			 const char *comment);
/* from 0: nobody's so far. live: with its call. */
int store_appeal_forwarded(struct ctx *ctx, const struct appeal *a,
			   uint32_t from, uint32_t to, bool live);

struct appeal_note {
	int64_t at_ms;
	char event[25];
	char who[256];
	char comment[1000];
};
#define NOTES_SHOWN 200
/* The first NOTES_SHOWN, and one that tells that there are more. */
int store_appeal_notes(struct db *db, uint64_t id,
		       int (*each)(void *arg, const struct appeal_note *n),
		       void *arg);

/* ---- the journal -------------------------------------------------------- */

#define JOURNAL_PAGE 50

struct journal_filter {
	char number[17];
	char surname[APPEAL_NAME], given[APPEAL_NAME];
	char type[32], form[32], theme[13], channel[17], enp[17];
	char text[401];                 /* words of the description */
	uint32_t assignee, mo, insurer; /* 0: any */
	bool all;                      /* every status but drafts and deleted */
	bool unassigned;               /* «Не распределено» */
	bool mine;                     /* «Мои»: his to work on */
	bool returned;                 /* «Возвращённые» */
	char due_from[11], due_to[11]; /* a term in [from, to]; "": any */
	bool oldest; /* first; «Отсроченный ответ» always */
	bool one_status; /* status counts; neither: the active ones */
	enum appeal_status status;
	char phone[33];
	int64_t from_ms, to_ms; /* registered in [from, to); 0: open */
	int64_t closed_from_ms, closed_to_ms; /* closed, the same */
	char result[25];                      /* "": any */
	int64_t after_ms; /* keyset: older than this row; 0: newest */
	uint64_t after_id;
	uint64_t only[JOURNAL_PAGE]; /* these, if the list has them; */
	size_t n_only;               /* 0: all */
	unsigned limit;              /* rows at most; 0: JOURNAL_PAGE + 1 */
	bool whole;                  /* the columns of an export, too */
};

/* The tabs of K-4.0.7, each a set of journal_filter. */
enum journal_tab {
	TAB_MINE,
	TAB_DEFERRED,
	TAB_RETURNED,
	TAB_SOON,    /* «Истекает за 3 дня» */
	TAB_OVERDUE, /* «Просроченные» */
	JOURNAL_TABS
};

/* A row of the list; a whole appeal would be 20 KiB. */
struct journal_row {
	uint64_t id;
	char number[17];
	enum appeal_status status;
	char type[32], theme[1201];
	char surname[APPEAL_NAME], given_name[APPEAL_NAME],
	    patronymic[APPEAL_NAME];
	char phone[33];
	char due[11];
	bool result; /* one is set */
	uint32_t assignee_id;
	char assignee[128]; /* short name */
	int64_t at_ms;      /* of registration; a draft: of creation */
	int64_t key_ms;     /* what the list is ordered by */
	char origin[12];    /* CARD, LOST_CALL … */
	/* only with journal_filter.whole */
	char theme_code[13], form[32], channel[17], enp[21], result_code[25];
	char mo[641], insurer[641];
	int64_t closed_ms; /* 0: not closed */
};

/* ETIMEDOUT: the words are in too many descriptions to be looked through.
 * Newest first, only «Отсроченный ответ» by waiting time, longest first
 * (K-6.2.5); rows of what who may see. */
int store_journal(struct db *db, const struct identity *who,
		  const struct journal_filter *f,
		  int (*each)(void *arg, const struct journal_row *row),
		  void *arg);
/* What its filter may choose from. Everybody who may have been an assignee, of
 * that organization (0: of all); all themes, also those no longer in force. */
typedef int journal_choice_fn(void *arg, const char *value, const char *name);
int store_journal_people(struct db *db, uint32_t organization,
			 journal_choice_fn *each, void *arg);
int store_journal_themes(struct db *db, journal_choice_fn *each, void *arg);
/* How many each tab has, of what who may see. today, soon: ГГГГ-ММ-ДД, the
 * last day of «Истекает за 3 дня» */
int store_journal_counts(struct db *db, const struct identity *who,
			 const char *today, const char *soon,
			 uint64_t counts[JOURNAL_TABS]);

#endif
