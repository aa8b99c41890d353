#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <janus/config.h>
#include <janus/debug.h>
#include <janus/rtp.h>

#include "tests/fake/janus.h"

#define VALUES 32

struct fake_janus fake_janus;

int janus_log_level = LOG_ERR;
gboolean janus_log_timestamps;
gboolean janus_log_colors;
char *janus_log_global_prefix;
int refcount_debug;

static struct {
	char key[32], value[256];
} values[VALUES];
static int value_count;

void fake_janus_set(const char *key, const char *value)
{
	snprintf(values[value_count].key, sizeof(values[0].key), "%s", key);
	snprintf(values[value_count].value, sizeof(values[0].value), "%s",
		 value);
	value_count++;
}

void janus_vprintf(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
}

janus_config *janus_config_parse(const char *file)
{
	(void)file;
	return calloc(1, sizeof(janus_config));
}

void janus_config_destroy(janus_config *config)
{
	free(config);
}

janus_config_container *janus_config_get_create(janus_config *config,
						janus_config_container *parent,
						janus_config_type type,
						const char *name)
{
	(void)config;
	(void)parent;
	(void)type;
	(void)name;
	return NULL;
}

janus_config_container *janus_config_get(janus_config *config,
					 janus_config_container *parent,
					 janus_config_type type,
					 const char *name)
{
	static janus_config_container found[VALUES];

	(void)config;
	(void)parent;
	(void)type;
	for (int i = 0; i < value_count; i++)
		if (!strcmp(values[i].key, name)) {
			found[i].value = values[i].value;
			return &found[i];
		}
	return NULL;
}

janus_plugin_result *janus_plugin_result_new(janus_plugin_result_type type,
					     const char *text, json_t *content)
{
	janus_plugin_result *r = calloc(1, sizeof(*r));

	r->type = type;
	r->text = text;
	r->content = content;
	return r;
}

void janus_plugin_result_destroy(janus_plugin_result *result)
{
	json_decref(result->content);
	free(result);
}

void janus_plugin_rtp_extensions_reset(janus_plugin_rtp_extensions *extensions)
{
	memset(extensions, 0, sizeof(*extensions));
}

static int push_event(janus_plugin_session *handle, janus_plugin *plugin,
		      const char *transaction, json_t *message, json_t *jsep)
{
	char *text = json_dumps(message, JSON_COMPACT);

	(void)transaction;
	if (!handle || !plugin || !text)
		abort();
	free(text);
	atomic_fetch_add(jsep ? &fake_janus.offers : &fake_janus.events, 1);
	return 0;
}

static void relay_rtp(janus_plugin_session *handle, janus_plugin_rtp *packet)
{
	if (!handle || packet->length < 12)
		abort();
	atomic_fetch_add(&fake_janus.relayed, 1);
}

static void end_session(janus_plugin_session *handle)
{
	(void)handle;
	atomic_fetch_add(&fake_janus.ended, 1);
}

static gboolean signature(janus_plugin *plugin, const char *token,
			  const char *descriptor)
{
	(void)plugin;
	(void)descriptor;
	return strstr(token, ":forged") == NULL;
}

janus_callbacks *fake_janus_callbacks(void)
{
	static janus_callbacks callbacks = {
		.push_event = push_event,
		.relay_rtp = relay_rtp,
		.end_session = end_session,
		.auth_signature_contains = signature,
	};

	return &callbacks;
}

static void freed(const janus_refcount *ref)
{
	free(janus_refcount_containerof(ref, janus_plugin_session, ref));
}

janus_plugin_session *fake_janus_session(void)
{
	janus_plugin_session *s = calloc(1, sizeof(*s));

	janus_refcount_init(&s->ref, freed);
	return s;
}

void fake_janus_drop(janus_plugin_session *s)
{
	janus_refcount_decrease(&s->ref);
}
