#include "cgi/store_follow.h"

#include "cgi/appeal_cycle.h"
#include "cgi/ctx.h"
#include "cgi/store_appeal.h"
#include "cgi/store_log.h"
#include "cgi/store_step.h"

#include <stdio.h>

static int log_handover(struct ctx *ctx, const struct appeal *a)
{
	char text[24];
	const struct access entry = { .action = "HANDOVER",
				      .object_type = "appeal",
				      .object_id = text,
				      .person = a->person_id };

	snprintf(text, sizeof(text), "%llu", (unsigned long long)a->id);
	return store_access(ctx, &entry);
}

/* T6a: the draft becomes his who has the call now. */
static int follow_draft(struct ctx *ctx, struct appeal *a, bool turned)
{
	int err = turned ? store_appeal_draft_save(ctx->db, a) : 0;

	if (!err)
		err = store_appeal_author(ctx->db, a, ctx->who->id);
	if (!err)
		err = store_appeal_forwarded(ctx, a, a->author_id, ctx->who->id,
					     true);
	if (!err)
		err = store_appeal_history(ctx, a, APPEAL_HANDOVER, a->status,
					   "");
	return err ? err : log_handover(ctx, a);
}

/* T6: the appeal does. */
static int follow_appeal(struct ctx *ctx, struct appeal *a,
			 const struct appeal *was)
{
	struct appeal_move m;
	int err = appeal_move(ctx->who, a, APPEAL_FOLLOW, &m);

	if (err)
		return err;
	appeal_apply(a, APPEAL_FOLLOW, &m, ctx->who, "", ctx->now_ms);
	return store_step(ctx, a, was, APPEAL_FOLLOW, &m, "");
}

int store_follow(struct ctx *ctx, struct appeal *a)
{
	static struct appeal was;
	const bool draft = a->status == APPEAL_DRAFT;
	const uint32_t from = draft ? a->author_id : a->assignee_id;
	const uint32_t org = draft ? a->author_org : a->assignee_org;
	bool turned;

	was = *a;
	/* an insurer's colleague has it from his own or from the fund */
	if (!a->insurer_id && ctx->who->org_kind == ORG_INSURER &&
	    org != ctx->who->org_id && from == a->call_from)
		a->insurer_id = ctx->who->org_id;
	turned = appeal_turned(&was, a);
	return draft ? follow_draft(ctx, a, turned)
		     : follow_appeal(ctx, a, &was);
}
