/*
 * The journal's first page with 50 rows, from the request to the page's last
 * byte, as the worker does it; the database is replaced by rows made here
 * (linked with --wrap). Counted is the whole process, without the C library
 * and this file, see run.mjs.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/callgrind.h>

#include "cgi/app.h"
#include "cgi/store_appeal.h"
#include "cgi/store_call.h"
#include "cgi/store_log.h"
#include "cgi/store_saved.h"

enum { WARM = 3, PAGES = 10 };

int __wrap_session_load(struct db *db, const unsigned char secret[32],
			const char *text, int64_t now_ms, bool use,
			struct session *out);
int __wrap_store_access(struct ctx *ctx, const struct access *entry);
int __wrap_store_journal(struct db *db, const struct identity *who,
			 const struct journal_filter *f,
			 int (*each)(void *arg, const struct journal_row *row),
			 void *arg);
int __wrap_store_recordings(struct db *db, const struct identity *who,
			    const uint64_t *appeals, size_t n,
			    recording_fn *each, void *arg);
int __wrap_store_take_count(struct db *db, uint32_t organization, uint64_t *n);
int __wrap_store_notices_unread(struct db *db, uint32_t user, uint64_t *n);
int __wrap_store_journal_counts(struct db *db, const struct identity *who,
				const char *today, const char *soon,
				uint64_t counts[JOURNAL_TABS]);
int __wrap_store_saved(struct db *db, uint32_t user,
		       int (*each)(void *arg, const struct saved *s),
		       void *arg);

int __wrap_store_saved(struct db *db, uint32_t user,
		       int (*each)(void *arg, const struct saved *s), void *arg)
{
	struct saved s = { 1, "Жалобы за месяц", "type=%D0%96&status=ALL" };
	int err = 0;

	(void)db;
	(void)user;
	for (; !err && s.id <= 3; s.id++)
		err = each(arg, &s);
	return err;
}

int __wrap_store_notices_unread(struct db *db, uint32_t user, uint64_t *n)
{
	(void)db;
	(void)user;
	*n = 3;
	return 0;
}

int __wrap_store_take_count(struct db *db, uint32_t organization, uint64_t *n)
{
	(void)db;
	(void)organization;
	*n = 7;
	return 0;
}

int __wrap_store_journal_counts(struct db *db, const struct identity *who,
				const char *today, const char *soon,
				uint64_t counts[JOURNAL_TABS])
{
	(void)db;
	(void)who;
	(void)today;
	(void)soon;
	for (unsigned i = 0; i < JOURNAL_TABS; i++)
		counts[i] = 10 + i;
	return 0;
}

int __wrap_session_load(struct db *db, const unsigned char secret[32],
			const char *text, int64_t now_ms, bool use,
			struct session *out)
{
	(void)db;
	(void)secret;
	(void)text;
	(void)now_ms;
	(void)use;
	*out = (struct session){
		.csrf = "0123456789abcdef0123456789abcdef",
		.user = { .who = { .id = 1,
				   .org_id = 1,
				   .org_kind = ORG_FUND,
				   .roles = 1u << ROLE_OPERATOR_L1 },
			  .name = "Иванова Анна Петровна",
			  .short_name = "Иванова А. П.",
			  .extension = "1001",
			  .org = "ТФОМС" },
	};
	return 0;
}

int __wrap_store_access(struct ctx *ctx, const struct access *entry)
{
	(void)ctx;
	(void)entry;
	return 0;
}

int __wrap_store_journal(struct db *db, const struct identity *who,
			 const struct journal_filter *f,
			 int (*each)(void *arg, const struct journal_row *row),
			 void *arg)
{
	int err = 0;

	(void)db;
	(void)who;
	(void)f;
	for (unsigned i = 0; i <= JOURNAL_PAGE && !err; i++) {
		struct journal_row row = {
			.id = 1000 - i,
			.status = APPEAL_IN_PROGRESS,
			.theme = "Получение полиса обязательного медицинского "
				 "страхования",
			.surname = "Сидоренко",
			.given_name = "Мария",
			.patronymic = "Александровна",
			.phone = "+79001234567",
			.due = "2026-01-20",
			.result = i % 3,
			.assignee_id = 1 + i % 2,
			.assignee = "Иванова А. П.",
			.at_ms = 1767225600000 - i * 60000LL,
			.key_ms = 1767225600000 - i * 60000LL,
		};

		snprintf(row.number, sizeof(row.number), "26-26-%06u",
			 1000 - i);
		snprintf(row.type, sizeof(row.type), "%s",
			 appeal_types[i % APPEAL_TYPES]);
		err = each(arg, &row);
	}
	return err;
}

int __wrap_store_recordings(struct db *db, const struct identity *who,
			    const uint64_t *appeals, size_t n,
			    recording_fn *each, void *arg)
{
	int err = 0;

	(void)db;
	(void)who;
	for (size_t i = 0; i < n && !err; i++) {
		struct recording r = {
			.kind = "CALL",
			.started_ms = 1767225600000,
			.seconds = 134,
			.took_part = true,
			.own_org = true,
			.appeal = appeals[i],
		};

		snprintf(r.id, sizeof(r.id), "01938f00-0000-7000-8000-%012u",
			 (unsigned)i);
		err = each(arg, &r);
	}
	return err;
}

/* @return bytes of the page, 0: it failed */
static size_t page(struct app *app, struct request *req)
{
	struct response res = { .status = 0 };
	size_t len;

	app_handle(app, 0, req, &res);
	len = res.status == 200 ? res.body.len : 0;
	response_free(&res);
	return len;
}

int main(void)
{
	char lines[3][100] = { "REQUEST_METHOD=GET", "DOCUMENT_URI=/",
			       "HTTP_COOKIE=" SESSION_COOKIE "=1" };
	char *env[] = { lines[0], lines[1], lines[2], NULL }, nothing[1];
	static struct request req;
	struct app app = { .routes = routes,
			   .route_count = route_count,
			   .region_due = INT64_MAX,
			   .region = "26" };
	struct buf why = { 0 };

	setenv("TZ", "UTC", 1); /* of the measuring, not of the machine */
	if (view_open(&app.view, "templates", &why)) {
		fprintf(stderr, "%s\n", why.data);
		return 1;
	}
	if (http_request(&req, env, nothing, 0))
		return 1;
	for (int i = 0; i < WARM; i++)
		if (page(&app, &req) < 20000) {
			fprintf(stderr, "not a journal of 50 rows\n");
			return 1;
		}
	CALLGRIND_ZERO_STATS;
	for (int i = 0; i < PAGES; i++)
		page(&app, &req);
	CALLGRIND_DUMP_STATS;
	printf("journal_page %d\n", PAGES);
	view_close(&app.view);
	return 0;
}
