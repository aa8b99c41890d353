# Tests. One line each, sorted: TEST_<dir>/<name> := objects it links besides
# its own; TESTLIBS_<dir>/<name> := its libraries besides cmocka. A unit test
# links only what it may use, so a database call in a pure file fails here.
# A test that needs longer than two minutes says so in its source:
# a comment line with "limit: 300 s".
TEST_page/test_app := $(PAGES_OBJS)
TESTLIBS_page/test_app = $(PAGES_LIBS)
ENGINE_OBJS := db/dialplan.o $(addprefix janus-plugin/,engine.o engine_act.o engine_agent.o \
	engine_audio.o engine_board.o engine_call.o engine_colleague.o engine_dist.o \
	engine_out.o engine_outside.o engine_place.o engine_queue.o engine_shift.o \
	engine_rows.o engine_transfer.o engine_trunk.o engine_view.o engine_voice.o agent.o \
	call.o decision.o \
	hours.o known.o queue_line.o queue_rule.o request.o sdp.o \
	sip_text.o transfer.o)
TEST_plugin/test_concurrency := tests/fake/janus.o tests/fake/outer.o \
	$(ENGINE_OBJS) $(addprefix janus-plugin/,mailbox.o plugin.o trunk.o \
	trunk_dir.o event.o \
	session.o config.o token.o uuid.o zone.o media.o media_mix.o media_port.o \
	media_web.o prompt.o prompt_own.o recorder.o recorder_file.o \
	recorder_ring.o rtp.o \
	g711.o dtmf.o)
TESTLIBS_plugin/test_concurrency := -ljansson -lsodium -lglib-2.0 -lm
TEST_plugin/test_config := janus-plugin/config.o
TEST_plugin/test_engine := tests/plugin/fake_world.o $(ENGINE_OBJS)
TESTLIBS_plugin/test_engine := -ljansson
TEST_plugin/test_loss := tests/plugin/fake_world.o $(ENGINE_OBJS)
TESTLIBS_plugin/test_loss := -ljansson
TEST_plugin/test_anchors := tests/plugin/fake_world.o $(ENGINE_OBJS)
TESTLIBS_plugin/test_anchors := -ljansson
TEST_plugin/test_rules := tests/plugin/fake_world.o tests/plugin/random_rules.o \
	$(ENGINE_OBJS)
TESTLIBS_plugin/test_rules := -ljansson
TEST_plugin/test_schedules := tests/plugin/fake_world.o \
	tests/plugin/random_rules.o $(ENGINE_OBJS)
TESTLIBS_plugin/test_schedules := -ljansson
SHIFT_OBJS := tests/plugin/fake_world.o tests/plugin/shift_bed.o $(ENGINE_OBJS)
TEST_plugin/test_intervene := $(SHIFT_OBJS)
TEST_plugin/test_handover := $(SHIFT_OBJS)
TESTLIBS_plugin/test_intervene := -ljansson
TESTLIBS_plugin/test_handover := -ljansson
TEST_plugin/test_shift := $(SHIFT_OBJS)
TESTLIBS_plugin/test_shift := -ljansson
TEST_plugin/test_voice := tests/plugin/fake_world.o $(ENGINE_OBJS)
TESTLIBS_plugin/test_voice := -ljansson
MEDIA_OBJS := tests/plugin/media_bed.o $(addprefix janus-plugin/,media.o \
	media_mix.o media_port.o media_web.o prompt.o g711.o rtp.o dtmf.o \
	sdp.o recorder.o recorder_file.o recorder_ring.o)
TEST_plugin/test_media := $(MEDIA_OBJS)
TESTLIBS_plugin/test_media := -lsodium
TEST_plugin/test_media_record := $(MEDIA_OBJS)
TESTLIBS_plugin/test_media_record := -lsodium
# one clock for engine, media and recorder
TEST_plugin/test_long_hold := $(sort tests/plugin/fake_world.o $(ENGINE_OBJS) \
	$(MEDIA_OBJS))
