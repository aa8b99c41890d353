#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/past.h"

/* The fund is 1, insurers are 2 and 3. */
static struct identity person(uint32_t id, uint32_t org, enum auth_role role)
{
	return (struct identity){ id, org, org == 1 ? ORG_FUND : ORG_INSURER,
				  1u << role };
}

/* Somebody else's, considered by that organization. */
static const struct appeal *of_org(uint32_t org)
{
	static struct appeal a;

	memset(&a, 0, sizeof(a));
	a.status = APPEAL_CLOSED;
	a.author_id = a.assignee_id = 99;
	a.author_org = a.assignee_org = a.organization_id = org;
	return &a;
}

static void k_5_1_7_6_who_may_know_what_of_it(void **state)
{
	struct identity op = person(1, 1, ROLE_OPERATOR_L1);
	struct identity spec = person(2, 1, ROLE_OPERATOR_L2);
	struct identity admin = person(3, 1, ROLE_CC_ADMIN);
	struct identity rep = person(4, 2, ROLE_INSURER_REP_L1);
	struct identity rep2 = person(5, 2, ROLE_INSURER_REP_L2);

	(void)state;
	assert_int_equal(past_view(&op, of_org(1)), PAST_WHOLE);
	assert_int_equal(past_view(&op, of_org(2)), PAST_WHERE);
	assert_int_equal(past_view(&spec, of_org(2)), PAST_WHOLE);
	assert_int_equal(past_view(&admin, of_org(3)), PAST_WHOLE);
	assert_int_equal(past_view(&rep, of_org(2)), PAST_WHOLE);
	assert_int_equal(past_view(&rep, of_org(1)), PAST_EXISTS);
	assert_int_equal(past_view(&rep2, of_org(3)), PAST_EXISTS);
}

static void k_5_1_4_8_of_a_complaint_about_it_an_insurer_learns_nothing(
    void **state)
{
	struct identity rep = person(4, 2, ROLE_INSURER_REP_L1);
	struct identity other = person(5, 3, ROLE_INSURER_REP_L1);
	struct appeal a = *of_org(1);

	(void)state;
	a.about_insurer_id = 2;
	assert_int_equal(past_view(&rep, &a), PAST_NOTHING);
	assert_int_equal(past_view(&other, &a), PAST_EXISTS);
	a.author_id = rep.id;
	a.author_org = 2;
	assert_int_equal(past_view(&rep, &a), PAST_WHOLE);
	a.author_id = 99;
	a.passed_ms = 1; /* «Передано в СМО» */
	assert_int_equal(past_view(&rep, &a), PAST_WHOLE);
}

static void k_5_1_7_2_a_possible_match_has_date_type_and_status(void **state)
{
	(void)state;
	assert_int_equal(past_parts(PAST_WHOLE, false), PAST_DATE | PAST_TYPE);
	assert_int_equal(past_parts(PAST_WHERE, false), PAST_DATE);
	assert_int_equal(past_parts(PAST_EXISTS, false), PAST_DATE);
	assert_int_equal(past_parts(PAST_NOTHING, false), 0);
	assert_int_equal(past_parts(PAST_NOTHING, true), 0);
	assert_int_equal(past_parts(PAST_EXISTS, true), PAST_DATE | PAST_ORG);
	assert_int_equal(past_parts(PAST_WHERE, true),
			 PAST_DATE | PAST_ORG | PAST_NUMBER);
	assert_int_equal(past_parts(PAST_WHOLE, true),
			 PAST_DATE | PAST_ORG | PAST_NUMBER | PAST_TYPE |
			     PAST_TEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k_5_1_7_6_who_may_know_what_of_it),
		cmocka_unit_test(
		    k_5_1_4_8_of_a_complaint_about_it_an_insurer_learns_nothing),
		cmocka_unit_test(
		    k_5_1_7_2_a_possible_match_has_date_type_and_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
