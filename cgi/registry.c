#include "cgi/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/param.h"
#include "cgi/util.h"

#define MAX_TYPED 100 /* characters of a name with its spaces */

const char *const registry_fields[REGISTRY_FIELDS] = {
	"surname", "given_name", "patronymic", "birth_date",
	"enp",     "snils",      "phone",
};

/* ---- the form ------------------------------------------------------------ */

/* @return 0, ENOENT (empty) or EINVAL */
static int read_typed(const struct form *form, enum registry_field f,
		      char out[MAX_TYPED * 4 + 1])
{
	int err = param_text(form, registry_fields[f], 0, MAX_TYPED, out,
			     MAX_TYPED * 4 + 1);

	if (err)
		return err;
	return *out ? 0 : ENOENT;
}

static int read_name(const char *typed, char out[NAME_KEY_SIZE])
{
	size_t chars = 0;
	int err = name_key(typed, out, NAME_KEY_SIZE);

	if (err) {
		out[0] = '\0';
		return EINVAL;
	}
	for (const char *p = out; *p; p++)
		chars += (*p & 0xc0) != 0x80;
	if (chars > NAME_CHARS) {
		out[0] = '\0';
		return EINVAL;
	}
	return chars ? 0 : ENOENT; /* marks of direction and the like only */
}

static int read_birth(const char *typed, struct date today, char out[11])
{
	struct form one; /* too big to be cleared for one field */
	struct date born;
	char text[11];

	one.count = 1;
	one.fields[0] = (struct form_field){ "d", typed, strlen(typed) };
	if (param_date(&one, "d", text) || date_parse(text, &born) ||
	    date_to_days(born) > date_to_days(today))
		return EINVAL;
	memcpy(out, text, sizeof(text));
	return 0;
}

static void squeeze(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (*text != ' ')
			*to++ = *text;
	*to = '\0';
}

static int read_value(enum registry_field f, char *typed, struct date today,
		      struct registry_query *q)
{
	switch (f) {
	case REGISTRY_SURNAME:
	case REGISTRY_GIVEN:
	case REGISTRY_PATRONYMIC:
		return read_name(typed, q->name[f]);
	case REGISTRY_BIRTH:
		return read_birth(typed, today, q->birth);
	case REGISTRY_ENP:
		squeeze(typed);
		if (enp_parse(typed, NULL))
			return EINVAL;
		copy_text(q->enp, sizeof(q->enp), typed);
		return 0;
	case REGISTRY_SNILS:
		return snils_parse(typed, q->snils);
	case REGISTRY_PHONE:
		if (strspn(typed, "0123456789+-() ") != strlen(typed))
			return EINVAL;
		return phone_normalize(typed, q->phone);
	case REGISTRY_FIELDS:
		break;
	}
	return EINVAL;
}

bool registry_read(const struct form *form, struct date today,
		   struct registry_query *q, unsigned *wrong)
{
	char typed[MAX_TYPED * 4 + 1];
	bool asked = false;

	memset(q, 0, sizeof(*q));
	*wrong = 0;
	for (enum registry_field f = 0; f < REGISTRY_FIELDS; f++) {
		int err = read_typed(form, f, typed);

		if (!err)
			err = read_value(f, typed, today, q);
		if (err && err != ENOENT)
			*wrong |= 1u << f;
		asked = asked || err != ENOENT;
	}
	return asked;
}

bool registry_alien(const struct registry_query *q)
{
	for (unsigned f = 0; f < NAMES_FIELDS; f++)
		if (*q->name[f] && !name_valid(q->name[f]))
			return true;
	return false;
}

static bool fits_one(const struct names *n, const struct registry_query *q,
		     enum names_field f, const char *key)
{
	for (unsigned i = 0; i < q->only_count[f]; i++)
		if (!strcmp(names_key(n, f, q->only[f][i]), key))
			return true;
	return !q->only_count[f] &&
	       !strncmp(key, q->name[f], strlen(q->name[f]));
}

