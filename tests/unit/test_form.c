#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/buf.h"
#include "cgi/form.h"
#include "cgi/param.h"

static struct form form;
static char store[8192];

static int parse(const char *text)
{
	strcpy(store, text);
	return form_parse(&form, store, strlen(text));
}

static const char *value(const char *name)
{
	const struct form_field *f = form_find(&form, name);

	return f ? f->value : NULL;
}

static void fields_are_decoded(void **state)
{
	(void)state;
	assert_int_equal(parse("a=1&name=%D0%98%D0%B2%D0%B0%D0%BD+%26"
			       "+Co&empty=&flag&a=2"),
			 0);
	assert_string_equal(value("a"), "1");
	assert_string_equal(value("name"), "Иван & Co");
	assert_string_equal(value("empty"), "");
	assert_string_equal(value("flag"), "");
	assert_null(value("b"));
	assert_int_equal(form.count, 5);
}

static void bad_escapes_and_nul_are_refused_whole(void **state)
{
	static const char *const bad[] = { "a=1&b=%", "a=%4", "a=%zz", "a=%00",
					   "%00=1" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse(bad[i]), EBADMSG);
		assert_int_equal(form.count, 0);
	}
}

static void only_utf8_comes_in(void **state)
{
	static const char *const bad[] = { "a=%FF",       "a=%C0%AF",
					   "a=%ED%A0%80", "a=%F4%90%80%80",
					   "a=%D0",       "a=%E2%82" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(bad[i]), EILSEQ);
	assert_int_equal(parse("a=%F4%8F%BF%BF&b=%E2%82%AC"), 0);
}

static void there_are_ceilings(void **state)
{
	struct buf many = { 0 };

	(void)state;
	for (int i = 0; i < FORM_MAX_FIELDS; i++)
		buf_printf(&many, "f%d=1&", i);
	assert_int_equal(parse(many.data), 0);
	buf_puts(&many, "more=1");
	assert_int_equal(parse(many.data), E2BIG);
	buf_clear(&many);
	for (int i = 0; i <= FORM_MAX_NAME; i++)
		buf_puts(&many, "n");
	assert_int_equal(parse(many.data), E2BIG);
	buf_free(&many);
}

static void strange_cookies_are_passed_over(void **state)
{
	static const char text[] =
	    "a=1; junk; \xff\xfe=2; otklik_session=abc=def;;b= ";

	(void)state;
	memcpy(store, text, sizeof(text));
	assert_int_equal(form_parse_cookies(&form, store, sizeof(text) - 1), 0);
	assert_string_equal(value("otklik_session"), "abc=def");
	assert_string_equal(value("a"), "1");
	assert_null(value("junk"));
	assert_int_equal(form.count, 3);
}

static void more_cookies_than_places_are_passed_over(void **state)
{
	char *end = store;

	(void)state;
	end = stpcpy(end, "otklik_session=abc");
	for (int i = 0; i < FORM_MAX_FIELDS; i++)
		end = stpcpy(end, "; c=1");
	assert_int_equal(
	    form_parse_cookies(&form, store, (size_t)(end - store)), 0);
	assert_int_equal(form.count, FORM_MAX_FIELDS);
	assert_string_equal(value("otklik_session"), "abc");
}

static void numbers_have_bounds_and_no_signs(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_int_equal(parse("a=18446744073709551615&b=18446744073709551616"
			       "&c=-1&d=+1&e=12&f="),
			 0);
	assert_int_equal(param_u64(&form, "a", 0, UINT64_MAX, &n), 0);
	assert_true(n == UINT64_MAX);
	assert_int_equal(param_u64(&form, "b", 0, UINT64_MAX, &n), EINVAL);
	assert_int_equal(param_u64(&form, "c", 0, 9, &n), EINVAL);
	assert_int_equal(param_u64(&form, "d", 0, 9, &n), EINVAL);
	assert_int_equal(param_u64(&form, "e", 0, 11, &n), EINVAL);
	assert_int_equal(param_u64(&form, "f", 0, 9, &n), ENOENT);
	assert_true(n == UINT64_MAX);
}