TESTLIBS_plugin/test_long_hold := -ljansson -lsodium \
	-Wl,--wrap=clock_gettime,--wrap=timerfd_create \
	-Wl,--wrap=timerfd_settime,--wrap=getrandom
TEST_plugin/test_line_call := tests/plugin/fake_world.o $(ENGINE_OBJS)
TESTLIBS_plugin/test_line_call := -ljansson
TEST_plugin/test_outbound := tests/plugin/fake_world.o $(ENGINE_OBJS)
TESTLIBS_plugin/test_outbound := -ljansson
TEST_plugin/test_recorder := janus-plugin/recorder.o \
	janus-plugin/recorder_file.o janus-plugin/recorder_ring.o
TESTLIBS_plugin/test_recorder := -lsodium \
	-Wl,--wrap=pwrite,--wrap=mmap,--wrap=munmap
TEST_plugin/test_token := janus-plugin/token.o
TESTLIBS_plugin/test_token := -lglib-2.0
TEST_store/test_db := tests/store/lab.o db/db.o
TESTLIBS_store/test_db = $(DB_LIBS) -lpthread
TEST_store/test_import := tests/store/lab.o cgi/enp.o db/db.o
TESTLIBS_store/test_import = $(DB_LIBS)
TEST_store/test_caller := tests/store/lab.o cgi/store_caller.o cgi/phone.o \
	db/db.o
TESTLIBS_store/test_caller = $(DB_LIBS)
TEST_store/test_deal := tests/store/lab.o \
	$(filter-out cgi/jobs.o,$(JOBS_OBJS))
TESTLIBS_store/test_deal = $(DB_LIBS) -lsodium -lstemmer -ljansson
TEST_store/test_remind := tests/store/lab.o \
	$(filter-out cgi/jobs.o,$(JOBS_OBJS))
TESTLIBS_store/test_remind = $(DB_LIBS) -lsodium -lstemmer -ljansson
TEST_store/test_jobs := tests/store/lab.o \
	$(filter-out cgi/jobs.o,$(JOBS_OBJS))
TESTLIBS_store/test_jobs = $(DB_LIBS) -lsodium -lstemmer -ljansson
TEST_store/test_jobs_killed = $(TEST_store/test_jobs)
TESTLIBS_store/test_jobs_killed = $(TESTLIBS_store/test_jobs)
TEST_store/test_person := tests/store/lab.o $(addprefix cgi/,store_names.o \
	store_person.o names_file.o names.o registry.o param.o form.o buf.o \
	deadline.o enp.o name_key.o phone.o snils.o) db/db.o
TESTLIBS_store/test_person = $(DB_LIBS)
TEST_store/test_schema := tests/store/lab.o db/db.o cgi/enp.o cgi/name_key.o \
	cgi/phone.o cgi/snils.o
TESTLIBS_store/test_schema = $(DB_LIBS) -lsodium
TEST_store/test_store := janus-plugin/store.o janus-plugin/store_dir.o \
	janus-plugin/store_rows.o janus-plugin/store_spool.o db/db.o
TESTLIBS_store/test_store := -ljansson -lmariadb
TEST_store/test_works = $(TEST_store/test_jobs)
TESTLIBS_store/test_works = $(TESTLIBS_store/test_jobs)
TEST_template/test_view := cgi/buf.o cgi/view.o
TESTLIBS_template/test_view := -lneo_cgi -lneo_cs -lneo_utl -lz
TEST_unit/test_agent := janus-plugin/agent.o
TEST_unit/test_appeal := cgi/appeal.o cgi/auth.o
TEST_unit/test_appeal_cycle := cgi/appeal_cycle.o cgi/appeal.o cgi/auth.o \
	cgi/deadline.o cgi/workday.o
TEST_unit/test_auth := cgi/auth.o
TEST_unit/test_call := janus-plugin/call.o
TEST_unit/test_checksums := cgi/enp.o cgi/name_key.o cgi/phone.o cgi/snils.o \
	db/csv.o
