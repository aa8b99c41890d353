#include "cgi/view.h"

#include <ClearSilver/ClearSilver.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_PAGES    64
#define NAME_MAX_LEN 48

static const char *const langs[] = { "ru", "en" };
#define LANGS (sizeof(langs) / sizeof(langs[0]))

struct page {
	char name[NAME_MAX_LEN];
	CSPARSE *tree;
	HDF *boot; /* the data set it was parsed with */
};

struct view {
	struct page pages[MAX_PAGES];
	unsigned count;
	HDF *text[LANGS];
};

/* A struct node is an HDF: the one place where that is known. */
static HDF *hdf_of(struct node *n)
{
	return (HDF *)n;
}

/* @return 0, or EINVAL with the library's words in why */
static int explain(NEOERR *err, const char *what, struct buf *why)
{
	STRING text;

	if (err == STATUS_OK)
		return 0;
	string_init(&text);
	nerr_error_string(err, &text);
	buf_printf(why, "%s: %s", what, text.buf ? text.buf : "error");
	string_clear(&text);
	nerr_ignore(&err);
	return EINVAL;
}

/* The only maker of data sets: none without html escaping. */
static NEOERR *new_data(HDF **out)
{
	NEOERR *err = hdf_init(out);

	if (err == STATUS_OK)
		err = hdf_set_value(*out, "Config.VarEscapeMode", "html");
	if (err != STATUS_OK)
		hdf_destroy(out);
	return err;
}

static int open_page(struct view *v, const char *dir, const char *path,
		     struct buf *why)
{
	struct page *p = &v->pages[v->count];
	const char *base = strrchr(path, '/') + 1;
	size_t len = strlen(base) - 3; /* .cs */
	NEOERR *err;

	if (v->count == MAX_PAGES || len >= sizeof(p->name)) {
		buf_printf(why, "%s: too many pages or too long a name", path);
		return EINVAL;
	}
	v->count++;
	memcpy(p->name, base, len);
	p->name[len] = '\0';
	err = new_data(&p->boot);
	if (err == STATUS_OK)
		err = hdf_set_value(p->boot, "hdf.loadpaths.0", dir);
	if (err == STATUS_OK)
		err = cs_init(&p->tree, p->boot);
	if (err == STATUS_OK)
		err = cgi_register_strfuncs(p->tree);
	if (err == STATUS_OK)
		err = cs_parse_file(p->tree, path);
	return explain(err, path, why);
}

static int open_pages(struct view *v, const char *dir, struct buf *why)
{
	char pattern[PATH_MAX];
	glob_t found;
	int err = 0;

	snprintf(pattern, sizeof(pattern), "%s/page/*.cs", dir);
	if (glob(pattern, 0, NULL, &found)) {
		buf_printf(why, "%s: no templates", pattern);
		return ENOENT;
	}
	for (size_t i = 0; !err && i < found.gl_pathc; i++)
		err = open_page(v, dir, found.gl_pathv[i], why);
	globfree(&found);
	return err;
}

int view_open(struct view **vp, const char *dir, struct buf *why)
{
	struct view *v = calloc(1, sizeof(*v));
	int err = 0;

	if (!v)
		return ENOMEM;
	for (size_t i = 0; !err && i < LANGS; i++) {
		char path[PATH_MAX];
		NEOERR *bad = hdf_init(&v->text[i]);

		snprintf(path, sizeof(path), "%s/lang/%s.hdf", dir, langs[i]);
		if (bad == STATUS_OK)
			bad = hdf_read_file(v->text[i], path);
		err = explain(bad, path, why);
	}
	if (!err)
		err = open_pages(v, dir, why);
	if (err)
		view_close(&v);
	else
		*vp = v;
	return err;
}

void view_close(struct view **vp)
{
	struct view *v = *vp;

	if (!v)
		return;
	for (unsigned i = 0; i < v->count; i++) {
		cs_destroy(&v->pages[i].tree);
		hdf_destroy(&v->pages[i].boot);
	}
	for (size_t i = 0; i < LANGS; i++)
		hdf_destroy(&v->text[i]);
	free(v);
	*vp = NULL;
}