static void text_is_counted_in_characters(void **state)
{
	char out[9] = "old";

	(void)state;
	assert_int_equal(parse("a=++%D0%99%D0%B6%D0%B8%D0%BA+&b=x%01y"), 0);
	assert_int_equal(param_text(&form, "a", 1, 4, out, sizeof(out)), 0);
	assert_string_equal(out, "Йжик");
	assert_int_equal(param_text(&form, "a", 1, 3, out, sizeof(out)),
			 EINVAL);
	assert_int_equal(param_text(&form, "b", 1, 9, out, sizeof(out)),
			 EINVAL);
	assert_int_equal(param_text(&form, "c", 1, 9, out, sizeof(out)),
			 ENOENT);
	assert_string_equal(out, "Йжик");
	assert_int_equal(param_text(&form, "c", 0, 9, out, sizeof(out)), 0);
	assert_string_equal(out, "");
}

static void dates_come_in_three_forms_and_must_exist(void **state)
{
	char out[11];

	(void)state;
	assert_int_equal(parse("a=29.02.2024&b=29-02-2024&c=2024-02-29"
			       "&d=29.02.2023&e=1.02.2023&f=00.01.2023"),
			 0);
	for (const char *name = "abc"; *name; name++) {
		char one[2] = { *name, '\0' };

		assert_int_equal(param_date(&form, one, out), 0);
		assert_string_equal(out, "2024-02-29");
	}
	assert_int_equal(param_date(&form, "d", out), EINVAL);
	assert_int_equal(param_date(&form, "e", out), EINVAL);
	assert_int_equal(param_date(&form, "f", out), EINVAL);
}

static void uuids_are_folded_and_nothing_else_passes(void **state)
{
	char out[37];

	(void)state;
	assert_int_equal(
	    param_uuid("0193AAAA-0000-7000-8000-0000000000FF", out), 0);
	assert_string_equal(out, "0193aaaa-0000-7000-8000-0000000000ff");
	assert_int_equal(param_uuid("0193aaaa-0000-7000-8000-0000000000f", out),
			 EINVAL);
	assert_int_equal(
	    param_uuid("0193aaaa-0000-7000-8000-0000000000ff0", out), EINVAL);
	assert_int_equal(
	    param_uuid("0193aaaa00000-7000-8000-0000000000ff", out), EINVAL);
	assert_int_equal(param_uuid("", out), EINVAL);
}

/* ---- multipart ---------------------------------------------------------- */

static struct buf heard;

static int on_begin(void *arg, const struct form_part *part)
{
	(void)arg;
	buf_printf(&heard, "[%s|%s|%s]", part->name, part->filename,
		   part->type);
	return 0;
}

static int on_data(void *arg, const char *data, size_t len)
{
	(void)arg;
	buf_add(&heard, data, len);
	return 0;
}

static int on_end(void *arg)
{
	(void)arg;
	buf_puts(&heard, ";");
	return 0;
}

static const struct form_sink sink = { on_begin, on_data, on_end, NULL };

static const char body[] = "before\r\n--XX\r\n"
			   "Content-Disposition: form-data; name=\"a\"\r\n\r\n"
			   "one\r\n-\r\n--X\r\r\n--XX \t\r\n"
			   "content-type: text/plain\r\n"
			   "Content-Disposition: form-data; name=\"f\";"
			   " filename=\"C:\\dir\\письмо.txt\"\r\n\r\n"
			   "\r\n--XX--\r\nafter";
static const char told[] = "[a||]one\r\n-\r\n--X\r;[f|письмо.txt|text/plain];";

static int feed(const char *type, const char *data, size_t len, size_t step)
{
	struct form_multipart mp;
	int err = form_multipart_init(&mp, type, 4096, &sink);

	buf_clear(&heard);
	for (size_t i = 0; !err && i < len; i += step)
		err = form_multipart_feed(&mp, data + i,
					  len - i < step ? len - i : step);
	return err ? err : form_multipart_end(&mp);
}