TEST_unit/test_decision := janus-plugin/decision.o janus-plugin/queue_rule.o \
	janus-plugin/agent.o
TESTLIBS_unit/test_decision := -ljansson
TEST_unit/test_deadline := cgi/deadline.o
TEST_unit/test_opening := cgi/opening.o cgi/deadline.o
TEST_unit/test_dialplan := db/dialplan.o
TEST_unit/test_dtmf := janus-plugin/dtmf.o
TEST_unit/test_forgive := $(addprefix cgi/,forgive.o layout.o registry.o names.o param.o \
	form.o buf.o deadline.o enp.o name_key.o phone.o snils.o)
TEST_unit/test_form := cgi/buf.o cgi/deadline.o cgi/form.o cgi/multipart.o \
	cgi/param.o
TEST_unit/test_g711 := janus-plugin/g711.o
TEST_unit/test_http := cgi/buf.o cgi/form.o cgi/http.o
TEST_unit/test_past := cgi/past.o cgi/appeal.o cgi/auth.o
TEST_unit/test_person_file := $(addprefix cgi/,person_file.o person_row.o param.o \
	form.o deadline.o enp.o name_key.o phone.o snils.o) db/csv.o
TESTLIBS_unit/test_person_file := -lexpat
TEST_unit/test_prompt := janus-plugin/prompt.o janus-plugin/g711.o
TEST_unit/test_hours := janus-plugin/hours.o janus-plugin/zone.o
TESTLIBS_unit/test_hours := -lglib-2.0
TEST_unit/test_known := janus-plugin/known.o
TEST_unit/test_queue := janus-plugin/queue_line.o janus-plugin/queue_rule.o \
	janus-plugin/agent.o
TEST_unit/test_recorder_file := janus-plugin/recorder_file.o
TESTLIBS_unit/test_recorder_file := -lsodium
TEST_unit/test_recorder_ring := janus-plugin/recorder_ring.o
TEST_unit/test_registry := $(addprefix cgi/,registry.o names.o param.o form.o \
	buf.o deadline.o enp.o name_key.o phone.o snils.o)
TEST_unit/test_report := cgi/report.o
TEST_unit/test_request := janus-plugin/request.o
TESTLIBS_unit/test_request := -ljansson
TEST_unit/test_route := cgi/route.o
TEST_unit/test_rtp := janus-plugin/rtp.o
TEST_unit/test_scenario_state := cgi/scenario_state.o
TEST_unit/test_scenario_text := cgi/scenario_text.o
TEST_unit/test_sdp := janus-plugin/sdp.o
TEST_unit/test_session_timer := janus-plugin/session_timer.o
TEST_unit/test_setting := cgi/setting.o cgi/hours_text.o
TEST_unit/test_sip_digest := janus-plugin/sip_digest.o
TESTLIBS_unit/test_sip_digest = -lsodium \
	$(shell pkg-config --libs sofia-sip-ua)
TEST_unit/test_sip_hop := janus-plugin/sip_hop.o
TEST_unit/test_sip_text := janus-plugin/sip_text.o
TEST_unit/test_stem_index := cgi/stem_index.o cgi/layout.o cgi/name_key.o \
	db/csv.o
TESTLIBS_unit/test_stem_index := -lstemmer
TEST_unit/test_token := cgi/throttle.o cgi/token.o
TESTLIBS_unit/test_token := -lcrypto -lsodium
TEST_unit/test_transfer := janus-plugin/transfer.o
TEST_unit/test_trunk := janus-plugin/trunk.o janus-plugin/trunk_dir.o
TESTLIBS_unit/test_trunk := -ljansson
TEST_unit/test_values := cgi/values.o
TEST_unit/test_wav_chain := cgi/wav_chain.o janus-plugin/recorder_file.o
TESTLIBS_unit/test_wav_chain := -lsodium

