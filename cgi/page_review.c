/* The administrator's approval queue, and decisions about others' appeals. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgi/app.h"
#include "cgi/card_step.h"
#include "cgi/pages.h"
#include "cgi/param.h"
#include "cgi/show.h"
#include "cgi/store_appeal.h"
#include "cgi/store_log.h"
#include "cgi/store_place.h"
#include "cgi/store_review.h"
#include "cgi/util.h"
#include "db/db.h"

enum { MAX_EXCEPTIONS = 120, MAX_BATCH = 50 };

/* ---- the queue ----------------------------------------------------------- */

static const char *const kinds[] = { "", "CLOSE", "EXTENSION", "REMOVAL" };

struct queue {
	struct ctx *ctx;
	struct date today;
	struct workday_exception off[MAX_EXCEPTIONS];
	size_t n_off;
	uint64_t percent, seed;
	unsigned count;
};

static int open_queue(struct ctx *ctx, struct queue *q)
{
	char from[16];
	int err;

	q->ctx = ctx;
	q->today = app_today(ctx);
	q->count = 0;
	snprintf(from, sizeof(from), "%04u-01-01",
		 (unsigned)(q->today.year - 1) % 10000);
	err = store_calendar(ctx->db, from, q->off, LEN(q->off), &q->n_off);
	return err ? err : store_review_sample(ctx->db, &q->percent, &q->seed);
}

/* Whether a press on one button may approve it together with others. */
static bool batchable(const struct queue *q, const struct review_row *r)
{
	return appeal_batch_safe(&r->a, q->today, r->flagged, r->first) &&
	       !appeal_batch_sample(q->seed, r->a.id, (unsigned)q->percent) &&
	       r->a.assignee_id != q->ctx->who->id;
}

static const char *kind_of(const struct appeal *a)
{
	return *a->delete_reason           ? "REMOVAL"
	       : a->review == REVIEW_CLOSE ? "CLOSE"
					   : "EXTENSION";
}

static int show_row(void *arg, const struct review_row *r)
{
	struct queue *q = arg;
	struct ctx *ctx = q->ctx;
	struct node *at;
	const struct appeal *a = &r->a;
	char text[APPEAL_NAME * 3 + 3];
	struct date due;

	if (show_cut(ctx, "Queue", q->count, REVIEWS_SHOWN))
		return 0;
	at = view_at(ctx->page, "Queue.%u", q->count++);
	view_set_int(at, "Id", (int64_t)a->id);
	view_set_int(at, "Version", a->version);
	view_set(at, "Number", a->number);
	snprintf(text, sizeof(text), "%s%s%s%s%s", a->surname,
		 *a->given_name ? " " : "", a->given_name,
		 *a->patronymic ? " " : "", a->patronymic);
	view_set(at, "Fio", *text ? text : app_text(ctx, "Journal.Anonymous"));
	view_set(at, "Kind", show_choice(ctx, "ReviewKinds", kind_of(a)));
	app_time(a->review_ms, text, sizeof(text));
	view_set(at, "Since", text);
	if (a->review_ms && appeal_review_late(app_day(a->review_ms), q->today,
					       q->off, q->n_off))
		view_set(at, "Late", "1");
	show_date(a->due, text, sizeof(text));
	view_set(at, "Due", text);
	if (!date_parse(a->due, &due) && deadline_overdue(due, q->today))
		view_set(at, "Overdue", "1");
	show_date(a->requested, text, sizeof(text));
	view_set(at, "Requested", text);
	view_set(at, "Type", show_choice(ctx, "Types", a->type));
	view_set(at, "Theme", r->theme);
	view_set(at, "Result", show_result(ctx, a->result));
	view_set(at, "Assignee", r->assignee);
	if (a->returns)
		view_set_int(at, "Returns", a->returns);
	if (batchable(q, r))
		view_set(at, "Batch", "1");
	return 0;
}

