# What `make run`, the production unit and tests ask before opening the door;
# the prompts, the simulated network's voices, the demo's recordings.
CHECK := $(B)/janus-plugin/dist/check_janus.o

$(B)/janus-plugin/otklik-check-janus: $(CHECK)
	$(CC) -o $@ $^ $(LDFLAGS) -ljansson

DEMO_RECORDINGS := janus-plugin/dist/demo_recordings.o \
	janus-plugin/recorder_file.o janus-plugin/prompt.o janus-plugin/g711.o \
	db/db.o

$(B)/janus-plugin/otklik-demo-recordings: $(DEMO_RECORDINGS:%=$(B)/%)
	$(CC) -o $@ $^ $(LDFLAGS) -lsodium -lmariadb

$(B)/dialogues/.done: janus-plugin/dist/make-dialogues
	rm -rf $(@D)
	$< $(@D)
	@touch $@

$(B)/prompts/.done: janus-plugin/dist/make-prompts
	rm -rf $(@D)
	$< $(@D)
	@touch $@

$(B)/voices/.done: tests/fake/pstn
	rm -rf $(@D)
	$< voices $(@D)

PROGRAMS += $(B)/janus-plugin/otklik-check-janus \
	$(B)/janus-plugin/otklik-demo-recordings $(B)/prompts/.done \
	$(B)/dialogues/.done $(B)/voices/.done
