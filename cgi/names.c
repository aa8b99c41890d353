#include "cgi/names.h"

#include <errno.h>
#include <string.h>

static const char magic[8] = "otknam1";

struct names_entry {
	uint32_t text;   /* offset in the block, terminated */
	uint32_t before; /* bearers of all keys before this one */
};

struct head {
	char magic[8];
	uint32_t size; /* of the whole block */
	uint32_t version, persons;
	uint32_t count[NAMES_FIELDS], entries[NAMES_FIELDS]; /* offsets */
};

static bool check_field(const char *data, const struct head *h, unsigned f)
{
	const struct names_entry *e;

	if (h->entries[f] % 4 || h->entries[f] > h->size ||
	    h->count[f] >= (h->size - h->entries[f]) / sizeof(*e))
		return false;
	e = (const void *)(data + h->entries[f]);
	for (uint32_t i = 0; i < h->count[f]; i++)
		if (e[i].text >= h->size || e[i].before > e[i + 1].before ||
		    (i && strcmp(data + e[i - 1].text, data + e[i].text) >= 0))
			return false;
	return true;
}

int names_view(struct names *out, const void *data, size_t len)
{
	const char *block = data;
	struct names n = { .data = block };
	struct head h;

	if (len < sizeof(h))
		return EBADMSG;
	memcpy(&h, block, sizeof(h));
	if (memcmp(h.magic, magic, sizeof(magic)) != 0 || h.size != len ||
	    block[len - 1]) /* so no text runs over the end */
		return EBADMSG;
	for (unsigned f = 0; f < NAMES_FIELDS; f++) {
		if (!check_field(block, &h, f))
			return EBADMSG;
		n.field[f].entry = (const void *)(block + h.entries[f]);
		n.field[f].count = h.count[f];
	}
	n.version = h.version;
	n.persons = h.persons;
	*out = n;
	return 0;
}

const char *names_key(const struct names *n, enum names_field f, uint32_t i)
{
	return n->data + n->field[f].entry[i].text;
}

uint32_t names_bearers(const struct names *n, enum names_field f, uint32_t i)
{
	return names_sum(n, f, (struct names_range){ i, i + 1 });
}

uint32_t names_sum(const struct names *n, enum names_field f,
		   struct names_range r)
{
	const struct names_entry *e = n->field[f].entry;

	return r.first < r.end ? e[r.end].before - e[r.first].before : 0;
}

/* The first key of a range whose beginning is not less than (after: is
 * greater than) prefix. */
static uint32_t bound(const struct names *n, enum names_field f,
		      struct names_range in, const char *prefix, bool after)
{
	uint32_t low = in.first, high = in.end;
	size_t len = strlen(prefix);

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		int c = strncmp(names_key(n, f, mid), prefix, len);

		if (c < 0 || (after && !c))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct names_range names_narrow(const struct names *n, enum names_field f,
				struct names_range in, const char *prefix)
{
	in.first = bound(n, f, in, prefix, false);
	in.end = bound(n, f, in, prefix, true);
	return in;
}

static struct names_range all(const struct names *n, enum names_field f)
{
	return (struct names_range){ 0, n->field[f].count };
}

struct names_range names_prefix(const struct names *n, enum names_field f,
				const char *prefix)
{
	return names_narrow(n, f, all(n, f), prefix);
}

bool names_find(const struct names *n, enum names_field f, const char *key,
		uint32_t *ordinal)
{
	/* the shortest of those that begin with it comes first */
	uint32_t i = bound(n, f, all(n, f), key, false);

	if (i == n->field[f].count || strcmp(names_key(n, f, i), key) != 0)
		return false;
	if (ordinal)
		*ordinal = i;
	return true;
}

/* ---- making a block ------------------------------------------------------ */

int names_add(struct names_maker *m, enum names_field f, const char *key,
	      uint32_t bearers)
{
	struct names_entry e = { .before = m->sum[f] };
	size_t size = strlen(key) + 1;

	if (size > sizeof(m->last[f]) ||
	    (m->count[f] && strcmp(m->last[f], key) >= 0))
		return EINVAL;
	if (m->text.len > UINT32_MAX / 2 || bearers > UINT32_MAX - m->sum[f])
		return EOVERFLOW;
	e.text = (uint32_t)m->text.len;
	memcpy(m->last[f], key, size);
	buf_add(&m->text, key, size);
	buf_add(&m->entries[f], (const char *)&e, sizeof(e));
	m->count[f]++;
	m->sum[f] += bearers;
	return m->text.failed || m->entries[f].failed ? ENOMEM : 0;
}

int names_make(struct names_maker *m, uint32_t version, uint32_t persons,
	       struct buf *out)
{
	struct head h = { .version = version, .persons = persons };
	uint32_t at = sizeof(h);

	memcpy(h.magic, magic, sizeof(magic));
	for (unsigned f = 0; f < NAMES_FIELDS; f++) {
		h.count[f] = m->count[f];
		h.entries[f] = at;
		at += (m->count[f] + 1) * (uint32_t)sizeof(struct names_entry);
	}
	h.size = at + (uint32_t)m->text.len + 1;
	buf_clear(out);
	buf_add(out, (const char *)&h, sizeof(h));
	for (unsigned f = 0; f < NAMES_FIELDS; f++) {
		const struct names_entry end = { h.size - 1, m->sum[f] };

		for (uint32_t i = 0; i < m->count[f]; i++) {
			struct names_entry e;

			memcpy(&e, m->entries[f].data + i * sizeof(e),
			       sizeof(e));
			e.text += at; /* the texts stand behind */
			buf_add(out, (const char *)&e, sizeof(e));
		}
		buf_add(out, (const char *)&end, sizeof(end));
	}
	buf_add(out, m->text.data, m->text.len);
	buf_add(out, "", 1);
	return out->failed ? ENOMEM : 0;
}

void names_maker_free(struct names_maker *m)
{
	for (unsigned f = 0; f < NAMES_FIELDS; f++)
		buf_free(&m->entries[f]);
	buf_free(&m->text);
}
