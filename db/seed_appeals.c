/*
 * seed_appeals.c - appeals of the demo in all states, with the calls they
 * came from and the history that led there. The same for a seed number and a
 * day: everything happened on the working days before today.
 */
#include "db/migrate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "db/db.h"
#include "db/seed_names.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

enum {
	DAYS = 85, /* working days */
	MAX_THEMES = 400,
	MINUTE = 60000,
	GREETING = 10600 /* ms; as long as the prompt */
};

#define DAY     (24 * 60 * (int64_t)MINUTE)
#define ZONE    (3 * 60 * (int64_t)MINUTE) /* Moscow, without summer time */
#define CALL_OF "Горячая линия"

struct theme {
	char code[13], type[40], name[610];
	bool mo;
	unsigned due_days; /* 0: none */
};

/* Logins that registered and handled something. */
enum who {
	OP1,
	OP2,
	REP1,
	REP12,
	SPEC1,
	SPEC2,
	REP21,
	REP22,
	REP31,
	ADMIN,
	WHO_COUNT
};
static const char *const logins[WHO_COUNT] = {
	"op1",   "op2",   "rep1",  "rep12", "spec1",
	"spec2", "rep21", "rep22", "rep31", "admin",
};

struct desk {
	struct db *db;
	struct seed_rng rng;
	unsigned n_themes;
	struct theme themes[MAX_THEMES];
	unsigned user[WHO_COUNT], organization[WHO_COUNT];
	unsigned fund, first_mo, n_mo, first_insurer;
	uint64_t people;
	unsigned serial[2]; /* of the two years the appeals may fall in */
	int year[2];
};

struct person {
	uint64_t id;
	char surname[161], given_name[161], patronymic[161], birth[11];
	char phone[17], enp[17], address[1200];
	unsigned insurer;
};

/* One appeal on its way into the tables. */
struct item {
	unsigned index;
	int64_t at;                /* registered, ms UTC */
	unsigned age;              /* working days */
	const struct theme *theme; /* NULL: a lost call nobody has taken */
	struct person person;
	enum who author, assignee;
	const char *status, *review, *result, *measures, *channel, *form;
	const char *justified;
	bool anonymous, returned, extended, forwarded, removal;
	bool brief; /* a short call: these are given a recording */
	int64_t closed;
	char number[17], due[11], requested[11];
	uint64_t id;
};

static unsigned below(struct desk *d, unsigned n)
{
	return seed_below(&d->rng, n);
}

static bool chance(struct desk *d, unsigned percent)
{
	return below(d, 100) < percent;
}

/* --- what is there -------------------------------------------------------- */

static int read_theme(const struct db_row *row, void *arg)
{
	struct desk *d = arg;
	struct theme *t = &d->themes[d->n_themes];

	if (d->n_themes == MAX_THEMES)
		return E2BIG;
	db_copy(row, 0, t->code, sizeof(t->code));
	db_copy(row, 1, t->type, sizeof(t->type));
	db_copy(row, 2, t->name, sizeof(t->name));
	t->mo = db_u64(row, 3);
	t->due_days = (unsigned)db_u64(row, 4);
	d->n_themes++;
	return 0;
}

static int read_user(const struct db_row *row, void *arg)
{
	struct desk *d = arg;

	for (unsigned i = 0; i < WHO_COUNT; i++)
		if (!strcmp(db_str(row, 0), logins[i])) {
			d->user[i] = (unsigned)db_u64(row, 1);
			d->organization[i] = (unsigned)db_u64(row, 2);
		}
	return 0;
}

static int read_organizations(const struct db_row *row, void *arg)
{
	struct desk *d = arg;

	d->fund = (unsigned)db_u64(row, 0);
	d->first_mo = (unsigned)db_u64(row, 1);
	d->n_mo = (unsigned)db_u64(row, 2);
	d->first_insurer = (unsigned)db_u64(row, 3);
	return d->fund && d->n_mo && d->first_insurer ? 0 : ENOENT;
}

