/* notice.h - notices that a page of something else has answered. */
#ifndef NOTICE_H
#define NOTICE_H

#include <stdint.h>

struct ctx;
struct response;

/* He has that appeal before him: what was said of it is read. The answer tells his
 * page how many are left. @return 0 or an errno */
int notice_seen(struct ctx *ctx, struct response *res, uint64_t appeal);
/* The same of a version of an answer. */
int notice_seen_answer(struct ctx *ctx, struct response *res, uint32_t answer);

#endif
