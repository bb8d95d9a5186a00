# SPDX-License-Identifier: GPL-2.0-only
# All tests, the measurements, and the checks of the sources.

include tests/bench/bench.mk

.PHONY: check check-kernels lint

check: all userspace-tests
	@tests/check

check-kernels: all userspace-tests
	@tests/check-kernels

lint:
	@tests/lint/run
