#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cgi/auth.h"

static struct identity who(enum auth_role role, enum org_kind kind)
{
	return (struct identity){
		.id = 1, .org_id = 9, .org_kind = kind, .roles = 1u << role
	};
}

static enum auth_scope scope(enum auth_role role, enum org_kind kind,
			     enum auth_function fn)
{
	struct identity i = who(role, kind);

	return auth_grant(&i, fn).scope;
}

static void nobody_may_nothing(void **state)
{
	struct identity i = { .roles = ~0u, .org_kind = ORG_FUND };

	(void)state;
	for (enum auth_function fn = 0; fn < AUTH_COUNT; fn++)
		assert_false(auth_may(&i, fn));
}

static void an_account_without_roles_may_only_be_signed_in(void **state)
{
	struct identity i = { .id = 1, .org_kind = ORG_FUND };

	(void)state;
	assert_true(auth_may(&i, AUTH_ANY));
	for (enum auth_function fn = AUTH_ANY + 1; fn < AUTH_COUNT; fn++)
		assert_false(auth_may(&i, fn));
}

/* DOMAIN section 7, read again from the page: the second pair of eyes. */
enum {
	L1 = ROLE_OPERATOR_L1,
	L2 = ROLE_OPERATOR_L2,
	R1 = ROLE_INSURER_REP_L1,
	R2,
	R3,
	AD = ROLE_CC_ADMIN,
	SU = ROLE_SUPERVISOR,
	QC = ROLE_QUALITY_CONTROLLER,
	AU = ROLE_AUDITOR,
	DI = ROLE_DIRECTOR,
	SE = ROLE_SECURITY_ADMIN,
};

