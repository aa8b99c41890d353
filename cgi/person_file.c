#include "cgi/person_file.h"

#include <errno.h>
#include <expat.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cgi/util.h"
#include "db/csv.h"

static int bad(char why[200], unsigned line, const char *text)
{
	snprintf(why, 200, "строка %u: %s", line, text);
	return EBADMSG;
}

/* ---- CSV ------------------------------------------------------------------ */

/* In a file without them it is a person, whose values nobody is to read in a
 * message: a misspelt name is shown, anything else is not. */
static int extra_column(const struct csv *csv, unsigned i, char why[200])
{
	const char *name = csv->field[i];
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
	char text[120];

	if (len && !name[len] && len <= 60)
		snprintf(text, sizeof(text), "лишний столбец № %u «%s»", i + 1,
			 name);
	else
		snprintf(text, sizeof(text), "лишний столбец № %u", i + 1);
	return bad(why, csv->line, text);
}

/* The first record names the columns. */
static int read_columns(const struct csv *csv, enum person_field column[],
			char why[200])
{
	bool seen[PERSON_FIELDS] = { false };
	char text[120];

	for (unsigned i = 0; i < csv->n; i++) {
		column[i] = person_field_of(csv->field[i]);
		if (column[i] == PERSON_FIELDS || seen[column[i]])
			return extra_column(csv, i, why);
		seen[column[i]] = true;
	}
	for (unsigned f = 0; f < PERSON_REQUIRED; f++)
		if (!seen[f]) {
			snprintf(text, sizeof(text), "нет столбца «%s»",
				 person_fields[f]);
			return bad(why, csv->line, text);
		}
	return 0;
}

static int read_csv(char *text, person_record_fn *each, void *arg,
		    char why[200])
{
	enum person_field column[CSV_FIELDS];
	const char *field[PERSON_FIELDS];
	struct csv csv;
	unsigned columns;
	int err;

	csv_start(&csv, text);
	err = csv_next(&csv);
	if (err)
		return bad(why, 1, "нет строки с названиями столбцов");
	err = read_columns(&csv, column, why);
	columns = csv.n;
	while (!err) {
		err = csv_next(&csv);
		if (err == ENOENT)
			return 0;
		if (err)
			return bad(why, csv.line, "кавычки или число полей");
		if (csv.n == 1 && !*csv.field[0])
			continue; /* an empty line */
		if (csv.n != columns)
			return bad(why, csv.line, "число полей");
		memset(field, 0, sizeof(field));
		for (unsigned i = 0; i < csv.n; i++)
			field[column[i]] = csv.field[i];
		err = each(arg, csv.line, field);
	}
	return err;
}

/* ---- XML: <persons><person><enp>…</enp>…</person>…</persons> --------------- */

enum { MAX_VALUE = 2000 };

struct xml {
	XML_Parser parser;
	person_record_fn *each;
	void *arg;
	char *why;
	int err;
	unsigned depth, line;
	enum person_field field; /* PERSON_FIELDS: outside of one */
	char value[PERSON_FIELDS][MAX_VALUE + 1];
	size_t len[PERSON_FIELDS];
	bool seen[PERSON_FIELDS];
};

static void stop(struct xml *x, int err)
{
	if (!x->err)
		x->err = err;
	XML_StopParser(x->parser, XML_FALSE);
}

static void refuse(struct xml *x, const char *text)
{
	if (!x->err)
		stop(x,
		     bad(x->why, (unsigned)XML_GetCurrentLineNumber(x->parser),
			 text));
}

