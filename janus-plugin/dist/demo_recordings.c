/*
 * otklik-demo-recordings - gives the demo's short calls a recording of
 * synthetic speech each, in the recorder's own format, with its rows.
 *
 *   otklik-demo-recordings PROMPTS DIALOGUES
 *
 * Left is what the citizen says; right what he hears: greeting, music until
 * somebody answers, the operator. Everything follows from the call, so the
 * same demo has the same recordings; calls that have one are left alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "db/db.h"
#include "janus-plugin/prompt.h"
#include "janus-plugin/recorder_file.h"
#include "janus-plugin/util.h"

enum { DIALOGUES = 4, MAX_CALLS = 1000, LONGEST_MS = 45000, PER_MS = 8 };

struct sound { /* A-law, 8 kHz */
	uint8_t *at;
	size_t n;
};

struct sounds {
	struct sound greeting, music, citizen[DIALOGUES], operator[DIALOGUES];
};

/* Times in ms since the greeting began; talk 0: nobody answered. */
struct call {
	char id[37], node[33];
	int64_t started_ms;
	unsigned queued, talk, end;
};

struct calls {
	size_t n;
	struct call of[MAX_CALLS];
};

static int complain(const char *what, int err)
{
	fprintf(stderr, "otklik-demo-recordings: %s: %s\n", what,
		strerror(err));
	return err;
}

/* --- sounds --------------------------------------------------------------- */

static int read_sound(struct sound *s, const char *dir, const char *name)
{
	char path[PATH_MAX];
	uint8_t *buf = NULL;
	struct stat st;
	ssize_t n = -1;
	int err, fd;

	snprintf(path, sizeof(path), "%s/%s.wav", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return complain(path, errno);
	if (!fstat(fd, &st) && (buf = malloc((size_t)st.st_size + 1)))
		n = read(fd, buf, (size_t)st.st_size);
	close(fd);
	err = n < 0 || n != st.st_size
		  ? EIO
		  : cc_prompt_wav(&s->at, &s->n, buf, (size_t)n);
	free(buf);
	return err ? complain(path, err) : 0;
}

static int read_sounds(struct sounds *s, const char *prompts,
		       const char *dialogues)
{
	char name[24];
	int err = read_sound(&s->greeting, prompts, "greeting");

	if (!err)
		err = read_sound(&s->music, prompts, "music");
	for (int i = 0; !err && i < DIALOGUES; i++) {
		snprintf(name, sizeof(name), "%d-citizen", i + 1);
		err = read_sound(&s->citizen[i], dialogues, name);
		snprintf(name, sizeof(name), "%d-operator", i + 1);
		if (!err)
			err = read_sound(&s->operator[i], dialogues, name);
	}
	return err;
}

static void free_sounds(struct sounds *s)
{
	free(s->greeting.at);
	free(s->music.at);
	for (int i = 0; i < DIALOGUES; i++) {
		free(s->citizen[i].at);
		free(s->operator[i].at);
	}
}

static uint8_t at(const struct sound *s, size_t pos)
{
	return pos < s->n ? s->at[pos] : CC_RECF_SILENCE;
}

static uint8_t heard(const struct sounds *s, const struct call *c, unsigned d,
		     size_t pos)
{
	size_t queued = c->queued * PER_MS, talk = c->talk * PER_MS;

	if (pos < queued)
		return at(&s->greeting, pos);
	if (talk && pos >= talk)
		return at(&s->operator[d], pos - talk);
	return at(&s->music, (pos - queued) % s->music.n);
}

static uint8_t said(const struct sounds *s, const struct call *c, unsigned d,
		    size_t pos)
{
	size_t talk = c->talk * PER_MS;

	return talk && pos >= talk ? at(&s->citizen[d], pos - talk)
				   : CC_RECF_SILENCE;
}

/* --- files ---------------------------------------------------------------- */

struct recording {
	struct cc_recf_info info;
	struct cc_recf file;
	char path[80];
	unsigned dialogue;
};

/* The UUID is of the call's time, its rest a hash of the call's. */
static void name_it(struct recording *r, const struct call *c)
{
	time_t s = (time_t)(c->started_ms / 1000);
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(hash) + 1];
	struct tm tm;

	crypto_hash_sha256(hash, (const unsigned char *)c->id, strlen(c->id));
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	snprintf(r->info.id, sizeof(r->info.id), "%.15s%.3s-a%.3s-%.12s", c->id,
		 hex, hex + 3, hex + 6);
	cc_copy(r->info.call, sizeof(r->info.call), c->id);
	cc_copy(r->info.node, sizeof(r->info.node), c->node);
	r->info.start_ms = c->started_ms;
	r->dialogue = hash[31] % DIALOGUES;
	gmtime_r(&s, &tm);
	snprintf(r->path, sizeof(r->path), "%04d/%02d/%02d/%s.wav",
		 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, r->info.id);
}

static void mix(uint8_t *out, const struct sounds *s, const struct call *c,
		unsigned d, size_t pos, unsigned n)
{
	for (size_t end = pos + n; pos < end; pos++) {
		*out++ = said(s, c, d, pos);
		*out++ = heard(s, c, d, pos);
	}
}

static int write_frames(struct recording *r, const struct call *c,
			const struct sounds *s)
{
	static uint8_t audio[2 * CC_RECF_RATE];
	size_t total = c->end * PER_MS;
	int err = 0;

	for (size_t pos = 0; !err && pos < total; pos += CC_RECF_RATE) {
		unsigned n = CC_RECF_RATE;

		if (total - pos < n)
			n = (unsigned)(total - pos);
		mix(audio, s, c, r->dialogue, pos, n);
		err = cc_recf_append(&r->file, audio, n, "-");
	}
	return err ? err : cc_recf_finish(&r->file);
}

