# hlgen: make, make check, make install PREFIX=/usr/local DESTDIR=
# A new .c below src/, or .tmpl or .part below templates/, needs no edit here.

PREFIX   ?= /usr/local
DESTDIR  ?=
CC       ?= cc
PKG      ?= pkg-config
BUILD    ?= build

LIBS     := yaml-0.1 jansson libqrencode libsodium libpng zlib
WARN     := -Wall -Wextra -Wshadow -Wpedantic -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
            -Wpointer-arith -Wcast-align -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wconversion -Wno-sign-conversion -Werror
OPT      ?= -O2
HARDEN   ?= -fstack-protector-strong -D_FORTIFY_SOURCE=2
CFLAGS   ?= $(OPT) -g $(HARDEN)
STD      := -std=c11 -D_XOPEN_SOURCE=700
CPPFLAGS += -Isrc
HL_CFLAGS := $(STD) $(WARN) $(shell $(PKG) --cflags $(LIBS))
HL_LIBS  := $(shell $(PKG) --libs $(LIBS))

SOURCES   := $(wildcard src/*.c src/*/*.c)
TEMPLATES := $(sort $(wildcard templates/*/*.tmpl templates/*/*.part))
EXAMPLES  := $(sort $(wildcard examples/*.yaml))
EMBEDDED  := $(BUILD)/templates $(BUILD)/examples
OBJECTS   := $(SOURCES:%.c=$(BUILD)/%.o) $(EMBEDDED:=.o)
LIBRARY   := $(filter-out $(BUILD)/src/main.o,$(OBJECTS))
UNIT      := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c))

ifeq ($(V),1)
Q :=
else
Q := @
endif

all: $(BUILD)/hlgen

$(BUILD)/hlgen: $(OBJECTS)
	@echo "  LD      $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(OBJECTS) $(HL_LIBS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(CPPFLAGS) $(HL_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The built-in templates and the examples for init, each as one C file made by a small program of the tree.
$(BUILD)/embed: src/render/embed/embed.c Makefile
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(CPPFLAGS) $(STD) $(WARN) -O1 -o $@ $<

# Named in a file so that one that was removed or added makes the list new.
$(BUILD)/templates.list: FILES = $(TEMPLATES)
$(BUILD)/examples.list: FILES = $(EXAMPLES)
$(EMBEDDED:=.list): FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(FILES) | cmp -s - $@ || printf '%s\n' $(FILES) > $@

$(BUILD)/templates.c: $(TEMPLATES)
$(BUILD)/examples.c: $(EXAMPLES)
$(EMBEDDED:=.c): %.c: %.list $(BUILD)/embed
	@echo "  EMBED   $@"
	$(Q)$(BUILD)/embed $(*F) $$(cat $<) > $@.new && mv $@.new $@

$(EMBEDDED:=.o): %.o: %.c
	@echo "  CC      $<"
	$(Q)$(CC) $(CPPFLAGS) $(HL_CFLAGS) $(CFLAGS) -Wno-overlength-strings -c -o $@ $<

# A tree to look at: the homelab example, with keys of its own.
example: $(BUILD)/hlgen
	$(Q)install -D -m 0644 examples/homelab.yaml $(BUILD)/example/site.yaml
	$(Q)$(BUILD)/hlgen build $(BUILD)/example/site.yaml

# What is made from the tables of the program: schema, completions, the key reference in the manual.
generated: $(BUILD)/hlgen
	$(Q)schema/update $(BUILD)/hlgen

# ---- tests -------------------------------------------------------------------------------------------------------

$(BUILD)/libhlgen.a: $(LIBRARY)
	@echo "  AR      $@"
	$(Q)rm -f $@ && ar rcs $@ $(LIBRARY)

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libhlgen.a
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(CPPFLAGS) -Itests/unit $(HL_CFLAGS) -Wno-missing-prototypes $(CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(BUILD)/libhlgen.a $(HL_LIBS) -lcmocka

unit: $(UNIT)

check: all unit
	$(Q)BUILD=$(BUILD) tests/run

# ---- other checks ------------------------------------------------------------------------------------------------

asan:
	$(Q)ASAN_OPTIONS=detect_leaks=1 $(MAKE) BUILD=$(BUILD)/asan OPT=-O1 HARDEN="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-format-truncation" check

# The whole house in network namespaces, from generated files (root; tests/lab/README.md), and what must turn it red.
lab: all
	$(Q)BUILD=$(BUILD) tests/lab/run

check-long: all
	$(Q)BUILD=$(BUILD) tests/lab/mutants

lint: all
	$(Q)BUILD=$(BUILD) CC="$(CC)" CHECK_FLAGS="$(CPPFLAGS) $(HL_CFLAGS)" tests/lint/run

clean:
	rm -rf $(BUILD)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 \
	    $(DESTDIR)$(PREFIX)/share/hlgen $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d \
	    $(DESTDIR)$(PREFIX)/share/doc/hlgen/examples
	install -m 0755 $(BUILD)/hlgen $(DESTDIR)$(PREFIX)/bin/hlgen
	install -m 0644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 0644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -m 0644 schema/site.schema.json $(DESTDIR)$(PREFIX)/share/hlgen/
	install -m 0644 completions/hlgen.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/hlgen
	install -m 0644 completions/_hlgen $(DESTDIR)$(PREFIX)/share/zsh/site-functions/
	install -m 0644 completions/hlgen.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/
	install -m 0644 README.md $(DESTDIR)$(PREFIX)/share/doc/hlgen/
	install -m 0644 examples/*.yaml $(DESTDIR)$(PREFIX)/share/doc/hlgen/examples/

FORCE:
.PHONY: all example generated unit check asan lab check-long lint clean install FORCE
.SECONDARY: $(BUILD)/libhlgen.a

-include $(OBJECTS:.o=.d) $(UNIT:=.d)
