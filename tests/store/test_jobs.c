/* The slow work: lost calls become appeals once, evidence is sealed and a
 * change is noticed. limit: 180 s */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "cgi/store_attempt.h"
#include "cgi/store_lost.h"
#include "cgi/store_seal.h"
#include "db/db.h"
#include "tests/store/lab.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* 2026-11-24 09:00 UTC, a Tuesday, noon in the region */
#define TUESDAY 1795510800000LL
#define SECOND  1000LL
#define MINUTE  (60 * SECOND)
#define DAY     (24 * 60 * MINUTE)

static struct db *jobs, *migrate, *media;

static int start(void **state)
{
	(void)state;
	assert_true(sodium_init() >= 0);
	lab_begin(&migrate, &media, &jobs);
	lab_exec(migrate, "INSERT INTO queue (id, name, organization_id)"
			  " VALUES (7, 'Линия СМО', 2)");
	return 0;
}

static int end(void **state)
{
	(void)state;
	lab_finish(&migrate, &media, &jobs);
	return 0;
}

static int clean(void **state)
{
	static const char *const tables[] = {
		"loose_message",  "call_place_end", "call_place",
		"call_back",      "call_attempt",   "appeal_call",
		"appeal_history", "outbox",         "appeal",
		"appeal_serial",  "call_record",    "call_event",
		"recording",      "access_log",     "seal",
		"seal_head",      "holiday",        "web_session",
		"user_account",
	};

	(void)state;
	lab_clear(migrate, tables, LEN(tables));
	return 0;
}

/* --- lost calls ------------------------------------------------------------ */

struct call {
	unsigned n; /* makes the id */
	const char *direction, *caller, *reason;
	unsigned queue;
	bool answered, ended;
};

static void put_call(const struct call *c)
{
	char id[40];
	int64_t at = TUESDAY - 10 * MINUTE + c->n * SECOND;

	snprintf(id, sizeof(id), "019fac98-8725-7e31-b884-%012u", c->n);
	const struct db_arg args[] = {
		DB_STR(id),
		DB_STR(c->direction ? c->direction : "IN"),
		DB_STR(c->caller),
		DB_U64(c->queue ? c->queue : 1),
		DB_TIME_MS(at),
		DB_TIME_MS(c->answered ? at + 30 * SECOND : 0),
		DB_TIME_MS(c->ended ? at + 75 * SECOND : 0),
		DB_STR(c->reason ? c->reason : "ABANDON"),
	};

	assert_int_equal(db_exec(media,
				 "INSERT INTO call_record (id, direction,"
				 " caller, queue_id, started_at, answered_at,"
				 " ended_at, end_reason)"
				 " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				 args, LEN(args)),
			 0);
}

static unsigned run(int64_t now)
{
	struct lost_report r = { .made = 99 };

	assert_int_equal(store_lost_calls(jobs, now, now - DAY, &r), 0);
	assert_int_equal(r.failed, 0);
	return r.made;
}

static void k_2_0_9_a_lost_call_becomes_an_unassigned_appeal(void **state)
{
	(void)state;
	put_call(&(struct call){ 1, .caller = "89000000001", .ended = true });
	assert_int_equal(run(TUESDAY), 1);
	assert_true(
	    lab_number(jobs,
		       "SELECT COUNT(*) FROM appeal WHERE status = 'DEFERRED'"
		       " AND origin = 'LOST_CALL' AND number = '26-26-000001'"
		       " AND phone = '+79000000001' AND assignee_id IS NULL"
		       " AND author_id IS NULL AND organization_id = 1"
		       " AND channel = 'HOTLINE' AND form = 'Устная'"
		       " AND type IS NULL AND due_date = '2026-11-25'"
		       " AND registered_at = '2026-11-24 09:00:00'"
		       " AND description LIKE '%1 мин 15 с'") == 1);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal a JOIN"
				     " appeal_call l ON l.appeal_id = a.id"
				     " JOIN call_back b ON b.appeal_id = a.id"
				     " AND b.call_id = l.call_id"
				     " JOIN appeal_history h ON h.appeal_id ="
				     " a.id AND h.event = 'LOST_CALL' AND"
				     " h.from_status IS NULL AND"
				     " h.to_status = 'DEFERRED'") == 1);
	assert_true(lab_number(media, "SELECT COUNT(*) FROM outbox WHERE"
				      " kind = 'appeal_changed' AND"
				      " JSON_VALUE(payload,"
				      " '$.orgs[0]') = 1") == 1);
	/* again and again: once is all */
	assert_int_equal(run(TUESDAY), 0);
	assert_int_equal(run(TUESDAY + MINUTE), 0);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal") == 1);
}

static void what_was_served_or_has_no_number_makes_none(void **state)
{
	(void)state;
	put_call(&(struct call){ 1, .caller = "", .ended = true });
	put_call(&(struct call){ 2, .caller = "+79000000002" }); /* goes on */
	put_call(&(struct call){ 3, .caller = "+79000000003", .answered = true,
				 .ended = true, .reason = "COMPLETECALLER" });
	put_call(&(struct call){ 4, .direction = "OUT",
				 .caller = "+79000000004", .ended = true });
	put_call(&(struct call){ 5, .direction = "INT", .caller = "1001",
				 .ended = true });
	assert_int_equal(run(TUESDAY), 0);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal") == 0);
}

