#include "cgi/store_place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgi/name_key.h"
#include "cgi/util.h"
#include "cgi/workday.h"
#include "db/db.h"

#define MAX_WORDS 8

struct region {
	char *zone, *code;
};

static int read_setting(const struct db_row *row, void *arg)
{
	struct region *r = arg;
	bool zone = !strcmp(db_str(row, 0), "region.zone");

	db_copy(row, 1, zone ? r->zone : r->code, 64);
	return 0;
}

int store_region(struct db *db, char zone[64], char code[64])
{
	static const char sql[] =
	    "SELECT name, value FROM setting"
	    " WHERE name IN ('region.zone', 'region.code')";
	struct region r = { zone, code };

	return db_each(db, sql, NULL, 0, read_setting, &r);
}

struct orgs {
	int (*each)(void *arg, const struct org *o);
	void *arg;
};

static int read_org(const struct db_row *row, void *arg)
{
	struct orgs *w = arg;
	struct org o;

	o.id = (uint32_t)db_u64(row, 0);
	db_copy(row, 1, o.code, sizeof(o.code));
	db_copy(row, 2, o.name, sizeof(o.name));
	return w->each(w->arg, &o);
}

int store_orgs(struct db *db, const char *kind,
	       int (*each)(void *arg, const struct org *o), void *arg)
{
	static const char sql[] = "SELECT id, code, short_name"
				  " FROM organization WHERE kind = ?"
				  " ORDER BY short_name";
	const struct db_arg args[] = { DB_STR(kind) };
	struct orgs w = { each, arg };

	return db_each(db, sql, args, LEN(args), read_org, &w);
}

struct entries {
	int (*each)(void *arg, const struct org_entry *o);
	void *arg;
};

static int read_entry(const struct db_row *row, void *arg)
{
	struct entries *w = arg;
	struct org_entry o;

	o.id = (uint32_t)db_u64(row, 0);
	db_copy(row, 1, o.kind, sizeof(o.kind));
	db_copy(row, 2, o.code, sizeof(o.code));
	db_copy(row, 3, o.name, sizeof(o.name));
	db_copy(row, 4, o.full_name, sizeof(o.full_name));
	db_copy(row, 5, o.town, sizeof(o.town));
	db_copy(row, 6, o.address, sizeof(o.address));
	db_copy(row, 7, o.phones, sizeof(o.phones));
	db_copy(row, 8, o.hours, sizeof(o.hours));
	db_copy(row, 9, o.site, sizeof(o.site));
	return w->each(w->arg, &o);
}

#define ENTRY                                                          \
	"SELECT id, kind, code, short_name, full_name, town, address," \
	" phones, hours, site FROM organization"

int store_org_entries(struct db *db,
		      int (*each)(void *arg, const struct org_entry *o),
		      void *arg)
{
	static const char sql[] = ENTRY " ORDER BY kind + 0, short_name";
	struct entries w = { each, arg };

	return db_each(db, sql, NULL, 0, read_entry, &w);
}

int store_org_entry(struct db *db, uint32_t id,
		    int (*each)(void *arg, const struct org_entry *o),
		    void *arg)
{
	static const char sql[] = ENTRY " WHERE id = ?";
	const struct db_arg args[] = { DB_U64(id) };
	struct entries w = { each, arg };

	return db_one(db, sql, args, LEN(args), read_entry, &w);
}

int store_org_check(struct db *db, const char *kind, uint32_t id)
{
	static const char sql[] =
	    "SELECT id FROM organization WHERE id = ? AND kind = ?";
	const struct db_arg args[] = { DB_U64(id), DB_STR(kind) };
	uint64_t found;

	return db_number(db, sql, args, LEN(args), &found);
}

struct org_name {
	char *out;
	size_t size;
};

static int read_org_name(const struct db_row *row, void *arg)
{
	struct org_name *w = arg;

	db_copy(row, 0, w->out, w->size);
	return 0;
}

int store_org_name(struct db *db, uint32_t id, char *out, size_t size)
{
	static const char sql[] =
	    "SELECT short_name FROM organization WHERE id = ?";
	const struct db_arg args[] = { DB_U64(id) };
	struct org_name w = { out, size };

	return db_one(db, sql, args, LEN(args), read_org_name, &w);
}

int store_org_first(struct db *db, const char *kind, uint32_t *id)
{
	static const char sql[] = "SELECT id FROM organization WHERE kind = ?"
				  " ORDER BY id LIMIT 1";
	const struct db_arg args[] = { DB_STR(kind) };
	uint64_t found;
	int err = db_number(db, sql, args, LEN(args), &found);

	if (!err)
		*id = (uint32_t)found;
	return err;
}

int store_setting(struct db *db, const char *name, uint64_t other,
		  uint64_t *value)
{
	static const char sql[] = "SELECT CAST(value AS UNSIGNED) FROM setting"
				  " WHERE name = ? AND value REGEXP '^[0-9]+$'";
	const struct db_arg args[] = { DB_STR(name) };
	int err = db_number(db, sql, args, LEN(args), value);

	if (err == ENOENT)
		*value = other;
	return err == ENOENT ? 0 : err;
}

