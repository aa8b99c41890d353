/* The register: whom a search finds, against all persons looked at one by one
 * (K-5.1.3), and the dictionaries that follow its changes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cgi/store_names.h"
#include "cgi/store_person.h"
#include "cgi/util.h"
#include "db/db.h"
#include "tests/store/lab.h"

enum { PEOPLE = 20000, SEARCHES = 1500 };

static const struct names none;
static struct db *web, *jobs, *migrate;
static struct names_file dict;
static struct one {
	uint64_t id;
	char key[NAMES_FIELDS][NAME_KEY_SIZE];
	char birth[11];
} all[PEOPLE];
static unsigned people;

static int read_one(const struct db_row *row, void *arg)
{
	struct one *p = &all[people++];

	(void)arg;
	p->id = db_u64(row, 0);
	for (unsigned f = 0; f < NAMES_FIELDS; f++)
		db_copy(row, f + 1, p->key[f], sizeof(p->key[f]));
	db_copy(row, 4, p->birth, sizeof(p->birth));
	return people > PEOPLE;
}

static int start(void **state)
{
	char run[100];
	bool made;

	(void)state;
	snprintf(run, sizeof(run), "%s/run", lab_start());
	lab_migrate("--demo");
	web = lab_open("web");
	jobs = lab_open("jobs");
	migrate = lab_open("migrate");
	assert_int_equal(db_each(web,
				 "SELECT id, k_sn, k_gn, k_pn, birth_date"
				 " FROM insured_person",
				 NULL, 0, read_one, NULL),
			 0);
	assert_int_equal(people, PEOPLE);
	names_file_init(&dict, run);
	assert_int_equal(store_names(jobs, &dict, &made), 0);
	assert_true(made);
	names_file_look(&dict);
	assert_int_equal(dict.names.persons, PEOPLE);
	return 0;
}

static int end(void **state)
{
	(void)state;
	names_file_close(&dict);
	db_close(&web);
	db_close(&jobs);
	db_close(&migrate);
	lab_end();
	return 0;
}

/* ---- against all of them ------------------------------------------------- */

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static bool fits(const struct one *p, const struct registry_query *q,
		 bool whole)
{
	if (*q->birth && strcmp(p->birth, q->birth) != 0)
		return false;
	for (unsigned f = 0; f < NAMES_FIELDS; f++) {
		if (!*q->name[f])
			continue;
		if (whole ? strcmp(p->key[f], q->name[f]) != 0
			  : !begins(p->key[f], q->name[f]))
			return false;
	}
	return true;
}

static bool found(const struct person_ids *ids, uint64_t id)
{
	for (unsigned i = 0; i < ids->count; i++)
		if (ids->id[i] == id)
			return true;
	return false;
}

static void check(const struct names *n, const struct registry_query *q)
{
	struct person_ids ids = { .count = 0 };
	unsigned fit = 0, whole = 0, most = REGISTRY_SHOWN + 1;

	assert_int_equal(store_person_find(web, n, q, &ids), 0);
	for (unsigned i = 0; i < people; i++) {
		bool f = fits(&all[i], q, false), w = fits(&all[i], q, true);

		fit += f;
		whole += w;
		if (found(&ids, all[i].id))
			assert_true(f);
	}
	if (ids.count != (fit < most ? fit : most))
		fail_msg("%s|%s|%s|%s: %u of %u", q->name[0], q->name[1],
			 q->name[2], q->birth, ids.count, fit);
	for (unsigned i = 0; whole < most && i < people; i++)
		if (fits(&all[i], q, true) && !found(&ids, all[i].id))
			fail_msg("%s|%s|%s|%s: the very one is not there",
				 q->name[0], q->name[1], q->name[2], q->birth);
}

static unsigned below(unsigned n)
{
	static uint64_t x = 26;

	x = x * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((x >> 33) % n);
}

/* The first letters of a key; 0 all of it. */
static void take(char *out, const char *key, unsigned letters)
{
	const char *p = key;

	while (*p && (!letters || letters--))
		do
			p++;
		while ((*p & 0xc0) == 0x80);
	memcpy(out, key, (size_t)(p - key));
	out[p - key] = '\0';
}

