/* Lines of the operators: alive or not, which one dials, when to try again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "janus-plugin/trunk_dir.h"
#include "janus-plugin/util.h"

/* B3-38 */
static void one_miss_is_no_failure_and_one_answer_is_life(void **state)
{
	struct cc_health h = { .line = CC_LINE_UNKNOWN };

	(void)state;
	assert_int_equal(cc_health_step(&h, true, 1), CC_HEALTH_CHANGED);
	assert_int_equal(h.line, CC_LINE_UP);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(cc_health_step(&h, false, 1), 0);
		assert_int_equal(h.line, CC_LINE_UP);
		assert_int_equal(cc_health_step(&h, true, 1), 0);
	}
	assert_int_equal(cc_health_step(&h, false, 1), 0);
	assert_int_equal(cc_health_step(&h, false, 1), CC_HEALTH_CHANGED);
	assert_int_equal(h.line, CC_LINE_DOWN);
	assert_int_equal(cc_health_step(&h, false, 1), 0); /* told once */
	assert_int_equal(cc_health_step(&h, true, 1), CC_HEALTH_CHANGED);
	assert_int_equal(h.line, CC_LINE_UP);
}

static void the_next_target_takes_over_before_the_line_is_down(void **state)
{
	struct cc_health h = { .line = CC_LINE_UP };

	(void)state;
	assert_int_equal(cc_health_step(&h, false, 2), 0);
	assert_int_equal(cc_health_step(&h, false, 2),
			 CC_HEALTH_NEXT | CC_HEALTH_ASK);
	assert_int_equal(h.line, CC_LINE_UP);
	assert_int_equal(cc_health_step(&h, true, 2), 0);
	/* it stays with the second one: nothing leads back to the first */
	assert_int_equal(cc_health_step(&h, false, 2), 0);
	assert_int_equal(cc_health_step(&h, true, 2), 0);
}

static void a_line_is_down_when_every_target_has_failed(void **state)
{
	struct cc_health h = { .line = CC_LINE_UP };

	(void)state;
	cc_health_step(&h, false, 3);
	assert_int_equal(cc_health_step(&h, false, 3),
			 CC_HEALTH_NEXT | CC_HEALTH_ASK);
	assert_int_equal(cc_health_step(&h, false, 3),
			 CC_HEALTH_NEXT | CC_HEALTH_ASK);
	assert_int_equal(cc_health_step(&h, false, 3),
			 CC_HEALTH_NEXT | CC_HEALTH_CHANGED);
	assert_int_equal(h.line, CC_LINE_DOWN);
	/* and goes round at the usual pace from here on */
	assert_int_equal(cc_health_step(&h, false, 3) & CC_HEALTH_CHANGED, 0);
}

static void the_first_that_works_dials_and_an_order_goes_first(void **state)
{
	struct cc_trunk_view v[] = {
		{ .id = 1, .line = CC_LINE_DOWN, .ready = true },
		{ .id = 2, .line = CC_LINE_UP, .ready = true },
		{ .id = 3, .line = CC_LINE_UP, .ready = true },
		{ .id = 4,
		  .line = CC_LINE_UP,
		  .ready = true,
		  .registers = true },
	};

	(void)state;
	assert_int_equal(cc_trunk_choose(v, 4, 0), 1);
	assert_int_equal(cc_trunk_choose(v, 4, 3), 2);
	assert_int_equal(cc_trunk_choose(v, 4, 1), 1); /* it is down */
	assert_int_equal(cc_trunk_choose(v, 4, 4), 1); /* not registered */
	assert_int_equal(cc_trunk_choose(v, 4, 99), 1);
	v[1].tried = true;
	assert_int_equal(cc_trunk_choose(v, 4, 0), 2);
	v[2].tried = true;
	v[3].registered = true;
	assert_int_equal(cc_trunk_choose(v, 4, 0), 3);
	v[3].tried = true; /* better a doubtful line than none */
	assert_int_equal(cc_trunk_choose(v, 4, 0), 0);
	v[0].ready = false; /* its name was never found */
	assert_int_equal(cc_trunk_choose(v, 4, 0), 4);
	assert_int_equal(cc_trunk_choose(v, 0, 0), 0);
}

static void only_what_is_the_lines_own_fault_goes_to_another(void **state)
{
	(void)state;
	assert_true(cc_trunk_failed(503, true, false));
	assert_true(cc_trunk_failed(408, false, false)); /* silence */
	assert_false(cc_trunk_failed(408, true, false)); /* nobody at home */
	assert_false(cc_trunk_failed(486, true, false));
	assert_false(cc_trunk_failed(404, true, false));
	assert_false(cc_trunk_failed(603, true, false));
	assert_false(cc_trunk_failed(487, true, false));
	/* it has rung already: never a second time elsewhere */
	assert_false(cc_trunk_failed(503, true, true));
	assert_false(cc_trunk_failed(408, false, true));
}

/* B3-37 */
static void registration_never_gives_up_and_never_hammers(void **state)
{
	const struct {
		int status;
		unsigned first, tenth;
	} cases[] = {
		{ 401, 600, 3600 }, { 403, 900, 3600 }, { 404, 900, 3600 },
		{ 407, 600, 3600 }, { 408, 5, 300 },    { 423, 300, 3600 },
		{ 480, 30, 600 },   { 500, 15, 600 },   { 503, 15, 600 },
		{ 603, 900, 3600 }, { 400, 600, 3600 }, { 305, 600, 3600 },
	};

	(void)state;
	for (size_t i = 0; i < CC_LEN(cases); i++) {
		unsigned before = 0;

		assert_int_equal(cc_register_delay(cases[i].status, 1, 0),
				 cases[i].first);
		assert_int_equal(cc_register_delay(cases[i].status, 10, 0),
				 cases[i].tenth);
		for (unsigned n = 1; n < 100000; n = n * 2 + 1) {
			unsigned s = cc_register_delay(cases[i].status, n, 0);

			assert_in_range(s, before, 3600);
			before = s;
		}
	}
	assert_int_equal(cc_register_delay(503, 1, 120), 120); /* asked to */
	assert_int_equal(cc_register_delay(503, 1, 1), 15);
	assert_int_equal(cc_register_delay(503, 1, 999999), 3600);
}

