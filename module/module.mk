# SPDX-License-Identifier: GPL-2.0-only
# The kernel modules: `make module` for the running or the newest installed kernel,
# FLAVOUR=stock|debug|6.12|7.3 for a kernel of the test VM, KDIR=DIR for any other.

RUNNING := $(shell uname -r)
ifdef KDIR
FLAVOUR := custom
else ifndef FLAVOUR
# What the test VM runs too need not be built twice.
STOCK = $(shell tests/vm/kernel stock 2>/dev/null | sed -n 's/^kernel=//p')
FLAVOUR := $(if $(wildcard /lib/modules/$(RUNNING)/build),$(if $(filter $(RUNNING),$(STOCK)),stock,running),stock)
endif
export KDIR

MODULE_DIR := $(BUILD)/kernel/$(FLAVOUR)
MODULE_SOURCES := module $(wildcard tests/kunit tests/leaker tests/driver tests/bench)

.PHONY: module install-module dkms
module:
	+@module/kbuild $(FLAVOUR) $(CURDIR)/$(MODULE_DIR) $(CURDIR) $(MODULE_SOURCES)

# What make exports is not there for the functions of make itself.
VERMAGIC = $(shell PATH='$(PATH)' modinfo -F vermagic $(MODULE_DIR)/ntpool.ko)
RELEASE = $(or $(firstword $(VERMAGIC)),$(error modinfo does not tell which kernel $(MODULE_DIR)/ntpool.ko is for))
install-module: module
	install -D -m 644 $(MODULE_DIR)/ntpool.ko $(DESTDIR)/lib/modules/$(RELEASE)/updates/ntpool.ko
	install -D -m 644 $(MODULE_DIR)/ntpool_lab.ko $(DESTDIR)/lib/modules/$(RELEASE)/updates/ntpool_lab.ko
	install -d $(DESTDIR)$(DATADIR)/module
	cp -r module/include module/examples module/nt-driver.mk $(DESTDIR)$(DATADIR)/module/
	install -m 644 $(MODULE_DIR)/Module.symvers $(DESTDIR)$(DATADIR)/
	install -D -m 644 module/60-ntpool.rules $(DESTDIR)/etc/udev/rules.d/60-ntpool.rules
	$(if $(DESTDIR),,depmod $(RELEASE))

# DKMS keeps a copy of its own, from which it builds for every kernel to come.  The udev rule,
# the tool and all else are of `make install`.
DKMS_TREE = /usr/src/ntpool-$(VERSION)
dkms: module
	! dkms status ntpool/$(VERSION) | grep -q . || dkms remove ntpool/$(VERSION) --all
	rsync --archive --delete --relative Kbuild $(MODULE_SOURCES) $(DKMS_TREE)/
	sed 's/@VERSION@/$(VERSION)/' module/dkms.conf.in >$(DKMS_TREE)/dkms.conf
	dkms install ntpool/$(VERSION) -k $(RELEASE)
