# SPDX-License-Identifier: GPL-2.0-only
# ntpool: `make help` lists what can be made.  The rules lie beside what they build.

BUILD := build

# modinfo, depmod and ldconfig live there, and an ordinary user's shell does not look.
export PATH := $(PATH):/usr/sbin:/sbin

.DEFAULT_GOAL := all
.PHONY: all install clean help

# As many at a time as there are processors; with clean things go in their order.
ifeq ($(filter clean,$(MAKECMDGOALS)),)
MAKEFLAGS += -j$(shell nproc)
endif

# What the goals need of Debian's packages, see tests/vm/packages.
NEEDS_module := build
NEEDS_userspace := build
NEEDS_all := build
NEEDS_install := build
NEEDS_dkms := build dkms
NEEDS_vm := build vm
NEEDS_demo := build vm
NEEDS_bench := build vm bench
NEEDS_check := build vm debug test
NEEDS_soak := build vm debug test
NEEDS_check-kernels := build vm test
NEEDS_lint := build debug lint
NEEDS := $(sort $(foreach goal,$(or $(MAKECMDGOALS),all),$(NEEDS_$(goal))))

# Before anything below asks the compiler a question.
ifneq ($(NEEDS),)
ifneq ($(shell tests/vm/deps $(NEEDS) >&2 || echo failed),)
$(error packages are missing)
endif
endif

all: module userspace

include module/module.mk
include userspace/userspace.mk
include tests/vm/vm.mk
include tests/tests.mk

install: install-module install-userspace

clean:
	rm -rf $(BUILD)

help:
	@sed -n 's/^#: //p' $(MAKEFILE_LIST)

#: make                the kernel module, the library, the tool
#: make demo           the article's story, played in a test machine: start here
#: make vm             a shell in a test machine, with the module loaded
#: make check          all tests
#: make soak           the pitfalls 100 times and 100,000 requests, disturbed in every way: an hour
#: make check-kernels  the functional tests on every kernel there is
#: make bench          how fast it is, beside what Linux has of the kind; a figure that misses
#:                     its goal is no error: the last line counts them
#: make lint           the style and the static checks
#: make deps           the Debian packages for all of this (each of them installs what it needs)
#: make install        module, tool, library and manual pages into this system
#: make dkms           the module alone, for one kernel now and for each that is installed later
#: make clean          removes build/
#: 
#: KDIR=DIR            build the module for the kernel of these headers
#: V=1                 show every command of the module's build