static int look_around(struct desk *d)
{
	int err = db_each(d->db,
			  "SELECT code, type, name, mo_required, due_days"
			  " FROM theme ORDER BY code",
			  NULL, 0, read_theme, d);

	if (!err)
		err = db_each(d->db,
			      "SELECT login, id, organization_id"
			      " FROM user_account",
			      NULL, 0, read_user, d);
	if (!err)
		err = db_one(d->db,
			     "SELECT MAX(IF(kind = 'FUND', id, 0)),"
			     " MIN(IF(kind = 'MO', id, NULL)),"
			     " SUM(kind = 'MO'),"
			     " MIN(IF(kind = 'INSURER', id, NULL))"
			     " FROM organization",
			     NULL, 0, read_organizations, d);
	if (!err)
		err = db_number(d->db, "SELECT MAX(id) FROM insured_person",
				NULL, 0, &d->people);
	for (unsigned i = 0; !err && i < WHO_COUNT; i++)
		if (!d->user[i])
			err = ENOENT;
	return err ? err : d->n_themes && d->people ? 0 : ENOENT;
}

static int read_person(const struct db_row *row, void *arg)
{
	struct person *p = arg;

	p->id = db_u64(row, 0);
	db_copy(row, 1, p->surname, sizeof(p->surname));
	db_copy(row, 2, p->given_name, sizeof(p->given_name));
	db_copy(row, 3, p->patronymic, sizeof(p->patronymic));
	db_copy(row, 4, p->birth, sizeof(p->birth));
	db_copy(row, 5, p->phone, sizeof(p->phone));
	db_copy(row, 6, p->enp, sizeof(p->enp));
	db_copy(row, 7, p->address, sizeof(p->address));
	p->insurer = (unsigned)db_u64(row, 8);
	return 0;
}

static int pick_person(struct desk *d, struct person *p)
{
	const struct db_arg args[] = { DB_U64(1 +
					      seed_next(&d->rng) % d->people) };

	return db_one(d->db,
		      "SELECT id, surname, given_name, patronymic, birth_date,"
		      " phone, enp, address, insurer_id FROM insured_person"
		      " WHERE id <= ? AND phone IS NOT NULL"
		      " ORDER BY id DESC LIMIT 1",
		      args, LEN(args), read_person, p);
}

/* --- what happened -------------------------------------------------------- */

static void to_date(int64_t ms, char out[11])
{
	time_t t = (time_t)((ms + ZONE) / 1000);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 11, "%Y-%m-%d", &tm);
}

/* The n-th working day before today, local midnight as UTC. */
static int64_t workday_before(int64_t today, unsigned n)
{
	while (n) {
		today -= DAY;
		/* 1970-01-01 was a Thursday */
		if ((today / DAY + 3) % 7 < 5)
			n--;
	}
	return today - ZONE;
}

static void choose_theme(struct desk *d, struct item *it)
{
	static const struct {
		const char *type;
		unsigned percent;
	} types[] = {
		{ "Консультация", 62 }, { "Жалоба", 82 },
		{ "Заявление", 92 },    { "Благодарность", 97 },
		{ "Предложение", 100 },
	};
	unsigned r = below(d, 100), t = 0, n = 0, pick;

	while (r >= types[t].percent)
		t++;
	for (unsigned i = 0; i < d->n_themes; i++)
		n += !strcmp(d->themes[i].type, types[t].type);
	pick = seed_skewed(&d->rng, n);
	for (unsigned i = 0; i < d->n_themes; i++)
		if (!strcmp(d->themes[i].type, types[t].type) && !pick--) {
			it->theme = &d->themes[i];
			return;
		}
}

static bool is_type(const struct item *it, const char *type)
{
	return it->theme && !strcmp(it->theme->type, type);
}

static bool about_insurer(const struct item *it)
{
	return it->theme && (!strncmp(it->theme->code, "ZH-06.", 6) ||
			     !strncmp(it->theme->code, "ZH-14.", 6));
}

static void choose_people(struct desk *d, struct item *it)
{
	static const enum who first[] = { OP1, OP1,  OP1,  OP2,  OP2,
					  OP2, REP1, REP1, REP12 };
	bool fund;

	it->form = "Устная";
	it->channel = "HOTLINE";
	it->author = first[below(d, LEN(first))];
	if (about_insurer(it) && (it->author == REP1 || it->author == REP12))
		it->author = OP1; /* never with the one complained about */
	if (!is_type(it, "Консультация") && chance(d, 35)) {
		static const char *const ways[] = { "LETTER", "POST", "VISIT",
						    "INTERNET" };

		it->channel = ways[below(d, LEN(ways))];
		if (strcmp(it->channel, "VISIT"))
			it->form = "Письменная";
		it->author = chance(d, 50) ? SPEC1 : SPEC2;
	}
	it->assignee = it->author;
	fund = it->author == OP1 || it->author == OP2;
	if (it->theme && (!is_type(it, "Консультация") || chance(d, 8))) {
		if (fund)
			it->assignee = chance(d, 50) ? SPEC1 : SPEC2;
		else if (it->author == REP1)
			it->assignee = chance(d, 70) ? REP21 : REP31;
		else if (it->author == REP12)
			it->assignee = REP22;
	}
	it->forwarded = it->assignee != it->author;
	it->anonymous = it->theme && chance(d, 4);
}

