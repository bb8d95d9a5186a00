# SPDX-License-Identifier: GPL-2.0-only
# The kernel modules: `make module` for the running or the newest installed kernel,
# FLAVOUR=stock|debug|6.12|7.3 for a kernel of the test VM, KDIR=DIR for any other.

ifdef KDIR
FLAVOUR := custom
endif
# The running kernel if it has headers, otherwise the one of the test VM.
RUNNING := $(shell uname -r)
FLAVOUR ?= $(if $(filter-out 6.1.%,$(notdir $(patsubst %/build,%,$(wildcard /lib/modules/$(RUNNING)/build)))),running,stock)
export KDIR

MODULE_DIR := $(BUILD)/kernel/$(FLAVOUR)
MODULE_SOURCES := module $(wildcard tests/kunit tests/bench)

.PHONY: module install-module dkms
module:
	+@module/kbuild $(FLAVOUR) $(CURDIR)/$(MODULE_DIR) $(CURDIR) $(MODULE_SOURCES)
