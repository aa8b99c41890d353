/*
 * libFuzzer over what comes to the register: the search form with its other
 * readings, files of persons, and the block of dictionaries. Besides not
 * crashing: readings ask for known names only, and what a file gives is fit
 * for the register.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/forgive.h"
#include "cgi/person_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct date today = { 2026, 11, 24 };
static const char *const known[] = { "ИВАН", "ИВАНОВ", "ИВАНОВА", "ПЕТР",
				     "ЮЛИЯ" };
static struct names names;

static void make_names(void)
{
	static struct buf block;
	struct names_maker m = { 0 };

	for (unsigned f = 0; f < NAMES_FIELDS; f++)
		for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (names_add(&m, f, known[i], 3))
				abort();
	if (names_make(&m, 1, 15, &block) ||
	    names_view(&names, block.data, block.len))
		abort();
	names_maker_free(&m);
}

static int reading(void *arg, const struct registry_query *q)
{
	struct registry_plan *plan = arg;

	registry_plan(&names, q, plan);
	if (plan->nobody || q->birth_count > REGISTRY_DATES)
		abort();
	for (unsigned f = 0; f < NAMES_FIELDS; f++)
		for (unsigned i = 0; i < q->only_count[f]; i++)
			if (q->only[f][i] >= names.field[f].count)
				abort();
	return 0;
}

/* Lines of the input are the fields. */
static void search(char *text, size_t size)
{
	static struct registry_plan plan;
	struct registry_query q;
	struct form form = { .count = 0 };
	unsigned wrong;

	for (unsigned f = 0; f < REGISTRY_FIELDS; f++) {
		size_t n = strcspn(text, "\n");

		form.fields[form.count++] =
		    (struct form_field){ registry_fields[f], text, n };
		if (!text[n])
			break;
		text[n] = '\0';
		text += n + 1;
	}
	(void)size;
	if (!registry_read(&form, today, &q, &wrong))
		return;
	registry_plan(&names, &q, &plan);
	forgive(&names, &q, reading, &plan);
}

static void note(void *arg, enum person_field field, bool warning,
		 const char *text)
{
	(void)arg;
	(void)warning;
	if (field > PERSON_FIELDS || !*text)
		abort();
}

static int record(void *arg, unsigned line,
		  const char *const text[PERSON_FIELDS])
{
	struct person_row row;

	(void)arg;
	if (!line)
		abort();
	if (!person_row_read(text, today, &row, note, NULL) &&
	    (!name_valid(row.surname) || enp_parse(row.enp, NULL)))
		abort();
	return 0;
}

static void file(const char *text, size_t size)
{
	char *copy = malloc(size + 1), why[200];

	memcpy(copy, text, size);
	copy[size] = '\0';
	person_file_read(copy, size, record, NULL, why);
	free(copy);
}

static void block(const uint8_t *data, size_t size)
{
	void *copy = malloc(size);
	struct names n;

	memcpy(copy, data, size);
	if (!names_view(&n, copy, size))
		for (unsigned f = 0; f < NAMES_FIELDS; f++)
			for (uint32_t i = 0; i < n.field[f].count; i++)
				names_prefix(&n, f, names_key(&n, f, i));
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!names.data)
		make_names();
	memcpy(text, data, size);
	text[size] = '\0';
	file(text, size);
	block(data, size);
	search(text, size);
	free(text);
	return 0;
}
