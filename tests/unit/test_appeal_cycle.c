#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/appeal_cycle.h"
#include "cgi/util.h"

static struct appeal a;

/* ---- the table of DOMAIN 3.2, as letters -------------------------------- */

/* D draft, W «В работе», F deferred, C and E under review (to close, to
 * extend), X closed, R removed */
static const char states[] = "DWFCEXR";
static const struct {
	enum appeal_status status;
	enum appeal_review review;
} meant[] = {
	{ APPEAL_DRAFT, REVIEW_NONE },
	{ APPEAL_IN_PROGRESS, REVIEW_NONE },
	{ APPEAL_DEFERRED, REVIEW_NONE },
	{ APPEAL_UNDER_REVIEW, REVIEW_CLOSE },
	{ APPEAL_UNDER_REVIEW, REVIEW_EXTENSION },
	{ APPEAL_CLOSED, REVIEW_NONE },
	{ APPEAL_DELETED, REVIEW_NONE },
};
/* ОП1 ОП2 СП1 СП2 СП3 АК СВ КК АУ ДИ АБ, in the order of enum auth_role */
static const char roles[] = "12abcASQUDY";

#define FIVE "12abc"

static const struct {
	const char *number;
	enum appeal_event on;
	const char *from, *to; /* the same length; '=' stays */
	/* who may: of his own appeal, of one of his organization, of others */
	const char *mine, *own, *others;
} want[] = {
	{ "T2", APPEAL_SAVE, "D", "W", FIVE "A", "", "" },
	{ "T3", APPEAL_DEFER, "D", "F", FIVE "A", "", "" },
	{ "T5", APPEAL_UPDATE, "W", "=", FIVE, "", "" },
	{ "T6", APPEAL_FOLLOW, "W", "=", "", "", "" }, /* only with its call */
	{ "T6a", APPEAL_HANDOVER, "D", "=", FIVE "A", "", "" },
	{ "T7a", APPEAL_FORWARD, "W", "=", FIVE "AS", "A", "A" },
	{ "T7b", APPEAL_CALL_BACK, "WF", "FF", FIVE "AS", "A", "A" },
	{ "T8", APPEAL_CLOSE, "W", "C", FIVE, "", "" },
	{ "T9", APPEAL_NOTIFY, "W", "F", FIVE, "", "" },
	{ "T10", APPEAL_ASK_TERM, "W", "E", FIVE, "", "" },
	{ "T11", APPEAL_RESUME, "F", "W", FIVE, "", "" },
	{ "T12", APPEAL_APPROVE, "C", "X", "A", "A", "A" },
	{ "T13", APPEAL_RETURN, "CE", "WW", "A", "A", "A" },
	{ "T14", APPEAL_EXTEND, "E", "W", "A", "A", "A" },
	{ "T16", APPEAL_REASSIGN, "WF", "==", "AS", "AS", "A" },
	{ "T17", APPEAL_PROPOSE, "WFCE", "====", FIVE, "", "" },
	{ "T17", APPEAL_WITHDRAW, "WFCE", "====", FIVE, "", "" },
	{ "T17", APPEAL_DELETE, "WFCE", "RRRR", "A", "A", "A" },
	{ "T17", APPEAL_KEEP, "WFCE", "====", "A", "A", "A" },
	{ "T19", APPEAL_TAKE, "WF", "==", "12ab", "12ab", "" },
	{ "5.1.4.8", APPEAL_PASS, "WFCE", "====", "A", "A", "A" },
};

static struct identity person(enum auth_role r, uint32_t id)
{
	bool rep = r >= ROLE_INSURER_REP_L1 && r <= ROLE_INSURER_REP_L3;
	struct identity i = { id, rep ? 20 : 10, rep ? ORG_INSURER : ORG_FUND,
			      1u << r };

	return i;
}

static void put(char state, const struct identity *who, int relation)
{
	size_t at = (size_t)(strchr(states, state) - states);

	memset(&a, 0, sizeof(a));
	a.status = meant[at].status;
	a.review = meant[at].review;
	a.author_id = a.assignee_id = relation ? 99 : who->id;
	a.organization_id = relation == 2 ? 77 : who->org_id;
}

