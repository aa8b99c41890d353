# Otklik. `make run` starts everything, `make test` runs every test.
# What each directory builds is in its module.mk; objects go to build/.

B := build
CC := gcc
STD := -std=gnu11
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Werror
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIC
OPT := -O2 -g
SAN :=
CPPFLAGS := -D_GNU_SOURCE -I.
CFLAGS = $(STD) $(OPT) $(WARN) $(HARDEN) $(SAN)
LDFLAGS = -Wl,-z,relro,-z,now $(SAN)

PROGRAMS :=
TESTS :=

all: programs

include db/module.mk
include janus-plugin/module.mk
include janus-plugin/dist/module.mk
include cgi/module.mk
include static/module.mk
include tests/module.mk

programs: $(PROGRAMS) static

# setpriv: a killed make takes everything with it, as Ctrl-C does.
run:
	@exec setpriv --pdeathsig TERM cgi/dist/otklik-run

# make call FROM=+79001234567 SECONDS=30 HEARD=/tmp/heard.wav
call:
	@tests/fake/pstn call $(if $(FROM),--from $(FROM)) \
		$(if $(TO),--to $(TO)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(HEARD),--heard $(HEARD))

# make registry N=3000000, make appeals N=1000000
registry appeals:
	@cgi/dist/otklik-fill $@ $(N)

install: programs
	@DESTDIR='$(DESTDIR)' PREFIX='$(or $(PREFIX),/usr/local)' \
		cgi/dist/otklik-install

# One rule for every object; a directory's flags are CFLAGS_<dir>.
$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(CFLAGS_$(firstword $(subst /, ,$*))) \
		-MMD -MP -c -o $@ $<

-include $(shell find $(B) -name '*.d' 2>/dev/null)

clean:
	rm -rf $(B) static/vendor

.PHONY: all programs run call registry appeals install clean static
.DEFAULT_GOAL := all
