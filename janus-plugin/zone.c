#include <errno.h>
#include <string.h>
#include <glib.h>

#include "janus-plugin/util.h"
#include "janus-plugin/zone.h"

int cc_zone_offset(int *offset_s, const char *name, int64_t epoch_ms)
{
	static GTimeZone *tz;
	static char last[40];

	if (!tz || strcmp(last, name)) {
		if (tz)
			g_time_zone_unref(tz);
		tz = g_time_zone_new_identifier(name);
		cc_copy(last, sizeof(last), name);
	}
	*offset_s =
	    !tz ? 0
		: g_time_zone_get_offset(
		      tz, g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL,
						    epoch_ms / 1000));
	return tz ? 0 : ENOENT;
}