static void on_start(void *arg, const char *name, const char **attributes)
{
	struct xml *x = arg;
	char text[120];

	if (*attributes)
		return refuse(x, "атрибуты не предусмотрены");
	switch (x->depth++) {
	case 0:
		if (strcmp(name, "persons") != 0)
			refuse(x, "корневой элемент не «persons»");
		return;
	case 1:
		if (strcmp(name, "person") != 0)
			return refuse(x, "ожидается «person»");
		x->line = (unsigned)XML_GetCurrentLineNumber(x->parser);
		memset(x->len, 0, sizeof(x->len));
		memset(x->seen, 0, sizeof(x->seen));
		return;
	case 2:
		x->field = person_field_of(name);
		if (x->field < PERSON_FIELDS && !x->seen[x->field]) {
			x->seen[x->field] = true;
			return;
		}
		snprintf(text, sizeof(text), "лишний элемент «%.60s»", name);
		return refuse(x, text);
	default:
		return refuse(x, "элемент внутри значения");
	}
}

static void on_end(void *arg, const char *name)
{
	const char *field[PERSON_FIELDS];
	struct xml *x = arg;
	int err;

	(void)name;
	x->field = PERSON_FIELDS;
	if (--x->depth != 1 || x->err)
		return;
	for (unsigned f = 0; f < PERSON_FIELDS; f++) {
		x->value[f][x->len[f]] = '\0';
		field[f] = x->value[f];
	}
	err = x->each(x->arg, x->line, field);
	if (err)
		stop(x, err);
}

static void on_text(void *arg, const char *text, int n)
{
	struct xml *x = arg;
	enum person_field f = x->field;

	if (f == PERSON_FIELDS) {
		for (int i = 0; i < n; i++)
			if (!strchr(" \t\r\n", text[i]))
				return refuse(x, "текст вне элемента");
		return;
	}
	if (x->len[f] + (size_t)n > MAX_VALUE)
		return refuse(x, "слишком длинное значение");
	memcpy(x->value[f] + x->len[f], text, (size_t)n);
	x->len[f] += (size_t)n;
}

/* Entities could read other files or grow without end. */
static void on_doctype(void *arg, const char *name, const char *system,
		       const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	refuse(arg, "DOCTYPE не допускается");
}

static int feed(struct xml *x, const char *text, size_t len)
{
	enum { PIECE = 1 << 20 };

	while (!x->err) {
		int n = len > PIECE ? PIECE : (int)len;

		if (XML_Parse(x->parser, text, n, (size_t)n == len) !=
			XML_STATUS_OK &&
		    !x->err)
			return bad(
			    x->why,
			    (unsigned)XML_GetCurrentLineNumber(x->parser),
			    XML_ErrorString(XML_GetErrorCode(x->parser)));
		if ((size_t)n == len)
			break;
		text += n;
		len -= (size_t)n;
	}
	return x->err;
}

static int read_xml(const char *text, size_t len, person_record_fn *each,
		    void *arg, char why[200])
{
	static struct xml x; /* 26 KiB, one file at a time */
	int err;

	memset(&x, 0, sizeof(x));
	x.each = each;
	x.arg = arg;
	x.why = why;
	x.field = PERSON_FIELDS;
	x.parser = XML_ParserCreate(NULL);
	if (!x.parser)
		return ENOMEM;
	XML_SetUserData(x.parser, &x);
	XML_SetElementHandler(x.parser, on_start, on_end);
	XML_SetCharacterDataHandler(x.parser, on_text);
	XML_SetStartDoctypeDeclHandler(x.parser, on_doctype);
	err = feed(&x, text, len);
	XML_ParserFree(x.parser);
	return err;
}

int person_file_read(char *text, size_t len, person_record_fn *each, void *arg,
		     char why[200])
{
	const char *first = text;

	why[0] = '\0';
	if (!strncmp(first, "\xef\xbb\xbf", 3))
		first += 3;
	first += strspn(first, " \t\r\n");
	/* also UTF-16, which begins with its own mark */
	if (*first == '<' || (unsigned char)*text == 0xff ||
	    (unsigned char)*text == 0xfe)
		return read_xml(text, len, each, arg, why);
	if (memchr(text, '\0', len))
		return bad(why, 1, "нулевой байт в файле");
	return read_csv(text, each, arg, why);
}
