/* store_old.h - what has had its time: sessions, drafts, small changes of the
 * counters. By otklik-jobs, once an hour. */
#ifndef STORE_OLD_H
#define STORE_OLD_H

struct db;

/* @return 0 or a database error */
int store_old_sessions(struct db *db);

/*
 * DOMAIN 3.1: drafts without a call that nobody went on with, each in a
 * transaction of its own, with all its files: also removed ones and those in
 * quarantine.
 *
 * @param state  The state directory, where the files lie
 * @return 0, or what the last one that stays failed with; it holds up no other
 */
int store_old_drafts(struct db *db, const char *state);

/* What was typed into registered cards and not saved, as old as such a draft.
 * @return 0 or a database error */
int store_old_edits(struct db *db);

/*
 * The counters of the journal (journal_sum): what is older than any transaction
 * may be becomes one row of each kind.
 *
 * @return 0 or a database error
 */
int store_fold_counters(struct db *db);

#endif