bool registry_fits(const struct names *n, const struct registry_query *q,
		   const char *const key[NAMES_FIELDS])
{
	for (enum names_field f = 0; f < NAMES_FIELDS; f++)
		if (!fits_one(n, q, f, key[f]))
			return false;
	return true;
}

/* ---- the plan ------------------------------------------------------------ */

const unsigned char registry_columns[][NAMES_FIELDS + 1] = {
	[REGISTRY_I_S] = { NAMES_SURNAME, NAMES_GIVEN, NAMES_PATRONYMIC,
			   NAMES_FIELDS },
	[REGISTRY_I_G] = { NAMES_GIVEN, NAMES_SURNAME, NAMES_PATRONYMIC,
			   NAMES_FIELDS },
	[REGISTRY_I_P] = { NAMES_PATRONYMIC, NAMES_SURNAME, NAMES_GIVEN,
			   NAMES_FIELDS },
	[REGISTRY_I_GP] = { NAMES_GIVEN, NAMES_PATRONYMIC, NAMES_SURNAME,
			    NAMES_FIELDS },
	[REGISTRY_I_B] = { NAMES_SURNAME, NAMES_GIVEN, NAMES_PATRONYMIC,
			   NAMES_FIELDS },
	[REGISTRY_I_ENP] = { NAMES_FIELDS },
	[REGISTRY_I_SNILS] = { NAMES_FIELDS },
	[REGISTRY_I_PHONE] = { NAMES_FIELDS },
};

/* What is known of one field of the query. */
struct known {
	bool asked;
	struct names_range range; /* of the beginning */
	double bearers, keys;
};

static bool given(const struct registry_query *q, unsigned f)
{
	return *q->name[f] || q->only_count[f];
}

static void know(const struct names *n, const struct registry_query *q,
		 unsigned f, struct known *k)
{
	k->asked = given(q, f);
	if (!k->asked || !n->data)
		return;
	if (q->only_count[f]) {
		k->keys = q->only_count[f];
		for (unsigned i = 0; i < q->only_count[f]; i++)
			k->bearers += names_bearers(n, f, q->only[f][i]);
		return;
	}
	k->range = names_prefix(n, f, q->name[f]);
	k->keys = k->range.end - k->range.first;
	k->bearers = names_sum(n, f, k->range);
}

/*
 * What a way costs at most, in microseconds: each key of a list is a dive into
 * the index, each row that is looked at costs a little. Reading ends with the
 * rows that are shown, so of a search that finds many only the first part
 * counts; SLACK is how unevenly those that fit may lie (women's surnames and
 * men's patronymics never meet).
 */
static double cost(double dives, double rows, double found)
{
	enum { DIVE = 7, SLACK = 10 };
	const double row = 0.5;
	double part = found > 0 ? SLACK * (REGISTRY_SHOWN + 1) / found : 1;

	if (part > 1)
		part = 1;
	return DIVE * (dives * part + 1) + row * rows * part;
}

struct way {
	enum registry_index index;
	unsigned lists;
	double cost;
};

static void consider(struct way *best, enum registry_index index,
		     unsigned lists, double price)
{
	if (price < best->cost)
		*best = (struct way){ index, lists, price };
}

/* The ways one index offers. */
static void weigh(const struct known k[], const struct registry_query *q,
		  enum registry_index index, double persons, double found,
		  struct way *best)
{
	const unsigned char *c = registry_columns[index];
	const struct known *a = &k[c[0]], *b = &k[c[1]];
	double rows;

	if (!a->asked)
		return;
	if (!q->only_count[c[0]])
		consider(best, index, 0, cost(1, a->bearers, found));
	if (a->keys > REGISTRY_LIST)
		return;
	rows = b->asked ? a->bearers * b->bearers / persons : a->bearers;
	consider(
	    best, index, 1,
	    cost(a->keys * (q->only_count[c[1]] ? b->keys : 1), rows, found));
	if (b->asked && b->keys <= REGISTRY_LIST)
		consider(best, index, 2, cost(a->keys * b->keys, found, found));
}

struct ranked {
	uint32_t key, bearers;
};

