#include "cgi/stem_index.h"

#include <ctype.h>
#include <errno.h>
#include <libstemmer.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/layout.h"
#include "cgi/name_key.h"
#include "cgi/util.h"

#define WORD_SIZE   STEM_SIZE
#define CODE_SIZE   16
#define QUERY_SIZE  1024
#define QUERY_WORDS 8
#define MAX_ALIKE   32

/* Same stem, or so many bytes in common and so few behind them: беженец,
 * беженцы (two bytes a letter). */
#define TOLERANT_COMMON 10
#define TOLERANT_TAIL   6

/* An unknown word weighs little: people say more than the texts do. */
#define WEIGHT_UNKNOWN 3

struct token {
	char text[WORD_SIZE]; /* small letters, Е for Ё */
	unsigned doc;
	enum stem_field field;
};

struct word { /* one of the texts, all its tokens */
	char stem[WORD_SIZE];
	size_t first, end;
};

struct alike {
	char stem[WORD_SIZE];
	unsigned group;
};

struct stem_index {
	struct sb_stemmer *stemmer;
	char (*codes)[CODE_SIZE];
	struct token *tokens;
	struct word *words;
	struct alike *alike;
	size_t docs, token_count, word_count, alike_count, groups;
};

/* They are in every second question and tell nothing. */
static const char *const empty_words[] = {
	"а",    "без",   "бы",    "в",   "во",   "вы",  "где",  "для", "до",
	"если", "за",    "и",     "из",  "или",  "к",   "как",  "ко",  "ли",
	"мне",  "мой",   "можно", "моя", "мы",   "на",  "надо", "нас", "не",
	"нет",  "нужно", "о",     "об",  "он",   "она", "от",   "по",  "при",
	"с",    "со",    "то",    "у",   "хочу", "что", "это",  "я",
};

/* One more of what grows by doubling. @return its place or NULL */
static void *grow(void *listp, size_t count, size_t size)
{
	char **list = listp;

	if (!(count & (count - 1))) { /* 0 and powers of two are full */
		void *more = realloc(*list, (count ? 2 * count : 1) * size);

		if (!more)
			return NULL;
		*list = more;
	}
	return memset(*list + count * size, 0, size);
}

static bool in_word(unsigned char c)
{
	/* Latin letters, digits, Cyrillic, the two dots of a separate Ё */
	return isalnum(c) || c == 0xcc || c == 0xd0 || c == 0xd1 ||
	       (c & 0xc0) == 0x80;
}

static void lower(char *key)
{
	for (unsigned char *p = (unsigned char *)key; *p; p++) {
		if (*p < 0x80) {
			*p = (unsigned char)tolower(*p);
		} else if (*p == 0xd0 && p[1] >= 0x90 && p[1] <= 0x9f) {
			p[1] += 0x20;
			p++;
		} else if (*p == 0xd0 && p[1] >= 0xa0 && p[1] <= 0xaf) {
			*p = 0xd1;
			p[1] -= 0x20;
			p++;
		}
	}
}

/* The next word of *at, folded. @return whether there was one */
static bool next_word(const char **at, char out[WORD_SIZE])
{
	char raw[WORD_SIZE], key[WORD_SIZE];
	const char *p = *at, *end;
	size_t len;

	for (;;) {
		/* what continues a character that is none of ours as well */
		while (*p && (!in_word((unsigned char)*p) ||
			      ((unsigned char)*p & 0xc0) == 0x80))
			p++;
		if (!*p)
			return false;
		for (end = p; *end && in_word((unsigned char)*end);)
			end++;
		len = (size_t)(end - p);
		if (len >= sizeof(raw))
			for (len = sizeof(raw) - 1;
			     ((unsigned char)p[len] & 0xc0) == 0x80;)
				len--;
		memcpy(raw, p, len);
		raw[len] = '\0';
		p = end;
		if (!name_key(raw, key, sizeof(key)) && *key)
			break;
	}
	*at = p;
	lower(key);
	memcpy(out, key, sizeof(key));
	return true;
}

static void stem(const struct stem_index *ix, const char *word,
		 char out[WORD_SIZE])
{
	const sb_symbol *s = sb_stemmer_stem(
	    ix->stemmer, (const sb_symbol *)word, (int)strlen(word));

	copy_text(out, WORD_SIZE, s ? (const char *)s : word);
}

static bool says_nothing(const char *word);

static int by_stem(const void *a, const void *b)
{
	return strcmp(a, b);
}

