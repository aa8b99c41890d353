/* POST /appeal/{id}/open: whoever has a card on his screen says so every few
 * seconds, and is told who else has. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "cgi/app.h"
#include "cgi/card_step.h"
#include "cgi/pages.h"
#include "cgi/store_card.h"

static int add(void *arg, const char *name)
{
	return json_array_append_new(arg, json_string(name)) ? ENOMEM : 0;
}

/* leave: he turns away. -> {"others": ["Иванова А. П."]} */
int api_viewers(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	static struct appeal a;
	enum appeal_access access;
	json_t *others, *body;
	char *text = NULL;
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	if (!err)
		err = card_load(ctx, id, false, &a, &access);
	if (!err)
		err = store_card_open(ctx, id,
				      form_find(&req->body, "leave") != NULL);
	if (err)
		return respond_errno(res, err);
	others = json_array();
	err = store_card_viewers(ctx, id, add, others);
	body = json_pack("{s:o}", "others", others);
	if (!err)
		text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	if (!text)
		return respond_errno(res, err ? err : ENOMEM);
	respond_json(res, 200, text);
	free(text);
	return 0;
}
