# Tests. One line each, sorted: TEST_<dir>/<name> := objects it links besides
# its own; TESTLIBS_<dir>/<name> := its libraries besides cmocka. A unit test
# links only what it may use, so a database call in a pure file fails here.
# A test that needs longer than two minutes says so in its source:
# a comment line with "limit: 300 s".


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

tests: $(TESTS)

# ONLY=word runs what has the word in its name.
test: programs tests
	@tests/run $(TESTS)

asan:
	@$(MAKE) --no-print-directory B=build/asan HARDEN=-fPIC OPT='-O1 -g' \
		SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' \
		asan-run

asan-run: tests
	@ASAN_OPTIONS=detect_stack_use_after_return=1 \
		UBSAN_OPTIONS=print_stacktrace=1 tests/run --built $(TESTS)

.PHONY: tests test asan asan-run
