/*
 * person_file.h - a file of insured persons, CSV or XML, record by record
 * (docs/registry-import.md). The only user of expat; no entities, no DOCTYPE.
 */
#ifndef PERSON_FILE_H
#define PERSON_FILE_H

#include <stddef.h>

#include "cgi/person_row.h"

#define PERSON_FILE_MAX (2u << 30) /* bytes */

/* One record, valid during the call. line: where it begins, from 1. A return
 * other than 0 ends the reading and is handed back. */
typedef int person_record_fn(void *arg, unsigned line,
			     const char *const text[PERSON_FIELDS]);

/**
 * Read text, which is changed. XML if it begins with '<', else CSV.
 *
 * @param text  len bytes and a NUL
 * @param why   On EBADMSG: what is wrong with the file, with its line
 * @return 0, EBADMSG, ENOMEM, or what each returned
 */
int person_file_read(char *text, size_t len, person_record_fn *each, void *arg,
		     char why[200]);

#endif
