#include "cgi/forgive.h"

#include <stdio.h>
#include <string.h>

#include "cgi/layout.h"
#include "cgi/util.h"

static const char *const letters[] = {
	"А", "Б", "В", "Г", "Д", "Е", "Ж", "З", "И", "Й", "К", "Л",
	"М", "Н", "О", "П", "Р", "С", "Т", "У", "Ф", "Х", "Ц", "Ч",
	"Ш", "Щ", "Ъ", "Ы", "Ь", "Э", "Ю", "Я", "-", " ", "'",
};

/* Shorter names are not read otherwise: anything would fit. Of beginnings the
 * more so. */
#define LEAST_NAME      3
#define LEAST_BEGINNING 4

struct walk {
	const struct names *n;
	int (*each)(void *arg, const struct registry_query *q);
	void *arg;
	unsigned done;
	int stop;
};

static size_t letter_len(const char *p)
{
	size_t n = 1;

	while ((p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static size_t length(const char *key)
{
	size_t n = 0;

	for (; *key; key += letter_len(key))
		n++;
	return n;
}

static bool known(const struct names *n, unsigned f, const char *beginning)
{
	struct names_range r = names_prefix(n, f, beginning);

	return r.first < r.end;
}

/* Whether every name that is asked for has bearers. */
static bool bearable(const struct names *n, const struct registry_query *q)
{
	for (unsigned f = 0; f < NAMES_FIELDS; f++)
		if (*q->name[f] && !q->only_count[f] &&
		    !known(n, f, q->name[f]))
			return false;
	return true;
}

static void offer(struct walk *w, const struct registry_query *q)
{
	if (w->stop || w->done == FORGIVE_MAX || !bearable(w->n, q))
		return;
	w->done++;
	w->stop = w->each(w->arg, q);
}

/* ---- another layout ------------------------------------------------------ */

/* The names nobody bears, typed again. @return whether there are any */
static bool other_layout(const struct names *n, const struct registry_query *q,
			 struct registry_query *out)
{
	bool any = false;
	char other[NAME_KEY_SIZE];

	*out = *q;
	for (unsigned f = 0; f < NAMES_FIELDS; f++) {
		if (!*q->name[f] || known(n, f, q->name[f]) ||
		    !layout_relay(q->name[f], "Е", other, sizeof(other)) ||
		    (!known(n, f, other) &&
		     !layout_relay(q->name[f], "Э", other, sizeof(other))))
			continue;
		memcpy(out->name[f], other, sizeof(other));
		any = true;
	}
	return any;
}

/* ---- fields in each other's place ---------------------------------------- */

static void swapped(struct walk *w, const struct registry_query *q)
{
	static const unsigned char orders[][NAMES_FIELDS] = {
		{ 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 0, 2, 1 }, { 2, 1, 0 },
	};
	struct registry_query other = *q;

	for (unsigned i = 0; i < LEN(orders); i++) {
		bool moved = false;

		for (unsigned f = 0; f < NAMES_FIELDS; f++) {
			const char *from = q->name[orders[i][f]];

			moved = moved || (length(from) >= LEAST_NAME &&
					  strcmp(from, q->name[f]) != 0);
			copy_text(other.name[f], sizeof(other.name[f]), from);
		}
		if (moved)
			offer(w, &other);
	}
}

/* ---- one slip ------------------------------------------------------------ */

/* What a name may have been meant to be. Edits at a place have all before it in
 * common, so only keys that begin with that are looked through: where there
 * are none, no later edit has one. */
struct slips {
	const struct names *n;
	unsigned field;
	struct names_range in;
	uint32_t whole[REGISTRY_ONLY], begun[REGISTRY_ONLY];
	unsigned whole_count, begun_count;
};

static void take(uint32_t *list, unsigned *count, uint32_t key)
{
	for (unsigned i = 0; i < *count; i++)
		if (list[i] == key)
			return;
	if (*count < REGISTRY_ONLY)
		list[(*count)++] = key;
}

/* key with `gone` bytes at `at` replaced by text */
static void try_edit(struct slips *s, const char *key, size_t at, size_t gone,
		     const char *text)
{
	char edit[NAME_KEY_SIZE + 8];
	struct names_range r;

	snprintf(edit, sizeof(edit), "%.*s%s%s", (int)at, key, text,
		 key + at + gone);
	r = names_narrow(s->n, s->field, s->in, edit);
	if (!*edit || r.first == r.end)
		return;
	if (!strcmp(names_key(s->n, s->field, r.first), edit))
		take(s->whole, &s->whole_count, r.first);
	for (; r.first < r.end && s->begun_count < REGISTRY_ONLY; r.first++)
		take(s->begun, &s->begun_count, r.first);
}

static void try_all(struct slips *s, const char *key)
{
	char head[NAME_KEY_SIZE], pair[16];
	size_t at = 0, len, next;

	s->in = names_prefix(s->n, s->field, "");
	for (;; at += len) {
		snprintf(head, sizeof(head), "%.*s", (int)at, key);
		s->in = names_narrow(s->n, s->field, s->in, head);
		if (s->in.first == s->in.end)
			return;
		for (size_t i = 0; i < LEN(letters); i++)
			try_edit(s, key, at, 0, letters[i]);
		if (!key[at])
			return;
		len = letter_len(key + at);
		next = key[at + len] ? letter_len(key + at + len) : 0;
		if (next) {
			snprintf(pair, sizeof(pair), "%.*s%.*s", (int)next,
				 key + at + len, (int)len, key + at);
			try_edit(s, key, at, len + next, pair);
		}
		try_edit(s, key, at, len, "");
		for (size_t i = 0; i < LEN(letters); i++)
			try_edit(s, key, at, len, letters[i]);
	}
}

static void misspelt(struct walk *w, const struct registry_query *q, unsigned f)
{
	struct registry_query other = *q;
	struct slips s = { .n = w->n, .field = f };
	size_t letters_typed = length(q->name[f]);

	if (letters_typed < LEAST_NAME)
		return;
	try_all(&s, q->name[f]);
	for (unsigned i = 0; i < s.whole_count; i++)
		take(other.only[f], &other.only_count[f], s.whole[i]);
	if (letters_typed >= LEAST_BEGINNING)
		for (unsigned i = 0; i < s.begun_count; i++)
			take(other.only[f], &other.only_count[f], s.begun[i]);
	if (other.only_count[f])
		offer(w, &other);
}

/* ---- one digit of the date ----------------------------------------------- */

static void take_date(struct registry_query *q, const char *text)
{
	struct date d;

	if (q->birth_count == REGISTRY_DATES || date_parse(text, &d) ||
	    d.year < 1900)
		return;
	copy_text(q->births[q->birth_count++], sizeof(q->births[0]), text);
}

static void misdated(struct walk *w, const struct registry_query *q)
{
	/* of ГГГГ-ММ-ДД, the likeliest to be mistyped first */
	static const unsigned char digits[] = { 9, 8, 6, 5, 3, 2, 1 };
	static const unsigned char pairs[] = { 8, 5, 2 };
	struct registry_query other = *q;
	char text[11];

	if (!*q->birth)
		return;
	snprintf(text, sizeof(text), "%.5s%.2s-%.2s", q->birth, q->birth + 8,
		 q->birth + 5);
	take_date(&other, text);
	for (unsigned i = 0; i < LEN(pairs); i++) {
		memcpy(text, q->birth, sizeof(text));
		text[pairs[i]] = q->birth[pairs[i] + 1];
		text[pairs[i] + 1] = q->birth[pairs[i]];
		take_date(&other, text);
	}
	for (unsigned i = 0; i < LEN(digits); i++) {
		memcpy(text, q->birth, sizeof(text));
		for (char c = '0'; c <= '9'; c++) {
			text[digits[i]] = c;
			if (c != q->birth[digits[i]])
				take_date(&other, text);
		}
	}
	other.birth[0] = '\0';
	if (other.birth_count)
		offer(w, &other);
}

/* -------------------------------------------------------------------------- */

static void read_otherwise(struct walk *w, const struct registry_query *q)
{
	swapped(w, q);
	for (unsigned f = 0; f < NAMES_FIELDS; f++)
		misspelt(w, q, f);
	/* by date and surname there is an index: without one, sixty days are
	 * thousands of rows */
	if (length(q->name[NAMES_SURNAME]) >= LEAST_NAME)
		misdated(w, q);
}

int forgive(const struct names *n, const struct registry_query *q,
	    int (*each)(void *arg, const struct registry_query *q), void *arg)
{
	struct walk w = { .n = n, .each = each, .arg = arg };
	struct registry_query other;

	if (!n->data || *q->enp || *q->snils || *q->phone)
		return 0;
	if (other_layout(n, q, &other)) {
		offer(&w, &other);
		read_otherwise(&w, &other);
	} else {
		read_otherwise(&w, q);
	}
	return w.stop;
}