static void check(size_t w, char state, enum auth_role r, int relation)
{
	const char *who[] = { want[w].mine, want[w].own, want[w].others };
	const char *from = strchr(want[w].from, state);
	struct identity i = person(r, 1);
	struct appeal_move m = { .number = "none" };
	int err;

	put(state, &i, relation);
	err = appeal_move(&i, &a, want[w].on, &m);
	if (!from) {
		assert_int_equal(err, EPROTO);
	} else if (!strchr(who[relation], roles[r])) {
		assert_int_equal(err, EACCES);
	} else {
		char to = want[w].to[from - want[w].from];
		size_t at =
		    (size_t)(strchr(states, to == '=' ? state : to) - states);

		assert_int_equal(err, 0);
		assert_string_equal(m.number, want[w].number);
		assert_int_equal(m.to, meant[at].status);
		assert_int_equal(m.review, meant[at].review);
		return;
	}
	assert_string_equal(m.number, "none"); /* nothing was written */
}

static void k_6_0_1_every_state_event_and_role_is_as_in_the_table(void **state)
{
	(void)state;
	assert_int_equal(LEN(want), APPEAL_EVENT_COUNT);
	for (size_t w = 0; w < LEN(want); w++)
		for (const char *s = states; *s; s++)
			for (enum auth_role r = 0; r < ROLE_COUNT; r++)
				for (int rel = 0; rel < 3; rel++)
					check(w, *s, r, rel);
}

static unsigned needs_of(enum appeal_event on, char state, enum auth_role r)
{
	struct identity i = person(r, 1);
	struct appeal_move m;

	put(state, &i, 0);
	assert_int_equal(appeal_move(&i, &a, on, &m), 0);
	return m.needs;
}

static void each_step_has_the_guards_of_the_table(void **state)
{
	enum auth_role op = ROLE_OPERATOR_L1, adm = ROLE_CC_ADMIN;

	(void)state;
	assert_int_equal(needs_of(APPEAL_SAVE, 'D', op), NEED_THEME);
	assert_int_equal(needs_of(APPEAL_DEFER, 'D', op),
			 NEED_THEME | NEED_PHONE | NEED_REASON);
	assert_int_equal(needs_of(APPEAL_FORWARD, 'W', op), NEED_TARGET);
	assert_int_equal(needs_of(APPEAL_CALL_BACK, 'F', op),
			 NEED_TARGET | NEED_PHONE);
	assert_int_equal(needs_of(APPEAL_CLOSE, 'W', op),
			 NEED_RESULT | NEED_ANSWER);
	assert_int_equal(needs_of(APPEAL_NOTIFY, 'W', op),
			 NEED_RESULT | NEED_TARGET | NEED_PHONE);
	assert_int_equal(needs_of(APPEAL_ASK_TERM, 'W', op),
			 NEED_RESULT | NEED_DATE);
	assert_int_equal(needs_of(APPEAL_RESUME, 'F', op),
			 NEED_THEME | NEED_CONTACT);
	assert_int_equal(needs_of(APPEAL_APPROVE, 'C', adm), NEED_OTHER);
	assert_int_equal(needs_of(APPEAL_RETURN, 'E', adm), NEED_REASON);
	assert_int_equal(needs_of(APPEAL_EXTEND, 'E', adm), NEED_DATE);
	assert_int_equal(needs_of(APPEAL_REASSIGN, 'F', adm),
			 NEED_TARGET | NEED_REASON);
	assert_int_equal(needs_of(APPEAL_PROPOSE, 'C', op), NEED_REASON);
	assert_int_equal(needs_of(APPEAL_DELETE, 'W', adm), NEED_PROPOSAL);
	assert_int_equal(needs_of(APPEAL_WITHDRAW, 'F', op), NEED_PROPOSAL);
	assert_int_equal(needs_of(APPEAL_KEEP, 'C', adm),
			 NEED_PROPOSAL | NEED_REASON);
	assert_int_equal(needs_of(APPEAL_TAKE, 'F', op), NEED_FREE);
}

static void t_6_an_appeal_follows_its_call(void **state)
{
	struct identity to = person(ROLE_OPERATOR_L2, 2);
	struct appeal_move m;

	(void)state;
	put('W', &to, 1);
	a.call_user = to.id;
	assert_int_equal(appeal_move(&to, &a, APPEAL_FOLLOW, &m), EACCES);
	a.call_from = a.assignee_id;
	assert_int_equal(appeal_move(&to, &a, APPEAL_FOLLOW, &m), 0);
	assert_int_equal(m.todo, DO_FORWARD);
	/* somebody else has had it meanwhile */
	a.assignee_id = 55;
	assert_int_equal(appeal_move(&to, &a, APPEAL_FOLLOW, &m), EACCES);
}

