#include "cgi/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "cgi/util.h"

struct sheet {
	enum sheet_kind kind;
	size_t columns;
	uint32_t rows;
	FILE *file;
	struct buf line;
	lxw_workbook *book;
	lxw_worksheet *page;
	char name[40]; /* of the file, for who opens by name only */
};

void sheet_csv_cell(struct buf *out, const char *text)
{
	buf_puts(out, "\"");
	if (*text && strchr("=+-@\t\r\n", *text))
		buf_puts(out, "'");
	for (; *text; text++)
		buf_puts(out,
			 *text == '"' ? "\"\"" : (const char[]){ *text, '\0' });
	buf_puts(out, "\"");
}

/* Without a name at once: nothing is left of it, whatever happens. */
static int nameless(const char *dir, FILE **out)
{
	char path[400];
	int fd, err;

	if ((size_t)snprintf(path, sizeof(path), "%s/sheet.XXXXXX", dir) >=
	    sizeof(path))
		return ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return errno;
	unlink(path);
	*out = fdopen(fd, "w+");
	err = *out ? 0 : errno;
	if (err)
		close(fd);
	return err;
}

static int fault(lxw_error e)
{
	return e == LXW_NO_ERROR                     ? 0
	       : e == LXW_ERROR_MEMORY_MALLOC_FAILED ? ENOMEM
						     : EIO;
}

static int csv_row(struct sheet *s, const char *const *cells)
{
	buf_clear(&s->line);
	for (size_t i = 0; i < s->columns; i++) {
		if (i)
			buf_puts(&s->line, ";");
		sheet_csv_cell(&s->line, cells[i]);
	}
	buf_puts(&s->line, "\r\n");
	if (s->line.failed)
		return ENOMEM;
	return fwrite(s->line.data, 1, s->line.len, s->file) == s->line.len
		   ? 0
		   : EIO;
}

static int xlsx_row(struct sheet *s, const char *const *cells,
		    lxw_format *format)
{
	lxw_error e = LXW_NO_ERROR;

	for (size_t i = 0; !e && i < s->columns; i++)
		e = worksheet_write_string(s->page, s->rows, (lxw_col_t)i,
					   cells[i], format);
	return fault(e);
}

static int put_row(struct sheet *s, const char *const *cells,
		   lxw_format *format)
{
	int err = s->kind == SHEET_CSV ? csv_row(s, cells)
				       : xlsx_row(s, cells, format);

	s->rows++;
	return err;
}

/* The library opens by name; that of our descriptor leads to the same file. */
static int open_book(struct sheet *s, const char *dir)
{
	lxw_workbook_options how = { .constant_memory = LXW_TRUE,
				     .tmpdir = (char *)dir };

	snprintf(s->name, sizeof(s->name), "/proc/self/fd/%d", fileno(s->file));
	s->book = workbook_new_opt(s->name, &how);
	if (s->book)
		s->page = workbook_add_worksheet(s->book, NULL);
	if (!s->page)
		return ENOMEM;
	worksheet_freeze_panes(s->page, 1, 0);
	worksheet_set_column(s->page, 0, (lxw_col_t)(s->columns - 1), 18, NULL);
	return 0;
}

int sheet_open(struct sheet **sp, enum sheet_kind kind, const char *dir,
	       const char *const *heads, size_t n)
{
	struct sheet *s;
	lxw_format *bold = NULL;
	int err;

	if (!n || n > SHEET_COLUMNS)
		return EINVAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return ENOMEM;
	s->kind = kind;
	s->columns = n;
	err = nameless(dir, &s->file);
	if (!err && kind == SHEET_XLSX)
		err = open_book(s, dir);
	if (!err && kind == SHEET_CSV && fputs("\xEF\xBB\xBF", s->file) < 0)
		err = EIO; /* the mark by which they know UTF-8 */
	if (!err && s->book) {
		bold = workbook_add_format(s->book);
		if (bold)
			format_set_bold(bold);
	}
	if (!err)
		err = put_row(s, heads, bold);
	if (err)
		sheet_drop(&s);
	else
		*sp = s;
	return err;
}

int sheet_row(struct sheet *s, const char *const *cells)
{
	return put_row(s, cells, NULL);
}

int sheet_close(struct sheet **sp, FILE **out, uint64_t *size)
{
	struct sheet *s = *sp;
	struct stat st;
	int err = 0;

	if (s->book) {
		err = fault(workbook_close(s->book)); /* frees it */
		s->book = NULL;
	}
	if (!err && (fflush(s->file) || fstat(fileno(s->file), &st)))
		err = errno;
	if (!err) {
		rewind(s->file);
		*size = (uint64_t)st.st_size;
		*out = s->file;
		s->file = NULL;
	}
	sheet_drop(sp);
	return err;
}

void sheet_drop(struct sheet **sp)
{
	struct sheet *s = *sp;

	if (!s)
		return;
	if (s->book)
		lxw_workbook_free(s->book);
	if (s->file)
		fclose(s->file);
	buf_free(&s->line);
	free(s);
	*sp = NULL;
}
