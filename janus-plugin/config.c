#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <janus/config.h>

#include "janus-plugin/config.h"
#include "janus-plugin/util.h"

#define FILE_NAME "janus.plugin.otklik.jcfg"

struct reader {
	janus_config *jc;
	const char *path;
	char *err;
	size_t errlen;
};

static int bad(struct reader *r, const char *key, const char *value,
	       const char *allowed)
{
	snprintf(r->err, r->errlen, "%s: %s = \"%s\": must be %s", r->path, key,
		 value, allowed);
	return EINVAL;
}

static int get(struct reader *r, const char *key, char *out, size_t size)
{
	janus_config_category *general = janus_config_get_create(
	    r->jc, NULL, janus_config_type_category, "general");
	janus_config_item *it =
	    janus_config_get(r->jc, general, janus_config_type_item, key);

	if (!it || !it->value || !it->value[0])
		return bad(r, key, "", "set");
	if (!cc_copy(out, size, it->value))
		return bad(r, key, it->value, "shorter");
	return 0;
}

static int address(struct reader *r, const char *key, char *out, size_t size)
{
	struct in_addr a;
	int err = get(r, key, out, size);

	if (!err && inet_pton(AF_INET, out, &a) != 1)
		err = bad(r, key, out, "an IPv4 address");
	return err;
}

static int port(struct reader *r, const char *key, const char *text,
		uint16_t *out)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || end == text || !n || n > 65535)
		return bad(r, key, text, "a port, 1-65535");
	*out = (uint16_t)n;
	return 0;
}

static int peer(struct reader *r, struct cc_config *c)
{
	char text[64], *colon;
	struct in_addr a;
	int err = get(r, "trunk_peer", text, sizeof(text));

	if (err)
		return err;
	colon = strchr(text, ':');
	if (!colon)
		return bad(r, "trunk_peer", text, "ADDRESS:PORT");
	*colon = '\0';
	cc_copy(c->peer_host, sizeof(c->peer_host), text);
	if (inet_pton(AF_INET, text, &a) != 1)
		return bad(r, "trunk_peer", text, "an IPv4 ADDRESS:PORT");
	return port(r, "trunk_peer", colon + 1, &c->peer_port);
}

static int range(struct reader *r, struct cc_config *c)
{
	char text[32], *dash;
	int err = get(r, "rtp_ports", text, sizeof(text));

	if (err)
		return err;
	dash = strchr(text, '-');
	if (!dash)
		return bad(r, "rtp_ports", text, "FIRST-LAST");
	*dash = '\0';
	err = port(r, "rtp_ports", text, &c->rtp_min);
	if (!err)
		err = port(r, "rtp_ports", dash + 1, &c->rtp_max);
	if (!err && c->rtp_max <= c->rtp_min)
		err = bad(r, "rtp_ports", dash + 1, "greater than the first");
	return err;
}

static int ping(struct reader *r, struct cc_config *c)
{
	char text[16], *end;
	int err = get(r, "ping_ms", text, sizeof(text));
	unsigned long n;

	if (err)
		return err;
	n = strtoul(text, &end, 10);
	if (*end || end == text || n < 300 || n > 5000)
		return bad(r, "ping_ms", text, "300-5000");
	c->ping_ms = (unsigned)n;
	return 0;
}

static int password(struct reader *r, struct cc_config *c)
{
	char path[CC_PATH_SIZE];
	int err = get(r, "db_password_file", path, sizeof(path));
	FILE *f;

	if (err)
		return err;
	f = fopen(path, "re");
	if (!f || !fgets(c->db_password, sizeof(c->db_password), f))
		err = bad(r, "db_password_file", path, "a readable file");
	else
		c->db_password[strcspn(c->db_password, "\n")] = '\0';
	if (f)
		fclose(f);
	return err;
}

static int emergency(struct reader *r, struct cc_config *c)
{
	char text[40];
	size_t first, second;
	int err = get(r, "emergency", text, sizeof(text));

	if (err)
		return err;
	first = strspn(text, "0123456789");
	second =
	    text[first] == ',' ? strspn(text + first + 1, "0123456789") : 0;
	if (!first || first >= sizeof(c->emergency[0]) || !second ||
	    second >= sizeof(c->emergency[1]) || text[first + 1 + second])
		return bad(r, "emergency", text, "two numbers, \"112,103\"");
	text[first] = '\0';
	cc_copy(c->emergency[0], sizeof(c->emergency[0]), text);
	cc_copy(c->emergency[1], sizeof(c->emergency[1]), text + first + 1);
	return 0;
}

static int read_all(struct reader *r, struct cc_config *c)
{
	const struct {
		const char *key;
		char *out;
		size_t size;
	} texts[] = {
		{ "node", c->node, sizeof(c->node) },
		{ "db_socket", c->db_socket, sizeof(c->db_socket) },
		{ "db_user", c->db_user, sizeof(c->db_user) },
		{ "db_name", c->db_name, sizeof(c->db_name) },
		{ "rec_dir", c->rec_dir, sizeof(c->rec_dir) },
		{ "spool_dir", c->spool_dir, sizeof(c->spool_dir) },
		{ "prompts_dir", c->prompts_dir, sizeof(c->prompts_dir) },
		{ "own_prompts_dir", c->own_prompts_dir,
		  sizeof(c->own_prompts_dir) },
		{ "engine_socket", c->engine_socket, sizeof(c->engine_socket) },
		{ "sips_dir", c->sips_dir, sizeof(c->sips_dir) },
	};
	char text[16];
	int err = 0;

	for (size_t i = 0; !err && i < CC_LEN(texts); i++)
		err = get(r, texts[i].key, texts[i].out, texts[i].size);
	if (!err)
		err = address(r, "sip_addr", c->sip_addr, sizeof(c->sip_addr));
	if (!err)
		err = get(r, "sip_port", text, sizeof(text));
	if (!err)
		err = port(r, "sip_port", text, &c->sip_port);
	if (!err)
		err = get(r, "sips_port", text, sizeof(text));
	if (!err)
		err = port(r, "sips_port", text, &c->sips_port);
	if (!err && c->sips_port == c->sip_port)
		err = bad(r, "sips_port", text, "another port than sip_port");
	if (!err)
		err = peer(r, c);
	if (!err)
		err = range(r, c);
	if (!err)
		err = ping(r, c);
	if (!err)
		err = password(r, c);
	return err ? err : emergency(r, c);
}

int cc_config_read(struct cc_config *out, const char *folder, char *err,
		   size_t errlen)
{
	char path[CC_PATH_SIZE];
	struct reader r = { .path = path, .err = err, .errlen = errlen };
	struct cc_config c = { .sip_port = 0 };
	int rc;

	snprintf(path, sizeof(path), "%s/%s", folder, FILE_NAME);
	r.jc = janus_config_parse(path);
	if (!r.jc) {
		snprintf(err, errlen, "%s: not a readable configuration file",
			 path);
		return EINVAL;
	}
	rc = read_all(&r, &c);
	janus_config_destroy(r.jc);
	if (!rc)
		*out = c;
	return rc;
}
