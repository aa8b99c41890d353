/*
 * otklik-replay: makes stored decisions again (decision.h).
 *
 *   otklik-replay [DAYS]
 *
 * Reads the offers of the last DAYS days (31) and prints each that the rules
 * of this program would decide otherwise; ends with 1 if there is one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "db/db.h"
#include "janus-plugin/decision.h"

struct tally {
	unsigned long same, other, older;
};

static int replay(const struct db_row *r, void *arg)
{
	json_t *data = json_loads(db_str(r, 2), 0, NULL), *now = NULL;
	struct tally *t = arg;
	char *text;

	switch (cc_decision_replay(data, &now)) {
	case 0:
		t->same++;
		break;
	case EILSEQ:
		t->other++;
		text = json_dumps(now, JSON_COMPACT);
		printf("%s %llu: %s\n", db_str(r, 0),
		       (unsigned long long)db_u64(r, 1), text ? text : "?");
		free(text);
		break;
	default: /* stored before decisions were */
		t->older++;
	}
	json_decref(now);
	json_decref(data);
	return 0;
}

int main(int argc, char **argv)
{
	static const char sql[] =
	    "SELECT call_id, seq, data FROM call_event WHERE kind = 'OFFER'"
	    " AND at > UTC_TIMESTAMP(3) - INTERVAL ? DAY AND data IS NOT NULL"
	    " ORDER BY at";
	unsigned long days = argc > 1 ? strtoul(argv[1], NULL, 10) : 31;
	const struct db_arg args[] = { DB_U64(days) };
	struct tally t = { 0, 0, 0 };
	struct db *db = NULL;
	int err;

	if (argc > 2 || !days) {
		fputs("usage: otklik-replay [DAYS]\n", stderr);
		return 2;
	}
	err = db_new_account(&db, getenv("OTKLIK_STATE"), "media");
	if (!err)
		err = db_each(db, sql, args, 1, replay, &t);
	db_close(&db);
	if (err) {
		fprintf(stderr, "otklik-replay: %s\n", strerror(err));
		return 2;
	}
	printf("%lu the same, %lu otherwise, %lu without a decision\n", t.same,
	       t.other, t.older);
	return t.other ? 1 : 0;
}
