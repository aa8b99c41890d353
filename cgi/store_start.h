/* store_start.h - how far a new customer is, from what there really is. */
#ifndef STORE_START_H
#define STORE_START_H

#include <stdbool.h>
#include <stdint.h>

struct ctx;
struct db;

struct start_facts {
	char fund[641];  /* its short name; "": there is none */
	char region[65]; /* code and zone, and whether somebody set them */
	char zone[65];
	bool region_set, zone_set;
	char hours[321]; /* of the line of all other numbers; "": always open */
	bool hours_set;  /* somebody has looked at a timetable or gave it one */
	unsigned lines, lines_up;
	bool greeting; /* the fund's own is in force */
	unsigned clinics, administrators, operators, queued;
	bool called; /* a call over a line was answered */
};

int store_start(struct ctx *ctx, struct start_facts *out);
/* Where this account begins: an administrator at the first steps, while nobody
 * has said which region it is; everybody else, and in doubt, at "/". */
const char *store_start_path(struct db *db, uint32_t user);

#endif