static void choose_result(struct desk *d, struct item *it)
{
	static const char *const upheld[] = { "1", "1.1", "1.2", "2", "2" };

	if (is_type(it, "Консультация")) {
		it->result = "CONSULTED";
		it->measures = "Дана консультация по телефону, вопрос решён.";
	} else if (is_type(it, "Жалоба")) {
		it->result = "COMPLAINT_REVIEWED";
		it->justified = upheld[below(d, LEN(upheld))];
		it->measures =
		    *it->justified == '1'
			? "Направлен запрос в медицинскую организацию, доводы "
			  "подтвердились, нарушение устранено."
			: "Направлен запрос в медицинскую организацию, доводы "
			  "не подтвердились, заявителю даны разъяснения.";
	} else if (is_type(it, "Заявление")) {
		it->result = chance(d, 85) ? "APPLICATION_SATISFIED"
					   : "APPLICATION_REJECTED";
		it->measures = "Заявление рассмотрено, заявитель уведомлён.";
	} else if (is_type(it, "Предложение")) {
		it->result = "PROPOSAL_REVIEWED";
		it->measures = "Предложение передано в профильный отдел.";
	} else {
		it->result = "GRATITUDE_PASSED";
		it->measures = "Благодарность передана адресату.";
	}
}

static void choose_status(struct desk *d, struct item *it, unsigned total)
{
	unsigned r = below(d, 100);
	/* shares of closed, in progress, deferred, under review; the rest
	 * was registered by mistake */
	unsigned closed = it->age <= 5 ? 30 : it->age <= 20 ? 70 : 95;
	unsigned open = closed + (it->age <= 5 ? 40 : it->age <= 20 ? 15 : 2);
	unsigned deferred = open + (it->age <= 5 ? 15 : it->age <= 20 ? 5 : 1);
	unsigned review = deferred + (it->age <= 5    ? 13
				      : it->age <= 20 ? 9
						      : 1);

	if (it->index + 40 > total && it->index % 2) {
		it->status = "DRAFT";
		it->forwarded = false;
		it->assignee = it->author;
		return;
	}
	if (r < closed)
		it->status = "CLOSED";
	else if (r < open)
		it->status = "IN_PROGRESS";
	else if (r < deferred)
		it->status = "DEFERRED";
	else if (r < review)
		it->status = "UNDER_REVIEW";
	else
		it->status = "DELETED";

	if (!strcmp(it->status, "UNDER_REVIEW")) {
		it->review = it->theme->due_days && chance(d, 15) ? "EXTENSION"
								  : "CLOSE";
		if (!strcmp(it->review, "EXTENSION")) {
			it->result = "EXTENDED";
			it->measures = "Ожидается ответ медицинской "
				       "организации на запрос.";
			to_date(it->at + (it->theme->due_days + 14) * DAY,
				it->requested);
		}
	}
	it->returned = chance(d, 6);
	if (!strcmp(it->status, "IN_PROGRESS")) {
		it->extended = it->theme->due_days && it->index % 5 == 1;
		it->removal = it->index % 29 == 3;
	}
	if (!strcmp(it->status, "CLOSED") ||
	    (it->review && !strcmp(it->review, "CLOSE")))
		choose_result(d, it);
	if (!strcmp(it->status, "CLOSED"))
		it->closed =
		    it->at + (1 + (int64_t)below(d, it->age)) * DAY / 4;
}

static void number_it(struct desk *d, struct item *it)
{
	time_t t = (time_t)((it->at + ZONE) / 1000);
	struct tm tm;
	unsigned y = 0;

	if (!strcmp(it->status, "DRAFT"))
		return;
	gmtime_r(&t, &tm);
	while (y < 1 && d->year[y] && d->year[y] != tm.tm_year + 1900)
		y++;
	d->year[y] = tm.tm_year + 1900;
	snprintf(it->number, sizeof(it->number), "26-%02d-%06u",
		 tm.tm_year % 100, ++d->serial[y]);
	if (!it->theme)
		to_date(it->at + DAY, it->due);
	else if (it->theme->due_days)
		to_date(it->at +
			    (it->theme->due_days + (it->extended ? 20 : 0)) *
				DAY,
			it->due);
}