static int show_counts(struct ctx *ctx, size_t what)
{
	uint64_t counts[4] = { 0 };
	int err = store_review_counts(ctx->db, counts);

	for (unsigned i = 0; i < 4; i++) {
		struct node *at = view_at(ctx->page, "Tabs.%u", i);
		char key[40];

		snprintf(key, sizeof(key), "Review.Tab%u", i);
		view_set(at, "Name", app_text(ctx, key));
		snprintf(key, sizeof(key), "kind=%s", kinds[i]);
		view_set(at, "Query", key);
		view_set_int(at, "Count", (int64_t)counts[i]);
		if (i == what)
			view_set(at, "Active", "1");
	}
	return err;
}

static int show_queue(struct ctx *ctx, size_t what, bool fresh)
{
	static struct queue q;
	const struct access entry = { .action = "LIST",
				      .object_type = "review" };
	int err = open_queue(ctx, &q);

	if (!err)
		err = fresh ? store_access_fresh(ctx, &entry)
			    : store_access(ctx, &entry);
	if (!err)
		err = show_counts(ctx, what);
	if (!err)
		err = store_reviews(ctx->db, (enum review_what)what, 0,
				    show_row, &q);
	return err;
}

/* GET /review  kind: CLOSE, EXTENSION, REMOVAL; done, number: of the last
 * decision */
int page_review(struct ctx *ctx, const struct request *req,
		struct response *res)
{
	const struct form_field *done = form_find(&req->query, "done");
	const char *message = done ? card_step_message(done->value) : NULL;
	char number[65];
	size_t what = REVIEW_ALL;
	int err;

	if (param_choice(&req->query, "kind", kinds, LEN(kinds), &what) ==
	    EINVAL)
		return respond_error(res, 422, NULL);
	err = show_queue(ctx, what, req->refresh);
	if (err)
		return respond_errno(res, err);
	if (message) {
		param_text(&req->query, "number", 0, 16, number,
			   sizeof(number));
		view_set(ctx->page, "Review.Message", app_text(ctx, message));
		view_set(ctx->page, "Review.Number", number);
	}
	return respond_page(res, 200);
}

/* ---- many at once -------------------------------------------------------- */

struct pick {
	struct queue *q;
	uint64_t version;
	bool good;
};

static int look(void *arg, const struct review_row *r)
{
	struct pick *p = arg;

	p->good = r->a.version == p->version && batchable(p->q, r);
	return 0;
}

/* One of them, in a transaction of its own: what a colleague decided or what
 * is no longer plain is left where it is. */
static int approve_one(struct queue *q, uint64_t id, uint64_t version,
		       bool *done)
{
	static struct appeal a, was;
	struct ctx *ctx = q->ctx;
	struct pick p = { q, version, false };
	struct appeal_move m;
	int err = db_begin(ctx->db);

	*done = false;
	if (!err)
		err = store_appeal_get(ctx->db, id, true, &a);
	if (!err)
		err = store_reviews(ctx->db, REVIEW_ALL, id, look, &p);
	if (err || !p.good || a.version != version ||
	    appeal_move(ctx->who, &a, APPEAL_APPROVE, &m)) {
		db_rollback(ctx->db);
		return err == ENOENT ? 0 : err;
	}
	was = a;
	appeal_apply(&a, APPEAL_APPROVE, &m, ctx->who, "", ctx->now_ms);
	err = store_end(ctx, store_step(ctx, &a, &was, APPEAL_APPROVE, &m, ""));
	*done = !err;
	return err;
}

/* POST /review  pick: "ID-VERSION", repeated */
int page_review_batch(struct ctx *ctx, const struct request *req,
		      struct response *res)
{
	static struct queue q;
	unsigned asked = 0, approved = 0, over = 0;
	char text[200];
	int err = open_queue(ctx, &q);