# --- rules ---------------------------------------------------------------
TEST_NAMES := $(sort $(foreach v,$(filter TEST_%,$(.VARIABLES)),\
	$(if $(findstring /,$v),$(v:TEST_%=%))))
TESTS += $(TEST_NAMES:%=$(B)/tests/%)
CFLAGS_tests = -I/usr/include/janus \
	$(shell pkg-config --cflags glib-2.0 jansson sofia-sip-ua)

define test_rule
$(B)/tests/$(1): $(B)/tests/$(1).o $(addprefix $(B)/,$(TEST_$(1)))
	$$(CC) -o $$@ $$^ $$(LDFLAGS) $$(TESTLIBS_$(1)) -lcmocka
endef
$(foreach t,$(TEST_NAMES),$(eval $(call test_rule,$t)))

$(B)/tests/store/test_store: | $(B)/db/otklik-migrate

tests: $(TESTS)

# sip.c alone, for the scripts in tests/sip
$(B)/tests/sip/sip_echo: $(addprefix $(B)/,tests/sip/sip_echo.o \
		$(addprefix janus-plugin/,session_timer.o sip.o sip_auth.o sip_dialog.o \
		sip_cert.o sip_digest.o sip_hop.o sip_out.o sip_refresh.o sip_register.o sip_resolve.o \
		sip_text.o sip_tls.o sip_trunk.o trunk.o))
	$(CC) -o $@ $^ $(LDFLAGS) $$(pkg-config --libs sofia-sip-ua) -lsodium \
		-lssl -lcrypto

# The states of a call and what leads from one to another
$(B)/tests/sip/call_table: $(addprefix $(B)/,tests/sip/call_table.o \
		janus-plugin/call.o)
	$(CC) -o $@ $^ $(LDFLAGS)

tests: $(B)/tests/sip/sip_echo $(B)/tests/sip/call_table

# Packets for the benches: made and watched
BENCH_TOOLS := $(addprefix $(B)/tests/bench/,pump sniff)

$(BENCH_TOOLS): %: %.o
	$(CC) -o $@ $^ $(LDFLAGS)

$(B)/tests/bench/distribution: $(B)/tests/bench/distribution.o \
		$(ENGINE_OBJS:%=$(B)/%)
	$(CC) -o $@ $^ $(LDFLAGS) -ljansson

tests: $(BENCH_TOOLS) $(B)/tests/bench/distribution

# What `make check` counts the instructions of: tests/instructions/run.mjs.
INSTRUCTIONS_engine := tests/plugin/fake_world.o $(ENGINE_OBJS)
INSTRUCTIONSLIBS_engine = -ljansson -lcmocka
INSTRUCTIONS_journal := $(PAGES_OBJS)
INSTRUCTIONSLIBS_journal = $(PAGES_LIBS) \
	-Wl,--wrap=session_load,--wrap=store_access,--wrap=store_journal \
	-Wl,--wrap=store_recordings,--wrap=store_take_count \
	-Wl,--wrap=store_journal_counts,--wrap=store_notices_unread \
	-Wl,--wrap=store_saved
INSTRUCTIONS_recorder := janus-plugin/recorder.o \
	janus-plugin/recorder_file.o janus-plugin/recorder_ring.o
INSTRUCTIONSLIBS_recorder = -lsodium -lcmocka
INSTRUCTIONS_relay := $(MEDIA_OBJS)
INSTRUCTIONSLIBS_relay = -lsodium -lcmocka

$(B)/tests/instructions/%.o: CFLAGS_tests += $(CFLAGS_cgi)

define instructions_rule
$(B)/tests/instructions/$(1): $(addprefix $(B)/,tests/instructions/$(1).o \
		$(INSTRUCTIONS_$(1)))
	$$(CC) -o $$@ $$^ $$(LDFLAGS) $$(INSTRUCTIONSLIBS_$(1))
tests: $(B)/tests/instructions/$(1)
endef
$(foreach t,engine journal recorder relay,$(eval $(call instructions_rule,$t)))

