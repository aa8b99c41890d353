/* card_file.h - the block of files in the card. */
#ifndef CARD_FILE_H
#define CARD_FILE_H

#include "cgi/appeal.h"

struct ctx;

/* Nothing for those who may not see files. @return 0 or a database error */
int card_files_show(struct ctx *ctx, const struct appeal *a,
		    enum appeal_access access);

#endif