static const enum auth_scope want[AUTH_COUNT][ROLE_COUNT] = {
	[AUTH_PHONE] = { [L1] = SCOPE_ALL,
			 [L2] = SCOPE_ALL,
			 [R1] = SCOPE_OWN,
			 [R2] = SCOPE_OWN,
			 [R3] = SCOPE_OWN,
			 [AD] = SCOPE_MINE,
			 [SU] = SCOPE_OWN },
	[AUTH_DIRECTORY] = { [L1] = SCOPE_ALL,
			     [L2] = SCOPE_ALL,
			     [R1] = SCOPE_ALL,
			     [R2] = SCOPE_ALL,
			     [R3] = SCOPE_ALL,
			     [AD] = SCOPE_ALL,
			     [SU] = SCOPE_ALL,
			     [QC] = SCOPE_ALL,
			     [DI] = SCOPE_ALL },
	[AUTH_PERSONS] = { [L1] = SCOPE_ALL,
			   [L2] = SCOPE_ALL,
			   [R1] = SCOPE_OWN,
			   [R2] = SCOPE_OWN,
			   [R3] = SCOPE_OWN,
			   [AD] = SCOPE_ALL },
	[AUTH_APPEAL_REGISTER] = { [L1] = SCOPE_ALL,
				   [L2] = SCOPE_ALL,
				   [R1] = SCOPE_OWN,
				   [R2] = SCOPE_OWN,
				   [R3] = SCOPE_OWN,
				   [AD] = SCOPE_ALL },
	[AUTH_APPEAL_VIEW] = { [L1] = SCOPE_OWN,
			       [L2] = SCOPE_ALL,
			       [R1] = SCOPE_OWN,
			       [R2] = SCOPE_OWN,
			       [R3] = SCOPE_OWN,
			       [AD] = SCOPE_ALL,
			       [SU] = SCOPE_OWN,
			       [QC] = SCOPE_SAMPLE,
			       [AU] = SCOPE_ALL,
			       [DI] = SCOPE_OWN },
	[AUTH_APPEAL_EDIT] = { [L1] = SCOPE_MINE,
			       [L2] = SCOPE_MINE,
			       [R1] = SCOPE_MINE,
			       [R2] = SCOPE_MINE,
			       [R3] = SCOPE_MINE },
	[AUTH_APPEAL_FORWARD] = { [L1] = SCOPE_MINE,
				  [L2] = SCOPE_MINE,
				  [R1] = SCOPE_MINE,
				  [R2] = SCOPE_MINE,
				  [R3] = SCOPE_MINE,
				  [AD] = SCOPE_ALL,
				  [SU] = SCOPE_MINE },
	[AUTH_APPEAL_REASSIGN] = { [AD] = SCOPE_ALL, [SU] = SCOPE_OWN },
	[AUTH_APPEAL_CLOSE] = { [L1] = SCOPE_MINE,
				[L2] = SCOPE_MINE,
				[R1] = SCOPE_MINE,
				[R2] = SCOPE_MINE,
				[R3] = SCOPE_MINE },
	[AUTH_APPEAL_REVIEW] = { [AD] = SCOPE_ALL },
	[AUTH_APPEAL_TAKE] = { [L1] = SCOPE_OWN,
			       [L2] = SCOPE_OWN,
			       [R1] = SCOPE_OWN,
			       [R2] = SCOPE_OWN },
	[AUTH_RECORDING_OWN] = { [L1] = SCOPE_MINE,
				 [L2] = SCOPE_MINE,
				 [R1] = SCOPE_MINE,
				 [R2] = SCOPE_MINE,
				 [R3] = SCOPE_MINE },
	[AUTH_RECORDING_OTHERS] = { [AD] = SCOPE_ALL,
				    [SU] = SCOPE_OWN,
				    [QC] = SCOPE_SAMPLE,
				    [AU] = SCOPE_ALL },
	[AUTH_SCENARIO_USE] = { [L1] = SCOPE_ALL,
				[L2] = SCOPE_ALL,
				[R1] = SCOPE_ALL,
				[R2] = SCOPE_ALL,
				[R3] = SCOPE_ALL,
				[AD] = SCOPE_ALL,
				[SU] = SCOPE_ALL,
				[QC] = SCOPE_ALL,
				[AU] = SCOPE_ALL,
				[DI] = SCOPE_ALL },
	[AUTH_SCENARIO_EDIT] = { [L1] = SCOPE_MINE,
				 [L2] = SCOPE_MINE,
				 [R1] = SCOPE_MINE,
				 [R2] = SCOPE_MINE,
				 [AD] = SCOPE_ALL,
				 [SU] = SCOPE_MINE,
				 [QC] = SCOPE_MINE },
	[AUTH_ORGANIZATIONS] = { [L1] = SCOPE_ALL,
				 [L2] = SCOPE_ALL,
				 [R1] = SCOPE_ALL,
				 [R2] = SCOPE_ALL,
				 [R3] = SCOPE_ALL,
				 [AD] = SCOPE_ALL,
				 [SU] = SCOPE_ALL,
				 [QC] = SCOPE_ALL,
				 [AU] = SCOPE_ALL,
				 [DI] = SCOPE_ALL },
	[AUTH_CALLS_OWN] = { [L1] = SCOPE_MINE,
			     [L2] = SCOPE_MINE,
			     [R1] = SCOPE_MINE,
			     [R2] = SCOPE_MINE,
			     [R3] = SCOPE_MINE,
			     [AD] = SCOPE_MINE,
			     [SU] = SCOPE_MINE },
	[AUTH_REPORT] = { [L1] = SCOPE_MINE,
			  [L2] = SCOPE_MINE,
			  [R1] = SCOPE_MINE,
			  [R2] = SCOPE_MINE,
			  [R3] = SCOPE_MINE,
			  [AD] = SCOPE_ALL,
			  [SU] = SCOPE_OWN,
			  [QC] = SCOPE_OWN,
			  [AU] = SCOPE_ALL,
			  [DI] = SCOPE_OWN },
	[AUTH_SHIFT] = { [AD] = SCOPE_ALL, [SU] = SCOPE_OWN, [DI] = SCOPE_OWN },
	[AUTH_SUBSTITUTION] = { [L1] = SCOPE_MINE,
				[L2] = SCOPE_MINE,
				[R1] = SCOPE_MINE,
				[R2] = SCOPE_MINE,
				[R3] = SCOPE_MINE,
				[AD] = SCOPE_ALL,
				[SU] = SCOPE_OWN },
	[AUTH_SETTINGS] = { [AD] = SCOPE_ALL,
			    [SU] = SCOPE_OWN,
			    [DI] = SCOPE_OWN },
	[AUTH_RULES] = { [AD] = SCOPE_ALL, [SU] = SCOPE_OWN, [DI] = SCOPE_OWN },
	[AUTH_ADMIN] = { [AD] = SCOPE_ALL,
			 [SU] = SCOPE_OWN,
			 [DI] = SCOPE_OWN,
			 [SE] = SCOPE_ALL },
	[AUTH_ACCOUNTS] = { [AD] = SCOPE_ALL, [SE] = SCOPE_ALL },
	[AUTH_LISTS] = { [AD] = SCOPE_ALL },
	[AUTH_WRITTEN] = { [L2] = SCOPE_MINE,
			   [R2] = SCOPE_MINE,
			   [R3] = SCOPE_MINE,
			   [AD] = SCOPE_ALL,
			   [QC] = SCOPE_SAMPLE,
			   [AU] = SCOPE_ALL },
	[AUTH_PASS] = { [AD] = SCOPE_ALL },
	[AUTH_EXPORT] = { [AD] = SCOPE_ALL, [AU] = SCOPE_ALL },
};

