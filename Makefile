# SPDX-License-Identifier: GPL-2.0-only
# ntpool: `make help` lists what can be made.  The rules live beside what they build.

BUILD := build
V ?= 0

.DEFAULT_GOAL := all
.PHONY: all clean help
all: module userspace

include module/module.mk
include userspace/userspace.mk
include tests/vm/vm.mk
include tests/tests.mk

clean:
	rm -rf $(BUILD)
