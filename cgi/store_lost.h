/* store_lost.h - lost calls, voice messages and left numbers become work for
 * somebody (K-2.0.9, K-2.0.10, T4). */
#ifndef STORE_LOST_H
#define STORE_LOST_H

#include <stdint.h>

struct db;

struct lost_report {
	unsigned made;   /* calls that were handled */
	unsigned failed; /* calls that could not be; they are tried again */
	int why;         /* the first of them: its errno, its id */
	char call[37];
};

/*
 * T19 for what the telephone gave away: who answered or took a call-back has
 * its appeal, and the call that was made belongs to it. Once, however often
 * this runs.
 * since_ms: calls that were made before are not looked at; 0: all are.
 */
int store_places_given(struct db *db, int64_t now_ms, int64_t since_ms,
		       unsigned *given);

/*
 * Makes an appeal in «Отсроченный ответ», «Не распределено» of each lost call
 * with a number, or joins the open one of the same number; exactly once a
 * call, however often this runs. Lost: nobody answered, or it was given back
 * to the queue and nobody answered again, or we cut it ourselves; or the
 * caller left a message or his number. A message without a number stands for
 * itself in loose_message.
 *
 * @param since_ms  Calls that ended before are not looked at; 0: all are
 * @param out       Written in any case
 * @return 0, or a database error that is no single call's; what was handled
 *         before it stays
 */
int store_lost_calls(struct db *db, int64_t now_ms, int64_t since_ms,
		     struct lost_report *out);

#endif
