/*
 * janus.h - as much of Janus as the plugin touches, for tests in one process:
 * the core's symbols, and callbacks that count.
 */
#ifndef FAKE_JANUS_H
#define FAKE_JANUS_H

#include <stdatomic.h>
#include <stdint.h>

#include <janus/plugins/plugin.h>

struct fake_janus {
	atomic_long events, offers, relayed, ended;
};

extern struct fake_janus fake_janus;

janus_callbacks *fake_janus_callbacks(void);
/* One handle; drop gives up the core's own reference. */
janus_plugin_session *fake_janus_session(void);
void fake_janus_drop(janus_plugin_session *s);
/* One configuration value for the file the plugin will ask for. */
void fake_janus_set(const char *key, const char *value);

#endif