size_t stem_text(const char *text, char (*out)[STEM_SIZE], size_t max)
{
	struct stem_index *ix = stem_index_new();
	char word[WORD_SIZE];
	size_t n = 0, kept = 0;

	while (ix && n < max && next_word(&text, word))
		if (!says_nothing(word))
			stem(ix, word, out[n++]);
	stem_index_free(ix);
	if (n)
		qsort(out, n, sizeof(*out), by_stem);
	for (size_t i = 0; i < n; i++)
		if (!kept || strcmp(out[kept - 1], out[i]) != 0)
			memmove(out[kept++], out[i], sizeof(*out));
	return kept;
}

struct stem_index *stem_index_new(void)
{
	struct stem_index *ix = calloc(1, sizeof(*ix));

	if (ix && !(ix->stemmer = sb_stemmer_new("russian", "UTF_8"))) {
		free(ix);
		return NULL;
	}
	return ix;
}

void stem_index_free(struct stem_index *ix)
{
	if (!ix)
		return;
	sb_stemmer_delete(ix->stemmer);
	free(ix->codes);
	free(ix->tokens);
	free(ix->words);
	free(ix->alike);
	free(ix);
}

int stem_index_add(struct stem_index *ix, const char *code)
{
	char *to = grow(&ix->codes, ix->docs, sizeof(*ix->codes));

	if (!to)
		return ENOMEM;
	if (name_key(code, to, CODE_SIZE))
		*to = '\0';
	ix->docs++;
	return 0;
}

int stem_index_words(struct stem_index *ix, enum stem_field field,
		     const char *text)
{
	char word[WORD_SIZE];
	struct token *t;

	while (next_word(&text, word)) {
		t = grow(&ix->tokens, ix->token_count, sizeof(*t));
		if (!t)
			return ENOMEM;
		memcpy(t->text, word, sizeof(word));
		t->doc = (unsigned)ix->docs - 1;
		t->field = field;
		ix->token_count++;
	}
	return 0;
}

int stem_index_alike(struct stem_index *ix, const char *words)
{
	char word[WORD_SIZE];
	struct alike *a;

	while (next_word(&words, word)) {
		a = grow(&ix->alike, ix->alike_count, sizeof(*a));
		if (!a)
			return ENOMEM;
		stem(ix, word, a->stem);
		a->group = (unsigned)ix->groups;
		ix->alike_count++;
	}
	ix->groups++;
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct token *)a)->text,
		      ((const struct token *)b)->text);
}

int stem_index_build(struct stem_index *ix)
{
	struct word *w;

	if (ix->token_count)
		qsort(ix->tokens, ix->token_count, sizeof(*ix->tokens),
		      by_text);
	for (size_t i = 0, end; i < ix->token_count; i = end) {
		w = grow(&ix->words, ix->word_count, sizeof(*w));
		if (!w)
			return ENOMEM;
		for (end = i; end < ix->token_count &&
			      !by_text(ix->tokens + i, ix->tokens + end);)
			end++;
		stem(ix, ix->tokens[i].text, w->stem);
		w->first = i;
		w->end = end;
		ix->word_count++;
	}
	return 0;
}

/* ---- search --------------------------------------------------------------- */

struct asked {
	char text[WORD_SIZE], stem[WORD_SIZE];
	bool open; /* the last one: more letters may come */
	const char *alike[MAX_ALIKE];
	size_t alike_count;
};

struct hit {
	unsigned doc;
	unsigned words, weight; /* how many it has, and what those weigh */
	unsigned score;
	unsigned now; /* of the word being looked at */
};

static bool tolerant(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n >= TOLERANT_COMMON && strlen(a + n) <= TOLERANT_TAIL &&
	       strlen(b + n) <= TOLERANT_TAIL;
}

static void find_alike(const struct stem_index *ix, struct asked *q)
{
	q->alike_count = 0;
	for (size_t i = 0; i < ix->alike_count; i++) {
		if (strcmp(ix->alike[i].stem, q->stem) != 0)
			continue;
		for (size_t j = 0; j < ix->alike_count; j++)
			if (ix->alike[j].group == ix->alike[i].group &&
			    q->alike_count < MAX_ALIKE)
				q->alike[q->alike_count++] = ix->alike[j].stem;
	}
}

/* How well a word of the texts is the one asked for, 0 to 10 */
static unsigned likeness(const struct asked *q, const char *text,
			 const char *its_stem)
{
	if (!strcmp(q->stem, its_stem))
		return 10;
	if (q->open && !strncmp(text, q->text, strlen(q->text)))
		return 8;
	for (size_t i = 0; i < q->alike_count; i++)
		if (!strcmp(q->alike[i], its_stem))
			return 7;
	return tolerant(q->stem, its_stem) ? 6 : 0;
}

/* 1 for what every document has, one more for each halving */
static unsigned rarity(size_t docs, size_t having)
{
	unsigned n = 1;

	for (; having < docs; having *= 2)
		n++;
	return n;
}

