#include "cgi/store_file.h"

#include <errno.h>

#include "cgi/ctx.h"
#include "cgi/session.h"
#include "cgi/util.h"
#include "db/db.h"

int store_file_add(struct ctx *ctx, const struct attachment *f)
{
	static const char sql[] =
	    "INSERT INTO attachment (appeal_id, answer_id, doc_number,"
	    " doc_date, name, kind, size, sha256, path, fault, user_id, at)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	const struct db_arg args[] = {
		DB_U64(f->appeal_id), DB_ID(f->answer_id),
		DB_STR(f->number),    DB_STR(f->date),
		DB_STR(f->name),      DB_STR(f->kind),
		DB_U64(f->size),      DB_STR(f->sha256),
		DB_STR(f->path),      DB_STR(f->fault),
		DB_U64(ctx->who->id), DB_TIME_MS(ctx->now_ms),
	};

	return db_exec(ctx->db, sql, args, LEN(args));
}

#define COLUMNS                                                            \
	"SELECT f.id, f.appeal_id, f.answer_id, f.doc_number, f.doc_date," \
	" f.name, f.kind, f.size, f.sha256, f.path, f.fault, f.at,"        \
	" u.surname, u.given_name, u.patronymic FROM attachment f"         \
	" JOIN user_account u ON u.id = f.user_id"                         \
	" WHERE f.appeal_id = ? AND f.removed_at IS NULL"

static int read_file(const struct db_row *row, void *arg)
{
	struct attachment *f = arg;

	f->id = db_u64(row, 0);
	f->appeal_id = db_u64(row, 1);
	f->answer_id = db_u64(row, 2);
	db_copy(row, 3, f->number, sizeof(f->number));
	db_copy(row, 4, f->date, sizeof(f->date));
	db_copy(row, 5, f->name, sizeof(f->name));
	db_copy(row, 6, f->kind, sizeof(f->kind));
	f->size = db_u64(row, 7);
	db_copy(row, 8, f->sha256, sizeof(f->sha256));
	db_copy(row, 9, f->path, sizeof(f->path));
	db_copy(row, 10, f->fault, sizeof(f->fault));
	f->at_ms = db_time_ms(row, 11);
	session_short_name(db_str(row, 12), db_str(row, 13), db_str(row, 14),
			   f->who, sizeof(f->who));
	return 0;
}

int store_file_get(struct db *db, uint64_t appeal, uint64_t id,
		   struct attachment *out)
{
	static const char sql[] = COLUMNS " AND f.id = ?";
	const struct db_arg args[] = { DB_U64(appeal), DB_U64(id) };

	return db_one(db, sql, args, LEN(args), read_file, out);
}

struct files {
	int (*each)(void *arg, const struct attachment *f);
	void *arg;
};

static int each_file(const struct db_row *row, void *arg)
{
	struct files *w = arg;
	struct attachment f;

	read_file(row, &f);
	return w->each(w->arg, &f);
}

int store_files(struct db *db, uint64_t appeal,
		int (*each)(void *arg, const struct attachment *f), void *arg)
{
	static const char sql[] = COLUMNS " ORDER BY f.id LIMIT 100";
	const struct db_arg args[] = { DB_U64(appeal) };
	struct files w = { each, arg };

	return db_each(db, sql, args, LEN(args), each_file, &w);
}

int store_file_remove(struct ctx *ctx, uint64_t appeal, uint64_t id)
{
	static const char sql[] =
	    "UPDATE attachment SET removed_by = ?, removed_at = ?"
	    " WHERE id = ? AND appeal_id = ? AND removed_at IS NULL";
	const struct db_arg args[] = { DB_U64(ctx->who->id),
				       DB_TIME_MS(ctx->now_ms), DB_U64(id),
				       DB_U64(appeal) };
	int err = db_exec(ctx->db, sql, args, LEN(args));

	return err ? err : db_affected(ctx->db) == 1 ? 0 : ENOENT;
}

int store_file_count(struct db *db, uint64_t appeal, uint64_t *n)
{
	static const char sql[] =
	    "SELECT COUNT(*) FROM attachment WHERE appeal_id = ?"
	    " AND removed_at IS NULL AND fault = ''";
	const struct db_arg args[] = { DB_U64(appeal) };

	return db_number(db, sql, args, LEN(args), n);
}

int store_file_answer(struct db *db, uint64_t appeal, uint64_t answer)
{
	static const char sql[] =
	    "SELECT id FROM appeal_answer WHERE id = ? AND appeal_id = ?";
	const struct db_arg args[] = { DB_U64(answer), DB_U64(appeal) };
	uint64_t found;

	return db_number(db, sql, args, LEN(args), &found);
}
