# SPDX-License-Identifier: GPL-2.0-only
# Library, tool, man pages, and the test programs that run on the device.
# Everything lands under build/; nothing generated lies beside the sources.

BUILD   ?= build
VERSION ?= 0.1
PREFIX  ?= /usr/local
MULTIARCH := $(shell $(CC) -print-multiarch)
LIBDIR  ?= $(PREFIX)/lib/$(MULTIARCH)
BINDIR  ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec/ntpool
INCLUDEDIR ?= $(PREFIX)/include
MANDIR  ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/ntpool

U_SAY   = @printf '  %-7s %s\n' $(1) $(2)
U_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wshadow \
	-Wmissing-prototypes -Wstrict-prototypes -D_GNU_SOURCE \
	-DNTPOOL_VERSION='"$(VERSION)"' -MMD -MP
U_INCLUDES := -Imodule/include/uapi -Iuserspace/lib
U_OBJ   := $(BUILD)/obj

# --- library -----------------------------------------------------------------
LIB_SRC := $(wildcard userspace/lib/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(U_OBJ)/%.o)
LIB_SO  := $(BUILD)/lib/libntpool.so.0.$(VERSION)
LIB_A   := $(BUILD)/lib/libntpool.a
LIB_MAP := userspace/lib/libntpool.map

$(LIB_OBJ): U_EXTRA := -fPIC -fvisibility=default -I$(U_OBJ)/generated

# Every status that drivers know has a name here.
STATUS_NAMES := $(U_OBJ)/generated/status_names.h
$(STATUS_NAMES): module/include/ntpool/ntstatus.h userspace/userspace.mk
	@mkdir -p $(@D)
	@sed -nE '/_WAIT_0/!s/^#define (STATUS_\w+)\s+\(\(NTSTATUS\)(0x\w+)\)/{ \2, "\1" },/p' $< >$@

# And every bug check that the module records, under its whole name.
BUGCHECK_NAMES := $(U_OBJ)/generated/bugcheck_names.h
$(BUGCHECK_NAMES): module/core/core.h userspace/userspace.mk
	@mkdir -p $(@D)
	@sed -nE 's/_WITHOUT_CANCELLING\>/&_PENDING_OPERATIONS/; s/^#define BUGCHECK_(\w+)\s+(0x\w+)$$/{ \2, "\1" },/p' $< >$@
$(U_OBJ)/userspace/lib/names.o: $(STATUS_NAMES) $(BUGCHECK_NAMES)

$(LIB_SO): $(LIB_OBJ) $(LIB_MAP)
	$(call U_SAY,LD,$@)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -shared -Wl,-soname,libntpool.so.0 \
		-Wl,--version-script=$(LIB_MAP) -Wl,-z,defs -o $@ $(LIB_OBJ)
	@ln -sf $(@F) $(@D)/libntpool.so.0
	@ln -sf libntpool.so.0 $(@D)/libntpool.so

$(LIB_A): $(LIB_OBJ)
	$(call U_SAY,AR,$@)
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR) rcs $@ $(LIB_OBJ)

# --- tool --------------------------------------------------------------------
TOOL_PKGS := json-c cairo libedit ncursesw
TOOL_SRC  := $(wildcard userspace/tools/*.c userspace/tools/*/*.c)
TOOL_OBJ  := $(TOOL_SRC:%.c=$(U_OBJ)/%.o)
TOOL      := $(BUILD)/bin/ntpool
SPLIT32   := $(BUILD)/bin/ntpool-split32

$(TOOL_OBJ): U_EXTRA = $(shell pkg-config --cflags $(TOOL_PKGS)) \
	-Iuserspace/tools -DNTPOOL_LIBEXECDIR='"$(LIBEXECDIR)"'

# The archive, so that the tool runs from the build tree and in a test machine.
$(TOOL): $(TOOL_OBJ) $(LIB_A)
	$(call U_SAY,LD,$@)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $(TOOL_OBJ) $(LIB_A) \
		$(shell pkg-config --libs $(TOOL_PKGS)) -lm -lpthread

# 32-bit programs without a C library: Debian's gcc builds them as it is.  The
# kernel's headers for x86 are the same for both sizes.
U_CC32 = $(CC) -m32 -std=gnu11 -O2 -ffreestanding -fno-stack-protector \
	-fno-pie -fno-asynchronous-unwind-tables -nostdlib -static \
	-Wall -Wextra -Werror -MMD -MP -MF $(U_OBJ)/$(@F).d \
	-Iuserspace/libexec -Imodule/include/uapi -idirafter /usr/include/$(MULTIARCH)

$(SPLIT32): userspace/libexec/split32.c
	$(call U_SAY,CC32,$@)
	@mkdir -p $(@D) $(U_OBJ)
	@$(U_CC32) -o $@ $<

# The program that uses module/examples/echo.
ECHO := $(BUILD)/bin/ntpool-echo
ECHO_OBJ := $(U_OBJ)/userspace/examples/echo/echo.o

$(ECHO_OBJ): U_EXTRA := -I.
$(ECHO): $(ECHO_OBJ) $(LIB_A)
	$(call U_SAY,LD,$@)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^

$(U_OBJ)/userspace/%.o: userspace/%.c
	$(call U_SAY,CC,$@)
	@mkdir -p $(@D)
	@$(CC) $(U_CFLAGS) $(CFLAGS) $(U_INCLUDES) $(U_EXTRA) -c -o $@ $<

