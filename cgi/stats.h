/* stats.h - counters of all workers of a pool in one mapped file. */
#ifndef STATS_H
#define STATS_H

#include <stdint.h>

#include "cgi/buf.h"

struct stats;

/* @return 0 or an errno value */
int stats_open(struct stats **sp, const char *path);
void stats_close(struct stats **sp);
/* One answered request. */
void stats_add(struct stats *s, int status, int64_t micros);
/* Prometheus text. */
void stats_write(const struct stats *s, struct buf *out);

#endif