static void an_answered_call_that_fell_back_counts_as_lost(void **state)
{
	static const char *const reasons[] = {
		"ABANDONRETURNED", "ABANDONRECONNECT", "ABANDONTRANSFER",
		"EXITWITHTIMEOUT", "INTERRUPTED",      "RTPTIMEOUT",
		"LIMIT",           "SHUTDOWN",
	};
	char phone[20];

	(void)state;
	for (unsigned i = 0; i < LEN(reasons); i++) {
		snprintf(phone, sizeof(phone), "+7900000001%u", i);
		put_call(&(struct call){ i + 1, .caller = phone,
					 .answered = true, .ended = true,
					 .reason = reasons[i] });
	}
	assert_int_equal(run(TUESDAY), (int)LEN(reasons));
}

static void the_same_number_joins_its_open_item(void **state)
{
	(void)state;
	put_call(&(struct call){ 1, .caller = "+79000000001", .ended = true });
	put_call(
	    &(struct call){ 2, .caller = "8 900 000-00-01", .ended = true });
	assert_int_equal(run(TUESDAY), 2);
	put_call(&(struct call){ 3, .caller = "79000000001", .ended = true });
	assert_int_equal(run(TUESDAY + MINUTE), 1);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal") == 1);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal_call") == 3);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM call_back") == 3);

	/* somebody is at work on it: he sees it there, as it stands */
	lab_exec(migrate, "INSERT INTO user_account (id, login, password_hash,"
			  " surname, given_name, organization_id) VALUES"
			  " (5, 'x', '', 'Х', 'И', 1)");
	lab_exec(migrate, "UPDATE appeal SET status = 'IN_PROGRESS',"
			  " assignee_id = 5");
	lab_exec(migrate, "DELETE FROM outbox");
	put_call(&(struct call){ 4, .caller = "+79000000001", .ended = true });
	assert_int_equal(run(TUESDAY + 2 * MINUTE), 1);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal") == 1);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal_history WHERE"
				     " from_status = 'IN_PROGRESS' AND"
				     " to_status = 'IN_PROGRESS'") == 1);
	assert_true(lab_number(media, "SELECT COUNT(*) FROM outbox WHERE"
				      " JSON_VALUE(payload, '$.users[1]') = 5"
				      " AND JSON_VALUE(payload,"
				      " '$.orgs[0]') = 1") == 1);
	/* done with: the next loss is new work */
	lab_exec(migrate, "UPDATE appeal SET status = 'CLOSED'");
	put_call(&(struct call){ 5, .caller = "+79000000001", .ended = true });
	assert_int_equal(run(TUESDAY + 3 * MINUTE), 1);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal") == 2);
}

static void a_number_given_out_already_does_not_lose_a_call(void **state)
{
	(void)state;
	lab_exec(migrate, "INSERT INTO appeal (number, status) VALUES"
			  " ('26-26-000001', 'CLOSED'),"
			  " ('26-26-000007', 'CLOSED')");
	put_call(&(struct call){ 1, .caller = "+79000000001", .ended = true });
	assert_int_equal(run(TUESDAY), 1);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal WHERE"
				     " number = '26-26-000008' AND"
				     " origin = 'LOST_CALL'") == 1);
	put_call(&(struct call){ 2, .caller = "+79000000002", .ended = true });
	assert_int_equal(run(TUESDAY), 1);
	assert_true(lab_number(jobs, "SELECT last FROM appeal_serial") == 9);
}

#define BAD_CALL                                                              \
	"CREATE TRIGGER bad BEFORE INSERT ON appeal FOR EACH ROW"             \
	" IF NEW.phone LIKE '+7900000066%' THEN SIGNAL SQLSTATE '45000'; END" \
	" IF"

static void a_bad_call_stops_no_other(void **state)
{
	struct lost_report r;
	char phone[20];

	(void)state;
	lab_exec(migrate, BAD_CALL);
	/* more than one batch of them stand before the good one */
	for (unsigned i = 1; i <= 110; i++) {
		snprintf(phone, sizeof(phone), "+790000006%02u", i % 10 + 60);
		put_call(&(struct call){ i, .caller = phone, .ended = true });
	}
	put_call(
	    &(struct call){ 111, .caller = "+79000000001", .ended = true });
	assert_int_equal(store_lost_calls(jobs, TUESDAY, 0, &r), 0);
	lab_exec(migrate, "DROP TRIGGER bad");
	assert_int_equal(r.made, 1);
	assert_int_equal(r.failed, 110);
	assert_int_not_equal(r.why, 0);
	assert_string_equal(r.call, "019fac98-8725-7e31-b884-000000000001");
	/* and they are not given up */
	assert_int_equal(run(TUESDAY), 110);
}

