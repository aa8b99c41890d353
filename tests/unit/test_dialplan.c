/* The dial plan: what is dialled, how it is written, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "db/dialplan.h"
#include "janus-plugin/util.h"

static struct cc_dial_rule rules[] = {
	{ .pattern = "+7800XXXXXXX", .allow = true, .form = DIAL_NATIONAL },
	{ .pattern = "+780*", .allow = false },
	{ .pattern = "+7[348]XXXXXXXXX",
	  .allow = true,
	  .presented = "+78652000000" },
	{ .pattern = "+79XXXXXXXXX", .allow = true, .trunk = 2 },
	{ .pattern = "+79XXXXXXXXX",
	  .allow = true,
	  .trunk = 3,
	  .form = DIAL_PLAIN },
	{ .pattern = "+49*", .allow = true, .roles = 1u << 5 },
};

static const struct cc_dial_plan plan = {
	.rules = rules,
	.count = CC_LEN(rules),
	.emergency = { "112", "78652112" },
};

static int dial(struct cc_dial_way *w, const char *typed)
{
	return cc_dial_plan_way(w, &plan, typed, 1, 0, NULL, NULL);
}

static void numbers_as_people_type_them_become_one(void **state)
{
	static const struct {
		const char *typed, *number;
	} rows[] = {
		{ "8 (962) 440-11-22", "+79624401122" },
		{ "+7 962 440-11-22", "+79624401122" },
		{ "79624401122", "+79624401122" },
		{ "962.440.11.22", "+79624401122" },
		{ "810 49 30 123456", "+4930123456" },
		{ "+4930123456", "+4930123456" },
		{ "380441234567", "+380441234567" },
		{ "112", "112" },
		{ "0900", "0900" },
		{ "*21*89624401122#", "*21*89624401122#" },
	};
	char out[CC_DIAL_SIZE];

	(void)state;
	for (size_t i = 0; i < CC_LEN(rows); i++) {
		assert_int_equal(cc_dial_normalize(out, rows[i].typed), 0);
		assert_string_equal(out, rows[i].number);
	}
}

static void what_is_no_number_is_not_dialled(void **state)
{
	static const char *const bad[] = {
		"",
		"  -() ",
		"+",
		"8962440112a",
		"++79624401122",
		"8962+4401122",
		"sip:x@y",
		"8962440\r\n1122",
		"٨٩٦٢٤٤٠١١٢٢",
		"1234567890123456789012345678901234567890",
	};
	struct cc_dial_way w;

	(void)state;
	for (size_t i = 0; i < CC_LEN(bad); i++)
		assert_int_equal(dial(&w, bad[i]), EINVAL);
}

static void patterns_fit_whole_numbers(void **state)
{
	static const struct {
		const char *pattern, *number;
		bool fits;
	} rows[] = {
		{ "+79XXXXXXXXX", "+79624401122", true },
		{ "+79XXXXXXXXX", "+7962440112", false },
		{ "+79XXXXXXXXX", "+796244011223", false },
		{ "+7[348]XX", "+7412", true },
		{ "+7[348]XX", "+7512", false },
		{ "+7[348]XX", "+7]12", false },
		{ "+780*", "+780", true },
		{ "+780*", "+78091234567", true },
		{ "+780*", "+78", false },
		{ "X", "*", false },
		{ "*", "anything", true },
	};

	(void)state;
	for (size_t i = 0; i < CC_LEN(rows); i++)
		assert_int_equal(cc_dial_fits(rows[i].pattern, rows[i].number),
				 rows[i].fits);
}

static void the_rule_that_decided_is_told(void **state)
{
	struct cc_dial_way w;

	(void)state;
	assert_int_equal(dial(&w, "88001234567"), 0);
	assert_int_equal(w.rule, 0);
	assert_int_equal(dial(&w, "88091234567"), EPERM);
	assert_int_equal(w.rule, 1);
	assert_int_equal(dial(&w, "+4930123456"), EPERM);
	assert_int_equal(w.rule, CC_LEN(rules));
	assert_int_equal(dial(&w, "112"), 0);
	assert_int_equal(w.rule, CC_LEN(rules));
}

static void broken_patterns_are_known(void **state)
{
	static const char *const bad[] = { "",     "[12", "[]1", "1*2",   "7+9",
					   "[a]1", "a",   "N1",  "+7[X]1" };

	(void)state;
	for (size_t i = 0; i < CC_LEN(bad); i++) {
		assert_false(cc_dial_pattern_ok(bad[i]));
		cc_dial_fits(bad[i], "+79624401122");
	}
	for (size_t i = 0; i < CC_LEN(rules); i++)
		assert_true(cc_dial_pattern_ok(rules[i].pattern));
}

static void the_first_rule_that_fits_decides(void **state)
{
	struct cc_dial_way w;

	(void)state;
	assert_int_equal(dial(&w, "88001234567"), 0);
	assert_string_equal(w.number, "88001234567");
	assert_string_equal(w.plain, "+78001234567");
	assert_int_equal(dial(&w, "88652112233"), 0);
	assert_string_equal(w.number, "+78652112233");
	assert_string_equal(w.presented, "+78652000000");
	assert_int_equal(w.trunk, 0);
}

static void fraud_is_refused(void **state)
{
	static const char *const bad[] = {
		"88091234567",                       /* premium */
		"88031234567",                       /* televoting */
		"+77011234567",                      /* Kazakhstan */
		"8107701123456",    "+882131234567", /* satellite */
		"+4930123456",      "0900",          "1234", "911",
		"*21*89624401122#",
	};
	struct cc_dial_way w;

	(void)state;
	for (size_t i = 0; i < CC_LEN(bad); i++) {
		assert_int_equal(dial(&w, bad[i]), EPERM);
		assert_int_not_equal(w.plain[0], '\0'); /* for the journal */
		assert_int_equal(w.number[0], '\0');
	}
}