static struct cc_trunk_conf peer(const char *host)
{
	struct cc_trunk_conf c = { .id = 1, .port = 5060 };

	cc_copy(c.host, sizeof(c.host), host);
	return c;
}

static void hosts_are_a_list_with_ports_of_their_own(void **state)
{
	struct cc_trunk_conf c = peer("sip.example.org, 10.0.0.1:5080,b-2");
	char host[CC_TRUNK_HOST];
	uint16_t port;

	(void)state;
	assert_int_equal(cc_trunk_host(&c, 0, host, &port), 0);
	assert_string_equal(host, "sip.example.org");
	assert_int_equal(port, 5060);
	assert_int_equal(cc_trunk_host(&c, 1, host, &port), 0);
	assert_string_equal(host, "10.0.0.1");
	assert_int_equal(port, 5080);
	assert_int_equal(cc_trunk_host(&c, 2, host, &port), 0);
	assert_string_equal(host, "b-2");
	assert_int_equal(cc_trunk_host(&c, 3, host, &port), ENOENT);
	assert_true(cc_trunk_conf_ok(&c));
}

/* B3-40 */
static void nothing_of_a_line_can_leave_its_place_in_a_header(void **state)
{
	static const char *const hosts[] = {
		"",     " ",  "a b",   "a\r\nX: y", "a>",      "a;b",
		"a@b",  "-a", "a:",    "a:0",       "a:65536", "a:5x",
		"a,,b", "a,", "[::1]", "a\"",
	};
	static const char *const users[] = {
		"a\r\nX: y", "a b", "a\"", "a>", "a@b", "a:b", "\x01", "a;b"
	};
	static const char *const numbers[] = { "+",     "12 3", "+7x",
					       "1\r\n", "1;x",  "\"" };
	struct cc_trunk_conf c;

	(void)state;
	for (size_t i = 0; i < CC_LEN(hosts); i++) {
		c = peer(hosts[i]);
		assert_false(cc_trunk_conf_ok(&c));
	}
	for (size_t i = 0; i < CC_LEN(users); i++) {
		c = peer("a");
		cc_copy(c.user, sizeof(c.user), users[i]);
		assert_false(cc_trunk_conf_ok(&c));
	}
	for (size_t i = 0; i < CC_LEN(numbers); i++) {
		c = peer("a");
		cc_copy(c.presented, sizeof(c.presented), numbers[i]);
		assert_false(cc_trunk_conf_ok(&c));
	}
	c = peer("a");
	c.registers = true; /* as whom? */
	assert_false(cc_trunk_conf_ok(&c));
	cc_copy(c.user, sizeof(c.user), "tfoms-26");
	cc_copy(c.presented, sizeof(c.presented), "+78652000001");
	assert_true(cc_trunk_conf_ok(&c));
	c.id = 0;
	assert_false(cc_trunk_conf_ok(&c));
}

static void lines_come_from_the_directory_and_the_environment_wins(void **state)
{
	static const char text[] =
	    "{\"trunks\":[{\"id\":1,\"kind\":\"PEER\",\"host\":\"10.0.0.9\","
	    "\"port\":5060,\"transport\":\"UDP\",\"builtin\":true},"
	    "{\"id\":7,\"kind\":\"PEER\",\"host\":\"no good\",\"port\":1},"
	    "{\"id\":2,\"kind\":\"REGISTER\",\"host\":\"sip.example.org\","
	    "\"port\":5070,\"transport\":\"TCP\",\"presented\":\"+78652\","
	    "\"account\":\"tfoms\",\"secret\":\"s\",\"expires\":300}]}";
	struct cc_trunk_conf c[CC_TRUNKS];
	json_t *dir = json_loads(text, 0, NULL);

	(void)state;
	assert_non_null(dir);
	assert_int_equal(cc_trunk_dir(c, dir, "127.0.0.1", 5080), 2);
	assert_string_equal(c[0].host, "127.0.0.1");
	assert_int_equal(c[0].port, 5080);
	assert_false(c[0].registers);
	assert_int_equal(c[1].id, 2);
	assert_true(c[1].registers);
	assert_int_equal(c[1].transport, CC_TCP);
	assert_string_equal(c[1].user, "tfoms");
	assert_int_equal(c[1].expires_s, 300);
	json_decref(dir);
}

#define CASE(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(one_miss_is_no_failure_and_one_answer_is_life),
		CASE(the_next_target_takes_over_before_the_line_is_down),
		CASE(a_line_is_down_when_every_target_has_failed),
		CASE(the_first_that_works_dials_and_an_order_goes_first),
		CASE(only_what_is_the_lines_own_fault_goes_to_another),
		CASE(registration_never_gives_up_and_never_hammers),
		CASE(hosts_are_a_list_with_ports_of_their_own),
		CASE(nothing_of_a_line_can_leave_its_place_in_a_header),
		CASE(lines_come_from_the_directory_and_the_environment_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