static void step(const struct identity *who, enum appeal_event on,
		 const struct identity *to, const char *comment, int64_t now)
{
	struct appeal_move m;

	assert_int_equal(appeal_move(who, &a, on, &m), 0);
	appeal_apply(&a, on, &m, to, comment, now);
}

static void the_effects_of_a_whole_life(void **state)
{
	struct identity op = person(ROLE_OPERATOR_L1, 1);
	struct identity rep = person(ROLE_INSURER_REP_L2, 2);
	struct identity admin = person(ROLE_CC_ADMIN, 3);

	(void)state;
	put('W', &op, 0);
	strcpy(a.due, "2026-11-24");
	strcpy(a.result, "EXTENDED");
	strcpy(a.requested, "2026-12-01");
	step(&op, APPEAL_ASK_TERM, &op, "Ждём", 100);
	assert_true(a.review_ms == 100);
	step(&admin, APPEAL_EXTEND, &admin, "", 200);
	assert_string_equal(a.due, "2026-12-01");
	assert_true(a.extended && !a.review_ms && !*a.result);
	/* he waits since he was put off, whoever has him */
	step(&op, APPEAL_CALL_BACK, &rep, "Уточнить", 300);
	assert_int_equal(a.assignee_id, rep.id);
	assert_int_equal(a.organization_id, rep.org_id);
	assert_string_equal(a.deferred_reason, "Уточнить");
	step(&rep, APPEAL_CALL_BACK, &op, "", 400);
	assert_true(a.deferred_ms == 300);
	assert_string_equal(a.deferred_reason, "Уточнить");
	step(&op, APPEAL_RESUME, &op, "", 500);
	assert_true(a.deferred_ms == 0);
	/* asked for its removal, no more, again, and refused */
	step(&op, APPEAL_PROPOSE, &op, "Дважды", 510);
	assert_string_equal(a.delete_reason, "Дважды");
	step(&op, APPEAL_WITHDRAW, &op, "", 520);
	assert_string_equal(a.delete_reason, "");
	step(&op, APPEAL_PROPOSE, &op, "Дважды", 530);
	step(&admin, APPEAL_KEEP, &admin, "Нужно", 540);
	assert_string_equal(a.delete_reason, "");
	assert_int_equal(a.status, APPEAL_IN_PROGRESS);
	/* a returned result stays to be improved */
	strcpy(a.result, "CONSULTED");
	strcpy(a.measures, "Кратко");
	step(&op, APPEAL_CLOSE, &op, "Кратко", 600);
	step(&admin, APPEAL_RETURN, &admin, "Мало", 700);
	assert_int_equal(a.returns, 1);
	assert_string_equal(a.measures, "Кратко");
	step(&op, APPEAL_CLOSE, &op, "Кратко", 800);
	step(&admin, APPEAL_APPROVE, &admin, "", 900);
	assert_true(a.closed_ms == 900 && a.status == APPEAL_CLOSED);
}

/* ---- results ------------------------------------------------------------ */

static void closing(const char *type, const char *result)
{
	memset(&a, 0, sizeof(a));
	strcpy(a.type, type);
	strcpy(a.result, result);
	strcpy(a.measures, "Сделано");
}

static void k_6_1_2_result_and_comment_are_both_required(void **state)
{
	(void)state;
	closing("Консультация", "");
	a.measures[0] = '\0';
	assert_int_equal(appeal_lacks(&a, 0), LACK_RESULT | LACK_COMMENT);
	closing("Консультация", "CONSULTED");
	assert_int_equal(appeal_lacks(&a, 0), 0);
	closing("Консультация", "consulted");
	assert_int_equal(appeal_lacks(&a, 0), LACK_RESULT);
}

static void a_result_belongs_to_its_type(void **state)
{
	static const struct {
		const char *code, *type;
	} of[] = {
		{ "CONSULTED", "Консультация" },
		{ "COMPLAINT_REVIEWED", "Жалоба" },
		{ "APPLICATION_SATISFIED", "Заявление" },
		{ "APPLICATION_REJECTED", "Заявление" },
		{ "PROPOSAL_REVIEWED", "Предложение" },
		{ "GRATITUDE_PASSED", "Благодарность" },
		{ "NON_TARGET", "Консультация" },
	};
	size_t typed = 0;

	(void)state;
	for (size_t i = 0; i < LEN(of); i++)
		for (const char *const *t = appeal_types; *t; t++)
			assert_int_equal(appeal_result_fits(
					     appeal_result_of(of[i].code), *t),
					 !strcmp(*t, of[i].type));
	for (size_t i = 0; i < APPEAL_RESULTS; i++)
		typed += appeal_results[i].type != NULL;
	assert_int_equal(typed, LEN(of));
}