static void a_colleagues_appeal_is_not_joined(void **state)
{
	(void)state;
	lab_exec(migrate, "INSERT INTO appeal (number, status, phone,"
			  " organization_id) VALUES ('26-26-900000',"
			  " 'DEFERRED', '+79000000001', 1)");
	put_call(&(struct call){ 1, .caller = "+79000000001", .ended = true });
	/* the insurer's line does not see the fund's item, and back */
	put_call(&(struct call){ 2, .caller = "+79000000001", .ended = true,
				 .queue = 7 });
	assert_int_equal(run(TUESDAY), 2);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal") == 3);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal WHERE"
				     " organization_id = 2") == 1);
}

static void the_term_is_the_next_working_day(void **state)
{
	static const struct {
		int hours; /* after Tuesday noon in the region */
		const char *due;
	} cases[] = {
		{ 0, "2026-11-26" }, /* Wednesday is a holiday below */
		{ 11, "2026-11-26" },
		{ 13, "2026-11-26" }, /* still Tuesday in UTC */
		{ 37, "2026-11-27" }, /* Thursday in the region only */
		{ 72, "2026-11-28" }, /* a Saturday that is worked */
		{ 96, "2026-11-30" },
		{ 120, "2026-11-30" },
	};
	char sql[120];

	(void)state;
	for (unsigned i = 0; i < LEN(cases); i++) {
		struct lost_report r;

		clean(NULL);
		lab_exec(migrate,
			 "INSERT INTO holiday (day, name, working) VALUES"
			 " ('2026-11-25', 'x', 0), ('2026-11-28', 'y', 1)");
		put_call(&(struct call){ 1, .caller = "+79000000001",
					 .ended = true });
		assert_int_equal(
		    store_lost_calls(
			jobs, TUESDAY + cases[i].hours * 60 * MINUTE, 0, &r),
		    0);
		snprintf(sql, sizeof(sql),
			 "SELECT due_date = '%s' FROM"
			 " appeal",
			 cases[i].due);
		if (!lab_number(jobs, sql))
			fail_msg("%d hours later: not %s", cases[i].hours,
				 cases[i].due);
	}
}

/* --- messages and numbers -------------------------------------------------- */

static void count(const char *sql, unsigned long long n)
{
	unsigned long long got = lab_number(jobs, sql);

	if (got != n)
		fail_msg("%s: %llu, not %llu", sql, got, n);
}

static void a_message_becomes_an_appeal_due_the_next_working_day(void **state)
{
	(void)state;
	put_call(&(struct call){ 1, .caller = "89000000001", .ended = true,
				 .reason = "VOICEMAIL" });
	assert_int_equal(run(TUESDAY), 1);
	count("SELECT COUNT(*) FROM appeal a JOIN appeal_call l ON"
	      " l.appeal_id = a.id JOIN appeal_history h ON"
	      " h.appeal_id = a.id AND h.event = 'VOICEMAIL' WHERE"
	      " a.status = 'DEFERRED' AND a.origin = 'VOICEMAIL'"
	      " AND a.channel = 'VOICEMAIL' AND a.phone = '+79000000001'"
	      " AND a.assignee_id IS NULL AND a.due_date = '2026-11-25'"
	      " AND a.deferred_reason = 'Голосовое сообщение'",
	      1);
	/* another message, a lost call and a left number of the same citizen
	 * join it */
	put_call(&(struct call){ 2, .caller = "+79000000001", .ended = true,
				 .reason = "VOICEMAIL" });
	put_call(&(struct call){ 3, .caller = "+79000000001", .ended = true });
	put_call(&(struct call){ 4, .caller = "+79000000001", .ended = true,
				 .reason = "EXITWITHKEY" });
	assert_int_equal(run(TUESDAY), 3);
	assert_int_equal(run(TUESDAY), 0);
	count("SELECT COUNT(*) FROM appeal", 1);
	count("SELECT COUNT(*) FROM appeal_call", 4);
	count("SELECT COUNT(*) FROM call_back", 4);
	count("SELECT COUNT(*) FROM loose_message", 0);
}

static void a_left_number_wins_over_the_callers(void **state)
{
	(void)state;
	put_call(&(struct call){ 1, .caller = "", .ended = true,
				 .reason = "EXITWITHKEY" });
	lab_exec(media, "INSERT INTO call_place (id, call_id, queue_id,"
			" number, since) VALUES (UUID(), '019fac98-8725-7e31-"
			"b884-000000000001', 1, '+78652111111', NOW(3))");
	assert_int_equal(run(TUESDAY), 1);
	count("SELECT COUNT(*) FROM appeal WHERE origin = 'NUMBER' AND"
	      " phone = '+78652111111' AND status = 'DEFERRED'",
	      1);
}

static void a_message_without_a_number_stands_for_itself_once(void **state)
{
	(void)state;
	put_call(&(struct call){ 1, .caller = "", .ended = true,
				 .reason = "VOICEMAIL" });
	put_call(&(struct call){ 2, .caller = "", .ended = true,
				 .reason = "CLOSED" }); /* nothing said */
	put_call(&(struct call){ 3, .caller = "", .ended = true, .queue = 7,
				 .reason = "VOICEMAIL" });
	assert_int_equal(run(TUESDAY), 2);
	assert_int_equal(run(TUESDAY), 0);
	count("SELECT COUNT(*) FROM appeal", 0);
	count("SELECT COUNT(*) FROM loose_message WHERE state = 'OPEN'", 2);
	count("SELECT COUNT(*) FROM loose_message WHERE organization_id = 2",
	      1);
}

