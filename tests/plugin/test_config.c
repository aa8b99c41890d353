/* test_config.c - janus.plugin.otklik.jcfg: each wrong value is named. Janus'
 * own reader is played by one that knows `key = "value"` lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <janus/config.h>

#include "janus-plugin/config.h"
#include "janus-plugin/util.h"

#define FILE_NAME "janus.plugin.otklik.jcfg"
#define TEMPLATE  "janus-plugin/dist/" FILE_NAME ".in"
#define LONG_40   "0123456789012345678901234567890123456789"
#define LONG_280  LONG_40 LONG_40 LONG_40 LONG_40 LONG_40 LONG_40 LONG_40

/* --- what Janus gives ------------------------------------------------- */

static struct {
	char key[32], value[512];
	janus_config_item item;
} items[32];
static size_t item_count;
static janus_config config;
static int opened;

janus_config *janus_config_parse(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[1024];

	if (!f)
		return NULL;
	item_count = 0;
	while (fgets(line, sizeof(line), f)) {
		assert_true(item_count < CC_LEN(items));
		items[item_count].value[0] = '\0';
		if (sscanf(line, " %31[a-z_] = \"%511[^\"]\"",
			   items[item_count].key, items[item_count].value) < 1)
			continue;
		items[item_count].item.value = items[item_count].value;
		item_count++;
	}
	fclose(f);
	opened++;
	return &config;
}

void janus_config_destroy(janus_config *jc)
{
	assert_ptr_equal(jc, &config);
	opened--;
}

janus_config_container *janus_config_get_create(janus_config *jc,
						janus_config_container *parent,
						janus_config_type type,
						const char *name)
{
	static janus_config_container general;

	assert_ptr_equal(jc, &config);
	assert_null(parent);
	assert_int_equal(type, janus_config_type_category);
	assert_string_equal(name, "general");
	return &general;
}

janus_config_container *janus_config_get(janus_config *jc,
					 janus_config_container *parent,
					 janus_config_type type,
					 const char *name)
{
	assert_ptr_equal(jc, &config);
	assert_non_null(parent);
	assert_int_equal(type, janus_config_type_item);
	for (size_t i = 0; i < item_count; i++)
		if (!strcmp(items[i].key, name))
			return &items[i].item;
	return NULL;
}

/* --- the file --------------------------------------------------------- */

static char dir[] = "/tmp/config-XXXXXX";
static char file[64], secret[64], empty[64];

/* What the start script puts into the template. */
static const struct {
	const char *mark, *value;
} marks[] = {
	{ "@NODE@", "n1" },
	{ "@STATE@", "/srv/otklik" },
	{ "@SIP_ADDR@", "192.0.2.10" },
	{ "@SIP_PORT@", "5060" },
	{ "@SIPS_PORT@", "5061" },
	{ "@TRUNK_PEER@", "192.0.2.1:5080" },
	{ "@RTP_PORTS@", "20000-24999" },
	{ "@PING_MS@", "1000" },
};

/* Writes a line of the template with its marks filled in. */
static void fill(FILE *out, const char *text)
{
	while (*text) {
		size_t i = 0;

		while (i < CC_LEN(marks) &&
		       strncmp(text, marks[i].mark, strlen(marks[i].mark)) != 0)
			i++;
		if (i < CC_LEN(marks)) {
			fputs(marks[i].value, out);
			text += strlen(marks[i].mark);
		} else {
			fputc(*text++, out);
		}
	}
}

