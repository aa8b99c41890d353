/* param.h - checked access to the fields of a request. Pure. */
#ifndef PARAM_H
#define PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgi/form.h"

/* All write their output only on success and return 0, ENOENT (no such field,
 * or an empty one) or EINVAL (there, but not as asked). */

/* A decimal number without sign or spaces. */
int param_u64(const struct form *form, const char *name, uint64_t min,
	      uint64_t max, uint64_t *out);
/*
 * Text of min to max characters (not bytes) once spaces around it are left
 * out; copied into out of size bytes. Control characters other than line ends
 * and tabs are refused; with min 0 an empty or absent field gives "".
 */
int param_text(const struct form *form, const char *name, size_t min,
	       size_t max, char *out, size_t size);
/* One of a list; the index is the result. */
int param_choice(const struct form *form, const char *name,
		 const char *const *list, size_t n, size_t *out);
/* ДД.ММ.ГГГГ, ДД-ММ-ГГГГ or ГГГГ-ММ-ДД; out is "ГГГГ-ММ-ДД". */
int param_date(const struct form *form, const char *name, char out[11]);
/* A UUID in its usual form, made lower case; out gets 36 characters. */
int param_uuid(const char *text, char out[37]);

#endif