static void k_6_1_7_a_complaint_needs_its_kind(void **state)
{
	(void)state;
	closing("Жалоба", "COMPLAINT_REVIEWED");
	assert_int_equal(appeal_lacks(&a, 0), LACK_JUSTIFIED);
	closing("Жалоба", "WITHDRAWN");
	assert_int_equal(appeal_lacks(&a, 0), LACK_JUSTIFIED);
	for (const char *const *j = appeal_justified; *j; j++) {
		strcpy(a.justified, *j);
		assert_int_equal(appeal_lacks(&a, 0), 0);
	}
	strcpy(a.justified, "3");
	assert_int_equal(appeal_lacks(&a, 0), LACK_JUSTIFIED);
	/* a longer term is no end of it */
	closing("Жалоба", "EXTENDED");
	assert_int_equal(appeal_lacks(&a, 0), 0);
}

static void each_result_asks_for_its_own_fields(void **state)
{
	(void)state;
	closing("Заявление", "APPLICATION_REJECTED");
	assert_int_equal(appeal_lacks(&a, 0), LACK_NOTE);
	closing("Благодарность", "GRATITUDE_PASSED");
	assert_int_equal(appeal_lacks(&a, 0), LACK_NOTE);
	closing("Предложение", "CALL_FORWARDED");
	assert_int_equal(appeal_lacks(&a, 0), LACK_NOTE);
	closing("Заявление", "FORWARDED_EXTERNAL");
	assert_int_equal(appeal_lacks(&a, 0),
			 LACK_NOTE | LACK_REFERENCE | LACK_DATE | LACK_KIND);
	strcpy(a.kind, "SPAM");
	strcpy(a.note, "МО № 1");
	strcpy(a.reference, "12-3");
	strcpy(a.result_date, "2026-11-20");
	assert_int_equal(appeal_lacks(&a, 0), LACK_KIND);
	strcpy(a.kind, "MO");
	assert_int_equal(appeal_lacks(&a, 0), 0);
	closing("Консультация", "DUPLICATE");
	assert_int_equal(appeal_lacks(&a, 0), LACK_REFERENCE);
	closing("Консультация", "NON_TARGET");
	assert_int_equal(appeal_lacks(&a, 0), LACK_KIND);
	strcpy(a.kind, "SPAM");
	assert_int_equal(appeal_lacks(&a, 0), 0);
}

static void k_6_2_4_no_contact_after_three_days_without_answer(void **state)
{
	(void)state;
	closing("Консультация", "NO_CONTACT");
	assert_int_equal(appeal_lacks(&a, 2), LACK_ATTEMPTS);
	assert_int_equal(appeal_lacks(&a, 3), 0);
}

static void closing_with_a_result_is_its_own_event(void **state)
{
	(void)state;
	for (size_t i = 0; i < APPEAL_RESULTS; i++) {
		const struct appeal_result *r = &appeal_results[i];

		assert_int_equal(r->event, !strcmp(r->code, "FORWARDED_NOTIFY")
					       ? APPEAL_NOTIFY
					   : !strcmp(r->code, "EXTENDED")
					       ? APPEAL_ASK_TERM
					       : APPEAL_CLOSE);
	}
	assert_true(appeal_refundable("ZH-15.02"));
	assert_false(appeal_refundable("ZH-14.02"));
}

/* ---- terms -------------------------------------------------------------- */

static void k_6_1_6_the_new_term_is_at_most_thirty_days_later(void **state)
{
	(void)state;
	memset(&a, 0, sizeof(a));
	assert_false(appeal_term_valid(&a, "2026-12-01")); /* has no term */
	strcpy(a.due, "2026-11-24");
	assert_false(appeal_term_valid(&a, "2026-11-24"));
	assert_true(appeal_term_valid(&a, "2026-11-25"));
	assert_true(appeal_term_valid(&a, "2026-12-24"));
	assert_false(appeal_term_valid(&a, "2026-12-25"));
	assert_false(appeal_term_valid(&a, ""));
	a.extended = true;
	assert_false(appeal_term_valid(&a, "2026-11-25"));
}