struct calendar {
	struct workday_exception *list;
	size_t most, n;
};

static int read_exception(const struct db_row *row, void *arg)
{
	struct calendar *c = arg;

	if (c->n < c->most && !date_parse(db_str(row, 0), &c->list[c->n].day))
		c->list[c->n++].working = db_u64(row, 1) != 0;
	return 0;
}

int store_calendar(struct db *db, const char *from,
		   struct workday_exception *list, size_t most, size_t *n)
{
	static const char sql[] = "SELECT day, working FROM holiday"
				  " WHERE day >= ? ORDER BY day";
	const struct db_arg args[] = { DB_STR(from) };
	struct calendar c = { list, most, 0 };
	int err = db_each(db, sql, args, LEN(args), read_exception, &c);

	*n = c.n;
	return err;
}

/* What is searched for, folded. */
struct words {
	char list[MAX_WORDS][128];
	size_t count;
};

static void read_words(const char *query, struct words *w)
{
	char folded[512] = "", *rest = folded, *word;

	w->count = 0;
	name_key(query, folded, sizeof(folded));
	while (w->count < MAX_WORDS && (word = strsep(&rest, " ")))
		if (*word)
			copy_text(w->list[w->count++], sizeof(w->list[0]),
				  word);
}

static bool has_words(const struct words *w, const char *text)
{
	char key[4096] = "";

	name_key(text, key, sizeof(key));
	for (size_t i = 0; i < w->count; i++)
		if (!strstr(key, w->list[i]))
			return false;
	return true;
}

struct org_search {
	struct words words;
	size_t found, most;
	int (*each)(void *arg, const struct org *o);
	void *arg;
};

static int match_org(const struct db_row *row, void *arg)
{
	struct org_search *s = arg;
	char text[3200];
	struct org o;

	snprintf(text, sizeof(text), "%s %s %s %s", db_str(row, 1),
		 db_str(row, 2), db_str(row, 3), db_str(row, 4));
	if (!has_words(&s->words, text) || s->found++ >= s->most)
		return 0;
	o.id = (uint32_t)db_u64(row, 0);
	db_copy(row, 1, o.code, sizeof(o.code));
	db_copy(row, 2, o.name, sizeof(o.name));
	return s->each(s->arg, &o);
}

int store_org_find(struct db *db, const char *query, size_t most,
		   int (*each)(void *arg, const struct org *o), void *arg)
{
	static const char sql[] = "SELECT id, code, short_name, full_name, town"
				  " FROM organization ORDER BY short_name, id";
	struct org_search s = { .most = most, .each = each, .arg = arg };

	read_words(query, &s.words);
	return db_each(db, sql, NULL, 0, match_org, &s);
}

struct directory {
	struct words words;
	size_t found, most;
	int (*each)(void *arg, const struct person *p);
	void *arg;
};

static int match_person(const struct db_row *row, void *arg)
{
	struct directory *d = arg;
	char text[1200];
	struct person p;

	p.id = (uint32_t)db_u64(row, 0);
	snprintf(p.name, sizeof(p.name), "%s %s%s%s", db_str(row, 1),
		 db_str(row, 2), *db_str(row, 3) ? " " : "", db_str(row, 3));
	db_copy(row, 4, p.extension, sizeof(p.extension));
	db_copy(row, 5, p.org, sizeof(p.org));
	db_copy(row, 6, p.role, sizeof(p.role));
	snprintf(text, sizeof(text), "%s %s %s", p.name, p.org, p.extension);
	if (!has_words(&d->words, text) || d->found++ >= d->most)
		return 0;
	return d->each(d->arg, &p);
}

int store_directory(struct db *db, const char *query, size_t most,
		    int (*each)(void *arg, const struct person *p), void *arg)
{
	static const char sql[] =
	    "SELECT u.id, u.surname, u.given_name, u.patronymic,"
	    " u.extension, o.short_name,"
	    " (SELECT MIN(r.role) FROM user_role r WHERE r.user_id = u.id)"
	    " FROM user_account u"
	    " JOIN organization o ON o.id = u.organization_id"
	    " WHERE u.blocked = 0 AND u.extension IS NOT NULL"
	    " ORDER BY u.surname, u.given_name, u.id";
	struct directory d = { .most = most, .each = each, .arg = arg };

	read_words(query, &d.words);
	return db_each(db, sql, NULL, 0, match_person, &d);
}

struct queues {
	int (*each)(void *arg, uint32_t id, const char *name);
	void *arg;
};

static int read_queue(const struct db_row *row, void *arg)
{
	struct queues *w = arg;

	return w->each(w->arg, (uint32_t)db_u64(row, 0), db_str(row, 1));
}

int store_queues(struct db *db,
		 int (*each)(void *arg, uint32_t id, const char *name),
		 void *arg)
{
	static const char sql[] = "SELECT id, name FROM queue ORDER BY name";
	struct queues w = { each, arg };

	return db_each(db, sql, NULL, 0, read_queue, &w);
}