/* What is there without a row was left by a start that was killed. */
static int write_file(struct recording *r, int dir, const struct call *c,
		      const struct sounds *s)
{
	char idx[sizeof(r->path)];
	int err;

	cc_copy(idx, sizeof(idx), r->path);
	strcpy(idx + strlen(idx) - 3, "idx");
	unlinkat(dir, r->path, 0);
	unlinkat(dir, idx, 0);
	err = cc_recf_create(&r->file, dir, r->path, &r->info);
	if (err)
		return err;
	err = write_frames(r, c, s);
	cc_recf_close(&r->file);
	if (err) {
		unlinkat(dir, r->path, 0);
		unlinkat(dir, idx, 0);
	}
	return err;
}

/* --- rows ----------------------------------------------------------------- */

static int read_call(const struct db_row *row, void *arg)
{
	struct calls *calls = arg;
	struct call *c = &calls->of[calls->n];
	int64_t answered;

	if (calls->n == MAX_CALLS)
		return E2BIG;
	db_copy(row, 0, c->id, sizeof(c->id));
	db_copy(row, 1, c->node, sizeof(c->node));
	c->started_ms = db_time_ms(row, 2);
	c->queued = (unsigned)(db_time_ms(row, 3) - c->started_ms);
	answered = db_time_ms(row, 4);
	c->talk = answered ? (unsigned)(answered - c->started_ms) : 0;
	c->end = (unsigned)(db_time_ms(row, 5) - c->started_ms);
	calls->n++;
	return 0;
}

static int find_calls(struct db *db, struct calls *calls)
{
	return db_each(db,
		       "SELECT id, node, started_at, queued_at, answered_at,"
		       " ended_at FROM call_record c WHERE node = 'demo'"
		       " AND ended_at > started_at AND queued_at >= started_at"
		       " AND ended_at <= started_at + INTERVAL ? MICROSECOND"
		       " AND NOT EXISTS (SELECT 1 FROM recording r"
		       "  WHERE r.call_id = c.id) ORDER BY started_at, id",
		       (const struct db_arg[]){ DB_U64(LONGEST_MS * 1000ull) },
		       1, read_call, calls);
}

static int write_rows(struct db *db, const struct recording *r,
		      const struct call *c)
{
	const struct db_arg begun[] = {
		DB_STR(r->info.id),        DB_STR(c->id),
		DB_STR(c->node),           DB_STR(r->path),
		DB_TIME_MS(c->started_ms),
	};
	const struct db_arg ended[] = {
		DB_STR(r->info.id),
		DB_TIME_MS(c->started_ms + c->end),
		DB_U64(r->file.samples),
		DB_U64(CC_RECF_HEADER + 2 * r->file.samples),
		DB_U64(r->file.frames),
		DB_BLOB(r->file.head, sizeof(r->file.head)),
	};
	int err = db_exec(db,
			  "INSERT INTO recording (id, call_id, node, kind,"
			  " path, started_at) VALUES (?, ?, ?, 'CALL', ?, ?)",
			  begun, CC_LEN(begun));

	return err ? err
		   : db_exec(db,
			     "INSERT INTO recording_end (recording_id,"
			     " ended_at, samples, bytes, frames, head, reason)"
			     " VALUES (?, ?, ?, ?, ?, ?, 'closed')",
			     ended, CC_LEN(ended));
}

/* The rows come last and together: they say that the files are whole. */
static int record(struct db *db, const struct calls *calls, int dir,
		  const struct sounds *s)
{
	int err = db_begin(db);

	for (size_t i = 0; !err && i < calls->n; i++) {
		const struct call *c = &calls->of[i];
		struct recording r;

		name_it(&r, c);
		err = write_file(&r, dir, c, s);
		if (err)
			complain(r.path, err);
		else
			err = write_rows(db, &r, c);
	}
	if (!err && syncfs(dir))
		err = errno;
	if (!err)
		err = db_commit(db);
	db_rollback(db);
	return err;
}

static int open_rec(int *dir)
{
	const char *state = getenv("OTKLIK_STATE");
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/rec", state ? state : "./var");
	if (mkdir(path, 0750) && errno != EEXIST)
		return complain(path, errno);
	*dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir < 0 ? complain(path, errno) : 0;
}

int main(int argc, char **argv)
{
	struct sounds sounds = { .greeting = { NULL, 0 } };
	static struct calls calls;
	struct db *db = NULL;
	int dir = -1, err;

	if (argc != 3) {
		fprintf(stderr, "usage: %s PROMPTS DIALOGUES\n", argv[0]);
		return 2;
	}
	if (sodium_init() < 0)
		return 1;
	umask(0027);
	err = db_new_account(&db, NULL, "media");
	if (err)
		complain("account media", err);
	else if ((err = find_calls(db, &calls)))
		complain("calls", err);
	if (!err && calls.n) {
		err = read_sounds(&sounds, argv[1], argv[2]);
		if (!err)
			err = open_rec(&dir);
		if (!err && (err = record(db, &calls, dir, &sounds)))
			complain("recordings", err);
		free_sounds(&sounds);
	}
	if (dir >= 0)
		close(dir);
	db_close(&db);
	return err ? 1 : 0;
}
