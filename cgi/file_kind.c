#include "cgi/file_kind.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "cgi/util.h"

#define MAX_ENTRIES  10000
#define MAX_UNPACKED (UINT64_C(512) << 20)
#define MAX_RATIO    100
#define SLACK        (UINT64_C(10) << 20) /* small files may be all zeros */
#define MAX_TAIL     (22 + 65535)         /* end record and its comment */
#define MAX_SECTORS  256 /* of a directory of an OLE file that are looked at */

static const struct {
	const char *name, *type;
	const char *also; /* another extension, or NULL */
} kinds[KIND_COUNT] = {
	[KIND_PDF] = { "pdf", "application/pdf", NULL },
	[KIND_DOC] = { "doc", "application/msword", NULL },
	[KIND_XLS] = { "xls", "application/vnd.ms-excel", NULL },
	[KIND_DOCX] = { "docx",
			"application/vnd.openxmlformats-officedocument"
			".wordprocessingml.document",
			NULL },
	[KIND_XLSX] = { "xlsx",
			"application/vnd.openxmlformats-officedocument"
			".spreadsheetml.sheet",
			NULL },
	[KIND_JPG] = { "jpg", "image/jpeg", "jpeg" },
	[KIND_PNG] = { "png", "image/png", NULL },
	[KIND_TIF] = { "tif", "image/tiff", "tiff" },
	[KIND_ZIP] = { "zip", "application/zip", NULL },
};

static const char *const faults[FILE_FAULTS] = {
	[FILE_FINE] = "",         [FILE_EMPTY] = "EMPTY",
	[FILE_NAME] = "NAME",     [FILE_CONTENT] = "CONTENT",
	[FILE_BROKEN] = "BROKEN", [FILE_BOMB] = "BOMB",
	[FILE_LARGE] = "LARGE",
};

const char *file_kind_name(enum file_kind kind)
{
	return kind < KIND_COUNT ? kinds[kind].name : "";
}

const char *file_kind_type(enum file_kind kind)
{
	return kind < KIND_COUNT ? kinds[kind].type
				 : "application/octet-stream";
}

const char *file_fault_name(enum file_fault fault)
{
	return faults[fault];
}

static enum file_kind named(const char *name)
{
	const char *dot = strrchr(name, '.');
	enum file_kind k = 0;

	if (!dot || dot == name)
		return KIND_COUNT;
	while (k < KIND_COUNT && strcasecmp(dot + 1, kinds[k].name) != 0 &&
	       (!kinds[k].also || strcasecmp(dot + 1, kinds[k].also) != 0))
		k++;
	return k;
}

