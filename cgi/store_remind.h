/* store_remind.h - notices that only time makes: of terms, and of decisions
 * that wait (K-6.0.4, DOMAIN 3.2). */
#ifndef STORE_REMIND_H
#define STORE_REMIND_H

#include <stdint.h>

struct db;

/*
 * Each once, however often it is called: a term of five working days, of one,
 * of today, to the assignee of the appeal, overdue every day anew; to his
 * supervisors how many there are of each, once a day; to the administrators
 * each review that takes longer than three working days. Who registered it
 * today needs no word of its term. Sets the process' time zone to the
 * region's.
 *
 * @param told  How many people have something new (wake the plugin)
 */
int store_remind(struct db *db, int64_t now_ms, unsigned *told);
/* What is older than setting notice.keep_days goes. */
int store_notices_old(struct db *db);

#endif