static int more_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->bearers != y->bearers)
		return x->bearers < y->bearers ? 1 : -1;
	return x->key < y->key ? -1 : 1;
}

static void spell_out(const struct names *n, const struct registry_query *q,
		      const struct known *k, struct registry_list *out)
{
	struct ranked r[REGISTRY_LIST] = { { 0, 0 } };
	enum names_field f = out->field;

	out->count = (uint32_t)k->keys;
	for (uint32_t i = 0; i < out->count; i++) {
		uint32_t key =
		    q->only_count[f] ? q->only[f][i] : k->range.first + i;

		r[i] = (struct ranked){ key, names_bearers(n, f, key) };
		/* the shortest of those with a beginning is that itself */
		if (!q->only_count[f] &&
		    !strcmp(names_key(n, f, key), q->name[f]))
			r[i].bearers = UINT32_MAX;
	}
	qsort(r, out->count, sizeof(*r), more_first);
	for (uint32_t i = 0; i < out->count; i++)
		out->key[i] = r[i].key;
}

/* Numbers are nearly unique, a day has some hundred births. */
static bool by_value(const struct registry_query *q, enum registry_index *index)
{
	if (*q->enp)
		*index = REGISTRY_I_ENP;
	else if (*q->snils)
		*index = REGISTRY_I_SNILS;
	else if (*q->phone)
		*index = REGISTRY_I_PHONE;
	else if (*q->birth || q->birth_count)
		*index = REGISTRY_I_B;
	else
		return false;
	return true;
}

/* Without statistics: the rarest kind of name first. */
static enum registry_index by_habit(const struct registry_query *q)
{
	if (given(q, NAMES_SURNAME))
		return REGISTRY_I_S;
	if (!given(q, NAMES_GIVEN))
		return REGISTRY_I_P;
	return given(q, NAMES_PATRONYMIC) ? REGISTRY_I_GP : REGISTRY_I_G;
}

void registry_plan(const struct names *n, const struct registry_query *q,
		   struct registry_plan *out)
{
	struct known k[NAMES_FIELDS] = { 0 };
	struct way best = { .cost = 1e18 };
	double persons = n->persons ? n->persons : 1, found = persons;

	out->nobody = false;
	out->lists = 0;
	for (unsigned f = 0; f < NAMES_FIELDS; f++) {
		know(n, q, f, &k[f]);
		if (!k[f].asked || !n->data)
			continue;
		out->nobody = out->nobody || k[f].bearers < 1;
		found *= k[f].bearers / persons;
	}
	if (out->nobody || by_value(q, &out->index))
		return;
	if (!n->data) {
		out->index = by_habit(q);
		return;
	}
	for (enum registry_index i = REGISTRY_I_S; i <= REGISTRY_I_GP; i++)
		weigh(k, q, i, persons, found, &best);
	out->index = best.index;
	out->lists = best.lists;
	for (unsigned i = 0; i < out->lists; i++) {
		out->list[i].field = registry_columns[best.index][i];
		spell_out(n, q, &k[out->list[i].field], &out->list[i]);
	}
}

bool registry_whole(const struct names *n, const struct registry_query *q,
		    enum registry_index *index)
{
	unsigned asked = 0;

	for (unsigned f = 0; f < NAMES_FIELDS; f++) {
		if (q->only_count[f])
			return false;
		if (!*q->name[f])
			continue;
		if (n->data && !names_find(n, f, q->name[f], NULL))
			return false;
		asked |= 1u << f;
	}
	if (!asked || q->birth_count || *q->enp || *q->snils || *q->phone)
		return false;
	/* one name alone: its index begins with the whole one anyway */
	if (!(asked & (asked - 1)) &&
	    (!*q->birth || asked == 1u << NAMES_SURNAME))
		return false;
	if (*q->birth)
		*index = REGISTRY_I_B;
	else if (!(asked & 1u << NAMES_SURNAME))
		*index = REGISTRY_I_GP;
	else if (asked & 1u << NAMES_GIVEN)
		*index = REGISTRY_I_S;
	else
		*index = REGISTRY_I_P;
	return true;
}