static void a_query(struct registry_query *q)
{
	unsigned fields = 1 + below(15), mixed = below(2);
	const struct one *p = &all[below(people)];

	memset(q, 0, sizeof(*q));
	for (unsigned f = 0; f < NAMES_FIELDS; f++) {
		if (mixed)
			p = &all[below(people)];
		if (fields >> f & 1)
			take(q->name[f], p->key[f], below(2) ? below(4) : 0);
	}
	if (fields & 8)
		strcpy(q->birth, p->birth);
}

static void k_5_1_3_every_combination_finds_whom_it_should(void **state)
{
	struct registry_query q;

	(void)state;
	for (unsigned i = 0; i < SEARCHES; i++) {
		a_query(&q);
		check(&dict.names, &q);
		if (i % 10 == 0)
			check(&none, &q);
	}
}

/* A day read once answers as the database does. */
static void k_5_1_3_a_day_answers_the_same(void **state)
{
	static struct person_day day;
	struct registry_query q;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		struct person_ids one = { .count = 0 }, two = { .count = 0 };
		enum names_field f = below(NAMES_FIELDS);

		a_query(&q);
		if (!*q.birth)
			strcpy(q.birth, all[below(people)].birth);
		if (below(2)) {
			q.only_count[f] = 1 + below(REGISTRY_ONLY);
			for (unsigned k = 0; k < q.only_count[f]; k++)
				q.only[f][k] = below(dict.names.field[f].count);
		}
		assert_int_equal(store_person_day(web, q.birth, &day), 0);
		assert_true(day.whole);
		assert_int_equal(store_person_find(web, &dict.names, &q, &one),
				 0);
		person_day_find(&day, &dict.names, &q, &two);
		assert_int_equal(one.count, two.count);
		for (unsigned k = 0; k < one.count; k++)
			assert_true(one.count == LEN(one.id) ||
				    found(&two, one.id[k]));
	}
}

static void k_5_1_3_one_of_some_keys_is_a_search_too(void **state)
{
	struct registry_query q;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		const struct one *p = &all[below(people)];
		enum names_field f = below(NAMES_FIELDS);
		struct person_ids ids = { .count = 0 };
		struct names_range r;

		memset(&q, 0, sizeof(q));
		for (unsigned g = 0; g < NAMES_FIELDS; g++)
			if (g != f)
				strcpy(q.name[g], p->key[g]);
		strcpy(q.birth, p->birth);
		if (below(2))
			q.birth[0] = '\0';
		r = names_prefix(&dict.names, f, "");
		q.only_count[f] = 1 + below(REGISTRY_ONLY);
		for (unsigned k = 0; k < q.only_count[f]; k++)
			q.only[f][k] = r.first + below(r.end - r.first);
		assert_true(names_find(&dict.names, f, p->key[f],
				       &q.only[f][below(q.only_count[f])]));
		assert_int_equal(store_person_find(web, &dict.names, &q, &ids),
				 0);
		assert_true(found(&ids, p->id) ||
			    ids.count == REGISTRY_SHOWN + 1);
	}
}

/* ---- numbers and rows ---------------------------------------------------- */

static int remember(void *arg, const struct insured *p)
{
	struct insured *to = arg;

	*to = *p;
	return 0;
}

static void k_5_1_3_a_number_finds_its_person(void **state)
{
	static const char *const columns[] = { "enp", "snils", "phone" };
	struct registry_query q;
	struct insured p = { .id = 0 };
	struct person_ids ids;
	char sql[200], text[32];

	(void)state;
	for (unsigned i = 0; i < LEN(columns); i++) {
		snprintf(sql, sizeof(sql),
			 "SELECT %s FROM insured_person WHERE id = 43",
			 columns[i]);
		lab_run(text, sizeof(text),
			"MYSQL_PWD=$(cat $OTKLIK_STATE/secrets/db_web) mariadb"
			" --no-defaults -NB -S $OTKLIK_STATE/run/db.sock"
			" -u web otklik -e '%s' | tr -d '\\n'",
			sql);
		memset(&q, 0, sizeof(q));
		ids.count = 0;
		if (i == 0)
			copy_text(q.enp, sizeof(q.enp), text);
		else if (i == 1)
			copy_text(q.snils, sizeof(q.snils), text);
		else
			copy_text(q.phone, sizeof(q.phone), text);
		assert_int_equal(store_person_find(web, &dict.names, &q, &ids),
				 0);
		assert_int_equal(ids.count, 1);
		assert_int_equal(ids.id[0], 43);
		/* and another name beside it contradicts */
		strcpy(q.name[NAMES_SURNAME], "Ъ");
		ids.count = 0;
		assert_int_equal(store_person_find(web, &none, &q, &ids), 0);
		assert_int_equal(ids.count, 0);
	}
	ids = (struct person_ids){ .id = { 43 }, .count = 1 };
	assert_int_equal(store_persons(web, &ids, remember, &p), 0);
	assert_int_equal(p.id, 43);
	assert_true(*p.insurer && *p.mo && p.insurer_id && p.mo_id);
	assert_int_equal(store_person_get(web, 43, &p), 0);
	assert_int_equal(store_person_get(web, 99999999, &p), ENOENT);
}

