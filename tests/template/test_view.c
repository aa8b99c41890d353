/* Every page, with every value a template mentions set to an attack. */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "cgi/buf.h"
#include "cgi/view.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define ATTACK "javascript:x9'\"><x9 onload=x9>&<?cs var:x9 ?>"

static struct view *view;

static int open_all(void **state)
{
	struct buf why = { 0 };
	int err = view_open(&view, "templates", &why);

	(void)state;
	if (err)
		fprintf(stderr, "%s\n", why.data);
	buf_free(&why);
	return err;
}

static int close_all(void **state)
{
	(void)state;
	view_close(&view);
	return 0;
}

/* ---- the names that templates mention ----------------------------------- */

static struct buf source;
static char names[2400][96];
static size_t name_count;

/* each:row = Rows makes row stand for Rows.0 */
static struct {
	char name[32], path[64];
} alias[300];
static size_t alias_count;

static void read_sources(const char *pattern)
{
	char chunk[4096];
	glob_t found;
	size_t n;

	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		FILE *f = fopen(found.gl_pathv[i], "r");

		assert_non_null(f);
		while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
			buf_add(&source, chunk, n);
		fclose(f);
	}
	globfree(&found);
}

static void add(const char *name)
{
	for (size_t i = 0; i < name_count; i++)
		if (!strcmp(names[i], name))
			return;
	assert_true(name_count < LEN(names));
	snprintf(names[name_count++], sizeof(names[0]), "%s", name);
}

/* One identifier, under every list its first part may stand for. */
static void mention(const char *id)
{
	size_t first = strcspn(id, ".");
	char full[96];

	if (!strncmp(id, "Lang.", 5))
		return;
	if (isupper((unsigned char)*id))
		add(id);
	for (size_t i = 0; i < alias_count; i++) {
		if (strlen(alias[i].name) != first ||
		    strncmp(alias[i].name, id, first) != 0 || !id[first])
			continue;
		snprintf(full, sizeof(full), "%s.0%s", alias[i].path,
			 id + first);
		if (strlen(full) < sizeof(alias[0].path) + 20)
			mention(full);
	}
}

static void each_tag(void (*use)(const char *tag, size_t len))
{
	const char *p = source.data;

	while ((p = strstr(p, "<?cs"))) {
		const char *end = strstr(p, "?>");

		assert_non_null(end);
		p += 4;
		p += strspn(p, " \t\n");
		if (*p != '#')
			use(p, (size_t)(end - p));
		p = end;
	}
}

static void find_alias(const char *tag, size_t len)
{
	char text[256], name[32], path[64];

	snprintf(text, sizeof(text), "%.*s", (int)len, tag);
	if (sscanf(text, "each:%31[a-z0-9] = %63[A-Za-z0-9._]", name, path) !=
	    2)
		return;
	for (size_t i = 0; i < alias_count; i++)
		if (!strcmp(alias[i].name, name) &&
		    !strcmp(alias[i].path, path))
			return;
	assert_true(alias_count < LEN(alias));
	strcpy(alias[alias_count].name, name);
	strcpy(alias[alias_count++].path, path);
}

static void find_names(const char *tag, size_t len)
{
	char id[96];
	size_t n = 0;
	bool quoted = false;

	for (size_t i = 0; i <= len; i++) {
		char c = i < len ? tag[i] : ' ';

		if (c == '"')
			quoted = !quoted;
		if (!quoted && (isalnum((unsigned char)c) || strchr("._", c)) &&
		    n + 1 < sizeof(id)) {
			id[n++] = c;
			continue;
		}
		id[n] = '\0';
		if (n && !quoted)
			mention(id);
		n = 0;
	}
}

static void find_all(void)
{
	read_sources("templates/*.cs");
	read_sources("templates/macros/*.cs");
	read_sources("templates/page/*.cs");
	each_tag(find_alias);
	/* a list inside a list: row.Rec */
	for (size_t i = 0; i < alias_count; i++)
		for (size_t j = 0; j < alias_count; j++) {
			size_t n = strlen(alias[j].name);
			char path[140];

			if (strncmp(alias[i].path, alias[j].name, n) != 0 ||
			    alias[i].path[n] != '.')
				continue;
			snprintf(path, sizeof(path), "%s.0%s", alias[j].path,
				 alias[i].path + n);
			assert_true(strlen(path) < sizeof(alias[0].path) &&
				    alias_count < LEN(alias));
			strcpy(alias[alias_count].name, alias[i].name);
			strcpy(alias[alias_count++].path, path);
		}
	each_tag(find_names);
}

