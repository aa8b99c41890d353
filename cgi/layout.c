#include "cgi/layout.h"

#include <string.h>

/* ЙЦУКЕН: what the keys of a Latin keyboard would have written. */
static const char *const layout[128] = {
	['Q'] = "Й", ['W'] = "Ц", ['E'] = "У", ['R'] = "К", ['T'] = "Е",
	['Y'] = "Н", ['U'] = "Г", ['I'] = "Ш", ['O'] = "Щ", ['P'] = "З",
	['['] = "Х", ['{'] = "Х", [']'] = "Ъ", ['}'] = "Ъ", ['A'] = "Ф",
	['S'] = "Ы", ['D'] = "В", ['F'] = "А", ['G'] = "П", ['H'] = "Р",
	['J'] = "О", ['K'] = "Л", ['L'] = "Д", [';'] = "Ж", [':'] = "Ж",
	['"'] = "Э", ['Z'] = "Я", ['X'] = "Ч", ['C'] = "С", ['V'] = "М",
	['B'] = "И", ['N'] = "Т", ['M'] = "Ь", [','] = "Б", ['<'] = "Б",
	['.'] = "Ю", ['>'] = "Ю", ['~'] = "Е",
};

static size_t letter_len(const char *p)
{
	size_t n = 1;

	while ((p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

bool layout_relay(const char *key, const char *quote, char *out, size_t size)
{
	bool latin = false;
	size_t used = 0;

	for (; *key; key += letter_len(key)) {
		const char *to = *key == '\'' ? quote
				 : (unsigned char)*key < 128
				     ? layout[(unsigned char)*key]
				     : NULL;
		size_t len = to ? strlen(to) : letter_len(key);

		latin = latin || to;
		if (used + len >= size)
			return false;
		memcpy(out + used, to ? to : key, len);
		used += len;
	}
	out[used] = '\0';
	return latin;
}
