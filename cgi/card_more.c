/* Blocks of the card with forms of their own: identity, warnings. */
#include "cgi/card_more.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/appeal_field.h"
#include "cgi/card.h"
#include "cgi/card_file.h"
#include "cgi/card_step.h"
#include "cgi/pages.h"
#include "cgi/show.h"
#include "cgi/store_log.h"
#include "cgi/store_card.h"
#include "cgi/util.h"
#include "db/db.h"

#define REGISTER_DAYS 3 /* of a letter, from its receipt (59-ФЗ art. 8) */
#define FORWARD_DAYS  7 /* to whom it concerns, from registration */

/* Whether more days lie between; "" is no day. */
static bool later(const char *from, const char *to, int days)
{
	struct date a, b;

	return !date_parse(from, &a) && !date_parse(to, &b) &&
	       date_to_days(b) - date_to_days(a) > days;
}

static int show_late(struct ctx *ctx, const struct appeal *a)
{
	struct node *card = view_at(ctx->page, "Card");
	char registered[11], left[11] = "";
	int64_t left_ms = 0;
	int err;

	if (strcmp(a->form, "Письменная") != 0)
		return 0;
	err = store_card_left(ctx->db, a->id, &left_ms);
	if (left_ms)
		date_text(app_day(left_ms), left);
	date_text(a->registered_ms ? app_day(a->registered_ms) : app_today(ctx),
		  registered);
	if (later(a->received_on, registered, REGISTER_DAYS))
		view_set(card, "LateRegistered", "1");
	if (later(registered, left, FORWARD_DAYS) ||
	    (!strcmp(a->result, "FORWARDED_EXTERNAL") &&
	     later(registered, a->result_date, FORWARD_DAYS)))
		view_set(card, "LateForwarded", "1");
	return err;
}

static int show_identity(struct ctx *ctx, const struct appeal *a,
			 enum appeal_access access)
{
	struct node *at = view_at(ctx->page, "Identity");
	struct identity_check c;
	char text[160];
	int err = store_identity_get(ctx->db, a, &c);
	bool confirmed = identity_holds(a, c.ticked);

	if (err)
		return err;
	for (unsigned i = 0; i < IDENTITY_VALUES; i++) {
		struct node *value = view_at(at, "Values.%u", i);

		view_set(value, "Code", identity_values[i]);
		view_set(
		    value, "Name",
		    show_choice(ctx, "IdentityValues", identity_values[i]));
		if (c.ticked & 1u << i)
			view_set(value, "On", "1");
	}
	if (confirmed)
		view_set(at, "Confirmed", "1");
	else if (identity_confirmed(c.ticked))
		view_set(at, "NeedsAuthority", "1");
	if (c.ticked) {
		app_time(c.at_ms, text, sizeof(text));
		view_set(at, "At", text);
		view_set(at, "Who", c.who);
	}
	if (access == APPEAL_EDIT)
		view_set(at, "May", "1");
	return 0;
}

/* Whoever looks at a card knows whose it is. */
static int show_assignee(struct ctx *ctx, const struct appeal *a)
{
	char name[128];
	int err;

	if (!a->assignee_id || a->assignee_id == ctx->who->id)
		return 0;
	err = store_card_person(ctx->db, a->assignee_id, name);
	if (!err)
		view_set(view_at(ctx->page, "Card"), "Assignee", name);
	return err;
}

int card_more_show(struct ctx *ctx, const struct appeal *a,
		   enum appeal_access access)
{
	int err = show_identity(ctx, a, access);

	if (!err)
		err = show_assignee(ctx, a);
	if (!err)
		err = show_late(ctx, a);
	return err ? err : card_files_show(ctx, a, access);
}

/* POST /appeal/{id}/identity  tick: each value that fits; the card's fields:
 * it is about whom they name */
int page_identity(struct ctx *ctx, const struct request *req,
		  struct response *res)
{
	static struct appeal a;
	struct card_errors errors = { .count = 0 };
	enum appeal_access access = APPEAL_HIDDEN;
	unsigned ticked = 0;
	uint64_t id = 0;
	int err = app_arg_u64(ctx, "id", &id);

	for (size_t i = 0; i < req->body.count; i++)
		for (unsigned v = 0; v < IDENTITY_VALUES; v++)
			if (!strcmp(req->body.fields[i].name, "tick") &&
			    !strcmp(req->body.fields[i].value,
				    identity_values[v]))
				ticked |= 1u << v;
	if (!err)
		err = db_begin(ctx->db);
	if (err)
		return respond_errno(res, err);
	err = card_load(ctx, id, true, &a, &access);
	if (!err && access != APPEAL_EDIT)
		err = EACCES;
	if (!err) {
		card_read(&req->body, &a, &errors);
		err = store_identity_add(ctx, &a, ticked);
	}
	if (!err)
		err = card_log(ctx, "IDENTITY", id, a.person_id, NULL);
	err = store_end(ctx, err);
	if (!err)
		err = show_identity(ctx, &a, access);
	if (err)
		return respond_errno(res, err);
	view_set_int(view_at(ctx->page, "Card"), "Id", (int64_t)id);
	view_set(ctx->page, "Csrf", ctx->session.csrf);
	return respond_page(res, 200);
}