static void the_matrix_is_that_of_the_domain(void **state)
{
	(void)state;
	for (enum auth_function fn = 0; fn < AUTH_COUNT; fn++)
		for (enum auth_role r = 0; r < ROLE_COUNT; r++) {
			bool rep = r >= ROLE_INSURER_REP_L1 &&
				   r <= ROLE_INSURER_REP_L3;

			assert_int_equal(
			    scope(r, rep ? ORG_INSURER : ORG_FUND, fn),
			    want[fn][r]);
		}
}

static void a_role_of_the_wrong_organization_gives_nothing(void **state)
{
	(void)state;
	assert_int_equal(scope(ROLE_OPERATOR_L1, ORG_INSURER, AUTH_APPEAL_VIEW),
			 SCOPE_NONE);
	assert_int_equal(scope(ROLE_INSURER_REP_L2, ORG_FUND, AUTH_APPEAL_VIEW),
			 SCOPE_NONE);
	assert_int_equal(scope(ROLE_AUDITOR, ORG_INSURER, AUTH_APPEAL_VIEW),
			 SCOPE_NONE);
	assert_int_equal(scope(ROLE_DIRECTOR, ORG_OTHER, AUTH_APPEAL_VIEW),
			 SCOPE_NONE);
}

/* The pairs of section 7, and the kinds of K-1.0.3. */
static void k_1_0_3_roles_of_one_account(void **state)
{
	enum auth_role a, b;

	(void)state;
	for (enum auth_role r = 0; r < ROLE_COUNT; r++) {
		bool rep = r >= ROLE_INSURER_REP_L1 && r <= ROLE_INSURER_REP_L3;
		bool either = r == ROLE_SUPERVISOR ||
			      r == ROLE_QUALITY_CONTROLLER ||
			      r == ROLE_DIRECTOR;

		assert_int_equal(auth_roles_check(ORG_FUND, 1u << r, &a, &b),
				 rep ? AUTH_ROLES_KIND : AUTH_ROLES_OK);
		assert_int_equal(auth_roles_check(ORG_INSURER, 1u << r, &a, &b),
				 rep || either ? AUTH_ROLES_OK
					       : AUTH_ROLES_KIND);
		assert_int_equal(auth_roles_check(ORG_OTHER, 1u << r, &a, &b),
				 AUTH_ROLES_KIND);
		assert_int_equal(a, r);
		for (enum auth_role q = 0; q < r; q++) {
			bool op_q = q <= ROLE_INSURER_REP_L3;
			bool bad =
			    (op_q && r == ROLE_QUALITY_CONTROLLER) ||
			    r == ROLE_AUDITOR || q == ROLE_AUDITOR ||
			    (q == ROLE_CC_ADMIN && r == ROLE_SECURITY_ADMIN);
			bool fund = !rep && !(q >= ROLE_INSURER_REP_L1 &&
					      q <= ROLE_INSURER_REP_L3);

			if (fund)
				assert_int_equal(
				    auth_roles_check(ORG_FUND,
						     1u << r | 1u << q, &a, &b),
				    bad ? AUTH_ROLES_PAIR : AUTH_ROLES_OK);
		}
	}
	assert_int_equal(auth_roles_check(ORG_INSURER,
					  1u << ROLE_INSURER_REP_L1 |
					      1u << ROLE_QUALITY_CONTROLLER,
					  &a, &b),
			 AUTH_ROLES_PAIR);
}