/* Janus died while somebody spoke: what was said so far is a message. */
static void a_broken_off_message_is_one(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 2; i++)
		put_call(&(struct call){ i, .caller = i == 1 ? "" : "89000000",
					 .ended = true,
					 .reason = "INTERRUPTED" });
	lab_exec(media, "INSERT INTO call_event (call_id, seq, at, kind)"
			" SELECT id, 1, started_at, 'VOICEMAILTONE' FROM"
			" call_record");
	assert_int_equal(run(TUESDAY), 2);
	count("SELECT COUNT(*) FROM loose_message", 1);
	count("SELECT COUNT(*) FROM appeal WHERE origin = 'VOICEMAIL'", 1);
}

/* Killed at every statement of a pass: the next one completes it, and no
 * message is linked twice. */
#define DIE_AT                                                \
	"CREATE TRIGGER die BEFORE INSERT ON %s FOR EACH ROW" \
	" IF @die IS NULL THEN SIGNAL SQLSTATE '45000'; END IF"

static void a_pass_cut_in_the_middle_is_done_once(void **state)
{
	static const char *const tables[] = { "appeal_serial",  "appeal",
					      "call_back",      "appeal_call",
					      "appeal_history", "outbox" };

	(void)state;
	for (size_t i = 0; i < LEN(tables); i++) {
		struct lost_report r;
		char sql[200];

		clean(NULL);
		put_call(&(struct call){ 1, .caller = "+79000000001",
					 .ended = true,
					 .reason = "VOICEMAIL" });
		put_call(&(struct call){ 2, .caller = "", .ended = true,
					 .reason = "VOICEMAIL" });
		snprintf(sql, sizeof(sql), DIE_AT, tables[i]);
		lab_exec(migrate, sql);
		store_lost_calls(jobs, TUESDAY, 0, &r);
		lab_exec(migrate, "DROP TRIGGER die");
		count("SELECT COUNT(*) FROM appeal", 0);
		count("SELECT COUNT(*) FROM call_back", 0);
		run(TUESDAY);
		assert_int_equal(run(TUESDAY), 0);
		count("SELECT COUNT(*) FROM appeal", 1);
		count("SELECT COUNT(*) FROM appeal_call", 1);
		count("SELECT COUNT(*) FROM appeal_history", 1);
		count("SELECT COUNT(*) FROM loose_message", 1);
		assert_true(lab_number(migrate, "SELECT COUNT(*) FROM"
						" outbox") == 2);
	}
}

static void place(const char *reason, unsigned user)
{
	char sql[300];

	lab_exec(media, "INSERT INTO call_place (id, call_id, queue_id,"
			" number, since) VALUES ('019fac98-8725-7e31-b884-"
			"00000000aaaa', '019fac98-8725-7e31-b884-"
			"000000000001', 1, '+79000000001', NOW(3))");
	snprintf(sql, sizeof(sql),
		 "INSERT INTO call_place_end (place_id, ended_at, reason,"
		 " user_id) VALUES ('019fac98-8725-7e31-b884-00000000aaaa',"
		 " NOW(3), '%s', %u)",
		 reason, user);
	lab_exec(media, sql);
}

static void who_called_back_has_the_appeal_and_the_call(void **state)
{
	unsigned given;

	(void)state;
	lab_exec(migrate, "INSERT INTO user_account (id, login, password_hash,"
			  " surname, given_name, organization_id) VALUES"
			  " (5, 'x', '', 'Х', 'И', 1), (6, 'y', '', 'Х', 'И',"
			  " 1)");
	put_call(&(struct call){ 1, .caller = "+79000000001", .ended = true,
				 .reason = "EXITWITHKEY" });
	place("DIALLED", 5);
	put_call(&(struct call){ 2, .direction = "OUT", .caller = "1001",
				 .ended = true, .answered = true });
	lab_exec(media, "UPDATE call_record SET parent_call_id ="
			" '019fac98-8725-7e31-b884-000000000001' WHERE"
			" direction = 'OUT'");
	assert_int_equal(run(TUESDAY), 1);
	if (store_places_given(jobs, TUESDAY, 0, &given))
		fail_msg("%s", db_error(jobs));
	assert_int_equal(given, 1);
	count("SELECT COUNT(*) FROM appeal a JOIN appeal_history h ON"
	      " h.appeal_id = a.id AND h.event = 'ANSWER_BACK' AND"
	      " h.user_id = 5 WHERE a.assignee_id = 5 AND"
	      " a.status = 'DEFERRED'",
	      1);
	count("SELECT COUNT(*) FROM appeal_call", 2);
	assert_int_equal(store_places_given(jobs, TUESDAY, 0, &given), 0);
	assert_int_equal(given, 0);
	count("SELECT COUNT(*) FROM appeal_history", 2);
	count("SELECT COUNT(*) FROM appeal_call", 2);
}