static void a_review_is_late_after_three_working_days(void **state)
{
	static const struct workday_exception off[] = {
		{ { 2026, 11, 26 }, false }, { { 2026, 11, 28 }, true }
	};
	struct date tuesday = { 2026, 11, 24 };

	(void)state;
	/* Wednesday, Thursday and Friday are the three */
	assert_false(appeal_review_late(tuesday, (struct date){ 2026, 11, 27 },
					NULL, 0));
	assert_true(appeal_review_late(tuesday, (struct date){ 2026, 11, 28 },
				       NULL, 0));
	assert_true(date_to_days(workday_add(tuesday, 0, NULL, 0)) ==
		    date_to_days(tuesday));
	assert_int_equal(workday_add(tuesday, 4, NULL, 0).day, 30);
	/* the holiday does not count, the worked Saturday does */
	assert_false(appeal_review_late(tuesday, (struct date){ 2026, 11, 28 },
					off, LEN(off)));
	assert_true(appeal_review_late(tuesday, (struct date){ 2026, 11, 29 },
				       off, LEN(off)));
}

static void near(enum appeal_term t, const char *today, const char *from,
		 const char *to)
{
	/* the 30th is a day off, the Saturday before it is worked */
	static const struct workday_exception off[] = {
		{ { 2026, 11, 30 }, false },
		{ { 2026, 11, 28 }, true },
	};
	char first[11], last[11];
	struct date d;

	assert_int_equal(date_parse(today, &d), 0);
	appeal_term_days(t, d, off, LEN(off), first, last);
	assert_string_equal(first, from);
	assert_string_equal(last, to);
}

static void k_6_0_4_how_near_a_term_is_in_working_days(void **state)
{
	(void)state;
	/* Tuesday; the next working days: 25, 26, 27, 28, Dec 1, 2 */
	near(TERM_OVERDUE, "2026-11-24", "1970-01-01", "2026-11-23");
	near(TERM_TODAY, "2026-11-24", "2026-11-24", "2026-11-24");
	near(TERM_1, "2026-11-24", "2026-11-25", "2026-11-25");
	near(TERM_5, "2026-11-24", "2026-11-26", "2026-12-01");
	/* Saturday, worked: Sunday and Monday are no nearer than Tuesday */
	near(TERM_1, "2026-11-28", "2026-11-29", "2026-12-01");
	near(TERM_5, "2026-11-28", "2026-12-02", "2026-12-07");
	/* Sunday */
	near(TERM_1, "2026-11-29", "2026-11-30", "2026-12-01");
}

/* ---- the forwarding table ----------------------------------------------- */

static void section_7_who_may_hand_over_to_whom(void **state)
{
	struct identity op1 = person(ROLE_OPERATOR_L1, 1);
	struct identity op2 = person(ROLE_OPERATOR_L2, 2);
	struct identity admin = person(ROLE_CC_ADMIN, 3);
	struct identity super = person(ROLE_SUPERVISOR, 4);
	struct identity rep = person(ROLE_INSURER_REP_L1, 5);
	struct identity rep2 = person(ROLE_INSURER_REP_L2, 6);
	struct identity foreign = person(ROLE_INSURER_REP_L2, 7);
	struct identity nobody = { 0 };

	(void)state;
	foreign.org_id = 21;
	memset(&a, 0, sizeof(a));
	a.assignee_id = 50;
	assert_int_equal(appeal_target(&op1, &op2, &a, false), TARGET_OK);
	assert_int_equal(appeal_target(&op1, &op1, &a, false), TARGET_SELF);
	assert_int_equal(appeal_target(&op1, &admin, &a, false), TARGET_NOBODY);
	assert_int_equal(appeal_target(&op1, &nobody, &a, false),
			 TARGET_NOBODY);
	/* M22, then M23 */
	assert_int_equal(appeal_target(&op1, &rep, &a, false), TARGET_ASK);
	assert_int_equal(appeal_target(&admin, &rep, &a, false), TARGET_ASK);
	a.insurer_id = 20;
	assert_int_equal(appeal_target(&op2, &rep, &a, false), TARGET_OK);
	assert_int_equal(appeal_target(&op2, &foreign, &a, false),
			 TARGET_FOREIGN);
	/* never another insurer */
	assert_int_equal(appeal_target(&rep, &rep2, &a, false), TARGET_OK);
	assert_int_equal(appeal_target(&rep, &op1, &a, false), TARGET_OK);
	assert_int_equal(appeal_target(&rep, &foreign, &a, false),
			 TARGET_FOREIGN);
	a.insurer_id = 21;
	assert_int_equal(appeal_target(&rep, &foreign, &a, false),
			 TARGET_FOREIGN);
	/* T16: the supervisor inside his own, the administrator anywhere */
	assert_int_equal(appeal_target(&super, &op1, &a, true), TARGET_OK);
	assert_int_equal(appeal_target(&super, &foreign, &a, true),
			 TARGET_OUTSIDE);
	assert_int_equal(appeal_target(&admin, &foreign, &a, true), TARGET_OK);
	a.assignee_id = op1.id;
	assert_int_equal(appeal_target(&admin, &op1, &a, true), TARGET_SELF);
	/* K-5.1.4.8 */
	a.about_insurer_id = 21;
	assert_int_equal(appeal_target(&admin, &foreign, &a, true),
			 TARGET_ACCUSED);
	assert_int_equal(appeal_target(&op2, &foreign, &a, false),
			 TARGET_ACCUSED);
}