/* Adds one word's part to every document. @return what the word weighs */
static unsigned score_word(const struct stem_index *ix, const struct asked *q,
			   struct hit *hits)
{
	static const unsigned worth[STEM_FIELDS] = { 4, 3, 1 };
	size_t having = 0;
	unsigned rare;

	for (size_t i = 0; i < ix->docs; i++)
		hits[i].now = 0;
	for (size_t i = 0; i < ix->word_count; i++) {
		const struct word *w = ix->words + i;
		unsigned like = likeness(q, ix->tokens[w->first].text, w->stem);

		for (size_t t = w->first; like && t < w->end; t++) {
			struct hit *h = hits + ix->tokens[t].doc;
			unsigned now = like * worth[ix->tokens[t].field];

			if (now > h->now)
				h->now = now;
		}
	}
	for (size_t i = 0; i < ix->docs; i++)
		having += hits[i].now != 0;
	if (!having)
		return WEIGHT_UNKNOWN;
	rare = rarity(ix->docs, having);
	for (size_t i = 0; i < ix->docs; i++) {
		if (!hits[i].now)
			continue;
		hits[i].words++;
		hits[i].weight += rare;
		hits[i].score += rare * hits[i].now;
	}
	return rare;
}

static int best_first(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->doc < y->doc ? -1 : x->doc > y->doc;
}

static bool says_nothing(const char *word)
{
	for (size_t i = 0; i < LEN(empty_words); i++)
		if (!strcmp(word, empty_words[i]))
			return true;
	return false;
}

static size_t read_query(const struct stem_index *ix, const char *query,
			 struct asked *asked)
{
	const char *end = query + strlen(query);
	size_t n = 0;

	while (n < QUERY_WORDS && next_word(&query, asked[n].text)) {
		if (says_nothing(asked[n].text))
			continue;
		stem(ix, asked[n].text, asked[n].stem);
		asked[n].open = query == end;
		find_alike(ix, asked + n);
		n++;
	}
	return n;
}

/* Documents whose code it is, or begins with, or has this part of: "01.02" */
static size_t by_code(const struct stem_index *ix, const char *key,
		      struct hit *hits)
{
	size_t found = 0, len = strlen(key);

	if (!len)
		return 0;
	for (unsigned i = 0; i < ix->docs; i++) {
		const char *code = ix->codes[i];

		if (strncmp(code, key, len) != 0 &&
		    (!strchr(key, '.') || !strstr(code, key)))
			continue;
		hits[found++] =
		    (struct hit){ .doc = i, .score = !strcmp(code, key) };
	}
	return found;
}

static size_t by_words(const struct stem_index *ix, const struct asked *asked,
		       size_t count, struct hit *hits)
{
	const unsigned whole = 1u << 20; /* above any score */
	unsigned total = 0;
	size_t found = 0;

	for (unsigned i = 0; i < ix->docs; i++)
		hits[i] = (struct hit){ .doc = i };
	for (size_t i = 0; i < count; i++)
		total += score_word(ix, asked + i, hits);
	for (size_t i = 0; i < ix->docs; i++) {
		if (!hits[i].words || 2 * hits[i].weight < total)
			continue;
		if (hits[i].words == count)
			hits[i].score += whole;
		hits[found++] = hits[i];
	}
	return found;
}

static size_t search(const struct stem_index *ix, const char *query,
		     struct hit *hits)
{
	struct asked asked[QUERY_WORDS];
	size_t count = read_query(ix, query, asked);

	if (count)
		return by_words(ix, asked, count, hits);
	for (unsigned i = 0; i < ix->docs; i++)
		hits[i] = (struct hit){ .doc = i };
	return ix->docs;
}

size_t stem_index_find(const struct stem_index *ix, const char *query,
		       unsigned *docs, size_t max)
{
	static const char *const quotes[] = { "Е", "Э" };
	struct hit *hits = calloc(ix->docs + 1, sizeof(*hits));
	char key[QUERY_SIZE] = "", other[QUERY_SIZE];
	size_t found;

	if (!hits)
		return 0;
	name_key(query, key, sizeof(key));
	found = by_code(ix, key, hits);
	if (!found)
		found = search(ix, query, hits);
	for (size_t i = 0; !found && i < LEN(quotes); i++)
		if (layout_relay(key, quotes[i], other, sizeof(other)))
			found = search(ix, other, hits);
	if (found)
		qsort(hits, found, sizeof(*hits), best_first);
	if (found > max)
		found = max;
	for (size_t i = 0; i < found; i++)
		docs[i] = hits[i].doc;
	free(hits);
	return found;
}
