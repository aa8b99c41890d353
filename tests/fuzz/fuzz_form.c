/*
 * libFuzzer over everything a browser sends that is parsed here: urlencoded
 * fields, cookies, a whole request's variables, multipart in two chunkings.
 * Besides not crashing: what is accepted is UTF-8 without NUL and within the
 * ceilings, and multipart does not depend on where the stream was cut.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/buf.h"
#include "cgi/form.h"
#include "cgi/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct form *form)
{
	if (form->count > FORM_MAX_FIELDS)
		abort();
	for (size_t i = 0; i < form->count; i++) {
		const struct form_field *f = &form->fields[i];

		if (strlen(f->value) != f->len ||
		    strlen(f->name) > FORM_MAX_NAME ||
		    !form_utf8(f->value, f->len) ||
		    !form_utf8(f->name, strlen(f->name)))
			abort();
	}
}

static void fields(const uint8_t *data, size_t size)
{
	static struct form form;
	char *copy = malloc(size + 1); /* exact: ASan sees one byte more */

	memcpy(copy, data, size);
	form_parse(&form, copy, size);
	check(&form);
	memcpy(copy, data, size);
	form_parse_cookies(&form, copy, size);
	check(&form);
	free(copy);
}

/* The same bytes as query, cookie and path, up to the first NUL. */
static void request(const uint8_t *data, size_t size)
{
	static struct request req;
	static const char *const names[] = { "QUERY_STRING=", "HTTP_COOKIE=",
					     "REQUEST_URI=" };
	static char type[] = "CONTENT_TYPE=application/x-www-form-urlencoded";
	static char method[] = "REQUEST_METHOD=POST";
	char *lines[3], *env[6];
	char *body = malloc(size + 1);

	for (int i = 0; i < 3; i++) {
		size_t n = strlen(names[i]);

		lines[i] = malloc(n + size + 1);
		memcpy(lines[i], names[i], n);
		memcpy(lines[i] + n, data, size);
		lines[i][n + size] = '\0';
		env[i] = lines[i];
	}
	env[3] = method;
	env[4] = type;
	env[5] = NULL;
	memcpy(body, data, size);
	http_request(&req, env, body, size);
	check(&req.query);
	check(&req.cookies);
	check(&req.body);
	for (int i = 0; i < 3; i++)
		free(lines[i]);
	free(body);
}

static int on_begin(void *arg, const struct form_part *part)
{
	if (!*part->name || !form_utf8(part->name, strlen(part->name)) ||
	    strchr(part->filename, '/') || strchr(part->filename, '\\'))
		abort();
	buf_printf(arg, "[%s|%s|%s]", part->name, part->filename, part->type);
	return 0;
}

static int on_data(void *arg, const char *data, size_t len)
{
	buf_add(arg, data, len);
	return 0;
}

static int on_end(void *arg)
{
	buf_puts(arg, ";");
	return 0;
}

static int multipart(struct buf *out, const uint8_t *data, size_t size,
		     size_t step)
{
	const struct form_sink sink = { on_begin, on_data, on_end, out };
	struct form_multipart mp;
	int err = form_multipart_init(&mp, "multipart/form-data; boundary=B",
				      1u << 20, &sink);

	buf_clear(out);
	for (size_t i = 0; !err && i < size; i += step)
		err = form_multipart_feed(&mp, (const char *)data + i,
					  size - i < step ? size - i : step);
	return err ? err : form_multipart_end(&mp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf whole, bytes;
	size_t step = size ? data[0] % 7 + 1 : 1;
	int one, two;

	fields(data, size);
	request(data, size);
	one = multipart(&whole, data, size, size + 1);
	two = multipart(&bytes, data, size, step);
	if (one != two)
		abort();
	if (!one && (whole.len != bytes.len ||
		     memcmp(whole.data ? whole.data : "",
			    bytes.data ? bytes.data : "", whole.len) != 0))
		abort();
	return 0;
}
