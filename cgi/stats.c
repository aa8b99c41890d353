#include "cgi/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const int64_t edges_ms[] = { 1, 2, 5, 10, 20, 50, 100, 500, 2000 };
#define EDGES (sizeof(edges_ms) / sizeof(edges_ms[0]))

struct counters {
	_Atomic uint64_t by_class[6]; /* [2]: 2xx … */
	_Atomic uint64_t bucket[EDGES + 1];
	_Atomic uint64_t micros, count;
};

struct stats {
	struct counters *c;
};

int stats_open(struct stats **sp, const char *path)
{
	struct stats *s = calloc(1, sizeof(*s));
	int fd = -1, err = 0;

	if (!s)
		return ENOMEM;
	s->c = MAP_FAILED;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (fd < 0 || ftruncate(fd, sizeof(struct counters))) {
		err = errno;
		goto out;
	}
	s->c = mmap(NULL, sizeof(struct counters), PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (s->c == MAP_FAILED)
		err = errno;
out:
	if (fd >= 0)
		close(fd);
	if (err)
		stats_close(&s);
	else
		*sp = s;
	return err;
}

void stats_close(struct stats **sp)
{
	struct stats *s = *sp;

	if (!s)
		return;
	if (s->c != MAP_FAILED)
		munmap(s->c, sizeof(struct counters));
	free(s);
	*sp = NULL;
}

static void add(_Atomic uint64_t *to, uint64_t n)
{
	atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

void stats_add(struct stats *s, int status, int64_t micros)
{
	size_t i = 0;

	if (!s)
		return;
	while (i < EDGES && micros > edges_ms[i] * 1000)
		i++;
	add(&s->c->bucket[i], 1);
	add(&s->c->by_class[status / 100 % 6], 1);
	add(&s->c->micros, (uint64_t)micros);
	add(&s->c->count, 1);
}

void stats_write(const struct stats *s, struct buf *out)
{
	uint64_t sum = 0;

	if (!s)
		return;
	buf_puts(out, "# HELP otklik_http_responses_total Answers by class\n"
		      "# TYPE otklik_http_responses_total counter\n");
	for (int i = 2; i < 6; i++)
		buf_printf(out,
			   "otklik_http_responses_total{class=\"%dxx\"} %llu\n",
			   i, (unsigned long long)s->c->by_class[i]);
	buf_puts(out, "# HELP otklik_http_seconds Time in the worker\n"
		      "# TYPE otklik_http_seconds histogram\n");
	for (size_t i = 0; i < EDGES; i++) {
		sum += s->c->bucket[i];
		buf_printf(out, "otklik_http_seconds_bucket{le=\"%g\"} %llu\n",
			   (double)edges_ms[i] / 1000, (unsigned long long)sum);
	}
	buf_printf(out,
		   "otklik_http_seconds_bucket{le=\"+Inf\"} %llu\n"
		   "otklik_http_seconds_sum %.6f\n"
		   "otklik_http_seconds_count %llu\n",
		   (unsigned long long)s->c->count, (double)s->c->micros / 1e6,
		   (unsigned long long)s->c->count);
}
