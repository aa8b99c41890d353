#include "janus-plugin/prompt_own.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <janus/debug.h>

#include "janus-plugin/media.h"
#include "janus-plugin/prompt.h"

static enum cc_prompt named(const char *use)
{
	char name[16];

	for (int p = CC_PROMPT_NONE + 1; use && p < CC_PROMPT_COUNT; p++) {
		cc_prompt_name((enum cc_prompt)p, name, sizeof(name));
		if (!strcmp(name, use))
			return (enum cc_prompt)p;
	}
	return CC_PROMPT_NONE;
}

void cc_prompts_own(json_t *dir, const char *folder, struct cc_media *m)
{
	char path[PATH_MAX];
	enum cc_prompt own;
	json_t *o;
	size_t i;

	json_array_foreach(json_object_get(dir, "prompts"), i, o) {
		const char *use = json_string_value(json_object_get(o, "use"));
		const json_int_t id =
		    json_integer_value(json_object_get(o, "file"));
		const enum cc_prompt p = named(use);
		int err;

		if (p == CC_PROMPT_NONE)
			continue;
		snprintf(path, sizeof(path), "%s/%lld.wav", folder,
			 (long long)id);
		err = cc_media_prompt(m, path, &own);
		if (err) {
			JANUS_LOG(LOG_ERR, "otklik: %s: %s\n", path,
				  strerror(err));
			continue;
		}
		json_object_set_new(o, "prompt", json_integer(p));
		json_object_set_new(o, "own", json_integer(own));
	}
}
