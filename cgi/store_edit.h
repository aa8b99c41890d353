/* store_edit.h - what somebody types into a registered card before he saves it:
 * kept for him alone, so that a lost browser loses nothing. */
#ifndef STORE_EDIT_H
#define STORE_EDIT_H

#include <stdint.h>

struct ctx;

struct edit {
	uint32_t version; /* of the appeal he typed over */
	int64_t at_ms;
	char *fields; /* the form as a JSON object; the caller frees it */
};

/* Takes the place of what he typed before. fields: as above. */
int store_edit_put(struct ctx *ctx, uint64_t appeal, uint32_t version,
		   const char *fields);
/* @return 0, ENOENT or a database error */
int store_edit_get(struct ctx *ctx, uint64_t appeal, struct edit *out);
/* He saved it, or does not want it. */
int store_edit_drop(struct ctx *ctx, uint64_t appeal);

#endif
