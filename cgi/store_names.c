#include "cgi/store_names.h"

#include <errno.h>

#include "cgi/store_person.h"
#include "cgi/util.h"
#include "db/db.h"

struct column {
	struct names_maker *maker;
	enum names_field field;
};

static int add(const struct db_row *row, void *arg)
{
	struct column *c = arg;

	return names_add(c->maker, c->field, db_str(row, 0),
			 (uint32_t)db_u64(row, 1));
}

static int read_all(struct db *db, struct names_maker *maker)
{
	static const char *const sql[NAMES_FIELDS] = {
		"SELECT k_sn, COUNT(*) FROM insured_person FORCE INDEX (i_s)"
		" GROUP BY k_sn ORDER BY k_sn",
		"SELECT k_gn, COUNT(*) FROM insured_person FORCE INDEX (i_g)"
		" GROUP BY k_gn ORDER BY k_gn",
		"SELECT k_pn, COUNT(*) FROM insured_person FORCE INDEX (i_p)"
		" GROUP BY k_pn ORDER BY k_pn",
	};
	int err = 0;

	for (enum names_field f = 0; !err && f < NAMES_FIELDS; f++) {
		struct column c = { maker, f };

		err = db_each(db, sql[f], NULL, 0, add, &c);
	}
	return err;
}

/* In one snapshot: the version is that of what was counted. */
static int make(struct db *db, struct names_maker *maker, struct buf *block)
{
	uint32_t version = 0;
	bool loading = false;
	int err = db_begin(db);

	if (!err)
		err = store_register_state(db, &version, &loading);
	if (!err)
		err = read_all(db, maker);
	db_rollback(db);
	if (!err)
		err = names_make(maker, version, maker->sum[NAMES_SURNAME],
				 block);
	return err;
}

int store_names_due(struct db *db, struct names_file *file, bool *due)
{
	uint32_t version = 0;
	bool loading = false;
	int err = store_register_state(db, &version, &loading);

	names_file_look(file);
	*due = !err && !loading &&
	       !(file->names.data && file->names.version == version);
	return err;
}

int store_names(struct db *db, struct names_file *file, bool *made)
{
	struct names_maker maker = { 0 };
	struct buf block = { 0 };
	bool due = false;
	int err = store_names_due(db, file, &due);

	*made = false;
	if (err || !due)
		return err;
	err = make(db, &maker, &block);
	if (!err)
		err = names_file_write(file, &block);
	if (!err)
		*made = true;
	names_maker_free(&maker);
	buf_free(&block);
	return err;
}