/* The template as it is shipped; of `key` another value, or no line. */
static void write_file(const char *key, const char *value)
{
	FILE *in = fopen(TEMPLATE, "re"), *out = fopen(file, "we");
	char line[256], name[32];

	assert_non_null(in);
	assert_non_null(out);
	while (fgets(line, sizeof(line), in)) {
		if (sscanf(line, " %31[a-z_] = ", name) != 1)
			name[0] = '\0';
		if (key && !strcmp(name, key)) {
			if (value)
				fprintf(out, "\t%s = \"%s\"\n", key, value);
		} else if (!strcmp(name, "db_password_file")) {
			fprintf(out, "\t%s = \"%s\"\n", name, secret);
		} else {
			fill(out, line);
		}
	}
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

static void read_good(struct cc_config *c)
{
	char err[512] = "";
	const int rc = cc_config_read(c, dir, err, sizeof(err));

	assert_string_equal(err, "");
	assert_int_equal(rc, 0);
	assert_int_equal(opened, 0);
}

/* The whole sentence, and nothing of the file is taken. */
static void read_bad(const char *key, const char *value, const char *allowed)
{
	struct cc_config c, before;
	char err[1024] = "", want[1024];

	memset(&c, 0x5a, sizeof(c));
	before = c;
	snprintf(want, sizeof(want), "%s: %s = \"%s\": must be %s", file, key,
		 value, allowed);
	assert_int_equal(cc_config_read(&c, dir, err, sizeof(err)), EINVAL);
	assert_string_equal(err, want);
	assert_memory_equal(&c, &before, sizeof(c));
	assert_int_equal(opened, 0);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/%s", dir, FILE_NAME);
	snprintf(secret, sizeof(secret), "%s/secret", dir);
	snprintf(empty, sizeof(empty), "%s/empty", dir);
	put(secret, "s3cret\nnot this\n");
	put(empty, "");
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(file);
	unlink(secret);
	unlink(empty);
	return rmdir(dir);
}

/* --- cases ------------------------------------------------------------ */

static void the_shipped_file_is_read(void **state)
{
	struct cc_config c;

	(void)state;
	write_file(NULL, NULL);
	read_good(&c);
	assert_string_equal(c.node, "n1");
	assert_string_equal(c.sip_addr, "192.0.2.10");
	assert_int_equal(c.sip_port, 5060);
	assert_int_equal(c.sips_port, 5061);
	assert_string_equal(c.peer_host, "192.0.2.1");
	assert_int_equal(c.peer_port, 5080);
	assert_int_equal(c.rtp_min, 20000);
	assert_int_equal(c.rtp_max, 24999);
	assert_int_equal(c.ping_ms, 1000);
	assert_string_equal(c.db_socket, "/srv/otklik/run/db.sock");
	assert_string_equal(c.db_user, "media");
	assert_string_equal(c.db_name, "otklik");
	assert_string_equal(c.db_password, "s3cret");
	assert_string_equal(c.rec_dir, "/srv/otklik/rec");
	assert_string_equal(c.spool_dir, "/srv/otklik/spool");
	assert_string_equal(c.prompts_dir, "/srv/otklik/prompts");
	assert_string_equal(c.own_prompts_dir, "/srv/otklik/files/prompts");
	assert_string_equal(c.engine_socket, "/srv/otklik/run/engine.sock");
	assert_string_equal(c.sips_dir, "/srv/otklik/sips");
	assert_string_equal(c.emergency[0], "112");
	assert_string_equal(c.emergency[1], "103");
}

static void a_wrong_value_is_named(void **state)
{
	/* shown: the part that is wrong, where that is not all of it */
	static const struct {
		const char *key, *value, *shown, *allowed;
	} cases[] = {
		{ "node", LONG_40, NULL, "shorter" },
		{ "db_socket", LONG_280, NULL, "shorter" },
		{ "db_user", LONG_40, NULL, "shorter" },
		{ "db_name", LONG_40, NULL, "shorter" },
		{ "rec_dir", LONG_280, NULL, "shorter" },
		{ "spool_dir", LONG_280, NULL, "shorter" },
		{ "prompts_dir", LONG_280, NULL, "shorter" },
		{ "own_prompts_dir", LONG_280, NULL, "shorter" },
		{ "engine_socket", LONG_280, NULL, "shorter" },
		{ "sips_dir", LONG_280, NULL, "shorter" },
		{ "sip_addr", "pbx", NULL, "an IPv4 address" },
		{ "sip_addr", "192.0.2.256", NULL, "an IPv4 address" },
		{ "sip_addr", "::1", NULL, "an IPv4 address" },
		{ "sip_port", "0", NULL, "a port, 1-65535" },
		{ "sip_port", "65536", NULL, "a port, 1-65535" },
		{ "sip_port", "5060x", NULL, "a port, 1-65535" },
		{ "sip_port", "-5060", NULL, "a port, 1-65535" },
		{ "sips_port", "0", NULL, "a port, 1-65535" },
		{ "sips_port", "65536", NULL, "a port, 1-65535" },
		{ "sips_port", "5061x", NULL, "a port, 1-65535" },
		{ "sips_port", "5060", NULL, "another port than sip_port" },
		{ "trunk_peer", "192.0.2.1", NULL, "ADDRESS:PORT" },
		{ "trunk_peer", "pbx:5060", "pbx", "an IPv4 ADDRESS:PORT" },
		{ "trunk_peer", "192.0.2.1:", "", "a port, 1-65535" },
		{ "trunk_peer", "192.0.2.1:sip", "sip", "a port, 1-65535" },
		{ "rtp_ports", "20000", NULL, "FIRST-LAST" },
		{ "rtp_ports", "-24999", "", "a port, 1-65535" },
		{ "rtp_ports", "20000-70000", "70000", "a port, 1-65535" },
		{ "rtp_ports", "20000-20000", "20000",
		  "greater than the first" },
		{ "rtp_ports", "20000-19999", "19999",
		  "greater than the first" },
		{ "ping_ms", "299", NULL, "300-5000" },
		{ "ping_ms", "5001", NULL, "300-5000" },
		{ "ping_ms", "1 s", NULL, "300-5000" },
		{ "db_password_file", "/nowhere/secret", NULL,
		  "a readable file" },
		{ "db_password_file", empty, NULL, "a readable file" },
		{ "emergency", "112", NULL, "two numbers, \"112,103\"" },
		{ "emergency", "112;103", NULL, "two numbers, \"112,103\"" },
		{ "emergency", "112,103,101", NULL,
		  "two numbers, \"112,103\"" },
		{ "emergency", "112,", NULL, "two numbers, \"112,103\"" },
		{ "emergency", ",103", NULL, "two numbers, \"112,103\"" },
		{ "emergency", "112,1030123456789012", NULL,
		  "two numbers, \"112,103\"" },
	};

	(void)state;
	for (size_t i = 0; i < CC_LEN(cases); i++) {
		write_file(cases[i].key, cases[i].value);
		read_bad(cases[i].key,
			 cases[i].shown ? cases[i].shown : cases[i].value,
			 cases[i].allowed);
	}
}

static const char *const keys[] = {
	"node",      "sip_addr",        "sip_port",    "trunk_peer",
	"rtp_ports", "ping_ms",         "db_socket",   "db_user",
	"db_name",   "rec_dir",         "spool_dir",   "db_password_file",
	"emergency", "engine_socket",   "prompts_dir", "sips_port",
	"sips_dir",  "own_prompts_dir",
};

static void a_missing_or_empty_key_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < CC_LEN(keys); i++) {
		write_file(keys[i], NULL);
		read_bad(keys[i], "", "set");
		write_file(keys[i], "");
		read_bad(keys[i], "", "set");
	}
}