static uint32_t le(const unsigned char *p, unsigned bytes)
{
	uint32_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static bool get(const struct file_source *src, uint64_t at, void *buf,
		size_t len)
{
	return at <= src->size && len <= src->size - at &&
	       !src->read(src->arg, at, buf, len);
}

/* ---- zip: the central directory (APPNOTE 4.3.12, 4.3.16) ----------------- */

struct zip {
	uint64_t at, end; /* of the directory in the file */
	unsigned entries;
};

static bool zip_find(const struct file_source *src, struct zip *out)
{
	static unsigned char tail[MAX_TAIL];
	size_t len = src->size < MAX_TAIL ? (size_t)src->size : MAX_TAIL;

	if (len < 22 || !get(src, src->size - len, tail, len))
		return false;
	for (size_t i = len - 22 + 1; i-- > 0;) {
		const unsigned char *p = tail + i;

		if (memcmp(p, "PK\5\6", 4) != 0 ||
		    i + 22 + le(p + 20, 2) != len)
			continue;
		out->entries = le(p + 10, 2);
		out->at = le(p + 16, 4);
		out->end = out->at + le(p + 12, 4);
		/* one volume, and the directory before its end */
		return !le(p + 4, 2) && !le(p + 6, 2) &&
		       le(p + 8, 2) == out->entries &&
		       out->end <= src->size - len + i;
	}
	return false;
}

static bool name_safe(const char *name, size_t len)
{
	if (!len || *name == '/' || memchr(name, '\0', len) ||
	    memchr(name, '\\', len))
		return false;
	for (size_t i = 0; i + 1 < len; i++)
		if (name[i] == '.' && name[i + 1] == '.' &&
		    (!i || name[i - 1] == '/') &&
		    (i + 2 == len || name[i + 2] == '/'))
			return false;
	return true;
}

struct inside {
	bool types, word, sheet, macros;
};

static void look(struct inside *in, const char *name, size_t len)
{
	const struct {
		const char *name;
		bool *seen;
	} marks[] = { { "[Content_Types].xml", &in->types },
		      { "word/document.xml", &in->word },
		      { "xl/workbook.xml", &in->sheet },
		      { "word/vbaProject.bin", &in->macros },
		      { "xl/vbaProject.bin", &in->macros } };

	for (size_t i = 0; i < LEN(marks); i++)
		if (strlen(marks[i].name) == len &&
		    !memcmp(marks[i].name, name, len))
			*marks[i].seen = true;
}

static enum file_fault zip_check(const struct file_source *src,
				 enum file_kind *kind)
{
	struct inside in = { false, false, false, false };
	uint64_t unpacked = 0, packed = 0;
	struct zip z;

	if (!zip_find(src, &z))
		return FILE_BROKEN;
	if (z.entries > MAX_ENTRIES)
		return FILE_BOMB;
	for (unsigned i = 0; i < z.entries; i++) {
		unsigned char head[46];
		char name[512];
		size_t len;

		if (z.end - z.at < sizeof(head) ||
		    !get(src, z.at, head, sizeof(head)) ||
		    memcmp(head, "PK\1\2", 4) != 0)
			return FILE_BROKEN;
		len = le(head + 28, 2);
		/* 4 GiB and more would stand elsewhere */
		if (le(head + 20, 4) == UINT32_MAX ||
		    le(head + 24, 4) == UINT32_MAX)
			return FILE_BOMB;
		packed += le(head + 20, 4);
		unpacked += le(head + 24, 4);
		if (len >= sizeof(name) ||
		    !get(src, z.at + sizeof(head), name, len) ||
		    !name_safe(name, len) ||
		    (uint64_t)le(head + 42, 4) + 30 > src->size)
			return FILE_BROKEN;
		look(&in, name, len);
		z.at +=
		    sizeof(head) + len + le(head + 30, 2) + le(head + 32, 2);
		if (z.at > z.end)
			return FILE_BROKEN;
	}
	/* the same bytes unpacked again and again count again and again */
	if (unpacked > MAX_UNPACKED || packed > src->size ||
	    unpacked > src->size * MAX_RATIO + SLACK)
		return FILE_BOMB;
	*kind = KIND_ZIP;
	if (in.types && (in.word || in.sheet))
		*kind = in.macros ? KIND_COUNT
			: in.word ? KIND_DOCX
				  : KIND_XLSX;
	return FILE_FINE;
}

/* ---- OLE: the names in its directory (MS-CFB) ---------------------------- */

struct ole {
	const struct file_source *src;
	unsigned char head[512];
	uint32_t sector; /* bytes */
};

static bool ole_next(const struct ole *o, uint32_t *at)
{
	uint32_t each = o->sector / 4, table = *at / each;
	unsigned char entry[4];
	uint32_t fat;

	if (table >= 109)
		return false; /* a file of more than 7 MiB: what was seen */
	fat = le(o->head + 76 + 4 * table, 4);
	if (!get(o->src,
		 ((uint64_t)fat + 1) * o->sector + 4 * (uint64_t)(*at % each),
		 entry, sizeof(entry)))
		return false;
	*at = le(entry, 4);
	return *at < 0xfffffffa;
}

static bool ole_named(const unsigned char *entry, const char *name)
{
	size_t n = strlen(name);

	if (le(entry + 64, 2) != 2 * (n + 1))
		return false;
	for (size_t i = 0; i < n; i++)
		if (entry[2 * i] != (unsigned char)name[i] || entry[2 * i + 1])
			return false;
	return true;
}

static enum file_fault ole_check(const struct file_source *src,
				 enum file_kind *kind)
{
	struct ole o = { .src = src };
	unsigned shift;
	uint32_t at;

	if (!get(src, 0, o.head, sizeof(o.head)))
		return FILE_BROKEN;
	shift = le(o.head + 30, 2);
	if (shift != 9 && shift != 12)
		return FILE_BROKEN;
	o.sector = 1u << shift;
	at = le(o.head + 48, 4);
	for (unsigned i = 0; i < MAX_SECTORS; i++) {
		for (uint32_t e = 0; e < o.sector; e += 128) {
			unsigned char entry[128];

			if (!get(src, ((uint64_t)at + 1) * o.sector + e, entry,
				 sizeof(entry)))
				return FILE_BROKEN;
			if (ole_named(entry, "WordDocument"))
				*kind = KIND_DOC;
			else if (ole_named(entry, "Workbook") ||
				 ole_named(entry, "Book"))
				*kind = KIND_XLS;
		}
		if (*kind != KIND_COUNT || !ole_next(&o, &at))
			break;
	}
	return FILE_FINE;
}

/* ---- the file ------------------------------------------------------------ */

static bool pdf_ends(const struct file_source *src)
{
	char tail[1024];
	size_t len =
	    src->size < sizeof(tail) ? (size_t)src->size : sizeof(tail);

	return get(src, src->size - len, tail, len) &&
	       memmem(tail, len, "%%EOF", 5);
}

static enum file_fault by_content(const struct file_source *src,
				  enum file_kind *kind)
{
	static const struct {
		const char *head;
		size_t len;
		enum file_kind kind;
	} plain[] = {
		{ "\xff\xd8\xff", 3, KIND_JPG },
		{ "\x89PNG\r\n\x1a\n", 8, KIND_PNG },
		{ "II*\0", 4, KIND_TIF },
		{ "MM\0*", 4, KIND_TIF },
	};
	unsigned char head[8] = { 0 };

	if (!get(src, 0, head,
		 src->size < sizeof(head) ? (size_t)src->size : sizeof(head)))
		return FILE_BROKEN;
	for (size_t i = 0; i < LEN(plain); i++)
		if (!memcmp(head, plain[i].head, plain[i].len))
			*kind = plain[i].kind;
	if (!memcmp(head, "%PDF-", 5)) {
		*kind = KIND_PDF;
		return pdf_ends(src) ? FILE_FINE : FILE_BROKEN;
	}
	if (!memcmp(head, "PK\3\4", 4) || !memcmp(head, "PK\5\6", 4))
		return zip_check(src, kind);
	if (!memcmp(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8))
		return ole_check(src, kind);
	return FILE_FINE;
}

enum file_fault file_check(const char *name, const struct file_source *src,
			   enum file_kind *kind)
{
	enum file_kind wanted = named(name);
	enum file_fault fault;

	*kind = KIND_COUNT;
	if (!src->size)
		return FILE_EMPTY;
	if (wanted == KIND_COUNT)
		return FILE_NAME;
	fault = by_content(src, kind);
	if (fault != FILE_FINE)
		return fault;
	return *kind == wanted ? FILE_FINE : FILE_CONTENT;
}

/* ---- names --------------------------------------------------------------- */

#define MAX_STEM 100
#define MAX_EXT  8

/* Bytes of UTF-8 at p that are no part of a name; 0: they are. */
static size_t harmful(const char *p)
{
	unsigned char c = (unsigned char)*p;

	if (c < ' ' || c == 0x7f || strchr("/\\:*?\"<>|%;", c))
		return 1;
	/* U+200B–U+200F, U+2028–U+202E, U+2060–U+206F, U+FEFF, C1 */
	if (c == 0xe2 && (unsigned char)p[1] == 0x80 &&
	    (((unsigned char)p[2] >= 0x8b && (unsigned char)p[2] <= 0x8f) ||
	     ((unsigned char)p[2] >= 0xa8 && (unsigned char)p[2] <= 0xae)))
		return 3;
	if (c == 0xe2 && (unsigned char)p[1] == 0x81 &&
	    (unsigned char)p[2] >= 0xa0 && (unsigned char)p[2] <= 0xaf)
		return 3;
	if (c == 0xef && (unsigned char)p[1] == 0xbb &&
	    (unsigned char)p[2] == 0xbf)
		return 3;
	if (c == 0xc2 && (unsigned char)p[1] < 0xa0)
		return 2;
	return 0;
}

void file_name_clean(const char *name, char *out, size_t size)
{
	const char *base = name, *dot;
	size_t n = 0, stem, skip;

	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == '\\')
			base = p + 1;
	dot = strrchr(base, '.');
	if (dot && strlen(dot) > MAX_EXT + 1)
		dot = NULL;
	stem = dot ? (size_t)(dot - base) : strlen(base);
	for (size_t i = 0; i < stem && n < MAX_STEM;) {
		skip = harmful(base + i);
		if (!n && (base[i] == '.' || base[i] == ' '))
			skip = 1;
		if (skip) {
			i += skip;
			continue;
		}
		out[n++] = base[i++];
	}
	/* not in the middle of a letter */
	if (n == MAX_STEM) {
		while (n && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
			n--;
		n -= n && (unsigned char)out[n - 1] >= 0xc0;
	}
	while (n && (out[n - 1] == ' ' || out[n - 1] == '.'))
		n--;
	if (!n) {
		memcpy(out, "file", 4);
		n = 4;
	}
	for (const char *p = dot; p && *p && n + 1 < size; p++)
		if (*p == '.' || isalnum((unsigned char)*p))
			out[n++] = (char)tolower((unsigned char)*p);
	out[n] = '\0';
}