struct order {
	char last[3 * NAME_KEY_SIZE + 12];
	unsigned n;
};

static int in_order(void *arg, const struct insured *p)
{
	struct order *o = arg;
	char key[NAMES_FIELDS][NAME_KEY_SIZE], now[sizeof(o->last)];

	assert_int_equal(name_key(p->surname, key[0], sizeof(key[0])), 0);
	assert_int_equal(name_key(p->given_name, key[1], sizeof(key[1])), 0);
	assert_int_equal(name_key(p->patronymic, key[2], sizeof(key[2])), 0);
	snprintf(now, sizeof(now), "%s\n%s\n%s\n%s", key[0], key[1], key[2],
		 p->birth);
	assert_true(strcmp(o->last, now) <= 0);
	strcpy(o->last, now);
	o->n++;
	return 0;
}

static void k_5_1_3_3_ten_are_shown_by_surname_name_patronymic_date(
    void **state)
{
	struct registry_query q;
	struct person_ids ids;

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		struct order o = { .n = 0 };

		a_query(&q);
		ids.count = 0;
		assert_int_equal(store_person_find(web, &dict.names, &q, &ids),
				 0);
		assert_int_equal(store_persons(web, &ids, in_order, &o), 0);
		assert_int_equal(o.n, ids.count > REGISTRY_SHOWN
					  ? REGISTRY_SHOWN
					  : ids.count);
	}
}

/* ---- changes ------------------------------------------------------------- */

static void dictionaries_follow_the_register(void **state)
{
	uint32_t version = 0;
	bool loading = true, made = true;

	(void)state;
	assert_int_equal(store_register_state(web, &version, &loading), 0);
	assert_false(loading);
	assert_int_equal(dict.names.version, version);
	assert_int_equal(store_names(jobs, &dict, &made), 0);
	assert_false(made); /* nothing has changed */

	lab_exec(migrate, "UPDATE register_state SET loading = 1");
	lab_exec(migrate,
		 "UPDATE insured_person SET k_sn = 'ЪЪЪ' WHERE id = 5");
	assert_int_equal(store_names(jobs, &dict, &made), 0);
	assert_false(made); /* of no state at all */
	lab_exec(migrate, "UPDATE register_state SET loading = 0,"
			  " version = version + 1");
	assert_int_equal(store_names(jobs, &dict, &made), 0);
	assert_true(made);
	names_file_look(&dict);
	assert_int_equal(dict.names.version, version + 1);
	assert_true(names_find(&dict.names, NAMES_SURNAME, "ЪЪЪ", NULL));

	/* lost or spoilt: made again */
	assert_int_equal(truncate(dict.path, 100), 0);
	names_file_look(&dict);
	assert_null(dict.names.data);
	assert_int_equal(store_names(jobs, &dict, &made), 0);
	assert_true(made);
	assert_int_equal(unlink(dict.path), 0);
	names_file_look(&dict);
	assert_null(dict.names.data);
	assert_int_equal(store_names(jobs, &dict, &made), 0);
	assert_true(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    k_5_1_3_every_combination_finds_whom_it_should),
		cmocka_unit_test(k_5_1_3_a_day_answers_the_same),
		cmocka_unit_test(k_5_1_3_one_of_some_keys_is_a_search_too),
		cmocka_unit_test(k_5_1_3_a_number_finds_its_person),
		cmocka_unit_test(
		    k_5_1_3_3_ten_are_shown_by_surname_name_patronymic_date),
		cmocka_unit_test(dictionaries_follow_the_register),
	};

	return cmocka_run_group_tests(tests, start, end);
}
