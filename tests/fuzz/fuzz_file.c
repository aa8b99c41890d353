/*
 * libFuzzer over what an uploaded file says of itself, and over its name.
 * Besides not crashing: nothing is read outside of the file, and a name is
 * harmless when it has been cleaned.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/file_kind.h"
#include "cgi/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *data;
	size_t size;
};

static int get(void *arg, uint64_t at, void *buf, size_t len)
{
	const struct bytes *b = arg;

	if (at > b->size || len > b->size - at)
		abort();
	memcpy(buf, b->data + at, len);
	return 0;
}

/* With each extension, so that each table of the formats is read. */
static void content(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a.pdf", "a.docx", "a.xls",
					     "a.zip", "a" };
	struct bytes b = { data, size };
	const struct file_source src = { get, &b, size };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		enum file_kind kind;

		if (file_check(names[i], &src, &kind) == FILE_FINE &&
		    kind == KIND_COUNT)
			abort();
	}
}

static void name(const uint8_t *data, size_t size)
{
	char text[256], out[160];

	if (size >= sizeof(text) || memchr(data, '\0', size) ||
	    !form_utf8((const char *)data, size))
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	file_name_clean(text, out, sizeof(out));
	if (!*out || *out == '.' || strpbrk(out, "/\\\"<>:\r\n\t;%") ||
	    strlen(out) > 120 || !form_utf8(out, strlen(out)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	content(data, size);
	name(data, size);
	return 0;
}
