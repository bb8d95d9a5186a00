# SPDX-License-Identifier: GPL-2.0-only
# All tests, the measurements, and the checks of the sources.

.PHONY: check check-kernels bench lint

check: all userspace-tests
	@tests/check

check-kernels: all userspace-tests
	@tests/check-kernels

bench: all userspace-tests
	@tests/bench/run

lint:
	@tests/lint/run
