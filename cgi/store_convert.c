#include "cgi/store_convert.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cgi/sound.h"
#include "cgi/util.h"
#include "db/db.h"

int store_convert_next(struct db *db, uint32_t *id)
{
	uint64_t found = 0;
	int err = db_number(db,
			    "SELECT id FROM prompt_file WHERE state = 'NEW'"
			    " ORDER BY id LIMIT 1",
			    NULL, 0, &found);

	if (!err)
		*id = (uint32_t)found;
	return err;
}

int store_convert_done(struct db *db, uint32_t id, unsigned length_ms,
		       const char *why)
{
	static const char sql[] =
	    "UPDATE prompt_file SET state = ?, why = ?, length_ms = ?"
	    " WHERE id = ? AND state = 'NEW'";
	const struct db_arg args[] = { DB_STR(why ? "FAILED" : "READY"),
				       DB_STR(why ? why : ""),
				       DB_U64(length_ms), DB_U64(id) };

	return db_exec(db, sql, args, LEN(args));
}

int store_convert(struct db *db, const char *state, uint32_t id)
{
	char from[400], to[400];
	const char *why;
	unsigned ms = 0;
	int err;

	snprintf(from, sizeof(from), "%s/files/prompts/%u.in", state, id);
	snprintf(to, sizeof(to), "%s/files/prompts/%u.wav", state, id);
	err = sound_convert(from, to, &ms, &why);
	if (err && err != EBADMSG)
		return err;
	err = store_convert_done(db, id, err ? 0 : ms, err ? why : NULL);
	if (!err)
		unlink(from);
	return err;
}
