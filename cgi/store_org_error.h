/* store_org_error.h - errors that people report in «Организации» (K-4.1.6). */
#ifndef STORE_ORG_ERROR_H
#define STORE_ORG_ERROR_H

#include <stdint.h>

struct ctx;

#define ORG_ERRORS_SHOWN 200
#define ORG_ERROR_TEXT   1000 /* characters */

struct org_error {
	uint32_t id;
	uint32_t org;                      /* 0: removed since */
	char entry[641];                   /* its name when it was reported */
	char text[ORG_ERROR_TEXT * 4 + 1]; /* what is wrong */
	char state[9];                     /* NEW FIXED REJECTED */
	char who[128], decider[128];       /* «Иванова А. П.» */
	int64_t at_ms, decided_ms;         /* decided: of no NEW one */
};

/* The row, its entry in the log and the administrators' notices, or nothing.
 * @return 0, ENOENT (no such organization) or a database error */
int store_org_error_put(struct ctx *ctx, uint32_t org, const char *text);
/* NEW ones first, then by age, the newest first: ORG_ERRORS_SHOWN and one that
 * tells that there are more. */
int store_org_errors(struct ctx *ctx,
		     int (*each)(void *arg, const struct org_error *e),
		     void *arg);
/* Of a NEW one, with its entry in the log. @return 0, ENOENT, ESTALE (another
 * was faster) or a database error */
int store_org_error_decide(struct ctx *ctx, uint64_t id, const char *state);

#endif
