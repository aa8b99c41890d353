# The Janus plugin: build/janus-plugin/libotklik.so. Only create() is exported.
PLUGIN_PKGS := glib-2.0 jansson sofia-sip-ua
CFLAGS_janus-plugin = -fvisibility=hidden -I/usr/include/janus \
	$(shell pkg-config --cflags $(PLUGIN_PKGS))

# These lists are the table of contents: pure, then one outside library each,
# then glue.
PLUGIN_PURE := agent call decision dtmf g711 hours known queue_line \
	queue_rule request rtp sdp session_timer sip_hop sip_text transfer trunk
PLUGIN_IO := config event media media_mix media_port media_web prompt prompt_own \
	recorder recorder_file recorder_ring session sip sip_auth sip_dialog \
	sip_cert sip_digest sip_out sip_refresh sip_register sip_resolve sip_tls sip_trunk store \
	store_dir store_rows store_spool token trunk_dir uuid zone
PLUGIN_GLUE := engine engine_act engine_agent engine_audio engine_board \
	engine_call engine_colleague engine_dist engine_out engine_outside \
	engine_place engine_queue engine_shift engine_transfer \
	engine_rows engine_trunk engine_view \
	engine_voice mailbox plugin

PLUGIN_OBJS = $(addprefix $(B)/janus-plugin/,$(addsuffix .o,$(PLUGIN_PURE) \
	$(PLUGIN_IO) $(PLUGIN_GLUE))) $(B)/db/db.o $(B)/db/dialplan.o
PLUGIN_LIBS = $(shell pkg-config --libs $(PLUGIN_PKGS)) -lsodium -lmariadb -lssl -lcrypto \
	-lm

# janus_* symbols come from the Janus executable at load time
$(B)/janus-plugin/libotklik.so: $(PLUGIN_OBJS)
	$(CC) $(LDFLAGS) -shared -Wl,--version-script=janus-plugin/dist/exports.map \
		-o $@ $^ $(PLUGIN_LIBS)

PROGRAMS += $(B)/janus-plugin/libotklik.so

# Decides stored offers again.
$(B)/janus-plugin/otklik-replay: $(addprefix $(B)/janus-plugin/,replay.o \
		decision.o queue_rule.o agent.o) $(B)/db/db.o
	$(CC) -o $@ $^ $(LDFLAGS) -ljansson -lmariadb

PROGRAMS += $(B)/janus-plugin/otklik-replay
