# SPDX-License-Identifier: GPL-2.0-only
# The programs that the measurements run in the test machine.

.PHONY: bench bench-programs

BENCH_PROGRAMS := $(BUILD)/tests/bench-memfd $(BUILD)/tests/bench-io $(BUILD)/tests/bench-guest

$(BUILD)/tests/bench-%: tests/bench/%.c
	$(call U_SAY,CC,$@)
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -pthread -Imodule/include/uapi -o $@ $<

$(BUILD)/tests/bench-guest: tests/bench/guest
	@mkdir -p $(@D)
	@install -m 755 $< $@

bench-programs: $(BENCH_PROGRAMS)

bench: all bench-programs
	@tests/bench/run