# --- examples ----------------------------------------------------------------
# A program for each pitfall; `ntpool lab run` runs them.
EXAMPLE_SRC    := $(wildcard userspace/examples/*.c)
EXAMPLES       := $(EXAMPLE_SRC:userspace/examples/%.c=$(BUILD)/examples/%)
EXAMPLE_COMMON := $(patsubst %.c,$(U_OBJ)/%.o,$(wildcard userspace/examples/lab/*.c)) \
	$(addprefix $(U_OBJ)/userspace/tools/base/,alloc.o bystander.o columns.o lab_device.o printable.o process.o say.o session.o verifier.o)
EXAMPLE_OBJ    := $(EXAMPLE_SRC:%.c=$(U_OBJ)/%.o) $(EXAMPLE_COMMON)

$(U_OBJ)/userspace/examples/%.o: U_EXTRA = -Iuserspace/examples -Iuserspace/tools

$(EXAMPLES): $(BUILD)/examples/%: $(U_OBJ)/userspace/examples/%.o $(EXAMPLE_COMMON) $(LIB_A)
	$(call U_SAY,LD,$@)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ -lpthread

# --- test programs -----------------------------------------------------------
UAPI_COMMON := $(addprefix $(U_OBJ)/tests/uapi/,uapi.o devices.o) $(addprefix $(U_OBJ)/userspace/tools/base/,pattern.o proc.o)
UAPI_SRC    := $(filter-out %/uapi.c %/devices.c,$(wildcard tests/uapi/*.c))
UAPI_TESTS  := $(UAPI_SRC:tests/uapi/%.c=$(BUILD)/tests/uapi-%)
UAPI_32     := $(BUILD)/tests/uapi-compat32
SOAK        := $(BUILD)/tests/soak
SOAK_OBJ    := $(patsubst %.c,$(U_OBJ)/%.o,$(wildcard tests/soak/*.c))

$(U_OBJ)/tests/%.o: tests/%.c
	$(call U_SAY,CC,$@)
	@mkdir -p $(@D)
	@$(CC) $(U_CFLAGS) $(CFLAGS) $(U_INCLUDES) -Iuserspace/tools -Itests -c -o $@ $<

$(UAPI_TESTS): $(BUILD)/tests/uapi-%: $(U_OBJ)/tests/uapi/%.o $(UAPI_COMMON)
	$(call U_SAY,LD,$@)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lpthread

LAB_TESTS := $(patsubst tests/lab/%.c,$(BUILD)/tests/lab-%,$(wildcard tests/lab/*.c))

$(LAB_TESTS): $(BUILD)/tests/lab-%: $(U_OBJ)/tests/lab/%.o $(LIB_A)
	$(call U_SAY,LD,$@)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lpthread

$(SOAK): $(SOAK_OBJ)
	$(call U_SAY,LD,$@)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ -lpthread

$(UAPI_32): tests/uapi/compat32/compat32.c
	$(call U_SAY,CC32,$@)
	@mkdir -p $(@D) $(U_OBJ)
	@$(U_CC32) -o $@ $<

# --- what others call --------------------------------------------------------
MAN_PAGES := $(wildcard userspace/man/*.[1-9])

.PHONY: userspace userspace-tests install-userspace lint-man
userspace: $(LIB_SO) $(LIB_A) $(TOOL) $(SPLIT32) $(EXAMPLES) $(ECHO)
userspace-tests: userspace $(UAPI_TESTS) $(UAPI_32) $(LAB_TESTS) $(SOAK)

lint-man:
	@mandoc -T lint -W warning $(MAN_PAGES)

# One page tells of several calls; each name is a link to it.
man-names = sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([a-z0-9_-]*\).*/\1/p'

install-userspace: userspace
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig \
		$(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(INCLUDEDIR)/linux \
		$(DESTDIR)$(DATADIR)
	install -m 755 $(TOOL) $(DESTDIR)$(BINDIR)/
	install -m 755 $(SPLIT32) $(DESTDIR)$(LIBEXECDIR)/
	install -d $(DESTDIR)$(LIBEXECDIR)/examples
	install -m 755 $(EXAMPLES) $(DESTDIR)$(LIBEXECDIR)/examples/
	install -m 644 userspace/pooltag.txt $(DESTDIR)$(DATADIR)/
	install -m 644 $(LIB_A) $(DESTDIR)$(LIBDIR)/
	cp -P $(LIB_SO) $(BUILD)/lib/libntpool.so.0 $(BUILD)/lib/libntpool.so \
		$(DESTDIR)$(LIBDIR)/
	install -m 644 userspace/lib/ntpool.h $(DESTDIR)$(INCLUDEDIR)/
	install -m 644 module/include/uapi/linux/ntpool.h \
		module/include/uapi/linux/ntpool_lab.h \
		$(DESTDIR)$(INCLUDEDIR)/linux/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@VERSION@|$(VERSION)|' userspace/lib/libntpool.pc.in \
		> $(DESTDIR)$(LIBDIR)/pkgconfig/libntpool.pc
	for page in $(MAN_PAGES); do \
		dir=$(DESTDIR)$(MANDIR)/man$${page##*.}; \
		install -d $$dir && install -m 644 $$page $$dir/ || exit 1; \
		for name in $$($(man-names) $$page); do \
			[ -e $$dir/$$name.$${page##*.} ] || \
				ln -s $${page##*/} $$dir/$$name.$${page##*.}; \
		done; \
	done
	$(if $(DESTDIR),,[ $$(id -u) -ne 0 ] || ldconfig)

-include $(LIB_OBJ:.o=.d) $(TOOL_OBJ:.o=.d) $(EXAMPLE_OBJ:.o=.d) $(wildcard $(U_OBJ)/*.d) \
	$(wildcard $(U_OBJ)/tests/*/*.d)
