/* store_lost.h - lost calls become work for somebody (K-2.0.9, T4). */
#ifndef STORE_LOST_H
#define STORE_LOST_H

#include <stdint.h>

struct db;

/*
 * Makes an appeal in «Отсроченный ответ», «Не распределено» of each lost call
 * with a number, or joins the open one of the same number; exactly once a
 * call, however often this runs. Lost: nobody answered, or it was given back
 * to the queue and nobody answered again, or we cut it ourselves.
 *
 * @param since_ms  Calls that ended before are not looked at; 0: all are
 * @param made      Calls that were handled
 * @return 0 or a database error; what was handled before it stays
 */
int store_lost_calls(struct db *db, int64_t now_ms, int64_t since_ms,
		     unsigned *made);

#endif
