# SPDX-License-Identifier: GPL-2.0-only
# The test VM: a shell in it, the demonstration, and the packages that all needs.

.PHONY: vm demo deps vm-tests

vm: all
	@tests/vm/run --tty --timeout 86400 -- /bin/sh -l

demo: all
	@tests/vm/run --mem 256M --swap 1G -- ntpool story

deps:
	@tests/vm/deps

# A module with faults for the tests of the runner.
vm-tests:
	+@module/kbuild $(FLAVOUR) $(CURDIR)/$(BUILD)/kernel/$(FLAVOUR)/vm-tests $(CURDIR)/tests/vm/modules vm_crash.c
