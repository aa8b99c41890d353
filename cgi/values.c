#include "cgi/values.h"

#include <ctype.h>
#include <string.h>

#include "cgi/util.h"

/* "a; b ;;c" as "a;b;c". @return how many parts */
static unsigned fold_list(char *value)
{
	char *to = value, *from = value;
	unsigned n = 0;

	while (*from) {
		size_t len = strcspn(from, ";"), whole = len;

		while (len && from[0] == ' ') {
			from++;
			len--;
			whole--;
		}
		while (len && from[len - 1] == ' ')
			len--;
		if (len) {
			if (n++)
				*to++ = ';';
			memmove(to, from, len);
			to += len;
		}
		from += whole;
		from += *from == ';';
	}
	*to = '\0';
	return n;
}

bool value_list(char *value, size_t size)
{
	(void)size;
	return fold_list(value) > 0;
}

/* Each with three digits at least, of what a number is written with. */
bool value_phones(char *value, size_t size)
{
	unsigned digits = 0;

	(void)size;
	fold_list(value);
	for (const char *p = value;; p++) {
		if (!*p || *p == ';') {
			if (digits < 3)
				return false;
			digits = 0;
			if (!*p)
				return true;
		} else if (isdigit((unsigned char)*p)) {
			digits++;
		} else if (!strchr("+()- ", *p)) {
			return false;
		}
	}
}

bool value_site(char *value, size_t size)
{
	(void)size;
	return (!strncmp(value, "https://", 8) ||
		!strncmp(value, "http://", 7)) &&
	       !strpbrk(value, " \"'<>\\") && strchr(value, '.');
}

/* Single words only: that is what the search looks up. */
bool value_synonyms(char *value, size_t size)
{
	(void)size;
	return fold_list(value) > 1 && !strchr(value, ' ');
}

/* DOMAIN 6.4: five digits of the fund and of insurers, six of a clinic. */
bool value_org_code(const char *kind, const char *code)
{
	size_t want = !strcmp(kind, "MO") ? 6 : !strcmp(kind, "AGENCY") ? 0 : 5;
	size_t len = strlen(code);

	if (!want)
		return len &&
		       strspn(code, "0123456789"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == len;
	return len == want && strspn(code, "0123456789") == len;
}

/* The prefix is that of the type (DOMAIN 4.1): "ZH-03.01" */
bool value_theme_code(const char *type, const char *code)
{
	static const struct {
		const char *type, *prefix;
	} prefixes[] = {
		{ "Жалоба", "ZH-" },        { "Консультация", "KN-" },
		{ "Заявление", "ZV-" },     { "Предложение", "PR-" },
		{ "Благодарность", "BL-" },
	};
	size_t i = 0;

	while (i < LEN(prefixes) && strcmp(prefixes[i].type, type) != 0)
		i++;
	return i < LEN(prefixes) && strlen(code) == 8 &&
	       !strncmp(code, prefixes[i].prefix, 3) &&
	       isdigit((unsigned char)code[3]) &&
	       isdigit((unsigned char)code[4]) && code[5] == '.' &&
	       isdigit((unsigned char)code[6]) &&
	       isdigit((unsigned char)code[7]);
}

bool value_login(char *value, size_t size)
{
	size_t len = strlen(value);

	(void)size;
	return len >= 2 && len <= 40 &&
	       strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

bool value_extension(char *value, size_t size)
{
	static const char *const services[] = { "101", "102", "103",
						"104", "112", "122" };
	size_t len = strlen(value);

	(void)size;
	for (size_t i = 0; i < LEN(services); i++)
		if (!strcmp(value, services[i]))
			return false;
	return len >= 3 && len <= 6 && strspn(value, "0123456789") == len &&
	       value[0] != '0';
}