/* ---- approving many ----------------------------------------------------- */

static void only_the_plain_and_timely_are_approved_in_a_batch(void **state)
{
	struct date today = { 2026, 11, 24 };

	(void)state;
	closing("Консультация", "CONSULTED");
	a.status = APPEAL_UNDER_REVIEW;
	a.review = REVIEW_CLOSE;
	strcpy(a.due, "2026-11-24");
	assert_true(appeal_batch_safe(&a, today, false, true));
	assert_false(appeal_batch_safe(&a, today, true, true));
	assert_false(appeal_batch_safe(&a, today, false, false));
	strcpy(a.due, "2026-11-23");
	assert_false(appeal_batch_safe(&a, today, false, true));
	a.due[0] = '\0';
	a.returns = 1;
	assert_false(appeal_batch_safe(&a, today, false, true));
	a.returns = 0;
	strcpy(a.result, "REVIEWED");
	assert_false(appeal_batch_safe(&a, today, false, true));
	strcpy(a.type, "Благодарность");
	strcpy(a.result, "GRATITUDE_PASSED");
	assert_true(appeal_batch_safe(&a, today, false, true));
	strcpy(a.delete_reason, "Ошибка");
	assert_false(appeal_batch_safe(&a, today, false, true));
	a.delete_reason[0] = '\0';
	a.review = REVIEW_EXTENSION;
	assert_false(appeal_batch_safe(&a, today, false, true));
}

static void the_sample_is_the_share_and_the_same_each_time(void **state)
{
	unsigned n = 0, other = 0;

	(void)state;
	for (uint64_t id = 1; id <= 10000; id++) {
		bool in = appeal_batch_sample(7, id, 10);

		assert_int_equal(in, appeal_batch_sample(7, id, 10));
		n += in;
		other += in != appeal_batch_sample(8, id, 10);
		assert_false(appeal_batch_sample(7, id, 0));
		assert_true(appeal_batch_sample(7, id, 100));
	}
	assert_in_range(n, 850, 1150);
	assert_true(other > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    k_6_0_1_every_state_event_and_role_is_as_in_the_table),
		cmocka_unit_test(each_step_has_the_guards_of_the_table),
		cmocka_unit_test(t_6_an_appeal_follows_its_call),
		cmocka_unit_test(the_effects_of_a_whole_life),
		cmocka_unit_test(k_6_1_2_result_and_comment_are_both_required),
		cmocka_unit_test(a_result_belongs_to_its_type),
		cmocka_unit_test(k_6_1_7_a_complaint_needs_its_kind),
		cmocka_unit_test(each_result_asks_for_its_own_fields),
		cmocka_unit_test(
		    k_6_2_4_no_contact_after_three_days_without_answer),
		cmocka_unit_test(closing_with_a_result_is_its_own_event),
		cmocka_unit_test(
		    k_6_1_6_the_new_term_is_at_most_thirty_days_later),
		cmocka_unit_test(a_review_is_late_after_three_working_days),
		cmocka_unit_test(k_6_0_4_how_near_a_term_is_in_working_days),
		cmocka_unit_test(section_7_who_may_hand_over_to_whom),
		cmocka_unit_test(
		    only_the_plain_and_timely_are_approved_in_a_batch),
		cmocka_unit_test(
		    the_sample_is_the_share_and_the_same_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
