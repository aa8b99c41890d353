/* «Телефонный справочник»: colleagues (K-4.1) and organizations (K-4.1.6).
 * A page holds all of them; its script filters what is typed. */
#include <stdio.h>
#include <string.h>

#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/phone.h"
#include "cgi/store_place.h"
#include "cgi/util.h"

#define MOST_PEOPLE 5000

struct list {
	struct ctx *ctx;
	unsigned count;
};

static int show_person(void *arg, const struct person *p)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Rows.%u", l->count++);
	char key[64];

	snprintf(key, sizeof(key), "Role.%s", p->role);
	view_set_int(at, "Id", p->id);
	view_set(at, "Name", p->name);
	view_set(at, "Org", p->org);
	view_set(at, "Role", app_text_or(l->ctx, key, p->role));
	view_set(at, "Extension", p->extension);
	if (p->id == l->ctx->who->id)
		view_set(at, "Self", "1");
	return 0;
}

/* GET /directory */
int page_directory(struct ctx *ctx, const struct request *req,
		   struct response *res)
{
	struct list l = { .ctx = ctx };
	int err = store_directory(ctx->db, "", MOST_PEOPLE, show_person, &l);

	(void)req;
	return err ? respond_errno(res, err) : respond_page(res, 200);
}

/* "+7 (8652) 00-00-03;112": what is read, and what is dialled where it is a
 * number at all. */
static void show_phones(struct node *at, const char *phones)
{
	char text[1601], number[PHONE_SIZE], *rest = text, *one;
	unsigned n = 0;

	copy_text(text, sizeof(text), phones);
	while ((one = strsep(&rest, ";"))) {
		struct node *p;

		one += strspn(one, " ");
		if (!*one)
			continue;
		p = view_at(at, "Phones.%u", n++);
		view_set(p, "Shown", one);
		if (!phone_normalize(one, number))
			view_set(p, "Number", number);
	}
}

/* Part by part, so that a line breaks between them: "пн–пт 9:00–18:00," "сб
 * 10:00–14:00". */
static void show_hours(struct node *at, const char *hours)
{
	char part[801];
	unsigned n = 0;

	while (*hours) {
		const char *end = strstr(hours, ", ");
		const size_t len =
		    end ? (size_t)(end - hours) + 1 : strlen(hours);

		snprintf(part, sizeof(part), "%.*s", (int)len, hours);
		view_set(view_at(at, "Hours.%u", n++), "Part", part);
		hours += len;
		hours += *hours == ' ';
	}
}

static int show_org(void *arg, const struct org_entry *o)
{
	struct list *l = arg;
	struct node *at = view_at(l->ctx->page, "Rows.%u", l->count++);
	char text[2100];

	snprintf(text, sizeof(text), "Orgs.Kind.%s", o->kind);
	view_set(at, "Kind", app_text(l->ctx, text));
	view_set_int(at, "Id", o->id);
	view_set(at, "Code", o->code);
	view_set(at, "Name", o->name);
	view_set(at, "FullName", o->full_name);
	snprintf(text, sizeof(text), "%s%s%s", o->town,
		 *o->town && *o->address ? ", " : "", o->address);
	view_set(at, "Address", text);
	show_phones(at, o->phones);
	show_hours(at, o->hours);
	view_set(at, "Site", o->site);
	return 0;
}

/* GET /directory/organizations  sent: an error was reported just now */
int page_orgs(struct ctx *ctx, const struct request *req, struct response *res)
{
	struct list l = { .ctx = ctx };
	int err = store_org_entries(ctx->db, show_org, &l);

	if (form_find(&req->query, "sent"))
		view_set(ctx->page, "Orgs.Message",
			 app_text(ctx, "OrgError.Sent"));
	return err ? respond_errno(res, err) : respond_page(res, 200);
}
