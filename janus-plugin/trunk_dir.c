#include "janus-plugin/trunk_dir.h"

#include <string.h>

#include "janus-plugin/util.h"

static const char *text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static uint32_t number(const json_t *o, const char *key)
{
	return (uint32_t)json_integer_value(json_object_get(o, key));
}

static enum cc_transport transport(const char *name)
{
	return !strcmp(name, "TLS")   ? CC_TLS
	       : !strcmp(name, "TCP") ? CC_TCP
				      : CC_UDP;
}

size_t cc_trunk_dir(struct cc_trunk_conf *out, const json_t *dir,
		    const char *host, uint16_t port)
{
	const json_t *list = json_object_get(dir, "trunks"), *o;
	size_t n = 0, i;

	json_array_foreach(list, i, o) {
		struct cc_trunk_conf *c = &out[n];
		const bool builtin =
		    json_is_true(json_object_get(o, "builtin"));

		if (n == CC_TRUNKS)
			break;
		*c = (struct cc_trunk_conf){
			.id = number(o, "id"),
			.registers = !strcmp(text(o, "kind"), "REGISTER"),
			.port = builtin ? port : (uint16_t)number(o, "port"),
			.transport = transport(text(o, "transport")),
			.expires_s = number(o, "expires"),
		};
		/* what does not fit is no line: cut, it would be another one */
		if (cc_copy(c->host, sizeof(c->host),
			    builtin ? host : text(o, "host")) &&
		    cc_copy(c->presented, sizeof(c->presented),
			    text(o, "presented")) &&
		    cc_copy(c->user, sizeof(c->user), text(o, "account")) &&
		    cc_copy(c->secret, sizeof(c->secret), text(o, "secret")) &&
		    cc_trunk_conf_ok(c))
			n++;
	}
	return n;
}