/* --- into the tables ------------------------------------------------------ */

static int history(struct desk *d, const struct item *it, int64_t at, int who,
		   const char *event, const char *from, const char *to,
		   const char *comment)
{
	const struct db_arg args[] = {
		DB_U64(it->id),
		DB_TIME_MS(at),
		who < 0 ? DB_NULL : DB_U64(d->user[who]),
		DB_STR(event),
		DB_STR(from),
		DB_STR(to),
		DB_STR(comment),
		DB_STR(who < 0 ? "" : "127.0.0.1"),
	};

	return db_exec(d->db,
		       "INSERT INTO appeal_history (appeal_id, at, user_id,"
		       " event, from_status, to_status, comment, address)"
		       " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		       args, LEN(args));
}

static int forward(struct desk *d, const struct item *it, int64_t at)
{
	const struct db_arg args[] = {
		DB_U64(it->id),
		DB_U64(d->user[it->author]),
		DB_U64(d->user[it->assignee]),
		DB_TIME_MS(at),
	};
	int err = db_exec(d->db,
			  "INSERT INTO forwarding (appeal_id, from_user,"
			  " to_user, at, live) VALUES (?, ?, ?, ?, 0)",
			  args, LEN(args));

	return err ? err
		   : history(d, it, at, (int)it->author, "FORWARD",
			     "IN_PROGRESS", "IN_PROGRESS", "");
}

/* An eighth of the time between its registration and its end. */
static int64_t step_of(const struct item *it)
{
	int64_t end = it->closed ? it->closed : it->at + it->age * DAY / 4;

	return (end - it->at) / 8;
}

static int answer(struct desk *d, const struct item *it, int64_t at,
		  const char *kind, const char *text)
{
	char day[11];

	to_date(at, day);

	const struct db_arg args[] = {
		DB_U64(it->id),
		DB_STR(kind),
		DB_STR(strcmp(it->form, "Устная") ? "POST" : "PHONE"),
		DB_STR(day),
		DB_STR(text),
		DB_U64(d->user[it->assignee]),
		DB_TIME_MS(at),
	};

	return db_exec(d->db,
		       "INSERT INTO appeal_answer (appeal_id, kind, channel,"
		       " answered_on, text, user_id, at)"
		       " VALUES (?, ?, ?, ?, ?, ?, ?)",
		       args, LEN(args));
}

/* Returned, put off with the administrator's word, proposed for removal: what
 * may have happened to an appeal «В работе». */
static int write_detours(struct desk *d, const struct item *it)
{
	static const char open[] = "IN_PROGRESS", look[] = "UNDER_REVIEW";
	int64_t step = step_of(it);
	int who = (int)it->assignee, err = 0;

	if (it->extended) {
		err = history(d, it, it->at + 2 * step, who, "ASK_TERM", open,
			      look, "Ожидается ответ на запрос");
		if (!err)
			err = history(d, it, it->at + 3 * step, ADMIN, "EXTEND",
				      look, open, "");
		if (!err && it->index % 2)
			err = answer(d, it, it->at + 4 * step, "EXTENSION",
				     "Срок рассмотрения продлён.");
	}
	if (!err && it->returned) {
		err = history(d, it, it->at + 4 * step, who, "CLOSE", open,
			      look, "Меры приняты");
		if (!err)
			err = history(d, it, it->at + 5 * step, ADMIN, "RETURN",
				      look, open,
				      "Дополните описание принятых мер");
	}
	if (!err && it->removal)
		err = history(d, it, it->at + 6 * step, who, "PROPOSE", open,
			      open, "Обращение зарегистрировано дважды");
	return err;
}

/* The way to the state it is in. */
static int write_history(struct desk *d, const struct item *it)
{
	static const char open[] = "IN_PROGRESS", look[] = "UNDER_REVIEW";
	int64_t end = it->closed ? it->closed : it->at + it->age * DAY / 4;
	int64_t step = step_of(it);
	bool deferred = !strcmp(it->status, "DEFERRED");
	bool extension = it->review && !strcmp(it->review, "EXTENSION");
	int who = (int)it->assignee;
	int err;

	if (!strcmp(it->status, "DRAFT"))
		return 0;
	if (!it->theme)
		return history(d, it, it->at, -1, "LOST_CALL", NULL, "DEFERRED",
			       "");
	err = history(d, it, it->at, (int)it->author,
		      deferred && !it->forwarded ? "DEFER" : "SAVE", "DRAFT",
		      deferred && !it->forwarded ? "DEFERRED" : open, "");
	if (!err && it->forwarded)
		err = forward(d, it, it->at + step);
	if (!err && deferred && it->forwarded)
		err = history(d, it, it->at + 2 * step, who, "FORWARD", open,
			      "DEFERRED", "Нужно уточнить сведения");
	if (!err && !strcmp(it->status, "DELETED"))
		err = history(d, it, it->at + 7 * step, who, "PROPOSE", open,
			      open, "Зарегистрировано ошибочно");
	if (!err && !strcmp(it->status, "DELETED"))
		err = history(d, it, end, ADMIN, "DELETE", open, "DELETED", "");
	if (!err && !strcmp(it->status, open))
		err = write_detours(d, it);
	if (err || (!it->review && !it->closed))
		return err;
	if (!extension && strcmp(it->form, "Устная"))
		err = answer(d, it, it->at + 6 * step, "FINAL",
			     "Заявителю направлен ответ по существу.");
	if (err)
		return err;

	if (it->returned) {
		err = history(d, it, it->at + 3 * step, who, "CLOSE", open,
			      look, "Меры приняты");
		if (!err)
			err = history(d, it, it->at + 5 * step, ADMIN, "RETURN",
				      look, open,
				      "Дополните описание принятых мер");
	}
	if (!err)
		err = history(d, it, it->at + 6 * step, who,
			      extension ? "ASK_TERM" : "CLOSE", open, look,
			      it->measures);
	if (!err && it->closed)
		err = history(d, it, it->closed, ADMIN, "APPROVE", look,
			      "CLOSED", "");
	return err;
}

static int write_appeal(struct desk *d, struct item *it)
{
	char text[1400];
	bool named = it->theme && !it->anonymous;
	const struct person *p = &it->person;
	unsigned insurers =
	    about_insurer(it) ? d->first_insurer + below(d, 2) : 0;
	const struct db_arg args[] = {
		DB_STR(*it->number ? it->number : NULL),
		DB_STR(it->status),
		DB_STR(it->review),
		DB_STR(it->theme ? "CARD" : "LOST_CALL"),
		DB_STR(it->theme ? it->theme->type : NULL),
		DB_STR(it->theme ? it->theme->code : NULL),
		DB_STR(it->form),
		DB_STR(it->channel),
		DB_STR(named ? p->surname : ""),
		DB_STR(named ? p->given_name : ""),
		DB_STR(named ? p->patronymic : ""),
		DB_STR(named ? p->birth : NULL),
		DB_STR(p->phone),
		DB_STR(named ? p->address : ""),
		DB_STR(named ? p->enp : ""),
		DB_ID(named ? p->insurer : 0),
		DB_ID(named ? p->id : 0),
		DB_ID(it->theme && it->theme->mo
			  ? d->first_mo + below(d, d->n_mo)
			  : 0),
		DB_ID(insurers),
		DB_U64(it->anonymous),
		DB_ID(it->theme ? d->user[it->author] : 0),
		DB_ID(it->theme ? d->user[it->assignee] : 0),
		DB_U64(it->theme ? d->organization[it->assignee] : d->fund),
		DB_STR(!strcmp(it->status, "DEFERRED") && it->theme
			   ? "Уточнить сведения у заявителя"
			   : ""),
		DB_STR(it->result),
		DB_STR(it->measures),
		DB_STR(it->justified),
		DB_STR(*it->due ? it->due : NULL),
		DB_STR(*it->requested ? it->requested : NULL),
		DB_U64(it->returned && (it->review || it->closed ||
					!strcmp(it->status, "IN_PROGRESS"))),
		DB_U64(it->extended),
		DB_TIME_MS(it->review ? it->at + 6 * step_of(it) : 0),
		DB_STR(it->removal ? "Обращение зарегистрировано дважды"
		       : !strcmp(it->status, "DELETED")
			   ? "Зарегистрировано ошибочно"
			   : ""),
		DB_TIME_MS(strcmp(it->status, "DRAFT") ? it->at : 0),
		DB_TIME_MS(it->closed),
		DB_TIME_MS(it->at - 2 * MINUTE),
		DB_TIME_MS(it->closed ? it->closed : it->at),
		DB_U64(1 + 3 * (it->closed != 0) + it->forwarded),
	};
	struct db_arg all[LEN(args) + 1];
	int err;

	snprintf(text, sizeof(text), "%s. %s", it->theme ? it->theme->name : "",
		 chance(d, 50) ? "Обратившийся просит разъяснить порядок "
				 "действий."
			       : "Просит сообщить о принятом решении по "
				 "телефону.");
	memcpy(all, args, sizeof(args));
	all[LEN(args)] = it->theme ? DB_STR(text) : DB_NULL;

	err = db_exec(
	    d->db,
	    "INSERT INTO appeal (number, status, review_kind, origin, type,"
	    " theme_code, form, channel, surname, given_name, patronymic,"
	    " birth_date, phone, address, enp, insurer_id, person_id,"
	    " mo_id, about_insurer_id, anonymous, author_id, assignee_id,"
	    " organization_id, deferred_reason, result_code, measures,"
	    " justified, due_date, requested_due, returns, extended,"
	    " review_at, delete_reason, registered_at,"
	    " closed_at, created_at, updated_at, version, description)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    all, LEN(all));
	it->id = db_last_id(d->db);
	return err;
}

/* UUID version 7 of a time and the seed. */
static void make_uuid(struct desk *d, int64_t ms, char out[37])
{
	uint64_t a = seed_next(&d->rng), b = seed_next(&d->rng);

	snprintf(out, 37, "%08" PRIx64 "-%04" PRIx64 "-7%03x-%04x-%012" PRIx64,
		 (uint64_t)ms >> 16 & 0xffffffff, (uint64_t)ms & 0xffff,
		 (unsigned)(a & 0xfff), (unsigned)(0x8000 | (a >> 16 & 0x3fff)),
		 b & 0xffffffffffff);
}

static int event(struct desk *d, const char *call, unsigned *seq, int64_t at,
		 const char *kind, int who, const char *data)
{
	const struct db_arg args[] = {
		DB_STR(call),
		DB_U64(++*seq),
		DB_TIME_MS(at),
		DB_STR(kind),
		who < 0 ? DB_NULL : DB_U64(d->user[who]),
		DB_STR(data),
	};

	return db_exec(d->db,
		       "INSERT INTO call_event (call_id, seq, at, kind,"
		       " user_id, data) VALUES (?, ?, ?, ?, ?, ?)",
		       args, LEN(args));
}

/* The call it came from: greeting, queue, ring and talk, or a hang-up in the
 * queue. */
static int write_call(struct desk *d, const struct item *it)
{
	const bool brief = it->brief;
	int64_t greeted = it->at - (6 + below(d, 3)) * (int64_t)MINUTE;
	int64_t queued = greeted + GREETING;
	int64_t ring = queued + 1000 + below(d, 90) % (brief ? 4 : 90) * 1000;
	int64_t talk = ring + 2000 + below(d, 9) % (brief ? 3 : 9) * 1000;
	int64_t spoke = below(d, 240);
	int64_t end = !it->theme ? ring
		      : brief    ? talk + 12000 + spoke % 4 * 1000
				 : talk + 60000 + spoke * 1000;
	char id[37], spent[160];
	int who = it->theme ? (int)it->author : -1;
	unsigned seq = 0;
	int err;

	make_uuid(d, greeted, id);
	if (it->theme)
		snprintf(spent, sizeof(spent),
			 "{\"greeting\":%d,\"queue\":%" PRId64
			 ",\"ring\":%" PRId64 ",\"talk\":%" PRId64 "}",
			 GREETING, ring - queued, talk - ring, end - talk);
	else
		snprintf(spent, sizeof(spent),
			 "{\"greeting\":%d,\"queue\":%" PRId64 "}", GREETING,
			 ring - queued);

	const struct db_arg call[] = {
		DB_STR(id),
		DB_STR(it->person.phone),
		DB_ID(who < 0 ? 0 : d->user[who]),
		DB_TIME_MS(greeted),
		DB_TIME_MS(greeted),
		DB_TIME_MS(queued),
		DB_TIME_MS(who < 0 ? 0 : ring),
		DB_TIME_MS(who < 0 ? 0 : talk),
		DB_TIME_MS(end),
		DB_STR(who < 0 ? "ABANDON" : "COMPLETECALLER"),
		DB_STR(spent),
	};
	const struct db_arg link[] = { DB_U64(it->id), DB_STR(id),
				       DB_TIME_MS(it->at) };

	err = db_exec(d->db,
		      "INSERT INTO call_record (id, node, direction, called,"
		      " queue_id, queue_name, state, caller, user_id,"
		      " started_at, greeted_at, queued_at, offered_at,"
		      " answered_at, ended_at, end_reason, durations)"
		      " VALUES (?, 'demo', 'IN', '+78652000000', 1, '" CALL_OF
		      "', 'ended', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      call, LEN(call));
	if (!err)
		err = event(d, id, &seq, greeted, "INVITE", -1, NULL);
	if (!err)
		err = event(d, id, &seq, greeted, "ACCEPT", -1, NULL);
	if (!err)
		err = event(d, id, &seq, queued, "ENTERQUEUE", -1, NULL);
	if (!err && who >= 0)
		err = event(d, id, &seq, ring, "OFFER", who, NULL);
	if (!err && who >= 0)
		err = event(d, id, &seq, talk, "CONNECT", who, NULL);
	if (!err)
		err = event(d, id, &seq, end, "HANGUPCALLER", who,
			    who < 0 ? "{\"why\":\"ABANDON\"}"
				    : "{\"why\":\"COMPLETECALLER\"}");
	if (!err)
		err = db_exec(d->db,
			      "INSERT INTO appeal_call (appeal_id, call_id,"
			      " linked_at) VALUES (?, ?, ?)",
			      link, LEN(link));
	if (!err && who < 0)
		err = db_exec(d->db,
			      "INSERT INTO call_back (appeal_id, call_id, at)"
			      " VALUES (?, ?, ?)",
			      link, LEN(link));
	return err;
}

static int write_item(struct desk *d, unsigned index, unsigned total,
		      int64_t today)
{
	unsigned day = index * DAYS / total; /* 0: the oldest */
	unsigned first = (day * total + DAYS - 1) / DAYS;
	unsigned in_day = total / DAYS + 1;
	/* more of the last days, which one sees first */
	struct item it = { .index = index,
			   .age = DAYS - day,
			   .brief =
			       index % (index + 90 > total ? 4 : 24) == 2 };
	int err;

	/* between 9:30 and 17:50, in order */
	it.at = workday_before(today, it.age) + (9 * 60 + 30) * MINUTE +
		(int64_t)(index - first) * (500 * MINUTE / in_day) +
		below(d, 500 * MINUTE / in_day);
	err = pick_person(d, &it.person);
	if (err)
		return err;
	if (it.age <= 4 && chance(d, 20)) {
		it.status = "DEFERRED";
		it.form = "Устная";
		it.channel = "HOTLINE";
	} else {
		choose_theme(d, &it);
		choose_people(d, &it);
		choose_status(d, &it, total);
	}
	number_it(d, &it);
	err = write_appeal(d, &it);
	if (!err)
		err = write_history(d, &it);
	if (!err && !strcmp(it.channel, "HOTLINE"))
		err = write_call(d, &it);
	return err;
}

int seed_appeals(struct db *db, uint64_t seed, unsigned n)
{
	struct desk *d = calloc(1, sizeof(*d));
	int64_t today = ((int64_t)time(NULL) * 1000 + ZONE) / DAY * DAY;
	int err;

	if (!d)
		return ENOMEM;
	d->db = db;
	d->rng.state = seed + 1;
	err = look_around(d);
	if (!err)
		err = db_begin(db);
	for (unsigned i = 0; !err && i < n; i++)
		err = write_item(d, i, n, today);
	for (unsigned y = 0; !err && y < 2 && d->year[y]; y++) {
		const struct db_arg args[] = { DB_I64(d->year[y]),
					       DB_U64(d->serial[y]) };

		err = db_exec(db,
			      "INSERT INTO appeal_serial (year, last)"
			      " VALUES (?, ?)",
			      args, LEN(args));
	}
	if (!err)
		err = db_commit(db);
	db_rollback(db);
	if (err)
		complain(db, "demo appeals", err);
	free(d);
	return err;
}