static void an_appeal_somebody_has_stays_his(void **state)
{
	unsigned given;

	(void)state;
	lab_exec(migrate, "INSERT INTO user_account (id, login, password_hash,"
			  " surname, given_name, organization_id) VALUES"
			  " (5, 'x', '', 'Х', 'И', 1), (6, 'y', '', 'Х', 'И',"
			  " 1)");
	put_call(&(struct call){ 1, .caller = "+79000000001", .ended = true,
				 .reason = "EXITWITHKEY" });
	assert_int_equal(run(TUESDAY), 1);
	lab_exec(migrate, "UPDATE appeal SET assignee_id = 6");
	place("TAKEN", 5);
	assert_int_equal(store_places_given(jobs, TUESDAY, 0, &given), 0);
	assert_int_equal(given, 0);
	count("SELECT COUNT(*) FROM appeal WHERE assignee_id = 6", 1);
}

/* --- seals ----------------------------------------------------------------- */

static struct seal_key key;

static void put_evidence(unsigned n)
{
	char sql[400];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO call_event (call_id, seq, at, kind, data) VALUES"
		 " ('019fac98-8725-7e31-b884-%012u', 1, NOW(3), 'INVITE',"
		 " NULL), ('019fac98-8725-7e31-b884-%012u', 2, NOW(3),"
		 " 'CONNECT', '{\"a\":\"я\"}')",
		 n, n);
	lab_exec(media, sql);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO recording (id, call_id, kind,"
		 " path, started_at) VALUES"
		 " ('019fac98-8725-7e31-b884-%012u', UUID(), 'CALL', 'x',"
		 " NOW(3))",
		 n);
	lab_exec(media, sql);
	lab_exec(media, "INSERT INTO access_log (action, reason)"
			" VALUES ('PLAY', 'Проверка')");
}

static unsigned seal(int64_t since)
{
	unsigned sealed = 0, sum = 0;

	do {
		assert_int_equal(db_begin(jobs), 0);
		assert_int_equal(
		    store_seal_pass(jobs, &key, TUESDAY, since, &sealed), 0);
		assert_int_equal(db_commit(jobs), 0);
		sum += sealed;
	} while (sealed);
	return sum;
}

static struct seal_report verify(void)
{
	struct seal_report r;

	assert_int_equal(store_seal_verify(jobs, &r), 0);
	return r;
}

static void sealed(void)
{
	assert_int_equal(store_seal_key(jobs, getenv("OTKLIK_STATE"), &key), 0);
	for (unsigned i = 1; i <= 3; i++)
		put_evidence(i);
	assert_int_equal(seal(0), 12);
	assert_int_equal(verify().bad, 0);
}

static void every_row_gets_one_seal_and_they_verify(void **state)
{
	struct seal_report r;
	uint64_t open = 99;

	(void)state;
	sealed();
	r = verify();
	assert_true(r.checked == 12 && r.bad == 0);
	assert_string_equal(r.why, "");
	assert_int_equal(seal(0), 0);
	put_evidence(4);
	assert_int_equal(store_seal_open(jobs, INT64_C(4000000000000), &open),
			 0);
	assert_true(open == 4);
	assert_int_equal(seal(0), 4);
	assert_int_equal(store_seal_open(jobs, INT64_C(4000000000000), &open),
			 0);
	assert_true(open == 0);
	r = verify();
	assert_true(r.checked == 16 && r.bad == 0);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM seal_head") == 2);
	assert_true(
	    lab_number(jobs, "SELECT MAX(number) = COUNT(*) FROM seal"));
}

/* Ids do not commit in order: the one that comes late is sealed all the
 * same, whatever was sealed before it. */
static void a_row_that_commits_late_is_sealed(void **state)
{
	(void)state;
	assert_int_equal(store_seal_key(jobs, getenv("OTKLIK_STATE"), &key), 0);
	assert_int_equal(db_begin(media), 0);
	lab_exec(media, "INSERT INTO access_log (action) VALUES ('SLOW')");
	lab_exec(migrate, "INSERT INTO access_log (action) VALUES ('QUICK')");
	assert_int_equal(seal(0), 1);
	assert_int_equal(db_commit(media), 0);
	assert_int_equal(seal(0), 1);
	assert_int_equal(verify().bad, 0);
	/* one that says it is old is found by the pass without a limit */
	lab_exec(media, "INSERT INTO access_log (action, stored_at)"
			" VALUES ('OLD', '2020-01-01')");
	assert_int_equal(seal(TUESDAY - DAY), 0);
	assert_int_equal(seal(0), 1);
}

