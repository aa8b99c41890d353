#include "cgi/card_kept.h"

#include <string.h>

#include "cgi/app.h"
#include "cgi/appeal.h"
#include "cgi/form.h"
#include "cgi/util.h"

void card_kept(struct ctx *ctx, const struct form *form,
	       const struct appeal *stored)
{
	/* what is chosen from lists is chosen again with less work */
	const struct {
		const char *name, *label, *stored;
	} fields[] = {
		{ "surname", "Card.Surname", stored->surname },
		{ "given_name", "Card.GivenName", stored->given_name },
		{ "patronymic", "Card.Patronymic", stored->patronymic },
		{ "birth_date", "Registry.Birth", "" },
		{ "enp", "Registry.Enp", stored->enp },
		{ "phone", "Card.Phone", stored->phone },
		{ "description", "Card.Description", stored->description },
		{ "deferred_reason", "Step.DeferredReason",
		  stored->deferred_reason },
		{ "measures", "Step.Comment", stored->measures },
		{ "comment", "Step.Comment", "" },
		{ "reject_reason", "Step.RejectReason", stored->note },
		{ "addressee", "Step.Addressee", stored->note },
		{ "to_whom", "Step.ToWhom", stored->note },
		{ "to_organization", "Step.ToOrganization", stored->note },
		{ "letter_number", "Step.LetterNumber", stored->reference },
		{ "duplicate_of", "Step.DuplicateOf", stored->reference },
		{ "answer_number", "Step.AnswerNumber", "" },
		{ "answer_text", "Step.AnswerText", "" },
		{ "forward_comment", "Step.ForwardComment", "" },
		{ "no_contact_reason", "Step.Reason", "" },
		{ "delete_reason", "Step.DeleteReason", "" },
	};
	unsigned n = 0;

	for (size_t i = 0; i < LEN(fields); i++) {
		const struct form_field *f = form_find(form, fields[i].name);
		struct node *at;

		if (!f || !f->len || !strcmp(f->value, fields[i].stored))
			continue;
		at = view_at(ctx->page, "Kept.%u", n++);
		view_set(at, "Name", app_text(ctx, fields[i].label));
		view_set(at, "Value", f->value);
	}
}