static void a_rule_is_for_its_roles(void **state)
{
	struct cc_dial_way w;

	(void)state;
	assert_int_equal(cc_dial_role("CC_ADMIN"), 1u << 5);
	assert_int_equal(cc_dial_role("AUDITOR"), 0);
	assert_int_equal(cc_dial_plan_way(&w, &plan, "+4930123456",
					  cc_dial_role("CC_ADMIN"), 0, NULL,
					  NULL),
			 0);
	assert_string_equal(w.number, "+4930123456");
}

static void emergency_numbers_are_always_dialled(void **state)
{
	static const struct cc_dial_plan none = { .emergency = { "112", "" } };
	struct cc_dial_way w;

	(void)state;
	assert_int_equal(dial(&w, "112"), 0);
	assert_true(w.emergency);
	assert_int_equal(dial(&w, "103"), 0);
	assert_string_equal(w.number, "78652112");
	assert_int_equal(cc_dial_plan_way(&w, &none, "112", 0, 0, NULL, NULL),
			 0);
	assert_int_equal(cc_dial_plan_way(&w, &none, "103", 0, 0, NULL, NULL),
			 EPERM);
	assert_int_equal(
	    cc_dial_plan_way(&w, &none, "88001234567", ~0u, 0, NULL, NULL),
	    EPERM);
}

static bool not_this(const void *arg, uint32_t trunk)
{
	return trunk != *(const uint32_t *)arg;
}

static void a_trunk_that_is_down_leaves_the_call_to_the_next_rule(void **state)
{
	const uint32_t two = 2, three = 3;
	struct cc_dial_way w;

	(void)state;
	assert_int_equal(
	    cc_dial_plan_way(&w, &plan, "89624401122", 1, 0, not_this, &three),
	    0);
	assert_int_equal(w.trunk, 2);
	assert_string_equal(w.number, "+79624401122");
	assert_int_equal(
	    cc_dial_plan_way(&w, &plan, "89624401122", 1, 0, not_this, &two),
	    0);
	assert_int_equal(w.trunk, 3);
	assert_string_equal(w.number, "79624401122");
}