instructions-record: ready
	@tests/instructions/run.mjs --record

.PHONY: instructions-record

# The scripts of tests/sip on an instrumented sip.c: make asan-sip, tsan-sip
sip-run: $(B)/tests/sip/sip_echo
	@SIP_BUILD=$(B) ONLY=sip/test_ ASAN_OPTIONS=detect_stack_use_after_return=1 \
		tests/run

# What gcc believes of a value's range is wrong in instrumented code.
ASAN := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-Wno-format-truncation
TSAN := -fsanitize=thread -Wno-format-truncation

asan-sip:
	@$(MAKE) --no-print-directory B=build/asan HARDEN=-fPIC \
		OPT='-O1 -g' SAN='$(ASAN)' \
		sip-run

tsan-sip:
	@$(MAKE) --no-print-directory B=build/tsan HARDEN=-fPIC OPT='-O1 -g' \
		SAN='$(TSAN)' sip-run

.PHONY: sip-run asan-sip tsan-sip

# Everything, with what it needs: a make of its own, since the packages may
# bring what this one was to read.
ready:
	@cgi/dist/install-packages test
	@$(MAKE) --no-print-directory -s -j2 programs tests

# ONLY=word runs what has the word in its name.
test: ready
	@tests/run $(TESTS)

# ONLY=format|layers|cppcheck|shell|templates|node|instructions
check: ready
	@tests/check $(ONLY)

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

# ONLY=name,... runs those figures only.
bench: ready
	@tests/bench/run $(ONLY)

asan:
	@cgi/dist/install-packages test
	@$(MAKE) --no-print-directory B=build/asan HARDEN=-fPIC \
		OPT='-O1 -g' SAN='$(ASAN)' \
		asan-run sip-run

# The pictures of the guides: docs/img.
guide: ready
	@tests/guide/shots.mjs

# Processes killed, disks filled, databases stopped, in real browsers.
chaos: ready
	@ONLY=chaos/ tests/run

# A tenth of the schedules: instrumented they take ten times as long.
asan-run: tests
	@OTKLIK_SCHEDULES=100000 ASAN_OPTIONS=detect_stack_use_after_return=1 \
		UBSAN_OPTIONS=print_stacktrace=1 tests/run --built $(TESTS)

# Fuzzers: FUZZ_<name> := sources besides tests/fuzz/fuzz_<name>.c. FUZZ_S is
# how long each runs; what it finds stays in build/fuzz.
FUZZ_sdp := janus-plugin/sdp.c
FUZZ_file := cgi/file_kind.c cgi/form.c
FUZZ_form := cgi/form.c cgi/multipart.c cgi/http.c cgi/buf.c
FUZZ_person := $(addprefix cgi/,forgive.c layout.c registry.c names.c person_file.c \
	person_row.c param.c form.c buf.c deadline.c enp.c name_key.c phone.c \
	snils.c) db/csv.c
FUZZLIBS_person := -lexpat
FUZZ_NAMES := $(patsubst FUZZ_%,%,$(filter FUZZ_%,$(filter-out FUZZ_NAMES \
	FUZZ_S,$(.VARIABLES))))
FUZZ_S ?= 60

$(FUZZ_NAMES:%=$(B)/fuzz/%): $(B)/fuzz/%: tests/fuzz/fuzz_%.c
	@mkdir -p $(@D)
	clang -g -O1 -fsanitize=fuzzer,address,undefined $(CPPFLAGS) -o $@ $< \
		$(FUZZ_$*) $(FUZZLIBS_$*)

fuzz: $(FUZZ_NAMES:%=$(B)/fuzz/%)
	@for f in $^; do mkdir -p $$f.corpus && (cd $(B)/fuzz && \
		./$${f##*/} -max_total_time=$(FUZZ_S) -max_len=4096 \
		-verbosity=0 -print_final_stats=1 $${f##*/}.corpus) || exit 1; \
	done

.PHONY: tests ready test check format bench chaos asan asan-run fuzz \
	guide
