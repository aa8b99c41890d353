# The Janus plugin: build/janus-plugin/libotklik.so. Only create() is exported.
PLUGIN_PKGS := glib-2.0 jansson sofia-sip-ua
CFLAGS_janus-plugin = -fvisibility=hidden -I/usr/include/janus \
	$(shell pkg-config --cflags $(PLUGIN_PKGS))

# This list is the table of contents: pure, then one outside library each,
# then glue.
PLUGIN_PURE := sdp dtmf rtp g711 call queue agent
PLUGIN_IO := sip media media_port media_mix prompt recorder recorder_file \
	store store_rows store_dir event session config
PLUGIN_GLUE := engine engine_call engine_agent engine_transfer request \
	plugin
