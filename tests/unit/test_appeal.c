#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/appeal.h"

static struct appeal a;
static struct identity op = { 1, 10, ORG_FUND, 1u << ROLE_OPERATOR_L1 };
static struct identity colleague = { 2, 10, ORG_FUND, 1u << ROLE_OPERATOR_L1 };
static struct identity rep = { 3, 20, ORG_INSURER, 1u << ROLE_INSURER_REP_L1 };
static struct identity rep_colleague = { 4, 20, ORG_INSURER,
					 1u << ROLE_INSURER_REP_L2 };
static struct identity auditor = { 5, 10, ORG_FUND, 1u << ROLE_AUDITOR };
static struct identity quality = { 6, 10, ORG_FUND,
				   1u << ROLE_QUALITY_CONTROLLER };
static struct identity security = { 7, 10, ORG_FUND,
				    1u << ROLE_SECURITY_ADMIN };

static void fresh(enum appeal_status status)
{
	memset(&a, 0, sizeof(a));
	a.status = status;
	a.author_id = op.id;
	a.author_org = op.org_id;
	a.organization_id = op.org_id;
	if (status != APPEAL_DRAFT) {
		a.assignee_id = op.id;
		a.assignee_org = op.org_id;
	}
}

static void codes_go_both_ways(void **state)
{
	(void)state;
	for (enum appeal_status s = 0; s < APPEAL_STATUS_COUNT; s++)
		assert_int_equal(appeal_status_of(appeal_status_code(s)), s);
	assert_int_equal(appeal_status_of("draft"), APPEAL_STATUS_COUNT);
	assert_int_equal(appeal_status_of(""), APPEAL_STATUS_COUNT);
}

static void a_draft_is_its_author_s_alone(void **state)
{
	(void)state;
	fresh(APPEAL_DRAFT);
	assert_int_equal(appeal_access(&op, &a, false), APPEAL_EDIT);
	assert_int_equal(appeal_access(&colleague, &a, false), APPEAL_HIDDEN);
	assert_int_equal(appeal_access(&auditor, &a, false), APPEAL_HIDDEN);
}

static void a_draft_goes_with_its_call(void **state)
{
	(void)state;
	fresh(APPEAL_DRAFT);
	a.call_user = op.id;
	assert_false(appeal_handed_over(&op, &a));
	/* ringing at the colleague: he reads */
	assert_int_equal(appeal_access(&colleague, &a, true), APPEAL_READ);
	assert_false(appeal_handed_over(&colleague, &a));
	/* he has it */
	a.call_user = colleague.id;
	assert_int_equal(appeal_access(&colleague, &a, true), APPEAL_EDIT);
	assert_true(appeal_handed_over(&colleague, &a));
	assert_int_equal(appeal_access(&op, &a, true), APPEAL_READ);
	/* he opened it: its author now */
	a.author_id = colleague.id;
	assert_false(appeal_handed_over(&colleague, &a));
	assert_int_equal(appeal_access(&op, &a, true), APPEAL_READ);
}

static void those_who_register_nothing_see_no_drafts(void **state)
{
	(void)state;
	fresh(APPEAL_DRAFT);
	a.author_id = a.call_user = auditor.id;
	assert_int_equal(appeal_access(&auditor, &a, true), APPEAL_HIDDEN);
}

static void only_the_assignee_edits_and_only_what_is_worked_on(void **state)
{
	(void)state;
	for (enum appeal_status s = APPEAL_IN_PROGRESS; s < APPEAL_STATUS_COUNT;
	     s++) {
		fresh(s);
		assert_int_equal(appeal_access(&op, &a, false),
				 s == APPEAL_IN_PROGRESS || s == APPEAL_DEFERRED
				     ? APPEAL_EDIT
				     : APPEAL_READ);
		assert_int_equal(appeal_access(&colleague, &a, false),
				 APPEAL_READ);
		assert_int_equal(appeal_access(&auditor, &a, false),
				 APPEAL_READ);
		assert_int_equal(appeal_access(&rep, &a, true), APPEAL_HIDDEN);
		assert_int_equal(appeal_access(&quality, &a, true),
				 APPEAL_HIDDEN);
		assert_int_equal(appeal_access(&security, &a, true),
				 APPEAL_HIDDEN);
	}
}

static void what_was_forwarded_to_an_insurer_is_seen_by_both(void **state)
{
	(void)state;
	fresh(APPEAL_IN_PROGRESS);
	a.assignee_id = rep.id;
	a.assignee_org = rep.org_id;
	assert_int_equal(appeal_access(&rep, &a, false), APPEAL_EDIT);
	assert_int_equal(appeal_access(&rep_colleague, &a, false), APPEAL_READ);
	assert_int_equal(appeal_access(&op, &a, false), APPEAL_READ);
}

static void a_complaint_about_an_insurer_is_hidden_from_it(void **state)
{
	(void)state;
	fresh(APPEAL_IN_PROGRESS);
	a.author_id = rep.id;
	a.author_org = rep.org_id;
	a.assignee_id = 0;
	a.assignee_org = 0;
	a.about_insurer_id = rep.org_id;
	assert_int_equal(appeal_access(&rep, &a, false), APPEAL_READ);
	assert_int_equal(appeal_access(&rep_colleague, &a, false),
			 APPEAL_HIDDEN);
	assert_int_equal(appeal_access(&op, &a, false), APPEAL_READ);
}

static void what_a_card_must_have(void **state)
{
	(void)state;
	fresh(APPEAL_DRAFT);
	assert_int_equal(appeal_check(&a, false),
			 APPEAL_NO_TYPE | APPEAL_NO_THEME);
	strcpy(a.type, "Жалоба");
	strcpy(a.theme, "ZH-06.01");
	assert_int_equal(appeal_check(&a, true),
			 APPEAL_NO_MO | APPEAL_NO_INSURER);
	a.mo_id = 5;
	a.about_insurer_id = 20;
	assert_int_equal(appeal_check(&a, true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_go_both_ways),
		cmocka_unit_test(a_draft_is_its_author_s_alone),
		cmocka_unit_test(a_draft_goes_with_its_call),
		cmocka_unit_test(those_who_register_nothing_see_no_drafts),
		cmocka_unit_test(
		    only_the_assignee_edits_and_only_what_is_worked_on),
		cmocka_unit_test(
		    what_was_forwarded_to_an_insurer_is_seen_by_both),
		cmocka_unit_test(
		    a_complaint_about_an_insurer_is_hidden_from_it),
		cmocka_unit_test(what_a_card_must_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
