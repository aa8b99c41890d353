/*
 * stem_index.h - short texts found by inflected Russian words, in memory, as
 * they are typed (K-5.1.4.4, K-5.1.5.2). It knows no database; the stems are
 * those of Snowball (libstemmer).
 */
#ifndef STEM_INDEX_H
#define STEM_INDEX_H

#include <stddef.h>

enum stem_field { STEM_NAME, STEM_KEYS, STEM_TEXT, STEM_FIELDS };

/* 23 letters, 47 digits: longer words are cut; appeal_stem.stem holds them */
#define STEM_SIZE 48

/* The stems of a text, each once, sorted; words as «и», «как» are left out.
 * @return how many, at most max; 0 also without memory */
size_t stem_text(const char *text, char (*out)[STEM_SIZE], size_t max);

struct stem_index;

/* NULL: no memory. Documents are numbered from 0, as they are added. */
struct stem_index *stem_index_new(void);
void stem_index_free(struct stem_index *ix);

/* Copied. @return 0 or ENOMEM */
int stem_index_add(struct stem_index *ix, const char *code);
/* More words of the document added last. @return 0 or ENOMEM */
int stem_index_words(struct stem_index *ix, enum stem_field field,
		     const char *text);
/* Words that mean the same, semicolon between. @return 0 or ENOMEM */
int stem_index_alike(struct stem_index *ix, const char *words);
/* After the last document, before the first search. @return 0 or ENOMEM */
int stem_index_build(struct stem_index *ix);

/*
 * Best first: the code itself or its beginning; what has every word; what has
 * the weightier half of them. A word counts more in the name than among the
 * keywords, there more than in the text, and the more the fewer documents have
 * it. The last word may be unfinished. Without a hit the query is read as
 * typed in the Latin layout.
 *
 * @param docs  Gets at most max numbers of documents
 * @return how many; all documents in their order for a query that says nothing
 *         yet ("", or only words as «и», «как»)
 */
size_t stem_index_find(const struct stem_index *ix, const char *query,
		       unsigned *docs, size_t max);

#endif