static void parts_are_the_same_however_the_bytes_arrive(void **state)
{
	(void)state;
	for (size_t step = 1; step <= sizeof(body); step++) {
		assert_int_equal(feed("multipart/form-data; boundary=XX", body,
				      sizeof(body) - 1, step),
				 0);
		assert_string_equal(heard.data, told);
	}
	assert_int_equal(feed("Multipart/Form-Data; boundary=\"XX\"", body,
			      sizeof(body) - 1, 7),
			 0);
}

static void a_boundary_of_another_length_works_next_time(void **state)
{
	static const char other[] =
	    "--a-much-longer-boundary\r\n"
	    "Content-Disposition: form-data; name=\"b\"\r\n\r\n"
	    "two\r\n--a-much-longer-boundary--";

	(void)state;
	assert_int_equal(feed("multipart/form-data; boundary=XX", body,
			      sizeof(body) - 1, 64),
			 0);
	assert_int_equal(
	    feed("multipart/form-data; boundary=a-much-longer-boundary", other,
		 sizeof(other) - 1, 64),
	    0);
	assert_string_equal(heard.data, "[b||]two;");
}

static void broken_multipart_is_refused(void **state)
{
	static const char *const types[] = {
		"multipart/form-data", "multipart/form-data; boundary=",
		"multipart/form-data; boundary=\"a", "text/plain; boundary=a",
		"multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	};
	static const char *const bodies[] = {
		"",
		"--XX",
		"--XX\r\n\r\n",
		"--XXa",
		"--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--",
		"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		assert_int_equal(feed(types[i], "", 0, 1), EBADMSG);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		assert_int_equal(feed("multipart/form-data; boundary=XX",
				      bodies[i], strlen(bodies[i]), 5),
				 EBADMSG);
}

static void multipart_has_ceilings(void **state)
{
	static const char part[] = "\r\n--XX\r\nContent-Disposition: form-data;"
				   " name=\"a\"\r\n\r\n";
	struct form_multipart mp;
	int err = 0;

	(void)state;
	assert_int_equal(form_multipart_init(&mp,
					     "multipart/form-data; boundary=XX",
					     10, &sink),
			 0);
	assert_int_equal(form_multipart_feed(&mp, "12345678901", 11), E2BIG);

	form_multipart_init(&mp, "multipart/form-data; boundary=XX", 1u << 20,
			    &sink);
	for (int i = 0; i < FORM_MAX_PARTS; i++)
		assert_int_equal(
		    form_multipart_feed(&mp, part, sizeof(part) - 1), 0);
	assert_int_equal(form_multipart_feed(&mp, part, sizeof(part) - 1),
			 E2BIG);

	form_multipart_init(&mp, "multipart/form-data; boundary=XX", 1u << 20,
			    &sink);
	form_multipart_feed(&mp, "--XX\r\n", 6);
	for (int i = 0; !err && i < FORM_MAX_HEADERS + 1; i++)
		err = form_multipart_feed(&mp, "h", 1);
	assert_int_equal(err, E2BIG);
}

static int free_heard(void **state)
{
	(void)state;
	buf_free(&heard);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_decoded),
		cmocka_unit_test(bad_escapes_and_nul_are_refused_whole),
		cmocka_unit_test(only_utf8_comes_in),
		cmocka_unit_test(there_are_ceilings),
		cmocka_unit_test(strange_cookies_are_passed_over),
		cmocka_unit_test(more_cookies_than_places_are_passed_over),
		cmocka_unit_test(numbers_have_bounds_and_no_signs),
		cmocka_unit_test(text_is_counted_in_characters),
		cmocka_unit_test(dates_come_in_three_forms_and_must_exist),
		cmocka_unit_test(uuids_are_folded_and_nothing_else_passes),
		cmocka_unit_test(parts_are_the_same_however_the_bytes_arrive),
		cmocka_unit_test(a_boundary_of_another_length_works_next_time),
		cmocka_unit_test(broken_multipart_is_refused),
		cmocka_unit_test(multipart_has_ceilings),
	};

	return cmocka_run_group_tests(tests, NULL, free_heard);
}