static HDF *texts(const struct view *v, const char *lang)
{
	for (size_t i = 0; i < LANGS; i++)
		if (!strcmp(lang, langs[i]))
			return v->text[i];
	return v->text[0];
}

const char *view_lang(const struct view *v, const char *wish)
{
	(void)v;
	for (size_t i = 0; wish && i < LANGS; i++)
		if (!strcmp(wish, langs[i]))
			return langs[i];
	return langs[0];
}

const char *view_text(const struct view *v, const char *lang, const char *key)
{
	HDF *top = hdf_get_obj(texts(v, lang), "Lang");

	return hdf_get_value(top, key, key);
}

const char *view_choice(const struct view *v, const char *lang,
			const char *list, const char *code)
{
	HDF *top = hdf_get_obj(texts(v, lang), "Lang");
	HDF *one = hdf_get_child(top, list);

	for (; one; one = hdf_obj_next(one))
		if (!strcmp(hdf_get_value(one, "Code", ""), code))
			return hdf_get_value(one, "Name", code);
	return code;
}

struct node *view_page(void)
{
	HDF *data = NULL;
	NEOERR *err = new_data(&data);

	if (err != STATUS_OK)
		nerr_ignore(&err);
	return (struct node *)data;
}

void view_page_free(struct node **page)
{
	HDF *data = hdf_of(*page);

	hdf_destroy(&data);
	*page = NULL;
}

void view_set(struct node *at, const char *name, const char *value)
{
	NEOERR *err;

	if (!at)
		return;
	err = hdf_set_value(hdf_of(at), name, value ? value : "");
	if (err != STATUS_OK)
		nerr_ignore(&err);
}

void view_set_int(struct node *at, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	view_set(at, name, text);
}

const char *view_get(struct node *at, const char *name)
{
	return at ? hdf_get_value(hdf_of(at), name, "") : "";
}

struct node *view_at(struct node *at, const char *fmt, ...)
{
	char name[128];
	HDF *child = NULL;
	NEOERR *err;
	va_list ap;

	if (!at)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	err = hdf_get_node(hdf_of(at), name, &child);
	if (err != STATUS_OK)
		nerr_ignore(&err);
	return (struct node *)child;
}

static NEOERR *put(void *arg, char *text)
{
	struct buf *out = arg;

	/* <?cs name ?> without an argument hands over NULL; a page starts
	 * with its text, not with the line ends of its definitions */
	if (text && !out->len)
		text += strspn(text, " \t\n");
	if (text)
		buf_puts(out, text);
	return STATUS_OK;
}

int view_render(struct view *v, const char *page, const char *lang,
		struct node *data, struct buf *out)
{
	struct page *p = NULL;
	struct buf why = { 0 };
	NEOERR *err;
	int bad;

	for (unsigned i = 0; i < v->count; i++)
		if (!strcmp(v->pages[i].name, page))
			p = &v->pages[i];
	if (!p)
		return ENOENT;
	if (!data)
		return ENOMEM;
	if (strcmp(hdf_get_value(hdf_of(data), "Config.VarEscapeMode", ""),
		   "html") != 0)
		return EIO;

	p->tree->hdf = hdf_of(data);
	p->tree->global_hdf = texts(v, lang);
	err = cs_render(p->tree, out, put);
	p->tree->hdf = p->boot;
	p->tree->global_hdf = NULL;
	bad = explain(err, page, &why) ? EIO : 0;
	if (bad)
		fprintf(stderr, "otklik-pages: %s\n", why.data);
	buf_free(&why);
	return bad ? bad : out->failed ? ENOMEM : 0;
}

const char *view_page_name(const struct view *v, unsigned i)
{
	return i < v->count ? v->pages[i].name : NULL;
}
