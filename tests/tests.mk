# SPDX-License-Identifier: GPL-2.0-only
# All tests, the stress, the measurements, and the checks of the sources.

include tests/bench/bench.mk

.PHONY: check check-kernels lint soak

check: all userspace-tests
	@tests/check

check-kernels: all userspace-tests
	@tests/check-kernels

# What make check has in short, at length: an hour.
soak: all userspace-tests
	@NTPOOL_LAB_ROUNDS=100 bats --tap tests/lab/repeated.bats
	@tests/soak/run $(SOAK_ARGS) 100000

lint:
	@tests/lint/run
