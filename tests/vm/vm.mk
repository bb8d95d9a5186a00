# SPDX-License-Identifier: GPL-2.0-only
# The test VM: a shell in it, the demonstration, and the packages that all needs.

.PHONY: vm demo deps vm-tests

vm: all
	@echo '  VM      a shell in the test machine, in a few seconds; "exit" leaves it'
	@tests/vm/run --tty --timeout 86400 -- /bin/sh -l

demo: all
	@echo '  VM      a machine with 192 MB and a swap disk of 1 GB; the story takes about a minute'
	@mkdir -p $(BUILD)/pictures
	@tests/vm/run --mem 192M --swap 1G --share $(BUILD)/pictures -- ntpool story --pictures /share
	@echo '  PNG     the three figures of S14 as pictures: $(BUILD)/pictures/'

deps:
	@tests/vm/deps

# A module with faults for the tests of the runner.
vm-tests:
	+@module/kbuild $(FLAVOUR) $(CURDIR)/$(BUILD)/kernel/$(FLAVOUR)/vm-tests $(CURDIR)/tests/vm/modules vm_crash.c