static void a_change_of_the_past_is_noticed(void **state)
{
	/* what somebody with all rights could do */
	static const struct {
		const char *sql, *undo, *why;
	} cases[] = {
		{ "UPDATE call_event SET kind = 'HANGUP' WHERE seq = 2",
		  "UPDATE call_event SET kind = 'CONNECT' WHERE seq = 2",
		  "row changed" },
		{ "UPDATE call_event SET data = '{}' WHERE seq = 1",
		  "UPDATE call_event SET data = NULL WHERE seq = 1",
		  "row changed" },
		{ "UPDATE call_event SET at = at + INTERVAL 1 SECOND",
		  "UPDATE call_event SET at = at - INTERVAL 1 SECOND",
		  "row changed" },
		{ "UPDATE access_log SET user_id = 0",
		  "UPDATE access_log SET user_id = NULL", "row changed" },
		{ "UPDATE recording SET path = 'y'",
		  "UPDATE recording SET path = 'x'", "row changed" },
		{ "UPDATE seal SET row_hash = REVERSE(row_hash) WHERE"
		  " number = 5",
		  "UPDATE seal SET row_hash ="
		  " REVERSE(row_hash) WHERE number = 5",
		  "chain" },
		{ "UPDATE seal SET number = number + 1 WHERE number = 12",
		  "UPDATE seal SET number = 12 WHERE number = 13",
		  "number missing" },
		{ "UPDATE seal_head SET signed_at = signed_at + INTERVAL 1"
		  " SECOND",
		  "UPDATE seal_head SET signed_at = signed_at -"
		  " INTERVAL 1 SECOND",
		  "signature" },
		{ "UPDATE seal_head SET number = 11",
		  "UPDATE seal_head SET"
		  " number = 12",
		  "signature" },
		{ "DELETE FROM call_event WHERE seq = 1", NULL, "row missing" },
	};

	(void)state;
	sealed();
	for (size_t i = 0; i < LEN(cases); i++) {
		struct seal_report r;

		lab_exec(migrate, cases[i].sql);
		r = verify();
		if (!r.bad || strcmp(r.why, cases[i].why))
			fail_msg("%s: %s", cases[i].sql, r.why);
		if (!cases[i].undo)
			break;
		lab_exec(migrate, cases[i].undo);
		assert_int_equal(verify().bad, 0);
	}
}

/* Cutting the end off, and signing it again with a key of one's own. */
static void a_shortened_chain_needs_the_key(void **state)
{
	unsigned char pub[SEAL_PUBLIC], secret[SEAL_SECRET], head[SEAL_HASH];

	(void)state;
	sealed();
	lab_exec(migrate, "DELETE FROM seal WHERE number > 10");
	assert_true(verify().bad == 12);
	lab_exec(migrate, "DELETE FROM seal_head");
	assert_string_equal(verify().why, "head missing");

	crypto_sign_keypair(pub, secret);
	memset(head, 7, sizeof(head));
	{
		unsigned char signature[SEAL_SIGN];

		seal_sign(secret, 10, head, TUESDAY, signature);
		assert_int_equal(seal_check(pub, 10, head, TUESDAY, signature),
				 0);
		assert_int_equal(seal_check(pub, 11, head, TUESDAY, signature),
				 EBADMSG);
		assert_int_equal(
		    seal_check(pub, 10, head, TUESDAY + 1, signature), EBADMSG);
		head[0]++;
		assert_int_equal(seal_check(pub, 10, head, TUESDAY, signature),
				 EBADMSG);
	}
}

static void the_key_is_kept_and_is_nobody_elses(void **state)
{
	struct seal_key again;
	char out[200];

	(void)state;
	assert_int_equal(store_seal_key(jobs, getenv("OTKLIK_STATE"), &key), 0);
	assert_int_equal(store_seal_key(jobs, getenv("OTKLIK_STATE"), &again),
			 0);
	assert_int_equal(again.id, key.id);
	assert_memory_equal(again.secret, key.secret, SEAL_SECRET);
	assert_int_equal(lab_run(out, sizeof(out),
				 "stat -c %%a"
				 " $OTKLIK_STATE/secrets/seal_key"),
			 0);
	assert_string_equal(out, "600\n");
}

/* --- the process ----------------------------------------------------------- */

static pid_t children[3];

static pid_t spawn(unsigned n)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		/* asked to stop before it listens, it stops as asked */
		sigset_t term;

		sigemptyset(&term);
		sigaddset(&term, SIGTERM);
		sigprocmask(SIG_BLOCK, &term, NULL);
		execl("build/cgi/otklik-jobs", "otklik-jobs", (char *)NULL);
		_exit(127);
	}
	children[n] = pid;
	return pid;
}

static void await(struct db *db, const char *sql)
{
	time_t until = time(NULL) + 20;

	while (!lab_number(db, sql)) {
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
		if (time(NULL) <= until)
			continue;
		for (size_t i = 0; i < LEN(children); i++)
			if (children[i])
				kill(children[i], SIGKILL);
		fail_msg("never: %s", sql);
	}
}

static void stop(pid_t pid, int sig)
{
	int status;

	kill(pid, sig);
	for (size_t i = 0; i < LEN(children); i++)
		if (children[i] == pid)
			children[i] = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (sig == SIGTERM)
		assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
}

