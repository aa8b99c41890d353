/*
 * view.h - pages by ClearSilver (the only user of it). Escaping for HTML is
 * on before any template is read, all templates are parsed at start, and a
 * page is rendered from a fresh data set.
 */
#ifndef VIEW_H
#define VIEW_H

#include <stdint.h>

#include "cgi/buf.h"

struct view;
struct node; /* a place in a data set; the root is a whole page */

/**
 * @param dir  Holds page/ *.cs and lang/ *.hdf; every page must parse
 * @param why  On failure: which file and what is wrong with it
 * @return 0, ENOENT or EINVAL
 */
int view_open(struct view **vp, const char *dir, struct buf *why);
void view_close(struct view **vp);

/* "ru" or "en": one that is there, so the default for anything else. */
const char *view_lang(const struct view *v, const char *wish);
/* A text of the catalogue, e.g. "Msg.M07"; the key itself when missing. */
const char *view_text(const struct view *v, const char *lang, const char *key);
/* The Name of what has this Code in a list of the catalogue, e.g. "Types"; the
 * code itself when missing. */
const char *view_choice(const struct view *v, const char *lang,
			const char *list, const char *code);

/* @return NULL without memory; every function below copes with that, and
 * rendering then fails with ENOMEM */
struct node *view_page(void);
void view_page_free(struct node **page);

/* name: dotted, ours only: never anything a user sent. */
void view_set(struct node *at, const char *name, const char *value);
void view_set_int(struct node *at, const char *name, int64_t value);
/* What was set there; "" */
const char *view_get(struct node *at, const char *name);
/* The child of that name, made if need be. */
struct node *view_at(struct node *at, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* @return 0, ENOENT (no such page), ENOMEM or EIO (see stderr) */
int view_render(struct view *v, const char *page, const char *lang,
		struct node *data, struct buf *out);

/* Every page's name, in turn; NULL at the end. For tests and checks. */
const char *view_page_name(const struct view *v, unsigned i);

#endif
