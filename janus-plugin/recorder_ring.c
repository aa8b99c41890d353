/* recorder_ring.c - lent seconds between producers and the writer. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "janus-plugin/recorder_ring.h"
#include "janus-plugin/util.h"

#define SECOND CC_RECF_RATE

static _Atomic(struct cc_ring_second *) *slot_of(struct cc_ring *g, uint64_t at)
{
	return &g->slot[at / SECOND % CC_RING_SECONDS];
}

/* ---- producers ---- */

/* @return how far it got: up to the first second that nobody has lent */
static uint64_t put(struct cc_ring *g, enum cc_rec_channel ch, uint64_t from,
		    uint64_t to, const uint8_t *src)
{
	while (from < to) {
		struct cc_ring_second *s = atomic_load_explicit(
		    slot_of(g, from), memory_order_acquire);
		size_t at = from % SECOND, n = SECOND - at;

		if (!s)
			break;
		if (n > to - from)
			n = to - from;
		/* hides that n is small: the library copies a packet faster
		 * than what the compiler would put here */
		__asm__("" : "+r"(n));
		memcpy(s->audio[ch] + at, src, n);
		src += n;
		from += n;
	}
	return from;
}

int cc_ring_write(struct cc_ring *g, enum cc_rec_channel ch, uint64_t pos,
		  const uint8_t *alaw, size_t n)
{
	struct cc_ring_chan *c = &g->chan[ch];
	uint64_t low, high, from = pos, to = pos + n, end;
	int err = 0;

	/* Both accesses are sequentially consistent, as in seal(): either we
	 * see the seal or the writer sees us. */
	atomic_store(&c->busy, 1);
	low = atomic_load(&g->sealed);
	high = atomic_load_explicit(&g->freed, memory_order_acquire) +
	       CC_RING_SAMPLES;
	if (from < low) {
		from = to < low ? to : low;
		atomic_fetch_add_explicit(&c->late, (unsigned)(from - pos),
					  memory_order_relaxed);
	}
	end = to > high ? high : to;
	if (from < end)
		from = put(g, ch, from, end, alaw + (from - pos));
	if (from < to) {
		atomic_store_explicit(&c->lost_at, from, memory_order_relaxed);
		atomic_fetch_add_explicit(&c->lost, (unsigned)(to - from),
					  memory_order_release);
		err = ENOBUFS;
	}
	atomic_store_explicit(&c->busy, 0, memory_order_release);
	return err;
}

/* ---- lending ---- */

static struct cc_ring_second *second_new(void)
{
	struct cc_ring_second *s =
	    mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	memset(s, CC_RECF_SILENCE, sizeof(*s));
	return s;
}

void cc_ring_give_back(struct cc_ring_second **spare)
{
	if (*spare)
		munmap(*spare, sizeof(**spare));
	*spare = NULL;
}

void cc_ring_lend(struct cc_ring *g, uint64_t pos,
		  struct cc_ring_second **spare)
{
	/* Freed meanwhile, its slot is that of a later second: lent early. */
	uint64_t at = atomic_load_explicit(&g->freed, memory_order_acquire);
	uint64_t end = at + CC_RING_SAMPLES;

	if (pos < at + SECOND)
		pos = at + SECOND;
	for (; at <= pos && at < end; at += SECOND) {
		_Atomic(struct cc_ring_second *) *slot = slot_of(g, at);
		struct cc_ring_second *none = NULL;

		if (atomic_load_explicit(slot, memory_order_relaxed))
			continue;
		if (!*spare && !(*spare = second_new()))
			return;
		if (atomic_compare_exchange_strong_explicit(
			slot, &none, *spare, memory_order_release,
			memory_order_relaxed))
			*spare = NULL;
	}
}

/* ---- the writer ---- */

bool cc_ring_seal(struct cc_ring *g, uint64_t stop)
{
	atomic_store(&g->sealed, stop);
	return !atomic_load(&g->chan[CC_REC_LEFT].busy) &&
	       !atomic_load(&g->chan[CC_REC_RIGHT].busy);
}

void cc_ring_copy(const struct cc_ring *g, uint64_t from, uint64_t to,
		  uint8_t *out)
{
	const struct cc_ring_second *s = atomic_load_explicit(
	    &g->slot[from / SECOND % CC_RING_SECONDS], memory_order_acquire);
	size_t at = from % SECOND, n = to - from;

	if (!s) {
		memset(out, CC_RECF_SILENCE, 2 * n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		*out++ = s->audio[CC_REC_LEFT][at + i];
		*out++ = s->audio[CC_REC_RIGHT][at + i];
	}
}

void cc_ring_release(struct cc_ring *g, uint64_t from, uint64_t to,
		     struct cc_ring_second **spare)
{
	struct cc_ring_second *s = atomic_exchange_explicit(
	    slot_of(g, from), NULL, memory_order_acquire);

	atomic_store_explicit(&g->freed, to, memory_order_release);
	if (!s)
		return;
	if (*spare) {
		cc_ring_give_back(&s);
		return;
	}
	memset(s, CC_RECF_SILENCE, sizeof(*s));
	*spare = s;
}

void cc_ring_free(struct cc_ring *g)
{
	for (size_t i = 0; i < CC_RING_SECONDS; i++) {
		struct cc_ring_second *s = atomic_load(&g->slot[i]);

		cc_ring_give_back(&s);
	}
}
