/*
 * zone.h - how far a region's own clock is ahead of UTC, by the zones of the
 * system.
 */
#ifndef CC_ZONE_H
#define CC_ZONE_H

#include <stdint.h>

/**
 * One thread: the zone asked for last is kept.
 *
 * @param name  as in the tz database, "Europe/Moscow"
 * @return 0 (and *offset_s, seconds east of UTC at that moment) or ENOENT (no
 *         such zone, *offset_s is 0)
 */
int cc_zone_offset(int *offset_s, const char *name, int64_t epoch_ms);

#endif