static void the_edges_are_allowed(void **state)
{
	struct cc_config c;

	(void)state;
	write_file("sip_port", "65535");
	read_good(&c);
	assert_int_equal(c.sip_port, 65535);
	write_file("rtp_ports", "1-2");
	read_good(&c);
	assert_int_equal(c.rtp_min, 1);
	assert_int_equal(c.rtp_max, 2);
	write_file("ping_ms", "300");
	read_good(&c);
	write_file("ping_ms", "5000");
	read_good(&c);
	assert_int_equal(c.ping_ms, 5000);
	write_file("emergency", "112,103012345678901");
	read_good(&c);
	assert_string_equal(c.emergency[1], "103012345678901");
}

/* `state` of the shipped file is for the scripts: keys of others are left
 * alone. */
static void an_unknown_key_is_left_alone(void **state)
{
	struct cc_config c;
	FILE *f;

	(void)state;
	write_file(NULL, NULL);
	f = fopen(file, "ae");
	assert_non_null(f);
	fputs("\tcolour = \"blue\"\n", f);
	fclose(f);
	read_good(&c);
	assert_string_equal(c.node, "n1");
}

static void a_missing_file_is_named(void **state)
{
	struct cc_config c;
	char err[512] = "", want[512];

	(void)state;
	unlink(file);
	snprintf(want, sizeof(want), "%s: not a readable configuration file",
		 file);
	assert_int_equal(cc_config_read(&c, dir, err, sizeof(err)), EINVAL);
	assert_string_equal(err, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_file_is_read),
		cmocka_unit_test(a_wrong_value_is_named),
		cmocka_unit_test(a_missing_or_empty_key_is_named),
		cmocka_unit_test(the_edges_are_allowed),
		cmocka_unit_test(an_unknown_key_is_left_alone),
		cmocka_unit_test(a_missing_file_is_named),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
