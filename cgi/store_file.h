/* store_file.h - files of appeals in the database (K-5.2.1.2). */
#ifndef STORE_FILE_H
#define STORE_FILE_H

#include <stdint.h>

struct ctx;
struct db;

struct attachment {
	uint64_t id, appeal_id, answer_id; /* answer 0: the appeal's */
	char number[161]; /* «Номер документа» */
	char date[11]; /* «Дата регистрации документа» */
	char name[641];
	char kind[9]; /* "pdf" … */
	uint64_t size;
	char sha256[65];
	char path[81];  /* under $OTKLIK_STATE/files */
	char fault[17]; /* why it is in quarantine; "": it is not */
	int64_t at_ms;
	char who[128]; /* when read: short name */
};

int store_file_add(struct ctx *ctx, const struct attachment *f);
/* Of that appeal and not removed: ENOENT otherwise. */
int store_file_get(struct db *db, uint64_t appeal, uint64_t id,
		   struct attachment *out);
/* In order; not the removed ones. */
int store_files(struct db *db, uint64_t appeal,
		int (*each)(void *arg, const struct attachment *f), void *arg);
/* ENOENT: it is gone */
int store_file_remove(struct ctx *ctx, uint64_t appeal, uint64_t id);
/* How many it has that are no quarantine. */
int store_file_count(struct db *db, uint64_t appeal, uint64_t *n);
/* Whether that answer is of that appeal. @return 0 or ENOENT */
int store_file_answer(struct db *db, uint64_t appeal, uint64_t answer);

#endif
