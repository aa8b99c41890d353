#include "cgi/card_edit.h"

#include <errno.h>
#include <stdlib.h>

#include "cgi/appeal.h"
#include "cgi/card_step.h"
#include "cgi/ctx.h"
#include "cgi/form.h"
#include "cgi/store_edit.h"
#include "cgi/store_log.h"
#include "db/db.h"

int card_edit_form(const json_t *body, struct form *form)
{
	const char *name;
	json_t *value;

	form->count = 0;
	json_object_foreach((json_t *)body, name, value) {
		if (!json_is_string(value))
			return EINVAL;
		if (form->count == FORM_MAX_FIELDS)
			return E2BIG;
		/* no NUL inside: jansson refuses it by default */
		form->fields[form->count++] =
		    (struct form_field){ name, json_string_value(value),
					 json_string_length(value) };
	}
	return 0;
}

int card_edit_keep(struct ctx *ctx, uint64_t appeal, uint32_t version,
		   const json_t *body)
{
	static struct appeal a;
	enum appeal_access access = APPEAL_HIDDEN;
	char *fields = json_dumps(body, JSON_COMPACT);
	int err = fields ? db_begin(ctx->db) : ENOMEM;

	if (err) {
		free(fields);
		return err;
	}
	err = card_load(ctx, appeal, true, &a, &access);
	if (!err && (access != APPEAL_EDIT || a.version != version ||
		     a.status == APPEAL_DRAFT))
		err = ESTALE;
	if (!err)
		err = store_edit_put(ctx, appeal, version, fields);
	free(fields);
	return store_end(ctx, err);
}