static void the_process_works_outlives_the_server_and_has_one_twin(void **state)
{
	pid_t one = spawn(0), two;

	(void)state;
	put_call(&(struct call){ 1, .caller = "+79000000001", .ended = true });
	await(migrate, "SELECT COUNT(*) = 1 FROM appeal");
	put_evidence(1);
	await(migrate, "SELECT COUNT(*) = 5 FROM seal"); /* the history, too */

	two = spawn(1);
	/* ours and theirs */
	await(jobs, "SELECT COUNT(*) = 3 FROM information_schema.PROCESSLIST"
		    " WHERE USER = 'jobs'");
	stop(one, SIGKILL);
	put_evidence(2); /* the second takes over */
	await(migrate, "SELECT COUNT(*) = 9 FROM seal");

	lab_server(false);
	lab_server(true);
	put_evidence(3);
	put_call(&(struct call){ 2, .caller = "+79000000002", .ended = true });
	await(migrate, "SELECT COUNT(*) = 14 FROM seal");
	assert_int_equal(verify().bad, 0);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal") == 2);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM call_back") == 2);

	/* a session nobody has used for a month goes, others stay */
	lab_exec(migrate, "INSERT INTO user_account (id, login, password_hash,"
			  " surname, given_name, organization_id) VALUES"
			  " (1, 'x', '', 'Х', 'И', 1)");
	lab_exec(migrate, "INSERT INTO web_session (token_hash, user_id, csrf,"
			  " seen_at) VALUES ('a', 1, '', NOW(3) - INTERVAL 31"
			  " DAY), ('b', 1, '', NOW(3) - INTERVAL 29 DAY)");
	/* nor a draft without a call that nobody has touched as long */
	lab_exec(migrate, "INSERT INTO appeal (id, status, author_id,"
			  " updated_at) VALUES"
			  " (101, 'DRAFT', 1, NOW(3) - INTERVAL 31 DAY),"
			  " (102, 'DRAFT', 1, NOW(3) - INTERVAL 29 DAY),"
			  " (103, 'DRAFT', 1, NOW(3) - INTERVAL 31 DAY),"
			  " (104, 'DELETED', 1, NOW(3) - INTERVAL 31 DAY)");
	lab_exec(migrate, "INSERT INTO appeal_call (appeal_id, call_id)"
			  " VALUES (103, UUID())");
	/* nor what somebody typed into a card then and did not save */
	lab_exec(migrate,
		 "INSERT INTO appeal_edit (appeal_id, user_id, version,"
		 " fields, at) SELECT id, 1, 1, '{}', IF(id = 104,"
		 " updated_at, NOW(3)) FROM appeal WHERE id > 102");
	stop(two, SIGTERM);
	two = spawn(2);
	await(migrate, "SELECT COUNT(*) = 1 FROM web_session");
	await(migrate, "SELECT GROUP_CONCAT(appeal_id) = '103' FROM"
		       " appeal_edit");
	await(migrate, "SELECT COUNT(*) = 3 FROM appeal WHERE id > 100");
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM appeal"
				     " WHERE id = 101") == 0);
	assert_true(lab_number(jobs, "SELECT COUNT(*) FROM access_log WHERE"
				     " action = 'REMOVE' AND object_type ="
				     " 'appeal' AND object_id = '101'") == 1);
	stop(two, SIGTERM);
}

/* Whatever a call's row holds, evidence is sealed. */
static void a_bad_call_does_not_stop_the_seals(void **state)
{
	pid_t pid;

	(void)state;
	lab_exec(migrate, BAD_CALL);
	put_call(&(struct call){ 1, .caller = "+79000000660", .ended = true });
	put_evidence(1);
	pid = spawn(0);
	await(migrate, "SELECT COUNT(*) >= 4 FROM seal");
	stop(pid, SIGTERM);
	lab_exec(migrate, "DROP TRIGGER bad");
}

/* A line that opens in this minute, in a zone where midnight is far. */
static void the_process_deals_out_when_a_line_opens(void **state)
{
	pid_t pid;

	(void)state;
	lab_exec(migrate, "INSERT INTO business_hours (id, name, zone) VALUES"
			  " (9, 'X', IF(HOUR(UTC_TIME()) < 12, 'UTC',"
			  " 'Etc/GMT+12'))");
	lab_exec(migrate,
		 "INSERT INTO business_interval (hours_id, weekday,"
		 " opens, closes) SELECT 9, d.seq, SEC_TO_TIME(m * 60),"
		 " SEC_TO_TIME(m * 60 + 1800) FROM seq_1_to_7 d,"
		 " (SELECT TIME_TO_SEC(UTC_TIME()) MOD 43200 DIV 60"
		 " AS m) t");
	lab_exec(migrate, "INSERT INTO inbound_route (number, queue_id,"
			  " hours_id) VALUES ('9', 7, 9)");
	lab_exec(migrate, "UPDATE setting SET value = '0' WHERE"
			  " name = 'unassigned.deal_min'");
	pid = spawn(0);
	await(migrate, "SELECT COUNT(*) FROM deal WHERE queue_id = 7");
	stop(pid, SIGTERM);
	lab_exec(migrate, "DELETE FROM inbound_route WHERE hours_id = 9");
	lab_exec(migrate, "DELETE FROM business_hours WHERE id = 9");
	lab_exec(migrate, "UPDATE setting SET value = '' WHERE"
			  " name = 'unassigned.deal_min'");
}

