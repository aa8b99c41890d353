/* What a version of an answer is on a day, and what may be done with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cgi/scenario_state.h"

#define TODAY "2026-11-24"

static void k_5_1_5_5_the_state_follows_from_the_dates(void **state)
{
	static const struct {
		struct scenario_facts facts; /* proposal refused approved … */
		enum scenario_state is;
	} cases[] = {
		{ { false, false, false, "", "", "" }, SCENARIO_DRAFT },
		{ { true, false, false, "", "", "" }, SCENARIO_PROPOSED },
		{ { true, true, false, "", "", "" }, SCENARIO_REFUSED },
		/* refused before its first day */
		{ { false, true, true, "2026-12-01", "", "" },
		  SCENARIO_REFUSED },
		{ { true, false, true, "", "", "" }, SCENARIO_IN_FORCE },
		{ { false, false, true, TODAY, "", "" }, SCENARIO_IN_FORCE },
		{ { false, false, true, TODAY, TODAY, "" }, SCENARIO_IN_FORCE },
		{ { false, false, true, "2026-11-25", "", "" },
		  SCENARIO_APPROVED },
		{ { false, false, true, "", "2026-11-23", "" },
		  SCENARIO_WITHDRAWN },
		{ { false, false, true, TODAY, "2026-11-23", "" },
		  SCENARIO_WITHDRAWN },
		{ { false, false, true, "", "", TODAY }, SCENARIO_REPLACED },
		{ { false, false, true, "", "", "2026-11-25" },
		  SCENARIO_IN_FORCE },
		/* it would begin when the newer one has begun */
		{ { false, false, true, "2026-12-05", "", "2026-12-05" },
		  SCENARIO_REPLACED },
		{ { false, false, true, "2026-12-05", "", "2026-12-06" },
		  SCENARIO_APPROVED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(scenario_state(&cases[i].facts, TODAY),
				 cases[i].is);
}

static void k_5_1_5_5_an_approved_version_is_never_changed(void **state)
{
	/* save, approve, refuse, withdraw */
	static const bool may[SCENARIO_STATES][SCENARIO_ACTS] = {
		[SCENARIO_DRAFT] = { true, true, true, false },
		[SCENARIO_PROPOSED] = { true, true, true, false },
		[SCENARIO_REFUSED] = { false, false, false, false },
		[SCENARIO_APPROVED] = { false, false, true, false },
		[SCENARIO_IN_FORCE] = { false, false, false, true },
		[SCENARIO_REPLACED] = { false, false, false, false },
		[SCENARIO_WITHDRAWN] = { false, false, false, false },
	};

	(void)state;
	for (enum scenario_state s = 0; s < SCENARIO_STATES; s++)
		for (enum scenario_act a = 0; a < SCENARIO_ACTS; a++)
			assert_int_equal(scenario_may(s, a), may[s][a]);
	assert_false(scenario_may(SCENARIO_STATES, SCENARIO_SAVE));
	assert_string_equal(scenario_state_code(SCENARIO_WITHDRAWN),
			    "WITHDRAWN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k_5_1_5_5_the_state_follows_from_the_dates),
		cmocka_unit_test(
		    k_5_1_5_5_an_approved_version_is_never_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
