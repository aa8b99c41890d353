/* store_scenario.h - which answers there are. */
#ifndef STORE_SCENARIO_H
#define STORE_SCENARIO_H

#include <stddef.h>
#include <stdint.h>

struct db;

/* SQL: the first day of a newer approved version of scenario s, which then
 * takes its place; long ago when it has none; NULL: there is no newer one. */
#define SCENARIO_NEXT                                                 \
	"(SELECT MIN(COALESCE(n.valid_from, DATE'1970-01-02')) FROM"  \
	" scenario n WHERE n.code = s.code AND n.version > s.version" \
	" AND n.approved_at IS NOT NULL)"

/* Whether that version of an answer was ever approved. @return 0, ENOENT or a
 * database error */
int store_scenario_check(struct db *db, uint32_t id);
/* «SC-004 (2) Утрачен бланк полиса»; "" when there is none. @return 0, ENOENT
 * or a database error */
int store_scenario_name(struct db *db, uint32_t id, char *out, size_t size);

#endif