/* A call of user 5 about an appeal, answered or ended with a reason. */
static void attempt(unsigned n, unsigned user, const char *reason,
		    bool answered)
{
	char sql[300];

	put_call(&(struct call){ n, .direction = "OUT", .caller = "1001",
				 .ended = true, .answered = answered,
				 .reason = reason });
	snprintf(
	    sql, sizeof(sql),
	    "INSERT INTO call_event (call_id, seq, at, kind, user_id, data)"
	    " SELECT id, 1, started_at, 'DIAL', %u, JSON_OBJECT('appeal',"
	    " 70) FROM call_record WHERE id LIKE '%%%u'",
	    user, n);
	lab_exec(media, sql);
}

static void a_call_about_an_appeal_stands_in_it_with_its_result(void **state)
{
	unsigned made;

	(void)state;
	lab_exec(migrate, "INSERT INTO user_account (id, login, password_hash,"
			  " surname, given_name, organization_id) VALUES"
			  " (5, 'x', '', 'Х', 'И', 1), (6, 'y', '', 'Х', 'И',"
			  " 2)");
	lab_exec(migrate, "INSERT INTO appeal (id, status, number, type,"
			  " registered_at, organization_id) VALUES (70,"
			  " 'DEFERRED', '26-26-000070', 'Консультация', NOW(3),"
			  " 1)");
	attempt(1, 5, "BUSY", false);
	attempt(2, 5, "COMPLETECALLER", true);
	attempt(3, 6, "NOANSWER", false); /* an insurer's, of the fund's */
	/* neither a colleague's draft nor what is deleted is called about */
	lab_exec(migrate, "INSERT INTO appeal (id, status, author_id,"
			  " organization_id) VALUES (71, 'DRAFT', 6, 1),"
			  " (72, 'DELETED', 6, 1)");
	attempt(4, 5, "BUSY", false);
	attempt(5, 5, "BUSY", false);
	lab_exec(migrate, "UPDATE call_event SET data = JSON_OBJECT('appeal',"
			  " 67 + SUBSTR(call_id, -1)) WHERE call_id LIKE"
			  " '%4' OR call_id LIKE '%5'");
	count("SELECT COUNT(*) FROM call_event WHERE JSON_VALUE(data,"
	      " '$.appeal') IN (71, 72)",
	      2);
	assert_int_equal(store_attempts(jobs, TUESDAY - DAY, &made), 0);
	assert_int_equal(made, 2);
	count("SELECT COUNT(*) FROM appeal_call WHERE appeal_id = 70", 2);
	count("SELECT COUNT(*) FROM appeal_history WHERE appeal_id = 70 AND"
	      " user_id = 5 AND event = 'ATTEMPT' AND comment IN ('Занято',"
	      " 'Дозвон') AND to_status = 'DEFERRED'",
	      2);
	assert_int_equal(store_attempts(jobs, TUESDAY - DAY, &made), 0);
	assert_int_equal(made, 0);
	/* another of his calls that ended in the same millisecond */
	attempt(6, 5, "NOANSWER", false);
	lab_exec(migrate, "UPDATE call_record SET ended_at = (SELECT MAX(at)"
			  " FROM appeal_history WHERE event = 'ATTEMPT') WHERE"
			  " id LIKE '%6'");
	assert_int_equal(store_attempts(jobs, TUESDAY - DAY, &made), 0);
	assert_int_equal(made, 1);
	assert_int_equal(store_attempts(jobs, TUESDAY - DAY, &made), 0);
	assert_int_equal(made, 0);
	count("SELECT COUNT(*) FROM appeal_history WHERE event = 'ATTEMPT'", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup(f, clean)
		CASE(k_2_0_9_a_lost_call_becomes_an_unassigned_appeal),
		CASE(what_was_served_or_has_no_number_makes_none),
		CASE(an_answered_call_that_fell_back_counts_as_lost),
		CASE(the_same_number_joins_its_open_item),
		CASE(a_number_given_out_already_does_not_lose_a_call),
		CASE(a_bad_call_stops_no_other),
		CASE(a_colleagues_appeal_is_not_joined),
		CASE(the_term_is_the_next_working_day),
		CASE(a_message_becomes_an_appeal_due_the_next_working_day),
		CASE(a_left_number_wins_over_the_callers),
		CASE(a_message_without_a_number_stands_for_itself_once),
		CASE(a_broken_off_message_is_one),
		CASE(a_pass_cut_in_the_middle_is_done_once),
		CASE(who_called_back_has_the_appeal_and_the_call),
		CASE(an_appeal_somebody_has_stays_his),
		CASE(a_call_about_an_appeal_stands_in_it_with_its_result),
		CASE(every_row_gets_one_seal_and_they_verify),
		CASE(a_row_that_commits_late_is_sealed),
		CASE(a_change_of_the_past_is_noticed),
		CASE(a_shortened_chain_needs_the_key),
		CASE(the_key_is_kept_and_is_nobody_elses),
		CASE(the_process_works_outlives_the_server_and_has_one_twin),
		CASE(a_bad_call_does_not_stop_the_seals),
		CASE(the_process_deals_out_when_a_line_opens),
	};

	return cmocka_run_group_tests(tests, start, end);
}
