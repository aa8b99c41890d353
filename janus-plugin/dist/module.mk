# What `make run`, the production unit and tests ask before opening the door;
# the prompts and the simulated network's voices.
CHECK := $(B)/janus-plugin/dist/check_janus.o

$(B)/janus-plugin/otklik-check-janus: $(CHECK)
	$(CC) -o $@ $^ $(LDFLAGS) -ljansson

$(B)/prompts/.done: janus-plugin/dist/make-prompts
	rm -rf $(@D)
	$< $(@D)
	@touch $@

$(B)/voices/.done: tests/fake/pstn
	rm -rf $(@D)
	$< voices $(@D)

PROGRAMS += $(B)/janus-plugin/otklik-check-janus $(B)/prompts/.done \
	$(B)/voices/.done