static bool is_named(const char *name)
{
	for (size_t i = 0; i < name_count; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void the_names_are_found(void **state)
{
	(void)state;
	assert_true(is_named("F.description"));
	assert_true(is_named("Rows.0.Fio"));
	assert_true(is_named("Rows.0.Rec.0.At"));
	assert_true(is_named("Calls.0.Events.0.Who"));
	assert_true(is_named("Calls.0.Rec.0.Id"));
	assert_true(is_named("Persons.0.Surname"));
	assert_true(is_named("Maybe.0.Id"));
	assert_true(is_named("Search.birth_date"));
	assert_true(is_named("User.Name"));
	assert_true(is_named("People.0.Name"));
	assert_true(is_named("Typed.answer_text"));
}

/* ---- the attack --------------------------------------------------------- */

static void hostile(const char *page, const char *lang, bool framed,
		    const char *flags)
{
	static const char *const addresses[] = { "href=\"javascript",
						 "src=\"javascript",
						 "action=\"javascript",
						 "hx-get=\"javascript" };
	struct node *data = view_page();
	struct buf out = { 0 };

	for (size_t i = 0; i < name_count; i++)
		view_set(data, names[i], ATTACK);
	if (!framed)
		view_set(data, "Framed", "");
	for (const char *f = flags; *f; f += strlen(f) + 1)
		view_set(data, f, "1");
	assert_int_equal(view_render(view, page, lang, data, &out), 0);
	assert_true(out.len > 0);
	/* the attack is in it, and nowhere as it was given */
	if (*flags)
		assert_non_null(strstr(out.data, "x9"));
	assert_null(strstr(out.data, "<x9"));
	assert_null(strstr(out.data, "x9'"));
	assert_null(strstr(out.data, "x9\""));
	for (size_t i = 0; i < 4; i++)
		assert_null(strstr(out.data, addresses[i]));
	buf_free(&out);
	view_page_free(&data);
}

static void no_page_lets_an_attack_through(void **state)
{
	static const char off[] = "\0";
	static const char on[] =
	    "May.Phone\0May.Journal\0May.Persons\0"
	    "May.Register\0May.Directory\0May.Calls\0May.Report\0"
	    "Card.Readonly\0Card.Autosave\0Card.Registry\0"
	    "Can.Close\0Can.Forward\0"
	    "Can.Resume\0Can.Propose\0Can.Defer\0Can.Assign\0"
	    "Can.Return\0Can.Approve\0Can.Extend\0Can.Reassign\0"
	    "Can.Delete\0Can.Pass\0Identity.May\0Can.Review\0Can.Edit\0May.Review\0Tab.May\0"
	    "May.Admin\0May.Lists\0May.Accounts\0May.Settings\0"
	    "Row.Removable\0";
	static const char *const langs[] = { "ru", "en" };
	const char *page;

	(void)state;
	for (unsigned i = 0; (page = view_page_name(view, i)); i++)
		for (size_t l = 0; l < 2; l++) {
			hostile(page, langs[l], true, off);
			hostile(page, langs[l], true, on);
			hostile(page, langs[l], false, off);
			hostile(page, langs[l], false, on);
		}
}

static void an_empty_data_set_renders_too(void **state)
{
	const char *page;

	(void)state;
	for (unsigned i = 0; (page = view_page_name(view, i)); i++) {
		struct node *data = view_page();
		struct buf out = { 0 };

		assert_int_equal(view_render(view, page, "ru", data, &out), 0);
		buf_free(&out);
		view_page_free(&data);
	}
}

static void rendering_without_escaping_is_refused(void **state)
{
	struct node *data = view_page();
	struct buf out = { 0 };

	(void)state;
	view_set(data, "Config.VarEscapeMode", "none");
	assert_int_equal(view_render(view, "error", "ru", data, &out), EIO);
	assert_int_equal(view_render(view, "nosuch", "ru", data, &out), ENOENT);
	assert_int_equal(out.len, 0);
	buf_free(&out);
	view_page_free(&data);
}

static void one_request_leaves_nothing_to_the_next(void **state)
{
	struct node *data = view_page();
	struct buf out = { 0 };

	(void)state;
	view_set(data, "Error.Text", "secret-of-one");
	assert_int_equal(view_render(view, "error", "ru", data, &out), 0);
	assert_non_null(strstr(out.data, "secret-of-one"));
	view_page_free(&data);
	buf_clear(&out);
	data = view_page();
	assert_int_equal(view_render(view, "error", "ru", data, &out), 0);
	assert_null(strstr(out.data, "secret-of-one"));
	buf_free(&out);
	view_page_free(&data);
}

static void a_broken_template_stops_the_start(void **state)
{
	char dir[] = "/tmp/view-XXXXXX", path[64];
	struct view *v = NULL;
	struct buf why = { 0 };
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/lang", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/page", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/lang/%s.hdf", dir,
			 i ? "en" : "ru");
		f = fopen(path, "w");
		fputs("Lang.A = a\n", f);
		fclose(f);
	}
	snprintf(path, sizeof(path), "%s/page/x.cs", dir);
	f = fopen(path, "w");
	fputs("<?cs if:A ?>never closed", f);
	fclose(f);
	assert_int_equal(view_open(&v, dir, &why), EINVAL);
	assert_null(v);
	assert_non_null(strstr(why.data, "x.cs"));
	buf_free(&why);
	unlink(path);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/lang/%s.hdf", dir,
			 i ? "en" : "ru");
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/lang", dir);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/page", dir);
	rmdir(path);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_names_are_found),
		cmocka_unit_test(no_page_lets_an_attack_through),
		cmocka_unit_test(an_empty_data_set_renders_too),
		cmocka_unit_test(rendering_without_escaping_is_refused),
		cmocka_unit_test(one_request_leaves_nothing_to_the_next),
		cmocka_unit_test(a_broken_template_stops_the_start),
	};
	int failed;

	find_all();
	failed = cmocka_run_group_tests(tests, open_all, close_all);
	buf_free(&source);
	return failed;
}