	for (size_t i = 0; !err && i < req->body.count; i++) {
		const struct form_field *f = &req->body.fields[i];
		char *end;
		uint64_t id, version;
		bool done;

		if (strcmp(f->name, "pick") != 0)
			continue;
		if (asked == MAX_BATCH) {
			over++;
			continue;
		}
		id = strtoull(f->value, &end, 10);
		if (*end != '-')
			return respond_error(res, 422, NULL);
		version = strtoull(end + 1, &end, 10);
		if (*end)
			return respond_error(res, 422, NULL);
		asked++;
		err = approve_one(&q, id, version, &done);
		approved += done;
	}
	if (!err)
		err = show_queue(ctx, REVIEW_ALL, false);
	if (err)
		return respond_errno(res, err);
	snprintf(text, sizeof(text), "%s: %u", app_text(ctx, "Review.Approved"),
		 approved);
	view_set(ctx->page, "Review.Message", text);
	if (approved < asked) {
		snprintf(text, sizeof(text), "%s: %u",
			 app_text(ctx, "Review.Skipped"), asked - approved);
		view_set(ctx->page, "Review.Warning", text);
	}
	if (over) {
		snprintf(text, sizeof(text), "%s: %u",
			 app_text(ctx, "Review.Over"), over);
		view_set(ctx->page, "Review.Over", text);
	}
	return respond_page(res, 200);
}

/* ---- one decision -------------------------------------------------------- */

static int show_again(struct ctx *ctx, struct response *res,
		      const struct appeal *a, enum appeal_access access,
		      const struct form *form, const char *message, int status,
		      const struct card_errors *errors)
{
	int err = card_log(ctx, "VIEW", a->id, a->person_id, NULL);

	if (!err)
		err = card_show(ctx, a, access, errors);
	if (form_find(form, "queue"))
		card_step_queue(ctx);
	if (!err)
		err = card_step_show(ctx, a, access, form);
	if (err)
		return respond_errno(res, err);
	card_message(ctx, message, status == 409 ? "warning" : "danger");
	return respond_page(res, status);
}

static int done(struct ctx *ctx, struct response *res, const struct form *form,
		const struct appeal *a, const struct card_step *step)
{
	const char *event = appeal_event_code(step->on[step->count - 1]);

	(void)ctx;
	if (form_find(form, "queue"))
		return respond_redirect(res, "/review?done=%s&number=%s", event,
					a->number);
	return respond_redirect(res, "/appeal/%llu?done=%s",
				(unsigned long long)a->id, event);
}

/* POST /appeal/{id}/review, /appeal/{id}/reassign  version, do: the decision,
 * comment, new_due, return_to, reassign_to */
int page_appeal_decide(struct ctx *ctx, const struct request *req,
		       struct response *res)
{
	static struct appeal a, stored;
	static struct card_step step;
	struct card_errors errors = { .count = 0 };
	enum appeal_access access = APPEAL_HIDDEN;
	uint64_t id = 0, version;
	bool again = false;
	int err = app_arg_u64(ctx, "id", &id);

	if (err)
		return respond_errno(res, err);
	if (param_u64(&req->body, "version", 1, UINT32_MAX, &version))
		return respond_error(res, 422, NULL);
	err = db_begin(ctx->db);
	if (!err)
		err = card_load(ctx, id, true, &stored, &access);
	if (!err && stored.status == APPEAL_DRAFT)
		err = EPROTO;
	if (!err) {
		a = stored;
		err = card_step_decide(ctx, &req->body, &a, &step, &errors);
	}
	if (!err && stored.version != version) {
		err = card_step_again(ctx, id, &step, &again);
		db_rollback(ctx->db);
		if (err)
			return respond_errno(res, err);
		if (again)
			return done(ctx, res, &req->body, &stored, &step);
		return show_again(ctx, res, &stored, access, &req->body,
				  "Msg.Conflict", 409, NULL);
	}
	if (!err)
		err = card_step_check(ctx, &a, false, &step, &errors);
	if (!err && errors.count) {
		db_rollback(ctx->db);
		return show_again(ctx, res, &stored, access, &req->body,
				  "Msg.M08", 422, &errors);
	}
	if (!err)
		err = card_step_do(ctx, &a, &step, -1);
	err = store_end(ctx, err);
	return err ? respond_errno(res, err)
		   : done(ctx, res, &req->body, &a, &step);
}