static void in_an_insurer_all_reads_own(void **state)
{
	(void)state;
	assert_int_equal(scope(ROLE_SUPERVISOR, ORG_INSURER, AUTH_DIRECTORY),
			 SCOPE_ALL);
	assert_int_equal(scope(ROLE_SUPERVISOR, ORG_INSURER, AUTH_APPEAL_VIEW),
			 SCOPE_OWN);
	/* and what is no organization's is the fund's */
	assert_int_equal(scope(ROLE_SUPERVISOR, ORG_INSURER, AUTH_RULES),
			 SCOPE_NONE);
	assert_int_equal(scope(ROLE_DIRECTOR, ORG_INSURER, AUTH_RULES),
			 SCOPE_NONE);
}

static void the_widest_of_several_roles_counts(void **state)
{
	struct identity i = who(ROLE_OPERATOR_L1, ORG_FUND);
	struct auth_grant g;

	(void)state;
	i.roles |= 1u << ROLE_AUDITOR;
	g = auth_grant(&i, AUTH_APPEAL_VIEW);
	assert_int_equal(g.scope, SCOPE_ALL);
	assert_true(g.readonly);
	i.roles |= 1u << ROLE_OPERATOR_L2;
	g = auth_grant(&i, AUTH_APPEAL_VIEW);
	assert_false(g.readonly);
}

static void the_director_sees_masked_data(void **state)
{
	struct identity i = who(ROLE_DIRECTOR, ORG_FUND);

	(void)state;
	assert_true(auth_grant(&i, AUTH_APPEAL_VIEW).masked);
	i.roles |= 1u << ROLE_SUPERVISOR;
	assert_false(auth_grant(&i, AUTH_APPEAL_VIEW).masked);
}

static void recordings_are_for_those_allowed(void **state)
{
	struct identity op = who(ROLE_OPERATOR_L1, ORG_FUND);
	struct identity super = who(ROLE_SUPERVISOR, ORG_FUND);
	struct identity admin = who(ROLE_CC_ADMIN, ORG_FUND);
	struct identity quality = who(ROLE_QUALITY_CONTROLLER, ORG_FUND);
	struct identity security = who(ROLE_SECURITY_ADMIN, ORG_FUND);

	(void)state;
	assert_true(auth_recording(&op, true, true));
	assert_false(auth_recording(&op, false, true));
	assert_true(auth_recording(&super, false, true));
	assert_false(auth_recording(&super, true, false));
	assert_true(auth_recording(&admin, false, false));
	assert_false(auth_recording(&quality, true, true));
	assert_false(auth_recording(&security, true, true));
}

static void role_codes_go_both_ways(void **state)
{
	(void)state;
	for (enum auth_role r = 0; r < ROLE_COUNT; r++)
		assert_int_equal(auth_role_of(auth_role_code(r)), r);
	assert_int_equal(auth_role_of("ROOT"), ROLE_COUNT);
	assert_null(auth_role_code(ROLE_COUNT));
	assert_int_equal(auth_main_role(0), ROLE_COUNT);
}

static void o_plus_is_the_own_insurer_only(void **state)
{
	struct identity rep = who(ROLE_INSURER_REP_L1, ORG_INSURER);
	struct identity op = who(ROLE_OPERATOR_L1, ORG_FUND);

	(void)state;
	assert_false(auth_elsewhere(&rep, rep.org_id));
	assert_true(auth_elsewhere(&rep, rep.org_id + 1));
	assert_true(auth_elsewhere(&rep, 0));
	assert_false(auth_elsewhere(&op, rep.org_id + 1));
	assert_false(auth_elsewhere(&op, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(o_plus_is_the_own_insurer_only),
		cmocka_unit_test(nobody_may_nothing),
		cmocka_unit_test(
		    an_account_without_roles_may_only_be_signed_in),
		cmocka_unit_test(the_matrix_is_that_of_the_domain),
		cmocka_unit_test(
		    a_role_of_the_wrong_organization_gives_nothing),
		cmocka_unit_test(k_1_0_3_roles_of_one_account),
		cmocka_unit_test(in_an_insurer_all_reads_own),
		cmocka_unit_test(the_widest_of_several_roles_counts),
		cmocka_unit_test(the_director_sees_masked_data),
		cmocka_unit_test(recordings_are_for_those_allowed),
		cmocka_unit_test(role_codes_go_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