static void a_line_that_is_asked_has_its_own_rule(void **state)
{
	static struct cc_dial_rule lines[] = {
		{ .pattern = "+79XXXXXXXXX",
		  .allow = true,
		  .trunk = 2,
		  .form = DIAL_NATIONAL,
		  .presented = "+78652000009" },
		{ .pattern = "+79XXXXXXXXX",
		  .allow = true,
		  .trunk = 3,
		  .form = DIAL_PLAIN },
		{ .pattern = "+78*", .allow = true, .presented = "112" },
		{ .pattern = "+78*", .allow = true, .trunk = 3 },
		{ .pattern = "*", .allow = false },
		{ .pattern = "*", .allow = true, .trunk = 4 },
	};
	static const struct cc_dial_plan own = { .rules = lines,
						 .count = CC_LEN(lines) };
	static const struct {
		const char *typed;
		uint32_t trunk;
		const char *number, *presented;
		size_t rule;
	} rows[] = {
		{ "89624401122", 2, "89624401122", "+78652000009", 0 },
		{ "89624401122", 3, "79624401122", "", 1 },
		/* that has none: written as by the first, under its own number */
		{ "89624401122", 4, "89624401122", "", 0 },
		/* the first that fits decides here, too */
		{ "88652112233", 3, "+78652112233", "112", 2 },
	};
	const uint32_t three = 3;
	struct cc_dial_way w;

	(void)state;
	for (size_t i = 0; i < CC_LEN(rows); i++) {
		assert_int_equal(cc_dial_plan_way(&w, &own, rows[i].typed, 1,
						  rows[i].trunk, not_this,
						  &three),
				 0);
		assert_int_equal(w.trunk, rows[i].trunk);
		assert_string_equal(w.number, rows[i].number);
		assert_string_equal(w.presented, rows[i].presented);
		assert_int_equal(w.rule, rows[i].rule);
	}
	assert_int_equal(cc_dial_plan_way(&w, &own, "112", 1, 4, NULL, NULL),
			 EPERM);
}

static void an_hour_is_sixty_minutes(void **state)
{
	struct cc_meter m = { 0 };
	int64_t t = 1000;

	(void)state;
	for (int i = 0; i < 1000; i++)
		cc_meter_add(&m, t);
	assert_int_equal(cc_meter_hour(&m, t), 1000);
	cc_meter_add(&m, t + 30 * 60000);
	assert_int_equal(cc_meter_hour(&m, t + 30 * 60000), 1001);
	assert_int_equal(cc_meter_hour(&m, t + 59 * 60000), 1001);
	assert_int_equal(cc_meter_hour(&m, t + 60 * 60000), 1);
	assert_int_equal(cc_meter_hour(&m, t + 90 * 60000), 0);
	cc_meter_add(&m, t + 500 * 60000);
	assert_int_equal(cc_meter_hour(&m, t + 500 * 60000), 1);
}

static void refusals_have_words(void **state)
{
	static const struct {
		int status;
		bool rang;
		const char *why;
	} rows[] = {
		{ 486, true, "BUSY" },         { 600, false, "BUSY" },
		{ 404, false, "UNKNOWN" },     { 484, false, "UNKNOWN" },
		{ 603, true, "REJECTED" },     { 403, false, "REJECTED" },
		{ 487, true, "NOANSWER" },     { 408, true, "NOANSWER" },
		{ 408, false, "UNAVAILABLE" }, { 480, true, "NOANSWER" },
		{ 480, false, "UNAVAILABLE" }, { 503, false, "UNAVAILABLE" },
		{ 500, true, "UNAVAILABLE" },  { 699, true, "UNAVAILABLE" },
	};

	(void)state;
	for (size_t i = 0; i < CC_LEN(rows); i++)
		assert_string_equal(
		    cc_dial_refusal(rows[i].status, rows[i].rang), rows[i].why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_as_people_type_them_become_one),
		cmocka_unit_test(what_is_no_number_is_not_dialled),
		cmocka_unit_test(patterns_fit_whole_numbers),
		cmocka_unit_test(the_rule_that_decided_is_told),
		cmocka_unit_test(broken_patterns_are_known),
		cmocka_unit_test(the_first_rule_that_fits_decides),
		cmocka_unit_test(fraud_is_refused),
		cmocka_unit_test(a_rule_is_for_its_roles),
		cmocka_unit_test(emergency_numbers_are_always_dialled),
		cmocka_unit_test(
		    a_trunk_that_is_down_leaves_the_call_to_the_next_rule),
		cmocka_unit_test(a_line_that_is_asked_has_its_own_rule),
		cmocka_unit_test(an_hour_is_sixty_minutes),
		cmocka_unit_test(refusals_have_words),
	};

	return cmocka_run_group_tests_name("dialplan", tests, NULL, NULL);
}
