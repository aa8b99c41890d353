/* prompt_own.h - the fund's own prompts, out of the directory (store_dir.h). */
#ifndef CC_PROMPT_OWN_H
#define CC_PROMPT_OWN_H

#include <jansson.h>

struct cc_media;

/**
 * Read the files "prompts" of the directory names, and write beside "use"
 * which prompt that is ("prompt") and by what it is played ("own"). What
 * cannot be read is left without: callers hear the delivered one.
 *
 * @param folder  holds ID.wav for each file
 */
void cc_prompts_own(json_t *dir, const char *folder, struct cc_media *m);

#endif
